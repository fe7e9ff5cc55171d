"""A rule of an ``opening_hours`` expression, and how it is written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from geo.places.hours_clock import DAY, Span
from geo.places.hours_groups import WEEK, Dates
from geo.places.selectors import WEEKDAYS

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LENGTHS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
#: The days of a leap year, as (month, day).
YEAR: Final = tuple((month, day) for month, most in enumerate(_LENGTHS, 1) for day in range(1, most + 1))
#: Longer comments are cut.
_MAX_COMMENT: Final = 60


@dataclass(frozen=True)
class Rule:
    """One rule of the expression."""

    spans: tuple[Span, ...]
    weekdays: frozenset[int] | None = None
    holidays: bool = False
    special: str = ""
    dates: tuple[Dates, ...] = ()
    unknown: bool = False
    comment: str = ""
    part: str | None = None
    overrides: bool = False

    @property
    def days(self) -> frozenset[int]:
        """Weekdays on which it may hold."""
        if self.weekdays is not None:
            return self.weekdays
        return frozenset() if self.holidays and not self.special else WEEK


def year_days(dates: Sequence[Dates]) -> frozenset[tuple[int, int]]:
    """Return the days of a leap year, as (month, day), that dates of whatever year take in."""
    found: set[tuple[int, int]] = set()
    for item in dates:
        first, last = (item.first.month or 1, item.first.day or 1), (item.last.month or 12, item.last.day or 31)
        if first <= last:
            found.update(day for day in YEAR if first <= day <= last)
        else:
            found.update(day for day in YEAR if day >= first or day <= last)
    return frozenset(found)


def text_of(rule: Rule) -> str:
    """Write a rule."""
    days = rule.special
    if rule.weekdays is not None or rule.holidays:
        names = [weekday_text(rule.weekdays)] if rule.weekdays else []
        days = ",".join([*names, *(["PH"] if rule.holidays else [])])
    if days == "Mo-Su":
        days = ""
    times = ",".join(f"{_clock(start)}-{_clock(end)}" for start, end in rule.spans)
    if times == "00:00-24:00" and not rule.dates and not days:
        times = "24/7"
    state = "unknown" if rule.unknown else "open" if rule.comment else ""
    comment = f'"{quoted(rule.comment)}"' if rule.comment else ""
    return " ".join(piece for piece in (date_text(rule.dates), days, times, state, comment) if piece)


def _clock(minutes: int) -> str:
    if minutes > DAY:
        minutes -= DAY
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def weekday_text(days: Iterable[int]) -> str:
    """Write weekdays (0 is Monday), e.g. ``Mo-We,Sa,Su``."""
    runs: list[list[int]] = []
    for day in sorted(days):
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    out = []
    for run in runs:
        names = [WEEKDAYS[day] for day in run]
        out.append(f"{names[0]}-{names[-1]}" if len(run) > 2 else ",".join(names))
    return ",".join(out)


def date_text(dates: Sequence[Dates]) -> str:
    """Write dates, e.g. ``Jan 01-03``."""
    return ",".join(_range_text(item) for item in dates)


def _range_text(item: Dates) -> str:
    first, last = item.first, item.last
    head = f"{first.year} " if first.year else ""
    begin = head + _MONTHS[(first.month or 1) - 1] + (f" {first.day:02d}" if first.day else "")
    if first == last:
        return begin
    if (first.year, first.month) == (last.year, last.month) and first.day and last.day:
        return f"{begin}-{last.day:02d}"
    tail = f"{last.year} " if last.year and last.day else ""
    return f"{begin}-{tail}{_MONTHS[(last.month or 1) - 1]}" + (f" {last.day:02d}" if last.day else "")


def quoted(text: str) -> str:
    """Return words as they may stand in a comment."""
    return "".join(char for char in text if char.isprintable()).replace('"', "”")[:_MAX_COMMENT]


def of_month_text(days: Sequence[int]) -> str:
    """Write days of every month: ``Jan-Dec 12`` is no expression."""
    months = tuple(zip(_MONTHS, _LENGTHS, strict=True))
    return ",".join(f"{month} {day:02d}" for day in days for month, most in months if day <= most)
