"""The words that a site of plain files needs beyond the finder's own."""

from __future__ import annotations

from flask_babel import gettext as _

from webmap.words import Words


def filed_words() -> Words:
    """Return them in the language of the request; ``{name}`` marks a value that the script fills in."""
    return {
        "source": _("数据做于{made}，开放时间算到{until}。"),
        "expired": _("这份数据的开放时间已经用完，所以写未知。请提醒网站的管理人更新。"),
        "uncertain": _("{minutes} 分钟以外的可能有遗漏：路通到了这份数据的外面。"),
        "outside": _("这个位置不在本站收录的区里。"),
        "outside_hint": _("收录的有：{names}。"),
        "and": _("、"),
    }
