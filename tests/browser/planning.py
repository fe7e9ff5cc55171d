"""What tests of the planner's page share."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit

Start = Callable[..., Visit]
EVENING = "open=certainly&when=2026-11-23T20:00"
#: A question that leaves gaps.
FEW = "cutoff=5min&service=service_station"


def answer(page: Page, path: str) -> Any:
    """Return what the interface says of a path."""
    return page.request.get(re.sub(r"/plan.*", path, page.url)).json()


def settled(page: Page) -> Page:
    """Wait until the page has answered."""
    expect(page.locator("body")).to_have_attribute("aria-busy", "false")
    return page
