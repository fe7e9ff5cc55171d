"""What it means that a text is found: one rule, which both database engines follow to the letter.

The rule reads neither a language nor the engine's tables of letters, so every engine and every version answers alike.
"""

from __future__ import annotations

import re
from typing import Final

_FULL_WIDTH: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
#: Blanks, punctuation and signs, ASCII's and those of Chinese texts; a line end keeps fields apart.
_DROPPED: Final = re.compile(
    "[\0-\x09\x0b-/:-@\\[-`{-\xbf\u2000-\u206f\u2400-\u243f\u3000-\u3004\u3008-\u303f\ufe10-\ufe1f\ufe30-\ufe6f\uff5f-\uff65]"
)
_ASCII_LOWER: Final = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


def plain(text: str) -> str:
    """Return what of a text is compared: letters and digits, full width and capitals of ASCII made plain.

    Examples
    --------
    >>> plain("东四（北） Ａ12-B 号")
    '东四北a12b号'
    """
    return _DROPPED.sub("", text.translate(_FULL_WIDTH).translate(_ASCII_LOWER))


def pieces(text: str) -> tuple[str, ...]:
    """Return the pieces of a question, as :func:`plain` makes them; each must be found.

    Examples
    --------
    >>> pieces("东四 12号， ")
    ('东四', '12号')
    """
    return tuple(piece for word in text.split() if (piece := plain(word)))
