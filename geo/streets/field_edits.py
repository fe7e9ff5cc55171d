"""A field that is edited: facilities open, close, come and move, streets are closed, and all of it can be taken back.

An edit visits the labels that it changes, and their neighbours; never the whole city.

References
----------
G. Ramalingam and T. Reps, "An incremental algorithm for a generalization of the shortest-path problem", Journal of
Algorithms 21 (1996): what an edit takes farther away is what has no cheapest way left without what was taken; it is
found in order of cost, and then searched anew from its rim.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.errors import ParameterError
from geo.streets.field_kernels import (
    add_one,
    exchange,
    hang_one,
    lay_out,
    merged,
    rejoin,
    restore,
    shut,
    switch,
    unhang,
    with_room,
)
from geo.streets.fields import NOTHING, Field, bucket_shift, closing, sweep
from geo.streets.graphs import Graph, Leaves, access_ticks
from geo.streets.network import NO_WAY
from geo.streets.snapping import Position

#: Where more than this share of the facilities open or close at once, the field is made anew: it is sooner.
ANEW: Final = 0.3
_NOBODY: Final = np.empty(0, dtype=np.int32)


class Stands(NamedTuple):
    """Where facilities stand, by number: those that were hung at first, then those that were added.

    Kernels that look at facilities on an edge take it for :class:`~geo.streets.graphs.Leaves`.

    Attributes
    ----------
    edge, offset_m, access
        As in :class:`~geo.streets.graphs.Leaves`.
    by_edge
        Numbers of those that are open, in order of (edge, number), int32.
    """

    edge: NDArray[np.int32]
    offset_m: NDArray[np.float64]
    access: NDArray[np.int32]
    by_edge: NDArray[np.int32]


class _Edit(NamedTuple):
    """How to take an edit back.

    Attributes
    ----------
    label, key
        Labels that were written, in that order, and the keys that they had.
    stands
        Where facilities stood.
    flipped
        Facilities that opened or closed.
    edge
        The street that was closed or reopened; -1: none.
    """

    label: NDArray[np.int32]
    key: NDArray[np.int64]
    stands: Stands
    flipped: NDArray[np.int32]
    edge: int


class LiveField:
    """The nearest facility of every label, while facilities and streets are edited.

    After any edits, and any of them taken back, it is bit for bit what
    :func:`~geo.streets.fields.make_field` makes of the same facilities and streets. Opening what is open and closing
    what is closed are edits too, which change nothing. Not for several threads at once.

    Parameters
    ----------
    forth, back
        The mode's graphs *to facilities* and *from facilities*, all streets open.
    leaves
        The facilities, hung on ``forth``: those that are open, and those that may be. More can be added.
    chosen
        Which of them are open, bool (n_facilities,); None: all.
    closed
        Which streets are closed, bool (n_edges,); None: none. See :func:`~geo.streets.fields.closing`.

    Attributes
    ----------
    field
        The field; the same arrays throughout, written in place.
    forth, back
        The graphs as they are now, copies of those given: what is closed costs ``NO_WAY``. Written in place.
    stands
        Where facilities stand, and which are open; a new value after each edit of facilities.
    """

    def __init__(
        self,
        forth: Graph,
        back: Graph,
        leaves: Leaves,
        chosen: NDArray[np.bool_] | None = None,
        closed: NDArray[np.bool_] | None = None,
    ) -> None:
        self._whole, self._shift = (forth, back), bucket_shift(back)
        opened = np.ones(len(leaves.edge), dtype=np.bool_) if chosen is None else chosen.copy()
        shut_ = np.zeros(len(forth.along), dtype=np.bool_) if closed is None else closed.copy()
        self.forth, self.back = (_copied(one) if closed is None else closing(one, shut_) for one in (forth, back))
        self.stands = Stands(leaves.edge, leaves.offset_m, leaves.access, leaves.by_edge[opened[leaves.by_edge]])
        self._ground = lay_out(self.forth, self.back, leaves, opened, shut_)
        self.field = Field(np.full(back.label_count, NOTHING))
        self._edits: list[_Edit] = []
        self._latest = _NOBODY, np.empty(0, dtype=np.int64)
        self._sweep()

    @property
    def count(self) -> int:
        """How many facilities there are, open or not."""
        return len(self.stands.edge)

    @property
    def opened(self) -> NDArray[np.bool_]:
        """Which facilities are open, bool (count,); a copy."""
        return self._ground.open[: self.count].copy()

    @property
    def closed(self) -> NDArray[np.bool_]:
        """Which streets are closed, bool (n_edges,); a copy."""
        return self._ground.closed.copy()

    @property
    def edits(self) -> int:
        """How many edits can be taken back."""
        return len(self._edits)

    @property
    def changed(self) -> NDArray[np.int32]:
        """Labels whose cost or facility the last edit, or the last :meth:`undo`, has changed, ascending; int32."""
        label, at_first = np.unique(self._latest[0], return_index=True)
        return np.asarray(label[self.field.key[label] != self._latest[1][at_first]])

    def open(self, number: int) -> None:
        """Open a facility that is hung or was added."""
        self._exchange(_NOBODY, self._facilities(number, opened=False))

    def close(self, number: int) -> None:
        """Close a facility."""
        self._exchange(self._facilities(number, opened=True), _NOBODY)

    def add(self, position: Position) -> int:
        """Add a facility that is open; return its number, which is the next."""
        stands, number = self.stands, self.count
        place = self._make_room(position)
        by_edge, label, key = add_one(
            self._ground, self._whole[1], *place, number, stands.by_edge, self.field.key, self._shift
        )
        self._stand(number + 1, by_edge)
        self._keep(_Edit(label, key, stands, np.array([number], dtype=np.int32), -1))
        return number

    def move(self, number: int, position: Position) -> int:
        """Close a facility and add one elsewhere, in one edit; return the number of the new one."""
        gone = self._facilities(number, opened=True)
        stands, new = self.stands, self._hang(position)
        self._exchange(gone, np.array([new], dtype=np.int32), stands)
        return new

    def set_chosen(self, chosen: NDArray[np.bool_]) -> None:
        """Open and close facilities, so that those and no others are open; bool (count,)."""
        if chosen.shape != (self.count,):
            message = f"chosen says of {len(chosen)} facilities whether they are open, and there are {self.count}"
            raise ParameterError(message)
        opened = self._ground.open[: self.count]
        gone, come = np.flatnonzero(opened & ~chosen), np.flatnonzero(chosen & ~opened)
        self._exchange(gone.astype(np.int32), come.astype(np.int32))

    def close_street(self, edge: int) -> None:
        """Close a street to everybody; facilities along it can no longer be reached, those at its very ends can."""
        self._switch(edge, close=True)

    def reopen_street(self, edge: int) -> None:
        """Reopen a street."""
        self._switch(edge, close=False)

    def undo(self) -> None:
        """Take back the last edit that has not been taken back."""
        if not self._edits:
            message = "no edit is left to take back"
            raise ParameterError(message)
        edit = self._edits.pop()
        restore(edit.label, edit.key, self.field.key)
        self._latest = edit.label[::-1], edit.key[::-1]
        self._ground.open[edit.flipped] ^= True
        for number in range(self.count - 1, len(edit.stands.edge) - 1, -1):
            unhang(self._ground, number)
        self.stands = edit.stands
        if edit.edge >= 0:
            self._turn(edit.edge)

    def _facilities(self, number: int, *, opened: bool) -> NDArray[np.int32]:
        """Return the number in an array, or none if the facility is not as is said."""
        if not 0 <= number < self.count:
            message = f"there is no facility {number}; the last one is {self.count - 1}"
            raise ParameterError(message)
        return np.array([number] if self._ground.open[number] == opened else [], dtype=np.int32)

    def _hang(self, position: Position) -> int:
        """Hang one more facility, not open yet; return its number."""
        number, place = self.count, self._make_room(position)
        hang_one(self._ground, self._whole[1], *place, number)
        self._stand(number + 1, self.stands.by_edge)
        return number

    def _make_room(self, position: Position) -> tuple[int, float, int]:
        """Make room for one more facility; return its edge, offset and access leg."""
        self._check_edge(position.edge)
        self._ground = with_room(self._ground, self.count + 1)
        return position.edge, position.offset_m, int(access_ticks(np.array([position.snap_m]))[0])

    def _stand(self, count: int, by_edge: NDArray[np.int32]) -> None:
        ground = self._ground
        self.stands = Stands(ground.edge[:count], ground.offset_m[:count], ground.access[:count], by_edge)

    def _exchange(self, gone: NDArray[np.int32], come: NDArray[np.int32], before: Stands | None = None) -> None:
        stands, ground, flipped = before or self.stands, self._ground, np.concatenate([gone, come])
        many = len(flipped) > ANEW * len(self.stands.by_edge) and len(flipped) > 1
        ground.open[flipped] ^= True
        on_streets = come[ground.edge[come] >= 0]
        on_streets = on_streets[np.argsort(ground.edge[on_streets], kind="stable")]
        by_edge = merged(ground, self.stands.by_edge, on_streets)
        self.stands = self.stands._replace(by_edge=by_edge)
        if many:
            label, key = self._sweep()
        else:
            label, key = exchange(ground, gone, come, self.field.key, self._shift)
        self._keep(_Edit(label, key, stands, flipped, -1))

    def _sweep(self) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Make the field anew; return the labels that changed, and the keys that they had."""
        ground, key, before = self._ground, self.field.key, self.field.key.copy()
        key[:] = NOTHING
        end = ground.start[self.count]
        facility = ground.facility[:end]
        stands = ground.open[facility] & ~(ground.bound[:end] & ground.closed[ground.edge[facility]])
        cost = np.where(stands, ground.cost[:end], NO_WAY).astype(np.int32)
        sweep(
            ground.back_first, ground.back_head, ground.back_cost, ground.label[:end], facility, cost, self._shift, key
        )
        label = np.flatnonzero(key != before).astype(np.int32)
        return label, before[label]

    def _switch(self, edge: int, *, close: bool) -> None:
        self._check_edge(edge)
        label, key, turned = _NOBODY, np.empty(0, dtype=np.int64), bool(self._ground.closed[edge]) != close
        if turned:
            arcs = self._turn(edge)
            by_edge = self.stands.by_edge
            low, high = np.searchsorted(self._ground.edge[by_edge], [edge, edge + 1])
            change = shut if close else rejoin
            label, key = change(self._ground, by_edge[low:high], *arcs, self.field.key, self._shift)
        self._keep(_Edit(label, key, self.stands, _NOBODY, edge if turned else -1))

    def _turn(self, edge: int) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
        """Close an open street, or the other way round, in the graphs; return its arcs *to facilities*."""
        close = not self._ground.closed[edge]
        self._ground.closed[edge] = close
        switch(self.back, self._whole[1], edge, close)
        arcs: tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]
        arcs = switch(self.forth, self._whole[0], edge, close)
        return arcs

    def _check_edge(self, edge: int) -> None:
        if not 0 <= edge < len(self.forth.along):
            message = f"there is no street {edge}; the last one is {len(self.forth.along) - 1}"
            raise ParameterError(message)

    def _keep(self, edit: _Edit) -> None:
        self._edits.append(edit)
        self._latest = edit.label, edit.key


def _copied(graph: Graph) -> Graph:
    """Return the graph with costs of its own."""
    return graph._replace(
        cost=np.array(graph.cost),
        along=np.array(graph.along),
        against=np.array(graph.against),
        foot_along=np.array(graph.foot_along),
        foot_against=np.array(graph.foot_against),
    )
