"""Backup and restore of the register, on either engine.

A backup is a register itself: one SQLite file. It can be looked into with any SQLite program and with ``yizhan places
list``, it is checked by the same code as a register in use, and it restores to either engine. From SQLite it is copied
page by page while writers work; from PostgreSQL, and to it, edit by edit: the triggers write the audit again, and it
must come out the same.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from itertools import groupby, zip_longest
from operator import attrgetter
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from geo.errors import RegisterError
from geo.places.documents import from_fields
from geo.places.schema import (
    AUDIT,
    EDIT,
    PLACE,
    clear,
    make_engine,
    name_of,
    read_where,
    reading,
    upgrade_within,
    writing,
)
from geo.places.store import Register

_HEADER: Final = b"SQLite format 3\0"


def back_up(register: Register, file: Path) -> None:
    """Write a backup; it is checked before it takes the place of an older one.

    Raises
    ------
    RegisterError
        The file is in the way, cannot be written, or what was copied does not pass :func:`verify`.
    """
    _refuse_to_replace(register, file)
    with _folder_beside(file) as folder:
        new = folder / "register.sqlite"
        if register.engine.dialect.name == "sqlite":
            _copy_pages(Path(str(register.engine.url.database)), new)
        else:
            with Register.open(new) as copy, reading(register.engine) as old, writing(copy.engine) as target:
                replay(old, target)
        with Register.open(new) as copy:
            verify(copy)
        _make_one_file(new)
        os.replace(new, file)


def restore(file: Path, where: str | Path, *, force: bool = False) -> Path | None:
    """Put a backup in the place of a register; programs that have it open go on with what was restored.

    Parameters
    ----------
    force
        Whether a register that is there is replaced.

    Returns
    -------
    pathlib.Path or None
        Where the register that was there has been kept, if there was one.

    Raises
    ------
    RegisterError
        The file is no backup, is damaged or newer than this program, or a register is there already.
    """
    if not file.is_file():
        raise RegisterError(f"{file}: no such backup")
    url = read_where(where)
    with tempfile.TemporaryDirectory(prefix="yizhan-restore-") as folder:
        new = Path(folder) / "register.sqlite"
        _copy_pages(file, new)
        with Register.open(new) as backup:
            verify(backup)
            if url.get_backend_name() == "postgresql":
                return _restore_to_postgresql(backup, make_engine(url), file, force=force)
        return _restore_to_file(new, Path(str(url.database)), force=force)


def _restore_to_file(new: Path, path: Path, *, force: bool) -> Path | None:
    kept = None
    if path.exists():
        if not force:
            raise RegisterError(f"{path}: is there already; restore with --force, and it is kept beside")
        kept = _free_name(path)
        if _is_sqlite(path):
            _copy_pages(path, kept)
        else:  # past opening: moved as it is
            os.replace(path, kept)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RegisterError(f"{path}: cannot be written ({error.strerror})") from error
    _copy_pages(new, path)  # through SQLite, in one transaction: a server that has the file open sees it whole
    return kept


def _restore_to_postgresql(backup: Register, engine: sa.Engine, file: Path, *, force: bool) -> Path | None:
    kept = None
    try:
        with Register.open(name := engine.url.render_as_string(hide_password=False)) as old:
            if old.version_tag() != "0":
                if not force:
                    raise RegisterError(f"{old.name}: holds places already; restore with --force, and they are kept")
                kept = _free_name(file)
                back_up(old, kept)
        with reading(backup.engine) as source, writing(engine) as target:
            clear(target)
            upgrade_within(target)
            replay(source, target)
        with Register.open(name) as restored:
            verify(restored)
    finally:
        engine.dispose()
    return kept


def verify(register: Register) -> None:
    """Make sure that a register is sound: its pages, its serials, and that its audit accounts for every place.

    Raises
    ------
    RegisterError
        It is not; the message says what is wrong.
    """
    with reading(register.engine) as connection:
        if register.engine.dialect.name == "sqlite":
            said = connection.execute(sa.text("PRAGMA integrity_check")).scalars().all()
            if said != ["ok"] or connection.execute(sa.text("PRAGMA foreign_key_check")).first() is not None:
                raise RegisterError(f"{register.name}: damaged ({'; '.join(said)[:200]}); restore a backup")
        for table in (EDIT, AUDIT):
            serial = table.c.serial
            least, most, count = connection.execute(
                sa.select(sa.func.min(serial), sa.func.max(serial), sa.func.count())
            ).one()
            if count and (least, most) != (1, count):
                raise RegisterError(f"{register.name}: rows of the {table.name} are missing; restore a backup")
    if register.all() != register.all(datetime.max.replace(tzinfo=UTC)):
        raise RegisterError(f"{register.name}: the audit does not account for the places as they are; restore a backup")


def replay(source: sa.Connection, target: sa.Connection) -> None:
    """Make all edits of one register again in another one, which is empty, and compare the audits.

    Raises
    ------
    RegisterError
        The audits differ: a source that somebody has tampered with.
    """
    fields: dict[str, dict[str, Any]] = {}
    edits = source.execute(sa.select(EDIT.c.serial, EDIT.c.who, EDIT.c.at, EDIT.c.source).order_by(EDIT.c.serial))
    by_edit = groupby(_audit(source), key=attrgetter("edit"))
    of_edit, rows = next(by_edit, (None, iter(())))
    for edit in edits.all():
        begun = sa.insert(EDIT).values(who=edit.who, at=edit.at, source=edit.source, open=1).returning(EDIT.c.serial)
        serial = target.execute(begun).scalar_one()
        if edit.serial == of_edit:
            for (place, version), changes in groupby(rows, key=attrgetter("place", "version")):
                _write(target, fields.setdefault(place, {}), place, version, changes)
            of_edit, rows = next(by_edit, (None, iter(())))
        target.execute(sa.update(EDIT).where(EDIT.c.serial == serial).values(open=None))
    for old, new in zip_longest(_audit(source), _audit(target)):
        if old is None or new is None or _meaning(old) != _meaning(new):
            raise RegisterError(f"{name_of(source.engine)}: its audit cannot be repeated from change {old or new}")


def _audit(connection: sa.Connection) -> Iterator[Any]:
    yield from connection.execute(sa.select(AUDIT).order_by(AUDIT.c.serial))


def _write(target: sa.Connection, fields: dict[str, Any], place: str, version: int, changes: Iterator[Any]) -> None:
    for change in changes:
        if change.after is None:
            fields.pop(change.field, None)
        else:
            fields[change.field] = json.loads(change.after)
    values = {"version": version, "doc": from_fields(fields)}
    if version == 1:
        target.execute(sa.insert(PLACE).values(id=place, **values))
    else:
        target.execute(sa.update(PLACE).where(PLACE.c.id == place).values(values))


def _meaning(row: Any) -> tuple[Any, ...]:
    """Return a row's values; engines write the same JSON differently."""
    return (*row[:5], *(None if text is None else json.loads(text) for text in row[5:]))


def _copy_pages(source: Path, target: Path) -> None:
    """Copy a SQLite file as of one instant, whoever writes to it; the target is replaced in one transaction."""
    if not _is_sqlite(source):
        raise RegisterError(f"{source}: not a SQLite file, so no register")
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as old,
            closing(sqlite3.connect(target)) as new,
        ):
            old.backup(new)
    except sqlite3.Error as error:
        raise RegisterError(f"{source} → {target}: cannot be copied ({error})") from error


def _make_one_file(path: Path) -> None:
    """Take a register out of WAL mode, so that it can be read where nothing may be written, and sync it."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _refuse_to_replace(register: Register, file: Path) -> None:
    if not file.exists():
        return
    if not _is_sqlite(file):
        raise RegisterError(f"{file}: is in the way and no backup; choose another name")
    database = register.engine.url.database
    if register.engine.dialect.name == "sqlite" and database is not None and file.samefile(database):
        raise RegisterError(f"{file}: is the register itself; choose another name for its backup")


def _is_sqlite(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(_HEADER)) == _HEADER
    except OSError as error:
        raise RegisterError(f"{path}: cannot be read ({error.strerror})") from error


def _free_name(path: Path) -> Path:
    names = (path.with_name(f"{path.stem}.replaced-{number}.sqlite") for number in range(1, 10_000))
    return next(name for name in names if not name.exists())


@contextmanager
def _folder_beside(file: Path) -> Iterator[Path]:
    """Give a temporary folder on the same disk, so that renaming what lies in it is one step."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{file.name}.", dir=file.parent))
    except OSError as error:
        raise RegisterError(f"{file}: cannot be written ({error.strerror}); choose another name") from error
    try:
        yield folder
    except OSError as error:
        if isinstance(error, RegisterError):
            raise
        raise RegisterError(f"{file}: cannot be written ({error.strerror}); choose another name") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
