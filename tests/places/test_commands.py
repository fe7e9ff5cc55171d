"""``yizhan places``, ``backup`` and ``restore``, on both engines."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from geo.cli import main
from geo.cli_places import VARIABLE
from geo.places.model import Service, place_to_json
from geo.places.store import Register
from tests.places.test_store import HOUR, STATION, WHEN, add, change

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def filled(register: Register, where: str) -> str:
    barber = replace(
        STATION, id="hc-1", name="理发\x1b[2J店", subdistrict="景山", services=(Service("haircut"),), status="paused"
    )
    add(register, STATION, barber)
    change(register, replace(STATION, phone="010-12351", amenities={"toilet": "no"}), 1, WHEN + HOUR)
    return where


def run(capsys: Captured, *arguments: str | Path) -> tuple[int, str, str]:
    code = main([str(argument) for argument in arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_places_are_listed(filled: str, capsys: Captured) -> None:
    barber = "hc-1  理发 [2J店  景山  haircut  paused"
    station = "ss-dongsi  东四街道工会服务站  东四  service_station, rest_stop  open"

    for chosen, expected in [
        ((), [barber, station]),
        (("--subdistrict", "东四"), [station]),
        (("--service", "haircut"), [barber]),
        (("--status", "open", "--service", "rest_stop"), [station]),
    ]:
        code, said, errors = run(capsys, "places", "list", "--register", filled, *chosen)
        assert (code, said.splitlines(), errors) == (0, expected, "")

    _, said, _ = run(capsys, "places", "list", "--register", filled, "--status", "retired")
    assert said.endswith("2 places, none of these\n")


def test_places_for_programs(filled: str, register: Register, capsys: Captured) -> None:
    _, said, _ = run(capsys, "places", "list", "--register", filled, "--json")
    assert json.loads(said) == [place_to_json(place) | {"version": version} for place, version in register.all()]

    _, said, _ = run(capsys, "places", "show", "ss-dongsi", "--register", filled, "--json")
    assert json.loads(said)["version"] == 2

    _, said, _ = run(capsys, "places", "history", "ss-dongsi", "--register", filled, "--json")
    rows = json.loads(said)
    assert len(rows) == len(register.history("ss-dongsi"))
    assert rows[-1] | {"serial": 0} == {
        "serial": 0, "edit": 2, "place": "ss-dongsi", "version": 2, "who": "wang", "at": "2026-11-22T13:00:00+00:00",
        "source": "a call", "field": "phone", "before": None, "after": "010-12351",
    }  # fmt: skip


def test_a_place_is_shown_with_all_that_is_known(filled: str, capsys: Captured) -> None:
    code, said, _ = run(capsys, "places", "show", "ss-dongsi", "--register", filled)

    assert code == 0
    assert "name: 东四街道工会服务站\n" in said and "amenities.toilet: no\n" in said and "phone: 010-12351\n" in said
    assert 'facts.amenities.toilet: {"source": "a visit", "checked": "2026-11-01", "by": "王"}\n' in said
    assert "host" not in said, "what is unknown is left out"
    assert said.endswith("version: 2\n")


def test_a_history_says_who_when_and_what(filled: str, capsys: Captured) -> None:
    code, said, _ = run(capsys, "places", "history", "ss-dongsi", "--register", filled)

    assert code == 0
    assert said.startswith("2026-11-22 12:00 UTC  version 1  li  a list\n    accuracy: unknown → exact\n")
    assert said.endswith(
        "2026-11-22 13:00 UTC  version 2  wang  a call\n"
        "    amenities.toilet: yes → no\n    amenities.water: no → unknown\n    phone: unknown → 010-12351\n"
    )


def test_backup_and_restore(filled: str, register: Register, tmp_path: Path, capsys: Captured) -> None:
    file, other = tmp_path / "backup.sqlite", tmp_path / "other" / "register.sqlite"

    code, said, _ = run(capsys, "backup", file, "--register", filled)
    assert code == 0 and said.endswith(f" → {file}: written and checked\n")
    assert run(capsys, "restore", file, "--register", other)[:2] == (0, f"{file}: restored\n")
    with Register.open(other) as restored:
        assert restored.changes() == register.changes()

    code, _, errors = run(capsys, "restore", file, "--register", filled)
    assert code == 2 and "restore with --force" in errors
    code, said, _ = run(capsys, "restore", file, "--register", filled, "--force")
    assert code == 0 and "what was there is kept as" in said


def test_an_empty_register_says_what_to_do(register: Register, where: str, capsys: Captured) -> None:
    code, said, _ = run(capsys, "places", "list", "--register", where)

    assert code == 0 and said.endswith("no places yet; yizhan import brings a list of them in\n")


def test_the_environment_names_the_register(filled: str, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, filled)

    assert run(capsys, "places", "show", "hc-1")[0] == 0


@pytest.mark.parametrize("where", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["places", "show", "none"], "no place 'none' in the register; yizhan places list"),
        (["places", "history", "none"], "no place 'none'"),
        (["places", "list", "--service", "sauna"], "service='sauna' is not known; write one of service_station"),
        (["places", "list", "--status", "shut"], "status='shut' is not known; write one of planned"),
        (["restore", "no/such.sqlite"], "no/such.sqlite: no such backup"),
    ],
)
def test_a_wrong_question_is_refused_in_one_line(filled: str, capsys: Captured, asked: list[str], said: str) -> None:
    code, out, errors = run(capsys, *asked, "--register", filled)

    assert (code, out) == (2, "")
    assert errors.startswith("yizhan: ") and errors.count("\n") == 1 and said in errors


def test_a_register_that_is_not_there_is_not_made(tmp_path: Path, capsys: Captured) -> None:
    for asked in (["places", "list"], ["places", "show", "x"], ["backup", str(tmp_path / "b")]):
        code, _, errors = run(capsys, *asked, "--register", tmp_path / "none.sqlite")
        assert code == 2 and "no register there; name another, or import places to make it" in errors
    assert list(tmp_path.iterdir()) == []
