"""A place offers several services, each with its own hours; what is not known is said to be unknown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Literal, cast, get_args

from geo.coords import LonLat

ServiceKind = Literal[
    "service_station", "rest_stop", "water_point", "haircut", "pop_up", "benefit",
    "public_toilet", "shelter", "library", "community_centre",
]  # fmt: skip
AmenityKind = Literal[
    "water", "hot_water", "microwave", "fridge", "coffee_machine", "cups", "meals",
    "seats", "sofa", "air_conditioner", "heating", "toilet", "nursing_room", "medicine",
    "socket", "wifi", "books", "umbrella", "needle_kit", "tyre_pump", "bike_parking", "ebike_charging",
]  # fmt: skip
Accuracy = Literal["exact", "building", "street", "subdistrict", "illustrative"]
Access = Literal["walk_in", "ask_guard", "scan", "face", "key"]
#: An amenity that nobody has reported is absent from the mapping: unknown, neither yes nor no.
YesNo = Literal["yes", "no"]

SERVICES: Final[tuple[ServiceKind, ...]] = get_args(ServiceKind)
AMENITIES: Final[tuple[AmenityKind, ...]] = get_args(AmenityKind)
ACCURACIES: Final[tuple[Accuracy, ...]] = get_args(Accuracy)
ACCESSES: Final[tuple[Access, ...]] = get_args(Access)


@dataclass(frozen=True)
class Service:
    """Something a place offers: its kind, hours as an OpenStreetMap ``opening_hours`` expression (None: unknown)."""

    kind: ServiceKind
    hours: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class Place:
    """A physical site with an entrance.

    Attributes
    ----------
    id
        Stable, unique in the city.
    position
        Entrance, WGS-84.
    accuracy
        How exact the position is.
    amenities
        Kit that is there (yes) or certainly not (no); the rest is unknown.
    access
        How one gets in; None is unknown.
    source, source_url, checked, verified
        Where the facts come from, when they were last checked (ISO date), and whether anybody vouches for them.
    """

    id: str
    name: str
    position: LonLat
    accuracy: Accuracy
    services: tuple[Service, ...]
    source: str
    name_en: str | None = None
    address: str | None = None
    district: str | None = None
    subdistrict: str | None = None
    community: str | None = None
    amenities: Mapping[AmenityKind, YesNo] = field(default_factory=lambda: MappingProxyType({}))
    access: Access | None = None
    host: str | None = None
    phone: str | None = None
    note: str | None = None
    source_url: str | None = None
    checked: str | None = None
    verified: bool = False

    def offers(self, kind: str) -> bool:
        """Tell whether the place offers a service."""
        return any(service.kind == kind for service in self.services)


#: Fields that are written as they are; the rest have a form of their own.
_PLAIN = (
    "id", "name", "name_en", "accuracy", "address", "district", "subdistrict", "community", "access", "host", "phone",
    "note", "source", "source_url", "checked", "verified",
)  # fmt: skip


def place_to_json(place: Place) -> dict[str, Any]:
    """Return the place as plain JSON values."""
    return {
        **{name: getattr(place, name) for name in _PLAIN},
        "lon": place.position.lon,
        "lat": place.position.lat,
        "services": [{"kind": s.kind, "hours": s.hours, "note": s.note} for s in place.services],
        "amenities": dict(place.amenities),
    }


def place_from_json(values: Mapping[str, Any]) -> Place:
    """Read a place that :func:`place_to_json` wrote."""
    return Place(
        **{name: values[name] for name in _PLAIN},
        position=LonLat(values["lon"], values["lat"]),
        services=tuple(Service(s["kind"], s["hours"], s["note"]) for s in values["services"]),
        amenities=MappingProxyType(cast(Mapping[AmenityKind, YesNo], values["amenities"])),
    )
