"""People's own words of opening hours, such as ``周一至周五 8:30-11:00,13:30-17:00``, to an expression, or *unknown*.

Three steps, each in its module: words (:mod:`geo.places.hours_words`), groups (:mod:`geo.places.hours_grammar`),
expression (:mod:`geo.places.hours_builder`). A text is understood as a whole or not at all: a word that is not known, a
time that may be meant in two ways, a contradiction leave the hours unknown, with the reason and the words kept for a
human.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, NamedTuple

from geo.errors import HoursError
from geo.places.hours import Hours
from geo.places.hours_builder import build
from geo.places.hours_grammar import read
from geo.places.hours_groups import unclear
from geo.places.hours_rules import weekday_text
from geo.places.hours_vocabulary import WordKind
from geo.places.hours_words import Word, split
from geo.places.selectors import WEEKDAYS

#: Longer texts are no opening hours.
MAX_TEXT: Final = 400


class UnderstoodWord(NamedTuple):
    """A word as it was understood: ``text[begin:end]``, its kind, and what it means in the language of expressions."""

    begin: int
    end: int
    kind: WordKind
    meaning: str


@dataclass(frozen=True)
class Understanding:
    """What a text was understood to say.

    Attributes
    ----------
    expression
        None: unknown, and a human should look at it.
    words
        All of the text, word by word.
    notes
        Why it is unknown.
    assumptions
        What the expression takes for granted though the text does not say it.
    """

    text: str
    expression: str | None
    words: tuple[UnderstoodWord, ...]
    notes: tuple[str, ...]
    assumptions: tuple[str, ...]


@lru_cache(maxsize=4096)
def understand(text: str) -> Understanding:
    """Understand a text.

    Examples
    --------
    >>> understand("周一至周五8:30-11:0013:30-17:00，节假日休息").expression
    'Mo-Fr 08:30-11:00,13:30-17:00; PH off'
    >>> understand("1:30-4:30").expression is None  # in the night, or in the afternoon?
    True
    """
    if len(text) > MAX_TEXT:
        whole = UnderstoodWord(0, len(text), "unknown", "")
        note = str(unclear(f"超过 {MAX_TEXT} 字", f"more than {MAX_TEXT} characters are no opening hours"))
        return Understanding(text, None, (whole,), (note,), ())
    found = split(text)
    words = tuple(UnderstoodWord(word.begin, word.end, word.kind, _meaning(word)) for word in found)
    try:
        built = build(read(found))
        Hours.parse(built.expression)
    except HoursError as error:
        return Understanding(text, None, words, (str(error),), ())
    return Understanding(text, built.expression, words, (), built.assumptions)


#: How the value of each kind of word is put; what has none means nothing by itself.
_MEANINGS: Final[Mapping[WordKind, Callable[[Any], str]]] = {
    "clock": lambda clock: f"{clock.minutes // 60:02d}:{clock.minutes % 60:02d}",
    "days": weekday_text,
    "nth_day": lambda days: ",".join(f"{WEEKDAYS[day]}[{number}]" for number, day in days),
    "month_day": lambda days: ",".join(map(str, days)),
    "date": lambda date: "-".join(f"{part:02d}" for part in date if part is not None),
    "workdays": lambda _: "Mo-Fr; PH off",
    "holidays": lambda _: "PH",
    "every_day": lambda _: "Mo-Su",
    **dict.fromkeys(("day_part", "season", "part", "always", "closed", "closed_label", "normally", "except"), str),
    **dict.fromkeys(("range", "next_day"), str),
}


def _meaning(word: Word) -> str:
    put = _MEANINGS.get(word.kind)
    return "" if put is None else put(word.value)
