"""What a planner asks of candidates, sent as JSON -> validated values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

from geo.city import City
from geo.coverage.asking import CoverageQuery
from geo.coverage.candidates import DEFAULT_HOSTS, Candidate, from_crossings, from_hosts, from_table
from geo.coverage.next_places import SitingQuery
from geo.coverage.siting.plans import Phase
from geo.coverage.siting.problems import KINDS, Question
from geo.errors import ParameterError

SITING: Final = (
    "kind", "p", "budget", "candidates", "keep", "forced", "forbidden", "phases", "phases_from", "time_limit_s",
    "alternatives",
)  # fmt: skip
MAX_SITES: Final = 1000
MAX_TIME_S: Final = 600
DEFAULT_TIME_S: Final = 30
_MAX_MONEY: Final = 10**15
_MAX_IDS: Final = 1000
_MAX_YEARS: Final = 30
_MAX_ALTERNATIVES: Final = 20


def siting_query(body: Mapping[str, Any], coverage: CoverageQuery) -> tuple[SitingQuery, int]:
    """Read a siting question, and how many seconds it may take.

    Raises
    ------
    ParameterError
        Naming the parameter, the value, the limit and the remedy.
    """
    kind = body.get("kind", "mclp")
    if kind not in KINDS:
        raise ParameterError(f"kind={str(kind)[:40]!r} is not known; known are {', '.join(KINDS)}", parameter="kind")
    phases = _phases(body.get("phases", []))
    question = Question(
        kind,
        p=_whole(body, "p", 1, MAX_SITES, None),
        budget=_whole(body, "budget", 0, _MAX_MONEY, None),
        alternatives=_whole(body, "alternatives", 0, _MAX_ALTERNATIVES, 5) or 0,
    )
    if kind != "lscp" and question.p is None and question.budget is None and not phases:
        raise ParameterError("p is missing; say how many places, e.g. 10, or give a budget", parameter="p")
    asked = SitingQuery(
        coverage, question, _ids(body, "forced"), _ids(body, "forbidden"), _keep(body.get("keep", True)), phases,
        _phases_from(body.get("phases_from", "first")),
    )  # fmt: skip
    return asked, _whole(body, "time_limit_s", 1, MAX_TIME_S, DEFAULT_TIME_S) or DEFAULT_TIME_S


def candidates_of(body: Mapping[str, Any], city: City) -> tuple[Candidate, ...]:
    """Return the candidates that are named: kinds of hosts, a table, or all crossings.

    Raises
    ------
    ParameterError, UnknownWordError
        They are named in another way, or the table cannot be used.
    """
    named = body.get("candidates", {"hosts": list(DEFAULT_HOSTS)})
    if not isinstance(named, dict) or len(named) != 1 or next(iter(named)) not in {"hosts", "csv", "crossings"}:
        raise ParameterError(
            "candidates must be one of {'hosts': [kinds]}, {'csv': text}, {'crossings': true}", parameter="candidates"
        )
    if "crossings" in named:
        return from_crossings(city.network)
    if "csv" in named:
        if not isinstance(named["csv"], str):
            raise ParameterError("candidates.csv must be the text of a table", parameter="candidates")
        return from_table(named["csv"].splitlines(), "candidates")
    kinds = named["hosts"]
    if not isinstance(kinds, list) or not kinds or not all(isinstance(kind, str) for kind in kinds):
        raise ParameterError("candidates.hosts must name at least one kind, e.g. ['library']", parameter="candidates")
    return from_hosts(city.hosts, kinds)


def _whole(body: Mapping[str, Any], name: str, least: int, most: int, otherwise: int | None) -> int | None:
    value = body.get(name)
    if value is None:
        return otherwise
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise ParameterError(
            f"{name}={str(value)[:40]!r} must be a whole number from {least} to {most:,}", parameter=name
        )
    return value


def _ids(body: Mapping[str, Any], name: str) -> tuple[str, ...]:
    ids = body.get(name, [])
    if not isinstance(ids, list) or len(ids) > _MAX_IDS or not all(isinstance(one, str) for one in ids):
        raise ParameterError(f"{name} must be a list of at most {_MAX_IDS} ids of candidates", parameter=name)
    return tuple(ids)


def _keep(value: object) -> bool:
    if not isinstance(value, bool):
        raise ParameterError("keep must be true or false", parameter="keep")
    return value


def _phases_from(value: object) -> Literal["first", "last"]:
    if value == "first":
        return "first"
    if value == "last":
        return "last"
    raise ParameterError("phases_from must be 'first' or 'last'", parameter="phases_from")


def _phases(values: object) -> tuple[Phase, ...]:
    if not isinstance(values, list) or len(values) > _MAX_YEARS:
        raise ParameterError(f"phases must be a list of at most {_MAX_YEARS} years", parameter="phases")
    phases = []
    for value in values:
        if not isinstance(value, dict) or not set(value) <= {"year", "p", "budget"} or "year" not in value:
            raise ParameterError("each phase must be a table with year, and p or budget", parameter="phases")
        year = _whole(value, "year", 2000, 2200, 2000) or 2000
        phases.append(Phase(year, _whole(value, "p", 1, MAX_SITES, None), _whole(value, "budget", 0, _MAX_MONEY, None)))
    return tuple(phases)
