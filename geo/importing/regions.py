"""The districts and subdistricts of a city pack: found by what people call them, and as shapes in metres."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.coords import LocalMetres

Level = Literal["district", "subdistrict"]
#: The same place is called 街道, 地区, 镇 or 乡 in different years and lists.
_KINDS: Final = ("街道", "地区", "镇", "乡")


class Region(NamedTuple):
    """A district or subdistrict: its name, the district that it is or lies in, its shape in metres of the plane."""

    name: str
    level: Level
    district: str
    shape: BaseGeometry


class Regions:
    """The regions of a city.

    Parameters
    ----------
    features
        GeoJSON features with ``level``, ``name`` and ``district``, in degrees.
    plane
        The plane that shapes are in.
    """

    def __init__(self, features: Sequence[Mapping[str, Any]], plane: LocalMetres) -> None:
        rows = [feature["properties"] for feature in features]
        shapes = np.array([shapely.from_geojson(json.dumps(f["geometry"])) for f in features], dtype=object)
        flat = shapely.make_valid(shapely.transform(shapes, plane.xy_many))
        shapely.prepare(flat)
        self.all = tuple(
            Region(row["name"], row["level"], row["district"] or "", shape)
            for row, shape in zip(rows, flat.tolist(), strict=True)
        )
        self._stems: dict[tuple[Level, str], list[Region]] = {}
        for region in self.all:
            self._stems.setdefault((region.level, stem(region.name)), []).append(region)
        self._tree = {level: self._searchable(level) for level in ("district", "subdistrict")}

    def district(self, name: str) -> Region | None:
        """Return the district of a name, with or without 区 or 县; None if the city has none of that name."""
        return next(iter(self._stems.get(("district", stem(name)), ())), None)

    def subdistricts(self, name: str, district: str = "") -> tuple[Region, ...]:
        """Return the subdistricts that a name may mean.

        The one that is called just so wins over those that share its stem (``海淀镇``, ``海淀街道``); of a district
        that is named and known, only its own count.
        """
        found = self._stems.get(("subdistrict", stem(name)), []) if name else []
        within = [region for region in found if stem(region.district) == stem(district)] if district else []
        found = within if within or self.district(district) else found
        return tuple([region for region in found if region.name == name] or found)

    def stems(self, level: Level) -> frozenset[str]:
        """Return the names of a level, each without the word for its kind."""
        return frozenset(name for own, name in self._stems if own == level)

    def covers(self, level: Level, xy: NDArray[np.float64]) -> list[Region | None]:
        """Return the region of a level that each point lies in (None: in none), points in metres, shape (n, 2)."""
        tree, regions = self._tree[level]
        found: list[Region | None] = [None] * len(xy)
        for point, region in tree.query(shapely.points(xy), predicate="intersects").T.tolist():
            found[point] = found[point] or regions[region]
        return found

    def _searchable(self, level: str) -> tuple[shapely.STRtree, list[Region]]:
        regions = [region for region in self.all if region.level == level]
        return shapely.STRtree([region.shape for region in regions]), regions


def stem(name: str) -> str:
    """Return a region's name without the word for its kind.

    Examples
    --------
    >>> stem("海淀区"), stem("学院路街道"), stem("四季青镇"), stem("东城")
    ('海淀', '学院路', '四季青', '东城')
    """
    for kind in (*_KINDS, "区", "县"):
        if name.endswith(kind) and len(name) > len(kind) + 1:
            return name.removesuffix(kind)
    return name
