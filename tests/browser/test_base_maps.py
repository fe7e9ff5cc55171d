"""Somebody else's pictures under our places: in line with them, named, and replaced by our own where they fail."""

from __future__ import annotations

import http.server
import math
import re
import struct
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from geo.city import City
from geo.datums import gcj02_from_wgs84, wgs84_from_gcj02
from tests.browser.conftest import serving
from webmap.base_maps import read_provider
from webmap.settings import Settings

pytestmark = pytest.mark.browser

#: A known point; the fake provider draws a red square on it, wherever its datum has it.
KNOWN = (116.4174, 39.9289)
ZOOM = 16
SQUARE_PX = 9


def png(rows: list[bytes]) -> bytes:
    """Return a picture of rows of RGB."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", len(rows[0]) // 3, len(rows), 8, 2, 0, 0, 0)
    packed = zlib.compress(b"".join(b"\0" + row for row in rows), 1)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def world_px(lon: float, lat: float, zoom: int) -> tuple[float, float]:
    size = 256 * 2**zoom
    return (lon + 180) / 360 * size, (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * size


class _Tiles(http.server.BaseHTTPRequestHandler):
    """Draws grey tiles with a red square where the point is by GCJ-02; broken: refuses as a provider does."""

    broken = False
    mark = (0.0, 0.0)

    def do_GET(self) -> None:
        if self.broken:
            body, kind = b'{"code":301012}', "application/json"
        else:
            zoom, x, y = (int(part) for part in re.findall(r"\d+", self.path)[:3])
            across, down = world_px(*self.mark, zoom)
            left, top = across - 256 * x - SQUARE_PX / 2, down - 256 * y - SQUARE_PX / 2
            rows = []
            for row in range(256):
                line = bytearray(b"\xcc\xcc\xcc" * 256)
                if 0 <= row - round(top) < SQUARE_PX:
                    for column in range(max(0, round(left)), min(256, round(left) + SQUARE_PX)):
                        line[3 * column : 3 * column + 3] = b"\xff\x00\x00"
                rows.append(bytes(line))
            body, kind = png(rows), "image/png"
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def provided(city: City, datum: str, *, broken: bool = False) -> Iterator[str]:
    """Serve a city whose base map is that of a provider on this machine."""
    point = np.array([KNOWN])
    mark = tuple(float(each) for each in (gcj02_from_wgs84(point) if datum == "gcj02" else point)[0])
    handler = type("Handler", (_Tiles,), {"broken": broken, "mark": mark})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    template = f"http://127.0.0.1:{server.server_port}/{{z}}/{{x}}/{{y}}.png?key={{key}}"
    given = read_provider(template, key="0123456789abcdef", datum=datum, attribution="© 某图 GS(2026)1号")
    try:
        with serving(city, Settings(base_map=given)) as url:
            yield url
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1000, "height": 700})
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()


def red_square(page: Page) -> tuple[float, float]:
    """Return where the middle of the red is on the page, in pixels, as it is painted."""
    return tuple(
        page.evaluate(
            """() => {
              const found = [];
              for (const tile of document.querySelectorAll(".leaflet-tile-loaded")) {
                const box = tile.getBoundingClientRect();
                const canvas = new OffscreenCanvas(tile.naturalWidth, tile.naturalHeight);
                const context = canvas.getContext("2d");
                context.drawImage(tile, 0, 0);
                const { data, width } = context.getImageData(0, 0, canvas.width, canvas.height);
                for (let at = 0; at < data.length; at += 4)
                  if (data[at] > 200 && data[at + 1] < 80)
                    found.push([
                      box.x + (((at / 4) % width) + 0.5) * box.width / width,
                      box.y + (Math.floor(at / 4 / width) + 0.5) * box.height / canvas.height,
                    ]);
              }
              return [0, 1].map((axis) => found.reduce((sum, each) => sum + each[axis], 0) / found.length);
            }"""
        )
    )


@pytest.mark.parametrize("datum", ["wgs84", "gcj02"])
def test_a_known_point_lies_under_its_pin(page: Page, sample_city: City, datum: str) -> None:
    with provided(sample_city, datum) as url:
        for aside_px in (0, 350):  # in the middle of the map, and near its edge
            lon = KNOWN[0] + aside_px / (256 * 2**ZOOM) * 360
            page.goto(f"{url}/embed?center={lon:.7f},{KNOWN[1]}&zoom={ZOOM}")
            page.wait_for_load_state("networkidle")
            expect(page.locator(".leaflet-tile-loaded").first).to_be_visible()
            box = page.locator(".leaflet-container").bounding_box()
            assert box is not None
            # Where Leaflet has what is there: its map's middle is the centre that was asked for.
            pin = box["x"] + box["width"] / 2 - aside_px, box["y"] + box["height"] / 2
            found = red_square(page)
            assert math.dist(found, pin) <= 1.0, f"{found} is not at {pin}"
        expect(page.locator(".leaflet-control-attribution")).to_contain_text("© 某图 GS(2026)1号")
        expect(page.locator(".leaflet-control-attribution")).to_contain_text("示例城市")
        assert "0123456789abcdef" not in page.content()
        if datum == "gcj02":
            module = re.search(r"/static/\w+/", page.content())
            assert module is not None
            points = np.array([[116.3, 39.8], [116.4174, 39.9289], [116.6, 40.1]])
            asked = "([at, points]) => import(at).then(({ wgs84 }) => points.map(([x, y]) => wgs84(x, y)))"
            ours = page.evaluate(asked, [f"{module[0]}js/gcj.js", points.tolist()])
            assert np.abs(np.array(ours) - wgs84_from_gcj02(points)).max() < 1e-9


def test_where_the_provider_fails_our_own_map_steps_in_and_says_so(page: Page, sample_city: City) -> None:
    with provided(sample_city, "wgs84", broken=True) as url:
        page.goto(f"{url}/embed?center=116.41,39.93&zoom=15")
        expect(page.locator(".map__note")).to_have_text("底图服务现在连不上，换成了本站自己的地图。")
        expect(page.locator("canvas.leaflet-tile").first).to_be_attached()
        expect(page.locator(".leaflet-control-attribution")).not_to_contain_text("某图")


def test_in_the_dark_and_in_the_sun_the_map_is_our_own(page: Page, sample_city: City) -> None:
    with provided(sample_city, "wgs84") as url:
        page.goto(f"{url}/embed?theme=contrast")
        page.wait_for_load_state("networkidle")
        expect(page.locator("canvas.leaflet-tile").first).to_be_attached()
        expect(page.locator("img.leaflet-tile")).to_have_count(0)
        expect(page.locator(".leaflet-control-attribution")).not_to_contain_text("某图")
