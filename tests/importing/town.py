"""A made town of two districts, on which the right answers are seen at sight. Blocks are about 85 m by 111 m."""

from __future__ import annotations

import json

import shapely

from geo.coords import LonLat
from geo.importing.clues import CityWords, Community
from geo.pack.areas import areas_of
from geo.pack.names import names_of
from geo.streets.from_osm import build_network
from tests.pack.small import Street, area, at, extract, thing


def road(name: str, *blocks: tuple[float, float]) -> Street:
    return {"highway": "residential", "name": name}, list(blocks)


STREETS = (
    road("梧桐路", (0, 5), (6, 5), (12, 5)),
    road("银杏街", (6, 0), (6, 5), (6, 15)),
    road("长虹大道", (0, 10), (30, 10), (80, 10)),
    road("同名路", (25, 2), (30, 2)),
    road("同名路", (65, 2), (70, 2)),
    road("上林六街 (Shanglin 6 Jie)", (30, 14), (36, 14)),
)
FEATURES = (
    area("r1", 6, "甲河区", -1, -1, 41, 21),
    area("r2", 6, "乙山区", 40, -1, 41, 21),
    area("r3", 8, "青松街道", -1, -1, 21, 21),
    area("r4", 8, "翠柏街道", 20, -1, 20, 21),
    area("r5", 8, "青松镇", 40, -1, 20, 21),
    area("r6", 8, "红枫街道", 60, -1, 21, 21),
    thing("n1", 8, 6, building="yes", name="白云大酒楼"),
    thing("n2", 70, 15, building="yes", name="黑土科技楼"),
    thing("n3", 3, 14, leisure="park", name="白云大公园"),
    thing("n4", 70, 12, railway="station", name="枫桥站"),
    thing("n5", 50, 15, place="village", name="柳树村"),
    thing("n6", 10, 4, amenity="bank", name="工商银行"),
    thing("n7", 33, 4, amenity="restaurant", name="一品饺子馆"),
    thing("n8", 52, 4, amenity="restaurant", name="一品饺子馆"),
    thing("n9", 72, 4, amenity="restaurant", name="一品饺子馆"),
)
COMMUNITIES = (Community("桃园里社区居委会", "翠柏街道", "甲河区"), Community("枣园村委会", "青松镇", "乙山区"))


def town(communities: tuple[Community, ...] = COMMUNITIES) -> CityWords:
    """Return what the town's names mean."""
    streets = extract(STREETS, FEATURES)
    network, _ = build_network(streets)
    areas = areas_of(streets)
    features = json.loads(areas.to_json(drop_id=True))["features"]
    return CityWords(network, features, names_of(streets, areas, network), city="某市", communities=communities)


def block(x: float, y: float) -> LonLat:
    return LonLat(*at(x, y))


def in_box(point: LonLat, x: float, y: float, width: float, height: float) -> bool:
    return bool(shapely.box(*at(x, y), *at(x + width, y + height)).intersects(shapely.Point(point)))
