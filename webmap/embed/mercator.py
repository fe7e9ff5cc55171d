"""Degrees -> pixels of a web map, and which part of it a frame shows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.coords import BBox, LonLat

MIN_ZOOM: Final = 10
MAX_ZOOM: Final = 19
_TILE_PX: Final = 256
#: The part of a frame that a phone shows of its map; what is to be seen must fit in it.
_PHONE_PX: Final = (340, 230)


@dataclass(frozen=True)
class View:
    """What a map shows: its middle and its zoom, as Leaflet counts them."""

    center: LonLat
    zoom: int

    def box(self, width_px: int, height_px: int) -> BBox:
        """Return what lies in a picture of this size."""
        (x, y), size = self._middle_px(), _TILE_PX * 2**self.zoom
        west, east = (360 * (x + side * width_px / 2) / size - 180 for side in (-1, 1))
        south, north = (
            math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * (y + side * height_px / 2) / size))))
            for side in (1, -1)
        )
        return BBox(west, south, east, north)

    def pixels(self, lonlat: NDArray[np.float64], width_px: int, height_px: int) -> NDArray[np.float64]:
        """Return pixels from the upper left corner of a picture of this size; (n, 2) degrees -> (n, 2)."""
        corner = np.array(self._middle_px()) - (width_px / 2, height_px / 2)
        return world_pixels(lonlat, self.zoom) - corner

    def _middle_px(self) -> tuple[float, float]:
        x, y = world_pixels(np.array([self.center]), self.zoom)[0]
        return float(x), float(y)


def world_pixels(lonlat: NDArray[np.float64], zoom: int) -> NDArray[np.float64]:
    """Return Web Mercator pixels from the upper left corner of the world; (n, 2) degrees -> (n, 2).

    Examples
    --------
    >>> world_pixels(np.array([[0.0, 0.0]]), 0).tolist()
    [[128.0, 128.0]]
    """
    size = _TILE_PX * 2**zoom
    lat = np.radians(lonlat[:, 1])
    return np.column_stack([(lonlat[:, 0] + 180) / 360 * size, (1 - np.arcsinh(np.tan(lat)) / math.pi) / 2 * size])


def view_of(box: BBox) -> View:
    """Return the closest view that shows a box on a phone.

    Examples
    --------
    >>> view_of(BBox(116.40, 39.90, 116.42, 39.91)).zoom
    14
    """
    corners = world_pixels(np.array([[box.west, box.north], [box.east, box.south]]), 0)
    width, height = np.maximum(corners[1] - corners[0], 1e-9)
    zoom = math.floor(math.log2(min(_PHONE_PX[0] / width, _PHONE_PX[1] / height)))
    return View(box.centre, min(max(zoom, MIN_ZOOM), MAX_ZOOM - 2))
