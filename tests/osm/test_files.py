"""Reading OpenStreetMap files: hand-written XML, a PBF made here, and the real extract cut short."""

from __future__ import annotations

import gzip
import hashlib
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import osmium
import pytest
import shapely

from geo.errors import EmptyExtractError, ExtractError
from geo.osm.extract import Extract, Feature, Provenance
from geo.osm.files import read_file

#: A street of three nodes with a gate in its middle, crossed by a one-way alley.
STREETS = """
<node id="1" lon="116.4000000" lat="39.9000000"/>
<node id="2" lon="116.4010000" lat="39.9000000">
  <tag k="barrier" v="gate"/><tag k="foot" v="no"/><tag k="note" v="x"/>
</node>
<node id="3" lon="116.4020000" lat="39.9000000"/>
<node id="4" lon="116.4010000" lat="39.9010000"/>
<way id="10">
  <nd ref="1"/><nd ref="2"/><nd ref="3"/><tag k="highway" v="residential"/><tag k="name" v="东四南大街"/>
</way>
<way id="11"><nd ref="4"/><nd ref="2"/><tag k="highway" v="service"/><tag k="oneway" v="yes"/></way>
"""

Read = Callable[[str], Extract]


def osm(body: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<osm version="0.6">{body}</osm>\n'


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Write a body of XML to a file and read it."""

    def write_and_read(body: str) -> Extract:
        path = tmp_path / "small.osm"
        path.write_text(osm(body), encoding="utf-8")
        return read_file(path)

    return write_and_read


def feature(extract: Extract, feature_id: str) -> Feature:
    return next(f for f in extract.features if f.id == feature_id)


def square(first: int, west: float, south: float, side: float) -> str:
    """Four nodes, counter-clockwise from the south-west corner."""
    corners = [(west, south), (west + side, south), (west + side, south + side), (west, south + side)]
    return "".join(f'<node id="{first + i}" lon="{x:.7f}" lat="{y:.7f}"/>' for i, (x, y) in enumerate(corners))


def ring(first: int) -> str:
    return "".join(f'<nd ref="{node}"/>' for node in (first, first + 1, first + 2, first + 3, first))


# --- what is in a file ---


def test_ways_keep_their_nodes_positions_and_tags(read: Read) -> None:
    ways = read(STREETS).ways

    assert ways.ids.tolist() == [10, 11]
    assert ways.start.tolist() == [0, 3, 5]
    assert ways.nodes.tolist() == [1, 2, 3, 4, 2]
    assert ways.lonlat_e7[1].tolist() == [1164010000, 399000000]
    assert ways.tags[0] == {"highway": "residential", "name": "东四南大街"}
    assert ways.tags[1]["oneway"] == "yes"
    assert ways.nodes.dtype == np.int64 and ways.lonlat_e7.dtype == np.int32


def test_bbox_encloses_the_streets_and_not_what_lies_beside(read: Read) -> None:
    extract = read(STREETS + '<node id="9" lon="117" lat="41"><tag k="amenity" v="toilets"/></node>')

    assert extract.bbox == (116.4, 39.9, 116.402, 39.901)


def test_a_barrier_on_a_street_keeps_the_tags_that_say_whom_it_stops(read: Read) -> None:
    assert read(STREETS).ways.barriers == {2: {"barrier": "gate", "foot": "no"}}


def test_a_barrier_on_no_street_is_nobodys_barrier(read: Read) -> None:
    extract = read(STREETS + '<node id="9" lon="116.4" lat="39.9"><tag k="barrier" v="gate"/></node>')

    assert list(extract.ways.barriers) == [2]


def test_a_node_with_a_features_tag_is_a_point(read: Read) -> None:
    extract = read(STREETS + '<node id="9" lon="116.4005" lat="39.9005"><tag k="amenity" v="toilets"/></node>')

    toilet = feature(extract, "n9")
    assert toilet.tags == {"amenity": "toilets"}
    assert toilet.geometry == shapely.Point(116.4005, 39.9005)


def test_a_node_of_a_street_may_be_a_feature_as_well(read: Read) -> None:
    extract = read(STREETS + '<node id="9" lon="116.4" lat="39.9"><tag k="railway" v="station"/></node>')

    assert [f.id for f in extract.features] == ["n9"]


def test_a_closed_way_is_an_area(read: Read) -> None:
    body = square(20, 116.4, 39.9, 0.001) + f'<way id="30">{ring(20)}<tag k="leisure" v="park"/></way>'

    park = feature(read(STREETS + body), "w30")

    assert park.geometry.geom_type == "MultiPolygon"
    assert park.geometry.equals(shapely.box(116.4, 39.9, 116.401, 39.901))


def test_an_open_way_is_a_line(read: Read) -> None:
    body = '<way id="30"><nd ref="1"/><nd ref="4"/><tag k="waterway" v="river"/></way>'

    river = feature(read(STREETS + body), "w30")

    assert river.geometry == shapely.LineString([(116.4, 39.9), (116.401, 39.901)])


def test_a_closed_street_stays_a_street(read: Read) -> None:
    plaza = f'<way id="30">{ring(20)}<tag k="highway" v="pedestrian"/><tag k="area" v="yes"/></way>'

    extract = read(STREETS + square(20, 116.4, 39.9, 0.001) + plaza)

    assert extract.ways.ids.tolist() == [10, 11, 30]
    assert extract.features == ()


def test_a_multipolygon_has_its_hole(read: Read) -> None:
    body = (
        square(20, 116.4, 39.9, 0.004)
        + square(30, 116.401, 39.901, 0.001)
        + f'<way id="40">{ring(20)}</way><way id="41">{ring(30)}</way>'
        + '<relation id="50"><member type="way" ref="40" role="outer"/><member type="way" ref="41" role="inner"/>'
        + '<tag k="type" v="multipolygon"/><tag k="natural" v="water"/></relation>'
    )

    lake = feature(read(STREETS + body), "r50")

    whole, hole = shapely.box(116.4, 39.9, 116.404, 39.904), shapely.box(116.401, 39.901, 116.402, 39.902)
    assert lake.geometry.equals(whole.difference(hole))


def test_a_boundary_relation_is_an_area(read: Read) -> None:
    body = (
        square(20, 116.4, 39.9, 0.004)
        + '<way id="40"><nd ref="20"/><nd ref="21"/><nd ref="22"/></way>'
        + '<way id="41"><nd ref="22"/><nd ref="23"/><nd ref="20"/></way>'
        + '<relation id="50"><member type="way" ref="40" role="outer"/><member type="way" ref="41" role="outer"/>'
        + '<tag k="type" v="boundary"/><tag k="boundary" v="administrative"/><tag k="admin_level" v="8"/>'
        + '<tag k="name" v="东四街道"/></relation>'
    )

    extract = read(STREETS + body)

    assert feature(extract, "r50").geometry.equals(shapely.box(116.4, 39.9, 116.404, 39.904))
    assert [f.tags["name"] for f in extract.with_tags("boundary", ["administrative"])] == ["东四街道"]


def test_with_tags_looks_for_a_key_or_for_values(read: Read) -> None:
    body = (
        '<node id="7" lon="116.4" lat="39.9"><tag k="amenity" v="toilets"/></node>'
        '<node id="8" lon="116.4" lat="39.9"><tag k="amenity" v="bank"/></node>'
        '<node id="9" lon="116.4" lat="39.9"><tag k="shop" v="tea"/></node>'
    )
    extract = read(STREETS + body)

    assert [f.id for f in extract.with_tags("amenity")] == ["n7", "n8"]
    assert [f.id for f in extract.with_tags("amenity", ["toilets"])] == ["n7"]
    assert list(extract.with_tags("amenity", [])) == []


# --- what is left out, counted ---


def test_nodes_that_the_file_does_not_hold_are_counted(read: Read) -> None:
    body = '<way id="30"><nd ref="1"/><nd ref="98"/><nd ref="4"/><nd ref="99"/><tag k="highway" v="path"/></way>'

    extract = read(STREETS + body)

    assert extract.ways.ids.tolist() == [10, 11, 30]
    assert extract.ways.nodes.tolist()[-2:] == [1, 4]
    assert extract.dropped == {"way nodes that the file does not hold": 2}


def test_a_street_of_one_known_node_is_counted_and_left_out(read: Read) -> None:
    extract = read(STREETS + '<way id="30"><nd ref="1"/><nd ref="99"/><tag k="highway" v="path"/></way>')

    assert extract.ways.ids.tolist() == [10, 11]
    assert extract.dropped["streets with fewer than two located nodes"] == 1


def test_a_multipolygon_whose_ways_are_missing_is_left_out(read: Read) -> None:
    body = (
        '<relation id="50"><member type="way" ref="98" role="outer"/>'
        '<tag k="type" v="multipolygon"/><tag k="natural" v="water"/></relation>'
    )

    assert read(STREETS + body).features == ()


# --- where it comes from ---


def test_the_vintage_is_the_date_of_the_newest_object(read: Read) -> None:
    older, newer = '<way id="10" timestamp="2025-01-02T03:04:05Z">', '<way id="11" timestamp="2026-08-09T10:11:12Z">'

    extract = read(STREETS.replace('<way id="10">', older).replace('<way id="11">', newer))

    assert extract.provenance.vintage == "2026-08-09"


def test_without_dates_there_is_no_vintage(read: Read) -> None:
    assert read(STREETS).provenance.vintage is None


def test_provenance_names_the_file_and_its_checksum(tmp_path: Path) -> None:
    path = tmp_path / "东城.osm"
    path.write_text(osm(STREETS), encoding="utf-8")
    own = Provenance("my survey", "CC0-1.0", "https://example.org", "me", origin="")

    provenance = read_file(path, provenance=own).provenance

    assert (provenance.name, provenance.licence, provenance.attribution) == ("my survey", "CC0-1.0", "me")
    assert provenance.origin == "东城.osm"
    assert provenance.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


# --- other forms of the same ---


@pytest.fixture
def small_pbf(tmp_path: Path) -> Path:
    """A grid of streets as PBF, with dates, in several blobs."""
    path = tmp_path / "grid.osm.pbf"
    stamp = datetime(2026, 5, 6, 7, 8, tzinfo=UTC)
    with osmium.SimpleWriter(str(path)) as writer:
        side = 120
        for y in range(side):
            for x in range(side):
                at = (116.4 + x * 0.001, 39.9 + y * 0.001)
                writer.add_node(
                    osmium.osm.mutable.Node(id=y * side + x + 1, location=at, version=1, timestamp=stamp, tags={})
                )
        for y in range(side):
            nodes = [y * side + x + 1 for x in range(side)]
            tags = {"highway": "residential", "name": f"{y} 条"}
            writer.add_way(osmium.osm.mutable.Way(id=y + 1, nodes=nodes, version=1, timestamp=stamp, tags=tags))
    return path


def test_pbf_reads_as_xml_does(small_pbf: Path, tmp_path: Path) -> None:
    xml = tmp_path / "grid.osm"
    with osmium.SimpleWriter(str(xml)) as writer:
        for thing in osmium.FileProcessor(str(small_pbf)):
            writer.add(thing)

    pbf_extract, xml_extract = read_file(small_pbf), read_file(xml)

    assert len(pbf_extract.ways) == 120
    np.testing.assert_array_equal(pbf_extract.ways.nodes, xml_extract.ways.nodes)
    np.testing.assert_array_equal(pbf_extract.ways.lonlat_e7, xml_extract.ways.lonlat_e7)
    assert pbf_extract.ways.tags == xml_extract.ways.tags
    assert pbf_extract.provenance.vintage == xml_extract.provenance.vintage == "2026-05-06"


def test_gzipped_xml_reads_as_plain_xml_does(tmp_path: Path) -> None:
    packed = tmp_path / "small.osm.gz"
    packed.write_bytes(gzip.compress(osm(STREETS).encode()))

    assert read_file(packed).ways.ids.tolist() == [10, 11]


# --- what cannot be read ---

NOT_OSM = [
    pytest.param("empty.osm", b"", id="an empty XML file"),
    pytest.param("empty.osm.pbf", b"", id="an empty PBF file"),
    pytest.param("text.osm", b"hello", id="text called OSM"),
    pytest.param("page.osm.pbf", b"<html><body>404 Not Found</body></html>" * 50, id="an error page saved as PBF"),
    pytest.param("noise.osm.pbf", bytes(range(256)) * 8, id="noise"),
    pytest.param("notes.txt", b"hello", id="an ending that is no OSM form"),
    pytest.param("track.osm", b'<?xml version="1.0"?><gpx></gpx>', id="XML of another kind"),
    pytest.param("old.osm", b'<?xml version="1.0"?><osm version="0.5"></osm>', id="the form of 2008"),
    pytest.param("cut.osm", osm(STREETS)[:-60].encode(), id="XML cut off"),
    pytest.param("bad-id.osm", osm('<node id="a" lon="1" lat="1"/>').encode(), id="an id that is no number"),
    pytest.param("far.osm", osm('<node id="1" lon="999" lat="1"/>').encode(), id="a longitude beyond the earth"),
    pytest.param("bad.osm.gz", b"\x1f\x8b garbage", id="a broken archive"),
]


@pytest.mark.parametrize(("name", "content"), NOT_OSM)
def test_what_is_no_osm_file_is_refused_in_one_line(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(ExtractError) as caught:
        read_file(path)

    assert not isinstance(caught.value, EmptyExtractError)
    check_message(caught.value, name)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("", id="nothing at all"),
        pytest.param('<node id="1" lon="116.4" lat="39.9"><tag k="amenity" v="toilets"/></node>', id="no way"),
        pytest.param(
            '<node id="1" lon="116.4" lat="39.9"/><node id="2" lon="116.5" lat="39.9"/>'
            '<way id="3"><nd ref="1"/><nd ref="2"/><tag k="waterway" v="river"/></way>',
            id="ways but no street",
        ),
        pytest.param(
            '<way id="3"><nd ref="1"/><nd ref="2"/><tag k="highway" v="path"/></way>', id="a street without places"
        ),
    ],
)
def test_a_file_without_streets_is_empty(read: Read, body: str) -> None:
    with pytest.raises(EmptyExtractError, match=r"small\.osm: no streets"):
        read(body)


@pytest.mark.parametrize("make", [lambda path: None, Path.mkdir], ids=["nothing there", "a folder there"])
def test_a_missing_file_is_said_to_be_missing(tmp_path: Path, make: Callable[[Path], None]) -> None:
    path = tmp_path / "beijing.osm.pbf"
    make(path)

    with pytest.raises(ExtractError, match="no such file; give an OpenStreetMap extract") as caught:
        read_file(path)

    check_message(caught.value, "beijing.osm.pbf")


@pytest.mark.parametrize("share", [0.0, 1e-5, 0.001, 0.3, 0.7, 0.999])
def test_a_pbf_cut_off_is_refused(small_pbf: Path, share: float) -> None:
    whole = small_pbf.read_bytes()
    small_pbf.write_bytes(whole[: int(share * len(whole))])

    with pytest.raises(ExtractError) as caught:
        read_file(small_pbf)

    check_message(caught.value, "grid.osm.pbf")


@pytest.mark.real
@pytest.mark.parametrize("kept", [0, 1, 4, 5, 100, 10_000, 1_000_000, -5_000, -1])
def test_the_real_extract_cut_off_is_refused(real_extract_path: Path, tmp_path: Path, kept: int) -> None:
    """A positive number of bytes from the beginning; a negative one is missing at the end."""
    cut = tmp_path / "beijing.osm.pbf"
    shutil.copyfile(real_extract_path, cut)
    with cut.open("r+b") as file:
        file.truncate(kept if kept >= 0 else real_extract_path.stat().st_size + kept)

    with pytest.raises(ExtractError) as caught:
        read_file(cut)

    check_message(caught.value, "beijing.osm.pbf")


def check_message(error: Exception, name: str) -> None:
    """One line that names the file and says what to do."""
    message = str(error)
    assert name in message
    assert "\n" not in message
    assert any(remedy in message for remedy in ("download it again", "give an OpenStreetMap extract"))
