"""Streets cut to a box: which are taken, where one leaves them, and that what is written is the city's own."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.city import City
from geo.coords import E7, BBox
from geo.pocket.network import STEP_M, cut, own_lengths_m, own_ticks, scale_of, written
from geo.pocket.varints import varints, zigzag
from geo.streets.network import NO_WAY, StreetNetwork
from geo.streets.profiles import MODES

#: The southern third of the sample city.
SOUTH = BBox(116.39, 39.855, 116.43, 39.885)


def numbers(data: bytes) -> Iterator[int]:
    """Read varints byte by byte."""
    value = shift = 0
    for byte in data:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            yield value
            value = shift = 0


def signed(value: int) -> int:
    return -((value + 1) // 2) if value % 2 else value // 2


@given(st.lists(st.integers(-(2**50), 2**50), max_size=50))
def test_numbers_come_back(values: list[int]) -> None:
    folded = zigzag(np.array(values, dtype=np.int64))
    assert [signed(value) for value in numbers(varints(folded))] == values


def test_every_street_that_touches_the_box_is_taken(sample_city: City) -> None:
    network = sample_city.network
    taken = set(cut(network, SOUTH).edge.tolist())
    assert 0 < len(taken) < network.edge_count
    for edge in range(network.edge_count):
        lon, lat = network.shape(edge).T
        inside = ((lon >= SOUTH.west) & (lon <= SOUTH.east) & (lat >= SOUTH.south) & (lat <= SOUTH.north)).any()
        assert edge in taken or not inside


@pytest.mark.parametrize("mode", MODES)
def test_whoever_leaves_the_part_passes_a_border_node_outside_the_box(sample_city: City, mode: str) -> None:
    network = sample_city.network
    part = cut(network, SOUTH)
    taken, border = set(part.edge.tolist()), set(part.node[part.border[mode]].tolist())  # type: ignore[index]
    left_out = 0
    for edge, (tail, head) in enumerate(network.edge_nodes.tolist()):
        walks = mode == "ebike" and network.arcs["walk"].forward[edge] != NO_WAY
        arcs = network.arcs[mode]  # type: ignore[index]
        if edge in taken or not (walks or min(arcs.forward[edge], arcs.backward[edge]) != NO_WAY):
            continue
        assert border >= {tail, head} & set(part.node.tolist())
        left_out += 1
    assert left_out and border
    lon, lat = (network.node_e7[sorted(border)] / E7).T
    assert not ((lon > SOUTH.west) & (lon < SOUTH.east) & (lat > SOUTH.south) & (lat < SOUTH.north)).any()


def read_costs(network: StreetNetwork, box: BBox) -> dict[str, np.ndarray]:
    """Reckon costs from what was written, as a reader does."""
    part = cut(network, box)
    streets = written(network, part, scale_of(box))
    meta, sections = streets.meta, streets.sections
    columns = np.array(list(numbers(sections["classes"]))).reshape(-1, 3 * len(MODES))
    own = columns[list(numbers(sections["edges"]))[2 * len(part.edge) :]]
    shapes = [network.shape_e7[network.shape_start[e] : network.shape_start[e + 1]].astype(np.int64) for e in part.edge]
    start = np.concatenate([[0], np.cumsum([len(shape) for shape in shapes])])
    steps = np.array([signed(value) for value in numbers(sections["lengths"])])
    length_m = own_lengths_m(np.concatenate(shapes), start, scale_of(box)) + steps * STEP_M
    costs: dict[str, np.ndarray] = {}
    speeds: dict[str, list[float]] = meta["speeds"]  # type: ignore[assignment]
    for m, mode in enumerate(MODES):
        costs[mode] = np.full((2, len(part.edge)), NO_WAY)
        for way in (0, 1):
            for n, kmh in enumerate(speeds[mode], 1):
                here = own[:, 2 * m + way] == n
                costs[mode][way, here] = own_ticks(length_m[here], kmh)
    rows = np.array(list(numbers(sections["ticks"])), dtype=np.int64).reshape(-1, 4)
    for m, way, edge, ticks in rows.tolist():
        costs[MODES[m]][way, edge] = ticks
    np.testing.assert_allclose(length_m, network.edge_length_m[part.edge], atol=STEP_M, rtol=0)
    return costs


@pytest.mark.parametrize("box", [SOUTH, BBox(116.3, 39.8, 116.5, 40.0)], ids=["a part", "all"])
def test_costs_are_the_citys_own_to_the_tick(sample_city: City, box: BBox) -> None:
    network = sample_city.network
    part, costs = cut(network, box), read_costs(network, box)
    for mode in MODES:
        arcs = network.arcs[mode]
        np.testing.assert_array_equal(costs[mode][0], arcs.forward[part.edge])
        np.testing.assert_array_equal(costs[mode][1], arcs.backward[part.edge])
        assert (costs[mode] != NO_WAY).any()
