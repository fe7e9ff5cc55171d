"""Changed copies of a city."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from geo.city import City
from geo.places.model import Place


def with_place(city: City, place: Place) -> City:
    """Return the city with a place added, or in the stead of the one with its id."""
    return city.with_places([*(each for each in city.places if each.id != place.id), place], "changed")


def changed(city: City, place_id: str, **values: Any) -> City:
    return with_place(city, replace(city.place(place_id), **values))


def without(city: City, place_id: str) -> City:
    return city.with_places([place for place in city.places if place.id != place_id], "less")
