"""Places that the register takes: as Hypothesis draws them, and at random from a seed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random
from types import MappingProxyType
from typing import Any

from hypothesis import strategies as st

from geo.coords import LonLat
from geo.places.documents import to_document, to_fields
from geo.places.model import AMENITIES, SERVICES, STATUSES, AmenityKind, Fact, Place, Service, YesNo
from tests.places.strategies import places

_days = st.none() | st.dates(date(1900, 1, 1), date(2999, 12, 31)).map(date.isoformat)


def _storable(value: Any) -> Any:
    return value.replace("\0", "") if isinstance(value, str) else value


def _make(place: Place, since: str | None, checked: str | None, year: str | None) -> Place:
    texts = {name: _storable(value) for name, value in vars(place).items()}
    return replace(
        place,
        **texts
        | {
            "id": "-",
            "name": texts["name"].strip() or "无名",
            "source": texts["source"].strip() or "a list",
            "checked": checked,
            "status_since": since,
            "status_until": since,
            "standardised_since": year,
            "services": tuple(Service(*map(_storable, vars(service).values())) for service in place.services),
            "facts": MappingProxyType(
                {
                    name: Fact(_storable(fact.source).strip() or "a visit", checked, _storable(fact.by))
                    for name, fact in place.facts.items()
                }
            ),
        },
    )


#: Any place that may enter; its id is to be replaced by one that is free.
registrable = st.builds(_make, places, _days, _days, st.none() | st.sampled_from(["2014", "2014-12-31"]))

_LETTERS = "东四北大街道驿站甲𠮷12AaÉé. -·，（）Ａ９％%_\"'\\\n\t号"


def random_text(rng: Random, longest: int = 12) -> str:
    """Return a few letters, blanks, signs."""
    return "".join(rng.choices(_LETTERS, k=rng.randint(0, longest)))


def random_place(rng: Random, place_id: str) -> Place:
    """Return a place of that id, some fields known."""
    amenities: dict[AmenityKind, YesNo] = {
        kind: rng.choice(("yes", "no")) for kind in rng.sample(AMENITIES, rng.randint(0, 4))
    }
    return Place(
        id=place_id,
        name=random_text(rng) + "站",
        position=LonLat(round(rng.uniform(116.3, 116.5), rng.choice((2, 7, 15))), rng.uniform(39.8, 40.0)),
        accuracy="street",
        services=tuple(Service(kind, rng.choice((None, "24/7"))) for kind in rng.sample(SERVICES, rng.randint(0, 3))),
        source="a list",
        name_en=rng.choice((None, random_text(rng))),
        address=rng.choice((None, random_text(rng))),
        subdistrict=rng.choice((None, "东四", "景山")),
        host=rng.choice((None, random_text(rng))),
        status=rng.choice(STATUSES),
        area_m2=rng.choice((None, rng.uniform(0, 500))),
        capacity_seats=rng.choice((None, rng.randint(0, 40))),
        amenities=MappingProxyType(amenities),
        facts=MappingProxyType({"phone": Fact("a visit", "2026-11-22", "王")} if rng.random() < 0.5 else {}),
        verified=rng.random() < 0.5,
    )


def fields_of(place: Place | None) -> dict[str, Any]:
    """Return a place's fields as the audit names them; of no place, none."""
    return {} if place is None else to_fields(to_document(place))
