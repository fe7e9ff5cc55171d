"""Somebody's table of weighted points: read row by row, refused where a row cannot be meant."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from geo.coords import BBox
from geo.errors import ParameterError, SwappedCoordinatesError

_T = TypeVar("_T")

#: Weights are whole millionths of their unit.
MICRO: Final = 1_000_000
#: A larger file is refused before it is opened, a longer table at the row after the last.
MAX_BYTES: Final = 20_000_000
MAX_ROWS: Final = 1_000_000
#: Of one row, and of all rows together: sums over a thousand million times a thousand stay within 64 bits.
MAX_WEIGHT: Final = 10_000_000
MAX_TOTAL: Final = 1_000_000_000

_HEADERS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({
    "lon": ("lon", "lng", "longitude", "经度"),
    "lat": ("lat", "latitude", "纬度"),
    "weight": ("weight", "权重", "人数", "数量", "count"),
    "name": ("name", "名称", "地点"),
})  # fmt: skip
_NEEDED: Final = ("lon", "lat", "weight")
_NUMBER = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,20})?(?:[eE][+-]?\d{1,2})?", re.ASCII)
_LONGEST_NUMBER: Final = 40
#: As Excel writes it in China, if it is not UTF-8.
_ENCODINGS: Final = ("utf-8-sig", "gb18030")


class PointTable(NamedTuple):
    """Weighted points.

    Attributes
    ----------
    lonlat
        Degrees, WGS-84, float64 (n, 2).
    weight
        Millionths, int64 (n,).
    line
        Where each stands in the file, from 1, int32 (n,).
    source
        The file's name.
    """

    lonlat: NDArray[np.float64]
    weight: NDArray[np.int64]
    line: NDArray[np.int32]
    source: str

    def refuse_swapped(self, box: BBox) -> None:
        """Raise if a point lies outside a box, but inside with its coordinates exchanged.

        Raises
        ------
        SwappedCoordinatesError
            The message names the first such row.
        """
        low, high = (box.west, box.south), (box.east, box.north)
        outside = ~((self.lonlat >= low) & (self.lonlat <= high)).all(axis=1)
        flipped = self.lonlat[:, ::-1]
        swapped = np.flatnonzero(outside & ((flipped >= low) & (flipped <= high)).all(axis=1))
        if len(swapped):
            lon, lat = self.lonlat[swapped[0]].tolist()
            raise SwappedCoordinatesError(
                f"{self.source}, line {self.line[swapped[0]]}: lon={lon:g}, lat={lat:g} lies outside the city; "
                f"exchanged it lies inside, and so do {len(swapped)} rows in all: exchange the two columns",
                parameter="lon",
            )


def read_points(path: Path) -> PointTable:
    """Read a table of weighted points.

    Parameters
    ----------
    path
        CSV in UTF-8 or GB18030, separated by commas, with a header: a longitude and a latitude in WGS-84 and a weight,
        in Chinese or English (经度, 纬度, 权重), and whatever else.

    Raises
    ------
    ParameterError
        The file or a row of it cannot be used; the message names the line, the value, the limit and the remedy.
    """
    return read_table(path, points_of, "demand")


def read_table(path: Path, read: Callable[[Iterable[str], str], _T], parameter: str) -> _T:
    """Read somebody's CSV file, in UTF-8 or GB18030, if it is not too large.

    Parameters
    ----------
    read
        Reads its lines; the file's name goes into messages.
    parameter
        Whose value the file is.

    Raises
    ------
    ParameterError
        There is no such file, it is too large, or no text.
    """
    try:
        if not path.is_file():
            raise ParameterError(f"{path.name}: no such file; give a table as CSV", parameter=parameter)
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise ParameterError(
                f"{path.name}: {size:,} bytes, over {MAX_BYTES:,}; add up points that lie together, or keep only the "
                "columns that are needed",
                parameter=parameter,
            )
        return decoded(path.read_bytes(), path.name, read, parameter)
    except OSError as error:
        raise ParameterError(f"{path.name}: cannot be read ({error.strerror})", parameter=parameter) from error


def points_in(content: bytes, source: str) -> PointTable:
    """Read the bytes of a table of weighted points; see :func:`read_points`.

    Raises
    ------
    ParameterError
        They are no such table.
    """
    return decoded(content, source, points_of, "demand")


def decoded(content: bytes, source: str, read: Callable[[Iterable[str], str], _T], parameter: str) -> _T:
    """Read the bytes of somebody's CSV, in UTF-8 or GB18030; see :func:`read_table`.

    Raises
    ------
    ParameterError
        They are no text.
    """
    for encoding in _ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return read(io.StringIO(text, newline=""), source)
    raise ParameterError(f"{source}: no text in UTF-8 or GB18030; save the table as CSV in UTF-8", parameter=parameter)


def points_of(lines: Iterable[str], source: str) -> PointTable:
    r"""Read the lines of a table of weighted points; see :func:`read_points`.

    Parameters
    ----------
    lines
        With or without their ends.
    source
        What the table is called in messages.

    Examples
    --------
    >>> points_of(["经度,纬度,权重", "116.41,39.92,2.5"], "两点.csv").weight
    array([2500000])
    """
    reader = csv.reader(lines, strict=True)

    def wrong(what: str) -> ParameterError:
        return ParameterError(f"{source}, line {reader.line_num}: {what}", parameter="demand")

    lonlat: list[tuple[float, float]] = []
    weights: list[int] = []
    line: list[int] = []
    try:
        columns, width = columns_of(next(reader, []), _HEADERS, _NEEDED, wrong)
        total = 0
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue
            if len(row) != width:
                raise wrong(f"{len(row)} cells where the header has {width}; put quotes round a text with a comma")
            if len(weights) == MAX_ROWS:
                raise wrong(f"more than {MAX_ROWS:,} points; add up those that lie together")
            lon = degrees(row[columns["lon"]], "longitude", 180, wrong)
            lonlat.append((lon, degrees(row[columns["lat"]], "latitude", 90, wrong)))
            weights.append(_weight(row[columns["weight"]], wrong))
            line.append(reader.line_num)
            total += weights[-1]
            if total > MAX_TOTAL * MICRO:
                raise wrong(f"the weights add up to more than {MAX_TOTAL:,}; give them in a larger unit")
    except csv.Error as error:
        raise wrong(f"not CSV ({error}); a quote is not closed, or a cell is too long") from error
    if not weights:
        raise wrong("no points in the table; give at least one row below the header")
    return PointTable(
        np.array(lonlat, dtype=np.float64),
        np.array(weights, dtype=np.int64),
        np.array(line, dtype=np.int32),
        source,
    )


def columns_of(
    header: list[str],
    headers: Mapping[str, tuple[str, ...]],
    needed: Sequence[str],
    wrong: Callable[[str], ParameterError],
) -> tuple[dict[str, int], int]:
    """Return where the columns stand, and how many there are.

    Parameters
    ----------
    header
        The first row.
    headers
        What each column may be called.
    needed
        Columns that must be there.
    wrong
        Makes the error that is raised.
    """
    words = [cell.strip().lstrip("\ufeff").lower() for cell in header]
    found: dict[str, int] = {}
    for column, known in headers.items():
        at = [number for number, word in enumerate(words) if word in known]
        if len(at) > 1:
            raise wrong(f"two columns for {column} ({words[at[0]]}, {words[at[1]]}); keep one")
        if at:
            found[column] = at[0]
    missing = [column for column in needed if column not in found]
    if missing:
        told = "; ".join(f"{column} may be called {', '.join(headers[column])}" for column in missing)
        raise wrong(f"no column for {', '.join(missing)} in {','.join(words)[:200]!r}; {told}")
    return found, len(words)


def degrees(text: str, what: str, limit: int, wrong: Callable[[str], ParameterError]) -> float:
    """Read degrees; ``wrong`` makes the error that is raised."""
    value = float(number(text, what, wrong))
    if abs(value) > limit:
        hint = "; are longitude and latitude exchanged?" if what == "latitude" and abs(value) <= 180 else ""
        raise wrong(f"{what} {text.strip()} lies outside -{limit} to {limit} degrees{hint}")
    return value


def _weight(text: str, wrong: Callable[[str], ParameterError]) -> int:
    value = number(text, "weight", wrong)
    if value < 0:
        raise wrong(f"weight {text.strip()} is negative; give 0 or more")
    if value > MAX_WEIGHT:
        raise wrong(f"weight {text.strip()} is over {MAX_WEIGHT:,}; give it in a larger unit")
    return round(value * MICRO)


def number(text: str, what: str, wrong: Callable[[str], ParameterError]) -> Decimal:
    """Read a number; ``wrong`` makes the error that is raised."""
    stripped = text.strip()
    if len(stripped) > _LONGEST_NUMBER or not _NUMBER.fullmatch(stripped):
        raise wrong(f"{what} {stripped[:60]!r} is no number; give it as 116.41, without unit or thousands separator")
    return Decimal(stripped)
