"""Edits told at once, against the whole city asked anew: random cities, random edits, every mode and layer."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import numpy as np
import pytest

from geo.choosing.conditions import Conditions
from geo.choosing.openness import Openings
from geo.coords import LonLat
from geo.coverage.asking import LAYERS, CoverageQuery, Layer
from geo.coverage.layers import Layers
from geo.coverage.planner import Coverage, Planner
from geo.coverage.scenario import Add, Close, CloseStreet, Edit, Move, Scenario, SetHours, planned
from geo.coverage.straight import Ground
from geo.coverage.whatif import Effect, WhatIf, street_at
from geo.errors import NotFoundError, OffNetworkError
from geo.osm.extract import OPENSTREETMAP, Extract, WayCollector, bbox_of
from geo.places.model import Place
from geo.streets.from_osm import build_network
from geo.streets.profiles import MODES, Mode
from geo.streets.snapping import snap_many
from tests.coverage.oracle import same
from tests.coverage.test_planner import CALENDAR, NOON, Town, draw
from tests.strategies import CENTRE, HOURS, OFFERED, make_places, random_points

FAR = LonLat(120.0, 30.0)


def stands(town: Town, mode: Mode, at: LonLat) -> bool:
    """Tell whether a place there would stand on a street."""
    return bool(snap_many(town.network, mode, np.array([at]), to_stay=True).edge[0] >= 0)


def draw_edits(town: Town, random: Random, mode: Mode) -> list[Edit]:
    """Draw up to six edits of places that are there, or came with an edit before."""
    points = [LonLat(*at) for at in random_points(random.randrange(10**6), town.extract, 12).tolist()]
    points = [at for at in points if stands(town, mode, at)]
    ids = [place.id for place in town.places]
    edits: list[Edit] = []
    for _ in range(random.randrange(1, 7)):
        kind = random.choice(("add", "move", "close", "hours", "street"))
        if kind == "add" and points:
            services = random.sample(OFFERED, 2)
            hours = random.choice(list(HOURS))
            # a planned place may be planned again, elsewhere
            new = planned("新", random.choice(points), services, hours=hours, number=random.randrange(3))
            edits.append(Add(new))
            ids.append(new.id)
        elif kind == "move" and points:
            edits.append(Move(random.choice(ids), random.choice(points)))
        elif kind == "close":
            edits.append(Close(random.choice(ids)))
        elif kind == "hours":
            service = random.choice((None, *OFFERED))
            edits.append(SetHours(random.choice(ids), random.choice((None, *HOURS)), service))
        elif kind == "street" and points:
            at = random.choice(points)
            if stands(town, "ebike", at):
                edits.append(CloseStreet(at))
    return edits


def asked_anew(town: Town, scenario: Scenario, query: CoverageQuery) -> tuple[Planner, Coverage]:
    """Ask a planner that was made for the city as the scenario has it."""
    closed = np.zeros(town.network.edge_count, dtype=bool)
    for position in scenario.closed_streets:
        closed[street_at(town.network, position)] = True
    planner = town.planner_of(scenario.applied(town.places), closed if closed.any() else None)
    return planner, planner.coverage(query)


def check(effect: Effect, before: Coverage, after: Coverage) -> None:
    """Compare an effect with two whole coverages, to the millimetre and the millionth."""
    was, now = before.reached[0], after.reached[0]
    assert effect.covered.tolist() == after.weight[0].tolist()
    assert effect.facilities == int(after.facilities.sum())
    assert same(effect.gained, now.minus(was))
    assert same(effect.lost, was.minus(now))
    gained, lost = effect.weight_gained, effect.weight_lost
    assert (before.weight[0] + gained - lost).tolist() == after.weight[0].tolist()
    assert (gained >= 0).all() and (lost >= 0).all()
    if not len(effect.lost.edge) and before.demand.name != "pickups":
        assert not lost.any()


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("mode", MODES)
def test_an_effect_is_the_difference_of_two_cities(mode: Mode, layer: Layer, tmp_path: Path) -> None:
    seen: Counter[str] = Counter()
    for seed in range(4):
        town = Town(seed, tmp_path)
        query = draw(town.random, mode, layer)
        before = town.planner.coverage(query)
        what_if = town.planner.what_if(query)
        assert what_if.covered.tolist() == before.weight[0].tolist()
        for _ in range(6):
            edits = draw_edits(town, town.random, mode)
            _, after = asked_anew(town, Scenario("", tuple(edits)), query)
            check(what_if.effect(edits), before, after)
            seen.update(type(edit).__name__ for edit in edits)
            seen["changed"] += before.weight[0].tolist() != after.weight[0].tolist()
        check(what_if.effect([]), before, before)  # nothing has stayed
    assert min(seen[name] for name in ("Add", "Move", "Close", "SetHours", "CloseStreet")) > 2, seen
    assert seen["changed"] > 2, seen


def test_an_effect_in_a_scenario_adds_to_it(tmp_path: Path) -> None:
    """What-if in a city that has been edited already, its streets closed before."""
    changed = 0
    for seed in range(8):
        town = Town(seed, tmp_path)
        query = draw(town.random, "walk")
        first = tuple(draw_edits(town, town.random, "walk"))
        planner, before = asked_anew(town, Scenario("", first), query)
        there = {place.id for place in planner.places}
        then = [
            edit
            for edit in draw_edits(town, town.random, "walk")
            if isinstance(edit, CloseStreet) or (isinstance(edit, Move) and edit.place_id in there)
        ]
        _, after = asked_anew(town, Scenario("", (*first, *then)), query)
        check(planner.what_if(query).effect(then), before, after)
        changed += before.weight[0].tolist() != after.weight[0].tolist()
    assert changed


def test_nothing_stays_of_an_effect_that_fails(tmp_path: Path) -> None:
    town = Town(1, tmp_path)
    query = CoverageQuery(cutoff_s=300.0, layer="street_length")
    what_if, before = town.planner.what_if(query), town.planner.coverage(query)
    closing = Close(next(town.places[n].id for n in np.flatnonzero(before.facilities)))
    assert what_if.effect([closing]).facilities == before.facilities.sum() - 1
    for wrong, error, told in (
        (Close("nobody"), NotFoundError, "nobody"),
        (Move(closing.place_id, FAR), OffNetworkError, "no street"),
        (Add(planned("x", FAR, ("rest_stop",))), OffNetworkError, "no street"),
        (CloseStreet(FAR), OffNetworkError, "no street"),
    ):
        with pytest.raises(error, match=told):
            what_if.effect([closing, wrong])
        check(what_if.effect([]), before, before)


def test_a_place_that_comes_and_goes_changes_nothing(tmp_path: Path) -> None:
    town = Town(2, tmp_path)
    query = CoverageQuery(cutoff_s=200.0, layer="street_length")
    at = LonLat(*(town.network.node_e7[0] / 1e7).tolist())
    new = planned("x", at, ("rest_stop",))
    effect = town.planner.what_if(query).effect([Add(new), Close(new.id)])
    check(effect, town.planner.coverage(query), town.planner.coverage(query))
    alone = town.planner_of([]).what_if(query).effect([Add(new)])
    assert alone.weight_gained.sum() > 0
    assert alone.facilities == 1


def test_threads_take_turns(tmp_path: Path) -> None:
    town = Town(3, tmp_path)
    query = CoverageQuery(cutoff_s=200.0, layer="street_length")
    lists = [draw_edits(town, town.random, "walk") for _ in range(12)]
    alone = [town.planner.what_if(query).effect(edits) for edits in lists]
    shared: WhatIf = town.planner.what_if(query)
    with ThreadPoolExecutor(6) as pool:
        for one, other in zip(pool.map(shared.effect, lists), alone, strict=True):
            assert one.covered.tolist() == other.covered.tolist()
            assert same(one.gained, other.gained)


def test_closing_each_place_is_what_backup_tells(tmp_path: Path) -> None:
    """Who loses cover if a place closes: by a city without it."""
    some = 0
    for seed in range(4):
        town = Town(seed, tmp_path)
        query = CoverageQuery(cutoff_s=200.0, layer="street_length")
        before = town.planner.coverage(query)
        losses = {town.places[loss.number].id: loss.weight for loss in town.planner.backup(query)}
        counting: list[Place] = [town.places[n] for n in np.flatnonzero(before.facilities)]
        assert set(losses) == {place.id for place in counting}
        for place in counting:
            without = town.planner_of([other for other in town.places if other is not place]).coverage(query)
            assert losses[place.id] == before.weight[0].sum() - without.weight[0].sum()
            some += losses[place.id] > 0
        assert list(losses.values()) == sorted(losses.values(), reverse=True)
    assert some > 3


@pytest.mark.parametrize("edit", ["close", "move", "hours"])
def test_a_place_that_is_nearest_to_no_crossing_counts_on_its_own_street(edit: str) -> None:
    """Three places on one long street, one at each end: only the middle of it is the middle one's, and no crossing."""
    collector, west, east, lat = WayCollector(), 1_164_000_000, 1_164_120_000, 399_000_000
    collector.add(1, {"highway": "residential"}, [1, 2], [(west, lat), (east, lat)])
    collector.add(2, {"highway": "residential"}, [2, 3], [(east, lat), (east, lat + 20_000)])
    ways = collector.finish()
    network = build_network(Extract(OPENSTREETMAP, ways, (), bbox_of(ways)))[0]
    places = make_places(np.array([[116.4, 39.9], [116.406, 39.9], [116.412, 39.9]]))
    query = CoverageQuery(cutoff_s=120.0, layer="street_length", when=NOON, open="perhaps")
    known = Conditions(places), Openings(places, CALENDAR), CALENDAR
    planner = Planner(network, places, *known, Layers(None, network), Ground(network, CENTRE))
    edits: dict[str, Edit] = {
        "close": Close("p001"),
        "move": Move("p001", LonLat(116.412, 39.9019)),
        "hours": SetHours("p001", "00:00-01:00"),
    }

    effect = planner.what_if(query).effect([edits[edit]])

    assert int(effect.lost.length_mm.sum()) == pytest.approx(320_000, rel=0.01), "two minutes of walking on both sides"
    assert effect.weight_lost.sum() == 1000 * effect.lost.length_mm.sum()
