"""What a place must have, whatever the time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from geo.choosing.words import read_list, read_word
from geo.errors import ParameterError
from geo.places.model import (
    ACCESSES,
    ACCURACIES,
    AMENITIES,
    AUDIENCES,
    SERVICES,
    Access,
    Accuracy,
    AmenityKind,
    Audience,
    ServiceKind,
)

#: How one gets in, or that nobody knows.
AccessWord = Access | Literal["unknown"]
ACCESS_WORDS: Final[tuple[AccessWord, ...]] = (*ACCESSES, "unknown")


@dataclass(frozen=True)
class Wanted:
    """What a place must have, whatever the time. All conditions hold together.

    Attributes
    ----------
    services
        One of these is offered; none named: any.
    amenities
        All of these are certainly there.
    amenities_or_unknown
        Each of these is there, or nobody knows. What ``amenities`` names too must certainly be there.
    access
        One gets in in one of these ways; ``unknown`` stands for a way that nobody knows. None named: any.
    audience
        The place is for everybody, or for these people among others; None: not asked.
    accuracy
        The position is at least that exact; None: not asked.
    """

    services: tuple[ServiceKind, ...] = ()
    amenities: tuple[AmenityKind, ...] = ()
    amenities_or_unknown: tuple[AmenityKind, ...] = ()
    access: tuple[AccessWord, ...] = ()
    audience: Audience | None = None
    accuracy: Accuracy | None = None


#: Any place would do.
ANYTHING: Final = Wanted()


def read_wanted(
    service: Iterable[str] = (),
    amenity: Iterable[str] = (),
    amenity_or_unknown: Iterable[str] = (),
    access: Iterable[str] = (),
    audience: str | None = None,
    accuracy: str | None = None,
) -> Wanted:
    """Read what a place must have from words; a list of words may be one text with commas.

    Raises
    ------
    ParameterError, UnknownWordError
        Naming the parameter, the value, the limit and the remedy.

    Examples
    --------
    >>> read_wanted(service=["rest_stop,haircut"]).services
    ('rest_stop', 'haircut')
    """
    return _read(tuple(service), tuple(amenity), tuple(amenity_or_unknown), tuple(access), audience, accuracy)


@lru_cache(maxsize=256)  # people wish for few different things
def _read(
    service: tuple[str, ...],
    amenity: tuple[str, ...],
    amenity_or_unknown: tuple[str, ...],
    access: tuple[str, ...],
    audience: str | None,
    accuracy: str | None,
) -> Wanted:
    wanted = Wanted(
        services=read_list("service", service, SERVICES),
        amenities=read_list("amenity", amenity, AMENITIES),
        amenities_or_unknown=read_list("amenity_or_unknown", amenity_or_unknown, AMENITIES),
        access=read_list("access", access, ACCESS_WORDS),
        audience=None if audience is None else read_word("audience", audience, AUDIENCES),
        accuracy=None if accuracy is None else read_word("accuracy", accuracy, ACCURACIES),
    )
    for word in wanted.amenities_or_unknown:
        if word in wanted.amenities:
            raise ParameterError(
                f"amenity_or_unknown={word} contradicts amenity={word}, which must certainly be there; name it in one "
                "of the two",
                parameter="amenity_or_unknown",
            )
    return wanted
