"""The house rules, read from the imports themselves: floors, doors, no clocks; and the error tree."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

import geo.errors
from geo.errors import YizhanError
from webmap.errors import PROBLEMS, problem_of

ROOT = Path(__file__).parents[1]

#: The floors of ``geo``, lowest first; a module may use those below its own, and its own room.
FLOORS: tuple[tuple[str, ...], ...] = (
    ("geo.errors", "geo.coords", "geo.datums"),
    ("geo.osm",),
    ("geo.places", "geo.streets"),
    ("geo.choosing",),
    ("geo.coverage", "geo.finding"),
    ("geo.pack",),
    ("geo.importing",),
    ("geo.city",),
    ("geo.coverage_answers",),
    ("geo.answers", "geo.live", "geo.siting_answers", "geo.pocket"),
    ("geo.coverage_facts", "geo.events", "geo.frames", "geo.posters"),
    ("geo.coverage_layers", "geo.coverage_report"),
    ("geo.coverage_files",),
    ("geo.cli_hours", "geo.cli_places"),
    ("geo.cli_reports",),
    ("geo.cli_advisory",),
    ("geo.cli_events", "geo.cli_export", "geo.cli_import", "geo.cli_nearest", "geo.cli_poster", "geo.cli_search"),
    ("geo.cli_along", "geo.cli_coverage"),
    ("geo.cli_report", "geo.cli_siting"),
    ("geo.cli",),
)

#: What the web may know of ``geo``.
WEB_MAY_USE = frozenset({
    "geo", "geo.answers", "geo.choosing.wanted", "geo.choosing.words", "geo.city", "geo.coords",
    "geo.coverage.accessibility", "geo.coverage.asking", "geo.coverage.candidates", "geo.coverage.comparing",
    "geo.coverage.demand", "geo.coverage.gaps", "geo.coverage.next_places", "geo.coverage.planner",
    "geo.coverage.point_table", "geo.coverage.scenario", "geo.coverage.siting.plans",
    "geo.coverage.siting.problems", "geo.coverage.spots", "geo.coverage.warming", "geo.coverage.whatif",
    "geo.coverage_answers", "geo.coverage_facts", "geo.coverage_files", "geo.coverage_layers",
    "geo.coverage_report", "geo.errors", "geo.events", "geo.finding.asking", "geo.finding.gazetteer",
    "geo.finding.reading", "geo.finding.spelling", "geo.live", "geo.places.advisories", "geo.places.hours",
    "geo.places.interchange.feed", "geo.places.model", "geo.places.recurrence", "geo.places.reports",
    "geo.pocket.districts", "geo.pocket.files", "geo.pocket.making", "geo.pocket.map_tiles", "geo.pocket.naming",
    "geo.pocket.schedules", "geo.posters.facts", "geo.posters.links", "geo.posters.stale",
    "geo.siting_answers",
    "geo.streets.compiled", "geo.streets.graphs", "geo.streets.profiles",
})  # fmt: skip

#: A library enters the project through these modules alone.
DOORS: dict[str, frozenset[str]] = {
    "osmium": frozenset({"geo.osm.files"}),
    "osmnx": frozenset({"geo.osm.overpass"}),
    "requests": frozenset({"geo.osm.overpass"}),
    "numba": frozenset({"geo.streets.compiled"}),
    "scipy": frozenset({"geo.streets.arcs"}),
    "rtree": frozenset({"geo.finding.index"}),
    "pyproj": frozenset({"geo.coords"}),
    "sqlalchemy": frozenset({"geo.places.backup", "geo.places.entries", "geo.places.schema", "geo.places.store"}),
    "alembic": frozenset(
        {
            "geo.places.migrations.env",
            "geo.places.migrations.versions.boxes_and_texts",
            "geo.places.migrations.versions.places_and_audit",
            "geo.places.schema",
        }
    ),
    "orjson": frozenset({"geo.answers"}),
    "pmtiles": frozenset({"geo.pack.tiles"}),
    "pypinyin": frozenset({"geo.finding.pinyin"}),
    "geopandas": frozenset(
        {"geo.coverage_layers", "geo.frames", "geo.pack.areas", "geo.pack.names", "geo.places.interchange.geopackage"}
    ),
    "pandas": frozenset({"geo.frames", "geo.pack.areas"}),
    "opening_hours": frozenset({"geo.places.hours"}),
    "openpyxl": frozenset({"geo.coverage_files", "geo.importing.spreadsheet", "geo.places.interchange.workbook"}),
    "defusedxml": frozenset({"geo.importing.spreadsheet"}),
    "highspy": frozenset({"geo.coverage.siting.exact"}),
    "networkx": frozenset(),
    "folium": frozenset({"webmap.maps"}),
    "branca": frozenset({"webmap.maps"}),
    "granian": frozenset({"webmap.serving"}),
    "segno": frozenset({"webmap.posters.qr"}),
    "flask_compress": frozenset({"webmap", "webmap.front"}),
    "flask_babel": frozenset(
        {
            "webmap.embed.words",
            "webmap.report",
            "webmap.i18n",
            "webmap.filed.words",
            "webmap.offline.words",
            "webmap.going_words",
            "webmap.tell_words",
            "webmap.words",
            "webmap.plan_words",
            "webmap.plan_words_more",
        }
    ),
}

#: Who may read the clock.
CLOCK_READERS = frozenset({  # the edges
    "geo.cli", "geo.cli_along", "geo.cli_coverage", "geo.cli_events", "geo.cli_export", "geo.cli_hours",
    "geo.cli_advisory", "geo.cli_import", "geo.cli_nearest", "geo.cli_poster", "geo.cli_report", "geo.cli_reports",
    "webmap", "webmap.jobs",
})  # fmt: skip
CLOCKS = frozenset({
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns", "time.localtime",
    "time.gmtime", "time.ctime",
})  # fmt: skip


class Import(NamedTuple):
    """One import: who, what, on which line, and whether only when a function runs."""

    module: str
    target: str
    line: int
    inside_function: bool

    def __str__(self) -> str:
        return f"{self.module} (line {self.line}) imports {self.target}"


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def sources() -> dict[str, ast.Module]:
    paths = sorted(path for package in ("geo", "webmap") for path in (ROOT / package).rglob("*.py"))
    return {name_of(path): ast.parse(path.read_text(encoding="utf-8"), str(path)) for path in paths}


@cache
def imports() -> tuple[Import, ...]:
    return tuple(found for module, tree in sources().items() for found in _imports(module, tree, inside=False))


def _imports(module: str, node: ast.AST, *, inside: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        within = inside or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        if isinstance(child, ast.Import):
            yield from (Import(module, alias.name, child.lineno, inside) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, f"{module} line {child.lineno}: name the package in full"
            yield from (Import(module, _target(child, alias), child.lineno, inside) for alias in child.names)
        yield from _imports(module, child, inside=within)


def _target(node: ast.ImportFrom, alias: ast.alias) -> str:
    """Return the module that a name is taken from, or the module that the name is."""
    whole = f"{node.module}.{alias.name}"
    return whole if whole in sources() else str(node.module)


def floor_of(module: str) -> int | None:
    for floor, rooms in enumerate(FLOORS):
        if any(module == room or module.startswith(f"{room}.") for room in rooms):
            return floor
    return None


def room_of(module: str) -> str:
    return ".".join(module.split(".")[:2])


def in_library(target: str, library: str) -> bool:
    return target == library or target.startswith(f"{library}.")


def told(wrong: list[Import], rule: str) -> str:
    return "\n".join([rule, *(f"  {found}" for found in wrong)])


# --- floors ---


def test_every_module_of_geo_has_its_floor() -> None:
    homeless = [module for module in sources() if module.startswith("geo.") and floor_of(module) is None]

    assert homeless == [], "give these modules a floor in FLOORS, and say so in docs/architecture.md"


def test_imports_point_down() -> None:
    """A step up, or aside into another room of the same floor, would tie the house into a knot."""
    wrong = []
    for found in imports():
        own, other = floor_of(found.module), floor_of(found.target)
        if own is None or other is None or room_of(found.module) == room_of(found.target):
            continue
        if other >= own:
            wrong.append(found)

    assert wrong == [], told(wrong, "imports point down, from a floor to a lower one: move what is shared further down")


def test_geo_knows_no_web() -> None:
    wrong = [
        found
        for found in imports()
        if in_library(found.module, "geo")
        and (in_library(found.target, "webmap") or found.target.split(".")[0] in {"flask", "werkzeug", "jinja2"})
        and not (found.module == "geo.cli" and found.target.startswith("webmap.") and found.inside_function)
    ]

    assert wrong == [], told(wrong, "only geo.cli may start the web, and imports it inside the function that does")


def test_the_web_uses_the_facade_and_values_only() -> None:
    wrong = [
        found
        for found in imports()
        if in_library(found.module, "webmap") and in_library(found.target, "geo") and found.target not in WEB_MAY_USE
    ]

    assert wrong == [], told(wrong, f"the web may use {', '.join(sorted(WEB_MAY_USE))}: ask the City")


def test_places_and_streets_do_not_know_each_other() -> None:
    rooms = {"geo.places": "geo.streets", "geo.streets": "geo.places"}
    wrong = [found for found in imports() if rooms.get(room_of(found.module)) == room_of(found.target)]

    assert wrong == [], told(wrong, "places and streets meet in geo.finding")


# --- doors ---


@pytest.mark.parametrize(("library", "doors"), DOORS.items(), ids=list(DOORS))
def test_a_library_enters_through_its_door(library: str, doors: frozenset[str]) -> None:
    through = {found for found in imports() if in_library(found.target, library)}
    wrong = sorted(found for found in through if found.module not in doors)

    assert wrong == [], told(wrong, f"{library} enters through {', '.join(sorted(doors)) or 'no module at all'}")
    assert {found.module for found in through} == doors, f"a door of {library} is no longer used: close it in DOORS"


# --- the clock ---


def test_only_the_edges_read_the_clock() -> None:
    wrong = [
        f"{module} line {node.lineno}: {called}"
        for module, tree in sources().items()
        if module not in CLOCK_READERS
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and (called := _last_two(node)) in CLOCKS
    ]

    assert wrong == [], "time is an argument (`when`), read at the edges alone"


def test_the_clock_is_not_imported_by_name() -> None:
    """``from time import time`` would slip past the test above."""
    wrong = [
        f"{module} line {node.lineno}"
        for module, tree in sources().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "time"
    ]

    assert wrong == []


def _last_two(node: ast.Attribute) -> str:
    value = node.value
    holder = value.id if isinstance(value, ast.Name) else value.attr if isinstance(value, ast.Attribute) else ""
    return f"{holder}.{node.attr}"


# --- the error tree ---


def drawn_tree() -> list[tuple[str, str, str]]:
    """Return what the drawing in geo/errors.py says: (class, parent, built-in base or "")."""
    lines = [line for line in (geo.errors.__doc__ or "").splitlines() if re.match(r"\s+[│├└ ─]*\w+Error\b", line)]
    rows, path = [], list[tuple[int, str]]()
    for line in lines:
        match = re.match(r"(?P<lead>[│├└─\s]*)(?P<name>\w+)(?: \((?P<base>\w+)\))?", line)
        assert match is not None
        depth = len(match["lead"])
        path = [(d, name) for d, name in path if d < depth]
        rows.append((match["name"], path[-1][1] if path else "", match["base"] or ""))
        path.append((depth, match["name"]))
    return rows


def error_classes() -> list[type[YizhanError]]:
    return [kind for kind in vars(geo.errors).values() if isinstance(kind, type) and issubclass(kind, YizhanError)]


def test_the_tree_drawn_is_the_tree_there_is() -> None:
    there = {("YizhanError", "", "")}
    for kind in set(error_classes()) - {YizhanError}:
        parent, *others = kind.__bases__
        there.add((kind.__name__, parent.__name__, "".join(other.__name__ for other in others)))

    assert set(drawn_tree()) == there


def test_errors_of_geo_are_all_in_one_file() -> None:
    elsewhere = [
        f"{module} line {node.lineno}: {node.name}"
        for module, tree in sources().items()
        if module.startswith("geo.") and module != "geo.errors"
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and any(ast.unparse(b).endswith(("Error", "Exception")) for b in node.bases)
    ]

    assert elsewhere == [], "define errors in geo/errors.py, where the tree is drawn"


@pytest.mark.parametrize("kind", error_classes(), ids=lambda kind: kind.__name__)
def test_every_error_is_a_builtin_one_too(kind: type[YizhanError]) -> None:
    """Whoever knows nothing of us can still catch a ValueError, LookupError or OSError."""
    if kind is not YizhanError:
        assert issubclass(kind, ValueError | LookupError | OSError)


@pytest.mark.parametrize("kind", error_classes(), ids=lambda kind: kind.__name__)
def test_every_error_has_its_http_status(kind: type[YizhanError]) -> None:
    ancestors = [ancestor for ancestor in kind.__mro__ if ancestor in PROBLEMS]

    assert ancestors, f"no row in webmap.errors.PROBLEMS for {kind.__name__}"
    assert problem_of(kind("x")) == PROBLEMS[ancestors[0]]


def test_every_row_of_problems_names_a_class_that_can_occur() -> None:
    assert set(PROBLEMS) <= set(error_classes())


def test_codes_are_said_with_one_status_each() -> None:
    statuses: dict[str, set[int]] = {}
    for problem in PROBLEMS.values():
        statuses.setdefault(problem.code, set()).add(int(problem.status))

    assert all(len(of_code) == 1 for of_code in statuses.values()), statuses
