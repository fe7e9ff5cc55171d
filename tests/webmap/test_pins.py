"""The columns of all places: a map that draws them draws every place where it is."""

from __future__ import annotations

import json
from itertools import accumulate

import pytest
from flask.testing import FlaskClient

from geo.city import City
from webmap import create_app
from webmap.pins import PER_DEGREE, pins


@pytest.fixture
def client(sample_city: City) -> FlaskClient:
    return create_app(sample_city).test_client()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_columns_hold_every_place(sample_city: City, lang: str) -> None:
    columns = pins(sample_city, lang)
    truth = {place.id: place for place in sample_city.places}
    assert sorted(columns["id"]) == sorted(truth)
    lons, lats = accumulate(columns["lon"]), accumulate(columns["lat"])
    rows = zip(columns["id"], columns["name"], columns["kind"], lons, lats, strict=True)
    for place_id, name, kind, lon, lat in rows:
        place = truth[place_id]
        # half a unit, and what binary fractions add
        assert abs(lon / PER_DEGREE - place.position.lon) <= 0.5000001 / PER_DEGREE
        assert abs(lat / PER_DEGREE - place.position.lat) <= 0.5000001 / PER_DEGREE
        assert set(columns["kinds"][kind]) == {service.kind for service in place.services}
        assert name == (place.name_en if lang == "en" and place.name_en else place.name)


def test_they_are_a_fraction_of_the_list(client: FlaskClient) -> None:
    """Otherwise there would be no need of them."""

    def size(address: str) -> int:
        return len(client.get(address, headers={"Accept-Encoding": "br"}).data)

    assert size("/api/v1/pins") * 1.6 < size("/api/v1/places")


def test_they_are_not_sent_again_while_they_stay(client: FlaskClient) -> None:
    first = client.get("/api/v1/pins?lang=en")
    assert json.loads(first.data)["id"]
    assert client.get("/api/v1/pins?lang=en", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("query", ["lang=fr", "lang=", "k=1", "lang=zh&lang=en"])
def test_what_is_not_understood_is_refused(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/api/v1/pins?{query}")
    assert answer.status_code in (400, 422)
    assert answer.mimetype == "application/problem+json"
