"""The names of a pocket, by which places and streets are found as they are typed: characters, pinyin, initials."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any, Final

from geo.coords import E7, BBox, LonLat
from geo.finding.gazetteer import KINDS, Name, name_of, order, without_doubles
from geo.finding.pinyin import Syllables
from geo.finding.spelling import HAN, SIMPLIFIED, Read, units
from geo.places.model import Place

_IS_HAN: Final = re.compile(f"[{HAN}]")
_KINDS: Final = tuple(KINDS)


def names_in(names: Iterable[Name], places: Sequence[Place], box: BBox, centre: LonLat) -> list[Name]:
    """Return the names within a box and those of places, in the order in which equally like ones are wanted.

    House numbers are left out: they would be most of a pocket.
    """
    taken = [name for name in names if name.kind not in ("address", "place") and box.contains(name.position)]
    return sorted(without_doubles([*map(name_of, places), *taken]), key=lambda name: order(name, centre))


def written(names: Sequence[Name], read: Read) -> dict[str, bytes]:
    """Write the section ``names``: JSON, a list for each column.

    Parameters
    ----------
    names
        In the order in which equally like ones are wanted.
    read
        How Chinese characters are read.

    Notes
    -----
    ``syllables`` gives how each character is mostly read, ``ways`` (by number of the name and of its own names) how the
    runs of characters of a name are read where that is otherwise, and ``simplified`` the two rows of characters of
    which the first are written as the second before anything is compared.
    """
    runs = {run for name in names for own in name.names for run in _runs(own)}
    ways = {run: read(run) for run in sorted(runs)}
    usual = _usual(ways)
    contexts: dict[str | None, int] = {None: 0}
    columns: dict[str, Any] = {
        "name": [name.name for name in names],
        "name_en": {n: name.name_en for n, name in enumerate(names) if name.name_en is not None},
        "kind": [_KINDS.index(name.kind) for name in names],
        "context": [contexts.setdefault(name.context, len(contexts)) for name in names],
        "position": [v for name in names for v in (round(name.position.lon * E7), round(name.position.lat * E7))],
        "place": {n: name.place_id for n, name in enumerate(names) if name.place_id is not None},
        "also": {n: list(name.also) for n, name in enumerate(names) if name.also},
        "contexts": list(contexts),
        "kinds": list(_KINDS),
        "syllables": usual,
        "ways": {run: [" ".join(way) for way in own] for run, own in ways.items() if _differs(run, own, usual)},
        "simplified": ["".join(map(chr, SIMPLIFIED)), "".join(chr(int(to)) for to in SIMPLIFIED.values())],
    }
    return {"names": json.dumps(columns, ensure_ascii=False, separators=(",", ":")).encode()}


def _runs(name: str) -> list[str]:
    """Return the rows of Chinese characters of a name, as they are read."""
    parted = groupby(units(name), lambda unit: bool(_IS_HAN.match(unit)))
    return ["".join(run) for is_han, run in parted if is_han]


def _usual(ways: dict[str, tuple[Syllables, ...]]) -> dict[str, str]:
    """Return how each character is read most often; of equally frequent ones the first by the alphabet."""
    count: dict[str, Counter[str]] = {}
    for run, own in ways.items():
        for way in own[:1]:
            for character, syllable in zip(run, way, strict=False):
                count.setdefault(character, Counter())[syllable] += 1
    return {char: min(own.items(), key=lambda item: (-item[1], item[0]))[0] for char, own in sorted(count.items())}


def _differs(run: str, own: tuple[Syllables, ...], usual: dict[str, str]) -> bool:
    return own != (tuple(usual.get(character, "") for character in run),)
