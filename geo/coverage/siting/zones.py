"""Maximal covering by zones: candidates with much in common are solved together, exactly; what zones share has a price.

Multipliers on single candidates bound no better than a linear program. Here each zone's best set is found, by branch
and bound; only rows that several zones cover, and the number of sites, are left to multipliers. Where demand lies in
clusters that bound is far nearer, and who is in no set of its zone that is nearly its best is in no better choice.

References
----------
M. Guignard, S. Kim, "Lagrangean decomposition: a model yielding stronger Lagrangean bounds", Mathematical Programming
39 (1987). Clusters of covers: E. L. F. Senne, M. A. Pereira, L. A. N. Lorena, "A decomposition heuristic for the
maximal covering location problem", Advances in Operations Research (2010).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.coverage.siting.branching import best_set
from geo.coverage.siting.choice import Choice
from geo.coverage.siting.covering import Covering
from geo.coverage.siting.joining import Zone, joined, shared_by, zone_of
from geo.coverage.siting.plans import Patience, Progress, gap_of
from geo.coverage.siting.problems import Question, Sites
from geo.coverage.siting.relaxing import Relaxed
from geo.coverage.siting.rows import Cover
from geo.coverage.siting.search import Found

#: Who shares what is one matrix: for more candidates none is made.
MAX_CANDIDATES: Final = 2_000
#: Zones have at most so many candidates, and so many sites of a good choice: to solve them stays quick.
_LARGEST: Final = 120
_SITES: Final = 6
#: After each stage zones are made anew of whoever is left, until they are few or no fewer.
_STAGES: Final = 12
_FEW: Final = 40
_STEADY: Final = 0.95
#: So many branches are looked at for one zone; what is not done then is bounded by its multipliers.
_BRANCHES: Final = 20_000
#: So many where all sets that are nearly the best are looked for; beyond that a zone keeps all its candidates.
_FURTHER: Final = 8_000
_ROUNDS: Final = (12, 60)
#: Nobody can be left out while the bound is farther off than this share of what one more site must add.
_CLOSE: Final = 0.3
#: After so many rounds without a better bound steps are halved.
_TRIES: Final = 3
_SMALLEST: Final = 0.02
#: How much of the last direction stays in the next one.
_MEMORY: Final = 0.5
#: How much one site too many moves the price, beside a row too many of the mean worth.
_PRICE_SCALE: Final = 3.0


#: Takes candidates, and returns the best choice so far.
Improve = Callable[[tuple[int, ...]], Found]


def suit(question: Question, choice: Choice) -> bool:
    """Tell whether zones are for this question: one cover counts, sites count alone, and they are not too many."""
    return question.kind == "mclp" and choice.budget is None and int(choice.allowed.sum()) <= MAX_CANDIDATES


def narrow(
    sites: Sites, question: Question, covers: Cover, relaxed: Relaxed, improve: Improve, patience: Patience
) -> Relaxed:
    """Bound what any choice covers, and leave out who is in none that covers more than the best one known.

    Parameters
    ----------
    covers, relaxed
        The cover of which multipliers are known, and what they tell.
    improve
        Takes candidates that are the best of their zones, and returns the best choice so far.
    """
    bound, choice, multiplier, value = relaxed.bound, relaxed.narrowed, relaxed.multiplier, improve(()).value
    price: int | None = None
    for _ in range(_STAGES):
        worth = Covering(sites, question, choice.allowed)
        if choice.p <= len(choice.forced) or int(choice.allowed.sum()) <= len(choice.forced):
            break
        step = max(1, int(np.gcd.reduce(worth.once)))
        multiplier = np.minimum(_carried(covers, worth.cover, multiplier), worth.once)
        covers = worth.cover
        zoned = _Zoned(worth, choice, multiplier, price, improve(()).chosen)
        before, free = bound - value, int(choice.allowed.sum())
        bound = min(bound, zoned.lowered(question.gap, step, improve, patience))
        bound, value, multiplier, price = bound - bound % step, improve(()).value, zoned.multiplier, zoned.price
        if bound <= value or gap_of(value, bound) <= question.gap or patience.over() is not None:
            break
        if not zoned.close(value + step):
            break
        choice = choice.without(np.flatnonzero(choice.allowed & ~zoned.left(value + step)).tolist())
        left = int(choice.allowed.sum())
        if left <= _FEW or (left > _STEADY * free and bound - value > _STEADY * before):
            break
    return Relaxed(max(bound, value), choice, multiplier)


class _Zoned:
    """A question in zones, and the multipliers that are best so far."""

    def __init__(
        self, worth: Covering, choice: Choice, multiplier: NDArray[np.int64], price: int | None, good: tuple[int, ...]
    ) -> None:
        cover = worth.cover
        held = np.zeros(cover.row_count, dtype=np.bool_)
        for c in choice.forced:
            held[cover.row[cover.first[c] : cover.first[c + 1]]] = True
        self.forced = choice.forced
        self.base = int(worth.once[held].sum())
        self.worth = np.where(held, 0, worth.once)
        self.count = choice.p - len(choice.forced)
        free = choice.allowed.copy()
        free[list(choice.forced)] = False
        self.free = np.flatnonzero(free)
        self.multiplier = np.minimum(multiplier, self.worth)
        self.rest = rest = _rest_of(cover, self.multiplier, free)
        order = np.sort(rest[self.free])[::-1]
        self.price = int(order[self.count - 1 : self.count + 1].mean()) if price is None else price
        inside = np.full(len(free), -1, dtype=np.int64)
        inside[self.free] = np.arange(len(self.free))
        shared = shared_by(cover.back, cover.candidate, self.multiplier, inside, len(self.free))
        likely = np.isin(self.free, np.array(good, dtype=np.int64)).astype(np.int64)
        label = np.full(len(free), -1, dtype=np.int64)
        label[self.free] = joined(shared, likely, _LARGEST, _SITES)
        self.zones = [zone_of(cover, np.flatnonzero(label == z), self.worth) for z in np.unique(label[self.free])]
        times = np.zeros(cover.row_count, dtype=np.int64)
        for zone in self.zones:
            times[zone.rows] += 1
        self.between = times > 1
        self.bound, self.parts = 2**62, [0] * len(self.zones)
        self.tight = [np.minimum(self.multiplier[zone.rows], self.worth[zone.rows]) for zone in self.zones]

    def lowered(self, gap: float, step: int, improve: Improve, patience: Patience) -> int:
        """Look for multipliers with a small bound, until it is as near as asked for; return it."""
        now, price = self.multiplier.copy(), self.price
        size = self.worth / max(float(self.worth.mean()), 1e-9)
        way, way_price, pace, since = np.zeros(len(now)), 0.0, 0.5, 0
        for turn in range(_ROUNDS[1]):
            found, parts, sets = self._bounded(now, price, patience)
            since += 1
            if found < self.bound:
                since = 0
                self.bound, self.parts, self.multiplier, self.price = found, parts, now, price
            opened = [int(c) for zone, chosen in zip(self.zones, sets, strict=True) for c in zone.members[chosen]]
            opened = sorted(opened, key=lambda c: (-int(self.rest[c]), c))[: self.count]
            value = improve((*self.forced, *opened)).value
            patience.progress(Progress("zones"))
            near = self.bound - self.bound % step
            if near <= value or gap_of(value, near) <= gap or patience.over() is not None:
                break
            if turn + 1 >= _ROUNDS[0] and self.close(value + step):
                break
            if since >= _TRIES:
                pace, since = pace / 2, 0
                if pace < _SMALLEST:
                    break
            slope = np.where(self.between, 1.0, 0.0)
            for zone, chosen in zip(self.zones, sets, strict=True):
                slope[zone.rows] -= self.between[zone.rows] & zone.covered(chosen)
            slope[(slope > 0) & (now >= self.worth)] = 0.0
            slope[(slope < 0) & (now <= 0)] = 0.0
            way = slope + _MEMORY * way
            way_price = self.count - sum(int(chosen.sum()) for chosen in sets) + _MEMORY * way_price
            norm = float((way * way * size).sum()) + way_price * way_price * _PRICE_SCALE
            if norm == 0:
                break
            length = pace * max(found - value, 1) / norm
            now = np.clip(now + np.rint(length * way * size), 0, self.worth).astype(np.int64)
            price = max(0, round(price - length * way_price * _PRICE_SCALE))
        return self.bound

    def close(self, wanted: int) -> bool:
        """Tell whether the bound is so near to what is wanted that candidates can be left out for it."""
        return self.bound - wanted <= _CLOSE * self.price

    def left(self, wanted: int) -> NDArray[np.bool_]:
        """Tell which candidates can be in a choice that is worth at least so much.

        In such a choice no zone's set is farther below its best than the whole choice is below the bound.
        """
        slack = self.bound - wanted
        left = np.zeros(len(self.rest), dtype=np.bool_)
        left[list(self.forced)] = True
        for zone, tight, part in zip(self.zones, self.tight, self.parts, strict=True):
            seen, best = np.zeros(len(zone.members), dtype=np.bool_), np.zeros(len(zone.members), dtype=np.bool_)
            worth, start = self._parts_of(zone, tight, self.multiplier)
            *_, looked = best_set(*zone[2:], worth, start, self.price, part - slack, _FURTHER, True, seen, best)
            left[zone.members] = seen | (looked > _FURTHER)
        return left

    def _bounded(
        self, multiplier: NDArray[np.int64], price: int, patience: Patience
    ) -> tuple[int, list[int], list[NDArray[np.bool_]]]:
        """Return a bound, what each zone adds to it, and the best set of each zone."""
        between = self.between
        bound = self.base + self.count * price + int((self.worth - multiplier)[between].sum())
        parts, sets = [], []
        for zone, tight in zip(self.zones, self.tight, strict=True):
            seen, best = np.zeros(len(zone.members), dtype=np.bool_), np.zeros(len(zone.members), dtype=np.bool_)
            worth, start = self._parts_of(zone, tight, multiplier)
            branches = 0 if patience.over() is not None else _BRANCHES
            found, top, looked = best_set(*zone[2:], worth, start, price, 0, branches, False, seen, best)
            parts.append(int(found if looked <= branches else top))
            sets.append(best)
        return bound + sum(parts), parts, sets

    def _parts_of(
        self, zone: Zone, tight: NDArray[np.int64], multiplier: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return what each row is worth in a zone, and multipliers to begin with."""
        shared = self.between[zone.rows]
        worth = np.where(shared, multiplier[zone.rows], self.worth[zone.rows])
        return worth, np.minimum(np.where(shared, worth, tight), worth)


def _carried(old: Cover, new: Cover, multiplier: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return multipliers of rows that were made one: their sums."""
    inside = (old.merged >= 0) & (new.merged >= 0)
    pairs = np.unique(np.stack([old.merged[inside], new.merged[inside]], axis=1), axis=0)
    carried = np.zeros(new.row_count, dtype=np.int64)
    np.add.at(carried, pairs[:, 1], multiplier[pairs[:, 0]])
    return carried


def _rest_of(cover: Cover, multiplier: NDArray[np.int64], free: NDArray[np.bool_]) -> NDArray[np.int64]:
    rest = np.zeros(len(free), dtype=np.int64)
    np.add.at(rest, np.repeat(np.arange(len(free)), np.diff(cover.first)), multiplier[cover.row])
    rest[~free] = 0
    return rest
