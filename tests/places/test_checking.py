"""What may not enter the register, and how it is told."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given

from geo.coords import LonLat
from geo.errors import InputError, InvalidPlaceError
from geo.places.checking import check_place, faults
from geo.places.documents import from_document, from_fields, to_document, to_fields, to_text
from geo.places.model import Fact, Place, Service
from tests.places.registrable import registrable
from tests.places.test_store import STATION

FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"id": ""}, "id is missing"),
    ({"id": "a b"}, "id='a b' must have no blanks or control characters"),
    ({"id": "a\u3000b"}, "must have no blanks"),
    ({"id": "x" * 101}, "id is 101 characters long, the limit is 100"),
    ({"id": 7}, "id=7 must be a text"),
    ({"name": "\t"}, "name is missing"),
    ({"name": "站" * 201}, "name is 201 characters long, the limit is 200"),
    ({"note": "a\0b"}, "note holds the character U+0000, which cannot be stored"),
    ({"host": "\ud83d"}, "host holds the character U+D83D"),
    ({"source": ""}, "source is missing"),
    ({"phone": 10}, "phone=10 must be a text"),
    ({"position": LonLat(181.0, 39.9)}, "lon=181.0 must be a number of degrees from -180 to 180"),
    ({"position": LonLat(116.4, float("nan"))}, "lat=nan must be a number"),
    ({"position": LonLat(float("inf"), 39.9)}, "lon=inf must be a number"),
    ({"position": LonLat("116", 39.9)}, "lon='116' must be a number"),  # type: ignore[arg-type]
    ({"accuracy": None}, "accuracy=None is not one of exact, building"),
    ({"status": "closed"}, "status='closed' is not one of planned, open, paused, retired"),
    ({"tier": "state"}, "tier='state' is not one of city"),
    ({"access": "ticket"}, "access='ticket' is not one of walk_in"),
    ({"street_facing": True}, "street_facing=True is not one of yes, no"),
    ({"verified": "yes"}, "verified='yes' must be True or False"),
    ({"audience": ("couriers", "poets")}, "audience='poets' is not one of couriers"),
    ({"audience": ("guards", "guards")}, "audience names a word twice"),
    ({"amenities": {"sauna": "yes"}}, "amenities='sauna' is not one of water"),
    ({"amenities": {"toilet": True}}, "amenities.toilet=True is not one of yes, no"),
    ({"services": (Service("sauna"),)}, "service='sauna' is not one of service_station"),  # type: ignore[arg-type]
    ({"services": (Service("haircut", "x" * 1001),)}, "services.haircut.hours is 1,001 characters long"),
    ({"services": (Service("haircut"),) * 51}, "51 services, the limit is 50"),
    ({"capacity_seats": 1.5}, "capacity_seats=1.5 must be a whole number from 0 to 100,000"),
    ({"capacity_seats": True}, "capacity_seats=True must be a whole number"),
    ({"capacity_seats": -1}, "capacity_seats=-1 must be"),
    ({"area_m2": 2e6}, "area_m2=2000000.0 must be a number of square metres from 0 to 1,000,000"),
    ({"area_m2": float("nan")}, "area_m2=nan must be"),
    ({"checked": "yesterday"}, "checked='yesterday' must be a day such as 2026-11-22"),
    ({"checked": "2026-02-30"}, "checked='2026-02-30' must be a day"),
    ({"checked": "20261122"}, "checked='20261122' must be a day"),
    ({"status_since": "2026"}, "status_since='2026' must be a day"),
    ({"standardised_since": "14"}, "standardised_since='14' must be a day"),
    ({"status_since": "2026-02-01", "status_until": "2026-01-01"},
     "status_until=2026-01-01 lies before status_since=2026-02-01"),
    ({"facts": {"phone": Fact("")}}, "facts.phone.source is missing"),
    ({"facts": {"phone": Fact("a list", "soon")}}, "facts.phone.checked='soon' must be a day"),
    ({"facts": {"phone": Fact("a list", None, "x" * 201)}}, "facts.phone.by is 201 characters long"),
    ({"facts": {"a phone": Fact("a list")}}, "a fact is about 'a phone'; name a field such as phone"),
]  # fmt: skip


@pytest.mark.parametrize(("values", "said"), FAULTS, ids=[f"{row[0]}"[:40] for row in FAULTS])
def test_a_fault_is_told_with_its_value_and_limit(values: dict[str, Any], said: str) -> None:
    (told,) = faults(replace(STATION, **values))

    assert said in told


def test_all_faults_are_told_at_once() -> None:
    place = replace(STATION, name="", checked="soon", position=LonLat(0, 91))

    assert len(faults(place)) == 3
    with pytest.raises(
        InvalidPlaceError, match=r"'ss-dongsi' cannot be registered: name is missing; checked=.*; lat=91"
    ):
        check_place(place)
    assert issubclass(InvalidPlaceError, InputError)


@pytest.mark.parametrize("year", ["2014", "2014-12-31", None])
def test_a_year_is_enough_for_the_standard(year: str | None) -> None:
    assert faults(replace(STATION, standardised_since=year)) == ()


@given(registrable)
def test_a_document_is_the_place(drawn: Place) -> None:
    assert faults(drawn) == ()
    document = to_document(drawn)
    assert from_document(document) == drawn
    assert from_fields(to_fields(document)) == document
    assert not any(value in (None, [], {}) for value in document.values()), "what is unknown is absent"
    assert to_text(document) == to_text(to_document(from_document(document)))


def test_a_field_that_the_model_gets_later_is_unknown_in_old_documents() -> None:
    document = to_document(STATION)

    assert "phone" not in document and from_document(document).phone is None
    assert from_document({**document, "amenities": {}}).amenities == MappingProxyType({})
