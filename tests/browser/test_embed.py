"""The map in somebody else's page: shown where it is allowed, refused elsewhere, deaf to whoever else speaks."""

from __future__ import annotations

import http.server
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Frame, FrameLocator, Locator, Page, Route, expect

from geo.city import City
from tests.browser.conftest import serving
from webmap.settings import Settings

pytestmark = pytest.mark.browser

HERE = {"longitude": 116.4108, "latitude": 39.9229}
#: Every event and every message, as the page around the frame gets them.
_RECORD = """
window.heard = []; window.messages = [];
for (const type of ["ready", "select", "nearest"])
  document.addEventListener(`yizhan:${type}`, ({ detail }) => window.heard.push({ type, detail }));
addEventListener("message", ({ data, origin }) => window.messages.push({ data, origin }));
"""


class _Pages(http.server.BaseHTTPRequestHandler):
    """Answers every path with the page that the test has put there."""

    pages: dict[str, str]

    def do_GET(self) -> None:
        body = self.pages.get(self.path, "<!doctype html><title>empty</title>").encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@dataclass
class Host:
    """Somebody else's site."""

    url: str
    pages: dict[str, str]


@contextmanager
def hosting() -> Iterator[Host]:
    pages: dict[str, str] = {}
    handler = type("Pages", (_Pages,), {"pages": pages})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield Host(f"http://127.0.0.1:{server.server_port}", pages)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Sites:
    """Our site, one that may embed it, and one that may not."""

    ours: str
    allowed: Host
    refused: Host


@pytest.fixture(scope="module")
def sites(sample_pack: Path) -> Iterator[Sites]:
    with (
        hosting() as allowed,
        hosting() as refused,
        serving(City.open(sample_pack), Settings(embedders=(allowed.url,))) as ours,
    ):
        yield Sites(ours, allowed, refused)


@dataclass
class Around:
    """A page around a frame, and what its console said."""

    page: Page
    said: list[str] = field(default_factory=list)

    @property
    def frame(self) -> FrameLocator:
        return self.page.frame_locator("#map")

    def inside(self) -> Frame:
        """Return the frame itself, for scripts."""
        handle = self.page.query_selector("#map")
        assert handle is not None
        frame = handle.content_frame()
        assert frame is not None
        return frame

    def heard(self, type_: str) -> list[dict[str, Any]]:
        """Return the details of the events of a type."""
        events = self.page.evaluate("window.heard")
        return [event["detail"] for event in events if event["type"] == type_]

    def wait_for(self, type_: str) -> dict[str, Any]:
        self.page.wait_for_function("type => window.heard.some((event) => event.type === type)", arg=type_)
        return self.heard(type_)[-1]


Open = Callable[..., Around]


@pytest.fixture
def around(browser: Browser, sites: Sites) -> Iterator[Open]:
    """Return a function that opens a host's page with a frame in it."""
    contexts: list[BrowserContext] = []

    def start(
        host: Host | None = None, query: str = "", *, attributes: str = 'allow="geolocation"', script: bool = True,
        extra: str = "", head: str = "", width: int = 800, height: int = 900,
        before: Callable[[BrowserContext], None] = lambda _: None, **options: Any,
    ) -> Around:  # fmt: skip
        host = host or sites.allowed
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        context.set_default_timeout(10_000)
        contexts.append(context)
        before(context)
        host.pages["/page"] = (
            f"<!doctype html><html lang='en'><meta charset='utf-8'><title>Somebody's page</title>{head}"
            f"<script>{_RECORD}</script><h1>Somebody's page</h1>{extra}"
            f'<iframe id="map" title="map" src="{sites.ours}/embed{query}" width="100%" height="500" style="border:0" '
            f"{attributes}></iframe>" + (f'<script async src="{sites.ours}/embed.js"></script>' if script else "")
        )
        here = Around(context.new_page())
        here.page.on("console", lambda message: here.said.append(message.text) if message.type == "error" else None)
        here.page.on("pageerror", lambda error: here.said.append(str(error)))
        here.page.goto(host.url + "/page")
        return here

    yield start
    for context in contexts:
        context.close()


def ask(here: Around) -> None:
    """Ask for the nearest place from about the middle of the map."""
    press(here.frame.locator(".leaflet-container"))


def press(chart: Locator) -> None:
    """Press the map a little beside its middle, where no place has its dot."""
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    assert box is not None
    chart.click(position={"x": box["width"] / 2 + 12, "y": box["height"] / 2 + 12})


# --- allowed, refused ---


def test_an_allowed_page_shows_the_map_and_hears_of_it(around: Open, sites: Sites) -> None:
    here = around()
    assert here.wait_for("ready")["lang"] == "zh"
    ask(here)
    expect(here.frame.locator("#card-1")).to_be_visible()
    nearest = here.wait_for("nearest")
    names = here.frame.locator(".card__name").all_inner_texts()
    assert nearest["place"]["name"] == names[0]
    assert nearest["count"] == len(names)
    assert here.heard("select") == [], "nobody has chosen yet"
    here.frame.locator("#card-2 .card__show").click()
    assert here.wait_for("select")["place"]["name"] == names[1]
    assert here.said == []
    assert {message["origin"] for message in here.page.evaluate("window.messages")} == {sites.ours}


def test_no_event_says_where_the_reader_is(around: Open) -> None:
    here = around(permissions=["geolocation"], geolocation=HERE)
    here.wait_for("ready")
    here.frame.locator("#locate").click()
    expect(here.frame.locator("#card-1")).to_be_visible()
    here.wait_for("nearest")
    told = json.dumps([message["data"] for message in here.page.evaluate("window.messages")])
    assert "116." not in told
    assert "39.9" not in told
    assert not re.search(r"travel|_m\b|_s\b|minutes|origin", told)


def test_all_other_pages_are_refused(around: Open, sites: Sites) -> None:
    here = around(sites.refused)
    here.page.wait_for_timeout(800)
    assert any("frame-ancestors" in said for said in here.said)
    assert here.inside().locator("#locate").count() == 0
    assert here.heard("ready") == []
    assert here.page.evaluate("window.messages") == []


@pytest.mark.parametrize("path", ["/", "/about", "/embed/builder"])
def test_no_other_page_of_ours_is_framed_by_anybody(around: Open, sites: Sites, path: str) -> None:
    here = around(extra=f'<iframe id="other" title="other" src="{sites.ours}{path}"></iframe>')
    here.wait_for("ready")
    assert any("frame-ancestors" in said for said in here.said)
    assert here.page.frame_locator("#other").locator("main").count() == 0


def test_an_allowed_page_in_a_refused_one_is_refused(around: Open, sites: Sites) -> None:
    around()
    here = around(sites.refused, extra=f'<iframe id="outer" title="outer" src="{sites.allowed.url}/page"></iframe>')
    here.page.wait_for_timeout(800)
    outer = here.page.frame_locator("#outer")
    assert outer.locator("h1").count() == 1
    assert outer.frame_locator("#map").locator("#locate").count() == 0


# --- its size ---


@pytest.mark.parametrize("width", [360, 800, 1200])
def test_the_frame_becomes_as_high_as_its_content(around: Open, width: int) -> None:
    here = around(width=width)
    here.wait_for("ready")
    _settle(here, 1600)
    ask(here)
    expect(here.frame.locator("#card-1")).to_be_visible()
    _settle(here, 1600)
    assert here.inside().evaluate("document.documentElement.scrollWidth <= innerWidth")


_FITS = """(most) => {
  const asked = window.messages.filter(({ data }) => data.type === "height").map(({ data }) => data.detail.height);
  return document.getElementById("map").offsetHeight === Math.min(Math.max(asked.at(-1), 240), most);
}"""


def _settle(here: Around, most: int) -> None:
    """Wait until the frame is as high as its content, or as high as it may be, and stays so."""
    here.page.wait_for_function(_FITS, arg=most)
    here.page.wait_for_timeout(300)
    assert here.page.evaluate(_FITS, most), "the height runs away"
    body = here.inside().evaluate("Math.ceil(document.body.getBoundingClientRect().height)")
    assert here.page.evaluate("document.getElementById('map').offsetHeight") == min(max(body, 240), most)


def test_the_page_says_how_high_at_most(around: Open) -> None:
    here = around(attributes='data-max-height="450"')
    here.wait_for("ready")
    ask(here)
    expect(here.frame.locator("#card-1")).to_be_visible()
    _settle(here, 450)


def test_without_the_script_the_frame_is_as_the_page_has_it(around: Open) -> None:
    here = around(script=False)
    expect(here.frame.locator("#locate")).to_be_visible()
    ask(here)
    expect(here.frame.locator("#card-1")).to_be_visible()
    assert here.page.evaluate("document.getElementById('map').offsetHeight") == 500
    assert here.page.evaluate("window.messages") == [], "who has not greeted is told nothing"


def test_a_script_that_comes_late_is_told_all_the_same(around: Open, sites: Sites) -> None:
    here = around(script=False)
    ask(here)
    expect(here.frame.locator("#card-1")).to_be_visible()
    here.page.add_script_tag(url=f"{sites.ours}/embed.js")
    here.wait_for("ready")
    here.wait_for("nearest")


def test_a_page_that_sends_no_referrer_is_known_by_its_greeting(around: Open) -> None:
    here = around(head='<meta name="referrer" content="no-referrer">')
    here.wait_for("ready")


# --- forged messages ---


def test_the_page_hears_nobody_but_the_frame(around: Open, sites: Sites) -> None:
    sites.refused.pages["/forger"] = """<!doctype html><title>forger</title><script>
      parent.postMessage({ yizhan: 1, type: "select", detail: { place: { id: "forged" } } }, "*");
      parent.postMessage({ yizhan: 1, type: "height", detail: { height: 1234 } }, "*");
      parent.postMessage({ forged: true }, "*");
    </script>"""
    here = around(
        attributes='data-max-height="450"',
        extra=f'<iframe id="forger" title="forger" src="{sites.refused.url}/forger"></iframe>',
    )
    here.wait_for("ready")
    here.page.wait_for_function("window.messages.some((message) => message.data.forged)")
    # and the page to itself, under its own origin
    here.page.evaluate("postMessage({ yizhan: 1, type: 'select', detail: {} }, '*')")
    here.page.wait_for_timeout(200)
    assert here.heard("select") == []
    assert here.page.evaluate("document.getElementById('forger').style.height") == ""
    assert here.page.evaluate("document.getElementById('map').offsetHeight") <= 450


def test_a_window_of_our_origin_that_is_no_frame_of_the_page_is_not_heard(around: Open, sites: Sites) -> None:
    """A page of ours in another window has the right origin, but is not the frame."""
    here = around()
    here.wait_for("ready")
    with here.page.expect_popup() as opened:
        here.page.evaluate("url => { window.open(url) }", f"{sites.ours}/about")
    opened.value.wait_for_load_state()
    opened.value.evaluate(
        "url => opener.postMessage({ yizhan: 1, type: 'select', detail: { place: { id: 'forged' } } }, url)",
        sites.allowed.url,
    )
    here.page.wait_for_function("window.messages.some((message) => message.data.detail?.place?.id === 'forged')")
    assert here.heard("select") == []
    assert here.said == []


def test_strange_messages_from_the_frame_itself_do_no_harm(around: Open) -> None:
    here = around()
    here.wait_for("ready")
    _settle(here, 1600)
    before = here.page.evaluate("document.getElementById('map').style.height")
    strange = ["null", "7", "'x'", "{}", "{yizhan: 1}", "{yizhan: 1, type: 'height'}", "{yizhan: 1, type: 'toString'}"]
    heights = ["'9; color: red'", "NaN", "null", "[500]"]
    for message in (*strange, *(f"{{yizhan: 1, type: 'height', detail: {{height: {each}}}}}" for each in heights)):
        here.inside().evaluate(f"parent.postMessage({message}, '*')")
    here.inside().evaluate("parent.postMessage({ yizhan: 1, type: 'select', detail: 'last' }, '*')")
    here.wait_for("select")
    assert here.page.evaluate("document.getElementById('map').style.height") == before
    assert here.said == []
    here.inside().evaluate("parent.postMessage({ yizhan: 1, type: 'height', detail: { height: 1e9 } }, '*')")
    here.page.wait_for_function("document.getElementById('map').style.height === '1600px'")


def test_the_frame_greets_nobody_but_the_page_around_it(around: Open, sites: Sites) -> None:
    """Another frame of the page, of a site that is not allowed, greets ours: it must learn nothing."""
    sites.refused.pages["/nosy"] = """<!doctype html><title>nosy</title><script>
      window.messages = [];
      addEventListener("message", ({ data }) => window.messages.push(data));
      window.greet = () => parent.frames[1].postMessage({ yizhan: 1, type: "hello" }, "*");
    </script>"""
    here = around(script=False, extra=f'<iframe id="nosy" title="nosy" src="{sites.refused.url}/nosy"></iframe>')
    ask(here)
    expect(here.frame.locator("#card-1")).to_be_visible()
    nosy = here.page.frame_locator("#nosy").locator("html")
    nosy.evaluate("() => window.greet()")
    # what is no greeting is not one either, be it from the page itself
    here.page.evaluate("url => frames[1].postMessage({ yizhan: 1, type: 'locate' }, url)", sites.ours)
    here.page.evaluate("url => frames[1].postMessage('hello', url)", sites.ours)
    here.page.wait_for_timeout(300)
    assert nosy.evaluate("() => window.messages") == []
    assert here.page.evaluate("window.messages") == []


def test_a_frame_that_has_gone_elsewhere_is_not_heard(around: Open, sites: Sites) -> None:
    """The right window, which now holds somebody else's page."""
    sites.refused.pages["/elsewhere"] = """<!doctype html><title>elsewhere</title><script>
      parent.postMessage({ yizhan: 1, type: "select", detail: { place: { id: "forged" } } }, "*");
    </script>"""
    here = around()
    here.wait_for("ready")
    here.inside().evaluate("url => { location.href = url }", f"{sites.refused.url}/elsewhere")
    here.page.wait_for_function("window.messages.some(({ data }) => data.detail?.place?.id === 'forged')")
    assert here.heard("select") == []


def test_a_greeting_of_an_allowed_site_that_is_not_around_the_frame_is_none(around: Open, sites: Sites) -> None:
    sites.allowed.pages["/beside"] = """<!doctype html><title>beside</title><script>
      window.messages = [];
      addEventListener("message", ({ data }) => window.messages.push(data));
      window.greet = () => parent.frames[1].postMessage({ yizhan: 1, type: "hello" }, "*");
    </script>"""
    here = around(script=False, extra=f'<iframe id="beside" title="beside" src="{sites.allowed.url}/beside"></iframe>')
    expect(here.frame.locator("#locate")).to_be_visible()
    here.page.frame_locator("#beside").locator("html").evaluate("() => window.greet()")
    here.page.wait_for_timeout(300)
    assert here.page.evaluate("window.messages") == []


def test_a_page_that_is_not_allowed_is_told_nothing_even_if_the_header_is_lost(around: Open, sites: Sites) -> None:
    """Something in between takes the policy away, so the browser shows the frame; its script still looks who it is."""

    def without_policy(route: Route) -> None:
        response = route.fetch()
        headers = {name: value for name, value in response.headers.items() if name != "content-security-policy"}
        route.fulfill(response=response, headers=headers)

    here = around(sites.refused, before=lambda context: context.route("**/embed", without_policy))
    ask(here)
    expect(here.frame.locator("#card-1")).to_be_visible()
    assert here.page.evaluate("window.messages") == []
    assert here.heard("ready") == []


def test_the_list_of_origins_is_exact(around: Open, sites: Sites) -> None:
    """The check of the frame's script, on origins that look like allowed ones."""
    here = around()
    here.wait_for("ready")
    bundle = here.inside().evaluate("document.querySelector('link[href*=\"bundle.embed.js\"]').href")
    source = bundle.replace("bundle.embed.js", "embed_host.js")
    script = "async ([source, list, origin]) => (await import(source)).allows(list, origin)"
    allowed = ["https://www.example.org", "https://*.union.example.org:8443"]
    for origin, answer in {
        "https://www.example.org": True,
        "http://www.example.org": False,
        "https://www.example.org:8443": False,
        "https://www.example.org.evil.example": False,
        "https://evil-www.example.org": False,
        "https://a.union.example.org:8443": True,
        "https://a.b.union.example.org:8443": True,
        "https://union.example.org:8443": False,
        "https://evilunion.example.org:8443": False,
        "https://a.union.example.org": False,
        "http://a.union.example.org:8443": False,
        "null": False,
    }.items():
        assert here.inside().evaluate(script, [source, allowed, origin]) is answer, origin


# --- the position ---


@pytest.mark.parametrize("attributes", ['allow="geolocation"', ""], ids=["the reader says no", "the page does"])
def test_a_denied_position_leaves_the_other_ways(around: Open, attributes: str) -> None:
    granted = {} if attributes else {"permissions": ["geolocation"], "geolocation": HERE}
    here = around(attributes=attributes, **granted)
    here.wait_for("ready")
    here.frame.locator("#locate").click()
    expect(here.frame.locator("#notice")).to_be_visible()
    here.frame.locator("#search-input").fill("东四")
    here.frame.locator(".search__option").first.click()
    expect(here.frame.locator("#card-1")).to_be_visible()


# --- options ---


def test_the_options_are_seen(around: Open) -> None:
    here = around(query="?lang=en&theme=dark&list=no&search=no&locate=no&service=rest_stop&area=东四街道")
    assert here.wait_for("ready")["lang"] == "en"
    frame = here.frame
    for gone in ("#locate", "#search"):
        expect(frame.locator(gone)).to_be_hidden()
    expect(frame.locator(".ask__question")).to_have_text("Where is the nearest rest stop?")
    assert here.inside().evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(13, 20, 19)"
    ask(here)
    expect(frame.locator(".card:visible")).to_have_count(1)
    assert frame.locator("input[name=service]:checked").evaluate_all("all => all.map((each) => each.value)") == [
        "rest_stop"
    ]
    frame.locator(".pin").nth(1).click()
    expect(frame.locator(".card:visible")).to_have_count(1)
    expect(frame.locator("#card-2")).to_be_visible()


def test_the_history_of_the_page_around_is_left_alone(around: Open) -> None:
    here = around()
    here.wait_for("ready")
    before = here.page.evaluate("history.length")
    ask(here)
    expect(here.frame.locator("#card-1")).to_be_visible()
    assert here.page.evaluate("history.length") == before
    assert here.inside().evaluate("location.search") == ""


def test_links_leave_the_frame(around: Open) -> None:
    here = around()
    here.wait_for("ready")
    with here.page.expect_popup() as opened:
        here.frame.locator(".plate__link").click()
    expect(opened.value.locator("#locate")).to_be_visible()


def test_a_mistake_in_the_snippet_is_said(around: Open) -> None:
    here = around(query="?zom=12")
    expect(here.frame.locator("main")).to_contain_text("'zom' is no parameter here")


# --- without scripts ---


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_without_scripts_there_is_a_list_and_a_picture(around: Open, lang: str) -> None:
    here = around(query=f"?lang={lang}&center=116.4108,39.9229", java_script_enabled=False)
    places = here.frame.locator(".still__place")
    expect(places.first).to_be_visible()
    assert places.count() >= 3
    picture = here.frame.locator(".still__map")
    box = picture.bounding_box()
    assert box is not None
    assert box["width"] > 300
    assert picture.get_attribute("alt")
    for gone in (".ask", ".filters", ".map"):
        expect(here.frame.locator(gone)).to_be_hidden()
    # That the picture is drawn, only pixels can tell here: one colour would be an empty or a broken one.
    assert len(picture.screenshot()) > 3000


# --- the page that writes the snippet ---


def test_the_builder_s_snippet_works_in_an_allowed_page(browser: Browser, sites: Sites) -> None:
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    context.set_default_timeout(10_000)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.goto(f"{sites.ours}/embed/builder")
    page.select_option("#area", "东城区/东四街道")
    page.select_option("#language", "en")
    page.check("input[name=list]")
    page.check("input[name=service][value=rest_stop]")
    page.fill("#height", "520")
    expect(page.locator("#code")).to_have_value(re.compile(r'height="520"'))
    preview = page.frame_locator("#preview")
    expect(preview.locator(".ask__question")).to_have_text("Where is the nearest rest stop?")
    expect(page.locator("#event")).to_contain_text("ready")
    code = page.input_value("#code")
    assert "area=东城区/东四街道" in code.replace("%E4%B8%9C%E5%9F%8E%E5%8C%BA", "东城区").replace(
        "%E4%B8%9C%E5%9B%9B%E8%A1%97%E9%81%93", "东四街道"
    )
    page.fill("#center", "1,1")
    expect(page.locator("#problem")).to_contain_text("lies outside")
    assert page.input_value("#code") == code, "a mistake leaves what works"

    sites.allowed.pages["/pasted"] = (
        f"<!doctype html><meta charset=utf-8><title>pasted</title><script>{_RECORD}</script>{code}"
    )
    page.goto(f"{sites.allowed.url}/pasted")
    page.wait_for_function("window.heard.some((event) => event.type === 'ready')")
    expect(page.frame_locator("iframe").locator(".shows-one")).to_be_visible()
    context.close()
    assert [each for each in said if "status of 422" not in each] == []


# --- accessibility ---


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("width", [360, 800])
@pytest.mark.parametrize("path", ["/embed?theme=dark", "/embed?theme=light&answer", "/embed?zom=1", "/embed/builder?"])
def test_axe_finds_nothing(browser: Browser, sites: Sites, path: str, width: int, lang: str) -> None:
    context = browser.new_context(viewport={"width": width, "height": 700}, bypass_csp=True)
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.goto(f"{sites.ours}{path.removesuffix('&answer')}&lang={lang}")
    page.wait_for_load_state("networkidle")
    if path.endswith("&answer"):
        press(page.locator(".leaflet-container"))
        expect(page.locator("#card-1")).to_be_visible()
    found = Axe().run(page).response["violations"]
    context.close()
    assert [f"{each['id']}: {each['nodes'][0]['target']}" for each in found] == []
