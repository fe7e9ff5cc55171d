"""How weekdays and holidays in an ``opening_hours`` expression are meant in China, by rewriting its weekday selectors.

The evaluating library knows the seven weekdays and no calendar (it is never given a country). In a stretch of at most
seven days each weekday occurs once, so for such a stretch a date can be addressed by its weekday: where the first of
October is a Thursday, ``PH off`` becomes ``Th off``; where a Sunday is worked, ``Mo-Fr`` becomes ``Mo-Fr,Su``.

The rules, of which the last two are assumptions and are said to be:

1. ``PH`` matches the days off of the notice. Weekday rules match them too, as OpenStreetMap has it, unless a later rule
   with ``PH`` says otherwise.
2. On a make-up workday, an expression *bound to workdays* treats the day as a workday; any other takes the weekday as
   it is.
3. An expression bound to workdays that does not mention ``PH`` is closed on public holidays; any other keeps its hours.

Bound to workdays is what treats Monday to Friday alike and opens on neither Saturday nor Sunday.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final, NamedTuple

from geo.errors import HoursError

WEEKDAYS: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_WORKDAYS: Final = frozenset(range(5))
_WEEKEND: Final = frozenset((5, 6))
_ALL: Final = frozenset(range(7))

_DAY = "(?:Mo|Tu|We|Th|Fr|Sa|Su|PH|SH)"
_ITEM = rf"{_DAY}(?:-{_DAY})?(?:\[[^\]]*\])?(?: [+-]?\d+ days?)?"
_SELECTOR: Final = re.compile(rf"\b{_ITEM}(?:,{_ITEM})*(?!\w)")
_COMMENT: Final = re.compile(r'"[^"]*"')
_RULE_END: Final = re.compile(r"; |, | \|\| ")
#: Weekdays in the library's own spelling that a rule is closed on, whatever the date.
_CLOSED_WEEKDAYS: Final = re.compile(rf"{_ITEM}(?:,{_ITEM})* (?:closed|off) *")


class Selector(NamedTuple):
    """A weekday selector: its place, its weekdays (0 is Monday), whether it names PH, and items like ``Tu[2]``."""

    begin: int
    end: int
    days: frozenset[int]
    holidays: bool
    others: tuple[str, ...]


@dataclass(frozen=True)
class Selectors:
    """The weekday selectors of an expression in the library's own spelling."""

    expression: str

    @cached_property
    def found(self) -> tuple[Selector, ...]:
        """All of them, in order; school holidays and days counted from holidays are refused."""
        return tuple(_read(match) for match in _SELECTOR.finditer(self._masked))

    @cached_property
    def mentions_holidays(self) -> bool:
        """Whether the expression says what holds on public holidays."""
        return any(selector.holidays for selector in self.found)

    @cached_property
    def heeds_marks(self) -> bool:
        """Whether holidays or make-up workdays make a difference."""
        return self.mentions_holidays or self.bound_to_workdays

    @cached_property
    def opens(self) -> bool:
        """Whether any rule opens for certain."""
        return not all(rule.closes or re.search(r"\bunknown\b", rule.text) for rule in self._rules())

    @cached_property
    def whole_week(self) -> bool:
        """Whether all days of the week are alike."""
        return all(selector.days == _ALL and not selector.others for selector in self.found)

    @cached_property
    def bound_to_workdays(self) -> bool:
        """Whether this follows the working week: Monday to Friday alike, closed on Saturday and Sunday."""
        if not self.found or "||" in self._masked or any(selector.others for selector in self.found):
            return False
        if any(selector.days & _WORKDAYS not in (frozenset(), _WORKDAYS) for selector in self.found):
            return False
        weekend, workdays = frozenset[int](), False
        for rule in self._rules():
            days = frozenset.union(*(s.days for s in rule.selectors)) if rule.selectors else _ALL
            if rule.closes:
                if _CLOSED_WEEKDAYS.fullmatch(rule.text):
                    weekend -= days
            else:
                weekend |= days & _WEEKEND
                workdays = workdays or days >= _WORKDAYS
        return workdays and not weekend

    def rewrite(self, holidays: Collection[int], makeup: Collection[int], *, bound: bool, close: bool) -> str:
        """Return the expression as it is meant in a stretch of at most seven days.

        Parameters
        ----------
        holidays, makeup
            Weekdays (0 is Monday) of the public holidays and of the make-up workdays in that stretch.
        bound
            Treat make-up workdays as workdays.
        close
            Close it on the holidays.
        """
        parts, at = [], 0
        treated = frozenset(makeup) if bound else frozenset[int]()
        for selector in self.found:
            days = (selector.days | frozenset(holidays)) if selector.holidays else selector.days
            days = days | treated if selector.days >= _WORKDAYS else days - treated
            names = [WEEKDAYS[day] for day in sorted(days)] + list(selector.others)
            parts += [self.expression[at : selector.begin], ",".join(names) or "PH"]  # without a country, PH is never
            at = selector.end
        whole = "".join([*parts, self.expression[at:]])
        if holidays and close:
            whole += "; " + ",".join(WEEKDAYS[day] for day in sorted(holidays)) + " closed"
        return whole

    @cached_property
    def _masked(self) -> str:
        """The expression with its comments blanked."""
        return _COMMENT.sub(lambda match: '"' + "." * (len(match[0]) - 2) + '"', self.expression)

    def _rules(self) -> Iterator[_Rule]:
        begin = 0
        for end in [*(match.span() for match in _RULE_END.finditer(self._masked)), (len(self.expression),) * 2]:
            text = _COMMENT.sub("", self._masked[begin : end[0]])
            inside = tuple(s for s in self.found if begin <= s.begin < end[0])
            yield _Rule(text, inside, re.search(r"\b(?:closed|off)\b", text) is not None)
            begin = end[1]


class _Rule(NamedTuple):
    text: str
    selectors: tuple[Selector, ...]
    closes: bool


def _read(match: re.Match[str]) -> Selector:
    return Selector(match.start(), match.end(), *_items(match[0]))


@lru_cache(maxsize=1 << 10)  # thousands of expressions share a few selectors
def _items(selector: str) -> tuple[frozenset[int], bool, tuple[str, ...]]:
    """Return a selector's weekdays, whether it names PH, and its other items."""
    days: set[int] = set()
    holidays, others = False, []
    for item in selector.split(","):
        if "SH" in item:
            raise HoursError("school holidays (SH) are not known here; write their dates")
        if "PH" in item:
            if item != "PH":
                raise HoursError(f"{item!r}: days counted from a public holiday are not known here; write their dates")
            holidays = True
        elif "[" in item or "day" in item:
            others.append(item)
        else:
            first, _, last = item.partition("-")
            begin, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
            days.update(day % 7 for day in range(begin, end + 1 if end >= begin else end + 8))
    return frozenset(days), holidays, tuple(others)
