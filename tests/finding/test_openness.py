"""Open on arrival: what is closed when one gets there is passed over, and said to be closed where it is shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest

from geo.city import City
from geo.finding.asking import NearestQuery
from geo.finding.nearest import Answer
from geo.finding.openness import UNKNOWN, best_state, service_state
from geo.places.calendar import Calendar
from geo.places.hours import CHINA
from geo.places.model import Place, Service
from tests.strategies import make_places

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=CHINA)
CALENDAR = Calendar.packaged()


def at(hour: float) -> datetime:
    return MONDAY.replace(hour=0) + timedelta(hours=hour)


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
    assert service_state(service, when, CALENDAR).kind == kind, why


def test_the_best_of_the_services_asked_for_counts() -> None:
    place = replace(
        make_places(np.zeros((1, 2)))[0],
        services=(Service("rest_stop", "Mo-Su 07:00-21:00"), Service("haircut", "Fr 14:00-16:00"), Service("benefit")),
    )
    states = [service_state(service, at(10), CALENDAR) for service in place.services]
    assert best_state(place, states, ()).kind == "open"
    assert best_state(place, states, ("haircut",)).kind == "closed"
    assert best_state(place, states, ("haircut", "benefit")).kind == "unknown", "perhaps is better than no"
    assert best_state(place, states, ("library",)) == UNKNOWN


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
        all(
            service_state(service, arrival + timedelta(minutes=minute), CALENDAR).is_open
            for minute in (*range(15), 14.99)
        )
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
