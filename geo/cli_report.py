"""The command yizhan report: a printable page for a subdistrict, or one for each."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from geo.cli_coverage import add_question, area_number, read_asked, read_monday
from geo.errors import ParameterError

if TYPE_CHECKING:  # imported where they are used: they are slow
    from geo.city import City
    from geo.coverage_report import Basis

    #: Makes the pages of some subdistricts, each with its number.
    Pages = Callable[[City, Basis, Sequence[int], str], Iterator[tuple[int, str]]]


def add_report(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``yizhan report``; :func:`write_reports` runs it."""
    add_question(parser)
    parser.add_argument(
        "--area", metavar="NAME", help="one subdistrict: its name, id or number (default: each of them)"
    )
    parser.add_argument("--week", metavar="DAY", help="a day of the week that is told (default: that of --when)")
    parser.add_argument("--lang", default="zh", metavar="LANG", help="zh, en (default %(default)s)")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="FILE.html, or a folder without --area")


def write_reports(arguments: argparse.Namespace, pages: Pages) -> None:
    """Write the pages, each whole or not at all.

    Raises
    ------
    YizhanError
        An option or the city pack cannot be used, or the disk does not take a page.
    """
    from tqdm import tqdm

    from geo.coverage_report import basis_of
    from geo.places.hours import CHINA
    from geo.places.interchange import appearing

    asked = read_asked(arguments)
    day = (asked.query.when or datetime.now(UTC)).astimezone(CHINA).date().isoformat()
    monday = read_monday(arguments.week or day)
    out: Path = arguments.out
    numbers = range(len(asked.city.areas)) if arguments.area is None else [area_number(asked.city, arguments.area)]
    if not numbers:
        raise ParameterError(f"{asked.city.manifest.name} has no subdistricts; build the pack with --population")
    basis = basis_of(asked.answer(), monday)
    if basis is None:
        return
    if arguments.area is None:
        _make_folder(out)
    told = tqdm(pages(asked.city, basis, numbers, arguments.lang), total=len(numbers), unit=" pages", disable=None)
    for number, text in told:
        path = out if arguments.area is not None else out / f"{number:03}-{_ascii(asked.city.areas[number].id)}.html"
        with appearing(path) as building:
            building.write_text(text, encoding="utf-8")
    print(f"{out}: {len(numbers):,} {'page' if len(numbers) == 1 else 'pages'}")


def _make_folder(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ParameterError(f"{out}: no folder can be made there ({error.strerror}); choose another --out") from error


def _ascii(text: str) -> str:
    """Return what of a text may stand in a file's name anywhere."""
    return "".join(c for c in text if c.isascii() and (c.isalnum() or c in "-_"))[:40]
