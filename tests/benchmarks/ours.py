"""Our side of the comparison: the one place of the benchmark that calls our engine's searches.

Each function gets everything ready and returns what is timed. Costs are ticks; what cannot be reached costs
``NO_WAY``. One that is not built raises NotImplementedError, and the table says so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.city import City
from geo.streets.field_edits import LiveField
from geo.streets.fields import make_field
from geo.streets.graphs import Graph, Leaves, graph, hang
from geo.streets.labels import NOTHING, make_labels
from geo.streets.network import NO_WAY
from geo.streets.paths import Search
from geo.streets.snapping import Position, Positions, snap_many

Costs = NDArray[Any]


def bounded(city: City, k: int, cutoff: int) -> Callable[[Position], Costs]:
    """From a position on a street: the costs of the first k places within the cutoff, ascending; searched anew."""
    return _ask(Search(*_hung(city)), k, cutoff)


def lookup(city: City, k: int, cutoff: int) -> Callable[[Position], Costs]:
    """Answer the same from the k best labels kept per node."""
    streets, leaves = _hung(city)
    return _ask(Search(streets, leaves, make_labels(city.network.arcs["walk"], leaves)), k, cutoff)


def lookup_many(city: City, k: int, cutoff: int) -> Callable[[Positions], Costs]:
    """Answer the same for many positions in one call, shape (n, k)."""
    streets, leaves = _hung(city)
    search = Search(streets, leaves, make_labels(city.network.arcs["walk"], leaves))
    return lambda origins: search.first_of_many(origins.edge, origins.offset_m, k, cutoff)[1]


def field(city: City) -> Callable[[], Costs]:
    """From every node: the cost of getting to the nearest place, shape (n_nodes,)."""
    _, leaves = _hung(city)
    back = graph(city.network, "walk", "from_facility")
    return lambda: make_field(back, leaves).cost


def labels(city: City, k: int, cutoff: int) -> Callable[[], Costs]:
    """From every node: the costs of the first k places within the cutoff, ascending, shape (n_nodes, k)."""
    arcs, (_, leaves) = city.network.arcs["walk"], _hung(city)

    def ask() -> Costs:
        kept = make_labels(arcs, leaves, k, cutoff)
        assert kept is not None
        return np.where(kept.entry == NOTHING, NO_WAY, kept.entry >> 32)

    return ask


def add_place(city: City) -> Callable[[Position], Costs]:
    """Return the field of the places and one more, from the field that is there; the next call does not know of it."""
    streets, leaves = _hung(city)
    kept = LiveField(streets, graph(city.network, "walk", "from_facility"), leaves)

    def ask(position: Position) -> Costs:
        while kept.edits:
            kept.undo()
        kept.add(position)
        return kept.field.cost

    return ask


def _hung(city: City) -> tuple[Graph, Leaves]:
    streets = graph(city.network, "walk")
    return streets, hang(streets, snap_many(city.network, "walk", np.array([place.position for place in city.places])))


def _ask(search: Search, k: int, cutoff: int) -> Callable[[Position], Costs]:
    def ask(origin: Position) -> Costs:
        stream = search.stream(origin, cutoff)
        stream.reach(k)
        return np.array(stream.cost[:k])

    return ask
