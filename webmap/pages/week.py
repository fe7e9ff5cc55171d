"""What takes place near a point in this week, day by day, on a page that needs no scripts."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby
from typing import Any, Final
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from geo.choosing.words import read_pair
from geo.errors import InputError, ParameterError
from geo.events import DEFAULT_WITHIN, Event, Events, EventsQuery, events_near, read_events
from geo.finding.gazetteer import Name
from geo.finding.spelling import MAX_QUERY
from geo.places.hours import CHINA
from geo.places.interchange.feed import RECURRING
from geo.streets.profiles import MODES
from webmap.errors import problem_of
from webmap.i18n import language
from webmap.pages import page
from webmap.site import site
from webmap.words import page_words

week = Blueprint("week", __name__)

_NAMES: Final = 8
_WITHIN: Final = ("15min", DEFAULT_WITHIN, "60min")
_WEEKDAYS: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


@week.get("/week")
def near() -> Response:
    """Show what takes place near ``at=lon,lat`` in the next seven days; without it, ask where."""
    given = {name: request.args.get(name, "") for name in ("at", "q", "mode", "within", "service")}
    asked: dict[str, Any] = {"given": given, "found": None, "names": None, "problem": None}
    status = 200
    try:
        if given["at"]:
            query = _read(given)
            asked["found"] = _told(events_near(site().city, query))
        elif given["q"].strip():
            asked["names"] = _named(given["q"])
    except InputError as error:
        status, asked["problem"] = problem_of(error).status, _code(error)
    lang = language()
    links = {"modes": MODES, "withins": _WITHIN, "services": RECURRING, "link": _link}
    same_page = _link(given, lang="zh" if lang == "en" else "en", q=given["q"])
    response = page(
        "week.html", city=site().city_summary(), lang=lang, words=page_words(), same_page=same_page, **asked, **links
    )
    response.status_code = status
    return response


def _read(given: dict[str, str]) -> EventsQuery:
    at = read_pair("at", given["at"])
    return read_events(
        lon=f"{at.lon:.6f}",
        lat=f"{at.lat:.6f}",
        now=site().now(),
        within=given["within"] or DEFAULT_WITHIN,
        service=[given["service"]] if given["service"] else [],
        mode=given["mode"] or MODES[0],
    )


def _named(text: str) -> tuple[Name, ...]:
    if len(text) > MAX_QUERY:
        raise ParameterError(f"q has {len(text)} characters; give at most {MAX_QUERY}", parameter="q")
    return site().city.search(text.strip(), _NAMES)


def _code(error: InputError) -> str:
    return problem_of(error).code


def _told(found: Events) -> dict[str, Any]:
    """Return what the page shows of an answer."""
    places = {event.place.id: event.place for event in found.events}.values()
    first = found.query.when.astimezone(CHINA).date()
    return {
        "days": list(_days(found, first)),
        "count": len(found.events),
        "left_out": found.left_out,
        "mode": found.query.mode,
        "minutes": round(found.query.within_s / 60),
        "areas": list(dict.fromkeys(place.district for place in places if place.district)),
        "services": found.query.services,
    }


def _days(found: Events, first: date) -> Iterator[dict[str, Any]]:
    for day, events in groupby(found.events, key=lambda event: max(event.start.date(), first)):
        yield {
            "date": day,
            "weekday": _WEEKDAYS[day.weekday()],
            "today": day == first,
            "tomorrow": day == first + timedelta(days=1),
            "events": [_event(event) for event in events],
        }


def _event(event: Event) -> dict[str, Any]:
    place = event.place
    overnight = event.end.date() > event.start.date()
    return {
        "service": event.service,
        "start": f"{event.start:%H:%M}",
        "end": f"{event.end:%H:%M}",
        "overnight": overnight,
        "note": event.note,
        "assumed": event.assumed,
        "minutes": max(1, math.ceil(event.travel_s / 60 - 1e-9)),
        "place": place,
    }


def _link(given: dict[str, str], **changes: str) -> str:
    """Return the address of the same question with some words changed; the first of each kind needs no word."""
    usual = {"mode": MODES[0], "within": DEFAULT_WITHIN, "lang": "zh"}
    values = {**given, "q": "", "lang": language(), **changes}
    said = {name: value for name, value in values.items() if value and value != usual.get(name)}
    return f"{request.script_root}/week" + (f"?{urlencode(said, safe=',')}" if said else "")
