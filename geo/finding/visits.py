"""A leg of a journey with a visit to a place beside it: what it costs at the least, and how it is made.

Who rides an e-bike may park at any crossing, at the leg's beginning and in front of the place; the bike stands where it
was left. It is fetched again, except at the end of the last leg, to which one may walk.
"""

from __future__ import annotations

from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.streets.compiled import compiled
from geo.streets.graphs import Graph, access_ticks, graph, hang, riding
from geo.streets.network import NO_WAY, ON_FOOT, StreetNetwork
from geo.streets.profiles import Mode
from geo.streets.queues import longer, pop, push
from geo.streets.snapping import Position, Positions
from geo.streets.trees import Tree, along_one_edge, seeds, tree, tree_towards, tree_within

#: Sums of a few of these stay within 64 bits.
FAR: Final = np.iinfo(np.int64).max // 8


class Piece(NamedTuple):
    """A part of a way: from a position by arc codes to an offset on the edge of the last one, metres from its tail."""

    begin: Position
    codes: NDArray[np.int32]
    end_offset_m: float


class Visit(NamedTuple):
    """A leg with a visit.

    Attributes
    ----------
    tour, to
        Cost of the whole leg and of its part up to the place's door, ticks.
    on_foot
        Cost of what a rider walks to the door and back to where the bike stands, or on to the leg's end, ticks; 0 for
        all other modes.
    ways_to, ways_on
        From the leg's beginning to the place, and from there to the leg's end.
    """

    tour: int
    to: int
    on_foot: int
    ways_to: tuple[Piece, ...]
    ways_on: tuple[Piece, ...]


class Hung(NamedTuple):
    """A graph and the leaves that facilities hang on it with, as in :class:`~geo.streets.graphs.Leaves`.

    Attributes
    ----------
    label
        Which label each leaf hangs on, int32 (n_leaves,); a row for every label of a city would take more.
    """

    graph: Graph
    label: NDArray[np.int32]
    facility: NDArray[np.int32]
    cost: NDArray[np.int32]
    code: NDArray[np.int32]
    access: NDArray[np.int32]

    def costs(self, reached: NDArray[np.int32]) -> NDArray[np.int64]:
        """Return the cost to each facility through the labels that were reached, int64 (n_facilities,)."""
        costs = np.full(len(self.access), FAR)
        through = reached[self.label].astype(np.int64)
        np.minimum.at(costs, self.facility, np.where(through == NO_WAY, FAR, through + self.cost))
        return costs

    def codes(self, grown: Tree, number: int, cost: int) -> NDArray[np.int32]:
        """Return the arc codes to a facility that :meth:`costs` said to be so far."""
        leaf, label = self._leaf(grown, number, cost)
        return np.append(grown.codes(label), self.code[leaf])

    def on_foot(self, grown: Tree, number: int, cost: int) -> int:
        """Return how much of that is walked, having parked, ticks; at least the access leg."""
        leaf, label = self._leaf(grown, number, cost)
        if not self.code[leaf] & ON_FOOT:
            return int(self.access[number])
        while label >= self.graph.label_count // 2:
            label = int(grown.parent[label])
            if label < 0:
                return cost  # parked where one set out
        return cost - int(grown.cost[label])

    def _leaf(self, grown: Tree, number: int, cost: int) -> tuple[int, int]:
        for leaf in np.flatnonzero(self.facility == number).tolist():
            label = int(self.label[leaf])
            if grown.cost[label] != NO_WAY and int(grown.cost[label]) + int(self.cost[leaf]) == cost:
                return leaf, label
        raise AssertionError(f"no way of {cost} ticks to facility {number}")  # costs() found one


def _hung(streets: Graph, positions: Positions) -> Hung:
    leaves = hang(streets, positions)
    return Hung(streets, leaves.label, leaves.facility, leaves.cost, leaves.code, leaves.access)


class Sides:
    """The graphs of a mode in both directions, and the facilities beside its streets."""

    def __init__(self, network: StreetNetwork, mode: Mode, positions: Positions) -> None:
        ahead, back = graph(network, mode), graph(network, mode, "from_facility")
        self.network = network
        self.positions = positions
        self.parks = mode == "ebike"
        self.access = access_ticks(np.where(positions.edge < 0, 0.0, positions.snap_m)).astype(np.int64)
        self.ahead, self.back = _hung(ahead, positions), _hung(back, positions)
        if self.parks:
            self.ride_ahead, self.ride_back = _hung(riding(ahead), positions), _hung(riding(back), positions)
            walk = graph(network, "walk"), graph(network, "walk", "from_facility")
            self.walk_ahead, self.walk_back = _hung(walk[0], positions), _hung(walk[1], positions)
            self.there_and_back = _there_and_back(walk[0])
        else:
            self.ride_ahead, self.ride_back = self.ahead, self.back

    def position(self, number: int) -> Position:
        """Return where on the streets a facility stands."""
        edge, offset_m = int(self.positions.edge[number]), float(self.positions.offset_m[number])
        return Position(edge, offset_m, 0.0, 0.0, 0.0)

    def beside(self, streets: Hung, point: Position, costs: NDArray[np.int64]) -> None:
        """Mend costs from a position where facilities lie on its own edge."""
        for number in np.flatnonzero(self.positions.edge == point.edge).tolist():
            cost, _ = along_one_edge(streets.graph, point, self.position(number))
            if cost < NO_WAY:
                costs[number] = min(costs[number], cost + int(self.access[number]))

    def codes(self, streets: Hung, grown: Tree, point: Position, number: int, cost: int) -> NDArray[np.int32]:
        """Return the arc codes from a position to a facility at a cost that was found."""
        along, code = along_one_edge(streets.graph, point, self.position(number))
        if along < NO_WAY and along + int(self.access[number]) == cost:
            return np.array([code], dtype=np.int32)
        return streets.codes(grown, number, cost)

    def on_foot(self, streets: Hung, grown: Tree, point: Position, number: int, cost: int) -> int:
        """Return how much of that cost is walked, having parked, ticks."""
        along, code = along_one_edge(streets.graph, point, self.position(number))
        if along < NO_WAY and along + int(self.access[number]) == cost:
            return cost if code & ON_FOOT else int(self.access[number])
        return streets.on_foot(grown, number, cost)


class Leg:
    """The way from one position to the next, and the facilities beside it.

    Parameters
    ----------
    last
        Whether the journey ends with it.
    slack
        How much a visit may add, ticks.

    Attributes
    ----------
    direct
        Cost without a visit, ticks; ``NO_WAY`` if there is no way.
    """

    def __init__(self, sides: Sides, begin: Position, end: Position, *, last: bool, slack: int) -> None:
        self.begin, self.end = begin, end
        self._sides = sides
        self._last = last
        self._slack = slack
        self._ahead, self._back = (sides.ahead, sides.back) if last else (sides.ride_ahead, sides.ride_back)
        along, self._along_code = along_one_edge(self._ahead.graph, begin, end)
        self._along = along
        self._seeds = seeds(self._ahead.graph, begin)
        self.direct, self._from = tree_towards(self._back.graph, end, self._seeds, along, slack)
        if self.direct < NO_WAY:
            self._to = tree_within(self._ahead.graph, begin, self._from.cost, self.direct + slack)

    @cached_property
    def bounds(self) -> NDArray[np.int64]:
        """Cost with a visit to each facility, ticks, int64 (n_facilities,); for e-bikes at most that."""
        bounds = self._ridden[0] + self._ridden[1]
        if self._sides.parks:
            bounds = np.minimum(bounds, self._fetched_bounds())
            if self._last:
                bounds = np.minimum(bounds, self._left[0] + self._left[1])
        return bounds

    def visit(self, number: int) -> Visit | None:
        """Return the best way with a visit to a facility, of equal ones the sooner there; None if there is none."""
        visits = [self._ride(number)]
        if self._sides.parks:
            visits.append(self._park_and_fetch(number))
            if self._last:
                visits.append(self._park_and_leave(number))
        return min((v for v in visits if v is not None), key=lambda v: (v.tour, v.to), default=None)

    @cached_property
    def way(self) -> Piece:
        """The way without a visit."""
        if self._along == self.direct:
            return Piece(self.begin, np.array([self._along_code], dtype=np.int32), self.end.offset_m)
        labels, costs, codes = (array.tolist() for array in self._seeds)
        total = [cost + _known(self._from.cost[label]) for label, cost in zip(labels, costs, strict=True)]
        first = total.index(min(total))
        return Piece(self.begin, _joined([codes[first]], _reversed(self._from.codes(labels[first]))), self.end.offset_m)

    @cached_property
    def _ridden(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Cost to the door and from it, the vehicle left in front of it; on foot or driving, all the way."""
        sides = self._sides
        n = sides.ride_ahead.graph.label_count
        to, on = sides.ride_ahead.costs(self._to.cost[:n]), self._back.costs(self._from.cost)
        sides.beside(sides.ride_ahead, self.begin, to)
        sides.beside(self._back, self.end, on)
        return to, on

    def _ride(self, number: int) -> Visit | None:
        sides, to, on = self._sides, int(self._ridden[0][number]), int(self._ridden[1][number])
        if max(to, on) >= FAR:
            return None
        codes_to = sides.codes(sides.ride_ahead, self._to, self.begin, number, to)
        codes_on = _reversed(sides.codes(self._back, self._from, self.end, number, on))
        on_foot = 2 * int(sides.access[number]) if sides.parks else 0
        return Visit(to + on, to, on_foot, *self._by_way_of(number, codes_to, codes_on))

    @cached_property
    def _left(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Cost to the door, having parked somewhere, and on to the end on foot."""
        sides, n = self._sides, self._sides.ride_ahead.graph.label_count
        to, on = self._ahead.costs(self._to.cost), sides.walk_back.costs(self._from.cost[n:])
        sides.beside(self._ahead, self.begin, to)
        sides.beside(sides.walk_back, self.end, on)
        return to, on

    def _park_and_leave(self, number: int) -> Visit | None:
        sides, to, on = self._sides, int(self._left[0][number]), int(self._left[1][number])
        if max(to, on) >= FAR:
            return None
        n = sides.ride_ahead.graph.label_count
        parent = self._from.parent[n:]
        on_foot = Tree(self._from.cost[n:], np.where(parent < 0, -1, parent - n), self._from.code[n:])
        codes_to = sides.codes(self._ahead, self._to, self.begin, number, to)
        codes_on = _reversed(sides.codes(sides.walk_back, on_foot, self.end, number, on)) | ON_FOOT
        walked = sides.on_foot(self._ahead, self._to, self.begin, number, to) + on
        return Visit(to + on, to, walked, *self._by_way_of(number, codes_to, codes_on))

    def _by_way_of(
        self, number: int, codes_to: NDArray[np.int32], codes_on: NDArray[np.int32]
    ) -> tuple[tuple[Piece], tuple[Piece]]:
        here = self._sides.position(number)
        return (Piece(self.begin, codes_to, here.offset_m),), (Piece(here, codes_on, self.end.offset_m),)

    @cached_property
    def _through(self) -> NDArray[np.int64]:
        """Cost of the leg through each node at which one may park, int64 (n_nodes,)."""
        n = self._sides.ride_ahead.graph.label_count
        to, on = self._to.cost[:n].astype(np.int64), self._from.cost[:n]
        return np.where((to == NO_WAY) | (on == NO_WAY), FAR, to + on)

    def _fetched_bounds(self) -> NDArray[np.int64]:
        """Return no more than what it costs to park, walk to each facility and back, and ride on."""
        sides, through = self._sides, self._through.copy()
        for hung in (sides.walk_ahead, sides.walk_back):  # parked at the leg's beginning
            for label, cost in zip(*(array.tolist() for array in seeds(hung.graph, self.begin)[:2]), strict=True):
                through[label] = min(through[label], self.direct + 2 * cost)
        _spread_round_trips(
            *sides.walk_ahead.graph[:2], sides.walk_ahead.graph.code, *sides.walk_back.graph[:2],
            sides.walk_back.graph.code, sides.there_and_back, through, self.direct + self._slack,
        )  # fmt: skip
        bounds = np.full(len(sides.access), FAR)
        for hung in (sides.walk_ahead, sides.walk_back):
            np.minimum.at(bounds, hung.facility, through[hung.label] + 2 * (hung.cost - sides.access[hung.facility]))
        bounds[sides.positions.edge == self.begin.edge] = self.direct
        return np.minimum(bounds + 2 * sides.access, FAR)

    def _park_and_fetch(self, number: int) -> Visit | None:
        sides, here, access = self._sides, self._sides.position(number), int(self._sides.access[number])
        if 2 * access > self._slack:
            return None
        there, back = tree(sides.walk_back.graph, here, self._slack), tree(sides.walk_ahead.graph, here, self._slack)
        visits = [self._parked_at_the_beginning(number, there, back)]
        nodes = np.flatnonzero((there.cost != NO_WAY) & (back.cost != NO_WAY) & (self._through < FAR))
        if len(nodes):
            walked = there.cost[nodes].astype(np.int64) + back.cost[nodes]
            to, tour = self._to.cost[nodes].astype(np.int64) + there.cost[nodes], self._through[nodes] + walked
            best = int(np.lexsort((to, tour))[0])
            node = int(nodes[best])
            codes_to = _joined(self._to.codes(node), _reversed(there.codes(node)) | ON_FOOT)
            codes_on = _joined(back.codes(node) | ON_FOOT, _reversed(self._from.codes(node)))
            on_foot = int(walked[best]) + 2 * access
            ways = self._by_way_of(number, codes_to, codes_on)
            visits.append(Visit(int(tour[best]) + 2 * access, int(to[best]) + access, on_foot, *ways))
        return min((v for v in visits if v is not None), key=lambda v: (v.tour, v.to), default=None)

    def _parked_at_the_beginning(self, number: int, there: Tree, back: Tree) -> Visit | None:
        sides, here, access = self._sides, self._sides.position(number), int(self._sides.access[number])
        to, codes_to = _meet(sides.walk_ahead.graph, self.begin, there, here)
        on, codes_on = _meet(sides.walk_back.graph, self.begin, back, here)
        if codes_to is None or codes_on is None:
            return None
        fetch = Piece(here, _reversed(codes_on) | ON_FOOT, self.begin.offset_m)
        return Visit(
            tour=self.direct + to + on + 2 * access,
            to=to + access,
            on_foot=to + on + 2 * access,
            ways_to=(Piece(self.begin, codes_to | ON_FOOT, here.offset_m),),
            ways_on=(fetch, self.way),
        )


def _meet(streets: Graph, origin: Position, grown: Tree, goal: Position) -> tuple[int, NDArray[np.int32] | None]:
    """Return cost and arc codes from a position to the root of a tree of the other direction; no codes: no way."""
    cost, code = along_one_edge(streets, origin, goal)
    best, codes = (cost, np.array([code], dtype=np.int32)) if cost < NO_WAY else (FAR, None)
    for label, begun, first in zip(*(array.tolist() for array in seeds(streets, origin)), strict=True):
        if begun + _known(grown.cost[label]) < best:
            best = begun + _known(grown.cost[label])
            codes = _joined([first], _reversed(grown.codes(label)))
    return best, codes


def _known(cost: np.int32) -> int:
    return FAR if cost == NO_WAY else int(cost)


def _joined(*parts: NDArray[np.int32] | list[int]) -> NDArray[np.int32]:
    return np.concatenate([np.asarray(part, dtype=np.int32) for part in parts])


def _reversed(codes: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the arc codes of the way back."""
    return codes[::-1] ^ 1


def _there_and_back(walk: Graph) -> NDArray[np.int64]:
    """Return no more than what it costs to walk each edge there and back, ticks, int64 (n_edges,)."""
    return 2 * np.minimum(walk.along, walk.against).astype(np.int64)


@compiled
def _spread_round_trips(  # type: ignore[no-untyped-def]  # compiled: numba infers the types
    first, head, code, back_first, back_head, back_code, edge_cost, through, limit
):
    """Lower each label to what its neighbours cost and the edge between, there and back; as far as a limit."""
    heap, size = np.empty(1024, dtype=np.int64), 0
    for label in range(len(through)):
        if through[label] <= limit:
            heap, size = _lower(first, head, code, edge_cost, through, limit, label, heap, size)
            heap, size = _lower(back_first, back_head, back_code, edge_cost, through, limit, label, heap, size)
    while size > 0:
        key = pop(heap, size)
        size -= 1
        label = key & 0xFFFFFFFF
        if key >> 32 == through[label]:
            heap, size = _lower(first, head, code, edge_cost, through, limit, label, heap, size)
            heap, size = _lower(back_first, back_head, back_code, edge_cost, through, limit, label, heap, size)


@compiled
def _lower(first, head, code, edge_cost, through, limit, label, heap, size):  # type: ignore[no-untyped-def]
    for i in range(first[label], first[label + 1]):
        cost = through[label] + edge_cost[code[i] >> 1]
        if cost <= limit and cost < through[head[i]]:
            through[head[i]] = cost
            if size == len(heap):
                heap = longer(heap)
            push(heap, size, cost << 32 | head[i])
            size += 1
    return heap, size
