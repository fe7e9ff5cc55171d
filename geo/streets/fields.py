"""Travel time to the nearest facility from every label of a graph, and what one more facility changes.

References
----------
One search from all facilities at once, against the arcs: M. Erwig, "The graph Voronoi diagram with applications",
Networks 36 (2000).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.streets.compiled import compiled
from geo.streets.graphs import MAX_SEEDS, Graph, Leaves, access_ticks, set_out
from geo.streets.network import NO_WAY
from geo.streets.queues import longer, pop, push, ring_for
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
    _sweep(
        back.first, back.head, back.cost, leaves.first, leaves.facility, leaves.cost,
        *ring_for(back.cost, leaves.cost), *field,
    )  # fmt: skip
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
    first_in, in_tail, in_cost, first_leaf, leaf_facility, leaf_cost, shift, ring, cost, facility
):
    """Empty bucket after bucket; a label may come again within a bucket, until nothing in it changes."""
    n, used, waiting = len(first_in) - 1, 0, 0
    top = np.full(ring, -1, dtype=np.int32)  # the items of a bucket are chained by ``after``
    item, after = np.empty(2 * n + len(leaf_cost) + 1, np.int32), np.empty(2 * n + len(leaf_cost) + 1, np.int32)
    for label in range(n):
        for i in range(first_leaf[label], first_leaf[label + 1]):
            if leaf_cost[i] < cost[label]:
                cost[label], facility[label] = leaf_cost[i], leaf_facility[i]
                bucket = (leaf_cost[i] >> shift) % ring
                item[used], after[used], top[bucket] = label, top[bucket], used
                used, waiting = used + 1, waiting + 1
    now = 0
    while waiting > 0:
        bucket = now % ring
        while top[bucket] >= 0:
            label = item[top[bucket]]
            top[bucket] = after[top[bucket]]
            waiting -= 1
            here, nearest = cost[label], facility[label]
            if here >> shift != now:
                continue  # it was settled in an earlier bucket
            for i in range(first_in[label], first_in[label + 1]):
                tail, c = in_tail[i], here + in_cost[i]
                if c < cost[tail]:
                    cost[tail], facility[tail] = c, nearest
                    if used == len(item):
                        item, after = longer(item), longer(after)
                    to = (c >> shift) % ring
                    item[used], after[used], top[to] = tail, top[to], used
                    used, waiting = used + 1, waiting + 1
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
            taken, had, whose = longer(taken), longer(had), longer(whose)
        taken[count], had[count], whose[count] = at, cost[at], facility[at]
        count += 1
        cost[at], facility[at] = here, number
        for i in range(back.first[at], back.first[at + 1]):
            there = here + back.cost[i]
            if there < cost[back.head[i]]:
                if size == len(heap):
                    heap = longer(heap)
                push(heap, size, there << 32 | back.head[i])
                size += 1
    return taken[:count].copy(), had[:count].copy(), whose[:count].copy()
