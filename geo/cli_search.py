"""The command yizhan search: what a name, its pinyin, its initials or an address means in a city."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Final

from geo.choosing.words import read_degrees
from geo.coords import LonLat
from geo.errors import ParameterError

_MOST: Final = 100


def add_search(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``yizhan search``."""
    parser.add_argument("text", metavar="TEXT", help="望京, wangjing, wj, 朝阳门南小街12号")
    parser.add_argument("--city", type=Path, required=True, metavar="DIR", help="a city pack")
    parser.add_argument("--limit", default="8", metavar="N", help="how many names at most (default %(default)s)")
    parser.add_argument(
        "--near", metavar="LON,LAT", help="names near this point first, not near the middle of the city"
    )
    parser.add_argument("--json", action="store_true", help="answer as JSON")
    parser.set_defaults(run=_search)


def _search(arguments: argparse.Namespace) -> None:
    from geo.city import City

    limit, near = _limit(arguments.limit), _near(arguments.near)
    found = City.open(arguments.city).search(arguments.text, limit, near)
    if arguments.json:
        print(json.dumps([name._asdict() for name in found], ensure_ascii=False, indent=1))
        return
    if not found:
        print("nothing has such a name; try fewer characters, or pinyin")
    for name in found:
        about = [name.kind, *name.also, *filter(None, (name.context,))]
        if not name.exact:
            about.append("number not known, middle of the street")
        print(f"{name.name}  {name.position.lon:.6f},{name.position.lat:.6f}  {' · '.join(about)}")


def _limit(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= _MOST:
        return int(text)
    raise ParameterError(f"limit={text[:40]!r} must be a whole number from 1 to {_MOST}", parameter="limit")


def _near(text: str | None) -> LonLat | None:
    if text is None:
        return None
    lon, comma, lat = text.partition(",")
    if not comma:
        raise ParameterError(f"near={text[:60]!r} must be LON,LAT, e.g. 116.41,39.92", parameter="near")
    return LonLat(read_degrees("near", lon.strip(), 180), read_degrees("near", lat.strip(), 90))
