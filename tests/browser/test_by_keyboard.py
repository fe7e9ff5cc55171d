"""The whole task without a pointer, with the screen read out, at twice the size, and with wider spacing."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from geo.city import City
from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser

Start = Callable[..., Visit]
ANSWER = "/?lon=116.4108&lat=39.9229"
HAN = re.compile(r"[\u4e00-\u9fff]")
#: What is cut off or sticks out: no sideways scrolling, no text beyond the edge of a box that hides it.
CUT = """() => [...document.querySelectorAll("body *")].filter((node) => {
  const style = getComputedStyle(node);
  if (!node.offsetParent || style.clipPath !== "none") return false;
  if (node.closest(".map, .sprite, svg, input, select")) return false;
  const hides = [style.overflowX, style.overflowY].some((each) => each === "hidden" || each === "clip");
  return hides && (node.scrollWidth > node.clientWidth + 1 || node.scrollHeight > node.clientHeight + 1);
}).map((node) => `${node.className}: ${node.textContent.trim().slice(0, 30)}`)"""
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
#: WCAG 1.4.12.
SPACING = (
    "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important } "
    "p { margin-bottom: 2em !important }"
)
#: Lines of a snapshot that name a thing to be used, and give it no name.
NAMELESS = re.compile(
    r"^ *- (?:button|link|textbox|searchbox|combobox|checkbox|radio|slider|tab)(?! \")(?:$|:| \[).*$", re.M
)


def focused(page: Page) -> str:
    """Return what has the focus; empty if it is lost."""
    return str(
        page.evaluate("(at => at === document.body ? '' : at.id || at.className || at.tagName)(document.activeElement)")
    )


def tab_to(page: Page, selector: str, most: int = 60) -> None:
    """Press Tab until something has the focus; it must be seen to have it."""
    for _ in range(most):
        page.keyboard.press("Tab")
        assert focused(page), "the focus is lost"
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} is not reached with Tab")


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_the_whole_task_by_keyboard(visit: Start, size: str) -> None:
    here = visit(size)
    page = here.open("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('.skip')"), "the first stop leads past the rest"
    page.wait_for_function("document.activeElement.getBoundingClientRect().top >= 0")
    tab_to(page, "#search-input")
    page.keyboard.type("东四")
    expect(page.locator(".search__option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#card-1")).to_be_visible()
    assert focused(page) == "results", "an answer takes the reader to itself"
    page.keyboard.press("Shift+Tab")
    assert focused(page), "one can go back from it"
    page.locator("#change").focus()
    tab_to(page, "#more")
    page.keyboard.press("Enter")
    expect(page.locator("#fold")).to_be_visible()
    assert focused(page) == "more"
    tab_to(page, "[name=service]")
    page.keyboard.press("Space")
    expect(page.locator(".message, #card-1").first).to_be_visible()
    assert page.evaluate("document.activeElement.name") == "service", "a filter that is set keeps the focus"
    page.keyboard.press("Space")
    expect(page.locator("#card-1")).to_be_visible()
    tab_to(page, "#card-1 .card__show")
    page.keyboard.press("Enter")
    expect(page.locator("#card-1 .card__show")).to_have_attribute("aria-pressed", "true")
    tab_to(page, "#card-1 .card__actions a, #card-1 .card__actions button")
    assert page.evaluate("document.activeElement.closest('.card').id") == "card-1", "on to where one goes"
    assert here.went_well()


def test_the_sheet_of_the_modes_gives_the_focus_back(visit: Start) -> None:
    page = visit("phone").open(ANSWER)
    page.locator(".plate__large").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#modes-sheet")).to_be_visible()
    assert page.evaluate("document.activeElement.closest('dialog') !== null")
    page.keyboard.press("Escape")
    expect(page.locator("#modes-sheet")).to_be_hidden()
    assert page.evaluate("document.activeElement.matches('.plate__large')")


def test_the_planner_by_keyboard(visit: Start) -> None:
    here = visit("desktop")
    page = here.open("/plan?cutoff=5min&service=service_station&when=2026-11-23T20:00")
    expect(page.locator("body")).to_have_attribute("aria-busy", "false")
    page.locator("#week-slider").focus()
    before = page.locator("#week-value").inner_text()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#week-value")).not_to_have_text(before)
    assert focused(page) == "week-slider"
    page.locator("[role=tab]").first.focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "tab", "arrows go from tab to tab"
    page.keyboard.press("Home")
    area = page.locator(".areas__name").first
    area.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".area__name").first).to_be_visible()
    assert focused(page), "an area that is chosen keeps the focus"
    page.locator("#tab-sites").focus()
    page.keyboard.press("Enter")
    page.locator("#sites-run").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".site").first).to_be_visible(timeout=30_000)
    assert focused(page), "a plan that has come leaves the focus where it was"
    assert here.went_well()


@pytest.mark.parametrize("path", ["/?", ANSWER + "&", "/about?", "/plan?cutoff=5min&"])
def test_at_twice_the_size_and_with_wide_spacing_nothing_is_cut(visit: Start, path: str) -> None:
    here = visit("phone")
    page = here.page
    for width, height in ((640, 400), (320, 422)):  # a desk's page at 200 %, and WCAG's narrowest
        page.set_viewport_size({"width": width, "height": height})
        here.open(f"{path}lang=en" if width == 640 else path)
        assert page.evaluate(WIDER) <= 0, width
        assert page.evaluate(CUT) == [], width
    page.set_viewport_size({"width": 390, "height": 844})
    adopt = "css => { const s = new CSSStyleSheet(); s.replaceSync(css); document.adoptedStyleSheets = [s]; }"
    page.evaluate(adopt, SPACING)
    assert page.evaluate(WIDER) <= 0, "with wide spacing"
    assert page.evaluate(CUT) == [], "with wide spacing"


@pytest.mark.parametrize("path", ["/?", ANSWER + "&", "/about?", "/plan?cutoff=5min&", "/week?at=116.4108,39.9229&"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_names_are_in_the_language_of_the_page(visit: Start, sample_city: City, path: str, lang: str) -> None:
    page = visit("phone").open(f"{path}lang={lang}")
    if page.locator("#more").is_visible():
        page.locator("#more").click()
    told = page.locator("body").aria_snapshot()
    assert NAMELESS.findall(told) == []
    if lang == "zh":
        return
    chinese = [line for line in told.splitlines() if HAN.search(without_proper_names(line, sample_city))]
    assert chinese == []


def without_proper_names(line: str, city: City) -> str:
    """Return a line without what is called so in every language: places, their addresses, sources, the site itself."""
    facts = [
        value for place in city.places for value in (place.name, place.address, place.source, place.note, place.host)
    ]
    facts += [area.name for area in city.areas] + [area.district for area in city.areas] + [city.manifest.name]
    facts += [text for source in city.manifest.sources for text in map(str, source.values())]
    for fact in sorted({each for each in facts if each}, key=len, reverse=True):
        line = line.replace(fact, "")
    for own in ("驿站", "中文", "北京", "很长的地址"):
        line = line.replace(own, "")
    return line
