"""Gaps: closed forms, clusters of random parts, random cities against brute force, and the real city."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Final

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo.choosing.conditions import Conditions
from geo.choosing.openness import Openings
from geo.choosing.wanted import Wanted
from geo.city import City
from geo.coords import LonLat, distance_m, metres_per_degree
from geo.coverage.asking import LAYERS, CoverageQuery
from geo.coverage.clusters import Ends, Parts, clusters, medoid
from geo.coverage.demand import DemandPoints
from geo.coverage.gaps import Gap, Gaps, find_gaps
from geo.coverage.layers import Layers
from geo.coverage.pieces import NOWHERE, Area, Pieces, length_mm
from geo.coverage.planner import STATES, Coverage, Planner
from geo.coverage.point_table import MICRO
from geo.coverage.straight import Ground
from geo.coverage.stretches import Stretches
from geo.places.calendar import Calendar
from geo.places.model import Place
from geo.streets.network import TICKS_PER_S, StreetNetwork
from geo.streets.profiles import MODES, Mode
from tests.coverage.oracle import BLUR_TICKS, lonlat_at
from tests.coverage.test_planner import Town, draw
from tests.coverage.test_service_area import city, line
from tests.strategies import CENTRE, make_places

CALENDAR: Final = Calendar.packaged()
NO_PLACE: Final = CoverageQuery(wanted=Wanted(services=("pop_up",)))


def lonlat(x: float, y: float) -> LonLat:
    per_lon, per_lat = metres_per_degree(CENTRE.lat)
    return LonLat(CENTRE.lon + x / per_lon, CENTRE.lat + y / per_lat)


def planner_of(network: StreetNetwork, places: Sequence[Place], folder: Path | None = None) -> Planner:
    known = Conditions(places), Openings(places, CALENDAR), CALENDAR
    return Planner(network, places, *known, Layers(folder, network), Ground(network, CENTRE))


def places_at(*spots: tuple[float, float]) -> list[Place]:
    return make_places(np.array([lonlat(*spot) for spot in spots]).reshape(-1, 2))


def gaps_of(network: StreetNetwork, *spots: tuple[float, float], cutoff_s: float = 300.0, limit: int = 50) -> Gaps:
    """Return the gaps in the streets of those who walk to places in so many seconds: 300 s are 400 m."""
    planner = planner_of(network, places_at(*spots))
    return find_gaps(planner, planner.coverage(CoverageQuery(layer="street_length", cutoff_s=cutoff_s)), limit)


def metres(gap: Gap) -> float:
    return gap.length_mm / 1000


def check(network: StreetNetwork, coverage: Coverage, found: Gaps) -> None:
    """Gaps and what is in none make all that is not covered: in all, by area, by reason and by metres."""
    by_area, by_reason = found.rest + found.off_street, np.zeros(5, dtype=np.int64)
    covered_ = coverage.reached[0]
    free = coverage.streets.minus(covered_)
    length = found.rest_mm
    for gap in found.gaps:
        by_area[gap.area] += gap.weight
        by_reason += np.array(gap.reasons)
        length += gap.length_mm
        assert gap.weight == sum(gap.reasons) > 0
        assert gap.length_mm == int(gap.stretches.length_mm.sum())
        assert not len(gap.stretches.minus(free).edge)
        free = free.minus(gap.stretches)  # nobody else has them
        along = [
            lonlat_at(network, edge, np.linspace(start_mm / 1000, end_mm / 1000, 9))
            for edge, start_mm, end_mm in zip(*(column.tolist() for column in gap.stretches), strict=True)
        ]
        points = np.concatenate([*along, [gap.middle]])
        low, high = np.array(gap.bbox[:2]), np.array(gap.bbox[2:])
        assert ((points > low - 3e-8) & (points < high + 3e-8)).all()  # 3 mm: ends are whole millimetres
    assert by_area.tolist() == coverage.weight[1:].sum(axis=0).tolist()
    assert length == int(coverage.streets.minus(covered_).length_mm.sum())
    assert int(free.length_mm.sum()) == found.rest_mm
    assert [gap.rank for gap in found.gaps] == list(range(1, len(found.gaps) + 1))
    assert all(a.weight >= b.weight for a, b in itertools.pairwise(found.gaps))
    if len(found.gaps) == found.count and not found.off_street.any():
        assert not found.rest.any()
        assert by_reason.tolist() == coverage.weight[1:].sum(axis=1).tolist()


def told(found: Gaps) -> list[object]:
    """Return all that gaps say, in plain values that can be compared."""
    values: list[object] = [found.rest.tolist(), found.rest_mm, found.off_street.tolist(), found.count]
    for gap in found.gaps:
        values += [column.tolist() for column in gap.stretches]
        values += [gap.weight, gap.reasons, gap.names, gap.near, gap.middle, gap.nearest, gap.travel_s]
    return values


# --- Closed forms ---


def test_the_end_of_a_street_is_a_gap() -> None:
    """One walks 400 m to the place at the west end; of the other 300 m the middle is 150 m from their ends."""
    network = city(line((0, 0), (700, 0), name="东四北大街"))
    (gap,) = gaps_of(network, (0, 0)).gaps
    assert (gap.rank, gap.area, gap.names, gap.near) == (1, NOWHERE, ("东四北大街",), None)
    assert metres(gap) == pytest.approx(300, abs=0.1)
    assert gap.weight == gap.length_mm * (MICRO // 1000)
    assert gap.reasons == (0, 0, 0, 0, gap.weight)
    assert distance_m(gap.middle, lonlat(550, 0)) < 20  # parts are at most 33 m long
    assert gap.nearest == 0
    assert gap.travel_s is not None
    assert gap.straight_m is not None
    assert gap.straight_m == pytest.approx(distance_m(gap.middle, lonlat(0, 0)), abs=0.1)
    assert gap.travel_s == pytest.approx(gap.straight_m / (4.8 / 3.6), abs=0.1)


def test_no_gap_at_all() -> None:
    found = gaps_of(city(line((0, 0), (700, 0))), (350, 0))
    assert (found.gaps, found.count, found.rest_mm) == ((), 0, 0)
    assert not found.rest.any()
    assert not found.off_street.any()


def test_nothing_covered_at_all() -> None:
    """No place: what fits in 400 m is a gap, and there is nowhere to go."""
    network = city(line((0, 0), (300, 0)))
    (gap,) = gaps_of(network).gaps
    assert metres(gap) == pytest.approx(300, abs=0.1)
    assert (gap.nearest, gap.travel_s, gap.straight_m) == (None, None, None)


def test_a_long_street_is_cut_where_its_weight_is_halved_until_it_fits() -> None:
    """1,600 m, of which 400 m fit: twice in the middle. Parts are 33 m long, so borders may lie half of that off."""
    network = city(line((0, 0), (1600, 0)))
    gaps = gaps_of(network).gaps
    assert [metres(gap) for gap in gaps] == [pytest.approx(400, abs=35)] * 4
    assert sorted(round(gap.bbox.west, 6) for gap in gaps) == [
        pytest.approx(lonlat(x, 0).lon, abs=5e-4) for x in (0, 400, 800, 1200)
    ]


@pytest.mark.parametrize(
    ("apart_m", "count", "why"),
    [(100, 1, "one place could serve both"), (500, 2, "both do not fit into 400 m")],
)
def test_islands_that_lie_together_are_one_gap(apart_m: int, count: int, why: str) -> None:
    network = city(line((0, 0), (200, 0), name="南街"), line((0, apart_m), (150, apart_m), name="北街"))
    found = gaps_of(network)
    assert len(found.gaps) == found.count == count, why
    assert found.gaps[0].names == (("南街", "北街") if count == 1 else ("南街",))


def test_the_longest_three_names_are_told() -> None:
    streets = [line((0, 10 * i), (100 + i, 10 * i), name=name) for i, name in enumerate("甲乙丙丁")]
    (gap,) = gaps_of(city(*streets, line((0, 60), (300, 60)))).gaps
    assert gap.names == ("丁", "丙", "乙")


@pytest.mark.parametrize(
    ("named_at_m", "near", "why"),
    [(600, "大街", "the nearest point of it is less than 1 km away"), (2000, None, "that is too far to say near")],
)
def test_a_gap_without_names_says_what_it_is_near(named_at_m: int, near: str | None, why: str) -> None:
    network = city(line((0, 0), (200, 0)), line((0, named_at_m), (100, named_at_m), name="大街"))
    (gap,) = gaps_of(network, (0, named_at_m)).gaps
    assert (gap.names, gap.near) == ((), near), why


def test_what_nobody_can_walk_from_has_its_nearest_place_as_the_crow_flies() -> None:
    network = city(line((0, 0), (700, 0)), line((0, 600), (100, 600)))
    (gap,) = gaps_of(network, (0, 0), (700, 0)).gaps
    assert metres(gap) == pytest.approx(100, abs=0.1)
    assert (gap.nearest, gap.travel_s) == (0, None)
    assert gap.straight_m == pytest.approx(math.hypot(50, 600), abs=20)


def test_a_gap_ends_at_the_border_of_an_area(tmp_path: Path) -> None:
    network = city(line((0, 0), (300, 0)))
    long = int(length_mm(network)[0])
    pieces = Pieces(
        np.zeros(2, dtype=np.int32), np.array([0, 100_000]), np.array([100_000, long]), np.array([1, 0], dtype=np.int32)
    )
    pieces.save(tmp_path / "demand", (Area("a", "东", None, None, 10, 1.0), Area("b", "西", None, None, 100, 1.0)))
    planner = planner_of(network, [], tmp_path / "demand")
    coverage = planner.coverage(CoverageQuery())
    found = find_gaps(planner, coverage)
    assert [(gap.area, gap.weight, gap.length_mm) for gap in found.gaps] == [
        (1, 100 * MICRO, 100_000),
        (0, 10 * MICRO, long - 100_000),
    ]
    check(network, coverage, found)


def test_the_others_are_summed() -> None:
    network = city(*(line((0, 1000 * i), (100 + i, 1000 * i)) for i in range(6)))
    found = gaps_of(network, limit=2)
    assert [round(metres(gap)) for gap in found.gaps] == [105, 104]
    assert found.count == 6
    assert int(found.rest.sum()) == found.rest_mm * (MICRO // 1000)
    assert found.rest_mm == pytest.approx((100 + 101 + 102 + 103) * 1000, abs=100)


# --- Clusters ---


@st.composite
def drawn_parts(draw_: st.DrawFn) -> tuple[Parts, NDArray[np.float64], Ends]:
    """Return parts of 10 m on edges of their own between 12 crossings, anywhere within 300 m, in two areas."""
    rows = draw_(
        st.lists(
            st.tuples(
                st.integers(0, 11), st.integers(0, 11), st.integers(0, 1), st.integers(0, 3), st.integers(0, 300),
                st.integers(0, 300),
            ),
            max_size=25,
        )
    )  # fmt: skip
    tail, head, area, weight, x, y = (np.array([row[i] for row in rows], dtype=np.int64) for i in range(6))
    number = np.arange(len(rows))
    parts = Parts(number.astype(np.int32), number * 0, number * 0 + 10_000, area.astype(np.int32), weight)
    return parts, np.column_stack([x, y]).astype(np.float64), Ends(tail, head)


def sides(xy: NDArray[np.float64]) -> float:
    return float((xy.max(axis=0) - xy.min(axis=0)).max())


def connected(parts: Parts, ends: Ends) -> list[list[int]]:
    """Return parts that are connected within their area, by networkx."""
    graph = nx.Graph()
    for i, (tail, head, area) in enumerate(zip(*ends, parts.area, strict=True)):
        graph.add_edge(("part", i), (int(tail), int(area)))
        graph.add_edge(("part", i), (int(head), int(area)))
    return [sorted(n[1] for n in own if n[0] == "part") for own in nx.connected_components(graph)]


@given(drawn_parts(), st.sampled_from([20.0, 60.0, 150.0, 1000.0]))
def test_clusters_fit_and_no_two_of_an_area_fit_together(
    drawn: tuple[Parts, NDArray[np.float64], Ends], fit_m: float
) -> None:
    parts, xy, ends = drawn
    cluster = clusters(parts, xy, ends, fit_m)
    own = {number: np.flatnonzero(cluster == number) for number in set(cluster.tolist()) - {-1}}
    for numbers in own.values():
        assert sides(xy[numbers]) <= fit_m
        assert len(set(parts.area[numbers].tolist())) == 1
    for one, other in itertools.combinations(own.values(), 2):
        if parts.area[one[0]] == parts.area[other[0]]:
            assert sides(xy[np.concatenate([one, other])]) > fit_m
    assert not parts.weight[cluster < 0].any()  # nothing that weighs is lost
    for numbers_ in connected(parts, ends):
        if sides(xy[numbers_]) <= fit_m:  # what fits is not cut
            assert len(set(cluster[numbers_].tolist())) == 1
            assert parts.weight[numbers_].any() == (cluster[numbers_[0]] >= 0)


@pytest.mark.parametrize(("apart_m", "expected"), [(60.0, [0, 0]), (60.1, [0, 1])], ids=["fit", "do not fit"])
def test_two_parts_join_if_they_just_fit(apart_m: float, expected: list[int]) -> None:
    number = np.arange(2)
    parts = Parts(number.astype(np.int32), number * 0, number * 0 + 9, (number * 0).astype(np.int32), number + 1)
    cluster = clusters(parts, np.array([[0.0, 0.0], [0.0, apart_m]]), Ends(number * 2, number * 2 + 1), 60.0)
    assert [int(own != cluster[0]) for own in cluster] == expected


@given(drawn_parts(), st.randoms(use_true_random=False))
def test_clusters_do_not_depend_on_the_numbers_of_crossings(
    drawn: tuple[Parts, NDArray[np.float64], Ends], random: Random
) -> None:
    parts, xy, ends = drawn
    other = np.array(random.sample(range(1000), 12))
    assert (
        clusters(parts, xy, Ends(other[ends.tail], other[ends.head]), 60.0) == clusters(parts, xy, ends, 60.0)
    ).all()


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50), st.integers(0, 5)), min_size=1, max_size=20))
def test_a_medoid_is_least_far_from_all(rows: list[tuple[int, int, int]]) -> None:
    xy, weight = np.array([row[:2] for row in rows], dtype=np.float64), np.array([float(row[2]) for row in rows])
    far = [sum(w * math.dist(a, b) for b, w in zip(xy, weight, strict=True)) for a in xy]
    assert far[medoid(xy, xy, weight)] == pytest.approx(min(far))
    assert medoid(xy, xy, weight, pairs=1) == 0  # only the first is tried


# --- Random cities ---


@pytest.mark.parametrize("mode", MODES)
def test_gaps_of_random_cities_are_all_that_is_not_covered(mode: Mode, tmp_path: Path) -> None:
    gaps = unreachable = reached = reasons = nameless = 0
    for seed in range(8):
        town = Town(seed, tmp_path)
        for layer in LAYERS:
            query = draw(town.random, mode, layer)
            coverage = town.planner.coverage(query)
            for limit in (1000, 3):
                found = find_gaps(town.planner, coverage, limit)
                check(town.network, coverage, found)
            assert told(found) == told(find_gaps(town.planner, coverage, limit))
            for gap in find_gaps(town.planner, coverage, 1000).gaps:
                check_nearest(town, mode, coverage, gap)
                reached, unreachable = reached + (gap.travel_s is not None), unreachable + (gap.travel_s is None)
                reasons |= sum((weight > 0) << i for i, weight in enumerate(gap.reasons))
                nameless += not gap.names
                gaps += 1
    assert min(gaps, unreachable, reached, nameless) > 10, (gaps, unreachable, reached, nameless)
    assert reasons == 2 ** (len(STATES) - 1) - 1, reasons


def check_nearest(town: Town, mode: Mode, coverage: Coverage, gap: Gap) -> None:
    """The middle lies on a stretch of the gap, if it has one, and no place that counts is nearer than the one told.

    Where streets cross or lie on each other the middle may be on any of them.
    """
    spots = []
    for edge, start_mm, end_mm in zip(*(column.tolist() for column in gap.stretches), strict=True):
        offset_m = np.linspace(start_mm / 1000, end_mm / 1000, 1000)
        off = (lonlat_at(town.network, edge, offset_m) - np.array(gap.middle)) * metres_per_degree(CENTRE.lat)
        far = np.hypot(*off.T)
        if far.min() < 0.7:
            spots.append((edge, float(offset_m[far.argmin()])))
    assert spots or not len(gap.stretches.edge)
    numbers = np.flatnonzero(coverage.facilities)
    if not len(numbers):
        assert (gap.nearest, gap.travel_s, gap.straight_m) == (None, None, None)
        return
    assert gap.nearest is not None
    assert gap.nearest in numbers
    assert gap.straight_m == pytest.approx(distance_m(gap.middle, town.places[gap.nearest].position))
    if gap.travel_s is None:
        straight = [distance_m(gap.middle, town.places[number].position) for number in numbers.tolist()]
        assert gap.straight_m == pytest.approx(min(straight))
    told_ = math.inf if gap.travel_s is None else gap.travel_s * TICKS_PER_S
    agree, blur = not spots, BLUR_TICKS + 1.0 * TICKS_PER_S  # the middle is found again within a metre
    for edge, offset_m_ in spots:
        costs = town.walker(mode).ticks(edge, np.array([offset_m_]))[0]
        least = float(costs[numbers].min())
        agree |= told_ == least == math.inf or (abs(told_ - least) <= blur and costs[gap.nearest] <= least + 2 * blur)
    assert agree, gap


def test_gaps_do_not_depend_on_the_order_of_points(tmp_path: Path) -> None:
    points = 0
    for seed in range(6):
        town = Town(seed, tmp_path)
        query = CoverageQuery(layer="pickups", cutoff_s=60.0)
        demand = town.layers.demand("pickups", "walk")
        order = np.random.default_rng(seed).permutation(len(demand.points.weight))
        own = demand.points
        shuffled = DemandPoints(
            own.edge[order], own.offset_m[order], own.access[order], own.area[order], own.weight[order]
        )
        other = replace(demand, points=shuffled)
        one, two = (find_gaps(town.planner, town.planner.coverage(query, who)) for who in (demand, other))
        assert told(one) == told(two)
        points += sum(gap.weight for gap in one.gaps)
    assert points > 20 * MICRO


def test_who_cannot_travel_on_his_street_is_counted_apart(tmp_path: Path) -> None:
    """Residents live along footways too, where nobody drives."""
    apart = 0
    for seed in range(4):
        town = Town(seed, tmp_path)
        coverage = town.planner.coverage(replace(NO_PLACE, mode="drive"))
        found = find_gaps(town.planner, coverage)
        check(town.network, coverage, found)
        on_streets = np.isin(town.layers.pieces.edge, coverage.streets.edge)
        expected = coverage.demand.piece_weight[~on_streets].sum()
        assert int(found.off_street.sum()) == int(expected)
        apart += int(expected)
    assert apart > 0


# --- The real city ---


@pytest.mark.real
@pytest.mark.parametrize("layer", LAYERS)
def test_gaps_of_the_real_city(real_city: City, layer: str) -> None:
    planner = real_city.planner
    coverage = planner.coverage(CoverageQuery(layer=layer))  # type: ignore[arg-type]
    found = find_gaps(planner, coverage)
    check(real_city.network, coverage, found)
    assert len(found.gaps) == 50 < found.count
    per = np.array(metres_per_degree(39.9))
    for gap in found.gaps:
        size = (np.array(gap.bbox[2:]) - np.array(gap.bbox[:2])) * per
        assert size.max() <= 1200 * (1 + 2 / 12)  # middles of parts of 100 m lie within 1,200 m
        assert gap.travel_s is None or gap.travel_s > 890 or layer == "pickups"
        assert gap.area != NOWHERE
    assert sum(bool(gap.names) for gap in found.gaps) >= 40
    assert found.gaps[0].stretches.edge.dtype == Stretches.of([], [], []).edge.dtype
