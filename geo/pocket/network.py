"""A city's streets cut to a box, as few bytes, so that a browser reckons the same costs to the tick.

A browser gets shapes and speeds, and reckons lengths and costs itself. It does so by additions, multiplications,
divisions and square roots alone, which IEEE 754 rounds in one way everywhere; :func:`own_lengths_m` and
:func:`own_ticks` do the same here, and where what comes out is not the city's own number, that number is written
beside. So nothing depends on how good the reckoning is, only the size of the file.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.coords import E7, BBox, metres_per_degree
from geo.pocket.varints import varints, zigzag
from geo.streets.network import NO_WAY, TICKS_PER_S, StreetNetwork
from geo.streets.profiles import MODES, Mode

#: Speeds are looked for on edges at least so long, where ticks tell them to a tenth of a km/h.
_TELLING_M: Final = 20.0
#: To what lengths are told, metres: so little of a tick of walking that parts of edges cost the same, too.
STEP_M: Final = 1e-9
#: How many speeds a mode may have; further ones are written as ticks.
_MOST_SPEEDS: Final = 64


class Cut(NamedTuple):
    """Which part of a network is taken.

    Attributes
    ----------
    edge
        Numbers of the edges, ascending, int64 (m,).
    node
        Numbers of the nodes at their ends, ascending, int64 (n,).
    border
        Per mode and node of the part, whether a street of the mode leads on from it that is left out, bool (n,).
    """

    edge: NDArray[np.int64]
    node: NDArray[np.int64]
    border: Mapping[Mode, NDArray[np.bool_]]


def cut(network: StreetNetwork, box: BBox) -> Cut:
    """Take every edge whose own box touches a box.

    What is left out lies outside the box with both ends, so whoever leaves the part passes a border node outside the
    box first: answers that cost less than the cheapest border node are those of the whole network.
    """
    start = np.asarray(network.shape_start[:-1])
    low = np.minimum.reduceat(network.shape_e7, start, axis=0) / E7
    high = np.maximum.reduceat(network.shape_e7, start, axis=0) / E7
    taken = (low[:, 0] <= box.east) & (high[:, 0] >= box.west) & (low[:, 1] <= box.north) & (high[:, 1] >= box.south)
    edge = np.flatnonzero(taken).astype(np.int64)
    node = np.unique(network.edge_nodes[edge]).astype(np.int64)
    border = {}
    for mode in MODES:
        arcs = network.arcs[mode]
        open_ = (arcs.forward != NO_WAY) | (arcs.backward != NO_WAY)
        if mode == "ebike":  # whoever rides may park and walk on
            walk = network.arcs["walk"]
            open_ = open_ | (walk.forward != NO_WAY) | (walk.backward != NO_WAY)
        leads_on = np.zeros(network.node_count, dtype=bool)
        leads_on[network.edge_nodes[~taken & open_].ravel()] = True
        border[mode] = leads_on[node]
    return Cut(edge, node, border)


class Scale(NamedTuple):
    """Metres per degree near a latitude, as polynomials: ``((c3 * x + c2) * x + c1) * x + c0``, ``x = lat - lat0``.

    Attributes
    ----------
    lat0
        Degrees.
    lon_m, lat_m
        c0 to c3 for a degree of longitude, and of latitude.
    """

    lat0: float
    lon_m: tuple[float, ...]
    lat_m: tuple[float, ...]


def scale_of(box: BBox) -> Scale:
    """Return polynomials that fit the ellipsoid within a box."""
    lat0 = round((box.south + box.north) / 2, 3)
    at = np.linspace(min(box.south, lat0 - 0.05), max(box.north, lat0 + 0.05), 64)
    metres = np.array([metres_per_degree(lat) for lat in at.tolist()])
    fits = [np.polynomial.polynomial.polyfit(at - lat0, metres[:, axis], 3).tolist() for axis in (0, 1)]
    return Scale(lat0, tuple(fits[0]), tuple(fits[1]))


def own_lengths_m(e7: NDArray[np.int64], start: NDArray[np.int64], scale: Scale) -> NDArray[np.float64]:
    """Reckon edges' lengths in metres as a browser does: planes at the middle latitude of each segment.

    Parameters
    ----------
    e7
        The points of all shapes, one shape behind the other, (n, 2).
    start
        Where each shape begins, and the end, (m + 1,).
    """
    lon, lat = e7[:, 0], e7[:, 1]
    x = (lat[1:] + lat[:-1]) / 2 / E7 - scale.lat0
    lon_m, lat_m = (((c[3] * x + c[2]) * x + c[1]) * x + c[0] for c in (scale.lon_m, scale.lat_m))
    east, north = (lon[1:] - lon[:-1]) / E7 * lon_m, (lat[1:] - lat[:-1]) / E7 * lat_m
    metres = np.sqrt(east * east + north * north)
    metres[start[1:-1] - 1] = 0.0  # from the end of a shape to the beginning of the next
    along = np.concatenate([[0.0], np.add.accumulate(metres)])
    return np.asarray(along[start[1:] - 1] - along[start[:-1]])


def own_ticks(length_m: NDArray[np.float64], kmh: float) -> NDArray[np.int64]:
    """Reckon the cost of edges at a speed as a browser does, ticks."""
    return np.rint(length_m / (kmh / 3.6) * TICKS_PER_S).astype(np.int64)


class Streets(NamedTuple):
    """Sections of a pocket, and what its ``meta`` says of them."""

    sections: dict[str, bytes]
    meta: dict[str, object]


def written(network: StreetNetwork, part: Cut, scale: Scale) -> Streets:
    """Write a part of the streets.

    Sections are rows of :func:`~geo.pocket.varints.varints`, signed numbers folded by zigzag:

    ``nodes``
        Longitude and latitude of each node in 1e-7 degree, as differences from the node before.
    ``edges``
        Three rows, one behind the other: for each edge its tail's number as difference from that of the edge before,
        its head's as difference from its tail's, and its class.
    ``shapes``
        For each edge how many points lie between its ends; then all these points as differences from the one before,
        the first of an edge from its tail.
    ``lengths``
        How much each edge is longer than reckoned, in :data:`STEP_M`.
    ``classes``
        Twelve numbers a class: for each mode the speed along and against the drawing (0: not that way, n: the n-th of
        the mode's speeds), then for each mode what the edge is to who is put on the streets.
    ``ticks``
        Costs that do not follow from length and speed: mode, direction, edge, ticks.
    ``border``
        For each mode how many border nodes there are, then their numbers as differences.
    """
    edge, old = part.edge, part.node
    number = np.full(network.node_count, -1, dtype=np.int64)
    number[old] = np.arange(len(old))
    nodes = number[network.edge_nodes[edge]]
    points, start = _points(network, edge)
    node_e7 = np.asarray(network.node_e7[old]).astype(np.int64)
    reckoned_m = own_lengths_m(points, start, scale)
    off = np.rint((np.asarray(network.edge_length_m[edge]) - reckoned_m) / STEP_M).astype(np.int64)
    lengths = reckoned_m + off * STEP_M

    kinds = np.empty((len(edge), 3 * len(MODES)), dtype=np.int64)
    speeds: dict[str, list[float]] = {}
    exceptions: list[tuple[int, int, int, int]] = []
    for m, mode in enumerate(MODES):
        arcs = network.arcs[mode]
        ticks = np.stack([arcs.forward[edge], arcs.backward[edge]]).astype(np.int64)
        speeds[mode], kinds[:, 2 * m : 2 * m + 2] = _speeds(ticks, lengths)
        for way in (0, 1):
            told = kinds[:, 2 * m + way]
            reckoned = np.full(len(edge), NO_WAY, dtype=np.int64)
            for n, kmh in enumerate(speeds[mode], 1):
                here = told == n
                reckoned[here] = own_ticks(lengths[here], kmh)
            exceptions += [(m, way, int(e), int(ticks[way, e])) for e in np.flatnonzero(reckoned != ticks[way])]
        kinds[:, 2 * len(MODES) + m] = network.standing(mode)[edge]
    classes, own_class = np.unique(kinds, axis=0, return_inverse=True)

    inner = np.diff(start) - 2
    steps = np.diff(points, axis=0, prepend=0)
    between = np.ones(len(points), dtype=bool)
    between[start[:-1]] = between[start[1:] - 1] = False
    tails, heads = zigzag(np.diff(nodes[:, 0], prepend=0)), zigzag(nodes[:, 1] - nodes[:, 0])
    borders = [part.border[mode].nonzero()[0] for mode in MODES]
    sections = {
        "nodes": varints(zigzag(np.diff(node_e7, axis=0, prepend=0))),
        "edges": varints(np.concatenate([tails, heads, own_class.ravel()])),
        "shapes": varints(np.concatenate([inner, zigzag(steps[between]).ravel()])),
        "lengths": varints(zigzag(off)),
        "classes": varints(classes),
        "ticks": varints(np.array(exceptions, dtype=np.int64).reshape(-1, 4)),
        "border": varints(np.concatenate([np.concatenate([[len(b)], np.diff(b, prepend=0)]) for b in borders])),
    }
    meta: dict[str, object] = {
        "nodes": len(old), "edges": len(edge), "points": int(between.sum()), "classes": len(classes),
        "ticks": len(exceptions), "speeds": speeds, "modes": list(MODES),
        "step_m": STEP_M,
        "scale": {"lat0": scale.lat0, "lon_m": list(scale.lon_m), "lat_m": list(scale.lat_m)},
    }  # fmt: skip
    return Streets(sections, meta)


def _points(network: StreetNetwork, edge: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the points of the shapes of edges, one behind the other, and where each shape begins."""
    first, last = network.shape_start[edge].astype(np.int64), network.shape_start[edge + 1].astype(np.int64)
    start = np.concatenate([[0], np.cumsum(last - first)])
    index = np.arange(start[-1]) + np.repeat(first - start[:-1], last - first)
    return np.asarray(network.shape_e7[index]).astype(np.int64), start


def _speeds(ticks: NDArray[np.int64], length_m: NDArray[np.float64]) -> tuple[list[float], NDArray[np.int64]]:
    """Find the speeds of a mode, and for each edge and direction which one it is, (m, 2): 0 closed, else from 1 on."""
    open_ = ticks != NO_WAY
    length = np.broadcast_to(length_m, ticks.shape)
    kmh = np.divide(length * 3.6 * TICKS_PER_S, ticks, out=np.zeros(ticks.shape), where=open_ & (ticks > 0))
    telling = open_ & (length >= _TELLING_M)
    values, count = np.unique(np.round(kmh[telling if telling.any() else open_], 1), return_counts=True)
    speeds: list[float] = [v for v in values[np.argsort(-count, kind="stable")].tolist() if v > 0][:_MOST_SPEEDS]
    told = np.zeros(ticks.shape, dtype=np.int64)
    for n, speed in enumerate(speeds, 1):
        told[(told == 0) & open_ & (own_ticks(length, speed) == ticks)] = n
    near = np.abs(kmh[..., None] - np.array(speeds or [1.0])).argmin(axis=-1) + 1
    return speeds, np.where(open_ & (told == 0), near, told).T


def floats(values: NDArray[np.float64]) -> bytes:
    """Write numbers as they are, eight bytes each."""
    return struct.pack(f"<{len(values)}d", *values.tolist())
