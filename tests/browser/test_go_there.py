"""From the page to a map app: the addresses, app by app, and how few taps it takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Page, expect

import webmap
from geo.datums import bd09_from_wgs84, gcj02_from_wgs84
from tests.browser.conftest import SIZES, Visit
from tests.browser.phones import ANDROID, HARMONY, IPHONE, MAC, WECHAT, WINDOWS

pytestmark = pytest.mark.browser
Start = Callable[..., Visit]
DONGSI = "/?lon=116.4108&lat=39.9229"
SCRIPTS = Path(webmap.__file__).parent / "static" / "js" / "go"
AT = (116.4155, 39.9288)
FROM = (116.4108, 39.9229)
#: What a name may be made of, and why it is tried.
NAMES = {
    "plain": "东四驿站",
    "signs of addresses": "A&B#C?d=e/f%20+;:@",
    "separators": "a,b|c(d)e",
    "quotes": """'"`<b>""",
    "emoji": "驿站🏠👩‍🔧",
    "right to left": "استراحة \u202eabc",
    "lines": "one\ntwo\ttwo\x00",
    "long": "长" * 200,
    "half a sign": "x\ud800y",
}
DEVICES = {"android": ANDROID, "ios": IPHONE, "harmony": HARMONY, "mac": MAC, "desktop": WINDOWS}


@pytest.fixture(scope="module")
def plain(browser: Any, site_url: str) -> Iterator[Page]:
    """Return a page that can import our scripts as they are written."""
    context = browser.new_context()
    context.route("**/raw/*.js", lambda route: route.fulfill(path=SCRIPTS / route.request.url.rpartition("/")[2]))
    page = context.new_page()
    page.goto(f"{site_url}/about")
    yield page
    context.close()


def run(page: Page, module: str, body: str, *args: Any) -> Any:
    return page.evaluate(f"async (args) => {{ const m = await import('/raw/{module}.js'); {body} }}", args)


def test_datums_are_those_of_python(plain: Page) -> None:
    """Over China and around it, on its borders and a hair beside them."""
    borders_lon = [72.004, 72.004 - 1e-9, 137.8347, 137.8347 + 1e-9]
    borders_lat = [0.8293, 0.8293 - 1e-9, 55.8271, 55.8271 + 1e-9]
    lon, lat = np.meshgrid([*np.linspace(60, 150, 46), *borders_lon], [*np.linspace(-5, 62, 35), *borders_lat])
    points = np.column_stack([lon.ravel(), lat.ravel()])
    given = points.tolist()
    gcj02 = run(plain, "datums", "return args[0].map(m.gcj02)", given)
    bd09 = run(plain, "datums", "return args[0].map(m.bd09)", given)
    assert np.abs(np.array(gcj02) - gcj02_from_wgs84(points)).max() < 1e-9
    assert np.abs(np.array(bd09) - bd09_from_wgs84(points)).max() < 1e-9
    assert np.abs(np.array(gcj02) - points).max() > 1e-3, "somewhere they differ"


def route(page: Page, app: str, device: str, mode: str = "walk", name: str = "东四驿站", start: Any = FROM) -> Any:
    place = {"name": name, "lon": AT[0], "lat": AT[1]}
    agent = {"userAgent": DEVICES[device]}
    body = "return m.route(args[0], args[1], args[2], m.platformOf(args[3]), args[4])"
    return run(page, "routes", body, app, place, mode, agent, start)


def pair(text: str) -> tuple[float, float]:
    first, second = text.split(",")
    return float(first), float(second)


def close_to(found: tuple[float, float], wanted: Any) -> bool:
    return float(np.abs(np.array(found) - np.array(wanted)).max()) < 1e-6


GCJ02 = gcj02_from_wgs84(np.array([AT]))[0]
BD09 = bd09_from_wgs84(np.array([AT]))[0]


def test_each_app_gets_its_own_datum_and_axis_order(plain: Page) -> None:
    amap = parse_qs(urlsplit(route(plain, "amap", "android")["href"]).query)
    assert close_to(pair(amap["to"][0].rsplit(",", 1)[0]), GCJ02), "lon,lat,name in GCJ-02"
    assert "coordinate" not in amap, "no such word in the description of this address"
    baidu = parse_qs(urlsplit(route(plain, "baidu", "android")["href"]).query)
    at = re.fullmatch(r"name:东四驿站\|latlng:(.+)", baidu["destination"][0])
    assert at is not None
    assert close_to(pair(at[1])[::-1], BD09), "lat,lon in BD-09"
    assert baidu["coord_type"] == ["bd09ll"]
    tencent = parse_qs(urlsplit(route(plain, "tencent", "android")["href"]).query)
    assert close_to(pair(tencent["tocoord"][0])[::-1], GCJ02), "lat,lon in GCJ-02"
    assert tencent["coord_type"] == ["2"]
    apple = parse_qs(urlsplit(route(plain, "apple", "ios")["href"]).query)
    assert close_to(pair(apple["daddr"][0])[::-1], GCJ02), "lat,lon in GCJ-02"
    geo = route(plain, "geo", "android")["href"]
    assert close_to(pair(geo.removeprefix("geo:").partition("?")[0])[::-1], AT), "lat,lon in WGS-84"


#: app, device, mode of the finder -> what the address begins with, a word that it holds, the mode that the app is given
MODES: tuple[tuple[str, str, str, str, str, str | None], ...] = (
    ("amap", "android", "walk", "https://uri.amap.com/navigation?to=", "mode=walk", "walk"),
    ("amap", "ios", "ebike", "https://uri.amap.com/navigation?to=", "mode=ride", "ride"),
    ("amap", "harmony", "bike", "https://uri.amap.com/navigation?to=", "callnative=1", "ride"),
    ("amap", "android", "drive", "https://uri.amap.com/navigation?to=", "mode=car", "drive"),
    ("amap", "desktop", "ebike", "https://uri.amap.com/navigation?from=", "mode=walk", "walk"),
    ("baidu", "android", "ebike", "bdapp://map/direction?", "mode=riding", "ride"),
    ("baidu", "ios", "walk", "baidumap://map/direction?", "src=ios.", "walk"),
    ("baidu", "harmony", "drive", "baidumap://map/direction?", "mode=driving", "drive"),
    ("baidu", "desktop", "walk", "https://api.map.baidu.com/direction?origin=", "mode=walking", "walk"),
    ("tencent", "android", "walk", "https://apis.map.qq.com/uri/v1/routeplan?", "type=walk", "walk"),
    ("tencent", "ios", "ebike", "https://apis.map.qq.com/uri/v1/routeplan?", "type=walk", "walk"),
    ("tencent", "desktop", "drive", "https://apis.map.qq.com/uri/v1/routeplan?", "fromcoord=", "drive"),
    ("apple", "ios", "drive", "https://maps.apple.com/?daddr=", "dirflg=d", "drive"),
    ("apple", "mac", "walk", "https://maps.apple.com/?saddr=", "dirflg=w", "walk"),
    ("geo", "android", "walk", "geo:39.928800,116.415500?q=39.928800,116.415500(", "%E4%B8%9C", None),
)


@pytest.mark.parametrize(("app", "device", "mode", "begins", "holds", "given"), MODES)
def test_modes_and_devices(
    plain: Page, app: str, device: str, mode: str, begins: str, holds: str, given: str | None
) -> None:
    found = route(plain, app, device, mode)
    assert found["href"].startswith(begins)
    assert holds in found["href"]
    assert found["mode"] == given


def test_what_an_app_cannot_do_is_not_offered(plain: Page) -> None:
    none = [("apple", "android"), ("apple", "desktop"), ("geo", "ios"), ("geo", "mac"), ("tencent", "desktop")]
    assert [route(plain, app, device) for app, device in none] == [None] * len(none)
    assert "/marker?" in route(plain, "baidu", "desktop", start=None)["href"], "without a start there is no way to show"


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
def test_no_name_breaks_an_address(plain: Page, name: str) -> None:
    for app, device in (("amap", "android"), ("baidu", "android"), ("tencent", "android"), ("geo", "android")):
        usual, tried = (route(plain, app, device, name=each)["href"] for each in ("x", name))
        assert re.fullmatch(r"[A-Za-z0-9\-._~:/?#\[\]@!$&()*+,;=%]+", tried), "only what an address is made of"
        assert "#" not in tried
        words = [parse_qs(urlsplit(each).query, keep_blank_values=True).keys() for each in (usual, tried)]
        assert words[0] == words[1], "a name adds no word"
        text = unquote(tried)
        assert text.count("\n") == text.count("\x00") == text.count("\u202e") == 0
        if app == "baidu":
            assert text.count("|") == 1
        if app == "amap":
            assert parse_qs(urlsplit(tried).query)["to"][0].count(",") == 2
        if app == "geo":
            assert text.count("(") == text.count(")") == 1
        assert text.count("长") in {0, 60}


# --- on the page ---


@pytest.mark.parametrize("size", SIZES)
def test_the_app_is_asked_for_once(visit: Start, size: str) -> None:
    here = visit(size, user_agent=ANDROID if size == "phone" else WINDOWS)
    page = here.open(f"{DONGSI}&lang={'zh' if size == 'phone' else 'en'}")
    go = page.locator("#card-1 .button--go")
    expect(go).to_have_attribute("aria-haspopup", "dialog")
    go.click()
    choices = page.locator(".sheet .choice")
    expect(choices.first).to_be_visible()
    assert choices.count() == (4 if size == "phone" else 2)
    assert min(box["height"] for box in (choices.nth(i).bounding_box() for i in range(choices.count())) if box) >= 60
    with page.expect_popup() as opened:
        choices.first.click()
    assert opened.value
    expect(page.locator(".sheet")).to_have_count(0)
    expect(page.locator("#card-2 a.button--go")).to_have_attribute("href", re.compile(r"^https://uri\.amap\.com/"))
    page.reload()
    expect(page.locator("#card-1 a.button--go")).to_have_attribute("href", re.compile("uri.amap.com"))
    page.locator("#card-1 .button--mark").last.click()
    page.get_by_role("button", name=re.compile("换地图|Another map")).click()
    expect(page.locator(".choice[aria-current]")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator(".sheet")).to_have_count(0)
    assert here.errors == []


def test_from_a_cold_start_to_the_app_in_two_taps(visit: Start) -> None:
    at = {"longitude": FROM[0], "latitude": FROM[1]}
    here = visit("phone", user_agent=ANDROID, permissions=["geolocation"], geolocation=at)
    page = here.page
    page.add_init_script("localStorage.setItem('yizhan.map', '\"amap\"')")
    here.open("/")
    page.tap("#locate")
    expect(page.locator("#card-1 a.button--go")).to_be_visible()
    with page.expect_popup():
        page.tap("#card-1 a.button--go")
    wanted = page.locator("#card-1 a.button--go").get_attribute("href") or ""
    assert here.foreign == [wanted], "the second tap asks Amap, and nobody else was asked"
    assert "mode=walk" in wanted


def test_an_app_that_does_not_come_is_told_with_a_way_on(visit: Start) -> None:
    here = visit("phone", user_agent=IPHONE)
    here.page.add_init_script("localStorage.setItem('yizhan.map', '\"baidu\"')")
    page = here.open(DONGSI)
    page.locator("#card-1 a.button--go").click()
    expect(page.locator("#card-1 .told")).to_contain_text("没有打开")
    # Chromium's own question whether to start the app takes the mouse.
    page.locator("#card-1 .told button").evaluate("button => button.click()")
    expect(page.locator(".sheet .choice").first).to_be_visible()


def test_in_wechat_the_address_can_be_copied_and_the_way_out_is_told(visit: Start) -> None:
    here = visit("phone", user_agent=WECHAT)
    page = here.open(DONGSI)
    name = page.locator("#card-1 .card__name").inner_text()
    page.locator("#card-1 .button--go").tap()
    sheet = page.locator(".sheet")
    expect(sheet).to_contain_text("在浏览器打开")
    expect(sheet.locator(".whereabouts")).to_contain_text(name)
    expect(sheet.locator(".whereabouts")).to_contain_text(re.compile(r"纬度 39\.\d{6}，经度 116\.\d{6}（GCJ-02"))
    sheet.get_by_role("button", name="复制地址").tap()
    expect(sheet.locator(".told")).to_contain_text("已复制")
    assert sheet.locator("a").count() == 0, "nothing that cannot work here"
    assert here.went_well()


#: How a browser may treat the clipboard, and what the person sees.
CLIPBOARDS = {
    "by leave": (
        "navigator.clipboard.writeText = async (text) => { window.copied = text }",
        True,
    ),
    "the old way": (
        "navigator.clipboard.writeText = () => Promise.reject(new DOMException('no'));"
        "document.execCommand = () => { window.copied = document.activeElement.value; return true }",
        True,
    ),
    "by hand": (
        "delete Navigator.prototype.clipboard; document.execCommand = () => false",
        False,
    ),
}


@pytest.mark.parametrize(("script", "copied"), CLIPBOARDS.values(), ids=CLIPBOARDS.keys())
def test_copying_works_without_leave(visit: Start, script: str, copied: bool) -> None:
    here = visit("phone")
    here.page.add_init_script(script)
    page = here.open(DONGSI)
    name = page.locator("#card-1 .card__name").inner_text()
    page.locator("#card-1").get_by_role("button", name=re.compile("复制地址")).tap()
    if copied:
        expect(page.locator("#card-1 .told")).to_contain_text("已复制")
        assert page.evaluate("window.copied").startswith(name)
    else:
        box = page.locator(".sheet textarea")
        expect(box).to_be_focused()
        assert box.evaluate("box => box.value.slice(box.selectionStart, box.selectionEnd)").startswith(name)
    assert here.went_well()


def test_a_place_is_shared_without_one_s_own_position(visit: Start) -> None:
    here = visit("desktop")
    here.page.add_init_script("navigator.share = async (what) => { window.shared = what }")
    page = here.open(f"{DONGSI}&lang=en")
    page.locator("#card-1 .button--mark").last.click()
    page.get_by_role("button", name=re.compile("Share")).click()
    page.wait_for_function("window.shared")
    url = page.evaluate("window.shared.url")
    assert re.search(r"/at/[^?]+\?lang=en$", url)
    assert "116.4108" not in str(page.evaluate("window.shared"))
    page.goto(url)
    expect(page.locator("#card-1")).to_be_visible()
    assert here.went_well()
