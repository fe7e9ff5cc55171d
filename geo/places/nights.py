"""Hours that go past midnight, taken apart: what a day opens itself, and what it leaves to the next morning.

The evaluating library lets a rule for a day replace what began on its eve, so that ``Mo-Fr 10:00-22:00; Sa,Su
10:00-02:00`` would be closed early on Monday. A night belongs to the day on which it began: evaluated apart and a day
later, it stays.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_COMMENT: Final = re.compile(r'"[^"]*"')
_SEPARATOR: Final = re.compile(r"; |, | \|\| ")
_SPAN: Final = r"\d\d:\d\d-\d\d:\d\d"
_TIMES: Final = re.compile(r"(\d\d:\d\d)-(\d\d:\d\d)")
_SPANS: Final = re.compile(rf"(?:^|(?<= )){_SPAN}(?:,{_SPAN})*(?= |$)")
_CLOSED: Final = re.compile(r" (?:closed|off)\b")
#: Times that are no plain spans: by the sun, with an open end, repeated.
_OTHER_TIME: Final = re.compile(r"sun|dawn|dusk|\d\d:\d\d[+/)]|\d\d:\d\d-\(")
_DAY: Final = 24 * 60


class Halves(NamedTuple):
    """Two expressions: of what each day opens until midnight, and of what it leaves to the next day, from 0:00 on."""

    day: str
    night: str


def take_apart(expression: str) -> Halves | None:
    """Take an expression apart, which is in the library's own spelling; None if no plain span in it goes past midnight.

    Examples
    --------
    >>> take_apart("Mo-Fr 10:00-22:00; Sa,Su 10:00-02:00")
    Halves(day='Mo-Fr 10:00-22:00; Sa,Su 10:00-24:00', night='Mo-Fr closed; Sa,Su 00:00-02:00')
    """
    if not any(end <= begin or end > "24:00" for begin, end in _TIMES.findall(expression)):
        return None
    masked = _COMMENT.sub(lambda match: '"' + "." * (len(match[0]) - 2) + '"', expression)
    if "||" in masked or _OTHER_TIME.search(masked):
        return None
    begin, day, night, any_night = 0, "", "", False
    separator = ""
    for end, after in [*(match.span() for match in _SEPARATOR.finditer(masked)), (len(masked), len(masked))]:
        rule, plain = expression[begin:end], masked[begin:end]
        spans = _SPANS.search(plain)
        kept, left = _halve(spans[0]) if spans is not None else ("", "")
        any_night = any_night or bool(left)
        day += separator + (rule if spans is None else rule[: spans.start()] + kept + rule[spans.end() :])
        if spans is not None and left:
            night += (separator if night else "") + rule[: spans.start()] + left + rule[spans.end() :]
        elif separator != ", " and not (
            spans is not None and _CLOSED.search(plain)
        ):  # it takes the day over, without nights
            head = plain[: spans.start()] if spans is not None else _head(plain)
            night += (separator if night else "") + f"{head.strip() or '24/7'} closed"
        begin, separator = after, expression[end:after]
    return Halves(day, night) if any_night else None


def _halve(spans: str) -> tuple[str, str]:
    """Return what of some spans lies before midnight, and what after, both as spans of one day."""
    before, after = [], []
    for span in spans.split(","):
        begin, end = (int(time[:2]) * 60 + int(time[3:]) for time in span.split("-"))
        end += _DAY if end <= begin else 0
        before.append(f"{span[:5]}-{_clock(min(end, _DAY))}")
        if end > _DAY:
            after.append(f"00:00-{_clock(end - _DAY)}")
    return ",".join(before), ",".join(after)


def _head(rule: str) -> str:
    """Return the selectors of a rule without times."""
    return re.sub(r' *(?:"[^"]*"|\b(?:closed|off|unknown|open)\b)', "", rule).replace("24/7", "")


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
