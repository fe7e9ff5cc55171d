"""Answers as tables for notebooks: GeoDataFrames and DataFrames (a door to geopandas and pandas).

Figures are those of the interface, in the unit of the layer; geometry is in degrees of longitude and latitude
(EPSG:4326). A GeoDataFrame without a shape for a row has None there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

import geopandas
import numpy as np
import pandas
import shapely
from numpy.typing import NDArray
from shapely import MultiLineString
from shapely.geometry.base import BaseGeometry

from geo.city import City
from geo.coords import LonLat
from geo.coverage.comparing import Seats
from geo.coverage.drawing import drawn
from geo.coverage.gaps import find_gaps
from geo.coverage.next_places import Siting
from geo.coverage.pieces import Area
from geo.coverage.planner import STATES, Coverage, Planner, Week
from geo.coverage.service_area import ServiceArea
from geo.coverage.stretches import Stretches
from geo.coverage.whatif import Effect
from geo.coverage_answers import units
from geo.errors import ParameterError
from geo.siting_answers import gaps_values, siting_values
from geo.streets.network import StreetNetwork

CRS: Final = "EPSG:4326"
_DAYS: Final = ("一 Mon", "二 Tue", "三 Wed", "四 Thu", "五 Fri", "六 Sat", "日 Sun")


def areas(city: City, coverage: Coverage) -> geopandas.GeoDataFrame:
    """Return who is within reach, and why others are not, by subdistrict.

    Returns
    -------
    GeoDataFrame
        One row per subdistrict, and one, ``number`` -1, of what lies in none. Columns: ``number``, ``id``, ``name``,
        ``name_en``, ``district``, ``residents``, ``total``, one for each state (``covered``, ``closed``, …), ``circle``
        (within 1 km as the crow flies), ``share`` (covered of the total, NaN where there is none), ``geometry``.
    """
    weight = coverage.weight / 1e6
    data: dict[str, Any] = _of_areas(coverage.areas) | {"total": coverage.weight.sum(axis=0) / 1e6}
    data |= {state: weight[number] for number, state in enumerate(STATES)}
    data["circle"] = coverage.circle / 1e6
    data["share"] = _share(weight[0], data["total"])
    return _frame(data, _shapes(city))


def streets(city: City, coverage: Coverage) -> geopandas.GeoDataFrame:
    """Return the streets by state: covered, or why not.

    Returns
    -------
    GeoDataFrame
        One row per state: ``state``, ``weight`` (of the demand), ``length_m``, ``geometry`` (MultiLineString).
    """
    parts = [coverage.stretches(state) for state in STATES]
    data = {
        "state": list(STATES),
        "weight": coverage.weight.sum(axis=1) / 1e6,
        "length_m": [_metres(part) for part in parts],
    }
    return _frame(data, [_lines(city.network, part) for part in parts])


def changes(city: City, effect: Effect) -> geopandas.GeoDataFrame:
    """Return what edits change.

    Returns
    -------
    GeoDataFrame
        Two rows: ``change`` (``gained``, ``lost``), ``weight``, ``length_m``, ``geometry`` (MultiLineString).
    """
    parts = [effect.gained, effect.lost]
    data = {
        "change": ["gained", "lost"],
        "weight": [units(effect.weight_gained.sum()), units(effect.weight_lost.sum())],
        "length_m": [_metres(part) for part in parts],
    }
    return _frame(data, [_lines(city.network, part) for part in parts])


def compared(city: City, one: Coverage, other: Coverage) -> geopandas.GeoDataFrame:
    """Return two states of a city side by side, by subdistrict.

    Returns
    -------
    GeoDataFrame
        Rows as :func:`areas`; ``before``, ``after`` and ``change`` are what is covered.

    Raises
    ------
    ParameterError
        They are not of the same demand.
    """
    if one.demand.name != other.demand.name or one.demand.placed != other.demand.placed:
        raise ParameterError(
            f"{one.demand.name} and {other.demand.name} cannot be compared: ask both of the same layer and mode"
        )
    before, after = one.weight[0], other.weight[0]
    data = _of_areas(one.areas) | {"before": before / 1e6, "after": after / 1e6, "change": (after - before) / 1e6}
    return _frame(data, _shapes(city))


def gaps(city: City, planner: Planner, coverage: Coverage, limit: int = 20) -> geopandas.GeoDataFrame:
    """Return where uncovered streets lie together, the heaviest first.

    Returns
    -------
    GeoDataFrame
        One row per gap: ``rank``, ``weight``, one column for each reason, ``length_m``, ``subdistrict``, ``district``,
        ``streets`` (their names), ``near`` (if they have none), ``nearest`` (the nearest place that counts),
        ``travel_s``, ``straight_m``, ``geometry`` (the streets, MultiLineString).
    """
    found = find_gaps(planner, coverage, limit)
    told = [feature["properties"] for feature in gaps_values(city, planner, coverage, found)["features"]]
    columns = ("rank", "weight", *STATES[1:], "length_m", "subdistrict", "district", "streets", "near", "nearest",
               "travel_s", "straight_m")  # fmt: skip
    rows = [
        {
            **gap,
            **gap["reasons"],
            "streets": "、".join(gap["streets"]),
            "nearest": gap["nearest"] and gap["nearest"]["name"],
        }
        for gap in told
    ]
    shapes = [_lines(planner.network, gap.stretches) for gap in found.gaps]
    return _frame({name: [row[name] for row in rows] for name in columns}, shapes)


def sites(city: City, siting: Siting) -> geopandas.GeoDataFrame:
    """Return the sites that were chosen, in the order in which they should come.

    Returns
    -------
    GeoDataFrame
        ``rank``, ``id``, ``name``, ``kind``, ``gain`` (what each adds to those before it, in the objective's unit),
        ``geometry`` (points).
    """
    chosen = siting_values(city, siting)["sites"]
    data = {
        "rank": range(1, len(chosen) + 1),
        **{name: [site[name] for site in chosen] for name in ("id", "name", "kind", "gain")},
    }
    return _frame(data, _points([LonLat(site["lon"], site["lat"]) for site in chosen]))


def alternatives(city: City, siting: Siting) -> pandas.DataFrame:
    """Return choices that are nearly as good: what each leaves out, what it takes instead, what that costs.

    Returns
    -------
    DataFrame
        ``without``, ``instead`` (names or ids), ``objective``, ``regret`` (how much worse), the best first.
    """
    others = siting_values(city, siting)["alternatives"]
    return pandas.DataFrame(
        {
            "without": ["、".join(site["name"] or site["id"] for site in other["without"]) for other in others],
            "instead": ["、".join(site["name"] or site["id"] for site in other["instead"]) for other in others],
            "objective": [other["objective"] for other in others],
            "regret": [other["regret"] for other in others],
        }
    )


def places(planner: Planner, coverage: Coverage) -> geopandas.GeoDataFrame:
    """Return the places that count.

    Returns
    -------
    GeoDataFrame
        ``id``, ``name``, ``services``, ``accuracy``, ``source``, ``geometry`` (points).
    """
    own = [planner.places[number] for number in np.flatnonzero(coverage.facilities).tolist()]
    data = {
        "id": [place.id for place in own],
        "name": [place.name for place in own],
        "services": ["、".join(service.kind for service in place.services) for place in own],
        "accuracy": [place.accuracy for place in own],
        "source": [place.source for place in own],
    }
    return _frame(data, _points([place.position for place in own]))


def service_areas(found: Sequence[ServiceArea]) -> geopandas.GeoDataFrame:
    """Return outlines of what is within reach, the largest first, so that smaller ones lie on top.

    Returns
    -------
    GeoDataFrame
        ``cutoff_s``, ``length_m`` (of the streets that are reached), ``over_claim``, ``left_out`` (shares of it),
        ``geometry`` (polygons).
    """
    largest = list(found)[::-1]
    names = ("cutoff_s", "length_m", "over_claim", "left_out")
    data = {name: [getattr(area, name) for area in largest] for name in names}
    return _frame(data, [area.polygon for area in largest])


def week(found: Week) -> pandas.DataFrame:
    """Return the share that is within reach at each hour of a week: a row per hour, a column per day, with its date."""
    total = max(int(found.total.sum()), 1)
    share = (found.covered.sum(axis=1) / total).reshape(7, 24).T
    dates = [(found.monday + timedelta(days=n)).strftime("%m-%d") for n in range(7)]
    columns = [f"{day} {date}" for day, date in zip(_DAYS, dates, strict=True)]
    return pandas.DataFrame(share, index=[f"{hour:02}:00" for hour in range(24)], columns=columns)


def seats(city: City, found: Seats) -> geopandas.GeoDataFrame:
    """Return how many seats are left for each thousand, when all who can reach a place share it, by subdistrict.

    Returns
    -------
    GeoDataFrame
        Rows as :func:`areas`: ``total``, ``seats_per_1000``, ``geometry``.
    """
    data = _of_areas(found.areas) | {"total": found.weight / 1e6, "seats_per_1000": found.access * 1000}
    return _frame(data, _shapes(city))


def _frame(data: Mapping[str, Any], shapes: Any) -> geopandas.GeoDataFrame:
    return geopandas.GeoDataFrame(data, geometry=shapes, crs=CRS)


def _of_areas(known: Sequence[Area]) -> dict[str, Any]:
    """Return what is known of subdistricts, and a last row for what lies in none."""
    rows: list[Area | None] = [*known, None]
    names = ("id", "name", "name_en", "district", "residents")
    about = {name: [row and getattr(row, name) for row in rows] for name in names}
    return {"number": [*range(len(known)), -1], **about}


def _shapes(city: City) -> list[BaseGeometry | None]:
    return [*city.outlines, None]


def _share(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0))


def _metres(part: Stretches) -> float:
    return int(part.length_mm.sum()) / 1000


def _lines(network: StreetNetwork, part: Stretches) -> BaseGeometry:
    lines = drawn(network, part)
    owner = np.repeat(np.arange(len(part.edge)), np.diff(lines.first))
    return MultiLineString(np.asarray(shapely.linestrings(lines.lonlat, indices=owner)).tolist())


def _points(positions: Sequence[LonLat]) -> NDArray[Any]:
    return np.asarray(shapely.points(np.array(positions, dtype=np.float64).reshape(-1, 2)))
