"""A planner's layer in a frame, as readers see it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("size", "lang", "theme"), [("phone", "zh", "dark"), ("desktop", "en", "light")])
def test_the_shares_are_on_the_map_with_a_legend(visit: Callable[..., Visit], size: str, lang: str, theme: str) -> None:
    here = visit(size, bypass_csp=True)
    page = here.open(f"/embed?layer=areas&hour=22&reach=5&lang={lang}&theme={theme}")
    truth = page.request.get(
        f"{here.url}/api/v1/coverage?layer=residents&cutoff=5min&open=certainly&when=2026-11-23T22:00"
    ).json()
    counted = [area for area in truth["areas"] if area["number"] >= 0 and area["total"] > 0]
    expect(page.locator("path.share")).to_have_count(len(counted))
    labels = page.locator(".share__label").all_inner_texts()
    assert sorted(labels) == sorted(f"{int(100 * area['covered'] / area['total'] + 1e-6)}%" for area in counted)
    legend = page.locator("details.shares")
    expect(legend.locator("summary")).to_contain_text({"zh": "5 分钟", "en": "5 minutes"}[lang])
    assert (legend.get_attribute("open") is not None) == (size == "desktop"), "on a phone it must not hide the map"
    if size == "phone":
        legend.locator("summary").click()
    expect(legend.locator("li")).to_have_count(4)
    colours = legend.locator(".shares__sample").evaluate_all(
        "all => all.map((e) => getComputedStyle(e).backgroundColor)"
    )
    assert len(set(colours)) == 4
    assert colours[0] == {"dark": "rgb(218, 245, 31)", "light": "rgb(76, 32, 170)"}[theme]
    found = Axe().run(page).response["violations"]
    assert [f"{each['id']}: {each['nodes'][0]['target']}" for each in found] == []
    # the map still answers through the colours
    page.locator(".leaflet-container").press("Enter")
    expect(page.locator("#card-1")).to_be_visible()
    assert re.search(r"\d", page.locator("#card-1").inner_text())
    assert here.went_well()
