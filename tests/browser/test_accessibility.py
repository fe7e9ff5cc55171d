"""axe finds nothing, on every page, in both languages and schemes, on a phone and on a desktop."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import SIZES, Visit

pytestmark = pytest.mark.browser
ANSWER = "/?lon=116.4108&lat=39.9229"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    "path", ["/?", ANSWER, "/?lon=121.5&lat=31.2", "/about?"], ids=["ask", "answer", "error", "about"]
)
def test_axe_finds_nothing(visit: Callable[..., Visit], path: str, lang: str, size: str, scheme: str) -> None:
    # axe is put into the page by the test, past the policy that keeps everybody else's scripts out
    page = visit(size, color_scheme=scheme, bypass_csp=True).open(f"{path}&lang={lang}")
    if path == ANSWER:
        expect(page.locator("#card-1")).to_be_visible()
        page.locator("#more").click()
    found = Axe().run(page)
    assert [f"{v['id']}: {v['nodes'][0]['target']}" for v in found.response["violations"]] == []
