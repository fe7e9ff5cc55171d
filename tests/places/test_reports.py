"""What people found: kept once whoever sends it how often, closed with a name, never changed, bounded."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import geo.places.reports
from geo.coords import LonLat
from geo.errors import ConflictError, NotFoundError, ParameterError, RegisterError, TooBusyError, UnknownWordError
from geo.places.reports import FILE, Report, Reports, coarse

ROOT = Path(__file__).parents[2]
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def uuid(number: int) -> str:
    return f"{number:08x}-0000-4000-8000-000000000000"


def report(number: int = 1, **values: Any) -> Report:
    told: dict[str, Any] = {
        "place": "ss-dongsi",
        "place_name": "东四",
        "what": "locked",
        "seen_at": NOON,
        "received_at": NOON + HOUR,
    }
    return Report(uuid(number), **(told | values))


@pytest.fixture
def reports(tmp_path: Path) -> Reports:
    return Reports(tmp_path / "state" / FILE)


def test_what_was_told_is_listed_the_latest_first(reports: Reports) -> None:
    assert reports.all() == ()
    told = [
        report(1, district="东城区", subdistrict="东四街道"),
        report(2, place="wp-1", what="other", text="换了锁", district="东城区", subdistrict="景山街道"),
        report(3, what="as_shown", received_at=NOON + 2 * HOUR, district="西城区"),
    ]
    assert [reports.add(each) for each in told] == [True, True, True]
    assert [kept.report for kept in reports.all()] == told[::-1]
    assert [kept.report for kept in reports.all(place="wp-1")] == [told[1]]
    assert [kept.report for kept in reports.all(district="东城区")] == [told[1], told[0]]
    assert [kept.report for kept in reports.all(district="景山街道")] == [told[1]]
    assert [kept.report for kept in reports.all(since=NOON + 2 * HOUR)] == [told[2]]


def test_the_same_report_is_kept_once(reports: Reports) -> None:
    assert reports.add(report()) is True
    assert reports.add(report(received_at=NOON + 9 * HOUR, place_name="改名了")) is False
    assert len(reports.all()) == 1
    assert reports.all()[0].report.received_at == NOON + HOUR


@pytest.mark.parametrize(
    "other",
    [
        {"place": "elsewhere"},
        {"what": "no_water"},
        {"seen_at": NOON + HOUR},
        {"what": "other", "text": "x"},
        {"where": LonLat(116.4, 39.9)},
    ],
    ids=str,
)
def test_one_id_cannot_say_two_things(reports: Reports, other: dict[str, Any]) -> None:
    reports.add(report())
    with pytest.raises(ConflictError, match="says something else"):
        reports.add(report(**other))
    assert len(reports.all()) == 1


def test_a_position_is_never_kept_finer_than_about_100_m(reports: Reports, tmp_path: Path) -> None:
    """A thousandth of a degree is 111 m of latitude, and 85 m of longitude in Beijing."""
    reports.add(report(where=LonLat(116.410823, 39.922949)))
    assert reports.all()[0].report.where == LonLat(116.411, 39.923) == coarse(LonLat(116.411, 39.923))
    raw = b"".join(path.read_bytes() for path in (tmp_path / "state").iterdir())
    assert b"116.4108" not in raw and b"39.9229" not in raw


def test_a_report_is_closed_once_with_who_when_and_how(reports: Reports) -> None:
    reports.add(report(1))
    reports.add(report(2))
    kept = reports.close(uuid(1)[:8], who="li", at=NOON + HOUR, note="换锁了，已通知")
    assert kept.closing == ("li", NOON + HOUR, "换锁了，已通知")
    assert [kept.report.id for kept in reports.all()] == [uuid(2)]
    assert len(reports.all(closed=True)) == 2
    with pytest.raises(ConflictError, match="closed by li at 2026-11-23T05:00:00"):
        reports.close(uuid(1), who="wang", at=NOON, note="again")


def test_words_are_erased_when_it_is_closed_and_the_phone_that_sends_again_is_none_the_wiser(reports: Reports) -> None:
    told = report(what="other", text="张三 13800000000", where=LonLat(116.411, 39.923))
    reports.add(told)
    kept = reports.close(told.id, who="li", at=NOON, note="a telephone number", erase=True)
    assert kept.report == replace(told, text=None, where=None)
    assert reports.add(told) is False
    assert reports.all(closed=True)[0].report.text is None


@pytest.mark.parametrize(
    ("report_id", "reason"),
    [
        (uuid(9), "there is none"),
        ("0000000", "two begin so"),
        ("00000", "too short to mean one"),
        ("%%%%%%%%", "no wildcard"),
        ("", "nothing"),
    ],
)
def test_an_id_that_names_no_one_report(reports: Reports, report_id: str, reason: str) -> None:
    reports.add(report(1))
    reports.add(report(2))
    with pytest.raises(NotFoundError, match="no one report"):
        reports.close(report_id, who="li", at=NOON, note="x")


def test_nobody_closes_without_a_name_or_a_note(reports: Reports) -> None:
    reports.add(report())
    for who, note in (("", "x"), ("li", "  ")):
        with pytest.raises(ParameterError, match="is empty"):
            reports.close(uuid(1), who=who, at=NOON, note=note)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"id": "1"}, "no UUID"),
        ({"id": uuid(1).upper().replace("0", "A")}, "no UUID"),
        ({"id": uuid(1) + "\n"}, "no UUID"),
        ({"what": "broken"}, "'broken' is not known"),
        ({"text": "x"}, "belongs to what=other"),
        ({"what": "other", "text": "x" * 201}, "201 characters"),
        ({"what": "other", "text": ""}, "0 characters"),
        ({"what": "other", "text": "a\x1b[2J"}, "printable"),
        ({"what": "other", "text": "\ud800"}, "printable"),
        ({"seen_at": NOON.replace(tzinfo=None)}, "no time zone"),
    ],
)
def test_what_is_no_report(values: dict[str, Any], message: str) -> None:
    with pytest.raises((ParameterError, UnknownWordError), match=message):
        replace(report(), **values)


def test_too_many_are_refused_until_some_are_closed(reports: Reports, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(geo.places.reports, "MAX_OPEN", 2)
    reports.add(report(1))
    reports.add(report(2))
    with pytest.raises(TooBusyError, match="2 reports are open"):
        reports.add(report(3))
    assert reports.add(report(2)) is False, "what is kept already is no more"
    reports.close(uuid(1), who="li", at=NOON, note="x")
    assert reports.add(report(3)) is True


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM report",
        "UPDATE report SET what = 'as_shown'",
        "UPDATE report SET text = 'changed'",
        "UPDATE report SET place = 'other', text = NULL",
        "DELETE FROM closing",
        "UPDATE closing SET who = 'nobody'",
    ],
)
def test_the_file_itself_keeps_what_was_written(reports: Reports, tmp_path: Path, statement: str) -> None:
    reports.add(report(what="other", text="x"))
    reports.close(uuid(1), who="li", at=NOON, note="x")
    before = reports.all(closed=True)
    with closing(sqlite3.connect(tmp_path / "state" / FILE)) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute(statement)
    assert reports.all(closed=True) == before


def _no_database(path: Path) -> None:
    path.write_bytes(b"no database at all, but long enough to be read as the head of one" * 4)


def _newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")


@pytest.mark.parametrize(("spoil", "message"), [(_no_database, "not a database"), (_newer, "newer yizhan")])
def test_a_file_that_is_something_else_is_told(tmp_path: Path, spoil: Callable[[Path], None], message: str) -> None:
    spoil(tmp_path / FILE)
    with pytest.raises(RegisterError, match=message):
        Reports(tmp_path / FILE).add(report())


def test_two_programs_that_send_the_same_reports_keep_each_once(tmp_path: Path) -> None:
    """They also race to make the file; each tells how many were new, and together each was new once."""
    program = (
        "import sys; from pathlib import Path; from tests.places.test_reports import report, Reports; "
        "input('ready\\n'); print(sum(Reports(Path(sys.argv[1])).add(report(n)) for n in range(60)))"
    )
    where = str(tmp_path / "state" / FILE)
    pipe = subprocess.PIPE
    writers = [
        subprocess.Popen([sys.executable, "-c", program, where], cwd=ROOT, stdin=pipe, stdout=pipe, text=True)
        for _ in range(2)
    ]
    for writer in writers:
        assert writer.stdout is not None and writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("\n")
        writer.stdin.flush()
    new = [int(writer.communicate(timeout=60)[0]) for writer in writers]
    assert sum(new) == 60
    assert sorted(kept.report.id for kept in Reports(Path(where)).all()) == [uuid(n) for n in range(60)]
