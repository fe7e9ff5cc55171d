"""Why two places are taken for one, or not: what is said to a clerk, in English and Chinese, and what it weighs."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple, get_args

Code = Literal[
    "same_id",
    "same_name", "longer_name", "much_longer_name", "alike_name", "same_words", "no_name",
    "same_host", "host_named", "other_name", "other_of_several", "other_branch",
    "same_door", "same_number", "same_text", "alike_address", "near_number", "no_address", "one_station",
    "other_building", "other_floor", "other_room", "beside", "other_number", "other_address",
    "other_district", "same_phone", "near", "near_too", "far",
]  # fmt: skip
CODES: Final[tuple[Code, ...]] = get_args(Code)

#: What each reason weighs, for or against.
POINTS: Final[dict[Code, float]] = {
    "same_id": 10.0,
    "same_name": 4.0, "longer_name": 3.0, "much_longer_name": -1.0, "alike_name": 2.5, "same_words": 1.5,
    "no_name": 0.0, "same_host": 3.0,
    "host_named": 3.0, "other_name": -5.0, "other_of_several": -5.0, "other_branch": -5.0,
    "same_door": 4.0, "same_number": 3.0, "same_text": 2.5, "alike_address": 1.5, "near_number": -1.0,
    "no_address": 0.0, "one_station": 3.0, "other_building": -6.5, "other_floor": -5.0, "other_room": -4.0,
    "beside": -4.0, "other_number": -6.5, "other_address": -5.0,
    "other_district": -4.0, "same_phone": 2.0, "near": 2.0, "near_too": 0.5, "far": -5.0,
}  # fmt: skip

_ENGLISH: Final[dict[Code, str]] = {
    "same_id": "same id {0}",
    "same_name": "same name {0}",
    "longer_name": "one name is the other and more: {0} / {1}",
    "much_longer_name": "one name goes on where the other ends: {0} / {1}",
    "alike_name": "names almost alike: {0} / {1}",
    "same_words": "same words, which say only the kind of place",
    "no_name": "one has no name of its own",
    "same_host": "same host {0}",
    "host_named": "one is named after the host of the other: {0}",
    "other_name": "other name: {0} / {1}",
    "other_of_several": "numbered differently: {0} / {1}",
    "other_branch": "other branch: {0} / {1}",
    "same_door": "same address {0}",
    "same_number": "same house number {0}",
    "same_text": "one address is part of the other: {0} / {1}",
    "alike_address": "addresses alike: {0} / {1}",
    "near_number": "house numbers that are easily confused: {0} / {1}",
    "no_address": "the addresses do not tell",
    "one_station": "{0} has one union service station",
    "other_building": "other building: {0} / {1}",
    "other_floor": "other floor: {0} / {1}",
    "other_room": "other room: {0} / {1}",
    "beside": "one is at the address, the other beside it: {0} / {1}",
    "other_number": "other house number: {0} / {1}",
    "other_address": "other address: {0} / {1}",
    "other_district": "other district: {0} / {1}",
    "same_phone": "same phone {0}",
    "near": "{0} m apart",
    "near_too": "{0} m apart, as the address says",
    "far": "{0} m apart, too far for how exact the positions are",
}
_CHINESE: Final[dict[Code, str]] = {
    "same_id": "编号相同：{0}",
    "same_name": "名称相同：{0}",
    "longer_name": "一个名称包含另一个：{0} / {1}",
    "much_longer_name": "一个名称后面还有别的：{0} / {1}",
    "alike_name": "名称只差一两个字：{0} / {1}",
    "same_words": "名称相同，但只说明了类别",
    "no_name": "其中一个没有自己的名称",
    "same_host": "主办单位相同：{0}",
    "host_named": "一个的名称就是另一个的主办单位：{0}",
    "other_name": "名称不同：{0} / {1}",
    "other_of_several": "编号不同：{0} / {1}",
    "other_branch": "分店不同：{0} / {1}",
    "same_door": "地址相同：{0}",
    "same_number": "门牌相同：{0}",
    "same_text": "一个地址包含另一个：{0} / {1}",
    "alike_address": "地址相近：{0} / {1}",
    "near_number": "门牌容易写错：{0} / {1}",
    "no_address": "地址无法比较",
    "one_station": "{0}只有一个工会服务站",
    "other_building": "楼号不同：{0} / {1}",
    "other_floor": "楼层不同：{0} / {1}",
    "other_room": "房间不同：{0} / {1}",
    "beside": "一个在该处，另一个在旁边：{0} / {1}",
    "other_number": "门牌不同：{0} / {1}",
    "other_address": "地址不同：{0} / {1}",
    "other_district": "区县不同：{0} / {1}",
    "same_phone": "电话相同：{0}",
    "near": "相距{0}米",
    "near_too": "相距{0}米，与地址一致",
    "far": "相距{0}米，超出位置误差",
}
#: Language -> the sentence of each reason.
SENTENCES: Final = {"en": _ENGLISH, "zh": _CHINESE}


class Reason(NamedTuple):
    """One piece of evidence: what it is, and the values that it is about.

    Examples
    --------
    >>> reason = Reason("other_floor", "3", "5")
    >>> str(reason), reason.said("zh")
    ('other floor: 3 / 5', '楼层不同：3 / 5')
    """

    code: Code
    one: str = ""
    other: str = ""

    def said(self, language: Literal["en", "zh"]) -> str:
        """Return the reason as a sentence."""
        return SENTENCES[language][self.code].format(self.one, self.other)

    def __str__(self) -> str:
        return self.said("en")
