"""Libraries from PyPI on the same graph: each with the call that suits the question best, results in one form.

A peer is made once, then asked. Every answer is in ticks: sorted costs of at most k places within the cutoff for one
origin; an array over the nodes for a field, ``inf`` where no place can be reached. What a peer must do to turn its
answer into that form counts, as it would for anybody who uses it.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import dijkstra

from tests.benchmarks.graph import CUTOFF, K, Questions

Costs = NDArray[np.float64]


class Peer:
    """Somebody who may answer some of the questions; what it cannot is not overridden.

    Attributes
    ----------
    name, package
        What it is called, and what its version is asked of.
    calls
        Question -> the call that answers it, for the table.
    most
        Question -> how many times at most it is asked on a large city, where it takes long.
    """

    name = ""
    package = ""
    calls: ClassVar[dict[str, str]] = {}
    most: ClassVar[dict[str, int]] = {}

    def __init__(self, asked: Questions) -> None:
        self.asked = asked

    def nearest(self, number: int) -> Costs:
        """From an origin: the costs of the first k places within the cutoff."""
        raise NotImplementedError

    def field(self) -> Costs:
        """From every node: the cost of getting to the nearest place."""
        raise NotImplementedError

    def labels(self) -> Costs:
        """From every node: the costs of the first k places within the cutoff, ``inf`` beyond, shape (nodes, k)."""
        raise NotImplementedError

    def add_place(self, number: int, before: Costs) -> Costs:
        """Return the field with a further place, given the field without it."""
        raise NotImplementedError

    def close(self) -> None:
        """Let go of whatever it holds."""


class Scipy(Peer):
    """scipy: compressed rows, binary or Fibonacci heap, compiled."""

    name = "scipy"
    package = "scipy"
    calls: ClassVar = {
        "nearest": "`csgraph.dijkstra(limit)` from the origin",
        "field": "`csgraph.dijkstra(min_only)` on the graph turned round",
        "labels": "`csgraph.dijkstra(limit)` from each place on the graph turned round, merged with numpy",
        "add_place": "`csgraph.dijkstra(limit)` from the new place, minimum with the field",
        "field_again": "`csgraph.dijkstra(min_only)`, the whole field again",
    }

    def __init__(self, asked: Questions) -> None:
        super().__init__(asked)
        self._forward, self._backward = asked.forward.matrix(), asked.backward.matrix()

    def nearest(self, number: int) -> Costs:
        asked = self.asked
        reached = dijkstra(self._forward, indices=asked.origin_vertex(number), limit=CUTOFF)
        return _first(reached[asked.nodes : asked.nodes + asked.places])

    def field(self) -> Costs:
        reached = dijkstra(self._backward, indices=self.asked.place_vertices(), min_only=True)
        return np.asarray(reached[: self.asked.nodes])

    def labels(self) -> Costs:
        nodes, costs = [], []
        for place in self.asked.place_vertices().tolist():
            reached = dijkstra(self._backward, indices=place, limit=CUTOFF)[: self.asked.nodes]
            near = np.flatnonzero(reached <= CUTOFF)
            nodes.append(near)
            costs.append(reached[near])
        return merged(np.concatenate(nodes), np.concatenate(costs), self.asked.nodes)

    def add_place(self, number: int, before: Costs) -> Costs:
        vertex = self.asked.new_vertex(number)
        ends = self._backward.indices[self._backward.indptr[vertex] : self._backward.indptr[vertex + 1]]
        served = np.isfinite(before)
        # whoever gets to the new place could get on to another, unless its own street had none
        farthest = before[served].max(initial=0) if served[ends].all() else np.inf
        reached = dijkstra(self._backward, indices=vertex, limit=farthest)
        return np.asarray(np.minimum(before, reached[: self.asked.nodes]))

    def field_again(self, number: int) -> Costs:
        """Return the field with a further place, reckoned from nothing."""
        roots = np.append(self.asked.place_vertices(), self.asked.new_vertex(number))
        return np.asarray(dijkstra(self._backward, indices=roots, min_only=True)[: self.asked.nodes])


class Networkx(Peer):
    """networkx: dictionaries, in Python."""

    name = "networkx"
    package = "networkx"
    calls: ClassVar = {
        "nearest": "`single_source_dijkstra_path_length(cutoff)`",
        "field": "`multi_source_dijkstra_path_length` on the graph turned round",
        "labels": "`single_source_dijkstra_path_length(cutoff)` from each place on the graph turned round",
    }
    most: ClassVar = {"nearest": 100, "field": 3, "labels": 1}

    def __init__(self, asked: Questions) -> None:
        super().__init__(asked)
        self._nx = import_module("networkx")
        self._forward, self._backward = (self._graph(arcs) for arcs in (asked.forward, asked.backward))

    def _graph(self, arcs: Any) -> Any:
        graph = self._nx.DiGraph()
        graph.add_nodes_from(range(arcs.vertices))
        graph.add_weighted_edges_from(zip(arcs.tail.tolist(), arcs.head.tolist(), arcs.cost.tolist(), strict=True))
        return graph

    def nearest(self, number: int) -> Costs:
        asked = self.asked
        root, low, high = asked.origin_vertex(number), asked.nodes, asked.nodes + asked.places
        reached = self._nx.single_source_dijkstra_path_length(self._forward, root, cutoff=CUTOFF)
        return _first(np.array([cost for vertex, cost in reached.items() if low <= vertex < high]))

    def field(self) -> Costs:
        reached = self._nx.multi_source_dijkstra_path_length(self._backward, set(self.asked.place_vertices().tolist()))
        return _spread(reached, self.asked.nodes)

    def labels(self) -> Costs:
        nodes, costs = [], []
        for place in self.asked.place_vertices().tolist():
            reached = self._nx.single_source_dijkstra_path_length(self._backward, place, cutoff=CUTOFF)
            nodes.append(np.fromiter(reached, dtype=np.int64, count=len(reached)))
            costs.append(np.fromiter(reached.values(), dtype=np.float64, count=len(reached)))
        node, cost = np.concatenate(nodes), np.concatenate(costs)
        street = node < self.asked.nodes
        return merged(node[street], cost[street], self.asked.nodes)


class Igraph(Peer):
    """igraph: C; knows no cutoff for weighted searches."""

    name = "igraph"
    package = "igraph"
    calls: ClassVar = {
        "nearest": "`distances(source, places)`, no cutoff",
        "field": "`distances(root)` on the graph turned round",
    }
    most: ClassVar = {"nearest": 12, "field": 3}

    def __init__(self, asked: Questions) -> None:
        super().__init__(asked)
        graph = import_module("igraph").Graph
        self._forward, self._backward = (
            graph(
                n=arcs.vertices,
                edges=np.column_stack([arcs.tail, arcs.head]),
                directed=True,
                edge_attrs={"cost": arcs.cost.tolist()},
            )
            for arcs in (asked.forward, asked.backward)
        )
        self._places = asked.place_vertices().tolist()

    def nearest(self, number: int) -> Costs:
        root = self.asked.origin_vertex(number)
        return _first(np.array(self._forward.distances(root, self._places, weights="cost")[0]))

    def field(self) -> Costs:
        return np.array(self._backward.distances(self.asked.root, weights="cost")[0])[: self.asked.nodes]


class Networkit(Peer):
    """networkit: C++; no cutoff."""

    name = "networkit"
    package = "networkit"
    calls: ClassVar = {
        "nearest": "`distance.Dijkstra(storePaths=False)`, no cutoff",
        "field": "`distance.Dijkstra(storePaths=False)` from a root before all places, graph turned round",
    }
    most: ClassVar = {"nearest": 24}

    def __init__(self, asked: Questions) -> None:
        super().__init__(asked)
        self._nk = import_module("networkit")
        self._forward, self._backward = (
            # it crashes on indices of 32 bits
            self._nk.GraphFromCoo((arcs.cost, (arcs.tail, arcs.head)), n=arcs.vertices, weighted=True, directed=True)
            for arcs in (asked.forward, asked.backward)
        )

    def _from(self, graph: Any, vertex: int) -> Costs:
        search = self._nk.distance.Dijkstra(graph, vertex, storePaths=False)
        search.run()
        return np.asarray(search.getDistances(asarray=True))

    def nearest(self, number: int) -> Costs:
        reached = self._from(self._forward, self.asked.origin_vertex(number))
        return _first(reached[self.asked.nodes : self.asked.nodes + self.asked.places])

    def field(self) -> Costs:
        reached = self._from(self._backward, self.asked.root)[: self.asked.nodes]
        return np.where(reached < 1e300, reached, np.inf)


class Rustworkx(Peer):
    """rustworkx: Rust, weights through a Python call; no cutoff."""

    name = "rustworkx"
    package = "rustworkx"
    calls: ClassVar = {
        "nearest": "`dijkstra_shortest_path_lengths`, no cutoff",
        "field": "`dijkstra_shortest_path_lengths` from a root before all places, graph turned round",
    }
    most: ClassVar = {"nearest": 12, "field": 3}

    def __init__(self, asked: Questions) -> None:
        super().__init__(asked)
        self._rx = import_module("rustworkx")
        self._forward, self._backward = (self._graph(arcs) for arcs in (asked.forward, asked.backward))

    def _graph(self, arcs: Any) -> Any:
        graph = self._rx.PyDiGraph(multigraph=False)
        graph.add_nodes_from(range(arcs.vertices))
        graph.add_edges_from(list(zip(arcs.tail.tolist(), arcs.head.tolist(), arcs.cost.tolist(), strict=True)))
        return graph

    def nearest(self, number: int) -> Costs:
        asked = self.asked
        reached = self._rx.dijkstra_shortest_path_lengths(self._forward, asked.origin_vertex(number), float)
        known = [reached[vertex] for vertex in range(asked.nodes, asked.nodes + asked.places) if vertex in reached]
        return _first(np.array(known))

    def field(self) -> Costs:
        reached = self._rx.dijkstra_shortest_path_lengths(self._backward, self.asked.root, float)
        return _spread(dict(reached.items()), self.asked.nodes)


PEERS: Final[tuple[type[Peer], ...]] = (Scipy, Networkx, Networkit, Rustworkx, Igraph)


def missing(peer: type[Peer]) -> str | None:
    """Return why a peer cannot take part here, or None."""
    try:
        version(peer.package)
    except PackageNotFoundError:
        return f"{peer.package} is not installed in this environment: make bench installs it"
    return None


def question(peer: Peer, name: str) -> Callable[..., Costs] | None:
    """Return a peer's method for a question, None where it has none."""
    return getattr(peer, name) if name in peer.calls else None


def merged(node: NDArray[np.int64], cost: Costs, nodes: int) -> Costs:
    """Return the k least costs of each node, ascending, from pairs in any order."""
    order = np.lexsort((cost, node))
    node, cost = node[order], cost[order]
    begin = np.searchsorted(node, np.arange(nodes))
    rank = np.arange(len(node)) - begin[node]
    best = np.full((nodes, K), np.inf)
    kept = rank < K
    best[node[kept], rank[kept]] = cost[kept]
    return best


def _first(costs: Costs) -> Costs:
    return np.sort(costs[costs <= CUTOFF])[:K]


def _spread(reached: dict[int, float], nodes: int) -> Costs:
    """Return a mapping of vertices as an array over the nodes."""
    vertex = np.fromiter(reached, dtype=np.int64, count=len(reached))
    cost = np.fromiter(reached.values(), dtype=np.float64, count=len(reached))
    field = np.full(nodes, np.inf)
    street = vertex < nodes
    field[vertex[street]] = cost[street]
    return field
