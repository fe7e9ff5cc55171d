"""Gaps, outlines and sites as JSON values: one shape for API, page, downloads and ``--json``."""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from shapely import to_geojson
from shapely.geometry.base import BaseGeometry

from geo.city import City
from geo.coords import E7, LonLat, metres_per_degree
from geo.coverage.gaps import Gap, Gaps
from geo.coverage.next_places import Siting
from geo.coverage.pieces import Area
from geo.coverage.planner import STATES, Coverage, Planner
from geo.coverage.point_table import MICRO
from geo.coverage.scenario import Scenario
from geo.coverage.service_area import ServiceArea
from geo.coverage.siting.plans import Alternative
from geo.coverage_answers import about, effect_values, units
from geo.places.model import Place
from geo.streets.network import TICKS_PER_S

#: Crossings nearer than this to a better one are one proposal with it, metres.
APART_M: Final = 400.0
#: Mark of the compact array of gains.
SURFACE_MARK: Final = b"YZG1"
#: Kinds of question whose objective is a weight.
_IN_WEIGHT: Final = frozenset({"mclp", "capacitated"})


def gaps_values(
    city: City, planner: Planner, coverage: Coverage, gaps: Gaps, scenario: Scenario | None = None
) -> dict[str, Any]:
    """List where uncovered streets lie together, the heaviest first, as GeoJSON points in their middle."""
    return {
        **about(city, coverage.query, coverage.demand, scenario),
        "type": "FeatureCollection",
        "count": gaps.count,
        "rest": units(gaps.rest.sum()),
        "off_street": units(gaps.off_street.sum()),
        "features": [_gap(planner.places, coverage.areas, gap) for gap in gaps.gaps],
    }


def _gap(places: Sequence[Place], areas: Sequence[Area], gap: Gap) -> dict[str, Any]:
    area = areas[gap.area] if gap.area >= 0 else None
    near = None if gap.nearest is None else places[gap.nearest]
    about_it = {
        "rank": gap.rank,
        "weight": units(gap.weight),
        "reasons": {state: units(part) for state, part in zip(STATES[1:], gap.reasons, strict=True)},
        "length_m": gap.length_mm / 1000,
        "area": gap.area,
        "subdistrict": area and area.name,
        "subdistrict_en": area and area.name_en,
        "district": area and area.district,
        "district_en": area and area.district_en,
        "streets": list(gap.names),
        "near": gap.near,
        "bbox": list(gap.bbox),
        "nearest": near and {"id": near.id, "name": near.name, "name_en": near.name_en},
        "travel_s": gap.travel_s,
        "straight_m": None if gap.straight_m is None else round(gap.straight_m, 1),
    }
    return {"type": "Feature", "id": gap.rank, "geometry": _point(gap.middle), "properties": about_it}


def service_area_values(city: City, mode: str, areas: Sequence[ServiceArea]) -> dict[str, Any]:
    """Draw outlines of what is within reach, the largest first, so that smaller ones lie on top."""
    features = [
        {
            "type": "Feature",
            "geometry": geometry_values(area.polygon),
            "properties": {
                "cutoff_s": area.cutoff_s,
                "length_m": round(area.length_m, 1),
                "over_claim": round(area.over_claim, 5),
                "left_out": round(area.left_out, 5),
            },
        }
        for area in reversed(areas)
    ]
    return {"type": "FeatureCollection", "city": city.manifest.version, "mode": mode, "features": features}


def siting_values(city: City, siting: Siting, scenario: Scenario | None = None) -> dict[str, Any]:
    """Tell where the next places should go, how good that is, what it brings, and what is nearly as good."""
    plan, kind = siting.plan, siting.query.question.kind
    values: dict[str, Any] = {
        **about(city, siting.query.coverage, siting.demand, scenario),
        "kind": kind,
        "p": siting.query.question.p,
        "budget": siting.query.question.budget,
        "keep": siting.query.keep,
        "candidates": len(siting.candidates),
        "off_street": siting.off_street,
        "rows": siting.rows,
        "out_of_reach": units(siting.out_of_reach),
        "status": plan.status,
        "why": plan.why,
        "method": plan.method,
        "objective": _objective(kind, plan.objective),
        "bound": _objective(kind, plan.bound),
        "objective_unit": _unit(siting, kind),
        "gap": plan.gap if plan.objective is not None else None,
        "unserved": units(plan.unserved),
        "sites": [
            {**_site(siting, number), "gain": _objective(kind, gain)}
            for number, gain in zip(plan.chosen, plan.gains, strict=True)
        ],
        "alternatives": [_alternative(siting, kind, other) for other in plan.alternatives],
        "effect": None,
        "years": [],
    }
    if siting.effect is not None:
        before = siting.effect.covered - siting.effect.weight_gained + siting.effect.weight_lost
        values["effect"] = effect_values(city, siting.effect, before, siting.demand.placed)
    if siting.phased is not None:
        values["years"] = [
            {
                "year": year,
                "status": own.status,
                "objective": _objective(kind, own.objective),
                "loss": _objective(kind, loss),
                "sites": [_site(siting, number) for number in own.chosen],
            }
            for year, own, loss in zip(siting.phased.years, siting.phased.plans, siting.phased.loss, strict=True)
        ]
    return values


def surface_values(city: City, planner: Planner, gain: NDArray[np.int64], limit: int) -> dict[str, Any]:
    """Tell at which crossings one more place would bring most; of those that lie together only the best."""
    lonlat = city.network.node_e7 / E7
    best = apart(lonlat, gain, limit)
    lonlat = lonlat[best].tolist()
    features = [
        {
            "type": "Feature",
            "id": rank,
            "geometry": _point(LonLat(*at)),
            "properties": {"rank": rank, "gain": units(value)},
        }
        for rank, (at, value) in enumerate(zip(lonlat, gain[best].tolist(), strict=True), start=1)
    ]
    return {"type": "FeatureCollection", "crossings": len(gain), "features": features}


def surface_bytes(city: City, gain: NDArray[np.int64]) -> bytes:
    """Return what one more place would bring at every crossing where that is something, for drawing.

    All little-endian: the mark ``YZG1``, their number n as uint32, int32 1e-7 degree (n, 2), float32 (n,) in the unit
    of the layer.
    """
    some = np.flatnonzero(gain > 0)
    at, amount = city.network.node_e7[some].astype("<i4"), (gain[some] / MICRO).astype("<f4")
    return SURFACE_MARK + struct.pack("<I", len(some)) + at.tobytes() + amount.tobytes()


def apart(lonlat: NDArray[np.float64], gain: NDArray[np.int64], limit: int) -> NDArray[np.intp]:
    """Return the best points that are not within :data:`APART_M` of a better one, the best first.

    Parameters
    ----------
    lonlat
        Degrees, float64 (n, 2).
    gain
        int64 (n,); what gains nothing is left out.
    limit
        How many at most.
    """
    if not len(lonlat):
        return np.empty(0, dtype=np.intp)
    metres = (lonlat - lonlat.mean(axis=0)) * metres_per_degree(float(lonlat[:, 1].mean()))
    best: list[int] = []
    free = gain > 0
    while len(best) < limit and free.any():
        one = int(np.argmax(np.where(free, gain, -1)))
        best.append(one)
        free &= np.hypot(*(metres - metres[one]).T) > APART_M
    return np.array(best, dtype=np.intp)


def geometry_values(shape: BaseGeometry) -> Any:
    """Return a shape as GeoJSON."""
    return json.loads(to_geojson(shape))


def _point(at: LonLat) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [round(at.lon, 7), round(at.lat, 7)]}


def _site(siting: Siting, number: int) -> dict[str, Any]:
    one = siting.candidates[number]
    return {
        "id": one.id, "name": one.name, "kind": one.kind, "lon": one.position.lon, "lat": one.position.lat,
        "price": one.price,
    }  # fmt: skip


def _alternative(siting: Siting, kind: str, other: Alternative) -> dict[str, Any]:
    return {
        "objective": _objective(kind, other.objective),
        "regret": _objective(kind, other.regret),
        "without": [_site(siting, number) for number in other.without],
        "instead": [_site(siting, number) for number in other.instead],
    }


def _unit(siting: Siting, kind: str) -> str:
    unit = siting.demand.unit
    priced = all(one.price is not None for one in siting.candidates)
    return {
        "backup": f"{unit}, half for a first and half for a second place",
        "p_median": f"{unit} times seconds",
        "p_center": "seconds",
        "lscp": "money" if priced else "places",
    }.get(kind, unit)


def _objective(kind: str, value: int | None) -> float | None:
    if value is None:
        return None
    if kind in _IN_WEIGHT:
        return units(value)
    if kind == "backup":
        return units(value / 1000)
    if kind == "p_median":
        return units(value / TICKS_PER_S)
    return value / TICKS_PER_S if kind == "p_center" else float(value)
