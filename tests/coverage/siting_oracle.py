"""Small questions of siting answered by trying every set of candidates, on plain dictionaries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from random import Random

import numpy as np

from geo.coverage.pairs import Reach
from geo.coverage.siting.problems import UNREACHED, Kind, Question, Sites


def sites_of(
    rows: list[dict[int, int]],
    weight: Sequence[int],
    *,
    forced: Sequence[int] = (),
    forbidden: Sequence[int] = (),
    price: Sequence[int] | None = None,
    capacity: Sequence[int] | None = None,
    cost_already: Sequence[int] | None = None,
    times_already: Sequence[int] | None = None,
) -> Sites:
    """Return sites from one dictionary, demand -> cost, for each candidate."""
    first = np.cumsum([0, *(len(row) for row in rows)]).astype(np.int64)
    demand = np.array([d for row in rows for d in sorted(row)], dtype=np.int32)
    cost = np.array([row[d] for row in rows for d in sorted(row)], dtype=np.int32)
    return Sites(
        Reach(first, demand, cost, len(weight)),
        np.array(weight, dtype=np.int64),
        cost_already=None if cost_already is None else np.array(cost_already, dtype=np.int32),
        times_already=None if times_already is None else np.array(times_already, dtype=np.int32),
        capacity=None if capacity is None else np.array(capacity, dtype=np.int64),
        price=None if price is None else np.array(price, dtype=np.int64),
        forced=tuple(forced),
        forbidden=tuple(forbidden),
    )


def random_sites(seed: int, kind: Kind) -> tuple[Sites, Question]:
    """Return a small question: ties, candidates and rows without anything, what is kept, wishes, budgets."""
    rng = Random(f"{seed} {kind}")
    candidates, demand = rng.randint(1, 7), rng.randint(1, 9)
    rows = [
        {d: rng.randint(0, 9) for d in range(demand) if rng.random() < rng.choice((0.3, 0.6))}
        for _ in range(candidates)
    ]
    if rng.random() < 0.3 and candidates > 1:
        rows[-1] = dict(rows[0])
    weight = [rng.choice((0, 1, 2, 2, 5, 7)) for _ in range(demand)]
    forced = rng.sample(range(candidates), rng.choice((0, 0, 1)))
    left = [c for c in range(candidates) if c not in forced]
    forbidden = rng.sample(left, min(len(left), rng.choice((0, 0, 1))))
    by_money = rng.random() < 0.35 and kind not in {"lscp", "p_center"}
    price = [rng.randint(0, 6) for _ in range(candidates)] if by_money or rng.random() < 0.4 else None
    already = (
        [rng.choice((UNREACHED, UNREACHED, rng.randint(0, 9))) for _ in range(demand)] if rng.random() < 0.4 else None
    )
    sites = sites_of(
        rows, weight, forced=forced, forbidden=forbidden, price=price, cost_already=already,
        times_already=[rng.choice((0, 0, 1, 2)) for _ in weight] if kind == "backup" and rng.random() < 0.3 else None,
        capacity=[rng.randint(0, 9) for _ in rows] if kind == "capacitated" else None,
    )  # fmt: skip
    p = (
        None
        if kind == "lscp" or (by_money and rng.random() < 0.5)
        else rng.randint(len(forced), candidates - len(forbidden))
    )
    question = Question(
        kind, p=p, budget=rng.randint(0, 12) if by_money else None,
        cutoff=rng.choice((None, 3, 6)), beyond=rng.choice((None, 8, 20)) if kind == "p_median" else None,
        second_per_mille=rng.choice((0, 200, 500)),
    )  # fmt: skip
    return sites, question


def all_sets(sites: Sites, question: Question) -> Iterator[tuple[int, ...]]:
    """Yield every set of candidates that the conditions let through."""
    free = [c for c in range(sites.reach.place_count) if c not in {*sites.forced, *sites.forbidden}]
    most = len(free) if question.p is None else question.p - len(sites.forced)
    for count in range(most + 1):
        for further in combinations(free, count):
            chosen = (*sites.forced, *further)
            if (
                question.budget is None
                or sites.price is None
                or sum(int(sites.price[c]) for c in chosen) <= question.budget
            ):
                yield chosen


def worth(sites: Sites, question: Question, chosen: tuple[int, ...]) -> int | None:  # noqa: PLR0911
    """Return the objective of a set, one row of demand after the other; None: it does not cover what it must."""
    reach, limit = sites.reach, UNREACHED if question.cutoff is None else question.cutoff
    near = [
        {
            int(reach.demand[i]): int(reach.cost[i])
            for i in range(reach.first[c], reach.first[c + 1])
            if reach.cost[i] <= limit
        }
        for c in chosen
    ]
    kept = [UNREACHED] * reach.demand_count if sites.cost_already is None else [int(c) for c in sites.cost_already]
    times = [int(c <= limit and c != UNREACHED) for c in kept]
    if sites.times_already is not None:
        times = [int(n) for n in sites.times_already]
    weight = [int(w) for w in sites.weight]
    covered = [times[d] + sum(d in row for row in near) for d in range(len(weight))]
    best = [min([kept[d], *(row[d] for row in near if d in row)]) for d in range(len(weight))]
    match question.kind:
        case "mclp":
            return sum(w for w, n in zip(weight, covered, strict=True) if n)
        case "backup":
            second = question.second_per_mille
            return sum(
                w * ((1000 - second) * (n >= 1) + second * (n >= 2)) for w, n in zip(weight, covered, strict=True)
            )
        case "lscp":
            if any(w and not n for w, n in zip(weight, covered, strict=True)):
                return None
            return len(chosen) if sites.price is None else sum(int(sites.price[c]) for c in chosen)
        case "p_center":
            longest = max((c for w, c in zip(weight, best, strict=True) if w), default=0)
            return None if longest == UNREACHED else longest
        case "p_median":
            beyond = question.beyond
            if beyond is None:
                beyond = max((int(c) for c in reach.cost), default=0) + 1
            return sum(w * min(c, beyond) for w, c in zip(weight, best, strict=True))
        case "capacitated":
            assert sites.capacity is not None
            done = sum(w for w, n in zip(weight, times, strict=True) if n)
            rows = [d for d in range(len(weight)) if not times[d] and weight[d]]
            return done + largest_flow(
                rows, weight, [set(row) for row in near], [int(sites.capacity[c]) for c in chosen]
            )


def largest_flow(rows: list[int], weight: list[int], near: list[set[int]], capacity: list[int]) -> int:
    """Return the most that can be served: the smallest cut, over all sets of sites (max-flow is min-cut).

    A cut has the capacity of some sites, and of each row of demand that another site could serve the weight.
    """
    sites = range(len(near))
    return min(
        sum(capacity[s] for s in inside)
        + sum(weight[d] for d in rows if any(d in near[s] for s in sites if s not in inside))
        for count in range(len(near) + 1)
        for inside in combinations(sites, count)
    )
