"""Which printed posters are stale: in both languages, by district, without a script, and compared once."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient

import geo.posters.stale
from geo.city import City
from geo.coords import LonLat
from geo.places.hours import CHINA
from geo.places.model import Service
from geo.posters.facts import poster_of
from geo.posters.stale import CHANGES, INDEX, PLAIN, Change, Print, print_of, write_index
from tests.posters.cities import changed, without
from webmap import create_app
from webmap.pages.stale_posters import FOLDER
from webmap.posters.stale_words import _CHANGES, _FIELDS, change_words
from webmap.settings import Settings

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=CHINA)
URL = "https://yizhan.example.cn"
ID = "ss-dongsi"
PAGE = {"Accept": "text/html"}


def client(city: City, state: Path, url: str | None = URL) -> FlaskClient:
    return create_app(city, Settings(state=state, url=url), now=lambda: NOON).test_client()


def printed(city: City, state: Path, *ids: str) -> Path:
    """Leave a list as ``yizhan poster --area … --out`` does."""
    (state / FOLDER).mkdir(exist_ok=True)
    prints = [print_of(poster_of(city, each, URL), date(2026, 11, 1), f"{each}.svg") for each in ids]
    (state / FOLDER / INDEX).write_bytes(write_index(prints))
    return state


def text(response_text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response_text))


def test_what_has_moved_is_said_in_both_languages(sample_city: City, tmp_path: Path) -> None:
    services = (Service("rest_stop", "Mo-Fr 09:00-11:00"), *sample_city.place(ID).services[1:])
    before = changed(sample_city, ID, phone="010-1", services=services)
    site = client(sample_city, printed(before, tmp_path, ID, "ss-jingshan"))
    chinese = site.get("/posters", headers=PAGE)
    english = text(site.get("/posters?lang=en", headers=PAGE).text)
    assert chinese.status_code == 200
    for words in ("打印过 2 张，其中 1 张旧了", "东城区", "2026-11-01 打印", "电话：010-1 → 12351", "重新打印"):
        assert words in text(chinese.text)
    for words in ("2 printed, of which 1 are out of date", "telephone: 010-1 → 12351", "Print anew"):
        assert words in english
    assert f'href="/poster?place={ID}"' in chinese.text
    assert site.get(f"/poster?place={ID}", headers=PAGE).status_code == 200
    assert "<script" not in re.sub(r"<script[^>]*(late|early|modes)[^>]*>", "", chinese.text.split("<main", 1)[1])


@pytest.mark.parametrize(("gone", "words"), [(True, "已经撤了"), (False, "暂停开放")])
def test_what_is_gone_is_taken_down_and_not_printed(sample_city: City, tmp_path: Path, gone: bool, words: str) -> None:
    printed(sample_city, tmp_path, ID)
    city = without(sample_city, ID) if gone else changed(sample_city, ID, status="paused")
    page = client(city, tmp_path).get("/posters", headers=PAGE).text
    assert words in page and "取下来" in page
    assert "重新打印</a>" not in page and "/poster?place=" not in page
    assert ("已经不在名单里" in page) is gone


def test_all_is_well(sample_city: City, tmp_path: Path) -> None:
    page = text(client(sample_city, printed(sample_city, tmp_path, ID)).get("/posters", headers=PAGE).text)
    assert "打印过 1 张，其中 0 张旧了" in page and "都和现在的资料一致" in page


def test_without_a_list_it_says_how_to_make_one(sample_city: City, tmp_path: Path) -> None:
    page = client(sample_city, tmp_path).get("/posters?lang=en", headers=PAGE).text
    assert "no list of printed posters yet" in page
    assert "--out data/state/posters" in page


def test_a_damaged_list_is_told_and_not_shown(
    sample_city: City, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / INDEX).write_text("place,name\r\n<script>,b\r\n")
    page = client(sample_city, tmp_path).get("/posters", headers=PAGE)
    assert page.status_code == 200 and "海报清单读不了" in page.text
    assert str(tmp_path) not in page.text
    assert "the list of posters cannot be read" in caplog.text


def test_without_a_public_address_nothing_can_be_printed(sample_city: City, tmp_path: Path) -> None:
    printed(changed(sample_city, ID, phone="1"), tmp_path, ID)
    page = client(sample_city, tmp_path, url=None).get("/posters", headers=PAGE).text
    assert "--url" in page and "重新打印</a>" not in page


def test_it_is_compared_once_until_something_changes(
    sample_city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[str] = []
    real = geo.posters.stale._changes

    def noted(city: City, each: Print, url: str | None) -> tuple[Change, ...]:
        compared.append(each.place)
        return real(city, each, url)

    monkeypatch.setattr(geo.posters.stale, "_changes", noted)
    site = client(sample_city, printed(sample_city, tmp_path, ID))
    for _ in range(3):
        site.get("/posters", headers=PAGE)
    assert compared == [ID]
    printed(sample_city, tmp_path, ID, "ss-jingshan")
    site.get("/posters", headers=PAGE)
    assert compared == [ID, ID, "ss-jingshan"]


def test_names_are_text(sample_city: City, tmp_path: Path) -> None:
    city = changed(sample_city, ID, name="<img src=x>{{7*7}}", name_en="<b>")
    printed(changed(city, ID, address="<script>alert(1)</script>"), tmp_path, ID)
    for query in ("", "?lang=en"):
        page = client(city, tmp_path).get(f"/posters{query}", headers=PAGE).text
        assert "<img src=x" not in page and "<script>alert" not in page and "49" not in text(page)


def test_every_change_has_words_in_chinese() -> None:
    assert _CHANGES.keys() == CHANGES.keys()
    assert _FIELDS.keys() == PLAIN.keys()
    marks = re.compile(r"\{\w+\}")
    assert all(sorted(marks.findall(CHANGES[kind])) == sorted(marks.findall(words)) for kind, words in _CHANGES.items())


@pytest.mark.parametrize(
    ("change", "zh", "en"),
    [
        (Change("field", "phone", "12351", "unknown"), "电话：12351 → 不知道", "telephone: 12351 → unknown"),
        (Change("field", "accuracy", "exact", "street"), "位置的准确程度：位置准确到门口 → 位置只到路段",
         "exactness of the position: position exact to the door → position: the street only"),
        (Change("hours", "rest_stop", "Mo-Fr 09:00-11:00", "24/7"),
         "暖心驿站的时间：周一至周五 09:00–11:00 → 全天 24 小时",
         "hours of Warm rest stop: Mon–Fri 09:00–11:00 → Open 24 hours"),
        (Change("hours_near", "东四", "unknown", "week 01-53/2 Fr 09:00-12:00"),
         "东四的时间：不知道 → week 01-53/2 Fr 09:00-12:00", "hours of 东四: unknown → week 01-53/2 Fr 09:00-12:00"),
        (Change("lost", "socket, teapot"), "现在没有了：插座、teapot", "no longer there: Socket, teapot"),
        (Change("status", "retired"), "这个服务点现在：已停用", "the place is retired"),
        (Change("moved", "111"), "位置挪了约 111 米", "position: moved by about 111 m"),
    ],
)  # fmt: skip
def test_changes_in_words(change: Change, zh: str, en: str) -> None:
    assert change_words(change) == (zh, en)


def test_a_moved_place_is_told_with_metres(sample_city: City, tmp_path: Path) -> None:
    at = sample_city.place(ID).position
    printed(changed(sample_city, ID, position=LonLat(at.lon, at.lat + 0.001)), tmp_path, ID)
    assert "位置挪了约 111 米" in client(sample_city, tmp_path).get("/posters", headers=PAGE).text
