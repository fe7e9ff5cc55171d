"""Kept places: on this device only, with what holds there now, and taken back when they go by mistake."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SIZES, Visit

pytestmark = pytest.mark.browser
Start = Callable[..., Visit]
DONGSI = "/?lon=116.4108&lat=39.9229"


def star(page: Page, rank: int) -> None:
    page.locator(f"#card-{rank} [aria-pressed].button--mark").click()


def kept(page: Page) -> list[str]:
    stored = page.evaluate("localStorage.getItem('yizhan.places')")
    return [each["name"] for each in json.loads(stored or "[]")]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_star_keeps_and_the_first_page_lists(visit: Start, size: str, lang: str) -> None:
    here = visit(size)
    page = here.open(f"{DONGSI}&lang={lang}")
    names = [page.locator(f"#card-{rank} .card__name").inner_text() for rank in (1, 2)]
    star(page, 1)
    star(page, 2)
    expect(page.locator("#card-2 [aria-pressed=true].button--mark")).to_be_visible()
    expect(page.locator("#card-2 .told")).to_contain_text(names[1])
    page = here.open(f"/?lang={lang}")
    page.locator("#kept").click()
    rows = page.locator(".kept")
    expect(rows).to_have_count(2)
    expect(rows.first.locator(".open")).to_be_visible()
    assert [rows.nth(i).locator("h3").inner_text() for i in (0, 1)] == names[::-1], "the newest first"
    now = {"zh": "现在开着|快关门了|现在关着|开放时间未知", "en": "Open now|Closing soon|Closed now|unknown"}[lang]
    expect(rows.first.locator(".open")).to_contain_text(re.compile(now))
    rows.first.get_by_role("button", name=re.compile("去掉|Remove")).click()
    assert len(kept(page)) == 1
    rows.first.get_by_role("button", name=re.compile("撤销|Undo")).click()
    expect(rows.first.locator("h3")).to_have_text(names[1])
    page.keyboard.press("Escape")
    assert [page.evaluate("document.activeElement.id"), len(kept(page))] == ["kept", 2], "the focus comes back"
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size]["width"]
    assert here.went_well()


def test_a_second_press_gives_up_and_a_hundred_are_enough(visit: Start) -> None:
    here = visit("phone")
    page = here.open(DONGSI)
    star(page, 1)
    star(page, 1)
    expect(page.locator("#card-1 .told")).to_contain_text("不再收藏")
    assert kept(page) == []
    full = json.dumps([{"id": f"p{n}", "name": str(n)} for n in range(100)])
    page.evaluate("full => localStorage.setItem('yizhan.places', full)", full)
    star(page, 1)
    expect(page.locator("#card-1 .told")).to_contain_text("最多收藏 100 处")
    assert len(kept(page)) == 100
    page = here.open("/")
    page.locator("#kept").click()
    expect(page.locator(".kept .open")).to_have_count(100)
    expect(page.locator(".kept .open").first).to_contain_text("已经没有这个服务点")
    assert here.went_well()


@pytest.mark.parametrize("stored", ["nonsense", "7", '{"id": 1}', '[1, null, {"id": 3}, {"id": "a"}]'])
def test_what_makes_no_sense_is_no_list(visit: Start, stored: str) -> None:
    here = visit("phone")
    here.page.add_init_script(f"localStorage.setItem('yizhan.places', {json.dumps(stored)})")
    page = here.open("/")
    page.locator("#kept").click()
    expect(page.locator(".sheet")).to_contain_text("还没有收藏")
    assert here.went_well()


def test_where_nothing_can_be_stored_it_says_so_and_works_until_the_page_is_closed(visit: Start) -> None:
    here = visit("phone")
    here.page.add_init_script("Storage.prototype.setItem = () => { throw new DOMException('no') }")
    page = here.open(DONGSI)
    star(page, 1)
    expect(page.locator("#card-1 .told")).to_contain_text("只收藏到关掉页面为止")
    expect(page.locator("#card-1 [aria-pressed=true].button--mark")).to_be_visible()
    page.locator("#kept").click()
    expect(page.locator(".kept .open")).to_have_count(1)
    assert here.errors == []


def test_without_a_net_the_list_is_still_there(visit: Start) -> None:
    here = visit("phone")
    page = here.open(DONGSI)
    name = page.locator("#card-1 .card__name").inner_text()
    star(page, 1)
    page.route("**/api/v1/states*", lambda route: route.abort())
    page.locator("#kept").click()
    expect(page.locator(".kept h3")).to_have_text(name)
    expect(page.locator(".sheet > .sheet__box > .told")).to_contain_text("网络")
