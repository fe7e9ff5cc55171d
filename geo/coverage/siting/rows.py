"""Demand rows that the same candidates reach are one row: what is put of one can be put of all of them."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.coverage.pairs import Reach
from geo.streets.compiled import compiled

_MIX: Final = np.uint64(0x9E3779B97F4A7C15)


class Cover(NamedTuple):
    """Who covers what, both ways round; no costs.

    Attributes
    ----------
    first, row
        Each candidate's rows, ascending, int64 (n_candidates + 1,) and int32.
    back, candidate
        Each row's candidates, ascending, int64 (n_rows + 1,) and int32.
    merged
        The row that each row of demand became, int32 (n_demand,); -1 where no candidate covers it, or it was left out.
    """

    first: NDArray[np.int64]
    row: NDArray[np.int32]
    back: NDArray[np.int64]
    candidate: NDArray[np.int32]
    merged: NDArray[np.int32]

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        return len(self.back) - 1


def merge(reach: Reach, cutoff: int | None, wanted: NDArray[np.bool_], allowed: NDArray[np.bool_]) -> Cover:
    """Return who covers what within a cutoff, rows with equal cover made one.

    Rows come in an order that depends on their candidates alone, so the order of demand does not matter.

    Parameters
    ----------
    wanted
        Which rows of demand are of interest, bool (n_demand,).
    allowed
        Which candidates are, bool (n_candidates,).
    """
    limit = np.iinfo(np.int32).max if cutoff is None else min(cutoff, np.iinfo(np.int32).max)
    back, candidate = transposed(reach.first, reach.demand, reach.cost, limit, wanted, allowed)
    rows = np.flatnonzero(np.diff(back) > 0)
    same = _equal_rows(back, candidate, rows)
    kept = rows[_first_of(same)]
    merged = np.full(reach.demand_count, -1, dtype=np.int32)
    merged[rows] = same
    length = np.diff(back)[kept]
    starts = np.concatenate(([0], np.cumsum(length))).astype(np.int64)
    own = candidate[_spans(back[kept], length)]
    first, row = _turned(starts, own, reach.place_count)
    return Cover(first, row, starts, own, merged)


def sums(cover: Cover, value: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return what rows of demand sum to in each merged row, int64 (n_rows,)."""
    inside = cover.merged >= 0
    total = np.zeros(cover.row_count, dtype=np.int64)
    np.add.at(total, cover.merged[inside], value[inside])
    return total


def _equal_rows(back: NDArray[np.int64], candidate: NDArray[np.int32], rows: NDArray[np.int64]) -> NDArray[np.int32]:
    """Number rows so that equal ones have one number; compared entry by entry, hashes only put them in order."""
    length = np.diff(back)[rows]
    order = np.lexsort((_hashes(back, candidate, rows), length))
    start = _fresh(back, candidate, rows[order])
    number = np.empty(len(rows), dtype=np.int32)
    number[order] = np.cumsum(start, dtype=np.int32) - 1
    return number


def _first_of(number: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return where each number occurs first."""
    where: NDArray[np.int64] = np.unique(number, return_index=True)[1]
    return where


def _spans(start: NDArray[np.int64], length: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the positions of spans, one after the other."""
    ends = np.cumsum(length)
    total = int(ends[-1]) if len(ends) else 0
    found: NDArray[np.int64] = np.arange(total, dtype=np.int64) + np.repeat(start - (ends - length), length)
    return found


@compiled
def transposed(first, demand, cost, limit, wanted, allowed):  # type: ignore[no-untyped-def]  # compiled
    """Return each demand row's candidates within a limit: where they begin, and which, ascending."""
    back = np.zeros(len(wanted) + 1, np.int64)
    for c in range(len(first) - 1):
        if allowed[c]:
            for i in range(first[c], first[c + 1]):
                if cost[i] <= limit and wanted[demand[i]]:
                    back[demand[i] + 1] += 1
    for r in range(len(wanted)):
        back[r + 1] += back[r]
    candidate, at = np.empty(back[-1], np.int32), back[:-1].copy()
    for c in range(len(first) - 1):
        if allowed[c]:
            for i in range(first[c], first[c + 1]):
                if cost[i] <= limit and wanted[demand[i]]:
                    candidate[at[demand[i]]] = c
                    at[demand[i]] += 1
    return back, candidate


@compiled
def _hashes(back, candidate, rows):  # type: ignore[no-untyped-def]  # compiled
    """Return a hash of each row's candidates, which come in ascending order."""
    found = np.empty(len(rows), np.uint64)
    for k in range(len(rows)):
        h = _MIX
        for i in range(back[rows[k]], back[rows[k] + 1]):
            h = (h ^ np.uint64(candidate[i])) * np.uint64(0xBF58476D1CE4E5B9)
            h ^= h >> np.uint64(29)
        found[k] = h
    return found


@compiled
def _fresh(back, candidate, rows):  # type: ignore[no-untyped-def]  # compiled
    """Tell where a row differs from the one before it."""
    start = np.ones(len(rows), np.bool_)
    for k in range(1, len(rows)):
        a, b = back[rows[k - 1]], back[rows[k]]
        n = back[rows[k] + 1] - b
        if n != back[rows[k - 1] + 1] - a:
            continue
        same = True
        for i in range(n):
            if candidate[a + i] != candidate[b + i]:
                same = False
                break
        start[k] = not same
    return start


@compiled
def _turned(back, candidate, count):  # type: ignore[no-untyped-def]  # compiled
    """Return each candidate's rows, ascending."""
    first = np.zeros(count + 1, np.int64)
    for i in range(len(candidate)):
        first[candidate[i] + 1] += 1
    for c in range(count):
        first[c + 1] += first[c]
    row, at = np.empty(len(candidate), np.int32), first[:-1].copy()
    for r in range(len(back) - 1):
        for i in range(back[r], back[r + 1]):
            row[at[candidate[i]]] = r
            at[candidate[i]] += 1
    return first, row
