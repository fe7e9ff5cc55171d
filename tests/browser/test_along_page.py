"""Places along a way, as somebody between two orders would ask."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SIZES, Visit

pytestmark = pytest.mark.browser
Start = Callable[..., Visit]
ENDS = "from=116.405,39.9&to=116.415,39.935"


def drawn(page: Page) -> int:
    return page.locator(".leaflet-overlay-pane path.way-core").count()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_cards_say_the_detour_and_when_one_gets_there(visit: Start, size: str, lang: str) -> None:
    here = visit(size)
    page = here.open(f"/along?{ENDS}&mode=ebike&lang={lang}")
    expect(page.locator("#card-1 .button--mark").first).to_be_visible()
    answer = page.request.get(f"{here.url}/api/v1/along?{ENDS}&mode=ebike&k=10&detour=10min").json()
    stops = answer["stops"]
    assert page.locator(".card__name").all_inner_texts() == [
        stop["place"]["name_en"] or stop["place"]["name"] if lang == "en" else stop["place"]["name"] for stop in stops
    ]
    shown = [int(re.sub(r"\D", "", text)) for text in page.locator(".card__time").all_inner_texts()]
    assert shown == [0 if stop["detour_s"] < 30 else math.ceil(stop["detour_s"] / 60) for stop in stops]
    for rank in (1, len(stops)):
        expect(page.locator(f"#card-{rank} .card__lengths")).to_contain_text(stops[rank - 1]["arrival"][11:16])
    expect(page.locator("#way")).to_contain_text(answer["way"]["arrival"][11:16])
    assert page.locator(".pin").count() == len(stops)
    assert drawn(page) == 2, "to the first stop, and on"
    go = page.locator("#card-1 .button--go")
    expect(go).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size]["width"]
    assert here.went_well()


def test_in_from_the_first_page_and_back_with_the_position(visit: Start) -> None:
    here = visit("phone")
    page = here.open("/")
    page.get_by_role("link", name="顺路").tap()
    expect(page.locator("h1")).to_have_text("顺路找驿站")
    expect(page.locator("#answer")).to_contain_text("选好从哪里、到哪里")
    expect(page.locator("#pick")).to_have_text("点地图选起点")
    box = page.locator(".leaflet-container").bounding_box()
    assert box is not None
    page.touchscreen.tap(box["x"] + box["width"] * 0.45, box["y"] + box["height"] * 0.3)
    expect(page.locator("#pick")).to_have_text("点地图选终点")
    page.fill("#to", "王府井大街")
    page.locator("#list-to .search__option").first.tap()
    expect(page.locator("#card-1")).to_be_visible()
    assert re.search(r"/along\?from=116\.\d+,39\.\d+&to=116\.\d+,39\.\d+", page.url)
    page.locator("#swap").tap()
    expect(page.locator("#from")).to_have_value(re.compile("王府井大街"))
    expect(page.locator("#card-1")).to_be_visible()
    page.go_back()
    expect(page.locator("#to")).to_have_value(re.compile("王府井大街"))
    page.locator("#back").tap()
    expect(page.locator("#card-1 .card__time")).to_be_visible()
    assert re.search(r"/\?lon=116\.\d+&lat=39\.\d+", page.url)
    assert page.get_by_role("link", name="顺路").get_attribute("href", timeout=2000)
    assert here.went_well()


def test_between_two_orders_only_what_there_is_time_for(visit: Start) -> None:
    here = visit("phone")
    page = here.open(f"/along?{ENDS}&mode=ebike")
    expect(page.locator("#card-1")).to_be_visible()
    page.locator("#more").tap()
    page.fill("#when", "2026-11-23T14:10")
    page.fill("#until", "2026-11-23T15:00")
    page.locator("#until").dispatch_event("change")
    page.locator("label", has_text="20 分钟").first.tap()
    expect(page.locator("#card-1 .card__lengths")).to_contain_text(re.compile(r"14:\d\d 到.*最多能歇 [2-4]\d 分钟"))
    assert "when=2026-11-23T14:10" in page.url
    assert "until=2026-11-23T15:00" in page.url
    assert "stay=20min" in page.url
    expect(page.locator("#more-count")).to_have_text("3")
    page.fill("#until", "2026-11-23T14:15")
    page.locator("#until").dispatch_event("change")
    expect(page.locator("#answer")).to_contain_text("来不及")
    assert here.foreign == []


def test_a_point_on_the_way(visit: Start) -> None:
    here = visit("desktop")
    page = here.open(f"/along?{ENDS}")
    expect(page.locator("#card-1")).to_be_visible()
    page.locator("#more").click()
    page.locator("#add-via").click()
    page.fill("#via", "朝阳门")
    page.locator("#list-via .search__option").first.click()
    expect(page.locator(".pin-end--via")).to_have_count(1)
    expect(page.locator("#card-1")).to_be_visible()
    assert re.search(r"via=116\.\d+,39\.\d+", page.url)
    assert drawn(page) == 3, "one leg with a stop, one without"
    page.locator("#drop-via").click()
    expect(page.locator(".pin-end--via")).to_have_count(0)
    assert here.went_well()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("from=121.5,31.2&to=116.415,39.935", "范围内"),
        ("from=39.9,116.405&to=116.415,39.935", "写反"),
        ("from=x&to=116.415,39.935&mode=fly&when=now", "选好从哪里"),
        (f"{ENDS}&detour=3min&service=haircut&stay=40min&until=2026-11-23T12:30", "来不及"),
        ("from=116.405,39.9&to=116.405,39.9&detour=3min", "+|没有合适"),
    ],
    ids=["elsewhere", "exchanged", "nonsense", "no time", "there and back"],
)
def test_what_cannot_be_answered_is_said(visit: Start, query: str, words: str) -> None:
    here = visit("phone")
    page = here.open(f"/along?{query}")
    expect(page.locator("#answer")).to_contain_text(re.compile(words.replace("+|", r"\+|")))
    assert here.foreign == []
