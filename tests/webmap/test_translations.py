"""Every word of the pages is there in English, and what is compiled is what is written."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po
from flask import Flask

import webmap
from webmap.i18n import init_i18n
from webmap.words import Words, page_words

WEBMAP = Path(webmap.__file__).parent
ENGLISH = WEBMAP / "translations" / "en" / "LC_MESSAGES"
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
_MARK = re.compile(r"\{\w+\}|%\(\w+\)s")


def catalogue() -> dict[str, str]:
    with (ENGLISH / "messages.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


def used() -> set[str]:
    return {str(message) for _, _, message, _, _ in extract_from_dir(WEBMAP, METHODS)}


@pytest.fixture
def app() -> Flask:
    app = Flask("webmap", root_path=str(WEBMAP))
    init_i18n(app)
    return app


def words(app: Flask, query: str) -> dict[str, Words]:
    with app.test_request_context(f"/{query}"):
        return page_words()


def test_every_word_is_translated_and_none_is_stale() -> None:
    assert catalogue().keys() == used()
    assert not [message for message, english in catalogue().items() if not english.strip()]


def test_marks_survive_translation() -> None:
    for message, english in catalogue().items():
        assert sorted(_MARK.findall(message)) == sorted(_MARK.findall(english)), message


def test_the_compiled_catalogue_is_fresh() -> None:
    with (ENGLISH / "messages.po").open("rb") as file:
        compiled = io.BytesIO()
        write_mo(compiled, read_po(file))
    compiled.seek(0)
    with (ENGLISH / "messages.mo").open("rb") as file:
        committed = {message.id: message.string for message in read_mo(file)}
    assert committed == {message.id: message.string for message in read_mo(compiled)}


def test_pages_are_chinese_unless_asked(app: Flask) -> None:
    assert words(app, "")["mode"]["walk"] == "步行"
    assert words(app, "?lang=fr")["mode"]["walk"] == "步行"
    assert words(app, "?lang=en")["mode"]["walk"] == "Walk"


def test_no_language_lacks_a_word(app: Flask) -> None:
    chinese, english = words(app, ""), words(app, "?lang=en")
    assert {group: each.keys() for group, each in chinese.items()} == {
        group: each.keys() for group, each in english.items()
    }
    assert not [word for word in spoken(english) if re.search(r"[\u4e00-\u9fff]", word)]


def test_scripts_name_only_words_that_exist(app: Flask) -> None:
    scripts = "".join(path.read_text("utf-8") for path in (WEBMAP / "static" / "js").glob("*.js"))
    named = set(re.findall(r"\bui\(\"(\w+)\"", scripts)) | set(re.findall(r"\bwords\.ui\.(\w+)", scripts))
    assert named <= words(app, "")["ui"].keys()


def spoken(groups: dict[str, Words]) -> Iterator[str]:
    for each in groups.values():
        yield from each.values()
