"""The command ``yizhan export``: places leave in the formats of others, and the finder as a folder of plain files."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from geo.errors import ParameterError

if TYPE_CHECKING:  # imported where they are used: they are slow
    from collections.abc import Callable, Sequence

    from geo.places.model import Place

    #: Writes a site: the folder, the pack, the register, the districts, the time.
    Site = Callable[[Path, Path | None, str | None, Sequence[str], datetime], None]

#: As in :data:`geo.places.interchange.FORMATS`, which is slow to import.
FORMATS: Final = ("hsds", "geojson", "gpkg", "csv", "xlsx", "ics")


def add_export(parser: argparse.ArgumentParser, write_site: Site) -> None:
    """Add the arguments of ``yizhan export`` and what runs it.

    Parameters
    ----------
    write_site
        Writes a site of plain files and says what is in it.
    """
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--format", choices=FORMATS, help="hsds is Open Referral HSDS 3.0, as JSON")
    what.add_argument("--site", type=Path, metavar="DIR", help="the finder as plain files that any web server can host")
    parser.add_argument("--city", type=Path, metavar="DIR", help="the places of a city pack")
    parser.add_argument(
        "--register", metavar="FILE|URL", help="the places of a register; with --site, beside the pack's"
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="with --format; replaced once all is written")
    parser.add_argument(
        "--district", action="append", default=[], metavar="NAME", help="with --site: only this one; repeat for several"
    )
    parser.set_defaults(run=lambda arguments: run_export(arguments, write_site))


def run_export(arguments: argparse.Namespace, write_site: Site) -> None:
    """Write the file, and say what is in it and what is not; or the site."""
    if arguments.site is not None:
        _refuse(arguments, "--out", "--site names the folder itself")
        write_site(arguments.site, arguments.city, arguments.register, arguments.district, datetime.now(UTC))
        return
    _refuse(arguments, "--district", "it goes with --site")
    if arguments.out is None:
        raise ParameterError("--out is missing; name the file that --format writes", parameter="out")
    if (arguments.city is None) == (arguments.register is None):
        raise ParameterError("give either --city or --register, whose places are to be written", parameter="city")
    from geo.places.interchange import export

    exported = export(_places(arguments), arguments.out, arguments.format, today=datetime.now(UTC).date())
    what = "events" if arguments.format == "ics" else "places"
    print(f"{arguments.out}: {exported.written:,} {what}")
    for reason, count in exported.left_out.items():
        print(f"  left out: {count:,} {reason}")


def _refuse(arguments: argparse.Namespace, option: str, why: str) -> None:
    if getattr(arguments, option.removeprefix("--")):
        raise ParameterError(f"{option} makes no sense here: {why}; leave it out", parameter=option.removeprefix("--"))


def _places(arguments: argparse.Namespace) -> Sequence[Place]:
    if arguments.city is not None:
        from geo.pack.folder import read_manifest, read_places

        read_manifest(arguments.city)
        return read_places(arguments.city)
    from geo.places.store import Register

    with Register.open(arguments.register, create=False) as register:
        return [entry.place for entry in register.all()]
