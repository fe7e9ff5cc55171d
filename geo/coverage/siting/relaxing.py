"""What no choice can be worth more than, by Lagrange multipliers; and which candidates that decides.

A row may be worth ``once`` and, a second time, ``twice``; a candidate that takes on a row has its ``off`` to pay.
Without the condition that a row is taken on no oftener than it is worth something, each candidate stands for itself,
so whatever the multipliers, the sum that is left is a bound, exact in whole numbers.

References
----------
G. Cornuéjols, M. L. Fisher, G. L. Nemhauser, "Location of bank accounts to optimize float", Management Science 23
(1977); R. D. Galvão, C. ReVelle, "A Lagrangean heuristic for the maximal covering location problem", European Journal
of Operational Research 88 (1996). Steps: M. Held, P. Wolfe, H. P. Crowder, Mathematical Programming 6 (1974).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.coverage.siting.choice import Choice
from geo.coverage.siting.plans import Patience, Progress
from geo.streets.compiled import compiled

_ROUNDS: Final = 600
#: A choice is tried at most once in so many rounds.
_BETWEEN: Final = 20
#: A bound is better if it takes this share off the gap.
_WORTHWHILE: Final = 1e-4
#: How much of the last direction stays in the next one.
_MEMORY: Final = 0.7
#: After so many rounds without a better bound steps are halved.
_TRIES: Final = 10
_SMALLEST: Final = 2e-3


class Offer(NamedTuple):
    """The rows that each candidate could take on, and what they are worth.

    Attributes
    ----------
    first, row, off
        Each candidate's rows and what each costs it, int64 (n_candidates + 1,), int32 and int64 (n_entries,).
    once, twice
        What each row is worth, int64 (n_rows,); a second time not more than the first.
    top
        No row's multiplier is larger, int64 (n_rows,): what is left out of the entries costs at least that.
    """

    first: NDArray[np.int64]
    row: NDArray[np.int32]
    off: NDArray[np.int64]
    once: NDArray[np.int64]
    twice: NDArray[np.int64]
    top: NDArray[np.int64]


class Effort(NamedTuple):
    """How long multipliers are looked for.

    Attributes
    ----------
    visits, fewest
        Rounds are as many as look at so many entries in all, but not fewer than the fewest.
    pace
        How far the first steps go, as a share of what would close the gap if only one row mattered.
    """

    visits: int
    fewest: int
    pace: float


#: From multipliers that anybody can guess, and from ones that are good already.
ANEW: Final = Effort(150_000_000, 60, 1.0)
NEARLY: Final = Effort(60_000_000, 24, 0.3)

#: No multiplier changes by more at once: whole numbers to this are exact in a double.
_FARTHEST: Final = 2.0**53


class Relaxed(NamedTuple):
    """A bound, conditions that leave out who is in no choice better than the best one known, and the multipliers."""

    bound: int
    narrowed: Choice
    multiplier: NDArray[np.int64]


def relax(
    offer: Offer,
    choice: Choice,
    improve: Callable[[tuple[int, ...]], int],
    start: NDArray[np.int64],
    step: int,
    patience: Patience,
    *,
    effort: Effort = ANEW,
) -> Relaxed:
    """Look for multipliers with a small bound, until they help no more.

    Parameters
    ----------
    improve
        Takes candidates that are open under some multipliers, and returns what the best choice so far is worth.
    start
        Multipliers to begin with, int64 (n_rows,).
    step
        Every worth is a multiple of it.
    """
    multiplier = np.clip(start, 0, offer.top)
    best = int(offer.once.sum() + offer.twice.sum())
    value = improve(choice.forced)
    scale = offer.once / max(float(offer.once.mean()), 1.0) if len(offer.once) else np.zeros(0)
    way = np.zeros(len(offer.once))
    narrowed, pace, since, tried, kept = choice, effort.pace, 0, 0, multiplier
    rounds = min(_ROUNDS, max(effort.fewest, effort.visits // max(len(offer.row), 1)))
    for turn in range(rounds):
        rest = _rest(*offer[:3], multiplier, narrowed.allowed)
        held = list(narrowed.forced)
        raw = int(_constant(offer.once, offer.twice, multiplier)) + int(rest[held].sum()) + narrowed.most(rest, held)
        picked = _picked(rest, narrowed)
        since += 1
        if raw < best:
            since = 0 if best - raw > _WORTHWHILE * max(1, best - value) else since
            best, kept = raw, multiplier
            if turn >= tried:
                value, tried = improve(tuple(picked.tolist())), turn + _BETWEEN
        narrowed = _narrower(narrowed, rest, raw, value, step, picked)
        if best - best % step <= value or narrowed.p < len(narrowed.forced):
            break
        if turn % 8 == 0:
            patience.progress(Progress("Lagrangian bound"))
            if patience.over() is not None:
                break
        if since >= _TRIES:
            pace, since = pace / 2, 0
            if pace < _SMALLEST:
                break
        way = _slope(*offer, multiplier, picked) + _MEMORY * way
        norm = float((way * way * scale).sum())  # not by "@": that wakes threads for so little
        if norm == 0:
            break
        length = pace * max(raw - value, 1) / norm
        if not math.isfinite(length):
            break
        multiplier = _moved(multiplier, length, way, scale, offer.top)
    return Relaxed(max(best - best % step, value), narrowed, kept)


def _picked(rest: NDArray[np.int64], choice: Choice) -> NDArray[np.int64]:
    """Return who opens: forced ones, then whoever has most left (per unit of money), as far as the choice allows."""
    held = list(choice.forced)
    count, money = choice.room(held)
    free = choice.allowed & (rest > 0)
    free[held] = False
    there = np.flatnonzero(free)
    rate = rest[there] / np.maximum(choice.price[there], 1) if choice.budget is not None else rest[there]
    order = there[np.argsort(-rate, kind="stable")]
    if choice.budget is None:
        return np.concatenate([held, order[: max(count, 0)]]).astype(np.int64)
    order = order[np.cumsum(choice.price[order]) <= money][: max(count, 0)]
    return np.concatenate([held, order]).astype(np.int64)


def _narrower(
    choice: Choice, rest: NDArray[np.int64], bound: int, value: int, step: int, picked: NDArray[np.int64]
) -> Choice:
    """Leave out who is in no choice worth more than ``value``, and force who is in all of them."""
    if choice.budget is not None or len(picked) < choice.p:
        return choice
    held = set(choice.forced)
    inside = [c for c in picked.tolist() if c not in held]
    if not inside:
        return choice
    last = int(rest[inside[-1]])
    others = choice.allowed.copy()
    others[picked] = False
    hopeless = others & (bound - last + rest < value + step)
    following = int(rest[others].max(initial=0))
    needed = [c for c in inside if bound - int(rest[c]) + following < value + step]
    return choice.without(np.flatnonzero(hopeless).tolist()).forcing(needed)


@compiled
def _rest(first, row, off, multiplier, allowed):  # type: ignore[no-untyped-def]  # compiled
    """Return what each candidate has left of the multipliers of the rows that it would take on."""
    rest = np.zeros(len(first) - 1, np.int64)
    for c in range(len(rest)):
        if not allowed[c]:
            continue
        total = 0
        for i in range(first[c], first[c + 1]):
            total += max(multiplier[row[i]] - off[i], 0)
        rest[c] = total
    return rest


@compiled
def _constant(once, twice, multiplier):  # type: ignore[no-untyped-def]  # compiled
    total = 0
    for r in range(len(once)):
        total += max(0, once[r] - multiplier[r]) + max(0, twice[r] - multiplier[r])
    return total


@compiled
def _slope(first, row, off, once, twice, top, multiplier, picked):  # type: ignore[no-untyped-def]  # compiled
    """Return in which direction multipliers should go: up where nobody takes on what is worth it, else down."""
    slope = np.empty(len(once), np.float64)
    for r in range(len(once)):
        slope[r] = (1.0 if once[r] >= multiplier[r] else 0.0) + (1.0 if twice[r] > multiplier[r] else 0.0)
    for k in range(len(picked)):
        for i in range(first[picked[k]], first[picked[k] + 1]):
            if multiplier[row[i]] > off[i]:
                slope[row[i]] -= 1.0
    for r in range(len(once)):
        if (slope[r] > 0 and multiplier[r] >= top[r]) or (slope[r] < 0 and multiplier[r] <= 0):
            slope[r] = 0.0
    return slope


@compiled
def _moved(multiplier, length, way, scale, top):  # type: ignore[no-untyped-def]  # compiled
    """Return multipliers after a step."""
    moved = np.empty(len(multiplier), np.int64)
    for r in range(len(moved)):
        change = np.rint(length * way[r] * scale[r])
        change = min(max(change, -_FARTHEST), _FARTHEST)
        moved[r] = min(max(multiplier[r] + np.int64(change), 0), top[r])
    return moved
