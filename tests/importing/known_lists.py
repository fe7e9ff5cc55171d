"""Lists of places whose datum and faults are known, made from a city pack: half its things, half spots at its streets.

The truth is drawn first, its address is what lies there (nearest named street, subdistrict, district), as people would
write it; then the coordinates are put into a datum, blurred, and some are spoiled.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.coords import E7, LonLat
from geo.datums import Datum, bd09_from_wgs84, gcj02_from_wgs84
from geo.importing.addresses import road_key
from geo.importing.clues import CityWords, Where
from geo.pack import folder

BLUR_M: Final = 12.0
FAULTS: Final = ("swapped", "degrees_minutes", "degrees_minutes_seconds", "zero", "rounded", "far")


class KnownRow(NamedTuple):
    where: Where
    truth: LonLat
    written: tuple[float, float]
    datum: Datum
    fault: str


def in_datum(datum: Datum, wgs84: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return positions as a list in a datum has them."""
    if datum == "gcj02":
        return gcj02_from_wgs84(wgs84)
    return bd09_from_wgs84(wgs84) if datum == "bd09" else wgs84


class Truth:
    """Places of a pack that rows are drawn from."""

    def __init__(self, words: CityWords, pack: Path, seed: int) -> None:
        self.words = words
        self.rng = np.random.default_rng(seed)
        network = words.network
        box = network.bbox()
        self.things = np.array(
            [n.position for n in folder.read_names(pack) if n.kind == "poi" and box.contains(n.position)]
        )
        keys = [road_key(name) for name in network.names]
        self.edges = [
            e for e in range(network.edge_count) if keys[network.edge_name[e]] and network.edge_length_m[e] > 30
        ]
        self.names = [keys[network.edge_name[edge]] for edge in self.edges]
        xy = words.plane.xy_many(network.shape_e7 / E7)
        self.lines = np.asarray(shapely.linestrings(xy, indices=network.shape_edge), dtype=object)[self.edges]
        self.tree = shapely.STRtree(self.lines)

    def draw(self, count: int) -> tuple[list[LonLat], list[Where]]:
        """Draw places and what people say of where they are."""
        places = []
        for _ in range(count):
            if self.rng.random() < 0.5:
                places.append(LonLat(*self.rng.choice(self.things).tolist()))
            else:
                line = self.lines[self.rng.integers(len(self.lines))]
                at = line.interpolate(self.rng.random(), normalized=True)
                x, y = np.array([at.x, at.y]) + self.rng.normal(0.0, 30.0, 2)
                places.append(self.words.plane.lonlat(float(x), float(y)))
        return places, [self._said(place) for place in places]

    def _said(self, place: LonLat) -> Where:
        xy = np.array([self.words.plane.xy(place)])
        point = shapely.Point(xy[0])
        near = self.tree.query_nearest(point, max_distance=150.0)
        road = f"{self.names[int(near[0])]}{self.rng.integers(1, 200)}号" if len(near) else ""
        sub = self.words.regions.covers("subdistrict", xy)[0]
        dis = self.words.regions.covers("district", xy)[0]
        district, subdistrict = dis.name if dis else "", sub.name if sub else ""
        style = self.rng.random()
        if style < 0.35:
            return Where(f"北京市{district}{subdistrict}{road}")
        if style < 0.6:
            return Where(f"{district}{road}")
        if style < 0.75:
            return Where(road, subdistrict=subdistrict)
        return Where(road) if style < 0.85 else Where()


def known_list(truth: Truth, count: int, datum: Sequence[Datum], faults: float = 0.0) -> list[KnownRow]:
    """Return a list of rows, each in one of the datums, and a share of them spoiled."""
    rng = truth.rng
    places, where = truth.draw(count)
    lonlat = np.array(places)
    blurred = truth.words.plane.xy_many(lonlat) + rng.normal(0.0, BLUR_M, (count, 2))
    other_notation = rng.choice(["degrees_minutes", "degrees_minutes_seconds"])  # a list writes minutes in one way
    faulty = [fault for fault in FAULTS if fault != other_notation]
    rows = []
    for place, said, xy in zip(places, where, blurred.tolist(), strict=True):
        own = datum[int(rng.integers(len(datum)))]
        fault = str(rng.choice(faulty)) if rng.random() < faults else ""
        moved = np.array([truth.words.plane.lonlat(*xy)])
        if fault == "far":
            angle = rng.uniform(0.0, 2.0 * np.pi)
            moved = np.array([truth.words.plane.lonlat(xy[0] + 40_000 * np.cos(angle), xy[1] + 40_000 * np.sin(angle))])
        lon, lat = in_datum(own, moved)[0].tolist()
        rows.append(KnownRow(said, place, _spoiled(fault, lon, lat), own, fault))
    return rows


def _spoiled(fault: str, lon: float, lat: float) -> tuple[float, float]:
    if fault == "swapped":
        return round(lat, 6), round(lon, 6)
    if fault == "degrees_minutes":
        return _minutes(lon), _minutes(lat)
    if fault == "degrees_minutes_seconds":
        return _seconds(lon), _seconds(lat)
    if fault == "zero":
        return 0.0, 0.0
    digits = 2 if fault == "rounded" else 6
    return round(lon, digits), round(lat, digits)


def _minutes(degrees: float) -> float:
    whole = int(degrees)
    return round(whole + (degrees - whole) * 60 / 100, 6)


def _seconds(degrees: float) -> float:
    whole = int(degrees)
    minutes = (degrees - whole) * 60
    return round(whole + int(minutes) / 100 + (minutes - int(minutes)) * 60 / 10_000, 6)
