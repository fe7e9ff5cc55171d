"""Addresses -> positions, offline, never said to be more exact than what was found.

A crossing or a building that the city pack knows is a point. A road is a line: its place is the middle of what runs in
the region that is named, *street* accuracy whatever the house number, or *subdistrict* if it is long; numbers are not
interpolated, because nothing in the pack says where they run. What is left is the middle of a subdistrict. Several
things of a name, and nothing to choose between them, give no position but the candidates.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple, TypeVar

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.coords import LonLat
from geo.importing.clues import CityWords, Clues, Where
from geo.importing.regions import Region
from geo.importing.roads import Spot, crossings, middles
from geo.importing.sites import REACH_M, Reach, Thing
from geo.places.model import Accuracy

EvidenceKind = Literal["crossing", "building", "site", "road", "quarter", "community", "subdistrict"]

#: A road longer than this, from its middle, says no more than a subdistrict does.
_STREET_REACH_M: Final = 1000.0
#: Something named farther than this from the road that is named with it is another thing of that name.
_BESIDE_ROAD_M: Final = 500.0
#: A thing may lie this far outside the region named: borders are drawn roughly, and spoken of more roughly.
_BORDER_M: Final = 400.0
#: Candidates shown at most.
_MAX_CANDIDATES: Final = 5


class Located(NamedTuple):
    """A position by what was found.

    Attributes
    ----------
    position, accuracy
        WGS-84, and how exact: never more than the evidence.
    radius_m
        How far the thing that was found reaches from the position: the place may lie anywhere within, metres.
    evidence, found
        What was found: its kind, and its name.
    """

    position: LonLat
    accuracy: Accuracy
    radius_m: float
    evidence: EvidenceKind
    found: str


class Answer(NamedTuple):
    """The position, or None; and where several are equally likely, those, the largest first."""

    located: Located | None
    candidates: tuple[Located, ...] = ()


class Geocoder:
    """Finds positions of addresses in one city.

    Parameters
    ----------
    words
        The city's regions, roads and things.
    """

    def __init__(self, words: CityWords) -> None:
        self._words = words

    def locate(self, where: Where) -> Answer:
        """Return the position of what a row says about where it is.

        Examples
        --------
        A city pack is needed, so this is only shown: ``Geocoder(CityWords.read(Path("data/packs/beijing")))
        .locate(Where("学院路与知春路交叉口")).located``.
        """
        clues = self._words.clues(where)
        candidates: tuple[Located, ...] = ()
        for find in (
            self._crossing,
            self._building,
            self._street,
            self._quarter,
            self._community,
            self._subdistrict,
            self._beginning,
        ):
            found = find(clues)
            if len(found) == 1:
                return Answer(found[0], candidates)
            candidates = candidates or tuple(found[:_MAX_CANDIDATES])
        return Answer(None, candidates)

    def _crossing(self, clues: Clues) -> list[Located]:
        if not clues.address.crossing or len(clues.roads) < 2:
            return []
        one, other = clues.roads[:2]
        spots = crossings(self._words.roads.shape(one), self._words.roads.shape(other))
        return [self._located(s, "street", "crossing", f"{one} × {other}") for s in _in_region(spots, clues)]

    def _building(self, clues: Clues) -> list[Located]:
        return [self._thing(thing, "building") for thing in self._named(clues, "building")]

    def _street(self, clues: Clues) -> list[Located]:
        """A site or a road, whichever says more exactly where."""
        sites = [self._thing(thing, "street") for thing in self._named(clues, "site")]
        roads = self._road(clues)
        if len(sites) == 1 and not (len(roads) == 1 and roads[0].radius_m < sites[0].radius_m):
            return sites
        return roads or sites

    def _quarter(self, clues: Clues) -> list[Located]:
        return [self._thing(thing, "subdistrict") for thing in self._named(clues, "quarter")]

    def _named(self, clues: Clues, reach: Reach) -> list[Thing]:
        """Return the things of a reach that the first fitting site may mean."""
        for group in clues.things:
            found = self._plausible([thing for thing in group if thing.reach == reach], clues)
            if found:
                return found
        return []

    def _plausible(self, things: Sequence[Thing], clues: Clues) -> list[Thing]:
        """Keep what lies where the rest of the address says: in its region, and near its road."""
        inside = _in_region(list(things), clues)
        if not clues.roads or not inside:
            return inside
        roads = shapely.union_all([self._words.roads.shape(road) for road in clues.roads])
        return [t for t in inside if shapely.distance(roads, shapely.Point(t.x, t.y)) <= _BESIDE_ROAD_M]

    def _road(self, clues: Clues) -> list[Located]:
        for road in clues.roads:
            spots = self._stretches(road, clues)
            if spots:
                return [
                    self._located(s, "street" if s.radius_m <= _STREET_REACH_M else "subdistrict", "road", road)
                    for s in spots
                ]
        return []

    def _stretches(self, road: str, clues: Clues) -> list[Spot]:
        """The road in the smallest region named; a district that only a column names does not bind."""
        regions: list[BaseGeometry | None] = [clues.region()] if clues.region() is not None else []
        if clues.subdistricts and clues.district is not None:
            regions.append(clues.district.shape)
        if not clues.named and not clues.subdistricts:
            regions.append(None)
        for region in regions:
            spots = middles(self._words.roads.within(road, region))
            if spots:
                return spots
        return []

    def _community(self, clues: Clues) -> list[Located]:
        return [self._region(region, "community", name) for name, region in clues.communities]

    def _subdistrict(self, clues: Clues) -> list[Located]:
        return [self._region(region, "subdistrict", region.name) for region in clues.subdistricts]

    def _beginning(self, clues: Clues) -> list[Located]:
        return [
            self._region(one, "subdistrict", one.name) if isinstance(one, Region) else self._thing(one, "subdistrict")
            for one in clues.beginnings
        ]

    def _thing(self, thing: Thing, accuracy: Accuracy) -> Located:
        kind: EvidenceKind = thing.reach
        return self._located(Spot(thing.x, thing.y, REACH_M[thing.reach]), accuracy, kind, thing.name)

    def _region(self, region: Region, kind: EvidenceKind, name: str) -> Located:
        middle = shapely.point_on_surface(region.shape)
        reach = shapely.get_coordinates(region.shape) - (middle.x, middle.y)
        return self._located(Spot(middle.x, middle.y, float(np.hypot(*reach.T).max())), "subdistrict", kind, name)

    def _located(self, spot: Spot, accuracy: Accuracy, kind: EvidenceKind, name: str) -> Located:
        lon, lat = self._words.plane.lonlat(spot.x, spot.y)
        return Located(LonLat(round(lon, 6), round(lat, 6)), accuracy, round(spot.radius_m), kind, name)


_Spot = TypeVar("_Spot", Spot, Thing)


def _in_region(found: list[_Spot], clues: Clues) -> list[_Spot]:
    """Keep what lies in the region named; where that is nothing and the address names none itself, keep all."""
    region = clues.region()
    if region is None or not found:
        return found
    distances = shapely.distance(region, shapely.points([(one.x, one.y) for one in found]))
    inside = [one for one, metres in zip(found, distances.tolist(), strict=True) if metres <= _BORDER_M]
    return inside or ([] if clues.named or clues.subdistricts else found)
