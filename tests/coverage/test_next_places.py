"""Where the next places should go, in small cities: against every choice there is, and the city that has them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from geo.coords import LonLat
from geo.coverage.asking import CoverageQuery
from geo.coverage.candidates import Candidate
from geo.coverage.next_places import Siting, SitingQuery, demand_rows, find_sites, gains
from geo.coverage.planner import Planner
from geo.coverage.siting.plans import Patience, Phase, Progress
from geo.coverage.siting.problems import Question
from geo.errors import NotFoundError, ParameterError
from geo.streets.network import TICKS_PER_S
from geo.streets.snapping import snap_many
from tests.coverage.oracle import Walker
from tests.coverage.test_planner import Town
from tests.strategies import make_places, random_points

CUTOFF_S = 200.0
ASKED = CoverageQuery(cutoff_s=CUTOFF_S, layer="street_length")


def town_of(seed: int, folder: Path) -> Town:
    """Return a town with two rest stops."""
    town = Town(seed, folder, places=[])
    town.places = make_places(random_points(seed, town.extract, 2))
    return town


def candidates_of(town: Town, count: int = 6) -> list[Candidate]:
    """Return candidates on the streets."""
    points = random_points(town.random.randrange(10**6), town.extract, 4 * count)
    on = snap_many(town.network, "walk", points, to_stay=True).edge >= 0
    own = [LonLat(*at) for at in points[on].tolist()[:count]]
    assert len(own) == count
    return [Candidate(f"c{n}", None, "listed", at, 10 + n, 400_000_000) for n, at in enumerate(own)]


def costs_of(
    town: Town, planner: Planner, where: Sequence[LonLat]
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return ticks from each row of demand to each point, by networkx, and the weight of each row."""
    rows, weight = demand_rows(planner, planner.who(ASKED))
    walker = Walker(town.network, "walk", snap_many(town.network, "walk", np.array(where).reshape(-1, 2), to_stay=True))
    costs = [walker.ticks(int(edge), np.array([at]))[0] for edge, at in zip(rows.edge, rows.offset_m, strict=True)]
    return np.array(costs).reshape(len(weight), -1), weight


def solved(planner: Planner, candidates: Sequence[Candidate], kind: Any, *, keep: bool = True, **asked: Any) -> Siting:
    wishes = {name: asked.pop(name) for name in ("forced", "forbidden", "phases") if name in asked}
    found = find_sites(planner, SitingQuery(ASKED, Question(kind, **asked), keep=keep, **wishes), candidates)
    assert found is not None
    return found


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("keep", [True, False])
def test_no_other_choice_covers_more(seed: int, keep: bool, tmp_path: Path) -> None:
    """All choices of two, one by one; without keeping, the places there are may be chosen as well."""
    town = town_of(seed, tmp_path)
    candidates, places = candidates_of(town), [place.position for place in town.places]
    planner = town.planner
    costs, weight = costs_of(town, planner, [*(one.position for one in candidates), *places])
    near = costs <= CUTOFF_S * TICKS_PER_S
    open_to, kept = (6, near[:, 6:].any(axis=1)) if keep else (8, np.zeros(len(weight), dtype=bool))

    found = solved(planner, candidates, "mclp", p=2, keep=keep)

    best = max(
        int(weight[kept | near[:, list(two)].any(axis=1)].sum()) for two in itertools.combinations(range(open_to), 2)
    )
    assert found.plan.status == "optimal"
    assert found.plan.objective == found.plan.bound == best
    assert len(found.candidates) == open_to
    assert found.rows == len(weight)
    reachable = kept | near[:, :open_to].any(axis=1)
    assert found.out_of_reach == int(weight[~reachable].sum())


@pytest.mark.parametrize("seed", range(4))
def test_the_least_time_is_counted_to_twice_the_cutoff(seed: int, tmp_path: Path) -> None:
    """p-median: the sum of weight times time; beyond twice the cutoff all is as far."""
    town = town_of(seed, tmp_path)
    candidates, planner = candidates_of(town), town.planner
    costs, weight = costs_of(town, planner, [*(one.position for one in candidates), *(p.position for p in town.places)])
    limit = 2 * CUTOFF_S * TICKS_PER_S
    found = solved(planner, candidates, "p_median", p=2)

    def total(two: tuple[int, ...], beyond: int) -> int:
        least = costs[:, [*two, 6, 7]].min(axis=1)
        return int(sum(int(w) * (int(c) if c <= limit else beyond) for w, c in zip(weight, least, strict=True)))

    pairs: list[tuple[int, ...]] = list(itertools.combinations(range(6), 2))
    sums = {two: total(two, 0) for two in pairs}
    far = {two: int(weight[costs[:, [*two, 6, 7]].min(axis=1) > limit].sum()) for two in sums}
    chosen = tuple(sorted(found.plan.chosen))
    assert found.plan.objective is not None
    if far[chosen]:
        beyond = (found.plan.objective - sums[chosen]) / far[chosen]
        assert beyond == int(beyond) and beyond <= limit * 2
    else:
        beyond = 0.0
        assert found.plan.objective == sums[chosen]
    assert found.plan.objective == min(sums[two] + int(beyond) * far[two] for two in sums)


@pytest.mark.parametrize("kind", ["mclp", "backup", "p_median", "capacitated", "lscp", "p_center"])
def test_what_it_brings_is_what_the_city_with_it_has(kind: Any, tmp_path: Path) -> None:
    """The effect is measured on the streets: ask a planner who knows the chosen sites as places."""
    brought = 0
    for seed in range(3):
        town = town_of(seed, tmp_path)
        candidates = candidates_of(town)
        found = solved(town.planner, candidates, kind, p=None if kind == "lscp" else 3)
        if found.effect is None:
            assert not found.plan.chosen
            continue
        sites = [found.candidates[n].position for n in found.plan.chosen]
        new = make_places(np.array([*(p.position for p in town.places), *sites]))
        after = town.planner_of(new).coverage(ASKED)
        assert found.effect.covered.tolist() == after.weight[0].tolist()
        assert found.effect.facilities == after.facilities.sum()
        brought += int(found.effect.weight_gained.sum())
    assert brought > 0


def test_places_that_do_not_stay_are_given_up(tmp_path: Path) -> None:
    town = town_of(2, tmp_path)
    found = solved(town.planner, candidates_of(town), "mclp", p=1, keep=False)
    assert found.effect is not None
    only = [found.candidates[n].position for n in found.plan.chosen]
    after = town.planner_of(make_places(np.array(only))).coverage(ASKED)
    assert found.effect.covered.tolist() == after.weight[0].tolist()
    assert found.effect.facilities == 1


def test_wishes_budgets_and_years(tmp_path: Path) -> None:
    town = town_of(1, tmp_path)
    candidates, planner = candidates_of(town), town.planner
    free = solved(planner, candidates, "mclp", p=2)
    worst = next(n for n in range(6) if n not in free.plan.chosen)
    forced = solved(planner, candidates, "mclp", p=2, forced=(f"c{worst}",))
    assert worst in forced.plan.chosen
    assert forced.plan.objective is not None and free.plan.objective is not None
    assert forced.plan.objective <= free.plan.objective
    first = free.plan.chosen[0]
    assert first not in solved(planner, candidates, "mclp", p=2, forbidden=(f"c{first}",)).plan.chosen
    cheap = solved(planner, candidates, "mclp", budget=25)
    assert sum(10 + n for n in cheap.plan.chosen) <= 25
    years = solved(planner, candidates, "mclp", p=None, phases=(Phase(2027, 1), Phase(2028, 3)))
    assert years.phased is not None
    one, three = years.phased.plans
    assert set(one.chosen) <= set(three.chosen)
    assert years.plan is three


def test_candidates_on_no_street_are_left_out(tmp_path: Path) -> None:
    town = town_of(1, tmp_path)
    far = Candidate("far", None, "listed", LonLat(120.0, 30.0))
    found = solved(town.planner, [far, *candidates_of(town)], "mclp", p=1)
    assert found.off_street == 1
    assert "far" not in {one.id for one in found.candidates}


def test_who_is_counted_can_be_given(tmp_path: Path) -> None:
    town = town_of(1, tmp_path)
    who = town.layers.demand("pickups", "walk")
    query = SitingQuery(ASKED, Question("mclp", p=1))
    candidates = candidates_of(town)
    found = find_sites(town.planner, query, candidates, demand=who)
    named = find_sites(
        town.planner, SitingQuery(CoverageQuery(cutoff_s=CUTOFF_S, layer="pickups"), query.question), candidates
    )
    assert found is not None and named is not None
    assert found.demand is who
    assert (found.plan.chosen, found.plan.objective) == (named.plan.chosen, named.plan.objective)
    assert found.effect is not None and named.effect is not None
    assert found.effect.covered.tolist() == named.effect.covered.tolist()


@pytest.mark.parametrize(
    ("candidates", "wishes", "error", "told"),
    [
        ([], {}, ParameterError, "there is no candidate; name kinds of hosts"),
        (["far"], {}, ParameterError, "none of the 1 candidates stands on a street"),
        (["far", "c0"], {"forced": ("far",)}, NotFoundError, "no candidate 'far' on a street"),
        (["c0"], {"forced": ("nobody",)}, NotFoundError, "no candidate 'nobody'"),
        (["c0"], {"forced": ("c0",), "forbidden": ("c0",)}, ParameterError, "both forced and forbidden"),
        (["c0", "c1"], {"p": 3}, ParameterError, "only 2 candidates may be chosen"),
        (["c0"], {"p": None}, ParameterError, "needs p"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    candidates: list[str], wishes: dict[str, Any], error: type[Exception], told: str, tmp_path: Path
) -> None:
    town = town_of(1, tmp_path)
    known = {one.id: one for one in candidates_of(town)} | {
        "far": Candidate("far", None, "listed", LonLat(120.0, 30.0))
    }
    with pytest.raises(error, match=told):
        solved(town.planner, [known[one] for one in candidates], "mclp", **{"p": 1, **wishes})


def test_who_has_no_patience_gets_nothing_or_the_best_so_far(tmp_path: Path) -> None:
    town = town_of(1, tmp_path)
    query, heard = SitingQuery(ASKED, Question("mclp", p=2)), list[Progress]()
    candidates = candidates_of(town)
    assert find_sites(town.planner, query, candidates, Patience(cancelled=lambda: True)) is None
    assert find_sites(town.planner, query, candidates, Patience(remaining_s=lambda: 0.0)) is None
    found = find_sites(town.planner, query, candidates, Patience(math.inf.__float__, lambda: False, heard.append))
    assert found is not None
    assert heard[0].step == "putting candidates on the streets"
    assert heard[-1] == Progress("measuring what it brings", found.plan.objective, found.plan.bound)


@pytest.mark.parametrize("seed", range(3))
def test_the_surface_is_what_each_crossing_would_add(seed: int, tmp_path: Path) -> None:
    town = town_of(seed, tmp_path)
    planner = town.planner
    nodes = [LonLat(*at) for at in (town.network.node_e7 / 1e7).tolist()]
    costs, weight = costs_of(town, planner, [place.position for place in town.places])
    covered = (costs <= CUTOFF_S * TICKS_PER_S).any(axis=1)
    walker_costs, _ = costs_of(town, planner, nodes)
    found = gains(planner, ASKED)
    assert found is not None
    on_foot = snap_many(town.network, "walk", np.array(nodes), to_stay=True)
    compared = 0
    for number, gain in enumerate(found.tolist()):
        edge = int(on_foot.edge[number])
        end = 0 if on_foot.offset_m[number] < town.network.edge_length_m[edge] / 2 else 1
        if on_foot.snap_m[number] > 0.001 or town.network.edge_nodes[edge, end] != number:
            continue  # nobody walks there, or it is one side of a barrier and the oracle stands on the other
        expected = int(weight[~covered & (walker_costs[:, number] <= CUTOFF_S * TICKS_PER_S)].sum())
        assert gain == expected
        compared += gain > 0
    assert compared > 2
    assert gains(planner, ASKED, stop=lambda: True) is None
