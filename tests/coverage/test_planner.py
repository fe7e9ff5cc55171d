"""The planner's answers in random cities, against every metre, every place and every hour by brute force."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from random import Random
from threading import Barrier
from typing import Any, Final

import numpy as np
import pytest
from numpy.typing import NDArray

from geo.choosing.conditions import Conditions
from geo.choosing.openness import Openings
from geo.choosing.wanted import ACCESS_WORDS, Wanted
from geo.coords import LonLat
from geo.coverage.asking import LAYERS, OPENED, CoverageQuery, Layer
from geo.coverage.counting import counted_at
from geo.coverage.layers import EATERIES_FILE, HOSTS_FILE, Layers
from geo.coverage.pieces import NOWHERE, Area, Pieces, length_mm
from geo.coverage.planner import CIRCLE_M, STATES, Coverage, Planner, Week
from geo.coverage.spots import Spot, save_spots
from geo.coverage.straight import Ground
from geo.coverage.stretches import Stretches
from geo.errors import ParameterError
from geo.osm.extract import Extract
from geo.places.calendar import Calendar
from geo.places.hours import CHINA
from geo.places.model import ACCURACIES, AUDIENCES, Place, Service
from geo.streets.from_osm import build_network
from geo.streets.network import CLOSED, NO_WAY, TICKS_PER_S, StreetNetwork
from geo.streets.profiles import MODES, Mode
from geo.streets.snapping import snap_many
from tests.coverage.oracle import (
    BLUR,
    BLUR_TICKS,
    Walker,
    by_area,
    every_metre,
    holds,
    lonlat_at,
    metres_to,
    nearest,
    remedy,
    same,
)
from tests.finding.test_questions import some
from tests.places.hours_oracle import HOLIDAYS, MAKEUP
from tests.strategies import CENTRE, OFFERED, REPORTED, make_places, random_extract, random_places, random_points

CALENDAR: Final = Calendar.packaged()
#: A Thursday that is a holiday, and a Sunday that is not; the next week has the rest of it, and a Saturday worked.
HOLIDAY_WEEK: Final = date(2026, 9, 28)
AREAS: Final = (
    Area("a", "东四街道", "Dongsi", "东城区", 12_345, 1.0),
    Area("b", "没有人数", None, "东城区", None, 1.0),
    Area("c", "一半", None, None, 7_777, 0.5),
    Area("d", "没有街", None, None, 1_000, 1.0),  # no piece lies in it
)


class Town:
    """A random city with places, demand, subdistricts whose borders cut streets anywhere, and a planner."""

    def __init__(self, seed: int, folder: Path, places: Sequence[Place] | None = None, areas: bool = True) -> None:
        self.random = Random(seed)
        self.extract: Extract = random_extract(seed)
        self.network: StreetNetwork = build_network(self.extract)[0]
        drawn = random_places(seed, random_points(seed, self.extract, 8)) if places is None else places
        self.places = sorted(drawn, key=lambda place: place.id)
        self.layers = Layers(self._folder(seed, folder), self.network) if areas else Layers(None, self.network)
        self.walkers: dict[Mode, Walker] = {}

    def _folder(self, seed: int, folder: Path) -> Path:
        """Write what a city pack has: streets cut at random into areas, and eateries."""
        rows = []
        for number, long in enumerate(length_mm(self.network).tolist()):
            cuts = sorted(
                {0, long, *(self.random.randrange(long + 1) for _ in range(self.random.choice((0, 0, 1, 2))))}
            )
            rows += [(number, a, b, self.random.choice((NOWHERE, 0, 1, 2))) for a, b in itertools.pairwise(cuts)]
        edge, start, end, area = (np.array([row[i] for row in rows], dtype=np.int64) for i in range(4))
        out = folder / f"demand{seed}"
        Pieces(edge.astype(np.int32), start, end, area.astype(np.int32)).save(out, AREAS)
        points = random_points(seed + 5000, self.extract, 25).tolist()
        spots = [Spot(f"e{n:02}", "restaurant", None, lon, lat) for n, (lon, lat) in enumerate(points)]
        save_spots(out / EATERIES_FILE, spots)
        save_spots(out / HOSTS_FILE, [])
        return out

    @cached_property
    def planner(self) -> Planner:
        return self.planner_of(self.places)

    def planner_of(self, places: Sequence[Place], closed: NDArray[np.bool_] | None = None) -> Planner:
        known = Conditions(places), Openings(places, CALENDAR), CALENDAR
        return Planner(self.network, places, *known, self.layers, Ground(self.network, CENTRE), closed)

    def walker(self, mode: Mode) -> Walker:
        if mode not in self.walkers:
            lonlat = np.array([place.position for place in self.places], dtype=np.float64).reshape(-1, 2)
            self.walkers[mode] = Walker(self.network, mode, snap_many(self.network, mode, lonlat, to_stay=True))
        return self.walkers[mode]


def draw(random: Random, mode: Mode | None = None, layer: Layer | None = None) -> CoverageQuery:
    """Draw a question: each condition with some probability, each word with some."""
    opened = random.choice(OPENED)
    day = random.choice(sorted(HOLIDAYS | MAKEUP) if random.random() < 0.3 else [HOLIDAY_WEEK, date(2026, 7, 4)])
    when = datetime.combine(day, time(), CHINA) + timedelta(seconds=random.randrange(86_400))
    return CoverageQuery(
        wanted=Wanted(
            services=some(random, 0.4, OFFERED, 3),
            amenities=some(random, 0.25, REPORTED, 1),
            amenities_or_unknown=some(random, 0.2, REPORTED, 2),
            access=some(random, 0.2, ACCESS_WORDS, 4),
            audience=random.choice(AUDIENCES) if random.random() < 0.2 else None,
            accuracy=random.choice(ACCURACIES) if random.random() < 0.2 else None,
        ),
        mode=random.choice(MODES) if mode is None else mode,
        cutoff_s=random.choice((20.0, 90.0, 200.0, 400.0)),
        when=None if opened == "any" and random.random() < 0.5 else when,
        open=opened,
        min_left_s=random.choice((0.0, 900.0, 3600.0)),
        layer=random.choice(LAYERS) if layer is None else layer,
    )


def state_of(
    costs: NDArray[np.float64], metres: NDArray[np.float64], needs: Sequence[int | None], query: CoverageQuery
) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Return the number of the state of each point, and whether it is clear beyond all rounding.

    The first of these that is true: a place that counts is within the cutoff; one that needs another hour; one of which
    more must be known; one that must offer more; one that counts, or would at another hour, is so near as the crow
    flies that one would come there on any grid. Otherwise it is the last.
    """
    cutoff, straight_m = round(query.cutoff_s * TICKS_PER_S), query.cutoff_s * 4.8 / 3.6 / math.sqrt(2)
    state, clear = np.full(len(costs), 5), np.abs(metres - straight_m) > np.maximum(BLUR * straight_m, 0.01)
    state[metres <= straight_m] = 4
    for level in (3, 2, 1, 0):
        enough = np.array([need is not None and need <= level for need in needs], dtype=bool)
        cost = nearest(costs, enough)
        state[cost <= cutoff] = level
        clear &= np.abs(cost - cutoff) > BLUR_TICKS
    return state, clear


@pytest.mark.parametrize("mode", MODES)
def test_every_metre_is_in_the_state_that_brute_force_gives(mode: Mode, tmp_path: Path) -> None:
    seen: Counter[str] = Counter()
    for seed in range(6):
        town = Town(seed, tmp_path)
        usable = town.network.standing(mode) != CLOSED
        for _ in range(3):
            query = draw(town.random, mode)
            coverage = town.planner.coverage(query)
            needs = [remedy(place, query) for place in town.places]
            assert coverage.facilities.tolist() == [need == 0 for need in needs]
            wanted = [place for place, need in zip(town.places, needs, strict=True) if need in (0, 1)]
            parts = [coverage.stretches(state) for state in STATES]
            for edge, metre in every_metre(town.network):
                offset_m = metre[:: len(metre) // 8 + 1]
                metres = metres_to(lonlat_at(town.network, edge, offset_m), wanted)
                state, clear = state_of(town.walker(mode).ticks(edge, offset_m), metres, needs, query)
                for number, (part, name) in enumerate(zip(parts, STATES, strict=True)):
                    expected = (state == number) & usable[edge]
                    assert (holds(part, edge, offset_m) == expected)[clear].all(), (seed, edge, name, query)
                    seen[name] += int((expected & clear).sum())
    assert min(seen[state] for state in STATES) > 30, seen


@pytest.mark.parametrize("layer", LAYERS)
def test_covered_and_gaps_by_reason_are_the_total_exactly(layer: Layer, tmp_path: Path) -> None:
    for seed in range(7):
        town = Town(seed, tmp_path)
        for _ in range(3):
            query = draw(town.random, layer=layer)
            coverage, demand = town.planner.coverage(query), town.layers.demand(layer, query.mode)
            weight = coverage.weight
            assert weight.dtype == np.int64
            assert weight.shape == (len(STATES), len(AREAS) + 1)
            assert (weight >= 0).all()
            assert weight.sum(axis=0).tolist() == demand.by_area(len(AREAS)).tolist()
            assert int(weight.sum()) == demand.placed
            if layer == "residents":
                assert demand.total == (12_345 + 7_777 + 1_000) * 1_000_000
            if layer == "pickups":
                check_points(town, coverage)
            else:
                check_pieces(town, coverage)
            if layer == "street_length":
                check_length(coverage)


def check_pieces(town: Town, coverage: Coverage) -> None:
    """By area and state: the weight of each piece within what is reached, in plain numbers, less the state before."""
    before = [0] * (len(AREAS) + 1)
    for number, part in enumerate(coverage.reached):
        now = by_area(town.layers.pieces, coverage.demand.piece_weight, part, len(AREAS))
        assert coverage.weight[number].tolist() == [n - b for n, b in zip(now, before, strict=True)]
        before = now
    circle = town.planner.circles.reached(coverage.facilities, CIRCLE_M)
    expected = by_area(town.layers.pieces, coverage.demand.piece_weight, circle, len(AREAS))
    assert coverage.circle.tolist() == expected


def check_length(coverage: Coverage) -> None:
    """Metres of the table are those of the stretches, to the millimetre, and no street is in two states."""
    parts = [coverage.stretches(state) for state in STATES]
    assert [int(part.length_mm.sum()) * 1000 for part in parts] == coverage.weight.sum(axis=1).tolist()
    whole = Stretches.of([], [], [])
    for part in parts:
        assert len(part.within(whole).edge) == 0
        whole = whole.union(part)
    assert same(whole, coverage.streets)


def check_points(town: Town, coverage: Coverage) -> None:
    """By area and state: how many eateries are so near to whatever place."""
    query, points = coverage.query, coverage.demand.points
    needs = [remedy(place, query) for place in town.places]
    wanted = [place for place, need in zip(town.places, needs, strict=True) if need in (0, 1)]
    counting = [place for place, need in zip(town.places, needs, strict=True) if need == 0]
    table = np.zeros_like(coverage.weight)
    circle = np.zeros_like(coverage.circle)
    for edge, offset_m, access, area, weight in zip(*points, strict=True):
        costs = town.walker(query.mode).ticks(edge, np.array([offset_m])) + access
        where = lonlat_at(town.network, edge, np.array([offset_m]))
        metres = metres_to(where, wanted)
        state, _ = state_of(costs, metres, needs, query)
        far = metres_to(where, counting)[0]
        if min(abs(metres[0] - query.cutoff_s * 4.8 / 3.6), abs(far - CIRCLE_M)) < 0.2:
            return  # at the very border of a circle
        table[state[0], area] += weight
        circle[area] += weight if far <= CIRCLE_M else 0
    assert coverage.weight.tolist() == table.tolist()
    assert coverage.circle.tolist() == circle.tolist()


# --- The week ---


def hours_of(monday: date) -> list[datetime]:
    return [datetime.combine(monday + timedelta(days=hour // 24), time(hour % 24), CHINA) for hour in range(168)]


@pytest.mark.parametrize("monday", [HOLIDAY_WEEK, date(2026, 10, 5), date(2026, 7, 6), date(2026, 12, 28)], ids=str)
def test_each_hour_of_a_week_is_the_answer_at_that_hour(monday: date, tmp_path: Path) -> None:
    differing = 0
    for seed in range(3):
        town = Town(seed, tmp_path)
        query = replace(draw(town.random), open=town.random.choice(("certainly", "perhaps")), when=NOON)
        query = replace(query, wanted=replace(query.wanted, amenities=(), access=(), accuracy=None))
        week = town.planner.week(query, monday)
        assert week is not None
        moments = hours_of(monday)
        needs = [tuple(remedy(place, replace(query, when=then)) == 0 for place in town.places) for then in moments]
        known = Conditions(town.places), Openings(town.places, CALENDAR)
        assert [tuple(row) for row in counted_at(*known, query, moments).tolist()] == needs
        assert week.openings == len(set(needs))
        differing += week.openings
        for hour in town.random.sample(range(168), 8):
            alone = town.planner.coverage(replace(query, when=moments[hour]))
            assert week.covered[hour].tolist() == alone.weight[0].tolist()
        assert week.covered.shape == (168, len(AREAS) + 1)
        assert week.total.tolist() == week.demand.by_area(len(AREAS)).tolist()
        check_worker_hours(town.planner.week(replace(query, layer=LAYERS[seed]), monday))
    assert differing > 9


NOON: Final = datetime(2026, 11, 23, 12, 0, tzinfo=CHINA)


def check_worker_hours(week: Week | None) -> None:
    """In plain numbers: of each hour, who is covered times the share of them that is there."""
    assert week is not None
    there = [int(share) for share in week.demand.profile.per_mille]
    assert len(there) == 168
    within = sum(share * sum(row) for share, row in zip(there, week.covered.tolist(), strict=True))
    assert week.worker_hours == (within, sum(there) * sum(week.total.tolist()))
    assert week.worker_hours[0] <= week.worker_hours[1]


def test_a_week_in_which_hours_do_not_matter_is_one_answer(tmp_path: Path) -> None:
    town = Town(1, tmp_path)
    query = CoverageQuery(cutoff_s=300.0)
    week = town.planner.week(query, HOLIDAY_WEEK)
    assert week is not None
    assert week.openings == 1
    alone = town.planner.coverage(query).weight[0]
    assert alone.sum() > 0
    assert (week.covered == alone).all()


def test_a_week_begins_on_a_monday_and_can_be_stopped(tmp_path: Path) -> None:
    town = Town(1, tmp_path)
    query = CoverageQuery(open="perhaps", when=NOON)
    with pytest.raises(ParameterError, match=r"week=2026-10-01 is no Monday.*week=2026-09-28"):
        town.planner.week(query, date(2026, 10, 1))
    asked = itertools.count()
    assert town.planner.week(query, HOLIDAY_WEEK, stop=lambda: next(asked) == 1) is None


# --- What one place is worth; invariants; threads; edges of the world ---


@pytest.mark.parametrize("layer", LAYERS)
def test_what_a_place_is_worth_is_what_is_lost_without_it(layer: Layer, tmp_path: Path) -> None:
    lost = 0
    for seed in range(4):
        town = Town(seed, tmp_path)
        query = replace(draw(town.random, layer=layer), wanted=Wanted(), open="any", cutoff_s=90.0)
        whole = int(town.planner.coverage(query).weight[0].sum())
        losses = town.planner.backup(query)
        numbers = [number for number, place in enumerate(town.places) if remedy(place, query) == 0]
        assert sorted(loss.number for loss in losses) == numbers
        assert list(losses) == sorted(losses, key=lambda loss: (-loss.weight, loss.number))
        for number, weight in losses:
            others = [place for place in town.places if place is not town.places[number]]
            assert weight == whole - int(town.planner_of(others).coverage(query).weight[0].sum())
            lost += weight > 0
    assert lost > 1


def test_what_if_begins_with_what_is_covered(tmp_path: Path) -> None:
    for seed, layer in itertools.product(range(4), LAYERS):
        town = Town(seed, tmp_path / layer)
        query = replace(draw(town.random, layer=layer), cutoff_s=300.0)
        covered = town.planner.coverage(query).weight[0]
        assert town.planner.what_if(query).covered.tolist() == covered.tolist()


@pytest.mark.parametrize("mode", MODES)
def test_closed_streets_are_nobody_s_way(mode: Mode, tmp_path: Path) -> None:
    """A city of which a third of the streets are closed, against one in which they never led anywhere."""
    gone = 0
    for seed in range(3):
        town = Town(seed, tmp_path)
        closed = np.array([town.random.random() < 0.3 for _ in range(town.network.edge_count)])
        query, planner = CoverageQuery(mode=mode, cutoff_s=200.0), town.planner_of(town.places, closed)
        walker = Walker(shut(town.network, closed), mode, town.walker(mode).where)
        counts = np.array([remedy(place, query) == 0 for place in town.places], dtype=bool)
        coverage = planner.coverage(query)
        for edge, metre in every_metre(town.network):
            offset_m = metre[:: len(metre) // 8 + 1]
            cost = nearest(walker.ticks(edge, offset_m), counts)
            clear = np.abs(cost - query.cutoff) > BLUR_TICKS
            found = holds(coverage.reached[0], edge, offset_m)
            assert (found == (cost <= query.cutoff))[clear].all()
            gone += int((holds(town.planner.coverage(query).reached[0], edge, offset_m) & ~found).sum())
        assert planner.what_if(query).covered.tolist() == coverage.weight[0].tolist()
        week = planner.week(query, HOLIDAY_WEEK)
        assert week is not None
        assert (week.covered == coverage.weight[0]).all()
        for number, weight in planner.backup(query)[:2]:
            others = [place for place in town.places if place is not town.places[number]]
            without = town.planner_of(others, closed).coverage(query)
            assert weight == int(coverage.weight[0].sum() - without.weight[0].sum())
    assert gone > 20


def shut(network: StreetNetwork, closed: NDArray[np.bool_]) -> StreetNetwork:
    """Return the streets with those that are closed to be used in neither direction, by nobody."""

    def without(ticks: NDArray[np.int32]) -> NDArray[np.int32]:
        return np.where(closed, NO_WAY, ticks).astype(np.int32)

    arcs = {
        mode: replace(arcs, forward=without(arcs.forward), backward=without(arcs.backward))
        for mode, arcs in network.arcs.items()
    }
    return replace(network, arcs=arcs)


def test_more_time_or_another_place_never_takes_cover_away(tmp_path: Path) -> None:
    for seed in range(8):
        town = Town(seed, tmp_path)
        query = draw(town.random)
        covered = [town.planner.coverage(replace(query, cutoff_s=s)).weight[0] for s in (60.0, 61.0, 300.0, 1800.0)]
        for less, more in itertools.pairwise(covered):
            assert (less <= more).all()
        fewer = town.planner_of(town.places[:5]).coverage(query).weight[0]
        assert (fewer <= town.planner.coverage(query).weight[0]).all()


def test_the_order_of_places_does_not_matter(tmp_path: Path) -> None:
    for seed in range(6):
        town = Town(seed, tmp_path)
        turned = town.planner_of(town.places[::-1])
        for _ in range(3):
            query = draw(town.random)
            one, other = town.planner.coverage(query), turned.coverage(query)
            assert one.weight.tolist() == other.weight.tolist()
            assert one.circle.tolist() == other.circle.tolist()


def test_a_cutoff_that_is_just_met_covers_and_a_tick_less_does_not(tmp_path: Path) -> None:
    """Of each eatery's own travel time: 15 includes 15."""
    met = 0
    for seed in range(6):
        town = Town(seed, tmp_path)
        query = CoverageQuery(layer="pickups", mode=town.random.choice(MODES))
        counts = np.array([remedy(place, query) == 0 for place in town.places], dtype=bool)
        points = town.layers.demand("pickups", query.mode).points
        walker = town.walker(query.mode)
        costs = [
            nearest(walker.ticks(edge, np.array([offset_m])) + access, counts)[0]
            for edge, offset_m, access, *_ in zip(*points, strict=True)
        ]
        for cost in costs[:5]:
            if not 1 < cost <= 3600 * TICKS_PER_S:
                continue
            for ticks in (cost, cost - 1):
                cutoff_s = ticks / TICKS_PER_S
                covered = town.planner.coverage(replace(query, cutoff_s=cutoff_s)).weight[0].sum()
                assert covered == 1_000_000 * sum(other <= ticks for other in costs)
            met += 1
    assert met > 8


def test_eight_threads_get_the_answers_of_one(tmp_path: Path) -> None:
    town = Town(2, tmp_path)
    queries = [draw(town.random) for _ in range(16)]
    alone = [town.planner_of(town.places).coverage(query) for query in queries]
    shared, barrier = town.planner_of(town.places), Barrier(8)

    def ask(number: int) -> list[Coverage]:
        barrier.wait()
        order = [(i + 5 * number) % len(queries) for i in range(len(queries))]
        found = {i: shared.coverage(queries[i]) for i in order}
        return [found[i] for i in range(len(queries))]

    with ThreadPoolExecutor(8) as pool:
        for answers in pool.map(ask, range(8)):
            for one, other in zip(answers, alone, strict=True):
                assert one.weight.tolist() == other.weight.tolist()
                assert one.circle.tolist() == other.circle.tolist()
                for a, b in zip(one.reached, other.reached, strict=True):
                    assert same(a, b)


def at(lon: float, lat: float, **what: Any) -> Place:
    """Return a place that is open from eight to eight, whose other properties nobody has told."""
    place = replace(make_places(np.array([[lon, lat]]))[0], services=(Service("rest_stop", "Mo-Su 08:00-20:00"),))
    return replace(place, **what)


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("why", ["no places", "all of them retired", "on no street of any mode"])
def test_where_no_place_counts_nothing_is_covered(why: str, layer: Layer, tmp_path: Path) -> None:
    town = Town(3, tmp_path, places=[])
    places = {
        "no places": [],
        "all of them retired": [at(*CENTRE, status="retired")],
        "on no street of any mode": [at(120.0, 30.0)],
    }[why]
    planner = town.planner_of(places)
    for mode in MODES:
        query = CoverageQuery(mode=mode, layer=layer, open="perhaps", when=NOON, cutoff_s=900.0)
        coverage = planner.coverage(query)
        assert coverage.weight[:-1].sum() == 0
        assert coverage.weight[-1].tolist() == town.layers.demand(layer, mode).by_area(len(AREAS)).tolist()
        assert coverage.circle.sum() == 0
        assert same(coverage.stretches("nothing"), coverage.streets)
        week = planner.week(query, HOLIDAY_WEEK)
        assert week is not None
        assert week.covered.sum() == 0
        assert planner.backup(query) == () or planner.backup(query)[0].weight == 0


def test_a_city_without_areas_has_one_column(tmp_path: Path) -> None:
    town = Town(3, tmp_path, areas=False)
    for layer in LAYERS:
        coverage = town.planner.coverage(CoverageQuery(layer=layer))
        assert coverage.weight.shape == (len(STATES), 1)
        assert coverage.areas == ()
    length = town.planner.coverage(CoverageQuery(layer="street_length")).weight
    assert int(length.sum()) == 1000 * sum(
        round(metres * 1000)
        for metres, use in zip(town.network.edge_length_m, town.network.standing("walk") != CLOSED, strict=True)
        if use
    )


def test_a_place_on_an_islet_covers_the_islet_and_severs_the_rest(tmp_path: Path) -> None:
    """The second island of a random city lies some 2.5 km east, with no way across."""
    town = Town(4, tmp_path, places=[])
    nodes = town.network.node_e7 / 1e7
    islet = np.flatnonzero(nodes[:, 0] > CENTRE.lon + 0.015)
    place = at(*nodes[islet[0]].tolist())
    planner = town.planner_of([place])
    on_islet = np.isin(town.network.edge_nodes[:, 0], islet)
    for cutoff_s in (600.0, 3600.0):
        coverage = planner.coverage(CoverageQuery(cutoff_s=cutoff_s, layer="street_length"))
        covered, severed = coverage.stretches("covered"), coverage.stretches("severed")
        assert len(covered.edge) > 0
        assert on_islet[covered.edge].all()
        assert not on_islet[severed.edge].all() or cutoff_s == 600.0
    assert coverage.stretches("nothing").length_mm.sum() == 0, "an hour's walk straight ahead is 4.8 km"


_HERE: Final = LonLat(*CENTRE)


@pytest.mark.parametrize(
    ("what", "query", "state", "why"),
    [
        ({}, {}, "covered", "it is there, and nobody asks for hours"),
        ({}, {"open": "certainly", "when": NOON}, "covered", "open at noon"),
        ({}, {"open": "certainly", "when": NOON.replace(hour=22)}, "closed", "closed at ten in the evening"),
        ({}, {"open": "certainly", "when": NOON.replace(hour=19, minute=50)}, "closed", "closes too soon"),
        ({}, {"open": "certainly", "when": NOON.replace(hour=19, minute=45)}, "covered", "just not too soon"),
        ({"services": (Service("rest_stop"),)}, {"open": "certainly", "when": NOON}, "unverified", "who knows"),
        ({"services": (Service("rest_stop"),)}, {"open": "perhaps", "when": NOON}, "covered", "perhaps will do"),
        ({}, {"wanted": Wanted(amenities=("water",))}, "unverified", "nobody has looked for water"),
        ({}, {"wanted": Wanted(amenities_or_unknown=("water",))}, "covered", "that is enough here"),
        ({"amenities": {"water": "no"}}, {"wanted": Wanted(amenities=("water",))}, "missing", "there is none"),
        ({"amenities": {"water": "no"}}, {"wanted": Wanted(amenities_or_unknown=("water",))}, "missing", "for sure"),
        ({"accuracy": "street"}, {"wanted": Wanted(accuracy="exact")}, "unverified", "nobody knows where"),
        ({}, {"wanted": Wanted(access=("scan",))}, "unverified", "nobody knows how one gets in"),
        ({"access": "key"}, {"wanted": Wanted(access=("scan",))}, "missing", "one needs a key"),
        ({"audience": ("guards",)}, {"wanted": Wanted(audience="couriers")}, "missing", "it is for others"),
        ({}, {"wanted": Wanted(services=("haircut",))}, "missing", "it does not offer that"),
        ({"status": "planned"}, {}, "missing", "the site is found; what is wanted is not there yet"),
        ({"status": "paused"}, {}, "missing", "it is not in operation"),
        ({"status": "retired"}, {}, "nothing", "it has been given up"),
    ],
)  # fmt: skip
def test_the_reason_is_the_cheapest_remedy(
    what: dict[str, Any], query: dict[str, Any], state: str, why: str, tmp_path: Path
) -> None:
    """One place in the middle of a city, and whoever lives within five minutes of it."""
    town = Town(6, tmp_path, places=[])
    where = town.network.node_e7[0] / 1e7
    place = at(*where.tolist(), **what)
    asked = CoverageQuery(cutoff_s=300.0, layer="street_length", **query)
    weight = dict(zip(STATES, town.planner_of([place]).coverage(asked).weight.sum(axis=1).tolist(), strict=True))
    near = town.planner_of([at(*where.tolist())]).coverage(CoverageQuery(cutoff_s=300.0, layer="street_length"))
    covered = int(near.weight[0].sum())
    assert covered > 0
    if state == "nothing":
        assert weight["nothing"] == sum(weight.values())
    else:
        assert weight[state] == covered, why
        assert sum(weight[other] for other in STATES if other not in (state, "severed", "nothing")) == 0, why
