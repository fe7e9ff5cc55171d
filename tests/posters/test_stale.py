"""Which prints are stale, and what is said to have moved; each row moves one thing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from geo.city import City
from geo.coords import LonLat
from geo.errors import ParameterError
from geo.places.model import Service
from geo.posters.facts import poster_of
from geo.posters.stale import INDEX, Print, print_of, read_index, stale, write_index
from tests.posters.cities import changed, with_place, without

URL = "https://yizhan.example.cn"
ID, NEAR = "ss-dongsi", "wp-059"
DAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def printed(sample_city: City) -> Print:
    return print_of(poster_of(sample_city, ID, URL), DAY, "a.svg")


def test_nothing_moved(sample_city: City, printed: Print) -> None:
    assert list(stale(sample_city, [printed])) == []


def other_hours(city: City) -> City:
    services = city.place(ID).services
    return changed(city, ID, services=(replace(services[0], hours="Mo 09:00-10:00"), *services[1:]))


def at_the_door(city: City) -> City:
    here = city.place(ID)
    return with_place(city, replace(here, id="new", name="新驿站", services=(Service("rest_stop"),)))


@pytest.mark.parametrize(
    ("edit", "change"),
    [
        (lambda city: without(city, ID), "the place is gone"),
        (lambda city: changed(city, ID, status="paused"), "the place is paused"),
        (lambda city: changed(city, ID, name="东四站"), "name: 东四街道工会服务站 → 东四站"),
        (lambda city: changed(city, ID, phone=None), "telephone: 12351 → unknown"),
        (lambda city: changed(city, ID, checked="2026-11-01"), "day of the last check: unknown → 2026-11-01"),
        (lambda city: changed(city, ID, amenities={"water": "yes"}), "no longer there: "),
        (other_hours, "hours of service_station: Mo-Fr 09:00-11:30,13:30-17:30 → Mo 09:00-10:00"),
        (lambda city: changed(city, ID, position=LonLat(116.4155, 39.9298)), "position: moved by about 111 m"),
        (at_the_door, "a nearer place: 新驿站, 1 min"),
        (lambda city: without(city, NEAR), "no longer among the nearest: 六条社区工会饮水点"),
        (lambda city: changed(city, NEAR, services=(Service("water_point"),)), "hours of 六条社区工会饮水点: "),
        (lambda city: changed(city, ID, position=LonLat(115, 39)), "whether a street is near"),
    ],
)
def test_what_moved_is_said(sample_city: City, printed: Print, edit: Callable[[City], City], change: str) -> None:
    (found,) = stale(edit(sample_city), [printed])

    assert found.print is printed
    assert [said for said in map(str, found.changes) if said.startswith(change)], found.changes


def test_another_address(sample_city: City, printed: Print) -> None:
    assert list(stale(sample_city, [printed], URL)) == []
    (found,) = stale(sample_city, [printed], "https://new.example.cn")
    (change,) = found.changes
    assert str(change) == f"address of the page: {URL}/at/{ID} → https://new.example.cn/at/{ID}"


def test_facts_that_were_tampered_with_still_find_the_print_stale(sample_city: City, printed: Print) -> None:
    (found,) = stale(changed(sample_city, ID, name="x"), [printed._replace(facts={"url": printed.facts["url"]})])
    assert found.changes


def test_the_list_comes_back(sample_city: City, printed: Print, tmp_path: Path) -> None:
    hostile = printed._replace(place="=1+1", name="'@x", file="+a.svg")
    (tmp_path / INDEX).write_bytes(write_index([printed, hostile]))

    assert read_index(tmp_path) == read_index(tmp_path / INDEX) == (printed, hostile)
    rows = (tmp_path / INDEX).read_text("utf-8-sig").splitlines()
    assert rows[2].startswith("'=1+1,''@x,")  # no spreadsheet takes it for a formula


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff\xfe\x00", "no list of posters"),
        (b"place,name\r\na,b\r\n", "row 2"),
        (b"place,name,fingerprint,printed,file,facts\r\na,b,c,someday,f,{}\r\n", "row 2"),
        (b"place,name,fingerprint,printed,file,facts\r\na,b,c,2026-11-22,f,[]\r\n", "row 2"),
    ],
)
def test_another_list_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    with pytest.raises(ParameterError, match=message):
        read_index(path)


def test_no_list(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="no list of posters"):
        read_index(tmp_path)
