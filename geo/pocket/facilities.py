"""The places of a pocket: all that is said of them, and where they stand on the streets of each mode."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.city import City
from geo.coords import BBox
from geo.places.model import place_to_json
from geo.pocket.network import Cut, floats
from geo.pocket.varints import varints
from geo.streets.profiles import MODES, Mode
from geo.streets.snapping import Positions, snap_many


def standing_on(city: City, part: Cut, box: BBox) -> tuple[NDArray[np.int64], dict[Mode, Positions]]:
    """Return the places in a box or on a part of the streets in any mode, by number, and where they stand in each.

    Positions are those of the whole city; a place that stands on a street of the city that is left out, or on none,
    has the edge -1.
    """
    lonlat = np.array([place.position for place in city.places], dtype=np.float64).reshape(-1, 2)
    own = np.full(city.network.edge_count + 1, -1, dtype=np.int32)  # the last one is for -1: no street
    own[part.edge] = np.arange(len(part.edge))
    found: dict[Mode, Positions] = {}
    on_any = np.zeros(len(city.places), dtype=bool)
    for mode in MODES:
        positions = snap_many(city.network, mode, lonlat, to_stay=True)
        edge = own[positions.edge]
        found[mode] = positions._replace(edge=edge)
        on_any |= edge >= 0
    inside = np.array([box.contains(place.position) for place in city.places], dtype=bool)
    number = np.flatnonzero(on_any | inside).astype(np.int64)
    taken = {
        mode: Positions(p.edge[number], p.offset_m[number], p.snap_m[number], p.lonlat[number])
        for mode, p in found.items()
    }
    return number, taken


def written(city: City, part: Cut, number: NDArray[np.int64], positions: dict[Mode, Positions]) -> dict[str, bytes]:
    """Write the sections of places.

    ``places``
        A JSON list, in order of id, of what the API says of each place.
    ``standing``
        For each mode, for each place its edge, counted from 1 (0: on none), as
        :func:`~geo.pocket.varints.varints`; then the edges on which places stand, ascending, as differences.
    ``offsets``
        For each mode all offsets from the tails of their edges, then all access legs, in metres; then the exact
        lengths of the edges on which places stand; float64.
    """
    places: list[dict[str, Any]] = [place_to_json(city.places[n]) for n in number.tolist()]
    edges = np.unique(np.concatenate([p.edge[p.edge >= 0] for p in positions.values()]))
    lengths = np.asarray(city.network.edge_length_m[part.edge[edges]], dtype=np.float64)
    rows = [positions[mode].edge.astype(np.int64) + 1 for mode in MODES]
    metres = [_finite(own) for mode in MODES for own in (positions[mode].offset_m, positions[mode].snap_m)]
    return {
        "places": json.dumps(places, ensure_ascii=False, separators=(",", ":")).encode(),
        "standing": varints(np.concatenate([*rows, [len(edges)], np.diff(edges.astype(np.int64), prepend=0)])),
        "offsets": floats(np.concatenate([*metres, lengths])),
    }


def _finite(metres: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(np.isfinite(metres), metres, 0.0)
