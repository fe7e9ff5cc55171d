"""What opening hours mean at an instant: closed forms, each with its reason."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.coords import LonLat
from geo.errors import HoursError
from geo.places.calendar import Calendar
from geo.places.hours import CHINA, MAX_LENGTH, Hours, State
from geo.places.hours_table import KINDS, HoursTable, bulk_states
from geo.places.nights import take_apart
from geo.places.selectors import Selectors

CALENDAR = Calendar.packaged()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


def state(expression: str, when: str) -> State:
    return Hours.parse(expression).state(at(when), CALENDAR)


@pytest.mark.parametrize(
    ("expression", "when", "kind", "until", "reason"),
    [
        ("Mo-Fr 09:00-17:00", "2026-11-23T08:59", "closed", "2026-11-23T09:00", "before"),
        ("Mo-Fr 09:00-17:00", "2026-11-23T09:00", "open", "2026-11-23T17:00", "the first minute counts"),
        ("Mo-Fr 09:00-17:00", "2026-11-23T16:30", "open", "2026-11-23T17:00", "half an hour is not soon"),
        ("Mo-Fr 09:00-17:00", "2026-11-23T16:31", "closing_soon", "2026-11-23T17:00", "29 minutes are"),
        ("Mo-Fr 09:00-17:00", "2026-11-23T17:00", "closed", "2026-11-24T09:00", "the last minute does not"),
        ("08:30-11:00,13:30-17:00", "2026-11-23T12:00", "closed", "2026-11-23T13:30", "split by noon"),
        ("22:00-06:00", "2026-11-23T03:00", "open", "2026-11-23T06:00", "overnight"),
        ("Mo 22:00-06:00", "2026-11-24T03:00", "open", "2026-11-24T06:00", "the night belongs to Monday"),
        ("Mo-Fr 10:00-22:00; Sa,Su 10:00-02:00", "2026-11-23T01:00", "open", "2026-11-23T02:00", "Sunday's night"),
        ("22:00-06:00; Mo off", "2026-11-23T03:00", "open", "2026-11-23T06:00", "Sunday's night, though Monday is off"),
        ("22:00-06:00; Mo off", "2026-11-24T03:00", "closed", "2026-11-24T22:00", "Monday had none"),
        ("20:00-04:00; PH off", "2026-10-01T02:00", "open", "2026-10-01T04:00", "the night before the holiday"),
        ("Nov-Mar 08:00-17:00; Apr-Oct 07:00-19:00", "2026-11-23T18:00", "closed", "2026-11-24T08:00", "winter"),
        ("Nov-Mar 08:00-17:00; Apr-Oct 07:00-19:00", "2026-07-23T18:00", "open", "2026-07-23T19:00", "summer"),
        ("Fr 14:00-16:00", "2026-11-27T15:00", "open", "2026-11-27T16:00", "every Friday"),
        ("Tu[2] 09:00-11:00", "2026-12-08T10:00", "open", "2026-12-08T11:00", "second Tuesday"),
        ("Tu[2] 09:00-11:00", "2026-12-01T10:00", "closed", "2026-12-08T09:00", "first Tuesday"),
        ("Jan 12,Feb 12,Dec 12 11:00-14:00", "2026-12-12T11:00", "open", "2026-12-12T14:00", "the 12th"),
        ("2026 Dec 24 10:00-12:00", "2026-12-24T10:00", "open", "2026-12-24T12:00", "once, with its year"),
        ("2025 Dec 24 10:00-12:00", "2026-12-24T10:00", "closed", None, "once, and over"),
        ("24/7", "2026-12-24T10:00", "open", None, "always"),
        ("24/7 off", "2026-12-24T10:00", "closed", None, "never"),
        ("sunrise-sunset", "2026-06-21T05:00", "open", "2026-06-21T19:47", "the sun of Beijing at midsummer"),
        ("sunrise-sunset", "2026-12-22T07:00", "closed", "2026-12-22T07:33", "and at midwinter"),
        ('10:00-18:00 unknown "rain"', "2026-11-23T12:00", "unknown", "2026-11-23T18:00", "depends on the weather"),
        ("Mo-Fr 09:00-17:00; PH off", "2026-10-06T10:00", "closed", "2026-10-08T09:00", "a holiday by the notice"),
        ("Mo-Fr 09:00-17:00; PH off", "2026-10-10T10:00", "open", "2026-10-10T17:00", "a worked Saturday"),
        ("Mo-Fr 09:00-17:00; Sa-Su off", "2026-09-20T10:00", "open", "2026-09-20T17:00", "a worked Sunday"),
        ("Mo-Fr 09:00-17:00; Sa 09:00-12:00", "2026-09-20T10:00", "closed", "2026-09-21T09:00", "Saturdays too"),
        ("Mo-Th 09:00-18:00; Fr 09:00-17:00", "2026-09-20T10:00", "closed", "2026-09-21T09:00", "which weekday is it"),
        ("Fr 14:00-16:00", "2026-10-10T15:00", "closed", "2026-10-16T14:00", "a worked Saturday is no Friday"),
        ("Mo-Su 09:00-17:00", "2026-10-01T10:00", "open", "2026-10-01T17:00", "open all days"),
        ("Mo-Fr 09:00-17:00; PH 10:00-15:00", "2026-10-03T14:00", "open", "2026-10-03T15:00", "holiday hours"),
        ("Mo-Fr,PH 09:00-17:00", "2026-10-03T14:00", "open", "2026-10-03T17:00", "holidays like workdays"),
        ("Tu-Su 09:00-17:00; PH off", "2026-02-24T09:00", "open", "2026-02-24T17:00", "after nine days"),
    ],
)  # fmt: skip
def test_states(expression: str, when: str, kind: str, until: str | None, reason: str) -> None:
    found = state(expression, when)

    assert found.kind == kind, reason
    if not expression.startswith("sun"):
        assert found.until == (None if until is None else at(until)), reason
    else:
        assert until is not None and found.until is not None
        assert abs(found.until - at(until)) < timedelta(minutes=3), reason


@pytest.mark.parametrize(
    ("expression", "day", "assumed"),
    [
        ("Mo-Fr 09:00-17:00", "2026-10-01", "holiday"),
        ("09:00-17:00", "2026-10-01", "holiday"),
        ("09:00-17:00; PH off", "2026-10-01", None),
        ("24/7", "2026-10-01", None),
        ("Mo-Fr 09:00-17:00", "2026-10-10", "makeup_workday"),
        ("Sa 09:00-17:00", "2026-10-10", "makeup_workday"),
        ("09:00-17:00", "2026-10-10", None),
        ("Mo-Fr 09:00-17:00", "2026-11-23", None),
        ("Mo-Fr 09:00-17:00; PH off", "2027-11-22", "no_notice"),
        ("09:00-17:00", "2027-11-22", None),
    ],
)  # fmt: skip
def test_what_is_assumed_is_said(expression: str, day: str, assumed: str | None) -> None:
    assert state(expression, f"{day}T10:00").assumed == assumed


def test_the_next_opening_passes_over_what_is_unknown() -> None:
    found = state('Mo 09:00-17:00 unknown "ask"; Tu 09:00-17:00', "2026-11-23T10:00")

    assert (found.kind, found.comment) == ("unknown", "ask")
    assert (found.until, found.next_open) == (at("2026-11-23T17:00"), at("2026-11-24T09:00"))


def test_only_the_words_change_and_it_stays_open() -> None:
    found = state('08:00-12:00 open "guard", 12:00-20:00 open "key"', "2026-11-23T11:50")

    assert (found.kind, found.until, found.comment) == ("open", at("2026-11-23T20:00"), "guard")


def test_one_instant_in_any_zone() -> None:
    when = at("2026-11-23T09:00")

    assert Hours.parse("Mo 09:00-10:00").state(when.astimezone(UTC), CALENDAR) == state(
        "Mo 09:00-10:00", "2026-11-23T09:00"
    )
    with pytest.raises(HoursError, match="zone"):
        Hours.parse("24/7").state(when.replace(tzinfo=None), CALENDAR)


def test_the_sun_rises_earlier_in_the_east() -> None:
    when = at("2026-06-21T03:00")
    harbin, kashgar = (Hours.parse("sunrise-sunset", LonLat(lon, 45.0)) for lon in (126.6, 76.0))

    first, last = harbin.state(when, CALENDAR).until, kashgar.state(when, CALENDAR).until
    assert first is not None and last is not None
    assert timedelta(hours=3) < last - first < timedelta(hours=4)


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("", "empty"), ("  ", "empty"), ("Mo\0", "empty"), ("Mo-Fr 9-17", "no opening_hours"),
        ("Jan-Dec 12", "no opening_hours"),
        ("周一至周五", "no opening_hours"), ("SH off", "school holidays"), ("PH +1 day off", "counted from"),
        ("Mo " * MAX_LENGTH, "at most 1,000"), ("x" * 1_000_000, "at most 1,000"),
    ],
)  # fmt: skip
def test_bad_expressions_are_refused(expression: str, message: str) -> None:
    with pytest.raises(HoursError, match=message):
        Hours.parse(expression)


@pytest.mark.parametrize("year", [1, 1949, 2200, 9999])
def test_years_far_off_are_refused(year: int) -> None:
    with pytest.raises(HoursError, match="is not between"):
        Hours.parse("24/7").state(datetime(year, 6, 1, tzinfo=CHINA), CALENDAR)


def test_equal_expressions_are_read_once() -> None:
    assert Hours.parse("Mo 10:00-11:00") is Hours.parse("Mo 10:00-11:00")


def test_intervals_are_for_fifty_years_at_most() -> None:
    with pytest.raises(HoursError, match="50 years"):
        next(Hours.parse("24/7").intervals(at("1960-01-01"), at("2030-01-01"), CALENDAR))


@settings(max_examples=150, deadline=None)
@given(
    expression=st.sampled_from([
        "Mo-Fr 09:00-17:00", "Mo-Fr 08:30-11:30,13:30-17:00; PH off", "Tu-Su 09:00-21:00; PH 10:00-15:00",
        "22:00-06:00", "Mo-Fr 18:00-02:00; Sa,Su 10:00-02:00", 'Jul-Aug 10:00-18:00 unknown "雨"', "24/7",
        "Tu[2] 09:00-11:00", "sunrise-sunset; PH off", "2026 Oct 03 09:00-12:00", "Mo-Fr,PH 00:00-24:00",
    ]),
    minutes=st.integers(0, 3 * 366 * 1440),
)  # fmt: skip
def test_what_is_told_of_later_comes_true(expression: str, minutes: int) -> None:
    hours = Hours.parse(expression)
    when = at("2024-01-02") + minutes * timedelta(minutes=1)
    now = hours.state(when, CALENDAR)
    second = timedelta(seconds=1)

    def kind(moment: datetime) -> str:
        return hours.state(moment, CALENDAR).kind.replace("closing_soon", "open")

    if now.until is not None:
        assert kind(now.until) != kind(when) == kind(now.until - second)
    if now.next_open is not None:
        assert not now.is_open
        assert kind(now.next_open) == "open" != kind(now.next_open - second)
    assert (now.minutes_left is None) == (not now.is_open or now.until is None)


# --- weekday selectors and nights, alone ---


@pytest.mark.parametrize(
    ("expression", "bound"),
    [
        ("Mo-Fr 09:00-17:00", True), ("Mo-Fr 09:00-17:00; Sa-Su closed", True), ("09:00-17:00; Sa-Su closed", True),
        ("Mo-Fr,PH 09:00-17:00", True), ("Mo-Fr 09:00-17:00; Sa 09:00-12:00", False), ("Tu-Fr 09:00-17:00", False),
        ("Mo-Su 09:00-17:00", False), ("09:00-17:00", False), ("Tu[2] 09:00-17:00", False), ("PH closed", False),
        ('Mo-Fr 09:00-17:00 "Sa Su"', True), ("Jul-Aug Mo-Fr 09:00-17:00", True), ("24/7", False),
        ("Mo-Su 09:00-17:00; Sa-Su closed", True),
    ],
)  # fmt: skip
def test_bound_to_workdays(expression: str, bound: bool) -> None:
    assert Selectors(expression).bound_to_workdays is bound


def test_rewriting_addresses_a_date_by_its_weekday() -> None:
    selectors = Selectors('Mo-Fr 09:00-17:00 "PH Mo"; PH closed')

    assert selectors.rewrite({3}, {6}, bound=True, close=False) == ('Mo,Tu,We,Th,Fr,Su 09:00-17:00 "PH Mo"; Th closed')


@pytest.mark.parametrize(
    ("expression", "day", "night"),
    [
        ("22:00-06:00", "22:00-24:00", "00:00-06:00"),
        ("Fr 22:00-26:00", "Fr 22:00-24:00", "Fr 00:00-02:00"),
        ("Mo 08:00-12:00,22:00-02:00", "Mo 08:00-12:00,22:00-24:00", "Mo 00:00-02:00"),
        ('Mo 22:00-02:00 unknown "a; b"', 'Mo 22:00-24:00 unknown "a; b"', 'Mo 00:00-02:00 unknown "a; b"'),
        ("Mo 22:00-02:00; PH closed", "Mo 22:00-24:00; PH closed", "Mo 00:00-02:00; PH closed"),
        ("Mo 22:00-02:00, Tu 10:00-12:00", "Mo 22:00-24:00, Tu 10:00-12:00", "Mo 00:00-02:00"),
        ("Mo 22:00-02:00; 12:00-13:00 closed", "Mo 22:00-24:00; 12:00-13:00 closed", "Mo 00:00-02:00"),
        ("24/7; Mo 22:00-02:00", "24/7; Mo 22:00-24:00", "24/7 closed; Mo 00:00-02:00"),
    ],
)  # fmt: skip
def test_nights_are_taken_apart(expression: str, day: str, night: str) -> None:
    assert take_apart(expression) == (day, night)


@pytest.mark.parametrize(
    "expression",
    ["09:00-17:00", "24/7", "sunset-02:00", "18:00-02:00 || unknown", 'Mo 09:00-17:00 "22:00-02:00"', "20:00+"],
)
def test_without_plain_nights_nothing_is_taken_apart(expression: str) -> None:
    assert take_apart(expression) is None


# --- all places at once ---


def test_a_table_says_what_each_expression_says() -> None:
    expressions = [
        "24/7", None, "Mo-Fr 09:00-17:00", "nonsense", "Mo-Fr 09:00-17:00", 'Jul 10:00-12:00 unknown "x"',
        "22:00-06:00", "2026 Dec 24 10:00-12:00", "Mo-Fr 09:00-17:00; PH off",
    ]  # fmt: skip
    table = HoursTable(expressions)
    assert len(table) == len(expressions)
    assert list(table.refused) == ["nonsense"]
    for text in ("2026-11-23T16:45", "2026-10-01T10:00", "2026-10-10T23:59", "2026-12-24T11:00"):
        when = at(text)
        states = table.at(when, CALENDAR)
        for i, expression in enumerate(expressions):
            kind = KINDS[states.kind[i]]
            if expression in (None, "nonsense"):
                assert (kind, states.minutes_left[i], states.opens_in_min[i]) == ("unknown", 0, np.inf)
                continue
            one = Hours.parse(str(expression)).state(when, CALENDAR)
            assert kind == one.kind
            assert states.assumed[i] == (one.assumed is not None)
            left = np.inf if one.is_open and one.until is None else one.minutes_left or 0
            assert states.minutes_left[i] == left
            waits = np.inf if one.next_open is None else (one.next_open - when) / timedelta(minutes=1)
            assert states.opens_in_min[i] == (0 if one.is_open else waits)


def test_no_places_at_all() -> None:
    assert all(len(column) == 0 for column in bulk_states([], at("2026-11-23T16:45"), CALENDAR))


def test_row_order_does_not_matter() -> None:
    expressions = ["24/7", "Mo 09:00-17:00", None, "Tu 09:00-17:00"]
    when = at("2026-11-23T10:00")

    forward, backward = bulk_states(expressions, when, CALENDAR), bulk_states(expressions[::-1], when, CALENDAR)
    for field in forward._fields:
        assert (getattr(forward, field) == getattr(backward, field)[::-1]).all(), field


def test_the_library_is_asked_without_a_country() -> None:
    """2 October is no holiday in its own calendar of China; in ours it is."""
    assert CALENDAR.day_kind(date(2026, 10, 2)).kind == "holiday"
    assert state("10:00-12:00; PH off", "2026-10-02T11:00").kind == "closed"
