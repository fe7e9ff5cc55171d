"""An OpenStreetMap file (PBF or XML) -> :class:`~geo.osm.extract.Extract`. The only door to osmium."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import osmium
import shapely
from shapely.geometry.base import BaseGeometry
from tqdm import tqdm

from geo.errors import EmptyExtractError, ExtractError
from geo.osm.extract import (
    BARRIER_KEYS,
    FEATURE_KEYS,
    OPENSTREETMAP,
    Extract,
    Feature,
    Provenance,
    WayCollector,
    bbox_of,
)

#: A file without dates says 1970 for every object.
_NO_DATE_YEAR = 1990


def read_file(path: Path, *, provenance: Provenance = OPENSTREETMAP) -> Extract:
    """Read an OSM PBF or XML file.

    Parameters
    ----------
    path
        The file; its ending (``.osm.pbf``, ``.osm``, ``.osm.gz`` …) tells the form.
    provenance
        Source and licence; ``origin``, ``vintage`` and ``sha256`` are filled in from the file.

    Raises
    ------
    ExtractError
        The file is missing, cut off, or not OpenStreetMap data.
    EmptyExtractError
        It holds no street.
    """
    if not path.is_file():
        raise ExtractError(f"{path}: no such file; give an OpenStreetMap extract (.osm.pbf or .osm)")
    reader = _Reader()
    try:
        for thing in tqdm(_objects(path), desc="read", unit=" objects", disable=None):
            reader.take(thing)
    except (RuntimeError, ValueError, osmium.InvalidLocationError) as error:
        raise ExtractError(
            f"{path.name}: not a whole OpenStreetMap file ({error}); download it again and compare its checksum"
        ) from error
    if not len(reader.ways):
        raise EmptyExtractError(f"{path.name}: no streets in it (no way with a highway tag and two located nodes)")
    ways = reader.ways.finish()
    return Extract(
        provenance=replace(provenance, origin=path.name, vintage=reader.newest, sha256=_sha256(path)),
        ways=ways,
        features=tuple(reader.features.values()),
        bbox=bbox_of(ways),
        dropped=dict(reader.dropped),
    )


def _objects(path: Path) -> Iterator[Any]:
    keys = osmium.filter.KeyFilter("highway", "barrier", *FEATURE_KEYS)
    yield from osmium.FileProcessor(str(path)).with_areas().with_filter(keys)


class _Reader:
    """Sorts the stream of objects: streets, barriers, features; counts what it has to drop."""

    def __init__(self) -> None:
        self.ways = WayCollector()
        self.features: dict[str, Feature] = {}
        self.dropped: Counter[str] = Counter()
        self.newest: str | None = None
        self._wkb = osmium.geom.WKBFactory()

    def take(self, thing: Any) -> None:
        tags = {tag.k: tag.v for tag in thing.tags}
        self._note_date(thing)
        if thing.is_node():
            self._take_node(thing, tags)
        elif thing.is_way():
            self._take_way(thing, tags)
        elif thing.is_area():
            self._take_area(thing, tags)

    def _note_date(self, thing: Any) -> None:
        stamp = thing.timestamp
        if stamp.year > _NO_DATE_YEAR:
            day = stamp.date().isoformat()
            if self.newest is None or day > self.newest:
                self.newest = day

    def _take_node(self, node: Any, tags: dict[str, str]) -> None:
        if "barrier" in tags:
            self.ways.barriers[node.id] = {key: tags[key] for key in BARRIER_KEYS if key in tags}
        if _is_feature(tags):
            self._keep(f"n{node.id}", tags, shapely.Point(node.lon, node.lat))

    def _take_way(self, way: Any, tags: dict[str, str]) -> None:
        located = [node for node in way.nodes if node.location.valid()]
        missing = len(way.nodes) - len(located)
        if missing:
            self.dropped["way nodes that the file does not hold"] += missing
        if "highway" in tags:
            if len(located) < 2:
                self.dropped["streets with fewer than two located nodes"] += 1
                return
            self.ways.add(way.id, tags, [n.ref for n in located], [(n.x, n.y) for n in located])
        elif _is_feature(tags) and len(located) > 1:
            # A closed way comes again as an area, which then takes this line's place.
            self._keep(f"w{way.id}", tags, shapely.LineString([(n.lon, n.lat) for n in located]))

    def _take_area(self, area: Any, tags: dict[str, str]) -> None:
        if "highway" in tags or not _is_feature(tags):
            return
        kind = "w" if area.from_way() else "r"
        try:
            polygon: BaseGeometry = shapely.from_wkb(bytes.fromhex(self._wkb.create_multipolygon(area)))
        except RuntimeError:  # rings that do not close, or meet no area
            self.dropped["areas with broken rings"] += 1
            return
        self._keep(f"{kind}{area.orig_id()}", tags, polygon)

    def _keep(self, feature_id: str, tags: dict[str, str], geometry: BaseGeometry) -> None:
        self.features[feature_id] = Feature(feature_id, tags, geometry)


def _is_feature(tags: dict[str, str]) -> bool:
    return any(key in tags for key in FEATURE_KEYS)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
