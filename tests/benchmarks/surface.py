"""Where the next place should go: what candidates reach, and the gain of one at each crossing; 2SFCA beside PySAL's."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Final, TypeVar

import numpy as np

from geo.city import City
from geo.coverage.accessibility import alike, gaussian, two_step
from geo.coverage.pairs import Reach
from geo.coverage.pieces import whole_edges
from geo.coverage.reach import middles, reach
from geo.coverage.surface import gain_at_nodes
from geo.streets.graphs import graph, hang
from geo.streets.network import CLOSED, TICKS_PER_S
from geo.streets.profiles import MODES
from geo.streets.snapping import snap_many
from tests.benchmarks.house import middle_points
from tests.benchmarks.table import Row

MINUTES: Final = 15
CANDIDATES: Final = 1_000
#: More crossings than these are asked about by a drawn part, and the figure says so.
MOST_NODES: Final = 50_000
#: Of the instance that is given to PySAL's access as well.
PEOPLE, PLACES, PAIRS = 20_000, 500, 400_000
_RUNS: Final = 3

_Found = TypeVar("_Found")


def rows(pack: Path) -> Iterator[Row]:
    """Measure each mode in a city, and the 2SFCA family once."""
    city = City.open(pack)
    network, cutoff = city.network, MINUTES * 60 * TICKS_PER_S
    pieces = whole_edges(network)
    where = middles(network, pieces)
    points = middle_points(city, CANDIDATES, 2030)
    rng = np.random.default_rng(2030)
    drawn = np.sort(rng.permutation(network.node_count)[:MOST_NODES]).astype(np.int32)
    for mode in MODES:
        back = graph(network, mode, "from_facility")
        demand = hang(back, where)
        weight = np.where(network.standing(mode)[pieces.edge] == CLOSED, 0, pieces.length_mm)
        places = snap_many(network, mode, points, to_stay=True)
        begin = f"surface, {mode}, {MINUTES} min"
        seconds, found = _timed(lambda: reach(back, demand, places, cutoff))  # noqa: B023  # called at once
        assert found is not None
        yield Row(
            f"{begin}: what {CANDIDATES:,} candidates reach",
            f"{seconds:.2f} s",
            f"{len(found.demand):,} pairs with {len(pieces.edge):,} pieces of street",
        )
        seconds, _ = _timed(
            lambda: gain_at_nodes(back, demand, weight, cutoff, network.node_count, nodes=drawn),  # noqa: B023
            runs=1,
        )
        part = len(drawn) / network.node_count
        yield Row(
            f"{begin}: gain of one more place at {len(drawn):,} crossings",
            f"{seconds:.1f} s",
            "all that there are, nothing covered yet, one run"
            if part == 1
            else f"drawn from {network.node_count:,}, which would take {seconds / part:.0f} s; nothing covered yet",
        )
    yield from _shared_out()


def _shared_out() -> Iterator[Row]:
    """2SFCA of one made instance by us and by PySAL's ``access``, and the largest difference."""
    rng = np.random.default_rng(2031)
    key = np.unique(rng.integers(0, PLACES * PEOPLE, PAIRS))
    place, who = np.divmod(key, PEOPLE)
    first = np.searchsorted(place, np.arange(PLACES + 1))
    cost = rng.integers(1, MINUTES * 60 * TICKS_PER_S, len(key)).astype(np.int32)
    sparse = Reach(first, who.astype(np.int32), cost, PEOPLE)
    seats, people = rng.integers(1, 50, PLACES).astype(float), rng.integers(1, 900, PEOPLE)
    what = f"{PLACES:,} places, {PEOPLE:,} rows of demand, {len(key):,} pairs"
    for name, decay, sigma_ticks in (("2SFCA", alike, None), ("E2SFCA, Gauss", gaussian(5), 5 * 60 * TICKS_PER_S)):
        seconds, ours = _timed(lambda: two_step(sparse, seats, people, decay).access)  # noqa: B023
        yield Row(f"{name}: ours", f"{seconds * 1000:.1f} ms", what)
        try:
            access, pandas = import_module("access"), import_module("pandas")
        except ImportError:
            yield Row(f"{name}: PySAL access", "not measured", "not installed here")
            continue
        theirs = access.Access(
            demand_df=pandas.DataFrame({"id": np.arange(PEOPLE), "people": people}),
            demand_index="id",
            demand_value="people",
            supply_df=pandas.DataFrame({"id": np.arange(PLACES), "seats": seats}),
            supply_index="id",
            supply_value="seats",
            cost_df=pandas.DataFrame({"origin": who, "dest": place, "cost": cost.astype(float)}),
            cost_origin="origin",
            cost_dest="dest",
            cost_name="cost",
        )
        weigh = None if sigma_ticks is None else access.weights.gaussian(sigma_ticks)
        seconds, table = _timed(lambda: theirs.two_stage_fca(name="a", weight_fn=weigh), runs=1)  # noqa: B023
        values = table["a_seats"].reindex(np.arange(PEOPLE)).fillna(0.0).to_numpy()
        apart = float((np.abs(values - ours) / np.maximum(ours, 1e-300)).max())
        yield Row(f"{name}: PySAL access", f"{seconds * 1000:.0f} ms", f"largest relative difference {apart:.1e}")


def _timed(action: Callable[[], _Found], runs: int = _RUNS) -> tuple[float, _Found]:
    """Run once to get ready where it is run often; return the median in seconds, and what was found."""
    found = action() if runs > 1 else None
    taken = []
    for _ in range(runs):
        begin = time.perf_counter()
        found = action()
        taken.append(time.perf_counter() - begin)
    assert found is not None
    return statistics.median(taken), found
