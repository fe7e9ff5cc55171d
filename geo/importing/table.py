"""A list as rows of text cells, and how much of one is taken."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from geo.errors import ListRefusedError

#: Bytes of a file.
MAX_BYTES: Final = 20_000_000
#: Rows, empty ones counted.
MAX_ROWS: Final = 100_000
MAX_COLUMNS: Final = 200
#: Characters of a cell.
MAX_CELL: Final = 10_000
#: Characters of all cells together.
MAX_TEXT: Final = 40_000_000

_BLANKS: Final = " \t\r\n\u3000\u00a0\ufeff\u200b"
#: Control characters but NUL, tab and line end: they are dropped; halves of a character become the sign for a lost one.
_CONTROLS: Final = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f]")
_HALVES: Final = re.compile("[\ud800-\udfff]")

Format = Literal["csv", "xlsx", "geojson"]


class Row(NamedTuple):
    """One row: its number as a spreadsheet shows it (the first is 1), and its cells, stripped."""

    number: int
    cells: tuple[str, ...]


class CellWarning(NamedTuple):
    """Something about one cell that its text no longer tells: row and column count from 1."""

    row: int
    column: int
    code: str


@dataclass(frozen=True)
class Table:
    """What stands in a file.

    Attributes
    ----------
    format
        What the file was read as.
    rows
        All rows that are not empty, in order.
    warnings
        Cells that held a formula.
    encoding
        Of a text file.
    sheet, other_sheets
        The sheet that was read, and those with something in them that were not.
    """

    format: Format
    rows: tuple[Row, ...]
    warnings: tuple[CellWarning, ...] = ()
    encoding: str | None = None
    sheet: str | None = None
    other_sheets: tuple[str, ...] = ()


class RowTaker:
    """Takes rows one by one and refuses the list as soon as a limit is passed."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self._seen = 0
        self._text = 0

    def take(self, cells: Sequence[str]) -> None:
        """Take the next row; an empty one counts, but is not kept.

        Raises
        ------
        ListRefusedError
            A limit on rows, columns, the length of a cell or the whole text is passed, or a cell holds a NUL.
        """
        self._seen += 1
        number = self._seen
        if number > MAX_ROWS:
            raise ListRefusedError(
                zh=f"表格超过 {MAX_ROWS:,} 行（空行也计算在内）；请删除清单下方的空行，或拆成几个文件",
                en=f"more than {MAX_ROWS:,} rows, empty ones counted; delete the empty rows below the list or split it",
            )
        stripped = _stripped(cells)
        if len(stripped) > MAX_COLUMNS:
            raise ListRefusedError(
                zh=f"第 {number} 行超过 {MAX_COLUMNS} 列；请删除多余的列",
                en=f"row {number} has more than {MAX_COLUMNS} columns; delete those that are not needed",
            )
        for column, cell in enumerate(stripped, 1):
            _check_cell(cell, number, column)
            self._text += len(cell)
        if self._text > MAX_TEXT:
            raise ListRefusedError(
                zh=f"全部文字超过 {MAX_TEXT:,} 个字符；请拆成几个文件",
                en=f"more than {MAX_TEXT:,} characters in all; split the list into several files",
            )
        if stripped:
            self.rows.append(Row(number, stripped))


def _stripped(cells: Iterable[str]) -> tuple[str, ...]:
    kept = [_HALVES.sub("\ufffd", _CONTROLS.sub("", cell)).strip(_BLANKS) for cell in cells]
    while kept and not kept[-1]:
        kept.pop()
    return tuple(kept)


def _check_cell(cell: str, row: int, column: int) -> None:
    if len(cell) > MAX_CELL:
        raise ListRefusedError(
            zh=f"第 {row} 行第 {column} 列有 {len(cell):,} 个字符，上限 {MAX_CELL:,}；请缩短这个单元格",
            en=f"row {row}, column {column} holds {len(cell):,} characters, more than {MAX_CELL:,}; shorten the cell",
        )
    if "\0" in cell:
        raise ListRefusedError(
            zh=f"第 {row} 行第 {column} 列含有 NUL 字符，这不是正常的文字；请重新导出清单",
            en=f"row {row}, column {column} holds a NUL character, which no text has; export the list again",
        )
