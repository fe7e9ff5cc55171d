"""The poster in a browser: on paper one A4 page, nothing over anything else, and readable for everybody."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from geo.city import City
from geo.posters.facts import Offered, Poster, poster_of
from tests.browser.conftest import HOSTILE, NOON, SIZES, Visit
from tests.posters.cities import with_place
from webmap import create_app
from webmap.posters.drawing import draw
from webmap.posters.press import PosterPress
from webmap.settings import Settings

pytestmark = pytest.mark.browser
URL = "https://yizhan.example.cn"
ID = "ss-dongsi"
#: A4 in points, as PDF counts.
A4 = (595, 842)


@pytest.fixture(scope="module")
def poster_url(sample_city: City) -> Iterator[str]:
    """Serve the sample with a public address, and a place whose name is an attack."""
    city = with_place(sample_city, replace(sample_city.place(ID), id="zz", name=HOSTILE, name_en=HOSTILE))
    server = make_server("127.0.0.1", 0, create_app(city, Settings(url=URL), now=lambda: NOON), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=SIZES["desktop"], bypass_csp=True)
    yield context.new_page()
    context.close()


def pages_of(pdf: bytes) -> list[tuple[int, int]]:
    """Return the sizes of the pages of a PDF as Chromium writes it, in points."""
    boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", pdf)
    assert len(boxes) == len(re.findall(rb"/Type\s*/Page\b", pdf)) > 0
    return [(round(float(width)), round(float(height))) for width, height in boxes]


@pytest.mark.parametrize("place", [ID, "zz"])
def test_it_prints_on_exactly_one_a4_page(page: Page, poster_url: str, place: str) -> None:
    page.goto(f"{poster_url}/poster/{place}")
    assert pages_of(page.pdf(prefer_css_page_size=True)) == [A4]


def test_a_batch_prints_a_page_each(page: Page, sample_city: City, tmp_path: Path) -> None:
    press, poster = PosterPress(), poster_of(sample_city, ID, URL)
    path = tmp_path / "all.html"
    path.write_text(press.sheets([press.svg(poster, date(2026, 11, 22))] * 3), encoding="utf-8")
    page.goto(path.as_uri())
    assert pages_of(page.pdf(prefer_css_page_size=True)) == [A4] * 3


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("path", [f"/poster/{ID}", "/poster/zz", "/poster/nobody"])
def test_axe_finds_nothing(browser: Browser, poster_url: str, path: str, size: str) -> None:
    context = browser.new_context(viewport=SIZES[size], bypass_csp=True)
    opened = context.new_page()
    opened.goto(poster_url + path)
    response = Axe().run(opened).response
    assert [f"{v['id']}: {v['nodes'][0]['target']}" for v in response["violations"]] == []
    assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert opened.evaluate("window.hacked === undefined")
    context.close()


LONG = (Offered("community_centre", "Mo-Fr 09:00-11:30,13:30-17:30; Sa 10:00-12:00", None),) * 4


@pytest.mark.parametrize(
    "values",
    [
        {},
        {
            "name": "北京市东城区东四街道总工会职工之家暖心驿站与快递员外卖员休息服务中心（第二）",
            "offers": LONG,
            "more_offers": 3,
        },
        {"name": "Warm Workers’ Mountain Home of the Federation of Trade Unions, Branch WWW", "name_en": "M" * 90},
        {"others": None},
    ],
    ids=["sample", "long", "wide", "alone"],
)
def test_no_text_runs_off_the_page_or_over_another(page: Page, sample_city: City, values: dict[str, Any]) -> None:
    """Measured by the browser, with the fonts that it has."""
    poster: Poster = replace(poster_of(sample_city, ID, URL), **values)
    page.set_content(f"<body style='margin:0'>{draw(poster, date(2026, 11, 22))}")
    boxes = page.evaluate(
        """() => [...document.querySelectorAll("svg text")].filter((e) => e.textContent).map((e) => {
          const size = Number(e.getAttribute("font-size")), y = Number(e.getAttribute("y")), box = e.getBBox();
          const [left, right] = [box.x, box.x + box.width];
          return { text: e.textContent, left, right, top: y - 0.72 * size, bottom: y + 0.1 * size };
        })"""
    )
    assert len(boxes) > 20
    for box in boxes:
        assert box["left"] >= 8 and box["right"] <= 202 and box["top"] >= 5 and box["bottom"] <= 289.5, box
    over = [
        (a["text"], b["text"])
        for at, a in enumerate(boxes)
        for b in boxes[at + 1 :]
        if a["left"] < b["right"] and b["left"] < a["right"] and a["top"] < b["bottom"] and b["top"] < a["bottom"]
    ]
    assert over == []


def test_the_code_leads_to_the_finder_which_names_the_place(visit: Callable[..., Visit]) -> None:
    here = visit("phone")
    page = here.open(f"/at/{ID}")

    expect(page.locator("#from-name")).to_have_text("东四街道工会服务站")
    expect(page.locator("#card-1")).to_be_visible()
    assert here.went_well()
    page.locator('input[name="mode"][value="bike"]').check(force=True)
    expect(page.locator("#from-name")).to_have_text("东四街道工会服务站")
    page = here.open(f"/at/{ID}?lang=en")
    expect(page.locator("#from-name")).to_have_text("Dongsi Subdistrict Union Service Station")


def test_a_hostile_place_is_named_and_nothing_more(visit: Callable[..., Visit]) -> None:
    here = visit("phone")
    page = here.open("/at/zz-hostile")

    expect(page.locator("#from-name")).to_have_text(HOSTILE)
    assert page.evaluate("window.hacked === undefined")
