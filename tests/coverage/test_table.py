"""Sums by area: whole numbers, however large, that add up to the total."""

from __future__ import annotations

import itertools
from random import Random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geo.coverage.demand import Demand, DemandPoints
from geo.coverage.pieces import Pieces
from geo.coverage.stretches import Stretches
from geo.coverage.table import by_area, share_of, weight_by_area
from tests.coverage.oracle import parts_of, recount

#: As large as it gets: a billion of people, in millionths; an edge of 1,000 km, in millimetres.
MOST, LONGEST = 10**15, 10**9


@given(st.integers(0, MOST), st.integers(1, LONGEST), st.data())
def test_a_share_is_exact_and_rounded_down(weight: int, whole: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, whole))
    ours = share_of(np.array([weight]), np.array([part]), np.array([whole]))
    assert ours.tolist() == [weight * part // whole]
    assert share_of(np.array([weight]), np.array([whole]), np.array([whole])).tolist() == [weight]


def test_nothing_of_no_length_is_nothing() -> None:
    assert share_of(np.array([5]), np.array([0]), np.array([0])).tolist() == [0]


@given(st.lists(st.tuples(st.integers(0, MOST), st.integers(-1, 3))))
def test_sums_by_area(rows: list[tuple[int, int]]) -> None:
    weight = np.array([row[0] for row in rows], dtype=np.int64)
    area = np.array([row[1] for row in rows], dtype=np.int32)
    expected = [sum(w for w, own in rows if own == number) for number in (0, 1, 2, 3, -1)]
    assert by_area(weight, area, 4).tolist() == expected


def random_demand(random: Random, count: int) -> tuple[Demand, Pieces]:
    """Return weights of all sizes on pieces of all lengths, and at points."""
    rows = []
    for number in range(count):
        cuts = sorted({0, *(random.randrange(1, 10 ** random.randint(1, 9)) for _ in range(random.randint(1, 3)))})
        rows += [(number, a, b, random.randint(-1, 2)) for a, b in itertools.pairwise(cuts)]
    edge, start, end, area = (np.array([row[i] for row in rows], dtype=np.int64) for i in range(4))
    pieces = Pieces(edge.astype(np.int32), start, end, area.astype(np.int32))
    weight = np.array([random.randrange(10 ** random.randint(1, 15)) for _ in rows])
    points = [(random.randint(-1, 2), random.randrange(10**12)) for _ in range(20)]
    there = DemandPoints(
        np.zeros(20, np.int32),
        np.zeros(20),
        np.zeros(20, np.int32),
        np.array([area for area, _ in points], dtype=np.int32),
        np.array([w for _, w in points], dtype=np.int64),
    )
    return Demand("all", "people", weight, there, pieces.area, (), "test", "test"), pieces


def test_growing_parts_share_out_the_demand_exactly() -> None:
    random = Random(7)
    for _ in range(30):
        demand, pieces = random_demand(random, 6)
        reached, points = [Stretches.of([], [], [])], [np.zeros(20, dtype=bool)]
        for _ in range(3):
            drawn = [(e, sorted(random.sample(range(10**8), 2))) for e in sorted(random.sample(range(6), 4))]
            more = Stretches.of([e for e, _ in drawn], [ab[0] for _, ab in drawn], [ab[1] for _, ab in drawn])
            reached.append(reached[-1].union(more))
            points.append(points[-1] | (np.array([random.random() for _ in range(20)]) < 0.3))
        table = weight_by_area(demand, pieces, reached, points, 3)
        assert table.shape == (5, 4)
        assert table.dtype == np.int64
        assert (table >= 0).all()
        assert table.sum(axis=0).tolist() == demand.by_area(3).tolist(), "exactly"
        assert int(table.sum()) == sum(demand.piece_weight.tolist()) + sum(demand.points.weight.tolist())
        for number, (part, marked) in enumerate(zip(reached, points, strict=True)):
            assert table[: number + 1].sum(axis=0).tolist() == recounted(demand, pieces, part, marked.tolist())


def recounted(demand: Demand, pieces: Pieces, part: Stretches, marked: list[bool]) -> list[int]:
    """Return the sums of areas 0, 1, 2 and none, in plain numbers."""
    sums, parts = [0, 0, 0, 0], parts_of(part)
    for number, (edge, start, end, area) in enumerate(zip(*(array.tolist() for array in pieces), strict=True)):
        sums[area] += recount(int(demand.piece_weight[number]), start, end, parts.get(edge, []))
    for area, weight, near in zip(demand.points.area.tolist(), demand.points.weight.tolist(), marked, strict=True):
        sums[area] += weight if near else 0
    return sums


def test_without_areas_or_pieces_there_is_still_a_table() -> None:
    none, whole = np.zeros(0, np.int64), np.zeros(0, np.int32)
    empty = DemandPoints(whole, np.zeros(0), whole, whole, none)
    demand = Demand("none", "people", none, empty, whole, (), "test", "test")
    table = weight_by_area(
        demand, Pieces(whole, none, none, whole), [Stretches.of([], [], [])], [np.zeros(0, dtype=bool)], 0
    )
    assert table.tolist() == [[0], [0]]
