"""What people found at a place: taken without an account, kept once, and never a change of the place itself."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, cast

from flask import Blueprint, Flask, Response, current_app, request

from geo.choosing.words import read_time, read_word
from geo.coords import LonLat
from geo.errors import ParameterError
from geo.places.model import Place
from geo.places.reports import FILE, FINDINGS, Report, Reports
from webmap.limiter import Limiter, household
from webmap.origin import check_origin
from webmap.plan_params import body_json
from webmap.site import site

reports = Blueprint("reports", __name__)

_FIELDS: Final = ("id", "place", "what", "seen_at", "text", "where")
_MAX_BODY: Final = 2000
_MAX_ID: Final = 200
#: Of one address, in each process of the server.
_BURST: Final = 30
_EVERY_S: Final = 2.0
#: A report may have waited on a phone without a network; a phone's clock may be ahead.
_OLDEST: Final = timedelta(days=60)
_AHEAD: Final = timedelta(days=1)
_EXTENSION: Final = "yizhan-reports"


def init_reports(app: Flask) -> None:
    """Let the site take reports."""
    app.extensions[_EXTENSION] = Limiter(_BURST, _EVERY_S)
    app.register_blueprint(reports)


@reports.post("/api/v1/reports")
def tell() -> Response:
    """Keep what somebody found: 201; 200 if it is kept already."""
    here, limiter = site(), cast(Limiter, current_app.extensions[_EXTENSION])
    check_origin(request, here)
    limiter.take(household(request.remote_addr, request.headers.get("X-Forwarded-For")), time.monotonic())
    report = read_report(body_json(request, _FIELDS, _MAX_BODY), here.city.place, here.now())
    new = Reports(here.settings.state / FILE).add(report)
    body = json.dumps({"id": report.id, "place": report.place, "what": report.what}, ensure_ascii=False)
    response = Response(body, status=201 if new else 200, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def read_report(values: Mapping[str, Any], place_of: Any, now: datetime) -> Report:
    """Read a report.

    Parameters
    ----------
    values
        As they were sent.
    place_of
        Gives the place of an id.
    now
        When it came, aware.

    Raises
    ------
    ParameterError, UnknownWordError
        A value is missing or not of its form.
    NotFoundError
        There is no such place.
    """
    seen_at = read_time("seen_at", _text(values, "seen_at", 40))
    if not now - _OLDEST <= seen_at <= now + _AHEAD:
        raise ParameterError(
            f"seen_at={seen_at.isoformat(timespec='minutes')} is not of the last {_OLDEST.days} days; set the clock",
            parameter="seen_at",
        )
    what = read_word("what", _text(values, "what", 40), FINDINGS)
    text = None if values.get("text") is None else printable(_text(values, "text", _MAX_BODY))
    place: Place = place_of(_text(values, "place", _MAX_ID))
    return Report(
        id=_text(values, "id", 40),
        place=place.id,
        place_name=place.name,
        what=what,
        seen_at=seen_at,
        received_at=now,
        text=text,
        where=_where(values.get("where")),
        district=place.district,
        subdistrict=place.subdistrict,
    )


def printable(text: str) -> str:
    r"""Return a stranger's words on one line, without what moves cursors or cannot be written.

    Examples
    --------
    >>> printable("  关了\n换了锁\x1b[2J ")
    '关了 换了锁 [2J'
    """
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _text(values: Mapping[str, Any], name: str, most: int) -> str:
    value = values.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= most:
        raise ParameterError(f"{name} must be a text of 1 to {most} characters", parameter=name)
    return value


def _where(value: Any) -> LonLat | None:
    if value is None:
        return None
    numbers: list[Any] = [value.get("lon"), value.get("lat")] if isinstance(value, dict) and len(value) == 2 else [None]
    if not all(isinstance(number, int | float) and not isinstance(number, bool) for number in numbers):
        raise ParameterError('where must be {"lon": 116.411, "lat": 39.923}, or left out', parameter="where")
    lon, lat = (float(number) for number in numbers)
    if not (math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90):
        raise ParameterError(f"where={lon:g},{lat:g} is no position in degrees", parameter="where")
    return LonLat(lon, lat)
