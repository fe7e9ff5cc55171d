"""Outlines around what is reached: closed forms, random grids and cities against shapely, and the real city."""

from __future__ import annotations

import itertools
import math
from random import Random
from typing import Final

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo.city import City
from geo.coords import E7, LonLat, metres_per_degree
from geo.coverage.cells import INSIDE, OUTSIDE, Frame, keep_off
from geo.coverage.outlines import outline
from geo.coverage.pieces import length_mm
from geo.coverage.service_area import MAX_OVER_CLAIM, ServiceArea, _Drawing, _frame, reached_from, service_areas
from geo.coverage.stretches import Stretches, joined, streets_of
from geo.osm.extract import OPENSTREETMAP, Extract, WayCollector, bbox_of
from geo.streets.from_osm import build_network
from geo.streets.network import CLOSED, TICKS_PER_S, StreetNetwork
from geo.streets.profiles import MODES, Mode
from geo.streets.snapping import Position, Positions, snap, snap_many
from tests.coverage.oracle import BLUR_TICKS, Walker, every_metre, holds, lonlat_at
from tests.strategies import CENTRE, random_extract, random_points

Street = tuple[dict[str, str], list[tuple[float, float]]]
HOUSES: Final = {"highway": "residential"}
MOTORWAY: Final = {"highway": "motorway"}


def city(*streets: Street) -> StreetNetwork:
    """Return streets through points in metres east and north; where two have a point in common they meet."""
    collector, per_lon, per_lat = WayCollector(), *metres_per_degree(CENTRE.lat)
    ids: dict[tuple[float, float], int] = {}
    for number, (tags, points) in enumerate(streets, start=1):
        e7 = [(round((CENTRE.lon + x / per_lon) * E7), round((CENTRE.lat + y / per_lat) * E7)) for x, y in points]
        collector.add(number, tags, [ids.setdefault(point, len(ids) + 1) for point in points], e7)
    ways = collector.finish()
    return build_network(Extract(OPENSTREETMAP, ways, (), bbox_of(ways)))[0]


def line(*points: tuple[float, float], **tags: str) -> Street:
    return HOUSES | tags, list(points)


def spot(network: StreetNetwork, x: float, y: float, mode: Mode = "walk") -> Position:
    per_lon, per_lat = metres_per_degree(CENTRE.lat)
    return snap(network, mode, LonLat(CENTRE.lon + x / per_lon, CENTRE.lat + y / per_lat))


def metric(polygon: shapely.MultiPolygon) -> shapely.MultiPolygon:
    """Return a polygon in metres east and north of the centre."""
    per = np.array(metres_per_degree(CENTRE.lat))
    return shapely.transform(polygon, lambda lonlat: (lonlat - np.array(CENTRE)) * per)


def on_edges(network: StreetNetwork, named: set[str]) -> Stretches:
    """Return all streets with one of some names, whole."""
    own = np.array([network.names[name] in named for name in network.edge_name.tolist()])
    streets = streets_of(network, "walk")
    return streets.take(np.flatnonzero(own[streets.edge]))


def shares(network: StreetNetwork, polygon: shapely.MultiPolygon, part: Stretches) -> tuple[float, float]:
    """Return how many metres of some streets lie within a polygon, and in all: straight piece by piece, by shapely."""
    pieces, metres_ = [], []
    for edge, start_mm, end_mm in zip(*(column.tolist() for column in part), strict=True):
        along = network.shape_m[network.shape_start[edge] : network.shape_start[edge + 1]]
        between = along[(along * 1000 > start_mm) & (along * 1000 < end_mm)]
        offset_m = np.concatenate([[start_mm / 1000], between, [end_mm / 1000]])
        points = lonlat_at(network, edge, offset_m)
        pieces += [points[i : i + 2] for i in range(len(points) - 1)]
        metres_ += np.diff(offset_m).tolist()
    lines = np.atleast_1d(np.asarray(shapely.linestrings(np.array(pieces).reshape(-1, 2, 2))))
    metres = np.array(metres_)
    shapely.prepare(polygon)
    touched = shapely.intersects(polygon, lines) & (shapely.length(lines) > 0)
    whole = touched & shapely.covers(polygon, lines)
    cut = lines[touched & ~whole]
    share = shapely.length(shapely.intersection(cut, polygon)) / shapely.length(cut)
    return float(metres[whole].sum() + (metres[touched & ~whole] * share).sum()), float(metres.sum())


def near(network: StreetNetwork, polygon: shapely.MultiPolygon, part: Stretches) -> Stretches:
    """Return what lies on edges whose box touches that of a polygon; others have nothing within it."""
    if polygon.is_empty:
        return part
    first = network.shape_start[:-1]
    low, high = np.minimum.reduceat(network.shape_e7, first) / E7, np.maximum.reduceat(network.shape_e7, first) / E7
    west, south, east, north = polygon.bounds
    box = np.array([west, south]), np.array([east, north])
    touches = np.all(np.less_equal(low, box[1]) & np.greater_equal(high, box[0]), axis=1)
    return part.take(np.flatnonzero(touches[part.edge]))


def check(network: StreetNetwork, streets: Stretches, within: Stretches, area: ServiceArea) -> tuple[float, float]:
    """An outline is valid, and shapely finds the shares that it says; return metres left out and in all."""
    assert area.polygon.is_valid
    assert 0 <= area.over_claim <= MAX_OVER_CLAIM
    right, whole = shares(network, area.polygon, streets.within(within))
    wrong, _ = shares(network, area.polygon, near(network, area.polygon, streets.minus(within)))
    assert area.length_m == pytest.approx(whole, abs=1e-6 + whole * 1e-9)
    blur_m = 0.02 + 1e-5 * (right + wrong)  # every corner of a street is rounded to a millimetre
    assert area.over_claim * (right + wrong) == pytest.approx(wrong, abs=blur_m)
    assert area.left_out * whole == pytest.approx(whole - right, abs=blur_m)
    return whole - right, whole


# --- Outlines of cells ---

GRIDS: Final = st.integers(3, 9).flatmap(
    lambda columns: st.lists(st.lists(st.booleans(), min_size=columns, max_size=columns), min_size=3, max_size=9)
)


def framed(rows: list[list[bool]]) -> tuple[NDArray[np.uint8], Frame]:
    """Return cells with nothing inside at the border, and their frame: cells of 1/1024 of a degree."""
    kind = np.pad(np.array(rows), 1)
    return np.where(kind, INSIDE, OUTSIDE).astype(np.uint8).ravel(), Frame(
        116.0, 40.0, 2.0**-10, 2.0**-10, kind.shape[1], kind.shape[0]
    )


def groups(cells: set[tuple[int, int]], steps: list[tuple[int, int]]) -> int:
    graph = nx.Graph()
    graph.add_nodes_from(cells)
    graph.add_edges_from(((r, c), (r + y, c + x)) for r, c in cells for y, x in steps if (r + y, c + x) in cells)
    return int(nx.number_connected_components(graph))


@given(GRIDS)
def test_an_outline_has_a_shell_for_every_group_of_cells_and_a_hole_for_every_group_within(
    rows: list[list[bool]],
) -> None:
    kind, frame = framed(rows)
    polygon = outline(kind, frame)
    inside = {divmod(cell, frame.columns) for cell in np.flatnonzero(kind == INSIDE).tolist()}
    outside = {divmod(cell, frame.columns) for cell in np.flatnonzero(kind != INSIDE).tolist()}
    straight = [(0, 1), (1, 0)]

    assert polygon.is_valid
    assert len(polygon.geoms) == (groups(inside, straight) if inside else 0)
    assert sum(len(shell.interiors) for shell in polygon.geoms) == groups(outside, [*straight, (1, 1), (1, -1)]) - 1
    assert all(shell.exterior.is_ccw and not any(hole.is_ccw for hole in shell.interiors) for shell in polygon.geoms)


def test_a_hole_in_the_lee_of_another_belongs_to_the_same_shell() -> None:
    """West of the third hole lies the second, west of that the first."""
    rows = [[not (row == 2 and column in (2, 4, 6)) for column in range(9)] for row in range(5)]
    polygon = outline(*framed(rows))
    (shell,) = polygon.geoms
    assert polygon.is_valid
    assert len(shell.interiors) == 3


def test_the_inside_keeps_off_the_eight_cells_around_a_street() -> None:
    kind, touched = np.full(49, INSIDE, dtype=np.uint8), np.zeros(49, dtype=np.float32)
    touched[3 * 7 + 3], touched[6 * 7 + 6] = -1.0, 1.0
    keep_off(kind, touched, 7, 7)
    outside = np.argwhere(kind.reshape(7, 7) == OUTSIDE).tolist()
    assert outside == [[row, column] for row in (2, 3, 4) for column in (2, 3, 4)]


@given(GRIDS)
def test_an_outline_holds_the_middles_of_its_cells_and_cuts_corners(rows: list[list[bool]]) -> None:
    """Between four middles it has an eighth for one of them, a half for two neighbours, all but an eighth for three."""
    kind, frame = framed(rows)
    polygon, cells = outline(kind, frame), (kind == INSIDE).reshape(frame.rows, frame.columns)
    x = frame.west + (np.arange(frame.columns) + 0.5) * frame.width
    y = frame.south + (np.arange(frame.rows) + 0.5) * frame.height
    assert shapely.contains_xy(polygon, *np.meshgrid(x, y)).tolist() == cells.tolist()
    area = 0.0
    for row, column in itertools.product(range(frame.rows - 1), range(frame.columns - 1)):
        four = cells[row : row + 2, column : column + 2]
        aslant = four.sum() == 2 and four[0, 0] == four[1, 1]
        area += {0: 0.0, 1: 0.125, 2: 0.25 if aslant else 0.5, 3: 0.875, 4: 1.0}[int(four.sum())]
    assert polygon.area / frame.width**2 == pytest.approx(area)


@given(GRIDS, st.data())
def test_the_outline_of_some_of_the_cells_lies_within_exactly(rows: list[list[bool]], data: st.DataObject) -> None:
    fewer = [[cell and data.draw(st.booleans()) for cell in row] for row in rows]
    assert outline(*framed(rows)).covers(outline(*framed(fewer))) or not any(map(any, fewer))


# --- Closed forms ---


def test_a_part_of_a_street_has_a_strip_around_it() -> None:
    """100 of 1,000 m; 25 m to each side, more or less two cells of 5 m."""
    network = city(line((0, 0), (1000, 0)))
    part = Stretches.of([0], [400_000], [500_000])
    (area,) = service_areas(network, streets_of(network, "walk"), {60.0: part})
    check(network, streets_of(network, "walk"), part, area)
    assert (area.cutoff_s, area.length_m) == (60.0, 100.0)
    west, south, east, north = metric(area.polygon).bounds
    assert west == pytest.approx(400, abs=5)
    assert east == pytest.approx(500, abs=5)
    assert south == pytest.approx(-25, abs=8)
    assert north == pytest.approx(25, abs=8)
    assert len(area.polygon.geoms) == 1


def test_a_whole_street_is_never_left_out() -> None:
    network = city(line((0, 0), (700, 0), (700, 400)))
    whole = streets_of(network, "walk")
    (area,) = service_areas(network, whole, {60.0: whole})
    assert (area.over_claim, area.left_out) == (0.0, 0.0)
    assert area.length_m == pytest.approx(1100, abs=0.1)


def test_a_cross_of_which_each_arm_is_reached_as_far() -> None:
    network = city(line((-500, 0), (0, 0), (500, 0)), line((0, -500), (0, 0), (0, 500)))
    within = reached_from(network, "walk", spot(network, 0, 0), [180.0, 60.0])
    areas = service_areas(network, streets_of(network, "walk"), within)
    assert [area.cutoff_s for area in areas] == [60.0, 180.0]
    for area, reach_m in zip(areas, (80, 240), strict=True):
        assert area.length_m == pytest.approx(4 * reach_m, abs=0.1)
        assert np.abs(metric(area.polygon).bounds).tolist() == pytest.approx([reach_m] * 4, abs=5)
    assert areas[1].polygon.covers(areas[0].polygon)


@pytest.mark.parametrize(
    ("within_the_block", "holes", "why"),
    [
        ([], 0, "a block without streets is filled"),
        ([line((130, 150), (170, 150), name="inner")], 1, "a street that is not reached lies in it"),
        ([(MOTORWAY, [(130, 150), (170, 150)])], 0, "nobody walks there: it does not count"),
        ([line((130, 150), (170, 150), name="ring")], 0, "it is reached too"),
        ([line((60, 60), (60, 70), name="inner"), line((240, 240), (240, 230), name="inner")], 1, "two such streets"),
    ],
)
def test_a_block_is_filled_unless_a_street_in_it_is_not_reached(
    within_the_block: list[Street], holes: int, why: str
) -> None:
    ring = line((0, 0), (300, 0), (300, 300), (0, 300), (0, 0), name="ring")
    network = city(ring, *within_the_block)
    streets, part = streets_of(network, "walk"), on_edges(network, {"ring"})
    (area,) = service_areas(network, streets, {60.0: part})
    check(network, streets, part, area)
    (shell,) = area.polygon.geoms
    assert len(shell.interiors) == holes, why
    assert area.left_out == 0.0
    middle = shapely.contains_xy(metric(area.polygon), 150, 150)
    assert middle == (holes != 1)


@pytest.mark.parametrize("reached", [1, 2, 3, 5, 12], ids=lambda n: f"{n} reached")
def test_streets_that_lie_on_each_other_cannot_be_told_apart(reached: int) -> None:
    """All on one line, one of them not reached: whatever the others, no more than 1 % may be claimed wrongly."""
    beside = [line((0, 0), (300, 0), name="near") for _ in range(reached)]
    network = city(*beside, line((0, 1), (300, 1), name="far"), line((300, 0), (600, 0), name="near"))
    streets, part = streets_of(network, "walk"), on_edges(network, {"near"})
    (area,) = service_areas(network, streets, {60.0: part})
    check(network, streets, part, area)
    assert shapely.contains_xy(metric(area.polygon), 450, 0)
    assert not shapely.contains_xy(metric(area.polygon), 150, 0)


def test_two_ends_of_a_city_are_two_outlines() -> None:
    network = city(line((0, 0), (100, 0)), line((900, 0), (1000, 0)))
    whole = streets_of(network, "walk")
    (area,) = service_areas(network, whole, {60.0: whole})
    assert len(area.polygon.geoms) == 2


def test_nothing_reached_is_an_empty_outline() -> None:
    network = city(line((0, 0), (100, 0)))
    none, whole = Stretches.of([], [], []), streets_of(network, "walk")
    first, second = service_areas(network, whole, {120.0: whole, 60.0: none})
    assert (first.cutoff_s, first.polygon.is_empty, first.length_m) == (60.0, True, 0.0)
    assert (second.cutoff_s, second.left_out) == (120.0, 0.0)
    assert service_areas(network, whole, {60.0: none})[0].polygon.is_empty
    assert service_areas(network, whole, {}) == ()


@pytest.mark.parametrize(
    ("direction", "west_m", "east_m", "why"),
    [
        ("to_facility", 200, 500, "one comes from the west"),
        ("from_facility", 500, 800, "one leaves to the east"),
    ],
)
def test_a_one_way_street_is_reached_from_one_side(direction: str, west_m: int, east_m: int, why: str) -> None:
    network = city(line((0, 0), (1000, 0), oneway="yes"))
    speed = float(network.edge_length_m[0]) / (int(network.arcs["drive"].forward[0]) / TICKS_PER_S)
    found = reached_from(network, "drive", spot(network, 500, 0, "drive"), [300 / speed], direction)  # type: ignore[arg-type]
    ((edge, start_mm, end_mm),) = zip(*found[300 / speed], strict=True)
    assert edge == 0
    assert (start_mm, end_mm) == (pytest.approx(west_m * 1000, abs=200), pytest.approx(east_m * 1000, abs=200)), why


# --- Random cities ---


def town(seed: int, mode: Mode, count: int) -> tuple[StreetNetwork, Positions]:
    extract = random_extract(seed)
    network, _ = build_network(extract)
    return network, snap_many(network, mode, random_points(seed, extract, count), to_stay=True)


def position(where: Positions, number: int) -> Position:
    lon, lat = where.lonlat[number].tolist()
    return Position(int(where.edge[number]), float(where.offset_m[number]), float(where.snap_m[number]), lon, lat)


@pytest.mark.parametrize("mode", MODES)
def test_outlines_of_random_cities(mode: Mode) -> None:
    """Shapely cuts every street; of the metres within an outline at most one in a hundred is not reached."""
    left_m = whole_m = 0.0
    seen = 0
    for seed in range(12):
        network, where = town(seed, mode, 3)
        streets, random = streets_of(network, mode), Random(seed)
        counted = network.standing(mode) != CLOSED
        for number in np.flatnonzero(where.edge >= 0).tolist():
            cutoffs = [random.choice((20.0, 60.0, 150.0, 400.0)) * random.uniform(0.8, 1.2) for _ in range(3)]
            within = reached_from(network, mode, position(where, number), cutoffs)
            areas = service_areas(network, streets, within)
            assert [area.cutoff_s for area in areas] == sorted(cutoffs)
            for smaller, larger in itertools.pairwise(areas):
                assert larger.polygon.covers(smaller.polygon) or smaller.polygon.is_empty
            for area in areas:
                left, whole = check(network, streets, within[area.cutoff_s], area)
                left_m, whole_m = left_m + left, whole_m + whole
            walker = Walker(network, mode, one_of(where, number))
            inside = wrong = 0
            for edge, offset_m in every_metre(network):
                if not counted[edge]:
                    continue
                cost = walker.ticks(edge, offset_m)[:, 0]
                for area in areas:
                    claimed = shapely.contains_xy(area.polygon, *lonlat_at(network, edge, offset_m).T)
                    inside += int(claimed.sum())
                    wrong += int((claimed & (cost > area.cutoff_s * TICKS_PER_S + BLUR_TICKS)).sum())
            assert wrong <= 0.01 * inside + 3
            seen += inside
    assert seen > 5000
    assert left_m < 0.1 * whole_m, left_m / whole_m  # tangled streets, most of whose ends are ends of what is reached


def one_of(where: Positions, number: int) -> Positions:
    own = slice(number, number + 1)
    return Positions(where.edge[own], where.offset_m[own], where.snap_m[own], where.lonlat[own])


@pytest.mark.parametrize("mode", MODES)
def test_the_streets_within_reach_of_a_point_are_those_that_brute_force_finds(mode: Mode) -> None:
    compared = 0
    for seed in range(12):
        network, where = town(seed + 100, mode, 2)
        for number in np.flatnonzero(where.edge >= 0).tolist():
            found = reached_from(network, mode, position(where, number), [90.0])[90.0]
            walker = Walker(network, mode, one_of(where, number))
            for edge, metre in every_metre(network):
                offset_m = metre[:: len(metre) // 8 + 1]
                cost = walker.ticks(edge, offset_m)[:, 0]
                clear = np.abs(cost - 90 * TICKS_PER_S) > BLUR_TICKS
                assert (holds(found, edge, offset_m) == (cost <= 90 * TICKS_PER_S))[clear].all()
                compared += int((clear & (cost <= 90 * TICKS_PER_S)).sum())
    assert compared > 50


def random_parts(network: StreetNetwork, random: Random) -> Stretches:
    """Return parts of some streets, anywhere."""
    rows = [
        (edge, *sorted((random.randrange(long + 1), random.randrange(long + 1))))
        for edge, long in enumerate(length_mm(network).tolist())
        if long and random.random() < 0.7
    ]
    table = np.array(rows, dtype=np.int64)
    return joined(table[:, 0].astype(np.int32), table[:, 1], table[:, 2])


def test_any_parts_of_streets_are_outlined() -> None:
    """Reached or not without rhyme or reason; more parts, a larger outline."""
    for seed in range(40):
        network, _ = town(seed + 200, "walk", 1)
        streets, random = streets_of(network, "walk"), Random(seed)
        part = random_parts(network, random)
        more = part.union(random_parts(network, random))
        areas = service_areas(network, streets, {1.0: part, 2.0: more})
        for area, own in zip(areas, (part, more), strict=True):
            check(network, streets, own, area)
        assert areas[1].polygon.covers(areas[0].polygon) or areas[0].polygon.is_empty


def test_the_strictest_outline_claims_nothing_wrongly() -> None:
    """What is drawn if nothing else does: it keeps off every cell near a street that is not reached."""
    for seed in range(20):
        network, _ = town(seed + 300, "walk", 1)
        streets, part = streets_of(network, "walk"), random_parts(network, Random(seed))
        part = streets.within(part)
        frame = _frame(network, [part])
        drawing = _Drawing(network, frame, length_mm(network))
        own, others = drawing.segments(part), drawing.segments(streets.minus(part))
        polygon = outline(drawing.inside(own, others, 3), frame)
        assert shares(network, polygon, streets.minus(part))[0] == 0.0


# --- The real city ---


@pytest.mark.real
def test_isochrones_of_the_real_city(real_city: City) -> None:
    network, random = real_city.network, Random(7)
    streets = streets_of(network, "walk")
    found: list[ServiceArea] = []
    for _ in range(12):
        at = snap(network, "walk", LonLat(random.uniform(116.33, 116.46), random.uniform(39.86, 39.98)))
        within = reached_from(network, "walk", at, [300.0, 600.0, 900.0])
        areas = service_areas(network, streets, within)
        for smaller, larger in itertools.pairwise(areas):
            assert larger.polygon.covers(smaller.polygon) or smaller.polygon.is_empty
        check(network, streets, within[900.0], areas[-1])
        found += areas
    assert all(area.polygon.is_valid and area.over_claim <= MAX_OVER_CLAIM for area in found)
    lengths = [area.length_m for area in found]
    left_m = math.fsum(area.left_out * area.length_m for area in found)
    assert sum(lengths) > 100_000
    assert left_m <= 0.02 * sum(lengths)
