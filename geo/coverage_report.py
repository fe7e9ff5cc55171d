"""What a printed page tells of one subdistrict: figures, worst gaps, hours of a week, doubts, and a small map."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from shapely import get_coordinates, get_parts, get_rings
from shapely.geometry.base import BaseGeometry

from geo.coords import LonLat, metres_per_degree
from geo.coverage.asking import CoverageQuery
from geo.coverage.demand import Demand
from geo.coverage.drawing import cut_by_area, drawn
from geo.coverage.gaps import Gap, Gaps, find_gaps
from geo.coverage.planner import STATES, State, Week
from geo.coverage_answers import units
from geo.coverage_facts import METHOD, Answer, doubts
from geo.errors import NotFoundError
from geo.places.hours import CHINA
from geo.siting_answers import gaps_values

#: So many gaps stand on a page.
GAPS: Final = 5
#: The map's side, in units of its drawing, and what is left free around the streets.
SIDE: Final = 1000
_MARGIN: Final = 24
_SCALES_M: Final = (50, 100, 200, 500, 1000, 2000, 5000, 10_000)
_FEWEST_M: Final = 100.0


class Basis(NamedTuple):
    """What the pages of all subdistricts share.

    Attributes
    ----------
    answer, values
        The coverage, and what the interface tells of it.
    monday
        First day of the week that is told.
    certainly, perhaps
        The week, with places that are certainly open, and with those beside of which nobody knows.
    streets
        By state: lines of the parts of streets, and where each area's lines begin.
    """

    answer: Answer
    values: dict[str, Any]
    monday: date
    certainly: Week
    perhaps: Week
    streets: dict[State, tuple[list[NDArray[np.float64]], NDArray[np.int64]]]


def basis_of(answer: Answer, monday: date, stop: Callable[[], bool] = lambda: False) -> Basis | None:
    """Prepare the pages; None if it was stopped."""
    planner, query, who = answer.planner, answer.coverage.query, answer.coverage.demand
    weeks = []
    for opened in ("certainly", "perhaps"):
        when = query.when or datetime.combine(monday, time(12), tzinfo=CHINA)
        found = planner.week(replace(query, open=opened, when=when), monday, who, stop)
        if found is None:
            return None
        weeks.append(found)
    count = len(answer.coverage.areas)
    streets = {}
    for state in STATES:
        parts, area = cut_by_area(planner.layers.pieces, answer.coverage.stretches(state))
        lines = drawn(planner.network, parts)
        first = np.searchsorted(area, np.arange(count + 1))
        streets[state] = [lines.lonlat[a:b] for a, b in pairwise(lines.first.tolist())], first
    return Basis(answer, answer.values, monday, weeks[0], weeks[1], streets)


def report_values(basis: Basis, number: int, gaps: Gaps | None = None) -> dict[str, Any]:
    """Tell all that stands on the page of one subdistrict.

    Parameters
    ----------
    number
        Of the subdistrict.
    gaps
        Those of all areas, if they are known already.

    Raises
    ------
    NotFoundError
        There is no subdistrict of that number.
    """
    answer, values = basis.answer, basis.values
    areas = answer.coverage.areas
    if not 0 <= number < len(areas):
        told = f"they go from 0 to {len(areas) - 1}" if areas else "the city pack has none"
        raise NotFoundError(f"no subdistrict number {number}; {told}: see areas in /api/v1/coverage")
    found = gaps or find_gaps(answer.planner, answer.coverage, GAPS, number)
    own = replace(found, gaps=tuple(gap for gap in found.gaps if gap.area == number)[:GAPS])
    return {
        **{name: values[name] for name in ("city", "question", "layer", "states", "facilities", "total", "equity")},
        "area": values["areas"][number],
        "own_equity": _equity(basis, number),
        "gaps": [
            one["properties"]
            for one in gaps_values(answer.city, answer.planner, answer.coverage, own, answer.scenario)["features"]
        ],
        "week": _week(basis, number),
        "doubts": doubts(answer, monday=basis.monday, area=number),
        "method": METHOD,
        "built": answer.city.manifest.built,
        "sources": [dict(source) for source in answer.city.manifest.sources],
        "map": _map(basis, number, own.gaps),
    }


def question_of(query: CoverageQuery) -> tuple[str, str]:
    """Return the cutoff and, if hours matter, the moment, as people write them.

    Examples
    --------
    >>> question_of(CoverageQuery(cutoff_s=900.0))
    ('15', '')
    """
    moment = query.when if query.open != "any" else None
    return f"{query.cutoff_s / 60:g}", moment.astimezone(CHINA).strftime("%Y-%m-%d %H:%M") if moment else ""


def _equity(basis: Basis, number: int) -> dict[str, Any]:
    """Tell how travel time is spread over the demand of one area."""
    who, pieces = basis.answer.coverage.demand, basis.answer.planner.layers.pieces
    there = replace(
        who,
        piece_weight=np.where(pieces.area == number, who.piece_weight, 0),
        points=who.points._replace(weight=np.where(who.points.area == number, who.points.weight, 0)),
    )
    return _told(basis, there)


def _told(basis: Basis, who: Demand) -> dict[str, Any]:
    found = basis.answer.planner.equity(basis.answer.coverage.query, who)
    seconds = {name: getattr(found, name) for name in ("mean_s", "median_s", "ninth_decile_s", "worst_decile_s")}
    return {
        **{name: None if value is None else round(value, 1) for name, value in seconds.items()},
        "unreached": units(found.unreached),
    }


def _week(basis: Basis, number: int) -> dict[str, Any]:
    """Tell the shares of a week, hour by hour; None without anybody."""
    total = int(basis.certainly.total[number])
    calendar = basis.answer.city.calendar
    days = [calendar.day_kind(basis.monday + timedelta(days=n)) for n in range(7)]
    return {
        "monday": basis.monday.isoformat(),
        "days": [{"date": day.day.isoformat(), "kind": day.kind, "name": day.name} for day in days],
        "total": units(total),
        **{
            name: [units(one) for one in week.covered[:, number].tolist()]
            for name, week in (("certainly", basis.certainly), ("perhaps", basis.perhaps))
        },
    }


def _map(basis: Basis, number: int, gaps: Sequence[Gap]) -> dict[str, Any] | None:
    """Return the streets as paths of SVG by state, places and gaps as points; None without any street."""
    own = {state: lines[first[number] : first[number + 1]] for state, (lines, first) in basis.streets.items()}
    points = [line for lines in own.values() for line in lines]
    if not points:
        return None
    every = np.concatenate(points)
    low, high = every.min(axis=0), every.max(axis=0)
    metres = np.array(metres_per_degree(float(low[1] + high[1]) / 2))
    width_m, height_m = (high - low) * metres
    scale = (SIDE - 2 * _MARGIN) / max(width_m, height_m, _FEWEST_M)
    middle = (low + high) / 2

    def at(lonlat: NDArray[np.float64]) -> NDArray[np.int64]:
        away = (lonlat - middle) * metres * scale * (1, -1)
        return np.asarray(np.rint(away + SIDE / 2).astype(np.int64))

    places = basis.answer.planner.lonlat[basis.answer.coverage.facilities]
    near = at(places)
    inside = ((near >= 0) & (near <= SIDE)).all(axis=1)
    bar_m = max((m for m in _SCALES_M if m * scale <= SIDE / 4), default=_SCALES_M[0])
    outline = basis.answer.city.outlines[number]
    return {
        "side": SIDE,
        "outline": None if outline is None else _path([at(get_coordinates(ring)) for ring in _rings(outline)]),
        "paths": {state: path for state, lines in own.items() if (path := _path([at(line) for line in lines]))},
        "places": near[inside].tolist(),
        "gaps": [{"rank": gap.rank, "at": at(_lonlat(gap.middle)).tolist()} for gap in gaps],
        "bar_m": bar_m,
        "bar": round(bar_m * scale),
    }


def _rings(shape: BaseGeometry) -> list[BaseGeometry]:
    """Return the rings of polygons, outer and inner ones alike."""
    return [ring for part in get_parts(shape) for ring in get_rings(part)]


def _lonlat(at: LonLat) -> NDArray[np.float64]:
    return np.array(at, dtype=np.float64)


def _path(lines: Sequence[NDArray[np.int64]]) -> str:
    """Return lines as the path of an SVG drawing, relative steps, those of no length left out.

    Examples
    --------
    >>> _path([np.array([[1, 2], [1, 2], [4, 6]]), np.array([[0, 0], [5, 0]])])
    'M1 2l3 4M0 0l5 0'
    """
    drawing = []
    for line in lines:
        steps = np.diff(line, axis=0)
        moved = steps[steps.any(axis=1)].tolist()
        if moved:
            drawing.append(f"M{line[0][0]} {line[0][1]}l" + " ".join(f"{x} {y}" for x, y in moved))
    return "".join(drawing)
