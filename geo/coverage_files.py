"""Coverage as files: its table as CSV and as an Excel workbook, and the door to all formats.

Weights are those of :func:`~geo.coverage_answers.coverage_values`, to the last digit.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from geo.answers import write
from geo.coverage_facts import METHOD, Answer, doubts
from geo.coverage_layers import coverage_geojson, write_coverage_geopackage, write_points
from geo.errors import InterchangeError
from geo.places.interchange import appearing
from geo.places.interchange.tables import Cell, guard

#: In the order of the file, and how people call them.
COLUMNS: Final[Mapping[str, str]] = {
    "number": "编号", "id": "地图编号", "name": "街道", "name_en": "英文名", "district": "区", "residents": "人口",
    "inside_share": "图内面积占比", "unit": "单位", "total": "合计", "covered": "已覆盖", "closed": "此时不开",
    "unverified": "有待核实", "missing": "缺所要的服务", "severed": "被隔断", "nothing": "附近没有",
    "circle": "1 公里圆内",
}  # fmt: skip
SUFFIXES: Final = (".csv", ".xlsx", ".geojson", ".gpkg")


def coverage_csv(values: Mapping[str, Any]) -> bytes:
    """Write the table by area, and what lies in no area, as CSV: UTF-8 with a byte order mark.

    Parameters
    ----------
    values
        From :func:`~geo.coverage_answers.coverage_values`.
    """
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    writer.writerow(COLUMNS)
    writer.writerows(_cells(values, area) for area in values["areas"])
    return table.getvalue().encode("utf-8-sig")


def coverage_workbook(values: Mapping[str, Any], about: Sequence[tuple[str, str]]) -> bytes:
    """Write two sheets: the table with its sums, and what it is about."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("coverage")
    sheet.freeze_panes = "D2"
    sheet.append([f"{name} {spoken}" for name, spoken in COLUMNS.items()])
    for area in values["areas"]:
        sheet.append([_clean(cell) for cell in _cells(values, area)])
    sheet.append([_clean(cell) for cell in _cells(values, {"name": "合计 total", **values["total"]})])
    sheet = book.create_sheet("about")
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 120
    for row in about:
        sheet.append([_clean(guard(cell)) for cell in row])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def about_rows(values: Mapping[str, Any], answer: Answer) -> list[tuple[str, str]]:
    """Tell the question, the data and their dates, the method, and what is not certain, as rows of two texts."""
    city, layer, manifest = values["city"], values["layer"], answer.city.manifest
    rows = [
        ("city 城市", city["name"]),
        ("data version 数据版本", city["version"]),
        ("data built 数据生成于", manifest.built),
    ]
    rows += [(f"question {name}", _said(value)) for name, value in values["question"].items()]
    rows += [(f"layer {name}", _said(layer[name])) for name in ("name", "unit", "source", "method", "placed")]
    rows += [(f"not placed: {one['reason']}", _said(one["weight"])) for one in layer["unplaced"]]
    rows += [("places that count 计入的地点", _said(values["facilities"]))]
    rows += [(f"equity {name}", _said(value)) for name, value in values["equity"].items()]
    rows += [(f"source 来源: {one.get('name', '')}", _source(one)) for one in manifest.sources]
    rows += [("method 方法", text) for told in METHOD for text in (told.zh, told.en)]
    uncertain = doubts(answer)
    return rows + [("uncertainty 不确定", text) for told in uncertain for text in (told.zh, told.en)]


def _cells(values: Mapping[str, Any], row: Mapping[str, Any]) -> list[Cell]:
    """Return a row of the table, aligned to :data:`COLUMNS`."""
    cells = [values["layer"]["unit"] if column == "unit" else row.get(column) for column in COLUMNS]
    return _guarded(cells)


def _clean(cell: Cell) -> Cell:
    """Return what Excel takes."""
    return ILLEGAL_CHARACTERS_RE.sub("", cell) if isinstance(cell, str) else cell


def _said(value: object) -> str:
    if value is None or value == []:
        return "—"
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


def _source(one: Mapping[str, str]) -> str:
    return "; ".join(f"{name} {one[name]}" for name in ("vintage", "licence", "attribution") if one.get(name))


def save(out: Path, content: Callable[[Path], object]) -> None:
    """Write a file whole or not at all; it is replaced if it is there.

    Parameters
    ----------
    content
        Writes it to the path that it is given.

    Raises
    ------
    InterchangeError
        The disk does not take it.
    """
    with appearing(out) as building:
        content(building)


def save_coverage(answer: Answer, out: Path) -> None:
    """Write a coverage in the format that the file's name ends with, one of :data:`SUFFIXES`.

    Raises
    ------
    InterchangeError
        It ends with something else, or the disk does not take it.
    """
    suffix = out.suffix.lower()
    if suffix == ".gpkg":
        save(out, lambda path: write_coverage_geopackage(answer, path, None))
        return
    values = answer.values
    content = {
        ".csv": lambda: coverage_csv(values),
        ".xlsx": lambda: coverage_workbook(values, about_rows(values, answer)),
        ".geojson": lambda: coverage_geojson(answer, None),
    }
    if suffix not in content:
        raise _unknown(out)
    body = content[suffix]()
    save(out, lambda path: path.write_bytes(body))


def save_points(collection: Mapping[str, Any], out: Path) -> None:
    """Write a list of points in the format that the file's name ends with, one of :data:`SUFFIXES`.

    Parameters
    ----------
    collection
        GeoJSON; of its points' properties tables within them become columns of their own.

    Raises
    ------
    InterchangeError
        It ends with something else, or the disk does not take it.
    """
    suffix, rows = out.suffix.lower(), [_row(feature) for feature in collection["features"]]
    columns = list(dict.fromkeys(column for row in rows for column in row)) or ["lon", "lat"]
    if suffix == ".geojson":
        save(out, lambda path: path.write_bytes(write(collection)))
    elif suffix == ".gpkg":
        save(out, lambda path: write_points(rows, columns, path))
    elif suffix == ".csv":
        save(out, lambda path: path.write_bytes(_table_csv(columns, rows)))
    elif suffix == ".xlsx":
        save(out, lambda path: path.write_bytes(_table_workbook(columns, rows)))
    else:
        raise _unknown(out)


def _row(feature: Mapping[str, Any]) -> dict[str, Cell]:
    lon, lat = feature["geometry"]["coordinates"]
    row: dict[str, Cell] = {"lon": lon, "lat": lat}
    for name, value in feature["properties"].items():
        if isinstance(value, Mapping):
            row |= {f"{name}_{inner}": inside for inner, inside in value.items()}
        else:
            row[name] = " ".join(map(str, value)) if isinstance(value, list | tuple) else value
    return row


def _table_csv(columns: Sequence[str], rows: Sequence[Mapping[str, Cell]]) -> bytes:
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    writer.writerow(columns)
    writer.writerows(_guarded([row.get(column) for column in columns]) for row in rows)
    return table.getvalue().encode("utf-8-sig")


def _table_workbook(columns: Sequence[str], rows: Sequence[Mapping[str, Cell]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("points")
    sheet.append(list(columns))
    for row in rows:
        sheet.append([_clean(cell) for cell in _guarded([row.get(column) for column in columns])])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _guarded(cells: Sequence[Cell]) -> list[Cell]:
    return [guard(cell) if isinstance(cell, str) else cell for cell in cells]


def _unknown(out: Path) -> InterchangeError:
    return InterchangeError(
        f"{out.name}: no format is known by {out.suffix or 'no suffix'!r}; use {', '.join(SUFFIXES)}"
    )
