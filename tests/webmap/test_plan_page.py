"""What the planner's page is made of: the outlines that it draws, and its words."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import shapely
from flask import Flask
from flask.testing import FlaskClient

import webmap
from geo.city import City
from geo.coverage.area_outlines import TOLERANCE_DEG
from geo.coverage.asking import LAYERS
from geo.coverage.planner import STATES
from geo.coverage.siting.plans import Status
from geo.coverage.siting.problems import KINDS
from geo.coverage.spots import HOSTS
from geo.places.model import SERVICES
from webmap import create_app
from webmap.plan_words import plan_words

SCRIPTS = "".join(path.read_text("utf-8") for path in (Path(webmap.__file__).parent / "static" / "js").glob("plan*.js"))


@pytest.fixture(scope="module")
def app(sample_city: City) -> Flask:
    return create_app(sample_city, now=lambda: datetime(2026, 11, 23, 12, 0, tzinfo=UTC))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def test_each_subdistrict_has_its_outline_and_none_lies_on_another(client: FlaskClient, sample_city: City) -> None:
    features = client.get("/api/v1/areas").get_json()["features"]
    assert [(f["id"], f["properties"]["name"]) for f in features] == [
        (number, area.name) for number, area in enumerate(sample_city.areas)
    ]
    shapes = [shapely.from_geojson(str(feature["geometry"]).replace("'", '"')) for feature in features]
    assert all(shape.is_valid for shape in shapes)
    apart = sum(shape.area for shape in shapes) - shapely.union_all(shapes).area
    assert 0 <= apart < len(shapes) * TOLERANCE_DEG**2, "neighbours share their border, to the rounding"


def test_outlines_with_their_version_are_kept_for_good_and_others_are_asked_for_again(
    client: FlaskClient, sample_city: City
) -> None:
    assert "immutable" in client.get(f"/api/v1/areas?v={sample_city.manifest.version}").headers["Cache-Control"]
    assert client.get("/api/v1/areas?v=another").headers["Cache-Control"] == "no-cache"
    assert client.get("/api/v1/areas?version=1").status_code == 400


def test_the_page_says_what_a_city_without_borders_lacks(sample_city: City) -> None:
    bare = City(
        sample_city.manifest, sample_city.network, sample_city.places, sample_city._names, None, sample_city.calendar
    )
    client = create_app(bare, now=lambda: datetime(2026, 11, 23, 12, 0, tzinfo=UTC)).test_client()
    page = client.get("/plan").get_data(as_text=True)
    assert "没有街道（乡镇）边界" in page
    assert '<option value="residents">' not in page
    assert client.get("/api/v1/areas").get_json()["features"] == []


def test_scripts_and_codes_have_words(app: Flask) -> None:
    with app.test_request_context("/plan"):
        words = plan_words()
    named = set(re.findall(r"\b(?:say|sentence)\(\"(\w+)\"", SCRIPTS)) | set(re.findall(r"words\.plan\.(\w+)", SCRIPTS))
    codes = (
        {f"state_{state}" for state in STATES}
        | {f"host_{kind}" for kind in HOSTS}
        | {f"{what}_{layer}" for layer in LAYERS for what in ("headline", "source", "area")}
        | {f"status_{status.replace(' ', '_')}" for status in Status.__args__}  # type: ignore[attr-defined]
        | {f"about_{kind}" for kind in words["siting"]}
    )
    codes |= {f"wrong_{column}" for column in ("cells", "lon", "lat", "price", "capacity")}
    codes |= {f"{what}_{layer}" for layer in LAYERS for what in ("seats_fewest", "seats_title")}
    codes |= {f"decay_{decay}" for decay in ("alike", "steps", "gaussian")}
    assert named
    assert named | codes <= words["plan"].keys()
    assert words["siting"].keys() == set(KINDS)
    assert words["service"].keys() == set(SERVICES)
