"""Edges and speeds of one mode -> its arcs, components, and who stands on an islet."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.streets.network import CLOSED, ISLET, MAIN, NO_WAY, TICKS_PER_S, ProfileArcs

#: A component with fewer nodes than this share of the largest one is an islet: a flaw of the map, or a real island.
ISLET_SHARE: Final = 0.01


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
    order = np.lexsort((head, tail))
    first_arc = np.concatenate([[0], np.cumsum(np.bincount(tail, minlength=node_count))])
    component, standing = _standing(node_count, tail, head, nodes, goes | returns)
    return ProfileArcs(
        forward=forward,
        backward=backward,
        first_arc=first_arc.astype(np.int32),
        arc_head=head[order].astype(np.int32),
        arc_cost=np.concatenate([forward[goes], backward[returns]])[order],
        arc_edge=np.concatenate([2 * edge[goes], 2 * edge[returns] + 1])[order].astype(np.int32),
        component=component,
        standing=standing,
    )


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
    size = np.bincount(component)[component]
    large = size >= max(ISLET_SHARE * size.max(initial=0), 2)
    main = large[nodes].all(axis=1)
    standing = np.where(open_, np.where(main, MAIN, ISLET), CLOSED).astype(np.uint8)
    return component.astype(np.int32), standing
