"""Weight that sites of limited capacity can serve: a flow from demand to sites, largest when no path can add to it.

References
----------
J. R. Current, J. E. Storbeck, "Capacitated covering models", Environment and Planning B 15 (1988). Flows: L. R. Ford,
D. R. Fulkerson (1956), shortest paths first as J. Edmonds, R. M. Karp (1972).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.coverage.siting.choice import Choice
from geo.coverage.siting.covering import times_already, with_limits
from geo.coverage.siting.exact import Program
from geo.coverage.siting.plans import Patience, Service
from geo.coverage.siting.problems import Question, Sites
from geo.coverage.siting.rows import Cover, merge, sums
from geo.streets.compiled import compiled

#: An exact program has one column per entry: larger ones are left to the bound.
MAX_FLOW_ENTRIES: Final = 60_000


class Flows:
    """What a set of candidates can serve; demand may be shared among sites, and goes to any within the cutoff.

    Parameters
    ----------
    sites, question
        Of kind ``capacitated``. What kept places cover counts as served: their capacity is not asked.
    """

    def __init__(self, sites: Sites, question: Question, allowed: NDArray[np.bool_]) -> None:
        served = times_already(sites, question) > 0
        self._weight = np.where(served, 0, sites.weight)
        self.cover: Cover = merge(sites.reach, question.cutoff, self._weight > 0, allowed)
        self.demand = sums(self.cover, self._weight)
        self.capacity = np.zeros(len(allowed), np.int64) if sites.capacity is None else sites.capacity
        self.unit, self.exact = 1, True
        #: What is served already.
        self.base = int(sites.weight[served].sum())
        self._entry, self._owner = _entries(self.cover.first, self.cover.row, self.cover.back)
        reached = np.array([int(self.demand[self._rows(c)].sum()) for c in range(len(allowed))], dtype=np.int64)
        self._alone = np.minimum(self.capacity, reached)
        self.clear()

    def _rows(self, candidate: int) -> NDArray[np.int32]:
        return self.cover.row[self.cover.first[candidate] : self.cover.first[candidate + 1]]

    def clear(self) -> None:
        """Take all candidates back."""
        self.flow = np.zeros(len(self.cover.row), dtype=np.int64)
        self._left = self.demand.copy()
        self._upper = self._alone.copy()
        self._taken = np.zeros(len(self.capacity))

    def _push(self, candidate: int, flow: NDArray[np.int64], unserved: NDArray[np.int64]) -> int:
        return int(
            _push(
                candidate, int(self.capacity[candidate]), self.cover.first, self.cover.row, self.cover.back,
                self._entry, self._owner, flow, unserved,
            )
        )  # fmt: skip

    def take(self, candidate: int) -> None:
        """Add a candidate, and serve what it can, others giving way to each other."""
        self._push(candidate, self.flow, self._left)
        self._upper[candidate] = 0
        self._taken[candidate] = 1.0

    def value(self) -> int:
        """Return what those taken serve."""
        return int(self.demand.sum() - self._left.sum())

    def gain(self, candidate: int) -> int:
        """Return what one more would add."""
        if self._upper[candidate] > 0:
            self._upper[candidate] = self._push(candidate, self.flow.copy(), self._left.copy())
        return int(self._upper[candidate])

    def gains(self) -> NDArray[np.int64]:
        """Return what each one more would add at most, int64 (n_candidates,)."""
        return np.minimum(self._upper, int(self._left.sum()))

    def exchange(self, chosen: NDArray[np.int64], choice: Choice, patience: Patience) -> bool:
        """Exchange the first member for which there is a better one, in place; tell whether it did."""
        from geo.coverage.siting.search import fill  # noqa: PLC0415  # they know each other

        best = self.value()
        members = chosen.tolist()
        for m, member in enumerate(members):
            if member in choice.forced or patience.over() is not None:
                continue
            others = members[:m] + members[m + 1 :]
            tried = fill(self, choice, others, by_price=False)
            if self.value() > best and len(tried) == len(members):
                chosen[:] = tried
                return True
        self.clear()
        for member in members:
            self.take(member)
        return False

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
        return int(self._weight.sum()) - self.value()

    def columns(self, chosen: Iterable[int]) -> NDArray[np.float64]:
        """Take a set, and return the columns that it is in the program."""
        self.objective(chosen)
        return np.concatenate([self._taken, self.flow / self.demand[self.cover.row]])

    def service(self) -> Service:
        """Return who serves whom, merged rows taken apart again: the first rows of demand by the first candidates."""
        order = np.argsort(self.cover.merged, kind="stable")
        order = order[self.cover.merged[order] >= 0]
        starts = np.searchsorted(self.cover.merged[order], np.arange(self.cover.row_count + 1))
        parts = _taken_apart(order, starts, self._weight, self.cover.back, self.cover.candidate, self._entry, self.flow)
        demand, candidate, weight = parts
        return Service(demand.astype(np.int32), candidate.astype(np.int32), weight)

    def large(self, choice: Choice) -> bool:
        """Tell whether the program would be too large for a proof."""
        return int(np.diff(self.cover.first)[choice.allowed].sum()) > MAX_FLOW_ENTRIES

    def program(self, choice: Choice) -> Program:
        """Return the exact question as a program: candidates, then the share of each row that each of them serves."""
        count, entries = len(choice.allowed), len(self.cover.row)
        own = count + np.arange(entries, dtype=np.int32)
        weight = self.demand[self.cover.row]
        share = weight / np.maximum(self.capacity[self._owner], 1)
        size = np.diff(self.cover.first)
        # a site takes no more than its capacity, and nothing unless it is there
        first = np.concatenate([np.cumsum(np.concatenate([[0], size + 1])), np.zeros(0, dtype=np.int64)])
        column = np.empty(first[-1], dtype=np.int32)
        factor = np.empty(first[-1])
        heads = first[:-1]
        column[heads], factor[heads] = np.arange(count), 1.0
        rest = np.ones(len(column), dtype=np.bool_)
        rest[heads] = False
        column[rest], factor[rest] = own, -share
        pairs = np.stack([self._owner.astype(np.int32), own], axis=1).ravel()
        column = np.concatenate([column, pairs])
        factor = np.concatenate([factor, np.tile([1.0, -1.0], entries)])
        first = np.concatenate([first, first[-1] + 2 * np.arange(1, entries + 1)])
        picked = np.arange(count, dtype=np.int32)
        limits = [(picked, np.ones(count), float(choice.p))]
        if choice.budget is not None:
            limits.append((picked, choice.price.astype(np.float64), float(choice.budget)))
        for r in range(self.cover.row_count):
            part = own[self._entry[self.cover.back[r] : self.cover.back[r + 1]]]
            limits.append((part, np.ones(len(part)), 1.0))
        upper = np.ones(count + entries)
        upper[:count] = choice.allowed
        upper[own] = self.capacity[self._owner] > 0
        value = np.concatenate([np.zeros(count, dtype=np.int64), weight])
        program = with_limits(value, upper, count, (first, column, factor), limits, choice.forced)
        parts = np.concatenate([self.demand, self.capacity[choice.allowed]])
        return program._replace(step=max(1, int(np.gcd.reduce(parts))))


@compiled
def _entries(first, row, back):  # type: ignore[no-untyped-def]  # compiled
    """Return, for each row's candidates in order, the entry in that candidate's rows; and each entry's candidate."""
    entry, owner = np.empty(len(row), np.int64), np.empty(len(row), np.int64)
    at = back[:-1].copy()
    for c in range(len(first) - 1):
        for i in range(first[c], first[c + 1]):
            owner[i] = c
            entry[at[row[i]]] = i
            at[row[i]] += 1
    return entry, owner


@compiled
def _push(start, spare, first, row, back, entry, owner, flow, unserved):  # type: ignore[no-untyped-def]  # compiled
    """Let a candidate serve what it can, in place; return how much more is served.

    A path goes from it to a row that it reaches, from there to a candidate that serves some of that row and could
    serve another one instead, and so on to a row with unserved weight.
    """
    total = 0
    for i in range(first[start], first[start + 1]):  # what needs nobody to give way
        amount = min(spare, unserved[row[i]])
        flow[i] += amount
        unserved[row[i]] -= amount
        spare -= amount
        total += amount
    by_row, by_candidate = np.empty(len(unserved), np.int64), np.empty(len(first) - 1, np.int64)
    queue = np.empty(len(first) - 1, np.int64)
    while spare > 0:
        by_row[:], by_candidate[:] = -1, -1
        queue[0], head, tail, end = start, 0, 1, -1
        by_candidate[start] = -2
        while head < tail and end < 0:
            c = queue[head]
            head += 1
            for i in range(first[c], first[c + 1]):
                r = row[i]
                if by_row[r] >= 0:
                    continue
                by_row[r] = i
                if unserved[r] > 0:
                    end = r
                    break
                for k in range(back[r], back[r + 1]):
                    if flow[entry[k]] > 0 and by_candidate[owner[entry[k]]] == -1:
                        by_candidate[owner[entry[k]]] = entry[k]
                        queue[tail] = owner[entry[k]]
                        tail += 1
        if end < 0:
            break
        amount, r = min(spare, unserved[end]), end
        while owner[by_row[r]] != start:
            given = by_candidate[owner[by_row[r]]]
            amount, r = min(amount, flow[given]), row[given]
        unserved[end] -= amount
        r = end
        while True:
            flow[by_row[r]] += amount
            given = by_candidate[owner[by_row[r]]]
            if given < 0:
                break
            flow[given] -= amount
            r = row[given]
        spare -= amount
        total += amount
    return total


@compiled
def _taken_apart(order, starts, weight, back, candidate, entry, flow):  # type: ignore[no-untyped-def]  # compiled
    """Share out the flow of each merged row among its rows of demand."""
    demand, who, amount = (
        np.empty(len(order) + len(flow), np.int64),
        np.empty(len(order) + len(flow), np.int64),
        (np.empty(len(order) + len(flow), np.int64)),
    )
    n = 0
    for r in range(len(starts) - 1):
        at = starts[r]
        left = weight[order[at]] if at < starts[r + 1] else 0
        for k in range(back[r], back[r + 1]):
            more = flow[entry[k]]
            while more > 0:
                part = min(more, left)
                if part > 0:
                    demand[n], who[n], amount[n] = order[at], candidate[k], part
                    n += 1
                more, left = more - part, left - part
                if left == 0 and more > 0:
                    at += 1
                    left = weight[order[at]]
    return demand[:n], who[:n], amount[:n]
