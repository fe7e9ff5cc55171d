"""From a file to a plan, step by step; each step's part is given, so that each can be tried alone."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from geo.errors import ListRefusedError
from geo.importing.columns import Columns, find_columns
from geo.importing.ground import Ground
from geo.importing.mapping import ListMapping
from geo.importing.merging import Rule
from geo.importing.own import read_own
from geo.importing.plan import Plan, make_plan
from geo.importing.positions import settle
from geo.importing.problems import Language
from geo.importing.rows import Draft, Reading, Understand, read_rows
from geo.importing.sandbox import read_safely
from geo.importing.table import Table
from geo.places.entries import Entry
from geo.places.hours_text import understand as understand_hours

#: Told of each step: how many rows it is about, and its name; ``comparison`` tells several times how many are done.
Progress = Callable[[int, str], None]


@dataclass(frozen=True)
class Job:
    """One list to be imported.

    Attributes
    ----------
    path, sheet
        The file, and of a workbook the sheet.
    mapping
        What the clerk says of it.
    rule
        Where it contradicts the register.
    source
        What the list is called; its file's name, if it is not said.
    """

    path: Path
    sheet: str | None = None
    mapping: ListMapping = field(default_factory=ListMapping)
    rule: Rule = "ask"
    source: str | None = None


@dataclass(frozen=True)
class Prepared:
    """A list as it was read: its rows as drafts, and the mapping that would read it again.

    A table that we exported ourselves has no columns to be recognised: they are None.
    """

    table: Table
    columns: Columns | None
    drafts: Sequence[Draft]
    mapping: ListMapping
    source: str


def prepare(job: Job, *, understand: Understand = understand_hours) -> Prepared:
    """Read a list, without yet asking where its places are or whether they are known.

    Raises
    ------
    ListRefusedError
        The list cannot be imported as it is.
    """
    table = read_safely(job.path, sheet=job.sheet)
    mapping = job.mapping
    own = read_own(table) if table.rows else None
    if own:
        return Prepared(table, None, own, mapping, job.source or job.path.name)
    columns = find_columns(table, given=mapping.columns, datum=mapping.datum)
    source = job.source or job.path.name
    drafts = read_rows(table, columns, Reading(source, mapping.kind, mapping.kinds), understand)
    if not drafts:
        raise ListRefusedError(
            zh=f"第 {columns.header.number} 行表头之下没有数据",
            en=f"there is nothing below the header in row {columns.header.number}; choose another list",
        )
    return Prepared(table, columns, drafts, mapping.with_columns(columns), source)


def plan_import(
    prepared: Prepared, ground: Ground, known: Iterable[Entry], *, rule: Rule, when: datetime,
    progress: Progress = lambda rows, step: None,
) -> Plan:  # fmt: skip
    """Decide what becomes of each row.

    Parameters
    ----------
    prepared
        The list.
    ground
        The city it is about.
    known
        The register.
    rule
        Where the list contradicts it.
    when
        Now; the import's id tells it.
    progress
        Told of each step.
    """
    count = len(prepared.drafts)
    progress(count, "positions")
    settlement = settle(prepared.drafts, ground.judge, ground.geocoder, ground.name, ground.box)
    remarks = [*_remarks(prepared.table, prepared.columns), *settlement.words]
    return make_plan(
        _import_id(prepared.table, when), prepared.source, prepared.drafts, settlement.settled, known,
        rule=rule, remarks=remarks, progress=lambda decided: progress(decided, "comparison"),
    )  # fmt: skip


def _import_id(table: Table, when: datetime) -> str:
    content = hashlib.sha256(repr(table.rows).encode("utf-8", "replace")).hexdigest()[:8]
    return f"import-{when.astimezone(UTC):%Y%m%dT%H%M%SZ}-{content}"


def _remarks(table: Table, columns: Columns | None) -> Iterable[Mapping[Language, str]]:
    read = {"csv": f"CSV，{(table.encoding or '').upper()}", "xlsx": f"Excel“{table.sheet}”", "geojson": "GeoJSON"}
    if columns is None:
        yield {"zh": "这是 yizhan export 导出的表格，逐字段读取", "en": "a table of yizhan export, read field by field"}
        return
    yield {
        "zh": f"文件：{read[table.format]}；表头在第 {columns.header.number} 行",
        "en": f"{table.format}, {table.sheet or table.encoding}; header in row {columns.header.number}",
    }
    found = [f"{'+'.join(columns.names(name))}→{name}" for name in columns.of_field]
    yield {"zh": "识别的列：" + "、".join(found), "en": "columns read: " + ", ".join(found)}
    if columns.unused:
        yield {
            "zh": "未使用的列：" + "、".join(columns.unused) + "（可用 --map 字段=列名 指定）",
            "en": "columns not used: " + ", ".join(columns.unused) + " (--map FIELD=COLUMN would)",
        }
    if table.other_sheets:
        yield {
            "zh": "未读取的工作表：" + "、".join(table.other_sheets) + "（可用 --sheet 指定）",
            "en": "sheets not read: " + ", ".join(table.other_sheets) + " (--sheet NAME would)",
        }
