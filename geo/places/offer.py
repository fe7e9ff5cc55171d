"""When a service is offered: by its hours, within its season; hours that nobody gave or can read are unknown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache

from geo.errors import HoursError
from geo.places.calendar import Calendar
from geo.places.hours import Assumed, Hours, Instant, Piece, State, horizon, local_time, look_ahead


class Offer:
    """Hours and a season as one; make it with :meth:`read`.

    Outside its season a service is closed, whatever its hours; where the season is unknown, so is all.

    Examples
    --------
    >>> from geo.places.hours import CHINA
    >>> offer = Offer.read("Mo-Su 09:00-17:00", "Jun-Aug")
    >>> state = offer.state(datetime(2026, 5, 31, 12, tzinfo=CHINA), Calendar.packaged())
    >>> state.kind, f"{state.next_open:%d %B %H:%M}"
    ('closed', '01 June 09:00')
    """

    def __init__(self, hours: Hours | None, season: Hours | None) -> None:
        self._hours = hours
        self._season = season

    @staticmethod
    @lru_cache(maxsize=1 << 14)
    def read(hours: str | None, season: str | None = None) -> Offer:
        """Read two expressions; equal pairs are read once.

        Parameters
        ----------
        hours
            None is unknown, and so is what cannot be read.
        season
            When it is offered at all; None is always.
        """
        months = None if season is None else _read(season)
        return Offer(None if hours is None or (season is not None and months is None) else _read(hours), months)

    def state(self, when: datetime, calendar: Calendar) -> State:
        """Tell what holds at an instant, which has its time zone."""
        local = local_time(when)
        return self.instant(local, calendar).state(local, self.assumed(local, calendar))

    def instant(self, local: datetime, calendar: Calendar) -> Instant:
        """Tell what holds at a naive local time."""
        if self._season is None:
            return _UNKNOWN if self._hours is None else self._hours.instant(local, calendar)
        opens = self._season.opens and self._hours is not None and self._hours.opens
        return look_ahead(self.steps(local, horizon(local), calendar), opens=opens)

    def steps(self, at: datetime, stop: datetime, calendar: Calendar) -> Iterator[Piece]:
        """Yield the times in which nothing changes, in order, without gaps; neighbours may be alike."""
        if self._season is None:
            yield from self._within(at, stop, calendar)
            return
        for piece in self._season.steps(at, stop, calendar):
            begin, end, kind, _ = piece
            if kind == "open":
                yield from self._within(begin, end, calendar)
            else:
                yield piece

    def assumed(self, local: datetime, calendar: Calendar) -> Assumed | None:
        """Say on which assumption the answer for a local time rests."""
        decides = self._hours
        if self._season is not None and self._season.instant(local, calendar).kind != "open":
            decides = self._season
        return None if decides is None else decides.assumed(local.date(), calendar)

    def _within(self, begin: datetime, end: datetime, calendar: Calendar) -> Iterator[Piece]:
        if self._hours is None:
            yield begin, end, "unknown", None
        else:
            yield from self._hours.steps(begin, end, calendar)


_UNKNOWN = Instant("unknown", None, None, None)


@lru_cache(maxsize=1 << 14)
def _read(expression: str) -> Hours | None:
    try:
        return Hours.parse(expression)
    except HoursError:
        return None
