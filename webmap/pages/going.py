"""What the finder loads late: its words, and the page of places along a way."""

from __future__ import annotations

import json
from typing import Final

from flask import Blueprint, Response, request

from webmap.going_words import going_words
from webmap.i18n import language
from webmap.maps import city_map
from webmap.pages import page
from webmap.site import site
from webmap.words import page_words

going = Blueprint("going", __name__)

_FOR_A_DAY: Final = "public, max-age=86400"


@going.get("/words/going.json")
def words() -> Response:
    """Return the words of the late features; an address that names a version of our files may be kept for a day."""
    values = {"words": going_words(), "posters": site().settings.url is not None}
    response = Response(json.dumps(values, ensure_ascii=False, separators=(",", ":")), mimetype="application/json")
    response.headers["Cache-Control"] = _FOR_A_DAY if request.args.get("v") else "no-cache"
    return response


@going.get("/along")
def along() -> Response:
    """Show the page of places along a way; what it shows is in its address."""
    city, lang = site().city_summary(), language()
    return page("along.html", city=city, lang=lang, words=page_words(), shell=city_map(city, lang=lang))
