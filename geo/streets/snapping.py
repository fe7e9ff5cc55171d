"""Lon/lat -> position on an edge: the exact foot point on the nearest street that the mode may use.

The nearest edge wins. One rule bends it: an edge that is cut off from the main network (a courtyard path that the map
does not join to its street) gives way to a main edge within :data:`JOIN_M`; beyond that it is taken for a real
island, and what lies on it cannot be reached.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.coords import E7, LonLat, metres_per_degree
from geo.errors import OffNetworkError
from geo.streets.compiled import compiled
from geo.streets.network import CLOSED, MAIN, Grid, StreetNetwork
from geo.streets.profiles import Mode

#: Nobody is put on a street farther away than this.
MAX_SNAP_M: Final = 500.0
#: An islet gives way to the main network within this distance of the point.
JOIN_M: Final = 50.0
_CELL_M: Final = 150.0
#: Nearer than this to a point of the shape is at it: at a junction every street of it lies open.
_POINT_M: Final = 0.01


class Position(NamedTuple):
    """A point on an edge.

    Attributes
    ----------
    edge
        Number of the edge.
    offset_m
        From the edge's tail along its shape, metres.
    snap_m
        Straight access leg from the point asked for to the street, metres.
    lon, lat
        The point on the street, degrees.
    """

    edge: int
    offset_m: float
    snap_m: float
    lon: float
    lat: float


class Positions(NamedTuple):
    """Many positions as arrays, aligned to the points asked for; ``edge`` is -1 where no street is near enough."""

    edge: NDArray[np.int32]
    offset_m: NDArray[np.float64]
    snap_m: NDArray[np.float64]
    lonlat: NDArray[np.float64]


def snap(
    network: StreetNetwork, mode: Mode, point: LonLat, *, to_stay: bool = False, max_m: float = MAX_SNAP_M
) -> Position:
    """Put one point on the network.

    Parameters
    ----------
    network
        The streets.
    mode
        Who wants to go there; streets closed to the mode do not count.
    point
        In degrees.
    to_stay
        Whether one comes to stay: see :meth:`~geo.streets.network.StreetNetwork.standing`.
    max_m
        Longest access leg, metres.

    Raises
    ------
    OffNetworkError
        No street of the mode lies within ``max_m``.
    """
    edge, offset_m, snap_m, lon, lat = _snap(network, network.standing(mode, to_stay=to_stay), point, max_m)
    if edge < 0:
        raise OffNetworkError(
            f"{point.lon:.6f},{point.lat:.6f}: no street open to {mode} within {max_m:.0f} m; choose a point nearer "
            "to a street",
            parameter="lon",
        )
    return Position(edge, offset_m, snap_m, lon, lat)


def snap_many(
    network: StreetNetwork,
    mode: Mode,
    lonlat: NDArray[np.float64],
    *,
    to_stay: bool = False,
    max_m: float = MAX_SNAP_M,
) -> Positions:
    """Put many points on the network; see :func:`snap`.

    Parameters
    ----------
    lonlat
        Degrees, shape (n, 2).
    """
    standing = network.standing(mode, to_stay=to_stay)
    found = [_snap(network, standing, LonLat(*point), max_m) for point in lonlat.tolist()]
    values = np.array(found, dtype=np.float64).reshape(-1, 5)
    return Positions(values[:, 0].astype(np.int32), values[:, 1].copy(), values[:, 2].copy(), values[:, 3:].copy())


def _snap(
    network: StreetNetwork, standing: NDArray[np.uint8], point: LonLat, max_m: float
) -> tuple[int, float, float, float, float]:
    """Return edge (-1: none), offset and access leg in metres, lon and lat of the foot point."""
    lon_m, lat_m = metres_per_degree(point.lat)
    grid = network.grid
    found: tuple[int, float, float, float, float] = _nearest_foot(
        point.lon, point.lat, lon_m, lat_m, max_m, JOIN_M, grid.frame, grid.start, grid.segment,
        network.shape_e7, network.shape_m, network.shape_edge, standing,
    )  # fmt: skip
    return found


def build_grid(shape_e7: NDArray[np.int32], shape_edge: NDArray[np.int32]) -> Grid:
    """Sort every segment into the cells that its box touches."""
    west, south = shape_e7.min(axis=0).astype(np.int64)
    east, north = shape_e7.max(axis=0).astype(np.int64)
    lon_m, lat_m = metres_per_degree(float(south + north) / 2 / E7)
    width, height = round(_CELL_M / lon_m * E7), round(_CELL_M / lat_m * E7)
    columns, rows = (east - west) // width + 1, (north - south) // height + 1

    segment = np.flatnonzero(shape_edge[1:] == shape_edge[:-1])
    size, origin = np.array([width, height]), np.array([west, south])
    one, other = shape_e7[segment].astype(np.int64), shape_e7[segment + 1].astype(np.int64)
    low = (np.minimum(one, other) - origin) // size
    high = (np.maximum(one, other) - origin) // size
    real = (one != other).any(axis=1)
    segment, low, high = segment[real], low[real], high[real]
    wide, tall = (high - low + 1).T
    touches = wide * tall
    nth = np.arange(touches.sum()) - np.repeat(np.cumsum(touches) - touches, touches)
    x = np.repeat(low[:, 0], touches) + nth % np.repeat(wide, touches)
    y = np.repeat(low[:, 1], touches) + nth // np.repeat(wide, touches)
    cell = y * columns + x
    order = np.argsort(cell, kind="stable")
    start = np.concatenate([[0], np.cumsum(np.bincount(cell, minlength=int(columns * rows)))])
    return Grid(
        start=start.astype(np.int32),
        segment=np.repeat(segment, touches)[order].astype(np.int32),
        frame=np.array([west, south, width, height, columns, rows], dtype=np.int64),
    )


@compiled
def _nearest_segment(  # type: ignore[no-untyped-def]  # compiled: numba infers the types
    x, y, x_m, y_m, max_m, join_m, frame, start, segment, shape_e7, shape_edge, standing
):
    """Search the cells around a point, ring by ring; return (segment or -1, metres).

    ``x, y`` are the point in 1e-7 degree, ``x_m, y_m`` the metres per unit there.
    """
    west, south, width, height, columns, rows = frame
    column, row = math.floor((x - west) / width), math.floor((y - south) / height)
    ring_m = min(width * x_m, height * y_m)
    best, best_m, main, main_m = -1, math.inf, -1, math.inf
    last = int(max_m / ring_m) + 2
    for ring in range(last + 1):
        for cy in range(max(row - ring, 0), min(row + ring, rows - 1) + 1):
            inner = abs(cy - row) < ring
            step = 2 * ring if inner and ring > 0 else 1
            for cx in range(column - ring, column + ring + 1, step):
                if cx < 0 or cx >= columns:
                    continue
                cell = cy * columns + cx
                for i in range(start[cell], start[cell + 1]):
                    s = segment[i]
                    kind = standing[shape_edge[s]]
                    if kind == CLOSED:
                        continue
                    ax, ay = (shape_e7[s, 0] - x) * x_m, (shape_e7[s, 1] - y) * y_m
                    bx, by = (shape_e7[s + 1, 0] - x) * x_m, (shape_e7[s + 1, 1] - y) * y_m
                    dx, dy = bx - ax, by - ay
                    t = -(ax * dx + ay * dy) / (dx * dx + dy * dy)
                    t = min(max(t, 0.0), 1.0)
                    metres = math.hypot(ax + t * dx, ay + t * dy)
                    if metres < best_m or (metres == best_m and s < best):
                        best, best_m = s, metres
                    if kind == MAIN and (metres < main_m or (metres == main_m and s < main)):
                        main, main_m = s, metres
        seen_m = ring * ring_m  # everything nearer than this has been looked at
        if main_m <= seen_m or (best_m <= seen_m and join_m <= seen_m):
            break
    if main >= 0 and (main_m <= best_m or main_m <= join_m):
        best, best_m = main, main_m
    if best_m > max_m:
        return -1, math.inf
    return best, best_m


@compiled
def _nearest_foot(  # type: ignore[no-untyped-def]
    lon, lat, lon_m, lat_m, max_m, join_m, frame, start, segment, shape_e7, shape_m, shape_edge, standing
):
    """Find the foot point on the nearest segment; return (edge, metres from its tail, metres to it, lon, lat)."""
    s, metres = _nearest_segment(
        lon * E7, lat * E7, lon_m / E7, lat_m / E7, max_m, join_m, frame, start, segment, shape_e7, shape_edge, standing
    )
    if s < 0:
        return -1, 0.0, math.inf, lon, lat
    ax, ay, bx, by = shape_e7[s, 0] / E7, shape_e7[s, 1] / E7, shape_e7[s + 1, 0] / E7, shape_e7[s + 1, 1] / E7
    dx, dy = (bx - ax) * lon_m, (by - ay) * lat_m
    begin_m, length_m = shape_m[s], shape_m[s + 1] - shape_m[s]
    share = ((lon - ax) * lon_m * dx + (lat - ay) * lat_m * dy) / (dx * dx + dy * dy)
    if share * length_m < _POINT_M:
        return shape_edge[s], begin_m, metres, ax, ay
    if (1.0 - share) * length_m < _POINT_M:
        return shape_edge[s], shape_m[s + 1], metres, bx, by
    return shape_edge[s], begin_m + share * length_m, metres, ax + share * (bx - ax), ay + share * (by - ay)
