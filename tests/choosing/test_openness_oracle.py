"""Open on arrival, in 100,000 cases, against a table of every minute of five years."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.choosing.openness import Openings, failure, opens_in_s
from geo.coords import LonLat
from geo.places.calendar import Calendar
from geo.places.hours import CHINA, State
from geo.places.model import Place, Service
from geo.places.runs import clock_us
from tests.places.hours_oracle import HOLIDAYS, MAKEUP, MONTHS, RANK, Oracle, Rule, draw

CALENDAR = Calendar.packaged()
SERVICES, ARRIVALS = 500, 200  # 100,000 cases
FIRST, DAYS = date(2024, 1, 1), 5 * 366
BEGIN = datetime.combine(FIRST, time())
CLOSED, UNKNOWN, OPEN = RANK["closed"], RANK["unknown"], RANK["open"]
SECOND, MICROSECOND, YEAR = timedelta(seconds=1), timedelta(microseconds=1), timedelta(days=366)
NEAR = sorted(day for day in HOLIDAYS | MAKEUP if 2024 < day.year < 2028)


class Drawn(NamedTuple):
    """A service, and what holds of it at every minute from 2024 on."""

    service: Service
    minutes: NDArray[np.uint8]


def draw_service(random: Random) -> Drawn:
    """Draw hours: of rules, around the clock, with school holidays (which nobody here knows), or none; and a season."""
    oracle, hours = draw(random), None
    style = random.random()
    if style < 0.03:
        minutes = np.full(DAYS * 1440, UNKNOWN, np.uint8)
        hours = random.choice((None, f"{oracle.expression}; SH off", "when the boss is in"))
    elif style < 0.05:
        minutes, hours = np.full(DAYS * 1440, OPEN, np.uint8), "24/7"
    else:
        minutes, hours = oracle.table(FIRST, DAYS), oracle.expression
    season = None
    if random.random() < 0.2:
        first, last = random.randint(1, 12), random.randint(1, 12)
        season = f"{MONTHS[first - 1]}-{MONTHS[last - 1]}" if first != last else MONTHS[first - 1]
        offered = Oracle([Rule(((0, 1440),), "open", months=(first, last))]).table(FIRST, DAYS)
        minutes = np.where(offered == OPEN, minutes, CLOSED).astype(np.uint8)
    return Drawn(Service("rest_stop", hours, season), minutes)


def draw_journeys(random: Random, minutes: NDArray[np.uint8]) -> Iterator[tuple[datetime, timedelta]]:
    """Draw departures of 2024 to 2027, half near holidays, and travel times; many arrive within seconds of a change."""
    changes = np.flatnonzero(np.diff(minutes)) + 1
    changes = changes[changes < (date(2027, 12, 31) - FIRST).days * 1440]
    day = FIRST
    for number in range(ARRIVALS):
        travel = random.randint(0, 3600) * SECOND
        if number % 4:
            pass  # the same day once more, which has been evaluated then
        elif random.random() < 0.5:
            day = random.choice(NEAR) + timedelta(days=random.randint(-2, 2))
        else:
            day = date(2024, 1, 2) + timedelta(days=random.randrange(4 * 365 - 1))
        departure = datetime.combine(day, time()) + random.randrange(86_400) * SECOND
        if len(changes) and random.random() < 0.5:
            after = int(np.searchsorted(changes, (departure - BEGIN) // timedelta(minutes=1)))
            change = BEGIN + timedelta(minutes=int(changes[min(after, len(changes) - 1)]))
            early = random.choice((-1, 0, 1, 30, 600, 900, 1799, 1800, 1801, 7200)) * SECOND
            departure = change - early - travel
        yield departure, travel


class Expected(NamedTuple):
    """What the minutes say."""

    now: int
    fails: str | None
    minutes_left: int | None
    opens_in_s: float | None


def expected(minutes: NDArray[np.uint8], arrival: datetime, min_left_s: int) -> Expected:
    """Read off the minutes: what holds, whether it stays open for long enough, how long still, and when it opens."""
    at_s = (arrival - BEGIN) // SECOND
    at = at_s // 60
    horizon = (datetime.combine(arrival.date(), time()) + YEAR - BEGIN) // timedelta(minutes=1)
    ahead = minutes[at:horizon]
    now = int(ahead[0])
    needed = minutes[at : max(-(-(at_s + min_left_s) // 60), at + 1)]
    if now == OPEN:
        ends = first(ahead, lambda kinds: kinds != OPEN)
        fails = None if (needed == OPEN).all() else "closes_too_soon"
        return Expected(now, fails, None if ends is None else ((at + ends) * 60 - at_s) // 60, 0.0)
    opens = first(ahead, lambda kinds: kinds == OPEN)
    fails = "closed" if now == CLOSED else "hours_unknown"
    return Expected(now, fails, None, None if opens is None else float((at + opens) * 60 - at_s))


def first(minutes: NDArray[np.uint8], is_it: Callable[[NDArray[np.uint8]], NDArray[np.bool_]]) -> int | None:
    """Return the first minute that is it; most are within three days, so these are read first."""
    for part in (minutes[:4320], minutes):
        flags = is_it(part)
        number = int(flags.argmax())
        if flags[number]:
            return number
    return None


def test_100_000_arrivals() -> None:
    """Whether one is let in, for how long, and how long after the arrival it opens, as the minutes have it.

    The oracle believes: the notices for 2024 to 2026 and the law's days of 2027 and 2028 as typed in ``hours_oracle``;
    that a rule for a day replaces the earlier ones, that what it says after midnight stays that day's, that a make-up
    workday and a public holiday are what :mod:`geo.places.selectors` documents; that nothing is known of a service
    whose hours hold ``SH``; that a season closes; that what is more than 366 days after the day's midnight is not seen.
    It shares none of these with the code under test: neither the parser (rules are drawn as values and written out),
    nor the library, the calendar's file, the rewriting of weekdays, the taking apart of nights, the runs. It paints
    five years minute by minute and reads on from the minute of arrival, whose seconds it counts itself.
    """
    random = Random(20261124)
    compared, wrong = Counter[str](), []
    for _ in range(SERVICES):
        service, minutes = draw_service(random)
        openings = Openings([place(service)], CALENDAR)
        for departure, travel in draw_journeys(random, minutes):
            arrival = departure + travel
            min_left_s = max(0, random.randint(0, 120) * 60 + random.choice((0, 0, 0, -1, 1)))
            want = expected(minutes, arrival, min_left_s)
            compared[str(want.fails)] += 1

            set_out = departure.replace(tzinfo=CHINA).astimezone(random.choice((CHINA, UTC)))
            at_us = clock_us(set_out) + travel // MICROSECOND
            state, fails = openings.best(0, at_us), openings.failure(0, at_us, min_left_s)
            run = openings.run(0, at_us)  # what answers are made of
            found = Expected(rank(state), fails, state.minutes_left, run.opens_in_s(at_us))
            told = run.state(at_us), opens_in_s(state, set_out + travel), failure(state, set_out + travel, min_left_s)
            if found != want or told != (state, found.opens_in_s, fails):
                wrong.append(f"{service.hours} in {service.season} at {arrival:%a %F %T}: {found}, expected {want}")

    assert wrong[:5] == []
    assert compared.total() >= 100_000
    assert min(compared[reason] for reason in ("None", "closed", "closes_too_soon", "hours_unknown")) > 4_000, compared


def test_the_table_of_minutes_is_the_oracle_asked_minute_by_minute() -> None:
    random = Random(7)
    for _ in range(20):
        oracle = draw(random)
        minutes = oracle.table(FIRST, DAYS)
        for at in random.sample(range(1440, len(minutes)), 200):
            assert minutes[at] == RANK[oracle.at(BEGIN + timedelta(minutes=at))]


def place(*services: Service) -> Place:
    return Place("p", "P", LonLat(116.4, 39.9), "exact", services, "drawn")


def rank(state: State) -> int:
    return OPEN if state.is_open else RANK[state.kind]
