"""A place as the register keeps it: a lean JSON document, and that document taken apart into fields.

What is unknown (None, no service, no amenity, no fact) is absent. So a new optional field of the model needs no change
of what is stored, and an audit holds only what somebody knew.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from geo.coords import LonLat
from geo.places.model import Place, place_from_json, place_to_json

#: Fields that are mappings: each of their keys is a field of its own, ``amenities.toilet``.
MAPPINGS: Final = ("amenities", "facts")
_FLOATS: Final = ("lon", "lat", "area_m2")
_UNKNOWN: Final[tuple[Any, ...]] = (None, [], {})
#: What an absent field means.
_ABSENT: Final = {
    name: value
    for name, value in place_to_json(Place("", "", LonLat(0, 0), "exact", (), "")).items()
    if value in _UNKNOWN
}


def to_document(place: Place) -> dict[str, Any]:
    """Return the place's document: :func:`~geo.places.model.place_to_json` without what is unknown.

    Examples
    --------
    >>> to_document(Place("a", "东四", LonLat(116, 39.9), "street", (), "notice"))["lon"]
    116.0
    """
    values = {name: value for name, value in place_to_json(place).items() if value not in _UNKNOWN}
    return {name: float(value) if name in _FLOATS else value for name, value in values.items()}


def from_document(document: Mapping[str, Any]) -> Place:
    """Read a place that :func:`to_document` wrote.

    Raises
    ------
    KeyError, TypeError
        Something else was written there.
    """
    return place_from_json({**_ABSENT, **document})


def to_text(document: Any) -> str:
    """Return JSON in its one form: keys in order, no blanks, letters as they are.

    Examples
    --------
    >>> to_text({"name": "东四", "lat": 39.9})
    '{"lat":39.9,"name":"东四"}'
    """
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def to_fields(document: Mapping[str, Any]) -> dict[str, Any]:
    """Take a document apart into the fields that the audit names.

    Examples
    --------
    >>> to_fields({"name": "东四", "amenities": {"toilet": "yes"}})
    {'name': '东四', 'amenities.toilet': 'yes'}
    """
    fields: dict[str, Any] = {}
    for name, value in document.items():
        if name in MAPPINGS:
            fields.update({f"{name}.{key}": inner for key, inner in value.items()})
        else:
            fields[name] = value
    return fields


def from_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Put a document together from its fields.

    Examples
    --------
    >>> from_fields({"name": "东四", "facts.amenities.toilet": ["a list", None, None]})
    {'name': '东四', 'facts': {'amenities.toilet': ['a list', None, None]}}
    """
    document: dict[str, Any] = {}
    for field, value in fields.items():
        name, dot, key = field.partition(".")
        if dot:
            document.setdefault(name, {})[key] = value
        else:
            document[name] = value
    return document
