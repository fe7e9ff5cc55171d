"""How many sites, at what price, which must and which must not be: the conditions on a choice, whatever it is for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geo.coverage.siting.problems import Question, Sites


@dataclass(frozen=True, eq=False)
class Choice:
    """Conditions on a set of candidates.

    Attributes
    ----------
    p
        How many at most.
    price
        int64 (n_candidates,); zeros where there is no budget.
    budget
        What they may cost in all; None: no limit.
    allowed
        Which may be chosen, bool (n_candidates,).
    forced
        Which must be, ascending.
    """

    p: int
    price: NDArray[np.int64]
    budget: int | None
    allowed: NDArray[np.bool_]
    forced: tuple[int, ...]

    def without(self, forbidden: Iterable[int]) -> Choice:
        """Return the conditions with further candidates forbidden; they are no longer forced."""
        out = set(forbidden)
        allowed = self.allowed.copy()
        allowed[list(out)] = False
        return replace(self, allowed=allowed, forced=tuple(c for c in self.forced if c not in out))

    def forcing(self, further: Iterable[int]) -> Choice:
        """Return the conditions with further candidates forced."""
        return replace(self, forced=tuple(sorted({*self.forced, *further})))

    def cost_of(self, chosen: Iterable[int]) -> int:
        """Return what a set costs."""
        return sum(int(self.price[c]) for c in chosen)

    def room(self, chosen: Iterable[int]) -> tuple[int, int]:
        """Return how many more sites a set may get, and what they may cost."""
        held = list(chosen)
        left = np.iinfo(np.int64).max if self.budget is None else self.budget - self.cost_of(held)
        return self.p - len(held), int(left)

    def too_dear(self) -> str:
        """Return why the forced candidates cannot be afforded; empty if they can."""
        spent = self.cost_of(self.forced)
        if self.budget is None or spent <= self.budget:
            return ""
        return f"the forced candidates cost {spent:,}, the budget is {self.budget:,}: raise it, or force fewer"

    def most(self, value: NDArray[np.int64], held: Iterable[int] = ()) -> int:
        """Return a bound of the sum of values that any choice holding a set can add to it, values not negative.

        The ``p`` largest that are left, or the fractional knapsack of the budget (Dantzig 1957), whichever is less.
        """
        held = [*held]
        count, money = self.room(held)
        free = self.allowed.copy()
        free[held] = False
        worth = np.flatnonzero(free & (value > 0) & (self.price <= money))
        if count <= 0 or len(worth) == 0:
            return 0
        gain = value[worth]
        largest = gain if count >= len(gain) else np.partition(gain, len(gain) - count)[len(gain) - count :]
        bound = int(largest.sum())
        if self.budget is None:
            return bound
        price = self.price[worth]
        order = np.argsort(-(gain / np.maximum(price, 1e-9)), kind="stable")
        spent = np.cumsum(price[order])
        whole = int(np.searchsorted(spent, money, side="right"))
        total = int(gain[order[:whole]].sum())
        if whole < len(order):
            left = money - (int(spent[whole - 1]) if whole else 0)
            part, cost = int(gain[order[whole]]), int(price[order[whole]])
            total += -(-part * left // cost)
        return min(bound, total)


def choice_of(sites: Sites, question: Question) -> Choice:
    """Return the conditions that a question puts."""
    count = sites.reach.place_count
    allowed = np.ones(count, dtype=np.bool_)
    allowed[list(sites.forbidden)] = False
    price = np.zeros(count, dtype=np.int64)
    if question.budget is not None and sites.price is not None:
        price = sites.price.astype(np.int64)
    p = int(allowed.sum()) if question.p is None else question.p
    return Choice(p, price, question.budget, allowed, tuple(sorted(set(sites.forced))))
