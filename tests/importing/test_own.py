"""What yizhan exported, somebody mended in a spreadsheet, and it is read back as it is meant."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest

from geo.importing.ground import Ground
from geo.importing.pipeline import Job, plan_import, prepare
from geo.importing.plan import Plan
from geo.pack.folder import read_places
from geo.places.entries import Entry
from geo.places.interchange.geojson import write_geojson
from geo.places.interchange.tables import write_csv
from geo.places.interchange.workbook import write_workbook
from geo.places.model import Fact, Place
from tests.importing.lists import WHEN


@pytest.fixture(scope="module")
def places(sample_pack: Path) -> list[Place]:
    """Return some of the sample's places, one with all that is awkward."""
    first, *others = read_places(sample_pack)[:40]
    awkward = replace(
        first, note="=1+1", host="'tis", phone="+86 10 64012345", audience=("couriers", "drivers"), verified=True,
        capacity_seats=12, area_m2=60.0, facts={"phone": Fact("a call", "2026-03-05", "李四")},
    )  # fmt: skip
    return [awkward, *others]


def planned(path: Path, known: list[Place]) -> Plan:
    prepared = prepare(Job(path))
    entries = [Entry(place, 3) for place in known]
    return plan_import(prepared, Ground(), entries, rule="ask", when=WHEN)


WRITERS = {"a.csv": write_csv, "a.xlsx": write_workbook, "a.geojson": write_geojson}


@pytest.mark.parametrize("name", WRITERS)
def test_an_export_imports_as_all_same(places: list[Place], tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(WRITERS[name](places))

    done = planned(tmp_path / name, places)
    assert done.totals() == {"new": 0, "changed": 0, "same": len(places), "needs_human": 0, "rejected": 0}
    assert done.writes == ()


@pytest.mark.parametrize("name", WRITERS)
def test_an_export_fills_an_empty_register_with_the_same_places(places: list[Place], tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(WRITERS[name](places))

    done = planned(tmp_path / name, [])
    assert [write.place for write in done.writes] == places


def test_what_was_mended_is_taken_without_asking(places: list[Place], tmp_path: Path) -> None:
    mended = replace(places[5], phone="010-64099999", floor="2层")
    (tmp_path / "a.csv").write_bytes(write_csv([*places[:5], mended]))

    done = planned(tmp_path / "a.csv", places)
    assert [write.place for write in done.writes] == [mended]


@pytest.mark.parametrize(
    ("column", "cell"), [("services", "热水"), ("lon", "东"), ("facts", "[1]"), ("services", "[{}]")]
)
def test_a_cell_that_was_spoilt_rejects_its_row_alone(
    places: list[Place], tmp_path: Path, column: str, cell: str
) -> None:
    rows = list(csv.DictReader(io.StringIO(write_csv(places[:3]).decode("utf-8-sig"))))
    rows[1][column] = cell
    with (tmp_path / "a.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)

    done = planned(tmp_path / "a.csv", places)
    assert [row.outcome for row in done.rows] == ["same", "rejected", "same"]
    assert done.rows[1].problems[0].code == "own_damaged"
