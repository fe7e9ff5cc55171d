"""Places as GeoJSON (RFC 7946): one point each, every field a property, and back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from geo.places.model import Place, place_from_json, place_to_json

_DEGREES: Final = ("lon", "lat")


def write_geojson(places: Sequence[Place]) -> bytes:
    """Write a feature collection, one feature a line."""
    lines = ",\n".join(json.dumps(_feature(place), ensure_ascii=False, allow_nan=False) for place in places)
    return f'{{"type": "FeatureCollection", "features": [\n{lines}\n]}}\n'.encode()


def _feature(place: Place) -> dict[str, Any]:
    values = place_to_json(place)
    return {
        "type": "Feature",
        "id": place.id,
        "geometry": {"type": "Point", "coordinates": [values[axis] for axis in _DEGREES]},
        "properties": {key: value for key, value in values.items() if key not in _DEGREES},
    }


def read_geojson(content: bytes) -> tuple[Place, ...]:
    """Read what :func:`write_geojson` wrote."""
    return tuple(_place(feature) for feature in json.loads(content)["features"])


def _place(feature: dict[str, Any]) -> Place:
    lon, lat = feature["geometry"]["coordinates"]
    return place_from_json({**feature["properties"], "lon": lon, "lat": lat})
