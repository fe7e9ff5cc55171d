"""People's words for the kit of a place: 饮水机, 热饭, 应急药箱 … -> amenities, yes or no."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from geo.importing.amenity_words import OTHERS, WORDS
from geo.places.model import AmenityKind, YesNo

_BREAKS: Final = re.compile(r"([、;；,，。.\n/|+＋&]|\s{2,}|(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])|以及|还有)")
#: A list under one verb goes on over these: what follows 无X、Y is unclear.
_WEAK_BREAKS: Final = frozenset("、/+＋&")
_YES_BEFORE: Final = re.compile("有|配有|设有|备有|提供|另有")
_NO_BEFORE: Final = re.compile(
    r"^(暂时没有|没有|暂无|尚无|不提供|未提供|不含|未配备|未配|未设|不设|不配备|缺少|缺|无(?!线|障碍)|没|不可|不能|no\b)",
    re.IGNORECASE,
)
_NO_AFTER: Final = re.compile(
    r"[(:\s]{0,3}(无|没有|否|×|✗|✘|暂无|不提供|未提供|坏了|已坏|损坏|故障|停用|暂停使用|维修中|待修|不可用"
    r"|[:=]\s*(?:no|n|false|0))\)?$"
)
_YES_AFTER: Final = re.compile(r"[(:\s]{0,3}(有|是|√|✓|✔|可用|正常|[:=]\s*(?:yes|y|true|1))\)?$")
_BEFORE: Final = re.compile(
    r"^(可以|可供|可|能|免费|提供|配备有|配备|配有|设有|备有|具备|拥有|有|含|包括|供应|供|24小时|爱心|便民|公共|共享|自助|应急|"
    r"智能|户外劳动者|一次性|简易|常用|职工|多功能|全天|室内|及|和|与|等|一台|一个|服务功能包括|主要服务:)"
)
_AFTER: Final = re.compile(
    r"(等等|等服务|等设施|等物品|等|服务|供给|供应|提供|区域|区|设施|设备|用品|借用|使用|若干|齐全|点|处|角|间|"
    r"[x×*]?\d{1,3}\s?(台|个|把|张|套|部|只|件|间|组|份|座|人|本|册)?|[一二两三四五六七八九十几]\s?(台|个|把|张|套|部|只|件|间|组))$"
)
_IN_BRACKETS: Final = re.compile(r"[(\[【][^()\[\]【】]{0,100}[)\]】]")
#: A longer text without a separator is no name of a thing.
_MAX_WORD: Final = 40
_JOINTS: Final = re.compile(r"^[和与及\\、等的\s免费提供应急可]*$")


class _Part(NamedTuple):
    text: str
    weakly_joined: bool


@dataclass(frozen=True)
class AmenityReading:
    """What a cell says of the kit.

    Attributes
    ----------
    amenities
        What is there (yes) or certainly not (no).
    unknown
        Words that are not understood.
    unclear
        Words that may be meant yes or no.
    others
        Known words for what is no amenity.
    """

    amenities: Mapping[AmenityKind, YesNo]
    unknown: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


def read_amenities(text: str) -> AmenityReading:
    """Understand a list of words.

    A word that is denied (无微波炉, 饮水机：无, 插座坏了) is *no*. After a denied word, those that are joined to it
    by 、 alone may be meant either way and stay unknown, and so does what is both affirmed and denied.

    Examples
    --------
    >>> reading = read_amenities("微波炉、饮水机；无冰箱；麻将桌")
    >>> dict(reading.amenities), reading.unknown
    ({'microwave': 'yes', 'water': 'yes', 'fridge': 'no'}, ('麻将桌',))
    """
    said: dict[AmenityKind, set[YesNo]] = defaultdict(set)
    unknown, unclear, others = [], [], []
    under_no = False
    for part in _parts(text):
        bare, answer = _answer(part.text)
        under_no = under_no and part.weakly_joined and answer is None
        kinds, extra, rest = _kinds(bare)
        others += extra
        unknown += rest
        if under_no and kinds:
            unclear.append(part.text)
        else:
            for kind in kinds:
                said[kind].add(answer or "yes")
        under_no = under_no or answer == "no"
    contradicted = [kind for kind, answers in said.items() if len(answers) > 1]
    amenities = {kind: answers.pop() for kind, answers in said.items() if len(answers) == 1}
    return AmenityReading(amenities, _once(unknown), _once([*unclear, *contradicted]), _once(others))


def amenities_of_word(word: str) -> tuple[AmenityKind, ...]:
    """Return what one word means, without looking into it.

    Examples
    --------
    >>> amenities_of_word("冷热水")
    ('water', 'hot_water')
    """
    return _KINDS.get(_key(word), ())


def _parts(text: str) -> Iterator[_Part]:
    """Cut a text at its separators, but not inside brackets."""
    text = unicodedata.normalize("NFKC", text)
    held = _IN_BRACKETS.sub(lambda match: match.group().translate(_HOLD), text)
    weak = False
    for number, piece in enumerate(_BREAKS.split(held)):
        if number % 2:
            weak = piece in _WEAK_BREAKS
        elif word := piece.translate(_RELEASE).strip():
            yield _Part(word, weak)


_HOLD: Final = {ord(mark): 0xE000 + number for number, mark in enumerate("、;；,，。./|+＋& \n")}
_RELEASE: Final = {private: mark for mark, private in _HOLD.items()}


def _answer(text: str) -> tuple[str, YesNo | None]:
    """Split a word from whether it is affirmed or denied; None is neither."""
    if _key(text) in _KINDS or _key(text) in _OTHERS:  # 无线网络 denies nothing
        return text, None
    if match := _NO_AFTER.search(text):
        return text[: match.start()], "no"
    if match := _NO_BEFORE.match(text):
        return text[match.end() :].strip(), "no"
    if match := _YES_AFTER.search(text):
        return text[: match.start()], "yes"
    return text, "yes" if _YES_BEFORE.match(text) else None


def _kinds(text: str) -> tuple[tuple[AmenityKind, ...], list[str], list[str]]:
    """Return the amenities in a text, known words for something else, and what is not understood."""
    outer = _IN_BRACKETS.sub("", text).strip()
    key = _key(outer) or _key(text)
    if not key:
        return (), [], []
    if len(key) > _MAX_WORD:
        return (), [], [text]
    for word in _trimmed(key):
        if word in _KINDS:
            return _KINDS[word], [], []
        if word in _OTHERS:
            return (), [outer or text], []
    kinds, rest = _inside(key)
    if kinds and _JOINTS.match(rest):
        return kinds, [], []
    return (), [], [text]


def _trimmed(key: str) -> Iterator[str]:
    """Yield a word, then shorter and shorter, without what says nothing about the thing."""
    seen = [key]
    for word in seen:
        yield word
        for shorter in (_BEFORE.sub("", word), _AFTER.sub("", word)):
            if shorter and shorter not in seen:
                seen.append(shorter)


def _inside(key: str) -> tuple[tuple[AmenityKind, ...], str]:
    """Take all words out of a text that runs on (雨衣雨伞), the longest first; return their amenities, and the rest."""
    found: list[AmenityKind] = []

    def take(match: re.Match[str]) -> str:
        found.extend(_KINDS[match.group()])
        return ""

    rest = _ANY_WORD.sub(take, key)
    return tuple(dict.fromkeys(found)), rest


def _key(word: str) -> str:
    return re.sub(r"[\s\-_'\"“”‘’·:：!！\\]+", "", unicodedata.normalize("NFKC", word).casefold())


def _once(words: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))


def _inverted() -> dict[str, tuple[AmenityKind, ...]]:
    kinds: dict[str, list[AmenityKind]] = defaultdict(list)
    for kind, words in WORDS.items():
        for word in [kind.replace("_", ""), *words.split()]:
            if kind not in kinds[word]:
                kinds[word].append(kind)
    return {word: tuple(of_word) for word, of_word in kinds.items()}


_KINDS: Final = _inverted()
_OTHERS: Final = frozenset(OTHERS.split())
#: One character (水, 伞) is too little to look for inside other words.
_ANY_WORD: Final = re.compile(
    "|".join(re.escape(word) for word in sorted(_KINDS, key=len, reverse=True) if len(word) > 1 and not word.isascii())
)
