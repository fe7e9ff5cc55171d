"""Maps for notebooks: they stand alone, and nobody's text is anything but text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import geopandas
import pytest
from playwright.sync_api import Page
from shapely.geometry import LineString, Point, Polygon

from geo.city import City
from geo.errors import ParameterError
from webmap.analysis_maps import Drawn, analysis_map, shades

HOSTILE = "</script><img src=x onerror=window.hacked=1>${window.hacked=1}{{7*7}}`\\'\""
SHAPES = geopandas.GeoDataFrame(
    {"name": [HOSTILE, "two", "none"]},
    geometry=[Point(116.41, 39.92), LineString([(116.4, 39.9), (116.42, 39.91)]), None],
    crs="EPSG:4326",
)


def page_of(city: City, *layers: Drawn) -> str:
    rendered: str = analysis_map(city, *layers).get_root().render()
    return rendered


def drawn(page: str) -> list[dict[str, Any]]:
    """Return the values that are handed to our scripts, in order."""
    return [json.loads(values) for values in re.findall(r"\}\)\(map_[0-9a-f]{32}, (\{.*\})\);", page)]


def test_shapes_bear_a_colour_and_nothing_else(sample_city: City) -> None:
    shapes, legend = drawn(page_of(sample_city, Drawn(SHAPES, "both", ["#000001", "#000002", "#000003"])))
    assert [feature["properties"] for feature in shapes["features"]] == [{"color": "#000001"}, {"color": "#000002"}]
    assert [feature["geometry"]["type"] for feature in shapes["features"]] == ["Point", "LineString"]
    assert shapes["features"][1]["geometry"]["coordinates"] == [[116.4, 39.9], [116.42, 39.91]]
    assert legend["bounds"] == [[39.9, 116.4], [39.92, 116.42]]
    assert legend["rows"] == [["both", "transparent"], ["示例城市 · positions are illustrative", "transparent"]]


def test_without_shapes_the_whole_city_is_in_view(sample_city: City) -> None:
    empty = SHAPES[SHAPES.geometry.isna()]
    box = sample_city.bbox
    for layers in ([], [Drawn(empty, "nothing", "#000000")]):
        *_, legend = drawn(page_of(sample_city, *layers))
        assert legend["bounds"] == [[box.south, box.west], [box.north, box.east]]


@pytest.mark.parametrize(
    ("shapes", "color", "message"),
    [
        (SHAPES.to_crs(3857), "#000000", "must be in degrees"),
        (SHAPES.set_crs(None, allow_override=True), "#000000", "must be in degrees"),
        (SHAPES, "red", "'red' is no colour; write it as #rrggbb"),
        (SHAPES, ["#000000", "#000000", "#00000G"], "'#00000G' is no colour"),
        (SHAPES, "#000000`+alert(1)+`", "is no colour"),
    ],
)
def test_what_cannot_be_drawn(sample_city: City, shapes: Any, color: Any, message: str) -> None:
    with pytest.raises(ParameterError, match=re.escape(message)):
        analysis_map(sample_city, Drawn(shapes, "layer", color))


def test_shades_of_values_that_are_all_alike_or_none() -> None:
    assert shades([3.0, 3.0], "#102030", "#ffffff") == ["#102030", "#102030"]
    assert shades([float("nan")]) == ["#bbbbbb"]
    assert shades([]) == []
    assert shades([0.0, 4.0, 1.0], "#000000", "#040810") == ["#000000", "#040810", "#010204"]


@pytest.fixture
def alone(browser: Any) -> Iterator[Page]:
    """Return a page without any network."""
    context = browser.new_context(offline=True)
    page = context.new_page()
    yield page
    context.close()


@pytest.mark.browser
def test_in_a_browser_it_draws_offline_and_text_is_text(alone: Page, sample_city: City) -> None:
    asked: list[str] = []
    wrong: list[str] = []
    alone.on("request", lambda request: asked.append(request.url))
    alone.on("pageerror", lambda error: wrong.append(str(error)))
    alone.on("console", lambda message: wrong.append(message.text))
    square = geopandas.GeoSeries(
        [Polygon([(116.38, 39.86), (116.44, 39.86), (116.44, 39.96), (116.38, 39.96)])], crs="EPSG:4326"
    )
    alone.set_viewport_size({"width": 600, "height": 600})
    page = page_of(sample_city, Drawn(square, "square", "#ff0000"), Drawn(SHAPES, HOSTILE, "#0000ff"))
    alone.set_content(page)
    alone.wait_for_function("document.querySelector('.leaflet-bottom.leaflet-left').innerText.includes('square')")

    assert wrong == []
    assert [url for url in asked if not url.startswith(("about:", "data:"))] == []
    assert HOSTILE in alone.inner_text(".leaflet-bottom.leaflet-left")
    assert alone.evaluate("window.hacked") is None
    middle = alone.evaluate(
        "() => { const c = document.querySelector('canvas');"
        " return [...c.getContext('2d').getImageData(c.width / 2, c.height / 2, 1, 1).data]; }"
    )
    assert middle[0] > 200, middle  # the red square is filled
    assert middle[1] == 0, middle
    assert middle[3] > 50, middle
