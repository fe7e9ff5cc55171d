"""Whether a place may enter the register: lengths, known words, dates, ranges."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Final

from geo.errors import InvalidPlaceError
from geo.places.model import (
    ACCESSES,
    ACCURACIES,
    AMENITIES,
    AUDIENCES,
    SERVICES,
    STATUSES,
    TIERS,
    Place,
    place_to_json,
)

YES_NO: Final = ("yes", "no")
#: Longest text of each field, in characters.
MAX_LENGTH: Final[Mapping[str, int]] = {
    "id": 100, "name": 200, "name_en": 200, "address": 300, "district": 50, "subdistrict": 50, "community": 100,
    "host": 200, "phone": 100, "floor": 50, "note": 2000, "source": 500, "source_url": 1000, "checked_by": 200,
}  # fmt: skip
MAX_HOURS_LENGTH: Final = 1000
MAX_SEATS: Final = 100_000
MAX_AREA_M2: Final = 1_000_000
MAX_SERVICES: Final = 50
MAX_FACTS: Final = 200

_REQUIRED: Final = ("id", "name", "source")
_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "accuracy": ACCURACIES, "tier": TIERS, "access": ACCESSES, "street_facing": YES_NO, "status": STATUSES,
}  # fmt: skip
_WORDS_REQUIRED: Final = ("accuracy", "status")
_DAYS: Final = ("checked", "status_since", "status_until")
_YEAR: Final = re.compile(r"[12]\d{3}", re.ASCII)
_DAY: Final = re.compile(r"[12]\d{3}-\d\d-\d\d", re.ASCII)
_ID: Final = re.compile(r"[^\s\x00-\x1f\x7f]+")
#: A fact is about a field, or a part of one: ``phone``, ``amenities.toilet``, ``services.haircut.hours``.
_FACT: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+){0,2}", re.ASCII)
_MAX_FACT_LENGTH: Final = 100
#: What a database or a file of text cannot hold: NUL, and halves of a pair of surrogates.
_UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")


def check_place(place: Place) -> None:
    """Refuse a place that may not enter the register.

    Raises
    ------
    InvalidPlaceError
        Something is wrong with it; the message names all of it.
    """
    if wrong := faults(place):
        raise InvalidPlaceError(f"place {str(place.id)[:60]!r} cannot be registered: {'; '.join(wrong)}")


def faults(place: Place) -> tuple[str, ...]:
    """Return what keeps a place out of the register, one phrase each, which names the value and the limit.

    Examples
    --------
    >>> from geo.coords import LonLat
    >>> faults(Place("a", "东四", LonLat(116.4, 399), "exact", (), "notice"))
    ('lat=399 must be a number of degrees from -90 to 90',)
    """
    values = place_to_json(place)
    return (
        *_text_faults(values),
        *_word_faults(values),
        *_day_faults(values),
        *_number_faults(values),
        *_service_faults(values["services"]),
        *_fact_faults(values["facts"]),
    )


def _text_faults(values: Mapping[str, Any]) -> Iterator[str]:
    for name, limit in MAX_LENGTH.items():
        if values[name] is None and name not in _REQUIRED:
            continue
        yield from _one_text(name, values[name], limit, required=name in _REQUIRED)
    if isinstance(values["id"], str) and values["id"] and not _ID.fullmatch(values["id"]):
        yield f"id={values['id'][:40]!r} must have no blanks or control characters"
    if not isinstance(values["verified"], bool):
        yield f"verified={values['verified']!r} must be True or False"


def _one_text(name: str, text: object, limit: int, *, required: bool = False) -> Iterator[str]:
    if not isinstance(text, str):
        yield f"{name}={text!r} must be a text"
    elif required and not text.strip():
        yield f"{name} is missing"
    elif len(text) > limit:
        yield f"{name} is {len(text):,} characters long, the limit is {limit:,}"
    elif (bad := _UNSTORABLE.search(text)) is not None:
        yield f"{name} holds the character U+{ord(bad[0]):04X}, which cannot be stored"


def _word_faults(values: Mapping[str, Any]) -> Iterator[str]:
    for name, known in _WORDS.items():
        if values[name] is not None or name in _WORDS_REQUIRED:
            yield from _one_word(name, values[name], known)
    for kind, state in values["amenities"].items():
        yield from _one_word("amenities", kind, AMENITIES)
        yield from _one_word(f"amenities.{kind}", state, YES_NO)
    for word in values["audience"]:
        yield from _one_word("audience", word, AUDIENCES)
    if _doubled(values["audience"]):
        yield "audience names a word twice"


def _one_word(name: str, word: object, known: tuple[str, ...]) -> Iterator[str]:
    if word not in known:
        yield f"{name}={word!r} is not one of {', '.join(known)}"


def _doubled(words: Iterable[Any]) -> bool:
    listed = list(words)
    return len(set(listed)) < len(listed)


def _day_faults(values: Mapping[str, Any]) -> Iterator[str]:
    for name in _DAYS:
        yield from _one_day(name, values[name])
    since = values["standardised_since"]
    if not (isinstance(since, str) and _YEAR.fullmatch(since)):
        yield from _one_day("standardised_since", since)
    begin, end = values["status_since"], values["status_until"]
    if isinstance(begin, str) and isinstance(end, str) and end < begin:
        yield f"status_until={end} lies before status_since={begin}"


def _one_day(name: str, day: object) -> Iterator[str]:
    if day is not None and not (isinstance(day, str) and _DAY.fullmatch(day) and _exists(day)):
        yield f"{name}={day!r} must be a day such as 2026-11-22"


def _exists(day: str) -> bool:
    try:
        date.fromisoformat(day)
    except ValueError:
        return False
    return True


def _number_faults(values: Mapping[str, Any]) -> Iterator[str]:
    for name, limit in (("lon", 180), ("lat", 90)):
        if not _is_number(values[name], -limit, limit):
            yield f"{name}={values[name]!r} must be a number of degrees from -{limit} to {limit}"
    seats, area_m2 = values["capacity_seats"], values["area_m2"]
    if seats is not None and not (isinstance(seats, int) and _is_number(seats, 0, MAX_SEATS)):
        yield f"capacity_seats={seats!r} must be a whole number from 0 to {MAX_SEATS:,}"
    if area_m2 is not None and not _is_number(area_m2, 0, MAX_AREA_M2):
        yield f"area_m2={area_m2!r} must be a number of square metres from 0 to {MAX_AREA_M2:,}"


def _is_number(value: object, least: float, most: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most


def _service_faults(services: list[Mapping[str, Any]]) -> Iterator[str]:
    if len(services) > MAX_SERVICES:
        yield f"{len(services)} services, the limit is {MAX_SERVICES}"
    for service in services:
        kind = service["kind"]
        yield from _one_word("service", kind, SERVICES)
        for part, limit in (("hours", MAX_HOURS_LENGTH), ("season", MAX_HOURS_LENGTH), ("note", MAX_LENGTH["note"])):
            if service[part] is not None:
                yield from _one_text(f"services.{kind}.{part}", service[part], limit)


def _fact_faults(facts: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    if len(facts) > MAX_FACTS:
        yield f"{len(facts)} facts, the limit is {MAX_FACTS}"
    for name, fact in facts.items():
        if len(name) > _MAX_FACT_LENGTH or not _FACT.fullmatch(name):
            yield f"a fact is about {name[:40]!r}; name a field such as phone or amenities.toilet"
            continue
        yield from _one_text(f"facts.{name}.source", fact["source"], MAX_LENGTH["source"], required=True)
        yield from _one_day(f"facts.{name}.checked", fact["checked"])
        if fact["by"] is not None:
            yield from _one_text(f"facts.{name}.by", fact["by"], MAX_LENGTH["checked_by"])
