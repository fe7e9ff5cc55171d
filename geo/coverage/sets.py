"""How much is within reach of each of many sets of places, such as those open at each hour of a week, at once.

Places that are open in the same sets are one group, searched from once and no farther than the cutoff. A label then
knows the groups that it reaches, the nearest first: in a set it is as far as the first of them that is open. Only
streets and points near some place are looked at, so what a set takes depends on how much can be covered, not on the
city.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.coverage.blocks import Space, Stop, in_blocks, search_groups
from geo.coverage.costs import legs, on_same_edge
from geo.coverage.demand import Demand
from geo.coverage.pieces import Pieces
from geo.coverage.stretches import spans_on_edges
from geo.streets.compiled import compiled
from geo.streets.fields import standing_leaves
from geo.streets.graphs import Graph, Leaves
from geo.streets.network import NO_WAY
from geo.streets.queues import longer

#: Of pairs of a group and a label no more are kept; they take about 24 bytes each.
MAX_PAIRS: Final = 30_000_000
#: So many groups, or sets, are one piece of work.
_GROUPS_AT_ONCE: Final = 16
_SETS_AT_ONCE: Final = 8


class _Known(NamedTuple):
    """The groups that each label reaches, the nearest first: rows of groups and costs, ticks."""

    first: NDArray[np.int64]
    group: NDArray[np.int32]
    cost: NDArray[np.int32]


class _Streets(NamedTuple):
    """What the streets are that have demand and may be reached."""

    length: NDArray[np.int64]
    label: NDArray[np.int32]  # at the ends of each, riding and on foot: (n, 2) or (n, 4)
    ticks: NDArray[np.int32]  # of the whole street towards each of them
    piece: NDArray[np.int64]  # where the pieces of each begin
    start_mm: NDArray[np.int64]
    end_mm: NDArray[np.int64]
    weight: NDArray[np.int64]
    area: NDArray[np.int32]
    span: NDArray[np.int64]  # where what is reached along each itself begins
    span_start: NDArray[np.int64]
    span_end: NDArray[np.int64]
    span_group: NDArray[np.int32]


class _Points(NamedTuple):
    """Points with demand: the labels that each can go to, and what it costs; the places on its own street."""

    label: NDArray[np.int32]
    cost: NDArray[np.int64]
    weight: NDArray[np.int64]
    area: NDArray[np.int32]
    own: NDArray[np.int64]
    own_group: NDArray[np.int32]


def covered_by_sets(
    ways: tuple[Graph, Graph, Leaves],
    closed: NDArray[np.bool_] | None,
    cutoff: int,
    length_mm: NDArray[np.int64],
    sets: NDArray[np.bool_],
    who: tuple[Demand, Pieces, int],
    stop: Stop = lambda: False,
) -> NDArray[np.int64] | None:
    """Return how much of a demand is within reach of each set of places, by area; None if it was stopped.

    Where groups reach too much to be kept at once, one half of the sets is answered after the other.

    Parameters
    ----------
    ways
        The mode's streets *to facilities* and *from facilities*, what is closed being closed in both; all places.
    closed
        Streets that nobody may use, bool (n_edges,); None: none.
    cutoff
        Ticks, inclusive.
    length_mm
        Of each edge.
    sets
        Which places each holds, bool (n_sets, n_places).
    who
        The demand, the pieces that it is spread over, and how many areas there are.
    stop
        Asked again and again, from any thread.

    Returns
    -------
    int64 (n_sets, n_areas + 1)
        Millionths of the demand's unit; the last column is what lies in no area.
    """
    (streets, back, leaves), (demand, pieces, area_count) = ways, who
    stopped = False

    def over() -> bool:
        nonlocal stopped
        stopped = stopped or stop()
        return stopped

    opened, group = _groups(sets)
    cost = standing_leaves(back, leaves, None, closed)
    known = _known(back, leaves, cost, cutoff, group, over)
    if known is None:
        if stopped:
            return None
        half = len(sets) // 2
        parts = [
            covered_by_sets(ways, closed, cutoff, length_mm, some, who, over) for some in (sets[:half], sets[half:])
        ]
        return None if stopped else np.concatenate([part for part in parts if part is not None])
    near = _streets(streets, leaves, cutoff, length_mm, group, known, demand, pieces)
    points = _points(streets, leaves, cutoff, group, demand)
    covered = np.zeros((len(sets), area_count + 1), dtype=np.int64)

    def block(low: int, high: int, _: Space) -> NDArray[np.int64]:
        return np.asarray(_weigh(opened[low:high], known, near, points, cutoff, area_count))

    done = 0
    for found in in_blocks(len(sets), block, 0, over, lambda _: None, _SETS_AT_ONCE):
        covered[done : done + len(found)] = found
        done += len(found)
    return covered if done == len(sets) else None


def _groups(sets: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.int32]]:
    """Return which groups each set holds, bool (n_sets, n_groups), and each place's group, -1 for those in no set."""
    packed = np.packbits(sets.T, axis=1)
    some = np.flatnonzero(packed.any(axis=1))
    group = np.full(sets.shape[1], -1, dtype=np.int32)
    _, first, of = np.unique(packed[some], axis=0, return_index=True, return_inverse=True)
    group[some] = of.ravel()
    return np.ascontiguousarray(sets[:, some[first]]), group


def _known(
    back: Graph,
    leaves: Leaves,
    leaf_cost: NDArray[np.int32],
    cutoff: int,
    group: NDArray[np.int32],
    stop: Stop,
) -> _Known | None:
    """Search from each group; None if it was stopped, or if several groups reach more than can be kept."""
    count = int(group.max(initial=-1)) + 1
    of = group[leaves.facility]
    kept = np.flatnonzero((of >= 0) & (leaf_cost <= cutoff))
    kept = kept[np.argsort(of[kept], kind="stable")]
    first = np.searchsorted(of[kept], np.arange(count + 1))
    label, cost = leaves.label[kept], leaf_cost[kept]

    def block(low: int, high: int, space: Space) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        epoch = space.take(high - low)
        found: tuple[NDArray[np.int64], NDArray[np.int64]] = search_groups(
            back, first[low : high + 1], label, cost, cutoff, space.state, epoch
        )
        return found

    sizes, keys, pairs = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)], 0
    for size, key in in_blocks(count, block, back.label_count, stop, lambda _: None, _GROUPS_AT_ONCE):
        pairs += len(key)
        if pairs > MAX_PAIRS and count > 1:
            return None
        sizes.append(size)
        keys.append(key)
    size = np.concatenate(sizes)
    if len(size) < count:
        return None
    number = np.repeat(np.arange(count, dtype=np.int32), size)
    return _Known(*_by_label(np.concatenate(keys), number, back.label_count))


def _streets(
    streets: Graph,
    leaves: Leaves,
    cutoff: int,
    length_mm: NDArray[np.int64],
    group: NDArray[np.int32],
    known: _Known,
    demand: Demand,
    pieces: Pieces,
) -> _Streets:
    """Take the streets that have demand and of which something may be reached."""
    places = leaves.by_edge[group[leaves.by_edge] >= 0]
    on_edge, start, end = spans_on_edges(streets, leaves, cutoff, length_mm, places)
    known_label = np.diff(known.first) > 0
    heavy = np.flatnonzero(demand.piece_weight > 0)
    edge = np.unique(pieces.edge[heavy])
    label, ticks = streets.edge_nodes[edge], np.column_stack([streets.against[edge], streets.along[edge]])
    if len(streets.foot_along):
        label = np.column_stack([label, label + streets.label_count // 2])
        ticks = np.column_stack([ticks, streets.foot_against[edge], streets.foot_along[edge]])
    some = np.flatnonzero(known_label[label].any(axis=1) | np.isin(edge, on_edge))
    edge = edge[some]
    own = heavy[np.isin(pieces.edge[heavy], edge)]
    first = np.searchsorted(pieces.edge[own], np.append(edge, np.iinfo(np.int32).max))
    there = np.isin(on_edge, edge)
    return _Streets(
        length_mm[edge], np.ascontiguousarray(label[some], dtype=np.int32), np.ascontiguousarray(ticks[some]),
        first, pieces.start_mm[own], pieces.end_mm[own], demand.piece_weight[own], pieces.area[own],
        np.searchsorted(on_edge[there], np.append(edge, np.iinfo(np.int32).max)), start[there], end[there],
        group[places][there],
    )  # fmt: skip


def _points(streets: Graph, leaves: Leaves, cutoff: int, group: NDArray[np.int32], demand: Demand) -> _Points:
    """Take the points, and the places on their own streets that are within reach along them."""
    points = demand.points
    label, cost = legs(streets, points.edge, points.offset_m)
    access = points.access.astype(np.int64)
    row, facility, alone = on_same_edge(streets, leaves, points.edge, points.offset_m, group >= 0)
    near = alone + access[row] <= cutoff
    first = np.searchsorted(row[near], np.arange(len(points.edge) + 1))
    return _Points(
        np.ascontiguousarray(label.T, dtype=np.int32), np.ascontiguousarray((cost + access).T), points.weight,
        points.area, first, group[facility[near]],
    )  # fmt: skip


@compiled
def _by_label(keys, group, label_count):  # type: ignore[no-untyped-def]
    """Order pairs by label, then by cost."""
    first = np.zeros(label_count + 1, np.int64)
    for key in keys:
        first[(key >> 32) + 1] += 1
    first = np.cumsum(first)
    used, own, cost = first[:-1].copy(), np.empty(len(keys), np.int32), np.empty(len(keys), np.int32)
    for i in range(len(keys)):
        label, here = keys[i] >> 32, np.int32(keys[i] & 0xFFFFFFFF)
        at = used[label]
        while at > first[label] and cost[at - 1] > here:
            own[at], cost[at] = own[at - 1], cost[at - 1]
            at -= 1
        own[at], cost[at] = group[i], here
        used[label] += 1
    return first, own, cost


@compiled
def _weigh(opened, known, streets, points, cutoff, area_count):  # type: ignore[no-untyped-def]
    """Sum what is covered by each set, by area; the last is that of what lies in none, which -1 means."""
    covered = np.zeros((len(opened), area_count + 1), np.int64)
    cost = np.full(len(known.first) - 1, NO_WAY, np.int32)
    for number in range(len(opened)):
        holds, total = opened[number], covered[number]
        for label in range(len(cost)):
            cost[label] = NO_WAY
            for i in range(known.first[label], known.first[label + 1]):
                if holds[known.group[i]]:
                    cost[label] = known.cost[i]
                    break
        _on_streets(holds, streets, cost, cutoff, total)
        for i in range(len(points.weight)):
            near = False
            for side in range(points.label.shape[1]):
                near = near or cost[points.label[i, side]] + points.cost[i, side] <= cutoff
            for j in range(points.own[i], points.own[i + 1]):
                near = near or holds[points.own_group[j]]
            if near:
                total[points.area[i]] += points.weight[i]
    return covered


@compiled
def _on_streets(holds, streets, cost, cutoff, total):  # type: ignore[no-untyped-def]
    """Add what is covered on streets: from their ends as far as the time allows, and beside the places on them."""
    start, end, from_end = np.empty(16, np.int64), np.empty(16, np.int64), np.zeros(2, np.int64)
    for i in range(len(streets.length)):
        long, low, high, count = streets.length[i], streets.span[i], streets.span[i + 1], 0
        from_end[:] = 0
        for side in range(streets.label.shape[1]):
            left, ticks = cutoff - np.int64(cost[streets.label[i, side]]), np.int64(streets.ticks[i, side])
            if left >= 0 and ticks != NO_WAY:
                part = long if left >= ticks else left * long // ticks
                from_end[side & 1] = max(from_end[side & 1], part)
        while high - low + 2 > len(start):
            start, end = longer(start), longer(end)
        if from_end[0] + from_end[1] >= long:
            count = _add(start, end, count, np.int64(0), long)
        else:
            count = _add(start, end, count, np.int64(0), from_end[0])
            count = _add(start, end, count, long - from_end[1], long)
            for j in range(low, high):
                if holds[streets.span_group[j]]:
                    count = _add(start, end, count, streets.span_start[j], streets.span_end[j])
        if count == 0:
            continue
        for piece in range(streets.piece[i], streets.piece[i + 1]):
            first, last = streets.start_mm[piece], streets.end_mm[piece]
            inside, weight, whole = _inside(start, end, count, first, last), streets.weight[piece], last - first
            each = weight // whole  # as table.share_of
            total[streets.area[piece]] += each * inside + (weight - each * whole) * inside // whole


@compiled
def _inside(start, end, count, first, last):  # type: ignore[no-untyped-def]
    """Return how much of a piece lies in parts that are ordered by their starts; what overlaps counts once."""
    inside, upto = np.int64(0), first
    for j in range(count):
        a, b = max(start[j], upto), min(end[j], last)
        if b > a:
            inside += b - a
            upto = b
    return inside


@compiled
def _add(start, end, count, a, b):  # type: ignore[no-untyped-def]
    """Put a part into its place by start, if it has a length; return how many there are."""
    if b <= a:
        return count
    at = count
    while at > 0 and start[at - 1] > a:
        start[at], end[at] = start[at - 1], end[at - 1]
        at -= 1
    start[at], end[at] = a, b
    return count + 1
