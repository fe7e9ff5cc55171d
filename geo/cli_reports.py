"""The command ``yizhan reports``: what people found at places, for the staff to look at and to close."""

from __future__ import annotations

import argparse
import getpass
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from geo.choosing.words import read_time
from geo.places.hours import CHINA

if TYPE_CHECKING:
    from geo.places.reports import Kept, Reports

#: Folder of what visitors leave, as ``yizhan serve --state`` has it.
STATE: Final = "data/state"
VARIABLE: Final = "YIZHAN_STATE"
_NOTHING: Final = "no open reports"


def add_state(parser: argparse.ArgumentParser) -> None:
    """Add the option that names the folder that a site's processes share."""
    parser.add_argument(
        "--state",
        type=Path,
        default=Path(os.environ.get(VARIABLE) or STATE),
        metavar="DIR",
        help=f"as given to yizhan serve (default: ${VARIABLE}, else {STATE})",
    )


def login() -> str:
    """Return the name that this user is logged in by."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return os.environ.get("USER") or "unknown"


def add_reports(parser: argparse.ArgumentParser) -> None:
    """Add ``yizhan reports list|close``."""
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    listing = commands.add_parser("list", help="list what people found, the latest first")
    listing.add_argument("--place", metavar="ID", help="at this place")
    listing.add_argument("--district", metavar="NAME", help="in this district or subdistrict, e.g. 东四街道")
    listing.add_argument("--since", metavar="TIME", help="received since then, e.g. 2026-11-23T00:00, China's clock")
    listing.add_argument("--all", action="store_true", help="those that were dealt with, too")
    listing.set_defaults(run=_list)
    shutting = commands.add_parser("close", help="say that a report has been dealt with")
    shutting.add_argument("id", metavar="ID", help="its id, or the beginning of it")
    shutting.add_argument("--note", required=True, metavar="TEXT", help="what was found and done")
    shutting.add_argument("--who", default=login(), metavar="NAME", help="who closes it (default: %(default)s)")
    shutting.add_argument(
        "--erase", action="store_true", help="take its words and position away, such as a telephone number"
    )
    shutting.set_defaults(run=_close)
    for command in (listing, shutting):
        command.add_argument("--json", action="store_true", help="for programs")
        add_state(command)


def _reports(arguments: argparse.Namespace) -> Reports:
    from geo.places.reports import FILE, Reports

    return Reports(arguments.state / FILE)


def _list(arguments: argparse.Namespace) -> None:
    since = None if arguments.since is None else read_time("since", arguments.since)
    found = _reports(arguments).all(
        place=arguments.place, district=arguments.district, since=since, closed=arguments.all
    )
    if arguments.json:
        print(json.dumps([_values(kept) for kept in found], ensure_ascii=False, indent=1))
        return
    for kept in found:
        _say(kept)
    if not found:
        print(f"{arguments.state}: {_NOTHING if not arguments.all else 'no reports'}")


def _close(arguments: argparse.Namespace) -> None:
    kept = _reports(arguments).close(
        arguments.id, who=arguments.who, at=datetime.now(UTC), note=arguments.note, erase=arguments.erase
    )
    if arguments.json:
        print(json.dumps(_values(kept), ensure_ascii=False, indent=1))
    else:
        _say(kept)


def _say(kept: Kept) -> None:
    report = kept.report
    area = " ".join(part for part in (report.district, report.subdistrict) if part) or "-"
    print(_line(f"{_clock(report.seen_at)}  {report.what}  {report.place}  {report.place_name}  {area}  {report.id}"))
    if report.text is not None:
        print(_line(f"    “{report.text}”"))
    if report.where is not None:
        print(f"    told from about {report.where.lon:.3f},{report.where.lat:.3f}")
    if kept.closing is not None:
        print(_line(f"    closed {_clock(kept.closing.at)} by {kept.closing.who}: {kept.closing.note}"))


def _values(kept: Kept) -> dict[str, Any]:
    report, closing = kept
    return {
        "id": report.id,
        "place": report.place,
        "place_name": report.place_name,
        "district": report.district,
        "subdistrict": report.subdistrict,
        "what": report.what,
        "text": report.text,
        "seen_at": _written(report.seen_at),
        "received_at": _written(report.received_at),
        "where": report.where and list(report.where),
        "closed": closing and {"who": closing.who, "at": _written(closing.at), "note": closing.note},
    }


def _clock(time: datetime) -> str:
    return f"{time.astimezone(CHINA):%Y-%m-%d %H:%M}"


def _written(time: datetime) -> str:
    return time.astimezone(CHINA).isoformat(timespec="seconds")


def _line(text: str) -> str:
    """Return a text without what could move a terminal's cursor."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
