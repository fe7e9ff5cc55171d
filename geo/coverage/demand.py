"""Who is where: weights on pieces of street and at points, in whole millionths, so that sums are exact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.coverage.pieces import NOWHERE, Area, Pieces, area_at
from geo.coverage.point_table import MICRO, PointTable
from geo.coverage.profiles import ALWAYS, Profile
from geo.coverage.spots import Spot, lonlat_of
from geo.streets.graphs import access_ticks
from geo.streets.network import CLOSED, MAIN, StreetNetwork
from geo.streets.profiles import Mode
from geo.streets.snapping import MAX_SNAP_M, snap_many

#: Why a weight is nowhere: its part of the area lies outside the box of the streets; the area has no street that one
#: may walk and get away from; the point lies outside the city; no street is near it; nobody knows how much it is.
REASONS: Final = ("outside_the_map", "no_street", "outside_the_city", "no_street_near", "unknown")


class DemandPoints(NamedTuple):
    """Weights at points beside the streets.

    Attributes
    ----------
    edge, offset_m
        Where each is put on the network, int32 and float64 (n,).
    access
        Time of the leg between point and street, ticks, int32 (n,).
    area
        Its number among the areas, or ``NOWHERE``: that of the street it is put on, int32 (n,).
    weight
        Millionths of the unit, int64 (n,).
    """

    edge: NDArray[np.int32]
    offset_m: NDArray[np.float64]
    access: NDArray[np.int32]
    area: NDArray[np.int32]
    weight: NDArray[np.int64]


class Unplaced(NamedTuple):
    """A weight that lies on no street: of which area (or ``NOWHERE``), why, and how much in millionths.

    ``unknown`` has the weight 0.
    """

    area: int
    reason: str
    weight: int


def no_points() -> DemandPoints:
    """Return none."""
    whole, metres, weight = np.zeros(0, dtype=np.int32), np.zeros(0), np.zeros(0, dtype=np.int64)
    return DemandPoints(whole, metres, whole, whole, weight)


@dataclass(frozen=True, eq=False)
class Demand:
    """One layer of demand.

    Attributes
    ----------
    name, unit
        What is counted, and in what.
    piece_weight
        Weight of each piece of street, spread evenly over its length, millionths of the unit, int64 (n_pieces,).
    points
        Weights at points.
    profile
        How much of it is there at each hour of the week.
    unplaced
        What could not be put on a street; with what is placed it makes the total, exactly.
    source, method
        Where the figures come from, and how they were spread.
    """

    name: str
    unit: str
    piece_weight: NDArray[np.int64]
    points: DemandPoints
    piece_area: NDArray[np.int32] = field(repr=False)
    unplaced: tuple[Unplaced, ...]
    source: str
    method: str
    profile: Profile = ALWAYS

    def on(self, profile: Profile) -> Demand:
        """Return the same layer with another profile."""
        return self if profile is self.profile else replace(self, profile=profile)

    @property
    def placed(self) -> int:
        """What lies on streets, millionths."""
        return int(self.piece_weight.sum()) + int(self.points.weight.sum())

    @property
    def lost(self) -> int:
        """What could not be placed, millionths."""
        return sum(one.weight for one in self.unplaced)

    @property
    def total(self) -> int:
        """All of it, millionths."""
        return self.placed + self.lost

    def by_area(self, count: int) -> NDArray[np.int64]:
        """Return what is placed in each of the areas, int64 (count + 1,); the last, also -1, is ``NOWHERE``."""
        sums = np.zeros(count + 1, dtype=np.int64)
        np.add.at(sums, self.piece_area, self.piece_weight)
        np.add.at(sums, self.points.area, self.points.weight)
        return sums

    def at(self, hour: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return what is there in an hour of the week on each piece and at each point, *thousandths of* millionths.

        Parameters
        ----------
        hour
            0 is Monday from 00:00 to 01:00.
        """
        share = np.int64(self.profile.per_mille[hour])
        return self.piece_weight * share, self.points.weight * share

    @property
    def week(self) -> int:
        """Unit-hours of a week on streets, thousandths of millionths."""
        return self.placed * int(self.profile.per_mille.sum(dtype=np.int64))


def allot(totals: NDArray[np.int64], group: NDArray[np.int32], share: NDArray[np.int64]) -> NDArray[np.int64]:
    """Share out whole totals in proportion, by largest remainder; each total comes out exactly.

    Parameters
    ----------
    totals
        What is shared out in each group, int64 (n_groups,), not negative.
    group
        Whose share each one is, int32 (n,); -1: nobody's, it gets nothing.
    share
        In proportion to what, int64 (n,), not negative. In a group that has no share nothing is given.

    Returns
    -------
    numpy.ndarray
        int64 (n,). Of equal remainders the first ones are rounded up.

    References
    ----------
    Hamilton's method: M. L. Balinski and H. P. Young, "Fair Representation" (1982).

    Examples
    --------
    >>> allot(np.array([10]), np.array([0, 0, 0], dtype=np.int32), np.array([1, 1, 1]))
    array([4, 3, 3])
    """
    given = np.zeros(len(group), dtype=np.int64)
    taker = np.flatnonzero((group >= 0) & (share > 0))
    own, part = group[taker], share[taker].astype(np.int64)
    whole = np.zeros(len(totals), dtype=np.int64)
    np.add.at(whole, own, part)
    if len(part) and int(whole.max()) * int(part.max()) > np.iinfo(np.int64).max:
        raise OverflowError("the shares of one group are too large to be multiplied exactly in 64 bits")
    # total * part / whole, without ever holding total * part
    each, rest = np.divmod(totals[own], whole[own])
    more, remainder = np.divmod(rest * part, whole[own])
    floor = each * part + more
    left = totals.astype(np.int64).copy()
    np.subtract.at(left, own, floor)
    order = np.lexsort((taker, -remainder, own))
    begins = np.searchsorted(own[order], np.arange(len(totals)))
    rank = np.empty(len(taker), dtype=np.int64)
    rank[order] = np.arange(len(taker)) - begins[own[order]]
    given[taker] = floor + (rank < left[own])
    return given


def residents(pieces: Pieces, areas: Sequence[Area], network: StreetNetwork, profile: Profile = ALWAYS) -> Demand:
    """Spread each area's residents over the length of its streets that people may walk and get away from.

    Nobody lives in the middle of a street, but nobody knows their doors: every metre of an area counts alike.
    """
    known = [area.residents or 0 for area in areas]
    whole = np.array([count * MICRO for count in known], dtype=np.int64)
    inside = np.array(
        [round(count * MICRO * area.inside_share) for count, area in zip(known, areas, strict=True)], dtype=np.int64
    )
    walked = network.standing("walk")[pieces.edge] == MAIN
    weight = allot(inside, np.where(walked, pieces.area, np.int32(NOWHERE)), pieces.length_mm)
    placed = np.zeros(len(areas) + 1, dtype=np.int64)
    np.add.at(placed, pieces.area, weight)
    unplaced = [Unplaced(number, "unknown", 0) for number, area in enumerate(areas) if area.residents is None]
    for reason, lost in (("outside_the_map", whole - inside), ("no_street", inside - placed[:-1])):
        unplaced += [Unplaced(number, reason, int(lost[number])) for number in np.flatnonzero(lost).tolist()]
    return Demand(
        name="residents",
        unit="residents",
        piece_weight=weight,
        points=no_points(),
        piece_area=pieces.area,
        unplaced=tuple(sorted(unplaced)),
        source="residents by subdistrict, as the city pack has them",
        method="each subdistrict's residents, times the share of its surface that the map covers, spread evenly over "
        "the length of its streets that people may walk and get away from, by largest remainder",
        profile=profile,
    )


def street_length(pieces: Pieces, network: StreetNetwork, mode: Mode, profile: Profile = ALWAYS) -> Demand:
    """Count every metre of the streets that a mode may use."""
    open_ = network.standing(mode)[pieces.edge] != CLOSED
    return Demand(
        name="street_length",
        unit="metres",
        piece_weight=np.where(open_, pieces.length_mm, np.int64(0)) * (MICRO // 1000),
        points=no_points(),
        piece_area=pieces.area,
        unplaced=(),
        source="the streets of the city pack",
        method=f"every metre of street that is open to {mode}",
        profile=profile,
    )


def pickups(
    spots: Sequence[Spot], pieces: Pieces, network: StreetNetwork, mode: Mode, profile: Profile = ALWAYS
) -> Demand:
    """Count eateries, where couriers fetch what they carry: one each, however busy."""
    one = np.full(len(spots), MICRO, dtype=np.int64)
    points, unplaced = _put(lonlat_of(spots), one, pieces, network, mode)
    return Demand(
        name="pickups",
        unit="pick-up places",
        piece_weight=np.zeros(len(pieces.edge), dtype=np.int64),
        points=points,
        piece_area=pieces.area,
        unplaced=unplaced,
        source="restaurants, fast food, cafés and food courts of the map, which does not have all of them",
        method="one each, at the nearest street",
        profile=profile,
    )


def from_points(
    table: PointTable,
    pieces: Pieces,
    network: StreetNetwork,
    mode: Mode,
    profile: Profile = ALWAYS,
    *,
    name: str = "table",
    unit: str = "weight",
) -> Demand:
    """Put the points of somebody's table on the streets.

    What lies outside the city, or is not near any street, is counted as unplaced.

    Raises
    ------
    SwappedCoordinatesError
        A point lies outside the city, but inside once its coordinates are exchanged: the table is refused.
    """
    table.refuse_swapped(network.bbox().grown(MAX_SNAP_M))
    points, unplaced = _put(table.lonlat, table.weight, pieces, network, mode)
    return Demand(
        name=name,
        unit=unit,
        piece_weight=np.zeros(len(pieces.edge), dtype=np.int64),
        points=points,
        piece_area=pieces.area,
        unplaced=unplaced,
        source=table.source,
        method="weighted points in WGS-84, each at the nearest street",
        profile=profile,
    )


def _put(
    lonlat: NDArray[np.float64], weight: NDArray[np.int64], pieces: Pieces, network: StreetNetwork, mode: Mode
) -> tuple[DemandPoints, tuple[Unplaced, ...]]:
    """Put points on the streets of a mode; return what is on them, and what is not."""
    box = network.bbox().grown(MAX_SNAP_M)
    inside = ((lonlat >= (box.west, box.south)) & (lonlat <= (box.east, box.north))).all(axis=1)
    positions = snap_many(network, mode, lonlat[inside])
    found = positions.edge >= 0
    edge, offset_m = positions.edge[found], positions.offset_m[found]
    points = DemandPoints(
        edge, offset_m, access_ticks(positions.snap_m[found]), area_at(pieces, edge, offset_m), weight[inside][found]
    )
    lost = {
        "outside_the_city": int(weight[~inside].sum()),
        "no_street_near": int(weight[inside][~found].sum()),
    }
    return points, tuple(Unplaced(NOWHERE, reason, much) for reason, much in lost.items() if much)
