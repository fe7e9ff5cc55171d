"""``python -m tests.browser.icons``: draws the icons of the installed app from ``webmap/static/icon.svg``."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.conftest import FLAGS

STATIC = Path(__file__).parents[2] / "webmap" / "static"
SIZES_PX = (192, 512)
#: A launcher may cut a maskable icon down to a circle of 80 % of its width; so much of it the drawing fills.
MASKED = 0.72


def main() -> None:
    """Draw each size twice: as the sign is, and with room around it for launchers that cut their icons out."""
    plain = (STATIC / "icon.svg").read_text("utf-8")
    out = STATIC / "icons"
    out.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(FLAGS))
        for px in SIZES_PX:
            for name, svg in (("icon", plain), ("maskable", maskable(plain))):
                page = browser.new_page(viewport={"width": px, "height": px})
                page.set_content(f"<style>*{{margin:0}}svg{{display:block;width:{px}px;height:{px}px}}</style>{svg}")
                page.screenshot(path=out / f"{name}-{px}.png", omit_background=True)
                page.close()
        browser.close()


def maskable(svg: str) -> str:
    """Return the sign on a ground without corners, smaller about its middle."""
    square = svg.replace(' rx="14"', "")
    ground = re.search(r"<rect[^>]*/>", square)
    assert ground is not None
    head, drawing = square.split(ground[0])
    shift = 32 * (1 - MASKED)
    inner = drawing.replace("</svg>", "")
    return f'{head}{ground[0]}<g transform="translate({shift} {shift}) scale({MASKED})">{inner}</g></svg>'


if __name__ == "__main__":
    main()
