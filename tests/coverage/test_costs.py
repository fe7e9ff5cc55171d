"""Travel time from many positions at once: to the tick what networkx finds, and what the finder says one by one."""

from __future__ import annotations

import math
from random import Random

import numpy as np
import pytest
from numpy.typing import NDArray

from geo.choosing.conditions import Conditions
from geo.choosing.openness import Openings
from geo.coords import LonLat
from geo.coverage.costs import costs_at, nearest_at
from geo.finding.asking import NearestQuery
from geo.finding.nearest import Finder
from geo.places.calendar import Calendar
from geo.streets.fields import Field, make_field
from geo.streets.from_osm import build_network
from geo.streets.graphs import Leaves, access_ticks, graph, hang
from geo.streets.network import NO_WAY, TICKS_PER_S, StreetNetwork
from geo.streets.profiles import MODES, Mode
from geo.streets.snapping import Positions, snap_many
from tests.coverage.oracle import Walker, nearest
from tests.strategies import make_places, random_extract, random_points
from tests.streets.test_paths import line_city


def costs(
    network: StreetNetwork,
    mode: Mode,
    where: Positions,
    chosen: NDArray[np.bool_] | None,
    edge: NDArray[np.int32],
    offset_m: NDArray[np.float64],
    access: NDArray[np.int32],
) -> NDArray[np.int32]:
    leaves, field = hung(network, mode, where, chosen)
    return costs_at(graph(network, mode), leaves, field, edge, offset_m, access, chosen)


def hung(
    network: StreetNetwork, mode: Mode, where: Positions, chosen: NDArray[np.bool_] | None
) -> tuple[Leaves, Field]:
    leaves = hang(graph(network, mode), where)
    return leaves, make_field(graph(network, mode, "from_facility"), leaves, chosen)


@pytest.mark.parametrize("mode", MODES)
def test_every_position_has_the_cost_that_networkx_finds(mode: Mode) -> None:
    """Positions within streets and at their very ends, on streets of every kind, those of the places among them."""
    found = missed = 0
    for seed in range(20):
        extract = random_extract(seed)
        network, _ = build_network(extract)
        where = snap_many(network, mode, random_points(seed, extract, 1 + seed % 7), to_stay=True)
        walker, random = Walker(network, mode, where), Random(seed)
        chosen = np.array([random.random() < 0.7 for _ in where.edge], dtype=bool)
        edges = [edge for edge in range(network.edge_count) if network.edge_length_m[edge] > 0]
        rows = [(edge, random.choice((0.0, 1.0, 0.5, random.random())), random.randrange(5000)) for edge in edges * 2]
        rows += [(edge, offset_m / network.edge_length_m[edge], 0) for edge, offset_m, *_ in zip(*where, strict=True)]
        edge = np.array([row[0] for row in rows], dtype=np.int32)
        offset_m = np.array([share * float(network.edge_length_m[edge]) for edge, share, _ in rows])
        offset_m[-len(where.edge) :] = where.offset_m
        access = np.array([row[2] for row in rows], dtype=np.int32)
        for choice in (None, chosen):
            ours = costs(network, mode, where, choice, edge, offset_m, access)
            assert ours.dtype == np.int32
            assert ours.shape == (len(rows),)
            marked = np.ones(len(where.edge), dtype=bool) if choice is None else choice
            for number, (own, metres, leg) in enumerate(zip(edge.tolist(), offset_m, access.tolist(), strict=True)):
                least = nearest(walker.ticks(own, np.array([metres])), marked)[0] + leg
                assert ours[number] == (NO_WAY if least == math.inf else least), (seed, own, metres)
                found, missed = found + (least < math.inf), missed + (least == math.inf)
    assert min(found, missed) > 200, (found, missed)


@pytest.mark.parametrize("mode", MODES)
def test_the_nearest_is_the_one_that_costs_least_and_of_several_the_first(mode: Mode) -> None:
    """Every place stands there twice: of each two the one of the lower number is the nearest."""
    found = 0
    for seed in range(12):
        extract = random_extract(seed)
        network, _ = build_network(extract)
        points = np.repeat(random_points(seed, extract, 4), 2, axis=0)[Random(seed).sample(range(8), 8)]
        where, random = snap_many(network, mode, points, to_stay=True), Random(seed)
        chosen = np.array([random.random() < 0.7 for _ in points], dtype=bool)
        edge = np.flatnonzero(network.edge_length_m > 0).astype(np.int32)
        offset_m = np.array([random.random() for _ in edge]) * network.edge_length_m[edge]
        walker, access = Walker(network, mode, where), np.arange(len(edge), dtype=np.int32)
        leaves, field = hung(network, mode, where, chosen)
        near = nearest_at(graph(network, mode), leaves, field, edge, offset_m, access, chosen)
        for number, (own, metres) in enumerate(zip(edge.tolist(), offset_m.tolist(), strict=True)):
            costs_of = np.where(chosen, walker.ticks(own, np.array([metres]))[0], math.inf)
            if costs_of.min() == math.inf:
                assert (near.cost[number], near.facility[number]) == (NO_WAY, -1)
            else:
                expected = costs_of.min() + number, int(np.argmin(costs_of))
                assert (near.cost[number], near.facility[number]) == expected
                found += 1
    assert found > 100


@pytest.mark.parametrize("mode", MODES)
def test_it_is_what_the_finder_says_to_the_tick(mode: Mode) -> None:
    compared = unreachable = 0
    for seed in range(25):
        extract = random_extract(seed)
        network, _ = build_network(extract)
        places = make_places(random_points(seed, extract, 4))
        points = random_points(seed + 1000, extract, 12)
        finder = Finder(network, mode, places, Conditions(places), Openings(places, Calendar.packaged()))
        start = snap_many(network, mode, points)
        where = snap_many(network, mode, np.array([place.position for place in places]), to_stay=True)
        ours = costs(network, mode, where, None, start.edge, start.offset_m, access_ticks(start.snap_m))
        for number, point in enumerate(points.tolist()):
            if start.edge[number] < 0:
                assert ours[number] == NO_WAY
                continue
            answer = finder.nearest(NearestQuery(LonLat(*point), k=1, mode=mode, cutoff_s=90_000.0, paths=False))
            if answer.results:
                assert ours[number] == round(answer.results[0].travel_s * TICKS_PER_S)
                compared += 1
            else:
                assert ours[number] == NO_WAY
                unreachable += 1
    assert compared > 100
    assert unreachable > 3


def test_without_places_or_positions() -> None:
    network = line_city(length=2)
    none = Positions(np.zeros(0, np.int32), np.zeros(0), np.zeros(0), np.zeros((0, 2)))
    one = Positions(np.array([0], np.int32), np.array([10.0]), np.array([4.0]), np.zeros((1, 2)))
    edge, offset_m, access = np.array([0, -1], np.int32), np.array([22.0, 0.0]), np.array([5, 5], np.int32)
    assert costs(network, "walk", none, None, edge, offset_m, access).tolist() == [NO_WAY, NO_WAY]
    [near, nowhere] = costs(network, "walk", one, None, edge, offset_m, access).tolist()
    assert near == pytest.approx((12 + 4) / (4.8 / 3.6) * 10_000 + 5, abs=1)
    assert nowhere == NO_WAY, "a position on no street"
    assert costs(network, "walk", one, np.zeros(1, bool), edge, offset_m, access).tolist() == [NO_WAY, NO_WAY]
    assert len(costs(network, "walk", one, None, edge[:0], offset_m[:0], access[:0])) == 0


@pytest.mark.parametrize("mode", MODES)
def test_a_further_place_never_raises_a_cost(mode: Mode) -> None:
    for seed in range(15):
        extract = random_extract(seed)
        network, _ = build_network(extract)
        where, random = snap_many(network, mode, random_points(seed, extract, 6), to_stay=True), Random(seed)
        edge = np.flatnonzero(network.edge_length_m > 0).astype(np.int32)
        offset_m = np.array([random.random() for _ in edge]) * network.edge_length_m[edge]
        chosen, before = np.zeros(6, dtype=bool), np.full(len(edge), NO_WAY)
        for number in random.sample(range(6), 6):
            chosen[number] = True
            after = costs(network, mode, where, chosen, edge, offset_m, np.zeros(len(edge), np.int32))
            assert (after <= before).all()
            before = after
