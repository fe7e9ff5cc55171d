"""A place that is known and a row about it -> the place as it should be, and where the two disagree."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final, Literal, get_args

from geo.coords import distance_m
from geo.importing.problems import Problem
from geo.places.model import ACCURACIES, Accuracy, AmenityKind, Fact, Place, Service, YesNo

#: What is done where a list disagrees with what is known: the known stays, the list's is taken, or a human decides.
Rule = Literal["keep", "take", "ask"]
RULES: Final[tuple[Rule, ...]] = get_args(Rule)
#: Begins the source of what a rollback wrote.
ROLLBACK: Final = "rollback of "

#: A place found under another name or address keeps both: they are how it was found, no news about it.
_NAMING: Final = frozenset({"name", "address", "host", "district", "subdistrict", "community"})
_FIELDS: Final = (
    "name", "name_en", "address", "district", "subdistrict", "community", "tier", "host", "phone", "floor", "access",
    "street_facing", "audience", "capacity_seats", "area_m2", "note", "source_url",
)  # fmt: skip
#: Positions that lie no further apart than this, in metres, do not contradict each other, by their accuracy.
_SAME_SPOT_M: Final[Mapping[Accuracy, float]] = {
    "exact": 30.0, "building": 80.0, "street": 800.0, "subdistrict": 5000.0, "illustrative": math.inf,
}  # fmt: skip


@dataclass(frozen=True)
class Merged:
    """The place as it should be; equal to the known one if the row says nothing new."""

    place: Place
    problems: tuple[Problem, ...]


def merge(known: Place, listed: Place, *, rule: Rule, states_status: bool) -> Merged:
    """Bring what a list says into what is known.

    What was unknown is filled in. Where both say something else, the rule decides; a list corrects what itself said
    before without asking. Each field that is taken over says that it is known from the list.

    Parameters
    ----------
    known, listed
        The place of the register, and the row's.
    rule
        For contradictions.
    states_status
        Whether the row says if the place is in operation.
    """
    merging = _Merging(known, listed, rule)
    for name in _FIELDS:
        merging.field(name)
    if states_status or _was_rolled_back(known):
        merging.status()
    merging.position()
    merging.services()
    merging.amenities()
    return Merged(merging.result(), tuple(merging.problems))


def _was_rolled_back(known: Place) -> bool:
    return known.status == "retired" and known.known("status").source.startswith(ROLLBACK)


class _Merging:
    """One merge under way."""

    def __init__(self, known: Place, listed: Place, rule: Rule) -> None:
        self._known = known
        self._listed = listed
        self._own = known.source == listed.source and known.id == listed.id
        self._rule: Rule = "take" if self._own else rule
        self._values: dict[str, Any] = {}
        self._facts: dict[str, Fact] = dict(known.facts)
        self.problems: list[Problem] = []

    def field(self, name: str) -> None:
        """Merge a plain field."""
        old, new = getattr(self._known, name), getattr(self._listed, name)
        if new in {None, ()} or old == new:
            return
        if old in {None, ()} or self._takes(name, old, new):
            self._set(name, new)

    def status(self) -> None:
        """Merge whether it is in operation; a place that a rollback took out comes back as it is listed."""
        if self._known.status == self._listed.status:
            return
        if _was_rolled_back(self._known):
            self._values |= {"status": self._listed.status, "status_until": None}
            self._facts.pop("status", None)
        elif self._takes("status", self._known.status, self._listed.status):
            self._set("status", self._listed.status)

    def position(self) -> None:
        """Merge where it is: the more exact counts, unless they contradict each other."""
        known, listed = self._known, self._listed
        gain = ACCURACIES.index(known.accuracy) - ACCURACIES.index(listed.accuracy)
        apart_m = distance_m(known.position, listed.position)
        if gain < 0 or (gain == 0 and apart_m <= _SAME_SPOT_M[known.accuracy]):
            return
        old, new = (f"{place.position.lon:.6f}, {place.position.lat:.6f}" for place in (known, listed))
        if gain > 0 or self._takes("position", old, f"{new}（{apart_m:,.0f} m）"):
            self._values |= {"position": listed.position, "accuracy": listed.accuracy}
            self._know("position")

    def services(self) -> None:
        """Merge what it offers, kind by kind; no service is ever taken away."""
        services = list(self._known.services)
        for listed in self._listed.services:
            number = next((n for n, service in enumerate(services) if service.kind == listed.kind), None)
            if number is None:
                services.append(listed)
                self._know(f"services.{listed.kind}")
            else:
                services[number] = self._service(services[number], listed)
        if tuple(services) != self._known.services:
            self._values["services"] = tuple(services)

    def _service(self, known: Service, listed: Service) -> Service:
        name = f"services.{known.kind}.hours"
        if listed.hours is None:
            if listed.note and known.hours is None and known.note is None:
                return replace(known, note=listed.note)
            return known
        if known.hours == listed.hours:
            return known
        if known.hours is not None and not self._takes(name, known.hours, listed.hours):
            return known
        self._know(name)
        return replace(known, hours=listed.hours, note=listed.note if known.hours is None else known.note)

    def amenities(self) -> None:
        """Merge the kit, one by one."""
        amenities: dict[AmenityKind, YesNo] = dict(self._known.amenities)
        for kind, answer in self._listed.amenities.items():
            old = amenities.get(kind)
            if old != answer and (old is None or self._takes(f"amenities.{kind}", old, answer)):
                amenities[kind] = answer
                self._know(f"amenities.{kind}")
        if amenities != self._known.amenities:
            self._values["amenities"] = MappingProxyType(amenities)

    def result(self) -> Place:
        """Return the place; what its own list says anew was checked when the list says."""
        if self._own and self._listed.checked and self._listed.checked != self._known.checked:
            self._values["checked"] = self._listed.checked
        if self._facts != self._known.facts:
            self._values["facts"] = MappingProxyType(self._facts)
        return replace(self._known, **self._values) if self._values else self._known

    def _takes(self, name: str, old: object, new: object) -> bool:
        """Tell whether the list's value is taken, and say so; values that both stand go to a human under ``ask``."""
        if name in _NAMING and self._known.id != self._listed.id:
            return False
        if self._own:
            return True
        code: Mapping[Rule, str] = {"keep": "kept", "take": "taken", "ask": "conflict"}
        self.problems.append(Problem(code[self._rule], str(new), str(old), name))
        return self._rule == "take"

    def _set(self, name: str, value: Any) -> None:
        self._values[name] = value
        self._know(name)

    def _know(self, name: str) -> None:
        """Write down that a field is known from the list, if the place as a whole is known from elsewhere."""
        fact = Fact(self._listed.source, self._listed.checked, self._listed.checked_by)
        if self._own or fact == Fact(self._known.source, self._known.checked, self._known.checked_by):
            self._facts.pop(name, None)
        else:
            self._facts[name] = fact
