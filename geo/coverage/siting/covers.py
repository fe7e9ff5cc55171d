"""All demand covered by as few sites, or as little money, as possible; and the least travel time that p sites can keep.

References
----------
C. Toregas, R. Swain, C. ReVelle, L. Bergman, "The location of emergency service facilities", Operations Research 19
(1971), and, for what may be left out, C. Toregas, C. ReVelle, "Binary logic solutions to a class of location problem",
Geographical Analysis 5 (1973). Centers by covers: E. Minieka, "The m-center problem", SIAM Review 12 (1970).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.coverage.siting.choice import Choice
from geo.coverage.siting.exact import MAX_PROGRAM_ENTRIES, Program, solve_program
from geo.coverage.siting.plans import Patience, Status
from geo.coverage.siting.rows import Cover
from geo.streets.compiled import compiled


class Covered(NamedTuple):
    """A cover, ascending, what it costs, what none costs less than, and why it is not known to be the best."""

    chosen: tuple[int, ...]
    cost: int
    bound: int
    stopped: Status | None


def cover_all(cover: Cover, price: NDArray[np.int64], choice: Choice, patience: Patience, *, exact: bool) -> Covered:
    """Cover every row at the least price; every row has a candidate that is allowed.

    Parameters
    ----------
    price
        Of each candidate, int64 (n_candidates,), not negative; ones to count sites.
    """
    held = np.zeros(len(price), dtype=np.bool_)
    held[list(choice.forced)] = True
    alive_row, alive = reduced(cover, price, choice.allowed, held)
    greedy = _greedy(cover.first, cover.row, cover.back, cover.candidate, price, alive, held)
    chosen = tuple(np.flatnonzero(greedy).tolist())
    cost = int(price[greedy].sum())
    bound = min(cost, int(price[held].sum()) + _apart(cover, alive_row, price, alive))
    stopped = patience.over()
    if not exact or bound == cost or stopped is not None:
        return Covered(chosen, cost, bound, stopped)
    program = _program(cover, price, alive_row, alive, held)
    if len(program.column) > MAX_PROGRAM_ENTRIES:
        return Covered(chosen, cost, bound, None)
    solved = solve_program(program, patience, start=greedy.astype(np.float64), step="fewest sites")
    if solved.columns is not None:
        found = (solved.columns > 0.5) | held
        if _covers(cover, found) and int(price[found].sum()) < cost:
            chosen, cost = tuple(np.flatnonzero(found).tolist()), int(price[found].sum())
    if solved.bound is not None:
        bound = min(cost, max(bound, -solved.bound))
    return Covered(chosen, cost, bound, None if bound == cost or solved.status == "optimal" else solved.status)


def enough(
    cover: Cover, choice: Choice, patience: Patience, *, exact: bool
) -> tuple[tuple[int, ...] | None, Status | None]:  # one way out for each way to know
    """Tell whether ``choice.p`` candidates can cover every row.

    Returns
    -------
    tuple
        A cover, or None; and if None why it is not known that there is none, or None if that is known.
    """
    ones = np.ones(len(choice.allowed), dtype=np.int64)
    held = np.zeros(len(ones), dtype=np.bool_)
    held[list(choice.forced)] = True
    if np.any(np.diff(cover.back) == 0):
        return None, None
    alive_row, alive = reduced(cover, ones, choice.allowed, held)
    greedy = _greedy(cover.first, cover.row, cover.back, cover.candidate, ones, alive, held)
    if int(greedy.sum()) <= choice.p:
        return tuple(np.flatnonzero(greedy).tolist()), None
    if int(held.sum()) + _apart(cover, alive_row, ones, alive) > choice.p:
        return None, None
    program = _program(cover, ones, alive_row, alive, held, most=choice.p)
    if not exact or len(program.column) > MAX_PROGRAM_ENTRIES:
        return None, "within gap"
    solved = solve_program(program, patience, step="least travel time")
    if solved.status == "infeasible":
        return None, None
    if solved.columns is not None:
        found = (solved.columns > 0.5) | held
        if _covers(cover, found) and int(found.sum()) <= choice.p:
            return tuple(np.flatnonzero(found).tolist()), None
    return None, patience.over() or "within gap"


def reduced(
    cover: Cover, price: NDArray[np.int64], allowed: NDArray[np.bool_], held: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Tell which rows and candidates matter.

    Not a row that a held candidate covers, nor one that is covered with another; not a candidate that covers no
    more than another one which costs no more.
    """
    alive = allowed.copy()
    alive_row = np.ones(cover.row_count, dtype=np.bool_)
    for c in np.flatnonzero(held):
        alive_row[cover.row[cover.first[c] : cover.first[c + 1]]] = False
    for _ in range(10):
        rows = _leave_out_rows(cover.first, cover.row, cover.back, cover.candidate, alive_row, alive)
        sites = _leave_out_candidates(cover.first, cover.row, cover.back, cover.candidate, alive_row, alive, price)
        if rows + sites == 0:
            break
    return alive_row, alive


def _covers(cover: Cover, chosen: NDArray[np.bool_]) -> bool:
    done = np.zeros(cover.row_count, dtype=np.bool_)
    for c in np.flatnonzero(chosen):
        done[cover.row[cover.first[c] : cover.first[c + 1]]] = True
    return bool(done.all())


def _apart(cover: Cover, alive_row: NDArray[np.bool_], price: NDArray[np.int64], alive: NDArray[np.bool_]) -> int:
    """Return what rows cost at least of which no two have a candidate in common: each takes a site of its own."""
    used = np.zeros(len(cover.first) - 1, dtype=np.bool_)
    cost = 0
    rows = np.flatnonzero(alive_row)
    for r in rows[np.argsort(np.diff(cover.back)[rows], kind="stable")]:
        own = cover.candidate[cover.back[r] : cover.back[r + 1]]
        own = own[alive[own]]
        if not used[own].any():
            used[own] = True
            cost += int(price[own].min())
    return cost


def _program(
    cover: Cover, price: NDArray[np.int64], alive_row: NDArray[np.bool_], alive: NDArray[np.bool_],
    held: NDArray[np.bool_], most: int | None = None,
) -> Program:  # fmt: skip
    """Return the program of a cover: the cheapest, or any of at most so many sites."""
    count = len(price)
    rows = np.flatnonzero(alive_row)
    parts = [cover.candidate[cover.back[r] : cover.back[r + 1]] for r in rows]
    parts = [part[alive[part]] for part in parts]
    low = [1.0] * len(parts)
    high = [np.inf] * len(parts)
    if most is not None:
        parts.append(np.arange(count, dtype=np.int32))
        low.append(0.0)
        high.append(float(most))
    upper = (alive | held).astype(np.float64)
    parts += [np.array([c], dtype=np.int32) for c in np.flatnonzero(held)]
    low += [1.0] * int(held.sum())
    high += [1.0] * int(held.sum())
    first = np.concatenate([[0], np.cumsum([len(part) for part in parts])]).astype(np.int64)
    column = np.concatenate(parts).astype(np.int32) if parts else np.zeros(0, dtype=np.int32)
    value = -price if most is None else np.zeros(count, dtype=np.int64)
    return Program(
        value, upper, np.ones(count, dtype=np.bool_), first, column, np.ones(len(column)), np.array(low),
        np.array(high), max(1, int(np.gcd.reduce(price))),
    )  # fmt: skip


@compiled
def _within(a, a_end, b, b_end, values, others, alive):  # type: ignore[no-untyped-def]  # compiled
    """Tell whether every living value of one ascending span is in another one."""
    while a < a_end:
        if alive[values[a]]:
            while b < b_end and others[b] < values[a]:
                b += 1
            if b == b_end or others[b] != values[a]:
                return False
        a += 1
    return True


@compiled
def _living(start, end, values, alive):  # type: ignore[no-untyped-def]  # compiled
    n = 0
    for i in range(start, end):
        n += alive[values[i]]
    return n


@compiled
def _leave_out_rows(first, row, back, candidate, alive_row, alive):  # type: ignore[no-untyped-def]  # compiled
    """Leave out rows that are covered whenever another one is; return how many."""
    size = np.empty(len(alive_row), np.int64)
    for r in range(len(alive_row)):
        size[r] = _living(back[r], back[r + 1], candidate, alive)
    gone = 0
    for r in range(len(alive_row)):
        if not alive_row[r]:
            continue
        rare = -1
        for k in range(back[r], back[r + 1]):
            c = candidate[k]
            if alive[c] and (rare < 0 or first[c + 1] - first[c] < first[rare + 1] - first[rare]):
                rare = c
        if rare < 0:
            continue
        for i in range(first[rare], first[rare + 1]):
            other = row[i]
            if other == r or not alive_row[other] or size[other] < size[r]:
                continue
            if _within(back[r], back[r + 1], back[other], back[other + 1], candidate, candidate, alive):
                alive_row[other] = False
                gone += 1
    return gone


@compiled
def _leave_out_candidates(first, row, back, candidate, alive_row, alive, price):  # type: ignore[no-untyped-def]  # compiled
    """Leave out candidates that cover no living row beyond those of another, not dearer one; return how many."""
    size = np.empty(len(alive), np.int64)
    for c in range(len(alive)):
        size[c] = _living(first[c], first[c + 1], row, alive_row)
    gone = 0
    for c in range(len(alive)):
        if not alive[c]:
            continue
        if size[c] == 0:
            alive[c] = False
            gone += 1
            continue
        rare = -1
        for i in range(first[c], first[c + 1]):
            r = row[i]
            if alive_row[r] and (rare < 0 or back[r + 1] - back[r] < back[rare + 1] - back[rare]):
                rare = r
        for k in range(back[rare], back[rare + 1]):
            other = candidate[k]
            if other == c or not alive[other] or price[other] > price[c] or size[other] < size[c]:
                continue
            if size[other] == size[c] and price[other] == price[c] and other > c:
                continue  # of two that are alike the first stays
            if _within(first[c], first[c + 1], first[other], first[other + 1], row, row, alive_row):
                alive[c] = False
                gone += 1
                break
    return gone


@compiled
def _greedy(first, row, back, candidate, price, alive, held):  # type: ignore[no-untyped-def]  # compiled
    """Take whoever covers most rows per price until all are covered, then take back whoever is not needed."""
    chosen = held.copy()
    times = np.zeros(len(back) - 1, np.int64)
    gain = np.zeros(len(alive), np.int64)
    left = 0
    for c in range(len(alive)):
        if held[c]:
            for i in range(first[c], first[c + 1]):
                times[row[i]] += 1
    for r in range(len(times)):
        if times[r] == 0:
            left += 1
            for k in range(back[r], back[r + 1]):
                gain[candidate[k]] += 1
    while left > 0:
        best, rate = -1, 0.0
        for c in range(len(alive)):
            if alive[c] and gain[c] > 0 and gain[c] / max(float(price[c]), 1e-9) > rate:
                best, rate = c, gain[c] / max(float(price[c]), 1e-9)
        if best < 0:
            break
        chosen[best] = True
        for i in range(first[best], first[best + 1]):
            r = row[i]
            times[r] += 1
            if times[r] == 1:
                left -= 1
                for k in range(back[r], back[r + 1]):
                    gain[candidate[k]] -= 1
    for c in range(len(alive)):
        if not chosen[c] or held[c]:
            continue
        needed = False
        for i in range(first[c], first[c + 1]):
            if times[row[i]] == 1:
                needed = True
                break
        if not needed:
            chosen[c] = False
            for i in range(first[c], first[c + 1]):
                times[row[i]] -= 1
    return chosen
