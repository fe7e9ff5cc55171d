"""Stops on the way from here to there that cost the least detour, open when one gets there.

The detour of a stop s between a and b is cost(a, s) + cost(s, b) - cost(a, b), access legs to the door and back
included. With points on the way the stop may lie on any leg. Who rides an e-bike parks, walks to the door, walks back
to where it stands, and rides on. From a point to itself one need not go at all: such a leg costs nothing without a
stop, and the e-bike is there again at its end.

Stops are taken in order of a lower bound of their detour and reckoned exactly when their turn comes, so few are; for
all modes but the e-bike the bound is the detour itself.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.choosing.conditions import Conditions
from geo.choosing.openness import Openings
from geo.coords import LonLat
from geo.errors import OffNetworkError
from geo.finding.arrival import TICK_US, Departure, on_arrival, shut, states_on_arrival
from geo.finding.asking import AlongQuery
from geo.finding.visits import Leg, Piece, Sides, Visit
from geo.places.hours import State
from geo.places.model import Place
from geo.streets.graphs import access_ticks
from geo.streets.network import NO_WAY, TICKS_PER_S, StreetNetwork
from geo.streets.profiles import Mode
from geo.streets.routes import draw
from geo.streets.snapping import snap, snap_many

#: A short way to try, about 100 m.
_STEP_DEG: Final = 0.001


@dataclass(frozen=True, slots=True)
class Stop:
    """A place on the way.

    Attributes
    ----------
    number, place
        The place's number in the city, and the place.
    leg
        Between which points of the way it lies: 0 is the first leg.
    detour_s
        Travel time that it adds to the whole way, access legs to and from the door included, seconds.
    travel_s
        From the origin to the door, seconds.
    on_foot_s
        Of the way to the door and back to the e-bike, or on to the end of the last leg where it is left for good, what
        a rider walks, seconds; None for all other modes.
    arrival, states, state, opens_in_s
        As in :class:`~geo.finding.nearest.Nearest`.
    longest_stay_s
        How long one may stay and still be at the destination in time, seconds; None if no time was named.
    path_to, path_on
        The ways from the leg's beginning to the place and on to the leg's end, lon/lat, shapes (n, 2); None if they
        were not asked for.
    """

    number: int
    place: Place
    leg: int
    detour_s: float
    travel_s: float
    on_foot_s: float | None
    arrival: datetime | None
    states: tuple[State, ...]
    state: State | None
    opens_in_s: float | None
    longest_stay_s: float | None
    path_to: NDArray[np.float64] | None
    path_on: NDArray[np.float64] | None


@dataclass(frozen=True, slots=True)
class Journey:
    """The way without a stop, and the stops in order of (detour, id).

    Attributes
    ----------
    travel_s
        Of the whole way without a stop, access legs included, seconds; nothing from a point to itself.
    arrival
        At the destination without a stop; None without a time.
    paths
        The way of each leg, lon/lat, shapes (n, 2); none if they were not asked for.
    """

    query: AlongQuery
    travel_s: float
    arrival: datetime | None
    stops: tuple[Stop, ...]
    paths: tuple[NDArray[np.float64], ...] = ()


class Wayside:
    """Answers for one mode: the places beside the streets, in both directions of time.

    Parameters
    ----------
    places
        Ordered by id, so that equal detours are answered in order of id.
    conditions, openings
        Of the same places.
    """

    def __init__(
        self,
        network: StreetNetwork,
        mode: Mode,
        places: Sequence[Place],
        conditions: Conditions,
        openings: Openings,
    ) -> None:
        self._network = network
        self._mode = mode
        self._places = places
        self._conditions = conditions
        self._openings = openings
        lonlat = np.array([place.position for place in places], dtype=np.float64).reshape(-1, 2)
        self._sides = Sides(network, mode, snap_many(network, mode, lonlat, to_stay=True))

    def along(self, query: AlongQuery) -> Journey | None:
        """Answer a question; None if there is no way from the origin to the destination.

        Parameters
        ----------
        query
            Its mode is this one's.

        Raises
        ------
        OffNetworkError
            No street near one of the points.
        """
        network, mode = self._network, self._mode
        stations = (query.origin, *query.via, query.destination)
        points = [snap(network, mode, station) for station in stations[:-1]]
        lulls = [begin == end for begin, end in itertools.pairwise(stations)]  # there and back: no way without a stop
        points.append(points[-1] if lulls[-1] else snap(network, mode, stations[-1], to_stay=True))
        access = [int(ticks) for ticks in access_ticks(np.array([point.snap_m for point in points]))]
        slack = round(query.detour_s * TICKS_PER_S)
        legs = [
            Leg(self._sides, begin, end, last=i == len(points) - 2 and not lulls[i], slack=slack)
            for i, (begin, end) in enumerate(itertools.pairwise(points))
        ]
        if any(leg.direct >= NO_WAY for leg in legs):
            return None
        doors = [begin + end for begin, end in itertools.pairwise(access)]  # the access legs of both ends
        took = [0 if lull else leg.direct + both for lull, leg, both in zip(lulls, legs, doors, strict=True)]
        begins = list(itertools.accumulate(took, initial=0))
        departure, whole = Departure(query.when), begins[-1]
        if query.until is not None and query.when is not None:
            left_us = round(((query.until - query.when).total_seconds() - query.stay_s) * 1_000_000)
            slack = min(slack, left_us // TICK_US - whole)
        stops: list[Stop] = []
        saved = [one - both for one, both in zip(took, doors, strict=True)]
        for detour, number, at, visit in self._visits(legs, saved, self._conditions.passing(query.wanted), slack):
            if len(stops) == query.k:
                break
            if any(stop.number == number for stop in stops):
                continue
            ticks = begins[at] + access[at] + visit.to
            if shut(
                self._openings, query.open, query.wanted.services, number, departure.clock_us(ticks), query.open_for_s
            ):
                continue
            stops.append(self._stop(query, legs[at], at, number, visit, detour, ticks, departure, whole))
        paths = tuple(_drawn(network, (leg.way,)) for leg in legs) if query.paths else ()
        return Journey(query, whole / TICKS_PER_S, departure.time(whole), tuple(stops), paths)

    def warm(self) -> None:
        """Load all that a question may need, compiled code included, so that none waits for it."""
        for number in np.flatnonzero(self._sides.positions.edge >= 0).tolist():
            here = self._places[number].position
            try:
                self.along(AlongQuery(here, here, mode=self._mode, k=1))
                ahead = AlongQuery(here, LonLat(here.lon + _STEP_DEG, here.lat), mode=self._mode, k=1)
                self.along(ahead)
            except OffNetworkError:
                continue  # one walks there from where one parks, or lives at the edge of the city
            return

    def _visits(
        self, legs: Sequence[Leg], saved: Sequence[int], passing: NDArray[np.bool_], slack: int
    ) -> Iterator[tuple[int, int, int, Visit]]:
        """Yield (detour, facility, leg, visit) in this order, of facilities that pass and detours within the slack.

        Parameters
        ----------
        saved
            What each leg would cost from street to street without a visit, ticks: taken off.
        """
        waiting: list[tuple[int, int, int, bool]] = []
        exact: dict[tuple[int, int], Visit] = {}
        for at, leg in enumerate(legs):
            least = leg.bounds - saved[at]
            near = np.flatnonzero(passing & (least <= slack))
            waiting += [(int(least[number]), number, at, False) for number in near.tolist()]
        heapq.heapify(waiting)
        while waiting:
            detour, number, at, reckoned = heapq.heappop(waiting)
            if reckoned:
                yield detour, number, at, exact.pop((number, at))
                continue
            visit = legs[at].visit(number)
            if visit is not None and visit.tour - saved[at] <= slack:
                exact[number, at] = visit
                heapq.heappush(waiting, (visit.tour - saved[at], number, at, True))

    def _stop(
        self,
        query: AlongQuery,
        leg: Leg,
        at: int,
        number: int,
        visit: Visit,
        detour: int,
        ticks: int,
        departure: Departure,
        whole: int,
    ) -> Stop:
        place, services = self._places[number], query.wanted.services
        arrival, state, opens = on_arrival(self._openings, number, services, departure, ticks)
        stay_s = None
        if query.until is not None and query.when is not None:
            stay_s = (query.until - query.when).total_seconds() - (whole + detour) / TICKS_PER_S
        return Stop(
            number=number,
            place=place,
            leg=at,
            detour_s=detour / TICKS_PER_S,
            travel_s=ticks / TICKS_PER_S,
            on_foot_s=visit.on_foot / TICKS_PER_S if self._mode == "ebike" else None,
            arrival=arrival,
            states=states_on_arrival(self._openings, number, departure, ticks),
            state=state,
            opens_in_s=opens,
            longest_stay_s=stay_s,
            path_to=_drawn(self._network, visit.ways_to) if query.paths else None,
            path_on=_drawn(self._network, visit.ways_on) if query.paths else None,
        )


def _drawn(network: StreetNetwork, ways: tuple[Piece, ...]) -> NDArray[np.float64]:
    return np.concatenate([draw(network, piece.begin, piece.end_offset_m, piece.codes).lonlat for piece in ways])
