"""``yizhan hours`` and ``yizhan calendar``: answers for the clerk who typed, and for programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from geo.cli import main
from tests.places.test_calendar import NOTICE_2027

Captured = pytest.CaptureFixture[str]


def run(capsys: Captured, *arguments: str | Path) -> tuple[int, str, str]:
    code = main([str(argument) for argument in arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_a_text_is_explained_word_by_word(capsys: Captured) -> None:
    code, said, errors = run(capsys, "hours", "周一至周五8:30-11:3013:30-16:30", "--at", "2026-10-10T11:10")

    assert (code, errors) == (0, "")
    lines = said.splitlines()
    assert lines[0] == "周一至周五8:30-11:3013:30-16:30"
    assert "days" in lines[1] and lines[1].endswith("Mo-Fr")
    assert "  = Mo-Fr 08:30-11:30,13:30-16:30" in lines
    assert "closing soon" in lines[-1] and "20 分钟" in lines[-1] and "make-up workday" in lines[-1]


def test_what_is_not_understood_says_why(capsys: Captured) -> None:
    code, said, _ = run(capsys, "hours", "看心情")

    assert code == 0
    assert "UNKNOWN" in said and "= 未知 unknown" in said and "看心情" in said


def test_a_table_is_summarised_and_its_unknown_texts_listed(tmp_path: Path, capsys: Captured) -> None:
    file = tmp_path / "hours.tsv"
    file.write_bytes("id\thours_text\n1\t24小时\n2\t1:30-4:30\n3\t\n4\t全天\n".encode("gb18030"))

    code, said, _ = run(capsys, "hours", "--file", file)

    assert code == 0
    assert "3 条 texts: 看懂 understood 2 (其中有所假定 with assumptions 1), 未知 unknown 1" in said
    assert "1:30-4:30\n  1:30" in said, "the unknown one is taken apart"


def test_for_programs(capsys: Captured) -> None:
    code, said, _ = run(capsys, "hours", "9:00-17:00，法定节假日休息", "看心情", "--json", "--at", "2026-10-01T02:00Z")

    assert code == 0
    first, second = json.loads(said)
    assert first["expression"] == "09:00-17:00; PH off"
    assert first["state"]["at"] == "2026-10-01T10:00:00+08:00"
    assert (first["state"]["kind"], first["state"]["until"]) == ("closed", "2026-10-08T09:00:00+08:00")
    assert first["words"][0] == {"text": "9:00", "begin": 0, "end": 4, "kind": "clock", "meaning": "09:00"}
    assert second["expression"] is None and second["state"] is None and second["notes"]


def test_an_expression_is_taken_as_it_is(capsys: Captured) -> None:
    _, said, _ = run(capsys, "hours", "--expression", "22:00-06:00; Mo off", "--at", "2026-11-23T01:00")

    assert "开放 open" in said
    _, said, _ = run(capsys, "hours", "--expression", "9 to 5")
    assert "unknown" in said and "no opening_hours expression" in said


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["hours"], "give a TEXT"),
        (["hours", "24小时", "--at", "soon"], "at='soon' must be a time"),
        (["hours", "24小时", "--at", "1800-01-01"], "1800 is not between"),
        (["hours", "--file", "none.tsv"], "none.tsv cannot be read"),
        (["calendar", "show", "next"], "year='next'"),
        (["calendar", "import", "none.csv"], "none.csv cannot be read"),
    ],
)
def test_refusals_are_one_line(arguments: list[str], message: str, capsys: Captured) -> None:
    code, said, errors = run(capsys, *arguments)

    assert (code, said) == (2, "")
    assert errors.startswith("yizhan: ") and message in errors and errors.count("\n") == 1


def test_a_table_without_a_known_column_is_refused(tmp_path: Path, capsys: Captured) -> None:
    file = tmp_path / "x.csv"
    file.write_text("a,b\n1,2\n", encoding="utf-8")

    assert run(capsys, "hours", "--file", file)[0] == 2


def test_the_calendar_is_shown_and_takes_a_notice_in(tmp_path: Path, capsys: Captured) -> None:
    file, folder = tmp_path / "2027.csv", tmp_path / "calendar"
    file.write_text(NOTICE_2027, encoding="utf-8")

    _, before, _ = run(capsys, "calendar", "show", "2027", "--calendar", folder)
    code, said, _ = run(capsys, "calendar", "import", file, "--calendar", folder)
    _, after, _ = run(capsys, "calendar", "show", "2027", "--calendar", folder)

    assert "PROVISIONAL" in before
    assert (code, said) == (0, "2027 试〔2026〕1号: 放假 20 days off, 调休上班 1 make-up workdays\n")
    assert "PROVISIONAL" not in after and "2027-10-09 周六  调休上班 worked" in after


def test_the_calendar_for_programs(capsys: Captured) -> None:
    _, said, _ = run(capsys, "calendar", "show", "2026", "--json")

    answer = json.loads(said)
    assert (answer["basis"], len(answer["days"])) == ("notice", 39)
    assert answer["days"][0] == {
        "date": "2026-01-01",
        "kind": "holiday",
        "name": "元旦",
        "source": "国办发明电〔2025〕7号",
    }
