"""When one gets to a place, and what holds there then."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from geo.choosing.openness import Failure as Shut
from geo.choosing.openness import Openings
from geo.finding.asking import Openness
from geo.places.hours import CHINA, State
from geo.places.runs import clock_us
from geo.streets.network import TICKS_PER_S

#: A tick in microseconds.
TICK_US: Final = 1_000_000 // TICKS_PER_S


class Departure:
    """A time of setting out, or none; each time zone is paid for once.

    Examples
    --------
    >>> departure = Departure(datetime(2026, 11, 23, 12, 0, tzinfo=CHINA))
    >>> departure.time(90 * TICKS_PER_S).isoformat()
    '2026-11-23T12:01:30+08:00'
    """

    def __init__(self, when: datetime | None) -> None:
        self._when = None if when is None else when.astimezone(CHINA)
        self._us = 0 if self._when is None else clock_us(self._when)

    @property
    def timeless(self) -> bool:
        """Whether no time of setting out is given."""
        return self._when is None

    def time(self, ticks: int) -> datetime | None:
        """Return the time so many ticks later, in China's clock; None without a time of setting out."""
        return None if self._when is None else self._when + timedelta(microseconds=ticks * TICK_US)

    def clock_us(self, ticks: int) -> int:
        """Return the same as :class:`~geo.choosing.openness.Openings` want it; meaningless without a time."""
        return self._us + ticks * TICK_US


def shut(
    openings: Openings, openness: Openness, services: Collection[str], number: int, at_us: int, open_for_s: float
) -> Shut | None:
    """Say why a place does not let one in as it is wanted; None: it does.

    Parameters
    ----------
    services
        Any of these will do; none named: any that the place offers.
    open_for_s
        How long it must stay open, seconds.
    """
    if openness == "any":
        return None
    found = openings.failure(number, at_us, open_for_s, services)
    return None if found == "hours_unknown" and openness == "arrival_or_unknown" else found


def on_arrival(
    openings: Openings, number: int, services: Collection[str], departure: Departure, ticks: int
) -> tuple[datetime | None, State | None, float | None]:
    """Tell when one arrives, what holds then for the best of the wanted services, and in how long that one opens.

    Where none of the wanted services is offered, the best of all counts.
    """
    arrival = departure.time(ticks)
    if arrival is None:
        return None, None, None
    at_us = departure.clock_us(ticks)
    run = openings.run(number, at_us, services)
    return arrival, run.state(at_us), run.opens_in_s(at_us)


def states_on_arrival(openings: Openings, number: int, departure: Departure, ticks: int) -> tuple[State, ...]:
    """Tell what holds then for each service of a place, in their order; nothing without a time of setting out."""
    return () if departure.timeless else openings.states(number, departure.clock_us(ticks))
