"""Which demand each place reaches within a travel time, for many places at once.

The time is always that of who comes *to* the place: one search per place runs from its door against the arcs. A row of
demand is a point on a street, and is reached whole or not at all.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.coverage.blocks import BLOCK, Progress, Space, Stop, in_blocks, spread
from geo.coverage.pairs import Reach
from geo.coverage.pieces import Pieces
from geo.errors import ParameterError
from geo.streets.compiled import compiled
from geo.streets.graphs import (
    MAX_CUTOFF,
    MAX_SEEDS,
    Graph,
    Leaves,
    access_ticks,
    on_same_edge,
    rows_of,
    set_out,
    span_on_edge,
)
from geo.streets.network import TICKS_PER_S, StreetNetwork
from geo.streets.queues import longer, push
from geo.streets.snapping import Positions

#: More pairs of a place and a row of demand than these are refused: they take 8 bytes each, twice that on the way.
MAX_PAIRS: Final = 50_000_000
#: A block of places is made so small that it has no more pairs than this part of them.
_BLOCKS_AT_LIMIT: Final = 16


def middles(network: StreetNetwork, pieces: Pieces) -> Positions:
    """Return the middle of each piece: where a piece is judged, whole, to be within reach or not.

    It stands on the street: there is no access leg.
    """
    offset_m = np.minimum((pieces.start_mm + pieces.end_mm) / 2000, network.edge_length_m[pieces.edge])
    lonlat = network.points_at(pieces.edge, offset_m)
    return Positions(np.asarray(pieces.edge), offset_m, np.zeros(len(offset_m)), lonlat)


def reach(
    back: Graph,
    demand: Leaves,
    places: Positions,
    cutoff: int,
    *,
    stop: Stop = lambda: False,
    progress: Progress = lambda done: None,
) -> Reach | None:
    """Find the demand that each place reaches within a travel time; None if it was stopped.

    The cost of a pair is exactly what :class:`~geo.streets.paths.Search` finds from the demand to the place.

    Parameters
    ----------
    back
        The mode's graph *from facilities*.
    demand
        Rows of demand, hung on that same graph; see :func:`middles`. Nobody sets out where the mode may not go, but who
        has an e-bike walks from there.
    places
        Where the places stand; those on no street reach nothing.
    cutoff
        Ticks, inclusive; at most :data:`~geo.streets.graphs.MAX_CUTOFF` counts.
    stop
        Asked between blocks of places, from any thread.
    progress
        Told how many places are done, from any thread, in order.

    Raises
    ------
    ParameterError
        There are more than :data:`MAX_PAIRS`.
    """
    cutoff = min(cutoff, MAX_CUTOFF)
    count = len(places.edge)
    access = np.zeros(count, dtype=np.int32)
    on_street = places.edge >= 0
    access[on_street] = access_ticks(places.snap_m[on_street])
    parts: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
    pairs, limit = 0, MAX_PAIRS
    first = rows_of(demand, back.label_count)

    def block(low: int, high: int, space: Space) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        rows = slice(low, high)
        edge, offset_m, leg = places.edge[rows], places.offset_m[rows], access[rows]
        found: tuple[NDArray[np.int64], NDArray[np.int64]] = _reach(
            back, demand, first, edge, offset_m, leg, cutoff, limit, space.state, space.take(high - low)
        )
        return found

    rows_count = len(demand.edge)
    at_once = max(1, min(BLOCK, limit // _BLOCKS_AT_LIMIT // max(1, rows_count)))
    for size, keys in in_blocks(count, block, back.label_count + rows_count, stop, progress, at_once):
        pairs += int(size.sum())
        if pairs > limit:
            raise ParameterError(
                f"more than {limit:,} pairs of {count:,} places and {rows_count:,} rows of demand lie within "
                f"{cutoff / TICKS_PER_S / 60:g} min; ask for a shorter time, for fewer places or for a smaller area",
                parameter="cutoff",
            )
        parts.append((size, keys))
    if sum(len(size) for size, _ in parts) < count:
        return None
    begins = np.concatenate([[0], *(size for size, _ in parts)]).cumsum()
    number, cost = np.empty(pairs, dtype=np.int32), np.empty(pairs, dtype=np.int32)
    parts.reverse()
    at = 0
    while parts:  # what is copied is given back at once
        keys = parts.pop()[1]
        number[at : at + len(keys)], cost[at : at + len(keys)] = keys >> 32, keys & 0xFFFFFFFF
        at += len(keys)
    return Reach(begins, number, cost, rows_count)


@compiled
def _reach(  # type: ignore[no-untyped-def]  # compiled: numba infers the types
    back, demand, first, edges, offsets_m, access, cutoff, limit, state, epoch
):
    """Return how many rows each place reaches, and ``row << 32 | cost`` of all; once there are too many, it ends."""
    n = len(back.first) - 1
    label, c, code = np.empty(MAX_SEEDS, np.int32), np.empty(MAX_SEEDS, np.int64), np.empty(MAX_SEEDS, np.int32)
    heap, settled = np.empty(256, np.int64), np.empty(256, np.int64)
    sizes, keys, end = np.zeros(len(edges), np.int64), np.empty(256, np.int64), 0
    for place in range(len(edges)):
        if edges[place] < 0:
            continue
        edge, begin, base, size = edges[place], end, np.int64(epoch - place) << 32, 0
        for i in range(set_out(back, edge, offsets_m[place], label, c, code)):
            there = c[i] + access[place]
            if there <= cutoff and base | there < state[label[i]]:
                state[label[i]] = base | there
                push(heap, size, there << 32 | label[i])
                size += 1
        heap, settled, count = spread(back, state, base, cutoff, heap, size, settled)
        keys, end = _on_edge(back, demand, edge, offsets_m[place], access[place], cutoff, state, base, keys, end)
        keys, end = _on_leaves(demand, first, settled[:count], cutoff, state, base, keys, end)
        for i in range(begin, end):
            keys[i] = keys[i] << 32 | (state[n + keys[i]] - base)
        keys[begin:end].sort()
        sizes[place] = end - begin
        if end > limit:
            break
    return sizes, keys[:end].copy()


@compiled
def _on_edge(  # type: ignore[no-untyped-def]
    back, demand, edge, offset_m, access, cutoff, state, base, keys, end
):
    """Note the rows on the place's own edge that come along it: states after those of labels, numbers in ``keys``."""
    low, high = span_on_edge(demand, edge)
    for i in range(low, high):
        row = demand.by_edge[i]
        there = on_same_edge(back, demand, edge, offset_m, row)[0] + access
        if there <= cutoff:
            if end == len(keys):
                keys = longer(keys)
            state[len(back.first) - 1 + row], keys[end] = base | there, row
            end += 1
    return keys, end


@compiled
def _on_leaves(demand, first, settled, cutoff, state, base, keys, end):  # type: ignore[no-untyped-def]
    """Note the rows that hang on the labels within reach, each with its least cost."""
    n = len(first) - 1
    for at in settled:
        here = state[at] - base
        for i in range(first[at], first[at + 1]):
            row, there = demand.facility[i], here + demand.cost[i]
            if there <= cutoff and base | there < state[n + row]:
                if state[n + row] >> 32 != base >> 32:  # of an older search: the first time in this one
                    if end == len(keys):
                        keys = longer(keys)
                    keys[end] = row
                    end += 1
                state[n + row] = base | there
    return keys, end
