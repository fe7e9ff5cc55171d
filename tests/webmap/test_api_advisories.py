"""Heat and cold over HTTP: seen by every process, heeded only when asked to, and without a price for who does not."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import Client

from geo.city import City
from geo.places.advisories import FILE, Advisory, AdvisoryFile
from geo.places.hours import CHINA
from webmap import create_app
from webmap.settings import Settings

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=CHINA)
HOUR = timedelta(hours=1)
ASKED = "/api/v1/nearest?lon=116.4108&lat=39.9229"
HEAT = Advisory("heat", NOON - HOUR, NOON + 8 * HOUR, "clerk-7", "红色预警", "https://weather.example/1")


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at the file at every question, as a process does that was not asked for a second."""
    monkeypatch.setattr("webmap.heeding._FRESH_S", -1.0)


@pytest.fixture
def file(tmp_path: Path, at_once: None) -> AdvisoryFile:
    return AdvisoryFile(tmp_path / FILE)


@pytest.fixture
def make(sample_city: City, tmp_path: Path) -> Callable[[], Flask]:
    return lambda: create_app(sample_city, Settings(state=tmp_path), now=lambda: NOON)


@pytest.fixture
def client(make: Callable[[], Flask]) -> FlaskClient:
    return make().test_client()


def plain(answer: dict[str, Any]) -> list[str]:
    return [result["place"]["id"] for result in answer["results"]]


def test_what_is_in_force_is_told(client: FlaskClient, file: AdvisoryFile) -> None:
    assert client.get("/api/v1/advisories").get_json() == {"advisories": []}
    file.set(HEAT)
    response = client.get("/api/v1/advisories")
    (told,) = response.get_json()["advisories"]
    assert (told["kind"], told["relief"], told["note"]) == ("heat", "air_conditioner", "红色预警")
    assert datetime.fromisoformat(told["until"]) == HEAT.until
    assert "clerk-7" not in response.text, "who has set it is the staff's"
    assert response.headers["Cache-Control"] == "no-cache"
    file.clear()
    assert client.get("/api/v1/advisories").get_json() == {"advisories": []}
    assert client.get("/api/v1/advisories?x=1").status_code == 400


def test_relief_comes_first_and_the_nearest_are_told(client: FlaskClient, file: AdvisoryFile) -> None:
    file.set(HEAT)
    usual, heeded = client.get(ASKED).get_json(), client.get(ASKED + "&advisory=heed").get_json()
    reliefs = [result["relief"] for result in heeded["results"]]
    assert reliefs == sorted(reliefs, key=lambda relief: relief is not True)
    assert True in reliefs
    assert heeded["nearest"] == plain(usual)
    assert set(plain(usual)) <= set(plain(heeded))
    assert plain(heeded) != plain(usual)
    assert [result["rank"] for result in heeded["results"]] == list(range(1, len(reliefs) + 1))
    for result in heeded["results"]:
        if result["relief"]:
            assert result["place"]["amenities"]["air_conditioner"] == "yes"
    assert heeded["advisory"] == client.get("/api/v1/advisories").get_json()["advisories"][0]


@pytest.mark.parametrize(
    ("advisory", "query", "reason"),
    [
        (None, "", "none is set"),
        (HEAT, "&when=2026-11-23T20:00", "it has ended by then"),
        (HEAT, "&when=2026-11-22T12:00", "it was not yet set then"),
        (Advisory("heat", NOON - 3 * HOUR, NOON, "li"), "", "it has just ended"),
    ],
)
def test_with_none_in_force_the_order_is_plain(
    client: FlaskClient, file: AdvisoryFile, advisory: Advisory | None, query: str, reason: str
) -> None:
    if advisory:
        file.set(advisory)
    usual, heeded = client.get(ASKED + query).get_json(), client.get(ASKED + query + "&advisory=heed").get_json()
    assert heeded == usual | {"advisory": None}, reason


@pytest.mark.parametrize(
    ("query", "status", "reason"),
    [
        ("&advisory=heed", 200, "heeded"),
        ("", 200, "as ever"),
        ("&advisory=ignore", 400, "no such word"),
        ("&advisory=", 400, "no word"),
        ("&advisory=heed&advisory=heed", 400, "twice"),
        ("&advisory=heed&k=0", 400, "wrong besides"),
    ],
)
def test_in_front_of_flask_and_in_it_the_same_is_said(
    make: Callable[[], Flask], file: AdvisoryFile, query: str, status: int, reason: str
) -> None:
    file.set(HEAT)
    front = make().wsgi_app
    answers = [Client(who).get(ASKED + query) for who in (front, front.behind)]  # type: ignore[attr-defined]
    assert [answer.status_code for answer in answers] == [status, status], reason
    assert answers[0].get_data() == answers[1].get_data()


def test_without_the_word_nothing_is_looked_at(
    client: FlaskClient, file: AdvisoryFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The question that is asked most does not pay for it, and does not change by it."""
    before = client.get(ASKED).data
    file.set(HEAT)
    monkeypatch.setattr(AdvisoryFile, "stamp", lambda _: pytest.fail("looked at the file"))
    assert client.get(ASKED).data == before


def test_every_process_sees_it(make: Callable[[], Flask], file: AdvisoryFile) -> None:
    """Two sites that share nothing but the folder, as two processes do."""
    clients = [make().test_client() for _ in range(2)]
    for client in clients:
        assert client.get("/api/v1/advisories").get_json()["advisories"] == []
    file.set(HEAT)
    for client in clients:
        assert client.get(ASKED + "&advisory=heed").get_json()["advisory"]["kind"] == "heat"


def test_the_file_is_looked_at_once_a_second_and_read_when_it_has_changed(
    client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, looked, read = [100.0], list[float](), list[float]()

    def noting(times: list[float], method: Callable[[AdvisoryFile], Any]) -> Callable[[AdvisoryFile], Any]:
        def noted(self: AdvisoryFile) -> Any:
            times.append(clock[0])
            return method(self)

        return noted

    monkeypatch.setattr("webmap.heeding.time.monotonic", lambda: clock[0])
    monkeypatch.setattr(AdvisoryFile, "stamp", noting(looked, AdvisoryFile.stamp))
    monkeypatch.setattr(AdvisoryFile, "read", noting(read, AdvisoryFile.read))
    AdvisoryFile(tmp_path / FILE).set(HEAT)
    for now in (100.0, 100.5, 101.0, 101.1, 103.0):
        clock[0] = now
        assert client.get("/api/v1/advisories").get_json()["advisories"]
    assert (looked, read) == ([100.0, 101.1, 103.0], [100.0])


def test_a_damaged_file_is_no_advisory_and_is_said_once(
    client: FlaskClient, file: AdvisoryFile, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / FILE).write_text(json.dumps({"kind": "heat"}))
    for _ in range(3):
        assert client.get(ASKED + "&advisory=heed").get_json()["advisory"] is None
    assert caplog.text.count("no advisory is heeded") == 1


@pytest.mark.parametrize(("lang", "said"), [("zh", "高温预警到 11-23 20:00"), ("en", "Heat warning until 11-23 20:00")])
def test_a_list_without_scripts_heeds_it_and_loses_nobody_near(
    client: FlaskClient, file: AdvisoryFile, lang: str, said: str
) -> None:
    frame = f"/embed?center=116.4172,39.9262&zoom=15&lang={lang}"
    near = listed(client.get(frame).text)
    file.set(HEAT)
    page = client.get(frame).text
    asked = "/api/v1/nearest?lon=116.4172&lat=39.9262&k=12&cutoff=60min&advisory=heed"
    helping = [result for result in client.get(asked).get_json()["results"] if result["relief"]]
    name = "name_en" if lang == "en" else "name"
    assert said in page
    assert listed(page)[: len(helping)] == [result["place"][name] or result["place"]["name"] for result in helping]
    assert set(near) <= set(listed(page))
    assert helping and near != listed(page)


def listed(page: str) -> list[str]:
    return [unescape(name) for name in re.findall(r'class="still__name"><bdi>(.*?)</bdi>', page)]
