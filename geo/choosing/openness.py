"""Whether a place lets one in at the moment of arrival."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cached_property
from operator import attrgetter
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from geo.places.calendar import Calendar
from geo.places.hours import CHINA, State
from geo.places.model import Place
from geo.places.offer import Offer
from geo.places.runs import Run, Runs

#: Hours that nobody has given, or that nobody can read.
UNKNOWN: Final = State("unknown", None, None, None, None, None)
#: Why a place does not let one in.
Failure = Literal["closed", "closes_too_soon", "hours_unknown"]
FAILURES: Final[tuple[Failure, ...]] = get_args(Failure)

_CLOSED, _TOO_SOON, _UNKNOWN = (FAILURES.index(failure) + 1 for failure in FAILURES)
_NEVER: Final = float("inf")
_S_US: Final = 1_000_000
_UNKNOWN_RUN: Final = Run("unknown", None, None, UNKNOWN, (1, _NEVER))
_RANK: Final = attrgetter("rank")


class Openings:
    """When the places of a city are open, asked often: each distinct pair of hours and season is evaluated once a day.

    Instants are numbers of :func:`~geo.places.runs.clock_us`, so that a question pays for its time zone once and an
    arrival is a sum: ``clock_us(when) + travel_us``. Threads may share it.

    Parameters
    ----------
    places
        They are asked for by their number in this order.

    Examples
    --------
    >>> from geo.coords import LonLat
    >>> from geo.places.model import Service
    >>> from geo.places.runs import clock_us
    >>> barber = Place("b", "Barber", LonLat(116.4, 39.9), "exact", (Service("haircut", "Fr 14:00-16:00"),), "seen")
    >>> openings = Openings([barber], Calendar.packaged())
    >>> arrival_us = clock_us(datetime(2026, 11, 27, 15, 45, 30, tzinfo=CHINA))
    >>> openings.best(0, arrival_us).minutes_left
    14
    >>> openings.failure(0, arrival_us, min_left_s=900)
    'closes_too_soon'
    """

    def __init__(self, places: Sequence[Place], calendar: Calendar) -> None:
        number: dict[tuple[str | None, str | None], int] = {}
        self._services = tuple(
            tuple((s.kind, number.setdefault((s.hours, s.season), len(number))) for s in place.services)
            for place in places
        )
        # services of a place often have the same hours: what is the same is looked up once
        self._offers = tuple(tuple(dict.fromkeys(offer for _, offer in services)) for services in self._services)
        self._runs = Runs([Offer.read(hours, season) for hours, season in number], calendar)

    def states(self, number: int, at_us: int) -> tuple[State, ...]:
        """Tell what holds for each service of a place, in their order."""
        at, services, offers = self._runs.at, self._services[number], self._offers[number]
        if len(offers) == 1:
            return (at(offers[0], at_us).state(at_us),) * len(services)
        return tuple([at(offer, at_us).state(at_us) for _, offer in services])

    def run(self, number: int, at_us: int, kinds: Collection[str] = ()) -> Run:
        """Return what holds for the best of the wanted services at an instant; of all, if none of those is offered."""
        offers = [offer for kind, offer in self._services[number] if kind in kinds] if kinds else None
        return self._best_of(offers or self._offers[number], at_us)

    def best(self, number: int, at_us: int, kinds: Collection[str] = ()) -> State:
        """Return the state of the wanted service (any, if none is named) that :func:`best_state` would choose."""
        return self._best(number, at_us, kinds).state(at_us)

    def failure(self, number: int, at_us: int, min_left_s: float, kinds: Collection[str] = ()) -> Failure | None:
        """Say why a place does not let one in, as :func:`failure` does of its best state."""
        run = self._best(number, at_us, kinds)
        if run.kind != "open":
            return "closed" if run.kind == "closed" else "hours_unknown"
        until_us = run.until_us
        return None if until_us is None or until_us - at_us >= min_left_s * _S_US else "closes_too_soon"

    def failures(self, at_us: Sequence[int], min_left_s: float, kinds: Collection[str] = ()) -> NDArray[np.uint8]:
        """Say of every place at several instants why it does not let one in.

        Returns
        -------
        uint8 (n_instants, n_places)
            0: it does; otherwise the position of the reason in :data:`FAILURES`, counted from 1.
        """
        until, unknown = self._runs.open_until(at_us)
        then = np.asarray(at_us, dtype=np.int64)
        everyone = np.empty((len(at_us), len(self._services)), dtype=np.uint8)
        for services, numbers in self._alike.items():
            own = [offer for kind, offer in services if not kinds or kind in kinds]
            if own:
                latest = until[own].max(axis=0)
                code = np.where(latest > 0, _TOO_SOON, np.where(unknown[own].any(axis=0), _UNKNOWN, _CLOSED))
                code[latest - then >= min_left_s * _S_US] = 0
            else:
                code = np.full(len(at_us), _UNKNOWN)
            everyone[:, numbers] = code[:, None]
        return everyone

    @cached_property
    def _alike(self) -> dict[tuple[tuple[str, int], ...], list[int]]:
        """Places by what they offer and when."""
        alike: dict[tuple[tuple[str, int], ...], list[int]] = {}
        for number, services in enumerate(self._services):
            alike.setdefault(services, []).append(number)
        return alike

    def _best(self, number: int, at_us: int, kinds: Collection[str]) -> Run:
        offers: Sequence[int] = self._offers[number]
        if kinds:
            offers = [offer for kind, offer in self._services[number] if kind in kinds]
        return self._best_of(offers, at_us)

    def _best_of(self, offers: Sequence[int], at_us: int) -> Run:
        at = self._runs.at
        if len(offers) == 1:
            return at(offers[0], at_us)
        return min([at(offer, at_us) for offer in offers], key=_RANK, default=_UNKNOWN_RUN)


def best_state(place: Place, states: Collection[State], kinds: Collection[str]) -> State:
    """Return the best state of the wanted services (any, if none is named).

    Open is better than unknown, and unknown than closed; of open ones the longest, to the second, of others the one
    that opens soonest; then the first.
    """
    wanted = [s for service, s in zip(place.services, states, strict=True) if not kinds or service.kind in kinds]
    return min(wanted, key=_rank, default=UNKNOWN)


def failure(state: State, arrival: datetime, min_left_s: float) -> Failure | None:
    """Say why one is not let in, or not for long enough; None: one is.

    Parameters
    ----------
    state
        What holds on arrival.
    arrival
        With its time zone.
    min_left_s
        How long it must certainly stay open, counted from the arrival to the microsecond, inclusive: who comes at
        16:45:00 to what closes at 17:00 has 900 s left, who comes half a second later has not.
    """
    if not state.is_open:
        return "closed" if state.kind == "closed" else "hours_unknown"
    return None if state.until is None or _seconds(arrival, state.until) >= min_left_s else "closes_too_soon"


def opens_in_s(state: State, arrival: datetime) -> float | None:
    """Return how long after the arrival it certainly opens, seconds: 0 if it is open; None: not within a year."""
    if state.is_open:
        return 0.0
    return None if state.next_open is None else _seconds(arrival, state.next_open)


def _seconds(begin: datetime, end: datetime) -> float:
    return (end - begin.astimezone(CHINA)).total_seconds()


def _rank(state: State) -> tuple[int, float]:
    if state.is_open:
        return 0, -_NEVER if state.until is None else -state.until.timestamp()
    return 1 + (state.kind == "closed"), _NEVER if state.next_open is None else state.next_open.timestamp()
