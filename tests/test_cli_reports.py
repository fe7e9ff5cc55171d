"""``yizhan reports``: what came is listed and closed; a stranger's words cannot move the terminal's cursor."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from geo.cli import main
from geo.cli_reports import VARIABLE
from geo.coords import LonLat
from geo.places.hours import CHINA
from geo.places.reports import FILE, Report, Reports

Captured = pytest.CaptureFixture[str]
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=CHINA)
FIRST, SECOND = "1c7e9a52-0f6b-4c53-9a64-0d2d7c1f7a10", "2d7e9a52-0f6b-4c53-9a64-0d2d7c1f7a11"


@pytest.fixture
def state(tmp_path: Path) -> str:
    kept = Reports(tmp_path / FILE)
    area = {"district": "东城区", "subdistrict": "东四街道"}
    kept.add(Report(FIRST, "ss-dongsi", "东四\x1b[2J站", "locked", NOON, NOON, **area))  # type: ignore[arg-type]
    words = {"text": "换了锁", "where": LonLat(116.4, 39.9)}
    kept.add(Report(SECOND, "wp-1", "饮水点", "other", NOON, NOON + timedelta(hours=1), **words))  # type: ignore[arg-type]
    return str(tmp_path)


def run(capsys: Captured, *words: str) -> tuple[int, list[str], str]:
    code = main(["reports", *words])
    said = capsys.readouterr()
    return code, said.out.splitlines(), said.err


def test_the_latest_comes_first(state: str, capsys: Captured) -> None:
    assert run(capsys, "list", "--state", state) == (
        0,
        [
            f"2026-11-23 12:00  other  wp-1  饮水点  -  {SECOND}",
            "    “换了锁”",
            "    told from about 116.400,39.900",
            f"2026-11-23 12:00  locked  ss-dongsi  东四 [2J站  东城区 东四街道  {FIRST}",
        ],
        "",
    )


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        (("--place", "wp-1"), [SECOND]),
        (("--district", "东四街道"), [FIRST]),
        (("--district", "东城区"), [FIRST]),
        (("--since", "2026-11-23T12:30"), [SECOND]),
        (("--since", "2026-11-23T13:00:01+08:00"), []),
        ((), [SECOND, FIRST]),
    ],
)
def test_some_are_asked_for(state: str, capsys: Captured, words: tuple[str, ...], ids: list[str]) -> None:
    code, lines, _ = run(capsys, "list", "--json", "--state", state, *words)
    found = json.loads("\n".join(lines))
    assert (code, [each["id"] for each in found]) == (0, ids)
    for each in found:
        assert each["closed"] is None and each["received_at"].endswith("+08:00")


def test_one_is_closed_and_still_there(state: str, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, state)
    code, lines, _ = run(capsys, "close", FIRST[:8], "--note", "换锁了", "--who", "li")
    assert code == 0 and lines[-1].endswith("by li: 换锁了")
    assert [line.split()[-1] for line in run(capsys, "list")[1] if line[0] != " "] == [SECOND]
    assert len(run(capsys, "list", "--all")[1]) == 5
    code, _, error = run(capsys, "close", FIRST, "--note", "again")
    assert code == 2 and "was closed by li" in error


def test_words_are_erased(state: str, capsys: Captured) -> None:
    assert run(capsys, "close", SECOND, "--note", "a name", "--erase", "--state", state)[0] == 0
    (found, _) = json.loads("\n".join(run(capsys, "list", "--all", "--json", "--state", state)[1]))
    assert (found["text"], found["where"], found["closed"]["note"]) == (None, None, "a name")


def test_nothing_yet_and_nothing_of_the_kind(tmp_path: Path, state: str, capsys: Captured) -> None:
    empty = str(tmp_path / "empty")
    assert run(capsys, "list", "--state", empty) == (0, [f"{empty}: no open reports"], "")
    assert not Path(empty).exists(), "looking makes nothing"
    for words, message in (
        (("close", "ffffffff", "--note", "x"), "no one report"),
        (("list", "--since", "x"), "is not a time"),
    ):
        code, _, error = run(capsys, *words, "--state", state)
        assert code == 2 and message in error
