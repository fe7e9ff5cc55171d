"""When services are offered in the next days, reckoned here, so that a browser needs no parser of opening hours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from geo.places.calendar import Calendar
from geo.places.hours import CHINA
from geo.places.model import Place
from geo.places.offer import Offer
from geo.places.runs import Run, clock_us, evaluate

#: Days that are reckoned, the first one included.
DAYS: Final = 14
#: What holds, by number.
KINDS: Final = ("open", "closed", "unknown")
#: On what an answer rests, by number.
ASSUMED: Final = (None, "holiday", "makeup_workday", "no_notice")

_S_US: Final = 1_000_000


def schedules(places: Iterable[Place], first: date, calendar: Calendar, days: int = DAYS) -> dict[str, Any]:
    """Return the open hours of places as JSON values; equal ones are there once.

    Returns
    -------
    dict
        ``services``: for each place, the number of the schedule of each of its services. ``schedules``: for each a
        flat list of runs, six numbers each: where the run begins, what holds (see :data:`KINDS`), until when, when it
        next opens, its comment, what it assumes (see :data:`ASSUMED`). Times are seconds since the midnight on which
        the first day begins; None: not within a year, or no comment. ``comments``: by number.
    """
    number: dict[tuple[str | None, str | None], int] = {}
    services = [[number.setdefault((s.hours, s.season), len(number)) for s in place.services] for place in places]
    comments: dict[str, int] = {}
    origin_us = clock_us(datetime.combine(first, time(), CHINA))
    rows = [_row(Offer.read(*offer), first, days, calendar, origin_us, comments) for offer in number]
    distinct: dict[tuple[float | None, ...], int] = {}
    own = [distinct.setdefault(tuple(row), len(distinct)) for row in rows]
    return {
        "services": [[own[n] for n in each] for each in services],
        "schedules": [list(row) for row in distinct],
        "comments": list(comments),
    }


def _row(
    offer: Offer, first: date, days: int, calendar: Calendar, origin_us: int, comments: dict[str, int]
) -> list[float | None]:
    row: list[float | None] = []
    before: Sequence[float | None] | None = None
    for n in range(days):
        for begin_us, run in zip(*evaluate(offer, first + timedelta(days=n), calendar), strict=True):
            told = _told(run, origin_us, comments)
            if told != before:
                row += [_seconds(begin_us, origin_us), *told]
            before = told
    return row


def _told(run: Run, origin_us: int, comments: dict[str, int]) -> list[float | None]:
    words = run.steady.comment
    return [
        KINDS.index(run.kind),
        None if run.until_us is None else _seconds(run.until_us, origin_us),
        None if run.next_open_us is None else _seconds(run.next_open_us, origin_us),
        None if words is None else comments.setdefault(words, len(comments)),
        ASSUMED.index(run.steady.assumed),
    ]


def _seconds(at_us: int, origin_us: int) -> float:
    """Return whole seconds where they are, so that they are written short."""
    whole, rest = divmod(at_us - origin_us, _S_US)
    return whole + rest / _S_US if rest else whole
