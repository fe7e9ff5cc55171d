"""No write path avoids the audit: raw SQL, in every form that a program could think of, on each engine."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from geo.errors import RegisterError
from geo.places.backup import verify
from geo.places.documents import to_document, to_text
from geo.places.entries import Entry
from geo.places.schema import make_engine, read_where
from geo.places.store import Register
from tests.places.registrable import fields_of
from tests.places.test_store import STATION, WHEN, add, change

OPEN = "INSERT INTO edit (who, at, source, open) VALUES ('mallory', '2026-11-23T12:00:00.000000Z', 'sql', 1)"
CLOSE = "UPDATE edit SET open = NULL WHERE open = 1"
NEW = to_text(to_document(replace(STATION, id="new")))
RENAMED = to_text(to_document(replace(STATION, name="x")))


def rename(how: str, version: int | str) -> str:
    return f"UPDATE {how} place SET doc = '{RENAMED}', version = {version} WHERE id = 'ss-dongsi'"


def raw(where: str, statements: Sequence[str]) -> None:
    """Run statements past the program, in one transaction, as a program that knows nothing of it would."""
    if "://" not in where:
        with closing(sqlite3.connect(where, isolation_level=None)) as connection:  # foreign keys are off, as ever
            connection.execute("BEGIN")
            for statement in statements:
                connection.execute(statement)
            connection.execute("COMMIT")
        return
    engine = make_engine(read_where(where))
    try:
        with engine.begin() as session:
            for statement in statements:
                session.execute(sa.text(statement.replace(":", r"\:")))
    finally:
        engine.dispose()


NO_EDIT, AUDIT_ROW, STEP = "no edit is open", "written by the register itself", "raises the version by one"
FORGED = "INSERT INTO audit (edit, place, version, field, before, after) VALUES ({}, 'ss-dongsi', {}, {}, {}, {})"

#: (what is tried, statements, what the database says)
ATTEMPTS = [
    ("write without an edit", [f"INSERT INTO place (id, version, doc) VALUES ('new', 1, '{NEW}')"], NO_EDIT),
    ("change without an edit", [rename("", 2)], NO_EDIT),
    ("change after the edit", [OPEN, CLOSE, rename("", 2)], NO_EDIT),
    ("keep the version", [OPEN, rename("", 1), CLOSE], STEP),
    ("skip a version", [OPEN, rename("", 3), CLOSE], STEP),
    ("change nothing", [OPEN, "UPDATE place SET version = version + 1", CLOSE], "changes something"),
    ("rename the id", [OPEN, "UPDATE place SET id = 'y', version = 2", CLOSE], "keeps the id|CHECK constraint"),
    ("another number", [OPEN, rename("", "2, number = 99"), CLOSE], "keeps the id|number"),
    ("begin at version 7", [OPEN, f"INSERT INTO place (id, version, doc) VALUES ('new', 7, '{NEW}')"], "has version 1"),
    ("delete a place", [OPEN, "DELETE FROM place", CLOSE], "never deleted: set its status to retired"),
    ("change the audit", ["UPDATE audit SET after = '1'"], "audit rows are never changed"),
    ("change it in an edit", [OPEN, "UPDATE audit SET after = '1'", CLOSE], "audit rows are never changed"),
    ("empty the audit", ["DELETE FROM audit"], "audit rows are never deleted"),
    ("cut the audit", ["DELETE FROM audit WHERE serial = (SELECT max(serial) FROM audit)"], "never deleted"),
    ("add to the audit", [OPEN, FORGED.format(2, 1, "'phone'", "NULL", "'1'"), CLOSE], AUDIT_ROW),
    ("add to an old edit", [OPEN, FORGED.format(1, 1, "'phone'", "NULL", "'1'"), CLOSE], AUDIT_ROW),
    ("blame a false past", [OPEN, FORGED.format(2, 1, "'name'", "'\"y\"'", "'\"东四街道工会服务站\"'"), CLOSE],
     AUDIT_ROW),
    ("another's edit", ["UPDATE edit SET who = 'li li'"], "never changed, only closed"),
    ("another's open edit", [OPEN, "UPDATE edit SET who = 'li', open = NULL WHERE open = 1"], "only closed"),
    ("open an old edit", ["UPDATE edit SET open = 1 WHERE serial = 1"], "only closed"),
    ("delete an edit", ["DELETE FROM edit"], "an edit is never deleted"),
    ("a second edit", [OPEN, OPEN], "begins open, while no other is open"),
    ("a closed edit", [OPEN.replace(", 1)", ", NULL)")], "begins open"),
    ("nobody's edit", [OPEN.replace("mallory", " ")], "CHECK constraint|check constraint"),
    ("an edit of no time", [OPEN.replace("2026-11-23T", "yesterday ")], "CHECK constraint|check constraint"),
    ("no JSON", [OPEN, "UPDATE place SET doc = '{', version = 2"], "malformed JSON|invalid input syntax"),
    ("another id inside", [OPEN, f"INSERT INTO place (id, version, doc) VALUES ('y', 1, '{NEW}')"], "CHECK|check"),
    ("off the earth", [OPEN, "UPDATE place SET doc = '" + RENAMED.replace("39.92", "399") + "', version = 2"],
     "CHECK|check"),
    ("a list of amenities", [OPEN, "UPDATE place SET version = 2, doc = '"
     + RENAMED.replace('{"toilet":"yes","water":"no"}', '["toilet"]') + "'"], "CHECK|check|path error|non-object"),
    ("a strange field", [OPEN, "UPDATE place SET doc = '" + RENAMED.replace('"lat"', '"a b":1,"lat"')
     + "', version = 2"], "not in a-z, 0-9"),
]  # fmt: skip
SQLITE_ATTEMPTS = [
    *((f"or {how}, without an edit", [rename(f"OR {how}", 2)], NO_EDIT) for how in ("IGNORE", "REPLACE", "FAIL")),
    *((f"or {how}, same version", [OPEN, rename(f"OR {how}", 1)], STEP) for how in ("IGNORE", "REPLACE")),
    ("replace a place", [OPEN, f"REPLACE INTO place (id, version, doc) VALUES ('ss-dongsi', 1, '{RENAMED}')"],
     "an id that no other has"),
    ("replace it by its number", [OPEN, f"REPLACE INTO place (number, id, version, doc) VALUES (1, 'new', 1, '{NEW}')"],
     "an id that no other has"),
    ("replace an audit row", [OPEN, "REPLACE INTO audit SELECT 1, 2, place, version, 'phone', NULL, '1' FROM audit"],
     AUDIT_ROW),
    ("replace an edit", ["REPLACE INTO edit VALUES (1, 'x', '2026-11-23T12:00:00.000000Z', 'sql', 1)"], "begins open"),
    ("leave a gap", [OPEN.replace("(who", "(serial, who").replace("('mal", "(9, 'mal")], "no gaps"),
    ("write a field's name otherwise", [OPEN, "UPDATE place SET doc = '"
     + RENAMED.replace('"lat"', '"ph\\u006fne":"1","lat"') + "', version = 2"],
     "named twice|" + AUDIT_ROW),
    ("name a field twice", [OPEN, "UPDATE place SET doc = '" + RENAMED.replace('"lat"', '"name":"y","lat"')
     + "', version = 2"], "a field is named twice"),
    ("name an amenity twice", [OPEN, "UPDATE place SET doc = '"
     + RENAMED.replace('"water":"no"', '"toilet":"no"') + "', version = 2"], "a field is named twice"),
]  # fmt: skip
POSTGRES_ATTEMPTS = [
    ("truncate places", ["TRUNCATE place CASCADE"], "never deleted"),
    ("truncate the audit", ["TRUNCATE audit"], "never deleted"),
    ("truncate edits", ["TRUNCATE edit CASCADE"], "never deleted"),
    ("leave the edit open", [OPEN], "foreign key"),
    (
        "upsert",
        [f"INSERT INTO place (id, version, doc) VALUES ('ss-dongsi', 1, '{RENAMED}')"
         " ON CONFLICT (id) DO UPDATE SET doc = excluded.doc"],
        NO_EDIT,
    ),
]  # fmt: skip


def attempts(rows: Sequence[tuple[str, list[str], str]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("statements", "said"), [row[1:] for row in rows], ids=[row[0] for row in rows])


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def standing(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return where a register with one place is; whatever is tried on it is refused, so it stands for all the tests."""
    if request.param == "sqlite":
        where = str(tmp_path_factory.mktemp("register") / "register.sqlite")
    else:
        where = request.getfixturevalue("postgres").new_database()
    with Register.open(where) as register:
        add(register, STATION)
    yield where
    with Register.open(where) as register:
        assert change(register, replace(STATION, phone="1"), 1) == 2, "it still takes what is right"
        verify(register)


def refused(where: str, statements: Sequence[str], said: str) -> None:
    with pytest.raises((SQLAlchemyError, sqlite3.Error), match=said):
        raw(where, statements)
    with Register.open(where) as register:
        assert register.all() == (Entry(STATION, 1),) == register.all(WHEN)
        assert {row.field: row.after for row in register.changes()} == fields_of(STATION)
        assert register.version_tag() == "1-2026-11-22T12:00:00.000000Z"
        verify(register)


@attempts(ATTEMPTS)
def test_raw_sql_is_refused(standing: str, statements: Sequence[str], said: str) -> None:
    refused(standing, statements, said)


@pytest.mark.parametrize("standing", ["sqlite"], indirect=True)
@attempts(SQLITE_ATTEMPTS)
def test_raw_sql_on_sqlite_is_refused(standing: str, statements: Sequence[str], said: str) -> None:
    refused(standing, statements, said)


@pytest.mark.parametrize("standing", ["postgresql"], indirect=True)
@attempts(POSTGRES_ATTEMPTS)
def test_raw_sql_on_postgresql_is_refused(standing: str, statements: Sequence[str], said: str) -> None:
    refused(standing, statements, said)


def test_raw_sql_that_says_who_it_is_is_audited(where: str) -> None:
    with Register.open(where) as register:
        add(register, STATION)
        raw(where, [OPEN, rename("", 2), f"INSERT INTO place (id, version, doc) VALUES ('new', 1, '{NEW}')", CLOSE])

        changes = register.changes(since=1)
        assert {(row.who, row.source, row.at.day) for row in changes} == {("mallory", "sql", 23)}
        assert [(row.before, row.after) for row in changes if row.place == STATION.id] == [(STATION.name, "x")]
        assert {row.field: row.after for row in changes if row.place == "new"} == fields_of(replace(STATION, id="new"))
        assert len(register.all(WHEN)) == 1 and len(register.all()) == 2
        verify(register)


@pytest.mark.parametrize("where", ["sqlite"], indirect=True)
def test_an_edit_left_open_on_sqlite_ends_with_the_next(where: str) -> None:
    """A program that has foreign keys off can commit an open edit; whoever comes next writes in their own name."""
    with Register.open(where) as register:
        raw(where, [OPEN])
        add(register, STATION)

        assert {row.who for row in register.changes()} == {"li"}
        verify(register)


@pytest.mark.parametrize("where", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (["DROP TRIGGER audit_remains", "DELETE FROM audit WHERE serial = 3"], "rows of the audit are missing"),
        (["DROP TRIGGER audit_stays", "UPDATE audit SET after = '\"x\"' WHERE field = 'name'"], "does not account"),
        (["DROP TRIGGER place_changes", "DROP TRIGGER place_has_changed", rename("", 1)], "does not account"),
        (["DROP TRIGGER edit_stays", "DELETE FROM edit"], "damaged|rows of the edit are missing"),
    ],
)
def test_who_removes_the_triggers_is_found_out(where: str, damage: Sequence[str], said: str) -> None:
    with Register.open(where) as register:
        add(register, STATION)
        raw(where, damage)

        with pytest.raises(RegisterError, match=said):
            verify(register)
