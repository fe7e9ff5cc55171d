"""The map as a still picture, for readers without scripts: streets and places as shapes of an SVG of bounded size."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.city import City
from geo.coords import LonLat
from webmap.embed.layer import LABEL_PX, AreaShare
from webmap.embed.mercator import View

WIDTH_PX: Final = 640
HEIGHT_PX: Final = 400
#: Corners of streets that are drawn at the most, about eight characters each; the least streets are left out first.
MAX_CORNERS: Final = 14_000
MAX_DOTS: Final = 300

#: The classes of streets from the widest to the least, the zoom from which they are drawn, and how wide, in pixels.
_TIERS: Final[tuple[tuple[str, int, float, frozenset[str]], ...]] = (
    ("trunk", 0, 4.0, frozenset({"motorway", "trunk", "primary"})),
    ("main", 0, 2.6, frozenset({"secondary", "tertiary", "motorway_link", "trunk_link", "primary_link"})),
    ("street", 13, 1.8, frozenset({"residential", "unclassified", "living_street", "road", "secondary_link"})),
    ("path", 15, 1.2, frozenset({"pedestrian", "service", "footway", "path", "cycleway", "steps", "tertiary_link"})),
)


class Strokes(NamedTuple):
    """Streets that are drawn alike: what they are, how wide in pixels, and their path in SVG's words."""

    tier: str
    width: float
    path: str


def picture(city: City, view: View, places: Iterable[LonLat], numbered: Iterable[LonLat]) -> dict[str, Any]:
    """Return the shapes of a picture, all in whole pixels.

    Parameters
    ----------
    city
        Whose streets.
    view
        What it shows.
    places
        Positions that get a dot.
    numbered
        Positions that get a number, from 1, in the order of a list beside the picture.
    """
    return {
        "width": WIDTH_PX,
        "height": HEIGHT_PX,
        "strokes": _strokes(city, view),
        "dots": [(x, y) for _, x, y in _inside(view, places)][:MAX_DOTS],
        "numbers": _inside(view, numbered),
    }


class Outlined(NamedTuple):
    """A subdistrict on the picture: which colour, its path in SVG's words, its label and where that stands."""

    step: int
    path: str
    label: str
    x: int
    y: int


def outlined(city: City, view: View, shares: Iterable[AreaShare]) -> list[Outlined]:
    """Return the subdistricts of a layer that lie in the picture; holes are left out, they are towns in towns."""
    drawn = []
    for share in shares:
        shape = city.outlines[share.number]
        if shape is None:
            continue
        path, low, high = "", np.full(2, np.inf), np.full(2, -np.inf)
        for part in getattr(shape, "geoms", [shape]):
            corners = np.rint(view.pixels(np.asarray(part.exterior.coords)[:, :2], WIDTH_PX, HEIGHT_PX)).astype(
                np.int64
            )
            words, _ = _path(corners)
            if words:
                path += f"{words}z"
                low, high = np.minimum(low, corners.min(axis=0)), np.maximum(high, corners.max(axis=0))
        if path:
            middle = shape.representative_point()
            (x, y), size = view.pixels(np.array([[middle.x, middle.y]]), WIDTH_PX, HEIGHT_PX)[0], high - low
            label = share.percent if min(size) >= LABEL_PX else ""
            drawn.append(Outlined(share.step, path, label, round(x), round(y)))
    return drawn


def _strokes(city: City, view: View) -> list[Strokes]:
    streets = city.streets_in(view.box(WIDTH_PX, HEIGHT_PX))
    corners = np.rint(view.pixels(streets.lonlat, WIDTH_PX, HEIGHT_PX)).astype(np.int64)
    drawn: list[Strokes] = []
    left = MAX_CORNERS
    for tier, from_zoom, width, kinds in _TIERS:
        if view.zoom < from_zoom:
            break
        edges = [edge for edge, kind in enumerate(streets.kind) if kind in kinds]
        paths = [_path(corners[streets.start[edge] : streets.start[edge + 1]]) for edge in edges]
        left -= sum(count for _, count in paths)
        if left < 0:  # half of the lesser streets would look as if the others were not there
            break
        drawn.append(Strokes(tier, width, "".join(words for words, _ in paths)))
    return drawn[::-1]


def _path(corners: NDArray[np.int64]) -> tuple[str, int]:
    """Return a line in SVG's words, and how many corners it has; what would not leave its pixel is left out."""
    if not _may_show(corners):
        return "", 0
    steps = np.diff(corners, axis=0)
    steps = steps[steps.any(axis=1)]
    if not len(steps):
        return "", 0
    (x, y), moves = corners[0], steps.tolist()
    return f"M{x} {y}l" + " ".join(f"{dx} {dy}" for dx, dy in moves), len(moves) + 1


def _may_show(corners: NDArray[np.int64]) -> bool:
    low, high = corners.min(axis=0), corners.max(axis=0)
    return bool(high[0] >= 0 and high[1] >= 0 and low[0] <= WIDTH_PX and low[1] <= HEIGHT_PX)


def _inside(view: View, positions: Iterable[LonLat]) -> list[tuple[int, int, int]]:
    """Return (number from 1, x, y) of the positions that lie in the picture."""
    lonlat = np.array([tuple(position) for position in positions], dtype=np.float64).reshape(-1, 2)
    at = np.rint(view.pixels(lonlat, WIDTH_PX, HEIGHT_PX)).astype(int)
    return [
        (number, x, y) for number, (x, y) in enumerate(at.tolist(), 1) if 0 <= x <= WIDTH_PX and 0 <= y <= HEIGHT_PX
    ]
