"""What the site says about working without a network: for its scripts, and for the manifest."""

from __future__ import annotations

from flask_babel import gettext as _

Words = dict[str, str]


def app_words() -> Words:
    """Return what the installed app is called."""
    return {
        "name": _("驿站"),
        "description": _("按真实步行、骑行时间，找最近的驿站、饮水点、工会服务站和厕所。"),
    }


def offline_words() -> Words:
    """Return every word of the scripts below ``js/offline``; ``{name}`` marks a value that the script fills in."""
    return {
        "offline": _("离线 · {names}的数据，{age} 的"),
        "offline_several": _("离线 · {names}的数据，最旧的是{age} 的"),
        "offline_none": _("离线 · 本机没有这里的数据"),
        "slow": _("信号弱，先用本机存的 · {names}的数据，{age} 的"),
        "expired": _("数据太旧，开放时间按未知显示。"),
        "uncertain": _("超过 {minutes} 分钟的可能没列全。"),
        "back": _("网络恢复了，已重新查过。"),
        "today": _("今天 {time}"),
        "yesterday": _("昨天 {time}"),
        "days_ago": _("{n} 天前（{date}）"),
        "nothing": _("没有网络，本机也还没有存下数据。"),
        "nothing_hint": _("有网时在这里查一次，附近这个区的数据就会存下来，以后没网也能查。"),
        "outside": _("没有网络，本机没有这个位置的数据。"),
        "outside_hint": _("本机存了：{names}。选那里的位置可以查；有网时在这里查一次，这里也会存下来。"),
        "unreadable": _("没有网络，本机存的{names}的数据读不出来。"),
        "unreadable_hint": _("有网时再查一次，会重新存好。"),
        "stored": _("{name}的数据已存在本机（{size}），没网也能查。"),
        "manage": _("查看或删除"),
        "quota": _("本机空间不够，没能存下{name}的离线数据。"),
        "refused": _("{name}的离线数据没有收完整，没有存。下次有网再试。"),
        "saving": _("省流量模式开着，没有自动存{name}的离线数据（{size}）。"),
        "store": _("存下来"),
        "storing": _("正在存…"),
        "install": _("装到手机桌面，一点就开，没网也能查。"),
        "install_do": _("安装"),
        "never": _("不用了"),
        "shelf_none": _("本机还没有存下数据。"),
        "shelf_row": _("{name} · {age} 的数据 · {size}"),
        "shelf_expired": _("已过期"),
        "shelf_remove": _("删除"),
        "shelf_removed": _("已删除"),
        "shelf_unable": _("这个浏览器不能存离线数据。"),
        "and": _("、"),
    }
