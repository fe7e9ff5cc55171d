"""Shortest paths on the network: a bounded search from a position to the first k facilities that pass.

Facilities are leaves of the graph: each hangs on the two ends of its edge by its own costs, access leg included, so
streets and facilities are settled in one order of cost and the search may stop at the k-th facility.

An *arc code* is ``2 * edge``, or ``2 * edge + 1`` where the edge is travelled against its drawing.

References
----------
E. W. Dijkstra, "A note on two problems in connexion with graphs", Numerische Mathematik 1 (1959); ties are settled by
(cost, number), which whole ticks make exact.
"""

from __future__ import annotations

import threading
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.streets.compiled import compiled
from geo.streets.network import NO_WAY, TICKS_PER_S, StreetNetwork
from geo.streets.profiles import ACCESS_M_PER_S, Mode
from geo.streets.snapping import Position, Positions

#: Larger cutoffs are refused, so that sums stay inside 32 bits (about 30 hours).
MAX_CUTOFF_TICKS: Final = 2**30


class Leaves(NamedTuple):
    """Facilities hung on the network for one mode.

    Attributes
    ----------
    edge, offset_m
        Each facility's edge (-1: on no street of the mode), int32, and offset from the edge's tail, float64.
    access
        Access leg from street to door, ticks, int32.
    first
        Where the leaves of each node begin, int32 (n_nodes + 1,).
    facility, cost, arc
        Per leaf: facility number, cost from the node to the door in ticks, arc code of the last stretch; int32.
    """

    edge: NDArray[np.int32]
    offset_m: NDArray[np.float64]
    access: NDArray[np.int32]
    first: NDArray[np.int32]
    facility: NDArray[np.int32]
    cost: NDArray[np.int32]
    arc: NDArray[np.int32]


class Found(NamedTuple):
    """Facilities in order of (cost, number).

    Attributes
    ----------
    facility
        Number, int32 (n,).
    cost
        From the origin's position on its street to the facility's door, ticks, int32 (n,).
    routes
        Per facility, the arc codes from the origin's edge to the facility's edge; the first and the last (which may
        be one) are travelled in part.
    """

    facility: NDArray[np.int32]
    cost: NDArray[np.int32]
    routes: tuple[NDArray[np.int32], ...]


def access_ticks(metres: NDArray[np.float64]) -> NDArray[np.int32]:
    """Walking time of access legs, in ticks."""
    return np.rint(metres / ACCESS_M_PER_S * TICKS_PER_S).astype(np.int32)


def hang(network: StreetNetwork, mode: Mode, positions: Positions) -> Leaves:
    """Hang facilities on the network.

    Parameters
    ----------
    positions
        Where each facility was snapped; those on no street become unreachable.
    """
    arcs = network.arcs[mode]
    number = np.flatnonzero(positions.edge >= 0).astype(np.int32)
    edge = positions.edge[number]
    access = np.zeros(len(positions.edge), dtype=np.int32)
    access[number] = access_ticks(positions.snap_m[number])
    length_m = network.edge_length_m[edge]
    from_tail = _part(arcs.forward[edge], positions.offset_m[number], length_m)
    from_head = _part(arcs.backward[edge], length_m - positions.offset_m[number], length_m)
    node = network.edge_nodes[edge].T.ravel()
    cost = np.concatenate([from_tail, from_head])
    open_ = np.flatnonzero(cost != NO_WAY)
    order = open_[np.argsort(node[open_], kind="stable")]
    facility = np.tile(number, 2)[order]
    first = np.concatenate([[0], np.cumsum(np.bincount(node[order], minlength=network.node_count))])
    return Leaves(
        edge=positions.edge,
        offset_m=positions.offset_m,
        access=access,
        first=first.astype(np.int32),
        facility=facility,
        cost=cost[order] + access[facility],
        arc=np.concatenate([2 * edge, 2 * edge + 1])[order].astype(np.int32),
    )


class Search:
    """Bounded searches for one network, mode and set of facilities; threads may share it."""

    def __init__(self, network: StreetNetwork, mode: Mode, leaves: Leaves) -> None:
        self._network = network
        self._arcs = network.arcs[mode]
        self._leaves = leaves
        self._local = threading.local()

    def nearest(self, origin: Position, passes: NDArray[np.bool_], k: int, cutoff: int) -> Found:
        """Find the first k facilities that pass.

        Parameters
        ----------
        origin
            Where the search begins; its own access leg is the caller's to add.
        passes
            Per facility, whether it counts, bool (n_facilities,).
        k
            How many at most; a tie at the k-th place is settled by number.
        cutoff
            Largest cost that counts, ticks, inclusive; at most :data:`MAX_CUTOFF_TICKS`.
        """
        arcs, leaves, space = self._arcs, self._leaves, self._workspace()
        seed_node, seed_cost, seed_arc = self._seeds(origin)
        same, same_cost, same_arc = self._on_same_edge(origin)
        space.generation += 1
        facility, cost = _search(
            arcs.first_arc, arcs.arc_head, arcs.arc_cost, arcs.arc_edge,
            leaves.first, leaves.facility, leaves.cost, leaves.arc, passes,
            seed_node, seed_cost, seed_arc, same, same_cost, same_arc, k, min(cutoff, MAX_CUTOFF_TICKS),
            space.cost, space.parent, space.parent_arc, space.stamp, space.generation, space.heap,
        )  # fmt: skip
        ranked = np.lexsort((facility, cost))[:k]
        facility, cost = facility[ranked], cost[ranked]
        return Found(facility, cost, tuple(self._route(space, int(number)) for number in facility))

    def _workspace(self) -> _Workspace:
        space: _Workspace | None = getattr(self._local, "space", None)
        if space is None:
            size = self._network.node_count + len(self._leaves.edge)
            space = _Workspace(size, len(self._arcs.arc_head) + len(self._leaves.facility) + size + 2)
            self._local.space = space
        return space

    def _seeds(self, origin: Position) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
        """Both ends of the origin's edge, as far as they may be reached: (nodes, costs, arc codes)."""
        edge, length_m = origin.edge, self._network.edge_length_m[[origin.edge]]
        offset_m = np.array([origin.offset_m])
        to_tail = _part(self._arcs.backward[[edge]], offset_m, length_m)[0]
        to_head = _part(self._arcs.forward[[edge]], length_m - offset_m, length_m)[0]
        cost = np.array([to_tail, to_head], dtype=np.int32)
        open_ = cost != NO_WAY
        arc = np.array([2 * edge + 1, 2 * edge], dtype=np.int32)
        return self._network.edge_nodes[edge][open_], cost[open_], arc[open_]

    def _on_same_edge(self, origin: Position) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
        """Facilities that the origin's own edge leads to: (facility, cost, arc code), one entry per open direction."""
        here = np.flatnonzero(self._leaves.edge == origin.edge).astype(np.int32)
        length_m = np.full(len(here), self._network.edge_length_m[origin.edge])
        ahead_m = self._leaves.offset_m[here] - origin.offset_m
        parts = []
        for way, metres, code in (
            (self._arcs.forward[origin.edge], ahead_m, 2 * origin.edge),
            (self._arcs.backward[origin.edge], -ahead_m, 2 * origin.edge + 1),
        ):
            cost = _part(np.full(len(here), way), metres, length_m)
            reached = (metres >= 0) & (cost != NO_WAY)
            number = here[reached]
            parts.append((number, cost[reached] + self._leaves.access[number], np.full(len(number), code, np.int32)))
        (a, a_cost, a_arc), (b, b_cost, b_arc) = parts
        return np.concatenate([a, b]), np.concatenate([a_cost, b_cost]), np.concatenate([a_arc, b_arc])

    def _route(self, space: _Workspace, facility: int) -> NDArray[np.int32]:
        label = self._network.node_count + facility
        codes = []
        while label >= 0:
            codes.append(space.parent_arc[label])
            label = int(space.parent[label])
        return np.array(codes[::-1], dtype=np.int32)


def route_m(network: StreetNetwork, origin: Position, goal_offset_m: float, route: NDArray[np.int32]) -> float:
    """Length of a route along the streets, metres, without access legs."""
    lengths = network.edge_length_m[route >> 1]
    begin, end = _ends_on_route(origin, goal_offset_m, route, lengths)
    return float(lengths[:-1].sum() - begin + end)


def route_shape(
    network: StreetNetwork, origin: Position, goal_offset_m: float, route: NDArray[np.int32]
) -> NDArray[np.float64]:
    """Draw a route from the origin's foot point to the goal's: lon/lat in degrees, shape (n, 2)."""
    lengths = network.edge_length_m[route >> 1]
    begin, end = _ends_on_route(origin, goal_offset_m, route, lengths)
    parts = []
    for i, code in enumerate(route.tolist()):
        low_m = begin if i == 0 else 0.0
        high_m = end if i == len(route) - 1 else lengths[i]
        if code & 1:
            parts.append(_stretch(network, code >> 1, lengths[i] - high_m, lengths[i] - low_m)[::-1])
        else:
            parts.append(_stretch(network, code >> 1, low_m, high_m))
    line = np.concatenate(parts)
    moved = np.ones(len(line), dtype=bool)
    moved[1:] = (line[1:] != line[:-1]).any(axis=1)
    return line[moved]


def _ends_on_route(
    origin: Position, goal_offset_m: float, route: NDArray[np.int32], lengths: NDArray[np.float64]
) -> tuple[float, float]:
    """Metres into the first arc where the route begins, and into the last one where it ends."""
    begin = lengths[0] - origin.offset_m if route[0] & 1 else origin.offset_m
    end = lengths[-1] - goal_offset_m if route[-1] & 1 else goal_offset_m
    return float(begin), float(end)


def _stretch(network: StreetNetwork, edge: int, low_m: float, high_m: float) -> NDArray[np.float64]:
    """Draw the part of an edge between two offsets from its tail."""
    shape = network.shape(edge)
    along_m = network.shape_m[network.shape_start[edge] : network.shape_start[edge + 1]]
    ends = np.column_stack([np.interp([low_m, high_m], along_m, shape[:, axis]) for axis in (0, 1)])
    inside = shape[(along_m > low_m) & (along_m < high_m)]
    return np.concatenate([ends[:1], inside, ends[1:]])


def _part(ticks: NDArray[np.int32], metres: NDArray[np.float64], length_m: NDArray[np.float64]) -> NDArray[np.int32]:
    """Cost of a part of an edge; nothing for no metres even where the direction is closed: one is there already."""
    cost = np.where(ticks == NO_WAY, NO_WAY, np.rint(metres / length_m * ticks))
    return np.where(metres == 0, 0, cost).astype(np.int32)


class _Workspace:
    """One thread's labels; a label counts only if it bears the current search's stamp."""

    def __init__(self, labels: int, pushes: int) -> None:
        self.cost = np.empty(labels, dtype=np.int32)
        self.parent = np.empty(labels, dtype=np.int32)
        self.parent_arc = np.empty(labels, dtype=np.int32)
        self.stamp = np.zeros(labels, dtype=np.int64)
        self.heap = np.empty(pushes, dtype=np.int64)
        self.generation = 0


@compiled
def _push(heap, size, key):  # type: ignore[no-untyped-def]  # compiled: numba infers the types
    """Put a key into a 4-ary heap of ``size`` keys."""
    i = size
    while i > 0:
        up = (i - 1) >> 2
        if heap[up] <= key:
            break
        heap[i] = heap[up]
        i = up
    heap[i] = key


@compiled
def _pop(heap, size):  # type: ignore[no-untyped-def]
    """Take the least key out of a 4-ary heap of ``size`` keys."""
    least, key = heap[0], heap[size - 1]
    size -= 1
    i = 0
    while True:
        child = 4 * i + 1
        if child >= size:
            break
        best = child
        for other in range(child + 1, min(child + 4, size)):
            if heap[other] < heap[best]:
                best = other
        if heap[best] >= key:
            break
        heap[i] = heap[best]
        i = best
    heap[i] = key
    return least


@compiled
def _search(  # type: ignore[no-untyped-def]
    first_arc, arc_head, arc_cost, arc_edge, first_leaf, leaf_facility, leaf_cost, leaf_arc, passes,
    seed_node, seed_cost, seed_arc, same, same_cost, same_arc, k, cutoff,
    cost, parent, parent_arc, stamp, generation, heap,
):  # fmt: skip
    """Settle labels in order of (cost, number) until the k-th facility and its ties; return (facility, cost).

    Labels 0..n-1 are nodes, n + f is facility f. A heap key is ``cost << 32 | label``.
    """
    n = len(first_arc) - 1
    size = 0
    for i in range(len(seed_node)):
        label, c = seed_node[i], np.int64(seed_cost[i])
        if c <= cutoff and (stamp[label] != generation or c < cost[label]):
            stamp[label], cost[label], parent[label], parent_arc[label] = generation, c, -1, seed_arc[i]
            _push(heap, size, c << 32 | label)
            size += 1
    for i in range(len(same)):
        label, c = n + same[i], np.int64(same_cost[i])
        if passes[same[i]] and c <= cutoff and (stamp[label] != generation or c < cost[label]):
            stamp[label], cost[label], parent[label], parent_arc[label] = generation, c, -1, same_arc[i]
            _push(heap, size, c << 32 | label)
            size += 1
    found = np.empty(len(passes), dtype=np.int32)
    found_cost = np.empty(len(passes), dtype=np.int32)
    count = 0
    while size > 0:
        key = _pop(heap, size)
        size -= 1
        here, label = key >> 32, key & 0xFFFFFFFF
        if here != cost[label]:
            continue  # a cheaper key of the same label came before
        if count >= k and here > found_cost[k - 1]:
            break
        if label >= n:
            found[count], found_cost[count] = label - n, here
            count += 1
            continue
        for i in range(first_arc[label], first_arc[label + 1]):
            head, c = arc_head[i], here + arc_cost[i]
            if c <= cutoff and (stamp[head] != generation or c < cost[head]):
                stamp[head], cost[head], parent[head], parent_arc[head] = generation, c, label, arc_edge[i]
                _push(heap, size, c << 32 | head)
                size += 1
        for i in range(first_leaf[label], first_leaf[label + 1]):
            if not passes[leaf_facility[i]]:
                continue
            leaf, c = n + leaf_facility[i], here + leaf_cost[i]
            if c <= cutoff and (stamp[leaf] != generation or c < cost[leaf]):
                stamp[leaf], cost[leaf], parent[leaf], parent_arc[leaf] = generation, c, label, leaf_arc[i]
                _push(heap, size, c << 32 | leaf)
                size += 1
    return found[:count].copy(), found_cost[:count].copy()
