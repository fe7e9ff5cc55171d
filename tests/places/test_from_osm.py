"""Places out of OpenStreetMap's tags: a table of tags and of what may be said of them."""

from __future__ import annotations

from typing import Any

import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from geo.coords import LonLat
from geo.osm.extract import OPENSTREETMAP, Extract, Feature, WayCollector, bbox_of
from geo.places.from_osm import places_from_osm
from geo.places.model import Place

POINT = shapely.Point(116.41234567, 39.92)
#: A horseshoe: its centroid lies outside, a point for its door must not.
HORSESHOE = shapely.Polygon(
    [(0, 0), (3, 0), (3, 3), (2.9, 3), (2.9, 0.1), (0.1, 0.1), (0.1, 3), (0, 3)],
)  # fmt: skip


def extract(*features: Feature) -> Extract:
    collector = WayCollector()
    collector.add(1, {"highway": "path"}, [1, 2], [(1164000000, 399000000), (1164010000, 399000000)])
    ways = collector.finish()
    return Extract(OPENSTREETMAP, ways, features, bbox_of(ways))


def places(tags: dict[str, str], geometry: BaseGeometry = POINT, feature_id: str = "n7") -> list[Place]:
    return places_from_osm(extract(Feature(feature_id, tags, geometry)))


def place(tags: dict[str, str], geometry: BaseGeometry = POINT, feature_id: str = "n7") -> Place:
    (only,) = places(tags, geometry, feature_id)
    return only


@pytest.mark.parametrize(
    ("amenity", "service", "name"),
    [
        ("toilets", "public_toilet", "公共厕所"),
        ("drinking_water", "water_point", "饮水点"),
        ("shelter", "shelter", "遮蔽处"),
        ("library", "library", "图书馆"),
        ("community_centre", "community_centre", "社区中心"),
    ],
)
def test_each_kind_becomes_its_service_and_has_a_name_without_one(amenity: str, service: str, name: str) -> None:
    found = place({"amenity": amenity})

    assert [s.kind for s in found.services] == [service]
    assert (found.name, bool(found.name_en)) == (name, True)


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        ({"amenity": "bank"}, "no kind that takes strangers in"),
        ({"shop": "tea"}, "no amenity"),
        ({"amenity": "toilets", "access": "private"}, "private"),
        ({"amenity": "toilets", "access": "no"}, "closed"),
        ({"amenity": "library", "access": "members"}, "members only"),
        ({"amenity": "toilets", "access": "employees"}, "staff only"),
        ({"amenity": "community_centre", "access": "residents"}, "residents only"),
        ({"amenity": "shelter", "shelter_type": "public_transport"}, "a roof over a bus stop"),
        ({"amenity": "shelter", "shelter_type": "changing_rooms"}, "changing rooms"),
    ],
)
def test_what_lets_no_stranger_in_is_no_place(tags: dict[str, str], reason: str) -> None:
    assert places(tags) == [], reason


@pytest.mark.parametrize("access", ["yes", "customers", "permissive", "unknown"])
def test_what_is_not_forbidden_is_open(access: str) -> None:
    assert len(places({"amenity": "toilets", "access": access})) == 1


@pytest.mark.parametrize(
    ("tags", "amenities"),
    [
        ({"amenity": "toilets"}, {"toilet": "yes"}),
        ({"amenity": "drinking_water"}, {"water": "yes"}),
        ({"amenity": "library"}, {}),
        ({"amenity": "library", "toilets": "yes", "internet_access": "wlan"}, {"toilet": "yes", "wifi": "yes"}),
        ({"amenity": "library", "internet_access": "no", "air_conditioning": "yes"},
         {"wifi": "no", "air_conditioner": "yes"}),
        ({"amenity": "library", "internet_access": "terminal"}, {}),
        ({"amenity": "toilets", "changing_table": "yes", "drinking_water": "no"},
         {"toilet": "yes", "nursing_room": "yes", "water": "no"}),
        ({"amenity": "shelter", "bench": "yes"}, {"seats": "yes"}),
        ({"amenity": "shelter", "bench": "limited"}, {}),
    ],
)  # fmt: skip
def test_kit_is_yes_no_or_unknown(tags: dict[str, str], amenities: dict[str, str]) -> None:
    assert dict(place(tags).amenities) == amenities


@pytest.mark.parametrize(
    ("tags", "field", "value"),
    [
        ({"name": "东四图书馆"}, "name", "东四图书馆"),
        ({"name": "东四图书馆"}, "name_en", None),
        ({"name": "东四图书馆", "name:en": "Dongsi Library"}, "name_en", "Dongsi Library"),
        ({"name": "长" * 500}, "name", "长" * 200),
        ({"phone": "010-1"}, "phone", "010-1"),
        ({"contact:phone": "010-2"}, "phone", "010-2"),
        ({"operator": "东城区"}, "host", "东城区"),
        ({"addr:full": "东四南大街1号", "addr:street": "x"}, "address", "东四南大街1号"),
        ({"addr:street": "东四南大街", "addr:housenumber": "1号"}, "address", "东四南大街1号"),
        ({"addr:housenumber": "1号"}, "address", "1号"),
        ({}, "address", None),
        ({"check_date": "2026-01-02"}, "checked", "2026-01-02"),
        ({}, "verified", False),
        ({}, "source", "OpenStreetMap"),
        ({}, "access", None),
    ],
)
def test_facts_come_from_their_tags(tags: dict[str, str], field: str, value: Any) -> None:
    assert getattr(place({"amenity": "library", **tags}), field) == value


def test_hours_are_kept_as_written() -> None:
    (service,) = place({"amenity": "library", "opening_hours": "Mo-Fr 09:00-17:00; PH off"}).services

    assert service.hours == "Mo-Fr 09:00-17:00; PH off"


def test_hours_that_are_not_said_are_unknown() -> None:
    assert place({"amenity": "library"}).services[0].hours is None
    assert place({"amenity": "library", "opening_hours": ""}).services[0].hours is None


def test_a_node_is_exact_and_rounded_to_a_centimetre() -> None:
    found = place({"amenity": "toilets"})

    assert (found.position, found.accuracy) == (LonLat(116.4123457, 39.92), "exact")


def test_a_building_is_as_exact_as_its_walls_and_its_point_lies_inside() -> None:
    found = place({"amenity": "library"}, HORSESHOE, "w8")

    assert found.accuracy == "building"
    assert HORSESHOE.contains(shapely.Point(found.position))
    assert not HORSESHOE.contains(HORSESHOE.centroid), "the shape no longer shows anything"


@pytest.mark.parametrize(
    ("feature_id", "address"),
    [
        ("n7", "https://www.openstreetmap.org/node/7"),
        ("w8", "https://www.openstreetmap.org/way/8"),
        ("r9", "https://www.openstreetmap.org/relation/9"),
    ],
)
def test_each_place_points_to_its_source(feature_id: str, address: str) -> None:
    found = place({"amenity": "library"}, feature_id=feature_id)

    assert (found.id, found.source_url) == (f"osm-{feature_id}", address)


def test_places_come_in_order_of_id() -> None:
    toilets = [Feature(feature_id, {"amenity": "toilets"}, POINT) for feature_id in ("w2", "n9", "n10")]

    assert [found.id for found in places_from_osm(extract(*toilets))] == ["osm-n10", "osm-n9", "osm-w2"]
