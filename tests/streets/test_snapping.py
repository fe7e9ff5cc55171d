"""Snapping against brute force, and its one rule about islets."""

from __future__ import annotations

import numpy as np
import pytest

from geo.coords import E7, LonLat, metres_per_degree
from geo.errors import OffNetworkError
from geo.osm.extract import OPENSTREETMAP, Extract, WayCollector, bbox_of
from geo.streets.from_osm import build_network
from geo.streets.network import MAIN
from geo.streets.profiles import MODES
from geo.streets.snapping import MAX_SNAP_M, snap, snap_many
from tests.oracles import nearest_foot
from tests.strategies import CENTRE, random_extract


@pytest.mark.parametrize("seed", range(40))
def test_the_foot_is_on_the_nearest_street(seed: int) -> None:
    extract = random_extract(seed)
    network, _ = build_network(extract)
    rng = np.random.default_rng(seed)
    points = rng.uniform([CENTRE.lon - 0.012, CENTRE.lat - 0.012], [CENTRE.lon + 0.04, CENTRE.lat + 0.012], (12, 2))
    for mode in MODES:
        found = snap_many(network, mode, points)
        for i, (lon, lat) in enumerate(points):
            truth = nearest_foot(extract.ways, mode, LonLat(lon, lat))
            if truth > MAX_SNAP_M:
                assert found.edge[i] == -1
            elif found.edge[i] >= 0 and abs(found.snap_m[i] - truth) > 0.1:  # a long straight line bends on a map
                # only an islet may have given way, and only to a main street within 50 m
                assert truth < found.snap_m[i] <= 50.0
                assert network.arcs[mode].standing[found.edge[i]] == MAIN
            else:
                assert found.snap_m[i] == pytest.approx(truth, abs=0.1)


def ladder(islet_offset_m: float) -> Extract:
    """Return a ladder of streets with a path of two nodes beside it that joins nothing."""
    collector = WayCollector()
    step = 10_000

    def e7(x: float, y: float) -> tuple[int, int]:
        return round(1164000000 + step * x), round(399000000 + step * y)

    for rung in range(80):
        collector.add(rung, {"highway": "residential"}, [2 * rung, 2 * rung + 1], [e7(rung, 0), e7(rung, 5)])
    for side in (0, 1):
        nodes = [2 * rung + side for rung in range(80)]
        collector.add(100 + side, {"highway": "residential"}, nodes, [e7(rung, 5 * side) for rung in range(80)])
    south = -islet_offset_m / (metres_per_degree(39.9)[1] / E7) / step
    collector.add(999, {"highway": "footway", "oneway:foot": "yes"}, [900, 901], [e7(10, south), e7(12, south)])
    ways = collector.finish()
    return Extract(OPENSTREETMAP, ways, (), bbox_of(ways))


@pytest.mark.parametrize(
    ("islet_m", "joined", "why"),
    [(30.0, True, "a courtyard path gives way to the street beside it"), (200.0, False, "a real island stays one")],
)
def test_an_islet_gives_way_only_to_a_street_near_by(islet_m: float, joined: bool, why: str) -> None:
    network, _ = build_network(ladder(islet_m))
    on_the_islet = LonLat(116.411, 39.9 - islet_m / 111_033)
    position = snap(network, "walk", on_the_islet)
    assert (network.arcs["walk"].standing[position.edge] == MAIN) == joined, why


def test_far_from_every_street_is_refused_with_the_limit() -> None:
    network, _ = build_network(ladder(30.0))
    with pytest.raises(OffNetworkError, match=r"116\.300000,39\.900000.*within 500 m"):
        snap(network, "walk", LonLat(116.3, 39.9))


def test_the_limit_is_the_limit() -> None:
    network, _ = build_network(ladder(30.0))
    lon_m, _ = metres_per_degree(39.9)
    assert snap(network, "walk", LonLat(116.4 - 499.0 / lon_m, 39.9)).snap_m == pytest.approx(499.0, abs=0.01)
    with pytest.raises(OffNetworkError):
        snap(network, "walk", LonLat(116.4 - 501.0 / lon_m, 39.9))


@pytest.mark.parametrize("lon_share", [0.0, 1.0])
def test_at_a_node_the_offset_is_exactly_an_end(lon_share: float) -> None:
    network, _ = build_network(random_extract(5))
    for edge in range(network.edge_count):
        if network.arcs["walk"].standing[edge] != MAIN or network.edge_length_m[edge] == 0:
            continue
        node = network.edge_nodes[edge, int(lon_share)]
        position = snap(network, "walk", LonLat(*(network.node_e7[node] / E7).tolist()))
        assert position.offset_m in (0.0, network.edge_length_m[position.edge])
        assert position.snap_m < 0.01
