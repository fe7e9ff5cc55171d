"""Parts of streets as lines: in which areas they lie and where they run, all of them at once."""

from __future__ import annotations

from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.coords import E7
from geo.coverage.clusters import cut
from geo.coverage.pieces import Pieces, length_mm
from geo.coverage.stretches import Stretches
from geo.streets.network import StreetNetwork

#: Longer than any street, so that nothing is cut but at borders.
_WHOLE_MM: Final = (1 << 30) - 1


class Lines(NamedTuple):
    """Lines, one after the other.

    Attributes
    ----------
    first
        Where the points of each begin, int64 (n_lines + 1,).
    lonlat
        Points, degrees, float64 (n_points, 2).
    """

    first: NDArray[np.int64]
    lonlat: NDArray[np.float64]

    def listed(self, digits: int = 6) -> list[list[list[float]]]:
        """Return the lines as lists of points, rounded to so many digits."""
        points, first = np.round(self.lonlat, digits).tolist(), self.first.tolist()
        return [points[a:b] for a, b in pairwise(first)]


def drawn(network: StreetNetwork, stretches: Stretches) -> Lines:
    """Return the line of each stretch: its two ends, and the points of the street's shape between them."""
    edge, count = stretches.edge, len(stretches.edge)
    length = np.maximum(length_mm(network)[edge], 1)
    at = np.stack([stretches.start_mm, stretches.end_mm]) / length * network.edge_length_m[edge]
    ends = network.points_at(np.tile(edge, 2), at.ravel()).reshape(2, count, 2)
    begin, points = network.shape_start[edge].astype(np.int64), np.diff(network.shape_start)[edge].astype(np.int64)
    owner = np.repeat(np.arange(count), points)
    row = np.arange(len(owner)) - np.repeat(np.cumsum(points) - points, points) + begin[owner]
    inside = (network.shape_m[row] > at[0, owner]) & (network.shape_m[row] < at[1, owner])
    owner, row = owner[inside], row[inside]
    first = np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=count) + 2)])
    lonlat = np.empty((int(first[-1]), 2))
    lonlat[first[:-1]], lonlat[first[1:] - 1] = ends
    within = np.arange(len(owner)) - np.searchsorted(owner, owner)
    lonlat[first[owner] + 1 + within] = network.shape_e7[row] / E7
    return Lines(first, lonlat)


def cut_by_area(pieces: Pieces, stretches: Stretches) -> tuple[Stretches, NDArray[np.int32]]:
    """Cut stretches at the borders of areas.

    Returns
    -------
    tuple
        The parts, ordered by area, edge and start; and the area of each, int32 (n,).
    """
    piece, parts = cut(pieces, stretches, _WHOLE_MM)
    area = pieces.area[piece]
    order = np.lexsort((parts.start_mm, parts.edge, area))
    area, parts = area[order], parts.take(order)
    begins = np.ones(len(area), dtype=bool)  # pieces of one area may touch
    begins[1:] = (np.diff(area) != 0) | (np.diff(parts.edge) != 0) | (parts.start_mm[1:] != parts.end_mm[:-1])
    first = np.flatnonzero(begins)
    last = np.append(first[1:], len(area)).astype(np.int64)[: len(first)] - 1
    return Stretches(parts.edge[first], parts.start_mm[first], parts.end_mm[last]), area[first]
