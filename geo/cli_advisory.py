"""The command ``yizhan advisory``: while it is hot or cold, places that give relief come first."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from geo.choosing.words import read_time
from geo.cli_reports import add_state, login
from geo.places.advisories import FILE, RELIEF, WEATHERS, Advisory, AdvisoryFile
from geo.places.hours import CHINA

if TYPE_CHECKING:
    from geo.places.advisories import Weather


def add_advisory(parser: argparse.ArgumentParser) -> None:
    """Add ``yizhan advisory set|list|clear``."""
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    setting = commands.add_parser("set", help="set heat until 2026-07-12T20:00; one that is set gives way")
    setting.add_argument("kind", choices=WEATHERS, metavar="|".join(WEATHERS))
    setting.add_argument("word", choices=("until",), metavar="until")
    setting.add_argument("until", metavar="TIME", help="when it ends by itself, China's clock")
    setting.add_argument("--note", metavar="TEXT", help="words beside it, such as 红色预警")
    setting.add_argument("--source", metavar="URL", help="the weather service's own warning")
    setting.add_argument("--who", default=login(), metavar="NAME", help="who sets it (default: %(default)s)")
    setting.set_defaults(run=_set)
    listing = commands.add_parser("list", help="show the one that is set")
    listing.add_argument("--json", action="store_true", help="for programs")
    listing.set_defaults(run=_list)
    clearing = commands.add_parser("clear", help="take it away before its time")
    clearing.set_defaults(run=_clear)
    for command in (setting, listing, clearing):
        add_state(command)


def _set(arguments: argparse.Namespace) -> None:
    kind: Weather = arguments.kind
    now, until = datetime.now(UTC), read_time("until", arguments.until)
    advisory = Advisory(kind, now, until, arguments.who, arguments.note, arguments.source)
    AdvisoryFile(arguments.state / FILE).set(advisory)
    print(f"{_said(advisory, now)}; places with {RELIEF[kind]} come first, on all processes within two seconds")


def _list(arguments: argparse.Namespace) -> None:
    advisory, now = AdvisoryFile(arguments.state / FILE).read(), datetime.now(UTC)
    if arguments.json:
        state = advisory and {"who": advisory.who, "in_force": advisory.in_force(now)}
        found = [advisory.to_json() | state] if advisory and state else []
        print(json.dumps(found, ensure_ascii=False, indent=1))
    elif advisory is None:
        print(f"{arguments.state}: no advisory")
    else:
        print(_said(advisory, now))


def _clear(arguments: argparse.Namespace) -> None:
    cleared = AdvisoryFile(arguments.state / FILE).clear()
    print(f"{arguments.state}: {'cleared' if cleared else 'no advisory was set'}")


def _said(advisory: Advisory, now: datetime) -> str:
    state = "" if advisory.in_force(now) else " (ended)"
    words = [f"{advisory.kind} until {advisory.until.astimezone(CHINA):%Y-%m-%d %H:%M}{state}", advisory.note]
    return "  ".join(word for word in [*words, advisory.source, f"set by {advisory.who}"] if word)
