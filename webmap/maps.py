"""Map shells: what folium draws, turned into parts that our own pages can serve.

The only door to folium. A shell holds a Leaflet map and a base map, never a place: places reach the
page as JSON and are drawn by our own scripts, because text that passes through folium ends in a
JavaScript template literal, where ``${...}`` runs even after HTML escaping.

Three habits of folium are undone here. Its assets come from foreign hosts: each is mapped *by name*
to a vendored file and an unknown one is an error. Its ids are random: they are numbered in order of
appearance, so that equal maps are equal bytes. Its viewport forbids zooming: the header that folium
writes for a map is left out, our layout has its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, cast

import folium
from branca.element import CssLink, Element, Figure, JavascriptLink, MacroElement
from folium.elements import JSCSSMixin
from folium.map import Layer
from folium.template import Template

from geo.errors import YizhanError

VENDORED: Mapping[str, str] = MappingProxyType(
    {
        "leaflet": "vendor/leaflet/leaflet.js",
        "leaflet_css": "vendor/leaflet/leaflet.css",
        "protomaps_leaflet": "vendor/protomaps-leaflet/protomaps-leaflet.js",
    }
)
"""Folium's name of an asset -> its file below ``webmap/static``."""

_RANDOM_ID = re.compile(r"\b(?P<name>[a-z][a-z0-9_]*?)_[0-9a-f]{32}\b")

AssetKind = Literal["script", "style"]


class UnknownAssetError(YizhanError, LookupError):
    """A map asks for a file that is not among the vendored ones."""


@dataclass(frozen=True, slots=True)
class Asset:
    """One vendored file that a map needs.

    Attributes
    ----------
    kind
        ``"script"`` or ``"style"``.
    filename
        Path below ``webmap/static``, for ``url_for("static", filename=...)``.
    """

    kind: AssetKind
    filename: str

    @property
    def late(self) -> bool:
        """Whether the page can be used before it is there; our scripts wait for it themselves."""
        return self.filename == VENDORED["protomaps_leaflet"]


@dataclass(frozen=True, slots=True)
class MapShell:
    """A rendered map, ready for a template with a nonce.

    Attributes
    ----------
    head_assets
        Files to load before the script, in order.
    body_html
        The map's container.
    script
        JavaScript that creates the map; it expects ``yizhan.addBaseMap`` in its scope.
    map_variable
        Name that the script gives to the Leaflet map; also the id of the container.
    """

    head_assets: tuple[Asset, ...]
    body_html: str
    script: str
    map_variable: str


class LeafletMap(folium.Map):
    """A folium map that asks for Leaflet alone: no jQuery, no Bootstrap, no icon fonts."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.default_js = _links("leaflet")
        self.default_css = _links("leaflet_css")


class BaseMap(JSCSSMixin, Layer):
    """The streets under the places, drawn in the browser by ``basemap.js``.

    Parameters
    ----------
    config
        What ``yizhan.addBaseMap`` is told; must be JSON. ``tiles`` is None without a base map.
    """

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            const {{ this.get_name() }} = yizhan.addBaseMap(
                {{ this._parent.get_name() }}, {{ this.data }});
        {% endmacro %}
        """
    )

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__(control=False)
        self._name = "BaseMap"
        self.default_js = _links("protomaps_leaflet")
        self.data = _data(dict(config))


class Scripted(MacroElement):
    """A piece of our own script on a map.

    Parameters
    ----------
    name
        What kind of thing it is.
    script
        JavaScript, written by us; the Leaflet map is ``map`` in it, and ``values`` are there under their names.
    values
        Must be JSON, and may be anybody's: they reach the page as data.
    """

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            ((map, values) => { {{ this.code }} })({{ this._parent.get_name() }}, {{ this.data }});
        {% endmacro %}
        """
    )

    def __init__(self, name: str, script: str, values: Any) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = name
        self.code = script
        self.data = _data(values)


class _Inline(Element):
    """One of our own files, put into a page that stands alone."""

    def __init__(self, tag: str, filename: str) -> None:
        super().__init__()
        self.code = (Path(__file__).parent / "static" / filename).read_text(encoding="utf-8")
        self._template = Template(f"<{tag}>{{{{ this.code }}}}</{tag}>")


def standing_alone(leaflet_map: LeafletMap) -> LeafletMap:
    """Put Leaflet itself into the page of a map, so that it asks no host for anything: for notebooks."""
    leaflet_map.default_js, leaflet_map.default_css = [], []
    header = cast(Figure, leaflet_map.get_root()).header
    header.add_child(_Inline("style", VENDORED["leaflet_css"]), name="leaflet_css")
    header.add_child(_Inline("script", VENDORED["leaflet"]), name="leaflet")
    return leaflet_map


def city_map(city: Mapping[str, Any], *, lang: str, zoom: int = 13) -> MapShell:
    """Build the shell of a city's map.

    Parameters
    ----------
    city
        The city's facts as ``/api/v1/city`` gives them; read are ``bbox`` (west, south, east, north),
        ``center`` (lon, lat) and ``base_map``.
    lang
        Language of the labels, ``"zh"`` or ``"en"``.
    zoom
        How close the map opens, 10 to 19.

    Returns
    -------
    MapShell
        Equal for equal arguments, byte by byte.

    Examples
    --------
    >>> facts = {"bbox": [116.3, 39.8, 116.5, 40.0], "center": [116.4, 39.9], "base_map": None}
    >>> city_map(facts, lang="zh").map_variable
    'map_1'
    """
    lon, lat = city["center"]
    leaflet_map = LeafletMap(
        location=(lat, lon),
        tiles=None,
        zoom_start=zoom,
        zoom_control="bottomright",
        prefer_canvas=True,
    )
    # Folium hands its zoom limits to the tile layer only, and there is none here.
    leaflet_map.options.update(min_zoom=10, max_zoom=19)
    leaflet_map.add_child(BaseMap(_base_map_config(city, lang)))
    return shell(leaflet_map)


def shell(leaflet_map: LeafletMap) -> MapShell:
    """Render a folium map into parts that load nothing from elsewhere.

    Parameters
    ----------
    leaflet_map
        The map; it is rendered once and should not be used again.

    Returns
    -------
    MapShell
        The parts, with ids numbered in order of appearance.

    Raises
    ------
    UnknownAssetError
        The map, or something on it, asks for a file that is not vendored, or writes its own header.
    """
    figure = cast(Figure, leaflet_map.get_root())
    figure.render()
    variable = leaflet_map.get_name()
    assets = tuple(_assets(figure, map_name=variable))
    numbers = _numbers("\n".join([variable, _text(figure.html), _text(figure.script)]))
    return MapShell(
        head_assets=assets,
        body_html=_renumbered(_text(figure.html), numbers).strip(),
        script=_renumbered(_text(figure.script), numbers).strip(),
        map_variable=_renumbered(variable, numbers),
    )


def _data(values: Any) -> str:
    """Return values as JSON for a script.

    What a template gives is taken for a template once more, so braces that mean something there are escaped, too; they
    occur in texts only.
    """
    text = json.dumps(values, sort_keys=True)
    return re.sub(r"[<>&']|\{(?=[{%#])", lambda match: f"\\u{ord(match[0]):04x}", text)


def _links(*names: str) -> list[tuple[str, str]]:
    return [(name, VENDORED[name]) for name in names]


def _base_map_config(city: Mapping[str, Any], lang: str) -> dict[str, Any]:
    base_map = city["base_map"] or {}
    return {
        "bbox": list(city["bbox"]),
        "lang": lang,
        "tiles": base_map.get("tiles"),
        "minZoom": base_map.get("min_zoom"),
        "maxZoom": base_map.get("max_zoom"),
        "attribution": base_map.get("attribution"),
        **({"bounds": base_map["bounds"]} if "bounds" in base_map else {}),
        **({"provider": _provider_config(base_map["provider"], lang)} if base_map.get("provider") else {}),
    }


def _provider_config(provider: Mapping[str, Any], lang: str) -> dict[str, Any]:
    """Return what the page is told of whoever draws its streets, in its own language."""
    return {
        "layers": provider["layers"][lang],
        "datum": provider["datum"],
        "minZoom": provider["min_zoom"],
        "maxZoom": provider["max_zoom"],
        "attribution": provider["attribution"],
        "failed": provider["failed"][lang],
    }


def _assets(figure: Figure, *, map_name: str) -> Iterator[Asset]:
    for name, child in figure.header._children.items():
        if isinstance(child, JavascriptLink):
            yield Asset("script", _vendored(name))
        elif isinstance(child, CssLink):
            yield Asset("style", _vendored(name))
        elif name not in ("meta_http", map_name):
            raise UnknownAssetError(
                f"{name!r} writes its own page header, which our layout has no room for; "
                "leave that element out or give it a style in webmap/static/css"
            )


def _vendored(name: str) -> str:
    try:
        return VENDORED[name]
    except KeyError:
        raise UnknownAssetError(
            f"the map asks for the asset {name!r}, vendored are {', '.join(VENDORED)}; "
            "vendor its file and add the name to webmap.maps.VENDORED"
        ) from None


def _text(part: Element) -> str:
    return "\n".join(child.render() for child in part._children.values())


def _numbers(text: str) -> dict[str, str]:
    """Map each random id in `text` to its name and a running number."""
    numbers: dict[str, str] = {}
    for match in _RANDOM_ID.finditer(text):
        numbers.setdefault(match[0], f"{match['name']}_{len(numbers) + 1}")
    return numbers


def _renumbered(text: str, numbers: Mapping[str, str]) -> str:
    return _RANDOM_ID.sub(lambda match: numbers[match[0]], text)
