"""``yizhan export``, as it is typed."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

import pytest

from geo.cli_export import FORMATS, add_export
from geo.errors import InterchangeError, PackError, YizhanError
from geo.pack.folder import read_places
from geo.places.interchange import FORMATS as KNOWN
from geo.places.interchange import read_back
from geo.places.store import Register


def run(*words: str) -> None:
    parser = argparse.ArgumentParser()
    add_export(parser, lambda *_: None)
    arguments = parser.parse_args(words)
    arguments.run(arguments)


def test_the_formats_are_those_that_can_be_written() -> None:
    assert FORMATS == KNOWN


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_city_is_exported(
    sample_pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], file_format: str
) -> None:
    out = tmp_path / f"places.{file_format}"

    run("--format", file_format, "--city", str(sample_pack), "--out", str(out))

    assert out.stat().st_size > 100
    assert str(out) in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == [out]


def test_the_calendar_says_what_is_left_out(
    sample_pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("--format", "ics", "--city", str(sample_pack), "--out", str(tmp_path / "places.ics"))

    assert "events" in capsys.readouterr().out


def test_a_register_is_exported(sample_pack: Path, tmp_path: Path) -> None:
    places = read_places(sample_pack)[:3]
    with Register.open(tmp_path / "register.db") as register:
        when = datetime(2026, 11, 22, tzinfo=UTC)
        with register.edit(who="test", when=when, source="test") as edit:
            for place in places:
                edit.add(place)

    run("--format", "csv", "--register", str(tmp_path / "register.db"), "--out", str(tmp_path / "places.csv"))

    found = read_back((tmp_path / "places.csv").read_bytes(), "csv")
    assert {place.id: place for place in found} == {place.id: place for place in places}


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(PackError):
        run("--format", "csv", "--city", str(tmp_path), "--out", str(tmp_path / "places.csv"))
    with pytest.raises(YizhanError):
        run("--format", "csv", "--register", str(tmp_path / "none.db"), "--out", str(tmp_path / "places.csv"))
    assert list(tmp_path.iterdir()) == []


def test_a_place_to_write_that_is_not_there_is_told(sample_pack: Path, tmp_path: Path) -> None:
    with pytest.raises(InterchangeError):
        run("--format", "csv", "--city", str(sample_pack), "--out", str(tmp_path / "nowhere" / "places.csv"))
