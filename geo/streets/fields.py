"""Travel time to the nearest facility from every label of a graph, and what one more facility changes.

References
----------
One search from all facilities at once, against the arcs (the graph Voronoi diagram: M. Erwig, Networks 36, 2000), with
buckets instead of a heap: E. V. Denardo and B. L. Fox, "Shortest-route methods: 1. Reaching, pruning, and buckets",
Operations Research 27 (1979).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.streets.compiled import compiled
from geo.streets.graphs import MAX_SEEDS, Graph, Leaves, access_ticks, set_out
from geo.streets.heap import pop, push
from geo.streets.network import NO_WAY
from geo.streets.snapping import Position


class Field(NamedTuple):
    """The nearest facility of every label.

    Attributes
    ----------
    cost
        Travel time to its door, ticks, int32 (n_labels,); ``NO_WAY`` where none can be reached.
    facility
        Its number, int32 (n_labels,); -1 where none can be reached. Of facilities at equal cost, any one.
    """

    cost: NDArray[np.int32]
    facility: NDArray[np.int32]


class Change(NamedTuple):
    """What one more facility changed: labels, and their cost and facility before; int32 each."""

    label: NDArray[np.int32]
    cost: NDArray[np.int32]
    facility: NDArray[np.int32]


def make_field(back: Graph, leaves: Leaves) -> Field:
    """Find the nearest facility of every label.

    Parameters
    ----------
    back
        The mode's graph *from facilities*.
    leaves
        The facilities, hung on the mode's graph *to facilities*.
    """
    field = Field(np.full(back.label_count, NO_WAY, dtype=np.int32), np.full(back.label_count, -1, dtype=np.int32))
    longest = int(max(back.cost.max(initial=0), leaves.cost.max(initial=0)))
    width = max(int(np.median(back.cost)) if len(back.cost) else 1, 1)
    shift = width.bit_length() - 1
    buckets = (longest >> shift) + 2  # as many as the longest arc spans, and the one that is being emptied
    _sweep(back.first, back.head, back.cost, leaves.first, leaves.facility, leaves.cost, shift, buckets, *field)
    return field


def add_facility(field: Field, back: Graph, position: Position, number: int) -> Change:
    """Write one more facility into a field where it is nearer; :func:`undo` takes it back.

    Only labels to which it is the nearest are visited.

    Parameters
    ----------
    position
        Where it stands.
    number
        What it is called in the field; no other facility's.
    """
    access = int(access_ticks(np.array([position.snap_m]))[0])
    return Change(*_add(back, position.edge, position.offset_m, access, number, *field))


def undo(field: Field, change: Change) -> None:
    """Take back the last change of a field."""
    field.cost[change.label] = change.cost
    field.facility[change.label] = change.facility


@compiled
def _sweep(  # type: ignore[no-untyped-def]  # compiled: numba infers the types
    first_in, in_tail, in_cost, first_leaf, leaf_facility, leaf_cost, shift, buckets, cost, facility
):
    """Empty bucket after bucket; a label may come again within a bucket, until nothing in it changes."""
    n = len(first_in) - 1
    top = np.full(buckets, -1, dtype=np.int32)  # each bucket is a list through ``after``
    item = np.empty(len(leaf_facility) + 2 * n + 64, dtype=np.int32)
    item_cost = np.empty(len(item), dtype=np.int32)
    after = np.empty(len(item), dtype=np.int32)
    free, used, waiting = -1, 0, 0
    for label in range(n):
        for i in range(first_leaf[label], first_leaf[label + 1]):
            c = leaf_cost[i]
            if c < cost[label]:
                cost[label], facility[label] = c, leaf_facility[i]
                bucket = (c >> shift) % buckets
                item[used], item_cost[used], after[used] = label, c, top[bucket]
                top[bucket] = used
                used += 1
                waiting += 1
    now = 0
    while waiting > 0:
        bucket = now % buckets
        while top[bucket] >= 0:
            at = top[bucket]
            top[bucket] = after[at]
            label, here = item[at], item_cost[at]
            after[at], free = free, at
            waiting -= 1
            if here != cost[label]:
                continue
            for i in range(first_in[label], first_in[label + 1]):
                tail, c = in_tail[i], here + in_cost[i]
                if c < cost[tail]:
                    cost[tail], facility[tail] = c, facility[label]
                    to = (c >> shift) % buckets
                    if free >= 0:
                        slot = free
                        free = after[slot]
                    else:
                        slot = used
                        used += 1
                        if slot == len(item):
                            item = np.concatenate((item, item))
                            item_cost = np.concatenate((item_cost, item_cost))
                            after = np.concatenate((after, after))
                    item[slot], item_cost[slot], after[slot] = tail, c, top[to]
                    top[to] = slot
                    waiting += 1
        now += 1


@compiled
def _add(back, edge, offset_m, access, number, cost, facility):  # type: ignore[no-untyped-def]
    """Spread one facility as far as it is nearer; return the labels it took, with what they had."""
    heap = np.empty(256, dtype=np.int64)
    label, c, code = np.empty(MAX_SEEDS, np.int32), np.empty(MAX_SEEDS, np.int64), np.empty(MAX_SEEDS, np.int32)
    taken, had, whose, count, size = np.empty(256, np.int32), np.empty(256, np.int32), np.empty(256, np.int32), 0, 0
    for i in range(set_out(back, edge, offset_m, label, c, code)):
        push(heap, size, (c[i] + access) << 32 | label[i])
        size += 1
    while size > 0:
        key = pop(heap, size)
        size -= 1
        here, at = key >> 32, key & 0xFFFFFFFF
        if here >= cost[at]:
            continue
        if count == len(taken):
            taken, had, whose = _longer(taken), _longer(had), _longer(whose)
        taken[count], had[count], whose[count] = at, cost[at], facility[at]
        count += 1
        cost[at], facility[at] = here, number
        for i in range(back.first[at], back.first[at + 1]):
            there = here + back.cost[i]
            if there < cost[back.head[i]]:
                if size == len(heap):
                    heap = _longer(heap)
                push(heap, size, there << 32 | back.head[i])
                size += 1
    return taken[:count].copy(), had[:count].copy(), whose[:count].copy()


@compiled
def _longer(array):  # type: ignore[no-untyped-def]
    longer = np.empty(2 * len(array), dtype=array.dtype)
    longer[: len(array)] = array
    return longer
