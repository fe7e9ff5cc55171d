"""The 2SFCA family: beside PySAL's ``access``, by exact fractions, by hand, and what is given out is what there is."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo.coverage.accessibility import Decay, alike, gaussian, steps, two_step
from geo.coverage.pairs import Reach
from geo.errors import ParameterError
from geo.streets.network import TICKS_PER_S

MINUTE = 60 * TICKS_PER_S


def pairs(rows: list[tuple[int, int, float]], places: int, demand_count: int) -> Reach:
    """Return reach from (place, row of demand, minutes)."""
    rows = sorted(rows)
    place = np.array([p for p, _, _ in rows], dtype=np.int64)
    first = np.concatenate([[0], np.cumsum(np.bincount(place, minlength=places))]).astype(np.int64)
    demand = np.array([d for _, d, _ in rows], dtype=np.int32)
    return Reach(first, demand, np.array([round(m * MINUTE) for *_, m in rows], dtype=np.int32), demand_count)


def by_gravity(cost: NDArray[np.int32]) -> NDArray[np.float64]:
    """One divided by minutes, as the example has it."""
    return MINUTE / cost


# The example that PySAL's access 1.1.10 carries in its tests (test_hospital_example.py, BSD-3-Clause): three tracts, a
# city (3) between two suburbs, with 100, 50 and 10 people and 15, 20 and 100 doctors. Minutes: within a tract 1; into
# the city, out of it and between the suburbs as below.
PEOPLE, DOCTORS = np.array([100, 50, 10]), np.array([15.0, 20.0, 100.0])
SCENES = {"gridlock": (40, 40, 80), "faster in": (20, 40, 80), "faster out": (40, 20, 80), "faster": (20, 20, 40)}
GRAVITY = (by_gravity, 61)
TWO_STEP = (alike, 30)
ENHANCED = (steps([(10, 1.0), (20, 0.68), (30, 0.22)]), 30)
BELL = (gaussian(20), 61)


@pytest.mark.parametrize(
    ("scene", "method", "access"),
    [  # what access 1.1.10.post3 gives for it: two_stage_fca, with a weight_fn where there is a decay
        ("gridlock", GRAVITY, (0.3314441169802766, 0.5798281320669381, 7.286418169862544)),
        ("gridlock", TWO_STEP, (0.15, 0.4, 10.0)),
        ("gridlock", ENHANCED, (0.15, 0.4, 10.0)),
        ("gridlock", BELL, (0.594825613235192, 0.8362766749853834, 3.3703604927211623)),
        ("faster in", GRAVITY, (0.4353402208763805, 0.683724235963042, 5.727976611420986)),
        ("faster in", TWO_STEP, (0.775, 1.025, 0.625)),
        ("faster in", ENHANCED, (0.7571428571428572, 1.0071428571428571, 0.8928571428571429)),
        ("faster in", BELL, (0.748715651468736, 0.9901667132189274, 1.062009919218002)),
        ("faster out", GRAVITY, (0.3310719131614654, 0.5778577857785778, 7.299991939492457)),
        ("faster out", TWO_STEP, (0.13636363636363635, 0.3333333333333333, 10.469696969696969)),
        ("faster out", ENHANCED, (0.1404494382022472, 0.35211267605633806, 10.334942237695838)),
        ("faster out", BELL, (0.5882431967069346, 0.8035095904287157, 3.6000200807870755)),
        ("faster", GRAVITY, (0.4425683953985841, 0.6667582799658271, 5.7405246461850234)),
        ("faster", TWO_STEP, (0.7613636363636364, 0.9583333333333333, 1.0946969696969697)),
        ("faster", ENHANCED, (0.7475922953451044, 0.9592555331991952, 1.227799380552981)),
        ("faster", BELL, (0.7725680974287755, 0.9059925396519272, 1.244356327452608)),
    ],
)
def test_it_is_what_pysal_gives(scene: str, method: tuple[Decay, int], access: tuple[float, ...]) -> None:
    into, out, across = SCENES[scene]
    minutes = [[1, across, into], [across, 1, into], [out, out, 1]]  # from whom, to which place
    decay, cutoff = method
    rows = [(place, who, float(m)) for who, row in enumerate(minutes) for place, m in enumerate(row) if m <= cutoff]
    found = two_step(pairs(rows, 3, 3), DOCTORS, PEOPLE, decay)
    assert found.access == pytest.approx(access, rel=1e-9, abs=0)


def test_weights_are_those_that_pysal_documents() -> None:
    """The examples of ``access.weights.step_fn`` and ``access.weights.gaussian``; 1e-9."""
    zones = steps([(20, 1), (40, 0.68), (60, 0.22)])
    assert zones(np.arange(0, 71, 10, dtype=np.int32) * MINUTE).tolist() == [1, 1, 1, 0.68, 0.68, 0.22, 0.22, 0]
    bell = gaussian(20)(np.array([0, 20, 40, 60], dtype=np.int32) * MINUTE)
    assert bell == pytest.approx([1.0, 0.6065306597126334, 0.1353352832366127, 0.011108996538242306], rel=1e-9)


def test_a_zone_includes_its_end_and_not_a_tick_more() -> None:
    zones = steps([(10, 1.0), (20, 0.68)])
    at = np.array([10 * MINUTE, 10 * MINUTE + 1, 20 * MINUTE, 20 * MINUTE + 1], dtype=np.int32)
    assert zones(at).tolist() == [1.0, 0.68, 0.68, 0.0]


def test_by_hand() -> None:
    """Ten seats for five people; two of them also reach a place of six seats that three others reach; one is alone."""
    rows = [(0, who, 5.0) for who in range(5)] + [(1, who, 5.0) for who in (3, 4, 5, 6, 7)]
    found = two_step(pairs(rows, 3, 9), np.array([10, 6, 4]), np.ones(9))
    assert found.ratio[:2].tolist() == [2.0, 1.2]
    assert np.isnan(found.ratio[2])  # nobody gets there
    assert found.access.tolist() == [2.0] * 3 + [3.2] * 2 + [1.2] * 3 + [0.0]


def test_a_place_that_only_nobodies_reach_gives_nothing() -> None:
    found = two_step(pairs([(0, 0, 5.0)], 1, 2), np.array([10.0]), np.array([0, 3]))
    assert np.isnan(found.ratio[0])
    assert found.access.tolist() == [0.0, 0.0]


@st.composite
def instances(draw: st.DrawFn) -> tuple[Reach, list[int], list[int]]:
    places, rows = draw(st.integers(0, 5)), draw(st.integers(0, 8))
    all_pairs = [(place, row) for place in range(places) for row in range(rows)]
    there = draw(st.lists(st.sampled_from(all_pairs), unique=True)) if all_pairs else []
    reach = pairs([(place, row, draw(st.integers(0, 40))) for place, row in there], places, rows)
    supply = draw(st.lists(st.integers(0, 50), min_size=places, max_size=places))
    demand = draw(st.lists(st.integers(0, 900) | st.integers(10**9, 10**12), min_size=rows, max_size=rows))
    return reach, supply, demand


WEIGHTS = ((10, Fraction(1)), (20, Fraction(68, 100)), (30, Fraction(22, 100)))


@given(instances())
def test_it_is_what_fractions_give_and_gives_out_what_there_is(instance: tuple[Reach, list[int], list[int]]) -> None:
    reach, supply, demand = instance
    found = two_step(reach, np.array(supply), np.array(demand), steps([(m, float(w)) for m, w in WEIGHTS]))
    minutes = [cost // MINUTE for cost in reach.cost.tolist()]
    decay = [next((weight for end, weight in WEIGHTS if m <= end), Fraction(0)) for m in minutes]
    listed = list(zip(reach.place.tolist(), reach.demand.tolist(), decay, strict=True))
    load = [sum(w * demand[row] for p, row, w in listed if p == place) for place in range(len(supply))]
    access = [
        sum((w * supply[p] / load[p] for p, r, w in listed if r == row and load[p]), Fraction(0))
        for row in range(len(demand))
    ]
    assert found.access.tolist() == pytest.approx([float(a) for a in access], rel=1e-12, abs=0)
    for place, total in enumerate(load):
        assert np.isnan(found.ratio[place]) if not total else found.ratio[place] == pytest.approx(supply[place] / total)
    out = sum(supply[place] for place, total in enumerate(load) if total)
    assert float(found.access @ np.array(demand, float)) == pytest.approx(out, rel=1e-9, abs=1e-12)


@given(instances(), st.integers(1, 9))
def test_twice_the_seats_are_twice_the_access(instance: tuple[Reach, list[int], list[int]], factor: int) -> None:
    reach, supply, demand = instance
    one = two_step(reach, np.array(supply), np.array(demand))
    more = two_step(reach, factor * np.array(supply), np.array(demand))
    assert more.access == pytest.approx(factor * one.access, rel=1e-12)
    crowded = two_step(reach, np.array(supply), factor * np.array(demand))
    assert factor * crowded.access == pytest.approx(one.access, rel=1e-12)


@pytest.mark.parametrize(
    ("supply", "demand", "name"),
    [
        ([1.0], [1, 1, 1], "supply"),  # one place too few
        ([1.0, 2.0], [1, 1], "demand"),  # a row too few
        ([1.0, -2.0], [1, 1, 1], "supply"),  # fewer than no seats
        ([1.0, np.nan], [1, 1, 1], "supply"),
        ([1.0, 2.0], [1, np.inf, 1], "demand"),
    ],
)
def test_what_cannot_be_meant_is_refused(supply: list[float], demand: list[float], name: str) -> None:
    reach = pairs([(0, 0, 1.0), (1, 2, 2.0)], 2, 3)
    with pytest.raises(ParameterError, match=name) as caught:
        two_step(reach, np.array(supply), np.array(demand))
    assert caught.value.parameter == name


@pytest.mark.parametrize("zones", [[], [(10, 1.0), (10, 0.5)], [(20, 1.0), (10, 0.5)], [(10, -0.1)], [(10, np.nan)]])
def test_zones_must_ascend(zones: list[tuple[float, float]]) -> None:
    with pytest.raises(ParameterError, match="ascending"):
        steps(zones)


@pytest.mark.parametrize("sigma", [0.0, -1.0, np.inf, np.nan])
def test_a_gauss_curve_needs_a_width(sigma: float) -> None:
    with pytest.raises(ParameterError, match="above 0"):
        gaussian(sigma)
