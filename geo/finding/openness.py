"""Whether a place lets one in at the moment of arrival."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import lru_cache
from typing import Final

from geo.errors import HoursError
from geo.places.calendar import Calendar
from geo.places.hours import Hours, State
from geo.places.model import Place, Service

#: Hours that nobody has given, or that nobody can read.
UNKNOWN: Final = State("unknown", None, None, None, None, None)
#: The best of several services is the first of these.
_BEST: Final = ("open", "closing_soon", "unknown", "closed")


def service_state(service: Service, when: datetime, calendar: Calendar) -> State:
    """Tell what holds for a service at an instant; hours that are missing or cannot be read are unknown.

    Parameters
    ----------
    when
        With its time zone.
    """
    if service.season is not None:
        season = _read(service.season)
        in_season = UNKNOWN if season is None else season.state(when, calendar)
        if not in_season.is_open:
            return in_season
    hours = None if service.hours is None else _read(service.hours)
    return UNKNOWN if hours is None else hours.state(when, calendar)


def place_states(place: Place, when: datetime, calendar: Calendar) -> tuple[State, ...]:
    """Tell what holds for each service of a place, in their order."""
    return tuple(service_state(service, when, calendar) for service in place.services)


def best_state(place: Place, states: Collection[State], kinds: Collection[str]) -> State:
    """Return the state of the wanted service (any, if none is named) that is open best and longest."""
    wanted = [s for service, s in zip(place.services, states, strict=True) if not kinds or service.kind in kinds]
    return min(wanted, key=_rank, default=UNKNOWN)


def _rank(state: State) -> tuple[int, float]:
    left = float("inf") if state.minutes_left is None else state.minutes_left
    return _BEST.index(state.kind), -left


@lru_cache(maxsize=1 << 14)
def _read(expression: str) -> Hours | None:
    try:
        return Hours.parse(expression)
    except HoursError:
        return None
