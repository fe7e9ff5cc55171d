"""Large type, colours and the voice: chosen once, there at the next visit before anything is painted."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser

Start = Callable[..., Visit]
ANSWER = "/?lon=116.4108&lat=39.9229"
#: A voice that keeps what it is to say, and says it when told.
VOICE = """
window.said = []; window.hushed = 0;
class Utterance { constructor(text) { this.text = text; } }
Object.defineProperty(window, "SpeechSynthesisUtterance", { value: Utterance });
Object.defineProperty(window, "speechSynthesis", { value: {
  speak: (utterance) => window.said.push(utterance), cancel: () => { window.hushed += 1; } } });
"""
MUTE = "delete window.speechSynthesis; delete Object.getPrototypeOf(window).speechSynthesis;"


def type_px(page: Page) -> float:
    return float(page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)"))


def test_large_type_is_one_tap_away_and_remembered(visit: Start) -> None:
    here = visit("phone")
    page = here.open("/")
    assert type_px(page) == 18
    page.locator(".ask__large").click()
    expect(page.locator("#modes-sheet")).to_be_visible()
    assert type_px(page) == pytest.approx(22, abs=0.1)
    for step in (26, 30):
        page.get_by_role("radio", name=re.compile(f" {step}$")).check()
        assert type_px(page) == pytest.approx(step, abs=0.1)
    page.get_by_role("radio", name="黑白分明").check()
    page.get_by_role("button", name="好了").click()
    expect(page.locator(".ask__large")).to_be_focused()
    for path in ("/about", "/plan"):
        page = here.open(path)
        assert type_px(page) == pytest.approx(30, abs=0.1), path
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)", path
    assert here.went_well()


def test_a_mode_that_is_remembered_is_there_before_the_first_paint(visit: Start) -> None:
    here = visit("phone", color_scheme="light")
    page = here.open("/about")
    page.evaluate('localStorage.yizhanModes = JSON.stringify({ type: "26", theme: "dark" })')
    page.reload()
    loaded = "performance.getEntriesByType('resource').filter(e => /modes.css|early.js/.test(e.name))"
    blocking = f"{loaded}.map(e => e.renderBlockingStatus)"
    assert page.evaluate(blocking) == ["blocking", "blocking"]
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(13, 20, 19)", "that of the night"
    assert here.went_well()


def test_an_address_can_ask_for_it_and_the_tab_keeps_it(visit: Start) -> None:
    here = visit("phone")
    page = here.open(ANSWER + "&type=large")
    assert type_px(page) == pytest.approx(22, abs=0.1)
    page.locator("[data-lang-switch]").click()
    page.wait_for_load_state("networkidle")
    assert type_px(page) == pytest.approx(22, abs=0.1)
    # What the reader chooses goes before what the address said.
    page.locator(".plate__large").click()
    page.get_by_role("radio", name="Usual 18").check()
    assert type_px(page) == 18
    page.reload()
    assert type_px(page) == 18
    assert here.went_well()


def test_colours_follow_the_system_until_chosen(visit: Start) -> None:
    here = visit("desktop", color_scheme="dark")
    page = here.open("/about")
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(ground) == "rgb(13, 20, 19)"
    page.locator(".plate__large").click()
    page.get_by_role("radio", name="浅色", exact=True).check()
    assert page.evaluate(ground) == "rgb(237, 240, 238)"
    page.get_by_role("radio", name="跟随系统").check()
    assert page.evaluate(ground) == "rgb(13, 20, 19)"
    assert here.went_well()


@pytest.mark.parametrize(("scheme", "ground"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(0, 0, 0)")])
def test_who_asks_the_system_for_contrast_gets_it(visit: Start, scheme: str, ground: str) -> None:
    here = visit("phone", color_scheme=scheme, contrast="more")
    page = here.open("/about")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == ground


def test_with_forced_colours_what_is_chosen_is_outlined(visit: Start) -> None:
    page = visit("phone", forced_colors="active").open(ANSWER)
    outline = "node => getComputedStyle(node).outlineStyle"
    faces = page.locator(".mode__face")
    assert [faces.nth(n).evaluate(outline) for n in range(faces.count())].count("solid") == 1
    assert page.locator(".card.is-selected").evaluate(outline) == "solid"


def test_nothing_moves_for_who_wants_no_motion(visit: Start) -> None:
    page = visit("phone", reduced_motion="reduce").open(ANSWER)
    page.evaluate("document.getElementById('locate').setAttribute('aria-busy', 'true')")
    moving = "[...document.querySelectorAll('*')].filter(n => getComputedStyle(n).animationName !== 'none').length"
    assert page.evaluate(moving) == 0
    assert page.evaluate("document.getAnimations().length") == 0
    page.locator(".card__show").nth(2).click()  # the map goes there at once
    assert page.locator(".leaflet-zoom-anim .leaflet-zoom-animated").count() == 0


@pytest.mark.parametrize(("lang", "voice", "minutes"), [("zh", "zh-CN", "分钟"), ("en", "en-US", "min")])
def test_the_answers_are_read_out_and_hushed(visit: Start, lang: str, voice: str, minutes: str) -> None:
    here = visit("phone")
    here.page.add_init_script(VOICE)
    page = here.open(f"{ANSWER}&lang={lang}")
    name = page.locator(".card__show").first.inner_text()
    page.locator("#read").click()
    expect(page.locator("#read")).to_have_attribute("aria-pressed", "true")
    said: list[dict[str, Any]] = page.evaluate("said.map(({ text, lang }) => ({ text, lang }))")
    assert {each["lang"] for each in said if minutes in each["text"]} == {voice}
    first = next(at for at, each in enumerate(said) if name in each["text"])
    shown = page.locator(".card").first
    assert re.sub(r"\s+", " ", shown.locator(".card__time").inner_text()) in said[first + 1]["text"]
    if shown.locator(".open").count():
        assert re.sub(r"\s+", " ", shown.locator(".open").inner_text())[:8] in said[first + 1]["text"]
    page.locator("#read").click()
    expect(page.locator("#read")).to_have_attribute("aria-pressed", "false")
    assert page.evaluate("hushed") >= 1
    page.locator("#read").click()
    expect(page.locator("#read")).to_have_attribute("aria-pressed", "true")
    page.locator("[name=mode]").nth(1).check()  # another answer: what was said holds no longer
    expect(page.locator("#read")).to_have_attribute("aria-pressed", "false")
    assert here.went_well()


def test_a_browser_without_a_voice_has_no_such_button(visit: Start) -> None:
    here = visit("phone")
    here.page.add_init_script(MUTE)
    page = here.open(ANSWER)
    expect(page.locator(".card").first).to_be_visible()
    expect(page.locator("#read")).to_be_hidden()
