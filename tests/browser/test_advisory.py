"""A warning of heat or cold on a phone: what gives relief comes first, the nearest is named, and one tap goes back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from geo.city import City
from geo.places.advisories import FILE, Advisory, AdvisoryFile
from tests.browser.conftest import NOON, SIZES, Visit, serving
from tests.browser.measuring import faults
from tests.browser.test_accessibility import take
from webmap.settings import Settings

pytestmark = pytest.mark.browser

Start = Callable[..., Visit]
HERE = "/?lon=116.4172&lat=39.9262"
HOSTILE = "<img src=x onerror=window.hacked=1>"
HEAT = Advisory(
    "heat", NOON - timedelta(hours=1), NOON + timedelta(hours=8), "li", HOSTILE, "https://weather.example/1"
)
COLD = Advisory("cold", NOON - timedelta(hours=1), NOON + timedelta(days=2, hours=8), "li")


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("state")


@pytest.fixture(scope="module")
def site_url(sample_city: City, state: Path) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch, serving(sample_city, Settings(state=state)) as url:
        patch.setattr("webmap.heeding._FRESH_S", -1.0)
        yield url


@pytest.fixture
def file(state: Path) -> Iterator[AdvisoryFile]:
    file = AdvisoryFile(state / FILE)
    yield file
    file.clear()


def opened(here: Visit, query: str = "") -> Page:
    here.page.clock.install(time=NOON)
    here.page.goto(here.url + HERE + query)
    expect(here.page.locator("#card-1")).to_be_visible()
    return here.page


def names(page: Page) -> list[str]:
    return page.locator(".card__name").all_inner_texts()


@pytest.mark.parametrize(
    ("lang", "said", "title", "back", "again", "unknown"),
    [
        (
            "zh",
            "高温预警到 20:00 — 有空调的排在前面",
            "有空调的排在前面",
            "只按远近排",
            "有空调的排前面",
            "不知道有没有空调",
        ),
        (
            "en",
            "Heat warning until 20:00 — places with air conditioning first",
            "places with air conditioning first",
            "Order by distance only",
            "Air conditioning first",
            "Air conditioning unknown",
        ),
    ],
)  # fmt: skip
def test_relief_comes_first_and_one_tap_goes_back(
    visit: Start, file: AdvisoryFile, lang: str, said: str, title: str, back: str, again: str, unknown: str
) -> None:
    here = visit("phone", service_workers="block")
    file.set(HEAT)
    page = opened(here, f"&lang={lang}")
    asked = f"{here.url}/api/v1/nearest?lon=116.4172&lat=39.9262&k=10"
    plain, heeded = (page.request.get(asked + more).json()["results"] for more in ("", "&advisory=heed"))
    key = "name_en" if lang == "en" else "name"

    def called(results: list[dict[str, dict[str, str]]]) -> list[str]:
        return [each["place"][key] or each["place"]["name"] for each in results]

    strip = page.locator(".advisory")
    expect(strip).to_contain_text(said)
    expect(page.locator("#results-title")).to_contain_text(title)
    assert names(page) == called(heeded) != called(plain)
    lines = page.locator(".relief")
    shown = [lines.nth(at).get_attribute("data-relief") for at in range(lines.count())]
    assert shown == [{True: "true", False: "false", None: "null"}[each["relief"]] for each in heeded]
    expect(page.locator(".relief[data-relief=null]").first).to_have_text(unknown)
    assert (
        page.locator(".relief[data-relief=true]").count() == page.locator(".relief[data-relief=true] .icon").count() > 0
    )
    # the truly nearest is named above, and is what readers of the screen are told
    expect(strip).to_contain_text(called(plain)[0])
    expect(page.locator("#status")).to_contain_text(called(plain)[0])
    expect(strip).to_contain_text(HOSTILE)
    assert page.evaluate("window.hacked") is None
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES["phone"]["width"], "nothing sticks out"
    strip.get_by_role("button", name=back).tap()
    expect(page.locator(".card__name").first).to_have_text(called(plain)[0])
    assert names(page) == called(plain)
    expect(page.locator(".relief")).to_have_count(0)
    strip.get_by_role("button", name=again).tap()
    expect(page.locator(".card__name").first).to_have_text(called(heeded)[0])
    assert here.foreign == []


def test_a_cold_night_of_another_day_says_the_day(visit: Start, file: AdvisoryFile) -> None:
    file.set(COLD)
    page = opened(visit("phone", service_workers="block"))
    expect(page.locator(".advisory")).to_contain_text("低温预警到 11月25日 20:00 — 有暖气的排在前面")
    expect(page.locator(".relief[data-relief=true]").first).to_have_text("有暖气")


def test_it_goes_when_it_ends(visit: Start, file: AdvisoryFile) -> None:
    """The next question finds it ended; without one nothing is said of it at all."""
    here = visit("phone", service_workers="block")
    page = opened(here)
    expect(page.locator(".advisory")).to_have_count(0)
    usual = names(page)
    file.set(HEAT)
    page.locator(".mode").nth(1).tap()
    expect(page.locator(".advisory")).to_be_visible()
    file.clear()
    page.locator(".mode").nth(0).tap()
    expect(page.locator(".advisory")).to_have_count(0)
    expect(page.locator(".relief")).to_have_count(0)
    assert names(page) == usual


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_warning_and_the_question_can_be_read_and_touched(
    browser: Browser, site_url: str, file: AdvisoryFile, scheme: Literal["light", "dark"]
) -> None:
    """As every page is measured; the question is opened besides, with all that unfolds."""
    file.set(HEAT)
    options: dict[str, Any] = {"bypass_csp": True, "service_workers": "block", "color_scheme": scheme}
    context = browser.new_context(viewport=SIZES["phone"], has_touch=True, is_mobile=True, **options)
    page = context.new_page()
    page.clock.install(time=NOON)
    page.goto(f"{site_url}{HERE}&type=22")
    page.locator("#card-1 .tell__ask").tap()
    page.locator("#card-1 .tell__quiet").first.tap()
    expect(page.locator(".advisory")).to_be_visible()
    found = [f"{v['id']}: {v['nodes'][0]['target']}" for v in Axe().run(page).response["violations"]]
    for chosen, contrast, target in (("type=22", 4.5, 60), ("", 4.5, 44), ("theme=contrast", 7.0, 44)):
        take(page, chosen)
        small = faults(page, main_px=18.0 if chosen.startswith("type") else 12.0, contrast=contrast, target_px=target)
        found += [f"{chosen}: {each}" for each in small]
    context.close()
    assert found == []
