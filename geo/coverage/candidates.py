"""Candidates: sites that could take in a place, because a willing host or at least an open door is there already."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.coords import E7, LonLat
from geo.coverage.point_table import MICRO, columns_of, decoded, degrees, number, read_table
from geo.coverage.siting.problems import MAX_CANDIDATES
from geo.coverage.spots import HOSTS, Spot
from geo.errors import ParameterError, UnknownWordError
from geo.streets.network import StreetNetwork
from geo.streets.profiles import Mode
from geo.streets.snapping import snap_many

_HEADERS: Final = MappingProxyType({
    "name": ("name", "名称", "地点"),
    "lon": ("lon", "lng", "longitude", "经度"),
    "lat": ("lat", "latitude", "纬度"),
    "price": ("price", "cost", "费用", "造价"),
    "capacity": ("capacity", "seats", "座位", "容量"),
})  # fmt: skip
#: Which hosts are asked if nobody says which.
DEFAULT_HOSTS: Final = ("bank", "convenience", "community_centre", "library", "toilets")
_NEEDED: Final = ("lon", "lat")
_MAX_NAME: Final = 200
_MAX_AMOUNT: Final = 1_000_000_000
#: So much of a cell is shown.
_SHOWN: Final = 40


@dataclass(frozen=True)
class Candidate:
    """A site that could take in a place.

    Attributes
    ----------
    id, name, kind
        ``kind`` is one of :data:`~geo.coverage.spots.HOSTS`, ``listed``, ``crossing`` or ``place`` (there already).
    position
        WGS-84.
    price
        In whole units of money; None: nobody knows.
    capacity
        How much of the demand it can serve, millionths of its unit; None: no limit is known.
    """

    id: str
    name: str | None
    kind: str
    position: LonLat
    price: int | None = None
    capacity: int | None = None


def from_hosts(hosts: Iterable[Spot], kinds: Sequence[str]) -> tuple[Candidate, ...]:
    """Return the hosts of some kinds.

    Raises
    ------
    UnknownWordError
        A kind is not known.
    """
    for kind in kinds:
        if kind not in HOSTS:
            raise UnknownWordError(
                f"{kind[:40]!r} is no kind of host; known are {', '.join(HOSTS)}", parameter="candidates"
            )
    return tuple(
        Candidate(spot.id, spot.name, spot.kind, LonLat(spot.lon, spot.lat)) for spot in hosts if spot.kind in kinds
    )


def from_crossings(network: StreetNetwork) -> tuple[Candidate, ...]:
    """Return every crossing: points at which nobody has been asked for a door.

    Raises
    ------
    ParameterError
        There are more than a question may have.
    """
    if network.node_count > MAX_CANDIDATES:
        raise ParameterError(
            f"the city has {network.node_count:,} crossings, at most {MAX_CANDIDATES:,} candidates are taken; choose "
            "among hosts, or ask for the surface of gains",
            parameter="candidates",
        )
    lonlat = (network.node_e7 / E7).tolist()
    return tuple(Candidate(f"crossing-{n}", None, "crossing", LonLat(*at)) for n, at in enumerate(lonlat))


def read_candidates(path: Path) -> tuple[Candidate, ...]:
    """Read a file of willing hosts; see :func:`from_table`.

    Raises
    ------
    ParameterError
        The file or a row of it cannot be used.
    """
    return read_table(path, from_table, "candidates")


def from_table(lines: Iterable[str], source: str) -> tuple[Candidate, ...]:
    r"""Read a table of willing hosts: CSV with a longitude and a latitude (WGS-84), and maybe name, price, capacity.

    Parameters
    ----------
    lines
        With or without their ends.
    source
        What the table is called in messages.

    Raises
    ------
    ParameterError
        The table or a row of it cannot be used; the message names the line, the value, the limit and the remedy.

    Examples
    --------
    >>> from_table(["名称,经度,纬度,座位", "东四图书馆,116.417,39.924,20"], "hosts.csv")[0].capacity
    20000000
    """
    reader = csv.reader(lines, strict=True)

    def wrong(what: str) -> ParameterError:
        return ParameterError(f"{source}, line {reader.line_num}: {what}", parameter="candidates")

    found: list[Candidate] = []
    try:
        columns, width = columns_of(next(reader, []), _HEADERS, _NEEDED, wrong)
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue
            if len(row) != width:
                raise wrong(f"{len(row)} cells where the header has {width}; put quotes round a text with a comma")
            if len(found) == MAX_CANDIDATES:
                raise wrong(f"more than {MAX_CANDIDATES:,} candidates; ask for one district at a time")
            found.append(_candidate(row, columns, len(found) + 1, lambda what, column: wrong(what)))
    except csv.Error as error:
        raise wrong(f"not CSV ({error}); a quote is not closed, or a cell is too long") from error
    if not found:
        raise wrong("no candidate in the table; give at least one row below the header")
    return tuple(found)


def _candidate(
    row: Sequence[str], columns: Mapping[str, int], place: int, wrong: Callable[[str, str], ParameterError]
) -> Candidate:
    """Return the candidate of a row; ``wrong`` makes the error of a cell, from what is wrong and the column."""
    cells = {column: row[at].strip() for column, at in columns.items()}

    def of(column: str) -> Callable[[str], ParameterError]:
        return lambda what: wrong(what, column)

    def amount(column: str) -> int | None:
        text = cells.get(column, "")
        if not text:
            return None
        value = number(text, column, of(column))
        if not 0 <= value <= _MAX_AMOUNT:
            raise wrong(f"{column} {text[:40]} must lie between 0 and {_MAX_AMOUNT:,}", column)
        return round(value * (MICRO if column == "capacity" else 1))

    lon, lat = degrees(cells["lon"], "longitude", 180, of("lon")), degrees(cells["lat"], "latitude", 90, of("lat"))
    name = cells.get("name", "")[:_MAX_NAME] or None
    return Candidate(f"listed-{place}", name, "listed", LonLat(lon, lat), amount("price"), amount("capacity"))


class WrongRow(NamedTuple):
    """A row that cannot be used: its line in the table, the column (or ``cells``: their number), and what it says."""

    line: int
    column: str
    value: str


class CheckedTable(NamedTuple):
    """A table of hosts read to its end: the candidates of the rows that can be used, and the rows that cannot."""

    candidates: tuple[Candidate, ...]
    wrong: tuple[WrongRow, ...]


def check_table(content: bytes, source: str) -> CheckedTable:
    r"""Read somebody's table as :func:`from_table` does, but go on after a row that cannot be used.

    Raises
    ------
    ParameterError
        It is no text, no CSV, has no column for longitude or latitude, or too many rows.

    Examples
    --------
    >>> table = check_table("name,lon,lat\na,116.4,39.9\nb,x,39.9".encode(), "hosts.csv")
    >>> len(table.candidates), table.wrong[0]
    (1, WrongRow(line=3, column='lon', value='x'))
    """
    return decoded(content, source, _checked, "candidates")


def _checked(lines: Iterable[str], source: str) -> CheckedTable:
    reader = csv.reader(lines, strict=True)

    def wrong(what: str) -> ParameterError:
        return ParameterError(f"{source}, line {reader.line_num}: {what}", parameter="candidates")

    good: list[Candidate] = []
    bad: list[WrongRow] = []
    try:
        header = next(reader, [])
        columns, width = columns_of(header, _HEADERS, _NEEDED, wrong)
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue
            if len(good) + len(bad) == MAX_CANDIDATES:
                raise wrong(f"more than {MAX_CANDIDATES:,} rows; ask for one district at a time")
            if len(row) != width:
                bad.append(WrongRow(reader.line_num, "cells", str(len(row))))
                continue
            try:
                one = _candidate(
                    row, columns, len(good) + 1, lambda what, column: ParameterError(what, parameter=column)
                )
            except ParameterError as error:
                column = str(error.parameter)
                bad.append(WrongRow(reader.line_num, column, row[columns[column]].strip()[:_SHOWN]))
            else:
                good.append(one)
    except csv.Error as error:
        raise wrong(f"not CSV ({error}); a quote is not closed, or a cell is too long") from error
    return CheckedTable(tuple(good), tuple(bad))


def on_streets(network: StreetNetwork, mode: Mode, found: Sequence[Candidate]) -> NDArray[np.bool_]:
    """Return which candidates stand on a street of a mode, bool (n,); siting leaves the others out."""
    lonlat = np.array([one.position for one in found], dtype=np.float64).reshape(-1, 2)
    return snap_many(network, mode, lonlat, to_stay=True).edge >= 0 if len(found) else np.zeros(0, dtype=np.bool_)


def amounts(values: Iterable[int | None]) -> np.ndarray[tuple[int], np.dtype[np.int64]] | None:
    """Return amounts as int64 (n,), or None where one of them is not known."""
    known = list(values)
    return None if any(value is None for value in known) else np.array(known, dtype=np.int64)
