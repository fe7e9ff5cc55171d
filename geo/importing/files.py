"""A file -> a table. What the file is, is read from its first bytes; a name that says otherwise is refused.

Nothing here is given to GDAL, and no name is ever opened that the file itself mentions. To be run in the child
process of :mod:`geo.importing.sandbox`: a file that was made to do harm is stopped there by memory and time.
"""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Final

from geo.errors import ListRefusedError
from geo.importing.delimited import read_delimited
from geo.importing.geojson import read_geojson
from geo.importing.spreadsheet import read_spreadsheet
from geo.importing.table import MAX_BYTES, Format, Table

_EXTENSIONS: Final[dict[str, Format]] = {
    ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".xlsx": "xlsx", ".geojson": "geojson", ".json": "geojson",
}  # fmt: skip
#: How files begin that people send instead of a list, and what to do about it.
_FOREIGN: Final = (
    (b"\xd0\xcf\x11\xe0", "旧版 Excel（.xls）或加密的工作簿", "an old Excel file (.xls) or an encrypted one"),
    (b"%PDF", "PDF 文件", "a PDF file"),
    (b"Rar!", "RAR 压缩包", "a RAR archive"),
    (b"7z\xbc\xaf", "7z 压缩包", "a 7z archive"),
    (b"\x1f\x8b", "gzip 压缩包", "a gzip archive"),
    (b"\x89PNG", "图片", "an image"),
    (b"\xff\xd8\xff", "图片", "an image"),
    (b"SQLite format 3", "SQLite 数据库", "an SQLite database"),
)


def read_table(path: Path, *, sheet: str | None = None) -> Table:
    """Read a list.

    Parameters
    ----------
    path
        A CSV (UTF-8, UTF-16 or GB18030; commas, tabs, semicolons or bars), XLSX or GeoJSON file.
    sheet
        Of a workbook; the first visible one with something in it, if none is named.

    Raises
    ------
    ListRefusedError
        The file is none of these, is damaged, or passes a limit.
    """
    content = _content(path)
    kind = _kind(content)
    said = _EXTENSIONS.get(path.suffix.lower())
    if said is None:
        raise ListRefusedError(
            zh=f"不认识扩展名“{path.suffix[:20]}”；请另存为 .csv、.xlsx 或 .geojson",
            en=f"unknown kind of file {path.suffix[:20]!r}; save the list as .csv, .xlsx or .geojson",
        )
    if said != kind:
        raise ListRefusedError(
            zh=f"文件名是 {path.suffix}，内容却是 {kind.upper()}；请用正确的扩展名重新保存",
            en=f"the file is called {path.suffix} but holds {kind.upper()}; save it again under its true kind",
        )
    if kind == "xlsx":
        return read_spreadsheet(path, sheet=sheet)
    if sheet is not None:
        raise ListRefusedError(
            zh="--sheet 只用于 Excel 工作簿", en="--sheet is for workbooks alone; leave it out for this file"
        )
    return read_geojson(content) if kind == "geojson" else read_delimited(content)


def check_size(path: Path) -> None:
    """Refuse what is no regular file or too large, before a byte is read.

    Raises
    ------
    ListRefusedError
        Saying which.
    """
    try:
        status = path.stat()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ListRefusedError(zh=f"{path}：打不开（{reason}）", en=f"{path}: cannot be opened ({reason})") from error
    if not stat.S_ISREG(status.st_mode):
        raise ListRefusedError(zh=f"{path}：不是普通文件", en=f"{path}: no regular file; give a list")
    if status.st_size > MAX_BYTES:
        raise ListRefusedError(
            zh=f"文件有 {status.st_size / 1e6:.1f} MB，上限 {MAX_BYTES / 1e6:.0f} MB；请拆成几个文件",
            en=f"the file has {status.st_size / 1e6:.1f} MB, more than {MAX_BYTES / 1e6:.0f} MB; split it",
        )
    if status.st_size == 0:
        raise ListRefusedError(zh=f"{path.name}：文件是空的", en=f"{path.name}: the file is empty")


def _content(path: Path) -> bytes:
    check_size(path)
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ListRefusedError(zh=f"{path}：读不了（{error.strerror}）", en=f"{path}: {error.strerror}") from error


def _kind(content: bytes) -> Format:
    if content.startswith(b"PK"):
        return "xlsx"
    for beginning, zh, en in _FOREIGN:
        if content.startswith(beginning):
            raise ListRefusedError(
                zh=f"这是{zh}；请把清单另存为 .xlsx 或 .csv",
                en=f"this is {en}; save the list as .xlsx or .csv",
            )
    start = content[:1000].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"<"):
        raise ListRefusedError(
            zh="这是 XML 或网页，不是清单；请另存为 .csv、.xlsx 或 .geojson",
            en="this is XML or a web page, no list; save the list as .csv, .xlsx or .geojson",
        )
    return "geojson" if start[:1] in {b"{", b"["} else "csv"
