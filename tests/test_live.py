"""A city follows its register: added, changed and retired places are seen without a restart."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from geo.city import City
from geo.coords import LonLat
from geo.errors import NotFoundError, RegisterError
from geo.finding.asking import NearestQuery
from geo.live import LiveCity
from geo.places.model import Place, Service
from geo.places.store import Register
from webmap import create_app

WHEN = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HERE = LonLat(116.4172, 39.9262)
NEW = Place(
    id="new", name="新开的驿站", position=HERE, accuracy="exact", services=(Service("rest_stop"),), source="list"
)


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    with Register.open(tmp_path / "register.sqlite") as register:
        yield register


def nearest(city: City) -> str:
    return city.nearest(NearestQuery(HERE, k=1)).results[0].place.id


def write(register: Register, place: Place, version: int | None = None) -> None:
    with register.edit(who="clerk", when=WHEN, source="list") as edit:
        if version is None:
            edit.add(place)
        else:
            edit.change(place, expected_version=version)


def test_a_place_is_found_as_soon_as_it_is_registered_and_lost_when_retired(
    sample_city: City, register: Register
) -> None:
    live = LiveCity(sample_city, register)
    before = live.current
    write(register, NEW)
    assert nearest(live.current) != "new", "nothing changes unasked"
    assert nearest(live.refresh()) == "new"
    assert live.current.network is before.network, "the streets are shared"
    assert live.current.manifest.version != before.manifest.version
    write(register, replace(NEW, status="retired"), 1)
    assert nearest(live.refresh()) != "new"


def test_a_process_that_forks_hands_no_connection_on_and_finds_the_register_again(
    sample_city: City, register: Register
) -> None:
    live = LiveCity(sample_city, register)
    open_before = register.engine.pool.checkedin()  # type: ignore[attr-defined]
    live.let_go()
    assert (open_before, register.engine.pool.checkedin()) == (1, 0)  # type: ignore[attr-defined]
    write(register, NEW)
    assert nearest(live.refresh()) == "new"


def test_without_a_register_there_is_nothing_to_let_go(sample_city: City) -> None:
    live = LiveCity(sample_city)
    live.let_go()
    assert live.refresh() is sample_city


def test_the_register_s_word_counts_where_both_know_a_place(sample_city: City, register: Register) -> None:
    known = sample_city.places[0]
    write(register, replace(known, name="改名了"))
    assert LiveCity(sample_city, register).current.place(known.id).name == "改名了"
    assert sample_city.place(known.id).name == known.name


def test_an_unchanged_register_changes_nothing(sample_city: City, register: Register) -> None:
    write(register, NEW)
    live = LiveCity(sample_city, register)
    assert live.refresh() is live.current is live.refresh()


def test_a_register_that_is_not_there_is_said_so(sample_pack: Path, tmp_path: Path) -> None:
    with pytest.raises(RegisterError, match="no register there"):
        LiveCity.open(sample_pack, str(tmp_path / "none.sqlite"), tmp_path)


def test_the_site_follows_the_register(sample_city: City, register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webmap.site._FRESH_S", -1.0)
    client = create_app(LiveCity(sample_city, register)).test_client()
    old = client.get("/api/v1/places").headers["ETag"]
    assert client.get("/api/v1/places/new").status_code == 404
    write(register, NEW)
    assert client.get("/api/v1/places/new").get_json()["name"] == NEW.name
    assert client.get("/api/v1/places", headers={"If-None-Match": old}).status_code == 200


def test_a_register_that_fails_leaves_the_last_places(
    sample_city: City, register: Register, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("webmap.site._FRESH_S", -1.0)
    write(register, NEW)
    client = create_app(LiveCity(sample_city, register)).test_client()

    def fail(_: Register) -> str:
        raise RegisterError("gone")

    monkeypatch.setattr(Register, "version_tag", fail)
    assert client.get("/api/v1/places/new").status_code == 200
    assert "the last places stay" in caplog.text
    with pytest.raises(NotFoundError):
        sample_city.place("new")


def test_a_thread_follows_the_register_and_makes_its_answers_quick(
    sample_city: City, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before and after the places are looked up instead of searched the answers are the same."""
    monkeypatch.setattr("webmap.site._FRESH_S", 0.05)
    app = create_app(LiveCity(sample_city, register))
    client = app.test_client()
    asked = "/api/v1/nearest?lon=116.4172&lat=39.9262&mode=ebike&k=20&when=2026-11-23T12:00"
    before = client.get(asked).get_json()
    stop = app.extensions["yizhan"].follow()
    try:
        write(register, NEW)
        end = time.monotonic() + 30
        while client.get("/api/v1/places/new").status_code != 200 and time.monotonic() < end:
            time.sleep(0.05)
        after = client.get(asked).get_json()
    finally:
        stop.set()
    assert after["results"][0]["place"]["id"] == "new"
    named = [result["place"]["id"] for result in before["results"]]
    assert [result["place"]["id"] for result in after["results"]][1:] == named[:-1]
