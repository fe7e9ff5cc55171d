"""Travel time to the nearest facility from every label of a graph.

A field is a function of the graph, the facilities that are chosen and the streets that are closed, and of nothing
else: of facilities at equal cost the one of the lowest number is the nearest, at every label.

References
----------
One search from all facilities at once, against the arcs: M. Erwig, "The graph Voronoi diagram with applications",
Networks 36 (2000).
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.streets.compiled import compiled
from geo.streets.graphs import Graph, Leaves
from geo.streets.network import NO_WAY, ON_FOOT
from geo.streets.queues import longer, ring_for

#: The key of a label that reaches no facility; larger than any other.
NOTHING: Final = np.iinfo(np.int64).max
#: Labels of which all but so many low bits are the same are a region of a sweep.
_REGION: Final = 15
#: Narrower buckets would be too many: they are 26 s wide at least.
_LEAST_SHIFT: Final = 18


class Field(NamedTuple):
    """The nearest facility of every label.

    Attributes
    ----------
    key
        ``cost << 32 | facility``, int64 (n_labels,): in order of cost, then of number; :data:`NOTHING` where no
        facility can be reached.

    Examples
    --------
    >>> field = Field(np.array([70 << 32 | 3, NOTHING]))
    >>> field.cost.tolist(), field.facility.tolist()
    ([70, 2147483647], [3, -1])
    """

    key: NDArray[np.int64]

    @property
    def cost(self) -> NDArray[np.int32]:
        """Travel time to its door, ticks, int32 (n_labels,), a view; ``NO_WAY`` where none can be reached."""
        return self.key.view(np.int32)[_HIGH::2]

    @property
    def facility(self) -> NDArray[np.int32]:
        """Its number, int32 (n_labels,), a view; -1 where none can be reached. Of several at equal cost the lowest."""
        return self.key.view(np.int32)[1 - _HIGH :: 2]


#: Which half of a key in memory is the cost.
_HIGH: Final = int(np.array([1 << 32]).view(np.int32)[1])


def make_field(
    back: Graph,
    leaves: Leaves,
    chosen: NDArray[np.bool_] | None = None,
    closed: NDArray[np.bool_] | None = None,
) -> Field:
    """Find the nearest facility of every label.

    Parameters
    ----------
    back
        The mode's graph *from facilities*.
    leaves
        The facilities, hung on the mode's graph *to facilities*.
    chosen
        Which of them count, bool (n_facilities,); None: all.
    closed
        Streets that nobody may use, bool (n_edges,); None: none. See :func:`closing`.
    """
    cost, shift = standing_leaves(back, leaves, chosen, closed), bucket_shift(back)
    if closed is not None:
        back = closing(back, closed)
    key = np.full(back.label_count, NOTHING)
    sweep(back.first, back.head, back.cost, leaves.label, leaves.facility, cost, shift, key)
    return Field(key)


def closing(graph: Graph, closed: NDArray[np.bool_]) -> Graph:
    """Return a graph whose marked edges nobody may use in either direction, riding or on foot.

    Its arcs are the same; those of closed edges cost ``NO_WAY``. Who stands at the end of a closed street is at the
    crossing all the same, as at the end of a street that the mode may not use.

    Parameters
    ----------
    closed
        Streets to close, bool (n_edges,).
    """
    return graph._replace(
        cost=np.where(closed[edge_of(graph.code)], NO_WAY, graph.cost).astype(np.int32),
        along=np.where(closed, NO_WAY, graph.along).astype(np.int32),
        against=np.where(closed, NO_WAY, graph.against).astype(np.int32),
        foot_along=_shut(graph.foot_along, closed),
        foot_against=_shut(graph.foot_against, closed),
    )


def _shut(ticks: NDArray[np.int32], closed: NDArray[np.bool_]) -> NDArray[np.int32]:
    return np.where(closed, NO_WAY, ticks).astype(np.int32) if len(ticks) else ticks


def edge_of(code: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the edges that arc codes speak of."""
    return (code & ~ON_FOOT) >> 1


def on_street(graph: Graph, leaves: Leaves) -> NDArray[np.bool_]:
    """Return which leaves need their street, bool (n_leaves,): all but those of facilities at the label itself."""
    offset_m, length_m = leaves.offset_m[leaves.facility], graph.edge_length_m[leaves.edge[leaves.facility]]
    return np.asarray(np.where(leaves.code & 1 == 0, offset_m, length_m - offset_m) != 0)


def standing_leaves(
    graph: Graph, leaves: Leaves, chosen: NDArray[np.bool_] | None, closed: NDArray[np.bool_] | None
) -> NDArray[np.int32]:
    """Return the costs of leaves, int32 (n_leaves,); ``NO_WAY`` where not chosen or on a closed street."""
    stands = np.ones(len(leaves.cost), dtype=np.bool_)
    if chosen is not None:
        stands &= chosen[leaves.facility]
    if closed is not None:
        stands &= ~(closed[leaves.edge[leaves.facility]] & on_street(graph, leaves))
    return np.where(stands, leaves.cost, NO_WAY).astype(np.int32)


def bucket_shift(graph: Graph) -> int:
    """Return how a cost is shifted to its bucket in a :func:`sweep`; as wide as one or two streets of middling length.

    Both this and the size of regions are as measured; neither changes what is found.
    """
    return max(ring_for(graph.cost)[0] - 1, _LEAST_SHIFT)


@compiled
def sweep(  # type: ignore[no-untyped-def]
    first_in, in_tail, in_cost, leaf_label, leaf_facility, leaf_cost, shift, key
):
    """Write into keys, all of them :data:`NOTHING`, what is nearest by leaves; those that cost ``NO_WAY`` are none.

    Neighbours have near numbers, so labels of one region, which are some thousand in a row, are settled together, as
    their arcs fit into a near cache; what changes beyond waits until that region has its turn. In a region bucket
    after bucket is emptied; a label may come again, within a bucket or with the region, until nothing changes.
    """
    n = len(first_in) - 1
    regions = (n >> _REGION) + 1
    far_top, far_used = np.full(regions, -1, dtype=np.int32), 0  # what waits for a region is chained by ``far_after``
    far, far_after = np.empty(n // 16 + 1024, np.int32), np.empty(n // 16 + 1024, np.int32)
    turn, begin = np.empty(regions + 1, np.int32), 0  # each region waits once at most
    top = np.full((NO_WAY >> shift) + 1, -1, dtype=np.int32)  # the items of a bucket are chained by ``after``
    item, after = np.empty(4 << _REGION, np.int32), np.empty(4 << _REGION, np.int32)
    for i in range(len(leaf_cost)):
        label, own = leaf_label[i], np.int64(leaf_cost[i]) << 32 | leaf_facility[i]
        if leaf_cost[i] != NO_WAY and own < key[label]:
            key[label], region = own, label >> _REGION
            far, far_after, far_used = _chain(far, far_after, far_used, far_top, region, label)
    end = np.count_nonzero(far_top >= 0)
    turn[:end] = np.flatnonzero(far_top >= 0)
    while begin != end:
        here = turn[begin]
        begin = (begin + 1) % len(turn)
        used, now, last = 0, len(top), -1
        i, far_top[here] = far_top[here], -1
        while i >= 0:
            bucket = key[far[i]] >> 32 >> shift
            item, after, used = _chain(item, after, used, top, bucket, far[i])
            now, last, i = min(now, bucket), max(last, bucket), far_after[i]
        while now <= last:
            while top[now] >= 0:
                label = item[top[now]]
                top[now] = after[top[now]]
                own = key[label]
                if own >> 32 >> shift != now:
                    continue  # it was settled in an earlier bucket
                for i in range(first_in[label], first_in[label + 1]):
                    tail, cost = in_tail[i], (own >> 32) + in_cost[i]
                    there = cost << 32 | own & 0xFFFFFFFF
                    if there >= key[tail] or cost >= NO_WAY:
                        continue
                    key[tail], region = there, tail >> _REGION
                    if region == here:
                        if used == len(item):  # as in _chain: here a call of it takes a quarter of all time
                            item, after = longer(item), longer(after)
                        bucket = cost >> shift
                        item[used], after[used], top[bucket] = tail, top[bucket], used
                        used, last = used + 1, max(last, bucket)
                        continue
                    if far_top[region] < 0:
                        turn[end], end = region, (end + 1) % len(turn)
                    far, far_after, far_used = _chain(far, far_after, far_used, far_top, region, tail)
            now += 1


@compiled
def _chain(item, after, used, top, chain, label):  # type: ignore[no-untyped-def]
    """Let a label wait in a chain; return the arrays, longer ones if there was no room, and how much is used."""
    if used == len(item):
        item, after = longer(item), longer(after)
    item[used], after[used], top[chain] = label, top[chain], used
    return item, after, used + 1
