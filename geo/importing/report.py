"""What an import would do or has done, for the clerk who sent the list: on the terminal, as a table, as JSON."""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from geo.errors import ListRefusedError
from geo.importing.plan import Outcome, Plan, PlannedRow
from geo.importing.problems import Language, Problem, heaviest
from geo.importing.spreadsheet import write_spreadsheet

OUTCOME_WORDS: Final[dict[Outcome, dict[Language, str]]] = {
    "new": {"zh": "新增", "en": "new"},
    "changed": {"zh": "更新", "en": "changed"},
    "same": {"zh": "未变", "en": "same"},
    "needs_human": {"zh": "需人工核对", "en": "needs a human"},
    "rejected": {"zh": "不能导入", "en": "rejected"},
}
_HEADINGS: Final[dict[Language, tuple[str, ...]]] = {
    "zh": ("行号", "名称", "结果", "原因", "编号", "地址", "经度", "纬度", "位置精度", "服务", "开放时间", "设施"),
    "en": (
        "row", "name", "outcome", "reasons", "id", "address", "lon", "lat", "accuracy", "services", "hours",
        "amenities",
    ),
}  # fmt: skip
#: What a spreadsheet takes for the beginning of a formula, in plain and full width.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_SHOWN: Final = 5


def neutral(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula.

    Examples
    --------
    >>> neutral("=1+1"), neutral("＝1"), neutral("东四"), neutral("-73.9")
    ("'=1+1", "'＝1", '东四', "'-73.9")
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


def to_text(plan: Plan, language: Language, *, written: bool) -> str:
    """Return the report for the terminal: totals, remarks on the list, then reasons, the gravest first.

    Parameters
    ----------
    plan
        What was decided.
    language
        Of the words; values stay as they are.
    written
        Whether it has been done, or was only tried.
    """
    return "\n".join([*_totals(plan, language), *(f"· {_line(words[language])}" for words in plan.remarks),
                      *_reasons(plan, language), *_end(plan, language, written=written)])  # fmt: skip


def to_json(plan: Plan, *, written: bool) -> dict[str, Any]:
    """Return the report for programs."""
    return {
        "import": plan.id,
        "source": plan.source,
        "written": written,
        "rows": len(plan.rows),
        "totals": plan.totals(),
        "places_written": len(plan.writes) if written else 0,
        "remarks": [dict(words) for words in plan.remarks],
        "results": [_row_to_json(row) for row in plan.rows],
    }


def write_report(plan: Plan, path: Path, language: Language, *, written: bool) -> None:
    """Write every row with its outcome and reasons, as XLSX, CSV or JSON by the name of the file.

    Raises
    ------
    ListRefusedError
        The name is of another kind, or the file cannot be written.
    """
    writers = {".xlsx": _write_xlsx, ".csv": _write_csv, ".json": _write_json}
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise ListRefusedError(
            zh=f"报告 {path.name}：扩展名只能是 .xlsx、.csv 或 .json",
            en=f"report {path.name}: name it .xlsx, .csv or .json",
            parameter="report",
        )
    try:
        writer(plan, path, language, written=written)
    except OSError as error:
        raise ListRefusedError(
            zh=f"报告 {path} 写不了（{error.strerror}）", en=f"report {path}: cannot be written ({error.strerror})"
        ) from error


def _totals(plan: Plan, language: Language) -> Iterator[str]:
    counts = plan.totals()
    if language == "zh":
        yield f"清单“{_line(plan.source)}”共 {len(plan.rows):,} 行："
    else:
        yield f"{_line(plan.source)}: {len(plan.rows):,} rows"
    for outcome, count in counts.items():
        yield f"  {OUTCOME_WORDS[outcome][language]}  {count:,}"


def _reasons(plan: Plan, language: Language) -> Iterator[str]:
    """Yield each reason once with its rows: what a clerk has to do first, then what was merely noted."""
    groups: dict[str, list[tuple[PlannedRow, Problem]]] = defaultdict(list)
    for row in plan.rows:
        for problem in row.problems:
            groups[problem.code].append((row, problem))
    gravest = {"reject": 0, "human": 1, "note": 2}
    order = sorted(groups, key=lambda code: (gravest[groups[code][0][1].weight], -len(groups[code]), code))
    weight = None
    titles = {
        "zh": {"reject": "不能导入的行", "human": "需人工核对的行", "note": "已处理，供参考"},
        "en": {"reject": "Rejected", "human": "For a human", "note": "Done, for your information"},
    }
    for code in order:
        found = groups[code]
        if found[0][1].weight != weight:
            weight = found[0][1].weight
            yield f"\n{titles[language][weight]}"
        yield from _group(found, language)


def _group(found: Sequence[tuple[PlannedRow, Problem]], language: Language) -> Iterator[str]:
    for row, problem in found[:_SHOWN]:
        at = f"第 {row.row} 行" if language == "zh" else f"row {row.row}"
        yield f"  {at} {_line(row.words)[:40]}  {_line(problem.say(language))}"
    if (more := len(found) - _SHOWN) > 0:
        rows = "、".join(str(row.row) for row, _ in found[_SHOWN : _SHOWN + 12]) + ("…" if more > 12 else "")
        yield f"  …同类还有 {more:,} 行：{rows}" if language == "zh" else f"  … and {more:,} more such rows: {rows}"


def _end(plan: Plan, language: Language, *, written: bool) -> Iterator[str]:
    yield ""
    count = len(plan.writes)
    if written and not count:
        yield "登记册没有变化" if language == "zh" else "the register is as it was"
    elif language == "zh":
        if written:
            yield f"已写入 {count:,} 个站点。撤销：yizhan import --rollback {plan.id}"
        else:
            yield f"试运行：什么都没有写入（将写入 {count:,} 个站点）"
    elif written:
        yield f"{count:,} places written. To undo: yizhan import --rollback {plan.id}"
    else:
        yield f"tried only: nothing was written ({count:,} places would be)"


def _row_to_json(row: PlannedRow) -> dict[str, Any]:
    return {
        "row": row.row,
        "name": row.words,
        "outcome": row.outcome,
        "place": row.place.id if row.place else None,
        "reasons": [
            {"code": p.code, "field": p.field or None, "weight": p.weight, "zh": p.say("zh"), "en": p.say("en")}
            for p in row.problems
        ],
    }


def _table(plan: Plan, language: Language) -> Iterator[tuple[str | int | float, ...]]:
    yield _HEADINGS[language]
    for row in plan.rows:
        reasons = "；".join(p.say(language) for p in sorted(row.problems, key=_gravity))
        yield (row.row, row.words, OUTCOME_WORDS[row.outcome][language], reasons, *_place_cells(row))


def _gravity(problem: Problem) -> int:
    return {"reject": 0, "human": 1, "note": 2}[heaviest([problem])]


def _place_cells(row: PlannedRow) -> tuple[str | float, ...]:
    place = row.place
    if place is None:
        return ("",) * 8
    return (
        place.id,
        place.address or "",
        place.position.lon,
        place.position.lat,
        place.accuracy,
        "；".join(service.kind for service in place.services),
        "；".join(dict.fromkeys(service.hours or service.note or "" for service in place.services)),
        "；".join(f"{kind}={answer}" for kind, answer in place.amenities.items()),
    )


def _neutral_rows(plan: Plan, language: Language) -> Iterator[tuple[str | int | float, ...]]:
    for cells in _table(plan, language):
        yield tuple(neutral(cell) if isinstance(cell, str) else cell for cell in cells)


def _write_xlsx(plan: Plan, path: Path, language: Language, *, written: bool) -> None:
    title = {"zh": "导入结果" if written else "试运行结果", "en": "import" if written else "dry run"}[language]
    write_spreadsheet(path, title, _neutral_rows(plan, language))


def _write_csv(plan: Plan, path: Path, language: Language, *, written: bool) -> None:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(_neutral_rows(plan, language))
    path.write_bytes(out.getvalue().encode("utf-8-sig"))  # Excel takes CSV without the mark for GBK


def _write_json(plan: Plan, path: Path, language: Language, *, written: bool) -> None:
    path.write_text(json.dumps(to_json(plan, written=written), ensure_ascii=False, indent=1), encoding="utf-8")


def _line(text: str) -> str:
    """Return a text on one line, without what would steer a terminal."""
    return "".join(c if c.isprintable() else " " for c in text)
