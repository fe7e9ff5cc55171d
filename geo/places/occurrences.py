"""When a service takes place: the times of its hours, dated, with the holidays of the calendar in them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from geo.places.calendar import Calendar
from geo.places.hours import CHINA, Assumed, local_time
from geo.places.model import Service
from geo.places.offer import Offer

_DAY: Final = timedelta(days=1)


class Occurrence(NamedTuple):
    """One time at which a service takes place, in China's time, and on which assumption that rests."""

    start: datetime
    end: datetime
    assumed: Assumed | None


class Occurrences(NamedTuple):
    """The times of a service, in order.

    Attributes
    ----------
    found
        Those that are known.
    known
        Whether the hours are known at all times that were asked about.
    always
        Whether some time is longer than a day: such a service is simply open, nothing that takes place.
    """

    found: tuple[Occurrence, ...]
    known: bool
    always: bool


def occurrences(service: Service, since: datetime, until: datetime, calendar: Calendar) -> Occurrences:
    """Return the times of a service that end after one instant and begin before another, both aware.

    A time is told whole, though it may have begun before or go on after.

    Examples
    --------
    >>> from geo.places.hours import CHINA
    >>> calendar = Calendar.packaged()
    >>> monday = datetime(2026, 11, 23, 12, tzinfo=CHINA)
    >>> haircut = Service("haircut", "Fr 14:00-16:00; PH off")
    >>> [f"{each.start:%d %B %H:%M}" for each in occurrences(haircut, monday, monday + timedelta(7), calendar).found]
    ['27 November 14:00']
    """
    offer = Offer.read(service.hours, service.season)
    begin, stop = local_time(since), local_time(until)
    spans: list[tuple[datetime, datetime]] = []
    known = True
    for start, end, kind, _ in offer.steps(begin - _DAY, stop + _DAY, calendar):
        known = known and (kind != "unknown" or end <= begin or start >= stop)
        if kind == "open":
            if spans and spans[-1][1] == start:
                spans[-1] = (spans[-1][0], end)
            else:
                spans.append((start, end))
    inside = [(start, end) for start, end in spans if end > begin and start < stop]
    found = [(start, end) for start, end in inside if end - start <= _DAY]
    told = (
        Occurrence(start.replace(tzinfo=CHINA), end.replace(tzinfo=CHINA), offer.assumed(start, calendar))
        for start, end in found
    )
    return Occurrences(tuple(told), known, always=len(found) < len(inside))
