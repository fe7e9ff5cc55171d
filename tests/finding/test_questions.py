"""Ten thousand random questions in random cities, each answered twice: by the finder and by trying every place."""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import count, pairwise
from random import Random
from threading import Barrier
from typing import Final, TypeVar

import numpy as np
import pytest
from numpy.typing import NDArray

from geo.answers import Answers
from geo.choosing.conditions import Conditions, Failure
from geo.choosing.openness import Openings
from geo.choosing.wanted import ACCESS_WORDS, Wanted
from geo.city import City
from geo.coords import LonLat
from geo.errors import OffNetworkError
from geo.finding.asking import NearestQuery, Openness
from geo.finding.nearest import Answer, Finder, Nearest, PassedOver
from geo.osm.extract import Extract
from geo.places.calendar import Calendar
from geo.places.hours import CHINA, State
from geo.places.model import ACCURACIES, AUDIENCES, Place
from geo.streets.from_osm import build_network
from geo.streets.hierarchy import make_hierarchy
from geo.streets.network import TICKS_PER_S, StreetNetwork
from geo.streets.paths import Workspaces
from geo.streets.profiles import MODES, Mode
from geo.streets.snapping import Position
from tests.oracles import (
    OPEN_END_S,
    Failing,
    Held,
    Judged,
    RawStreets,
    RideAndPark,
    brute_nearest,
    doubtful,
    next_change,
)
from tests.places.hours_oracle import HOLIDAYS, MAKEUP
from tests.strategies import OFFERED, REPORTED, random_extract, random_places, random_points
from tests.streets.test_paths import TOLERANCE_S, oracle, positions

BLOCKS: Final = 10
#: Questions of each mode in each block: 10,000 in all, and some to spare.
QUOTA: Final = 255
#: Questions from one origin, which share one search of the oracle.
FROM_ONE: Final = 5
PLACES: Final = 14
CALENDAR: Final = Calendar.packaged()
DAYS: Final = [date(2024, 1, 2) + timedelta(days=number) for number in range(4 * 365 - 1)]
SPECIAL: Final = sorted(day for day in HOLIDAYS | MAKEUP if DAYS[0] < day < DAYS[-1])
TICK_S: Final = 1 / TICKS_PER_S
#: What is to be seen, as a share of the questions asked; of places, the same one may be seen in several questions.
FLOORS: Final = {
    "results": 0.5, "k results": 0.1, "passed over": 0.6, "unknown let in": 0.05, "opens later": 0.5,
    "is open": 0.5, "is closed": 0.5, "is unknown": 0.2, "parked and walked": 0.01, "closes too soon": 0.015,
    "fails status": 0.2, "fails service": 0.2, "fails amenity": 0.3, "fails access": 0.2,
    "fails audience": 0.08, "fails accuracy": 0.05, "fails open": 0.5,
}  # fmt: skip

_T = TypeVar("_T")


class Town:
    """A city with places, and a finder and an oracle for each mode, made when they are needed."""

    def __init__(
        self, extract: Extract, places: Sequence[Place], raw: Callable[[Mode], RawStreets | RideAndPark] | None = None
    ) -> None:
        self.raw = raw or partial(oracle, extract)
        self.network: StreetNetwork = build_network(extract)[0]
        self.places = sorted(places, key=lambda place: place.id)
        self._lonlat = np.array([place.position for place in self.places])
        self._conditions, self._openings = Conditions(self.places), Openings(self.places, CALENDAR)
        self._spaces = Workspaces()

    def finder(self, mode: Mode, *, labels: bool, hubs: bool) -> Finder:
        finder = Finder(self.network, mode, self.places, self._conditions, self._openings, self._spaces)
        if labels or hubs:
            finder.quicken(make_hierarchy(self.network.arcs[mode]) if hubs else None, labels=labels)
        return finder

    def goals(self, mode: Mode) -> list[Position | None]:
        return positions(self.network, mode, self._lonlat, to_stay=True)


def draw_query(
    random: Random, origin: LonLat, mode: Mode, days: Sequence[date], cutoffs_s: Sequence[float]
) -> NearestQuery:
    """Draw a question: each condition with some probability, each word with some."""
    openness = draw_openness(random)
    when: datetime | None = draw_when(random, days)
    if openness == "any" and random.random() < 0.3:
        when = None
    return NearestQuery(
        origin,
        k=random.randint(1, 8),
        mode=mode,
        wanted=Wanted(
            services=some(random, 0.35, OFFERED, 3),
            amenities=some(random, 0.2, REPORTED, 2),
            amenities_or_unknown=some(random, 0.25, REPORTED, 2),
            access=some(random, 0.2, ACCESS_WORDS, 4),
            audience=random.choice(AUDIENCES) if random.random() < 0.2 else None,
            accuracy=random.choice(ACCURACIES) if random.random() < 0.2 else None,
        ),
        cutoff_s=random.choice(cutoffs_s),
        when=when,
        open=openness,
        min_left_s=60.0 * random.randint(0, 120) if random.random() < 0.7 else 900.0,
        paths=random.random() < 0.1,
        passed=random.choice((None, None, None, 0, 3)),
    )


def draw_when(random: Random, days: Sequence[date]) -> datetime:
    """Draw a second of a day; the clock it is told by may be China's or another."""
    day = datetime.combine(random.choice(days), time(), CHINA)
    return (day + timedelta(seconds=random.randrange(86_400))).astimezone(random.choice((CHINA, UTC)))


def aim(random: Random, query: NearestQuery, costs_s: Sequence[float], places: Sequence[Place]) -> NearestQuery:
    """Move the departure so that one arrives at some place just before or after it closes, or too soon before that."""
    near = [n for n, cost in enumerate(costs_s) if cost <= query.cutoff_s]
    if query.when is None or not near:
        return query
    number = random.choice(near)
    early_s = random.choice((0.0, query.min_left_s)) + random.choice((-30.0, -0.2, 0.2, 30.0, 300.0))
    arrival = query.when + timedelta(seconds=costs_s[number])
    change = next_change(random.choice(places[number].services), arrival)
    return (
        query if change is None else replace(query, when=query.when + (change - arrival) - timedelta(seconds=early_s))
    )


def draw_days(random: Random) -> list[date]:
    """Draw the days of a town's questions, half of them near holidays: hours are evaluated once a day."""
    near = [random.choice(SPECIAL) + timedelta(days=random.randint(-1, 1)) for _ in range(2)]
    return near + random.sample(DAYS, 2)


def draw_openness(random: Random) -> Openness:
    return random.choice(("any", "any", "arrival", "arrival", "arrival_or_unknown"))


def some(random: Random, share: float, words: Sequence[_T], most: int) -> tuple[_T, ...]:
    return tuple(random.sample(words, random.randint(1, most))) if random.random() < share else ()


def check(answer: Answer, costs_s: list[float], places: Sequence[Place], seen: Counter[str]) -> None:
    """An answer says what the oracle says, place by place; what was seen is counted."""
    query = answer.query
    brute = brute_nearest(costs_s, places, query)
    if any(doubtful(judged, query, TOLERANCE_S) for judged in brute.near):
        seen["doubtful"] += 1
        return
    judged = {one.place.id: one for one in brute.near}
    results, passed = [r.place.id for r in answer.results], [p.place.id for p in answer.passed_over]
    want_results = [one.place.id for one in brute.results]
    want_passed = [one.place.id for one in brute.passed]
    count_passed = len(want_passed)
    if query.passed is not None:
        want_passed = want_passed[: query.passed]
    if (results, passed, answer.passed_count) != (want_results, want_passed, count_passed):
        seen["excused"] += 1
        check_excuse(answer, brute.near)
    for one in answer.results:
        check_result(answer, one, judged[one.place.id], seen)
    for other in answer.passed_over:
        check_passed_over(answer, other, judged[other.place.id], seen)
    seen["asked"] += 1
    seen["results"] += bool(results)
    seen["passed over"] += bool(answer.passed_count)
    seen["k results"] += len(results) == query.k
    seen["unknown let in"] += any(one.state is not None and one.state.kind == "unknown" for one in answer.results)


def check_excuse(answer: Answer, near: Sequence[Judged]) -> None:
    """What differs lies nearer together than an oracle in floating point can tell."""
    query, results = answer.query, [r.place.id for r in answer.results]
    passed = [p.place.id for p in answer.passed_over]
    cost = {one.place.id: one.travel_s for one in near}
    for ids in (results, passed):
        assert all(cost[a] <= cost[b] + TOLERANCE_S for n, a in enumerate(ids) for b in ids[n:])
    end = cost[results[-1]] if len(results) == query.k else query.cutoff_s
    certain = [one for one in near if one.travel_s < end - TOLERANCE_S]
    perhaps = [one for one in near if one.travel_s <= end + TOLERANCE_S]
    assert {one.place.id for one in certain if not one.fails} <= set(results)
    assert set(results) <= {one.place.id for one in perhaps if not one.fails}
    assert set(passed) <= {one.place.id for one in perhaps if one.fails}
    least, most = (sum(bool(one.fails) for one in some_of) for some_of in (certain, perhaps))
    assert least <= answer.passed_count <= most
    assert len(passed) == min(answer.passed_count, math.inf if query.passed is None else query.passed)
    if query.passed is None:
        assert {one.place.id for one in certain if one.fails} <= set(passed)
    assert len(certain) < len(perhaps) or any(b.travel_s - a.travel_s < TOLERANCE_S for a, b in pairwise(near)), (
        "nothing lies that near together"
    )


def check_result(answer: Answer, found: Nearest, judged: Judged, seen: Counter[str]) -> None:
    assert not judged.fails
    check_times(answer.query, found, judged, seen)
    if answer.query.when is not None:
        for state, held in zip(found.states, judged.services, strict=True):
            check_state(state, held)
    if found.on_foot_m is not None:
        seen["parked and walked"] += found.on_foot_m > found.place_access_m
    assert found.network_m >= found.straight_m - 0.5
    assert (found.path is not None) == answer.query.paths


def check_passed_over(answer: Answer, found: PassedOver, judged: Judged, seen: Counter[str]) -> None:
    check_times(answer.query, found, judged, seen)
    assert len(set(found.failures)) == len(found.failures)
    assert {failing(failure) for failure in found.failures} == judged.fails
    for condition in {failure.condition for failure in found.failures}:
        seen[f"fails {condition}"] += 1
    for failure in found.failures:
        if failing(failure)[2] == "closes too soon":
            assert judged.held is not None
            assert failure.found is not None
            whole = int(failure.found.removesuffix("min"))
            assert whole * 60 - TOLERANCE_S <= judged.held.left_s < whole * 60 + 60 + TOLERANCE_S
            seen["closes too soon"] += 1


def failing(failure: Failure) -> Failing:
    """Return a failure in the terms of the oracle."""
    if failure.condition == "amenity":
        return "amenity", failure.wanted, failure.found
    if failure.condition != "open":
        return failure.condition, "", failure.found
    return "open", "", {None: "unknown", "closed": "closed"}.get(failure.found, "closes too soon")


def check_times(query: NearestQuery, found: Nearest | PassedOver, judged: Judged, seen: Counter[str]) -> None:
    """The travel time, the arrival, and what holds then."""
    assert abs(found.travel_s - judged.travel_s) <= TOLERANCE_S
    if query.when is None:
        assert (found.arrival, found.state, found.opens_in_s) == (None, None, None)
        return
    assert found.arrival is not None
    assert found.state is not None
    assert judged.held is not None
    assert abs(found.arrival - query.when - timedelta(seconds=found.travel_s)) <= timedelta(microseconds=1)
    check_state(found.state, judged.held)
    if found.opens_in_s is None:
        assert judged.held.opens_in_s == math.inf
    else:
        assert abs(found.opens_in_s - judged.held.opens_in_s) <= TOLERANCE_S
    seen[f"is {judged.held.kind}"] += 1
    seen["opens later"] += found.opens_in_s is not None and found.opens_in_s > 0


def check_state(state: State, held: Held) -> None:
    assert state.is_open == (held.kind == "open")
    if held.kind != "open":
        assert state.kind == held.kind
        assert state.minutes_left is None
    elif state.minutes_left is None:
        assert held.left_s == math.inf
        assert state.kind == "open"
    else:  # whole minutes, but for what an oracle in floating point cannot tell
        assert state.minutes_left * 60 - TOLERANCE_S <= held.left_s < state.minutes_left * 60 + 60 + TOLERANCE_S
        assert state.kind == ("closing_soon" if state.minutes_left < 30 else "open")


def check_exact_cutoff(finder: Finder, answer: Answer) -> None:
    """A cutoff that is just met lets the last place in; a tick less does not."""
    last_s = answer.results[-1].travel_s
    for cutoff_s, met in ((last_s, True), (last_s - TICK_S, False)):
        again = finder.nearest(replace(answer.query, cutoff_s=cutoff_s))
        expected = [one.place.id for one in answer.results if met or one.travel_s < last_s]
        assert [one.place.id for one in again.results] == expected
        assert all(one.travel_s <= cutoff_s + TICK_S / 2 for one in again.passed_over)


class Questions:
    """Asks questions in towns and counts what was seen."""

    def __init__(self, random: Random, cutoffs_s: Sequence[float]) -> None:
        self.random = random
        self.cutoffs_s = cutoffs_s
        self.seen = Counter[str]()

    def ask(self, town: Town, mode: Mode, origins: Iterable[tuple[LonLat, Position]], days: Sequence[date]) -> None:
        """Ask :data:`FROM_ONE` questions from each origin."""
        random, seen = self.random, self.seen
        finder, raw, goals = (
            town.finder(mode, labels=random.random() < 0.7, hubs=random.random() < 0.5),
            town.raw(mode),
            town.goals(mode),
        )
        for point, position in origins:
            costs_s = raw.costs_s(town.network, position, goals, max(self.cutoffs_s) + OPEN_END_S)
            for _ in range(FROM_ONE):
                query = draw_query(random, point, mode, days, self.cutoffs_s)
                if random.random() < 0.4:
                    query = aim(random, query, costs_s, town.places)
                answer = finder.nearest(query)
                check(answer, costs_s, town.places, seen)
                if answer.results and random.random() < 0.2:
                    check_exact_cutoff(finder, answer)

    def check_seen(self, least: int) -> None:
        """None of it was seen too seldom to prove anything, and next to nothing was excused."""
        seen = self.seen
        assert seen["asked"] >= least, seen
        assert seen["doubtful"] <= 0.01 * seen["asked"], seen
        assert seen["excused"] <= 0.01 * seen["asked"], seen
        assert {what: seen[what] for what, share in FLOORS.items() if seen[what] < share * least} == {}, seen


def origins_of(network: StreetNetwork, mode: Mode, points: NDArray[np.float64]) -> list[tuple[LonLat, Position]]:
    """Return the points that are near a street of the mode, and where they are on it."""
    found = zip(points.tolist(), positions(network, mode, points), strict=True)
    return [(LonLat(*point), position) for point, position in found if position is not None]


@pytest.mark.parametrize("block", range(BLOCKS))
def test_10_000_random_questions(block: int) -> None:
    """Results, order, what was passed over and why, as trying every place has it.

    The oracle takes from the code under test where points lie on streets (its own tests: ``test_snapping``), what a
    way is worth to a mode (``test_profiles``), and what rules of hours mean from ``hours_oracle``. Everything else is
    done once more: the raw ways, nothing cut or folded, by networkx in floating point; conditions one by one; a table
    of the minutes of five years.
    """
    questions, left = Questions(Random(block), (60, 180, 300, 600, 1200, 7200)), dict.fromkeys(MODES, QUOTA)
    for seed in count(1000 * block):
        extract = random_extract(seed)
        points = random_points(seed, extract, PLACES + 3)
        town, days = Town(extract, random_places(seed, points[:PLACES])), draw_days(questions.random)
        for mode in MODES:
            origins = origins_of(town.network, mode, points[PLACES:])[:1] if left[mode] else []
            questions.ask(town, mode, origins, days)
            left[mode] -= FROM_ONE * len(origins)
        if not any(left.values()):
            break
    questions.check_seen(least=1000)


def test_eight_threads_answer_as_one_byte_for_byte(sample_city: City) -> None:
    """Threads that begin at once, each with all questions in an order of its own, so that modes alternate in all."""
    random, box = Random(8), sample_city.bbox
    alone, shared = (sample_city.with_places(random_properties(sample_city.places), "drawn") for _ in range(2))
    expected: dict[NearestQuery, bytes] = {}
    writer, days = Answers(alone), draw_days(random)
    while len(expected) < 400:
        origin = LonLat(random.uniform(box.west, box.east), random.uniform(box.south, box.north))
        query = replace(
            draw_query(random, origin, random.choice(MODES), days, (600.0, 1800.0)), paths=random.random() < 0.5
        )
        with suppress(OffNetworkError):
            expected[query] = writer.nearest(alone.nearest(query))

    writer, start = Answers(shared), Barrier(8)

    def answer_all(seed: int) -> list[NearestQuery]:
        queries = Random(seed).sample(list(expected), len(expected))
        start.wait()
        return [query for query in queries if writer.nearest(shared.nearest(query)) != expected[query]]

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(answer_all, range(8))) == [[]] * 8
    finally:
        sys.setswitchinterval(interval)
    assert len({query.mode for query in expected}) == len(MODES)
    assert sum(b'"rank":2' in answer for answer in expected.values()) > 100


def random_properties(places: Sequence[Place]) -> list[Place]:
    """Return places where those are, with properties at random."""
    return random_places(3, np.array([place.position for place in places]))
