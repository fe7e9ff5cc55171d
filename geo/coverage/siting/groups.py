"""Demand that is near the same candidate made one: a small p-median whose choice and multipliers begin the large one.

What a group costs is summed exactly, but all of it would have to go to one site: the small question is another one than
was asked, near it. So nothing of it is told; it only says where to begin.

References
----------
E. L. Hillsman, R. Rhoda, "Errors in measuring distances from populations to service centers", Annals of Regional
Science 12 (1978), on what aggregation distorts; P. Avella, M. Boccia, S. Salerno, I. Vasilyev, "An aggregation
heuristic for large scale p-median problem", Computers & Operations Research 39 (2012).
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.coverage.pairs import Reach
from geo.coverage.siting import exchanges
from geo.coverage.siting.choice import Choice
from geo.coverage.siting.medians import Medians
from geo.coverage.siting.plans import Patience, Progress
from geo.coverage.siting.problems import UNREACHED, Question, Sites
from geo.coverage.siting.search import find

#: Groups form around so many candidates at most.
MAX_GROUPS: Final = 1_000
#: The small question has at most this share of the entries: else it is no quicker.
_SHARE: Final = 0.25


class Begun(NamedTuple):
    """Where to begin: candidates, and a multiplier of each row of demand, int64 (n_demand,)."""

    chosen: tuple[int, ...]
    multiplier: NDArray[np.int64]


def begin(large: Medians, choice: Choice, patience: Patience) -> Begun | None:
    """Solve the question on groups of demand; None where that would be no quicker than on all demand."""
    free = np.flatnonzero(choice.allowed)
    around = free[np.linspace(0, len(free) - 1, min(len(free), MAX_GROUPS)).astype(np.int64)] if len(free) else free
    if choice.budget is not None or len(around) * len(free) > _SHARE * len(large.demand):
        return None
    group, small = _grouped(large, choice, around)

    def tell(progress: Progress) -> None:  # figures of the small question are nobody's
        del progress
        patience.progress(Progress("groups of demand"))

    quiet = patience._replace(progress=tell)
    found = find(small, choice, quiet)
    best = [found]

    def improve(opened: tuple[int, ...]) -> int:
        if len(opened) > len(choice.forced):
            best.append(find(small, choice, quiet, start=opened))
        return max(other.value for other in best)

    multiplier = small.relax(choice, found.chosen, improve, quiet).multiplier
    chosen = max(best, key=lambda other: other.value).chosen
    return Begun(chosen, _of_rows(large, small, group, multiplier, np.array(chosen, dtype=np.int64)))


def _grouped(large: Medians, choice: Choice, around: NDArray[np.int64]) -> tuple[NDArray[np.int32], Medians]:
    """Return the group of each row of demand, and the question on groups, with their mean costs."""
    who = exchanges.nearest_of(large.first, large.demand, large.cost, large.fallback, around)
    group = np.unique(who, return_inverse=True)[1].astype(np.int32)
    count = int(group.max(initial=-1)) + 1
    weight, base = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    np.add.at(weight, group, large.weight)
    np.add.at(base, group, large.weight * large.fallback)
    total = exchanges.summed(large.first, large.demand, large.cost, large.weight, large.fallback, group, base)
    total = total[choice.allowed]
    per = np.maximum(weight, 1)
    first = np.zeros(len(choice.allowed) + 1, dtype=np.int64)
    first[1:] = np.cumsum(np.where(choice.allowed, count, 0))
    rows = np.tile(np.arange(count, dtype=np.int32), len(total))
    reach = Reach(first, rows, (total // per).astype(np.int32).ravel(), count)
    sites = Sites(reach, weight, cost_already=(base // per).astype(np.int32))
    return group, Medians(sites, Question("p_median", p=choice.p, beyond=UNREACHED), choice.allowed)


def _of_rows(
    large: Medians, small: Medians, group: NDArray[np.int32], multiplier: NDArray[np.int64], chosen: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the multipliers of rows: their group's, per weight, and by how much they are farther out than their group.

    How far out one is, is the mean of the ticks to the nearest two of the choice.
    """
    out = np.add(*large.two(chosen)) / 2
    weight = np.maximum(np.bincount(group, large.weight, small.fallback.size), 1)
    mean = np.bincount(group, large.weight * out, small.fallback.size) / weight
    each = multiplier / np.maximum(small.weight, 1)
    found: NDArray[np.int64] = large.weight * np.maximum(np.rint(each[group] - mean[group] + out), 0).astype(np.int64)
    return found
