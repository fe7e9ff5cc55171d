"""Query strings -> validated values; strict: what is not known is refused, not passed over."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from urllib.parse import unquote_plus

from werkzeug.datastructures import MultiDict

from geo.choosing.words import read_word
from geo.errors import ParameterError, UnknownWordError
from geo.finding.asking import AlongQuery, NearestQuery
from geo.finding.reading import read_along, read_query
from geo.finding.spelling import MAX_QUERY

_WANTED = ("service", "amenity", "amenity_or_unknown", "access", "audience", "accuracy")
_REPEATED = frozenset({"service", "amenity", "amenity_or_unknown", "access", "via"})
_NEAREST = ("lon", "lat", "k", "mode", *_WANTED, "cutoff", "open", "min_left", "when", "paths", "passed")
_NEAREST_WORDS = (*_NEAREST, "advisory")
_NEAREST_NAMES = frozenset(_NEAREST_WORDS)
_ALONG = (
    "from", "to", "via", "k", "mode", *_WANTED, "detour", "open", "min_left", "stay", "when", "until", "paths",
)  # fmt: skip
#: Words that are called otherwise in Python.
_RENAMED = {"from": "origin", "to": "destination"}
_MAX_NAMES = 20


def nearest_query(args: MultiDict[str, str], now: datetime) -> NearestQuery:
    """Read the question of ``/api/v1/nearest``, asked at ``now`` (aware).

    Raises
    ------
    ParameterError, UnknownWordError
        A parameter is missing, unknown, given twice or not of its form.
    """
    check_names(args, _NEAREST_WORDS)
    needed(args, ("lon", "lat"), "ask with lon and lat in degrees, e.g. lon=116.41&lat=39.92")
    return read_query(**values_of(args, _NEAREST), now=now)


def plain_nearest_query(query_string: str, now: datetime) -> tuple[NearestQuery, bool] | None:
    """Read a question, and whether it heeds an advisory, in one pass over a query string as a page writes it.

    What :func:`nearest_query` and :func:`heeds_advisory` make of the same words takes three times as long.

    Returns
    -------
    None
        There is something unusual in it: it may be a question all the same, or one to be refused.

    Raises
    ------
    ParameterError, UnknownWordError
        A word is not of its form.
    """
    values: dict[str, Any] = {}
    for pair in query_string.split("&"):
        name, equals, text = pair.partition("=")
        if "%" in text or "+" in text:
            text = text.replace("%3A", ":").replace("%2C", ",")  # most often all there is: of times and of lists
            text = unquote_plus(text) if "%" in text or "+" in text else text
        if not (equals and name in _NEAREST_NAMES and text.isascii()):
            return None
        if name in _REPEATED:
            values.setdefault(name, []).append(text)
        elif name not in values:
            values[name] = text
        else:
            return None
    if not ("lon" in values and "lat" in values):
        return None
    heeds = "advisory" in values and read_word("advisory", values.pop("advisory"), ("heed",)) == "heed"
    return read_query(**values, now=now), heeds


def heeds_advisory(args: MultiDict[str, str]) -> bool:
    """Tell whether places that give relief are to come first while an advisory is in force.

    Raises
    ------
    ParameterError, UnknownWordError
        The word ``advisory`` is given twice, or is another than ``heed``.
    """
    return "advisory" in args and read_word("advisory", _single(args, "advisory"), ("heed",)) == "heed"


def along_query(args: MultiDict[str, str], now: datetime) -> AlongQuery:
    """Read the question for places along a way, asked at ``now`` (aware).

    Raises
    ------
    ParameterError, UnknownWordError
        A parameter is missing, unknown, given twice or not of its form.
    """
    check_names(args, _ALONG)
    needed(args, ("from", "to"), "ask with both ends as lon,lat, e.g. from=116.41,39.92&to=116.42,39.95")
    return read_along(**values_of(args, _ALONG), now=now)


def search_query(args: MultiDict[str, str]) -> tuple[str, int]:
    """Read the question of ``/api/v1/search``: the text and how many names at most."""
    check_names(args, ("q", "limit"))
    text, limit = _single(args, "q").strip(), _single(args, "limit") or "8"
    if not text:
        raise ParameterError("q is missing; give a name or the beginning of one, e.g. q=东四", parameter="q")
    if len(text) > MAX_QUERY:
        raise ParameterError(f"q has {len(text)} characters; give at most {MAX_QUERY}", parameter="q")
    if not (limit.isascii() and limit.isdigit() and 1 <= int(limit[:6]) <= _MAX_NAMES):
        raise ParameterError(f"limit={limit[:40]!r} must be a whole number from 1 to {_MAX_NAMES}", parameter="limit")
    return text, int(limit)


def check_names(args: MultiDict[str, str], known: Collection[str]) -> None:
    """Refuse a parameter that is not known.

    Raises
    ------
    UnknownWordError
        Naming it, and those that are.
    """
    for name in args:
        if name not in known:
            raise UnknownWordError(
                f"{name[:40]!r} is no parameter here; known are {', '.join(known)}", parameter=name[:40]
            )


def needed(args: MultiDict[str, str], names: Collection[str], remedy: str) -> None:
    """Refuse a question that lacks one of some parameters.

    Raises
    ------
    ParameterError
        Naming it, and the remedy.
    """
    for name in names:
        if name not in args:
            raise ParameterError(f"{name} is missing; {remedy}", parameter=name)


def values_of(args: MultiDict[str, str], names: Collection[str]) -> dict[str, Any]:
    """Return the words that were given, by the names that the reader gives them.

    Raises
    ------
    ParameterError
        One that may be given once is given more often.
    """
    return {
        _RENAMED.get(name, name): args.getlist(name) if name in _REPEATED else _single(args, name)
        for name in names
        if name in args
    }


def _single(args: MultiDict[str, str], name: str) -> str:
    values = args.getlist(name)
    if len(values) > 1:
        raise ParameterError(f"{name} is given {len(values)} times; give it once", parameter=name)
    return values[0] if values else ""
