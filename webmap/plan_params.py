"""Planners' query strings and bodies -> validated values; strict, as those of the finder."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any, Final

from flask import Request
from werkzeug.datastructures import MultiDict

from geo.coverage.asking import CoverageQuery, read_coverage
from geo.errors import ParameterError, TooLargeError
from webmap.params import check_names, values_of

QUESTION: Final = (
    "mode", "service", "amenity", "amenity_or_unknown", "access", "audience", "accuracy", "cutoff", "open", "min_left",
    "when", "layer",
)  # fmt: skip
#: Largest body of JSON, and of a table, bytes.
MAX_JSON: Final = 2_000_000
MAX_TABLE: Final = 20_000_000


def coverage_query(args: MultiDict[str, str], now: datetime, *others: str) -> CoverageQuery:
    """Read a planner's question; ``others`` are parameters beside it that are read elsewhere.

    Without a moment the minute of asking counts, if hours matter at all.

    Raises
    ------
    ParameterError, UnknownWordError
        A parameter is unknown, given twice or not of its form.
    """
    check_names(args, (*QUESTION, "scenario", *others))
    values = values_of(args, QUESTION)
    minute = now.replace(second=0, microsecond=0) if values.get("open", "any") != "any" else None
    return read_coverage(**values, now=minute)


def single(args: MultiDict[str, str], name: str, otherwise: str = "") -> str:
    """Return a parameter that may be given once.

    Raises
    ------
    ParameterError
        It is given more often.
    """
    found: str = values_of(args, (name,)).get(name, otherwise)
    return found


def week_of(args: MultiDict[str, str], today: date) -> date:
    """Return the Monday of the week that ``week`` names by any of its days; without it, of today.

    Raises
    ------
    ParameterError
        It is no date that can be asked about.
    """
    text = single(args, "week")
    try:
        day = date.fromisoformat(text) if text else today
    except ValueError:
        day = date.min
    if not 2000 <= day.year <= 2100:
        raise ParameterError(
            f"week={text[:40]!r} must be a day from 2000 to 2100, e.g. week=2026-11-23", parameter="week"
        )
    return day - timedelta(days=day.weekday())


def body_json(request: Request, names: Collection[str], most: int = MAX_JSON) -> dict[str, Any]:
    """Return the table that was sent as JSON, of so many bytes at most.

    Raises
    ------
    ParameterError, TooLargeError
        It is something else, has names that are not known here, or is too large.
    """
    if request.mimetype != "application/json":
        raise ParameterError(
            f"a body of type {request.mimetype[:60] or 'nothing'!r}; send JSON, with Content-Type: application/json"
        )
    body = body_bytes(request, most)
    try:
        values = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ParameterError(f"the body is no JSON ({str(error)[:80]})") from None
    if not isinstance(values, dict):
        raise ParameterError(f"the body must be a JSON table with {', '.join(names)}")
    for name in values:
        if name not in names:
            raise ParameterError(f"{name[:40]!r} is not known in the body; known are {', '.join(names)}")
    return values


def body_bytes(request: Request, most: int) -> bytes:
    """Return what was sent, if it is not too much; more is not even read.

    Raises
    ------
    TooLargeError
        It is more.
    """
    length = request.content_length
    if length is None or length > most:
        sent = "a body of unknown size" if length is None else f"{length / 1e6:.1f} MB"
        raise TooLargeError(f"{sent} was sent; at most {most / 1e6:g} MB are taken: send less, or use the command line")
    return request.get_data(cache=False)
