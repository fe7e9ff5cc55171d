"""axe finds nothing, on every page, in both languages and schemes, on a phone and on a desktop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import SIZES, Visit

pytestmark = pytest.mark.browser
Scheme = Literal["light", "dark"]
ANSWER = "/?lon=116.4108&lat=39.9229"
#: Each page is seen in both, the second after it is dusk or dawn: opened in the light at a desk, in the dark outside.
SCHEMES: dict[str, tuple[Scheme, Scheme]] = {"phone": ("dark", "light"), "desktop": ("light", "dark")}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    "path", ["/?", ANSWER, "/?lon=121.5&lat=31.2", "/about?"], ids=["ask", "answer", "error", "about"]
)
def test_axe_finds_nothing(visit: Callable[..., Visit], path: str, lang: str, size: str) -> None:
    # axe is put into the page by the test, past the policy that keeps everybody else's scripts out
    page = visit(size, color_scheme=SCHEMES[size][0], bypass_csp=True).open(f"{path}&lang={lang}")
    if path == ANSWER:
        expect(page.locator("#card-1")).to_be_visible()
        page.locator("#more").click()
    assert violations(page, size) == []


def violations(page: Page, size: str) -> list[str]:
    """Return what axe finds in the one scheme and in the other."""
    found = []
    for scheme in SCHEMES[size]:
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate(f"matchMedia('(prefers-color-scheme: {scheme})').matches")
        response = Axe().run(page).response
        found += [f"{scheme}: {v['id']}: {v['nodes'][0]['target']}" for v in response["violations"]]
    return found
