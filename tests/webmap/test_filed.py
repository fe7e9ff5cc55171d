"""The finder as a folder of files: what is in it, that it leads nowhere else, and how it comes to be there."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path

import pytest

from geo.cli import main
from geo.pocket.files import unpack
from webmap.filed.rewriting import PageError, as_file

PAGES = ("index.html", "about.html", "en/index.html", "en/about.html")


def run(*words: object) -> int:
    return main(["export", *map(str, words)])


@pytest.fixture(scope="module")
def folder(sample_pack: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("filed") / "site"
    assert run("--site", out, "--city", sample_pack, "--register", out.parent / "none") in (0, 2)
    assert run("--site", out, "--city", sample_pack) == 0
    return out


def test_all_that_the_index_names_is_there(folder: Path) -> None:
    index = json.loads((folder / "data/index.json").read_bytes())
    named = [index["names"], index["places"], *index["pins"].values(), *(each["url"] for each in index["pockets"])]
    for each in named:
        assert (folder / each).is_file(), each
    (pocket,) = index["pockets"]
    body = (folder / pocket["url"]).read_bytes()
    assert json.loads(unpack(body)["meta"])["version"] == pocket["version"]
    assert len(body) == pocket["bytes"]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_leads_to_files_beside_it_alone(folder: Path, name: str) -> None:
    page = (folder / name).read_text(encoding="utf-8")
    assert "nonce" not in page
    addresses = re.findall(r'\s(?:href|src|action|data-late)="([^"#?][^"]*)"', page)
    addresses += re.findall(r'(?:from|import\() ?"([./][^"]+)"', page)
    own = [each for each in addresses if not each.startswith(("https://", "http://"))]
    assert len(own) > 5
    for each in own:
        assert not each.startswith("/"), each
        assert ((folder / name).parent / each.partition("#")[0]).resolve().is_file(), each
    # Foreign addresses are links for people, never something that is loaded.
    assert not re.findall(r'<(?:script|link|img|iframe|form)[^>]*\s(?:src|href|action)="(?:https?:)?//', page)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_allows_its_own_scripts_and_no_others(folder: Path, name: str) -> None:
    page = (folder / name).read_text(encoding="utf-8")
    (policy,) = re.findall(r'<meta http-equiv="Content-Security-Policy" content="([^"]+)">', page)
    assert page.index("Content-Security-Policy") < page.index("<script")
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    code = re.findall(r"<script(?![^>]*(?: src=|application/json))[^>]*>(.*?)</script>", page, re.S)
    for text in code:
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert policy.count("sha256-") == len(set(code))


def test_no_script_or_style_names_another_host(folder: Path) -> None:
    for path in folder.rglob("static/**/*"):
        if path.suffix in {".js", ".css"} and "vendor" not in path.parts:
            text = path.read_text(encoding="utf-8")
            loaded = re.findall(r"""(?:import|from|fetch\(|url\()\s*\(?["'`]?(?:https?:)?//""", text)
            assert loaded == [], path


@pytest.mark.parametrize("name", ["index.html", "about.html", "README.txt", "en/index.html"])
def test_whose_data_it_is_is_said(folder: Path, name: str) -> None:
    assert "positions are illustrative" in (folder / name).read_text(encoding="utf-8")


def test_licences_of_others_come_along(folder: Path) -> None:
    vendors = {path.parent.name for path in folder.rglob("vendor/*/LICENSE*")}
    assert vendors == {path.name for path in folder.rglob("vendor/*") if path.is_dir()} != set()


def test_what_only_a_server_has_is_not_offered(folder: Path) -> None:
    page = (folder / "index.html").read_text(encoding="utf-8")
    for gone in ("/along", "/week", "/near", "oembed", "offline/start", "#build", 'id="kept"'):
        assert gone not in page
    names = [path.name.replace(".finder.plan.", ".") for path in folder.rglob("*")]
    assert not [name for name in names if re.search(r"plan[._]|embed_|poster|sw\.js", name)]


def test_the_map_has_every_tile_of_its_box(folder: Path) -> None:
    tiles = {path.relative_to(folder / "base").as_posix() for path in folder.rglob("*.mvt")}
    columns = {(z, int(x)) for z, x, _ in (each.split("/") for each in tiles)}
    for z in {z for z, _ in columns}:
        own = sorted(x for zoom, x in columns if zoom == z)
        assert own == list(range(own[0], own[-1] + 1))
    assert any((folder / "base" / each).stat().st_size for each in tiles)


def test_it_says_what_it_wrote_and_replaces_its_own(
    folder: Path, sample_pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "site"
    out.mkdir()
    (out / "data").mkdir()
    (out / "data/index.json").write_text("{}", encoding="utf-8")
    (out / "of yesterday").write_text("x", encoding="utf-8")
    assert run("--site", out, "--city", sample_pack, "--district", "dongcheng") == 0
    told = capsys.readouterr().out
    assert re.search(r"dongcheng: [\d,]+ bytes", told)
    count = sum(path.is_file() for path in out.rglob("*"))
    assert f"{count:,} files" in told
    assert not (out / "of yesterday").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--district", "nowhere"], "no district 'nowhere'; there are dongcheng"),
        (["--out", "x"], "--out makes no sense here"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_left(
    sample_pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], why: str
) -> None:
    assert run("--site", tmp_path / "site", "--city", sample_pack, *words) == 2
    assert why in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_somebody_elses_folder_is_not_touched(
    sample_pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    assert run("--site", tmp_path, "--city", sample_pack) == 2
    assert "is in the way and no site that this command wrote; choose another --site" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_page_that_leads_to_a_server_is_refused() -> None:
    with pytest.raises(PageError, match="leads to /plan, which only a server has"):
        as_file('<meta charset="utf-8"><a href="/plan">', "index.html")
