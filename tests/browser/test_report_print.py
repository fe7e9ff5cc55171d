"""The printable page of a subdistrict on paper: exactly one sheet, whatever the names."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser

from geo.city import City
from tests.webmap.test_report import ASKED, MONDAY, page_of
from tests.webmap.test_report import client as client  # noqa: PLC0414  # a fixture
from webmap import create_app
from webmap.settings import Settings

HOSTILE = "<img src=x onerror=window.hacked=1>${1}{{7*7}}" + "很长的名字" * 60
CSS = Path(__file__).parents[2] / "webmap" / "static" / "css" / "report.css"


@pytest.fixture(scope="module")
def hostile_city(sample_pack: Path, tmp_path_factory: pytest.TempPathFactory) -> City:
    """Return the sample city with names that no page expects."""
    city = City.open(sample_pack)
    layers = city._layers
    areas = tuple(replace(area, name=HOSTILE, name_en=HOSTILE, district=HOSTILE) for area in layers.areas)
    layers.__dict__["areas"] = areas
    return city


def printed(browser: Browser, text: str) -> SimpleNamespace:
    """Print a page as a browser does; return its sheets and whether anything ran."""
    text = re.sub(r'<link rel="stylesheet"[^>]*>', lambda found: f"<style>{CSS.read_text('utf-8')}</style>", text)
    page = browser.new_page(viewport={"width": 900, "height": 1200})
    page.set_content(text)
    paper = page.pdf(prefer_css_page_size=True)
    box = re.search(rb"/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)\s*\]", paper)
    found = SimpleNamespace(
        sheets=len(re.findall(rb"/Type\s*/Page\b(?!s)", paper)),
        size=None if box is None else (float(box[1]), float(box[2])),
        hacked=page.evaluate("window.hacked"),
        cut=page.evaluate(
            "(() => { const f = document.querySelector('.fine'); return f.scrollHeight - f.clientHeight })()"
        ),
    )
    page.close()
    return found


@pytest.mark.browser
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_prints_on_exactly_one_sheet(browser: Browser, client: FlaskClient, sample_city: City, lang: str) -> None:
    for number in (3, 8):
        for asked in (ASKED, "layer=pickups", "cutoff=1min&layer=street_length&mode=drive"):
            paper = printed(browser, page_of(client, number, f"{asked}&lang={lang}"))
            assert paper.sheets == 1
            assert paper.size == pytest.approx((595, 842), abs=1), "A4, in points"
            assert paper.cut <= 1, "nothing of what is said is cut off"


@pytest.mark.browser
def test_hostile_names_neither_run_nor_need_a_second_sheet(
    browser: Browser, hostile_city: City, tmp_path: Path
) -> None:
    client = create_app(hostile_city, Settings(state=tmp_path), now=lambda: MONDAY).test_client()
    text = page_of(client, 3)
    assert "<img" not in text
    assert "49" not in text.split("<h1>")[1].split("</h1>")[0].replace("{{7*7}}", "")
    paper = printed(browser, text)
    assert paper.sheets == 1
    assert paper.hacked is None
