"""A provider's picture tiles through our own server: only those of the city, some kept in memory, nothing on disk."""

from __future__ import annotations

import logging
import threading
import time
import urllib.request
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import numpy as np
from flask import Blueprint, Flask, Response, abort, current_app

from geo.coords import BBox
from webmap.base_maps import Provider
from webmap.embed.mercator import world_pixels

tiles = Blueprint("tiles", __name__)

#: How long a provider may take, seconds; how large a tile may be, bytes.
_TIMEOUT_S: Final = 4.0
_MAX_TILE: Final = 512 * 1024
#: What one process keeps, bytes, and for how long, seconds: a view that is moved to and fro, and no copy of a map.
_KEEP: Final = 16 * 1024 * 1024
_KEEP_S: Final = 3600.0
#: How many tiles one process fetches at once, and how long another waits for its turn, seconds.
AT_ONCE: Final = 6
_TURN_S: Final = 0.5
#: After so many failures in a row a provider is left alone for so long, seconds: pages then take our own tiles at once.
_FAILURES: Final = 3
_REST_S: Final = 30.0
#: Part of the city's size that may be seen around it, as `basemap.js` bounds the map, and 1 km for another datum.
_AROUND: Final = 0.5
_DATUM_DEG: Final = 0.01
_TILE_PX: Final = 256
_MAGIC: Final = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"RIFF": "image/webp",
    b"GIF8": "image/gif",
}


class FetchError(Exception):
    """A tile did not come: the provider does not answer, refuses, or sends no picture."""


@dataclass(frozen=True)
class Tile:
    """A picture and what kind it is."""

    body: bytes
    mimetype: str


class NoRedirects(urllib.request.HTTPRedirectHandler):
    """A provider that sends us elsewhere, with the key in the address, is not followed."""

    def redirect_request(self, *_: object) -> None:
        """Refuse."""


_OPENER: Final = urllib.request.build_opener(NoRedirects)


def fetch(url: str) -> bytes:
    """Fetch an address.

    Raises
    ------
    FetchError
        Without the address, which holds the key.
    """
    # Tianditu takes keys of servers only from clients that do not call themselves browsers.
    request = urllib.request.Request(url, headers={"User-Agent": "yizhan", "Accept": "image/*"})  # noqa: S310
    try:
        with _OPENER.open(request, timeout=_TIMEOUT_S) as response:
            body: bytes = response.read(_MAX_TILE + 1)
    except Exception as error:  # whatever went wrong, the tile did not come
        status = getattr(error, "code", None)
        raise FetchError(f"status {status}" if status else type(error).__name__) from None
    return body


class TileProxy:
    """The tiles of a provider that show a city.

    Parameters
    ----------
    provider
        Whose.
    bbox
        Of the city.
    fetch
        Fetches an address, or raises :class:`FetchError`.
    clock
        Seconds that never go back.
    """

    def __init__(
        self,
        provider: Provider,
        bbox: BBox,
        fetch: Callable[[str], bytes] = fetch,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.provider = provider
        self._fetch = fetch
        self._clock = clock
        west, south, east, north = bbox
        aside, beyond = _AROUND * (east - west) + _DATUM_DEG, _AROUND * (north - south) + _DATUM_DEG
        self._corners = np.array([[west - aside, north + beyond], [east + aside, south - beyond]])
        self._kept: OrderedDict[tuple[str, int, int, int], tuple[float, Tile]] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        self._failures = 0
        self._rests_until = 0.0

    def allows(self, layer: str, z: int, x: int, y: int) -> bool:
        """Tell whether a tile is one of those that a page of this city may ask for."""
        if layer not in self.provider.layers or not self.provider.min_zoom <= z <= self.provider.max_zoom:
            return False
        (left, top), (right, bottom) = world_pixels(self._corners, z) // _TILE_PX
        return bool(left <= x <= right and top <= y <= bottom)

    def tile(self, layer: str, z: int, x: int, y: int) -> Tile:
        """Return a tile that is allowed.

        Raises
        ------
        FetchError
            It did not come, or the provider is left alone for a while.
        """
        number = layer, z, x, y
        with self._lock:
            kept = self._kept.get(number)
            if kept and self._clock() - kept[0] < _KEEP_S:
                self._kept.move_to_end(number)
                return kept[1]
            if self._clock() < self._rests_until:
                raise FetchError("left alone for a while")
        if not self._turns.acquire(timeout=_TURN_S):
            raise FetchError("too many at once")
        try:
            tile = _picture(self._fetch(self.provider.address(layer, z, x, y)))
        except FetchError as error:
            self._note_failure(error)
            raise
        finally:
            self._turns.release()
        self._keep(number, tile)
        return tile

    def _note_failure(self, error: FetchError) -> None:
        with self._lock:
            self._failures += 1
            if self._failures < _FAILURES:
                return
            self._rests_until = self._clock() + _REST_S
        logging.getLogger(__name__).warning("base map: %s fails (%s)", self.provider.name[:80], error)

    def _keep(self, number: tuple[str, int, int, int], tile: Tile) -> None:
        with self._lock:
            self._failures = 0
            old = self._kept.pop(number, None)
            self._size += len(tile.body) - (len(old[1].body) if old else 0)
            self._kept[number] = self._clock(), tile
            while self._size > _KEEP:
                self._size -= len(self._kept.popitem(last=False)[1][1].body)


def _picture(body: bytes) -> Tile:
    """Return bytes as a tile, if they are a picture: some providers say what is wrong with status 200.

    Raises
    ------
    FetchError
        They are none, or too many.
    """
    if len(body) > _MAX_TILE:
        raise FetchError(f"more than {_MAX_TILE} bytes")
    for magic, mimetype in _MAGIC.items():
        if body.startswith(magic) and (mimetype != "image/webp" or body[8:12] == b"WEBP"):
            return Tile(body, mimetype)
    raise FetchError("no picture")


def init_tiles(app: Flask) -> None:
    """Serve the tiles of the provider in the settings of `app`'s site; without one there are none."""
    provider = app.extensions["yizhan"].settings.base_map
    if provider is not None:
        app.extensions["yizhan-tiles"] = TileProxy(provider, app.extensions["yizhan"].city.bbox)
        app.register_blueprint(tiles)


@tiles.get("/tiles/<layer>/<int:z>/<int:x>/<int:y>")
def provided(layer: str, z: int, x: int, y: int) -> Response:
    """Return a provider's tile; 404 off the city, 503 where it does not come."""
    proxy: TileProxy = current_app.extensions["yizhan-tiles"]
    if not proxy.allows(layer, z, x, y):
        abort(HTTPStatus.NOT_FOUND)
    try:
        tile = proxy.tile(layer, z, x, y)
    except FetchError:
        later = {"Cache-Control": "no-store", "Retry-After": "30"}
        return Response(status=HTTPStatus.SERVICE_UNAVAILABLE, headers=later)
    return Response(tile.body, mimetype=tile.mimetype, headers={"Cache-Control": f"private, max-age={int(_KEEP_S)}"})
