"""Places as an Excel workbook: the table of CSV, for people (the only door to openpyxl's writing)."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Final

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from geo.errors import InterchangeError
from geo.places.interchange.tables import COLUMNS, Cell, to_cells
from geo.places.model import Place

#: What Excel takes in one cell, in UTF-16 units, and rows in one sheet.
MAX_CELL: Final = 32_767
MAX_ROWS: Final = 1_048_576
_SHEET: Final = "places"


def write_workbook(places: Sequence[Place]) -> bytes:
    """Write one sheet.

    Raises
    ------
    InterchangeError
        A text is longer than a cell or holds a control character, or there are more places than rows.
    """
    if len(places) >= MAX_ROWS:
        raise InterchangeError(f"{len(places):,} places are more than a sheet has rows ({MAX_ROWS - 1:,}); use csv")
    rows = [to_cells(place) for place in places]
    for place, cells in zip(places, rows, strict=True):
        _check(place, cells)
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_SHEET)
    for row in (COLUMNS, *rows):
        sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _check(place: Place, cells: Sequence[Cell]) -> None:
    """Refuse a row before the sheet is begun, which cannot be left half-written."""
    for column, cell in zip(COLUMNS, cells, strict=True):
        if not isinstance(cell, str):
            continue
        if len(cell.encode("utf-16-le")) // 2 > MAX_CELL:
            raise InterchangeError(
                f"place {place.id!r}: {column} has {len(cell):,} characters, a cell takes {MAX_CELL:,}; use csv"
            )
        if ILLEGAL_CHARACTERS_RE.search(cell):
            raise InterchangeError(
                f"place {place.id!r}: {column} holds a control character, which Excel does not take; use csv"
            )
