"""Map shells: nothing foreign, nothing random, nothing left behind in folium."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any, cast

import folium
import pytest
from branca.element import Element, Figure
from folium.plugins import MarkerCluster

import webmap
from webmap.maps import VENDORED, BaseMap, LeafletMap, MapShell, UnknownAssetError, city_map, shell

STATIC = Path(webmap.__file__).parent / "static"
CITY: dict[str, Any] = {
    "bbox": [116.148, 39.788, 116.613, 40.096],
    "center": [116.417, 39.925],
    "base_map": {
        "tiles": "/base/{z}/{x}/{y}.mvt?v=8f3a",
        "min_zoom": 9,
        "max_zoom": 15,
        "attribution": "© OpenStreetMap contributors",
    },
}


def everything(part: MapShell) -> str:
    return "\n".join([*(asset.filename for asset in part.head_assets), part.body_html, part.script])


def test_nothing_is_loaded_from_another_host() -> None:
    assert not re.search(r"https?:|//[a-z]", everything(city_map(CITY, lang="zh")))


def test_every_asset_is_a_vendored_file() -> None:
    assert all((STATIC / asset.filename).is_file() for asset in city_map(CITY, lang="zh").head_assets)
    assert all((STATIC / filename).is_file() for filename in VENDORED.values())


def test_leaflet_comes_before_what_builds_on_it() -> None:
    scripts = [asset.filename for asset in city_map(CITY, lang="zh").head_assets if asset.kind == "script"]
    assert scripts[0] == VENDORED["leaflet"]


def test_an_unknown_asset_is_an_error() -> None:
    leaflet_map, layer = LeafletMap(tiles=None), BaseMap({})
    layer.default_js = [("heat", "https://example.org/heat.js")]
    layer.add_to(leaflet_map)
    with pytest.raises(UnknownAssetError, match="'heat'"):
        shell(leaflet_map)


def test_a_plain_folium_map_asks_for_too_much() -> None:
    with pytest.raises(UnknownAssetError, match="'jquery'"):
        shell(cast(LeafletMap, folium.Map(tiles=None)))


def test_a_header_of_its_own_is_an_error() -> None:
    leaflet_map = LeafletMap(tiles=None)
    cast(Figure, leaflet_map.get_root()).header.add_child(Element("<style>body{}</style>"), name="stray")
    with pytest.raises(UnknownAssetError, match="'stray'"):
        shell(leaflet_map)


def test_equal_maps_are_equal_bytes() -> None:
    first, second = city_map(CITY, lang="zh"), city_map(copy.deepcopy(CITY), lang="zh")
    assert first == second
    assert not re.search(r"[0-9a-f]{32}", everything(first))


def test_names_agree_between_container_and_script() -> None:
    part = city_map(CITY, lang="zh")
    assert f'id="{part.map_variable}"' in part.body_html
    assert f"var {part.map_variable} = L.map(" in part.script


def test_folium_is_left_as_it_was() -> None:
    before = [copy.deepcopy(vars_of(each)) for each in (folium.Map, MarkerCluster, folium.TileLayer)]
    city_map(CITY, lang="zh")
    assert [vars_of(each) for each in (folium.Map, MarkerCluster, folium.TileLayer)] == before


def test_a_reader_may_zoom_the_page() -> None:
    assert "user-scalable" not in everything(city_map(CITY, lang="zh"))
    assert "viewport" not in everything(city_map(CITY, lang="zh"))


def test_zoom_limits_survive_without_tiles() -> None:
    script = city_map({**CITY, "base_map": None}, lang="zh").script
    assert '"maxZoom": 19' in script
    assert '"minZoom": 10' in script


def test_configuration_cannot_leave_its_string() -> None:
    attribution = "</script><script>alert(1)</script>`${alert(2)}`"
    script = city_map({**CITY, "base_map": {**CITY["base_map"], "attribution": attribution}}, lang="zh").script
    assert "</script>" not in script
    # A quoted JSON string, so neither the backtick nor the braces mean anything.
    assert '"attribution": "\\u003c/script\\u003e' in script


def vars_of(folium_class: type) -> dict[str, Any]:
    return {name: vars(folium_class).get(name) for name in ("default_js", "default_css")}


def test_a_text_of_the_city_is_no_template() -> None:
    """What folium writes is taken for a template a second time; a source's name must not be one."""
    hostile = "{{7*7}}{% raw %}{# no #}{{{</script>`${1}"
    base_map = {**CITY["base_map"], "attribution": hostile}
    script = city_map({**CITY, "base_map": base_map}, lang="zh").script
    assert "49" not in script.replace("116.149", "")
    assert "</script" not in script
    told = re.search(r'"attribution": ("(?:[^"\\]|\\.)*")', script)
    assert told is not None
    assert json.loads(told[1]) == hostile
