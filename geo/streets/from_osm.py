"""Ways of OpenStreetMap -> the street network.

Ways are cut where they meet, chains of degree-2 nodes with equal attributes are folded into one edge that keeps its
geometry, gates become edges of no length that only some may pass, and every mode gets its arcs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.coords import E7, geodesic_m
from geo.errors import EmptyExtractError
from geo.osm.extract import Extract, Ways
from geo.streets.arcs import park_and_walk, profile_arcs
from geo.streets.folding import RawEdges, fold
from geo.streets.network import StreetNetwork
from geo.streets.profiles import MODES, Mode, Speeds, barrier_stops, speeds
from geo.streets.snapping import build_grid

_GATE = "gate"


class Attributes(NamedTuple):
    """What makes two stretches of street the same to everybody: edges fold only where all of it agrees."""

    highway: str
    name: str
    speeds: tuple[Speeds, ...]

    @property
    def both_ways_alike(self) -> bool:
        """Whether turning the drawing round changes nothing."""
        return all(forward == backward for forward, backward in self.speeds)

    @property
    def usable(self) -> bool:
        """Whether any mode may go here at all."""
        return any(kmh > 0 for pair in self.speeds for kmh in pair)


def build_network(extract: Extract) -> tuple[StreetNetwork, dict[str, int]]:
    """Build the network of an extract.

    Returns
    -------
    network, dropped
        ``dropped`` counts what was left out, by reason.

    Raises
    ------
    EmptyExtractError
        No street in the extract may be used by anybody.
    """
    table, way_attributes = _attribute_table(extract.ways)
    usable = np.array([attributes.usable for attributes in table], dtype=bool)[way_attributes]
    dropped = Counter({"ways that no mode may use": int((~usable).sum())})
    if not usable.any():
        raise EmptyExtractError(f"{extract.provenance.origin}: no street in it that anybody may walk, ride or drive")
    raw = _cut(extract.ways, way_attributes, usable)
    raw = _with_gates(raw, extract.ways.barriers, table)
    raw = fold(raw, np.array([attributes.both_ways_alike for attributes in table], dtype=bool))
    raw, repeated = _without_points(raw)
    dropped["stretches without length"] = repeated
    return _assemble(raw, table), {reason: count for reason, count in dropped.items() if count}


def _attribute_table(ways: Ways) -> tuple[list[Attributes], NDArray[np.int32]]:
    """Return the distinct attributes, and each way's index into them."""
    numbers: dict[Attributes, int] = {}
    of_way = np.zeros(len(ways), dtype=np.int32)
    for i, tags in enumerate(ways.tags):
        attributes = Attributes(
            tags.get("highway", ""), tags.get("name", ""), tuple(speeds(mode, tags) for mode in MODES)
        )
        of_way[i] = numbers.setdefault(attributes, len(numbers))
    return list(numbers), of_way


def _cut(ways: Ways, way_attributes: NDArray[np.int32], usable: NDArray[np.bool_]) -> RawEdges:
    """Cut the usable ways at every node where two of them meet or one begins, ends, touches itself or has a barrier."""
    of_way = np.repeat(np.arange(len(ways)), np.diff(ways.start))
    keep = usable[of_way]
    # a node listed twice running is one node
    keep[1:] &= ~((ways.nodes[1:] == ways.nodes[:-1]) & (of_way[1:] == of_way[:-1]))
    of_way, refs, e7 = of_way[keep], ways.nodes[keep], ways.lonlat_e7[keep]
    osm_node, first, node = np.unique(refs, return_index=True, return_inverse=True)

    begins = np.ones(len(refs), dtype=bool)
    begins[1:] = of_way[1:] != of_way[:-1]
    ends = np.roll(begins, -1)
    meets = np.bincount(node) > 1
    meets |= np.isin(osm_node, np.fromiter(ways.barriers, dtype=np.int64, count=len(ways.barriers)))
    cut = begins | ends | meets[node]

    at = np.flatnonzero(cut)
    tail, head = at[:-1], at[1:]
    real = ~ends[tail]  # from the end of one way to the beginning of the next is no edge
    tail, head = tail[real], head[real]
    count = head - tail + 1
    start = np.concatenate([[0], np.cumsum(count)])
    points = np.repeat(tail - start[:-1], count) + np.arange(start[-1])
    return RawEdges(
        osm_node=osm_node,
        node_e7=e7[first],
        nodes=np.column_stack([node[tail], node[head]]).astype(np.int64),
        attributes=way_attributes[of_way[tail]].astype(np.int64),
        way=ways.ids[of_way[tail]],
        start=start,
        shape_e7=e7[points],
    )


def _with_gates(raw: RawEdges, barriers: Mapping[int, Mapping[str, str]], table: list[Attributes]) -> RawEdges:
    """Put an edge of no length into every street that ends at a barrier which stops some mode.

    Each street gets its own end node in front of the barrier, joined to the barrier's node by the gate; whoever the
    barrier does not stop passes for nothing, and the search needs no special case.
    """
    gate_of: dict[int, int] = {}
    for node, osm_node in enumerate(raw.osm_node.tolist()):
        tags = barriers.get(osm_node)
        stops = [] if tags is None else [barrier_stops(mode, tags) for mode in MODES]
        if any(stops):
            gate = Attributes(_GATE, "", tuple(Speeds(0, 0) if stop else Speeds(1, 1) for stop in stops))
            if gate not in table:
                table.append(gate)
            gate_of[node] = table.index(gate)
    if not gate_of:
        return raw
    ends = np.flatnonzero(np.isin(raw.nodes.ravel(), list(gate_of)))
    barrier = raw.nodes.ravel()[ends]
    nodes = raw.nodes.copy()
    front = np.arange(len(ends)) + len(raw.node_e7)
    nodes.ravel()[ends] = front
    here = raw.node_e7[barrier]
    return RawEdges(
        osm_node=np.concatenate([raw.osm_node, raw.osm_node[barrier]]),
        node_e7=np.concatenate([raw.node_e7, here]),
        nodes=np.concatenate([nodes, np.column_stack([front, barrier])]),
        attributes=np.concatenate([raw.attributes, [gate_of[node] for node in barrier.tolist()]]),
        way=np.concatenate([raw.way, raw.way[ends // 2]]),
        start=np.concatenate([raw.start, raw.start[-1] + 2 * np.arange(1, len(ends) + 1)]),
        shape_e7=np.concatenate([raw.shape_e7, np.repeat(here, 2, axis=0)]),
    )


def _without_points(raw: RawEdges) -> tuple[RawEdges, int]:
    """Leave out loops without length: they lead nowhere."""
    lo, hi = (np.minimum.reduceat(raw.shape_e7, raw.start[:-1]), np.maximum.reduceat(raw.shape_e7, raw.start[:-1]))
    pointless = (raw.nodes[:, 0] == raw.nodes[:, 1]) & (lo == hi).all(axis=1)
    return raw.take(np.flatnonzero(~pointless)), int(pointless.sum())


def _assemble(raw: RawEdges, table: list[Attributes]) -> StreetNetwork:
    raw = _in_order_of_place(raw)
    shape_m = _along(raw.shape_e7, raw.start)
    length_m = shape_m[raw.start[1:] - 1]
    classes = sorted({attributes.highway for attributes in table})
    names = ["", *sorted({attributes.name for attributes in table} - {""})]
    class_number = {word: i for i, word in enumerate(classes)}
    name_number = {word: i for i, word in enumerate(names)}
    shape_edge = np.repeat(np.arange(len(raw.nodes), dtype=np.int32), np.diff(raw.start))
    arcs = {
        mode: profile_arcs(len(raw.node_e7), raw.nodes, length_m, _speeds_of(table, mode)[raw.attributes])
        for mode in MODES
    }
    arcs["ebike"] = park_and_walk(arcs["ebike"], arcs["walk"])
    return StreetNetwork(
        node_e7=raw.node_e7,
        edge_nodes=raw.nodes.astype(np.int32),
        edge_length_m=length_m,
        edge_class=np.array([class_number[a.highway] for a in table], dtype=np.uint8)[raw.attributes],
        edge_name=np.array([name_number[a.name] for a in table], dtype=np.int32)[raw.attributes],
        edge_way=raw.way,
        shape_start=raw.start.astype(np.int32),
        shape_e7=raw.shape_e7,
        shape_edge=shape_edge,
        shape_m=shape_m,
        grid=build_grid(raw.shape_e7, shape_edge),
        arcs=arcs,
        classes=tuple(classes),
        names=tuple(names),
    )


def _speeds_of(table: list[Attributes], mode: Mode) -> NDArray[np.float64]:
    number = MODES.index(mode)
    return np.array([attributes.speeds[number] for attributes in table], dtype=np.float64)


def _along(shape_e7: NDArray[np.int32], start: NDArray[np.int64]) -> NDArray[np.float64]:
    """Geodesic metres from each edge's tail to each point of its shape."""
    points = shape_e7 / E7
    total = np.zeros(len(points))
    np.cumsum(geodesic_m(points[:-1], points[1:]), out=total[1:])
    return total - np.repeat(total[start[:-1]], np.diff(start))


def _in_order_of_place(raw: RawEdges) -> RawEdges:
    """Number nodes along a Z-order curve and edges by their lower node, so that a search touches nearby memory."""
    used, nodes = np.unique(raw.nodes, return_inverse=True)
    node_e7 = raw.node_e7[used]
    order = np.argsort(_z_order(node_e7), kind="stable")
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    nodes = rank[nodes.reshape(-1, 2)]
    by_place = np.lexsort((nodes.max(axis=1), nodes.min(axis=1)))
    moved = raw._replace(osm_node=raw.osm_node[used][order], node_e7=node_e7[order], nodes=nodes)
    return moved.take(by_place)


def _z_order(e7: NDArray[np.int32]) -> NDArray[np.uint64]:
    """Morton code of positions: the bits of both coordinates interleaved."""
    low = e7.astype(np.int64) - e7.min(axis=0)
    code = np.zeros(len(e7), dtype=np.uint64)
    for bit in range(31):
        for axis in (0, 1):
            code |= ((low[:, axis] >> bit & 1) << (2 * bit + axis)).astype(np.uint64)
    return code
