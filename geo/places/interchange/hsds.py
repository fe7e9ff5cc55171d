"""Places in the terms of Open Referral's Human Services Data Specification, version 3.0, and back.

A place is a *location*; what it offers there are *services*, linked by *service at location*; its host is an
*organization*. The document is a list of services as the HSDS API pages them (``contents``), each with its
organization, schedules and site nested, plus ``locations``: all of them, whole and in order, also those that offer
nothing yet. What HSDS has no field for are *attributes* whose taxonomy is ours. Hours are schedules where they are
rules of the week or month; the expression itself is an attribute, and only that is read back.

References
----------
Open Referral, HSDS 3.0, https://docs.openreferral.org/en/v3.0.0/hsds/schema_reference.html
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from geo.places.model import PLAIN_FIELDS, Place, Service, Status, place_from_json, place_to_json
from geo.places.recurrence import Recurrence, read_recurrences

_TAXONOMY: Final = "yizhan"
_NAMESPACE: Final = uuid.uuid5(uuid.NAMESPACE_DNS, "hsds.yizhan")
#: Fields for which a location has one of its own.
_AT_HOME: Final = ("name", "name_en", "address", "phone", "host", "note")
_NUMBERS: Final = ("capacity_seats", "area_m2", "verified")
_STATUS: Final[Mapping[Status, str]] = {
    "planned": "inactive", "open": "active", "paused": "temporarily closed", "retired": "defunct",
}  # fmt: skip
_UTC_OFFSET: Final = 8

Record = dict[str, Any]


def write_hsds(places: Sequence[Place]) -> bytes:
    """Write the document."""
    services = [record for place in places for record in _services(place)]
    document = {
        "version": "3.0",
        "total_items": len(services),
        "total_pages": 1,
        "page_number": 1,
        "size": len(services),
        "first_page": True,
        "last_page": True,
        "empty": not services,
        "contents": services,
        "locations": [_location(place) for place in places],
    }
    return (json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n").encode()


def _id(*parts: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, "\n".join(parts)))


def _services(place: Place) -> Iterator[Record]:
    for number, service in enumerate(place.services):
        own = _id("service", place.id, str(number))
        link = _id("service_at_location", place.id, str(number))
        record: Record = {
            "id": own,
            "name": f"{place.name} · {service.kind}",
            "status": _STATUS[place.status],
            "service_at_locations": [
                {"id": link, "service_id": own, "location_id": _id("location", place.id), "location": _site(place)}
            ],
            "schedules": [_schedule(own, n, each) for n, each in enumerate(_recurrences(service))],
            "attributes": [
                _attribute("service", own, "kind", service.kind),
                *(_attribute("service", own, name, text) for name, text in _words(service)),
            ],
        }
        if place.host is not None:
            record["organization_id"] = _id("organization", place.host)
            record["organization"] = _organization(place.host)
        if service.note is not None:
            record["description"] = service.note
        yield record


def _words(service: Service) -> Iterator[tuple[str, str]]:
    if service.hours is not None:
        yield "hours", service.hours
    if service.season is not None:
        yield "season", service.season


def _organization(host: str) -> Record:
    return {"id": _id("organization", host), "name": host, "description": host}


def _recurrences(service: Service) -> tuple[Recurrence, ...]:
    """Return the rules that a schedule can hold: it knows no months, so that a season would be lost."""
    if service.hours is None or service.season is not None:
        return ()
    return read_recurrences(service.hours) or ()


def _schedule(service: str, number: int, rule: Recurrence) -> Record:
    record: Record = {
        "id": _id("schedule", service, str(number)),
        "service_id": service,
        "freq": rule.freq,
        "interval": 1,
        "timezone": _UTC_OFFSET,
        "opens_at": _clock(rule.opens),
        "closes_at": _clock(rule.closes),
    }
    if rule.byday:
        record["byday"] = ",".join(rule.byday)
    if rule.bymonthday:
        record["bymonthday"] = ",".join(map(str, rule.bymonthday))
    return record


def _clock(minutes: int) -> str:
    """Return a time of day with its offset; the end of a day is its last minute, as HSDS advises."""
    if minutes == 24 * 60:
        return "23:59+08:00"
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}+08:00"


def _location(place: Place) -> Record:
    own = _id("location", place.id)
    return _site(place) | {"attributes": list(_attributes(own, place_to_json(place)))}


def _site(place: Place) -> Record:
    """Return the location without attributes, as it is repeated in each of its services."""
    own = _id("location", place.id)
    record: Record = {
        "id": own,
        "location_type": "physical",
        "name": place.name,
        "latitude": place.position.lat,
        "longitude": place.position.lon,
    }
    optional = {"alternate_name": place.name_en, "description": place.note}
    record |= {name: text for name, text in optional.items() if text is not None}
    if place.address is not None:
        record["addresses"] = [_address(own, place)]
    if place.phone is not None:
        record["phones"] = [{"id": _id("phone", own), "location_id": own, "number": place.phone, "type": "voice"}]
    if place.host is not None:
        record["organization_id"] = _id("organization", place.host)
    return record


def _address(location: str, place: Place) -> Record:
    """Return the address; what HSDS wants of it and nobody knows is empty."""
    return {
        "id": _id("address", location),
        "location_id": location,
        "address_1": place.address,
        "city": place.district or "",
        "state_province": "",
        "postal_code": "",
        "country": "CN",
        "address_type": "physical",
    }


def _attributes(location: str, values: Mapping[str, Any]) -> Iterator[Record]:
    for name in PLAIN_FIELDS:
        if name not in _AT_HOME or name == "host":
            value = values[name]
            if value is not None:
                yield _attribute("location", location, name, json.dumps(value) if name in _NUMBERS else value)
    for kind, there in values["amenities"].items():
        yield _attribute("location", location, f"amenities.{kind}", there)
    for number, who in enumerate(values["audience"]):
        yield _attribute("location", location, f"audience.{number}", who)
    for name, fact in values["facts"].items():
        yield _attribute("location", location, f"facts.{name}", json.dumps(fact, ensure_ascii=False))


def _attribute(entity: str, link: str, code: str, value: str) -> Record:
    term = _id("term", code)
    return {
        "id": _id("attribute", link, code),
        "link_id": link,
        "link_entity": entity,
        "link_type": code.partition(".")[0],
        "taxonomy_term_id": term,
        "value": value,
        "taxonomy_term": {
            "id": term,
            "code": code,
            "name": code,
            "description": f"field {code} of yizhan",
            "taxonomy": _TAXONOMY,
        },
    }


def read_hsds(content: bytes) -> tuple[Place, ...]:
    """Read what :func:`write_hsds` wrote."""
    document = json.loads(content)
    offered: dict[str, list[Record]] = {location["id"]: [] for location in document["locations"]}
    for record in document["contents"]:
        offered[record["service_at_locations"][0]["location_id"]].append(record)
    return tuple(_place(location, offered[location["id"]]) for location in document["locations"])


def _place(location: Record, services: Sequence[Record]) -> Place:
    own = _own(location)
    values: Record = dict.fromkeys(PLAIN_FIELDS)
    for name in PLAIN_FIELDS:
        if name in own:
            values[name] = json.loads(own[name]) if name in _NUMBERS else own[name]
    values |= {
        "name": location["name"],
        "name_en": location.get("alternate_name"),
        "note": location.get("description"),
        "address": location["addresses"][0]["address_1"] if "addresses" in location else None,
        "phone": location["phones"][0]["number"] if "phones" in location else None,
        "lon": location["longitude"],
        "lat": location["latitude"],
        "services": [_service(record) for record in services],
        "amenities": _below(own, "amenities"),
        "audience": list(_below(own, "audience").values()),
        "facts": {name: json.loads(fact) for name, fact in _below(own, "facts").items()},
    }
    return place_from_json(values)


def _service(record: Record) -> Record:
    own = _own(record)
    note = record.get("description")
    return {"kind": own["kind"], "hours": own.get("hours"), "season": own.get("season"), "note": note}


def _own(record: Record) -> dict[str, str]:
    """Return the attributes of our taxonomy by code."""
    terms = ((each["taxonomy_term"], each["value"]) for each in record["attributes"])
    return {term["code"]: value for term, value in terms if term["taxonomy"] == _TAXONOMY}


def _below(own: Mapping[str, str], group: str) -> dict[str, str]:
    return {code.partition(".")[2]: value for code, value in own.items() if code.startswith(f"{group}.")}
