"""Names -> positions, offline: what a text typed by a person names, the likeliest first."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from geo.coords import LonLat
from geo.finding.spelling import MAX_QUERY, key
from geo.places.addressing import read_address
from geo.places.model import Place

if TYPE_CHECKING:  # it needs the values of this module
    from geo.finding.name_index import NameIndex

NameKind = Literal["area", "station", "place", "street", "poi", "address"]
#: At equal likeness the earlier kind comes first.
KINDS: Final[dict[str, int]] = {"area": 0, "station": 1, "place": 2, "street": 3, "poi": 4, "address": 5}

_ENDS_IN_NUMBER: Final = re.compile(r"\d\s*$")
#: Nearer to each other than this, about 50 m, two entries of one name are one thing.
_SPOT_DEG: Final = 0.0005
#: A street's name has at least so many characters.
_SHORTEST_STREET: Final = 2


class Name(NamedTuple):
    """A name in the city.

    Attributes
    ----------
    name, name_en, kind
        What it names.
    context
        In which district or street.
    position
        Where; of a street its middle.
    place_id
        The place's id if it is one.
    also
        Its other names, such as what people call it.
    address
        Its address with a house number, as people write it.
    exact
        Whether the position is that of what was asked for; False where a house number was, and only its street is
        known.
    """

    name: str
    name_en: str | None
    kind: NameKind
    context: str | None
    position: LonLat
    place_id: str | None = None
    also: tuple[str, ...] = ()
    address: str | None = None
    exact: bool = True

    @property
    def names(self) -> tuple[str, ...]:
        """All of its names."""
        return (self.name, *filter(None, (self.name_en,)), *self.also)


def name_of(place: Place) -> Name:
    """Return the entry of a place."""
    address = place.address or ""
    around = [part for part in (place.district, place.subdistrict) if part and part not in address]
    context = " ".join(filter(None, (*around, address))) or None
    return Name(place.name, place.name_en, "place", context, place.position, place.id, address=place.address)


class Hit(NamedTuple):
    """A name that was found, and how alike it is: see :func:`geo.finding.spelling.likeness`."""

    likeness: int
    name: Name


Order = tuple[int, int, float, str, str, LonLat, str]


def order(name: Name, centre: LonLat) -> Order:
    """Return by what names of equal likeness are ordered: kind, length, nearness, and then whatever tells them apart.

    Parameters
    ----------
    name
        One of them.
    centre
        Near which point.
    """
    east = (name.position.lon - centre.lon) * math.cos(math.radians(centre.lat))
    north = name.position.lat - centre.lat
    apart = east * east + north * north  # only compared, so its unit does not matter
    return KINDS[name.kind], size(name), apart, name.name, name.context or "", name.position, name.place_id or ""


def size(name: Name) -> int:
    """Return how many characters a name has, of those that are compared."""
    return len(key(name.name))


class Gazetteer:
    """All names of a city, found by what a person types: characters, pinyin, initials, house numbers.

    Width, case, accents, spaces and punctuation do not matter: ``ＤＯＮＧＳＩ`` finds ``Dongsi``.

    Parameters
    ----------
    indexes
        Those that hold the names; what they find is merged by one rule.
    centre
        Middle of the city; names near it come first, unless another point is asked for.
    """

    def __init__(self, indexes: Sequence[NameIndex], centre: LonLat) -> None:
        self._indexes = tuple(indexes)
        self._centre = centre

    def search(self, text: str, limit: int = 8, near: LonLat | None = None) -> tuple[Name, ...]:
        """Return the names that fit a text best: by likeness, then :func:`order`.

        A house number is found where it is known; elsewhere its street is, with ``exact`` False.

        Parameters
        ----------
        text
            At most :data:`~geo.finding.spelling.MAX_QUERY` characters are looked at.
        limit
            How many at most.
        near
            Nearness to this point counts; None: to the middle of the city.
        """
        text = text[:MAX_QUERY]
        wanted = key(text)[:MAX_QUERY]
        if not wanted or limit < 1:
            return ()
        hits = chain.from_iterable(index.search(wanted, 2 * limit, near) for index in self._indexes)
        ranked = sorted(hits, key=lambda hit: (hit.likeness, order(hit.name, near or self._centre)))
        found = [*self._doors(text, near), *without_doubles(hit.name for hit in ranked[: 2 * limit])]
        if len(found) < limit:
            found += self._streets_of(text, near, {name.position for name in found})
        return tuple(dict.fromkeys(found))[:limit]

    def _doors(self, text: str, near: LonLat | None) -> list[Name]:
        """Return what is known to stand at an address."""
        street, number = _street_and_number(text)
        if not number:
            return []
        doors = (name for index in self._indexes for tail in _tails(street) for name in index.doors(tail, number))
        return sorted(dict.fromkeys(doors), key=lambda name: order(name, near or self._centre))

    def _streets_of(self, text: str, near: LonLat | None, but: set[LonLat]) -> list[Name]:
        """Return the streets of an address whose number is not known."""
        street, number = _street_and_number(text)
        if not number:
            return []
        for tail in _tails(street):
            found = [name for index in self._indexes for name in index.streets(tail) if name.position not in but]
            if found:
                found.sort(key=lambda name: order(name, near or self._centre))
                return [name._replace(exact=False) for name in found]
        return []


def without_doubles(names: Iterable[Name]) -> list[Name]:
    """Return names without the things of the map that are a place too, of the same name and on the same spot."""
    kept: list[Name] = []
    spots: dict[str, list[LonLat]] = {}
    for name in names:
        if name.kind == "place":
            spots.setdefault(name.name, []).append(name.position)
        elif name.kind == "poi" and any(_one_spot(name.position, spot) for spot in spots.get(name.name, ())):
            continue
        kept.append(name)
    return kept


def _one_spot(one: LonLat, other: LonLat) -> bool:
    return max(abs(one.lon - other.lon), abs(one.lat - other.lat)) < _SPOT_DEG


def _street_and_number(text: str) -> tuple[str, str]:
    """Return street and house number of an address, compared as names are; empty if it names none."""
    address = read_address(text)
    if not address.number and _ENDS_IN_NUMBER.search(text):  # the word for number is still to be typed
        address = read_address(f"{text}号")
    return key(address.street), key(address.number)


def _tails(street: str) -> Iterator[str]:
    """Yield a street's name, then what is left of it without the beginning, which may name the area it lies in."""
    for begin in range(max(0, len(street) - _SHORTEST_STREET) + 1 if len(street) >= _SHORTEST_STREET else 0):
        yield street[begin:]


def address_key(text: str) -> tuple[str, str]:
    """Return by what an address is found: its street and its number; empty if it names none.

    Examples
    --------
    >>> address_key("北京市东城区朝阳门南小街 12 号院 3 号楼")
    ('朝阳门南小街', '12')
    """
    address = read_address(text)
    return (key(address.street), key(address.number)) if address.street and address.number else ("", "")
