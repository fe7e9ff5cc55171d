"""Mean, quantiles, worst-off tenth and Gini coefficient: person by person, in closed form; and who cannot get there."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.coverage.equity import TravelEquity, gini, lorenz, mean, quantiles, travel_equity, worst_mean
from geo.errors import ParameterError
from geo.streets.network import NO_WAY, TICKS_PER_S

PEOPLE = st.lists(st.tuples(st.integers(0, 500), st.integers(0, 6)), min_size=1, max_size=12).filter(
    lambda rows: any(weight for _, weight in rows)
)
SHARES = st.sampled_from([0.1, 0.25, 0.5, 0.9, 1.0, 0.001, 0.333])


def arrays(rows: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([float(value) for value, _ in rows]), np.array([weight for _, weight in rows], dtype=np.int64)


def one_by_one(rows: list[tuple[int, int]]) -> list[int]:
    """Return every person's value, ascending."""
    return sorted(value for value, weight in rows for _ in range(weight))


@given(PEOPLE, SHARES)
def test_quantiles_and_mean_are_those_of_people_one_by_one(rows: list[tuple[int, int]], share: float) -> None:
    values, weight = arrays(rows)
    people = one_by_one(rows)
    rank = math.ceil(Fraction(str(share)) * len(people))  # so many have it or are below
    assert quantiles(values, weight, (share,)).tolist() == [people[rank - 1]]
    assert mean(values, weight) == pytest.approx(sum(people) / len(people), rel=1e-12)


@given(PEOPLE, SHARES)
def test_the_worst_off_are_counted_to_the_fraction_of_a_person(rows: list[tuple[int, int]], share: float) -> None:
    values, weight = arrays(rows)
    people = [Fraction(value) for value in reversed(one_by_one(rows))]
    left = part = Fraction(str(share)) * len(people)
    total = Fraction(0)
    for value in people:
        counted = min(left, Fraction(1))
        total, left = total + counted * value, left - counted
    assert worst_mean(values, weight, share) == pytest.approx(float(total / part), rel=1e-12)


@given(PEOPLE)
def test_gini_is_half_the_mean_difference_of_two_people_by_the_mean(rows: list[tuple[int, int]]) -> None:
    values, weight = arrays(rows)
    people = one_by_one(rows)
    differences = sum(abs(a - b) for a, b in product(people, people))
    expected = Fraction(differences, 2 * len(people) * sum(people)) if sum(people) else Fraction(0)
    assert gini(values, weight) == pytest.approx(float(expected), abs=1e-12)


@given(PEOPLE, st.integers(2, 10**9))
def test_only_proportions_of_weights_matter_and_no_order_does(rows: list[tuple[int, int]], factor: int) -> None:
    values, weight = arrays(rows)
    for measure in (mean, worst_mean, gini):
        whole = measure(values, weight)
        assert measure(values, weight * factor) == pytest.approx(whole, rel=1e-9, abs=1e-9)
        assert measure(values[::-1], weight[::-1]) == pytest.approx(whole, rel=1e-9, abs=1e-9)
        without = weight > 0  # who is nobody does not count
        assert measure(values[without], weight[without]) == pytest.approx(whole, rel=1e-9, abs=1e-9)
    # in proportion to the mean, so its unit does not matter
    assert gini(values * 60, weight) == pytest.approx(gini(values, weight), abs=1e-12)


@pytest.mark.parametrize(
    ("values", "weight", "expected"),
    [
        ([7.0, 7.0, 7.0], [1, 5, 9], 0.0),  # all the same
        ([0.0, 0.0], [1, 1], 0.0),  # all nothing
        ([0.0, 5.0], [9, 1], 0.9),  # one of ten has everything
        ([1.0, 3.0], [1, 1], 0.25),  # half the mean difference of 1, by 2
        (list(map(float, range(1, 101))), [1] * 100, 99 / 300),  # 1..n: (n - 1) / 3n
        ([1.0, 2.0], [2, 1], 1 / 6),  # (2 * 2 * 1 * 1) / (2 * 9 * 4/3)
    ],
)
def test_gini_in_closed_form(values: list[float], weight: list[int], expected: float) -> None:
    assert gini(np.array(values), np.array(weight)) == pytest.approx(expected, abs=1e-12)


def test_the_lorenz_curve_of_two_halves() -> None:
    people, good = lorenz(np.array([3.0, 1.0]), np.array([2, 2]))
    assert people.tolist() == [0.0, 0.5, 1.0]
    assert good.tolist() == [0.0, 0.25, 1.0]


def test_large_weights_are_exact() -> None:
    """Twenty million residents in millionths: whether it is half of them hangs on the last millionth."""
    weight = np.array([10**13, 10**13], dtype=np.int64)
    values = np.array([1.0, 2.0])
    assert quantiles(values, weight, (0.5,)).tolist() == [1.0]
    weight[1] += 1
    assert quantiles(values, weight, (0.5,)).tolist() == [2.0]


def ticks(seconds: list[float | None]) -> np.ndarray:
    return np.array([NO_WAY if s is None else round(s * TICKS_PER_S) for s in seconds], dtype=np.int32)


def test_who_cannot_get_there_is_told_apart_or_counted_with_a_cap() -> None:
    """Eight people need 100 s, one 900 s, and one cannot get there."""
    cost, weight = ticks([100, 900, None]), np.array([8, 1, 1])
    left_out = travel_equity(cost, weight)
    assert list(left_out[:6]) == [10, 1, 0, pytest.approx(1700 / 9), 100, 900]
    assert left_out.worst_decile_s == pytest.approx(900)  # 0.9 people
    assert left_out.gini == pytest.approx((2 * 8 * 800) / (2 * 81 * 1700 / 9))
    capped = travel_equity(cost, weight, cap=1800 * TICKS_PER_S)
    assert list(capped[:7]) == [10, 1, 1, pytest.approx(350), 100, 900, pytest.approx(1800)]
    at_most = travel_equity(cost, weight, cap=300 * TICKS_PER_S)
    assert list(at_most[:7]) == [10, 1, 2, pytest.approx(140), 100, 300, pytest.approx(300)]
    assert travel_equity(cost, weight, cap=900 * TICKS_PER_S).capped == 1  # who needs just so long is not cut short


def test_nobody_anywhere() -> None:
    none = (None,) * 5
    assert travel_equity(ticks([None]), np.array([7])) == TravelEquity(7, 7, 0, *none)
    assert travel_equity(ticks([]), np.array([], dtype=np.int64)) == TravelEquity(0, 0, 0, *none)
    assert travel_equity(ticks([5, None]), np.array([0, 3])) == TravelEquity(3, 3, 0, *none)
    all_capped = travel_equity(ticks([None]), np.array([7]), cap=600 * TICKS_PER_S)
    assert all_capped == TravelEquity(7, 7, 7, 600, 600, 600, 600, 0)


TIMES = st.lists(st.tuples(st.one_of(st.none(), st.integers(0, 4000)), st.integers(0, 5)), min_size=1, max_size=10)


@given(TIMES, st.integers(0, 3000), st.data())
def test_with_a_cap_a_further_place_makes_nothing_worse(
    rows: list[tuple[int | None, int]], cap_s: int, data: st.DataObject
) -> None:
    before, weight = ticks([time for time, _ in rows]), np.array([weight for _, weight in rows])
    after = np.minimum(before, ticks([data.draw(st.one_of(st.none(), st.integers(0, 4000))) for _ in rows]))
    old, new = (travel_equity(cost, weight, cap=cap_s * TICKS_PER_S) for cost in (before, after))
    for one, other in zip(old[1:7], new[1:7], strict=True):
        assert (one is None) == (other is None)
        assert one is None or other is None or other <= one + 1e-9
    free = travel_equity(before, weight)
    assert free.unreached == old.unreached <= old.capped


@pytest.mark.parametrize(
    ("values", "weight", "says"),
    [
        ([1.0, 2.0], [1], "one weight per value"),
        ([1.0, 2.0], [1, -1], "at least 0"),
        ([1.0, 2.0], [0, 0], "not all of them 0"),
        ([], [], "not all of them 0"),
        ([1.0, np.inf], [1, 1], "infinite"),
        ([1.0, np.nan], [1, 1], "not a number"),
    ],
)
def test_what_cannot_be_meant_is_refused(values: list[float], weight: list[int], says: str) -> None:
    for measure in (mean, worst_mean, gini):
        with pytest.raises(ParameterError, match=says):
            measure(np.array(values), np.array(weight, dtype=np.int64))


def test_shares_caps_and_debts_are_refused() -> None:
    values, weight = np.array([1.0]), np.array([1])
    for share in (0.0, -0.1, 1.1, math.nan):
        with pytest.raises(ParameterError, match="share"):
            quantiles(values, weight, (share,))
    with pytest.raises(ParameterError, match="less than nothing"):
        gini(np.array([-1.0, 2.0]), np.array([1, 1]))
    with pytest.raises(ParameterError, match="cap"):
        travel_equity(ticks([1]), weight, cap=-1)
