"""The k nearest places by travel time, from an exact position to an exact position."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from geo.coords import distance_m
from geo.finding.asking import NearestQuery
from geo.finding.openness import best_state, place_states
from geo.places.calendar import Calendar
from geo.places.hours import State
from geo.places.model import Place
from geo.streets.network import MAIN, TICKS_PER_S, StreetNetwork
from geo.streets.paths import Search, access_ticks, hang, route_m, route_shape
from geo.streets.profiles import Mode
from geo.streets.snapping import Position, Positions, snap, snap_many


@dataclass(frozen=True)
class Nearest:
    """One place of an answer.

    Attributes
    ----------
    place
        The place.
    travel_s
        From the point asked for to the place's entrance, access legs included, seconds.
    network_m
        The same way in metres, access legs included.
    straight_m
        Geodesic distance, metres.
    origin_access_m, place_access_m
        The straight legs at both ends, included in ``network_m``.
    path
        The way along the streets, lon/lat in degrees, shape (n, 2).
    arrival
        When one gets there; None if the question names no time.
    states
        What holds for each of the place's services then, in their order; empty without a time.
    """

    place: Place
    travel_s: float
    network_m: float
    straight_m: float
    origin_access_m: float
    place_access_m: float
    path: NDArray[np.float64]
    arrival: datetime | None = None
    states: tuple[State, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What was asked, where the asker stands, and the places in order of (travel time, id)."""

    query: NearestQuery
    origin: Position
    results: tuple[Nearest, ...]


class Finder:
    """Answers for one mode: the places hung on the streets once, searched as often as one likes.

    Parameters
    ----------
    places
        Ordered by id, so that equal times are answered in order of id.
    calendar
        Holidays that hours depend on.
    """

    def __init__(self, network: StreetNetwork, mode: Mode, places: Sequence[Place], calendar: Calendar) -> None:
        self._calendar = calendar
        self._network = network
        self._mode = mode
        self._places = places
        self._positions = _positions(network, mode, places)
        self._search = Search(network, mode, hang(network, mode, self._positions))

    @property
    def reachable(self) -> NDArray[np.bool_]:
        """Per place: stands on a street of the mode's main network."""
        edge = self._positions.edge
        return np.asarray((edge >= 0) & (self._network.arcs[self._mode].standing[edge] == MAIN))

    def nearest(self, query: NearestQuery, passes: NDArray[np.bool_]) -> Answer:
        """Answer a question.

        Parameters
        ----------
        query
            Its mode is this finder's.
        passes
            Per place, whether it has what is asked for, bool (n_places,).

        Raises
        ------
        OffNetworkError
            No street near the origin.
        """
        origin = snap(self._network, self._mode, query.origin)
        access = int(access_ticks(np.array([origin.snap_m]))[0])
        cutoff = round(query.cutoff_s * TICKS_PER_S) - access
        if cutoff < 0:
            return Answer(query, origin, ())
        results: list[Nearest] = []
        looked_at, wanted = 0, query.k if query.open == "any" else 4 * query.k
        while True:
            found = self._search.nearest(origin, passes, wanted, cutoff)
            numbers, costs = found.facility.tolist(), found.cost.tolist()
            for i in range(looked_at, len(numbers)):
                result = self._result(query, origin, numbers[i], access + costs[i], found.routes[i])
                if lets_in(result, query):
                    results.append(result)
            looked_at = len(numbers)
            if len(results) >= query.k or looked_at < wanted:
                return Answer(query, origin, tuple(results[: query.k]))
            wanted *= 4  # the nearest were closed: look farther

    def _result(
        self, query: NearestQuery, origin: Position, number: int, ticks: int, route: NDArray[np.int32]
    ) -> Nearest:
        place = self._places[number]
        goal_offset_m, goal_snap_m = float(self._positions.offset_m[number]), float(self._positions.snap_m[number])
        along_m = route_m(self._network, origin, goal_offset_m, route)
        arrival = None if query.when is None else query.when + timedelta(seconds=ticks / TICKS_PER_S)
        return Nearest(
            place=place,
            travel_s=ticks / TICKS_PER_S,
            network_m=origin.snap_m + along_m + goal_snap_m,
            straight_m=distance_m(query.origin, place.position),
            origin_access_m=origin.snap_m,
            place_access_m=goal_snap_m,
            path=route_shape(self._network, origin, goal_offset_m, route),
            arrival=arrival,
            states=() if arrival is None else place_states(place, arrival, self._calendar),
        )


def lets_in(result: Nearest, query: NearestQuery) -> bool:
    """Tell whether a place is open as the question wants it."""
    if query.open == "any":
        return True
    state = best_state(result.place, result.states, query.services)
    if state.kind == "unknown":
        return query.open == "arrival_or_unknown"
    return state.is_open and (state.minutes_left is None or state.minutes_left * 60 >= query.min_left_s)


def _positions(network: StreetNetwork, mode: Mode, places: Sequence[Place]) -> Positions:
    lonlat = np.array([place.position for place in places], dtype=np.float64).reshape(-1, 2)
    return snap_many(network, mode, lonlat)


class PlaceFilter:
    """Which places have what is asked for, by one lookup per word.

    Attributes
    ----------
    services, amenities
        The words that occur at all, most frequent first.
    """

    def __init__(self, places: Sequence[Place]) -> None:
        self._count = len(places)
        self._offering = _members(self._count, ((n, s.kind) for n, place in enumerate(places) for s in place.services))
        self._having = _members(
            self._count,
            ((n, kind) for n, p in enumerate(places) for kind, there in p.amenities.items() if there == "yes"),
        )
        self._in_operation = np.array([place.status == "open" for place in places], dtype=bool)
        self.services = tuple(self._offering)
        self.amenities = tuple(self._having)

    def passes(self, query: NearestQuery) -> NDArray[np.bool_]:
        """Return, per place: in operation, offers one of the services, and certainly has all the amenities."""
        nobody = np.zeros(self._count, dtype=bool)
        passing = np.full(self._count, not query.services)
        for kind in query.services:
            passing |= self._offering.get(kind, nobody)
        for amenity in query.amenities:
            passing &= self._having.get(amenity, nobody)
        return np.asarray(passing & self._in_operation)


def _members(count: int, pairs: Iterable[tuple[int, str]]) -> dict[str, NDArray[np.bool_]]:
    """Return, per word, which numbers it goes with; the most frequent word first."""
    members: dict[str, NDArray[np.bool_]] = {}
    for number, word in pairs:
        members.setdefault(word, np.zeros(count, dtype=bool))[number] = True
    return dict(sorted(members.items(), key=lambda item: (-int(item[1].sum()), item[0])))
