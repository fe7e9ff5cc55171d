"""Every plan looked at again, by code that shares nothing with what found it: plain loops over what was asked.

A solver can say "optimal" of a choice that ignores the radius. What it says is not asked here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from geo.coverage.siting.plans import Plan
from geo.coverage.siting.problems import UNREACHED, Question, Sites


def recheck(sites: Sites, question: Question, plan: Plan) -> tuple[str, ...]:
    """Return what is wrong with a plan, in words; empty if it is what it says.

    Looked at are the conditions on the choice, the objective reckoned anew, the side on which the bound lies, what is
    unserved, who serves whom, and all of that of each alternative. That no better choice exists is not.
    """
    if plan.status == "infeasible":
        return () if plan.why and plan.objective is None else ("it is infeasible without a reason",)
    if plan.objective is None and plan.status in {"time limit", "cancelled"} and not plan.chosen:
        return ()
    return tuple(_wrong(sites, question, plan))


def objective_of(sites: Sites, question: Question, chosen: Iterable[int]) -> int:
    """Return the objective of a choice, reckoned from what was asked alone; not for ``capacitated``."""
    members = list(chosen)
    if question.kind == "lscp":
        return len(members) if sites.price is None else sum(int(sites.price[c]) for c in members)
    best, times = _served(sites, question, members)
    if question.kind == "p_center":
        return int(best[sites.weight > 0].max(initial=0))
    if question.kind == "p_median":  # the sum may be larger than 64 bits hold
        capped = np.minimum(best, _beyond(sites, question))
        return sum(w * c for w, c in zip(sites.weight.tolist(), capped.tolist(), strict=True))
    once: int = sum(sites.weight[times >= 1].tolist())
    if question.kind == "backup":
        twice: int = sum(sites.weight[times >= 2].tolist())
        return (1000 - question.second_per_mille) * once + question.second_per_mille * twice
    return once


def unserved_of(sites: Sites, question: Question, chosen: Iterable[int]) -> int:
    """Return the weight that nobody covers; for ``p_median``: that is counted at ``beyond``."""
    best, times = _served(sites, question, list(chosen))
    left = best >= _beyond(sites, question) if question.kind == "p_median" else times == 0
    return sum(sites.weight[left].tolist())


def _beyond(sites: Sites, question: Question) -> int:
    if question.beyond is not None:
        return question.beyond
    return int(sites.reach.cost.max()) + 1 if len(sites.reach.cost) else 1


def _served(sites: Sites, question: Question, members: list[int]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return, for each row of demand, its least cost and by how many it is covered."""
    reach, limit = sites.reach, UNREACHED if question.cutoff is None else question.cutoff
    best = np.full(reach.demand_count, UNREACHED, dtype=np.int64)
    times = np.zeros(reach.demand_count, dtype=np.int64)
    if sites.cost_already is not None:
        best[:] = sites.cost_already
        times += (best <= limit) & (best < UNREACHED)
    if sites.times_already is not None:
        times[:] = sites.times_already
    for member in members:
        span = slice(int(reach.first[member]), int(reach.first[member + 1]))
        near = reach.cost[span] <= limit
        demand = reach.demand[span][near]
        np.minimum.at(best, demand, reach.cost[span][near].astype(np.int64))
        if question.kind != "p_median":  # who is nearest is all that counts there
            np.add.at(times, demand, 1)
    return best, times


def _wrong(sites: Sites, question: Question, plan: Plan) -> Iterator[str]:
    if plan.objective is None or plan.bound is None:
        yield "it has no objective or no bound"
        return
    faults = list(_wrong_choice(sites, question, plan.chosen))
    faults += [fault for other in plan.alternatives for fault in _wrong_choice(sites, question, other.chosen)]
    if faults:
        yield from faults
        return
    if len(plan.gains) != len(plan.chosen):
        yield f"it has {len(plan.gains)} gains for {len(plan.chosen)} sites"
    if (plan.bound < plan.objective) if plan.more_is_better else (plan.bound > plan.objective):
        yield f"its objective {plan.objective} is better than its bound {plan.bound}"
    if question.kind == "capacitated":
        yield from _wrong_service(sites, question, plan, plan.objective)
    else:
        yield from _wrong_worth(sites, question, plan)
    yield from _wrong_alternatives(sites, question, plan, plan.objective)


def _wrong_worth(sites: Sites, question: Question, plan: Plan) -> Iterator[str]:
    real, left = objective_of(sites, question, plan.chosen), unserved_of(sites, question, plan.chosen)
    if real != plan.objective:
        yield f"its objective is {real}, not {plan.objective}"
    if left != plan.unserved:
        yield f"{left} is unserved, not {plan.unserved}"
    if question.kind == "lscp" and left:
        yield f"it leaves {left} uncovered"


def _wrong_alternatives(sites: Sites, question: Question, plan: Plan, objective: int) -> Iterator[str]:
    seen, mine = {frozenset(plan.chosen)}, set(plan.chosen)
    for other in plan.alternatives:
        its = set(other.chosen)
        if frozenset(its) in seen:
            yield f"the alternative {other.chosen} is there already"
        seen.add(frozenset(its))
        regret = objective - other.objective if plan.more_is_better else other.objective - objective
        if regret != other.regret or regret < 0:
            yield f"the regret of {other.chosen} is {regret}, not {other.regret}"
        if question.kind != "capacitated" and objective_of(sites, question, other.chosen) != other.objective:
            yield f"the objective of {other.chosen} is not {other.objective}"
        if question.kind == "lscp" and unserved_of(sites, question, other.chosen):
            yield f"the alternative {other.chosen} leaves something uncovered"
        if (other.without, other.instead) != (tuple(sorted(mine - its)), tuple(sorted(its - mine))):
            yield f"the alternative {other.chosen} does not say how it differs"


def _wrong_choice(sites: Sites, question: Question, chosen: tuple[int, ...]) -> Iterator[str]:
    members = set(chosen)
    if len(members) != len(chosen):
        yield f"{chosen} names a candidate twice"
    if any(not 0 <= c < sites.reach.place_count for c in members):
        yield f"{chosen} names somebody who is no candidate"
    if set(sites.forced) - members:
        yield f"{chosen} leaves out forced candidates {sorted(set(sites.forced) - members)}"
    if set(sites.forbidden) & members:
        yield f"{chosen} has forbidden candidates {sorted(set(sites.forbidden) & members)}"
    if question.p is not None and len(members) > question.p:
        yield f"{chosen} has more than {question.p} candidates"
    if question.budget is not None and sites.price is not None:
        price = sum(int(sites.price[c]) for c in members)
        if price > question.budget:
            yield f"{chosen} costs {price}, the budget is {question.budget}"


def _wrong_service(sites: Sites, question: Question, plan: Plan, objective: int) -> Iterator[str]:
    if plan.service is None or sites.capacity is None:
        yield "nobody is said to serve anybody"
        return
    _, times = _served(sites, question, [])
    limit = UNREACHED if question.cutoff is None else question.cutoff
    by_demand, by_site = Counter[int](), Counter[int]()
    near: dict[int, set[int]] = {}
    for member in plan.chosen:
        start, end = int(sites.reach.first[member]), int(sites.reach.first[member + 1])
        pairs = zip(sites.reach.demand[start:end].tolist(), sites.reach.cost[start:end].tolist(), strict=True)
        near[member] = {d for d, c in pairs if c <= limit}
    for d, c, w in zip(*(part.tolist() for part in plan.service), strict=True):
        if c not in near or d not in near[c]:
            yield f"candidate {c} serves demand {d}, which it does not reach or which nobody chose it for"
        if w <= 0 or int(times[d]) > 0:
            yield f"demand {d} gets {w} of candidate {c}, though it has what it needs"
        by_demand[d] += w
        by_site[c] += w
    for d, w in by_demand.items():
        if w > int(sites.weight[d]):
            yield f"demand {d} of weight {int(sites.weight[d])} gets {w}"
    for c, w in by_site.items():
        if w > int(sites.capacity[c]):
            yield f"candidate {c} of capacity {int(sites.capacity[c])} serves {w}"
    already = sum(sites.weight[times > 0].tolist())
    if already + by_demand.total() != objective:
        yield f"its objective is {already + by_demand.total()}, not {objective}"
    if sites.total_weight - objective != plan.unserved:
        yield f"{sites.total_weight - objective} is unserved, not {plan.unserved}"
