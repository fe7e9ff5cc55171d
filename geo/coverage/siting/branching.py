"""The best set of a zone's candidates, each at the same price: branch and bound, multipliers fitted to each branch.

References
----------
Multipliers row by row: D. Erlenkotter, "A dual-based procedure for uncapacitated facility location", Operations
Research 26 (1978).
"""

from __future__ import annotations

from typing import Final

import numpy as np

from geo.streets.compiled import compiled

#: No set of a zone has more members: a zone that needs more is not solved.
_DEEPEST: Final = 40
_LOWEST: Final = -(2**62)


@compiled
def best_set(  # type: ignore[no-untyped-def]  # compiled
    first, row, back, candidate, worth, multiplier, price, enough, limit, every, seen, best
):
    """Return the most that a set is worth less the price of its members, if that is at least ``enough``.

    A set with no more members than those taken is worth no more than what they are worth, what each row not covered is
    worth beyond its multiplier, and what each free candidate's multipliers come to beyond the price.

    Parameters
    ----------
    multiplier
        Of each row to begin with, not negative, not more than it is worth.
    limit
        So many branches are looked at, at most.
    every
        Look at every set that is worth ``enough``, and mark its members in ``seen``; else only for a better one each
        time, whose members ``best`` holds in the end.

    Returns
    -------
    tuple
        What the best set found is worth, the least number if none is worth enough; what none is worth more than; how
        many branches were looked at.
    """
    m, n, depth, looked, found, top = len(first) - 1, len(worth), 0, 0, _LOWEST, 2**62
    multipliers, free = np.empty((_DEEPEST, n), np.int64), np.zeros((_DEEPEST, m), np.bool_)
    multipliers[0], free[0] = multiplier, True
    times, open_row = np.zeros(n, np.int32), np.ones(n, np.bool_)
    rest, gain = np.zeros(m, np.int64), np.zeros(m, np.int64)
    taken, value = np.zeros(_DEEPEST, np.int64), np.zeros(_DEEPEST, np.int64)
    if enough <= 0:
        found, enough = 0, enough if every else 1
        best[:] = False
    while True:
        looked += 1
        u, f = multipliers[depth], free[depth]
        _added(first, row, worth, u, open_row, f, rest, gain)
        if not every:  # who adds no more than the price never does later
            f &= gain > price
        bound = _bound(value[depth], worth, u, open_row, f, rest, price)
        for _ in range(2):
            if bound < enough:
                break
            _fitted(back, candidate, worth, u, open_row, f, rest, price)
            bound = min(bound, _bound(value[depth], worth, u, open_row, f, rest, price))
        if looked == 1:
            top = bound
        if looked > limit:
            return found, top, looked
        go = -1
        if bound >= enough:
            now = _bound(value[depth], worth, u, open_row, f, rest, price)
            f &= (rest >= price) | (now - (price - rest) >= enough)
            go = _most(f, gain)
        if go >= 0 and depth + 1 == _DEEPEST:
            return found, top, limit + 1
        if go >= 0:
            f[go] = False
            taken[depth], value[depth + 1] = go, value[depth] + gain[go] - price
            _turn(first, row, go, 1, times, open_row)
            multipliers[depth + 1], free[depth + 1] = u, f
            depth += 1
            if value[depth] >= enough:
                found = max(found, value[depth])
                if every:
                    for k in range(depth):
                        seen[taken[k]] = True
                else:
                    enough = found + 1
                    best[:] = False
                    for k in range(depth):
                        best[taken[k]] = True
        elif depth > 0:
            depth -= 1
            _turn(first, row, taken[depth], -1, times, open_row)
        else:
            return found, max(found, min(top, enough - 1)) if not every else top, looked


@compiled
def _added(first, row, worth, multiplier, open_row, free, rest, gain):  # type: ignore[no-untyped-def]  # compiled
    """Write what each free candidate's open rows come to, by their multipliers and by what they are worth."""
    for c in range(len(free)):
        if free[c]:
            rest[c], gain[c] = 0, 0
            for i in range(first[c], first[c + 1]):
                if open_row[row[i]]:
                    rest[c] += multiplier[row[i]]
                    gain[c] += worth[row[i]]


@compiled
def _most(free, gain):  # type: ignore[no-untyped-def]  # compiled
    """Return which free candidate adds most, the first of equals; -1: none is free."""
    go = -1
    for c in range(len(free)):
        if free[c] and (go < 0 or gain[c] > gain[go]):
            go = c
    return go


@compiled
def _turn(first, row, c, by, times, open_row):  # type: ignore[no-untyped-def]  # compiled
    """Take a candidate, or take it back."""
    for i in range(first[c], first[c + 1]):
        times[row[i]] += by
        open_row[row[i]] = times[row[i]] == 0


@compiled
def _bound(value, worth, multiplier, open_row, free, rest, price):  # type: ignore[no-untyped-def]  # compiled
    bound = value
    for r in range(len(worth)):
        if open_row[r]:
            bound += worth[r] - multiplier[r]
    for c in range(len(free)):
        if free[c] and rest[c] > price:
            bound += rest[c] - price
    return bound


@compiled
def _fitted(back, candidate, worth, multiplier, open_row, free, rest, price):  # type: ignore[no-untyped-def]  # compiled
    """Put each row's multiplier where the bound is least, all others as they are.

    That is between where the first and where the second of its candidates comes to the price.
    """
    for r in range(len(worth)):
        if not open_row[r]:
            continue
        one, two = _LOWEST, _LOWEST
        for k in range(back[r], back[r + 1]):
            if free[candidate[k]]:
                over = rest[candidate[k]] - price
                if over > one:
                    one, two = over, one
                elif over > two:
                    two = over
        old = multiplier[r]
        low = worth[r] if one == _LOWEST else old - one
        high = worth[r] if two == _LOWEST else old - two
        new = old if low <= old <= high else low + (high - low) // 4
        new = max(0, min(new, worth[r]))
        if new != old:
            multiplier[r] = new
            for k in range(back[r], back[r + 1]):
                if free[candidate[k]]:
                    rest[candidate[k]] += new - old
