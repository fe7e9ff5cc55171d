"""Two moments set against each other, and seats set against the people who would sit on them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from geo.coverage.accessibility import Decay, alike, two_step
from geo.coverage.asking import CoverageQuery
from geo.coverage.demand import Demand
from geo.coverage.next_places import demand_rows
from geo.coverage.pieces import Area, area_at
from geo.coverage.planner import Coverage, Planner
from geo.coverage.reach import reach
from geo.coverage.stretches import Stretches
from geo.coverage.table import by_area, weight_by_area
from geo.errors import ParameterError
from geo.streets.graphs import hang
from geo.streets.snapping import Positions


@dataclass(frozen=True, eq=False)
class Lapse:
    """Who is within reach at one moment and no longer at another: at night, on a holiday.

    Attributes
    ----------
    query, then
        The question with its own moment, and the other moment.
    demand, areas
        Who is counted, by which areas.
    covered, covered_then
        How much is within reach at each, by area, millionths, int64 (n_areas + 1,).
    weight
        What is within reach at the first and not at the other, by area.
    streets
        Where that is.
    """

    query: CoverageQuery
    then: datetime
    demand: Demand
    areas: tuple[Area, ...]
    covered: NDArray[np.int64]
    covered_then: NDArray[np.int64]
    weight: NDArray[np.int64]
    streets: Stretches


def lapse(planner: Planner, query: CoverageQuery, then: datetime) -> Lapse:
    """Tell who is within reach at the question's moment, and not at another.

    Raises
    ------
    ParameterError
        The question has no moment, or does not ask for open places: nothing would lapse.
    """
    if query.when is None or query.open == "any":
        raise ParameterError(
            "a lapse compares two moments: give when, and open=certainly or open=perhaps", parameter="when"
        )
    one, other = planner.coverage(query), planner.coverage(replace(query, when=then))
    both = other.reached[0].union(one.reached[0])
    near = [other.points[0], other.points[0] | one.points[0]]
    weight = weight_by_area(
        one.demand, planner.layers.pieces, [other.reached[0], both], near, len(planner.layers.areas)
    )[1]
    gone = _within(one, one.reached[0].minus(other.reached[0]))
    return Lapse(query, then, one.demand, one.areas, one.weight[0], other.weight[0], weight, gone)


def _within(coverage: Coverage, part: Stretches) -> Stretches:
    return coverage.streets.within(part)


@dataclass(frozen=True, eq=False)
class Seats:
    """How many seats are left for how many people, when all who can reach a place share it.

    Attributes
    ----------
    query, demand, areas
        What was asked, of whom, by which areas.
    places, without
        How many places have a known number of seats, and how many count but have none that is known: they are left out.
    seats
        Of the former.
    weight
        Demand by area, millionths, int64 (n_areas + 1,).
    access
        Seats per unit of demand, mean over each area's demand, float64 (n_areas + 1,); NaN where there is none.
    reached
        How much of the demand reaches any of the seats, millionths.
    """

    query: CoverageQuery
    demand: Demand
    areas: tuple[Area, ...]
    places: int
    without: int
    seats: int
    weight: NDArray[np.int64]
    access: NDArray[np.float64]
    reached: int


def seats(planner: Planner, query: CoverageQuery, decay: Decay = alike) -> Seats | None:
    """Share out the seats of the places that count among those who reach them (2SFCA, or E2SFCA with a decay).

    A piece of street is judged at its middle. None: the question needs more memory than there is (see ``reach``).
    """
    ways, who, counts = planner.ways(query.mode), planner.who(query), planner.counted(query)
    known = np.array([place.capacity_seats or 0 for place in planner.places], dtype=np.int64)
    own = np.flatnonzero(counts & (known > 0) & (ways.positions.edge >= 0))
    rows, weight = demand_rows(planner, who)
    at = ways.positions
    there = Positions(at.edge[own], at.offset_m[own], at.snap_m[own], at.lonlat[own])
    found = reach(ways.back, hang(ways.back, rows), there, query.cutoff)
    if found is None:
        return None
    access = two_step(found, known[own], weight / 1e6, decay).access
    area, count = area_at(planner.layers.pieces, rows.edge, rows.offset_m), len(planner.layers.areas)
    total = by_area(weight, area, count)
    sums = np.zeros(count + 1)
    np.add.at(sums, area, access * weight)
    with np.errstate(invalid="ignore"):
        mean = np.where(total > 0, sums / np.maximum(total, 1), np.nan)
    return Seats(
        query, who, planner.layers.areas, len(own), int(counts.sum()) - len(own), int(known[own].sum()), total, mean,
        int(weight[access > 0].sum()),
    )  # fmt: skip
