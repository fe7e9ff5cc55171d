"""Brute force that a reader believes at sight: networkx on the raw ways, nothing cut, folded or rounded."""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from typing import NamedTuple

import networkx as nx
import numpy as np
import shapely
from pyproj import Geod

from geo.coords import E7, LonLat
from geo.osm.extract import Ways
from geo.streets.network import CLOSED, StreetNetwork
from geo.streets.profiles import ACCESS_M_PER_S, Mode, barrier_stops, speeds
from geo.streets.snapping import Position

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
                a, b = tuple(ways.lonlat_e7[i].tolist()), tuple(ways.lonlat_e7[j].tolist())
                metres = _GEOD.inv(a[0] / E7, a[1] / E7, b[0] / E7, b[1] / E7)[2]
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
        reached = nx.single_source_dijkstra_path_length(graph, start, cutoff=cutoff_s, weight="weight")
        legs = [math.inf if goal is None else goal.snap_m / ACCESS_M_PER_S for goal in goals]
        own = origin.snap_m / ACCESS_M_PER_S
        result = [reached.get(("goal", number), math.inf) + own + legs[number] for number in range(len(goals))]
        graph.remove_nodes_from(added)
        return [cost if cost <= cutoff_s else math.inf for cost in result]

    def locate(self, network: StreetNetwork, position: Position) -> tuple[Segment, float]:
        """Return the raw segment that a position lies on, and how far along it (share).

        Where ways lie upon each other, the edge's own way is meant.
        """
        shape = network.shape_e7[network.shape_start[position.edge] : network.shape_start[position.edge + 1]]
        x, y = position.lon * E7, position.lat * E7
        best: tuple[tuple[bool, float], Segment, float] | None = None
        own_way = int(network.edge_way[position.edge])
        for a, b in zip(shape.tolist(), shape[1:].tolist(), strict=False):
            dx, dy = b[0] - a[0], b[1] - a[1]
            if dx == dy == 0:
                continue
            share = min(max(((x - a[0]) * dx + (y - a[1]) * dy) / (dx * dx + dy * dy), 0.0), 1.0)
            off = math.hypot(a[0] + share * dx - x, a[1] + share * dy - y)
            for segment, along in self._between(tuple(a), tuple(b), share):
                rank = (segment.way != own_way, round(off, 5))
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
                _link(graph, begin, (storey, segment.head), segment.along_s, 1 - share)
                _link(graph, begin, (storey, segment.tail), segment.against_s, share)
            for number, goal in enumerate(goals):
                reach = None if goal is None else streets.located(network, goal)
                if reach is None:
                    continue
                added.append(("goal", number))
                there, part = reach
                _link(graph, (storey, there.tail), ("goal", number), there.along_s, part)
                _link(graph, (storey, there.head), ("goal", number), there.against_s, 1 - part)
                if leave is not None and there is leave[0]:
                    if part >= leave[1]:
                        _link(graph, begin, ("goal", number), there.along_s, part - leave[1])
                    if part <= leave[1]:
                        _link(graph, begin, ("goal", number), there.against_s, leave[1] - part)
        reached = nx.single_source_dijkstra_path_length(graph, start, cutoff=cutoff_s, weight="weight")
        legs = [math.inf if goal is None else (goal.snap_m + origin.snap_m) / ACCESS_M_PER_S for goal in goals]
        costs = [reached.get(("goal", number), math.inf) + legs[number] for number in range(len(goals))]
        graph.remove_nodes_from(added)
        return [cost if cost <= cutoff_s else math.inf for cost in costs]


def _osm_node(node: object) -> int:
    """Return the node of OpenStreetMap that a graph's node is, or stands in front of."""
    if isinstance(node, tuple):
        node = node[0]
    assert isinstance(node, int)
    return node


def _link(graph: nx.MultiDiGraph, tail: object, head: object, seconds: float, share: float) -> None:
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
