"""A planner's layer in a frame: its shares are those of the open interface, in the page and in the picture."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from geo.city import City
from geo.errors import YizhanError
from tests.webmap.test_api import NOON
from webmap import create_app
from webmap.embed.layer import AreaShare, layer_query
from webmap.embed.options import EmbedOptions, read_options

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def app(sample_city: City) -> Flask:
    return create_app(sample_city, now=lambda: NOON)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def told(client: FlaskClient, address: str) -> dict[str, Any]:
    """Return what the page tells its script."""
    found = re.search(r'id="embed">(.*?)</script>', client.get(address, headers={"Accept": "text/html"}).text, re.S)
    assert found is not None
    values: dict[str, Any] = json.loads(found[1])
    return values


@pytest.mark.parametrize(
    ("query", "api"),
    [
        ("layer=areas", ""),
        ("layer=areas&reach=5", "&cutoff=5min"),
        ("layer=areas&reach=5&service=rest_stop", "&cutoff=5min&service=rest_stop"),
        # NOON is a Monday in China: the layer's hour is of that day
        ("layer=areas&hour=22&reach=5", "&cutoff=5min&open=certainly&when=2026-11-23T22:00"),
    ],
    ids=["usual", "nearer", "one kind", "an hour"],
)
def test_the_shares_are_those_of_the_open_interface(client: FlaskClient, query: str, api: str) -> None:
    truth = client.get(f"/api/v1/coverage?layer=residents&mode=walk{api or '&cutoff=15min'}").get_json()
    areas = told(client, f"/embed?{query}")["layer"]["areas"]
    assert [(area["number"], area["name"]) for area in areas] == [
        (area["number"], area["name"]) for area in truth["areas"] if area["total"] > 0 and area["number"] >= 0
    ]
    for area, true in zip(areas, (a for a in truth["areas"] if a["total"] > 0 and a["number"] >= 0), strict=True):
        share = true["covered"] / true["total"]
        assert int(area["percent"].rstrip("%")) == int(share * 100 + 1e-6)
        assert area["step"] == sum(share >= bound for bound in (0.5, 0.8, 0.95))


def test_only_who_leaves_nobody_out_has_all_of_it() -> None:
    shares = {0.0: "0%", 0.29: "29%", 0.999999: "99%", 1.0: "100%"}
    assert {share: AreaShare(0, "a", None, share, 0).percent for share in shares} == shares


def test_without_the_option_there_is_no_layer(client: FlaskClient) -> None:
    assert told(client, "/embed")["layer"] is None
    assert b"shares__table" not in client.get("/embed").data
    picture = ElementTree.fromstring(client.get("/embed/map.svg").data)
    assert not [group for group in picture.iter(f"{SVG}g") if group.get("fill-opacity")]


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
def test_the_picture_has_the_areas_of_the_list(client: FlaskClient, theme: str) -> None:
    query = f"layer=areas&reach=5&hour=22&theme={theme}"
    response = client.get(f"/embed/map.svg?{query}")
    assert len(response.data) < 150_000
    root = ElementTree.fromstring(response.data)
    areas = next(group for group in root.iter(f"{SVG}g") if group.get("fill-opacity"))
    percents = {area["percent"] for area in told(client, f"/embed?{query}")["layer"]["areas"]}
    assert 3 <= len(list(areas)) <= 17
    labels = {text.text for text in root.iter(f"{SVG}text") if (text.text or "").endswith("%")}
    assert labels and labels <= percents


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_readers_without_scripts_get_a_table_and_the_source(client: FlaskClient, lang: str) -> None:
    page = client.get(f"/embed?layer=areas&hour=22&lang={lang}", headers={"Accept": "text/html"}).text
    assert {"zh": "今天 22:00 确定开着的", "en": "Certainly open today at 22:00"}[lang] in page
    assert {"zh": "只是估计", "en": "An estimate"}[lang] in page
    assert {"zh": "东四街道", "en": "Dongsi Subdistrict"}[lang] in page.partition("shares__table")[2]
    assert re.search(r"layer=areas(&amp;|&)hour=22", page), "the picture has the layer, too"


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ({"layer": "streets"}, "no such layer"),
        ({"layer": ""}, "nothing"),
        ({"layer": ["areas", "areas"]}, "twice"),
        ({"layer": "areas", "hour": "24"}, "no such hour"),
        ({"layer": "areas", "hour": "8:00"}, "not of its form"),
        ({"layer": "areas", "reach": "0"}, "nowhere"),
        ({"layer": "areas", "reach": "61"}, "too far to be near"),
        ({"hour": "8"}, "of no layer"),
        ({"reach": "10"}, "of no layer"),
    ],
)
def test_what_is_not_understood_is_refused(sample_city: City, query: dict[str, Any], why: str) -> None:
    with pytest.raises(YizhanError) as caught:
        read_options(MultiDict(query), sample_city)
    assert getattr(caught.value, "parameter", None) in query


@pytest.mark.parametrize("asked", [EmbedOptions(layer="areas"), EmbedOptions(layer="areas", hour=0, reach=10)])
def test_the_address_says_what_the_options_say(sample_city: City, asked: EmbedOptions) -> None:
    assert read_options(MultiDict(asked.query()), sample_city) == asked


def test_the_hour_is_of_the_day_in_china(sample_city: City) -> None:
    late = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)  # already the 24th in China
    query = layer_query(EmbedOptions(layer="areas", hour=8), sample_city, late)
    assert query.when is not None
    assert query.when.isoformat() == "2026-11-24T08:00:00+08:00"
    assert layer_query(EmbedOptions(layer="areas"), sample_city, late).open == "any"


def test_the_builder_writes_the_layer_and_its_snippet(client: FlaskClient) -> None:
    form = "area=&center=&zoom=&language=en&theme=auto&layer=areas&hour=22&reach=10&height=500"
    page = client.get(f"/embed/builder?{form}", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert "layer=areas&amp;hour=22&amp;reach=10" in page.text
    unused = client.get(f"/embed/builder?{form.replace('layer=areas', 'layer=')}", headers={"Accept": "text/html"})
    assert unused.status_code == 200, "a form sends its fields whether or not they are of use"
    assert "reach=10" not in unused.text


def test_oembed_takes_the_layer_over(client: FlaskClient) -> None:
    url = "http://localhost/embed?layer=areas&hour=22"
    answer = client.get("/oembed", query_string={"url": url}).get_json()
    assert "layer=areas&amp;hour=22" in answer["html"]


def test_a_city_without_residents_is_told_by_its_streets() -> None:
    def asked(*residents: int | None) -> str:
        city = cast(City, SimpleNamespace(areas=[SimpleNamespace(residents=each) for each in residents]))
        return layer_query(EmbedOptions(layer="areas"), city, NOON).layer

    assert asked(None, 28_000) == "residents"
    assert asked(None, None) == "street_length"
