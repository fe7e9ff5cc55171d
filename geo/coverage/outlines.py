"""Outlines around the cells of a grid: rings that never touch each other, grouped into polygons.

References
----------
Marching squares, of W. E. Lorensen and H. E. Cline, "Marching cubes", Computer Graphics 21 (1987), on values of nothing
and one: every corner of a ring is the middle between a cell inside and one outside, and belongs to no other ring.
"""

from __future__ import annotations

from typing import cast

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.coverage.cells import INSIDE, Frame
from geo.streets.compiled import compiled
from geo.streets.queues import longer


def outline(kind: NDArray[np.uint8], frame: Frame) -> shapely.MultiPolygon:
    """Return the polygons around the cells that are inside, degrees.

    Cells that only meet at a corner are apart. Corners lie on the middles between cells; those on a straight line are
    left out. Shells run against the clock and holes with it. If all of a set of cells are inside here and there, the
    outline here lies within the outline there, exactly.

    Parameters
    ----------
    kind
        What each cell is, uint8 (rows * columns,); at the border of the frame nothing is inside.
    """
    start, end = _sides(kind, frame.columns, frame.rows)
    order = np.argsort(start)
    start, end = start[order], end[order]
    after = np.searchsorted(start, end).astype(np.int64)
    ring, x, y, first = _rings(start, after, frame.columns)
    owner = _owners(kind, frame.columns, start, ring, x, y, first)
    return _polygons(frame.west + x * (frame.width / 2), frame.south + y * (frame.height / 2), first, owner)


@compiled
def _sides(kind, columns, rows):  # type: ignore[no-untyped-def]  # compiled: numba infers the types
    """Return the sides of all rings as pairs of corners, the inside on their left.

    Corner ``2 * cell`` is the middle between a cell and the next in its row; ``2 * cell + 1``, the next in its column.
    """
    start, end, count = np.empty(1024, np.int64), np.empty(1024, np.int64), 0
    for row in range(rows - 1):
        for column in range(columns - 1):
            cell = row * columns + column
            a, b = kind[cell] == INSIDE, kind[cell + 1] == INSIDE
            c, d = kind[cell + columns] == INSIDE, kind[cell + columns + 1] == INSIDE
            if a == b == c == d:
                continue
            if count + 2 > len(start):
                start, end = longer(start), longer(end)
            south, north = 2 * cell, 2 * (cell + columns)
            west, east = 2 * cell + 1, 2 * (cell + 1) + 1
            apart = a == d and b == c
            if apart:  # two corners, each for itself
                pairs = ((south, west), (north, east)) if a else ((east, south), (west, north))
                for one, other in pairs:
                    start[count], end[count] = one, other
                    count += 1
                continue
            # walk around the square: the side begins where one leaves the inside, and ends where one enters it
            leave, enter = np.int64(-1), np.int64(-1)
            if a != b:
                leave, enter = (south, enter) if a else (leave, south)
            if b != d:
                leave, enter = (east, enter) if b else (leave, east)
            if d != c:
                leave, enter = (north, enter) if d else (leave, north)
            if c != a:
                leave, enter = (west, enter) if c else (leave, west)
            start[count], end[count] = leave, enter
            count += 1
    return start[:count].copy(), end[:count].copy()


@compiled
def _rings(start, after, columns):  # type: ignore[no-untyped-def]
    """Return the ring of each side; corners of rings in half cells, closed, and where each ring begins among them."""
    ring = np.full(len(start), -1, np.int64)
    x, y = np.empty(2 * len(start) + 1, np.int64), np.empty(2 * len(start) + 1, np.int64)
    first, rings, count = np.zeros(len(start) + 1, np.int64), 0, 0
    for seed in range(len(start)):
        if ring[seed] >= 0:
            continue
        side, begin = seed, count
        while ring[side] < 0:
            ring[side] = rings
            x[count], y[count] = _corner(start[side], columns)
            if count - begin >= 2 and _straight(x, y, count - 2, count - 1, count):
                x[count - 1], y[count - 1] = x[count], y[count]
            else:
                count += 1
            side = after[side]
        if _straight(x, y, count - 2, count - 1, begin):
            count -= 1
        if _straight(x, y, count - 1, begin, begin + 1):
            x[begin], y[begin] = x[count - 1], y[count - 1]
            count -= 1
        x[count], y[count] = x[begin], y[begin]
        count += 1
        rings += 1
        first[rings] = count
    return ring, x[:count].copy(), y[:count].copy(), first[: rings + 1].copy()


@compiled
def _corner(corner, columns):  # type: ignore[no-untyped-def]
    """Where a corner lies, in half cells from the corner of the frame."""
    row, column = divmod(corner >> 1, columns)
    return (2 * column + 2, 2 * row + 1) if corner & 1 == 0 else (2 * column + 1, 2 * row + 2)


@compiled
def _straight(x, y, i, j, k):  # type: ignore[no-untyped-def]
    return (x[j] - x[i]) * (y[k] - y[j]) == (x[k] - x[j]) * (y[j] - y[i])


@compiled
def _owners(kind, columns, start, ring, x, y, first):  # type: ignore[no-untyped-def]
    """Return for each ring the shell it belongs to; a shell is its own.

    From the westernmost corner of a hole one comes through the inside, going west, to a ring that is met further west.
    """
    count = len(first) - 1
    owner, west = np.arange(count), np.full(count, np.int64(2**62))
    hole, at = np.zeros(count, np.bool_), np.zeros(count, np.int64)
    for r in range(count):
        twice = 0
        for i in range(first[r], first[r + 1] - 1):
            twice += x[i] * y[i + 1] - x[i + 1] * y[i]
        hole[r] = twice < 0
    for side in range(len(start)):
        if start[side] & 1 == 0 and (start[side] >> 1) % columns < west[ring[side]]:
            west[ring[side]], at[ring[side]] = (start[side] >> 1) % columns, start[side] >> 1
    for r in np.argsort(west):
        if not hole[r]:
            continue
        cell = at[r]
        while kind[cell - 1] == INSIDE:
            cell -= 1
        owner[r] = owner[ring[np.searchsorted(start, 2 * (cell - 1))]]
    return owner


def _polygons(
    x: NDArray[np.float64], y: NDArray[np.float64], first: NDArray[np.int64], owner: NDArray[np.int64]
) -> shapely.MultiPolygon:
    """Put rings together: shells in the order in which they were found, each before its holes."""
    count = len(owner)
    if not count:
        return shapely.MultiPolygon()
    order = np.lexsort((np.arange(count), owner != np.arange(count), owner))
    size = np.diff(first)[order]
    begin = np.concatenate([[0], np.cumsum(size)])
    point = np.repeat(first[order] - begin[:-1], size) + np.arange(begin[-1])
    rings = np.concatenate([np.flatnonzero(owner[order] == order), [count]])
    parts = np.array([0, len(rings) - 1])
    coordinates = np.column_stack([x[point], y[point]])
    made = shapely.from_ragged_array(shapely.GeometryType.MULTIPOLYGON, coordinates, (begin, rings, parts))
    return cast(shapely.MultiPolygon, made[0])
