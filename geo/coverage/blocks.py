"""Many searches from many places: blocks of them shared among threads, each search as wide as its cutoff alone."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice, pairwise
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from geo.streets.compiled import compiled
from geo.streets.graphs import Graph, Leaves
from geo.streets.queues import longer, pop, push

#: As many places as a thread usually searches from before it looks up: whether to stop, and to tell how far it is.
BLOCK: Final = 64
#: States of labels are written ``epoch << 32 | cost``; epochs count down from here, so that older states are larger.
_FIRST_EPOCH: Final = 2**31 - 2
_UNTOUCHED: Final = np.iinfo(np.int64).max

_Found = TypeVar("_Found")
#: Asked whether to stop.
Stop = Callable[[], bool]
#: Told how many are done.
Progress = Callable[[int], None]


class Space:
    """One thread's states of labels and rows of demand; never wiped until the epochs run out."""

    def __init__(self, size: int) -> None:
        self.state = np.full(size, _UNTOUCHED, dtype=np.int64)
        self._epoch = _FIRST_EPOCH

    def take(self, count: int) -> int:
        """Return the first of ``count`` epochs, counting down, that are smaller than those of all states here."""
        if self._epoch <= count:
            self.state[:], self._epoch = _UNTOUCHED, _FIRST_EPOCH
        self._epoch -= count
        return self._epoch + count


def in_blocks(
    count: int,
    block: Callable[[int, int, Space], _Found],
    size: int,
    stop: Stop,
    progress: Progress,
    at_once: int,
) -> Iterator[_Found]:
    """Yield what each block of places gives, in order, worked on by as many threads as there are cores.

    Parameters
    ----------
    count
        Of places.
    block
        Told the first place, the one after the last, and where to write.
    size
        States that a search needs.
    stop
        Asked before each block; where it says yes, nothing more is yielded.
    progress
        Told after each block that has been taken.
    at_once
        Places in a block.
    """
    borders = [*range(0, count, at_once), count] if count else []
    threads = max(1, min(os.cpu_count() or 1, len(borders) - 1))
    free = [Space(size) for _ in range(threads)]

    def run(low: int, high: int) -> _Found | None:
        if stop():
            return None
        space = free.pop()  # there are as many as threads
        try:
            return block(low, high, space)
        finally:
            free.append(space)

    waiting: deque[tuple[int, Future[_Found | None]]] = deque()
    ahead = pairwise(borders)
    with ThreadPoolExecutor(threads) as pool:
        try:
            while True:  # few blocks are ahead of who takes them, so that what waits stays small
                for low, high in islice(ahead, 2 * threads - len(waiting)):
                    waiting.append((high, pool.submit(run, low, high)))
                if not waiting:
                    return
                done, future = waiting.popleft()
                found = future.result()
                if found is None:
                    return
                yield found
                progress(done)
        finally:
            for _, future in waiting:
                future.cancel()


def labels_within(back: Graph, leaves: Leaves, cutoff: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the labels from which the nearest of some leaves is within a cutoff, and the costs; int64 (n,) each.

    As :func:`~geo.streets.fields.make_field` has them, but no farther: it takes as long as what is found is large.
    """
    near = leaves.cost <= cutoff
    label, space = leaves.label[near], Space(back.label_count)
    first = np.array([0, len(label)])
    _, key = search_groups(back, first, label, leaves.cost[near], cutoff, space.state, space.take(1))
    return key >> 32, key & 0xFFFFFFFF


@compiled
def spread(  # type: ignore[no-untyped-def]  # compiled: numba infers the types
    back, state, base, cutoff, heap, size, settled
):
    """Settle all labels within the cutoff, whose states then hold ``base | cost``; return (heap, settled, how many).

    The first labels lie in the heap, their states written; ``base`` is the search's epoch, shifted.
    """
    count = 0
    while size > 0:
        key = pop(heap, size)
        size -= 1
        here, at = key >> 32, key & 0xFFFFFFFF
        if base | here != state[at]:
            continue  # a cheaper key of the same label came before
        if count == len(settled):
            settled = longer(settled)
        settled[count] = at
        count += 1
        for i in range(back.first[at], back.first[at + 1]):
            head, there = back.head[i], here + back.cost[i]
            if there <= cutoff and base | there < state[head]:
                state[head] = base | there
                if size == len(heap):
                    heap = longer(heap)
                push(heap, size, there << 32 | head)
                size += 1
    return heap, settled, count


@compiled
def search_groups(back, first, label, leaf_cost, cutoff, state, epoch):  # type: ignore[no-untyped-def]
    """Search from each group's leaves; return how many labels each reaches, and ``label << 32 | cost`` of all."""
    sizes, keys, end = np.zeros(len(first) - 1, np.int64), np.empty(1024, np.int64), 0
    heap, settled = np.empty(1024, np.int64), np.empty(1024, np.int64)
    for number in range(len(first) - 1):
        base, size = np.int64(epoch - number) << 32, 0
        for i in range(first[number], first[number + 1]):
            if base | leaf_cost[i] < state[label[i]]:
                state[label[i]] = base | leaf_cost[i]
                if size == len(heap):
                    heap = longer(heap)
                push(heap, size, np.int64(leaf_cost[i]) << 32 | label[i])
                size += 1
        heap, settled, count = spread(back, state, base, cutoff, heap, size, settled)
        while end + count > len(keys):
            keys = longer(keys)
        for i in range(count):
            keys[end + i] = settled[i] << 32 | (state[settled[i]] - base)
        sizes[number], end = count, end + count
    return sizes, keys[:end].copy()
