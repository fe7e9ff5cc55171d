"""One word of a question -> its value: strict, so that nothing is taken for what it is not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from difflib import get_close_matches
from functools import lru_cache
from typing import Final, TypeVar

from geo.coords import LonLat
from geo.errors import ParameterError, SwappedCoordinatesError, UnknownWordError
from geo.places.hours import CHINA

#: Years in which hours may be asked for.
_FIRST_YEAR, _LAST_YEAR = 2000, 2100
_MAX_WHEN: Final = 40

_Word = TypeVar("_Word", bound=str)

_NUMBER = re.compile(r"-?\d{1,3}(?:\.\d{1,15})?", re.ASCII)
_WHOLE = re.compile(r"\d{1,16}", re.ASCII)
_DURATION = re.compile(r"(\d{1,5}(?:\.\d{1,3})?)\s?(s|sec|m|min|h)", re.ASCII)
_SECONDS = {"s": 1.0, "sec": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}


def read_point(lon: str, lat: str) -> LonLat:
    """Read a position; a latitude that can only be a longitude is said to be one."""
    x = read_degrees("lon", lon, 180.0)
    y = read_degrees("lat", lat, 180.0)
    if abs(x) <= 90 < abs(y):
        raise SwappedCoordinatesError(
            f"lon={lon}, lat={lat}: a latitude lies between -90 and 90, so these are exchanged; give the longitude "
            f"first, lon={lat}, lat={lon}",
            parameter="lat",
        )
    return LonLat(x, y if abs(y) <= 90 else read_degrees("lat", lat, 90.0))


def read_pair(parameter: str, text: str) -> LonLat:
    """Read a position that is one word.

    Examples
    --------
    >>> read_pair("from", "116.41,39.92")
    LonLat(lon=116.41, lat=39.92)
    """
    lon, *rest = text.split(",", 2)
    if len(rest) != 1:
        raise ParameterError(
            f"{parameter}={shown(text)} must be lon,lat in degrees, e.g. {parameter}=116.41,39.92", parameter=parameter
        )
    x, y = read_degrees(parameter, lon, 180.0), read_degrees(parameter, rest[0], 180.0)
    if abs(x) <= 90 < abs(y):
        raise SwappedCoordinatesError(
            f"{parameter}={text}: a latitude lies between -90 and 90, so these are exchanged; give the longitude "
            f"first, {parameter}={rest[0]},{lon}",
            parameter=parameter,
        )
    return LonLat(x, read_degrees(parameter, rest[0], 90.0))


def read_degrees(parameter: str, text: str, limit: float) -> float:
    """Read a coordinate: plain decimal degrees, nothing else."""
    if not _NUMBER.fullmatch(text):
        raise ParameterError(
            f"{parameter}={shown(text)} is not a number; give decimal degrees such as 116.41", parameter=parameter
        )
    value = float(text)
    if abs(value) > limit:
        raise ParameterError(
            f"{parameter}={text} is out of range; it must lie between -{limit:g} and {limit:g}", parameter=parameter
        )
    return value


def read_time(parameter: str, text: str) -> datetime:
    """Read a time: ``2026-10-01T14:00``, China's clock unless an offset is given.

    Examples
    --------
    >>> read_time("when", "2026-10-01T14:00").isoformat()
    '2026-10-01T14:00:00+08:00'
    """
    try:
        time = datetime.fromisoformat(text) if len(text) <= _MAX_WHEN else None
    except ValueError:
        time = None
    if time is None or not _FIRST_YEAR <= time.year <= _LAST_YEAR or "T" not in text:
        raise ParameterError(
            f"{parameter}={shown(text)} is not a time from {_FIRST_YEAR} to {_LAST_YEAR}; write 2026-10-01T14:00",
            parameter=parameter,
        )
    return time if time.tzinfo is not None else time.replace(tzinfo=CHINA)


@lru_cache(maxsize=256)  # most are the same few, or not given
def read_duration(parameter: str, text: str, limit_s: float, *, zero: bool = True) -> float:
    """Read a length of time (``15min``, ``900s``, ``0.5h``) as seconds, up to a limit that is included.

    Parameters
    ----------
    zero
        Whether no time at all is one.

    Examples
    --------
    >>> read_duration("cutoff", "15min", 7200.0), read_duration("cutoff", "0.5h", 7200.0)
    (900.0, 1800.0)
    """
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ParameterError(
            f"{parameter}={shown(text)} is not a length of time; write 15min, 900s or 0.5h", parameter=parameter
        )
    seconds = float(match[1]) * _SECONDS[match[2]]
    if seconds > limit_s or (seconds == 0 and not zero):
        lowest = "0min or more" if zero else "more than 0"
        raise ParameterError(
            f"{parameter}={text} is out of range; it must be {lowest} and at most {limit_s / 3600:g}h",
            parameter=parameter,
        )
    return seconds


@lru_cache(maxsize=256)
def read_count(parameter: str, text: str, lowest: int, highest: int, *, other: str = "") -> int:
    """Read a whole number between two limits, both included; ``other`` says what else could have been written."""
    if not _WHOLE.fullmatch(text) or not lowest <= int(text) <= highest:
        raise ParameterError(
            f"{parameter}={shown(text)} must be {other}a whole number from {lowest} to {highest}", parameter=parameter
        )
    return int(text)


def read_word(parameter: str, text: str, known: Sequence[_Word]) -> _Word:
    """Read one of the known words."""
    for word in known:
        if word == text:
            return word
    near = get_close_matches(text[:40], known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
    raise UnknownWordError(f"{parameter}={shown(text)} is not known; {hint}", parameter=parameter)


def read_list(parameter: str, texts: Iterable[str], known: Sequence[_Word]) -> tuple[_Word, ...]:
    """Read words that are repeated or separated by commas; in which order and how often does not matter.

    Examples
    --------
    >>> read_list("service", ["c,a", "a"], ("a", "b", "c"))
    ('a', 'c')
    """
    words = {read_word(parameter, word, known) for text in texts for word in text.split(",")}
    return tuple(word for word in known if word in words)


def shown(text: str) -> str:
    """Return a stranger's text, short and printable, for a message."""
    return repr(text if len(text) <= 40 else text[:40] + "…")
