"""Places as a table: one row each, every field in a column, and back; CSV.

Texts that a spreadsheet would take for a formula (``= + - @``, also full-width, and white space that it skips) begin
with an apostrophe in the file. So do texts that begin with one, and the empty text, which is not the same as nothing:
taking one apostrophe off gives every text back.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from geo.errors import InterchangeError
from geo.places.model import PLAIN_FIELDS, Place, place_from_json, place_to_json

#: What no file of text can hold: NUL, and halves of a pair of surrogates.
_UNWRITABLE: Final = re.compile("[\0\ud800-\udfff]")
_GUARDED: Final = re.compile(r"['=+\-@＝＋－＠\t\r\n]|\Z")
_GUARD: Final = "'"
#: Fields that are no text, by what they are.
_NUMBERS: Final[Mapping[str, type]] = {"capacity_seats": int, "area_m2": float}
_FLAG: Final = "verified"
_DEGREES: Final = ("lon", "lat")
#: Fields with an inside, kept as JSON.
_NESTED: Final = ("services", "amenities", "audience", "facts")
#: In the order of the file: what people look for comes first.
COLUMNS: Final = (
    "id", "name", *_DEGREES,
    *(name for name in PLAIN_FIELDS if name not in {"id", "name"}),
    *_NESTED,
)  # fmt: skip

Cell = str | int | float | None


def check_texts(places: Sequence[Place]) -> None:
    """Refuse places of which a text cannot be written to a file, or which share an id.

    Raises
    ------
    InterchangeError
        Naming the place and the field.
    """
    seen: set[str] = set()
    for place in places:
        for field, text in _texts(place_to_json(place), ""):
            if _UNWRITABLE.search(text):
                raise InterchangeError(
                    f"place {place.id!r}: {field} holds a character that no file can hold (NUL or half a surrogate "
                    f"pair): {text[:40]!r}; correct it first"
                )
        if place.id in seen:
            raise InterchangeError(f"two places have the id {place.id[:60]!r}; give one of them another")
        seen.add(place.id)


def _texts(value: Any, field: str) -> Iterator[tuple[str, str]]:
    """Yield every text in a JSON value, with the way to it."""
    if isinstance(value, str):
        yield field, value
    elif isinstance(value, Mapping):
        for key, inside in value.items():
            yield field, key
            yield from _texts(inside, f"{field}.{key}" if field else key)
    elif isinstance(value, list):
        for number, inside in enumerate(value, 1):
            yield from _texts(inside, f"{field}.{number}")


def to_cells(place: Place, *, guarded: bool = True) -> list[Cell]:
    """Return the place's row, aligned to :data:`COLUMNS`; nothing is None.

    Parameters
    ----------
    place
        One place.
    guarded
        Whether texts that look like formulas get their apostrophe.
    """
    values = place_to_json(place)
    return [_to_cell(column, values[column], guarded=guarded) for column in COLUMNS]


def _to_cell(column: str, value: Any, *, guarded: bool) -> Cell:
    if column in _NESTED:
        return json.dumps(value, ensure_ascii=False) if value else None
    if column == _FLAG:
        return "yes" if value else "no"
    if isinstance(value, str) and guarded:
        return guard(value)
    return value  # type: ignore[no-any-return]  # PLAIN_FIELDS hold texts and numbers alone


def guard(text: str) -> str:
    """Return a text as it stands in a cell: with an apostrophe before it if it could be taken for a formula.

    Examples
    --------
    >>> guard("=1+1"), guard("东四")
    ("'=1+1", '东四')
    """
    return _GUARD + text if _GUARDED.match(text) else text


def from_cells(cells: Mapping[str, str]) -> Place:
    """Read a row of texts, by column."""
    return place_from_json({column: _from_cell(column, cells[column]) for column in COLUMNS})


def _from_cell(column: str, text: str) -> Any:
    if column in _NESTED:
        return json.loads(text) if text else _nothing(column)
    if column == _FLAG:
        return _yes_or_no(text)
    if column in _DEGREES:
        return float(text)
    if not text:
        return None
    if column in _NUMBERS:
        return _NUMBERS[column](text)
    return text.removeprefix(_GUARD)


def _nothing(column: str) -> Any:
    return {} if column in {"amenities", "facts"} else []


def _yes_or_no(text: str) -> bool:
    if text not in {"yes", "no"}:
        raise InterchangeError(f"{_FLAG} is {text[:40]!r}; it must be yes or no")
    return text == "yes"


def write_csv(places: Sequence[Place]) -> bytes:
    """Write CSV: UTF-8 with a byte order mark, which tells spreadsheets so."""
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    writer.writerow(COLUMNS)
    writer.writerows(to_cells(place) for place in places)
    return table.getvalue().encode("utf-8-sig")


def read_csv(content: bytes) -> tuple[Place, ...]:
    """Read what :func:`write_csv` wrote, also with columns exchanged or added."""
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
    if missing := sorted(set(COLUMNS) - set(rows.fieldnames or ())):
        raise InterchangeError(f"columns are missing: {', '.join(missing)}; use yizhan import for lists from elsewhere")
    return tuple(from_cells(row) for row in rows)
