"""A small city for packs: two streets, two subdistricts in one district, a station, a toilet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import shapely

from geo.osm.extract import OPENSTREETMAP, Extract, Feature, WayCollector, bbox_of

WEST, SOUTH, BLOCK = 116.41, 39.92, 0.001

Street = tuple[Mapping[str, str], list[tuple[float, float]]]

STREETS: tuple[Street, ...] = (
    ({"highway": "residential", "name": "东四南大街"}, [(0, 0), (0, 4), (0, 8)]),
    ({"highway": "residential", "name": "礼士胡同"}, [(0, 4), (4, 4), (8, 4)]),
)


def at(x: float, y: float) -> tuple[float, float]:
    """A point so many blocks (about 100 m) east and north of the south-west corner, in degrees."""
    return WEST + x * BLOCK, SOUTH + y * BLOCK


def area(feature_id: str, level: int, name: str, x: float, y: float, width: float, height: float) -> Feature:
    tags = {"boundary": "administrative", "admin_level": str(level), "name": name}
    return Feature(feature_id, tags, shapely.box(*at(x, y), *at(x + width, y + height)))


def thing(feature_id: str, x: float, y: float, **tags: str) -> Feature:
    return Feature(feature_id, tags, shapely.Point(at(x, y)))


FEATURES: tuple[Feature, ...] = (
    area("r1", 6, "东城区", -1, -1, 10, 10),
    area("r2", 8, "东四街道", -1, -1, 10, 4),
    area("r3", 8, "朝阳门街道", -1, 3, 10, 6),
    thing("n1", 1, 1, amenity="toilets"),
    thing("n2", 2, 5, railway="station", name="东四", **{"name:en": "Dongsi"}),
    thing("n3", 3, 6, amenity="bank", name="银行"),
)


def extract(streets: Iterable[Street] = STREETS, features: Iterable[Feature] = FEATURES) -> Extract:
    """Streets that share a node wherever they share a point, and features."""
    collector, nodes = WayCollector(), dict[tuple[float, float], int]()
    for number, (tags, blocks) in enumerate(streets, 1):
        points = [at(*block) for block in blocks]
        refs = [nodes.setdefault(block, len(nodes) + 1) for block in blocks]
        collector.add(number, tags, refs, [(round(lon * 1e7), round(lat * 1e7)) for lon, lat in points])
    ways = collector.finish()
    return Extract(OPENSTREETMAP, ways, tuple(features), bbox_of(ways))
