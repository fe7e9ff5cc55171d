"""What is known of the candidates, and what is asked of them; what cannot be asked is refused here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from geo.coverage.pairs import Reach
from geo.errors import ParameterError

#: What can be asked for; see :class:`Question`.
Kind = Literal["mclp", "lscp", "p_median", "p_center", "backup", "capacitated"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

#: Beyond these a question is refused: every method is bounded by them in time and memory.
MAX_CANDIDATES: Final = 200_000
MAX_ENTRIES: Final = 100_000_000
#: Weights are added in doubles by the solver: all of them together must be exact in one.
MAX_TOTAL_WEIGHT: Final = 2**53
#: The cost of what is not reached, as streets have it.
UNREACHED: Final = int(np.iinfo(np.int32).max)


@dataclass(frozen=True, eq=False)
class Sites:
    """Candidates, what they reach, what they cost, and what exists already.

    Attributes
    ----------
    reach
        What each candidate reaches.
    weight
        Of each demand row, not negative, int64 (n_demand,), millionths of its unit.
    cost_already
        Travel time of each demand row to the nearest place that is kept, ticks, int32 (n_demand,); ``UNREACHED`` where
        there is none. None: no place is kept. Kept places are not candidates and do not count towards ``p``.
    times_already
        By how many kept places each demand row is covered, int32 (n_demand,), for backup coverage. None: once
        where ``cost_already`` is within the cutoff.
    capacity
        How much weight each candidate can serve, int64 (n_candidates,), millionths.
    price
        What each candidate costs, not negative, int64 (n_candidates,), in whole units of money.
    forced, forbidden
        Numbers of candidates that must, or must not, be chosen.
    """

    reach: Reach
    weight: NDArray[np.int64]
    cost_already: NDArray[np.int32] | None = None
    times_already: NDArray[np.int32] | None = None
    capacity: NDArray[np.int64] | None = None
    price: NDArray[np.int64] | None = None
    forced: tuple[int, ...] = ()
    forbidden: tuple[int, ...] = ()

    @property
    def total_weight(self) -> int:
        """The weight of all demand, millionths."""
        return int(self.weight.sum(dtype=np.int64))


@dataclass(frozen=True)
class Question:
    """What is asked.

    Attributes
    ----------
    kind
        ``mclp``: cover as much weight as possible with ``p`` sites or a budget. ``lscp``: cover all with as few sites,
        or as little money, as possible. ``p_median``: the least sum of weight times travel time. ``p_center``: the
        least travel time of whoever has the longest. ``backup``: weight covered once and again, both count.
        ``capacitated``: as ``mclp``, but a site serves no more than its capacity.
    p
        How many sites at most, forced ones counted.
    budget
        How much money at most, forced ones counted; needs prices.
    cutoff
        Ticks; covered means that the cost is not greater. None: whatever the reach holds.
    beyond
        For ``p_median``: ticks counted for demand that has no site nearer than that. None: one tick more than the
        largest cost in the reach.
    second_per_mille
        For ``backup``: what a second cover counts, in thousandths; a first one counts the rest. At most 500.
    alternatives
        How many other, nearly as good choices are wanted.
    exact
        Whether a proof is asked for, beyond the bound that the greedy choice has of itself.
    gap
        A proof may stop once bound and objective are this share apart.
    """

    kind: Kind
    p: int | None = None
    budget: int | None = None
    cutoff: int | None = None
    beyond: int | None = None
    second_per_mille: int = 500
    alternatives: int = 5
    exact: bool = True
    gap: float = 0.0


def check(sites: Sites, question: Question) -> None:
    """Refuse what cannot be asked.

    Raises
    ------
    ParameterError
        No candidate, more than the limits allow, shapes that do not fit, a value out of its range, a contradiction.
    """
    _check_sizes(sites)
    _check_values(sites)
    _check_question(sites, question)
    _check_wishes(sites, question)


def _refuse(message: str, parameter: str) -> None:
    raise ParameterError(message, parameter=parameter)


def _check_sizes(sites: Sites) -> None:
    reach, count = sites.reach, sites.reach.place_count
    if count <= 0:
        _refuse("There is no candidate: name at least one site that could be a place.", "candidates")
    if count > MAX_CANDIDATES:
        _refuse(
            f"There are {count:,} candidates, at most {MAX_CANDIDATES:,} are taken: ask for one district, or only for "
            "sites whose hosts can be asked.",
            "candidates",
        )
    if len(reach.demand) > MAX_ENTRIES:
        _refuse(
            f"The candidates reach {len(reach.demand):,} rows of demand in all, at most {MAX_ENTRIES:,} are taken: "
            "lower the cutoff, or take fewer candidates.",
            "candidates",
        )
    if not (reach.first[0] == 0 and reach.first[-1] == len(reach.demand) == len(reach.cost)):
        _refuse(f"The reach has {len(reach.demand):,} entries, but its rows end at {int(reach.first[-1]):,}.", "reach")
    if np.any(np.diff(reach.first) < 0):
        _refuse("The rows of the reach do not follow each other: its beginnings must not fall.", "reach")
    for name, array, length in (
        ("weight", sites.weight, reach.demand_count), ("cost_already", sites.cost_already, reach.demand_count),
        ("times_already", sites.times_already, reach.demand_count),
        ("capacity", sites.capacity, count), ("price", sites.price, count),
    ):  # fmt: skip
        if array is not None and array.shape != (length,):
            _refuse(f"{name} has the shape {array.shape}, it must be ({length},).", name)


def _check_values(sites: Sites) -> None:
    reach = sites.reach
    if len(reach.demand) and not (int(reach.demand.min()) >= 0 and int(reach.demand.max()) < reach.demand_count):
        _refuse(f"The reach names demand outside 0 to {reach.demand_count - 1}.", "reach")
    for name, array in (
        ("cost", reach.cost), ("weight", sites.weight), ("cost_already", sites.cost_already),
        ("times_already", sites.times_already), ("capacity", sites.capacity), ("price", sites.price),
    ):  # fmt: skip
        if array is not None and len(array) and int(array.min()) < 0:
            _refuse(f"{name} has a negative value, {int(array.min())}; none may be less than 0.", name)
    total = sum(int(part) for part in (sites.weight >> 31).sum(keepdims=True)) << 31
    if total > MAX_TOTAL_WEIGHT:
        _refuse(
            f"The weights sum to about {total:,} millionths, at most {MAX_TOTAL_WEIGHT:,} are taken: use larger units.",
            "weight",
        )


def _check_question(sites: Sites, question: Question) -> None:
    kind = question.kind
    if kind not in KINDS:
        _refuse(f"{kind!r} is not known; known are {', '.join(KINDS)}.", "kind")
    if kind == "lscp":
        if question.p is not None or question.budget is not None:
            _refuse("lscp finds how many sites it takes, so it takes neither p nor budget: ask mclp for those.", "p")
    elif question.p is None and question.budget is None:
        _refuse(f"{kind} needs p, the number of sites, or a budget.", "p")
    if kind == "p_center" and question.budget is not None:
        _refuse("p_center takes p alone, no budget.", "budget")
    if question.budget is not None and sites.price is None:
        _refuse("A budget needs the price of every candidate.", "budget")
    if kind == "capacitated" and sites.capacity is None:
        _refuse("capacitated needs the capacity of every candidate: ask mclp where there is none.", "capacity")
    for name, value, low, high in (
        ("p", question.p, 0, None), ("budget", question.budget, 0, None), ("cutoff", question.cutoff, 0, None),
        ("beyond", question.beyond, 0, UNREACHED), ("second_per_mille", question.second_per_mille, 0, 500),
        ("alternatives", question.alternatives, 0, 1000), ("gap", question.gap, 0, 1),
    ):  # fmt: skip
        if value is not None and (value < low or (high is not None and value > high)):
            limit = f"at least {low}" if high is None else f"between {low} and {high}"
            _refuse(f"{name} is {value}, it must be {limit}.", name)


def _check_wishes(sites: Sites, question: Question) -> None:
    count = sites.reach.place_count
    for name, wish in (("forced", sites.forced), ("forbidden", sites.forbidden)):
        outside = [number for number in wish if not 0 <= number < count]
        if outside:
            _refuse(f"{name} names candidate {outside[0]}; there are 0 to {count - 1}.", name)
    both = sorted(set(sites.forced) & set(sites.forbidden))
    if both:
        _refuse(f"Candidate {both[0]} is both forced and forbidden: take it out of one of the two.", "forced")
    forced, free = len(set(sites.forced)), count - len(set(sites.forbidden))
    if question.p is not None and question.p < forced:
        _refuse(f"p is {question.p}, but {forced} candidates are forced, which count: ask for at least {forced}.", "p")
    if question.p is not None and question.p > free:
        _refuse(f"p is {question.p}, but only {free} candidates may be chosen: ask for at most {free}.", "p")
