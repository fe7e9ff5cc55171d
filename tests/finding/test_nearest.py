"""The finder: filters, invariants, what an answer says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.coords import LonLat, distance_m, geodesic_m
from geo.errors import OffNetworkError
from geo.finding.asking import NearestQuery, Wanted
from geo.finding.conditions import Conditions
from geo.finding.nearest import Finder
from geo.finding.openness import Openings
from geo.places.calendar import Calendar
from geo.places.model import Place
from geo.streets.from_osm import build_network
from geo.streets.network import StreetNetwork
from geo.streets.profiles import Mode
from tests.strategies import make_places, random_extract, random_points

SEEDS = st.integers(0, 5000)


def answer(seed: int, places: list[Place], origin: LonLat, **values: object) -> list[tuple[str, float]]:
    """Return (id, seconds) of the nearest places in a random city; nothing where the origin is off its streets."""
    network, _ = build_network(random_extract(seed))
    query = NearestQuery(origin, **{"k": 5, "cutoff_s": 3600.0, **values})  # type: ignore[arg-type]
    try:
        found = finder(network, query.mode, places).nearest(query)
    except OffNetworkError:
        return []
    return [(result.place.id, result.travel_s) for result in found.results]


def finder(network: StreetNetwork, mode: Mode, places: list[Place]) -> Finder:
    return Finder(network, mode, places, Conditions(places), Openings(places, Calendar.packaged()))


def setting(seed: int, count: int = 12) -> tuple[list[Place], LonLat]:
    points = random_points(seed, random_extract(seed), count + 1)
    return make_places(points[:count]), LonLat(*points[count].tolist())


@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_a_larger_cutoff_never_loses_a_place(seed: int) -> None:
    places, origin = setting(seed)
    small = answer(seed, places, origin, k=12, cutoff_s=300.0)
    large = answer(seed, places, origin, k=12, cutoff_s=900.0)
    assert large[: len(small)] == small
    assert all(seconds <= 300.0 for _, seconds in small)


@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_a_further_place_never_makes_the_nearest_farther(seed: int) -> None:
    places, origin = setting(seed)
    few, many = answer(seed, places[:6], origin, k=1), answer(seed, places, origin, k=1)
    if few:
        assert many[0][1] <= few[0][1]


@given(SEEDS, st.integers(1, 11))
@settings(max_examples=60, deadline=None)
def test_k_places_are_the_first_k_of_all(seed: int, k: int) -> None:
    places, origin = setting(seed)
    assert answer(seed, places, origin, k=k) == answer(seed, places, origin, k=12)[:k]


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_answers_come_in_order_of_time_and_id(seed: int) -> None:
    places, origin = setting(seed)
    found = answer(seed, places, origin, k=12)
    assert found == sorted(found, key=lambda hit: (hit[1], hit[0]))


def test_what_an_answer_says_adds_up(sample_city) -> None:  # type: ignore[no-untyped-def]
    rng, answered = np.random.default_rng(1), 0
    for lon, lat in rng.uniform([116.395, 39.88], [116.42, 39.94], (60, 2)).tolist():
        query = NearestQuery(LonLat(lon, lat), k=3)
        try:
            found = sample_city.nearest(query)
        except OffNetworkError:
            continue  # inside the Temple of Heaven
        answered += len(found.results)
        for result in found.results:
            along = geodesic_m(result.path[:-1], result.path[1:]).sum()
            assert result.network_m == pytest.approx(result.origin_access_m + along + result.place_access_m, abs=0.05)
            assert result.travel_s == pytest.approx(result.network_m / (4.8 / 3.6), rel=1e-4, abs=0.01)
            assert result.network_m >= result.straight_m - 0.05
            assert result.straight_m == pytest.approx(distance_m(query.origin, result.place.position))
    assert answered > 100


@pytest.mark.parametrize("status", ["planned", "paused", "retired"])
def test_a_place_that_is_not_in_operation_is_never_found(status: str) -> None:
    place = replace(make_places(np.zeros((1, 2)))[0], status=status)  # type: ignore[arg-type]
    assert not Conditions([place]).passing(Wanted()).any()


def test_an_access_leg_longer_than_the_cutoff_reaches_nothing(sample_city) -> None:  # type: ignore[no-untyped-def]
    place = sample_city.places[0]
    assert sample_city.nearest(NearestQuery(place.position, cutoff_s=0.001)).results == ()
