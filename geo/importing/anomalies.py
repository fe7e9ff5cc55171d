"""Rows whose coordinates are wrong in themselves: exchanged, in degrees and minutes, rounded, or somewhere else.

A row is held against what it says: the region, road or building that it names. Where it says nothing, against the city
and the other rows of its list.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.coords import LonLat
from geo.importing.agreement import Anchors, misfit_m
from geo.importing.clues import CityWords
from geo.importing.notations import NOTATIONS, Notation, is_rounded, read_as

AnomalyKind = Literal[
    "missing", "zero", "swapped", "degrees_minutes", "degrees_minutes_seconds", "rounded", "outside_city",
    "far_from_others", "outside_region", "far_from_address",
]  # fmt: skip

#: A pair is read in another notation if it misses what its row names by more than this as it stands ...
_MISFIT_M: Final = 4000.0
#: ... and by no more than this otherwise: all datums lie within it of each other.
_FIT_M: Final = 2000.0
#: Outside the region named, or away from the road and thing named: borders are spoken of roughly, and roads are mapped
#: in part.
_OUTSIDE_M: Final = 1500.0
_AWAY_M: Final = 4000.0
#: Without any words, a point this far from every other of a list is odd.
_ALONE_M: Final = 12_000.0
_MIN_LIST: Final = 5
_MIN_ALIKE: Final = 2
#: Share of a list that must lie in the streets' box before the notation of a whole column is doubted.
_MOSTLY, _SELDOM = 0.8, 0.3

#: Nearer to 0 than this, in degrees, is 0.
_ZERO: Final = 1e-6
#: Farther than this outside the city nothing needs to be compared.
_FAR_M: Final = 200_000.0

_Points = NDArray[np.float64]


class Anomaly(NamedTuple):
    """What is wrong with a row's coordinates.

    Attributes
    ----------
    kind
        What.
    off_m
        How far off, metres, where that can be said.
    meant
        Where the row's place would be if it is what it seems (axes exchanged, minutes for decimals), WGS-84.
    """

    kind: AnomalyKind
    off_m: float | None = None
    meant: LonLat | None = None


def choose_notations(words: CityWords, points: _Points, anchored: Sequence[Anchors]) -> tuple[Notation | None, ...]:
    """Return how each pair is written; None for a pair that is no place (missing, zero, or far off in any notation).

    A pair stands as it is unless it misses what its row names, or the whole city, and another notation does not.
    Without words a column is taken for degrees and minutes only as a whole: if hardly any of its points lie among the
    streets as they stand, and most of them do when they are read so.
    """
    read = {notation: _inside_world(read_as(notation, points)) for notation in NOTATIONS}
    misfit = np.column_stack([_misfits(words, read[notation], anchored) for notation in NOTATIONS])
    column = _column_notation(words, read)
    minutes = _minutes_notation(misfit)
    chosen: list[Notation | None] = []
    for row, off_m in enumerate(misfit):
        silent = anchored[row].region is None and anchored[row].road is None and anchored[row].things is None
        if np.isnan(points[row]).any() or (np.abs(points[row]) < _ZERO).all():
            chosen.append(None)
        elif silent and column != "degrees" and off_m[NOTATIONS.index(column)] <= _FIT_M:
            chosen.append(column)
        elif off_m[0] <= _MISFIT_M:
            chosen.append("degrees")
        else:
            allowed = ("swapped",) if silent else ("swapped", minutes)
            fits = [one for one in NOTATIONS if one in allowed and off_m[NOTATIONS.index(one)] <= _FIT_M]
            chosen.append(fits[0] if fits else None)
    return tuple(chosen)


def _minutes_notation(misfit: _Points) -> Notation | None:
    """Tell whether a list writes minutes, or minutes and seconds; None is neither, or cannot be told.

    A single row that fits may be there by chance, and none settles which of the two it is: then it is only suspect.
    Digits that cannot be seconds in one row settle it for all; so do enough rows in which they all can.
    """
    minutes, seconds = (misfit[:, NOTATIONS.index(one)] for one in ("degrees_minutes", "degrees_minutes_seconds"))
    rows = (minutes <= _FIT_M) & (misfit[:, 0] > _MISFIT_M)
    if rows.sum() >= _MIN_ALIKE and (rows & np.isinf(seconds)).any():
        return "degrees_minutes"
    return "degrees_minutes_seconds" if int(rows.sum()) >= _MIN_LIST else None


def degrees_of(points: _Points, notation: Sequence[Notation | None]) -> _Points:
    """Return pairs in degrees, each read in its notation; those in none stay as they are, what cannot be is 0, 0."""
    lonlat = np.nan_to_num(_inside_world(points))
    for one in NOTATIONS:
        rows = [row for row, own in enumerate(notation) if own == one]
        lonlat[rows] = read_as(one, points[rows])
    return lonlat


def find_anomalies(
    words: CityWords,
    points: _Points,
    notation: Sequence[Notation | None],
    wgs84: _Points,
    anchored: Sequence[Anchors],
) -> tuple[tuple[Anomaly, ...], ...]:
    """Return what is wrong with each row's coordinates.

    Parameters
    ----------
    points
        As written, shape (n, 2).
    notation
        From :func:`choose_notations`.
    wgs84
        The rows' places, degrees, shape (n, 2).
    anchored
        What each row names.
    """
    xy = words.plane.xy_many(wgs84)
    outside_m = _outside_city_m(words, xy).tolist()
    rounded = is_rounded(points).tolist()
    alone_m = _alone_m(xy, [one is not None or m < _FIT_M for one, m in zip(notation, outside_m, strict=True)])
    found: list[tuple[Anomaly, ...]] = []
    for row, own in enumerate(notation):
        if np.isnan(points[row]).any():
            found.append((Anomaly("missing"),))
        elif (np.abs(points[row]) < _ZERO).all():
            found.append((Anomaly("zero"),))
        elif own is not None and own != "degrees":
            found.append((Anomaly(own, meant=LonLat(*wgs84[row].tolist())),))
        else:
            off = _off(anchored[row], xy[row], outside_m[row], float(alone_m[row]))
            found.append((*off, *((Anomaly("rounded"),) if rounded[row] else ())))
    return tuple(found)


def _off(anchor: Anchors, xy: _Points, outside_m: float, alone_m: float) -> tuple[Anomaly, ...]:
    """How a row's place is off: outside the city, else outside its region, else away from its road, else alone."""
    if not outside_m <= _FIT_M:
        return (Anomaly("outside_city", outside_m if np.isfinite(outside_m) else None),)
    point = shapely.Point(xy)
    if anchor.region is not None and (away := float(shapely.distance(anchor.region, point))) > _OUTSIDE_M:
        return (Anomaly("outside_region", away),)
    named = misfit_m(anchor._replace(region=None), xy[np.newaxis])[0]
    if named > _AWAY_M:
        return (Anomaly("far_from_address", float(named)),)
    if np.isnan(named) and anchor.region is None and alone_m > _ALONE_M:
        return (Anomaly("far_from_others", alone_m),)
    return ()


def _misfits(words: CityWords, lonlat: _Points, anchored: Sequence[Anchors]) -> _Points:
    """How far each point is from what its row names, or else from the city; inf where there is no point."""
    there = np.asarray(~np.isnan(lonlat).any(axis=1), dtype=np.bool_)
    off_m = np.full(len(lonlat), np.inf)
    xy = words.plane.xy_many(np.where(there[:, np.newaxis], lonlat, 0.0))
    off_m[there] = _outside_city_m(words, xy[there])
    for row in np.flatnonzero(np.logical_and(there, off_m < _FAR_M)).tolist():
        named = misfit_m(anchored[row], xy[row : row + 1])[0]
        off_m[row] = off_m[row] if np.isnan(named) else max(named, off_m[row])
    return off_m


def _inside_world(lonlat: _Points) -> _Points:
    """Return points with NaN for those that no longitude and latitude can be."""
    lon, lat = np.abs(np.nan_to_num(lonlat, nan=999.0)).T
    return np.where(((lon <= 180.0) & (lat <= 85.0))[:, np.newaxis], lonlat, np.nan)


def _column_notation(words: CityWords, read: dict[Notation, _Points]) -> Notation:
    """Return the notation of the column as a whole, by the share of its points among the city's streets."""
    box = words.network.bbox()
    written = (~np.isnan(read["degrees"])).all(axis=1) | (~np.isnan(read["swapped"])).all(axis=1)
    if written.sum() < _MIN_LIST:
        return "degrees"
    share = {
        notation: float(np.mean([box.contains(LonLat(*one)) for one in lonlat[written].tolist()]))
        for notation, lonlat in read.items()
    }
    best = max(NOTATIONS, key=lambda notation: (share[notation], -NOTATIONS.index(notation)))
    return best if share[best] >= _MOSTLY and share["degrees"] <= _SELDOM else "degrees"


def _outside_city_m(words: CityWords, xy: _Points) -> NDArray[np.float64]:
    return np.asarray(shapely.distance(words.outline, shapely.points(xy)), dtype=np.float64)


def _alone_m(xy: _Points, counts: Sequence[bool]) -> NDArray[np.float64]:
    """Distance of each row from the nearest other row of the list, metres; 0 in a list too short to tell."""
    rows = np.flatnonzero(counts)
    alone_m = np.zeros(len(xy))
    if len(rows) >= _MIN_LIST:
        for row in rows.tolist():
            alone_m[row] = np.partition(np.hypot(*(xy[rows] - xy[row]).T), 1)[1]
    return alone_m
