"""Cities with so and so many places: a pack with its own places, and others drawn by a seed."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

import numpy as np

from geo.coords import LonLat
from geo.pack import folder
from geo.places.model import Place, Service, ServiceKind

SEED: Final = 2026
_KINDS: Final[tuple[ServiceKind, ...]] = ("water_point", "rest_stop", "public_toilet", "shelter", "haircut")
_NAMES: Final = ("东四", "景山", "和平里", "朝阳门", "天坛", "前门", "交道口", "北新桥")


def crowded(pack: Path, out: Path, count: int) -> Path:
    """Copy a pack and add places until it has `count`; equal for equal arguments."""
    shutil.copytree(pack, out)
    own = list(folder.read_places(pack))
    rng = np.random.default_rng(SEED)
    lonlat = np.array([place.position for place in own])
    # About the places that are there, as in a city: thick in the middle, thin at the rim.
    about = rng.integers(0, len(own), max(count - len(own), 0))
    low, high = lonlat.min(axis=0), lonlat.max(axis=0)
    drawn = np.clip(lonlat[about] + rng.normal(0, 0.002, (len(about), 2)), low, high)
    folder.write_places(out, own + [_place(number, float(lon), float(lat)) for number, (lon, lat) in enumerate(drawn)])
    return out


def _place(number: int, lon: float, lat: float) -> Place:
    kind = _KINDS[number % len(_KINDS)]
    return Place(
        id=f"drawn-{number:05d}",
        name=f"{_NAMES[number % len(_NAMES)]}第{number}驿站",
        position=LonLat(lon, lat),
        accuracy="illustrative",
        services=(Service(kind, hours="Mo-Su 08:00-20:00"),),
        source="drawn by a seed",
    )
