"""Notices of the State Council: which days of a year are off, and which weekends are worked for them (调休).

A notice is a CSV file with the columns ``date,kind,name,source``: one row a day, ``kind`` is ``holiday`` (a day off by
the notice, weekends within it included) or ``makeup_workday``, ``source`` the number of the notice. A year that has no
notice yet is computed from the law: only the statutory days, and no make-up days.

References
----------
国务院, 全国年节及纪念日放假办法 (1949; revised 2013, and 2024 with effect from 2025-01-01).
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from importlib.resources import files
from typing import Final, Literal, NamedTuple, cast, get_args

from geo.errors import CalendarError

MarkedKind = Literal["holiday", "makeup_workday"]

COLUMNS: Final = ("date", "kind", "name", "source")
#: A notice has some forty rows; a file far beyond is something else.
MAX_BYTES: Final = 200_000
_SATURDAY: Final = 5

#: First day of the first month, fifth of the fifth, fifteenth of the eighth (lunar), and Qingming: (month, day).
_MOVING: Final[dict[int, tuple[tuple[int, int], ...]]] = {
    2022: ((2, 1), (6, 3), (9, 10), (4, 5)),
    2023: ((1, 22), (6, 22), (9, 29), (4, 5)),
    2024: ((2, 10), (6, 10), (9, 17), (4, 4)),
    2025: ((1, 29), (5, 31), (10, 6), (4, 4)),
    2026: ((2, 17), (6, 19), (9, 25), (4, 5)),
    2027: ((2, 6), (6, 9), (9, 15), (4, 5)),
    2028: ((1, 26), (5, 28), (10, 3), (4, 4)),
    2029: ((2, 13), (6, 16), (9, 22), (4, 4)),
    2030: ((2, 3), (6, 5), (9, 12), (4, 5)),
}
#: From this year New Year's Eve (lunar) and the second of May are off as well.
_LAW_OF_2024: Final = 2025


class MarkedDay(NamedTuple):
    """A day that is not what its weekday says."""

    day: date
    kind: MarkedKind
    name: str
    source: str


class Notice(NamedTuple):
    """One year's notice: its number and its days, in order."""

    year: int
    source: str
    days: tuple[MarkedDay, ...]


def packaged_notices() -> tuple[Notice, ...]:
    """Return the notices that come with the project, oldest first."""
    text = files("geo.places").joinpath("china_days.csv").read_text(encoding="utf-8")
    rows = _read_rows(text)
    by_source: dict[str, list[MarkedDay]] = {}
    for row in rows:
        by_source.setdefault(row.source, []).append(row)
    return tuple(_notice(days) for days in by_source.values())


def read_notice(content: bytes) -> Notice:
    """Read one year's notice.

    Parameters
    ----------
    content
        The file, UTF-8 (a byte order mark is fine) or GB18030.

    Raises
    ------
    CalendarError
        A row cannot be read, a day stands twice, a make-up day is no weekend, or a fixed holiday is missing.
    """
    if len(content) > MAX_BYTES:
        raise CalendarError(f"a file of {len(content):,} bytes, more than {MAX_BYTES:,}: a notice has some forty rows")
    return _notice(_read_rows(_decode(content)))


def write_notice(notice: Notice) -> str:
    """Return the notice as the CSV that :func:`read_notice` reads."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows((row.day.isoformat(), *row[1:]) for row in notice.days)
    return out.getvalue()


def doubts(notice: Notice) -> tuple[str, ...]:
    """Return what is unusual in a notice, one sentence each; all published ones since 2023 raise no doubt.

    Each weekday off beyond the statutory ones is worked on a weekend, so the weekdays off less the make-up days are the
    statutory days: 11, from 2025 on 13.
    """
    off = sum(row.kind == "holiday" and row.day.weekday() < _SATURDAY for row in notice.days)
    worked = sum(row.kind == "makeup_workday" for row in notice.days)
    lawful = 13 if notice.year >= _LAW_OF_2024 else 11
    said = []
    if off - worked != lawful:
        said.append(
            f"{off} weekdays off less {worked} make-up workdays are {off - worked}, and the law gives {lawful} days in"
            f" {notice.year}"
        )
    known = {row.day for row in notice.days if row.kind == "holiday"}
    said += [
        f"{row.day} ({row.name}) is a statutory holiday, and the file does not name it"
        for row in statutory_days(notice.year)
        if row.day not in known
    ]
    return tuple(said)


def statutory_days(year: int) -> tuple[MarkedDay, ...]:
    """Return the days that the law itself names, in order; those by the moon and the sun are known for 2022-2030."""
    new_law = year >= _LAW_OF_2024
    days = {date(year, 1, 1): "元旦", date(year, 5, 1): "劳动节"}
    days |= {date(year, 10, number): "国庆节" for number in (1, 2, 3)}
    if new_law:
        days[date(year, 5, 2)] = "劳动节"
    if moving := _MOVING.get(year):
        spring, dragon, moon, qingming = (date(year, *month_day) for month_day in moving)
        days |= {spring + timedelta(number): "春节" for number in range(-1 if new_law else 0, 3)}
        days |= {dragon: "端午节", qingming: "清明节"}
        days[moon] = "国庆节、中秋节" if moon in days else "中秋节"
    law = "全国年节及纪念日放假办法（推算）"
    return tuple(MarkedDay(day, "holiday", name, law) for day, name in sorted(days.items()))


def knows_moving_days(year: int) -> bool:
    """Tell whether the holidays by the moon and the sun are known for a year."""
    return year in _MOVING


def _decode(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise CalendarError("the file is neither UTF-8 nor GB18030 text; save it as CSV (UTF-8)")


def _read_rows(text: str) -> list[MarkedDay]:
    try:
        rows = list(csv.reader(io.StringIO(text), strict=True))
    except csv.Error as error:
        raise CalendarError(f"the file is no CSV: {error}") from error
    if not rows or tuple(cell.strip() for cell in rows[0]) != COLUMNS:
        raise CalendarError(f"the first row must be {','.join(COLUMNS)}")
    return [_read_row(number, cells) for number, cells in enumerate(rows[1:], 2) if any(cells)]


def _read_row(number: int, cells: list[str]) -> MarkedDay:
    if len(cells) != len(COLUMNS):
        raise CalendarError(f"row {number} has {len(cells)} cells; it must have {len(COLUMNS)}: {','.join(COLUMNS)}")
    day, kind, name, source = (cell.strip() for cell in cells)
    if kind not in get_args(MarkedKind):
        raise CalendarError(f"row {number}: kind {kind[:40]!r} must be one of {', '.join(get_args(MarkedKind))}")
    if not name or not source:
        raise CalendarError(f"row {number}: name and source must not be empty; the source is the notice's number")
    try:
        return MarkedDay(date.fromisoformat(day), cast(MarkedKind, kind), name, source)
    except ValueError:
        raise CalendarError(f"row {number}: date {day[:40]!r} must be written 2026-10-01") from None


def _notice(rows: Iterable[MarkedDay]) -> Notice:
    days = tuple(sorted(rows))
    if not days:
        raise CalendarError("the file names no day")
    year = Counter(row.day.year for row in days).most_common(1)[0][0]
    sources = sorted({row.source for row in days})
    if len(sources) > 1:
        raise CalendarError(f"one file holds one notice, and this names {len(sources)}: {', '.join(sources)[:120]}")
    twice = [day for day, count in Counter(row.day for row in days).items() if count > 1]
    if twice:
        raise CalendarError(f"{twice[0]} stands twice")
    for row in days:
        if not date(year - 1, 12, 20) <= row.day <= date(year + 1, 1, 10):
            raise CalendarError(f"{row.day} does not belong to the notice for {year}")
        if row.kind == "makeup_workday" and row.day.weekday() < _SATURDAY:
            raise CalendarError(f"{row.day} is no Saturday or Sunday, so it cannot be a make-up workday")
    off = {row.day for row in days if row.kind == "holiday"}
    for month, number in ((1, 1), (5, 1), (10, 1), (10, 2), (10, 3)):
        if date(year, month, number) not in off:
            raise CalendarError(f"{date(year, month, number)} is a holiday every year, and the file does not name it")
    return Notice(year, sources[0], days)
