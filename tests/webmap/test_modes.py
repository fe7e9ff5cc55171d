"""Modes by address: large type and colours are in the page as it is served, with scripts or without."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from geo.city import City
from webmap import create_app
from webmap.modes import THEMES, TYPES
from webmap.settings import Settings


@pytest.fixture(scope="module")
def client(sample_city: City) -> FlaskClient:
    return create_app(sample_city, Settings(url="https://yizhan.example.cn")).test_client()


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", {}),
        ("type=large", {"type": "22"}),
        ("type=18", {"type": "18"}),  # goes before what a device remembers
        ("type=30&theme=dark", {"type": "30", "theme": "dark"}),
        ("theme=contrast", {"theme": "contrast"}),
        ("type=99&theme=pink", {}),  # a finder's address is lenient
        ('type=22"><script>', {}),
    ],
)
@pytest.mark.parametrize("path", ["/", "/about", "/plan", "/nowhere"])
def test_an_address_says_how_a_page_looks(client: FlaskClient, path: str, query: str, said: dict[str, str]) -> None:
    page = client.get(f"{path}?{query}", headers={"Accept": "text/html"}).text
    opening = re.search(r"<html[^>]*>", page)
    assert opening is not None
    assert dict(re.findall(r'data-(type|theme)="([^"]*)"', opening[0])) == said
    assert ("<noscript><link" in page.replace(" ", "").replace("\n", "") or "<noscript><link" in page) == bool(said)


def test_a_frame_takes_both_and_is_strict(client: FlaskClient) -> None:
    page = client.get("/embed?type=large&theme=contrast").text
    assert 'data-type="22"' in page
    assert 'data-theme="contrast"' in page
    assert "type=22" in client.get("/oembed?url=https://yizhan.example.cn/embed?type%3Dlarge").text
    for wrong in ("type=20", "theme=pink"):
        assert client.get(f"/embed?{wrong}").status_code == 400
    assert "#ffffff" in client.get("/embed/map.svg?theme=contrast").text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_sheet_offers_every_mode_in_the_reader_s_language(client: FlaskClient, lang: str) -> None:
    sheet = client.get(f"/modes?lang={lang}").text
    assert re.findall(r'name="type" value="(\d+)"', sheet) == list(TYPES)
    assert re.findall(r'name="theme" value="(\w*)"', sheet) == ["", *THEMES]
    assert bool(re.search(r"[\u4e00-\u9fff]", sheet)) == (lang == "zh")
