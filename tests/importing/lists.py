"""Small lists, and what the parts of an import that are not under test would say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from geo.importing.columns import find_columns
from geo.importing.merging import Rule
from geo.importing.plan import Plan, make_plan
from geo.importing.positions import Believing, settle
from geo.importing.rows import Draft, Reading, read_rows
from geo.importing.table import CellWarning, Row, Table
from geo.places.entries import Entry
from geo.places.model import ServiceKind

WHEN = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HEADER = ("名称", "地址", "经度", "纬度", "类型", "开放时间", "设施", "电话")
DONGSI = ("东四暖心驿站", "东四北大街1号", "116.4174", "39.9246", "暖心驿站", "24小时", "微波炉", "64012345")
XIDAN = ("西单爱心驿站", "西单北大街9号", "116.3740", "39.9130", "爱心驿站", "", "饮水", "66012345")


class Words(NamedTuple):
    """What is made of hours here: one text is understood."""

    expression: str | None
    assumptions: tuple[str, ...] = ()


def understand(text: str) -> Words:
    return Words("24/7" if text == "24小时" else "Mo-Fr 09:00-17:00" if text == "工作日9-17点" else None)


def table(*rows: Sequence[str], warnings: Sequence[CellWarning] = ()) -> Table:
    numbered = (Row(number, tuple(cells)) for number, cells in enumerate(rows, 1))
    return Table("csv", tuple(row for row in numbered if any(row.cells)), tuple(warnings))


def drafts(
    *rows: Sequence[str],
    kind: ServiceKind | None = None,
    kinds: Mapping[str, ServiceKind] | None = None,
    warnings: Sequence[CellWarning] = (),
) -> list[Draft]:
    read = table(*rows, warnings=warnings)
    return read_rows(read, find_columns(read), Reading("list.csv", kind, kinds or {}), understand)


def plan(*rows: Sequence[str], known: Sequence[Entry] = (), rule: Rule = "ask") -> Plan:
    """Plan the import of a list in WGS-84, header first, without a city."""
    found = drafts(*rows)
    return make_plan(
        "import-1", "list.csv", found, settle(found, Believing("wgs84"), None, "", None).settled, known, rule=rule
    )


def entries(done: Plan) -> list[Entry]:
    """Return what the register holds once a first plan is applied."""
    return [Entry(write.place, (write.expected_version or 0) + 1) for write in done.writes]


def save(path: Path, *rows: Sequence[str]) -> Path:
    path.write_text("\n".join(",".join(f'"{cell}"' for cell in row) for row in rows) + "\n", encoding="utf-8")
    return path
