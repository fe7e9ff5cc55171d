"""Text that fits its place on paper: measured roughly but on the safe side, since an SVG does not break lines."""

from __future__ import annotations

import unicodedata
from typing import Final, NamedTuple

#: Widths in parts of the size, a little more than common fonts need.
_WIDE: Final = 1.0
_NARROW: Final = {" ": 0.3, **dict.fromkeys(".,:;'|!iIjl()[]/-–·", 0.36), **dict.fromkeys("mwMW@%&", 0.95)}
_UPPER: Final = 0.72
_LOWER: Final = 0.58
#: Nothing begins a line with these.
_CLOSING: Final = frozenset("，。、；：！？）》」』”’),.;:!?%–…")
_ELLIPSIS: Final = "…"


class Fitted(NamedTuple):
    """Lines and the size at which they fit; ``whole`` tells whether nothing was left out."""

    lines: tuple[str, ...]
    size: float
    whole: bool


def printable(text: str) -> str:
    """Return a text without characters that XML cannot hold, or that are invisible or turn the writing round."""
    clean = (" " if char.isspace() else char for char in text)
    return " ".join("".join(c for c in clean if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn"}).split())


def width_em(text: str) -> float:
    """Return the width of a line in parts of its size."""
    return sum(_char_em(char) for char in text)


def fit(text: str, width: float, size: float, smallest: float, lines: int = 1) -> Fitted:
    """Break a text into lines, smaller if need be, shortened if even the smallest does not do.

    Parameters
    ----------
    width
        Of the place, in the unit of the sizes.
    size, smallest
        The size wanted, and the smallest that can be read.
    lines
        How many there may be.
    """
    text = printable(text)
    step = size
    while True:
        broken = _broken(text, width / step)
        if len(broken) <= lines:
            return Fitted(tuple(line.strip() for line in broken), step, whole=True)
        if step <= smallest:
            break
        step = max(smallest, step * 0.94)
    last = "".join(broken[lines - 1 :]).strip()
    while last and width_em(last + _ELLIPSIS) > width / step:
        last = last[:-1]
    kept = (line.strip() for line in broken[: lines - 1])
    return Fitted((*kept, last + _ELLIPSIS), step, whole=False)


def _char_em(char: str) -> float:
    if unicodedata.east_asian_width(char) in {"W", "F", "A"} and char not in _NARROW:
        return _WIDE
    if unicodedata.combining(char):
        return 0.0
    return _NARROW.get(char, _UPPER if char.isupper() or not char.isascii() else _LOWER)


def _broken(text: str, width_em_: float) -> list[str]:
    lines = [""]
    for piece in _pieces(text):
        if width_em(lines[-1] + piece.rstrip()) <= width_em_ or not lines[-1]:
            lines[-1] += piece
        else:
            lines.append(piece)
        while width_em(lines[-1].rstrip()) > width_em_ and len(lines[-1]) > 1:  # a word longer than a line
            kept = lines[-1]
            while len(kept) > 1 and width_em(kept) > width_em_:
                kept = kept[:-1]
            lines[-1:] = [kept, lines[-1][len(kept) :]]
    return lines


def _pieces(text: str) -> list[str]:
    """Return what stays together: words with the blank after them, single characters of Chinese with what closes."""
    pieces: list[str] = []
    for char in text:
        glued = pieces and (
            char in _CLOSING
            or char == " "
            or (_char_em(char) < _WIDE and _char_em(pieces[-1][-1]) < _WIDE and pieces[-1][-1] != " ")
        )
        if glued:
            pieces[-1] += char
        else:
            pieces.append(char)
    return pieces
