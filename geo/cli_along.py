"""The command yizhan along: stops on the way that cost the least detour, and breaks between two orders."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from geo.cli_hours import CALENDAR
from geo.cli_nearest import add_wanted, openness
from geo.finding.asking import DEFAULT_K, OPENNESSES
from geo.finding.reading import DEFAULT_DETOUR, read_along
from geo.streets.profiles import MODES

if TYPE_CHECKING:  # imported where it is used: it is slow
    from geo.finding.along import Stop


def add_along(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``yizhan along``."""
    parser.add_argument("--city", type=Path, required=True, metavar="DIR", help="a city pack")
    parser.add_argument("--from", dest="origin", required=True, metavar="LON,LAT", help="where one sets out, WGS-84")
    parser.add_argument("--to", dest="destination", required=True, metavar="LON,LAT", help="where one goes")
    parser.add_argument(
        "--via", action="append", default=[], metavar="LON,LAT", help="where the way leads through, in this order"
    )
    parser.add_argument("-k", default=str(DEFAULT_K), metavar="N", help="how many stops (default %(default)s)")
    parser.add_argument("--mode", default="walk", metavar="MODE", help=f"{', '.join(MODES)} (default %(default)s)")
    add_wanted(parser)
    parser.add_argument(
        "--detour", default=DEFAULT_DETOUR, metavar="TIME", help="longest detour: 5min, 300s (default %(default)s)"
    )
    parser.add_argument("--open", default="any", metavar="HOW", help=f"{', '.join(OPENNESSES)} (default %(default)s)")
    parser.add_argument("--min-left", metavar="TIME", help="with --open: it stays open that long (default 15min)")
    parser.add_argument("--when", default="", metavar="TIME", help="setting out, e.g. 2026-10-01T14:10 (default now)")
    parser.add_argument("--until", metavar="TIME", help="be there by then, e.g. 2026-10-01T15:00")
    parser.add_argument("--stay", default="0min", metavar="TIME", help="how long the break lasts, e.g. 20min")
    parser.add_argument("--json", action="store_true", help="answer as the API does")
    parser.add_argument("--no-paths", action="store_true", help="with --json: leave out how the ways run")
    parser.set_defaults(run=_along)


def _along(arguments: argparse.Namespace) -> None:
    from geo.answers import Answers
    from geo.city import City
    from geo.places.calendar import Calendar

    query = read_along(
        origin=arguments.origin,
        destination=arguments.destination,
        via=arguments.via,
        k=arguments.k,
        mode=arguments.mode,
        service=arguments.service,
        amenity=arguments.amenity,
        amenity_or_unknown=arguments.amenity_or_unknown,
        access=arguments.access,
        audience=arguments.audience,
        accuracy=arguments.accuracy,
        detour=arguments.detour,
        open=arguments.open,
        min_left=arguments.min_left,
        stay=arguments.stay,
        when=arguments.when,
        until=arguments.until,
        paths="yes" if arguments.json and not arguments.no_paths else "no",
        now=datetime.now(UTC),
    )
    city = City.open(arguments.city, Calendar.load(CALENDAR))
    journey = city.along(query)
    if arguments.json:
        print(json.dumps(json.loads(Answers(city).along(query, journey)), ensure_ascii=False, indent=1))
    elif journey is None:
        print(f"no way from {arguments.origin} to {arguments.destination} by {query.mode}")
    else:
        arrival = f", there at {journey.arrival:%H:%M}" if journey.arrival else ""
        print(f"the way takes {journey.travel_s / 60:.1f} min{arrival}")
        if not journey.stops:
            in_time = f" that leaves time to be there by {query.until:%H:%M}" if query.until else ""
            print(f"no such place within a detour of {arguments.detour}{in_time}")
        for rank, stop in enumerate(journey.stops, 1):
            _say(rank, stop)


def _say(rank: int, stop: Stop) -> None:
    print(f"{rank}. {stop.place.name}  +{stop.detour_s / 60:.1f} min  ({stop.travel_s / 60:.1f} min from here)")
    print(f"   {', '.join(service.kind for service in stop.place.services)}  ·  position {stop.place.accuracy}")
    if stop.state is not None:
        print(f"   on arrival: {openness(stop.state)}")
    if stop.longest_stay_s is not None:
        print(f"   a break of up to {stop.longest_stay_s / 60:.0f} min")
