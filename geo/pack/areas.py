"""Districts and subdistricts of an extract, their residents, and what lies in which."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import geopandas
import numpy as np
import pandas
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.coords import BBox
from geo.coverage.pieces import Area
from geo.errors import ParameterError
from geo.osm.extract import Extract
from geo.places.model import Place

#: ``admin_level`` in China's municipalities.
_LEVELS: Final = {"6": "district", "8": "subdistrict"}
_WGS84: Final = "EPSG:4326"
_MAX_DIGITS: Final = 9
_POPULATION_COLUMNS: Final = frozenset({"district", "subdistrict", "population"})


def areas_of(extract: Extract) -> geopandas.GeoDataFrame:
    """Return the named districts and subdistricts.

    Returns
    -------
    geopandas.GeoDataFrame
        Columns ``id, name, name_en, level, district, geometry``; ``district`` is the one that a subdistrict lies in.
        Parts that are mapped apart, with the same name in the same district, are one area.
    """
    rows = [
        (f.id, f.tags["name"], f.tags.get("name:en"), _LEVELS[f.tags["admin_level"]], f.geometry)
        for f in extract.with_tags("boundary", ["administrative"])
        if f.tags.get("admin_level") in _LEVELS and "name" in f.tags and f.geometry.geom_type.endswith("Polygon")
    ]
    areas = geopandas.GeoDataFrame(
        rows, columns=["id", "name", "name_en", "level", "geometry"], geometry="geometry", crs=_WGS84
    )
    inside = areas.set_geometry(areas.geometry.representative_point())
    areas["district"] = containing(inside, areas, "district")
    return _parts_joined(areas)


def _parts_joined(areas: geopandas.GeoDataFrame) -> geopandas.GeoDataFrame:
    """Make one area of those of one level, district and name; those in no known district stay apart."""
    parts = areas.assign(_within=areas["district"].fillna(areas["id"])).sort_values("id")
    areas = parts.dissolve(["level", "_within", "name"], as_index=False)[list(areas.columns)]
    areas["district"] = areas["district"].astype(object).where(areas["district"].notna(), None)
    return areas.sort_values(["level", "district", "name", "id"], ignore_index=True, na_position="last")


def containing(points: geopandas.GeoDataFrame, areas: geopandas.GeoDataFrame, level: str) -> pandas.Series:
    """Return, aligned to the points, the name of the area of a level that each lies in (None: in none).

    A point on a border that areas share, as a street often is, lies in the first of them.
    """
    wanted = areas.loc[areas["level"] == level, ["name", "geometry"]].rename(columns={"name": "_area"})
    joined = geopandas.sjoin(points[[points.geometry.name]], wanted, predicate="intersects", how="left")
    joined = joined.sort_values("index_right", kind="stable")
    first = joined["_area"].groupby(level=0).first().reindex(points.index).astype(object)
    return pandas.Series(first.where(first.notna(), None))


def at(geometries: Sequence[BaseGeometry]) -> geopandas.GeoDataFrame:
    """Return a frame of points (in degrees), numbered in order."""
    return geopandas.GeoDataFrame(geometry=list(geometries), crs=_WGS84)


def located(places: Sequence[Place], areas: geopandas.GeoDataFrame) -> list[Place]:
    """Fill in district and subdistrict of the places that do not name theirs."""
    if not places:
        return []
    points = geopandas.GeoDataFrame(geometry=geopandas.points_from_xy(*zip(*(p.position for p in places), strict=True)))
    points = points.set_crs(_WGS84)
    districts, subdistricts = containing(points, areas, "district"), containing(points, areas, "subdistrict")
    return [
        replace(place, district=place.district or district, subdistrict=place.subdistrict or subdistrict)
        for place, district, subdistrict in zip(places, districts, subdistricts, strict=True)
    ]


def subdistricts(areas: geopandas.GeoDataFrame, bbox: BBox) -> tuple[tuple[Area, ...], list[BaseGeometry]]:
    """Return the subdistricts and, aligned to them, their shapes.

    Parameters
    ----------
    areas
        As :func:`~geo.pack.areas.areas_of` makes them, with or without the column ``population``.
    bbox
        Around the streets.
    """
    rows = areas[areas["level"] == "subdistrict"]
    shapes = list(rows.geometry)
    residents = rows["population"] if "population" in rows else [None] * len(rows)
    columns = [rows["id"], rows["name"], rows["name_en"], rows["district"], residents, _inside_share(shapes, bbox)]
    districts = areas[areas["level"] == "district"].dropna(subset=["name_en"])
    english = dict(zip(districts["name"], districts["name_en"], strict=True))
    return tuple(
        Area(
            id=area_id,
            name=name,
            name_en=None if pandas.isna(name_en) else name_en,
            district=None if pandas.isna(district) else district,
            residents=None if pandas.isna(count) else int(count),
            inside_share=float(share),
            district_en=None if pandas.isna(district) else english.get(district),
        )
        for area_id, name, name_en, district, count, share in zip(*columns, strict=True)
    ), shapes


def _inside_share(shapes: Sequence[BaseGeometry], bbox: BBox) -> NDArray[np.float64]:
    """Return how much of each shape's surface lies within a box, 0 to 1, float64 (n,).

    On the sphere, by Lambert's cylinder: the sine of the latitude keeps surfaces true.
    """
    if not shapes:
        return np.zeros(0)

    def equal(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack([np.radians(lonlat[:, 0]), np.sin(np.radians(lonlat[:, 1]))])

    flat = shapely.transform(np.array(shapes), equal)
    west, south, east, north = equal(np.array(bbox).reshape(2, 2)).ravel()
    whole, inside = shapely.area(flat), shapely.area(shapely.intersection(flat, shapely.box(west, south, east, north)))
    return np.clip(np.divide(inside, whole, out=np.zeros(len(whole)), where=whole > 0), 0.0, 1.0)


def with_population(areas: geopandas.GeoDataFrame, path: Path) -> tuple[geopandas.GeoDataFrame, int]:
    """Join a table of residents to the subdistricts by district and name.

    Rows of one name are parts of one subdistrict and are added up, so that the total stays.

    Returns
    -------
    areas, unmatched
        A copy with the column ``population`` (missing where the table has no row), and how many names of the table
        are no subdistrict of the city.

    Raises
    ------
    ParameterError
        The table cannot be read, lacks a column or holds something else than a number of residents.
    """
    table = _read_population(path)
    keys = list(zip(areas["district"], areas["name"], strict=True))
    is_subdistrict = areas["level"] == "subdistrict"
    values = [table[key] if sub and key in table else None for key, sub in zip(keys, is_subdistrict, strict=True)]
    joined = areas.assign(population=pandas.array(values, dtype="Int64"))
    matched = {key for key, sub in zip(keys, is_subdistrict, strict=True) if sub} & table.keys()
    return joined, len(table) - len(matched)


def _read_population(path: Path) -> Mapping[tuple[str, str], int]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = _POPULATION_COLUMNS - set(reader.fieldnames or ())
            if missing:
                raise ParameterError(
                    f"{path.name}: no column {', '.join(sorted(missing))}; the table needs district, subdistrict and "
                    "population",
                    parameter="population",
                )
            table: Counter[tuple[str, str]] = Counter()
            for row in reader:
                table[row["district"], row["subdistrict"]] += _residents(path, row)
            return table
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ParameterError(
            f"{path.name}: cannot be read as CSV in UTF-8 ({error})", parameter="population"
        ) from error


def _residents(path: Path, row: dict[str, str]) -> int:
    text = row["population"] or ""
    if not text.isascii() or not text.isdigit() or len(text) > _MAX_DIGITS:
        raise ParameterError(
            f"{path.name}: {row['subdistrict']}: population {text[:40]!r} is not a whole number of residents",
            parameter="population",
        )
    return int(text)
