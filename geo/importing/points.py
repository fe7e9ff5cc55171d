"""What the coordinates of a row say, before anybody knows in which datum, or which of the two is which."""

from __future__ import annotations

from typing import NamedTuple

from geo.datums import Datum
from geo.importing.cells import Degrees, read_datum, read_degrees, read_pair
from geo.importing.columns import Columns
from geo.importing.problems import Problem
from geo.importing.table import Row


class WrittenPoint(NamedTuple):
    """Coordinates as a list has them: degrees in an unknown datum, perhaps exchanged; decimals; the datum, if said."""

    lon: float
    lat: float
    decimals: int
    datum: Datum | None


def read_point(columns: Columns, row: Row) -> tuple[WrittenPoint | None, Problem | None]:
    """Return the coordinates of a row, if it has any that can be read, and else why not.

    They may stand in two columns, in one, or both in one of two.
    """
    said = {name: columns.cell(row, name) for name in ("lon", "lat", "lonlat", "latlon")}
    text = "，".join(filter(None, said.values()))
    if not text:
        kind = columns.cell(row, "geometry")
        return None, Problem("not_a_point", kind, field="geometry") if kind else None
    pair = _pair(said)
    if pair is None:
        half = bool(said["lon"]) != bool(said["lat"])
        return None, Problem("coordinate_half" if half else "coordinate_odd", text, field="position")
    lon, lat = pair
    if lon.value == 0 or lat.value == 0:
        return None, Problem("coordinate_zero", text, field="position")
    if max(abs(lon.value), abs(lat.value)) > 180 or min(abs(lon.value), abs(lat.value)) > 90:
        return None, Problem("coordinate_odd", text, field="position")
    datum = read_datum(columns.cell(row, "datum")) or columns.datum
    return WrittenPoint(lon.value, lat.value, min(lon.decimals, lat.decimals), datum), None


def _pair(said: dict[str, str]) -> tuple[Degrees, Degrees] | None:
    """Return longitude and latitude as the columns call them; whether they are exchanged is found out later."""
    if said["lon"] and said["lat"]:
        lon, lat = read_degrees(said["lon"]), read_degrees(said["lat"])
        return (lon, lat) if lon and lat else None
    if one := said["lon"] or said["lat"]:
        return read_pair(one)
    if said["lonlat"]:
        return read_pair(said["lonlat"])
    pair = read_pair(said["latlon"])
    return (pair[1], pair[0]) if pair else None
