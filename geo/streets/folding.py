"""Chains of stretches that only pass through become one edge.

A node where exactly two stretches with equal attributes meet is a bend, not a junction. Geometry is kept point by
point; a ring without junctions stays as one loop. A one-way street folds only along its direction.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class RawEdges(NamedTuple):
    """Edges on their way from OpenStreetMap to the network.

    Attributes
    ----------
    osm_node, node_e7
        OSM id, int64 (n_nodes,), and position, int32 1e-7 degree (n_nodes, 2), of each node.
    nodes, attributes, way
        Tail and head (n_edges, 2), index of the attributes (n_edges,), OSM way id (n_edges,): int64.
    start, shape_e7
        Edge e is drawn by ``shape_e7[start[e]:start[e + 1]]``, both end points included.
    """

    osm_node: NDArray[np.int64]
    node_e7: NDArray[np.int32]
    nodes: NDArray[np.int64]
    attributes: NDArray[np.int64]
    way: NDArray[np.int64]
    start: NDArray[np.int64]
    shape_e7: NDArray[np.int32]

    def take(self, edges: NDArray[np.int64]) -> RawEdges:
        """Return these edges only, in this order."""
        count = np.diff(self.start)[edges]
        start = np.concatenate([[0], np.cumsum(count)])
        points = np.repeat(self.start[edges] - start[:-1], count) + np.arange(start[-1])
        return self._replace(
            nodes=self.nodes[edges],
            attributes=self.attributes[edges],
            way=self.way[edges],
            start=start,
            shape_e7=self.shape_e7[points],
        )


def fold(raw: RawEdges, both_ways_alike: NDArray[np.bool_]) -> RawEdges:
    """Fold every chain of edges with equal attributes into one edge.

    Parameters
    ----------
    raw
        The edges, cut wherever streets meet or a way ends.
    both_ways_alike
        Per index of attributes: whether the drawing may be turned round.

    Returns
    -------
    RawEdges
        Fewer edges of the same total geometry. A chain is drawn in the direction of its lowest-numbered edge.
    """
    partner = _partners(raw, both_ways_alike)
    if len(partner) == 0:
        return raw
    chains = _chains(raw.nodes, partner)
    return _join(raw, chains)


def _partners(raw: RawEdges, both_ways_alike: NDArray[np.bool_]) -> dict[int, tuple[int, int]]:
    """For each node that is a mere bend, the two edges that it joins."""
    ends = raw.nodes.ravel()
    degree = np.bincount(ends, minlength=len(raw.node_e7))
    bend_end = np.flatnonzero(degree[ends] == 2)
    order = np.argsort(ends[bend_end], kind="stable")
    pairs = bend_end[order].reshape(-1, 2)  # the two ends that meet at each node of degree 2
    edges, side = pairs // 2, pairs % 2
    first, second = edges[:, 0], edges[:, 1]
    same = (first != second) & (raw.attributes[first] == raw.attributes[second])
    same &= both_ways_alike[raw.attributes[first]] | (side[:, 0] != side[:, 1])
    return {
        int(node): (int(a), int(b)) for node, a, b in zip(ends[pairs[same, 0]], first[same], second[same], strict=True)
    }


def _chains(nodes: NDArray[np.int64], partner: dict[int, tuple[int, int]]) -> list[list[tuple[int, bool]]]:
    """Return every chain as a list of (edge, turned round)."""
    tails, heads = nodes[:, 0].tolist(), nodes[:, 1].tolist()
    seen = bytearray(len(tails))

    def follow(edge: int, node: int) -> list[tuple[int, int]]:
        """Walk on from an edge through a node; list the further edges with the node each is entered by."""
        further = []
        while (pair := partner.get(node)) is not None:
            edge = pair[1] if pair[0] == edge else pair[0]
            if seen[edge]:
                break  # a ring has come round
            seen[edge] = 1
            further.append((edge, node))
            node = heads[edge] if tails[edge] == node else tails[edge]
        return further

    chains = []
    for edge in range(len(tails)):
        if seen[edge]:
            continue
        seen[edge] = 1
        after = [(e, tails[e] != entered) for e, entered in follow(edge, heads[edge])]
        before = [(e, tails[e] == entered) for e, entered in follow(edge, tails[edge])]
        chains.append([*reversed(before), (edge, False), *after])
    return chains


def _join(raw: RawEdges, chains: list[list[tuple[int, bool]]]) -> RawEdges:
    """Make one edge of each chain: shapes strung together, the shared points once."""
    shapes, ends, start = [], [], np.zeros(len(chains) + 1, dtype=np.int64)
    for i, chain in enumerate(chains):
        parts: list[NDArray[np.int32]] = []
        for edge, turned in chain:
            part = raw.shape_e7[raw.start[edge] : raw.start[edge + 1]]
            part = part[::-1] if turned else part
            parts.append(part[1:] if parts else part)
        shapes += parts
        start[i + 1] = start[i] + sum(map(len, parts))
        (first, first_turned), (last, last_turned) = chain[0], chain[-1]
        ends.append((raw.nodes[first, int(first_turned)], raw.nodes[last, int(not last_turned)]))
    lead = np.array([min(edge for edge, _ in chain) for chain in chains])
    return raw._replace(
        nodes=np.array(ends, dtype=np.int64).reshape(-1, 2),
        attributes=raw.attributes[lead],
        way=raw.way[lead],
        start=start,
        shape_e7=np.concatenate(shapes),
    )
