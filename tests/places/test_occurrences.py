"""Hours as dated times: whole, in order, with holidays, and nothing that is simply open."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.places.calendar import Calendar
from geo.places.hours import CHINA
from geo.places.model import Service
from geo.places.occurrences import occurrences
from geo.places.recurrence import DAYS

CALENDAR = Calendar.packaged()
#: A Monday.
MONDAY = datetime(2026, 11, 23, 12, 0, tzinfo=CHINA)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
TWELFTH = ",".join(f"{month} 12" for month in MONTHS)


def told(hours: str | None, since: datetime = MONDAY, days: float = 7, season: str | None = None) -> list[str]:
    found = occurrences(Service("haircut", hours, season), since, since + timedelta(days=days), CALENDAR)
    return [f"{each.start:%m-%d %H:%M} {each.end:%m-%d %H:%M}" for each in found.found]


@pytest.mark.parametrize(
    ("hours", "days", "expected"),
    [
        ("Fr 14:00-16:00", 7, ["11-27 14:00 11-27 16:00"]),
        ("Fr 09:00-11:00,14:00-16:00", 7, ["11-27 09:00 11-27 11:00", "11-27 14:00 11-27 16:00"]),  # two times a day
        ("Fr 14:00-16:00", 14, ["11-27 14:00 11-27 16:00", "12-04 14:00 12-04 16:00"]),
        (f"{TWELFTH} 11:00-14:00", 30, ["12-12 11:00 12-12 14:00"]),  # the communication day
        ("Mo 11:00-13:00", 1, ["11-23 11:00 11-23 13:00"]),  # going on: told whole
        ("Mo 10:00-12:00", 6.9, []),  # over as one asks; the next is a week away, less two hours
        ("Mo 12:00-13:00", 7, ["11-23 12:00 11-23 13:00"]),  # next Monday's begins as the week ends
        ("Su 22:00-02:00", 7, ["11-29 22:00 11-30 02:00"]),  # over midnight
        ("24/7", 7, []),  # simply open
        (None, 7, []),
        ("nonsense", 7, []),
    ],
)
def test_times(hours: str | None, days: float, expected: list[str]) -> None:
    assert told(hours, days=days) == expected


def test_public_holidays_count() -> None:
    """1 October 2026 is a Thursday, and off until the 7th; no rule of iCalendar could say so."""
    eve = datetime(2026, 9, 30, 12, tzinfo=CHINA)

    assert told("Th,Fr 14:00-16:00; PH off", eve, 10) == ["10-08 14:00 10-08 16:00", "10-09 14:00 10-09 16:00"]
    (first, *_) = occurrences(Service("haircut", "Th,Fr 14:00-16:00"), eve, eve + timedelta(2), CALENDAR).found
    assert first.assumed == "holiday"


def test_a_season_bounds_it() -> None:
    assert told("Fr 14:00-16:00", season="Jun-Aug") == []


@pytest.mark.parametrize(
    ("hours", "known", "always"),
    [(None, False, False), ("nonsense", False, False), ("24/7", True, True), ("Fr 14:00-16:00", True, False)],
)
def test_what_is_not_told_is_said(hours: str | None, known: bool, always: bool) -> None:
    found = occurrences(Service("haircut", hours), MONDAY, MONDAY + timedelta(7), CALENDAR)

    assert (found.known, found.always) == (known, always)


@given(
    day=st.sampled_from(DAYS),
    opens=st.integers(0, 22),
    length=st.integers(1, 20),
    hours_ahead=st.integers(0, 24 * 20),
    days=st.integers(1, 20),
)
def test_every_week_as_counted_by_hand(day: str, opens: int, length: int, hours_ahead: int, days: int) -> None:
    since = MONDAY + timedelta(hours=hours_ahead)
    until = since + timedelta(days=days)
    closes = opens + length
    expected = []
    for ahead in range(-2, 60):
        date = MONDAY.replace(hour=0) + timedelta(days=ahead)
        start, end = date + timedelta(hours=opens), date + timedelta(hours=closes)
        if DAYS[date.weekday()] == day and end > since and start < until:
            expected.append((start, end))
    text = f"{day.title()} {opens:02}:00-{closes % 24 if closes != 24 else 24:02}:00"

    found = occurrences(Service("pop_up", text), since, until, CALENDAR)

    assert [(each.start, each.end) for each in found.found] == expected
