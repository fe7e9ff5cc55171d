"""An address as a QR code, drawn as one path (the only door to segno)."""

from __future__ import annotations

from itertools import groupby
from typing import Final

import segno

#: Blank modules around a code, as its standard wants.
QUIET: Final = 4


def qr_path(text: str) -> tuple[str, int]:
    """Return a code's dark modules as the data of an SVG path, and how many modules it is wide, margins included.

    A quarter of it may be worn or stained (level Q).

    Examples
    --------
    >>> path, size = qr_path("https://yizhan.example.cn/at/a")
    >>> path[:8], size
    ('M4 4h7v1', 37)
    """
    matrix = segno.make_qr(text, error="q").matrix
    runs = []
    for y, row in enumerate(matrix, QUIET):
        x = QUIET
        for dark, modules in groupby(row):
            length = len(list(modules))
            if dark:
                runs.append(f"M{x} {y}h{length}v1h-{length}z")
            x += length
    return "".join(runs), len(matrix) + 2 * QUIET
