"""``make bench``: builds, loads and asks, beside networkx and scipy on the same questions, and prints a table.

Times are medians on whatever machine this is; ratios within one run are what to trust. Nothing here passes or fails.
"""

from __future__ import annotations

import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

import networkx as nx
import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geo.city import City
from geo.coords import LonLat
from geo.errors import YizhanError
from geo.finding.asking import NearestQuery
from geo.finding.nearest import Answer
from geo.streets.network import NO_WAY, TICKS_PER_S
from geo.streets.paths import Search, hang
from geo.streets.profiles import MODES
from geo.streets.snapping import Position, snap, snap_many
from tests.benchmarks.hours import rows as hours_rows
from tests.benchmarks.table import Row
from tests.conftest import real_data

QUESTIONS = 300
CUTOFF_S = 1500.0
K = 5


def main() -> None:
    """Print the table."""
    for row in [Row("measured", "median", "note"), *rows()]:
        print(f"| {row.what} | {row.figure} | {row.note} |")
        if row.what == "measured":
            print("|---|---|---|")


def rows() -> Iterator[Row]:
    """Measure, one figure after the other."""
    yield Row("machine", f"{os.cpu_count()} cores", f"{platform.machine()}, Python {platform.python_version()}")
    yield Row("libraries", "", ", ".join(f"{name} {version(name)}" for name in ("numpy", "numba", "scipy", "networkx")))
    extract = real_data() / "beijing" / "beijing.osm.pbf"
    with tempfile.TemporaryDirectory(prefix="yizhan-bench-") as folder:
        pack = Path(folder) / "city"
        command = ["build", "--osm", str(extract)] if extract.is_file() else ["sample"]
        yield Row("city", extract.name if extract.is_file() else "the sample (no real extract here)")
        yield build(command, pack)
        yield from serving(pack)
        yield from opening(pack)
        yield from asking(City.open(pack))
        yield from hours_rows()


def build(command: list[str], pack: Path) -> Row:
    """Build the pack in a process of its own; time and the largest process's memory."""
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-m", "geo.cli", *command, "--out", str(pack)], check=True, capture_output=True)
    seconds = time.perf_counter() - begin
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return Row("build the pack", f"{seconds:.1f} s", f"one run; peak memory of one process {peak_mb:.0f} MB")


def opening(pack: Path) -> Iterator[Row]:
    """Open the pack, warm, in this process."""
    yield Row("open the pack", ms(repeat(lambda: City.open(pack), 15)), "memory-mapped, files in the page cache")
    City.open(pack).warm()
    yield Row("open it and get ready for the first question of any mode", ms(repeat(lambda: City.open(pack).warm(), 5)))


def serving(pack: Path) -> Iterator[Row]:
    """Start the server and wait for its first answer."""
    starts = [_start(pack) for _ in range(3)]
    yield Row("start `yizhan serve` until it listens", f"{statistics.median(s for s, _ in starts):.2f} s", "3 starts")
    yield Row("the first page after a start", f"{statistics.median(p for _, p in starts) * 1000:.0f} ms")


def _start(pack: Path) -> tuple[float, float]:
    begin = time.perf_counter()
    command = [sys.executable, "-m", "geo.cli", "serve", "--city", str(pack), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            url = next(word for word in server.stdout.readline().split() if word.startswith("http"))
            listens = time.perf_counter()
            with urllib.request.urlopen(url + "/", timeout=30) as response:
                response.read()
            return listens - begin, time.perf_counter() - listens
        finally:
            server.terminate()


def asking(city: City) -> Iterator[Row]:
    """The nearest k places: whole answers, then the bare search beside its peers on equal questions."""
    for mode in MODES:
        queries = [NearestQuery(point, k=K, mode=mode, cutoff_s=CUTOFF_S) for point in points(city)]
        times = [timed(lambda query=query: answer(city, query)) for query in queries]  # type: ignore[misc]
        yield Row(f"whole answer with paths, {mode}", ms(times), f"{QUESTIONS} random origins, k={K}, {CUTOFF_S:g} s")
    yield from peers(city)


def answer(city: City, query: NearestQuery) -> Answer | None:
    """Ask; None where the origin is off the streets."""
    try:
        return city.nearest(query)
    except YizhanError:
        return None


def peers(city: City) -> Iterator[Row]:
    """The bare search on foot, from a position to k facilities: ours, scipy and networkx."""
    network, places = city.network, city.places
    arcs = network.arcs["walk"]
    positions = snap_many(network, "walk", np.array([place.position for place in places]))
    leaves = hang(network, "walk", positions)
    search, everything = Search(network, "walk", leaves), np.ones(len(places), dtype=bool)
    origins = [origin for point in points(city) if (origin := try_snap(city, point)) is not None]

    n = network.node_count
    tail = np.repeat(np.arange(n), np.diff(arcs.first_arc))
    leaf_tail = np.repeat(np.arange(n), np.diff(leaves.first))
    heads = np.concatenate([arcs.arc_head, n + leaves.facility])
    tails = np.concatenate([tail, leaf_tail])
    costs = np.concatenate([arcs.arc_cost, leaves.cost]).astype(np.float64)
    size = n + len(places)
    matrix = _matrix(tails, heads, costs, size)
    graph = nx.DiGraph()
    graph.add_weighted_edges_from(zip(tails.tolist(), heads.tolist(), costs.tolist(), strict=True))

    limit = CUTOFF_S * TICKS_PER_S
    ours, scipys, networkxs, equal = [], [], [], 0
    for origin in origins:
        begin = time.perf_counter()
        found = search.nearest(origin, everything, K, int(limit))
        ours.append(time.perf_counter() - begin)
        ends = seeds(arcs, network.edge_nodes[origin.edge], origin, float(network.edge_length_m[origin.edge]))
        begin = time.perf_counter()
        reached = np.min([dijkstra(matrix, indices=node, limit=limit - cost)[n:] + cost for node, cost in ends], axis=0)
        theirs = np.sort(reached[np.isfinite(reached)])[:K]
        scipys.append(time.perf_counter() - begin)
        begin = time.perf_counter()
        lengths = [
            (nx.single_source_dijkstra_path_length(graph, node, cutoff=limit - cost), cost) for node, cost in ends
        ]
        networkxs.append(time.perf_counter() - begin)
        del lengths
        on_edge = (positions.edge == origin.edge).any()  # peers cannot begin and end within one edge
        equal += bool(on_edge or np.array_equal(theirs, found.cost))
    yield Row("bare search, on foot", ms(ours), f"{len(origins)} origins; routes of the {K} included")
    ratio = statistics.median(b / a for a, b in zip(ours, scipys, strict=True))
    yield Row("scipy `dijkstra(limit)`", ms(scipys), f"{ratio:.1f} times ours; {equal} of {len(origins)} answers equal")
    ratio = statistics.median(b / a for a, b in zip(ours, networkxs, strict=True))
    yield Row("networkx with cutoff", ms(networkxs), f"{ratio:.0f} times ours")


def _matrix(tails: np.ndarray, heads: np.ndarray, costs: np.ndarray, size: int) -> csr_array:
    """Cheapest of parallel arcs: scipy would add them up."""
    order = np.lexsort((costs, heads, tails))
    first = np.ones(len(order), dtype=bool)
    first[1:] = (tails[order][1:] != tails[order][:-1]) | (heads[order][1:] != heads[order][:-1])
    kept = order[first]
    return csr_array((np.maximum(costs[kept], 1e-9), (tails[kept], heads[kept])), shape=(size, size))


def seeds(arcs, nodes, origin: Position, length_m: float) -> list[tuple[int, float]]:  # type: ignore[no-untyped-def]
    """Both ends of the origin's edge with the cost of getting there."""
    share = origin.offset_m / length_m
    ends = [(int(nodes[0]), arcs.backward[origin.edge], share), (int(nodes[1]), arcs.forward[origin.edge], 1 - share)]
    return [(node, float(np.rint(part * way))) for node, way, part in ends if way != NO_WAY]


def try_snap(city: City, point: LonLat) -> Position | None:
    """Snap on foot; None off the streets."""
    try:
        return snap(city.network, "walk", point)
    except YizhanError:
        return None


def points(city: City) -> list[LonLat]:
    """Return seeded random points in the middle of the city."""
    box = city.bbox
    dx, dy = (box.east - box.west) / 4, (box.north - box.south) / 4
    rng = np.random.default_rng(2026)
    drawn = rng.uniform([box.west + dx, box.south + dy], [box.east - dx, box.north - dy], (QUESTIONS, 2))
    return [LonLat(*point) for point in drawn.tolist()]


def repeat(action: Callable[[], object], times: int) -> list[float]:
    """Time an action several times."""
    return [timed(action) for _ in range(times)]


def timed(action: Callable[[], object]) -> float:
    """Return the seconds that an action takes."""
    begin = time.perf_counter()
    action()
    return time.perf_counter() - begin


def ms(seconds: list[float]) -> str:
    """Return the median in milliseconds, and the 95th percentile."""
    return f"{statistics.median(seconds) * 1000:.3g} ms (p95 {np.quantile(seconds, 0.95) * 1000:.3g})"


if __name__ == "__main__":
    main()
