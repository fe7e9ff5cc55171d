"""XLSX: a zip of XML, so both are looked at before anything is unpacked (the only door to openpyxl, defusedxml)."""

from __future__ import annotations

import datetime as dt
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import ParseError
from zlib import error as ZlibError  # noqa: N812

import openpyxl
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from geo.errors import ListRefusedError
from geo.importing.table import MAX_COLUMNS, MAX_ROWS, CellWarning, RowTaker, Table

MAX_ENTRIES: Final = 1_000
#: Bytes of all entries, unpacked.
MAX_UNPACKED: Final = 150_000_000
#: An entry may not be packed tighter than this; a small one does no harm however tight.
MAX_RATIO: Final = 100
_SMALL: Final = 1_000_000
_DAMAGED: Final = (
    zipfile.BadZipFile, ParseError, ZlibError, KeyError, ValueError, TypeError, IndexError, AttributeError, EOFError,
    OSError, NotImplementedError, AssertionError, RuntimeError, ArithmeticError,
)  # fmt: skip


def read_spreadsheet(path: Path, *, sheet: str | None = None) -> Table:
    """Read one sheet of a workbook.

    Raises
    ------
    ListRefusedError
        It is no workbook, is damaged, protected or made to do harm, has no such sheet, or passes a limit.
    """
    try:
        _check_zip(path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl tells what it leaves out: styles, validation, extensions
            book = openpyxl.load_workbook(path, read_only=True, data_only=False, keep_links=False)
            try:
                return _read(book, sheet)
            finally:
                book.close()
    except ListRefusedError:
        raise
    except DefusedXmlException as error:
        raise _harmful() from error
    except _DAMAGED as error:
        raise ListRefusedError(
            zh=f"工作簿损坏，或不是 .xlsx（{type(error).__name__}）；请在 Excel 中打开并另存",
            en=f"the workbook is damaged or no .xlsx ({type(error).__name__}); open it in Excel and save it again",
        ) from error


def _check_zip(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        if len(entries) > MAX_ENTRIES:
            raise _bomb(f"{len(entries):,} 个部分", f"{len(entries):,} parts, more than {MAX_ENTRIES:,}")
        unpacked = sum(entry.file_size for entry in entries)
        if unpacked > MAX_UNPACKED:
            raise _bomb(f"解压后 {unpacked / 1e6:.0f} MB", f"{unpacked / 1e6:.0f} MB once unpacked")
        for entry in entries:
            ratio = entry.file_size / max(entry.compress_size, 1)
            if entry.file_size > _SMALL and ratio > MAX_RATIO:
                raise _bomb(f"压缩比 {ratio:.0f} 倍", f"a part that is packed {ratio:.0f}-fold, more than {MAX_RATIO}")
        if any(entry.filename.lower().endswith("vbaproject.bin") for entry in entries):
            raise ListRefusedError(
                zh="工作簿带有宏；请另存为不带宏的 .xlsx", en="the workbook holds macros; save it as .xlsx without them"
            )
        for entry in entries:
            if entry.filename.lower().endswith((".xml", ".rels")):
                _check_prolog(archive, entry)


def _check_prolog(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """A document type can only stand before the first element: nothing behind that is read."""
    with archive.open(entry) as file:
        for _ in iterparse(file, events=("start",), forbid_dtd=True):
            return


def _bomb(zh: str, en: str) -> ListRefusedError:
    return ListRefusedError(
        zh=f"工作簿异常（{zh}），可能是压缩炸弹；请把清单复制到新的工作簿",
        en=f"the workbook has {en}: a zip bomb? Copy the list into a new workbook",
    )


def _harmful() -> ListRefusedError:
    return ListRefusedError(
        zh="工作簿里有 DTD 或实体定义，正常的 Excel 文件没有；请把清单复制到新的工作簿",
        en="the workbook defines a DTD or entities, which Excel never writes; copy the list into a new workbook",
    )


def _read(book: Any, wanted: str | None) -> Table:
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"] or book.worksheets
    names = [str(sheet.title) for sheet in sheets]
    if wanted is not None and wanted not in names:
        raise ListRefusedError(
            zh=f"没有名为“{wanted[:40]}”的工作表；有：{'、'.join(names)[:200]}",
            en=f"no sheet {wanted[:40]!r}; there are {', '.join(names)[:200]}",
        )
    if wanted is not None:
        sheets = [sheet for sheet in sheets if sheet.title == wanted]
    for number, sheet in enumerate(sheets):
        taker, formulas = _rows(sheet)
        if taker.rows:
            others = tuple(str(s.title) for s in sheets[number + 1 :] if _has_something(s))
            return Table("xlsx", tuple(taker.rows), tuple(formulas), sheet=str(sheet.title), other_sheets=others)
    raise ListRefusedError(zh="工作簿里没有内容", en="the workbook is empty; choose another")


def _rows(sheet: Any) -> tuple[RowTaker, list[CellWarning]]:
    taker, formulas = RowTaker(), []
    for number, cells in enumerate(_cells(sheet), 1):
        taker.take([_text(cell) for cell in cells])
        formulas += [
            CellWarning(number, column, "formula") for column, cell in enumerate(cells, 1) if cell.data_type == "f"
        ]
    return taker, formulas


def _cells(sheet: Any) -> Iterator[Any]:
    sheet.reset_dimensions()  # a sheet may claim a size that is not its own
    return iter(sheet.iter_rows(max_row=MAX_ROWS + 1))


def _has_something(sheet: Any) -> bool:
    sheet.reset_dimensions()
    rows = sheet.iter_rows(max_row=5, max_col=MAX_COLUMNS, values_only=True)
    return any(value not in {None, ""} for row in rows for value in row)


def _text(cell: Any) -> str:
    value = cell.value
    if cell.data_type == "f":
        return str(getattr(value, "text", value))
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    if isinstance(value, dt.time):
        return value.strftime("%H:%M")
    return "" if value is None else str(value)


def write_spreadsheet(path: Path, title: str, rows: Iterable[Sequence[str | int | float]]) -> None:
    """Write one sheet; texts stay texts, whatever they begin with."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for row in rows:
        sheet.append([_written(sheet, value) for value in row])
    book.save(path)


def _written(sheet: Any, value: str | int | float) -> Any:
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", value))
    cell.data_type = "s"
    return cell
