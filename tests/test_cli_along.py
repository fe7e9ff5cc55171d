"""The command yizhan along: what it says of a way and its stops, and what it refuses."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from geo.city import City
from geo.cli import main
from webmap import create_app

Captured = pytest.CaptureFixture[str]
ENDS = ["--from", "116.405,39.9", "--to", "116.415,39.935"]
LULL = ["--from", "116.41,39.92", "--to", "116.41,39.92", "--mode", "ebike", "--when", "2026-11-23T14:10"]


def said(capsys: Captured, pack: Path, *words: str) -> str:
    code = main(["along", "--city", str(pack), *words])
    out, errors = capsys.readouterr()
    assert (code, errors) == (0, "")
    return out


def test_a_way_and_its_stops_for_people(sample_pack: Path, capsys: Captured) -> None:
    out = said(capsys, sample_pack, *ENDS, "--when", "2026-11-23T12:00", "-k", "3")

    way, *lines = out.splitlines()
    there = re.fullmatch(r"the way takes (?P<min>[\d.]+) min, there at (?P<hour>\d\d):(?P<minute>\d\d)", way)
    assert there is not None
    assert 0 <= float(there["min"]) - (60 * (int(there["hour"]) - 12) + int(there["minute"])) <= 1.05
    stops = [re.fullmatch(r"(\d)\. (.+)  \+([\d.]+) min  \(([\d.]+) min from here\)", line) for line in lines[::3]]
    assert len(lines) == 9 and all(stops)
    assert [stop[1] for stop in stops if stop] == ["1", "2", "3"]
    detours = [float(stop[3]) for stop in stops if stop]
    assert detours == sorted(detours) and detours[-1] <= 10
    assert all(re.fullmatch(r"   \w+(, \w+)*  ·  position illustrative", line) for line in lines[1::3])
    assert all(line.startswith("   on arrival: ") for line in lines[2::3])


def test_a_break_in_a_lull(sample_pack: Path, capsys: Captured) -> None:
    """Between ten past two and three, with a socket and a microwave."""
    wanted = ["--until", "2026-11-23T15:00", "--stay", "20min", "--open", "arrival", "-k", "1"]
    way, first, _, state, most = said(capsys, sample_pack, *LULL, *wanted, "--amenity", "socket,microwave").splitlines()

    assert way == "the way takes 0.0 min, there at 14:10"
    detour = re.search(r"  \+([\d.]+) min  ", first)
    assert state.startswith("   on arrival: open")
    stay = re.fullmatch(r"   a break of up to (\d+) min", most)
    assert detour is not None and stay is not None
    assert 20 <= int(stay[1]) <= 50
    assert int(stay[1]) + float(detour[1]) == pytest.approx(50, abs=0.6)


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--service", "benefit"], "no such place within a detour of 10min"),
        (["--detour", "0s"], "no such place within a detour of 0s"),
        (
            ["--until", "2026-11-23T14:11"],
            "no such place within a detour of 10min that leaves time to be there by 14:11",
        ),
    ],
)
def test_no_stop_is_said_so(sample_pack: Path, capsys: Captured, words: list[str], line: str) -> None:
    assert said(capsys, sample_pack, *LULL, *words).splitlines()[1:] == [line]


def test_no_way_is_said_so(sample_pack: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(City, "along", lambda self, query: None)

    assert said(capsys, sample_pack, *ENDS) == "no way from 116.405,39.9 to 116.415,39.935 by walk\n"


@pytest.mark.parametrize("paths", [[], ["--no-paths"]], ids=["with ways", "without"])
def test_the_words_are_those_of_the_api(
    sample_pack: Path, sample_city: City, capsys: Captured, paths: list[str]
) -> None:
    asked = ["--via", "116.41,39.92", "--via", "116.4,39.91", "-k", "3", "--mode", "ebike", "--service", "rest_stop"]
    asked += ["--amenity-or-unknown", "microwave", "--amenity", "toilet", "--access", "walk_in,unknown", "--access"]
    asked += ["scan", "--audience", "couriers", "--accuracy", "illustrative", "--detour", "20min", "--open", "arrival"]
    asked += ["--min-left", "20min", "--stay", "10min", "--when", "2026-11-23T12:00", "--until", "2026-11-23T14:00"]

    answer = json.loads(said(capsys, sample_pack, *ENDS, *asked, *paths, "--json"))

    address = "from=116.405,39.9&to=116.415,39.935&via=116.41,39.92&via=116.4,39.91&k=3&mode=ebike&service=rest_stop"
    address += "&amenity_or_unknown=microwave&amenity=toilet&access=walk_in,unknown,scan&audience=couriers"
    address += "&accuracy=illustrative&detour=20min&open=arrival&min_left=20min&stay=10min"
    address += f"&when=2026-11-23T12:00&until=2026-11-23T14:00&paths={'no' if paths else 'yes'}"
    response = create_app(sample_city).test_client().get(f"/api/v1/along?{address}")
    assert response.status_code == 200 and answer == response.get_json()
    assert answer["stops"] and ("path_to" in answer["stops"][0]) == (not paths)


def test_what_is_not_said_is_as_the_api_has_it(sample_pack: Path, sample_city: City, capsys: Captured) -> None:
    answer = json.loads(said(capsys, sample_pack, *ENDS, "--when", "2026-11-23T12:00", "--json"))

    address = "/api/v1/along?from=116.405,39.9&to=116.415,39.935&when=2026-11-23T12:00"
    assert answer == create_app(sample_city).test_client().get(address).get_json()


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--from", "116.41"], "from='116.41' must be lon,lat in degrees, e.g. from=116.41,39.92"),
        (["--to", "north,39.92"], "to='north' is not a number"),
        (["--to", "39.92,116.41"], "give the longitude first, to=116.41,39.92"),
        (["--to", "0,0"], "lies outside 东城区（示例）"),
        (["--via", "116.41,39.92"] * 9, "via is given 9 times; give at most 8"),
        (["-k", "0"], "k='0' must be a whole number from 1 to 50"),
        (["--mode", "fly"], "mode='fly' is not known"),
        (["--service", "reststop"], "did you mean rest_stop?"),
        (["--amenity", "wifi", "--amenity-or-unknown", "wifi"], "contradicts amenity=wifi"),
        (["--detour", "3h"], "detour=3h is out of range; it must be 0min or more and at most 2h"),
        (["--detour", "soon"], "write 15min, 900s or 0.5h"),
        (["--min-left", "1h"], "min_left=1h asks for nothing while open=any"),
        (["--stay", "25h"], "stay=25h is out of range"),
        (["--until", "late"], "until='late' is not a time"),
        (["--when", "2026-11-23T15:00", "--until", "2026-11-23T14:00"], "must be after when=2026-11-23T15:00"),
        (["--when", "2026-11-23T15:00", "--until", "2026-11-23T15:30", "--stay", "31min"], "longer than the 30 min"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_wrong_question_is_refused_in_one_line(
    sample_pack: Path, capsys: Captured, words: list[str], line: str
) -> None:
    code = main(["along", "--city", str(sample_pack), *ENDS, *words])
    out, errors = capsys.readouterr()
    assert (code, out) == (2, "")
    assert errors.startswith("yizhan: ") and errors.count("\n") == 1
    assert line in errors


@pytest.mark.parametrize("words", [[], ENDS[:2], ENDS[2:]], ids=["neither end", "no destination", "no origin"])
def test_both_ends_are_needed(sample_pack: Path, capsys: Captured, words: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["along", "--city", str(sample_pack), *words])

    assert stopped.value.code == 2
    assert "the following arguments are required: " in capsys.readouterr().err
