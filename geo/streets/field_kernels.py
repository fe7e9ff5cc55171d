"""What an edit of a field changes, label by label: kernels of :mod:`geo.streets.field_edits`.

Each returns a log: the labels that it wrote, some of them more than once, and the keys that it wrote over, in order.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.streets.compiled import compiled
from geo.streets.fields import NOTHING, on_street
from geo.streets.graphs import MAX_SEEDS, Graph, Leaves, set_out
from geo.streets.network import NO_WAY, ON_FOOT
from geo.streets.queues import longer, pop, push

#: Arcs of one edge at most: each way riding, on foot, and from riding to walking; twice where it is a loop.
MAX_ARCS: Final = 12
_FACILITY: Final = 0xFFFFFFFF


class Ground(NamedTuple):
    """What a field stands on, as it is at present; written in place.

    Attributes
    ----------
    back_first, back_head, back_cost, forth_first, forth_head, forth_cost
        Arcs of the graphs; those of closed streets cost ``NO_WAY``.
    closed
        Which edges are closed, bool (n_edges,).
    open, edge, offset_m, access
        Which facilities are open, and where each stands, as in :class:`~geo.streets.graphs.Leaves`; arrays longer
        than there are facilities, so that more can come.
    start
        Where the leaves of each facility begin, int32 (one more than ``open``).
    label, facility, cost, after, bound
        Per leaf: its label, facility and cost, the next leaf of the same label (-1: none), and whether it is there
        only while its street is open.
    top
        The first leaf of each label, int32 (n_labels,); -1: none.
    """

    back_first: NDArray[np.int32]
    back_head: NDArray[np.int32]
    back_cost: NDArray[np.int32]
    forth_first: NDArray[np.int32]
    forth_head: NDArray[np.int32]
    forth_cost: NDArray[np.int32]
    closed: NDArray[np.bool_]
    open: NDArray[np.bool_]
    edge: NDArray[np.int32]
    offset_m: NDArray[np.float64]
    access: NDArray[np.int32]
    start: NDArray[np.int32]
    label: NDArray[np.int32]
    facility: NDArray[np.int32]
    cost: NDArray[np.int32]
    after: NDArray[np.int32]
    bound: NDArray[np.bool_]
    top: NDArray[np.int32]


def lay_out(forth: Graph, back: Graph, leaves: Leaves, open_: NDArray[np.bool_], closed: NDArray[np.bool_]) -> Ground:
    """Return the ground of facilities that are hung."""
    order = np.argsort(leaves.facility, kind="stable")
    label, facility = leaves.label[order], leaves.facility[order]
    top, after = np.full(back.label_count, -1, dtype=np.int32), np.empty(len(order), dtype=np.int32)
    _chain(label, top, after)
    return Ground(
        back.first, back.head, back.cost, forth.first, forth.head, forth.cost, closed, open_,
        leaves.edge, leaves.offset_m, leaves.access,
        np.searchsorted(facility, np.arange(len(leaves.edge) + 1)).astype(np.int32),
        label, facility, leaves.cost[order], after, on_street(forth, leaves)[order], top,
    )  # fmt: skip


def with_room(ground: Ground, facilities: int) -> Ground:
    """Return the ground with room for so many facilities, if it has less: twice as much as there was, at least."""
    if facilities <= len(ground.open):
        return ground
    room = 2 * facilities
    leaves = MAX_SEEDS * room
    return ground._replace(
        open=_padded(ground.open, room),
        edge=_padded(ground.edge, room),
        offset_m=_padded(ground.offset_m, room),
        access=_padded(ground.access, room),
        start=_padded(ground.start, room + 1),
        label=_padded(ground.label, leaves),
        facility=_padded(ground.facility, leaves),
        cost=_padded(ground.cost, leaves),
        after=_padded(ground.after, leaves),
        bound=_padded(ground.bound, leaves),
    )


def _padded(array: NDArray[Any], length: int) -> NDArray[Any]:
    return np.concatenate([array, np.zeros(max(0, length - len(array)), dtype=array.dtype)])


@compiled
def _chain(label, top, after):  # type: ignore[no-untyped-def]  # compiled: numba infers the types
    for leaf in range(len(label)):
        after[leaf], top[label[leaf]] = top[label[leaf]], leaf


@compiled
def hang_one(ground, back, edge, offset_m, access, number):  # type: ignore[no-untyped-def]
    """Hang the facility of the next number; ``back`` is the graph whose streets are all open."""
    label, cost, code = np.empty(MAX_SEEDS, np.int32), np.empty(MAX_SEEDS, np.int64), np.empty(MAX_SEEDS, np.int32)
    leaf = ground.start[number]
    for i in range(set_out(back, edge, offset_m, label, cost, code)):
        metres = offset_m if code[i] & 1 else back.edge_length_m[edge] - offset_m  # odd codes lead to the tail
        ground.label[leaf], ground.facility[leaf], ground.cost[leaf] = label[i], number, cost[i] + access
        ground.bound[leaf] = metres != 0.0
        ground.after[leaf], ground.top[label[i]] = ground.top[label[i]], leaf
        leaf += 1
    ground.edge[number], ground.offset_m[number], ground.access[number] = edge, offset_m, access
    ground.open[number], ground.start[number + 1] = False, leaf


@compiled
def merged(ground, by_edge, come):  # type: ignore[no-untyped-def]
    """Return those of ``by_edge`` that are open and those that come, all of them in order of (edge, number)."""
    both, count, i = np.empty(len(by_edge) + len(come), np.int32), 0, 0
    for number in by_edge:
        edge = ground.edge[number]
        while i < len(come) and (ground.edge[come[i]], come[i]) < (edge, number):
            both[count] = come[i]
            count, i = count + 1, i + 1
        if ground.open[number]:
            both[count] = number
            count += 1
    both[count : count + len(come) - i] = come[i:]
    return both[: count + len(come) - i]


@compiled
def unhang(ground, number):  # type: ignore[no-untyped-def]
    """Take down the facility that was hung last."""
    for leaf in range(ground.start[number + 1] - 1, ground.start[number] - 1, -1):
        ground.top[ground.label[leaf]] = ground.after[leaf]


@compiled
def switch(graph, whole, edge, close):  # type: ignore[no-untyped-def]
    """Close or reopen an edge in a graph; return (label, head, cost) of its arcs, as many as there are."""
    label, head, cost = np.empty(MAX_ARCS, np.int32), np.empty(MAX_ARCS, np.int32), np.empty(MAX_ARCS, np.int32)
    count, parks = 0, len(graph.foot_along) > 0
    storeys = 2 if parks else 1
    n = (len(graph.first) - 1) // storeys
    for end in range(2 * storeys):
        at = graph.edge_nodes[edge, end & 1] + (end >> 1) * n
        for i in range(graph.first[at], graph.first[at + 1]):
            if (graph.code[i] & ~ON_FOOT) >> 1 == edge:
                label[count], head[count], cost[count] = at, graph.head[i], whole.cost[i]
                graph.cost[i] = NO_WAY if close else whole.cost[i]
                count += 1
    graph.along[edge] = NO_WAY if close else whole.along[edge]
    graph.against[edge] = NO_WAY if close else whole.against[edge]
    if parks:
        graph.foot_along[edge] = NO_WAY if close else whole.foot_along[edge]
        graph.foot_against[edge] = NO_WAY if close else whole.foot_against[edge]
    return label[:count], head[:count], cost[:count]


@compiled
def exchange(ground, gone, come, key, shift):  # type: ignore[no-untyped-def]
    """Facilities have closed and others opened: of the closed ones all that they were nearest to is searched anew."""
    log, old, count = np.empty(512, np.int32), np.empty(512, np.int64), 0
    for i in range(len(gone)):
        done, number = count, gone[i]
        for leaf in range(ground.start[number], ground.start[number + 1]):
            at = ground.label[leaf]
            if key[at] & _FACILITY == number:
                log, old, count = _write(log, old, count, key, at, NOTHING)
        while done < count:
            at = log[done]
            done += 1
            for j in range(ground.back_first[at], ground.back_first[at + 1]):
                tail = ground.back_head[j]
                if key[tail] & _FACILITY == number:
                    log, old, count = _write(log, old, count, key, tail, NOTHING)
    begin = count
    log, old, count = _from_rim(ground, key, log, old, count)
    for i in range(len(come)):
        for leaf in range(ground.start[come[i]], ground.start[come[i] + 1]):
            at, own = ground.label[leaf], np.int64(ground.cost[leaf]) << 32 | come[i]
            if own < key[at] and _stands(ground, leaf):
                log, old, count = _write(log, old, count, key, at, own)
    return _spread(ground, key, shift, log, old, begin, count)


@compiled
def add_one(ground, back, edge, offset_m, access, number, by_edge, key, shift):  # type: ignore[no-untyped-def]
    """Hang the facility of the next number and open it; return ``by_edge`` with it, and the log.

    All of it in one call: to hand the ground over takes longer than to hang a facility.
    """
    hang_one(ground, back, edge, offset_m, access, number)
    ground.open[number] = True
    come = np.full(1, number, dtype=np.int32)
    log, old = exchange(ground, come[:0], come, key, shift)
    return merged(ground, by_edge, come), log, old


@compiled
def shut(ground, facilities, label, head, cost, key, shift):  # type: ignore[no-untyped-def]
    """A street has been closed, with these open facilities and arcs on it.

    Labels are looked at in order of cost; one that still has a way as cheap stays, and so does all behind it. An arc
    that costs nothing is not taken for such a way, since it may come from behind.
    """
    log, old, count = np.empty(512, np.int32), np.empty(512, np.int64), 0
    heap, size = np.empty(256, dtype=np.int64), 0
    for i in range(len(label)):
        own = key[label[i]]
        if own != NOTHING and own - (np.int64(cost[i]) << 32) == key[head[i]]:
            heap, size = _wait(heap, size, own, label[i])
    for i in range(len(facilities)):
        for leaf in range(ground.start[facilities[i]], ground.start[facilities[i] + 1]):
            own = np.int64(ground.cost[leaf]) << 32 | facilities[i]
            if own == key[ground.label[leaf]] and not _stands(ground, leaf):
                heap, size = _wait(heap, size, own, ground.label[leaf])
    while size > 0:
        at = pop(heap, size) & _FACILITY
        size -= 1
        own = key[at]
        if own == NOTHING or _held(ground, key, at):
            continue
        for j in range(ground.back_first[at], ground.back_first[at + 1]):
            theirs = key[ground.back_head[j]]
            if theirs != NOTHING and theirs - (np.int64(ground.back_cost[j]) << 32) == own:
                heap, size = _wait(heap, size, theirs, ground.back_head[j])
        log, old, count = _write(log, old, count, key, at, NOTHING)
    begin = count
    log, old, count = _from_rim(ground, key, log, old, count)
    return _spread(ground, key, shift, log, old, begin, count)


@compiled
def rejoin(ground, facilities, label, head, cost, key, shift):  # type: ignore[no-untyped-def]
    """A street has been reopened, with these open facilities and arcs on it."""
    log, old, count = np.empty(512, np.int32), np.empty(512, np.int64), 0
    for i in range(len(facilities)):
        for leaf in range(ground.start[facilities[i]], ground.start[facilities[i] + 1]):
            at, own = ground.label[leaf], np.int64(ground.cost[leaf]) << 32 | facilities[i]
            if own < key[at]:
                log, old, count = _write(log, old, count, key, at, own)
    for i in range(len(label)):
        there = (key[head[i]] >> 32) + cost[i]
        own = there << 32 | key[head[i]] & _FACILITY
        if there < NO_WAY and own < key[label[i]]:
            log, old, count = _write(log, old, count, key, label[i], own)
    return _spread(ground, key, shift, log, old, 0, count)


@compiled
def restore(label, old, key):  # type: ignore[no-untyped-def]
    """Write a log's keys back, the latest first; the log has then those that were written over, in reverse order."""
    for i in range(len(label) - 1, -1, -1):
        key[label[i]], old[i] = old[i], key[label[i]]


@compiled
def _stands(ground, leaf):  # type: ignore[no-untyped-def]
    """Whether a leaf's facility is open, and its street too where it needs it."""
    facility = ground.facility[leaf]
    return ground.open[facility] and not (ground.bound[leaf] and ground.closed[ground.edge[facility]])


@compiled
def _held(ground, key, at):  # type: ignore[no-untyped-def]
    """Whether a label's key is that of a leaf, or of a neighbour that is nearer to the facility."""
    own, leaf = key[at], ground.top[at]
    while leaf >= 0:
        if np.int64(ground.cost[leaf]) << 32 | ground.facility[leaf] == own and _stands(ground, leaf):
            return True
        leaf = ground.after[leaf]
    for i in range(ground.forth_first[at], ground.forth_first[at + 1]):
        step = np.int64(ground.forth_cost[i])
        if step > 0 and own - (step << 32) == key[ground.forth_head[i]]:
            return True
    return False


@compiled
def _from_rim(ground, key, log, old, count):  # type: ignore[no-untyped-def]
    """Give the labels of a log, whose keys are gone, the best that their neighbours and leaves have."""
    for i in range(count):
        at, best = log[i], np.int64(NOTHING)
        leaf = ground.top[at]
        while leaf >= 0:
            own = np.int64(ground.cost[leaf]) << 32 | ground.facility[leaf]
            if own < best and _stands(ground, leaf):
                best = own
            leaf = ground.after[leaf]
        for j in range(ground.forth_first[at], ground.forth_first[at + 1]):
            theirs = key[ground.forth_head[j]]
            there = (theirs >> 32) + ground.forth_cost[j]
            if there < NO_WAY:
                best = min(best, there << 32 | theirs & _FACILITY)
        if best < key[at]:
            log, old, count = _write(log, old, count, key, at, best)
    return log, old, count


@compiled
def _spread(ground, key, shift, log, old, begin, count):  # type: ignore[no-untyped-def]
    """Go on from the labels of a log from ``begin`` on, as far as it is nearer; return the log.

    By buckets, as in a sweep; calls of _write would take a quarter of all time here.
    """
    first, head, cost = ground.back_first, ground.back_head, ground.back_cost
    top = np.full((NO_WAY >> shift) + 1, -1, dtype=np.int32)
    item, after, used = np.empty(count - begin + 1024, np.int32), np.empty(count - begin + 1024, np.int32), 0
    now, last = len(top), -1
    for i in range(begin, count):
        bucket = key[log[i]] >> 32 >> shift
        item[used], after[used], top[bucket] = log[i], top[bucket], used
        used, now, last = used + 1, min(now, bucket), max(last, bucket)
    while now <= last:
        while top[now] >= 0:
            at = item[top[now]]
            top[now] = after[top[now]]
            own = key[at]
            if own >> 32 >> shift != now:
                continue  # it was settled in an earlier bucket
            for i in range(first[at], first[at + 1]):
                there, tail = (own >> 32) + cost[i], head[i]
                theirs = there << 32 | own & _FACILITY
                if theirs >= key[tail] or there >= NO_WAY:
                    continue
                if count == len(log):
                    log, old = longer(log), longer(old)
                if used == len(item):
                    item, after = longer(item), longer(after)
                log[count], old[count], key[tail] = tail, key[tail], theirs
                bucket = there >> shift
                item[used], after[used], top[bucket] = tail, top[bucket], used
                count, used, last = count + 1, used + 1, max(last, bucket)
        now += 1
    return log[:count].copy(), old[:count].copy()


@compiled
def _write(log, old, count, key, at, own):  # type: ignore[no-untyped-def]
    """Write a key, and into the log what was there."""
    if count == len(log):
        log, old = longer(log), longer(old)
    log[count], old[count], key[at] = at, key[at], own
    return log, old, count + 1


@compiled
def _wait(heap, size, own, at):  # type: ignore[no-untyped-def]
    """Let a label wait for its turn by its cost."""
    if size == len(heap):
        heap = longer(heap)
    push(heap, size, own >> 32 << 32 | at)
    return heap, size + 1
