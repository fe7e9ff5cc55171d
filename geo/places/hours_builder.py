"""From groups to an ``opening_hours`` expression, which says no more than the text did.

What a text leaves open stays *unknown* in the expression: seasons without dates where their hours differ, the rest of a
year of which only some dates are told, a weekday that is named neither open nor closed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Final

from geo.places.hours_clock import DAY
from geo.places.hours_groups import WEEK, Days, Group, Reading, unclear
from geo.places.hours_holidays import forgotten_days, holiday_rules
from geo.places.hours_rules import (
    YEAR,
    Rule,
    date_text,
    of_month_text,
    text_of,
    weekday_text,
    year_days,
)
from geo.places.hours_seasons import certain_hours, common, local_closings
from geo.places.selectors import WEEKDAYS

_WORKWEEK: Final = frozenset(range(5))
_EVERY_YEAR: Final = "日期没有写年份，按每年理解 (dates without a year are taken for every year)"
_EVERY: Final = Days(every=True)


@dataclass(frozen=True)
class Built:
    """An expression, and what was assumed to arrive at it."""

    expression: str
    assumptions: tuple[str, ...]


def build(reading: Reading) -> Built:
    """Return the expression of a reading.

    Raises
    ------
    HoursError
        The groups do not make certain sense together.
    """
    assumptions: list[str] = []
    groups = [_but(group) for group in _trailing(reading.groups)]
    opening = [group for group in groups if group.spans]
    closing = [group for group in groups if group.off]
    usual = [group for group in groups if group.as_usual]
    if not opening:
        return _days_alone(groups, reading)
    if any(not group.says for group in groups):
        raise unclear("有的日子没有写时间", "some days are named without hours")
    opening, closing = local_closings(opening, closing)
    opening, closing = certain_hours(opening, closing, assumptions)
    rules = [_rule(group, reading, assumptions) for group in opening]
    rules += _usual(usual, rules)
    _check(rules)
    offs = _offs(closing, assumptions)
    tail = holiday_rules(opening, closing, usual, rules, reading, assumptions)
    tail += forgotten_days(rules, closing, assumptions)
    if any(group.days is not None and group.days.workdays for group in groups):
        assumptions.append("工作日包括调休上班日 (workdays include make-up workdays)")
    if reading.all_day:
        assumptions.append("“全天”按 24 小时理解 (all day is taken for 24 hours)")
    if reading.announced:
        assumptions.append("以现场公告为准，可能有变 (subject to announcements on the spot)")
    expression = _join(rules, offs, tail)
    if rules and all(rule.dates for rule in rules) and not reading.yearly:
        expression = _rest_of_year(rules, expression, assumptions)
    return Built(expression, tuple(dict.fromkeys(assumptions)))


def _trailing(groups: Sequence[Group]) -> list[Group]:
    """``8:00-17:00 周一至周五``: a heading that nothing follows belongs to the only hours there are."""
    if len(groups) == 2 and groups[0].spans and groups[0].days is None:
        last = groups[1]
        inherited = Group(days=last.days, dates=last.dates, season=last.season, part=last.part)
        if last.days is not None and last == inherited:
            return [replace(groups[0], days=last.days)]
    return list(groups)


def _but(group: Group) -> Group:
    """``除周一外每天9:00-17:00``: all days of the week but those."""
    days, excluded = group.days or _EVERY, group.excluded
    if excluded is None or not group.spans or not days.every or excluded != Days(weekdays=excluded.weekdays):
        return group
    return replace(group, days=Days(weekdays=WEEK - excluded.weekdays), excluded=None)


def _days_alone(groups: Sequence[Group], reading: Reading) -> Built:
    """Days without hours: it may be open then, and is closed otherwise."""
    if len(groups) != 1 or groups[0].says or groups[0].comments or reading.condition or reading.announced:
        raise unclear("没有写开放时间", "there are no opening hours")
    group = groups[0]
    if group != Group(days=group.days) or group.days is None or group.days.every or group.days.holidays:
        raise unclear("没有写开放时间", "there are no opening hours")
    rule = replace(_rule(group, reading, []), unknown=True, comment="没有写几点")
    tail = ["PH off"] if group.days.workdays else []
    return Built(
        "; ".join([text_of(rule), *tail]), ("只写了日子，没有写几点 (days without hours: unknown on those days)",)
    )


# --- rules ---


def _rule(group: Group, reading: Reading, assumptions: list[str]) -> Rule:
    days = group.days or _EVERY
    if days.nth or days.of_month:
        if group.dates or days.weekdays or days.workdays or days.holidays or (days.nth and days.of_month):
            raise unclear("每月的日子与别的日子混在一起", "days of the month are mixed with other days")
        special = ",".join(f"{WEEKDAYS[day]}[{number}]" for number, day in days.nth) or of_month_text(days.of_month)
    else:
        special = ""
    weekdays = days.weekdays | (_WORKWEEK if days.workdays else frozenset())
    whole = days.every or (not weekdays and not days.holidays and not special)
    doubt = group.season if group.season is not None and not group.dates else reading.condition
    words = [*([group.part] if group.part else []), *group.comments]
    if group.dates and any(item.first.year is None for item in group.dates) and not reading.yearly:
        assumptions.append(_EVERY_YEAR)
    return Rule(
        spans=group.spans,
        weekdays=None if whole or special else weekdays,
        holidays=days.holidays is not None,
        special=special,
        dates=group.dates,
        unknown=doubt is not None,
        comment="，".join([*([doubt] if doubt else []), *words]),
        part=group.part,
        overrides=group.in_brackets and not whole,
    )


def _usual(usual: Sequence[Group], rules: Sequence[Rule]) -> list[Rule]:
    """Return rules for days on which the usual hours hold, where these are one and the same."""
    more = []
    for group in usual:
        if group.days is None or group.dates or group.season or group.days.nth or group.days.of_month:
            raise unclear("“正常开放”不知指哪些日子", "it is not clear which days are as usual")
        if group.days.holidays and not group.days.weekdays:
            continue  # see holiday_rules
        if len({rule.spans for rule in rules}) != 1 or any(rule.dates or rule.special for rule in rules):
            raise unclear("“正常开放”不知按哪个时间", "it is not clear which hours are the usual ones")
        new = group.days.weekdays - frozenset.union(*(rule.days for rule in rules))
        if new or group.days.holidays:
            more.append(replace(rules[0], weekdays=new or None, holidays=group.days.holidays is not None))
    return more


def _check(rules: Sequence[Rule]) -> None:
    """Refuse rules that say two things about one day."""
    for one, other in combinations(rules, 2):
        if one.part != other.part or bool(one.dates) != bool(other.dates) or not _may_meet(one, other):
            continue
        if one.dates != other.dates:
            raise unclear("日期有重叠", "dates overlap")
        if one.overrides or other.overrides:
            continue
        if (one.weekdays is None) != (other.weekdays is None):
            raise unclear("先写每天，又写某天的时间", "hours for every day, then others for certain days")
        if common([one.spans, other.spans]):
            raise unclear("同一天有两种时间", "a day has hours of two kinds")


def _may_meet(one: Rule, other: Rule) -> bool:
    """Tell whether two rules, both with dates or both without, may hold on one day."""
    if one.dates and other.dates and not year_days(one.dates) & year_days(other.dates):
        return False
    if one.special or other.special:
        return True
    return bool(one.days & other.days) or (one.holidays and other.holidays)


# --- closings, holidays, the rest ---


def _offs(closing: Sequence[Group], assumptions: list[str]) -> list[str]:
    """Return the closing rules, one for each group of days or dates."""
    out = []
    for group in closing:
        days = group.days
        if group.dates:
            if all(item.first.year is None for item in group.dates):
                assumptions.append(_EVERY_YEAR)
            if days is not None and not days.every and days != Days(weekdays=days.weekdays):
                raise unclear("闭馆的日子写法复杂", "closed on certain days of certain dates")
            names = weekday_text(days.weekdays) + " " if days is not None and days.weekdays else ""
            out.append(f"{date_text(group.dates)} {names}off")
            continue
        if days is None:
            raise unclear("不知哪天闭馆", "it is not clear when it is closed")
        if days.nth or days.of_month or days.workdays or days.every:
            if not days.nth or days.weekdays or days.of_month:
                raise unclear("闭馆的日子写法复杂", "the closed days are not clear")
            out.append(",".join(f"{WEEKDAYS[day]}[{number}]" for number, day in days.nth) + " off")
        elif days.weekdays:
            out.append(f"{weekday_text(days.weekdays)} off")
    return out


def _rest_of_year(rules: Sequence[Rule], expression: str, assumptions: list[str]) -> str:
    """Of dates that are not told nothing is known, unless the dates are those of one year."""
    if all(item.first.year is not None for rule in rules for item in rule.dates):
        assumptions.append("只在所写的日期开放 (open on these dates alone)")
        return expression
    if frozenset.union(*(year_days(rule.dates) for rule in rules)) == frozenset(YEAR):
        return expression
    assumptions.append("其余日期没有写 (of the other dates nothing is said)")
    return f'24/7 unknown "其余日期没有写"; {expression}'


# --- writing ---


def _join(rules: Sequence[Rule], offs: Sequence[str], tail: Sequence[str]) -> str:
    """Put rules together: those that share a day are added to each other, the others stand apart."""
    ordered = sorted(rules, key=lambda rule: (bool(rule.dates), rule.part is not None and rule.spans != ((0, DAY),)))
    out = text_of(ordered[0])
    for i, rule in enumerate(ordered[1:], 1):
        alike = (other for other in ordered[:i] if bool(rule.dates) == bool(other.dates) and not rule.overrides)
        added = any(_may_meet(rule, other) for other in alike)
        text = text_of(rule)
        if added and text[0].isdigit() and not rule.dates:
            text = f"Mo-Su {text}"  # or its times would be taken for more times of the rule before
        out += (", " if added else "; ") + text
    return "; ".join([out, *offs, *tail])
