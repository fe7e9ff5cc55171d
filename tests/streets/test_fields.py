"""The nearest facility of every label, and of several at equal cost the lowest number, against networkx."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from geo.coords import E7
from geo.osm.extract import OPENSTREETMAP, Extract, WayCollector, Ways, bbox_of
from geo.streets.fields import NOTHING, Field, closing, make_field
from geo.streets.from_osm import build_network
from geo.streets.graphs import graph, hang
from geo.streets.network import NO_WAY, TICKS_PER_S, StreetNetwork
from geo.streets.profiles import MODES, Mode
from geo.streets.snapping import Position, Positions, snap_many
from tests.oracles import leaf_costs
from tests.strategies import random_extract, random_points
from tests.streets.test_paths import TOLERANCE_S, line_city, oracle, positions


def field_of(network: StreetNetwork, mode: Mode, where: Positions) -> Field:
    return make_field(graph(network, mode, "from_facility"), hang(graph(network, mode), where))


def take(where: Positions, numbers: list[int]) -> Positions:
    return Positions(where.edge[numbers], where.offset_m[numbers], where.snap_m[numbers], where.lonlat[numbers])


def nearest(
    network: StreetNetwork,
    mode: Mode,
    where: Positions,
    chosen: NDArray[np.bool_] | None = None,
    closed: NDArray[np.bool_] | None = None,
) -> NDArray[np.int64]:
    """What networkx finds of each label: the least cost of the chosen facilities, and of those the lowest number.

    Closed streets are streets that no mode may use.
    """
    if closed is not None:
        arcs = {
            one: replace(
                own, forward=np.where(closed, NO_WAY, own.forward), backward=np.where(closed, NO_WAY, own.backward)
            )
            for one, own in network.arcs.items()
        }
        network = replace(network, arcs=arcs)
    costs = leaf_costs(network, mode, where)
    if chosen is not None:
        costs[:, ~chosen] = math.inf
    keys = [
        min(((int(cost) << 32 | number) for number, cost in enumerate(own) if cost < math.inf), default=NOTHING)
        for own in costs.tolist()
    ]
    return np.array(keys)


def check(network: StreetNetwork, mode: Mode, where: Positions, field: Field) -> int:
    """Every label has the least cost of all, and the first facility that has it; return how many have any."""
    assert field.cost.dtype == field.facility.dtype == np.int32
    assert np.array_equal(field.key, nearest(network, mode, where))
    assert np.array_equal(field.cost == NO_WAY, field.facility == -1)
    return int((field.cost < NO_WAY).sum())


def towns(seed: int, mode: Mode, count: int) -> tuple[StreetNetwork, Positions]:
    extract = random_extract(seed)
    network, _ = build_network(extract)
    return network, snap_many(network, mode, random_points(seed, extract, count), to_stay=True)


@pytest.mark.parametrize("mode", MODES)
def test_every_label_has_its_nearest(mode: Mode) -> None:
    reached = missed = 0
    for seed in range(60):
        network, where = towns(seed, mode, 1 + seed % 7)
        field = field_of(network, mode, where)
        assert len(field.cost) == network.node_count * (2 if mode == "ebike" else 1)  # riding, then walking
        count = check(network, mode, where, field)
        reached, missed = reached + count, missed + len(field.cost) - count
    assert min(reached, missed) > 100, (reached, missed)


@pytest.mark.parametrize("mode", MODES)
def test_it_is_the_time_that_networkx_finds_on_the_raw_ways(mode: Mode) -> None:
    """From each end of each street that the mode may use; who rides an e-bike sets out riding: the first n labels.

    Nobody sets out at a barrier: of a way that comes by it twice the raw segments there cannot be told apart.
    """
    compared = 0
    for seed in range(25):
        extract = random_extract(seed)
        network, _ = build_network(extract)
        raw, points = oracle(extract, mode), random_points(seed, extract, 4)
        goals = positions(network, mode, points, to_stay=True)
        field = field_of(network, mode, snap_many(network, mode, points, to_stay=True))
        arcs, ways = network.arcs[mode], extract.ways
        barriers = {
            tuple(e7) for n, e7 in zip(ways.nodes.tolist(), ways.lonlat_e7.tolist(), strict=True) if n in ways.barriers
        }
        for edge in range(network.edge_count):
            length_m = float(network.edge_length_m[edge])
            if length_m == 0 or min(arcs.forward[edge], arcs.backward[edge]) == NO_WAY:
                continue
            for end, offset_m in enumerate((0.0, length_m)):
                lon, lat = network.shape(edge)[-end].tolist()
                if (round(lon * E7), round(lat * E7)) in barriers:
                    continue
                expected = min(raw.costs_s(network, Position(edge, offset_m, 0.0, lon, lat), goals, 1e6))
                ticks = int(field.cost[network.edge_nodes[edge, end]])
                if ticks == NO_WAY:
                    assert expected == math.inf
                else:
                    assert ticks / TICKS_PER_S == pytest.approx(expected, abs=TOLERANCE_S)
                compared += ticks < NO_WAY
    assert compared > 300


def street(ways: WayCollector, number: int, e7: list[tuple[int, int]], *, tags: dict[str, str] | None = None) -> None:
    """Add a street from node to node; nodes are named by where they are."""
    ways.add(number, tags or {"highway": "residential"}, [x * 31 + y for x, y in e7], e7)


def built(ways: Ways) -> StreetNetwork:
    return build_network(Extract(OPENSTREETMAP, ways, (), bbox_of(ways)))[0]


@pytest.mark.parametrize("long_e7", [70_000, 1_000_000, 9_000_000], ids=["600 m", "9 km", "77 km"])
@pytest.mark.parametrize("short_e7", [100, 10_000], ids=["1 m", "86 m"])
def test_one_very_long_street_among_short_ones(long_e7: int, short_e7: int) -> None:
    """Buckets are as wide as the usual street, so that the long one spans many: there must be enough of them."""
    collector, x0, y0 = WayCollector(), 1164100000, 399200000
    row = [(x0 + short_e7 * i, y0) for i in range(40)]
    for i, (a, b) in enumerate(pairwise(row)):
        street(collector, i + 1, [a, b])
        street(collector, 1000 + i, [a, (a[0], y0 + short_e7)])  # a side street keeps the crossing from being folded
    far = (x0 + 39 * short_e7 + long_e7, y0)
    street(collector, 500, [row[-1], far])
    for i in range(40):
        street(collector, 2000 + i, [far, (far[0] + 50 * short_e7, y0 + i * short_e7)])
    network = built(collector.finish())
    ends = np.array([[row[0][0], y0], [far[0], y0]]) / E7
    for numbers in ([0], [1], [0, 1]):
        where = take(snap_many(network, "walk", ends), numbers)
        assert check(network, "walk", where, field_of(network, "walk", where)) == network.node_count


def gates() -> tuple[StreetNetwork, NDArray[np.float64]]:
    """Return a grid with gates at most crossings, so that most arcs cost nothing; and points in it."""
    collector, x0, y0 = WayCollector(), 1164100000, 399200000
    rng = np.random.default_rng(3)
    for i in range(6):
        for j in range(6):
            here = (x0 + 10_000 * i, y0 + 10_000 * j)
            for number, there in ((1, (here[0] + 10_000, here[1])), (2, (here[0], here[1] + 10_000))):
                street(collector, 100 * i + 10 * j + number, [here, there])
            if rng.random() < 0.7:
                collector.barriers[here[0] * 31 + here[1]] = {"barrier": "gate", "motor_vehicle": "no"}
    network = built(collector.finish())
    assert (network.edge_length_m == 0).sum() > 20
    return network, np.column_stack([116.41 + 0.005 * rng.random(9), 39.92 + 0.005 * rng.random(9)])


def test_a_field_among_gates_without_length() -> None:
    """A bucket is as narrow as it can be."""
    network, points = gates()
    for mode in MODES:
        where = snap_many(network, mode, points[:3], to_stay=True)
        assert check(network, mode, where, field_of(network, mode, where)) > 3


@pytest.mark.parametrize("mode", MODES)
def test_only_what_is_chosen_counts_and_nobody_uses_closed_streets(mode: Mode) -> None:
    others = severed = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        network, where = towns(seed, mode, 9)
        back, leaves = graph(network, mode, "from_facility"), hang(graph(network, mode), where)
        chosen, closed = rng.random(9) < 0.5, rng.random(network.edge_count) < 0.2
        field = make_field(back, leaves, chosen, closed)
        assert np.array_equal(field.key, nearest(network, mode, where, chosen, closed))
        by_hand = make_field(closing(back, closed), hang(closing(graph(network, mode), closed), where), chosen)
        assert np.array_equal(field.key, by_hand.key)
        all_open = make_field(back, leaves, chosen)
        assert np.array_equal(all_open.key, nearest(network, mode, where, chosen))
        severed += int(((field.cost == NO_WAY) & (all_open.cost < NO_WAY)).sum())
        others += int((all_open.cost > make_field(back, leaves).cost).sum())
        assert (make_field(back, leaves, np.zeros(9, dtype=np.bool_)).key == NOTHING).all()
    assert min(others, severed) > 100, (others, severed)


@pytest.mark.parametrize(
    ("points", "nearest_of_all", "why"),
    [
        ([116.412, 116.412], 0, "two doors at one spot: the first"),
        ([116.4117, 116.412, 116.412], 0, "the nearer of them is first for who comes from the west"),
        ([116.4122, 116.412, 116.412], 1, "of the two that are equal the first, and neither is the farther one"),
    ],
)
def test_equal_costs_go_to_the_lowest_number(points: list[float], nearest_of_all: int, why: str) -> None:
    network = line_city(length=2)  # one street, from 116.410 to 116.411
    west = int(network.node_e7[:, 0].argmin())
    where = snap_many(network, "walk", np.array([[lon - 0.0015, 39.92] for lon in points]))
    assert field_of(network, "walk", where).facility[west] == nearest_of_all, why


def test_halfway_between_two_the_lowest_number_is_nearest() -> None:
    """Both ends of a row of equal streets: the crossing in the middle is as far from one as from the other."""
    collector, x0, y0 = WayCollector(), 1164100000, 0  # at the equator all of them have one length
    row = [(x0 + 10_000 * i, y0) for i in range(5)]
    for i, (a, b) in enumerate(pairwise(row)):
        street(collector, i + 1, [a, b])
    for i, a in enumerate(row):  # side streets on both sides keep the ends from being folded
        street(collector, 100 + i, [a, (a[0], y0 + 5_000)])
        street(collector, 200 + i, [a, (a[0], y0 - 5_000)])
    network = built(collector.finish())
    node = [int(np.flatnonzero((network.node_e7 == e7).all(axis=1))[0]) for e7 in row]
    ends = np.array([row[0], row[4]]) / E7
    for points, expected in ((ends, [0, 0, 0, 1, 1]), (ends[::-1], [1, 1, 0, 0, 0])):
        field = field_of(network, "walk", snap_many(network, "walk", points))
        assert field.facility[node].tolist() == expected
        assert field.cost[node[2]] == 2 * field.cost[node[1]] == 2 * field.cost[node[3]] > 0


def test_without_any_facility_nothing_is_near() -> None:
    network = line_city(length=5)
    nowhere = take(snap_many(network, "walk", np.array([[116.411, 39.92]])), [])
    field = field_of(network, "walk", nowhere)
    assert (field.cost == NO_WAY).all()
    assert (field.facility == -1).all()


def test_a_facility_on_no_street_or_behind_a_one_way_street_is_nobody_s_nearest() -> None:
    """One in the sea has no edge; one at the beginning of a one-way street cannot be reached from its end."""
    network = line_city(oneway="yes", length=2)
    points = np.array([[116.4102, 39.92], [117.5, 39.92]])
    where = snap_many(network, "drive", points)
    assert where.edge.tolist() == [0, -1]
    field = field_of(network, "drive", where)
    west, east = np.argsort(network.node_e7[:, 0]).tolist()
    assert field.facility[west] == 0
    assert field.cost[west] == pytest.approx(0.0002 * 85_493.9 / (20 / 3.6) * TICKS_PER_S, abs=10)
    assert (field.cost[east], field.facility[east]) == (NO_WAY, -1)
