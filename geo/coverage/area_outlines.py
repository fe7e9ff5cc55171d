"""The outlines of the subdistricts, coarse enough to be sent to a page and still without a gap between neighbours."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.coords import BBox
from geo.coverage.pieces import Area

#: About 25 m: less than a pixel wherever a whole subdistrict is in view.
TOLERANCE_DEG: Final = 0.00025


def read_outlines(path: Path, areas: Sequence[Area], around: BBox) -> tuple[BaseGeometry | None, ...]:
    """Return the outlines of areas, in their order; None where the file has none, or none of it lies in the box.

    Neighbours are simplified together, so what they share stays shared.

    Parameters
    ----------
    path
        GeoJSON whose features bear the areas' ids; it need not exist.
    areas
        What is wanted.
    around
        Where the streets are; an area that does not meet it is left out.

    Examples
    --------
    >>> read_outlines(Path("no/such/file"), [], BBox(0, 0, 1, 1))
    ()
    """
    if not path.is_file():
        return tuple(None for _ in areas)
    features: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["features"]
    of_id = {feature["properties"]["id"]: feature["geometry"] for feature in features}
    shapes: list[BaseGeometry | None] = [_shape(of_id.get(area.id), around) for area in areas]
    there = [number for number, shape in enumerate(shapes) if shape is not None]
    coarse = shapely.coverage_simplify(np.array([shapes[number] for number in there], dtype=object), TOLERANCE_DEG)
    for number, shape in zip(there, coarse.tolist(), strict=True):
        shapes[number] = shape
    return tuple(shapes)


def _shape(geometry: dict[str, Any] | None, around: BBox) -> BaseGeometry | None:
    if geometry is None:
        return None
    shape: BaseGeometry = shapely.from_geojson(json.dumps(geometry))
    return shape if shape.intersects(shapely.box(*around)) else None
