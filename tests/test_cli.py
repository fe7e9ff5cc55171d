"""The command line: answers for people, answers for programs, refusals in one line."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import geo.cli
from geo.city import City
from geo.cli import SAMPLE, default_city, main
from geo.pack.folder import FORMAT, MANIFEST, read_manifest
from geo.pack.sample import sample_folder
from tests.osm.elements import Element, Node, Way, to_xml
from webmap import create_app

Captured = pytest.CaptureFixture[str]


def run(capsys: Captured, *arguments: str | Path) -> tuple[int, str, str]:
    """Return the exit code, what stood on stdout and on stderr."""
    code = main([str(argument) for argument in arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


# --- nearest ---


def test_nearest_for_people(sample_pack: Path, capsys: Captured) -> None:
    code, said, errors = run(capsys, "nearest", "--city", sample_pack, "--at", "116.41,39.92", "-k", "2")

    assert (code, errors) == (0, "")
    first, offers, openness, second, *_ = said.splitlines()
    assert first.startswith("1. ") and second.startswith("2. ")
    assert " min  " in first and " m (straight " in first
    assert "position illustrative" in offers and "yizhan sample, illustrative" in offers
    assert openness.strip().startswith("on arrival: ")


def test_nearest_for_programs_is_what_the_api_answers(sample_pack: Path, sample_city: City, capsys: Captured) -> None:
    asked = ["--at", "116.41,39.92", "-k", "3", "--mode", "ebike", "--cutoff", "20min", "--service", "rest_stop"]
    asked += ["--amenity", "microwave", "--amenity", "socket", "--when", "2026-11-23T12:00"]

    code, said, _ = run(capsys, "nearest", "--city", sample_pack, *asked, "--json")

    assert code == 0
    address = "lon=116.41&lat=39.92&k=3&mode=ebike&cutoff=20min&service=rest_stop&amenity=microwave,socket"
    address += "&when=2026-11-23T12:00"
    response = create_app(sample_city).test_client().get(f"/api/v1/nearest?{address}")
    assert json.loads(said) == response.get_json()
    assert json.loads(said)["results"]


def test_no_place_within_the_time_names_the_nearest_in_a_straight_line(sample_pack: Path, capsys: Captured) -> None:
    code, said, _ = run(
        capsys, "nearest", "--city", sample_pack, "--at", "116.41,39.92", "--cutoff", "1s", "--service", "haircut"
    )

    assert code == 0
    assert said.startswith("no such place within 1s; the nearest in a straight line is ") and said.endswith(" m\n")


def test_a_service_that_nobody_offers_is_said_so(sample_pack: Path, capsys: Captured) -> None:
    code, said, _ = run(capsys, "nearest", "--city", sample_pack, "--at", "116.41,39.92", "--service", "benefit")

    first, *others = said.splitlines()
    assert (code, first) == (0, "no such place within 30min")
    assert len(others) == 21 and others[-1].endswith(" more; --passed all lists them")
    assert all(line.startswith("passed over: ") and line.endswith(" min — no benefit") for line in others[:-1])


@pytest.mark.parametrize("at", ["116.41, 39.92", " 116.41,39.92 "])
def test_spaces_around_numbers_do_no_harm(sample_pack: Path, capsys: Captured, at: str) -> None:
    assert run(capsys, "nearest", "--city", sample_pack, "--at", at)[0] == 0


# --- refusals ---

REFUSED = [
    (["--at", "116.41"], "at='116.41' must be LON,LAT, e.g. 116.41,39.92"),
    (["--at", "116.41;39.92"], "must be LON,LAT"),
    (["--at", "nan,39.92"], "lon='nan' is not a number"),
    (["--at", "1,2,3"], "lat='2,3' is not a number"),
    (["--at", "39.92,116.41"], "give the longitude first, lon=116.41, lat=39.92"),
    (["--at", "0,0"], "lies outside 东城区（示例）"),
    (["--at", "116.41,39.92", "-k", "0"], "k='0' must be a whole number from 1 to 50"),
    (["--at", "116.41,39.92", "-k", "many"], "k='many' must be a whole number"),
    (["--at", "116.41,39.92", "--mode", "fly"], "mode='fly' is not known"),
    (["--at", "116.41,39.92", "--service", "reststop"], "did you mean rest_stop?"),
    (["--at", "116.41,39.92", "--amenity", "microwav"], "did you mean microwave?"),
    (["--at", "116.41,39.92", "--cutoff", "5h"], "at most 4h"),
    (["--at", "116.41,39.92", "--cutoff", "soon"], "write 15min, 900s or 0.5h"),
]


@pytest.mark.parametrize(("arguments", "said"), REFUSED, ids=[" ".join(row[0]) for row in REFUSED])
def test_a_wrong_question_is_refused_in_one_line(
    sample_pack: Path, capsys: Captured, arguments: list[str], said: str
) -> None:
    code, out, errors = run(capsys, "nearest", "--city", sample_pack, *arguments)

    assert (code, out) == (2, "")
    assert errors.startswith("yizhan: ") and errors.count("\n") == 1
    assert said in errors


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nearest", "--city", "no/such", "--at", "116.41,39.92"], "no/such: no city pack there"),
        (["build", "--osm", "no/such.osm.pbf", "--out", "x"], "no/such.osm.pbf: no such file"),
        (["build", "--bbox=1,2,3", "--out", "x"], "must be four numbers W,S,E,N"),
        (["build", "--bbox=1,2,3,a", "--out", "x"], "bbox='a' is not a number"),
        (["build", "--bbox=1,2,3,91", "--out", "x"], "bbox=91 is out of range"),
        (["build", "--bbox=3,2,1,4", "--out", "x"], "west must be less than east"),
        (["build", "--bbox=1,2,1,4", "--out", "x"], "is empty"),
        (["build", "--bbox=1,4,3,2", "--out", "x"], "south less than north"),
    ],
)
def test_a_wrong_build_is_refused_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured, arguments: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)

    code, out, errors = run(capsys, *arguments)

    assert (code, out) == (2, "")
    assert errors.startswith("yizhan: ") and errors.count("\n") == 1
    assert said in errors
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["fly"],
        ["nearest"],
        ["build", "--out", "x"],
        ["build", "--osm", "a", "--bbox=1,2,3,4", "--out", "x"],
        ["build", "--osm", "a", "--out", "x", "--timeout", "soon"],
        ["build", "--osm", "a", "--out", "x", "--timeout", "0"],
        ["build", "--osm", "a", "--out", "x", "--timeout", "-5"],
        ["build", "--osm", "a", "--out", "x", "--timeout", "1.5"],
        ["serve", "--port", "99999"],
        ["serve", "--port", "-1"],
        ["serve", "--port", "８０"],
    ],
    ids=lambda arguments: " ".join(arguments) or "nothing",
)
def test_a_wrong_command_ends_with_code_2_and_its_usage(arguments: list[str], capsys: Captured) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)

    assert stopped.value.code == 2
    assert capsys.readouterr().err.startswith("usage: yizhan")


@pytest.mark.parametrize(
    "command",
    ["", "build", "sample", "nearest", "along", "search", "serve", "places", "places list", "places show",
     "places history", "backup", "restore", "import", "export", "hours", "calendar", "calendar show",
     "calendar import", "events", "poster", "coverage", "gaps", "site", "report", "reports list", "reports close",
     "advisory set", "advisory list", "advisory clear"],
)  # fmt: skip
def test_help_is_there_for_every_command(command: str, capsys: Captured) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([*command.split(), "--help"])

    said = capsys.readouterr().out
    assert stopped.value.code == 0
    assert said.startswith(f"usage: yizhan {command}".strip())
    assert "%(" not in said


def test_every_command_has_a_help_that_is_tested() -> None:
    parser = geo.cli._parser()
    (commands,) = [action.choices for action in parser._actions if action.choices]

    assert set(commands) == {
        "build", "sample", "nearest", "along", "search", "serve", "places", "backup", "restore", "import", "export",
        "hours", "calendar", "events", "poster", "coverage", "gaps", "site", "report", "reports", "advisory",
    }  # fmt: skip


# --- when things are cut short ---


def test_ctrl_c_is_no_traceback(sample_pack: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(City, "open", interrupted)

    code, _, errors = run(capsys, "nearest", "--city", sample_pack, "--at", "116.41,39.92")

    assert (code, errors) == (130, "yizhan: stopped; nothing was left half-written\n")


@pytest.mark.parametrize("form", [["-k", "1"], ["-k", "50", "--json"]], ids=["a few lines", "more than a pipe holds"])
def test_a_reader_that_goes_away_is_no_fault(sample_pack: Path, form: list[str]) -> None:
    """As in ``yizhan nearest … --json | head -1``."""
    command = [sys.executable, "-m", "geo.cli", "nearest", "--city", str(sample_pack), "--at", "116.41,39.92", *form]
    reading, writing = os.pipe()
    os.close(reading)

    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}

    done = subprocess.run(
        command, stdout=writing, stderr=subprocess.PIPE, env=buffered, timeout=60, check=False, text=True
    )
    os.close(writing)

    assert (done.returncode, done.stderr) == (0, "")


# --- build and sample ---


def test_a_city_is_built_from_a_file(tmp_path: Path, capsys: Captured) -> None:
    streets: list[Element] = [Node(1, 116.4, 39.9), Node(2, 116.41, 39.9), Way(3, [1, 2, 9], {"highway": "path"})]
    osm = tmp_path / "east.osm"
    osm.write_bytes(to_xml(streets))

    code, said, errors = run(capsys, "build", "--osm", osm, "--out", tmp_path / "packs" / "east", "--name-en", "East")

    assert (code, errors) == (0, "")
    assert "east → " in said and "1 streets, 0 places" in said
    assert "left out: 1 way nodes that the file does not hold" in said
    manifest = read_manifest(tmp_path / "packs" / "east")
    assert (manifest.name, manifest.name_en, manifest.sources[0]["origin"]) == ("east", "East", "east.osm")


def test_the_sample_is_built_where_one_wants_it(tmp_path: Path, capsys: Captured) -> None:
    code, said, _ = run(capsys, "sample", "--out", tmp_path / "here")

    assert code == 0
    assert "233 places" in said
    assert read_manifest(tmp_path / "here").sample


# --- which city is served when none is named ---


@pytest.fixture
def packs(tmp_path: Path, sample_pack: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of packs; the sample is copied instead of built, with the time of the copying."""

    def copied(out: Path) -> None:
        if out.exists():
            shutil.rmtree(out)
        shutil.copytree(sample_pack, out)
        os.utime(out / MANIFEST)

    monkeypatch.setattr(geo.cli, "_build_sample", copied)
    return tmp_path / "packs"


def make_pack(packs: Path, name: str, age_s: float) -> Path:
    manifest = packs / name / MANIFEST
    manifest.parent.mkdir(parents=True)
    manifest.write_text("")
    set_age(manifest, age_s)
    return manifest.parent


def set_age(path: Path, age_s: float) -> None:
    """Make a file that much older than the sample's newest table."""
    newest = max(table.stat().st_mtime for table in sample_folder().glob("*.csv"))
    os.utime(path, (newest - age_s, newest - age_s))


def test_without_any_pack_the_sample_is_built(packs: Path) -> None:
    assert default_city(packs) == packs / SAMPLE
    assert City.open(packs / SAMPLE).manifest.sample


def test_the_sample_is_built_once(packs: Path) -> None:
    default_city(packs)
    set_age(packs / SAMPLE / MANIFEST, -1)
    (packs / SAMPLE / "mark").write_text("")

    assert default_city(packs) == packs / SAMPLE
    assert (packs / SAMPLE / "mark").exists()


def test_a_sample_older_than_its_tables_is_built_again(packs: Path) -> None:
    default_city(packs)
    (packs / SAMPLE / "mark").write_text("")
    set_age(packs / SAMPLE / MANIFEST, 10)

    assert default_city(packs) == packs / SAMPLE
    assert not (packs / SAMPLE / "mark").exists()


def test_a_sample_of_an_older_format_is_built_again(packs: Path) -> None:
    default_city(packs)
    manifest = packs / SAMPLE / MANIFEST
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(text.replace(f"format = {FORMAT}", "format = 1"), encoding="utf-8")
    set_age(manifest, -1)

    assert City.open(default_city(packs)).manifest.sample


def test_the_newest_other_pack_wins(packs: Path) -> None:
    default_city(packs)
    make_pack(packs, "beijing", age_s=2000)
    shanghai = make_pack(packs, "shanghai", age_s=1000)
    make_pack(packs, "xian", age_s=3000)

    assert default_city(packs) == shanghai


def test_a_pack_that_is_being_built_does_not_count(packs: Path) -> None:
    make_pack(packs, ".beijing.building-x", age_s=0)
    (packs / "empty").mkdir()

    assert default_city(packs) == packs / SAMPLE


def test_a_city_of_ones_own_does_not_build_the_sample(packs: Path) -> None:
    beijing = make_pack(packs, "beijing", age_s=0)

    assert default_city(packs) == beijing
    assert not (packs / SAMPLE).exists()
