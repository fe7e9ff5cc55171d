"""A table that ``yizhan export`` wrote and somebody has mended: read field by field, not guessed at."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from types import MappingProxyType
from typing import Final

from geo.importing.points import WrittenPoint
from geo.importing.problems import Problem
from geo.importing.rows import Draft
from geo.importing.table import Row, Table
from geo.places.interchange.tables import COLUMNS, from_cells
from geo.places.model import Place

#: Columns that only our own tables have together, and whose cells are JSON or codes.
_NESTED: Final = ("services", "amenities", "facts")
_GEOMETRY: Final[Mapping[str, str]] = {"geometry.lon": "lon", "geometry.lat": "lat"}
_LIST_MARK: Final = "；"
_FLAGS: Final[Mapping[str, str]] = {"是": "yes", "否": "no"}
_SETTLED: Final = frozenset({"position", "accuracy"})


def read_own(table: Table) -> list[Draft] | None:
    """Return the rows of one of our own tables; None if it is not one."""
    header = table.rows[0]
    columns = {_GEOMETRY.get(cell, cell): number for number, cell in enumerate(header.cells)}
    if not set(COLUMNS) <= columns.keys():
        return None
    seen: dict[str, int] = {}
    drafts = []
    for row in table.rows[1:]:
        draft = _draft(table, row, columns)
        place_id = draft.facts.get("id", "")
        earlier = seen.setdefault(place_id, row.number) if place_id else row.number
        if earlier != row.number:
            again = Problem("same_id", place_id, str(earlier), "id")
            draft = Draft(draft.row, draft.words, draft.facts, draft.point, (*draft.problems, again), draft.accuracy)
        drafts.append(draft)
    return drafts


def _draft(table: Table, row: Row, columns: Mapping[str, int]) -> Draft:
    texts = {name: row.cells[number] if number < len(row.cells) else "" for name, number in columns.items()}
    cells = {name: _cell(name, texts[name], plain=table.format == "geojson") for name in COLUMNS}
    words = texts["name"] or texts["id"]
    try:
        place = from_cells(cells)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return Draft(row.number, words, {}, problems=(Problem("own_damaged", f"{type(error).__name__} {error}"),))
    facts = {field.name: getattr(place, field.name) for field in fields(Place) if field.name not in _SETTLED}
    point = WrittenPoint(place.position.lon, place.position.lat, 7, "wgs84")
    return Draft(row.number, words, MappingProxyType(facts), point, accuracy=place.accuracy)


def _cell(name: str, text: str, *, plain: bool) -> str:
    """Return a cell as CSV has it; GeoJSON has texts without the guard against formulas, and lists and truth."""
    if not plain or not text or name in _NESTED:
        return text
    if name == "audience":
        return json.dumps(text.split(_LIST_MARK))
    return f"'{text}" if text.startswith("'") else _FLAGS.get(text, text) if name == "verified" else text
