"""Whose streets lie under the places: our own vector tiles, or the picture tiles of a provider named in the settings.

A provider's tiles come through our own server (`webmap.tile_proxy`), so its key is in no page and no visitor's position
is told to anybody; see docs/base-maps.md for why, and for what providers ask of whoever uses them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from geo.choosing.words import shown
from geo.errors import ParameterError

#: What is said where the streets are to be ours.
OWN: Final = "own"
DATUMS: Final = ("wgs84", "gcj02")
_KEY: Final = re.compile(r"[A-Za-z0-9_-]{8,128}")
_TEMPLATE: Final = re.compile(r"https?://[^\s/{}]+/\S+")
_MARKS: Final = ("{z}", "{x}", "{y}")
_MAX_TEXT: Final = 300
#: Where a provider fails, this is said on the map.
FAILED: Final = MappingProxyType(
    {
        "zh": "底图服务现在连不上，换成了本站自己的地图。",
        "en": "The map service cannot be reached; this is our own map instead.",
    }
)


def _tianditu(layer: str) -> str:
    return (
        f"https://t0.tianditu.gov.cn/{layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER={layer}"
        "&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk={key}"
    )


@dataclass(frozen=True)
class Provider:
    """Who draws the base map.

    Attributes
    ----------
    name
        As it was asked for: a known name, or the template of an address.
    layers
        Name of a layer -> template of its tiles' addresses with ``{z}``, ``{x}``, ``{y}`` and, if need be, ``{key}``.
    shown
        Language of the page -> the layers that are shown, the lowest first.
    attribution
        What the provider wants to be said, as text.
    datum
        What its tiles are cut by: ``wgs84`` or ``gcj02``.
    min_zoom, max_zoom
        The levels that it has.
    key
        Its key; part of no page and of no text of this value.
    """

    name: str
    layers: Mapping[str, str]
    shown: Mapping[str, tuple[str, ...]]
    attribution: str
    datum: str = "wgs84"
    min_zoom: int = 1
    max_zoom: int = 18
    key: str = field(default="", repr=False)

    def told(self) -> dict[str, Any]:
        """Return what a page must know of it, as JSON values."""
        return {
            "layers": {
                lang: [f"/tiles/{layer}/{{z}}/{{x}}/{{y}}" for layer in layers] for lang, layers in self.shown.items()
            },
            "datum": self.datum,
            "min_zoom": self.min_zoom,
            "max_zoom": self.max_zoom,
            "attribution": self.attribution,
            "failed": dict(FAILED),
        }

    def address(self, layer: str, z: int, x: int, y: int) -> str:
        """Return where a tile is fetched from."""
        return self.layers[layer].replace("{key}", self.key).format(z=z, x=x, y=y)


_LAND: Final = "天地图 © 国家地理信息公共服务平台"
_KNOWN: Final = {
    "tianditu": Provider(
        "tianditu",
        {layer: _tianditu(layer) for layer in ("vec", "cva", "eva")},
        {"zh": ("vec", "cva"), "en": ("vec", "eva")},
        _LAND,
    ),
    "tianditu-image": Provider(
        "tianditu-image",
        {layer: _tianditu(layer) for layer in ("img", "cia", "eia")},
        {"zh": ("img", "cia"), "en": ("img", "eia")},
        _LAND,
    ),
}


def with_provider(summary: dict[str, Any], provider: Provider | None) -> dict[str, Any]:
    """Return what is told of a city, and who draws its base map."""
    if provider is None:
        return summary
    return summary | {"base_map": (summary["base_map"] or {"tiles": None}) | {"provider": provider.told()}}


def read_provider(
    name: str, *, key: str = "", datum: str | None = None, attribution: str | None = None
) -> Provider | None:
    """Return the provider of a name or of an address; None for our own tiles.

    Parameters
    ----------
    name
        ``own``, ``tianditu``, ``tianditu-image``, or the template of an address.
    key
        The provider's key.
    datum
        Of the tiles behind a template; the known providers' is known.
    attribution
        What has to be said; needed with a template.

    Raises
    ------
    ParameterError
        The name is unknown, the key is missing or no key, the datum or the attribution cannot be.

    Examples
    --------
    >>> read_provider("tianditu", key="0123456789abcdef").shown["zh"]
    ('vec', 'cva')
    """
    if name == OWN:
        return None
    if attribution is not None and not 0 < len(attribution.strip()) <= _MAX_TEXT:
        raise ParameterError(
            f"--base-map-attribution has {len(attribution)} characters; give 1 to {_MAX_TEXT}", parameter="attribution"
        )
    if name in _KNOWN:
        if datum not in (None, _KNOWN[name].datum):
            raise ParameterError(
                f"{name} is in {_KNOWN[name].datum}, not {datum}; leave --base-map-datum out", parameter="datum"
            )
        known = _KNOWN[name]
        layers, shown_in, datum, attribution = known.layers, known.shown, known.datum, attribution or known.attribution
    else:
        layers, shown_in = {"map": _template(name)}, {"zh": ("map",), "en": ("map",)}
        datum = datum or DATUMS[0]
        if datum not in DATUMS:
            raise ParameterError(f"datum={shown(datum)} must be {' or '.join(DATUMS)}", parameter="datum")
        if attribution is None:
            raise ParameterError(
                "a base map by its address needs --base-map-attribution: what its provider wants to be said",
                parameter="attribution",
            )
    if any("{key}" in template for template in layers.values()):
        _check_key(name, key)
    return Provider(name, layers, shown_in, attribution.strip(), datum, key=key)


def read_key(path: Path) -> str:
    """Read a key from the first line of a file.

    Raises
    ------
    ParameterError
        The file cannot be read, or its first line is no key.
    """
    try:
        with path.open(encoding="utf-8") as file:
            key = file.readline(1000).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ParameterError(
            f"{path}: the key cannot be read; give a text file whose first line is the key", parameter="key"
        ) from error
    _check_key(str(path), key)
    return key


def _check_key(whose: str, key: str) -> None:
    if not key:
        raise ParameterError(
            f"{shown(whose)} needs a key; put it on the first line of a file and give --base-map-key-file, "
            "or give it as YIZHAN_BASE_MAP_KEY",
            parameter="key",
        )
    if not _KEY.fullmatch(key):  # the key itself is not repeated: errors end in logs
        raise ParameterError(
            f"the key for {shown(whose)} has {len(key)} characters or signs that no key has; "
            "a key is 8 to 128 letters, digits, - and _",
            parameter="key",
        )


def _template(text: str) -> str:
    marks = set(re.findall(r"\{[^}]*\}?|\}", text))
    if not _TEMPLATE.fullmatch(text) or not set(_MARKS) <= marks <= {*_MARKS, "{key}"}:
        raise ParameterError(
            f"base map {shown(text)} is neither {OWN}, {', '.join(_KNOWN)} nor an address such as "
            "https://tiles.example.cn/{z}/{x}/{y}.png?key={key}",
            parameter="base_map",
        )
    return text
