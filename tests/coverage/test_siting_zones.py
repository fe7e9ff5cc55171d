"""Maximal covering by zones: against trying every set, and what may not be left out."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from geo.coverage.siting import zones
from geo.coverage.siting.branching import best_set
from geo.coverage.siting.choice import choice_of
from geo.coverage.siting.covering import Covering
from geo.coverage.siting.joining import Zone, joined, zone_of
from geo.coverage.siting.plans import Patience, Progress
from geo.coverage.siting.problems import Question, Sites
from geo.coverage.siting.relaxing import Relaxed
from geo.coverage.siting.search import Found
from geo.coverage.siting.solving import solve
from tests.coverage.siting_oracle import sites_of

MANY = 100_000


def clusters(seed: int, *, demand: int, candidates: int, centres: int, radius: float = 1.0) -> Sites:
    """Return demand and candidates around some centres, near enough for neighbours to share rows."""
    rng = np.random.default_rng(seed)
    centre = rng.random((centres, 2)) * 4
    here = centre[rng.integers(0, centres, demand)] + rng.normal(0, 0.7, (demand, 2))
    there = centre[rng.integers(0, centres, candidates)] + rng.normal(0, 0.7, (candidates, 2))
    apart = np.hypot(*(here[:, None] - there[None]).transpose(2, 0, 1))
    rows = [{int(d): 0 for d in np.flatnonzero(apart[:, c] <= radius)} for c in range(candidates)]
    return sites_of(rows, rng.integers(1, 50, demand).tolist())


def one_zone(seed: int) -> tuple[Zone, NDArray[np.int64], NDArray[np.int64], int]:
    """Return all candidates as one zone, what its rows are worth, multipliers, and a price."""
    rng = np.random.default_rng(seed)
    sites = clusters(seed, demand=14, candidates=8, centres=2)
    part = Covering(sites, Question("mclp", p=3), np.ones(8, dtype=np.bool_))
    zone = zone_of(part.cover, np.arange(8), part.once)
    worth = part.once[zone.rows]
    share = rng.choice((0.0, 0.3, 1.0)) if seed % 2 else rng.random(len(worth))
    return zone, worth, (worth * share).astype(np.int64), int(rng.integers(0, 80))


def values(zone: Zone, worth: NDArray[np.int64], price: int) -> dict[tuple[int, ...], int]:
    """Return what every set of a zone is worth less its price, row by row."""
    spans = [set(zone.row[zone.first[c] : zone.first[c + 1]].tolist()) for c in range(len(zone.members))]
    sets = [chosen for n in range(len(spans) + 1) for chosen in combinations(range(len(spans)), n)]
    return {
        chosen: sum(int(worth[r]) for r in set().union(*(spans[c] for c in chosen))) - price * len(chosen)
        for chosen in sets
    }


def asked(
    zone: Zone,
    worth: NDArray[np.int64],
    multiplier: NDArray[np.int64],
    price: int,
    enough: int,
    limit: int,
    every: bool,
) -> tuple[int, int, NDArray[np.bool_], NDArray[np.bool_]]:
    """Ask the kernel; return what it found, what nothing is better than, whom it saw, and whom it took."""
    seen, best = np.zeros(len(zone.members), dtype=np.bool_), np.zeros(len(zone.members), dtype=np.bool_)
    found, top, _ = best_set(*zone[2:], worth, multiplier, price, enough, limit, every, seen, best)
    return found, top, seen, best


@pytest.mark.parametrize("seed", range(60))
def test_the_best_set_of_a_zone(seed: int) -> None:
    zone, worth, multiplier, price = one_zone(seed)
    every = values(zone, worth, price)
    found, top, _, best = asked(zone, worth, multiplier, price, 0, MANY, every=False)

    assert found == max(every.values())
    assert top >= found
    assert every[tuple(np.flatnonzero(best).tolist())] == found


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("slack", [0, 5, 40])
def test_whoever_is_in_a_set_that_is_good_enough_is_seen(seed: int, slack: int) -> None:
    zone, worth, multiplier, price = one_zone(seed)
    every = values(zone, worth, price)
    enough = max(every.values()) - slack
    _, _, seen, _ = asked(zone, worth, multiplier, price, enough, MANY, every=True)

    good = {c for chosen, value in every.items() if value >= enough for c in chosen}
    assert set(np.flatnonzero(seen).tolist()) == good


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("limit", [0, 1, 3])
def test_a_zone_that_is_given_up_still_has_a_bound(seed: int, limit: int) -> None:
    zone, worth, multiplier, price = one_zone(seed)
    _, top, _, _ = asked(zone, worth, multiplier, price, 0, limit, every=False)

    assert top >= max(values(zone, worth, price).values())


@pytest.fixture
def small_zones(monkeypatch: pytest.MonkeyPatch) -> None:
    """Zones of few candidates, so that rows lie between them, and candidates left out however far the bound is off."""
    monkeypatch.setattr(zones, "_LARGEST", 4)
    monkeypatch.setattr(zones, "_CLOSE", 1e9)
    monkeypatch.setattr(zones, "_FEW", 0)


def narrowed(
    seed: int, *, forced: tuple[int, ...] = (), multiplied: float = 0.5
) -> tuple[Relaxed, dict[tuple[int, ...], int]]:
    """Return what zones tell with the second best value in hand, and what every set is worth."""
    question = Question("mclp", p=4)
    base = clusters(seed, demand=60, candidates=12, centres=4)
    sites = Sites(base.reach, base.weight, forced=forced)
    choice = choice_of(sites, question)
    part = Covering(sites, question, choice.allowed)
    every: dict[tuple[int, ...], int] = {}
    for chosen in combinations(range(12), 4):
        if set(forced) <= set(chosen):
            part.objective(chosen)
            every[chosen] = part.value()
    second = sorted(set(every.values()))[-2]
    held = next(chosen for chosen, value in every.items() if value == second)
    start = (part.once * multiplied).astype(np.int64)
    known = Relaxed(int(part.once.sum()), choice, start)
    best = Found(held, second, second, None)
    return zones.narrow(sites, question, part.cover, known, lambda opened: best, Patience()), every


@pytest.mark.usefixtures("small_zones")
@pytest.mark.parametrize("seed", range(25))
@pytest.mark.parametrize("forced", [(), (3,), (0, 5)])
@pytest.mark.parametrize("multiplied", [0.0, 0.5, 1.0])
def test_zones_bound_all_choices_and_leave_out_none_of_the_best(
    seed: int, forced: tuple[int, ...], multiplied: float
) -> None:
    relaxed, every = narrowed(seed, forced=forced, multiplied=multiplied)
    best = max(every.values())

    assert relaxed.bound >= best
    for chosen in (chosen for chosen, value in every.items() if value == best):
        assert relaxed.narrowed.allowed[list(chosen)].all()
        assert set(relaxed.narrowed.forced) <= set(chosen)


@pytest.mark.usefixtures("small_zones")
def test_zones_do_leave_out_some_and_the_bound_is_near() -> None:
    """Without that the test above would say nothing."""
    left, gaps = [], []
    for seed in range(25):
        relaxed, every = narrowed(seed)
        left.append(int(relaxed.narrowed.allowed.sum()))
        gaps.append(relaxed.bound / max(every.values()) - 1)

    assert np.mean(left) < 9
    assert np.median(gaps) < 0.02


@pytest.mark.parametrize("seed", range(6))
def test_with_and_without_zones_the_best_is_the_same(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    sites, question = clusters(seed, demand=500, candidates=60, centres=6, radius=0.6), Question("mclp", p=9)
    with_zones = solve(sites, question)
    monkeypatch.setattr(zones, "suit", lambda question, choice: False)
    without = solve(sites, question)

    assert (with_zones.status, with_zones.objective) == (without.status, without.objective)
    assert with_zones.status == "optimal"


def test_zones_are_used_where_one_candidate_at_a_time_is_no_proof() -> None:
    plans = [
        solve(clusters(seed, demand=500, candidates=60, centres=6, radius=0.6), Question("mclp", p=9, alternatives=0))
        for seed in range(6)
    ]

    assert any("zones" in plan.method for plan in plans)
    assert all("zones" not in solve(LINE, Question(kind, p=1)).method for kind in ("mclp", "backup"))


LINE = sites_of([{0: 1}, {1: 2}, {2: 3}], [1, 2, 3])


def test_nobody_waits_for_zones() -> None:
    sites, question = clusters(3, demand=1_500, candidates=150, centres=6, radius=0.6), Question("mclp", p=20)
    told: list[str] = []

    def tell(progress: Progress) -> None:
        told.append(progress.step)

    plan = solve(sites, question, Patience(cancelled=lambda: "zones" in told, progress=tell))

    assert plan.status == "cancelled"
    assert plan.objective is not None
    assert plan.bound is not None
    assert plan.gap > 0


def test_who_has_nothing_in_common_is_never_joined() -> None:
    shared = np.zeros((5, 5))
    shared[0, 1] = shared[1, 0] = 9.0
    shared[1, 2] = shared[2, 1] = 1.0
    ones = np.ones(5, dtype=np.int64)

    def label(largest: int, sites: int) -> list[int]:
        found: list[int] = joined(shared.copy(), ones.copy(), largest, sites).tolist()
        return found

    assert label(5, 5) == [0, 0, 0, 3, 4]
    assert label(2, 5) == [0, 0, 2, 3, 4]  # those with most in common, and no more
    assert label(5, 2) == [0, 0, 2, 3, 4]
    assert label(1, 5) == [0, 1, 2, 3, 4]
