"""A browser, a phone and a desktop, and a site that they may talk to; every other host is refused."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request, Route, ViewportSize, sync_playwright
from werkzeug.serving import make_server

from geo.city import City
from geo.coords import LonLat
from geo.pack import folder
from geo.places.hours import CHINA
from geo.places.model import Place, Service
from webmap import create_app
from webmap.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

#: Flags for a machine without a screen and without a way out.
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
SIZES: dict[str, ViewportSize] = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1280, "height": 800}}
#: A Monday, when the site's clock stands still.
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=CHINA)
HOSTILE = "<img src=x onerror=window.hacked=1>${1}{{7*7}}"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return a Chromium: Debian's where there is one, else Playwright's own."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def site_url(sample_pack: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the sample city, with one place whose name is an attack and whose address is very long."""
    pack = tmp_path_factory.mktemp("browser") / "city"
    shutil.copytree(sample_pack, pack)
    hostile = Place(
        id="zz-hostile", name=HOSTILE, name_en=HOSTILE, position=LonLat(116.4172, 39.9262), accuracy="exact",
        services=(Service("rest_stop", hours=HOSTILE, note=HOSTILE),), source=HOSTILE, address="很长的地址" * 40,
        note=HOSTILE, host=HOSTILE, phone='"><script>window.hacked=1</script>', source_url="javascript:window.hacked=1",
    )  # fmt: skip
    folder.write_places(pack, [*folder.read_places(pack), hostile])
    with serving(City.open(pack)) as url:
        yield url


@contextmanager
def serving(city: City, settings: Settings | None = None) -> Iterator[str]:
    """Serve a city on a free loopback port."""
    with listening(create_app(city, settings, now=lambda: NOON)) as url:
        yield url


@contextmanager
def listening(app: WSGIApplication) -> Iterator[str]:
    """Serve an application on a free loopback port."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Visit:
    """A page and what went wrong on it."""

    page: Page
    url: str
    foreign: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Open a path of the site and wait until its scripts have run."""
        self.page.goto(self.url + path)
        self.page.wait_for_load_state("networkidle")
        return self.page

    def went_well(self) -> bool:
        """Check that no request left the host or failed, and that no script complained."""
        assert self.foreign == []
        assert self.failed == []
        assert self.errors == []
        return True


@pytest.fixture
def visit(browser: Browser, site_url: str) -> Iterator[Callable[..., Visit]]:
    """Return a function that starts a visit: ``visit("phone")``."""
    contexts = []

    def start(size: str = "phone", **options: object) -> Visit:
        phone = size == "phone"
        # With a worker in between, requests would pass by the gate below; what it does has tests of its own.
        options.setdefault("service_workers", "block")
        context = browser.new_context(viewport=SIZES[size], has_touch=phone, is_mobile=phone, **options)  # type: ignore[arg-type]
        context.set_default_timeout(10_000)
        contexts.append(context)
        here = Visit(context.new_page(), site_url)

        def gate(route: Route) -> None:
            if route.request.url.startswith(site_url):
                route.continue_()
            else:
                here.foreign.append(route.request.url)
                route.abort()

        context.route("**/*", gate)
        here.page.on("requestfailed", lambda request: _note_failure(here, request))
        here.page.on("console", lambda message: _note_message(here, message))
        here.page.on("pageerror", lambda error: here.errors.append(str(error)))
        here.page.on("dialog", lambda dialog: _note_dialog(here, dialog))
        return here

    yield start
    for context in contexts:
        context.close()


def _note_failure(visit: Visit, request: Request) -> None:
    # The page itself calls off tiles that went out of view and questions that were overtaken.
    if request.failure != "net::ERR_ABORTED":
        visit.failed.append(f"{request.failure} {request.url}")


def _note_dialog(visit: Visit, dialog: Dialog) -> None:
    visit.errors.append(f"dialog: {dialog.message}")
    dialog.dismiss()


def _note_message(visit: Visit, message: ConsoleMessage) -> None:
    if message.type in {"error", "warning"} and message.text != "Service Worker registration blocked by Playwright":
        visit.errors.append(message.text)
