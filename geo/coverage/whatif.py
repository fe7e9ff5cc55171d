"""What edits would change for one question, told at once: only where the nearest place changes is anything measured."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from geo.choosing.conditions import Conditions
from geo.choosing.openness import Openings
from geo.coords import LonLat
from geo.coverage.asking import CoverageQuery
from geo.coverage.costs import costs_at
from geo.coverage.counting import counted
from geo.coverage.demand import Demand
from geo.coverage.pieces import Pieces
from geo.coverage.scenario import Add, CloseStreet, Edit, Move, edited
from geo.coverage.stretches import Stretches, measure, reached
from geo.coverage.table import by_area, share_of
from geo.errors import NotFoundError
from geo.places.calendar import Calendar
from geo.places.model import Place
from geo.streets.field_edits import LiveField
from geo.streets.graphs import Graph, Leaves
from geo.streets.network import StreetNetwork
from geo.streets.snapping import snap


@dataclass(frozen=True)
class Effect:
    """What edits change.

    Attributes
    ----------
    gained, lost
        Streets that come within reach, and streets that no longer are.
    weight_gained, weight_lost
        How much of the demand comes within reach and goes out of it, by area, millionths, int64 (n_areas + 1,).
    covered
        How much is within reach afterwards, by area, int64 (n_areas + 1,).
    facilities
        How many places count afterwards.
    """

    gained: Stretches
    lost: Stretches
    weight_gained: NDArray[np.int64]
    weight_lost: NDArray[np.int64]
    covered: NDArray[np.int64]
    facilities: int


class WhatIf:
    """One question, kept ready for edits. Threads may share it; they take turns.

    Parameters
    ----------
    network, places, calendar
        The city's; places are ordered by id.
    ways
        The mode's streets both ways, and all places on them.
    length_mm
        Of each edge.
    query
        The question.
    counts
        Which places count, bool (n_places,).
    who
        Who is counted, where, and how many areas there are.
    closed
        Streets that are closed before any edit, bool (n_edges,); None: none.
    """

    def __init__(
        self,
        network: StreetNetwork,
        places: Sequence[Place],
        calendar: Calendar,
        ways: tuple[Graph, Graph, Leaves],
        length_mm: NDArray[np.int64],
        query: CoverageQuery,
        counts: NDArray[np.bool_],
        who: tuple[Demand, Pieces, int],
        closed: NDArray[np.bool_] | None = None,
    ) -> None:
        (forth, back, leaves), (demand, pieces, area_count) = ways, who
        self._network, self._calendar, self._query, self._length_mm = network, calendar, query, length_mm
        self._places = places
        self._number = {place.id: number for number, place in enumerate(places)}
        self._live = LiveField(forth, back, leaves, counts, closed)
        self._reached = reached(forth, leaves, self._live.field, query.cutoff, length_mm, counts)
        self._demand, self._pieces, self._areas = demand, pieces, area_count
        self._points_on = Rows(demand.points.edge, network.edge_count)
        self._pieces_on = Rows(pieces.edge, network.edge_count)
        self._reached_on = Rows(self._reached.edge, network.edge_count)
        self._edges_at = Rows(network.edge_nodes.ravel(), network.node_count)
        self._near = self._points_near(np.arange(len(demand.points.edge)))
        everywhere = np.arange(network.edge_count, dtype=np.int32)
        self.covered = self._weigh(everywhere, self._reached, self._near[self._points_on.of(everywhere)])
        self._lock = Lock()

    def effect(self, edits: Iterable[Edit]) -> Effect:
        """Tell what edits change, one after the other; nothing of it stays.

        Raises
        ------
        NotFoundError
            An edit is about a place that is not there.
        OffNetworkError
            A place would stand on no street, or no street is near where one is to be closed.
        """
        with self._lock:
            before = self._live.edits
            try:
                return self._measured(self._apply(edits))
            finally:
                while self._live.edits > before:
                    self._live.undo()

    def _apply(self, edits: Iterable[Edit]) -> NDArray[np.int32]:
        """Make the edits; return the edges on which something may have changed, ascending."""
        live, touched = self._live, np.zeros(self._network.edge_count, dtype=np.bool_)
        now: dict[str, tuple[Place, int]] = {}  # edited places, and their numbers among the facilities

        def mark() -> None:
            touched[self._edges_at.of(live.changed % self._network.node_count) >> 1] = True

        def stands(number: int) -> None:
            if live.stands.edge[number] >= 0:
                touched[live.stands.edge[number]] = True

        for edit in edits:
            if isinstance(edit, CloseStreet):
                edge = street_at(self._network, edit.position)
                touched[edge] = True
                live.close_street(edge)
                mark()
                continue
            if isinstance(edit, Add):
                # planned again: it stands where the last edit puts it, as in the scenario's city
                place, (_, number) = edit.place, now.get(edit.place.id, (None, self._number.get(edit.place.id, -1)))
            else:
                place, number = self._known(now, edit.place_id)
                place = edited(place, edit)
            if number >= 0:
                stands(number)
            if isinstance(edit, Add | Move):
                where = snap(self._network, self._query.mode, place.position, to_stay=True)
                number = live.add(where) if number < 0 else live.move(number, where)
                stands(number)
                mark()
            now[place.id] = place, number
            if self._counts(place):
                live.open(number)
            else:
                live.close(number)
            mark()
        return np.flatnonzero(touched).astype(np.int32)

    def _known(self, now: dict[str, tuple[Place, int]], place_id: str) -> tuple[Place, int]:
        if place_id in now:
            return now[place_id]
        if place_id not in self._number:
            raise NotFoundError(f"no place {place_id[:60]!r} to be edited; see the list of places for its ids")
        number = self._number[place_id]
        return self._places[number], number

    def _counts(self, place: Place) -> bool:
        return bool(counted(Conditions([place]), Openings([place], self._calendar), self._query)[0])

    def _measured(self, edges: NDArray[np.int32]) -> Effect:
        live = self._live
        old = self._reached.take(self._reached_on.of(edges))
        new = reached(live.forth, live.stands, live.field, self._query.cutoff, self._length_mm, None, edges)
        points = self._points_on.of(edges)
        was, near = self._near[points], self._points_near(points)
        before = self._weigh(edges, old, was)
        after = self._weigh(edges, new, near)
        either = self._weigh(edges, old.union(new), was | near)
        return Effect(
            gained=new.minus(old),
            lost=old.minus(new),
            weight_gained=either - before,
            weight_lost=either - after,
            covered=self.covered + after - before,
            facilities=len(live.stands.by_edge),
        )

    def _points_near(self, points: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Return which of some of the demand's points are within reach now."""
        live, there = self._live, self._demand.points
        edge, offset_m, access = there.edge[points], there.offset_m[points], there.access[points]
        costs = costs_at(live.forth, live.stands, live.field, edge, offset_m, access)
        return np.asarray(costs <= self._query.cutoff)

    def _weigh(self, edges: NDArray[np.int32], part: Stretches, near: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return how much of the demand on some edges lies in a part of them, or is near, by area."""
        rows, points = self._pieces_on.of(edges), self._points_on.of(edges)[near]
        own = self._pieces.take(rows)
        weight = share_of(self._demand.piece_weight[rows], measure(own, part), own.length_mm)
        there = self._demand.points
        return by_area(weight, own.area, self._areas) + by_area(there.weight[points], there.area[points], self._areas)


def street_at(network: StreetNetwork, position: LonLat) -> int:
    """Return the street that is meant by a position: the nearest that one may walk, or park and walk.

    Raises
    ------
    OffNetworkError
        None is near.
    """
    return snap(network, "ebike", position, to_stay=True).edge


class Rows:
    """Which rows of a table have a number, looked up for many numbers at once.

    Parameters
    ----------
    numbers
        Of each row, int (n_rows,); -1: none.
    count
        How many numbers there are.

    Examples
    --------
    >>> Rows(np.array([1, 0, 1, -1]), 3).of(np.array([0, 1])).tolist()
    [1, 0, 2]
    """

    def __init__(self, numbers: NDArray[np.int32], count: int) -> None:
        self._row = np.argsort(numbers, kind="stable")
        self._first = np.searchsorted(numbers[self._row], np.arange(count + 1))

    def of(self, numbers: NDArray[np.int32]) -> NDArray[np.intp]:
        """Return the rows of each number, one after the other, in order within each."""
        first, count = self._first[numbers], self._first[numbers + 1] - self._first[numbers]
        within = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
        return np.asarray(self._row[np.repeat(first, count) + within])
