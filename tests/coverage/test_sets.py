"""Many sets of places at once: each is covered as if it were asked for alone, however the work is cut."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from geo.coverage import sets as module
from geo.coverage.asking import LAYERS, CoverageQuery, Layer
from geo.coverage.sets import covered_by_sets
from geo.streets.network import TICKS_PER_S
from geo.streets.profiles import MODES, Mode
from tests.coverage.test_planner import AREAS, Town
from tests.strategies import random_places, random_points

Mask = NDArray[np.bool_]


def covered(town: Town, mode: Mode, layer: Layer, sets: Mask, closed: Mask | None, cutoff: int) -> Any:
    planner = town.planner_of(town.places, closed)
    ways, demand = planner.ways(mode), town.layers.demand(layer, mode)
    found = covered_by_sets(
        (ways.streets, ways.back, ways.leaves), closed, cutoff, planner.length_mm, sets,
        (demand, town.layers.pieces, len(AREAS)),
    )  # fmt: skip
    assert found is not None
    assert found.dtype == np.int64
    return found.tolist()


def alone(town: Town, mode: Mode, layer: Layer, chosen: Mask, closed: Mask | None, cutoff: int) -> Any:
    """Ask the planner of a city that has no other places."""
    places = [place for place, there in zip(town.places, chosen.tolist(), strict=True) if there]
    query = CoverageQuery(mode=mode, layer=layer, cutoff_s=cutoff / TICKS_PER_S)
    return town.planner_of(places, closed).coverage(query).weight[0].tolist()


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("mode", MODES)
def test_each_set_is_covered_as_if_it_were_alone(
    mode: Mode, layer: Layer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of no place, of each one, of all, and of drawn ones; on open streets and with a third of them closed."""
    seen: set[str] = set()
    for seed in range(2):
        town = Town(seed, tmp_path / str(seed))
        drawn = random_places(seed, random_points(seed, town.extract, 14))
        town.places = sorted((replace(place, status="open") for place in drawn), key=lambda place: place.id)
        rng, count = np.random.default_rng(seed), len(town.places)
        sets = np.concatenate([np.zeros((1, count), bool), np.eye(count, dtype=bool), np.ones((1, count), bool),
                               rng.random((6, count)) < rng.random((6, 1))])  # fmt: skip
        for closed in (None, rng.random(town.network.edge_count) < 0.3):
            cutoff = int(rng.integers(10, 400)) * 10_000
            expected = [alone(town, mode, layer, chosen, closed, cutoff) for chosen in sets]
            assert covered(town, mode, layer, sets, closed, cutoff) == expected
            with monkeypatch.context() as patch:
                patch.setattr(module, "MAX_PAIRS", 40)
                patch.setattr(module, "_GROUPS_AT_ONCE", 3)
                assert covered(town, mode, layer, sets, closed, cutoff) == expected
            seen.update(str(row) for row in expected)
    assert len(seen) >= 10, "the sets are covered in many different ways"


def test_who_stops_gets_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    town = Town(1, tmp_path)
    ways, demand = town.planner.ways("walk"), town.layers.demand("residents")
    sets = np.eye(len(town.places), dtype=bool)
    monkeypatch.setattr(module, "_SETS_AT_ONCE", 1)
    for times in range(8):
        asked = iter(range(1000))
        stop = lambda asked=asked, times=times: next(asked) >= times  # noqa: E731
        found = covered_by_sets(
            (ways.streets, ways.back, ways.leaves), None, 9_000_000, town.planner.length_mm, sets,
            (demand, town.layers.pieces, len(AREAS)), stop,
        )  # fmt: skip
        assert found is None, times
