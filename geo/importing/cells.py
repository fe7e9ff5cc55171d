"""Single cells: degrees in their many forms, telephone numbers, yes and no, days, sizes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Final, NamedTuple, TypeVar

from geo.datums import Datum
from geo.places.model import Access, Audience, Status, Tier, YesNo

_Word = TypeVar("_Word", bound=str)

_YES: Final = frozenset(
    ["是", "有", "对", "y", "yes", "true", "t", "1", "√", "✓", "✔", "☑", "●", "可", "全天", "全天开放", "24h", "24小时"]
)
_NO: Final = frozenset(
    ["否", "无", "不是", "没有", "n", "no", "false", "f", "0", "×", "✗", "✘", "x", "☐", "非", "不", "不可", "非24小时"]
)

_TIERS: Final[Mapping[str, Tier]] = {
    "市": "city", "市级": "city", "区": "district", "区级": "district", "街道": "subdistrict", "街道级": "subdistrict",
    "乡镇": "subdistrict", "街乡": "subdistrict", "街镇": "subdistrict", "社区": "community", "社区级": "community",
    "村": "community", "city": "city", "district": "district", "subdistrict": "subdistrict", "community": "community",
}  # fmt: skip
_ACCESSES: Final[tuple[tuple[str, Access], ...]] = (
    ("刷脸|人脸|面部|face", "face"), ("扫码|二维码|小程序|scan|app", "scan"), ("钥匙|密码|key", "key"),
    ("登记|保安|门卫|前台|询问|guard", "ask_guard"), ("自由|直接|无需|随时|开放|敞开|walk", "walk_in"),
)  # fmt: skip
_AUDIENCES: Final[tuple[tuple[str, Audience], ...]] = (
    ("快递|外卖|骑手|小哥|配送|courier", "couriers"), ("环卫|保洁|sanitation", "sanitation"),
    ("司机|货车|出租|网约车|driver", "drivers"), ("保安|guard", "guards"), ("交警|民警|警察|police", "police"),
    ("会员|member", "union_members"),
)  # fmt: skip
#: Everybody is no audience of its own.
_EVERYBODY: Final = ("户外劳动者", "市民", "群众", "所有", "全体", "公众", "everybody", "public", "劳动者")
_STATUSES: Final[tuple[tuple[str, Status], ...]] = (
    ("未开放|筹建|筹备|在建|拟建|规划|待开|planned", "planned"),
    ("撤销|撤并|取消|关停|关闭|已停|停止|拆除|retired|closed", "retired"),
    ("暂停|停用|装修|维修|整改|搬迁|暂不|paused", "paused"),
    ("正常|开放|运营|运行|使用|启用|在用|试运行|营业|open", "open"),
)  # fmt: skip
_CLOSED: Final = re.compile(
    r"暂停服务|暂停开放|暂停使用|停止服务|停止开放|已关闭|已撤销|已停用|已拆除|已搬迁|地址变更|permanently closed"
)

_NUMBER: Final = r"\d{1,3}(?:\.\d{1,15})?"
_MAX_ANGLE: Final = 80
_DECIMAL: Final = re.compile(rf"([+-]?{_NUMBER})\s*[°度]?", re.ASCII)
_SEXAGESIMAL: Final = re.compile(
    rf"([+-]?\d{{1,3}})\s*[°度d:\s]\s*({_NUMBER})\s*"
    rf"(?:['′’分m:\s]\s*(?:({_NUMBER})\s*(?:[\"″”秒s]|''|′′)?)?)?",
    re.ASCII | re.IGNORECASE,
)
_SIDES: Final = re.compile(r"东经|西经|北纬|南纬|经度|纬度|lon(gitude)?|lng|lat(itude)?|[nesw]\b|\b[nesw]", re.I)
_NEGATIVE: Final = re.compile(r"西经|南纬|(?<![a-z])[ws](?![a-z])", re.I)
_PAIR_BREAK: Final = re.compile(r"\s*[,;、/|]\s*|\s+(?=[+-]?\d{2,3}\.)|\s+(?=[nesw东北]|lat|lng|lon)", re.I)
_PHONE: Final = re.compile(
    r"(?<!\d)(?:\+?86[- ]?)?(1[3-9]\d{9}|[48]00[- ]?\d{3}[- ]?\d{4}"
    r"|\(?0\d{2,3}\)?[- ]{0,3}(?:\d{7,8}|\d{3,4}-\d{4})"
    r"|1\d{4}|1\d{2}|9\d{4,5}|[2-8]\d{6,7})(?:\s*(?:转|-|ext\.?|x|分机)\s*(\d{1,6}))?(?!\d)",
    re.I,
)


class Degrees(NamedTuple):
    """An angle, and how many decimals it was written with (degrees and minutes count as what they are worth)."""

    value: float
    decimals: int


def fold(text: str) -> str:
    """Return a text with full-width forms made plain, and its blanks single."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def read_degrees(text: str) -> Degrees | None:
    """Read one angle.

    Examples
    --------
    >>> read_degrees("116.4074°E")
    Degrees(value=116.4074, decimals=4)
    >>> round(read_degrees("东经116度24分26.6秒").value, 4)
    116.4074
    >>> read_degrees("约116度左右") is None
    True
    """
    if len(text) > _MAX_ANGLE:
        return None
    folded = fold(text).replace("−", "-")
    sign = -1.0 if _NEGATIVE.search(folded) else 1.0
    bare = _SIDES.sub(" ", folded).strip(" :=")
    if match := _DECIMAL.fullmatch(bare):
        number = match.group(1)
        return Degrees(sign * float(number), len(number.partition(".")[2]))
    match = _SEXAGESIMAL.fullmatch(bare)
    return _from_parts(match, sign) if match else None


def _from_parts(match: re.Match[str], sign: float) -> Degrees | None:
    whole, minutes, seconds = match.group(1), match.group(2), match.group(3)
    if float(minutes) >= 60 or float(seconds or 0) >= 60:
        return None
    least = -1.0 if whole.startswith("-") else 1.0
    value = abs(float(whole)) + float(minutes) / 60 + float(seconds or 0) / 3600
    finest = len((seconds or minutes).partition(".")[2])
    return Degrees(sign * least * value, (3 if seconds else 1) + finest)


def read_pair(text: str) -> tuple[Degrees, Degrees] | None:
    """Read two angles from one cell, in the order written.

    Examples
    --------
    >>> read_pair("116.4074，39.9042")
    (Degrees(value=116.4074, decimals=4), Degrees(value=39.9042, decimals=4))
    """
    if len(text) > 2 * _MAX_ANGLE:
        return None
    parts = [part for part in _PAIR_BREAK.split(fold(text).strip("()[] ")) if part]
    if len(parts) != 2:
        return None
    first, second = (read_degrees(part) for part in parts)
    return (first, second) if first and second else None


def read_datum(text: str) -> Datum | None:
    """Return the datum that a cell names."""
    key = re.sub(r"[^a-z0-9\u4e00-\u9fff]", "", fold(text).casefold())
    named: Mapping[str, Datum] = {
        "gcj02": "gcj02", "gcj": "gcj02", "高德": "gcj02", "火星坐标": "gcj02", "火星坐标系": "gcj02", "腾讯": "gcj02",
        "bd09": "bd09", "百度": "bd09", "bd09ll": "bd09", "wgs84": "wgs84", "wgs": "wgs84", "gps": "wgs84",
        "epsg4326": "wgs84", "cgcs2000": "wgs84", "国家2000": "wgs84", "4326": "wgs84",
    }  # fmt: skip
    return named.get(key)


def read_phones(text: str) -> tuple[str | None, str]:
    """Return the telephone numbers of a cell, and what else is in it.

    Examples
    --------
    >>> read_phones("（010）6401 2345转801；13812345678")
    ('010-64012345转801；13812345678', '')
    >>> read_phones("见门口")
    (None, '见门口')
    """
    folded = re.sub(r"(?<=\d)\s+(?=\d{4}(?!\d))", "", fold(text).translate({ord(dash): "-" for dash in "—–－‐―ー"}))
    numbers = [_one_phone(match) for match in _PHONE.finditer(folded)]
    rest = re.sub(
        r"[\s,;、/:()|和或及-]+|电话|联系|座机|手机|服务|咨询|tel|phone", "", _PHONE.sub("", folded), flags=re.I
    )
    return "；".join(dict.fromkeys(numbers)) or None, rest


def _one_phone(match: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", match.group(1))
    if digits.startswith("0"):
        area = 3 if digits[1] in "12" else 4
        digits = f"{digits[:area]}-{digits[area:]}"
    elif digits.startswith(("400", "800")) and len(digits) == 10:
        digits = f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"
    return f"{digits}转{match.group(2)}" if match.group(2) else digits


def read_yes_no(text: str) -> YesNo | None:
    """Return what a cell affirms or denies; None is neither."""
    key = fold(text).casefold().strip("。.()")
    return "yes" if key in _YES else "no" if key in _NO else None


def read_day(text: str) -> str | None:
    """Return a day in ISO form; a month or a year is no day.

    Examples
    --------
    >>> read_day("2026年3月5日"), read_day("2026/3/5 08:00"), read_day("2026-03")
    ('2026-03-05', '2026-03-05', None)
    """
    match = re.match(r"([12]\d{3})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})(?!\d)", fold(text), re.ASCII)
    try:
        return date(*(int(part) for part in match.groups())).isoformat() if match else None
    except ValueError:
        return None


def read_number(text: str) -> float | None:
    """Return a number with or without its unit: ``约60平方米``, ``12㎡``, ``20人``."""
    match = re.fullmatch(r"[约共近]?\s?(\d{1,7}(?:\.\d{1,3})?)\s?[余多]?\s?(?:m2|[^\d\s]{0,6})", fold(text), re.ASCII)
    return float(match.group(1)) if match else None


def read_tier(text: str) -> Tier | None:
    """Return the tier that a cell names."""
    return _TIERS.get(fold(text).casefold())


def read_access(text: str) -> Access | None:
    """Return how one gets in."""
    return _first(_ACCESSES, text)


def read_status(text: str) -> Status | None:
    """Return whether a place is in operation."""
    return _first(_STATUSES, text)


def read_audience(text: str) -> tuple[Audience, ...] | None:
    """Return for whom a place is; empty is everybody, None is not understood."""
    folded = fold(text).casefold()
    if any(word in folded for word in _EVERYBODY):
        return ()
    return tuple(who for words, who in _AUDIENCES if re.search(words, folded)) or None


def says_closed(text: str) -> bool:
    """Tell whether a text says that the place is no longer there or open."""
    return bool(_CLOSED.search(text))


def is_garbled(text: str) -> bool:
    """Tell whether a text was once damaged by a wrong encoding."""
    return "\ufffd" in text or "锟斤拷" in text or "烫烫烫" in text or "????" in text


def _first(table: tuple[tuple[str, _Word], ...], text: str) -> _Word | None:
    folded = fold(text).casefold()
    return next((word for words, word in table if re.search(words, folded)), None)
