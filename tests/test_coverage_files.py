"""Coverage as files: each format read by a reader of its own, and every figure that of the interface."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections import defaultdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

import geopandas
import openpyxl
import pytest
from pyproj import Geod
from shapely.geometry import shape

import geo.coverage_layers
from geo.city import City
from geo.coverage.asking import LAYERS, CoverageQuery, Layer, read_coverage
from geo.coverage.gaps import find_gaps
from geo.coverage.scenario import Close, Scenario
from geo.coverage_facts import Answer, doubts
from geo.coverage_files import (
    COLUMNS,
    SUFFIXES,
    about_rows,
    coverage_csv,
    coverage_workbook,
    save_coverage,
    save_points,
)
from geo.coverage_layers import MAX_GAPS, coverage_geojson, write_coverage_geopackage
from geo.errors import InterchangeError, TooLargeError
from geo.places.hours import CHINA
from webmap import create_app

STATES = ("closed", "unverified", "missing", "severed", "nothing")
GEOD = Geod(ellps="WGS84")


def answer_of(city: City, layer: Layer = "residents", scenario: Scenario | None = None) -> Answer:
    """Return an answer with something in most states."""
    query = read_coverage(service=["rest_stop"], cutoff="5min", open="certainly", when="2026-11-23T20:00", layer=layer)
    planner = city.planner if scenario is None else city.planner_in(scenario)
    return Answer(city, planner, planner.coverage(query), scenario)


@pytest.fixture(scope="module", params=LAYERS)
def answer(request: pytest.FixtureRequest, sample_city: City) -> Answer:
    return answer_of(sample_city, request.param)


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))


def test_csv_is_the_table(answer: Answer) -> None:
    values = answer.values
    content = coverage_csv(values)
    rows = rows_of(content)

    assert content.startswith(b"\xef\xbb\xbf"), "spreadsheets in China take anything else for GBK"
    assert list(rows[0]) == list(COLUMNS)
    for row, area in zip(rows, values["areas"], strict=True):
        assert row["unit"] == values["layer"]["unit"]
        for column in COLUMNS:
            if column != "unit" and area.get(column) is not None:
                assert row[column].removeprefix("'") == str(area[column])
            elif column != "unit":
                assert row[column] == ""


def test_a_workbook_has_the_table_its_sums_and_what_it_is_about(answer: Answer) -> None:
    values = answer.values
    book = openpyxl.load_workbook(io.BytesIO(coverage_workbook(values, about_rows(values, answer))))

    assert book.sheetnames == ["coverage", "about"]
    head, *rows, last = book["coverage"].iter_rows(values_only=True)
    assert [str(cell).split(" ")[0] for cell in head] == list(COLUMNS)
    at = {column: number for number, column in enumerate(COLUMNS)}
    for row, area in zip(rows, values["areas"], strict=True):
        assert [row[at[name]] for name in ("number", "total", *STATES, "circle")] == [
            area[name] for name in ("number", "total", *STATES, "circle")
        ]
    assert [last[at[name]] for name in ("total", "covered")] == [values["total"][name] for name in ("total", "covered")]
    told = list(book["about"].iter_rows(values_only=True))
    text = "\n".join(f"{key}: {value}" for key, value in told)
    for part in ("question cutoff_s: 300.0", "rest_stop", answer.city.manifest.version, "method 方法", "illustrative"):
        assert part in text
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)


def test_geojson_holds_every_uncovered_street_once(answer: Answer) -> None:
    """Weights by state and area are the table's; lengths those of the lines."""
    values, collection = answer.values, json.loads(coverage_geojson(answer))
    assert collection["type"] == "FeatureCollection"
    by_layer = defaultdict(list)
    for feature in collection["features"]:
        by_layer[feature["properties"]["layer"]].append(feature)
    table = {area["number"]: area for area in values["areas"]}
    seen = set()
    for feature in by_layer["uncovered"]:
        about = feature["properties"]
        seen.add((about["state"], about["area"]))
        assert about["weight"] == table[about["area"]][about["state"]]
        assert about["subdistrict"] == table[about["area"]]["name"]
        lines = [] if feature["geometry"] is None else feature["geometry"]["coordinates"]
        metres = sum(GEOD.line_length([at[0] for at in line], [at[1] for at in line]) for line in lines)
        assert metres == pytest.approx(about["length_m"], rel=2e-3, abs=1)
        if about["unit"] == "metres":
            assert about["length_m"] == pytest.approx(about["weight"], abs=1e-3)
    assert len(seen) == len(by_layer["uncovered"]), "one feature each"
    expected = {(state, n) for n, area in table.items() for state in STATES if area[state]}
    assert expected <= seen
    assert expected
    assert len(by_layer["place"]) == values["facilities"]
    assert {feature["properties"]["id"] for feature in by_layer["place"]} == {
        answer.planner.places[n].id for n in answer.coverage.facilities.nonzero()[0]
    }
    weights = [feature["properties"]["weight"] for feature in by_layer["gap"]]
    assert weights == sorted(weights, reverse=True)
    found = find_gaps(answer.planner, answer.coverage, MAX_GAPS)
    assert weights == [gap.weight / 1e6 for gap in found.gaps]


def test_a_geopackage_holds_the_same(answer: Answer, tmp_path: Path) -> None:
    path = tmp_path / "coverage.gpkg"
    write_coverage_geopackage(answer, path)
    collection = json.loads(coverage_geojson(answer))

    with sqlite3.connect(path) as file:  # by its own tables, without GDAL
        names = {row[0] for row in file.execute("SELECT table_name FROM gpkg_contents")}
        systems = {row[0] for row in file.execute("SELECT srs_id FROM gpkg_geometry_columns")}
        weight = file.execute("SELECT sum(weight) FROM uncovered").fetchone()[0]
    assert names == {"uncovered", "gaps", "places"}
    assert systems == {4326}
    total = answer.values["total"]
    assert weight == pytest.approx(sum(total[state] for state in STATES), rel=1e-12)
    for layer, name in (("uncovered", "uncovered"), ("gaps", "gap"), ("places", "place")):
        frame = geopandas.read_file(path, layer=layer)
        features = [one for one in collection["features"] if one["properties"]["layer"] == name]
        assert len(frame) == len(features)
        for own, feature in zip(frame.geometry, features, strict=True):
            if feature["geometry"] is None:
                assert own is None
            else:
                assert own.equals_exact(shape(feature["geometry"]), 1e-9)


def test_all_is_covered(sample_city: City, tmp_path: Path) -> None:
    """Files without a single uncovered street are files all the same."""
    planner = sample_city.planner
    answer = Answer(sample_city, planner, planner.coverage(CoverageQuery(cutoff_s=4 * 3600.0)), None)
    assert answer.values["total"]["covered"] == answer.values["total"]["total"]
    for suffix in SUFFIXES:
        save_coverage(answer, tmp_path / f"all{suffix}")
    assert len(geopandas.read_file(tmp_path / "all.gpkg", layer="uncovered")) == 0
    assert {f["properties"]["layer"] for f in json.loads((tmp_path / "all.geojson").read_text())["features"]} == {
        "place"
    }


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_downloads_are_the_files(sample_city: City, suffix: str, tmp_path: Path) -> None:
    asked = "service=rest_stop&cutoff=5min&open=certainly&when=2026-11-23T20:00"
    client = create_app(sample_city, now=lambda: datetime(2026, 11, 23, 12, tzinfo=CHINA)).test_client()
    response = client.get(f"/api/v1/coverage{suffix}?{asked}")
    values = client.get(f"/api/v1/coverage?{asked}").get_json()

    assert response.status_code == 200
    disposition = response.headers["Content-Disposition"]
    assert disposition == f'attachment; filename="coverage-{sample_city.manifest.version}{suffix}"'
    assert disposition.isascii()
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    path = tmp_path / f"own{suffix}"
    save_coverage(answer_of(sample_city), path)
    if suffix in {".csv", ".geojson"}:
        assert response.data == path.read_bytes()
    if suffix == ".csv":
        assert [row["covered"] for row in rows_of(response.data)] == [str(area["covered"]) for area in values["areas"]]
    if suffix == ".gpkg":
        (tmp_path / "sent.gpkg").write_bytes(response.data)
        frame = geopandas.read_file(tmp_path / "sent.gpkg", layer="uncovered")
        assert frame.weight.sum() == pytest.approx(values["total"]["total"] - values["total"]["covered"])


def test_too_much_for_a_browser_is_refused_and_not_on_the_command_line(
    sample_city: City, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    answer = answer_of(sample_city)
    with pytest.raises(TooLargeError, match=r"more than 50 points; .*yizhan coverage --out"):
        coverage_geojson(answer, 50)
    with pytest.raises(TooLargeError):
        write_coverage_geopackage(answer, tmp_path / "x.gpkg", 50)
    monkeypatch.setattr(geo.coverage_layers, "MAX_POINTS", 50)
    save_coverage(answer, tmp_path / "x.geojson")
    assert json.loads((tmp_path / "x.geojson").read_text())["features"]


# --- texts of strangers ---

HOSTILE = ('=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "\t=1", "＝1+1", "'quoted", 'a,b\n"c"', "", "\x07bell")


@pytest.mark.parametrize("name", HOSTILE)
def test_no_cell_is_a_formula(answer: Answer, name: str) -> None:
    values: dict[str, Any] = json.loads(json.dumps(answer.values))
    values["areas"][0] |= {"name": name, "district": name, "id": name}
    row = rows_of(coverage_csv(values))[0]
    assert row["name"].removeprefix("'") == name.removeprefix("'") or row["name"] == "'" + name
    assert not row["name"] or row["name"][0] not in "=+-@\t\r＝＋－＠"
    assert row["name"].startswith("'") or name[:1] not in "=+-@\t＝'"
    book = openpyxl.load_workbook(io.BytesIO(coverage_workbook(values, [(name, name)])))
    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line]
    assert all(cell.data_type != "f" for cell in cells)
    assert "\x07" not in str([cell.value for cell in cells])


def test_points_of_lists(tmp_path: Path) -> None:
    point = {"type": "Point", "coordinates": [116.4, 39.9]}
    about = {"rank": 1, "id": "x", "name": "=1+1", "streets": ["a", "b"], "reasons": {"closed": 1.5}, "near": None}
    collection = {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "geometry": point, "properties": about}],
    }
    for suffix in SUFFIXES:
        save_points(collection, tmp_path / f"p{suffix}")
    row = rows_of((tmp_path / "p.csv").read_bytes())[0]
    assert row == {
        "lon": "116.4", "lat": "39.9", "rank": "1", "id": "x", "name": "'=1+1", "streets": "a b",
        "reasons_closed": "1.5", "near": "",
    }  # fmt: skip
    assert json.loads((tmp_path / "p.geojson").read_text()) == collection
    frame = geopandas.read_file(tmp_path / "p.gpkg")
    assert (frame.geometry[0].x, frame["name"][0], frame["point_id"][0]) == (116.4, "=1+1", "x")
    sheet = openpyxl.load_workbook(tmp_path / "p.xlsx")["points"]
    assert [cell.value for cell in sheet[2]][4] == "'=1+1"
    save_points({"type": "FeatureCollection", "features": []}, tmp_path / "none.csv")
    assert rows_of((tmp_path / "none.csv").read_bytes()) == []


@pytest.mark.parametrize("name", ["coverage.pdf", "coverage", "coverage.csv.exe"])
def test_an_unknown_format_is_refused(sample_city: City, tmp_path: Path, name: str) -> None:
    with pytest.raises(InterchangeError, match=r"use \.csv, \.xlsx, \.geojson, \.gpkg"):
        save_coverage(answer_of(sample_city), tmp_path / name)
    with pytest.raises(InterchangeError, match="no format"):
        save_points({"features": []}, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_that_cannot_be_written_leaves_nothing(sample_city: City, tmp_path: Path, suffix: str) -> None:
    with pytest.raises(InterchangeError, match="cannot be written"):
        save_coverage(answer_of(sample_city), tmp_path / "no" / "such" / f"folder{suffix}")
    assert list(tmp_path.iterdir()) == []


# --- what is not certain ---


def about_of(answer: Answer, **more: Any) -> set[str]:
    return {told.about for told in doubts(answer, **more)}


def test_what_is_not_certain_is_said(sample_city: City) -> None:
    told = about_of(answer_of(sample_city))
    assert {"sample", "positions", "unverified", "hours"} <= told
    assert "provisional" not in told, "2026 has its notice"
    assert "scenario" not in told
    scenario = Scenario("x", (Close(sample_city.places[0].id),))
    assert "scenario" in about_of(answer_of(sample_city, scenario=scenario))
    assert "provisional" in about_of(answer_of(sample_city), monday=date(2027, 12, 27)), "2028 has none"
    assert "profile" in about_of(answer_of(sample_city, "pickups")), "nobody has counted couriers"
    assert all(one.zh and one.en for one in doubts(answer_of(sample_city)))


def test_counts_of_doubts_are_those_of_places(sample_city: City) -> None:
    answer = answer_of(sample_city)
    counting = [p for p, counts in zip(answer.planner.places, answer.coverage.facilities, strict=True) if counts]
    vague = sum(place.accuracy != "exact" for place in counting)
    told = {one.about: one.en for one in doubts(answer)}
    assert f"Of {len(counting)} places that count, the position of {vague} is not exact" in told["positions"]
    stops = [p for p in answer.planner.places if p.status == "open" and p.offers("rest_stop")]
    unknown = sum(all(s.hours is None for s in p.services if s.kind == "rest_stop") for p in stops)
    assert f"Of {len(stops)} places that offer what is wanted, the hours of {unknown} are unknown" in told["hours"]
