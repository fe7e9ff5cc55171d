"""Downloading an area, from a server on loopback that may misbehave."""

from __future__ import annotations

import json
import socket
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import osmnx
import pytest

from geo.city import City
from geo.cli import main
from geo.coords import BBox
from geo.errors import DownloadError, EmptyExtractError, ParameterError
from geo.osm import overpass
from geo.osm.extract import BARRIER_KEYS, Extract
from geo.osm.files import read_file
from geo.osm.overpass import WAY_KEYS, OverpassSettings, download_bbox, download_place
from geo.pack.build import build_pack
from geo.pack.folder import read_names, read_places
from geo.streets.from_osm import build_network
from geo.streets.network import StreetNetwork
from geo.streets.profiles import MODES, barrier_stops, speeds
from tests.conftest import WHEN
from tests.osm.elements import Element, Node, Relation, Way, to_xml
from tests.osm.overpass_server import Answer, OverpassServer, overpass_server

AROUND = BBox(116.395, 39.895, 116.415, 39.915)

#: A grid of nodes about 85 m by 111 m: node 10 * y + x + 1 lies x steps east, y steps north of 116.4, 39.9.
GRID = [Node(10 * y + x + 1, 116.4 + x * 0.001, 39.9 + y * 0.001) for y in range(6) for x in range(6)]

#: A small city in which every rule that reads a direction, a barrier or a class has something to read.
CITY: list[Element] = [
    *(node for node in GRID if node.id not in {13, 33}),
    Node(13, 116.402, 39.901, {"barrier": "gate", "access": "private", "foot": "yes"}),
    Node(33, 116.402, 39.903, {"barrier": "bollard"}),
    Way(100, [1, 2, 3, 4, 5, 6], {"highway": "primary", "name": "长安街", "maxspeed": "60"}),
    Way(101, [11, 12, 13, 14, 15, 16], {"highway": "residential", "name": "前胡同"}),
    Way(102, [21, 22, 23, 24], {"highway": "residential", "name": "后胡同", "oneway": "-1"}),
    Way(103, [24, 25, 26], {"highway": "residential", "name": "后胡同", "oneway": "-1", "oneway:bicycle": "-1"}),
    Way(104, [31, 32, 33, 34, 35, 36], {"highway": "service", "oneway": "yes", "cycleway:right": "opposite_lane"}),
    Way(105, [1, 11, 21, 31, 41, 51], {"highway": "tertiary", "name": "西街", "electric_bicycle": "no"}),
    Way(106, [3, 13, 23, 33, 43, 53], {"highway": "footway"}),
    Way(107, [6, 16, 26, 36, 46, 56], {"highway": "trunk", "name": "环路"}),
    Way(108, [51, 52, 53, 53, 54, 55, 56], {"highway": "living_street", "oneway": "T"}),
    Way(109, [44, 45, 55, 54, 44], {"highway": "residential", "junction": "roundabout"}),
    Way(110, [34, 44], {"highway": "steps"}),
    Way(111, [35, 45], {"highway": "residential", "access": "private"}),
    Way(112, [41, 42, 43], {"highway": "cycleway", "foot": "no"}),
    Way(113, [4, 14], {"highway": "construction"}),
    Way(114, [2, 12], {"highway": "residential", "oneway": "reverse", "oneway:foot": "yes"}),
    Way(115, [12, 22], {"highway": "residential", "oneway": "-1", "bicycle": "no", "motorcar": "no"}),
    Node(200, 116.4005, 39.9003, {"amenity": "toilets", "opening_hours": "24/7"}),
    Way(201, [1, 6, 56, 51, 1], {"boundary": "administrative", "admin_level": "8", "name": "东四街道"}),
    Way(202, [3, 6, 56, 53, 3], {}),
    Way(203, [14, 15, 25, 24, 14], {}),
    Relation(204, [("outer", 202), ("inner", 203)], {"type": "multipolygon", "leisure": "park", "name": "有湖公园"}),
]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[OverpassServer]:
    # OSMnx waits a second before every search, out of courtesy to the public server
    monkeypatch.setattr("osmnx._nominatim.time", SimpleNamespace(sleep=lambda _: None))
    with overpass_server() as state:
        state.serve_elements(CITY)
        yield state


def settings(server: OverpassServer, **changes: Any) -> OverpassSettings:
    values: dict[str, Any] = {"overpass_url": server.url, "nominatim_url": server.url, "rate_limit": False}
    return OverpassSettings(**{**values, "timeout_s": 5, **changes})


@pytest.fixture
def download(server: OverpassServer) -> Extract:
    return download_bbox(AROUND, settings(server))


# --- what comes ---


def test_streets_come_as_ways_of_two_nodes_with_their_tags(download: Extract) -> None:
    wanted = {way.id: way for way in CITY if isinstance(way, Way) and "highway" in way.tags}

    assert set(download.ways.ids.tolist()) == set(wanted)
    assert set((download.ways.start[1:] - download.ways.start[:-1]).tolist()) == {2}
    named = {way: tags.get("name") for way, tags in zip(download.ways.ids.tolist(), download.ways.tags, strict=True)}
    assert named == {number: way.tags.get("name") for number, way in wanted.items()}


def test_a_street_drawn_against_its_direction_is_turned_round(download: Extract) -> None:
    """OSMnx turns the nodes of ``oneway=-1``; the tags that speak of directions turn with them."""
    turned = [i for i, way in enumerate(download.ways.ids.tolist()) if way == 103]

    pairs = {tuple(download.ways.nodes[download.ways.start[i] :][:2].tolist()) for i in turned}
    assert pairs == {(26, 25), (25, 24)}
    assert {tuple(sorted(download.ways.tags[i].items())) for i in turned} == {
        (("highway", "residential"), ("name", "后胡同"), ("oneway", "yes"), ("oneway:bicycle", "yes"))
    }


def test_barriers_come_with_the_tags_that_say_whom_they_stop(download: Extract) -> None:
    assert download.ways.barriers == {
        13: {"barrier": "gate", "access": "private", "foot": "yes"},
        33: {"barrier": "bollard"},
    }


def test_features_come_with_tags_and_geometry(download: Extract) -> None:
    features = {feature.id: feature for feature in download.features}

    assert set(features) == {"n200", "w201", "r204"}
    assert features["n200"].tags == {"amenity": "toilets", "opening_hours": "24/7"}
    assert features["w201"].geometry.geom_type == "Polygon"
    assert features["r204"].tags["name"] == "有湖公园"


def test_provenance_says_where_it_comes_from(download: Extract) -> None:
    assert download.provenance.origin == "Overpass: 116.395,39.895,116.415,39.915"
    assert (download.provenance.licence, download.provenance.sha256) == ("ODbL-1.0", None)


def test_the_bbox_encloses_the_streets(download: Extract) -> None:
    assert download.bbox == pytest.approx((116.4, 39.9, 116.405, 39.905), abs=1e-9)


def test_a_city_without_features_still_has_streets(server: OverpassServer) -> None:
    server.features = Answer()

    assert download_bbox(AROUND, settings(server)).features == ()


def test_a_named_area_is_found_first(server: OverpassServer) -> None:
    server.serve_area(*AROUND)

    extract = download_place("东城区, 北京市", settings(server))

    assert server.searches == ["东城区, 北京市"]
    assert extract.provenance.origin == "Overpass: 东城区, 北京市"
    assert len(extract.features) == 3


def test_a_download_and_a_file_make_the_same_network(download: Extract, tmp_path: Path) -> None:
    path = tmp_path / "city.osm"
    path.write_bytes(to_xml(CITY))

    from_file, lost = build_network(read_file(path))
    from_server, _ = build_network(download)

    assert lost["ways that no mode may use"] == 2  # one under construction, one private
    assert from_server.node_count == from_file.node_count
    assert from_server.edge_count == from_file.edge_count
    assert from_server.length_km == pytest.approx(from_file.length_km, rel=1e-12)
    assert streets_and_costs(from_server) == streets_and_costs(from_file)


def streets_and_costs(network: StreetNetwork) -> Counter[tuple[object, ...]]:
    """Every edge with its class, name, shape and costs, however it was drawn and numbered."""
    edges: Counter[tuple[object, ...]] = Counter()
    for edge in range(network.edge_count):
        shape = [tuple(point) for point in network.shape(edge).tolist()]
        costs = [(int(network.arcs[m].forward[edge]), int(network.arcs[m].backward[edge])) for m in MODES]
        if shape > shape[::-1]:
            shape, costs = shape[::-1], [(back, forth) for forth, back in costs]
        words = network.classes[network.edge_class[edge]], network.names[network.edge_name[edge]]
        edges[(*words, tuple(shape), tuple(costs))] += 1
    return edges


def build_command(server: OverpassServer, out: Path) -> list[str]:
    box = ",".join(map(str, AROUND))
    return ["build", f"--bbox={box}", "--out", str(out), "--overpass-url", server.url, "--no-rate-limit"]


def test_a_built_city_answers(server: OverpassServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "pack"

    built = main(build_command(server, out))
    said = capsys.readouterr().out
    asked = main(["nearest", "--city", str(out), "--at", "116.404,39.901", "--service", "public_toilet", "--json"])

    assert (built, asked) == (0, 0)
    assert "1 places" in said and "left out: 2 ways that no mode may use" in said
    answer = json.loads(capsys.readouterr().out)
    assert [result["place"]["id"] for result in answer["results"]] == ["osm-n200"]
    assert answer["results"][0]["place"]["subdistrict"] == "东四街道"
    assert City.open(out).manifest.sources[0]["origin"].startswith("Overpass: ")
    assert server.status_asked == 0


# --- manners towards the server ---


def test_a_public_server_is_asked_for_a_free_slot(server: OverpassServer) -> None:
    download_bbox(AROUND, settings(server, rate_limit=True))

    assert server.status_asked == len(server.queries) == 2


def test_a_server_that_has_moved_is_followed(server: OverpassServer) -> None:
    moved = server.url.replace("/api", "/moved/api")

    assert len(download_bbox(AROUND, settings(server, overpass_url=moved)).features) == 3


def test_kept_answers_are_not_asked_for_again(server: OverpassServer, tmp_path: Path) -> None:
    cached = settings(server, cache=tmp_path / "answers")

    first = download_bbox(AROUND, cached)
    asked = len(server.queries)
    second = download_bbox(AROUND, cached)

    assert len(server.queries) == asked == 2
    assert (first.ways.nodes == second.ways.nodes).all()
    assert [f.id for f in first.features] == [f.id for f in second.features]


def test_without_a_cache_nothing_is_kept(
    server: OverpassServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    download_bbox(AROUND, settings(server))
    download_bbox(AROUND, settings(server))

    assert len(server.queries) == 4
    assert list(tmp_path.iterdir()) == []


def test_a_failed_answer_is_not_kept(server: OverpassServer, tmp_path: Path) -> None:
    cached = settings(server, cache=tmp_path / "answers")
    server.features = Answer(b'{"elements": [], "remark": "runtime error: Query timed out"}')
    with pytest.raises(DownloadError):
        download_bbox(AROUND, cached)

    server.serve_elements(CITY)

    assert len(download_bbox(AROUND, cached).features) == 3


def osmnx_state() -> dict[str, object]:
    names = [name for name in dir(osmnx.settings) if not name.startswith("_")]
    return {"getaddrinfo": socket.getaddrinfo, **{name: repr(getattr(osmnx.settings, name)) for name in names}}


@pytest.mark.parametrize("status", [200, 500], ids=["after success", "after failure"])
def test_nothing_of_osmnx_and_socket_stays_changed(server: OverpassServer, status: int) -> None:
    before = osmnx_state()
    server.streets.status = status

    if status == 200:
        download_bbox(AROUND, settings(server))
    else:
        with pytest.raises(DownloadError):
            download_bbox(AROUND, settings(server))

    assert osmnx_state() == before
    assert socket.getaddrinfo is before["getaddrinfo"]


# --- what goes wrong ---

BROKEN = [
    pytest.param(Answer(b"Server Error", 500), id="HTTP 500"),
    pytest.param(Answer(b'{"error": "out of memory"}', 500), id="HTTP 500 in JSON"),
    pytest.param(Answer(b'{"message": "no key"}', 403), id="HTTP 403 in JSON"),
    pytest.param(Answer(b'{"elements": []}', 400), id="HTTP 400 that looks like an answer"),
    pytest.param(Answer(b"{}", 429), id="too many requests, which OSMnx would wait out for ever"),
    pytest.param(Answer(b"{}", 504), id="gateway time-out, likewise"),
    pytest.param(Answer(b"<html>\n<body>busy</body>\n</html>"), id="a page instead of JSON"),
    pytest.param(Answer(b'{"elements": ['), id="JSON cut off"),
    pytest.param(Answer(b""), id="nothing at all"),
    pytest.param(Answer(b"[]"), id="JSON of another shape"),
    pytest.param(Answer(b'{"version": 0.6}'), id="JSON without elements"),
    pytest.param(
        Answer(b'{"elements": [], "remark": "runtime error: Query timed out in \\"query\\"\\n at line 1"}'),
        id="half an answer under status 200",
    ),
]


@pytest.mark.parametrize("answer", BROKEN)
def test_a_failing_server_is_named_in_one_line(server: OverpassServer, answer: Answer) -> None:
    server.streets = answer

    with pytest.raises(DownloadError) as caught:
        download_bbox(AROUND, settings(server))

    message = str(caught.value)
    assert message.startswith("116.395,39.895,116.415,39.915: 127.0.0.1:")
    assert "\n" not in message
    assert any(remedy in message for remedy in ("try again", "smaller area"))


@pytest.mark.parametrize("answer", BROKEN[-3:])
def test_features_that_do_not_come_whole_are_no_city_without_features(server: OverpassServer, answer: Answer) -> None:
    server.features = answer

    with pytest.raises(DownloadError):
        download_bbox(AROUND, settings(server))


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Answer(b"Server Error", 500), id="HTTP 500"),
        pytest.param(Answer(b"<html>"), id="a page instead of JSON"),
        pytest.param(Answer(b'{"error": "x"}'), id="JSON of another shape"),
    ],
)
def test_a_failing_search_by_name_is_no_unknown_name(server: OverpassServer, answer: Answer) -> None:
    server.search = answer

    with pytest.raises(DownloadError, match=r"^东城区: 127"):
        download_place("东城区", settings(server))


@pytest.mark.parametrize("found", ["nothing", "a point"])
def test_an_unknown_area_says_how_to_name_one(server: OverpassServer, found: str) -> None:
    if found == "a point":
        server.serve_point(116.4, 39.9)

    with pytest.raises(ParameterError, match="no area of that name; write it as 'district, city', or give --bbox"):
        download_place("东四", settings(server))

    assert server.queries == []


@pytest.mark.parametrize(
    "streets",
    [
        pytest.param(Answer(), id="no elements"),
        pytest.param(Answer(b'{"elements": [{"type": "node", "id": 1, "lon": 116.4, "lat": 39.9}]}'), id="only nodes"),
        pytest.param(
            Answer(
                b'{"elements": [{"type": "node", "id": 1, "lon": 11.4, "lat": 39.9},'
                b'{"type": "node", "id": 2, "lon": 11.5, "lat": 39.9},'
                b'{"type": "way", "id": 3, "nodes": [1, 2], "tags": {"highway": "path"}}]}'
            ),
            id="only elsewhere",
        ),
    ],
)
def test_an_area_without_streets_is_empty(server: OverpassServer, streets: Answer) -> None:
    server.streets = streets

    with pytest.raises(EmptyExtractError, match="no streets in this area"):
        download_bbox(AROUND, settings(server))


def test_a_slow_server_is_not_waited_for(server: OverpassServer) -> None:
    server.streets.wait = threading.Event()
    try:
        with pytest.raises(DownloadError, match="did not answer within 1 s; raise --timeout"):
            download_bbox(AROUND, settings(server, timeout_s=1))
    finally:
        server.streets.wait.set()


@pytest.fixture
def unused_port() -> Iterator[int]:
    """A port where nobody listens, kept from those who look for a free one meanwhile."""
    with socket.socket() as kept:
        kept.bind(("127.0.0.1", 0))
        yield int(kept.getsockname()[1])


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("http://127.0.0.1:{port}/api", id="connection refused"),
        pytest.param("127.0.0.1/api", id="an address without http"),
    ],
)
def test_a_server_that_cannot_be_reached_is_named(url: str, unused_port: int) -> None:
    """A refused connection is no empty area."""
    unreachable = OverpassSettings(overpass_url=url.format(port=unused_port), rate_limit=False)

    with pytest.raises(DownloadError, match=r"could not be used .*; check the network, name another server") as caught:
        download_bbox(AROUND, unreachable)

    assert "\n" not in str(caught.value)


def test_the_command_line_tells_a_failed_download_in_one_line(
    server: OverpassServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.streets = Answer(b"Server Error", 500)

    code = main(build_command(server, tmp_path / "pack"))

    assert code == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


# --- every tag that somebody reads is kept ---


class Recorder(Mapping[str, str]):
    """Tags that note which keys are asked for."""

    def __init__(self, tags: dict[str, str]) -> None:
        self._tags, self.asked = tags, set[str]()

    def __getitem__(self, key: str) -> str:
        self.asked.add(key)
        return self._tags[key]

    def __contains__(self, key: object) -> bool:
        self.asked.add(str(key))
        return key in self._tags

    def __iter__(self) -> Iterator[str]:
        raise AssertionError("a rule reads tags by name")

    def __len__(self) -> int:
        return len(self._tags)


@pytest.mark.parametrize("highway", ["residential", "footway", "steps", "trunk", "motorway", "cycleway"])
@pytest.mark.parametrize("mode", MODES)
def test_no_tag_that_a_profile_reads_is_lost(mode: Any, highway: str) -> None:
    street, barrier = Recorder({"highway": highway}), Recorder({"barrier": "gate"})

    speeds(mode, street)
    barrier_stops(mode, barrier)

    assert street.asked <= set(WAY_KEYS)
    assert barrier.asked <= set(BARRIER_KEYS)


def test_places_of_a_download_and_of_a_file_are_the_same(download: Extract, tmp_path: Path) -> None:
    path = tmp_path / "city.osm"
    path.write_bytes(to_xml(CITY))
    packs = {name: tmp_path / name for name in ("file", "server")}

    build_pack(read_file(path), packs["file"], name="x", when=WHEN)
    build_pack(download, packs["server"], name="x", when=WHEN)

    assert read_places(packs["file"]) == read_places(packs["server"])
    names = {door: {name[:4] for name in read_names(pack)} for door, pack in packs.items()}
    assert names["file"] == names["server"]  # a street's name may stand on another of its stretches


def test_the_settings_name_public_servers_by_default() -> None:
    assert overpass.OverpassSettings().overpass_url.startswith("https://")
    assert overpass.OverpassSettings().rate_limit
