"""The finder: filters, invariants, what an answer says."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.choosing.conditions import Conditions, Failure
from geo.choosing.openness import Openings
from geo.choosing.wanted import Wanted
from geo.coords import LonLat, distance_m, geodesic_m
from geo.errors import OffNetworkError
from geo.finding.asking import NearestQuery
from geo.finding.nearest import Answer, Finder
from geo.places.calendar import Calendar
from geo.places.hours import CHINA
from geo.places.model import Place, Service
from geo.streets.from_osm import build_network
from geo.streets.network import TICKS_PER_S, StreetNetwork
from geo.streets.profiles import Mode
from tests.strategies import make_places, random_extract, random_points
from tests.streets.test_paths import line_city

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


def street_of(*places: Place) -> Finder:
    """Return a finder on a straight street eastward, whose places lie on it."""
    ordered = sorted(places, key=lambda place: place.id)
    return finder(line_city(length=12), "walk", ordered)


def place_at(lon: float, name: str, hours: str | None = "24/7", **fields: object) -> Place:
    place = make_places(np.array([[lon, 39.92]]))[0]
    return replace(place, id=name, services=(Service("rest_stop", hours),), **fields)  # type: ignore[arg-type]


def ask(found: Finder, **fields: object) -> Answer:
    return found.nearest(NearestQuery(LonLat(116.4101, 39.92), **{"k": 1, "cutoff_s": 3600.0, **fields}))  # type: ignore[arg-type]


def ids(answer: Answer) -> tuple[list[str], list[str]]:
    return [one.place.id for one in answer.results], [one.place.id for one in answer.passed_over]


def test_places_at_one_door_come_in_order_of_their_ids() -> None:
    found = street_of(*(place_at(116.4133, name) for name in ("c", "a", "d", "b")))
    times = [one.travel_s for one in ask(found, k=4).results]
    assert len(set(times)) == 1
    assert [ids(ask(found, k=k))[0] for k in (1, 2, 3, 4)] == [["a"], ["a", "b"], ["a", "b", "c"], ["a", "b", "c", "d"]]


def test_at_equal_times_only_ids_before_the_last_result_are_passed_over() -> None:
    found = street_of(
        place_at(116.4133, "a", status="paused"), place_at(116.4133, "b"), place_at(116.4133, "c", status="planned")
    )
    assert ids(ask(found, k=1)) == (["b"], ["a"])
    assert ids(ask(found, k=2)) == (["b"], ["a", "c"]), "one result is missing, so all within the cutoff are told"


def test_a_cutoff_that_is_just_met_counts_access_legs_and_all() -> None:
    place = replace(place_at(116.4133, "a"), position=LonLat(116.4133, 39.9202))
    found = street_of(place)
    far = ask(found).results[0]
    assert far.place_access_m == pytest.approx(0.0002 * 111_034.6, rel=1e-3)
    assert far.travel_s == pytest.approx((0.0032 * 85_493.9 + far.place_access_m) / (4.8 / 3.6), rel=1e-4)
    assert ids(ask(found, cutoff_s=far.travel_s))[0] == ["a"]
    assert ids(ask(found, cutoff_s=far.travel_s - 1 / TICKS_PER_S)) == ([], [])


@pytest.mark.parametrize("day", ["2026-11-23", "2027-06-07"], ids=["tomorrow", "next year"])
def test_min_left_is_counted_from_the_arrival_to_the_tick(day: str) -> None:
    """Who comes with 15 minutes left is let in; a ten-thousandth of a second later one is not."""
    found = street_of(place_at(116.4133, "a", "Mo-Fr 09:00-17:00"))
    travel = timedelta(seconds=ask(found).results[0].travel_s)
    quarter_to = datetime.fromisoformat(f"{day}T16:45+08:00")
    just = ask(found, when=quarter_to - travel, open="arrival")
    assert ids(just) == (["a"], [])
    assert just.results[0].arrival == quarter_to
    assert just.results[0].state is not None
    assert (just.results[0].state.minutes_left, just.results[0].opens_in_s) == (15, 0.0)
    late = ask(found, when=quarter_to - travel + timedelta(microseconds=100), open="arrival")
    assert ids(late) == ([], ["a"])
    assert late.passed_over[0].failures == (Failure("open", "15min", "14min"),)
    shorter = ask(found, when=quarter_to - travel + timedelta(minutes=5), open="arrival", min_left_s=600.0)
    assert ids(shorter) == (["a"], [])


def test_each_place_s_own_arrival_decides() -> None:
    """Both are open from nine to five: late in the day only the nearer is reached in time, early only the farther."""
    near, far = place_at(116.4102, "near", "09:00-17:00"), place_at(116.4133, "far", "09:00-17:00")
    found = street_of(near, far)
    times = {one.place.id: one.travel_s for one in ask(found, k=2).results}
    assert times["near"] < 10
    assert times["far"] > 200
    late = datetime(2026, 11, 23, 16, 58, tzinfo=CHINA)
    assert ids(ask(found, k=2, when=late, open="arrival", min_left_s=60.0)) == (["near"], ["far"])
    early = datetime(2026, 11, 23, 8, 58, tzinfo=CHINA)
    answer = ask(found, k=1, when=early, open="arrival")
    assert ids(answer) == (["far"], ["near"])
    assert answer.passed_over[0].failures == (Failure("open", "15min", "closed"),)
    assert answer.passed_over[0].opens_in_s == pytest.approx(120 - times["near"], abs=1e-6)


def test_unknown_hours_are_passed_over_or_let_in_as_one_wishes_and_never_said_to_be_open() -> None:
    found = street_of(place_at(116.4102, "nobody knows", None), place_at(116.4133, "open"))
    when = datetime(2026, 11, 23, 12, tzinfo=CHINA)
    strict = ask(found, when=when, open="arrival")
    assert ids(strict) == (["open"], ["nobody knows"])
    assert strict.passed_over[0].failures == (Failure("open", "15min", None),)
    lenient = ask(found, when=when, open="arrival_or_unknown")
    assert ids(lenient) == (["nobody knows"], [])
    assert lenient.results[0].state is not None
    assert lenient.results[0].state.kind == "unknown"
    assert lenient.results[0].opens_in_s is None


def test_how_many_are_listed_changes_neither_the_count_nor_the_results() -> None:
    names = "abcdefgh"
    found = street_of(
        *(place_at(116.4103 + 0.0005 * i, name, status="paused") for i, name in enumerate(names)),
        place_at(116.4161, "z"),
    )
    for listed in (0, 1, 5, 8, None):
        answer = ask(found, passed=listed)
        assert ids(answer) == (["z"], list(names[:listed]))
        assert answer.passed_count == len(names)
