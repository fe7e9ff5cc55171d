"""``make screenshots``: takes the README's pictures, of the sample city and of the terminal."""

from __future__ import annotations

import html
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from geo.city import City
from geo.pack.sample import build_sample
from tests.browser.conftest import FLAGS, SIZES, serving

OUT = Path(__file__).parents[2] / "docs" / "screenshots"
#: name, size, language, colour scheme, path
PICTURES = (
    ("start-phone-zh", "phone", "zh", "light", "/?"),
    ("finder-phone-zh", "phone", "zh", "light", "/?lon=116.4128&lat=39.9277&service=rest_stop"),
    ("finder-phone-en-dark", "phone", "en", "dark", "/?lon=116.4128&lat=39.9277&service=rest_stop"),
    ("finder-desktop-en", "desktop", "en", "light", "/?lon=116.4128&lat=39.9277&service=rest_stop"),
    ("plan-desktop-zh", "desktop", "zh", "light", "/plan?service=rest_stop&open=certainly&when=2026-11-23T20:00"),
    ("plan-phone-en-dark", "phone", "en", "dark", "/plan?service=rest_stop&open=certainly&when=2026-11-23T20:00"),
)
_TERMINAL = """<body style="margin:0;background:#10201e;color:#dfe9e6;font:15px/1.55 'Noto Sans Mono CJK SC',monospace">
<pre style="margin:0;padding:22px 26px;white-space:pre-wrap">{text}</pre></body>"""


def main() -> None:
    """Take all pictures; with a real extract as argument, also one of the terminal that builds it."""
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(FLAGS))
        pack = Path(folder) / "dongcheng"
        build_sample(pack, datetime.now(UTC))
        with serving(City.open(pack)) as url:
            for name, size, lang, scheme, path in PICTURES:
                _page(browser, name, size, scheme, f"{url}{path}&lang={lang}")
        if len(sys.argv) > 1:
            _terminal(browser, Path(sys.argv[1]), Path(folder))
        browser.close()


def _page(browser: Browser, name: str, size: str, scheme: str, url: str) -> None:
    context = browser.new_context(
        viewport=SIZES[size],
        device_scale_factor=2 if size == "phone" else 1,
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    page.goto(url)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1200)  # the map's zoom comes to rest
    page.screenshot(path=OUT / f"{name}.png")
    context.close()


def _terminal(browser: Browser, extract: Path, folder: Path) -> None:
    """Show a build as it is typed: what it prints are counts, nothing of the extract's geometry."""
    shutil.copy(extract, folder / "beijing.osm.pbf")
    words = ["yizhan", "build", "--osm", "beijing.osm.pbf", "--out", "data/packs/beijing", "--name", "北京"]
    command = [sys.executable, "-m", "geo.cli", *words[1:]]
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    page = browser.new_page(viewport={"width": 900, "height": 250}, device_scale_factor=1.5)
    page.set_content(
        _TERMINAL.format(
            text=html.escape(
                f"$ {' '.join(words)}\n{done.stdout}$ make run\n北京: http://127.0.0.1:8000  (Ctrl-C stops)"
            )
        )
    )
    page.screenshot(path=OUT / "real-city.png", full_page=True)


if __name__ == "__main__":
    main()
