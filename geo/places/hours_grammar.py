"""From words to groups: what is open or closed, and to what days, dates, season and part of a building that applies.

People write headings and what stands under them, in any order of the headings: ``夏季 周一至周五 9:00-18:00 周六
9:00-12:00`` or ``周一至周六 1层 8:00-20:00，2层 9:00-18:00``. A heading holds until another of its sort comes, which
also ends the headings that came after it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from geo.places.hours_clock import DAY, DayPart, Said, Span, interval
from geo.places.hours_groups import WEEK, Dates, Days, Group, Reading, Sort, unclear
from geo.places.hours_vocabulary import WordKind
from geo.places.hours_words import Date, Word

_HEADINGS: Final[dict[WordKind, Sort]] = {
    "days": "days", "nth_day": "days", "month_day": "days", "every_day": "days", "workdays": "days", "holidays": "days",
    "date": "dates", "season": "season", "part": "part",
}  # fmt: skip
_SILENT: Final = frozenset[WordKind]({"filler", "joint", "stop", "space"})


def read(words: Sequence[Word]) -> Reading:
    """Read a text's words.

    Raises
    ------
    HoursError
        A word is unknown, or the words do not make certain sense together.
    """
    for word in words:
        if word.kind == "unknown":
            raise unclear(f"不认识“{word.text.strip()}”", "these words are not known here")
    return _Reader([word for word in words if word.kind not in _SILENT]).read()


class _Reader:
    """One pass over the words that say something; its fields are where it stands."""

    def __init__(self, words: list[Word]) -> None:
        self._words = words
        self._at = 0
        self._reading = Reading()
        self._headings: list[tuple[Sort, Any]] = []
        self._fresh: set[Sort] = set()
        self._left_behind = False
        self._group = Group()
        self._sealed = False
        self._in_brackets = False
        self._part_of_day: DayPart | None = None
        self._off_next = False

    def read(self) -> Reading:
        while self._at < len(self._words):
            word = self._take()
            if word.kind in _HEADINGS:
                self._heading(word)
            elif (step := _STEPS.get(word.kind)) is not None:
                step(self, word)
            else:
                raise unclear(f"“{word.text}”放在这里不知何意", "this word makes no sense here")
        if self._in_brackets:
            raise unclear("括号没有配对", "a bracket is not closed")
        self._close()
        if self._part_of_day is not None:
            raise unclear("写了上午、晚上等，却没有写几点", "a part of the day is named without hours")
        return self._reading

    def _peek(self, ahead: int = 0) -> WordKind | None:
        at = self._at + ahead
        return self._words[at].kind if at < len(self._words) else None

    def _take(self) -> Word:
        word = self._words[self._at]
        self._at += 1
        return word

    # --- headings ---

    def _heading(self, word: Word) -> None:
        sort = _HEADINGS[word.kind]
        bare_bracket = self._at >= 2 and self._words[self._at - 2].text.strip() in ("(", "（", "[", "【")
        value: Any = self._days(word) if sort == "days" else self._dates(word) if sort == "dates" else str(word.value)
        if sort == "days" and self._peek() == "except":
            self._take()
            self._except(value)
        elif self._in_brackets and bare_bracket and self._group.says and self._peek() == "bracket":
            if getattr(self._group, sort):
                raise unclear(f"“{word.text}”与前面重复", "this says anew when the hours hold")
            self._group, self._sealed = replace(self._group, **{sort: value}), True  # 8:00-18:00(工作日)
        else:
            self._put_heading(sort, value, word)

    def _put_heading(self, sort: Sort, value: Any, word: Word) -> None:
        if self._group.says:
            self._close()
        elif sort in self._fresh:
            raise unclear(f"“{word.text}”之前没有写时间", "a heading follows another one, without hours between them")
        sorts = [other for other, _ in self._headings]
        if sort == "dates" and sort not in sorts and "days" in sorts and "days" not in self._fresh:
            # 周一至周五9:00-17:00，1月1日: are these dates about those days?
            self._left_behind = dict(self._headings)["days"].weekdays != WEEK
            self._headings = [heading for heading in self._headings if heading[0] != "days"]
            sorts.remove("days")
        since = sorts.index(sort) if sort in sorts else len(sorts)
        kept = [heading for i, heading in enumerate(self._headings) if i < since or heading[0] in self._fresh]
        self._headings = [*kept, (sort, value)]
        self._fresh.add(sort)
        comments, excluded = self._group.comments, self._group.excluded
        self._group = replace(
            Group(in_brackets=self._in_brackets, comments=comments, excluded=excluded, off=self._off_next),
            **dict(self._headings),
        )
        self._off_next = False

    def _days(self, word: Word) -> Days:
        days = _days_of(word)
        while _HEADINGS.get(self._peek() or "unknown") == "days":
            more = _days_of(self._take())
            if days.every and not more.every and more.weekdays != WEEK:
                raise unclear("“每天”与后面的日子矛盾", "every day, and then certain days")
            days = Days(
                days.weekdays | more.weekdays,
                "lawful" if "lawful" in (days.holidays, more.holidays) else days.holidays or more.holidays,
                days.every,
                days.workdays or more.workdays,
                days.nth + more.nth,
                days.of_month + more.of_month,
            )
        return days

    def _dates(self, word: Word) -> tuple[Dates, ...]:
        found = [self._date_range(word.value)]
        while self._peek() == "date":
            found.append(self._date_range(self._take().value))
        return tuple(found)

    def _date_range(self, first: Date) -> Dates:
        last = first
        if self._peek() == "range":
            self._take()
            while self._peek() in ("yearly", "next_year"):
                self._take()
            if self._peek() != "date":
                raise unclear("日期没有写到哪一天为止", "a range of dates has no end")
            last = self._take().value
        month = first.month or last.month
        if month is None:
            raise unclear("日期没有写月份", "a date has no month")
        first = Date(first.year or None, month, first.day)
        last = Date(last.year or first.year, last.month or month, last.day)
        if (first.day is None) != (last.day is None) or (last.year and not first.year):
            raise unclear("日期前后写法不一", "the two ends of a range of dates are not written alike")
        return Dates(first, last)

    def _except(self, days: Days) -> None:
        if self._group.excluded is not None:
            raise unclear("有两处“除外”", "days are excepted twice")
        self._group = replace(self._group, excluded=days)

    def _except_begin(self, word: Word) -> None:
        if _HEADINGS.get(self._peek() or "unknown") != "days":
            raise unclear("除去什么，没有写明", "what is excepted is not clear")
        days = self._days(self._take())
        if self._peek() == "except_end":
            self._take()
            self._except(days)
        else:
            raise unclear("除去什么，没有写明", "what is excepted is not clear")

    # --- what is said ---

    def _clock(self, word: Word) -> None:
        begin = self._said(word)
        if self._peek() == "last_entry":
            self._comment(word.text + self._take().text)
            return
        next_day = False
        if self._peek() != "range":
            raise unclear(f"“{word.text}”只有一个时刻", "a time without another one")
        self._take()
        while self._peek() in ("next_day", "day_part"):
            other = self._take()
            next_day = next_day or other.kind == "next_day"
            self._part_of_day = other.value if other.kind == "day_part" else self._part_of_day
        if self._peek() != "clock":
            raise unclear(f"“{word.text}”没有写到几点", "an interval has no end")
        last = self._take()
        end = self._said(last)
        if self._peek() in ("break", "closed") and self._peek(1) != "clock":  # else the break's own hours follow
            self._take()
            self._take_out(interval(begin, end))
            return
        if self._left_behind:
            raise unclear("这些日期是否只指前面的日子，没有写明", "it is not clear on which weekdays of these dates")
        if self._sealed:  # 9:00-17:00（周一至周五），10:00-16:00（周末）
            self._close()
            self._group = replace(Group(), **dict(self._headings))
        if self._group.off or self._group.as_usual or self._group.spans == ((0, DAY),):
            raise unclear(f"“{word.text}”与前面矛盾", "these hours contradict what stands before")
        after = self._group.spans[-1][1] if self._group.spans else None
        span = interval(begin, end, next_day=next_day, after=after)
        if span is None:
            raise unclear(f"“{word.text}”到“{last.text}”可能有两种意思", "these times may be meant in two ways")
        self._group = replace(self._group, spans=(*self._group.spans, span))

    def _said(self, word: Word) -> Said:
        part, self._part_of_day = self._part_of_day, None
        return Said(word.value, None if word.value.half else part)

    def _break(self, word: Word) -> None:
        if (self._peek(), self._peek(1), self._peek(2)) != ("clock", "range", "clock"):
            raise unclear("午休没有写时间", "a break has no hours")
        begin = self._said(self._take())
        self._take()
        self._take_out(interval(begin, self._said(self._take())))

    def _take_out(self, pause: Span | None) -> None:
        """Take a break out of the last opening time."""
        spans = self._group.spans
        if pause is None or not spans or not spans[-1][0] < pause[0] < pause[1] < spans[-1][1]:
            raise unclear("午休不在开放时间之内", "a break lies outside the opening hours")
        cut = ((spans[-1][0], pause[0]), (pause[1], spans[-1][1]))
        self._group = replace(self._group, spans=(*spans[:-1], *cut))

    def _day_part(self, word: Word) -> None:
        if self._part_of_day is not None:
            raise unclear("写了上午、晚上等，却没有写几点", "a part of the day is named without hours")
        self._part_of_day = word.value

    def _always(self, word: Word) -> None:
        if self._left_behind or self._group.off or self._group.as_usual or self._group.spans not in ((), ((0, DAY),)):
            raise unclear(f"“{word.text}”与前面矛盾", "this contradicts what stands before")
        self._reading.all_day = self._reading.all_day or word.value == "all_day"
        self._group = replace(self._group, spans=((0, DAY),))

    def _off(self, word: Word) -> None:
        group = self._group
        if group.spans or group.as_usual or (group.days is None and not group.dates) or not self._fresh:
            raise unclear(f"“{word.text}”不知指哪些日子", "it is not clear when it is closed")
        if self._part_of_day is not None:
            raise unclear(f"“{word.text}”只指半天", "closed for a part of the day")
        self._group = replace(group, off=True)

    def _off_label(self, word: Word) -> None:
        self._close()
        self._headings, self._off_next = [], True

    def _normally(self, word: Word) -> None:
        if self._group.off:
            raise unclear(f"“{word.text}”与前面矛盾", "this contradicts what stands before")
        if not self._group.spans:
            self._group = replace(self._group, as_usual=True)

    def _last_entry(self, word: Word) -> None:
        if self._peek() != "clock":
            raise unclear(f"“{word.text}”没有写几点", "a last entry has no time")
        self._part_of_day = None
        self._comment(word.text + self._take().text)

    def _note(self, word: Word) -> None:
        self._part_of_day = None
        self._comment(word.text)

    def _comment(self, text: str) -> None:
        self._group = replace(self._group, comments=(*self._group.comments, text.strip()))

    def _bracket(self, word: Word) -> None:
        opens = word.value == "("
        if opens == self._in_brackets:
            raise unclear("括号没有配对", "brackets do not match")
        self._in_brackets = opens
        if not opens:
            return
        end = next((i for i in range(self._at, len(self._words)) if self._words[i].value == ")"), self._at)
        inside = self._words[self._at : end]
        if any(other.kind == "only" for other in inside):
            if not self._group.spans or any(other.kind == "clock" for other in inside):
                raise unclear("“仅限”不知指什么", "it is not clear what is restricted")
            self._comment("".join(other.text for other in inside))
            self._at = end

    def _notice(self, word: Word) -> None:
        reading = self._reading
        if word.kind == "weather":
            reading.condition = word.text
        elif word.kind == "holiday_announced":
            reading.holidays_announced = word.text
        elif word.kind == "no_rest":
            reading.all_year = True
        elif word.kind == "yearly":
            reading.yearly = True
        else:
            reading.announced = True

    def _close(self) -> None:
        if self._off_next:
            raise unclear("没有写哪天闭馆", "it is not clear when it is closed")
        if self._group.says or self._fresh or self._group.excluded:
            self._reading.groups.append(self._group)
        if self._group.off and self._headings:
            self._headings.pop()  # 周一闭馆: what follows is not about Mondays
        self._group, self._fresh, self._sealed, self._left_behind = Group(), set(), False, False


def _days_of(word: Word) -> Days:
    match word.kind:
        case "days":
            return Days(weekdays=word.value)
        case "nth_day":
            return Days(nth=word.value)
        case "month_day":
            return Days(of_month=word.value)
        case "workdays":
            return Days(workdays=True)
        case "holidays":
            return Days(holidays=word.value)
        case _:
            return Days(every=True)


_STEPS: Final[dict[WordKind, Callable[[_Reader, Word], None]]] = {
    "clock": _Reader._clock, "break": _Reader._break, "day_part": _Reader._day_part, "always": _Reader._always,
    "closed": _Reader._off, "closed_label": _Reader._off_label, "normally": _Reader._normally,
    "except_begin": _Reader._except_begin, "last_entry": _Reader._last_entry, "note": _Reader._note,
    "bracket": _Reader._bracket, "weather": _Reader._notice, "holiday_announced": _Reader._notice,
    "no_rest": _Reader._notice, "yearly": _Reader._notice, "announced": _Reader._notice,
}  # fmt: skip
