"""The search against networkx on raw ways, and closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest

from geo.coords import E7, LonLat, geodesic_m
from geo.osm.extract import OPENSTREETMAP, Extract, WayCollector, bbox_of
from geo.streets.from_osm import build_network
from geo.streets.network import TICKS_PER_S, StreetNetwork
from geo.streets.paths import Found, Search, access_ticks, hang, route_m, route_shape
from geo.streets.profiles import MODES, WALK_KMH, Mode
from geo.streets.snapping import Position, snap, snap_many
from tests.oracles import RawStreets
from tests.strategies import random_extract, random_points

#: What 0.1 m takes on the slowest mode; an oracle in floating point may differ by that much.
TOLERANCE_S = 0.1 / (WALK_KMH / 3.6)


def ask(
    network: StreetNetwork, mode: Mode, origin: Position, goals: list[Position | None], k: int, cutoff_s: float
) -> dict[int, float]:
    """Return facility -> seconds, access legs of both ends included."""
    leaves = hang(network, mode, snapped(goals))
    access = int(access_ticks(np.array([origin.snap_m]))[0])
    cutoff = round(cutoff_s * TICKS_PER_S) - access
    if cutoff < 0:
        return {}
    found = Search(network, mode, leaves).nearest(origin, np.ones(len(goals), dtype=bool), k, cutoff)
    check_routes(network, mode, origin, goals, found)
    return {int(f): (access + int(c)) / TICKS_PER_S for f, c in zip(found.facility, found.cost, strict=True)}


def snapped(goals: list[Position | None]):  # type: ignore[no-untyped-def]
    from geo.streets.snapping import Positions

    return Positions(
        edge=np.array([-1 if g is None else g.edge for g in goals], dtype=np.int32),
        offset_m=np.array([0.0 if g is None else g.offset_m for g in goals]),
        snap_m=np.array([math.inf if g is None else g.snap_m for g in goals]),
        lonlat=np.array([(0.0, 0.0) if g is None else (g.lon, g.lat) for g in goals]).reshape(-1, 2),
    )


def check_routes(
    network: StreetNetwork, mode: Mode, origin: Position, goals: list[Position | None], found: Found
) -> None:
    """Every route runs from foot point to foot point, drawn as long as it is said to be and as its cost allows."""
    for number, route in zip(found.facility.tolist(), found.routes, strict=True):
        goal = goals[number]
        assert goal is not None
        line = route_shape(network, origin, goal.offset_m, route)
        metres = route_m(network, origin, goal.offset_m, route)
        drawn = geodesic_m(line[:-1], line[1:]).sum()
        assert drawn == pytest.approx(metres, abs=0.02)
        assert metres >= -1e-6
        for end, point in ((line[0], origin), (line[-1], goal)):
            assert geodesic_m(end[None], np.array([[point.lon, point.lat]]))[0] < 0.01


def positions(network: StreetNetwork, mode: Mode, points: np.ndarray) -> list[Position | None]:
    """Snap points; None where no street is near."""
    found = snap_many(network, mode, points)
    return [
        None if e < 0 else Position(int(e), float(o), float(s), float(p[0]), float(p[1]))
        for e, o, s, p in zip(found.edge, found.offset_m, found.snap_m, found.lonlat, strict=True)
    ]


def compare(ours: dict[int, float], oracle: list[float], k: int, cutoff_s: float) -> None:
    """Ours must be the k cheapest of the oracle's, each at the oracle's cost."""
    for number, seconds in ours.items():
        assert seconds == pytest.approx(oracle[number], abs=TOLERANCE_S), number
    within = sorted(cost for cost in oracle if cost < cutoff_s - TOLERANCE_S)
    assert len(ours) >= min(k, len(within))
    assert len(ours) <= min(k, sum(cost <= cutoff_s + TOLERANCE_S for cost in oracle))
    if len(ours) == k:
        left_out = [cost for number, cost in enumerate(oracle) if number not in ours]
        assert min(left_out, default=math.inf) >= max(ours.values()) - TOLERANCE_S


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("block", range(10))
def test_random_cities_equal_networkx(block: int, mode: Mode) -> None:
    compared = 0
    for seed in range(block * 30, block * 30 + 30):
        extract = random_extract(seed)
        network, _ = build_network(extract)
        raw = RawStreets(extract.ways, mode)
        points = random_points(seed, extract, 9)
        goals = positions(network, mode, points[:7])
        rng = np.random.default_rng(seed)
        for origin in positions(network, mode, points[6:]):
            if origin is None:
                continue
            k, cutoff_s = int(rng.integers(1, 8)), float(rng.choice([120.0, 600.0, 7200.0]))
            ours = ask(network, mode, origin, goals, k, cutoff_s)
            compare(ours, raw.costs_s(network, origin, goals, cutoff_s + 1), k, cutoff_s)
            compared += len(ours)
    assert compared > 30  # a comparison of nothing proves nothing


@pytest.mark.real
@pytest.mark.parametrize("mode", MODES)
def test_real_extract_equals_networkx(real_extract: Extract, mode: Mode) -> None:
    network, _ = build_network(real_extract)
    raw = RawStreets(real_extract.ways, mode)
    rng = np.random.default_rng(20261122)
    box = real_extract.bbox
    spread = rng.uniform([box.west + 0.03, box.south + 0.03], [box.east - 0.03, box.north - 0.03], (1500, 2))
    goals = positions(network, mode, spread)
    cutoff_s, k, compared = 1500.0 if mode == "walk" else 600.0, 5, 0
    origins = rng.uniform([box.west + 0.05, box.south + 0.05], [box.east - 0.05, box.north - 0.05], (600, 2))
    usable = [origin for origin in positions(network, mode, origins) if origin is not None][:300]
    assert len(usable) == 300
    for origin in usable:
        near = [
            goal if goal is not None and _roughly_near(goal, origin, 15_000 if mode == "drive" else 4_000) else None
            for goal in goals
        ]
        ours = ask(network, mode, origin, goals, k, cutoff_s)
        compare(ours, raw.costs_s(network, origin, near, cutoff_s + 1), k, cutoff_s)
        compared += len(ours)
    assert compared > 600


def _roughly_near(one: Position, other: Position, metres: float) -> bool:
    return abs(one.lon - other.lon) * 85_000 < metres and abs(one.lat - other.lat) * 111_000 < metres


def line_city(*, oneway: str | None = None, length: int = 3) -> StreetNetwork:
    """Return one street of 0.001 degree steps eastward."""
    tags = {"highway": "residential"} | ({"oneway": oneway} if oneway else {})
    collector = WayCollector()
    e7 = [(1164100000 + 10_000 * i, 399200000) for i in range(length)]
    collector.add(1, tags, range(1, length + 1), e7)
    ways = collector.finish()
    return build_network(Extract(OPENSTREETMAP, ways, (), bbox_of(ways)))[0]


def on(network: StreetNetwork, mode: Mode, lon: float) -> Position:
    return snap(network, mode, LonLat(lon, 39.92))


@pytest.mark.parametrize(
    ("oneway", "mode", "origin", "goal", "reached"),
    [
        (None, "walk", 116.4105, 116.4115, True),
        (None, "walk", 116.4115, 116.4105, True),
        ("yes", "walk", 116.4115, 116.4105, True),
        ("yes", "drive", 116.4105, 116.4115, True),
        ("yes", "drive", 116.4115, 116.4105, False),
        ("-1", "drive", 116.4115, 116.4105, True),
        ("-1", "drive", 116.4105, 116.4115, False),
        ("yes", "drive", 116.4105, 116.4105, True),
    ],
    ids=[
        "ahead", "behind", "on foot against a one-way street", "one-way, ahead", "one-way, behind",
        "reversed one-way, ahead", "reversed one-way, behind", "at the very spot",
    ],
)  # fmt: skip
def test_same_edge(oneway: str | None, mode: Mode, origin: float, goal: float, reached: bool) -> None:
    network = line_city(oneway=oneway)
    start, end = on(network, mode, origin), on(network, mode, goal)
    assert start.edge == end.edge
    answer = ask(network, mode, start, [end], 1, 3600.0)
    assert (0 in answer) == reached
    if reached:
        kmh = {"walk": WALK_KMH, "drive": 20.0}[mode]
        metres = abs(goal - origin) * 85_493.9  # metres per degree of longitude at 39.92
        assert answer[0] == pytest.approx(metres / (kmh / 3.6), abs=0.01)


def test_a_cost_exactly_at_the_cutoff_counts_and_one_tick_less_does_not() -> None:
    network = line_city(length=6)
    start, end = on(network, "walk", 116.4103), on(network, "walk", 116.4141)
    search = Search(network, "walk", hang(network, "walk", snapped([end])))
    everything = np.ones(1, dtype=bool)
    cost = int(search.nearest(start, everything, 1, 10**9).cost[0])
    assert search.nearest(start, everything, 1, cost).facility.tolist() == [0]
    assert search.nearest(start, everything, 1, cost - 1).facility.tolist() == []


def test_ties_are_settled_by_number_also_at_the_last_place() -> None:
    network = line_city(length=5)
    start = on(network, "walk", 116.4120)
    west, east = on(network, "walk", 116.4110), on(network, "walk", 116.4130)
    goals: list[Position | None] = [east, west, east, west]
    search = Search(network, "walk", hang(network, "walk", snapped(goals)))
    every = search.nearest(start, np.ones(4, dtype=bool), 4, 10**9)
    if len(set(every.cost.tolist())) > 1:  # rounding of the halves may part them by one tick
        assert np.ptp(every.cost) <= 1
        pytest.skip("the two halves are not equal to the tick")
    assert every.facility.tolist() == [0, 1, 2, 3]
    assert search.nearest(start, np.ones(4, dtype=bool), 2, 10**9).facility.tolist() == [0, 1]


def test_only_what_passes_is_found_and_the_search_goes_on_behind_what_does_not() -> None:
    network = line_city(length=8)
    goals = [on(network, "walk", lon) for lon in (116.4102, 116.4130, 116.4160)]
    search = Search(network, "walk", hang(network, "walk", snapped(list(goals))))
    found = search.nearest(on(network, "walk", 116.4100), np.array([False, False, True]), 1, 10**9)
    assert found.facility.tolist() == [2]


def test_no_facility_at_all() -> None:
    network = line_city()
    search = Search(network, "walk", hang(network, "walk", snapped([])))
    assert len(search.nearest(on(network, "walk", 116.411), np.ones(0, dtype=bool), 5, 10**9).facility) == 0


def test_a_loop_is_walked_the_shorter_way_round() -> None:
    collector = WayCollector()
    ring = [(0, 0), (10_000, 0), (20_000, 0), (20_000, 10_000), (0, 10_000)]
    e7 = [(1164100000 + x, 399200000 + y) for x, y in ring]
    collector.add(1, {"highway": "residential"}, [1, 2, 3, 4, 5, 1], [*e7, e7[0]])
    collector.add(2, {"highway": "residential"}, [6, 1], [(1164090000, 399200000), e7[0]])
    ways = collector.finish()
    network, _ = build_network(Extract(OPENSTREETMAP, ways, (), bbox_of(ways)))
    assert network.edge_count == 2  # the ring is one edge that begins and ends at its junction
    start, goal = on(network, "walk", 116.4095), snap(network, "walk", LonLat(116.41, 39.9205))
    answer = ask(network, "walk", start, [goal], 1, 3600.0)
    metres = 0.0005 * 85_493.9 + 0.0005 * 111_034.6
    assert answer[0] == pytest.approx(metres / (WALK_KMH / 3.6), abs=0.05)


def test_threads_get_the_answers_of_one_thread() -> None:
    from concurrent.futures import ThreadPoolExecutor

    extract = random_extract(7)
    network, _ = build_network(extract)
    points = random_points(7, extract, 60)
    goals = positions(network, "walk", points[:30])
    search = Search(network, "walk", hang(network, "walk", snapped(goals)))
    origins = [origin for origin in positions(network, "walk", points) if origin is not None] * 20

    def answer(origin: Position) -> list[int]:
        found = search.nearest(origin, np.ones(len(goals), dtype=bool), 5, 10**9)
        return [*found.facility.tolist(), *found.cost.tolist()]

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(answer, origins)) == [answer(origin) for origin in origins]
    assert E7 == 10_000_000
