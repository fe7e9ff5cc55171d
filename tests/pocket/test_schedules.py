"""Open hours reckoned in advance say at every minute what the engine says."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

import pytest

from geo.coords import LonLat
from geo.places.calendar import Calendar
from geo.places.hours import CHINA, State
from geo.places.model import Place, Service
from geo.places.offer import Offer
from geo.pocket.schedules import ASSUMED, DAYS, KINDS, schedules

CALENDAR = Calendar.packaged()
#: Expression, season, first day, why it is here.
OFFERS = [
    ("Mo-Fr 09:00-17:00", None, date(2026, 11, 23), "a working week"),
    ("24/7", None, date(2026, 11, 23), "never changes"),
    ("22:00-06:00; Mo off", None, date(2026, 11, 23), "past midnight"),
    (None, None, date(2026, 11, 23), "nobody knows"),
    ("not hours at all", None, date(2026, 11, 23), "nobody can read it"),
    ("Mo-Su 09:00-17:00", "Jun-Aug", date(2026, 5, 25), "the season begins meanwhile"),
    ("Mo-Su 09:00-17:00", "Jun-Aug", date(2026, 11, 23), "the season is far away"),
    ('Mo-Fr 09:00-12:00,13:00-17:00 "ask the guard"', None, date(2026, 11, 23), "a comment"),
    ("Mo-Fr 09:00-17:00", None, date(2026, 9, 24), "National Day, days off and days worked for them"),
    ("Fr 14:00-16:00; PH off", None, date(2026, 9, 24), "closed on holidays"),
]


def place(number: int, hours: str | None, season: str | None) -> Place:
    return Place(f"p{number}", "驿站", LonLat(116.4, 39.9), "exact", (Service("rest_stop", hours, season),), "test")


def told(row: list[float | None], comments: list[str], first: date, when: datetime) -> State:
    """Look a time up as a browser does."""
    origin = datetime.combine(first, time(), CHINA)
    runs = [row[i : i + 6] for i in range(0, len(row), 6)]
    begins = [run[0] for run in runs]
    at = (when - origin).total_seconds()
    _, kind, until, opens, comment, assumed = runs[bisect_right(begins, at) - 1]  # type: ignore[type-var]
    end, following = (None if s is None else origin + timedelta(seconds=s) for s in (until, opens))
    held = KINDS[int(kind or 0)]
    left = int((end - when).total_seconds() // 60) if held == "open" and end else None
    soon = left is not None and left < 30
    words = None if comment is None else comments[int(comment)]
    kind_then: Any = "closing_soon" if soon else held
    return State(kind_then, end, following, left, words, ASSUMED[int(assumed or 0)])


@pytest.mark.parametrize(("hours", "season", "first", "why"), OFFERS, ids=[row[-1] for row in OFFERS])
def test_every_minute_is_as_the_engine_has_it(hours: str | None, season: str | None, first: date, why: str) -> None:
    made = schedules([place(0, hours, season)], first, CALENDAR)
    row, offer, random = made["schedules"][0], Offer.read(hours, season), Random(1)
    midnight = datetime.combine(first, time(), CHINA)
    minutes = {0, DAYS * 24 * 60 - 1, *(random.randrange(DAYS * 24 * 60) for _ in range(300))}
    edges = [midnight + timedelta(seconds=row[i]) for i in range(0, len(row), 6)]
    times = [*(midnight + timedelta(minutes=minute) for minute in minutes), *edges]
    times += [edge - timedelta(seconds=1) for edge in edges[1:]]
    for when in times:
        assert told(row, made["comments"], first, when) == offer.state(when, CALENDAR), (why, when)


def test_equal_schedules_are_there_once() -> None:
    places = [place(n, hours, None) for n, hours in enumerate(["24/7", "Mo-Su 00:00-24:00", "24/7", None])]
    made = schedules(places, date(2026, 11, 23), CALENDAR)
    assert [len(each) for each in made["services"]] == [1, 1, 1, 1]
    assert made["services"][0] == made["services"][2] != made["services"][3]
    assert len(made["schedules"]) == len({tuple(row) for row in made["schedules"]})
