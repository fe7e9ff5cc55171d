"""Edges and speeds of one mode -> its arcs both ways, components, and who stands on an islet."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.streets.network import CLOSED, ISLET, MAIN, NO_WAY, ON_FOOT, TICKS_PER_S, ProfileArcs, main_nodes


def profile_arcs(
    node_count: int, nodes: NDArray[np.int64], length_m: NDArray[np.float64], kmh: NDArray[np.float64]
) -> ProfileArcs:
    """Make the arcs of one mode.

    Parameters
    ----------
    node_count
        Number of nodes.
    nodes
        Tail and head of each edge, shape (n_edges, 2).
    length_m
        Length of each edge, shape (n_edges,).
    kmh
        Speed forward and backward, 0 where closed, shape (n_edges, 2).
    """
    forward, backward = _ticks(length_m, kmh[:, 0]), _ticks(length_m, kmh[:, 1])
    edge = np.arange(len(nodes))
    goes, returns = forward != NO_WAY, backward != NO_WAY
    tail = np.concatenate([nodes[goes, 0], nodes[returns, 1]])
    head = np.concatenate([nodes[goes, 1], nodes[returns, 0]])
    cost = np.concatenate([forward[goes], backward[returns]])
    code = np.concatenate([2 * edge[goes], 2 * edge[returns] + 1])
    component, standing = _standing(node_count, tail, head, nodes, goes | returns)
    return ProfileArcs(
        forward=forward,
        backward=backward,
        **_rows(node_count, tail, head, cost, code),
        component=component,
        standing=standing,
    )


def park_and_walk(ride: ProfileArcs, walk: ProfileArcs) -> ProfileArcs:
    """Let a rider park at any node and walk on; see :class:`ProfileArcs` for the labels.

    Riding keeps its costs, components and standing. Where riding is as quick as walking nobody parks, which leaves
    out nothing: whoever rides on may park later.
    """
    n = len(ride.first_arc) - 1
    tail = np.repeat(np.arange(n), np.diff(ride.first_arc))
    on_foot_tail = np.repeat(np.arange(n), np.diff(walk.first_arc))
    edge, against = walk.arc_code >> 1, walk.arc_code & 1 == 1
    sooner = walk.arc_cost < np.where(against, ride.backward[edge], ride.forward[edge])
    head, code = walk.arc_head.astype(np.int64) + n, walk.arc_code | ON_FOOT
    rows = _rows(
        2 * n,
        np.concatenate([tail, on_foot_tail[sooner], on_foot_tail + n]),
        np.concatenate([ride.arc_head, head[sooner], head]),
        np.concatenate([ride.arc_cost, walk.arc_cost[sooner], walk.arc_cost]),
        np.concatenate([ride.arc_code, code[sooner], code]),
    )
    return ProfileArcs(ride.forward, ride.backward, **rows, component=ride.component, standing=ride.standing)


def _rows(
    count: int, tail: NDArray[np.int64], head: NDArray[np.int64], cost: NDArray[np.int32], code: NDArray[np.int64]
) -> dict[str, NDArray[np.int32]]:
    """Sort arcs into rows by tail, and once more by head."""
    order = np.lexsort((head, tail))
    by_head = np.lexsort((tail[order], head[order]))
    return {
        "first_arc": _starts(count, tail),
        "arc_head": head[order].astype(np.int32),
        "arc_cost": cost[order],
        "arc_code": code[order].astype(np.int32),
        "first_in": _starts(count, head),
        "in_tail": tail[order][by_head].astype(np.int32),
        "in_arc": by_head.astype(np.int32),
        "in_cost": cost[order][by_head],
        "in_code": (code[order][by_head] ^ 1).astype(np.int32),
    }


def _starts(count: int, label: NDArray[np.int64]) -> NDArray[np.int32]:
    return np.concatenate([[0], np.cumsum(np.bincount(label, minlength=count))]).astype(np.int32)


def _ticks(length_m: NDArray[np.float64], kmh: NDArray[np.float64]) -> NDArray[np.int32]:
    ticks = np.full(len(length_m), NO_WAY, dtype=np.int32)
    open_ = kmh > 0
    ticks[open_] = np.rint(length_m[open_] / (kmh[open_] / 3.6) * TICKS_PER_S)
    return ticks


def _standing(
    node_count: int,
    tail: NDArray[np.int64],
    head: NDArray[np.int64],
    nodes: NDArray[np.int64],
    open_: NDArray[np.bool_],
) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    graph = coo_array((np.ones(len(tail), dtype=np.int8), (tail, head)), shape=(node_count, node_count)).tocsr()
    _, component = connected_components(graph, directed=True, connection="strong")
    main = main_nodes(component)[nodes].all(axis=1)
    standing = np.where(open_, np.where(main, MAIN, ISLET), CLOSED).astype(np.uint8)
    return component.astype(np.int32), standing
