"""Warnings of heat and cold: in force from then until then, set whole or not at all."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from geo.cli import main
from geo.errors import InputError, RegisterError
from geo.places.advisories import FILE, LONGEST, RELIEF, Advisory, AdvisoryFile
from geo.places.model import AMENITIES

NOON = datetime(2026, 7, 12, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
HEAT = Advisory("heat", NOON, NOON + 8 * HOUR, "li", "红色预警", "https://weather.example/1")


def test_relief_is_kit_that_the_model_knows() -> None:
    assert RELIEF == {"heat": "air_conditioner", "cold": "heating"}
    assert set(RELIEF.values()) <= set(AMENITIES)


@pytest.mark.parametrize(
    ("when", "in_force", "reason"),
    [
        (NOON - timedelta(seconds=1), False, "not yet set"),
        (NOON, True, "from the moment on"),
        (HEAT.until - timedelta(seconds=1), True, "to the last second"),
        (HEAT.until, False, "it ends by itself"),
    ],
)
def test_when_it_is_in_force(when: datetime, in_force: bool, reason: str) -> None:
    assert HEAT.in_force(when) is in_force, reason


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"kind": "storm"}, "'storm' is not known"),
        ({"until": NOON}, "later than now"),
        ({"until": NOON + LONGEST + HOUR}, "at most 14 days"),
        ({"until": datetime(2026, 7, 13)}, "no time zone"),  # noqa: DTZ001
        ({"note": "x" * 201}, "201 characters"),
        ({"note": "a\x1b[2J"}, "printable"),
        ({"source": "javascript:alert(1)"}, "must begin with https"),
        ({"source": "https://" + "x" * 500}, "508 characters"),
    ],
)
def test_what_is_no_advisory(values: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        replace(HEAT, **values)


def test_one_gives_way_to_the_next_and_goes(tmp_path: Path) -> None:
    file = AdvisoryFile(tmp_path / "state" / FILE)
    assert (file.read(), file.stamp(), file.clear()) == (None, None, False)
    file.set(HEAT)
    first = file.stamp()
    assert file.read() == HEAT
    cold = Advisory("cold", NOON, NOON + HOUR, "wang")
    file.set(cold)
    assert file.read() == cold
    assert file.stamp() != first is not None
    assert [path.name for path in (tmp_path / "state").iterdir()] == [FILE], "nothing half-written is left"
    assert (file.clear(), file.read()) == (True, None)


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"kind": "heat", "since": 1}', '"x"', "\x00"])
def test_a_damaged_file_is_told(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE).write_text(content)
    with pytest.raises(RegisterError, match="clear it, or set it anew"):
        AdvisoryFile(tmp_path / FILE).read()


def test_a_keeper_sets_looks_and_clears(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    state = ["--state", str(tmp_path)]
    until = (datetime.now(UTC).astimezone() + 3 * HOUR).isoformat(timespec="minutes")
    words = [
        "advisory",
        "set",
        "heat",
        "until",
        until,
        "--note",
        "红色",
        "--source",
        "https://w.example",
        "--who",
        "li",
    ]
    assert main([*words, *state]) == 0
    assert "air_conditioner come first" in capsys.readouterr().out
    assert main(["advisory", "list", *state]) == 0
    assert "红色  https://w.example  set by li" in capsys.readouterr().out
    assert main(["advisory", "list", "--json", *state]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["kind"], found["who"], found["in_force"], found["note"]) == ("heat", "li", True, "红色")
    assert main(["advisory", "clear", *state]) == 0
    assert main(["advisory", "clear", *state]) == 0
    assert main(["advisory", "list", *state]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == [
        f"{tmp_path}: no advisory was set",
        f"{tmp_path}: no advisory",
    ]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("heat", "until", "2020-01-01T00:00"), "must be later than now"),
        (("cold", "until", "tomorrow"), "is not a time"),
    ],
)
def test_what_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], message: str
) -> None:
    assert main(["advisory", "set", *words, "--state", str(tmp_path)]) == 2
    assert message in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
