"""Every code that the API may send has a word."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from flask import Flask

import webmap
from geo.places.model import ACCESSES, ACCURACIES, AMENITIES, SERVICES
from geo.streets.profiles import Mode
from webmap.i18n import init_i18n
from webmap.words import Words, page_words

WEBMAP = Path(webmap.__file__).parent
SPRITE = (WEBMAP / "templates" / "icons.svg").read_text("utf-8")
PROBLEMS = (
    "off_network",
    "outside_city",
    "bad_parameter",
    "swapped_coordinates",
    "unknown_word",
    "not_found",
    "internal",
)


@pytest.fixture(scope="module")
def words() -> dict[str, Words]:
    app = Flask("webmap", root_path=str(WEBMAP))
    init_i18n(app)
    with app.test_request_context("/"):
        return page_words()


@pytest.mark.parametrize(
    ("group", "codes"),
    [
        ("service", SERVICES),
        ("amenity", AMENITIES),
        ("accuracy", ACCURACIES),
        ("access", ACCESSES),
        ("mode", get_args(Mode)),
        ("by_mode", get_args(Mode)),
    ],
)
def test_every_code_has_a_word(words: dict[str, Words], group: str, codes: tuple[str, ...]) -> None:
    assert set(words[group]) == set(codes)


def test_every_problem_has_words(words: dict[str, Words]) -> None:
    assert set(PROBLEMS) <= set(words["problem"])


@pytest.mark.parametrize("code", [*SERVICES, *AMENITIES, *get_args(Mode)])
def test_every_choice_has_a_picture(code: str) -> None:
    assert f'id="i-{code}"' in SPRITE
