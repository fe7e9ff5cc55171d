"""The places of a city on one canvas: gathered rightly, pressed, pointed at, hidden behind pins, and cheap to drag."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser

Start = Callable[..., Visit]

_MODULE = """async () => {
  const bundle = [...document.querySelectorAll("link[rel=modulepreload]")].map(({ href }) => href).at(0);
  return import(new URL("crowd.js", bundle).href);
}"""
_GATHER = f"""async ([x, y, radius, left]) => {{
  const {{ gather }} = await ({_MODULE})();
  return gather(Float64Array.from(x), Float64Array.from(y), radius, (at) => left[at]);
}}"""
#: Whether something is drawn at a point of the map, in its own pixels.
_INKED = """([x, y]) => {
  const canvas = document.querySelector("canvas.crowd");
  const box = canvas.getBoundingClientRect();
  const map = document.querySelector(".leaflet-container").getBoundingClientRect();
  const scale = canvas.width / box.width;
  const at = [(map.left + x - box.left) * scale, (map.top + y - box.top) * scale].map(Math.round);
  return canvas.getContext("2d").getImageData(...at, 1, 1).data[3] > 0;
}"""


#: Remembers the map of the page, which our scripts keep to themselves.
_REMEMBER = """Object.defineProperty(window, "L", { configurable: true, set(leaflet) {
  Object.defineProperty(window, "L", { value: leaflet, writable: true });
  leaflet.Map.addInitHook(function () { window.theMap = this; });
} });"""


def opened(visit: Visit, path: str) -> Page:
    visit.page.add_init_script(_REMEMBER)
    page = visit.open(path)
    drawn(page)
    return page


def drawn(page: Page) -> None:
    page.wait_for_function("() => document.querySelector('canvas.crowd')?.width > 0")
    page.wait_for_timeout(300)  # the frame in which it is drawn


def at(page: Page, lon: float, lat: float) -> tuple[float, float]:
    """Return where a position is on the map of the page, in its pixels."""
    script = "([lon, lat]) => { const { x, y } = theMap.latLngToContainerPoint([lat, lon]); return [x, y]; }"
    found = page.evaluate(script, [lon, lat])
    return float(found[0]), float(found[1])


def test_points_are_gathered_with_all_that_are_near_and_none_that_are_far(visit: Start) -> None:
    page = visit("phone").open("/")
    rng = np.random.default_rng(7)
    x, y = rng.uniform(0, 20, 300), rng.uniform(0, 12, 300)
    left = rng.uniform(size=300) < 0.9
    radius = 1.5
    groups: list[dict[str, Any]] = page.evaluate(_GATHER, [x.tolist(), y.tolist(), radius, left.tolist()])
    members = [member for group in groups for member in group["of"]]
    assert sorted(members) == np.flatnonzero(left).tolist(), "each that is left is in one group"
    for group in groups:
        first, of = group["of"][0], group["of"]
        centres = [c for c in of if all(math.hypot(x[c] - x[m], y[c] - y[m]) <= radius for m in of)]
        assert centres, "all lie within the radius of one of them"
        assert group["x"] == pytest.approx(x[of].mean()) and group["y"] == pytest.approx(y[of].mean())
        assert first in members
    alone = page.evaluate(_GATHER, [[0, 1.5, 3.1], [0, 0, 0], 1.5, [True] * 3])
    assert sorted(len(group["of"]) for group in alone) == [1, 2], "at the radius is within it"


def test_no_place_is_a_node(visit: Start) -> None:
    here = visit("phone")
    page = opened(here, "/")
    assert page.locator(".leaflet-marker-pane > *").count() == 0
    assert page.locator("canvas.crowd").count() == 1
    assert here.went_well()


def test_a_dot_tells_what_it_is_and_is_no_origin(visit: Start) -> None:
    here = visit("desktop")
    page = opened(here, "/")
    page.evaluate("() => theMap.setView([39.9229, 116.4108], 17, { animate: false })")
    drawn(page)
    places = page.request.get(here.url + "/api/v1/places").json()["features"]
    spots = [at(page, *place["geometry"]["coordinates"]) for place in places]
    box = page.locator(".leaflet-container").bounding_box()
    assert box is not None
    alone = [
        (place, spot)
        for place, spot in zip(places, spots, strict=True)
        if 80 < spot[0] < box["width"] - 120 and 80 < spot[1] < box["height"] - 80
        and sum(math.dist(spot, other) < 60 for other in spots) == 1
    ]  # fmt: skip
    assert alone, "no place stands alone in view"
    place, (x, y) = alone[0]
    assert page.evaluate(_INKED, [x, y])
    address = page.url
    page.mouse.move(box["x"] + x, box["y"] + y)
    expect(page.locator(".leaflet-container")).to_have_attribute("title", place["properties"]["name"])
    page.mouse.click(box["x"] + x, box["y"] + y)
    expect(page.locator(".about__name")).to_have_text(place["properties"]["name"])
    assert page.url == address, "who presses a dot asks about it, not from it"
    assert here.went_well()


def test_a_number_takes_one_closer(visit: Start) -> None:
    page = opened(visit("desktop"), "/")
    box = page.locator(".leaflet-container").bounding_box()
    assert box is not None
    before = page.evaluate("() => theMap.getZoom()")
    spots = [(x, y) for x in range(100, int(box["width"]) - 150, 12) for y in range(60, int(box["height"]) - 60, 12)]
    for x, y in spots:
        page.mouse.move(box["x"] + x, box["y"] + y)
        if "处" in (page.locator(".leaflet-container").get_attribute("title") or ""):
            break
    page.mouse.click(box["x"] + x, box["y"] + y)
    page.wait_for_function("before => theMap.getZoom() > before", arg=before)
    expect(page.locator(".card")).to_have_count(0)


def test_a_place_with_a_pin_has_no_dot(visit: Start) -> None:
    here = visit("desktop")
    page = opened(here, "/?lon=116.4108&lat=39.9229")
    expect(page.locator("#card-1")).to_be_visible()
    page.evaluate("() => theMap.setView([39.9229, 116.4108], 18, { animate: false })")
    drawn(page)
    results = page.request.get(here.url + "/api/v1/nearest?lon=116.4108&lat=39.9229&k=10").json()["results"]
    own = {result["place"]["id"] for result in results}
    places = page.request.get(here.url + "/api/v1/places").json()["features"]
    others = [at(page, *place["geometry"]["coordinates"]) for place in places if place["id"] not in own]
    checked = 0
    for result in results:
        spot = at(page, result["place"]["lon"], result["place"]["lat"])
        if 0 < spot[0] < 800 and 0 < spot[1] < 760 and all(math.dist(spot, other) > 40 for other in others):
            assert not page.evaluate(_INKED, list(spot)), result["place"]["name"]
            checked += 1
    assert checked


def test_dragging_draws_nothing_anew(visit: Start) -> None:
    page = opened(visit("desktop"), "/")
    page.evaluate("""() => {
      window.strokes = 0;
      const { fillText } = CanvasRenderingContext2D.prototype;
      CanvasRenderingContext2D.prototype.fillText = function (...told) {
        if (this.canvas.matches(".crowd")) window.strokes++;
        return fillText.apply(this, told);
      };
    }""")
    box = page.locator(".leaflet-container").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 60, box["y"] + 60)
    page.mouse.down()
    for step in range(10):
        page.mouse.move(box["x"] + 60 + 6 * step, box["y"] + 60 + 4 * step)
    assert page.evaluate("() => window.strokes") == 0
    page.mouse.up()
    page.wait_for_function("() => window.strokes > 0")
