"""Coverage to take away: tables and map layers, with the same figures as ``/api/v1/coverage``."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response

from webmap.api.planning import asked_here, desk

if TYPE_CHECKING:
    from geo.coverage_facts import Answer

planning_files = Blueprint("planning_files", __name__)

_TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "geojson": "application/geo+json",
    "gpkg": "application/geopackage+sqlite3",
}


@planning_files.get("/api/v1/coverage.<any(csv, xlsx, geojson, gpkg):suffix>")
def coverage_file(suffix: str) -> Response:
    """Hand out a coverage as a file."""
    from geo.coverage_facts import Answer  # noqa: PLC0415  # the libraries behind them are slow to load

    city, query, scenario = asked_here()
    found = Answer(city, desk().planner(city, scenario), desk().coverage(city, query, scenario), scenario)
    response = Response(_WRITERS[suffix](found), content_type=_TYPES[suffix])
    name = f"coverage-{city.manifest.version}.{suffix}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-cache"
    return response


def _csv(answer: Answer) -> bytes:
    from geo.coverage_files import coverage_csv  # noqa: PLC0415

    return coverage_csv(answer.values)


def _workbook(answer: Answer) -> bytes:
    from geo.coverage_files import about_rows, coverage_workbook  # noqa: PLC0415

    values = answer.values
    return coverage_workbook(values, about_rows(values, answer))


def _geojson(answer: Answer) -> bytes:
    from geo.coverage_layers import coverage_geojson  # noqa: PLC0415

    return coverage_geojson(answer)


def _geopackage(answer: Answer) -> bytes:
    from geo.coverage_layers import write_coverage_geopackage  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="yizhan-") as folder:
        path = Path(folder) / "coverage.gpkg"
        write_coverage_geopackage(answer, path)
        return path.read_bytes()


_WRITERS: Final[dict[str, Callable[[Answer], bytes]]] = {
    "csv": _csv, "xlsx": _workbook, "geojson": _geojson, "gpkg": _geopackage,
}  # fmt: skip
