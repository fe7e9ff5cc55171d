"""What holds now at places that somebody names by their ids."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from flask import Blueprint, Response, request

from geo.answers import write
from geo.choosing.words import read_time, shown
from geo.city import City
from geo.errors import NotFoundError, ParameterError
from geo.places.hours import CHINA
from webmap.params import check_names, values_of
from webmap.site import site

states = Blueprint("states", __name__)

MAX_PLACES: Final = 100
_MAX_ID: Final = 200


@states.get("/api/v1/states")
def now() -> Response:
    """Tell of each place whether it is open now, or at a time; who is not there is named in ``gone``."""
    check_names(request.args, ("place", "when"))
    ids = list(dict.fromkeys(request.args.getlist("place")))
    if not 1 <= len(ids) <= MAX_PLACES:
        raise ParameterError(
            f"place is given {len(ids)} times; give 1 to {MAX_PLACES} ids of places", parameter="place"
        )
    for each in ids:
        if len(each) > _MAX_ID:
            raise ParameterError(f"place={shown(each)} is no id; ids have at most {_MAX_ID} signs", parameter="place")
    given = values_of(request.args, ("when",)).get("when", "")
    when = (read_time("when", given) if given else site().now()).astimezone(CHINA)
    city = site().city
    found = {each: _told(city, each, when) for each in ids}
    values = {
        "when": when,
        "places": [value for value in found.values() if value is not None],
        "gone": [each for each, value in found.items() if value is None],
    }
    return Response(write(values), mimetype="application/json")


def _told(city: City, place_id: str, when: datetime) -> dict[str, Any] | None:
    try:
        place = city.place(place_id)
    except NotFoundError:
        return None
    if place.status == "retired":
        return None
    state = city.state_at(place_id, when) if place.status == "open" else None
    return {
        "id": place.id,
        "name": place.name,
        "name_en": place.name_en,
        "address": place.address,
        "lon": place.position.lon,
        "lat": place.position.lat,
        "accuracy": place.accuracy,
        "status": place.status,
        "services": [service.kind for service in place.services],
        "state": state and state._asdict(),
    }
