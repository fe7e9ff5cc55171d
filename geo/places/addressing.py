"""What a Chinese address says, piece by piece: street, number, building, floor, room.

``海淀区上地街道上地东路1号院1号楼盈创动力大厦A座五层`` is the street ``上地东路``, number ``1``, building ``1``, block
``a``, floor ``5``. Two addresses are compared piece by piece, so that a clerk can be told in which one they differ.
"""

from __future__ import annotations

import re
from typing import Final, Literal, NamedTuple

from geo.places.naming import TELLING, difference, digits_for_words, plain, shared, without_region

#: How two addresses agree, from the same door down to nothing in common.
Agreement = Literal["same_door", "same_number", "same_text", "near_number", "alike", "unknown", "other_number", "other"]
#: A piece that both name, and name differently.
Conflict = Literal["building", "floor", "room", "beside"]

_POST_CODE: Final = re.compile(r"邮(?:编|政编码)?(?:是|:)?:?\d{6,7}")
_REMARK: Final = re.compile(r"\((?:暖心驿站|[^()]*职工之家|同|[^()]*办公室|[^()]*服务中心|[^()]*居委会|\d+分部)\)")
_SEPARATORS: Final = re.compile(r"[+·•・.。;；:：!！?？'\"“”‘’*_&|\\()]+")
_COUNTRYSIDE: Final = re.compile(r"^(?:中国)?(?:[\u4e00-\u9fff]{2,3}省)?")
_VILLAGE: Final = re.compile(r"村村?(?:民委员会|民委会|委员会|委会)")
_TOWN: Final = re.compile(r"^[\u4e00-\u9fff]{2,5}?(?:街道办事处|街道|镇(?!政府)|地区|乡)(?=.{2})")
_UNION: Final = re.compile(r"联合工会|工会委员会|(?:街道|镇)?(?:总)?工会服务站(?:内)?")
_NUMBER: Final = re.compile(r"((?:甲|乙|丙|丁|戊|临|附)?\d+(?:[-#之]\d+)?)(?:号院|号(?!楼|线|口)|#(?!楼)|弄)(?:院)?")
_BUILDING: Final = re.compile(r"((?:甲|乙|丙|丁|临|东|西|南|北)?(?:\d+|[a-z]\d{0,2}))(?:号楼|楼(?!层)|幢|栋)")
_BLOCK: Final = re.compile(r"([a-z]\d{0,2}|\d)(?:座|段|栋)|([a-z东西南北])塔|(?<![a-z])([a-z])区|([东西南北])楼")
_FLOOR: Final = re.compile(
    r"地下(\d+)层|b(\d)(?!\d|座|栋|区|-)|(?<![\d-])(\d{1,2})(?:层|楼(?=\d{3}|$))|(?<![\d-])0?(\d{1,2})f(?!\d)"
)
_BASEMENT: Final = re.compile(r"地下(?:室|(?=$))|负(\d)层|(?<!\d)-(\d)层")
_ROOM: Final = re.compile(
    r"(?<!\d)([a-z]?\d{3,5}[a-z]?)(?:室|号|房间|$|、|,)|(?:层|单元|门|座|楼|-)0?(\d{1,4}(?:-\d+)*[a-z]?)(?:室|号|$)"
)
_INSIDE: Final = re.compile(r"(?<!\d)\d{3,4}(?:室|房间|$)")
_BESIDE: Final = re.compile(r"(对面|[东西南北]{1,2}侧|旁边|[东西南北](?=$)|[东西南北]\d+米|后身|后面|附近)")


#: Texts that share this much of the shorter one name the same thing in other words.
_ALIKE: Final = 0.55
#: ... and this much, if the longer one only adds to it.
_NEARLY_ALL: Final = 0.8
#: What is left of an address that tells no door: a whole street, a company named once more.
_SAYS_NOTHING: Final = ("公司", "路", "街", "道", "胡同", "巷")


class Address(NamedTuple):
    """An address, taken apart; a piece that is not named is empty.

    Attributes
    ----------
    text
        All of it, in one spelling.
    street
        Street, compound or village: what stands before the number.
    number
        The house number, or the compound's: ``甲1``, ``39-2``.
    building, floor, room
        Inside: ``3`` or ``3b``, ``-1`` for the first below ground, ``1002``.
    beside
        The way in which it only lies near what is named: ``对面``, ``东``.
    """

    text: str
    street: str
    number: str
    building: str
    floor: str
    room: str
    beside: str


def read_address(text: str | None) -> Address:
    """Take an address apart.

    Parameters
    ----------
    text
        As people write it; None is an address that nobody knows.

    Examples
    --------
    >>> read_address("北京市海淀区上地街道上地东路1号院1号楼盈创动力大厦A座五层")[1:]
    ('上地东路', '1', '1a', '5', '', '')
    >>> read_address("海淀区远大路39号-2")[1:3]
    ('远大路', '39-2')
    """
    whole = _REMARK.sub("", _POST_CODE.sub("", plain(text or "")))
    whole = without_region(_COUNTRYSIDE.sub("", _SEPARATORS.sub("", whole)))
    whole = _UNION.sub("", _TOWN.sub("", without_region(whole))) or whole
    whole = _VILLAGE.sub("村委会", re.sub(r"(\d+)号-(\d+)", r"\1-\2号", digits_for_words(whole)))
    number = _NUMBER.search(whole)
    building = _BUILDING.search(whole)
    street = whole[: number.start()] if number else whole[: building.start()] if building else ""
    rest = whole[number.end() :] if number else whole
    inside = _BUILDING.sub("", rest, count=1) if building else rest
    blocks = _BLOCK.search(inside)
    block = next((part for part in blocks.groups() if part), "") if blocks else ""
    beside = _BESIDE.findall(rest)
    return Address(
        text=whole,
        street=street,
        number=number[1] if number else "",
        building=(building[1] if building else "") + block,
        floor=_floor(inside) or _floor_of_room(rest),
        room=_room(rest),
        beside=beside[-1][0] if beside else "",
    )


def _floor(text: str) -> str:
    """Return the floor; where several are named, the last is where to go."""
    below = _BASEMENT.search(text)
    if below:
        return f"-{below[1] or below[2] or 1}"
    found = list(_FLOOR.finditer(text))
    if not found:
        return ""
    under = found[-1][1] or found[-1][2]
    return f"-{under}" if under else str(int(found[-1][3] or found[-1][4]))


def _room(text: str) -> str:
    found = _ROOM.search(text)
    return (found[1] or found[2]) if found else ""


def _floor_of_room(text: str) -> str:
    """Return the floor that a room's number tells: 502 is on the fifth, 1016 on the tenth."""
    digits = re.sub(r"\D", "", _room(text))
    return str(int(digits[:-2])) if 3 <= len(digits) <= 4 and digits[0] != "0" else ""


def same_street(one: str, other: str) -> bool:
    """Tell whether two streets are one, written with or without what lies around it, or with a slip.

    Examples
    --------
    >>> same_street("清河安宁庄东路", "安宁庄东路"), same_street("清河安宁东路", "安宁庄东路")
    (True, True)
    >>> same_street("西四环北路", "北四环西路"), same_street("建材城东路", "建材城西路")
    (False, False)
    """
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    if len(short) < 2:
        return False
    if long.endswith(short) and len(short) > 2:
        return True
    a, b = difference(one, other)
    if set(a + b) & TELLING:
        return False
    return shared(short, long[-len(short) - 1 :]) >= 0.5 and short[-1] == long[-1]


def compare_addresses(one: Address, other: Address) -> tuple[Agreement, frozenset[Conflict]]:
    """Return how two addresses agree, and in which pieces they contradict each other.

    Examples
    --------
    >>> a, b = (read_address(f"知春路7号致真大厦A座{floor}层") for floor in (3, 13))
    >>> compare_addresses(a, b)
    ('same_number', frozenset({'floor'}))
    """
    if not one.text or not other.text:
        return "unknown", frozenset()
    if one.text == other.text:
        return "same_door", frozenset()
    return _agreement(one, other), _conflicts(one, other)


def _agreement(one: Address, other: Address) -> Agreement:
    if one.number and other.number:
        return _compare_numbers(one, other)
    in_compounds = one.street and other.street and not one.number and not other.number
    if not in_compounds or not same_street(one.street, other.street):
        return _compare_texts(one, other)
    if one.building != other.building:
        return "other_number"
    return "same_door" if one.room and one.room == other.room else "same_number"


def _compare_numbers(one: Address, other: Address) -> Agreement:
    if not same_street(one.street, other.street):
        beyond = [address.text[len(address.street) + len(address.number) :] for address in (one, other)]
        named = one.number == other.number and min(map(len, beyond)) > 4
        return "alike" if named and shared(*beyond) >= _ALIKE else "other"
    if one.number == other.number:
        inside = (one.room and one.room == other.room) or one[2:] == other[2:]
        return "same_door" if inside and not _conflicts(one, other) else "same_number"
    bare = {re.sub(r"\D", " ", address.number).split()[0] for address in (one, other)}
    return "near_number" if len(bare) == 1 else "other_number"


def _conflicts(one: Address, other: Address) -> frozenset[Conflict]:
    found: set[Conflict] = set()
    if one.building and other.building and not _within(one.building, other.building):
        found.add("building")
    if one.floor and other.floor and one.floor != other.floor:
        found.add("floor")
    if one.room and other.room and not _within(one.room, other.room):
        found.add("room")
    if one.beside != other.beside:
        found.add("beside")
    return frozenset(found)


def _within(one: str, other: str) -> bool:
    """Tell whether one names the other less exactly: building 3 and block 3b, room 1002 and 1002-3."""
    return one.startswith(other) or other.startswith(one) or one.endswith(other) or other.endswith(one)


def _compare_texts(one: Address, other: Address) -> Agreement:
    """Compare what cannot be compared piece by piece; floors and rooms are compared by themselves."""
    texts = (_outside(one, numbered=bool(other.number)), _outside(other, numbered=bool(one.number)))
    short, long = sorted(texts, key=lambda text: (len(text), text))
    if len(short) >= 3 and short in long:
        return "unknown" if short.endswith(_SAYS_NOTHING) else "same_text"
    likeness = shared(short, long) if short else 0.0
    if likeness >= _NEARLY_ALL and len(long) - len(short) >= 4:
        return "alike"
    a, b = difference(short, long)
    return "alike" if likeness >= _ALIKE and not (a and b and set(a + b) & TELLING) else "other"


def _outside(address: Address, *, numbered: bool) -> str:
    """Return the text without floor and room, and without a number that the other address does not have."""
    text = _INSIDE.sub("", _FLOOR.sub("", _BASEMENT.sub("", address.text)))
    return text if numbered else _NUMBER.sub("", text, count=1)
