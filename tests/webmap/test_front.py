"""The question that is answered in front of Flask: nobody can tell, by a single byte, who answered."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import Client, TestResponse

from geo.city import City
from webmap import create_app
from webmap.front import Front

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ASKED = "/api/v1/nearest?lon=116.41&lat=39.92"


@pytest.fixture(scope="module")
def app(sample_city: City) -> Flask:
    return create_app(sample_city, now=lambda: NOON)


@pytest.fixture(scope="module")
def front(app: Flask) -> Front:
    assert isinstance(app.wsgi_app, Front)
    return app.wsgi_app


def said(response: TestResponse) -> tuple[int, bytes, list[tuple[str, str]]]:
    """Return all that a response says, but for the time, which servers add where it is missing."""
    body = response.get_data()
    if response.headers.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)  # its head names the time
    return response.status_code, body, sorted(header for header in response.headers if header[0] != "Date")


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        (ASKED, "as most people ask"),
        (ASKED + "&k=1&paths=no&passed=0", "an answer too small to be packed"),
        (ASKED + "&mode=ebike&k=10&open=arrival&when=2026-11-23T14:00", "many words"),
        (ASKED + "&service=rest_stop&service=haircut&amenity=water%2Csocket", "a word twice, a comma escaped"),
        (ASKED + "&service=rest+stop", "a plus is a space, and no such word"),
        (ASKED + "&cutoff=1s", "no results"),
        (ASKED + "&k=", "an empty word is one that was given"),
        (ASKED + "&k=1&k=2", "a word too often"),
        (ASKED + "&K=5", "an unknown word"),
        (ASKED + "&%E4%B8%AD=%FF", "an unknown word that is no text at all"),
        ("/api/v1/nearest", "no question"),
        ("/api/v1/nearest?lon=39.92&lat=116.41", "exchanged"),
        ("/api/v1/nearest?lon=121.5&lat=31.2", "another city"),
        ("/api/v1/nearest/?lon=116.41&lat=39.92", "another address"),
        ("/api/v1/city", "another question"),
    ],
)
@pytest.mark.parametrize("encodings", [None, "identity", "gzip", "br", "gzip, deflate, br", "gzip;q=0.5, br;q=0", "*"])
def test_it_says_what_flask_says(front: Front, address: str, reason: str, encodings: str | None) -> None:
    headers = {} if encodings is None else {"Accept-Encoding": encodings}

    quick, whole = (said(Client(who).get(address, headers=headers)) for who in (front, front.behind))

    assert quick == whole, reason


@pytest.mark.parametrize("method", ["HEAD", "POST", "OPTIONS"])
def test_other_methods_are_flask_s(front: Front, method: str) -> None:
    quick, whole = (said(Client(who).open(ASKED, method=method)) for who in (front, front.behind))

    assert quick == whole


def test_flask_is_spared_what_goes_well(app: Flask, front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the tests above would compare Flask with itself."""
    expected = Client(app).get(ASKED).get_data()
    asked: list[str] = []

    def refuse(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        asked.append(environ["REQUEST_METHOD"] + environ["QUERY_STRING"])
        start_response("503 Service Unavailable", [])
        return []

    monkeypatch.setattr(front, "behind", refuse)

    assert Client(front).get(ASKED).get_data() == expected
    assert asked == []
    assert Client(front).get("/api/v1/nearest?lon=0").status_code == 503
    assert Client(front).head(ASKED).status_code == 503
    assert asked == ["GETlon=0", "HEADlon=116.41&lat=39.92"]


def test_what_nobody_foresaw_is_told_by_flask(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("a secret")

    monkeypatch.setattr(City, "nearest", fail)

    response = Client(app).get(ASKED)

    assert response.status_code == 500
    assert b"secret" not in response.get_data()
    assert "a secret" in caplog.text
