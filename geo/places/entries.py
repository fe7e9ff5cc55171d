"""What is read from the register: places with their versions, changes, and past states put together from changes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from geo.errors import NotFoundError, ParameterError, RegisterError
from geo.places.documents import from_document, from_fields
from geo.places.model import Place
from geo.places.schema import AUDIT, EDIT, PLACE


class Entry(NamedTuple):
    """A place as it is registered, and how often it was written."""

    place: Place
    version: int


class Change(NamedTuple):
    """One field of one place, changed by one edit.

    Attributes
    ----------
    serial
        Number of the change; there are no gaps.
    edit
        Number of the edit; all its changes were made at once.
    place, version
        The place's id, and its version from this edit on.
    who, at, source
        Who made the edit, when (UTC), and what they knew it from.
    field
        ``phone``, ``amenities.toilet``, ``facts.phone``, ``services``.
    before, after
        Values as :func:`~geo.places.model.place_to_json` writes them; None is unknown.
    """

    serial: int
    edit: int
    place: str
    version: int
    who: str
    at: datetime
    source: str
    field: str
    before: Any
    after: Any


def to_stamp(when: datetime) -> str:
    """Return an instant as the register writes it: UTC, to the microsecond, in order as texts are.

    Raises
    ------
    ParameterError
        It has no time zone.

    Examples
    --------
    >>> to_stamp(datetime(2026, 11, 22, 12, tzinfo=UTC))
    '2026-11-22T12:00:00.000000Z'
    """
    if when.tzinfo is None:
        raise ParameterError(f"when={when} has no time zone; give an aware datetime", parameter="when")
    return when.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def read_entry(connection: sa.Connection, place_id: str) -> Entry:
    """Return a place; NotFoundError if there is none of that id."""
    row = connection.execute(sa.select(PLACE.c.version, PLACE.c.doc).where(PLACE.c.id == place_id)).first()
    if row is None:
        raise no_such_place(place_id)
    return to_entry(row.version, row.doc)


def no_such_place(place_id: str) -> NotFoundError:
    """Return the error that names an id which no place has."""
    return NotFoundError(f"no place {place_id[:60]!r} in the register; yizhan places list shows those there are")


def to_entry(version: int, document: Any) -> Entry:
    """Read what stands in one row of the table of places."""
    try:
        return Entry(from_document(document), version)
    except (KeyError, TypeError, AttributeError) as error:
        raise RegisterError(f"a place in the register cannot be read ({error!r}): {str(document)[:80]}") from error


def entries_from_audit(rows: Iterable[Any]) -> tuple[Entry, ...]:
    """Put places together from each field's last change, (place, version, field, after); in order of id."""
    fields: dict[str, dict[str, Any]] = {}
    versions: dict[str, int] = {}
    for place_id, version, field, after in rows:
        versions[place_id] = max(version, versions.get(place_id, 0))
        if after is not None:
            fields.setdefault(place_id, {})[field] = json.loads(after)
    return tuple(to_entry(versions[place_id], from_fields(fields[place_id])) for place_id in sorted(fields))


def read_changes(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> tuple[Change, ...]:
    """Return the changes that meet a condition, the oldest first."""
    columns = (AUDIT.c.serial, AUDIT.c.edit, AUDIT.c.place, AUDIT.c.version, EDIT.c.who, EDIT.c.at, EDIT.c.source)
    query = sa.select(*columns, AUDIT.c.field, AUDIT.c.before, AUDIT.c.after)
    query = query.join_from(AUDIT, EDIT, AUDIT.c.edit == EDIT.c.serial).where(condition).order_by(AUDIT.c.serial)
    return tuple(
        Change(*row[:5], datetime.fromisoformat(row.at), row.source, row.field, _json(row.before), _json(row.after))
        for row in connection.execute(query)
    )


def _json(text: str | None) -> Any:
    return None if text is None else json.loads(text)
