"""Stops along a way in a town made by hand: every figure follows from metres and speeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import count
from types import MappingProxyType
from typing import Any, Final

import pytest

from geo.choosing.conditions import Conditions
from geo.choosing.openness import Openings
from geo.choosing.wanted import Wanted
from geo.coords import E7, LonLat, metres_per_degree
from geo.errors import OffNetworkError
from geo.finding.along import Journey, Wayside
from geo.finding.asking import AlongQuery
from geo.osm.extract import OPENSTREETMAP, Extract, WayCollector, bbox_of
from geo.places.calendar import Calendar
from geo.places.hours import CHINA
from geo.places.model import AmenityKind, Place, Service, YesNo
from geo.streets.from_osm import build_network
from geo.streets.network import TICKS_PER_S, StreetNetwork
from geo.streets.profiles import MODES, Mode
from tests.strategies import CENTRE

Metres = tuple[float, float]
#: Metres per second in a residential street, as they are known: 4.8, 15, 20 and 20 km/h.
M_PER_S: Final[Mapping[Mode, float]] = {"walk": 4.8 / 3.6, "bike": 15 / 3.6, "ebike": 20 / 3.6, "drive": 20 / 3.6}
WALK: Final = 4.8 / 3.6
STEPS: Final = 2.4 / 3.6
PUSH: Final = 4.0 / 3.6
#: Who goes up to a door 20 m beside the street and back.
DOOR_S: Final = 2 * 20 / WALK
#: Positions are whole units of 1e-7 degree, about 1 cm: some of them add up to less than half a second on foot.
NEAR: Final[dict[str, Any]] = {"abs": 0.3}
TWO_PM: Final = datetime(2026, 11, 23, 14, 0, tzinfo=CHINA)

STREET = {"highway": "residential"}
ONE_WAY = STREET | {"oneway": "yes"}
FOOTWAY, STAIRS = {"highway": "footway"}, {"highway": "steps"}
#: A street of 1,200 m, at 400 m a side street of 300 m to the north, at 800 m whatever a test wants there.
MAIN: Final = (STREET, ((0, 0), (400, 0), (800, 0), (1200, 0)))
SIDE: Final = (STREET, ((400, 0), (400, 300)))
Way = tuple[Mapping[str, str], Sequence[Metres]]


def at(x_m: float, y_m: float) -> LonLat:
    """Return a point so many metres east and north of the street's beginning."""
    lon_m, lat_m = metres_per_degree(CENTRE.lat)
    return LonLat(CENTRE.lon + x_m / lon_m, CENTRE.lat + y_m / lat_m)


def town(*ways: Way) -> StreetNetwork:
    """Build streets; where they share a point they meet."""
    collector, numbers = WayCollector(), count(1)
    nodes: dict[Metres, int] = {}
    for tags, points in ways:
        for point in points:
            nodes.setdefault(point, next(numbers))
        e7 = [(round(lon * E7), round(lat * E7)) for lon, lat in (at(*point) for point in points)]
        collector.add(next(numbers), tags, [nodes[point] for point in points], e7)
    streets = collector.finish()
    network, _ = build_network(Extract(OPENSTREETMAP, streets, (), bbox_of(streets)))
    return network


def place(
    name: str, x_m: float, y_m: float, hours: str | None = None, has: Mapping[AmenityKind, YesNo] | None = None
) -> Place:
    services = (Service("rest_stop", hours),)
    return Place(name, name, at(x_m, y_m), "exact", services, "test", amenities=MappingProxyType(dict(has or {})))


def ask(
    network: StreetNetwork, places: Sequence[Place], origin: Metres, destination: Metres, **words: Any
) -> Journey | None:
    mode: Mode = words.get("mode", "walk")
    via = tuple(at(*point) for point in words.pop("via", ()))
    wayside = Wayside(network, mode, places, Conditions(places), Openings(places, Calendar.packaged()))
    return wayside.along(AlongQuery(at(*origin), at(*destination), via, **words))


def journey(network: StreetNetwork, places: Sequence[Place], *ends: Metres, **words: Any) -> Journey:
    found = ask(network, places, ends[0], ends[1], **words)
    assert found is not None
    return found


def ids(found: Journey) -> list[str]:
    return [stop.place.id for stop in found.stops]


# --- what a detour is made of ---


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("where", "side_m", "why"),
    [
        ((600, 20), 0, "on the way: up to the door and back"),
        ((420, 150), 2 * 150, "up the side street and back"),
        ((420, 300), 2 * 300, "up the whole side street and back"),
        ((1000, 20), 2 * 200, "200 m beyond the destination and back"),
        ((100, 20), 2 * 100, "100 m back before going on"),
        ((200, 20), 0, "where one sets out"),
        ((800, 20), 0, "where one goes"),
    ],
)
def test_a_detour_is_what_is_gone_there_and_back(mode: Mode, where: Metres, side_m: float, why: str) -> None:
    found = journey(town(MAIN, SIDE), [place("p", *where)], (200, 0), (800, 0), mode=mode)

    (stop,) = found.stops
    speed = M_PER_S[mode]
    assert found.travel_s == pytest.approx(600 / speed, **NEAR)
    assert stop.detour_s == pytest.approx(side_m / speed + DOOR_S, **NEAR), why
    assert stop.on_foot_s == (pytest.approx(DOOR_S, **NEAR) if mode == "ebike" else None)


def test_the_origin_s_own_access_leg_is_part_of_the_way_and_not_of_the_detour() -> None:
    found = journey(town(MAIN), [place("p", 600, 20)], (200, -40), (800, 80))

    assert found.travel_s == pytest.approx((40 + 600 + 80) / WALK, **NEAR)
    assert found.stops[0].detour_s == pytest.approx(DOOR_S, **NEAR)
    assert found.stops[0].travel_s == pytest.approx((40 + 400 + 20) / WALK, **NEAR)


#: A street of 1,200 m; a one-way street leaves it at 400 m to the north, turns, and comes back at 600 m.
BLOCK: Final = town(
    (STREET, ((0, 0), (400, 0), (600, 0), (1200, 0))), (ONE_WAY, ((400, 0), (400, 300), (600, 300), (600, 0)))
)


@pytest.mark.parametrize(
    ("mode", "to_m", "tour_m", "why"),
    [
        ("walk", 400 + 100, 2 * 100, "who walks comes back by the way he went"),
        ("drive", 400 + 100, 300 + 200 + 300 - 200, "who drives goes round the block"),
        ("bike", 400 + 100, 300 + 200 + 300 - 200, "the law binds bicycles too"),
    ],
)
def test_a_one_way_street_makes_the_way_back_longer(mode: Mode, to_m: float, tour_m: float, why: str) -> None:
    (stop,) = journey(BLOCK, [place("p", 380, 100)], (0, 0), (1200, 0), mode=mode).stops

    assert stop.travel_s == pytest.approx(to_m / M_PER_S[mode] + DOOR_S / 2, **NEAR)
    assert stop.detour_s == pytest.approx(tour_m / M_PER_S[mode] + DOOR_S, **NEAR), why


# --- who rides an e-bike parks ---


#: At 120 m another footpath turns off, so that the way in has two streets.
TURNING: Final = (FOOTWAY, ((800, 120), (700, 120)))


@pytest.mark.parametrize(
    ("paths", "speed"),
    [
        ([(FOOTWAY, ((800, 0), (800, 240)))], WALK),
        ([(FOOTWAY, ((800, 0), (800, 120), (800, 240))), TURNING], WALK),
        ([(STAIRS, ((800, 0), (800, 240)))], STEPS),
        ([(STAIRS, ((800, 0), (800, 120), (800, 240))), TURNING], STEPS),
    ],
    ids=["a footpath", "past a turning", "steps", "steps past a turning"],
)
def test_an_e_bike_is_parked_at_the_mouth_of_a_path_and_fetched_again(paths: list[Way], speed: float) -> None:
    """Pushing it along the footpath would take longer than is wanted."""
    walked_s = 2 * 200 / speed + DOOR_S

    found = journey(
        town(MAIN, *paths), [place("p", 820, 200)], (0, 0), (1200, 0), mode="ebike", detour_s=walked_s + 1.0
    )

    (stop,) = found.stops
    assert stop.detour_s == pytest.approx(walked_s, **NEAR)
    assert stop.on_foot_s == pytest.approx(walked_s, **NEAR)
    assert stop.travel_s == pytest.approx(800 / M_PER_S["ebike"] + walked_s / 2, **NEAR)


def test_who_parks_for_good_walks_on_from_the_door() -> None:
    """To the end of a footpath, past a place 200 m up: the bicycle stays at the mouth, and is not fetched."""
    network = town(MAIN, (FOOTWAY, ((800, 0), (800, 240))))

    found = journey(network, [place("p", 820, 200)], (0, 0), (800, 240), mode="ebike")

    (stop,) = found.stops
    assert found.travel_s == pytest.approx(800 / M_PER_S["ebike"] + 240 / WALK, **NEAR)
    assert stop.detour_s == pytest.approx(DOOR_S, **NEAR)
    assert stop.on_foot_s == pytest.approx(240 / WALK + DOOR_S, **NEAR)


def test_a_bicycle_that_is_needed_later_is_pushed_along() -> None:
    """The same, but the end of the footpath is a point on the way: the bicycle comes along, to the place as well."""
    network = town(MAIN, (FOOTWAY, ((800, 0), (800, 240))))

    found = journey(network, [place("p", 820, 200)], (0, 0), (1200, 0), via=[(800, 240)], mode="ebike")

    (stop,) = found.stops
    assert found.travel_s == pytest.approx(1200 / M_PER_S["ebike"] + 2 * 240 / PUSH, **NEAR)
    assert stop.detour_s == pytest.approx(DOOR_S, **NEAR)
    assert stop.on_foot_s == pytest.approx(DOOR_S, **NEAR)


# --- ends, points on the way, nothing there ---


@pytest.mark.parametrize("mode", MODES)
def test_a_lull_is_spent_there_and_back(mode: Mode) -> None:
    found = journey(town(MAIN, SIDE), [place("far", 420, 201), place("near", 600, 20)], (400, 0), (400, 0), mode=mode)

    assert found.travel_s == 0
    assert [(stop.place.id, stop.leg) for stop in found.stops] == [("near", 0), ("far", 0)]
    assert found.stops[0].detour_s == pytest.approx(2 * 200 / M_PER_S[mode] + DOOR_S, **NEAR)
    assert found.stops[1].detour_s == pytest.approx(2 * 201 / M_PER_S[mode] + DOOR_S, **NEAR)


def test_in_a_lull_nobody_goes_anywhere_without_a_stop() -> None:
    """From a door 40 m beside the street one goes to it and comes back, or stays at home."""
    found = journey(town(MAIN), [place("p", 600, 20)], (400, -40), (400, -40))

    assert found.travel_s == 0
    assert found.stops[0].travel_s == pytest.approx((40 + 200 + 20) / WALK, **NEAR)
    assert found.stops[0].detour_s == pytest.approx(2 * (40 + 200 + 20) / WALK, **NEAR)


def test_in_a_lull_the_bicycle_comes_back() -> None:
    """At 200 m in a one-way street of 400 m: who could leave the bicycle would walk back, it goes round the block."""
    network = town((ONE_WAY, ((0, 0), (400, 0))), (ONE_WAY, ((400, 0), (400, 300), (0, 300), (0, 0))))

    (stop,) = journey(network, [place("p", 400, -20)], (200, 0), (200, 0), mode="ebike").stops

    walked_s, round_s = 2 * 200 / WALK, (200 + 300 + 400 + 300 + 200) / M_PER_S["ebike"]
    ridden_and_walked_s = 200 / M_PER_S["ebike"] + 200 / WALK
    assert ridden_and_walked_s < round_s < walked_s
    assert stop.detour_s == pytest.approx(round_s + DOOR_S, **NEAR)


@pytest.mark.parametrize(
    ("where", "leg", "travel_m", "why"),
    [
        ((200, 20), 0, 200, "on the first leg"),
        ((420, 150), 0, 400 + 150, "passed up the side street and down again: the earlier of equal ones"),
        ((600, 20), 1, 700 + 300 + 200, "on the second, having been up the side street"),
        ((1000, 20), 2, 700 + 700 + 200, "on the third"),
    ],
)
def test_a_stop_lies_on_the_leg_that_costs_the_least_detour(where: Metres, leg: int, travel_m: float, why: str) -> None:
    found = journey(town(MAIN, SIDE), [place("p", *where)], (0, 0), (1200, 0), via=[(400, 300), (800, 0)])

    (stop,) = found.stops
    assert found.travel_s == pytest.approx((700 + 700 + 400) / WALK, **NEAR)
    assert stop.leg == leg, why
    assert stop.detour_s == pytest.approx(DOOR_S, **NEAR)
    assert stop.travel_s == pytest.approx(travel_m / WALK + DOOR_S / 2, **NEAR)


def test_the_door_of_a_point_on_the_way_is_gone_to_and_left_again() -> None:
    found = journey(town(MAIN), [place("p", 1000, 20)], (0, 0), (1200, 0), via=[(600, 30)])

    assert found.travel_s == pytest.approx((1200 + 2 * 30) / WALK, **NEAR)
    assert found.stops[0].travel_s == pytest.approx((1000 + 2 * 30 + 20) / WALK, **NEAR)


@pytest.mark.parametrize("mode", MODES)
def test_without_a_way_there_is_no_journey(mode: Mode) -> None:
    network = town(MAIN, (STREET, ((0, 600), (1200, 600))))
    places = [place("p", 600, 20)]

    assert ask(network, places, (0, 0), (0, 600), mode=mode) is None
    assert ask(network, places, (0, 0), (1200, 0), via=[(0, 600)], mode=mode) is None
    assert ids(journey(network, [*places, place("q", 600, 580)], (0, 0), (1200, 0), mode=mode)) == ["p"]


def test_a_one_way_street_leads_nowhere_from_its_end() -> None:
    assert ask(town((ONE_WAY, ((0, 0), (1200, 0)))), [], (900, 0), (300, 0), mode="drive") is None


def test_without_places_there_are_no_stops() -> None:
    assert journey(town(MAIN), [], (0, 0), (1200, 0)).stops == ()


def test_a_place_without_a_street_is_no_stop() -> None:
    assert ids(journey(town(MAIN), [place("p", 600, 600)], (0, 0), (1200, 0), detour_s=7200.0)) == []


def test_a_point_without_a_street_is_refused() -> None:
    with pytest.raises(OffNetworkError, match="no street open to walk"):
        ask(town(MAIN), [], (0, 0), (1200, 0), via=[(600, 600)])


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "places",
    [[], [place("p", 600, 900)], [place("p", 600, 900), place("q", 1199, 20)]],
    ids=["no place", "on no street", "at the end of the town"],
)
def test_warming_up_asks_nothing_that_is_refused(mode: Mode, places: list[Place]) -> None:
    Wayside(town(MAIN), mode, places, Conditions(places), Openings(places, Calendar.packaged())).warm()


# --- order, number, limit ---


def test_equal_detours_come_in_order_of_id_and_as_many_as_asked_for() -> None:
    places = [place(name, 600, 20) for name in "abcd"]
    places[2] = place("c", 600, 10)

    assert [ids(journey(town(MAIN), places, (0, 0), (1200, 0), k=k)) for k in (1, 3, 50)] == [
        ["c"], ["c", "a", "b"], ["c", "a", "b", "d"],
    ]  # fmt: skip


@pytest.mark.parametrize("mode", MODES)
def test_the_longest_detour_is_included_and_a_tick_less_is_not(mode: Mode) -> None:
    network, places = town(MAIN, SIDE), [place("p", 420, 150)]
    (stop,) = journey(network, places, (0, 0), (1200, 0), mode=mode).stops

    assert ids(journey(network, places, (0, 0), (1200, 0), mode=mode, detour_s=stop.detour_s)) == ["p"]
    less_s = stop.detour_s - 1 / TICKS_PER_S
    assert ids(journey(network, places, (0, 0), (1200, 0), mode=mode, detour_s=less_s)) == []


# --- open when one gets there ---

#: 1,200 m take who walks 15 minutes, and 400 m five; the places stand 4 m beside the street: 3 s.
OPEN_AT_FIVE, SHUT_AT_FIVE = "Mo-Su 14:05-20:00", "Mo-Su 08:00-14:05"


@pytest.mark.parametrize(
    ("hours", "words", "found", "why"),
    [
        (OPEN_AT_FIVE, {}, ["b", "c"], "each at its own arrival: a at 14:02, b at 14:07, c at 14:12"),
        (SHUT_AT_FIVE, {"min_left_s": 0.0}, ["a"], "only a has not closed yet"),
        (SHUT_AT_FIVE, {"min_left_s": 176.0}, ["a"], "a, where one is at 14:02:03, for 177 s more"),
        (SHUT_AT_FIVE, {"min_left_s": 178.0}, [], "but not for 178 s"),
        (SHUT_AT_FIVE, {}, [], "nobody wants to come 2 minutes before it closes"),
        ("Mo-Su 08:00-14:30", {}, ["a", "b", "c"], "15 minutes are left everywhere"),
        ("Mo-Su 08:00-14:30", {"stay_s": 1200.0}, ["a", "b"], "of the break of 20 minutes c leaves 17"),
        (None, {}, [], "hours that nobody knows are not open for certain"),
        (None, {"open": "arrival_or_unknown"}, ["a", "b", "c"], "but may be asked for"),
        (SHUT_AT_FIVE, {"open": "arrival_or_unknown", "min_left_s": 0.0}, ["a"], "closed is not unknown"),
        (SHUT_AT_FIVE, {"open": "any"}, ["a", "b", "c"], "when it does not matter"),
    ],
)
def test_a_stop_is_open_when_one_gets_there(
    hours: str | None, words: dict[str, Any], found: list[str], why: str
) -> None:
    places = [place("a", 160, 4, hours), place("b", 560, 4, hours), place("c", 960, 4, hours)]

    answer = journey(town(MAIN), places, (0, 0), (1200, 0), when=TWO_PM, **({"open": "arrival"} | words))

    assert sorted(ids(answer)) == found, why


def test_a_place_that_closes_five_minutes_before_one_gets_there_is_left_out() -> None:
    """It is open as one sets out, and for as long again as one wants: what counts is the arrival."""
    places = [place("p", 960, 4, "Mo-Su 08:00-14:07"), place("q", 960, 4, "Mo-Su 08:00-14:30")]

    found = journey(town(MAIN), places, (0, 0), (1200, 0), when=TWO_PM, open="arrival", min_left_s=0.0)

    (stop,) = found.stops
    assert stop.place.id == "q"
    assert stop.arrival is not None and found.arrival is not None
    assert abs(stop.arrival - TWO_PM.replace(minute=12, second=3)) < timedelta(seconds=1)
    assert abs(found.arrival - TWO_PM.replace(minute=15)) < timedelta(seconds=1)
    assert stop.state is not None and stop.state.until == TWO_PM.replace(minute=30)
    assert stop.opens_in_s == 0.0


def test_what_is_closed_tells_when_it_opens() -> None:
    found = journey(town(MAIN), [place("p", 960, 4, "Mo-Su 15:00-20:00")], (0, 0), (1200, 0), when=TWO_PM)

    assert found.stops[0].opens_in_s == pytest.approx((48 * 60) - 3, **NEAR)


@pytest.mark.parametrize("via", [[], [(1000, 0)]], ids=["on one leg", "on either of two"])
def test_a_place_that_is_still_closed_on_the_way_there_may_be_open_on_the_way_back(via: list[Metres]) -> None:
    """It opens at 14:10; at 200 m one is at 14:02:30, and again, having turned round at 1,000 m, at 14:22:30."""
    places = [place("p", 200, 4, "Mo-Su 14:10-20:00")]

    found = journey(town(MAIN), places, (0, 0), (0, 0), via=via, when=TWO_PM, open="arrival")

    assert [stop.leg for stop in found.stops] == ([1] if via else [])
    assert all(stop.travel_s == pytest.approx((1000 + 800) / WALK + 3, **NEAR) for stop in found.stops)


# --- time for a break ---

#: 1,200 m on foot are 15 minutes; up the side street by 150 m and back 3 m 45 s, and 20 m to the door and back 30 s.
BREAK_S: Final = 2 * 150 / WALK + DOOR_S


@pytest.mark.parametrize(
    ("until_min", "words", "stays", "why"),
    [
        (60, {}, True, "45 minutes to spare"),
        (60, {"stay_s": 2400.0}, True, "a break of 40 minutes and a detour of less than 5"),
        (60, {"stay_s": 2520.0}, False, "with a break of 42 minutes 3 are left for the detour"),
        (60, {"detour_s": 240.0}, False, "there is time, but nobody wants such a detour"),
        (18, {}, False, "3 minutes to spare"),
        (20, {}, True, "5 minutes to spare"),
        (10, {}, False, "too late without any stop"),
    ],
)
def test_one_is_there_in_time(until_min: float, words: dict[str, Any], stays: bool, why: str) -> None:
    until = TWO_PM + timedelta(minutes=until_min)

    found = journey(town(MAIN, SIDE), [place("p", 420, 150)], (0, 0), (1200, 0), when=TWO_PM, until=until, **words)

    longest = [stop.longest_stay_s for stop in found.stops]
    assert longest == ([pytest.approx(until_min * 60 - 900 - BREAK_S, **NEAR)] if stays else []), why


def test_the_longest_break_is_one_and_a_longer_one_is_not() -> None:
    network, places, until = town(MAIN, SIDE), [place("p", 420, 150)], TWO_PM + timedelta(hours=1)
    words: dict[str, Any] = {"when": TWO_PM, "until": until}
    (stop,) = journey(network, places, (0, 0), (1200, 0), **words).stops
    assert stop.longest_stay_s is not None

    for stay_s, found in ((stop.longest_stay_s, ["p"]), (stop.longest_stay_s + 0.001, [])):
        assert ids(journey(network, places, (0, 0), (1200, 0), stay_s=stay_s, **words)) == found


def test_between_ten_past_two_and_three_with_a_socket_and_a_microwave() -> None:
    """A rider waits for the evening's orders: out from 400 m at 14:10, back there at 15:00, a break of 20 minutes."""
    kit: dict[AmenityKind, YesNo] = {"socket": "yes", "microwave": "yes"}
    places = [
        place("a cold kitchen", 460, 4, "24/7", {"socket": "yes", "microwave": "no"}),
        place("perhaps a socket", 480, 4, "24/7", {"microwave": "yes"}),
        place("a lunch room", 500, 4, "Mo-Fr 11:00-14:25", kit),
        place("a tea house", 520, 4, "Mo-Su 15:00-23:00", kit),
        place("the station", 420, 150, "Mo-Fr 09:00-17:00", kit),
        place("the library", 900, 20, "Tu-Su 09:00-21:00", kit),  # closed on Mondays
        place("the post", 1000, 20, "Mo-Fr 09:00-17:00", kit),
        place("the depot", 1200, 20, "Mo-Fr 09:00-17:00", kit),
    ]

    found = journey(
        town(MAIN, SIDE), places, (400, 0), (400, 0), mode="ebike", wanted=Wanted(amenities=("socket", "microwave")),
        when=TWO_PM.replace(minute=10), until=TWO_PM.replace(hour=15), open="arrival", stay_s=1200.0, detour_s=270.0,
    )  # fmt: skip

    assert ids(found) == ["the station", "the post"]
    ride_s = 2 * 150 / M_PER_S["ebike"] + DOOR_S
    assert found.stops[0].detour_s == pytest.approx(ride_s, **NEAR)
    assert found.stops[0].longest_stay_s == pytest.approx(50 * 60 - ride_s, **NEAR)
