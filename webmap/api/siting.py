"""Where the next places should go: candidates, tables of willing hosts, and the long work that chooses among them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, Final

from flask import Blueprint, Response, request

from geo.choosing.words import read_count, read_word
from geo.city import City
from geo.coverage.candidates import Candidate, check_table, from_hosts, on_streets
from geo.coverage.next_places import find_sites, gains
from geo.coverage.point_table import MICRO
from geo.coverage.siting.plans import Patience, Progress
from geo.errors import ParameterError
from geo.siting_answers import siting_values, surface_bytes, surface_values
from geo.streets.profiles import MODES
from webmap.api.planning import as_json, asked_here, desk, packed
from webmap.jobs import Told, Work
from webmap.params import check_names
from webmap.plan_params import body_bytes, body_json, single
from webmap.site import site
from webmap.siting_params import SITING, candidates_of, siting_query

siting_jobs = Blueprint("siting_jobs", __name__)

_MAX_GAPS: Final = 500
#: Of a table of hosts, bytes; and rows that cannot be used are listed so far.
_MAX_HOSTS_TABLE: Final = 1_000_000
_MAX_WRONG: Final = 50
_SAMPLE: Final = {"zh": ("名称,经度,纬度,费用,座位", "示例"), "en": ("name,lon,lat,price,seats", "Example")}


@siting_jobs.get("/api/v1/candidates")
def candidates() -> Response:
    """List the hosts of some kinds, and whether each stands on a street."""
    check_names(request.args, ("hosts", "mode"))
    kinds = [kind for kind in single(request.args, "hosts").split(",") if kind]
    if not kinds:
        raise ParameterError("hosts is missing; name kinds, e.g. hosts=bank,library", parameter="hosts")
    city = site().city
    return as_json({"candidates": _listed(city, from_hosts(city.hosts, kinds))})


@siting_jobs.post("/api/v1/candidates")
def candidates_of_table() -> Response:
    """Check a table of willing hosts row by row; the table is the body, CSV."""
    check_names(request.args, ("mode",))
    if request.mimetype != "text/csv":
        raise ParameterError(
            f"a body of type {request.mimetype[:60] or 'nothing'!r}; send CSV, with Content-Type: text/csv"
        )
    table = check_table(body_bytes(request, _MAX_HOSTS_TABLE), "table")
    wrong = [row._asdict() for row in table.wrong[:_MAX_WRONG]]
    return as_json({
        "candidates": _listed(site().city, table.candidates), "wrong": wrong, "wrong_count": len(table.wrong)
    })  # fmt: skip


@siting_jobs.get("/api/v1/candidates/sample.csv")
def sample_table() -> Response:
    """Return a table as it is expected, its rows at hosts of this city's map."""
    check_names(request.args, ("lang",))
    city, words = site().city, _SAMPLE["en" if single(request.args, "lang") == "en" else "zh"]
    at = [(host.lon, host.lat) for host in city.hosts[:3]] or [city.bbox.centre]
    rows = [f"{words[1]} {n},{lon:.6f},{lat:.6f},{20_000 * n},{10 * n}" for n, (lon, lat) in enumerate(at, start=1)]
    response = Response("\ufeff" + "\r\n".join((words[0], *rows, "")), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="hosts.csv"'
    return response


@siting_jobs.post("/api/v1/siting")
def siting() -> Response:
    """Find where the next places should go; the answer is a job."""
    city, query, scenario = asked_here()
    body = body_json(request, SITING)
    asked, time_s = siting_query(body, query)
    candidates = candidates_of(body, city)
    planner = desk().planner(city, scenario)

    def work(told: Told) -> dict[str, Any] | None:
        ends = time.monotonic() + time_s

        def tell(progress: Progress) -> None:
            told.tell(progress._asdict())

        patience = Patience(lambda: ends - time.monotonic(), told.cancelled, tell)
        found = find_sites(planner, asked, candidates, patience)
        return None if found is None else siting_values(city, found, scenario)

    return _started("siting", work)


@siting_jobs.post("/api/v1/surface")
def surface() -> Response:
    """Tell what one more place would bring at every crossing; the answer is a job."""
    city, query, scenario = asked_here("limit")
    limit = read_count("limit", single(request.args, "limit", "100"), 1, _MAX_GAPS)
    planner, nodes = desk().planner(city, scenario), city.network.node_count

    def work(told: Told) -> dict[str, Any] | None:
        gain = gains(
            planner, query, told.cancelled, lambda done: told.tell({"step": "crossings", "share": done / nodes})
        )
        if gain is None:
            return None
        told.attach(surface_bytes(city, gain))
        return surface_values(city, planner, gain, limit)

    return _started("surface", work)


@siting_jobs.get("/api/v1/jobs/<job>")
def job_of(job: str) -> Response:
    """Tell how far a job is, and its result."""
    response = as_json(desk().jobs.told(job))
    response.headers["Cache-Control"] = "no-store"
    return response


@siting_jobs.get("/api/v1/jobs/<job>/surface")
def surface_of(job: str) -> Response:
    """Return what one more place would bring at every crossing, for drawing."""
    check_names(request.args, ())
    return packed(desk().jobs.attached(job), "no-cache")


@siting_jobs.delete("/api/v1/jobs/<job>")
def cancel_job(job: str) -> Response:
    """Ask for a job to stop."""
    desk().jobs.cancel(job)
    return as_json({"id": job}, 202)


def _started(kind: str, work: Work) -> Response:
    job = desk().jobs.start(kind, work)
    response = as_json({"job": job, "url": f"/api/v1/jobs/{job}"}, 202)
    response.headers["Location"] = f"/api/v1/jobs/{job}"
    return response


def _listed(city: City, found: Sequence[Candidate]) -> list[dict[str, Any]]:
    """Return candidates as values, each with whether it stands on a street of the mode that is asked for."""
    mode = read_word("mode", single(request.args, "mode", "walk"), MODES)
    return [
        {
            "id": one.id, "name": one.name, "kind": one.kind, "lon": one.position.lon, "lat": one.position.lat,
            "price": one.price, "capacity": None if one.capacity is None else one.capacity / MICRO,
            "on_street": bool(there),
        }
        for one, there in zip(found, on_streets(city.network, mode, found), strict=True)
    ]  # fmt: skip
