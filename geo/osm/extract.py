"""What was read from OpenStreetMap, before anybody has made sense of it.

A file (:mod:`geo.osm.files`) and a download (:mod:`geo.osm.overpass`) both end here, so that streets,
areas, places and the base map are made in one way whatever the door.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.coords import BBox

#: A thing with one of these keys is kept as a feature: it may be a place, an area, a name or a shape on the map.
FEATURE_KEYS = (
    "amenity", "boundary", "building", "emergency", "healthcare", "landuse", "leisure", "natural", "office",
    "place", "public_transport", "railway", "shop", "tourism", "waterway",
)  # fmt: skip

#: Barriers that stop somebody, by what the tags of the node say; all else is passed.
BARRIER_KEYS = ("barrier", "access", "foot", "bicycle", "electric_bicycle", "motor_vehicle", "vehicle")


@dataclass(frozen=True)
class Provenance:
    """Where an extract comes from.

    Attributes
    ----------
    name, licence, url, attribution
        The source, its licence (SPDX where it has one), a page about it, and what must be shown on a map.
    origin
        The file's name or the area asked for.
    vintage
        Date (ISO) of the newest object, or None if the data does not say.
    sha256
        Of the file's bytes; None for a download.
    """

    name: str
    licence: str
    url: str
    attribution: str
    origin: str
    vintage: str | None = None
    sha256: str | None = None


OPENSTREETMAP = Provenance(
    name="OpenStreetMap",
    licence="ODbL-1.0",
    url="https://www.openstreetmap.org/copyright",
    attribution="© OpenStreetMap contributors",
    origin="",
)


@dataclass(frozen=True)
class Ways:
    """Streets as OpenStreetMap has them: lists of nodes with tags.

    Attributes
    ----------
    ids
        OSM way ids, int64, shape (n_ways,).
    start
        Where each way's nodes begin in ``nodes``, int64, shape (n_ways + 1,).
    nodes
        OSM node ids, int64, shape (n_refs,).
    lonlat_e7
        Position of each entry of ``nodes``, int32 in 1e-7 degree, shape (n_refs, 2).
    tags
        One mapping per way.
    barriers
        Node id -> tags, for the nodes of ways that may stop somebody.
    """

    ids: NDArray[np.int64]
    start: NDArray[np.int64]
    nodes: NDArray[np.int64]
    lonlat_e7: NDArray[np.int32]
    tags: tuple[Mapping[str, str], ...]
    barriers: Mapping[int, Mapping[str, str]]

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class Feature:
    """Anything else on the map: its OSM id (``n12``, ``w34``, ``r56``), tags, and geometry in degrees."""

    id: str
    tags: Mapping[str, str]
    geometry: BaseGeometry


@dataclass(frozen=True)
class Extract:
    """One OpenStreetMap extract in memory.

    ``bbox`` encloses the streets. ``dropped`` counts what could not be used, by reason.
    """

    provenance: Provenance
    ways: Ways
    features: tuple[Feature, ...]
    bbox: BBox
    dropped: Mapping[str, int] = field(default_factory=dict)

    def with_tags(self, key: str, values: Iterable[str] | None = None) -> Iterator[Feature]:
        """Yield the features that carry a key, or one of its values."""
        wanted = None if values is None else frozenset(values)
        for feature in self.features:
            value = feature.tags.get(key)
            if value is not None and (wanted is None or value in wanted):
                yield feature


class WayCollector:
    """Gathers ways one by one and turns them into :class:`Ways`."""

    def __init__(self) -> None:
        self._ids: list[int] = []
        self._lengths: list[int] = []
        self._nodes: list[int] = []
        self._lonlat: list[tuple[int, int]] = []
        self._tags: list[Mapping[str, str]] = []
        self.barriers: dict[int, Mapping[str, str]] = {}

    def __len__(self) -> int:
        return len(self._ids)

    def add(
        self, way_id: int, tags: Mapping[str, str], nodes: Iterable[int], lonlat_e7: Iterable[tuple[int, int]]
    ) -> None:
        """Add one way: its node ids and their positions, in order."""
        before = len(self._nodes)
        self._nodes.extend(nodes)
        self._lonlat.extend(lonlat_e7)
        self._ids.append(way_id)
        self._lengths.append(len(self._nodes) - before)
        self._tags.append(tags)

    def finish(self) -> Ways:
        """Return the arrays."""
        start = np.zeros(len(self._ids) + 1, dtype=np.int64)
        np.cumsum(self._lengths, out=start[1:])
        nodes = np.array(self._nodes, dtype=np.int64)
        lonlat = np.array(self._lonlat, dtype=np.int32).reshape(-1, 2)
        known = set(nodes.tolist()) if self.barriers else set()
        barriers = {node: tags for node, tags in self.barriers.items() if node in known}
        return Ways(np.array(self._ids, dtype=np.int64), start, nodes, lonlat, tuple(self._tags), barriers)


def bbox_of(ways: Ways) -> BBox:
    """Box around the streets, in degrees."""
    west, south = ways.lonlat_e7.min(axis=0) / 1e7
    east, north = ways.lonlat_e7.max(axis=0) / 1e7
    return BBox(float(west), float(south), float(east), float(north))
