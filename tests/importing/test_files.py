"""Lists are read in all the forms that people save them in; what was made to do harm is refused in one line."""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import struct
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from geo.errors import ListRefusedError
from geo.importing.files import read_table
from geo.importing.sandbox import Limits, read_safely
from geo.importing.table import MAX_BYTES, MAX_CELL, MAX_ROWS
from tests.importing.hostile import saved, workbook, zip_of

LIST = "名称,地址\n东四站,东四北大街1号\n"
ROWS = [("名称", "地址"), ("东四站", "东四北大街1号")]


def cells(path: Path) -> list[tuple[str, ...]]:
    return [row.cells for row in read_table(path).rows]


def file(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


# --- what is read ---


@pytest.mark.parametrize(
    ("name", "content", "encoding"),
    [
        ("a.csv", LIST.encode(), "utf-8"),
        ("bom.csv", LIST.encode("utf-8-sig"), "utf-8"),
        ("excel.csv", LIST.encode("gb18030"), "gb18030"),
        ("unicode.txt", LIST.replace(",", "\t").encode("utf-16"), "utf-16-le"),
        ("big.txt", b"\xfe\xff" + LIST.replace(",", "\t").encode("utf-16-be"), "utf-16-be"),
        ("tabs.tsv", LIST.replace(",", "\t").encode(), "utf-8"),
        ("semicolons.csv", LIST.replace(",", ";").encode(), "utf-8"),
        ("bars.csv", LIST.replace(",", "|").encode(), "utf-8"),
        ("sep.csv", ("sep=;\r\n" + LIST.replace(",", ";")).encode(), "utf-8"),
        ("wide.csv", LIST.replace(",", "，").encode(), "utf-8"),
        ("crlf.csv", LIST.replace("\n", "\r\n").encode(), "utf-8"),
        ("mac.csv", LIST.replace("\n", "\r").encode(), "utf-8"),
        ("quoted.csv", '"名称","地址"\n"东四站","东四北大街1号"\n'.encode(), "utf-8"),
        ("blanks.csv", "名称 ,　地址\n 东四站\u200b,东四北大街1号 ,,\n".encode(), "utf-8"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_text_tables(tmp_path: Path, name: str, content: bytes, encoding: str) -> None:
    table = read_table(file(tmp_path, name, content))

    assert [row.cells for row in table.rows] == ROWS
    assert (table.format, table.encoding) == ("csv", encoding)


def test_a_comma_within_quotes_separates_nothing(tmp_path: Path) -> None:
    path = file(tmp_path, "a.csv", '名称;地址\n"a;b";"1,2,3"\n"c\n""d""";e\n')

    assert cells(path) == [("名称", "地址"), ("a;b", "1,2,3"), ('c\n"d"', "e")]


def test_rows_bear_the_numbers_that_a_spreadsheet_shows(tmp_path: Path) -> None:
    path = file(tmp_path, "a.csv", "标题\n\n名称,地址\n,,\n东四站,x\n")

    assert [row.number for row in read_table(path).rows] == [1, 3, 5]


def test_a_workbook(tmp_path: Path) -> None:
    path = saved(
        tmp_path / "a.xlsx",
        [
            ["名称", "电话", "面积", "开门", "日期", "临街"],
            ["东四站", 64012345, 12.5, dt.time(8, 30), dt.date(2026, 3, 5), True],
            [None, None],
            ["西单站", 13812345678.0, None, None, None, False],
        ],
    )
    table = read_table(path)

    assert [row.cells for row in table.rows[1:]] == [
        ("东四站", "64012345", "12.5", "08:30", "2026-03-05", "是"),
        ("西单站", "13812345678", "", "", "", "否"),
    ]
    assert [row.number for row in table.rows] == [1, 2, 4]
    assert (table.format, table.sheet) == ("xlsx", "Sheet")


def test_of_a_workbook_the_first_sheet_with_something_in_it(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    for name in ("说明", "清单", "旧"):
        book.create_sheet(name)
    book["清单"].append(["名称"])
    book["旧"].append(["名称"])
    book["旧"].append(["旧站"])
    book.save(tmp_path / "a.xlsx")

    table = read_table(tmp_path / "a.xlsx")
    assert (table.sheet, table.other_sheets) == ("清单", ("旧",))
    assert len(read_table(tmp_path / "a.xlsx", sheet="旧").rows) == 2
    with pytest.raises(ListRefusedError, match="there are Sheet, 说明, 清单, 旧"):
        read_table(tmp_path / "a.xlsx", sheet="新")


def test_formulas_stay_text_and_are_told(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx", [["名称", "地址"], ["=HYPERLINK(A1)", "x"]])

    table = read_table(path)
    assert table.rows[1].cells == ("=HYPERLINK(A1)", "x")
    assert table.warnings == ((2, 1, "formula"),)
    csv = read_table(file(tmp_path, "a.csv", '名称,电话\n=1+1,"=""010123"""\n'))
    assert csv.rows[1].cells == ("=1+1", "010123")
    assert csv.warnings == ((2, 1, "formula"),)


def test_geojson(tmp_path: Path) -> None:
    features = [
        {
            "type": "Feature",
            "id": "d4",
            "geometry": {"type": "Point", "coordinates": [116.41, 39.92, 50]},
            "properties": {"name": "东四站", "seats": 12, "open": True, "kit": ["微波炉", "饮水机"], "x": None},
        },
        {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": []}, "properties": None},
    ]
    path = file(tmp_path, "a.geojson", json.dumps({"type": "FeatureCollection", "features": features}))

    assert cells(path) == [
        ("id", "name", "seats", "open", "kit", "x", "geometry.lon", "geometry.lat", "geometry.type"),
        ("d4", "东四站", "12", "是", "微波炉；饮水机", "", "116.41", "39.92"),
        ("", "", "", "", "", "", "", "", "Polygon"),
    ]


def test_half_characters_and_controls_do_not_get_in(tmp_path: Path) -> None:
    features = [{"type": "Feature", "geometry": None, "properties": {"name": "a\ud800b\x07c\u001bd"}}]
    path = file(tmp_path, "a.geojson", json.dumps({"type": "FeatureCollection", "features": features}))

    assert read_safely(path).rows[1].cells == ("a\ufffdbcd",)


# --- what is refused ---


def csv_with_nul(folder: Path) -> Path:
    return file(folder, "a.csv", b"name,address\nA\0B,x\n")


def utf16_with_nul(folder: Path) -> Path:
    return file(folder, "a.csv", "名称,地址\nA\0B,x\n".encode("utf-16"))


def megabyte_cell(folder: Path) -> Path:
    return file(folder, "a.csv", f"名称,地址\n{'x' * 1_000_000},y\n")


def long_cell(folder: Path) -> Path:
    return file(folder, "a.csv", f"名称,地址\n{'x' * (MAX_CELL + 1)},y\n")


def megabyte_cell_in_workbook(folder: Path) -> Path:
    text = "".join(random.Random(1).choices("abcdefghijklmnop", k=1_000_000))
    return workbook(folder / "a.xlsx", f'<row r="2"><c r="A2" t="inlineStr"><is><t>{text}</t></is></c></row>')


def million_empty_rows(folder: Path) -> Path:
    return file(folder, "a.csv", "名称,地址\n" + ",\n" * 1_000_000)


def million_empty_rows_in_workbook(folder: Path) -> Path:
    return workbook(folder / "a.xlsx", '<row r="1048576"><c r="A1048576"><v>1</v></c></row>')


def million_written_rows_in_workbook(folder: Path) -> Path:
    return workbook(folder / "a.xlsx", "".join(f'<row r="{n}"/>' for n in range(2, 1_000_002)))


def many_columns(folder: Path) -> Path:
    return file(folder, "a.csv", "名称,地址\n" + ",".join("x" * 300) + "\n")


def far_column_in_workbook(folder: Path) -> Path:
    return workbook(folder / "a.xlsx", '<row r="2"><c r="XFD2"><v>1</v></c></row>')


def zip_bomb(folder: Path) -> Path:
    return workbook(folder / "a.xlsx", extra={"xl/media/big.bin": b"\0" * 200_000_000})


def tight_sheet(folder: Path) -> Path:
    return workbook(folder / "a.xlsx", extra={"xl/worksheets/sheet2.xml": b"<a>" + b" " * 50_000_000 + b"</a>"})


def many_entries(folder: Path) -> Path:
    return workbook(folder / "a.xlsx", extra={f"x{n}": b"" for n in range(2_000)})


def lying_zip(folder: Path) -> Path:
    """Declare 1 KB for what is 100 MB, in the central directory and the local header."""
    rows = "<row/>" * 17_000_000
    path = workbook(folder / "a.xlsx", rows)
    content = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = content.find(b"xl/worksheets/sheet1.xml", content.find(signature))
        begin = content.rfind(signature, 0, at)
        content[begin + offset : begin + offset + 4] = struct.pack("<I", 1000)
    return file(folder, "b.xlsx", bytes(content))


def dtd(folder: Path) -> Path:
    lol = '<!DOCTYPE worksheet [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    return workbook(folder / "a.xlsx", '<row r="2"><c r="A2" t="inlineStr"><is><t>&b;</t></is></c></row>', prolog=lol)


def external_entity(folder: Path) -> Path:
    prolog = '<!DOCTYPE worksheet [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    return workbook(
        folder / "a.xlsx", '<row r="2"><c r="A2" t="inlineStr"><is><t>&f;</t></is></c></row>', prolog=prolog
    )


def dtd_in_utf16(folder: Path) -> Path:
    strings = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE sst [<!ENTITY a "x">]><sst>&a;</sst>'
    return workbook(folder / "a.xlsx", extra={"xl/sharedStrings.xml": strings.encode("utf-16")})


def macros(folder: Path) -> Path:
    return workbook(folder / "a.xlsx", extra={"xl/vbaProject.bin": b"x"})


def truncated(folder: Path) -> Path:
    whole = saved(folder / "whole.xlsx", [["名称", "地址"]] + [[f"站{n}", "x"] for n in range(500)]).read_bytes()
    return file(folder, "a.xlsx", whole[: len(whole) // 2])


def other_zip(folder: Path) -> Path:
    return file(folder, "a.xlsx", zip_of({"word/document.xml": b"<a/>"}))


def vrt(folder: Path) -> Path:
    layer = '<OGRVRTLayer name="a"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer>'
    return file(folder, "a.geojson", f"<OGRVRTDataSource>{layer}</OGRVRTDataSource>")


def vrt_as_csv(folder: Path) -> Path:
    return file(folder, "a.csv", "\ufeff  <?xml version='1.0'?><OGRVRTDataSource/>")


def no_such_encoding(folder: Path) -> Path:
    return file(folder, "a.csv", b"name,address\n\xff\xff\xff,x\n")


def half_a_utf16(folder: Path) -> Path:
    return file(folder, "a.csv", "名称".encode("utf-16")[:-1])


def csv_as_xlsx(folder: Path) -> Path:
    return file(folder, "a.xlsx", LIST)


def xlsx_as_csv(folder: Path) -> Path:
    return saved(folder / "a.xlsx", [["名称"]]).rename(folder / "a.csv")


def json_as_csv(folder: Path) -> Path:
    return file(folder, "a.csv", '{"type": "FeatureCollection", "features": []}')


def old_excel(folder: Path) -> Path:
    return file(folder, "a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")


def shapefile(folder: Path) -> Path:
    return file(folder, "a.shp", b"\x00\x00\x27\x0a")


def deep_json(folder: Path) -> Path:
    return file(folder, "a.geojson", '{"type":"FeatureCollection","features":' + "[" * 2_000_000)


def not_a_number(folder: Path) -> Path:
    return file(folder, "a.geojson", '{"type":"FeatureCollection","features":[{"geometry":{"coordinates":[NaN,1]}}]}')


def web_mercator(folder: Path) -> Path:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}
    return file(folder, "a.geojson", json.dumps({"type": "FeatureCollection", "crs": crs, "features": []}))


def plain_json(folder: Path) -> Path:
    return file(folder, "a.json", '[{"name": "东四站"}]')


def empty(folder: Path) -> Path:
    return file(folder, "a.csv", "")


def too_large(folder: Path) -> Path:
    path = file(folder, "a.csv", LIST)
    os.truncate(path, MAX_BYTES + 1)
    return path


def missing(folder: Path) -> Path:
    return folder / "none.csv"


def device(folder: Path) -> Path:
    (folder / "a.csv").symlink_to("/dev/zero")
    return folder / "a.csv"


def a_folder(folder: Path) -> Path:
    (folder / "a.csv").mkdir()
    return folder / "a.csv"


HOSTILE: dict[Callable[[Path], Path], str] = {
    csv_with_nul: "byte 14 is NUL",
    utf16_with_nul: "row 2, column 1 holds a NUL",
    megabyte_cell: "near row 2: a cell is too long",
    long_cell: "row 2, column 1 holds 10,001 characters",
    megabyte_cell_in_workbook: "row 2, column 1 holds 1,000,000 characters",
    million_empty_rows: f"more than {MAX_ROWS:,} rows, empty ones counted",
    million_empty_rows_in_workbook: f"more than {MAX_ROWS:,} rows, empty ones counted",
    million_written_rows_in_workbook: f"more than {MAX_ROWS:,} rows, empty ones counted",
    many_columns: "row 2 has more than 200 columns",
    far_column_in_workbook: "row 2 has more than 200 columns",
    zip_bomb: "200 MB once unpacked: a zip bomb?",
    tight_sheet: "a part that is packed",
    many_entries: "parts, more than 1,000",
    lying_zip: "damaged",
    dtd: "defines a DTD or entities",
    external_entity: "defines a DTD or entities",
    dtd_in_utf16: "defines a DTD or entities",
    macros: "holds macros",
    truncated: "damaged or no .xlsx",
    other_zip: "damaged or no .xlsx",
    vrt: "this is XML or a web page",
    vrt_as_csv: "this is XML or a web page",
    no_such_encoding: "is not text in UTF-8",
    half_a_utf16: "is not text in UTF-16-LE",
    csv_as_xlsx: "called .xlsx but holds CSV",
    xlsx_as_csv: "called .csv but holds XLSX",
    json_as_csv: "called .csv but holds GEOJSON",
    old_excel: "an old Excel file",
    shapefile: "unknown kind of file '.shp'|NUL",
    deep_json: "no valid GeoJSON",
    not_a_number: "NaN is no number",
    web_mercator: "export longitude and latitude",
    plain_json: "no GeoJSON FeatureCollection",
    empty: "the file is empty",
    too_large: "more than 20 MB",
    missing: "No such file",
    device: "no regular file",
    a_folder: "no regular file",
}


@pytest.mark.parametrize(("make", "said"), HOSTILE.items(), ids=[make.__name__ for make in HOSTILE])
def test_refused_in_one_line_and_bounded_time(tmp_path: Path, make: Callable[[Path], Path], said: str) -> None:
    path = make(tmp_path)
    begun = time.monotonic()

    with pytest.raises(ListRefusedError, match=said) as refusal:
        read_safely(path, limits=Limits(memory_mb=512, time_s=30))

    assert time.monotonic() - begun < 20
    assert "\n" not in refusal.value.zh and "\n" not in refusal.value.en
    assert len(refusal.value.en) < 400
    assert any("\u4e00" <= c <= "\u9fff" for c in refusal.value.zh), "said in Chinese too"


def test_the_child_that_needs_too_much_memory_is_stopped(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx", [["名称", "地址"]] + [[f"站{n}", "x"] for n in range(100)])

    with pytest.raises(ListRefusedError, match=r"more than 20 MB or broke off"):
        read_safely(path, limits=Limits(memory_mb=20))


def test_the_child_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    path = file(tmp_path, "a.csv", "名称,地址\n" + "站,x\n" * 90_000)

    with pytest.raises(ListRefusedError, match=r"took more than 0\.1 s"):
        read_safely(path, limits=Limits(time_s=0.1))


def test_the_child_that_says_too_much_is_stopped(tmp_path: Path) -> None:
    path = file(tmp_path, "a.csv", "名称,地址\n" + ("站" * 200 + ",x\n") * 3_000)

    with pytest.raises(ListRefusedError, match="broke off"):
        read_safely(path, limits=Limits(output_mb=1))


def test_the_child_reads_what_the_parent_would(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx", [["名称", "地址"], ["=1+1", "x"]])

    assert read_safely(path) == read_table(path)
