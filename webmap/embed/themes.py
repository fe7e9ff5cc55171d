"""The site's style sheet for a frame that is told to be light or dark, whatever the reader's system says."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

_SHEET: Final = Path(__file__).parents[1] / "static" / "css" / "yizhan.css"
_ASKED: Final = "@media (prefers-color-scheme: dark)"
_EITHER: Final = "color-scheme: light dark"


def themed(css: str, theme: str) -> str:
    """Return a style sheet that no longer asks the system which scheme it is.

    Examples
    --------
    >>> themed("a { color-scheme: light dark } @media (prefers-color-scheme: dark) { a {} }", "light")
    'a { color-scheme: light } @media not all { a {} }'
    """
    return css.replace(_ASKED, "@media all" if theme == "dark" else "@media not all").replace(
        _EITHER, f"color-scheme: {theme}"
    )


@cache
def sheet(theme: str) -> tuple[str, str]:
    """Return the sheet of a theme, and a word for its version."""
    css = themed(_SHEET.read_text(encoding="utf-8"), theme)
    return css, hashlib.sha256(css.encode()).hexdigest()[:12]
