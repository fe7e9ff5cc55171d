"""Parts of streets: which are within reach of a place, and the algebra of such parts.

All offsets are whole millimetres along an edge, so that parts and what is left of them add up exactly.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.coverage.pieces import Pieces, length_mm
from geo.streets.compiled import compiled
from geo.streets.field_edits import Stands
from geo.streets.fields import Field
from geo.streets.graphs import Graph, Leaves
from geo.streets.network import CLOSED, NO_WAY, StreetNetwork
from geo.streets.profiles import Mode

#: Offsets along an edge take so many bits of a key ``edge << BITS | offset_mm``: edges of up to 1,000 km.
_BITS: Final = 30
_OFFSET: Final = (1 << _BITS) - 1
_UNION, _MINUS, _BOTH = 0, 1, 2


class Stretches(NamedTuple):
    """Parts of edges that do not overlap or touch, ordered by (edge, start).

    Attributes
    ----------
    edge
        int32 (n,).
    start_mm, end_mm
        From the edge's tail, start < end, int64 (n,). Both ends belong to the stretch.

    Examples
    --------
    >>> whole = Stretches.of([0, 1], [0, 0], [90_000, 50_000])
    >>> near = Stretches.of([0], [20_000], [30_000])
    >>> far = whole.minus(near)
    >>> [(int(e), int(a), int(b)) for e, a, b in zip(*far)]
    [(0, 0, 20000), (0, 30000, 90000), (1, 0, 50000)]
    >>> int(far.length_mm.sum() + near.length_mm.sum())
    140000
    """

    edge: NDArray[np.int32]
    start_mm: NDArray[np.int64]
    end_mm: NDArray[np.int64]

    @classmethod
    def of(cls, edge: object, start_mm: object, end_mm: object) -> Stretches:
        """Return stretches of three sequences that are in order already."""
        return cls(
            np.asarray(edge, dtype=np.int32), np.asarray(start_mm, dtype=np.int64), np.asarray(end_mm, dtype=np.int64)
        )

    @property
    def length_mm(self) -> NDArray[np.int64]:
        """Length of each, int64 (n,)."""
        return self.end_mm - self.start_mm

    def union(self, other: Stretches) -> Stretches:
        """Return what belongs to one or both."""
        return _combined(self, other, _UNION)

    def minus(self, other: Stretches) -> Stretches:
        """Return what belongs to this, but not to the other."""
        return _combined(self, other, _MINUS)

    def within(self, other: Stretches) -> Stretches:
        """Return what belongs to both."""
        return _combined(self, other, _BOTH)

    def take(self, rows: NDArray[np.intp]) -> Stretches:
        """Return some of them, in their order."""
        return Stretches(self.edge[rows], self.start_mm[rows], self.end_mm[rows])


def streets_of(network: StreetNetwork, mode: Mode) -> Stretches:
    """Return the streets that count for a mode: all that it may use, whole; who rides an e-bike rides."""
    length = length_mm(network)
    edge = np.flatnonzero((network.standing(mode) != CLOSED) & (length > 0))
    return Stretches.of(edge, np.zeros(len(edge)), length[edge])


def reached(
    streets: Graph,
    leaves: Leaves | Stands,
    field: Field,
    cutoff: int,
    length: NDArray[np.int64],
    chosen: NDArray[np.bool_] | None = None,
    edges: NDArray[np.int32] | None = None,
) -> Stretches:
    """Return from where a facility is reached within a cutoff, inclusive.

    On an edge one may go ahead or back, as far as its directions allow, to its ends and on, or to a facility on the
    edge itself; the edge between two ends that are within reach may still have a gap in its middle.

    Parameters
    ----------
    streets
        The mode's graph *to facilities*.
    leaves
        The facilities, hung on it.
    field
        Time to the nearest of the facilities, of every label.
    cutoff
        Ticks.
    length
        Of each edge, :func:`~geo.coverage.pieces.length_mm`.
    chosen
        Which facilities the field is of, bool (n_facilities,); None: all.
    edges
        Which edges to look at, in order; None: all.
    """
    everything = np.arange(len(length), dtype=np.int32) if edges is None else edges
    marked = leaves.by_edge if chosen is None else leaves.by_edge[chosen[leaves.by_edge]]
    if edges is not None:
        marked = marked[np.isin(leaves.edge[marked], edges)]
    return _by_ends(streets, field, cutoff, length, everything).union(
        _on_edges(streets, leaves, cutoff, length, marked)
    )


def _by_ends(
    streets: Graph, field: Field, cutoff: int, length: NDArray[np.int64], edges: NDArray[np.int32]
) -> Stretches:
    """Return from where a facility is reached by an end of the edge, from there on being known."""
    long, ends = length[edges], streets.edge_nodes[edges]
    left = cutoff - field.cost.astype(np.int64)
    back = _way(streets.against[edges], left[ends[:, 0]], long)
    ahead = _way(streets.along[edges], left[ends[:, 1]], long)
    if len(streets.foot_along):
        parked = ends + streets.label_count // 2
        back = np.maximum(back, _way(streets.foot_against[edges], left[parked[:, 0]], long))
        ahead = np.maximum(ahead, _way(streets.foot_along[edges], left[parked[:, 1]], long))
    key = edges.astype(np.int64) << _BITS
    whole = back + ahead >= long
    start = np.column_stack([key, key | (long - ahead)]).ravel()
    end = np.column_stack([key | np.where(whole, long, back), key | long]).ravel()
    there = (start < end) & np.column_stack([np.ones_like(whole), ~whole]).ravel()
    return _of_keys(start[there], end[there])


def _on_edges(
    streets: Graph, leaves: Leaves | Stands, cutoff: int, length: NDArray[np.int64], facilities: NDArray[np.int32]
) -> Stretches:
    """Return from where one of the facilities is reached along its own edge."""
    return joined(*spans_on_edges(streets, leaves, cutoff, length, facilities))


def spans_on_edges(
    streets: Graph, leaves: Leaves | Stands, cutoff: int, length: NDArray[np.int64], facilities: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int64]]:
    """Return each facility's edge, and from where to where on it the facility is reached along that edge, (n,) each.

    Of one that is farther from its street than the cutoff the end is not after the start.
    """
    edges = leaves.edge[facilities]
    long, left = length[edges], cutoff - leaves.access[facilities].astype(np.int64)
    at = np.rint(leaves.offset_m[facilities] / streets.edge_length_m[edges] * long).astype(np.int64)
    before, after = _way(streets.along[edges], left, long), _way(streets.against[edges], left, long)
    if len(streets.foot_along):
        before = np.maximum(before, _way(streets.foot_along[edges], left, long))
        after = np.maximum(after, _way(streets.foot_against[edges], left, long))
    return edges, np.maximum(at - before, 0), np.minimum(at + after, long)


def _way(ticks: NDArray[np.int32], left: NDArray[np.int64], long: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many millimetres one may go on edges that cost so much as a whole, in the ticks that are left."""
    part = np.maximum(left, 0) * long // np.maximum(ticks, 1)
    return np.where(ticks == NO_WAY, 0, np.where(left >= ticks, long, part))


def joined(edge: NDArray[np.int32], start_mm: NDArray[np.int64], end_mm: NDArray[np.int64]) -> Stretches:
    """Return stretches of parts in any order that may overlap or have no length."""
    key = edge.astype(np.int64) << _BITS
    start, end = key | start_mm, key | end_mm
    order = np.argsort(start, kind="stable")
    return _of_keys(*_joined(start[order], end[order]))


def measure(pieces: Pieces, stretches: Stretches) -> NDArray[np.int64]:
    """Return how much of each piece belongs to the stretches, millimetres, int64 (n_pieces,)."""
    return np.asarray(_measure(pieces.edge, pieces.start_mm, pieces.end_mm, *stretches))


def _combined(one: Stretches, other: Stretches, rule: int) -> Stretches:
    return _of_keys(*_combine(*_keys(one), *_keys(other), rule))


def _keys(stretches: Stretches) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    edge = stretches.edge.astype(np.int64) << _BITS
    return edge | stretches.start_mm, edge | stretches.end_mm


def _of_keys(start: NDArray[np.int64], end: NDArray[np.int64]) -> Stretches:
    return Stretches((start >> _BITS).astype(np.int32), start & _OFFSET, end & _OFFSET)


@compiled
def _combine(start, end, other_start, other_end, rule):  # type: ignore[no-untyped-def]  # compiled: numba infers the types
    """Walk along both lists at once, from border to border; keys of different edges never touch."""
    room = len(start) + len(other_start) + 1  # every border ends at most one part
    starts, ends, count = np.empty(room, np.int64), np.empty(room, np.int64), 0
    i, j, inside, since = 0, 0, False, np.int64(0)
    in_one, in_other = False, False
    while i < len(start) or j < len(other_start):
        far = np.int64(2**62)
        one = far if i == len(start) else (end[i] if in_one else start[i])
        other = far if j == len(other_start) else (other_end[j] if in_other else other_start[j])
        now = min(one, other)
        if one == now:
            i, in_one = (i + 1, False) if in_one else (i, True)
        if other == now:
            j, in_other = (j + 1, False) if in_other else (j, True)
        if rule == _UNION:
            holds = in_one or in_other
        elif rule == _MINUS:
            holds = in_one and not in_other
        else:
            holds = in_one and in_other
        if holds and not inside:
            since = now
        elif inside and not holds and now > since:
            starts[count], ends[count] = since, now
            count += 1
        inside = holds
    return starts[:count].copy(), ends[:count].copy()


@compiled
def _joined(start, end):  # type: ignore[no-untyped-def]
    """Return parts that are ordered by their starts with those that overlap or touch made one.

    Those of no length are left out.
    """
    starts, ends, count = np.empty_like(start), np.empty_like(end), 0
    for i in range(len(start)):
        if start[i] == end[i]:
            continue
        if count > 0 and start[i] <= ends[count - 1]:
            ends[count - 1] = max(ends[count - 1], end[i])
        else:
            starts[count], ends[count] = start[i], end[i]
            count += 1
    return starts[:count].copy(), ends[:count].copy()


@compiled
def _measure(edge, start_mm, end_mm, own_edge, own_start, own_end):  # type: ignore[no-untyped-def]
    """Both lists are in order, so one walk does."""
    total = np.zeros(len(edge), np.int64)
    j = 0
    for i in range(len(edge)):
        while j < len(own_edge) and (own_edge[j] < edge[i] or (own_edge[j] == edge[i] and own_end[j] <= start_mm[i])):
            j += 1
        k = j
        while k < len(own_edge) and own_edge[k] == edge[i] and own_start[k] < end_mm[i]:
            total[i] += min(end_mm[i], own_end[k]) - max(start_mm[i], own_start[k])
            k += 1
    return total
