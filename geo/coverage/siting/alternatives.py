"""Other choices that are nearly as good: a host may refuse, so nobody should hold a single list.

References
----------
The order in which further choices are looked for, once each member has been left out: E. L. Lawler, "A procedure for
computing the K best solutions to discrete optimization problems", Management Science 18 (1972).
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.coverage.siting.choice import Choice
from geo.coverage.siting.plans import Alternative, Patience, Progress

#: So many further choices are tried for each that is wanted.
_TRIES: Final = 8
#: So many members are left out, one by one, at most: those that add least.
_LEFT_OUT: Final = 64


class Option(NamedTuple):
    """A choice, and how much worse it is than nothing better: smaller is better."""

    chosen: tuple[int, ...]
    loss: int


#: Finds a good choice under conditions, not far from another one; None: there is none.
Solver = Callable[[Choice, tuple[int, ...]], Option | None]

#: Tells how much better a set is with each candidate in each member's place; the least number where that cannot be.
Table = Callable[[NDArray[np.int64], Choice], NDArray[np.int64]]


def options(best: Option, choice: Choice, solver: Solver, wanted: int, patience: Patience) -> list[Option]:
    """Return the best choice first, then others, all different, none of them empty; as many as are wanted, if found.

    Each member that is not forced is left out once; after that, for the best choices so far, each member is left out
    while those before it are kept, which no two choices have in common. A choice that turns out to be better than the
    best takes its place.
    """
    found = {frozenset(best.chosen): best}
    if wanted <= 0:
        return [best]
    least_last = [c for c in best.chosen if c not in choice.forced]
    for member in least_last[::-1][:_LEFT_OUT]:
        if patience.over() is not None:
            break
        _try(found, solver, choice.without([member]), best.chosen)
        patience.progress(Progress(f"alternatives: {len(found) - 1} of {wanted}"))
    queue = [(best.loss, 0, best.chosen, choice)]
    pushed = 0
    tries = _TRIES * wanted
    while queue and len(found) <= wanted and tries > 0 and patience.over() is None:
        _, _, chosen, within = heapq.heappop(queue)
        kept: list[int] = []
        for member in (c for c in chosen if c not in within.forced):
            if tries <= 0 or patience.over() is not None:
                break
            tries -= 1
            part = within.without([member]).forcing(kept)
            option = _try(found, solver, part, chosen)
            if option is not None:
                pushed += 1
                heapq.heappush(queue, (option.loss, pushed, option.chosen, part))
            kept.append(member)
    ranked = sorted(found.values(), key=lambda option: (option.loss, option != best, sorted(option.chosen)))
    return ranked[: wanted + 1]


def exchanges_of(best: Option, choice: Choice, table: Table, wanted: int, patience: Patience) -> list[Option]:
    """Return a choice first, then those that have one candidate in the place of one member, the best first.

    The best one without each member comes before a second one without any, so that each host may refuse.
    """
    if wanted <= 0 or patience.over() is not None:
        return [best]
    members = np.array(best.chosen, dtype=np.int64)
    free = np.flatnonzero(~np.isin(members, np.array(choice.forced, dtype=np.int64)))
    better = table(members, choice)[:, free]
    found: list[Option] = []
    never = np.iinfo(np.int64).min
    for _ in range(wanted):  # each round: the next best candidate in the place of each member
        if better.size == 0 or len(found) >= wanted:
            break
        instead = np.argmax(better, axis=0)
        gained = better[instead, np.arange(len(free))]
        there = np.flatnonzero(gained > never)
        there = there[np.argsort(-gained[there], kind="stable")][: wanted - len(found)]
        for m in there:
            chosen = (*best.chosen[: free[m]], int(instead[m]), *best.chosen[free[m] + 1 :])
            found.append(Option(chosen, best.loss - int(gained[m])))
        better[instead, np.arange(len(free))] = never
    patience.progress(Progress(f"alternatives: {len(found)} of {wanted}"))
    return sorted([best, *found], key=lambda option: (option.loss, option is not best))


def _try(found: dict[frozenset[int], Option], solver: Solver, choice: Choice, near: tuple[int, ...]) -> Option | None:
    option = solver(choice, tuple(c for c in near if choice.allowed[c]))
    if option is not None and option.chosen:
        found.setdefault(frozenset(option.chosen), option)
    return option


def told(plan: Iterable[int], objective: int, others: Iterable[tuple[tuple[int, ...], int]]) -> tuple[Alternative, ...]:
    """Return choices with their objectives as alternatives of a plan."""
    mine = set(plan)
    return tuple(
        Alternative(
            tuple(sorted(chosen)), its, abs(its - objective), tuple(sorted(mine - set(chosen))),
            tuple(sorted(set(chosen) - mine)),
        )
        for chosen, its in others
    )  # fmt: skip
