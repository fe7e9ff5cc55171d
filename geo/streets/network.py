"""The street network as frozen arrays, saved as plain files and memory-mapped when it is opened.

An *edge* is a stretch of street between two nodes, in one direction of drawing; an *arc* is an edge in a direction
that a mode may use. Costs are whole *ticks* of 0.1 ms, so that sums are exact, ties are real ties and a cutoff is
met or not met, whatever the order of adding; a tick is 0.13 mm of walking.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from geo.coords import E7, BBox
from geo.streets.mapped import mapped
from geo.streets.profiles import MODES, Mode

TICKS_PER_S: Final = 10_000
#: Cost of an edge in a direction that the mode may not use, and of a node that cannot be reached.
NO_WAY: Final = np.iinfo(np.int32).max

#: What an edge is to a mode when somebody is put on the network.
CLOSED, ISLET, MAIN = 0, 1, 2
#: A component with fewer nodes than this share of the largest one is an islet: a flaw of the map, or a real island.
ISLET_SHARE: Final = 0.01

#: Set in an arc code where a rider has parked and walks.
ON_FOOT: Final = 1 << 30


@dataclass(frozen=True)
class ProfileArcs:
    """The streets as one mode may use them: a graph of *labels*, which are nodes, in compressed sparse rows both ways.

    Who rides an e-bike may park at any node and walk on. Its labels are 0..n-1, riding, and n..2n-1, walking at the
    same nodes; an arc leads from riding to walking where one walks sooner than one rides. All other modes have the
    labels 0..n-1.

    Attributes
    ----------
    forward, backward
        Cost of each edge along and against its drawing, ticks, int32 (n_edges,); ``NO_WAY`` where closed.
    first_arc
        Where each label's outgoing arcs begin, int32 (n_labels + 1,).
    arc_head, arc_cost, arc_code
        Head label, cost in ticks, and arc code of each arc, int32 (n_arcs,). An *arc code* is ``2 * edge``, or
        ``2 * edge + 1`` where the edge is travelled against its drawing, with ``ON_FOOT`` set where a rider walks.
    first_in, in_tail, in_arc, in_cost, in_code
        The same arcs by their heads, int32: where each label's incoming arcs begin, their tail labels, their numbers
        among the outgoing ones, their costs, and their codes when they are travelled the other way.
    component
        Label of each node's strongly connected component, int32 (n_nodes,).
    standing
        Per edge ``CLOSED``, ``ISLET`` (cut off from the main network) or ``MAIN``, uint8 (n_edges,).
    """

    forward: NDArray[np.int32]
    backward: NDArray[np.int32]
    first_arc: NDArray[np.int32]
    arc_head: NDArray[np.int32]
    arc_cost: NDArray[np.int32]
    arc_code: NDArray[np.int32]
    first_in: NDArray[np.int32]
    in_tail: NDArray[np.int32]
    in_arc: NDArray[np.int32]
    in_cost: NDArray[np.int32]
    in_code: NDArray[np.int32]
    component: NDArray[np.int32]
    standing: NDArray[np.uint8]


@dataclass(frozen=True)
class Grid:
    """Which street segments touch which cell of a grid of about 150 m.

    A segment is named by the index of its first point in ``shape_e7``. Cell (x, y) has the number ``y * columns + x``;
    its segments are ``segment[start[cell]:start[cell + 1]]``.
    """

    start: NDArray[np.int32]
    segment: NDArray[np.int32]
    #: west_e7, south_e7, cell width_e7, cell height_e7, columns, rows: int64 (6,)
    frame: NDArray[np.int64]


@dataclass(frozen=True)
class StreetNetwork:
    """A city's streets.

    Attributes
    ----------
    node_e7
        Node positions, int32 1e-7 degree lon/lat (n_nodes, 2); nearby nodes have nearby numbers.
    edge_nodes
        Tail and head node, int32 (n_edges, 2).
    edge_length_m
        Geodesic length, float64 (n_edges,).
    edge_class, edge_name
        Index into ``classes`` (uint8) and ``names`` (int32); name 0 is *no name*.
    edge_way
        OSM way id of (the first part of) the edge, int64.
    shape_start, shape_e7
        Edge e is drawn by points ``shape_e7[shape_start[e]:shape_start[e + 1]]``, tail to head, both ends included.
    shape_edge
        The edge that each point belongs to, int32 (n_points,).
    shape_m
        Geodesic metres from the edge's tail to each point along the shape, float64 (n_points,).
    """

    node_e7: NDArray[np.int32]
    edge_nodes: NDArray[np.int32]
    edge_length_m: NDArray[np.float64]
    edge_class: NDArray[np.uint8]
    edge_name: NDArray[np.int32]
    edge_way: NDArray[np.int64]
    shape_start: NDArray[np.int32]
    shape_e7: NDArray[np.int32]
    shape_edge: NDArray[np.int32]
    shape_m: NDArray[np.float64]
    grid: Grid
    arcs: Mapping[Mode, ProfileArcs]
    classes: tuple[str, ...]
    names: tuple[str, ...]

    @property
    def node_count(self) -> int:
        """Number of nodes."""
        return len(self.node_e7)

    @property
    def edge_count(self) -> int:
        """Number of edges."""
        return len(self.edge_nodes)

    @property
    def length_km(self) -> float:
        """Total length of all edges, in kilometres."""
        return float(self.edge_length_m.sum()) / 1000

    def standing(self, mode: Mode, *, to_stay: bool = False) -> NDArray[np.uint8]:
        """Return what each edge is to a mode, uint8 (n_edges,).

        Parameters
        ----------
        to_stay
            Whether one comes to stay: who rides an e-bike may park and walk where bicycles may not go.
        """
        riding = self.arcs[mode].standing
        if mode != "ebike" or not to_stay:
            return riding
        return np.maximum(riding, self.arcs["walk"].standing)

    def bbox(self) -> BBox:
        """Return the box around the streets, in degrees."""
        west, south = self.shape_e7.min(axis=0) / E7
        east, north = self.shape_e7.max(axis=0) / E7
        return BBox(float(west), float(south), float(east), float(north))

    def shape(self, edge: int) -> NDArray[np.float64]:
        """Return the edge's points, tail to head, lon/lat in degrees, shape (n, 2)."""
        return self.shape_e7[self.shape_start[edge] : self.shape_start[edge + 1]] / E7

    def points_at(
        self, edge: NDArray[np.int32] | NDArray[np.int64], offset_m: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return where positions on edges are, lon/lat in degrees, shape (n, 2).

        Parameters
        ----------
        edge, offset_m
            Edge, and metres from its tail along its shape, (n,) each.
        """
        first, last = self.shape_start[edge], self.shape_start[edge + 1] - 1
        if not len(edge):
            return np.empty((0, 2))
        far = float(self.shape_m.max()) + 1.0  # lays the shapes of all edges behind each other
        line = self.shape_edge * far + self.shape_m
        after = np.clip(np.searchsorted(line, edge * far + offset_m), first + 1, last)
        before = after - 1
        length = self.shape_m[after] - self.shape_m[before]
        share = np.clip((offset_m - self.shape_m[before]) / np.where(length > 0, length, 1.0), 0.0, 1.0)[:, None]
        return np.asarray((self.shape_e7[before] * (1 - share) + self.shape_e7[after] * share) / E7)

    def save(self, folder: Path) -> None:
        """Write one ``.npy`` file per array, and ``words.json`` for the names, into a new folder."""
        folder.mkdir(parents=True)
        for name, array in arrays_of(self).items():
            np.save(folder / f"{name}.npy", array)
        words = {"classes": self.classes, "names": self.names}
        (folder / "words.json").write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> StreetNetwork:
        """Open a saved network; arrays are mapped, not read, so processes share their memory."""
        words = json.loads((folder / "words.json").read_text(encoding="utf-8"))

        def arrays(kind: type[Any], prefix: str = "") -> dict[str, NDArray[Any]]:
            names = [f.name for f in fields(kind) if f.name not in {"grid", "arcs", "classes", "names"}]
            return {name: mapped(folder / f"{prefix}{name}.npy") for name in names}

        return cls(
            **arrays(cls),
            grid=Grid(**arrays(Grid, "grid.")),
            arcs={mode: ProfileArcs(**arrays(ProfileArcs, f"{mode}.")) for mode in MODES},
            classes=tuple(words["classes"]),
            names=tuple(words["names"]),
        )


def arrays_of(network: StreetNetwork) -> dict[str, NDArray[Any]]:
    """Return all arrays of a network, by the names of their files."""
    parts: list[tuple[str, Any]] = [("", network), ("grid.", network.grid)]
    parts += [(f"{mode}.", arcs) for mode, arcs in network.arcs.items()]
    return {
        f"{prefix}{f.name}": value
        for prefix, part in parts
        for f in fields(part)
        if isinstance(value := getattr(part, f.name), np.ndarray)
    }


def main_nodes(component: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Tell for each node, by its component, whether it is of a main network, bool (n_nodes,)."""
    size = np.bincount(component)[component]
    return np.asarray(size >= max(ISLET_SHARE * size.max(initial=0), 2))
