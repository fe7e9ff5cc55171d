"""Which walks are worth parking for: none that a cheapest way needs is missing, and most are not needed."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from geo.streets.arcs import park_and_walk, profile_arcs
from geo.streets.from_osm import build_network
from geo.streets.network import NO_WAY, ProfileArcs, main_nodes
from geo.streets.parking import worth_it
from tests.strategies import random_extract

#: (tail, head, metres, may be ridden along, may be ridden against, may be walked)
Street = tuple[int, int, float, bool, bool, bool]
RIDE_KMH, WALK_KMH = 20.0, 4.8


def town(n: int, streets: Sequence[Street]) -> ProfileArcs:
    nodes = np.array([street[:2] for street in streets], dtype=np.int64)
    length_m = np.array([street[2] for street in streets], dtype=np.float64)
    ridden = np.array([street[3:5] for street in streets]) * RIDE_KMH
    walked = np.array([[street[5]] * 2 for street in streets]) * WALK_KMH
    return park_and_walk(profile_arcs(n, nodes, length_m, ridden), profile_arcs(n, nodes, length_m, walked))


def costs(arcs: ProfileArcs, needed: np.ndarray, begins: dict[int, int]) -> dict[int, int]:
    """Return the cost to every node, riding or on foot, by Dijkstra's algorithm over the needed arcs."""
    n = len(arcs.component)
    known: dict[int, int] = {}
    heap = [(cost, label) for label, cost in begins.items()]
    heapq.heapify(heap)
    while heap:
        cost, label = heapq.heappop(heap)
        if label in known:
            continue
        known[label] = cost
        for i in range(arcs.first_arc[label], arcs.first_arc[label + 1]):
            if needed[i]:
                heapq.heappush(heap, (cost + int(arcs.arc_cost[i]), int(arcs.arc_head[i])))
    return {at: min(known.get(at, NO_WAY), known.get(at + n, NO_WAY)) for at in range(n)}


def beginnings(arcs: ProfileArcs, walk: ProfileArcs, streets: Sequence[Street]) -> Iterator[dict[int, int]]:
    """Yield the labels that every node of the main network leads to, and points within every edge of it."""
    n, main = len(arcs.component), main_nodes(arcs.component)
    for node in np.flatnonzero(main).tolist():
        yield {node: 0}
    for edge, (tail, head, *_) in enumerate(streets):
        if not (main[tail] and main[head]) or arcs.forward[edge] == arcs.backward[edge] == NO_WAY:
            continue
        for share in (0.001, 0.3, 0.5, 0.9, 0.999):
            begins: dict[int, int] = {}
            for label, part, ride, foot in (
                (tail, share, arcs.backward[edge], walk.backward[edge]),
                (head, 1 - share, arcs.forward[edge], walk.forward[edge]),
            ):
                for at, ticks in ((label, int(ride)), (label + n, int(foot))):
                    if ticks != NO_WAY:
                        begins[at] = round(part * ticks)
            yield begins


def random_town(seed: int, longest_m: float = 400.0) -> tuple[int, list[Street]]:
    """A handful of nodes, and streets of which some are one-way, closed to riders or closed to walkers."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(3, 16))
    streets = []
    for _ in range(int(rng.integers(n, 3 * n))):
        tail, head = rng.choice(n, 2, replace=False).tolist()
        along, against = [(True, True), (True, False), (False, False)][rng.choice(3, p=[0.4, 0.35, 0.25])]
        walked = bool(rng.random() < 0.9) or not (along or against)
        streets.append((tail, head, longest_m * float(rng.uniform(0.01, 1)), along, against, walked))
    return n, streets


@pytest.mark.parametrize("longest_m", [400.0, 0.003])  # in the latter, costs are few ticks: what is rounded decides
@pytest.mark.parametrize("block", range(3))
def test_every_cheapest_way_is_left(block: int, longest_m: float) -> None:
    begun = spared = 0
    for seed in range(block * 100, block * 100 + 100):
        n, streets = random_town(seed, longest_m)
        arcs = town(n, streets)
        walk = profile_arcs(
            n,
            np.array([street[:2] for street in streets]),
            np.array([street[2] for street in streets]),
            np.array([[street[5]] * 2 for street in streets]) * WALK_KMH,
        )
        needed = worth_it(arcs)
        spared += int((~needed).sum())
        for begins in beginnings(arcs, walk, streets):
            assert costs(arcs, needed, begins) == costs(arcs, np.ones_like(needed), begins), (seed, begins)
            begun += 1
    assert begun > 1000
    assert spared > 1000


def kept_walks(arcs: ProfileArcs, needed: np.ndarray) -> set[tuple[int, int]]:
    """Return the walks that are worth it, as pairs of nodes."""
    n = len(arcs.component)
    tail = np.repeat(np.arange(2 * n), np.diff(arcs.first_arc))
    return {(int(t) % n, int(h) % n) for t, h, kept in zip(tail, arcs.arc_head, needed, strict=True) if kept and h >= n}


BOTH, ONE_WAY, FOOTWAY = (True, True, True), (True, False, True), (False, False, True)
ROUND = [(0, 1, 100, *BOTH), (1, 2, 100, *BOTH), (2, 3, 100, *BOTH), (3, 0, 100, *BOTH)]


@pytest.mark.parametrize(
    ("streets", "walks"),
    [
        (ROUND, set()),
        # across the square, 20 m on foot take as long as 83 m riding: two sides of it take longer
        ([*ROUND, (0, 2, 20, *FOOTWAY)], {(0, 2), (2, 0)}),
        # 60 m on foot take as long as 250 m riding: nobody parks
        ([*ROUND, (0, 2, 60, *FOOTWAY)], set()),
        # 40 m back against a one-way street instead of 340 m around it, and 40 m on: until riding is as quick
        (
            [(0, 1, 40, *ONE_WAY), (1, 2, 100, *BOTH), (2, 3, 100, *BOTH), (3, 4, 100, *BOTH), (4, 0, 40, *BOTH)],
            {(1, 0), (0, 4)},
        ),
        # into a lane that nobody rides out of, and on from there; but nobody goes there to walk back
        ([*ROUND, (0, 4, 50, *ONE_WAY), (4, 5, 50, *FOOTWAY)], {(4, 5)}),
    ],
)
def test_walks_that_pay(streets: list[Street], walks: set[tuple[int, int]]) -> None:
    arcs = town(max(max(street[:2]) for street in streets) + 1, streets)
    assert kept_walks(arcs, worth_it(arcs)) == walks


def test_whoever_loses_patience_keeps_all_walks() -> None:
    arcs = town(*random_town(3))
    assert not worth_it(arcs).all()
    assert worth_it(arcs, patience=1).all()


def test_where_nobody_parks_all_arcs_are_needed() -> None:
    network, _ = build_network(random_extract(3))
    for mode in ("walk", "bike", "drive"):
        assert worth_it(network.arcs[mode]).all()
    assert not worth_it(network.arcs["ebike"]).all()


def test_a_crossing_of_many_streets_has_room() -> None:
    """More arcs at a node than there is room for at first."""
    star = [(0, i, 10, *BOTH) for i in range(1, 3000)] + [(0, i, 1, *FOOTWAY) for i in range(1, 3000)]
    arcs = town(3000, star)
    assert len(kept_walks(arcs, worth_it(arcs))) == 2 * 2999
