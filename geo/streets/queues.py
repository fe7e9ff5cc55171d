"""Queues of labels in order of cost: a heap, exact; and the measure of a ring of buckets, coarse and cheap.

Searches that spread over a whole city use buckets, each a chain of labels: a label may be settled more than once, but
neighbours are settled together, and memory is what such a search waits for. Kernels keep the chains in arrays of their
own: handing arrays from call to call costs more than the work.

References
----------
D. B. Johnson, "Priority queues with update and finding minimum spanning trees", Information Processing Letters 4
(1975), for heaps of more than two children; E. V. Denardo and B. L. Fox, "Shortest-route methods: 1. Reaching, pruning,
and buckets", Operations Research 27 (1979).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo.streets.compiled import compiled


def ring_for(steps: NDArray[np.int32], *others: NDArray[np.int32]) -> tuple[int, int]:
    """Return (shift, ring): a cost belongs to the bucket ``cost >> shift``, modulo as many as the largest step spans.

    A bucket is two to four times as wide as a step of middling length, as measured: in narrower ones labels are settled
    far from each other, in wider ones again and again.

    Parameters
    ----------
    steps, others
        All that a search may add to a cost at once, ticks; ``steps`` are the most frequent.

    Examples
    --------
    >>> ring_for(np.array([100, 200, 90_000], dtype=np.int32))
    (9, 177)
    """
    longest = max(int(costs.max(initial=0)) for costs in (steps, *others))
    some = steps[:: max(1, len(steps) // 4096)]  # the median of all takes longer than much of a search
    middling = int(np.median(some)) if len(some) else 1
    shift = max(middling, 1).bit_length() + 1
    return shift, (longest >> shift) + 2  # and one more, for the one that is being emptied


@compiled
def push(heap, size, key):  # type: ignore[no-untyped-def]  # compiled: numba infers the types
    """Put a key into a heap of ``size`` keys."""
    i = size
    while i > 0:
        up = (i - 1) >> 2
        if heap[up] <= key:
            break
        heap[i] = heap[up]
        i = up
    heap[i] = key


@compiled
def pop(heap, size):  # type: ignore[no-untyped-def]
    """Take the least key out of a heap of ``size`` keys."""
    least, key = heap[0], heap[size - 1]
    size -= 1
    i = 0
    while True:
        child = 4 * i + 1
        if child >= size:
            break
        best = child
        for other in range(child + 1, min(child + 4, size)):
            if heap[other] < heap[best]:
                best = other
        if heap[best] >= key:
            break
        heap[i] = heap[best]
        i = best
    heap[i] = key
    return least


@compiled
def longer(array):  # type: ignore[no-untyped-def]
    """Return an array of twice the length that begins with the same values."""
    doubled = np.empty(2 * len(array), dtype=array.dtype)
    doubled[: len(array)] = array
    return doubled
