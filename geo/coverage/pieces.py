"""The streets cut at the borders of subdistricts, in whole millimetres, so that what is summed by area sums exactly."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.streets.mapped import mapped
from geo.streets.network import StreetNetwork

#: The area of what lies in none.
NOWHERE: Final = -1
_FILE: Final = "areas.json"


@dataclass(frozen=True)
class Area:
    """A subdistrict.

    Attributes
    ----------
    id, name, name_en, district, district_en
        As the map has them, English only where it has that; ``district`` is the name of the district it lies in.
    residents
        Of the whole area; None: nobody knows.
    inside_share
        How much of its surface lies within the box of the streets: less than 1 where the map ends within it.
    """

    id: str
    name: str
    name_en: str | None
    district: str | None
    residents: int | None
    inside_share: float
    district_en: str | None = None


class Pieces(NamedTuple):
    """Parts of edges, each in one area; together they are all edges, and none lies on another.

    Ordered by (edge, start).

    Attributes
    ----------
    edge
        int32 (n,).
    start_mm, end_mm
        From the edge's tail, start < end, int64 (n,); an edge ends at its :func:`length_mm`.
    area
        Its number among the areas, or :data:`NOWHERE`, int32 (n,).
    """

    edge: NDArray[np.int32]
    start_mm: NDArray[np.int64]
    end_mm: NDArray[np.int64]
    area: NDArray[np.int32]

    @property
    def length_mm(self) -> NDArray[np.int64]:
        """Length of each piece, int64 (n,)."""
        return self.end_mm - self.start_mm

    def take(self, rows: NDArray[np.intp]) -> Pieces:
        """Return some of them, in their order."""
        return Pieces(self.edge[rows], self.start_mm[rows], self.end_mm[rows], self.area[rows])

    def save(self, folder: Path, areas: tuple[Area, ...]) -> None:
        """Write one ``.npy`` file per array, and the areas as JSON, into a new folder."""
        folder.mkdir(parents=True)
        for name, array in self._asdict().items():
            np.save(folder / f"piece.{name}.npy", array)
        rows = [asdict(area) for area in areas]
        (folder / _FILE).write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Pieces:
        """Open saved pieces; arrays are mapped, not read."""
        return cls(*(mapped(folder / f"piece.{name}.npy") for name in cls._fields))


def load_areas(folder: Path) -> tuple[Area, ...]:
    """Read the areas that :meth:`Pieces.save` wrote."""
    rows: list[Mapping[str, Any]] = json.loads((folder / _FILE).read_text(encoding="utf-8"))
    return tuple(Area(**row) for row in rows)


def length_mm(network: StreetNetwork, edges: NDArray[np.int32] | None = None) -> NDArray[np.int64]:
    """Return each edge's length in whole millimetres, int64 (n_edges,); a barrier, which has no length, has 0.

    Parameters
    ----------
    edges
        Which are wanted; all others have 0. None: all.
    """
    if edges is None:
        return np.rint(np.asarray(network.edge_length_m) * 1000).astype(np.int64)
    length = np.zeros(network.edge_count, dtype=np.int64)
    length[edges] = np.rint(network.edge_length_m[edges] * 1000)
    return length


def whole_edges(network: StreetNetwork, area: NDArray[np.int32] | None = None) -> Pieces:
    """Return every edge as one piece, in the area that is given for it, or in none."""
    length = length_mm(network)
    edge = np.flatnonzero(length > 0).astype(np.int32)
    own = np.full(len(length), NOWHERE, dtype=np.int32) if area is None else area
    return Pieces(edge, np.zeros(len(edge), dtype=np.int64), length[edge], own[edge])


def area_at(pieces: Pieces, edge: NDArray[np.int32], offset_m: NDArray[np.float64]) -> NDArray[np.int32]:
    """Return the areas of points on edges, int32 (n,): of the piece that each lies on, of two the later one.

    Parameters
    ----------
    edge, offset_m
        As in :class:`~geo.streets.snapping.Positions`, shape (n,).
    """
    if not len(pieces.edge):
        return np.full(len(edge), NOWHERE, dtype=np.int32)
    at = np.asarray(edge, dtype=np.int64) << 32 | np.rint(offset_m * 1000).astype(np.int64)
    number = np.searchsorted(pieces.edge.astype(np.int64) << 32 | pieces.start_mm, at, side="right") - 1
    return np.where(pieces.edge[number] == edge, pieces.area[number], np.int32(NOWHERE))
