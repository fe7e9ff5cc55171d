"""People's words -> a question. One strict reader for the URL and the command line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import Final, Literal, TypeVar, get_args

from geo.coords import LonLat
from geo.errors import ParameterError, SwappedCoordinatesError, UnknownWordError
from geo.places.hours import CHINA
from geo.places.model import AMENITIES, SERVICES, AmenityKind, ServiceKind
from geo.streets.profiles import MODES, Mode

MAX_K: Final = 50
MAX_CUTOFF_S: Final = 4 * 3600.0
DEFAULT_CUTOFF: Final = "30min"
DEFAULT_K: Final = 5
DEFAULT_MIN_LEFT_S: Final = 900.0

Openness = Literal["any", "arrival", "arrival_or_unknown"]
OPENNESSES: Final[tuple[Openness, ...]] = get_args(Openness)
#: Years in which hours may be asked for.
_FIRST_YEAR, _LAST_YEAR = 2000, 2100
_MAX_WHEN: Final = 40

_Word = TypeVar("_Word", bound=str)

_NUMBER = re.compile(r"-?\d{1,3}(?:\.\d{1,15})?", re.ASCII)
_WHOLE = re.compile(r"\d{1,4}", re.ASCII)
_DURATION = re.compile(r"(\d{1,5}(?:\.\d{1,3})?)\s?(s|sec|m|min|h)", re.ASCII)
_SECONDS = {"s": 1.0, "sec": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}


@dataclass(frozen=True)
class NearestQuery:
    """Which places, for whom, from where.

    Attributes
    ----------
    origin
        WGS-84.
    k
        How many places at most.
    mode
        How one travels.
    services, amenities
        A place must offer one of the services (any, if none is named) and certainly have all the amenities.
    cutoff_s
        Longest travel time, seconds, inclusive.
    when
        When one sets out, aware; None if it does not matter.
    open
        ``any``; ``arrival``: certainly open when one gets there, with at least ``min_left_s`` left;
        ``arrival_or_unknown``: that, or hours that nobody knows. Needs ``when``.
    min_left_s
        How long a place must stay open after the arrival, seconds.
    """

    origin: LonLat
    k: int = DEFAULT_K
    mode: Mode = "walk"
    services: tuple[ServiceKind, ...] = ()
    amenities: tuple[AmenityKind, ...] = ()
    cutoff_s: float = 1800.0
    when: datetime | None = None
    open: Openness = "any"
    min_left_s: float = DEFAULT_MIN_LEFT_S


def read_query(
    *,
    lon: str,
    lat: str,
    k: str = str(DEFAULT_K),
    mode: str = "walk",
    service: Iterable[str] = (),
    amenity: Iterable[str] = (),
    cutoff: str = DEFAULT_CUTOFF,
    open: str = "any",  # the word that people write
    when: str = "",
    now: datetime | None = None,
) -> NearestQuery:
    """Read a question from words.

    Parameters
    ----------
    now
        The time of asking, aware; ``when`` may name another.

    Raises
    ------
    ParameterError, UnknownWordError
        Naming the parameter, the value, the limit and the remedy.

    Examples
    --------
    >>> read_query(lon="116.41", lat="39.92", cutoff="15min", service=["rest_stop,haircut"]).services
    ('rest_stop', 'haircut')
    """
    return NearestQuery(
        origin=read_point(lon, lat),
        k=_read_k(k),
        mode=read_word("mode", mode, MODES),
        services=read_list("service", service, SERVICES),
        amenities=read_list("amenity", amenity, AMENITIES),
        cutoff_s=read_cutoff(cutoff),
        when=read_when(when) if when else now,
        open=read_word("open", open, OPENNESSES),
    )


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
    return LonLat(x, read_degrees("lat", lat, 90.0))


def read_degrees(parameter: str, text: str, limit: float) -> float:
    """Read a coordinate: plain decimal degrees, nothing else."""
    if not _NUMBER.fullmatch(text):
        raise ParameterError(
            f"{parameter}={_shown(text)} is not a number; give decimal degrees such as 116.41", parameter=parameter
        )
    value = float(text)
    if abs(value) > limit:
        raise ParameterError(
            f"{parameter}={text} is out of range; it must lie between -{limit:g} and {limit:g}", parameter=parameter
        )
    return value


def read_when(text: str) -> datetime:
    """Read a time: ``2026-10-01T14:00``, China's clock unless an offset is given.

    Examples
    --------
    >>> read_when("2026-10-01T14:00").isoformat()
    '2026-10-01T14:00:00+08:00'
    """
    try:
        when = datetime.fromisoformat(text) if len(text) <= _MAX_WHEN else None
    except ValueError:
        when = None
    if when is None or not _FIRST_YEAR <= when.year <= _LAST_YEAR or "T" not in text:
        raise ParameterError(
            f"when={_shown(text)} is not a time from {_FIRST_YEAR} to {_LAST_YEAR}; write 2026-10-01T14:00",
            parameter="when",
        )
    return when if when.tzinfo is not None else when.replace(tzinfo=CHINA)


def read_cutoff(text: str) -> float:
    """Read a travel time (``15min``, ``900s``, ``0.5h``) as seconds.

    Examples
    --------
    >>> read_cutoff("15min"), read_cutoff("0.5h")
    (900.0, 1800.0)
    """
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ParameterError(
            f"cutoff={_shown(text)} is not a travel time; write 15min, 900s or 0.5h", parameter="cutoff"
        )
    seconds = float(match[1]) * _SECONDS[match[2]]
    if not 0 < seconds <= MAX_CUTOFF_S:
        raise ParameterError(
            f"cutoff={text} is out of range; it must be more than 0 and at most {MAX_CUTOFF_S / 3600:g}h",
            parameter="cutoff",
        )
    return seconds


def read_word(parameter: str, text: str, known: Sequence[_Word]) -> _Word:
    """Read one of the known words."""
    for word in known:
        if word == text:
            return word
    near = get_close_matches(text[:40], known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
    raise UnknownWordError(f"{parameter}={_shown(text)} is not known; {hint}", parameter=parameter)


def read_list(parameter: str, texts: Iterable[str], known: Sequence[_Word]) -> tuple[_Word, ...]:
    """Read words that are repeated or separated by commas; doubles count once."""
    words = [read_word(parameter, word, known) for text in texts for word in text.split(",")]
    return tuple(dict.fromkeys(words))


def _read_k(text: str) -> int:
    if not _WHOLE.fullmatch(text) or not 1 <= int(text) <= MAX_K:
        raise ParameterError(f"k={_shown(text)} must be a whole number from 1 to {MAX_K}", parameter="k")
    return int(text)


def _shown(text: str) -> str:
    """Return a stranger's text, short and printable, for a message."""
    return repr(text if len(text) <= 40 else text[:40] + "…")
