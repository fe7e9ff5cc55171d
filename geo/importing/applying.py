"""A plan is written whole or not at all, and taken back whole or not at all."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Final, NamedTuple

from geo.errors import ConflictError, NotFoundError
from geo.importing.merging import ROLLBACK
from geo.importing.plan import Plan
from geo.places.documents import from_document, from_fields, to_document, to_fields
from geo.places.entries import Change
from geo.places.model import Fact, Place
from geo.places.store import Register

_SHOWN: Final = 5


class RolledBack(NamedTuple):
    """How many places a rollback took out of operation, and how many it put back as they were."""

    retired: int
    restored: int


def apply(plan: Plan, register: Register, *, who: str, when: datetime) -> None:
    """Write a plan in one edit, whose source begins with the import's id.

    Raises
    ------
    ConflictError
        A place was changed since the plan was made; nothing is written.
    """
    with register.edit(who=who, when=when, source=f"{plan.id} {plan.source}") as edit:
        for place, expected_version in plan.writes:
            if expected_version is None:
                edit.add(place)
            else:
                edit.change(place, expected_version=expected_version)


def roll_back(register: Register, import_id: str, *, who: str, when: datetime) -> RolledBack:
    """Undo one import: what it changed is put back, what it added is retired, for the register forgets nothing.

    Raises
    ------
    NotFoundError
        There is no such import.
    ConflictError
        Places were edited since; nothing is undone.
    """
    changes = register.changes()
    own = [change for change in changes if change.source.split(" ", 1)[0] == import_id]
    if not own:
        raise NotFoundError(f"no import {import_id[:60]!r} in this register; yizhan places history shows their ids")
    _check_untouched(changes, own, import_id)
    by_place: dict[str, list[Change]] = defaultdict(list)
    for change in own:
        by_place[change.place].append(change)
    source = f"{ROLLBACK}{import_id}"
    retired = 0
    with register.edit(who=who, when=when, source=source) as edit:
        for place_id, of_place in by_place.items():
            entry = edit.read(place_id)
            added = of_place[0].version == 1
            retired += added
            before = _retired(entry.place, source, who, when) if added else _restored(entry.place, of_place)
            edit.change(before, expected_version=entry.version)
    return RolledBack(retired, len(by_place) - retired)


def _check_untouched(changes: tuple[Change, ...], own: list[Change], import_id: str) -> None:
    places = {change.place for change in own}
    last = max(change.edit for change in own)
    later = [change for change in changes if change.edit > last and change.place in places]
    if any(change.source == f"{ROLLBACK}{import_id}" for change in later):
        raise ConflictError(f"{import_id} was rolled back already")
    if later:
        touched = sorted({change.place for change in later})
        names = ", ".join(touched[:_SHOWN]) + (" …" if len(touched) > _SHOWN else "")
        raise ConflictError(
            f"{len(touched)} places of {import_id} were edited since ({names}); nothing was rolled back: "
            "correct them one by one"
        )


def _retired(place: Place, source: str, who: str, when: datetime) -> Place:
    facts = MappingProxyType({**place.facts, "status": Fact(source, when.date().isoformat(), who)})
    return replace(place, status="retired", facts=facts)


def _restored(place: Place, changes: list[Change]) -> Place:
    fields = to_fields(to_document(place))
    for change in changes:
        if change.before is None:
            fields.pop(change.field, None)
        else:
            fields[change.field] = change.before
    return from_document(from_fields(fields))
