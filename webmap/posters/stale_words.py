"""What has moved since a poster was printed, in the two languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from geo.posters.stale import CHANGES, PLAIN, UNKNOWN, Change
from webmap.posters.words import ACCURACIES, AMENITIES, SERVICES, Both, hours_words

_CHANGES: Final[Mapping[str, str]] = {
    "gone": "这个服务点已经撤了",
    "status": "这个服务点现在：{subject}",
    "something": "印着的内容有变",
    "untold": "印着的内容有变，清单里没写原来是什么",
    "field": "{subject}：{before} → {now}",
    "moved": "位置挪了约 {subject} 米",
    "lost": "现在没有了：{subject}",
    "gained": "现在有了：{subject}",
    "offered_no_longer": "不再提供：{subject}",
    "offered_now": "现在提供：{subject}",
    "hours": "{subject}的时间：{before} → {now}",
    "street": "附近有没有路，说法变了",
    "nearer": "有更近的了：{subject}，{before} 分钟",
    "another": "附近多了：{subject}，{before} 分钟",
    "no_longer_near": "不再是最近的几处之一：{subject}",
    "way": "到{subject}：{before} → {now} 分钟",
    "hours_near": "{subject}的时间：{before} → {now}",
    "name_near": "{subject}的名称或服务变了",
}
_FIELDS: Final[Mapping[str, str]] = {
    "url": "网页地址", "city": "城市名称", "city_en": "城市英文名", "sample": "是不是示例城市", "name": "名称",
    "name_en": "英文名", "address": "地址", "phone": "电话", "accuracy": "位置的准确程度", "checked": "核实日期",
    "more_offers": "另有几项服务", "more_amenities": "另有几项设施",
}  # fmt: skip
_STATUSES: Final = {
    "planned": Both("还没开放", "planned"), "paused": Both("暂停开放", "paused"), "retired": Both("已停用", "retired"),
}  # fmt: skip
_TIMES: Final = ("hours", "hours_near")


def change_words(change: Change) -> Both:
    """Return a change in words; names and addresses stay as they are.

    Examples
    --------
    >>> change_words(Change("offered_now", "haircut"))
    Both(zh='现在提供：理发', en='now offered: Haircut')
    """
    texts = CHANGES[change.kind], _CHANGES[change.kind]
    subject, before, now = (_spoken(change, value) for value in (change.subject, change.before, change.now))
    if change.kind == "field":
        subject = Both(_FIELDS[change.subject], PLAIN[change.subject])
    en, zh = texts
    return Both(
        zh.format(subject=subject.zh, before=before.zh, now=now.zh),
        en.format(subject=subject.en, before=before.en, now=now.en),
    )


def _spoken(change: Change, value: str) -> Both:
    if value == UNKNOWN:
        return Both("不知道", "unknown")
    if change.kind in _TIMES and value != change.subject:
        return hours_words(value) or Both(value, value)
    if change.kind == "status":
        return _STATUSES.get(value, Both(value, value))
    if change.kind in ("lost", "gained"):
        known = [AMENITIES.get(code, Both(code, code)) for code in value.split(", ")]
        return Both("、".join(each.zh for each in known), ", ".join(each.en for each in known))
    return (SERVICES | ACCURACIES).get(value, Both(value, value))
