"""The README's commands and code are run as they stand."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import openpyxl
import pytest
from flask.testing import FlaskClient

from geo.city import City
from geo.cli import main
from webmap import create_app

README = Path(__file__).parents[1] / "README.md"
#: What the answer to each question must say.
ASKING = {
    "nearest": r"^1\. .* min ", "along": r"\n1\. .* min", "search": "东四",
    "coverage": r" % of [\d,]+ residents", "gaps": r"^\d+ gaps", "site": "candidates chosen", "report": "",
}  # fmt: skip


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)


def commands(program: str) -> list[list[str]]:
    lines = [line for block in blocks("sh") for line in block.replace("\\\n", "").splitlines()]
    return [shlex.split(line, comments=True)[1:] for line in lines if line.startswith(program)]


@pytest.fixture
def here(tmp_path: Path, sample_pack: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder where the sample city lies where the README has it."""
    shutil.copytree(sample_pack, tmp_path / "data" / "packs" / "dongcheng")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_question_on_the_command_line(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = [words for words in commands(".venv/bin/yizhan") if words[0] in ASKING]
    assert {words[0] for words in asked} == set(ASKING)
    for words in asked:
        assert main(words) == 0
        assert re.search(ASKING[words[0]], capsys.readouterr().out)


def test_the_question_over_http(sample_city: City) -> None:
    client: FlaskClient = create_app(sample_city).test_client()
    asked = [words[0] for words in commands("curl")]
    assert asked
    for url in asked:
        answer = client.get(url.removeprefix("http://127.0.0.1:8000")).get_json()
        assert answer["stops" if "/along?" in url else "results"]


def test_building_as_the_readme_does(here: Path, real_extract_path: Path) -> None:
    shutil.copy(real_extract_path, here / "beijing.osm.pbf")
    built = [words for words in commands(".venv/bin/yizhan") if words[:2] == ["build", "--osm"]]
    assert built
    for words in built:
        assert main(words) == 0
    assert (here / "data" / "packs" / "beijing" / "city.toml").is_file()


def test_the_library_example(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for block in blocks("python"):
        exec(compile(block, "README.md", "exec"), {})
    assert capsys.readouterr().out.count(" min\n") == 3


def test_a_list_of_one_s_own(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = openpyxl.Workbook()
    for row in (["名称", "地址", "开放时间"], ["锦花暖心驿站", "东城区什锦花园胡同", "24小时"]):
        book.active.append(row)  # type: ignore[union-attr]
    book.save(here / "list.xlsx")
    asked = [words for words in commands(".venv/bin/yizhan") if words[0] not in {"build", *ASKING}]
    assert {words[0] for words in asked} == {"import", "places", "hours", "backup", "export"}
    for words in asked:
        assert main(words) == 0, (words, capsys.readouterr())
    assert (here / "rows.xlsx").is_file()
    assert "锦花暖心驿站" in (here / "places.geojson").read_text(encoding="utf-8")


def test_every_picture_is_there() -> None:
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README.read_text(encoding="utf-8"))
    assert pictures
    assert [picture for picture in pictures if not (README.parent / picture).is_file()] == []
