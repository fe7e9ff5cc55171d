"""Where to put places: against trying everything, invariants, closed forms, and what cannot be asked or found."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo.coverage.pairs import Reach
from geo.coverage.siting import problems, solving
from geo.coverage.siting.checks import objective_of, recheck
from geo.coverage.siting.choice import Choice, choice_of
from geo.coverage.siting.covering import Covering
from geo.coverage.siting.exact import Program, solve_program
from geo.coverage.siting.medians import Medians
from geo.coverage.siting.phases import earliest_first, last_first
from geo.coverage.siting.plans import Alternative, Patience, Phase, Plan, Progress
from geo.coverage.siting.problems import KINDS, UNREACHED, Kind, Question, Sites
from geo.coverage.siting.rows import merge
from geo.coverage.siting.solving import solve
from geo.errors import ParameterError, WrongPlanError
from tests.coverage.siting_oracle import all_sets, random_sites, sites_of, worth

SEEDS = range(60)


def best_of(sites: Sites, question: Question) -> int | None:
    values = [value for chosen in all_sets(sites, question) if (value := worth(sites, question, chosen)) is not None]
    if not values:
        return None
    return max(values) if question.kind in {"mclp", "backup", "capacitated"} else min(values)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_that_can_be_tried_is_better(kind: Kind, seed: int) -> None:
    sites, question = random_sites(seed, kind)
    best = best_of(sites, question)
    plan = solve(sites, question)

    if best is None:
        assert plan.status == "infeasible"
        assert plan.why.startswith("Infeasible: ")
        return
    assert (plan.status, plan.objective, plan.bound) == ("optimal", best, best)
    assert worth(sites, question, plan.chosen) == best
    assert plan.chosen in {
        tuple(sorted(chosen, key=plan.chosen.index))
        for chosen in all_sets(sites, question)
        if set(chosen) == set(plan.chosen)
    }


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", SEEDS)
def test_without_a_proof_the_bound_still_holds(kind: Kind, seed: int) -> None:
    sites, question = random_sites(seed, kind)
    best = best_of(sites, question)
    plan = solve(sites, replace(question, exact=False))

    if best is None or plan.objective is None or plan.bound is None:
        assert plan.status == "infeasible"
        return
    low, high = (plan.objective, plan.bound) if plan.more_is_better else (plan.bound, plan.objective)
    assert low <= best <= high
    assert (plan.status == "optimal") == (plan.gap == 0)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(30))
def test_regrets_are_what_the_others_are_worse(kind: Kind, seed: int) -> None:
    sites, question = random_sites(seed, kind)
    plan = solve(sites, question)
    if plan.objective is None:
        return

    sets = [frozenset(plan.chosen), *(frozenset(other.chosen) for other in plan.alternatives)]
    assert len(set(sets)) == len(sets)
    assert [other.regret for other in plan.alternatives] == sorted(other.regret for other in plan.alternatives)
    for other in plan.alternatives:
        assert other.chosen in {tuple(sorted(chosen)) for chosen in all_sets(sites, question)}
        value = worth(sites, question, other.chosen)
        assert value is not None
        assert other.regret == abs(plan.objective - value) >= 0


def test_five_alternatives_where_there_are_five() -> None:
    """Ten sites of different worth, two wanted: the next best pairs are known."""
    values = [100, 90, 40, 30, 20, 10, 5, 4, 3, 2]
    plan = solve(sites_of([{i: 0} for i in range(10)], values), Question("mclp", p=2))
    pairs = sorted((-a - b for a, b in combinations(values, 2)))

    assert plan.objective == -pairs[0]
    assert len(plan.alternatives) == 5
    assert plan.alternatives[0].regret == 50  # 100 and 40
    assert plan.alternatives[0].without == (1,)
    assert plan.alternatives[0].instead == (2,)


def test_one_site_has_alternatives_too() -> None:
    plan = solve(sites_of([{i: 0} for i in range(8)], [8, 7, 6, 5, 4, 3, 2, 1]), Question("mclp", p=1))

    assert [other.chosen for other in plan.alternatives] == [(1,), (2,), (3,), (4,), (5,)]
    assert [other.regret for other in plan.alternatives] == [1, 2, 3, 4, 5]


# --- closed forms and published examples ---


def test_greedy_is_not_enough() -> None:
    """The middle site covers most, and is in no best pair."""
    plan = solve(
        sites_of([{0: 0, 1: 0, 2: 0}, {0: 0, 1: 0, 4: 0}, {2: 0, 3: 0, 5: 0}], [3, 3, 3, 3, 1, 1]),
        Question("mclp", p=2),
    )

    assert set(plan.chosen) == {1, 2}
    assert plan.objective == 14


@pytest.mark.parametrize(
    ("cutoff", "covered"),
    [(14, 0), (15, 1), (16, 1)],
    ids=["just short", "the cutoff counts as covered", "beyond"],
)
def test_the_cutoff_is_covered(cutoff: int, covered: int) -> None:
    assert solve(sites_of([{0: 15}], [1]), Question("mclp", p=1, cutoff=cutoff)).objective == covered


def test_a_line_of_seven_has_its_median_and_its_center_in_the_middle() -> None:
    sites = sites_of([{d: abs(c - d) for d in range(7)} for c in range(7)], [1] * 7)

    median, center = solve(sites, Question("p_median", p=1)), solve(sites, Question("p_center", p=1))

    assert (median.chosen, median.objective) == ((3,), 12)
    assert (center.chosen, center.objective) == ((3,), 3)
    assert solve(sites, Question("p_center", p=2)).objective == 2
    assert solve(sites, Question("lscp", cutoff=1)).objective == 3


def test_a_second_cover_counts() -> None:
    """Two sites at the larger crowd cover it twice; one at each covers both once."""
    sites = sites_of([{0: 0}, {0: 0}, {1: 0}], [10, 4])

    assert solve(sites, Question("backup", p=2, second_per_mille=500)).chosen == (0, 1)
    assert set(solve(sites, Question("backup", p=2, second_per_mille=200)).chosen) == {0, 2}


def test_demand_gives_way_to_whoever_has_no_other_site() -> None:
    """The first could serve both rows, the second one only: all is served only if row 0 goes to the second."""
    plan = solve(sites_of([{0: 0, 1: 0}, {0: 0}], [5, 5], capacity=[5, 5]), Question("capacitated", p=2))

    assert plan.objective == 10
    assert plan.service is not None
    assert sorted(zip(*(part.tolist() for part in plan.service), strict=True)) == [(0, 1, 5), (1, 0, 5)]


def test_a_budget_is_not_only_spent_by_the_rate() -> None:
    """The cheap one has the better rate, and leaves no room for the one that matters."""
    sites = sites_of([{0: 0}, {1: 0}], [2, 50], price=[1, 50])

    assert solve(sites, Question("mclp", budget=50)).chosen == (1,)


def test_what_is_kept_counts_and_is_not_chosen() -> None:
    sites = sites_of([{0: 0}, {1: 0}], [10, 4], cost_already=[3, UNREACHED])
    plan = solve(sites, Question("mclp", p=1, cutoff=5))

    assert (plan.chosen, plan.objective, plan.gains) == ((1,), 14, (4,))


def test_more_sites_than_help_are_not_chosen() -> None:
    assert solve(sites_of([{0: 0}, {0: 0}, {}], [1]), Question("mclp", p=3)).chosen == (0,)


def test_of_equals_the_first_is_chosen() -> None:
    sites = sites_of([{d: 4} for d in range(6)], [7] * 6)

    kinds: tuple[Kind, ...] = ("mclp", "p_median", "backup")
    for kind in kinds:
        assert solve(sites, Question(kind, p=2)).chosen == (0, 1)


def test_gains_add_up_in_order() -> None:
    sites, question = _plane(3, "mclp", p=8)
    plan = solve(sites, question)

    assert list(plan.gains) == sorted(plan.gains, reverse=True)
    assert sum(plan.gains) == plan.objective


def test_weights_of_nothing() -> None:
    sites = sites_of([{0: 1}, {0: 2}], [0])

    assert solve(sites, Question("mclp", p=1)).objective == 0
    assert solve(sites, Question("lscp")).chosen == ()
    assert solve(sites, Question("p_center", p=1)).objective == 0


def test_sums_beyond_64_bits_are_exact() -> None:
    heavy = 2**52 - 1
    sites = sites_of([{0: 2_000_000_000}, {0: 1_999_999_999}], [heavy])

    assert solve(sites, Question("p_median", p=1)).objective == heavy * 1_999_999_999


# --- invariants ---


def _plane(seed: int, kind: Kind, *, demand: int = 300, candidates: int = 40, p: int = 5) -> tuple[Sites, Question]:
    """Return points in a square: who is within 200 is covered; for medians and centers all costs are there."""
    rng = np.random.default_rng(seed)
    here, there = rng.integers(0, 1000, (demand, 2)), rng.integers(0, 1000, (candidates, 2))
    cost = np.abs(here[None] - there[:, None]).sum(axis=2)
    rows = [
        {d: int(row[d]) for d in range(demand) if kind in {"p_median", "p_center"} or row[d] <= 200} for row in cost
    ]
    return sites_of(rows, rng.integers(1, 50, demand).tolist(), capacity=[500] * candidates), Question(
        kind, p=p, alternatives=5
    )


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["mclp", "backup", "capacitated", "p_median", "p_center"]))
def test_one_more_site_is_never_worse(seed: int, kind: Kind) -> None:
    sites, question = random_sites(seed, kind)
    if question.p is None or question.p >= sites.reach.place_count - len(sites.forbidden):
        return
    fewer, more = solve(sites, question), solve(sites, replace(question, p=question.p + 1))

    if fewer.objective is not None:
        assert more.objective is not None
        assert more.objective >= fewer.objective if fewer.more_is_better else more.objective <= fewer.objective


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(KINDS), st.randoms(use_true_random=False))
def test_the_order_of_demand_does_not_matter(seed: int, kind: Kind, random: object) -> None:
    sites, question = random_sites(seed, kind)
    order = list(range(sites.reach.demand_count))
    random.shuffle(order)  # type: ignore[attr-defined]
    place = np.argsort(order)

    def turned(array: NDArray[np.int32] | None) -> NDArray[np.int32] | None:
        return None if array is None else array[order]

    other = replace(
        sites, reach=sites.reach._replace(demand=place[sites.reach.demand].astype(np.int32)),
        weight=sites.weight[order], cost_already=turned(sites.cost_already), times_already=turned(sites.times_already),
    )  # fmt: skip
    one, two = solve(sites, question), solve(other, question)

    assert (one.status, one.objective, one.bound, one.chosen) == (two.status, two.objective, two.bound, two.chosen)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(KINDS))
def test_demand_split_into_two_rows_changes_nothing(seed: int, kind: Kind) -> None:
    """Rows of equal cover are made one, so whoever brings them apart gets the same answer."""
    sites, question = random_sites(seed, kind)
    n = sites.reach.demand_count
    rows = [
        {
            int(sites.reach.demand[i]): int(sites.reach.cost[i])
            for i in range(sites.reach.first[c], sites.reach.first[c + 1])
        }
        for c in range(sites.reach.place_count)
    ]
    twice = [row | {d + n: cost for d, cost in row.items()} for row in rows]
    part = sites.weight // 2
    double = sites_of(
        twice, [*part.tolist(), *(sites.weight - part).tolist()], forced=sites.forced, forbidden=sites.forbidden,
        price=None if sites.price is None else sites.price.tolist(),
        capacity=None if sites.capacity is None else sites.capacity.tolist(),
        cost_already=None if sites.cost_already is None else [*sites.cost_already, *sites.cost_already],
        times_already=None if sites.times_already is None else [*sites.times_already, *sites.times_already],
    )  # fmt: skip
    one, two = solve(sites, question), solve(double, question)

    assert (one.status, one.objective, one.bound) == (two.status, two.objective, two.bound)


@pytest.mark.parametrize("kind", ["mclp", "backup", "p_median", "p_center", "capacitated"])
def test_a_larger_question_is_proven_and_has_five_alternatives(kind: Kind) -> None:
    sites, question = _plane(7, kind)
    told: list[Progress] = []
    plan = solve(sites, question, Patience(progress=told.append))

    assert plan.status == "optimal"
    assert plan.gap <= 1e-7
    assert len(plan.alternatives) == 5
    assert told


# --- what is re-checked ---


def _as_good_as(plan: Plan) -> Alternative:
    assert plan.objective is not None
    return plan.alternatives[0]._replace(regret=0, objective=plan.objective)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda plan: replace(plan, chosen=(0, 0), gains=(1, 1)), "twice"),
        (lambda plan: replace(plan, chosen=(*plan.chosen, 5), gains=(*plan.gains, 0)), "more than 2"),
        (lambda plan: replace(plan, chosen=(3, 4)), "leaves out forced"),
        (lambda plan: replace(plan, chosen=(1, 2)), "forbidden"),
        (lambda plan: replace(plan, chosen=(1, 99)), "no candidate"),
        (lambda plan: replace(plan, objective=plan.objective + 1, bound=plan.bound + 1), "its objective is"),
        (lambda plan: replace(plan, bound=plan.objective - 1), "better than its bound"),
        (lambda plan: replace(plan, unserved=plan.unserved + 1), "is unserved"),
        (lambda plan: replace(plan, gains=()), "gains"),
        (lambda plan: replace(plan, objective=None), "no objective"),
        (lambda plan: replace(plan, alternatives=(_as_good_as(plan),)), "the objective of"),
        (lambda plan: replace(plan, alternatives=plan.alternatives[:1] * 2), "already"),
        (lambda plan: replace(plan, alternatives=(plan.alternatives[0]._replace(without=()),)), "how it differs"),
    ],
)  # fmt: skip
def test_a_planted_fault_is_found(spoil: object, said: str) -> None:
    sites = sites_of([{c: 0, c + 1: 9} for c in range(6)], [9, 8, 7, 6, 5, 4, 3], forced=(1,), forbidden=(2,))
    question = Question("mclp", p=2, cutoff=5)
    plan = solve(sites, question)

    assert recheck(sites, question, plan) == ()
    assert said in "; ".join(recheck(sites, question, spoil(plan)))  # type: ignore[operator]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"weight": [6, 5]}, "gets 6"),
        ({"candidate": [0, 1], "demand": [0, 1]}, "does not reach"),
        ({"weight": [5, 4]}, "its objective is 9"),
    ],
)
def test_a_planted_fault_in_who_serves_whom_is_found(changed: dict[str, list[int]], said: str) -> None:
    sites = sites_of([{0: 0, 1: 0}, {0: 0}], [5, 5], capacity=[5, 5])
    question = Question("capacitated", p=2)
    plan = solve(sites, question)
    assert plan.service is not None
    other = plan.service._replace(**{name: np.array(value) for name, value in changed.items()})

    assert said in "; ".join(recheck(sites, question, replace(plan, service=other)))


def test_a_solver_that_ignores_the_radius_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the kernels reckon without the cutoff does not leave the house."""
    sites, question = sites_of([{0: 0, 1: 9}, {2: 0}], [1, 9, 2]), Question("mclp", p=1, cutoff=5)
    kind = Covering
    monkeypatch.setattr(solving, "Covering", lambda s, q, allowed: kind(s, replace(q, cutoff=None), allowed))

    with pytest.raises(WrongPlanError, match="its objective is 1, not 10"):
        solve(sites, question)


@pytest.mark.parametrize("kind", ["mclp", "backup", "lscp", "p_median", "p_center"])
@pytest.mark.parametrize("seed", range(20))
def test_the_check_itself_reckons_right(kind: Kind, seed: int) -> None:
    sites, question = random_sites(seed, kind)
    for chosen in all_sets(sites, question):
        value = worth(sites, question, chosen)
        if value is not None:
            assert objective_of(sites, question, chosen) == value


# --- what cannot be asked ---

LINE = sites_of([{0: 1}, {1: 2}, {2: 3}], [1, 2, 3])


@pytest.mark.parametrize(
    ("sites", "question", "said"),
    [
        (sites_of([], [1, 2, 3]), Question("mclp", p=1), "There is no candidate"),
        (LINE, Question("mclp", p=4), "p is 4, but only 3"),
        (replace(LINE, forbidden=(0,)), Question("mclp", p=3), "only 2 candidates may be chosen"),
        (replace(LINE, forced=(1,), forbidden=(1,)), Question("mclp", p=1), "Candidate 1 is both forced and forbidden"),
        (replace(LINE, forced=(0, 1)), Question("mclp", p=1), "2 candidates are forced"),
        (replace(LINE, forced=(3,)), Question("mclp", p=1), "there are 0 to 2"),
        (LINE, Question("mclp", p=-1), "p is -1"),
        (LINE, Question("mclp"), "needs p"),
        (LINE, Question("lscp", p=1), "neither p nor budget"),
        (LINE, Question("mclp", budget=3), "needs the price"),
        (LINE, Question("capacitated", p=1), "needs the capacity"),
        (LINE, Question("p_center", budget=1), "no budget"),
        (LINE, Question("backup", p=1, second_per_mille=501), "between 0 and 500"),
        (LINE, Question("mcpl", p=1), "'mcpl' is not known"),  # type: ignore[arg-type]
        (replace(LINE, weight=np.array([1, -1, 1])), Question("mclp", p=1), "negative value, -1"),
        (replace(LINE, weight=np.array([1, 1])), Question("mclp", p=1), "shape (2,)"),
        (replace(LINE, weight=np.full(3, 2**53)), Question("mclp", p=1), "at most 9,007,199,254,740,992"),
        (sites_of([{0: 1}, {3: 1}], [1, 2, 3]), Question("mclp", p=1), "outside 0 to 2"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused(sites: Sites, question: Question, said: str) -> None:
    with pytest.raises(ParameterError) as refused:
        solve(sites, question)

    assert said in str(refused.value)
    assert refused.value.parameter


def test_a_million_candidates_are_refused_with_the_limit() -> None:
    many = Reach(np.zeros(1_000_001, np.int64), np.zeros(0, np.int32), np.zeros(0, np.int32), 1)

    with pytest.raises(ParameterError, match=r"1,000,000 candidates, at most 200,000 are taken: ask for one district"):
        solve(Sites(many, np.ones(1, np.int64)), Question("mclp", p=1))


def test_more_entries_than_fit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(problems, "MAX_ENTRIES", 2)

    with pytest.raises(ParameterError, match="3 rows of demand in all, at most 2"):
        solve(LINE, Question("mclp", p=1))


# --- what cannot be met, and who does not wait ---


@pytest.mark.parametrize(
    ("sites", "question", "said"),
    [
        (sites_of([{0: 1}], [1, 7]), Question("lscp"), "1 rows of demand"),
        (sites_of([{0: 9}], [1]), Question("lscp", cutoff=5), "raise the cutoff"),
        (sites_of([{0: 1}], [1, 7]), Question("p_center", p=1), "no candidate"),
        (sites_of([{0: 1}, {1: 1}], [1, 7]), Question("p_center", p=1), "1 sites cannot cover all"),
        (sites_of([{0: 1}], [1], price=[5], forced=(0,)), Question("mclp", budget=4), "cost 5, the budget is 4"),
    ],
)
def test_what_cannot_be_met_is_said_with_a_remedy(sites: Sites, question: Question, said: str) -> None:
    plan = solve(sites, question)

    assert (plan.status, plan.chosen, plan.objective, plan.bound) == ("infeasible", (), None, None)
    assert said in plan.why
    assert math.isinf(plan.gap)


@pytest.mark.parametrize("kind", ["mclp", "backup", "p_median", "capacitated", "lscp", "p_center"])
@pytest.mark.parametrize(
    ("patience", "status"),
    [(Patience(remaining_s=lambda: 0.0), "time limit"), (Patience(cancelled=lambda: True), "cancelled")],
    ids=["no time", "cancelled"],
)
def test_who_does_not_wait_gets_the_best_so_far(kind: Kind, patience: Patience, status: str) -> None:
    sites, question = _plane(11, kind)
    if kind == "lscp":
        sites, question = _plane(11, "p_center")
        question = Question("lscp", cutoff=400)
    plan = solve(sites, question, patience)

    assert plan.status == status
    assert plan.alternatives == ()
    assert "Stopped" in plan.why or "Not proven" in plan.why
    if plan.objective is not None:
        assert plan.bound is not None
        assert plan.gap > 0


def test_the_solver_is_stopped_from_within() -> None:
    """Nobody is patient any more once the solver has begun."""
    sites, question = _plane(5, "capacitated", demand=400, candidates=60, p=12)
    begun: list[str] = []
    patience = Patience(cancelled=lambda: "proof" in begun, progress=lambda progress: begun.append(progress.step))
    plan = solve(sites, replace(question, alternatives=0), patience)

    assert "HiGHS" in plan.method
    assert plan.status == "cancelled"
    assert plan.objective is not None


# --- years ---


def test_years_keep_what_was_built() -> None:
    """The best single site is in no best pair: who begins with it loses later, who begins with a pair loses first."""
    sites = sites_of([{0: 0, 1: 0, 2: 0}, {0: 0, 1: 0, 4: 0}, {2: 0, 3: 0, 5: 0}], [3, 3, 3, 3, 1, 1])
    phases = [Phase(2027, p=1), Phase(2028, p=2)]
    forward, back = (way(sites, Question("mclp"), phases) for way in (earliest_first, last_first))

    assert [set(plan.chosen) for plan in forward.plans] == [{0}, {0, 2}]
    assert forward.loss == (0, 1)
    assert [set(plan.chosen) for plan in back.plans] == [{1}, {1, 2}]
    assert back.loss == (2, 0)
    assert [plan.objective for plan in forward.free] == [9, 14]


@pytest.mark.parametrize("way", [earliest_first, last_first])
@pytest.mark.parametrize("kind", ["mclp", "p_median", "backup", "capacitated"])
def test_years_are_nested(way: object, kind: Kind) -> None:
    sites, question = _plane(2, kind, demand=120, candidates=20)
    phased = way(sites, replace(question, alternatives=0), [Phase(2027, p=2), Phase(2028, p=4), Phase(2030, p=5)])  # type: ignore[operator]

    sets = [set(plan.chosen) for plan in phased.plans]
    assert sets[0] <= sets[1] <= sets[2]
    assert all(loss >= 0 for loss in phased.loss)
    assert phased.loss[0 if way is earliest_first else -1] == 0


@pytest.mark.parametrize(
    ("phases", "said"),
    [
        ([], "no phase"),
        ([Phase(2028, p=1), Phase(2027, p=2)], "does not come after"),
        ([Phase(2027, p=2), Phase(2028, p=1)], "cumulated"),
        ([Phase(2027, p=2), Phase(2028, budget=1)], "cumulated"),
    ],
)
def test_years_that_make_no_sense(phases: list[Phase], said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        earliest_first(LINE, Question("mclp"), phases)


def test_a_plan_says_what_it_is() -> None:
    plan = Plan("mclp", "within gap", "", "", (1,), (9,), 90, 100)

    assert plan.more_is_better
    assert plan.gap == pytest.approx(0.1)


# --- the parts ---


def _worth_of(sites: Sites, question: Question) -> tuple[Covering | Medians, Choice]:
    choice = choice_of(sites, question)
    kind = Medians if question.kind == "p_median" else Covering
    return kind(sites, question, choice.allowed), choice


@pytest.mark.parametrize("kind", ["mclp", "backup", "p_median"])
@pytest.mark.parametrize("seed", range(12))
def test_multipliers_bound_all_choices_and_leave_out_none_of_the_best(kind: Kind, seed: int) -> None:
    """With the second best in hand, every best choice must still be possible."""
    sites, question = _plane(seed, kind, demand=60, candidates=10, p=3)
    part, choice = _worth_of(sites, question)
    values = {}
    for chosen in combinations(range(10), 3):
        part.objective(chosen)
        values[chosen] = part.value()
    second, best = sorted(set(values.values()))[-2:]
    relaxed = part.relax(choice, (0, 1, 2), lambda opened: second, Patience())

    assert relaxed.bound >= best
    for chosen in (chosen for chosen, value in values.items() if value == best):
        assert relaxed.narrowed.allowed[list(chosen)].all()
        assert set(relaxed.narrowed.forced) <= set(chosen)


@pytest.mark.parametrize("kind", ["mclp", "backup", "p_median"])
@pytest.mark.parametrize("seed", range(12))
def test_after_exchanges_no_single_one_is_left(kind: Kind, seed: int) -> None:
    sites, question = _plane(seed, kind, demand=80, candidates=15, p=4)
    part, choice = _worth_of(sites, question)
    chosen = np.arange(4)
    part.objective(chosen.tolist())
    before, rounds = part.value(), 0
    while part.exchange(chosen, choice, Patience()):
        assert part.value() > before
        before, rounds = part.value(), rounds + 1

    assert rounds > 0
    held = chosen.tolist()
    for m in range(4):
        for other in set(range(15)) - set(held):
            part.objective([*held[:m], other, *held[m + 1 :]])
            assert part.value() <= before


def test_equal_rows_are_one_and_others_are_not() -> None:
    reach = sites_of([{0: 1, 1: 1, 2: 1}, {0: 5, 2: 2, 3: 1}, {4: 9}], [1] * 5).reach
    everybody, everything = np.ones(3, dtype=np.bool_), np.ones(5, dtype=np.bool_)

    merged = merge(reach, 5, everything, everybody).merged.tolist()
    assert merged[0] == merged[2]
    assert len({*merged[:4]}) == 3
    assert merged[4] == -1
    assert merge(reach, 4, everything, everybody).row_count == 3
    assert merge(reach, 9, everything, everybody).row_count == 4


@pytest.mark.parametrize("seed", range(15))
@pytest.mark.parametrize("exact", [True, False])
def test_the_least_travel_time_of_a_plane(seed: int, exact: bool) -> None:
    sites, question = _plane(seed, "p_center", demand=40, candidates=9, p=3)
    plan = solve(sites, replace(question, exact=exact, alternatives=0))
    best = min(worth(sites, question, chosen) or 0 for chosen in combinations(range(9), 3))

    assert plan.bound is not None
    assert plan.objective is not None
    assert plan.bound <= best <= plan.objective
    assert not exact or plan.bound == plan.objective


@pytest.mark.parametrize("seed", range(15))
def test_the_solver_says_the_best_of_a_small_knapsack(seed: int) -> None:
    rng = np.random.default_rng(seed)
    value, price, room = rng.integers(1, 90, 8) * 7, rng.integers(1, 20, 8), 40
    sets = [list(chosen) for n in range(9) for chosen in combinations(range(8), n)]
    best = max(int(value[chosen].sum()) for chosen in sets if price[chosen].sum() <= room)
    program = Program(
        value, np.ones(8), np.ones(8, dtype=np.bool_), np.array([0, 8]), np.arange(8, dtype=np.int32),
        price.astype(np.float64), np.array([-np.inf]), np.array([float(room)]), 7,
    )  # fmt: skip
    solved = solve_program(program, Patience())

    assert (solved.status, solved.bound) == ("optimal", best)
    assert solved.columns is not None
    assert int(np.rint(solved.columns) @ value) == best
