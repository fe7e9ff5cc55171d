"""Every code that the API may send has a word."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
from flask import Flask

import webmap
from geo.choosing.conditions import Condition
from geo.choosing.wanted import ACCESS_WORDS
from geo.places.model import ACCESSES, ACCURACIES, AMENITIES, AUDIENCES, SERVICES
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
        ("at_least", ACCURACIES[:-1]),  # the least exact is what every place is
        ("access", ACCESS_WORDS),
        ("only_by", ACCESSES),
        ("audience", AUDIENCES),
        ("mode", get_args(Mode)),
        ("by_mode", get_args(Mode)),
    ],
)
def test_every_code_has_a_word(words: dict[str, Words], group: str, codes: tuple[str, ...]) -> None:
    assert set(words[group]) == set(codes)


#: Condition -> the ends of the keys of what may have been found instead; "" is the condition's own key.
FOUND: dict[Condition, tuple[str, ...]] = {
    "status": ("_planned", "_paused"),  # what is retired is no answer, nor worth a reason
    "service": ("",),  # it is not offered; there is nothing to know
    "amenity": ("_no", "_unknown"),
    "access": ("", "_unknown"),
    "audience": ("",),  # nobody named is everybody
    "accuracy": ("",),  # every place has one
    "open": ("_closed", "_short", "_unknown"),
}


def test_every_condition_that_may_fail_has_words_for_what_was_found(words: dict[str, Words]) -> None:
    assert set(FOUND) == set(get_args(Condition))
    assert set(words["reason"]) == {condition + end for condition, ends in FOUND.items() for end in ends}


def test_every_word_that_counts_has_a_singular(words: dict[str, Words]) -> None:
    scripts = "".join(path.read_text("utf-8") for path in (WEBMAP / "static" / "js").glob("*.js"))
    calls = re.findall(r"\bcounted\(([^,]*)", scripts)
    counted = {key for call in calls for key in re.findall(r"\"(\w+)\"", call)}
    assert counted
    assert {key + end for key in counted for end in ("", "_one")} <= words["ui"].keys()


def test_every_problem_has_words(words: dict[str, Words]) -> None:
    assert set(PROBLEMS) <= set(words["problem"])


@pytest.mark.parametrize("code", [*SERVICES, *AMENITIES, *get_args(Mode)])
def test_every_choice_has_a_picture(code: str) -> None:
    assert f'id="i-{code}"' in SPRITE
