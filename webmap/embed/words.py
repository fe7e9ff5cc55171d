"""Words of embedding that no template says."""

from __future__ import annotations

from flask_babel import force_locale
from flask_babel import gettext as _


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
