"""Zones: candidates that have much in common, as far as they stay few."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.coverage.siting.rows import Cover
from geo.streets.compiled import compiled


class Zone(NamedTuple):
    """Candidates, and the rows that they cover: each candidate's rows, and each row's candidates, numbered inside."""

    members: NDArray[np.int64]
    rows: NDArray[np.int64]
    first: NDArray[np.int64]
    row: NDArray[np.int32]
    back: NDArray[np.int64]
    candidate: NDArray[np.int32]

    def covered(self, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Tell which of the zone's rows some of its members cover."""
        done = np.zeros(len(self.rows), dtype=np.bool_)
        for c in np.flatnonzero(chosen):
            done[self.row[self.first[c] : self.first[c + 1]]] = True
        return done


def zone_of(cover: Cover, members: NDArray[np.int64], worth: NDArray[np.int64]) -> Zone:
    """Return the zone of some candidates, without rows that are worth nothing."""
    spans = [cover.row[cover.first[c] : cover.first[c + 1]] for c in members]
    spans = [span[worth[span] > 0] for span in spans]
    rows, inside = np.unique(np.concatenate(spans), return_inverse=True)
    first = np.concatenate([[0], np.cumsum([len(span) for span in spans])]).astype(np.int64)
    owner = np.repeat(np.arange(len(members), dtype=np.int32), np.diff(first))
    order = np.argsort(inside, kind="stable")
    back = np.concatenate([[0], np.cumsum(np.bincount(inside, minlength=len(rows)))]).astype(np.int64)
    return Zone(members, rows.astype(np.int64), first, inside.astype(np.int32), back, owner[order])


@compiled
def shared_by(back, candidate, multiplier, inside, count):  # type: ignore[no-untyped-def]  # compiled
    """Return what each two candidates have in common: rows, each at its multiplier among all that cover it."""
    shared = np.zeros((count, count), np.float64)
    for r in range(len(back) - 1):
        part = multiplier[r] / max(1, back[r + 1] - back[r])
        for i in range(back[r], back[r + 1]):
            for k in range(back[r], back[r + 1]):
                one, two = inside[candidate[i]], inside[candidate[k]]
                if i != k and one >= 0 and two >= 0:
                    shared[one, two] += part
    return shared


@compiled
def joined(shared, sites, largest, most_sites):  # type: ignore[no-untyped-def]  # compiled
    """Join those two again and again that have most in common for their size; return who each belongs to."""
    n = len(shared)
    label, size, alive = np.arange(n), np.ones(n, np.int64), np.ones(n, np.bool_)
    mate, most = np.full(n, -1, np.int64), np.zeros(n, np.float64)
    stale = np.ones(n, np.bool_)
    while True:
        one = -1
        for i in range(n):
            if not alive[i]:
                continue
            if stale[i]:
                mate[i], most[i], stale[i] = -1, 0.0, False
                for k in range(n):
                    fits = size[i] + size[k] <= largest and sites[i] + sites[k] <= most_sites
                    if k != i and alive[k] and shared[i, k] > 0 and fits:
                        much = shared[i, k] / np.sqrt(float(size[i] * size[k]))
                        if much > most[i]:
                            mate[i], most[i] = k, much
            if mate[i] >= 0 and (one < 0 or most[i] > most[one]):
                one = i
        if one < 0:
            return label
        two = mate[one]
        for k in range(n):
            if alive[k]:
                shared[one, k] += shared[two, k]
                shared[k, one] = shared[one, k]
                if shared[one, k] > 0 or shared[two, k] > 0:
                    stale[k] = True
            if label[k] == two:
                label[k] = one
        size[one] += size[two]
        sites[one] += sites[two]
        alive[two] = False
        stale[one] = True
