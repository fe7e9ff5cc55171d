"""What a first visit takes on the wire, to the byte: no page may grow beyond what was promised."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.quality.visiting import weight

pytestmark = pytest.mark.browser

LIMIT = 150_000


@pytest.mark.parametrize("path", ["/", "/?lon=116.4108&lat=39.9229", "/?lon=116.4108&lat=39.9229&lang=en"])
def test_a_first_visit_is_light(browser: Browser, site_url: str, path: str) -> None:
    """All that a page loads by itself, answer and tiles included, headers too."""
    found = weight(browser, site_url, path)
    assert found["kinds"]["tiles"] > 0 and found["kinds"]["scripts"] > 70_000, "something was not measured"
    assert found["bytes"] <= LIMIT, f"{found['bytes']:,} bytes: {found['kinds']}"


def test_the_answer_is_there_before_any_tile(browser: Browser, site_url: str) -> None:
    context = browser.new_context(service_workers="block")
    context.set_default_timeout(20_000)
    page = context.new_page()
    for never in ("**/base/**", "**/protomaps-leaflet.js"):
        page.route(never, lambda route: None)  # asked for, and never answered
    page.goto(f"{site_url}/?lon=116.4108&lat=39.9229", wait_until="commit")
    page.wait_for_selector("#card-1")
    page.wait_for_selector(".pin")
    context.close()
