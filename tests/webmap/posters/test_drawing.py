"""The poster as a drawing: nothing unescaped, nothing off the page, its code readable, its colours too."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.city import City
from geo.posters.facts import Offered, Other, Poster, poster_of
from geo.posters.links import MAX_LENGTH
from tests.webmap.posters.drawn import SVG, scan, scanned, texts
from webmap.posters import drawing
from webmap.posters.drawing import HEIGHT, WIDTH, draw
from webmap.posters.fitting import width_em
from webmap.posters.qr import QUIET, qr_path

DAY = date(2026, 11, 22)
URL = "https://yizhan.example.cn"
HOSTILE = "</text><script>alert(1)</script>&\"'${7*7}{{7*7}}]]>\x01\u202e"


@pytest.fixture(scope="module")
def poster(sample_city: City) -> Poster:
    return poster_of(sample_city, "ss-dongsi", URL)


def test_what_is_on_it(poster: Poster) -> None:
    said = texts(draw(poster, DAY))
    assert poster.others is not None
    for text in (
        "扫码找最近的驿站", "Scan for the nearest rest stop", poster.name, poster.name_en, poster.url,
        "周五 14:00–16:00",
        "Fri 14:00–16:00", "每天 07:00–21:00", "微波炉", "Microwave", "开放时间未知", "Hours unknown",
        *(other.name for other in poster.others), *(str(other.minutes) for other in poster.others),
    ):  # fmt: skip
        assert text in said
    small = " ".join(said)
    for part in ("2026-11-22", poster.fingerprint, "facts not checked", "check again", "资料没有核实过", "再查一次"):
        assert part in small


def test_its_code_leads_to_the_place(poster: Poster) -> None:
    assert scanned(draw(poster, DAY)) == f"{URL}/at/ss-dongsi"


@given(st.text("abcdefghijklmnopqrstuvwxyzABCDEFXYZ0123456789-._~%/", min_size=1, max_size=MAX_LENGTH + 300))
@settings(max_examples=30, deadline=None)
def test_any_code_is_read_as_it_was_written(path: str) -> None:
    drawn, size = qr_path(f"https://a.cn/{path}")
    assert scan(drawn) == f"https://a.cn/{path}"
    assert min(int(x) for x in re.findall(r"M(\d+) ", drawn)) == QUIET
    assert size <= 185  # the largest code of all, with its margin


def test_a_stained_code_is_still_read(poster: Poster) -> None:
    """Three of a code's rows in ten torn off at one corner: level Q mends a quarter of what is there."""
    path, size = qr_path(poster.url)
    torn = "".join(run for run in re.findall(r"M\d+ \d+h\d+v1h-\d+z", path) if not _torn(run, size))
    assert torn != path
    assert scan(torn) == poster.url


def _torn(run: str, size: int) -> bool:
    x, y = map(int, re.findall(r"\d+", run)[:2])
    return x > size * 0.68 and y > size * 0.68


def test_a_hostile_place_stays_text(poster: Poster) -> None:
    other = Other("x", HOSTILE, HOSTILE, "rest_stop", "Fr 14:00-16:00", None, 3)
    hostile = replace(
        poster, name=HOSTILE, name_en=HOSTILE, address=HOSTILE, phone=HOSTILE, city=HOSTILE, city_en=HOSTILE,
        sample=False, checked=HOSTILE, accuracy=HOSTILE, others=(other,), offers=(Offered(HOSTILE, None, None),),  # type: ignore[arg-type]
        amenities=(HOSTILE,),
    )  # fmt: skip
    svg = draw(hostile, DAY)

    root = ET.fromstring(svg)
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
        "svg", "rect", "text", "g", "path", "circle",
    }  # fmt: skip
    assert "<script" not in svg and "\x01" not in svg and "\u202e" not in svg
    assert not [name for element in root.iter() for name in element.attrib if name.startswith("on")]
    assert any("alert(1)" in text for text in texts(svg))


@given(
    name=st.text(max_size=200), name_en=st.none() | st.text(max_size=200), address=st.none() | st.text(max_size=300),
    hours=st.none()
    | st.sampled_from(["24/7", "Mo-Su 07:00-21:00", "Mo-Fr 09:00-11:30,13:30-17:30; Sa 10:00-12:00"]),
    offers=st.integers(0, 4), more=st.integers(0, 46),
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_whatever_it_says_stays_on_the_page_and_apart(
    poster: Poster, name: str, name_en: str | None, address: str | None, hours: str | None, offers: int, more: int
) -> None:
    other = Other("x", name, name_en, "community_centre", hours, "Jun-Aug", 30)
    full = replace(
        poster, name=name, name_en=name_en, address=address, others=(other,) * 5, more_offers=more,
        offers=(Offered("community_centre", hours, None),) * offers,
    )  # fmt: skip
    root = ET.fromstring(draw(full, DAY))
    for element in root.iter(f"{SVG}text"):
        x, y, size = (float(element.attrib[key]) for key in ("x", "y", "font-size"))
        width = width_em(element.text or "") * size
        left = {"start": x, "end": x - width, "middle": x - width / 2}[element.attrib["text-anchor"]]
        assert left >= 8 and left + width <= WIDTH - 8, element.text
        assert y - size * 0.9 >= 5 and y <= HEIGHT - 8, element.text
        assert size >= 2.2  # six points


def test_hours_are_never_cut_short(poster: Poster) -> None:
    """Half of the hours would be other hours."""
    long = "; ".join(f"{day} 09:00-10:00,11:00-12:00,13:00-14:00" for day in ("Mo", "Tu", "We", "Th", "Fr"))
    said = texts(draw(replace(poster, offers=(Offered("rest_stop", long, None),), others=()), DAY))

    assert "开放时间扫码看" in said and "Scan for the hours" in said
    assert not [text for text in said if "09:00" in text]


def test_no_other_place(poster: Poster) -> None:
    assert "走路 30 分钟内没有登记的地方" in texts(draw(replace(poster, others=()), DAY))
    assert "扫码看附近" in texts(draw(replace(poster, others=None), DAY))


@pytest.mark.parametrize(
    ("ink", "paper", "least"),
    [
        (drawing.INK, drawing.PAPER, 7.0), (drawing.SOFT, drawing.PAPER, 7.0), (drawing.PINE, drawing.PAPER, 7.0),
        (drawing.PAPER, drawing.PINE, 7.0), (drawing.VIS, drawing.PINE, 7.0),
    ],
)  # fmt: skip
def test_contrast(ink: str, paper: str, least: float) -> None:
    """WCAG 2, level AAA: it hangs in the sun."""
    light, dark = sorted((luminance(ink), luminance(paper)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= least


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_colours_are_those_that_were_measured(poster: Poster) -> None:
    fills = {element.get("fill") for element in ET.fromstring(draw(poster, DAY)).iter(f"{SVG}text")}
    assert fills <= {drawing.INK, drawing.SOFT, drawing.PAPER, drawing.VIS}
