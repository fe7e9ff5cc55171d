"""A poster as an SVG document, A4, in millimetres: everything on it comes from :class:`~geo.posters.facts.Poster`."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

from geo.posters.facts import MOST_AMENITIES, Other, Poster
from webmap.posters import words
from webmap.posters.fitting import Fitted, fit, printable, width_em
from webmap.posters.qr import qr_path
from webmap.posters.words import Both

WIDTH, HEIGHT = 210, 297
_LEFT, _RIGHT = 14.0, 196.0
PINE, PAPER, VIS, INK, SOFT, LINE = "#0d2f2b", "#ffffff", "#d8f02a", "#0f1f1c", "#44534f", "#aab6b2"
_FONT: Final = (
    "'Noto Sans CJK SC','Noto Sans SC','Source Han Sans SC','PingFang SC','Microsoft YaHei','HarmonyOS Sans SC',"
    "Roboto,'Segoe UI',sans-serif"
)
_ICONS: Final = Path(__file__).parents[1] / "templates" / "icons.svg"
#: The code: where it stands, and how wide it is with its margin.
_QR_LEFT, _QR_TOP, _QR = 121.0, 50.0, 74.0
_COLUMN: Final = _QR_LEFT - 6 - _LEFT
_OFFERS_END: Final = 148.0
_KIT_TOP: Final = 150.0
#: The most room that a service takes.
_TALLEST: Final = 17.5
_NEAR_TOP: Final = 172.0
_FOOT_TOP: Final = 266.5
#: Columns of the places nearby.
_NAME, _HOURS, _MINUTES_LEFT = _LEFT + 14, _LEFT + 48, _RIGHT - 34


class _Sheet:
    """A page to draw on; positions and sizes are millimetres."""

    def __init__(self, label: str) -> None:
        self.root = ET.Element("svg", {
            "xmlns": "http://www.w3.org/2000/svg", "width": f"{WIDTH}mm", "height": f"{HEIGHT}mm",
            "viewBox": f"0 0 {WIDTH} {HEIGHT}", "font-family": _FONT, "role": "img", "aria-label": label,
        })  # fmt: skip
        self.box(0, 0, WIDTH, HEIGHT, PAPER)

    def box(self, x: float, y: float, width: float, height: float, fill: str, round_by: float = 0) -> None:
        ET.SubElement(self.root, "rect", {
            "x": _mm(x), "y": _mm(y), "width": _mm(width), "height": _mm(height), "fill": fill, "rx": _mm(round_by),
        })  # fmt: skip

    def text(
        self, x: float, y: float, text: str, size: float, fill: str = INK, *, bold: bool = False, anchor: str = "start",
        lang: str = "zh-CN",
    ) -> None:  # fmt: skip
        ET.SubElement(self.root, "text", {
            "x": _mm(x), "y": _mm(y), "font-size": _mm(size), "fill": fill, "font-weight": "700" if bold else "400",
            "text-anchor": anchor, "xml:lang": lang,
        }).text = printable(text)  # fmt: skip

    def lines(self, x: float, y: float, fitted: Fitted, fill: str = INK, *, bold: bool = False) -> float:
        """Write lines, the top of the first at ``y``; return where the next may begin."""
        for line in fitted.lines:
            self.text(x, y + fitted.size * 0.88, line, fitted.size, fill, bold=bold)
            y += fitted.size * 1.2
        return y

    def icon(self, code: str, x: float, y: float, size: float, stroke: str = PINE) -> None:
        group = ET.SubElement(self.root, "g", {
            "transform": f"translate({_mm(x)} {_mm(y)}) scale({_mm(size / 24)})", "fill": "none", "stroke": stroke,
            "color": stroke, "stroke-width": "1.8", "stroke-linecap": "round", "stroke-linejoin": "round",
        })  # fmt: skip
        group.extend(_icons().get(code) or _icons()["dot"])

    def code(self, address: str, x: float, y: float, size: float) -> None:
        path, modules = qr_path(address)
        self.box(x, y, size, size, PAPER)
        ET.SubElement(self.root, "path", {
            "d": path, "fill": "#000000", "shape-rendering": "crispEdges",
            "transform": f"translate({_mm(x)} {_mm(y)}) scale({size / modules:.6f})",
        })  # fmt: skip


def draw(poster: Poster, printed: date) -> str:
    """Return a poster as an SVG document.

    Parameters
    ----------
    printed
        The day, which is not part of the fingerprint.
    """
    sheet = _Sheet(f"{words.TITLE.zh} {words.TITLE.en}: {printable(poster.name)}")
    _head(sheet, poster)
    _here(sheet, poster)
    _code(sheet, poster)
    _kit(sheet, poster)
    _near(sheet, poster)
    _foot(sheet, poster, printed)
    return ET.tostring(sheet.root, encoding="unicode")


def _head(sheet: _Sheet, poster: Poster) -> None:
    sheet.box(0, 0, WIDTH, 41, PINE)
    sheet.box(0, 41, WIDTH, 2.6, VIS)
    sheet.icon("mark", _LEFT, 5.5, 8, PAPER)
    sheet.text(_LEFT + 10.5, 12, "驿站", 6.5, PAPER, bold=True)
    about = words.SAMPLE.zh if poster.sample else " ".join(filter(None, (poster.city, poster.city_en)))
    city = fit(about, 90, 4.6, 3)
    sheet.text(_RIGHT, 11, city.lines[0], city.size, PAPER, anchor="end")
    if poster.sample:
        sheet.text(_RIGHT, 15.6, words.SAMPLE.en, 3.6, PAPER, anchor="end", lang="en")
    sheet.text(_LEFT, 28.6, words.TITLE.zh, 14.4, PAPER, bold=True)
    sheet.text(_LEFT, 37, words.TITLE.en, 6.4, VIS, lang="en")


def _here(sheet: _Sheet, poster: Poster) -> None:
    sheet.icon("exact" if poster.accuracy == "exact" else "position", _LEFT - 1, 49, 7)
    sheet.text(_LEFT + 7.5, 54.6, words.HERE.zh, 5, SOFT, bold=True)
    sheet.text(_LEFT + 9.5 + 20, 54.6, words.HERE.en, 4.4, SOFT, lang="en")
    name = fit(poster.name, _COLUMN, 10.5, 7.5, 2)
    y = sheet.lines(_LEFT, 58.5, name if name.whole else fit(poster.name, _COLUMN, 7.5, 6.2, 3), bold=True) + 0.6
    if poster.name_en and poster.name_en != poster.name:
        y = sheet.lines(_LEFT, y, fit(poster.name_en, _COLUMN, 4.6, 3.6), SOFT)
    where = [text for text in (poster.address, poster.phone) if text]
    if where:
        both = fit(" · ".join(where), _COLUMN, 4.4, 3.6)
        y = sheet.lines(_LEFT, y + 0.4, both if both.whole else fit(where[0], _COLUMN, 4.4, 3.6), SOFT)
    _offers(sheet, poster, y + 2.5)


def _offers(sheet: _Sheet, poster: Poster, top: float) -> None:
    """Draw the services, each with three lines, as large as there is room for."""
    last = 0.45 if poster.more_offers else 0
    step = min(_TALLEST, (_OFFERS_END - top) / max(1, len(poster.offers) + last))
    scale = (step - 1.3) / 13.2
    left = _LEFT + 11 * max(1.0, scale)
    for number, offer in enumerate(poster.offers):
        y = top + number * step
        name = words.SERVICES.get(offer.kind, Both(offer.kind, offer.kind))
        zh, en = _fitting(words.offer_words(offer.hours, offer.season), _LEFT + _COLUMN - left, 4.2 * scale)
        sheet.icon(offer.kind, _LEFT, y + 0.8 * scale, 8.5 * scale)
        sheet.text(left, y + 4.2 * scale, name.zh, 4.6 * scale, bold=True)
        beside = left + 2 + width_em(name.zh) * 4.6 * scale
        english = fit(name.en, _LEFT + _COLUMN - beside, 3.6 * scale, 2.6)
        sheet.text(beside, y + 4.2 * scale, english.lines[0], english.size, SOFT, lang="en")
        sheet.text(left, y + 8.7 * scale, zh.lines[0], zh.size)
        sheet.text(left, y + 12.5 * scale, en.lines[0], en.size, SOFT, lang="en")
    if more := poster.more_offers:
        text = f"{words.MORE.zh.format(n=more)}  {words.MORE.en.format(n=more)}"
        sheet.text(left, top + len(poster.offers) * step + 4 * scale, text, 4 * scale, SOFT)


def _fitting(when: Both, width: float, size: float) -> tuple[Fitted, Fitted]:
    """Return hours in both languages on a line each; hours are never cut short, that would make others of them."""
    zh, en = fit(when.zh, width, size, size * 0.76), fit(when.en, width, size * 0.84, size * 0.68)
    return (zh, en) if zh.whole and en.whole else _fitting(words.SCAN_HOURS, width, size)


def _code(sheet: _Sheet, poster: Poster) -> None:
    sheet.box(_QR_LEFT - 1, _QR_TOP - 1, _QR + 2, _QR + 2, PINE, 3)
    sheet.code(poster.url, _QR_LEFT, _QR_TOP, _QR)
    middle = _QR_LEFT + _QR / 2
    sheet.text(middle, _QR_TOP + _QR + 8.4, words.EASY.zh, 5.6, bold=True, anchor="middle")
    sheet.text(middle, _QR_TOP + _QR + 13.8, words.EASY.en, 4.2, SOFT, anchor="middle", lang="en")


def _kit(sheet: _Sheet, poster: Poster) -> None:
    """Draw what is there as pictograms, each with its name: none is told by its picture alone."""
    step = (_RIGHT - _LEFT) / (MOST_AMENITIES + 1)
    if more := poster.more_amenities:
        middle = _RIGHT - step / 2
        sheet.text(middle, _KIT_TOP + 12, words.MORE.zh.format(n=more), 4.2, bold=True, anchor="middle")
        sheet.text(middle, _KIT_TOP + 16, words.MORE.en.format(n=more), 3.1, SOFT, anchor="middle", lang="en")
    for number, code in enumerate(poster.amenities):
        middle = _LEFT + (number + 0.5) * step
        name = words.AMENITIES.get(code, Both(code, code))
        zh, en = fit(name.zh, step - 1, 4.2, 3), fit(name.en, step - 1, 3.1, 2.5, 2)
        sheet.icon(code, middle - 4, _KIT_TOP, 8)
        sheet.text(middle, _KIT_TOP + 12, zh.lines[0], zh.size, bold=True, anchor="middle")
        for row, line in enumerate(en.lines):
            sheet.text(middle, _KIT_TOP + 16 + row * 3.2, line, en.size, SOFT, anchor="middle", lang="en")


def _near(sheet: _Sheet, poster: Poster) -> None:
    sheet.box(_LEFT, _NEAR_TOP - 1.5, _RIGHT - _LEFT, 0.5, PINE)
    sheet.icon("walk", _LEFT, _NEAR_TOP + 0.6, 8)
    sheet.text(_LEFT + 10, _NEAR_TOP + 6.6, words.NEAR.zh, 6, bold=True)
    sheet.text(_LEFT + 14 + 36, _NEAR_TOP + 6.6, words.NEAR.en, 4.6, SOFT, lang="en")
    if not poster.others:
        said = words.SCAN_NEAR if poster.others is None else words.NOBODY_NEAR
        sheet.text(_LEFT, _NEAR_TOP + 18, said.zh, 5.4, bold=True)
        sheet.text(_LEFT, _NEAR_TOP + 24, said.en, 4.4, SOFT, lang="en")
    for number, other in enumerate(poster.others or ()):
        _other(sheet, other, _NEAR_TOP + 11 + number * 16)


def _other(sheet: _Sheet, other: Other, y: float) -> None:
    sheet.icon(other.kind, _LEFT, y + 2, 10)
    name = fit(other.name, _MINUTES_LEFT - _NAME, 6, 4.4)
    sheet.text(_NAME, y + 5, name.lines[0], name.size, bold=True)
    beside = _NAME + width_em(name.lines[0]) * name.size + 3
    if other.name_en and other.name_en != other.name and _MINUTES_LEFT - beside > 20:
        english = fit(other.name_en, _MINUTES_LEFT - beside, 3.5, 2.8)
        sheet.text(beside, y + 5, english.lines[0], english.size, SOFT, lang="en")
    kind = words.SERVICES.get(other.kind, Both(other.kind, other.kind))
    when = _fitting(words.offer_words(other.hours, other.season), _MINUTES_LEFT - _HOURS, 4.2)
    for row, lang in enumerate(("zh-CN", "en")):
        what = fit(kind[row], _HOURS - _NAME - 1, (4.2, 3.5)[row], 2.8)
        baseline, fill = y + (9.9, 13.6)[row], (INK, SOFT)[row]
        sheet.text(_NAME, baseline, what.lines[0], what.size, fill, lang=lang)
        sheet.text(_HOURS, baseline, when[row].lines[0], when[row].size, fill, lang=lang)
    sheet.text(_RIGHT - 13, y + 11.2, str(other.minutes), 13, bold=True, anchor="end")
    sheet.text(_RIGHT, y + 7, words.MINUTES.zh, 5, bold=True, anchor="end")
    sheet.text(_RIGHT, y + 11.2, words.MINUTES.en, 4, SOFT, anchor="end", lang="en")
    sheet.box(_LEFT, y + 15.1, _RIGHT - _LEFT, 0.2, LINE)


def _foot(sheet: _Sheet, poster: Poster, printed: date) -> None:
    y = _FOOT_TOP
    sheet.icon("retry", _LEFT, y, 6.4)
    sheet.text(_LEFT + 8.5, y + 3, words.AGAIN.zh, 4.2, bold=True)
    sheet.text(_LEFT + 8.5, y + 6.8, words.AGAIN.en, 3.4, SOFT, lang="en")
    address = fit(poster.url, _RIGHT - _LEFT, 4.6, 2.6)
    sheet.text(_LEFT, y + 14, address.lines[0], address.size, bold=True, lang="en")
    checked = words.UNCHECKED
    if poster.checked:
        checked = Both(*(text.format(day=poster.checked) for text in words.CHECKED))
    exact = words.ACCURACIES.get(poster.accuracy, Both(poster.accuracy, poster.accuracy))
    day, where = printed.isoformat(), f"WGS-84 {poster.lat:.4f}, {poster.lon:.4f}"
    lines = (
        ("zh-CN", (checked.zh, exact.zh, words.PRINTED.zh.format(day=day))),
        ("en", (checked.en, exact.en, words.PRINTED.en.format(day=day), where, poster.fingerprint)),
    )
    for row, (lang, parts) in enumerate(lines):
        small = fit(" · ".join(parts), _RIGHT - _LEFT, 3.1, 2.2)
        sheet.text(_LEFT, y + 18.4 + row * 3.8, small.lines[0], small.size, SOFT, lang=lang)


@cache
def _icons() -> dict[str, list[ET.Element]]:
    """Return the pictograms of the pages, by code, as elements without ids."""
    root = ET.fromstring(re.sub(r'\sxmlns="[^"]*"', "", _ICONS.read_text(encoding="utf-8")))  # noqa: S314  # our own
    return {symbol.attrib["id"].removeprefix("i-"): list(symbol) for symbol in root}


def _mm(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")
