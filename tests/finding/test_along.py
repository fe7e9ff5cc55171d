"""Stops along a way against brute force on raw ways in random towns; bounds, order, and ways that meet."""

from __future__ import annotations

import itertools
import math
from datetime import datetime, timedelta

import networkx as nx
import numpy as np
import pytest

from geo.choosing.conditions import Conditions
from geo.choosing.openness import Openings
from geo.coords import LonLat, geodesic_m
from geo.errors import OffNetworkError
from geo.finding.along import Journey, Wayside
from geo.finding.asking import AlongQuery, NearestQuery
from geo.finding.visits import Leg, Sides
from geo.osm.extract import Extract
from geo.places.calendar import Calendar
from geo.places.hours import CHINA
from geo.places.model import Place
from geo.streets.from_osm import build_network
from geo.streets.network import NO_WAY, TICKS_PER_S, StreetNetwork
from geo.streets.profiles import ACCESS_M_PER_S, MODES, WALK_KMH, Mode
from geo.streets.snapping import Position, snap, snap_many
from tests.oracles import RawStreets, RideAndPark, doubtful, judge, link, next_change
from tests.strategies import make_places, random_extract, random_places, random_points

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
        direct, to, on = self.parts(begin, end, goals)
        return direct, [a + b for a, b in zip(to, on, strict=True)]

    def parts(
        self, begin: Position, end: Position, goals: list[Position | None]
    ) -> tuple[float, list[float], list[float]]:
        """Return the cost of a leg without a visit, to each goal, and from each goal on; not for e-bikes."""
        streets = self.streets
        direct = streets.costs_s(self.network, begin, [end], math.inf)[0]
        to = streets.costs_s(self.network, begin, goals, math.inf)
        on = [math.inf if goal is None else streets.costs_s(self.network, goal, [end], math.inf)[0] for goal in goals]
        return direct, to, on

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
    compared = journeys = with_via = lulls = 0
    for seed in range(120):
        extract = random_extract(seed)
        network, _ = build_network(extract)
        points = random_points(seed, extract, 12)
        places = make_places(points[:8])
        goals = goals_of(network, mode, points[:8])
        rng = np.random.default_rng(seed)
        stations = [LonLat(*point) for point in points[8 : 8 + int(rng.integers(2, 5))].tolist()]
        if rng.random() < 0.3:
            stations[-1] = stations[int(rng.integers(len(stations) - 1))]
        try:
            ends = [snap(network, mode, point) for point in stations[:-1]]
            ends.append(snap(network, mode, stations[-1], to_stay=stations[-1] != stations[-2]))
        except OffNetworkError:
            continue
        brute = Brute(network, extract, mode)
        legs = [brute.leg(a, b, goals, last=i == len(ends) - 2) for i, (a, b) in enumerate(itertools.pairwise(ends))]
        if stations[-2] == stations[-1]:  # to stay where one is costs nothing; who leaves comes back with the bicycle
            legs[-1] = 0.0, brute.leg(ends[-2], ends[-2], goals, last=False)[1]
            lulls += 1
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
        check_order(ours)
        found = {stop.number for stop in ours.stops}
        for number, detour_s in enumerate(best):
            if detour_s < query.detour_s - TOLERANCE_S:
                assert number in found, (seed, number, detour_s)
            if detour_s > query.detour_s + TOLERANCE_S:
                assert number not in found
        compared += len(found)
    assert journeys > 40
    assert with_via > 15
    assert lulls > 5
    assert compared > 100


def check_order(journey: Journey) -> None:
    order = [(stop.detour_s, stop.place.id) for stop in journey.stops]
    assert order == sorted(order)
    assert len({place_id for _, place_id in order}) == len(order), "each place once"


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


@pytest.mark.parametrize("mode", ["walk", "bike", "drive"])
def test_random_journeys_by_day_and_night_equal_brute_force(mode: Mode) -> None:
    """Each place on each leg at its own arrival; where the earlier leg finds it shut, the later one may not."""
    compared = shut_at_the_least = 0
    for seed in range(1000, 1120):
        extract = random_extract(seed)
        network, _ = build_network(extract)
        points = random_points(seed, extract, 13)
        places = sorted(random_places(seed, points[:10]), key=lambda place: place.id)
        goals = goals_of(network, mode, np.array([place.position for place in places]))
        stations = [LonLat(*point) for point in points[10:].tolist()]
        try:
            ends = [snap(network, mode, point, to_stay=i == 2) for i, point in enumerate(stations)]
        except OffNetworkError:
            continue
        brute = Brute(network, extract, mode)
        legs = [brute.parts(a, b, goals) for a, b in itertools.pairwise(ends)]
        if any(direct == math.inf for direct, _, _ in legs):
            continue
        rng = np.random.default_rng(seed)
        changes = filter(None, (next_change(place.services[0], NOON) for place in places))
        change = next(changes, NOON)  # somewhere something changes while one is under way
        query = AlongQuery(
            stations[0], stations[2], (stations[1],), mode=mode, k=10, detour_s=3600.0, paths=False,
            when=change - timedelta(seconds=rng.uniform(0, sum(direct for direct, _, _ in legs))),
            open="arrival" if seed % 3 else "arrival_or_unknown",
            min_left_s=float(rng.choice([0, 900])), stay_s=float(rng.choice([0, 3600])),
        )  # fmt: skip
        ours = wayside(network, mode, places).along(query)
        assert ours is not None
        check_order(ours)
        found = {stop.place.id: stop for stop in ours.stops}
        judging = NearestQuery(
            stations[0], mode=mode, when=query.when, open=query.open, min_left_s=max(query.min_left_s, query.stay_s)
        )
        for number, place in enumerate(places):
            tours = sorted(
                (to[number] + on[number] - direct, sum(leg[0] for leg in legs[:at]) + to[number])
                for at, (direct, to, on) in enumerate(legs)
                if to[number] + on[number] < math.inf
            )
            judged = [judge(place, travel_s, judging) for _, travel_s in tours]
            if any(doubtful(one, judging, TOLERANCE_S) for one in judged) or _tie(tours):
                continue
            passes = [tour for tour, one in zip(tours, judged, strict=True) if not one.fails]
            shut_at_the_least += bool(passes) and passes[0] != tours[0]
            if passes and passes[0][0] < query.detour_s - TOLERANCE_S:
                assert place.id in found, (seed, place.id)
                assert found[place.id].detour_s == pytest.approx(passes[0][0], abs=TOLERANCE_S)
                assert found[place.id].travel_s == pytest.approx(passes[0][1], abs=TOLERANCE_S)
                compared += 1
            elif not passes or passes[0][0] > query.detour_s + TOLERANCE_S:
                assert place.id not in found, (seed, place.id)
    assert compared > 60
    assert shut_at_the_least > 3


def _tie(tours: list[tuple[float, float]]) -> bool:
    return len(tours) > 1 and abs(tours[0][0] - tours[1][0]) < TOLERANCE_S


@pytest.mark.parametrize("mode", MODES)
def test_a_bound_is_never_more_than_the_visit_costs(mode: Mode) -> None:
    visits = exact = 0
    for seed in range(2000, 2040):
        extract = random_extract(seed)
        network, _ = build_network(extract)
        points = random_points(seed, extract, 10)
        sides = Sides(network, mode, snap_many(network, mode, points[:8], to_stay=True))
        try:
            begin, end = (snap(network, mode, LonLat(*point)) for point in points[8:].tolist())
        except OffNetworkError:
            continue
        for last, slack_s in itertools.product((True, False), (60, 600, 7200)):
            leg = Leg(sides, begin, end, last=last, slack=slack_s * TICKS_PER_S)
            if leg.direct >= NO_WAY:
                continue
            limit = leg.direct + slack_s * TICKS_PER_S
            for number in range(8):
                visit, bound = leg.visit(number), int(leg.bounds[number])
                if visit is None or visit.tour > limit:  # not wanted: nothing is said of what it costs
                    assert mode == "ebike" or bound > limit
                    continue
                assert leg.direct <= bound <= visit.tour
                assert visit.to <= visit.tour and visit.on_foot <= visit.tour
                exact += bound == visit.tour
                visits += 1
    assert visits > 200
    assert exact == visits or mode == "ebike"
