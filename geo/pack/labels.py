"""Names drawn at points of the base map: districts, stations, parks, lakes, schools and the like."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import shapely
from shapely.geometry.base import BaseGeometry

from geo.coords import BBox, LonLat, distance_m
from geo.osm.extract import Extract, Feature
from geo.pack.layers import MIN_ZOOM, Shape, area_m2, names, zoom_for_area

#: A name may be drawn once its area is this wide on the screen.
_LABEL_PX = 40.0

#: Two things of one kind and name nearer than this are one: a station's lines, a school's buildings.
_SAME_THING_M = 1_000.0

#: An area's own node and its boundary may lie farther apart.
_SAME_AREA_M = 10_000.0
_AREAS = ("district", "subdistrict")


class _Row(NamedTuple):
    key: str
    values: frozenset[str]
    kind: str
    first: int
    last: int


def _row(key: str, values: str, kind: str, first: int, last: int | None = None) -> _Row:
    return _Row(key, frozenset(values.split()), kind, first, first if last is None else last)


#: Kind and rank. Rank 1 is drawn from the first zoom on, 2 from the second, and so on; an area takes the rank
#: between the two given that fits its size, a point the last.
_LABELS = (
    _row("railway", "station halt", "station", 5),
    _row("public_transport", "station", "station", 5),
    _row("place", "city county district", "district", 1),
    _row("place", "borough suburb town", "subdistrict", 4),
    _row("place", "village quarter", "neighbourhood", 5),
    _row("place", "neighbourhood hamlet locality", "neighbourhood", 6),
    _row("amenity", "hospital", "hospital", 5, 6),
    _row("amenity", "university college", "school", 4, 6),
    _row("amenity", "school", "school", 6, 7),
    _row("amenity", "kindergarten", "school", 7),
    _row("leisure", "park nature_reserve", "park", 3, 7),
    _row("tourism", "zoo theme_park", "park", 3, 6),
    _row("tourism", "museum", "poi", 5, 6),
    _row("tourism", "attraction", "poi", 4, 7),
    _row("amenity", "theatre library townhall", "poi", 6, 7),
    _row("shop", "mall department_store", "poi", 6, 7),
    _row("leisure", "stadium", "poi", 5, 6),
    _row("landuse", "residential", "neighbourhood", 7),
    _row("natural", "water", "water", 3, 7),
    _row("landuse", "reservoir basin", "water", 3, 7),
)

_ADMINISTRATIVE: Mapping[str, _Row] = {
    "6": _row("boundary", "administrative", "district", 1),
    "8": _row("boundary", "administrative", "subdistrict", 4),
}


class _Label(NamedTuple):
    rank: int
    kind: str
    names: Mapping[str, str]
    at: LonLat


def labels(extract: Extract) -> Iterator[Shape]:
    """Yield one point per name, the most important first.

    An area's name stands at a point inside the part of it that the extract shows.
    """
    found = (label for feature in extract.features if (label := _label(feature, extract.bbox)) is not None)
    for label in _without_repeats(sorted(found, key=lambda label: label.rank)):
        attributes: dict[str, str | int] = {"kind": label.kind, **label.names, "rank": label.rank}
        yield Shape("label", shapely.Point(label.at), attributes, MIN_ZOOM - 1 + label.rank)


def _label(feature: Feature, bbox: BBox) -> _Label | None:
    written = names(feature.tags)
    row = _row_of(feature.tags)
    if row is None or "name" not in written:
        return None
    seen = shapely.clip_by_rect(feature.geometry, *bbox)
    if seen.is_empty:
        return None
    point = seen.representative_point()
    return _Label(_rank(row, feature.geometry), row.kind, written, LonLat(point.x, point.y))


def _row_of(tags: Mapping[str, str]) -> _Row | None:
    if tags.get("boundary") == "administrative":
        return _ADMINISTRATIVE.get(tags.get("admin_level", ""))
    return next((row for row in _LABELS if tags.get(row.key) in row.values), None)


def _rank(row: _Row, geometry: BaseGeometry) -> int:
    area = area_m2(geometry)
    if not area:
        return row.last
    fitting = zoom_for_area(area, geometry.bounds[1], _LABEL_PX) - MIN_ZOOM + 1
    return min(max(fitting, row.first), row.last)


def _without_repeats(found: Iterable[_Label]) -> Iterator[_Label]:
    """Yield the labels but for those that say again, nearby, what an earlier one says."""
    earlier: defaultdict[tuple[str, str], list[LonLat]] = defaultdict(list)
    for label in found:
        places = earlier[label.kind, label.names["name"]]
        limit_m = _SAME_AREA_M if label.kind in _AREAS else _SAME_THING_M
        if all(distance_m(label.at, place) > limit_m for place in places):
            places.append(label.at)
            yield label
