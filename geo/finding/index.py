"""Where places are, as the crow flies. The only door to rtree.

Indexed in a local metric plane: on raw degrees the order of neighbours is wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import Final

import numpy as np
import rtree.index
from numpy.typing import NDArray

from geo.coords import LocalMetres, LonLat
from geo.places.model import Place

#: Neighbours that are looked at first: most often one of them passes.
_FEW: Final = 8


class PlaceIndex:
    """Places by position; built once, and threads may share it.

    Parameters
    ----------
    places
        What to index; answers are numbers into this sequence.
    centre
        Middle of the city, where the plane touches.
    """

    def __init__(self, places: Sequence[Place], centre: LonLat) -> None:
        self._plane = LocalMetres(centre)
        self._xy = np.array([self._plane.xy(place.position) for place in places]).reshape(-1, 2)
        boxes = [(i, (x, y, x, y), None) for i, (x, y) in enumerate(self._xy.tolist())]
        self._tree = rtree.index.Index(boxes) if boxes else rtree.index.Index()
        self._lock = Lock()  # two questions to one tree at the same time end the process: libspatialindex writes in it

    def nearest_straight(self, point: LonLat, passes: NDArray[np.bool_]) -> int | None:
        """Return the nearest place in a straight line that passes, or None; of equal ones the lowest number.

        Parameters
        ----------
        passes
            Per place, bool (n_places,).
        """
        x, y = self._plane.xy(point)
        with self._lock:
            near = list(self._tree.nearest((x, y, x, y), _FEW))
        near = [number for number in near if passes[number]]
        passing = np.array(near) if near else np.flatnonzero(passes)  # what passes is rare, or far: look at all of it
        if not len(passing):
            return None
        far = ((self._xy[passing] - (x, y)) ** 2).sum(axis=1)
        return int(passing[far == far.min()].min())
