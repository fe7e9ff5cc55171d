"""The finder in a real browser, as its users would have it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import HOSTILE, SIZES, Visit

pytestmark = pytest.mark.browser

Start = Callable[..., Visit]
DONGSI = "/?lon=116.4108&lat=39.9229"


@pytest.mark.parametrize("size", SIZES)
def test_a_tap_on_the_map_gives_a_walking_answer(visit: Start, size: str) -> None:
    here = visit(size)
    page = here.open("/")
    expect(page.locator(".card")).to_have_count(0)
    box = page.locator(".leaflet-container").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.53)  # no place has its dot there
    expect(page.locator("#card-1")).to_be_visible()
    assert re.search(r"lon=116\.\d+&lat=39\.\d+", page.url)
    assert re.search(r"\d+\s*分钟", page.locator("#card-1").inner_text())
    assert re.search(r"\d+\s*(米|公里)", page.locator("#card-1").inner_text())
    assert page.locator(".pin").count() >= 1
    assert here.went_well()


@pytest.mark.parametrize("size", SIZES)
def test_the_answer_shows_list_pins_and_the_way(visit: Start, size: str) -> None:
    here = visit(size)
    page = here.open(DONGSI)
    cards = page.locator(".card")
    expect(cards.first).to_be_visible()
    assert cards.count() == page.locator(".pin").count()
    drawn = page.locator(".leaflet-overlay-pane path")
    assert max(len(drawn.nth(i).get_attribute("d") or "") for i in range(drawn.count())) > 10
    for words in ("位置", "来源", "导航"):
        expect(cards.first).to_contain_text(words)
    expect(cards.first.locator(".button--go")).to_be_visible()
    assert here.went_well()


def test_the_minutes_on_the_cards_are_the_api_s(visit: Start) -> None:
    here = visit("phone")
    page = here.open(DONGSI)
    answer = page.request.get(here.url + "/api/v1/nearest?lon=116.4108&lat=39.9229&k=10").json()
    names = page.locator(".card__name").all_inner_texts()
    assert names == [result["place"]["name"] for result in answer["results"]]
    shown = [int(re.sub(r"\D", "", text)) for text in page.locator(".card__time").all_inner_texts()]
    truth = [result["travel_s"] / 60 for result in answer["results"]]
    assert all(t <= s < t + 1.001 for s, t in zip(shown, truth, strict=True)), "minutes are rounded up"


def test_a_place_is_picked_by_name(visit: Start) -> None:
    here = visit("phone")
    page = here.open("/")
    page.fill("#search-input", "东四")
    expect(page.locator(".search__option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#card-1")).to_be_visible()
    expect(page.locator("#from-name")).to_contain_text("东四")
    assert here.went_well()


def test_a_house_number_that_is_not_known_is_said_to_be_so(visit: Start) -> None:
    here = visit("phone")
    page = here.open("/")
    page.fill("#search-input", "东四四条 99999 号")
    option = page.locator(".search__option").first
    expect(option).to_contain_text("东四四条")
    expect(option).to_contain_text("不知道门牌在哪")
    option.click()
    expect(page.locator("#from-name")).to_contain_text("路的中间")
    assert here.went_well()


def test_pinyin_finds_it_and_the_kind_is_said(visit: Start) -> None:
    here = visit("phone")
    page = here.open("/?lang=en")
    page.fill("#search-input", "chaoyangmenjiedao")
    option = page.locator(".search__option").first
    expect(option).to_contain_text("Area")
    expect(option.locator(".search__unknown")).to_have_count(0)
    assert here.went_well()


def test_one_s_own_position_is_asked_for_only_on_a_tap(visit: Start) -> None:
    here = visit("phone", permissions=["geolocation"], geolocation={"longitude": 116.4108, "latitude": 39.9229})
    page = here.open("/")
    expect(page.locator(".card")).to_have_count(0)
    page.tap("#locate")
    expect(page.locator("#card-1")).to_be_visible()
    assert here.went_well()


def test_a_denied_position_leaves_the_other_ways(visit: Start) -> None:
    here = visit("phone")
    page = here.open("/")
    page.tap("#locate")
    expect(page.locator("#notice")).to_be_visible()
    expect(page.locator("#search-input")).to_be_visible()
    assert here.went_well()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_hostile_name_is_text(visit: Start, size: str, lang: str) -> None:
    here = visit(size)
    page = here.open(f"/?lon=116.4172&lat=39.9262&lang={lang}")
    name = page.locator("#card-1 .card__name")
    expect(name).to_be_visible()
    assert name.inner_text() == HOSTILE
    page.locator("#change").click()
    page.fill("#search-input", "<img")
    option = page.locator(".search__option").first
    expect(option).to_contain_text(HOSTILE)
    option.click()
    expect(page.locator("#from-name")).to_contain_text(HOSTILE)
    assert page.evaluate("window.hacked") is None
    assert page.locator("img[src='x']").count() == 0
    assert page.locator("a[href^='javascript']").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size]["width"], "nothing sticks out"
    assert here.went_well()


def test_english_is_one_tap_away_and_keeps_the_question(visit: Start) -> None:
    here = visit("phone")
    page = here.open(DONGSI + "&mode=ebike")
    page.get_by_role("link", name="English").click()
    expect(page.locator("#card-1")).to_be_visible()
    assert page.evaluate("document.documentElement.lang").startswith("en")
    assert "mode=ebike" in page.url
    assert re.search(r"\d+\s*min", page.locator("#card-1").inner_text())
    page.get_by_role("link", name="中文").click()
    expect(page.locator("#card-1")).to_be_visible()
    assert page.evaluate("document.documentElement.lang").startswith("zh")
    assert here.went_well()


def test_filters_change_the_answer_and_back_undoes_them(visit: Start) -> None:
    here = visit("phone")
    page = here.open(DONGSI)
    before = page.locator(".card__name").all_inner_texts()
    page.locator(".chip", has_text="理发").click()
    expect(page.locator(".card__name").first).not_to_have_text(before[0])
    assert "service=haircut" in page.url
    page.go_back()
    expect(page.locator(".card__name").first).to_have_text(before[0])
    assert here.went_well()


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/?lon=121.47&lat=31.23", "北京|范围|城"),
        ("/?lon=39.92&lat=116.41", "经度|纬度|对调|反"),
        (DONGSI + "&service=haircut&amenity=microwave&cutoff=10min", "分钟内"),
    ],
    ids=["outside the city", "lon and lat exchanged", "nothing near"],
)
def test_what_cannot_be_answered_is_said_with_a_remedy(visit: Start, path: str, words: str) -> None:
    here = visit("phone")
    page = here.open(path)
    answer = page.locator("#answer")
    expect(answer).to_contain_text(re.compile(words))
    assert answer.locator("button, a").count() >= 1
    assert here.foreign == []


def test_the_sample_city_says_what_it_is(visit: Start) -> None:
    page = visit("phone").open("/")
    expect(page.locator("body")).to_contain_text("示例城市")
    expect(page.locator("body")).to_contain_text("positions are illustrative")
    page.locator(".sample a").click()
    expect(page.locator("body")).to_contain_text("yizhan build")


@pytest.mark.parametrize("width", [195, 320, 390, 768, 1280])
def test_nothing_sticks_out_at_any_width(visit: Start, width: int) -> None:
    page = visit("desktop").open(DONGSI)
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_touch_targets_are_large_enough(visit: Start) -> None:
    page = visit("phone").open(DONGSI)
    small = page.evaluate(
        """[...document.querySelectorAll('button, .chip, .mode, .card a')].filter(e => e.offsetParent)
        .map(e => [e.textContent.trim(), e.getBoundingClientRect()])
        .filter(([, r]) => r.height < 43.5 && r.width > 0).map(([t, r]) => `${t} ${r.height}`)"""
    )
    assert [text for text in small if "OpenStreetMap" not in text] == []


def test_the_whole_task_by_keyboard(visit: Start) -> None:
    here = visit("desktop")
    page = here.open("/")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "search-input":
            break
    else:
        pytest.fail("the search field is not reached by Tab")
    page.keyboard.type("王府井大街")
    expect(page.locator(".search__option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#card-1")).to_be_visible()
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('#card-1 .button--go')"):
            break
    else:
        pytest.fail("the way to the first place is not reached by Tab")
    assert here.went_well()


def test_cards_and_pins_say_whether_a_place_is_open_on_arrival(visit: Start) -> None:
    here = visit("phone")
    page = here.open(DONGSI)
    expect(page.locator("#card-1")).to_be_visible()
    answer = page.request.get(here.url + "/api/v1/nearest?lon=116.4108&lat=39.9229&k=10").json()["results"]
    kinds = [result["state"]["kind"] for result in answer]
    assert len(set(kinds)) > 1, "one kind alone would prove little"
    lines = page.locator(".card .open")
    assert [lines.nth(i).get_attribute("data-state") for i in range(lines.count())] == kinds
    words = {"open": "到时开着", "closing_soon": "到时快关门", "closed": "到时关着", "unknown": "开放时间未知"}
    for i, kind in enumerate(kinds):
        expect(lines.nth(i)).to_contain_text(words[kind])
    signs = {kind: sum(k == kind for k in kinds) for kind in ("closing_soon", "closed", "unknown")}
    for kind, count in signs.items():
        expect(page.locator(f".pin__state[data-state={kind}]")).to_have_count(count)
    assert here.went_well()


def test_only_what_is_open_on_arrival_can_be_asked_for(visit: Start) -> None:
    here = visit("phone")
    page = here.open(DONGSI)
    page.locator(".chip", has_text="到时开着").click()
    expect(page.locator(".open[data-state=unknown]")).to_have_count(0)
    assert "open=arrival" in page.url
    expect(page.locator("#card-1")).to_be_visible()
    assert page.locator(".open:not([data-state=open])").count() == 0
    page.reload()
    expect(page.locator("input[name=open]")).to_be_checked()
    assert here.went_well()
