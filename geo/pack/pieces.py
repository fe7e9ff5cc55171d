"""Cuts the streets at the borders of subdistricts, all edges at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.coords import E7
from geo.coverage.pieces import NOWHERE, Pieces, length_mm
from geo.streets.network import StreetNetwork

#: A shorter piece joins a longer one beside it.
SLIVER_MM: Final = 1000
#: What lies no farther from an area lies on its border; degrees, a tenth of a millimetre.
_ON_BORDER: Final = 1e-9


def cut(network: StreetNetwork, shapes: Sequence[BaseGeometry]) -> Pieces:
    """Cut all edges where they cross the border of a shape.

    A piece belongs to the first shape that its middle lies in or on, so that a street on a border that two share is
    the first one's. A piece under :data:`SLIVER_MM` joins the one before it, or else the one after it, that is not so
    short itself; so the middle of a piece lies at most half of that outside its shape.

    Parameters
    ----------
    network
        The streets.
    shapes
        Polygons in degrees; the number of one is the area of its pieces.
    """
    length = length_mm(network)
    # to the grid of the streets, so that a border along a street is that street to the last bit
    borders = [shapely.transform(shape, lambda lonlat: np.rint(lonlat * E7) / E7) for shape in shapes]
    crossed, at_mm = _crossings(network, borders)
    whole = np.flatnonzero(length > 0)
    # every edge begins somewhere, and again at each crossing
    inside = (at_mm > 0) & (at_mm < length[crossed])
    keys = np.unique(np.concatenate([whole << 32, crossed[inside] << 32 | at_mm[inside]]))
    edge, start = keys >> 32, keys & 0xFFFFFFFF
    end = np.append(start[1:], 0)
    last = np.append(edge[1:] != edge[:-1], True)[: len(edge)]
    end = np.where(last, length[edge], end[: len(edge)])
    area = _areas_at(network.points_at(edge, (start + end) / 2000), borders)
    return _merged(edge, start, end, _slivers_joined(edge, end - start, area))


def _crossings(network: StreetNetwork, shapes: Sequence[BaseGeometry]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the edges that touch a border and where, in millimetres from the tail; some of them twice."""
    shape_edge, lonlat = np.asarray(network.shape_edge), np.asarray(network.shape_e7) / E7
    begin = np.flatnonzero((shape_edge[1:] == shape_edge[:-1]) & (lonlat[1:] != lonlat[:-1]).any(axis=1))
    streets, borders = _lines(lonlat, begin), _segments(shapes)
    border, street = shapely.STRtree(streets).query(borders, predicate="intersects")
    if not len(border):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    # a point where they cross, two where one runs along the other
    points, pair = shapely.get_coordinates(shapely.intersection(streets[street], borders[border]), return_index=True)
    at = begin[street[pair]]
    step = lonlat[at + 1] - lonlat[at]
    share = np.clip(((points - lonlat[at]) * step).sum(axis=1) / (step**2).sum(axis=1), 0.0, 1.0)
    shape_m = np.asarray(network.shape_m)
    metres = shape_m[at] + share * (shape_m[at + 1] - shape_m[at])
    return shape_edge[at].astype(np.int64), np.rint(metres * 1000).astype(np.int64)


def _segments(shapes: Sequence[BaseGeometry]) -> NDArray[np.object_]:
    """Return the straight parts of all borders, those of holes as well."""
    rings = shapely.get_rings(shapely.get_parts(np.array(shapes, dtype=object)))
    lonlat, ring = shapely.get_coordinates(rings, return_index=True)
    begin = np.flatnonzero((ring[1:] == ring[:-1]) & (lonlat[1:] != lonlat[:-1]).any(axis=1))
    return _lines(lonlat, begin)


def _lines(lonlat: NDArray[np.float64], begin: NDArray[np.int64]) -> NDArray[np.object_]:
    """Return the straight lines from points to those that follow them."""
    return np.asarray(shapely.linestrings(np.stack([lonlat[begin], lonlat[begin + 1]], axis=1)), dtype=object)


def _areas_at(points: NDArray[np.float64], shapes: Sequence[BaseGeometry]) -> NDArray[np.int32]:
    """Return the first shape that each point lies in or on, int32 (n,)."""
    found = np.full(len(points), len(shapes), dtype=np.int32)
    if len(points) and shapes:
        tree = shapely.STRtree(np.asarray(shapely.points(points), dtype=object))
        area, point = tree.query(np.array(shapes, dtype=object), predicate="dwithin", distance=_ON_BORDER)
        np.minimum.at(found, point, area.astype(np.int32))
    return np.where(found == len(shapes), np.int32(NOWHERE), found)


def _slivers_joined(edge: NDArray[np.int64], length: NDArray[np.int64], area: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the areas with those of slivers replaced by a neighbour's."""
    long = length >= SLIVER_MM
    same = edge[1:] == edge[:-1]
    before = np.append(False, same & long[:-1])[: len(edge)]
    after = np.append(same & long[1:], False)[: len(edge)]
    number = np.arange(len(edge))
    takes = np.where(long, number, np.where(before, number - 1, np.where(after, number + 1, number)))
    return area[takes]


def _merged(
    edge: NDArray[np.int64], start: NDArray[np.int64], end: NDArray[np.int64], area: NDArray[np.int32]
) -> Pieces:
    """Return the pieces with neighbours of one area made one."""
    begins = np.append(True, (edge[1:] != edge[:-1]) | (area[1:] != area[:-1]))[: len(edge)]
    first = np.flatnonzero(begins)
    last = np.append(first[1:], len(edge)) - 1
    return Pieces(edge[first].astype(np.int32), start[first], end[last], area[first])
