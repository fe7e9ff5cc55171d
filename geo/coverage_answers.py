"""Planners' answers as JSON values and compact arrays: one shape for API, page, downloads and ``--json``.

Weights leave here in the unit of their layer; inside they are whole millionths.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from geo.city import City
from geo.coverage.asking import CoverageQuery
from geo.coverage.comparing import Lapse, Seats
from geo.coverage.demand import Demand
from geo.coverage.drawing import drawn
from geo.coverage.equity import TravelEquity
from geo.coverage.pieces import Area, length_mm
from geo.coverage.planner import HOURS, STATES, Coverage, Loss, Planner, Week
from geo.coverage.point_table import MICRO
from geo.coverage.scenario import Scenario
from geo.coverage.stretches import Stretches
from geo.coverage.whatif import Effect
from geo.places.hours import CHINA
from geo.streets.network import StreetNetwork

#: Marks of the compact arrays, and what a street is that is in several states, or does not count for the mode.
STREETS_MARK: Final = b"YZS1"
STATES_MARK: Final = b"YZC1"
MIXED: Final = 254
UNCOUNTED: Final = 255
_WHOLE: Final = 65_535
_MILLE: Final = 1000


def coverage_values(city: City, coverage: Coverage, equity: TravelEquity, scenario: Scenario | None) -> dict[str, Any]:
    """Tell who is within reach, who is not and why, in all and by area."""
    who, weight = coverage.demand, coverage.weight
    return {
        **about(city, coverage.query, who, scenario),
        "states": list(STATES),
        "facilities": int(coverage.facilities.sum()),
        "total": {**_states(weight.sum(axis=1)), "circle": units(coverage.circle.sum())},
        "areas": [
            {**_area(number, area), **_states(weight[:, number]), "circle": units(coverage.circle[number])}
            for number, area in _numbered(coverage.areas)
        ],
        "equity": {
            "unreached": units(equity.unreached),
            "capped": units(equity.capped),
            "mean_s": _rounded(equity.mean_s),
            "median_s": _rounded(equity.median_s),
            "ninth_decile_s": _rounded(equity.ninth_decile_s),
            "worst_decile_s": _rounded(equity.worst_decile_s),
            "gini": _rounded(equity.gini, 4),
        },
    }


def week_values(city: City, week: Week, scenario: Scenario | None) -> dict[str, Any]:
    """Tell who is within reach at each hour of a week."""
    covered, all_ = week.worker_hours
    days = [city.calendar.day_kind(week.monday + timedelta(days=n)) for n in range(7)]
    return {
        **about(city, week.query, week.demand, scenario),
        "monday": week.monday.isoformat(),
        "hours": HOURS,
        "openings": week.openings,
        "days": [
            {"date": day.day.isoformat(), "kind": day.kind, "name": day.name, "provisional": day.provisional}
            for day in days
        ],
        "profile": week.demand.profile.per_mille.tolist(),
        "profile_status": week.demand.profile.status,
        "worker_hours": {"covered": units(covered / _MILLE), "total": units(all_ / _MILLE)},
        "total": units(week.total.sum()),
        "covered": _units(week.covered.sum(axis=1)),
        "areas": [
            {"number": number, "total": units(week.total[number]), "covered": _units(week.covered[:, number])}
            for number, _ in _numbered(week.areas)
            if week.total[number]
        ],
    }


def backup_values(
    city: City, planner: Planner, query: CoverageQuery, losses: Sequence[Loss], scenario: Scenario | None
) -> dict[str, Any]:
    """Tell who would lose cover if a place closed, the greatest loss first."""
    own = [(planner.places[loss.number], loss.weight) for loss in losses]
    places = [
        {
            "id": place.id, "name": place.name, "name_en": place.name_en, "lon": place.position.lon,
            "lat": place.position.lat, "weight": units(weight),
        }
        for place, weight in own
    ]  # fmt: skip
    return {**about(city, query, planner.who(query), scenario), "places": places}


def effect_values(city: City, effect: Effect, before: NDArray[np.int64], total: int) -> dict[str, Any]:
    """Tell what edits change; of areas only those in which something does."""
    changed = np.flatnonzero(effect.weight_gained + effect.weight_lost).tolist()
    nowhere = len(effect.weight_gained) - 1
    return {
        "total": units(total),
        "covered_before": units(before.sum()),
        "covered": units(effect.covered.sum()),
        "gained": units(effect.weight_gained.sum()),
        "lost": units(effect.weight_lost.sum()),
        "facilities": effect.facilities,
        "areas": [
            {
                "number": -1 if number == nowhere else number,
                "gained": units(effect.weight_gained[number]),
                "lost": units(effect.weight_lost[number]),
            }
            for number in changed
        ],
        "streets": {"gained": lines(city.network, effect.gained), "lost": lines(city.network, effect.lost)},
    }


def compared_values(
    city: City, names: tuple[str, str], one: Coverage, other: Coverage, weeks: tuple[Week, Week] | None
) -> dict[str, Any]:
    """Set two states of a city side by side: who gains and who loses, by area, and by hour if weeks are given."""
    a, b = one.weight[0], other.weight[0]
    values: dict[str, Any] = {
        **about(city, one.query, one.demand, None),
        "a": {"name": names[0], "covered": units(a.sum()), "facilities": int(one.facilities.sum())},
        "b": {"name": names[1], "covered": units(b.sum()), "facilities": int(other.facilities.sum())},
        "total": units(one.weight.sum()),
        "areas": [
            {
                **_area(number, area),
                "a": units(a[number]),
                "b": units(b[number]),
                "change": units(b[number] - a[number]),
            }
            for number, area in _numbered(one.areas)
            if a[number] != b[number]
        ],
    }
    if weeks is not None:
        values["hours"] = {name: _units(week.covered.sum(axis=1)) for name, week in zip("ab", weeks, strict=True)}
    return values


def lines(network: StreetNetwork, stretches: Stretches) -> dict[str, Any]:
    """Return stretches as a GeoJSON MultiLineString, lon/lat to 1e-6 degree."""
    return {"type": "MultiLineString", "coordinates": drawn(network, stretches).listed()}


def streets_bytes(network: StreetNetwork) -> bytes:
    """Return how the streets run: mark, number of edges and of points, where each edge's points begin, lon/lat.

    All little-endian: the mark ``YZS1``, two uint32, uint32 (n_edges + 1), int32 1e-7 degree (n_points, 2).
    """
    head = STREETS_MARK + struct.pack("<II", network.edge_count, len(network.shape_e7))
    return head + network.shape_start.astype("<u4").tobytes() + network.shape_e7.astype("<i4").tobytes()


def states_bytes(network: StreetNetwork, coverage: Coverage) -> bytes:
    """Return the state of every street for drawing.

    All little-endian: the mark ``YZC1``, number of edges and of parts as uint32; the state of each edge (a position in
    :data:`STATES`, or :data:`MIXED`, or :data:`UNCOUNTED`) as uint8, filled up to four bytes; then of the parts of
    mixed edges the edge as uint32, start and end as shares of the edge in uint16 (65,535 is the whole), the state as
    uint8.
    """
    length = length_mm(network)
    state = np.full(network.edge_count, UNCOUNTED, dtype=np.uint8)
    state[coverage.streets.edge] = MIXED
    parts = []
    for number, name in enumerate(STATES):
        own = coverage.stretches(name)
        whole = own.length_mm == length[own.edge]
        state[own.edge[whole]] = number
        parts.append((own.edge[~whole], own.start_mm[~whole], own.end_mm[~whole], np.full((~whole).sum(), number)))
    edge, start, end, states = (np.concatenate(column) for column in zip(*parts, strict=True))
    share = [(offset * _WHOLE // np.maximum(length[edge], 1)).astype("<u2") for offset in (start, end)]
    head = STATES_MARK + struct.pack("<II", len(state), len(edge))
    body = state.tobytes() + b"\0" * (-len(state) % 4) + edge.astype("<u4").tobytes()
    return bytes(head + body + share[0].tobytes() + share[1].tobytes() + states.astype(np.uint8).tobytes())


def units(weight: float) -> float:
    """Return millionths as units.

    Examples
    --------
    >>> units(1_500_000)
    1.5
    """
    return float(weight) / MICRO


def about(city: City, query: CoverageQuery, who: Demand, scenario: Scenario | None) -> dict[str, Any]:
    """Tell the city, the question, and whom it counts."""
    manifest, wanted = city.manifest, query.wanted
    return {
        "city": {"name": manifest.name, "version": manifest.version, "sample": manifest.sample},
        "question": {
            "mode": query.mode,
            "service": list(wanted.services),
            "amenity": list(wanted.amenities),
            "amenity_or_unknown": list(wanted.amenities_or_unknown),
            "access": list(wanted.access),
            "audience": wanted.audience,
            "accuracy": wanted.accuracy,
            "cutoff_s": query.cutoff_s,
            "when": None if query.when is None else query.when.astimezone(CHINA).isoformat(timespec="minutes"),
            "open": query.open,
            "min_left_s": query.min_left_s,
            "scenario": scenario and {"name": scenario.name, "key": scenario.key},
        },
        "layer": {
            "name": who.name,
            "unit": who.unit,
            "source": who.source,
            "method": who.method,
            "profile": who.profile.name,
            "placed": units(who.placed),
            "unplaced": _unplaced(who),
        },
    }


def _unplaced(who: Demand) -> list[dict[str, Any]]:
    by_reason: dict[str, int] = {}
    for one in who.unplaced:
        by_reason[one.reason] = by_reason.get(one.reason, 0) + one.weight
    return [{"reason": reason, "weight": units(weight)} for reason, weight in by_reason.items()]


def _numbered(areas: Sequence[Area]) -> list[tuple[int, Area | None]]:
    return [*enumerate(areas), (-1, None)]


def _area(number: int, area: Area | None) -> dict[str, Any]:
    if area is None:
        return {
            "number": number, "id": None, "name": None, "name_en": None, "district": None, "district_en": None,
            "residents": None,
        }  # fmt: skip
    return {
        "number": number,
        "id": area.id,
        "name": area.name,
        "name_en": area.name_en,
        "district": area.district,
        "district_en": area.district_en,
        "residents": area.residents,
        "inside_share": round(area.inside_share, 4),
    }


def _states(weight: NDArray[np.int64]) -> dict[str, float]:
    return {"total": units(weight.sum()), **{name: units(weight[n]) for n, name in enumerate(STATES)}}


def _units(weight: NDArray[np.int64]) -> list[float]:
    return [units(one) for one in weight.tolist()]


def _rounded(value: float | None, digits: int = 1) -> float | None:
    return None if value is None else round(value, digits)


def lapse_values(city: City, lapse: Lapse, scenario: Scenario | None) -> dict[str, Any]:
    """Tell who is within reach at one moment and no longer at another."""
    return {
        **about(city, lapse.query, lapse.demand, scenario),
        "then": lapse.then.astimezone(CHINA).isoformat(timespec="minutes"),
        "total": units(lapse.demand.placed),
        "covered": units(lapse.covered.sum()),
        "covered_then": units(lapse.covered_then.sum()),
        "lapse": units(lapse.weight.sum()),
        "streets_m": float(lapse.streets.length_mm.sum()) / 1000,
        "areas": [
            {**_area(n, area), "covered": units(lapse.covered[n]), "covered_then": units(lapse.covered_then[n]),
             "lapse": units(lapse.weight[n])}
            for n, area in _numbered(lapse.areas)
            if lapse.weight[n]
        ],
    }  # fmt: skip


def seats_values(city: City, seats: Seats, scenario: Scenario | None) -> dict[str, Any]:
    """Tell how many seats are left for whom."""
    return {
        **about(city, seats.query, seats.demand, scenario),
        "places": seats.places,
        "places_without_known_seats": seats.without,
        "seats": seats.seats,
        "reached": units(seats.reached),
        "areas": [
            {**_area(n, area), "total": units(seats.weight[n]), "seats_per_1000": _rounded(1000 * access, 4)}
            for n, area in _numbered(seats.areas)
            if (access := float(seats.access[n])) == access  # nobody is there: not a number
        ],
    }
