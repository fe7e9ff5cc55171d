"""A row's cells -> a draft of a place, and what is wrong with it. Where it is comes later, for all rows at once."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Protocol

from geo.coords import LonLat
from geo.importing import cells
from geo.importing.amenities import read_amenities
from geo.importing.columns import HAS, Columns
from geo.importing.kinds import services_of
from geo.importing.points import WrittenPoint, read_point
from geo.importing.problems import Problem
from geo.importing.table import Row, Table
from geo.places.checking import MAX_LENGTH
from geo.places.model import Accuracy, AmenityKind, Place, Service, ServiceKind, YesNo

_OWN_ID: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{1,63}", re.ASCII)
_TOTAL: Final = re.compile(r"(合\s?计|总\s?计|小\s?计|共\s?计|total|sum)\s?:?", re.IGNORECASE)
_REMARK: Final = re.compile(r"(合计|总计|小计|共计|共\s?\d+|(备注|注|说明|附注)\s?:|填表|制表|total\b)", re.IGNORECASE)
_TEXTS: Final = ("name_en", "address", "district", "subdistrict", "community", "host", "floor")
_LINK: Final = re.compile(r"https?://[^\s\"<>]{3,1000}", re.IGNORECASE)
_ALWAYS: Final = "24/7"


class Understood(Protocol):
    """What is made of a text about hours."""

    @property
    def expression(self) -> str | None:
        """An ``opening_hours`` expression; None if the text was not wholly understood."""

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What the expression takes for granted though the text does not say it."""


Understand = Callable[[str], Understood]


@dataclass(frozen=True)
class Reading:
    """How rows are to be read: the list's name, the kind of rows that say none, the clerk's own words for kinds."""

    source: str
    kind: ServiceKind | None = None
    kinds: Mapping[str, ServiceKind] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class Draft:
    """A place whose position is not settled.

    Attributes
    ----------
    row
        As a spreadsheet numbers it.
    words
        The name, or what else the row may be recognised by.
    facts
        Fields of the place, all but its position and accuracy; empty if nothing can come of the row.
    point
        What the coordinates say.
    problems
        Found so far.
    accuracy
        Of the point, if the list itself says it and its datum is no question.
    """

    row: int
    words: str
    facts: Mapping[str, Any]
    point: WrittenPoint | None = None
    problems: tuple[Problem, ...] = ()
    accuracy: Accuracy | None = None

    @property
    def address(self) -> str | None:
        """Of the place."""
        return self.facts.get("address")

    def place(self, position: LonLat, accuracy: Accuracy) -> Place:
        """Return the place, now that it is known where it is."""
        return Place(position=position, accuracy=accuracy, **self.facts)


def read_rows(table: Table, columns: Columns, reading: Reading, understand: Understand) -> list[Draft]:
    """Read all rows below the header.

    Parameters
    ----------
    table, columns
        The list, and which of its columns hold what.
    reading
        What the clerk says of the list as a whole.
    understand
        Reads hours.
    """
    formulas = {(warning.row, warning.column) for warning in table.warnings if warning.code == "formula"}
    reader = _RowReader(columns, reading, understand, formulas)
    return [reader.read(row) for row in table.rows if row.number > columns.header.number]


class _RowReader:
    """Reads rows in order and remembers which ids and which rows there were."""

    def __init__(
        self, columns: Columns, reading: Reading, understand: Understand, formulas: set[tuple[int, int]]
    ) -> None:
        self._columns = columns
        self._reading = reading
        self._understand = understand
        self._formulas = formulas
        self._row_of_cells: dict[tuple[str, ...], int] = {}
        self._row_of_id: dict[str, int] = {}
        self._problems: list[Problem] = []

    def read(self, row: Row) -> Draft:
        self._problems = []
        name = cells.fold(self._columns.cell(row, "name"))
        address = cells.fold(self._columns.cell(row, "address"))
        words = name or address or next(filter(None, row.cells), "")
        if rejected := self._rejected(row, name, address):
            return Draft(row.number, words, {}, problems=(rejected,))
        if not name:
            self._say("no_name", field="name")
        self._check_cells(row)
        facts = {"name": name or address, **self._texts(row), **self._sizes(row), **self._state(row)}
        facts["id"] = self._id(row, name, address)
        facts["source"] = self._reading.source
        facts["phone"] = self._phone(row)
        facts["source_url"] = self._link(row)
        facts["checked"] = self._parsed(row, "checked", cells.read_day)
        amenities, others = self._amenities(row)
        facts["amenities"] = MappingProxyType(amenities)
        facts["services"] = self._services(row, name)
        facts["note"] = self._note(row, others)
        self._check_lengths(facts)
        point, problem = read_point(self._columns, row)
        self._problems += [problem] if problem else []
        return Draft(row.number, words, MappingProxyType(facts), point, tuple(self._problems))

    def _say(self, code: str, value: str = "", other: str = "", field: str = "") -> None:
        self._problems.append(Problem(code, value, other, field))

    def _rejected(self, row: Row, name: str, address: str) -> Problem | None:
        first = cells.fold(next(filter(None, row.cells), ""))
        if row.cells == self._columns.header.cells:
            return Problem("header_again")
        if _TOTAL.fullmatch(first) or (_REMARK.match(first) and not (name and address)):
            return Problem("summary", first)
        if not name and not address:
            return Problem("nameless")
        earlier = self._row_of_cells.setdefault(row.cells, row.number)
        return Problem("repeated", other=str(earlier)) if earlier != row.number else None

    def _check_cells(self, row: Row) -> None:
        """Formulas and damaged text in a cell that is used would become facts: a human must see them."""
        for name, numbers in self._columns.of_field.items():
            for number in numbers:
                cell = row.cells[number] if number < len(row.cells) else ""
                if (row.number, number + 1) in self._formulas:
                    self._say("formula", cell, field=name)
                elif cells.is_garbled(cell):
                    self._say("garbled", cell, field=name)

    def _texts(self, row: Row) -> dict[str, str | None]:
        return {name: cells.fold(self._columns.cell(row, name)) or None for name in _TEXTS}

    def _sizes(self, row: Row) -> dict[str, Any]:
        seats = self._parsed(row, "capacity_seats", cells.read_number)
        return {
            "capacity_seats": None if seats is None else int(seats),
            "area_m2": self._parsed(row, "area_m2", cells.read_number),
        }

    def _state(self, row: Row) -> dict[str, Any]:
        if says := next((cell for cell in row.cells if cells.says_closed(cell)), None):
            self._say("maybe_closed", says)
        return {
            "tier": self._parsed(row, "tier", cells.read_tier),
            "access": self._parsed(row, "access", cells.read_access),
            "street_facing": self._parsed(row, "street_facing", cells.read_yes_no),
            "audience": self._parsed(row, "audience", cells.read_audience) or (),
        } | ({"status": status} if (status := self._parsed(row, "status", cells.read_status)) else {})

    def _parsed(self, row: Row, name: str, read: Callable[[str], Any]) -> Any:
        """Read a cell; what is not understood is told and stays unknown."""
        text = self._columns.cell(row, name)
        value = read(text) if text else None
        if text and value is None:
            self._say("value_odd", text, field=name)
        return value

    def _id(self, row: Row, name: str, address: str) -> str:
        """Return the list's own id if it is one, else one that the same name and address always get."""
        given = self._columns.cell(row, "id")
        own = given if _OWN_ID.fullmatch(given) else _hashed(name, address, self._columns.cell(row, "city"))
        earlier = self._row_of_id.setdefault(own, row.number)
        if earlier != row.number:
            self._say("same_id", own, str(earlier), field="id")
        return own

    def _phone(self, row: Row) -> str | None:
        text = self._columns.cell(row, "phone")
        phones, rest = cells.read_phones(text)
        if rest and cells.read_yes_no(rest) != "no":
            self._say("phone_odd", text, field="phone")
        return phones

    def _amenities(self, row: Row) -> tuple[dict[AmenityKind, YesNo], tuple[str, ...]]:
        read = read_amenities(self._columns.cell(row, "amenities"))
        amenities = dict(read.amenities)
        for column in self._columns.of_field:
            if column.startswith(HAS) and (answer := self._has(row, column)):
                amenities[column.removeprefix(HAS)] = answer  # type: ignore[index]
        if read.unknown:
            self._say("amenity_unknown", "、".join(read.unknown), field="amenities")
        if read.unclear:
            self._say("amenity_unclear", "、".join(read.unclear), field="amenities")
        return amenities, (*read.others, *read.unknown)

    def _has(self, row: Row, column: str) -> YesNo | None:
        """A cell under the name of an amenity: yes, no, or how many."""
        text = self._columns.cell(row, column)
        count = cells.read_number(text)
        answer = cells.read_yes_no(text) or (None if count is None else "yes" if count else "no")
        if text and answer is None:
            self._say("value_odd", text, field=f"amenities.{column.removeprefix(HAS)}")
        return answer

    def _services(self, row: Row, name: str) -> tuple[Service, ...]:
        kinds = self._kinds(row, name)
        hours, note = self._hours(row)
        services = [Service(kind, hours=hours, note=note) for kind in kinds]
        if kinds and "haircut" not in kinds and re.search("理发|剪发", self._columns.cell(row, "amenities")):
            services.append(Service("haircut"))
        return tuple(services)

    def _kinds(self, row: Row, name: str) -> tuple[ServiceKind, ...]:
        said = self._columns.cell(row, "kind")
        kinds, unknown = services_of(said, self._reading.kinds)
        if kinds:
            return kinds
        if self._reading.kind is not None:
            return (self._reading.kind,)
        if unknown:
            self._say("unknown_kind", "、".join(unknown), field="kind")
            return ()
        kinds, _ = services_of(name, self._reading.kinds)
        if not kinds:
            self._say("no_kind", field="kind")
        return kinds[:1]

    def _hours(self, row: Row) -> tuple[str | None, str | None]:
        """Return an expression, and the words that were not understood."""
        text = cells.fold(self._columns.cell(row, "hours"))
        always = cells.read_yes_no(self._columns.cell(row, "open_24h")) == "yes"
        understood = self._understand(text) if text else None
        expression = understood.expression if understood else None
        if understood and expression and understood.assumptions:
            self._say("hours_assumed", text, "；".join(understood.assumptions), "hours")
        if always and expression and not expression.startswith(_ALWAYS):
            self._say("hours_differ", text, field="hours")
            return None, text
        if always and not text:
            return _ALWAYS, None
        if text and expression is None:
            self._say("hours_unknown", text, field="hours")
            return None, text
        return expression, None

    def _link(self, row: Row) -> str | None:
        """Only a web address becomes a link: ``javascript:`` would be one too."""
        text = self._columns.cell(row, "source_url")
        return text if _LINK.fullmatch(text) else None

    def _note(self, row: Row, others: tuple[str, ...]) -> str | None:
        parts = [cells.fold(self._columns.cell(row, "note"))]
        origin = self._columns.cell(row, "source_url")
        if origin and self._link(row) is None:
            parts.append("来源：" + cells.fold(origin))
        if others:
            parts.append("另有：" + "、".join(others))
        return "；".join(filter(None, parts)) or None

    def _check_lengths(self, facts: dict[str, Any]) -> None:
        for name, limit in MAX_LENGTH.items():
            value = facts.get(name)
            if isinstance(value, str) and len(value) > limit:
                self._say("too_long", value, str(limit), field=name)


def _hashed(name: str, address: str, city: str) -> str:
    """Return an id for a name and an address, whatever their width, case, blanks and punctuation."""
    parts = [name, address, city] if city else [name, address]
    bare = ("".join(c for c in unicodedata.normalize("NFKC", part).casefold() if c.isalnum()) for part in parts)
    return "list-" + hashlib.sha256("|".join(bare).encode()).hexdigest()[:16]
