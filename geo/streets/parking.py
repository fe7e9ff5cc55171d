"""Which walks are ever worth parking for: a hierarchy of an e-bike's streets needs no others.

Who rides may park at any node and walk on, so an e-bike's graph has all streets twice. Few of the second ones are part
of any cheapest way: a walk pays against a one-way street or over a footbridge, and as soon as riding there would have
been as quick, it is as well to have ridden on and to park later.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.streets.compiled import compiled
from geo.streets.network import NO_WAY, ON_FOOT, ProfileArcs, main_nodes
from geo.streets.queues import longer, pop, push

#: Parts of an edge cost whole ticks too: rounding may favour a walk from within an edge by less than this.
_ROUNDING: Final = 2
#: Labels settled in all before this gives up and calls every walk worth it: a city where riders never get to where
#: walkers do, far and wide. Minutes.
_PATIENCE: Final = 2 * 10**9
#: Columns of what a search knows of a label: its stamp, cost, and how one got there: by that arc, on foot; as a rider
#: who may park, from where the search began or straying from there; or as any other.
_STAMP, _COST, _HOW = 0, 1, 2
_NONE, _STRAYS = -1, -2


def worth_it(arcs: ProfileArcs, patience: int = _PATIENCE) -> NDArray[np.bool_]:
    """Return which arcs some cheapest way to a facility needs, bool (n_arcs,): those ridden, and the walks that pay.

    Ways begin on the main network, at a node or on an edge between two. Let one of them park at p and walk by q: if
    one could have ridden from p to q in that time, riding there and parking at q is a way as cheap, with fewer arcs
    walked. So there is always a cheapest way on which every label walked to is nearer to p on foot than riding. From
    each p, riders and walkers set out together, and walkers who find that a rider has been there stay behind.

    Parameters
    ----------
    arcs
        Of any mode; where nobody parks all arcs are needed.
    patience
        How many labels to settle in all before all walks are returned.
    """
    nodes, labels = len(arcs.component), len(arcs.first_arc) - 1
    if labels != 2 * nodes:
        return np.ones(len(arcs.arc_head), dtype=np.bool_)
    needed: NDArray[np.bool_] = _needed(
        arcs.first_arc, arcs.arc_head, arcs.arc_cost, arcs.arc_code, arcs.forward, arcs.backward,
        main_nodes(arcs.component), patience,
    )  # fmt: skip
    return needed


@compiled
def _needed(first, head, cost, code, forward, backward, main, patience):  # type: ignore[no-untyped-def]
    """Set out from every node where one may park, and from within every edge where a walk back may pay."""
    n = len(main)
    needed = head < n
    state, stamp = np.zeros((2 * n, 3), dtype=np.int32), 0
    heap = np.empty(1024, dtype=np.int64)
    for p in range(n):
        if not main[p]:
            continue
        parks = strays = False
        for i in range(first[p], first[p + 1]):
            parks |= head[i] >= n
            strays |= head[i] < n and not main[head[i]]
        if not (parks or strays):
            continue
        stamp += 1
        size, waiting = _reach(state, stamp, heap, 0, 0, n, p, 0, _STRAYS)
        heap, patience = _race(first, head, cost, main, state, stamp, heap, size, waiting, needed, patience)
        for i in range(first[p], first[p + 1]):
            # within an edge that is ridden from p alone one may turn back to its other end, on foot
            edge, against = (code[i] & ~ON_FOOT) >> 1, code[i] & 1
            ahead, back = (backward[edge], forward[edge]) if against else (forward[edge], backward[edge])
            if head[i] < n or ahead != NO_WAY or back == NO_WAY or not main[head[i] - n]:
                continue
            stamp += 1
            size, waiting = _reach(state, stamp, heap, 0, 0, n, head[i], 0, _NONE)
            size, waiting = _reach(state, stamp, heap, size, waiting, n, p, back, _NONE)
            heap, patience = _race(first, head, cost, main, state, stamp, heap, size, waiting, needed, patience)
        if patience < 0:
            return np.ones(len(head), dtype=np.bool_)
    return needed


@compiled
def _race(first, head, cost, main, state, stamp, heap, size, waiting, needed, patience):  # type: ignore[no-untyped-def]
    """Let riders and walkers go on until no walker is ahead; mark the arcs of those who were.

    Riders park where they set out, and where they stray off the main network from there: nobody rides back from there,
    so those nodes are nobody else's to set out from. Return the heap, and how much patience is left.
    """
    n = len(main)
    while size > 0 and waiting > 0 and patience >= 0:
        key = pop(heap, size)
        size -= 1
        here, at = key >> 32, (key & 0xFFFFFFFF) >> 1
        waiting -= key & 1
        walks, how = at >= n, state[at, _HOW]
        if here != state[at, _COST] or (walks and _ridden(state, stamp, at - n, here)):
            continue
        patience -= 1
        if walks and how >= 0:
            needed[how] = True
        while size + first[at + 1] - first[at] > len(heap):
            heap = longer(heap)
        for i in range(first[at], first[at + 1]):
            to, c = head[i], here + cost[i]
            if to >= n and (walks or how == _STRAYS):
                size, waiting = _reach(state, stamp, heap, size, waiting, n, to, c, i)
            elif to < n:
                strays = how == _STRAYS and not main[to]
                size, waiting = _reach(state, stamp, heap, size, waiting, n, to, c, _STRAYS if strays else _NONE)
    return heap, patience


@compiled
def _reach(state, stamp, heap, size, waiting, n, label, cost, how):  # type: ignore[no-untyped-def]
    """Write that a label is reached, if that is sooner than before.

    Return how many keys are in the heap, and how many of them, the odd ones, are of walkers and riders who may park.
    """
    if state[label, _STAMP] == stamp and state[label, _COST] <= cost:
        return size, waiting
    if label >= n and _ridden(state, stamp, label - n, cost):
        return size, waiting
    state[label, _STAMP], state[label, _COST], state[label, _HOW] = stamp, cost, how
    odd = 1 if label >= n or how == _STRAYS else 0
    push(heap, size, np.int64(cost) << 32 | np.int64(label) << 1 | odd)
    return size + 1, waiting + odd


@compiled
def _ridden(state, stamp, label, cost):  # type: ignore[no-untyped-def]
    """Whether a rider has been at a label, or is on the way there, who is sooner than a walker."""
    return state[label, _STAMP] == stamp and state[label, _COST] + _ROUNDING <= cost
