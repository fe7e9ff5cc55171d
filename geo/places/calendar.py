"""What kind of day a date is in mainland China: workday, weekend, public holiday, or make-up workday (调休).

A year is known by its notice of the State Council; a year without one is *provisional*: the law's own days are
computed, the make-up days are not known, and every answer about it says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

from geo.errors import CalendarError
from geo.places.notices import (
    MarkedDay,
    Notice,
    doubts,
    knows_moving_days,
    packaged_notices,
    read_notice,
    statutory_days,
    write_notice,
)

Kind = Literal["workday", "weekend", "holiday", "makeup_workday"]
#: How well a year is known: by its notice; by the law and the moon; by the fixed dates alone.
Basis = Literal["notice", "computed", "fixed_dates"]

_SATURDAY: Final = 5
_DAY: Final = timedelta(days=1)
#: Of seven days the first is an eve.
_MOST: Final = timedelta(days=6)


@dataclass(frozen=True)
class DayKind:
    """What a date is.

    Attributes
    ----------
    name
        Of the holiday, or of the holiday that is worked for; None on plain days.
    source
        The notice or law that says so; None on plain days.
    provisional
        The year has no notice yet: a weekend may turn out to be worked, a workday to be off.
    """

    day: date
    kind: Kind
    name: str | None
    source: str | None
    provisional: bool


class Stretch(NamedTuple):
    """Days that can be asked about at once: until before ``end``, with these weekdays (0 is Monday) off or worked.

    With the eve of the first day they are at most seven where any is marked, so a weekday says which day it is.
    """

    end: date
    holidays: frozenset[int]
    makeup: frozenset[int]


class Calendar:
    """Public holidays and make-up workdays, year by year; immutable.

    Parameters
    ----------
    notices
        At most one a year is used: of two for the same year the later given.

    Examples
    --------
    >>> calendar = Calendar.packaged()
    >>> calendar.day_kind(date(2026, 10, 10)).kind
    'makeup_workday'
    >>> calendar.day_kind(date(2026, 10, 1)).name
    '国庆节'
    >>> calendar.day_kind(date(2027, 10, 1)).provisional
    True
    """

    def __init__(self, notices: Iterable[Notice]) -> None:
        self.notices: Mapping[int, Notice] = MappingProxyType({notice.year: notice for notice in notices})
        self._computed: dict[int, dict[date, MarkedDay]] = {}

    @staticmethod
    @lru_cache(maxsize=1)
    def packaged() -> Calendar:
        """Return the calendar that comes with the project."""
        return Calendar(packaged_notices())

    @classmethod
    def load(cls, folder: Path) -> Calendar:
        """Return the packaged calendar with the notices that were imported into a folder, which need not exist."""
        imported = [_read(path) for path in sorted(folder.glob("*.csv"))] if folder.is_dir() else []
        return cls([*packaged_notices(), *imported]) if imported else cls.packaged()

    def with_notice(self, notice: Notice) -> Calendar:
        """Return a calendar that knows one more year, or knows it anew."""
        return Calendar([*self.notices.values(), notice])

    def basis(self, year: int) -> Basis:
        """Tell how well a year is known."""
        if year in self.notices:
            return "notice"
        return "computed" if knows_moving_days(year) else "fixed_dates"

    def day_kind(self, day: date) -> DayKind:
        """Tell what a date is."""
        marked = self.marked(day)
        provisional = day.year not in self.notices
        if marked is not None:
            return DayKind(day, marked.kind, marked.name, marked.source, provisional)
        return DayKind(day, "weekend" if day.weekday() >= _SATURDAY else "workday", None, None, provisional)

    def marked(self, day: date) -> MarkedDay | None:
        """Return the holiday or make-up workday on a date, if it is one."""
        found = self._by_day.get(day)
        if found is None and day.year not in self.notices:
            found = self._statutory(day.year).get(day)
        return found

    def days_of(self, year: int) -> tuple[MarkedDay, ...]:
        """Return the holidays and make-up workdays that fall into a year, in order."""
        days = {row.day: row for row in self._by_day.values() if row.day.year == year}
        if year not in self.notices:
            days = self._statutory(year) | days
        return tuple(days[day] for day in sorted(days))

    def stretch(self, day: date) -> Stretch:
        """Return from a day on as many as can be asked about at once: plain days, or at most six with marked ones.

        A day counts as marked if its eve is, for what began before midnight.
        """
        if day not in self._stretches:
            self._stretches[day] = self._plain(day) or self._mixed(day)
        return self._stretches[day]

    def _plain(self, day: date) -> Stretch | None:
        """Return the days until the first marked one; None if this or its eve is marked."""
        if self.marked(day) is not None or self.marked(day - _DAY) is not None:
            return None
        rows = (*self.days_of(day.year), *self.days_of(day.year + 1))  # New Year's Day at the latest
        return Stretch(next(row.day for row in rows if row.day > day), frozenset(), frozenset())

    def _mixed(self, day: date) -> Stretch:
        end = day + _DAY
        while end - day < _MOST and self._plain(end) is None:
            end += _DAY
        marked = [self.marked(day + number * _DAY) for number in range(-1, (end - day).days)]
        holidays, makeup = (
            frozenset(row.day.weekday() for row in marked if row is not None and row.kind == kind)
            for kind in ("holiday", "makeup_workday")
        )
        return Stretch(end, holidays, makeup)

    @cached_property
    def _stretches(self) -> dict[date, Stretch]:
        return {}

    @cached_property
    def _by_day(self) -> dict[date, MarkedDay]:
        return {row.day: row for notice in self.notices.values() for row in notice.days}

    def _statutory(self, year: int) -> dict[date, MarkedDay]:
        if year not in self._computed:
            self._computed[year] = {row.day: row for row in statutory_days(year)}
        return self._computed[year]


def import_notice(path: Path, folder: Path, *, anyway: bool = False) -> Notice:
    """Check a notice and put it into the folder of imported ones, whole or not at all.

    Parameters
    ----------
    path
        CSV: ``date,kind,name,source``.
    anyway
        Take it although :func:`~geo.places.notices.doubts` has some.

    Raises
    ------
    CalendarError
        The file cannot be read, is no notice, or there are doubts.
    """
    notice = _read(path)
    if not anyway and (said := doubts(notice)):
        raise CalendarError(f"{path}: {'; '.join(said)}. Check the file, or import it with --anyway")
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f".{notice.year}.part"
    part.write_text(write_notice(notice), encoding="utf-8")
    part.replace(folder / f"{notice.year}.csv")
    return notice


def _read(path: Path) -> Notice:
    try:
        return read_notice(path.read_bytes())
    except OSError as error:
        raise CalendarError(f"{path} cannot be read: {error.strerror}") from error
    except CalendarError as error:
        raise CalendarError(f"{path}: {error}") from error
