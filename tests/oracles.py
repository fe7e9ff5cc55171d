"""Brute force that a reader believes at sight: networkx on the raw ways, nothing cut, folded or rounded; places tried
one by one; hours read off a table of minutes.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from functools import cache
from typing import NamedTuple

import networkx as nx
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod

from geo.choosing.wanted import Wanted
from geo.coords import E7, LonLat
from geo.finding.asking import NearestQuery
from geo.osm.extract import Ways
from geo.places.model import Place, Service
from geo.streets.network import CLOSED, NO_WAY, TICKS_PER_S, StreetNetwork
from geo.streets.profiles import ACCESS_M_PER_S, Mode, barrier_stops, speeds
from geo.streets.snapping import Position, Positions
from tests.places.hours_oracle import RANK, Oracle, Rule
from tests.strategies import HOURS, SEASONS, UNREADABLE

#: Places that are so little beyond the cutoff are judged too: an oracle in floating point may differ by that much.
OPEN_END_S = 1.0
_GEOD = Geod(ellps="WGS84")
Point7 = tuple[int, int]


class Segment(NamedTuple):
    """Two neighbouring points of a way: its id, their graph nodes, and seconds along and against (inf: closed)."""

    way: int
    tail: object
    head: object
    along_s: float
    against_s: float


class RawStreets:
    """Every segment of every way as an edge of a networkx graph, in seconds."""

    def __init__(self, ways: Ways, mode: Mode) -> None:
        self.mode = mode
        self.graph = nx.MultiDiGraph()
        self.segments: dict[tuple[Point7, Point7], list[Segment]] = defaultdict(list)
        points, (lon, lat) = ways.lonlat_e7.tolist(), (ways.lonlat_e7 / E7).T
        metres_on = _GEOD.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])[2].tolist()  # from each point to the next
        for way in range(len(ways)):
            forward, backward = speeds(mode, ways.tags[way])
            if forward == backward == 0:
                continue
            span = range(int(ways.start[way]), int(ways.start[way + 1]))
            for i, j in itertools.pairwise(span):
                ends: list[object] = []
                for at, side in ((i, "tail"), (j, "head")):
                    node = int(ways.nodes[at])
                    stopped = node in ways.barriers and barrier_stops(mode, ways.barriers[node])
                    ends.append((node, i, side) if stopped else node)  # nobody passes: every segment ends alone
                a, b, metres = tuple(points[i]), tuple(points[j]), metres_on[i]
                along = metres / (forward / 3.6) if forward else math.inf
                against = metres / (backward / 3.6) if backward else math.inf
                self.segments[a, b].append(Segment(int(ways.ids[way]), ends[0], ends[1], along, against))
                self._add(ends[0], ends[1], along)
                self._add(ends[1], ends[0], against)

    def _add(self, tail: object, head: object, seconds: float) -> None:
        if seconds < math.inf:
            self.graph.add_edge(tail, head, weight=seconds)

    def costs_s(
        self, network: StreetNetwork, origin: Position, goals: list[Position | None], cutoff_s: float
    ) -> list[float]:
        """Travel time from a position to every goal, access legs included; inf if unreachable within the cutoff."""
        graph, start = self.graph, "origin"
        segment, share = self.locate(network, origin)
        graph.add_node(start)
        added: list[object] = [start]
        if segment.along_s < math.inf or share == 1:
            self._add(start, segment.head, 0.0 if share == 1 else (1 - share) * segment.along_s)
        if segment.against_s < math.inf or share == 0:
            self._add(start, segment.tail, 0.0 if share == 0 else share * segment.against_s)
        for number, goal in enumerate(goals):
            if goal is None:
                continue
            there, part = self.locate(network, goal)
            label = ("goal", number)
            added.append(label)
            graph.add_node(label)
            if there.along_s < math.inf or part == 0:
                self._add(there.tail, label, 0.0 if part == 0 else part * there.along_s)
            if there.against_s < math.inf or part == 1:
                self._add(there.head, label, 0.0 if part == 1 else (1 - part) * there.against_s)
            if there is segment:
                if part >= share:
                    self._add(start, label, 0.0 if part == share else (part - share) * segment.along_s)
                if part <= share:
                    self._add(start, label, 0.0 if part == share else (share - part) * segment.against_s)
        reached = nx.single_source_dijkstra_path_length(graph, start, cutoff=cutoff_s, weight=_quickest)
        legs = [math.inf if goal is None else goal.snap_m / ACCESS_M_PER_S for goal in goals]
        own = origin.snap_m / ACCESS_M_PER_S
        result = [reached.get(("goal", number), math.inf) + own + legs[number] for number in range(len(goals))]
        graph.remove_nodes_from(added)
        return [cost if cost <= cutoff_s else math.inf for cost in result]

    def locate(self, network: StreetNetwork, position: Position) -> tuple[Segment, float]:
        """Return the raw segment that a position lies on, and how far along it (share).

        Where ways lie upon each other, the edge's own way is meant; where that comes back by the way it went, the
        stretch that is as far from its tail.
        """
        points = slice(network.shape_start[position.edge], network.shape_start[position.edge + 1])
        x, y = position.lon * E7, position.lat * E7
        best: tuple[tuple[bool, float, float], Segment, float] | None = None
        own_way = int(network.edge_way[position.edge])
        drawn = zip(network.shape_e7[points].tolist(), network.shape_m[points].tolist(), strict=True)
        for (a, begin_m), (b, end_m) in itertools.pairwise(drawn):
            dx, dy = b[0] - a[0], b[1] - a[1]
            if dx == dy == 0:
                continue
            share = min(max(((x - a[0]) * dx + (y - a[1]) * dy) / (dx * dx + dy * dy), 0.0), 1.0)
            off = math.hypot(a[0] + share * dx - x, a[1] + share * dy - y)
            metres = begin_m + share * (end_m - begin_m)
            for segment, along in self._between(tuple(a), tuple(b), share):
                rank = segment.way != own_way, round(off, 5), round(abs(metres - position.offset_m), 2)
                if off < 2 and (best is None or rank < best[0]):
                    best = (rank, segment, along)
        assert best is not None
        # a hair's breadth from an end is the end: positions are reckoned in floating point
        return best[1], 0.0 if best[2] < 1e-9 else 1.0 if best[2] > 1 - 1e-9 else best[2]

    def located(self, network: StreetNetwork, position: Position) -> tuple[Segment, float] | None:
        """Return the same, or None where the edge is closed to the mode, whatever else lies upon it."""
        if network.arcs[self.mode].standing[position.edge] == CLOSED:
            return None
        return self.locate(network, position)

    def _between(self, a: Point7, b: Point7, share: float) -> list[tuple[Segment, float]]:
        drawn = [(segment, share) for segment in self.segments.get((a, b), [])]
        return drawn + [(segment, 1 - share) for segment in self.segments.get((b, a), [])]


class RideAndPark:
    """Who rides an e-bike may leave it at any point of any way and walk on: two networks, one above the other."""

    def __init__(self, ways: Ways) -> None:
        self.ride, self.walk = RawStreets(ways, "ebike"), RawStreets(ways, "walk")
        self.graph = nx.MultiDiGraph()
        for storey, streets in (("ride", self.ride), ("walk", self.walk)):
            for tail, head, seconds in streets.graph.edges(data="weight"):
                self.graph.add_edge((storey, tail), (storey, head), weight=seconds)
        here: dict[int, list[object]] = defaultdict(list)
        for node in self.walk.graph:
            here[_osm_node(node)].append(node)
        for node in self.ride.graph:
            for other in here[_osm_node(node)]:
                if node == other or isinstance(node, int) or isinstance(other, int):
                    self.graph.add_edge(("ride", node), ("walk", other), weight=0.0)

    def costs_s(
        self, network: StreetNetwork, origin: Position, goals: list[Position | None], cutoff_s: float
    ) -> list[float]:
        """Travel time from a position, riding, to every goal, access legs included; inf beyond the cutoff."""
        graph, start = self.graph, "origin"
        added: list[object] = [start, "parked"]
        graph.add_edge(start, "parked", weight=0.0)
        for storey, streets, begin in (("ride", self.ride, start), ("walk", self.walk, "parked")):
            leave = streets.located(network, origin)
            if leave is not None:
                segment, share = leave
                link(graph, begin, (storey, segment.head), segment.along_s, 1 - share)
                link(graph, begin, (storey, segment.tail), segment.against_s, share)
            for number, goal in enumerate(goals):
                reach = None if goal is None else streets.located(network, goal)
                if reach is None:
                    continue
                added.append(("goal", number))
                there, part = reach
                link(graph, (storey, there.tail), ("goal", number), there.along_s, part)
                link(graph, (storey, there.head), ("goal", number), there.against_s, 1 - part)
                if leave is not None and there is leave[0]:
                    if part >= leave[1]:
                        link(graph, begin, ("goal", number), there.along_s, part - leave[1])
                    if part <= leave[1]:
                        link(graph, begin, ("goal", number), there.against_s, leave[1] - part)
        reached = nx.single_source_dijkstra_path_length(graph, start, cutoff=cutoff_s, weight=_quickest)
        legs = [math.inf if goal is None else (goal.snap_m + origin.snap_m) / ACCESS_M_PER_S for goal in goals]
        costs = [reached.get(("goal", number), math.inf) + legs[number] for number in range(len(goals))]
        graph.remove_nodes_from(added)
        return [cost if cost <= cutoff_s else math.inf for cost in costs]


def _quickest(_: object, __: object, parallel: Mapping[int, Mapping[str, float]]) -> float:
    """Return the weight of the quickest of parallel edges, as networkx itself does, sooner where one is alone."""
    if len(parallel) == 1:
        [edge] = parallel.values()
        return edge["weight"]
    return min(edge["weight"] for edge in parallel.values())


def _osm_node(node: object) -> int:
    """Return the node of OpenStreetMap that a graph's node is, or stands in front of."""
    if isinstance(node, tuple):
        node = node[0]
    assert isinstance(node, int)
    return node


def link(graph: nx.MultiDiGraph, tail: object, head: object, seconds: float, share: float) -> None:
    """Join two nodes by a part of a segment; no part takes no time, even where the direction is closed."""
    if share == 0:
        graph.add_edge(tail, head, weight=0.0)
    elif seconds < math.inf:
        graph.add_edge(tail, head, weight=share * seconds)


def nearest_foot(ways: Ways, mode: Mode, point: LonLat) -> float:
    """Metres from a point to the nearest segment that the mode may use, in a plane around the point."""
    best = math.inf
    for way in range(len(ways)):
        if max(speeds(mode, ways.tags[way])) == 0:
            continue
        lonlat = ways.lonlat_e7[ways.start[way] : ways.start[way + 1]] / E7
        azimuth, _, metres = _GEOD.inv(
            np.full(len(lonlat), point.lon), np.full(len(lonlat), point.lat), lonlat[:, 0], lonlat[:, 1]
        )
        plane = np.column_stack([metres * np.sin(np.radians(azimuth)), metres * np.cos(np.radians(azimuth))])
        best = min(best, shapely.LineString(plane).distance(shapely.Point(0, 0)))
    return best


def tick_graph(network: StreetNetwork, mode: Mode) -> nx.DiGraph:
    """Return the labels and arcs of a mode in whole ticks, by its edges' costs; of parallel edges the cheapest.

    For e-bikes the labels are 0..n-1, riding, and n..2n-1, walking at the same nodes; one parks at any node.
    """
    graph, n = nx.DiGraph(), network.node_count
    graph.add_nodes_from(range(2 * n if mode == "ebike" else n))
    storeys: list[tuple[Mode, int]] = [(mode, 0), ("walk", n)] if mode == "ebike" else [(mode, 0)]
    for storey, base in storeys:
        arcs = network.arcs[storey]
        for edge, (tail, head) in enumerate(network.edge_nodes.tolist()):
            for one, other, ticks in ((tail, head, arcs.forward[edge]), (head, tail, arcs.backward[edge])):
                held = graph.get_edge_data(base + one, base + other, {"weight": NO_WAY})["weight"]
                if ticks < held:
                    graph.add_edge(base + one, base + other, weight=int(ticks))
    if mode == "ebike":
        graph.add_edges_from(((node, node + n) for node in range(n)), weight=0)
    return graph


def leaf_costs(network: StreetNetwork, mode: Mode, where: Positions) -> NDArray[np.float64]:
    """Ticks from every label of a mode to every place's door, shape (n_labels, n_places); infinite: no way."""
    graph, n = tick_graph(network, mode), network.node_count
    labels = len(graph)
    storeys: list[tuple[Mode, int]] = [(mode, 0), ("walk", n)] if mode == "ebike" else [(mode, 0)]
    costs = np.full((labels, len(where.edge)), math.inf)
    for number, edge in enumerate(where.edge.tolist()):
        if edge < 0:
            continue
        door = ("door", number)
        access = round(float(where.snap_m[number]) / ACCESS_M_PER_S * TICKS_PER_S)
        length_m, metres = float(network.edge_length_m[edge]), float(where.offset_m[number])
        for storey, base in storeys:
            arcs, (tail, head) = network.arcs[storey], network.edge_nodes[edge].tolist()
            for label, part_m, ticks in (
                (tail, metres, arcs.forward[edge]),
                (head, length_m - metres, arcs.backward[edge]),
            ):
                if part_m == 0:
                    last = 0
                elif ticks == NO_WAY:
                    continue
                else:
                    last = round(part_m / length_m * int(ticks))
                held = graph.get_edge_data(base + label, door, {"weight": NO_WAY})["weight"]
                graph.add_edge(base + label, door, weight=min(held, last + access))
        if door in graph:
            reached = nx.single_source_dijkstra_path_length(graph.reverse(copy=False), door, weight="weight")
            for label in range(labels):
                costs[label, number] = reached.get(label, math.inf)
            graph.remove_node(door)
    return costs


#: Midnight in China from which minutes are counted, and how many days of them there are: to the end of 2028.
_DAY_ONE = datetime(2024, 1, 1)  # noqa: DTZ001  # China's clock, which has been the same all these years
_DAYS = 5 * 366
_CHINA = timezone(timedelta(hours=8))
#: A change that is farther away than this from the day's midnight is not looked for.
_SEEN_DAYS = 366


@cache
def minutes_of(hours: str | None, season: str | None) -> NDArray[np.uint8]:
    """What holds at every minute, as numbers of ``RANK``; hours that are missing or cannot be read are unknown."""
    if hours is None or hours == UNREADABLE:
        minutes = np.full(_DAYS * 1440, RANK["unknown"], np.uint8)
    else:
        minutes = Oracle(HOURS[hours]).table(_DAY_ONE.date(), _DAYS)
    if season is None:
        return minutes
    offered = Oracle([Rule(((0, 1440),), "open", months=SEASONS[season])]).table(_DAY_ONE.date(), _DAYS)
    return np.where(offered == RANK["open"], minutes, RANK["closed"]).astype(np.uint8)


class Held(NamedTuple):
    """What holds of a service or a place: ``open``, ``closed`` or ``unknown``; for how long it stays open, and how long
    until it opens, seconds, infinite where no change is in sight.
    """

    kind: str
    left_s: float
    opens_in_s: float


def held_at(service: Service, clock_s: float) -> Held:
    """Read off the minutes what holds of a service, so many seconds after the first midnight."""
    minutes, at = minutes_of(service.hours, service.season), int(clock_s // 60)
    end = (at // 1440 + _SEEN_DAYS) * 1440
    if minutes[at] == RANK["open"]:
        return Held("open", _first(minutes[at:end], lambda held: held != RANK["open"]) * 60 + at * 60 - clock_s, 0.0)
    opens_in_s = _first(minutes[at:end], lambda held: held == RANK["open"]) * 60 + at * 60 - clock_s
    return Held("closed" if minutes[at] == RANK["closed"] else "unknown", 0.0, opens_in_s)


def next_change(service: Service, after: datetime) -> datetime | None:
    """Return when something changes next within three days."""
    at = int((after.astimezone(_CHINA).replace(tzinfo=None) - _DAY_ONE).total_seconds() // 60)
    ahead = minutes_of(service.hours, service.season)[at : at + 3 * 1440]
    number = _first(ahead, lambda held: held != held[0])
    return None if number == math.inf else (_DAY_ONE + timedelta(minutes=at + number)).replace(tzinfo=_CHINA)


def _first(minutes: NDArray[np.uint8], is_it: Callable[[NDArray[np.uint8]], NDArray[np.bool_]]) -> float:
    """Return the first minute that is it; most are within three days, so these are read first."""
    for part in (minutes[: 3 * 1440], minutes):
        flags = is_it(part)
        number = int(flags.argmax())
        if flags[number]:
            return number
    return math.inf


def best_held(services: Sequence[Held]) -> Held:
    """Open is better than unknown, and unknown than closed; then what stays open longest, or opens soonest."""
    for kind in ("open", "unknown"):
        alike = [held for held in services if held.kind == kind]
        if alike:
            return max(alike, key=lambda held: (held.left_s, -held.opens_in_s))
    return min(services, key=lambda held: held.opens_in_s)


#: What a condition is about, and what is there instead.
Failing = tuple[str, str, str | None]


class Judged(NamedTuple):
    """A place as an answer must have it: when one gets there, what holds then, and every condition that it fails."""

    place: Place
    travel_s: float
    held: Held | None
    services: tuple[Held, ...]
    fails: frozenset[Failing]


def judge(place: Place, travel_s: float, query: NearestQuery) -> Judged:
    """Try one condition after the other."""
    fails = frozenset(_fails(place, query.wanted))
    if query.when is None:
        return Judged(place, travel_s, None, (), fails)
    set_out = query.when.astimezone(_CHINA).replace(tzinfo=None)
    clock_s = (set_out - _DAY_ONE).total_seconds() + travel_s  # each place's own arrival
    services = tuple(held_at(service, clock_s) for service in place.services)
    wanted = [
        held
        for service, held in zip(place.services, services, strict=True)
        if not query.wanted.services or service.kind in query.wanted.services
    ]
    held = best_held(wanted or services)
    if query.open != "any" and wanted:  # whether it is open for what nobody wants is not asked
        if held.kind == "closed" or (held.kind == "unknown" and query.open == "arrival"):
            fails |= {("open", "", held.kind)}
        elif held.kind == "open" and held.left_s < query.min_left_s:
            fails |= {("open", "", "closes too soon")}
    return Judged(place, travel_s, held, services, fails)


def _fails(place: Place, wanted: Wanted) -> Iterator[Failing]:
    """Yield what a place has not, whatever the time."""
    if place.status != "open":
        yield "status", "", place.status
    if wanted.services and not {service.kind for service in place.services} & set(wanted.services):
        yield "service", "", None
    for kind in wanted.amenities:
        if kind not in place.amenities or place.amenities[kind] == "no":
            yield "amenity", kind, place.amenities.get(kind)
    for kind in wanted.amenities_or_unknown:  # what nobody has reported will do
        if kind in place.amenities and place.amenities[kind] == "no":
            yield "amenity", kind, "no"
    way_in = "unknown" if place.access is None else place.access
    if wanted.access and way_in not in wanted.access:
        yield "access", "", place.access
    if wanted.audience is not None and len(place.audience) > 0 and wanted.audience not in place.audience:
        yield "audience", "", "|".join(place.audience)
    order = ["exact", "building", "street", "subdistrict", "illustrative"]
    if wanted.accuracy is not None and order.index(place.accuracy) > order.index(wanted.accuracy):
        yield "accuracy", "", place.accuracy


def doubtful(judged: Judged, query: NearestQuery, tolerance_s: float) -> bool:
    """Tell whether something changes at a place within so little time of the arrival that it cannot be compared."""
    if query.when is None:
        return False
    early, late = (judge(judged.place, judged.travel_s + by, query) for by in (-tolerance_s, tolerance_s))
    kinds = [[held.kind for held in other.services] for other in (early, judged, late)]
    return not early.fails == judged.fails == late.fails or not kinds[0] == kinds[1] == kinds[2]


class BruteAnswer(NamedTuple):
    """What an answer must say: results, and what was passed over, in order of (travel time, id)."""

    results: list[Judged]
    passed: list[Judged]
    #: Every place within reach that has not been given up, in the same order.
    near: list[Judged]


def brute_nearest(costs_s: Sequence[float], places: Sequence[Place], query: NearestQuery) -> BruteAnswer:
    """Answer a question by trying every place.

    Parameters
    ----------
    costs_s
        Travel time to each place by :meth:`RawStreets.costs_s`, access legs included; infinite: out of reach.
    """
    near = [
        judge(place, cost, query)
        for place, cost in sorted(zip(places, costs_s, strict=True), key=lambda pair: (pair[1], pair[0].id))
        if cost <= query.cutoff_s + OPEN_END_S and cost < math.inf and place.status != "retired"
    ]
    results: list[Judged] = []
    passed: list[Judged] = []
    for judged in near:
        if judged.travel_s > query.cutoff_s or len(results) == query.k:
            break
        (passed if judged.fails else results).append(judged)
    return BruteAnswer(results, passed, near)
