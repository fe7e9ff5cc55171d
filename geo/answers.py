"""Answers as JSON: one shape for the API, the page and ``--json``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

import numpy as np
import orjson
from numpy.typing import NDArray

from geo.city import City
from geo.finding.along import Journey, Stop
from geo.finding.asking import AlongQuery
from geo.finding.nearest import Answer, Nearest, PassedOver
from geo.finding.relief import Relieved
from geo.places.hours import CHINA, State
from geo.places.model import place_to_json

#: Times to the second, in China's clock.
_OPTIONS: Final = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_OMIT_MICROSECONDS


class Answers:
    """Writes answers about one city; what is said of a place is written once.

    Examples
    --------
    >>> orjson.loads(write({"when": None}))
    {'when': None}
    """

    def __init__(self, city: City) -> None:
        self._city = city
        self._place = lru_cache(maxsize=None)(self._write_place)
        manifest = city.manifest
        self._about = orjson.Fragment(
            write({"name": manifest.name, "version": manifest.version, "sample": manifest.sample})
        )

    def nearest(self, answer: Answer) -> bytes:
        """Write an answer; one without results names the nearest place in a straight line."""
        return write(self._nearest(answer))

    def relieved(self, found: Relieved, advisory: Mapping[str, Any]) -> bytes:
        """Write an answer in which relief comes first.

        Parameters
        ----------
        advisory
            What is said of the advisory, as :meth:`~geo.places.advisories.Advisory.to_json` gives it.
        """
        values = self._nearest(found.answer)
        for result, relief in zip(values["results"], found.relief, strict=True):
            result["relief"] = relief
        values["advisory"] = advisory
        values["nearest"] = [found.answer.results[at].place.id for at in found.nearest]
        return write(values)

    def unrelieved(self, answer: Answer) -> bytes:
        """Write an answer that would have heeded an advisory, but none is in force."""
        return write(self._nearest(answer) | {"advisory": None})

    def _nearest(self, answer: Answer) -> dict[str, Any]:
        query, origin = answer.query, answer.origin
        values: dict[str, Any] = {
            "origin": {
                "lon": query.origin.lon,
                "lat": query.origin.lat,
                "snapped": _rounded(origin.lon, origin.lat),
                "snap_m": round(origin.snap_m, 1),
            },
            "mode": query.mode,
            "k": query.k,
            "cutoff_s": query.cutoff_s,
            "when": _in_china(query.when),
            "open": query.open,
            "min_left_s": query.min_left_s,
            "city": self._about,
            "results": [self._result(rank, result) for rank, result in enumerate(answer.results, 1)],
            "passed_over": {
                "count": answer.passed_count,
                "places": [_passed_over(passed) for passed in answer.passed_over],
            },
        }
        if not answer.results:
            beyond = self._city.nearest_straight(query)
            values["nearest_straight"] = beyond and {
                "place": self._place(beyond.number),
                "straight_m": round(beyond.straight_m, 1),
            }
        return values

    def along(self, query: AlongQuery, journey: Journey | None) -> bytes:
        """Write the stops of a journey; without a way there is none."""
        values: dict[str, Any] = {
            "from": list(query.origin),
            "to": list(query.destination),
            "via": [list(point) for point in query.via],
            "mode": query.mode,
            "k": query.k,
            "detour_s": query.detour_s,
            "when": _in_china(query.when),
            "until": _in_china(query.until),
            "stay_s": query.stay_s,
            "open": query.open,
            "min_left_s": query.min_left_s,
            "city": self._about,
            "way": journey
            and {
                "travel_s": round(journey.travel_s, 1),
                "arrival": journey.arrival,
                "paths": [_line(path) for path in journey.paths],
            },
            "stops": [self._stop(rank, stop) for rank, stop in enumerate(journey.stops, 1)] if journey else [],
        }
        return write(values)

    def _stop(self, rank: int, stop: Stop) -> dict[str, Any]:
        values = {
            "rank": rank,
            "place": self._place(stop.number),
            "leg": stop.leg,
            "detour_s": round(stop.detour_s, 1),
            "travel_s": round(stop.travel_s, 1),
            "arrival": stop.arrival,
            "state": stop.state and _state(stop.state),
            "states": [_state(state) for state in stop.states],
            "opens_in_s": stop.opens_in_s,
            "longest_stay_s": stop.longest_stay_s,
        }
        if stop.on_foot_s is not None:
            values["on_foot_s"] = round(stop.on_foot_s, 1)
        if stop.path_to is not None and stop.path_on is not None:
            values["path_to"], values["path_on"] = _line(stop.path_to), _line(stop.path_on)
        return values

    def _result(self, rank: int, result: Nearest) -> dict[str, Any]:
        values = {
            "rank": rank,
            "place": self._place(result.number),
            "arrival": result.arrival,
            "state": result.state and _state(result.state),
            "states": [_state(state) for state in result.states],
            "opens_in_s": result.opens_in_s,
            "travel_s": round(result.travel_s, 1),
            "network_m": round(result.network_m, 1),
            "straight_m": round(result.straight_m, 1),
            "access_m": {"origin": round(result.origin_access_m, 1), "place": round(result.place_access_m, 1)},
        }
        if result.parked is not None and result.on_foot_m is not None:
            values["on_foot_m"], values["parked"] = round(result.on_foot_m, 1), _rounded(*result.parked)
        if result.path is not None:
            values["path"] = _line(result.path)
        return values

    def _write_place(self, number: int) -> orjson.Fragment:
        return orjson.Fragment(write(place_to_json(self._city.places[number])))


def write(values: Any) -> bytes:
    """Write JSON values, with times and arrays among them."""
    return orjson.dumps(values, option=_OPTIONS)


def _passed_over(passed: PassedOver) -> dict[str, Any]:
    place = passed.place
    return {
        "id": place.id,
        "name": place.name,
        "name_en": place.name_en,
        "lon": place.position.lon,
        "lat": place.position.lat,
        "travel_s": round(passed.travel_s, 1),
        "arrival": passed.arrival,
        "state": passed.state and _state(passed.state),
        "opens_in_s": passed.opens_in_s,
        "failures": [
            {"condition": failure.condition, "wanted": failure.wanted, "found": failure.found}
            for failure in passed.failures
        ],
    }


def _state(state: State) -> dict[str, Any]:
    """Return what holds on arrival; times in China's clock."""
    kind, until, next_open, minutes_left, comment, assumed = state
    return {
        "kind": kind,
        "until": until,
        "next_open": next_open,
        "minutes_left": minutes_left,
        "comment": comment,
        "assumed": assumed,
    }


def _in_china(when: datetime | None) -> datetime | None:
    return when and when.astimezone(CHINA)


def _line(path: NDArray[np.float64]) -> dict[str, Any]:
    return {"type": "LineString", "coordinates": path.round(6)}


def _rounded(lon: float, lat: float) -> list[float]:
    """Six decimals: 11 cm, finer than any map knows a street."""
    return [round(lon, 6), round(lat, 6)]
