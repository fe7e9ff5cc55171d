"""The formulas are those of a published library, and the way back is exact."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo.coords import geodesic_m
from geo.datums import (
    DATUMS,
    bd09_from_gcj02,
    bd09_from_wgs84,
    gcj02_from_bd09,
    gcj02_from_wgs84,
    wgs84_from,
    wgs84_from_bd09,
    wgs84_from_gcj02,
)

Points = NDArray[np.float64]

#: Values of npm gcoord 1.0.7, written by a script that called it for every point of a grid. The corners of its box of
#: China are left out: there gcoord's own way back never ends.
GCOORD = np.loadtxt(Path(__file__).parent / "gcoord_1_0_7.csv", delimiter=",", skiprows=2)
#: 1 µm in degrees.
MICROMETRE = 9e-12

#: Well inside the box that the formulas take for China.
CHINA = st.tuples(st.floats(72.1, 137.7), st.floats(0.9, 55.7))


def points(*rows: tuple[float, float]) -> Points:
    return np.array(rows, dtype=np.float64)


@pytest.mark.parametrize(("function", "column"), [(gcj02_from_wgs84, 2), (bd09_from_gcj02, 4), (bd09_from_wgs84, 6)])
def test_forward_formulas_are_gcoord_s(function: Callable[[Points], Points], column: int) -> None:
    assert np.abs(function(GCOORD[:, :2]) - GCOORD[:, column : column + 2]).max() < 1e-12


def test_the_way_back_is_gcoord_s_within_its_own_tolerance() -> None:
    """gcoord stops at 1e-6 degree; ours goes on."""
    assert np.abs(wgs84_from_gcj02(GCOORD[:, :2]) - GCOORD[:, 8:10]).max() < 1e-6


@given(st.lists(CHINA, min_size=1, max_size=20))
def test_there_and_back_is_less_than_a_micrometre(rows: list[tuple[float, float]]) -> None:
    there = points(*rows)
    assert np.abs(wgs84_from_gcj02(gcj02_from_wgs84(there)) - there).max() < MICROMETRE
    assert np.abs(gcj02_from_bd09(bd09_from_gcj02(there)) - there).max() < MICROMETRE
    assert np.abs(wgs84_from_bd09(bd09_from_wgs84(there)) - there).max() < MICROMETRE


@given(st.lists(CHINA, min_size=1, max_size=20))
def test_back_and_there_is_less_than_a_micrometre(rows: list[tuple[float, float]]) -> None:
    """What somebody published comes out again when it is published again."""
    published = points(*rows)
    assert np.abs(gcj02_from_wgs84(wgs84_from_gcj02(published)) - published).max() < MICROMETRE
    assert np.abs(bd09_from_wgs84(wgs84_from_bd09(published)) - published).max() < MICROMETRE


@pytest.mark.parametrize("place", [(139.69, 35.68), (72.003, 30.0), (100.0, 0.829), (-74.0, 40.7), (0.0, 0.0)])
def test_outside_china_gcj02_is_wgs84(place: tuple[float, float]) -> None:
    there = points(place)
    assert np.array_equal(gcj02_from_wgs84(there), there)
    assert np.array_equal(wgs84_from_gcj02(there), there)


def test_in_beijing_gcj02_lies_half_a_kilometre_off() -> None:
    lon, lat = np.meshgrid(np.linspace(115.7, 117.4, 60), np.linspace(39.5, 41.0, 60))
    there = np.column_stack([lon.ravel(), lat.ravel()])
    off_m = geodesic_m(there, gcj02_from_wgs84(there))
    assert 480 < off_m.min() < off_m.max() < 640


def test_rows_do_not_influence_each_other() -> None:
    together = wgs84_from_bd09(GCOORD[:, :2])
    alone = np.vstack([wgs84_from_bd09(row[np.newaxis]) for row in GCOORD[:, :2]])
    assert np.abs(together - alone).max() < MICROMETRE


def test_no_points_are_no_points() -> None:
    none = np.zeros((0, 2))
    assert all(wgs84_from(datum, none).shape == (0, 2) for datum in DATUMS)


def test_the_argument_stays_as_it_is() -> None:
    given_points = points((116.4, 39.9))
    for datum in DATUMS:
        wgs84_from(datum, given_points)[0] = 0.0
    assert given_points.tolist() == [[116.4, 39.9]]


def test_each_datum_has_its_way_back() -> None:
    there = points((116.4, 39.9))
    assert np.allclose(wgs84_from("gcj02", gcj02_from_wgs84(there)), there, rtol=0, atol=MICROMETRE)
    assert np.allclose(wgs84_from("bd09", bd09_from_wgs84(there)), there, rtol=0, atol=MICROMETRE)
    assert np.array_equal(wgs84_from("wgs84", there), there)
