"""Words of what is loaded late: telling what one found at a place, and warnings of heat and cold."""

from __future__ import annotations

from flask_babel import gettext as _

from webmap.words import Words


def tell_words() -> Words:
    """Return every word of these, in the language of the request; ``{name}`` marks a value."""
    return {**_telling(), **_queueing(), **_warning()}


def _telling() -> Words:
    return {
        "ask": _("到了吗？和说的一样吗？"),
        "as_shown": _("一样"),
        "locked": _("锁着门"),
        "no_water": _("没有水"),
        "wrong_position": _("位置不对"),
        "other": _("别的事"),
        "other_words": _("写一句（最多 200 字），请不要写姓名和电话"),
        "send": _("发出"),
        "away": _("收起"),
        "near": _("附上我的大概位置（约 100 米），方便核对"),
        "near_asking": _("正在定位…"),
        "near_found": _("会附上大概位置。"),
        "near_failed": _("没有定到位，不附位置也可以发。"),
        "thanks": _("谢谢，5 秒后发出"),
        "undo": _("撤销"),
        "received": _("已收到，谢谢。工作人员会核实，地图不会马上变。"),
    }


def _queueing() -> Words:
    return {
        "waits": _("还没发出，已存在这台手机上，有网时自动发。"),
        "waits_unkept": _("还没发出。这个浏览器不让网页存东西，关掉页面就没了；开着的话，有网时自动发。"),
        "refused": _("没有被收下（{code}）。"),
        "refused_gone": _("没有被收下：这个服务点已经撤了。"),
        "queue": _("有 {n} 条反馈等着发出"),
        "queue_one": _("有 1 条反馈等着发出"),
        "send_now": _("现在发"),
        "read_it": _("知道了"),
    }


def _warning() -> Words:
    return {
        "heat": _("高温预警到 {until}"),
        "cold": _("低温预警到 {until}"),
        "heat_first": _("有空调的排在前面"),
        "cold_first": _("有暖气的排在前面"),
        "heat_plain": _("现在只按远近排"),
        "cold_plain": _("现在只按远近排"),
        "heat_none": _("这个范围里没有查到有空调的地方"),
        "cold_none": _("这个范围里没有查到有暖气的地方"),
        "heat_true": _("有空调"),
        "heat_false": _("没有空调，或到时关着"),
        "heat_null": _("不知道有没有空调"),
        "cold_true": _("有暖气"),
        "cold_false": _("没有暖气，或到时关着"),
        "cold_null": _("不知道有没有暖气"),
        "nearest_is": _("最近的是{name}，{minutes} 分钟"),
        "show_nearest": _("看最近的"),
        "to_plain": _("只按远近排"),
        "heat_to_relief": _("有空调的排前面"),
        "cold_to_relief": _("有暖气的排前面"),
        "found_relief": _("{n} 处，{first}"),
        "found_relief_one": _("1 处"),
        "warning_source": _("预警原文"),
    }
