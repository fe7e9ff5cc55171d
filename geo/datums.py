"""WGS-84, GCJ-02 and BD-09: what map apps in China mean by a longitude and a latitude.

Inside, everything is WGS-84. Chinese law has maps published in GCJ-02, which lies about half a kilometre off, by an
amount that wanders with the position; Baidu adds a shift of its own and calls the result BD-09. Both are given by
formulas in the direction *from* WGS-84; the way back is found by fixed-point iteration.

Arrays have shape (n, 2): longitude, latitude in degrees. Outside China GCJ-02 is WGS-84; BD-09 has no such limit.

References
----------
The formulas were published as ``EvilTransform`` (2010) and are those of npm ``gcoord`` 1.0.7, against which the tests
compare.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

Datum = Literal["wgs84", "gcj02", "bd09"]
DATUMS: Final[tuple[Datum, ...]] = get_args(Datum)

#: Where GCJ-02 differs from WGS-84: west, south, east, north in degrees, borders included.
_CHINA: Final = (72.004, 0.8293, 137.8347, 55.8271)
#: The ellipsoid of Krasovsky (1940): semi-major axis in metres, eccentricity squared.
_A: Final = 6378245.0
_E2: Final = 0.006693421622965823
_BAIDU: Final = math.pi * 3000.0 / 180.0
#: The shifts change by less than 0.3 % of the distance walked, so that six rounds end far below 1 µm.
_ROUNDS: Final = 6

_Points = NDArray[np.float64]


def gcj02_from_wgs84(lonlat: _Points) -> _Points:
    """Return the GCJ-02 coordinates of positions in WGS-84.

    Parameters
    ----------
    lonlat
        Degrees, shape (n, 2).

    Examples
    --------
    >>> gcj02_from_wgs84(np.array([[116.3913, 39.9073]])).round(6).tolist()
    [[116.397541, 39.908701]]
    """
    return lonlat + _gcj02_shift(lonlat)


def wgs84_from_gcj02(lonlat: _Points) -> _Points:
    """Return the positions in WGS-84 of GCJ-02 coordinates, to less than 1 µm.

    Examples
    --------
    >>> wgs84_from_gcj02(np.array([[116.397541, 39.908701]])).round(6).tolist()
    [[116.3913, 39.9073]]
    """
    inside = _in_china(lonlat)[:, np.newaxis]
    return np.where(inside, _inverse(gcj02_from_wgs84, lonlat), lonlat)


def bd09_from_gcj02(lonlat: _Points) -> _Points:
    """Return the BD-09 coordinates of GCJ-02 coordinates.

    Examples
    --------
    >>> bd09_from_gcj02(np.array([[116.397541, 39.908701]])).round(5).tolist()
    [[116.40391, 39.91504]]
    """
    lon, lat = lonlat.T
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BAIDU)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BAIDU)
    return np.column_stack([radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006])


def gcj02_from_bd09(lonlat: _Points) -> _Points:
    """Return the GCJ-02 coordinates of BD-09 coordinates, to less than 1 µm.

    Examples
    --------
    >>> gcj02_from_bd09(np.array([[116.403914, 39.915045]])).round(5).tolist()
    [[116.39754, 39.9087]]
    """
    return _inverse(bd09_from_gcj02, lonlat)


def bd09_from_wgs84(lonlat: _Points) -> _Points:
    """Return the BD-09 coordinates of positions in WGS-84.

    Examples
    --------
    >>> bd09_from_wgs84(np.array([[116.3913, 39.9073]])).round(6).tolist()
    [[116.403914, 39.915045]]
    """
    return bd09_from_gcj02(gcj02_from_wgs84(lonlat))


def wgs84_from_bd09(lonlat: _Points) -> _Points:
    """Return the positions in WGS-84 of BD-09 coordinates, to less than 1 µm.

    Examples
    --------
    >>> wgs84_from_bd09(np.array([[116.403914, 39.915045]])).round(6).tolist()
    [[116.3913, 39.9073]]
    """
    return wgs84_from_gcj02(gcj02_from_bd09(lonlat))


def wgs84_from(datum: Datum, lonlat: _Points) -> _Points:
    """Return the positions in WGS-84 of coordinates in a datum; a new array in any case.

    Examples
    --------
    >>> wgs84_from("wgs84", np.array([[116.4, 39.9]])).tolist()
    [[116.4, 39.9]]
    """
    if datum == "gcj02":
        return wgs84_from_gcj02(lonlat)
    return wgs84_from_bd09(lonlat) if datum == "bd09" else lonlat.copy()


def _inverse(forward: Callable[[_Points], _Points], lonlat: _Points) -> _Points:
    """Solve ``forward(x) == lonlat`` by stepping back by what is left over."""
    found = lonlat.copy()
    for _ in range(_ROUNDS):
        found = found - (forward(found) - lonlat)
    return found


def _in_china(lonlat: _Points) -> NDArray[np.bool_]:
    west, south, east, north = _CHINA
    lon, lat = lonlat.T
    return np.asarray((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north), dtype=np.bool_)


def _gcj02_shift(lonlat: _Points) -> _Points:
    """How far GCJ-02 lies from WGS-84 at positions, in degrees, shape (n, 2)."""
    x, y = (lonlat - (105.0, 35.0)).T
    root = np.sqrt(np.abs(x))
    ripple = 20.0 * (np.sin(6.0 * math.pi * x) + np.sin(2.0 * math.pi * x))
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + 2.0 / 3.0 * (
        ripple + _waves(y, (1.0, 20.0), (3.0, 40.0), (12.0, 160.0), (30.0, 320.0))
    )  # fmt: skip
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + 2.0 / 3.0 * (
        ripple + _waves(x, (1.0, 20.0), (3.0, 40.0), (12.0, 150.0), (30.0, 300.0))
    )  # fmt: skip
    phi = np.radians(lonlat[:, 1])
    w2 = 1.0 - _E2 * np.sin(phi) ** 2
    meridian_m = _A * (1.0 - _E2) / w2**1.5
    prime_vertical_m = _A / np.sqrt(w2)
    shift = np.degrees(np.column_stack([east / (prime_vertical_m * np.cos(phi)), north / meridian_m]))
    return np.where(_in_china(lonlat)[:, np.newaxis], shift, 0.0)


def _waves(along: NDArray[np.float64], *terms: tuple[float, float]) -> NDArray[np.float64]:
    """Sum of ``height * sin(pi * along / length)`` over terms of (length, height)."""
    waves = [height * np.sin(math.pi * along / length) for length, height in terms]
    return np.asarray(np.sum(waves, axis=0), dtype=np.float64)
