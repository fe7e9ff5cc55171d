"""Conditions that do not depend on time: who meets them, who fails which, and that the two never disagree."""

from __future__ import annotations

import gc
import weakref
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import product
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.choosing.conditions import Conditions, Failure
from geo.choosing.wanted import ACCESS_WORDS, Wanted
from geo.coords import LonLat
from geo.places.model import ACCESSES, ACCURACIES, STATUSES, Place, Service

#: Few words, so that what is wanted and what is there often meet.
SERVICES = ("rest_stop", "haircut", "water_point")
AMENITIES = ("microwave", "socket", "toilet")
AUDIENCES = ("couriers", "drivers", "sanitation")
PLACE = Place("p", "驿站", LonLat(116.41, 39.92), "building", (Service("rest_stop"),), "test")

places_there = st.lists(
    st.builds(
        Place,
        id=st.just("p"),
        name=st.just("驿站"),
        position=st.just(LonLat(116.41, 39.92)),
        accuracy=st.sampled_from(ACCURACIES),
        services=st.lists(st.builds(Service, st.sampled_from(SERVICES)), max_size=3).map(tuple),
        source=st.just("test"),
        access=st.none() | st.sampled_from(ACCESSES),
        audience=st.lists(st.sampled_from(AUDIENCES), max_size=2, unique=True).map(tuple),
        status=st.sampled_from(("open", "open", "open", *STATUSES)),
        amenities=st.dictionaries(st.sampled_from(AMENITIES), st.sampled_from(("yes", "no"))),
    ),
    max_size=12,
)


def some(*words: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.just(()) | st.lists(st.sampled_from(words), max_size=2, unique=True).map(tuple)


wishes = st.builds(
    Wanted,
    services=some(*SERVICES),
    amenities=some(*AMENITIES),
    amenities_or_unknown=some(*AMENITIES),
    access=some(*ACCESS_WORDS),
    audience=st.none() | st.sampled_from(AUDIENCES),
    accuracy=st.none() | st.sampled_from(ACCURACIES),
)


def meets(place: Place, wanted: Wanted) -> bool:
    """Say in plain words whether a place will do: one line per condition."""
    offered = {service.kind for service in place.services}
    certain = {kind for kind, known in place.amenities.items() if known == "yes"}
    absent = {kind for kind, known in place.amenities.items() if known == "no"}
    from_exact_on = ["exact", "building", "street", "subdistrict", "illustrative"]
    return (
        place.status == "open"
        and (not wanted.services or bool(offered & set(wanted.services)))
        and certain >= set(wanted.amenities)
        and not absent & set(wanted.amenities_or_unknown)
        and (not wanted.access or ("unknown" if place.access is None else place.access) in wanted.access)
        and (wanted.audience is None or not place.audience or wanted.audience in place.audience)
        and (wanted.accuracy is None or from_exact_on.index(place.accuracy) <= from_exact_on.index(wanted.accuracy))
    )


@given(places_there, wishes)
def test_those_pass_who_meet_every_condition(places: list[Place], wanted: Wanted) -> None:
    assert Conditions(places).passing(wanted).tolist() == [meets(place, wanted) for place in places]


@given(places_there, wishes)
def test_a_place_fails_something_exactly_if_it_does_not_pass(places: list[Place], wanted: Wanted) -> None:
    conditions = Conditions(places)
    failing = [bool(conditions.failures(number, wanted)) for number in range(len(places))]
    assert failing == (~conditions.passing(wanted)).tolist()


@given(places_there, wishes)
def test_every_condition_that_fails_is_told_once(places: list[Place], wanted: Wanted) -> None:
    """A place that is wanted in one respect alone fails at most that respect; together they are all its failures."""
    conditions = Conditions(places)
    alone = [
        replace(Wanted(), **{name: value})
        for name, value in vars(wanted).items()
        if name not in {"amenities", "amenities_or_unknown"}
    ]
    alone += [Wanted(amenities=(kind,)) for kind in wanted.amenities]
    alone += [Wanted(amenities_or_unknown=(kind,)) for kind in wanted.amenities_or_unknown]
    for number in range(len(places)):
        together = conditions.failures(number, wanted)
        assert len(set(together)) == len(together)
        assert set(together) == {failure for wish in alone for failure in conditions.failures(number, wish)}


@given(places_there, wishes, wishes)
def test_a_further_wish_never_lets_more_places_pass(places: list[Place], one: Wanted, other: Wanted) -> None:
    both = replace(one, amenities=(*one.amenities, *other.amenities), access=one.access or other.access)
    conditions = Conditions(places)
    assert not (conditions.passing(both) & ~conditions.passing(one)).any()


@pytest.mark.parametrize(
    ("place", "wanted", "failures", "why"),
    [
        ({}, {}, [], "nothing asked"),
        ({"status": "planned"}, {}, [("status", "open", "planned")], "not yet there"),
        ({"status": "paused"}, {}, [("status", "open", "paused")], "closed for a while"),
        ({}, {"services": ("haircut", "rest_stop")}, [], "one of the services is enough"),
        ({}, {"services": ("haircut",)}, [("service", "haircut", None)], "it is not offered"),
        ({}, {"services": ("haircut", "benefit")}, [("service", "haircut|benefit", None)], "none of them is offered"),
        ({}, {"amenities": ("microwave",)}, [("amenity", "microwave", None)], "unknown is not certainly there"),
        ({"amenities": {"microwave": "no"}}, {"amenities": ("microwave",)}, [("amenity", "microwave", "no")], "no"),
        ({"amenities": {"microwave": "yes"}}, {"amenities": ("microwave",)}, [], "certainly there"),
        ({}, {"amenities_or_unknown": ("microwave",)}, [], "unknown will do"),
        ({"amenities": {"microwave": "yes"}}, {"amenities_or_unknown": ("microwave",)}, [], "there will do too"),
        (
            {"amenities": {"microwave": "no"}},
            {"amenities_or_unknown": ("microwave",)},
            [("amenity", "microwave", "no")],
            "certainly not there",
        ),
        (
            {"amenities": {"microwave": "no"}},
            {"amenities": ("microwave",), "amenities_or_unknown": ("microwave",)},
            [("amenity", "microwave", "no")],
            "wanted in both ways, told once",
        ),
        (
            {},
            {"amenities": ("microwave",), "amenities_or_unknown": ("microwave",)},
            [("amenity", "microwave", None)],
            "wanted in both ways, certainly counts",
        ),
        ({}, {"access": ("walk_in",)}, [("access", "walk_in", None)], "an unknown way in is not a known one"),
        ({}, {"access": ("walk_in", "unknown")}, [], "unless one does not mind"),
        ({"access": "key"}, {}, [], "no way in is named, any will do"),
        ({"access": "key"}, {"access": ("key", "scan")}, [], "any of those named"),
        (
            {"access": "key"},
            {"access": ("walk_in", "ask_guard")},
            [("access", "walk_in|ask_guard", "key")],
            "none of those named",
        ),
        ({"access": "key"}, {"access": ("unknown",)}, [("access", "unknown", "key")], "known, and unknown was asked"),
        ({}, {"audience": "couriers"}, [], "for everybody"),
        ({"audience": ("drivers", "couriers")}, {"audience": "couriers"}, [], "for couriers too"),
        ({"audience": ("drivers",)}, {}, [], "the audience was not asked"),
        (
            {"audience": ("drivers", "guards")},
            {"audience": "couriers"},
            [("audience", "couriers", "drivers|guards")],
            "for others only",
        ),
        ({}, {"accuracy": "building"}, [], "exactly as exact"),
        ({}, {"accuracy": "illustrative"}, [], "more exact than asked"),
        ({}, {"accuracy": "exact"}, [("accuracy", "exact", "building")], "less exact than asked"),
        (
            {"status": "paused", "access": "face"},
            {"services": ("haircut",), "access": ("walk_in",), "accuracy": "exact"},
            [
                ("status", "open", "paused"),
                ("service", "haircut", None),
                ("access", "walk_in", "face"),
                ("accuracy", "exact", "building"),
            ],
            "all that it fails, not the first alone",
        ),
    ],
)
def test_what_a_place_fails(place: dict[str, Any], wanted: dict[str, Any], failures: list[Any], why: str) -> None:
    conditions = Conditions([replace(PLACE, **place)])
    assert conditions.failures(0, Wanted(**wanted)) == tuple(Failure(*failure) for failure in failures), why


def test_what_was_given_up_for_good_does_not_exist() -> None:
    conditions = Conditions([replace(PLACE, status=status) for status in ("planned", "open", "paused", "retired")])
    assert conditions.exists.tolist() == [True, True, True, False]
    assert conditions.passing(Wanted()).tolist() == [False, True, False, False]
    assert conditions.failures(3, Wanted()) == (Failure("status", "open", "retired"),)


def test_the_words_that_occur_are_told() -> None:
    barber, water = (Service("haircut"), Service("rest_stop")), (Service("water_point"),)
    conditions = Conditions(
        [
            replace(PLACE, amenities={"toilet": "yes", "socket": "yes"}, access="scan", accuracy="street"),
            replace(PLACE, services=barber, amenities={"toilet": "yes", "wifi": "no"}, audience=("police", "couriers")),
            replace(PLACE, services=barber, access="walk_in"),
            replace(PLACE, services=water, amenities={"books": "yes"}, access="face", accuracy="exact",
                    audience=("guards",), status="retired"),
        ]
    )  # fmt: skip
    assert conditions.services == ("rest_stop", "haircut"), "three and two; what is retired offers nothing"
    assert conditions.amenities == ("toilet", "socket"), "two and one; nobody has wifi"
    assert conditions.accesses == ("walk_in", "scan", "unknown")
    assert conditions.audiences == ("couriers", "police")
    assert conditions.accuracies == ("building", "street")


def test_no_places_at_all() -> None:
    conditions = Conditions([])
    assert conditions.passing(Wanted(services=("rest_stop",), access=("key",), accuracy="exact")).shape == (0,)
    assert (conditions.services, conditions.accesses, conditions.exists.shape) == ((), (), (0,))


def test_an_answer_that_is_kept_cannot_be_spoilt() -> None:
    conditions = Conditions([PLACE])
    passing = conditions.passing(Wanted())
    assert passing is conditions.passing(Wanted())
    for array in (passing, conditions.passing(Wanted(services=("rest_stop",))), conditions.exists):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = False


def test_only_the_latest_answers_are_kept() -> None:
    conditions = Conditions([PLACE])
    old = weakref.ref(conditions.passing(Wanted()))
    for access, accuracy, audience in product(ACCESS_WORDS, ACCURACIES, AUDIENCES):
        conditions.passing(Wanted(access=(access,), accuracy=accuracy, audience=audience))  # type: ignore[arg-type]
    gc.collect()
    assert old() is None, "ninety other wishes later"


def test_threads_may_share_them() -> None:
    rng = Random(1)
    places = [replace(PLACE, access=rng.choice([None, *ACCESSES]), accuracy=rng.choice(ACCURACIES)) for _ in range(50)]
    asked = [Wanted(access=(access,), accuracy=accuracy) for access, accuracy in product(ACCESS_WORDS, ACCURACIES)] * 20
    conditions = Conditions(places)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(conditions.passing, asked))
    for wanted, answer in zip(asked, answers, strict=True):
        assert answer.tolist() == [meets(place, wanted) for place in places]
