"""The pages that people read: the finder and what stands behind it."""

from __future__ import annotations

from typing import Any, Final

import brotli
from flask import Blueprint, Response, current_app, make_response, render_template, request

from geo.errors import NotFoundError
from webmap.i18n import language
from webmap.maps import MapShell, city_map
from webmap.site import site
from webmap.words import page_words

pages = Blueprint("pages", __name__)

#: How close a shared position is shown until its answer is there; about as close as that shows it.
_NEAR_ZOOM: Final = 15
#: Pages are small and asked for once a visit: three milliseconds more make them 9 % smaller.
_BROTLI: Final = 9


@pages.get("/")
def finder() -> Response:
    """Show the finder."""
    city = _city()
    lang = language()
    shell = _opening_map(city, lang)
    return page("finder.html", city=city, lang=lang, words=page_words(), shell=shell, start=_start())


@pages.get("/about")
def about() -> Response:
    """Show where the facts come from and how to build a real city."""
    return page("about.html", city=_city(), lang=language())


def _opening_map(city: dict[str, Any], lang: str) -> MapShell:
    """Return the map as the address has it: a shared position is its middle at once, so no other tiles are loaded."""
    try:
        lon, lat = float(request.args.get("lon", "")), float(request.args.get("lat", ""))
    except ValueError:
        return city_map(city, lang=lang)
    west, south, east, north = city["bbox"]
    if not (west <= lon <= east and south <= lat <= north):
        return city_map(city, lang=lang)
    return city_map(city | {"center": [lon, lat]}, lang=lang, zoom=_NEAR_ZOOM)


def _start() -> dict[str, Any] | None:
    """Return the place that a poster's code led from, if it did and the place is there."""
    place_id = request.args.get("at")
    if place_id is None:
        return None
    try:
        place = site().city.place(place_id)
    except NotFoundError:
        return None
    return {"lon": place.position.lon, "lat": place.position.lat, "name": place.name, "name_en": place.name_en}


def _city() -> dict[str, Any]:
    facts: dict[str, Any] = current_app.extensions["yizhan"].city_summary()
    return facts


def page(template: str, **values: Any) -> Response:
    """Return a page, not to be shown to anybody else."""
    response = make_response(render_template(template, **values))
    # A nonce is good for one response: a stored copy may be shown again, but never to somebody else.
    response.headers["Cache-Control"] = "private, no-cache"
    if request.accept_encodings["br"] > 0:
        response.set_data(brotli.compress(response.get_data(), quality=_BROTLI))
        response.headers["Content-Encoding"] = "br"
        response.vary.add("Accept-Encoding")
    return response
