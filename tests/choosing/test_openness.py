"""Open on arrival: what is closed when one gets there is passed over, and said to be closed where it is shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from geo.choosing.openness import FAILURES, UNKNOWN, Openings, best_state, failure, opens_in_s
from geo.city import City
from geo.finding.asking import NearestQuery
from geo.finding.nearest import Answer
from geo.places.calendar import Calendar
from geo.places.hours import CHINA, State
from geo.places.model import Place, Service, ServiceKind
from geo.places.offer import Offer
from geo.places.runs import clock_us
from tests.strategies import make_places

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=CHINA)
CALENDAR = Calendar.packaged()


def at(hour: float) -> datetime:
    return MONDAY.replace(hour=0) + timedelta(hours=hour)


def service_state(service: Service, when: datetime) -> State:
    """Evaluate what :class:`Openings` looks up."""
    return Offer.read(service.hours, service.season).state(when, CALENDAR)


def place_states(place: Place, when: datetime) -> tuple[State, ...]:
    return tuple(service_state(service, when) for service in place.services)


@pytest.mark.parametrize(
    ("service", "when", "kind", "why"),
    [
        (Service("rest_stop", "Mo-Fr 09:00-17:00"), at(10), "open", "a working hour"),
        (Service("rest_stop", "Mo-Fr 09:00-17:00"), at(16.75), "closing_soon", "a quarter of an hour left"),
        (Service("rest_stop", "Mo-Fr 09:00-17:00"), at(17), "closed", "the end is outside"),
        (Service("rest_stop", "Mo-Fr 09:00-17:00"), at(9), "open", "the beginning is inside"),
        (Service("rest_stop"), at(10), "unknown", "nobody knows"),
        (Service("rest_stop", "when the boss is in"), at(10), "unknown", "nobody can read it"),
        (Service("rest_stop", "24/7", season="Jun-Aug"), at(10), "closed", "out of season"),
        (Service("rest_stop", "24/7", season="Nov-Feb"), at(10), "open", "in season"),
        (Service("haircut", "Fr 14:00-16:00"), at(24 * 4 + 15), "open", "Friday's haircut"),
        (Service("rest_stop", "Mo-Su 11:00-26:00"), at(25), "open", "past midnight"),
    ],
)
def test_a_service_at_an_instant(service: Service, when: datetime, kind: str, why: str) -> None:
    assert service_state(service, when).kind == kind, why


def test_the_best_of_the_services_asked_for_counts() -> None:
    place = replace(
        make_places(np.zeros((1, 2)))[0],
        services=(Service("rest_stop", "Mo-Su 07:00-21:00"), Service("haircut", "Fr 14:00-16:00"), Service("benefit")),
    )
    states = [service_state(service, at(10)) for service in place.services]
    assert best_state(place, states, ()).kind == "open"
    assert best_state(place, states, ("haircut",)).kind == "closed"
    assert best_state(place, states, ("haircut", "benefit")).kind == "unknown", "perhaps is better than no"
    assert best_state(place, states, ("library",)) == UNKNOWN


def offering(*hours: str | None) -> Place:
    return replace(make_places(np.zeros((1, 2)))[0], services=tuple(Service("rest_stop", text) for text in hours))


@pytest.mark.parametrize(
    ("hours", "best", "why"),
    [
        (("08:00-10:20", "08:00-12:00"), 1, "open for longer"),
        (("08:00-12:00", "24/7", "08:00-20:00"), 1, "open for good"),
        ((None, "08:00-10:20"), 1, "certain, though closing soon"),
        (("12:00-14:00", None), 1, "perhaps is better than no"),
        (("Fr 14:00-16:00", "12:00-14:00", "13:00-14:00"), 1, "closed, and the first to open"),
        (("24/7 off", "12:00-14:00"), 1, "opens at all"),
        ((None, '08:00-11:00 unknown "rain", 11:00-12:00'), 1, "unknown, and opens for certain"),
        (("08:00-12:00", "09:00-12:00"), 0, "equal: the first"),
    ],
)
def test_the_best_state(hours: tuple[str | None, ...], best: int, why: str) -> None:
    place, openings = offering(*hours), Openings([offering(*hours)], CALENDAR)
    states = place_states(place, at(10))
    assert best_state(place, states, ()) is states[best], why
    assert openings.best(0, clock_us(at(10))) == states[best], why


@pytest.mark.parametrize(
    ("hours", "late_s", "min_left_s", "fails", "why"),
    [
        ("09:00-17:00", 0, 900, None, "a quarter of an hour is a quarter of an hour"),
        ("09:00-17:00", 1e-6, 900, "closes_too_soon", "a microsecond less is less"),
        ("09:00-17:00", 0.5, 899.5, None, "halves of a second are counted"),
        ("09:00-17:00", 30, 869, None, "14 whole minutes are left, but 870 s"),
        ("09:00-17:00", 30, 871, "closes_too_soon", "not 871"),
        ("09:00-17:00", 899, 0, None, "the last second is open"),
        ("09:00-17:00", 900, 0, "closed", "the end is outside"),
        ("24/7", 0, 1e9, None, "no end is known"),
        ("09:00-17:00, 17:00-18:00", 0, 4500, None, "it does not close between two spans that meet"),
        (
            'Mo-Su 09:00-17:00, Mo-Su 17:00-18:00 unknown "ask"',
            0,
            901,
            "closes_too_soon",
            "from five on it is not certain",
        ),
        ('16:00-18:00 unknown "ask"', 0, 0, "hours_unknown", "perhaps"),
        (None, 0, 0, "hours_unknown", "nobody knows"),
    ],
)
def test_why_one_is_not_let_in(
    hours: str | None, late_s: float, min_left_s: float, fails: str | None, why: str
) -> None:
    arrival = at(16.75) + timedelta(seconds=late_s)
    state = service_state(Service("rest_stop", hours), arrival)
    openings = Openings([offering(hours)], CALENDAR)
    assert failure(state, arrival, min_left_s) == fails, why
    assert failure(state, arrival.astimezone(UTC), min_left_s) == fails, "whatever the zone"
    assert openings.failure(0, clock_us(arrival), min_left_s) == fails, why


def test_the_one_that_is_open_long_enough_counts_though_both_have_as_many_whole_minutes_left() -> None:
    place = offering("Mo-Su 09:00-17:00", '09:00-17:00, 17:00-17:01 open "clearing up"')
    arrival = at(16.75) + timedelta(seconds=30)
    states = place_states(place, arrival)
    assert [failure(state, arrival, 900) for state in states] == ["closes_too_soon", None]
    assert failure(best_state(place, states, ()), arrival, 900) is None
    assert Openings([place], CALENDAR).failure(0, clock_us(arrival), 900) is None


@pytest.mark.parametrize(
    ("hours", "hour", "opens", "why"),
    [
        ("09:00-17:00", 8.99, 36.0, "half a minute and a bit"),
        ("09:00-17:00", 9, 0.0, "it is open"),
        ("09:00-17:00", 17, 16 * 3600.0, "tomorrow"),
        ("2020 Jan 01 09:00-17:00", 9, None, "never again"),
        (None, 9, None, "nobody knows"),
    ],
)
def test_how_long_until_it_opens(hours: str | None, hour: float, opens: float | None, why: str) -> None:
    state = service_state(Service("rest_stop", hours), at(hour))
    assert opens_in_s(state, at(hour)) == opens, why
    assert opens_in_s(state, at(hour).astimezone(UTC)) == opens, why


@pytest.mark.parametrize("kinds", [(), ("rest_stop",), ("haircut", "benefit"), ("library",)])
def test_openings_say_what_each_place_says(sample_city: City, kinds: tuple[ServiceKind, ...]) -> None:
    """All places of the sample, round the clock on a workday, a worked Saturday, a holiday and a New Year's night."""
    openings = Openings(sample_city.places, CALENDAR)
    for day in ("2026-11-23", "2026-10-10", "2026-10-01", "2026-12-31"):
        for quarter in range(0, 96, 5):
            when = datetime.fromisoformat(day).replace(tzinfo=CHINA) + timedelta(minutes=15 * quarter, seconds=quarter)
            for number, place in enumerate(sample_city.places):
                states = place_states(place, when)
                best = best_state(place, states, kinds)
                assert openings.states(number, clock_us(when)) == states
                assert openings.best(number, clock_us(when), kinds) == best
                offered = [kind for kind in kinds if place.offers(kind)]
                run = openings.run(number, clock_us(when), kinds)
                assert run.state(clock_us(when)) == (best if offered else best_state(place, states, ()))
                assert run.opens_in_s(clock_us(when)) == opens_in_s(run.state(clock_us(when)), when)
                assert openings.failure(number, clock_us(when), 1234.5, kinds) == failure(best, when, 1234.5)


WORDS = (*FAILURES, None)  # the code 0 is the last


@pytest.mark.parametrize("kinds", [(), ("rest_stop",), ("haircut", "benefit"), ("library",)])
def test_all_at_once_is_one_by_one(sample_city: City, kinds: tuple[ServiceKind, ...]) -> None:
    """Places that offer the same at the same hours among them; several instants, in any order, one of them twice."""
    doubled = (*sample_city.places, *sample_city.places[::3])
    openings = Openings(doubled, CALENDAR)
    hours = (12.0, 3.0, 20.75, 24 * 4 + 15.0, 12.0, 16.8, 7.0, 9.0, 17.5, 20.0)  # the last ones open and close some
    moments = [clock_us(at(hour)) for hour in hours]
    for min_left_s in (0.0, 900.0, 7200.0):
        found = openings.failures(moments, min_left_s, kinds)
        assert found.dtype == np.uint8
        assert found.shape == (len(moments), len(doubled))
        assert [[WORDS[code - 1] for code in row] for row in found.tolist()] == [
            [openings.failure(number, then, min_left_s, kinds) for number in range(len(doubled))] for then in moments
        ]
    if kinds in ((), ("rest_stop",)):
        assert {0, 1, 2} <= set(openings.failures(moments, 7200.0, kinds).ravel().tolist()), "some of each"


def test_all_at_once_without_places_or_instants() -> None:
    assert Openings([], CALENDAR).failures([clock_us(at(9))], 0.0).shape == (1, 0)
    assert Openings([offering("24/7")], CALENDAR).failures([], 0.0).shape == (0, 1)


def ask(city: City, hour: float, how: str, k: int = 8) -> Answer:
    origin = city.place("ss-dongsi").position
    return city.nearest(NearestQuery(origin, k=k, cutoff_s=3600.0, when=at(hour), open=how))  # type: ignore[arg-type]


@pytest.mark.parametrize("hour", [3.0, 7.5, 12.0, 16.9, 20.8, 23.5])
def test_open_on_arrival_is_what_brute_force_leaves(sample_city: City, hour: float) -> None:
    everything = ask(sample_city, hour, "any", k=50).results
    certain = [r for r in everything if _open_long_enough(r.place, r.arrival)]
    found = ask(sample_city, hour, "arrival").results
    both = min(len(found), len(certain))  # the first fifty may hold fewer than there are
    assert both >= min(8, len(certain))
    assert [r.place.id for r in found[:both]] == [r.place.id for r in certain[:both]]


def _open_long_enough(place: Place, arrival: datetime | None) -> bool:
    """Minute by minute: some service is open now and for the next quarter of an hour."""
    assert arrival is not None
    return any(
        all(service_state(service, arrival + timedelta(minutes=minute)).is_open for minute in (*range(15), 14.99))
        for service in place.services
    )


def test_unknown_hours_are_never_taken_for_open_or_closed(sample_city: City) -> None:
    certain = {r.place.id for r in ask(sample_city, 12.0, "arrival", k=50).results}
    perhaps = {r.place.id: r for r in ask(sample_city, 12.0, "arrival_or_unknown", k=50).results}
    doubtful = perhaps.keys() - certain
    assert doubtful
    assert {best_state(perhaps[i].place, perhaps[i].states, ()).kind for i in doubtful} == {"unknown"}


def test_without_a_time_nothing_is_said_of_hours(sample_city: City) -> None:
    origin = sample_city.place("ss-dongsi").position
    assert all(r.states == () and r.arrival is None for r in sample_city.nearest(NearestQuery(origin)).results)
