"""Costs to all facilities by hierarchy and buckets equal a search to the last tick; the ways are real and cost as much.

The search is compared with networkx in ``test_paths``; the closed forms below stand on their own.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from geo.errors import InputError
from geo.osm.extract import Extract
from geo.streets.from_osm import build_network
from geo.streets.graphs import MAX_CUTOFF, MAX_SEEDS, Graph, Leaves, graph, hang, on_same_edge, set_out
from geo.streets.hierarchy import COST, END, VIA, Hierarchy, make_hierarchy
from geo.streets.hubs import Hubs
from geo.streets.network import MAIN, NO_WAY, ProfileArcs, StreetNetwork
from geo.streets.paths import Search
from geo.streets.profiles import MODES, Mode
from geo.streets.snapping import Position, Positions, snap_many
from tests.strategies import random_extract, random_points
from tests.streets.test_paths import check_route, line_city, on, positions, snapped

EVERYTHING = MAX_CUTOFF


def at(edge: int, offset_m: float) -> Position:
    return Position(edge, offset_m, 0.0, 0.0, 0.0)


def hubs_of(network: StreetNetwork, mode: Mode, leaves: Leaves) -> Hubs:
    return Hubs(graph(network, mode), leaves, make_hierarchy(network.arcs[mode]), network.standing(mode))


def searched(search: Search, origin: Position, cutoff: int) -> tuple[list[int], list[int]]:
    stream = search.stream(origin, cutoff)
    stream.reach(len(search.leaves.edge))
    return stream.facility, stream.cost


def asked(hubs: Hubs, origin: Position, cutoff: int) -> tuple[list[int], list[int]]:
    facility, cost = hubs.all(origin, cutoff)
    return facility.tolist(), cost.tolist()


def ways(hubs: Hubs, picked: Sequence[int]) -> list[list[int]]:
    codes, start = hubs.routes(picked)
    assert len(start) == len(picked) + 1
    assert (start[0], start[-1]) == (0, len(codes))
    return [codes[begin:end].tolist() for begin, end in itertools.pairwise(start.tolist())]


def exact_cost(graph: Graph, leaves: Leaves, origin: Position, facility: int, codes: list[int]) -> int:
    """Follow a way arc by arc and add up its ticks; it must be one that the graph has."""
    if len(codes) == 1:
        cost, code = on_same_edge(graph, leaves, origin.edge, origin.offset_m, facility)
        assert (leaves.edge[facility], code) == (origin.edge, codes[0])
        return int(cost)
    seeds = np.empty(MAX_SEEDS, np.int32), np.empty(MAX_SEEDS, np.int64), np.empty(MAX_SEEDS, np.int32)
    count = set_out(graph, origin.edge, origin.offset_m, *seeds)
    begins = {code: (label, cost) for label, cost, code in zip(*(s[:count].tolist() for s in seeds), strict=True)}
    label, total = begins[codes[0]]
    for code in codes[1:-1]:
        row = range(graph.first[label], graph.first[label + 1])
        (arc,) = (i for i in row if graph.code[i] == code)
        label, total = int(graph.head[arc]), total + int(graph.cost[arc])
    hung = np.flatnonzero(leaves.label == label).tolist()
    (leaf,) = (i for i in hung if leaves.facility[i] == facility and leaves.code[i] == codes[-1])
    return int(total + leaves.cost[leaf])


def check(hubs: Hubs, search: Search, origin: Position, cutoff: int) -> int:
    """All that is found is what the search finds, and each way costs what it is said to; return how many."""
    facility, cost = asked(hubs, origin, cutoff)
    assert (facility, cost) == searched(search, origin, cutoff)
    for number, ticks, codes in zip(facility, cost, ways(hubs, facility), strict=True):
        assert exact_cost(hubs.graph, hubs.leaves, origin, number, codes) == ticks
    return len(facility)


def origins_in(hubs: Hubs, where: Positions, rng: np.random.Generator) -> list[Position]:
    """Return positions anywhere on edges, at their ends, and where facilities are, as far as they are served."""
    length_m = hubs.graph.edge_length_m
    edges = [edge for edge in rng.integers(0, len(length_m), 6).tolist() if length_m[edge] > 0]
    anywhere = [at(e, float(length_m[e]) * float(rng.choice([0.0, 1.0, 0.5, rng.random()]))) for e in edges]
    there = np.flatnonzero(where.edge >= 0)[:2].tolist()
    at_doors = [at(int(where.edge[number]), float(where.offset_m[number])) for number in there]
    return [origin for origin in anywhere + at_doors if hubs.serves(origin.edge)]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("block", range(6))
def test_random_cities_equal_the_search(block: int, mode: Mode) -> None:
    found = sought = 0
    for seed in range(block * 40, block * 40 + 40):
        extract = random_extract(seed)
        network, _ = build_network(extract)
        points = random_points(seed, extract, 12)
        points[1] = points[0]
        where = snap_many(network, mode, points, to_stay=True)
        streets = graph(network, mode)
        leaves = hang(streets, where)
        hubs, search = hubs_of(network, mode, leaves), Search(streets, leaves)
        for origin in origins_in(hubs, where, np.random.default_rng(seed)):
            sought += len(points)
            found += check(hubs, search, origin, EVERYTHING)
            costs = searched(search, origin, EVERYTHING)[1]
            for cutoff in {0, 2_000_000, *costs[-2:], *(cost - 1 for cost in costs[-2:])}:
                check(hubs, search, origin, cutoff)
    assert 300 < found < sought - 100, (found, sought)  # islands and one-way streets leave some out


@pytest.mark.parametrize("mode", MODES)
def test_ways_are_drawn_from_door_to_door(mode: Mode) -> None:
    """The same checks that ``test_paths`` makes of the ways of a search."""

    class Asked:
        """Looks to the checks as a stream does."""

        def __init__(self, hubs: Hubs, origin: Position) -> None:
            self.facility, self.cost = asked(hubs, origin, EVERYTHING)
            self._hubs = hubs

        def routes(self, picked: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
            return self._hubs.routes([self.facility[i] for i in picked])

        def route(self, i: int) -> np.ndarray:
            return self.routes([i])[0]

    drawn = 0
    for seed in range(300, 340):
        extract = random_extract(seed)
        network, _ = build_network(extract)
        points = random_points(seed, extract, 9)
        goals = positions(network, mode, points[:7], to_stay=True)
        streets = graph(network, mode)
        leaves = hang(streets, snapped(goals))
        hubs, search = hubs_of(network, mode, leaves), Search(streets, leaves)
        for origin in positions(network, mode, points[6:]):
            if origin is not None:
                stream = Asked(hubs, origin)
                for i in range(len(stream.facility)):
                    check_route(network, search, origin, goals, stream, i)  # type: ignore[arg-type]
                    drawn += 1
    assert drawn > 100


Arc = tuple[int, int, int]


def arcs_of(n: int, arcs: Sequence[Arc]) -> ProfileArcs:
    """Return arcs given as (tail, head, cost); each is a one-way edge of its own, one metre long."""
    order = np.array(sorted(range(len(arcs)), key=lambda i: arcs[i][:2]), dtype=np.int32)
    tail, head, cost = np.array(arcs, dtype=np.int32).reshape(-1, 3).T
    known = {
        "forward": cost.copy(),
        "backward": np.full(len(arcs), NO_WAY, dtype=np.int32),
        "first_arc": np.searchsorted(tail[order], np.arange(n + 1)).astype(np.int32),
        "arc_head": head[order],
        "arc_cost": cost[order],
        "arc_code": 2 * order,
    }
    return ProfileArcs(**{field.name: np.empty(0, dtype=np.int32) for field in fields(ProfileArcs)} | known)


def streets_of(n: int, arcs: Sequence[Arc]) -> tuple[Graph, ProfileArcs]:
    profile, none = arcs_of(n, arcs), np.empty(0, dtype=np.int32)
    nodes = np.array(arcs, dtype=np.int32).reshape(-1, 3)[:, :2].copy()
    rows = profile.first_arc, profile.arc_head, profile.arc_cost, profile.arc_code
    return Graph(*rows, profile.forward, profile.backward, none, none, nodes, np.ones(len(arcs)), False), profile


def hubs_at(n: int, arcs: Sequence[Arc], doors: Sequence[tuple[int, float]]) -> Hubs:
    """Return the hubs of facilities on edges, at these offsets, with no access leg."""
    streets, profile = streets_of(n, arcs)
    where = Positions(
        edge=np.array([edge for edge, _ in doors], dtype=np.int32),
        offset_m=np.array([offset for _, offset in doors], dtype=np.float64),
        snap_m=np.zeros(len(doors)),
        lonlat=np.zeros((len(doors), 2)),
    )
    return Hubs(streets, hang(streets, where), make_hierarchy(profile))


def two_way(*streets: Arc) -> list[Arc]:
    return [arc for a, b, cost in streets for arc in ((a, b, cost), (b, a, cost))]


LINE = two_way(*((i, i + 1, 10 + i) for i in range(200)))
STAR = two_way(*((0, i, i) for i in range(1, 301)))
LOOP = [(i, (i + 1) % 50, 7) for i in range(50)]
GATES = two_way((0, 1, 0), (1, 2, 5), (2, 3, 0), (3, 4, 0), (4, 2, 0), (0, 4, 9))
CLIQUE = [(i, j, 100 + i + j) for i in range(24) for j in range(24) if i != j]


@pytest.mark.parametrize(
    ("n", "arcs", "origin", "door", "cost"),
    [
        (201, LINE, (0, 0.0), (399, 0.0), sum(10 + i for i in range(200))),
        (201, LINE, (398, 1.0), (1, 1.0), sum(10 + i for i in range(200))),
        (201, LINE, (200, 0.0), (200, 0.5), 55),
        (301, STAR, (598, 1.0), (597, 0.0), 300 + 299),
        (50, LOOP, (3, 0.0), (2, 1.0), 0),
        (50, LOOP, (3, 0.0), (1, 1.0), 49 * 7),
        (50, LOOP, (3, 0.0), (3, 0.0), 0),
        (3, [(0, 1, 4), (1, 2, 4)], (0, 0.0), (1, 1.0), 8),
        (3, [(0, 1, 4), (1, 2, 4)], (1, 1.0), (0, 0.0), None),
        (4, two_way((0, 1, 4), (2, 3, 4)), (0, 0.0), (2, 0.0), None),
        (5, GATES, (0, 0.0), (6, 1.0), 5),
        (5, two_way((0, 1, 0), (1, 2, 0), (2, 0, 0), (2, 3, 0), (3, 4, 0)), (0, 0.0), (8, 1.0), 0),
        (2, [(0, 1, 9), (0, 1, 3), (0, 1, 6), (1, 0, 9)], (3, 1.0), (3, 0.0), 3),
        (3, [(0, 1, 9), (1, 1, 1), (1, 2, 3), (1, 2, 2)], (0, 0.0), (2, 1.0), 11),
        (24, CLIQUE, (0, 0.0), (23, 0.0), 0 + 101),
        (3, [(0, 1, 2**29), (1, 2, 2**29)], (0, 0.0), (1, 1.0), 2**30),
        (4, [(0, 1, 2**29), (1, 2, 2**29), (2, 3, 1)], (0, 0.0), (2, 1.0), None),
        (4, [(0, 1, 2**31 - 2), (1, 2, 2**31 - 2), (2, 3, 2**31 - 2), (0, 3, 8)], (0, 0.0), (3, 1.0), 8),
    ],
    ids=[
        "line, all of it", "line, all of it back", "along one's own edge", "star, from ray to ray",
        "loop, where one is", "loop, all round but one", "at the very spot", "one-way, ahead", "one-way, behind",
        "another island", "gates cost nothing", "a ring of gates", "parallel streets, the cheapest",
        "a street from a crossing to itself", "all joined to all", "at the largest cutoff", "one tick beyond it",
        "sums of more than 32 bits",
    ],
)  # fmt: skip
def test_closed_forms(
    n: int, arcs: list[Arc], origin: tuple[int, float], door: tuple[int, float], cost: int | None
) -> None:
    hubs = hubs_at(n, arcs, [door])
    expected = ([], []) if cost is None else ([0], [cost])
    assert asked(hubs, at(*origin), EVERYTHING) == expected
    if cost is not None:
        (codes,) = ways(hubs, [0])
        assert exact_cost(hubs.graph, hubs.leaves, at(*origin), 0, codes) == cost
        assert asked(hubs, at(*origin), cost) == expected
        assert asked(hubs, at(*origin), cost - 1) == ([], [])


@pytest.mark.parametrize(
    "costs",
    [(0, 1, 2, 3), (9, 10, 19, 20, 21), (1, 2**29, 2**30 - 10, 2**31 - 2)],
    ids=["gates and ties", "nearly ties", "sums of more than 32 bits"],
)
def test_random_graphs_equal_all_pairs(costs: tuple[int, ...]) -> None:
    """Of any shape and with any costs, parallel arcs and loops too, against Floyd and Warshall's three lines."""
    rng = np.random.default_rng(len(costs))
    found = beyond = 0
    for _ in range(150):
        n = int(rng.integers(3, 26))
        ends = rng.integers(0, n, (int(rng.integers(n, 4 * n)), 2))
        arcs = [(int(a), int(b), int(rng.choice(costs))) for a, b in ends]
        dist = np.where(np.eye(n, dtype=bool), 0, 2**40)
        for a, b, cost in arcs:
            dist[a, b] = min(dist[a, b], cost)
        for k in range(n):
            dist = np.minimum(dist, dist[:, k, None] + dist[None, k, :])
        hubs = hubs_at(n, arcs, [(edge, 1.0) for edge in range(len(arcs))])
        for edge, (a, _, _) in enumerate(arcs):
            expected = [int(dist[a, b]) for _, b, _ in arcs]
            for cutoff in (10**12, costs[-2]):  # the first is more than counts
                limit = min(cutoff, MAX_CUTOFF)
                within = sorted((cost, number) for number, cost in enumerate(expected) if cost <= limit)
                facilities, ticks = asked(hubs, at(edge, 0.0), cutoff)
                assert list(zip(ticks, facilities, strict=True)) == within
                found, beyond = found + len(within), beyond + len(arcs) - len(within)
    assert min(found, beyond) > 10_000


def test_the_way_along_a_line_is_the_line() -> None:
    hubs = hubs_at(201, LINE, [(398, 1.0)])
    hubs.all(at(0, 0.5), EVERYTHING)
    assert ways(hubs, [0]) == [[2 * edge for edge in range(0, 400, 2)]]


def test_of_parallel_streets_the_way_takes_the_cheapest() -> None:
    hubs = hubs_at(4, [(0, 1, 1), (1, 2, 9), (1, 2, 3), (1, 2, 6), (2, 3, 1)], [(4, 1.0)])
    assert asked(hubs, at(0, 0.0), EVERYTHING) == ([0], [5])
    assert ways(hubs, [0]) == [[0, 4, 8]]


def test_order_is_by_cost_then_number() -> None:
    hubs = hubs_at(301, STAR, [(2 * (ray - 1), 1.0) for ray in (5, 3, 5, 4, 3)])
    assert asked(hubs, at(1, 0.0), EVERYTHING) == ([1, 4, 3, 0, 2], [4, 4, 5, 6, 6])


def test_costs_to_all_say_who_is_beyond_the_cutoff() -> None:
    hubs = hubs_at(301, STAR, [(2 * (ray - 1), 1.0) for ray in (5, 3, 9)])
    assert hubs.costs(at(1, 0.0), 6).tolist() == [6, 4, NO_WAY]


@pytest.mark.parametrize(
    ("n", "arcs"), [(0, []), (1, []), (7, []), (1, [(0, 0, 3)])], ids=["no label", "one", "no arcs", "a loop only"]
)
def test_hierarchies_of_next_to_nothing(n: int, arcs: list[Arc]) -> None:
    made = make_hierarchy(arcs_of(n, arcs))
    assert sorted(made.number.tolist()) == list(range(n))
    assert (len(made.up), len(made.down)) == (0, 0)


def every_arc(made: Hierarchy) -> list[tuple[bool, int, int, int, int]]:
    """Return (whether up, its index, tail, head, cost) of all arcs of a hierarchy; tail and head are numbers."""
    found = []
    for number in range(len(made.number)):
        for i in range(made.up_first[number], made.up_first[number + 1]):
            found.append((True, i, number, *made.up[i, [END, COST]].tolist()))
        for i in range(made.down_first[number], made.down_first[number + 1]):
            tail, cost = made.down[i, [END, COST]].tolist()
            found.append((False, i, tail, number, cost))
    return found


@pytest.mark.parametrize("mode", MODES)
def test_every_shortcut_is_a_way_of_streets_at_its_cost_and_joins_more_important_labels(mode: Mode) -> None:
    """Both ends of a shortcut were taken out after the label it passes: their numbers are smaller."""
    shortcuts = 0
    for seed in range(60):
        network, _ = build_network(random_extract(seed))
        arcs = network.arcs[mode]
        made = make_hierarchy(arcs)
        tail = np.repeat(np.arange(len(arcs.first_arc) - 1), np.diff(arcs.first_arc))
        assert sorted(made.number.tolist()) == list(range(len(arcs.first_arc) - 1))
        costs = {(up, a, b): cost for up, _, a, b, cost in every_arc(made)}
        for up, i, a, b, cost in every_arc(made):
            assert (b < a) if up else (a < b)
            via = int((made.up if up else made.down)[i, VIA])
            if via < 0:
                arc = -1 - via
                ends = made.number[tail[arc]], made.number[arcs.arc_head[arc]]
                assert (*ends, arcs.arc_cost[arc]) == (a, b, cost)
            else:
                assert costs[False, a, via] + costs[True, via, b] == cost
                assert via > max(a, b)
                shortcuts += 1
    assert shortcuts > 50


def test_equal_arcs_give_equal_hierarchies() -> None:
    network, _ = build_network(random_extract(11))
    for mode in MODES:
        for one, other in zip(make_hierarchy(network.arcs[mode]), make_hierarchy(network.arcs[mode]), strict=True):
            assert one.dtype == np.int32
            assert one.tolist() == other.tolist()


def test_what_is_saved_is_opened_mapped_and_answers_alike(tmp_path: Path) -> None:
    extract = random_extract(5)
    network, _ = build_network(extract)
    where = snap_many(network, "ebike", random_points(5, extract, 12), to_stay=True)
    streets = graph(network, "ebike")
    leaves = hang(streets, where)
    made = make_hierarchy(network.arcs["ebike"])
    made.save(tmp_path, "ebike.way.")
    opened = Hierarchy.load(tmp_path, "ebike.way.")
    assert {path.name for path in tmp_path.iterdir()} == {f"ebike.way.{name}.npy" for name in Hierarchy._fields}
    assert opened.size_bytes == made.size_bytes > 0
    for one, other in zip(made, opened, strict=True):
        assert one.tolist() == other.tolist()
        assert not one.flags.writeable
        assert not other.flags.writeable
    hubs, others = (Hubs(streets, leaves, one, network.standing("ebike")) for one in (made, opened))
    for origin in origins_in(hubs, where, np.random.default_rng(5)):
        assert asked(others, origin, EVERYTHING) == asked(hubs, origin, EVERYTHING)


def line_hubs(goals: list[Position | None], length: int = 12) -> tuple[StreetNetwork, Hubs, Search]:
    network = line_city(length=length)
    streets = graph(network, "walk")
    leaves = hang(streets, snapped(goals))
    return network, hubs_of(network, "walk", leaves), Search(streets, leaves)


@pytest.mark.parametrize("goals", [[], [None], [None, None]], ids=["none at all", "one on no street", "two"])
def test_no_facility_to_be_found(goals: list[Position | None]) -> None:
    network, hubs, _ = line_hubs(goals)
    assert asked(hubs, on(network, "walk", 116.411), EVERYTHING) == ([], [])
    assert hubs.costs(on(network, "walk", 116.411), EVERYTHING).tolist() == [NO_WAY] * len(goals)
    assert ways(hubs, []) == []


def test_a_crowd_on_one_edge_and_on_the_origin_s_own() -> None:
    network = line_city(length=12)
    crowd: list[Position | None] = [on(network, "walk", 116.41 + 0.00004 * (7 * i % 250)) for i in range(400)]
    _, hubs, search = line_hubs([None, *crowd])
    for lon in (116.4100, 116.4101, 116.4153, 116.42, 116.421):
        origin = on(network, "walk", lon)
        assert check(hubs, search, origin, EVERYTHING) == 400
        assert 0 < check(hubs, search, origin, 1_000_000) < 400


def test_a_cutoff_below_nothing_reaches_nothing_and_one_too_large_is_the_largest() -> None:
    network = line_city(length=12)
    start = on(network, "walk", 116.411)
    _, hubs, _ = line_hubs([start])
    assert asked(hubs, start, -1) == ([], [])
    assert asked(hubs, start, 0)[0] == [0]
    assert asked(hubs, start, 10**12)[0] == [0]


@pytest.mark.parametrize(("before", "now"), [(100, 300), (300, 100)], ids=["from the east", "from the west"])
def test_scratch_is_told_apart_when_stamps_begin_anew(before: int, now: int) -> None:
    doors = [(399, 0.0), (0, 0.0)]
    hubs, fresh = hubs_at(201, LINE, doors), hubs_at(201, LINE, doors)
    hubs.all(at(before, 0.5), EVERYTHING)  # leaves the first stamp of all, and its costs
    hubs._space().generation = np.iinfo(np.int32).max
    assert asked(hubs, at(now, 0.25), EVERYTHING) == asked(fresh, at(now, 0.25), EVERYTHING)


def test_a_table_that_is_too_small_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geo.streets.hubs._ROWS", 4)
    extract = random_extract(5)
    network, _ = build_network(extract)
    where = snap_many(network, "ebike", random_points(5, extract, 30), to_stay=True)
    streets = graph(network, "ebike")
    leaves = hang(streets, where)
    hubs, search = hubs_of(network, "ebike", leaves), Search(streets, leaves)
    assert len(hubs._space().state) == 4
    for origin in origins_in(hubs, where, np.random.default_rng(5)):
        check(hubs, search, origin, EVERYTHING)
    assert len(hubs._space().state) > 4


def test_ways_to_what_was_not_found_are_refused() -> None:
    hubs = hubs_at(3, [(0, 1, 4), (1, 2, 4)], [(1, 1.0), (0, 0.0)])
    with pytest.raises(InputError, match="facility 0 is none of those found last"):
        hubs.routes([0])  # nobody has asked yet
    assert asked(hubs, at(0, 0.5), EVERYTHING) == ([0], [6])
    for number in (1, 2, -1):
        with pytest.raises(InputError, match=re.escape(f"facility {number} is none of those found last")):
            hubs.routes([0, number])


def test_a_graph_that_is_not_the_hierarchy_s_is_refused() -> None:
    network, _ = build_network(random_extract(3))
    made = make_hierarchy(network.arcs["walk"])
    for other in (graph(network, "walk", "from_facility"), graph(network, "ebike")):
        with pytest.raises(InputError, match="make both of the same mode's arcs"):
            Hubs(other, hang(other, snapped([])), made)


def test_threads_get_the_answers_of_one_thread() -> None:
    extract = random_extract(7)
    network, _ = build_network(extract)
    where = snap_many(network, "ebike", random_points(7, extract, 30), to_stay=True)
    streets = graph(network, "ebike")
    hubs = hubs_of(network, "ebike", hang(streets, where))
    rng = np.random.default_rng(7)
    origins = [origin for _ in range(100) for origin in origins_in(hubs, where, rng)]

    def answer(origin: Position) -> tuple[list[int], list[int], list[list[int]]]:
        facility, cost = asked(hubs, origin, EVERYTHING)
        return facility, cost, ways(hubs, facility)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(answer, origins)) == [answer(origin) for origin in origins]


@pytest.mark.real
@pytest.mark.parametrize("mode", ["walk", "ebike"])
def test_real_extract_equals_the_search(real_extract: Extract, real_network: StreetNetwork, mode: Mode) -> None:
    network = real_network
    rng = np.random.default_rng(20261122)
    box = real_extract.bbox
    where = snap_many(network, mode, rng.uniform([box.west, box.south], [box.east, box.north], (1500, 2)), to_stay=True)
    streets = graph(network, mode)
    leaves = hang(streets, where)
    hubs, search = hubs_of(network, mode, leaves), Search(streets, leaves)
    found = checked = 0
    for i, edge in enumerate(rng.choice(np.flatnonzero(network.standing(mode) == MAIN), 500).tolist()):
        origin = at(edge, float(rng.uniform(0, network.edge_length_m[edge])))
        facility, cost = asked(hubs, origin, EVERYTHING)
        assert (facility, cost) == searched(search, origin, EVERYTHING)
        found += len(facility)
        if i % 10 == 0:
            checked += check(hubs, search, origin, 36_000_000)
    assert found > 100_000
    assert checked > 500
