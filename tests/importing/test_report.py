"""The report says every row, in two languages, and gives no spreadsheet a formula."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import ListRefusedError
from geo.importing.plan import OUTCOMES, Plan
from geo.importing.report import OUTCOME_WORDS, neutral, to_json, to_text, write_report
from tests.importing.lists import DONGSI, HEADER, XIDAN, plan

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠a", '=HYPERLINK("http://x")']


def done() -> Plan:
    return plan(HEADER, DONGSI, XIDAN, ("合计", "2"), ("东四仓库", "x"), ("三站", "y", "", "", "驿站", "看心情"))


def test_the_text_says_totals_and_reasons_in_chinese_and_english() -> None:
    chinese, english = to_text(done(), "zh", written=False), to_text(done(), "en", written=True)

    assert chinese.startswith(
        "清单“list.csv”共 5 行：\n  新增  2\n  更新  0\n  未变  0\n  需人工核对  2\n  不能导入  1\n"
    )
    assert "第 4 行 合计  合计或说明行，不是站点：合计" in chinese
    assert chinese.index("不能导入的行") < chinese.index("需人工核对的行") < chinese.index("已处理，供参考")
    assert chinese.endswith("试运行：什么都没有写入（将写入 2 个站点）")
    assert "row 5 东四仓库  what it offers is not said" in english
    assert english.endswith("2 places written. To undo: yizhan import --rollback import-1")


def test_many_rows_of_one_kind_are_told_together() -> None:
    rows = [(f"站{n}", f"地址{n}", f"116.{n:04}", f"39.{n:04}", "仓库") for n in range(1, 40)]
    text = to_text(plan(HEADER, *rows), "zh", written=False)

    assert "…同类还有 34 行：7、8、9、10、11、12、13、14、15、16、17、18…" in text


def test_a_terminal_is_not_steered() -> None:
    row = ("\x1b[2J\u202e站", "地\u0007址", "116.4", "39.9", "仓库\x9b31m")
    text = to_text(replace(plan(HEADER, row), source="\x1b]0;x\x07"), "en", written=False)

    assert all(c.isprintable() or c == "\n" for c in text)


def test_json_has_every_row() -> None:
    said = to_json(done(), written=False)

    assert [row["outcome"] for row in said["results"]] == ["new", "new", "rejected", "needs_human", "needs_human"]
    assert said["totals"] == {"new": 2, "changed": 0, "same": 0, "needs_human": 2, "rejected": 1}
    assert said["results"][2]["reasons"] == [
        {"code": "summary", "field": None, "weight": "reject", "zh": "合计或说明行，不是站点：合计",
         "en": "a total or a remark, no place: 合计"},
    ]  # fmt: skip
    json.dumps(said)


@pytest.mark.parametrize("text", FORMULAS)
def test_formulas_are_neutralised(text: str) -> None:
    assert neutral(text) == "'" + text


@given(st.text())
def test_nothing_else_is_touched(text: str) -> None:
    assert neutral(text).removeprefix("'") == text.removeprefix("'")
    assert not neutral(text).startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"))


def formulas_in_every_column() -> Plan:
    rows = [(text, text, "116.4", "39.9", text, text, text, text) for text in FORMULAS]
    return plan(HEADER, *rows)


def test_a_csv_report_opens_in_excel_and_holds_no_formula(tmp_path: Path) -> None:
    write_report(formulas_in_every_column(), tmp_path / "r.csv", "zh", written=False)

    assert (tmp_path / "r.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    with (tmp_path / "r.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0][:4] == ["行号", "名称", "结果", "原因"]
    assert len(rows) == 1 + len(FORMULAS)
    assert not [cell for row in rows for cell in row if cell and neutral(cell) != cell]


def test_an_xlsx_report_holds_texts_only(tmp_path: Path) -> None:
    write_report(formulas_in_every_column(), tmp_path / "r.xlsx", "en", written=True)

    sheet = openpyxl.load_workbook(tmp_path / "r.xlsx").active
    assert sheet is not None and sheet.title == "import"
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert not [cell for cell in cells if cell.data_type == "s" and neutral(str(cell.value)) != cell.value]


def test_a_report_in_json(tmp_path: Path) -> None:
    write_report(done(), tmp_path / "r.json", "zh", written=True)

    assert json.loads((tmp_path / "r.json").read_text(encoding="utf-8")) == to_json(done(), written=True)


@pytest.mark.parametrize("name", ["r.pdf", "r", "no/such/folder/r.csv"])
def test_a_report_that_cannot_be_written_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ListRefusedError, match="report"):
        write_report(done(), tmp_path / name, "zh", written=False)


def test_outcomes_have_words() -> None:
    assert set(OUTCOME_WORDS) == set(OUTCOMES)
