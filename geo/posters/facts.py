"""What a poster says of a place: all of it and nothing else, so that a hash of it tells when a print is stale."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from math import ceil
from typing import Any, Final, NamedTuple

from geo.choosing.wanted import Wanted
from geo.city import City
from geo.coords import LonLat
from geo.errors import HoursError, NotFoundError, OffNetworkError, OutsideCityError, ParameterError
from geo.finding.asking import NearestQuery
from geo.finding.nearest import Nearest
from geo.places.hours import Hours
from geo.places.model import SERVICES, Place, Service, ServiceKind
from geo.posters.links import landing

#: How many other places are named.
OTHERS: Final = 5
#: How far they may be, on foot, seconds.
CUTOFF_S: Final = 1800.0
#: How much of a place finds room.
MOST_OFFERS: Final = 4
MOST_AMENITIES: Final = 8
_TOILET: Final[ServiceKind] = "public_toilet"
#: Of public toilets at most one is named: a city has so many that they would be all that is.
_NO_TOILETS: Final = Wanted(services=tuple(kind for kind in SERVICES if kind != _TOILET))
_TOILETS: Final = Wanted(services=(_TOILET,))
#: Digits of a position, about 10 m: for an ambulance, not for a surveyor.
_DIGITS: Final = 4


class Offered(NamedTuple):
    """A service as it is printed; hours and season are expressions, None where nobody knows or can read them."""

    kind: ServiceKind
    hours: str | None
    season: str | None


class Other(NamedTuple):
    """Another place nearby: its first service, that is no toilet if there is another, and whole minutes on foot."""

    id: str
    name: str
    name_en: str | None
    kind: ServiceKind
    hours: str | None
    season: str | None
    minutes: int


@dataclass(frozen=True)
class Poster:
    """What is printed.

    Attributes
    ----------
    url
        Where the code leads.
    city, city_en, sample
        The city's names, and whether it is the sample, whose positions are illustrative.
    id, name, name_en, address, phone, accuracy, checked
        As in :class:`~geo.places.model.Place`.
    lon, lat
        WGS-84, degrees, to about 10 m.
    offers, more_offers
        Its first services, and how many others there are.
    amenities, more_amenities
        Kit that is certainly there, and how much more of it there is.
    others
        In order of (travel time, id); None: no street is near, so nobody knows.
    """

    url: str
    city: str
    city_en: str | None
    sample: bool
    id: str
    name: str
    name_en: str | None
    address: str | None
    phone: str | None
    accuracy: str
    checked: str | None
    lon: float
    lat: float
    offers: tuple[Offered, ...]
    more_offers: int
    amenities: tuple[str, ...]
    more_amenities: int
    others: tuple[Other, ...] | None

    @property
    def fingerprint(self) -> str:
        """Ten hexadecimal digits that change with anything printed."""
        return hashlib.sha256(json.dumps(self.values(), sort_keys=True).encode()).hexdigest()[:10]

    def values(self) -> dict[str, Any]:
        """Return all of it as plain JSON values."""
        values = asdict(self)
        values["offers"] = [offer._asdict() for offer in self.offers]
        if self.others is not None:
            values["others"] = [other._asdict() for other in self.others]
        values["amenities"] = list(self.amenities)
        return values


def poster_of(city: City, place_id: str, site_url: str) -> Poster:
    """Return what a place's poster says.

    Parameters
    ----------
    site_url
        The site's public address, read by :func:`~geo.posters.links.read_site_url`.

    Raises
    ------
    NotFoundError
        There is no such place.
    ParameterError
        The place is not in operation: nobody should be led to a poster there.
    """
    place = city.place(place_id)
    if place.status != "open":
        raise ParameterError(
            f"place {place.id[:60]!r} is {place.status}; posters are printed for places in operation", parameter="place"
        )
    manifest = city.manifest
    kit = tuple(kind for kind, there in place.amenities.items() if there == "yes")
    return Poster(
        url=site_url + landing(place.id),
        city=manifest.name,
        city_en=manifest.name_en,
        sample=manifest.sample,
        id=place.id,
        name=place.name,
        name_en=place.name_en,
        address=place.address,
        phone=place.phone,
        accuracy=place.accuracy,
        checked=place.checked,
        lon=round(place.position.lon, _DIGITS),
        lat=round(place.position.lat, _DIGITS),
        offers=tuple(_offered(service) for service in place.services[:MOST_OFFERS]),
        more_offers=max(0, len(place.services) - MOST_OFFERS),
        amenities=kit[:MOST_AMENITIES],
        more_amenities=max(0, len(kit) - MOST_AMENITIES),
        others=_others(city, place),
    )


def places_in(city: City, area: str) -> tuple[Place, ...]:
    """Return the places in operation of a subdistrict or district, by id.

    Raises
    ------
    NotFoundError
        No place is in an area of that name.
    """
    found = tuple(place for place in city.places if area in {place.subdistrict, place.district})
    if not found:
        some = ", ".join(sorted({place.subdistrict for place in city.places if place.subdistrict})[:5])
        raise NotFoundError(f"no place in an area {area[:60]!r}; areas are, for example, {some or 'not known here'}")
    return tuple(place for place in found if place.status == "open")


def _others(city: City, place: Place) -> tuple[Other, ...] | None:
    try:
        found = _near(city, place.position, _NO_TOILETS, OTHERS + 1)
        toilets = _near(city, place.position, _TOILETS, 1 + place.offers(_TOILET))
    except (OffNetworkError, OutsideCityError):
        return None
    known = {result.place.id for result in found} | {place.id}
    toilets = [result for result in toilets if result.place.id not in known][:1]
    found = [result for result in found if result.place.id != place.id]
    nearest = sorted([*found, *toilets], key=lambda result: (result.travel_s, result.place.id))[:OTHERS]
    return tuple(_other(result) for result in nearest)


def _near(city: City, origin: LonLat, wanted: Wanted, k: int) -> list[Nearest]:
    query = NearestQuery(origin, k=k, wanted=wanted, cutoff_s=CUTOFF_S, paths=False, passed=0)
    return list(city.nearest(query).results)


def _other(result: Nearest) -> Other:
    place = result.place
    first = _offered(min(place.services, key=lambda service: service.kind == _TOILET))
    minutes = max(1, ceil(result.travel_s / 60 - 1e-9))  # as the finder rounds
    return Other(place.id, place.name, place.name_en, first.kind, first.hours, first.season, minutes)


def _offered(service: Service) -> Offered:
    """Return a service; hours that cannot be read are not known."""
    sound = all(_readable(text) for text in (service.hours, service.season) if text is not None)
    return Offered(service.kind, service.hours if sound else None, service.season if sound else None)


def _readable(expression: str) -> bool:
    try:
        Hours.parse(expression)
    except HoursError:
        return False
    return True
