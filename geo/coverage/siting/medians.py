"""The least sum of weight times travel time: the p-median, on as many costs as the reach holds.

References
----------
S. L. Hakimi, "Optimum locations of switching centers and the absolute centers and medians of a graph", Operations
Research 12 (1964). Exchanges: E. Schubert, P. J. Rousseeuw, "Fast and eager k-medoids clustering", Information Systems
101 (2021).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.coverage.siting import exchanges
from geo.coverage.siting.choice import Choice
from geo.coverage.siting.covering import with_limits
from geo.coverage.siting.exact import Program
from geo.coverage.siting.plans import Patience
from geo.coverage.siting.problems import UNREACHED, Question, Sites
from geo.coverage.siting.relaxing import NEARLY, Offer, Relaxed, relax

#: An exact program has one column per entry: larger ones are left to the bound.
MAX_MEDIAN_ENTRIES: Final = 60_000
#: Among so many entries none are left out to look at the near ones alone.
FEW_ENTRIES: Final = 2_000_000
#: Each candidate's rows of demand and their costs.
_Entries = tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]
#: Sums of weight times ticks stay below this, by leaving out the last bits of the weights where there is no room.
_ROOM: Final = 2**60


def beyond_of(sites: Sites, question: Question) -> int:
    """Return the ticks that are counted at most."""
    if question.beyond is not None:
        return question.beyond
    return int(sites.reach.cost.max()) + 1 if len(sites.reach.cost) else 1


def fallback_of(sites: Sites, question: Question) -> NDArray[np.int64]:
    """Return the ticks that each row of demand has without any candidate, int64 (n_demand,)."""
    limit = np.full(sites.reach.demand_count, beyond_of(sites, question), dtype=np.int64)
    return limit if sites.cost_already is None else np.minimum(limit, sites.cost_already)


class Medians:
    """What a set of candidates takes off the sum of weight times ticks.

    Parameters
    ----------
    sites, question
        Of kind ``p_median``.
    """

    def __init__(self, sites: Sites, question: Question, allowed: NDArray[np.bool_]) -> None:
        self.fallback = fallback_of(sites, question)
        weight = self._whole = sites.weight
        self._beyond = beyond_of(sites, question)
        common = max(1, int(np.gcd.reduce(weight))) if len(weight) else 1
        self.shift = 0
        while int((weight // common >> self.shift).astype(object) @ self.fallback.astype(object)) >= _ROOM:
            self.shift += 1
        #: Weights are in this unit; rounded down where ``exact`` is false.
        self.unit = common << self.shift
        self.weight: NDArray[np.int64] = weight // common >> self.shift
        self.exact = self.shift == 0
        limit = UNREACHED if question.cutoff is None else question.cutoff
        reach = sites.reach
        self.first, self.demand, self.cost = reach.first, reach.demand, reach.cost
        asked = (reach.first, reach.demand, reach.cost, limit, self.fallback, self.weight, allowed)
        starts = exchanges.useful(*asked)
        if starts[-1] < len(reach.demand):
            self.first, (self.demand, self.cost) = starts, exchanges.used(*asked, starts)
        self._close: _Entries | None = None
        self._limit = self.fallback
        #: The sum with no candidate at all, in ``unit``.
        self.base = int(self.weight @ self.fallback)
        self.now = self.fallback.copy()
        self._taken: list[int] = []

    def clear(self) -> None:
        """Take all candidates back."""
        self.now = self.fallback.copy()
        self._taken = []

    def take(self, candidate: int) -> None:
        """Add a candidate."""
        span = slice(self.first[candidate], self.first[candidate + 1])
        self.now[self.demand[span]] = np.minimum(self.now[self.demand[span]], self.cost[span])
        self._taken.append(candidate)

    def value(self) -> int:
        """Return what those taken take off."""
        return self.base - int(self.weight @ self.now)

    def gain(self, candidate: int) -> int:
        """Return what one more would take off."""
        return int(exchanges.gain(candidate, self.first, self.demand, self.cost, self.weight, self.now))

    def gains(self) -> NDArray[np.int64]:
        """Return what each one more would take off, int64 (n_candidates,)."""
        found: NDArray[np.int64] = exchanges.gains(self.first, self.demand, self.cost, self.weight, self.now)
        return found

    def exchange(self, chosen: NDArray[np.int64], choice: Choice, patience: Patience) -> bool:
        """Exchange members of a set for better ones, in place; tell whether it did."""
        before, old = self.value(), chosen.copy()
        if not self._exchanged(self.near(chosen), chosen, choice):
            return False
        if self.value() > before:
            return True
        chosen[:] = old  # what was near was not near enough any more after some exchanges: look at all
        self.objective(old.tolist())
        if patience.over() is None and self._exchanged((self.first, self.demand, self.cost), chosen, choice):
            return self.value() > before
        return False

    def near(self, chosen: NDArray[np.int64]) -> _Entries:
        """Return entries, among them all whose cost is not above that of the second nearest of a set.

        No other one matters to it. Those found for an earlier set are taken again if they were near enough.
        """
        limit = self.two(chosen)[1] + 1
        if len(self.demand) <= FEW_ENTRIES:
            return self.first, self.demand, self.cost
        if self._close is None or bool(np.any(limit > self._limit)):
            self._limit = np.minimum(limit + limit // 2, self.fallback + 1)
            self._close = exchanges.nearer(self.first, self.demand, self.cost, self._limit)
        return self._close

    def two(self, chosen: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the ticks from each row of demand to the nearest two of a set, int64 (n_demand,)."""
        nearest, second = exchanges.two(self.first, self.demand, self.cost, self.fallback, chosen)
        return nearest, second

    def exchanged(self, chosen: NDArray[np.int64], choice: Choice) -> NDArray[np.int64]:
        """Return how much more a set takes off with each candidate in the place of each member, exactly.

        int64 (n_candidates, n_members); the least of all numbers where that cannot be.
        """
        better: NDArray[np.int64] = exchanges.exchanged(
            *self.near(chosen), self.weight, self.fallback, chosen, choice.allowed
        )
        return better

    def _exchanged(self, rows: _Entries, chosen: NDArray[np.int64], choice: Choice) -> bool:
        _, left = choice.room(chosen.tolist())
        fixed = np.isin(chosen, np.array(choice.forced, dtype=np.int64))
        changed = bool(
            exchanges.exchange(*rows, self.weight, self.fallback, chosen, fixed, choice.allowed, choice.price, left)
        )
        if changed:
            self.objective(chosen.tolist())
        return changed

    def large(self, choice: Choice) -> bool:
        """Tell whether the program would be too large for a proof."""
        return not self.exact or int(np.diff(self.first)[choice.allowed].sum()) > MAX_MEDIAN_ENTRIES

    def objective(self, chosen: Iterable[int]) -> int:
        """Take a set, and return its objective, exactly: the sum may be larger than 64 bits hold."""
        self.clear()
        for candidate in chosen:
            self.take(candidate)
        return int(self._whole.astype(object) @ self.now.astype(object))

    def objective_at(self, bound: int) -> int:
        """Return what no objective is better than if no set is worth more than a bound."""
        return (self.base - bound) * self.unit

    def unserved(self) -> int:
        """Return the weight that those taken leave to the cost beyond all."""
        return int(self._whole[self.now >= self._beyond].sum())

    def columns(self, chosen: Iterable[int]) -> NDArray[np.float64]:
        """Take a set, and return the columns that it is in the program."""
        self.objective(chosen)
        picked = np.zeros(len(self.first) - 1)
        picked[self._taken] = 1.0
        owner = np.repeat(np.arange(len(picked)), np.diff(self.first))
        serves = np.flatnonzero((picked[owner] > 0) & (self.cost == self.now[self.demand]))
        once = serves[np.unique(self.demand[serves], return_index=True)[1]]  # of equally near ones, the first
        shares = np.zeros(len(self.demand))
        shares[once] = 1.0
        return np.concatenate([picked, shares])

    def program(self, choice: Choice) -> Program:
        """Return the exact question as a program: candidates, then who takes how much off whom."""
        count, entries = len(choice.allowed), len(self.demand)
        owner = np.repeat(np.arange(count, dtype=np.int32), np.diff(self.first))
        saved = self.weight[self.demand] * (self.fallback[self.demand] - self.cost)
        value = np.concatenate([np.zeros(count, dtype=np.int64), saved])
        own = count + np.arange(entries, dtype=np.int32)
        first = 2 * np.arange(entries + 1, dtype=np.int64)
        column = np.stack([owner, own], axis=1).ravel()
        factor = np.tile([1.0, -1.0], entries)
        picked = np.arange(count, dtype=np.int32)
        limits = [(picked, np.ones(count), float(choice.p))]
        if choice.budget is not None:
            limits.append((picked, choice.price.astype(np.float64), float(choice.budget)))
        order = np.argsort(self.demand, kind="stable")
        rows, starts = np.unique(self.demand[order], return_index=True)
        del rows
        limits += [(part, np.ones(len(part)), 1.0) for part in np.split(own[order], starts[1:]) if len(part)]
        upper = np.ones(len(value))
        upper[:count] = choice.allowed
        return with_limits(value, upper, count, (first, column, factor), limits, choice.forced)

    def relax(
        self,
        choice: Choice,
        chosen: tuple[int, ...],
        improve: Callable[[tuple[int, ...]], int],
        patience: Patience,
        start: NDArray[np.int64] | None = None,
    ) -> Relaxed:
        """Bound what any choice takes off; see :func:`~geo.coverage.siting.relaxing.relax`.

        Beyond the second nearest almost nobody is served in a good choice: what is further is left out, and
        multipliers are kept below its cost, so that it would add nothing.

        Parameters
        ----------
        start
            Multipliers to begin with, which are good already, so that fewer rounds do; None: what the second nearest
            costs each row.
        """
        members = np.array(chosen, dtype=np.int64)
        second = self.two(members)[1]
        limit = np.minimum(np.maximum(second, 1), self.fallback)
        first, demand, cost = exchanges.nearer(*self.near(members), limit)
        once = self.weight * self.fallback
        offer = Offer(first, demand, self.weight[demand] * cost, once, np.zeros_like(once), self.weight * limit)
        if start is None:
            return relax(offer, choice, improve, self.weight * np.minimum(second, limit), 1, patience)
        return relax(offer, choice, improve, start, 1, patience, effort=NEARLY)
