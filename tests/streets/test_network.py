"""Cutting, folding, gates and costs against the raw ways; saving and loading."""

from __future__ import annotations

import math
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from geo.coords import E7, geodesic_m
from geo.errors import EmptyExtractError
from geo.osm.extract import OPENSTREETMAP, Extract, WayCollector, bbox_of
from geo.streets.from_osm import build_network
from geo.streets.network import MAIN, NO_WAY, TICKS_PER_S, StreetNetwork
from geo.streets.profiles import MODES, Mode
from tests.oracles import RawStreets
from tests.strategies import random_extract

Tags = dict[str, str]


def city(*ways: tuple[Tags, list[int]], barriers: dict[int, Tags] | None = None) -> Extract:
    """Return an extract whose node n stands at column n % 10, row n // 10 of a grid of 0.001 degree."""
    collector = WayCollector()
    for number, (tags, nodes) in enumerate(ways, 1):
        e7 = [(1164000000 + 10_000 * (n % 10), 399000000 + 10_000 * (n // 10)) for n in nodes]
        collector.add(number, tags, nodes, e7)
    collector.barriers.update(barriers or {})
    raw = collector.finish()
    return Extract(OPENSTREETMAP, raw, (), bbox_of(raw))


STREET: Tags = {"highway": "residential"}
ONE_WAY: Tags = {"highway": "residential", "oneway": "yes"}


@pytest.mark.parametrize(
    ("ways", "edges", "nodes", "why"),
    [
        ([(STREET, [1, 2, 3])], 1, 2, "bends of a way are no junctions"),
        ([(STREET, [1, 2]), (STREET, [2, 3])], 1, 2, "two ways of one kind are one street"),
        ([(STREET, [1, 2]), (STREET, [3, 2])], 1, 2, "... also when drawn towards each other"),
        ([(ONE_WAY, [1, 2]), (ONE_WAY, [2, 3])], 1, 2, "a one-way street folds along its direction"),
        ([(ONE_WAY, [1, 2]), (ONE_WAY, [3, 2])], 2, 3, "... but not against it"),
        ([(STREET, [1, 2]), ({"highway": "footway"}, [2, 3])], 2, 3, "another kind of street begins"),
        ([(STREET, [1, 2]), (STREET | {"name": "簋街"}, [2, 3])], 2, 3, "another name begins"),
        ([(STREET, [1, 2, 3]), (STREET, [2, 12])], 3, 4, "a side street makes a junction"),
        ([(STREET, [1, 2, 12, 11, 1])], 1, 1, "a ring without junctions is one loop"),
        ([(STREET, [1, 2, 12, 11, 1]), (STREET, [1, 21])], 2, 2, "a ring with one junction is one loop"),
        ([(STREET, [1, 2]), (STREET, [1, 2])], 1, 1, "two equal ways upon each other fold to a loop"),
        ([(STREET, [1, 2]), (STREET, [1, 2]), (STREET, [2, 3]), (STREET, [1, 11])], 4, 4, "parallel streets stay two"),
        ([(STREET, [1, 2, 1])], 1, 1, "a way that comes back on itself"),
        ([(STREET, [1, 1, 2])], 1, 2, "a node named twice running is one"),
        ([(STREET, [1, 2]), (STREET, [41, 42])], 2, 4, "an island stays"),
    ],
)
def test_folding(ways: list[tuple[Tags, list[int]]], edges: int, nodes: int, why: str) -> None:
    network, _ = build_network(city(*ways))
    assert (network.edge_count, network.node_count) == (edges, nodes), why


@pytest.mark.parametrize("seed", range(200))
def test_building_keeps_every_metre_and_every_cost(seed: int) -> None:
    extract = random_extract(seed)
    network, _ = build_network(extract)
    _check_drawing(network)
    for mode in MODES:
        _check_costs(network, RawStreets(extract.ways, mode), extract, mode)


def _check_drawing(network: StreetNetwork) -> None:
    for edge in range(network.edge_count):
        shape = network.shape(edge)
        tail, head = network.edge_nodes[edge]
        assert (shape[0] * E7).round().tolist() == network.node_e7[tail].tolist()
        assert (shape[-1] * E7).round().tolist() == network.node_e7[head].tolist()
        assert network.edge_length_m[edge] == pytest.approx(geodesic_m(shape[:-1], shape[1:]).sum(), abs=1e-6)


def _check_costs(network: StreetNetwork, raw: RawStreets, extract: Extract, mode: Mode) -> None:
    """All-pairs costs between the junctions that both know are equal; so is the length of usable streets."""
    arcs = network.arcs[mode]
    ours = nx.MultiDiGraph()
    ours.add_nodes_from(range(network.node_count))
    for node in range(network.node_count):
        for i in range(arcs.first_arc[node], arcs.first_arc[node + 1]):
            ours.add_edge(node, int(arcs.arc_head[i]), weight=arcs.arc_cost[i] / TICKS_PER_S)
    where = {
        tuple(e7): osm for osm, e7 in zip(extract.ways.nodes.tolist(), extract.ways.lonlat_e7.tolist(), strict=True)
    }
    known = {
        node: where[tuple(network.node_e7[node].tolist())]
        for node in range(network.node_count)
        if where[tuple(network.node_e7[node].tolist())] not in extract.ways.barriers
    }
    for node, osm in known.items():
        mine = nx.single_source_dijkstra_path_length(ours, node, weight="weight")
        theirs = (
            nx.single_source_dijkstra_path_length(raw.graph, osm, weight="weight") if osm in raw.graph else {osm: 0.0}
        )
        for other, other_osm in known.items():
            assert mine.get(other, math.inf) == pytest.approx(theirs.get(other_osm, math.inf), abs=0.01)


@pytest.mark.parametrize(
    ("barrier", "passing"),
    [
        ({"barrier": "gate"}, {"walk", "bike", "ebike", "drive"}),
        ({"barrier": "bollard"}, {"walk", "bike", "ebike"}),
        ({"barrier": "gate", "access": "private"}, set()),
        ({"barrier": "gate", "access": "private", "foot": "yes"}, {"walk"}),
        ({"barrier": "lift_gate", "motor_vehicle": "no"}, {"walk", "bike", "ebike"}),
        ({"barrier": "stile"}, {"walk"}),
        ({"barrier": "wall"}, set()),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else ",".join(sorted(value)) or "nobody",
)
def test_a_barrier_stops_whom_it_says(barrier: Tags, passing: set[str]) -> None:
    network, _ = build_network(city((STREET, [1, 2, 3]), barriers={2: barrier}))
    for mode in MODES:
        graph = nx.MultiDiGraph()
        arcs = network.arcs[mode]
        for node in range(network.node_count):
            graph.add_edges_from((node, int(h)) for h in arcs.arc_head[arcs.first_arc[node] : arcs.first_arc[node + 1]])
        ends = [i for i, e7 in enumerate(network.node_e7.tolist()) if e7[0] in (1164010000, 1164030000)]
        assert len(ends) == 2
        assert nx.has_path(graph, *ends) == (mode in passing), mode


def test_a_street_cut_off_from_the_rest_is_an_islet() -> None:
    grid = [(STREET, [10 * row + column for column in range(10)]) for row in range(10)]
    grid += [(STREET, [10 * row + column for row in range(10)]) for column in range(10)]
    islet: tuple[Tags, list[int]] = (ONE_WAY, [105, 107])
    network, _ = build_network(city(*grid, islet))
    on_islet = np.flatnonzero(network.edge_way == len(grid) + 1)
    standing = network.arcs["drive"].standing
    assert standing[on_islet].tolist() != [MAIN]
    assert (np.delete(standing, on_islet) == MAIN).all()


def test_saved_and_loaded_is_the_same_and_read_only(tmp_path: Path) -> None:
    network, _ = build_network(random_extract(3))
    network.save(tmp_path / "streets")
    loaded = StreetNetwork.load(tmp_path / "streets")
    assert loaded.names == network.names
    assert loaded.classes == network.classes
    assert np.array_equal(loaded.shape_e7, network.shape_e7)
    for mode in MODES:
        assert np.array_equal(loaded.arcs[mode].arc_cost, network.arcs[mode].arc_cost)
    with pytest.raises(ValueError, match="read-only"):
        loaded.edge_length_m[0] = 0.0


def test_a_city_that_nobody_may_use_is_refused() -> None:
    with pytest.raises(EmptyExtractError, match="no street"):
        build_network(city(({"highway": "proposed"}, [1, 2])))


def test_costs_are_speeds_times_lengths() -> None:
    network, _ = build_network(city((ONE_WAY, [1, 3])))
    metres = network.edge_length_m[0]
    assert network.arcs["walk"].forward[0] == round(metres / (4.8 / 3.6) * TICKS_PER_S)
    assert network.arcs["drive"].backward[0] == NO_WAY


def test_positions_on_edges_lie_on_their_shapes() -> None:
    """Within every edge, at each point of its shape, at both ends and beyond them, in any order."""
    for seed in range(20):
        network, _ = build_network(random_extract(seed))
        rng = np.random.default_rng(seed)
        rows = [
            (edge, float(metres))
            for edge in range(network.edge_count)
            for length_m in (float(network.edge_length_m[edge]),)
            for metres in (
                *network.shape_m[network.shape_start[edge] : network.shape_start[edge + 1]],
                *(rng.random(3) * length_m), -1.0, length_m + 1.0,
            )
        ]  # fmt: skip
        rows = [rows[i] for i in rng.permutation(len(rows))]
        found = network.points_at(np.array([e for e, _ in rows], dtype=np.int32), np.array([m for _, m in rows]))
        for (edge, metres), point in zip(rows, found, strict=True):
            shape, along = network.shape(edge), network.shape_m[network.shape_edge == edge]
            assert point == pytest.approx([np.interp(metres, along, shape[:, i]) for i in range(2)], abs=1e-10)
    assert network.points_at(np.zeros(0, dtype=np.int32), np.zeros(0)).shape == (0, 2)
