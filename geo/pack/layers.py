"""What the base map shows of an extract: which layer, which kind, from which zoom.

The rules are tables with one row per OpenStreetMap tag. Nothing here knows how tiles are written
(:mod:`geo.pack.basemap`); names drawn at points are in :mod:`geo.pack.labels`.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.coords import E7, metres_per_degree
from geo.osm.extract import Extract, Feature, Ways

MIN_ZOOM = 9
MAX_ZOOM = 15

#: The viewer draws a tile 512 pixels wide.
TILE_PX = 512

#: An area is drawn once it would fill a square this wide on the screen.
_SMALLEST_AREA_PX = 4.0

_POLYGONS = ("Polygon", "MultiPolygon")
_LINES = ("LineString", "MultiLineString")


class Shape(NamedTuple):
    """One thing to draw: its layer, geometry in degrees, attributes, and the first zoom that shows it."""

    layer: str
    geometry: BaseGeometry
    attributes: Mapping[str, str | int]
    min_zoom: int


class _Row(NamedTuple):
    key: str
    values: frozenset[str]
    kind: str
    min_zoom: int


def _row(key: str, values: str, kind: str, min_zoom: int = MIN_ZOOM) -> _Row:
    return _Row(key, frozenset(values.split()), kind, min_zoom)


#: highway value -> kind and first zoom. A ramp (``…_link``) is of its street's kind.
_STREETS: Mapping[str, tuple[str, int]] = {
    "motorway": ("motorway", 9),
    "trunk": ("trunk", 9),
    "primary": ("primary", 9),
    "secondary": ("secondary", 11),
    "tertiary": ("tertiary", 12),
    "motorway_link": ("motorway", 12),
    "trunk_link": ("trunk", 12),
    "primary_link": ("primary", 12),
    "secondary_link": ("secondary", 13),
    "tertiary_link": ("tertiary", 13),
    "residential": ("minor", 13),
    "unclassified": ("minor", 13),
    "living_street": ("minor", 13),
    "road": ("minor", 13),
    "pedestrian": ("minor", 13),
    "service": ("service", 14),
    "track": ("service", 14),
    "busway": ("service", 14),
    "bus_guideway": ("service", 14),
    "footway": ("path", 14),
    "cycleway": ("path", 14),
    "path": ("path", 14),
    "steps": ("path", 14),
    "bridleway": ("path", 14),
}

_WATER = (
    _row("natural", "water", ""),
    _row("waterway", "riverbank dock", ""),
    _row("landuse", "reservoir basin", ""),
)

_GREEN = (
    _row("leisure", "pitch track playground stadium", "pitch", 14),
    _row("landuse", "cemetery", "cemetery"),
    _row("amenity", "grave_yard", "cemetery"),
    _row("leisure", "park garden nature_reserve", "park"),
    _row("leisure", "golf_course", "grass"),
    _row("natural", "wood", "wood"),
    _row("landuse", "forest orchard", "wood"),
    _row("landuse", "grass meadow village_green recreation_ground", "grass"),
    _row("natural", "grassland scrub heath wetland", "grass"),
)

_WATERWAY = (
    _row("waterway", "river", "river"),
    _row("waterway", "canal", "canal", 11),
    _row("waterway", "stream drain ditch", "stream", 13),
)

#: Rivers and canals carry their names along; of tracks the stations are named.
_NAMED_WATERWAYS = frozenset({"river", "canal"})

_RAIL = (
    _row("railway", "rail", "rail", 10),
    _row("railway", "subway", "subway", 11),
    _row("railway", "light_rail tram monorail narrow_gauge", "light_rail", 11),
)

#: Tracks of yards and sidings; they crowd the map before anybody can tell them apart.
_SIDE_TRACK_ZOOM = 13

_BUILDING_ZOOM = 14

#: Level of a border -> first zoom; of two borders on one line the first named here is drawn.
_BORDERS = {6: 9, 8: 12}


def zoom_for_area(area_m2: float, lat: float, side_px: float) -> int:
    """First zoom at which an area is as large as a square of that width on the screen.

    Parameters
    ----------
    area_m2
        In square metres.
    lat
        Latitude in degrees: the Web Mercator map grows with it.
    side_px
        Width of the square in pixels.

    Returns
    -------
    int
        Between ``MIN_ZOOM`` and ``MAX_ZOOM``.

    Examples
    --------
    >>> zoom_for_area(10_000, 40.0, side_px=4)
    12
    """
    if area_m2 <= 0:
        return MAX_ZOOM
    equator_m = metres_per_degree(0.0)[0] * 360
    zoom0_m_per_px = equator_m * math.cos(math.radians(lat)) / TILE_PX
    zoom = math.ceil(math.log2(side_px * zoom0_m_per_px / math.sqrt(area_m2)))
    return min(max(zoom, MIN_ZOOM), MAX_ZOOM)


def area_m2(geometry: BaseGeometry) -> float:
    """Area of a geometry in degrees, in square metres; enough to compare things inside one city."""
    if geometry.is_empty:
        return 0.0
    lon_m, lat_m = metres_per_degree((geometry.bounds[1] + geometry.bounds[3]) / 2)
    return float(geometry.area) * lon_m * lat_m


def names(tags: Mapping[str, str]) -> dict[str, str]:
    """Attributes ``name`` (as locals write it) and ``name_en``, as far as the tags have them."""
    found = {"name": tags.get("name") or tags.get("name:zh"), "name_en": tags.get("name:en")}
    return {key: value for key, value in found.items() if value}


def shapes(extract: Extract) -> Iterator[Shape]:
    """Yield all streets, areas and lines to draw, but no labels."""
    for feature in extract.features:
        yield from areas(feature)
    yield from joined(line for feature in extract.features for line in lines(feature))
    yield from joined(streets(extract.ways))
    yield from boundaries(extract)


def joined(drawn: Iterable[Shape]) -> Iterator[Shape]:
    """Yield lines that look alike as one where they meet end to end.

    OpenStreetMap cuts a street wherever something about it changes; a name fits along the whole only.
    """
    alike: defaultdict[tuple[str, int, tuple[tuple[str, str | int], ...]], list[BaseGeometry]] = defaultdict(list)
    for shape in drawn:
        alike[shape.layer, shape.min_zoom, tuple(shape.attributes.items())].append(shape.geometry)
    for (layer, min_zoom, attributes), pieces in alike.items():
        for line in _joined(pieces):
            yield Shape(layer, line, dict(attributes), min_zoom)


def _joined(pieces: Sequence[BaseGeometry] | NDArray[np.object_]) -> Iterator[BaseGeometry]:
    whole = shapely.multilinestrings(shapely.get_parts(pieces))
    yield from shapely.get_parts(shapely.line_merge(whole))


def streets(ways: Ways) -> Iterator[Shape]:
    """Yield the ways that are streets or paths in use."""
    owner = np.repeat(np.arange(len(ways)), np.diff(ways.start))
    drawn = np.asarray(shapely.linestrings(ways.lonlat_e7 / E7, indices=owner))
    for line, tags in zip(drawn, ways.tags, strict=True):
        highway = tags["highway"]
        if highway in _STREETS:
            kind, min_zoom = _STREETS[highway]
            yield Shape("streets", line, _street_attributes(kind, tags), min_zoom)


def _street_attributes(kind: str, tags: Mapping[str, str]) -> dict[str, str | int]:
    attributes: dict[str, str | int] = {"kind": kind, **names(tags)}
    attributes["tunnel"] = int(tags.get("tunnel", "no") != "no")
    attributes["bridge"] = int(tags.get("bridge", "no") != "no")
    if tags["highway"].endswith("_link"):
        attributes["link"] = 1
    return attributes


def areas(feature: Feature) -> Iterator[Shape]:
    """Yield the water, green or building that a feature is."""
    if feature.geometry.geom_type not in _POLYGONS:
        return
    for layer, rows in (("water", _WATER), ("green", _GREEN)):
        row = _first_match(rows, feature.tags)
        if row is not None:
            attributes = {"kind": row.kind} if row.kind else {}
            yield Shape(layer, feature.geometry, attributes, max(row.min_zoom, _zoom_of(feature.geometry)))
    if feature.tags.get("building", "no") != "no":
        yield Shape("building", feature.geometry, {}, max(_BUILDING_ZOOM, _zoom_of(feature.geometry)))


def _zoom_of(polygon: BaseGeometry) -> int:
    return zoom_for_area(area_m2(polygon), polygon.bounds[1] if not polygon.is_empty else 0.0, _SMALLEST_AREA_PX)


def lines(feature: Feature) -> Iterator[Shape]:
    """Yield the river or track that a feature is; one that ends where it began stays a line."""
    for layer, rows in (("waterway", _WATERWAY), ("rail", _RAIL)):
        row = _first_match(rows, feature.tags)
        line = as_line(feature.geometry)
        if row is not None and line is not None:
            side_track = layer == "rail" and "service" in feature.tags
            written = names(feature.tags) if row.kind in _NAMED_WATERWAYS else {}
            yield Shape(layer, line, {"kind": row.kind, **written}, _SIDE_TRACK_ZOOM if side_track else row.min_zoom)


def as_line(geometry: BaseGeometry) -> BaseGeometry | None:
    """Return a line as it is, a polygon's outline (a track that ends where it began), else None."""
    if geometry.geom_type in _POLYGONS:
        return geometry.boundary
    return geometry if geometry.geom_type in _LINES else None


def _first_match(rows: tuple[_Row, ...], tags: Mapping[str, str]) -> _Row | None:
    return next((row for row in rows if tags.get(row.key) in row.values), None)


def boundaries(extract: Extract) -> Iterator[Shape]:
    """Yield the borders of districts (level 6) and subdistricts (level 8).

    A border that several areas share is drawn once, as that of the district if it is one.
    """
    by_level = [_border_pieces(extract, level) for level in _BORDERS]
    level_of = np.repeat(list(_BORDERS), [len(pieces) for pieces in by_level])
    pieces, first = np.unique(np.concatenate(by_level), axis=0, return_index=True)
    for level, min_zoom in _BORDERS.items():
        own = pieces[level_of[first] == level]
        for line in _joined(shapely.linestrings(own.reshape(-1, 2, 2) / E7)):
            yield Shape("boundary", line, {"level": level}, min_zoom)


def _border_pieces(extract: Extract, level: int) -> NDArray[np.int64]:
    """Return the straight pieces of all borders of a level, shape (n, 4): lon lat lon lat in 1e-7 degree."""
    borders = [
        line
        for feature in extract.with_tags("boundary", ("administrative",))
        if feature.tags.get("admin_level") == str(level) and (line := as_line(feature.geometry)) is not None
    ]
    coordinates, owner = shapely.get_coordinates(shapely.get_parts(borders), return_index=True)
    points = np.rint(coordinates * E7).astype(np.int64)
    pieces: NDArray[np.int64] = np.concatenate([points[:-1], points[1:]], axis=1)[owner[:-1] == owner[1:]]
    backward = (pieces[:, 0] > pieces[:, 2]) | ((pieces[:, 0] == pieces[:, 2]) & (pieces[:, 1] > pieces[:, 3]))
    pieces[backward] = pieces[backward][:, [2, 3, 0, 1]]  # two neighbours give a shared piece alike
    return pieces
