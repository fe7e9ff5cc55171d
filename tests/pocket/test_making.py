"""A district's pocket: what it says of itself, when it is another one, and how large it may be."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from shapely import box

from geo.city import City
from geo.coords import LonLat
from geo.errors import NotFoundError
from geo.places.model import place_to_json
from geo.pocket.districts import district, districts
from geo.pocket.files import unpack
from geo.pocket.making import covered, make, summary, version_of
from geo.pocket.map_tiles import columns_and_rows
from tests.pocket.asking import NOON


@cache
def made(city: City) -> dict[str, bytes]:
    return unpack(make(city, district(city, "dongcheng"), NOON))


def meta(city: City) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(made(city)["meta"])
    return values


def test_the_sample_city_is_one_district(sample_city: City) -> None:
    (only,) = districts(sample_city)
    assert (only.area, only.name, only.name_en) == ("dongcheng", "东城区", "Dongcheng")
    for place in sample_city.places:
        assert covered(sample_city, only).contains(place.position)


def test_a_district_that_is_not_there_is_named(sample_city: City) -> None:
    with pytest.raises(NotFoundError, match=r"no district 'xicheng'; there are dongcheng"):
        district(sample_city, "xicheng")


def test_it_says_what_it_is(sample_city: City) -> None:
    values, known = meta(sample_city), summary(sample_city, district(sample_city, "dongcheng"), NOON)
    assert known.items() <= values.items()
    assert values["valid_from"] == "2026-11-23T00:00:00+08:00"
    assert values["valid_until"] == "2026-12-07T00:00:00+08:00"
    assert values["city"]["sources"] == [dict(source) for source in sample_city.manifest.sources]


def test_places_are_as_the_api_tells_them(sample_city: City) -> None:
    assert json.loads(made(sample_city)["places"]) == [place_to_json(place) for place in sample_city.places]


def test_the_same_is_made_of_the_same(sample_city: City) -> None:
    only = district(sample_city, "dongcheng")
    assert make(sample_city, only, NOON) == make(sample_city, only, NOON)


def test_another_day_or_another_place_makes_another_version(sample_city: City) -> None:
    only = district(sample_city, "dongcheng")
    first = version_of(sample_city, only, NOON)
    assert version_of(sample_city, only, NOON + timedelta(hours=11)) == first
    assert version_of(sample_city, only, NOON + timedelta(hours=12)) != first
    moved = replace(sample_city.places[0], position=LonLat(116.4, 39.9))
    assert version_of(sample_city.with_places([moved], "moved"), only, NOON) != first


def test_tiles_are_those_of_the_server(sample_city: City) -> None:
    sections, zooms = made(sample_city), sample_city.tile_zooms
    assert zooms is not None
    assert meta(sample_city)["tiles"] == {"min_zoom": zooms[0], "max_zoom": zooms[1]}
    drawn = district(sample_city, "dongcheng").shape.buffer(0.01)
    kept = [t for x, y in columns_and_rows(drawn, zooms[0]) if (t := sample_city.tile(zooms[0], x, y))]
    assert sections["tiles"].startswith(gzip.decompress(kept[0]))


def test_columns_and_rows_of_a_known_place() -> None:
    """Tiananmen at zoom 14, by the formula of the OpenStreetMap wiki, "Slippy map tilenames"."""
    assert columns_and_rows(box(116.3913, 39.9073, 116.3914, 39.9074), 14) == [(13489, 6208)]


def test_the_maps_deepest_zooms_go_first(sample_city: City) -> None:
    only = district(sample_city, "dongcheng")
    whole = len(make(sample_city, only, NOON))
    small = make(sample_city, only, NOON, whole - 1)
    values = json.loads(unpack(small)["meta"])
    assert len(small) < whole
    assert values["tiles"]["max_zoom"] == meta(sample_city)["tiles"]["max_zoom"] - 1
    assert unpack(small)["places"] == made(sample_city)["places"]
