"""How well a position agrees with what a row says and with the streets: a likelihood, and a misfit in metres.

Each kind of clue says how likely a place is at a distance from what is named. The curves are mixtures: most places lie
near, some farther, and a few addresses are simply wrong, so that no single row can decide for a list. They are round
numbers, chosen by what an address means and not fitted to any list.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.importing.clues import CityWords, Clues
from geo.streets.snapping import snap_many

#: (share, scale in metres) of distances from a road to places that bear its name.
_ROAD: Final = ((0.70, 40.0), (0.25, 180.0), (0.05, 2000.0))
#: ... from a building or site that is named.
_THING: Final = ((0.75, 100.0), (0.20, 400.0), (0.05, 3000.0))
#: ... from the border of the region that is named, for places outside it.
_REGION: Final = ((0.97, 120.0), (0.03, 4000.0))
#: Places lie *beside* streets, seldom on the carriageway or deep in a block: likelihood by metres to the nearest.
_STREET_M: Final = (0.0, 10.0, 20.0, 45.0, 80.0, 130.0, 250.0)
_STREET: Final = (0.4, 1.0, 1.4, 1.3, 1.0, 0.8, 0.7)
_SNAP_MAX_M: Final = 300.0
#: A thing of the name farther than this outside the region named is another one.
_BORDER_M: Final = 1000.0


class Anchors(NamedTuple):
    """What a row's clues are on the map, in metres of the plane; None is not named or not known."""

    region: BaseGeometry | None
    road: BaseGeometry | None
    things: BaseGeometry | None


def anchors(words: CityWords, clues: Clues) -> Anchors:
    """Return the shapes that a row's position should be in, at and near."""
    region = clues.region()
    roads = [words.roads.within(road, region) for road in clues.roads]
    road = next((shape for shape in roads if not shape.is_empty), None)
    if road is None and not clues.named and not clues.subdistricts:
        road = next((words.roads.shape(name) for name in clues.roads), None)
    near = [thing for group in clues.things for thing in group if thing.reach != "quarter"]
    if region is not None:
        near = [thing for thing in near if shapely.distance(region, shapely.Point(thing.x, thing.y)) <= _BORDER_M]
    things = shapely.multipoints([(thing.x, thing.y) for thing in near]) if near else None
    return Anchors(region, road, things)


def log_likelihood(anchor: Anchors, xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how likely a row's words are at several positions, up to a constant.

    Parameters
    ----------
    anchor
        From :func:`anchors`.
    xy
        Metres of the plane, shape (k, 2).

    Returns
    -------
    numpy.ndarray
        Natural logarithms, shape (k,), the best at 0.
    """
    total = np.zeros(len(xy))
    if anchor.region is not None:
        total += _log_mixture(_metres(anchor.region, xy), _REGION, dimensions=0)
    if anchor.road is not None:
        total += _log_mixture(_metres(anchor.road, xy), _ROAD, dimensions=1)
    if anchor.things is not None:
        total += _log_mixture(_metres(anchor.things, xy), _THING, dimensions=2)
    return np.asarray(total - total.max(), dtype=np.float64)


def log_beside_street(words: CityWords, lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how likely a place is at positions, by the nearest street alone.

    Parameters
    ----------
    lonlat
        Degrees, shape (n, 2).

    Returns
    -------
    numpy.ndarray
        Natural logarithms, shape (n,); 0 where there is no street within 300 m, because the pack may have none there.
    """
    snap_m = snap_many(words.network, "walk", lonlat, max_m=_SNAP_MAX_M).snap_m
    return np.where(np.isfinite(snap_m), np.log(np.interp(snap_m, _STREET_M, _STREET)), 0.0)


def misfit_m(anchor: Anchors, xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far positions are from what the row names: the farthest of its clues; NaN without any.

    A road and a thing count as one clue, the nearer of them: either may be another one of that name.
    """
    named = [_metres(shape, xy) for shape in (anchor.road, anchor.things) if shape is not None]
    clues = [np.min(named, axis=0)] if named else []
    if anchor.region is not None:
        clues.append(_metres(anchor.region, xy))
    return np.asarray(np.max(clues, axis=0) if clues else np.full(len(xy), np.nan), dtype=np.float64)


def _metres(shape: BaseGeometry, xy: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(shapely.distance(shape, shapely.points(xy)), dtype=np.float64)


def _log_mixture(
    metres: NDArray[np.float64], parts: tuple[tuple[float, float], ...], *, dimensions: int
) -> NDArray[np.float64]:
    """Logarithm of a mixture of exponentials, each spread over a space that grows with its scale to a power."""
    densities = [share / scale**dimensions * np.exp(-metres / scale) for share, scale in parts]
    return np.asarray(np.log(np.sum(densities, axis=0)), dtype=np.float64)
