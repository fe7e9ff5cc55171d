"""axe finds nothing on any page; every page can be read large, in the sun, in the dark, and touched with gloves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from geo.city import City
from tests.browser.conftest import SIZES, serving
from tests.browser.measuring import faults
from tests.browser.pages import LOOKED_AT, NOWHERE, unknown_pages
from webmap import create_app
from webmap.settings import Settings

pytestmark = pytest.mark.browser

Scheme = Literal["light", "dark"]
#: A page that is looked at by day and by night: at a desk it was opened in the light, outside in the dark.
SCHEMES: dict[str, tuple[Scheme, Scheme]] = {"phone": ("dark", "light"), "desktop": ("light", "dark")}
#: How a page is seen: language, the system's colours, and what the reader has chosen while axe looks. Pages take turns,
#: so that each of these is met on both sizes; all combinations would take minutes.
SEEN: tuple[tuple[str, Scheme, str], ...] = (
    ("zh", "dark", ""),
    ("en", "light", "type=26"),
    ("en", "light", ""),
    ("zh", "light", "theme=contrast"),
)
#: What is chosen -> the size of the main text, the contrast, the room for a finger: MIIT's figures for older people,
#: and WCAG's AAA in the sun.
MEASURES = {
    "": (18.0, 4.5, 44),
    "type=22": (18.0, 4.5, 60),
    "type=30": (18.0, 4.5, 60),
    "theme=contrast": (18.0, 7.0, 44),
    "theme=dark": (18.0, 4.5, 44),
}
#: A desk's page says more on less room; enlarged, it is as large as all others.
DESK = "/plan?"
#: A sheet of paper, shown as it is printed.
PAPER = "/plan/report"
#: Secondary text at the usual size, which grows with the rest.
SMALL_PX = 12.0


@pytest.fixture(scope="module")
def site(sample_city: City, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(sample_city, settings(tmp_path_factory.mktemp("state"))) as url:
        yield url


def settings(state: Path) -> Settings:
    return Settings(url="https://yizhan.example.cn", state=state)


def opened(browser: Browser, url: str, size: str, scheme: str = "light") -> Page:
    """Return a page to visit with; axe and the measures are put into it past the policy that keeps scripts out."""
    context = browser.new_context(
        viewport=SIZES[size],
        color_scheme="dark" if scheme == "dark" else "light",
        has_touch=size == "phone",
        is_mobile=size == "phone",
        bypass_csp=True,
        base_url=url,
    )
    context.set_default_timeout(20_000)
    return context.new_page()


def go(page: Page, city: City, path: str) -> None:
    page.goto(path.replace("{place}", quote(city.places[0].id)))
    page.wait_for_load_state("networkidle")
    if page.locator("#more").is_visible():
        page.locator("#more").click()


def test_every_page_is_looked_at(sample_city: City, tmp_path: Path) -> None:
    place = sample_city.places[0].id
    values = {"<int:number>": "0", "<path:place_id>": place, "<place_id>": place}
    assert unknown_pages(create_app(sample_city, settings(tmp_path)), values) == set()


def violations(page: Page, size: str) -> list[str]:
    """Return what axe finds in the one scheme and, after dusk or dawn, in the other."""
    found = []
    for scheme in SCHEMES[size]:
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate(f"matchMedia('(prefers-color-scheme: {scheme})').matches")
        found += [f"{scheme}: {each}" for each in _complaints(page)]
    return found


def _complaints(page: Page) -> list[str]:
    return [f"{v['id']}: {v['nodes'][0]['target']}" for v in Axe().run(page).response["violations"]]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("path", (*LOOKED_AT, NOWHERE))
def test_every_page_measures_up_and_axe_finds_nothing(
    browser: Browser, site: str, sample_city: City, path: str, size: str
) -> None:
    paths = (*LOOKED_AT, NOWHERE)
    lang, scheme, seen = SEEN[(paths.index(path) + list(SIZES).index(size)) % len(SEEN)]
    page = opened(browser, site, size, scheme)
    paper = path.startswith(PAPER)
    go(page, sample_city, f"{path}{'&lang=en' if lang == 'en' else ''}{'' if paper else '&type=22'}")
    short = [] if paper else [each for chosen in MEASURES for each in measured_in(page, path, chosen)]
    take(page, seen)
    short += [f"{lang} {scheme} {seen}: {each}" for each in _complaints(page)]
    page.context.close()
    assert short == []


def measured_in(page: Page, path: str, chosen: str) -> list[str]:
    """Return what falls short in a mode; its sheet is there already, because the page was opened in large type."""
    least, contrast, target_px = MEASURES[chosen]
    take(page, chosen)
    large = chosen.startswith("type=")
    step = float(chosen.removeprefix("type=")) if large else least
    main = page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    found = [f"main text of {main} px"] if main < step - 0.01 and (large or not path.startswith(DESK)) else []
    found += faults(page, main_px=least if large else SMALL_PX, contrast=contrast, target_px=target_px)
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    found += [f"{wider} px wider than the screen"] if wider > 1 else []  # widths in rem may end between pixels
    return [f"{chosen}: {each}" for each in found]


def take(page: Page, chosen: str) -> None:
    """Take a mode on an open page, as the sheet does."""
    page.evaluate(
        """chosen => {
          const { dataset } = document.documentElement;
          delete dataset.type; delete dataset.theme;
          const [name, value] = chosen.split("=");
          if (value) dataset[name] = value;
          document.dispatchEvent(new Event("yizhan:modes"));
        }""",
        chosen,
    )
