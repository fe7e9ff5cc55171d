"""Stops along a way in the real city against brute force on its raw ways.

Dijkstra's algorithm is scipy's here, which is fast enough for whole ways through the city; that it walks on the same
streets as networkx is checked too.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Mapping
from typing import NamedTuple

import networkx as nx
import numpy as np
import pytest
import scipy.sparse
from numpy.typing import NDArray

from geo.coords import LonLat, distance_m
from geo.errors import OffNetworkError
from geo.finding.along import Journey
from geo.finding.asking import AlongQuery
from geo.streets.network import StreetNetwork
from geo.streets.profiles import Mode
from geo.streets.snapping import Position, snap
from tests.conftest import RealStreets
from tests.finding.test_along import TOLERANCE_S, check_order, goals_of, wayside
from tests.oracles import RawStreets, RideAndPark, link
from tests.strategies import make_places

pytestmark = pytest.mark.real

WEST_SOUTH, EAST_NORTH = (116.33, 39.86), (116.46, 39.98)
PLACES = 300
#: As the crow flies, metres; by the streets ways are up to a half longer.
SPAN_M: Mapping[Mode, tuple[float, float]] = {
    "walk": (2000, 4000), "bike": (6500, 9000), "ebike": (6500, 9000), "drive": (6500, 9000),
}  # fmt: skip
Node = Hashable
Costs = NDArray[np.float64]


class Asked(NamedTuple):
    query: AlongQuery
    begin: Position
    end: Position


def ask_for(network: StreetNetwork, mode: Mode, count: int) -> Iterator[Asked]:
    rng = np.random.default_rng(11)
    while count:
        origin, destination = (LonLat(*point) for point in rng.uniform(WEST_SOUTH, EAST_NORTH, (2, 2)).tolist())
        if not SPAN_M[mode][0] <= distance_m(origin, destination) <= SPAN_M[mode][1]:
            continue
        query = AlongQuery(
            origin, destination, mode=mode, k=PLACES, detour_s=float(rng.choice([120, 600, 1800])), paths=False
        )
        try:
            ends = snap(network, mode, origin), snap(network, mode, destination, to_stay=True)
        except OffNetworkError:
            continue
        yield Asked(query, *ends)
        count -= 1


class Streets:
    """A graph as a matrix: of parallel streets the quickest, and costs from and to any of its nodes, seconds."""

    def __init__(self, graph: nx.MultiDiGraph) -> None:
        self.number: dict[Node, int] = {node: number for number, node in enumerate(graph)}
        quickest: dict[tuple[int, int], float] = {}
        for tail, head, seconds in graph.edges(data="weight"):
            ends = self.number[tail], self.number[head]
            quickest[ends] = min(seconds, quickest.get(ends, math.inf))
        rows, columns = np.array(list(quickest)).T
        costs = np.maximum(list(quickest.values()), 1e-9)  # nothing at all would be no street
        self._ahead = scipy.sparse.csr_array((costs, (rows, columns)), shape=(len(self.number),) * 2)
        self._back = self._ahead.T.tocsr()

    def costs_from(self, node: Node, limit_s: float = math.inf) -> Costs:
        return self._costs(self._ahead, node, limit_s)

    def costs_to(self, node: Node, limit_s: float = math.inf) -> Costs:
        return self._costs(self._back, node, limit_s)

    def _costs(self, matrix: scipy.sparse.csr_array, node: Node, limit_s: float) -> Costs:
        found = scipy.sparse.csgraph.dijkstra(matrix, indices=self.number[node], limit=limit_s)
        return np.asarray(found, dtype=np.float64)


def put(
    graph: nx.MultiDiGraph, storey: str, streets: RawStreets, network: StreetNetwork, points: Mapping[str, Position]
) -> None:
    """Put points into a graph whose nodes are pairs of a storey and a node of the streets."""
    beside: dict[int, list[tuple[str, float]]] = {}
    for name, point in points.items():
        graph.add_node((storey, name))
        here = streets.located(network, point)
        if here is None:
            continue
        segment, share = here
        link(graph, (storey, name), (storey, segment.head), segment.along_s, 1 - share)
        link(graph, (storey, name), (storey, segment.tail), segment.against_s, share)
        link(graph, (storey, segment.tail), (storey, name), segment.along_s, share)
        link(graph, (storey, segment.head), (storey, name), segment.against_s, 1 - share)
        for other, part in beside.setdefault(id(segment), []):
            there, back = (segment.along_s, segment.against_s)[:: 1 if part >= share else -1]
            link(graph, (storey, name), (storey, other), there, abs(part - share))
            link(graph, (storey, other), (storey, name), back, abs(part - share))
        beside[id(segment)].append((name, share))


def compare(network: StreetNetwork, asked: Asked, direct_s: float, tours: list[float], ours: Journey | None) -> int:
    """Check a journey against the cost of the way and of every tour, access legs included; return how many stops."""
    if direct_s == math.inf:
        assert ours is None
        return 0
    assert ours is not None
    check_order(ours)
    assert ours.travel_s == pytest.approx(direct_s, abs=TOLERANCE_S)
    found = {stop.number: stop.detour_s for stop in ours.stops}
    for number, tour in enumerate(tours):
        if tour - direct_s < asked.query.detour_s - TOLERANCE_S:
            assert found[number] == pytest.approx(tour - direct_s, abs=TOLERANCE_S)
        elif tour - direct_s > asked.query.detour_s + TOLERANCE_S:
            assert number not in found
    return len(found)


@pytest.mark.parametrize("mode", ["walk", "bike", "drive"])
def test_20_journeys_by_one_vehicle_equal_brute_force(
    real_network: StreetNetwork, real_streets: RealStreets, mode: Mode
) -> None:
    network, raw = real_network, real_streets(mode)
    assert isinstance(raw, RawStreets)
    points = np.random.default_rng(12).uniform(WEST_SOUTH, EAST_NORTH, (PLACES, 2))
    goals = {f"place {n}": goal for n, goal in enumerate(goals_of(network, mode, points)) if goal is not None}
    asked = list(ask_for(network, mode, 20))
    ends = {f"begin {n}": one.begin for n, one in enumerate(asked)} | {
        f"end {n}": one.end for n, one in enumerate(asked)
    }
    graph = nx.relabel_nodes(raw.graph, {node: ("street", node) for node in raw.graph})
    put(graph, "street", raw, network, goals | ends)
    streets, engine = Streets(graph), wayside(network, mode, make_places(points))

    stops = 0
    for n, one in enumerate(asked):
        to, on = streets.costs_from(("street", f"begin {n}")), streets.costs_to(("street", f"end {n}"))
        access_s = (one.begin.snap_m + one.end.snap_m) / (4.8 / 3.6)
        tours = [math.inf] * PLACES
        for name, goal in goals.items():
            at = streets.number["street", name]
            tours[int(name.split()[1])] = to[at] + on[at] + access_s + 2 * goal.snap_m / (4.8 / 3.6)
        direct_s = float(to[streets.number["street", f"end {n}"]]) + access_s
        stops += compare(network, one, direct_s, tours, engine.along(one.query))
        if n == 0:
            checked = dict(list(goals.items())[:20])
            by_networkx = raw.costs_s(network, one.begin, list(checked.values()), math.inf)
            own_s = one.begin.snap_m / (4.8 / 3.6)
            assert by_networkx == pytest.approx(
                [
                    to[streets.number["street", name]] + own_s + goal.snap_m / (4.8 / 3.6)
                    for name, goal in checked.items()
                ]
            )
    assert stops > 125


def test_10_journeys_by_e_bike_equal_brute_force(real_network: StreetNetwork, real_streets: RealStreets) -> None:
    """Parked at every crossing, at the beginning and at every door, each tried; or left for good on the way."""
    network, storeys = real_network, real_streets("ebike")
    assert isinstance(storeys, RideAndPark)
    points = np.random.default_rng(13).uniform(WEST_SOUTH, EAST_NORTH, (PLACES, 2))
    goals = {f"place {n}": goal for n, goal in enumerate(goals_of(network, "ebike", points)) if goal is not None}
    asked = list(ask_for(network, "ebike", 10))
    names = goals | {f"begin {n}": one.begin for n, one in enumerate(asked)}
    names |= {f"end {n}": one.end for n, one in enumerate(asked)}
    both = storeys.graph.copy()
    parking = [(ride, walk) for ride, walk in both.edges() if ride[0] == "ride" and walk[0] == "walk"]
    parking += [(("ride", name), ("walk", name)) for name in names if not name.startswith("end")]
    put(both, "ride", storeys.ride, network, names)
    put(both, "walk", storeys.walk, network, names)
    riding = Streets(both.subgraph([node for node in both if node[0] == "ride"]))
    walking = Streets(both.subgraph([node for node in both if node[0] == "walk"]))
    both.add_weighted_edges_from((ride, walk, 0.0) for ride, walk in parking)
    for n in range(len(asked)):
        both.add_edge(("ride", f"end {n}"), f"there {n}", weight=0.0)
        both.add_edge(("walk", f"end {n}"), f"there {n}", weight=0.0)
    anyhow, engine = Streets(both), wayside(network, "ebike", make_places(points))
    at_ride = np.array([riding.number[ride] for ride, _ in parking])
    at_walk = np.array([walking.number[walk] for _, walk in parking])
    at_both = np.array([anyhow.number[ride] for ride, _ in parking])
    longest_s = max(one.query.detour_s for one in asked)
    walked: dict[str, tuple[Costs, NDArray[np.intp]]] = {}
    for name in goals:
        there_and_back = walking.costs_to(("walk", name), longest_s) + walking.costs_from(("walk", name), longest_s)
        near = np.flatnonzero(there_and_back[at_walk] <= longest_s)
        walked[name] = there_and_back[at_walk[near]], near

    stops = 0
    for n, one in enumerate(asked):
        ridden = riding.costs_from(("ride", f"begin {n}"))[at_ride]
        parked, onward = anyhow.costs_from(("ride", f"begin {n}")), anyhow.costs_to(f"there {n}")
        home = walking.costs_to(("walk", f"end {n}"))
        access_s = (one.begin.snap_m + one.end.snap_m) / (4.8 / 3.6)
        tours = [math.inf] * PLACES
        for name, goal in goals.items():
            cost, near = walked[name]
            fetched = (ridden[near] + cost + onward[at_both[near]]).min(initial=math.inf)
            left = parked[anyhow.number["walk", name]] + home[walking.number["walk", name]]
            tours[int(name.split()[1])] = min(fetched, left) + access_s + 2 * goal.snap_m / (4.8 / 3.6)
        stops += compare(
            network, one, float(onward[anyhow.number["ride", f"begin {n}"]]) + access_s, tours, engine.along(one.query)
        )
    assert stops > 250
