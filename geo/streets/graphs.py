"""What a search walks on: the arcs of a mode in one direction of time, and facilities hung on them as leaves.

A search *to facilities* follows the arcs from where somebody stands. A search *from facilities* answers how far it is
from each facility to a goal: it follows the arcs backwards, from the goal, and everything else stays the same.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.streets.compiled import compiled
from geo.streets.network import NO_WAY, ON_FOOT, TICKS_PER_S, StreetNetwork
from geo.streets.profiles import ACCESS_M_PER_S, Mode
from geo.streets.snapping import Positions

Direction = Literal["to_facility", "from_facility"]

#: Larger cutoffs are refused, so that sums stay inside 32 bits (about 30 hours).
MAX_CUTOFF: Final = 2**30
#: Positions on one edge are few ways away from each other: its two ends, riding or on foot.
MAX_SEEDS: Final = 4
#: Owners of items whose items are found together.
_BLOCK: Final = 32


class Graph(NamedTuple):
    """Labels and arcs of one mode and direction; arrays as in :class:`~geo.streets.network.ProfileArcs`.

    Attributes
    ----------
    first, head, cost, code
        Arcs in the direction of the search.
    along, against
        Cost of each edge along and against its drawing, in the direction of the search, int32 (n_edges,).
    foot_along, foot_against
        The same for who parks and walks; empty where nobody parks.
    edge_nodes, edge_length_m
        The network's.
    backward
        Whether the search runs from facilities, against the arcs.
    """

    first: NDArray[np.int32]
    head: NDArray[np.int32]
    cost: NDArray[np.int32]
    code: NDArray[np.int32]
    along: NDArray[np.int32]
    against: NDArray[np.int32]
    foot_along: NDArray[np.int32]
    foot_against: NDArray[np.int32]
    edge_nodes: NDArray[np.int32]
    edge_length_m: NDArray[np.float64]
    backward: bool

    @property
    def label_count(self) -> int:
        """Number of labels; twice that of nodes where one may park."""
        return len(self.first) - 1


class Leaves(NamedTuple):
    """Facilities hung on the labels of a graph.

    Attributes
    ----------
    edge, offset_m
        Each facility's edge (-1: on no street of the mode), int32, and offset from the edge's tail, float64.
    access
        Access leg between street and door, ticks, int32.
    label, facility, cost, code
        Per leaf, in order of (label, facility): the label it hangs on, facility number, cost from the label to the door
        in ticks, arc code of the last stretch; int32.
    blocks
        Where the leaves of each 32 labels begin, int32; see :func:`block_starts`.
    by_edge
        Facility numbers in order of (edge, number), int32.
    """

    edge: NDArray[np.int32]
    offset_m: NDArray[np.float64]
    access: NDArray[np.int32]
    label: NDArray[np.int32]
    facility: NDArray[np.int32]
    cost: NDArray[np.int32]
    code: NDArray[np.int32]
    blocks: NDArray[np.int32]
    by_edge: NDArray[np.int32]


def graph(network: StreetNetwork, mode: Mode, direction: Direction = "to_facility") -> Graph:
    """Return a mode's graph; its arrays are the network's own."""
    arcs, none = network.arcs[mode], np.empty(0, dtype=np.int32)
    parks = len(arcs.first_arc) - 1 > network.node_count
    along, against = arcs.forward, arcs.backward
    foot_along, foot_against = (network.arcs["walk"].forward, network.arcs["walk"].backward) if parks else (none, none)
    if direction == "to_facility":
        rows = arcs.first_arc, arcs.arc_head, arcs.arc_cost, arcs.arc_code
        return Graph(*rows, along, against, foot_along, foot_against, network.edge_nodes, network.edge_length_m, False)
    rows = arcs.first_in, arcs.in_tail, arcs.in_cost, arcs.in_code
    return Graph(*rows, against, along, foot_against, foot_along, network.edge_nodes, network.edge_length_m, True)


def riding(graph: Graph) -> Graph:
    """Return the part of an e-bike's graph in which nobody parks; of other modes, the graph itself.

    It shares the arrays: arcs to a label that it does not have are those of who parks, and not for it.
    """
    if not len(graph.foot_along):
        return graph
    none = np.empty(0, dtype=np.int32)
    return graph._replace(first=graph.first[: graph.label_count // 2 + 1], foot_along=none, foot_against=none)


def access_ticks(metres: NDArray[np.float64]) -> NDArray[np.int32]:
    """Walking time of access legs, in ticks.

    Examples
    --------
    >>> access_ticks(np.array([40.0])) / TICKS_PER_S
    array([30.])
    """
    return np.rint(metres / ACCESS_M_PER_S * TICKS_PER_S).astype(np.int32)


def hang(graph: Graph, positions: Positions) -> Leaves:
    """Hang facilities on a graph.

    Parameters
    ----------
    positions
        Where each facility was snapped; those on no street become unreachable.
    """
    number = np.flatnonzero(positions.edge >= 0).astype(np.int32)
    edge, offset_m = positions.edge[number], positions.offset_m[number]
    access = np.zeros(len(positions.edge), dtype=np.int32)
    access[number] = access_ticks(positions.snap_m[number])
    length_m = graph.edge_length_m[edge]
    node = graph.edge_nodes[edge].T.ravel()
    ride = np.concatenate(
        [_parts(graph.along[edge], offset_m, length_m), _parts(graph.against[edge], length_m - offset_m, length_m)]
    )
    code = np.concatenate([2 * edge, 2 * edge + 1])
    facility, label, cost = np.tile(number, 2), node, ride
    if len(graph.foot_along):
        foot = np.concatenate(
            [
                _parts(graph.foot_along[edge], offset_m, length_m),
                _parts(graph.foot_against[edge], length_m - offset_m, length_m),
            ]
        )
        facility, label = np.tile(facility, 2), np.concatenate([node, node + graph.label_count // 2])
        sooner = foot < ride
        if graph.backward:  # one leaves the facility as one leaves any place: riding, or on foot where that is sooner
            cost = np.concatenate([ride, np.where(sooner, foot, NO_WAY)])
            code = np.concatenate([code, code | ON_FOOT])
        else:  # whoever rides may park for the last stretch
            cost = np.concatenate([np.minimum(ride, foot), foot])
            code = np.concatenate([np.where(sooner, code | ON_FOOT, code), code | ON_FOOT])
    open_ = np.flatnonzero(cost != NO_WAY)
    order = open_[np.lexsort((facility[open_], label[open_]))]
    label = label[order].astype(np.int32)
    return Leaves(
        edge=positions.edge,
        offset_m=positions.offset_m,
        access=access,
        label=label,
        facility=facility[order],
        cost=cost[order] + access[facility[order]],
        code=code[order].astype(np.int32),
        blocks=block_starts(label, graph.label_count),
        by_edge=number[np.argsort(edge, kind="stable")],
    )


def block_starts(owner: NDArray[np.int32], count: int) -> NDArray[np.int32]:
    """Return where the items of each :data:`_BLOCK` owners begin, and the last ones end, int32.

    Where few owners have items these starts lie in a near cache, as those of every owner would not: a search asks at
    every label that it settles.

    Parameters
    ----------
    owner
        Whose each item is, ascending.
    count
        How many owners there are.
    """
    return np.searchsorted(owner, np.arange(0, count + _BLOCK, _BLOCK)).astype(np.int32)


def rows_of(leaves: Leaves, label_count: int) -> NDArray[np.int32]:
    """Return where the leaves of each label begin, int32 (n_labels + 1,): for who meets leaves at most labels."""
    return np.searchsorted(leaves.label, np.arange(label_count + 1)).astype(np.int32)


def _parts(ticks: NDArray[np.int32], metres: NDArray[np.float64], length_m: NDArray[np.float64]) -> NDArray[np.int32]:
    """Cost of parts of edges; nothing for no metres even where the direction is closed: one is there already."""
    cost = np.where(ticks == NO_WAY, NO_WAY, np.rint(metres / length_m * ticks))
    return np.where(metres == 0, 0, cost).astype(np.int32)


@compiled
def part(ticks, metres, length_m):  # type: ignore[no-untyped-def]  # compiled: numba infers the types
    """Cost of one part of an edge, as :func:`_parts` has it."""
    if metres == 0.0:
        return np.int64(0)
    if ticks == NO_WAY:
        return np.int64(NO_WAY)
    return np.int64(np.rint(metres / length_m * ticks))


@compiled
def set_out(graph, edge, offset_m, label, cost, code):  # type: ignore[no-untyped-def]
    """Write the labels that a position leads to, or backwards those that lead to it, with costs and arc codes.

    Return how many. What is left out is never sooner: see :func:`hang`, which does the same for facilities.
    """
    length_m, count = graph.edge_length_m[edge], 0
    parks = len(graph.foot_along) > 0
    n = (len(graph.first) - 1) // 2 if parks else 0
    for end in range(2):  # 0 to the tail, against the drawing; 1 to the head
        metres = offset_m if end == 0 else length_m - offset_m
        ticks = graph.against[edge] if end == 0 else graph.along[edge]
        ride, way = part(ticks, metres, length_m), 2 * edge + 1 - end
        if parks:
            foot = part(graph.foot_against[edge] if end == 0 else graph.foot_along[edge], metres, length_m)
            if foot < ride or (graph.backward and foot != NO_WAY):
                label[count], cost[count] = graph.edge_nodes[edge, end] + n, foot
                code[count] = way | ON_FOOT
                count += 1
            if graph.backward and foot < ride:
                ride, way = foot, way | ON_FOOT
        if ride != NO_WAY:
            label[count], cost[count], code[count] = graph.edge_nodes[edge, end], ride, way
            count += 1
    return count


@compiled
def along_edge(graph, edge, offset_m, goal_offset_m):  # type: ignore[no-untyped-def]
    """Return (cost, arc code) of the way along one edge between two offsets; ``NO_WAY`` where it is closed."""
    length_m, ahead_m = graph.edge_length_m[edge], goal_offset_m - offset_m
    best, code = np.int64(NO_WAY), 2 * edge
    for way in range(2):  # 0 along the drawing, 1 against it
        metres = ahead_m if way == 0 else -ahead_m
        if metres < 0:
            continue
        cost = part(graph.along[edge] if way == 0 else graph.against[edge], metres, length_m)
        if cost < best:
            best, code = cost, 2 * edge + way
        if len(graph.foot_along) > 0:
            cost = part(graph.foot_along[edge] if way == 0 else graph.foot_against[edge], metres, length_m)
            if cost < best:
                best, code = cost, 2 * edge + way | ON_FOOT
    return best, code


@compiled
def on_same_edge(graph, leaves, edge, offset_m, facility):  # type: ignore[no-untyped-def]
    """Return (cost, arc code) of a facility on the origin's own edge, reached along that edge alone."""
    cost, code = along_edge(graph, edge, offset_m, leaves.offset_m[facility])
    return (cost if cost == NO_WAY else cost + leaves.access[facility]), code


@compiled
def span_in(blocks, owner, i):  # type: ignore[no-untyped-def]
    """Return where the items of owner i begin and end; see :func:`block_starts`."""
    low, high = blocks[i // _BLOCK], blocks[i // _BLOCK + 1]
    end = high
    while low < high:
        middle = (low + high) >> 1
        if owner[middle] < i:
            low = middle + 1
        else:
            high = middle
    high = low
    while high < end and owner[high] == i:
        high += 1
    return low, high


@compiled
def span_on_edge(leaves, edge):  # type: ignore[no-untyped-def]
    """Return where in ``by_edge`` the facilities of an edge begin and end."""
    low, high = 0, len(leaves.by_edge)
    while low < high:
        middle = (low + high) >> 1
        if leaves.edge[leaves.by_edge[middle]] < edge:
            low = middle + 1
        else:
            high = middle
    end = low
    while end < len(leaves.by_edge) and leaves.edge[leaves.by_edge[end]] == edge:
        end += 1
    return low, end
