"""The nearest place in a straight line, compared with the geodesics to all of them."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from geo.coords import LonLat, distance_m, earth_centred_m
from geo.finding.index import PlaceIndex
from geo.places.model import Place

CENTRE = LonLat(116.41, 39.92)


def places_at(*positions: tuple[float, float]) -> list[Place]:
    return [Place(str(n), "驿站", LonLat(*here), "exact", (), "seen") for n, here in enumerate(positions)]


def scattered(count: int, rng: np.random.Generator) -> list[tuple[float, float]]:
    return [(CENTRE.lon + x, CENTRE.lat + y) for x, y in rng.uniform(-0.1, 0.1, (count, 2)).tolist()]


@pytest.fixture(params=[True, False], ids=["looked at one by one", "in a tree"], autouse=True)
def few_or_many(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have each test said of both kinds of index."""
    monkeypatch.setattr("geo.finding.index._SCANNED", 1_000_000 if request.param else 0)


@pytest.mark.parametrize(("reach", "short_m"), [(0.05, 0.002), (0.25, 0.15)], ids=["up to 7 km", "up to 35 km"])
def test_the_line_through_the_earth_is_the_geodesic_but_for_its_bend(reach: float, short_m: float) -> None:
    """An arc of 7 km rises 1 m above its chord, and is 0.4 mm longer; one of 35 km is 44 mm longer."""
    rng = np.random.default_rng(7)
    for dx, dy in rng.uniform(-reach, reach, (200, 2)).tolist():
        there = LonLat(CENTRE.lon + dx, CENTRE.lat + dy)
        bend_m = distance_m(CENTRE, there) - math.dist(earth_centred_m(CENTRE), earth_centred_m(there))
        assert -1e-8 < bend_m < short_m


@pytest.mark.parametrize("share", [1.0, 0.3, 0.01], ids=["all pass", "some pass", "few pass: none of those near"])
def test_it_is_the_nearest_of_those_that_pass(share: float) -> None:
    rng = np.random.default_rng(5)
    places = places_at(*scattered(300, rng))
    index = PlaceIndex(places)
    for lon, lat in scattered(100, rng):
        passes = rng.random(len(places)) < share
        point = LonLat(lon, lat)
        found = index.nearest_straight(point, passes)
        far = [distance_m(point, place.position) for place in places]
        passing = [n for n in range(len(places)) if passes[n]]
        if found is None:
            assert not passing
        else:
            # lines through the earth are in the order of the geodesics to a millimetre within a city
            assert passes[found] and far[found] <= min(far[n] for n in passing) + 0.001


@pytest.mark.parametrize(
    ("passes", "found"),
    [([True] * 4, 1), ([True, False, True, True], 2), ([False, False, False, True], 3), ([False] * 4, None)],
    ids=["of three at one door the first", "the next of them", "only the farthest", "none"],
)
def test_of_equally_near_ones_it_is_the_one_with_the_lowest_number(passes: list[bool], found: int | None) -> None:
    here = (116.4, 39.9)
    index = PlaceIndex(places_at((116.45, 39.9), here, here, (116.5, 39.9)))
    assert index.nearest_straight(LonLat(*here), np.array(passes)) == found


def test_a_city_without_places_has_no_nearest() -> None:
    assert PlaceIndex([]).nearest_straight(CENTRE, np.zeros(0, dtype=bool)) is None


class Alone:
    """Stands for the tree of libspatialindex, which ends the process when it is asked twice at the same time."""

    def __init__(self) -> None:
        self.asking = self.most = 0

    def nearest(self, _box: tuple[float, ...], _count: int) -> Iterator[int]:
        self.asking += 1
        self.most = max(self.most, self.asking)
        time.sleep(0.001)  # others get their turn
        self.asking -= 1
        yield 0


def test_the_tree_is_asked_by_one_thread_at_a_time() -> None:
    index, tree = PlaceIndex(places_at(CENTRE)), Alone()
    index._tree = tree  # type: ignore[assignment]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: index.nearest_straight(CENTRE, np.ones(1, dtype=bool)), range(40)))
    assert (found, tree.most) == ([0] * 40, 1)
