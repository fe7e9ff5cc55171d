"""The command yizhan poster: posters to hang on walls, and a list of those that have gone stale."""

from __future__ import annotations

import argparse
import hashlib
import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from geo.cli_hours import CALENDAR
from geo.errors import ParameterError

if TYPE_CHECKING:  # imported where they are used: they are slow
    from geo.city import City
    from geo.posters.facts import Poster

#: One page for each poster of a batch, to be printed in one go.
ALL: Final = "all.html"
_PLAIN_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}", re.ASCII)


class Press(Protocol):
    """What draws posters; it lives above, with all that people see."""

    def svg(self, poster: Poster, printed: date) -> str:
        """Return a poster as an SVG document, A4."""

    def sheets(self, drawings: Sequence[str]) -> str:
        """Return drawings as one HTML document, a page each."""


def add_poster(parser: argparse.ArgumentParser, press: Callable[[], Press]) -> None:
    """Add the options of ``yizhan poster``.

    Parameters
    ----------
    press
        Gives what draws, when it is needed.
    """
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--place", metavar="ID", help="one poster")
    what.add_argument("--area", metavar="NAME", help="the posters of a subdistrict or district, e.g. 东四街道")
    what.add_argument("--check", type=Path, metavar="CSV|DIR", help="list the posters that have gone stale")
    parser.add_argument("--city", type=Path, required=True, metavar="DIR", help="a city pack")
    parser.add_argument("--register", metavar="FILE|URL", help="the places of a register as well")
    parser.add_argument("--url", help="the site's public address, where codes lead: https://…")
    parser.add_argument("--out", type=Path, metavar="FILE|DIR", help="a .svg or .html file; with --area a folder")
    parser.set_defaults(run=lambda arguments: _poster(arguments, press))


def _poster(arguments: argparse.Namespace, press: Callable[[], Press]) -> int:
    from geo.live import LiveCity
    from geo.posters.links import read_site_url

    url = None if arguments.url is None else read_site_url(arguments.url)
    if arguments.check is None:
        if url is None:
            raise ParameterError(
                "url is missing: codes must lead to the site's public address; give it, e.g. "
                "--url https://yizhan.example.cn",
                parameter="url",
            )
        if arguments.out is None:
            raise ParameterError("out is missing; give a .svg or .html file, or with --area a folder", parameter="out")
    city = LiveCity.open(arguments.city, arguments.register, CALENDAR).current
    if arguments.check is not None:
        return _check(city, arguments.check, url)
    today = datetime.now(UTC).astimezone().date()
    if arguments.place is not None:
        _one(city, arguments.place, str(url), arguments.out, press(), today)
    else:
        _batch(city, arguments.area, str(url), arguments.out, press(), today)
    return 0


def _one(city: City, place_id: str, url: str, out: Path, press: Press, today: date) -> None:
    from geo.posters.facts import poster_of

    if out.suffix not in {".svg", ".html"}:
        raise ParameterError(
            f"out={out.name[:60]!r} must end in .svg or .html; a browser prints the .html as PDF", parameter="out"
        )
    poster = poster_of(city, place_id, url)
    drawing = press.svg(poster, today)
    _write(out, drawing if out.suffix == ".svg" else press.sheets([drawing]))
    print(f"{out}: {poster.name}, fingerprint {poster.fingerprint}")


def _batch(city: City, area: str, url: str, out: Path, press: Press, today: date) -> None:
    from geo.posters.facts import places_in, poster_of
    from geo.posters.stale import INDEX, Print, print_of, read_index, write_index

    places = places_in(city, area)
    kept: tuple[Print, ...] = read_index(out) if (out / INDEX).is_file() else ()
    prints, drawings = {each.place: each for each in kept}, []
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ParameterError(f"{out}: no folder can be made there ({error.strerror})", parameter="out") from error
    for place in places:
        poster = poster_of(city, place.id, url)
        drawings.append(press.svg(poster, today))
        file = f"{_file_name(place.id)}.svg"
        _write(out / file, drawings[-1])
        prints[place.id] = print_of(poster, today, file)
    _write(out / ALL, press.sheets(drawings))
    (out / INDEX).write_bytes(write_index(prints[key] for key in sorted(prints)))
    print(f"{out}: {len(places):,} posters; {ALL} prints them all, {INDEX} tells later which are stale")


def _check(city: City, path: Path, url: str | None) -> int:
    """List what is stale; the exit code is 1 if anything is."""
    from geo.posters.stale import read_index, stale

    prints = read_index(path)
    count = 0
    for found in stale(city, prints, url):
        count += 1
        each = found.print
        print(f"stale: {each.place}  {each.name}  printed {each.printed}  {each.file}")
        for change in found.changes:
            print(f"  {change}")
    print(f"{count:,} of {len(prints):,} posters are stale")
    return 1 if count else 0


def _file_name(place_id: str) -> str:
    """Return a name that no file system takes for a way out of the folder, one for each id.

    Examples
    --------
    >>> _file_name("ss-dongsi"), _file_name("../etc")
    ('ss-dongsi', 'etc-f7f9121f')
    """
    if _PLAIN_NAME.fullmatch(place_id) and place_id == place_id.lower():
        return place_id
    plain = re.sub(r"[^A-Za-z0-9_-]+", "-", place_id).strip("-")[:60] or "place"
    return f"{plain}-{hashlib.sha256(place_id.encode()).hexdigest()[:8]}"


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ParameterError(
            f"{path}: cannot be written ({error.strerror}); choose another --out", parameter="out"
        ) from error
