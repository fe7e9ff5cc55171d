"""A city judges coordinates and finds addresses; the clerk's word and the list's are weighed against it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from geo.coords import LonLat, distance_m
from geo.datums import Datum, bd09_from_wgs84, gcj02_from_wgs84
from geo.importing.columns import find_columns
from geo.importing.ground import Ground
from geo.importing.plan import Plan, make_plan
from geo.importing.positions import settle
from geo.importing.rows import Reading, read_rows
from geo.pack.folder import read_places
from tests.importing.lists import table, understand

HEADER = ("名称", "地址", "街道", "经度", "纬度", "类型")


@pytest.fixture(scope="module")
def ground(sample_pack: Path) -> Ground:
    return Ground.of_pack(sample_pack, None)


@pytest.fixture(scope="module")
def sample_rows(sample_pack: Path) -> list[tuple[str, str, str, LonLat]]:
    places = [p for p in read_places(sample_pack) if p.address and p.subdistrict]
    return [(p.name, p.address or "", p.subdistrict or "", p.position) for p in places]


def rows_in(datum: Datum, rows: list[tuple[str, str, str, LonLat]]) -> list[tuple[str, ...]]:
    """Return the rows with their positions written in a datum."""
    lonlat = np.array([position for *_, position in rows])
    shifted = {"wgs84": lambda x: x, "gcj02": gcj02_from_wgs84, "bd09": bd09_from_wgs84}[datum](lonlat)
    return [
        (*words, f"{lon:.6f}", f"{lat:.6f}", "暖心驿站") for (*words, _), (lon, lat) in zip(rows, shifted, strict=True)
    ]


def planned(ground: Ground, *rows: tuple[str, ...], header: tuple[str, ...] = HEADER) -> Plan:
    read = table(header, *rows)
    drafts = read_rows(read, find_columns(read), Reading("list.csv"), understand)
    settlement = settle(drafts, ground.judge, ground.geocoder, ground.name, ground.box)
    return make_plan("import-1", "list.csv", drafts, settlement.settled, [], remarks=settlement.words)


@pytest.mark.parametrize("datum", ["wgs84", "gcj02", "bd09"])
def test_the_datum_of_a_list_is_found(
    ground: Ground, sample_rows: list[tuple[str, str, str, LonLat]], datum: Datum
) -> None:
    plan = planned(ground, *rows_in(datum, sample_rows))

    assert_placed(plan, sample_rows)
    name = {"wgs84": "WGS-84", "gcj02": "GCJ-02", "bd09": "BD-09"}[datum]
    assert [(name in words["zh"], name in words["en"]) for words in plan.remarks] == [(True, True)]


def assert_placed(plan: Plan, sample_rows: list[tuple[str, str, str, LonLat]]) -> None:
    """All rows but a few that look alike are new and stand where they are in truth."""
    assert plan.totals()["new"] >= 0.95 * len(sample_rows)
    for row, (*_, truth) in zip(plan.rows, sample_rows, strict=True):
        if row.outcome == "new":
            assert row.place is not None and distance_m(row.place.position, truth) < 1.0


@pytest.mark.parametrize("stated", ["wgs84", "bd09"])
def test_a_list_that_names_the_wrong_datum_is_contradicted(
    ground: Ground, sample_rows: list[tuple[str, str, str, LonLat]], stated: Datum
) -> None:
    rows = [(*row, stated) for row in rows_in("gcj02", sample_rows)]
    plan = planned(ground, *rows, header=(*HEADER, "坐标系"))

    assert plan.totals()["needs_human"] == len(rows) and plan.writes == ()
    assert {"datum_contradicted"} <= {problem.code for problem in plan.rows[0].problems}
    assert "looks like GCJ-02" in plan.rows[0].problems[0].say("en")


def test_the_clerks_word_counts(sample_pack: Path, sample_rows: list[tuple[str, str, str, LonLat]]) -> None:
    ground = Ground.of_pack(sample_pack, "gcj02")
    plan = planned(ground, *rows_in("gcj02", sample_rows[:3]))

    for row, (*_, truth) in zip(plan.rows, sample_rows[:3], strict=True):
        assert row.place is not None and distance_m(row.place.position, truth) < 1.0


def test_an_address_without_coordinates_is_looked_up_or_left_to_a_human(ground: Ground) -> None:
    known, unknown, elsewhere = planned(
        ground,
        ("甲站", "东四街道", "东四街道", "", "", "暖心驿站"),
        ("乙站", "不存在的地方", "", "", "", "暖心驿站"),
        ("丙站", "东四北大街1号", "", "121.47", "31.23", "暖心驿站"),
    ).rows

    assert known.place is not None and known.place.accuracy == "subdistrict"
    assert [problem.code for problem in known.problems] == ["geocoded"]
    assert (unknown.outcome, [problem.code for problem in unknown.problems]) == ("needs_human", ["no_position"])
    assert elsewhere.outcome == "needs_human"


def test_exchanged_axes_are_read_as_they_are_meant(
    ground: Ground, sample_rows: list[tuple[str, str, str, LonLat]]
) -> None:
    rows = rows_in("wgs84", sample_rows)
    swapped = [(*row[:3], row[4], row[3], row[5]) for row in rows]
    plan = planned(ground, *swapped)

    assert_placed(plan, sample_rows)
    assert all("position_read_as" in {problem.code for problem in row.problems} for row in plan.rows)


def test_coarse_coordinates_are_not_said_to_be_exact(sample_pack: Path) -> None:
    ground = Ground.of_pack(sample_pack, "wgs84")
    rows = [(f"{n}站", f"某地{n}", "", lon, lat, "暖心驿站") for n, (lon, lat) in enumerate(
        [("116.41741", "39.92461"), ("116.417", "39.924"), ("116.41", "39.92"), ("116.4", "39.9")])]  # fmt: skip
    done = planned(ground, *rows)

    assert [row.place.accuracy if row.place else None for row in done.rows] == [
        "building",
        "street",
        "subdistrict",
        None,
    ]


def test_a_mapping_of_words_has_all_kinds_of_evidence() -> None:
    from typing import get_args

    from geo.importing.geocoding import EvidenceKind
    from geo.importing.ground import _EVIDENCE

    assert set(_EVIDENCE) == set(get_args(EvidenceKind))
