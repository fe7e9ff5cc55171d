"""The finder as files, hosted by a plain web server under a sub-path: found by search and by tap, in both languages."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Response

from geo.city import City
from geo.cli import main
from geo.coords import LonLat
from geo.finding.asking import NearestQuery
from tests.browser.conftest import SIZES

pytestmark = pytest.mark.browser


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files, and says nothing."""

    def log_message(self, format: str, *args: object) -> None:  # the name is the library's
        """Say nothing."""


@pytest.fixture(scope="module")
def hosted(sample_pack: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of the sample city's files below a sub-path of a plain web server."""
    root = tmp_path_factory.mktemp("hosted")
    assert main(["export", "--site", str(root / "union/map"), "--city", str(sample_pack)]) == 0
    handler = functools.partial(Quiet, directory=str(root))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/union/map/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(("lang", "home"), [("zh", "index.html"), ("en", "en/index.html")])
def test_the_nearest_is_found_without_a_server(
    browser: Browser, hosted: str, sample_city: City, lang: str, home: str
) -> None:
    context = browser.new_context(viewport=SIZES["phone"], has_touch=True, is_mobile=True)
    page, wrong = context.new_page(), list[str]()

    def note(response: Response) -> None:
        if response.status >= 400 or not response.url.startswith(hosted):
            wrong.append(f"{response.status} {response.url}")

    def nearest() -> str:
        at = page.evaluate("['lon', 'lat'].map((name) => Number(new URLSearchParams(location.search).get(name)))")
        first = sample_city.nearest(NearestQuery(LonLat(*at), k=1)).results[0].place
        return (lang == "en" and first.name_en) or first.name

    def complain(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            wrong.append(message.text)

    page.on("response", note)
    page.on("console", complain)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(hosted + home)
    page.fill("#search-input", "dongsi")
    page.locator(".search__option").first.click()
    page.wait_for_selector("#filed-line")
    assert page.locator(".card__name").first.inner_text() == nearest()
    assert page.locator(".card .open").first.is_visible()  # whether it is open on arrival

    page.wait_for_load_state("networkidle")
    before = page.url
    box = page.locator("#map").bounding_box()
    assert box is not None
    page.touchscreen.tap(box["x"] + 50, box["y"] + 60)
    page.wait_for_url(lambda url: url != before)
    page.wait_for_selector(".card")
    assert page.locator(".card__name").first.inner_text() == nearest()

    # The same question in the other language, and back from what is said of the data.
    page.locator("[data-lang-switch]").first.click()
    page.wait_for_selector(".card")
    assert page.locator("html").get_attribute("lang") == ("zh-CN" if lang == "en" else "en")
    page.locator("nav a[href$='about.html']").click()
    assert "positions are illustrative" in page.locator("table").inner_text()
    page.locator(".back").click()
    page.wait_for_selector("#search-input")
    assert wrong == []
    context.close()
