"""The words of posters are those of the pages, and hours say in words what they say."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

import webmap
from geo.places.model import ACCURACIES, AMENITIES, SERVICES
from webmap.i18n import init_i18n
from webmap.posters import words
from webmap.posters.fitting import fit, printable, width_em
from webmap.posters.words import Both, hours_words, offer_words, season_words
from webmap.words import amenity_words, service_words

DAYS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
TWELFTH = ",".join(f"{month} 12" for month in DAYS)


@pytest.mark.parametrize(("lang", "column"), [("zh", 0), ("en", 1)])
def test_names_are_those_of_the_pages(lang: str, column: int) -> None:
    app = Flask("webmap", root_path=str(Path(webmap.__file__).parent))
    init_i18n(app)
    with app.test_request_context(f"/?lang={lang}"):
        assert {code: both[column] for code, both in words.SERVICES.items()} == service_words()
        pages = amenity_words()
    assert {code: both[column] for code, both in words.AMENITIES.items()} == pages


def test_every_code_has_its_words() -> None:
    assert (set(words.SERVICES), set(words.AMENITIES), set(words.ACCURACIES)) == (
        set(SERVICES), set(AMENITIES), set(ACCURACIES),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("hours", "zh", "en"),
    [
        ("24/7", "全天 24 小时", "Open 24 hours"),
        ("Fr 14:00-16:00", "周五 14:00–16:00", "Fri 14:00–16:00"),
        ("Mo-Su 07:00-21:00", "每天 07:00–21:00", "Daily 07:00–21:00"),
        ("Mo,We 09:00-12:00", "周一、周三 09:00–12:00", "Mon, Wed 09:00–12:00"),
        ("Mo-Fr 09:00-17:00; PH off", "周一至周五 09:00–17:00；公众假期休息",
         "Mon–Fri 09:00–17:00; public holidays closed"),
        (f"{TWELFTH} 11:00-14:00", "每月 12 日 11:00–14:00", "Monthly, day 12: 11:00–14:00"),
        ("Tu[2] 14:00-16:00", "每月第二个周二 14:00–16:00", "Monthly, Tue no. 2: 14:00–16:00"),
        ("Fr[-1] 14:00-16:00", "每月最后一个周五 14:00–16:00", "Monthly, the last Fri: 14:00–16:00"),
    ],
)  # fmt: skip
def test_hours_in_words(hours: str, zh: str, en: str) -> None:
    assert hours_words(hours) == Both(zh, en)


@pytest.mark.parametrize(
    "hours",
    ["week 01-53/2 Fr 09:00-12:00", "Mo-Fr sunrise-sunset", 'Fr 09:00-12:00 "by phone"', "Fr 09:00+", "24/7; PH off"],
)
def test_what_has_no_words_is_told_by_the_page(hours: str) -> None:
    assert hours_words(hours) is None
    assert offer_words(hours, None) == words.SCAN_HOURS


def test_unknown_is_said_to_be_unknown() -> None:
    assert offer_words(None, "Jun-Aug") == words.HOURS_UNKNOWN


def test_a_season() -> None:
    assert offer_words("Mo-Su 10:00-18:00", "Jun-Aug").zh == "每天 10:00–18:00（6、7、8 月）"
    assert season_words("Jun 15-Sep 15") is None
    assert offer_words("Mo-Su 10:00-18:00", "Jun 15-Sep 15") == words.SCAN_HOURS


@pytest.mark.parametrize(
    ("text", "width", "lines", "expected", "whole"),
    [
        ("东四街道", 40, 1, ("东四街道",), True),
        ("东四街道工会服务站", 50, 2, ("东四街道工", "会服务站"), True),
        ("东四街道工会，站", 60, 2, ("东四街道工", "会，站"), True),  # no comma begins a line
        ("Dongsi Rest Stop", 60, 2, ("Dongsi", "Rest Stop"), True),
        ("东四街道工会服务站", 40, 1, ("东四街…",), False),
        ("", 40, 1, ("",), True),
    ],
)
def test_text_is_fitted(text: str, width: float, lines: int, expected: tuple[str, ...], whole: bool) -> None:
    found = fit(text, width, 10, 10, lines)

    assert (found.lines, found.whole) == (expected, whole)
    assert all(width_em(line) * found.size <= width for line in found.lines)


def test_a_text_is_made_smaller_before_it_is_cut() -> None:
    found = fit("东四街道工会服务站", 60, 10, 5)

    assert found.whole and 6 <= found.size < 6.7


def test_what_cannot_be_printed_is_left_out() -> None:
    assert printable("a\x00b\u202ec\u200b\ud800 \n d") == "abc d"
