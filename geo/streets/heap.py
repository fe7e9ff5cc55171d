"""A heap of whole numbers whose nodes have four children: flatter than two, so fewer steps through memory.

References
----------
D. B. Johnson, "Priority queues with update and finding minimum spanning trees", Information Processing Letters 4
(1975).
"""

from __future__ import annotations

from geo.streets.compiled import compiled


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
