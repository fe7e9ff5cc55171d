"""Places that OpenStreetMap itself knows, so that a city answers before any list is imported.

They are facts of strangers: source OpenStreetMap, never verified; what the tags do not say stays unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from geo.coords import LonLat
from geo.osm.extract import Extract, Feature
from geo.places.model import Accuracy, AmenityKind, Place, Service, ServiceKind, YesNo

SOURCE: Final = "OpenStreetMap"

_SERVICE: Final[Mapping[str, ServiceKind]] = {
    "toilets": "public_toilet",
    "drinking_water": "water_point",
    "shelter": "shelter",
    "library": "library",
    "community_centre": "community_centre",
}
_UNNAMED: Final[Mapping[str, tuple[str, str]]] = {
    "toilets": ("公共厕所", "Public toilet"),
    "drinking_water": ("饮水点", "Drinking water"),
    "shelter": ("遮蔽处", "Shelter"),
    "library": ("图书馆", "Library"),
    "community_centre": ("社区中心", "Community centre"),
}
_CLOSED_TO_STRANGERS = frozenset({"private", "no", "members", "residents", "employees"})
#: A roof over a bus stop lets nobody in.
_NO_REAL_SHELTER = frozenset({"public_transport", "changing_rooms"})
_AMENITY_TAGS: Final[Mapping[str, AmenityKind]] = {
    "toilets": "toilet",
    "drinking_water": "water",
    "internet_access": "wifi",
    "air_conditioning": "air_conditioner",
    "bench": "seats",
    "changing_table": "nursing_room",
}
_MAX_TEXT = 200


def places_from_osm(extract: Extract) -> list[Place]:
    """Public toilets, drinking water, shelters, libraries and community centres of an extract, ordered by id."""
    found = [_place(feature) for feature in extract.with_tags("amenity", _SERVICE) if _open_to_all(feature.tags)]
    return sorted(found, key=lambda place: place.id)


def _open_to_all(tags: Mapping[str, str]) -> bool:
    if tags.get("access") in _CLOSED_TO_STRANGERS:
        return False
    return not (tags["amenity"] == "shelter" and tags.get("shelter_type") in _NO_REAL_SHELTER)


def _place(feature: Feature) -> Place:
    tags = feature.tags
    kind = tags["amenity"]
    name, name_en = _UNNAMED[kind]
    if "name" in tags:
        name, name_en = tags["name"][:_MAX_TEXT], tags.get("name:en", "")[:_MAX_TEXT]
    point = feature.geometry.representative_point()
    accuracy: Accuracy = "exact" if feature.geometry.geom_type == "Point" else "building"
    return Place(
        id=f"osm-{feature.id}",
        name=name,
        name_en=name_en or None,
        position=LonLat(round(point.x, 7), round(point.y, 7)),
        accuracy=accuracy,
        services=(Service(_SERVICE[kind], hours=_text(tags, "opening_hours")),),
        amenities=MappingProxyType(_amenities(kind, tags)),
        address=_address(tags),
        phone=_text(tags, "phone") or _text(tags, "contact:phone"),
        host=_text(tags, "operator"),
        source=SOURCE,
        source_url=_url(feature.id),
        checked=_text(tags, "check_date"),
    )


def _amenities(kind: str, tags: Mapping[str, str]) -> dict[AmenityKind, YesNo]:
    amenities: dict[AmenityKind, YesNo] = {}
    for key, amenity in _AMENITY_TAGS.items():
        value = tags.get(key)
        if value in {"yes", "wlan", "wifi"}:
            amenities[amenity] = "yes"
        elif value == "no":
            amenities[amenity] = "no"
    if kind == "toilets":
        amenities["toilet"] = "yes"
    if kind == "drinking_water":
        amenities["water"] = "yes"
    return amenities


def _address(tags: Mapping[str, str]) -> str | None:
    if "addr:full" in tags:
        return _text(tags, "addr:full")
    street, number = tags.get("addr:street", ""), tags.get("addr:housenumber", "")
    return (street + number)[:_MAX_TEXT] or None


def _text(tags: Mapping[str, str], key: str) -> str | None:
    return tags.get(key, "")[:_MAX_TEXT] or None


def _url(feature_id: str) -> str:
    kind = {"n": "node", "w": "way", "r": "relation"}[feature_id[0]]
    return f"https://www.openstreetmap.org/{kind}/{feature_id[1:]}"
