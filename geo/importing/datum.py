"""Which datum a list's coordinates are in, how sure that is, and which rows are wrong in themselves.

A wrong datum moves every point of a list by half a kilometre or more, the same way. Each row says how likely it is
under each datum, by its distance to the road, building and subdistrict that it names and to the nearest street
(:mod:`geo.importing.agreement`); the rows' logarithms are added up. Points without addresses say very little each, so
that a short list of them ends *uncertain*, which means: ask a human. A list may also be of several datums; then each
row has to speak for itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.coords import LonLat
from geo.datums import DATUMS, Datum, wgs84_from
from geo.importing.agreement import Anchors, anchors, log_beside_street, log_likelihood
from geo.importing.anomalies import Anomaly, choose_notations, degrees_of, find_anomalies
from geo.importing.clues import CityWords, Where
from geo.importing.notations import is_rounded
from geo.streets.snapping import snap_many

#: Nobody needs to be asked above this.
CERTAIN: Final = 0.99
#: Logarithms are damped by this: neighbours in a list err alike, and no two clues are independent.
_DAMPING: Final = 0.7
#: One row weighs at most this much for the list, in logarithms: its address may be wrong.
_MOST: Final = 4.0
#: Lists of several datums are rare: one in about fifty.
_MIXED_MARGIN: Final = 4.0
#: A row of a list in one datum that speaks this strongly for another may be from elsewhere: ask.
_CONTRARY: Final = 5.0
#: No datum of a mixed list is taken to be rarer than this.
_RAREST: Final = 0.02
_ROUNDS: Final = 60
#: Near a road that is named.
_NEAR_M: Final = 150.0

_Points = NDArray[np.float64]


class Evidence(NamedTuple):
    """How the list agrees with the city under one datum.

    Attributes
    ----------
    probability
        That the whole list is in this datum; what the three lack to 1 is that it is of several.
    median_snap_m
        From the points to the nearest street; None where no point has one.
    in_region, near_road
        Share of the rows that name a region or a road whose point lies in it, or within 150 m of it; None if none does.
    """

    probability: float
    median_snap_m: float | None
    in_region: float | None
    near_road: float | None


class Verdict(NamedTuple):
    """What the guard says of a list.

    Attributes
    ----------
    datum
        That of the whole list; None is uncertain or mixed: ask a human.
    likeliest, certainty
        The best guess, and the probability that it holds for the whole list.
    mixed
        Whether the rows are of several datums.
    row_datum
        Each row's datum; None where it cannot be said.
    position
        Each row's place in WGS-84 by its datum (the likeliest where it cannot be said); None for a row with an anomaly
        that leaves none. Aligned to the points.
    anomalies
        Of each row, empty for most.
    evidence
        Per datum.
    """

    datum: Datum | None
    likeliest: Datum
    certainty: float
    mixed: bool
    row_datum: tuple[Datum | None, ...]
    position: tuple[LonLat | None, ...]
    anomalies: tuple[tuple[Anomaly, ...], ...]
    evidence: Mapping[Datum, Evidence]


def guard(words: CityWords, points: NDArray[np.float64], where: Sequence[Where]) -> Verdict:
    """Decide which datum a list's coordinates are in.

    Parameters
    ----------
    words
        The city.
    points
        Longitude and latitude as written, shape (n, 2); NaN is none.
    where
        What each row says about where it is, aligned to the points.

    Raises
    ------
    ValueError
        Points and rows are not of one length.

    Examples
    --------
    A list without any coordinates is nobody's datum; ``words`` is not asked::

        guard(words, np.full((1, 2), np.nan), [Where("学院路")]).datum  # None
    """
    if points.shape != (len(where), 2):
        raise ValueError(f"points of shape {points.shape} for {len(where)} rows; give one pair for each row")
    anchored = [anchors(words, words.clues(row)) for row in where]
    notation = choose_notations(words, points, anchored)
    lonlat = degrees_of(points, notation)
    usable = np.array([one is not None for one in notation], dtype=np.bool_) & ~is_rounded(points)
    positions = {datum: wgs84_from(datum, lonlat) for datum in DATUMS}
    logs = np.zeros((len(where), len(DATUMS)))
    used = [anchor for anchor, use in zip(anchored, usable.tolist(), strict=True) if use]
    logs[usable] = _logs(words, used, positions, usable)
    found = _decide(logs)
    final = np.stack([positions[datum] for datum in DATUMS])[found.choice, np.arange(len(where))]
    best = int(found.probability.argmax())
    certainty = float(found.probability[best])
    return Verdict(
        datum=DATUMS[best] if certainty >= CERTAIN else None,
        likeliest=DATUMS[best],
        certainty=certainty,
        mixed=found.mixed,
        row_datum=tuple(
            DATUMS[own] if sure else None for own, sure in zip(found.choice.tolist(), found.sure.tolist(), strict=True)
        ),
        position=tuple(
            LonLat(*xy) if read is not None else None for xy, read in zip(final.tolist(), notation, strict=True)
        ),
        anomalies=find_anomalies(words, points, notation, final, anchored),
        evidence=_evidence(words, anchored, positions, usable, found.probability),
    )


class _Decision(NamedTuple):
    """How the rows are best explained.

    Attributes
    ----------
    probability
        Per datum, that all rows are in it; what is missing to 1 is that they are of several.
    mixed
        Whether they are.
    choice, sure
        Per row the index of its datum, and whether that is certain.
    """

    probability: NDArray[np.float64]
    mixed: bool
    choice: NDArray[np.intp]
    sure: NDArray[np.bool_]


def _decide(logs: NDArray[np.float64]) -> _Decision:
    """Weigh one datum for all rows against a mixture, by what each row says, shape (rows, datums).

    A mixture has two numbers more to fit than a single datum, so that it must explain the rows better by ``log(n)``
    (the Bayesian information criterion) and a margin, because it is rare.

    References
    ----------
    G. Schwarz, "Estimating the dimension of a model", Annals of Statistics 6 (1978).
    """
    count = len(logs)
    damped = _DAMPING * np.maximum(logs - logs.max(axis=1, keepdims=True, initial=-np.inf), -_MOST)
    single = damped.sum(axis=0)
    shares = _shares(damped)
    mixture = float(np.log((np.exp(damped) * shares).sum(axis=1)).sum()) - np.log(max(count, 1)) - _MIXED_MARGIN
    weights = _normalised(np.append(single, mixture))
    if weights[-1] < 0.5:
        best = int(single.argmax())
        sure = (weights[best] >= CERTAIN) & (logs[:, best] > logs.max(axis=1, initial=-np.inf) - _CONTRARY)
        return _Decision(weights[:-1], False, np.full(count, best), sure)
    rows = logs + np.log(np.maximum(shares, _RAREST))
    rows = np.exp(rows - rows.max(axis=1, keepdims=True))
    rows /= rows.sum(axis=1, keepdims=True)
    return _Decision(weights[:-1], True, rows.argmax(axis=1), rows.max(axis=1) >= CERTAIN)


def _logs(
    words: CityWords, anchored: Sequence[Anchors], positions: Mapping[Datum, _Points], usable: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Logarithms of how likely each usable row is under each datum, shape (rows, datums)."""
    lonlat = [positions[datum][usable] for datum in DATUMS]
    xy = np.stack([words.plane.xy_many(one) for one in lonlat], axis=1)
    logs = np.column_stack([log_beside_street(words, one) for one in lonlat])
    for number, anchor in enumerate(anchored):
        logs[number] += log_likelihood(anchor, xy[number])
    return logs


def _normalised(logs: NDArray[np.float64]) -> NDArray[np.float64]:
    weights = np.exp(logs - logs.max())
    return np.asarray(weights / weights.sum(), dtype=np.float64)


def _shares(logs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the share of each datum that explains the rows best, by expectation and maximisation."""
    shares = np.full(len(DATUMS), 1.0 / len(DATUMS))
    likely = np.exp(logs)
    for _ in range(_ROUNDS if len(logs) else 0):
        parts = likely * shares
        shares = (parts / parts.sum(axis=1, keepdims=True)).mean(axis=0)
    return shares


def _evidence(
    words: CityWords,
    anchored: Sequence[Anchors],
    positions: Mapping[Datum, _Points],
    usable: NDArray[np.bool_],
    probability: NDArray[np.float64],
) -> dict[Datum, Evidence]:
    rows = np.flatnonzero(usable).tolist()
    found: dict[Datum, Evidence] = {}
    for datum, likely in zip(DATUMS, probability.tolist(), strict=True):
        snap_m = snap_many(words.network, "walk", positions[datum][usable]).snap_m
        snap_m = snap_m[np.isfinite(snap_m)]
        points = [shapely.Point(xy) for xy in words.plane.xy_many(positions[datum]).tolist()]
        inside = [shapely.intersects(region, points[row]) for row in rows if (region := anchored[row].region)]
        near = [shapely.distance(road, points[row]) <= _NEAR_M for row in rows if (road := anchored[row].road)]
        found[datum] = Evidence(
            probability=likely,
            median_snap_m=float(np.median(snap_m)) if len(snap_m) else None,
            in_region=float(np.mean(inside)) if inside else None,
            near_road=float(np.mean(near)) if near else None,
        )
    return found
