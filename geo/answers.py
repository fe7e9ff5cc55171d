"""Answers as plain JSON values: one shape for the API, the page and ``--json``."""

from __future__ import annotations

from typing import Any

from geo.city import City
from geo.finding.asking import NearestQuery
from geo.finding.nearest import Answer, Nearest
from geo.finding.openness import best_state
from geo.places.hours import CHINA, State
from geo.places.model import place_to_json


def answer_to_json(city: City, answer: Answer) -> dict[str, Any]:
    """Return an answer; without results it names the nearest place in a straight line."""
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
        "when": query.when and query.when.isoformat(timespec="seconds"),
        "open": query.open,
        "city": {"name": city.manifest.name, "version": city.manifest.version, "sample": city.manifest.sample},
        "results": [_result(rank, result, query) for rank, result in enumerate(answer.results, 1)],
    }
    if not answer.results:
        beyond = city.nearest_straight(query)
        values["nearest_straight"] = beyond and {
            "place": place_to_json(beyond.place),
            "straight_m": round(beyond.straight_m, 1),
        }
    return values


def _result(rank: int, result: Nearest, query: NearestQuery) -> dict[str, Any]:
    place = place_to_json(result.place)
    for service, state in zip(place["services"], result.states, strict=False):
        service["state"] = _state(state)
    best = best_state(result.place, result.states, query.services) if result.states else None
    return {
        "rank": rank,
        "place": place,
        "arrival": result.arrival and result.arrival.astimezone(CHINA).isoformat(timespec="seconds"),
        "state": best and _state(best),
        "travel_s": round(result.travel_s, 1),
        "network_m": round(result.network_m, 1),
        "straight_m": round(result.straight_m, 1),
        "access_m": {"origin": round(result.origin_access_m, 1), "place": round(result.place_access_m, 1)},
        "path": {"type": "LineString", "coordinates": [_rounded(*point) for point in result.path.tolist()]},
    }


def _state(state: State) -> dict[str, Any]:
    """Return what holds on arrival; times in China's clock."""
    return {
        "kind": state.kind,
        "until": state.until and state.until.isoformat(timespec="minutes"),
        "next_open": state.next_open and state.next_open.isoformat(timespec="minutes"),
        "minutes_left": state.minutes_left,
        "comment": state.comment,
        "assumed": state.assumed,
    }


def _rounded(lon: float, lat: float) -> list[float]:
    """Six decimals: 11 cm, finer than any map knows a street."""
    return [round(lon, 6), round(lat, 6)]
