"""Candidates: sites that could take in a place, because a willing host or at least an open door is there already."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np

from geo.coords import E7, LonLat
from geo.coverage.point_table import MICRO, columns_of, degrees, number, read_table
from geo.coverage.siting.problems import MAX_CANDIDATES
from geo.coverage.spots import HOSTS, Spot
from geo.errors import ParameterError, UnknownWordError
from geo.streets.network import StreetNetwork

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
            cells = {column: row[at].strip() for column, at in columns.items()}

            def amount(column: str, cells: dict[str, str] = cells) -> int | None:
                text = cells.get(column, "")
                if not text:
                    return None
                value = number(text, column, wrong)
                if not 0 <= value <= _MAX_AMOUNT:
                    raise wrong(f"{column} {text[:40]} must lie between 0 and {_MAX_AMOUNT:,}")
                return round(value * (MICRO if column == "capacity" else 1))

            where = LonLat(degrees(cells["lon"], "longitude", 180, wrong), degrees(cells["lat"], "latitude", 90, wrong))
            found.append(
                Candidate(
                    f"listed-{len(found) + 1}", cells.get("name", "")[:_MAX_NAME] or None, "listed", where,
                    amount("price"), amount("capacity"),
                )
            )  # fmt: skip
    except csv.Error as error:
        raise wrong(f"not CSV ({error}); a quote is not closed, or a cell is too long") from error
    if not found:
        raise wrong("no candidate in the table; give at least one row below the header")
    return tuple(found)


def amounts(values: Iterable[int | None]) -> np.ndarray[tuple[int], np.dtype[np.int64]] | None:
    """Return amounts as int64 (n,), or None where one of them is not known."""
    known = list(values)
    return None if any(value is None for value in known) else np.array(known, dtype=np.int64)
