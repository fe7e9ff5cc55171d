"""What one more place at each crossing would reach that no other place reaches: where the next one should go.

Each row of demand, such as a piece of street with its residents, counts whole, judged at its one point: the sums are
exact for the rows, and as fine as these are for the city.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo.coverage.blocks import BLOCK, Progress, Space, Stop, in_blocks, spread
from geo.streets.compiled import compiled
from geo.streets.graphs import MAX_CUTOFF, Graph, Leaves
from geo.streets.queues import push


def gain_at_nodes(
    back: Graph,
    demand: Leaves,
    weight: NDArray[np.int64],
    cutoff: int,
    node_count: int,
    *,
    nodes: NDArray[np.int32] | None = None,
    stop: Stop = lambda: False,
    progress: Progress = lambda done: None,
) -> NDArray[np.int64] | None:
    """Return the weight that one more place at each node would reach within a travel time; None if it was stopped.

    The door stands at the crossing itself. A row of demand counts whole, judged at its point. No pair is kept.

    Parameters
    ----------
    back, demand, cutoff, stop, progress
        As in :func:`geo.coverage.reach.reach`.
    weight
        Of each row, at least 0, int64; 0 for what is within reach of another place already. Their sum must fit.
    node_count
        Of the network.
    nodes
        Which nodes are asked about, int32 (n,); None: all.

    Returns
    -------
    gain
        In the weight's unit, aligned to ``nodes``, int64.
    """
    asked = np.arange(node_count, dtype=np.int32) if nodes is None else nodes
    # what weighs nothing is not even looked at
    of_leaf = weight[demand.facility]
    kept = (of_leaf > 0) & (demand.cost <= cutoff)
    per_label = np.bincount(demand.label[kept], minlength=back.label_count)
    first = np.concatenate([[0], np.cumsum(per_label)]).astype(np.int32)
    leaf = demand.facility[kept], demand.cost[kept], of_leaf[kept]
    gain = np.zeros(len(asked), dtype=np.int64)
    farthest = min(cutoff, MAX_CUTOFF)

    def block(low: int, high: int, space: Space) -> tuple[int, NDArray[np.int64]]:
        epoch = space.take(high - low)
        found: NDArray[np.int64] = _gain(back, first, *leaf, asked[low:high], node_count, farthest, space.state, epoch)
        return low, found

    done = 0
    for low, found in in_blocks(len(asked), block, back.label_count + len(demand.edge), stop, progress, BLOCK):
        gain[low : low + len(found)] = found
        done += len(found)
    return gain if done == len(asked) else None


@compiled
def _gain(back, first, row, cost, weight, nodes, node_count, cutoff, state, epoch):  # type: ignore[no-untyped-def]
    """Sum the weight of the rows that a place at each node reaches; a row counts when it is reached first."""
    n = len(back.first) - 1
    gain = np.zeros(len(nodes), np.int64)
    heap, settled = np.empty(256, np.int64), np.empty(256, np.int64)
    for place in range(len(nodes)):
        base, size = np.int64(epoch - place) << 32, 0
        for at in range(nodes[place], n, node_count):  # who rides, and who has parked
            state[at] = base
            push(heap, size, np.int64(at))
            size += 1
        heap, settled, count = spread(back, state, base, cutoff, heap, size, settled)
        total = np.int64(0)
        for j in range(count):
            at = settled[j]
            left = cutoff - (state[at] - base)
            for i in range(first[at], first[at + 1]):
                if cost[i] <= left and state[n + row[i]] != base:
                    state[n + row[i]] = base
                    total += weight[i]
        gain[place] = total
    return gain
