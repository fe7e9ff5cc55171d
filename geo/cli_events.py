"""The command yizhan events: haircuts, communication days and pop-ups of the next days near here."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path

from geo.cli_hours import CALENDAR
from geo.errors import ParameterError


def add_events(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``yizhan events``."""
    parser.add_argument("--city", type=Path, required=True, metavar="DIR", help="a city pack")
    parser.add_argument("--at", required=True, metavar="LON,LAT", help="where one stands, in degrees, WGS-84")
    parser.add_argument("--within", default="30min", metavar="TIME", help="longest way (default %(default)s)")
    parser.add_argument("--days", default="7", metavar="N", help="days from now on, 1 to 31 (default %(default)s)")
    parser.add_argument("--service", action="append", default=[], metavar="KIND", help="haircut, pop_up (default both)")
    parser.add_argument("--mode", default="walk", metavar="MODE", help="walk, bike, ebike, drive (default %(default)s)")
    parser.add_argument("--when", default="", metavar="TIME", help="from when on, e.g. 2026-10-01T14:00 (default now)")
    parser.add_argument("--json", action="store_true", help="answer as the API does")
    parser.set_defaults(run=_events)


def _events(arguments: argparse.Namespace) -> None:
    from geo.city import City
    from geo.events import events_near, read_events, write_events
    from geo.places.calendar import Calendar

    lon, comma, lat = arguments.at.partition(",")
    if not comma:
        raise ParameterError(f"at={arguments.at[:60]!r} must be LON,LAT, e.g. 116.41,39.92", parameter="at")
    query = read_events(
        lon=lon.strip(),
        lat=lat.strip(),
        within=arguments.within,
        days=arguments.days,
        service=arguments.service,
        mode=arguments.mode,
        when=arguments.when,
        now=datetime.now(UTC),
    )
    city = City.open(arguments.city, Calendar.load(CALENDAR))
    found = events_near(city, query)
    if arguments.json:
        print(json.dumps(json.loads(write_events(city, found)), ensure_ascii=False, indent=1))
        return
    if not found.events:
        print(f"nothing takes place within {arguments.within} in the next {query.days} days")
    for event in found.events:
        until = f"{event.end:%H:%M}" if event.end.date() == event.start.date() else f"{event.end:%a %H:%M}"
        assumed = f"  (assumed: {event.assumed})" if event.assumed else ""
        print(
            f"{event.start:%a %Y-%m-%d %H:%M}–{until}  {event.service.replace('_', ' ')}  {event.place.name}  "
            f"{event.travel_s / 60:.0f} min{assumed}"
        )
    for reason, count in found.left_out.items():
        print(f"  left out: {count:,} {reason}")
