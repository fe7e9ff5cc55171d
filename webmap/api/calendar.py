"""What recurs: a calendar to subscribe to, and what takes place near here in the next days."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, Response, request

from geo.choosing.words import read_list, shown
from geo.errors import UnknownWordError
from geo.events import events_near, read_events, write_events
from geo.places.hours import CHINA
from geo.places.interchange.feed import RECURRING, write_feed
from geo.places.model import Place
from webmap.params import check_names, needed, values_of
from webmap.site import site

calendar = Blueprint("calendar", __name__)

_EVENTS: Final = ("lon", "lat", "within", "days", "service", "mode", "when")
_FEED: Final = ("service", "area")


@calendar.get("/api/v1/events")
def events() -> Response:
    """List what takes place near a point, dated, with the way there."""
    check_names(request.args, _EVENTS)
    needed(request.args, ("lon", "lat"), "ask with lon and lat in degrees, e.g. lon=116.41&lat=39.92")
    city = site().city
    query = read_events(**values_of(request.args, _EVENTS), now=site().now())
    return Response(write_events(city, events_near(city, query)), mimetype="application/json")


@calendar.get("/calendar.ics")
def feed() -> Response:
    """Return the recurring services of an area as a calendar."""
    check_names(request.args, _FEED)
    given: dict[str, Any] = values_of(request.args, _FEED)
    services = read_list("service", given.get("service", ()), RECURRING) or RECURRING
    area = given.get("area", "")
    places = _places(site().city.places, area)
    written = write_feed(places, site().now().astimezone(CHINA).date(), services, area)
    response = Response(written.content, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'inline; filename="yizhan.ics"'
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


def _places(places: tuple[Place, ...], area: str) -> tuple[Place, ...]:
    if not area:
        return places
    known = {name for place in places for name in (place.district, place.subdistrict) if name}
    if area not in known:
        some = ", ".join(sorted(known)[:5])
        raise UnknownWordError(
            f"area={shown(area)} is no area with places here; some are {some or 'not known'}", parameter="area"
        )
    return tuple(place for place in places if area in {place.district, place.subdistrict})
