"""The register's database: opening it, its tables, its transactions, and bringing it up to date.

One writer at a time, on either engine; who reads sees the state at the begin of the reading.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from geo.errors import ParameterError, RegisterError
from geo.places.documents import to_text

PLACE: Final = sa.table(
    "place",
    sa.column("id", sa.Text()),
    sa.column("version", sa.Integer()),
    sa.column("doc", sa.JSON().with_variant(JSONB(), "postgresql")),
)
EDIT: Final = sa.table(
    "edit",
    sa.column("serial", sa.Integer()),
    sa.column("who", sa.Text()),
    sa.column("at", sa.Text()),
    sa.column("source", sa.Text()),
    sa.column("open", sa.Integer()),
)
AUDIT: Final = sa.table(
    "audit",
    sa.column("serial", sa.Integer()),
    sa.column("edit", sa.Integer()),
    sa.column("place", sa.Text()),
    sa.column("version", sa.Integer()),
    sa.column("field", sa.Text()),
    sa.column("before", sa.Text()),
    sa.column("after", sa.Text()),
)
VERSION_TABLE: Final = "yizhan_schema"
MIGRATIONS: Final = Path(__file__).parent / "migrations"
#: How long a writer waits for another one, in milliseconds.
BUSY_TIMEOUT_MS: Final = 30_000
#: ``->`` in triggers.
_OLDEST_SQLITE: Final = (3, 38, 0)
_SSL: Final = {"disable": False, "require": True, "verify-ca": True, "verify-full": True}


def read_where(where: str | Path) -> URL:
    """Read where a register is: the path of a SQLite file, or a database's URL.

    Raises
    ------
    ParameterError
        It is a URL of something else.
    """
    text = str(where)
    if "://" not in text:
        return URL.create("sqlite", database=text)
    try:
        url = make_url(text)
    except SQLAlchemyError:
        raise ParameterError("the register's URL cannot be read; write postgresql://user:word@host/name") from None
    if url.drivername in {"postgresql", "postgres", "postgresql+pg8000"} and url.username and url.database:
        return url.set(drivername="postgresql+pg8000")
    if url.drivername == "sqlite" and url.database:
        return url
    raise ParameterError(
        f"{url.render_as_string()[:80]}: no database that a register lives in; give the path of a file, "
        "sqlite:///path or postgresql://user:word@host/name"
    )


def make_engine(url: URL) -> sa.Engine:
    """Return the engine of a URL that :func:`read_where` gave; nothing is opened yet."""
    if url.get_backend_name() == "postgresql":
        sslmode = url.query.get("sslmode")
        ssl = {"ssl_context": _SSL[sslmode]} if isinstance(sslmode, str) and sslmode in _SSL else {}
        return sa.create_engine(
            url.difference_update_query(["sslmode"]), connect_args=ssl, json_serializer=to_text, pool_pre_ping=True
        )
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        raise RegisterError(f"SQLite {sqlite3.sqlite_version} is too old for the register: 3.38 or newer is needed")
    engine = sa.create_engine(url, json_serializer=to_text)
    sa.event.listen(engine, "connect", _on_connect)
    sa.event.listen(engine, "begin", _on_begin)
    return engine


def _on_connect(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun by _on_begin, not by the driver's own rules
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _on_begin(connection: sa.Connection) -> None:
    # a transaction that reads first and writes later fails when another has written meanwhile: writers say so at once
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Give a connection whose statements all see one state."""
    options: dict[str, Any] = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    with told(engine), engine.connect() as connection:
        yield connection.execution_options(**options)


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Give the connection of the one writer; what it does is done whole at the end, or not at all."""
    with told(engine), engine.connect().execution_options(writes=True) as connection, connection.begin():
        yield connection


@contextmanager
def told(engine: sa.Engine) -> Iterator[None]:
    """Turn what the database says into a :exc:`~geo.errors.RegisterError`."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:  # the latter from _on_connect, which SQLAlchemy does not wrap
        raise RegisterError(f"{name_of(engine)}: {_reason(error)}") from error


def name_of(engine: sa.Engine) -> str:
    """Return what the register is called in messages: its path, or its URL without the password."""
    url = engine.url
    return str(url.database) if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)


def _reason(error: SQLAlchemyError | sqlite3.Error) -> str:
    said: Any = error.orig.args[0] if isinstance(error, DBAPIError) and error.orig and error.orig.args else error
    text = str(said.get("M", said) if isinstance(said, dict) else said).splitlines()[0]
    for words, remedy in _REMEDIES:
        if words in text:
            return f"{text}; {remedy}"
    return text


_REMEDIES: Final = (
    ("database is locked", f"another program has been writing for {BUSY_TIMEOUT_MS // 1000} s: try again"),
    ("disk is full", "free some space and try again"),
    ("not a database", "name the register's file, or restore a backup"),
    ("malformed", "the file is damaged: restore a backup"),
    ("readonly", "the file or its folder may not be written to"),
    ("unable to open", "the folder must exist, and this user be allowed to write to it"),
    ("connection", "is the database server running, and the address right?"),
    ("password", "check the user and password in the URL"),
)


def upgrade(engine: sa.Engine) -> None:
    """Bring the database up to date.

    Raises
    ------
    RegisterError
        It is newer than this program, or something else than a register.
    """
    script = ScriptDirectory.from_config(_config())
    with reading(engine) as connection:
        _refuse_stranger(connection, script)
        current = _revision(connection)
    if engine.dialect.name == "sqlite":
        _use_wal(engine)
    if current != script.get_current_head():
        with writing(engine) as connection:
            upgrade_within(connection)


def _use_wal(engine: sa.Engine) -> None:
    """Let readers read while one writes; the file itself remembers it."""
    with told(engine), closing(engine.raw_connection()) as connection:
        connection.cursor().execute("PRAGMA journal_mode = WAL")


def upgrade_within(connection: sa.Connection) -> None:
    """Run the steps that the database has not had yet, in a transaction that may write."""
    if connection.dialect.name == "postgresql":  # on SQLite the transaction itself is the lock
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(5139, 7713)"))
    config = _config()
    config.attributes["connection"] = connection
    config.attributes["version_table"] = VERSION_TABLE
    command.upgrade(config, "head")


def clear(connection: sa.Connection) -> None:
    """Remove a register from PostgreSQL, with its tables, triggers and functions; it comes back at a rollback."""
    connection.execute(sa.text(f"DROP TABLE audit, place, edit, never, {VERSION_TABLE}"))
    query = "SELECT CAST(CAST(oid AS regprocedure) AS text) FROM pg_proc WHERE proname LIKE 'yizhan\\_%'"
    for function in connection.execute(sa.text(query)).scalars().all():
        connection.execute(sa.text(f"DROP FUNCTION {function}"))


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _revision(connection: sa.Connection) -> str | None:
    return MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_revision()


def _refuse_stranger(connection: sa.Connection, script: ScriptDirectory) -> None:
    current, name = _revision(connection), name_of(connection.engine)
    known = {step.revision for step in script.walk_revisions()}
    if current is not None and current not in known:
        raise RegisterError(
            f"{name}: written by a newer yizhan (schema {current}, this one knows {max(known)}); upgrade yizhan"
        )
    tables = set(sa.inspect(connection).get_table_names())
    in_the_way = tables if connection.dialect.name == "sqlite" else tables & {"place", "edit", "audit", "never"}
    if current is None and in_the_way:
        listed = ", ".join(sorted(in_the_way))
        raise RegisterError(f"{name}: a database with other tables ({listed[:80]}), no register; name another one")
