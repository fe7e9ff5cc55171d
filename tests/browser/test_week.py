"""This week near a point, with scripts and without."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import SIZES, Visit

pytestmark = pytest.mark.browser
Start = Callable[..., Visit]
AT = "at=116.4108,39.9229"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_by_day_for_everybody(visit: Start, size: str, lang: str) -> None:
    here = visit(size, bypass_csp=True)  # axe is put into the page by the test
    page = here.open(f"/week?{AT}&lang={lang}")
    expect(page.locator(".week__event").first).to_be_visible()
    expect(page.locator("h2").first).to_contain_text({"zh": "周五", "en": "Fri"}[lang])
    expect(page.locator(".week__source").first).to_contain_text({"zh": "未核实", "en": "not verified"}[lang])
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size]["width"]
    found = Axe().run(page).response["violations"]
    assert [f"{each['id']}: {each['nodes'][0]['target']}" for each in found] == []
    page.get_by_role("link", name={"zh": "English", "en": "中文"}[lang]).click()
    expect(page.locator(".week__event").first).to_be_visible()
    assert here.went_well()


def test_without_scripts_from_a_name_to_the_calendar(visit: Start) -> None:
    here = visit("phone", java_script_enabled=False)
    page = here.page
    page.goto(f"{here.url}/week")
    assert not page.locator("#here").is_visible(), "a button that could do nothing"
    page.fill("#q", "东四")
    page.get_by_role("button", name="找").tap()
    page.locator(".week__name").first.tap()
    page.locator(".week__choice", has_text="60 分钟").tap()
    expect(page.locator(".week__event").first).to_be_visible()
    feed = page.request.get(here.url + (page.locator(".week__feeds a").first.get_attribute("href") or ""))
    assert feed.headers["content-type"].startswith("text/calendar")
    assert "RRULE:FREQ=WEEKLY" in feed.text()


def test_from_the_answer_to_the_week_there_and_back(visit: Start) -> None:
    here = visit("phone")
    page = here.open("/?lon=116.4108&lat=39.9229")
    expect(page.locator("#card-1")).to_be_visible()
    page.get_by_role("link", name="本周").tap()
    expect(page.locator(".week__event").first).to_be_visible()
    assert AT in page.url.replace("%2C", ",")
    page.locator(".week__event .button").first.tap()
    expect(page.locator("#card-1")).to_be_visible()
    assert here.went_well()


def test_one_s_own_position(visit: Start) -> None:
    here = visit("phone", permissions=["geolocation"], geolocation={"longitude": 116.4108, "latitude": 39.9229})
    page = here.open("/week?q=x")
    page.tap("#here")
    expect(page.locator(".week__event").first).to_be_visible()
    assert re.search(r"at=116\.4108", page.url)
    assert here.went_well()
