"""Who is there at which hour of the week: a table that people may mend."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.errors import ParameterError, UnknownWordError

HOURS: Final = 168
#: All of what there is.
PER_MILLE: Final = 1000
#: Where the shares come from: they follow from what is counted; somebody counted them; nobody did.
STATUSES: Final = ("definition", "sourced", "illustrative")
COLUMNS: Final = ("profile", "days", "from", "to", "per_mille", "source", "status")

_DAYS: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_WHOLE = re.compile(r"\d{1,4}", re.ASCII)
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
_MAX_BYTES: Final = 1_000_000
_AS_ABOVE: Final = "as above"


@dataclass(frozen=True, eq=False)
class Profile:
    """How much of a weight is there in each hour of a week.

    Attributes
    ----------
    name
        What it is called.
    per_mille
        Share of the weight, int16 (168,), 0 to 1000; hour 0 is Monday from 00:00 to 01:00.
    source
        Where the shares come from, one text for each that the table has.
    status
        The weakest of :data:`STATUSES` that the table has for it.
    """

    name: str
    per_mille: NDArray[np.int16]
    source: tuple[str, ...]
    status: str


#: What does not change by the hour.
ALWAYS: Final = Profile("always", np.full(HOURS, PER_MILLE, dtype=np.int16), ("by definition",), "definition")


@dataclass
class _Draft:
    per_mille: NDArray[np.int16] = field(default_factory=lambda: np.full(HOURS, -1, dtype=np.int16))
    source: dict[str, None] = field(default_factory=dict)
    status: int = 0


def read_profiles(path: Path | None = None) -> Mapping[str, Profile]:
    """Read a table of profiles.

    Parameters
    ----------
    path
        CSV in UTF-8 with the columns ``profile, days, from, to, per_mille, source, status``: days such as ``Mo-Fr`` or
        ``Sa``, hours from 0 to 24, the second one not included; None: the packaged table. Every profile must tell each
        of the 168 hours exactly once.

    Raises
    ------
    ParameterError
        The table cannot be read, or a row of it cannot be used; the message names the row.

    Examples
    --------
    >>> profiles = read_profiles()
    >>> sorted(profiles)
    ['always', 'couriers', 'sanitation']
    >>> profiles["sanitation"].per_mille[3:5]  # from three, and from four, on a Monday
    array([  0, 800], dtype=int16)
    """
    drafts: dict[str, _Draft] = {}
    name = "profiles.csv" if path is None else path.name
    try:
        for number, row in enumerate(csv.reader(_text(path).splitlines(), strict=True), 1):
            cells = [cell.strip() for cell in row]
            if number > 1 and cells:
                _take(drafts, name, number, cells)
            elif number == 1 and tuple(cells) != COLUMNS:
                raise _wrong(name, 1, f"the columns are {', '.join(cells)[:200]!r}, not {', '.join(COLUMNS)}")
    except csv.Error as error:
        raise ParameterError(f"{name}: not CSV ({error}); a quote is not closed, or a cell is too long") from error
    if not drafts:
        raise ParameterError(f"{name}: the table is empty; give the columns {', '.join(COLUMNS)}, and rows")
    for profile, draft in drafts.items():
        missing = np.flatnonzero(draft.per_mille < 0)
        if len(missing):
            day, hour = divmod(int(missing[0]), 24)
            raise ParameterError(
                f"{name}: profile {profile} says nothing of {len(missing)} of the week's {HOURS} hours, first of "
                f"{_DAYS[day]} {hour}:00; add a row for them, with 0 if nobody is there"
            )
    return MappingProxyType({name: _finished(name, draft) for name, draft in drafts.items()})


def profile_of(profiles: Mapping[str, Profile], name: str) -> Profile:
    """Return a profile by its name.

    Raises
    ------
    UnknownWordError
        There is none of that name.
    """
    if name not in profiles:
        raise UnknownWordError(
            f"no profile {name[:60]!r}; there are {', '.join(sorted(profiles))}", parameter="profile"
        )
    return profiles[name]


def _text(path: Path | None) -> str:
    if path is None:
        return files("geo.coverage").joinpath("profiles.csv").read_text(encoding="utf-8")
    try:
        size = path.stat().st_size
        if size > _MAX_BYTES:
            raise ParameterError(f"{path.name}: {size:,} bytes, over {_MAX_BYTES:,}; a table of profiles is short")
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ParameterError(f"{path.name}: cannot be read as CSV in UTF-8 ({error})") from error


def _take(drafts: dict[str, _Draft], table: str, number: int, row: list[str]) -> None:
    if len(row) != len(COLUMNS):
        raise _wrong(table, number, f"{len(row)} cells, not {len(COLUMNS)}; put quotes round a text with a comma")
    name, days, begin, end, per_mille, source, status = row
    if not _NAME.fullmatch(name):
        raise _wrong(table, number, f"profile {name[:60]!r} must be small Latin letters, digits and _, 40 at most")
    if status not in STATUSES:
        raise _wrong(table, number, f"status {status[:60]!r} is none of {', '.join(STATUSES)}")
    if not source:
        raise _wrong(table, number, "no source; say where the share comes from, or that it is assumed")
    first, last = _whole(table, number, "from", begin, 23), _whole(table, number, "to", end, 24)
    if first >= last:
        raise _wrong(table, number, f"from {first} to {last} is no time; 22 to 24 and 0 to 2 are two rows")
    share = _whole(table, number, "per_mille", per_mille, PER_MILLE)
    draft = drafts.setdefault(name, _Draft())
    for day in _days(table, number, days):
        hours = draft.per_mille[24 * day + first : 24 * day + last]
        if (hours >= 0).any():
            raise _wrong(table, number, f"profile {name} has been told of {_DAYS[day]} {first} to {last} before")
        hours[:] = share
    if source != _AS_ABOVE:
        draft.source[source] = None
    draft.status = max(draft.status, STATUSES.index(status))


def _days(table: str, number: int, text: str) -> range:
    first, to, last = text.partition("-")
    if first not in _DAYS or (last if to else first) not in _DAYS:
        raise _wrong(table, number, f"days {text[:60]!r} must be one of {', '.join(_DAYS)}, or two such as Mo-Fr")
    begin, end = _DAYS.index(first), _DAYS.index(last if to else first)
    if begin > end:
        raise _wrong(table, number, f"days {text}: weeks begin on Monday; write two rows")
    return range(begin, end + 1)


def _whole(table: str, number: int, column: str, text: str, most: int) -> int:
    if not _WHOLE.fullmatch(text) or int(text) > most:
        raise _wrong(table, number, f"{column} {text[:60]!r} must be a whole number from 0 to {most}")
    return int(text)


def _finished(name: str, draft: _Draft) -> Profile:
    draft.per_mille.flags.writeable = False
    return Profile(name, draft.per_mille, tuple(draft.source), STATUSES[draft.status])


def _wrong(table: str, number: int, what: str) -> ParameterError:
    return ParameterError(f"{table}, row {number}: {what}")
