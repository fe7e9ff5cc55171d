"""The open interface: its answers, and every way to ask wrongly, row by row."""

from __future__ import annotations

import gzip
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from geo.answers import Answers
from geo.choosing.wanted import Wanted
from geo.city import City
from geo.coords import LonLat
from geo.errors import PackError
from geo.finding.asking import NearestQuery
from geo.finding.name_index import NameIndex
from geo.places.model import place_to_json
from geo.streets.profiles import MODES
from webmap import create_app

HERE = "lon=116.41&lat=39.92"
#: The tile of zoom 14 over Dongsi.
TILE = "/base/14/13490/6205.mvt"


NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def app(sample_city: City) -> Flask:
    return create_app(sample_city, now=lambda: NOON)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def get(client: FlaskClient, address: str, **headers: str) -> Any:
    response = client.get(address, headers={name.replace("_", "-"): value for name, value in headers.items()})
    assert response.status_code == 200, response.get_data(as_text=True)
    return response.get_json()


def problem(response: TestResponse) -> dict[str, Any]:
    """Check that a response is a problem, and return it."""
    assert response.mimetype == "application/problem+json"
    values: dict[str, Any] = json.loads(response.get_data())
    assert set(values) - {"parameter"} == {"type", "title", "status", "detail", "code"}
    assert values["status"] == response.status_code
    assert values["type"] == "/problems/" + values["code"].replace("_", "-")
    assert "\n" not in values["detail"] and len(values["detail"]) < 400
    return values


# --- nearest ---


def test_nearest_answers_as_the_city_does(client: FlaskClient, sample_city: City) -> None:
    query = NearestQuery(
        LonLat(116.41, 39.92), k=3, mode="bike", wanted=Wanted(("rest_stop",)), cutoff_s=900.0, when=NOON
    )

    answer = get(client, f"/api/v1/nearest?{HERE}&k=3&mode=bike&service=rest_stop&cutoff=15min")

    assert answer == json.loads(Answers(sample_city).nearest(sample_city.nearest(query)))


def test_nearest_has_the_agreed_form(client: FlaskClient) -> None:
    answer = get(client, f"/api/v1/nearest?{HERE}&k=2")

    assert set(answer) == {
        "origin", "mode", "k", "cutoff_s", "when", "open", "min_left_s", "city", "results", "passed_over",
    }  # fmt: skip
    assert set(answer["origin"]) == {"lon", "lat", "snap_m", "snapped"}
    assert (answer["mode"], answer["k"], answer["cutoff_s"]) == ("walk", 2, 1800.0)
    assert set(answer["city"]) == {"name", "version", "sample"} and answer["city"]["sample"] is True
    first, second = answer["results"]
    assert (first["rank"], second["rank"]) == (1, 2)
    assert set(first) == {
        "rank",
        "place",
        "arrival",
        "state",
        "states",
        "opens_in_s",
        "travel_s",
        "network_m",
        "straight_m",
        "access_m",
        "path",
    }
    assert first["travel_s"] <= second["travel_s"]
    assert first["straight_m"] <= first["network_m"] + 0.2
    assert first["path"]["type"] == "LineString"
    assert first["path"]["coordinates"][0] == answer["origin"]["snapped"]


def test_defaults_are_five_on_foot_within_half_an_hour(client: FlaskClient) -> None:
    plain = get(client, f"/api/v1/nearest?{HERE}")

    assert plain == get(client, f"/api/v1/nearest?{HERE}&k=5&mode=walk&cutoff=30min")


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_answers(client: FlaskClient, mode: str) -> None:
    assert len(get(client, f"/api/v1/nearest?{HERE}&mode={mode}")["results"]) == 5


@pytest.mark.parametrize(
    "query",
    [
        "service=haircut&service=service_station",
        "service=haircut,service_station",
        "service=service_station,haircut,haircut",
    ],
    ids=["repeated", "in a list", "another order, one twice"],
)
def test_several_services_may_be_named_in_any_way(client: FlaskClient, query: str) -> None:
    answer = get(client, f"/api/v1/nearest?{HERE}&k=10&cutoff=1h&{query}")

    kinds = [{service["kind"] for service in result["place"]["services"]} for result in answer["results"]]
    assert len(kinds) == 10 and all(kind & {"haircut", "service_station"} for kind in kinds)
    assert answer == get(client, f"/api/v1/nearest?{HERE}&k=10&cutoff=1h&service=haircut&service=service_station")


def test_all_amenities_named_must_be_there(client: FlaskClient) -> None:
    answer = get(client, f"/api/v1/nearest?{HERE}&k=20&cutoff=2h&amenity=microwave,toilet")

    assert answer["results"]
    for result in answer["results"]:
        assert result["place"]["amenities"]["microwave"] == result["place"]["amenities"]["toilet"] == "yes"


def test_an_amenity_that_nobody_knows_of_may_do(client: FlaskClient) -> None:
    everything = f"/api/v1/nearest?{HERE}&k=50&cutoff=4h"
    known = [
        r["place"]["amenities"].get("microwave") for r in get(client, f"{everything}&amenity=microwave")["results"]
    ]
    perhaps = get(client, f"{everything}&amenity_or_unknown=microwave")["results"]
    assert set(known) == {"yes"}
    assert {result["place"]["amenities"].get("microwave") for result in perhaps} == {"yes", None}, "but never no"


@pytest.mark.parametrize(
    ("access", "found"),
    [
        ("access=key,scan", {"key", "scan"}),
        ("access=ask_guard&access=key", {"ask_guard", "key"}),
        ("access=unknown", {None}),
        ("access=face", set()),
    ],
)
def test_one_gets_in_as_one_wants(client: FlaskClient, access: str, found: set[str | None]) -> None:
    answer = get(client, f"/api/v1/nearest?{HERE}&k=50&cutoff=4h&{access}")
    assert {result["place"]["access"] for result in answer["results"]} == found


@pytest.mark.parametrize(
    ("words", "results", "why"),
    [
        ("accuracy=illustrative", 5, "nothing is less exact"),
        ("accuracy=building", 0, "the sample is illustrative"),
        ("audience=couriers", 5, "the sample's places are for everybody"),
    ],
)
def test_further_conditions(client: FlaskClient, words: str, results: int, why: str) -> None:
    assert len(get(client, f"/api/v1/nearest?{HERE}&cutoff=20min&{words}")["results"]) == results, why


@pytest.mark.parametrize(("min_left", "minutes"), [("0min", 0), ("30min", 30), ("1.5h", 90), ("24h", 1440)])
def test_open_for_as_long_as_one_wants(client: FlaskClient, min_left: str, minutes: int) -> None:
    asked = f"/api/v1/nearest?{HERE}&cutoff=1h&k=50&when=2026-11-23T15:30"
    open_long_enough = [
        (result["place"]["id"], result["state"]["kind"])
        for result in get(client, asked)["results"]
        if result["state"]["kind"] in {"open", "closing_soon"}
        and (result["state"]["until"] is None or result["state"]["minutes_left"] >= minutes)
    ]

    answer = get(client, f"{asked}&open=arrival&min_left={min_left}")["results"]

    found = [(result["place"]["id"], result["state"]["kind"]) for result in answer]
    assert found[: len(open_long_enough)] == open_long_enough
    assert open_long_enough or minutes == 1440


@pytest.mark.parametrize(
    ("cutoff", "seconds"),
    [("15min", 900), ("15m", 900), ("15 min", 900), ("900s", 900), ("0.5h", 1800), ("4h", 14400), ("14400s", 14400)],
)
def test_a_travel_time_has_a_unit(client: FlaskClient, cutoff: str, seconds: float) -> None:
    assert get(client, f"/api/v1/nearest?{HERE}&cutoff={cutoff}")["cutoff_s"] == seconds


def test_no_place_within_the_time_is_an_answer(client: FlaskClient) -> None:
    answer = get(client, f"/api/v1/nearest?{HERE}&cutoff=1s&service=haircut")

    assert answer["results"] == []
    assert set(answer["nearest_straight"]) == {"place", "straight_m"}
    assert any(service["kind"] == "haircut" for service in answer["nearest_straight"]["place"]["services"])


def test_a_service_that_nobody_offers_is_an_answer(client: FlaskClient) -> None:
    answer = get(client, f"/api/v1/nearest?{HERE}&service=benefit")

    assert (answer["results"], answer["nearest_straight"]) == ([], None)


# --- nearest, asked wrongly ---

LONG = "a" * 5000
EXAMPLE = "give decimal degrees such as 116.41"
WRONG = [
    # query, status, code, parameter, what the detail must say: value, limit, remedy
    ("lon=nan&lat=39.92", 400, "bad_parameter", "lon", ["lon='nan'", EXAMPLE]),
    ("lon=inf&lat=39.92", 400, "bad_parameter", "lon", ["lon='inf'", EXAMPLE]),
    ("lon=1e3&lat=39.92", 400, "bad_parameter", "lon", ["lon='1e3'", EXAMPLE]),
    ("lon=116.41&lat=0x27", 400, "bad_parameter", "lat", ["lat='0x27'", EXAMPLE]),
    ("lon=116_41&lat=39.92", 400, "bad_parameter", "lon", ["lon='116_41'", EXAMPLE]),
    ("lon=116,41&lat=39.92", 400, "bad_parameter", "lon", ["lon='116,41'", EXAMPLE]),
    ("lon=%EF%BC%91%EF%BC%91%EF%BC%96&lat=39.92", 400, "bad_parameter", "lon", ["lon='１１６'", EXAMPLE]),
    ("lon=&lat=39.92", 400, "bad_parameter", "lon", ["lon=''", EXAMPLE]),
    ("lat=39.92", 400, "bad_parameter", "lon", ["lon is missing", "lon=116.41&lat=39.92"]),
    ("lon=116.41", 400, "bad_parameter", "lat", ["lat is missing", "lon=116.41&lat=39.92"]),
    ("", 400, "bad_parameter", "lon", ["lon is missing"]),
    ("lon=116.41&lon=116.42&lat=39.92", 400, "bad_parameter", "lon", ["given 2 times", "give it once"]),
    (f"{HERE}&mode=walk&mode=bike", 400, "bad_parameter", "mode", ["given 2 times", "give it once"]),
    ("lon=116.41%00&lat=39.92", 400, "bad_parameter", "lon", ["'116.41\\x00'", EXAMPLE]),
    (f"lon={LONG}&lat=39.92", 400, "bad_parameter", "lon", ["aaa…'", EXAMPLE]),
    ("lon=" + "1" * 5000 + "&lat=39.92", 400, "bad_parameter", "lon", ["111…'", EXAMPLE]),
    ("lon=200&lat=39.92", 400, "bad_parameter", "lon", ["lon=200", "between -180 and 180"]),
    ("lon=116.41&lat=-100", 400, "bad_parameter", "lat", ["lat=-100", "between -90 and 90"]),
    ("lon=39.92&lat=116.41", 422, "swapped_coordinates", "lat", ["lon=39.92, lat=116.41", "lon=116.41, lat=39.92"]),
    ("lon=0&lat=0", 422, "outside_city", "lon", ["lon=0, lat=0", "东城区", "choose a point in the city"]),
    ("lon=121.47&lat=31.23", 422, "outside_city", "lon", ["121.47", "lon 116.3", "choose a point in the city"]),
    ("lon={off_lon}&lat={off_lat}", 422, "off_network", "lon", ["no street open to walk", "within 500 m", "nearer"]),
    (f"{HERE}&k=0", 400, "bad_parameter", "k", ["k='0'", "from 1 to 50"]),
    (f"{HERE}&k=51", 400, "bad_parameter", "k", ["k='51'", "from 1 to 50"]),
    (f"{HERE}&k=-1", 400, "bad_parameter", "k", ["k='-1'", "from 1 to 50"]),
    (f"{HERE}&k=abc", 400, "bad_parameter", "k", ["k='abc'", "whole number"]),
    (f"{HERE}&k=5.0", 400, "bad_parameter", "k", ["k='5.0'", "whole number"]),
    (f"{HERE}&k=", 400, "bad_parameter", "k", ["k=''", "whole number"]),
    (f"{HERE}&k=%EF%BC%95", 400, "bad_parameter", "k", ["k='５'", "whole number"]),
    (f"{HERE}&k=%C2%B2", 400, "bad_parameter", "k", ["k='²'", "whole number"]),
    (f"{HERE}&k=5%0A", 400, "bad_parameter", "k", ["k='5\\n'", "whole number"]),
    (f"{HERE}&k={'9' * 5000}", 400, "bad_parameter", "k", ["999…'", "from 1 to 50"]),
    (f"{HERE}&cutoff=-5", 400, "bad_parameter", "cutoff", ["cutoff='-5'", "15min, 900s or 0.5h"]),
    (f"{HERE}&cutoff=0", 400, "bad_parameter", "cutoff", ["cutoff='0'", "15min, 900s or 0.5h"]),
    (f"{HERE}&cutoff=0min", 400, "bad_parameter", "cutoff", ["cutoff=0min", "more than 0 and at most 4h"]),
    (f"{HERE}&cutoff=5h", 400, "bad_parameter", "cutoff", ["cutoff=5h", "more than 0 and at most 4h"]),
    (f"{HERE}&cutoff=14401s", 400, "bad_parameter", "cutoff", ["cutoff=14401s", "at most 4h"]),
    (f"{HERE}&cutoff=abc", 400, "bad_parameter", "cutoff", ["cutoff='abc'", "15min, 900s or 0.5h"]),
    (f"{HERE}&cutoff=infmin", 400, "bad_parameter", "cutoff", ["cutoff='infmin'", "15min, 900s or 0.5h"]),
    (f"{HERE}&cutoff=", 400, "bad_parameter", "cutoff", ["cutoff=''", "15min, 900s or 0.5h"]),
    (f"{HERE}&mode=fly", 400, "unknown_word", "mode", ["mode='fly'", "known are walk, bike, ebike, drive"]),
    (f"{HERE}&mode=Walk", 400, "unknown_word", "mode", ["mode='Walk'", "did you mean walk?"]),
    (f"{HERE}&mode=", 400, "unknown_word", "mode", ["mode=''", "known are walk"]),
    (f"{HERE}&service=reststop", 400, "unknown_word", "service", ["'reststop'", "did you mean rest_stop?"]),
    (f"{HERE}&service=rest_stop,", 400, "unknown_word", "service", ["service=''", "known are service_station"]),
    (f"{HERE}&service={LONG}", 400, "unknown_word", "service", ["aaa…'", "known are service_station"]),
    (f"{HERE}&service=%E7%90%86%E5%8F%91", 400, "unknown_word", "service", ["'理发'", "known are"]),
    (f"{HERE}&amenity=microwav", 400, "unknown_word", "amenity", ["'microwav'", "did you mean microwave?"]),
    (f"{HERE}&amenity=rest_stop", 400, "unknown_word", "amenity", ["'rest_stop'"]),
    (f"{HERE}&amenity_or_unknown=wfi", 400, "unknown_word", "amenity_or_unknown", ["'wfi'", "did you mean wifi?"]),
    (f"{HERE}&amenity_or_unknown=", 400, "unknown_word", "amenity_or_unknown", ["=''", "known are water"]),
    (
        f"{HERE}&amenity=wifi&amenity_or_unknown=wifi",
        400,
        "bad_parameter",
        "amenity_or_unknown",
        ["amenity_or_unknown=wifi contradicts amenity=wifi", "name it in one of the two"],
    ),
    (f"{HERE}&access=walkin", 400, "unknown_word", "access", ["access='walkin'", "did you mean walk_in?"]),
    (f"{HERE}&access=walk_in&access=", 400, "unknown_word", "access", ["access=''", "known are walk_in"]),
    (f"{HERE}&audience=courier", 400, "unknown_word", "audience", ["'courier'", "did you mean couriers?"]),
    (f"{HERE}&audience=", 400, "unknown_word", "audience", ["audience=''", "known are couriers, sanitation"]),
    (f"{HERE}&audience=guards&audience=police", 400, "bad_parameter", "audience", ["given 2 times", "give it once"]),
    (f"{HERE}&accuracy=buildings", 400, "unknown_word", "accuracy", ["'buildings'", "did you mean building?"]),
    (f"{HERE}&accuracy=exact&accuracy=street", 400, "bad_parameter", "accuracy", ["given 2 times", "give it once"]),
    (f"{HERE}&accuracy=9", 400, "unknown_word", "accuracy", ["accuracy='9'", "known are exact, building, street"]),
    (f"{HERE}&open=yes", 400, "unknown_word", "open", ["open='yes'", "known are any, arrival, arrival_or_unknown"]),
    (f"{HERE}&when=noon", 400, "bad_parameter", "when", ["when='noon'", "2000 to 2100", "write 2026-10-01T14:00"]),
    (f"{HERE}&when=2101-01-01T00:00", 400, "bad_parameter", "when", ["'2101-01-01T00:00'", "from 2000 to 2100"]),
    (f"{HERE}&open=arrival&min_left=15", 400, "bad_parameter", "min_left", ["min_left='15'", "15min, 900s or 0.5h"]),
    (f"{HERE}&open=arrival&min_left=", 400, "bad_parameter", "min_left", ["min_left=''", "15min, 900s or 0.5h"]),
    (f"{HERE}&open=arrival&min_left=25h", 400, "bad_parameter", "min_left", ["min_left=25h", "at most 24h"]),
    (f"{HERE}&min_left=1h", 400, "bad_parameter", "min_left", ["min_left=1h", "open=any", "add open=arrival"]),
    (f"{HERE}&paths=1", 400, "unknown_word", "paths", ["paths='1'", "known are yes, no"]),
    (f"{HERE}&paths=no&paths=no", 400, "bad_parameter", "paths", ["given 2 times", "give it once"]),
    (f"{HERE}&passed=1001", 400, "bad_parameter", "passed", ["passed='1001'", "all or a whole number from 0 to 1000"]),
    (f"{HERE}&passed=none", 400, "bad_parameter", "passed", ["passed='none'", "all or a whole number from 0 to 1000"]),
    (f"{HERE}&passed=", 400, "bad_parameter", "passed", ["passed=''", "all or a whole number from 0 to 1000"]),
    (f"{HERE}&detour=5min", 400, "unknown_word", "detour", ["'detour'", "known are lon, lat, k, mode"]),
    (f"{HERE}&radius=500", 400, "unknown_word", "radius", ["'radius'", "known are lon, lat, k, mode"]),
    (f"{HERE}&LON=1", 400, "unknown_word", "LON", ["'LON'", "known are lon"]),
    (f"{HERE}&{LONG}=1", 400, "unknown_word", "a" * 40, ["known are lon"]),
    (f"{HERE}&=1", 400, "unknown_word", "", ["''", "known are lon"]),
]


@pytest.fixture(scope="module")
def off_network(sample_city: City) -> LonLat:
    """A point inside the city's box with its margin, but farther than the margin from any street: its corner."""
    box = sample_city.bbox.grown(495)
    return LonLat(round(box.west, 6), round(box.south, 6))


@pytest.mark.parametrize(
    ("query", "status", "code", "parameter", "said"), WRONG, ids=[row[0][-50:] or "nothing" for row in WRONG]
)
def test_a_wrong_question_is_told_what_is_wrong(
    client: FlaskClient, off_network: LonLat, query: str, status: int, code: str, parameter: str, said: list[str]
) -> None:
    query = query.replace("{off_lon}", str(off_network.lon)).replace("{off_lat}", str(off_network.lat))

    response = client.get(f"/api/v1/nearest?{query}")

    values = problem(response)
    assert (response.status_code, values["code"], values["parameter"]) == (status, code, parameter)
    assert [part for part in said if part not in values["detail"]] == [], values["detail"]


def test_swapped_coordinates_are_seen_where_both_could_be_latitudes(sample_pack: Any) -> None:
    """A city whose longitude is below 90: only its box tells. (Beijing's 116 is told by the number itself.)"""
    city = City.open(sample_pack)
    city.bbox = type(city.bbox)(30.0, 50.0, 31.0, 51.0)
    client = create_app(city).test_client()

    values = problem(client.get("/api/v1/nearest?lon=50.5&lat=30.5"))

    assert values["code"] == "swapped_coordinates"
    assert "lon=30.5, lat=50.5" in values["detail"]


# --- search ---


def test_search_finds_names_and_places(client: FlaskClient) -> None:
    answer = get(client, "/api/v1/search?q=东四&limit=20")

    assert answer["query"] == "东四"
    assert all("东四" in result["name"] for result in answer["results"])
    kinds = {result["kind"] for result in answer["results"]}
    assert {"area", "place", "street"} <= kinds
    for result in answer["results"]:
        assert set(result) == {"name", "name_en", "kind", "context", "lon", "lat", "place_id", "also", "exact"}
        assert (result["place_id"] is not None) == (result["kind"] == "place")


@pytest.mark.parametrize("text", ["dongsi", "DONGSI", "ＤＯＮＧＳＩ", " Dong si "])
def test_search_does_not_mind_case_width_and_spaces(client: FlaskClient, text: str) -> None:
    names = [result["name"] for result in get(client, f"/api/v1/search?q={text}")["results"]]

    assert "东四街道" in names


@pytest.mark.parametrize(("limit", "count"), [("1", 1), ("20", 20), ("", 8)])
def test_search_gives_as_many_as_asked_for(client: FlaskClient, limit: str, count: int) -> None:
    assert len(get(client, f"/api/v1/search?q=街&limit={limit}")["results"]) == count


@pytest.mark.parametrize("text", ["没有这个地方", "%00", "%25", "' or ''='", '"', "\\", "..", "<script>"])
def test_search_may_find_nothing(client: FlaskClient, text: str) -> None:
    assert get(client, f"/api/v1/search?q={text}")["results"] == []


@pytest.mark.parametrize(
    ("query", "code", "parameter", "said"),
    [
        ("", "bad_parameter", "q", "q is missing; give a name"),
        ("q=", "bad_parameter", "q", "q is missing; give a name"),
        ("q=%20%E3%80%80", "bad_parameter", "q", "q is missing; give a name"),
        ("q=" + "a" * 61, "bad_parameter", "q", "q has 61 characters; give at most 60"),
        ("q=a&q=b", "bad_parameter", "q", "given 2 times; give it once"),
        ("q=a&limit=0", "bad_parameter", "limit", "limit='0' must be a whole number from 1 to 20"),
        ("q=a&limit=21", "bad_parameter", "limit", "from 1 to 20"),
        ("q=a&limit=-1", "bad_parameter", "limit", "from 1 to 20"),
        ("q=a&limit=abc", "bad_parameter", "limit", "from 1 to 20"),
        ("q=a&limit=%C2%B2", "bad_parameter", "limit", "from 1 to 20"),
        ("q=a&limit=" + "9" * 5000, "bad_parameter", "limit", "from 1 to 20"),
        ("q=a&limit=00000000000000000007", "bad_parameter", "limit", "from 1 to 20"),
        ("q=a&lang=zh", "unknown_word", "lang", "known are q, limit"),
    ],
)
def test_a_wrong_search_is_told_what_is_wrong(
    client: FlaskClient, query: str, code: str, parameter: str, said: str
) -> None:
    response = client.get(f"/api/v1/search?{query}")

    values = problem(response)
    assert (response.status_code, values["code"], values["parameter"]) == (400, code, parameter)
    assert said in values["detail"]


# --- places ---


def test_places_are_geojson_points(client: FlaskClient, sample_city: City) -> None:
    response = client.get("/api/v1/places")
    collection = response.get_json(force=True)

    assert response.mimetype == "application/geo+json"
    assert collection["type"] == "FeatureCollection"
    assert [feature["id"] for feature in collection["features"]] == [place.id for place in sample_city.places]
    first, place = collection["features"][0], sample_city.places[0]
    assert first["geometry"] == {"type": "Point", "coordinates": [place.position.lon, place.position.lat]}
    assert set(first["properties"]) == {"id", "name", "name_en", "services", "accuracy"}


def test_a_place_tells_all_that_is_known(client: FlaskClient, sample_city: City) -> None:
    answer = get(client, "/api/v1/places/ss-dongsi")

    assert answer == place_to_json(sample_city.place("ss-dongsi"))


@pytest.mark.parametrize("place_id", ["nobody", "x" * 5000, "ss-dongsi%00", "SS-DONGSI", "..", "%E4%B8%9C"])
def test_an_unknown_place_is_not_found(client: FlaskClient, place_id: str) -> None:
    response = client.get(f"/api/v1/places/{place_id}")

    assert (response.status_code, problem(response)["code"]) == (404, "not_found")


# --- city, tiles, health ---


def test_the_city_tells_what_it_is_and_has(client: FlaskClient, sample_city: City) -> None:
    answer = get(client, "/api/v1/city")

    assert set(answer) == {
        "name", "name_en", "sample", "version", "built", "bbox", "center", "sources", "counts", "services",
        "amenities", "accesses", "audiences", "accuracies", "modes", "base_map",
    }  # fmt: skip
    assert (answer["name"], answer["sample"], answer["counts"]["places"]) == ("东城区（示例）", True, 233)
    assert answer["services"] == ["service_station", "rest_stop", "water_point", "haircut"]
    assert (answer["accesses"], answer["audiences"]) == (["walk_in", "ask_guard", "scan", "key", "unknown"], [])
    assert answer["accuracies"] == ["illustrative"]
    assert answer["modes"] == ["walk", "bike", "ebike", "drive"]
    west, south, east, north = answer["bbox"]
    assert west < answer["center"][0] < east and south < answer["center"][1] < north
    assert answer["base_map"]["tiles"] == f"/base/{{z}}/{{x}}/{{y}}.mvt?v={sample_city.manifest.version}"
    assert answer["sources"][0]["licence"] == "CC0-1.0"


def test_a_city_without_a_base_map_says_so(sample_city: City) -> None:
    names = NameIndex.of_names((), sample_city.bbox.centre)
    bare = City(sample_city.manifest, sample_city.network, sample_city.places, names, None, sample_city.calendar)
    client = create_app(bare).test_client()

    assert get(client, "/api/v1/city")["base_map"] is None
    assert client.get(TILE).status_code == 204


def test_a_tile_may_be_kept_for_good(client: FlaskClient, sample_city: City) -> None:
    response = client.get(TILE, headers={"Accept-Encoding": "gzip"})

    assert (response.status_code, response.mimetype) == (200, "application/vnd.mapbox-vector-tile")
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.headers["Content-Encoding"] == "gzip"
    assert response.get_data() == sample_city.tile(14, 13490, 6205)


def test_a_tile_is_unpacked_for_who_cannot(client: FlaskClient, sample_city: City) -> None:
    response = client.get(TILE, headers={"Accept-Encoding": "identity"})

    assert "Content-Encoding" not in response.headers
    assert response.get_data() == gzip.decompress(sample_city.tile(14, 13490, 6205) or b"")


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/base/14/0/0.mvt", 204),
        ("/base/30/1/1.mvt", 204),
        ("/base/14/13490/999999999999999999999999.mvt", 204),
        ("/base/14/-1/0.mvt", 404),
        ("/base/a/0/0.mvt", 404),
        ("/base/14/1.5/0.mvt", 404),
        ("/base/14/0/0.png", 404),
    ],
    ids=["elsewhere", "too close", "no such row", "negative", "no number", "a fraction", "another form"],
)
def test_where_there_is_no_tile(client: FlaskClient, address: str, status: int) -> None:
    response = client.get(address)

    assert response.status_code == status
    if status == 204:
        assert response.get_data() == b""
    else:
        assert problem(response)["code"] == "not_found"


def test_health_tells_the_version(client: FlaskClient, sample_city: City) -> None:
    assert get(client, "/healthz") == {"status": "ok", "version": sample_city.manifest.version}


# --- what holds for all ---

ADDRESSES = [
    "/api/v1/city", "/api/v1/places", "/api/v1/places/ss-dongsi", f"/api/v1/nearest?{HERE}", "/api/v1/search?q=东四",
    "/healthz", TILE,
]  # fmt: skip
FAILING = ["/api/v1/nearest", "/api/v1/places/nobody", "/api/v1/nothing"]


@pytest.mark.parametrize("address", ADDRESSES + FAILING)
def test_no_cookie_is_set_and_no_answer_depends_on_one(client: FlaskClient, address: str) -> None:
    response = client.get(address, headers={"Cookie": "session=x"})

    assert "Set-Cookie" not in response.headers
    assert "cookie" not in response.headers.get("Vary", "").lower()


@pytest.mark.parametrize("address", ADDRESSES + FAILING)
def test_head_is_get_without_a_body(client: FlaskClient, address: str) -> None:
    head, body = client.head(address), client.get(address)

    assert head.status_code == body.status_code
    assert head.get_data() == b""
    assert head.headers["Content-Type"] == body.headers["Content-Type"]
    assert head.headers["Content-Length"] == body.headers["Content-Length"]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_nothing_can_be_changed(client: FlaskClient, address: str, method: str) -> None:
    response = client.open(address, method=method)

    assert response.status_code == 405
    assert problem(response)["code"] == "method_not_allowed"
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("address", ADDRESSES[:5])
def test_large_answers_come_packed(client: FlaskClient, address: str) -> None:
    plain = client.get(address, headers={"Accept-Encoding": "identity"})
    packed = client.get(address, headers={"Accept-Encoding": "gzip"})

    assert "Content-Encoding" not in plain.headers
    assert "accept-encoding" in plain.headers["Vary"].lower()
    if len(plain.get_data()) > 1000:
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.get_data()) == plain.get_data()


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip", "gzip"),
        ("gzip, deflate, br", "br"),
        ("*", "br"),
        ("gzip;q=0.5", "gzip"),
        ("gzip;q=0", None),
        ("identity", None),
        ("", None),
    ],
)
def test_the_list_of_places_is_packed_for_who_can_unpack(
    client: FlaskClient, accepted: str, encoding: str | None
) -> None:
    response = client.get("/api/v1/places", headers={"Accept-Encoding": accepted})

    body = response.get_data()
    assert response.headers.get("Content-Encoding") == encoding
    unpack = {"gzip": gzip.decompress, "br": brotli.decompress, None: bytes}[encoding]
    assert json.loads(unpack(body))["type"] == "FeatureCollection"


def test_places_that_have_not_changed_are_not_sent_again(client: FlaskClient) -> None:
    first = client.get("/api/v1/places")

    again = client.get("/api/v1/places", headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.get_data()) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Cache-Control"] == "no-cache"


def test_places_that_have_changed_are_sent_again(client: FlaskClient, sample_city: City) -> None:
    changed = sample_city.with_places(sample_city.places[1:], "changed")

    old = client.get("/api/v1/places").headers["ETag"]
    response = create_app(changed).test_client().get("/api/v1/places", headers={"If-None-Match": old})

    assert response.status_code == 200
    assert response.headers["ETag"] != old


def test_an_unknown_address_is_a_problem_too(client: FlaskClient) -> None:
    response = client.get("/api/v2/nearest")

    assert (response.status_code, problem(response)["code"]) == (404, "not_found")


# --- our own faults ---


class Broken(City):
    """A city in which everything fails, as code does."""

    error: Exception

    def nearest(self, query: NearestQuery) -> Any:
        raise self.error


@pytest.fixture
def quiet() -> Iterator[None]:
    """Faults are logged; the test need not show them."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize(
    "error",
    [RuntimeError("secret /srv/yizhan/packs"), KeyError("secret"), PackError("/srv/secret: missing or damaged")],
    ids=["unforeseen", "a slip", "a damaged pack"],
)
def test_our_own_fault_says_nothing_of_the_inside(sample_pack: Any, error: Exception) -> None:
    city = Broken.open(sample_pack)
    assert isinstance(city, Broken)
    city.error = error

    response = create_app(city).test_client().get(f"/api/v1/nearest?{HERE}")

    values = problem(response)
    assert (response.status_code, values["code"]) == (500, "internal")
    assert "try again" in values["detail"]
    assert "secret" not in response.get_data(as_text=True) and "Traceback" not in response.get_data(as_text=True)


def test_our_own_fault_is_logged(sample_pack: Any, caplog: pytest.LogCaptureFixture) -> None:
    city = Broken.open(sample_pack)
    assert isinstance(city, Broken)
    city.error = PackError("/srv/secret: missing or damaged")

    create_app(city).test_client().get(f"/api/v1/nearest?{HERE}")

    assert "/srv/secret: missing or damaged" in caplog.text


@pytest.mark.parametrize(("lang", "words"), [("zh", "没有这个页面"), ("en", "There is no such page")])
def test_a_person_who_goes_astray_sees_a_page(client: FlaskClient, lang: str, words: str) -> None:
    response = client.get(f"/no/such/page?lang={lang}", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})

    assert response.status_code == 404
    assert response.mimetype == "text/html"
    assert words in response.text
    assert "/no/such/page" not in response.text


def test_a_program_gets_a_problem_even_if_it_takes_html(client: FlaskClient) -> None:
    response = client.get("/api/v1/places/none", headers={"Accept": "text/html"})

    assert response.mimetype == "application/problem+json"


def test_the_time_asked_for_decides_what_is_open(client: FlaskClient) -> None:
    night = get(client, f"/api/v1/nearest?{HERE}&k=20&cutoff=2h&open=arrival&when=2026-11-23T03:00")
    noon = get(client, f"/api/v1/nearest?{HERE}&k=20&cutoff=2h&open=arrival&when=2026-11-23T12:00")

    assert 0 < len(night["results"]) < len(noon["results"])
    for result in night["results"]:
        assert result["state"]["kind"] == "open"
        assert "2026-11-23T03:00" < result["arrival"] < "2026-11-23T05:00:01+08:00"


@pytest.mark.parametrize(
    ("words", "code", "parameter"),
    [
        ("when=noon", "bad_parameter", "when"),
        ("when=2026-11-23", "bad_parameter", "when"),
        ("when=1066-10-14T09:00", "bad_parameter", "when"),
        ("when=2026-11-23T25:00", "bad_parameter", "when"),
        ("when=" + "9" * 500, "bad_parameter", "when"),
        ("open=yes", "unknown_word", "open"),
    ],
)
def test_a_time_that_is_none_is_refused(client: FlaskClient, words: str, code: str, parameter: str) -> None:
    response = client.get(f"/api/v1/nearest?{HERE}&{words}")

    assert response.status_code == 400
    assert (response.get_json()["code"], response.get_json()["parameter"]) == (code, parameter)
