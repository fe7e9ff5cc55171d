"""The command yizhan nearest: its conditions, and what it says of nearer places that were passed over."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path

import pytest

from geo.choosing.conditions import Failure
from geo.city import City
from geo.cli import main
from geo.cli_nearest import passed_line, sentence
from geo.coords import LonLat
from geo.finding.nearest import PassedOver
from geo.places.hours import CHINA
from geo.places.model import ACCESSES, Place, Service
from webmap import create_app

Captured = pytest.CaptureFixture[str]
PLACE = Place("p", "东四驿站", LonLat(116.41, 39.92), "building", (Service("rest_stop"),), "test")


def said(capsys: Captured, pack: Path, *words: str) -> str:
    code = main(["nearest", "--city", str(pack), "--at", "116.41,39.92", *words])
    out, errors = capsys.readouterr()
    assert (code, errors) == (0, "")
    return out


# --- what is said of one place ---


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (Failure("status", "open", "paused"), "paused"),
        (Failure("status", "open", "planned"), "planned"),
        (Failure("service", "haircut", None), "no haircut"),
        (Failure("service", "haircut|water_point", None), "no haircut or water point"),
        (Failure("amenity", "microwave", "no"), "no microwave"),
        (Failure("amenity", "hot_water", None), "hot water not known"),
        (Failure("access", "walk_in|ask_guard", "key"), "only with a key"),
        (Failure("access", "walk_in", "ask_guard"), "only by asking the guard"),
        (Failure("access", "walk_in", None), "way in not known"),
        (Failure("audience", "couriers", "drivers|union_members"), "only for drivers or union members"),
        (Failure("accuracy", "building", "subdistrict"), "position only subdistrict"),
        (Failure("open", "15min", "closed"), "closed when you arrive"),
        (Failure("open", "15min", "5min"), "closes 5 min after you arrive"),
        (Failure("open", "15min", "0min"), "closes as you arrive"),
        (Failure("open", "15min", None), "hours unknown"),
    ],
)
def test_a_failure_in_english(failure: Failure, words: str) -> None:
    assert sentence(failure) == words


@pytest.mark.parametrize("access", ACCESSES)
def test_every_way_in_has_its_words(access: str) -> None:
    words = sentence(Failure("access", "unknown", access))
    assert words.startswith("only ") and "_" not in words


CLOSED, BARE = Failure("open", "15min", "closed"), Failure("amenity", "microwave", "no")


@pytest.mark.parametrize(
    ("failures", "opens_in_s", "line"),
    [
        ((BARE,), None, "no microwave"),
        ((BARE,), 480.0, "no microwave"),
        ((CLOSED,), 480.0, "closed when you arrive (opens 8 min later)"),
        ((CLOSED,), 1.0, "closed when you arrive (opens 1 min later)"),
        ((CLOSED,), 3541.0, "closed when you arrive (opens 1 h later)"),
        ((CLOSED,), 3 * 86400.0, "closed when you arrive (opens 3 days later)"),
        ((CLOSED,), None, "closed when you arrive"),
        ((BARE, CLOSED), 480.0, "no microwave, closed when you arrive (opens 8 min later)"),
        ((Failure("open", "15min", "5min"),), 0.0, "closes 5 min after you arrive"),
    ],
)
def test_the_line_of_a_place_that_was_passed_over(
    failures: tuple[Failure, ...], opens_in_s: float | None, line: str
) -> None:
    arrival = datetime(2026, 11, 23, 12, 0, tzinfo=CHINA)
    passed = PassedOver(PLACE, 126.0, failures, arrival, None, opens_in_s)
    assert passed_line(passed) == f"passed over: 东四驿站 2.1 min — {line}"


# --- what the command answers ---


def test_every_nearer_place_is_told_with_its_reason(sample_pack: Path, capsys: Captured) -> None:
    lines = said(capsys, sample_pack, "-k", "2", "--amenity", "microwave", "--passed", "all").splitlines()
    results = [match for line in lines if (match := re.match(r"\d\. (?P<name>.*)  (?P<min>[\d.]+) min ", line))]
    passed = [match for line in lines if (match := re.fullmatch(
        r"passed over: (?P<name>.*) (?P<min>[\d.]+) min — (no microwave|microwave not known)", line
    ))]  # fmt: skip
    assert len(lines) == 3 * len(results) + len(passed) and len(results) == 2 and len(passed) > 2

    minutes = [float(match["min"]) for match in passed]
    assert minutes == sorted(minutes) and minutes[-1] <= float(results[-1]["min"])

    nearest = said(capsys, sample_pack, "-k", str(len(results) + len(passed)))
    everybody = re.findall(r"^\d+\. (.*)  [\d.]+ min ", nearest, flags=re.MULTILINE)
    assert {match["name"] for match in (*results, *passed)} == set(everybody), "a result, or told why not"


@pytest.mark.parametrize(("passed", "lines"), [("0", 0), ("3", 3)])
def test_as_many_as_one_wants_are_listed_and_the_rest_counted(
    sample_pack: Path, capsys: Captured, passed: str, lines: int
) -> None:
    out = said(capsys, sample_pack, "-k", "1", "--service", "haircut", "--passed", passed).splitlines()
    told = [line for line in out if line.startswith("passed over: ")]
    everything = said(capsys, sample_pack, "-k", "1", "--service", "haircut", "--passed", "all").splitlines()
    count = sum(line.startswith("passed over: ") for line in everything)
    assert len(told) == lines + 1 and count > 3
    assert told[-1] == f"passed over: {count - lines} more; --passed all lists them"
    assert told[:-1] == [line for line in everything if line.startswith("passed over: ")][:lines]


def test_the_words_are_those_of_the_api(sample_pack: Path, sample_city: City, capsys: Captured) -> None:
    asked = ["--amenity-or-unknown", "microwave", "--access", "walk_in,ask_guard", "--access", "unknown"]
    asked += ["--audience", "couriers", "--accuracy", "illustrative", "--open", "arrival", "--min-left", "1h"]
    asked += ["--when", "2026-11-23T12:00", "--passed", "all", "--no-paths", "--json"]

    answer = json.loads(said(capsys, sample_pack, *asked))

    address = "lon=116.41&lat=39.92&amenity_or_unknown=microwave&access=walk_in,ask_guard&access=unknown"
    address += "&audience=couriers&accuracy=illustrative&open=arrival&min_left=1h&when=2026-11-23T12:00&passed=all"
    response = create_app(sample_city).test_client().get(f"/api/v1/nearest?{address}&paths=no")
    assert response.status_code == 200 and answer == response.get_json()
    assert answer["results"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--amenity-or-unknown", "microwav"], "amenity_or_unknown='microwav' is not known; did you mean microwave?"),
        (["--amenity-or-unknown", "wifi", "--amenity", "wifi"], "amenity_or_unknown=wifi contradicts amenity=wifi"),
        (["--access", "door"], "access='door' is not known; known are walk_in"),
        (["--audience", "courier"], "did you mean couriers?"),
        (["--accuracy", "buildin"], "did you mean building?"),
        (["--min-left", "1h"], "add open=arrival"),
        (["--open", "arrival", "--min-left", "2days"], "min_left='2days' is not a length of time; write 15min"),
        (["--passed", "many"], "passed='many' must be all or a whole number from 0 to 1000"),
    ],
)
def test_a_wrong_condition_is_refused_in_one_line(
    sample_pack: Path, capsys: Captured, words: list[str], said: str
) -> None:
    code = main(["nearest", "--city", str(sample_pack), "--at", "116.41,39.92", *words])
    out, errors = capsys.readouterr()
    assert (code, out) == (2, "")
    assert errors.startswith("yizhan: ") and errors.count("\n") == 1
    assert said in errors
