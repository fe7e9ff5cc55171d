"""When a place is open: ``opening_hours`` expressions of OpenStreetMap, read with the calendar of China.

The grammar is evaluated by ``opening-hours-py`` (this module is its only door); what public holidays and make-up
workdays mean is decided in :mod:`geo.places.selectors` and :mod:`geo.places.calendar`, and that a night belongs to the
day on which it began in :mod:`geo.places.nights`: after ``22:00-06:00; Mo off`` it is open until six on Monday morning.

References
----------
https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

import opening_hours

from geo.coords import LonLat
from geo.errors import HoursError
from geo.places.calendar import Calendar
from geo.places.nights import take_apart
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
#: Changes are looked for this far ahead, from the day's midnight on: all day long the same ones are known.
HORIZON: Final = timedelta(days=366)
#: Sunrise and sunset are those of Beijing unless a position is given.
BEIJING: Final = LonLat(116.4, 39.9)

#: Years that can be asked about.
_YEARS: Final = (1950, 2199)
_MINUTE: Final = timedelta(minutes=1)
#: Expressions with these words need a place and a time zone; the others are faster without.
_SUN: Final = re.compile("sun(?:rise|set)|dawn|dusk", re.IGNORECASE)
_OPEN: Final = opening_hours.State.OPEN
_KINDS: Final[dict[opening_hours.State, Certainty]] = {
    _OPEN: "open",
    opening_hours.State.CLOSED: "closed",
    opening_hours.State.UNKNOWN: "unknown",
}


#: Of two layers that say different things the higher one is right.
_RANK: Final[dict[Certainty, int]] = {"closed": 0, "unknown": 1, "open": 2}


class State(NamedTuple):
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


#: From when until when what holds, and the words that go with it; times are local and naive.
Piece = tuple[datetime, datetime, Certainty, str | None]


class Instant(NamedTuple):
    """What holds at a local time; times are local and naive."""

    kind: Certainty
    until: datetime | None
    next_open: datetime | None
    comment: str | None

    def state(self, local: datetime, assumed: Assumed | None) -> State:
        """Return the same for callers: with minutes left, in China's time."""
        left = None
        if self.kind == "open" and self.until is not None:
            left = (self.until - local) // _MINUTE
        soon = left is not None and left < CLOSING_SOON_MIN
        kind: Kind = "closing_soon" if soon else self.kind
        return State(kind, aware(self.until), aware(self.next_open), left, self.comment, assumed)


class _Engine(NamedTuple):
    """How expressions are read: with a place under the sun, which takes a time zone, or faster without either."""

    position: LonLat | None

    def read(self, expression: str) -> opening_hours.OpeningHours:
        sunny = self.position is not None
        try:
            return opening_hours.OpeningHours(
                expression,
                timezone=CHINA if sunny else None,
                coords=None if self.position is None else (self.position.lat, self.position.lon),
                auto_country=False,
                auto_timezone=sunny,
                max_interval_days=HORIZON.days + 2,  # it counts whole days, and may be asked a day late
            )
        except opening_hours.ParserError as error:  # type: ignore[attr-defined]  # missing in its stubs
            raise HoursError(
                f"{expression[:80]!r} is no opening_hours expression; such are: Mo-Fr 09:00-17:00; PH off",
                parameter="hours",
            ) from error


class _Layer:
    """An expression in the forms that it takes by the calendar, evaluated some days late: 0, or 1 for nights."""

    def __init__(self, engine: _Engine, plain: opening_hours.OpeningHours, whole: Selectors, days: int) -> None:
        self._engine = engine
        self._plain = plain
        self._whole = whole
        own = str(plain)
        self._own = whole if own == whole.expression else Selectors(own)
        self._late = timedelta(days=days)
        self._forms: dict[tuple[frozenset[int], frozenset[int]], opening_hours.OpeningHours] = {}

    def step(self, at: datetime, calendar: Calendar) -> tuple[Certainty, str | None, datetime]:
        """Tell what holds at a local time, and until when at least."""
        then = at - self._late
        form, stop = self._plain, self.limit(then, calendar)
        if self._whole.heeds_marks:
            _, holidays, makeup = calendar.stretch(then.date())
            if holidays or makeup:
                form = self._form(holidays, makeup)
        if self._engine.position is None:
            _, until, state, words = next(form.intervals(then, stop))
        else:
            _, until, state, words = next(form.intervals(then.replace(tzinfo=CHINA), stop.replace(tzinfo=CHINA)))
            until = until.replace(tzinfo=None)
        return _KINDS[state], words or None, min(until, stop) + self._late

    def limit(self, then: datetime, calendar: Calendar) -> datetime:
        """Return until when one form of the expression can be asked at most."""
        if self._whole.heeds_marks:
            return datetime.combine(calendar.stretch(then.date()).end, time())
        return then + HORIZON

    def _form(self, holidays: frozenset[int], makeup: frozenset[int]) -> opening_hours.OpeningHours:
        key = (holidays, makeup)
        if key not in self._forms:
            bound = self._whole.bound_to_workdays
            close = bound and not self._whole.mentions_holidays
            self._forms[key] = self._engine.read(self._own.rewrite(holidays, makeup, bound=bound, close=close))
        return self._forms[key]


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
        engine = _Engine(position if _SUN.search(expression) else None)
        plain = engine.read(expression)
        self._selectors = Selectors(str(plain))
        if "H" in self._selectors.expression:
            _ = self._selectors.found  # refuses holidays that are not known here
        halves = take_apart(self._selectors.expression)
        if halves is None:
            self._layers: tuple[_Layer, ...] = (_Layer(engine, plain, self._selectors, 0),)
        else:
            read = [engine.read(half) for half in halves]
            self._layers = tuple(_Layer(engine, half, self._selectors, days) for days, half in enumerate(read))
        # open and closed take turns, and nothing else changes
        self._simple = halves is None and '"' not in expression and "unknown" not in self._selectors.expression

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
            raise HoursError(f"hours of {len(expression):,} characters; at most {MAX_LENGTH:,}", parameter="hours")
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
        return self.instant(local, calendar).state(local, self.assumed(local.date(), calendar))

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
        stop = horizon(local)
        if self._simple:
            kind, _, change = self._layers[0].step(local, calendar)
            if change < min(stop, self._layers[0].limit(local, calendar)):
                return Instant(kind, change, None if kind == "open" else change, None)
        return look_ahead(self.steps(local, stop, calendar), opens=self.opens)

    @property
    def opens(self) -> bool:
        """Whether any rule opens for certain."""
        return self._selectors.opens

    def steps(self, at: datetime, stop: datetime, calendar: Calendar) -> Iterator[Piece]:
        """Yield the times in which nothing changes, in order, without gaps; neighbours may be alike."""
        held: list[tuple[Certainty, str | None, datetime]] = [("closed", None, at)] * len(self._layers)
        while at < stop:
            for i, layer in enumerate(self._layers):
                if held[i][2] <= at:
                    held[i] = layer.step(at, calendar)
            kind, words, _ = max(held, key=_rank)
            until = min(stop, *(change for _, _, change in held))
            yield at, until, kind, words
            at = until

    def _pieces(self, begin: datetime, stop: datetime, calendar: Calendar) -> Iterator[Piece]:
        """Yield the same, with alike neighbours joined."""
        held: Piece | None = None
        for piece in self.steps(begin, stop, calendar):
            if held is not None and held[2:] == piece[2:]:
                held = (held[0], piece[1], *held[2:])
            else:
                if held is not None:
                    yield held
                held = piece
        if held is not None:
            yield held

    def assumed(self, day: date, calendar: Calendar) -> Assumed | None:
        """Say on which assumption the hours of a day rest."""
        selectors = self._selectors
        if selectors.expression == "24/7":
            return None
        marked = calendar.marked(day)
        if marked is None:
            return "no_notice" if calendar.basis(day.year) != "notice" and self._selectors.heeds_marks else None
        if marked.kind == "holiday":
            return None if selectors.mentions_holidays else "holiday"
        return None if selectors.whole_week else "makeup_workday"


def local_time(when: datetime) -> datetime:
    """Return China's clock, without a zone, at an instant that has one."""
    if when.tzinfo is None:
        raise HoursError("a time needs its zone, e.g. 2026-10-01T09:00+08:00", parameter="when")
    if not _YEARS[0] <= when.year <= _YEARS[1]:
        raise HoursError(f"the year {when.year} is not between {_YEARS[0]} and {_YEARS[1]}", parameter="when")
    return when.astimezone(CHINA).replace(tzinfo=None)


def _rank(held: tuple[Certainty, str | None, datetime]) -> tuple[int, bool]:
    return _RANK[held[0]], held[1] is not None


def horizon(local: datetime) -> datetime:
    """Return until when changes are looked for at a local time."""
    return datetime.combine(local.date(), time()) + HORIZON


def look_ahead(steps: Iterator[Piece], *, opens: bool) -> Instant:
    """Tell what holds at the first of some steps, until when, and from when it is open.

    Parameters
    ----------
    opens
        False: no step is open, so none is looked for.
    """
    _, _, kind, comment = next(steps)
    until: datetime | None = None
    for at, _, found, _ in steps:
        if found != kind:
            until = until or at
            if "open" in (found, kind) or not opens:
                return Instant(kind, until, at if found == "open" else None, comment)
    return Instant(kind, until, None, comment)


def aware(local: datetime | None) -> datetime | None:
    """Return a naive local time with China's zone."""
    return None if local is None else local.replace(tzinfo=CHINA)
