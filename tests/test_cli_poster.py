"""``yizhan poster``: one, a subdistrict's, and which have gone stale."""

from __future__ import annotations

import csv
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from geo.cli import main
from geo.pack import folder
from geo.places.model import Service
from tests.webmap.posters.drawn import scanned

URL = "https://yizhan.example.cn"
Captured = pytest.CaptureFixture[str]


def index(folder: Path) -> list[dict[str, str]]:
    with (folder / "posters.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def run(*words: str | Path) -> int:
    return main(["poster", *map(str, words)])


def test_one_drawing(sample_pack: Path, tmp_path: Path, capsys: Captured) -> None:
    out = tmp_path / "a.svg"

    assert run("--city", sample_pack, "--place", "ss-dongsi", "--url", URL, "--out", out) == 0
    assert scanned(out.read_text("utf-8")) == f"{URL}/at/ss-dongsi"
    said = capsys.readouterr().out
    assert re.search(r"东四街道工会服务站, fingerprint ([0-9a-f]{10})\n", said)


def test_one_sheet(sample_pack: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.html"

    assert run("--city", sample_pack, "--place", "ss-dongsi", "--url", URL, "--out", out) == 0
    text = out.read_text("utf-8")
    assert text.count("<svg") == 1 and "size: A4" in text and "http://" not in text.replace("http://www.w3.org", "")


def test_a_subdistrict_and_what_goes_stale(sample_pack: Path, tmp_path: Path, capsys: Captured) -> None:
    pack, out = tmp_path / "pack", tmp_path / "posters"
    shutil.copytree(sample_pack, pack)
    places = [place for place in folder.read_places(pack) if place.subdistrict == "东四街道"]

    assert run("--city", pack, "--area", "东四街道", "--url", URL, "--out", out) == 0
    rows = index(out)
    assert {row["place"] for row in rows} == {place.id for place in places}
    for row in rows:
        assert scanned((out / row["file"]).read_text("utf-8")) == f"{URL}/at/{row['place']}"
    assert (out / "all.html").read_text("utf-8").count("<svg") == len(places)
    assert f"{len(places):,} posters" in capsys.readouterr().out

    assert run("--city", pack, "--check", out) == 0
    assert capsys.readouterr().out == f"0 of {len(places)} posters are stale\n"

    moved = places[0]
    changed = replace(moved, services=(Service("rest_stop", "Mo 09:00-10:00"),))
    others = [place for place in folder.read_places(pack) if place.id != moved.id]
    folder.write_places(pack, [*others, changed])
    assert run("--city", pack, "--check", out / "posters.csv") == 1
    said = capsys.readouterr().out
    assert f"stale: {moved.id}  {moved.name}  printed " in said
    assert "hours of rest_stop: " in said or "now offered: rest_stop" in said

    assert run("--city", pack, "--area", "东四街道", "--url", URL, "--out", out) == 0  # printed anew
    capsys.readouterr()
    assert run("--city", pack, "--check", out) == 0


def test_another_subdistrict_joins_the_list(sample_pack: Path, tmp_path: Path) -> None:
    for area in ("东四街道", "景山街道"):
        assert run("--city", sample_pack, "--area", area, "--url", URL, "--out", tmp_path) == 0
    rows = index(tmp_path)

    assert {"ss-dongsi", "ss-jingshan"} <= {row["place"] for row in rows}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--place", "ss-dongsi", "--out", "a.svg"), "url is missing"),
        (("--place", "ss-dongsi", "--url", URL), "out is missing"),
        (("--place", "ss-dongsi", "--url", "yizhan.cn", "--out", "a.svg"), "public address"),
        (("--place", "ss-dongsi", "--url", URL, "--out", "a.pdf"), "a browser prints the .html as PDF"),
        (("--place", "nobody", "--url", URL, "--out", "a.svg"), "no place 'nobody'"),
        (("--area", "火星", "--url", URL, "--out", "a"), "no place in an area"),
        (("--place", "ss-dongsi", "--url", URL, "--out", "no/such/a.svg"), "cannot be written"),
        (("--check", "no-such.csv"), "no list of posters"),
    ],
)
def test_refusals(
    sample_pack: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Captured,
    words: tuple[str, ...],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)

    assert run("--city", sample_pack, *words) == 2
    assert message in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_an_id_is_no_way_out_of_the_folder(sample_pack: Path, tmp_path: Path) -> None:
    pack, out = tmp_path / "pack", tmp_path / "posters"
    shutil.copytree(sample_pack, pack)
    places = folder.read_places(pack)
    here = next(place for place in places if place.id == "ss-dongsi")
    hostile = [
        replace(here, id=each, subdistrict="甲") for each in ("../../up", "/etc/x", "..", "A", "a", "东四", "=1")
    ]
    folder.write_places(pack, [*places, *hostile])

    assert run("--city", pack, "--area", "甲", "--url", URL, "--out", out) == 0
    assert len(list(out.glob("*.svg"))) == len(hostile)
    assert {path.name for path in tmp_path.iterdir()} == {"pack", "posters"}
