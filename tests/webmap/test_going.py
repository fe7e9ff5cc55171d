"""What is loaded late, as the server gives it: words, states now, the pages of a way and of a week."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

import webmap
from geo.city import City
from geo.coords import LonLat
from geo.places.hours import CHINA
from geo.places.model import Place, Service
from webmap import create_app
from webmap.settings import Settings

#: A Monday.
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=CHINA)
HERE = LonLat(116.4108, 39.9229)
SCRIPTS = Path(webmap.__file__).parent / "static" / "js" / "go"
HOSTILE = "<b onmouseover=alert(1)>${1}{{7*7}}"


def place(place_id: str, hours: str | None, kind: Any = "haircut", **more: Any) -> Place:
    fields = {"name": place_id, "position": HERE, "accuracy": "exact", "source": "seen", **more}
    return Place(id=place_id, services=(Service(kind, hours, note=more.get("note")),), **fields)


@pytest.fixture(scope="module")
def client(sample_city: City) -> FlaskClient:
    places = [
        place("barber", "Fr 14:00-16:00", name=HOSTILE, checked="2026-10-01", verified=True),
        place("anytime", "24/7"),
        place("somewhen", None, kind="pop_up"),
        place("open", "Mo-Su 08:00-20:00", kind="rest_stop"),
        place("shut", "Mo-Su 14:00-20:00", kind="rest_stop"),
        place("paused", "24/7", kind="rest_stop", status="paused"),
        place("left", "24/7", kind="rest_stop", status="retired"),
        place("a/../b?&", None, kind="rest_stop"),
    ]
    return create_app(sample_city.with_places(places, "test"), now=lambda: NOON).test_client()


# --- words ---


def test_words_are_there_in_both_languages(client: FlaskClient) -> None:
    chinese, english = (client.get(f"/words/going.json?lang={lang}").get_json() for lang in ("zh", "en"))
    assert chinese["words"].keys() == english["words"].keys()
    assert not [word for word in english["words"].values() if re.search(r"[\u4e00-\u9fff]", word)]
    assert chinese["words"]["amap"] == "高德地图"


def test_scripts_name_only_words_that_exist(client: FlaskClient) -> None:
    text = "".join(path.read_text("utf-8") for path in SCRIPTS.glob("*.js"))
    named = set(re.findall(r"\bsay\(\"(\w+)\"", text)) | set(re.findall(r"\bchoice\(\"(\w+)\", \"(\w+)\"", text)[0])
    assert len(named) > 30
    assert named <= client.get("/words/going.json").get_json()["words"].keys()


def test_words_may_be_kept_only_where_the_address_names_a_version(client: FlaskClient) -> None:
    assert "max-age" in client.get("/words/going.json?v=1").headers["Cache-Control"]
    assert client.get("/words/going.json").headers["Cache-Control"] == "no-cache"


def test_the_page_knows_whether_there_are_posters(client: FlaskClient, sample_city: City) -> None:
    assert client.get("/words/going.json").get_json()["posters"] is False
    other = create_app(sample_city, Settings(url="https://yizhan.example.cn"), now=lambda: NOON).test_client()
    assert other.get("/words/going.json").get_json()["posters"] is True


# --- states ---


@pytest.mark.parametrize(
    ("place_id", "when", "kind", "time"),
    [
        ("open", "", "open", "2026-11-23T20:00:00+08:00"),
        ("open", "2026-11-23T21:00", "closed", None),
        ("shut", "", "closed", None),
        ("barber", "2026-11-27T15:00", "open", "2026-11-27T16:00:00+08:00"),
        ("a/../b?&", "", "unknown", None),
    ],
    ids=["till eight", "after eight", "not yet", "on Friday", "nobody knows, an id with signs"],
)
def test_states_now(client: FlaskClient, place_id: str, when: str, kind: str, time: str | None) -> None:
    query = {"place": place_id} | ({"when": when} if when else {})
    found = client.get("/api/v1/states", query_string=query).get_json()
    assert [(each["id"], each["state"]["kind"]) for each in found["places"]] == [(place_id, kind)]
    if time is not None:
        assert found["places"][0]["state"]["until"] == time


def test_states_say_who_is_gone_and_who_pauses(client: FlaskClient) -> None:
    found = client.get("/api/v1/states?place=paused&place=left&place=nobody&place=paused").get_json()
    assert [(each["id"], each["status"], each["state"]) for each in found["places"]] == [("paused", "paused", None)]
    assert found["gone"] == ["left", "nobody"]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("", "place"),
        ("&".join(f"place={n}" for n in range(101)), "place"),
        ("place=" + "x" * 201, "place"),
        ("place=open&when=noon", "when"),
        ("place=open&when=2026-11-23T12:00&when=2026-11-23T13:00", "when"),
        ("place=open&hello=1", "hello"),
    ],
    ids=["none", "101", "a long id", "no time", "two times", "no such word"],
)
def test_states_refuse(client: FlaskClient, query: str, parameter: str) -> None:
    response = client.get(f"/api/v1/states?{query}")
    assert (response.status_code, response.get_json()["parameter"]) == (400, parameter)


def test_a_hundred_places_are_answered(client: FlaskClient) -> None:
    query = "&".join(f"place={n}" for n in range(100))
    assert len(client.get(f"/api/v1/states?{query}").get_json()["gone"]) == 100


# --- the week ---


def week(client: FlaskClient, query: str, status: int = 200) -> str:
    response = client.get(f"/week{query}")
    assert response.status_code == status
    return response.get_data(as_text=True)


def test_the_week_lists_what_takes_place_and_says_what_is_not_known(client: FlaskClient) -> None:
    text = week(client, f"?at={HERE.lon},{HERE.lat}")
    assert text.count('class="week__event"') == 1
    assert "周五" in text
    assert "11 月 27 日" in text
    assert "14:00–16:00" in text
    assert "2026-10-01 查过" in text
    assert "已核实" in text
    assert "附近另有 1 项，没有人登记过" in text, "the pop-up whose hours nobody knows"
    assert "附近另有 1 项一直都有" in text
    assert "/calendar.ics" in text
    assert HOSTILE not in text
    assert "&lt;b onmouseover" in text


def test_the_week_in_english(client: FlaskClient) -> None:
    text = week(client, f"?at={HERE.lon},{HERE.lat}&lang=en")
    assert "27 November" in text
    assert "not listed: nobody has recorded when" in text
    assert f"/week?at={HERE.lon},{HERE.lat}" in text, "the same in Chinese is one press away"


def test_unverified_hours_are_said_to_be_so(sample_city: City) -> None:
    city = sample_city.with_places([place("b", "Fr 14:00-16:00")], "unverified")
    text = week(create_app(city, now=lambda: NOON).test_client(), f"?at={HERE.lon},{HERE.lat}")
    assert "未核实" in text
    assert "查过" not in text


def test_what_begins_today_and_tomorrow_is_said(sample_city: City) -> None:
    city = sample_city.with_places([place("b", "Mo-Tu 20:00-22:00")], "today")
    text = week(create_app(city, now=lambda: NOON).test_client(), f"?at={HERE.lon},{HERE.lat}")
    assert re.findall(r"· (今天|明天)", text) == ["今天", "明天"]


def test_a_name_leads_to_a_choice_without_scripts(client: FlaskClient) -> None:
    text = week(client, "?q=东四")
    links = re.findall(r'class="week__name" href="(/week\?at=[^"]+)"', text)
    assert links
    assert "week__choices" in week(client, links[0].removeprefix("/week").replace("&amp;", "&")), (
        "an answer, no question"
    )


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("", 200, "在哪里附近"),
        ("?at=abc", 400, "看不懂"),
        ("?at=39.92,116.41", 422, "写反"),
        ("?at=121.5,31.2", 422, "范围内"),
        ("?at=116.41,39.92&mode=fly", 400, "没有的条件"),
        ("?at=116.41,39.92&within=9h", 400, "看不懂"),
        ("?at=116.41,39.92&service=rest_stop", 400, "没有的条件"),
        ("?q=" + "x" * 61, 400, "看不懂"),
        ("?q=%3Cimg%20src%3Dx%3E", 200, "没有找到“&lt;img src=x&gt;”"),
    ],
    ids=["no place", "no point", "exchanged", "elsewhere", "no mode", "too far", "not recurring", "long", "hostile"],
)
def test_what_cannot_be_answered_is_said(client: FlaskClient, query: str, status: int, words: str) -> None:
    assert words in week(client, query, status)


def test_the_way_s_page_is_there_in_both_languages(client: FlaskClient) -> None:
    assert "顺路找驿站" in client.get("/along").get_data(as_text=True)
    assert "A stop on the way" in client.get("/along?lang=en").get_data(as_text=True)


def test_state_at_is_the_best_of_the_services(sample_city: City) -> None:
    both = replace(place("b", "24/7"), services=(Service("haircut", "Fr 14:00-16:00"), Service("rest_stop", "24/7")))
    assert sample_city.with_places([both], "both").state_at("b", NOON).kind == "open"
