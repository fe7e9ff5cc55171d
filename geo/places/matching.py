"""The places of a register that a row of a list may be, found without comparing it with all of them."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from geo.coords import metres_per_degree
from geo.places.judging import TELLING_M, Described, Match, Traits, judge, traits_of

#: A key that more places share than this finds nothing by itself: a chain is searched by its branches and doors.
_CROWD: Final = 100
_CELL_M: Final = 100.0


class Matcher:
    """Known places, prepared once, asked for each row of a list.

    Parameters
    ----------
    places
        The register, or the rows of the list that were read before.

    Notes
    -----
    Pairs are compared only if they share a key: the name without its frills, its beginning, the host, the phone, the
    house number, or, where a name says nothing (``公厕``), the neighbourhood. Two thousand rows against two thousand
    places take about a second.

    Examples
    --------
    >>> from geo.places.judging import Sighting
    >>> matcher = Matcher([Sighting("a", "上地街道工会服务站", "上地东里四区7号楼二层")])
    >>> [(match.id, match.verdict) for match in matcher.match(Sighting("b", "上地街道总工会", "上地东里四区七号楼"))]
    [('a', 'same')]
    """

    def __init__(self, places: Iterable[Described]) -> None:
        self._known: Sequence[Traits] = [traits_of(place) for place in places]
        self._by_key: dict[str, list[int]] = defaultdict(list)
        for row, traits in enumerate(self._known):
            for key in set(_keys(traits, spread=False)):
                self._by_key[key].append(row)

    def match(self, place: Described) -> tuple[Match, ...]:
        """Return the places that are the same or may be, best first; ties by id."""
        asked = traits_of(place)
        rows: set[int] = set()
        for key in set(_keys(asked, spread=True)):
            found = self._by_key.get(key, ())
            if len(found) <= _CROWD or key.startswith("exact"):
                rows.update(found)
        matches = (judge(asked, self._known[row]) for row in rows)
        return tuple(sorted((m for m in matches if m.verdict != "different"), key=lambda m: (-m.score, m.id)))


def _keys(traits: Traits, *, spread: bool) -> Iterator[str]:
    """Yield what two places must share to be compared; ``spread`` adds the neighbouring cells."""
    name, address = traits.name, traits.address
    yield f"exact id {traits.id}"
    if traits.text:
        yield f"exact {traits.text} {address.text}"
    for whole in {name.whole, name.branch, traits.host} - {""}:
        yield f"name {whole}"
        yield f"name {whole} {address.number or address.building or address.text[-4:]}"
        if len(whole) > 5:
            yield f"start {whole[:4]}"
    for phone in traits.phones:
        yield f"phone {phone}"
    if address.number:
        yield f"door {address.street[-2:]} {address.number}"
    elif address.text:
        yield f"text {address.text}"
    if traits.position is not None and traits.slack_m <= TELLING_M:
        lon_m, lat_m = metres_per_degree(round(traits.position.lat))
        x, y = math.floor(traits.position.lon * lon_m / _CELL_M), math.floor(traits.position.lat * lat_m / _CELL_M)
        reach = (-1, 0, 1) if spread else (0,)
        for dx in reach:
            for dy in reach:
                yield f"cell {x + dx} {y + dy}"
