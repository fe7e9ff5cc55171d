"""Stops along a way against brute force on raw ways, and what a journey says."""

from __future__ import annotations

import itertools
import math
from datetime import datetime

import networkx as nx
import numpy as np
import pytest

from geo.coords import LonLat, geodesic_m
from geo.errors import OffNetworkError
from geo.finding.along import Journey, Wayside
from geo.finding.asking import AlongQuery
from geo.finding.conditions import Conditions
from geo.finding.openness import Openings
from geo.osm.extract import Extract
from geo.places.calendar import Calendar
from geo.places.hours import CHINA
from geo.places.model import Place
from geo.streets.from_osm import build_network
from geo.streets.network import StreetNetwork
from geo.streets.profiles import ACCESS_M_PER_S, MODES, WALK_KMH, Mode
from geo.streets.snapping import Position, snap, snap_many
from tests.oracles import RawStreets, RideAndPark, link
from tests.strategies import make_places, random_extract, random_points

#: What 0.1 m takes on the slowest mode, for each of the four ways that a detour is made of.
TOLERANCE_S = 4 * 0.1 / (WALK_KMH / 3.6)
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=CHINA)


def wayside(network: StreetNetwork, mode: Mode, places: list[Place]) -> Wayside:
    return Wayside(network, mode, places, Conditions(places), Openings(places, Calendar.packaged()))


def goals_of(network: StreetNetwork, mode: Mode, points: np.ndarray) -> list[Position | None]:
    found = snap_many(network, mode, points, to_stay=True)
    return [
        None if e < 0 else Position(int(e), float(o), float(s), float(p[0]), float(p[1]))
        for e, o, s, p in zip(found.edge, found.offset_m, found.snap_m, found.lonlat, strict=True)
    ]


class Brute:
    """Every way of visiting every place on one leg, tried."""

    def __init__(self, network: StreetNetwork, extract: Extract, mode: Mode) -> None:
        self.network, self.mode = network, mode
        self.streets = RideAndPark(extract.ways) if mode == "ebike" else RawStreets(extract.ways, mode)

    def leg(
        self, begin: Position, end: Position, goals: list[Position | None], *, last: bool
    ) -> tuple[float, list[float]]:
        """Return the cost of a leg without a visit and with one to each goal, access legs included, seconds."""
        if isinstance(self.streets, RideAndPark):
            return self._ebike(self.streets, begin, end, goals, last=last)
        direct = self.streets.costs_s(self.network, begin, [end], math.inf)[0]
        to = self.streets.costs_s(self.network, begin, goals, math.inf)
        on = [
            math.inf if goal is None else self.streets.costs_s(self.network, goal, [end], math.inf)[0] for goal in goals
        ]
        return direct, [a + b for a, b in zip(to, on, strict=True)]

    def _ebike(
        self, streets: RideAndPark, begin: Position, end: Position, goals: list[Position | None], *, last: bool
    ) -> tuple[float, list[float]]:
        graph = streets.graph.copy()
        parking = [(tail, head) for tail, head in graph.edges() if tail[0] == "ride" and head[0] == "walk"]
        points = {"begin": begin, "end": end} | {n: goal for n, goal in enumerate(goals) if goal is not None}
        for storey, raw in (("ride", streets.ride), ("walk", streets.walk)):
            found = {}
            for name, point in points.items():
                graph.add_node((storey, name))
                here = raw.located(self.network, point)
                if here is None:
                    continue
                segment, share = found[name] = here
                link(graph, (storey, name), (storey, segment.head), segment.along_s, 1 - share)
                link(graph, (storey, name), (storey, segment.tail), segment.against_s, share)
                link(graph, (storey, segment.tail), (storey, name), segment.along_s, share)
                link(graph, (storey, segment.head), (storey, name), segment.against_s, 1 - share)
            for (one, (segment, share)), (other, (same, part)) in itertools.permutations(found.items(), 2):
                if segment is same:
                    along = segment.along_s if part >= share else segment.against_s
                    link(graph, (storey, one), (storey, other), along, abs(part - share))
                    if part == share:
                        link(graph, (storey, one), (storey, other), segment.against_s, 0)
        parking += [(("ride", name), ("walk", name)) for name in points if name != "end"]
        ride = graph.subgraph([node for node in graph if node[0] == "ride"])
        walk = graph.subgraph([node for node in graph if node[0] == "walk"])
        both = graph.copy()
        both.add_weighted_edges_from((tail, head, 0.0) for tail, head in parking)
        both.add_edge(("ride", "end"), "there", weight=0.0)
        if last:
            both.add_edge(("walk", "end"), "there", weight=0.0)
        else:
            both = both.subgraph([node for node in both if node == "there" or node[0] == "ride"])
        onward = _costs(both.reverse(), "there")
        ridden, parked = _costs(ride, ("ride", "begin")), {}
        if last:
            parked = _costs(both, ("ride", "begin"))
        legs_s = (begin.snap_m + end.snap_m) / ACCESS_M_PER_S
        tours = []
        for number, goal in enumerate(goals):
            if goal is None:
                tours.append(math.inf)
                continue
            there, back = _costs(walk.reverse(), ("walk", number)), _costs(walk, ("walk", number))
            best = min(
                ridden.get(r, math.inf) + there.get(w, math.inf) + back.get(w, math.inf) + onward.get(r, math.inf)
                for r, w in parking
            )
            if last:
                best = min(best, parked.get(("walk", number), math.inf) + back.get(("walk", "end"), math.inf))
            tours.append(best + legs_s + 2 * goal.snap_m / ACCESS_M_PER_S)
        return onward.get(("ride", "begin"), math.inf) + legs_s, tours


def _costs(graph: nx.MultiDiGraph, source: object) -> dict[object, float]:
    costs: dict[object, float] = nx.single_source_dijkstra_path_length(graph, source, weight="weight")
    return costs


@pytest.mark.parametrize("mode", MODES)
def test_random_journeys_equal_brute_force(mode: Mode) -> None:
    compared = journeys = with_via = 0
    for seed in range(120):
        extract = random_extract(seed)
        network, _ = build_network(extract)
        points = random_points(seed, extract, 12)
        places = make_places(points[:8])
        goals = goals_of(network, mode, points[:8])
        rng = np.random.default_rng(seed)
        stations = [LonLat(*point) for point in points[8 : 8 + int(rng.integers(2, 5))].tolist()]
        if rng.random() < 0.15:
            stations[-1] = stations[0]
        try:
            ends = [snap(network, mode, point) for point in stations[:-1]]
            ends.append(snap(network, mode, stations[-1], to_stay=True))
        except OffNetworkError:
            continue
        brute = Brute(network, extract, mode)
        legs = [brute.leg(a, b, goals, last=i == len(ends) - 2) for i, (a, b) in enumerate(itertools.pairwise(ends))]
        query = AlongQuery(
            stations[0],
            stations[-1],
            tuple(stations[1:-1]),
            mode=mode,
            k=8,
            detour_s=float(rng.choice([120, 600, 7200])),
        )
        ours = wayside(network, mode, places).along(query)
        if any(direct == math.inf for direct, _ in legs):
            assert ours is None
            continue
        assert ours is not None
        journeys += 1
        with_via += len(legs) > 1
        assert ours.travel_s == pytest.approx(sum(direct for direct, _ in legs), abs=TOLERANCE_S)
        best = [min(tours[number] - direct for direct, tours in legs) for number in range(8)]
        for stop in ours.stops:
            assert stop.detour_s == pytest.approx(best[stop.number], abs=TOLERANCE_S), (seed, stop.number)
            check_paths(network, ends, ours, mode)
        assert [stop.detour_s for stop in ours.stops] == sorted(stop.detour_s for stop in ours.stops)
        found = {stop.number for stop in ours.stops}
        for number, detour_s in enumerate(best):
            if detour_s < query.detour_s - TOLERANCE_S:
                assert number in found, (seed, number, detour_s)
            if detour_s > query.detour_s + TOLERANCE_S:
                assert number not in found
        compared += len(found)
    assert journeys > 40
    assert with_via > 15
    assert compared > 100


def check_paths(network: StreetNetwork, ends: list[Position], journey: Journey, mode: Mode) -> None:
    """The ways run from point to point."""
    for leg, path in enumerate(journey.paths):
        assert_meets(path[0], ends[leg])
        assert_meets(path[-1], ends[leg + 1])
    for stop in journey.stops:
        assert stop.path_to is not None
        assert stop.path_on is not None
        here = snap(network, mode, stop.place.position, to_stay=True)
        for point, position in (
            (stop.path_to[0], ends[stop.leg]), (stop.path_to[-1], here),
            (stop.path_on[0], here), (stop.path_on[-1], ends[stop.leg + 1]),
        ):  # fmt: skip
            assert_meets(point, position)


def assert_meets(point: np.ndarray, position: Position) -> None:
    assert geodesic_m(point[None], np.array([[position.lon, position.lat]]))[0] < 0.02
