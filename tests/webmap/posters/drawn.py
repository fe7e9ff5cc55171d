"""A drawing as others see it: its texts, and its code as a scanner reads it."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import numpy as np
import zxingcpp

SVG = "{http://www.w3.org/2000/svg}"
_RUN = re.compile(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z")


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(svg).iter(f"{SVG}text")]


def scanned(svg: str) -> str:
    """Return what zxing, which shares nothing with what made the code, reads in the drawing."""
    (path,) = [e for e in ET.fromstring(svg).iter(f"{SVG}path") if e.get("shape-rendering") == "crispEdges"]
    return scan(path.attrib["d"])


def scan(path: str, pixels: int = 6) -> str:
    runs = [tuple(map(int, match)) for match in _RUN.findall(path)]
    assert "".join(f"M{x} {y}h{n}v1h-{back}z" for x, y, n, back in runs) == path
    size = max(max(x + n, y + 1) for x, y, n, _ in runs) + 4
    picture = np.full((size, size), 255, dtype=np.uint8)
    for x, y, length, back in runs:
        assert length == back
        picture[y, x : x + length] = 0
    found = zxingcpp.read_barcodes(np.kron(picture, np.ones((pixels, pixels), dtype=np.uint8)))
    (code,) = found
    return str(code.text)
