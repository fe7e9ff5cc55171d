"""The register's contract: the same on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from hypothesis import HealthCheck, given, settings

from geo.coords import BBox, LonLat
from geo.errors import ConflictError, InvalidPlaceError, NotFoundError, ParameterError, RegisterError
from geo.places.backup import verify
from geo.places.documents import to_text
from geo.places.entries import Change, Entry
from geo.places.model import Fact, Place, Service, place_to_json
from geo.places.schema import MIGRATIONS, VERSION_TABLE, make_engine, read_where, writing
from geo.places.searching import pieces, plain
from geo.places.store import Register
from tests.places.registrable import fields_of, random_place, random_text, registrable

WHEN = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
STATION = Place(
    id="ss-dongsi",
    name="东四街道工会服务站",
    position=LonLat(116.41, 39.92),
    accuracy="exact",
    services=(Service("service_station", "Mo-Fr 09:00-17:00"), Service("rest_stop")),
    source="a notice",
    subdistrict="东四",
    amenities={"toilet": "yes", "water": "no"},
    facts={"amenities.toilet": Fact("a visit", "2026-11-01", "王")},
)
HOUR = timedelta(hours=1)


def add(register: Register, *places: Place, when: datetime = WHEN, who: str = "li") -> None:
    with register.edit(who=who, when=when, source="a list") as edit:
        for place in places:
            edit.add(place)


def change(register: Register, place: Place, version: int, when: datetime = WHEN) -> int:
    with register.edit(who="wang", when=when, source="a call") as edit:
        return edit.change(place, expected_version=version)


# --- reading what was written ---

_numbers = count()


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=registrable)
def test_every_field_comes_back(register: Register, drawn: Place) -> None:
    place = replace(drawn, id=f"place-{next(_numbers)}")

    add(register, place)

    assert register.read(place.id) == Entry(place, 1)
    last = {change.field: change.after for change in register.history(place.id)}
    assert last == fields_of(place), "the audit holds every field as well"


def test_an_empty_register_is_empty(register: Register) -> None:
    assert register.all() == () == register.all(WHEN)
    assert register.changes() == ()
    assert register.search("东四") == () == register.within(BBox(-180, -90, 180, 90))
    assert register.version_tag() == "0"
    with pytest.raises(NotFoundError, match="no place 'x' in the register; yizhan places list"):
        register.read("x")
    with pytest.raises(NotFoundError):
        register.history("x")


def test_places_come_in_order_of_their_ids(register: Register) -> None:
    ids = ["b", "B", "a-2", "a-10", "_", "é", "东", "a"]
    add(register, *(replace(STATION, id=name) for name in ids))

    assert [entry.place.id for entry in register.all()] == sorted(ids)
    assert [entry.place.id for entry in register.all(WHEN)] == sorted(ids)
    assert [entry.place.id for entry in register.search("东四")] == sorted(ids)


def test_a_register_keeps_what_it_has_when_it_is_opened_again(where: str) -> None:
    with Register.open(where) as register:
        add(register, STATION)
    with Register.open(where, create=False) as register:
        assert register.all() == (Entry(STATION, 1),)


# --- edits ---


def test_a_change_is_a_row_for_each_field(register: Register) -> None:
    add(register, STATION)
    moved = replace(STATION, phone="010-1", subdistrict=None, amenities={"toilet": "no", "aed": "yes"}, facts={})

    assert change(register, moved, 1, WHEN + HOUR) == 2

    assert register.read(STATION.id) == Entry(moved, 2)
    first = len(fields_of(STATION))
    stamp = (STATION.id, 2, "wang", WHEN + HOUR, "a call")
    assert register.changes(since=1) == (
        Change(first + 1, 2, *stamp, "amenities.aed", None, "yes"),
        Change(first + 2, 2, *stamp, "amenities.toilet", "yes", "no"),
        Change(first + 3, 2, *stamp, "amenities.water", "no", None),
        Change(first + 4, 2, *stamp, "facts.amenities.toilet",
               {"source": "a visit", "checked": "2026-11-01", "by": "王"}, None),
        Change(first + 5, 2, *stamp, "phone", None, "010-1"),
        Change(first + 6, 2, *stamp, "subdistrict", "东四", None),
    )  # fmt: skip
    assert register.history(STATION.id) == register.changes()


def test_an_edit_is_whole_or_nothing(register: Register) -> None:
    add(register, STATION)
    before = register.version_tag()

    with pytest.raises(NotFoundError), register.edit(who="li", when=WHEN, source="a list") as edit:
        edit.add(replace(STATION, id="new"))
        edit.change(replace(STATION, phone="1"), expected_version=1)
        assert edit.read(STATION.id).version == 2
        edit.change(replace(STATION, id="none"), expected_version=1)

    assert register.all() == (Entry(STATION, 1),)
    assert register.version_tag() == before
    verify(register)


def test_an_edit_that_changes_nothing_is_not_written(register: Register) -> None:
    add(register, STATION)
    before = register.version_tag()

    assert change(register, STATION, 1) == 1
    add(register)

    assert register.version_tag() == before
    assert {row.edit for row in register.changes()} == {1}
    add(register, replace(STATION, id="next"))
    assert {row.edit for row in register.changes()} == {1, 2}, "its number is given to the next one"


def test_a_stale_version_is_refused(register: Register) -> None:
    add(register, STATION)
    change(register, replace(STATION, phone="1"), 1)

    with pytest.raises(ConflictError, match="is at version 2, but version 1 was changed; read it again"):
        change(register, replace(STATION, phone="2"), 1)

    assert register.read(STATION.id).place.phone == "1"


def test_an_id_is_given_once(register: Register) -> None:
    add(register, STATION)

    with pytest.raises(ConflictError, match="registered already, at version 1"):
        add(register, STATION)


@pytest.mark.parametrize("wrong", [{"who": " "}, {"source": ""}, {"when": datetime(2026, 1, 1)}])  # noqa: DTZ001
def test_an_edit_says_who_when_and_from_what(register: Register, wrong: dict[str, Any]) -> None:
    said: dict[str, Any] = {"who": "li", "when": WHEN, "source": "a list"} | wrong

    with pytest.raises(ParameterError, match=next(iter(wrong))), register.edit(**said):
        pass


def test_what_may_not_enter_does_not(register: Register) -> None:
    with pytest.raises(InvalidPlaceError, match="lat=95"):
        add(register, replace(STATION, position=LonLat(116, 95)))
    add(register, STATION)
    with pytest.raises(InvalidPlaceError, match="name is missing"):
        change(register, replace(STATION, name=" "), 1)

    assert register.all() == (Entry(STATION, 1),)


def test_instants_are_the_same_in_every_zone(register: Register) -> None:
    add(register, STATION, when=datetime(2026, 11, 22, 20, 0, tzinfo=timezone(8 * HOUR)))

    assert register.changes()[0].at == WHEN
    assert register.all(WHEN - timedelta(microseconds=1)) == ()
    assert len(register.all(WHEN)) == 1


def test_the_tag_changes_with_every_write(register: Register) -> None:
    tags = [register.version_tag()]
    add(register, STATION)
    tags.append(register.version_tag())
    for version in range(1, 5):
        change(register, replace(STATION, note=str(version)), version)
        tags.append(register.version_tag())
        assert register.version_tag() == tags[-1]

    assert len(set(tags)) == len(tags)


# --- any past state ---


@pytest.mark.parametrize("seed", range(4))
def test_the_past_is_a_replay_of_the_edits(register: Register, seed: int) -> None:
    """Against dictionaries: what a reader believes at sight."""
    rng = Random(seed)
    now: dict[str, Entry] = {}
    states = [(WHEN - HOUR, now)]
    expected: list[Change] = []
    when = WHEN
    for number in range(25):
        fails = rng.random() < 0.2
        after = dict(now)
        rows: list[tuple[Any, ...]] = []
        when += timedelta(microseconds=rng.choice((0, 1, 10**6, 10**10)))
        try:
            with register.edit(who=f"who {number}", when=when, source="a list") as edit:
                for _ in range(rng.randint(1, 4)):
                    place = random_place(rng, f"p{rng.randint(0, 7)}")
                    old = after.get(place.id)
                    if old is None:
                        edit.add(place)
                    else:
                        place = rng.choice((place, replace(old.place, phone=str(number)), old.place))
                        edit.change(place, expected_version=old.version)
                    rows += difference(old, place)
                    if old is None or old.place != place:
                        after[place.id] = Entry(place, 1 if old is None else old.version + 1)
                if fails:
                    raise InterruptedError
        except InterruptedError:
            continue
        if rows:
            now = after
            edit_number = expected[-1].edit + 1 if expected else 1
            expected += [
                Change(serial, edit_number, place_id, version, f"who {number}", when, "a list", field, before, after_)
                for serial, (place_id, version, field, before, after_) in enumerate(rows, len(expected) + 1)
            ]
        states.append((when, now))

    assert register.changes() == tuple(expected)
    assert register.all() == ordered(now)
    for instant, (at, state) in enumerate(states):
        if instant + 1 == len(states) or states[instant + 1][0] > at:
            assert register.all(at) == ordered(state)
    for place_id in now:
        assert register.history(place_id) == tuple(row for row in expected if row.place == place_id)
    verify(register)


def difference(old: Entry | None, place: Place) -> list[tuple[Any, ...]]:
    version = 1 if old is None else old.version + 1
    was, now = fields_of(None if old is None else old.place), fields_of(place)
    return [
        (place.id, version, field, was.get(field), now.get(field))
        for field in sorted(was.keys() | now.keys())
        if was.get(field) != now.get(field)
    ]


def ordered(state: Mapping[str, Entry]) -> tuple[Entry, ...]:
    return tuple(state[place_id] for place_id in sorted(state))


def test_a_clock_that_was_wrong_hides_nothing(register: Register) -> None:
    add(register, STATION, when=WHEN)
    add(register, replace(STATION, id="b"), when=WHEN + timedelta(days=9999))
    add(register, replace(STATION, id="c"), when=WHEN + HOUR)

    assert len(register.all(WHEN)) == 1
    assert len(register.all(WHEN + HOUR)) == 3, "the state after the last edit that is dated by then"


# --- finding ---


@pytest.mark.parametrize("seed", range(2))
def test_found_by_box_is_what_lies_in_it(register: Register, seed: int) -> None:
    rng = Random(seed)
    places = [random_place(rng, f"p{number:03}") for number in range(150)]
    add(register, *places)
    # on one another, and a centimetre beside: nearer than an index of 32-bit numbers can tell
    places[:50] = [replace(place, position=beside(rng, rng.choice(places).position)) for place in places[:50]]
    with register.edit(who="li", when=WHEN, source="moved") as edit:
        for place in places[:50]:
            edit.change(place, expected_version=1)

    for _ in range(150):
        corners = [rng.choice(places).position for _ in range(2)]
        (west, east), (south, north) = (sorted(pair) for pair in zip(*corners, strict=True))
        box = BBox(west, south, east, north)  # its borders go through places, to the last bit
        assert [e.place for e in register.within(box)] == [p for p in places if box.contains(p.position)]


def beside(rng: Random, position: LonLat) -> LonLat:
    return LonLat(position.lon + rng.choice((-1e-7, 0, 1e-7)), position.lat + rng.choice((-1e-7, 0, 1e-7)))


SEARCHED = ("name", "name_en", "address", "district", "subdistrict", "community", "host")


def is_found(place: Place, text: str) -> bool:
    fields = [plain(getattr(place, name) or "").split("\n") for name in SEARCHED]
    parts = [part for field in fields for part in field]
    return bool(pieces(text)) and all(any(piece in part for part in parts) for piece in pieces(text))


@pytest.mark.parametrize("seed", range(2))
def test_found_by_text_is_what_holds_it(register: Register, seed: int) -> None:
    rng = Random(seed)
    places = [random_place(rng, f"p{number:03}") for number in range(150)]
    add(register, *places)
    places[:50] = [random_place(rng, place.id) for place in places[:50]]
    with register.edit(who="li", when=WHEN, source="renamed") as edit:
        for place in places[:50]:
            edit.change(place, expected_version=1)

    found = 0
    for _ in range(120):
        name = rng.choice(places).name
        begin = rng.randrange(len(name))
        text = rng.choice((name[begin : begin + rng.randint(1, 4)], random_text(rng, 3), f"{name[begin:]} 东四"))
        expected = [place for place in places if is_found(place, text)]
        assert [entry.place for entry in register.search(text)] == expected, text
        found += len(expected)
    assert found > 300


#: Of the place in the test below.
FINDS = (
    "东四", "街道", "四街", "街", "i", "东四 服务", "BEI da jie", "ｂｅｉ", "12号", "１２ 号", "（12）", "é", "东四*",
    "𠮷",
)  # fmt: skip
FINDS_NOT = (
    "东街", "东四 景山", "É", "站东", "", " ", "， 。", '"', "%", "*", "OR", "NEAR(东 四)", "words:东", "\U00020000",
    "␤",
)  # fmt: skip


def test_a_text_is_no_query_language(register: Register) -> None:
    add(register, replace(STATION, name_en="Dongsi Bei Dajie", address="东四北大街（12）号 café 𠮷", host="%_*"))

    assert [text for text in FINDS if not register.search(text)] == []
    assert [text for text in FINDS_NOT if register.search(text)] == []


# --- opening ---


def step_to(where: str, revision: str) -> None:
    """Bring a database to a certain step of the schema."""
    engine = make_engine(read_where(where))
    with writing(engine) as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.set_main_option("path_separator", "os")
        config.attributes.update(connection=connection, version_table=VERSION_TABLE)
        command.upgrade(config, revision)
    engine.dispose()


def run(where: str, *statements: str) -> None:
    engine = make_engine(read_where(where))
    with writing(engine) as connection:
        for statement in statements:
            connection.execute(sa.text(statement.replace(":", r"\:")))
    engine.dispose()


def test_the_first_schema_is_brought_up_to_date(where: str) -> None:
    step_to(where, "0001")
    document = to_text({name: value for name, value in place_to_json(STATION).items() if value is not None})
    run(
        where,
        "INSERT INTO edit (who, at, source, open) VALUES ('li', '2026-11-22T12:00:00.000000Z', 'a list', 1)",
        f"INSERT INTO place (id, version, doc) VALUES ('{STATION.id}', 1, '{document}')",
        "UPDATE edit SET open = NULL",
    )

    with Register.open(where) as register:
        assert register.all() == (Entry(STATION, 1),) == register.all(WHEN)
        assert register.search("街道") == register.within(BBox(116, 39, 117, 40)) == register.all()
        change(register, replace(STATION, name="新名"), 1)
        assert len(register.search("新名")) == 1 and not register.search("街道")
        verify(register)


def test_a_newer_schema_is_refused(where: str) -> None:
    with Register.open(where):
        pass
    run(where, f"UPDATE {VERSION_TABLE} SET version_num = '9999'")

    with pytest.raises(
        RegisterError, match=r"written by a newer yizhan \(schema 9999, .* knows 0002\); upgrade yizhan"
    ):
        Register.open(where)


def test_another_database_is_left_alone(where: str) -> None:
    run(where, "CREATE TABLE place (x integer)")
    before = Path(where).read_bytes() if "://" not in where else None

    with pytest.raises(RegisterError, match=r"a database with other tables \(place\), no register"):
        Register.open(where)

    assert before is None or Path(where).read_bytes() == before


def test_a_step_that_fails_leaves_nothing(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    step_to(where, "0001")
    run(
        where, "CREATE TABLE place_again (x integer)" if "://" not in where else "CREATE INDEX place_text ON place (id)"
    )

    with pytest.raises(RegisterError, match="place_"):
        Register.open(where)

    run(where, "DROP TABLE place_again" if "://" not in where else "DROP INDEX place_text")
    with Register.open(where) as register:
        add(register, STATION)
        verify(register)


def test_a_sqlite_file_is_as_safe_as_it_can_be(tmp_path: Path) -> None:
    with Register.open(tmp_path / "register.sqlite") as register, register.engine.connect() as connection:
        modes = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    assert modes == ["wal", 2, 1, 30_000]


def test_the_driver_and_the_password_are_not_told() -> None:
    with pytest.raises(RegisterError) as raised:
        Register.open("postgresql://li:secret@127.0.0.1:9/none")

    assert "secret" not in str(raised.value)
    assert "is the database server running" in str(raised.value)


@pytest.mark.parametrize("where", ["mysql://li:secret@host/x", "https://example.org", "sqlite://", "postgresql://["])
def test_other_databases_are_refused(where: str) -> None:
    with pytest.raises(ParameterError, match="postgresql://user:word@host/name") as raised:
        Register.open(where)

    assert "secret" not in str(raised.value)


def test_what_is_no_database_is_said_so(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("name,address\n" * 1000)

    with pytest.raises(RegisterError, match=r"list\.csv: file is not a database; name the register's file"):
        Register.open(file)
    with pytest.raises(RegisterError, match="no register there; name another, or import"):
        Register.open(tmp_path / "none.sqlite", create=False)
    assert file.read_text().startswith("name,address")
