"""What places reach, against networkx from every label, against the search that answers people, and closed forms."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo.coords import geodesic_m
from geo.coverage import blocks
from geo.coverage.pairs import Reach
from geo.coverage.pieces import Pieces, length_mm, whole_edges
from geo.coverage.reach import middles, reach
from geo.errors import ParameterError
from geo.streets.from_osm import build_network
from geo.streets.graphs import MAX_CUTOFF, graph, hang
from geo.streets.network import NO_WAY, TICKS_PER_S, StreetNetwork
from geo.streets.paths import Search
from geo.streets.profiles import ACCESS_M_PER_S, MODES, Mode
from geo.streets.snapping import Position, Positions, snap_many
from tests.oracles import leaf_costs
from tests.strategies import random_extract, random_points
from tests.streets.test_paths import line_city

MINUTE = 60 * TICKS_PER_S


def joined(*parts: Positions) -> Positions:
    edge, offset_m, snap_m, lonlat = (np.concatenate([part[i] for part in parts]) for i in range(4))
    return Positions(edge, offset_m, snap_m, lonlat)


def take(where: Positions, numbers: NDArray[np.int64]) -> Positions:
    return Positions(where.edge[numbers], where.offset_m[numbers], where.snap_m[numbers], where.lonlat[numbers])


@cache
def town(seed: int, mode: Mode) -> tuple[StreetNetwork, Positions, Positions]:
    """Return a small city, places in it, and demand: middles of all streets, ends of streets, and points beside them.

    Several places share an edge; some stand on no street of the mode, or on one that it may not use.
    """
    extract = random_extract(seed)
    network, _ = build_network(extract)
    places = snap_many(network, mode, random_points(seed, extract, 7), to_stay=True)
    pieces = cut_pieces(network, seed)
    beside = snap_many(network, mode, random_points(seed + 1000, extract, 6))
    beyond = snap_many(network, mode, np.array([[117.5, 39.92]]))
    assert beyond.edge.tolist() == [-1]
    return network, joined(places, beyond), joined(middles(network, pieces), beside, beyond)


def at_nodes(network: StreetNetwork) -> Positions:
    """Return a place at every node, on an edge that ends there; none at a barrier's own node, where nobody can be."""
    edge, offset_m = np.full(network.node_count, -1, np.int32), np.zeros(network.node_count)
    for number, (tail, head) in enumerate(network.edge_nodes.tolist()):
        if network.edge_length_m[number] == 0:
            continue
        edge[tail], offset_m[tail] = number, 0.0
        edge[head], offset_m[head] = number, network.edge_length_m[number]
    return Positions(edge, offset_m, np.zeros(network.node_count), network.node_e7 / 1e7)


def cut_pieces(network: StreetNetwork, seed: int) -> Pieces:
    """Return all edges, some of them cut in two."""
    whole, rng = whole_edges(network), np.random.default_rng(seed)
    edge, start, end = [], [], []
    for number, length in zip(whole.edge.tolist(), whole.length_mm.tolist(), strict=True):
        at = int(rng.integers(1, length)) if length > 1 and rng.random() < 0.5 else length
        for low, high in ((0, at), (at, length)):
            if low < high:
                edge.append(number)
                start.append(low)
                end.append(high)
    area = np.zeros(len(edge), dtype=np.int32)
    return Pieces(np.array(edge, np.int32), np.array(start, np.int64), np.array(end, np.int64), area)


def reached(network: StreetNetwork, mode: Mode, places: Positions, demand: Positions, cutoff: int) -> Reach:
    back = graph(network, mode, "from_facility")
    found = reach(back, hang(back, demand), places, cutoff)
    assert found is not None
    return found


def as_dict(found: Reach) -> dict[tuple[int, int], int]:
    pairs = zip(found.place.tolist(), found.demand.tolist(), found.cost.tolist(), strict=True)
    return {(place, row): cost for place, row, cost in pairs}


def part(ticks: int, metres: float, length_m: float) -> float:
    """Ticks of a part of an edge; nothing for no metres, wherever one may go."""
    if metres == 0:
        return 0
    return math.inf if ticks == NO_WAY else round(metres / length_m * ticks)


def leg(where: Positions, number: int) -> int:
    return round(float(where.snap_m[number]) / ACCESS_M_PER_S * TICKS_PER_S)


def expected(network: StreetNetwork, mode: Mode, places: Positions, demand: Positions) -> NDArray[np.float64]:
    """Ticks from every row of demand to every place, (n_demand, n_places): to an end, or along the edge."""
    to_door, n = leaf_costs(network, mode, places), network.node_count
    storeys: list[tuple[Mode, int]] = [(mode, 0), ("walk", n)] if mode == "ebike" else [(mode, 0)]
    cost = np.full((len(demand.edge), len(places.edge)), math.inf)
    for row, edge in enumerate(demand.edge.tolist()):
        if edge < 0:
            continue
        (tail, head), length_m = network.edge_nodes[edge].tolist(), float(network.edge_length_m[edge])
        metres = float(demand.offset_m[row])
        for storey, base in storeys:  # riding, or on foot from the start
            along, against = (
                int(ticks[edge]) for ticks in (network.arcs[storey].forward, network.arcs[storey].backward)
            )
            cost[row] = np.minimum(cost[row], part(against, metres, length_m) + to_door[base + tail])
            cost[row] = np.minimum(cost[row], part(along, length_m - metres, length_m) + to_door[base + head])
            for place in np.flatnonzero(places.edge == edge).tolist():
                ahead_m = float(places.offset_m[place]) - metres
                direct = part(along if ahead_m > 0 else against, abs(ahead_m), length_m)
                cost[row, place] = min(cost[row, place], direct + leg(places, place))
        cost[row] += leg(demand, row)
    return cost


def check(found: Reach, cost: NDArray[np.float64], cutoff: int) -> int:
    """Every pair within the cutoff is there, once, at its cost, in order, and no other; return how many there are."""
    assert [array.dtype for array in found[:3]] == [np.int64, np.int32, np.int32]
    assert (found.place_count, found.demand_count) == cost.shape[::-1]
    assert found.first[0] == 0
    assert found.first[-1] == len(found.demand) == len(found.cost)
    for place in range(found.place_count):
        own = slice(found.first[place], found.first[place + 1])
        there = np.flatnonzero(cost[:, place] <= cutoff)
        assert found.demand[own].tolist() == there.tolist()
        assert found.cost[own].tolist() == cost[there, place].tolist()
    return len(found.demand)


@pytest.mark.parametrize("mode", MODES)
def test_it_is_what_networkx_finds_from_every_label(mode: Mode) -> None:
    """Cutoffs are the cost of some pair, which belongs to it, and a tick less, to which it does not."""
    pairs = missed = 0
    for seed in range(50):
        network, places, demand = town(seed, mode)
        cost = expected(network, mode, places, demand)
        finite = np.sort(cost[np.isfinite(cost)])
        assert len(finite), seed
        for cutoff in {int(finite[len(finite) // 2]), int(finite[len(finite) // 2]) - 1, int(finite[-1])}:
            count = check(reached(network, mode, places, demand, cutoff), cost, cutoff)
            pairs, missed = pairs + count, missed + cost.size - count
    assert min(pairs, missed) > 5000, (pairs, missed)


@pytest.mark.parametrize("mode", MODES)
def test_it_is_what_the_search_answers_to_who_stands_there(mode: Mode) -> None:
    """The search goes the other way: from the demand to the places, which hang on the graph *to facilities*."""
    compared = 0
    for seed in range(50, 80):
        network, places, demand = town(seed, mode)
        compared += compare_with_search(network, mode, places, demand, 10 * MINUTE)
    assert compared > 1000


def compare_with_search(network: StreetNetwork, mode: Mode, places: Positions, demand: Positions, cutoff: int) -> int:
    streets = graph(network, mode)
    search = Search(streets, hang(streets, places))
    answers = dict[tuple[int, int], int]()
    for row in np.flatnonzero(demand.edge >= 0).tolist():
        own = leg(demand, row)
        origin = Position(int(demand.edge[row]), float(demand.offset_m[row]), 0.0, 0.0, 0.0)
        stream = search.stream(origin, cutoff - own)
        stream.reach(len(places.edge))
        answers |= {(place, row): cost + own for place, cost in zip(stream.facility, stream.cost, strict=True)}
    found = as_dict(reached(network, mode, places, demand, cutoff))
    assert found == answers
    return len(found)


@pytest.mark.parametrize("mode", MODES)
def test_crossings_themselves_at_exactly_the_cutoff(mode: Mode) -> None:
    """Nothing is left to go from there: the last label that counts costs the whole cutoff."""
    checked = 0
    for seed in range(80, 84):
        network, places, _ = town(seed, mode)
        demand = at_nodes(network)
        cost = expected(network, mode, places, demand)
        for cutoff in np.unique(cost[np.isfinite(cost)])[::5].astype(int).tolist():
            check(reached(network, mode, places, demand, cutoff), cost, cutoff)
            checked += 1
    assert checked > 20


def test_a_cutoff_beyond_all_bounds_and_one_below_nothing() -> None:
    network, places, demand = town(3, "walk")
    cost = expected(network, "walk", places, demand)
    assert check(reached(network, "walk", places, demand, 10 * MAX_CUTOFF), cost, MAX_CUTOFF) > 0
    assert check(reached(network, "walk", places, demand, -1), cost, -1) == 0
    far = places._replace(snap_m=np.full(len(places.edge), 200_000.0))  # more than 40 hours from the street to the door
    assert len(reached(network, "walk", far, demand, 10 * MAX_CUTOFF).demand) == 0


def at(network: StreetNetwork, lons: list[float], snap_m: float = 0.0) -> Positions:
    where = snap_many(network, "walk", np.array([(lon, 39.92) for lon in lons]).reshape(-1, 2))
    return where._replace(snap_m=np.full(len(lons), snap_m))


def test_along_one_street_it_is_the_distance_by_the_speed() -> None:
    """Three places on one edge, three rows of demand: 4.8 km/h, and access legs at 40 m in 30 s at both ends."""
    network = line_city(length=2)
    places, demand = (
        at(network, [116.4101, 116.4105, 116.4109], 40.0),
        at(network, [116.4100, 116.4104, 116.4110], 20.0),
    )
    assert set(places.edge.tolist()) == set(demand.edge.tolist()) == {0}
    found = as_dict(reached(network, "walk", places, demand, 60 * MINUTE))
    assert len(found) == 9
    for (place, row), cost in found.items():
        metres = geodesic_m(places.lonlat[[place]], demand.lonlat[[row]])[0]
        assert cost / TICKS_PER_S == pytest.approx(metres / (4.8 / 3.6) + 30 + 15, abs=0.002)


def test_one_goes_to_the_place_in_the_direction_of_the_street() -> None:
    """On a one-way street eastward, who stands west of a place drives to it; who stands east of it cannot."""
    network = line_city(oneway="yes", length=2)
    place, demand = at(network, [116.4105]), at(network, [116.4102, 116.4105, 116.4108])
    assert as_dict(reached(network, "drive", place, demand, 60 * MINUTE)).keys() == {(0, 0), (0, 1)}
    assert as_dict(reached(network, "walk", place, demand, 60 * MINUTE)).keys() == {(0, 0), (0, 1), (0, 2)}


def test_nobody_and_nothing() -> None:
    network, places, demand = town(1, "walk")
    none = take(places, np.empty(0, dtype=np.int64))
    for found in (reached(network, "walk", none, demand, MINUTE), reached(network, "walk", places, none, MINUTE)):
        assert len(found.demand) == len(found.cost) == 0
    assert reached(network, "walk", none, demand, MINUTE).first.tolist() == [0]
    assert reached(network, "walk", places, none, MINUTE).first.tolist() == [0] * (len(places.edge) + 1)


@given(seed=st.integers(0, 30), mode=st.sampled_from(MODES), minutes=st.floats(0, 20), data=st.data())
def test_order_does_not_matter_and_more_time_reaches_more(
    seed: int, mode: Mode, minutes: float, data: st.DataObject
) -> None:
    network, places, demand = town(seed, mode)
    cutoff = int(minutes * MINUTE)
    found = reached(network, mode, places, demand, cutoff)
    less = data.draw(st.integers(0, cutoff))
    assert as_dict(found.within(less)) == as_dict(reached(network, mode, places, demand, less))
    assert as_dict(found.within(less)).items() <= as_dict(found).items()
    of_place = np.array(data.draw(st.permutations(range(len(places.edge)))))
    of_row = np.random.default_rng(data.draw(st.integers(0, 99))).permutation(len(demand.edge))
    other = as_dict(reached(network, mode, take(places, of_place), take(demand, of_row), cutoff))
    assert {(int(of_place[place]), int(of_row[row])): cost for (place, row), cost in other.items()} == as_dict(found)


def test_blocks_threads_and_worn_out_epochs_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """One place a block, many to a block; few epochs, so that states are wiped every now and then."""
    network, places, demand = town(5, "ebike")
    many = joined(*[places] * 40)
    whole = as_dict(reached(network, "ebike", many, demand, 5 * MINUTE))
    assert len(whole) > 1000
    monkeypatch.setattr(blocks, "_FIRST_EPOCH", 130)
    assert as_dict(reached(network, "ebike", many, demand, 5 * MINUTE)) == whole
    monkeypatch.setattr("geo.coverage.reach.BLOCK", 1)
    assert as_dict(reached(network, "ebike", many, demand, 5 * MINUTE)) == whole


def test_too_many_pairs_are_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    network, places, demand = town(5, "walk")
    pairs = len(reached(network, "walk", places, demand, 15 * MINUTE).demand)
    monkeypatch.setattr("geo.coverage.reach.MAX_PAIRS", pairs)
    assert len(reached(network, "walk", places, demand, 15 * MINUTE).demand) == pairs
    monkeypatch.setattr("geo.coverage.reach.MAX_PAIRS", pairs - 1)
    with pytest.raises(
        ParameterError, match=rf"more than {pairs - 1:,} pairs of 8 places .* 15 min; ask for"
    ) as caught:
        reached(network, "walk", places, demand, 15 * MINUTE)
    assert caught.value.parameter == "cutoff"


def test_it_tells_how_far_it_is_and_stops_when_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geo.coverage.reach.BLOCK", 3)
    network, places, demand = town(5, "walk")
    back, told = graph(network, "walk", "from_facility"), list[int]()
    rows = hang(back, demand)
    assert reach(back, rows, places, MINUTE, progress=told.append) is not None
    assert told == [3, 6, 8]
    told.clear()
    many = joined(*[places] * 30)
    assert reach(back, rows, many, MINUTE, stop=lambda: len(told) >= 5, progress=told.append) is None
    assert 5 <= len(told) < 15  # what was begun already is ended
    assert reach(back, rows, many, MINUTE, stop=lambda: True) is None


def test_middles_lie_in_the_middle_of_their_pieces() -> None:
    """As far from one end of the piece as from the other, on the drawn street."""
    seen = 0
    for seed in range(10):
        network = build_network(random_extract(seed))[0]
        pieces = cut_pieces(network, seed)
        where = middles(network, pieces)
        assert np.array_equal(where.edge, pieces.edge)
        assert (where.snap_m == 0).all()
        assert (where.offset_m <= network.edge_length_m[pieces.edge]).all()
        assert np.abs(where.offset_m * 1000 * 2 - (pieces.start_mm + pieces.end_mm)).max() <= 1
        for row, edge in enumerate(pieces.edge.tolist()):
            drawn = network.shape(edge)
            if len(drawn) > 2:
                continue
            part_m = geodesic_m(drawn[[0]], where.lonlat[[row]])[0], geodesic_m(where.lonlat[[row]], drawn[[1]])[0]
            assert part_m[0] == pytest.approx(where.offset_m[row], abs=0.02)
            assert sum(part_m) == pytest.approx(length_mm(network)[edge] / 1000, abs=0.02)
            seen += 1
    assert seen > 100


@pytest.mark.real
@pytest.mark.parametrize("mode", MODES)
def test_in_the_real_city_it_is_what_the_search_answers(real_network: StreetNetwork, mode: Mode) -> None:
    """20 candidates drawn over the middle of the city, and 2,000 pieces of street."""
    rng = np.random.default_rng(20)
    points = rng.uniform([116.33, 39.86], [116.46, 39.98], (20, 2))
    places = snap_many(real_network, mode, points, to_stay=True)
    pieces = whole_edges(real_network)
    demand = take(middles(real_network, pieces), rng.choice(len(pieces.edge), 2000, replace=False))
    assert compare_with_search(real_network, mode, places, demand, 15 * MINUTE) > 100
