"""Maps for notebooks: shapes and a legend on a page that stands alone and asks no other host for anything."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely

from geo.city import City
from geo.errors import ParameterError
from webmap.maps import LeafletMap, Scripted, standing_alone

_COLOR: Final = re.compile(r"#[0-9a-f]{6}")
_SHAPES: Final = """
    L.geoJSON(values, {
        interactive: false,
        style: (shape) => ({color: shape.properties.color, weight: 3, opacity: 0.9, fillOpacity: 0.35}),
        pointToLayer: (shape, at) => L.circleMarker(at, {radius: 6}),
    }).addTo(map);
"""
_LEGEND: Final = """
    map.attributionControl.setPrefix(false);
    map.getContainer().style.background = "#fbfaf7";
    map.fitBounds(values.bounds);
    const legend = L.control({position: "bottomleft"});
    legend.onAdd = () => {
        const box = L.DomUtil.create("div");
        box.style.cssText = "background: #fffd; color: #222; padding: 4px 8px; font: 13px/1.5 sans-serif";
        for (const [label, color] of values.rows) {
            const row = L.DomUtil.create("div", "", box);
            row.textContent = label;
            row.style.borderLeft = "1em solid " + color;
            row.style.paddingLeft = "6px";
        }
        return box;
    };
    legend.addTo(map);
"""


@dataclass(frozen=True, eq=False)
class Drawn:
    """Shapes on a map.

    Attributes
    ----------
    shapes
        A GeoDataFrame or GeoSeries in degrees (EPSG:4326); rows without a shape are left out, and so are all texts.
    label
        What the legend calls them.
    color
        ``#rrggbb``, or one such colour per row, see :func:`shades`.
    """

    shapes: Any
    label: str
    color: str | Sequence[str] = "#d1495b"


def analysis_map(city: City, *layers: Drawn) -> LeafletMap:
    """Return a folium map of shapes; it has no base map.

    Parameters
    ----------
    city
        Whose data it is; the legend names its sources.
    layers
        What is drawn, the lowest first.

    Raises
    ------
    ParameterError
        Shapes are not in degrees, or a colour is none.
    """
    centre = city.bbox.centre
    drawn = standing_alone(LeafletMap(location=(centre.lat, centre.lon), tiles=None, zoom_start=13, prefer_canvas=True))
    rows, around = [], []
    for layer in layers:
        features, bounds = _features(layer)
        drawn.add_child(Scripted("Shapes", _SHAPES, {"type": "FeatureCollection", "features": features}))
        rows.append([layer.label, layer.color if isinstance(layer.color, str) else "transparent"])
        around += [bounds] if features else []
    whole = np.array(around or [list(city.bbox)])
    (west, south), (east, north) = whole[:, :2].min(axis=0).tolist(), whole[:, 2:].max(axis=0).tolist()
    credits = dict.fromkeys(source["attribution"] for source in city.manifest.sources if "attribution" in source)
    rows += [[" · ".join(credits), "transparent"]] if credits else []
    drawn.add_child(Scripted("Legend", _LEGEND, {"rows": rows, "bounds": [[south, west], [north, east]]}))
    return drawn


def shades(values: Sequence[float], low: str = "#f2f0e6", high: str = "#1b6b5a") -> list[str]:
    """Return a colour per value, from the least to the greatest; grey for what is not a number.

    Examples
    --------
    >>> shades([0.0, 1.0, float("nan"), 0.5], "#000000", "#ffffff")
    ['#000000', '#ffffff', '#bbbbbb', '#808080']
    """
    numbers = np.asarray(values, dtype=np.float64)
    known = numbers[np.isfinite(numbers)]
    least, greatest = (known.min(), known.max()) if len(known) else (0.0, 1.0)
    dark, light = (np.array([int(color[at : at + 2], 16) for at in (1, 3, 5)]) for color in (low, high))
    found = []
    for share in ((numbers - least) / ((greatest - least) or 1.0)).tolist():
        tones = "bbbbbb" if np.isnan(share) else "".join(f"{round(tone):02x}" for tone in dark + share * (light - dark))
        found.append(f"#{tones}")
    return found


def _features(layer: Drawn) -> tuple[list[dict[str, Any]], list[float]]:
    """Return the shapes of a layer as GeoJSON that says nothing but their colours, and their bounds."""
    series = layer.shapes.geometry
    if series.crs is None or series.crs.to_epsg() != 4326:
        raise ParameterError(f"{layer.label}: shapes must be in degrees; call to_crs('EPSG:4326') first")
    colors = [layer.color] * len(series) if isinstance(layer.color, str) else list(layer.color)
    for color in colors:
        if not _COLOR.fullmatch(color):
            raise ParameterError(f"{layer.label}: {color[:20]!r} is no colour; write it as #rrggbb")
    rows = [(one, color) for one, color in zip(series, colors, strict=True) if one is not None and not one.is_empty]
    shapes = shapely.transform(np.array([one for one, _ in rows], dtype=object), lambda at: np.round(at, 6))
    features = [
        {"type": "Feature", "properties": {"color": color}, "geometry": json.loads(shapely.to_geojson(one))}
        for one, (_, color) in zip(shapes, rows, strict=True)
    ]
    return features, shapely.total_bounds(shapes).tolist() if rows else []
