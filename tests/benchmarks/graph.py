"""The questions on foot as plain arcs between numbered vertices, for whoever can search a graph.

Nothing of our search is used here: vertices and arcs come from the network's edges, so that an answer which agrees is
a check, too. Vertices, in order: the streets' nodes; the places, leaves that arcs only enter; the origins, roots that
arcs only leave. The access leg of a place is in the cost of its arcs; that of an origin is no part of the question. An
origin's root leads to both ends of its edge, and straight to the places on the same edge: one search from the root
answers a question exactly.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from geo.city import City
from geo.coords import LonLat, metres_per_degree
from geo.errors import YizhanError
from geo.streets.network import NO_WAY, TICKS_PER_S
from geo.streets.profiles import ACCESS_M_PER_S
from geo.streets.snapping import Position, snap, snap_many

K = 5
CUTOFF_S = 1500.0
#: 2 km at 4.8 km/h, in ticks.
CUTOFF = round(CUTOFF_S * TICKS_PER_S)


class Arcs(NamedTuple):
    """Arcs of a directed graph, without doubles: the cheapest of parallel ones stays; costs are ticks."""

    tail: NDArray[np.int64]
    head: NDArray[np.int64]
    cost: NDArray[np.float64]
    vertices: int

    def matrix(self) -> csr_array:
        """Return the arcs as scipy wants them, indices in 32 bits so that it need not convert them."""
        made = csr_array((self.cost, (self.tail, self.head)), shape=(self.vertices, self.vertices))
        made.indices, made.indptr = made.indices.astype(np.int32), made.indptr.astype(np.int32)
        return made


class Questions(NamedTuple):
    """What everybody is asked, on the same graph.

    Attributes
    ----------
    forward
        Nodes, places, origins: for questions from an origin to places.
    backward
        Every arc turned round; nodes, places, further places, and one root before all (first) places: for the time from
        every node to a place.
    nodes, places, origins, further
        How many of each.
    xy_m
        Position of each vertex of ``forward`` in a plane, metres, shape (vertices, 2).
    starts, new
        The origins and the further places, on their edges.
    origin_lonlat, place_lonlat
        In degrees, as asked and as known: for engines that snap by themselves.
    """

    forward: Arcs
    backward: Arcs
    nodes: int
    places: int
    origins: int
    further: int
    xy_m: NDArray[np.float64]
    starts: list[Position]
    new: list[Position]
    origin_lonlat: NDArray[np.float64]
    place_lonlat: NDArray[np.float64]

    def place_vertices(self) -> NDArray[np.int64]:
        """Return the vertices of the places, in order."""
        return np.arange(self.nodes, self.nodes + self.places)

    def origin_vertex(self, number: int) -> int:
        """Return an origin's root in ``forward``."""
        return self.nodes + self.places + number

    def new_vertex(self, number: int) -> int:
        """Return a further place's vertex in ``backward``."""
        return self.nodes + self.places + number

    @property
    def root(self) -> int:
        """The vertex of ``backward`` from which an arc without cost leads to every place."""
        return self.nodes + self.places + self.further


def questions(city: City, origins: NDArray[np.float64], new: NDArray[np.float64]) -> Questions:
    """Put the questions to a city on foot.

    Parameters
    ----------
    origins, new
        Where one asks from, and where further places might be, degrees, shape (n, 2); those on no street are left out.
    """
    network = city.network
    place_lonlat = np.array([place.position for place in city.places])
    starts, asked = _snapped(city, origins)
    further, _ = _snapped(city, new)
    n, p = network.node_count, len(place_lonlat)
    streets = _edges(city)
    at = snap_many(network, "walk", place_lonlat)
    on_street = np.flatnonzero(at.edge >= 0)
    leaves = _leaves(city, at.edge[on_street], at.offset_m[on_street], at.snap_m[on_street], n + on_street)
    roots = _roots(city, starts, n + p, at.edge, at.offset_m, at.snap_m, n)
    forward = _cheapest([streets, leaves, roots], n + p + len(starts))
    fresh = _leaves(
        city,
        np.array([s.edge for s in further], dtype=np.int64),
        np.array([s.offset_m for s in further]),
        np.array([s.snap_m for s in further]),
        n + p + np.arange(len(further)),
    )
    root = n + p + len(further)
    before_all = np.column_stack([n + np.arange(p), np.full(p, root), np.zeros(p)])
    turned = _cheapest([streets, leaves, fresh, before_all], root + 1)
    per_degree = np.array(metres_per_degree(city.bbox.centre.lat))
    lonlat = np.concatenate(
        [network.node_e7 / 1e7, place_lonlat, np.array([[s.lon, s.lat] for s in starts]).reshape(-1, 2)]
    )
    return Questions(
        forward,
        Arcs(turned.head, turned.tail, turned.cost, turned.vertices),
        n,
        p,
        len(starts),
        len(further),
        (lonlat - np.array(city.bbox.centre)) * per_degree,
        starts,
        further,
        asked,
        place_lonlat,
    )


def _snapped(city: City, points: NDArray[np.float64]) -> tuple[list[Position], NDArray[np.float64]]:
    kept, found = [], []
    for point in points.tolist():
        try:
            found.append(snap(city.network, "walk", LonLat(*point)))
        except YizhanError:
            continue
        kept.append(point)
    return found, np.array(kept).reshape(-1, 2)


def _edges(city: City) -> NDArray[np.float64]:
    """Return (tail, head, cost) of every edge in the directions that are open on foot."""
    arcs, nodes = city.network.arcs["walk"], city.network.edge_nodes
    both = [
        np.column_stack([nodes[open_][:, ends], way[open_]])
        for way, ends in ((arcs.forward, [0, 1]), (arcs.backward, [1, 0]))
        for open_ in [way != NO_WAY]
    ]
    return np.concatenate(both).astype(np.float64)


def _leaves(city: City, edge: NDArray, offset_m: NDArray, snap_m: NDArray, vertex: NDArray) -> NDArray[np.float64]:  # type: ignore[type-arg]
    """Return arcs from the ends of each place's edge to the place."""
    arcs, network = city.network.arcs["walk"], city.network
    length_m = network.edge_length_m[edge]
    access = _access(snap_m)
    parts = []
    for way, metres, end in ((arcs.forward, offset_m, 0), (arcs.backward, length_m - offset_m, 1)):
        cost, open_ = _part(way[edge], metres, length_m)
        parts.append(np.column_stack([network.edge_nodes[edge, end], vertex, cost + access])[open_])
    return np.concatenate(parts)


def _roots(
    city: City,
    starts: list[Position],
    first: int,
    place_edge: NDArray,  # type: ignore[type-arg]
    place_offset_m: NDArray,  # type: ignore[type-arg]
    place_snap_m: NDArray,  # type: ignore[type-arg]
    first_place: int,
) -> NDArray[np.float64]:
    """Return arcs from each origin to the ends of its edge, and to the places on that edge."""
    arcs, network = city.network.arcs["walk"], city.network
    rows: list[tuple[float, float, float]] = []
    for number, start in enumerate(starts):
        length_m = float(network.edge_length_m[start.edge])
        ways = (
            (arcs.backward[start.edge], start.offset_m, 0),
            (arcs.forward[start.edge], length_m - start.offset_m, 1),
        )
        for way, metres, end in ways:
            cost, open_ = _part(np.array([way]), np.array([metres]), np.array([length_m]))
            if open_[0]:
                rows.append((first + number, int(network.edge_nodes[start.edge, end]), float(cost[0])))
        for place in np.flatnonzero(place_edge == start.edge).tolist():
            ahead_m = float(place_offset_m[place]) - start.offset_m
            access = _access(place_snap_m[[place]])[0]
            for way, metres in ((arcs.forward[start.edge], ahead_m), (arcs.backward[start.edge], -ahead_m)):
                cost, open_ = _part(np.array([way]), np.array([metres]), np.array([length_m]))
                if metres >= 0 and open_[0]:
                    rows.append((first + number, first_place + place, float(cost[0] + access)))
    return np.array(rows).reshape(-1, 3)


def _part(ticks: NDArray, metres: NDArray, length_m: NDArray) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:  # type: ignore[type-arg]
    """Return the cost of part of an edge, and whether it is open: no metres cost nothing even where it is closed."""
    there = metres == 0
    return np.where(there, 0.0, np.rint(metres / length_m * ticks)), there | (ticks != NO_WAY)


def _access(snap_m: NDArray) -> NDArray[np.float64]:  # type: ignore[type-arg]
    return np.rint(snap_m / ACCESS_M_PER_S * TICKS_PER_S)


def _cheapest(parts: list[NDArray[np.float64]], vertices: int) -> Arcs:
    rows = np.concatenate(parts)
    tail, head, cost = rows[:, 0].astype(np.int64), rows[:, 1].astype(np.int64), rows[:, 2]
    order = np.lexsort((cost, head, tail))
    tail, head, cost = tail[order], head[order], cost[order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    first &= tail != head  # a loop leads nowhere new
    return Arcs(tail[first], head[first], cost[first], vertices)
