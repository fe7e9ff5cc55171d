"""Eateries and possible hosts of places, out of an extract."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from geo.coverage.spots import EATERIES, HOSTS, Spot
from geo.osm.extract import Extract, Feature

#: More of a sort are left out: no list of a city is that long.
MOST: Final = 200_000
_MAX_NAME: Final = 200
_KEYS: Final = ("amenity", "shop")
_CLOSED_TO_STRANGERS: Final = frozenset({"private", "no", "members", "residents", "employees"})


class Found(NamedTuple):
    """Spots ordered by id, and how many were left out."""

    spots: tuple[Spot, ...]
    left_out: int


def eateries_of(extract: Extract) -> Found:
    """Return where couriers fetch what they carry: :data:`~geo.coverage.spots.EATERIES`."""
    return _spots(extract, EATERIES)


def hosts_of(extract: Extract) -> Found:
    """Return what could take in a place: :data:`~geo.coverage.spots.HOSTS` that strangers may enter."""
    return _spots(extract, HOSTS)


def _spots(extract: Extract, kinds: Iterable[str]) -> Found:
    found = {spot.id: spot for spot in _all(extract, frozenset(kinds))}
    ordered = sorted(found.values())
    return Found(tuple(ordered[:MOST]), max(len(ordered) - MOST, 0))


def _all(extract: Extract, kinds: frozenset[str]) -> Iterator[Spot]:
    for feature in extract.features:
        kind = next((feature.tags[key] for key in _KEYS if feature.tags.get(key) in kinds), None)
        if kind is not None and feature.tags.get("access") not in _CLOSED_TO_STRANGERS:
            yield _spot(feature, kind)


def _spot(feature: Feature, kind: str) -> Spot:
    point = feature.geometry.representative_point()
    name = feature.tags.get("name", "").strip()[:_MAX_NAME] or None
    return Spot(feature.id, kind, name, round(point.x, 7), round(point.y, 7))
