"""Files of strangers are read in a child process with little memory and little time.

The child (``python -m geo.importing.sandbox``) writes JSON lines to its standard output, which is a file of bounded
size; the parent reads them as data. Whatever kills the child is a refusal.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, cast

import geo
from geo.errors import ListRefusedError
from geo.importing.files import check_size, read_table
from geo.importing.table import CellWarning, Format, Row, Table

_MEGABYTE: Final = 1 << 20


@dataclass(frozen=True)
class Limits:
    """What the child may use: address space and output in megabytes, time in seconds."""

    memory_mb: int = 1024
    output_mb: int = 256
    time_s: float = 60


def read_safely(path: Path, *, sheet: str | None = None, limits: Limits | None = None) -> Table:
    """Read a list in a child process.

    Parameters
    ----------
    path, sheet
        As in :func:`geo.importing.files.read_table`.
    limits
        What the child may use.

    Raises
    ------
    ListRefusedError
        The list was refused, or the child used too much memory or time, or died.
    """
    limits = limits or Limits()
    check_size(path)
    command = [sys.executable, "-P", "-m", "geo.importing.sandbox", str(path.absolute()), *([sheet] if sheet else [])]
    with tempfile.TemporaryFile() as answer:
        try:
            child = subprocess.run(  # noqa: S603  # our own interpreter and module
                command, stdin=subprocess.DEVNULL, stdout=answer, stderr=subprocess.DEVNULL, check=False,
                timeout=limits.time_s, env=_environment(limits),
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise ListRefusedError(
                zh=f"读取超过 {limits.time_s} 秒；清单太大或有问题，请拆成几个文件",
                en=f"reading took more than {limits.time_s} s; the list is too large or made to do harm: split it",
            ) from error
        answer.seek(0)
        table = _table(answer) if child.returncode == 0 else None
    if table is None:
        raise ListRefusedError(
            zh=f"读取时内存超过 {limits.memory_mb} MB 或程序中断（{child.returncode}）；请把清单复制到新文件",
            en=f"reading needed more than {limits.memory_mb} MB or broke off ({child.returncode}); copy the list "
            "into a new file",
        )
    return table


def _environment(limits: Limits) -> dict[str, str]:
    """Give the child where the package lies, its limits, and nothing else of ours."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "SYSTEMROOT", "TMPDIR") if name in os.environ}
    package = str(Path(geo.__file__).parents[1])
    words = {"YIZHAN_LIMITS": f"{limits.memory_mb} {limits.output_mb} {math.ceil(limits.time_s)}"}
    # openpyxl imports numpy, whose threads would each reserve address space
    return {**kept, **words, "PYTHONPATH": package, "PYTHONUTF8": "1", "OPENBLAS_NUM_THREADS": "1"}


def _table(answer: IO[bytes]) -> Table | None:
    """Read what the child wrote; None if it did not come to its end."""
    lines = iter(answer)
    head = json.loads(next(lines, b"null"))
    if head is None:
        return None
    if "refused" in head:
        raise ListRefusedError(**head["refused"])
    rows = tuple(Row(number, tuple(cells)) for number, cells in map(json.loads, lines))
    if len(rows) != head["rows"]:
        return None
    return Table(
        cast(Format, head["format"]),
        rows,
        tuple(CellWarning(*warning) for warning in head["warnings"]),
        encoding=head["encoding"],
        sheet=head["sheet"],
        other_sheets=tuple(head["other_sheets"]),
    )


def _lines(path: Path, sheet: str | None) -> Iterator[Any]:
    try:
        table = read_table(path, sheet=sheet)
    except ListRefusedError as error:
        yield {"refused": {"zh": error.zh, "en": error.en}}
        return
    yield {
        "format": table.format,
        "encoding": table.encoding,
        "sheet": table.sheet,
        "other_sheets": table.other_sheets,
        "warnings": table.warnings,
        "rows": len(table.rows),
    }
    yield from table.rows


def _limit_self(memory_mb: int, output_mb: int, time_s: int) -> None:
    if sys.platform == "win32":  # it knows no such limits; time is still watched by the parent
        return
    import resource  # noqa: PLC0415

    for what, most in (
        (resource.RLIMIT_AS, memory_mb * _MEGABYTE),
        (resource.RLIMIT_FSIZE, output_mb * _MEGABYTE),
        (resource.RLIMIT_CPU, time_s),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def _child(arguments: list[str]) -> None:
    _limit_self(*(int(word) for word in os.environ["YIZHAN_LIMITS"].split()))
    path, sheet = Path(arguments[0]), (arguments[1] if len(arguments) > 1 else None)
    for line in _lines(path, sheet):
        sys.stdout.write(json.dumps(line, ensure_ascii=True) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _child(sys.argv[1:])
