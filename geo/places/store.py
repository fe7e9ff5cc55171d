"""The register of places: versions, an audit that nothing avoids, and any past state.

The same class speaks to a SQLite file and to PostgreSQL with PostGIS. Places are written inside an edit, which says
who, when and from what source, and is done whole or not at all; the database itself writes down each field that it
changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Self

import sqlalchemy as sa

from geo.coords import BBox
from geo.errors import ConflictError, ParameterError, RegisterError
from geo.places.checking import check_place
from geo.places.documents import to_document
from geo.places.entries import (
    Change,
    Entry,
    entries_from_audit,
    no_such_place,
    read_changes,
    read_entry,
    to_entry,
    to_stamp,
)
from geo.places.model import Place
from geo.places.schema import AUDIT, EDIT, PLACE, make_engine, name_of, read_where, reading, upgrade, writing
from geo.places.searching import pieces

#: What an engine's index finds: the places wanted, and possibly some just beside.
_WITHIN: Final = {
    "sqlite": "number IN (SELECT number FROM place_box"
    " WHERE west <= :east AND east >= :west AND south <= :north AND north >= :south)",
    "postgresql": "entrance && ST_MakeEnvelope(:west, :south, :east, :north, 4326)",
}
_FOUND: Final = {
    "sqlite": "number IN (SELECT rowid FROM place_text WHERE place_text MATCH :words)",
    "postgresql": "yizhan_grams(plain) @> CAST(:grams AS text[]) AND plain LIKE ALL (CAST(:patterns AS text[]))",
}


class Register:
    """A register of places; threads may share it, processes open it each for itself."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, where: str | Path, *, create: bool = True) -> Self:
        """Open a register, and bring its database up to date.

        Parameters
        ----------
        where
            The path of a SQLite file, or ``postgresql://user:word@host/name``.
        create
            Whether a file that is not there is made.

        Raises
        ------
        RegisterError
            It is not there, cannot be opened, is newer than this program, or is no register.
        ParameterError
            The URL is not one of a database that a register lives in.
        """
        url = read_where(where)
        if url.get_backend_name() == "sqlite":
            path = Path(str(url.database))
            if not create and not path.is_file():
                raise RegisterError(f"{path}: no register there; name another, or import places to make it")
            if create:
                _make_folder(path.parent)
        engine = make_engine(url)
        try:
            upgrade(engine)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine)

    def close(self) -> None:
        """Close the connections."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def engine(self) -> sa.Engine:
        """The database, for :mod:`geo.places.backup`."""
        return self._engine

    @property
    def name(self) -> str:
        """What the register is called in messages: its path, or its URL without the password."""
        return name_of(self._engine)

    def read(self, place_id: str) -> Entry:
        """Return a place.

        Raises
        ------
        NotFoundError
            There is none of that id.
        """
        with reading(self._engine) as connection:
            return read_entry(connection, place_id)

    def all(self, at: datetime | None = None) -> tuple[Entry, ...]:
        """Return every place, in order of id.

        Parameters
        ----------
        at
            Return them as they stood at this instant: after the last edit that is dated at it or before.
        """
        if at is None:
            return self._select()
        last_edit = sa.select(sa.func.max(EDIT.c.serial)).where(EDIT.c.at <= to_stamp(at)).scalar_subquery()
        last = sa.select(sa.func.max(AUDIT.c.serial)).where(AUDIT.c.edit <= last_edit)
        last = last.group_by(AUDIT.c.place, AUDIT.c.field)
        query = sa.select(AUDIT.c.place, AUDIT.c.version, AUDIT.c.field, AUDIT.c.after).where(AUDIT.c.serial.in_(last))
        with reading(self._engine) as connection:
            return entries_from_audit(connection.execute(query))

    def within(self, box: BBox) -> tuple[Entry, ...]:
        """Return the places in a box, its borders included, in order of id."""
        found = self._select(_WITHIN[self._engine.dialect.name], box._asdict())
        return tuple(entry for entry in found if box.contains(entry.place.position))  # the index rounds outwards

    def search(self, text: str) -> tuple[Entry, ...]:
        """Return the places that a text finds, in order of id.

        Each piece of the text, between blanks, must stand within the name, the English name, the address, a district,
        subdistrict or community, or the host. Capitals, full width and punctuation make no difference; a text without
        a letter or digit finds nothing.
        """
        wanted = pieces(text)
        if not wanted:
            return ()
        if self._engine.dialect.name == "sqlite":
            return self._select(_FOUND["sqlite"], {"words": " ".join(f'"{" ".join(piece)}"' for piece in wanted)})
        grams = {piece[first : first + size] for piece in wanted for size in (1, 2) for first in range(len(piece))}
        patterns = [f"%{piece}%" for piece in wanted]  # no piece holds a % or a _
        return self._select(_FOUND["postgresql"], {"grams": sorted(grams), "patterns": patterns})

    def history(self, place_id: str) -> tuple[Change, ...]:
        """Return all changes of a place, the oldest first.

        Raises
        ------
        NotFoundError
            There is no place of that id.
        """
        with reading(self._engine) as connection:
            changes = read_changes(connection, AUDIT.c.place == place_id)
        if not changes:
            raise no_such_place(place_id)
        return changes

    def changes(self, since: int = 0) -> tuple[Change, ...]:
        """Return all changes by edits after the one of that number, the oldest first."""
        with reading(self._engine) as connection:
            return read_changes(connection, AUDIT.c.edit > since)

    def version_tag(self) -> str:
        """Return a token that is another one after every write, so that a server knows when to read again."""
        last = sa.select(sa.func.max(EDIT.c.serial)).scalar_subquery()
        with reading(self._engine) as connection:
            row = connection.execute(sa.select(EDIT.c.serial, EDIT.c.at).where(EDIT.c.serial == last)).first()
        return "0" if row is None else f"{row.serial}-{row.at}"  # the time tells it from a restored register's

    @contextmanager
    def edit(self, *, who: str, when: datetime, source: str) -> Iterator[Edit]:
        """Open an edit: on success all of it is written, on failure nothing; meanwhile other writers wait.

        Parameters
        ----------
        who, when, source
            Who writes, at what instant, and what they know it from.

        Raises
        ------
        RegisterError
            Another writer kept the register too long, or the disk does not take it.
        ParameterError
            ``who`` or ``source`` is empty, or ``when`` has no time zone.
        """
        for name, text in (("who", who), ("source", source)):
            if not text.strip():
                raise ParameterError(f"{name} is empty; say {name}", parameter=name)
        with writing(self._engine) as connection:
            # left open by a program that commits past the foreign key; nobody is writing now
            connection.execute(sa.update(EDIT).where(EDIT.c.open == 1).values(open=None))
            begun = sa.insert(EDIT).values(who=who, at=to_stamp(when), source=source, open=1).returning(EDIT.c.serial)
            serial = int(connection.execute(begun).scalar_one())
            edit = Edit(connection, serial)
            yield edit
            if not edit.written:
                connection.rollback()
                return
            connection.execute(sa.update(EDIT).where(EDIT.c.serial == serial).values(open=None))

    def _select(self, condition: str | None = None, values: dict[str, Any] | None = None) -> tuple[Entry, ...]:
        query = sa.select(PLACE.c.version, PLACE.c.doc)
        if condition is not None:
            query = query.where(sa.text(condition))
        with reading(self._engine) as connection:
            entries = [to_entry(row.version, row.doc) for row in connection.execute(query, values or {})]
        return tuple(sorted(entries, key=_id))


class Edit:
    """An open edit.

    Attributes
    ----------
    serial
        Its number, as :class:`Change` says it.
    written
        How many places it has added or changed so far.
    """

    def __init__(self, connection: sa.Connection, serial: int) -> None:
        self._connection = connection
        self.serial = serial
        self.written = 0

    def read(self, place_id: str) -> Entry:
        """Return a place as this edit has left it.

        Raises
        ------
        NotFoundError
            There is none of that id.
        """
        return read_entry(self._connection, place_id)

    def add(self, place: Place) -> None:
        """Register a new place.

        Raises
        ------
        ConflictError
            There is one of that id.
        InvalidPlaceError
            It may not enter the register.
        """
        check_place(place)
        if (version := self._version(place.id)) is not None:
            raise ConflictError(
                f"place {place.id} is registered already, at version {version}; change it, expecting that version"
            )
        self._connection.execute(sa.insert(PLACE).values(id=place.id, version=1, doc=to_document(place)))
        self.written += 1

    def change(self, place: Place, *, expected_version: int) -> int:
        """Write a place anew.

        Parameters
        ----------
        expected_version
            The version that was read and is changed here.

        Returns
        -------
        int
            The version now; the expected one if nothing differs, and then nothing is written.

        Raises
        ------
        NotFoundError
            There is none of that id.
        ConflictError
            It is at another version.
        InvalidPlaceError
            It may not enter the register.
        """
        check_place(place)
        found = self.read(place.id)
        if found.version != expected_version:
            raise ConflictError(
                f"place {place.id} is at version {found.version}, but version {expected_version} was changed; "
                "read it again and change what you find"
            )
        if found.place == place:
            return found.version
        values = {"version": found.version + 1, "doc": to_document(place)}
        self._connection.execute(sa.update(PLACE).where(PLACE.c.id == place.id).values(values))
        self.written += 1
        return found.version + 1

    def _version(self, place_id: str) -> int | None:
        return self._connection.execute(sa.select(PLACE.c.version).where(PLACE.c.id == place_id)).scalar()


def _id(entry: Entry) -> str:
    return entry.place.id


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RegisterError(f"{folder}: cannot be made ({error.strerror}); name another place") from error
