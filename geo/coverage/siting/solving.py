"""Where the next places should go: a good choice at once, a proof where it is asked for, alternatives; re-checked."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from geo.coverage.siting import centers, zones
from geo.coverage.siting.alternatives import Option, exchanges_of, options, told
from geo.coverage.siting.checks import recheck
from geo.coverage.siting.choice import Choice, choice_of
from geo.coverage.siting.covering import Covering
from geo.coverage.siting.exact import solve_program
from geo.coverage.siting.flows import Flows
from geo.coverage.siting.groups import begin
from geo.coverage.siting.medians import Medians
from geo.coverage.siting.plans import Patience, Plan, Progress, Status, gap_of
from geo.coverage.siting.problems import Question, Sites, check
from geo.coverage.siting.relaxing import Relaxed
from geo.coverage.siting.search import Found, Worth, bound_of, find, in_order
from geo.errors import WrongPlanError

#: What the solver calls optimal is called so if its own bound is as near as this share.
_PROVEN: Final = 1e-7
#: A column of the solver's that is above this is chosen.
_PICKED: Final = 0.5


def solve(sites: Sites, question: Question, patience: Patience | None = None) -> Plan:
    """Answer a question.

    Parameters
    ----------
    patience
        How long to search, and who listens; None: as long as it takes.

    Raises
    ------
    ParameterError
        The question cannot be asked: no candidate, more than the limits allow, a contradiction.
    WrongPlanError
        The answer did not pass its re-check: a defect of this program or of the solver, never of the question.

    Examples
    --------
    Three candidates; the first covers demand 0 and 1, the second 1 and 2, the third 3.

    >>> from geo.coverage.pairs import Reach
    >>> reach = Reach(np.array([0, 2, 4, 5]), np.array([0, 1, 1, 2, 3], np.int32), np.zeros(5, np.int32), 4)
    >>> plan = solve(Sites(reach, np.array([5, 1, 3, 4])), Question("mclp", p=2))
    >>> plan.chosen, plan.objective, plan.status
    ((0, 2), 10, 'optimal')
    """
    check(sites, question)
    patience = Patience() if patience is None else patience
    choice = choice_of(sites, question)
    dear = choice.too_dear()
    if dear:
        plan = Plan(question.kind, "infeasible", f"Infeasible: {dear}.", "conditions alone")
    elif question.kind == "lscp":
        plan = centers.fewest(sites, question, choice, patience)
    elif question.kind == "p_center":
        plan = centers.least(sites, question, choice, patience)
    else:
        plan = _most(sites, question, choice, patience)
    wrong = recheck(sites, question, plan)
    if wrong:
        raise WrongPlanError(f"The plan did not pass its re-check: {'; '.join(wrong)}. Please report it.")
    return plan


class _Best(NamedTuple):
    """The best choice that was found, whether nothing better exists, and what was done."""

    found: Found
    proven: bool
    method: tuple[str, ...]


def _most(sites: Sites, question: Question, choice: Choice, patience: Patience) -> Plan:
    """Answer the kinds in which every candidate adds something, the less the more there are."""
    worth = _worth(sites, question, choice)
    best = _best(sites, worth, question, choice, patience)
    quiet = patience._replace(progress=_unheard)

    def near(within: Choice, chosen: tuple[int, ...]) -> Option | None:
        held = tuple(dict.fromkeys([*within.forced, *chosen]))
        if min(within.room(held)) < 0:
            held = within.forced
        if min(within.room(held)) < 0:
            return None
        other = find(worth, within, quiet, start=held)
        return Option(other.chosen, -other.value)

    first_option = Option(best.found.chosen, -best.found.value)
    if isinstance(worth, Medians) and _at_once(worth, choice):
        ranked = exchanges_of(first_option, choice, worth.exchanged, question.alternatives, patience)
    else:
        ranked = options(first_option, choice, near, question.alternatives, patience)
    sign = -1 if question.kind == "p_median" else 1
    objectives = [worth.objective(option.chosen) for option in ranked]
    first = max(range(len(ranked)), key=lambda i: (sign * objectives[i], -i))
    chosen, gains = in_order(worth, choice, ranked[first].chosen)
    objective, value = objectives[first], worth.value()
    bound = (
        objective if best.proven and first == 0 and worth.exact else worth.objective_at(max(best.found.bound, value))
    )
    status, why = _ended(objective, bound, best, question)
    served = worth.service() if isinstance(worth, Flows) else None
    others = [(ranked[i].chosen, objectives[i]) for i in range(len(ranked)) if i != first]
    return Plan(
        question.kind, status, why, ", ".join(best.method), chosen, tuple(gain * worth.unit for gain in gains),
        objective, bound, worth.unserved(), told(chosen, objective, others), served,
    )  # fmt: skip


def _worth(sites: Sites, question: Question, choice: Choice) -> Covering | Medians | Flows:
    if question.kind == "p_median":
        return Medians(sites, question, choice.allowed)
    if question.kind == "capacitated":
        return Flows(sites, question, choice.allowed)
    return Covering(sites, question, choice.allowed)


def _best(
    sites: Sites, worth: Covering | Medians | Flows, question: Question, choice: Choice, patience: Patience
) -> _Best:
    method: tuple[str, ...]
    begun = begin(worth, choice, patience) if isinstance(worth, Medians) and worth.large(choice) else None
    if begun is None:
        found, method = find(worth, choice, patience), ("lazy greedy", "exchanges")
    else:
        found = find(worth, choice, patience, start=begun.chosen)
        found = found._replace(bound=bound_of(worth, choice))
        method = ("lazy greedy on groups of demand", "exchanges")
    quiet = patience._replace(progress=_unheard)
    narrowed = choice
    if found.stopped is None and found.value < found.bound and not isinstance(worth, Flows):
        tried = [found]

        def best_with(opened: tuple[int, ...]) -> Found:
            if len(opened) > len(choice.forced):
                tried.append(_tried(worth, choice, opened, quiet))
            return max(tried, key=lambda other: other.value)

        def improve(opened: tuple[int, ...]) -> int:
            return best_with(opened).value

        if isinstance(worth, Medians) and begun is not None:
            relaxed = worth.relax(choice, found.chosen, improve, patience, begun.multiplier)
        else:
            relaxed = worth.relax(choice, found.chosen, improve, patience)
        method = (*method, "Lagrangian bound")
        if not isinstance(worth, Medians) and _wants_zones(question, relaxed, improve(()), patience):
            relaxed = zones.narrow(sites, question, worth.cover, relaxed, best_with, patience)
            method = (*method, "zones")
        bound, narrowed = relaxed.bound, relaxed.narrowed
        better = max(tried, key=lambda other: other.value)
        if isinstance(worth, Medians) and better is not found:
            better = find(worth, choice, quiet, start=better.chosen)
        found = better._replace(bound=max(better.value, min(bound, found.bound)), stopped=patience.over())
        patience.progress(Progress("Lagrangian bound", worth.objective(found.chosen), worth.objective_at(found.bound)))
    if found.value == found.bound:
        return _Best(found._replace(stopped=None), True, method)
    if not question.exact or found.stopped is not None or gap_of(found.value, found.bound) <= question.gap:
        return _Best(found, False, method)
    return _proven(sites, worth, question, choice, narrowed, found, method, patience)


def _wants_zones(question: Question, relaxed: Relaxed, value: int, patience: Patience) -> bool:
    """Tell whether there is a proof to be had, and zones to have it by."""
    near = gap_of(value, relaxed.bound) <= question.gap or relaxed.bound <= value
    return question.exact and not near and patience.over() is None and zones.suit(question, relaxed.narrowed)


def _at_once(worth: Medians, choice: Choice) -> bool:
    """Tell whether alternatives are read off the exchanges: there is no proof, and to look anew would take long."""
    table = len(choice.allowed) * choice.p
    return worth.large(choice) and choice.budget is None and table <= len(worth.demand)


def _tried(worth: Worth, choice: Choice, opened: tuple[int, ...], patience: Patience) -> Found:
    """Return what a choice is worth, made better where that is quick: costs are many more than covers."""
    if not isinstance(worth, Medians):
        return find(worth, choice, patience, start=opened)
    worth.objective(opened)
    return Found(opened, worth.value(), worth.value(), None)


def _proven(
    sites: Sites, worth: Worth, question: Question, choice: Choice, narrowed: Choice, found: Found,
    method: tuple[str, ...], patience: Patience,
) -> _Best:  # fmt: skip
    """Let the solver look among the candidates that can be in a better choice."""
    if worth.large(narrowed):
        return _Best(found, False, (*method, "too large for HiGHS"))
    small = _worth(sites, question, narrowed)
    program = small.program(narrowed)
    allowed = [c for c in found.chosen if narrowed.allowed[c]]
    start = (
        small.columns(allowed) if len(allowed) == len(found.chosen) and set(narrowed.forced) <= set(allowed) else None
    )
    solved = solve_program(program, patience, start=start, gap=question.gap)
    method = (*method, "HiGHS")
    if solved.status == "infeasible":  # nobody is left who could do better
        return _Best(found._replace(bound=found.value), True, method)
    # what is left out is worth no more than what was found
    bound = found.bound if solved.bound is None else min(found.bound, max(solved.bound, found.value))
    if solved.columns is not None:
        chosen = np.flatnonzero(solved.columns[: len(choice.allowed)] > _PICKED).tolist()
        if set(choice.forced) <= set(chosen) and min(choice.room(chosen)) >= 0:
            other = find(worth, choice, patience._replace(progress=_unheard), start=chosen)
            found = other if other.value > found.value else found
    bound = max(bound, found.value)
    finished = solved.status == "optimal" and question.gap == 0 and gap_of(found.value, bound) <= _PROVEN
    stopped = solved.status if solved.status in {"time limit", "cancelled"} else None
    return _Best(found._replace(bound=bound, stopped=stopped), finished or bound == found.value, method)


def _ended(objective: int, bound: int, best: _Best, question: Question) -> tuple[Status, str]:
    """Return how the search ended, and what would help if it did not end with a proof."""
    if objective == bound:
        return "optimal", ""
    better = f"at most {gap_of(objective, bound):.2%} better is possible"
    if best.found.stopped is not None:
        return best.found.stopped, f"Stopped before the proof: {better}. Give it more time."
    if "too large for HiGHS" in best.method:
        return "within gap", f"Too large for a proof: {better}. Take fewer candidates, or a smaller cutoff."
    if question.exact:
        return "within gap", f"The proof stopped at the gap that was asked for: {better}."
    return "within gap", f"No proof was asked for: {better}."


def _unheard(progress: Progress) -> None:
    del progress
