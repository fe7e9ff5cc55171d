"""Weights summed by area, of parts of streets and of points: whole numbers, so that parts add up to the total."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from geo.coverage.demand import Demand
from geo.coverage.pieces import Pieces
from geo.coverage.stretches import Stretches, measure


def share_of(weight: NDArray[np.int64], part: NDArray[np.int64], whole: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return ``weight * part // whole`` without running over.

    Examples
    --------
    >>> share_of(np.array([10**15 + 1]), np.array([10**7 - 1]), np.array([10**7])).tolist()
    [999999900000000]
    """
    each, rest = np.divmod(weight, np.maximum(whole, 1))
    return each * part + rest * part // np.maximum(whole, 1)


def weight_by_area(
    demand: Demand, pieces: Pieces, reached: Sequence[Stretches], points: Sequence[NDArray[np.bool_]], area_count: int
) -> NDArray[np.int64]:
    """Return how much of a demand each of several growing parts of the streets adds, by area, and what none has.

    Parameters
    ----------
    demand
        Spread over pieces and points.
    reached
        Parts of the streets, each within the next.
    points
        For each of them, which of the demand's points belong to it, bool (n_points,); each within the next.
    area_count
        Number of areas.

    Returns
    -------
    int64 (len(reached) + 1, area_count + 1)
        Millionths of the demand's unit. Row i is what part i adds to the one before; the last row is the rest. The
        last column is what lies in no area. Columns add up to the demand of the area, exactly.
    """
    length = pieces.length_mm
    before = np.zeros(area_count + 1, dtype=np.int64)
    rows = []
    for part, marked in zip(reached, points, strict=True):
        weight = share_of(demand.piece_weight, measure(pieces, part), length)
        now = by_area(weight, pieces.area, area_count)
        now += by_area(np.where(marked, demand.points.weight, 0), demand.points.area, area_count)
        rows.append(now - before)
        before = now
    return np.array([*rows, demand.by_area(area_count) - before])


def by_area(weight: NDArray[np.int64], area: NDArray[np.int32], area_count: int) -> NDArray[np.int64]:
    """Return sums by area, int64 (area_count + 1,); the last is that of what lies in none.

    Examples
    --------
    >>> by_area(np.array([1, 2, 4]), np.array([0, -1, 0], dtype=np.int32), 2).tolist()
    [5, 0, 2]
    """
    total = np.zeros(area_count + 1, dtype=np.int64)
    np.add.at(total, area, weight)  # -1 is the last
    return total


def divided(pieces: Pieces, weight: NDArray[np.int64], longest_mm: int) -> tuple[Pieces, NDArray[np.int64]]:
    """Return pieces of at most a length, and the weight of each; of each piece it stays the same, exactly.

    Parameters
    ----------
    weight
        Of each piece, spread evenly over its length, int64 (n_pieces,).
    longest_mm
        Millimetres.

    Examples
    --------
    >>> whole = Pieces(np.array([4], np.int32), np.array([0]), np.array([250_000]), np.array([0], np.int32))
    >>> parts, weight = divided(whole, np.array([1_000]), 100_000)
    >>> parts.end_mm.tolist(), weight.tolist()
    ([83333, 166666, 250000], [333, 333, 334])
    """
    length = pieces.length_mm
    count = np.maximum(-(-length // longest_mm), 1)
    row = np.repeat(np.arange(len(length)), count)
    number = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    since, until = (length[row] * at // count[row] for at in (number, number + 1))
    parts = Pieces(
        np.asarray(pieces.edge)[row], pieces.start_mm[row] + since, pieces.start_mm[row] + until, pieces.area[row]
    )
    whole = np.maximum(length[row], 1)
    own = weight[row]
    return parts, share_of(own, until, whole) - share_of(own, since, whole)
