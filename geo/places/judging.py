"""Whether two places are one under another name, spelling or kind, explained to the clerk who must decide.

Each piece of evidence has points, from what it says for (name, address, phone, distance) or against. The points are
added up and judged by two limits. Nothing is learnt and nothing depends on the other places in the register, so
that the judgement on a pair is the same in both directions and on every day.

What counts as one place: the same host at the same door, whatever it is called there: a service station that is also
a rest stop and, on Fridays, a barber is one place with many services. Two branches of a chain, two floors, two
neighbours in one building are different places.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, Protocol

from geo.coords import LonLat, metres_per_degree
from geo.places.addressing import Address, compare_addresses, read_address
from geo.places.model import Accuracy
from geo.places.naming import TELLING, Name, difference, likeness, plain, read_district, read_name
from geo.places.reasons import POINTS, Code, Reason

Verdict = Literal["same", "maybe", "different"]

#: From this many points on, two places are the same; from the lower one on, a human has to look.
SAME: Final = 5.0
MAYBE: Final = 1.5
#: How far a position may be off, in metres, by its accuracy; an illustrative one says nothing.
SLACK_M: Final[dict[Accuracy, float]] = {
    "exact": 25.0, "building": 80.0, "street": 400.0, "subdistrict": 2500.0, "illustrative": math.inf,
}  # fmt: skip
#: Positions further apart than this many times their slack contradict each other.
_FAR: Final = 3.0
#: Positions that agree are worth something only if they are as exact as this.
TELLING_M: Final = 200.0


class Described(Protocol):
    """What is matched: a :class:`~geo.places.model.Place`, or a row that has no position yet."""

    @property
    def id(self) -> str:
        """Stable id; the same id is the same place."""

    @property
    def name(self) -> str:
        """As people write it; may be empty."""

    @property
    def address(self) -> str | None:
        """As people write it."""

    @property
    def district(self) -> str | None:
        """Where the address does not tell."""

    @property
    def host(self) -> str | None:
        """The organisation that runs it."""

    @property
    def phone(self) -> str | None:
        """One or several numbers."""

    @property
    def position(self) -> LonLat | None:
        """WGS-84; None before geocoding."""

    @property
    def accuracy(self) -> Accuracy:
        """How exact the position is."""


@dataclass(frozen=True)
class Sighting:
    """A row of a list that may be a place we know: no position needed, no services."""

    id: str
    name: str
    address: str | None = None
    district: str | None = None
    host: str | None = None
    phone: str | None = None
    position: LonLat | None = None
    accuracy: Accuracy = "building"


class Match(NamedTuple):
    """A place that may be the same.

    Attributes
    ----------
    id
        Of the place that is known.
    verdict
        ``same``, ``maybe`` (a human has to look), ``different``.
    score
        From 0 to 1, rising with the points, 0.5 where maybe begins.
    reasons
        What speaks for and against, the weightiest first.
    """

    id: str
    verdict: Verdict
    score: float
    reasons: tuple[Reason, ...]


class Traits(NamedTuple):
    """What is compared of a place, made once."""

    id: str
    text: str
    name: Name
    host: str
    address: Address
    district: str
    phones: frozenset[str]
    position: LonLat | None
    slack_m: float


def traits_of(place: Described) -> Traits:
    """Take a place apart, once for all pairs."""
    name, address = read_name(place.name), read_address(place.address)
    inside = read_address(name.branch)  # "(E座B1)": the building is told by the name
    return Traits(
        id=place.id,
        text=plain(place.name),
        name=name,
        host=read_name(place.host or "").whole,
        address=address._replace(building=address.building or inside.building, floor=address.floor or inside.floor),
        district=read_district(place.address or "") or read_district(place.district or ""),
        phones=_phones(place.phone or ""),
        position=place.position,
        slack_m=SLACK_M[place.accuracy],
    )


def _phones(text: str) -> frozenset[str]:
    """Return the numbers that belong to one place: hotlines are shorter than seven digits."""
    numbers = (re.sub(r"\D", "", part) for part in re.split(r"[;；,，、/\s]+", text))
    return frozenset(number.removeprefix("86").lstrip("0")[-10:] for number in numbers if len(number) >= 7)


def compare(one: Described, other: Described) -> Match:
    """Judge a pair of places; the same in both directions.

    Parameters
    ----------
    one, other
        The pair; the match bears the id of ``other``.

    Examples
    --------
    >>> here = Sighting("a", "北京丰辰加油站暖心驿站", "北京市海淀区杏石口路3号平房")
    >>> found = compare(here, Sighting("b", "北京丰辰加油站工会职工之家", "海淀区杏石口路3号"))
    >>> found.verdict, [str(reason) for reason in found.reasons]
    ('same', ['same address 杏石口路3号', 'same name 丰辰加油站'])
    """
    return judge(traits_of(one), traits_of(other))


def judge(one: Traits, other: Traits) -> Match:
    """Judge a pair whose traits were made before."""
    if one.id == other.id:
        return Match(other.id, "same", 1.0, (Reason("same_id", one.id),))
    reasons = [*_judge_names(one, other), *_judge_addresses(one, other)]
    if one.district and other.district and one.district != other.district:
        reasons.append(Reason("other_district", *sorted((one.district, other.district))))
    if shared := one.phones & other.phones:
        reasons.append(Reason("same_phone", min(shared)))
    addressed = any(reason.code in {"same_door", "same_number"} for reason in reasons)
    reasons += _judge_positions(one, other, addressed=addressed)
    points = sum(POINTS[reason.code] for reason in reasons)
    verdict: Verdict = "same" if points >= SAME else "maybe" if points >= MAYBE else "different"
    weighty = sorted(reasons, key=lambda reason: (-abs(POINTS[reason.code]), reason.code))
    return Match(other.id, verdict, round(1 / (1 + math.exp(MAYBE - points)), 4), tuple(weighty))


def _judge_names(one: Traits, other: Traits) -> list[Reason]:
    found = _judge_name(one, other)
    a, b = one.name, other.name
    if found.code in {"same_name", "longer_name", "much_longer_name", "alike_name"}:
        return [found, *_judge_branches(a, b)]
    hosts = {one.host, other.host} - {""}
    if one.host and one.host == other.host:
        return [Reason("same_host", one.host)]
    if found.code == "other_name" and hosts & {a.whole, b.whole}:
        return [Reason("host_named", *sorted(hosts & {a.whole, b.whole}))]
    return [found]


def _judge_name(one: Traits, other: Traits) -> Reason:
    a, b = sorted((one.name, other.name))
    if not one.text or not other.text:
        return Reason("no_name")
    if not a.whole or not b.whole:
        return Reason("same_words" if one.text == other.text else "no_name")
    if a.core == b.core and (a.area == b.area or not a.area or not b.area or len(a.core) > 5):
        return Reason("same_name", a.whole)
    if (a.branch and a.branch == b.whole) or (b.branch and b.branch == a.whole):
        return Reason("same_name", b.whole if a.branch == b.whole else a.whole)
    if (a.area and b.area and a.area != b.area) or not a.core or not b.core:
        return Reason("other_name", a.whole, b.whole)
    return _judge_cores(a.core, b.core)


def _judge_cores(a: str, b: str) -> Reason:
    short, long = sorted((a, b), key=lambda core: (len(core), core))
    gone, come = difference(short, long)
    if not gone and len(short) >= 3 and not (len(come) < 3 and set(come) & TELLING):
        return Reason("longer_name" if len(come) < 3 else "much_longer_name", short, long)
    if not set(gone + come) & TELLING and likeness(short, long) >= 0.75 and max(len(gone), len(come)) <= 2:
        return Reason("alike_name", short, long)
    return Reason("other_name", short, long)


def _judge_branches(a: Name, b: Name) -> list[Reason]:
    if a.number != b.number and ((a.number and b.number) or min(a.number, b.number) != "1"):
        return [Reason("other_of_several", *sorted((a.number or "–", b.number or "–")))]
    if a.branch and b.branch and a.branch != b.branch and a.whole == b.whole:
        return [Reason("other_branch", *sorted((a.branch, b.branch)))]
    return []


def _judge_addresses(one: Traits, other: Traits) -> list[Reason]:
    a, b = sorted((one.address, other.address))
    agreement, conflicts = compare_addresses(a, b)
    if agreement == "unknown":
        return [Reason("no_address")]
    reasons = [Reason(_CODE_OF_AGREEMENT[agreement], *_shown(agreement, a, b))]
    if agreement == "other_number":
        return reasons
    if one.name.station and other.name.station and one.name.whole == other.name.whole:
        return [*reasons, Reason("one_station", one.name.whole)]
    if agreement == "other":
        return reasons
    for piece in sorted(conflicts - ({"room"} if "floor" in conflicts else set())):
        if piece == "beside":
            reasons.append(Reason("beside", *sorted((a.beside or "–", b.beside or "–"))))
        else:
            shown = sorted((getattr(a, piece), getattr(b, piece)))
            reasons.append(Reason(_CODE_OF_CONFLICT[piece], *shown))
    return reasons


_CODE_OF_AGREEMENT: Final[dict[str, Code]] = {
    "same_door": "same_door", "same_number": "same_number", "same_text": "same_text", "near_number": "near_number",
    "alike": "alike_address", "other_number": "other_number", "other": "other_address",
}  # fmt: skip
_CODE_OF_CONFLICT: Final[dict[str, Code]] = {
    "building": "other_building", "floor": "other_floor", "room": "other_room",
}  # fmt: skip


def _shown(agreement: str, a: Address, b: Address) -> tuple[str, ...]:
    if agreement == "same_number":
        shorter = min((a, b), key=lambda address: (len(address.street), address.street))
        return (shorter.street + (shorter.number or f"{shorter.building}号楼"),)
    if agreement == "same_door":
        return (min((a.text, b.text), key=lambda text: (len(text), text)),)
    return a.text, b.text


def _judge_positions(one: Traits, other: Traits, *, addressed: bool) -> Iterator[Reason]:
    """Yield what the distance says; positions made from one and the same address add little to it."""
    if one.position is None or other.position is None:
        return
    slack_m = one.slack_m + other.slack_m
    away_m = _away_m(one.position, other.position)
    if away_m <= slack_m <= TELLING_M:
        yield Reason("near_too" if addressed else "near", f"{away_m:.0f}")
    elif away_m > _FAR * slack_m:
        yield Reason("far", f"{away_m:.0f}")


def _away_m(a: LonLat, b: LonLat) -> float:
    """Return the distance in metres, good to a few per mille within a city."""
    lon_m, lat_m = metres_per_degree((a.lat + b.lat) / 2)
    return math.hypot((a.lon - b.lon) * lon_m, (a.lat - b.lat) * lat_m)
