"""Answers a planner's questions of one city: who is within reach, who is not, why, and at which hours."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from threading import Lock
from typing import Final, Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from geo.choosing.conditions import Conditions
from geo.choosing.openness import Openings
from geo.coverage.asking import CoverageQuery, Layer
from geo.coverage.costs import costs_at
from geo.coverage.counting import counted, counted_at, remedies
from geo.coverage.demand import Demand
from geo.coverage.equity import TravelEquity, travel_equity
from geo.coverage.layers import Layers
from geo.coverage.pieces import Area, length_mm
from geo.coverage.profiles import read_profiles
from geo.coverage.reach import middles
from geo.coverage.scenario import Close
from geo.coverage.sets import covered_by_sets
from geo.coverage.straight import Circles, Ground
from geo.coverage.stretches import Stretches, reached, streets_of
from geo.coverage.table import weight_by_area
from geo.coverage.whatif import WhatIf
from geo.errors import ParameterError
from geo.places.calendar import Calendar
from geo.places.hours import CHINA
from geo.places.model import Place
from geo.streets.fields import Field, closing, make_field
from geo.streets.graphs import Graph, Leaves, graph, hang
from geo.streets.network import TICKS_PER_S, StreetNetwork
from geo.streets.profiles import WALK_KMH, Mode
from geo.streets.snapping import Positions, snap_many

#: What a stretch or a person is: covered, or not, and then by the cheapest remedy why not.
State = Literal["covered", "closed", "unverified", "missing", "severed", "nothing"]
STATES: Final[tuple[State, ...]] = get_args(State)
#: The circle by which stations have been counted: "within 1 km" of the national programme of 2023.
CIRCLE_M: Final = 1000.0
HOURS: Final = 168
#: Who is there when, by layer: see ``profiles.csv``.
PROFILES: Final[Mapping[Layer, str]] = {"residents": "always", "street_length": "sanitation", "pickups": "couriers"}
#: The longest way round on a grid of streets, beside the straight line: whoever is nearer than this and still cannot
#: come in time is kept away by something.
GRID_DETOUR: Final = math.sqrt(2)
#: Longer ways are as good as none, seconds.
CAP_S: Final = 7200
#: So many fields are kept, each with what it reaches.
_KEPT: Final = 24

_Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Coverage:
    """Who is within reach at a moment, and why others are not.

    Attributes
    ----------
    query, demand, areas
        What was asked, of whom, by which areas.
    weight
        By state (:data:`STATES`) and area, millionths of the demand's unit, int64 (6, n_areas + 1); the last column
        is what lies in no area. Columns add up to the demand, exactly.
    circle
        How much lies within :data:`CIRCLE_M` of a place that counts, as the crow flies, by area; int64 (n_areas + 1,).
    streets
        The streets that count for the mode.
    reached
        What is reached from where: covered first, then as far as each reason would bring it, each within the next;
        five of them.
    facilities
        Which places count, bool (n_places,).
    points
        As ``reached``, which of the demand's points are reached, bool (n_points,) each.
    """

    query: CoverageQuery
    demand: Demand
    areas: tuple[Area, ...]
    weight: NDArray[np.int64]
    circle: NDArray[np.int64]
    streets: Stretches
    reached: tuple[Stretches, ...]
    facilities: _Mask
    points: tuple[_Mask, ...]

    def stretches(self, state: State) -> Stretches:
        """Return the streets of a state; those of all states are all the streets, without overlap."""
        number = STATES.index(state)
        within = self.streets if number == len(STATES) - 1 else self.streets.within(self.reached[number])
        return within if number == 0 else within.minus(self.reached[number - 1])


@dataclass(frozen=True, eq=False)
class Week:
    """Who is within reach at each hour of a week.

    Attributes
    ----------
    query, demand, areas
        What was asked, of whom, by which areas.
    monday
        The first day.
    covered
        By hour and area, millionths of the demand's unit, int64 (168, n_areas + 1).
    total
        By area, int64 (n_areas + 1,).
    openings
        How many different sets of open places there are in the week.
    """

    query: CoverageQuery
    demand: Demand
    areas: tuple[Area, ...]
    monday: date
    covered: NDArray[np.int64]
    total: NDArray[np.int64]
    openings: int

    @property
    def worker_hours(self) -> tuple[int, int]:
        """Hours of a week that are spent within reach, and all that are spent: thousandths of millionths, exact.

        Each hour counts as many as the demand's profile says are there.
        """
        there = self.demand.profile.per_mille.astype(object)
        return int((self.covered.sum(axis=1).astype(object) * there).sum()), int(self.total.sum()) * int(there.sum())


class Loss(NamedTuple):
    """What closing one place would cost: its number, and how much loses its cover, millionths of the unit."""

    number: int
    weight: int


class _Ways(NamedTuple):
    """One mode's streets and all places on them."""

    streets: Graph
    back: Graph
    leaves: Leaves
    positions: Positions
    counted: Stretches


class Planner:
    """Answers for one city; threads may share it.

    Parameters
    ----------
    network, places, conditions, openings, calendar
        The city's; places are ordered by id.
    layers
        Who is where.
    ground
        The streets on a metric plane, for straight lines.
    closed
        Which streets are closed to everybody, bool (n_edges,); None: none. They are counted all the same.

    Attributes
    ----------
    lonlat
        Where the places are, degrees, float64 (n_places, 2).
    """

    def __init__(
        self,
        network: StreetNetwork,
        places: Sequence[Place],
        conditions: Conditions,
        openings: Openings,
        calendar: Calendar,
        layers: Layers,
        ground: Ground,
        closed: _Mask | None = None,
    ) -> None:
        self.network = network
        self.lonlat = np.array([place.position for place in places], dtype=np.float64).reshape(-1, 2)
        self._conditions = conditions
        self._openings = openings
        self._calendar = calendar
        self.places = tuple(places)
        self.layers = layers
        self.circles = Circles(ground, self.lonlat)
        self._closed = closed
        self.length_mm = length_mm(network)
        self._ways: dict[Mode, _Ways] = {}
        self._kept: OrderedDict[tuple[Mode, int, bytes], tuple[Field, Stretches]] = OrderedDict()
        self._lock = Lock()

    def coverage(self, query: CoverageQuery, demand: Demand | None = None) -> Coverage:
        """Tell who is within reach, who is not, and why.

        Parameters
        ----------
        query
            The question.
        demand
            Who is counted; None: the layer that the question names.
        """
        who = demand or self.who(query)
        ways, masks = self.ways(query.mode), remedies(self._conditions, self._openings, query)
        found = [self.field(query.mode, query.cutoff, mask) for mask in masks]
        parts = [part for _, part in found]
        parts.append(parts[-1].union(self.circles.reached(masks[1], self._straight_m(query))))
        points, near = self._points(query, who, masks, [field for field, _ in found])
        count = len(self.layers.areas)
        circle = weight_by_area(who, self.layers.pieces, [self.circles.reached(masks[0], CIRCLE_M)], [near], count)[0]
        weight = weight_by_area(who, self.layers.pieces, parts, points, count)
        return Coverage(
            query, who, self.layers.areas, weight, circle, ways.counted, tuple(parts), masks[0], tuple(points)
        )

    def week(
        self,
        query: CoverageQuery,
        monday: date,
        demand: Demand | None = None,
        stop: Callable[[], bool] = lambda: False,
    ) -> Week | None:
        """Tell who is within reach at each hour of a week; None if it was stopped.

        A place counts at an hour if it does at its first minute; ``when`` of the question does not matter.

        Raises
        ------
        ParameterError
            The first day is no Monday: the demand's profile would be that of other days.
        """
        if monday.weekday() != 0:
            raise ParameterError(
                f"week={monday.isoformat()} is no Monday, and weeks begin on one; give "
                f"week={(monday - timedelta(days=monday.weekday())).isoformat()}",
                parameter="week",
            )
        who = demand or self.who(query)
        begin = datetime.combine(monday, time(), tzinfo=CHINA)
        hours = [begin + timedelta(hours=hour) for hour in range(HOURS)]
        open_ = counted_at(self._conditions, self._openings, query, hours)
        sets, of_hour = np.unique(open_, axis=0, return_inverse=True)
        ways, count = self.ways(query.mode), len(self.layers.areas)
        on_streets, counting = (ways.streets, ways.back, ways.leaves), (who, self.layers.pieces, count)
        covered = covered_by_sets(on_streets, self._closed, query.cutoff, self.length_mm, sets, counting, stop)
        if covered is None:
            return None
        return Week(query, who, self.layers.areas, monday, covered[of_hour.ravel()], who.by_area(count), len(sets))

    def backup(self, query: CoverageQuery, demand: Demand | None = None) -> tuple[Loss, ...]:
        """Tell for each place that counts who would lose cover if it closed, the greatest loss first."""
        what_if = self.what_if(query, demand)
        numbers = np.flatnonzero(self.counted(query)).tolist()
        lost = [what_if.effect([Close(self.places[n].id)]).weight_lost.sum() for n in numbers]
        losses = [Loss(number, int(weight)) for number, weight in zip(numbers, lost, strict=True)]
        return tuple(sorted(losses, key=lambda loss: (-loss.weight, loss.number)))

    def what_if(self, query: CoverageQuery, demand: Demand | None = None) -> WhatIf:
        """Return one question, kept ready for edits."""
        ways, who = self.ways(query.mode), demand or self.who(query)
        return WhatIf(
            self.network,
            self.places,
            self._calendar,
            (ways.streets, ways.back, ways.leaves),
            self.length_mm,
            query,
            self.counted(query),
            (who, self.layers.pieces, len(self.layers.areas)),
            self._closed,
        )

    def counted(self, query: CoverageQuery) -> _Mask:
        """Return which places count, bool (n_places,)."""
        return counted(self._conditions, self._openings, query)

    def who(self, query: CoverageQuery) -> Demand:
        """Return the layer that a question names, there at the hours at which such people are there."""
        return self.layers.demand(query.layer, query.mode, read_profiles()[PROFILES[query.layer]])

    def equity(self, query: CoverageQuery, demand: Demand | None = None) -> TravelEquity:
        """Tell how travel time to the nearest place that counts is spread over the demand.

        A piece of street is judged at its middle; who needs longer than :data:`CAP_S`, or cannot get to any place,
        counts as needing so long.
        """
        who, ways = demand or self.who(query), self.ways(query.mode)
        mask = self.counted(query)
        field, _ = self.field(query.mode, query.cutoff, mask)
        at, points = middles(self.network, self.layers.pieces), who.points
        cost = costs_at(
            ways.streets, ways.leaves, field,
            np.concatenate([at.edge, points.edge]),
            np.concatenate([at.offset_m, points.offset_m]),
            np.concatenate([np.zeros(len(at.edge), dtype=np.int32), points.access]),
            mask,
        )  # fmt: skip
        weight = np.concatenate([who.piece_weight, points.weight])
        return travel_equity(cost, weight, cap=CAP_S * TICKS_PER_S)

    def ways(self, mode: Mode) -> _Ways:
        """Return a mode's streets with all places on them."""
        with self._lock:
            if mode not in self._ways:
                streets, back = graph(self.network, mode), graph(self.network, mode, "from_facility")
                positions = snap_many(self.network, mode, self.lonlat, to_stay=True)
                leaves = hang(streets, positions)
                if self._closed is not None:
                    streets, back = closing(streets, self._closed), closing(back, self._closed)
                self._ways[mode] = _Ways(streets, back, leaves, positions, streets_of(self.network, mode))
            return self._ways[mode]

    def field(self, mode: Mode, cutoff: int, mask: _Mask) -> tuple[Field, Stretches]:
        """Return the time to the nearest of the marked places, and what is within a cutoff of them."""
        key = (mode, cutoff, np.packbits(mask).tobytes())
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        ways = self.ways(mode)
        field = make_field(ways.back, ways.leaves, mask, self._closed)
        found = field, reached(ways.streets, ways.leaves, field, cutoff, self.length_mm, mask)
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return found

    def _points(
        self, query: CoverageQuery, who: Demand, masks: Sequence[_Mask], fields: Sequence[Field]
    ) -> tuple[list[_Mask], _Mask]:
        """Return which of the demand's points are reached in each way, and which lie in a circle."""
        if not len(who.points.weight):
            none = np.zeros(0, dtype=bool)
            return [none] * (len(masks) + 1), none
        reach = [
            self._point_costs(query.mode, who, field, mask) <= query.cutoff
            for mask, field in zip(masks, fields, strict=True)
        ]
        where = self.network.points_at(who.points.edge, who.points.offset_m)
        severed = reach[-1] | (self.circles.distance_m(where, masks[1]) <= self._straight_m(query))
        return [*reach, severed], self.circles.distance_m(where, masks[0]) <= CIRCLE_M

    def _point_costs(self, mode: Mode, who: Demand, field: Field, mask: _Mask) -> NDArray[np.int32]:
        ways, points = self.ways(mode), who.points
        return costs_at(ways.streets, ways.leaves, field, points.edge, points.offset_m, points.access, mask)

    def _straight_m(self, query: CoverageQuery) -> float:
        """How far one would come on foot, as the crow flies, on any grid of streets without an obstacle."""
        return query.cutoff_s * WALK_KMH / 3.6 / GRID_DETOUR
