"""The calendar of what recurs, as a calendar program reads it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from geo.coords import LonLat
from geo.places.interchange.feed import write_feed
from geo.places.model import Place, Service, Status
from tests.places.strategies import places

TODAY = date(2026, 11, 22)
BARBER = Place(
    id="b",
    name="槐荫街道工会服务站, 理发室; 1号",
    position=LonLat(116.4, 39.9),
    accuracy="exact",
    services=(Service("haircut", "Fr 09:00-11:00"),),
    source="test",
    address="槐荫路1号",
)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
TWELFTH = ",".join(f"{month} 12" for month in MONTHS)


def lines(content: bytes) -> list[str]:
    """Unfold the lines as RFC 5545 says."""
    assert content.endswith(b"\r\n")
    for line in content.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()
    return content.replace(b"\r\n ", b"").decode().split("\r\n")[:-1]


def event(place: Place) -> dict[str, str]:
    feed = write_feed([place], TODAY)
    found = lines(feed.content)
    start, end = found.index("BEGIN:VEVENT"), found.index("END:VEVENT")
    assert feed.events == 1
    return {re.split("[:;]", line, maxsplit=1)[0]: line.partition(":")[2] for line in found[start + 1 : end]}


def with_service(**values: str) -> Place:
    return replace(BARBER, services=(Service("haircut", **values),))


def test_a_haircut_on_fridays() -> None:
    found = event(BARBER)

    assert found["DTSTART"] == "20261127T090000"
    assert found["DTEND"] == "20261127T110000"
    assert found["RRULE"] == "FREQ=WEEKLY;BYDAY=FR"
    assert found["SUMMARY"].endswith("槐荫街道工会服务站\\, 理发室\\; 1号")
    assert found["LOCATION"] == "槐荫路1号"


@pytest.mark.parametrize(
    ("place", "rule", "first"),
    [
        (with_service(hours=f"{TWELFTH} 11:00-14:00"), "FREQ=MONTHLY;BYMONTHDAY=12", "20261212T110000"),
        (with_service(hours="Tu[2] 14:00-16:00"), "FREQ=MONTHLY;BYDAY=2TU", "20261208T140000"),
        (
            with_service(hours="Th 11:00-14:00", season="Jun-Aug"),
            "FREQ=WEEKLY;BYMONTH=6,7,8;BYDAY=TH",
            "20270603T110000",
        ),
        (
            replace(BARBER, status_until="2027-01-31"),
            "FREQ=WEEKLY;UNTIL=20270131T155959Z;BYDAY=FR",
            "20261127T090000",
        ),
        (replace(BARBER, status="planned", status_since="2027-03-01"), "FREQ=WEEKLY;BYDAY=FR", "20270305T090000"),
    ],
)  # fmt: skip
def test_rules(place: Place, rule: str, first: str) -> None:
    found = event(place)

    assert (found["RRULE"], found["DTSTART"]) == (rule, first)


def test_an_event_over_midnight_ends_on_the_next_day() -> None:
    assert event(with_service(hours="Fr 22:00-02:00"))["DTEND"] == "20261128T020000"


@pytest.mark.parametrize(
    ("service", "status", "reason"),
    [
        (Service("haircut"), "open", "hours unknown"),
        (Service("haircut", "Fr 09:00-11:00; PH off"), "open", "hours that are no rule of the week or month"),
        (Service("haircut", "Fr 09:00-11:00", "Jun 15-Sep 15"), "open", "season that is not made of whole months"),
        (Service("haircut", "Fr 09:00-11:00"), "paused", "not in operation"),
    ],
)
def test_what_is_left_out_is_counted(service: Service, status: Status, reason: str) -> None:
    feed = write_feed([replace(BARBER, services=(service,), status=status)], TODAY)

    assert (feed.events, feed.left_out) == (0, {reason: 1})
    assert f"X-YIZHAN-LEFT-OUT:1 {reason}" in lines(feed.content)


def test_what_is_over_is_left_out() -> None:
    feed = write_feed([replace(BARBER, status_until="2026-01-01")], TODAY)

    assert feed.left_out == {"over or not within a year": 1}


def test_what_is_simply_open_is_no_event() -> None:
    feed = write_feed([replace(BARBER, services=(Service("library", "Mo-Fr 09:00-17:00"),))], TODAY)

    assert (feed.events, feed.left_out) == (0, {})


@given(st.lists(places, max_size=3, unique_by=lambda place: place.id))
@settings(max_examples=100, deadline=None)
def test_any_text_makes_whole_lines(found: list[Place]) -> None:
    texts = [replace(place, services=(*place.services, Service("haircut", "Fr 09:00-11:00"))) for place in found]
    assume(not any("\0" in str(place) for place in texts))
    feed = write_feed(texts, TODAY)
    got = lines(feed.content)

    assert got[0] == "BEGIN:VCALENDAR"
    assert got[-1] == "END:VCALENDAR"
    assert got.count("BEGIN:VEVENT") == got.count("END:VEVENT") == feed.events
    assert all(re.match(r"[A-Z-]+[:;]", line) for line in got)
    assert len({line for line in got if line.startswith("UID:")}) == feed.events
