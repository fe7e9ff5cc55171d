"""Pairs of a place and the demand that it reaches, in sparse rows: what streets are asked for and siting is given."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Reach(NamedTuple):
    """The demand that each place reaches, in compressed sparse rows.

    Attributes
    ----------
    first
        Row i is ``demand[first[i]:first[i + 1]]``, int64 (n_places + 1,).
    demand
        Numbers of rows of demand, ascending within a place, int32 (n_pairs,).
    cost
        Travel time from there to the place's door, access legs of both included, ticks, int32 (n_pairs,).
    demand_count
        How many rows of demand there are, reached or not.
    """

    first: NDArray[np.int64]
    demand: NDArray[np.int32]
    cost: NDArray[np.int32]
    demand_count: int

    @property
    def place_count(self) -> int:
        """Number of places."""
        return len(self.first) - 1

    @property
    def place(self) -> NDArray[np.int32]:
        """The place of each pair, int32 (n_pairs,)."""
        return np.repeat(np.arange(self.place_count, dtype=np.int32), np.diff(self.first))

    def within(self, cutoff: int) -> Reach:
        """Return what is reached within a shorter time, ticks."""
        kept = self.cost <= cutoff
        first = np.concatenate([[0], np.cumsum(kept)])[self.first]
        return Reach(first, self.demand[kept], self.cost[kept], self.demand_count)
