"""What people found when they got to a place: as it was shown, or otherwise; each report kept once, for the staff.

Reports lie in a SQLite file of their own and never change a place. The register stays writable for those alone who
keep it, a site without a register takes reports too, and any process may write: the file knows each report by the id
that the teller's device made. The file itself refuses to change or lose what was written.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, get_args

from geo.coords import LonLat
from geo.errors import ConflictError, NotFoundError, ParameterError, RegisterError, TooBusyError, UnknownWordError

Finding = Literal["as_shown", "locked", "no_water", "wrong_position", "other"]
FINDINGS: Final[tuple[Finding, ...]] = get_args(Finding)
#: The file's name in the folder of what visitors leave.
FILE: Final = "reports.sqlite"
MAX_TEXT: Final = 200
#: More open ones are not taken: somebody must look at them first.
MAX_OPEN: Final = 50_000
#: Digits of a position: about 100 m, which says which end of a street, and not whose door.
_DIGITS: Final = 3
_BUSY_S: Final = 5.0
_SCHEMA: Final = 1
_ID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
#: As many letters of an id name it, if no other begins so.
_SHORTEST_ID: Final = 6

_STATEMENTS: Final = (
    """
    CREATE TABLE report (
        serial INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, place TEXT NOT NULL, place_name TEXT NOT NULL,
        district TEXT, subdistrict TEXT, what TEXT NOT NULL, text TEXT, seen_at TEXT NOT NULL,
        received_at TEXT NOT NULL, lon REAL, lat REAL
    )""",
    "CREATE INDEX report_of_place ON report (place)",
    """
    CREATE TABLE closing (
        report INTEGER PRIMARY KEY REFERENCES report (serial), who TEXT NOT NULL, at TEXT NOT NULL, note TEXT NOT NULL
    )""",
    """
    CREATE TRIGGER report_stays BEFORE DELETE ON report BEGIN
        SELECT RAISE(ABORT, 'a report is never deleted: close it');
    END""",
    # somebody may have written a name or a telephone number where none belongs
    """
    CREATE TRIGGER report_is_true BEFORE UPDATE ON report BEGIN
        SELECT RAISE(ABORT, 'a report is never changed; its text and position may be erased')
         WHERE NEW.text IS NOT NULL OR NEW.lon IS NOT NULL OR NEW.lat IS NOT NULL
            OR (OLD.serial, OLD.id, OLD.place, OLD.place_name, OLD.district, OLD.subdistrict, OLD.what, OLD.seen_at,
                OLD.received_at)
               IS NOT (NEW.serial, NEW.id, NEW.place, NEW.place_name, NEW.district, NEW.subdistrict, NEW.what,
                NEW.seen_at, NEW.received_at);
    END""",
    """
    CREATE TRIGGER closing_is_true BEFORE UPDATE ON closing BEGIN
        SELECT RAISE(ABORT, 'a closing is never changed');
    END""",
    """
    CREATE TRIGGER closing_stays BEFORE DELETE ON closing BEGIN
        SELECT RAISE(ABORT, 'a closing is never deleted');
    END""",
)
_SELECT: Final = (
    "SELECT serial, report.id, place, place_name, what, seen_at, received_at, text, lon, lat, district, subdistrict, "
    "who, at, note FROM report LEFT JOIN closing ON closing.report = report.serial"
)
#: What the teller says; the last three may be erased.
_TOLD: Final = ("place", "what", "seen_at", "text", "lon", "lat")


@dataclass(frozen=True)
class Report:
    """What somebody found; nothing of it says who.

    Attributes
    ----------
    id
        A UUID that the teller's device made: the same report may come twice, and is kept once.
    place, place_name, district, subdistrict
        Where, as the city had it when the report came.
    what, text
        What was found; words only with ``other``.
    seen_at, received_at
        When, by the teller's clock and by ours, aware.
    where
        Where the teller stood, if they wished to say so; kept to about 100 m.

    Raises
    ------
    ParameterError, UnknownWordError
        The id is no UUID, the text is too long or has no place here, a time has no zone, or the word is not known.
    """

    id: str
    place: str
    place_name: str
    what: Finding
    seen_at: datetime
    received_at: datetime
    text: str | None = None
    where: LonLat | None = None
    district: str | None = None
    subdistrict: str | None = None

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            raise ParameterError(
                f"id={self.id[:40]!r} is no UUID; make one, e.g. 1c7e9a52-0f6b-4c53-9a64-0d2d7c1f7a10", parameter="id"
            )
        if self.what not in FINDINGS:
            raise UnknownWordError(
                f"what={self.what[:40]!r} is not known; known are {', '.join(FINDINGS)}", parameter="what"
            )
        if self.text is not None and self.what != "other":
            raise ParameterError(f"text belongs to what=other, not to {self.what}; leave it out", parameter="text")
        if self.text is not None and not (0 < len(self.text) <= MAX_TEXT and self.text.isprintable()):
            raise ParameterError(
                f"text has {len(self.text)} characters; write 1 to {MAX_TEXT} printable ones", parameter="text"
            )
        for name, time in (("seen_at", self.seen_at), ("received_at", self.received_at)):
            if time.tzinfo is None:
                raise ParameterError(f"{name}={time} has no time zone; give an aware time", parameter=name)


class Closing(NamedTuple):
    """Who has dealt with a report, when (UTC), and how."""

    who: str
    at: datetime
    note: str


class Kept(NamedTuple):
    """A report, and how it was dealt with; None: it is open."""

    report: Report
    closing: Closing | None


class Reports:
    """The reports in a file; threads and processes may share it.

    Parameters
    ----------
    path
        The file; it is made with the first report.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def add(self, report: Report) -> bool:
        """Keep a report; tell whether it is new.

        Raises
        ------
        ConflictError
            One of that id says something else.
        TooBusyError
            Too many are open.
        RegisterError
            The file cannot be written.
        """
        row = _row(report)
        with self._writing() as connection:
            kept = connection.execute(f"{_SELECT} WHERE report.id = ?", (report.id,)).fetchone()
            if kept is not None:
                # what was dealt with may have been erased
                compared = _TOLD if kept["at"] is None else _TOLD[:3]
                if any(kept[name] != row[name] for name in compared):
                    raise ConflictError(f"a report {report.id} is kept already, and says something else; make a new id")
                return False
            (count,) = connection.execute(
                "SELECT (SELECT count(*) FROM report) - (SELECT count(*) FROM closing)"
            ).fetchone()
            if count >= MAX_OPEN:
                raise TooBusyError(f"{MAX_OPEN:,} reports are open; the keepers of the register must close some first")
            connection.execute(
                f"INSERT INTO report ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})",  # noqa: S608 (our names)
                tuple(row.values()),
            )
        return True

    def all(
        self,
        *,
        place: str | None = None,
        district: str | None = None,
        since: datetime | None = None,
        closed: bool = False,
    ) -> tuple[Kept, ...]:
        """Return reports, those that came last first.

        Parameters
        ----------
        place, district
            Only of this place, of this district or subdistrict.
        since
            Only those that came at this time (aware) or later.
        closed
            Whether those that were dealt with are listed too.
        """
        wanted = {
            "place = :place": place,
            ":district IN (district, subdistrict)": district,
            "received_at >= :since": since and _stamp(since),
        }
        conditions = [condition for condition, value in wanted.items() if value is not None]
        conditions += [] if closed else ["at IS NULL"]
        query = f"{_SELECT} WHERE {' AND '.join(conditions)}" if conditions else _SELECT
        values = {"place": place, "district": district, "since": since and _stamp(since)}
        if not self._path.is_file():
            return ()
        with self._opened() as connection:
            return tuple(_kept(row) for row in connection.execute(f"{query} ORDER BY report.serial DESC", values))

    def close(self, report_id: str, *, who: str, at: datetime, note: str, erase: bool = False) -> Kept:
        """Say that a report has been dealt with; return it.

        Parameters
        ----------
        report_id
            Its id, or the beginning of it.
        who, at, note
            Who has, when (aware), and how.
        erase
            Whether its words and position are taken away for good, such as a telephone number.

        Raises
        ------
        NotFoundError
            There is none of that id, or several begin so.
        ConflictError
            It is closed already.
        ParameterError
            ``who`` or ``note`` is empty.
        """
        for name, text in (("who", who), ("note", note)):
            if not text.strip():
                raise ParameterError(f"{name} is empty; say {name}", parameter=name)
        begins = report_id.lower()
        if not self._path.is_file() or len(begins) < _SHORTEST_ID or not re.fullmatch(r"[0-9a-f-]+", begins):
            raise _no_such(report_id)
        with self._writing() as connection:
            found = connection.execute(f"{_SELECT} WHERE report.id LIKE ? || '%'", (begins,)).fetchall()
            if len(found) != 1:
                raise _no_such(report_id)
            (row,) = found
            if row["at"] is not None:
                raise ConflictError(f"report {row['id']} was closed by {row['who']} at {row['at']}: {row['note'][:80]}")
            connection.execute("INSERT INTO closing VALUES (?, ?, ?, ?)", (row["serial"], who, _stamp(at), note))
            if erase:
                change = "UPDATE report SET text = NULL, lon = NULL, lat = NULL WHERE serial = ?"
                connection.execute(change, (row["serial"],))
            return _kept(connection.execute(f"{_SELECT} WHERE report.id = ?", (row["id"],)).fetchone())

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """Give the connection of the one writer; what it does is done whole, or not at all."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RegisterError(f"{self._path.parent}: cannot be made ({error.strerror}); name another") from error
        with self._opened() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                _make(connection, self._path)
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.execute("COMMIT")

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self._path, timeout=_BUSY_S, isolation_level=None)) as connection:
                connection.row_factory = sqlite3.Row
                connection.execute("PRAGMA synchronous = FULL")  # who was told "kept" may rely on it
                connection.execute("PRAGMA foreign_keys = ON")
                yield connection
        except sqlite3.Error as error:
            raise RegisterError(f"{self._path}: {error}; is it a file of reports, and may it be written?") from error


def coarse(where: LonLat) -> LonLat:
    """Return a position to about 100 m.

    Examples
    --------
    >>> coarse(LonLat(116.410823, 39.922949))
    LonLat(lon=116.411, lat=39.923)
    """
    return LonLat(round(where.lon, _DIGITS), round(where.lat, _DIGITS))


def _make(connection: sqlite3.Connection, path: Path) -> None:
    """Make the tables of a new file."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > _SCHEMA:
        raise RegisterError(f"{path}: written by a newer yizhan (schema {version}); upgrade yizhan")
    if version == _SCHEMA:
        return
    for statement in _STATEMENTS:
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {_SCHEMA}")


def _row(report: Report) -> dict[str, Any]:
    lon, lat = (None, None) if report.where is None else coarse(report.where)
    return {
        "id": report.id,
        "place": report.place,
        "place_name": report.place_name,
        "district": report.district,
        "subdistrict": report.subdistrict,
        "what": report.what,
        "text": report.text,
        "seen_at": _stamp(report.seen_at),
        "received_at": _stamp(report.received_at),
        "lon": lon,
        "lat": lat,
    }


def _kept(row: sqlite3.Row) -> Kept:
    report = Report(
        id=row["id"],
        place=row["place"],
        place_name=row["place_name"],
        what=row["what"],
        seen_at=datetime.fromisoformat(row["seen_at"]),
        received_at=datetime.fromisoformat(row["received_at"]),
        text=row["text"],
        where=None if row["lon"] is None else LonLat(row["lon"], row["lat"]),
        district=row["district"],
        subdistrict=row["subdistrict"],
    )
    closed = None if row["at"] is None else Closing(row["who"], datetime.fromisoformat(row["at"]), row["note"])
    return Kept(report, closed)


def _stamp(time: datetime) -> str:
    """Return an instant as it is written: UTC, to the second, in order as texts are."""
    return time.astimezone(UTC).isoformat(timespec="seconds")


def _no_such(report_id: str) -> NotFoundError:
    return NotFoundError(
        f"no one report whose id is {report_id[:40]!r} or begins so; yizhan reports list --all shows them"
    )
