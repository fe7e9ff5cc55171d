"""What recurs, as a calendar to subscribe to (iCalendar, RFC 5545): haircuts, communication days.

Only services whose hours are rules of the week or month are in it; what is left out is counted, by reason.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple

from geo.places.model import Place, Service, ServiceKind
from geo.places.recurrence import Recurrence, first_day, read_months, read_recurrences

#: Services that people put into their calendar; the others are simply open.
RECURRING: Final[tuple[ServiceKind, ...]] = ("haircut", "pop_up")
_TITLES: Final[dict[ServiceKind, str]] = {"haircut": "免费理发 Free haircut", "pop_up": "流动服务 Pop-up service"}
_ZONE: Final = "Asia/Shanghai"
_HEAD: Final = (
    "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//yizhan//places//ZH", "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
    f"X-WR-TIMEZONE:{_ZONE}",
)  # fmt: skip
_ZONE_RULES: Final = (
    "BEGIN:VTIMEZONE", f"TZID:{_ZONE}", "BEGIN:STANDARD", "DTSTART:19920101T000000", "TZOFFSETFROM:+0800",
    "TZOFFSETTO:+0800", "TZNAME:CST", "END:STANDARD", "END:VTIMEZONE",
)  # fmt: skip
_NAME: Final = "驿站 yizhan"
_LINE_BYTES: Final = 75


class Feed(NamedTuple):
    """A calendar: its bytes, how many events it has, and how many services were left out, by reason."""

    content: bytes
    events: int
    left_out: dict[str, int]


def write_feed(
    places: Sequence[Place], today: date, services: Collection[ServiceKind] = RECURRING, about: str = ""
) -> Feed:
    """Write the recurring services as events that begin on or after a day.

    Parameters
    ----------
    services
        Of which kinds; others than :data:`RECURRING` are passed over.
    about
        Added to the calendar's name.
    """
    left_out: Counter[str] = Counter()
    events: list[str] = []
    count = 0
    for place in places:
        for number, service in enumerate(place.services):
            if service.kind not in RECURRING or service.kind not in services:
                continue
            rules = _rules(place, service, left_out)
            for which, rule in enumerate(rules):
                event = list(_event(place, service, rule, f"{number}-{which}", today))
                count += bool(event)
                left_out["over or not within a year"] += not event
                events += event
    lines = [
        *_HEAD,  # the calendar's properties come before all that is in it
        f"X-WR-CALNAME:{_escaped(' · '.join(filter(None, (_NAME, about))))}",
        *(f"X-YIZHAN-LEFT-OUT:{n} {why}" for why, n in _counts(left_out).items()),
        *_ZONE_RULES,
        *events,
        "END:VCALENDAR",
    ]
    return Feed("".join(_folded(line) for line in lines).encode(), count, _counts(left_out))


def _counts(left_out: Counter[str]) -> dict[str, int]:
    return {reason: n for reason, n in sorted(left_out.items()) if n}


def _rules(place: Place, service: Service, left_out: Counter[str]) -> tuple[Recurrence, ...]:
    """Return the rules of a service; without any, say why."""
    rules = read_recurrences(service.hours) if service.hours is not None else None
    reasons = {
        "not in operation": place.status in {"paused", "retired"},
        "hours unknown": service.hours is None,
        "hours that are no rule of the week or month": rules is None,
        "season that is not made of whole months": service.season is not None and read_months(service.season) is None,
    }
    reason = next((reason for reason, holds in reasons.items() if holds), None)
    if reason is not None:
        left_out[reason] += 1
        return ()
    return rules or ()


def _event(place: Place, service: Service, rule: Recurrence, part: str, today: date) -> Iterator[str]:
    months = read_months(service.season) if service.season is not None else None
    start = max(today, _day(place.status_since) or today)
    first, until = first_day(rule, start, months or range(1, 13)), _day(place.status_until)
    if first is None or (until is not None and first > until):
        return
    uid = hashlib.sha256(f"{place.id}\n{service.kind}\n{part}".encode()).hexdigest()[:32]
    yield from ("BEGIN:VEVENT", f"UID:{uid}@yizhan", f"DTSTAMP:{today:%Y%m%d}T000000Z")
    yield f"DTSTART;TZID={_ZONE}:{_moment(first, rule.opens)}"
    yield f"DTEND;TZID={_ZONE}:{_moment(first, rule.closes)}"
    yield f"RRULE:{_rrule(rule, months, until)}"
    yield f"SUMMARY:{_escaped(f'{_TITLES[service.kind]} · {place.name}')}"
    if where := place.address or place.subdistrict:
        yield f"LOCATION:{_escaped(where)}"
    yield f"GEO:{place.position.lat:.6f};{place.position.lon:.6f}"
    if notes := [text for text in (service.note, place.note, place.phone) if text]:
        yield f"DESCRIPTION:{_escaped(chr(10).join(notes))}"
    yield "END:VEVENT"


def _rrule(rule: Recurrence, months: tuple[int, ...] | None, until: date | None) -> str:
    parts = [f"FREQ={rule.freq}"]
    if until is not None:  # the end of that day in China, in UTC as the standard wants it
        parts.append(f"UNTIL={until:%Y%m%d}T155959Z")
    if months is not None:
        parts.append(f"BYMONTH={','.join(map(str, months))}")
    if rule.byday:
        parts.append(f"BYDAY={','.join(rule.byday)}")
    if rule.bymonthday:
        parts.append(f"BYMONTHDAY={','.join(map(str, rule.bymonthday))}")
    return ";".join(parts)


def _day(text: str | None) -> date | None:
    """Return a whole ISO day; a year or a word is none."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _moment(day: date, minutes: int) -> str:
    day += timedelta(days=minutes // 1440)
    return f"{day:%Y%m%d}T{minutes % 1440 // 60:02}{minutes % 60:02}00"


def _escaped(text: str) -> str:
    """Return a text value; control characters other than line ends are not allowed in one."""
    for plain, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n"), ("\r", "\\n")):
        text = text.replace(plain, written)
    return "".join(char for char in text if char >= " " and char != "\x7f")


def _folded(line: str) -> str:
    """Return the line with its end, in pieces of at most 75 bytes that end between characters."""
    pieces, size = [""], 0
    for char in line:
        width = len(char.encode())
        if size + width > _LINE_BYTES:
            pieces.append(" ")
            size = 1
        pieces[-1] += char
        size += width
    return "\r\n".join(pieces) + "\r\n"
