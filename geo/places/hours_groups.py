"""What is read of a text: groups of opening times or closings, each with the days, dates, season and part it is for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

from geo.errors import HoursError
from geo.places.hours_clock import Span
from geo.places.hours_words import Date

Sort = Literal["season", "dates", "part", "days"]
WEEK: Final = frozenset(range(7))


@dataclass(frozen=True)
class Days:
    """Days of a heading: ``any`` holidays (节假日) may mean weekends too, ``nth`` are pairs (number, weekday)."""

    weekdays: frozenset[int] = frozenset()
    holidays: Literal["lawful", "any"] | None = None
    every: bool = False
    workdays: bool = False
    nth: tuple[tuple[int, int], ...] = ()
    of_month: tuple[int, ...] = ()


@dataclass(frozen=True)
class Dates:
    """From a date to a date, both included; without a day, whole months."""

    first: Date
    last: Date


@dataclass(frozen=True)
class Group:
    """What holds under its headings.

    Attributes
    ----------
    spans
        Opening times, minutes since midnight.
    off
        It is closed then.
    as_usual
        The usual hours hold then.
    excluded
        Days to which this does not apply (…除外).
    comments
        Words that go with the opening times.
    in_brackets
        It stood in brackets: it belongs to what stood before.
    """

    days: Days | None = None
    dates: tuple[Dates, ...] = ()
    season: str | None = None
    part: str | None = None
    spans: tuple[Span, ...] = ()
    off: bool = False
    as_usual: bool = False
    excluded: Days | None = None
    comments: tuple[str, ...] = ()
    in_brackets: bool = False

    @property
    def says(self) -> bool:
        """Whether it says anything but when."""
        return bool(self.spans) or self.off or self.as_usual


@dataclass
class Reading:
    """What was read of a text.

    Attributes
    ----------
    condition
        Words on which all opening depends (weather); None: nothing.
    yearly
        The dates are said to be those of every year.
    all_year
        It is said to be open on holidays too.
    holidays_announced
        Words that say that the holidays' hours are announced apart.
    announced
        All of it may change by announcement.
    all_day
        全天 was taken for 24 hours.
    """

    groups: list[Group] = field(default_factory=list)
    condition: str | None = None
    yearly: bool = False
    all_year: bool = False
    holidays_announced: str | None = None
    announced: bool = False
    all_day: bool = False


def unclear(chinese: str, english: str) -> HoursError:
    """Return the error that says, in both languages, why a text has no certain meaning."""
    return HoursError(f"{chinese} ({english})", parameter="hours")
