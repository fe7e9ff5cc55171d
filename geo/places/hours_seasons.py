"""What is certain of hours that differ by season or by part of a building."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from geo.places.hours_clock import Span
from geo.places.hours_groups import WEEK, Days, Group, unclear

#: Seasons that are a whole year together; a timetable of two names often knows only summer and winter.
_YEARS: Final = tuple(map(frozenset, ({"夏", "冬"}, {"春夏", "秋冬"}, {"冬春", "夏秋"}, {"春", "夏", "秋", "冬"})))


def local_closings(opening: list[Group], closing: list[Group]) -> tuple[list[Group], list[Group]]:
    """Take a closing that belongs to one part of the building out of that part's days."""
    if len({group.part for group in opening}) < 2:
        return opening, closing
    kept = []
    for closed in closing:
        if closed.part is None:
            kept.append(closed)
        elif not closed.in_brackets:
            raise unclear("不知是哪一部分闭馆", "it is not clear which part of the building is closed")
        else:
            opening = [_closed_on(group, closed) if group.part == closed.part else group for group in opening]
    return opening, kept


def _closed_on(group: Group, closed: Group) -> Group:
    """Take closed weekdays out of a group's days."""
    own, gone = group.days or Days(weekdays=WEEK), closed.days or Days()
    if gone != Days(weekdays=gone.weekdays) or own != Days(weekdays=own.weekdays):
        raise unclear("不知是哪一部分闭馆", "it is not clear which part of the building is closed")
    return replace(group, days=Days(weekdays=own.weekdays - gone.weekdays))


def certain_hours(
    opening: list[Group], closing: list[Group], assumptions: list[str]
) -> tuple[list[Group], list[Group]]:
    """Keep what is certain of seasons without dates: hours on which all agree; the rest depends on the season."""
    undated = [group for group in opening if group.season is not None and not group.dates]
    seasons = list(dict.fromkeys(group.season for group in undated))
    if len(seasons) > 1:  # what is closed below the last of them is closed in all, by custom
        closing = [replace(group, season=None) if group.season == seasons[-1] else group for group in closing]
    closed = [group for group in closing if group.season is not None and not group.dates]
    closing = [group for group in closing if group not in closed]
    if not undated:
        return [_doubt(group, closed) for group in opening], closing
    named = {group.season for group in undated}
    if closed or len(undated) != len(opening) or any(group.part for group in undated):
        raise unclear("季节没有写日期", "seasons have no dates")
    assumptions.append("季节没有写起止日期；各季相同的时间才算确定 (seasons have no dates: certain is what they share)")
    whole_year = any(named == year for year in _YEARS)
    words = "/".join(dict.fromkeys(str(group.season) for group in undated))
    found: list[Group] = []
    for days in dict.fromkeys(group.days for group in undated):
        tables = [group.spans for group in undated if group.days == days]
        if len({group.season for group in undated if group.days == days}) != len(tables) or len(tables) != len(named):
            raise unclear("各季写的日子不一样", "the seasons name different days")
        certain = common(tables) if whole_year else ()
        doubtful = _minus(_union(tables), certain)
        if certain:
            found.append(Group(days=days, spans=certain))
        if doubtful:
            found.append(Group(days=days, spans=doubtful, season=words))
    return found, closing


def _doubt(group: Group, closed: Sequence[Group]) -> Group:
    """Make a group depend on a season in which it is said to be closed."""
    for other in closed:
        own, gone = group.days or Days(weekdays=WEEK), other.days or Days()
        mine = WEEK if own.every else own.weekdays
        off = WEEK if gone.every else gone.weekdays
        if mine & off:
            if not mine <= off:
                raise unclear("季节没有写日期", "seasons have no dates")
            group = replace(group, season=f"{other.season}可能闭馆")
    return group


def common(tables: Sequence[Sequence[Span]]) -> tuple[Span, ...]:
    """Return the times that lie in all of several tables."""
    return _where(tables, all)


def _union(tables: Sequence[Sequence[Span]]) -> tuple[Span, ...]:
    return _where(tables, any)


def _minus(spans: Sequence[Span], others: Sequence[Span]) -> tuple[Span, ...]:
    return _where([spans, others], lambda held: tuple(held) == (True, False))


def _where(tables: Sequence[Sequence[Span]], holds: Callable[[Iterable[bool]], bool]) -> tuple[Span, ...]:
    """Cut at every mark, keep the pieces of which it holds which tables have them, and join neighbours."""
    marks = sorted({mark for spans in tables for span in spans for mark in span})
    out: list[Span] = []
    for begin, end in pairwise(marks):
        if holds(any(start <= begin < stop for start, stop in spans) for spans in tables):
            joined = bool(out) and out[-1][1] == begin
            out.append((out.pop()[0] if joined else begin, end))
    return tuple(out)
