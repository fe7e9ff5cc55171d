"""What people found, over HTTP: kept once, bounded, of nobody's page but ours, and without a trace of who told it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import webmap.limiter
from geo.city import City
from geo.errors import TooBusyError
from geo.places.hours import CHINA
from geo.places.reports import FILE, Reports
from webmap import create_app
from webmap.limiter import Limiter, household
from webmap.settings import Settings

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=CHINA)
ID = "1c7e9a52-0f6b-4c53-9a64-0d2d7c1f7a10"
TOLD = {"id": ID, "place": "ss-dongsi", "what": "locked", "seen_at": "2026-11-23T11:40:00+08:00"}
Send = Callable[..., TestResponse]


@pytest.fixture
def app(sample_city: City, tmp_path: Path) -> Flask:
    return create_app(sample_city, Settings(state=tmp_path, url="https://yizhan.example.cn"), now=lambda: NOON)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def send(client: FlaskClient, body: object = None, headers: dict[str, str] | None = None, **more: Any) -> TestResponse:
    data = body if isinstance(body, str | bytes) else json.dumps(TOLD if body is None else body)
    kind = more.pop("content_type", "application/json")
    return client.post("/api/v1/reports", data=data, content_type=kind, headers=headers or {}, **more)


def kept(tmp_path: Path) -> list[str]:
    return [each.report.id for each in Reports(tmp_path / FILE).all()]


def test_a_report_is_kept_once(client: FlaskClient, tmp_path: Path) -> None:
    first, again = send(client), send(client)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.get_json() == again.get_json() == {"id": ID, "place": "ss-dongsi", "what": "locked"}
    assert first.headers["Cache-Control"] == "no-store"
    (report, closing) = Reports(tmp_path / FILE).all()[0]
    assert (report.place_name, report.subdistrict, closing) == ("东四街道工会服务站", "东四街道", None)
    assert (report.seen_at, report.received_at) == (NOON - timedelta(minutes=20), NOON)
    assert kept(tmp_path) == [ID]
    assert send(client, TOLD | {"what": "no_water"}).status_code == 409


def test_a_report_never_changes_the_place(client: FlaskClient) -> None:
    before = client.get("/api/v1/places/ss-dongsi").data
    send(client)
    assert client.get("/api/v1/places/ss-dongsi").data == before


def test_nothing_says_who_told_it(client: FlaskClient, tmp_path: Path) -> None:
    headers = {
        "User-Agent": "a-rare-phone/7",
        "X-Forwarded-For": "198.51.100.7",
        "Cookie": "me=1",
        "Referer": "http://x/y",
    }
    response = send(client, None, headers, environ_base={"REMOTE_ADDR": "203.0.113.9"})
    assert response.status_code == 201
    assert "Set-Cookie" not in response.headers
    raw = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"locked" in raw
    assert not [trace for trace in (b"203.0.113", b"198.51.100", b"rare-phone", b"me=1") if trace in raw]


@pytest.mark.parametrize(
    ("change", "status", "names", "reason"),
    [
        ({"id": "1"}, 400, "id", "no UUID"),
        ({"id": 5}, 400, "id", "a number"),
        ({"id": None}, 400, "id", "missing"),
        ({"place": "nobody"}, 404, None, "no such place"),
        ({"place": "x" * 201}, 400, "place", "too long to be an id"),
        ({"place": ["ss-dongsi"]}, 400, "place", "a list"),
        ({"what": "burnt_down"}, 400, "what", "an unknown word"),
        ({"text": "x"}, 400, "text", "words belong to other"),
        ({"what": "other", "text": "字" * 201}, 400, "text", "too many words"),
        ({"what": "other", "text": " \n\t "}, 400, "text", "no words"),
        ({"what": "other", "text": {"a": 1}}, 400, "text", "words that are none"),
        ({"seen_at": "yesterday"}, 400, "seen_at", "no time"),
        ({"seen_at": "2026-08-01T00:00:00Z"}, 400, "seen_at", "long past"),
        ({"seen_at": "2026-11-25T12:00:00+08:00"}, 400, "seen_at", "not yet"),
        ({"where": "116.4,39.9"}, 400, "where", "a text"),
        ({"where": {"lon": True, "lat": 39.9}}, 400, "where", "a truth is no number"),
        ({"where": {"lon": 1e999, "lat": 39.9}}, 400, "where", "JSON has no infinity, but Python reads one"),
        ({"where": {"lon": 200, "lat": 39.9}}, 400, "where", "off the earth"),
        ({"where": {"lon": 116.4}}, 400, "where", "half a position"),
        ({"who": "me"}, 400, None, "an unknown name"),
    ],
)
def test_what_is_refused(
    client: FlaskClient, tmp_path: Path, change: dict[str, Any], status: int, names: str | None, reason: str
) -> None:
    response = send(client, TOLD | change)
    assert response.status_code == status, reason
    assert response.mimetype == "application/problem+json"
    assert response.get_json().get("parameter") == names
    assert kept(tmp_path) == []


@pytest.mark.parametrize(
    ("body", "kind", "status", "reason"),
    [
        (b"{", "application/json", 400, "half a JSON"),
        (b"[]", "application/json", 400, "a list"),
        (b"\xff\xfe\x00", "application/json", 400, "no text"),
        (b'"' + b"[" * 1900, "application/json", 400, "deep"),
        (b" " * 2001, "application/json", 413, "too long"),
        (b"id=1&place=x", "application/x-www-form-urlencoded", 400, "what a plain form of any site may send"),
        (b"{}", "text/plain", 400, "what a script of any site may send unasked"),
    ],
)
def test_bodies_that_are_refused(client: FlaskClient, body: bytes, kind: str, status: int, reason: str) -> None:
    assert send(client, body, content_type=kind).status_code == status, reason


def test_words_lose_what_moves_a_terminal(client: FlaskClient, tmp_path: Path) -> None:
    odd = "换\x1b[2J锁\n\u202e\ud800了 "
    assert send(client, TOLD | {"what": "other", "text": odd}).status_code == 201
    assert Reports(tmp_path / FILE).all()[0].report.text == "换 [2J锁 了"


def test_a_position_is_rounded(client: FlaskClient, tmp_path: Path) -> None:
    assert send(client, TOLD | {"where": {"lon": 116.410823, "lat": 39.922949}}).status_code == 201
    assert Reports(tmp_path / FILE).all()[0].report.where == (116.411, 39.923)


@pytest.mark.parametrize(
    ("headers", "status", "reason"),
    [
        ({}, 201, "a program"),
        ({"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}, 201, "our page, and our frame in another's"),
        ({"Origin": "https://localhost"}, 201, "our page behind a server that ends TLS"),
        ({"Origin": "https://yizhan.example.cn"}, 201, "the site's public address"),
        ({"Origin": "https://evil.example"}, 403, "another site's page"),
        ({"Origin": "https://localhost.evil.example"}, 403, "a host that begins like ours"),
        ({"Origin": "null"}, 403, "a page that hides where it is from"),
        ({"Sec-Fetch-Site": "cross-site"}, 403, "a browser says so"),
        ({"Sec-Fetch-Site": "same-site"}, 403, "another host of the same domain"),
    ],
)
def test_only_our_own_pages_write(client: FlaskClient, headers: dict[str, str], status: int, reason: str) -> None:
    response = send(client, None, headers)
    assert response.status_code == status, reason
    assert "Access-Control-Allow-Origin" not in response.headers


@pytest.mark.parametrize("method", ["get", "put", "delete", "options"])
def test_reports_are_written_and_not_read(client: FlaskClient, method: str) -> None:
    send(client)
    response = getattr(client, method)("/api/v1/reports")
    assert b"locked" not in response.data
    assert response.status_code == (200 if method == "options" else 405)


def test_one_address_is_told_to_wait_and_the_others_are_not(client: FlaskClient) -> None:
    def from_address(address: str) -> TestResponse:
        return send(client, None, None, environ_base={"REMOTE_ADDR": address})

    codes = [from_address("203.0.113.9").status_code for _ in range(30)]
    assert set(codes) == {201, 200}
    refused = from_address("203.0.113.9")
    assert (refused.status_code, refused.get_json()["code"]) == (429, "too_busy")
    assert 1 <= int(refused.headers["Retry-After"]) <= 2
    assert from_address("203.0.113.10").status_code == 200


def test_a_bucket_fills_again() -> None:
    limiter = Limiter(2, 10.0)
    limiter.take("a", 0.0)
    limiter.take("a", 0.0)
    with pytest.raises(TooBusyError) as told:
        limiter.take("a", 4.0)
    assert told.value.retry_after_s == 6, "one more comes 10 s after the last"
    limiter.take("a", 10.0)
    with pytest.raises(TooBusyError):
        limiter.take("a", 10.0)
    for _ in range(2):
        limiter.take("a", 1e6)
    with pytest.raises(TooBusyError):
        limiter.take("a", 1e6)


def test_addresses_are_forgotten_as_others_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webmap.limiter, "MAX_ADDRESSES", 3)
    limiter = Limiter(1, 10.0)
    for address in "abcd":
        limiter.take(address, 0.0)
    assert len(limiter._buckets) == 3
    limiter.take("a", 0.0)
    with pytest.raises(TooBusyError):
        limiter.take("d", 0.0)


@pytest.mark.parametrize(
    ("peer", "forwarded", "whose", "reason"),
    [
        ("203.0.113.9", None, "203.0.113.9", "whoever connects"),
        ("203.0.113.9", "10.0.0.1", "203.0.113.9", "what a stranger says of himself is nothing"),
        ("127.0.0.1", "10.9.9.9, 198.51.100.7", "198.51.100.7", "the last one is our own web server's word"),
        ("127.0.0.1", "nonsense", "127.0.0.1", "no address"),
        ("::1", "198.51.100.7", "198.51.100.7", "the same by IPv6"),
        ("::ffff:203.0.113.9", None, "203.0.113.9", "one address in two forms"),
        ("2001:db8:1:2:3::4", None, "2001:db8:1:2::", "a household has all of a /64"),
        (None, None, "None", "a socket without addresses"),
    ],
)
def test_whose_request_it_is(peer: str | None, forwarded: str | None, whose: str, reason: str) -> None:
    assert household(peer, forwarded) == whose, reason
