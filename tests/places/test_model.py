"""Places as values, and as JSON."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError, fields

import pytest
from hypothesis import given

from geo.coords import LonLat
from geo.places.model import AMENITIES, SERVICES, Place, Service, place_from_json, place_to_json
from tests.places.strategies import places

STATION = Place(
    id="ss-dongsi",
    name="东四街道工会服务站",
    position=LonLat(116.41, 39.92),
    accuracy="exact",
    services=(Service("service_station", "Mo-Fr 09:00-17:00"), Service("rest_stop")),
    source="test",
)


@given(places)
def test_a_place_survives_json(place: Place) -> None:
    assert place_from_json(json.loads(json.dumps(place_to_json(place)))) == place


def test_json_holds_every_field_in_its_place() -> None:
    values = place_to_json(STATION)

    own = {field.name for field in fields(Place)} - {"position"}
    assert set(values) == own | {"lon", "lat"}
    assert (values["lon"], values["lat"]) == (116.41, 39.92)
    assert values["services"] == [
        {"kind": "service_station", "hours": "Mo-Fr 09:00-17:00", "season": None, "note": None},
        {"kind": "rest_stop", "hours": None, "season": None, "note": None},
    ]
    assert values["amenities"] == {}, "what nobody has reported is absent, neither yes nor no"
    assert values["verified"] is False


def test_a_place_offers_what_its_services_say() -> None:
    assert STATION.offers("rest_stop")
    assert not STATION.offers("haircut")


def test_a_place_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        STATION.name = "x"  # type: ignore[misc]
    with pytest.raises(TypeError):
        STATION.amenities["toilet"] = "yes"  # type: ignore[index]


def test_a_place_read_from_json_cannot_be_changed_either() -> None:
    place = place_from_json(place_to_json(STATION))

    with pytest.raises(TypeError):
        place.amenities["toilet"] = "yes"  # type: ignore[index]


def test_no_word_is_both_a_service_and_an_amenity() -> None:
    assert set(SERVICES).isdisjoint(AMENITIES)
    assert len(set(SERVICES)) == len(SERVICES) and len(set(AMENITIES)) == len(AMENITIES)
