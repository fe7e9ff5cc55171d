"""The datum guard: notations, 3,000 known places of the real city, faults, the real lists."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from geo.coords import distance_m
from geo.datums import DATUMS, Datum, bd09_from_wgs84, gcj02_from_wgs84
from geo.importing.anomalies import AnomalyKind
from geo.importing.clues import CityWords, Where
from geo.importing.datum import Verdict, guard
from geo.importing.notations import NOTATIONS, is_rounded, read_as
from tests.conftest import real_data
from tests.importing.known_lists import FAULTS, KnownRow, Truth, in_datum, known_list

Points = NDArray[np.float64]


def judged(words: CityWords, rows: Sequence[KnownRow]) -> Verdict:
    return guard(words, np.array([row.written for row in rows]), [row.where for row in rows])


def sizes(rng: np.random.Generator, total: int) -> list[int]:
    """Sizes of 1 to 300, small ones as frequent as large ones, that add up."""
    found: list[int] = []
    while sum(found) < total:
        found.append(min(int(np.exp(rng.uniform(0.0, np.log(300.0)))), total - sum(found)))
    return found


# --- notations ---


@pytest.mark.parametrize(
    ("notation", "written", "meant"),
    [
        ("degrees", (116.39, 39.9), (116.39, 39.9)),
        ("swapped", (39.9, 116.39), (116.39, 39.9)),
        ("degrees_minutes", (116.2345, 39.54), (116.390833, 39.9)),
        ("degrees_minutes", (116.0905, 40.0030), (116.150833, 40.005)),
        ("degrees_minutes_seconds", (116.2327, 39.5400), (116.390833, 39.9)),
        ("degrees_minutes_seconds", (116.232745, 39.540000), (116.390958, 39.9)),
    ],
)
def test_a_pair_is_read_in_a_notation(notation: str, written: tuple[float, float], meant: tuple[float, float]) -> None:
    known = next(one for one in NOTATIONS if one == notation)
    assert read_as(known, np.array([written]))[0] == pytest.approx(meant, abs=1e-6)


def test_sixty_minutes_are_no_minutes() -> None:
    assert np.isnan(read_as("degrees_minutes", np.array([[116.61, 39.54]]))).tolist() == [[True, False]]


def test_two_decimals_are_rounded() -> None:
    assert is_rounded(np.array([[116.4, 39.9], [116.0, 40.0], [116.39, 39.901]])).tolist() == [True, True, False]


# --- the real city ---


@pytest.fixture(scope="module")
def known(real_words: CityWords, real_pack: Path) -> Truth:
    return Truth(real_words, real_pack, seed=20261122)


@pytest.fixture
def truth(known: Truth) -> Truth:
    """Return what lists are drawn from; each test draws the same, whichever ran before."""
    known.rng = np.random.default_rng(20261122)
    return known


@pytest.mark.real
def test_3000_places_of_lists_in_one_datum(truth: Truth) -> None:
    """At least 99 % of the rows right, none wrong; what is not decided is asked; at most 0.5 % false alarms."""
    found: Counter[str] = Counter()
    for count in sizes(truth.rng, 3000):
        datum = DATUMS[int(truth.rng.integers(3))]
        rows = known_list(truth, count, [datum])
        verdict = judged(truth.words, rows)
        found["alarms"] += sum(bool(one) for one in verdict.anomalies)
        for own in verdict.row_datum:
            found["asked" if own is None else "right" if own == datum else "wrong"] += 1
    assert found["right"] >= 0.985 * 3000, found  # lists of one to five rows are often, rightly, not decided
    assert found["right"] >= 0.99 * (found["right"] + found["wrong"]), found
    assert found["alarms"] <= 0.005 * 3000, found


@pytest.mark.real
def test_lists_of_two_datums_are_not_taken_for_one(truth: Truth) -> None:
    found: Counter[str] = Counter()
    for count in sizes(truth.rng, 6000):
        two = [DATUMS[one] for one in truth.rng.permutation(3)[:2]]
        rows = known_list(truth, count, two)
        for row, own in zip(rows, judged(truth.words, rows).row_datum, strict=True):
            found["asked" if own is None else "right" if own == row.datum else "wrong"] += 1
    assert found["right"] >= 0.98 * (found["right"] + found["wrong"]), found
    assert found["right"] >= 0.25 * 6000, found


@pytest.mark.real
def test_faults_are_caught(truth: Truth) -> None:
    """A row that says where it is is caught when it is not there; one that says nothing is seen by its list alone."""
    caught: Counter[tuple[str, bool]] = Counter()
    total: Counter[tuple[str, bool]] = Counter()
    for _ in range(12):
        rows = known_list(truth, 150, [DATUMS[int(truth.rng.integers(3))]], faults=0.2)
        for row, anomalies in zip(rows, judged(truth.words, rows).anomalies, strict=True):
            if row.fault:
                key = row.fault, bool(row.where.address or row.where.subdistrict)
                total[key] += 1
                caught[key] += bool(anomalies)
    for fault in FAULTS:
        assert caught[fault, True] >= 0.95 * total[fault, True] > 0, (fault, caught, total)
    for fault in ("swapped", "zero", "rounded"):
        assert caught[fault, False] == total[fault, False] > 0


@pytest.mark.real
def test_what_is_meant_is_where_the_place_is(truth: Truth) -> None:
    """A reading that is offered in place of the pair as it stands is right; otherwise none is offered."""
    offered = right = 0
    for _ in range(8):
        rows = known_list(truth, 120, [DATUMS[int(truth.rng.integers(3))]], faults=0.2)
        for row, anomalies in zip(rows, judged(truth.words, rows).anomalies, strict=True):
            for anomaly in anomalies:
                if anomaly.meant is not None:
                    offered += 1
                    right += distance_m(anomaly.meant, row.truth) < 100.0
    assert right >= 0.99 * offered > 0


@pytest.mark.real
@pytest.mark.parametrize("datum", DATUMS)
def test_few_points_without_words_are_not_decided(truth: Truth, datum: Datum) -> None:
    for count in (1, 2, 3, 5):
        places, _ = truth.draw(count)
        verdict = guard(truth.words, in_datum(datum, np.array(places)), [Where()] * count)
        assert verdict.datum is None
        assert verdict.certainty < 0.95


@pytest.mark.real
def test_the_order_of_the_rows_does_not_matter(truth: Truth) -> None:
    rows = known_list(truth, 60, ["gcj02"], faults=0.1)
    order = truth.rng.permutation(len(rows)).tolist()
    straight, shuffled = judged(truth.words, rows), judged(truth.words, [rows[n] for n in order])
    assert shuffled.datum == straight.datum == "gcj02"
    assert shuffled.certainty == pytest.approx(straight.certainty)
    assert [bool(a) for a in shuffled.anomalies] == [bool(straight.anomalies[n]) for n in order]


@pytest.mark.real
@pytest.mark.parametrize(
    ("written", "where", "kind"),
    [
        ((0.0, 0.0), Where("学院路"), "zero"),
        ((float("nan"), 39.9), Where("学院路"), "missing"),
        ((39.98, 116.35), Where("海淀区学院路街道"), "swapped"),
        ((116.4, 39.9), Where(), "rounded"),
        ((121.47, 31.23), Where(), "outside_city"),
        ((116.351234, 39.981234), Where("朝阳区望京街道"), "outside_region"),
        ((116.411234, 39.881234), Where("知春路"), "far_from_address"),
        ((999.0, 999.0), Where(), "outside_city"),
        ((116.351234, -39.981234), Where("学院路"), "outside_city"),
    ],
)
def test_one_row_and_what_is_wrong_with_it(
    real_words: CityWords, written: tuple[float, float], where: Where, kind: AnomalyKind
) -> None:
    verdict = guard(real_words, np.array([written]), [where])
    assert verdict.anomalies[0][0].kind == kind
    assert verdict.datum is None


@pytest.mark.real
def test_a_column_of_degrees_and_minutes_is_seen_without_any_words(truth: Truth) -> None:
    places, _ = truth.draw(40)
    lonlat = np.array(places)
    written = np.floor(lonlat) + (lonlat - np.floor(lonlat)) * 0.6
    verdict = guard(truth.words, written.round(6), [Where()] * 40)
    kinds = Counter(anomaly.kind for anomalies in verdict.anomalies for anomaly in anomalies)
    assert kinds["degrees_minutes"] >= 39


@pytest.mark.real
def test_no_rows_are_nobody_s_datum(real_words: CityWords) -> None:
    verdict = guard(real_words, np.zeros((0, 2)), [])
    assert (verdict.datum, verdict.row_datum, verdict.anomalies) == (None, (), ())
    nowhere = guard(real_words, np.full((3, 2), np.nan), [Where("学院路")] * 3)
    assert nowhere.datum is None
    assert nowhere.position == (None, None, None)


@pytest.mark.real
def test_points_and_rows_must_be_of_one_length(real_words: CityWords) -> None:
    with pytest.raises(ValueError, match="one pair for each row"):
        guard(real_words, np.zeros((2, 2)), [Where()])


# --- the real lists ---


def haidian() -> tuple[Points, list[Where], list[bool]]:
    with (real_data() / "stations" / "haidian_302_points.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    wgs84 = np.array([(float(row["lon_wgs84"]), float(row["lat_wgs84"])) for row in rows])
    return wgs84, [Where(row["address"], row["name"]) for row in rows], [row["in_haidian"] == "1" for row in rows]


@pytest.mark.real
@pytest.mark.parametrize(
    ("datum", "forward"), [("wgs84", np.copy), ("gcj02", gcj02_from_wgs84), ("bd09", bd09_from_wgs84)]
)
def test_haidian_s_302_points(real_words: CityWords, datum: Datum, forward: Callable[[Points], Points]) -> None:
    wgs84, where, _ = haidian()
    verdict = guard(real_words, forward(wgs84), where)
    assert verdict.datum == datum
    assert verdict.certainty > 0.999
    near = {one: verdict.evidence[one].near_road or 0.0 for one in DATUMS}
    assert near[datum] > 0.5
    assert max(near[one] for one in DATUMS if one != datum) < 0.3
    at = [one for one in verdict.position if one is not None]
    assert len(at) >= 295


@pytest.mark.real
def test_parts_of_haidian_s_list_are_decided_right_or_asked(real_words: CityWords) -> None:
    wgs84, where, _ = haidian()
    rng = np.random.default_rng(7)
    for count, least in ((3, 0), (10, 5), (40, 10)):
        decided = []
        for _ in range(10):
            rows = rng.permutation(len(where))[:count]
            verdict = guard(real_words, gcj02_from_wgs84(wgs84[rows]), [where[row] for row in rows.tolist()])
            decided.append(verdict.datum)
        assert set(decided) <= {"gcj02", None}
        assert decided.count("gcj02") >= least


@pytest.mark.real
def test_alarms_of_haidian_s_list_are_points_that_are_really_off(real_words: CityWords) -> None:
    """Rows that the list's own check puts in Haidian are rarely off; of those outside, several are."""
    wgs84, where, in_haidian = haidian()
    alarms = [bool(one) for one in guard(real_words, wgs84, where).anomalies]
    assert sum(a for a, inside in zip(alarms, in_haidian, strict=True) if inside) <= 0.03 * sum(in_haidian)
    assert sum(a for a, inside in zip(alarms, in_haidian, strict=True) if not inside) >= 5


@pytest.mark.real
def test_a_list_of_another_city_is_outside(real_words: CityWords) -> None:
    with (real_data() / "stations" / "zhengzhou_82.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    points = np.array([(float(row["lon_gcj02"]), float(row["lat_gcj02"])) for row in rows])
    verdict = guard(real_words, points, [Where(row["address"]) for row in rows])
    assert verdict.datum is None
    assert all(one[0].kind == "outside_city" for one in verdict.anomalies)
