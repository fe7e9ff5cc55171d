"""How Chinese names are read: pinyin under a reviewed table of Beijing's readings. The only door to pypinyin."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from itertools import islice, product
from typing import Final, NamedTuple

#: A name with several doubtful parts is read in at most so many ways.
MAX_READINGS: Final = 8

Syllables = tuple[str, ...]


class Reviewed(NamedTuple):
    """A row of the reviewed table: a part of names, how it may be read, the first most usual, and why it is there."""

    text: str
    readings: tuple[Syllables, ...]
    why: str


def readings(text: str) -> tuple[Syllables, ...]:
    """Return the ways in which Chinese characters are read, one syllable each, without tones, most usual first.

    Parts that stand in the reviewed table are read as it says, the longest first; the rest as pypinyin says.
    ``ü`` is written ``v``, as input methods have it.

    Parameters
    ----------
    text
        Chinese characters alone.

    Examples
    --------
    >>> readings("朝阳门")
    (('chao', 'yang', 'men'),)
    >>> readings("大栅栏")[:2]
    (('da', 'shi', 'lan'), ('da', 'zha', 'lan'))
    """
    parts: list[tuple[Syllables, ...]] = []
    begin = plain_from = 0
    while begin < len(text):
        row = _longest_at(text, begin)
        if row is None:
            begin += 1
            continue
        parts += [_unreviewed(text[plain_from:begin]), row.readings]
        begin = plain_from = begin + len(row.text)
    parts.append(_unreviewed(text[plain_from:]))
    ways = product(*(part for part in parts if part))
    found = (tuple(syllable for part in way for syllable in part) for way in islice(ways, MAX_READINGS))
    return tuple(dict.fromkeys(found)) if text else ()


@cache
def reviewed() -> tuple[Reviewed, ...]:
    """Return the table of reviewed readings, which knows nothing of tones."""
    lines = files("geo.finding").joinpath("beijing_readings.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines[1:] if line]
    return tuple(Reviewed(text, tuple(tuple(way.split()) for way in ways.split("/")), why) for text, ways, why in rows)


@cache
def _by_text() -> tuple[dict[str, Reviewed], int]:
    rows = {row.text: row for row in reviewed()}
    return rows, max(map(len, rows))


def _longest_at(text: str, begin: int) -> Reviewed | None:
    rows, longest = _by_text()
    for length in range(min(longest, len(text) - begin), 0, -1):
        row = rows.get(text[begin : begin + length])
        if row is not None:
            return row
    return None


def _unreviewed(text: str) -> tuple[Syllables, ...]:
    if not text:
        return ()
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - 170 ms; a pack's own names were read when it was built

    # A character that pypinyin does not know stands for itself, so that there is one syllable for each.
    return (tuple(lazy_pinyin(text, errors=list)),)  # type: ignore[arg-type]  # it takes lists too, and says so
