"""The names that an extract holds: areas, stations, streets, things; one entry per name and neighbourhood."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import geopandas
import numpy as np
import shapely

from geo.coords import LonLat
from geo.finding.gazetteer import Name, NameKind
from geo.osm.extract import Extract, Feature
from geo.pack.areas import at, containing
from geo.streets.network import StreetNetwork

_THINGS: Final = ("amenity", "shop", "tourism", "leisure", "office", "healthcare", "natural", "waterway", "building")
_MAX_NAME = 120


def names_of(extract: Extract, areas: geopandas.GeoDataFrame, network: StreetNetwork) -> list[Name]:
    """Return the names of an extract, once per (name, kind, subdistrict), ordered by name."""
    raw = [*_feature_names(extract), *_street_names(network)]
    if not raw:
        return []
    points = at([shapely.Point(name.position) for name in raw])
    districts, subdistricts = containing(points, areas, "district"), containing(points, areas, "subdistrict")
    once: dict[tuple[str, str, str | None], Name] = {}
    for name, district, subdistrict in zip(raw, districts, subdistricts, strict=True):
        parts = [part for part in (district, subdistrict) if part and part != name.name]
        once.setdefault((name.name, name.kind, subdistrict), name._replace(context=" ".join(parts) or None))
    return sorted(once.values(), key=lambda name: (name.name, name.kind, name.position))


def _feature_names(extract: Extract) -> Iterator[Name]:
    for feature in extract.features:
        name, kind = feature.tags.get("name"), _kind(feature)
        if name and kind:
            point = feature.geometry.representative_point()
            position = LonLat(round(point.x, 6), round(point.y, 6))
            yield Name(name[:_MAX_NAME], (feature.tags.get("name:en") or "")[:_MAX_NAME] or None, kind, None, position)


def _kind(feature: Feature) -> NameKind | None:
    tags = feature.tags
    if "place" in tags or (tags.get("boundary") == "administrative" and tags.get("admin_level") in {"6", "8"}):
        return "area"
    if tags.get("railway") in {"station", "halt"} or tags.get("public_transport") == "station":
        return "station"
    return "poi" if any(key in tags for key in _THINGS) else None


def _street_names(network: StreetNetwork) -> Iterator[Name]:
    """Every named edge by its middle point, longest first, so that a neighbourhood's entry lies on its main stretch."""
    named = np.flatnonzero(network.edge_name > 0)
    for edge in named[np.argsort(-network.edge_length_m[named], kind="stable")].tolist():
        shape = network.shape(edge)
        lon, lat = shape[len(shape) // 2] if len(shape) > 2 else shape.mean(axis=0)
        name = network.names[network.edge_name[edge]][:_MAX_NAME]
        yield Name(name, None, "street", None, LonLat(round(float(lon), 6), round(float(lat), 6)))
