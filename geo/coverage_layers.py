"""Coverage as map layers: uncovered streets, gaps, and the places that count, as GeoJSON and GeoPackage.

Weights are those of :func:`~geo.coverage_answers.coverage_values`, to the last digit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import geopandas
import numpy as np
from shapely.geometry import MultiLineString, Point

from geo.answers import write
from geo.coverage.drawing import cut_by_area, drawn
from geo.coverage.gaps import find_gaps
from geo.coverage.planner import STATES
from geo.coverage_facts import Answer
from geo.errors import InterchangeError, TooLargeError
from geo.siting_answers import gaps_values

#: More points of streets are not sent to a browser.
MAX_POINTS: Final = 2_000_000
#: So many gaps are listed, the heaviest.
MAX_GAPS: Final = 200


def coverage_geojson(answer: Answer, most: int | None = MAX_POINTS) -> bytes:
    """Write uncovered streets by state and area, gaps, and the places that count, as one GeoJSON collection.

    Parameters
    ----------
    most
        So many points of streets are taken; None: as many as there are.

    Raises
    ------
    TooLargeError
        There are more.
    """
    values = answer.values
    features = [_feature("uncovered", lines, about) for about, lines in uncovered(answer, values, most)]
    for gap in _gaps(answer):
        features.append({**gap, "id": f"gap-{gap['id']}", "properties": {"layer": "gap", **gap["properties"]}})
    features += [_feature("place", _at(about), about) for about in _places(answer)]
    told = {name: values[name] for name in ("city", "question", "layer", "facilities", "total")}
    return write({**told, "type": "FeatureCollection", "features": features})


def write_coverage_geopackage(answer: Answer, path: Path, most: int | None = MAX_POINTS) -> None:
    """Write the same as :func:`coverage_geojson` as a GeoPackage: the layers ``uncovered``, ``gaps`` and ``places``.

    Raises
    ------
    TooLargeError
        Streets have more than ``most`` points.
    InterchangeError
        GDAL does not take it.
    """

    def layer(name: str, rows: Sequence[Mapping[str, Any]], shapes: Sequence[Any], columns: Sequence[str]) -> None:
        data = {("place_id" if column == "id" else column): [row[column] for row in rows] for column in columns}
        frame = geopandas.GeoDataFrame(data, geometry=list(shapes), crs="EPSG:4326")
        frame.to_file(path, driver="GPKG", layer=name, engine="pyogrio")

    streets, gaps = list(uncovered(answer, answer.values, most)), _gaps(answer)
    flat = [_flat(gap["properties"]) for gap in gaps]
    places = _places(answer)
    try:
        layer(
            "uncovered",
            [about for about, _ in streets],
            [lines and MultiLineString(lines["coordinates"]) for _, lines in streets],
            _UNCOVERED,
        )
        layer("gaps", flat, [Point(gap["geometry"]["coordinates"]) for gap in gaps], _GAPS)
        layer("places", places, [Point(about["lon"], about["lat"]) for about in places], _PLACES)
    except (RuntimeError, ValueError) as error:
        raise InterchangeError(f"{path.name}: cannot be written as a GeoPackage ({error}); try geojson") from error


def write_points(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], path: Path) -> None:
    """Write rows with ``lon`` and ``lat`` as a GeoPackage of one layer, ``points``.

    Raises
    ------
    InterchangeError
        GDAL does not take it.
    """
    data = {("point_id" if column == "id" else column): [row.get(column) for row in rows] for column in columns}
    frame = geopandas.GeoDataFrame(data, geometry=[Point(row["lon"], row["lat"]) for row in rows], crs="EPSG:4326")
    try:
        frame.to_file(path, driver="GPKG", layer="points", engine="pyogrio")
    except (RuntimeError, ValueError) as error:
        raise InterchangeError(f"{path.name}: cannot be written as a GeoPackage ({error}); try geojson") from error


_UNCOVERED: Final = ("state", "area", "subdistrict", "district", "weight", "unit", "length_m")
_GAPS: Final = (
    "rank", "weight", *STATES[1:], "length_m", "area", "subdistrict", "district", "streets", "near", "nearest",
    "travel_s", "straight_m",
)  # fmt: skip
_PLACES: Final = ("id", "name", "name_en", "services", "accuracy", "source", "checked", "verified")


def uncovered(
    answer: Answer, values: Mapping[str, Any], most: int | None
) -> Iterator[tuple[dict[str, Any], dict[str, Any] | None]]:
    """Yield, by state and area, what is not covered, and its streets as a MultiLineString, or None without any.

    Raises
    ------
    TooLargeError
        All streets together have more than ``most`` points.
    """
    coverage, points = answer.coverage, 0
    for state in STATES[1:]:
        parts, area = cut_by_area(answer.planner.layers.pieces, coverage.stretches(state))
        lines = drawn(answer.planner.network, parts)
        points += len(lines.lonlat)
        if most is not None and points > most:
            raise TooLargeError(
                f"the uncovered streets have more than {most:,} points; ask for a shorter list: a longer cutoff, or "
                "yizhan coverage --out FILE on the command line, which has no limit"
            )
        listed = lines.listed()
        first = np.searchsorted(area, np.arange(-1, len(coverage.areas) + 1)).tolist()
        for about in values["areas"]:
            number = about["number"]
            span = slice(first[number + 1], first[number + 2])
            if about[state] or listed[span]:
                told = {
                    "state": state,
                    "area": number,
                    "subdistrict": about["name"],
                    "district": about["district"],
                    "weight": about[state],
                    "unit": coverage.demand.unit,
                    "length_m": int(parts.length_mm[span].sum()) / 1000,
                }
                yield told, {"type": "MultiLineString", "coordinates": listed[span]} if listed[span] else None


def _gaps(answer: Answer) -> list[dict[str, Any]]:
    found = find_gaps(answer.planner, answer.coverage, MAX_GAPS)
    values = gaps_values(answer.city, answer.planner, answer.coverage, found, answer.scenario)
    features: list[dict[str, Any]] = values["features"]
    return features


def _flat(about: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is told of a gap as columns without an inside."""
    nearest = about["nearest"] and about["nearest"]["id"]
    return {**about, **about["reasons"], "streets": " ".join(about["streets"]), "nearest": nearest}


def _places(answer: Answer) -> list[dict[str, Any]]:
    """Return the places that count."""
    own = [answer.planner.places[number] for number in np.flatnonzero(answer.coverage.facilities).tolist()]
    return [
        {
            "id": place.id,
            "name": place.name,
            "name_en": place.name_en,
            "services": " ".join(service.kind for service in place.services),
            "accuracy": place.accuracy,
            "source": place.source,
            "checked": place.checked,
            "verified": place.verified,
            "lon": place.position.lon,
            "lat": place.position.lat,
        }
        for place in own
    ]


def _feature(layer: str, geometry: Mapping[str, Any] | None, about: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in about.items() if name not in {"lon", "lat"}}
    return {"type": "Feature", "geometry": geometry, "properties": {"layer": layer, **kept}}


def _at(about: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [about["lon"], about["lat"]]}
