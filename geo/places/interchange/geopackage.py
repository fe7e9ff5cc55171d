"""Places as a GeoPackage, for map programs; writing only (a door to geopandas)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import geopandas

from geo.errors import InterchangeError
from geo.places.interchange.tables import COLUMNS, to_cells
from geo.places.model import Place

_LAYER: Final = "places"


def write_geopackage(places: Sequence[Place], path: Path) -> None:
    """Write one layer of points, WGS-84, with the columns of CSV; texts are as they are, without apostrophes.

    Raises
    ------
    InterchangeError
        GDAL does not take it.
    """
    rows = [to_cells(place, guarded=False) for place in places]
    columns = zip(*rows, strict=True) if rows else [()] * len(COLUMNS)
    frame = geopandas.GeoDataFrame(
        {name: list(cells) for name, cells in zip(_columns(), columns, strict=True)},
        geometry=geopandas.points_from_xy([p.position.lon for p in places], [p.position.lat for p in places]),
        crs="EPSG:4326",
    )
    try:
        frame.to_file(path, driver="GPKG", layer=_LAYER, engine="pyogrio")
    except (RuntimeError, ValueError) as error:
        raise InterchangeError(f"{path.name}: cannot be written as a GeoPackage ({error}); try geojson") from error


def _columns() -> tuple[str, ...]:
    """Return the columns; a table's own key is called ``fid``, and no column may be called like it."""
    return tuple("place_id" if name == "id" else name for name in COLUMNS)
