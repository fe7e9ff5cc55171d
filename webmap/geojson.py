"""What the site tells of a city, as JSON values; pure."""

from __future__ import annotations

import json
from typing import Any, Final

from shapely import set_precision, to_geojson

from geo.city import City
from geo.finding.gazetteer import Name
from geo.places.model import AMENITIES, SERVICES
from geo.streets.profiles import MODES

#: Outlines are told to about a metre.
_OUTLINE_DEG: Final = 1e-5


def city_summary(city: City) -> dict[str, Any]:
    """Return what ``/api/v1/city`` says and every page knows."""
    manifest, zooms = city.manifest, city.tile_zooms
    offered = city.offered()
    attribution = " · ".join(dict.fromkeys(s["attribution"] for s in manifest.sources if "attribution" in s))
    base_map = zooms and {
        "tiles": f"/base/{{z}}/{{x}}/{{y}}.mvt?v={manifest.version}",
        "min_zoom": zooms[0],
        "max_zoom": zooms[1],
        "attribution": attribution,
    }
    return {
        "name": manifest.name,
        "name_en": manifest.name_en,
        "sample": manifest.sample,
        "version": manifest.version,
        "built": manifest.built,
        "bbox": list(city.bbox),
        "center": list(city.bbox.centre),
        "sources": [dict(source) for source in manifest.sources],
        "counts": dict(manifest.counts),
        "services": [kind for kind in SERVICES if kind in offered["services"]],
        "amenities": [kind for kind in AMENITIES if kind in offered["amenities"]],
        "accesses": list(offered["accesses"]),
        "audiences": list(offered["audiences"]),
        "accuracies": list(offered["accuracies"]),
        "modes": list(MODES),
        "base_map": base_map,
    }


def places_collection(city: City) -> dict[str, Any]:
    """Return all places as GeoJSON points with what a pin needs."""
    features = [
        {
            "type": "Feature",
            "id": place.id,
            "geometry": {"type": "Point", "coordinates": list(place.position)},
            "properties": {
                "id": place.id,
                "name": place.name,
                "name_en": place.name_en,
                "services": [service.kind for service in place.services],
                "accuracy": place.accuracy,
            },
        }
        for place in city.places
    ]
    return {"type": "FeatureCollection", "features": features}


def areas_collection(city: City) -> dict[str, Any]:
    """Return the subdistricts that streets of the map lie in as GeoJSON outlines; coarse, for a page."""
    features = [
        {
            "type": "Feature",
            "id": number,
            "geometry": json.loads(to_geojson(set_precision(shape, _OUTLINE_DEG, mode="pointwise"))),
            "properties": {"number": number, "name": area.name, "name_en": area.name_en, "district": area.district},
        }
        for number, (area, shape) in enumerate(zip(city.areas, city.outlines, strict=True))
        if shape is not None
    ]
    return {"type": "FeatureCollection", "features": features}


def search_results(text: str, names: tuple[Name, ...]) -> dict[str, Any]:
    """Return what a search found.

    ``exact`` is False where a house number was asked for and only its street is known: the position is the middle of
    the street.
    """
    return {
        "query": text,
        "results": [
            {
                "name": name.name,
                "name_en": name.name_en,
                "kind": name.kind,
                "context": name.context,
                "lon": name.position.lon,
                "lat": name.position.lat,
                "place_id": name.place_id,
                "also": list(name.also),
                "exact": name.exact,
            }
            for name in names
        ],
    }
