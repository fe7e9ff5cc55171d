"""This week near me: dated, reachable, in order; through the facade, the API and the command line."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from geo.city import City
from geo.cli import main
from geo.coords import LonLat
from geo.events import EventsQuery, events_near
from geo.finding.asking import NearestQuery
from geo.places.hours import CHINA
from geo.places.model import Place, Service
from webmap import create_app

#: A Monday.
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=CHINA)
HERE = LonLat(116.4155, 39.9288)
ASKED = "/api/v1/events?lon=116.4155&lat=39.9288"


@pytest.fixture(scope="module")
def client(sample_city: City) -> FlaskClient:
    return create_app(sample_city, now=lambda: NOON).test_client()


def only(city: City, *services: Service, **values: object) -> City:
    """Return the city with one place at HERE that offers these services."""
    place = Place("p", "驿站", HERE, "exact", services, "test")
    return city.with_places([replace(place, **values)], "one")  # type: ignore[arg-type]


def starts(city: City, **values: object) -> list[str]:
    found = events_near(city, replace(EventsQuery(HERE, NOON), **values))  # type: ignore[arg-type]
    return [f"{event.service} {event.start:%m-%d %H:%M}" for event in found.events]


def test_the_haircut_fridays_of_the_sample_as_counted_by_hand(sample_city: City) -> None:
    """Every place of the sample with a haircut on Fridays at a written hour, within half an hour on foot."""
    near = sample_city.nearest(NearestQuery(HERE, k=500, cutoff_s=1800, paths=False, passed=0)).results
    expected = set()
    for result in near:
        for service in result.place.services:
            if service.kind == "haircut" and service.hours and service.hours.startswith("Fr "):
                expected.add((result.place.id, f"11-27 {service.hours[3:8]}"))
    found = events_near(sample_city, EventsQuery(HERE, NOON, services=("haircut",)))

    assert ("ss-dongsi", "11-27 14:00") in expected
    assert {
        (event.place.id, f"{event.start:%m-%d %H:%M}") for event in found.events if event.start.day == 27
    } >= expected
    travel = {result.place.id: result.travel_s for result in near}
    assert all(event.travel_s == travel[event.place.id] for event in found.events)
    keys = [(event.start, event.travel_s, event.place.id) for event in found.events]
    assert keys == sorted(keys)


@pytest.mark.parametrize(
    ("service", "values", "expected"),
    [
        (Service("haircut", "Fr 14:00-16:00"), {}, ["haircut 11-27 14:00"]),
        (Service("pop_up", "Fr 14:00-16:00"), {}, ["pop_up 11-27 14:00"]),
        (Service("haircut", "Fr 14:00-16:00"), {"services": ("pop_up",)}, []),
        (Service("rest_stop", "Fr 14:00-16:00"), {}, []),  # is simply open
        (Service("haircut", "Fr 14:00-16:00"), {"days": 3}, []),
        (Service("haircut", "Mo 09:00-12:30"), {"days": 1}, ["haircut 11-23 09:00"]),  # going on, and within reach
        (Service("haircut"), {}, []),
    ],
)
def test_which(sample_city: City, service: Service, values: dict[str, object], expected: list[str]) -> None:
    assert starts(only(sample_city, service), **values) == expected


def test_what_is_over_before_one_gets_there_is_not_listed(sample_city: City) -> None:
    """Five minutes are left, and the way takes longer."""
    away = replace(EventsQuery(LonLat(116.4155, 39.9230), NOON), days=1)
    short = only(sample_city, Service("haircut", "Mo 09:00-12:05"))
    long = only(sample_city, Service("haircut", "Mo 09:00-12:30"))

    assert events_near(short, away).events == ()
    assert events_near(long, away).events[0].travel_s > 300


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"status": "paused"}, 0),
        ({"status_since": "2026-11-28"}, 0),
        ({"status_since": "2026-11-27"}, 1),
        ({"status_until": "2026-11-26"}, 0),
        ({"status_until": "2026-11-27"}, 1),
        ({"status_since": "2026"}, 1),  # a year: since some day of it
        ({"status_until": "2026"}, 1),
        ({"status_until": "2025"}, 0),
    ],
)
def test_only_while_the_place_is_in_operation(sample_city: City, values: dict[str, str], expected: int) -> None:
    assert len(starts(only(sample_city, Service("haircut", "Fr 14:00-16:00"), **values))) == expected


def test_what_is_left_out_is_counted(sample_city: City) -> None:
    city = only(sample_city, Service("haircut"), Service("pop_up", "24/7"))

    assert events_near(city, EventsQuery(HERE, NOON)).left_out == {"always open": 1, "hours unknown": 1}


def test_the_interface(client: FlaskClient) -> None:
    values = client.get(f"{ASKED}&within=20min&days=10&service=haircut").get_json()

    assert (values["days"], values["within_s"], values["services"]) == (10, 1200.0, ["haircut"])
    first = values["events"][0]
    assert first["start"].endswith("+08:00") and first["travel_s"] <= 1200
    assert {"id", "name", "lon", "lat", "accuracy", "source"} <= first["place"].keys()


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("lon=116.4155", 400, "bad_parameter"),
        ("lon=116.4155&lat=39.9288&days=0", 400, "bad_parameter"),
        ("lon=116.4155&lat=39.9288&days=32", 400, "bad_parameter"),
        ("lon=116.4155&lat=39.9288&within=3h", 400, "bad_parameter"),
        ("lon=116.4155&lat=39.9288&service=rest_stop", 400, "unknown_word"),  # nothing that takes place
        ("lon=116.4155&lat=39.9288&area=x", 400, "unknown_word"),
        ("lon=39.9288&lat=116.4155", 422, "swapped_coordinates"),
        ("lon=121&lat=31", 422, "outside_city"),
    ],
)
def test_wrong_questions(client: FlaskClient, query: str, status: int, code: str) -> None:
    response = client.get(f"/api/v1/events?{query}")

    assert (response.status_code, response.get_json()["code"]) == (status, code)


def test_the_command(sample_pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["events", "--city", str(sample_pack), "--at", "116.4155,39.9288", "--when", "2026-11-23T12:00"]
    assert main([*words, "--service", "haircut"]) == 0
    assert "Fri 2026-11-27 14:00–16:00  haircut  东四街道工会服务站  1 min" in capsys.readouterr().out.splitlines()

    assert main([*words, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["events"]
    assert main([*words, "--days", "1", "--within", "1min", "--service", "pop_up"]) == 0
    assert capsys.readouterr().out.startswith("nothing takes place within 1min")
    assert main([*words[:4], "116.4155"]) == 2
    assert "LON,LAT" in capsys.readouterr().err


def test_a_zone_is_a_zone(sample_city: City) -> None:
    """The same instant told by another clock is the same question."""
    utc = EventsQuery(HERE, NOON.astimezone(tz=None))
    assert events_near(sample_city, utc).events == events_near(sample_city, EventsQuery(HERE, NOON)).events
    later = EventsQuery(HERE, NOON + timedelta(days=7))
    assert events_near(sample_city, later).events != events_near(sample_city, utc).events
