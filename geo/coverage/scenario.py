"""A scenario: a named list of edits to a city, the same wherever it is read, known by its hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from geo.choosing.words import shown
from geo.coords import LonLat
from geo.errors import InputError, NotFoundError, ParameterError
from geo.places.checking import MAX_LENGTH, faults
from geo.places.hours import Hours
from geo.places.model import SERVICES, AmenityKind, Place, Service, ServiceKind

MAX_EDITS: Final = 200
MAX_NAME: Final = 80
#: What the ids of planned places begin with, so that none is taken for a real one.
PLANNED: Final = "planned-"
_SOURCE: Final = "scenario"

_T = TypeVar("_T")


@dataclass(frozen=True)
class Add:
    """A planned place; its id begins with :data:`PLANNED`."""

    place: Place


@dataclass(frozen=True)
class Move:
    """A place that stands elsewhere."""

    place_id: str
    position: LonLat


@dataclass(frozen=True)
class Close:
    """A place that is given up."""

    place_id: str


@dataclass(frozen=True)
class SetHours:
    """Other hours of a place's services, or of one kind of them; None: nobody knows them."""

    place_id: str
    hours: str | None
    service: ServiceKind | None = None


@dataclass(frozen=True)
class CloseStreet:
    """The street nearest to a position, from crossing to crossing, is closed to everybody."""

    position: LonLat


Edit = Add | Move | Close | SetHours | CloseStreet


@dataclass(frozen=True)
class Scenario:
    """A named list of edits; they hold one after the other.

    Examples
    --------
    >>> scenario = Scenario("without the barber", (Close("osm-1"),))
    >>> scenario == Scenario.from_json(scenario.to_json())
    True
    >>> scenario.key == Scenario("another name", (Close("osm-1"),)).key
    True
    """

    name: str
    edits: tuple[Edit, ...] = ()

    @property
    def key(self) -> str:
        """What tells these edits from any others, whatever they are called: 16 characters of a hash."""
        text = json.dumps(self.to_json()["edits"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def to_json(self) -> dict[str, Any]:
        """Return the scenario as plain JSON values."""
        return {"name": self.name, "edits": [_written(edit) for edit in self.edits]}

    @classmethod
    def from_json(cls, values: object) -> Scenario:
        """Read what :meth:`to_json` wrote, or somebody sent.

        Raises
        ------
        ParameterError
            It is something else, or too much; the message names the edit.
        """
        document = _table("scenario", values, ("name", "edits"))
        name, edits = document.get("name", ""), document.get("edits", [])
        if not isinstance(name, str) or len(name) > MAX_NAME:
            raise ParameterError(f"name must be a text of at most {MAX_NAME} characters", parameter="name")
        if not isinstance(edits, list):
            raise ParameterError("edits must be a list", parameter="edits")
        if len(edits) > MAX_EDITS:
            raise ParameterError(f"{len(edits)} edits; at most {MAX_EDITS} make a scenario", parameter="edits")
        return cls(name, tuple(_read(number, edit) for number, edit in enumerate(edits, start=1)))

    def applied(self, places: Sequence[Place]) -> tuple[Place, ...]:
        """Return the places as the scenario has them, ordered by id.

        Raises
        ------
        NotFoundError
            An edit is about a place that is not there.
        """
        now = {place.id: place for place in places}
        for edit in self.edits:
            if isinstance(edit, Add):
                now[edit.place.id] = edit.place
            elif not isinstance(edit, CloseStreet):
                now[edit.place_id] = edited(_known(now, edit.place_id), edit)
        return tuple(sorted(now.values(), key=lambda place: place.id))

    @property
    def closed_streets(self) -> tuple[LonLat, ...]:
        """Where streets are closed."""
        return tuple(edit.position for edit in self.edits if isinstance(edit, CloseStreet))


def edited(place: Place, edit: Move | Close | SetHours) -> Place:
    """Return a place as an edit leaves it; one that is given up is still there, and says so."""
    if isinstance(edit, Move):
        return replace(place, position=edit.position)
    if isinstance(edit, Close):
        return replace(place, status="retired")
    changed = [
        replace(service, hours=edit.hours, season=None) if edit.service in {None, service.kind} else service
        for service in place.services
    ]
    return replace(place, services=tuple(changed))


def planned(
    name: str,
    position: LonLat,
    services: Iterable[ServiceKind],
    *,
    hours: str | None = "24/7",
    amenities: Iterable[AmenityKind] = (),
    number: int = 1,
) -> Place:
    """Return a planned place.

    Parameters
    ----------
    name, position, services, amenities
        What it is called, where it would stand, what it would offer and have. The position is rounded to 1e-7 degree,
        as scenarios are written.
    hours
        Of all its services; None: nobody knows them yet.
    number
        What tells it from other planned places.
    """
    return Place(
        f"{PLANNED}{number}",
        name,
        LonLat(round(position.lon, 7), round(position.lat, 7)),
        "exact",
        tuple(Service(kind, hours) for kind in services),
        _SOURCE,
        amenities={kind: "yes" for kind in amenities},  # noqa: C420  # a table of known words, not of texts
    )


def _known(places: Mapping[str, Place], place_id: str) -> Place:
    if place_id not in places:
        raise NotFoundError(f"no place {place_id[:60]!r} to be edited; see the list of places for its ids")
    return places[place_id]


def _written(edit: Edit) -> dict[str, Any]:
    match edit:
        case Add(place):
            own = [{"kind": s.kind, "hours": s.hours} for s in place.services]
            about = {"id": place.id, "name": place.name, "services": own, "amenities": dict(place.amenities)}
            return {"edit": "add", **about, **_at(place.position)}
        case Move(place_id, position):
            return {"edit": "move", "id": place_id, **_at(position)}
        case Close(place_id):
            return {"edit": "close", "id": place_id}
        case SetHours(place_id, hours, service):
            return {"edit": "hours", "id": place_id, "hours": hours, "service": service}
        case CloseStreet(position):
            return {"edit": "close_street", **_at(position)}


def _at(position: LonLat) -> dict[str, float]:
    return {"lon": round(position.lon, 7), "lat": round(position.lat, 7)}


def _read(number: int, values: object) -> Edit:
    kind = values.get("edit") if isinstance(values, dict) else None
    if not isinstance(kind, str) or kind not in _READERS:
        raise ParameterError(
            f"edit {number}: {shown(str(kind))} is no kind of edit; known are {', '.join(_READERS)}", parameter="edits"
        )
    names, read = _READERS[kind]
    try:
        return read(_table(f"edit {number}", values, ("edit", *names)))
    except InputError as error:
        raise ParameterError(f"edit {number} ({kind}): {error}", parameter="edits") from None


def _read_add(values: Mapping[str, Any]) -> Edit:
    services = values.get("services", [])
    if not isinstance(services, list) or not services:
        raise ParameterError("services must name at least one, e.g. [{'kind': 'rest_stop', 'hours': '24/7'}]")
    own = [_table("service", service, ("kind", "hours")) for service in services]
    amenities = values.get("amenities", {})
    if not isinstance(amenities, dict):
        raise ParameterError("amenities must be a table, e.g. {'microwave': 'yes'}")
    place_id = _text(values, "id", MAX_LENGTH["id"])
    if not place_id.startswith(PLANNED):
        raise ParameterError(f"the id {shown(place_id)} of a planned place must begin with {PLANNED}")
    offered = tuple(Service(service.get("kind"), _hours(service)) for service in own)  # type: ignore[arg-type]
    place = Place(
        place_id, _text(values, "name", MAX_LENGTH["name"]), _position(values), "exact", offered, _SOURCE,
        amenities=amenities,
    )  # fmt: skip
    if wrong := faults(place):
        raise ParameterError("; ".join(wrong))
    return Add(place)


def _read_hours(values: Mapping[str, Any]) -> Edit:
    service = values.get("service")
    if service is not None and service not in SERVICES:
        raise ParameterError(f"{shown(str(service))} is no service; known are {', '.join(SERVICES)}")
    return SetHours(_text(values, "id", MAX_LENGTH["id"]), _hours(values), service)


_READERS: Final[Mapping[str, tuple[tuple[str, ...], Callable[[Mapping[str, Any]], Edit]]]] = {
    "add": (("id", "name", "services", "amenities", "lon", "lat"), _read_add),
    "move": (("id", "lon", "lat"), lambda own: Move(_text(own, "id", MAX_LENGTH["id"]), _position(own))),
    "close": (("id",), lambda own: Close(_text(own, "id", MAX_LENGTH["id"]))),
    "hours": (("id", "hours", "service"), _read_hours),
    "close_street": (("lon", "lat"), lambda own: CloseStreet(_position(own))),
}


def _table(what: str, values: object, names: Sequence[str]) -> Mapping[str, Any]:
    if not isinstance(values, dict):
        raise ParameterError(f"{what} must be a table with {', '.join(names)}", parameter="edits")
    for name in values:
        if name not in names:
            raise ParameterError(
                f"{what}: {shown(str(name))} is not known; known are {', '.join(names)}", parameter="edits"
            )
    return values


def _text(values: Mapping[str, Any], name: str, limit: int) -> str:
    text = values.get(name)
    if not isinstance(text, str) or not 0 < len(text) <= limit:
        raise ParameterError(f"{name} must be a text of 1 to {limit} characters")
    return text


def _hours(values: Mapping[str, Any]) -> str | None:
    hours = values.get("hours")
    if hours is None:
        return None
    if not isinstance(hours, str):
        raise ParameterError("hours must be a text such as Mo-Fr 08:00-18:00, or null")
    Hours.parse(hours)
    return hours


def _position(values: Mapping[str, Any]) -> LonLat:
    degrees = [values.get("lon"), values.get("lat")]
    for name, value, most in zip(("lon", "lat"), degrees, (180, 90), strict=True):
        if isinstance(value, bool) or not isinstance(value, int | float) or not -most <= value <= most:
            raise ParameterError(f"{name}={shown(str(value))} must be degrees between -{most} and {most}")
    return LonLat(round(float(degrees[0]), 7), round(float(degrees[1]), 7))  # type: ignore[arg-type]
