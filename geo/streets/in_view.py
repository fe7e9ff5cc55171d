"""The streets of a box, to be drawn: looked up in the grid that snapping uses."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.coords import E7, BBox
from geo.streets.network import StreetNetwork


class DrawnStreets(NamedTuple):
    """Edges to draw.

    Attributes
    ----------
    kind
        Class of each, a word of OpenStreetMap's ``highway``.
    lonlat
        The points of all of them, degrees, float64 (n_points, 2).
    start
        Edge e is drawn by ``lonlat[start[e]:start[e + 1]]``, int64 (n_edges + 1,).
    """

    kind: tuple[str, ...]
    lonlat: NDArray[np.float64]
    start: NDArray[np.int64]


def streets_in(network: StreetNetwork, box: BBox) -> DrawnStreets:
    """Return every edge that touches a box, whole; some that only come near it are among them.

    Parameters
    ----------
    network
        The city's streets.
    box
        Degrees; it may reach beyond the city.
    """
    edges = edges_in(network, box)
    counts = network.shape_start[edges + 1] - network.shape_start[edges]
    start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    points = np.arange(start[-1]) + np.repeat(network.shape_start[edges] - start[:-1], counts)
    kind = tuple(network.classes[number] for number in network.edge_class[edges])
    return DrawnStreets(kind, network.shape_e7[points] / E7, start)


def edges_in(network: StreetNetwork, box: BBox) -> NDArray[np.int32]:
    """Return every edge that touches a box, ascending; some that only come near it are among them.

    Parameters
    ----------
    box
        Degrees; it may reach beyond the city.
    """
    west, south, width, height, columns, rows = (int(each) for each in network.grid.frame)
    first, last = (
        np.clip((np.array(corner) * E7 - (west, south)) // (width, height), -1, (columns, rows)).astype(int)
        for corner in ((box.west, box.south), (box.east, box.north))
    )
    x0, y0 = np.maximum(first, 0)
    x1, y1 = np.minimum(last, (columns - 1, rows - 1))
    begin, grid = network.grid.start, network.grid.segment
    # The cells of one row are neighbours, so a row of the box is one slice.
    found = [grid[begin[y * columns + x0] : begin[y * columns + x1 + 1]] for y in range(y0, y1 + 1)] if x0 <= x1 else []
    segments = np.concatenate(found) if found else np.empty(0, dtype=np.int32)
    return np.unique(network.shape_edge[segments])
