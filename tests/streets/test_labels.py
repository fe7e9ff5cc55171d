"""What is kept per label and looked up equals what a search finds, and brute force."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest

from geo.coords import E7
from geo.osm.extract import OPENSTREETMAP, Extract, WayCollector, bbox_of
from geo.streets.from_osm import build_network
from geo.streets.graphs import MAX_CUTOFF, Leaves, graph, hang
from geo.streets.labels import NOTHING, Labels, make_labels
from geo.streets.network import NO_WAY, StreetNetwork
from geo.streets.paths import Search
from geo.streets.profiles import MODES, Mode
from geo.streets.snapping import Position, Positions, snap_many
from tests.oracles import leaf_costs
from tests.strategies import random_extract, random_points
from tests.streets.test_paths import cost_of, line_city, on, snapped

DEPTHS = range(1, 9)


def town(seed: int, mode: Mode, count: int = 12) -> tuple[StreetNetwork, Positions]:
    """Return a random city's streets, and places on them, one of them twice and some perhaps on no street."""
    extract = random_extract(seed)
    network, _ = build_network(extract)
    points = random_points(seed, extract, count)
    points[1] = points[0]
    return network, snap_many(network, mode, points, to_stay=True)


def kept(network: StreetNetwork, mode: Mode, leaves: Leaves, depth: int, cutoff: int = MAX_CUTOFF) -> Labels:
    labels = make_labels(network.arcs[mode], leaves, depth, cutoff)
    assert labels is not None
    return labels


def listed(labels: Labels, label: int) -> list[tuple[int, int]]:
    """Return what is kept of a label, as (cost, facility)."""
    return [(key >> 32, key & 0xFFFFFFFF) for key in labels.entry[label].tolist() if key != NOTHING]


@pytest.mark.parametrize("mode", MODES)
def test_every_label_keeps_the_first_of_all(mode: Mode) -> None:
    """Cost and number of the first k, k from 1 to 8, at every label, by networkx from every label to every place."""
    compared = ties = beyond = 0
    for seed in range(25):
        network, where = town(seed, mode)
        leaves = hang(graph(network, mode), where)
        costs = leaf_costs(network, mode, where)
        for depth in DEPTHS:
            for cutoff in (MAX_CUTOFF, 2_000_000):
                labels = kept(network, mode, leaves, depth, cutoff)
                for label in range(len(labels.entry)):
                    first = sorted((cost, n) for n, cost in enumerate(costs[label]) if cost <= cutoff)
                    assert listed(labels, label) == first[:depth]
                    compared += len(first[:depth])
                    ties += len(first) > depth and first[depth - 1][0] == first[depth][0]
                    beyond += len(first) < depth
    assert min(compared, ties, beyond) > 100, (compared, ties, beyond)


def origins(network: StreetNetwork, where: Positions, rng: np.random.Generator) -> Iterator[tuple[int, float]]:
    """Yield positions: anywhere on edges, at their ends, and where the places are."""
    for edge in rng.integers(0, network.edge_count, 12).tolist():
        length_m = float(network.edge_length_m[edge])
        if length_m > 0:
            yield edge, length_m * float(rng.choice([0.0, 1.0, 0.5, rng.random()]))
    for number in np.flatnonzero(where.edge >= 0)[:3].tolist():
        yield int(where.edge[number]), float(where.offset_m[number])


def at(edge: int, offset_m: float) -> Position:
    return Position(edge, offset_m, 0.0, 0.0, 0.0)


def whole(search: Search, origin: Position, cutoff: int) -> list[tuple[int, int]]:
    """Return all facilities as (cost, number)."""
    stream = search.stream(origin, cutoff)
    stream.reach(999)
    return list(zip(stream.cost, stream.facility, strict=True))


def check_look_up(search: Search, plain: Search, where: Positions, origin: Position, cutoff: int) -> int:
    """What is looked up is the beginning of what is searched, and its ways cost what they are said to; return how many
    there are.
    """
    expected = whole(plain, origin, cutoff)
    stream = search.stream(origin, cutoff)
    found = list(zip(stream.cost, stream.facility, strict=True))
    assert found == expected[: len(found)]
    if stream.exhausted:
        assert found == expected
    for i, (cost, facility) in enumerate(found):
        goal = Position(int(where.edge[facility]), float(where.offset_m[facility]), 0.0, 0.0, 0.0)
        codes = stream.route(i)
        assert codes[0] >> 1 & 0x1FFFFFFF == origin.edge
        walked = cost_of(search, origin, goal, codes) + int(search.leaves.access[facility])
        assert walked == pytest.approx(cost, abs=1.01)  # parts of the first and the last edge are rounded
    assert whole(search, origin, cutoff) == expected
    return len(found)


@pytest.mark.parametrize("mode", MODES)
def test_what_is_looked_up_is_what_is_searched(mode: Mode) -> None:
    looked_up = searched = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        network, where = town(seed, mode)
        streets = graph(network, mode)
        leaves = hang(streets, where)
        plain = Search(streets, leaves)
        depth = int(rng.integers(1, 9))
        search = Search(streets, leaves, kept(network, mode, leaves, depth, int(rng.choice([MAX_CUTOFF, 2_000_000]))))
        for edge, offset_m in origins(network, where, rng):
            for cutoff in (0, 600_000, 2_000_000, 2_000_001, 40_000_000, MAX_CUTOFF):
                count = check_look_up(search, plain, where, at(edge, offset_m), cutoff)
                looked_up += count
                searched += len(whole(plain, at(edge, offset_m), cutoff)) > count
    assert looked_up > 2000
    assert searched > 200


@pytest.mark.parametrize("mode", MODES)
def test_the_first_of_many_are_those_of_each(mode: Mode) -> None:
    filled = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        network, where = town(seed, mode)
        streets = graph(network, mode)
        leaves = hang(streets, where)
        starts = list(origins(network, where, rng))
        edge, offset_m = np.array([e for e, _ in starts], np.int32), np.array([o for _, o in starts])
        for search in (Search(streets, leaves), Search(streets, leaves, kept(network, mode, leaves, 3))):
            for k in (1, 3, 5, 20):
                for cutoff in (0, 1_500_000, MAX_CUTOFF):
                    facility, cost = search.first_of_many(edge, offset_m, k, cutoff)
                    assert facility.shape == cost.shape == (len(starts), k)
                    for i, start in enumerate(starts):
                        first = whole(Search(streets, leaves), at(*start), cutoff)[:k]
                        missing = k - len(first)
                        assert facility[i].tolist() == [number for _, number in first] + [-1] * missing
                        assert cost[i].tolist() == [ticks for ticks, _ in first] + [NO_WAY] * missing
                        filled += len(first)
    assert filled > 5000


@pytest.mark.parametrize("count", [64, 65, 200])
def test_a_crowded_edge(count: int) -> None:
    """Around the number from which on facilities of the origin's own edge are searched and not sorted."""
    network = line_city(length=4)
    lon = 116.41 + 0.003 * np.random.default_rng(count).random(count)
    where = snap_many(network, "walk", np.column_stack([lon, np.full(count, 39.92)]))
    assert (where.edge == 0).all()
    streets = graph(network, "walk")
    leaves = hang(streets, where)
    search, plain = Search(streets, leaves, kept(network, "walk", leaves, 8)), Search(streets, leaves)
    origin = on(network, "walk", 116.4117)
    looked_up = check_look_up(search, plain, where, origin, MAX_CUTOFF)
    assert (looked_up > 0) == (count <= 64)
    expected = whole(plain, origin, MAX_CUTOFF)
    assert len(expected) == count
    lengths = np.abs(where.offset_m - origin.offset_m)
    assert [number for _, number in expected[:20]] == np.argsort(lengths, kind="stable")[:20].tolist()


def test_a_label_s_cutoff_that_is_shorter_than_the_question_s_loses_nothing() -> None:
    network = line_city(length=12)
    goals: list[Position | None] = [on(network, "walk", 116.4102 + 0.0021 * i) for i in range(5)]
    streets = graph(network, "walk")
    leaves = hang(streets, snapped(goals))
    origin = on(network, "walk", 116.4101)
    expected = whole(Search(streets, leaves), origin, MAX_CUTOFF)
    assert len(expected) == 5
    for cutoff in (0, expected[1][0] - 1, expected[1][0], expected[3][0], MAX_CUTOFF):
        search = Search(streets, leaves, kept(network, "walk", leaves, 8, cutoff))
        for asked in (expected[0][0], expected[2][0] - 1, expected[2][0], expected[4][0], MAX_CUTOFF):
            assert whole(search, origin, asked) == [found for found in expected if found[0] <= asked]


def test_of_ties_at_the_last_place_the_lowest_numbers_are_kept() -> None:
    """Six places at one door: a list of three keeps the first three, and each further depth one more."""
    network = line_city(length=4)
    streets = graph(network, "walk")
    leaves = hang(streets, snapped([on(network, "walk", 116.4113)] * 6))
    for depth in DEPTHS:
        labels = kept(network, "walk", leaves, depth)
        for label in range(streets.label_count):
            assert [number for _, number in listed(labels, label)] == list(range(min(depth, 6)))
        search = Search(streets, leaves, labels)
        for k in range(1, 7):
            stream = search.stream(on(network, "walk", 116.4121), MAX_CUTOFF)
            stream.reach(k)
            assert stream.facility[:k] == list(range(k))
            assert len(set(stream.cost[:k])) == 1


@pytest.mark.parametrize("numbers", [[0, 1], [1, 0]], ids=["first in the west", "first in the east"])
def test_of_two_ways_that_take_equally_long_the_lower_number_is_kept(numbers: list[int]) -> None:
    """Whichever of the two comes to a crossing first: one place is two streets to the left of it, one to the right."""
    collector, y = WayCollector(), 399200000
    row = [1164100000 + 10_000 * i for i in range(5)]
    for i, x in enumerate(row):
        collector.add(i + 1, {"highway": "residential"}, [i, 10 + i], [(x, y), (x, y + 5_000)])
    for i in range(4):
        collector.add(20 + i, {"highway": "residential"}, [i, i + 1], [(row[i], y), (row[i + 1], y)])
    ways = collector.finish()
    network, _ = build_network(Extract(OPENSTREETMAP, ways, (), bbox_of(ways)))
    where = snap_many(network, "walk", np.array([[row[0] / E7, 39.92], [row[4] / E7, 39.92]])[numbers])
    leaves = hang(graph(network, "walk"), where)
    costs = leaf_costs(network, "walk", where)
    tied = np.flatnonzero(costs[:, 0] == costs[:, 1])
    assert len(tied) == 2, "the crossing in the middle, and the end of its side street"
    for label in tied.tolist():
        assert [number for _, number in listed(kept(network, "walk", leaves, 1), label)] == [0]
        assert [number for _, number in listed(kept(network, "walk", leaves, 2), label)] == [0, 1]


@pytest.mark.parametrize(("streets_there", "can"), [(254, True), (255, False)])
def test_a_crossing_of_too_many_streets_keeps_none_and_is_searched(streets_there: int, can: bool) -> None:
    collector = WayCollector()
    for i in range(streets_there):
        angle = 2 * math.pi * i / streets_there
        tip = (1164100000 + round(30_000 * math.cos(angle)), 399200000 + round(30_000 * math.sin(angle)))
        collector.add(i + 1, {"highway": "residential"}, [1, i + 2], [(1164100000, 399200000), tip])
    ways = collector.finish()
    network, _ = build_network(Extract(OPENSTREETMAP, ways, (), bbox_of(ways)))
    where = snap_many(network, "walk", np.array([[116.4129, 39.92], [116.4071, 39.92]]))
    streets = graph(network, "walk")
    leaves = hang(streets, where)
    labels = make_labels(network.arcs["walk"], leaves)
    assert (labels is not None) == can
    origin = snap_many(network, "walk", np.array([[116.41, 39.9229]]))
    found = whole(Search(streets, leaves, labels), at(int(origin.edge[0]), float(origin.offset_m[0])), MAX_CUTOFF)
    assert sorted(number for _, number in found) == [0, 1]
