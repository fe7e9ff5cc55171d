"""A contraction hierarchy of a mode's labels: ways from anywhere lead up it over few shortcuts, and down to anywhere.

Labels are taken out of the graph one by one, the least important first. Where that would lengthen a way between two
that stay, a *shortcut* of the same cost takes its place, so costs among those that stay never change. Between any two
labels there is then a cheapest way that first only climbs to labels taken out later, and then only descends. Shortcuts
remember the label they pass, and so, step by step, the streets.

References
----------
R. Geisberger, P. Sanders, D. Schultes and D. Delling, "Contraction hierarchies: faster and simpler hierarchical
routing in road networks", WEA 2008, LNCS 5038.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.streets.compiled import compiled
from geo.streets.graphs import MAX_CUTOFF
from geo.streets.mapped import mapped
from geo.streets.network import ProfileArcs
from geo.streets.parking import worth_it
from geo.streets.queues import pop, push

#: Labels that a search for a way around settles before it gives up: when a label's turn is estimated, and when it is
#: taken out. A way around that is not found costs a needless shortcut, never a wrong answer.
_ESTIMATE: Final = 24
_THOROUGH: Final = 200
#: Weight of a label's level in its turn, where one shortcut per arc taken out weighs 1000: keeps the hierarchy flat.
_LEVEL: Final = 100
#: Room for more arcs in the row of a label before the row must move.
_SPARE: Final = 2
#: Columns of the arcs: the number (or, while it is made, the label) at the other end, cost, and what is passed between.
END, COST, VIA = 0, 1, 2


class Hierarchy(NamedTuple):
    """Labels by importance, and the arcs between them and the more important ones; all int32, frozen.

    Labels bear *numbers* here, 0 the most important, so that what every search visits lies together. What is known of
    an arc lies together too, in columns: ``END``, the number at its other end; ``COST`` in ticks; ``VIA``, the number
    that a shortcut passes, greater than those of both ends, or ``-1 - arc`` for an arc of the mode. A shortcut from i
    by v to j stands for v's arc down from i and its arc up to j.

    Attributes
    ----------
    number
        Each label's number, (n_labels,).
    up_first, up
        Arcs from number i to smaller ones are ``up[up_first[i]:up_first[i + 1]]``, (n_up, 3).
    down_first, down
        Arcs from smaller numbers to number i are ``down[down_first[i]:down_first[i + 1]]``, (n_down, 3).
    """

    number: NDArray[np.int32]
    up_first: NDArray[np.int32]
    up: NDArray[np.int32]
    down_first: NDArray[np.int32]
    down: NDArray[np.int32]

    @property
    def size_bytes(self) -> int:
        """What the arrays take."""
        return sum(array.nbytes for array in self)

    def save(self, folder: Path, prefix: str = "") -> None:
        """Write one ``.npy`` file per array into a folder."""
        for name, array in zip(self._fields, self, strict=True):
            np.save(folder / f"{prefix}{name}.npy", array)

    @classmethod
    def load(cls, folder: Path, prefix: str = "") -> Hierarchy:
        """Open what was saved; arrays are mapped, not read, so processes share their memory."""
        return cls(*(mapped(folder / f"{prefix}{name}.npy") for name in cls._fields))


def make_hierarchy(arcs: ProfileArcs) -> Hierarchy:
    """Make the hierarchy of one mode, for ways *to facilities*; equal arcs give equal hierarchies.

    A label's turn comes by how many shortcuts it would leave per arc taken out, and by its level: one more than the
    highest of the neighbours that went before it. The turn is estimated again when the label comes first, if a
    neighbour went since.
    """
    n = len(arcs.first_arc) - 1
    tail = np.repeat(np.arange(n, dtype=np.int32), np.diff(arcs.first_arc))
    kept = _cheapest(tail, arcs.arc_head, arcs.arc_cost, worth_it(arcs))
    tail, head, cost = tail[kept], arcs.arc_head[kept], arcs.arc_cost[kept]
    ups, downs = _rows(n, tail, head, cost, kept), _rows(n, head, tail, cost, kept)
    number, *rows = _contract(*ups, *downs)
    return Hierarchy(_frozen(number), *_gathered(number, *rows[:3]), *_gathered(number, *rows[3:]))


def _cheapest(
    tail: NDArray[np.int32], head: NDArray[np.int32], cost: NDArray[np.int32], needed: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Return the cheapest needed arc of each pair of labels, without loops, in order of (tail, head)."""
    order = np.lexsort((cost, head, tail))
    order = order[needed[order] & (tail[order] != head[order])]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (np.diff(tail[order]) != 0) | (np.diff(head[order]) != 0)
    cheapest: NDArray[np.int64] = order[first]
    return cheapest


def _rows(
    n: int, own: NDArray[np.int32], other: NDArray[np.int32], cost: NDArray[np.int32], arc: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """Return where each label's row begins, how many arcs it has, for how many there is room, and the arcs."""
    size = np.bincount(own, minlength=n).astype(np.int32)
    room = size + np.int32(_SPARE)
    row = np.concatenate([[0], np.cumsum(room, dtype=np.int64)])
    order = np.argsort(own, kind="stable")
    own, first = own[order], np.cumsum(size, dtype=np.int64) - size
    table = np.zeros((row[-1] + 1, 3), dtype=np.int32)
    at = row[own] + np.arange(len(own)) - first[own]
    table[at] = np.stack([other[order], cost[order], -1 - arc[order]], axis=1)
    return row[:-1].copy(), size, room, table


def _gathered(
    number: NDArray[np.int32], row: NDArray[np.int64], size: NDArray[np.int32], table: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return where the arcs of each number begin, and the arcs of all rows in order of number, labels as numbers."""
    label = np.argsort(number)
    first = np.concatenate([[0], np.cumsum(size[label], dtype=np.int64)])
    arcs = table[np.repeat(row[label] - first[:-1], size[label]) + np.arange(first[-1])]
    end, cost, via = arcs.T
    via = np.where(via < 0, via, number[np.maximum(via, 0)])
    return _frozen(first), _frozen(np.stack([number[end], cost, via], axis=1))


def _frozen(array: NDArray[Any]) -> NDArray[np.int32]:
    frozen = np.ascontiguousarray(array, dtype=np.int32)
    frozen.setflags(write=False)
    return frozen


@compiled
def _contract(  # type: ignore[no-untyped-def]  # compiled: numba infers the types
    up_row, up_size, up_room, up, down_row, down_size, down_room, down
):
    """Take out all labels; what is left in their rows leads to labels that were taken out later.

    Return each label's number, and the rows: where they begin, how many arcs they have, and the arcs.
    """
    n = len(up_row)
    number, level = np.empty(n, dtype=np.int32), np.zeros(n, dtype=np.int32)
    stale = np.ones(n, dtype=np.bool_)  # the turn is to be estimated
    turns, waiting = np.arange(n), n
    seen, goal = np.zeros((n, 2), dtype=np.int32), np.zeros((n, 2), dtype=np.int32)  # (stamp, cost)
    generation, heap, needed = 0, np.empty(1024, dtype=np.int64), np.empty((64, 2), dtype=np.int64)
    up_end, down_end = len(up) - 1, len(down) - 1
    while waiting > 0:
        v = pop(turns, waiting) & 0xFFFFFFFF
        waiting -= 1
        count, needed, heap, generation = _shortcuts(
            v, _ESTIMATE if stale[v] else _THOROUGH, up_row, up_size, up, down_row, down_size, down,
            seen, goal, generation, heap, needed,
        )  # fmt: skip
        if stale[v]:
            stale[v] = False
            turn = _LEVEL * level[v] + 1000 * count // max(up_size[v] + down_size[v], 1)
            push(turns, waiting, np.int64(turn) << 32 | v)
            waiting += 1
            continue
        number[v] = waiting
        for i in range(down_row[v], down_row[v] + down_size[v]):
            u = down[i, END]
            _take_out(up, up_row[u], up_size[u], v)
            up_size[u] -= 1
            level[u], stale[u] = max(level[u], level[v] + 1), True
        for i in range(up_row[v], up_row[v] + up_size[v]):
            w = up[i, END]
            _take_out(down, down_row[w], down_size[w], v)
            down_size[w] -= 1
            level[w], stale[w] = max(level[w], level[v] + 1), True
        for i in range(count):
            one, two = needed[i, 0], needed[i, 1]
            u, w, cost = down[one, END], up[two, END], down[one, COST] + up[two, COST]
            up, up_end = _put(up, up_row, up_size, up_room, up_end, u, w, cost, v)
            down, down_end = _put(down, down_row, down_size, down_room, down_end, w, u, cost, v)
    return number, up_row, up_size, up, down_row, down_size, down


@compiled
def _shortcuts(  # type: ignore[no-untyped-def]
    v, patience, up_row, up_size, up, down_row, down_size, down, seen, goal, generation, heap, needed
):
    """Write the two arcs of each shortcut that taking out a label needs; return how many, and scratch arrays."""
    begin, end = up_row[v], up_row[v] + up_size[v]
    generation, count, farthest = generation + 1, 0, np.int64(0)
    of_v = generation
    for j in range(begin, end):
        w = up[j, END]
        goal[w, 0], goal[w, 1] = of_v, up[j, COST]
        farthest = max(farthest, up[j, COST])
    for i in range(down_row[v], down_row[v] + down_size[v]):
        u, to_v = down[i, END], np.int64(down[i, COST])
        left = end - begin - (1 if goal[u, 0] == of_v else 0)  # nobody needs a way back to himself
        generation += 1
        left, heap = _ways_around(
            u, v, to_v, min(to_v + farthest, MAX_CUTOFF), left, patience, up_row, up_size, up,
            seen, generation, goal, of_v, heap,
        )  # fmt: skip
        for j in range(begin, end if left > 0 else begin):
            w, through = up[j, END], to_v + up[j, COST]
            if w == u or through > MAX_CUTOFF or (seen[w, 0] == generation and seen[w, 1] <= through):
                continue
            if count == len(needed):
                more = np.empty((2 * count, 2), dtype=np.int64)
                more[:count] = needed
                needed = more
            needed[count, 0], needed[count, 1] = i, j
            count += 1
    return count, needed, heap, generation


@compiled
def _ways_around(  # type: ignore[no-untyped-def]
    u, v, to_v, limit, left, patience, up_row, up_size, up, seen, generation, goal, of_v, heap
):
    """Search from a label before v for ways around v to those after v; return for how many of them none was found.

    Stop when there is one for all ``left`` of them, or after ``patience`` labels.
    """
    size, settled = 1, 0
    seen[u, 0], seen[u, 1] = generation, 0
    heap[0] = u
    while size > 0 and left > 0 and settled < patience:
        key = pop(heap, size)
        size -= 1
        here, at = key >> 32, key & 0xFFFFFFFF
        if here != seen[at, 1]:
            continue
        settled += 1
        if size + up_size[at] > len(heap):
            longer = np.empty(2 * (size + up_size[at]), dtype=np.int64)
            longer[:size] = heap[:size]
            heap = longer
        for j in range(up_row[at], up_row[at] + up_size[at]):
            head, c = up[j, END], here + up[j, COST]
            before = np.int64(seen[head, 1]) if seen[head, 0] == generation else limit + 1
            if c >= before or head == v:
                continue
            if goal[head, 0] == of_v and c <= to_v + goal[head, 1] < before:
                left -= 1
            seen[head, 0], seen[head, 1] = generation, c
            push(heap, size, c << 32 | head)
            size += 1
    return left, heap


@compiled
def _take_out(table, begin, size, label):  # type: ignore[no-untyped-def]
    """Take the arc to a label out of a row; the row's last arc takes its place."""
    last = begin + size - 1
    for i in range(begin, last):
        if table[i, END] == label:
            for column in range(3):
                table[i, column] = table[last, column]
            return


@compiled
def _put(table, row, size, room, end, own, other, cost, via):  # type: ignore[no-untyped-def]
    """Put an arc into a row, or in the place of a dearer one; return the table, and where its end is."""
    begin, count = row[own], size[own]
    at = begin + count
    for i in range(begin, begin + count):
        if table[i, END] == other:
            if table[i, COST] <= cost:
                return table, end
            at = i
            break
    if at == begin + count:
        if count == room[own]:  # the row moves to the end
            room[own] = 2 * count + _SPARE
            if end + room[own] > len(table):
                longer = np.zeros((end + room[own] + (len(table) >> 1), 3), dtype=np.int32)
                longer[:end] = table[:end]
                table = longer
            table[end : end + count] = table[begin : begin + count]
            row[own], at = end, end + count
            end += room[own]
        size[own] += 1
    table[at, END], table[at, COST], table[at, VIA] = other, cost, via
    return table, end
