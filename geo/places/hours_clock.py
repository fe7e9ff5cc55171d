"""From two written times of day to an interval, where it is certain which half of the day is meant."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from geo.places.hours_words import Clock

DayPart = Literal["dawn", "am", "noon", "pm", "evening", "day"]
#: Minutes since midnight; the end may lie on the next day, up to 48 hours.
Span = tuple[int, int]

_HOUR: Final = 60
_NOON: Final = 12 * _HOUR
DAY: Final = 24 * _HOUR
#: A morning's interval ends no later, if what follows is to be an afternoon's.
_LUNCH: Final = 13 * _HOUR
#: Without the word for morning, nobody is asked to come earlier than this on the 12-hour clock, and on the other.
_EARLY, _FIRST_SHIFT = 6 * _HOUR, 4 * _HOUR
#: An interval that ends before it begins goes past midnight if it begins and ends at these hours.
_NIGHT_BEGINS, _NIGHT_ENDS = 17 * _HOUR, 9 * _HOUR

#: First and last minute of each part of the day; what lies below the first may be meant 12 hours later.
_PARTS: Final[dict[DayPart, Span]] = {
    "dawn": (0, 6 * _HOUR),
    "am": (0, _NOON),
    "noon": (10 * _HOUR, 15 * _HOUR),
    "pm": (_NOON, 20 * _HOUR),
    "evening": (16 * _HOUR, DAY),
    "day": (0, DAY),
}


class Said(NamedTuple):
    """A time as it is written, with the part of the day that is named for it, if any."""

    clock: Clock
    part: DayPart | None = None


def interval(begin: Said, end: Said, *, next_day: bool = False, after: int | None = None) -> Span | None:
    """Return the interval that two written times mean; None if it cannot be known.

    Parameters
    ----------
    next_day
        The end is said to be on the next day.
    after
        End of the interval before this one on the same day, if there is one.

    Examples
    --------
    >>> half_past_one, half_past_four = Clock(90, sure=False), Clock(270, sure=False)
    >>> interval(Said(half_past_one), Said(half_past_four)) is None
    True
    >>> interval(Said(half_past_one), Said(half_past_four), after=11 * 60)
    (810, 990)
    """
    start = _begin(begin, end, after)
    if start is None or (after is not None and start < after):
        return None
    stop = _end(start, begin, end, next_day=next_day, after=after)
    return None if stop is None or not start < stop <= start + DAY else (start, stop)


def _begin(begin: Said, end: Said, after: int | None) -> int | None:
    minutes = begin.clock.minutes
    if minutes == DAY:
        return None
    if begin.part not in (None, "day"):
        return _in_part(begin)
    if after is not None and minutes < after:
        return _afternoon(begin.clock, after)
    evident = end.clock.minutes > _NOON + _HOUR or end.part in ("noon", "pm", "evening")
    early = _FIRST_SHIFT if begin.clock.sure else _EARLY
    if _HOUR <= minutes < early and after is None and not evident:
        return None  # 1:30-4:30 alone: who knows
    return minutes


def _afternoon(clock: Clock, after: int) -> int | None:
    """Take a time that lies before the end of the morning for one of the afternoon."""
    later = clock.minutes + _NOON
    return later if not clock.sure and clock.minutes < _NOON and after <= min(later, _LUNCH) else None


def _end(start: int, begin: Said, end: Said, *, next_day: bool, after: int | None) -> int | None:
    if next_day:
        return DAY + end.clock.minutes if end.clock.minutes <= _NOON else None
    if end.part not in (None, "day"):
        found = _in_part(end)
        past_midnight = end.part in ("dawn", "am") and start >= _NIGHT_BEGINS
        return found + DAY if found is not None and found <= start and past_midnight else found
    minutes = end.clock.minutes or DAY  # an end at 0:00 is midnight
    if begin.part in ("noon", "pm", "evening") and not end.clock.sure and start < minutes + _NOON < DAY:
        return minutes + _NOON
    return minutes if minutes > start else _turned(start, minutes, begin, end, after)


def _turned(start: int, minutes: int, begin: Said, end: Said, after: int | None) -> int | None:
    """Return an end that is written as if it came before the beginning."""
    if begin.part == "am":
        return None
    if start >= _NIGHT_BEGINS and minutes <= _NIGHT_ENDS:
        return minutes + DAY
    if begin.clock.sure and end.clock.sure:  # 06:00-02:00: with its zero the 24-hour clock
        return minutes + DAY if minutes < _EARLY and start < _NOON else None
    unsure = not end.clock.sure and not begin.clock.sure and start < minutes + _NOON < DAY
    return minutes + _NOON if unsure and (after is not None or start > _NOON) else None  # 8:30-12:00, 12:30-5:00


def _in_part(said: Said) -> int | None:
    """Return a time within the part of the day that is named for it."""
    first, last = _PARTS[said.part or "day"]
    minutes = said.clock.minutes
    if said.part == "dawn" and _NOON <= minutes < _NOON + _HOUR:
        return minutes - _NOON
    if said.part == "evening" and minutes in (0, _NOON):
        return DAY
    if first <= minutes <= last:
        return minutes
    later = minutes + _NOON
    return later if minutes < _NOON and not said.clock.half and first <= later <= last else None
