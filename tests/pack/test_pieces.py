"""Streets cut at borders: every metre of every edge is in one piece, and each piece where it lies."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas
import numpy as np
import pandas
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.city import City
from geo.coords import BBox, metres_per_degree
from geo.coverage.pieces import NOWHERE, Area, Pieces, area_at, length_mm, load_areas, whole_edges
from geo.pack.areas import areas_of, subdistricts
from geo.pack.pieces import SLIVER_MM, cut
from geo.streets.from_osm import build_network
from geo.streets.network import StreetNetwork
from tests.pack.small import BLOCK, Street, at, extract, thing
from tests.strategies import CENTRE, random_extract

SCALE = np.array(metres_per_degree(CENTRE.lat))
ROAD = {"highway": "residential"}


def box(x: float, y: float, width: float, height: float) -> BaseGeometry:
    return shapely.box(*at(x, y), *at(x + width, y + height))


def network_of(*lines: list[tuple[float, float]]) -> StreetNetwork:
    streets: list[Street] = [(ROAD, line) for line in lines]
    return build_network(extract(streets, ()))[0]


def told(pieces: Pieces) -> list[tuple[int, float, float, int]]:
    """Edge, start and end in metres, area."""
    return [
        (edge, start / 1000, end / 1000, area)
        for edge, start, end, area in zip(*(array.tolist() for array in pieces), strict=True)
    ]


# --- closed forms: one street of eight blocks, about 85 m each, going east along y = 0.5 ---

STREET = [(0.0, 0.5), (8.0, 0.5)]


@pytest.mark.parametrize(
    ("shapes", "cuts", "areas"),
    [
        ([], [], [NOWHERE]),
        ([box(-1, 0, 10, 1)], [], [0]),
        ([box(20, 20, 1, 1)], [], [NOWHERE]),
        ([box(-1, 0, 5, 1), box(4, 0, 5, 1)], [4], [0, 1]),
        ([box(4, 0, 5, 1), box(-1, 0, 5, 1)], [4], [1, 0]),
        ([box(2, 0, 3, 1)], [2, 5], [NOWHERE, 0, NOWHERE]),
        ([box(-1, 0, 10, 1), box(2, 0, 3, 1)], [], [0]),
        ([box(2, 0, 3, 1), box(-1, 0, 10, 1)], [2, 5], [1, 0, 1]),
        ([box(-1, 0.5, 10, 1), box(-1, -1, 10, 1.5)], [], [0]),
        ([box(-1, -1, 10, 1.5), box(-1, 0.5, 10, 1)], [], [0]),
        ([box(0, -1, 8, 3) - box(3, 0, 2, 1)], [3, 5], [0, NOWHERE, 0]),
        ([box(1, 0, 1, 1) | box(5, 0, 1, 1)], [1, 2, 5, 6], [NOWHERE, 0, NOWHERE, 0, NOWHERE]),
        ([shapely.Polygon([at(4, 0.5), at(3, 2), at(5, 2)])], [], [NOWHERE]),
        ([box(-1, 0, 5, 1), box(4, 0, 0.005, 1), box(4.005, 0, 4, 1)], [4.005], [0, 2]),
        ([box(0.005, 0, 10, 1)], [], [0]),
        ([box(-1, 0, 1.005, 1)], [], [NOWHERE]),
        ([box(2, 0.5, 3, 1)], [2, 5], [NOWHERE, 0, NOWHERE]),
    ],
    ids=[
        "no areas", "inside", "outside", "two halves", "in any order", "in the middle", "the first of two that overlap",
        "the first lies within", "along a shared border", "along it in any order", "a hole", "two parts",
        "a border that is only touched", "a sliver joins the piece before it", "at the beginning the one after it",
        "a sliver that is all of an area", "along a part of a border",
    ],
)  # fmt: skip
def test_a_street_is_cut_where_it_crosses_a_border(
    shapes: list[BaseGeometry], cuts: list[float], areas: list[int]
) -> None:
    network = network_of(STREET)
    whole = float(network.edge_length_m[0])
    bounds = [0.0, *(block / 8 * whole for block in cuts), whole]

    pieces = told(cut(network, shapes))

    assert [piece[3] for piece in pieces] == areas
    assert [piece[0] for piece in pieces] == [0] * len(areas)
    assert [piece[1] for piece in pieces] == pytest.approx(bounds[:-1], abs=0.002)
    assert [piece[2] for piece in pieces] == pytest.approx(bounds[1:], abs=0.002)


def test_an_edge_that_crosses_itself_is_cut_where_it_goes_through_and_not_where_it_comes_back() -> None:
    """The way goes east, turns back over itself and ends in the north; only its last part lies in the area."""
    loop = [(0.0, 0.0), (4.0, 0.0), (4.0, 2.0), (2.0, 2.0), (2.0, -2.0)]
    network = network_of(loop)
    pieces = cut(network, [box(1.5, -3, 1, 2)])

    assert pieces.area.tolist() == [NOWHERE, 0] if network.edge_count == 1 else 0 in pieces.area
    metric = shapely.LineString(np.array([at(*p) for p in loop]) * SCALE)
    assert pieces.length_mm[pieces.area == 0].sum() / 1000 == pytest.approx(BLOCK * SCALE[1], rel=1e-3)
    assert pieces.length_mm.sum() / 1000 == pytest.approx(metric.length, rel=1e-3)


def test_a_street_in_slivers_alone_keeps_them() -> None:
    """Nothing long is there to join, so no area loses what lies in it."""
    middle = [(0.0, 0.5), (0.02, 0.5)]  # 1.7 m
    network = network_of(middle, *([(x, y), (x + 4.0, y)] for x in (-9.0, 5.0) for y in (-9.0, 9.0)))
    pieces = cut(network, [box(-1, 0, 1.01, 1), box(0.01, 0, 1, 1)])

    short = int(np.argmin(network.edge_length_m))
    assert 0 < short < 4, "other streets before and after it, which are none of its business"
    assert pieces.area[pieces.edge == short].tolist() == [0, 1]
    assert pieces.area[pieces.edge != short].tolist() == [NOWHERE] * 4


def test_a_barrier_has_no_length_and_no_piece() -> None:
    made = extract()
    made.ways.barriers[2] = {"barrier": "gate", "access": "private"}  # type: ignore[index]
    network = build_network(made)[0]
    pieces = cut(network, [box(-1, -1, 10, 10)])

    assert (length_mm(network) == 0).any()
    assert_tiled(network, pieces)


# --- random cities under random areas ---


@st.composite
def cities(draw: st.DrawFn) -> tuple[StreetNetwork, list[BaseGeometry]]:
    """A city, and areas that overlap, leave gaps, have borders on crossings and borders along streets."""
    network = build_network(random_extract(draw(st.integers(0, 10_000))))[0]
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    nodes = np.asarray(network.node_e7) / 1e7
    shapes: list[BaseGeometry] = []
    if draw(st.booleans()):  # side by side, borders where a third of the crossings lie
        edges = CENTRE.lon + np.array([-0.01, -0.002, 0.001, 0.04])
        rows = CENTRE.lat + np.array([-0.01, 0.0, 0.003, 0.01])
        cells = rng.permutation([(i, j) for i in range(3) for j in range(3)]).tolist()
        shapes += [
            shapely.box(edges[i], rows[j], edges[i + 1], rows[j + 1]) for i, j in cells[: draw(st.integers(1, 9))]
        ]
    for _ in range(draw(st.integers(0, 3))):  # corners are crossings, so sides may be streets
        shapes.append(shapely.convex_hull(shapely.MultiPoint(rng.choice(nodes, 4))))
    for _ in range(draw(st.integers(0, 2))):
        shapes.append(shapely.Polygon(np.array(CENTRE) + rng.uniform(-0.006, 0.006, (3, 2))).buffer(0))
    return network, [shape for shape in shapes if shape.geom_type == "Polygon" and shape.area > 0]


def assert_tiled(network: StreetNetwork, pieces: Pieces) -> None:
    """Every edge is its pieces: no hole, no overlap, in order, neighbours in different areas."""
    length = length_mm(network)
    assert np.flatnonzero(length).tolist() == np.unique(pieces.edge).tolist()
    assert (pieces.start_mm < pieces.end_mm).all()
    same = pieces.edge[1:] == pieces.edge[:-1]
    assert (np.diff(pieces.edge) >= 0).all()
    assert (pieces.end_mm[:-1][same] == pieces.start_mm[1:][same]).all()
    assert (pieces.area[:-1][same] != pieces.area[1:][same]).all()
    assert (pieces.start_mm[np.append(True, ~same)] == 0).all()
    last = np.append(~same, True)
    assert (pieces.end_mm[last] == length[pieces.edge[last]]).all()
    assert pieces.length_mm.sum() == length.sum()


@given(cities())
@settings(max_examples=60, deadline=None)
def test_pieces_tile_every_edge(city: tuple[StreetNetwork, list[BaseGeometry]]) -> None:
    assert_tiled(city[0], cut(*city))


@given(cities())
@settings(max_examples=60, deadline=None)
def test_the_middle_of_a_piece_lies_in_its_area_or_within_a_metre(
    city: tuple[StreetNetwork, list[BaseGeometry]],
) -> None:
    network, shapes = city
    pieces = cut(network, shapes)
    metric = [shapely.transform(shape, lambda lonlat: lonlat * SCALE) for shape in shapes]
    for edge, start, end, own in told(pieces):
        if own != NOWHERE:
            middle = along(network, edge, np.array([(start + end) / 2]))[0]
            assert metric[own].distance(middle) <= 1.0


@given(cities())
@settings(max_examples=40, deadline=None)
def test_every_metre_lies_in_the_first_area_that_holds_it(city: tuple[StreetNetwork, list[BaseGeometry]]) -> None:
    """Points every 1.7 m along every edge; only next to a border another area is right, too, where slivers went."""
    network, shapes = city
    pieces = cut(network, shapes)
    metric = np.array([shapely.transform(shape, lambda lonlat: lonlat * SCALE) for shape in shapes], dtype=object)
    borders = shapely.union_all([shape.boundary for shape in metric]) if shapes else shapely.Point(0, 0)
    for edge in np.unique(pieces.edge).tolist():
        offset = np.arange(0.3, float(network.edge_length_m[edge]), 1.7)
        points = along(network, edge, offset)
        holds = shapely.covers(metric[:, None], points[None, :]) if shapes else np.zeros((0, len(points)), bool)
        expected = np.where(holds.any(axis=0), holds.argmax(axis=0), NOWHERE) if shapes else np.full(len(points), -1)
        got = area_at(pieces, np.full(len(offset), edge, dtype=np.int32), offset)
        wrong = got != expected
        assert (shapely.distance(points[wrong], borders) <= SLIVER_MM / 1000).all()


def along(network: StreetNetwork, edge: int, offset_m: NDArray[np.float64]) -> NDArray[np.object_]:
    """Points of an edge in the metric plane: shapely's own way along the line, not ours."""
    line = shapely.LineString(network.shape(edge) * SCALE)
    share = offset_m / float(network.edge_length_m[edge])
    return np.asarray(shapely.line_interpolate_point(line, share, normalized=True))


@given(cities())
@settings(max_examples=20, deadline=None)
def test_points_along_edges_are_those_of_shapely(city: tuple[StreetNetwork, list[BaseGeometry]]) -> None:
    network = city[0]
    for edge in np.flatnonzero(length_mm(network)).tolist():
        offset = np.linspace(0, float(network.edge_length_m[edge]), 7)
        ours = network.points_at(np.full(7, edge), offset) * SCALE
        apart = shapely.distance(shapely.points(ours), along(network, edge, offset))
        assert (apart <= 0.5).all()  # the plane is true to scale within a thousandth


# --- areas ---


def frame(*shapes: tuple[str, BaseGeometry]) -> geopandas.GeoDataFrame:
    rows = [(f"r{i}", name, None, "subdistrict", None, shape) for i, (name, shape) in enumerate(shapes)]
    columns = ["id", "name", "name_en", "level", "district", "geometry"]
    return geopandas.GeoDataFrame(rows, columns=columns, geometry="geometry", crs="EPSG:4326")


@pytest.mark.parametrize(
    ("shape", "share"),
    [
        (box(1, 1, 2, 2), 1.0),
        (box(-2, 0, 4, 4), 0.5),
        (box(-2, -2, 4, 4), 0.25),
        (box(20, 20, 1, 1), 0.0),
        (box(-10, -10, 30, 30), (10 * 10) / (30 * 30)),
        (box(1, 1, 1, 1) | box(11, 1, 3, 1), 0.25),
    ],
    ids=["inside", "half", "a corner", "outside", "around the map", "one part of two"],
)
def test_the_share_of_an_area_on_the_map(shape: BaseGeometry, share: float) -> None:
    (found,), _ = subdistricts(frame(("东四街道", shape)), BBox(*at(0, 0), *at(10, 10)))

    assert found.inside_share == pytest.approx(share, abs=1e-4)


def test_surfaces_are_compared_on_the_globe_and_not_in_degrees() -> None:
    """From the equator to 60 degrees north: half of a sphere's surface up to there lies below asin(sin 60 / 2)."""
    south = float(np.degrees(np.arcsin(np.sin(np.radians(60)) / 2)))
    (found,), _ = subdistricts(frame(("大", shapely.box(0, 0, 1, 60))), BBox(0, 0, 1, south))

    assert found.inside_share == pytest.approx(0.5, abs=1e-9)


def test_subdistricts_are_the_areas_and_their_residents_come_along() -> None:
    areas = areas_of(extract())
    bbox = BBox(*at(-1, -1), *at(9, 9))
    none, shapes = subdistricts(areas, bbox)
    counted, _ = subdistricts(areas.assign(population=pandas.array([None, 29219, None], dtype="Int64")), bbox)

    assert [found.name for found in none] == areas[areas["level"] == "subdistrict"]["name"].tolist()
    assert [found.residents for found in none] == [None, None]
    assert [found.residents for found in counted] == [29219, None]
    assert {found.district for found in none} == {"东城区"}
    assert len(shapes) == 2


def test_a_city_without_subdistricts_is_whole_edges() -> None:
    made = extract(features=[thing("n1", 1, 1, amenity="toilets")])
    areas, shapes = subdistricts(areas_of(made), made.bbox)
    network = build_network(made)[0]

    assert (areas, shapes) == ((), [])
    assert told(cut(network, shapes)) == told(whole_edges(network))


# --- saved ---


def test_what_is_saved_is_what_is_opened(tmp_path: Path) -> None:
    made = extract()
    areas, shapes = subdistricts(areas_of(made), made.bbox)
    pieces = cut(build_network(made)[0], shapes)
    pieces.save(tmp_path / "demand", areas)

    assert told(Pieces.load(tmp_path / "demand")) == told(pieces)
    assert load_areas(tmp_path / "demand") == areas
    assert areas[0] == Area("r2", "东四街道", None, "东城区", None, areas[0].inside_share)


def test_points_on_edges_lie_in_the_area_of_their_piece() -> None:
    network = network_of(STREET)
    pieces = cut(network, [box(-1, 0, 5, 1), box(4, 0, 5, 1)])
    half = pieces.end_mm[0] / 1000
    edge = np.zeros(5, dtype=np.int32)
    offset = np.array([0, half - 0.01, half, half + 0.01, network.edge_length_m[0]])

    assert area_at(pieces, edge, offset).tolist() == [0, 0, 1, 1, 1]
    assert area_at(pieces, edge + 7, offset).tolist() == [NOWHERE] * 5


# --- the sample and the real city ---


def test_the_sample_city_is_cut(sample_city: City, sample_pack: Path) -> None:
    assert_tiled(sample_city.network, sample_city.pieces)
    assert len(sample_city.areas) == 17
    assert set(np.unique(sample_city.pieces.area)) - {NOWHERE} == set(range(17))
    assert_near(sample_city, sample_pack, 400)


@pytest.mark.real
def test_the_real_city_is_cut(real_city: City, real_pack: Path) -> None:
    assert_tiled(real_city.network, real_city.pieces)
    assert len(real_city.areas) > 300
    assert_near(real_city, real_pack, 4000)


def assert_near(city: City, pack: Path, count: int) -> None:
    """Middles of pieces lie in their areas or within a metre, by the polygons that the map shows."""
    features = json.loads((pack / "areas.geojson").read_text(encoding="utf-8"))["features"]
    drawn = {
        feature["properties"]["id"]: shapely.transform(
            shapely.geometry.shape(feature["geometry"]), lambda lonlat: lonlat * SCALE
        )
        for feature in features
    }
    rng = np.random.default_rng(1)
    for number in rng.choice(np.flatnonzero(city.pieces.area != NOWHERE), count, replace=False).tolist():
        edge, own = int(city.pieces.edge[number]), int(city.pieces.area[number])
        middle = (city.pieces.start_mm[number] + city.pieces.end_mm[number]) / 2000
        point = along(city.network, edge, np.array([middle]))[0]
        assert drawn[city.areas[own].id].distance(point) <= 1.0
