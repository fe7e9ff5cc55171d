"""A site that can be deployed anew, made slow and made to answer wrongly, and a visitor whose phone keeps things."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

import webmap
from geo.city import City
from geo.coords import BBox
from geo.pocket import districts as made_of
from geo.pocket.districts import District
from tests.browser.conftest import NOON, listening
from webmap.assets import init_assets
from webmap.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

#: Where one asks, in the eastern half of the sample city, and when.
ASKED = "lon=116.4208&lat=39.9229&when=2026-11-23T12:00"
#: A page whose clock goes on from the site's noon.
CLOCK = f"""{{
  const Real = Date;
  const ahead = {int(NOON.timestamp() * 1000)} - Real.now();
  globalThis.Date = class extends Real {{
    constructor(...given) {{ if (given.length) super(...given); else super(Real.now() + ahead); }}
    static now() {{ return Real.now() + ahead; }}
  }};
}}"""


@dataclass
class Deployed:
    """A WSGI application in whose place another can be put.

    Attributes
    ----------
    spoilt
        Beginning or end of a path -> what becomes of the body; None: it is not found.
    slow_s
        Path -> how long it waits before it answers.
    """

    app: Flask
    spoilt: dict[str, Callable[[bytes], bytes] | None] = field(default_factory=dict)
    slow_s: dict[str, float] = field(default_factory=dict)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer as the application does, but for what is spoilt."""
        path = environ["PATH_INFO"]
        time.sleep(self.slow_s.get(path, 0))
        wrong = next((name for name in self.spoilt if path.startswith(name) or path.endswith(name)), None)
        if wrong is None:
            return self.app.wsgi_app(environ, start_response)
        spoil = self.spoilt[wrong]
        if spoil is None:
            start_response("404 Not Found", [("Content-Type", "text/plain"), ("Content-Length", "0")])
            return [b""]
        # headers are kept, as from a server that does not know that the file on its disk is damaged
        answer = self.app.test_client().get(environ["RAW_URI"])
        body = spoil(answer.data)
        headers = [header for header in answer.headers if header[0] != "Content-Length"]
        start_response(answer.status, [*headers, ("Content-Length", str(len(body)))])
        return [body]

    def nearest(self, query: str, name: str = "name") -> list[tuple[str, float, str]]:
        """Return what the server itself answers: names, seconds, and whether one finds it open."""
        results = self.app.test_client().get(f"/api/v1/nearest?{query}").get_json()["results"]
        return [(each["place"][name], each["travel_s"], each["state"]["kind"]) for each in results]


def halves(city: City) -> tuple[District, ...]:
    """Return the city's western third and the rest as its districts, so that there is a place outside of one."""
    (whole,) = made_of.districts(city)
    west, south, east, north = whole.bbox
    cut = west + (east - west) / 3
    return (
        whole._replace(area="west", name="西片", name_en="West", bbox=BBox(west, south, cut, north)),
        whole._replace(area="east", name="东片", name_en="East", bbox=BBox(cut, south, east, north)),
    )


@contextmanager
def deployed(city: City, folder: Path) -> Iterator[tuple[str, Deployed]]:
    """Serve a city with two districts, version A; ``edition`` makes another."""
    site = Deployed(edition(city, folder, "A"))
    with pytest.MonkeyPatch.context() as patch, listening(site) as url:
        patch.setattr("webmap.pocket.districts", halves)
        yield url, site


def edition(city: City, folder: Path, name: str) -> Flask:
    """Make the site with scripts of another version: ``edition()`` imports a module that tells its name."""
    static = folder / name
    shutil.copytree(Path(webmap.__file__).parent / "static", static)
    (static / "js" / "edition.js").write_text(f'export const EDITION = "{name}";\n')
    start = static / "js" / "offline" / "start.js"
    start.write_text(
        start.read_text("utf-8") + '\nglobalThis.edition = () => import("../edition.js").then((m) => m.EDITION);\n'
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(webmap, "init_assets", partial(init_assets, folder=static))
        return webmap.create_app(city, Settings(state=folder / "state"), now=lambda: NOON)


def visit(context: BrowserContext, address: str, *, until: str = "#hint-stored") -> Page:
    """Open a page, and wait until the phone keeps what it will need."""
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector(until)
    return page


def shown(page: Page) -> list[tuple[str, int, str]]:
    """Return what the cards say: names, minutes, and whether one finds it open."""
    cards = page.locator(".card")
    expect(cards.first).to_be_visible()
    return [
        (
            card.locator(".card__name").inner_text(),
            int(card.locator(".card__time b").inner_text()),
            card.locator(".open").get_attribute("data-state") or "",
        )
        for card in cards.all()
    ]


def in_minutes(answer: list[tuple[str, float, str]]) -> list[tuple[str, int, str]]:
    """Return an answer as cards tell it: minutes rounded up, never none."""
    return [(name, max(1, -int(-seconds // 60)), state) for name, seconds, state in answer]


def painted(page: Page) -> int:
    """Return how many tiles show more than bare ground."""
    count: int = page.evaluate(
        """() => [...document.querySelectorAll("canvas.leaflet-tile")].filter((tile) => {
          if (!tile.width) return false;
          const { data } = tile.getContext("2d").getImageData(0, 0, tile.width, tile.height);
          const pixels = new Uint32Array(data.buffer);
          return pixels.some((pixel) => pixel !== pixels[0]);
        }).length"""
    )
    return count


def kept(page: Page) -> list[str]:
    """Return the paths of all that is kept, each after the name of its cache."""
    found: list[str] = page.evaluate(
        """async () => {
          const found = [];
          for (const name of await caches.keys()) {
            const requests = await (await caches.open(name)).keys();
            found.push(...requests.map(({ url }) => `${name} ${new URL(url).pathname}`));
          }
          return found;
        }"""
    )
    return found


def tell(page: Page, message: dict[str, object]) -> dict[str, object]:
    """Have the worker do something, as the page would, and return its answer."""
    answer: dict[str, object] = page.evaluate(
        """(message) => new Promise(async (resolve) => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = ({ data }) => resolve(data);
          (await navigator.serviceWorker.ready).active.postMessage(message, [port2]);
        })""",
        message,
    )
    return answer


def renewed(page: Page) -> str:
    """Have the browser look for a new worker, and return what became of it: ``activated`` or ``redundant``."""
    state: str = page.evaluate(
        """async () => {
          const registration = await navigator.serviceWorker.ready;
          const found = new Promise((resolve) => registration.addEventListener("updatefound", resolve, { once: true }));
          await registration.update();
          await found;
          const worker = registration.installing ?? registration.waiting ?? registration.active;
          const settled = () => ["activated", "redundant"].includes(worker.state);
          const change = () => new Promise((done) => worker.addEventListener("statechange", done, { once: true }));
          while (!settled()) await change();
          return worker.state;
        }"""
    )
    return state
