"""What it costs from a position to every facility at once, and the ways there, by climbing a hierarchy to their hubs.

A position climbs the hierarchy and meets every facility in the bucket of some hub: a few hundred labels answer for a
whole city, however far. Where most facilities fail what is wanted, or all are to be named, that replaces a search.

References
----------
S. Knopp et al., "Computing many-to-many shortest paths using highway hierarchies", ALENEX 2007; R. Geisberger et al.,
"Contraction hierarchies: faster and simpler hierarchical routing in road networks", WEA 2008.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.errors import InputError
from geo.streets.buckets import SPENT, STAMP, make_buckets
from geo.streets.compiled import compiled
from geo.streets.graphs import MAX_CUTOFF, MAX_SEEDS, Graph, Leaves, on_same_edge, set_out, span_in, span_on_edge
from geo.streets.hierarchy import COST, END, VIA, Hierarchy
from geo.streets.network import MAIN, NO_WAY
from geo.streets.queues import longer, pop, push
from geo.streets.snapping import Position

#: Stamps are 32 bits wide.
_LAST_STAMP: Final = np.iinfo(np.int32).max
#: The columns after those of :mod:`geo.streets.buckets`: the row that the search came from, by which arc, and which
#: number this row is about.
_BEFORE, _ARC, _NUMBER = 2, 3, 4
#: Rows of a table at first, a power of two: a climb meets a few hundred numbers out of a million, and in a small table
#: they stay in the processor's cache.
_ROWS: Final = 1024
#: Spreads neighbouring numbers over a table: 2**32 divided by the golden ratio (D. E. Knuth, "The Art of Computer
#: Programming", volume 3, section 6.4).
_SPREAD: Final = 0x9E3779B1


class HubSpace:
    """One thread's scratch: a table of the numbers that a climb meets, and what it finds.

    A row of the table counts only if it bears the current search's stamp.
    """

    def __init__(self, facilities: int) -> None:
        self.make_room(_ROWS)
        self.cost = np.empty(facilities, dtype=np.int32)
        self.met = np.empty(facilities, dtype=np.int32)
        self.key = np.empty(facilities, dtype=np.int64)
        self.seed_label = np.empty(MAX_SEEDS, dtype=np.int32)
        self.seed_cost = np.empty(MAX_SEEDS, dtype=np.int64)
        self.seed_code = np.empty(MAX_SEEDS, dtype=np.int32)
        self.generation = 0

    def make_room(self, rows: int) -> None:
        """Make an empty table, and room for what waits to be climbed from."""
        self.state = np.zeros((rows, _NUMBER + 1), dtype=np.int32)
        self.heap = np.empty(4 * rows, dtype=np.int64)

    def next_generation(self) -> int:
        """Return a stamp that no row bears."""
        if self.generation == _LAST_STAMP:
            self.state[:, STAMP] = 0
            self.generation = 0
        self.generation += 1
        return self.generation


class Hubs:
    """Costs and ways to all facilities from anywhere that it serves; threads may share it.

    Parameters
    ----------
    graph, leaves
        The streets of a mode *to facilities*, and the facilities hung on them.
    hierarchy
        Of the same mode's arcs.
    standing
        What each edge is to who sets out, as :class:`~geo.streets.network.ProfileArcs` has it. Where riders park,
        hubs answer for origins on the main network; None: there are no others.

    Raises
    ------
    InputError
        The graph runs from facilities, or is not the hierarchy's.
    """

    def __init__(
        self, graph: Graph, leaves: Leaves, hierarchy: Hierarchy, standing: NDArray[np.uint8] | None = None
    ) -> None:
        if graph.backward or graph.label_count != len(hierarchy.number):
            raise InputError(
                f"a graph of {graph.label_count} labels {'from' if graph.backward else 'to'} facilities, and a "
                f"hierarchy of {len(hierarchy.number)} labels to facilities: make both of the same mode's arcs"
            )
        self.graph = graph
        self.leaves = leaves
        self.hierarchy = hierarchy
        self.buckets = make_buckets(hierarchy, leaves)
        self._standing = standing if len(graph.foot_along) else None
        self._local = threading.local()

    def serves(self, edge: int) -> bool:
        """Tell whether ways from an edge are known: the walks of who rides off an islet are in no hierarchy."""
        return self._standing is None or bool(self._standing[edge] == MAIN)

    def all(self, origin: Position, cutoff: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Return all facilities within a cutoff.

        Parameters
        ----------
        origin
            Where one sets out; its own access leg is the caller's to add.
        cutoff
            Largest cost that counts, ticks, inclusive; at most :data:`~geo.streets.graphs.MAX_CUTOFF`.

        Returns
        -------
        facility, cost
            Int32 (n_found,), in order of (cost, number): the same as a stream of
            :class:`~geo.streets.paths.Search` that is followed to its end.
        """
        space = self._space()
        key = space.key[: self._climb(space, origin, cutoff)]
        key.sort()
        return (key & 0xFFFFFFFF).astype(np.int32), (key >> 32).astype(np.int32)

    def costs(self, origin: Position, cutoff: int) -> NDArray[np.int32]:
        """Return the cost to every facility, ticks, int32 (n_facilities,); ``NO_WAY`` beyond the cutoff."""
        space = self._space()
        self._climb(space, origin, cutoff)
        return space.cost.copy()

    def routes(self, picked: Sequence[int]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Return the ways to some of the facilities that this thread's last question found.

        Parameters
        ----------
        picked
            Numbers of facilities.

        Returns
        -------
        codes, start
            The n-th way has the arc codes ``codes[start[n]:start[n + 1]]``, from the origin's edge to the facility's;
            int32. Of several cheapest ways it is any one.

        Raises
        ------
        InputError
            One of them was not found.
        """
        space, facility = self._space(), np.array(picked, dtype=np.int32).reshape(-1)
        for number in facility.tolist():
            if not 0 <= number < len(space.cost) or space.cost[number] == NO_WAY:
                raise InputError(f"facility {number} is none of those found last; ask for ways to those")
        codes, start = _ways(
            self.hierarchy, self.buckets, self.graph.code, self.leaves.code, space.state, space.generation, space.met,
            facility,
        )  # fmt: skip
        return codes, start

    def _climb(self, space: HubSpace, origin: Position, cutoff: int) -> int:
        """Write the cost of every facility, and keys of those found in no order; return how many."""
        while True:
            count: int = _meet(
                self.hierarchy, self.buckets, self.graph, self.leaves, origin.edge, origin.offset_m,
                min(cutoff, MAX_CUTOFF), space.state, space.next_generation(), space.heap, space.cost, space.met,
                space.key, space.seed_label, space.seed_cost, space.seed_code,
            )  # fmt: skip
            if count >= 0:
                return count
            space.make_room(2 * len(space.state))

    def _space(self) -> HubSpace:
        space: HubSpace | None = getattr(self._local, "space", None)
        if space is None:
            space = HubSpace(len(self.leaves.edge))
            space.cost[:] = NO_WAY
            self._local.space = space
        return space


@compiled
def _meet(  # type: ignore[no-untyped-def]
    hierarchy, buckets, graph, leaves, edge, offset_m, cutoff, state, stamp, heap, cost, met, found,
    seed_label, seed_cost, seed_code,
):  # fmt: skip
    """Climb from a position, and write the cost of every facility met, and where: the row of its hub.

    Below 0, ``-1 - code`` is the way along the position's own edge. Return how many were found; their keys
    ``cost << 32 | facility`` are written in no order. -1: there is too little room.
    """
    up_first, up, down_first, down = hierarchy.up_first, hierarchy.up, hierarchy.down_first, hierarchy.down
    size, count = _begin(
        hierarchy.number, graph, leaves, edge, offset_m, cutoff, state, stamp, heap, cost, met, found,
        seed_label, seed_cost, seed_code,
    )  # fmt: skip
    rows = size
    while size > 0:
        key = pop(heap, size)
        size -= 1
        here, at = key >> 32, key & 0xFFFFFFFF
        row = _row(state, stamp, at)
        if here != state[row, SPENT]:
            continue
        if _stalled(down_first, down, state, stamp, at, here):
            continue
        count = _look(buckets, at, row, here, cutoff, cost, met, found, count)
        for i in range(up_first[at], up_first[at + 1]):
            head, c = up[i, END], here + up[i, COST]
            if c > cutoff:
                continue
            other = _row(state, stamp, head)
            if state[other, STAMP] != stamp:
                rows += 1
            elif c >= state[other, SPENT]:
                continue
            if 2 * rows > len(state) or size == len(heap):
                return -1
            _write(state, other, stamp, c, row, i, head)
            push(heap, size, c << 32 | head)
            size += 1
    for i in range(count):
        found[i] = np.int64(cost[found[i]]) << 32 | found[i]
    return count


@compiled
def _look(buckets, at, row, here, cutoff, cost, met, found, count):  # type: ignore[no-untyped-def]
    """Lower the costs of the facilities in the bucket of a number; return how many are found by now."""
    low, high = span_in(buckets.blocks, buckets.number, at)
    for i in range(low, high):
        c, f = here + buckets.cost[i], buckets.facility[i]
        if c > cutoff:
            break
        if c < cost[f]:
            if cost[f] == NO_WAY:
                found[count] = f
                count += 1
            cost[f], met[f] = c, row
    return count


@compiled
def _begin(  # type: ignore[no-untyped-def]
    number, graph, leaves, edge, offset_m, cutoff, state, stamp, heap, cost, met, found,
    seed_label, seed_cost, seed_code,
):  # fmt: skip
    """Put what a position leads to into the heap, and find what lies on its own edge; return how many of each."""
    cost[:] = NO_WAY
    size, count = 0, 0
    for s in range(set_out(graph, edge, offset_m, seed_label, seed_cost, seed_code)):
        at, c = number[seed_label[s]], seed_cost[s]
        row = _row(state, stamp, at)
        if c <= cutoff and (state[row, STAMP] != stamp or c < state[row, SPENT]):
            _write(state, row, stamp, c, -1, seed_code[s], at)
            push(heap, size, c << 32 | at)
            size += 1
    low, high = span_on_edge(leaves, edge)
    for i in range(low, high):
        f = leaves.by_edge[i]
        c, code = on_same_edge(graph, leaves, edge, offset_m, f)
        if c <= cutoff:
            cost[f], met[f], found[count] = c, -1 - code, f
            count += 1
    return size, count


@compiled
def _row(state, stamp, number):  # type: ignore[no-untyped-def]
    """Return the row of a number in this search, or the free one that would be its."""
    last = len(state) - 1
    row = ((np.int64(number) * _SPREAD) >> 16) & last
    while state[row, STAMP] == stamp and state[row, _NUMBER] != number:
        row = (row + 1) & last
    return row


@compiled
def _write(state, row, stamp, cost, before, arc, number):  # type: ignore[no-untyped-def]
    """Write a row; ``before`` is the row that the search came from, -1 at its beginning."""
    state[row, STAMP], state[row, SPENT], state[row, _BEFORE] = stamp, cost, before
    state[row, _ARC], state[row, _NUMBER] = arc, number


@compiled
def _stalled(down_first, down, state, stamp, at, here):  # type: ignore[no-untyped-def]
    """Whether a number is reached sooner from above than by climbing: then it need not be climbed from."""
    for i in range(down_first[at], down_first[at + 1]):
        above = _row(state, stamp, down[i, END])
        if state[above, STAMP] == stamp and np.int64(state[above, SPENT]) + down[i, COST] < here:
            return True
    return False


@compiled
def _ways(hierarchy, buckets, arc_code, leaf_code, state, stamp, met, facilities):  # type: ignore[no-untyped-def]
    """Return the arc codes of the ways to facilities that were met, and where each way begins."""
    start, count = np.zeros(len(facilities) + 1, dtype=np.int32), 0
    codes, stack = np.empty(256, dtype=np.int32), np.empty(192, dtype=np.int64)
    for k in range(len(facilities)):
        f = facilities[k]
        row, last = np.int64(met[f]), np.int64(0)
        if row < 0:
            last = -1 - row
        else:
            number, depth = np.int64(state[row, _NUMBER]), 0
            while state[row, _BEFORE] >= 0:
                via, before = hierarchy.up[state[row, _ARC], VIA], state[row, _BEFORE]
                if depth + 3 > len(stack):
                    stack = longer(stack)
                stack[depth], stack[depth + 1], stack[depth + 2] = state[before, _NUMBER], state[row, _NUMBER], via
                row, depth = before, depth + 3
            if count == len(codes):
                codes = longer(codes)
            codes[count] = state[row, _ARC]
            count += 1
            stack, codes, count = _unfold(hierarchy, arc_code, stack, depth, codes, count)
            below = _onward(buckets, number, f)
            while below >= 0:
                arc = np.int64(hierarchy.down_first[below])
                while hierarchy.down[arc, END] != number:
                    arc += 1
                stack[0], stack[1], stack[2] = number, below, hierarchy.down[arc, VIA]
                stack, codes, count = _unfold(hierarchy, arc_code, stack, 3, codes, count)
                number, below = below, _onward(buckets, below, f)
            last = np.int64(leaf_code[-1 - below])
        if count == len(codes):
            codes = longer(codes)
        codes[count] = last
        count += 1
        start[k + 1] = count
    return codes[:count].copy(), start


@compiled
def _unfold(hierarchy, arc_code, stack, depth, codes, count):  # type: ignore[no-untyped-def]
    """Take arcs of the hierarchy off a stack and write the streets they stand for; return what grows.

    An arc on the stack is its two ends and what it passes.
    """
    up_first, up, down_first, down = hierarchy.up_first, hierarchy.up, hierarchy.down_first, hierarchy.down
    while depth > 0:
        tail, head, via = stack[depth - 3], stack[depth - 2], stack[depth - 1]
        if via < 0:
            depth -= 3
            if count == len(codes):
                codes = longer(codes)
            codes[count] = arc_code[-1 - via]
            count += 1
            continue
        one, two = down_first[via], up_first[via]
        while down[one, END] != tail:
            one += 1
        while up[two, END] != head:
            two += 1
        if depth + 3 > len(stack):
            stack = longer(stack)
        stack[depth - 3], stack[depth - 1] = via, up[two, VIA]
        stack[depth], stack[depth + 1], stack[depth + 2] = tail, via, down[one, VIA]
        depth += 3
    return stack, codes, count


@compiled
def _onward(buckets, number, facility):  # type: ignore[no-untyped-def]
    """Return how the way from a hub to one of the facilities in its bucket goes on; see :class:`Buckets`."""
    entry, _ = span_in(buckets.blocks, buckets.number, number)
    while buckets.facility[entry] != facility:
        entry += 1
    return np.int64(buckets.onward[entry])
