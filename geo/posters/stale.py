"""Which printed posters no longer say what is true, and what has moved: a list of prints against the city of today."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final, NamedTuple

from geo.city import City
from geo.coords import LonLat, distance_m
from geo.errors import NotFoundError, ParameterError
from geo.posters.facts import Poster, poster_of
from geo.posters.links import landing

#: The list of prints in a folder of posters.
INDEX: Final = "posters.csv"
_COLUMNS: Final = ("place", "name", "fingerprint", "printed", "file", "facts")
_GUARDED: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "'", "\t", "\r", "\n")
#: Fields that are compared as they are, by what they are called.
PLAIN: Final[Mapping[str, str]] = {
    "url": "address of the page", "city": "name of the city", "city_en": "English name of the city",
    "sample": "whether it is a sample", "name": "name", "name_en": "English name", "address": "address",
    "phone": "telephone", "accuracy": "exactness of the position", "checked": "day of the last check",
    "more_offers": "number of other services", "more_amenities": "amount of other kit",
}  # fmt: skip


class Print(NamedTuple):
    """A printed poster: whose, its fingerprint, the day, the file, and what it says as JSON values."""

    place: str
    name: str
    fingerprint: str
    printed: date
    file: str
    facts: Mapping[str, Any]


#: What nobody knows, among the values of a change.
UNKNOWN: Final = "unknown"
#: What a change says, by its kind; ``subject``, ``before`` and ``now`` are filled in.
CHANGES: Final[Mapping[str, str]] = {
    "gone": "the place is gone",
    "status": "the place is {subject}",
    "something": "something that is printed",
    "untold": "something that is printed; what it was is not told in the list",
    "field": "{subject}: {before} → {now}",
    "moved": "position: moved by about {subject} m",
    "lost": "no longer there: {subject}",
    "gained": "now there: {subject}",
    "offered_no_longer": "no longer offered: {subject}",
    "offered_now": "now offered: {subject}",
    "hours": "hours of {subject}: {before} → {now}",
    "street": "whether a street is near",
    "nearer": "a nearer place: {subject}, {before} min",
    "another": "another place: {subject}, {before} min",
    "no_longer_near": "no longer among the nearest: {subject}",
    "way": "way to {subject}: {before} → {now} min",
    "hours_near": "hours of {subject}: {before} → {now}",
    "name_near": "name or services of {subject}",
}


class Change(NamedTuple):
    """Something that has moved: its kind, one of :data:`CHANGES`, what of, and what it was and is.

    Examples
    --------
    >>> str(Change("way", "东四", "3", "4"))
    'way to 东四: 3 → 4 min'
    """

    kind: str
    subject: str = ""
    before: str = ""
    now: str = ""

    def __str__(self) -> str:
        subject = PLAIN[self.subject] if self.kind == "field" else self.subject
        return CHANGES[self.kind].format(subject=subject, before=self.before, now=self.now)


class Stale(NamedTuple):
    """A print that no longer says what is true, and what has moved."""

    print: Print
    changes: tuple[Change, ...]


def print_of(poster: Poster, day: date, file: str) -> Print:
    """Return the entry of a poster printed on a day."""
    return Print(poster.id, poster.name, poster.fingerprint, day, file, poster.values())


def write_index(prints: Iterable[Print]) -> bytes:
    """Write the list of prints as CSV; texts that a spreadsheet would take for a formula begin with an apostrophe."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(_COLUMNS)
    for each in prints:
        facts = json.dumps(each.facts, ensure_ascii=False, separators=(",", ":"))
        texts = (each.place, each.name, each.fingerprint, each.printed.isoformat(), each.file, facts)
        table.writerow(f"'{text}" if text.startswith(_GUARDED) else text for text in texts)
    return out.getvalue().encode("utf-8-sig")


def read_index(path: Path) -> tuple[Print, ...]:
    """Read a list of prints, or that of a folder.

    Raises
    ------
    ParameterError
        There is none, or it is not as it was written.
    """
    path = path / INDEX if path.is_dir() else path
    try:
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ParameterError(
            f"{path}: no list of posters can be read ({error}); give the {INDEX} that yizhan poster --area wrote",
            parameter="check",
        ) from error
    return tuple(_read_row(path, number, row) for number, row in enumerate(rows, 2))


def _read_row(path: Path, number: int, row: Mapping[str, str | None]) -> Print:
    try:
        place, name, fingerprint, printed, file, facts = (_unguarded(row[column]) for column in _COLUMNS)
        values = json.loads(facts)
        if not isinstance(values, dict):
            raise TypeError("facts are no JSON object")
        return Print(place, name, fingerprint, date.fromisoformat(printed), file, values)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ParameterError(
            f"{path}, row {number}: not as yizhan poster wrote it ({error}); print that poster again", parameter="check"
        ) from error


def _unguarded(text: str | None) -> str:
    if text is None:
        raise TypeError("a column is missing")
    return text.removeprefix("'")


def stale(city: City, prints: Sequence[Print], site_url: str | None = None) -> Iterator[Stale]:
    """Yield the prints that no longer say what is true, in their order.

    Parameters
    ----------
    site_url
        The site's public address now; None: that of each print.
    """
    for each in prints:
        changes = _changes(city, each, site_url)
        if changes:
            yield Stale(each, changes)


def _changes(city: City, each: Print, site_url: str | None) -> tuple[Change, ...]:
    url = str(each.facts.get("url", ""))
    site = url.removesuffix(landing(each.place)) if site_url is None else site_url
    try:
        poster = poster_of(city, each.place, site)
    except NotFoundError:
        return (Change("gone"),)
    except ParameterError:
        return (Change("status", city.place(each.place).status),)
    if poster.fingerprint == each.fingerprint:
        return ()
    try:
        return tuple(_differences(each.facts, poster.values())) or (Change("something"),)
    except (KeyError, TypeError, ValueError, AttributeError):
        return (Change("untold"),)


def _differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for field in PLAIN:
        if old.get(field) != new[field]:
            yield Change("field", field, _said(old.get(field)), _said(new[field]))
    before, now = LonLat(old["lon"], old["lat"]), LonLat(new["lon"], new["lat"])
    if before != now:
        yield Change("moved", f"{distance_m(before, now):,.0f}")
    yield from _offers(old["offers"], new["offers"])
    if lost := sorted(set(old["amenities"]) - set(new["amenities"])):
        yield Change("lost", ", ".join(lost))
    if gained := sorted(set(new["amenities"]) - set(old["amenities"])):
        yield Change("gained", ", ".join(gained))
    yield from _others(old["others"], new["others"])


def _offers(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> Iterator[Change]:
    before, now = ({offer["kind"]: offer for offer in offers} for offers in (old, new))
    for kind in before.keys() - now.keys():
        yield Change("offered_no_longer", kind)
    for kind in now.keys() - before.keys():
        yield Change("offered_now", kind)
    for kind in [kind for kind in now if kind in before and now[kind] != before[kind]]:
        yield Change("hours", kind, _times(before[kind]), _times(now[kind]))


def _others(old: Sequence[Mapping[str, Any]] | None, new: Sequence[Mapping[str, Any]] | None) -> Iterator[Change]:
    if old is None or new is None:
        if old is not new:
            yield Change("street")
        return
    before, now = ({other["id"]: other for other in others} for others in (old, new))
    farthest = max((other["minutes"] for other in old), default=0)
    for place, other in now.items():
        if place not in before:
            yield Change("nearer" if other["minutes"] <= farthest else "another", other["name"], str(other["minutes"]))
    for place, other in before.items():
        if place not in now:
            yield Change("no_longer_near", other["name"])
        else:
            yield from _other(other, now[place])


def _other(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    if old["minutes"] != new["minutes"]:
        yield Change("way", new["name"], str(old["minutes"]), str(new["minutes"]))
    if (old["hours"], old["season"]) != (new["hours"], new["season"]):
        yield Change("hours_near", new["name"], _times(old), _times(new))
    if any(old[field] != new[field] for field in ("name", "name_en", "kind")):
        yield Change("name_near", new["name"])


def _times(offer: Mapping[str, Any]) -> str:
    season = f" in {offer['season']}" if offer["season"] else ""
    return f"{offer['hours'] or UNKNOWN}{season}"


def _said(value: Any) -> str:
    return UNKNOWN if value is None else str(value)
