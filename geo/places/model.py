"""A place offers several services, each with its own hours; what is not known is said to be unknown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple, cast, get_args

from geo.coords import LonLat

ServiceKind = Literal[
    "service_station", "rest_stop", "water_point", "haircut", "pop_up", "benefit",
    "public_toilet", "shelter", "library", "community_centre",
]  # fmt: skip
AmenityKind = Literal[
    "water", "hot_water", "microwave", "fridge", "coffee_machine", "cups", "meals",
    "seats", "sofa", "air_conditioner", "heating", "toilet", "nursing_room", "medicine", "health_check", "aed",
    "socket", "wifi", "books", "printer", "tools", "umbrella", "needle_kit", "tyre_pump", "bike_parking",
    "ebike_charging",
]  # fmt: skip
Accuracy = Literal["exact", "building", "street", "subdistrict", "illustrative"]
Access = Literal["walk_in", "ask_guard", "scan", "face", "key"]
Audience = Literal["couriers", "sanitation", "drivers", "guards", "police", "union_members"]
Tier = Literal["city", "district", "subdistrict", "community"]
Status = Literal["planned", "open", "paused", "retired"]
#: What nobody has reported is absent or None: unknown, neither yes nor no.
YesNo = Literal["yes", "no"]

SERVICES: Final[tuple[ServiceKind, ...]] = get_args(ServiceKind)
AMENITIES: Final[tuple[AmenityKind, ...]] = get_args(AmenityKind)
#: From the most exact on.
ACCURACIES: Final[tuple[Accuracy, ...]] = get_args(Accuracy)
ACCESSES: Final[tuple[Access, ...]] = get_args(Access)
AUDIENCES: Final[tuple[Audience, ...]] = get_args(Audience)
TIERS: Final[tuple[Tier, ...]] = get_args(Tier)
STATUSES: Final[tuple[Status, ...]] = get_args(Status)


@dataclass(frozen=True)
class Service:
    """Something a place offers.

    Attributes
    ----------
    kind
        What.
    hours
        An OpenStreetMap ``opening_hours`` expression; None is unknown.
    season
        Months in which it is offered at all, as an expression such as ``Jun-Aug``; None is all year.
    note
        For people; also the words of hours that were not understood.
    """

    kind: ServiceKind
    hours: str | None = None
    season: str | None = None
    note: str | None = None


class Fact(NamedTuple):
    """How one field is known: the source, the day it was last checked (ISO), and who checked it."""

    source: str
    checked: str | None = None
    by: str | None = None


@dataclass(frozen=True)
class Place:
    """A physical site with an entrance.

    Attributes
    ----------
    id
        Stable, unique in the city.
    position, accuracy
        Entrance, WGS-84, and how exact it is.
    services
        What it offers.
    source, source_url, checked, checked_by, verified
        Where the facts come from, when (ISO date) and by whom they were last checked, and whether somebody who is
        answerable vouches for them.
    facts
        Fields known in another way than the place as a whole: name of the field (``phone``, ``amenities.microwave``,
        ``services.haircut.hours``) -> how it is known.
    district, subdistrict, community, tier
        Where it belongs.
    amenities
        Kit that is there (yes) or certainly not (no); the rest is unknown.
    access, floor, street_facing, audience
        How one gets in; None is unknown, no audience is everybody.
    capacity_seats, area_m2, standardised_since
        Size, and the day or year (ISO) since when it meets the standard.
    status, status_since, status_until
        Whether it is in operation, and between which days (ISO).
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
    tier: Tier | None = None
    host: str | None = None
    phone: str | None = None
    floor: str | None = None
    access: Access | None = None
    street_facing: YesNo | None = None
    audience: tuple[Audience, ...] = ()
    capacity_seats: int | None = None
    area_m2: float | None = None
    standardised_since: str | None = None
    status: Status = "open"
    status_since: str | None = None
    status_until: str | None = None
    amenities: Mapping[AmenityKind, YesNo] = field(default_factory=lambda: MappingProxyType({}))
    note: str | None = None
    source_url: str | None = None
    checked: str | None = None
    checked_by: str | None = None
    verified: bool = False
    facts: Mapping[str, Fact] = field(default_factory=lambda: MappingProxyType({}))

    def offers(self, kind: str) -> bool:
        """Tell whether the place offers a service."""
        return any(service.kind == kind for service in self.services)

    def known(self, name: str) -> Fact:
        """Return how a field is known: as the place as a whole, unless the field says otherwise."""
        return self.facts.get(name, Fact(self.source, self.checked, self.checked_by))


#: Fields that are written as they are; the rest have a form of their own.
PLAIN_FIELDS: Final = (
    "id", "name", "name_en", "accuracy", "address", "district", "subdistrict", "community", "tier", "host", "phone",
    "floor", "access", "street_facing", "capacity_seats", "area_m2", "standardised_since", "status", "status_since",
    "status_until", "note", "source", "source_url", "checked", "checked_by", "verified",
)  # fmt: skip


def place_to_json(place: Place) -> dict[str, Any]:
    """Return the place as plain JSON values."""
    return {
        **{name: getattr(place, name) for name in PLAIN_FIELDS},
        "lon": place.position.lon,
        "lat": place.position.lat,
        "services": [{"kind": s.kind, "hours": s.hours, "season": s.season, "note": s.note} for s in place.services],
        "amenities": dict(place.amenities),
        "audience": list(place.audience),
        "facts": {name: fact._asdict() for name, fact in place.facts.items()},
    }


def place_from_json(values: Mapping[str, Any]) -> Place:
    """Read a place that :func:`place_to_json` wrote.

    Raises
    ------
    KeyError, TypeError
        Something else was written there.
    """
    return Place(
        **{name: values[name] for name in PLAIN_FIELDS},
        position=LonLat(values["lon"], values["lat"]),
        services=tuple(Service(s["kind"], s["hours"], s["season"], s["note"]) for s in values["services"]),
        amenities=MappingProxyType(cast(Mapping[AmenityKind, YesNo], values["amenities"])),
        audience=tuple(values["audience"]),
        facts=MappingProxyType({name: Fact(**fact) for name, fact in values["facts"].items()}),
    )
