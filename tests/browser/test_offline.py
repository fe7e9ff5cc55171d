"""Airplane mode in a real browser, with the real worker; versions that follow each other; what is refused."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from geo.city import City
from tests.browser.conftest import SIZES
from tests.browser.offline_site import (
    ASKED,
    CLOCK,
    Deployed,
    deployed,
    edition,
    in_minutes,
    kept,
    painted,
    renewed,
    shown,
    tell,
    visit,
)  # fmt: skip

pytestmark = pytest.mark.browser

Phone = Callable[..., BrowserContext]


@pytest.fixture(scope="module")
def site(sample_city: City, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Deployed]]:
    with deployed(sample_city, tmp_path_factory.mktemp("offline")) as served:
        yield served


@pytest.fixture
def phone(browser: Browser, site: tuple[str, Deployed]) -> Iterator[Phone]:
    """Return a function that gives a browser that keeps nothing yet; what was spoilt is well again afterwards."""
    contexts: list[BrowserContext] = []

    def start(size: str = "phone") -> BrowserContext:
        context = browser.new_context(viewport=SIZES[size], has_touch=size == "phone", is_mobile=size == "phone")
        context.set_default_timeout(15_000)
        context.add_init_script(CLOCK)
        contexts.append(context)
        return context

    yield start
    for context in contexts:
        context.close()
    site[1].spoilt.clear()
    site[1].slow_s.clear()


@pytest.fixture(scope="module")
def talker(browser: Browser, site: tuple[str, Deployed]) -> Iterator[Page]:
    """Return a page that has the words of what happens offline."""
    context = browser.new_context(service_workers="block")
    context.add_init_script(CLOCK)
    page = context.new_page()
    page.goto(f"{site[0]}/about")
    scripts = page.evaluate("document.querySelector('link[rel=icon]').href").replace("icon.svg", "js/offline/said.js")
    page.evaluate("async (scripts) => await (globalThis.said = await import(scripts)).ready()", scripts)
    yield page
    context.close()


@pytest.mark.parametrize(
    ("size", "lang", "strip"),
    [
        ("phone", "", r"离线 · 东片的数据，今天 12:0\d 的"),
        ("desktop", "&lang=en", r"Offline · data of East from today 12:0\d"),
    ],
)
def test_airplane_mode(phone: Phone, site: tuple[str, Deployed], size: str, lang: str, strip: str) -> None:
    url, server = site
    name = "name_en" if lang else "name"
    context = phone(size)
    page = visit(context, f"{url}/?{ASKED}{lang}")
    online = shown(page)
    assert not page.locator(".offline").count()
    context.set_offline(True)
    page.reload()

    assert shown(page) == online == in_minutes(server.nearest(f"{ASKED}&k=10", name))
    assert len(online) >= 5
    assert len({state for _, _, state in online}) > 1, "one state alone would prove little"
    expect(page.locator(".offline")).to_have_text(re.compile(strip))
    page.wait_for_function("() => document.querySelectorAll('canvas.leaflet-tile').length > 0")
    page.wait_for_timeout(700)  # tiles fade in
    assert painted(page) > 0

    box = page.locator(".leaflet-container").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.75)
    page.wait_for_function("() => !location.search.includes('lon=116.4208')")
    query = page.evaluate("location.search.slice(1)")
    where = re.sub(r"&lang=en", "", query)
    expect(page.locator("#results-title")).to_contain_text(re.compile(r"^\d"))
    assert shown(page) == in_minutes(server.nearest(f"{where}&k=10", name)), (
        "a tap elsewhere is answered as the server would"
    )

    page.locator("#change").click()
    page.fill("#search-input", "dongsi")
    expect(page.locator(".search__option").first).to_be_visible()
    page.locator("[data-lang-switch]").click()
    other = "离线" if lang else "Offline"
    expect(page.locator(".offline")).to_contain_text(other)
    expect(page.locator(".card").first).to_be_visible()
    assert not [path for path in kept(page) if "/api/" in path], "answers are kept nowhere"


def test_outside_of_what_is_kept_one_is_told_what_is_there(phone: Phone, site: tuple[str, Deployed]) -> None:
    url, _ = site
    context = phone()
    page = visit(context, f"{url}/?{ASKED}")
    context.set_offline(True)
    page.goto(f"{url}/?lon=116.3905&lat=39.9229")
    expect(page.locator(".message")).to_contain_text("本机存了：东片")
    page.goto(f"{url}/about")
    expect(page.locator(".shelf__row")).to_contain_text("东片")
    page.get_by_role("button", name="删除 东片").click()
    expect(page.locator(".shelf__row")).to_contain_text("已删除")
    page.goto(f"{url}/?{ASKED}")
    expect(page.locator(".message")).to_contain_text("本机也还没有存下数据")
    expect(page.locator(".offline")).to_contain_text("本机没有这里的数据")

    context.set_offline(False)
    expect(page.locator(".offline")).to_contain_text("网络恢复了")
    expect(page.locator(".card").first).to_be_visible()


def test_a_weak_signal_gets_what_is_kept(phone: Phone, site: tuple[str, Deployed]) -> None:
    url, server = site
    page = visit(phone(), f"{url}/?{ASKED}")
    truth = shown(page)
    server.slow_s["/api/v1/nearest"] = 60
    began = time.monotonic()
    page.locator(".mode", has_text="自行车").click()
    page.locator(".mode", has_text="步行").click()
    expect(page.locator(".offline")).to_contain_text("信号弱", timeout=15_000)
    assert shown(page) == truth
    assert time.monotonic() - began > 3.9, "the network has its time first"


def test_hours_that_nobody_knows_any_more_are_said_to_be_unknown(phone: Phone, site: tuple[str, Deployed]) -> None:
    url, _ = site
    context = phone()
    page = visit(context, f"{url}/?{ASKED}")
    context.set_offline(True)
    page.goto(f"{url}/?{ASKED.replace('11-23', '12-23')}")
    assert {state for _, _, state in shown(page)} == {"unknown"}
    expect(page.locator(".offline")).to_contain_text("开放时间按未知显示")


def test_versions_follow_each_other_and_are_never_mixed(
    phone: Phone, site: tuple[str, Deployed], sample_city: City, tmp_path: Path
) -> None:
    url, server = site
    first = server.app
    context = phone()
    page = visit(context, f"{url}/?{ASKED}")

    def shells() -> list[str]:
        return sorted({path.split()[0] for path in kept(page) if path.startswith("yizhan-shell")})

    before = shells()
    assert len(before) == 1
    server.app = edition(sample_city, tmp_path, "B")
    try:
        for name, spoil in (("/css/yizhan.css", lambda body: body[: len(body) // 2]), ("/css/offline.css", None)):
            server.spoilt = {name: spoil}
            assert renewed(page) == "redundant"
            assert shells() == before, "half a file, or one that is missing, is no version"
        server.spoilt = {}
        assert renewed(page) == "activated"
        # what the browser itself still has of A proves nothing
        context.new_cdp_session(page).send("Network.clearBrowserCache")
        assert page.evaluate("edition()") == "A", "an open page keeps the version that it began with"
        page.reload()
        page.wait_for_function("() => Boolean(globalThis.edition)")
        assert page.evaluate("edition()") == "B"
        page.wait_for_function(
            "() => caches.keys().then((all) => all.filter((n) => n.startsWith('yizhan-shell')).length === 1)"
        )
        assert shells() != before, "nobody needs A any more"
        context.set_offline(True)
        page.reload()
        page.wait_for_function("() => Boolean(globalThis.edition)")
        assert page.evaluate("edition()") == "B"
        assert shown(page)
    finally:
        server.app = first


@pytest.mark.parametrize(
    "spoil",
    [lambda body: body[:-1000], lambda body: body[:500] + bytes([body[500] ^ 1]) + body[501:]],
    ids=["cut off", "one bit is another"],
)
def test_a_damaged_district_is_refused_and_told(
    phone: Phone, site: tuple[str, Deployed], spoil: Callable[[bytes], bytes]
) -> None:
    url, server = site
    server.spoilt[".pocket"] = spoil
    page = visit(phone(), f"{url}/?{ASKED}")
    expect(page.locator("#hint-stored")).to_contain_text("没有收完整")
    assert not [path for path in kept(page) if "pocket" in path.split()[0]]


def test_districts_come_and_go_by_version_and_use(phone: Phone, site: tuple[str, Deployed]) -> None:
    url, _ = site
    page = visit(phone(), f"{url}/?{ASKED}")
    icon = page.evaluate("document.querySelector('link[rel=icon]').href")
    size = len(page.request.get(icon).body())

    def keep(area: str, version: str, **others: object) -> dict[str, object]:
        return tell(
            page,
            {
                "type": "keep",
                "facts": {"area": area, "version": version, "url": f"{icon}?{area}{version}", "bytes": size, **others},
            },
        )

    for area in ("a", "b", "c"):
        assert keep(area, "1") == {"done": True, "fresh": True}
    names = {path.split()[0] for path in kept(page) if "pocket" in path.split()[0]}
    assert names == {f"yizhan-pocket-{area}" for area in "abc"}, "the one visited longest ago has gone"
    assert keep("a", "1") == {"done": True, "fresh": False}
    keep("d", "1")
    assert not [path for path in kept(page) if path.startswith("yizhan-pocket-b ")], "a was visited since"
    keep("a", "2")
    assert page.evaluate("caches.open('yizhan-pocket-a').then((c) => c.keys()).then((all) => all.length)") == 2, (
        "no older file"
    )
    assert keep("a", "3", bytes=size + 1) == {"done": False, "why": "broken"}
    facts = page.evaluate("caches.match('/pockets/a.json').then((r) => r.json())")
    assert facts["version"] == "2", "what is there stays until the new one is whole"
    client = page.context.new_cdp_session(page)
    client.send("Storage.overrideQuotaForOrigin", {"origin": url, "quotaSize": 1})
    assert keep("e", "1") == {"done": False, "why": "quota"}
    client.send("Storage.overrideQuotaForOrigin", {"origin": url})
    assert not [path for path in kept(page) if path.startswith("yizhan-pocket-e ")]


@pytest.mark.parametrize(
    ("made", "chinese"),
    [
        ("2026-11-23T08:00:00+08:00", "今天 08:00"),
        ("2026-11-22T18:30:00+00:00", "今天 02:30"),  # by China's clock it was already today
        ("2026-11-22T23:59:00+08:00", "昨天 23:59"),  # twelve hours ago, and yesterday all the same
        ("2026-11-20T12:00:00+08:00", "3 天前（11月20日）"),
    ],
)
def test_age_is_told_in_words_by_chinas_clock(talker: Page, made: str, chinese: str) -> None:
    assert talker.evaluate("(made) => globalThis.said.age(made)", made) == chinese


def test_who_spares_data_is_asked_first(phone: Phone, site: tuple[str, Deployed]) -> None:
    context = phone()
    context.add_init_script("Object.defineProperty(navigator, 'connection', { value: { saveData: true } })")
    page = visit(context, f"{site[0]}/?{ASKED}")
    expect(page.locator("#hint-stored")).to_contain_text("省流量")
    assert not [path for path in kept(page) if "pocket" in path.split()[0]]
    page.get_by_role("button", name="存下来").click()
    expect(page.locator("#hint-stored")).to_contain_text("已存在本机")


def test_installing_is_offered_once_and_a_no_is_for_good(phone: Phone, site: tuple[str, Deployed]) -> None:
    url, _ = site
    context = phone()
    page = context.new_page()
    offer = """() => {
      const asked = { prompt() {}, userChoice: Promise.resolve({ outcome: "accepted" }) };
      return dispatchEvent(Object.assign(new Event("beforeinstallprompt", { cancelable: true }), asked));
    }"""
    page.goto(f"{url}/")
    page.wait_for_selector("link[rel=manifest]", state="attached")
    assert not page.evaluate(offer), "the browser's own bar is held back"
    expect(page.locator("#hint-install")).to_have_count(0)
    page.mouse.click(150, 600)
    expect(page.locator("#hint-install")).to_contain_text("装到手机桌面")
    page.get_by_role("button", name="不用了").click()
    expect(page.locator("#hint-install")).to_have_count(0)
    page.reload()
    page.wait_for_selector("link[rel=manifest]", state="attached")
    page.evaluate(offer)
    page.wait_for_timeout(300)
    expect(page.locator("#hint-install")).to_have_count(0)
