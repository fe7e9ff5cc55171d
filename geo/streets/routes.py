"""Routes drawn: from a position along arc codes to a position."""

from __future__ import annotations

import itertools
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.coords import E7
from geo.streets.compiled import compiled
from geo.streets.network import ON_FOOT, StreetNetwork
from geo.streets.snapping import Position


class Route(NamedTuple):
    """A way along the streets, without access legs.

    Attributes
    ----------
    lonlat
        From foot point to foot point, degrees, shape (n, 2).
    length_m
        Metres in all.
    on_foot_m
        Metres that a rider walks at the end, having parked; 0 for all other modes.
    parked
        Index in ``lonlat`` of the point where the rider parks; ``n - 1`` if at the end.
    """

    lonlat: NDArray[np.float64]
    length_m: float
    on_foot_m: float
    parked: int


def lengths_m(
    network: StreetNetwork,
    origin: Position,
    goal_offset_m: NDArray[np.float64],
    codes: NDArray[np.int32],
    start: NDArray[np.int32],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Metres of routes in all, and of their ends that a rider walks; shapes (n,).

    Parameters
    ----------
    goal_offset_m
        Where on the last edge each route ends, metres from the edge's tail, shape (n,).
    codes, start
        The n-th route has the arc codes ``codes[start[n]:start[n + 1]]``, int32, from the origin's edge to the goal's;
        first and last (which may be one) are travelled in part.
    """
    total_m, on_foot_m = _lengths_of_many(network.edge_length_m, origin.offset_m, goal_offset_m, codes, start)
    return total_m, on_foot_m


def draw(network: StreetNetwork, origin: Position, goal_offset_m: float, codes: NDArray[np.int32]) -> Route:
    """Draw one route; parameters as for :func:`lengths_m`."""
    total_m, on_foot_m = _lengths(network.edge_length_m, origin.offset_m, goal_offset_m, codes)
    size = int(_most_points(network.shape_start, codes))
    line = np.empty((size, 2))
    count, parked = _draw(
        network.edge_length_m, network.shape_start, network.shape_e7, network.shape_m, origin.offset_m, goal_offset_m,
        codes, line,
    )  # fmt: skip
    return Route(line[:count], total_m, on_foot_m, int(parked))


def lines(
    network: StreetNetwork,
    origin: Position,
    goal_offset_m: NDArray[np.float64],
    codes: NDArray[np.int32],
    start: NDArray[np.int32],
) -> list[NDArray[np.float64]]:
    """Draw several routes as lon/lat in degrees, shapes (n_points, 2); parameters as for :func:`lengths_m`."""
    points, begin = _draw_many(
        network.edge_length_m, network.shape_start, network.shape_e7, network.shape_m, origin.offset_m, goal_offset_m,
        codes, start,
    )  # fmt: skip
    bounds = begin.tolist()
    return [points[low:high] for low, high in itertools.pairwise(bounds)]


def parked_at(
    network: StreetNetwork,
    origin: Position,
    goal_offset_m: NDArray[np.float64],
    codes: NDArray[np.int32],
    start: NDArray[np.int32],
) -> NDArray[np.float64]:
    """Return where riders park on several routes, degrees, shape (n, 2); parameters as for :func:`lengths_m`."""
    where: NDArray[np.float64] = _parked(
        network.edge_length_m, network.shape_start, network.shape_e7, network.shape_m, origin.offset_m, goal_offset_m,
        codes, start,
    )  # fmt: skip
    return where


@compiled
def _ends(edge_length_m, origin_offset_m, goal_offset_m, codes, i):  # type: ignore[no-untyped-def]  # compiled
    """Offsets from the edge's tail between which the i-th stretch runs, in the direction of travel."""
    edge, against = (codes[i] & ~ON_FOOT) >> 1, codes[i] & 1
    length_m = edge_length_m[edge]
    begin = length_m if against else 0.0
    end = length_m - begin
    if i == 0:
        begin = origin_offset_m
    if i == len(codes) - 1:
        end = goal_offset_m
    return edge, begin, end


@compiled
def _lengths(edge_length_m, origin_offset_m, goal_offset_m, codes):  # type: ignore[no-untyped-def]
    total_m, on_foot_m = 0.0, 0.0
    for i in range(len(codes)):
        _, begin, end = _ends(edge_length_m, origin_offset_m, goal_offset_m, codes, i)
        total_m += abs(end - begin)
        if codes[i] & ON_FOOT:
            on_foot_m += abs(end - begin)
    return total_m, on_foot_m


@compiled
def _lengths_of_many(edge_length_m, origin_offset_m, goal_offset_m, codes, start):  # type: ignore[no-untyped-def]
    total_m, on_foot_m = np.empty(len(goal_offset_m)), np.empty(len(goal_offset_m))
    for i in range(len(goal_offset_m)):
        way = codes[start[i] : start[i + 1]]
        total_m[i], on_foot_m[i] = _lengths(edge_length_m, origin_offset_m, goal_offset_m[i], way)
    return total_m, on_foot_m


@compiled
def _most_points(shape_start, codes):  # type: ignore[no-untyped-def]
    count = 0
    for code in codes:
        edge = (code & ~ON_FOOT) >> 1
        count += shape_start[edge + 1] - shape_start[edge] + 2
    return count


@compiled
def _draw(  # type: ignore[no-untyped-def]
    edge_length_m, shape_start, shape_e7, shape_m, origin_offset_m, goal_offset_m, codes, line
):
    """Write the points of a route without repeating any; return how many, and where the rider parks."""
    count, parked = 0, -1
    for i in range(len(codes)):
        edge, begin, end = _ends(edge_length_m, origin_offset_m, goal_offset_m, codes, i)
        low, high = shape_start[edge], shape_start[edge + 1]
        if 0 < i < len(codes) - 1 and not codes[i] & ON_FOOT:  # the whole edge, as nearly always
            for j in range(high - 1, low - 1, -1) if codes[i] & 1 else range(low, high):
                count = _point(line, count, shape_e7[j, 0] / E7, shape_e7[j, 1] / E7)
            continue
        if parked < 0 and codes[i] & ON_FOOT:
            parked = max(count - 1, 0)
        count = _add(line, count, shape_e7, shape_m, low, high, begin)
        if end >= begin:
            for j in range(low, high):
                if begin < shape_m[j] < end:
                    count = _point(line, count, shape_e7[j, 0] / E7, shape_e7[j, 1] / E7)
        else:
            for j in range(high - 1, low - 1, -1):
                if end < shape_m[j] < begin:
                    count = _point(line, count, shape_e7[j, 0] / E7, shape_e7[j, 1] / E7)
        count = _add(line, count, shape_e7, shape_m, low, high, end)
    return count, parked if parked >= 0 else count - 1


@compiled
def _draw_many(  # type: ignore[no-untyped-def]
    edge_length_m, shape_start, shape_e7, shape_m, origin_offset_m, goal_offset_m, codes, start
):
    """Return the points of routes, one after the other, and where each begins."""
    points = np.empty((_most_points(shape_start, codes), 2))
    begin = np.zeros(len(start), dtype=np.int64)
    for i in range(len(goal_offset_m)):
        count, _ = _draw(
            edge_length_m, shape_start, shape_e7, shape_m, origin_offset_m, goal_offset_m[i],
            codes[start[i] : start[i + 1]], points[begin[i] :],
        )  # fmt: skip
        begin[i + 1] = begin[i] + count
    return points, begin


@compiled
def _parked(  # type: ignore[no-untyped-def]
    edge_length_m, shape_start, shape_e7, shape_m, origin_offset_m, goal_offset_m, codes, start
):
    """Return where riders park: where they come to before the first stretch on foot."""
    where = np.empty((len(goal_offset_m), 2))
    for i in range(len(goal_offset_m)):
        way = codes[start[i] : start[i + 1]]
        ridden = 0
        while ridden < len(way) and not way[ridden] & ON_FOOT:
            ridden += 1
        edge, begin, end = _ends(edge_length_m, origin_offset_m, goal_offset_m[i], way, max(ridden - 1, 0))
        at_m = end if ridden > 0 else begin
        where[i] = _at(shape_e7, shape_m, shape_start[edge], shape_start[edge + 1], at_m)
    return where


@compiled
def _add(line, count, shape_e7, shape_m, low, high, at_m):  # type: ignore[no-untyped-def]
    """Write the point of a shape that lies so many metres from its tail."""
    lon, lat = _at(shape_e7, shape_m, low, high, at_m)
    return _point(line, count, lon, lat)


@compiled
def _at(shape_e7, shape_m, low, high, at_m):  # type: ignore[no-untyped-def]
    """Return the point of a shape that lies so many metres from its tail, degrees."""
    j = low + np.searchsorted(shape_m[low:high], at_m)
    if j >= high:
        j = high - 1
    if j == low or shape_m[j] == at_m:
        return shape_e7[j, 0] / E7, shape_e7[j, 1] / E7
    share = min((at_m - shape_m[j - 1]) / (shape_m[j] - shape_m[j - 1]), 1.0)
    lon = shape_e7[j - 1, 0] + share * (shape_e7[j, 0] - shape_e7[j - 1, 0])
    lat = shape_e7[j - 1, 1] + share * (shape_e7[j, 1] - shape_e7[j - 1, 1])
    return lon / E7, lat / E7


@compiled
def _point(line, count, lon, lat):  # type: ignore[no-untyped-def]
    if count > 0 and line[count - 1, 0] == lon and line[count - 1, 1] == lat:
        return count
    line[count, 0], line[count, 1] = lon, lat
    return count + 1
