"""The large p-median: what groups of demand begin must hold of all demand, and alternatives read off exchanges."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from geo.coverage.siting import groups, medians
from geo.coverage.siting.alternatives import Option, exchanges_of
from geo.coverage.siting.choice import choice_of
from geo.coverage.siting.medians import Medians
from geo.coverage.siting.plans import Patience, Progress
from geo.coverage.siting.problems import Question, Sites
from geo.coverage.siting.solving import solve
from tests.coverage.siting_oracle import all_sets, random_sites, sites_of, worth


@pytest.fixture
def grouped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let small questions be answered as large ones are."""
    monkeypatch.setattr(medians, "MAX_MEDIAN_ENTRIES", 0)
    monkeypatch.setattr(medians, "FEW_ENTRIES", 0)
    monkeypatch.setattr(groups, "_SHARE", 1e9)
    monkeypatch.setattr(groups, "MAX_GROUPS", 3)


def plane(seed: int, *, demand: int = 120, candidates: int = 14) -> Sites:
    """Return demand and candidates on a square, all within reach of all."""
    rng = np.random.default_rng(seed)
    here, there = rng.random((demand, 2)) * 1000, rng.random((candidates, 2)) * 1000
    apart = np.rint(np.hypot(*(here[:, None] - there[None]).transpose(2, 0, 1))).astype(int)
    return sites_of(
        [dict(enumerate(apart[:, c].tolist())) for c in range(candidates)], rng.integers(1, 9, demand).tolist()
    )


def total(sites: Sites, chosen: tuple[int, ...]) -> int:
    """Return the sum of weight times the least cost, where all reach all."""
    cost = sites.reach.cost.reshape(sites.reach.place_count, -1)
    return int((sites.weight * cost[list(chosen)].min(axis=0)).sum())


@pytest.mark.usefixtures("grouped")
@pytest.mark.parametrize("seed", range(60))
def test_what_groups_begin_is_bounded_by_all_demand(seed: int) -> None:
    """Ties, wishes, what is kept, rows that nobody reaches."""
    sites, question = random_sites(seed, "p_median")
    plan = solve(sites, question)
    if plan.status == "infeasible":
        return
    best = min(value for chosen in all_sets(sites, question) if (value := worth(sites, question, chosen)) is not None)

    assert plan.objective is not None
    assert plan.bound is not None
    assert plan.bound <= best <= plan.objective


@pytest.mark.usefixtures("grouped")
@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("forced", [(), (2,)])
def test_a_plane_is_solved_nearly_to_its_best(seed: int, forced: tuple[int, ...]) -> None:
    base = plane(seed)
    sites, question = Sites(base.reach, base.weight, forced=forced), Question("p_median", p=4)
    plan = solve(sites, question)
    sets = [chosen for chosen in combinations(range(14), 4) if set(forced) <= set(chosen)]
    best = min(total(sites, chosen) for chosen in sets)

    assert plan.objective is not None
    assert plan.bound is not None
    assert plan.bound <= best <= plan.objective <= 1.03 * best
    assert plan.gap <= 0.03
    assert plan.method.startswith("lazy greedy on groups of demand" if not forced else "lazy greedy")


@pytest.mark.usefixtures("grouped")
@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("start", ["nought", "anything", "the most"])
def test_any_multipliers_bound_all_choices_and_leave_out_none_of_the_best(seed: int, start: str) -> None:
    sites, question = plane(seed, demand=60, candidates=10), Question("p_median", p=3)
    choice = choice_of(sites, question)
    part = Medians(sites, question, choice.allowed)
    every = {}
    for chosen in combinations(range(10), 3):
        part.objective(chosen)
        every[chosen] = part.value()
    second, best = sorted(set(every.values()))[-2:]
    rng = np.random.default_rng(seed)
    top = part.weight * part.fallback
    begun = {"nought": top * 0, "anything": (top * rng.random(len(top))).astype(np.int64), "the most": top}[start]
    relaxed = part.relax(choice, (0, 1, 2), lambda opened: second, Patience(), begun)

    assert relaxed.bound >= best
    for chosen in (chosen for chosen, value in every.items() if value == best):
        assert relaxed.narrowed.allowed[list(chosen)].all()
        assert set(relaxed.narrowed.forced) <= set(chosen)


@pytest.mark.usefixtures("grouped")
@pytest.mark.parametrize("seed", range(30))
def test_exchanges_are_worth_what_they_say(seed: int) -> None:
    """Among near entries alone, with what is kept and with rows out of reach."""
    sites, question = random_sites(seed, "p_median")
    choice = choice_of(sites, question)
    part = Medians(sites, question, choice.allowed)
    free = np.flatnonzero(choice.allowed)
    chosen = free[: max(1, len(free) // 2)].astype(np.int64)
    if len(free) < 2:
        return
    for _ in range(2):  # the second time what was near to another set is at hand
        part.objective(chosen.tolist())
        now, table = part.value(), part.exchanged(chosen, choice)
        for c in range(len(choice.allowed)):
            for m in range(len(chosen)):
                if c in chosen or not choice.allowed[c]:
                    assert table[c, m] == np.iinfo(np.int64).min
                    continue
                part.objective([*chosen[:m], c, *chosen[m + 1 :]])
                assert table[c, m] == part.value() - now
        chosen = free[-len(chosen) :].astype(np.int64)


@pytest.mark.usefixtures("grouped")
@pytest.mark.parametrize("seed", range(10))
def test_each_member_has_its_best_stand_in(seed: int) -> None:
    sites, question = plane(seed), Question("p_median", p=4, alternatives=4)
    plan = solve(sites, question)
    stand_ins = {}
    for member in plan.chosen:
        others = [c for c in plan.chosen if c != member]
        stand_ins[member] = min(total(sites, (*others, c)) for c in range(14) if c not in plan.chosen)

    assert {other.without for other in plan.alternatives} == {(member,) for member in plan.chosen}
    assert {other.without[0]: other.objective for other in plan.alternatives} == stand_ins


def test_further_stand_ins_follow_and_the_forced_stay() -> None:
    """Two members, the first forced: only the second is exchanged, again and again."""
    sites = sites_of([{0: 0}, {1: 0}, {1: 1}, {1: 2}, {1: 3}], [5, 4], forced=(0,))
    question = Question("p_median", p=2, beyond=9)
    choice = choice_of(sites, question)
    part = Medians(sites, question, choice.allowed)
    found = exchanges_of(Option((0, 1), -81), choice, part.exchanged, 2, Patience())

    assert [option.chosen for option in found] == [(0, 1), (0, 2), (0, 3)]
    assert [option.loss for option in found] == [-81, -77, -73]
    assert len(exchanges_of(Option((0, 1), -81), choice, part.exchanged, 9, Patience())) == 4
    assert exchanges_of(Option((0, 1), -81), choice, part.exchanged, 0, Patience()) == [Option((0, 1), -81)]


@pytest.mark.usefixtures("grouped")
@pytest.mark.parametrize("seed", range(8))
def test_after_exchanges_among_the_near_no_single_one_is_left(seed: int) -> None:
    sites, question = plane(seed, demand=80, candidates=15), Question("p_median", p=4)
    choice = choice_of(sites, question)
    part = Medians(sites, question, choice.allowed)
    chosen = np.arange(4)
    part.objective(chosen.tolist())
    while part.exchange(chosen, choice, Patience()):
        pass
    before = part.value()

    for m in range(4):
        for other in set(range(15)) - set(chosen.tolist()):
            part.objective([*chosen[:m], other, *chosen[m + 1 :]])
            assert part.value() <= before


@pytest.mark.usefixtures("grouped")
def test_nobody_waits_for_groups() -> None:
    told: list[Progress] = []
    patience = Patience(cancelled=lambda: bool(told), progress=told.append)
    plan = solve(plane(1), Question("p_median", p=4), patience)

    assert told[0] == Progress("groups of demand")
    assert plan.status == "cancelled"
    assert plan.alternatives == ()
    assert plan.objective is not None
    assert plan.bound is not None
    assert plan.gap > 0
