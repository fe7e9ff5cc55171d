"""People's words for kinds of place -> the services it offers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from geo.places.model import SERVICES, ServiceKind

#: Parts of a word, the more exact first; the first that a word holds counts. None: known, but none of our services.
_PARTS: Final[tuple[tuple[str, ServiceKind | None], ...]] = (
    ("服务日|沟通日|双沟通|流动驿站|移动驿站|流动服务|流动站|快闪|服务车|义诊|活动日", "pop_up"),
    ("理发|剪发|美发|发型|发廊", "haircut"),
    ("公厕驿站", "rest_stop"),
    ("合作商户|优惠|惠员|服务卡|特约商户|折扣|签约商户|商家联盟", "benefit"),
    ("饮水点|饮水站|直饮水|送水点|供水点|加水点|接水点|饮水机", "water_point"),
    ("母婴|妈咪|健康驿站|调解|协商|仲裁|法律|心理|三方工作站", None),
    ("工会服务站|职工服务站|职工服务中心|工会服务中心", "service_station"),
    ("职工之家|职工驿家", None),  # a company's own: whether strangers may come in, the word does not say
    ("书屋|图书馆|城市书房|书房|阅览室|书吧", "library"),
    (
        "驿站|驿家|驿栈|接力站|加油站|之家|歇脚点|歇脚亭|休息点|休息站|休息区|服务点|服务站|清凉点|港湾|能量站|补给站|友好街区|休息间"
        "|小哥|骑手|户外劳动者|户外职工",
        "rest_stop",
    ),
    ("公厕|公共厕所|卫生间|厕所|洗手间", "public_toilet"),
    ("纳凉|避寒|避暑|取暖点|避难|防空洞|避雨|清凉|庇护", "shelter"),
    ("党群服务中心|社区服务中心|邻里中心|社区中心|便民服务中心|文化活动中心|文化站|社区食堂", "community_centre"),
)  # fmt: skip
_COMPILED: Final = tuple((re.compile(words), kind) for words, kind in _PARTS)
_ENGLISH: Final[Mapping[str, ServiceKind]] = {
    "rest stop": "rest_stop", "rest area": "rest_stop", "station": "service_station", "water": "water_point",
    "drinking water": "water_point", "barber": "haircut", "toilet": "public_toilet", "wc": "public_toilet",
    "restroom": "public_toilet", "community center": "community_centre", "union service station": "service_station",
    **{kind: kind for kind in SERVICES}, **{kind.replace("_", " "): kind for kind in SERVICES},
}  # fmt: skip
_IN_BRACKETS: Final = re.compile(r"\(.*?\)|\[.*?\]|【.*?】")
_BREAKS: Final = re.compile(r"[、;；,，/|+＋\n]")


def services_of(
    text: str, own_words: Mapping[str, ServiceKind] | None = None
) -> tuple[tuple[ServiceKind, ...], list[str]]:
    """Return the services that a cell of kinds names, in order, and the words that name none.

    Parameters
    ----------
    text
        One word or several.
    own_words
        The clerk's own: word -> service; they count first.

    Examples
    --------
    >>> services_of("暖心驿站、免费饮水点")
    (('rest_stop', 'water_point'), [])
    >>> services_of("母婴关爱室")
    ((), ['母婴关爱室'])
    """
    services: list[ServiceKind] = []
    unknown = []
    for piece in _BREAKS.split(unicodedata.normalize("NFKC", text)):
        if word := piece.strip():
            service = (own_words or {}).get(word) or _service_of(word)
            if service is None:
                unknown.append(word)
            elif service not in services:
                services.append(service)
    return tuple(services), unknown


def _service_of(word: str) -> ServiceKind | None:
    folded = word.casefold()
    if folded in _ENGLISH:
        return _ENGLISH[folded]
    outer = _IN_BRACKETS.sub("", word)  # 工会驿站(某某职工之家) is what stands before the brackets
    hits = (kind for text in (outer, word) for pattern, kind in _COMPILED if pattern.search(text))
    return next(hits, None)
