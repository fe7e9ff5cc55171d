"""Opening hours that repeat by the week or the month, as recurrence rules of iCalendar; all others are None.

Most of what people want in a calendar is simple: the haircut on Fridays, the communication day on the 12th. What is
not (public holidays, exceptions, sunrise) is not forced into a rule that would be wrong on some days.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Final, Literal, NamedTuple

DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_MONTHS: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAY: Final = "|".join(DAYS)
_MONTH: Final = "|".join(_MONTHS)
_RULE: Final = re.compile(rf"(?P<days>(?:(?:{_DAY}|{_MONTH})[A-Z0-9,\[\] -]*?)?)\s*(?P<spans>\d\d:\d\d-[\d:,\s-]+)")
_SPAN: Final = re.compile(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")
_DAY_OR_RANGE: Final = re.compile(rf"({_DAY})(?:-({_DAY})|\[(-?[1-5](?:,-?[1-5])*)\])?")
_DATE: Final = re.compile(rf"({_MONTH}) ([0-3]?\d)")
_MONTH_OR_RANGE: Final = re.compile(rf"({_MONTH})(?:-({_MONTH}))?")
_DAY_MINUTES: Final = 24 * 60
_LAST_YEAR: Final = 9990


class Recurrence(NamedTuple):
    """A time of day that comes again and again.

    Attributes
    ----------
    freq
        Every week, or every month.
    byday
        ``("FR",)``, or in a month ``("2TU",)``: the second Tuesday; empty where days of the month are given.
    bymonthday
        Days of the month, from 1.
    opens, closes
        Minutes after midnight; at most 1440 for ``opens``, and more than that for ``closes`` on the day after.
    """

    freq: Literal["WEEKLY", "MONTHLY"]
    byday: tuple[str, ...]
    bymonthday: tuple[int, ...]
    opens: int
    closes: int

    def falls_on(self, day: date) -> bool:
        """Tell whether it takes place on that day."""
        name = DAYS[day.weekday()]
        if self.freq == "WEEKLY":
            return name in self.byday
        last = (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        nth = (f"{(day.day - 1) // 7 + 1}{name}", f"-{(last.day - day.day) // 7 + 1}{name}")
        return day.day in self.bymonthday or any(each in self.byday for each in nth)


def read_recurrences(hours: str) -> tuple[Recurrence, ...] | None:
    """Read an ``opening_hours`` expression as rules that say exactly the same.

    Parameters
    ----------
    hours
        The expression.

    Returns
    -------
    tuple of Recurrence or None
        One for each span of time; None if the hours are not that simple.

    Examples
    --------
    >>> read_recurrences("Fr 09:00-11:30")
    (Recurrence(freq='WEEKLY', byday=('FR',), bymonthday=(), opens=540, closes=690),)
    >>> read_recurrences("Tu[2] 14:00-16:00")
    (Recurrence(freq='MONTHLY', byday=('2TU',), bymonthday=(), opens=840, closes=960),)
    >>> print(read_recurrences("Mo-Fr 09:00-17:00; PH off"))
    None
    """
    text = re.sub(r"\s+", " ", hours.strip().upper())
    if text == "24/7":
        return (Recurrence("WEEKLY", DAYS, (), 0, _DAY_MINUTES),)
    found: list[Recurrence] = []
    taken: set[str] = set()
    for rule in text.split(";"):
        recurrences = _read_rule(rule.strip())
        if recurrences is None:
            return None
        days = {day[-2:] for day in recurrences[0].byday} | {"date" for _ in recurrences[0].bymonthday}
        several = bool(found) and ("date" in days | taken or recurrences[0].freq == "MONTHLY")
        if taken & days or several:
            return None  # a later rule would replace the earlier one on such days
        taken |= days
        found += recurrences
    return tuple(found) or None


def _read_rule(rule: str) -> list[Recurrence] | None:
    matched = _RULE.fullmatch(rule)
    if matched is None:
        return None
    spans = [_read_span(span.strip()) for span in matched["spans"].split(",")]
    when = _read_days(matched["days"].strip())
    if when is None or None in spans:
        return None
    freq, byday, bymonthday = when
    return [Recurrence(freq, byday, bymonthday, *span) for span in spans if span is not None]


def _read_span(span: str) -> tuple[int, int] | None:
    found = _SPAN.fullmatch(span)
    if found is None:
        return None
    opens, closes = int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])
    if opens >= _DAY_MINUTES or closes > _DAY_MINUTES:
        return None
    return opens, closes if closes > opens else closes + _DAY_MINUTES


def _read_days(days: str) -> tuple[Literal["WEEKLY", "MONTHLY"], tuple[str, ...], tuple[int, ...]] | None:
    if not days:
        return "WEEKLY", DAYS, ()
    if dates := _read_dates(days):
        return "MONTHLY", (), dates
    items = [_DAY_OR_RANGE.fullmatch(item.strip()) for item in re.split(r",(?![^\[]*\])", days)]
    found = [item for item in items if item is not None]
    if len(found) != len(items):
        return None
    nth = [f"{number}{item[1]}" for item in found if item[3] for number in item[3].split(",")]
    if nth:
        return ("MONTHLY", tuple(nth), ()) if all(item[3] for item in found) else None
    weekdays = {day for item in found for day in _between(DAYS, item[1], item[2])}
    return "WEEKLY", tuple(day for day in DAYS if day in weekdays), ()


def _read_dates(days: str) -> tuple[int, ...]:
    """Return the days of the month that are written out for each of the twelve months."""
    found = [_DATE.fullmatch(item.strip()) for item in days.split(",")]
    dates = {(item[1], int(item[2])) for item in found if item is not None}
    numbers = sorted({number for _, number in dates})
    whole = len(dates) == len(found) and dates == {(month, number) for month in _MONTHS for number in numbers}
    return tuple(numbers) if whole and all(1 <= number <= 28 for number in numbers) else ()


def read_months(season: str) -> tuple[int, ...] | None:
    """Read a season as months from 1 to 12; None if it is not made of whole months.

    Examples
    --------
    >>> read_months("Dec-Feb"), read_months("Jun 15-Sep 15")
    ((1, 2, 12), None)
    """
    items = [_MONTH_OR_RANGE.fullmatch(item.strip().upper()) for item in season.split(",")]
    found = [item for item in items if item is not None]
    if len(found) != len(items):
        return None
    months = {month for item in found for month in _between(_MONTHS, item[1], item[2])}
    return tuple(number for number, month in enumerate(_MONTHS, 1) if month in months)


def _between(names: tuple[str, ...], first: str, last: str | None) -> Iterator[str]:
    """Yield the names from the first to the last, over the end of the week or year if need be."""
    start, end = names.index(first), names.index(last or first)
    count = (end - start) % len(names) + 1
    return (names[(start + step) % len(names)] for step in range(count))


def first_day(recurrence: Recurrence, start: date, months: Iterable[int] = range(1, 13)) -> date | None:
    """Return the first day from ``start`` on that it falls on, within some months; None if there is none in a year."""
    if start.year > _LAST_YEAR:
        return None
    wanted = set(months)
    days = (start + timedelta(days=ahead) for ahead in range(400))
    return next((day for day in days if day.month in wanted and recurrence.falls_on(day)), None)
