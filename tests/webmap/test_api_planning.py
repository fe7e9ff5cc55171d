"""The planner's part of the open interface: its answers, what they add up to, and every way to ask wrongly."""

from __future__ import annotations

import gzip
import importlib
import json
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient
from numpy.typing import NDArray
from pyproj import Geod
from shapely.geometry import Point, shape
from werkzeug.test import TestResponse

from geo.city import City
from geo.coverage.asking import LAYERS
from geo.coverage.siting.plans import Progress
from geo.errors import ParameterError
from geo.places.hours import CHINA
from geo.streets.profiles import MODES
from webmap import create_app
from webmap.settings import Settings

MONDAY = datetime(2026, 11, 23, 12, 0, tzinfo=CHINA)
#: A question with something in every state.
ASKED = "service=rest_stop&cutoff=5min&open=certainly&when=2026-11-23T20:00"
STATES = ("covered", "closed", "unverified", "missing", "severed", "nothing")
NEW = {
    "edit": "add", "id": "planned-1", "name": "新驿站", "lon": 116.4172, "lat": 39.9262,
    "services": [{"kind": "rest_stop", "hours": "24/7"}],
}  # fmt: skip


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("state")


@pytest.fixture(scope="module")
def app(sample_city: City, state: Path) -> Flask:
    return create_app(sample_city, Settings(state=state), now=lambda: MONDAY)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def get(client: FlaskClient, path: str) -> Any:
    response = client.get(path)
    assert response.status_code == 200, response.get_data(as_text=True)
    return response.get_json()


def coverage(client: FlaskClient, asked: str = ASKED) -> Any:
    return get(client, f"/api/v1/coverage?{asked}")


def post(client: FlaskClient, path: str, body: object) -> TestResponse:
    return client.post(path, json=body)


def refused(response: TestResponse, status: int, *words: str) -> None:
    assert response.status_code == status, response.get_data(as_text=True)
    assert response.mimetype == "application/problem+json"
    problem = response.get_json()
    assert problem["status"] == status
    for word in words:
        assert word in problem["detail"], problem
    assert "Traceback" not in problem["detail"]


def ended(client: FlaskClient, job: str, patience_s: float = 60) -> Any:
    """Follow a job to its end."""
    ends = time.monotonic() + patience_s
    while time.monotonic() < ends:
        told = get(client, f"/api/v1/jobs/{job}")
        if told["state"] not in {"waiting", "running"}:
            return told
        time.sleep(0.02)
    raise AssertionError(f"the job goes on and on: {told}")


# --- coverage ---


@pytest.mark.parametrize("layer", LAYERS)
def test_states_add_up_and_areas_do(client: FlaskClient, sample_city: City, layer: str) -> None:
    values = coverage(client, f"{ASKED}&layer={layer}")

    assert values["states"] == list(STATES)
    assert [area["number"] for area in values["areas"]] == [*range(len(sample_city.areas)), -1]
    for row in (values["total"], *values["areas"]):
        assert sum(row[name] for name in STATES) == pytest.approx(row["total"], abs=1e-4)
        assert 0 <= row["circle"] <= row["total"] + 1e-6
    for name in (*STATES, "total", "circle"):
        assert sum(area[name] for area in values["areas"]) == pytest.approx(values["total"][name], abs=1e-4)
    assert values["total"]["total"] == values["layer"]["placed"]
    assert {name for name in STATES if values["total"][name]} >= {"covered", "closed", "missing"}
    assert values["question"]["layer" if "layer" in values["question"] else "mode"] in {layer, "walk"}
    assert values["layer"]["name"] == layer


def test_a_question_is_answered_with_what_was_understood(client: FlaskClient) -> None:
    asked = "mode=ebike&service=rest_stop,water_point&amenity=microwave&cutoff=10min&open=perhaps&min_left=30min"
    question = coverage(client, f"{asked}&when=2026-11-23T20:00&accuracy=illustrative")["question"]

    assert question == {
        "mode": "ebike", "service": ["rest_stop", "water_point"], "amenity": ["microwave"], "amenity_or_unknown": [],
        "access": [], "audience": None, "accuracy": "illustrative", "cutoff_s": 600.0,
        "when": "2026-11-23T20:00+08:00", "open": "perhaps", "min_left_s": 1800.0, "scenario": None,
    }  # fmt: skip


def test_without_a_moment_now_counts(client: FlaskClient) -> None:
    now = coverage(client, "open=certainly")
    assert now["question"]["when"] == "2026-11-23T12:00+08:00"
    assert now["total"] == coverage(client, "open=certainly&when=2026-11-23T12:00")["total"]
    assert coverage(client, "")["question"]["when"] is None


def test_more_time_never_covers_less(client: FlaskClient) -> None:
    covered = [coverage(client, f"cutoff={minutes}min")["total"]["covered"] for minutes in (1, 3, 8, 20)]
    assert covered == sorted(covered)
    assert covered[0] < covered[-1]


# --- compact arrays, read by a reader of our own ---


def read_streets(body: bytes) -> list[NDArray[np.float64]]:
    """Read how the streets run, by the words of the contract."""
    mark, edges, points = struct.unpack_from("<4sII", body)
    assert mark == b"YZS1"
    first = struct.unpack_from(f"<{edges + 1}I", body, 12)
    at = 12 + 4 * (edges + 1)
    assert len(body) == at + 8 * points
    lonlat = np.frombuffer(body, "<i4", 2 * points, at).reshape(-1, 2) / 1e7
    assert (first[0], first[-1]) == (0, points)
    return [lonlat[a:b] for a, b in pairwise(first)]


def read_states(body: bytes) -> tuple[list[int], list[tuple[int, float, float, int]]]:
    """Read the state of every street: of each edge, and of the parts of mixed ones (edge, from, to, state)."""
    mark, edges, parts = struct.unpack_from("<4sII", body)
    assert mark == b"YZC1"
    own = list(struct.unpack_from(f"<{edges}B", body, 12))
    at = 12 + (edges + 3) // 4 * 4
    edge = struct.unpack_from(f"<{parts}I", body, at)
    start = struct.unpack_from(f"<{parts}H", body, at + 4 * parts)
    end = struct.unpack_from(f"<{parts}H", body, at + 6 * parts)
    of_part = struct.unpack_from(f"<{parts}B", body, at + 8 * parts)
    assert len(body) == at + 9 * parts
    return own, [(e, a / 65535, b / 65535, s) for e, a, b, s in zip(edge, start, end, of_part, strict=True)]


@pytest.mark.parametrize("asked", [ASKED, "cutoff=2min&mode=ebike", "cutoff=4h"])
def test_states_of_streets_measure_what_coverage_says(client: FlaskClient, asked: str) -> None:
    """The layer counts metres, so geometry times states must give the table, but for the rounding of shares."""
    geod = Geod(ellps="WGS84")
    lines = read_streets(client.get("/base/streets.bin").data)
    metres = [geod.line_length(line[:, 0], line[:, 1]) for line in lines]
    own, parts = read_states(client.get(f"/api/v1/coverage/streets?{asked}").data)
    total = dict.fromkeys(STATES, 0.0)
    for edge, number in enumerate(own):
        if number < len(STATES):
            total[STATES[number]] += metres[edge]
        else:
            assert number in {254, 255}
    mixed = dict.fromkeys((edge for edge, number in enumerate(own) if number == 254), 0.0)
    for edge, start, end, number in parts:
        assert start <= end
        total[STATES[number]] += metres[edge] * (end - start)
        mixed[edge] += end - start
    assert all(share == pytest.approx(1, abs=1e-3) for share in mixed.values()), "parts of a mixed street are all of it"
    assert len(mixed) > 0 or asked == "cutoff=4h"

    expected = coverage(client, f"{asked}&layer=street_length")["total"]
    for name in STATES:
        assert total[name] == pytest.approx(expected[name], rel=1e-3, abs=5), name


def test_arrays_are_packed_for_those_who_take_it(client: FlaskClient) -> None:
    for path, cache in ((f"/api/v1/coverage/streets?{ASKED}", "no-cache"), ("/base/streets.bin?v=1", "immutable")):
        plain = client.get(path, headers={"Accept-Encoding": "identity"})
        packed = client.get(path, headers={"Accept-Encoding": "gzip"})
        assert "Content-Encoding" not in plain.headers
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.data) == plain.data
        assert "Accept-Encoding" in packed.headers["Vary"]
        assert cache in packed.headers["Cache-Control"]


# --- week, lapse, seats, backup, a table ---


def test_each_hour_of_the_week_is_the_coverage_then(client: FlaskClient) -> None:
    asked = "service=rest_stop&cutoff=5min&open=certainly"
    week = get(client, f"/api/v1/coverage/week?{asked}&week=2026-11-25")

    assert week["monday"] == "2026-11-23", "any day names its week"
    assert (week["hours"], len(week["covered"]), len(week["profile"])) == (168, 168, 168)
    assert [day["date"] for day in week["days"]] == [f"2026-11-{23 + n}" for n in range(7)]
    for hour in (3, 9, 20, 24 + 12, 167):
        day, of_day = divmod(hour, 24)
        then = coverage(client, f"{asked}&when=2026-11-{23 + day}T{of_day:02}:00")
        assert week["covered"][hour] == then["total"]["covered"]
        by_area = {area["number"]: area["covered"] for area in then["areas"]}
        assert all(area["covered"][hour] == by_area[area["number"]] for area in week["areas"])
    assert week["total"] == then["total"]["total"]
    share = week["worker_hours"]
    assert share["covered"] == pytest.approx(sum(week["covered"]), rel=1e-9), "all residents are always there"
    assert len(set(week["covered"])) > 1
    assert get(client, f"/api/v1/coverage/week?{asked}")["monday"] == "2026-11-23", "this week unless told"


def test_a_lapse_is_the_difference_of_two_moments(client: FlaskClient) -> None:
    asked = "service=rest_stop&cutoff=5min&open=certainly&when=2026-11-23T12:00"
    values = get(client, f"/api/v1/coverage/lapse?{asked}&then=2026-11-23T23:00")
    noon, night = coverage(client, asked), coverage(client, asked.replace("T12:00", "T23:00"))
    text = json.dumps(values)
    assert str(noon["total"]["covered"]) in text and str(night["total"]["covered"]) in text
    refused(client.get(f"/api/v1/coverage/lapse?{asked}"), 400, "then is missing")


def test_seats_are_told(client: FlaskClient) -> None:
    values = get(client, "/api/v1/coverage/seats?service=service_station&decay=alike")
    assert values["question"]["service"] == ["service_station"]
    refused(client.get("/api/v1/coverage/seats?decay=teleport"), 400, "teleport")


def test_backup_names_who_loses_cover(client: FlaskClient) -> None:
    asked = "service=rest_stop&cutoff=5min"
    places = get(client, f"/api/v1/coverage/backup?{asked}")["places"]
    before = coverage(client, asked)

    assert len(places) == before["facilities"]
    weights = [place["weight"] for place in places]
    assert weights == sorted(weights, reverse=True) and weights[0] > 0
    for place in (places[0], places[-1]):
        effect = post(client, f"/api/v1/what-if?{asked}", {"edits": [{"edit": "close", "id": place["id"]}]}).get_json()
        assert effect["lost"] == place["weight"]
        assert effect["gained"] == 0


def test_backup_is_of_the_scenario(client: FlaskClient) -> None:
    """A planned place is among those that may close."""
    key = post(client, "/api/v1/scenarios", {"name": "b", "edits": [NEW]}).get_json()["key"]
    values = get(client, f"/api/v1/coverage/backup?service=rest_stop&cutoff=5min&scenario={key}")
    assert "planned-1" in {place["id"] for place in values["places"]}
    assert values["question"]["scenario"] == {"name": "b", "key": key}


def test_a_table_of_points_is_counted(client: FlaskClient) -> None:
    table = "lon,lat,weight\n116.4172,39.9262,10\n116.41,39.92,5\n120,30,7\n"
    response = client.post("/api/v1/coverage?cutoff=10min", data=table, content_type="text/csv")
    values = response.get_json()
    assert values["total"]["total"] == 15
    assert values["layer"]["unplaced"] == [{"reason": "outside_the_city", "weight": 7}]
    refused(client.post("/api/v1/coverage", data=table, content_type="application/json"), 400, "text/csv")
    refused(client.post("/api/v1/coverage", data="a,b\n1,2\n", content_type="text/csv"), 400, "no column")
    swapped = "lon,lat,weight\n39.92,116.41,5\n"
    refused(client.post("/api/v1/coverage", data=swapped, content_type="text/csv"), 400, "line 2", "exchanged?")


# --- what-if, scenarios ---

EDITS: tuple[Mapping[str, Any], ...] = (
    NEW,
    {"edit": "close_street", "lon": 116.4172, "lat": 39.925},
    {"edit": "move", "id": "planned-1", "lon": 116.41, "lat": 39.93},
)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("count", [1, 2, 3])
def test_what_if_is_the_coverage_of_the_saved_scenario(
    client: FlaskClient, sample_city: City, mode: str, count: int
) -> None:
    asked = f"service=rest_stop&cutoff={'4min' if mode == 'walk' else '40s'}&mode={mode}"
    closing = {"edit": "close", "id": next(p.id for p in sample_city.places if p.offers("rest_stop"))}
    edits = [closing, *EDITS[:count]]

    effect = post(client, f"/api/v1/what-if?{asked}", {"edits": edits}).get_json()
    key = post(client, "/api/v1/scenarios", {"name": f"{mode} {count}", "edits": edits}).get_json()["key"]
    before, after = coverage(client, asked), coverage(client, f"{asked}&scenario={key}")

    assert after["question"]["scenario"] == {"name": f"{mode} {count}", "key": key}
    assert effect["covered_before"] == before["total"]["covered"]
    assert effect["covered"] == after["total"]["covered"]
    assert effect["total"] == after["total"]["total"]
    assert effect["facilities"] == after["facilities"]
    assert effect["covered_before"] + effect["gained"] - effect["lost"] == pytest.approx(effect["covered"], abs=1e-6)
    assert effect["gained"] > 0
    changed = {area["number"]: area["gained"] - area["lost"] for area in effect["areas"]}
    for was, now in zip(before["areas"], after["areas"], strict=True):
        assert now["covered"] - was["covered"] == pytest.approx(changed.get(was["number"], 0), abs=1e-6)
    for side in ("gained", "lost"):
        assert effect["streets"][side]["type"] == "MultiLineString"
        assert all(len(line) >= 2 for line in effect["streets"][side]["coordinates"])
    compared = get(client, f"/api/v1/scenarios/compare?a=base&b={key}&{asked}")
    assert (compared["a"]["covered"], compared["b"]["covered"]) == (effect["covered_before"], effect["covered"])
    assert {area["number"]: area["change"] for area in compared["areas"]} == {
        number: pytest.approx(change, abs=1e-6) for number, change in changed.items() if abs(change) > 1e-9
    }


def test_a_scenario_is_kept_listed_and_given_back(client: FlaskClient) -> None:
    body = {"name": "两处新驿站", "edits": [NEW]}
    saved = post(client, "/api/v1/scenarios", body)
    key = saved.get_json()["key"]

    assert saved.status_code == 201
    assert saved.headers["Location"] == f"/api/v1/scenarios/{key}"
    kept = get(client, f"/api/v1/scenarios/{key}")
    assert kept["name"] == body["name"]
    assert kept["edits"][0]["services"] == NEW["services"]
    assert post(client, "/api/v1/scenarios", {"name": kept["name"], "edits": kept["edits"]}).get_json()["key"] == key
    renamed = post(client, "/api/v1/scenarios", {"name": "另一个名字", "edits": [NEW]}).get_json()["key"]
    assert renamed == key, "the edits are the same"
    listed = {one["key"]: one for one in get(client, "/api/v1/scenarios")["scenarios"]}
    assert listed[key] == {"key": key, "name": "另一个名字", "edits": 1}


def test_two_scenarios_are_compared_by_hour(client: FlaskClient, sample_city: City) -> None:
    asked = "service=rest_stop&cutoff=5min&open=certainly&when=2026-11-23T20:00"
    key = post(client, "/api/v1/scenarios", {"name": "n", "edits": [NEW]}).get_json()["key"]
    compared = get(client, f"/api/v1/scenarios/compare?b={key}&week=2026-11-23&{asked}")

    for side, scenario in (("a", ""), ("b", f"&scenario={key}")):
        week = get(client, f"/api/v1/coverage/week?{asked}&week=2026-11-23{scenario}")
        assert compared["hours"][side] == week["covered"]
    assert all(a <= b for a, b in zip(compared["hours"]["a"], compared["hours"]["b"], strict=True))
    assert sum(area["change"] for area in compared["areas"]) > 0
    same = get(client, f"/api/v1/scenarios/compare?a={key}&b={key}&{asked}")
    assert same["areas"] == []


def test_scenarios_are_shared_through_the_folder(sample_city: City, client: FlaskClient, state: Path) -> None:
    key = post(client, "/api/v1/scenarios", {"name": "x", "edits": [NEW]}).get_json()["key"]
    other = create_app(sample_city, Settings(state=state), now=lambda: MONDAY).test_client()
    assert coverage(other, f"cutoff=5min&scenario={key}") == coverage(client, f"cutoff=5min&scenario={key}")


HOSTILE = ("..", "../../etc/passwd", "..%2f..%2fetc%2fpasswd", "0" * 400, "x", "0123456789ABCDEF", "%00", "base.json")


@pytest.mark.parametrize("key", HOSTILE)
def test_keys_and_ids_never_become_paths(client: FlaskClient, key: str) -> None:
    for path in (f"/api/v1/scenarios/{key}", f"/api/v1/jobs/{key}", f"/api/v1/coverage?scenario={key}"):
        response = client.get(path)
        assert response.status_code in {404, 308}, (path, response.status_code)
        assert "root:" not in response.get_data(as_text=True)
    assert client.delete(f"/api/v1/jobs/{key}").status_code in {404, 405, 308}
    assert client.get(f"/api/v1/scenarios/compare?a={key}").status_code == 404


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        ({"edits": [{"edit": "close", "id": "nobody"}]}, 404, "nobody"),
        ({"edits": [{"edit": "move", "id": "nobody", "lon": 116.4, "lat": 39.9}]}, 404, "nobody"),
        ({"edits": [{**NEW, "lon": 120.0, "lat": 30.0}]}, 422, "street"),
        ({"edits": [{"edit": "close_street", "lon": 120.0, "lat": 30.0}]}, 422, "street"),
        ({"edits": [{"edit": "explode"}]}, 400, "explode"),
        ({"edits": [{**NEW, "id": "osm-1"}]}, 400, "planned-"),
        ({"edits": "close"}, 400, "list"),
        ({"why": 1}, 400, "why"),
        ([], 400, "table"),
    ],
)
def test_edits_that_mean_nothing_are_refused(client: FlaskClient, body: Any, status: int, told: str) -> None:
    refused(post(client, "/api/v1/what-if?cutoff=5min", body), status, told)
    if body != {"edits": [{**NEW, "lon": 120.0, "lat": 30.0}]}:  # that may be on another map
        refused(post(client, "/api/v1/scenarios", body), status, told)


def test_what_if_after_a_refusal_is_as_before(client: FlaskClient) -> None:
    def ask(edits: list[Any]) -> TestResponse:
        return post(client, "/api/v1/what-if?cutoff=5min&service=rest_stop", {"edits": edits})

    first = ask([NEW]).get_json()
    assert ask([NEW, {"edit": "close", "id": "nobody"}]).status_code == 404
    assert ask([NEW]).get_json() == first
    nothing = ask([]).get_json()
    assert (nothing["gained"], nothing["lost"], nothing["areas"]) == (0, 0, [])


# --- gaps and outlines ---


def test_gaps_and_the_rest_are_all_that_is_not_covered(client: FlaskClient) -> None:
    asked = "service=rest_stop&cutoff=5min"
    total = coverage(client, asked)["total"]
    values = get(client, f"/api/v1/gaps?{asked}&limit=7")

    weights = [feature["properties"]["weight"] for feature in values["features"]]
    assert len(weights) == 7 < values["count"]
    assert weights == sorted(weights, reverse=True)
    assert sum(weights) + values["rest"] == pytest.approx(total["total"] - total["covered"], abs=1e-4)
    for rank, feature in enumerate(values["features"], 1):
        about = feature["properties"]
        assert about["rank"] == feature["id"] == rank
        assert sum(about["reasons"].values()) == pytest.approx(about["weight"], abs=1e-5)
        west, south, east, north = about["bbox"]
        lon, lat = feature["geometry"]["coordinates"]
        assert west - 1e-6 <= lon <= east + 1e-6 and south - 1e-6 <= lat <= north + 1e-6
        assert about["nearest"] is None or about["travel_s"] is None or about["travel_s"] > 0
    assert len(get(client, f"/api/v1/gaps?{asked}&limit=500")["features"]) == values["count"]


def test_gaps_are_of_the_scenario(client: FlaskClient) -> None:
    key = post(client, "/api/v1/scenarios", {"name": "g", "edits": [NEW]}).get_json()["key"]
    values = get(client, f"/api/v1/gaps?cutoff=5min&service=rest_stop&scenario={key}")
    assert values["question"]["scenario"] == {"name": "g", "key": key}
    total = coverage(client, f"cutoff=5min&service=rest_stop&scenario={key}")["total"]
    weights = sum(feature["properties"]["weight"] for feature in values["features"])
    assert weights + values["rest"] == pytest.approx(total["total"] - total["covered"], abs=1e-4)


def test_outlines_lie_within_each_other_and_hold_the_point(client: FlaskClient, sample_city: City) -> None:
    place = sample_city.places[0]
    at = f"lon={place.position.lon}&lat={place.position.lat}"
    values = get(client, f"/api/v1/service-area?{at}&cutoffs=10min,2min,5min")

    assert [feature["properties"]["cutoff_s"] for feature in values["features"]] == [600, 300, 120]
    outlines = [shape(feature["geometry"]) for feature in values["features"]]
    assert all(outer.covers(inner) for outer, inner in pairwise(outlines))
    assert outlines[0].distance(Point(place.position)) < 1e-3
    assert (
        values["features"] == get(client, f"/api/v1/service-area?place={place.id}&cutoffs=10min,2min,5min")["features"]
    )


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        ("", 400, "lon is missing"),
        ("lon=116.41", 400, "lat is missing"),
        ("lon=39.92&lat=116.41", 422, "exchanged"),
        ("lon=120&lat=30", 422, "outside"),
        ("place=nobody", 404, "nobody"),
        ("lon=116.41&lat=39.92&cutoffs=0min", 400, "more than 0"),
        ("lon=116.41&lat=39.92&cutoffs=abc", 400, "length of time"),
        ("lon=116.41&lat=39.92&cutoffs=2h", 400, "at most 1h"),
        ("lon=116.41&lat=39.92&cutoffs=1min,2min,3min,4min,5min,6min,7min", 400, "at most 6"),
        ("lon=116.41&lat=39.92&mode=teleport", 400, "teleport"),
        ("lon=116.41&lat=39.92&direction=up", 400, "up"),
        ("lon=116.41&lat=39.92&why=1", 400, "why"),
    ],
)
def test_outlines_of_nothing_are_refused(client: FlaskClient, words: str, status: int, told: str) -> None:
    refused(client.get(f"/api/v1/service-area?{words}"), status, told)


# --- every way to ask wrongly ---

READERS = (
    "/api/v1/coverage", "/api/v1/coverage/streets", "/api/v1/coverage/week", "/api/v1/coverage/backup", "/api/v1/gaps",
    "/api/v1/scenarios/compare", "/api/v1/coverage.csv", "/api/v1/coverage.xlsx", "/api/v1/coverage.geojson",
    "/api/v1/coverage.gpkg", "/api/v1/coverage/seats", "/plan/report/0",
)  # fmt: skip


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("cutoff=0", "length of time"),
        ("cutoff=0min", "more than 0"),
        ("cutoff=-5min", "length of time"),
        ("cutoff=abc", "length of time"),
        ("cutoff=5h", "at most 4h"),
        ("cutoff=5min&cutoff=6min", "2 times"),
        ("cutof=5min", "cutof"),
        ("mode=teleport", "teleport"),
        ("layer=dragons", "dragons"),
        ("service=dragons", "dragons"),
        ("open=sometimes", "sometimes"),
        ("open=certainly&when=yesterday", "when"),
        ("when=2026-13-45T99:99", "when"),
        ("min_left=-1min", "min_left"),
        ("accuracy=perfect", "perfect"),
        ("audience=dragons", "dragons"),
        ("scenario=a&scenario=b", "2 times"),
    ],
)
def test_questions_that_mean_nothing_are_refused_everywhere(client: FlaskClient, words: str, told: str) -> None:
    for path in READERS:
        if "scenario=" in words and "compare" in path:
            continue
        response = client.get(f"{path}?{words}", headers={"Accept": "application/json"})
        refused(response, 400, told)
    for path in ("/api/v1/what-if", "/api/v1/siting", "/api/v1/surface"):
        refused(post(client, f"{path}?{words}", {"p": 1}), 400, told)


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/api/v1/gaps?limit=0", "limit"),
        ("/api/v1/gaps?limit=501", "limit"),
        ("/api/v1/gaps?limit=x", "limit"),
        ("/api/v1/coverage/week?week=monday", "week"),
        ("/api/v1/coverage/week?week=1999-01-01", "week"),
        ("/api/v1/coverage/week?week=9999-12-31", "week"),
        ("/api/v1/coverage?limit=3", "limit"),
    ],
)
def test_other_parameters_are_read_strictly(client: FlaskClient, path: str, told: str) -> None:
    refused(client.get(path), 400, told)


POSTS = ("/api/v1/what-if", "/api/v1/scenarios", "/api/v1/siting")


@pytest.mark.parametrize("path", POSTS)
def test_bodies_are_json_and_bounded(client: FlaskClient, path: str) -> None:
    refused(client.post(path, data="edits=1"), 400, "Content-Type: application/json")
    refused(client.post(path, data=b"{", content_type="application/json"), 400, "no JSON")
    refused(client.post(path, data=b"\xff\xfe", content_type="application/json"), 400, "no JSON")
    refused(client.post(path, data="[" * 100_000, content_type="application/json"), 400, "no JSON")
    refused(client.post(path, data="[]", content_type="application/json"), 400, "table")
    large = b'{"name": "' + b"x" * 2_000_000 + b'"}'
    refused(client.post(path, data=large, content_type="application/json"), 413, "2 MB")
    environ = {"wsgi.input": _Endless(), "wsgi.input_terminated": True}
    endless = client.post(path, content_type="application/json", environ_overrides=environ)
    refused(endless, 413, "unknown size")


class _Endless:
    """A body that never ends: whoever reads all of it hangs."""

    def read(self, size: int = -1) -> bytes:
        if size < 0:
            raise AssertionError("somebody reads a body of unknown size to its end")
        return b"x" * size

    def readline(self, size: int = -1) -> bytes:
        return self.read(size)


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        ({}, 400, "p is missing"),
        ({"p": 0}, 400, "p='0'"),
        ({"p": -3}, 400, "p='-3'"),
        ({"p": 1.5}, 400, "whole number"),
        ({"p": True}, 400, "whole number"),
        ({"p": "3"}, 400, "whole number"),
        ({"p": 10**9}, 400, "1,000"),
        ({"kind": "best", "p": 1}, 400, "best"),
        ({"kind": ["mclp"], "p": 1}, 400, "mclp"),
        ({"p": 1, "candidates": {"hosts": []}}, 400, "at least one kind"),
        ({"p": 1, "candidates": {"hosts": ["dragon"]}}, 400, "dragon"),
        ({"p": 1, "candidates": {"hosts": [1]}}, 400, "kind"),
        ({"p": 1, "candidates": {"teleport": 1}}, 400, "candidates"),
        ({"p": 1, "candidates": []}, 400, "candidates"),
        ({"p": 1, "candidates": {"csv": "lon,lat\n"}}, 400, "no candidate"),
        ({"p": 1, "candidates": {"csv": "a,b\n1,2"}}, 400, "no column"),
        ({"p": 1, "candidates": {"csv": 5}}, 400, "text of a table"),
        ({"p": 1, "keep": "yes"}, 400, "true or false"),
        ({"p": 1, "forced": "x"}, 400, "list"),
        ({"p": 1, "phases": [{"p": 1}]}, 400, "year"),
        ({"p": 1, "phases": 5}, 400, "phases"),
        ({"p": 1, "time_limit_s": 10_000}, 400, "time_limit_s"),
        ({"p": 1, "alternatives": 1000}, 400, "alternatives"),
        ({"p": 1, "dragons": 1}, 400, "dragons"),
    ],
)
def test_sitings_that_mean_nothing_are_refused_at_once(client: FlaskClient, body: Any, status: int, told: str) -> None:
    refused(post(client, "/api/v1/siting?service=rest_stop", body), status, told)


# --- jobs ---


def test_a_siting_runs_to_its_end(client: FlaskClient) -> None:
    asked = "service=rest_stop&cutoff=5min"
    body = {"kind": "mclp", "p": 3, "candidates": {"hosts": ["bank", "library"]}, "time_limit_s": 30}
    response = post(client, f"/api/v1/siting?{asked}", body)

    assert response.status_code == 202
    job = response.get_json()["job"]
    assert response.headers["Location"] == f"/api/v1/jobs/{job}"
    told = ended(client, job)
    assert (told["state"], told["kind"]) == ("done", "siting"), told
    result = told["result"]
    assert result["status"] == "optimal" and result["objective"] == result["bound"]
    assert len(result["sites"]) == 3
    assert result["gap"] == 0
    edits = [
        {**NEW, "id": f"planned-{n}", "lon": site["lon"], "lat": site["lat"], "name": site["name"] or "x"}
        for n, site in enumerate(result["sites"], 1)
    ]
    effect = post(client, f"/api/v1/what-if?{asked}", {"edits": edits}).get_json()
    assert result["effect"]["gained"] == effect["gained"] > 0, "what it brings is what one gets"
    assert all(other["regret"] >= 0 for other in result["alternatives"])


@pytest.mark.parametrize("kind", ["mclp", "lscp", "p_median", "p_center", "backup", "capacitated"])
def test_every_kind_of_siting_ends(client: FlaskClient, sample_city: City, kind: str) -> None:
    rows = [f"{p.position.lon},{p.position.lat},20000,{n + 1}" for n, p in enumerate(sample_city.places[:40:4])]
    body: dict[str, Any] = {"kind": kind, "candidates": {"csv": "lon,lat,capacity,price\n" + "\n".join(rows)}}
    body |= {} if kind == "lscp" else {"p": 2}
    told = ended(client, post(client, "/api/v1/siting?service=haircut&cutoff=10min", body).get_json()["job"])
    assert told["state"] == "done", told
    assert told["result"]["status"] in {"optimal", "infeasible", "within gap"}
    assert len(told["result"]["sites"]) <= (2 if kind != "lscp" else 10)


def test_a_siting_by_years_and_one_that_moves_all(client: FlaskClient) -> None:
    hosts = {"hosts": ["bank", "library"]}
    body = {"p": 3, "candidates": hosts, "phases": [{"year": 2027, "p": 1}, {"year": 2028, "p": 3}]}
    told = ended(client, post(client, "/api/v1/siting?service=rest_stop&cutoff=5min", body).get_json()["job"])
    first, second = told["result"]["years"]
    assert (len(first["sites"]), len(second["sites"])) == (1, 3)
    assert {site["id"] for site in first["sites"]} <= {site["id"] for site in second["sites"]}
    moved = {"p": 2, "candidates": hosts, "keep": False}
    result = ended(client, post(client, "/api/v1/siting?service=service_station&cutoff=5min", moved).get_json()["job"])
    assert result["result"]["keep"] is False
    assert result["result"]["effect"]["facilities"] == 2


def test_a_job_that_cannot_be_done_says_why(client: FlaskClient) -> None:
    """What only the streets can tell comes as the job's problem."""
    body = {"p": 1, "candidates": {"csv": "lon,lat\n120,30"}}
    told = ended(client, post(client, "/api/v1/siting?service=rest_stop", body).get_json()["job"])
    assert told["state"] == "failed"
    assert "none of the 1 candidates stands on a street" in told["problem"]["detail"]
    assert told["problem"]["status"] == 400
    body = {"p": 1, "forced": ["nobody"], "candidates": {"hosts": ["bank"]}}
    told = ended(client, post(client, "/api/v1/siting?service=rest_stop", body).get_json()["job"])
    assert (told["state"], told["problem"]["status"]) == ("failed", 404)


def test_the_surface_names_crossings(client: FlaskClient) -> None:
    told = ended(client, client.post("/api/v1/surface?service=rest_stop&cutoff=5min&limit=4").get_json()["job"])
    assert told["state"] == "done", told
    gains = [feature["properties"]["gain"] for feature in told["result"]["features"]]
    assert 1 <= len(gains) <= 4
    assert gains == sorted(gains, reverse=True)
    assert gains[0] > 0


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Make sitings wait until the gate is opened, or they are cancelled."""
    opened = threading.Event()

    def slow(planner: object, asked: object, candidates: object, patience: Any) -> None:
        patience.progress(Progress("waiting at the gate", 5, 9))
        while not opened.is_set() and patience.over() is None:
            time.sleep(0.005)
        if patience.over() is None:
            raise ParameterError("the gate was opened", parameter="gate")

    monkeypatch.setattr(importlib.import_module("webmap.api.siting"), "find_sites", slow)
    yield opened.set
    opened.set()


SITE = {"p": 1, "candidates": {"hosts": ["bank"]}}


def wait_for(client: FlaskClient, job: str, state: str) -> Any:
    ends = time.monotonic() + 20
    while time.monotonic() < ends:
        told = get(client, f"/api/v1/jobs/{job}")
        if told["state"] == state and (state != "running" or "progress" in told):
            return told
        time.sleep(0.01)
    raise AssertionError(told)


def test_progress_cancelling_and_too_many(sample_city: City, tmp_path: Path, gate: Callable[[], None]) -> None:
    settings = Settings(state=tmp_path)
    one = create_app(sample_city, settings, now=lambda: MONDAY).test_client()
    other = create_app(sample_city, settings, now=lambda: MONDAY).test_client()

    def start() -> TestResponse:
        return post(one, "/api/v1/siting?service=rest_stop", SITE)

    first = start().get_json()["job"]
    told = wait_for(one, first, "running")
    assert told["progress"] == {"step": "waiting at the gate", "objective": 5, "bound": 9}
    assert wait_for(other, first, "running") == told, "every process can tell"
    waiting = [start().get_json()["job"] for _ in range(4)]
    refused(start(), 429, "4 jobs are waiting")
    assert len(list((tmp_path / "jobs").iterdir())) == 5, "what was refused leaves nothing"
    assert get(one, f"/api/v1/jobs/{waiting[0]}")["state"] == "waiting"

    for job in (waiting[1], first):  # one that waits, and the one that runs, each by another process
        assert other.delete(f"/api/v1/jobs/{job}").status_code == 202
    assert wait_for(other, first, "cancelled")["id"] == first
    assert one.get(f"/api/v1/jobs/{first}").headers["Cache-Control"] == "no-store"
    gate()
    assert wait_for(one, waiting[0], "failed")["problem"]["detail"] == "the gate was opened"
    assert wait_for(one, waiting[1], "cancelled")
    assert start().status_code == 202, "there is room again"


def test_results_outlive_the_process_that_made_them(client: FlaskClient, sample_city: City, state: Path) -> None:
    job = post(client, "/api/v1/siting?service=rest_stop", SITE).get_json()["job"]
    told = ended(client, job)
    later = create_app(sample_city, Settings(state=state), now=lambda: MONDAY).test_client()
    assert get(later, f"/api/v1/jobs/{job}") == told


def test_a_wrong_method_is_told(client: FlaskClient) -> None:
    for path in ("/api/v1/what-if", "/api/v1/siting", "/api/v1/surface"):
        response = client.get(path)
        assert response.status_code == 405
        assert "POST" in response.headers["Allow"]
