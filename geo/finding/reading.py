"""People's words -> a question. One strict reader for the URL and the command line."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from geo.choosing.wanted import read_wanted
from geo.choosing.words import read_count, read_duration, read_pair, read_point, read_time, read_word
from geo.coords import LonLat
from geo.errors import ParameterError
from geo.finding.asking import (
    DEFAULT_K,
    DEFAULT_MIN_LEFT_S,
    DEFAULT_PASSED,
    OPENNESSES,
    AlongQuery,
    NearestQuery,
    Openness,
)
from geo.streets.profiles import MODES

MAX_K: Final = 50
MAX_CUTOFF_S: Final = 4 * 3600.0
DEFAULT_CUTOFF: Final = "30min"
MAX_LEFT_S: Final = 24 * 3600.0
MAX_PASSED: Final = 1000
MAX_VIA: Final = 8
MAX_DETOUR_S: Final = 2 * 3600.0
DEFAULT_DETOUR: Final = "10min"
MAX_STAY_S: Final = 24 * 3600.0


def read_query(
    *,
    lon: str,
    lat: str,
    k: str = str(DEFAULT_K),
    mode: str = "walk",
    service: Iterable[str] = (),
    amenity: Iterable[str] = (),
    amenity_or_unknown: Iterable[str] = (),
    access: Iterable[str] = (),
    audience: str | None = None,
    accuracy: str | None = None,
    cutoff: str = DEFAULT_CUTOFF,
    open: str = "any",  # the word that people write
    min_left: str | None = None,
    when: str = "",
    paths: str = "yes",
    passed: str = str(DEFAULT_PASSED),
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
    >>> query = read_query(lon="116.41", lat="39.92", cutoff="15min", service=["rest_stop,haircut"])
    >>> query.cutoff_s, query.wanted.services
    (900.0, ('rest_stop', 'haircut'))
    """
    openness = read_word("open", open, OPENNESSES)
    return NearestQuery(
        origin=read_point(lon, lat),
        k=read_count("k", k, 1, MAX_K),
        mode=read_word("mode", mode, MODES),
        wanted=read_wanted(service, amenity, amenity_or_unknown, access, audience, accuracy),
        cutoff_s=read_duration("cutoff", cutoff, MAX_CUTOFF_S, zero=False),
        when=read_time("when", when) if when else now,
        open=openness,
        min_left_s=_read_min_left(min_left, openness),
        paths=_read_paths(paths),
        passed=None if passed == "all" else read_count("passed", passed, 0, MAX_PASSED, other="all or "),
    )


def read_along(
    *,
    origin: str,
    destination: str,
    via: Iterable[str] = (),
    k: str = str(DEFAULT_K),
    mode: str = "walk",
    service: Iterable[str] = (),
    amenity: Iterable[str] = (),
    amenity_or_unknown: Iterable[str] = (),
    access: Iterable[str] = (),
    audience: str | None = None,
    accuracy: str | None = None,
    detour: str = DEFAULT_DETOUR,
    open: str = "any",  # the word that people write
    min_left: str | None = None,
    stay: str = "0min",
    when: str = "",
    until: str | None = None,
    paths: str = "yes",
    now: datetime | None = None,
) -> AlongQuery:
    """Read a question for places along a way from words; positions are written ``lon,lat``.

    Parameters
    ----------
    origin, destination
        The words ``from`` and ``to``.
    now
        The time of asking, aware; ``when`` may name another.

    Raises
    ------
    ParameterError, UnknownWordError
        Naming the parameter, the value, the limit and the remedy.

    Examples
    --------
    >>> query = read_along(origin="116.41,39.92", destination="116.42,39.95", detour="5min")
    >>> query.destination, query.detour_s
    (LonLat(lon=116.42, lat=39.95), 300.0)
    """
    openness = read_word("open", open, OPENNESSES)
    return AlongQuery(
        origin=read_pair("from", origin),
        destination=read_pair("to", destination),
        via=_read_via(via),
        k=read_count("k", k, 1, MAX_K),
        mode=read_word("mode", mode, MODES),
        wanted=read_wanted(service, amenity, amenity_or_unknown, access, audience, accuracy),
        detour_s=read_duration("detour", detour, MAX_DETOUR_S),
        when=read_time("when", when) if when else now,
        open=openness,
        min_left_s=_read_min_left(min_left, openness),
        stay_s=read_duration("stay", stay, MAX_STAY_S),
        until=None if until is None else read_time("until", until),
        paths=_read_paths(paths),
    )


def _read_min_left(text: str | None, openness: Openness) -> float:
    """Read how long a place must stay open; without a wish for open places it would be passed over in silence."""
    if text is None:
        return DEFAULT_MIN_LEFT_S
    seconds = read_duration("min_left", text, MAX_LEFT_S)
    if openness == "any":
        raise ParameterError(
            f"min_left={text} asks for nothing while open=any; add open=arrival or open=arrival_or_unknown, or leave "
            "min_left out",
            parameter="min_left",
        )
    return seconds


def _read_via(texts: Iterable[str]) -> tuple[LonLat, ...]:
    points = tuple(read_pair("via", text) for text in texts)
    if len(points) > MAX_VIA:
        raise ParameterError(f"via is given {len(points)} times; give at most {MAX_VIA}", parameter="via")
    return points


def _read_paths(text: str) -> bool:
    return read_word("paths", text, ("yes", "no")) == "yes"
