"""The k nearest places by travel time, from an exact position to an exact position, and why not a nearer one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.choosing.conditions import Conditions, Failure
from geo.choosing.openness import Openings, failure
from geo.coords import LonLat, distance_m
from geo.errors import OffNetworkError
from geo.finding.arrival import Departure, on_arrival, shut, states_on_arrival
from geo.finding.asking import NearestQuery
from geo.places.hours import State
from geo.places.model import Place
from geo.streets.graphs import graph, hang
from geo.streets.hierarchy import Hierarchy
from geo.streets.hubs import Hubs
from geo.streets.labels import make_labels
from geo.streets.network import MAIN, TICKS_PER_S, StreetNetwork
from geo.streets.paths import Search, Stream, Workspaces
from geo.streets.profiles import ACCESS_M_PER_S, Mode
from geo.streets.routes import lengths_m, lines, parked_at
from geo.streets.snapping import Position, snap, snap_many


class Nearest(NamedTuple):
    """One place of an answer.

    Attributes
    ----------
    number, place
        The place's number in the city, and the place.
    travel_s
        From the point asked for to the place's entrance, access legs included, seconds.
    network_m
        The same way in metres, access legs included.
    straight_m
        Geodesic distance, metres.
    origin_access_m, place_access_m
        The straight legs at both ends, included in ``network_m``; they are walked.
    on_foot_m
        Metres of ``network_m`` that a rider walks at the end, having parked, the access leg included; None: one walks
        or drives all the way.
    parked
        Where the rider parks; None: as above.
    path
        The way along the streets, lon/lat in degrees, shape (n, 2); None if it was not asked for.
    arrival
        When one gets there; None if the question names no time.
    states
        What holds for each of the place's services then, in their order; empty without a time.
    state
        What holds for the place as it is wanted: the best of its states; None without a time.
    opens_in_s
        How long after the arrival it opens, 0 if it is open, None if that is not known or there is no time.
    """

    number: int
    place: Place
    travel_s: float
    network_m: float
    straight_m: float
    origin_access_m: float
    place_access_m: float
    on_foot_m: float | None
    parked: LonLat | None
    path: NDArray[np.float64] | None
    arrival: datetime | None = None
    states: tuple[State, ...] = ()
    state: State | None = None
    opens_in_s: float | None = None


class PassedOver(NamedTuple):
    """A place that is nearer than the last result, and each condition that it fails.

    Attributes
    ----------
    place, travel_s, arrival, state, opens_in_s
        As in :class:`Nearest`; the state is the best of those that are wanted, or of all if it offers none of them.
    failures
        At least one.
    """

    place: Place
    travel_s: float
    failures: tuple[Failure, ...]
    arrival: datetime | None = None
    state: State | None = None
    opens_in_s: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What was asked, where the asker stands, and the places.

    Attributes
    ----------
    results
        In order of (travel time, id).
    passed_over
        Every place nearer than the last result, or within the cutoff if there are fewer results than asked for, that
        is not among them: in the same order, as many as the question wants.
    passed_count
        How many there are.
    """

    query: NearestQuery
    origin: Position
    results: tuple[Nearest, ...]
    passed_over: tuple[PassedOver, ...] = ()
    passed_count: int = 0


class Finder:
    """Answers for one mode: the places hung on the streets once, searched as often as one likes.

    Threads may share it.

    Parameters
    ----------
    places
        Ordered by id, so that equal times are answered in order of id.
    conditions, openings
        Of the same places.
    spaces
        Scratch arrays, shared with other finders.
    """

    def __init__(
        self,
        network: StreetNetwork,
        mode: Mode,
        places: Sequence[Place],
        conditions: Conditions,
        openings: Openings,
        spaces: Workspaces | None = None,
    ) -> None:
        self._network = network
        self._mode = mode
        self._places = places
        self._conditions = conditions
        self._openings = openings
        self._lonlat = np.array([place.position for place in places], dtype=np.float64).reshape(-1, 2)
        self._positions = snap_many(network, mode, self._lonlat, to_stay=True)
        streets = graph(network, mode)
        leaves = hang(streets, self._positions)
        self._search = Search(streets, leaves, spaces=spaces)

    @property
    def reachable(self) -> NDArray[np.bool_]:
        """Per place: stands on a street of the mode's main network."""
        edge = self._positions.edge
        return np.asarray((edge >= 0) & (self._network.standing(self._mode, to_stay=True)[edge] == MAIN))

    def quicken(self, hierarchy: Hierarchy | None = None, *, labels: bool = True) -> None:
        """Take some time and memory once, so that questions become look-ups; what is there already is not made again.

        Answers are the same before, during and after it.

        Parameters
        ----------
        hierarchy
            Of the mode's streets: the costs to all places are then met at their hubs, however far they are.
        labels
            Whether to keep the first few places of every crossing.
        """
        if hierarchy is not None and self._search.hubs is None:
            standing = self._network.standing(self._mode)
            self._search.hubs = Hubs(self._search.graph, self._search.leaves, hierarchy, standing)
        if labels and self._search.labels is None:
            self._search.labels = make_labels(self._network.arcs[self._mode], self._search.leaves)

    def warm(self) -> None:
        """Load all that a question may need, compiled code included, so that none waits for it."""
        reachable = np.flatnonzero(self.reachable)
        for number in reachable.tolist():
            try:
                origin = snap(self._network, self._mode, self._places[number].position)
            except OffNetworkError:
                continue  # one walks there from where one parks
            for paths in (True, False):
                self.nearest(NearestQuery(LonLat(origin.lon, origin.lat), k=1, mode=self._mode, paths=paths))
            for hubs in (None, self._search.hubs):
                stream = Search(self._search.graph, self._search.leaves, hubs=hubs).stream(origin, TICKS_PER_S)
                if stream.reach(1):
                    stream.route(0)
            return

    def nearest(self, query: NearestQuery) -> Answer:
        """Answer a question.

        Parameters
        ----------
        query
            Its mode is this finder's.

        Raises
        ------
        OffNetworkError
            No street near the origin.
        """
        origin = snap(self._network, self._mode, query.origin)
        access, departure = round(origin.snap_m / ACCESS_M_PER_S * TICKS_PER_S), Departure(query.when)
        stream = self._search.stream(origin, round(query.cutoff_s * TICKS_PER_S) - access)
        passing, exists = self._conditions.passing(query.wanted), self._conditions.exists
        timed = query.open != "any"
        taken: list[int] = []
        passed: list[int] = []
        i = 0
        while len(taken) < query.k and i < stream.reach(2 * i + 1):
            for number in stream.facility[i:]:
                if passing[number] and not (timed and self._shut(query, number, departure, access + stream.cost[i])):
                    taken.append(i)
                    if len(taken) == query.k:
                        break
                elif exists[number]:
                    passed.append(i)
                i += 1
        listed = passed if query.passed is None else passed[: query.passed]
        over = partial(self._passed_over, query, passing, departure)
        return Answer(
            query,
            origin,
            self._results(query, origin, departure, access, stream, taken),
            tuple([over(stream.facility[i], access + stream.cost[i]) for i in listed]),
            len(passed),
        )

    def _shut(self, query: NearestQuery, number: int, departure: Departure, ticks: int) -> bool:
        at_us = departure.clock_us(ticks)
        return shut(self._openings, query.open, query.wanted.services, number, at_us, query.min_left_s) is not None

    def _results(
        self,
        query: NearestQuery,
        origin: Position,
        departure: Departure,
        access: int,
        stream: Stream,
        taken: Sequence[int],
    ) -> tuple[Nearest, ...]:
        if not taken:
            return ()
        numbers, rides = np.array([stream.facility[i] for i in taken]), self._mode == "ebike"
        codes, start = stream.routes(taken)
        offsets_m, access_m = self._positions.offset_m[numbers], self._positions.snap_m[numbers].tolist()
        ways = (self._network, origin, offsets_m, codes, start)
        along_m, on_foot_m = (m.tolist() for m in lengths_m(*ways))
        paths = lines(*ways) if query.paths else None
        stands = parked_at(*ways).tolist() if rides else None
        results = []
        for n, number in enumerate(numbers.tolist()):
            place, ticks = self._places[number], access + stream.cost[taken[n]]
            arrival, state, opens = on_arrival(self._openings, number, query.wanted.services, departure, ticks)
            results.append(
                Nearest(
                    number=number,
                    place=place,
                    travel_s=ticks / TICKS_PER_S,
                    network_m=origin.snap_m + along_m[n] + access_m[n],
                    straight_m=distance_m(query.origin, place.position),
                    origin_access_m=origin.snap_m,
                    place_access_m=access_m[n],
                    on_foot_m=on_foot_m[n] + access_m[n] if rides else None,
                    parked=LonLat(*stands[n]) if stands else None,
                    path=paths[n] if paths else None,
                    arrival=arrival,
                    states=states_on_arrival(self._openings, number, departure, ticks),
                    state=state,
                    opens_in_s=opens,
                )
            )
        return tuple(results)

    def _passed_over(
        self, query: NearestQuery, passing: NDArray[np.bool_], departure: Departure, number: int, ticks: int
    ) -> PassedOver:
        failures = () if passing[number] else self._conditions.failures(number, query.wanted)
        arrival, state, opens = on_arrival(self._openings, number, query.wanted.services, departure, ticks)
        if "service" not in [failed.condition for failed in failures]:  # it has no hours for what it does not offer
            failures += _closed(query, state, arrival)
        return PassedOver(self._places[number], ticks / TICKS_PER_S, failures, arrival, state, opens)


def _closed(query: NearestQuery, state: State | None, arrival: datetime | None) -> tuple[Failure, ...]:
    """Say why a place is shut as any other condition is said to fail; nothing if it is not."""
    if query.open == "any" or state is None or arrival is None:
        return ()
    why = failure(state, arrival, query.min_left_s)
    if why is None or (why == "hours_unknown" and query.open == "arrival_or_unknown"):
        return ()
    found = "closed" if why == "closed" else None
    if why == "closes_too_soon" and state.until is not None:
        found = f"{int((state.until - arrival).total_seconds() // 60)}min"
    return (Failure("open", f"{query.min_left_s / 60:g}min", found),)
