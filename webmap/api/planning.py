"""The planner's part of the open interface: who has no place, when, why, and what would change it."""

from __future__ import annotations

import gzip
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, current_app, request

from geo.answers import write
from geo.city import City
from geo.coverage.asking import CoverageQuery
from geo.coverage.scenario import Scenario
from geo.coverage_answers import (
    backup_values,
    compared_values,
    coverage_values,
    effect_values,
    states_bytes,
    streets_bytes,
    week_values,
)
from geo.places.hours import CHINA
from webmap.desk import Desk
from webmap.plan_params import body_json, coverage_query, single, week_of
from webmap.site import site

planning = Blueprint("planning", __name__)

_FOR_GOOD = "public, max-age=31536000, immutable"
_SCENARIO = ("name", "edits")


@planning.get("/api/v1/coverage")
def coverage() -> Response:
    """Tell who is within reach, who is not and why, by subdistrict."""
    city, query, scenario = _asked()
    found = desk().coverage(city, query, scenario)
    equity = desk().planner(city, scenario).equity(query)
    return _json(coverage_values(city, found, equity, scenario))


@planning.get("/api/v1/coverage/streets")
def states() -> Response:
    """Tell the state of every street, for drawing."""
    city, query, scenario = _asked()
    return _packed(states_bytes(city.network, desk().coverage(city, query, scenario)), "no-cache")


@planning.get("/base/streets.bin")
def streets() -> Response:
    """Tell how the streets run; their address carries the version."""
    return _packed(streets_bytes(site().city.network), _FOR_GOOD)


@planning.get("/api/v1/coverage/week")
def week() -> Response:
    """Tell who is within reach at each hour of a week."""
    city, query, scenario = _asked("week")
    monday = week_of(request.args, _now().astimezone(CHINA).date())
    found = desk().planner(city, scenario).week(query, monday)
    return _json(week_values(city, found, scenario) if found else {})


@planning.get("/api/v1/coverage/backup")
def backup() -> Response:
    """Tell who would lose cover if a place closed."""
    city, query, _ = _asked()
    return _json(backup_values(city, query, city.planner.who(query), city.planner.backup(query)))


@planning.post("/api/v1/what-if")
def what_if() -> Response:
    """Tell what edits would change, at once."""
    city, query, scenario = _asked()
    edits = Scenario.from_json(body_json(request, _SCENARIO)).edits
    ready, who = desk().what_if(city, query, scenario)
    return _json(effect_values(city, ready.effect(edits), ready.covered, who.placed))


@planning.post("/api/v1/scenarios")
def save_scenario() -> Response:
    """Keep a scenario, by the hash of its edits."""
    scenario = Scenario.from_json(body_json(request, _SCENARIO))
    city = site().city
    city.planner_in(scenario)  # refuses edits of what is not there
    key = desk().shelf.save(scenario)
    response = _json({"key": key, "url": f"/plan?scenario={key}"}, 201)
    response.headers["Location"] = f"/api/v1/scenarios/{key}"
    return response


@planning.get("/api/v1/scenarios")
def list_scenarios() -> Response:
    """List the scenarios that are kept."""
    return _json({"scenarios": desk().shelf.list()})


@planning.get("/api/v1/scenarios/<key>")
def scenario_of(key: str) -> Response:
    """Tell a scenario's edits."""
    return _json({"key": key, **desk().shelf.get(key).to_json()})


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
    return _json(compared_values(city, (names[0], names[1]), coverages[0], coverages[1], weeks))


@planning.get("/api/v1/jobs/<job>")
def job_of(job: str) -> Response:
    """Tell how far a job is, and its result."""
    response = _json(desk().jobs.told(job))
    response.headers["Cache-Control"] = "no-store"
    return response


@planning.delete("/api/v1/jobs/<job>")
def cancel_job(job: str) -> Response:
    """Ask for a job to stop."""
    desk().jobs.cancel(job)
    return _json({"id": job}, 202)


def desk() -> Desk:
    """Return the desk that the current request belongs to."""
    here: Desk = current_app.extensions["yizhan-desk"]
    return here


def _asked(*others: str) -> tuple[City, CoverageQuery, Scenario | None]:
    """Return the city, the question, and the scenario that it is asked in."""
    query = coverage_query(request.args, _now(), *others)
    key = single(request.args, "scenario")
    return site().city, query, _named(key) if key else None


def _named(key: str) -> Scenario | None:
    return None if key == "base" else desk().shelf.get(key)


def _now() -> datetime:
    return site().now()


def _json(values: Any, status: int = 200) -> Response:
    return Response(write(values), status=status, mimetype="application/json")


def _packed(body: bytes, cache: str) -> Response:
    """Return bytes that are packed if the client takes them so."""
    packed = request.accept_encodings["gzip"] > 0
    response = Response(gzip.compress(body, 5, mtime=0) if packed else body, mimetype="application/octet-stream")
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    response.headers["Cache-Control"] = cache
    return response
