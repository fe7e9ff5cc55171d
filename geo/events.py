"""What takes place near here in the next days: haircuts, communication days and pop-ups, dated, with the way there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from geo.answers import write
from geo.choosing.wanted import Wanted
from geo.choosing.words import read_count, read_duration, read_list, read_point, read_time, read_word
from geo.city import City
from geo.coords import LonLat
from geo.finding.asking import NearestQuery
from geo.finding.nearest import Nearest
from geo.places.hours import CHINA, Assumed
from geo.places.interchange.feed import RECURRING
from geo.places.model import Place, ServiceKind
from geo.places.occurrences import Occurrence, occurrences
from geo.streets.profiles import MODES, Mode

DEFAULT_WITHIN: Final = "30min"
DEFAULT_DAYS: Final = 7
MAX_WITHIN_S: Final = 2 * 3600.0
MAX_DAYS: Final = 31


@dataclass(frozen=True)
class EventsQuery:
    """What takes place, from where, in which days.

    Attributes
    ----------
    origin
        WGS-84.
    when
        From when on, aware.
    days
        For how many days of 24 hours.
    within_s
        Longest travel time, seconds, inclusive.
    services
        Of which kinds; some of :data:`~geo.places.interchange.feed.RECURRING`.
    mode
        How one travels.
    """

    origin: LonLat
    when: datetime
    days: int = DEFAULT_DAYS
    within_s: float = 1800.0
    services: tuple[ServiceKind, ...] = RECURRING
    mode: Mode = "walk"


class Event(NamedTuple):
    """Something that takes place at a time, in China's time, and the way there from the point asked for."""

    place: Place
    service: ServiceKind
    note: str | None
    start: datetime
    end: datetime
    assumed: Assumed | None
    travel_s: float
    network_m: float


class Events(NamedTuple):
    """What takes place, in order of (start, travel time, id), and how many services were left out, by reason."""

    query: EventsQuery
    events: tuple[Event, ...]
    left_out: dict[str, int]


def read_events(
    *,
    lon: str,
    lat: str,
    now: datetime,
    within: str = DEFAULT_WITHIN,
    days: str = str(DEFAULT_DAYS),
    service: Iterable[str] = (),
    mode: str = "walk",
    when: str = "",
) -> EventsQuery:
    """Read a question from words.

    Raises
    ------
    ParameterError, UnknownWordError
        Naming the parameter, the value, the limit and the remedy.

    Examples
    --------
    >>> query = read_events(lon="116.41", lat="39.92", now=datetime(2026, 11, 23, tzinfo=CHINA), service=["haircut"])
    >>> query.days, query.within_s, query.services
    (7, 1800.0, ('haircut',))
    """
    return EventsQuery(
        origin=read_point(lon, lat),
        when=read_time("when", when) if when else now,
        days=read_count("days", days, 1, MAX_DAYS),
        within_s=read_duration("within", within, MAX_WITHIN_S, zero=False),
        services=read_list("service", service, RECURRING) or RECURRING,
        mode=read_word("mode", mode, MODES),
    )


def events_near(city: City, query: EventsQuery) -> Events:
    """Return what takes place near a point and can still be reached before it ends.

    Hours are evaluated day by day, so public holidays count; :mod:`geo.places.interchange.feed` gives rules instead.

    Raises
    ------
    OutsideCityError, SwappedCoordinatesError, OffNetworkError
        The point is not where anybody could start.
    """
    wanted = Wanted(services=query.services)
    most = max(1, len(city.places))
    asked = NearestQuery(query.origin, most, query.mode, wanted, query.within_s, paths=False, passed=0)
    left_out: Counter[str] = Counter()
    found = [event for result in city.nearest(asked).results for event in _at(city, query, result, left_out)]
    found.sort(key=lambda event: (event.start, event.travel_s, event.place.id, event.service))
    return Events(query, tuple(found), {reason: count for reason, count in sorted(left_out.items()) if count})


def _at(city: City, query: EventsQuery, result: Nearest, left_out: Counter[str]) -> Iterator[Event]:
    until = query.when + timedelta(days=query.days)
    arrival = query.when + timedelta(seconds=result.travel_s)
    place = result.place
    for service in place.services:
        if service.kind not in query.services:
            continue
        times = occurrences(service, arrival, until, city.calendar)
        left_out["hours unknown"] += not times.known
        left_out["always open"] += times.always
        for time in times.found:
            if _in_operation(place, time):
                yield Event(
                    place, service.kind, service.note, time.start, time.end, time.assumed, result.travel_s,
                    result.network_m,
                )  # fmt: skip


def _in_operation(place: Place, time: Occurrence) -> bool:
    """Tell whether the place is in operation on the day; ISO days compare as texts do, a year counts whole."""
    day = f"{time.start:%Y-%m-%d}"
    since, until = place.status_since or day, place.status_until or day
    return since <= day and day[: len(until)] <= until


def write_events(city: City, found: Events) -> bytes:
    """Write the answer as JSON."""
    query = found.query
    return write(
        {
            "origin": {"lon": query.origin.lon, "lat": query.origin.lat},
            "mode": query.mode,
            "within_s": query.within_s,
            "when": query.when.astimezone(CHINA),
            "days": query.days,
            "services": query.services,
            "city": {"name": city.manifest.name, "version": city.manifest.version, "sample": city.manifest.sample},
            "events": [_values(event) for event in found.events],
            "left_out": found.left_out,
        }
    )


def _values(event: Event) -> dict[str, Any]:
    place = event.place
    return {
        "service": event.service,
        "start": event.start,
        "end": event.end,
        "assumed": event.assumed,
        "note": event.note,
        "travel_s": round(event.travel_s, 1),
        "network_m": round(event.network_m, 1),
        "place": {
            "id": place.id,
            "name": place.name,
            "name_en": place.name_en,
            "address": place.address,
            "subdistrict": place.subdistrict,
            "lon": place.position.lon,
            "lat": place.position.lat,
            "accuracy": place.accuracy,
            "source": place.source,
            "checked": place.checked,
        },
    }
