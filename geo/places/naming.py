"""What in a Chinese place name says who it is, and what only says what it offers.

People write one place in many ways: with and without the city and the district, with the company's legal form or
without, ``…暖心驿站`` in one list and ``…职工之家`` in another, the branch in brackets or glued on. Taken apart,
the name of the organisation remains, and the branch.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, NamedTuple

_DIGITS: Final = {char: value for value, char in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
_NUMBER_WORD: Final = re.compile(
    r"[〇零一二三四五六七八九十百两]+(?=号|層|层|楼|单元|门|区|院|室|街|段|幢|栋|社区|村|公里)"
)
_SPACES: Final = re.compile(r"_x000d_|[\s\ufeff\u200b\u3000]+")
_BRACKETS: Final = str.maketrans("[]{}<>【】〔〕〈〉《》「」『』﹝﹞", "()()()()()()()()()()")
_NOISE: Final = re.compile(r"[+·•・.,，。;；:：、!！?？'\"“”‘’*_&~—–\-/|\\]+")
_NOISE_IN_ADDRESS: Final = re.compile(r"[+·•・.,，。;；:：、!！?？'\"“”‘’*_&|\\]+")

#: Words that say what a place offers; they do not tell one place from another.
_KIND_WORDS: Final = """
暖心驿站 暖新驿站 暖心服务站 爱心驿站 爱心驿家 爱心接力站 接力站 爱心加油站 工心驿站 城管爱心驿站
工会驿站 工会服务站 工会户外劳动者驿站 户外劳动者之家 户外劳动者 户外职工 户外员工 劳动者服务站
劳动者驿站 服务站点 骑士驿站 骑手驿站 小哥驿站 环卫工驿站 全时驿站 智能驿家 职工之家 职工书屋
职工小家 劳动者之家 司机之家 城市服务者之家 母婴关爱室 母婴室 妈咪屋 三方工作站 免费饮水点 饮水点
免费理发 义务理发 公共厕所 公共卫生间 公厕 洗手间 卫生间 厕所 公共饮水 直饮水 避暑纳凉点 纳凉点
避寒场所 环卫工人休息间 休息间 驿站 联合工会 工会委员会 工会联合会 工会联合 总工会 工会
toilets toilet restroom wc
"""
_KINDS: Final = re.compile("|".join(sorted(_KIND_WORDS.split(), key=lambda word: (-len(word), word))))
#: A kind of station of which every subdistrict has one.
_STATION: Final = "工会服务站"
_FORMS: Final = re.compile(r"\(?(?:股份|有限|责任|集团|总公司|公司)+\)?")
_OFFICES: Final = (
    (re.compile(r"村(?:村民委员会|村委会|民委员会|委会)"), "村"),
    (re.compile(r"社区(?:居民委员会|居委会|服务站|工作站)(?:职工)?"), "社区"),
    (re.compile(r"(?:居民委员会|居委会)(?:职工)?"), ""),
)
_CITY: Final = re.compile(r"^(?:北京市|北京(?=[^(]{2})|[\u4e00-\u9fff]{2,3}市(?!场|民|政|区))")
_DISTRICT: Final = re.compile(r"^[\u4e00-\u9fff]{1,4}(?<![社小园地校厂院景东西南北])(?:区|县)")
_AREA: Final = re.compile(r"^([\u4e00-\u9fff]{1,6}?(?:街道|地区|镇|乡))")
#: Offices that every subdistrict has: they are somebody only together with its name.
_COMMON: Final = re.compile(
    r"(?:党群|便民|政务|社区|文化|职工|社区卫生|市民|综合)*(?:服务|活动)(?:中心|大厅|站)|办事处|政府|村委会|社区|敬老院|图书馆|幼儿园"
)
_PLAIN_BRACKET: Final = re.compile(r"\((?:北京|中国|天津|上海|[\u4e00-\u9fff]{2,3}市)\)")
_BRACKET: Final = re.compile(r"\(([^()]*)\)?")
_TAIL_NUMBER: Final = re.compile(r"(?<=[^\d])(\d{1,3})$")
#: Parts by which neighbours are told apart: a difference in one of them is never a slip of the pen.
TELLING: Final = frozenset("0123456789abcdefgh东西南北中前后左右上下内外新老大小甲乙丙丁一二三四五六七八九十")


class Name(NamedTuple):
    """A name, taken apart.

    Attributes
    ----------
    core
        Who it is, without city, district, subdistrict, legal form and kind; empty when the name says only the kind.
    area
        The subdistrict or town that the name begins with.
    branch
        What brackets add: a branch, a building, another name.
    number
        A number at the end: the second of several.
    station
        Whether it calls itself the union's service station.
    """

    core: str
    area: str
    branch: str
    number: str
    station: bool

    @property
    def whole(self) -> str:
        """Who it is: the core, or, where there is none, the subdistrict whose place it is."""
        return self.core or self.area


def plain(text: str) -> str:
    """Return the text in one width and case, without spaces, with round brackets.

    Examples
    --------
    >>> plain("ＡＢＣ　大厦（Ｂ座）")
    'abc大厦(b座)'
    """
    return _SPACES.sub("", unicodedata.normalize("NFKC", text).casefold().translate(_BRACKETS))


def digits_for_words(text: str) -> str:
    """Write number words as digits where they count something: ``上地六街七号`` is ``上地6街7号``.

    Examples
    --------
    >>> digits_for_words("二十一号楼十层"), digits_for_words("三里屯")
    ('21号楼10层', '三里屯')
    """
    return _NUMBER_WORD.sub(lambda found: str(_value(found[0])), text)


def _value(words: str) -> int | str:
    """Return what a number word says; a row of figures (``一〇三``) is read figure by figure."""
    if not set(words) & {"十", "百"}:
        return "".join(str(_DIGITS[word]) for word in words)
    total, digit = 0, None
    for word in words:
        if word in "十百":
            total += (1 if digit is None else digit) * (10 if word == "十" else 100)
            digit = None
        else:
            digit = _DIGITS[word]
    return total + (digit or 0)


def without_region(text: str) -> str:
    """Drop the city and the district that a name or address begins with.

    Examples
    --------
    >>> without_region("北京市海淀区花园路"), without_region("巩义市孝义路"), without_region("金苑社区")
    ('花园路', '孝义路', '金苑社区')
    """
    rest = _CITY.sub("", text)
    return _DISTRICT.sub("", rest) or rest or text


def read_name(text: str) -> Name:
    """Take a name apart.

    Parameters
    ----------
    text
        As people write it.

    Examples
    --------
    >>> read_name("北京超市发连锁股份有限公司暖心驿站（超市发罗森清河店）")
    Name(core='超市发连锁', area='', branch='超市发罗森清河店', number='', station=False)
    >>> read_name("北京市海淀区上地街道工会服务站")
    Name(core='', area='上地街道', branch='', number='', station=True)
    >>> read_name("工会驿站(郑州市职工服务中心)").core
    '职工服务中心'
    """
    whole = _PLAIN_BRACKET.sub("", plain(text))
    station = _STATION in whole or "总工会服务站" in whole
    outside = _BRACKET.sub("", whole)
    area, core, number = _identity(outside)
    inside = [part for part in (_identity(found) for found in _BRACKET.findall(whole)) if "".join(part)]
    if not core and not area and inside:
        area, core, number = inside.pop(0)
    branch = "".join("".join(part) for part in inside)
    return Name(core, area, branch, number, station)


def _identity(text: str) -> tuple[str, str, str]:
    """Return subdistrict, core and number of a piece of a name."""
    text = digits_for_words(without_region(_NOISE.sub("", text)))
    for pattern, short in _OFFICES:
        text = pattern.sub(short, text)
    text = text.replace("总" + _STATION, _STATION)
    found = _AREA.match(text)
    area = found[1] if found else ""
    rest = _FORMS.sub("", _KINDS.sub("", text[len(area) :]))
    number = ""
    if tail := _TAIL_NUMBER.search(rest):
        number, rest = tail[1], rest[: tail.start()]
    elif rest.isdigit() and len(rest) < 4:
        number, rest = rest, ""
    if area and _COMMON.fullmatch(rest):
        return "", area + rest, number
    return area, rest, number


def read_district(text: str) -> str:
    """Return the district or county that an address or name begins with; empty if it names none.

    Examples
    --------
    >>> read_district("北京市海淀区花园路1号"), read_district("花园路1号")
    ('海淀', '')
    """
    found = _DISTRICT.match(_CITY.sub("", plain(text)))
    return found[0][:-1] if found else ""


def bigrams(text: str) -> frozenset[str]:
    """Return the pairs of neighbouring characters."""
    return frozenset(text[i : i + 2] for i in range(len(text) - 1)) or frozenset({text})


def likeness(one: str, other: str) -> float:
    """Return how much two texts share, from 0 to 1: Dice's coefficient of their pairs of characters.

    References
    ----------
    L. R. Dice, "Measures of the amount of ecologic association between species", Ecology 26 (1945).

    Examples
    --------
    >>> likeness("花园路", "花园路"), likeness("花园路", "学院路")
    (1.0, 0.0)
    """
    a, b = bigrams(one), bigrams(other)
    return 2 * len(a & b) / (len(a) + len(b))


def shared(one: str, other: str) -> float:
    """Return how much of the shorter text is in the longer, from 0 to 1: the overlap of their pairs of characters.

    Examples
    --------
    >>> shared("万柳亿城", "长春桥路11号万柳亿城中心")
    1.0
    """
    a, b = bigrams(one), bigrams(other)
    return len(a & b) / min(len(a), len(b))


def difference(one: str, other: str) -> tuple[str, str]:
    """Return what differs between two texts once their common beginning and end are taken off.

    Examples
    --------
    >>> difference("玉海园二里社区", "玉海园三里社区")
    ('二', '三')
    """
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    one, other = one[start:], other[start:]
    end = 0
    while end < min(len(one), len(other)) and one[-1 - end] == other[-1 - end]:
        end += 1
    return one[: len(one) - end], other[: len(other) - end]
