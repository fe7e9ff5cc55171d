"""Candidates, tables of hosts, years and the surface of gains over the open interface."""

from __future__ import annotations

import struct
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

from geo.city import City
from geo.coverage.candidates import from_table
from geo.places.hours import CHINA
from webmap import create_app
from webmap.settings import Settings

ASKED = "service=service_station&cutoff=5min"
GOOD = "name,lon,lat,price,seats\na,116.4172,39.9262,3,4\n"


@pytest.fixture(scope="module")
def client(sample_city: City, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    state: Path = tmp_path_factory.mktemp("state")
    now = datetime(2026, 11, 23, 12, 0, tzinfo=CHINA)
    return create_app(sample_city, Settings(state=state), now=lambda: now).test_client()


def ended(client: FlaskClient, job: str) -> Any:
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        told = client.get(f"/api/v1/jobs/{job}").get_json()
        if told["state"] not in {"waiting", "running"}:
            return told
        time.sleep(0.02)
    raise AssertionError(told)


def sent(client: FlaskClient, text: str, encoding: str = "utf-8") -> Any:
    return client.post("/api/v1/candidates", data=text.encode(encoding), content_type="text/csv")


def test_hosts_of_some_kinds_are_listed(client: FlaskClient, sample_city: City) -> None:
    found = client.get("/api/v1/candidates?hosts=bank,library").get_json()["candidates"]
    assert [one["id"] for one in found] == [host.id for host in sample_city.hosts if host.kind in {"bank", "library"}]
    assert {one["kind"] for one in found} <= {"bank", "library"}


@pytest.mark.parametrize(
    ("row", "column", "value"),
    [
        ("b,x,39.9,1,1", "lon", "x"),
        ("b,,39.9,1,1", "lon", ""),
        ("b,181,39.9,1,1", "lon", "181"),
        ("b,39.9,116.4,1,1", "lat", "116.4"),
        ("b,116.4,nan,1,1", "lat", "nan"),
        ("b,116.4,39.9,-1,1", "price", "-1"),
        ("b,116.4,39.9,1 元,1", "price", "1 元"),
        ("b,116.4,39.9,1,1e12", "capacity", "1e12"),
        ("b,116.4", "cells", "2"),
        ("b,116.4,39.9,1,1,1", "cells", "6"),
    ],
)
def test_a_row_that_cannot_be_used_is_named_and_the_others_are_taken(
    client: FlaskClient, row: str, column: str, value: str
) -> None:
    told = sent(client, f"{GOOD}{row}\nc,116.41,39.91,5,6\n").get_json()
    assert told["wrong"] == [{"line": 3, "column": column, "value": value}]
    assert [(one["name"], one["price"], one["capacity"]) for one in told["candidates"]] == [("a", 3, 4), ("c", 5, 6)]


def test_what_is_taken_has_the_ids_that_siting_will_know(client: FlaskClient) -> None:
    text = f"{GOOD}b,116.41,39.91,5,\n"
    told = sent(client, text).get_json()["candidates"]
    assert [one["id"] for one in told] == [one.id for one in from_table(text.splitlines(), "t")]


def test_excel_s_encoding_is_read_and_far_hosts_are_off_the_street(client: FlaskClient) -> None:
    told = sent(client, "名称,经度,纬度\n东四,116.4172,39.9262\n远,117.9,39.9\n", "gb18030").get_json()
    assert [(one["name"], one["on_street"]) for one in told["candidates"]] == [("东四", True), ("远", False)]


@pytest.mark.parametrize(
    ("text", "status", "word"),
    [
        ("name,address\na,b\n", 400, "lon"),
        ("\n", 400, "lon"),
        ('lon,lat\n"116.4,39.9\n', 400, "CSV"),
        ("lon,lat\n" + "x" * 1_000_001, 413, "MB"),
    ],
)
def test_a_table_that_is_none_is_refused(client: FlaskClient, text: str, status: int, word: str) -> None:
    response = sent(client, text)
    assert response.status_code == status
    assert word in response.get_json()["detail"]


def test_other_ways_to_ask_wrongly(client: FlaskClient) -> None:
    assert client.get("/api/v1/candidates").status_code == 400
    assert client.get("/api/v1/candidates?hosts=moon").status_code == 400
    assert client.get("/api/v1/candidates?hosts=bank&mode=fly").status_code == 400
    assert client.post("/api/v1/candidates", json={}).status_code == 400
    assert client.get("/api/v1/jobs/../surface").status_code == 404
    assert client.get(f"/api/v1/jobs/{'0' * 24}/surface").status_code == 404


def test_the_sample_table_is_taken_as_it_is(client: FlaskClient) -> None:
    for lang in ("", "?lang=en"):
        text = client.get(f"/api/v1/candidates/sample.csv{lang}").get_data(as_text=True)
        told = sent(client, text).get_json()
        assert told["wrong_count"] == 0
        assert len(told["candidates"]) == 3
        assert all(one["on_street"] and one["price"] and one["capacity"] for one in told["candidates"])


def test_the_painted_surface_is_the_listed_one(client: FlaskClient, sample_city: City) -> None:
    job = client.post(f"/api/v1/surface?{ASKED}&limit=500").get_json()["job"]
    told = ended(client, job)["result"]
    body = client.get(f"/api/v1/jobs/{job}/surface").get_data()
    assert body[:4] == b"YZG1"
    (n,) = struct.unpack("<I", body[4:8])
    at = np.frombuffer(body, "<i4", 2 * n, 8).reshape(-1, 2)
    gain = np.frombuffer(body, "<f4", n, 8 + 8 * n)
    assert len(body) == 8 + 12 * n
    assert 0 < n <= told["crossings"] == sample_city.network.node_count
    assert (gain > 0).all()
    by_place = {tuple(xy): float(one) for xy, one in zip(at.tolist(), gain, strict=True)}
    for feature in told["features"]:
        lon, lat = feature["geometry"]["coordinates"]
        assert by_place[round(lon * 1e7), round(lat * 1e7)] == pytest.approx(feature["properties"]["gain"], rel=1e-6)
    assert gain.max() == pytest.approx(told["features"][0]["properties"]["gain"], rel=1e-6)


@pytest.mark.parametrize(("way", "exact"), [("first", 0), ("last", -1)])
def test_the_year_that_is_chosen_for_itself_loses_nothing(client: FlaskClient, way: str, exact: int) -> None:
    body = {
        "candidates": {"hosts": ["bank", "convenience"]}, "phases": [{"year": 2027, "p": 1}, {"year": 2028, "p": 3}],
        "phases_from": way,
    }  # fmt: skip
    years = ended(client, client.post(f"/api/v1/siting?{ASKED}", json=body).get_json()["job"])["result"]["years"]
    assert years[exact]["loss"] == 0
    assert {one["id"] for one in years[0]["sites"]} <= {one["id"] for one in years[1]["sites"]}


def test_another_way_of_years_is_refused(client: FlaskClient) -> None:
    response = client.post(f"/api/v1/siting?{ASKED}", json={"p": 1, "phases_from": "middle"})
    assert response.status_code == 400
    assert response.get_json()["parameter"] == "phases_from"


def test_districts_have_their_english_name(client: FlaskClient) -> None:
    areas = client.get(f"/api/v1/coverage?{ASKED}").get_json()["areas"]
    assert {area["district_en"] for area in areas if area["number"] >= 0} == {"Dongcheng District"}
