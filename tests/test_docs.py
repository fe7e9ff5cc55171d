"""The documents name what is there, and all of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ARCHITECTURE = ROOT / "docs" / "architecture.md"


def modules() -> list[str]:
    """Every module by its path, ``geo/osm/files.py``; a package's own file goes by its folder, ``geo/osm/``."""
    paths = [path.relative_to(ROOT) for package in ("geo", "webmap") for path in (ROOT / package).rglob("*.py")]
    return sorted(f"{path.parent}/" if path.name == "__init__.py" else str(path) for path in paths)


@pytest.fixture(scope="module")
def drawn() -> set[str]:
    """The paths that docs/architecture.md names.

    A path stands whole (``geo/osm/files.py``), or in the drawing of the tree by its indentation below a folder.
    """
    assert ARCHITECTURE.is_file(), "docs/architecture.md describes the house as it stands: write it"
    text = ARCHITECTURE.read_text(encoding="utf-8")
    whole = set(re.findall(r"\b(?:geo|webmap)/(?:[\w]+/)*(?:\w+\.py)?", text))
    return whole | drawn_as_tree(text)


def drawn_as_tree(text: str) -> set[str]:
    """Return the paths of the drawings in a text.

    A line begins with a path, or with several on one line; it lies in the last folder above it that is indented less.
    """
    paths: set[str] = set()
    for block in re.findall(r"^```\w*\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE):
        above: list[tuple[int, str]] = []
        for line in block.splitlines():
            words = re.match(r"[\s│├└─]*(?P<names>(?:[\w.]+(?:/[\w.]+)*(?:/|\.py)(?:, | {1,2})?)+)", line)
            if words is None:
                continue
            depth = words.start("names")
            above = [(d, folder) for d, folder in above if d < depth]
            inside = above[-1][1] if above else ""
            names = re.split(r"[,\s]+", words["names"].strip(", "))
            paths |= {inside + name for name in names}
            if len(names) == 1 and names[0].endswith("/"):
                above.append((depth, inside + names[0]))
    return paths


def test_every_module_is_named_in_the_architecture(drawn: set[str]) -> None:
    missing = [module for module in modules() if module not in drawn]

    assert missing == [], "say in docs/architecture.md what these are for"


def test_every_module_named_in_the_architecture_exists(drawn: set[str]) -> None:
    named = {path for path in drawn if path.startswith(("geo/", "webmap/"))}

    assert {path for path in named if not (ROOT / path).exists()} == set()


def test_a_drawing_is_read_as_people_read_it() -> None:
    drawing = """
```
geo/                 computes
  errors.py          src/lib alike
  osm/               comes in
    files.py overpass.py
  city.py
webmap/              shows
├── api/  pages/
└── maps.py
```
"""
    assert drawn_as_tree(drawing) == {
        "geo/", "geo/errors.py", "geo/osm/", "geo/osm/files.py", "geo/osm/overpass.py", "geo/city.py",
        "webmap/", "webmap/api/", "webmap/pages/", "webmap/maps.py",
    }  # fmt: skip
