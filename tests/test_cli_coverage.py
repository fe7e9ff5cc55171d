"""The planner's commands: what they say, that --json is what the site answers, files, and refusals in one line."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from geo.city import City
from geo.cli import EXIT_REFUSED, main
from geo.coverage.scenario import Close, Scenario
from webmap import create_app
from webmap.settings import Settings

Captured = pytest.CaptureFixture[str]
ASKED = ["--service", "rest_stop", "--cutoff", "5min", "--open", "certainly", "--when", "2026-11-23T20:00"]
ADDRESS = "service=rest_stop&cutoff=5min&open=certainly&when=2026-11-23T20:00"


def run(capsys: Captured, *words: object) -> tuple[int, str, str]:
    """Return the exit code, what stood on stdout and on stderr."""
    code = main([str(word) for word in words])
    said = capsys.readouterr()
    return code, said.out, said.err


def said(capsys: Captured, *words: object) -> str:
    code, out, errors = run(capsys, *words)
    assert (code, errors) == (0, "")
    return out


def answered(city: City, path: str, state: Path) -> Any:
    response = create_app(city, Settings(state=state)).test_client().get(path)
    assert response.status_code == 200, response.text
    return response.get_json()


# --- coverage and gaps ---


def test_coverage_in_words_is_what_the_site_says(
    sample_pack: Path, sample_city: City, capsys: Captured, tmp_path: Path
) -> None:
    first, *lines = said(capsys, "coverage", "--city", sample_pack, *ASKED).splitlines()
    values = answered(sample_city, f"/api/v1/coverage?{ADDRESS}", tmp_path)
    total = values["total"]

    share = 100 * total["covered"] / total["total"]
    assert f"{share:.1f} % of {total['total']:,.0f} residents can get to a place within 5 min" in first
    table = {line[2:22].strip(): line.split()[-3] for line in lines[:7]}
    expected = {name: f"{total[name]:,.0f}" for name in values["states"]}
    assert table == {**expected, "within 1 km straight": f"{total['circle']:,.0f}"}
    worst = max(values["areas"], key=lambda area: area["total"] - area["covered"])
    assert worst["name"] in lines[8]
    assert any(line.startswith("note: A sample city") for line in lines)


@pytest.mark.parametrize(
    ("words", "address"),
    [
        ([], ""),
        (ASKED, ADDRESS),
        (["--mode", "ebike", "--layer", "pickups", "--cutoff", "3min"], "mode=ebike&layer=pickups&cutoff=3min"),
        (["--amenity", "microwave,socket", "--access", "walk_in"], "amenity=microwave,socket&access=walk_in"),
        (["--amenity-or-unknown", "microwave", "--audience", "guards"], "amenity_or_unknown=microwave&audience=guards"),
        (
            ["--open", "perhaps", "--when", "2026-10-01T03:00", "--min-left", "1h"],
            "open=perhaps&when=2026-10-01T03:00&min_left=1h",
        ),
    ],
)
def test_json_is_what_the_site_answers(
    sample_pack: Path, sample_city: City, capsys: Captured, tmp_path: Path, words: list[str], address: str
) -> None:
    for command, path, more in (("coverage", "coverage", ""), ("gaps", "gaps", "&limit=20")):
        told = json.loads(said(capsys, command, "--city", sample_pack, *words, "--json"))
        assert told == answered(sample_city, f"/api/v1/{path}?{address}{more}", tmp_path)


def test_a_week_is_what_the_site_answers(
    sample_pack: Path, sample_city: City, capsys: Captured, tmp_path: Path
) -> None:
    words = ["coverage", "--city", sample_pack, *ASKED, "--week", "2026-11-26"]
    values = answered(sample_city, f"/api/v1/coverage/week?{ADDRESS}&week=2026-11-23", tmp_path)
    assert json.loads(said(capsys, *words, "--json")) == values
    lines = said(capsys, *words).splitlines()
    assert "from 2026-11-23" in lines[0]
    rows = [line.split() for line in lines[2:9]]
    assert [row[0] for row in rows] == ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"]
    shares = [float(cell) for row in rows for cell in row[1:]]
    assert shares == [pytest.approx(100 * one / values["total"], abs=0.51) for one in values["covered"]]


def test_a_scenario_from_a_file(sample_pack: Path, sample_city: City, capsys: Captured, tmp_path: Path) -> None:
    stops = [place.id for place in sample_city.places if place.offers("rest_stop")]
    scenario = Scenario("ohne", tuple(Close(one) for one in stops))
    (tmp_path / "s.json").write_text(json.dumps({"key": scenario.key, **scenario.to_json()}), encoding="utf-8")

    words = ["coverage", "--city", sample_pack, "--service", "rest_stop", "--scenario", tmp_path / "s.json", "--json"]
    told = json.loads(said(capsys, *words))

    assert told["question"]["scenario"] == {"name": "ohne", "key": scenario.key}
    assert told["total"]["covered"] == 0
    assert told["facilities"] == 0


def test_a_table_of_ones_own(sample_pack: Path, capsys: Captured, tmp_path: Path) -> None:
    (tmp_path / "riders.csv").write_text("经度,纬度,人数\n116.4172,39.9262,10\n116.41,39.92,5\n", encoding="gb18030")
    told = json.loads(said(capsys, "coverage", "--city", sample_pack, "--demand", tmp_path / "riders.csv", "--json"))
    assert (told["total"]["total"], told["layer"]["name"]) == (15, "riders")
    assert "15 weight" in said(capsys, "coverage", "--city", sample_pack, "--demand", tmp_path / "riders.csv")


@pytest.mark.parametrize("name", ["东四街道", "东四", "Dongsi Subdistrict"])
def test_one_subdistrict(sample_pack: Path, sample_city: City, capsys: Captured, tmp_path: Path, name: str) -> None:
    area = next(n for n, one in enumerate(sample_city.areas) if one.name == "东四街道")
    values = answered(sample_city, f"/api/v1/coverage?{ADDRESS}", tmp_path)
    for named in (name, str(area), sample_city.areas[area].id):
        told = json.loads(said(capsys, "coverage", "--city", sample_pack, *ASKED, "--area", named, "--json"))
        assert told == values["areas"][area]
    assert said(capsys, "coverage", "--city", sample_pack, *ASKED, "--area", name).startswith("东四街道: ")


def test_gaps_of_one_subdistrict_keep_their_ranks(sample_pack: Path, capsys: Captured) -> None:
    words = ["gaps", "--city", sample_pack, *ASKED, "--limit", "10000", "--json"]
    every = json.loads(said(capsys, *words))["features"]
    one = json.loads(said(capsys, *words, "--area", "东四"))["features"]
    assert one
    assert one == [feature for feature in every if feature["properties"]["subdistrict"] == "东四街道"]


def test_gaps_in_words(sample_pack: Path, capsys: Captured) -> None:
    first, *lines = said(capsys, "gaps", "--city", sample_pack, *ASKED, "--limit", "2").splitlines()
    assert re.fullmatch(r"[\d,]+ gaps hold [\d,]+ residents without a place within 5min", first)
    assert [line[:3] for line in lines] == ["1. ", "   ", "2. ", "   "]
    assert all("nearest: " in line for line in lines[1::2])


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "geojson", "gpkg"])
@pytest.mark.parametrize("command", ["coverage", "gaps"])
def test_files_are_written_whole(
    sample_pack: Path, capsys: Captured, tmp_path: Path, command: str, suffix: str
) -> None:
    out = tmp_path / f"out.{suffix}"
    code, _, errors = run(capsys, command, "--city", sample_pack, *ASKED, "--out", out)
    assert code == 0
    assert str(out) in errors
    assert list(tmp_path.iterdir()) == [out]
    assert out.stat().st_size > 500


# --- siting ---

SITE = ["--service", "rest_stop", "--cutoff", "5min", "--p", "2", "--hosts", "bank,library"]


def test_sites_in_words_and_as_a_file(sample_pack: Path, capsys: Captured, tmp_path: Path) -> None:
    code, out, _ = run(capsys, "site", "--city", sample_pack, *SITE, "--out", tmp_path / "sites.csv")
    lines = out.splitlines()
    assert code == 0
    assert re.fullmatch(r"2 of \d+ candidates chosen, optimal", lines[0])
    assert re.match(r"they bring [\d,]+ residents within reach: [\d.]+ % -> [\d.]+ %", lines[1])
    assert [line[:3] for line in lines[3:5]] == ["1. ", "2. "]
    with (tmp_path / "sites.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["rank"] for row in rows] == ["1", "2"]
    assert {row["kind"] for row in rows} <= {"bank", "library"}


def test_sites_are_those_of_the_site(sample_pack: Path, sample_city: City, capsys: Captured, tmp_path: Path) -> None:
    told = json.loads(said(capsys, "site", "--city", sample_pack, *SITE, "--json"))
    client = create_app(sample_city, Settings(state=tmp_path)).test_client()
    body = {"kind": "mclp", "p": 2, "candidates": {"hosts": ["bank", "library"]}}
    job = client.post("/api/v1/siting?service=rest_stop&cutoff=5min", json=body).get_json()["job"]
    ends = time.monotonic() + 30
    while client.get(f"/api/v1/jobs/{job}").get_json()["state"] != "done" and time.monotonic() < ends:
        time.sleep(0.02)
    assert told == client.get(f"/api/v1/jobs/{job}").get_json()["result"]


def test_wishes_are_kept(sample_pack: Path, capsys: Captured, tmp_path: Path) -> None:
    table = "lon,lat,name,price\n" + "".join(f"{116.40 + n / 200},39.92,{n},{10_000 * n + 10_000}\n" for n in range(5))
    (tmp_path / "c.csv").write_text(table, encoding="utf-8")
    words = ["site", "--city", sample_pack, "--service", "rest_stop", "--cutoff", "5min"]
    among = ["--candidates", tmp_path / "c.csv", "--json"]

    def ids(*more: str) -> list[str]:
        return [site["id"] for site in json.loads(said(capsys, *words, *among, *more))["sites"]]

    assert "listed-5" in ids("--p", "2", "--force", "listed-5")
    assert not {"listed-1", "listed-2"} & set(ids("--p", "2", "--forbid", "listed-1,listed-2"))
    told = json.loads(said(capsys, *words, *among, "--budget", "40000"))
    assert sum(site["price"] for site in told["sites"]) <= 40_000
    years = json.loads(said(capsys, *words, *among, "--years", "2027:1,2028:2"))["years"]
    assert [(year["year"], len(year["sites"])) for year in years] == [(2027, 1), (2028, 2)]
    moved = json.loads(said(capsys, *words, *among, "--p", "2", "--keep", "no"))
    assert moved["keep"] is False and moved["effect"]["facilities"] == 2


def test_who_counts_is_ones_own_table(sample_pack: Path, capsys: Captured, tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("lon,lat,weight\n116.4172,39.9262,10\n", encoding="utf-8")
    words = ["site", "--city", sample_pack, "--service", "benefit", "--p", "1", "--demand", tmp_path / "d.csv"]
    told = json.loads(said(capsys, *words, "--hosts", "bank,convenience,library", "--cutoff", "30min", "--json"))
    assert told["layer"]["name"] == "d"
    assert told["objective"] == told["effect"]["covered"] == 10


def test_nothing_meets_the_conditions(sample_pack: Path, capsys: Captured, tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("lon,lat,price\n116.41,39.92,100\n116.42,39.92,100\n", encoding="utf-8")
    words = ["--candidates", tmp_path / "c.csv", "--budget", "50", "--force", "listed-1", "--service", "rest_stop"]
    assert said(capsys, "site", "--city", sample_pack, *words).startswith("nothing meets the conditions: Infeasible")


def test_ctrl_c_ends_cleanly(sample_pack: Path, tmp_path: Path) -> None:
    """Among all crossings by a slow question: the first Ctrl-C takes the best so far, or says that there is none."""
    script = (
        "import sys, geo.coverage.next_places as places\n"
        "from geo.cli import main\n"
        "import time\n"
        "def slow(planner, query, candidates, patience, demand):\n"
        "    print('begun', flush=True)\n"
        "    while patience.over() is None: time.sleep(0.01)\n"
        "    return None\n"
        "places.find_sites = slow\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    words = ["site", "--city", str(sample_pack), "--p", "1", "--time-limit", "60s", "--out", str(tmp_path / "x.csv")]
    process = subprocess.Popen(
        [sys.executable, "-c", script, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    os.kill(process.pid, signal.SIGINT)
    out, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert out == ""
    assert "stopping with the best so far" in errors
    assert errors.splitlines()[-1] == "yizhan: stopped; nothing was left half-written"
    assert list(tmp_path.iterdir()) == []


# --- reports ---


def test_reports_stand_alone(sample_pack: Path, sample_city: City, capsys: Captured, tmp_path: Path) -> None:
    out = tmp_path / "one.html"
    said(capsys, "report", "--city", sample_pack, *ASKED, "--area", "东四", "--out", out, "--lang", "en")
    text = out.read_text(encoding="utf-8")
    assert "<style>" in text and "@page" in text
    assert not re.search(r"<(link|script|img|iframe)\b|\ssrc=|\sstyle=|url\(|@import", text)
    assert "Dongsi Subdistrict" in text
    folder = tmp_path / "all"
    assert said(capsys, "report", "--city", sample_pack, *ASKED, "--out", folder) == f"{folder}: 17 pages\n"
    names = sorted(path.name for path in folder.iterdir())
    assert names == [f"{n:03}-{area.id}.html" for n, area in enumerate(sample_city.areas)]
    assert "服务覆盖报告" in (folder / names[0]).read_text(encoding="utf-8")


# --- refusals ---


@pytest.mark.parametrize("command", ["coverage", "gaps", "site", "report"])
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--cutoff", "0"], "cutoff='0' is not a length of time"),
        (["--cutoff", "0min"], "must be more than 0"),
        (["--cutoff=-5"], "cutoff='-5' is not a length of time"),
        (["--cutoff", "abc"], "write 15min, 900s or 0.5h"),
        (["--cutoff", "5h"], "at most 4h"),
        (["--mode", "teleport"], "teleport"),
        (["--service", "dragons"], "dragons"),
        (["--layer", "dragons"], "dragons"),
        (["--open", "sometimes"], "sometimes"),
        (["--when", "gestern"], "gestern"),
        (["--scenario", "no-such.json"], "no-such.json: cannot be read"),
        (["--demand", "no-such.csv"], "no-such.csv: no such file"),
        (["--city", "no/such/city"], "no city pack there"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    sample_pack: Path, capsys: Captured, tmp_path: Path, command: str, words: list[str], told: str
) -> None:
    needed = {"site": ["--p", "1"], "report": ["--out", str(tmp_path / "x")]}.get(command, [])
    code, out, errors = run(capsys, command, "--city", sample_pack, *needed, *words)
    assert (code, out) == (EXIT_REFUSED, "")
    assert errors.startswith("yizhan: ") and told in errors
    assert errors.count("\n") == 1, "one line"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["coverage", "--area", "海淀"], "no subdistrict '海淀'"),
        (["coverage", "--area", "99"], "no subdistrict '99'"),
        (["coverage", "--area", ""], "no subdistrict ''"),
        (["gaps", "--area", "东"], "may be any of"),
        (["report", "--area", "海淀", "--out", "x.html"], "no subdistrict '海淀'"),
        (["report", "--area", "东四", "--out", "x.html", "--lang", "fr"], "known are zh, en"),
        (["coverage", "--week", "monday"], "must be a day"),
        (["coverage", "--out", "x.pdf"], "no format is known by '.pdf'"),
        (["gaps", "--limit", "0"], "limit='0'"),
        (["gaps", "--limit", "many"], "limit='many'"),
        (["site"], "p is missing"),
        (["site", "--p", "0"], "p='0'"),
        (["site", "--p=-3"], "p='-3'"),
        (["site", "--p", "x"], "p='x'"),
        (["site", "--p", "1", "--kind", "best"], "known are mclp"),
        (["site", "--p", "1", "--keep", "maybe"], "maybe"),
        (["site", "--p", "1", "--hosts", "dragon"], "'dragon' is no kind of host"),
        (["site", "--p", "1", "--hosts", ""], "names no kind"),
        (["site", "--p", "1", "--hosts", "library"], "there is no candidate"),
        (["site", "--p", "1", "--force", "nobody"], "no candidate 'nobody'"),
        (["site", "--p", "1", "--years", "2027"], "must be YEAR:N"),
        (["site", "--p", "1", "--years", "2028:2,2027:3"], "does not come after"),
        (["site", "--p", "1", "--time-limit", "0s"], "more than 0"),
        (["site", "--p", "1", "--budget", "cheap"], "budget='cheap'"),
        (["site", "--budget", "5"], "needs the price"),
        (["site", "--p", "900"], "p is 900, but only"),
        (["site", "--p", "1", "--candidates", "no-such.csv"], "no such file"),
    ],
)
def test_other_slips_are_refused(sample_pack: Path, capsys: Captured, words: list[str], told: str) -> None:
    command, *rest = words
    code, out, errors = run(capsys, command, "--city", sample_pack, *rest)
    assert (code, out) == (EXIT_REFUSED, "")
    assert told in errors


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("lon,lat\n", "no candidate in the table"),
        ("", "no column for lon, lat"),
        ("lon,lat\n116.41\n", "line 2: 1 cells where the header has 2"),
        ("lon,lat\nabc,39.9\n", "'abc' is no number"),
        ("lon,lat\n116.41,139.9\n", "are longitude and latitude exchanged?"),
        ("lon,lat\n120,30\n", "none of the 1 candidates stands on a street"),
        ("lon,lat,price\n116.41,39.92,-5\n", "price -5 must lie between"),
        ("lon,lat\n" + "116.41,39.92\n" * 1_000_000, "more than 200,000 candidates; ask for one district"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_candidates_that_cannot_be_used_are_refused(
    sample_pack: Path, capsys: Captured, tmp_path: Path, content: str, told: str
) -> None:
    (tmp_path / "c.csv").write_text(content, encoding="utf-8")
    begun = time.monotonic()
    code, out, errors = run(capsys, "site", "--city", sample_pack, "--p", "1", "--candidates", tmp_path / "c.csv")
    assert (code, out) == (EXIT_REFUSED, "")
    assert told in errors
    assert time.monotonic() - begun < 60


@pytest.mark.parametrize("option", ["--demand", "--candidates"])
def test_a_file_of_200_megabytes_is_refused_before_it_is_read(
    sample_pack: Path, capsys: Captured, tmp_path: Path, option: str
) -> None:
    with (tmp_path / "large.csv").open("wb") as file:
        file.truncate(200_000_000)  # sparse: it takes no room
    code, _, errors = run(capsys, "site", "--city", sample_pack, "--p", "1", option, tmp_path / "large.csv")
    assert code == EXIT_REFUSED
    assert "200,000,000 bytes, over 20,000,000" in errors


@pytest.mark.parametrize("content", ["", "{", "[]", '{"edits": [{"edit": "explode"}]}', "\x00"])
def test_a_file_that_is_no_scenario_is_refused(
    sample_pack: Path, capsys: Captured, tmp_path: Path, content: str
) -> None:
    (tmp_path / "s.json").write_text(content, encoding="utf-8")
    code, _, errors = run(capsys, "coverage", "--city", sample_pack, "--scenario", tmp_path / "s.json")
    assert code == EXIT_REFUSED
    assert errors.count("\n") == 1


def test_a_page_is_the_same_alone_and_among_others(sample_pack: Path, capsys: Captured, tmp_path: Path) -> None:
    """Of one subdistrict its own gaps are looked for; of all, those of the whole city once."""
    said(capsys, "report", "--city", sample_pack, *ASKED, "--area", "3", "--out", tmp_path / "one.html")
    said(capsys, "report", "--city", sample_pack, *ASKED, "--out", tmp_path / "all")
    among = next((tmp_path / "all").glob("003-*.html"))
    assert (tmp_path / "one.html").read_text("utf-8") == among.read_text("utf-8")
