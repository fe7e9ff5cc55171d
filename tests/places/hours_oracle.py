"""Opening hours minute by minute, by brute force that a reader believes at sight; and rules to try it on.

Rules are drawn as values, so the expression and its meaning come from one source and no parser is needed here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from random import Random
from typing import Literal

import numpy as np
from numpy.typing import NDArray

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WORKWEEK, WEEKEND, WEEK = frozenset(range(5)), frozenset((5, 6)), frozenset(range(7))
RANK = {"closed": 0, "unknown": 1, "open": 2}

#: Days off, from a day to a day, and worked weekends, typed from the State Council's notices for 2024 to 2026; for 2027
#: and 2028, which have none yet, the days that the law itself names: New Year, the eve of the Spring Festival and its
#: first three days, Qingming, 1 and 2 May, Dragon Boat, Mid-Autumn, 1 to 3 October.
OFF = """
2024-01-01 2024-01-01  2024-02-10 2024-02-17  2024-04-04 2024-04-06  2024-05-01 2024-05-05
2024-06-10 2024-06-10  2024-09-15 2024-09-17  2024-10-01 2024-10-07
2025-01-01 2025-01-01  2025-01-28 2025-02-04  2025-04-04 2025-04-06  2025-05-01 2025-05-05
2025-05-31 2025-06-02  2025-10-01 2025-10-08
2026-01-01 2026-01-03  2026-02-15 2026-02-23  2026-04-04 2026-04-06  2026-05-01 2026-05-05
2026-06-19 2026-06-21  2026-09-25 2026-09-27  2026-10-01 2026-10-07
2027-01-01 2027-01-01  2027-02-05 2027-02-08  2027-04-05 2027-04-05  2027-05-01 2027-05-02
2027-06-09 2027-06-09  2027-09-15 2027-09-15  2027-10-01 2027-10-03
2028-01-01 2028-01-01  2028-01-25 2028-01-28  2028-04-04 2028-04-04  2028-05-01 2028-05-02
2028-05-28 2028-05-28  2028-10-01 2028-10-03
"""
WORKED = """
2024-02-04 2024-02-18 2024-04-07 2024-04-28 2024-05-11 2024-09-14 2024-09-29 2024-10-12
2025-01-26 2025-02-08 2025-04-27 2025-09-28 2025-10-11
2026-01-04 2026-02-14 2026-02-28 2026-05-09 2026-09-20 2026-10-10
"""


def holidays() -> frozenset[date]:
    """Return the days off."""
    ends = [date.fromisoformat(word) for word in OFF.split()]
    return frozenset(
        first + timedelta(days=number)
        for first, last in zip(ends[::2], ends[1::2], strict=True)
        for number in range((last - first).days + 1)
    )


HOLIDAYS = holidays()
MAKEUP = frozenset(date.fromisoformat(word) for word in WORKED.split())


@dataclass(frozen=True)
class Rule:
    """One rule: on which days, at which minutes (the end may lie on the next day), what holds."""

    spans: tuple[tuple[int, int], ...]
    kind: Literal["open", "unknown", "closed"]
    weekdays: frozenset[int] | None = None
    holidays: bool = False
    months: tuple[int, int] | None = None
    weeks: tuple[int, int] | None = None
    month_days: tuple[int, int, int] | None = None
    day: date | None = None
    added: bool = False

    def text(self) -> str:
        """Write it."""
        words = []
        if self.day is not None:
            words.append(f"{self.day.year} {MONTHS[self.day.month - 1]} {self.day.day:02d}")
        if self.months is not None:
            first, last = self.months
            words.append(MONTHS[first - 1] if first == last else f"{MONTHS[first - 1]}-{MONTHS[last - 1]}")
        if self.weeks is not None:
            words.append(f"week {self.weeks[0]:02d}-{self.weeks[1]:02d}")
        if self.month_days is not None:
            month, first, last = self.month_days
            words.append(f"{MONTHS[month - 1]} {first:02d}-{last:02d}")
        names = [DAYS[day] for day in sorted(self.weekdays or ())] + ["PH"] * self.holidays
        words += [",".join(names)] if names else []
        words += [",".join(f"{_clock(begin)}-{_clock(end)}" for begin, end in self.spans)] if self.spans else []
        words += {"open": [], "unknown": ['unknown "ask"'], "closed": ["off"]}[self.kind]
        return " ".join(words)

    def matches(self, day: date, *, bound: bool) -> bool:
        """Tell whether it is a rule for a day."""
        if not self._dated(day):
            return False
        if self.weekdays is None and not self.holidays:
            return True
        weekdays = self.weekdays or frozenset()
        if self.holidays and day in HOLIDAYS:
            return True
        if bound and day in MAKEUP:
            return weekdays >= WORKWEEK
        return day.weekday() in weekdays

    def _dated(self, day: date) -> bool:
        """Tell whether a day is one of its date, months, weeks and days of a month; what it does not name is any."""
        if self.day is not None and day != self.day:
            return False
        if self.months is not None:
            first, last = self.months
            inside = first <= day.month <= last if first <= last else day.month >= first or day.month <= last
            if not inside:
                return False
        if self.month_days is not None:
            month, first, last = self.month_days
            if day.month != month or not first <= day.day <= last:
                return False
        return self.weeks is None or self.weeks[0] <= day.isocalendar().week <= self.weeks[1]


def _clock(minutes: int) -> str:
    minutes = minutes if minutes <= 1440 else minutes - 1440
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


class Oracle:
    """A list of rules, asked minute by minute."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = rules
        self.expression = rules[0].text() + "".join((", " if r.added else "; ") + r.text() for r in rules[1:])
        self.bound = self._bound()
        self.closes = self.bound and not any(rule.holidays for rule in rules)

    def at(self, when: datetime) -> str:
        """Tell what holds at a local minute: what the day says, and what the day before left over midnight."""
        day, minute = when.date(), when.hour * 60 + when.minute
        eve = day - timedelta(days=1)
        return max(self._own(day, minute), self._own(eve, minute + 1440), key=RANK.__getitem__)

    def table(self, first: date, days: int) -> NDArray[np.uint8]:
        """Tell the same for all minutes from a midnight on, as numbers of :data:`RANK`, (days * 1440,).

        What the day before the first leaves is not there.
        """
        own = [self._painted(first + timedelta(days=number)) for number in range(days)]
        minutes = np.concatenate([painted[:1440] for painted in own])
        left_over = np.concatenate([np.zeros(1440, np.uint8), *(painted[1440:] for painted in own[:-1])])
        held: NDArray[np.uint8] = np.maximum(minutes, left_over)
        return held

    def _painted(self, day: date) -> NDArray[np.uint8]:
        """Return what a day says of its own minutes and of those after its midnight, (2880,)."""
        holds = tuple(rule for rule in self.rules if rule.matches(day, bound=self.bound))
        if self.closes and day in HOLIDAYS:
            holds = ()
        if holds not in self._known:
            minutes = np.zeros(2880, np.uint8)
            for rule in holds:
                if not rule.added and not (rule.kind == "closed" and rule.spans):
                    minutes[:] = 0  # it takes the day over
                for begin, end in rule.spans or ((0, 1440),):
                    minutes[begin:end] = RANK[rule.kind]
            self._known[holds] = minutes
        return self._known[holds]

    @cached_property
    def _known(self) -> dict[tuple[Rule, ...], NDArray[np.uint8]]:
        return {}

    def _own(self, day: date, minute: int) -> str:
        if self.closes and day in HOLIDAYS:
            return "closed"
        said = "closed"
        for rule in self.rules:
            if not rule.matches(day, bound=self.bound):
                continue
            if not rule.added and not (rule.kind == "closed" and rule.spans):
                said = "closed"  # it takes the day over
            if not rule.spans:
                said = rule.kind if minute < 1440 else said
            elif any(begin <= minute < end for begin, end in rule.spans):
                said = rule.kind
        return said

    def _bound(self) -> bool:
        """Follows the working week: Monday to Friday alike, and open on neither Saturday nor Sunday."""
        named = [rule for rule in self.rules if rule.weekdays is not None or rule.holidays]
        if not named or any(0 < len((rule.weekdays or WEEK - WEEK) & WORKWEEK) < 5 for rule in named):
            return False
        weekend: frozenset[int] = frozenset()
        works = False
        for rule in self.rules:
            days = WEEK if rule.weekdays is None and not rule.holidays else rule.weekdays or frozenset()
            always = (rule.months, rule.weeks, rule.month_days, rule.day) == (None,) * 4 and not rule.spans
            if rule.kind != "closed":
                weekend, works = weekend | (days & WEEKEND), works or days >= WORKWEEK
            elif always and (rule.weekdays is not None or rule.holidays):
                weekend -= days
        return works and not weekend


def draw(random: Random) -> Oracle:
    """Draw some rules."""
    rules = [_draw_rule(random, first=True)]
    rules += [_draw_rule(random, first=False) for _ in range(random.choice((0, 0, 1, 1, 2, 3)))]
    return Oracle(rules)


def _draw_rule(random: Random, *, first: bool) -> Rule:
    kind: Literal["open", "unknown", "closed"] = (
        "open" if first else random.choice(("open", "open", "unknown", "closed"))
    )
    spans = () if kind == "closed" and random.random() < 0.8 else _draw_spans(random)
    weekdays = random.choice((
        None, WORKWEEK, WORKWEEK, WORKWEEK, WEEKEND, WEEK, WEEK - {0}, frozenset((5,)), frozenset((6,)),
        frozenset(random.sample(range(7), random.randint(1, 6))),
    ))  # fmt: skip
    with_holidays = random.random() < 0.2
    months = (random.randint(1, 12), random.randint(1, 12)) if random.random() < 0.2 else None
    weeks = month_days = day = None
    if months is None and random.random() < 0.1:
        begin, end = sorted((random.randint(1, 53), random.randint(1, 53)))
        weeks = (begin, end)
    elif months is None and random.random() < 0.1:
        begin, end = sorted((random.randint(1, 28), random.randint(1, 28)))
        month_days = (random.randint(1, 12), begin, end)
    if not first and random.random() < 0.1:
        day, weekdays, with_holidays = random.choice(sorted(HOLIDAYS | MAKEUP)), None, False
        months = weeks = month_days = None
    dated = (months, weeks, month_days, day) != (None,) * 4
    if kind == "closed" and not spans and weekdays is None and not with_holidays and not dated:
        with_holidays = True  # "off" alone would end it all
    added = (
        not first
        and kind != "closed"
        and bool(spans)
        and (weekdays is not None or months is not None or weeks is not None or month_days is not None)
        and random.random() < 0.3
    )
    return Rule(spans, kind, weekdays, with_holidays, months, weeks, month_days, day, added)


def _draw_spans(random: Random) -> tuple[tuple[int, int], ...]:
    style = random.random()
    if style < 0.2:  # past midnight
        return ((random.randrange(15 * 60, 24 * 60, 30), 1440 + random.randrange(15, 9 * 60, 15)),)
    marks = sorted(random.sample(range(0, 1441, 15), 4 if style < 0.6 else 2))
    if style > 0.97:
        marks = [0, 1440]
    return tuple(zip(marks[::2], marks[1::2], strict=True))
