"""The search against networkx on raw ways, and closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest

from geo.coords import LonLat, geodesic_m
from geo.osm.extract import OPENSTREETMAP, Extract, WayCollector, bbox_of
from geo.streets.from_osm import build_network
from geo.streets.graphs import access_ticks, graph, hang
from geo.streets.hierarchy import Hierarchy, make_hierarchy
from geo.streets.hubs import Hubs
from geo.streets.labels import make_labels
from geo.streets.network import NO_WAY, ON_FOOT, TICKS_PER_S, StreetNetwork
from geo.streets.paths import Search, Stream
from geo.streets.profiles import MODES, WALK_KMH, Mode
from geo.streets.routes import draw, lengths_m, lines, parked_at
from geo.streets.snapping import Position, snap, snap_many
from tests.conftest import RealStreets
from tests.oracles import RawStreets, RideAndPark
from tests.strategies import random_extract, random_points

#: What 0.1 m takes on the slowest mode; an oracle in floating point may differ by that much.
TOLERANCE_S = 0.1 / (WALK_KMH / 3.6)


_HIERARCHIES: dict[Mode, tuple[StreetNetwork, Hierarchy]] = {}


def hierarchy_of(network: StreetNetwork, mode: Mode) -> Hierarchy:
    """Return the hierarchy of a mode; the last one made is kept, for it takes seconds on a real network."""
    if mode not in _HIERARCHIES or _HIERARCHIES[mode][0] is not network:
        _HIERARCHIES[mode] = (network, make_hierarchy(network.arcs[mode]))
    return _HIERARCHIES[mode][1]


def searches(network: StreetNetwork, mode: Mode, goals: list[Position | None], depth: int = 3) -> list[Search]:
    """Return a search that keeps nothing, one that keeps a few labels, and one that keeps labels and hubs."""
    streets = graph(network, mode)
    leaves = hang(streets, snapped(goals))
    labels = make_labels(network.arcs[mode], leaves, depth)
    assert labels is not None
    hubs = Hubs(streets, leaves, hierarchy_of(network, mode), network.standing(mode))
    return [Search(streets, leaves), Search(streets, leaves, labels), Search(streets, leaves, labels, hubs=hubs)]


def first(search: Search, origin: Position, k: int, cutoff: int) -> tuple[list[int], list[int]]:
    stream = search.stream(origin, cutoff)
    stream.reach(k)
    return stream.facility[:k], stream.cost[:k]


def ask(
    network: StreetNetwork, mode: Mode, origin: Position, goals: list[Position | None], k: int, cutoff_s: float
) -> dict[int, float]:
    """Return facility -> seconds, access legs of both ends included; looked up and searched must be the same."""
    access = int(access_ticks(np.array([origin.snap_m]))[0])
    cutoff = round(cutoff_s * TICKS_PER_S) - access
    answers = []
    for search in searches(network, mode, goals):
        answers.append(first(search, origin, k, cutoff))
        check_routes(network, search, origin, goals, cutoff)
    assert answers[0] == answers[1] == answers[2]
    return {facility: (access + cost) / TICKS_PER_S for facility, cost in zip(*answers[0], strict=True)}


def snapped(goals: list[Position | None]):  # type: ignore[no-untyped-def]
    from geo.streets.snapping import Positions

    return Positions(
        edge=np.array([-1 if g is None else g.edge for g in goals], dtype=np.int32),
        offset_m=np.array([0.0 if g is None else g.offset_m for g in goals]),
        snap_m=np.array([math.inf if g is None else g.snap_m for g in goals]),
        lonlat=np.array([(0.0, 0.0) if g is None else (g.lon, g.lat) for g in goals]).reshape(-1, 2),
    )


def check_routes(
    network: StreetNetwork, search: Search, origin: Position, goals: list[Position | None], cutoff: int
) -> None:
    """Every route runs from foot point to foot point, is drawn as long as it is said to be, and costs what it says."""
    stream = search.stream(origin, cutoff)
    for i in range(stream.reach(2)):  # of a look-up and of a search alike
        check_route(network, search, origin, goals, stream, i)
    for i in range(stream.reach(len(goals))):
        check_route(network, search, origin, goals, stream, i)


def check_route(
    network: StreetNetwork, search: Search, origin: Position, goals: list[Position | None], stream: Stream, i: int
) -> None:
    goal = goals[stream.facility[i]]
    assert goal is not None
    codes = stream.route(i)
    route = draw(network, origin, goal.offset_m, codes)
    several, start = stream.routes([i, 0])
    assert several[start[0] : start[1]].tolist() == codes.tolist()
    offsets = np.array([goal.offset_m, goals[stream.facility[0]].offset_m])  # type: ignore[union-attr]
    lengths, on_foot = lengths_m(network, origin, offsets, several, start)
    assert (route.length_m, route.on_foot_m) == (lengths[0], on_foot[0])
    drawn = lines(network, origin, offsets, several, start)
    assert drawn[0].tolist() == route.lonlat.tolist()
    assert len(drawn) == 2
    assert parked_at(network, origin, offsets, several, start)[0].tolist() == route.lonlat[route.parked].tolist()
    assert geodesic_m(route.lonlat[:-1], route.lonlat[1:]).sum() == pytest.approx(route.length_m, abs=0.02)
    for end, point in ((route.lonlat[0], origin), (route.lonlat[-1], goal)):
        assert geodesic_m(end[None], np.array([[point.lon, point.lat]]))[0] < 0.01
    assert cost_of(search, origin, goal, codes) == pytest.approx(
        stream.cost[i] - int(access_ticks(np.array([goal.snap_m]))[0]), abs=len(codes)
    )
    walked = [bool(code & ON_FOOT) for code in codes.tolist()]
    assert walked == sorted(walked)  # nobody rides again who has parked
    if any(walked):
        parked = geodesic_m(route.lonlat[route.parked : -1], route.lonlat[route.parked + 1 :]).sum()
        assert parked == pytest.approx(route.on_foot_m, abs=0.02)
    else:
        assert route.on_foot_m == 0
        assert route.parked == len(route.lonlat) - 1


def cost_of(search: Search, origin: Position, goal: Position, codes: np.ndarray) -> float:
    """Add up what a route costs, stretch by stretch, in ticks."""
    graph, total = search.graph, 0.0
    for i, code in enumerate(codes.tolist()):
        edge, against = (code & ~ON_FOOT) >> 1, code & 1
        ways = (graph.foot_along, graph.foot_against) if code & ON_FOOT else (graph.along, graph.against)
        length_m = float(graph.edge_length_m[edge])
        begin = origin.offset_m if i == 0 else length_m if against else 0.0
        end = goal.offset_m if i == len(codes) - 1 else 0.0 if against else length_m
        metres = begin - end if against else end - begin
        assert metres >= -1e-6
        if metres > 0:
            assert ways[against][edge] != NO_WAY
            total += metres / length_m * ways[against][edge]
    return total


def positions(
    network: StreetNetwork, mode: Mode, points: np.ndarray, *, to_stay: bool = False
) -> list[Position | None]:
    """Snap points; None where no street is near."""
    found = snap_many(network, mode, points, to_stay=to_stay)
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


def oracle(extract: Extract, mode: Mode) -> RawStreets | RideAndPark:
    return RideAndPark(extract.ways) if mode == "ebike" else RawStreets(extract.ways, mode)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("block", range(10))
def test_random_cities_equal_networkx(block: int, mode: Mode) -> None:
    compared = 0
    for seed in range(block * 30, block * 30 + 30):
        extract = random_extract(seed)
        network, _ = build_network(extract)
        raw = oracle(extract, mode)
        points = random_points(seed, extract, 9)
        goals = positions(network, mode, points[:7], to_stay=True)
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
def test_real_extract_equals_networkx(
    real_extract: Extract, real_network: StreetNetwork, real_streets: RealStreets, mode: Mode
) -> None:
    """Many places and every route; ``test_real_city`` asks a thousand questions of the same streets."""
    network, raw = real_network, real_streets(mode)
    rng = np.random.default_rng(20261122)
    box = real_extract.bbox
    spread = rng.uniform([box.west + 0.03, box.south + 0.03], [box.east - 0.03, box.north - 0.03], (1500, 2))
    goals = positions(network, mode, spread, to_stay=True)
    cutoff_s, k, compared = 1500.0 if mode == "walk" else 600.0, 5, 0
    origins = rng.uniform([box.west + 0.05, box.south + 0.05], [box.east - 0.05, box.north - 0.05], (240, 2))
    usable = [origin for origin in positions(network, mode, origins) if origin is not None][:24]
    assert len(usable) == 24
    for origin in usable:
        near = [
            goal if goal is not None and _roughly_near(goal, origin, 15_000 if mode == "drive" else 4_000) else None
            for goal in goals
        ]
        ours = ask(network, mode, origin, goals, k, cutoff_s)
        compare(ours, raw.costs_s(network, origin, near, cutoff_s + 1), k, cutoff_s)
        compared += len(ours)
    assert compared > 48


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
    for search in searches(network, "walk", [end]):
        cost = first(search, start, 1, 10**9)[1][0]
        assert first(search, start, 1, cost) == ([0], [cost])
        assert first(search, start, 1, cost - 1) == ([], [])


def test_ties_are_settled_by_number_also_at_the_last_place() -> None:
    network = line_city(length=5)
    start = on(network, "walk", 116.4120)
    west, east = on(network, "walk", 116.4110), on(network, "walk", 116.4130)
    for search in searches(network, "walk", [east, west, east, west]):
        facility, cost = first(search, start, 4, 10**9)
        assert len(set(cost)) <= 2  # rounding of the halves may part them by one tick
        assert facility == sorted(range(4), key=lambda number: (cost[facility.index(number)], number))
        assert first(search, start, 2, 10**9)[0] == facility[:2]


@pytest.mark.parametrize("depth", [1, 2, 3, 8])
def test_a_stream_goes_on_where_it_stopped(depth: int) -> None:
    network = line_city(length=12)
    goals: list[Position | None] = [on(network, "walk", 116.4102 + 0.0007 * i) for i in range(14)]
    start = on(network, "walk", 116.4130)
    whole = first(searches(network, "walk", goals)[0], start, 99, 10**9)
    assert len(whole[0]) == 14
    for search in searches(network, "walk", goals, depth):
        stream = search.stream(start, 10**9)
        for i in range(14):
            assert stream.reach(i + 1) > i
            assert (stream.facility[: i + 1], stream.cost[: i + 1]) == (whole[0][: i + 1], whole[1][: i + 1])
        assert stream.reach(15) == 14
        assert stream.exhausted


def test_no_facility_at_all() -> None:
    network = line_city()
    for search in searches(network, "walk", []):
        assert first(search, on(network, "walk", 116.411), 5, 10**9) == ([], [])


def test_a_cutoff_below_nothing_reaches_nothing() -> None:
    network = line_city()
    start = on(network, "walk", 116.411)
    for search in searches(network, "walk", [start]):
        assert first(search, start, 5, -1) == ([], [])
        assert first(search, start, 5, 0)[0] == [0]


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
    origins = [origin for origin in positions(network, "walk", points) if origin is not None] * 20
    for search in searches(network, "walk", goals):

        def answer(origin: Position, search: Search = search) -> tuple[list[int], list[int], list[list[int]]]:
            stream = search.stream(origin, 10**9)
            count = min(stream.reach(5), 5)
            return stream.facility[:5], stream.cost[:5], [stream.route(i).tolist() for i in range(count)]

        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(answer, origins)) == [answer(origin) for origin in origins]
