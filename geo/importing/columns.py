"""Which column holds what: headers in Chinese and English, and a clear question where two would do."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from geo.datums import Datum
from geo.errors import ListRefusedError
from geo.importing.amenities import amenities_of_word
from geo.importing.headers import DATUMS, PARTS, PERSONAL, WHOLE
from geo.importing.problems import FIELD_WORDS
from geo.importing.table import Row, Table

#: Begins the field of a column that is about one amenity: ``has.microwave``.
HAS: Final = "has."
_MANY: Final = frozenset({"amenities", "note", "phone"})
_HEADER_WITHIN: Final = 15

_WHOLE_HEADER: Final = {word: field for field, words in WHOLE.items() for word in words.split()}
_COORDINATES: Final = ("lon", "lat", "lonlat", "latlon")


@dataclass(frozen=True)
class Columns:
    """Which columns of a table hold which field.

    Attributes
    ----------
    header
        The row of the names, and all names in order.
    of_field
        Field -> the columns that hold it, counted from 0.
    datum
        What the headers of the coordinates say.
    unused
        Names of the columns that nothing is read from.
    """

    header: Row
    of_field: Mapping[str, tuple[int, ...]]
    datum: Datum | None = None
    unused: tuple[str, ...] = ()

    def cells(self, row: Row, field_name: str) -> list[str]:
        """Return the cells of a row that hold a field and are not empty."""
        numbers = self.of_field.get(field_name, ())
        return [row.cells[number] for number in numbers if number < len(row.cells) and row.cells[number]]

    def cell(self, row: Row, field_name: str) -> str:
        """Return what a row says of a field; several columns are joined."""
        return "；".join(dict.fromkeys(self.cells(row, field_name)))

    def names(self, field_name: str) -> list[str]:
        """Return the names of the columns that hold a field."""
        return [self.header.cells[number] for number in self.of_field[field_name]]


@dataclass
class _Found:
    """Columns under way: those that name a field wholly, and in part; and the datum that each says."""

    whole: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    part: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    datum: dict[int, Datum | None] = field(default_factory=dict)


def find_columns(
    table: Table, *, given: Mapping[str, Sequence[str]] | None = None, datum: Datum | None = None
) -> Columns:
    """Find the header of a table, and what its columns hold.

    Parameters
    ----------
    table
        As it was read.
    given
        Field -> names of columns (``#3`` is the third), which count before anything recognised; no name at all: the
        field is not read.
    datum
        Which coordinates are wanted where a list has them in several.

    Raises
    ------
    ListRefusedError
        No header is found, a named column is not there, two columns claim one field, or places have neither name nor
        address.
    """
    header = _header(table, given or {})
    found = _recognised(header)
    chosen = {name: _numbers(header, name, words) for name, words in (given or {}).items()}
    taken = {number for numbers in chosen.values() for number in numbers}
    of_field = {name: numbers for name, numbers in chosen.items() if numbers}
    names = [name for name in {**found.whole, **found.part} if name not in chosen]
    candidates = {
        name: numbers
        for name in names
        if (numbers := [n for n in found.whole.get(name) or found.part[name] if n not in taken])
    }
    stated = _choose_datum(candidates, found.datum, datum)
    for name, numbers in candidates.items():
        of_field[name] = tuple(numbers) if name in _MANY else (_only(table, header, name, numbers),)
    _drop_second_coordinates(of_field, chosen)
    if "name" not in of_field and "address" not in of_field:
        raise _no_header(header)
    used = {number for numbers in of_field.values() for number in numbers}
    given_datum = {found.datum.get(n) for name in _COORDINATES for n in of_field.get(name, ())} - {None}
    unused = tuple(cell for number, cell in enumerate(header.cells) if number not in used and cell)
    return Columns(header, of_field, stated or (given_datum.pop() if len(given_datum) == 1 else None), unused)


def field_names() -> Iterable[str]:
    """Return the fields that a column can be mapped to."""
    return WHOLE.keys()


def _header(table: Table, given: Mapping[str, Sequence[str]]) -> Row:
    """Return the first row that names most fields: lists have titles and remarks above."""
    rows = table.rows[:_HEADER_WITHIN]
    if not rows:
        raise ListRefusedError(zh="清单里没有内容", en="there is nothing in the list; choose another")
    wanted = {_key(word) for words in given.values() for word in words}
    best = max(rows, key=lambda row: (_named(row, wanted), -row.number))
    if not _named(best, wanted) and not any(word.startswith("#") for words in given.values() for word in words):
        raise _no_header(rows[0])
    return best


def _named(row: Row, wanted: set[str]) -> int:
    found = _recognised(row)
    return len(found.whole) * 2 + len(found.part) + 3 * sum(_key(cell) in wanted for cell in row.cells)


def _recognised(header: Row) -> _Found:
    found = _Found()
    for number, cell in enumerate(header.cells):
        if len(cell) > 40 or any(word in cell for word in PERSONAL):
            continue
        key = _key(cell)
        bare, datum = _without_datum(key)
        if name := _WHOLE_HEADER.get(key) or _WHOLE_HEADER.get(bare):
            found.whole[name].append(number)
        elif kind := _one_amenity(cell):
            found.whole[HAS + kind].append(number)
        elif name := next((name for part, name in PARTS if part in key), ""):
            found.part[name].append(number)
        found.datum[number] = datum
    return found


def _one_amenity(cell: str) -> str:
    """Return the amenity that a header names and nothing else, as ``微波炉`` or ``有无微波炉`` does."""
    bare = re.sub(r"^(有无|是否有|是否配备|是否提供|有没有)", "", cell)
    kinds = amenities_of_word(bare)
    return kinds[0] if len(kinds) == 1 else ""


def _key(cell: str) -> str:
    text = unicodedata.normalize("NFKC", cell).casefold()
    text = re.sub(r"[((\[【].{0,20}?(必填|选填|必须|可选|格式|例).{0,20}?[))\]】]", "", text)
    return "".join(c for c in text if c.isalnum() or c == "㎡")


def _without_datum(key: str) -> tuple[str, Datum | None]:
    for word, datum in DATUMS:
        if word in key and key != word:
            return key.replace(word, "").removesuffix("坐标系"), datum
    return key, None


def _numbers(header: Row, name: str, words: Sequence[str]) -> tuple[int, ...]:
    if name not in WHOLE and not name.startswith(HAS):
        raise ListRefusedError(
            zh=f"没有字段“{name[:40]}”；可用：{'、'.join(WHOLE)}",
            en=f"no field {name[:40]!r}; there are {', '.join(WHOLE)}",
            parameter="map",
        )
    return tuple(_number(header, word) for word in words)


def _number(header: Row, word: str) -> int:
    if re.fullmatch(r"#\d{1,3}", word, re.ASCII) and 0 < int(word[1:]) <= len(header.cells):
        return int(word[1:]) - 1
    hits = [number for number, cell in enumerate(header.cells) if cell and _key(cell) == _key(word)]
    if len(hits) == 1:
        return hits[0]
    columns = "、".join(f"#{n} {cell}" for n, cell in enumerate(header.cells, 1))[:300]
    raise ListRefusedError(
        zh=f"列“{word[:40]}”在第 {header.number} 行有 {len(hits)} 个；该行的列：{columns}",
        en=f"{len(hits)} columns are called {word[:40]!r} in row {header.number}; there are {columns}",
        parameter="map",
    )


def _only(table: Table, header: Row, name: str, numbers: Sequence[int]) -> int:
    """Return the one column of a field: of several, those that are empty or repeat the first do not count."""
    contents = {n: [row.cells[n] if n < len(row.cells) else "" for row in table.rows if row != header] for n in numbers}
    filled = [n for n in numbers if any(contents[n])] or list(numbers)[:1]
    different = [n for n in filled if n == filled[0] or contents[n] != contents[filled[0]]]
    if len(different) == 1:
        return different[0]
    said = "、".join(f"“{header.cells[n]}”(#{n + 1})" for n in different)
    first = header.cells[different[0]]
    raise ListRefusedError(
        zh=f"{said} 都像“{FIELD_WORDS.get(name, name)}”；请用 --map {name}={first} 选定",
        en=f"{said} may all be {name}; choose one with --map {name}={first}",
        parameter="map",
    )


def _choose_datum(
    candidates: dict[str, list[int]], datum_of: Mapping[int, Datum | None], wanted: Datum | None
) -> Datum | None:
    """Where coordinates stand in several datums, keep those of the wanted one, else WGS-84, else the first."""
    said = {datum_of.get(n) for name in _COORDINATES for n in candidates.get(name, ())}
    if len(said) < 2:
        return next(iter(said), None)
    complete = [
        d for d in said if all(any(datum_of.get(n) == d for n in candidates.get(c, ())) for c in ("lon", "lat"))
    ]
    order = [wanted, "wgs84", "gcj02", "bd09", None]
    kept = next((datum for datum in order if datum in complete), None)
    for name in _COORDINATES:
        if name in candidates:
            candidates[name] = [n for n in candidates[name] if datum_of.get(n) == kept] or candidates[name]
    return kept


def _drop_second_coordinates(of_field: dict[str, tuple[int, ...]], chosen: Mapping[str, object]) -> None:
    """A pair of columns counts before one that holds both, unless that was asked for."""
    if "lonlat" in chosen or "latlon" in chosen:
        of_field.pop("lon", None)
        of_field.pop("lat", None)
    elif "lon" in of_field and "lat" in of_field:
        of_field.pop("lonlat", None)
        of_field.pop("latlon", None)


def _no_header(row: Row) -> ListRefusedError:
    shown = "、".join(f"#{number} {cell}" for number, cell in enumerate(row.cells[:12], 1))[:300]
    return ListRefusedError(
        zh=f"找不到名称或地址列；第 {row.number} 行是：{shown}；请用 --map name=列名 指定",
        en=f"no column of names or addresses; row {row.number} reads {shown}; say --map name=COLUMN",
        parameter="map",
    )
