"""The list that readers without scripts get: the nearest places on foot from the middle of the map."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, Final

from werkzeug.datastructures import MultiDict

from geo.errors import InputError
from webmap.embed.mercator import View
from webmap.embed.options import EmbedOptions
from webmap.params import nearest_query
from webmap.site import Site

_ASKED: Final = 50
_LISTED: Final = 12


def listing(here: Site, options: EmbedOptions, view: View) -> list[dict[str, Any]]:
    """Return the places, as the API tells of them, the nearest first; none if no street is near the middle.

    A frame that is about an area lists what lies in it. While an advisory is in force places that give relief come
    first, as the API has it; none of the nearest is left out for them.
    """
    words = {
        "lon": f"{view.center.lon:.7f}",
        "lat": f"{view.center.lat:.7f}",
        "k": str(_ASKED if options.area else _LISTED),
    }
    if options.services:
        words["service"] = ",".join(options.services)
    query = nearest_query(MultiDict(words | {"cutoff": "60min", "paths": "no", "passed": "0"}), here.now())
    edition = here.edition()
    try:
        advisory = here.heeded.in_force(here.now())
        if advisory is None:
            answer = json.loads(edition.answers.nearest(edition.city.nearest(query)))
        else:
            relieved = edition.city.nearest_relieved(query, advisory.relief)
            answer = json.loads(edition.answers.relieved(relieved, advisory.to_json()))
    except InputError:  # the middle of the map is no place to start from: a lake, a palace
        return []
    found = [result for result in answer["results"] if lies_in(options.area, result["place"])]
    return [result | {"minutes": max(1, math.ceil(result["travel_s"] / 60))} for result in _most(found, answer)]


def _most(found: list[dict[str, Any]], answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return as many as are listed; with relief first, those that give it and the nearest, as many of each."""
    if not answer.get("advisory"):
        return found[:_LISTED]
    helping = [result for result in found if result["relief"]][:_LISTED]
    listed = {result["place"]["id"] for result in found}
    near = [place_id for place_id in answer["nearest"] if place_id in listed][:_LISTED]
    return helping + [each for each in found if each not in helping and each["place"]["id"] in near]


def lies_in(area: str, place: Mapping[str, Any]) -> bool:
    """Tell whether a place says that it lies in an area.

    Examples
    --------
    >>> lies_in("东城区/东四街道", {"district": "东城区", "subdistrict": "东四街道"})
    True
    """
    district, _, name = area.rpartition("/")
    subdistrict, own = place.get("subdistrict"), place.get("district")
    return not area or (name == subdistrict and district in (own, "")) or (not district and name == own)
