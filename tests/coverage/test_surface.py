"""The gain of one more place at each crossing, against what places that stand there reach, and by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo.coverage.pieces import whole_edges
from geo.coverage.reach import middles
from geo.coverage.surface import gain_at_nodes
from geo.streets.graphs import graph, hang
from geo.streets.network import CLOSED, StreetNetwork
from geo.streets.profiles import MODES, Mode
from geo.streets.snapping import Positions
from tests.coverage.test_reach import MINUTE, at, at_nodes, expected, reached, town
from tests.streets.test_paths import line_city


def gain(
    network: StreetNetwork, mode: Mode, demand: Positions, weight: NDArray[np.int64], cutoff: int
) -> NDArray[np.int64]:
    back = graph(network, mode, "from_facility")
    found = gain_at_nodes(back, hang(back, demand), weight, cutoff, network.node_count)
    assert found is not None
    assert found.dtype == np.int64
    assert found.shape == (network.node_count,)
    return found


@pytest.mark.parametrize("mode", MODES)
def test_it_is_the_sum_of_what_networkx_reaches(mode: Mode) -> None:
    """To the last unit of weights that no double could add up; half of the rows are covered already: they weigh 0."""
    some = 0
    for seed in range(25):
        network, _, demand = town(seed, mode)
        rng = np.random.default_rng(seed)
        weight = rng.integers(1, 2**53, len(demand.edge)) * (rng.random(len(demand.edge)) < 0.5)
        places = at_nodes(network)
        cost, nodes = expected(network, mode, places, demand), np.flatnonzero(places.edge >= 0)
        finite = np.sort(cost[np.isfinite(cost)])
        for cutoff in (int(finite[len(finite) // 2]), int(finite[len(finite) // 2]) - 1):
            sums = [sum(weight[cost[:, node] <= cutoff].tolist()) for node in nodes.tolist()]
            assert gain(network, mode, demand, weight, cutoff)[nodes].tolist() == sums
            some += sum(0 < part < weight.sum() for part in sums)
    assert some > 300


@given(seed=st.integers(0, 30), mode=st.sampled_from(MODES), minutes=st.floats(0, 20), data=st.data())
def test_it_is_what_a_place_there_would_reach(seed: int, mode: Mode, minutes: float, data: st.DataObject) -> None:
    """It splits over parts of the demand, and never falls with more time."""
    network, _, demand = town(seed, mode)
    weight = np.random.default_rng(seed).integers(0, 10**9, len(demand.edge))
    cutoff = int(minutes * MINUTE)
    places = at_nodes(network)
    there, nodes = reached(network, mode, places, demand, cutoff), places.edge >= 0
    whole = gain(network, mode, demand, weight, cutoff)
    sums = np.zeros(network.node_count, np.int64)
    np.add.at(sums, there.place, weight[there.demand])
    assert np.array_equal(whole[nodes], sums[nodes])
    covered = np.random.default_rng(data.draw(st.integers(0, 99))).random(len(weight)) < 0.5
    one, other = np.where(covered, weight, 0), np.where(covered, 0, weight)
    assert np.array_equal(gain(network, mode, demand, one, cutoff) + gain(network, mode, demand, other, cutoff), whole)
    assert (gain(network, mode, demand, weight, cutoff + data.draw(st.integers(0, MINUTE))) >= whole).all()


def test_along_one_street_by_hand() -> None:
    """Seven streets of 85.3 m end to end, judged at their middles: 64 s each on foot.

    Within 100 s, which are 133 m, a crossing reaches the middles at 43 m and 128 m on either side: two from an end.
    """
    network = line_city(length=8)
    pieces = whole_edges(network)
    if len(pieces.edge) == 1:  # bends are folded into one edge
        edges = np.zeros(7, np.int32)
        metres = np.linspace(0, network.edge_length_m[0], 15)[1::2]
        demand = Positions(edges, metres, np.zeros(7), np.zeros((7, 2)))
    else:
        demand = middles(network, pieces)
    found = gain(network, "walk", demand, np.array([1, 10, 100, 1000, 10**4, 10**5, 10**6]), 100 * 10_000)
    assert sorted(found.tolist()) == [11, 1_100_000]


def test_only_the_nodes_asked_about_in_their_order() -> None:
    network, _, demand = town(4, "bike")
    weight = np.arange(len(demand.edge))
    back = graph(network, "bike", "from_facility")
    whole = gain(network, "bike", demand, weight, 5 * MINUTE)
    asked = np.random.default_rng(1).permutation(network.node_count)[:5].astype(np.int32)
    some = gain_at_nodes(back, hang(back, demand), weight, 5 * MINUTE, network.node_count, nodes=asked)
    assert some is not None
    assert some.tolist() == whole[asked].tolist()


def test_what_is_covered_or_closed_gives_nothing() -> None:
    network, _, demand = town(2, "drive")
    assert not gain(network, "drive", demand, np.zeros(len(demand.edge), np.int64), 60 * MINUTE).any()
    shut = (network.standing("drive")[demand.edge] == CLOSED) & (demand.edge >= 0)
    inside = (demand.offset_m > 0) & (demand.offset_m < network.edge_length_m[demand.edge])
    assert (shut & inside).any()
    assert not gain(network, "drive", demand, (shut & inside).astype(np.int64), 10**9).any()


def test_a_one_way_street_is_gained_at_its_end() -> None:
    network = line_city(oneway="yes", length=2)
    west, east = np.argsort(network.node_e7[:, 0]).tolist()
    found = gain(network, "drive", at(network, [116.4105]), np.array([7]), 60 * MINUTE)
    assert (found[west], found[east]) == (0, 7)


def test_it_tells_how_far_it_is_and_stops_when_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geo.coverage.surface.BLOCK", 1)
    network, _, demand = town(5, "walk")
    back, told = graph(network, "walk", "from_facility"), list[int]()
    rows, weight = hang(back, demand), np.ones(len(demand.edge), np.int64)
    assert gain_at_nodes(back, rows, weight, MINUTE, network.node_count, progress=told.append) is not None
    assert told == list(range(1, network.node_count + 1))
    told.clear()
    half = math.ceil(network.node_count / 2)
    assert (
        gain_at_nodes(
            back, rows, weight, MINUTE, network.node_count, stop=lambda: len(told) >= half, progress=told.append
        )
        is None
    )
    assert half <= len(told) < network.node_count
