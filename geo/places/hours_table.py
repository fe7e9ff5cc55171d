"""The hours of all places at once: each distinct expression is read and evaluated once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.coords import LonLat
from geo.errors import HoursError
from geo.places.calendar import Calendar
from geo.places.hours import BEIJING, CLOSING_SOON_MIN, Hours, Kind, local_time

#: What the numbers in :attr:`States.kind` mean.
KINDS: Final[tuple[Kind, ...]] = ("closed", "unknown", "closing_soon", "open")
_CLOSED, _UNKNOWN, _SOON, _OPEN = range(4)
_MINUTE: Final = timedelta(minutes=1)


class States(NamedTuple):
    """What holds at an instant, aligned to the expressions.

    Attributes
    ----------
    kind
        Index into :data:`KINDS`, uint8 (n,).
    minutes_left
        Until an open place no longer certainly is; inf: more than a year; 0: not open. float64 (n,).
    opens_in_min
        Until the next certain opening; 0: open; inf: none within a year. float64 (n,).
    assumed
        The answer rests on an assumption about holidays, bool (n,).
    """

    kind: NDArray[np.uint8]
    minutes_left: NDArray[np.float64]
    opens_in_min: NDArray[np.float64]
    assumed: NDArray[np.bool_]


class HoursTable:
    """The hours of many places, read once and asked often; immutable.

    Parameters
    ----------
    expressions
        One a place; None is unknown. Those that cannot be read are unknown too, and listed in :attr:`refused`.
    position
        Where the sun rises and sets.

    Attributes
    ----------
    refused
        Expression to the reason why it cannot be read.

    Examples
    --------
    >>> from geo.places.hours import CHINA
    >>> table = HoursTable(["24/7", None, "Mo-Fr 09:00-17:00", "24/7"])
    >>> states = table.at(datetime(2026, 11, 23, 16, 40, tzinfo=CHINA), Calendar.packaged())
    >>> [KINDS[kind] for kind in states.kind]
    ['open', 'unknown', 'closing_soon', 'open']
    """

    def __init__(self, expressions: Sequence[str | None], position: LonLat = BEIJING) -> None:
        distinct = dict.fromkeys(expressions)
        hours: list[Hours | None] = []
        refused: dict[str, str] = {}
        for expression in distinct:
            try:
                hours.append(None if expression is None else Hours.parse(expression, position))
            except HoursError as error:
                hours.append(None)
                refused[str(expression)] = str(error)
        number = {expression: i for i, expression in enumerate(distinct)}
        self.refused = MappingProxyType(refused)
        self._hours = tuple(hours)
        self._number = np.fromiter(map(number.__getitem__, expressions), dtype=np.int32, count=len(expressions))
        self._number.flags.writeable = False

    def __len__(self) -> int:
        return len(self._number)

    def at(self, when: datetime, calendar: Calendar) -> States:
        """Tell what holds at an instant (with its time zone) at every place."""
        n = len(self._hours)
        local = local_time(when)
        kind = np.full(n, _UNKNOWN, dtype=np.uint8)
        left, opens = np.zeros(n), np.full(n, np.inf)
        assumed = np.zeros(n, dtype=bool)
        for i, hours in enumerate(self._hours):
            if hours is None:
                continue
            found = hours.instant(local, calendar)
            assumed[i] = hours.assumed(local.date(), calendar) is not None
            if found.kind == "open":
                left[i] = np.inf if found.until is None else (found.until - local) / _MINUTE
                opens[i] = 0
                kind[i] = _SOON if left[i] < CLOSING_SOON_MIN else _OPEN
            else:
                kind[i] = _CLOSED if found.kind == "closed" else _UNKNOWN
                if found.next_open is not None:
                    opens[i] = (found.next_open - local) / _MINUTE
        number = self._number
        return States(kind[number], left[number], opens[number], assumed[number])


def bulk_states(expressions: Sequence[str | None], when: datetime, calendar: Calendar) -> States:
    """Tell what holds at an instant for each expression; where asked again, keep a :class:`HoursTable`."""
    return HoursTable(expressions).at(when, calendar)
