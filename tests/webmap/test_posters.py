"""Where a poster's code leads, the poster's page and file, and the calendar of an area."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime
from html import unescape
from urllib.parse import parse_qs, quote, urlsplit
from xml.etree import ElementTree as ET

import pytest
from flask.testing import FlaskClient

from geo.city import City
from geo.cli import main
from geo.places.hours import CHINA
from geo.posters.links import landing
from tests.places.interchange.test_feed import lines
from tests.posters.cities import with_place
from tests.webmap.posters.drawn import scanned, texts
from webmap import create_app, wsgi
from webmap.settings import Settings

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=CHINA)
URL = "https://yizhan.example.cn"
ID = "ss-dongsi"
PAGE = {"Accept": "text/html"}
#: Ids that the register takes.
HOSTILE = (
    "a/b",
    "..",
    "../../etc/passwd",
    "a//b",
    "?x=1",
    "a%2Fb",
    "#x",
    "<script>",
    "东四",
    "a&b=c",
    "'\"",
    "x.svg",
    "//evil.example",
)


@pytest.fixture(scope="module")
def city(sample_city: City) -> City:
    found = sample_city
    for number, place_id in enumerate(HOSTILE):
        name = f"<img src=x onerror=alert({number})>${{7*7}}{{{{7*7}}}}"
        found = with_place(found, replace(found.place(ID), id=place_id, name=name))
    return found


@pytest.fixture(scope="module")
def client(city: City) -> FlaskClient:
    return create_app(city, Settings(url=URL), now=lambda: NOON).test_client()


@pytest.fixture(scope="module")
def unset(city: City) -> FlaskClient:
    return create_app(city, Settings(), now=lambda: NOON).test_client()


# --- landing ---


@pytest.mark.parametrize("place_id", [ID, *HOSTILE])
def test_the_code_leads_to_the_finder_at_the_place(client: FlaskClient, city: City, place_id: str) -> None:
    response = client.get(landing(place_id), headers=PAGE)
    target = urlsplit(response.headers["Location"])
    place = city.place(place_id)

    assert (response.status_code, target.netloc, target.path) == (302, "", "/")
    query = parse_qs(target.query)
    assert query == {"lon": [f"{place.position.lon:.6f}"], "lat": [f"{place.position.lat:.6f}"], "at": [place_id]}
    page = client.get(response.headers["Location"]).text
    (start,) = re.findall(r'<script type="application/json" id="start">(.*?)</script>', page)
    assert json.loads(start)["name"] == place.name
    assert "<img src=x" not in page


def test_the_language_is_kept(client: FlaskClient) -> None:
    assert "lang=en" in client.get(f"/at/{ID}?lang=en").headers["Location"]


@pytest.mark.parametrize("path", ["/at/nobody", "/at", "/at?place=", "/at/" + "x" * 3000, "/at/%00", "/poster/nobody"])
def test_an_unknown_place_is_told_in_both_languages_and_leads_on(client: FlaskClient, path: str) -> None:
    response = client.get(path, headers=PAGE)

    assert response.status_code == 404
    assert "这里已经没有这个服务点" in response.text and "no longer listed" in response.text
    assert 'href="/"' in response.text
    assert client.get(path).get_json()["code"] == "not_found"  # and a program gets a problem


def test_behind_a_path_links_stay_below_it(client: FlaskClient) -> None:
    """As a server in front mounts the site: ``SCRIPT_NAME``."""
    below = {"SCRIPT_NAME": "/union"}
    assert client.get(f"/at/{ID}", environ_overrides=below).headers["Location"].startswith("/union/?lon=")
    page = client.get(f"/poster/{ID}", headers=PAGE, environ_overrides=below).text
    assert f'href="/union/poster.svg?place={ID}"' in page and f'href="/union/at/{ID}"' in page


def test_a_start_that_is_gone_is_passed_over(client: FlaskClient) -> None:
    assert 'id="start"' not in client.get("/?lon=116.41&lat=39.92&at=nobody").text


# --- the poster ---


def test_the_page_holds_the_poster_and_its_text(client: FlaskClient) -> None:
    response = client.get(f"/poster/{ID}", headers=PAGE)
    svg = re.search(r"<svg.*?</svg>", response.text, re.DOTALL)

    assert svg is not None
    assert scanned(svg[0]) == f"{URL}/at/{ID}"
    assert "Warm rest stop: Daily 07:00–21:00" in response.text
    assert "style=" not in response.text  # the policy would drop it


def test_the_file_is_the_same_drawing(client: FlaskClient) -> None:
    response = client.get(f"/poster.svg?place={ID}")
    page = client.get(f"/poster/{ID}").text

    assert response.mimetype == "image/svg+xml"
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert texts(response.text) == [unescape(text) for text in re.findall(r"<text[^>]*>([^<]*)</text>", page)]


@pytest.mark.parametrize("place_id", HOSTILE)
def test_hostile_places_stay_text(client: FlaskClient, place_id: str) -> None:
    path = (
        f"/poster/{quote(place_id, safe='')}"
        if landing(place_id).startswith("/at/")
        else f"/poster{landing(place_id)[3:]}"
    )
    page = client.get(path, headers=PAGE)
    svg = client.get("/poster.svg", query_string={"place": place_id})

    assert page.status_code == svg.status_code == 200
    assert "<img" not in page.text and "<script>" not in page.text and "49" not in "".join(texts(svg.text)[:8])
    assert {element.tag.rpartition("}")[2] for element in ET.fromstring(svg.text).iter()} <= {
        "svg", "rect", "text", "g", "path", "circle",
    }  # fmt: skip
    assert scanned(svg.text) == URL + landing(place_id)
    assert not set(svg.headers["Content-Disposition"]) & {"\r", "\n", "<"}


@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "Origin"])
def test_no_request_says_where_the_code_leads(client: FlaskClient, header: str) -> None:
    response = client.get(f"/poster.svg?place={ID}", headers={header: "evil.example"})

    assert "evil" not in response.text
    assert scanned(response.text).startswith(URL + "/")


def test_without_a_public_address_there_is_no_poster_but_a_remedy(unset: FlaskClient) -> None:
    page = unset.get(f"/poster/{ID}", headers=PAGE | {"Host": "evil.example"})

    assert page.status_code == 404
    assert "--url https://" in page.text and "公开网址" in page.text and "public address" in page.text
    assert "<svg" not in page.text and "evil" not in page.text
    assert "public address" in unset.get(f"/poster.svg?place={ID}").get_json()["detail"]
    assert unset.get(f"/at/{ID}").status_code == 302  # printed posters go on working


def test_the_keeper_gives_the_address_at_the_start(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given: list[Settings] = []
    monkeypatch.setattr("webmap.serving.serve", lambda path, settings: given.append(settings))
    assert main(["serve", "--city", "x", "--url", f"{URL}/"]) == 0
    monkeypatch.setenv(wsgi.URL, given[0].url or "")
    assert wsgi._settings().url == URL
    monkeypatch.delenv(wsgi.URL)
    assert wsgi._settings().url is None

    assert main(["serve", "--city", "x", "--url", "https://user@evil.example"]) == 2
    assert "public address" in capsys.readouterr().err


def test_a_paused_place_has_no_poster(sample_city: City) -> None:
    city = with_place(sample_city, replace(sample_city.place(ID), status="paused"))
    client = create_app(city, Settings(url=URL), now=lambda: NOON).test_client()

    assert "not in operation" in client.get(f"/poster/{ID}", headers=PAGE).text
    assert client.get(f"/poster.svg?place={ID}").status_code == 400


# --- the calendar ---


def events(body: bytes) -> list[str]:
    return [line for line in lines(body) if line.startswith("SUMMARY:")]


def test_a_calendar_of_an_area_and_a_service(client: FlaskClient, city: City) -> None:
    response = client.get("/calendar.ics", query_string={"service": "haircut", "area": "和平里街道"})
    found = lines(response.data)
    barbers = [p.name for p in city.places if p.subdistrict == "和平里街道" and p.offers("haircut")]

    assert response.content_type == "text/calendar; charset=utf-8"
    assert barbers and len(events(response.data)) == len(barbers)
    assert all(any(name in line for line in events(response.data)) for name in barbers)
    assert "RRULE:FREQ=WEEKLY;BYDAY=FR" in found
    assert [line for line in found if line.startswith("X-WR-CALNAME:")] == ["X-WR-CALNAME:驿站 yizhan · 和平里街道"]


def test_its_properties_come_before_what_is_in_it(client: FlaskClient) -> None:
    """RFC 5545, section 3.6: ``icalbody = calprops component``."""
    found = lines(client.get("/calendar.ics").data)
    depth, inside_seen = 0, False
    for line in found:
        name, _, value = line.partition(":")
        if name == "BEGIN":
            depth, inside_seen = depth + 1, inside_seen or value != "VCALENDAR"
        elif name == "END":
            depth -= 1
        else:
            assert depth > 1 or not inside_seen, line
    assert depth == 0


def test_all_areas_and_services_are_the_sum(client: FlaskClient, city: City) -> None:
    areas = {place.subdistrict for place in city.places if place.subdistrict}
    parts = [
        len(events(client.get("/calendar.ics", query_string={"service": service, "area": area}).data))
        for area in areas
        for service in ("haircut", "pop_up")
    ]
    outside = [
        place for place in city.places if not place.subdistrict and (place.offers("haircut") or place.offers("pop_up"))
    ]

    assert outside == []
    assert sum(parts) == len(events(client.get("/calendar.ics").data)) > 0


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("area=火星", "area="),
        ("service=rest_stop", "service="),
        ("place=x", "'place'"),
        ("area=a&area=b", "area is given 2"),
    ],
)
def test_wrong_calendars(client: FlaskClient, query: str, message: str) -> None:
    response = client.get(f"/calendar.ics?{query}")

    assert response.status_code == 400
    assert message in response.get_json()["detail"]
