"""Offers are evaluated a day at a time, kept for a while, and say the same as when they are evaluated anew."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from random import Random
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import HoursError
from geo.places import runs as module
from geo.places.calendar import Calendar
from geo.places.hours import CHINA, Hours, Piece, State
from geo.places.offer import Offer
from geo.places.runs import Runs, clock_us
from tests.places.hours_oracle import HOLIDAYS, MAKEUP, draw

CALENDAR = Calendar.packaged()
#: Hours and season, one of each form.
PAIRS: list[tuple[str | None, str | None]] = [
    (None, None), ("nonsense", None), ("24/7", None), ("24/7 off", None), ("Mo-Fr 09:00-17:00", None),
    ("Mo-Fr 08:30-11:30,13:30-17:00; PH off", None), ("Mo-Fr 10:00-22:00; Sa,Su 10:00-02:00", None),
    ("22:00-06:00; Mo off", None), ("sunrise-sunset", None), ("sunrise-10:00,18:00-sunset; PH off", None),
    ('08:00-12:00 open "guard", 12:00-20:00 open "key"', None), ('10:00-18:00 unknown "rain"', None),
    ('Mo 09:00-17:00 unknown "ask"; Tu 09:00-17:00', None), ("Tu[2] 09:00-11:00", None), ("Tu[-1] 09:00-11:00", None),
    ("week 10-20 Mo-Fr 09:00-17:00", None), ("2026 Dec 24 10:00-12:00", None), ("2025 Dec 24-2026 Jan 06 off", None),
    ("Nov-Mar 08:00-17:00; Apr-Oct 07:00-19:00", None), ("Mo-Fr 09:00-17:00 || Sa unknown", None),
    ("20:00+", None), ("00:00-24:00", None), ("Mo-Fr,PH 00:00-24:00", None), ("easter 10:00-12:00", None),
    ("Fr 14:00-16:00", "Jun-Aug"), ("24/7", "Dec 15-Feb 10"), (None, "Jun-Aug"), ("09:00-17:00", "nonsense"),
    ("18:00-02:00", "Jun-Aug"), ("Jan 10:00-12:00", "Jun-Aug"), ('10:00-12:00 "x"', 'Jun-Aug open "summer"'),
    ("Mo-Fr 09:00-17:00; PH off", 'Jun-Sep; Dec unknown "perhaps"'), ("09:00-17:00", "10:00-12:00"),
]  # fmt: skip
OFFERS = [Offer.read(hours, season) for hours, season in PAIRS]
ZONES = [CHINA, UTC, ZoneInfo("America/New_York"), timezone(timedelta(hours=-3, minutes=-30))]
MINUTE = timedelta(minutes=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


def looked_up(runs: Runs, number: int, when: datetime) -> State:
    at_us = clock_us(when)
    return runs.at(number, at_us).state(at_us)


def instants(random: Random, days: int) -> Iterator[datetime]:
    """Draw days, half near holidays, and of each some instants, where things begin and end and anywhere."""
    near = sorted(HOLIDAYS | MAKEUP)
    for _ in range(days):
        if random.random() < 0.5:
            day = random.choice(near) + timedelta(days=random.randint(-2, 2))
        else:
            day = date(2023, 12, 20) + timedelta(days=random.randrange(1500))
        midnight = datetime.combine(day, time(), CHINA)
        yield midnight
        yield midnight + timedelta(days=1, microseconds=-1)
        for _ in range(4):
            quarter = midnight + random.randrange(96) * 15 * MINUTE
            when = quarter + random.choice((-1, 0, 1, 1_000_000, 59_999_999)) * timedelta(microseconds=1)
            yield when.astimezone(random.choice(ZONES))
        yield midnight + random.randrange(86_400_000_000) * timedelta(microseconds=1)


def test_what_is_looked_up_is_what_is_evaluated() -> None:
    """Every field of the state, for every form of hours and for drawn rules."""
    random = Random(20261125)
    drawn = [Offer.read(draw(random).expression, random.choice((None, None, "Apr-Sep"))) for _ in range(60)]
    offers = [*OFFERS, *drawn]
    runs = Runs(offers, CALENDAR)
    compared = 0
    for number, offer in enumerate(offers):
        for when in instants(random, 30):
            compared += 1
            expected = offer.state(when, CALENDAR)
            assert looked_up(runs, number, when) == expected, f"{PAIRS[number : number + 1]} at {when}"
    assert compared > 19_000


@settings(max_examples=300, deadline=None)
@given(
    number=st.integers(0, len(OFFERS) - 1),
    second=st.integers(-19 * 366 * 86_400, 228 * 365 * 86_400),
    microsecond=st.integers(0, 999_999),
    zone=st.sampled_from(ZONES),
)
def test_any_instant_of_any_zone(number: int, second: int, microsecond: int, zone: tzinfo) -> None:
    when = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=second, microseconds=microsecond)).astimezone(zone)
    runs = Runs(OFFERS, CALENDAR)

    assert looked_up(runs, number, when) == OFFERS[number].state(when, CALENDAR)


def test_without_a_season_an_offer_is_its_hours() -> None:
    for hours, season in PAIRS:
        if hours not in (None, "nonsense") and season is None:
            for when in instants(Random(3), 10):
                assert Offer.read(hours).state(when, CALENDAR) == Hours.parse(str(hours)).state(when, CALENDAR)


@pytest.mark.parametrize(
    ("hours", "season", "when", "kind", "until", "next_open", "reason"),
    [
        ("24/7", "Jun-Aug", "2026-08-31T23:50", "closing_soon", "2026-09-01", None, "the season ends in ten minutes"),
        ("24/7", "Jun-Aug", "2026-09-01T00:00", "closed", "2027-06-01", "2027-06-01", "it has ended"),
        ("Mo-Su 09:00-17:00", "Jun-Aug", "2026-05-31T12:00", "closed", "2026-06-01T09:00", "2026-06-01T09:00",
         "on the season's first day it opens when its hours begin"),
        ("Fr 14:00-16:00", "Jun-Aug", "2026-08-28T17:00", "closed", "2027-06-04T14:00", "2027-06-04T14:00",
         "there is no further Friday this summer"),
        ("18:00-02:00", "Jun-Aug", "2026-09-01T01:00", "closed", "2027-06-01", "2027-06-01",
         "a season is a matter of dates: it cuts the last night short"),
        (None, "Jun-Aug", "2026-07-01T12:00", "unknown", "2026-09-01", None, "nobody knows, until the season ends"),
        (None, "Jun-Aug", "2026-05-01T12:00", "closed", "2026-06-01", None, "closed for certain, until it is unknown"),
        ("24/7", "nonsense", "2026-07-01T12:00", "unknown", None, None, "perhaps it is never offered"),
        ("24/7", 'Jun-Aug unknown "heat"', "2026-07-01T12:00", "unknown", "2026-09-01", None, "perhaps in season"),
        ("Jan 10:00-12:00", "Jun-Aug", "2026-07-01T12:00", "closed", None, None, "the two never meet"),
        ("24/7", "2027 Jul 01-31", "2026-06-29T23:59", "closed", None, None, "the day is 367 days off"),
        ("24/7", "2027 Jul 01-31", "2026-07-01T00:00", "closed", "2027-07-01", "2027-07-01", "365 days: within a year"),
        ("2026 Dec 24 10:00-12:00", None, "2025-12-23T23:59:59", "closed", None, None, "366 days: not all of that day"),
        ("2026 Dec 24 10:00-12:00", None, "2025-12-24T00:00", "closed", "2026-12-24T10:00", "2026-12-24T10:00",
         "365 days, and from midnight on, whatever the hour"),
    ],
)  # fmt: skip
def test_hours_within_a_season(
    hours: str | None, season: str | None, when: str, kind: str, until: str | None, next_open: str | None, reason: str
) -> None:
    found = Offer.read(hours, season).state(at(when), CALENDAR)

    assert found.kind == kind, reason
    assert found.until == (None if until is None else at(until)), reason
    assert found.next_open == (None if next_open is None else at(next_open)), reason


@pytest.mark.parametrize(
    ("hours", "season", "day", "assumed"),
    [
        ("Mo-Fr 09:00-17:00", "Sep-Oct", "2026-10-01", "holiday"),
        ("Mo-Fr 09:00-17:00; PH off", "Sep-Oct", "2026-10-01", None),
        ("Mo-Fr 09:00-17:00; PH off", "Jun-Aug; PH off", "2026-10-01", None),
        ("Mo-Fr 09:00-17:00; PH off", "Jun-Aug Mo-Fr", "2026-10-01", "holiday"),
        (None, "Sep-Oct", "2026-10-01", None),
    ],
)  # fmt: skip
def test_who_decides_says_what_is_assumed(hours: str | None, season: str, day: str, assumed: str | None) -> None:
    assert Offer.read(hours, season).state(at(f"{day}T10:00"), CALENDAR).assumed == assumed


# --- what is kept ---


class Counting(Offer):
    """Hours that count how often they are evaluated."""

    def __init__(self, expression: str) -> None:
        super().__init__(Hours.parse(expression), None)
        self.evaluated = 0

    def steps(self, at: datetime, stop: datetime, calendar: Calendar) -> Iterator[Piece]:
        """Count, and go on."""
        self.evaluated += 1
        return super().steps(at, stop, calendar)


def test_a_day_is_evaluated_once() -> None:
    offer = Counting("Mo-Fr 08:30-11:30,13:30-17:00")
    runs = Runs([offer], CALENDAR)
    for minute in range(1440):
        looked_up(runs, 0, at("2026-11-23") + minute * MINUTE)
    assert offer.evaluated == 1
    assert len(runs) == 5, "closed, open, closed, open, closed"
    looked_up(runs, 0, at("2026-11-24"))
    assert offer.evaluated == 2


class Overtaken(Offer):
    """Hours that another thread evaluates and keeps while this one is still at it."""

    def __init__(self) -> None:
        super().__init__(Hours.parse("09:00-17:00"), None)
        self.other: Runs | None = None

    def steps(self, at: datetime, stop: datetime, calendar: Calendar) -> Iterator[Piece]:
        """Be overtaken once."""
        runs, self.other = self.other, None
        if runs is not None:
            runs.at(0, clock_us(at.replace(tzinfo=CHINA)))
        return super().steps(at, stop, calendar)


def test_a_day_that_two_threads_evaluate_is_kept_once() -> None:
    offer = Overtaken()
    offer.other = runs = Runs([offer], CALENDAR)
    assert looked_up(runs, 0, at("2026-11-23T16:45")).minutes_left == 15
    assert len(runs) == 3, "closed, open, closed"


def test_a_year_of_days_keeps_the_last_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_DAYS", 4)
    runs = Runs([Offer.read("09:00-17:00"), Offer.read("24/7")], CALENDAR)
    looked_up(runs, 1, at("2026-01-01"))
    for day in range(365):
        when = at("2026-01-01T16:50") + timedelta(days=day)
        assert looked_up(runs, 0, when).minutes_left == 10
        assert len(runs) <= 4 * 3 + 1
        assert looked_up(runs, 0, when - timedelta(days=1)).minutes_left == 10


def test_however_many_offers_there_is_room_for_so_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_RUNS", 50)
    runs = Runs([Offer.read(f"09:{minute:02d}-17:00") for minute in range(60)], CALENDAR)
    for number in [*range(60), *range(60)]:
        assert looked_up(runs, number, at("2026-11-23T16:45")).minutes_left == 15
        assert 0 < len(runs) <= 50


def test_eight_threads_say_what_one_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """With so little room that they throw each other's days away all the time."""
    monkeypatch.setattr(module, "MAX_DAYS", 3)
    monkeypatch.setattr(module, "MAX_RUNS", 150)
    random = Random(11)
    whens = list(instants(random, 8))
    asked = [(number, when) for number in range(len(OFFERS)) for when in whens]
    serial = {pair: OFFERS[pair[0]].state(pair[1], CALENDAR) for pair in asked}
    runs, start = Runs(OFFERS, CALENDAR), Barrier(8)

    def ask(seed: int) -> list[tuple[int, datetime]]:
        mine = Random(seed).sample(asked, len(asked))
        start.wait()
        return [pair for pair in mine if looked_up(runs, *pair) != serial[pair]]

    with ThreadPoolExecutor(8) as pool:
        assert [wrong for wrongs in pool.map(ask, range(8)) for wrong in wrongs] == []
    assert 0 < len(runs) <= 150
    assert len(runs) == sum(len(found) for days in runs._days for _, found in days.values())


@pytest.mark.parametrize("when", [at("2026-11-23").replace(tzinfo=None), datetime(1949, 1, 1, tzinfo=CHINA)])
def test_instants_that_are_none_are_refused(when: datetime) -> None:
    with pytest.raises(HoursError):
        clock_us(when)


def test_the_clock_counts_microseconds_of_china() -> None:
    first, later = at("2026-11-23T09:00"), datetime(2026, 11, 23, 1, 0, 1, 5, tzinfo=UTC)

    assert clock_us(later) - clock_us(first) == 1_000_005
    assert clock_us(first) // 86_400_000_000 == date(2026, 11, 23).toordinal()
