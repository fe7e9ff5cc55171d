"""The pack as a folder: what is written is read again, and it appears whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
import string
from collections.abc import Callable
from operator import attrgetter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.city import City
from geo.coords import LonLat
from geo.errors import EmptyExtractError, PackError
from geo.finding.gazetteer import Name
from geo.finding.name_index import write_names
from geo.pack import folder
from geo.pack.folder import Manifest, content_version, new_pack, read_manifest, write_manifest
from geo.places.model import Place
from tests.places.strategies import maybe, places, positions, texts

MANIFEST = Manifest(
    name="东城区",
    name_en="Dongcheng",
    sample=False,
    built="2026-11-22T12:00:00+00:00",
    version="0123456789ab",
    bbox=(116.3, 39.8, 116.5, 40.0),
    sources=({"name": "OpenStreetMap", "licence": "ODbL-1.0"},),
    counts={"places": 3, "streets_km": 12.5},
    dropped={"way nodes that the file does not hold": 2},
)

#: One folder for all examples: each writes the same file anew.
same_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


# --- what is written is read again ---

names = st.builds(
    Name,
    name=texts,
    name_en=maybe,
    kind=st.sampled_from(("place", "area", "station", "street", "poi", "address")),
    context=maybe,
    position=positions,
    place_id=st.none(),  # places have a table of their own
    also=st.lists(texts, max_size=3).map(tuple),
    address=maybe,
    exact=st.just(True),  # an answer may be inexact, an entry is not
)
numbers = st.integers(0, 2**40) | st.floats(0, 1e9)
manifests = st.builds(
    Manifest,
    name=texts,
    name_en=maybe,
    sample=st.booleans(),
    built=texts,
    version=st.text(string.hexdigits, min_size=12, max_size=12),
    bbox=st.tuples(*[st.floats(-180, 180)] * 4),
    sources=st.lists(st.dictionaries(texts, texts, max_size=3), max_size=3).map(tuple),
    counts=st.dictionaries(texts, numbers, max_size=4),
    dropped=st.dictionaries(texts, st.integers(0, 2**40), max_size=4),
)


@same_folder
@given(manifests)
def test_a_manifest_survives_whatever_the_city_is_called(tmp_path: Path, manifest: Manifest) -> None:
    write_manifest(tmp_path, manifest)

    assert read_manifest(tmp_path) == manifest


@same_folder
@given(st.lists(places, max_size=4))
def test_places_survive(tmp_path: Path, some: list[Place]) -> None:
    folder.write_places(tmp_path, some)

    assert folder.read_places(tmp_path) == tuple(some)


@same_folder
@given(st.lists(names, max_size=4))
def test_names_survive(tmp_path: Path, some: list[Name]) -> None:
    (tmp_path / folder.NAMES).unlink(missing_ok=True)
    write_names(tmp_path / folder.NAMES, some, LonLat(116.4, 39.9))

    key = attrgetter("name", "kind", "position")
    assert sorted(folder.read_names(tmp_path), key=repr) == sorted(some, key=repr)
    assert [key(name) for name in folder.read_names(tmp_path)] == sorted(map(key, some))


def test_tables_are_written_one_a_line(tmp_path: Path) -> None:
    """So that two packs can be compared with diff."""
    made = [Place(name, "东四\n", LonLat(1, 2), "exact", (), source="x") for name in "ba"]
    folder.write_places(tmp_path, made)

    lines = (tmp_path / folder.PLACES).read_text(encoding="utf-8").splitlines()
    assert [lines[0], lines[-1], len(lines)] == ["[", "]", 4]


# --- what cannot be read ---

WHOLE = """
format = 6
name = "x"
sample = false
built = ""
version = ""
bbox = [1, 2, 3, 4]
sources = []
counts = {}
dropped = {}
"""


def test_the_manifest_that_is_damaged_below_can_be_read_whole(tmp_path: Path) -> None:
    (tmp_path / folder.MANIFEST).write_text(WHOLE)

    assert read_manifest(tmp_path).bbox == (1, 2, 3, 4)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "no city pack there (no city.toml); make one with yizhan build"),
        ("name = ", "damaged"),
        ("", "damaged"),
        ("format = 1\nname = 'x'", "a city pack of format 1, not 6; build it again"),
        ("format = 6\nname = 'x'", "damaged"),
        (WHOLE.replace("[1, 2, 3, 4]", "1"), "damaged"),
        (WHOLE.replace("[1, 2, 3, 4]", "[1, 2, 3]"), "damaged"),
        (WHOLE.replace("[]", "1"), "damaged"),
        ("\x00", "damaged"),
    ],
    ids=["missing", "cut off", "empty", "of another format", "lacking a field", "bbox no list", "bbox too short",
         "sources no list", "NUL"],
)  # fmt: skip
def test_what_is_no_manifest_is_refused(tmp_path: Path, content: str | None, message: str) -> None:
    if content is not None:
        (tmp_path / folder.MANIFEST).write_text(content, encoding="utf-8")

    with pytest.raises(PackError) as caught:
        City.open(tmp_path)

    assert message in str(caught.value) and str(tmp_path) in str(caught.value)
    assert "build" in str(caught.value), "the remedy"
    assert "\n" not in str(caught.value)


def test_a_manifest_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    (tmp_path / folder.MANIFEST).write_bytes("name = '东城区'".encode("gb18030"))

    with pytest.raises(PackError, match="damaged"):
        read_manifest(tmp_path)


@pytest.mark.parametrize(
    "content", [None, "", "[{", "{}", "[{}]", "[1]", "[[1, 2]]", "null", '[{"id": "x", "services": 3}]'],
    ids=["missing", "empty", "cut off", "an object", "an empty place", "a number", "a list", "null", "half a place"],
)  # fmt: skip
@pytest.mark.parametrize("table", [folder.PLACES, folder.NAMES])
def test_a_damaged_table_is_refused(tmp_path: Path, table: str, content: str | None) -> None:
    if content is not None:
        (tmp_path / table).write_text(content, encoding="utf-8")
    read = {folder.PLACES: folder.read_places, folder.NAMES: folder.read_names}[table]
    if content == "{}" and table == folder.PLACES:
        assert read(tmp_path) == (), "an object without entries holds nothing, and does no harm"
        return

    with pytest.raises(PackError, match=r"missing or damaged .*; build the pack again") as caught:
        read(tmp_path)

    assert table in str(caught.value)


@pytest.mark.parametrize(
    "damage",
    [
        lambda streets: (streets / "edge_nodes.npy").unlink(),
        lambda streets: (streets / "edge_nodes.npy").write_bytes(b""),
        lambda streets: os.truncate(streets / "edge_nodes.npy", 200),
        lambda streets: os.truncate(streets / "walk.arc_cost.npy", 20),
        lambda streets: (streets / "words.json").unlink(),
        lambda streets: (streets / "words.json").write_text("["),
        lambda streets: (streets / "words.json").write_text("[]"),
        lambda streets: (streets / "words.json").write_text("{}"),
    ],
    ids=["array missing", "array empty", "array cut off", "header cut off", "words missing", "words cut off",
         "words a list", "words lacking"],
)  # fmt: skip
def test_damaged_streets_are_refused(sample_copy: Path, damage: Callable[[Path], object]) -> None:
    damage(sample_copy / folder.STREETS)

    with pytest.raises(PackError, match=r"missing or damaged .*; build the pack again"):
        City.open(sample_copy)


def test_a_damaged_base_map_is_refused(sample_copy: Path) -> None:
    os.truncate(sample_copy / folder.BASE_MAP, 1000)

    with pytest.raises(PackError, match="build the city pack again"):
        City.open(sample_copy)


@pytest.fixture
def sample_copy(sample_pack: Path, tmp_path: Path) -> Path:
    """A copy of the sample's pack, to damage."""
    copy = tmp_path / "copy"
    shutil.copytree(sample_pack, copy)
    return copy


# --- the version ---


def write_files(root: Path, **files: str) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return root


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"a": "1", "b": "3"}, "another content"),
        ({"a": "1", "c": "2"}, "another name"),
        ({"a": "1"}, "a file less"),
        ({"a": "1", "b": "2", "c": ""}, "an empty file more"),
        ({"a": "12", "b": ""}, "the same bytes, cut elsewhere"),
        ({"a": "2", "b": "1"}, "contents exchanged"),
    ],
)
def test_the_version_follows_the_content(tmp_path: Path, other: dict[str, str], reason: str) -> None:
    one, two = write_files(tmp_path / "one", a="1", b="2"), write_files(tmp_path / "two", **other)

    assert content_version(one) != content_version(two), reason


def test_the_version_does_not_follow_time_or_folder(tmp_path: Path) -> None:
    one, two = write_files(tmp_path / "one", a="1", b="2"), write_files(tmp_path / "two", b="2", a="1")
    os.utime(two / "a", (0, 0))

    assert content_version(one) == content_version(two)
    assert len(content_version(one)) == 12


# --- whole or not at all ---


def pack(root: Path, content: str = "old") -> Path:
    root.mkdir(parents=True)
    (root / folder.MANIFEST).write_text(content)
    return root


def tree(root: Path) -> dict[str, str | None]:
    return {str(p.relative_to(root)): p.read_text() if p.is_file() else None for p in sorted(root.rglob("*"))}


def build(out: Path, content: str = "new") -> None:
    with new_pack(out) as building:
        (building / folder.MANIFEST).write_text(content)


@pytest.mark.parametrize(
    "before",
    [
        pytest.param(lambda out: None, id="nothing there"),
        pytest.param(lambda out: out.mkdir(), id="an empty folder there"),
        pytest.param(lambda out: (pack(out) / "more").write_text("x"), id="an older pack there"),
    ],
)
def test_a_new_pack_takes_its_place(tmp_path: Path, before: Callable[[Path], object]) -> None:
    before(tmp_path / "city")

    build(tmp_path / "city")

    assert tree(tmp_path) == {"city": None, "city/city.toml": "new"}


def test_folders_on_the_way_are_made(tmp_path: Path) -> None:
    build(tmp_path / "data" / "packs" / "city")

    assert (tmp_path / "data/packs/city/city.toml").is_file()


def test_a_pack_may_be_read_by_others(tmp_path: Path) -> None:
    """A server runs as somebody else than who built; temporary folders are closed to others."""
    build(tmp_path / "city")

    assert (tmp_path / "city").stat().st_mode & 0o777 == 0o755


class Interrupted(BaseException):
    """As Ctrl-C comes."""


@pytest.mark.parametrize("old", [False, True], ids=["no pack before", "a pack before"])
@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (RuntimeError("x"), RuntimeError),
        (Interrupted(), Interrupted),
        (EmptyExtractError("no streets"), EmptyExtractError),
        (PackError("tippecanoe failed"), PackError),
        (OSError(errno.ENOSPC, "No space left on device"), PackError),
        (OSError(errno.EACCES, "Permission denied"), PackError),
        (OSError("of no number: a library's own"), OSError),
    ],
    ids=["a fault", "Ctrl-C", "no streets", "no base map", "disk full", "not allowed", "an error without number"],
)
def test_a_failure_leaves_what_was_there(
    tmp_path: Path, old: bool, error: BaseException, raised: type[BaseException]
) -> None:
    if old:
        pack(tmp_path / "city")
    before = tree(tmp_path)

    with pytest.raises(raised) as caught, new_pack(tmp_path / "city") as building:
        (building / "half").write_text("x")
        raise error

    assert tree(tmp_path) == before
    assert type(caught.value) is raised


def test_a_full_disk_is_said_to_be_full(tmp_path: Path) -> None:
    remedy = r"the disk is full; free some space or choose another --out\. Nothing was left behind"

    with pytest.raises(PackError, match=remedy), new_pack(tmp_path / "city"):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_failure_while_changing_places_puts_the_old_pack_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack(tmp_path / "city")
    moves: list[tuple[str, str]] = []
    really = os.replace

    def failing_at_the_second(source: Path, target: Path) -> None:
        moves.append((Path(source).name, Path(target).name))
        if len(moves) == 2:
            raise OSError(errno.EIO, "Input/output error")
        really(source, target)

    monkeypatch.setattr(os, "replace", failing_at_the_second)

    with pytest.raises(PackError, match="cannot be written"):
        build(tmp_path / "city")

    assert len(moves) == 3, "aside, into place (fails), back"
    assert tree(tmp_path) == {"city": None, "city/city.toml": "old"}


@pytest.mark.parametrize(
    ("block", "message"),
    [
        pytest.param(lambda out: out.write_text("mine"), "is in the way and no city pack", id="a file is there"),
        pytest.param(
            lambda out: write_files(out, thesis="mine"), "is in the way and no city pack", id="another folder is there"
        ),
        pytest.param(
            lambda out: (out.parent.rmdir(), out.parent.write_text("mine")), "cannot be written", id="a file above"
        ),
    ],
)
def test_what_is_no_pack_is_never_replaced(tmp_path: Path, block: Callable[[Path], object], message: str) -> None:
    out = tmp_path / "packs" / "city"
    out.parent.mkdir()
    block(out)
    before = tree(tmp_path)

    with pytest.raises(PackError, match=f"{message}.*; choose another --out"):
        build(out)

    assert tree(tmp_path) == before


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="no folder here that even root cannot write to")
def test_a_folder_that_cannot_be_written_to_is_said_so() -> None:
    with pytest.raises(PackError, match=r"/proc/self/city: cannot be written \(.*\); choose another --out"):
        build(Path("/proc/self/city"))
