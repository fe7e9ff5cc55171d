"""The words of posters, Chinese and English side by side: a wall has no switch of language."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from geo.places.recurrence import read_months, read_recurrences


class Both(NamedTuple):
    """A text in Chinese and in English."""

    zh: str
    en: str


#: As on the pages, which a test compares.
SERVICES: Final = {
    "service_station": Both("工会服务站", "Union service station"), "rest_stop": Both("暖心驿站", "Warm rest stop"),
    "water_point": Both("饮水点", "Water point"), "haircut": Both("理发", "Haircut"),
    "pop_up": Both("流动服务", "Pop-up service"), "benefit": Both("服务卡优惠", "Service card benefit"),
    "public_toilet": Both("公共厕所", "Public toilet"), "shelter": Both("遮风避雨", "Shelter"),
    "library": Both("图书馆", "Library"), "community_centre": Both("社区活动中心", "Community centre"),
}  # fmt: skip
AMENITIES: Final = {
    "water": Both("饮用水", "Drinking water"), "hot_water": Both("热水", "Hot water"),
    "microwave": Both("微波炉", "Microwave"), "fridge": Both("冰箱", "Fridge"),
    "coffee_machine": Both("咖啡机", "Coffee machine"), "cups": Both("水杯", "Cups"), "meals": Both("饭菜", "Meals"),
    "seats": Both("座位", "Seats"), "sofa": Both("沙发", "Sofa"),
    "air_conditioner": Both("空调", "Air conditioning"), "heating": Both("暖气", "Heating"),
    "toilet": Both("厕所", "Toilet"), "nursing_room": Both("妈咪屋", "Nursing room"),
    "medicine": Both("药箱", "Medicine box"), "health_check": Both("量血压", "Blood pressure check"),
    "aed": Both("除颤器", "Defibrillator (AED)"), "socket": Both("插座", "Socket"), "wifi": Both("无线网", "Wi-Fi"),
    "books": Both("图书", "Books"), "printer": Both("打印机", "Printer"), "tools": Both("工具箱", "Tools"),
    "umbrella": Both("雨伞", "Umbrella"), "needle_kit": Both("针线包", "Needle kit"),
    "tyre_pump": Both("打气筒", "Tyre pump"), "bike_parking": Both("停自行车", "Bike parking"),
    "ebike_charging": Both("电动车充电", "E-bike charging"),
}  # fmt: skip
ACCURACIES: Final = {
    "exact": Both("位置准确到门口", "position exact to the door"),
    "building": Both("位置到楼", "position: the building"),
    "street": Both("位置只到路段", "position: the street only"),
    "subdistrict": Both("位置只到街道范围", "position: the subdistrict only"),
    "illustrative": Both("位置仅为示意", "position is illustrative"),
}  # fmt: skip

TITLE: Final = Both("扫码找最近的驿站", "Scan for the nearest rest stop")
HERE: Final = Both("你在这里", "You are here")
EASY: Final = Both("不用注册 · 不用定位", "No account, no location needed")
NEAR: Final = Both("从这里走路去", "On foot from here")
NOBODY_NEAR: Final = Both("走路 30 分钟内没有登记的地方", "Nothing on record within 30 minutes on foot")
SCAN_NEAR: Final = Both("扫码看附近", "Scan to see what is near")
MINUTES: Final = Both("分钟", "min")
HOURS_UNKNOWN: Final = Both("开放时间未知", "Hours unknown")
SCAN_HOURS: Final = Both("开放时间扫码看", "Scan for the hours")
MORE: Final = Both("还有 {n} 项", "{n} more")
AGAIN: Final = Both("时间和设施可能有变，出发前再查一次", "Hours and kit may change: check again before you go")
CHECKED: Final = Both("资料 {day} 查过", "facts checked {day}")
UNCHECKED: Final = Both("资料没有核实过", "facts not checked")
PRINTED: Final = Both("{day} 印", "printed {day}")
SAMPLE: Final = Both("示例城市，位置仅为示意", "Sample city: positions are illustrative")

_DAYS: Final = {
    "Mo": Both("周一", "Mon"), "Tu": Both("周二", "Tue"), "We": Both("周三", "Wed"), "Th": Both("周四", "Thu"),
    "Fr": Both("周五", "Fri"), "Sa": Both("周六", "Sat"), "Su": Both("周日", "Sun"),
    "PH": Both("公众假期", "public holidays"), "SH": Both("学校假期", "school holidays"),
}  # fmt: skip
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ALWAYS: Final = Both("全天 24 小时", "Open 24 hours")
_DAILY: Final = Both("每天", "Daily")
_SHUT: Final = Both("休息", "closed")
_SIGNS: Final = {
    **_DAYS, "Mo-Su": _DAILY, "off": _SHUT, "closed": _SHUT, ",": Both("、", ", "), ";": Both("；", "; "),
}  # fmt: skip
_TOKEN: Final = re.compile(r"24/7|Mo-Su|Mo|Tu|We|Th|Fr|Sa|Su|PH|SH|off|closed|\d{1,2}:\d{2}|[-,;]|\s+")
_NUMBERS: Final = "一二三四五"


def hours_words(expression: str) -> Both | None:
    """Return an ``opening_hours`` expression in words; None where words might say something else than it does.

    Examples
    --------
    >>> hours_words("Mo-Fr 09:00-11:30,13:30-17:30; PH off").en
    'Mon–Fri 09:00–11:30, 13:30–17:30; public holidays closed'
    >>> hours_words("Mo-Su 07:00-21:00").zh
    '每天 07:00–21:00'
    >>> print(hours_words("week 01-53/2 Fr 09:00-12:00"))
    None
    """
    text = re.sub(r"\s+", " ", expression.strip())
    if text == "24/7":
        return _ALWAYS
    if monthly := _monthly(text):
        return monthly
    tokens = [match[0] for match in _TOKEN.finditer(text)]
    if "".join(tokens) != text or "24/7" in tokens:
        return None
    spoken = [_spoken(token, [*tokens[:at][-1:], ""][0], [*tokens[at + 1 :], ""][0]) for at, token in enumerate(tokens)]
    return Both("".join(each.zh for each in spoken), "".join(each.en for each in spoken))


def _monthly(text: str) -> Both | None:
    """Say days of the month and such as the second Tuesday."""
    rules = read_recurrences(text)
    if not rules or any(rule.freq != "MONTHLY" for rule in rules):
        return None
    days = [Both(f"{day} 日", f"day {day}") for day in rules[0].bymonthday]
    for day in rules[0].byday:
        number, name = int(day[:-2]), _DAYS[day[-2:].title()]
        if number > 0:
            days.append(Both(f"第{_NUMBERS[number - 1]}个{name.zh}", f"{name.en} no. {number}"))
        elif number == -1:
            days.append(Both(f"最后一个{name.zh}", f"the last {name.en}"))
        else:
            return None
    spans = [f"{_clock(rule.opens)}–{_clock(rule.closes)}" for rule in rules]
    gap = " " if rules[0].bymonthday else ""
    zh = f"每月{gap}{'、'.join(day.zh for day in days)} {'、'.join(spans)}"
    return Both(zh, f"Monthly, {', '.join(day.en for day in days)}: {', '.join(spans)}")


def season_words(season: str) -> Both | None:
    """Return the months of a season in words; None where it is not made of whole months.

    Examples
    --------
    >>> season_words("Jun-Aug")
    Both(zh='6、7、8 月', en='Jun, Jul, Aug')
    """
    months = read_months(season)
    if months is None:
        return None
    return Both(f"{'、'.join(map(str, months))} 月", ", ".join(_MONTHS[month - 1] for month in months))


def offer_words(hours: str | None, season: str | None) -> Both:
    """Return when something is offered; unknown is said to be unknown, and what has no words is told by the page."""
    if hours is None:
        return HOURS_UNKNOWN
    when = hours_words(hours)
    months = None if season is None else season_words(season)
    if when is None or (season is not None and months is None):
        return SCAN_HOURS
    return when if months is None else Both(f"{when.zh}（{months.zh}）", f"{when.en} ({months.en})")


def _spoken(sign: str, before: str, after: str) -> Both:
    if sign == "-":
        return Both("至" if before in _DAYS and after in _DAYS else "–", "–")
    if sign == " ":
        joined = before in {",", ";"}
        return Both("" if joined or after in {"off", "closed"} else " ", "" if joined else " ")
    return _SIGNS.get(sign, Both(sign, sign))


def _clock(minutes: int) -> str:
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"
