"""Small cities made at random from a seed: one-way streets, islands, parallel streets, loops, barriers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from types import MappingProxyType
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from geo.coords import E7, LonLat
from geo.osm.extract import OPENSTREETMAP, Extract, WayCollector, bbox_of
from geo.places.model import (
    ACCESSES,
    ACCURACIES,
    AUDIENCES,
    STATUSES,
    AmenityKind,
    Place,
    Service,
    ServiceKind,
    YesNo,
)
from tests.places.hours_oracle import WEEK, WEEKEND, WORKWEEK, Rule

_T = TypeVar("_T")

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

#: What random places offer, and the kit that somebody may have reported of them; the first are the most frequent.
OFFERED: Final[tuple[ServiceKind, ...]] = ("rest_stop", "water_point", "service_station", "haircut", "public_toilet")
REPORTED: Final[tuple[AmenityKind, ...]] = ("water", "microwave", "socket", "toilet")

#: Hours as people write them, and what they mean; spans are minutes of the day.
HOURS: Final[Mapping[str, tuple[Rule, ...]]] = MappingProxyType({
    "24/7": (Rule(((0, 1440),), "open"),),
    "Mo-Su 08:00-20:00": (Rule(((480, 1200),), "open", WEEK),),
    "Mo-Su 05:00-23:00; PH off": (Rule(((300, 1380),), "open", WEEK), Rule((), "closed", holidays=True)),
    "Mo-Fr 09:00-17:00": (Rule(((540, 1020),), "open", WORKWEEK),),
    "Mo-Fr 09:00-11:30,13:30-17:00; PH off": (
        Rule(((540, 690), (810, 1020)), "open", WORKWEEK),
        Rule((), "closed", holidays=True),
    ),
    "Mo-Fr 08:30-12:00; Sa,Su,PH 10:00-16:00": (
        Rule(((510, 720),), "open", WORKWEEK),
        Rule(((600, 960),), "open", WEEKEND, holidays=True),
    ),
    "18:00-02:00": (Rule(((1080, 1560),), "open"),),
    "22:00-06:00; Mo off": (Rule(((1320, 1800),), "open"), Rule((), "closed", frozenset((0,)))),
    '08:00-18:00 unknown "rain"': (Rule(((480, 1080),), "unknown"),),
    'Mo-Sa 07:00-12:00, Mo-Sa 12:00-15:00 unknown "rain"': (
        Rule(((420, 720),), "open", WEEK - {6}),
        Rule(((720, 900),), "unknown", WEEK - {6}, added=True),
    ),
    "Fr 14:00-16:00": (Rule(((840, 960),), "open", frozenset((4,))),),
    "Jun-Aug 08:00-22:00": (Rule(((480, 1320),), "open", months=(6, 8)),),
    "Nov-Mar Mo-Fr 10:00-15:00": (Rule(((600, 900),), "open", WORKWEEK, months=(11, 3)),),
    "PH 10:00-16:00": (Rule(((600, 960),), "open", holidays=True),),
})  # fmt: skip
#: First and last month of a season.
SEASONS: Final[Mapping[str, tuple[int, int]]] = MappingProxyType({"Jun-Aug": (6, 8), "Nov-Feb": (11, 2)})
#: What nobody can read.
UNREADABLE: Final = "when the boss is in"
#: When something is offered: hours, and a season if it has one.
OFFERS: Final[tuple[tuple[str | None, str | None], ...]] = (
    *((hours, None) for hours in HOURS),
    (None, None),
    (UNREADABLE, None),
    ("24/7", "Jun-Aug"),
    ("Mo-Su 08:00-20:00", "Nov-Feb"),
    (None, "Jun-Aug"),
)


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


def random_places(seed: int, points: NDArray[np.float64]) -> list[Place]:
    """Return a place at every point, with properties at random; the order of ids is not that of the points."""
    random = Random(seed)
    ids = random.sample(range(1000), len(points))
    return [
        Place(
            id=f"p{number:03}",
            name=f"驿站{number}",
            position=LonLat(float(lon), float(lat)),
            accuracy=_often(random, ACCURACIES),
            services=_random_services(random),
            source="test",
            amenities=MappingProxyType(_random_amenities(random)),
            access=None if random.random() < 0.3 else _often(random, ACCESSES),
            audience=() if random.random() < 0.6 else tuple(random.sample(AUDIENCES, random.randint(1, 3))),
            status="open" if random.random() < 0.85 else random.choice(STATUSES),
        )
        for number, (lon, lat) in zip(ids, points.tolist(), strict=True)
    ]


def _random_services(random: Random) -> tuple[Service, ...]:
    """Return one to three, hours and seasons their own; now and then the same kind twice."""
    count = random.choice((1, 1, 1, 1, 2, 2, 3))
    kinds = [_often(random, OFFERED) for _ in range(count)]
    return tuple(Service(kind, *random.choice(OFFERS)) for kind in kinds)


def _random_amenities(random: Random) -> dict[AmenityKind, YesNo]:
    """Return yes, no, or nothing of each."""
    said: dict[AmenityKind, YesNo] = {}
    for kind in REPORTED:
        draw = random.random()
        if draw < 0.75:
            said[kind] = "yes" if draw < 0.5 else "no"
    return said


def _often(random: Random, words: Sequence[_T]) -> _T:
    """Draw a word, each half as often as the one before, the last ones as often as each other."""
    return next((word for word in words if random.random() < 0.5), words[-1])


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
