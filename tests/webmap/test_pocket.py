"""The addresses of pockets: listed, made on demand, kept, and gone when something in them changes."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from geo.city import City
from geo.pocket.files import unpack
from tests.pocket.asking import NOON
from webmap import create_app
from webmap.settings import Settings

#: What is said of a file, not in it.
OF_THE_FILE = {"bytes", "url", "sha256"}


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(sample_city: City, tmp_path: Path, clock: Clock) -> FlaskClient:
    return create_app(sample_city, Settings(state=tmp_path), now=clock).test_client()


def test_districts_are_listed_without_making_them(client: FlaskClient, tmp_path: Path) -> None:
    (only,) = client.get("/pockets.json").json["pockets"]  # type: ignore[index]
    assert only["area"] == "dongcheng"
    assert only["bytes"] is None
    assert only["url"] == f"/pockets/dongcheng/{only['version']}.pocket"
    assert not list(tmp_path.rglob("*.pocket"))


def test_one_is_made_when_it_is_asked_for_and_kept(client: FlaskClient, tmp_path: Path) -> None:
    facts = client.get("/pockets/dongcheng.json")
    assert facts.headers["Cache-Control"] == "no-cache"
    body = client.get(facts.json["url"])  # type: ignore[index]
    assert body.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Content-Encoding" not in body.headers
    assert len(body.data) == facts.json["bytes"]  # type: ignore[index]
    assert [path.read_bytes() for path in tmp_path.rglob("*.pocket")] == [body.data]
    told = json.loads(unpack(body.data)["meta"])
    said = {name: value for name, value in facts.json.items() if name not in OF_THE_FILE}  # type: ignore[union-attr]
    assert said == {name: told[name] for name in said}


def test_the_next_day_it_is_another_one_and_the_old_one_is_gone(
    client: FlaskClient, clock: Clock, tmp_path: Path
) -> None:
    old = client.get("/pockets/dongcheng.json").json
    clock.now += timedelta(days=1)
    gone = client.get(old["url"])  # type: ignore[index]
    assert gone.status_code == 404
    assert gone.mimetype == "application/problem+json"
    assert gone.json["code"] == "not_found"  # type: ignore[index]
    new = gone.json["current"]  # type: ignore[index]
    assert client.get(new["url"]).status_code == 200
    assert [path.name for path in tmp_path.rglob("*.pocket")] == [f"dongcheng-{new['version']}.pocket"]


def test_a_kept_file_that_is_damaged_is_made_anew(client: FlaskClient, sample_city: City, tmp_path: Path) -> None:
    url = client.get("/pockets/dongcheng.json").json["url"]  # type: ignore[index]
    (kept,) = tmp_path.rglob("*.pocket")
    whole = kept.read_bytes()
    kept.write_bytes(whole[: len(whole) // 2])
    other_process = create_app(sample_city, Settings(state=tmp_path), now=lambda: NOON).test_client()
    assert other_process.get(url).data == whole


def test_where_nothing_can_be_written_it_is_kept_in_memory(sample_city: City, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    client = create_app(sample_city, Settings(state=tmp_path / "file"), now=lambda: NOON).test_client()
    url = client.get("/pockets/dongcheng.json").json["url"]  # type: ignore[index]
    assert client.get(url).status_code == 200


@pytest.mark.parametrize("path", ["/pockets/xicheng.json", "/pockets/..%2F.json", "/pockets/xicheng/0.pocket"])
def test_what_is_no_district_is_not_found(client: FlaskClient, path: str) -> None:
    found = client.get(path)
    assert found.status_code == 404
    assert found.json["code"] == "not_found"  # type: ignore[index]
