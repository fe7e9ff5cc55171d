"""Where the next places should go: candidates on the streets, what they reach, the best of them, what they bring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from geo.coverage.asking import CoverageQuery
from geo.coverage.blocks import Progress as Tell
from geo.coverage.blocks import Stop
from geo.coverage.candidates import Candidate, amounts
from geo.coverage.costs import costs_at
from geo.coverage.demand import Demand
from geo.coverage.pairs import Reach
from geo.coverage.planner import Planner
from geo.coverage.reach import middles, reach
from geo.coverage.scenario import Add, Close, planned
from geo.coverage.siting.phases import earliest_first, last_first
from geo.coverage.siting.plans import Patience, Phase, PhasedPlan, Plan, Progress
from geo.coverage.siting.problems import Question, Sites
from geo.coverage.siting.solving import solve
from geo.coverage.surface import gain_at_nodes
from geo.coverage.table import divided
from geo.coverage.whatif import Effect
from geo.errors import NotFoundError, ParameterError
from geo.streets.graphs import hang
from geo.streets.network import TICKS_PER_S
from geo.streets.profiles import ACCESS_M_PER_S
from geo.streets.snapping import Positions, snap_many

#: A piece of street counts whole, judged at its middle: none is longer than this.
LONGEST_MM: Final = 100_000
#: How much farther than the cutoff anybody is looked for, where the way there counts and not only whether it is short.
_FARTHER = {"p_median": 2, "p_center": 4}


@dataclass(frozen=True)
class SitingQuery:
    """What is asked.

    Attributes
    ----------
    coverage
        Who counts as covered, by what kind of place, within what time.
    question
        What is to be best, and how many or how much money there is.
    forced, forbidden
        Ids of candidates that must, or must not, be chosen.
    keep
        Whether the places that there are stay; otherwise they are candidates like others.
    phases
        Years, with what may be there by then; none: all at once.
    phases_from
        Whether the first year is chosen for itself and later ones build on it, or the last year is chosen for itself
        and earlier ones begin with the best of it.
    """

    coverage: CoverageQuery
    question: Question
    forced: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    keep: bool = True
    phases: tuple[Phase, ...] = ()
    phases_from: Literal["first", "last"] = "first"


@dataclass(frozen=True, eq=False)
class Siting:
    """What was found.

    Attributes
    ----------
    query, demand
        What was asked, of whom.
    candidates
        Those that stand on a street; the plan's numbers are theirs.
    off_street
        Candidates that are left out because they do not.
    rows
        How many pieces of street and points the demand was judged by.
    out_of_reach
        Weight that is neither covered nor within reach of any candidate; ``lscp`` and ``p_center`` leave it out.
    plan, phased
        The answer; of several years the last.
    effect
        What it brings on the streets, measured exactly and not by pieces; None without a plan.
    """

    query: SitingQuery
    demand: Demand
    candidates: tuple[Candidate, ...]
    off_street: int
    rows: int
    out_of_reach: int
    plan: Plan
    phased: PhasedPlan | None
    effect: Effect | None


def find_sites(
    planner: Planner,
    query: SitingQuery,
    candidates: Sequence[Candidate],
    patience: Patience | None = None,
    demand: Demand | None = None,
) -> Siting | None:
    """Find where the next places should go; None if it was stopped before anything was found.

    A piece of street counts whole, judged at its middle; what is found is then measured exactly.

    Parameters
    ----------
    demand
        Who is counted; None: the layer that the question names.

    Raises
    ------
    ParameterError
        There is no candidate, or the question cannot be asked.
    NotFoundError
        A forced or forbidden candidate is not among them.
    """
    waits = patience or Patience()
    asked, ways, who = query.coverage, planner.ways(query.coverage.mode), demand or planner.who(query.coverage)
    if not query.keep:
        candidates = [*candidates, *_standing(planner, asked)]
    if not candidates:
        raise ParameterError(
            "there is no candidate; name kinds of hosts, or give a table of willing hosts", parameter="candidates"
        )
    waits.progress(Progress("putting candidates on the streets"))
    lonlat = np.array([candidate.position for candidate in candidates], dtype=np.float64).reshape(-1, 2)
    places = snap_many(planner.network, asked.mode, lonlat, to_stay=True)
    on = np.flatnonzero(places.edge >= 0)
    own = tuple(candidates[n] for n in on.tolist())
    if not own:
        raise ParameterError(
            f"none of the {len(candidates):,} candidates stands on a street; see their coordinates",
            parameter="candidates",
        )
    rows, weight = demand_rows(planner, who)
    hung = hang(ways.back, rows)
    limit = asked.cutoff * _FARTHER.get(query.question.kind, 1)
    waits.progress(Progress("finding what each candidate reaches"))
    found = reach(ways.back, hung, _take(places, on), limit, stop=lambda: waits.over() is not None)
    if found is None:
        return None
    counts = planner.counted(asked) & query.keep
    field, _ = planner.field(asked.mode, asked.cutoff, counts)
    access = np.asarray(hung.access)
    already = costs_at(ways.streets, ways.leaves, field, rows.edge, rows.offset_m, access, counts)
    times = None
    if query.question.kind == "backup":
        there = reach(ways.back, hung, _take(ways.positions, np.flatnonzero(counts)), asked.cutoff)
        times = np.bincount(there.demand, minlength=len(weight)).astype(np.int32) if there is not None else None
    covered = already <= asked.cutoff
    reached = covered.copy()
    reached[found.demand] = True
    lost = int(weight[~reached].sum())
    kept = np.flatnonzero(reached if query.question.kind in {"lscp", "p_center"} else np.ones_like(reached))
    sites = Sites(
        _only(found, kept), weight[kept], already[kept], None if times is None else times[kept],
        amounts(candidate.capacity for candidate in own), amounts(candidate.price for candidate in own),
        _numbers(own, query.forced), _numbers(own, query.forbidden),
    )  # fmt: skip
    question = replace(query.question, cutoff=asked.cutoff if query.question.kind not in _FARTHER else limit)
    by_year = earliest_first if query.phases_from == "first" else last_first
    phased = by_year(sites, question, query.phases, waits) if query.phases else None
    plan = phased.plans[-1] if phased else solve(sites, question, waits)
    waits.progress(Progress("measuring what it brings", plan.objective, plan.bound))
    effect = _effect(planner, query, who, [own[n] for n in plan.chosen]) if plan.chosen else None
    return Siting(query, who, own, len(candidates) - len(own), len(kept), lost, plan, phased, effect)


def gains(
    planner: Planner, query: CoverageQuery, stop: Stop = lambda: False, progress: Tell = lambda done: None
) -> NDArray[np.int64] | None:
    """Return what one more place at each crossing would bring, millionths, int64 (n_nodes,); None if it was stopped.

    Parameters
    ----------
    stop
        Asked again and again.
    progress
        Told how many crossings are done.
    """
    ways, who = planner.ways(query.mode), planner.who(query)
    rows, weight = demand_rows(planner, who)
    hung, counts = hang(ways.back, rows), planner.counted(query)
    field, _ = planner.field(query.mode, query.cutoff, counts)
    already = costs_at(ways.streets, ways.leaves, field, rows.edge, rows.offset_m, hung.access, counts)
    missing = np.where(already <= query.cutoff, 0, weight)
    return gain_at_nodes(
        ways.back, hung, missing, query.cutoff, planner.network.node_count, stop=stop, progress=progress
    )


def demand_rows(planner: Planner, who: Demand) -> tuple[Positions, NDArray[np.int64]]:
    """Return where the demand is judged, the middle of each short piece that has any and each point, and its weight."""
    some, points = np.flatnonzero(who.piece_weight), who.points
    pieces, weight = divided(planner.layers.pieces.take(some), who.piece_weight[some], LONGEST_MM)
    at = middles(planner.network, pieces)
    lonlat = planner.network.points_at(points.edge, points.offset_m)
    rows = Positions(
        np.concatenate([at.edge, points.edge]),
        np.concatenate([at.offset_m, points.offset_m]),
        np.concatenate([at.snap_m, points.access / TICKS_PER_S * ACCESS_M_PER_S]),
        np.concatenate([at.lonlat, lonlat]),
    )
    return rows, np.concatenate([weight, points.weight])


def _standing(planner: Planner, query: CoverageQuery) -> list[Candidate]:
    """Return the places that count, as candidates."""
    places = [planner.places[n] for n in np.flatnonzero(planner.counted(query)).tolist()]
    return [Candidate(place.id, place.name, "place", place.position) for place in places]


def _effect(planner: Planner, query: SitingQuery, who: Demand, chosen: Sequence[Candidate]) -> Effect:
    """Measure what the chosen sites bring beside the places that stay, and what is lost with those that do not."""
    asked = query.coverage
    wanted = asked.wanted.services or ("rest_stop",)
    added = [
        Add(planned(one.name or one.id, one.position, wanted, amenities=asked.wanted.amenities, number=n))
        for n, one in enumerate(chosen, start=1)
        if one.kind != "place"
    ]
    stay = {one.id for one in chosen}
    gone = [] if query.keep else [Close(one.id) for one in _standing(planner, asked) if one.id not in stay]
    return planner.what_if(asked, who).effect([*added, *gone])


def _take(places: Positions, rows: NDArray[np.intp]) -> Positions:
    return Positions(places.edge[rows], places.offset_m[rows], places.snap_m[rows], places.lonlat[rows])


def _only(reach: Reach, kept: NDArray[np.intp]) -> Reach:
    """Return the reach with some rows of demand alone, numbered anew."""
    number = np.full(reach.demand_count, -1, dtype=np.int32)
    number[kept] = np.arange(len(kept), dtype=np.int32)
    demand = number[reach.demand]
    there = demand >= 0
    before = np.concatenate([[0], np.cumsum(there)])
    return Reach(before[reach.first].astype(np.int64), demand[there], reach.cost[there], len(kept))


def _numbers(candidates: Sequence[Candidate], ids: Sequence[str]) -> tuple[int, ...]:
    number = {candidate.id: n for n, candidate in enumerate(candidates)}
    for one in ids:
        if one not in number:
            raise NotFoundError(f"no candidate {one[:60]!r} on a street; see the list of candidates for their ids")
    return tuple(number[one] for one in ids)
