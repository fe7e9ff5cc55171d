"""An index of names in SQLite (FTS5): a file in the pack, or in memory for the places of the day.

The names are numbered in the order in which equally like ones are wanted. FTS5 gives the numbers of what matches in
ascending order, so the first that come are the best, and nothing is sorted however many match.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, Final
from urllib.parse import quote

from geo.coords import LonLat
from geo.errors import PackError
from geo.finding.gazetteer import KINDS, Hit, Name, address_key, order, size
from geo.finding.pinyin import Syllables, readings
from geo.finding.spelling import Read, spell

#: Marks at the front of a token: of a whole name, of a tail of it, and the same of its initials.
_WHOLE, _TAIL, _INITIALS, _INITIAL_TAIL = "a", "b", "c", "d"
#: What each likeness looks for, in the order of the likenesses: a mark, and whether the token may go on.
_LOOKS: Final = (
    (_WHOLE, False), (_WHOLE, True), (_INITIALS, False), (_INITIALS, True), (_TAIL, True), (_INITIAL_TAIL, True),
)  # fmt: skip

# One-character queries match thousands of tokens: prefix= keeps their numbers ready. Nothing but the numbers is
# asked of FTS5, so neither texts nor positions are kept. The tokenizer takes every character beyond ASCII as it is.
_TABLES: Final = """
CREATE TABLE name (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, size INTEGER NOT NULL, name TEXT NOT NULL, name_en TEXT, context TEXT,
    lon REAL NOT NULL, lat REAL NOT NULL, place_id TEXT, also TEXT NOT NULL, address TEXT);
CREATE VIRTUAL TABLE spelling USING fts5 (
    tokens, content='', detail=none, columnsize=0, prefix='2 3 4', tokenize='ascii');
CREATE TABLE door (street TEXT NOT NULL, number TEXT NOT NULL, name INTEGER NOT NULL REFERENCES name,
    PRIMARY KEY (street, number, name)) WITHOUT ROWID;
CREATE TABLE reading (characters TEXT PRIMARY KEY, ways TEXT NOT NULL) WITHOUT ROWID;
"""
_COLUMNS: Final = (
    "name.name, name.name_en, name.kind, name.context, name.lon, name.lat, name.place_id, name.also, name.address"
)
_MATCHING: Final = (
    f"SELECT name.id, name.size, {_COLUMNS} FROM spelling CROSS JOIN name ON name.id = spelling.rowid "  # noqa: S608
    "WHERE spelling MATCH ? ORDER BY spelling.rowid"
)


#: What something with these names is found by.
Tokens = Callable[[tuple[str, ...]], str]
_KEPT: Final = 100_000
_BEHIND: Final = (
    f"SELECT {_COLUMNS} FROM door JOIN name ON name.id = door.name "  # noqa: S608
    "WHERE street = ? AND number = ? ORDER BY name.id"
)


class NameIndex:
    """Names that are found by what a person types; threads and forked processes may share it.

    Parameters
    ----------
    open_database
        Opens the database; called at the first question, and once more in each forked process.
    """

    def __init__(self, open_database: Callable[[], sqlite3.Connection]) -> None:
        self._open_database = open_database
        self._opened: tuple[int, sqlite3.Connection] | None = None
        self._lock = Lock()
        #: Places change, but most of their names stay: an index of the next day's places spells only the new ones.
        self.tokens = lru_cache(maxsize=_KEPT)(self._tokens)

    @classmethod
    def of_file(cls, path: Path) -> NameIndex:
        """Return the index that :func:`write_names` wrote; the file is opened at the first question."""
        return cls(lambda: _open_file(path))

    @classmethod
    def of_names(cls, names: Sequence[Name], centre: LonLat, tokens: Tokens | None = None) -> NameIndex:
        """Return an index in memory, made at the first question.

        Parameters
        ----------
        names
            What to find.
        centre
            Names near it come first.
        tokens
            What a name is found by: the method of another index, which may know how it is read.
        """

        def make() -> sqlite3.Connection:
            database = sqlite3.connect(":memory:", check_same_thread=False)
            _fill(database, names, centre, tokens or (lambda names: _tokens(names, readings)))
            return database

        return cls(make)

    def search(self, wanted: str, limit: int, near: LonLat | None = None) -> list[Hit]:
        """Return the names that are like a text, in the order in which they are wanted.

        Parameters
        ----------
        wanted
            What was typed, as :func:`geo.finding.spelling.key` writes it.
        limit
            The first so many are among the answer; all of one kind and length are, if nearness has to decide.
        near
            Nearness to this point counts, not to the centre.
        """
        hits: dict[int, Hit] = {}
        with self._lock:
            for likeness, (mark, goes_on) in enumerate(_LOOKS):
                if len(hits) >= limit:
                    break
                if mark in {_INITIALS, _INITIAL_TAIL} and not wanted.isascii():
                    continue
                last: tuple[str, int] | None = None
                # What was typed has letters and digits alone, so no sign in it means anything to FTS5.
                rows = self._ask(_MATCHING, f'"{mark}{wanted}"' + ("*" if goes_on else ""))
                for number, length, *row in rows:
                    if len(hits) >= limit and (near is None or (row[2], length) != last):
                        break
                    last = row[2], length
                    if number not in hits:
                        hits[number] = Hit(likeness, _name(row))
        return list(hits.values())

    def streets(self, wanted: str) -> list[Name]:
        """Return the streets of a name, typed in characters or pinyin."""
        with self._lock:
            rows = self._ask(_MATCHING, f'"{_WHOLE}{wanted}"')
            return [_name(row) for _, _, *row in rows if row[2] == "street"]

    def doors(self, street: str, number: str) -> list[Name]:
        """Return what is known to stand at an address: see :func:`geo.finding.gazetteer.address_key`."""
        with self._lock:
            return [_name(row) for row in self._ask(_BEHIND, street, number)]

    def names(self) -> tuple[Name, ...]:
        """Return all names, ordered by name."""
        with self._lock:
            found = [_name(row) for row in self._ask(f"SELECT {_COLUMNS} FROM name")]  # noqa: S608
        return tuple(sorted(found, key=lambda name: (name.name, name.kind, name.position)))

    def reading(self, characters: str) -> tuple[Syllables, ...]:
        """Return how characters are read: from the index if it knows, else by :func:`geo.finding.pinyin.readings`."""
        with self._lock:
            row = next(self._ask("SELECT ways FROM reading WHERE characters = ?", characters), None)
        return tuple(tuple(way) for way in json.loads(row[0])) if row else readings(characters)

    def _ask(self, question: str, *values: str) -> Iterator[Sequence[Any]]:
        try:
            yield from self._database().execute(question, values)
        except sqlite3.Error as error:
            raise PackError(f"names cannot be read: missing or damaged ({error}); build the pack again") from error

    def _tokens(self, names: tuple[str, ...]) -> str:
        return _tokens(names, self.reading)

    def _database(self) -> sqlite3.Connection:
        """Return the database of this process; SQLite does not let a forked one use its parent's."""
        process = os.getpid()
        if self._opened is None or self._opened[0] != process:
            self._opened = process, self._open_database()
        return self._opened[1]


def write_names(path: Path, names: Sequence[Name], centre: LonLat, read_too: Iterable[str] = ()) -> None:
    """Write an index of names to a file.

    Parameters
    ----------
    path
        The file; there is none yet.
    names
        What to find.
    centre
        Names near it come first.
    read_too
        Further texts that are read now, so that they need not be when the pack is open.
    """
    database = sqlite3.connect(path)
    try:
        _fill(database, names, centre, lambda names: _tokens(names, readings))
        known: dict[str, tuple[Syllables, ...]] = {}

        def note(characters: str) -> tuple[Syllables, ...]:
            return known.setdefault(characters, readings(characters))

        for text in read_too:
            spell([text], note)
        rows = sorted((characters, json.dumps(ways)) for characters, ways in known.items())
        database.executemany("INSERT INTO reading VALUES (?, ?)", rows)
        database.commit()
        database.execute("VACUUM")
    finally:
        database.close()


def _open_file(path: Path) -> sqlite3.Connection:
    """Open a pack's file, which nobody writes any more."""
    try:
        database = sqlite3.connect(
            f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
        database.execute("SELECT 1 FROM name LIMIT 1").close()
    except sqlite3.Error as error:
        raise PackError(f"{path}: missing or damaged ({error}); build the pack again") from error
    return database


def _fill(database: sqlite3.Connection, names: Sequence[Name], centre: LonLat, tokens: Tokens) -> None:
    """Write names in the order in which they are wanted, what they are found by, and their addresses."""
    database.executescript(_TABLES)
    for number, name in enumerate(sorted(names, key=lambda name: order(name, centre))):
        database.execute(
            "INSERT INTO name VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (number, name.kind, size(name), _text(name.name), _text(name.name_en), _text(name.context),
             *name.position, _text(name.place_id), json.dumps(name.also) if name.also else "[]", _text(name.address)),
        )  # fmt: skip
        if name.kind != "address":  # found by street and number: a street's first letters must not list all of them
            database.execute("INSERT INTO spelling (rowid, tokens) VALUES (?, ?)", (number, tokens(name.names)))
        if name.address and not name.address.isalpha():
            street, door = address_key(name.address)
            if street:
                database.execute("INSERT INTO door VALUES (?, ?, ?)", (street, door, number))
    database.execute("INSERT INTO spelling (spelling) VALUES ('optimize')")
    database.commit()


def _tokens(names: tuple[str, ...], read: Read) -> str:
    """Return what something with these names is found by, as FTS5 takes it."""
    own = spell(names, read)
    marked = zip((_WHOLE, _TAIL, _INITIALS, _INITIAL_TAIL), own, strict=True)
    return " ".join(mark + text for mark, texts in marked for text in sorted(texts))


def _text(text: str | None) -> str | None:
    """Return a text as SQLite takes it: half a character, which JSON may hold, becomes a question mark."""
    return None if text is None else text.encode("utf-8", "replace").decode()


def _name(row: Sequence[Any]) -> Name:
    name, name_en, kind, context, lon, lat, place_id, also, address = row
    if kind not in KINDS:
        raise PackError(f"a name of the unknown kind {kind!r}; build the pack again")
    return Name(name, name_en, kind, context, LonLat(lon, lat), place_id, tuple(json.loads(also)), address)
