"""``yizhan import`` as a clerk meets it, and the real lists through it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from geo.cli import main
from geo.cli_import import EXIT_ROWS_LEFT
from geo.places.store import Register
from tests.conftest import real_data
from tests.importing.hostile import workbook
from tests.importing.lists import DONGSI, HEADER, XIDAN, save

Captured = pytest.CaptureFixture[str]
#: How many rows each of the real lists has, counted by hand in a spreadsheet.
REAL_ROWS = {
    "beijing_published.csv": 39, "haidian_2003_addresses.csv": 2003, "haidian_302_points.csv": 302,
    "other_cities_published.csv": 141, "zhengzhou_82.csv": 82,
}  # fmt: skip


@pytest.fixture
def register(tmp_path: Path) -> Path:
    return tmp_path / "register.sqlite"


def run(capsys: Captured, register: Path, *arguments: str | Path) -> tuple[int, str, str]:
    code = main(["import", *(str(argument) for argument in arguments), "--register", str(register)])
    said = capsys.readouterr()
    return code, said.out, said.err


def told(capsys: Captured, register: Path, *arguments: str | Path) -> dict[str, Any]:
    _, out, err = run(capsys, register, *arguments, "--json")
    assert err == ""
    read: dict[str, Any] = json.loads(out)
    return read


def names(register: Path) -> set[str]:
    with Register.open(register) as opened:
        return {entry.place.name for entry in opened.all() if entry.place.status == "open"}


def test_a_dry_run_writes_nothing_at_all(tmp_path: Path, register: Path, capsys: Captured) -> None:
    path = save(tmp_path / "list.csv", HEADER, DONGSI, XIDAN)
    code, out, err = run(capsys, register, path, "--datum", "wgs84", "--dry-run")

    assert (code, err) == (0, "")
    assert "试运行：什么都没有写入（将写入 2 个站点）" in out
    assert sorted(tmp_path.iterdir()) == [path]


def test_import_again_and_roll_back(tmp_path: Path, register: Path, capsys: Captured) -> None:
    path = save(tmp_path / "list.csv", HEADER, DONGSI, XIDAN)

    first = told(capsys, register, path, "--datum", "wgs84", "--who", "张三")
    assert (first["written"], first["places_written"], first["totals"]["new"]) == (True, 2, 2)
    assert names(register) == {"东四暖心驿站", "西单爱心驿站"}
    again = told(capsys, register, path, "--datum", "wgs84")
    assert again["totals"] == {"new": 0, "changed": 0, "same": 2, "needs_human": 0, "rejected": 0}

    code, out, _ = run(capsys, register, "--rollback", first["import"])
    assert (code, out) == (0, f"已撤销 {first['import']}：2 个新增站点停用，0 个站点恢复原状\n")
    assert names(register) == set()
    code, _, err = run(capsys, register, "--rollback", first["import"])
    assert (code, err) == (2, f"yizhan: {first['import']} was rolled back already\n")


def test_rows_that_are_left_are_told_by_the_exit_code(tmp_path: Path, register: Path, capsys: Captured) -> None:
    path = save(tmp_path / "list.csv", HEADER, DONGSI, ("东四仓库", "x", "116.4", "39.9"))

    assert run(capsys, register, path, "--datum", "wgs84")[0] == EXIT_ROWS_LEFT == 3
    assert names(register) == {"东四暖心驿站"}, "the others are written"


def test_coordinates_of_an_unknown_datum_are_asked_for(tmp_path: Path, register: Path, capsys: Captured) -> None:
    code, out, _ = run(capsys, register, save(tmp_path / "list.csv", HEADER, DONGSI))

    assert code == EXIT_ROWS_LEFT
    assert "请用 --datum 指定" in out and names(register) == set()


def test_a_refusal_is_one_line_in_the_clerks_language(tmp_path: Path, register: Path, capsys: Captured) -> None:
    bomb = workbook(tmp_path / "a.xlsx", extra={"x.bin": b"\0" * 200_000_000})

    code, out, err = run(capsys, register, bomb)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("yizhan: 工作簿异常（解压后 200 MB），可能是压缩炸弹")
    assert run(capsys, register, bomb, "--lang", "en")[2].startswith("yizhan: the workbook has 200 MB once unpacked")
    assert not register.exists()


def test_two_candidates_are_settled_by_map_and_remembered(tmp_path: Path, register: Path, capsys: Captured) -> None:
    header = ("站点名称", *HEADER[1:], "单位名称")
    path = save(tmp_path / "list.csv", header, (*DONGSI, "某公司"))
    mapping = tmp_path / "list.toml"

    code, _, err = run(capsys, register, path, "--datum", "wgs84")
    assert code == 2 and "请用 --map name=站点名称 选定" in err
    options: list[str | Path] = ["--datum", "wgs84", "--map", "name=站点名称", "--save-mapping", mapping]
    assert run(capsys, register, path, *options)[0] == 0
    assert run(capsys, register, path, "--mapping", mapping, "--dry-run")[0] == 0
    assert names(register) == {"东四暖心驿站"}


def test_a_report_file(tmp_path: Path, register: Path, capsys: Captured) -> None:
    path = save(tmp_path / "list.csv", HEADER, DONGSI)
    for name in ("r.csv", "r.xlsx", "r.json"):
        assert run(capsys, register, path, "--datum", "wgs84", "--dry-run", "--report", tmp_path / name)[0] == 0
        assert (tmp_path / name).stat().st_size > 100


@pytest.mark.parametrize(
    "arguments", [[], ["a.csv", "--rollback", "x"], ["a.csv", "--datum", "utm"], ["a.csv", "--kind", "x"]]
)
def test_a_command_that_makes_no_sense_is_refused(arguments: list[str], capsys: Captured) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["import", *arguments])
    assert stop.value.code == 2


def test_a_list_that_is_not_there(tmp_path: Path, register: Path, capsys: Captured) -> None:
    code, _, err = run(capsys, register, tmp_path / "none.csv")

    assert (code, err.count("\n")) == (2, 1)


def real_list(name: str) -> Path:
    path = real_data() / "stations" / name
    if not path.is_file():
        message = f"no real list at {path}; set YIZHAN_REAL_DATA to the folder that holds stations/{name}"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return path


@pytest.mark.real
@pytest.mark.parametrize(("name", "count"), REAL_ROWS.items(), ids=list(REAL_ROWS))
@pytest.mark.parametrize("in_city", [False, True], ids=["anywhere", "in the sample city"])
def test_a_real_list_survives(
    name: str, count: int, in_city: bool, register: Path, sample_pack: Path, capsys: Captured
) -> None:
    city: list[str | Path] = ["--city", sample_pack] if in_city else []
    said = told(capsys, register, real_list(name), "--dry-run", *city)

    assert said["rows"] == count == sum(said["totals"].values()) == len(said["results"])
    rows = [result["row"] for result in said["results"]]
    assert rows == sorted(set(rows))
    for result in said["results"]:
        assert bool(result["outcome"] in {"needs_human", "rejected"}) == any(
            reason["weight"] != "note" for reason in result["reasons"]
        )


@pytest.mark.real
def test_a_real_list_is_written_is_the_same_again_and_is_rolled_back(register: Path, capsys: Captured) -> None:
    path = real_list("zhengzhou_82.csv")

    first = told(capsys, register, path)
    assert first["totals"]["new"] >= 80
    again = told(capsys, register, path)
    assert again["totals"]["new"] == again["totals"]["changed"] == again["places_written"] == 0
    assert run(capsys, register, "--rollback", first["import"])[0] == 0
    assert names(register) == set()
