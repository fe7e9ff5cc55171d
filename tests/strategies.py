"""Small cities made at random from a seed: one-way streets, islands, parallel streets, loops, barriers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo.coords import E7, LonLat
from geo.osm.extract import OPENSTREETMAP, Extract, WayCollector, bbox_of
from geo.places.model import Place, Service

CENTRE = LonLat(116.41, 39.92)

_TAGS = (
    {"highway": "residential"},
    {"highway": "residential", "oneway": "yes"},
    {"highway": "tertiary", "oneway": "-1"},
    {"highway": "primary", "name": "东四北大街"},
    {"highway": "footway"},
    {"highway": "steps"},
    {"highway": "trunk"},
    {"highway": "residential", "oneway": "yes", "oneway:bicycle": "no"},
    {"highway": "service", "access": "private"},
    {"highway": "path", "bicycle": "yes"},
    {"highway": "cycleway"},
    {"highway": "secondary", "junction": "roundabout"},
)
_BARRIERS = ({"barrier": "gate", "access": "private"}, {"barrier": "bollard"}, {"barrier": "gate"}, {"barrier": "wall"})


def random_extract(seed: int) -> Extract:
    """Return a city of 5 to 30 nodes on two islands, the second one small."""
    rng = np.random.default_rng(seed)
    collector = WayCollector()
    way_id = 1
    for island, (count, dx) in enumerate(((int(rng.integers(5, 26)), 0.0), (int(rng.integers(2, 6)), 0.03))):
        base = 1000 * (island + 1)
        e7 = _scatter(rng, count, dx)
        for _ in range(int(count * rng.uniform(0.8, 1.6)) + 1):
            walk = _random_walk(rng, e7)
            tags = dict(_TAGS[int(rng.integers(len(_TAGS)))] if rng.random() < 0.6 else _TAGS[0])
            collector.add(way_id, tags, [base + i for i in walk], [e7[i] for i in walk])
            way_id += 1
            if rng.random() < 0.15:  # a street beside it, between the same nodes
                collector.add(way_id, dict(_TAGS[0]), [base + walk[0], base + walk[-1]], [e7[walk[0]], e7[walk[-1]]])
                way_id += 1
        for i in range(count):
            if rng.random() < 0.08:
                collector.barriers[base + i] = _BARRIERS[int(rng.integers(len(_BARRIERS)))]
    ways = collector.finish()
    return Extract(OPENSTREETMAP, ways, (), bbox_of(ways))


def random_points(seed: int, extract: Extract, count: int) -> NDArray[np.float64]:
    """Return points in degrees, shape (count, 2): on nodes, along streets, and beside them; some of them twice."""
    rng = np.random.default_rng(seed)
    ways = extract.ways
    own = np.repeat(np.arange(len(ways)), np.diff(ways.start))
    first = np.flatnonzero(own[:-1] == own[1:])
    picked = rng.choice(first, size=count)
    share = rng.choice([0.0, 1.0, 0.25, 0.5], size=(count, 1)) + 0.0
    share = np.where(rng.random((count, 1)) < 0.5, rng.random((count, 1)), share)
    points = ways.lonlat_e7[picked] * (1 - share) + ways.lonlat_e7[picked + 1] * share
    points += np.where(rng.random((count, 1)) < 0.4, rng.normal(0, 2000, (count, 2)), 0.0)
    if count > 2 and rng.random() < 0.5:
        points[-1] = points[0]
    return np.asarray(np.round(points) / E7)


def make_places(points: NDArray[np.float64]) -> list[Place]:
    """Return a rest stop at every point, numbered so that ids are in order."""
    return [
        Place(
            id=f"p{i:03}",
            name=f"驿站{i}",
            position=LonLat(float(lon), float(lat)),
            accuracy="exact",
            services=(Service("rest_stop"),),
            source="test",
        )
        for i, (lon, lat) in enumerate(points)
    ]


def _scatter(rng: np.random.Generator, count: int, dx: float) -> list[tuple[int, int]]:
    """Positions in 1e-7 degree within about 1 km, all different; a third of them on a grid, for exact ties."""
    seen: dict[tuple[int, int], None] = {}
    while len(seen) < count:
        lon, lat = rng.uniform(-0.006, 0.006, 2)
        if rng.random() < 0.35:
            lon, lat = round(lon, 3), round(lat, 3)
        seen[(round((CENTRE.lon + dx + lon) * E7), round((CENTRE.lat + lat) * E7))] = None
    return list(seen)


def _random_walk(rng: np.random.Generator, e7: list[tuple[int, int]]) -> list[int]:
    """Return 2 to 6 node numbers, each a near neighbour of the one before; may come back to where it was."""
    points = np.array(e7, dtype=np.float64)
    walk = [int(rng.integers(len(e7)))]
    for _ in range(int(rng.integers(1, 6))):
        near = np.argsort(((points - points[walk[-1]]) ** 2).sum(axis=1))[1:5]
        step = int(rng.choice(near))
        walk.append(step)
    if rng.random() < 0.1 and len(walk) > 2:
        walk.append(walk[0])
    return walk
