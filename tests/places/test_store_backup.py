"""Backups: one format, both engines, while others write."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from geo.errors import RegisterError
from geo.places.backup import back_up, restore, verify
from geo.places.store import Register
from tests.places.registrable import random_place
from tests.places.test_store import HOUR, STATION, WHEN, add, change
from tests.postgres.server import Server


def fill(register: Register, seed: int = 0) -> None:
    rng = Random(seed)
    for number in range(6):
        with register.edit(who=f"who {number}", when=WHEN + number * HOUR, source="a list") as edit:
            for index in range(5 * number, 5 * number + 5):
                edit.add(random_place(rng, f"p{index}"))
            for index in range(5 * number):
                if rng.random() < 0.3:
                    found = edit.read(f"p{index}")
                    edit.change(random_place(rng, f"p{index}"), expected_version=found.version)


def test_a_backup_is_a_register(register: Register, tmp_path: Path) -> None:
    fill(register)

    back_up(register, tmp_path / "new" / "backup.sqlite")

    assert [path.name for path in (tmp_path / "new").iterdir()] == ["backup.sqlite"], "nothing else is left"
    with Register.open(tmp_path / "new" / "backup.sqlite") as copy:
        assert copy.all() == register.all()
        assert copy.changes() == register.changes()
        assert copy.version_tag() == register.version_tag()
        verify(copy)


def test_a_backup_can_be_read_where_nothing_may_be_written(register: Register, tmp_path: Path) -> None:
    fill(register)
    file = tmp_path / "backup.sqlite"
    back_up(register, file)

    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        assert connection.execute("SELECT count(*) FROM place").fetchone() == (30,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_a_backup_replaces_an_older_one_and_nothing_else(register: Register, tmp_path: Path) -> None:
    file = tmp_path / "backup.sqlite"
    back_up(register, file)
    fill(register)
    back_up(register, file)
    with Register.open(file) as copy:
        assert len(copy.all()) == 30

    note = tmp_path / "notes.txt"
    note.write_text("mine")
    with pytest.raises(RegisterError, match="is in the way and no backup"):
        back_up(register, note)
    with pytest.raises(RegisterError, match="cannot be written"):
        back_up(register, note / "backup.sqlite")
    if "://" not in register.name:
        with pytest.raises(RegisterError, match="is the register itself"):
            back_up(register, Path(register.name))
    assert note.read_text() == "mine"


def test_a_backup_is_one_instant_while_others_write(register: Register, where: str, tmp_path: Path) -> None:
    add(register, STATION)
    stop = threading.Event()

    def write() -> None:
        with Register.open(where) as own:
            version = 1
            while not stop.is_set():
                with own.edit(who="writer", when=WHEN, source="a list") as edit:
                    version = edit.change(replace(STATION, note=str(version)), expected_version=version)
                    edit.add(replace(STATION, id=f"p{version}"))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            back_up(register, tmp_path / f"{number}.sqlite")
    finally:
        stop.set()
        writer.join()

    whole, sizes = register.changes(), []
    for number in range(5):
        with Register.open(tmp_path / f"{number}.sqlite") as copy:
            changes = copy.changes()
            assert changes == whole[: len(changes)]
            assert len(copy.all()) == copy.read(STATION.id).version, "each edit is in it whole"
            sizes.append(len(changes))
    assert sizes == sorted(sizes) and sizes[0] < sizes[-1]


def test_restore_makes_a_register(register: Register, where: str, tmp_path: Path, postgres: Server) -> None:
    """From either engine to either."""
    fill(register)
    file = tmp_path / "backup.sqlite"
    back_up(register, file)

    for target in (str(tmp_path / "folder" / "other.sqlite"), postgres.new_database()):
        assert restore(file, target) is None
        with Register.open(target, create=False) as other:
            assert other.all() == register.all() and other.changes() == register.changes()
            assert other.all(WHEN + HOUR) == register.all(WHEN + HOUR)
            assert other.search("东") == register.search("东") != ()
            change(other, replace(other.read("p1").place, phone="1"), other.read("p1").version)
            verify(other)


def test_restore_replaces_only_by_force_and_keeps_what_was_there(
    register: Register, where: str, tmp_path: Path
) -> None:
    add(register, STATION)
    file = tmp_path / "backup.sqlite"
    back_up(register, file)
    change(register, replace(STATION, phone="1"), 1, WHEN + HOUR)
    later, tag = register.changes(), register.version_tag()

    with pytest.raises(RegisterError, match="restore with --force, and"):
        restore(file, where)
    assert register.changes() == later

    kept = restore(file, where, force=True)

    assert register.read(STATION.id).version == 1, "a program that has it open goes on with what was restored"
    assert register.version_tag() != tag
    verify(register)
    assert kept is not None
    with Register.open(kept) as old:
        assert old.changes() == later
    change(register, replace(STATION, phone="2"), 1, WHEN + 2 * HOUR)
    assert register.version_tag() != tag, "the same number of edits, and yet another register"
    assert restore(file, where, force=True) not in {None, kept}, "each is kept under a name of its own"


@pytest.mark.parametrize("where", ["sqlite"], indirect=True)
def test_restore_where_the_register_is_past_reading(register: Register, where: str, tmp_path: Path) -> None:
    add(register, STATION)
    file = tmp_path / "backup.sqlite"
    back_up(register, file)
    register.close()
    Path(where).write_bytes(b"\0" * 9000)

    kept = restore(file, where, force=True)

    assert kept is not None and kept.read_bytes() == b"\0" * 9000
    with Register.open(where) as restored:
        assert restored.read(STATION.id).place == STATION


@pytest.mark.parametrize("where", ["sqlite"], indirect=True)
def test_what_is_no_sound_backup_is_not_restored(register: Register, where: str, tmp_path: Path) -> None:
    fill(register)
    before = register.changes()
    good, bad = tmp_path / "good.sqlite", tmp_path / "bad.sqlite"
    back_up(register, good)

    bad.write_text("no database")
    with pytest.raises(RegisterError, match="not a SQLite file"):
        restore(bad, where, force=True)
    with pytest.raises(RegisterError, match="no such backup"):
        restore(tmp_path / "none", where, force=True)
    content = good.read_bytes()
    for damage in (content[: len(content) // 2], content[:20000] + b"\xff" * 30000 + content[50000:]):
        bad.write_bytes(damage)
        with pytest.raises(RegisterError):
            restore(bad, where, force=True)
    with closing(sqlite3.connect(good)) as connection:
        connection.executescript("DROP TRIGGER audit_remains; DELETE FROM audit WHERE serial = 3")
    with pytest.raises(RegisterError, match="rows of the audit are missing"):
        restore(good, where, force=True)

    assert register.changes() == before
    assert list(tmp_path.glob("*replaced*")) == []
