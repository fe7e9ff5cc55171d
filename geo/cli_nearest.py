"""The command yizhan nearest: the nearest places, and why not those that are nearer still."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Final

from geo.choosing.wanted import ACCESS_WORDS
from geo.cli_hours import CALENDAR
from geo.errors import ParameterError
from geo.finding.asking import DEFAULT_K, DEFAULT_PASSED, OPENNESSES, NearestQuery
from geo.finding.reading import DEFAULT_CUTOFF, read_query
from geo.places.model import ACCURACIES, AMENITIES, AUDIENCES, SERVICES
from geo.streets.profiles import MODES

if TYPE_CHECKING:  # imported where they are used: they are slow
    from geo.choosing.conditions import Condition, Failure
    from geo.finding.nearest import Nearest, PassedOver
    from geo.places.hours import State

#: How one gets in, as said after "only".
_ENTRANCES: Final = {
    "walk_in": "by walking in", "ask_guard": "by asking the guard", "scan": "by scanning a code",
    "face": "by showing one's face", "key": "with a key",
}  # fmt: skip
_SHUT: Final = {"closed": "closed when you arrive", "0min": "closes as you arrive"}
#: Why a place was passed over: where nobody knows what is there or nothing is, and where something else is.
_SAID: Final[dict[Condition, tuple[str, str]]] = {
    "status": ("not in operation", "{found}"),
    "service": ("no {wanted}", "no {wanted}"),
    "amenity": ("{wanted} not known", "no {wanted}"),
    "access": ("way in not known", "only {found}"),
    "audience": ("not for {wanted}", "only for {found}"),
    "accuracy": ("position not known", "position only {found}"),
    "open": ("hours unknown", "closes {found} after you arrive"),
}


def add_nearest(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``yizhan nearest``."""
    parser.add_argument("--city", type=Path, required=True, metavar="DIR", help="a city pack")
    parser.add_argument("--at", required=True, metavar="LON,LAT", help="where one stands, in degrees, WGS-84")
    parser.add_argument("-k", default=str(DEFAULT_K), metavar="N", help="how many places (default %(default)s)")
    parser.add_argument("--mode", default="walk", metavar="MODE", help=f"{', '.join(MODES)} (default %(default)s)")
    add_wanted(parser)
    parser.add_argument(
        "--cutoff", default=DEFAULT_CUTOFF, metavar="TIME", help="longest way: 15min, 900s, 0.5h (default %(default)s)"
    )
    parser.add_argument("--open", default="any", metavar="HOW", help=f"{', '.join(OPENNESSES)} (default %(default)s)")
    parser.add_argument(
        "--min-left", metavar="TIME", help="with --open: it stays open that long after one arrives (default 15min)"
    )
    parser.add_argument("--when", default="", metavar="TIME", help="setting out, e.g. 2026-10-01T14:00 (default now)")
    parser.add_argument(
        "--passed",
        default=str(DEFAULT_PASSED),
        metavar="N",
        help="list so many of the nearer places that were passed over, or all (default %(default)s)",
    )
    parser.add_argument("--json", action="store_true", help="answer as the API does")
    parser.add_argument("--no-paths", action="store_true", help="with --json: leave out how the ways run")
    parser.set_defaults(run=_nearest)


def add_wanted(parser: argparse.ArgumentParser) -> None:
    """Add the options that say what a place must have."""
    several: tuple[tuple[str, str], ...] = (
        ("--service", f"offers one of: {', '.join(SERVICES)}"),
        ("--amenity", f"certainly has all of: {', '.join(AMENITIES)}"),
        ("--amenity-or-unknown", "has it, or nobody knows; the same kinds"),
        ("--access", f"one gets in in one of these ways: {', '.join(ACCESS_WORDS)}"),
    )
    for option, meaning in several:
        parser.add_argument(option, action="append", default=[], metavar="KIND", help=meaning)
    parser.add_argument("--audience", metavar="WHO", help=f"is for everybody or for {', '.join(AUDIENCES)}")
    parser.add_argument("--accuracy", metavar="HOW", help=f"position at least {', '.join(ACCURACIES)}")


def _nearest(arguments: argparse.Namespace) -> None:
    from geo.answers import Answers
    from geo.city import City
    from geo.places.calendar import Calendar

    query = _read(arguments)
    city = City.open(arguments.city, Calendar.load(CALENDAR))
    answer = city.nearest(query)
    if arguments.json:
        print(json.dumps(json.loads(Answers(city).nearest(answer)), ensure_ascii=False, indent=1))
        return
    if not answer.results:
        beyond = city.nearest_straight(query)
        hint = f"; the nearest in a straight line is {beyond.place.name}, {beyond.straight_m:,.0f} m" if beyond else ""
        print(f"no such place within {arguments.cutoff}{hint}")
    for rank, result in enumerate(answer.results, 1):
        _say(rank, result)
    for passed in answer.passed_over:
        print(passed_line(passed))
    if more := answer.passed_count - len(answer.passed_over):
        print(f"passed over: {more:,} more; --passed all lists them")


def _read(arguments: argparse.Namespace) -> NearestQuery:
    lon, comma, lat = arguments.at.partition(",")
    if not comma:
        raise ParameterError(f"at={arguments.at[:60]!r} must be LON,LAT, e.g. 116.41,39.92", parameter="at")
    return read_query(
        lon=lon.strip(),
        lat=lat.strip(),
        k=arguments.k,
        mode=arguments.mode,
        service=arguments.service,
        amenity=arguments.amenity,
        amenity_or_unknown=arguments.amenity_or_unknown,
        access=arguments.access,
        audience=arguments.audience,
        accuracy=arguments.accuracy,
        cutoff=arguments.cutoff,
        open=arguments.open,
        min_left=arguments.min_left,
        when=arguments.when,
        paths="no" if arguments.no_paths else "yes",
        passed=arguments.passed,
        now=datetime.now(UTC),
    )


def _say(rank: int, result: Nearest) -> None:
    place = result.place
    offers = ", ".join(f"{s.kind} ({s.hours or 'hours unknown'})" for s in place.services)
    way = f"{result.travel_s / 60:.1f} min  {result.network_m:,.0f} m (straight {result.straight_m:,.0f} m)"
    print(f"{rank}. {place.name}  {way}")
    print(f"   {offers}  ·  position {place.accuracy}  ·  {place.source}")
    if result.state is not None:
        print(f"   on arrival: {openness(result.state)}")


def openness(state: State) -> str:
    """Say in English what holds on arrival."""
    words = state.kind.replace("_", " ")
    if state.is_open and state.until:
        words += f" until {state.until:%a %H:%M}, {state.minutes_left} min left"
    elif state.next_open:
        words += f", opens {state.next_open:%a %H:%M}"
    return words + (f" (assumed: {state.assumed})" if state.assumed else "")


def passed_line(passed: PassedOver) -> str:
    """Say in one line why a nearer place is not among the results; if it is closed, when it opens."""
    shut = any(failure.condition == "open" and failure.found == "closed" for failure in passed.failures)
    opens = f" (opens {_span(passed.opens_in_s)} later)" if shut and passed.opens_in_s is not None else ""
    why = ", ".join(sentence(failure) for failure in passed.failures)
    return f"passed over: {passed.place.name} {passed.travel_s / 60:.1f} min — {why}{opens}"


def sentence(failure: Failure) -> str:
    """Say in English why a place was passed over.

    Examples
    --------
    >>> from geo.choosing.conditions import Failure
    >>> sentence(Failure("access", "walk_in|ask_guard", "key"))
    'only with a key'
    """
    unknown, known = _SAID[failure.condition]
    wanted, found = _words(failure.wanted), failure.found
    if found is None:
        return unknown.format(wanted=wanted)
    if failure.condition == "open":
        return _SHUT.get(found) or known.format(found=found.replace("min", " min"))
    return known.format(wanted=wanted, found=_ENTRANCES.get(found) or _words(found))


def _words(text: str) -> str:
    return text.replace("_", " ").replace("|", " or ")


def _span(seconds: float) -> str:
    """Return a length of time as people say it, rather a little too long than too short."""
    minutes = ceil(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{ceil(minutes / 60)} h" if minutes <= 48 * 60 else f"{ceil(minutes / 1440)} days"
