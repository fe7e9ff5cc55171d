"""CSV and its kin: which encoding, which separator."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from typing import Final

from geo.errors import ListRefusedError
from geo.importing.table import MAX_CELL, CellWarning, RowTaker, Table

_SEPARATORS: Final = ",\t;|，；"
_MARKS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
#: Rows that are looked at to tell the separator.
_LOOKED_AT: Final = 20


def read_delimited(content: bytes) -> Table:
    """Read a text table.

    Raises
    ------
    ListRefusedError
        It is no text in an encoding that is known, its quotes do not close, or it passes a limit.
    """
    text, encoding = _decoded(content)
    text, separator = _separator(text)
    taker = RowTaker()
    warnings = []
    try:
        for cells in _records(text, separator):
            taker.take([_plain(cell) for cell in cells])
            for column, cell in enumerate(cells, 1):
                if _is_formula(cell):
                    warnings.append(CellWarning(taker.rows[-1].number, column, "formula"))
    except csv.Error as error:
        row = len(taker.rows) + 1
        raise ListRefusedError(
            zh=f"第 {row} 行附近：一个单元格过长，或引号没有成对（{error}）",
            en=f"near row {row}: a cell is too long or a quote is not closed ({error}); mend it and import again",
        ) from error
    return Table("csv", tuple(taker.rows), tuple(warnings), encoding=encoding)


def _decoded(content: bytes) -> tuple[str, str]:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _strict(content[len(mark) :], encoding), encoding
    if b"\0" in content:
        raise ListRefusedError(
            zh=f"第 {content.index(0):,} 字节是 NUL，这不是文字表格；请另存为 UTF-8 的 CSV 或 .xlsx",
            en=f"byte {content.index(0):,} is NUL: this is no text; save the list as CSV in UTF-8 or as .xlsx",
        )
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _strict(content, "gb18030"), "gb18030"


def _strict(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        tried = "UTF-8 和 GB18030" if encoding == "gb18030" else encoding.upper()
        raise ListRefusedError(
            zh=f"第 {error.start:,} 字节不是 {tried} 文字；请另存为 UTF-8 的 CSV 或 .xlsx",
            en=f"byte {error.start:,} is not text in {tried.replace('和', 'or')}; save as CSV in UTF-8 or as .xlsx",
        ) from error


def _separator(text: str) -> tuple[str, str]:
    """Return the text without Excel's ``sep=`` line, and the separator under which its first rows agree best."""
    first, _, rest = text.partition("\n")
    declared = first.strip().strip('"')
    if declared.startswith("sep=") and len(declared) == 5:
        return rest, declared[4]
    return text, max(_SEPARATORS, key=lambda separator: _agreement(text, separator))


def _agreement(text: str, separator: str) -> tuple[int, int]:
    """How many of the first rows have the commonest number of cells (if over one), and that number."""
    widths = []
    try:
        for _, cells in zip(range(_LOOKED_AT), _records(text, separator), strict=False):
            widths.append(len(cells))
    except csv.Error:
        pass
    several = [width for width in widths if width > 1]
    if not several:
        return 0, 0
    common = max(set(several), key=lambda width: (several.count(width), width))
    return several.count(common), common


def _records(text: str, separator: str) -> Iterator[list[str]]:
    csv.field_size_limit(MAX_CELL * 4)  # what is longer is refused by its row and column, this only bounds the work
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator)


def _plain(cell: str) -> str:
    """Undo ``="00123"``, which Excel users write to keep a number's zeros."""
    if cell.startswith('="') and cell.endswith('"') and cell.count('"') == 2:
        return cell[2:-1]
    return cell


def _is_formula(cell: str) -> bool:
    return cell.startswith("=") and len(cell) > 1 and _plain(cell) == cell
