"""The planner's part of the open interface: who has no place, when, why, and what would change it."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, current_app, request

from geo.answers import write
from geo.choosing.words import read_count, read_duration, read_point, read_time, read_word
from geo.city import City
from geo.coords import LonLat
from geo.coverage.accessibility import Decay, alike, gaussian, steps
from geo.coverage.asking import CoverageQuery
from geo.coverage.comparing import lapse, seats
from geo.coverage.gaps import find_gaps
from geo.coverage.point_table import points_in
from geo.coverage.scenario import Scenario
from geo.coverage_answers import (
    backup_values,
    compared_values,
    coverage_values,
    effect_values,
    lapse_values,
    seats_values,
    states_bytes,
    streets_bytes,
    week_values,
)
from geo.errors import ParameterError
from geo.places.hours import CHINA
from geo.siting_answers import gaps_values, service_area_values
from geo.streets.graphs import Direction
from geo.streets.profiles import MODES
from webmap.desk import Desk
from webmap.params import check_names
from webmap.plan_params import MAX_TABLE, body_bytes, body_json, coverage_query, single, week_of
from webmap.site import site

planning = Blueprint("planning", __name__)

_FOR_GOOD = "public, max-age=31536000, immutable"
_SCENARIO = ("name", "edits")
_DIRECTIONS: tuple[Direction, ...] = ("to_facility", "from_facility")
#: From the cutoff in minutes to what a way of some length weighs: all alike (2SFCA), or less and less (E2SFCA).
_DECAYS: dict[str, Callable[[float], Decay]] = {
    "alike": lambda cutoff: alike,
    "steps": lambda cutoff: steps([(cutoff / 3, 1.0), (cutoff * 2 / 3, 0.68), (cutoff, 0.22)]),
    "gaussian": lambda cutoff: gaussian(cutoff / 2),
}
_MAX_GAPS = 500
_MAX_CUTOFFS = 6
#: Larger outlines take long to draw.
_MAX_OUTLINE_S = 3600.0


@planning.get("/api/v1/coverage")
def coverage() -> Response:
    """Tell who is within reach, who is not and why, by subdistrict."""
    city, query, scenario = asked_here()
    found = desk().coverage(city, query, scenario)
    equity = desk().planner(city, scenario).equity(query)
    return as_json(coverage_values(city, found, equity, scenario))


@planning.get("/api/v1/coverage/streets")
def states() -> Response:
    """Tell the state of every street, for drawing."""
    city, query, scenario = asked_here()
    return packed(states_bytes(city.network, desk().coverage(city, query, scenario)), "no-cache")


@planning.get("/base/streets.bin")
def streets() -> Response:
    """Tell how the streets run; their address carries the version."""
    return packed(streets_bytes(site().city.network), _FOR_GOOD)


@planning.get("/api/v1/coverage/week")
def week() -> Response:
    """Tell who is within reach at each hour of a week."""
    city, query, scenario = asked_here("week")
    monday = week_of(request.args, _now().astimezone(CHINA).date())
    found = desk().planner(city, scenario).week(query, monday)
    return as_json(week_values(city, found, scenario) if found else {})


@planning.get("/api/v1/coverage/lapse")
def lapse_of() -> Response:
    """Tell who is within reach at one moment and no longer at another, at night or on a holiday."""
    city, query, scenario = asked_here("then")
    if "then" not in request.args:
        raise ParameterError("then is missing; give the other moment, e.g. then=2026-10-02T02:00", parameter="then")
    then = read_time("then", single(request.args, "then"))
    return as_json(lapse_values(city, lapse(desk().planner(city, scenario), query, then), scenario))


@planning.get("/api/v1/coverage/seats")
def seats_of() -> Response:
    """Tell how many seats are left for whom, when all who can reach a place share it."""
    city, query, scenario = asked_here("decay")
    decay = _DECAYS[read_word("decay", single(request.args, "decay", "alike"), tuple(_DECAYS))]
    found = seats(desk().planner(city, scenario), query, decay(query.cutoff_s / 60))
    return as_json(seats_values(city, found, scenario) if found else {})


@planning.post("/api/v1/coverage")
def coverage_of_table() -> Response:
    """Tell who of a table of weighted points is within reach; the table is the body, CSV."""
    city, query, scenario = asked_here("profile")
    if request.mimetype != "text/csv":
        raise ParameterError(
            f"a body of type {request.mimetype[:60] or 'nothing'!r}; send CSV, with Content-Type: text/csv"
        )
    table = points_in(body_bytes(request, MAX_TABLE), "table")
    who = city.demand_from(table, query.mode, single(request.args, "profile", "always"))
    planner = desk().planner(city, scenario)
    return as_json(coverage_values(city, planner.coverage(query, who), planner.equity(query, who), scenario))


@planning.get("/api/v1/coverage/backup")
def backup() -> Response:
    """Tell who would lose cover if a place closed."""
    city, query, scenario = asked_here()
    planner = desk().planner(city, scenario)
    return as_json(backup_values(city, planner, query, planner.backup(query), scenario))


@planning.post("/api/v1/what-if")
def what_if() -> Response:
    """Tell what edits would change, at once."""
    city, query, scenario = asked_here()
    edits = Scenario.from_json(body_json(request, _SCENARIO)).edits
    ready, who = desk().what_if(city, query, scenario)
    return as_json(effect_values(city, ready.effect(edits), ready.covered, who.placed))


@planning.post("/api/v1/scenarios")
def save_scenario() -> Response:
    """Keep a scenario, by the hash of its edits."""
    scenario = Scenario.from_json(body_json(request, _SCENARIO))
    city = site().city
    city.planner_in(scenario)  # refuses edits of what is not there
    key = desk().shelf.save(scenario)
    response = as_json({"key": key, "url": f"/plan?scenario={key}"}, 201)
    response.headers["Location"] = f"/api/v1/scenarios/{key}"
    return response


@planning.get("/api/v1/scenarios")
def list_scenarios() -> Response:
    """List the scenarios that are kept."""
    return as_json({"scenarios": desk().shelf.list()})


@planning.get("/api/v1/scenarios/<key>")
def scenario_of(key: str) -> Response:
    """Tell a scenario's edits."""
    return as_json({"key": key, **desk().shelf.get(key).to_json()})


@planning.get("/api/v1/scenarios/compare")
def compare() -> Response:
    """Set two scenarios side by side; ``base`` is the city as it is."""
    query = coverage_query(request.args, _now(), "a", "b", "week")
    city = site().city
    one, other = (_named(single(request.args, name, "base")) for name in ("a", "b"))
    coverages = [desk().coverage(city, query, scenario) for scenario in (one, other)]
    weeks = None
    if "week" in request.args:
        monday = week_of(request.args, _now().astimezone(CHINA).date())
        found = [desk().planner(city, scenario).week(query, monday) for scenario in (one, other)]
        weeks = (found[0], found[1]) if found[0] and found[1] else None
    names = tuple("base" if scenario is None else scenario.name for scenario in (one, other))
    return as_json(compared_values(city, (names[0], names[1]), coverages[0], coverages[1], weeks))


@planning.get("/api/v1/gaps")
def gaps() -> Response:
    """List where uncovered streets lie together, the heaviest first."""
    city, query, scenario = asked_here("limit")
    limit = read_count("limit", single(request.args, "limit", "20"), 1, _MAX_GAPS)
    planner, found = desk().planner(city, scenario), desk().coverage(city, query, scenario)
    return as_json(gaps_values(city, planner, found, find_gaps(planner, found, limit), scenario))


@planning.get("/api/v1/service-area")
def service_area() -> Response:
    """Draw outlines of where one gets to a point in time, or from it."""
    check_names(request.args, ("lon", "lat", "place", "cutoffs", "mode", "direction"))
    city = site().city
    mode, direction = read_word("mode", single(request.args, "mode", "walk"), MODES), _direction()
    texts = single(request.args, "cutoffs", "5min,10min,15min").split(",")
    if len(texts) > _MAX_CUTOFFS:
        raise ParameterError(f"cutoffs names {len(texts)} times; give at most {_MAX_CUTOFFS}", parameter="cutoffs")
    cutoffs = [read_duration("cutoffs", text, _MAX_OUTLINE_S, zero=False) for text in texts]
    return as_json(service_area_values(city, mode, city.service_areas(_point(city), mode, cutoffs, direction)))


def _point(city: City) -> LonLat:
    """Read where outlines are asked for: a place, or a position."""
    place = single(request.args, "place")
    if place:
        return city.place(place).position
    for name in ("lon", "lat"):
        if name not in request.args:
            raise ParameterError(f"{name} is missing; give lon and lat in degrees, or place", parameter=name)
    return read_point(single(request.args, "lon"), single(request.args, "lat"))


def _direction() -> Direction:
    return read_word("direction", single(request.args, "direction", "to_facility"), _DIRECTIONS)


def desk() -> Desk:
    """Return the desk that the current request belongs to."""
    here: Desk = current_app.extensions["yizhan-desk"]
    return here


def asked_here(*others: str) -> tuple[City, CoverageQuery, Scenario | None]:
    """Return the city, the question, and the scenario that it is asked in."""
    query = coverage_query(request.args, _now(), *others)
    key = single(request.args, "scenario")
    return site().city, query, _named(key) if key else None


def _named(key: str) -> Scenario | None:
    return None if key == "base" else desk().shelf.get(key)


def _now() -> datetime:
    return site().now()


def as_json(values: Any, status: int = 200) -> Response:
    """Return values as JSON."""
    return Response(write(values), status=status, mimetype="application/json")


def packed(body: bytes, cache: str) -> Response:
    """Return bytes that are packed if the client takes them so."""
    packed = request.accept_encodings["gzip"] > 0
    response = Response(gzip.compress(body, 5, mtime=0) if packed else body, mimetype="application/octet-stream")
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    response.headers["Cache-Control"] = cache
    return response
