"""Weight covered once, or once and a second time: maximal covering and backup coverage.

References
----------
R. L. Church, C. ReVelle, "The maximal covering location problem", Papers of the Regional Science Association 32 (1974).
K. Hogan, C. ReVelle, "Concepts and applications of backup coverage", Management Science 32 (1986).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from geo.coverage.siting.choice import Choice
from geo.coverage.siting.exact import MAX_PROGRAM_ENTRIES, Program
from geo.coverage.siting.plans import Patience
from geo.coverage.siting.problems import UNREACHED, Question, Sites
from geo.coverage.siting.relaxing import Offer, Relaxed, relax
from geo.coverage.siting.rows import Cover, merge, sums
from geo.streets.compiled import compiled


def times_already(sites: Sites, question: Question) -> NDArray[np.int32]:
    """Return by how many kept places each row of demand is covered, int32 (n_demand,)."""
    if sites.times_already is not None:
        return sites.times_already
    if sites.cost_already is None:
        return np.zeros(sites.reach.demand_count, dtype=np.int32)
    limit = UNREACHED - 1 if question.cutoff is None else min(question.cutoff, UNREACHED - 1)
    return (sites.cost_already <= limit).astype(np.int32)


class Covering:
    """What a set of candidates covers: a row is worth ``once`` when it is covered, and ``twice`` more when again.

    Parameters
    ----------
    sites, question
        Of kind ``mclp`` or ``backup``.
    allowed
        Which candidates there are, bool (n_candidates,).
    """

    def __init__(self, sites: Sites, question: Question, allowed: NDArray[np.bool_]) -> None:
        second = question.second_per_mille if question.kind == "backup" else 0
        factor = 1000 if question.kind == "backup" else 1
        already = times_already(sites, question)
        first_worth, second_worth = sites.weight * (factor - second), sites.weight * second
        none, one = already == 0, already == 1
        once = np.where(none, first_worth, np.where(one, second_worth, 0))
        twice = np.where(none, second_worth, 0)
        self.cover: Cover = merge(sites.reach, question.cutoff, once > 0, allowed)
        self.once = sums(self.cover, once)
        self.twice = sums(self.cover, twice)
        #: What is covered already is worth.
        self.base = int(first_worth[~none].sum()) + int(second_worth[already > 1].sum())
        self.unit, self.exact = 1, True
        self._left = sums(self.cover, np.where(none, sites.weight, 0))
        self._lost = int(sites.weight[none & (self.cover.merged < 0)].sum())
        self.times = np.zeros(self.cover.row_count, dtype=np.int32)
        self._slot = np.full(len(allowed), -1, dtype=np.int64)

    def clear(self) -> None:
        """Take all candidates back."""
        self.times[:] = 0
        self._slot[:] = -1

    def take(self, candidate: int) -> None:
        """Add a candidate."""
        self.times[self.cover.row[self.cover.first[candidate] : self.cover.first[candidate + 1]]] += 1
        self._slot[candidate] = 0

    def value(self) -> int:
        """Return what those taken are worth."""
        return int(self.once[self.times > 0].sum()) + int(self.twice[self.times > 1].sum())

    def gain(self, candidate: int) -> int:
        """Return what one more would add."""
        return int(_gain(candidate, self.cover.first, self.cover.row, self.once, self.twice, self.times))

    def gains(self) -> NDArray[np.int64]:
        """Return what each one more would add, int64 (n_candidates,)."""
        found: NDArray[np.int64] = _gains(self.cover.first, self.cover.row, self.once, self.twice, self.times)
        found[self._slot >= 0] = 0
        return found

    def exchange(self, chosen: NDArray[np.int64], choice: Choice, patience: Patience) -> bool:
        """Exchange members of a set, which is taken, for better ones, in place; tell whether it did."""
        del patience  # one round is short
        _, left = choice.room(chosen.tolist())
        fixed = np.isin(chosen, np.array(choice.forced, dtype=np.int64))
        return bool(
            _exchange(
                self.cover.first, self.cover.row, self.cover.back, self.cover.candidate, self.once, self.twice,
                self.times, chosen, fixed, choice.allowed, choice.price, left, self._slot,
            )
        )  # fmt: skip

    def objective(self, chosen: Iterable[int]) -> int:
        """Take a set, and return its objective."""
        self.clear()
        for candidate in chosen:
            self.take(candidate)
        return self.base + self.value()

    def objective_at(self, bound: int) -> int:
        """Return what no objective is better than if no set is worth more than a bound."""
        return self.base + bound

    def unserved(self) -> int:
        """Return the weight that those taken leave without."""
        return int(self._left[self.times == 0].sum()) + self._lost

    def columns(self, chosen: Iterable[int]) -> NDArray[np.float64]:
        """Take a set, and return the columns that it is in the program."""
        self.objective(chosen)
        alone, double = self._parts()
        picked = (self._slot >= 0).astype(np.float64)
        return np.concatenate([picked, self.times[~alone] > 0, self.times[double] > 1]).astype(np.float64)

    def _parts(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Tell which rows one candidate alone covers, and which are worth something a second time."""
        size = np.diff(self.cover.back)
        return size == 1, (size > 1) & (self.twice > 0)

    def relax(
        self, choice: Choice, chosen: tuple[int, ...], improve: Callable[[tuple[int, ...]], int], patience: Patience
    ) -> Relaxed:
        """Bound what any choice is worth; see :func:`~geo.coverage.siting.relaxing.relax`."""
        self.objective(chosen)
        offer = Offer(
            self.cover.first,
            self.cover.row,
            np.zeros(len(self.cover.row), dtype=np.int64),
            self.once,
            self.twice,
            self.once,
        )
        # A row that several cover is worth less to each of them.
        start = np.where(self.times > 1, self.once // 4, np.where(self.times == 1, self.once // 2, self.once))
        step = max(1, int(np.gcd.reduce(np.concatenate([self.once, self.twice]))))
        return relax(offer, choice, improve, start, step, patience)

    def large(self, choice: Choice) -> bool:
        """Tell whether the program would be too large for a proof."""
        return int(np.diff(self.cover.first)[choice.allowed].sum()) > MAX_PROGRAM_ENTRIES

    def program(self, choice: Choice) -> Program:
        """Return the exact question as a program: candidates, then rows covered, then rows covered twice."""
        cover, count = self.cover, len(choice.allowed)
        alone, double = self._parts()  # whom one candidate alone covers is worth what that candidate is
        value = np.zeros(count, dtype=np.int64)
        np.add.at(value, cover.candidate[cover.back[:-1][alone]], self.once[alone])
        rows = np.flatnonzero(~alone)
        doubled = np.flatnonzero(double)
        values = np.concatenate([value, self.once[rows], self.twice[doubled]])
        second = np.full(cover.row_count, -1, dtype=np.int64)
        second[doubled] = count + len(rows) + np.arange(len(doubled))
        first, column, factor = _covered_rows(rows, cover.back, cover.candidate, count, second)
        picked = np.arange(count, dtype=np.int32)
        limits = [(picked, np.ones(count), float(choice.p))]
        if choice.budget is not None:
            limits.append((picked, choice.price.astype(np.float64), float(choice.budget)))
        upper = np.ones(len(values))
        upper[:count] = choice.allowed
        return with_limits(values, upper, count, (first, column, factor), limits, choice.forced)


def with_limits(
    value: NDArray[np.int64],
    upper: NDArray[np.float64],
    count: int,
    rows: tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float64]],
    limits: list[tuple[NDArray[np.int32], NDArray[np.float64], float]],
    forced: tuple[int, ...],
) -> Program:
    """Put a program together: rows that must be at least 0, then limits, then the forced candidates."""
    first, column, factor = rows
    low, high = [np.zeros(len(first) - 1)], [np.full(len(first) - 1, np.inf)]
    firsts, columns, factors = [first], [column], [factor]
    for where, what, limit in limits:
        firsts.append(np.array([firsts[-1][-1] + len(where)]))
        columns.append(where)
        factors.append(what)
        low.append(np.array([-np.inf]))
        high.append(np.array([limit]))
    held = np.array(forced, dtype=np.int32)
    firsts.append(firsts[-1][-1] + 1 + np.arange(len(held)))
    columns.append(held)
    factors.append(np.ones(len(held)))
    low.append(np.ones(len(held)))
    high.append(np.ones(len(held)))
    whole = np.zeros(len(value), dtype=np.bool_)
    whole[:count] = True
    step = max(1, int(np.gcd.reduce(value))) if len(value) else 1
    return Program(
        value, upper, whole, np.concatenate(firsts), np.concatenate(columns).astype(np.int32), np.concatenate(factors),
        np.concatenate(low), np.concatenate(high), step,
    )  # fmt: skip


@compiled
def _gain(candidate, first, row, once, twice, times):  # type: ignore[no-untyped-def]  # compiled
    total = 0
    for i in range(first[candidate], first[candidate + 1]):
        r = row[i]
        if times[r] == 0:
            total += once[r]
        elif times[r] == 1:
            total += twice[r]
    return total


@compiled
def _gains(first, row, once, twice, times):  # type: ignore[no-untyped-def]  # compiled
    found = np.empty(len(first) - 1, np.int64)
    for c in range(len(found)):
        found[c] = _gain(c, first, row, once, twice, times)
    return found


@compiled
def _loss(candidate, first, row, once, twice, times):  # type: ignore[no-untyped-def]  # compiled
    """Return what taking a member back would cost."""
    total = 0
    for i in range(first[candidate], first[candidate + 1]):
        r = row[i]
        if times[r] == 1:
            total += once[r]
        elif times[r] == 2:
            total += twice[r]
    return total


@compiled
def _exchange(  # type: ignore[no-untyped-def]  # compiled
    first, row, back, candidate, once, twice, times, chosen, fixed, allowed, price, left, slot
):
    """Go once through all candidates; each takes the place of the member for whom it is the most better, if any.

    A row that both cover stays as it is, so what is lost and won there is set off (``shared``).
    """
    p = len(chosen)
    slot[:] = -1
    loss, shared = np.empty(p, np.int64), np.zeros(p, np.int64)
    owner = np.zeros(len(times), np.int64)  # the sum of the members that cover a row: of one, itself
    for m in range(p):
        slot[chosen[m]] = m
        for i in range(first[chosen[m]], first[chosen[m] + 1]):
            owner[row[i]] += m
        loss[m] = _loss(chosen[m], first, row, once, twice, times)
    changed = False
    for c in range(len(allowed)):
        if not allowed[c] or slot[c] >= 0:
            continue
        gain = _gain(c, first, row, once, twice, times)
        if gain == 0:
            continue
        shared[:] = 0
        for i in range(first[c], first[c + 1]):
            r = row[i]
            if times[r] == 1:
                shared[owner[r]] += once[r] - twice[r]
            elif times[r] == 2 and twice[r] > 0:
                for k in range(back[r], back[r + 1]):
                    if slot[candidate[k]] >= 0:
                        shared[slot[candidate[k]]] += twice[r]
        best, better = -1, 0
        for m in range(p):
            if not fixed[m] and price[c] - price[chosen[m]] <= left and gain - loss[m] + shared[m] > better:
                best, better = m, gain - loss[m] + shared[m]
        if best < 0:
            continue
        old = chosen[best]
        for i in range(first[old], first[old + 1]):
            times[row[i]] -= 1
            owner[row[i]] -= best
        for i in range(first[c], first[c + 1]):
            times[row[i]] += 1
            owner[row[i]] += best
        left -= price[c] - price[old]
        slot[old], slot[c], chosen[best], changed = -1, best, c, True
        for m in range(p):
            loss[m] = _loss(chosen[m], first, row, once, twice, times)
    return changed


@compiled
def _covered_rows(rows, back, candidate, count, second):  # type: ignore[no-untyped-def]  # compiled
    """Return rows that say: who covers it, less covered, less covered twice, is at least 0."""
    first = np.zeros(len(rows) + 1, np.int64)
    for k in range(len(rows)):
        r = rows[k]
        first[k + 1] = first[k] + back[r + 1] - back[r] + (2 if second[r] >= 0 else 1)
    column, factor = np.empty(first[-1], np.int32), np.ones(first[-1], np.float64)
    for k in range(len(rows)):
        r, at = rows[k], first[k]
        for i in range(back[r], back[r + 1]):
            column[at] = candidate[i]
            at += 1
        column[at], factor[at] = count + k, -1.0
        if second[r] >= 0:
            column[at + 1], factor[at + 1] = second[r], -1.0
    return first, column, factor
