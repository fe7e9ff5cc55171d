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
    shift, ring = ring_for(back.cost, leaves.cost)
    cost = standing_leaves(back, leaves, chosen, closed)
    if closed is not None:
        back = closing(back, closed)
    key = np.full(back.label_count, NOTHING)
    sweep(back.first, back.head, back.cost, leaf_labels(leaves), leaves.facility, cost, shift, ring, key)
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


@compiled
def leaf_labels(leaves):  # type: ignore[no-untyped-def]  # compiled: numba infers the types
    """Return the label that each leaf hangs on."""
    label = np.empty(len(leaves.cost), np.int32)
    for at in range(len(leaves.first) - 1):
        for i in range(leaves.first[at], leaves.first[at + 1]):
            label[i] = at
    return label


@compiled
def sweep(  # type: ignore[no-untyped-def]
    first_in, in_tail, in_cost, leaf_label, leaf_facility, leaf_cost, shift, ring, key
):
    """Write into keys, all of them :data:`NOTHING`, what is nearest by leaves; those that cost ``NO_WAY`` are none.

    Bucket after bucket is emptied; a label may come again within a bucket, until nothing in it changes.
    """
    n, used, waiting = len(first_in) - 1, 0, 0
    top = np.full(ring, -1, dtype=np.int32)  # the items of a bucket are chained by ``after``
    item, after = np.empty(2 * n + len(leaf_cost) + 1, np.int32), np.empty(2 * n + len(leaf_cost) + 1, np.int32)
    for i in range(len(leaf_cost)):
        label, own = leaf_label[i], np.int64(leaf_cost[i]) << 32 | leaf_facility[i]
        if leaf_cost[i] != NO_WAY and own < key[label]:
            key[label] = own
            bucket = (leaf_cost[i] >> shift) % ring
            item[used], after[used], top[bucket] = label, top[bucket], used
            used, waiting = used + 1, waiting + 1
    now = 0
    while waiting > 0:
        bucket = now % ring
        while top[bucket] >= 0:
            label = item[top[bucket]]
            top[bucket] = after[top[bucket]]
            waiting -= 1
            own = key[label]
            here, nearest = own >> 32, own & 0xFFFFFFFF
            if here >> shift != now:
                continue  # it was settled in an earlier bucket
            for i in range(first_in[label], first_in[label + 1]):
                there = here + in_cost[i]
                if there >= NO_WAY:
                    continue
                tail, there_key = in_tail[i], there << 32 | nearest
                if there_key < key[tail]:
                    key[tail] = there_key
                    if used == len(item):
                        item, after = longer(item), longer(after)
                    to = (there >> shift) % ring
                    item[used], after[used], top[to] = tail, top[to], used
                    used, waiting = used + 1, waiting + 1
        now += 1
