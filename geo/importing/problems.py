"""What can be said about a row, in Chinese and English, and what it means for the row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

Language = Literal["zh", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")
#: A *note* is told and the row is imported; otherwise a human must look at it; or nothing can come of it.
Weight = Literal["note", "human", "reject"]
_MAX_SHOWN: Final = 80


class Saying(NamedTuple):
    """A kind of problem: its weight and its words; ``{value}`` is the cell, ``{other}`` what it is compared with."""

    weight: Weight
    zh: str
    en: str


SAYINGS: Final[dict[str, Saying]] = {
    # the row as a whole
    "nameless": Saying("reject", "既没有名称也没有地址", "neither a name nor an address"),
    "header_again": Saying("reject", "重复的表头", "the header once more"),
    "summary": Saying("reject", "合计或说明行，不是站点：{value}", "a total or a remark, no place: {value}"),
    "repeated": Saying("reject", "与第 {other} 行完全相同", "the same as row {other}, word for word"),
    "own_damaged": Saying(
        "reject", "导出的表格改坏了：{value}", "a row of an exported table is damaged: {value}"
    ),
    "same_id": Saying("human", "编号 {value} 与第 {other} 行相同，内容不同", "id {value} is that of row {other} too"),
    "no_name": Saying("human", "没有名称", "no name"),
    "garbled": Saying("human", "{field}有乱码：{value}", "{field} is garbled: {value}"),
    "formula": Saying("human", "{field}是公式：{value}；请改为数值", "{field} is a formula: {value}; paste its value"),
    "too_long": Saying("human", "{field}超过 {other} 个字符", "{field} has more than {other} characters"),
    "invalid": Saying("human", "登记册不接受：{value}", "the register does not take it: {value}"),
    # what the place is
    "maybe_closed": Saying("human", "似乎已停用或搬迁：{value}", "it seems to be closed or moved: {value}"),
    "no_kind": Saying(
        "human", "看不出是什么站点；可用 --kind 指定", "what it offers is not said; name it with --kind"
    ),
    "unknown_kind": Saying(
        "human", "不认识的类型“{value}”；可用 --kind，或在映射文件的 [kinds] 下指定",
        "unknown kind {value!r}; name it with --kind or under [kinds] of a mapping file",
    ),
    "hours_unknown": Saying("note", "开放时间未能全部看懂，原文保留：{value}", "hours not understood, kept: {value}"),
    "hours_assumed": Saying("note", "开放时间“{value}”按此理解：{other}", "hours {value!r} taken to mean: {other}"),
    "hours_differ": Saying("note", "写着 24 小时，开放时间却是“{value}”", "said to be open 24 h, but: {value}"),
    "amenity_unknown": Saying("note", "不认识的设施，记入备注：{value}", "amenities unknown, kept as a note: {value}"),
    "amenity_unclear": Saying(
        "note", "“{value}”有还是没有说不清，按未知处理", "whether it has {value} is unclear: taken as unknown"
    ),
    "phone_odd": Saying("note", "电话写法不明：{value}", "not a telephone number: {value}"),
    "value_odd": Saying("note", "{field}看不懂，未采用：{value}", "{field} not understood: {value}"),
    # where it is
    "coordinate_odd": Saying("note", "坐标看不懂：{value}", "coordinates not understood: {value}"),
    "coordinate_half": Saying("note", "只有经度或纬度：{value}", "only one of longitude and latitude: {value}"),
    "coordinate_zero": Saying("note", "坐标为 0，视为没有", "coordinates are 0: taken as absent"),
    "not_a_point": Saying("note", "图形不是点（{value}），未用作位置", "the geometry is no point ({value}), not used"),
    "datum_unknown": Saying(
        "human", "坐标系说不准（{value}）；请用 --datum 指定", "the datum is not certain ({value}); say it with --datum"
    ),
    "datum_contradicted": Saying(
        "human", "清单说坐标系是 {other}，看起来却是 {value}；请用 --datum 指定",
        "said to be {other}, but it looks like {value}; say it with --datum",
    ),
    "position_suspect": Saying("human", "坐标可疑：{value}", "the coordinates are suspect: {value}"),
    "position_read_as": Saying("note", "坐标按“{value}”读取", "coordinates read as {value}"),
    "outside_city": Saying(
        "human", "位置在城市数据“{value}”的街道范围之外", "the position lies outside the streets of the pack {value}"
    ),
    "no_position": Saying(
        "human", "没有坐标，地址也找不到位置；请补坐标或更详细的地址",
        "no coordinates, and the address was not found; give coordinates or a fuller address",
    ),
    "address_ambiguous": Saying(
        "human", "地址可能指：{value}；请补坐标或更详细的地址",
        "the address may be any of {value}; give coordinates or a fuller address",
    ),
    "geocoded": Saying("note", "位置由地址得出（精度：{other}）：{value}", "placed by its address ({other}): {value}"),
    "coarse": Saying(
        "note", "坐标只有 {value} 位小数（精度：{other}）", "coordinates of {value} decimals only ({other})"
    ),
    # against the register
    "like_row": Saying("human", "可能与第 {other} 行是同一站点：{value}", "perhaps that of row {other}: {value}"),
    "maybe_same": Saying("human", "可能就是已有的“{other}”：{value}", "perhaps {other}, already known: {value}"),
    "found_as": Saying("note", "就是已有的“{other}”：{value}", "it is {other}, already known: {value}"),
    "conflict": Saying(
        "human", "{field}不一致：已有“{other}”，清单“{value}”；可用 --on-conflict keep 或 take",
        "{field} differs: {other!r} is known, the list has {value!r}; --on-conflict keep or take decides",
    ),
    "kept": Saying("note", "{field}保留“{other}”，未采用“{value}”", "{field}: {other!r} kept, {value!r} not taken"),
    "taken": Saying("note", "{field}由“{other}”改为“{value}”", "{field}: {other!r} becomes {value!r}"),
}  # fmt: skip

_HEAVINESS: Final[dict[Weight, int]] = {"note": 0, "human": 1, "reject": 2}

#: How the fields are called for people.
FIELD_WORDS: Final[dict[str, str]] = {
    "id": "编号", "name": "名称", "name_en": "英文名", "address": "地址", "city": "城市", "district": "区",
    "subdistrict": "街道", "community": "社区", "lon": "经度", "lat": "纬度", "lonlat": "经纬度", "latlon": "纬经度",
    "datum": "坐标系", "position": "位置", "hours": "开放时间", "open_24h": "是否24小时", "phone": "电话",
    "amenities": "设施", "kind": "类型", "services": "服务", "host": "主办单位", "floor": "楼层", "note": "备注",
    "source_url": "网址", "checked": "核对日期", "tier": "层级", "access": "进入方式", "audience": "服务对象",
    "capacity_seats": "座位", "area_m2": "面积", "status": "状态", "street_facing": "是否临街", "geometry": "图形",
}  # fmt: skip


@dataclass(frozen=True)
class Problem:
    """Something about a row.

    Attributes
    ----------
    code
        Key of :data:`SAYINGS`.
    value, other
        The cell, and what it is compared with.
    field
        The field it is about; empty is the row.
    value_en
        The value in English, where it is words of ours.
    """

    code: str
    value: str = ""
    other: str = ""
    field: str = ""
    value_en: str = ""

    @property
    def weight(self) -> Weight:
        """What it means for the row."""
        return SAYINGS[self.code].weight

    def say(self, language: Language) -> str:
        """Return it as one sentence.

        Examples
        --------
        >>> Problem("repeated", other="7").say("en")
        'the same as row 7, word for word'
        """
        saying = SAYINGS[self.code]
        words = saying.zh if language == "zh" else saying.en
        value = self.value_en if language == "en" and self.value_en else self.value
        return words.format(value=_short(value), other=_short(self.other), field=field_word(self.field, language))


def heaviest(problems: Iterable[Problem]) -> Weight:
    """Return the greatest weight among problems; of none, that of a note."""
    return max((problem.weight for problem in problems), key=_HEAVINESS.__getitem__, default="note")


def field_word(field: str, language: Language) -> str:
    """Return what people call a field; parts of one (``amenities.toilet``) go by the whole."""
    whole, _, part = field.partition(".")
    if language == "en":
        return field
    return f"{FIELD_WORDS.get(whole, whole)}{f'（{part}）' if part else ''}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _MAX_SHOWN else line[: _MAX_SHOWN - 1] + "…"
