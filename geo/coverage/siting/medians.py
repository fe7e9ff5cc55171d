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

from geo.coverage.siting.choice import Choice
from geo.coverage.siting.covering import with_limits
from geo.coverage.siting.exact import Program
from geo.coverage.siting.plans import Patience
from geo.coverage.siting.problems import UNREACHED, Question, Sites
from geo.coverage.siting.relaxing import Offer, Relaxed, relax
from geo.streets.compiled import compiled

#: An exact program has one column per entry: larger ones are left to the bound.
MAX_MEDIAN_ENTRIES: Final = 60_000
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
        self.first, self.demand, self.cost = _useful(
            sites.reach.first, sites.reach.demand, sites.reach.cost, limit, self.fallback, self.weight, allowed
        )
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
        return int(_gain(candidate, self.first, self.demand, self.cost, self.weight, self.now))

    def gains(self) -> NDArray[np.int64]:
        """Return what each one more would take off, int64 (n_candidates,)."""
        found: NDArray[np.int64] = _gains(self.first, self.demand, self.cost, self.weight, self.now)
        return found

    def exchange(self, chosen: NDArray[np.int64], choice: Choice, patience: Patience) -> bool:
        """Exchange members of a set for better ones, in place; tell whether it did."""
        before, old = self.value(), chosen.copy()
        second = _second(self.first, self.demand, self.cost, self.fallback, chosen)
        near = _nearer(self.first, self.demand, self.cost, second + 1)
        for rows in (near, (self.first, self.demand, self.cost)):
            if patience.over() is not None:
                return False
            if self._exchanged(rows, chosen, choice) and self.value() > before:
                return True
            chosen[:] = old  # what is near may not be near enough any more after some exchanges: look at all
            self.objective(old.tolist())
        return False

    def _exchanged(
        self,
        rows: tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]],
        chosen: NDArray[np.int64],
        choice: Choice,
    ) -> bool:
        _, left = choice.room(chosen.tolist())
        fixed = np.isin(chosen, np.array(choice.forced, dtype=np.int64))
        changed = bool(_exchange(*rows, self.weight, self.fallback, chosen, fixed, choice.allowed, choice.price, left))
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
        self, choice: Choice, chosen: tuple[int, ...], improve: Callable[[tuple[int, ...]], int], patience: Patience
    ) -> Relaxed:
        """Bound what any choice takes off; see :func:`~geo.coverage.siting.relaxing.relax`.

        Beyond the second nearest almost nobody is served in a good choice: what is further is left out, and
        multipliers are kept below its cost, so that it would add nothing.
        """
        second = _second(self.first, self.demand, self.cost, self.fallback, np.array(chosen, dtype=np.int64))
        limit = np.minimum(np.maximum(second, 1), self.fallback)
        first, demand, cost = _nearer(self.first, self.demand, self.cost, limit)
        once = self.weight * self.fallback
        offer = Offer(first, demand, self.weight[demand] * cost, once, np.zeros_like(once), self.weight * limit)
        return relax(offer, choice, improve, self.weight * np.minimum(second, limit), 1, patience)


@compiled
def _useful(first, demand, cost, limit, fallback, weight, allowed):  # type: ignore[no-untyped-def]  # compiled
    """Leave out what takes nothing off: too far, without weight, of a candidate that may not be chosen."""
    starts = np.zeros(len(first), np.int64)
    for c in range(len(first) - 1):
        n = 0
        if allowed[c]:
            for i in range(first[c], first[c + 1]):
                n += cost[i] <= limit and cost[i] < fallback[demand[i]] and weight[demand[i]] > 0
        starts[c + 1] = starts[c] + n
    rows, costs, at = np.empty(starts[-1], np.int32), np.empty(starts[-1], np.int32), 0
    for c in range(len(first) - 1):
        if allowed[c]:
            for i in range(first[c], first[c + 1]):
                if cost[i] <= limit and cost[i] < fallback[demand[i]] and weight[demand[i]] > 0:
                    rows[at], costs[at] = demand[i], cost[i]
                    at += 1
    return starts, rows, costs


@compiled
def _nearer(first, demand, cost, limit):  # type: ignore[no-untyped-def]  # compiled
    """Return the entries whose cost is below their demand's limit."""
    starts = np.zeros(len(first), np.int64)
    for c in range(len(first) - 1):
        n = 0
        for i in range(first[c], first[c + 1]):
            n += cost[i] < limit[demand[i]]
        starts[c + 1] = starts[c] + n
    rows, costs, at = np.empty(starts[-1], np.int32), np.empty(starts[-1], np.int32), 0
    for i in range(len(demand)):
        if cost[i] < limit[demand[i]]:
            rows[at], costs[at] = demand[i], cost[i]
            at += 1
    return starts, rows, costs


@compiled
def _gain(candidate, first, demand, cost, weight, now):  # type: ignore[no-untyped-def]  # compiled
    total = 0
    for i in range(first[candidate], first[candidate + 1]):
        d = demand[i]
        if cost[i] < now[d]:
            total += weight[d] * (now[d] - cost[i])
    return total


@compiled
def _gains(first, demand, cost, weight, now):  # type: ignore[no-untyped-def]  # compiled
    found = np.empty(len(first) - 1, np.int64)
    for c in range(len(found)):
        found[c] = _gain(c, first, demand, cost, weight, now)
    return found


@compiled
def _two_nearest(first, demand, cost, fallback, chosen, nearest, second, owner):  # type: ignore[no-untyped-def]  # compiled
    """Write the nearest two of a set, and who is nearest: a member, or -1 for the fallback, which counts as one."""
    nearest[:], second[:], owner[:] = fallback, fallback, -1
    for m in range(len(chosen)):
        for i in range(first[chosen[m]], first[chosen[m] + 1]):
            d = demand[i]
            if cost[i] < nearest[d]:
                second[d], nearest[d], owner[d] = nearest[d], cost[i], m
            elif cost[i] < second[d]:
                second[d] = cost[i]


@compiled
def _second(first, demand, cost, fallback, chosen):  # type: ignore[no-untyped-def]  # compiled
    n = len(fallback)
    nearest, second, owner = np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.int64)
    _two_nearest(first, demand, cost, fallback, chosen, nearest, second, owner)
    return second


@compiled
def _exchange(  # type: ignore[no-untyped-def]  # compiled
    first, demand, cost, weight, fallback, chosen, fixed, allowed, price, left
):
    """Go once through all candidates; each takes the place of the member for whom it is the most better, if any."""
    p, n = len(chosen), len(fallback)
    nearest, second, owner = np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.int64)
    inside = np.zeros(len(allowed), np.bool_)
    loss, shared = np.zeros(p, np.int64), np.zeros(p, np.int64)
    for m in range(p):
        inside[chosen[m]] = True
    fresh, changed = True, False
    for c in range(len(allowed)):
        if fresh:
            _two_nearest(first, demand, cost, fallback, chosen, nearest, second, owner)
            loss[:] = 0
            for d in range(n):
                if owner[d] >= 0:
                    loss[owner[d]] += weight[d] * (second[d] - nearest[d])
            fresh = False
        if not allowed[c] or inside[c]:
            continue
        gain = 0
        shared[:] = 0
        for i in range(first[c], first[c + 1]):
            d = demand[i]
            if cost[i] < nearest[d]:
                gain += weight[d] * (nearest[d] - cost[i])
                if owner[d] >= 0:  # it would not lose what it loses without the new one
                    shared[owner[d]] += weight[d] * (second[d] - nearest[d])
            elif cost[i] < second[d] and owner[d] >= 0:
                shared[owner[d]] += weight[d] * (second[d] - cost[i])
        best, better = -1, 0
        for m in range(p):
            if not fixed[m] and price[c] - price[chosen[m]] <= left and gain - loss[m] + shared[m] > better:
                best, better = m, gain - loss[m] + shared[m]
        if best >= 0:
            left -= price[c] - price[chosen[best]]
            inside[chosen[best]], inside[c] = False, True
            chosen[best], fresh, changed = c, True, True
    return changed
