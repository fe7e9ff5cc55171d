"""Names -> positions, offline."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Final, Literal, NamedTuple

from geo.coords import LonLat

NameKind = Literal["place", "area", "station", "street", "poi"]
#: At equal likeness the earlier kind comes first.
_ORDER: Final[dict[str, int]] = {"area": 0, "station": 1, "place": 2, "street": 3, "poi": 4}
MAX_QUERY: Final = 60


class Name(NamedTuple):
    """A name in the city: what it names, where, in which district or street, and the place's id if it is one."""

    name: str
    name_en: str | None
    kind: NameKind
    context: str | None
    position: LonLat
    place_id: str | None = None


class Gazetteer:
    """All names of a city, searched by what they begin with or hold.

    Width, case and spaces do not matter: ``ＤＯＮＧＳＩ`` finds ``Dongsi``.
    """

    def __init__(self, names: Iterable[Name]) -> None:
        self._names = tuple(names)
        self._keys = tuple((_key(name.name), _key(name.name_en or "")) for name in self._names)

    def search(self, text: str, limit: int = 8) -> tuple[Name, ...]:
        """Return the names that fit a text best: equal, then beginning with it, then holding it.

        Parameters
        ----------
        text
            At most :data:`MAX_QUERY` characters are looked at.
        limit
            How many at most.
        """
        wanted = _key(text[:MAX_QUERY])
        if not wanted:
            return ()
        hits = []
        for number, (own, english) in enumerate(self._keys):
            if wanted in own or wanted in english:
                name = self._names[number]
                likeness = min(_likeness(wanted, key) for key in (own, english) if wanted in key)
                hits.append((likeness, _ORDER[name.kind], len(own), name.name, number))
        return tuple(self._names[number] for *_, number in sorted(hits)[:limit])


def _key(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _likeness(wanted: str, key: str) -> int:
    if wanted == key:
        return 0
    return 1 if key.startswith(wanted) else 2
