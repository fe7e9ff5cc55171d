"""What was found of many offers, day by day: a state that has been evaluated once is looked up by bisection.

From midnight to midnight an offer falls into a few *runs*, in which all but the minutes left stays as it is. A day of
an offer is evaluated when it is first asked about and kept as long as there is room.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from threading import Lock
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.places.calendar import Calendar
from geo.places.hours import CLOSING_SOON_MIN, Certainty, Instant, State, local_time
from geo.places.offer import Offer

#: Days that are kept of one offer.
MAX_DAYS: Final = 16
#: Runs that are kept in all; about 0.5 kB each.
MAX_RUNS: Final = 1 << 16
#: An instant after all that can be asked about.
FOR_EVER: Final = 1 << 62

_S_US: Final = 1_000_000
_MINUTE_US: Final = 60 * _S_US
_DAY_US: Final = 86_400 * _S_US
_DAY: Final = timedelta(days=1)


def clock_us(when: datetime) -> int:
    """Return what China's clock shows at an instant, as microseconds since the day 0 of :meth:`date.toordinal`.

    Parameters
    ----------
    when
        With its time zone, in the years that can be asked about.
    """
    return _us(local_time(when))


class Run(NamedTuple):
    """A time in which nothing changes but the minutes left.

    Attributes
    ----------
    kind
        What holds.
    until_us, next_open_us
        As in :class:`~geo.places.hours.State`, in the terms of :func:`clock_us`.
    steady
        The state, but for the minutes left.
    rank
        Of several runs at an instant, the one with the lowest is the best, see
        :func:`~geo.choosing.openness.best_state`.
    """

    kind: Certainty
    until_us: int | None
    next_open_us: int | None
    steady: State
    rank: tuple[int, float]

    def state(self, at_us: int) -> State:
        """Tell what holds at an instant of it."""
        until_us = self.until_us
        steady = self.steady
        if until_us is None or self.kind != "open":
            return steady
        left = (until_us - at_us) // _MINUTE_US
        _, until, _, _, comment, assumed = steady
        return State("closing_soon" if left < CLOSING_SOON_MIN else "open", until, None, left, comment, assumed)

    def opens_in_s(self, at_us: int) -> float | None:
        """Tell how long after an instant of it it certainly opens, seconds; 0: it is open; None: not within a year."""
        if self.kind == "open":
            return 0.0
        return None if self.next_open_us is None else (self.next_open_us - at_us) / _S_US


#: Where the runs of a day begin, and the runs.
_Runs = tuple[list[int], list[Run]]


class Runs:
    """Offers with one calendar, asked often; threads may share it.

    Parameters
    ----------
    offers
        They are asked for by their number in this order.

    Examples
    --------
    >>> from geo.places.hours import CHINA
    >>> runs = Runs([Offer.read("Mo-Fr 09:00-17:00")], Calendar.packaged())
    >>> at_us = clock_us(datetime(2026, 11, 23, 16, 45, tzinfo=CHINA))
    >>> runs.at(0, at_us).state(at_us).minutes_left
    15
    """

    def __init__(self, offers: Sequence[Offer], calendar: Calendar) -> None:
        self._offers = tuple(offers)
        self._calendar = calendar
        self._days: list[dict[int, _Runs]] = [{} for _ in self._offers]
        self._held = 0
        self._lock = Lock()  # for writing; who reads finds a whole day or none

    def __len__(self) -> int:
        return self._held

    def at(self, number: int, at_us: int) -> Run:
        """Return the run of an offer at an instant."""
        day = at_us // _DAY_US
        begins, runs = self._days[number].get(day) or self._day(number, day)
        return runs[bisect_right(begins, at_us) - 1]

    def open_until(self, at_us: Sequence[int]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Tell of every offer at several instants until when it is open, and whether nobody knows if it is.

        Returns
        -------
        until
            In the terms of :func:`clock_us`; 0: it is not certainly open; :data:`FOR_EVER`: nobody knows of an end.
            int64 (n_offers, n_instants).
        unknown
            bool (n_offers, n_instants).
        """
        instants = np.asarray(at_us, dtype=np.int64)
        until = np.zeros((len(self._offers), len(instants)), dtype=np.int64)
        unknown = np.zeros(until.shape, dtype=np.bool_)
        days = instants // _DAY_US
        for day in np.unique(days).tolist():
            column = np.flatnonzero(days == day)
            then = instants[column]
            for number in range(len(self._offers)):
                begins, runs = self._day(number, day)
                ends = [(FOR_EVER if run.until_us is None else run.until_us) * (run.kind == "open") for run in runs]
                if len(runs) == 1:
                    until[number, column], unknown[number, column] = ends[0], runs[0].kind == "unknown"
                    continue
                own = np.searchsorted(begins, then, side="right") - 1
                until[number, column] = np.array(ends, dtype=np.int64)[own]
                unknown[number, column] = np.array([run.kind == "unknown" for run in runs])[own]
        return until, unknown

    def _day(self, number: int, day: int) -> _Runs:
        found = self._days[number].get(day)
        if found is None:
            found = evaluate(self._offers[number], date.fromordinal(day), self._calendar)
            self._keep(number, day, found)
        return found

    def _keep(self, number: int, day: int, found: _Runs) -> None:
        with self._lock:
            if self._held + len(found[1]) > MAX_RUNS:
                self._days, self._held = [{} for _ in self._offers], 0
            days = self._days[number]
            if len(days) >= MAX_DAYS:
                self._held -= sum(len(runs) for _, runs in days.values())
                days = self._days[number] = {}
            if day not in days:  # another thread may have been faster
                days[day] = found
                self._held += len(found[1])


def evaluate(offer: Offer, day: date, calendar: Calendar) -> _Runs:
    """Return the runs of a day.

    The last one is looked up; each before it follows from its successor, because all day long changes are looked for
    until the same midnight (:func:`~geo.places.hours.horizon`).
    """
    midnight = datetime.combine(day, time())
    steps = list(offer.steps(midnight, midnight + _DAY, calendar))
    found = offer.instant(steps[-1][0], calendar)
    runs: list[Run] = []
    for begin, end, kind, comment in reversed(steps):
        if runs:
            next_open = None if kind == "open" else end if found.kind == "open" else found.next_open
            found = Instant(kind, found.until if kind == found.kind else end, next_open, comment)
        steady = found.state(begin, offer.assumed(begin, calendar))._replace(kind=kind, minutes_left=None)
        until_us, next_open_us = (None if then is None else _us(then) for then in (found.until, found.next_open))
        runs.append(Run(kind, until_us, next_open_us, steady, _rank(kind, until_us, next_open_us)))
    return [_us(begin) for begin, *_ in steps], runs[::-1]


def _rank(kind: Certainty, until_us: int | None, next_open_us: int | None) -> tuple[int, float]:
    if kind == "open":
        return 0, -math.inf if until_us is None else -until_us
    return 1 + (kind == "closed"), math.inf if next_open_us is None else next_open_us


def _us(local: datetime) -> int:
    seconds = ((local.toordinal() * 24 + local.hour) * 60 + local.minute) * 60 + local.second
    return seconds * _S_US + local.microsecond
