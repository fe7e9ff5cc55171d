"""Shortest-path trees: the cost of every label from a position, or backwards to it, as far as a journey may need them.

For a stop s on the way from a to b with cost(a, s) + cost(s, b) <= limit, every label v on either part has
cost(a, v) + cost(v, b) <= limit: so the second of two trees is kept to that ellipse, which leaves out nothing.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.streets.compiled import compiled
from geo.streets.graphs import MAX_CUTOFF, MAX_SEEDS, Graph, along_edge, set_out
from geo.streets.network import NO_WAY
from geo.streets.queues import longer, pop, push
from geo.streets.snapping import Position

_NOWHERE: Final = np.empty(0, dtype=np.int32)


class Tree(NamedTuple):
    """Labels reached from a position (backwards: from which it is reached); arrays of shape (n_labels,), int32.

    Attributes
    ----------
    cost
        Ticks from the position on its street; ``NO_WAY`` where not reached or not needed.
    parent, code
        The label before, -1 at the first one; the arc code that leads here, in the direction of the search.
    """

    cost: NDArray[np.int32]
    parent: NDArray[np.int32]
    code: NDArray[np.int32]

    def codes(self, label: int) -> NDArray[np.int32]:
        """Return the arc codes from the position to a label, in the direction of the search."""
        found = []
        while label >= 0:
            found.append(int(self.code[label]))
            label = int(self.parent[label])
        return np.array(found[::-1], dtype=np.int32)


class Seeds(NamedTuple):
    """The labels that a position leads to, with costs in ticks and arc codes; backwards, those that lead to it."""

    label: NDArray[np.int32]
    cost: NDArray[np.int64]
    code: NDArray[np.int32]


def seeds(graph: Graph, position: Position) -> Seeds:
    """Return what a position leads to."""
    label, cost = np.empty(MAX_SEEDS, dtype=np.int32), np.empty(MAX_SEEDS, dtype=np.int64)
    code = np.empty(MAX_SEEDS, dtype=np.int32)
    count = set_out(graph, position.edge, position.offset_m, label, cost, code)
    return Seeds(label[:count], cost[:count], code[:count])


def tree(graph: Graph, position: Position, cutoff: int) -> Tree:
    """Return the tree of a position up to a cost, ticks, inclusive."""
    nobody = Seeds(_NOWHERE, np.empty(0, dtype=np.int64), _NOWHERE)
    return Tree(
        *_grow(graph, position.edge, position.offset_m, nobody, NO_WAY, 0, _NOWHERE, min(cutoff, MAX_CUTOFF))[1:]
    )


def tree_towards(graph: Graph, position: Position, goal: Seeds, direct: int, slack: int) -> tuple[int, Tree]:
    """Return the cost to a goal, and the tree as far as that and some slack.

    Parameters
    ----------
    goal
        The goal's seeds in the graph of the other direction.
    direct
        Cost of the way that touches no label, ticks; ``NO_WAY`` if there is none.
    slack
        How much costlier than the goal labels may be, ticks.
    """
    best, *arrays = _grow(graph, position.edge, position.offset_m, goal, direct, slack, _NOWHERE, MAX_CUTOFF)
    return int(best), Tree(*arrays)


def tree_within(graph: Graph, position: Position, other: NDArray[np.int32], limit: int) -> Tree:
    """Return the tree of those labels whose cost in it and in another tree add up to no more than a limit, ticks."""
    nobody = Seeds(_NOWHERE, np.empty(0, dtype=np.int64), _NOWHERE)
    return Tree(*_grow(graph, position.edge, position.offset_m, nobody, NO_WAY, 0, other, min(limit, MAX_CUTOFF))[1:])


def along_one_edge(graph: Graph, origin: Position, goal: Position) -> tuple[int, int]:
    """Return (cost, arc code) of the way between two positions of one edge along it; ``NO_WAY`` on different edges."""
    if origin.edge != goal.edge:
        return NO_WAY, -1
    cost, code = along_edge(graph, origin.edge, origin.offset_m, goal.offset_m)
    return int(cost), int(code)


@compiled
def _grow(graph, edge, offset_m, goal, best, slack, other, limit):  # type: ignore[no-untyped-def]  # compiled
    """Settle labels in order of cost; return the cost to the goal, and per label cost, parent and arc code."""
    n, size, bounded = len(graph.first) - 1, 0, len(other) > 0
    half = n >> 1 if len(graph.foot_along) > 0 and not graph.backward else n
    cost, parent, code = np.full(n, NO_WAY, np.int32), np.empty(n, np.int32), np.empty(n, np.int32)
    heap = np.empty(1024, dtype=np.int64)
    label, begin, way = np.empty(MAX_SEEDS, np.int32), np.empty(MAX_SEEDS, np.int64), np.empty(MAX_SEEDS, np.int32)
    for i in range(set_out(graph, edge, offset_m, label, begin, way)):
        if begin[i] < cost[label[i]]:
            cost[label[i]], parent[label[i]], code[label[i]] = begin[i], -1, way[i]
            push(heap, size, begin[i] << 32 | label[i])
            size += 1
    while size > 0:
        key = pop(heap, size)
        size -= 1
        here, at = key >> 32, key & 0xFFFFFFFF
        if here != cost[at]:
            continue
        if here > limit or (best != NO_WAY and here > best + slack):
            _forget(cost, heap, size, at)
            break
        if (bounded and (other[at] == NO_WAY or here + other[at] > limit)) or (at >= half and cost[at - half] <= here):
            cost[at] = NO_WAY
            continue
        for i in range(len(goal.label)):
            if goal.label[i] == at:
                best = min(best, here + goal.cost[i])
        for i in range(graph.first[at], graph.first[at + 1]):
            head, c = graph.head[i], here + graph.cost[i]
            if head < n and c < cost[head]:
                cost[head], parent[head], code[head] = c, at, graph.code[i]
                if size == len(heap):
                    heap = longer(heap)
                push(heap, size, c << 32 | head)
                size += 1
    return best, cost, parent, code


@compiled
def _forget(cost, heap, size, at):  # type: ignore[no-untyped-def]
    """Strike out labels that were reached but not settled."""
    cost[at] = NO_WAY
    for i in range(size):
        label = heap[i] & 0xFFFFFFFF
        if cost[label] == heap[i] >> 32:
            cost[label] = NO_WAY
