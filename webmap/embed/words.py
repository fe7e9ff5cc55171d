"""Words of embedding that no template says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _

from webmap.embed.options import EmbedOptions


def frame_title(lang: str) -> str:
    """Return what a frame is called, in its own language, whoever reads the page that writes the snippet."""
    with force_locale(lang):
        return str(_("最近的驿站在哪？"))


def picture_words(drawn: int) -> dict[str, str]:
    """Return what a still picture says of itself to those who hear it, in the language of the request."""
    return {
        "title": _("地图：附近的道路和服务点"),
        "desc": _("图上有 %(n)s 处服务点；带数字的和列表里的一样。", n=drawn),
    }


def layer_words(options: EmbedOptions, people: bool, bounds: Iterable[float]) -> dict[str, Any]:
    """Return what is said of a layer of people, or of streets: its title, its colours, where it comes from."""
    where = _("%(n)s 分钟内走得到服务点的居民", n=options.reach)
    if not people:
        where = _("%(n)s 分钟内走得到服务点的道路", n=options.reach)
    hour = _("今天 %(hour)s 确定开着的", hour=f"{options.hour:02d}:00") if options.hour is not None else ""
    low, middle, high = (f"{bound:.0%}" for bound in bounds)
    return {
        "title": where,
        "hour": hour,
        "steps": [
            _("不到 %(share)s", share=low),
            f"{low}–{middle}",
            f"{middle}–{high}",
            _("%(share)s 以上", share=high),
        ],
        "source": _("居民数按街道平均分到路上，只是估计") if people else _("按道路长度算，不是人数"),
    }
