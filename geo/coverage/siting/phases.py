"""Sites year by year: what is built stays, and what that costs beside starting anew is said.

Both ways are sequences of single answers, each proven or not by itself; neither is the best sequence of all years
together. They bracket it: the first loses nothing in the first year, the second nothing in the last one.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

from geo.coverage.siting.plans import Patience, Phase, PhasedPlan, Plan
from geo.coverage.siting.problems import Question, Sites
from geo.coverage.siting.solving import solve
from geo.errors import ParameterError


def earliest_first(
    sites: Sites, question: Question, phases: Sequence[Phase], patience: Patience | None = None
) -> PhasedPlan:
    """Choose for the first year as if there were no other, then for each next one, keeping what there is.

    Parameters
    ----------
    question
        Its own ``p`` and ``budget`` do not count, those of the phases do.

    Raises
    ------
    ParameterError
        No phase; years, sites or budgets that fall; or as :func:`~geo.coverage.siting.solving.solve`.
    """
    years = _checked(phases)
    free = _free(sites, question, years, patience)
    plans: list[Plan] = []
    for phase in years:
        held = plans[-1].chosen if plans else ()
        kept = replace(sites, forced=tuple(sorted({*sites.forced, *held})))
        plans.append(free[0] if not plans else solve(kept, _asked(question, phase), patience))
    return _phased(years, plans, free)


def last_first(
    sites: Sites, question: Question, phases: Sequence[Phase], patience: Patience | None = None
) -> PhasedPlan:
    """Choose for the last year as if there were no other, then for each year before it among those chosen.

    Parameters and errors are those of :func:`earliest_first`.
    """
    years = _checked(phases)
    free = _free(sites, question, years, patience)
    plans = [free[-1]]
    for phase in years[-2::-1]:
        among = set(plans[0].chosen)
        others = {*sites.forbidden, *range(sites.reach.place_count)} - among
        count = None if phase.p is None else min(phase.p, len(among))
        within = replace(sites, forbidden=tuple(sorted(others)))
        plans.insert(0, solve(within, _asked(question, phase._replace(p=count)), patience))
    return _phased(years, plans, free)


def _free(sites: Sites, question: Question, years: list[Phase], patience: Patience | None) -> list[Plan]:
    return [solve(sites, _asked(question, phase), patience) for phase in years]


def _asked(question: Question, phase: Phase) -> Question:
    return replace(question, p=phase.p, budget=phase.budget)


def _checked(phases: Sequence[Phase]) -> list[Phase]:
    if not phases:
        raise ParameterError(
            "There is no phase: name at least one year and what may be chosen by then.", parameter="phases"
        )
    for earlier, later in itertools.pairwise(phases):
        if later.year <= earlier.year:
            raise ParameterError(f"The year {later.year} does not come after {earlier.year}.", parameter="phases")
        for name in ("p", "budget"):
            before, after = getattr(earlier, name), getattr(later, name)
            if (before is None) != (after is None) or (before is not None and after < before):
                raise ParameterError(
                    f"{name} of {later.year} is {after}, of {earlier.year} {before}: they are cumulated, so each year "
                    "has one, none less than the year before.",
                    parameter="phases",
                )
    return list(phases)


def _phased(years: list[Phase], plans: list[Plan], free: list[Plan]) -> PhasedPlan:
    loss = [
        0 if own.objective is None or best.objective is None else abs(own.objective - best.objective)
        for own, best in zip(plans, free, strict=True)
    ]
    return PhasedPlan(tuple(phase.year for phase in years), tuple(plans), tuple(free), tuple(loss))
