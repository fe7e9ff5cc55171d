"""Hours as rules of the week or month: those that are, exactly; those that are not, not at all."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opening_hours import OpeningHours

from geo.places.recurrence import DAYS, first_day, read_months, read_recurrences

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
TWELFTH = ",".join(f"{month} 12" for month in MONTHS)


@pytest.mark.parametrize(
    ("hours", "rules"),
    [
        ("Fr 09:00-11:30", [("WEEKLY", ("FR",), (), 540, 690)]),
        ("08:00-22:00", [("WEEKLY", DAYS, (), 480, 1320)]),
        ("24/7", [("WEEKLY", DAYS, (), 0, 1440)]),
        ("Mo-We,Sa 22:00-06:00", [("WEEKLY", ("MO", "TU", "WE", "SA"), (), 1320, 1800)]),
        ("Sa-Mo 10:00-24:00", [("WEEKLY", ("MO", "SA", "SU"), (), 600, 1440)]),
        ("Tu[2] 14:00-16:00", [("MONTHLY", ("2TU",), (), 840, 960)]),
        ("Fr[-1] 14:00-16:00", [("MONTHLY", ("-1FR",), (), 840, 960)]),
        ("Tu[1,3] 14:00-16:00", [("MONTHLY", ("1TU", "3TU"), (), 840, 960)]),
        (f"{TWELFTH} 11:00-14:00", [("MONTHLY", (), (12,), 660, 840)]),
        (
            "Mo-Fr 09:00-11:30,13:30-17:00; Sa 09:00-12:00",
            [
                ("WEEKLY", ("MO", "TU", "WE", "TH", "FR"), (), 540, 690),
                ("WEEKLY", ("MO", "TU", "WE", "TH", "FR"), (), 810, 1020),
                ("WEEKLY", ("SA",), (), 540, 720),
            ],
        ),
    ],
)
def test_simple_hours_are_rules(hours: str, rules: list[tuple[object, ...]]) -> None:
    assert read_recurrences(hours) == tuple(rules)


@pytest.mark.parametrize(
    ("hours", "why"),
    [
        ("", "nothing said"),
        ("Mo-Fr 09:00-17:00; PH off", "public holidays"),
        ("PH 09:00-17:00", "public holidays"),
        ("Mo-Su 09:00-17:00; Su off", "an exception"),
        ("Mo-Su 09:00-17:00; Su 10:00-12:00", "the later rule replaces the earlier on Sundays"),
        ("Mo 09:00-17:00; Mo[1] 10:00-12:00", "the later rule replaces the earlier on one Monday"),
        ("Fr", "no time of day"),
        ("sunrise-sunset", "the sun"),
        ("Jan 12 11:00-14:00", "one day of one month"),
        ("2026 Mar 02 08:00-12:00", "one day"),
        ('Mo-Fr 09:00-17:00 "in fine weather"', "a comment"),
        ("Fr 09:00+", "no end"),
        ("Fr 25:00-26:00", "no time"),
        ("Fr 22:00-26:00", "beyond midnight by counting on"),
        (TWELFTH.replace("12", "31") + " 09:00-10:00", "not every month has it"),
        ("Mo[1],Fr 09:00-10:00", "week and month mixed"),
        ("week 1-10 Mo 09:00-10:00", "weeks of the year"),
    ],
)
def test_other_hours_are_not_forced_into_rules(hours: str, why: str) -> None:
    assert read_recurrences(hours) is None, why


@pytest.mark.parametrize(
    ("season", "months"), [("Jun-Aug", (6, 7, 8)), ("Dec-Feb", (1, 2, 12)), ("Jun 15-Sep 15", None), ("summer", None)]
)
def test_seasons_of_whole_months(season: str, months: tuple[int, ...] | None) -> None:
    assert read_months(season) == months


def test_the_first_day_is_in_season() -> None:
    (rule,) = read_recurrences("Fr 09:00-10:00") or ()

    assert first_day(rule, date(2026, 11, 22)) == date(2026, 11, 27)
    assert first_day(rule, date(2026, 11, 22), (6, 7)) == date(2027, 6, 4)
    assert first_day(rule, date(9999, 12, 31)) is None


simple_days = st.sampled_from(["Mo", "Fr", "Mo-We", "Sa-Mo", "Tu,Th", "Tu[2]", "Fr[-1]", "Mo[1,3]", "Mo-Su", TWELFTH])
clocks = st.integers(0, 95).map(lambda quarter: f"{quarter // 4:02}:{quarter % 4 * 15:02}")


@given(simple_days, clocks, clocks, st.integers(0, 400))
@settings(max_examples=200, deadline=None)
def test_rules_say_what_the_hours_say(days: str, opens: str, closes: str, ahead: int) -> None:
    """An independent reader of opening hours is asked at every quarter of an hour of a day."""
    if opens == closes:
        return
    hours = f"{days} {opens}-{closes}"
    oracle = OpeningHours(hours)
    rules = read_recurrences(hours)
    day = date(2026, 1, 1) + timedelta(days=ahead)

    assert rules is not None
    for quarter in range(96):
        minute = quarter * 15
        moment = datetime(day.year, day.month, day.day, minute // 60, minute % 60)  # noqa: DTZ001
        mine = any(
            (rule.falls_on(day) and rule.opens <= minute < rule.closes)
            or (rule.falls_on(day - timedelta(days=1)) and rule.opens <= minute + 1440 < rule.closes)
            for rule in rules
        )
        assert mine == oracle.is_open(moment), (hours, moment)


def test_the_oracle_is_asked_in_local_time() -> None:
    noon = datetime(2026, 11, 27, 4, 0, tzinfo=UTC).astimezone(ZoneInfo("Asia/Shanghai")).replace(tzinfo=None)

    assert OpeningHours("Fr 11:00-13:00").is_open(noon)
