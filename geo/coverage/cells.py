"""Streets in the cells of a grid, and which cells count as within reach: the kernels of service areas.

A cell belongs to the streets that are nearest, and what is enclosed by reached streets alone is filled. A cell at the
border of the grid is never within reach.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.coords import BBox
from geo.streets.compiled import compiled
from geo.streets.queues import longer

#: What a cell is: near no street, near a reached one, near one that is not.
NONE, INSIDE, OUTSIDE = 0, 1, 2


class Frame(NamedTuple):
    """A grid of cells over longitude and latitude.

    All four numbers are whole multiples of 2**-23 of a degree, so that corners and middles of cells are exact as
    floating-point numbers, and whether outlines lie within each other is decided without rounding.

    Attributes
    ----------
    west, south
        Its corner, degrees.
    width, height
        Of one cell, degrees.
    columns, rows
        How many cells.
    """

    west: float
    south: float
    width: float
    height: float
    columns: int
    rows: int

    @property
    def bbox(self) -> BBox:
        """The whole of it, degrees."""
        east, north = self.west + self.columns * self.width, self.south + self.rows * self.height
        return BBox(self.west, self.south, east, north)


class Segments(NamedTuple):
    """Straight pieces of street, in cells from the corner of a frame; float64 (n, 4) and (n,)."""

    line: NDArray[np.float64]
    length_mm: NDArray[np.float64]


@compiled
def segments_of(edge, start_mm, end_mm, shape_start, shape_e7, shape_m, length_m, length_mm, frame):  # type: ignore[no-untyped-def]  # compiled: numba infers the types
    """Return ``line, length_mm`` of the straight pieces of parts of edges that may touch the frame."""
    line, length, count = np.empty((1024, 4), np.float64), np.empty(1024, np.float64), 0
    for k in range(len(edge)):
        own = edge[k]
        for p in range(shape_start[own], shape_start[own + 1] - 1):
            x, y = _in_cells(shape_e7, p, frame)
            u, v = _in_cells(shape_e7, p + 1, frame)
            if max(x, u) < 0 or min(x, u) > frame.columns or max(y, v) < 0 or min(y, v) > frame.rows:
                continue
            begin = np.int64(np.rint(shape_m[p] / length_m[own] * length_mm[own]))
            stop = np.int64(np.rint(shape_m[p + 1] / length_m[own] * length_mm[own]))
            since, until = max(start_mm[k], begin), min(end_mm[k], stop)
            if since >= until:
                continue
            a, b = (since - begin) / (stop - begin), (until - begin) / (stop - begin)
            if count == len(length):
                length, wider = longer(length), np.empty((2 * count, 4), np.float64)
                wider[:count] = line
                line = wider
            line[count, 0], line[count, 1] = x + a * (u - x), y + a * (v - y)
            line[count, 2], line[count, 3] = x + b * (u - x), y + b * (v - y)
            length[count] = until - since
            count += 1
    return line[:count].copy(), length[:count].copy()


@compiled
def _in_cells(e7, i, frame):  # type: ignore[no-untyped-def]
    return (e7[i, 0] / 1e7 - frame.west) / frame.width, (e7[i, 1] / 1e7 - frame.south) / frame.height


@compiled
def weigh(balance, columns, rows, line, length, factor):  # type: ignore[no-untyped-def]
    """Add to each cell what lies in it of each segment, times a factor; what lies off the frame is left out."""
    for k in range(len(length)):
        x, y = line[k, 0], line[k, 1]
        dx, dy = line[k, 2] - x, line[k, 3] - y
        at, to = 0.0, 0.0
        while at < 1.0:
            to, column, row = _next(x, y, dx, dy, at, 0.0)
            if 0 <= column < columns and 0 <= row < rows:
                balance[row * columns + column] += np.float32((to - at) * length[k] * factor)
            at = to


@compiled
def _next(x, y, dx, dy, at, shift):  # type: ignore[no-untyped-def]
    """Return where a segment that is followed from ``at`` leaves its cell, and that cell's column and row.

    Of the cells that meet at a border it is the one that lies ahead. ``shift`` moves the grid, in cells.
    """
    tiny = 1e-9
    here_x, here_y = x + (at + tiny) * dx - shift, y + (at + tiny) * dy - shift
    column, row = int(np.floor(here_x)), int(np.floor(here_y))
    to = 1.0
    if dx > 0:
        to = min(to, (column + 1 + shift - x) / dx)
    elif dx < 0:
        to = min(to, (column + shift - x) / dx)
    if dy > 0:
        to = min(to, (row + 1 + shift - y) / dy)
    elif dy < 0:
        to = min(to, (row + shift - y) / dy)
    return max(to, min(at + tiny, 1.0)), column, row


@compiled
def grown(balance, columns, rows, steps):  # type: ignore[no-untyped-def]
    """Return what each cell is, uint8 (n,): that of the nearest street within so many steps, also aslant.

    Where the balance is below nothing there is a street that is not reached; of two equally near it wins.
    """
    kind, queue, count = np.zeros(len(balance), np.uint8), np.empty(len(balance), np.int32), 0
    for sign, own in ((-1, OUTSIDE), (1, INSIDE)):
        for cell in range(len(balance)):
            if balance[cell] * sign > 0:
                kind[cell] = own
                queue[count] = cell
                count += 1
    done = 0
    for _ in range(steps):
        level = count
        while done < level:
            cell = queue[done]
            done += 1
            row, column = divmod(cell, columns)
            for r in range(max(row - 1, 0), min(row + 2, rows)):
                for c in range(max(column - 1, 0), min(column + 2, columns)):
                    if kind[r * columns + c] == NONE:
                        kind[r * columns + c] = kind[cell]
                        queue[count] = r * columns + c
                        count += 1
    return kind


@compiled
def fill(kind, columns, rows):  # type: ignore[no-untyped-def]
    """Make what no street is near part of the inside where nothing but inside is around it, and close the border."""
    seen, stack = np.zeros(len(kind), np.bool_), np.empty(len(kind), np.int32)
    for seed in range(len(kind)):
        if kind[seed] != NONE or seen[seed]:
            continue
        stack[0], height, done, enclosed = seed, 1, 0, True
        seen[seed] = True
        while done < height:
            cell = stack[done]
            done += 1
            row, column = divmod(cell, columns)
            if row in (0, rows - 1) or column in (0, columns - 1):
                enclosed = False
            for r in range(max(row - 1, 0), min(row + 2, rows)):
                for c in range(max(column - 1, 0), min(column + 2, columns)):
                    near = r * columns + c
                    if kind[near] == OUTSIDE:
                        enclosed = False
                    elif kind[near] == NONE and not seen[near] and (r == row or c == column):
                        seen[near] = True
                        stack[height] = near
                        height += 1
        if enclosed:
            for i in range(height):
                kind[stack[i]] = INSIDE
    for cell in range(len(kind)):
        row, column = divmod(cell, columns)
        if row in (0, rows - 1) or column in (0, columns - 1):
            kind[cell] = OUTSIDE


@compiled
def keep_off(kind, touched, columns, rows):  # type: ignore[no-untyped-def]
    """Take the cells that are, or border on, one where the balance ``touched`` is below nothing out of the inside."""
    for cell in range(len(kind)):
        if touched[cell] >= 0:
            continue
        row, column = divmod(cell, columns)
        for r in range(max(row - 1, 0), min(row + 2, rows)):
            for c in range(max(column - 1, 0), min(column + 2, columns)):
                kind[r * columns + c] = OUTSIDE


@compiled
def length_inside(kind, columns, rows, line, length):  # type: ignore[no-untyped-def]
    """Return how many millimetres of the segments lie within the outline of the inside, exactly as it is drawn.

    Between the middles of four cells the outline is a straight cut or none, so a piece of a segment there lies within
    as far as one linear function is below a half.
    """
    total = 0.0
    for k in range(len(length)):
        x, y = line[k, 0], line[k, 1]
        dx, dy = line[k, 2] - x, line[k, 3] - y
        at = 0.0
        while at < 1.0:
            to, column, row = _next(x, y, dx, dy, at, 0.5)
            if 0 <= column < columns - 1 and 0 <= row < rows - 1:
                corner = row * columns + column
                a, b = kind[corner] == INSIDE, kind[corner + 1] == INSIDE
                c, d = kind[corner + columns] == INSIDE, kind[corner + columns + 1] == INSIDE
                u, v = x + at * dx - 0.5 - column, y + at * dy - 0.5 - row
                s, t = x + to * dx - 0.5 - column, y + to * dy - 0.5 - row
                total += (to - at) * length[k] * _share(a, b, c, d, u, v, s, t)
            at = to
    return total


@compiled
def _share(a, b, c, d, u, v, s, t):  # type: ignore[no-untyped-def]
    """How much of a piece from (u, v) to (s, t) lies within, of a square whose corners a b (south), c d (north) are."""
    count = int(a) + int(b) + int(c) + int(d)
    if count in (0, 4):
        return count / 4
    if count == 2 and a == b:
        return _below(v, t) if a else _below(1 - v, 1 - t)
    if count == 2 and a == c:
        return _below(u, s) if a else _below(1 - u, 1 - s)
    odd, share = count != 3, 0.0  # cut off corners: those that are inside; of three, the one that is not
    if a == odd:
        share += _below(u + v, s + t)
    if b == odd:
        share += _below(1 - u + v, 1 - s + t)
    if c == odd:
        share += _below(u + 1 - v, s + 1 - t)
    if d == odd:
        share += _below(2 - u - v, 2 - s - t)
    return share if odd else 1 - share


@compiled
def _below(start, end):  # type: ignore[no-untyped-def]
    """How much of the way from one value to another is below a half."""
    if start < 0.5 and end < 0.5:
        return 1.0
    if start >= 0.5 and end >= 0.5:
        return 0.0
    share = (0.5 - start) / (end - start)
    return share if start < 0.5 else 1 - share
