"""Plans in which all demand is to be covered: by the fewest sites, or within the least travel time."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.coverage.siting.alternatives import Option, options, told
from geo.coverage.siting.choice import Choice
from geo.coverage.siting.covering import Covering, times_already
from geo.coverage.siting.covers import cover_all, enough
from geo.coverage.siting.plans import Patience, Plan, Progress, Status, gap_of
from geo.coverage.siting.problems import UNREACHED, Question, Sites
from geo.coverage.siting.rows import Cover, merge
from geo.coverage.siting.search import in_order
from geo.streets.compiled import compiled

#: Units of weight in one, for words.
_MICRO: Final = 1_000_000


def fewest(sites: Sites, question: Question, choice: Choice, patience: Patience) -> Plan:
    """Answer ``lscp``: cover all weight with as few sites, or as little money, as possible."""
    wanted = (times_already(sites, question) == 0) & (sites.weight > 0)
    cover = merge(sites.reach, question.cutoff, wanted, choice.allowed)
    lost = _lost(sites, cover, wanted)
    if lost:
        return Plan("lscp", "infeasible", lost, "cover of all demand")
    price = np.ones(sites.reach.place_count, dtype=np.int64) if sites.price is None else sites.price
    patience.progress(Progress("fewest sites"))
    best = cover_all(cover, price, choice, patience, exact=question.exact)

    def near(within: Choice, chosen: tuple[int, ...]) -> Option | None:
        del chosen
        part = merge(sites.reach, question.cutoff, wanted, within.allowed)
        if np.any(wanted & (part.merged < 0)):
            return None
        other = cover_all(part, price, within, patience, exact=question.exact)
        return Option(other.chosen, other.cost)

    ranked = options(Option(best.chosen, best.cost), choice, near, question.alternatives, patience)
    objective = ranked[0].loss
    bound = min(best.bound, objective)
    method = "dominated rows and candidates left out, greedy" + (", HiGHS" if question.exact else "")
    return _plan(sites, question, choice, ranked, bound, best.stopped, method, question.cutoff)


def least(sites: Sites, question: Question, choice: Choice, patience: Patience) -> Plan:
    """Answer ``p_center``: the least travel time within which p sites can cover all weight."""
    search = _Radii(sites, question, choice)
    lost = _lost(sites, merge(sites.reach, question.cutoff, search.needy, choice.allowed), search.needy)
    method = "covers by travel time, greedy" + (", HiGHS" if question.exact else "")
    if lost:
        return Plan("p_center", "infeasible", lost, method)
    best = search.least(choice, patience, 0)
    if best.chosen is None:
        if best.stopped in {"time limit", "cancelled"}:
            why = "Stopped before it was known whether so few sites can cover all: give it more time, or more sites."
            return Plan("p_center", best.stopped, why, method)
        known = "cannot" if best.stopped is None else "were not found to"
        why = f"Infeasible: {choice.p} sites {known} cover all: ask for more sites, or a larger cutoff."
        return Plan("p_center", "infeasible", why, method)

    def near(within: Choice, chosen: tuple[int, ...]) -> Option | None:
        del chosen
        other = search.least(within, patience, best.at)
        return None if other.chosen is None else Option(other.chosen, search.radius(other.chosen))

    here = Option(best.chosen, search.radius(best.chosen))
    ranked = options(here, choice, near, question.alternatives, patience)
    bound = min(search.value(best.proven), ranked[0].loss)
    return _plan(sites, question, choice, ranked, bound, best.stopped, method, ranked[0].loss)


class _Least(NamedTuple):
    """Sites that cover all within the ``at``-th radius; below the ``proven``-th one nobody can."""

    chosen: tuple[int, ...] | None
    at: int
    proven: int
    stopped: Status | None


class _Radii:
    """The travel times that can be the longest, and what covers all within one of them."""

    def __init__(self, sites: Sites, question: Question, choice: Choice) -> None:
        self._sites, self._exact = sites, question.exact
        self._limit = UNREACHED - 1 if question.cutoff is None else min(question.cutoff, UNREACHED - 1)
        self._wanted = sites.weight > 0
        self._already = np.full(len(sites.weight), UNREACHED, dtype=np.int64)
        if sites.cost_already is not None:
            self._already[:] = sites.cost_already
        #: What needs a candidate: nobody who is kept reaches it at all.
        self.needy = self._wanted & (self._already >= UNREACHED)
        reach = sites.reach
        nearest = _nearest(reach.first, reach.demand, reach.cost, self._limit, choice.allowed, self._already)
        low = int(nearest[self._wanted].max(initial=0))
        held = self._already[self._wanted]
        cost = reach.cost[(reach.cost > low) & (reach.cost <= self._limit)].astype(np.int64)
        self._values: NDArray[np.int64] = np.unique(
            np.concatenate([cost, held[(held > low) & (held < UNREACHED)], [low]])
        )

    def value(self, at: int) -> int:
        """Return a radius, ticks."""
        return int(self._values[min(at, len(self._values) - 1)])

    def radius(self, chosen: tuple[int, ...]) -> int:
        """Return the longest travel time with a choice, ticks."""
        reach, inside = self._sites.reach, np.zeros(self._sites.reach.place_count, dtype=np.bool_)
        inside[list(chosen)] = True
        nearest = _nearest(reach.first, reach.demand, reach.cost, self._limit, inside, self._already)
        return int(nearest[self._wanted].max(initial=0))

    def least(self, choice: Choice, patience: Patience, low: int) -> _Least:
        """Return the first radius, from the ``low``-th on, within which the choice can cover all.

        Halving: first with what is quickly known, then with proofs.
        """
        proven, high, best = low, len(self._values), None
        stopped: Status | None = None
        for exact in (False, True) if self._exact else (False,):
            bottom, top = proven, high
            if not exact:
                best, stopped = self._fits(len(self._values) - 1, choice, patience, exact=self._exact)
                if best is None:
                    return _Least(None, len(self._values), len(self._values), stopped)
                top = high = self._at(best)
            while bottom < top and (stopped := patience.over()) is None:
                middle = bottom if bottom == low == proven else (bottom + top) // 2
                found, unknown = self._fits(middle, choice, patience, exact=exact)
                if found is not None:
                    best, top = found, min(middle, self._at(found))
                    high = top
                elif unknown is None:
                    proven = bottom = middle + 1
                else:
                    stopped, bottom = unknown, middle + 1
                    if exact:
                        break
            patience.progress(Progress("least travel time", self.value(high), self.value(proven)))
            if proven >= high or stopped in {"time limit", "cancelled"}:
                break
        return _Least(best, high, proven, None if proven >= high else stopped)

    def _at(self, chosen: tuple[int, ...]) -> int:
        return int(np.searchsorted(self._values, self.radius(chosen)))

    def _fits(
        self, at: int, choice: Choice, patience: Patience, *, exact: bool
    ) -> tuple[tuple[int, ...] | None, Status | None]:
        radius = self.value(at)
        wanted = self._wanted & (self._already > radius)
        cover = merge(self._sites.reach, min(radius, self._limit), wanted, choice.allowed)
        if np.any(wanted & (cover.merged < 0)):
            return None, None
        return enough(cover, choice, patience, exact=exact)


def _lost(sites: Sites, cover: Cover, wanted: NDArray[np.bool_]) -> str:
    """Say what no candidate covers; empty: nothing."""
    lost = wanted & (cover.merged < 0)
    if not lost.any():
        return ""
    weight = int(sites.weight[lost].sum()) / _MICRO
    return (
        f"Infeasible: {int(lost.sum()):,} rows of demand with {weight:,.6g} of the weight are within the cutoff of no "
        "candidate that may be chosen: raise the cutoff, allow more candidates, leave those rows out, or ask mclp."
    )


def _plan(
    sites: Sites, question: Question, choice: Choice, ranked: list[Option], bound: int, stopped: Status | None,
    method: str, radius: int | None,
) -> Plan:  # fmt: skip
    """Put a plan together; members come in order of the weight that they cover."""
    objective = ranked[0].loss
    asked = Question("mclp", p=len(ranked[0].chosen), cutoff=_inner(question.cutoff, radius))
    covering = Covering(sites, asked, choice.allowed)
    chosen, gains = in_order(covering, choice, ranked[0].chosen)
    if bound == objective:
        status: Status = "optimal"
        why = ""
    else:
        gap = gap_of(objective, bound)
        unit = "" if question.kind == "lscp" else " ticks"
        status = stopped if stopped in {"time limit", "cancelled"} else "within gap"
        why = f"Not proven: at least {bound:,}{unit} are needed, at most {gap:.2%} better is possible. " + (
            "Give it more time."
            if stopped in {"time limit", "cancelled"}
            else "Ask for a proof, or take fewer candidates."
        )
    others = [(option.chosen, option.loss) for option in ranked[1:]]
    return Plan(
        question.kind, status, why, method, chosen, gains, objective, bound,
        int(sites.weight[_unserved(sites, question, chosen)].sum()), told(chosen, objective, others),
    )  # fmt: skip


def _inner(cutoff: int | None, radius: int | None) -> int | None:
    return radius if cutoff is None else cutoff if radius is None else min(cutoff, radius)


def _unserved(sites: Sites, question: Question, chosen: tuple[int, ...]) -> NDArray[np.bool_]:
    left = times_already(sites, question) == 0
    inside = np.zeros(sites.reach.place_count, dtype=np.bool_)
    inside[list(chosen)] = True
    cover = merge(sites.reach, question.cutoff, left, inside)
    found: NDArray[np.bool_] = left & (cover.merged < 0)
    return found


@compiled
def _nearest(first, demand, cost, limit, inside, already):  # type: ignore[no-untyped-def]  # compiled
    """Return the least cost of each row of demand to any of some candidates, or to what is kept."""
    least = already.copy()
    for c in range(len(first) - 1):
        if inside[c]:
            for i in range(first[c], first[c + 1]):
                if cost[i] <= limit and cost[i] < least[demand[i]]:
                    least[demand[i]] = cost[i]
    return least
