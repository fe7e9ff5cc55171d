"""Saved scenarios: by what is in them, shared, bounded, and never a way into other files."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import webmap.shelf
from geo.coords import LonLat
from geo.coverage.scenario import Close, Move, Scenario
from geo.errors import NotFoundError, TooBusyError
from webmap.shelf import Shelf


def scenario(number: int, name: str = "方案") -> Scenario:
    return Scenario(name, (Close(f"p{number}"), Move("q", LonLat(116.4, 39.9))))


def test_what_is_saved_is_given_back(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "deep" / "scenarios")
    key = shelf.save(scenario(1))
    assert key == scenario(1).key
    assert shelf.get(key) == scenario(1)
    assert Shelf(tmp_path / "deep" / "scenarios").get(key) == scenario(1)


def test_the_latest_comes_first_and_a_new_name_replaces_the_old(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    keys = [shelf.save(scenario(n)) for n in range(3)]
    for age, key in enumerate(reversed(keys)):
        os.utime(tmp_path / f"{key}.json", (1e9 - age, 1e9 - age))
    assert [one["key"] for one in shelf.list()] == keys[::-1]
    assert shelf.save(scenario(0, "新名字")) == keys[0]
    assert shelf.list()[0] == {"key": keys[0], "name": "新名字", "edits": 2}
    assert len(shelf.list()) == 3


def test_an_empty_shelf_lists_nothing(tmp_path: Path) -> None:
    assert Shelf(tmp_path / "none").list() == []


@pytest.mark.parametrize(
    "key", ["", "..", "../x", "/etc/passwd", "0" * 15, "0" * 17, "A" * 16, "g" * 16, "0" * 16, "0" * 16 + "\n", "base"]
)
def test_keys_that_are_none_are_not_found(tmp_path: Path, key: str) -> None:
    (tmp_path / "x.json").write_text('{"name": "secret", "edits": []}')
    shelf = Shelf(tmp_path / "shelf")
    (tmp_path / "shelf").mkdir()
    with pytest.raises(NotFoundError, match="no scenario"):
        shelf.get(key)


def test_a_full_shelf_takes_what_it_has_already(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webmap.shelf, "MAX_SCENARIOS", 3)
    shelf = Shelf(tmp_path)
    for number in range(3):
        shelf.save(scenario(number))
    with pytest.raises(TooBusyError, match="3 scenarios are kept already"):
        shelf.save(scenario(3))
    assert shelf.save(scenario(1, "again")) == scenario(1).key
    assert len(list(tmp_path.iterdir())) == 3


def test_many_who_save_at_once_lose_nothing(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(lambda n: Shelf(tmp_path).save(scenario(n % 10)), range(80)))
    assert {Shelf(tmp_path).get(key).key for key in keys} == {scenario(n).key for n in range(10)}
    assert len(list(tmp_path.iterdir())) == 10, "nothing half-written is left"


@pytest.mark.parametrize("content", ["", "{", "[]", '{"name": 5}', '{"edits": [{"edit": "explode"}]}', "\ud800"])
def test_a_damaged_file_does_not_hide_the_others(tmp_path: Path, content: str) -> None:
    """Somebody edits a file by hand, or an older version wrote it: the list still stands."""
    shelf = Shelf(tmp_path)
    good, damaged = shelf.save(scenario(1)), shelf.save(scenario(2))
    (tmp_path / f"{damaged}.json").write_bytes(content.encode("utf-8", "surrogatepass"))

    assert [one["key"] for one in shelf.list()] == [good]
    with pytest.raises(NotFoundError, match=f"no scenario '{damaged}'"):
        shelf.get(damaged)
