"""Stops along a way: journeys of 10 km through a city, by each mode."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from geo.city import City
from geo.coords import LonLat, distance_m, geodesic_m
from geo.errors import OffNetworkError
from geo.finding.asking import AlongQuery
from geo.places.hours import CHINA
from geo.streets.profiles import MODES, Mode
from tests.benchmarks.house import middle_points
from tests.benchmarks.table import Row

JOURNEYS = 50
#: How long the ways are by the streets, and how far apart their ends may then be, metres.
LENGTH_M, NEAR_M, SPAN_M = 10_000.0, 500.0, (6_000.0, 10_000.0)
_TRIES = 5_000
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=CHINA)


def rows(pack: Path) -> Iterator[Row]:
    """Measure the journeys of each mode in a city; nothing where it is too small for such."""
    city = City.open(pack)
    for mode in MODES:
        journeys = _journeys(city, mode)
        if not journeys:
            continue
        places = f"{len(city.places):,} places, {len(journeys)} ways of {LENGTH_M / 1000:g} km"
        yield Row(f"along, {mode}: the first question", _first(pack, journeys[0]), "opened anew, beside the open pack")
        for paths in (False, True):
            drawn = "with" if paths else "without"
            taken_ms = [_ms(city, replace(query, paths=paths)) for query in journeys]
            figure = f"{statistics.median(taken_ms):.1f} ms, at most {max(taken_ms):.1f} ms"
            yield Row(f"along, {mode}: 5 stops within 10 min, {drawn} ways", figure, places)


def _first(pack: Path, query: AlongQuery) -> str:
    """What is made once for a mode is made by the first question."""
    city = City.open(pack)
    first_ms = _ms(city, query)
    return f"{first_ms:.0f} ms, the second {_ms(city, query):.0f} ms"


def _journeys(city: City, mode: Mode) -> list[AlongQuery]:
    """Draw journeys in the middle of the city whose ways are as long as wanted; each is asked once."""
    found = []
    for ends in middle_points(city, 2 * _TRIES, 2029).reshape(-1, 2, 2).tolist():
        origin, destination = (LonLat(*point) for point in ends)
        if not SPAN_M[0] <= distance_m(origin, destination) <= SPAN_M[1]:
            continue
        query = AlongQuery(origin, destination, mode=mode, when=NOON)
        try:
            journey = city.along(query)
        except OffNetworkError:
            continue
        if journey is not None:
            (way,) = journey.paths
            if abs(geodesic_m(way[:-1], way[1:]).sum() - LENGTH_M) <= NEAR_M:
                found.append(query)
        if len(found) == JOURNEYS:
            break
    return found


def _ms(city: City, query: AlongQuery) -> float:
    begin = time.perf_counter()
    city.along(query)
    return (time.perf_counter() - begin) * 1000
