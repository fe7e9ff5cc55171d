"""The base map of a pocket: the tiles of the server in and around it, as many zooms as there is room for."""

from __future__ import annotations

import gzip
import math
import zlib
from collections.abc import Callable
from itertools import chain
from typing import Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.coords import LonLat
from geo.pocket.varints import varints

#: A gzipped tile of the base map, or None.
TileAt = Callable[[int, int, int], bytes | None]
#: The web's square map ends here, degrees.
_LAST_LAT: Final = 85.0511
#: What two sections take beyond their contents, bytes: rows of the table, heads and ends of gzip.
_OVERHEAD: Final = 100


class MapTiles(NamedTuple):
    """Sections of a pocket, and the lowest and highest zoom whose tiles are all there; None without any."""

    sections: dict[str, bytes]
    zooms: tuple[int, int] | None


def map_tiles(tile: TileAt, zooms: tuple[int, int] | None, shape: BaseGeometry, room_bytes: int) -> MapTiles:
    """Take the tiles that touch a shape, zoom by zoom from the farthest on, until the next zoom would not fit.

    Sections:

    ``tileset``
        Varints: how many tiles; then for each its zoom, column, row, and how many bytes it has, unpacked.
    ``tiles``
        The tiles, unpacked, one behind the other.

    Parameters
    ----------
    tile
        Gives a gzipped tile.
    zooms
        The lowest and highest zoom that there is.
    shape
        In degrees.
    room_bytes
        How many bytes the tiles may take, as stored.
    """
    rows: list[tuple[int, int, int, int]] = []
    bodies: list[bytes] = []
    stored, last = 0, None
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    for z in [] if zooms is None else range(zooms[0], zooms[1] + 1):
        found = [(x, y, gzip.decompress(kept)) for x, y in columns_and_rows(shape, z) if (kept := tile(z, x, y))]
        trial = packer.copy()
        size = stored + sum(len(trial.compress(body)) for _, _, body in found)
        table = [*rows, *((z, x, y, len(body)) for x, y, body in found)]
        if size + len(trial.copy().flush()) + len(_tileset(table)) + _OVERHEAD > room_bytes and last is not None:
            break
        stored, packer, last, rows = size, trial, z, table
        bodies += [body for _, _, body in found]
    sections = {"tileset": _tileset(rows), "tiles": b"".join(bodies)}
    return MapTiles(sections, None if zooms is None or last is None else (zooms[0], last))


def _tileset(rows: list[tuple[int, int, int, int]]) -> bytes:
    return varints(np.array([len(rows), *chain.from_iterable(rows)], dtype=np.int64))


def columns_and_rows(shape: BaseGeometry, z: int) -> list[tuple[int, int]]:
    """Return the tiles of a zoom that touch a shape, row by row."""
    west, south, east, north = shape.bounds
    first, last = _tile_at(LonLat(west, north), z), _tile_at(LonLat(east, south), z)
    x, y = np.meshgrid(np.arange(first[0], last[0] + 1), np.arange(first[1], last[1] + 1))
    boxes = shapely.box(_lon(x, z), _lat(y + 1, z), _lon(x + 1, z), _lat(y, z))
    shapely.prepare(shape)
    touches = shapely.intersects(shape, boxes)
    return list(zip(x[touches].tolist(), y[touches].tolist(), strict=True))


def _lon(x: NDArray[np.int64], z: int) -> NDArray[np.float64]:
    return np.asarray(x / (1 << z) * 360.0 - 180.0)


def _lat(y: NDArray[np.int64], z: int) -> NDArray[np.float64]:
    return np.asarray(np.degrees(np.arctan(np.sinh(np.pi * (1.0 - 2.0 * y / (1 << z))))))


def _tile_at(point: LonLat, z: int) -> tuple[int, int]:
    lat = math.radians(min(max(point.lat, -_LAST_LAT), _LAST_LAT))
    x = (point.lon + 180.0) / 360.0
    y = (1.0 - math.asinh(math.tan(lat)) / math.pi) / 2.0
    last = (1 << z) - 1
    return min(max(int(x * (1 << z)), 0), last), min(max(int(y * (1 << z)), 0), last)
