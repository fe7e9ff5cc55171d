"""What a Chinese address says about *where*: city, district, subdistrict, roads, crossing, site, what is inside.

The pieces are found by their own marks (路, 号, 交叉口, 小区 …), without a list of the city's names, so that an address
of any city is read; :mod:`geo.importing.geocoding` looks the pieces up. Floors and rooms say nothing about where on the
map a place is and are dropped. (:mod:`geo.places.addressing` takes addresses apart for another question: whether two
are the same door.)
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from geo.places.naming import digits_for_words, plain

_HAN: Final = r"[\u4e00-\u9fff]"
_POST_CODE: Final = re.compile(r"邮(?:政?编码?)?[:：是]?\d{6}")
_CITY: Final = re.compile(
    rf"^(?:中国)?(?:{_HAN}{{2,3}}省)?({_HAN}{{2,3}}市(?!场|民|政|区)|北京(?={_HAN}{{1,4}}[区县]))"
)
_DISTRICT: Final = re.compile(rf"^({_HAN}{{1,4}}?(?<![社小园地校厂院景街中东西南北\d])[区县])(?!域|委|政府)")
#: 镇 and 乡 also end roads and villages: ``古镇路`` names no town.
_SUBDISTRICT: Final = re.compile(
    rf"^(?:({_HAN}{{2,7}}?)街道(?:办事处|办)?(?!口)|({_HAN}{{2,7}}?(?:地区|(?:镇|乡)(?![东西南北中]?[路街桥里村]))))"
)
_INSIDE_TOWN: Final = re.compile(r"^(?:域内|辖区内?)")

_ROAD_END: Final = r"(?:大街|大道|胡同|路|街(?!道|区|口)|巷|(?:道|条|桥|环)(?=\d+号|与|和|交|$))"
#: ``永定路西里``, ``学院路社区`` are estates that bear a road's name, not the road.
_ESTATE: Final = r"(?!(?:[东西南北]里|\d+区|社区|小区|家园|地铁|医院|居(?!委)))"
_ROAD: Final = re.compile(rf"((?:{_HAN}|\d(?=[街条巷环])){{1,12}}?{_ROAD_END})(?:辅路)?{_ESTATE}")
_NUMBER: Final = re.compile(
    r"^((?:甲|乙|丙|丁|戊|临|附)?\d+(?:[-之]\d+)?(?:甲|乙|丙|丁)?)(?:号(?!楼|线|口|门)(?:院)?|弄|院)"
)
_AND: Final = re.compile(r"^(?:[与和及、/&-]|交(?!叉|口|汇))")
_CROSSING: Final = re.compile(
    r"^(?:的?(?:十字路口|丁字路口|交叉路口|交叉口|交叉处|交口|交汇处?|交界处?|路口)|口(?=[东西南北]))"
)
_SIDE: Final = re.compile(r"(?:偏|的|向|往|正)?((?:东北|东南|西北|西南|[东西南北])(?=角|侧|边|面|\d+米|$))")
_BESIDE: Final = re.compile(r"对面|旁|附近|门前|门口|[东西南北]{1,2}[侧边面角]|[东西南北]\d+米|交叉口|后身|后面")

#: What stands inside a site: from here on the words no longer name it.
_INSIDE: Final = re.compile(
    r"(?:甲|乙|丙|丁|临)?\d+(?:[-、]\d+)*(?:号楼|楼|幢|栋|号院|号|区(?!域)|院|期|层|单元|室|门|#|$|[a-z])|[a-z]\d*(?:座|栋|段|口|区|楼|塔|$)"
    r"|[a-z]?\d{2,}|地下|底商|首层|一层|大厅|大堂|门前|门口|门卫|院内|附近|旁边?|对面|[东西南北]{1,2}(?:侧|角|边|面|门)"
    r"|[东西南北](?=\d+米)|向[东西南北]|内$|往[东西南北]|办公室|会议室|活动室|活动站"
)
_BUILDING: Final = re.compile(r"((?:甲|乙|丙|丁|临)?\d+|[a-z]\d?)(?:号楼|楼(?!层)|幢|栋|座|#)")
_VILLAGE: Final = re.compile(r"村?村(?:民?委员会|民委员会|委会|民委会)")
_COMMITTEE: Final = re.compile(r"(?:居民委员会|居委会|联合工会|社区服务站|党群服务中心|服务站)+$")
_COMMUNITY: Final = re.compile(rf"^({_HAN}{{2,10}}?)(?:社区|(?<=村)(?=$))")
#: What is left over at the edges of a name: other signs, and words of what was cut off.
_EDGES: Final = re.compile(
    rf"^(?:(?!{_HAN})[^a-z])+|(?!{_HAN})[^a-z\d]+$|^[a-z\d-]+$|^(?:的|院内|院|内|区|号|层|门|座|楼|单元|室){{1,3}}|院?内$"
)
_CUT: Final = re.compile(r"[()，,;；。:：+\"“”]+")


class Road(NamedTuple):
    """A road, and the number at it (empty: none)."""

    name: str
    number: str


class Address(NamedTuple):
    """An address, taken apart; what is not said is empty.

    Attributes
    ----------
    text
        All of it, in one width and case, without spaces.
    city, district, subdistrict
        What it begins with; a subdistrict as written, ``街道`` for ``街道办事处``.
    roads
        In the order named.
    crossing
        Whether it is where the first two roads meet.
    side
        Direction from the crossing or the thing named: ``东北``.
    sites
        Estates, buildings, organisations, villages, from the first named on.
    community
        The neighbourhood community or village, without ``社区`` and ``居委会``.
    building
        Number or letter of the building inside the site.
    beside
        Whether the place is only near what is named.
    """

    text: str
    city: str = ""
    district: str = ""
    subdistrict: str = ""
    roads: tuple[Road, ...] = ()
    crossing: bool = False
    side: str = ""
    sites: tuple[str, ...] = ()
    community: str = ""
    building: str = ""
    beside: bool = False


def parse(text: str | None) -> Address:
    """Take an address apart.

    Parameters
    ----------
    text
        As people write it; None or nothing gives an address that says nothing.

    Examples
    --------
    >>> parse("北京市海淀区学院路街道成府路28号优盛大厦A座2层")[2:5]
    ('海淀区', '学院路街道', (Road(name='成府路', number='28'),))
    >>> found = parse("香园路和辅高街的交叉路口东北角")
    >>> [road.name for road in found.roads], found.crossing, found.side
    (['香园路', '辅高街'], True, '东北')
    >>> parse("清河嘉园3号楼").sites, parse("清河嘉园3号楼").building
    (('清河嘉园',), '3')
    """
    whole = plain(text or "")
    rest = _POST_CODE.sub("", whole)
    city, rest = _leading(_CITY, rest)
    district, rest = _leading(_DISTRICT, rest)
    if not district and not city:  # a city that is written twice, or after its district
        city, rest = _leading(_CITY, rest)
    subdistrict, rest = _subdistrict(rest)
    rest = digits_for_words(_INSIDE_TOWN.sub("", rest))
    roads: list[Road] = []
    sites: list[str] = []
    crossing = False
    for part in filter(None, _CUT.split(rest)):
        found, met, left = _roads(_leading(_DISTRICT, _leading(_CITY, part)[1])[1])
        roads += found
        crossing = crossing or met
        sites += _sites(left)
    inside = _BUILDING.search(rest)
    side = _SIDE.search(rest)
    return Address(
        text=whole,
        city=city,
        district=district,
        subdistrict=subdistrict,
        roads=tuple(dict.fromkeys(roads)),
        crossing=crossing,
        side=side[1] if side else "",
        sites=tuple(dict.fromkeys(sites)),
        community=_community(sites),
        building=inside[1] if inside else "",
        beside=_BESIDE.search(rest) is not None,
    )


def road_key(name: str) -> str:
    """Return how a road's name is compared: Chinese characters only, number words as digits, without its side road.

    Examples
    --------
    >>> road_key("东经路 (dōngjīng lù)"), road_key("上地六街"), road_key("北三环中路辅路"), road_key("Dajiao Hutong")
    ('东经路', '上地6街', '北三环中路', '')
    """
    leading = re.match(rf"(?:{_HAN}|\d)*", plain(name))
    return digits_for_words((leading[0] if leading else "").removesuffix("辅路"))


def _leading(pattern: re.Pattern[str], text: str) -> tuple[str, str]:
    found = pattern.match(text)
    return (found[1], text[found.end() :]) if found else ("", text)


def _subdistrict(text: str) -> tuple[str, str]:
    found = _SUBDISTRICT.match(text)
    if found is None:
        return "", text
    return (f"{found[1]}街道" if found[1] else found[2]), text[found.end() :]


def _roads(part: str) -> tuple[list[Road], bool, str]:
    """Take the roads off the front of a text: (roads, whether they cross there, what is left)."""
    roads: list[Road] = []
    while found := _ROAD.match(part):
        name, part = road_key(found[1]), part[found.end() :]
        number, part = _leading(_NUMBER, part)
        roads.append(Road(name, number))
        if number:
            break
        met = _CROSSING.match(part)
        if met:
            return roads, True, part[met.end() :]
        part = _AND.sub("", part)
    return roads, False, part


def _sites(text: str) -> list[str]:
    """Return what a text names before it goes inside, and after a number in it once more."""
    names = []
    for piece in _INSIDE.split(_VILLAGE.sub("村", text)):
        name = _EDGES.sub("", piece)
        if len(name) >= 2:
            names.append(_COMMITTEE.sub("", name) or name)
    return names


def _community(sites: list[str]) -> str:
    for site in sites:
        found = _COMMUNITY.match(site)
        if found:
            return found[1]
    return ""
