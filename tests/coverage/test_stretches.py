"""Parts of streets against sets of millimetres, and what is within reach against every metre of random cities."""

from __future__ import annotations

import itertools
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo.coverage.pieces import Pieces, length_mm
from geo.coverage.stretches import Stretches, joined, measure, reached, streets_of
from geo.streets.fields import make_field
from geo.streets.from_osm import build_network
from geo.streets.graphs import graph, hang
from geo.streets.network import CLOSED, StreetNetwork
from geo.streets.profiles import MODES, Mode
from geo.streets.snapping import Position, Positions, snap_many
from tests.coverage.oracle import BLUR_TICKS, Walker, every_metre, holds, lonlat_at, nearest, same
from tests.strategies import random_extract, random_points
from tests.streets.test_network import STREET, Tags, city
from tests.streets.test_paths import TOLERANCE_S, line_city, oracle, positions

#: A part of an edge as a set: the millimetre i of edge e is (e, i), and a part from a to b holds a, ..., b - 1.
Millimetres = frozenset[tuple[int, int]]
EDGES, LONG = 3, 12


def cells(stretches: Stretches) -> Millimetres:
    return frozenset((int(e), i) for e, a, b in zip(*stretches, strict=True) for i in range(a, b))


def of_cells(held: Millimetres) -> Stretches:
    """Return the stretches of a set: each run of millimetres is one."""
    begins = sorted((e, i) for e, i in held if (e, i - 1) not in held)
    ends = sorted((e, i + 1) for e, i in held if (e, i + 1) not in held)
    return Stretches.of([e for e, _ in begins], [i for _, i in begins], [i for _, i in ends])


SETS = st.frozensets(st.tuples(st.integers(0, EDGES - 1), st.integers(0, LONG - 1)))
WHOLE = Stretches.of(range(EDGES), [0] * EDGES, [LONG] * EDGES)


@given(SETS, SETS)
def test_the_algebra_is_that_of_sets(one: Millimetres, other: Millimetres) -> None:
    a, b = of_cells(one), of_cells(other)
    assert cells(a) == one
    for ours, theirs in ((a.union(b), one | other), (a.minus(b), one - other), (a.within(b), one & other)):
        assert same(ours, of_cells(theirs)), "the same millimetres, in order, none of them touching"
    gap = WHOLE.minus(a)
    assert int(gap.length_mm.sum() + a.length_mm.sum()) == EDGES * LONG
    assert same(gap.union(a), WHOLE)


@given(st.lists(st.tuples(st.integers(0, EDGES - 1), st.integers(0, LONG), st.integers(0, LONG))))
def test_parts_in_any_order_are_joined(drawn: list[tuple[int, int, int]]) -> None:
    parts = [(e, min(a, b), max(a, b)) for e, a, b in drawn]
    held = frozenset((e, i) for e, a, b in parts for i in range(a, b))
    edge, start, end = (np.array([part[i] for part in parts], dtype=np.int64) for i in range(3))
    assert same(joined(edge.astype(np.int32), start, end), of_cells(held))


@given(SETS, st.lists(st.tuples(st.integers(0, EDGES - 1), st.integers(1, LONG - 1)), unique=True))
def test_every_piece_is_measured(held: Millimetres, cuts: list[tuple[int, int]]) -> None:
    borders = sorted([*cuts, *((e, 0) for e in range(EDGES)), *((e, LONG) for e in range(EDGES))])
    rows = [(e, a, b) for (e, a), (f, b) in itertools.pairwise(borders) if e == f]
    edge, start, end = (np.array([row[i] for row in rows]) for i in range(3))
    pieces = Pieces(edge.astype(np.int32), start, end, np.zeros(len(rows), dtype=np.int32))
    expected = [sum((e, i) in held for i in range(a, b)) for e, a, b in rows]
    assert measure(pieces, of_cells(held)).tolist() == expected


def test_some_rows_are_taken() -> None:
    parts = Stretches.of([0, 0, 2, 3], [1, 5, 0, 7], [3, 6, 9, 8])
    assert same(parts.take(np.array([0, 1, 3])), Stretches.of([0, 0, 3], [1, 5, 7], [3, 6, 8]))


# --- Closed forms: a street of 85 m that one walks in 64 s ---

_LINE = line_city(length=2)
_LONG_MM, _TICKS = int(length_mm(_LINE)[0]), int(_LINE.arcs["walk"].forward[0])


def at(*places: tuple[int, float, float]) -> Positions:
    """Put places by hand: edge, metres from its tail, metres from the street."""
    edge, offset_m, snap_m = (np.array([place[i] for place in places]) for i in range(3))
    return Positions(edge.astype(np.int32), offset_m.astype(float), snap_m.astype(float), np.zeros((len(places), 2)))


def within(
    network: StreetNetwork,
    mode: Mode,
    where: Positions,
    cutoff: int,
    chosen: NDArray[np.bool_] | None = None,
    edges: NDArray[np.int32] | None = None,
) -> Stretches:
    leaves = hang(graph(network, mode), where)
    field = make_field(graph(network, mode, "from_facility"), leaves, chosen)
    return reached(graph(network, mode), leaves, field, cutoff, length_mm(network), chosen, edges)


def listed(stretches: Stretches) -> list[tuple[int, int, int]]:
    return [(int(e), int(a), int(b)) for e, a, b in zip(*stretches, strict=True)]


@pytest.mark.parametrize(
    ("places", "cutoff", "parts", "why"),
    [
        ([(0, 0.0, 0.0)], _TICKS, [(0, _LONG_MM)], "just met: the far end belongs to it"),
        ([(0, 0.0, 0.0)], _TICKS - 1, [(0, _LONG_MM - 1)], "one tick less is not the whole street"),
        ([(0, 0.0, 0.0)], 300_000, [(0, 40_000)], "half a minute is 40 m, to the millimetre"),
        ([(0, 0.0, 0.0)], 299_999, [(0, 39_999)], "a tick less is less"),
        ([(0, 50.0, 0.0)], 300_000, [(10_000, _LONG_MM)], "both ways, as far as the street goes"),
        ([(0, 50.0, 8.0)], 120_000, [(42_000, 58_000)], "a quarter of a minute is left for the street"),
        ([(0, 50.0, 8.0)], 60_000, [], "the leg from the street takes all of it"),
        ([(0, 50.0, 8.0)], 59_999, [], "... or more"),
        ([(0, 50.0, 0.0)], 0, [], "no time, no street"),
        ([(0, 10.0, 0.0), (0, 80.0, 0.0)], 150_000, [(0, 30_000), (60_000, _LONG_MM)], "a gap between the two"),
        ([(0, 10.0, 0.0), (0, 49.9, 0.0)], 150_000, [(0, 69_900)], "two that overlap are one"),
        ([(0, 50.0, 0.0), (0, 10.0, 0.0), (0, 30.0, 0.0)], 30_000,
         [(6_000, 14_000), (26_000, 34_000), (46_000, 54_000)], "three on one street, whatever their order"),
        ([(-1, 0.0, 0.0)], 300_000, [], "a place on no street"),
        ([], 300_000, [], "no place at all"),
    ],
)  # fmt: skip
def test_one_street_on_foot(
    places: list[tuple[int, float, float]], cutoff: int, parts: list[tuple[int, int]], why: str
) -> None:
    # the street is not a whole number of millimetres long: rounding it, and its cost, may move a border by one
    ours = listed(within(_LINE, "walk", at(*places), cutoff))
    assert len(ours) == len(parts), why
    for (_, start, end), (start_mm, end_mm) in zip(ours, parts, strict=True):
        exact = start_mm in (0, _LONG_MM), end_mm >= _LONG_MM - 1
        assert abs(start - start_mm) <= (0 if exact[0] else 1), why
        assert abs(end - end_mm) <= (0 if exact[1] else 1), why


@pytest.mark.parametrize("share", [0.0, 0.3, 0.5, 1.0])
def test_where_the_cutoff_is_just_met_the_stretch_ends(share: float) -> None:
    """For every millimetre: it is within reach exactly if the time that it takes is at most the cutoff."""
    metres = share * float(_LINE.edge_length_m[0])
    own_mm = round(metres * 1000)
    for cutoff in (1, 7, 8, 1000, 123_457, 299_999, 300_000, 300_001, _TICKS - 1, _TICKS):
        held = [i for i in range(_LONG_MM + 1) if abs(i - own_mm) * _TICKS <= cutoff * _LONG_MM]
        expected = [(0, held[0], held[-1])] if len(held) > 1 else []
        ours = listed(within(_LINE, "walk", at((0, metres, 0.0)), cutoff))
        if share in (0.0, 1.0):
            assert ours == expected
        else:  # by the ends too, to which the way is a whole number of ticks
            assert len(ours) == len(expected)
            assert np.abs(np.array(ours) - np.array(expected)).max(initial=0) <= 1


@pytest.mark.parametrize("left", [0, 1, 7, 8, 1000, 299_999, 300_000, -2, -1, "all"])
def test_a_street_that_is_reached_by_its_end_is_reached_to_the_millimetre(left: int | str) -> None:
    """From the place on the street before it so much time is left at the crossing; a tick less is less."""
    network = build_network(city((STREET | {"name": "a"}, [1, 2]), (STREET | {"name": "b"}, [2, 3])))[0]
    number = {network.names[name]: edge for edge, name in enumerate(network.edge_name.tolist())}
    before, edge = number["a"], number["b"]
    where = at((before, 0.4 * float(network.edge_length_m[before]), 5.0))
    walker, long = Walker(network, "walk", where), int(length_mm(network)[edge])
    tail, head = network.edge_nodes[edge].tolist()
    ticks, near = int(network.arcs["walk"].forward[edge]), min(tail, head, key=lambda node: walker.from_label[node, 0])
    spare = ticks if left == "all" else int(left) % ticks  # -1: a tick less than the whole street takes
    held = [i for i in range(long + 1) if i * ticks <= spare * long]
    found = within(network, "walk", where, int(walker.from_label[near, 0]) + spare)
    own = found.take(np.flatnonzero(found.edge == edge))
    expected = [(edge, 0, held[-1]) if near == tail else (edge, long - held[-1], long)]
    assert listed(own) == (expected if len(held) > 1 else [])
    assert (int(own.length_mm.sum()) == long) == (left == "all"), "15 includes 15"


def test_on_a_one_way_street_only_who_comes_from_behind_is_within_reach() -> None:
    network = line_city(oneway="yes", length=2)
    [(edge, start, end)] = listed(within(network, "drive", at((0, 60.0, 0.0)), 36_000))  # 3.6 s at 20 km/h: 20 m
    assert (edge, end) == (0, 60_000)
    assert abs(start - 40_000) <= 1
    assert listed(within(network, "walk", at((0, 60.0, 0.0)), 150_000))[0][2] > 79_000, "on foot both ways"


@pytest.mark.parametrize("cutoff_s", [20.0, 50.0, 70.0, 83.0, 85.0, 100.0, 150.0])
def test_between_two_ends_that_are_within_reach_there_may_be_a_gap(cutoff_s: float) -> None:
    """A street of length L whose ends are d and e away has the gap from c - d to L - (c - e)."""
    named: list[Tags] = [STREET | {"name": name} for name in "abc"]
    network = build_network(city((named[0], [1, 2]), (named[1], [2, 3]), (named[2], [3, 4])))[0]
    left, middle, right = (list(network.names).index(name) for name in "abc")
    number = {int(name): edge for edge, name in enumerate(network.edge_name)}
    metres = network.edge_length_m
    where = at((number[left], 0.75 * metres[number[left]], 0.0), (number[right], 0.5 * metres[number[right]], 0.0))
    west, east = network.edge_nodes[number[left]], network.edge_nodes[number[right]]
    u, v = network.edge_nodes[number[middle]]
    d = 0.25 * metres[number[left]] if west[1] == u else 0.75 * metres[number[left]]
    e = 0.5 * metres[number[right]]
    assert u == west[1], "drawn eastward"
    assert v == east[0]
    c, long = cutoff_s * 4.8 / 3.6, float(metres[number[middle]])
    begin, end = max(c - d, 0.0), min(long - (c - e), long)
    gap = Stretches.of([number[middle]], [0], [length_mm(network)[number[middle]]]).minus(
        within(network, "walk", where, round(cutoff_s * 10_000))
    )
    if begin >= end:
        assert listed(gap) == []
    else:
        [(_, start_mm, end_mm)] = listed(gap)
        assert (start_mm, end_mm) == pytest.approx((begin * 1000, end * 1000), abs=2)


def test_a_ring_is_reached_both_ways_round() -> None:
    network = build_network(city((STREET, [1, 2, 12, 11, 1])))[0]
    [long] = length_mm(network).tolist()
    [start] = [0.1 * float(network.edge_length_m[0])]
    radius = 0.2 * float(network.edge_length_m[0])
    parts = listed(within(network, "walk", at((0, start, 0.0)), round(radius / (4.8 / 3.6) * 10_000)))
    assert parts == [
        (0, 0, pytest.approx(0.3 * long, abs=2)),
        (0, pytest.approx(0.9 * long, abs=2), long),
    ]


# --- Random cities: one-way streets, islands, barriers, several places on one street ---


def town(seed: int, mode: Mode, count: int) -> tuple[StreetNetwork, Positions, Random]:
    """Return a city with places on it; some of them share a street."""
    extract = random_extract(seed)
    network, _ = build_network(extract)
    where = snap_many(network, mode, random_points(seed, extract, count), to_stay=True)
    random = Random(seed)
    if count > 3 and (where.edge >= 0).all():
        crowd = random.choice(where.edge.tolist())
        where.edge[:3] = crowd
        where.offset_m[:3] = [random.random() * network.edge_length_m[crowd] for _ in range(3)]
    return network, where, random


def draw_cutoff(random: Random, walker: Walker) -> int:
    """Draw a time; half of the time one that some place just meets from the end of some street."""
    cutoff = random.choice((100_000, 600_000, 1_500_000, 3_000_000, 9_000_000))
    costs = walker.from_label[np.isfinite(walker.from_label)]
    return int(random.choice(costs.tolist())) if len(costs) and random.random() < 0.5 else cutoff


@pytest.mark.parametrize("mode", MODES)
def test_every_metre_that_is_within_reach_is_in_a_stretch(mode: Mode) -> None:
    seen = {True: 0, False: 0}
    several = 0
    for seed in range(25):
        network, where, random = town(seed, mode, 1 + seed % 8)
        walker = Walker(network, mode, where)
        chosen = np.array([random.random() < 0.7 for _ in where.edge], dtype=bool)
        cutoff = draw_cutoff(random, walker)
        found = within(network, mode, where, cutoff, chosen)
        several += len(found.edge) > len(set(found.edge.tolist()))
        for edge, offset_m in every_metre(network):
            cost = nearest(walker.ticks(edge, offset_m), chosen)
            clear = np.abs(cost - cutoff) > BLUR_TICKS
            expected = cost <= cutoff
            assert (holds(found, edge, offset_m) == expected)[clear].all(), (seed, edge)
            for what in (True, False):
                seen[what] += int((clear & (expected == what)).sum())
    assert min(seen.values()) > 10_000, seen
    assert several > 3, "streets with more than one part"


@pytest.mark.parametrize("mode", MODES)
def test_it_is_what_networkx_finds_on_the_raw_ways(mode: Mode) -> None:
    compared = 0
    for seed in range(12):
        extract = random_extract(seed)
        network, _ = build_network(extract)
        points = random_points(seed, extract, 4)
        raw, goals = oracle(extract, mode), positions(network, mode, points, to_stay=True)
        found = within(network, mode, snap_many(network, mode, points, to_stay=True), 1_500_000)
        usable = np.flatnonzero(network.standing(mode) != CLOSED)
        for edge in usable[:: max(len(usable) // 8, 1)].tolist():
            offset_m = np.array([0.31, 0.77]) * network.edge_length_m[edge]
            if network.edge_length_m[edge] < 1:
                continue
            for metres, (lon, lat) in zip(offset_m.tolist(), lonlat_at(network, edge, offset_m).tolist(), strict=True):
                cost_s = min(raw.costs_s(network, Position(edge, metres, 0.0, lon, lat), goals, 1000.0))
                if abs(cost_s - 150.0) > TOLERANCE_S:
                    assert holds(found, edge, np.array([metres]))[0] == (cost_s <= 150.0), (seed, edge, metres)
                    compared += 1
    assert compared > 80


@pytest.mark.parametrize("mode", MODES)
def test_some_edges_alone_give_the_same_as_all(mode: Mode) -> None:
    for seed in range(20):
        network, where, random = town(seed, mode, 1 + seed % 8)
        chosen = np.array([random.random() < 0.7 for _ in where.edge], dtype=bool)
        some = np.array(sorted(random.sample(range(network.edge_count), network.edge_count // 2)), dtype=np.int32)
        for choice in (None, chosen):
            whole = within(network, mode, where, 1_500_000, choice)
            own = whole.take(np.flatnonzero(np.isin(whole.edge, some)))
            assert same(within(network, mode, where, 1_500_000, choice, some), own)


def swallows(one: Stretches, other: Stretches) -> bool:
    return len(other.minus(one).edge) == 0


@pytest.mark.parametrize("mode", MODES)
def test_more_time_or_more_places_never_take_a_metre_away(mode: Mode) -> None:
    for seed in range(20):
        network, where, random = town(seed, mode, 6)
        few = np.array([random.random() < 0.4 for _ in where.edge], dtype=bool)
        more = few | np.array([random.random() < 0.4 for _ in where.edge], dtype=bool)
        cutoffs = sorted(random.randrange(1, 6_000_000) for _ in range(3))
        parts = [within(network, mode, where, cutoff, few) for cutoff in cutoffs]
        assert swallows(parts[1], parts[0])
        assert swallows(parts[2], parts[1])
        assert swallows(within(network, mode, where, cutoffs[1], more), parts[1])


@pytest.mark.parametrize("mode", MODES)
def test_the_order_of_places_does_not_matter(mode: Mode) -> None:
    for seed in range(10):
        network, where, random = town(seed, mode, 6)
        order = random.sample(range(6), 6)
        turned = Positions(where.edge[order], where.offset_m[order], where.snap_m[order], where.lonlat[order])
        assert same(within(network, mode, where, 1_500_000), within(network, mode, turned, 1_500_000))


@pytest.mark.parametrize("mode", MODES)
def test_covered_and_uncovered_make_the_streets_exactly(mode: Mode) -> None:
    for seed in range(20):
        network, where, _ = town(seed, mode, 3)
        streets, part = streets_of(network, mode), within(network, mode, where, 900_000)
        usable = network.standing(mode) != CLOSED
        total = sum(round(length * 1000) for length, use in zip(network.edge_length_m, usable, strict=True) if use)
        assert int(streets.length_mm.sum()) == total
        covered, gap = streets.within(part), streets.minus(part)
        assert int(covered.length_mm.sum()) + int(gap.length_mm.sum()) == total
        assert same(covered.union(gap), streets)
