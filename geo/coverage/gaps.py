"""Gaps as places: who is not covered, put together to spots that one place each could serve, with their streets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.coords import E7, BBox, LonLat, distance_m, geodesic_m, metres_per_degree
from geo.coverage.cells import Frame, segments_of
from geo.coverage.clusters import Parts, clusters, cut, ends_of, medoid
from geo.coverage.costs import nearest_at
from geo.coverage.demand import allot
from geo.coverage.pieces import Pieces
from geo.coverage.planner import STATES, Coverage, Planner
from geo.coverage.stretches import Stretches, joined, measure
from geo.coverage.table import by_area, share_of
from geo.streets.network import CLOSED, NO_WAY, TICKS_PER_S, StreetNetwork

#: A gap is called by so many of its streets.
NAMES: Final = 3
#: A named street within so many metres says where a gap is whose own streets have no names.
NEAR_M: Final = 1000.0
#: A part of street is no longer than this share of what a gap may measure.
_PART: Final = 1 / 12
_REASONS: Final = len(STATES) - 1


@dataclass(frozen=True, eq=False)
class Gap:
    """Uncovered streets that lie together.

    Attributes
    ----------
    rank
        From 1, the heaviest.
    weight
        Of the demand in it, millionths of the unit.
    reasons
        The same by reason, in the order of ``STATES`` after *covered*.
    length_mm
        Of its streets.
    area
        Number of its area, or ``NOWHERE``.
    names
        Of its streets, at most :data:`NAMES`, that with the most of it first; those without a name are left out.
    near
        If none has a name: the nearest street that has one; None: there is none within :data:`NEAR_M`.
    middle
        The point on one of its streets from which it is least far to all its demand.
    bbox
        Holds its streets.
    stretches
        Its streets.
    nearest
        The nearest place that counts, its number; as the crow flies if none can be reached; None: none counts.
    travel_s
        From the middle to its door, seconds; None: no place can be reached.
    straight_m
        From the middle to it, metres; None: there is none.
    """

    rank: int
    weight: int
    reasons: tuple[int, ...]
    length_mm: int
    area: int
    names: tuple[str, ...]
    near: str | None
    middle: LonLat
    bbox: BBox
    stretches: Stretches
    nearest: int | None
    travel_s: float | None
    straight_m: float | None


@dataclass(frozen=True, eq=False)
class Gaps:
    """The gaps of a coverage; with what is not in them they make all that is not covered, exactly.

    Attributes
    ----------
    gaps
        The heaviest ones, heaviest first.
    count
        How many there are in all.
    rest
        What lies in the others, by area, millionths, int64 (n_areas + 1,).
    rest_mm
        How much of the uncovered streets lies in the others, or weighs nothing and is in none.
    off_street
        What is not covered and lies on streets that the mode may not use, by area, millionths, int64 (n_areas + 1,).
    """

    gaps: tuple[Gap, ...]
    count: int
    rest: NDArray[np.int64]
    rest_mm: int
    off_street: NDArray[np.int64]


class _Uncovered(NamedTuple):
    """Uncovered parts of streets, and points, with the reason of each as a number from 0."""

    parts: Parts
    reason: NDArray[np.int64]


def find_gaps(planner: Planner, coverage: Coverage, limit: int = 50, area: int | None = None) -> Gaps:
    """Find the gaps of a coverage, the heaviest first.

    A gap lies in one area. It is connected, or near enough together for one place: no wider or taller than one travels
    within the cutoff. See :func:`~geo.coverage.clusters.clusters`.

    Parameters
    ----------
    coverage
        An answer of the planner.
    limit
        So many gaps are described; the others are summed.
    area
        Describe only those of one area; they keep their ranks among all. None: of all areas.
    """
    network, mode = planner.network, coverage.query.mode
    fit_m = coverage.query.cutoff_s * _speed(network, coverage)
    (parts, reason), off_street = _uncovered(planner.layers.pieces, coverage, max(int(fit_m * 1000 * _PART), 1))
    lonlat = network.points_at(parts.edge, _middle_m(network, parts))
    xy = _on_plane(lonlat)
    open_ = network.standing(mode) != CLOSED
    ends = ends_of(parts, network.edge_nodes, planner.length_mm, open_, network.node_count)
    cluster = clusters(parts, xy, ends, fit_m)

    count = int(cluster.max(initial=-1)) + 1
    weight, length = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    inside = cluster >= 0
    np.add.at(weight, cluster[inside], parts.weight[inside])
    np.add.at(length, cluster[inside], parts.length_mm[inside])
    there = np.flatnonzero(weight > 0)
    order = there[np.lexsort((there, -length[there], -weight[there]))]

    by_cluster = np.argsort(cluster, kind="stable")
    own_area = parts.area[by_cluster[np.searchsorted(cluster[by_cluster], order)]]
    rank = np.flatnonzero(np.ones_like(order, dtype=bool) if area is None else own_area == area)[:limit]
    begin, stop = np.searchsorted(cluster[by_cluster], [order[rank], order[rank] + 1])
    members = [by_cluster[a:b] for a, b in zip(begin.tolist(), stop.tolist(), strict=True)]
    shown = np.zeros(len(cluster), dtype=np.bool_)
    shown[np.concatenate([*members, np.empty(0, dtype=np.int64)]).astype(np.int64)] = True
    middle = np.array([own[_middle(parts, xy, own)] for own in members], dtype=np.int64)
    describe = _Describer(planner, coverage, parts, reason, lonlat)
    areas = len(coverage.areas)
    return Gaps(
        gaps=describe.gaps(members, middle, rank + 1),
        count=len(order),
        rest=by_area(parts.weight[~shown], parts.area[~shown], areas),
        rest_mm=int(parts.length_mm[~shown].sum()),
        off_street=off_street,
    )


def _uncovered(pieces: Pieces, coverage: Coverage, longest_mm: int) -> tuple[_Uncovered, NDArray[np.int64]]:
    """Return uncovered parts, their weights the same as in the coverage's table, and by area what lies on no part."""
    demand, long = coverage.demand, pieces.length_mm
    within = [share_of(demand.piece_weight, measure(pieces, part), long) for part in coverage.reached]
    by_reason = np.diff(np.array([*within, demand.piece_weight]), axis=0).T  # (n_pieces, 5)
    found = [cut(pieces, coverage.stretches(state), longest_mm) for state in STATES[1:]]
    piece = np.concatenate([own for own, _ in found])
    reason = np.repeat(np.arange(_REASONS), [len(own) for own, _ in found])
    edge, start, end = (np.concatenate([part[column] for _, part in found]) for column in range(3))
    group = piece * _REASONS + reason
    weight = allot(by_reason.ravel(), group.astype(np.int32), end - start)
    on_part = np.bincount(piece, minlength=len(long)) > 0
    left = by_reason.sum(axis=1)
    points = demand.points
    state = np.sum([~np.asarray(mask) for mask in coverage.points], axis=0)  # each reaches what the one before does
    lone = np.flatnonzero(state > 0)
    at = np.rint(points.offset_m[lone] * 1000).astype(np.int64)
    parts = Parts(
        edge=np.concatenate([edge, points.edge[lone]]).astype(np.int32),
        start_mm=np.concatenate([start, at]),
        end_mm=np.concatenate([end, at]),
        area=np.concatenate([pieces.area[piece], points.area[lone]]).astype(np.int32),
        weight=np.concatenate([weight, points.weight[lone]]),
    )
    reason = np.concatenate([reason, state[lone] - 1]).astype(np.int64)
    order = np.lexsort((parts.weight, reason, parts.end_mm, parts.start_mm, parts.edge))
    off_street = by_area(np.where(on_part, 0, left), pieces.area, len(coverage.areas))
    return _Uncovered(parts.take(order), reason[order]), off_street


def _speed(network: StreetNetwork, coverage: Coverage) -> float:
    """Return how fast one travels along the streets that count, metres per second."""
    edge, arcs = coverage.streets.edge, network.arcs[coverage.query.mode]
    ticks = np.minimum(arcs.forward[edge], arcs.backward[edge])
    usable = ticks != NO_WAY
    taken = float(ticks[usable].sum(dtype=np.int64)) / TICKS_PER_S
    return float(network.edge_length_m[edge[usable]].sum()) / taken if taken else 0.0


def _middle_m(network: StreetNetwork, parts: Parts) -> NDArray[np.float64]:
    return np.asarray(np.minimum((parts.start_mm + parts.end_mm) / 2000, network.edge_length_m[parts.edge]))


def _on_plane(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return metres from the south-west corner; true at the middle of the city, and within 0.5 % some 50 km off."""
    if not len(lonlat):
        return lonlat
    low, high = lonlat.min(axis=0), lonlat.max(axis=0)
    return np.asarray((lonlat - low) * metres_per_degree(float(low[1] + high[1]) / 2))


def _middle(parts: Parts, xy: NDArray[np.float64], own: NDArray[np.int64]) -> int:
    """Return which of a gap's parts is its middle: a stretch, if it has any, and not a point on a covered street."""
    streets = np.flatnonzero(parts.length_mm[own] > 0)
    there = streets if len(streets) else np.arange(len(own))
    return int(there[medoid(xy[own[there]], xy[own], parts.weight[own].astype(np.float64))])


class _Describer:
    """Tells of clusters what a reader wants to know."""

    def __init__(
        self,
        planner: Planner,
        coverage: Coverage,
        parts: Parts,
        reason: NDArray[np.int64],
        lonlat: NDArray[np.float64],
    ) -> None:
        self._planner, self._coverage = planner, coverage
        self._network = planner.network
        self._parts, self._reason, self._lonlat = parts, reason, lonlat

    def gaps(
        self, members: list[NDArray[np.int64]], middle: NDArray[np.int64], rank: NDArray[np.int64]
    ) -> tuple[Gap, ...]:
        """Describe clusters, given as numbers of parts, in their order, and their ranks."""
        number, ticks = self._nearest(middle)
        each = zip(rank.tolist(), members, middle.tolist(), number.tolist(), ticks.tolist(), strict=True)
        return tuple(self._gap(*one) for one in each)

    def _gap(self, rank: int, own: NDArray[np.int64], middle: int, number: int, ticks: int) -> Gap:
        parts = self._parts.take(own)
        reasons = np.zeros(_REASONS, dtype=np.int64)
        np.add.at(reasons, self._reason[own], parts.weight)
        stretches, at = joined(*parts[:3]), LonLat(*self._lonlat[middle].tolist())
        names = self._names(stretches)
        place = number if number >= 0 else self._as_the_crow_flies(at)
        return Gap(
            rank=rank,
            weight=int(parts.weight.sum()),
            reasons=tuple(reasons.tolist()),
            length_mm=int(stretches.length_mm.sum()),
            area=int(parts.area[0]),
            names=names,
            near=None if names else self._near(at),
            middle=at,
            bbox=self._bbox(stretches, self._lonlat[own]),
            stretches=stretches,
            nearest=place,
            travel_s=None if number < 0 else ticks / TICKS_PER_S,
            straight_m=None if place is None else distance_m(at, LonLat(*self._planner.lonlat[place].tolist())),
        )

    def _nearest(self, middle: NDArray[np.int64]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Return the nearest place of each middle and the time to it, in ticks."""
        query, mask = self._coverage.query, self._coverage.facilities
        ways, (field, _) = self._planner.ways(query.mode), self._planner.field(query.mode, query.cutoff, mask)
        at = self._parts.take(middle)
        none = np.zeros(len(middle), dtype=np.int32)
        found = nearest_at(ways.streets, ways.leaves, field, at.edge, _middle_m(self._network, at), none, mask)
        return found.facility, found.cost

    def _as_the_crow_flies(self, at: LonLat) -> int | None:
        numbers = np.flatnonzero(self._coverage.facilities)
        if not len(numbers):
            return None
        places = self._planner.lonlat[numbers]
        return int(numbers[np.argmin(geodesic_m(np.tile(at, (len(places), 1)), places))])

    def _names(self, stretches: Stretches) -> tuple[str, ...]:
        numbers, own = np.unique(self._network.edge_name[stretches.edge], return_inverse=True)
        length = np.zeros(len(numbers), dtype=np.int64)
        np.add.at(length, own, stretches.length_mm)
        named = [
            (-mm, self._network.names[number])
            for number, mm in zip(numbers.tolist(), length.tolist(), strict=True)
            if number
        ]
        return tuple(name for _, name in sorted(named)[:NAMES])

    def _near(self, at: LonLat) -> str | None:
        """Return the name of the street that has the nearest point of all that have one."""
        network, metres = self._network, np.array(metres_per_degree(at.lat)) / E7
        away = np.abs(network.shape_e7 - np.rint(np.array(at) * E7).astype(np.int32))
        around = np.flatnonzero((away <= np.ceil(NEAR_M / metres)).all(axis=1))
        around = around[network.edge_name[network.shape_edge[around]] > 0]
        far = np.hypot(*(away[around] * metres).T)
        if not len(far) or far.min() > NEAR_M:
            return None
        nearest = int(around[np.argmin(far)])
        return network.names[int(network.edge_name[network.shape_edge[nearest]])]

    def _bbox(self, stretches: Stretches, lonlat: NDArray[np.float64]) -> BBox:
        network, earth = self._network, Frame(-180.0, -90.0, 1.0, 1.0, 360, 180)
        shapes = network.shape_start, network.shape_e7, network.shape_m, network.edge_length_m
        line, _ = segments_of(*stretches, *shapes, self._planner.length_mm, earth)
        points = np.concatenate([line.reshape(-1, 2) - (180.0, 90.0), lonlat])
        return BBox(*points.min(axis=0).tolist(), *points.max(axis=0).tolist())
