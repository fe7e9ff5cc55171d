"""Where places are, as the crow flies. The only door to rtree.

Indexed in a local metric plane: on raw degrees the order of neighbours is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import rtree.index

from geo.coords import LocalMetres, LonLat
from geo.places.model import Place


class PlaceIndex:
    """Places by position; built once.

    Parameters
    ----------
    places
        What to index; answers are numbers into this sequence.
    centre
        Middle of the city, where the plane touches.
    """

    def __init__(self, places: Sequence[Place], centre: LonLat) -> None:
        self._plane = LocalMetres(centre)
        points = [self._plane.xy(place.position) for place in places]
        boxes = [(i, (x, y, x, y), None) for i, (x, y) in enumerate(points)]
        self._tree = rtree.index.Index(boxes) if boxes else rtree.index.Index()
        self._count = len(boxes)

    def nearest_straight(self, point: LonLat, passes: Callable[[int], bool]) -> int | None:
        """Return the nearest place in a straight line that passes, or None.

        Looks at ever more neighbours until one passes; ties go to the lowest number.
        """
        x, y = self._plane.xy(point)
        wanted = 8
        while wanted < 8 * max(self._count, 1):
            near = sorted(self._tree.nearest((x, y, x, y), wanted, objects=True), key=lambda hit: _order(hit, x, y))
            for hit in near:
                if passes(hit.id):
                    return int(hit.id)
            if wanted >= self._count:
                break
            wanted *= 4
        return None


def _order(hit: rtree.index.Item, x: float, y: float) -> tuple[float, int]:
    left, bottom = hit.bbox[0], hit.bbox[1]
    return (left - x) ** 2 + (bottom - y) ** 2, hit.id
