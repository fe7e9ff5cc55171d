"""Compiled loops of the p-median: what takes something off, the two nearest of a set, exchanges one for one.

References
----------
E. Schubert, P. J. Rousseeuw, "Fast and eager k-medoids clustering", Information Systems 101 (2021); M. G. C. Resende,
R. F. Werneck, "A fast swap-based local search procedure for location problems", Annals of Operations Research 150
(2007).
"""

from __future__ import annotations

import numpy as np

from geo.streets.compiled import compiled


@compiled
def useful(first, demand, cost, limit, fallback, weight, allowed):  # type: ignore[no-untyped-def]  # compiled
    """Return where the entries of each candidate begin once those are left out that take nothing off.

    That is: too far, without weight, of a candidate that may not be chosen.
    """
    starts = np.zeros(len(first), np.int64)
    for c in range(len(first) - 1):
        n = 0
        if allowed[c]:
            for i in range(first[c], first[c + 1]):
                n += cost[i] <= limit and cost[i] < fallback[demand[i]] and weight[demand[i]] > 0
        starts[c + 1] = starts[c] + n
    return starts


@compiled
def used(first, demand, cost, limit, fallback, weight, allowed, starts):  # type: ignore[no-untyped-def]  # compiled
    """Return the entries that are not left out."""
    rows, costs, at = np.empty(starts[-1], np.int32), np.empty(starts[-1], np.int32), 0
    for c in range(len(first) - 1):
        if allowed[c]:
            for i in range(first[c], first[c + 1]):
                if cost[i] <= limit and cost[i] < fallback[demand[i]] and weight[demand[i]] > 0:
                    rows[at], costs[at] = demand[i], cost[i]
                    at += 1
    return rows, costs


@compiled
def nearer(first, demand, cost, limit):  # type: ignore[no-untyped-def]  # compiled
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
def gain(candidate, first, demand, cost, weight, now):  # type: ignore[no-untyped-def]  # compiled
    """Return what one candidate would take off."""
    total = 0
    for i in range(first[candidate], first[candidate + 1]):
        d = demand[i]
        if cost[i] < now[d]:
            total += weight[d] * (now[d] - cost[i])
    return total


@compiled
def gains(first, demand, cost, weight, now):  # type: ignore[no-untyped-def]  # compiled
    """Return what each candidate would take off."""
    found = np.empty(len(first) - 1, np.int64)
    for c in range(len(found)):
        found[c] = gain(c, first, demand, cost, weight, now)
    return found


@compiled
def two_nearest(first, demand, cost, fallback, chosen, nearest, second, owner):  # type: ignore[no-untyped-def]  # compiled
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
def two(first, demand, cost, fallback, chosen):  # type: ignore[no-untyped-def]  # compiled
    """Return the costs of the nearest two of a set."""
    n = len(fallback)
    nearest, second, owner = np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.int64)
    two_nearest(first, demand, cost, fallback, chosen, nearest, second, owner)
    return nearest, second


@compiled
def losses(weight, nearest, second, owner, loss):  # type: ignore[no-untyped-def]  # compiled
    """Write what taking each member back would cost."""
    loss[:] = 0
    for d in range(len(owner)):
        if owner[d] >= 0:
            loss[owner[d]] += weight[d] * (second[d] - nearest[d])


@compiled
def entered(c, first, demand, cost, weight, nearest, second, owner, shared):  # type: ignore[no-untyped-def]  # compiled
    """Return what a candidate would take off, and write what of each member's loss it would then make good."""
    more = 0
    shared[:] = 0
    for i in range(first[c], first[c + 1]):
        d = demand[i]
        if cost[i] < nearest[d]:
            more += weight[d] * (nearest[d] - cost[i])
            if owner[d] >= 0:  # it would not lose what it loses without the new one
                shared[owner[d]] += weight[d] * (second[d] - nearest[d])
        elif cost[i] < second[d] and owner[d] >= 0:
            shared[owner[d]] += weight[d] * (second[d] - cost[i])
    return more


@compiled
def exchange(  # type: ignore[no-untyped-def]  # compiled
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
            two_nearest(first, demand, cost, fallback, chosen, nearest, second, owner)
            losses(weight, nearest, second, owner, loss)
            fresh = False
        if not allowed[c] or inside[c]:
            continue
        more = entered(c, first, demand, cost, weight, nearest, second, owner, shared)
        best, better = -1, 0
        for m in range(p):
            if not fixed[m] and price[c] - price[chosen[m]] <= left and more - loss[m] + shared[m] > better:
                best, better = m, more - loss[m] + shared[m]
        if best >= 0:
            left -= price[c] - price[chosen[best]]
            inside[chosen[best]], inside[c] = False, True
            chosen[best], fresh, changed = c, True, True
    return changed


@compiled
def exchanged(first, demand, cost, weight, fallback, chosen, allowed):  # type: ignore[no-untyped-def]  # compiled
    """Return how much better each candidate would be in the place of each member; the least of all where it cannot be.

    int64 (n_candidates, n_members).
    """
    p, n = len(chosen), len(fallback)
    nearest, second, owner = np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.int64)
    two_nearest(first, demand, cost, fallback, chosen, nearest, second, owner)
    loss, shared = np.zeros(p, np.int64), np.zeros(p, np.int64)
    losses(weight, nearest, second, owner, loss)
    able = allowed.copy()
    for m in range(p):
        able[chosen[m]] = False
    better = np.full((len(allowed), p), np.iinfo(np.int64).min, np.int64)
    for c in range(len(allowed)):
        if able[c]:
            more = entered(c, first, demand, cost, weight, nearest, second, owner, shared)
            for m in range(p):
                better[c, m] = more - loss[m] + shared[m]
    return better


@compiled
def nearest_of(first, demand, cost, fallback, among):  # type: ignore[no-untyped-def]  # compiled
    """Return who of some candidates is nearest to each row of demand, the first of equals; -1: nobody."""
    best, who = fallback.copy(), np.full(len(fallback), -1, np.int32)
    for k in range(len(among)):
        for i in range(first[among[k]], first[among[k] + 1]):
            d = demand[i]
            if cost[i] < best[d]:
                best[d], who[d] = cost[i], k
    return who


@compiled
def summed(first, demand, cost, weight, fallback, group, base):  # type: ignore[no-untyped-def]  # compiled
    """Return what all demand of each group costs each candidate together, int64 (n_candidates, n_groups)."""
    total = np.empty((len(first) - 1, len(base)), np.int64)
    for c in range(len(total)):
        row = total[c]
        row[:] = base
        for i in range(first[c], first[c + 1]):
            d = demand[i]
            row[group[d]] -= weight[d] * (fallback[d] - cost[i])
    return total
