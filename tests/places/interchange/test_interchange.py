"""Places leave and come back as they were; what cannot be written is refused; nothing half-written is left."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

import geopandas
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.coords import LonLat
from geo.errors import InterchangeError
from geo.pack.folder import read_places
from geo.places.interchange import FORMATS, Format, export, read_back
from geo.places.interchange.tables import COLUMNS, to_cells, write_csv
from geo.places.interchange.workbook import write_workbook
from geo.places.model import PLAIN_FIELDS, Fact, Place, Service, place_from_json, place_to_json
from tests.places.strategies import places

TODAY = date(2026, 11, 22)
TWO_WAY: tuple[Literal["hsds", "geojson", "csv"], ...] = ("hsds", "geojson", "csv")
PLACE = Place(
    id="ss-1",
    name="槐荫街道工会服务站",
    position=LonLat(116.4, 39.9),
    accuracy="exact",
    services=(
        Service("service_station", "Mo-Fr 09:00-11:30,13:30-17:00; PH off"),
        Service("haircut", "Fr 09:00-11:00", note="先到先得"),
    ),
    source="test",
)


def without_nul(value: Any) -> Any:
    """Return a JSON value without the one character of Hypothesis' texts that no file can hold."""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, dict):
        return {key: without_nul(inside) for key, inside in value.items()}
    return [without_nul(inside) for inside in value] if isinstance(value, list) else value


writable = places.map(lambda place: place_from_json(without_nul(place_to_json(place))))
lists = st.lists(writable, max_size=4, unique_by=lambda place: place.id)


def written(found: Sequence[Place], file_format: Format, folder: Path) -> bytes:
    out = folder / f"places.{file_format}"
    export(found, out, file_format, today=TODAY)
    return out.read_bytes()


# --- round trips ---


@pytest.mark.parametrize("file_format", TWO_WAY)
@given(found=lists)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_exported_comes_back(
    tmp_path: Path, file_format: Literal["hsds", "geojson", "csv"], found: list[Place]
) -> None:
    assert read_back(written(found, file_format, tmp_path), file_format) == tuple(found)


@pytest.mark.parametrize("file_format", TWO_WAY)
@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "＝x", "＋x", "－x", "＠x", "'", "''x", "", " "]
)
def test_any_beginning_of_a_text_comes_back(
    tmp_path: Path, file_format: Literal["hsds", "geojson", "csv"], text: str
) -> None:
    found = [replace(PLACE, name=text, note=text, host=text, facts={"note": Fact(text)})]

    assert read_back(written(found, file_format, tmp_path), file_format) == tuple(found)


@pytest.mark.parametrize("file_format", TWO_WAY)
def test_the_sample_city_comes_back(
    tmp_path: Path, sample_pack: Path, file_format: Literal["hsds", "geojson", "csv"]
) -> None:
    found = read_places(sample_pack)

    assert len(found) > 10
    assert read_back(written(found, file_format, tmp_path), file_format) == found


def test_every_field_of_a_place_is_in_the_table() -> None:
    assert set(COLUMNS) == set(place_to_json(PLACE))
    assert set(PLAIN_FIELDS) < set(COLUMNS)


def test_columns_may_be_exchanged_and_added() -> None:
    rows = list(csv.reader(io.StringIO(write_csv([PLACE]).decode("utf-8-sig"), newline="")))
    turned = io.StringIO(newline="")
    csv.writer(turned).writerows([*row[::-1], "more"] for row in rows)

    assert read_back(turned.getvalue().encode(), "csv") == (PLACE,)


# --- refusals ---


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
@pytest.mark.parametrize("field", ["name", "note"])
def test_what_no_file_can_hold_is_refused(tmp_path: Path, file_format: Format, text: str, field: str) -> None:
    bad: dict[str, Any] = {field: text}

    with pytest.raises(InterchangeError, match=f"'ss-1': {field}"):
        written([replace(PLACE, **bad)], file_format, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_fact_that_no_file_can_hold_is_found(tmp_path: Path) -> None:
    with pytest.raises(InterchangeError, match="facts"):
        written([replace(PLACE, facts={"phone": Fact("\0")})], "csv", tmp_path)


@pytest.mark.parametrize("file_format", FORMATS)
def test_two_places_of_one_id_are_refused(tmp_path: Path, file_format: Format) -> None:
    with pytest.raises(InterchangeError, match="ss-1"):
        written([PLACE, PLACE], file_format, tmp_path)


@pytest.mark.parametrize("text", ["a\x01b", "x" * 40_000, "😀" * 20_000])
def test_what_excel_cannot_hold_is_refused(text: str) -> None:
    with pytest.raises(InterchangeError, match="csv"):
        write_workbook([replace(PLACE, note=text)])


@pytest.mark.parametrize("file_format", TWO_WAY)
@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b"id,name\n1,2\n", b"\xff\xfe", b'{"features": [{}]}', b'{"locations": [1]}']
)
def test_a_foreign_file_is_refused(file_format: Literal["hsds", "geojson", "csv"], content: bytes) -> None:
    with pytest.raises(InterchangeError):
        read_back(content, file_format)


# --- whole or not at all ---


def test_an_older_file_is_replaced(tmp_path: Path) -> None:
    out = tmp_path / "places.csv"
    out.write_text("old")

    assert export([PLACE], out, "csv", today=TODAY).written == 1
    assert read_back(out.read_bytes(), "csv") == (PLACE,)
    assert list(tmp_path.iterdir()) == [out]


def test_a_failure_leaves_the_older_file(tmp_path: Path) -> None:
    out = tmp_path / "places.xlsx"
    out.write_text("old")

    with pytest.raises(InterchangeError):
        export([replace(PLACE, note="\x01")], out, "xlsx", today=TODAY)

    assert out.read_text() == "old"
    assert list(tmp_path.iterdir()) == [out]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InterchangeError, match="choose another --out"):
        export([PLACE], tmp_path / "nowhere" / "places.csv", "csv", today=TODAY)


def test_a_folder_in_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "places.csv").mkdir()

    with pytest.raises(InterchangeError, match="Nothing was left behind"):
        export([PLACE], tmp_path / "places.csv", "csv", today=TODAY)
    assert [path.name for path in tmp_path.iterdir()] == ["places.csv"]


# --- each format as others read it ---


@given(found=lists)
@settings(max_examples=60, deadline=None)
def test_no_cell_of_csv_begins_like_a_formula(found: list[Place]) -> None:
    for row in list(csv.DictReader(io.StringIO(write_csv(found).decode("utf-8-sig"), newline="")))[:4]:
        for column, cell in row.items():
            assert column in {"lon", "lat"} or not cell.startswith(tuple("=+-@＝＋－＠\t\r\n"))


def test_excel_shows_formulas_as_text() -> None:
    book = openpyxl.load_workbook(io.BytesIO(write_workbook([replace(PLACE, name="=1+1")])))
    rows = list(book["places"].iter_rows())

    assert [cell.value for cell in rows[0]] == list(COLUMNS)
    assert rows[1][1].value == "'=1+1"
    assert {cell.data_type for cell in rows[1]} <= {"s", "n"}
    assert rows[1][2].value == 116.4


def test_the_geopackage_opens_in_a_map_program(tmp_path: Path) -> None:
    found = [PLACE, replace(PLACE, id="ss-2", name="=1+1", capacity_seats=12)]
    export(found, tmp_path / "places.gpkg", "gpkg", today=TODAY)

    frame = geopandas.read_file(tmp_path / "places.gpkg")

    assert list(frame["place_id"]) == ["ss-1", "ss-2"]
    assert list(frame["name"]) == [PLACE.name, "=1+1"]
    assert (frame.geometry.x[0], frame.geometry.y[0]) == (116.4, 39.9)
    assert frame.crs.to_epsg() == 4326
    assert json.loads(frame["services"][0])[1]["kind"] == "haircut"


def test_a_geopackage_of_nothing(tmp_path: Path) -> None:
    assert export([], tmp_path / "none.gpkg", "gpkg", today=TODAY).written == 0
    assert len(geopandas.read_file(tmp_path / "none.gpkg")) == 0


def test_geojson_is_what_the_standard_says() -> None:
    content = json.loads(b"".join([export_bytes([PLACE], "geojson")]))
    (feature,) = content["features"]

    assert content["type"] == "FeatureCollection"
    assert feature["geometry"] == {"type": "Point", "coordinates": [116.4, 39.9]}
    assert feature["properties"]["name"] == PLACE.name


def export_bytes(found: Sequence[Place], file_format: Literal["hsds", "geojson"]) -> bytes:
    from geo.places.interchange.geojson import write_geojson
    from geo.places.interchange.hsds import write_hsds

    return {"hsds": write_hsds, "geojson": write_geojson}[file_format](found)


#: What the schemas of HSDS 3.0 want of each record, read from openreferral/specification: fields and their types.
REQUIRED = {
    "service": {"id": str, "name": str, "status": str},
    "organization": {"id": str, "name": str, "description": str},
    "location": {"id": str, "location_type": str},
    "service_at_location": {"id": str},
    "schedule": {"id": str},
    "attribute": {"id": str, "link_id": str, "taxonomy_term_id": str, "link_entity": str},
    "taxonomy_term": {"id": str, "name": str, "description": str},
    "phone": {"id": str, "number": str},
    "address": {
        "id": str, "address_1": str, "city": str, "state_province": str, "postal_code": str, "country": str,
        "address_type": str,
    },
}  # fmt: skip
#: Fields that the schemas know of each record, of those that we write.
KNOWN = {
    "service": "organization_id name status description service_at_locations schedules organization attributes",
    "organization": "name description",
    "location": (
        "location_type organization_id name alternate_name description latitude longitude addresses phones attributes"
    ),
    "service_at_location": "service_id location_id location",
    "schedule": "service_id freq interval timezone byday bymonthday opens_at closes_at",
    "attribute": "link_id taxonomy_term_id link_type link_entity value taxonomy_term",
    "taxonomy_term": "code name description taxonomy",
    "phone": "location_id number type",
    "address": "location_id address_1 city state_province postal_code country address_type",
}
INSIDE = {
    "service_at_locations": "service_at_location", "schedules": "schedule", "organization": "organization",
    "attributes": "attribute", "location": "location", "addresses": "address", "phones": "phone",
    "taxonomy_term": "taxonomy_term",
}  # fmt: skip
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def check_record(kind: str, record: dict[str, Any]) -> None:
    assert set(record) <= {"id", *KNOWN[kind].split()}, kind
    for field, wanted in REQUIRED[kind].items():
        assert isinstance(record[field], wanted), (kind, field)
    for field, value in record.items():
        assert value is not None, (kind, field)
        if field == "id" or field.endswith("_id"):
            assert UUID.fullmatch(value), (kind, field)
        for inside in value if isinstance(value, list) else [value] if isinstance(value, dict) else []:
            check_record(INSIDE[field], inside)


@given(found=lists)
@settings(max_examples=60, deadline=None)
def test_hsds_records_are_as_the_schemas_want_them(found: list[Place]) -> None:
    document = json.loads(export_bytes(found, "hsds"))

    for service in document["contents"]:
        check_record("service", service)
        assert service["status"] in {"active", "inactive", "defunct", "temporarily closed"}
    for location in document["locations"]:
        check_record("location", location)
    assert document["total_items"] == len(document["contents"]) == sum(len(place.services) for place in found)


def test_hsds_says_when_a_service_is_open() -> None:
    station, haircut = json.loads(export_bytes([PLACE], "hsds"))["contents"]

    assert station["schedules"] == []  # public holidays are no rule; the expression is an attribute
    (schedule,) = haircut["schedules"]
    assert (schedule["freq"], schedule["byday"]) == ("WEEKLY", "FR")
    assert (schedule["opens_at"], schedule["closes_at"]) == ("09:00+08:00", "11:00+08:00")


def test_hsds_ids_stay_the_same() -> None:
    assert export_bytes([PLACE], "hsds") == export_bytes([PLACE], "hsds")


def test_a_cell_of_a_field_without_value_is_empty() -> None:
    cells = dict(zip(COLUMNS, to_cells(PLACE), strict=True))

    assert cells["address"] is None
    assert cells["verified"] == "no"
