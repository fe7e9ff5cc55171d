"""A good choice at once, with a bound of its own: greedy, then exchanges one by one.

References
----------
Lazy greedy: M. Minoux, "Accelerated greedy algorithms for maximizing submodular set functions" (1978). Its
bound: G. L. Nemhauser, L. A. Wolsey, M. L. Fisher, "An analysis of approximations for maximizing submodular set
functions I", Mathematical Programming 14 (1978). With a budget: S. Khuller, A. Moss, J. Naor, "The budgeted maximum
coverage problem", Information Processing Letters 70 (1999).
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import replace
from typing import Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from geo.coverage.siting.choice import Choice
from geo.coverage.siting.exact import Program
from geo.coverage.siting.plans import Patience, Progress, Status

#: One by one if they are fewer than one of so many.
_FEW: Final = 8


class Worth(Protocol):
    """What a set of candidates is worth: monotone, and each candidate adds the less the more there are (submodular)."""

    @property
    def unit(self) -> int:
        """What one of worth is in the objective's unit."""

    @property
    def exact(self) -> bool:
        """Whether worth is reckoned without rounding."""

    def clear(self) -> None:
        """Take all candidates back."""

    def take(self, candidate: int) -> None:
        """Add a candidate."""

    def value(self) -> int:
        """Return what those taken are worth."""

    def gain(self, candidate: int) -> int:
        """Return what one more would add."""

    def gains(self) -> NDArray[np.int64]:
        """Return what each one more would add, int64 (n_candidates,)."""

    def exchange(self, chosen: NDArray[np.int64], choice: Choice, patience: Patience) -> bool:
        """Exchange members of a set, which is taken, for better ones, in place; tell whether it did."""

    def objective(self, chosen: Iterable[int]) -> int:
        """Take a set, and return its objective."""

    def objective_at(self, bound: int) -> int:
        """Return what no objective is better than if no set is worth more than a bound."""

    def unserved(self) -> int:
        """Return the weight that those taken leave without."""

    def columns(self, chosen: Iterable[int]) -> NDArray[np.float64]:
        """Take a set, and return the columns that it is in the program."""

    def large(self, choice: Choice) -> bool:
        """Tell whether the program would be too large for a proof."""

    def program(self, choice: Choice) -> Program:
        """Return the exact question as a program, its first columns the candidates."""


class Found(NamedTuple):
    """A choice, and what it is worth; no choice is worth more than ``bound``."""

    chosen: tuple[int, ...]
    value: int
    bound: int
    stopped: Status | None


def find(worth: Worth, choice: Choice, patience: Patience, start: Iterable[int] | None = None) -> Found:
    """Find a good choice.

    Parameters
    ----------
    start
        Candidates to begin with; None: the forced ones alone, and the bound is reckoned.
    """
    reckoned = start is None
    begun = choice.forced if start is None else tuple(start)
    chosen = fill(worth, choice, begun, by_price=choice.budget is not None)
    bound = bound_of(worth, choice) if reckoned else worth.value()
    if choice.budget is not None and reckoned:  # the greedy choice by price alone can be arbitrarily poor
        value = worth.value()
        other = fill(worth, choice, begun, by_price=False)
        bound = min(bound, bound_of(worth, choice))
        if worth.value() > value:
            chosen = other
        _put(worth, chosen)
    held = np.array(chosen, dtype=np.int64)
    stopped = patience.over()
    while stopped is None and (worth.value() < bound or not reckoned) and worth.exchange(held, choice, patience):
        held = np.array(fill(worth, choice, held.tolist(), by_price=choice.budget is not None), dtype=np.int64)
        if reckoned:
            bound = min(bound, bound_of(worth, choice))
            patience.progress(Progress("exchanges", worth.value(), bound))
        stopped = patience.over()
    return Found(tuple(held.tolist()), worth.value(), max(bound, worth.value()), stopped)


def fill(worth: Worth, choice: Choice, begun: Iterable[int], *, by_price: bool) -> list[int]:
    """Take a set, and add whoever adds most (for the money) while anybody adds anything; of equals the first."""
    chosen = list(begun)
    _put(worth, chosen)
    count, money = choice.room(chosen)
    if count <= 0:
        return chosen
    gain = _gains(worth, choice)
    gain[~choice.allowed] = 0
    gain[chosen] = 0
    there = np.flatnonzero((gain > 0) & (choice.price <= money))
    rate = np.maximum(choice.price, 1e-9) if by_price else np.ones(len(gain))
    heap = list(zip((-gain[there] / rate[there]).tolist(), there.tolist(), strict=True))
    heapq.heapify(heap)
    while heap and count > 0:
        key, candidate = heap[0]
        if choice.price[candidate] > money:
            heapq.heappop(heap)
            continue
        fresh = worth.gain(candidate)
        now = -fresh / rate[candidate]
        if fresh <= 0:
            heapq.heappop(heap)
        elif now > key:
            heapq.heapreplace(heap, (now, candidate))
        else:
            heapq.heappop(heap)
            worth.take(candidate)
            chosen.append(candidate)
            count, money = count - 1, money - int(choice.price[candidate])
    return chosen


def in_order(worth: Worth, choice: Choice, chosen: Iterable[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return a set, forced candidates first, then in order of what each adds, by number last; and what each adds."""
    held = set(chosen)
    others = np.zeros(len(choice.allowed), dtype=np.bool_)
    others[list(held)] = True
    free = replace(choice, p=len(held), price=np.zeros_like(choice.price), budget=None, allowed=others)
    order = fill(worth, free, choice.forced, by_price=False)
    order += sorted(held - set(order))
    worth.clear()
    added = []
    for candidate in order:
        added.append(worth.gain(candidate))
        worth.take(candidate)
    return tuple(order), tuple(added)


def _gains(worth: Worth, choice: Choice) -> NDArray[np.int64]:
    free = np.flatnonzero(choice.allowed)
    if len(free) * _FEW > len(choice.allowed):
        return worth.gains()
    gain = np.zeros(len(choice.allowed), dtype=np.int64)
    gain[free] = [worth.gain(int(c)) for c in free]
    return gain


def _put(worth: Worth, chosen: Iterable[int]) -> None:
    worth.clear()
    for candidate in chosen:
        worth.take(int(candidate))


def bound_of(worth: Worth, choice: Choice) -> int:
    """Return what no choice is worth more than: to what is taken, each other one adds at most what it adds now."""
    return worth.value() + choice.most(worth.gains(), held=choice.forced)
