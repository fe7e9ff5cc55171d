"""The city's named roads as shapes in metres, found by name, cut to a region, crossed with each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.coords import E7, LocalMetres
from geo.importing.addresses import road_key
from geo.streets.network import StreetNetwork

#: Stretches of one name farther apart than this are roads of the same name.
_APART_M: Final = 800.0
#: Two roads meet where they come this near: carriageways and crossings are mapped apart.
_MEET_M: Final = 80.0
#: Meeting points nearer to each other than this are one crossing.
_ONE_CROSSING_M: Final = 250.0
#: A road that runs along a border lies this far outside.
_BORDER_M: Final = 60.0

#: A road's name does not begin with one of these: ``东大街`` in ``阜通东大街`` is no road of its own.
_DIRECTIONS: Final = "东西南北中"


class Spot(NamedTuple):
    """A point of the plane, metres, and how far the thing it stands for reaches from it."""

    x: float
    y: float
    radius_m: float


class Roads:
    """Named roads.

    Parameters
    ----------
    network
        The streets; their names are compared by :func:`geo.importing.addresses.road_key`.
    plane
        The plane that shapes are in.
    """

    def __init__(self, network: StreetNetwork, plane: LocalMetres) -> None:
        xy = plane.xy_many(network.shape_e7 / E7)
        self._lines = np.asarray(shapely.linestrings(xy, indices=network.shape_edge), dtype=object)
        keys = [road_key(name) for name in network.names]
        edges: dict[str, list[int]] = {}
        for edge in np.flatnonzero(network.edge_name > 0).tolist():
            edges.setdefault(keys[network.edge_name[edge]], []).append(edge)
        edges.pop("", None)
        self._edges: Mapping[str, list[int]] = edges
        self._shapes: dict[str, BaseGeometry] = {}
        self.hull = shapely.box(*xy.min(axis=0), *xy.max(axis=0))

    def find(self, name: str, is_place: Callable[[str], bool]) -> str | None:
        """Return the known road that a name means: itself, or what follows a place (``清河小营东路``: ``小营东路``).

        Parameters
        ----------
        name
            As :func:`road_key` writes it.
        is_place
            Tells whether words name a place; what is left out must begin with one.
        """
        if name in self._edges:
            return name
        begins_with_place = False
        for cut in range(2, len(name) - 2):
            begins_with_place = begins_with_place or is_place(name[:cut])
            if begins_with_place and name[cut] not in _DIRECTIONS and name[cut:] in self._edges:
                return name[cut:]
        return None

    def shape(self, name: str) -> BaseGeometry:
        """Return all stretches of a known road."""
        if name not in self._shapes:
            shape = shapely.MultiLineString(self._lines[self._edges[name]].tolist())
            shapely.prepare(shape)
            self._shapes[name] = shape
        return self._shapes[name]

    def within(self, name: str, region: BaseGeometry | None) -> BaseGeometry:
        """Return what of a road runs in a region or along its border; empty if nothing does."""
        if region is None:
            return self.shape(name)
        return shapely.intersection(self.shape(name), shapely.buffer(region, _BORDER_M, quad_segs=2))


def middles(line: BaseGeometry) -> list[Spot]:
    """Return the middle of each road that a shape consists of, longest first: the point on it nearest to its centroid.

    Stretches within :data:`_APART_M` of each other are one road.
    """
    if line.is_empty:
        return []
    outline = shapely.union_all(shapely.buffer(shapely.simplify(line, 20.0), _APART_M / 2, quad_segs=1))
    parts = [shapely.intersection(line, outline_part) for outline_part in shapely.get_parts(outline)]
    return [_middle(part) for part in sorted(parts, key=lambda part: -part.length)]


def _middle(line: BaseGeometry) -> Spot:
    centre = shapely.shortest_line(line, shapely.centroid(line))
    x, y = shapely.get_coordinates(centre)[0]
    reach = shapely.get_coordinates(line) - (x, y)
    return Spot(float(x), float(y), float(np.hypot(*reach.T).max()))


def crossings(one: BaseGeometry, other: BaseGeometry) -> list[Spot]:
    """Return where two roads meet."""
    if one.is_empty or other.is_empty or shapely.distance(one, other) > _MEET_M:
        return []
    wide, across = (shapely.buffer(road, _MEET_M / 2 + 1.0, quad_segs=2) for road in (one, other))
    near = shapely.intersection(wide, across)
    places = shapely.get_parts(shapely.union_all(shapely.buffer(near, _ONE_CROSSING_M / 2, quad_segs=2)))
    spots = []
    for place in places:
        x, y = shapely.get_coordinates(shapely.centroid(shapely.intersection(near, place)))[0]
        reach = shapely.get_coordinates(shapely.intersection(near, place)) - (x, y)
        spots.append(Spot(float(x), float(y), float(np.hypot(*reach.T).max())))
    return sorted(spots)
