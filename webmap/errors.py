"""Exceptions -> HTTP: one table, one shape (RFC 9457, ``application/problem+json``)."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any, Final, NamedTuple

from flask import Flask, Response, current_app, render_template, request
from werkzeug.exceptions import HTTPException

from geo.errors import (
    ConflictError,
    InputError,
    NotFoundError,
    OffNetworkError,
    OutsideCityError,
    ParameterError,
    SwappedCoordinatesError,
    TooBusyError,
    TooLargeError,
    UnknownWordError,
    YizhanError,
)
from webmap.i18n import language


class Problem(NamedTuple):
    """What a class of error is called on the wire."""

    status: HTTPStatus
    code: str
    title: str


_FAILED: Final = "The server failed; try again, and tell its keeper if it stays so."

#: The most exact class counts.
PROBLEMS: Final[dict[type[YizhanError], Problem]] = {
    SwappedCoordinatesError: Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "swapped_coordinates", "Coordinates exchanged"),
    OutsideCityError: Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "outside_city", "Outside the city"),
    OffNetworkError: Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "off_network", "No street near"),
    UnknownWordError: Problem(HTTPStatus.BAD_REQUEST, "unknown_word", "Unknown word"),
    ParameterError: Problem(HTTPStatus.BAD_REQUEST, "bad_parameter", "Bad parameter"),
    InputError: Problem(HTTPStatus.BAD_REQUEST, "bad_parameter", "Bad parameter"),
    ConflictError: Problem(HTTPStatus.CONFLICT, "conflict", "Changed by somebody else"),
    TooBusyError: Problem(HTTPStatus.TOO_MANY_REQUESTS, "too_busy", "Too busy"),
    TooLargeError: Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", "Too large"),
    NotFoundError: Problem(HTTPStatus.NOT_FOUND, "not_found", "Not found"),
    YizhanError: Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "internal", "Internal error"),
}


def init_errors(app: Flask) -> None:
    """Answer every error as a problem, to a browser as a page; what is unforeseen is logged, its inside not told."""
    app.register_error_handler(YizhanError, _known)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unforeseen)


def problem_of(error: YizhanError) -> Problem:
    """Return the problem of an error's class, or of its nearest ancestor in the table."""
    return next(PROBLEMS[kind] for kind in type(error).__mro__ if kind in PROBLEMS)


def _known(error: YizhanError) -> Response:
    problem = problem_of(error)
    if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:  # its message names our files, not the asker's mistake
        return _unforeseen(error)
    response = _response(problem, str(error), parameter=getattr(error, "parameter", None))
    if isinstance(error, TooBusyError) and error.retry_after_s is not None:
        response.headers["Retry-After"] = str(error.retry_after_s)
    return response


def _http(error: HTTPException) -> Response:
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    code = "not_found" if status == HTTPStatus.NOT_FOUND else status.name.lower()
    response = _response(Problem(status, code, status.phrase), error.description or status.phrase)
    allowed = getattr(error, "valid_methods", None)
    if allowed:
        response.headers["Allow"] = ", ".join(sorted(allowed))
    return response


def _unforeseen(error: Exception) -> Response:
    current_app.logger.exception("unforeseen", exc_info=error)
    return _response(PROBLEMS[YizhanError], _FAILED)


def wants_page() -> bool:
    """Tell whether a person's browser asked, outside the programming interface."""
    if request.path.startswith(("/api/", "/base/", "/static/", "/oembed")):
        return False
    return request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html"


def _response(problem: Problem, detail: str, parameter: str | None = None) -> Response:
    if wants_page():
        city = current_app.extensions["yizhan"].city_summary()
        missing = problem.status < HTTPStatus.INTERNAL_SERVER_ERROR
        page = render_template("error.html", missing=missing, city=city, lang=language())
        return Response(page, status=problem.status)
    body = json.dumps(_values(problem, detail, parameter), ensure_ascii=False)
    return Response(body, status=problem.status, mimetype="application/problem+json")


def problem_values(error: YizhanError) -> dict[str, Any]:
    """Return an error as it is told where no response of its own tells it."""
    problem = problem_of(error)
    detail = str(error) if problem.status < HTTPStatus.INTERNAL_SERVER_ERROR else _FAILED
    return _values(problem, detail, getattr(error, "parameter", None))


def _values(problem: Problem, detail: str, parameter: str | None) -> dict[str, Any]:
    values: dict[str, Any] = {
        "type": f"/problems/{problem.code.replace('_', '-')}",
        "title": problem.title,
        "status": int(problem.status),
        "detail": detail,
        "code": problem.code,
    }
    if parameter is not None:
        values["parameter"] = parameter
    return values
