"""What a poster says: the five nearest others, unknown as unknown, and a fingerprint of just that."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from typing import Any

import pytest

from geo.city import City
from geo.coords import LonLat
from geo.errors import NotFoundError, ParameterError
from geo.finding.asking import NearestQuery
from geo.places.model import Place, Service
from geo.posters.facts import MOST_AMENITIES, MOST_OFFERS, OTHERS, Poster, places_in, poster_of
from tests.posters.cities import changed, with_place

URL = "https://yizhan.example.cn"
ID = "ss-dongsi"


@pytest.fixture(scope="module")
def poster(sample_city: City) -> Poster:
    return poster_of(sample_city, ID, URL)


def test_a_place_is_told_as_it_is(sample_city: City, poster: Poster) -> None:
    place = sample_city.place(ID)
    for field in ("id", "name", "name_en", "address", "phone", "accuracy", "checked"):
        assert getattr(poster, field) == getattr(place, field)
    assert (poster.lon, poster.lat) == (round(place.position.lon, 4), round(place.position.lat, 4))
    assert [offer.kind for offer in poster.offers] == [service.kind for service in place.services][:MOST_OFFERS]
    assert (poster.city, poster.sample, poster.url) == (sample_city.manifest.name, True, f"{URL}/at/{ID}")


def test_the_others_are_those_that_the_finder_lists(sample_city: City, poster: Poster) -> None:
    place = sample_city.place(ID)
    answer = sample_city.nearest(NearestQuery(place.position, k=30, cutoff_s=1800, passed=0, paths=False))
    toilets_only = {p.id for p in sample_city.places if {s.kind for s in p.services} == {"public_toilet"}}
    expected = [r.place.id for r in answer.results if r.place.id != ID and r.place.id not in toilets_only][:OTHERS]

    assert poster.others is not None
    shown = [other.id for other in poster.others]
    assert [each for each in shown if each not in toilets_only] == expected[: len(shown) - len(toilets_only & {*shown})]
    assert [other.minutes for other in poster.others] == sorted(other.minutes for other in poster.others)
    assert len(shown) == OTHERS


def test_of_public_toilets_one_is_named(sample_city: City) -> None:
    """Ten toilets at the door would otherwise be all that is told."""
    here = sample_city.place(ID)
    city = sample_city
    for number in range(10):
        city = with_place(
            city,
            replace(here, id=f"toilet-{number}", name="公厕", services=(Service("public_toilet"),), amenities={}),
        )
    others = poster_of(city, ID, URL).others

    assert others is not None
    assert [other.kind for other in others].count("public_toilet") == 1
    assert (others[0].id, others[0].minutes) == ("toilet-0", 1)  # nobody gets anywhere in no time


def test_where_no_street_is_near_nobody_knows_the_others(sample_city: City) -> None:
    west, south = sample_city.bbox.west, sample_city.bbox.south
    city = changed(sample_city, ID, position=LonLat(west - 0.5, south - 0.5))

    assert poster_of(city, ID, URL).others is None


def test_hours_that_cannot_be_read_are_unknown(sample_city: City) -> None:
    city = changed(sample_city, ID, services=(Service("rest_stop", "whenever"), Service("haircut", "Fr 14:00-16:00")))
    first, second = poster_of(city, ID, URL).offers

    assert (first.hours, second.hours) == (None, "Fr 14:00-16:00")


def test_only_what_is_certainly_there_is_kit(sample_city: City) -> None:
    city = changed(sample_city, ID, amenities={"water": "yes", "toilet": "no"})

    assert poster_of(city, ID, URL).amenities == ("water",)


@pytest.mark.parametrize("status", ["planned", "paused", "retired"])
def test_nobody_is_led_to_a_place_that_is_not_in_operation(sample_city: City, status: str) -> None:
    with pytest.raises(ParameterError, match=status):
        poster_of(changed(sample_city, ID, status=status), ID, URL)


def test_an_unknown_place(sample_city: City) -> None:
    with pytest.raises(NotFoundError):
        poster_of(sample_city, "nobody", URL)


@pytest.mark.parametrize("field", [field.name for field in fields(Poster)])
def test_each_fact_is_in_the_fingerprint(poster: Poster, field: str) -> None:
    value = getattr(poster, field)
    other: Any = (
        not value if isinstance(value, bool) else value + 1 if isinstance(value, int | float) else f"{value} other"
    )
    if isinstance(value, tuple):
        other = value[1:]

    changes: dict[str, Any] = {field: other}
    assert replace(poster, **changes).fingerprint != poster.fingerprint


def test_what_is_not_printed_is_not_in_it(sample_city: City, poster: Poster) -> None:
    """A note, a source or a step of a metre prints nothing else; nor does a ninth piece of kit become another one."""
    place: Place = sample_city.place(ID)
    moved = LonLat(place.position.lon + 5e-6, place.position.lat)
    same = changed(sample_city, ID, note="anything", source="another", position=moved)

    assert poster_of(same, ID, URL).fingerprint == poster.fingerprint
    assert (
        len(poster.amenities) == MOST_AMENITIES
        and poster.more_amenities == len([kit for kit in place.amenities.values() if kit == "yes"]) - MOST_AMENITIES
    )
    assert len(poster.offers) <= MOST_OFFERS


def test_the_values_are_json(poster: Poster) -> None:
    assert json.loads(json.dumps(poster.values())) == poster.values()


def test_places_of_an_area(sample_city: City) -> None:
    found = places_in(sample_city, "东四街道")

    assert ID in {place.id for place in found}
    assert {place.subdistrict for place in found} == {"东四街道"}
    with pytest.raises(NotFoundError, match="areas are"):
        places_in(sample_city, "西直门街道")
