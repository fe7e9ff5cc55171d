"""Coverage by brute force that a reader believes at sight: streets walked metre by metre, places tried one by one."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod

from geo.coverage.asking import CoverageQuery
from geo.coverage.pieces import Pieces
from geo.coverage.stretches import Stretches
from geo.finding.asking import NearestQuery, Openness
from geo.places.model import Place
from geo.streets.network import NO_WAY, StreetNetwork
from geo.streets.profiles import Mode
from geo.streets.snapping import Positions
from tests.oracles import judge, leaf_costs

#: Nothing is said of a point from which a tick more or less would decide: parts are cut at whole millimetres.
BLUR_TICKS: Final = 40
#: Nothing is said of a point at the very border of a circle: the plane is true within 0.1 promille.
BLUR: Final = 2e-4
_GEOD: Final = Geod(ellps="WGS84")

_Metres = NDArray[np.float64]


def every_metre(network: StreetNetwork) -> Iterator[tuple[int, _Metres]]:
    """Yield each edge that has a length, and a point in the middle of each of its metres."""
    for edge, length_m in enumerate(network.edge_length_m.tolist()):
        if length_m > 0:
            count = max(round(length_m), 1)
            yield edge, (np.arange(count) + 0.5) * (length_m / count)


def lonlat_at(network: StreetNetwork, edge: int, offset_m: _Metres) -> _Metres:
    """Return where points on an edge are, by interpolation between the points of its shape."""
    shape, along = network.shape(edge), network.shape_m[network.shape_start[edge] : network.shape_start[edge + 1]]
    return np.column_stack([np.interp(offset_m, along, shape[:, 0]), np.interp(offset_m, along, shape[:, 1])])


class Walker:
    """Travel time from any point of any edge to every place, in exact ticks, by networkx and the edge's own costs."""

    def __init__(self, network: StreetNetwork, mode: Mode, where: Positions) -> None:
        self.network, self.mode, self.where = network, mode, where
        self.from_label = leaf_costs(network, mode, where)

    def ticks(self, edge: int, offset_m: _Metres) -> _Metres:
        """Return ticks to each place's door, shape (n_points, n_places); infinite: no way."""
        network, where = self.network, self.where
        length_m, (tail, head) = float(network.edge_length_m[edge]), network.edge_nodes[edge].tolist()
        storeys: list[tuple[Mode, int]] = [(self.mode, 0)]
        if self.mode == "ebike":
            storeys.append(("walk", network.node_count))  # one may park at once
        best = np.full((len(offset_m), len(where.edge)), math.inf)
        for storey, base in storeys:
            along, against = network.arcs[storey].forward[edge], network.arcs[storey].backward[edge]
            for part_m, ticks, label in (
                (offset_m, against, tail),
                (length_m - offset_m, along, head),
            ):
                best = np.minimum(best, _part(part_m, length_m, ticks)[:, None] + self.from_label[base + label][None])
            for number in np.flatnonzero(where.edge == edge).tolist():  # without leaving the edge
                ahead_m = where.offset_m[number] - offset_m
                door = round(float(where.snap_m[number]) / (4.8 / 3.6) * 10_000)
                way = np.where(
                    ahead_m >= 0,
                    _part(np.abs(ahead_m), length_m, along),
                    _part(np.abs(ahead_m), length_m, against),
                )
                best[:, number] = np.minimum(best[:, number], way + door)
        return best


def _part(part_m: _Metres, length_m: float, ticks: np.int32) -> _Metres:
    """Return what a part of an edge costs: nothing is nothing, even where the direction is closed."""
    cost = np.full(len(part_m), math.inf) if ticks == NO_WAY else np.rint(part_m / length_m * int(ticks))
    return np.where(part_m == 0, 0.0, cost)


def nearest(costs: _Metres, chosen: NDArray[np.bool_]) -> _Metres:
    """Return the least of the chosen columns of each row, infinite without any."""
    return np.asarray(np.min(costs[:, chosen], axis=1, initial=math.inf))


def holds(stretches: Stretches, edge: int, offset_m: _Metres) -> NDArray[np.bool_]:
    """Tell of each point of an edge whether some stretch has it."""
    found = np.zeros(len(offset_m), dtype=bool)
    for own, start_mm, end_mm in zip(*stretches, strict=True):
        if own == edge:
            found |= (offset_m * 1000 >= start_mm) & (offset_m * 1000 <= end_mm)
    return found


def same(one: Stretches, other: Stretches) -> bool:
    """Tell whether two lists of stretches are the same, row by row."""
    return bool(
        np.array_equal(one.edge, other.edge)
        and np.array_equal(one.start_mm, other.start_mm)
        and np.array_equal(one.end_mm, other.end_mm)
    )


def metres_to(lonlat: _Metres, places: Sequence[Place]) -> _Metres:
    """Return the geodesic distance from each point to the nearest of some places, infinite without any."""
    best = np.full(len(lonlat), math.inf)
    for place in places:
        lon, lat = np.full(len(lonlat), place.position.lon), np.full(len(lonlat), place.position.lat)
        best = np.minimum(best, _GEOD.inv(lonlat[:, 0], lonlat[:, 1], lon, lat)[2])
    return best


_OPENNESS: Final[dict[str, Openness]] = {"any": "any", "certainly": "arrival", "perhaps": "arrival_or_unknown"}


def remedy(place: Place, query: CoverageQuery) -> int | None:
    """Return what it takes for a place to count, by the words of the design.

    0: nothing, it counts. 1: another hour. 2: to know more of it: its hours, its position, whether it has some kit, how
    one gets in. 3: to offer more, or to be in operation. None: it has been given up for good.
    """
    if place.status == "retired":
        return None
    asked = NearestQuery(
        place.position, wanted=query.wanted, when=query.when, open=_OPENNESS[query.open], min_left_s=query.min_left_s
    )
    needs = [0]
    for about, _, found in judge(place, 0.0, asked).fails:
        if about == "open":
            needs.append(2 if found == "unknown" else 1)
        elif about == "accuracy" or (about in ("amenity", "access") and found is None):
            needs.append(2)
        else:
            needs.append(3)
    return max(needs)


def recount(weight: int, start_mm: int, end_mm: int, parts: Sequence[tuple[int, int]]) -> int:
    """Return how much of a weight that is spread over a piece lies in some parts of its edge, rounded down."""
    own = sum(max(0, min(end, end_mm) - max(start, start_mm)) for start, end in parts)
    return weight * own // (end_mm - start_mm)


def parts_of(stretches: Stretches) -> dict[int, list[tuple[int, int]]]:
    """Return the parts of each edge as plain numbers."""
    parts: dict[int, list[tuple[int, int]]] = {}
    for edge, start_mm, end_mm in zip(*stretches, strict=True):
        parts.setdefault(int(edge), []).append((int(start_mm), int(end_mm)))
    return parts


def by_area(pieces: Pieces, weights: NDArray[np.int64], stretches: Stretches, area_count: int) -> list[int]:
    """Return how much of the weights of pieces lies in stretches, by area, the last being none; in plain numbers."""
    sums, parts = [0] * (area_count + 1), parts_of(stretches)
    for (edge, start_mm, end_mm, area), weight in zip(zip(*pieces, strict=True), weights.tolist(), strict=True):
        sums[int(area)] += recount(weight, int(start_mm), int(end_mm), parts.get(int(edge), []))
    return sums
