"""Isochrones that do not over-claim: outlines around the streets that are reached, and around no others."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.coords import E7, metres_per_degree
from geo.coverage.blocks import labels_within
from geo.coverage.cells import Frame, Segments, fill, grown, keep_off, length_inside, segments_of, weigh
from geo.coverage.outlines import outline
from geo.coverage.pieces import length_mm
from geo.coverage.stretches import Stretches, reached
from geo.streets.fields import NOTHING, Field, edge_of
from geo.streets.graphs import Direction, Graph, graph, hang
from geo.streets.in_view import edges_in
from geo.streets.network import TICKS_PER_S, StreetNetwork
from geo.streets.profiles import Mode
from geo.streets.snapping import Position, Positions

#: No more of the streets within an outline than this share is not reached.
MAX_OVER_CLAIM: Final = 0.01
#: An outline keeps about so far from its streets, metres.
MARGIN_M: Final = 25.0
#: Cells are so many if that makes them this small or smaller, but never smaller than the least; at most the most.
_CELLS: Final = 250_000
_CELL_M: Final = 5.0
_LEAST_CELL_M: Final = 2.5
_MOST_CELLS: Final = 3_000_000
#: Corners of cells are whole multiples of one part of so many of a degree, about 2 cm; see ``Frame``.
_PARTS: Final = 2**22
#: How often a reached street in a cell must outweigh one that is not for the cell to count; then: there is none.
_FACTORS: Final = (1.25, 4.0, 1e9)


@dataclass(frozen=True)
class ServiceArea:
    """What lies within a travel time, as an outline.

    Attributes
    ----------
    cutoff_s
        The travel time, seconds.
    polygon
        In degrees; its shells do not touch, and holes are where streets are not reached.
    over_claim
        How much of the streets within the outline is not reached; at most :data:`MAX_OVER_CLAIM`.
    left_out
        How much of the streets that are reached lies outside the outline.
    length_m
        Of the streets that are reached, metres.
    """

    cutoff_s: float
    polygon: shapely.MultiPolygon
    over_claim: float
    left_out: float
    length_m: float


def reached_from(
    network: StreetNetwork,
    mode: Mode,
    position: Position,
    cutoffs_s: Iterable[float],
    direction: Direction = "to_facility",
) -> dict[float, Stretches]:
    """Return the streets within several travel times of one position.

    Parameters
    ----------
    cutoffs_s
        Seconds, inclusive; the access leg of the position counts.
    direction
        ``to_facility``: from where one gets there in time; ``from_facility``: where one gets to from there.
    """
    there, other = graph(network, mode, direction), graph(network, mode, _OTHER[direction])
    lonlat = np.array([[position.lon, position.lat]])
    at = Positions(
        np.array([position.edge], dtype=np.int32), np.array([position.offset_m]), np.array([position.snap_m]), lonlat
    )
    leaves, ticks = hang(there, at), {cutoff_s: round(cutoff_s * TICKS_PER_S) for cutoff_s in cutoffs_s}
    label, cost = labels_within(other, leaves, max(ticks.values(), default=0))
    key = np.full(other.label_count, NOTHING)
    key[label] = cost << 32
    edges = np.unique(np.concatenate([_edges_at(there, label), _edges_at(other, label), at.edge]))
    length = length_mm(network, edges)
    return {
        cutoff_s: reached(there, leaves, Field(key), cutoff, length, None, edges) for cutoff_s, cutoff in ticks.items()
    }


def _edges_at(graph: Graph, label: NDArray[np.int64]) -> NDArray[np.int32]:
    """Return the edges of the arcs that begin at labels; some may come twice."""
    first, count = graph.first[label].astype(np.int64), graph.first[label + 1] - graph.first[label]
    arc = np.arange(int(count.sum())) + np.repeat(first - (np.cumsum(count) - count), count)
    return edge_of(graph.code[arc])


_OTHER: Final[Mapping[Direction, Direction]] = {"to_facility": "from_facility", "from_facility": "to_facility"}


def service_areas(
    network: StreetNetwork, streets: Stretches, within: Mapping[float, Stretches]
) -> tuple[ServiceArea, ...]:
    """Draw an outline around what is reached within each of several travel times, shortest first.

    Outlines lie within each other as what is reached does, exactly. Blocks without a street that is not reached are
    filled. Cells of a few metres, more where much is reached, belong to the nearest street; an outline cuts across the
    corners of cells.

    Parameters
    ----------
    streets
        Those that count, see :func:`~geo.coverage.stretches.streets_of`; others are as if they were not there.
    within
        What is reached, by travel time in seconds.
    """
    cutoffs = sorted(within)
    some = _on(network, streets, within[cutoffs[-1]].edge) if cutoffs else streets
    found = [some.within(within[cutoff]) for cutoff in cutoffs]
    if not found or not len(found[-1].edge):
        return tuple(ServiceArea(cutoff, shapely.MultiPolygon(), 0.0, 0.0, 0.0) for cutoff in cutoffs)
    frame = _frame(network, found)
    streets = _on(network, streets, np.concatenate([found[-1].edge, edges_in(network, frame.bbox)]))
    draw = _Drawing(network, frame, length_mm(network, streets.edge))
    lines = [(draw.segments(part), draw.segments(streets.minus(part))) for part in found]
    for level in range(len(_FACTORS) + 1):
        kinds = [draw.inside(*pair, level) for pair in lines]
        areas = [
            (draw.length(kind, own), draw.length(kind, others))
            for kind, (own, others) in zip(kinds, lines, strict=True)
        ]
        if all(wrong <= MAX_OVER_CLAIM * (right + wrong) for right, wrong in areas):
            break
    totals = [int(part.length_mm.sum()) for part in found]
    return tuple(
        ServiceArea(
            cutoff_s=cutoff,
            polygon=outline(kind, frame),
            over_claim=wrong / (right + wrong) if wrong else 0.0,
            left_out=(total - right) / total if total else 0.0,
            length_m=total / 1000,
        )
        for cutoff, kind, (right, wrong), total in zip(cutoffs, kinds, areas, totals, strict=True)
    )


def _on(network: StreetNetwork, stretches: Stretches, edges: NDArray[np.int32]) -> Stretches:
    """Return the stretches on some edges."""
    wanted = np.zeros(network.edge_count, dtype=np.bool_)
    wanted[edges] = True
    return stretches.take(np.flatnonzero(wanted[stretches.edge]))


class _Drawing:
    """Streets on one frame."""

    def __init__(self, network: StreetNetwork, frame: Frame, length: NDArray[np.int64]) -> None:
        self._frame = frame
        self._shapes = network.shape_start, network.shape_e7, network.shape_m, network.edge_length_m, length
        middle = frame.south + frame.height * frame.rows / 2
        self._steps = max(round(MARGIN_M / (frame.height * metres_per_degree(middle)[1])), 1)

    def segments(self, part: Stretches) -> Segments:
        """Return the straight pieces of streets that may touch the frame."""
        return Segments(*segments_of(*part, *self._shapes, self._frame))

    def inside(self, own: Segments, others: Segments, level: int) -> NDArray[np.uint8]:
        """Tell of each cell whether it is within reach; the higher the level, the fewer are."""
        columns, rows = self._frame.columns, self._frame.rows
        balance = np.zeros(columns * rows, dtype=np.float32)
        weigh(balance, columns, rows, *others, -_FACTORS[min(level, len(_FACTORS) - 1)])
        touched = balance.copy() if level == len(_FACTORS) else balance
        weigh(balance, columns, rows, *own, 1.0)
        kind = grown(balance, columns, rows, self._steps)
        fill(kind, columns, rows)
        if level == len(_FACTORS):
            keep_off(kind, touched, columns, rows)
        return np.asarray(kind)

    def length(self, kind: NDArray[np.uint8], lines: Segments) -> int:
        """Return how many whole millimetres of streets lie within the outline."""
        return round(float(length_inside(kind, self._frame.columns, self._frame.rows, *lines)))


def _frame(network: StreetNetwork, found: Sequence[Stretches]) -> Frame:
    """Return a frame that holds all that is reached, with a margin."""
    edges = np.unique(found[-1].edge)
    first, count = network.shape_start[edges].astype(np.int64), np.diff(network.shape_start)[edges]
    row = np.arange(int(count.sum())) + np.repeat(first - (np.cumsum(count) - count), count)
    points = network.shape_e7[row] / E7
    west, south = points.min(axis=0).tolist()
    east, north = points.max(axis=0).tolist()
    lon_m, lat_m = metres_per_degree((south + north) / 2)
    area_m2 = ((east - west) * lon_m + 4 * MARGIN_M) * ((north - south) * lat_m + 4 * MARGIN_M)
    cell_m = max(_LEAST_CELL_M, min(_CELL_M, math.sqrt(area_m2 / _CELLS)), math.sqrt(area_m2 / _MOST_CELLS))
    width, height = max(round(cell_m / lon_m * _PARTS), 1) / _PARTS, max(round(cell_m / lat_m * _PARTS), 1) / _PARTS
    margin = math.ceil(MARGIN_M / cell_m) + 2
    return Frame(
        west=math.floor(west * _PARTS) / _PARTS - margin * width,
        south=math.floor(south * _PARTS) / _PARTS - margin * height,
        width=width,
        height=height,
        columns=math.ceil((east - west) / width) + 2 * margin + 1,
        rows=math.ceil((north - south) / height) + 2 * margin + 1,
    )
