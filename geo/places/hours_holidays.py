"""What a text says of public holidays, and what it does not say of them and of forgotten weekdays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from geo.places.hours_groups import WEEK, Days, Group, Reading, unclear
from geo.places.hours_rules import Rule, quoted, text_of, weekday_text

_WEEKEND: Final = frozenset((5, 6))


def holiday_rules(
    opening: Sequence[Group],
    closing: Sequence[Group],
    usual: Sequence[Group],
    rules: Sequence[Rule],
    reading: Reading,
    assumptions: list[str],
) -> list[str]:
    """Return what the text says of public holidays, as rules that come last."""
    closed = [group.days.holidays for group in closing if group.days and group.days.holidays]
    for group in opening:
        if group.excluded is not None:
            if group.excluded != Days(holidays=group.excluded.holidays):
                raise unclear("除外的日子写法复杂", "the excepted days are not clear")
            closed.append(group.excluded.holidays or "lawful")
    spared = [group.excluded for group in closing if group.excluded is not None]
    as_usual = [group for group in usual if group.days and group.days.holidays] or spared or reading.all_year
    named = any(rule.holidays for rule in rules)
    if any(group.excluded and group.days and group.days.weekdays & _WEEKEND for group in closing):
        raise unclear("“除外”不知指闭馆还是开放", "it is not clear to what the exception applies")
    if (closed and as_usual) or (named and (closed or as_usual)):
        raise unclear("节假日的说法前后不一", "what is said of holidays contradicts itself")
    if reading.holidays_announced:
        return [f'PH unknown "{quoted(reading.holidays_announced)}"']
    if closed:
        return [*_maybe_weekends(closed, opening, closing, assumptions), "PH off"]
    if as_usual:
        if any(excepted != Days(holidays=excepted.holidays) for excepted in spared):
            raise unclear("除外的日子写法复杂", "the excepted days are not clear")
        return _on_holidays(rules, closing)
    if any(group.days and group.days.holidays == "any" for group in opening) and not _weekend_named(opening, closing):
        raise unclear("“节假日”是否包括周末，没有写明", "whether holidays include weekends is not said")
    workdays = any(group.days is not None and group.days.workdays for group in opening)
    if workdays and not named:
        alone = all(group.days is not None and group.days.workdays for group in opening)
        return ["PH off"] if alone else ['PH unknown "节假日没有写"']
    return []


def _weekend_named(opening: Sequence[Group], closing: Sequence[Group]) -> bool:
    groups = [group.days for group in [*opening, *closing] if group.days is not None]
    return any(days.weekdays & _WEEKEND or days.workdays for days in groups)


def _maybe_weekends(
    closed: Sequence[str], opening: Sequence[Group], closing: Sequence[Group], assumptions: list[str]
) -> list[str]:
    """节假日 may mean weekends too, unless something else is said of them."""
    if "lawful" in closed:
        return []
    for group in [*opening, *closing]:
        if group.days is not None and (group.days.weekdays or group.days.workdays or group.days.nth):
            return []
    assumptions.append("“节假日”是否包括周末，没有写明 (whether holidays include weekends is not said)")
    return ['Sa,Su unknown "节假日是否含周末没有写明"']


def _on_holidays(rules: Sequence[Rule], closing: Sequence[Group]) -> list[str]:
    """Return the rule by which the usual hours hold on holidays, whatever their weekday."""
    named = frozenset.union(*(rule.days for rule in rules), *(g.days.weekdays for g in closing if g.days is not None))
    plain = not any(rule.dates or rule.special or rule.unknown or rule.part for rule in rules)
    if named == WEEK and plain and len({rule.spans for rule in rules}) == 1:
        return [text_of(replace(rules[0], weekdays=None, holidays=True))]
    if closing or frozenset.union(*(rule.days for rule in rules)) != WEEK:
        raise unclear("节假日按哪个时间开放，没有写明", "which hours hold on holidays is not clear")
    return []  # each weekday has its own hours, holiday or not


def forgotten_days(rules: Sequence[Rule], closing: Sequence[Group], assumptions: list[str]) -> list[str]:
    """Return a rule for weekdays of which nothing is said, where the closed ones are listed."""
    closed = frozenset[int]().union(*(g.days.weekdays for g in closing if g.days and not g.dates))
    if not closed or any(rule.dates or rule.special for rule in rules):
        return []
    left = WEEK - closed - frozenset.union(*(rule.days for rule in rules))
    if not left:
        return []
    assumptions.append(f"没有写{_chinese(left)}是否开放 (of {weekday_text(left)} nothing is said)")
    return [f'{weekday_text(left)} unknown "没有写{_chinese(left)}"']


def _chinese(days: Iterable[int]) -> str:
    return "、".join("周" + "一二三四五六日"[day] for day in sorted(days))
