"""Opening hours against a minute-by-minute oracle, on drawn rules."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random

import pytest

from geo.places.calendar import Calendar
from geo.places.hours import CHINA, Hours
from tests.places.hours_oracle import HOLIDAYS, MAKEUP, Oracle, draw

CALENDAR = Calendar.packaged()
EXPRESSIONS, INSTANTS = 500, 240  # 120,000 instants
MINUTE = timedelta(minutes=1)


def instants(oracle: Oracle, random: Random) -> Iterator[datetime]:
    """Half of them near holidays and worked weekends, many exactly where something begins or ends."""
    near = sorted(HOLIDAYS | MAKEUP)
    marks = [mark % 1440 for rule in oracle.rules for span in rule.spans for mark in span] or [0]
    for _ in range(INSTANTS):
        if random.random() < 0.6:
            day = random.choice(near) + timedelta(days=random.randint(-2, 2))
        else:
            day = date(2024, 1, 2) + timedelta(days=random.randrange(1094))
        minute = random.choice(marks) + random.choice((-1, 0, 1)) if random.random() < 0.6 else random.randrange(1440)
        yield datetime.combine(day, time()) + minute * MINUTE


def test_states_at_120_000_instants() -> None:
    random = Random(20261122)
    compared, wrong, bound = 0, [], 0
    for _ in range(EXPRESSIONS):
        oracle = draw(random)
        hours = Hours.parse(oracle.expression)
        bound += oracle.bound
        for local in instants(oracle, random):
            when = local.replace(tzinfo=CHINA)
            found, expected = next(hours.intervals(when, when + MINUTE, CALENDAR)).kind, oracle.at(local)
            compared += 1
            if found != expected:
                wrong.append(f"{oracle.expression} at {local:%a %Y-%m-%d %H:%M}: {found}, expected {expected}")

    assert wrong == []
    assert compared >= 100_000
    assert bound > EXPRESSIONS / 20, "too few drawn expressions follow the working week"


@pytest.mark.parametrize("first", [date(2026, 2, 12), date(2025, 9, 26), date(2026, 9, 18)], ids=str)
def test_every_minute_of_two_weeks(first: date) -> None:
    """Intervals are without gaps, and until and next opening are where the oracle changes."""
    random = Random(first.toordinal())
    begin = datetime.combine(first, time(), CHINA)
    end = begin + timedelta(days=14)
    for _ in range(12):
        oracle = draw(random)
        hours = Hours.parse(oracle.expression)
        minutes = [oracle.at((begin + i * MINUTE).replace(tzinfo=None)) for i in range(14 * 1440)]
        at = begin
        for interval in hours.intervals(begin, end, CALENDAR):
            assert interval.start == at < interval.end
            inside = range((interval.start - begin) // MINUTE, (interval.end - begin) // MINUTE)
            assert {minutes[i] for i in inside} == {interval.kind}, f"{oracle.expression} from {interval.start}"
            at = interval.end
        assert at == end
        for start in random.sample(range(7 * 1440), 20):
            _check_changes(hours, minutes, begin, start, oracle.expression)


def _check_changes(hours: Hours, minutes: list[str], begin: datetime, start: int, expression: str) -> None:
    state = hours.state(begin + start * MINUTE, CALENDAR)
    now = minutes[start]
    until = next((i for i in range(start, len(minutes)) if minutes[i] != now), None)
    opens = next((i for i in range(start, len(minutes)) if minutes[i] == "open"), None)
    if until is not None:
        assert state.until == begin + until * MINUTE, f"{expression}: until"
    if now == "open":
        assert state.next_open is None
        if until is not None:
            assert state.minutes_left == until - start, f"{expression}: minutes left"
            assert state.kind == ("closing_soon" if until - start < 30 else "open")
    elif opens is not None:
        assert state.next_open == begin + opens * MINUTE, f"{expression}: next opening"
