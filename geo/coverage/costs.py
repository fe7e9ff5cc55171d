"""Travel time from positions on edges to the nearest facility, of many positions at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo.streets.field_edits import Stands
from geo.streets.fields import NOTHING, Field
from geo.streets.graphs import Graph, Leaves
from geo.streets.network import NO_WAY


def costs_at(
    streets: Graph,
    leaves: Leaves | Stands,
    field: Field,
    edge: NDArray[np.int32],
    offset_m: NDArray[np.float64],
    access: NDArray[np.int32],
    chosen: NDArray[np.bool_] | None = None,
) -> NDArray[np.int32]:
    """Return the travel time to the nearest facility, ticks, ``NO_WAY`` where none can be reached; int32 (n,).

    Access legs are included. Parameters are those of :func:`nearest_at`.
    """
    return nearest_at(streets, leaves, field, edge, offset_m, access, chosen).cost


def nearest_at(
    streets: Graph,
    leaves: Leaves | Stands,
    field: Field,
    edge: NDArray[np.int32],
    offset_m: NDArray[np.float64],
    access: NDArray[np.int32],
    chosen: NDArray[np.bool_] | None = None,
) -> Field:
    """Return the nearest facility of every position and the travel time to it, access legs included.

    Parameters
    ----------
    streets
        The mode's graph *to facilities*.
    leaves
        The facilities, hung on it.
    field
        Time to the nearest of the facilities, of every label.
    edge, offset_m, access
        Where each position is: edge (-1: on none), metres from its tail, access leg in ticks; (n,) each.
    chosen
        Which facilities the field is of, bool (n_facilities,); None: all.
    """
    key = np.full(len(edge), NOTHING)
    there = np.flatnonzero(edge >= 0)
    own, metres = edge[there], offset_m[there]
    label, leg = legs(streets, own, metres)
    best = _then(leg, field.key[label]).min(axis=0)
    row, facility, alone = on_same_edge(streets, leaves, own, metres, chosen)
    np.minimum.at(best, row, _then(alone, facility.astype(np.int64)))
    key[there] = _then(access[there].astype(np.int64), best)
    return Field(key)


def legs(
    streets: Graph, edge: NDArray[np.int32], offset_m: NDArray[np.float64]
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return the labels that one comes to from positions on edges, and the costs: (2, n), or (4, n) where one parks."""
    ends, long = streets.edge_nodes[edge].T, streets.edge_length_m[edge]
    sides = [(streets.against[edge], offset_m), (streets.along[edge], long - offset_m)]
    if len(streets.foot_along):
        ends = np.concatenate([ends, ends + streets.label_count // 2])
        sides += [(streets.foot_against[edge], offset_m), (streets.foot_along[edge], long - offset_m)]
    return np.asarray(ends), np.array([_part(ticks, metres, long) for ticks, metres in sides])


def on_same_edge(
    streets: Graph,
    leaves: Leaves | Stands,
    edge: NDArray[np.int32],
    offset_m: NDArray[np.float64],
    chosen: NDArray[np.bool_] | None = None,
) -> tuple[NDArray[np.intp], NDArray[np.int32], NDArray[np.int64]]:
    """Return pairs of a position and a facility on its edge, by position, with the cost along that edge alone."""
    facilities = leaves.by_edge if chosen is None else leaves.by_edge[chosen[leaves.by_edge]]
    edges = leaves.edge[facilities]
    first, last = np.searchsorted(edges, edge, "left"), np.searchsorted(edges, edge, "right")
    count = last - first
    row = np.repeat(np.arange(len(edge)), count)
    within = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    facility = facilities[np.repeat(first, count) + within]
    alone = _along(streets, edge[row], offset_m[row], leaves.offset_m[facility]) + leaves.access[facility]
    return row, facility, alone


def _along(
    streets: Graph, edge: NDArray[np.int32], offset_m: NDArray[np.float64], goal_m: NDArray[np.float64]
) -> NDArray[np.int64]:
    ahead, long = goal_m - offset_m, streets.edge_length_m[edge]
    along, against = streets.along[edge], streets.against[edge]
    if len(streets.foot_along):
        along, against = np.minimum(along, streets.foot_along[edge]), np.minimum(against, streets.foot_against[edge])
    return _part(np.where(ahead >= 0, along, against), np.abs(ahead), long)


def _part(ticks: NDArray[np.int32], metres: NDArray[np.float64], long: NDArray[np.float64]) -> NDArray[np.int64]:
    """Cost of a part of an edge, as :func:`geo.streets.graphs.part` has it."""
    with np.errstate(divide="ignore", invalid="ignore"):
        cost = np.where(ticks == NO_WAY, NO_WAY, np.rint(metres / long * ticks))
    return np.where(metres == 0, 0, cost).astype(np.int64)


def _then(cost: NDArray[np.int64], key: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return keys with a cost added to theirs; what cannot be reached stays beyond all reach."""
    return np.where((cost >= NO_WAY) | (cost + (key >> 32) >= NO_WAY), NOTHING, key + (np.minimum(cost, NO_WAY) << 32))
