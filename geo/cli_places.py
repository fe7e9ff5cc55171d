"""The commands about the register: ``yizhan places``, ``yizhan backup``, ``yizhan restore``."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from geo.errors import UnknownWordError
from geo.places.model import SERVICES, STATUSES, place_to_json

if TYPE_CHECKING:  # imported where it is used: it is slow
    from geo.places.entries import Entry
    from geo.places.store import Register

REGISTER: Final = "data/register.sqlite"
#: Names another register, ``postgresql://user:word@host/name``.
VARIABLE: Final = "YIZHAN_DATABASE_URL"


def add_register(parser: argparse.ArgumentParser) -> None:
    """Add the option that names the register."""
    parser.add_argument(
        "--register",
        default=os.environ.get(VARIABLE) or REGISTER,
        metavar="PATH|URL",
        help=f"a SQLite file, or postgresql://user:word@host/name (default: ${VARIABLE}, else {REGISTER})",
    )


def add_places(parser: argparse.ArgumentParser) -> None:
    """Add ``yizhan places list|show|history``."""
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    listing = commands.add_parser("list", help="list the places")
    listing.add_argument("--subdistrict", metavar="NAME", help="of this subdistrict, e.g. 东四")
    listing.add_argument("--service", metavar="KIND", help=", ".join(SERVICES))
    listing.add_argument("--status", metavar="STATUS", help=", ".join(STATUSES))
    listing.set_defaults(run=_list)
    showing = commands.add_parser("show", help="show all that is known of one place")
    showing.set_defaults(run=_show)
    history = commands.add_parser("history", help="show who changed what of a place, and when")
    history.set_defaults(run=_history)
    for command in (showing, history):
        command.add_argument("id", metavar="ID")
    for command in (listing, showing, history):
        command.add_argument("--json", action="store_true", help="for programs")
        add_register(command)


def add_backup(parser: argparse.ArgumentParser) -> None:
    """Add ``yizhan backup``."""
    parser.add_argument("file", type=Path, metavar="FILE", help="a SQLite file; an older backup of this name gives way")
    add_register(parser)
    parser.set_defaults(run=_backup)


def add_restore(parser: argparse.ArgumentParser) -> None:
    """Add ``yizhan restore``."""
    parser.add_argument("file", type=Path, metavar="FILE", help="what yizhan backup wrote")
    parser.add_argument("--force", action="store_true", help="replace the register that is there; it is kept beside")
    add_register(parser)
    parser.set_defaults(run=_restore)


def _open(arguments: argparse.Namespace) -> Register:
    from geo.places.store import Register

    return Register.open(arguments.register, create=False)


def _list(arguments: argparse.Namespace) -> None:
    for name, known in (("service", SERVICES), ("status", STATUSES)):
        word = getattr(arguments, name)
        if word is not None and word not in known:
            raise UnknownWordError(f"{name}={word[:40]!r} is not known; write one of {', '.join(known)}")
    with _open(arguments) as register:
        entries = register.all()
        name = register.name
    wanted = [entry for entry in entries if _is_wanted(entry, arguments)]
    if arguments.json:
        print(json.dumps([_to_json(entry) for entry in wanted], ensure_ascii=False, indent=1))
        return
    for place, _ in wanted:
        offers = ", ".join(service.kind for service in place.services) or "no service known"
        print(_line(f"{place.id}  {place.name}  {place.subdistrict or '-'}  {offers}  {place.status}"))
    if not entries:
        print(f"{name}: no places yet; yizhan import brings a list of them in")
    elif not wanted:
        print(f"{name}: {len(entries):,} places, none of these")


def _is_wanted(entry: Entry, arguments: argparse.Namespace) -> bool:
    place = entry.place
    return (
        arguments.subdistrict in {None, place.subdistrict}
        and arguments.status in {None, place.status}
        and (arguments.service is None or place.offers(arguments.service))
    )


def _show(arguments: argparse.Namespace) -> None:
    from geo.places.documents import to_document, to_fields

    with _open(arguments) as register:
        entry = register.read(arguments.id)
    if arguments.json:
        print(json.dumps(_to_json(entry), ensure_ascii=False, indent=1))
        return
    for field, value in to_fields(to_document(entry.place)).items():
        print(_line(f"{field}: {_value(value)}"))
    print(f"version: {entry.version}")


def _history(arguments: argparse.Namespace) -> None:
    with _open(arguments) as register:
        changes = register.history(arguments.id)
    if arguments.json:
        rows = [change._asdict() | {"at": change.at.isoformat()} for change in changes]
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    edit = None
    for change in changes:
        if change.edit != edit:
            edit = change.edit
            print(_line(f"{change.at:%Y-%m-%d %H:%M} UTC  version {change.version}  {change.who}  {change.source}"))
        print(_line(f"    {change.field}: {_value(change.before)} → {_value(change.after)}"))


def _backup(arguments: argparse.Namespace) -> None:
    from geo.places.backup import back_up

    with _open(arguments) as register:
        back_up(register, arguments.file)
        print(f"{register.name} → {arguments.file}: written and checked")


def _restore(arguments: argparse.Namespace) -> None:
    from geo.places.backup import restore

    kept = restore(arguments.file, arguments.register, force=arguments.force)
    print(f"{arguments.file}: restored" + (f"; what was there is kept as {kept}" if kept else ""))


def _to_json(entry: Entry) -> dict[str, Any]:
    return place_to_json(entry.place) | {"version": entry.version}


def _value(value: Any) -> str:
    if value is None:
        return "unknown"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _line(text: str) -> str:
    """Return a text without what could move a terminal's cursor."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
