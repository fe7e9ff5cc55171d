"""The planner's page, and the outlines that it draws: who has no place, when, why, and what would change it."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, Response, request

from geo.city import City
from geo.coverage.asking import LAYERS
from geo.coverage.planner import CAP_S
from geo.coverage.spots import HOSTS
from geo.places.hours import CHINA
from webmap.api import stored
from webmap.api.planning import desk
from webmap.i18n import language
from webmap.maps import city_map
from webmap.pages import page
from webmap.params import check_names
from webmap.plan_words import plan_words
from webmap.site import site

plan = Blueprint("plan", __name__)

_FOR_GOOD: Final = "public, max-age=31536000, immutable"


@plan.get("/plan")
def planner() -> Response:
    """Show the planner's page; what it shows is in its address."""
    city, lang = site().city_summary(), language()
    shell = city_map(city, lang=lang)
    return page("plan.html", city=city, lang=lang, words=plan_words(), shell=shell, facts=_facts(site().city))


@plan.get("/api/v1/areas")
def areas() -> Response:
    """Draw the subdistricts, coarse; an address that carries the version may be kept for good."""
    check_names(request.args, ("v",))
    city = site().city
    response = stored(desk().outlines(city), "application/geo+json")
    if request.args.get("v") == city.manifest.version:
        response.headers["Cache-Control"] = _FOR_GOOD
    return response


def _facts(city: City) -> dict[str, Any]:
    """Return what the page must know before it asks: whom it can count, where places could go, what day it is."""
    kinds = {spot.kind for spot in city.hosts}
    counted = {
        "residents": any(area.residents for area in city.areas),
        "street_length": True,
        "pickups": bool(city.manifest.counts.get("eateries")),
    }
    return {
        "areas": len(city.areas),
        "layers": [layer for layer in LAYERS if counted[layer]],
        "hosts": [kind for kind in HOSTS if kind in kinds],
        "cap_s": CAP_S,
        "today": site().now().astimezone(CHINA).date().isoformat(),
    }
