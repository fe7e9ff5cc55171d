"""Which places meet what is wanted whatever the time, all at once; and of one place, what it fails."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final, Literal, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from geo.choosing.wanted import ACCESS_WORDS, AccessWord, Wanted
from geo.places.model import ACCURACIES, AUDIENCES, Accuracy, AmenityKind, Audience, Place, ServiceKind

Condition = Literal["status", "service", "amenity", "access", "audience", "accuracy", "open"]

_Word = TypeVar("_Word", bound=str)
#: So many different wishes are kept, each as one byte per place.
_KEPT: Final = 64


class Failure(NamedTuple):
    """A condition that a place does not meet.

    Attributes
    ----------
    condition
        Which.
    wanted
        What would have met it; alternatives are separated by ``|``. For ``open`` it is how long the place should stay
        open, such as ``15min``.
    found
        What is there instead; None: unknown, or for a service that it is not offered. For ``open`` it is ``closed``,
        None where nobody knows the hours, or how long the place does stay open, such as ``5min``.
    """

    condition: Condition
    wanted: str
    found: str | None


class Conditions:
    """What each place has, by one lookup per word; never changes, so threads may share it.

    Parameters
    ----------
    places
        Their order numbers them.

    Attributes
    ----------
    exists
        Per place, whether it has not been given up for good, bool (n_places,), read-only. What has been is no answer,
        nor worth a reason.
    services, amenities
        The kinds that occur at all (amenities: that are certainly somewhere), the most frequent first.
    accesses, audiences, accuracies
        The words that occur at all, in the order of the model; ``unknown`` is the last way to get in.

    Examples
    --------
    >>> from geo.coords import LonLat
    >>> from geo.places.model import Service
    >>> here = LonLat(116.41, 39.92)
    >>> place = Place("p1", "驿站", here, "exact", (Service("rest_stop"),), "survey", amenities={"microwave": "no"})
    >>> conditions = Conditions([place])
    >>> wanted = Wanted(services=("rest_stop",), amenities=("microwave", "socket"))
    >>> conditions.passing(wanted).tolist()
    [False]
    >>> [(failure.wanted, failure.found) for failure in conditions.failures(0, wanted)]
    [('microwave', 'no'), ('socket', None)]
    """

    def __init__(self, places: Sequence[Place]) -> None:
        self._places = tuple(places)
        count = len(self._places)
        there = [(n, place) for n, place in enumerate(self._places) if place.status != "retired"]
        self.exists = _marked(count, (n for n, _ in there))
        self._in_operation = _marked(count, (n for n, place in there if place.status == "open"))
        self._offering = _members(count, ((n, service.kind) for n, place in there for service in place.services))
        amenities = [(n, kind, known) for n, place in there for kind, known in place.amenities.items()]
        self._having = _members(count, ((n, kind) for n, kind, known in amenities if known == "yes"))
        self._lacking = _members(count, ((n, kind) for n, kind, known in amenities if known == "no"))
        self._entered = _members(count, ((n, place.access or "unknown") for n, place in there))
        self._for_all = _marked(count, (n for n, place in there if not place.audience))
        self._meant_for = _members(count, ((n, audience) for n, place in there for audience in place.audience))
        self._exact = _members(count, ((n, place.accuracy) for n, place in there))
        self._nobody = _marked(count, ())
        self._kept = lru_cache(maxsize=_KEPT)(self._passing)

        self.services: tuple[ServiceKind, ...] = tuple(self._offering)
        self.amenities: tuple[AmenityKind, ...] = tuple(self._having)
        self.accesses: tuple[AccessWord, ...] = tuple(word for word in ACCESS_WORDS if word in self._entered)
        self.audiences: tuple[Audience, ...] = tuple(word for word in AUDIENCES if word in self._meant_for)
        self.accuracies: tuple[Accuracy, ...] = tuple(word for word in ACCURACIES if word in self._exact)

    def passing(self, wanted: Wanted) -> NDArray[np.bool_]:
        """Return, per place, whether it is in operation and has all that is wanted.

        The answers to the latest wishes are kept.

        Returns
        -------
        Bool (n_places,), read-only.
        """
        return self._kept(wanted)

    def failures(self, number: int, wanted: Wanted) -> tuple[Failure, ...]:
        """Return every condition that a place does not meet; none exactly where :meth:`passing` is true."""
        return tuple(_failures(self._places[number], wanted))

    def _passing(self, wanted: Wanted) -> NDArray[np.bool_]:
        passing = self._in_operation.copy()
        if wanted.services:
            passing &= self._any(self._offering, wanted.services)
        for amenity in wanted.amenities:
            passing &= self._having.get(amenity, self._nobody)
        for amenity in wanted.amenities_or_unknown:
            passing &= ~self._lacking.get(amenity, self._nobody)
        if wanted.access:
            passing &= self._any(self._entered, wanted.access)
        if wanted.audience is not None:
            passing &= self._for_all | self._meant_for.get(wanted.audience, self._nobody)
        if wanted.accuracy is not None:
            passing &= self._any(self._exact, _at_least(wanted.accuracy))
        passing.flags.writeable = False
        return passing

    def _any(self, members: dict[_Word, NDArray[np.bool_]], words: Iterable[_Word]) -> NDArray[np.bool_]:
        found = self._nobody
        for word in words:
            found = found | members.get(word, self._nobody)
        return found


def _failures(place: Place, wanted: Wanted) -> Iterator[Failure]:
    if place.status != "open":
        yield Failure("status", "open", place.status)
    if wanted.services and set(wanted.services).isdisjoint([service.kind for service in place.services]):
        yield Failure("service", "|".join(wanted.services), None)
    for amenity in wanted.amenities:
        if place.amenities.get(amenity) != "yes":
            yield Failure("amenity", amenity, place.amenities.get(amenity))
    for amenity in wanted.amenities_or_unknown:
        if place.amenities.get(amenity) == "no" and amenity not in wanted.amenities:
            yield Failure("amenity", amenity, "no")
    if wanted.access and (place.access or "unknown") not in wanted.access:
        yield Failure("access", "|".join(wanted.access), place.access)
    if wanted.audience is not None and place.audience and wanted.audience not in place.audience:
        yield Failure("audience", wanted.audience, "|".join(place.audience))
    if wanted.accuracy is not None and place.accuracy not in _at_least(wanted.accuracy):
        yield Failure("accuracy", wanted.accuracy, place.accuracy)


def _at_least(accuracy: Accuracy) -> tuple[Accuracy, ...]:
    """Return the accuracies that are at least that exact."""
    return ACCURACIES[: ACCURACIES.index(accuracy) + 1]


def _members(count: int, pairs: Iterable[tuple[int, _Word]]) -> dict[_Word, NDArray[np.bool_]]:
    """Return, per word, which numbers it goes with; the most frequent word first."""
    numbers: dict[_Word, list[int]] = {}
    for number, word in pairs:
        numbers.setdefault(word, []).append(number)
    members = {word: _marked(count, own) for word, own in numbers.items()}
    return dict(sorted(members.items(), key=lambda item: (-int(item[1].sum()), item[0])))


def _marked(count: int, numbers: Iterable[int]) -> NDArray[np.bool_]:
    """Return which numbers are named, bool (count,), read-only."""
    marked = np.zeros(count, dtype=bool)
    marked[np.fromiter(numbers, dtype=np.intp)] = True
    marked.flags.writeable = False
    return marked
