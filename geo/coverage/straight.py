"""What lies within a straight line of a place: circles, as planners have drawn them so far, cut exactly by streets."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.coords import E7, LocalMetres, LonLat
from geo.coverage.pieces import length_mm
from geo.coverage.stretches import Stretches, joined
from geo.streets.compiled import compiled
from geo.streets.network import StreetNetwork
from geo.streets.queues import longer

#: So many answers are kept.
_KEPT: Final = 8
#: Places are sorted into so many columns and rows at most.
_MAX_CELLS: Final = 512


class Ground:
    """The streets on a metric plane.

    Parameters
    ----------
    network
        The streets.
    centre
        Of the plane; distances are true within 0.1 ‰.
    """

    def __init__(self, network: StreetNetwork, centre: LonLat) -> None:
        self.network = network
        self.plane = LocalMetres(centre)

    @cached_property
    def points(self) -> NDArray[np.float64]:
        """Points of all shapes, metres, float64 (n_points, 2)."""
        return self.plane.xy_many(self.network.shape_e7 / E7)

    @cached_property
    def points_mm(self) -> NDArray[np.int64]:
        """Where on its edge each point of a shape lies, int64 (n_points,)."""
        network = self.network
        share = network.shape_m / np.maximum(network.edge_length_m, 1e-9)[network.shape_edge]
        return np.asarray(np.rint(share * length_mm(network)[network.shape_edge]).astype(np.int64))


class Circles:
    """Circles around places, and the streets within them.

    Parameters
    ----------
    ground
        The streets.
    lonlat
        The places, degrees, float64 (n, 2).
    """

    def __init__(self, ground: Ground, lonlat: NDArray[np.float64]) -> None:
        self._ground = ground
        self._places = ground.plane.xy_many(lonlat) if len(lonlat) else np.empty((0, 2))
        self._kept = lru_cache(maxsize=_KEPT)(self._reached)

    def reached(self, chosen: NDArray[np.bool_], radius_m: float) -> Stretches:
        """Return the streets within a radius of one of the chosen places, inclusive to the millimetre.

        Parameters
        ----------
        chosen
            bool (n_places,).
        radius_m
            Metres.
        """
        return self._kept(chosen.tobytes(), radius_m)

    def _reached(self, chosen: bytes, radius_m: float) -> Stretches:
        places = self._places[np.frombuffer(chosen, dtype=np.bool_)]
        if not len(places) or not len(self._ground.points):
            return Stretches.of([], [], [])
        # cells at least as wide as a circle reaches, and no more of them than are worth a list
        cell_m = max(radius_m, float(np.ptp(places, axis=0).max()) / _MAX_CELLS)
        cells = np.floor(places / cell_m).astype(np.int64)
        low = cells.min(axis=0) - 1
        columns, rows = (cells.max(axis=0) - low + 2).tolist()
        cell = (cells[:, 1] - low[1]) * columns + cells[:, 0] - low[0]
        order = np.argsort(cell, kind="stable")
        first = np.searchsorted(cell[order], np.arange(columns * rows + 1))
        shapes = self._ground.points, self._ground.points_mm, self._ground.network.shape_edge
        parts = _within(*shapes, places[order], first, low, columns, rows, cell_m, radius_m)
        return joined(*parts)

    def distance_m(self, lonlat: NDArray[np.float64], chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return how far the nearest of the chosen places is from each point, metres, inf without any; float64 (n,)."""
        places = self._places[chosen]
        if not len(places) or not len(lonlat):
            return np.full(len(lonlat), np.inf)
        return np.asarray(_nearest(self._ground.plane.xy_many(lonlat), places))


@compiled
def _within(points, points_mm, shape_edge, places, first, low, columns, rows, cell_m, radius):  # type: ignore[no-untyped-def]  # compiled: numba infers the types
    """Cut each straight piece of a street by each circle near it; return edge, start and end, in order of the edge."""
    edge, start, end, count = np.empty(1024, np.int32), np.empty(1024, np.int64), np.empty(1024, np.int64), 0
    for p in range(len(points) - 1):
        if shape_edge[p] != shape_edge[p + 1] or points_mm[p] >= points_mm[p + 1]:
            continue
        x, y = points[p, 0], points[p, 1]
        dx, dy = points[p + 1, 0] - x, points[p + 1, 1] - y
        long = points_mm[p + 1] - points_mm[p]
        a = dx * dx + dy * dy
        west, east = np.floor(min(x, x + dx) / cell_m) - 1 - low[0], np.floor(max(x, x + dx) / cell_m) + 1 - low[0]
        south, north = np.floor(min(y, y + dy) / cell_m) - 1 - low[1], np.floor(max(y, y + dy) / cell_m) + 1 - low[1]
        whole = False
        for row in range(max(int(south), 0), min(int(north) + 1, rows)):
            for column in range(max(int(west), 0), min(int(east) + 1, columns)):
                for i in range(first[row * columns + column], first[row * columns + column + 1]):
                    ox, oy = x - places[i, 0], y - places[i, 1]
                    b, c = ox * dx + oy * dy, ox * ox + oy * oy - radius * radius
                    under = b * b - a * c
                    if under < 0 or a == 0:
                        continue
                    root = np.sqrt(under)
                    since, until = max((-b - root) / a, 0.0), min((-b + root) / a, 1.0)
                    if until <= since:
                        continue
                    if count == len(edge):
                        edge, start, end = longer(edge), longer(start), longer(end)
                    edge[count] = shape_edge[p]
                    start[count] = points_mm[p] + np.int64(np.ceil(since * long - 1e-6))
                    end[count] = points_mm[p] + np.int64(np.floor(until * long + 1e-6))
                    count += start[count] < end[count]
                    if since == 0.0 and until == 1.0:
                        whole = True
                        break
                if whole:
                    break
            if whole:
                break
    return edge[:count].copy(), start[:count].copy(), end[:count].copy()


@compiled
def _nearest(points, places):  # type: ignore[no-untyped-def]
    """Compare each with each: both are few where this is asked."""
    distance = np.empty(len(points), np.float64)
    for p in range(len(points)):
        least = np.inf
        for i in range(len(places)):
            dx, dy = points[p, 0] - places[i, 0], points[p, 1] - places[i, 1]
            least = min(least, dx * dx + dy * dy)
        distance[p] = np.sqrt(least)
    return distance
