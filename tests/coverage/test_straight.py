"""Circles cut by streets, against points along every street and their geodesic distance from every place."""

from __future__ import annotations

import math
from random import Random

import numpy as np
import pytest

from geo.coords import E7, LonLat, geodesic_m
from geo.coverage.pieces import length_mm
from geo.coverage.straight import Circles, Ground
from geo.osm.extract import OPENSTREETMAP, Extract, WayCollector, bbox_of
from geo.streets.from_osm import build_network
from geo.streets.network import StreetNetwork
from tests.coverage.oracle import BLUR, every_metre, holds, lonlat_at, metres_to
from tests.strategies import CENTRE, make_places, random_extract, random_points
from tests.streets.test_paths import line_city


def circles_of(network: StreetNetwork, points: np.ndarray, centre: LonLat = CENTRE) -> Circles:
    return Circles(Ground(network, centre), points)


@pytest.mark.parametrize("radius_m", [0.7, 20.0, 150.0, 600.0, 1200.0, 5000.0])
def test_what_lies_within_a_circle_is_in_a_stretch(radius_m: float) -> None:
    seen = {True: 0, False: 0}
    for seed in range(5):
        extract, random = random_extract(seed), Random(seed)
        network, _ = build_network(extract)
        points = random_points(seed, extract, 1 + 3 * seed)
        chosen = np.array([random.random() < 0.7 for _ in points], dtype=bool)
        places = [place for place, own in zip(make_places(points), chosen, strict=True) if own]
        circles = circles_of(network, points)
        found = circles.reached(chosen, radius_m)
        for edge, metre in every_metre(network):
            offset_m = metre[:: 1 if radius_m < 1 else 9]
            where = lonlat_at(network, edge, offset_m)
            metres = metres_to(where, places)
            clear = np.abs(metres - radius_m) > max(BLUR * radius_m, 0.01)
            assert (holds(found, edge, offset_m) == (metres <= radius_m))[clear].all(), (seed, edge)
            for what in (True, False):
                seen[what] += int((clear & ((metres <= radius_m) == what)).sum())
            assert circles.distance_m(where, chosen) == pytest.approx(metres, rel=BLUR, abs=0.01)
    assert seen[True] > 10
    assert seen[False] > 500 or radius_m == 5000.0


def test_a_circle_across_a_straight_street_is_cut_where_it_should_be() -> None:
    """A street eastward and a place 30 m beside its middle: a circle of 50 m has 80 m of it."""
    network = line_city(length=5)
    [long_mm] = length_mm(network).tolist()
    middle = network.shape(0).mean(axis=0)
    beside = np.array([[middle[0], middle[1] + 30 / 111_034.0]])
    [(edge, start, end)] = zip(*circles_of(network, beside).reached(np.array([True]), 50.0), strict=True)
    assert edge == 0
    assert (start, end) == pytest.approx((long_mm / 2 - 40_000, long_mm / 2 + 40_000), abs=20)
    missed = circles_of(network, beside).reached(np.array([True]), 29.0)
    assert len(missed.edge) == 0, "it does not touch the street"
    [(_, start, end)] = zip(*circles_of(network, beside).reached(np.array([True]), 1000.0), strict=True)
    assert (start, end) == (0, long_mm), "the whole street, to the millimetre"


def test_the_border_belongs_to_the_circle() -> None:
    """A place at one end of a street: a circle just as wide as the street is long has all of it."""
    network = line_city(length=2)
    [long_mm] = length_mm(network).tolist()
    ends = network.node_e7 / E7
    circles = circles_of(network, ends[:1], LonLat(*ends[0].tolist()))
    [metres] = circles.distance_m(ends[1:], np.array([True])).tolist()
    assert metres == pytest.approx(geodesic_m(ends[:1], ends[1:])[0], rel=1e-6)
    for radius_m, kept_mm in ((metres, long_mm), (metres - 0.01, long_mm - 10)):
        [length] = circles.reached(np.array([True]), radius_m).length_mm.tolist()
        assert abs(length - kept_mm) <= (0 if radius_m == metres else 1)


def test_many_circles_upon_each_other_are_one() -> None:
    network = line_city(length=5)
    points = np.repeat(network.shape(0).mean(axis=0)[None], 3000, axis=0)
    points[:, 0] += np.linspace(-1e-4, 1e-4, 3000)
    found = circles_of(network, points).reached(np.ones(3000, dtype=bool), 60.0)
    assert len(found.edge) == 1
    assert found.length_mm[0] == pytest.approx(120_000 + 2e-4 * 85_494_000, rel=1e-3)


def test_without_places_no_street_is_near() -> None:
    network = line_city()
    for points, chosen in ((np.empty((0, 2)), np.zeros(0, bool)), (network.shape(0), np.zeros(3, bool))):
        circles = circles_of(network, points)
        assert len(circles.reached(chosen, 1000.0).edge) == 0
        assert circles.distance_m(network.shape(0), chosen).tolist() == [math.inf] * 3
    assert len(circles_of(network, network.shape(0)).distance_m(np.empty((0, 2)), np.ones(3, bool))) == 0


def test_small_circles_far_apart_take_no_room_for_the_land_between() -> None:
    """A circle of a centimetre at both ends of 140 km: cells of its size would be more than any memory holds."""
    collector = WayCollector()
    row = [(1164100000 + 2_000_000 * i, 399200000 + 2_000_000 * i) for i in range(6)]
    collector.add(1, {"highway": "residential"}, range(1, 7), row)
    ways = collector.finish()
    network = build_network(Extract(OPENSTREETMAP, ways, (), bbox_of(ways)))[0]
    ends = network.shape(0)[[0, -1]]
    found = circles_of(network, ends, LonLat(116.9, 40.4)).reached(np.ones(2, dtype=bool), 0.01)
    assert found.edge.tolist() == [0, 0]
    assert found.length_mm.tolist() == pytest.approx([10, 10], abs=1)
    assert (found.start_mm[0], found.end_mm[1]) == (0, length_mm(network)[0])
