"""Facilities in order of travel time from a position, as many as are asked for: the k nearest, exactly.

Facilities are leaves of the graph: each hangs on the ends of its edge by its own costs, access leg included, so
streets and facilities are settled in one order of (cost, number), and a search may stop at any facility and go on
later. Where :class:`~geo.streets.labels.Labels` are kept the first few are looked up, and where
:class:`~geo.streets.hubs.Hubs` are, all others; the answers are the same.

References
----------
E. W. Dijkstra, "A note on two problems in connexion with graphs", Numerische Mathematik 1 (1959); ties are settled by
(cost, number), which whole ticks make exact.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from geo.streets.compiled import compiled
from geo.streets.graphs import MAX_CUTOFF, MAX_SEEDS, Graph, Leaves, on_same_edge, set_out, span_in, span_on_edge
from geo.streets.hubs import Hubs
from geo.streets.labels import Labels, follow, look_up, look_up_many
from geo.streets.network import NO_WAY
from geo.streets.queues import pop, push
from geo.streets.snapping import Position

#: Stamps are 32 bits wide.
_LAST_STAMP: Final = np.iinfo(np.int32).max


class Workspace:
    """One thread's scratch arrays; what is written at a label counts only if it bears the current search's stamp."""

    def __init__(self, labels: int, pushes: int, facilities: int) -> None:
        self.cost = np.empty(labels, dtype=np.int32)
        self.parent = np.empty(labels, dtype=np.int32)
        self.code = np.empty(labels, dtype=np.int32)
        self.stamp = np.zeros(labels, dtype=np.int32)
        self.heap = np.empty(pushes, dtype=np.int64)
        self.found = np.empty(facilities, dtype=np.int32)
        self.found_cost = np.empty(facilities, dtype=np.int32)
        self.seed_label = np.empty(MAX_SEEDS, dtype=np.int32)
        self.seed_cost = np.empty(MAX_SEEDS, dtype=np.int64)
        self.seed_code = np.empty(MAX_SEEDS, dtype=np.int32)
        self.generation = 0

    def next_generation(self) -> int:
        """Return a stamp that no label bears."""
        if self.generation == _LAST_STAMP:
            self.stamp[:] = 0
            self.generation = 0
        self.generation += 1
        return self.generation


class Workspaces:
    """One workspace per thread, large enough for whoever asks; searches of one city share it."""

    def __init__(self) -> None:
        self._local = threading.local()

    def mine(self, labels: int, pushes: int, facilities: int) -> Workspace:
        """Return the calling thread's workspace."""
        space: Workspace | None = getattr(self._local, "space", None)
        if space is None or len(space.cost) < labels or len(space.heap) < pushes or len(space.found) < facilities:
            if space is not None:
                labels, pushes = max(labels, len(space.cost)), max(pushes, len(space.heap))
                facilities = max(facilities, len(space.found))
            space = self._local.space = Workspace(labels, pushes, facilities)
        return space

    def let_go(self) -> None:
        """Forget the calling thread's workspace: it may ask again, but does not mean to soon."""
        self._local.space = None


class Search:
    """Searches on one graph with one set of facilities; threads may share it.

    Parameters
    ----------
    graph, leaves
        The streets of a mode, and the facilities hung on them.
    labels, hubs
        The first few facilities of every label, and the hubs of all, if they are kept; they may be given later, answers
        are the same.
    spaces
        Scratch arrays, shared by the searches of a city.
    """

    def __init__(
        self,
        graph: Graph,
        leaves: Leaves,
        labels: Labels | None = None,
        spaces: Workspaces | None = None,
        hubs: Hubs | None = None,
    ) -> None:
        self.graph = graph
        self.leaves = leaves
        self.labels = labels
        self.hubs = hubs
        self._spaces = spaces or Workspaces()
        facilities = len(leaves.edge)
        pushes = len(graph.head) + len(leaves.facility) + MAX_SEEDS + facilities + 1
        self._room = (graph.label_count + facilities, pushes, facilities)

    def stream(self, origin: Position, cutoff: int) -> Stream:
        """Return the facilities in order of (cost, number) from a position on a street.

        Parameters
        ----------
        origin
            Where the search begins; its own access leg is the caller's to add.
        cutoff
            Largest cost that counts, ticks, inclusive; at most :data:`~geo.streets.graphs.MAX_CUTOFF`.
        """
        return Stream(self, origin, min(cutoff, MAX_CUTOFF))

    def first_of_many(
        self, edge: NDArray[np.int32], offset_m: NDArray[np.float64], k: int, cutoff: int
    ) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Return the first k facilities of many positions at once.

        Parameters
        ----------
        edge, offset_m
            Positions on streets, shapes (n,).
        k, cutoff
            How many, and the largest cost that counts, ticks, inclusive.

        Returns
        -------
        facility, cost
            Int32 (n, k), in order of (cost, number); -1 and ``NO_WAY`` where there are fewer.
        """
        facility, cost = np.full((len(edge), k), -1, np.int32), np.full((len(edge), k), NO_WAY, np.int32)
        done = np.zeros(len(edge), dtype=bool)
        if self.labels is not None:
            space = self.workspace()
            look_up_many(
                self.graph, self.leaves, self.labels, edge, offset_m, min(cutoff, MAX_CUTOFF), facility, cost, done,
                space.found, space.found_cost, space.seed_label, space.seed_cost, space.seed_code,
            )  # fmt: skip
        for i in np.flatnonzero(~done).tolist():
            stream = self.stream(Position(int(edge[i]), float(offset_m[i]), 0.0, 0.0, 0.0), cutoff)
            count = min(stream.reach(k), k)
            facility[i, :count], cost[i, :count] = stream.facility[:count], stream.cost[:count]
        return facility, cost

    def workspace(self) -> Workspace:
        """Return the calling thread's scratch arrays."""
        return self._spaces.mine(*self._room)


class Stream:
    """Facilities in order of (cost, number), found as they are asked for.

    A stream lives until its thread begins the next one: both write in the same workspace.

    Attributes
    ----------
    facility, cost
        Number, and cost in ticks from the origin's position to the facility's door, as far as found.
    exhausted
        Whether there are no more within the cutoff.
    """

    def __init__(self, search: Search, origin: Position, cutoff: int) -> None:
        self._search = search
        self._labels = search.labels
        self._hubs = search.hubs if search.hubs is not None and search.hubs.serves(origin.edge) else None
        self._origin = origin
        self._cutoff = cutoff
        self._space = search.workspace()
        self._size = -1  # of the heap; -1: the search has not begun
        self._source: Literal["labels", "search", "hubs"] = "labels"
        self.facility: list[int] = []
        self.cost: list[int] = []
        self.exhausted = cutoff < 0
        if self._labels is not None and not self.exhausted:
            self._look_up(self._labels)

    def reach(self, count: int) -> int:
        """Find at least so many facilities if there are; return how many are found."""
        while len(self.facility) < count and not self.exhausted:
            self._search_on(count)
        return len(self.facility)

    def routes(self, picked: Sequence[int]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Return the ways to some of the facilities found, from the origin's edge to the facility's edge.

        Parameters
        ----------
        picked
            Indices into ``facility``.

        Returns
        -------
        codes, start
            The n-th way has the arc codes ``codes[start[n]:start[n + 1]]``; int32.
        """
        search, space, origin = self._search, self._space, self._origin
        numbers = [self.facility[i] for i in picked]
        if self._source == "hubs" and self._hubs is not None:
            return self._hubs.routes(numbers)
        facility = np.array(numbers, dtype=np.int32)
        if self._source == "search":
            found = _back(space.parent, space.code, search.graph.label_count + facility)
        else:
            cost = np.array([self.cost[i] for i in picked], dtype=np.int32)
            found = follow(
                search.graph, search.leaves, self._labels, origin.edge, origin.offset_m, facility, cost,
                space.seed_label, space.seed_cost, space.seed_code,
            )  # fmt: skip
        codes, start = found
        return codes, start

    def route(self, i: int) -> NDArray[np.int32]:
        """Return the arc codes of the way to one of them."""
        return self.routes([i])[0]

    def _look_up(self, labels: Labels) -> None:
        search, space, origin = self._search, self._space, self._origin
        count, complete = look_up(
            search.graph, search.leaves, labels, origin.edge, origin.offset_m, self._cutoff,
            space.found, space.found_cost, space.seed_label, space.seed_cost, space.seed_code,
        )  # fmt: skip
        self.facility, self.cost = space.found[:count].tolist(), space.found_cost[:count].tolist()
        self.exhausted = complete

    def _search_on(self, count: int) -> None:
        search, space, origin = self._search, self._space, self._origin
        if self._hubs is not None:
            facility, cost = self._hubs.all(origin, self._cutoff)
            self.facility, self.cost = facility.tolist(), cost.tolist()
            self._source, self.exhausted = "hubs", True
            return
        if self._source != "search":
            self._source = "search"
            self._generation = space.next_generation()
            self._size = _begin(
                search.graph, search.leaves, origin.edge, origin.offset_m, self._cutoff,
                space.cost, space.parent, space.code, space.stamp, self._generation, space.heap,
                space.seed_label, space.seed_cost, space.seed_code,
            )  # fmt: skip
            self.facility, self.cost = [], []
        begin = len(self.facility)
        self._size, end = _search(
            search.graph, search.leaves, self._cutoff, count, begin, space.found, space.found_cost,
            space.cost, space.parent, space.code, space.stamp, self._generation, space.heap, self._size,
        )  # fmt: skip
        self.facility += space.found[begin:end].tolist()
        self.cost += space.found_cost[begin:end].tolist()
        self.exhausted = self._size == 0


@compiled
def _begin(  # type: ignore[no-untyped-def]  # compiled: numba infers the types
    graph, leaves, edge, offset_m, cutoff, cost, parent, code, stamp, generation, heap, seed_label, seed_cost, seed_code
):
    """Put what a position leads to into the heap; return its size."""
    n, size = len(graph.first) - 1, 0
    for i in range(set_out(graph, edge, offset_m, seed_label, seed_cost, seed_code)):
        label, c = seed_label[i], seed_cost[i]
        if c <= cutoff and (stamp[label] != generation or c < cost[label]):
            stamp[label], cost[label], parent[label], code[label] = generation, c, -1, seed_code[i]
            push(heap, size, c << 32 | label)
            size += 1
    low, high = span_on_edge(leaves, edge)
    for i in range(low, high):
        facility = leaves.by_edge[i]
        c, last = on_same_edge(graph, leaves, edge, offset_m, facility)
        if c <= cutoff:
            label = n + facility
            stamp[label], cost[label], parent[label], code[label] = generation, c, -1, last
            push(heap, size, c << 32 | label)
            size += 1
    return size


@compiled
def _search(  # type: ignore[no-untyped-def]
    graph, leaves, cutoff, wanted, count, found, found_cost, cost, parent, code, stamp, generation, heap, size
):
    """Settle labels in order of (cost, number) until so many facilities are found; return (heap's size, how many).

    Labels 0..n-1 are the graph's, n + f is facility f. A heap key is ``cost << 32 | label``: of equal cost, streets are
    settled before facilities, so nothing that comes later can come before.
    """
    n = len(graph.first) - 1
    half = n >> 1 if len(graph.foot_along) > 0 and not graph.backward else n
    while size > 0 and count < wanted:
        key = pop(heap, size)
        size -= 1
        here, label = key >> 32, key & 0xFFFFFFFF
        if here != cost[label]:
            continue  # a cheaper key of the same label came before
        if label >= n:
            found[count], found_cost[count] = label - n, here
            count += 1
            continue
        if label >= half and stamp[label - half] == generation and cost[label - half] <= here:
            continue  # one may ride here as soon, and park
        for i in range(graph.first[label], graph.first[label + 1]):
            head, c = graph.head[i], here + graph.cost[i]
            if c <= cutoff and (stamp[head] != generation or c < cost[head]):
                stamp[head], cost[head], parent[head], code[head] = generation, c, label, graph.code[i]
                push(heap, size, c << 32 | head)
                size += 1
        low, high = span_in(leaves.blocks, leaves.label, label)
        for i in range(low, high):
            leaf, c = n + leaves.facility[i], here + leaves.cost[i]
            if c <= cutoff and (stamp[leaf] != generation or c < cost[leaf]):
                stamp[leaf], cost[leaf], parent[leaf], code[leaf] = generation, c, label, leaves.code[i]
                push(heap, size, c << 32 | leaf)
                size += 1
    return size, count


@compiled
def _back(parent, code, labels):  # type: ignore[no-untyped-def]
    """Arc codes from the origin to labels, one way after the other, and where each begins."""
    start = np.zeros(len(labels) + 1, dtype=np.int32)
    for i in range(len(labels)):
        count, at = 0, labels[i]
        while at >= 0:
            count += 1
            at = parent[at]
        start[i + 1] = start[i] + count
    codes = np.empty(start[-1], dtype=np.int32)
    for i in range(len(labels)):
        count, at = start[i + 1], labels[i]
        while at >= 0:
            count -= 1
            codes[count] = code[at]
            at = parent[at]
    return codes, start
