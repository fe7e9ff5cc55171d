"""When a place is open: ``opening_hours`` expressions of OpenStreetMap, read with the calendar of China.

The grammar is evaluated by ``opening-hours-py`` (this module is its only door); what public holidays and make-up workdays mean
is decided in :mod:`geo.places.selectors` and :mod:`geo.places.calendar`. As the library has it, a rule for a day replaces
what earlier rules say of that calendar day, including what began on the eve: after ``22:00-06:00; Mo off`` the night to
Monday ends at midnight.

References
----------
https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property, lru_cache
from typing import Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

import opening_hours

from geo.coords import LonLat
from geo.errors import HoursError
from geo.places.calendar import Calendar
from geo.places.selectors import Selectors

Certainty = Literal["open", "closed", "unknown"]
Kind = Literal["open", "closing_soon", "closed", "unknown"]
#: Why an answer may be wrong although the hours are right: nobody says what holds on public holidays; nobody says what
#: holds on make-up workdays; the year's holidays are not announced yet.
Assumed = Literal["holiday", "makeup_workday", "no_notice"]

#: Where all of China's clocks are set.
CHINA: Final = ZoneInfo("Asia/Shanghai")
#: Longer expressions are refused.
MAX_LENGTH: Final = 1000
#: An open place is closing soon when this little is left.
CLOSING_SOON_MIN: Final = 30
#: Changes are looked for this far ahead.
HORIZON: Final = timedelta(days=366)
#: Sunrise and sunset are those of Beijing unless a position is given.
BEIJING: Final = LonLat(116.4, 39.9)

_MINUTE: Final = timedelta(minutes=1)
#: Expressions with these words need a place and a time zone; the others are faster without.
_SUN: Final = re.compile("sun(?:rise|set)|dawn|dusk", re.IGNORECASE)
_OPEN: Final = opening_hours.State.OPEN
_KINDS: Final[dict[opening_hours.State, Certainty]] = {
    _OPEN: "open",
    opening_hours.State.CLOSED: "closed",
    opening_hours.State.UNKNOWN: "unknown",
}


@dataclass(frozen=True, slots=True)
class State:
    """What holds at an instant.

    Attributes
    ----------
    until
        When it changes between open, closed and unknown, in China's time; None: not within a year.
    next_open
        If not open, when it next opens for certain; None: not within a year.
    minutes_left
        If open, whole minutes until it no longer certainly is; None: more than a year, or not open.
    comment
        The words that go with these hours, if any.
    assumed
        Why the answer rests on an assumption; None: it does not.
    """

    kind: Kind
    until: datetime | None
    next_open: datetime | None
    minutes_left: int | None
    comment: str | None
    assumed: Assumed | None

    @property
    def is_open(self) -> bool:
        """Whether it is open, be it not for long."""
        return self.kind in ("open", "closing_soon")


class Interval(NamedTuple):
    """A time in which nothing changes: from ``start`` until before ``end``, in China's time."""

    start: datetime
    end: datetime
    kind: Certainty
    comment: str | None


_Piece = tuple[datetime, datetime, Certainty, str | None]


class Instant(NamedTuple):
    """What holds at a local time; times are local and naive."""

    kind: Certainty
    until: datetime | None
    next_open: datetime | None
    comment: str | None


class Hours:
    """An expression, ready to be asked; make it with :meth:`parse`.

    Examples
    --------
    >>> hours = Hours.parse("Mo-Fr 09:00-17:00; PH off")
    >>> state = hours.state(datetime(2026, 10, 10, 16, 45, tzinfo=CHINA), Calendar.packaged())
    >>> state.kind, state.minutes_left, state.assumed  # a Saturday that is worked for the National Day holidays
    ('closing_soon', 15, 'makeup_workday')
    """

    def __init__(self, expression: str, position: LonLat) -> None:
        self.expression = expression
        self._zone = CHINA if _SUN.search(expression) else None
        self._position = position
        self._plain = self._compile(expression)
        self._selectors = Selectors(str(self._plain))
        nothing: frozenset[int] = frozenset()
        self._forms = {(nothing, nothing): self._plain}
        _ = self._selectors.found  # refuses what cannot be evaluated

    @staticmethod
    @lru_cache(maxsize=1 << 14)
    def parse(expression: str, position: LonLat = BEIJING) -> Hours:
        """Read an expression; equal ones are read once.

        Parameters
        ----------
        expression
            At most :data:`MAX_LENGTH` characters.
        position
            Where the sun rises and sets.

        Raises
        ------
        HoursError
            It is too long or not of the grammar, or needs a calendar that is not known here.
        """
        if len(expression) > MAX_LENGTH:
            raise HoursError(f"the hours have {len(expression):,} characters, more than {MAX_LENGTH:,}", parameter="hours")
        if not expression.strip() or "\0" in expression:
            raise HoursError("the hours are empty; leave them out if they are not known", parameter="hours")
        return Hours(expression, position)

    def state(self, when: datetime, calendar: Calendar) -> State:
        """Tell what holds at an instant.

        Parameters
        ----------
        when
            With its time zone.
        """
        local = local_time(when)
        found = self.instant(local, calendar)
        left = None
        if found.kind == "open" and found.until is not None:
            left = (found.until - local) // _MINUTE
        return State(
            kind="closing_soon" if left is not None and left < CLOSING_SOON_MIN else found.kind,
            until=_aware(found.until),
            next_open=_aware(found.next_open),
            minutes_left=left,
            comment=found.comment,
            assumed=self.assumed(local.date(), calendar),
        )

    def intervals(self, start: datetime, end: datetime, calendar: Calendar) -> Iterator[Interval]:
        """Yield the times between two instants in which nothing changes, in order, without gaps.

        Raises
        ------
        HoursError
            The end is more than 50 years after the start.
        """
        begin, stop = local_time(start), local_time(end)
        if stop - begin > 50 * HORIZON:
            raise HoursError("intervals are given for at most 50 years at a time", parameter="end")
        for since, until, kind, comment in self._pieces(begin, stop, calendar):
            yield Interval(since.replace(tzinfo=CHINA), until.replace(tzinfo=CHINA), kind, comment)

    def instant(self, local: datetime, calendar: Calendar) -> Instant:
        """Tell what holds at a naive local time; :meth:`state` for those who ask for thousands."""
        at, stop = local, local + HORIZON
        kind: Certainty | None = None
        until: datetime | None = None
        comment = ""
        while at < stop:
            hours, end = self._form(at, stop, calendar)
            state, words = hours.state(self._in_zone(at))
            found = _KINDS[state]
            if kind is None:
                kind, comment = found, words
            elif found != kind:
                until = until or at
                if "open" in (found, kind):
                    return Instant(kind, until, at if found == "open" else None, comment or None)
            change = hours.next_change(self._in_zone(at))
            at = end if change is None else min(end, change.replace(tzinfo=None))
        return Instant(kind or "unknown", until, None, comment or None)

    def _pieces(self, begin: datetime, stop: datetime, calendar: Calendar) -> Iterator[_Piece]:
        """Stretch by stretch, joined where nothing changes."""
        held: _Piece | None = None
        at = begin
        while at < stop:
            hours, until = self._form(at, min(stop, at + HORIZON), calendar)
            for since, end, found, words in hours.intervals(self._in_zone(at), self._in_zone(until)):
                piece = (since.replace(tzinfo=None), min(end.replace(tzinfo=None), until), _KINDS[found], words or None)
                if held is None:
                    held = piece
                elif held[2:] == piece[2:]:
                    held = (held[0], piece[1], held[2], held[3])
                else:
                    yield held
                    held = piece
            at = until
        if held is not None:
            yield held

    def _form(
        self, at: datetime, stop: datetime, calendar: Calendar
    ) -> tuple[opening_hours.OpeningHours, datetime]:
        """Return the form of the expression that is meant at a local time, and until when."""
        if not self._heeds_marks:
            return self._plain, stop
        end, holidays, makeup = calendar.stretch(at.date())
        key = (holidays, makeup)
        if key not in self._forms:
            self._forms[key] = self._compile(self._selectors.rewrite(holidays, makeup))
        return self._forms[key], min(stop, datetime.combine(end, time()))

    @cached_property
    def _heeds_marks(self) -> bool:
        return self._selectors.mentions_holidays or self._selectors.bound_to_workdays

    def _in_zone(self, local: datetime) -> datetime:
        return local if self._zone is None else local.replace(tzinfo=self._zone)

    def _compile(self, expression: str) -> opening_hours.OpeningHours:
        try:
            return opening_hours.OpeningHours(
                expression,
                timezone=self._zone,
                coords=None if self._zone is None else (self._position.lat, self._position.lon),
                auto_country=False,
                auto_timezone=self._zone is not None,
                max_interval_days=HORIZON.days,
            )
        except opening_hours.ParserError as error:
            where = " ".join(str(error).split())
            raise HoursError(
                f"{expression[:80]!r} is no opening_hours expression; such are Mo-Fr 09:00-17:00; PH off ({where[-120:]})",
                parameter="hours",
            ) from error

    def assumed(self, day: date, calendar: Calendar) -> Assumed | None:
        """Say on which assumption the hours of a day rest."""
        selectors = self._selectors
        if selectors.expression == "24/7":
            return None
        marked = calendar.marked(day)
        if marked is None:
            return "no_notice" if calendar.basis(day.year) != "notice" and self._heeds_marks else None
        if marked.kind == "holiday":
            return None if selectors.mentions_holidays else "holiday"
        return None if selectors.whole_week else "makeup_workday"


def local_time(when: datetime) -> datetime:
    """Return China's clock, without a zone, at an instant that has one."""
    if when.tzinfo is None:
        raise HoursError("`when` needs a time zone, e.g. 2026-10-01T09:00+08:00", parameter="when")
    return when.astimezone(CHINA).replace(tzinfo=None)


def _aware(local: datetime | None) -> datetime | None:
    return None if local is None else local.replace(tzinfo=CHINA)

