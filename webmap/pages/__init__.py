"""The pages that people read: the finder and what stands behind it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, make_response, render_template, request

from geo.errors import NotFoundError
from webmap.i18n import language
from webmap.maps import city_map
from webmap.site import site
from webmap.words import page_words

pages = Blueprint("pages", __name__)


@pages.get("/")
def finder() -> Response:
    """Show the finder."""
    city = _city()
    lang = language()
    shell = city_map(city, lang=lang)
    return page("finder.html", city=city, lang=lang, words=page_words(), shell=shell, start=_start())


@pages.get("/about")
def about() -> Response:
    """Show where the facts come from and how to build a real city."""
    return page("about.html", city=_city(), lang=language())


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
    return response
