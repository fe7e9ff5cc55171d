"""The printable page of a subdistrict."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, request

from geo.coverage_facts import Answer
from geo.coverage_report import basis_of
from geo.places.hours import CHINA
from webmap.api.planning import asked_here, desk
from webmap.plan_params import week_of
from webmap.report import report_page
from webmap.site import site

report = Blueprint("report", __name__)


@report.get("/plan/report/<int:number>")
def subdistrict(number: int) -> Response:
    """Show the page of a subdistrict; ``week`` names any day of the week that it tells."""
    city, query, scenario = asked_here("week", "lang")
    today = (query.when or site().now()).astimezone(CHINA).date()
    answer = Answer(city, desk().planner(city, scenario), desk().coverage(city, query, scenario), scenario)
    basis = basis_of(answer, week_of(request.args, today))
    if basis is None:
        raise RuntimeError("nobody has stopped it")
    response = make_response(report_page(basis, number))
    response.headers["Cache-Control"] = "private, no-cache"
    return response
