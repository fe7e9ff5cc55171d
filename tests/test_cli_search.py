"""``yizhan search``: names and addresses on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from geo.cli import EXIT_REFUSED, main


def test_it_finds_what_people_type(sample_pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", "dongsi", "--city", str(sample_pack), "--limit", "3"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert 0 < len(lines) <= 3
    assert all("东四" in line for line in lines)


def test_an_unknown_number_is_said_to_be_unknown(sample_pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", "东四四条 99999 号", "--city", str(sample_pack)]) == 0

    assert "number not known, middle of the street" in capsys.readouterr().out


def test_json_holds_every_field(sample_pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["search", "东四四条1号", "--city", str(sample_pack), "--near", "116.42,39.93", "--json"]
    assert main(words) == 0

    (*_, street) = json.loads(capsys.readouterr().out)
    assert set(street) == {"name", "name_en", "kind", "context", "position", "place_id", "also", "address", "exact"}
    assert street["exact"] is False


def test_finding_nothing_is_no_error(sample_pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", "没有这个地方", "--city", str(sample_pack)]) == 0

    assert "nothing has such a name" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--limit", "0"], "limit='0' must be a whole number from 1 to 100"),
        (["--limit", "x"], "limit='x' must be"),
        (["--near", "116.4"], "near='116.4' must be LON,LAT"),
        (["--near", "116.4,north"], "near"),
        (["--near", "nan,39.9"], "near"),
    ],
    ids=["none", "no number", "one number", "no degrees", "not a number"],
)
def test_what_is_not_understood_is_refused(
    sample_pack: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert main(["search", "东四", "--city", str(sample_pack), *words]) == EXIT_REFUSED

    assert said in capsys.readouterr().err
