"""``make web-quality``: what our pages weigh, how soon they can be used, how the map is dragged, and what axe finds.

Nothing here passes or fails. A run that leaves something out prints its page and leaves the published one alone.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, sync_playwright

from geo.city import City
from geo.pack.sample import build_sample
from tests.benchmarks.run import machine
from tests.browser.conftest import FLAGS
from tests.quality import lighthouse, report
from tests.quality.crowded import crowded
from tests.quality.visiting import panning, speed, visiting, weight

PARTS: Final = ("weight", "speed", "pan", "axe")
PLACES: Final = 3000
PINS: Final = 5000
PAN_S: Final = 3
#: Where the sample city is asked: a crossing of Dongsi. Another city is asked in its middle.
_SHARED: Final = "/?lon=116.4108&lat=39.9229"
_PAGES: Final = ("/", _SHARED, "/plan", "/along", "/week", "/about", "/embed")
_LIBRARIES: Final = ("granian", "flask", "playwright", "axe-playwright-python")
_START_S: Final = 120


def main() -> None:
    """Measure what is asked for, and write or print it."""
    parser = argparse.ArgumentParser(prog="python -m tests.quality.run", description=__doc__)
    parser.add_argument("--only", default=",".join(PARTS), help=f"parts, of {', '.join(PARTS)}")
    parser.add_argument("--city", type=Path, help="a pack whose pages are weighed as well")
    parser.add_argument("--lighthouse", action="store_true", help="ask Lighthouse, too; npm installs it")
    parser.add_argument("--remark", default="", help="a sentence about this run, for the page")
    parser.add_argument("--date", default=datetime.now(UTC).date().isoformat())
    asked = parser.parse_args()
    parts = [part for part in PARTS if part in asked.only.split(",")]
    with sync_playwright() as playwright, tempfile.TemporaryDirectory(prefix="yizhan-web-") as folder:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(FLAGS))
        results = measure(browser, parts, Path(folder), asked.city, asked.lighthouse)
        browser.close()
    results |= {"date": asked.date, "remark": asked.remark}
    if parts == list(PARTS):
        report.write(results)
        print(f"{report.RESULTS}, {report.PAGE}")
    else:
        print(report.render(results))


def measure(
    browser: Browser, parts: list[str], folder: Path, own: Path | None, with_lighthouse: bool
) -> dict[str, Any]:
    """Measure the parts, each on the city that it is about."""
    results: dict[str, Any] = {
        "format": 1,
        "machine": machine(),
        "versions": {"Chromium": browser.version} | {name: version(name) for name in _LIBRARIES},
        "weights": [], "speeds": [], "pans": [], "axe": [], "lighthouse": [], "pins": PINS, "pan_s": PAN_S,
    }  # fmt: skip
    sample = folder / "dongcheng"
    build_sample(sample, datetime.now(UTC))
    if "weight" in parts or "axe" in parts or with_lighthouse:
        with served(sample, folder) as url:
            if "weight" in parts:
                results["weights"].append(weights(browser, url, sample, _SHARED))
            if "axe" in parts:
                results["axe"] = list(broken_rules(browser, url))
            if with_lighthouse:
                results["lighthouse"] = lighthouse.scores(url, ("/", _SHARED, "/plan"))
    if "weight" in parts and own is not None:
        lon, lat = City.open(own).bbox.centre
        with served(own, folder) as url:
            results["weights"].append(weights(browser, url, own, f"/?lon={lon:.4f}&lat={lat:.4f}"))
    if "speed" in parts:
        with served(crowded(sample, folder / "many", PLACES), folder) as url:
            for path in ("/", _SHARED):
                _say(f"speed of {path}")
                results["speeds"].append(speed(browser, url, path) | {"places": PLACES})
    if "pan" in parts:
        with served(crowded(sample, folder / "more", PINS), folder) as url:
            for size, slower in (("desktop", 1), ("phone", 1), ("phone", 4)):
                _say(f"dragging, {size}, slowed {slower} times")
                results["pans"].append(panning(browser, url, size, slower, PAN_S))
    return results


def weights(browser: Browser, url: str, pack: Path, shared: str) -> dict[str, Any]:
    """Weigh the pages of a city."""
    city = City.open(pack)
    pages = []
    for path in (shared if path == _SHARED else path for path in _PAGES):
        _say(f"weight of {path}, {city.manifest.name}")
        pages.append(weight(browser, url, path))
    return {"city": city.manifest.name, "places": len(city.places), "pages": pages}


def broken_rules(browser: Browser, url: str) -> Iterator[dict[str, Any]]:
    """Ask axe of every page, screen and language, in the light and in the dark."""
    for path in _PAGES:
        for size in ("phone", "desktop"):
            for lang in ("zh", "en"):
                _say(f"axe, {path}, {size}, {lang}")
                with visiting(browser, size, bypass_csp=True, service_workers="block") as (page, _):
                    page.goto(f"{url}{path}{'&' if '?' in path else '?'}lang={lang}")
                    page.wait_for_load_state("networkidle")
                    found = []
                    for scheme in ("light", "dark"):
                        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
                        found.append([each["id"] for each in Axe().run(page).response["violations"]])
                rules = sorted({rule for each in found for rule in each})
                yield {"path": path, "size": size, "lang": lang, "found": [len(each) for each in found], "rules": rules}


@contextmanager
def served(pack: Path, folder: Path) -> Iterator[str]:
    """Serve a pack as in production, on a free port of this machine; end that process, and no other."""
    command = [sys.executable, "-m", "geo.cli", "serve", "--city", str(pack), "--port", "0", "--workers", "1"]
    command += ["--state", str(folder / "state"), "--register", str(folder / "register.sqlite")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=folder, env=os.environ | _importable())
    try:
        yield _address(process)
    finally:
        process.terminate()
        process.wait(timeout=20)


def _importable() -> dict[str, str]:
    return {"PYTHONPATH": str(Path(__file__).parents[2])}


def _address(process: subprocess.Popen[str]) -> str:
    """Wait until the server has said where it is."""
    assert process.stdout is not None
    impatient = threading.Timer(_START_S, process.kill)
    impatient.start()
    try:
        for line in process.stdout:
            if match := re.search(r"http://[\w.:\[\]]+", line):
                return match[0]
    finally:
        impatient.cancel()
    raise RuntimeError("the server has not said where it is")


def _say(what: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
