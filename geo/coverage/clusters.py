"""Uncovered parts of streets put together to clusters that one place each could serve."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.coverage.pieces import Pieces
from geo.coverage.stretches import Stretches
from geo.streets.compiled import compiled
from geo.streets.queues import longer


class Parts(NamedTuple):
    """Parts of streets and points on them, ordered by (edge, start); a point has no length.

    Attributes
    ----------
    edge, start_mm, end_mm
        Where, int32 and int64 (n,).
    area
        Number of the area or ``NOWHERE``, int32 (n,).
    weight
        Not negative, int64 (n,).
    """

    edge: NDArray[np.int32]
    start_mm: NDArray[np.int64]
    end_mm: NDArray[np.int64]
    area: NDArray[np.int32]
    weight: NDArray[np.int64]

    @property
    def length_mm(self) -> NDArray[np.int64]:
        """Length of each, int64 (n,)."""
        return self.end_mm - self.start_mm

    def take(self, numbers: NDArray[np.int64]) -> Parts:
        """Return some of them, in the order of the numbers."""
        return Parts(
            self.edge[numbers], self.start_mm[numbers], self.end_mm[numbers], self.area[numbers], self.weight[numbers]
        )


class Ends(NamedTuple):
    """At which crossing each part begins and ends, int64 (n,) each; -1: within its edge."""

    tail: NDArray[np.int64]
    head: NDArray[np.int64]


def clusters(parts: Parts, xy: NDArray[np.float64], ends: Ends, fit_m: float) -> NDArray[np.int64]:
    """Return the cluster of each part, int64 (n,); -1: it is connected to nothing that weighs anything.

    Parts are connected within an area where they touch; points with all on their edge. What is connected, but too far
    apart for one place, is cut in two at the median of the weight along its longer axis, though never so that less than
    a quarter of the way is cut off, until it fits. Then each, the lightest first, joins the heavier one of its area
    with which it fits best, if it does.

    Parameters
    ----------
    xy
        Middles of the parts, metres, float64 (n, 2).
    ends
        At which crossings parts end.
    fit_m
        Middles of a cluster lie in a box whose sides are no longer than this.
    """
    if not len(parts.edge):
        return np.zeros(0, dtype=np.int64)
    root = _roots(len(parts.edge), *_links(parts, ends))
    label = _split(root, xy, parts.weight, fit_m)
    return np.asarray(_join(label, xy, parts.weight, parts.area, fit_m))


def ends_of(
    parts: Parts, edge_nodes: NDArray[np.int32], length: NDArray[np.int64], open_: NDArray[np.bool_], node_count: int
) -> Ends:
    """Find the crossings at which parts end; those on both sides of a barrier that is open are one.

    Parameters
    ----------
    edge_nodes, length
        Of all edges, as in the network, and :func:`~geo.coverage.pieces.length_mm`.
    open_
        Which edges one may use, bool (n_edges,).
    """
    barrier = edge_nodes[open_ & (length == 0)].astype(np.int64)
    crossing = _roots(node_count, barrier[:, 0].copy(), barrier[:, 1].copy())
    nodes = crossing[edge_nodes[parts.edge]]
    return Ends(
        np.where(parts.start_mm == 0, nodes[:, 0], -1), np.where(parts.end_mm == length[parts.edge], nodes[:, 1], -1)
    )


def cut(pieces: Pieces, stretches: Stretches, longest_mm: int) -> tuple[NDArray[np.int32], Stretches]:
    """Cut stretches at the borders of pieces and into equal parts that are not too long.

    Returns
    -------
    tuple
        The piece of each part, int32 (n,), and the parts, which may touch.
    """
    piece, edge, start, end = _cut(*pieces[:3], *stretches, longest_mm)
    return piece, Stretches(edge, start, end)


def medoid(
    candidates: NDArray[np.float64], xy: NDArray[np.float64], weight: NDArray[np.float64], pairs: int = 1_000_000
) -> int:
    """Return the number of the candidate from which it is least far to all points, by weight; of equals the first.

    If there are more than ``pairs`` of a candidate and a point, only some candidates, evenly picked, are tried.

    Examples
    --------
    >>> points = np.array([[0.0, 0.0], [1.0, 0.0], [5.0, 0.0]])
    >>> medoid(points, points, np.array([1.0, 1.0, 1.0]))
    1
    """
    step = max(-(-len(candidates) * len(xy) // pairs), 1)
    return int(_medoid(candidates, xy, weight, step))


def _links(parts: Parts, ends: Ends) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return pairs of parts that are connected."""
    number = np.arange(len(parts.edge), dtype=np.int64)
    end = np.concatenate([ends.tail, ends.head])
    at = np.flatnonzero(end >= 0)
    part = at % len(number)
    order = np.lexsort((part, parts.area[part], end[at]))
    part, end = part[order], end[at][order]
    same = (end[:-1] == end[1:]) & (parts.area[part[:-1]] == parts.area[part[1:]])
    one, other = _links_on_edges(*parts[:4])
    return np.concatenate([one, part[:-1][same]]), np.concatenate([other, part[1:][same]])


@compiled
def _links_on_edges(edge, start, end, area):  # type: ignore[no-untyped-def]  # compiled: numba infers the types
    """Link what touches on an edge, and points with the part before and after them there."""
    one, other, count = np.empty(2 * len(edge), np.int64), np.empty(2 * len(edge), np.int64), 0
    for i in range(1, len(edge)):
        j = i - 1
        if edge[j] != edge[i] or area[j] != area[i]:
            continue
        if end[j] >= start[i] or start[i] == end[i] or start[j] == end[j]:
            one[count], other[count] = j, i
            count += 1
    return one[:count].copy(), other[:count].copy()


@compiled
def _roots(count, one, other):  # type: ignore[no-untyped-def]
    """Return for each number the lowest that it is linked to, directly or not."""
    root = np.arange(count)
    for k in range(len(one)):
        a, b = one[k], other[k]
        while root[a] != a:
            root[a] = root[root[a]]
            a = root[a]
        while root[b] != b:
            root[b] = root[root[b]]
            b = root[b]
        if a < b:
            root[b] = a
        else:
            root[a] = b
    for i in range(count):
        root[i] = root[root[i]]
    return root


@compiled
def _split(root, xy, weight, fit):  # type: ignore[no-untyped-def]
    """Return the cluster of each part after cutting what does not fit; -1 where nothing weighs anything."""
    label, clusters_, item = np.full(len(root), -1), 0, np.argsort(root, kind="mergesort")
    stack_from, stack_to = np.empty(len(root) + 1, np.int64), np.empty(len(root) + 1, np.int64)
    begin = 0
    while begin < len(item):
        stop = begin
        while stop < len(item) and root[item[stop]] == root[item[begin]]:
            stop += 1
        stack_from[0], stack_to[0], height = begin, stop, 1
        begin = stop
        while height > 0:
            height -= 1
            low, high = stack_from[height], stack_to[height]
            own = item[low:high].copy()
            total = weight[own].sum()
            if total == 0:
                continue
            x, y = xy[own, 0], xy[own, 1]
            wide, tall = x.max() - x.min(), y.max() - y.min()
            if max(wide, tall) <= fit:
                label[own] = clusters_
                clusters_ += 1
                continue
            along = x if wide >= tall else y
            order = np.argsort(along, kind="mergesort")
            sum_, at = 0, -1
            while 2 * sum_ < total:
                at += 1
                sum_ += weight[own[order[at]]]
            quarter = max(wide, tall) / 4
            border = min(max(along[order[at]], along.min() + quarter), along.max() - quarter)
            item[low:high] = own[order]
            middle = low + np.searchsorted(along[order], border, side="right")
            stack_from[height], stack_to[height] = low, middle
            stack_from[height + 1], stack_to[height + 1] = middle, high
            height += 2
    return label


@compiled
def _join(label, xy, weight, area, fit):  # type: ignore[no-untyped-def]
    """Let light clusters join heavier ones; return the new cluster of each part."""
    count = label.max() + 1
    mass, place = np.zeros(count, np.int64), np.zeros(count, np.int64)
    box = np.empty((count, 4))
    box[:, :2], box[:, 2:] = np.inf, -np.inf
    for i in range(len(label)):
        own = label[i]
        if own < 0:
            continue
        mass[own] += weight[i]
        place[own] = area[i]
        for axis in range(2):
            box[own, axis] = min(box[own, axis], xy[i, axis])
            box[own, 2 + axis] = max(box[own, 2 + axis], xy[i, axis])
    order = np.argsort(mass, kind="mergesort")
    order = order[np.argsort(place[order], kind="mergesort")]
    into = np.arange(count)
    for k in range(count):
        own, best, best_side = order[k], -1, fit
        for m in range(k + 1, count):
            other = order[m]
            if place[other] != place[own]:
                break
            side = 0.0
            for axis in range(2):
                high, low = max(box[own, 2 + axis], box[other, 2 + axis]), min(box[own, axis], box[other, axis])
                side = max(side, high - low)
            if side <= best_side and (best < 0 or side < best_side):
                best, best_side = other, side
        if best >= 0:
            into[own] = best
            for axis in range(2):
                box[best, axis] = min(box[own, axis], box[best, axis])
                box[best, 2 + axis] = max(box[own, 2 + axis], box[best, 2 + axis])
    joined = label.copy()
    for i in range(len(label)):
        while joined[i] >= 0 and into[joined[i]] != joined[i]:
            joined[i] = into[joined[i]]
    return joined


@compiled
def _cut(piece_edge, piece_start, piece_end, edge, start, end, longest):  # type: ignore[no-untyped-def]
    """Both lists are in order, so one walk does."""
    piece, own = np.empty(1024, np.int32), np.empty(1024, np.int32)
    since, until, count, j = np.empty(1024, np.int64), np.empty(1024, np.int64), 0, 0
    for i in range(len(edge)):
        while j < len(piece_edge) and (
            piece_edge[j] < edge[i] or (piece_edge[j] == edge[i] and piece_end[j] <= start[i])
        ):
            j += 1
        k = j
        while k < len(piece_edge) and piece_edge[k] == edge[i] and piece_start[k] < end[i]:
            low, high = max(start[i], piece_start[k]), min(end[i], piece_end[k])
            parts = -(-(high - low) // longest)
            for p in range(parts):
                if count == len(piece):
                    piece, own, since, until = longer(piece), longer(own), longer(since), longer(until)
                piece[count], own[count] = k, edge[i]
                since[count] = low + (high - low) * p // parts
                until[count] = low + (high - low) * (p + 1) // parts
                count += 1
            k += 1
    return piece[:count].copy(), own[:count].copy(), since[:count].copy(), until[:count].copy()


@compiled
def _medoid(candidates, xy, weight, step):  # type: ignore[no-untyped-def]
    best, least = 0, np.inf
    for i in range(0, len(candidates), step):
        far = 0.0
        for j in range(len(xy)):
            far += weight[j] * np.sqrt((candidates[i, 0] - xy[j, 0]) ** 2 + (candidates[i, 1] - xy[j, 1]) ** 2)
        if far < least:
            best, least = i, far
    return best
