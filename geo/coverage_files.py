"""Coverage as files: a table as CSV and as an Excel workbook; streets, gaps and places as GeoJSON and GeoPackage.

Weights are those of :func:`~geo.coverage_answers.coverage_values`, to the last digit.
"""

from __future__ import annotations

import csv
import io
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from geo.answers import write
from geo.city import City
from geo.coverage.clusters import cut
from geo.coverage.drawing import drawn
from geo.coverage.gaps import Gaps
from geo.coverage.planner import STATES, Coverage, Planner, State
from geo.coverage.scenario import Scenario
from geo.coverage.stretches import Stretches
from geo.coverage_answers import coverage_values
from geo.coverage_facts import METHOD, Told, doubts
from geo.errors import InterchangeError, TooLargeError
from geo.places.interchange.tables import guard
from geo.siting_answers import gaps_values

#: In the order of the file, and how people call them.
COLUMNS: Final[Mapping[str, str]] = {
    "number": "编号", "id": "地图编号", "name": "街道", "name_en": "英文名", "district": "区", "residents": "人口",
    "inside_share": "图内面积占比", "unit": "单位", "total": "合计", "covered": "已覆盖", "closed": "此时不开",
    "unverified": "有待核实", "missing": "缺所要的服务", "severed": "被隔断", "nothing": "附近没有", "circle": "1 公里圆内",
}  # fmt: skip
SUFFIXES: Final = (".csv", ".xlsx", ".geojson", ".gpkg")
#: So many gaps are listed in a file.
MAX_GAPS: Final = 200
#: Longer lines are not sent to a browser.
MAX_POINTS: Final = 2_000_000
_WHOLE: Final = (1 << 30) - 1


class Answer(NamedTuple):
    """All that a file tells: a coverage, its gaps, and what goes with them."""

    city: City
    planner: Planner
    coverage: Coverage
    gaps: Gaps
    scenario: Scenario | None

    @property
    def values(self) -> dict[str, Any]:
        """As the interface tells it."""
        return coverage_values(self.city, self.coverage, self.planner.equity(self.coverage.query, self.coverage.demand), self.scenario)


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
    rows = [("city 城市", city["name"]), ("data version 数据版本", city["version"]), ("data built 数据生成于", manifest.built)]
    rows += [(f"question {name}", _said(value)) for name, value in values["question"].items()]
    rows += [(f"layer {name}", _said(layer[name])) for name in ("name", "unit", "source", "method", "placed")]
    rows += [(f"not placed: {one['reason']}", _said(one["weight"])) for one in layer["unplaced"]]
    rows += [("places that count 计入的地点", _said(values["facilities"]))]
    rows += [(f"equity {name}", _said(value)) for name, value in values["equity"].items()]
    rows += [(f"source 来源: {one.get('name', '')}", _source(one)) for one in manifest.sources]
    rows += [("method 方法", text) for told in METHOD for text in (told.zh, told.en)]
    uncertain: tuple[Told, ...] = doubts(answer.city, answer.planner, answer.coverage, answer.scenario)
    return rows + [("uncertainty 不确定", text) for told in uncertain for text in (told.zh, told.en)]


def coverage_geojson(answer: Answer, most: int | None = MAX_POINTS) -> bytes:
    """Write uncovered streets by state and area, gaps, and the places that count, as one GeoJSON collection.

    Parameters
    ----------
    most
        So many points of streets are taken; None: as many as there are.

    Raises
    ------
    TooLargeError
        There are more.
    """
    values = answer.values
    features = [_feature("uncovered", lines, about) for about, lines in uncovered(answer, values, most)]
    for gap in _gaps(answer)["features"]:
        features.append({**gap, "id": f"gap-{gap['id']}", "properties": {"layer": "gap", **gap["properties"]}})
    features += [_feature("place", _at(about), about) for about in _places(answer)]
    told = {name: values[name] for name in ("city", "question", "layer", "facilities", "total")}
    return write({**told, "gaps": answer.gaps.count, "type": "FeatureCollection", "features": features})


def write_coverage_geopackage(answer: Answer, path: Path, most: int | None = MAX_POINTS) -> None:
    """Write the same as :func:`coverage_geojson` as a GeoPackage: the layers ``uncovered``, ``gaps`` and ``places``.

    Raises
    ------
    TooLargeError
        Streets have more than ``most`` points.
    InterchangeError
        GDAL does not take it.
    """
    import geopandas  # noqa: PLC0415  # slow to import
    from shapely.geometry import MultiLineString, Point  # noqa: PLC0415

    def layer(name: str, rows: Sequence[Mapping[str, Any]], shapes: Sequence[Any], columns: Sequence[str]) -> None:
        data = {("place_id" if column == "id" else column): [row[column] for row in rows] for column in columns}
        frame = geopandas.GeoDataFrame(data, geometry=list(shapes), crs="EPSG:4326")
        frame.to_file(path, driver="GPKG", layer=name, engine="pyogrio")

    streets = list(uncovered(answer, answer.values, most))
    gaps = [({**gap["properties"], "streets": " ".join(gap["properties"]["streets"])}, gap["geometry"]) for gap in _gaps(answer)["features"]]
    flat = [{**about, **{state: about["reasons"][state] for state in STATES[1:]}, "nearest": (about["nearest"] or {}).get("id")} for about, _ in gaps]
    places = _places(answer)
    try:
        layer("uncovered", [about for about, _ in streets], [lines and MultiLineString(lines["coordinates"]) for _, lines in streets], _UNCOVERED)
        layer("gaps", flat, [Point(at["coordinates"]) for _, at in gaps], _GAPS)
        layer("places", places, [Point(about["lon"], about["lat"]) for about in places], _PLACES)
    except (RuntimeError, ValueError) as error:
        raise InterchangeError(f"{path.name}: cannot be written as a GeoPackage ({error}); try geojson") from error


_UNCOVERED: Final = ("state", "area", "subdistrict", "district", "weight", "unit", "length_m")
_GAPS: Final = (
    "rank", "weight", *STATES[1:], "length_m", "area", "subdistrict", "district", "streets", "near", "nearest",
    "travel_s", "straight_m",
)  # fmt: skip
_PLACES: Final = ("id", "name", "name_en", "services", "accuracy", "source", "checked", "verified")


def uncovered(
    answer: Answer, values: Mapping[str, Any], most: int | None
) -> Iterator[tuple[dict[str, Any], dict[str, Any] | None]]:
    """Yield, by state and area, what is not covered, and its streets as a MultiLineString, or None without any.

    Raises
    ------
    TooLargeError
        All streets together have more than ``most`` points.
    """
    coverage, points = answer.coverage, 0
    for state in STATES[1:]:
        parts, area = _by_area(answer, state)
        lines = drawn(answer.planner.network, parts)
        points += len(lines.lonlat)
        if most is not None and points > most:
            raise TooLargeError(
                f"the uncovered streets have more than {most:,} points; ask for a shorter list: a longer cutoff, or "
                "yizhan coverage --out FILE on the command line, which has no limit"
            )
        listed = lines.listed()
        first = np.searchsorted(area, np.arange(-1, len(coverage.areas) + 1)).tolist()
        for about in values["areas"]:
            number = about["number"]
            span = slice(first[number + 1], first[number + 2])
            if about[state] or listed[span]:
                told = {
                    "state": state,
                    "area": number,
                    "subdistrict": about["name"],
                    "district": about["district"],
                    "weight": about[state],
                    "unit": coverage.demand.unit,
                    "length_m": int(parts.length_mm[span].sum()) / 1000,
                }
                yield told, {"type": "MultiLineString", "coordinates": listed[span]} if listed[span] else None


def _by_area(answer: Answer, state: State) -> tuple[Stretches, Any]:
    """Return the streets of a state, cut at the borders of areas, ordered by area; and the area of each."""
    pieces = answer.planner.layers.pieces
    piece, parts = cut(pieces, answer.coverage.stretches(state), _WHOLE)
    area = pieces.area[piece]
    order = np.lexsort((parts.start_mm, parts.edge, area))
    area, parts = area[order], parts.take(order)
    begins = np.ones(len(area), dtype=bool)  # pieces of one area may touch
    begins[1:] = (np.diff(area) != 0) | (np.diff(parts.edge) != 0) | (parts.start_mm[1:] != parts.end_mm[:-1])
    first = np.flatnonzero(begins)
    last = np.append(first[1:], len(area)) - 1 if len(area) else first
    return Stretches(parts.edge[first], parts.start_mm[first], parts.end_mm[last]), area[first]


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
    with _appearing(out) as building:
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
        raise InterchangeError(f"{out.name}: no format is known by {suffix or 'no suffix'!r}; use {', '.join(SUFFIXES)}")
    body = content[suffix]()
    save(out, lambda path: path.write_bytes(body))


@contextmanager
def _appearing(out: Path) -> Iterator[Path]:
    folder = None
    try:
        folder = Path(tempfile.mkdtemp(prefix=f".{out.name}.writing-", dir=out.parent))
        yield folder / out.name
        os.replace(folder / out.name, out)
    except OSError as error:
        raise InterchangeError(
            f"{out}: cannot be written ({error.strerror or error}); choose another --out. Nothing was left behind"
        ) from error
    finally:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
