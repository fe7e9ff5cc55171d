"""The first k facilities of every label of a graph, kept so that most questions are looked up and not searched.

If facility f is among the first k of a label, it is among the first k of the next label on the way to f: whatever
comes before f there comes before f here. So ways can be followed from label to label, and lists of the two ends of an
edge answer for every position between them, as far as the shorter of them reaches; that horizon is kept to.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.streets.compiled import compiled
from geo.streets.graphs import MAX_CUTOFF, MAX_SEEDS, Leaves, on_same_edge, set_out, span_in, span_on_edge
from geo.streets.network import ProfileArcs
from geo.streets.queues import longer, ring_for

#: Facilities kept per label.
DEPTH: Final = 8
#: An empty entry; larger than any other.
NOTHING: Final = np.iinfo(np.int64).max
#: The way leads straight to the facility.
_LEAF: Final = 255
#: More facilities than this on the origin's own edge are searched, not sorted.
_CROWD: Final = 64


class Labels(NamedTuple):
    """The first k facilities of every label, in order of (cost, number).

    Attributes
    ----------
    entry
        ``cost << 32 | facility`` in ticks, int64 (n_labels, k); :data:`NOTHING` where there are no more.
    hop
        Which of the label's arcs the way begins with, uint8 (n_labels, k); 255: it leads straight to the facility.
    cutoff
        Facilities farther away are not listed, ticks.
    """

    entry: NDArray[np.int64]
    hop: NDArray[np.uint8]
    cutoff: int


def make_labels(arcs: ProfileArcs, leaves: Leaves, k: int = DEPTH, cutoff: int = MAX_CUTOFF) -> Labels | None:
    """Find the first k facilities of every label; None where a crossing has too many streets to number them.

    Parameters
    ----------
    arcs
        The mode's; facilities hang on the same mode's graph *to facilities*.
    leaves
        The facilities.
    k
        How many.
    cutoff
        Largest cost that is listed, ticks, inclusive.

    References
    ----------
    One search from all facilities at once, against the arcs, in which a label is settled k times: the k-nearest form
    of M. Erwig, "The graph Voronoi diagram with applications", Networks 36 (2000).
    """
    if np.diff(arcs.first_arc).max(initial=0) >= _LEAF:
        return None
    n = len(arcs.first_arc) - 1
    entry, hop = np.full((n, k), NOTHING), np.zeros((n, k), dtype=np.uint8)
    in_hop = (arcs.in_arc - arcs.first_arc[arcs.in_tail]).astype(np.uint8)
    _spread(
        arcs.first_in, arcs.in_tail, arcs.in_cost, in_hop, leaves.label, leaves.facility, leaves.cost,
        min(cutoff, MAX_CUTOFF), entry, hop, *ring_for(arcs.arc_cost, leaves.cost),
    )  # fmt: skip
    return Labels(entry, hop, min(cutoff, MAX_CUTOFF))


@compiled
def _insert(entry, hop, label, key, way):  # type: ignore[no-untyped-def]  # compiled: numba infers the types
    """Put a key in its place in a label's list unless something as good is there; return whether it was put."""
    k = entry.shape[1]
    if key >= entry[label, k - 1]:
        return False
    facility, end = key & 0xFFFFFFFF, k - 1
    for i in range(k):
        here = entry[label, i]
        if here == NOTHING:
            end = i
            break
        if here & 0xFFFFFFFF == facility:
            if here <= key:
                return False
            end = i
            break
    while end > 0 and entry[label, end - 1] > key:
        entry[label, end], hop[label, end] = entry[label, end - 1], hop[label, end - 1]
        end -= 1
    entry[label, end], hop[label, end] = key, way
    return True


@compiled
def _spread(  # type: ignore[no-untyped-def]
    first_in, in_tail, in_cost, in_hop, leaf_label, leaf_facility, leaf_cost, cutoff, entry, hop, shift, ring
):
    """Fill all lists; an item is ``cost << 32 | label``, and what is listed there at that cost goes on."""
    n, k, used, waiting = len(first_in) - 1, entry.shape[1], 0, 0
    top = np.full(ring, -1, dtype=np.int32)  # the items of a bucket are chained by ``after``
    item, after = np.empty(n * k + 1024, dtype=np.int64), np.empty(n * k + 1024, dtype=np.int32)
    for i in range(len(leaf_label)):
        label, c = leaf_label[i], np.int64(leaf_cost[i])
        if c <= cutoff and _insert(entry, hop, label, c << 32 | leaf_facility[i], _LEAF):
            if used == len(item):
                item, after = longer(item), longer(after)
            bucket = (c >> shift) % ring
            item[used], after[used], top[bucket] = c << 32 | label, top[bucket], used
            used, waiting = used + 1, waiting + 1
    bucket = 0
    while waiting > 0:
        while top[bucket] >= 0:
            here, label = item[top[bucket]] >> 32, item[top[bucket]] & 0xFFFFFFFF
            top[bucket] = after[top[bucket]]
            waiting -= 1
            for slot in range(k):
                own = entry[label, slot] >> 32
                if own < here:
                    continue
                if own > here:
                    break
                facility = entry[label, slot] & 0xFFFFFFFF
                for i in range(first_in[label], first_in[label + 1]):
                    tail, c = in_tail[i], here + in_cost[i]
                    if c <= cutoff and _insert(entry, hop, tail, c << 32 | facility, in_hop[i]):
                        if used == len(item):
                            item, after = longer(item), longer(after)
                        to = (c >> shift) % ring
                        item[used], after[used], top[to] = c << 32 | tail, top[to], used
                        used, waiting = used + 1, waiting + 1
        bucket = (bucket + 1) % ring


@compiled
def look_up(  # type: ignore[no-untyped-def]
    graph, leaves, labels, edge, offset_m, cutoff, found, found_cost, seed_label, seed_cost, seed_code
):
    """Write the facilities that are certain, in order; return how many, and whether there are no more at all."""
    k, horizon, beyond = labels.entry.shape[1], np.int64(NOTHING), np.int64(labels.cutoff + 1) << 32
    low, high = span_on_edge(leaves, edge)
    if high - low > _CROWD:
        return 0, False
    keys = np.empty(_CROWD + MAX_SEEDS * k, dtype=np.int64)
    count = 0
    for i in range(low, high):
        facility = leaves.by_edge[i]
        c, _ = on_same_edge(graph, leaves, edge, offset_m, facility)
        if c <= cutoff:
            count = _rank(keys, count, c << 32 | facility)
    for s in range(set_out(graph, edge, offset_m, seed_label, seed_cost, seed_code)):
        more = seed_cost[s] << 32
        last = labels.entry[seed_label[s], k - 1]
        horizon = min(horizon, more + (beyond - 1 if last == NOTHING else last))
        for slot in range(k):
            key = labels.entry[seed_label[s], slot]
            if key == NOTHING or (key + more) >> 32 > cutoff:
                break
            count = _rank(keys, count, key + more)
    certain = 0
    for i in range(count):
        if keys[i] > horizon:
            break
        found[certain], found_cost[certain] = keys[i] & 0xFFFFFFFF, keys[i] >> 32
        certain += 1
    return certain, horizon >> 32 > cutoff


@compiled
def look_up_many(  # type: ignore[no-untyped-def]
    graph, leaves, labels, edge, offset_m, cutoff, facility, cost, done,
    found, found_cost, seed_label, seed_cost, seed_code,
):  # fmt: skip
    """Look up the first facilities of many positions; ``done`` says where that is all that was asked for."""
    k = facility.shape[1]
    for i in range(len(edge)):
        count, complete = look_up(
            graph, leaves, labels, edge[i], offset_m[i], cutoff, found, found_cost, seed_label, seed_cost, seed_code
        )
        done[i] = complete or count >= k
        if done[i]:
            for j in range(min(count, k)):
                facility[i, j], cost[i, j] = found[j], found_cost[j]


@compiled
def _rank(keys, count, key):  # type: ignore[no-untyped-def]
    """Put a key in its place among the first ``count``, where of one facility the cheapest stays; return the count."""
    facility, end = key & 0xFFFFFFFF, count
    for i in range(count):
        if keys[i] & 0xFFFFFFFF == facility:
            if keys[i] <= key:
                return count
            end = i
            count -= 1
            break
    while end > 0 and keys[end - 1] > key:
        keys[end] = keys[end - 1]
        end -= 1
    keys[end] = key
    return count + 1


@compiled
def follow(  # type: ignore[no-untyped-def]
    graph, leaves, labels, edge, offset_m, facilities, costs, seed_label, seed_cost, seed_code
):
    """Return the arc codes of the ways to facilities that were looked up at their costs, and where each way begins."""
    seeds = set_out(graph, edge, offset_m, seed_label, seed_cost, seed_code)
    start = np.zeros(len(facilities) + 1, dtype=np.int32)
    codes, count = np.empty(64 * len(facilities) + 1, dtype=np.int32), 0
    for i in range(len(facilities)):
        facility, cost = facilities[i], np.int64(costs[i])
        label, key = -1, np.int64(0)
        if leaves.edge[facility] == edge:
            c, code = on_same_edge(graph, leaves, edge, offset_m, facility)
            if c == cost:
                codes, count = _append(codes, count, code)
                start[i + 1] = count
                continue
        for s in range(seeds):
            key = (cost - seed_cost[s]) << 32 | facility
            if _slot(labels, seed_label[s], key) >= 0:
                label = seed_label[s]
                codes, count = _append(codes, count, seed_code[s])
                break
        while True:
            hop = labels.hop[label, _slot(labels, label, key)]
            if hop == _LEAF:
                break
            arc = graph.first[label] + hop
            codes, count = _append(codes, count, graph.code[arc])
            key -= np.int64(graph.cost[arc]) << 32
            label = graph.head[arc]
        low, high = span_in(leaves.blocks, leaves.label, label)
        for leaf in range(low, high):
            if leaves.facility[leaf] == facility and leaves.cost[leaf] == key >> 32:
                codes, count = _append(codes, count, leaves.code[leaf])
                break
        start[i + 1] = count
    return codes[:count].copy(), start


@compiled
def _append(codes, count, code):  # type: ignore[no-untyped-def]
    """Write a code at the end, in a longer array if there is no room."""
    if count == len(codes):
        codes = longer(codes)
    codes[count] = code
    return codes, count + 1


@compiled
def _slot(labels, label, key):  # type: ignore[no-untyped-def]
    """Where in a label's list a key stands; -1: nowhere."""
    for slot in range(labels.entry.shape[1]):
        if labels.entry[label, slot] == key:
            return slot
    return -1
