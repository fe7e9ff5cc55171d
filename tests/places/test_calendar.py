"""Holidays and make-up workdays of China, day by day, and notices that people bring."""

from __future__ import annotations

import warnings
from datetime import date, timedelta
from pathlib import Path

import pytest

from geo.errors import CalendarError
from geo.places.calendar import Calendar, import_notice
from geo.places.notices import doubts, packaged_notices, read_notice, statutory_days, write_notice
from tests.places.hours_oracle import HOLIDAYS, MAKEUP

CALENDAR = Calendar.packaged()
DAY = timedelta(days=1)

#: A made-up notice in the manner of the real ones: 18 weekdays off, 5 of them worked.
NOTICE_2027 = """date,kind,name,source
2027-01-01,holiday,元旦,试〔2026〕1号
2027-02-05,holiday,春节,试〔2026〕1号
2027-02-06,holiday,春节,试〔2026〕1号
2027-02-07,holiday,春节,试〔2026〕1号
2027-02-08,holiday,春节,试〔2026〕1号
2027-02-09,holiday,春节,试〔2026〕1号
2027-02-10,holiday,春节,试〔2026〕1号
2027-04-05,holiday,清明节,试〔2026〕1号
2027-05-01,holiday,劳动节,试〔2026〕1号
2027-05-02,holiday,劳动节,试〔2026〕1号
2027-05-03,holiday,劳动节,试〔2026〕1号
2027-05-04,holiday,劳动节,试〔2026〕1号
2027-06-09,holiday,端午节,试〔2026〕1号
2027-09-15,holiday,中秋节,试〔2026〕1号
2027-10-01,holiday,国庆节,试〔2026〕1号
2027-10-02,holiday,国庆节,试〔2026〕1号
2027-10-03,holiday,国庆节,试〔2026〕1号
2027-10-04,holiday,国庆节,试〔2026〕1号
2027-10-05,holiday,国庆节,试〔2026〕1号
2027-10-06,holiday,国庆节,试〔2026〕1号
2027-10-09,makeup_workday,国庆节,试〔2026〕1号
"""


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + number * DAY for number in range((date(year + 1, 1, 1) - first).days)]


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_every_day_is_what_the_notice_says(year: int) -> None:
    """Against ranges typed from the notices' texts a second time, in tests/places/hours_oracle.py."""
    for day in days_of(year):
        weekend = day.weekday() >= 5
        plain = "weekend" if weekend else "workday"
        expected = "holiday" if day in HOLIDAYS else "makeup_workday" if day in MAKEUP else plain
        kind = CALENDAR.day_kind(day)
        assert kind.kind == expected, day
        assert not kind.provisional
        assert (kind.name is None) == (kind.source is None) == (expected == plain)


@pytest.mark.parametrize(
    ("year", "source", "off", "worked"),
    [
        (2023, "国办发明电〔2022〕16号", 26, 7),  # one more lies in 2022
        (2024, "国办发明电〔2023〕7号", 28, 8),
        (2025, "国办发明电〔2024〕12号", 28, 5),
        (2026, "国办发明电〔2025〕7号", 33, 6),
    ],
)
def test_each_year_names_its_notice(year: int, source: str, off: int, worked: int) -> None:
    kinds = [row.kind for row in CALENDAR.days_of(year)]

    assert CALENDAR.basis(year) == "notice"
    assert CALENDAR.notices[year].source == source
    assert (kinds.count("holiday"), kinds.count("makeup_workday")) == (off, worked)


def test_a_notice_may_begin_in_december() -> None:
    assert CALENDAR.day_kind(date(2022, 12, 31)).kind == "holiday"


@pytest.mark.parametrize("year", [2023, 2024, 2025, 2026])
def test_the_package_holidays_agrees(year: int) -> None:
    """It knows the weekdays off and the worked weekends; weekends within a holiday it leaves out, and so do we here."""
    holidays = pytest.importorskip("holidays")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = holidays.China(years=year)
        off = {day for day in peer if day.year == year and day.weekday() < 5}
        worked = {day for day in peer.weekend_workdays if day.year == year}

    ours = CALENDAR.days_of(year)
    assert {row.day for row in ours if row.kind == "holiday" and row.day.weekday() < 5} == off
    assert {row.day for row in ours if row.kind == "makeup_workday"} == worked


@pytest.mark.parametrize("year", range(2022, 2031))
def test_the_package_holidays_agrees_on_statutory_days(year: int) -> None:
    """It adds days in lieu (补假) and, where it knows the notice, days swapped (调休): those are no statutory days."""
    holidays = pytest.importorskip("holidays")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = holidays.China(years=year, language="zh_CN")
    theirs = {day for day, name in peer.items() if day.year == year and "补假" not in name and "调休" not in name}

    assert {row.day for row in statutory_days(year)} == theirs


def test_a_year_without_a_notice_is_provisional() -> None:
    national = CALENDAR.day_kind(date(2027, 10, 1))
    saturday = CALENDAR.day_kind(date(2027, 10, 9))

    assert (national.kind, national.name, national.provisional) == ("holiday", "国庆节", True)
    assert "推算" in str(national.source)
    assert (saturday.kind, saturday.provisional) == ("weekend", True)
    assert CALENDAR.basis(2027) == "computed"
    assert all(row.kind == "holiday" for row in CALENDAR.days_of(2027))


def test_beyond_the_moon_table_only_fixed_days_are_known() -> None:
    assert CALENDAR.basis(2031) == "fixed_dates"
    assert [str(row.day)[5:] for row in CALENDAR.days_of(2031)] == [
        "01-01", "05-01", "05-02", "10-01", "10-02", "10-03",
    ]  # fmt: skip


def test_published_notices_raise_no_doubt() -> None:
    assert [doubts(notice) for notice in packaged_notices()] == [()] * 4


def test_a_stretch_names_each_weekday_once() -> None:
    """With its eve at most seven days if any is marked, else up to the first marked day."""
    for day in days_of(2026):
        end, holidays, makeup = CALENDAR.stretch(day)
        inside = [day + number * DAY for number in range(-1, (end - day).days)]
        assert end > day
        if holidays or makeup:
            assert len(inside) <= 7
        else:
            assert CALENDAR.marked(end) is not None
        assert {each.weekday() for each in inside if each in HOLIDAYS} == holidays
        assert {each.weekday() for each in inside if each in MAKEUP} == makeup


# --- notices that people bring ---


def test_a_notice_is_imported_and_known_from_then_on(tmp_path: Path) -> None:
    file, folder = tmp_path / "2027.csv", tmp_path / "calendar"
    file.write_bytes("\ufeff".encode() + NOTICE_2027.encode())

    notice = import_notice(file, folder)
    calendar = Calendar.load(folder)

    assert (notice.year, len(notice.days)) == (2027, 21)
    assert calendar.basis(2027) == "notice"
    assert calendar.day_kind(date(2027, 10, 9)).kind == "makeup_workday"
    assert not calendar.day_kind(date(2027, 10, 10)).provisional
    assert calendar.day_kind(date(2026, 10, 10)).kind == "makeup_workday", "the packaged years stay"
    assert [path.name for path in folder.iterdir()] == ["2027.csv"]


def test_a_notice_in_gb18030_and_one_given_twice(tmp_path: Path) -> None:
    file, folder = tmp_path / "n.csv", tmp_path / "calendar"
    file.write_bytes(NOTICE_2027.encode("gb18030"))

    first, second = import_notice(file, folder), import_notice(file, folder)

    assert first == second
    assert first.days[-1].name == "国庆节"


def test_writing_and_reading_a_notice_changes_nothing() -> None:
    for notice in packaged_notices():
        assert read_notice(write_notice(notice).encode()) == notice


def test_a_folder_that_is_not_there_is_the_packaged_calendar(tmp_path: Path) -> None:
    assert Calendar.load(tmp_path / "none") is CALENDAR


def test_doubtful_notices_are_taken_only_on_demand(tmp_path: Path) -> None:
    file, folder = tmp_path / "n.csv", tmp_path / "calendar"
    file.write_text(NOTICE_2027.replace("2027-10-09,makeup_workday,国庆节,试〔2026〕1号\n", ""), encoding="utf-8")

    with pytest.raises(CalendarError, match=r"14, and the law gives 13 days in 2027.*--anyway"):
        import_notice(file, folder)
    assert not folder.exists()
    assert import_notice(file, folder, anyway=True).year == 2027


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("date,kind,name,source", "day,kind,name,source", "first row"),
        ("2027-01-01,holiday", "1 January,holiday", "row 2: date"),
        ("2027-01-01,holiday", "2027-01-01,off", "row 2: kind 'off'"),
        ("2027-01-01,holiday,元旦", "2027-01-01,holiday,", "name and source"),
        ("2027-01-01,holiday,元旦,", "2027-01-01,holiday,元旦,x,", "5 cells"),
        ("2027-02-06", "2027-02-05", "stands twice"),
        ("2027-10-09", "2027-10-08", "no Saturday or Sunday"),
        ("2027-01-01", "2027-01-02", "is a holiday every year"),
        ("2027-02-05", "2026-02-05", "does not belong"),
        ("元旦,试〔2026〕1号", "元旦,试〔2026〕2号", "one notice"),
        ("2027-01-01", '"2027-01-01', "CSV"),
    ],
)  # fmt: skip
def test_bad_notices_are_refused_with_a_reason(before: str, after: str, message: str) -> None:
    with pytest.raises(CalendarError, match=message):
        read_notice(NOTICE_2027.replace(before, after, 1).encode())


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00\xd8", b"\0" * 100, b"date,kind,name,source\n", b"x" * 300_000])
def test_what_is_no_notice_is_refused(content: bytes) -> None:
    with pytest.raises(CalendarError):
        read_notice(content)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(CalendarError, match=r"none\.csv cannot be read"):
        import_notice(tmp_path / "none.csv", tmp_path)
