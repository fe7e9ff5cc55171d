"""Where places are, as the crow flies. The only door to rtree.

On raw degrees the order of neighbours is wrong; by the straight line through the earth it is that of the geodesics, to
a millimetre within a city.
"""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import Final

import numpy as np
import rtree.index
from numpy.typing import NDArray

from geo.coords import LonLat, earth_centred_m
from geo.places.model import Place
from geo.streets.compiled import compiled

#: Up to so many places are looked at one by one: 500 in 1 µs, 5,000 in 6 µs, where a tree takes 50 to 70 µs. Of more,
#: a tree is sooner.
_SCANNED: Final = 50_000
#: Neighbours that are looked at first in a tree: most often one of them passes.
_FEW: Final = 8


class PlaceIndex:
    """Places by position; built once, and threads may share it.

    Parameters
    ----------
    places
        What to index; answers are numbers into this sequence.
    """

    def __init__(self, places: Sequence[Place]) -> None:
        self._xyz_m = np.array([earth_centred_m(place.position) for place in places]).reshape(-1, 3)
        self._tree: rtree.index.Index | None = None
        if len(places) > _SCANNED:
            boxes = ((i, (*xyz, *xyz), None) for i, xyz in enumerate(self._xyz_m.tolist()))
            self._tree = rtree.index.Index(boxes, properties=rtree.index.Property(dimension=3))
        self._lock = Lock()  # two questions to one tree at the same time end the process: libspatialindex writes in it

    def nearest_straight(self, point: LonLat, passes: NDArray[np.bool_]) -> int | None:
        """Return the nearest place in a straight line that passes, or None; of equal ones the lowest number.

        Parameters
        ----------
        passes
            Per place, bool (n_places,).
        """
        xyz = earth_centred_m(point)
        if self._tree is not None:
            with self._lock:
                near = list(self._tree.nearest((*xyz, *xyz), _FEW))
            if passes[near].any():  # else what passes is rare, or far
                few = np.zeros_like(passes)
                few[near] = passes[near]
                passes = few
        number = _nearest(self._xyz_m, passes, *xyz)
        return None if number < 0 else number


@compiled
def _nearest(xyz_m, passes, x, y, z):  # type: ignore[no-untyped-def]  # compiled: numba infers the types
    """Return the nearest of those that pass, the first of equally near ones; -1: none passes."""
    best, best_m2 = -1, np.inf
    for i in range(len(passes)):
        if passes[i]:
            m2 = (xyz_m[i, 0] - x) ** 2 + (xyz_m[i, 1] - y) ** 2 + (xyz_m[i, 2] - z) ** 2
            if m2 < best_m2:
                best, best_m2 = i, m2
    return best
