"""The words of opening hours, Chinese and some English: a text becomes words, and no character is left out.

What is no word known here becomes a word of kind ``unknown``: whoever reads on can then refuse the text as a whole.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from typing import Any, Final, Literal, NamedTuple

from geo.places.hours_vocabulary import PHRASES, WORDS, WordKind


class Clock(NamedTuple):
    """A time of day as written: ``sure`` if it can only be meant on the 24-hour clock."""

    minutes: int
    sure: bool
    half: Literal["am", "pm"] | None = None


class Date(NamedTuple):
    """A date as written; what is not written is None."""

    year: int | None
    month: int | None
    day: int | None


class Word(NamedTuple):
    """A word of a text.

    Attributes
    ----------
    begin, end
        Where it stands: ``text[begin:end]``.
    value
        What it means: of a type that goes with the kind.
    """

    begin: int
    end: int
    kind: WordKind
    value: Any
    text: str


_NUMERALS: Final = {char: value for value, char in enumerate("零一二三四五六七八九十")} | {"〇": 0, "两": 2}
_WEEKDAYS: Final = {char: value for value, char in enumerate("一二三四五六日")} | {"天": 6}
_ENGLISH: Final = {name: value for value, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))}

#: Spellings of one sign, character for character, so that places in the text stay what they are.
_SPELLINGS: Final = {
    ":": "：︰∶꞉﹕ː", ";": "；﹔", ",": "，﹐", "(": "（［【〔", ")": "）］】〕", "。": "．｡", "!": "！",
    "-": "—–―─━－‐‑‒﹣−", "~": "～〜∼˜", " ": "\u3000\u00a0\u2002\u2003\u2009\t\r\n",
    "点": "點", "时": "時", "开": "開", "闭": "閉", "馆": "館", "节": "節", "周": "週", "号": "號", "楼": "樓",
    "层": "層", "营": "營", "业": "業", "间": "間",
    **{str(figure): chr(ord("０") + figure) for figure in range(10)},
}  # fmt: skip
_ONE_FOR_ONE: Final = {ord(char): sign for sign, chars in _SPELLINGS.items() for char in chars}
_NUM: Final = r"(?:\d{1,2}|[零〇一二两三四五六七八九十]{1,3})"
_TO: Final = r"\s*(?:-+|~+|至|到)\s*"
_N: Final = "[一二三四五六日天]"
_BARE: Final = rf"{_N}(?![层楼月号点时年个次室馆站期周]|小时)"
_WEEK: Final = "(?:周|星期|礼拜)"
_LIST: Final = r"\s*(?:、|,|/|和|及|与)\s*"
_MON: Final = r"(?:mon|tue|wed|thu|fri|sat|sun)(?:day|sday|nesday|rsday|urday|s|rs)?\.?"

_Make = Callable[[re.Match[str]], Any]
#: What is written in figures: kind, pattern, and what makes a value of a match (None: it is no such word after all).
_PATTERNS: list[tuple[WordKind, re.Pattern[str], _Make]] = []


def _pattern(kind: WordKind, pattern: str) -> Callable[[_Make], _Make]:
    """Register what makes a value of the matches of a pattern."""

    def keep(make: _Make) -> _Make:
        _PATTERNS.append((kind, re.compile(pattern, re.IGNORECASE), make))
        return make

    return keep


def split(text: str) -> tuple[Word, ...]:
    """Return the words of a text, in order; together they are the text.

    Examples
    --------
    >>> [(word.text, word.kind) for word in split("周一至周五9：00—17：00")]
    [('周一至周五', 'days'), ('9：00', 'clock'), ('—', 'range'), ('17：00', 'clock')]
    """
    plain = text.translate(_ONE_FOR_ONE).lower()
    if len(plain) != len(text):  # a letter whose small form is two: none of ours
        plain = text.translate(_ONE_FOR_ONE)
    words: list[Word] = []
    at = 0
    while at < len(plain):
        end, kind, value = _next(plain, at)
        begin = words.pop().begin if kind == "unknown" and words and words[-1].kind == "unknown" else at
        words.append(Word(begin, end, kind, value, text[begin:end]))
        at = end
    return tuple(words)


def _next(plain: str, at: int) -> tuple[int, WordKind, Any]:
    phrase = _PHRASES.match(plain, at)
    if phrase is not None and phrase.lastgroup is not None:
        kind = _PHRASE_KINDS[phrase.lastgroup]
        return phrase.end(), kind, phrase[0]
    for kind, pattern, make in _PATTERNS:
        match = pattern.match(plain, at)
        if match is not None and (value := make(match)) is not None:
            return match.end(), kind, value
    word = _VOCABULARY.match(plain, at)
    if word is not None:
        kind, value = _MEANINGS[word[0]]
        return word.end(), kind, value
    run = _RUN.match(plain, at)
    return (at + 1, "unknown", None) if run is None else (run.end(), "space" if run[0].isspace() else "unknown", None)


def _number(text: str) -> int | None:
    """Read a number below 100, in figures or in Chinese."""
    if text.isascii():
        return int(text)
    tens, ten, ones = text.partition("十")
    if len(tens) > 1 or len(ones) > 1:
        return None
    if not ten:
        return _NUMERALS[text]
    return (_NUMERALS[tens] if tens else 1) * 10 + (_NUMERALS[ones] if ones else 0)


def _clock(
    hour: int | None, minute: int | None, *, sure: bool, half: Literal["am", "pm"] | None = None
) -> Clock | None:
    if hour is None or minute is None or hour > 24 or minute > 59 or (hour == 24 and minute):
        return None
    if half is not None:
        if not 1 <= hour <= 12:
            return None
        return Clock((hour % 12 + (12 if half == "pm" else 0)) * 60 + minute, True, half)
    return Clock(hour * 60 + minute, sure or hour > 12 or hour == 0)


@_pattern("date", r"(\d{4})(?:年|[-/.])(\d{1,2})(?:月|[-/.])(\d{1,2})(?!\d)[日号]?")
def _full_date(match: re.Match[str]) -> Date | None:
    return _date(int(match[1]), int(match[2]), int(match[3]))


@_pattern("date", rf"({_NUM})月(?:({_NUM})(?![\d:点时])[日号]?|份)?")
def _month_and_day(match: re.Match[str]) -> Date | None:
    return _date(None, _number(match[1]), _number(match[2]) if match[2] else None)


@_pattern("date", rf"(\d{{1,2}})(?={_TO}\d{{1,2}}月(?!\d))")
def _bare_month(match: re.Match[str]) -> Date | None:
    return _date(None, int(match[1]), None)


@_pattern("date", rf"({_NUM})[日号](?![线楼院门店])")
def _bare_day(match: re.Match[str]) -> Date | None:
    return _date(None, None, _number(match[1]))


def _date(year: int | None, month: int | None, day: int | None) -> Date | None:
    if year is not None and not 2000 <= year <= 2100:
        return None
    if month is not None and not 1 <= month <= 12:
        return None
    most = 31 if month is None else monthrange(2024 if year is None else year, month)[1]
    return Date(year, month, day) if day is None or 1 <= day <= most else None


@_pattern("clock", r"(\d{1,2})(?::(\d{2}))?\s*([ap])\.?m\b\.?")
def _english_clock(match: re.Match[str]) -> Clock | None:
    return _clock(int(match[1]), int(match[2] or 0), sure=True, half="am" if match[3] == "a" else "pm")


@_pattern("clock", r"(\d{1,2})\s?:\s?(\d{2})(?::00(?!\d|:))?")
def _figures(match: re.Match[str]) -> Clock | None:
    return _clock(int(match[1]), int(match[2]), sure=match[1].startswith("0"))


@_pattern("clock", rf"({_NUM})(?:点钟|点整|点|时(?!间|段))(?:(半)|([一三13])刻|({_NUM})(?!\d|{_NUM}?[点时:])分?)?")
def _spoken(match: re.Match[str]) -> Clock | None:
    minute = 30 if match[2] else {"一": 15, "1": 15, "三": 45, "3": 45}.get(match[3] or "", 0)
    return _clock(_number(match[1]), _number(match[4]) if match[4] else minute, sure=False)


@_pattern("clock", rf"(\d{{1,2}})(?={_TO}(?:上午|中午|下午|晚上?)?\d{{1,2}}[点时](?!间|段))")
def _bare_hour(match: re.Match[str]) -> Clock | None:
    return _clock(int(match[1]), 0, sure=False)


@_pattern("nth_day", rf"(?:每个?月)的?(?:第({_N}|[1-5])((?:[、,和]第?(?:{_N}|[1-5]))*)|最后一)个?{_WEEK}({_N})")
def _nth(match: re.Match[str]) -> tuple[tuple[int, int], ...] | None:
    weekday = _WEEKDAYS[match[3]]
    if match[1] is None:
        return ((-1, weekday),)
    numbers = [_number(char) for char in re.findall(r"[一二三四五1-5]", match[1] + match[2])]
    return tuple((number, weekday) for number in numbers if number is not None) or None


@_pattern("month_day", rf"每个?月的?(\d{{1,2}}[日号]?(?:[、,和]\d{{1,2}}[日号]?)*)(?<=[日号])(?!{_TO}\d)")
def _of_month(match: re.Match[str]) -> tuple[int, ...] | None:
    days = tuple(sorted({int(figures) for figures in re.findall(r"\d+", match[1])}))
    return days if all(1 <= day <= 31 for day in days) else None


@_pattern(
    "days",
    rf"(?:每逢|逢|每)?{_WEEK}(?:{_N}(?!月|小时|次)|末)+"
    rf"(?:(?:{_TO}|{_LIST})(?:每?{_WEEK}(?:{_N}|末)|{_BARE})+)*",
)
def _chinese_days(match: re.Match[str]) -> frozenset[int] | None:
    days: set[int] = set()
    last: int | None = None
    to = False
    for piece in re.findall(rf"{_N}|末|-+|~+|至|到|[、,/和及与]", match[0].replace("星期", "").replace("礼拜", "")):
        if piece in _WEEKDAYS:
            day = _WEEKDAYS[piece]
            days |= _span(last, day) if to and last is not None else {day}
            last, to = day, False
        elif piece == "末":
            if to:
                return None
            days |= {5, 6}
            last = None
        else:
            to = piece not in "、,/和及与"
            if to and last is None:
                return None
    return frozenset(days)


@_pattern("days", rf"({_MON})(?:(?:{_TO}|\s+to\s+|\s*,\s*|\s+and\s+){_MON})*(?![a-z])")
def _english_days(match: re.Match[str]) -> frozenset[int] | None:
    days: set[int] = set()
    last: int | None = None
    to = False
    for piece in re.findall(r"mon|tue|wed|thu|fri|sat|sun|-+|~+|\bto\b|至|到|,|\band\b", match[0]):
        if piece in _ENGLISH:
            day = _ENGLISH[piece]
            days |= _span(last, day) if to and last is not None else {day}
            last, to = day, False
        else:
            to = piece not in (",", "and")
    return frozenset(days)


@_pattern(
    "part",
    r"(?:负?[一二三四五六七八九十]+|-?\d{1,2}|b\d)(?:\s*(?:、|,|至|到|-)\s*(?:[一二三四五六七八九十]+|\d{1,2}))*"
    r"(?:层|楼(?!层))(?:大厅)?",
)
def _floors(match: re.Match[str]) -> str:
    return match[0]


def _span(first: int, last: int) -> set[int]:
    return {day % 7 for day in range(first, last + 1 if last >= first else last + 8)}


_PHRASE_KINDS: Final = {f"g{i}": kind for i, (kind, _) in enumerate(PHRASES)}
_PHRASES: Final = re.compile("|".join(f"(?P<g{i}>{pattern})" for i, (_, pattern) in enumerate(PHRASES)))

_MEANINGS: Final[dict[str, tuple[WordKind, Any]]] = {
    word.replace("\xa0", " "): (kind, word if kind == "part" else value)
    for kind, value, words in WORDS
    for word in words.split(" ")
} | {"提供24小时服务": ("always", "24h")}
_RUN: Final = re.compile(r" +|[a-z]+|\d+")
_VOCABULARY: Final = re.compile(
    "|".join(
        re.escape(word) + (r"(?![a-z])" if word.isascii() and word.isalpha() else "")
        for word in sorted(_MEANINGS, key=len, reverse=True)
    )
)
