"""Fields that are edited against fields made anew and against networkx, bit for bit; and what edits do, by hand."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from geo.coords import E7
from geo.errors import ParameterError
from geo.osm.extract import WayCollector
from geo.streets.field_edits import LiveField
from geo.streets.fields import NOTHING, make_field
from geo.streets.graphs import graph, hang
from geo.streets.network import NO_WAY, StreetNetwork
from geo.streets.profiles import MODES, Mode
from geo.streets.snapping import Position, Positions, snap_many
from tests.streets.test_fields import built, gates, nearest, street, take, towns
from tests.streets.test_paths import line_city, on


class State(NamedTuple):
    """What a field is a function of, and the field."""

    where: Positions
    chosen: NDArray[np.bool_]
    closed: NDArray[np.bool_]
    key: NDArray[np.int64]


def live_field(network: StreetNetwork, mode: Mode, where: Positions, chosen: object = None) -> LiveField:
    marked = None if chosen is None else np.asarray(chosen, dtype=np.bool_)
    forth = graph(network, mode)
    return LiveField(forth, graph(network, mode, "from_facility"), hang(forth, where), marked)


def one(where: Positions, number: int) -> Position:
    lon, lat = where.lonlat[number].tolist()
    return Position(int(where.edge[number]), float(where.offset_m[number]), float(where.snap_m[number]), lon, lat)


class Session:
    """Somebody who edits at random, and writes down after each edit what there ought to be."""

    def __init__(self, network: StreetNetwork, mode: Mode, where: Positions, rng: np.random.Generator) -> None:
        """The first six facilities are hung at the beginning, the others may be added."""
        self.network, self.mode, self.rng, self.pool = network, mode, rng, where
        self.forth, self.back = graph(network, mode), graph(network, mode, "from_facility")
        first = take(where, list(range(6)))
        chosen, closed = rng.random(6) < 0.5, rng.random(network.edge_count) < 0.1
        self.live = LiveField(self.forth, self.back, hang(self.forth, first), chosen, closed)
        self.past: list[State] = []
        self.now = State(first, chosen, closed, self.live.field.key.copy())

    def step(self) -> str:
        """Make an edit, or take the last one back; return its name."""
        rng, live, now = self.rng, self.live, self.now
        edit = str(rng.choice(["open", "close", "add", "move", "shut", "reopen", "choose", "undo", "undo"]))
        where, chosen, closed = now.where, now.chosen.copy(), now.closed.copy()
        number, new = int(rng.integers(len(chosen))), int(rng.integers(6, len(self.pool.edge)))
        shut = np.flatnonzero(closed)
        edge = int(rng.choice(shut)) if edit == "reopen" and len(shut) else int(rng.integers(len(closed)))
        if edit in {"add", "move"} and self.pool.edge[new] < 0:
            edit = "open"
        if edit == "undo" and self.past:
            live.undo()
            self.now = self.past.pop()
            return edit
        if edit == "close":
            chosen[number] = False
            live.close(number)
        elif edit == "add":
            assert live.add(one(self.pool, new)) == len(chosen)
        elif edit == "move":
            chosen[number] = False
            assert live.move(number, one(self.pool, new)) == len(chosen)
        elif edit == "shut":
            closed[edge] = True
            live.close_street(edge)
        elif edit == "reopen":
            closed[edge] = False
            live.reopen_street(edge)
        elif edit == "choose":
            chosen = np.where(rng.random(len(chosen)) < rng.choice([0.1, 0.9]), rng.random(len(chosen)) < 0.5, chosen)
            live.set_chosen(chosen)
        else:
            edit, chosen[number] = "open", True
            live.open(number)
        if edit in {"add", "move"}:
            chosen = np.append(chosen, True)
            where = Positions(*(np.concatenate([a, b]) for a, b in zip(where, take(self.pool, [new]), strict=True)))
        key = make_field(self.back, hang(self.forth, where), chosen, closed).key
        self.past.append(now)
        self.now = State(where, chosen, closed, key)
        return edit

    def check(self, before: State) -> None:
        """The live field is that of its state, and knows what has changed and where facilities stand."""
        live, now = self.live, self.now
        assert np.array_equal(live.field.key, now.key)
        assert np.array_equal(live.changed, np.flatnonzero(before.key != now.key))
        assert np.array_equal(live.opened, now.chosen)
        assert np.array_equal(live.closed, now.closed)
        anew, stands = hang(self.forth, now.where), live.stands
        assert np.array_equal(stands.edge, anew.edge)
        assert np.array_equal(stands.offset_m, anew.offset_m)
        assert np.array_equal(stands.access, anew.access)
        assert np.array_equal(stands.by_edge, anew.by_edge[now.chosen[anew.by_edge]])


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("block", range(2))
def test_after_any_edits_and_undoing_it_is_the_field_made_anew(mode: Mode, block: int) -> None:
    changing: dict[str, int] = {}
    for seed in range(block * 25, block * 25 + 25):
        network, where = towns(seed, mode, 12)
        session = Session(network, mode, where, np.random.default_rng(seed))
        for i in range(14):
            before = session.now
            edit = session.step()
            session.check(before)
            changing[edit] = changing.get(edit, 0) + bool(len(session.live.changed))
            if i % 3 == 0:
                now = session.now
                assert np.array_equal(now.key, nearest(network, mode, now.where, now.chosen, now.closed))
        while session.past:
            before, session.now = session.now, session.past.pop()
            session.live.undo()
            session.check(before)
        assert session.live.edits == 0
    assert min(changing.values()) >= 3, changing
    assert len(changing) == 8


@pytest.mark.parametrize("mode", MODES)
def test_edits_among_gates_without_length(mode: Mode) -> None:
    """Ways that cost nothing lead in circles: none of them may hold itself up once what led there is gone."""
    network, points = gates()
    where = snap_many(network, mode, points, to_stay=True)
    for seed in range(8):
        session = Session(network, mode, where, np.random.default_rng(seed))
        for _ in range(25):
            before = session.now
            session.step()
            session.check(before)
        now = session.now
        assert np.array_equal(now.key, nearest(network, mode, now.where, now.chosen, now.closed))


def test_many_more_facilities_than_there_were() -> None:
    network, where = towns(7, "walk", 40)
    live, numbers = live_field(network, "walk", take(where, [0])), [0]
    there = [0, *(number for number in range(1, 40) if where.edge[number] >= 0)]
    for number in there[1:]:
        numbers.append(live.add(one(where, number)))
    back, forth = graph(network, "walk", "from_facility"), graph(network, "walk")
    assert numbers == list(range(len(there)))
    assert np.array_equal(live.field.key, make_field(back, hang(forth, take(where, there))).key)
    while live.edits:
        live.undo()
    assert np.array_equal(live.field.key, make_field(back, hang(forth, take(where, [0]))).key)


class Row(NamedTuple):
    """Crossings in a row, west to east, each with a side street; between the second and third a second way about."""

    network: StreetNetwork
    node: list[int]
    street: list[int]
    detour: int

    def ticks(self, edge: int) -> int:
        """Cost of walking along a street."""
        return int(self.network.arcs["walk"].forward[edge])


def row() -> Row:
    collector, x0, y0 = WayCollector(), 1164100000, 399200000
    e7 = [(x0 + 10_000 * i, y0) for i in range(5)]
    for i, (a, b) in enumerate(pairwise(e7)):
        street(collector, i + 1, [a, b])
    for i, a in enumerate(e7):
        street(collector, 100 + i, [a, (a[0], y0 + 5_000)])
        street(collector, 110 + i, [a, (a[0], y0 - 5_000)])
    street(collector, 200, [e7[1], (x0 + 15_000, y0 - 30_000), e7[2]])
    network = built(collector.finish())
    way = network.edge_way.tolist()
    node = [int(np.flatnonzero((network.node_e7 == a).all(axis=1))[0]) for a in e7]
    return Row(network, node, [way.index(i + 1) for i in range(4)], way.index(200))


def test_a_closed_street_is_walked_around_and_where_there_is_no_way_around_nobody_passes() -> None:
    city = row()
    live = live_field(city.network, "walk", snap_many(city.network, "walk", np.array([[116.41, 39.92]])))
    straight = np.cumsum([0, *(city.ticks(edge) for edge in city.street)])
    around = city.ticks(city.detour) - city.ticks(city.street[1])
    assert around > 0
    assert live.field.cost[city.node].tolist() == straight.tolist()
    live.close_street(city.street[1])
    assert live.field.cost[city.node].tolist() == (straight + np.array([0, 0, around, around, around])).tolist()
    assert set(live.changed.tolist()) >= set(city.node[2:])
    assert not set(live.changed.tolist()) & set(city.node[:2])
    live.close_street(city.street[2])
    assert live.field.cost[city.node].tolist() == [*(straight[:2]), straight[2] + around, NO_WAY, NO_WAY]
    assert live.field.facility[city.node].tolist() == [0, 0, 0, -1, -1]
    live.reopen_street(city.street[1])
    assert live.field.cost[city.node].tolist() == [*(straight[:3]), NO_WAY, NO_WAY]
    live.reopen_street(city.street[2])
    assert live.field.cost[city.node].tolist() == straight.tolist()


def test_nobody_reaches_a_facility_along_its_closed_street() -> None:
    """One stands on the second street, with a way about behind it; another at the crossing at the street's end."""
    city = row()
    points = snap_many(city.network, "walk", np.array([[116.4114, 39.92], [116.412, 39.92]]))
    assert points.edge[0] == city.street[1]
    at_end = int(city.street[1])
    west = int(city.network.edge_nodes[at_end, 0] == city.node[1])  # the end to the east, as the street is drawn
    end_m = float(city.network.edge_length_m[at_end]) * west
    live = live_field(city.network, "walk", take(points, [0]))
    assert (live.field.facility == 0).all()
    live.close_street(city.street[1])
    assert (live.field.key == NOTHING).all()
    live.close_street(city.street[1])  # once more
    assert len(live.changed) == 0
    number = live.add(Position(at_end, end_m, 0.0, 116.412, 39.92))
    assert live.field.cost[city.node[2]] == 0  # it is at the crossing already
    assert live.field.cost[city.node[1]] == city.ticks(city.detour)
    assert (live.field.facility == number).all()
    live.close(0)
    live.open(0)
    assert (live.field.facility == number).all()
    live.reopen_street(city.street[1])
    assert live.field.facility[city.node].tolist() == [0, 0, number, number, number]


def test_several_facilities_on_one_street_come_and_go() -> None:
    city = row()
    lons = [116.4112, 116.4116, 116.4118]
    live = live_field(city.network, "walk", snap_many(city.network, "walk", np.array([[lon, 39.92] for lon in lons])))
    ends = city.node[1:3]
    assert live.field.facility[ends].tolist() == [0, 2]
    assert live.stands.by_edge.tolist() == [0, 1, 2]
    live.close(2)
    assert live.field.facility[ends].tolist() == [0, 1]
    live.close(0)
    assert live.field.facility[ends].tolist() == [1, 1]
    assert live.stands.by_edge.tolist() == [1]
    assert live.move(1, on(city.network, "walk", 116.4119)) == 3
    assert live.field.facility[ends].tolist() == [3, 3]
    live.set_chosen(np.array([True, True, False, True]))
    assert live.field.facility[ends].tolist() == [0, 3]
    assert live.stands.by_edge.tolist() == [0, 1, 3]
    for _ in range(4):
        live.undo()
    assert live.field.facility[ends].tolist() == [0, 2]
    assert live.count == 3


def test_of_two_at_one_spot_the_second_takes_over_when_the_first_closes_and_gives_way_again() -> None:
    network = line_city(length=2)
    where = snap_many(network, "walk", np.array([[116.4102, 39.92], [116.4102, 39.92]]))
    live = live_field(network, "walk", where)
    costs = live.field.cost.copy()
    for edit, expected in ((live.close, 1), (live.open, 0), (live.open, 0)):
        edit(0)
        assert live.field.facility.tolist() == [expected, expected]
        assert live.field.cost.tolist() == costs.tolist()
    assert len(live.changed) == 0
    live.undo()
    live.undo()
    assert live.field.facility.tolist() == [1, 1]


def test_an_island_is_reached_when_somebody_comes_to_it() -> None:
    """Two lines without a way between them; a facility in the sea is nobody's and harms nobody."""
    collector, x0, y0 = WayCollector(), 1164100000, 399200000
    street(collector, 1, [(x0, y0), (x0 + 10_000, y0)])
    street(collector, 2, [(x0 + 300_000, y0), (x0 + 310_000, y0)])
    network = built(collector.finish())
    island = network.node_e7[:, 0] > x0 + 200_000
    where = snap_many(network, "walk", np.array([[x0 / E7, 39.92], [117.5, 39.92]]))
    assert where.edge[1] == -1
    live = live_field(network, "walk", where, [False, False])
    assert (live.field.key == NOTHING).all()
    live.open(1)
    assert len(live.changed) == 0
    live.open(0)
    assert np.array_equal(live.field.facility, np.where(island, -1, 0))
    number = live.add(one(snap_many(network, "walk", np.array([[116.4405, 39.92]])), 0))
    assert np.array_equal(live.field.facility, np.where(island, number, 0))
    assert np.array_equal(live.changed, np.flatnonzero(island))
    live.close(0)
    assert np.array_equal(live.field.facility, np.where(island, number, -1))


def test_what_is_not_there_cannot_be_edited() -> None:
    network = line_city(length=2)
    live = live_field(network, "walk", snap_many(network, "walk", np.array([[116.4102, 39.92]])))
    with pytest.raises(ParameterError, match="no facility 1; the last one is 0"):
        live.open(1)
    with pytest.raises(ParameterError, match="no facility -1"):
        live.close(-1)
    with pytest.raises(ParameterError, match="no street 1; the last one is 0"):
        live.close_street(1)
    with pytest.raises(ParameterError, match="no street 1"):
        live.add(Position(1, 0.0, 0.0, 116.41, 39.92))
    with pytest.raises(ParameterError, match="2 facilities"):
        live.set_chosen(np.array([True, False]))
    with pytest.raises(ParameterError, match="no edit"):
        live.undo()


def test_the_graphs_that_were_given_stay_as_they_are() -> None:
    city = row()
    forth, back = graph(city.network, "walk"), graph(city.network, "walk", "from_facility")
    before = [array.copy() for array in (*forth[:8], *back[:8])]
    live = LiveField(forth, back, hang(forth, snap_many(city.network, "walk", np.array([[116.41, 39.92]]))))
    live.close_street(city.street[0])
    assert live.forth.along[city.street[0]] == live.back.against[city.street[0]] == NO_WAY
    live.add(on(city.network, "walk", 116.4119))
    assert all(np.array_equal(a, b) for a, b in zip(before, (*forth[:8], *back[:8]), strict=True))
    live.undo()
    live.undo()
    assert all(np.array_equal(a, b) for a, b in zip(before, (*live.forth[:8], *live.back[:8]), strict=True))


@pytest.mark.real
@pytest.mark.parametrize("mode", MODES)
def test_edits_on_the_real_city(real_network: StreetNetwork, mode: Mode) -> None:
    rng = np.random.default_rng(11)
    points = np.column_stack([rng.uniform(116.33, 116.46, 120), rng.uniform(39.86, 39.98, 120)])
    session = Session(real_network, mode, snap_many(real_network, mode, points, to_stay=True), rng)
    session.live.set_chosen(np.ones(6, dtype=np.bool_))
    session.now = session.now._replace(chosen=np.ones(6, dtype=np.bool_), key=session.live.field.key.copy())
    for _ in range(40):
        before = session.now
        session.step()
        session.check(before)
