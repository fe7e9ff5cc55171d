"""What the house itself takes: building a pack, opening it, starting the server, whole answers; it has no peers."""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geo.city import City
from geo.coords import LonLat
from geo.errors import YizhanError
from geo.finding.asking import NearestQuery
from geo.streets.profiles import MODES
from tests.benchmarks.graph import CUTOFF_S, K
from tests.benchmarks.table import Row

#: Run in a process of its own: opens a pack and answers as a server does after a start. Seconds, as JSON.
_FRESH = """
import json, sys, time
begin = time.perf_counter()
from pathlib import Path
from geo.city import City
from geo.coords import LonLat
from geo.finding.asking import NearestQuery
imported = time.perf_counter()
city = City.open(Path(sys.argv[1]))
opened = time.perf_counter()
city.warm()
warm = time.perf_counter()
city.nearest(NearestQuery(LonLat(float(sys.argv[2]), float(sys.argv[3])), k=5))
answered = time.perf_counter()
print(json.dumps([imported - begin, opened - imported, warm - opened, answered - warm]))
"""
_STARTS = 3


def build(extract: Path, pack: Path, name: str) -> Row:
    """Build the pack in a process of its own; time and the largest process's memory."""
    begin = time.perf_counter()
    command = [sys.executable, "-m", "geo.cli", "build", "--osm", str(extract), "--out", str(pack), "--name", name]
    subprocess.run(command, check=True, capture_output=True)
    seconds = time.perf_counter() - begin
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return Row("build the pack", f"{seconds:.1f} s", f"one run; peak memory of one process {peak_mb:.0f} MB")


def opening(pack: Path, origin: LonLat) -> Iterator[tuple[Row, float]]:
    """Open a pack in fresh processes; yields rows with their medians in seconds."""
    words = [sys.executable, "-c", _FRESH, str(pack), str(origin.lon), str(origin.lat)]
    said = [
        json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout) for _ in range(_STARTS)
    ]
    names = (
        "import what answers questions",
        "open the pack",
        "get ready for the first question of any mode",
        "the first question then",
    )
    for name, taken in zip(names, zip(*said, strict=True), strict=True):
        yield (
            Row(name, _ms(list(taken)), f"{_STARTS} fresh processes, files in the page cache"),
            statistics.median(taken),
        )


def serving(pack: Path, origin: LonLat) -> Iterator[tuple[Row, float]]:
    """Start the server and wait for its first answers; yields rows with their medians in seconds."""
    starts = [_start(pack, origin) for _ in range(_STARTS)]
    names = ("start `yizhan serve` until it listens", "its first answer of /api/v1/nearest", "its first page")
    for name, taken in zip(names, zip(*starts, strict=True), strict=True):
        yield Row(name, _ms(list(taken)), f"{_STARTS} starts"), statistics.median(taken)


def _start(pack: Path, origin: LonLat) -> tuple[float, float, float]:
    command = [sys.executable, "-m", "geo.cli", "serve", "--city", str(pack), "--port", "0"]
    begin = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            url = next(word for word in server.stdout.readline().split() if word.startswith("http"))
            listens = time.perf_counter()
            _read(f"{url}/api/v1/nearest?lon={origin.lon}&lat={origin.lat}")
            answered = time.perf_counter()
            _read(url + "/")
            return listens - begin, answered - listens, time.perf_counter() - answered
        finally:
            server.terminate()


def _read(url: str) -> None:
    with urllib.request.urlopen(url, timeout=60) as response:
        response.read()


def whole_answers(city: City, points: NDArray[np.float64]) -> Iterator[Row]:
    """The nearest k places with everything that is told of them."""
    for mode in MODES:
        queries = [NearestQuery(LonLat(*point), k=K, mode=mode, cutoff_s=CUTOFF_S) for point in points.tolist()]
        _answer(city, queries[0])
        times = [_timed(lambda query=query: _answer(city, query)) for query in queries]  # type: ignore[misc]
        yield Row(
            f"whole answer with paths, {mode}", _ms(times), f"{len(queries)} random origins, k={K}, {CUTOFF_S:g} s"
        )


def middle_points(city: City, count: int, seed: int) -> NDArray[np.float64]:
    """Return seeded random points in the middle of the city, degrees, shape (count, 2)."""
    box = city.bbox
    dx, dy = (box.east - box.west) / 4, (box.north - box.south) / 4
    rng = np.random.default_rng(seed)
    return rng.uniform([box.west + dx, box.south + dy], [box.east - dx, box.north - dy], (count, 2)).round(6)


def _answer(city: City, query: NearestQuery) -> object:
    """Ask; None where the origin is off the streets."""
    try:
        return city.nearest(query)
    except YizhanError:
        return None


def _timed(action: Callable[[], object]) -> float:
    begin = time.perf_counter()
    action()
    return time.perf_counter() - begin


def _ms(seconds: list[float]) -> str:
    """Return the median in milliseconds, and the 95th percentile."""
    return f"{statistics.median(seconds) * 1000:.3g} ms (p95 {np.quantile(seconds, 0.95) * 1000:.3g})"
