"""What is answered: the sites chosen, how good that is proven to be, and what nearly as good choices there are."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.coverage.siting.problems import Kind

#: How a search ended. ``optimal``: nothing better exists. ``within gap``: at most ``Plan.gap`` better exists.
#: ``time limit``, ``cancelled``: the best so far. ``infeasible``: nothing meets the conditions; ``Plan.why`` says why.
Status = Literal["optimal", "within gap", "time limit", "cancelled", "infeasible"]


class Progress(NamedTuple):
    """What has been reached so far.

    Attributes
    ----------
    step
        What is being done, in words.
    objective, bound
        The best so far, and what nothing can be better than; None while unknown.
    """

    step: str
    objective: int | None = None
    bound: int | None = None


def _for_ever() -> float:
    return math.inf


def _never() -> bool:
    return False


def _unheard(progress: Progress) -> None:
    del progress


class Patience(NamedTuple):
    """How long somebody waits, and who listens meanwhile. Nothing here reads a clock: the caller does.

    Attributes
    ----------
    remaining_s
        Seconds left, asked again and again; 0 or less: stop with the best so far.
    cancelled
        Whether nobody wants the answer any more.
    progress
        Told of every step.
    """

    remaining_s: Callable[[], float] = _for_ever
    cancelled: Callable[[], bool] = _never
    progress: Callable[[Progress], None] = _unheard

    def over(self) -> Status | None:
        """Return why to stop, or None to go on."""
        if self.cancelled():
            return "cancelled"
        return "time limit" if self.remaining_s() <= 0 else None


class Alternative(NamedTuple):
    """Another choice.

    Attributes
    ----------
    chosen
        Candidates, ascending.
    objective
        As the plan's.
    regret
        How much worse than the plan, not negative, in the objective's unit.
    without, instead
        Candidates of the plan that it does without, and those that it has for them, ascending.
    """

    chosen: tuple[int, ...]
    objective: int
    regret: int
    without: tuple[int, ...]
    instead: tuple[int, ...]


class Service(NamedTuple):
    """Who serves how much of which demand, where capacities bind: three arrays side by side.

    Attributes
    ----------
    demand, candidate
        int32 (n,).
    weight
        Millionths, int64 (n,), positive.
    """

    demand: NDArray[np.int32]
    candidate: NDArray[np.int32]
    weight: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Plan:
    """An answer; it has been re-checked by code that shares nothing with what found it.

    Attributes
    ----------
    kind
        What was asked.
    status, why
        How the search ended; ``why`` says what is missing and what would help, empty for ``optimal``.
    method
        What was done, in words.
    chosen
        Candidates: forced ones first, then in order of what each adds.
    gains
        What each adds to those before it, not negative, in the objective's unit; ``p_median``: what it takes off;
        ``lscp``, ``p_center``: the weight that it newly covers.
    objective
        ``mclp``, ``capacitated``: weight covered, with what is already covered. ``backup``: thousandths of it, a first
        and a second cover counted as asked. ``lscp``: number of sites, or money where prices are given. ``p_median``:
        weight times ticks. ``p_center``: ticks. None if infeasible, or if nothing was found in time.
    bound
        What no choice can be better than: at least the objective where more is better, at most it where less is.
    unserved
        Weight that nobody chosen or kept covers; for ``p_median``: that is counted at ``beyond``.
    alternatives
        Other choices, the best first.
    service
        For ``capacitated``: who serves whom.
    """

    kind: Kind
    status: Status
    why: str
    method: str
    chosen: tuple[int, ...] = ()
    gains: tuple[int, ...] = ()
    objective: int | None = None
    bound: int | None = None
    unserved: int = 0
    alternatives: tuple[Alternative, ...] = ()
    service: Service | None = None

    @property
    def more_is_better(self) -> bool:
        """Whether the objective is to be large."""
        return self.kind in {"mclp", "backup", "capacitated"}

    @property
    def gap(self) -> float:
        """How far bound and objective are apart, as a share of the larger; inf without an objective."""
        if self.objective is None or self.bound is None:
            return math.inf
        return gap_of(self.objective, self.bound)


def gap_of(objective: int, bound: int) -> float:
    """Return how far two values, neither negative, are apart, as a share of the larger."""
    return abs(bound - objective) / max(bound, objective, 1)


class Phase(NamedTuple):
    """What may be chosen by the end of a year, all years before it counted.

    Attributes
    ----------
    year
        Its name.
    p, budget
        As a question's, cumulated.
    """

    year: int
    p: int | None = None
    budget: int | None = None


class PhasedPlan(NamedTuple):
    """Plans of successive years, each keeping what the years before it chose.

    Attributes
    ----------
    years
        Ascending.
    plans
        The plan of each year.
    free
        The plan of each year if it were the only one: bound by nothing that was chosen before.
    loss
        How much worse each year's plan is than its free one, not negative, in the objective's unit.
    """

    years: tuple[int, ...]
    plans: tuple[Plan, ...]
    free: tuple[Plan, ...]
    loss: tuple[int, ...]
