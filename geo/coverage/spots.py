"""Spots: named points of the city where work is fetched, or which could become a place."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

#: Where couriers fetch what they carry.
EATERIES: Final = ("restaurant", "fast_food", "cafe", "food_court")
#: What could take in a rest stop: it is there already, and strangers may enter.
HOSTS: Final = (
    "bank", "convenience", "supermarket", "community_centre", "townhall", "social_facility", "library", "toilets",
    "pharmacy", "fuel", "post_office",
)  # fmt: skip


class Spot(NamedTuple):
    """A named point.

    Attributes
    ----------
    id
        As the map has it.
    kind
        One of :data:`EATERIES` or :data:`HOSTS`.
    name
        None: it has none.
    lon, lat
        Degrees, WGS-84.
    """

    id: str
    kind: str
    name: str | None
    lon: float
    lat: float


def lonlat_of(spots: Iterable[Spot]) -> NDArray[np.float64]:
    """Return positions in degrees, float64 (n, 2)."""
    return np.array([(spot.lon, spot.lat) for spot in spots], dtype=np.float64).reshape(-1, 2)


def save_spots(path: Path, spots: Iterable[Spot]) -> None:
    """Write spots as JSON, one a line."""
    rows = ",\n".join(json.dumps(spot, ensure_ascii=False) for spot in spots)
    path.write_text(f"[\n{rows}\n]\n", encoding="utf-8")


def load_spots(path: Path) -> tuple[Spot, ...]:
    """Read spots, in the order written."""
    return tuple(Spot(*row) for row in json.loads(path.read_text(encoding="utf-8")))
