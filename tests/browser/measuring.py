"""What a page looks like to whoever reads and touches it: sizes, contrasts and boxes, as the browser computed them."""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

from playwright.sync_api import Page


class Text(NamedTuple):
    """A piece of text on the screen."""

    words: str
    size_px: float
    line: float
    contrast: float
    is_main: bool


class Target(NamedTuple):
    """Something to be touched."""

    name: str
    width_px: float
    height_px: float


_SCRIPT: Final = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")


def measured(page: Page) -> tuple[list[Text], list[Target]]:
    """Return every text that is shown, and everything that can be touched."""
    found = page.evaluate(_SCRIPT)
    return [Text(*each) for each in found["texts"]], [Target(*each) for each in found["targets"]]


def faults(page: Page, *, main_px: float, contrast: float, target_px: float) -> list[str]:
    """Return what falls short of a measure, in words; lines of text must always be 1.3 apart."""
    texts, targets = measured(page)
    assert len(texts) > 3, "the page says hardly anything"
    return [
        *(f"size {t.size_px:.1f}: {t.words}" for t in texts if t.is_main and t.size_px < main_px - 0.05),
        *(f"line {t.line:.2f}: {t.words}" for t in texts if t.line < 1.3 - 0.005),
        *(f"contrast {t.contrast:.2f}: {t.words}" for t in texts if t.contrast < contrast - 0.005),
        *(f"target {t.width_px:.0f}×{t.height_px:.0f}: {t.name}" for t in targets if min(t[1:]) < target_px - 0.5),
    ]
