"""Stops along a way over HTTP: the answer's form, and every way to ask wrongly, row by row."""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from geo.answers import Answers
from geo.choosing.wanted import Wanted
from geo.city import City
from geo.coords import LonLat
from geo.finding.asking import AlongQuery
from geo.places.hours import CHINA
from geo.places.model import place_to_json
from geo.streets.profiles import MODES
from webmap import create_app

A, B = LonLat(116.405, 39.9), LonLat(116.415, 39.935)
ENDS = "from=116.405,39.9&to=116.415,39.935"
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=CHINA)
AT_NOON = f"{ENDS}&when=2026-11-23T12:00"


@pytest.fixture(scope="module")
def app(sample_city: City) -> Flask:
    return create_app(sample_city, now=lambda: NOON)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def along(client: FlaskClient, words: str) -> Any:
    response = client.get(f"/api/v1/along?{words}")
    assert response.status_code == 200, response.get_data(as_text=True)
    return response.get_json()


# --- answers ---


def test_along_answers_as_the_city_does(client: FlaskClient, sample_city: City) -> None:
    query = AlongQuery(
        A,
        B,
        (LonLat(116.41, 39.92),),
        mode="ebike",
        k=3,
        wanted=Wanted(("rest_stop",)),
        detour_s=300.0,
        when=NOON,
        open="arrival",
        stay_s=600.0,
        until=NOON + timedelta(hours=2),
    )

    answer = along(
        client,
        f"{ENDS}&via=116.41,39.92&mode=ebike&k=3&service=rest_stop&detour=5min&open=arrival&stay=10min"
        "&until=2026-11-23T14:00",
    )

    assert answer == json.loads(Answers(sample_city).along(query, sample_city.along(query)))
    assert answer["stops"]


FORM: Mapping[str, set[str]] = {
    "answer": {
        "from", "to", "via", "mode", "k", "detour_s", "when", "until", "stay_s", "open", "min_left_s", "city", "way",
        "stops",
    },
    "way": {"travel_s", "arrival", "paths"},
    "stop": {
        "rank", "place", "leg", "detour_s", "travel_s", "arrival", "state", "states", "opens_in_s", "longest_stay_s",
        "path_to", "path_on",
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("words", "more", "less", "why"),
    [
        ("", set(), set(), "all that there is"),
        ("&mode=ebike", {"on_foot_s"}, set(), "who parks is told how far he walks"),
        ("&paths=no", set(), {"path_to", "path_on"}, "without ways"),
    ],
)
def test_along_has_the_agreed_form(
    client: FlaskClient, sample_city: City, words: str, more: set[str], less: set[str], why: str
) -> None:
    answer = along(client, f"{ENDS}&via=116.41,39.92&k=2{words}")

    assert set(answer) == FORM["answer"]
    assert set(answer["city"]) == {"name", "version", "sample"}
    assert (answer["from"], answer["to"], answer["via"]) == ([116.405, 39.9], [116.415, 39.935], [[116.41, 39.92]])
    assert set(answer["way"]) == FORM["way"]
    assert len(answer["way"]["paths"]) == (0 if less else 2)
    assert [stop["rank"] for stop in answer["stops"]] == [1, 2]
    for stop in answer["stops"]:
        assert set(stop) == FORM["stop"] | more - less if not less else set(stop) == FORM["stop"] - less, why
        assert stop["place"] == place_to_json(sample_city.place(stop["place"]["id"]))
        assert stop["leg"] in {0, 1}
        assert stop["travel_s"] <= answer["way"]["travel_s"] + stop["detour_s"]
        assert len(stop["states"]) == len(stop["place"]["services"]) and stop["state"] in stop["states"]
        assert stop["longest_stay_s"] is None, "nobody said when to be there"


def test_the_ways_join(client: FlaskClient) -> None:
    answer = along(client, f"{ENDS}&via=116.41,39.92")

    first, second = (path["coordinates"] for path in answer["way"]["paths"])
    assert first[-1] == second[0]
    for stop in answer["stops"]:
        to, on = stop["path_to"], stop["path_on"]
        assert to["type"] == on["type"] == "LineString"
        assert to["coordinates"][-1] == on["coordinates"][0]
        leg = (first, second)[stop["leg"]]
        assert (to["coordinates"][0], on["coordinates"][-1]) == (leg[0], leg[-1])


def test_defaults_are_five_on_foot_within_ten_minutes_from_now(client: FlaskClient) -> None:
    plain = along(client, ENDS)

    assert plain == along(client, f"{AT_NOON}&k=5&mode=walk&detour=10min&open=any&stay=0min&paths=yes")
    assert [stop["detour_s"] for stop in plain["stops"]] == sorted(stop["detour_s"] for stop in plain["stops"])
    assert len(plain["stops"]) == 5


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_answers(client: FlaskClient, mode: str) -> None:
    answer = along(client, f"{ENDS}&mode={mode}")

    assert len(answer["stops"]) == 5
    assert all(0 <= stop["detour_s"] <= 600 for stop in answer["stops"])


def test_a_break_in_a_lull(client: FlaskClient) -> None:
    """From here to here between ten past two and three, with a socket and a microwave."""
    lull = "from=116.41,39.92&to=116.41,39.92&mode=ebike&when=2026-11-23T14:10&until=2026-11-23T15:00"
    answer = along(client, f"{lull}&amenity=socket,microwave&open=arrival&stay=20min")

    assert (answer["way"]["travel_s"], answer["way"]["arrival"]) == (0, "2026-11-23T14:10:00+08:00")
    assert answer["stops"]
    for stop in answer["stops"]:
        assert stop["place"]["amenities"]["socket"] == stop["place"]["amenities"]["microwave"] == "yes"
        until = stop["state"]["until"]
        left = datetime.fromisoformat(until) - datetime.fromisoformat(stop["arrival"]) if until else None
        assert left is None or left >= timedelta(minutes=20)
        assert stop["longest_stay_s"] >= 20 * 60
        assert stop["longest_stay_s"] + stop["detour_s"] == pytest.approx(50 * 60, abs=0.1)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("&detour=0s", "no place lies upon the street"),
        ("&service=benefit", "nobody offers it"),
        ("&until=2026-11-23T12:01", "too late without any stop"),
    ],
)
def test_no_stop_is_an_answer(client: FlaskClient, words: str, why: str) -> None:
    answer = along(client, AT_NOON + words)

    assert answer["stops"] == [], why
    assert answer["way"]["travel_s"] > 0


def test_no_way_is_an_answer(sample_city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(City, "along", lambda self, query: None)

    answer = along(create_app(sample_city, now=lambda: NOON).test_client(), ENDS)

    assert set(answer) == FORM["answer"]
    assert (answer["way"], answer["stops"]) == (None, [])


# --- asked wrongly ---

EXAMPLE = "in degrees, e.g. from=116.41,39.92"
DEGREES = "give decimal degrees such as 116.41"
WORDS = "known are from, to, via, k, mode"
LONG = "a" * 5000
WRONG = [
    # words, status, code, parameter, what the detail must say: value, limit, remedy
    ("", 400, "bad_parameter", "from", ["from is missing", "from=116.41,39.92&to=116.42,39.95"]),
    ("to=116.41,39.92", 400, "bad_parameter", "from", ["from is missing", "both ends as lon,lat"]),
    ("from=116.41,39.92", 400, "bad_parameter", "to", ["to is missing", "both ends as lon,lat"]),
    ("from=&to=116.41,39.92", 400, "bad_parameter", "from", ["from=''", EXAMPLE]),
    ("from=116.41&to=116.41,39.92", 400, "bad_parameter", "from", ["from='116.41'", EXAMPLE]),
    ("from=116.41,39.92,5&to=116.41,39.92", 400, "bad_parameter", "from", ["'116.41,39.92,5'", EXAMPLE]),
    ("from=116.41;39.92&to=116.41,39.92", 400, "bad_parameter", "from", ["from='116.41;39.92'", EXAMPLE]),
    ("from=nan,39.92&to=116.41,39.92", 400, "bad_parameter", "from", ["from='nan'", DEGREES]),
    ("from=116.41,1e3&to=116.41,39.92", 400, "bad_parameter", "from", ["from='1e3'", DEGREES]),
    ("from=116.41,%2039.92&to=116.41,39.92", 400, "bad_parameter", "from", ["from=' 39.92'", DEGREES]),
    ("from=东四&to=116.41,39.92", 400, "bad_parameter", "from", ["from='东四'", EXAMPLE]),
    (f"from={LONG}&to=116.41,39.92", 400, "bad_parameter", "from", ["aaa…'", EXAMPLE]),
    ("from=116.41,39.92&to=200,39.92", 400, "bad_parameter", "to", ["to=200", "between -180 and 180"]),
    ("from=116.41,39.92&to=116.41,-100", 400, "bad_parameter", "to", ["to=-100", "between -90 and 90"]),
    ("from=39.92,116.41&to=116.41,39.92", 422, "swapped_coordinates", "from", ["first, from=116.41,39.92"]),
    ("from=116.41,39.92&to=39.92,116.41", 422, "swapped_coordinates", "to", ["first, to=116.41,39.92"]),
    (f"{ENDS}&via=39.92,116.41", 422, "swapped_coordinates", "via", ["first, via=116.41,39.92"]),
    (f"{ENDS}&from=116.41,39.92", 400, "bad_parameter", "from", ["given 2 times", "give it once"]),
    ("from=0,0&to=116.41,39.92", 422, "outside_city", "lon", ["lon=0, lat=0", "东城区", "choose a point in the city"]),
    ("from=116.41,39.92&to=121.47,31.23", 422, "outside_city", "lon", ["121.47", "choose a point in the city"]),
    (f"{ENDS}&via=0,0", 422, "outside_city", "lon", ["lon=0, lat=0", "choose a point in the city"]),
    ("from={off}&to=116.41,39.92", 422, "off_network", "lon", ["no street open to walk", "within 500 m", "nearer"]),
    ("from=116.41,39.92&to={off}", 422, "off_network", "lon", ["{off}", "no street open to walk", "within 500 m"]),
    (f"{ENDS}&via={{off}}&mode=drive", 422, "off_network", "lon", ["no street open to drive", "within 500 m"]),
    (f"{ENDS}&via=", 400, "bad_parameter", "via", ["via=''", "e.g. via=116.41,39.92"]),
    (ENDS + "&via=116.41,39.92" * 9, 400, "bad_parameter", "via", ["via is given 9 times", "at most 8"]),
    (f"{ENDS}&k=0", 400, "bad_parameter", "k", ["k='0'", "from 1 to 50"]),
    (f"{ENDS}&k=51", 400, "bad_parameter", "k", ["k='51'", "from 1 to 50"]),
    (f"{ENDS}&mode=fly", 400, "unknown_word", "mode", ["mode='fly'", "known are walk, bike, ebike, drive"]),
    (f"{ENDS}&service=reststop", 400, "unknown_word", "service", ["did you mean rest_stop?"]),
    (f"{ENDS}&amenity=microwav", 400, "unknown_word", "amenity", ["did you mean microwave?"]),
    (
        f"{ENDS}&amenity=wifi&amenity_or_unknown=wifi",
        400,
        "bad_parameter",
        "amenity_or_unknown",
        ["contradicts amenity=wifi", "name it in one of the two"],
    ),
    (f"{ENDS}&access=walkin", 400, "unknown_word", "access", ["did you mean walk_in?"]),
    (f"{ENDS}&audience=courier", 400, "unknown_word", "audience", ["did you mean couriers?"]),
    (f"{ENDS}&accuracy=9", 400, "unknown_word", "accuracy", ["known are exact, building"]),
    (f"{ENDS}&detour=5", 400, "bad_parameter", "detour", ["detour='5'", "15min, 900s or 0.5h"]),
    (f"{ENDS}&detour=-5min", 400, "bad_parameter", "detour", ["detour='-5min'", "15min, 900s or 0.5h"]),
    (f"{ENDS}&detour=3h", 400, "bad_parameter", "detour", ["detour=3h", "at most 2h"]),
    (f"{ENDS}&detour=7201s", 400, "bad_parameter", "detour", ["detour=7201s", "at most 2h"]),
    (f"{ENDS}&open=yes", 400, "unknown_word", "open", ["open='yes'", "known are any, arrival"]),
    (f"{ENDS}&min_left=1h", 400, "bad_parameter", "min_left", ["min_left=1h", "open=any", "add open=arrival"]),
    (f"{ENDS}&open=arrival&min_left=25h", 400, "bad_parameter", "min_left", ["min_left=25h", "at most 24h"]),
    (f"{ENDS}&stay=long", 400, "bad_parameter", "stay", ["stay='long'", "15min, 900s or 0.5h"]),
    (f"{ENDS}&stay=25h", 400, "bad_parameter", "stay", ["stay=25h", "at most 24h"]),
    (f"{ENDS}&when=noon", 400, "bad_parameter", "when", ["when='noon'", "write 2026-10-01T14:00"]),
    (f"{AT_NOON}&until=later", 400, "bad_parameter", "until", ["until='later'", "write 2026-10-01T14:00"]),
    (f"{AT_NOON}&until=", 400, "bad_parameter", "until", ["until=''", "write 2026-10-01T14:00"]),
    (
        f"{AT_NOON}&until=2026-11-23T11:59",
        400,
        "bad_parameter",
        "until",
        ["until=2026-11-23T11:59+08:00", "after when=2026-11-23T12:00+08:00", "give a later time"],
    ),
    (f"{AT_NOON}&until=2026-11-23T12:00", 400, "bad_parameter", "until", ["must be after", "give a later time"]),
    (
        f"{AT_NOON}&until=2026-11-23T13:00&stay=61min",
        400,
        "bad_parameter",
        "stay",
        ["stay=61min", "the 60 min from when", "stay less long or give a later time"],
    ),
    (f"{ENDS}&paths=1", 400, "unknown_word", "paths", ["paths='1'", "known are yes, no"]),
    (f"{ENDS}&detour=5min&detour=6min", 400, "bad_parameter", "detour", ["given 2 times", "give it once"]),
    (f"{ENDS}&cutoff=15min", 400, "unknown_word", "cutoff", ["'cutoff'", WORDS]),
    (f"{ENDS}&lon=116.41", 400, "unknown_word", "lon", ["'lon'", WORDS]),
    (f"{ENDS}&origin=116.41,39.92", 400, "unknown_word", "origin", ["'origin'", WORDS]),
    (f"{ENDS}&{LONG}=1", 400, "unknown_word", "a" * 40, [WORDS]),
]


def problem(response: TestResponse) -> dict[str, Any]:
    """Check that a response is a problem, and return it."""
    assert response.mimetype == "application/problem+json"
    values: dict[str, Any] = json.loads(response.get_data())
    assert set(values) == {"type", "title", "status", "detail", "code", "parameter"}
    assert values["status"] == response.status_code
    assert values["type"] == "/problems/" + values["code"].replace("_", "-")
    assert "\n" not in values["detail"] and len(values["detail"]) < 400
    return values


@pytest.mark.parametrize(
    ("words", "status", "code", "parameter", "said"), WRONG, ids=[row[0][-50:] or "nothing" for row in WRONG]
)
def test_a_wrong_question_is_told_what_is_wrong(
    client: FlaskClient, sample_city: City, words: str, status: int, code: str, parameter: str, said: list[str]
) -> None:
    corner = sample_city.bbox.grown(495)  # inside the city's box with its margin, and too far from any street
    off = f"{corner.west:.6f},{corner.south:.6f}"

    response = client.get(f"/api/v1/along?{words.replace('{off}', off)}")

    values = problem(response)
    assert (response.status_code, values["code"], values["parameter"]) == (status, code, parameter)
    assert [part for part in said if part.replace("{off}", off) not in values["detail"]] == [], values["detail"]


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "${7*7}", "{{7*7}}", "' or ''='", "%00", "..%2F..%2Fetc%2Fpasswd", "%F0%9F%98%80"],
)
@pytest.mark.parametrize("parameter", ["from", "via", "service", "detour", "when", "until", "stay"])
def test_hostile_text_is_refused_as_text(client: FlaskClient, parameter: str, text: str) -> None:
    words = f"to=116.41,39.92&from={text}" if parameter == "from" else f"{ENDS}&{parameter}={text}"

    response = client.get(f"/api/v1/along?{words}")

    assert response.status_code == 400
    assert problem(response)["parameter"] == parameter
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in response.headers


# --- many at once ---


def test_eight_threads_answer_as_one_does(sample_pack: Any) -> None:
    """A city that nobody has asked yet: the threads meet where each mode's answers are prepared."""
    questions = [
        f"{AT_NOON}&mode={mode}&k={k}&detour={detour}&via=116.41,39.92{more}"
        for mode in MODES
        for k, detour in ((1, "2min"), (5, "10min"), (50, "1h"))
        for more in ("", "&open=arrival&stay=30min&until=2026-11-23T17:00")
    ]

    def asked(app: Flask) -> Any:
        return lambda words: app.test_client().get(f"/api/v1/along?{words}").get_data()

    with ThreadPoolExecutor(8) as pool:
        at_once = list(pool.map(asked(create_app(City.open(sample_pack), now=lambda: NOON)), questions * 2))

    one_by_one = [asked(create_app(City.open(sample_pack), now=lambda: NOON))(words) for words in questions]
    assert at_once == one_by_one * 2
    assert all(json.loads(body)["stops"] for body in one_by_one)
