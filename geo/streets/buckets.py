"""For which facilities each label of a hierarchy is a *hub*, and at what cost: what a look-up of all of them needs.

A hub of a facility is a label that a cheapest way to it may climb to before it descends. Each facility climbs the
hierarchy backwards, once, and leaves its mark in the *bucket* of every hub.

References
----------
S. Knopp, P. Sanders, D. Schultes, F. Schulz and D. Wagner, "Computing many-to-many shortest paths using highway
hierarchies", ALENEX 2007; on contraction hierarchies, as here, R. Geisberger, P. Sanders, D. Schultes and D. Delling,
"Contraction hierarchies: faster and simpler hierarchical routing in road networks", WEA 2008, whose *stall on demand*
keeps marks off labels that are no hubs.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.streets.compiled import compiled
from geo.streets.graphs import MAX_CUTOFF, Leaves, block_starts
from geo.streets.hierarchy import COST, END, Hierarchy
from geo.streets.queues import longer, pop, push

#: Columns of what a search knows of a number: its stamp, cost, and how the way to the facility goes on from there.
STAMP, SPENT, _ONWARD = 0, 1, 2


class Buckets(NamedTuple):
    """For which facilities each number of a hierarchy is a hub, in order of (number, cost, facility); int32, frozen.

    Attributes
    ----------
    number
        Whose bucket each mark lies in, ascending.
    facility, cost
        The facility, and the cost from the number to its door, in ticks.
    onward
        The number that the way there descends to first; below 0 it leads straight to the door, by leaf ``-1 - onward``.
    blocks
        Where the marks of each 32 numbers begin; see :func:`~geo.streets.graphs.block_starts`.
    """

    number: NDArray[np.int32]
    facility: NDArray[np.int32]
    cost: NDArray[np.int32]
    onward: NDArray[np.int32]
    blocks: NDArray[np.int32]

    @property
    def size_bytes(self) -> int:
        """What the arrays take."""
        return sum(array.nbytes for array in self)


def make_buckets(hierarchy: Hierarchy, leaves: Leaves) -> Buckets:
    """Let every facility climb, and leave its mark at its hubs.

    Parameters
    ----------
    hierarchy
        Of the graph *to facilities* that the leaves hang on.
    leaves
        The facilities.
    """
    n = len(hierarchy.number)
    leaf = np.argsort(leaves.facility, kind="stable")
    first = np.searchsorted(leaves.facility[leaf], np.arange(len(leaves.edge) + 1))
    number, facility, cost, onward = _climb(
        hierarchy, first, hierarchy.number[leaves.label[leaf]], leaves.cost[leaf], leaf.astype(np.int32)
    )
    order = np.argsort(number.astype(np.int64) << 32 | cost, kind="stable")
    number = number[order]
    buckets = Buckets(number, facility[order], cost[order], onward[order], block_starts(number, n))
    for array in buckets:
        array.setflags(write=False)
    return buckets


@compiled
def _climb(hierarchy, first, seed_number, seed_cost, seed_leaf):  # type: ignore[no-untyped-def]
    """Search backwards from every facility, up the hierarchy; return (number, facility, cost, onward) of all hubs."""
    up_first, up, down_first, down = hierarchy.up_first, hierarchy.up, hierarchy.down_first, hierarchy.down
    state = np.zeros((len(hierarchy.number), 3), dtype=np.int32)
    heap = np.empty(len(down) + len(seed_number), dtype=np.int64)
    room, count = 1024, 0
    number, facility = np.empty(room, dtype=np.int32), np.empty(room, dtype=np.int32)
    cost, onward = np.empty(room, dtype=np.int32), np.empty(room, dtype=np.int32)
    for f in range(len(first) - 1):
        stamp, size = f + 1, 0
        for s in range(first[f], first[f + 1]):
            at, c = seed_number[s], np.int64(seed_cost[s])
            if c <= MAX_CUTOFF and (state[at, STAMP] != stamp or c < state[at, SPENT]):
                state[at, STAMP], state[at, SPENT], state[at, _ONWARD] = stamp, c, -1 - seed_leaf[s]
                push(heap, size, c << 32 | at)
                size += 1
        while size > 0:
            key = pop(heap, size)
            size -= 1
            here, at = key >> 32, key & 0xFFFFFFFF
            if here != state[at, SPENT]:
                continue
            if stalled(up_first, up, state, stamp, at, here):
                continue
            if count == room:
                room *= 2
                number, facility = longer(number), longer(facility)
                cost, onward = longer(cost), longer(onward)
            number[count], facility[count], cost[count], onward[count] = at, f, here, state[at, _ONWARD]
            count += 1
            for i in range(down_first[at], down_first[at + 1]):
                tail, c = down[i, END], here + down[i, COST]
                if c <= MAX_CUTOFF and (state[tail, STAMP] != stamp or c < state[tail, SPENT]):
                    state[tail, STAMP], state[tail, SPENT], state[tail, _ONWARD] = stamp, c, at
                    push(heap, size, c << 32 | tail)
                    size += 1
    return number[:count], facility[:count], cost[:count], onward[:count]


@compiled
def stalled(first, arcs, state, stamp, at, here):  # type: ignore[no-untyped-def]
    """Whether a number can be reached sooner from above than by climbing: then it need not be climbed from.

    Parameters
    ----------
    first, arcs
        The arcs between each number and smaller ones that lead the other way: down where the search climbs.
    """
    for i in range(first[at], first[at + 1]):
        above = arcs[i, END]
        if state[above, STAMP] == stamp and np.int64(state[above, SPENT]) + arcs[i, COST] < here:
            return True
    return False
