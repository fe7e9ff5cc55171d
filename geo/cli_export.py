"""The command ``yizhan export``: places leave in the formats of others."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:  # imported where they are used: they are slow
    from collections.abc import Sequence

    from geo.places.model import Place

#: As in :data:`geo.places.interchange.FORMATS`, which is slow to import.
FORMATS: Final = ("hsds", "geojson", "gpkg", "csv", "xlsx", "ics")


def add_export(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``yizhan export`` and what runs it."""
    parser.add_argument("--format", choices=FORMATS, required=True, help="hsds is Open Referral HSDS 3.0, as JSON")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--city", type=Path, metavar="DIR", help="the places of a city pack")
    source.add_argument("--register", metavar="FILE|URL", help="the places of a register")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="replaced once all is written")
    parser.set_defaults(run=run_export)


def run_export(arguments: argparse.Namespace) -> None:
    """Write the file, and say what is in it and what is not."""
    from geo.places.interchange import export

    exported = export(_places(arguments), arguments.out, arguments.format, today=datetime.now(UTC).date())
    what = "events" if arguments.format == "ics" else "places"
    print(f"{arguments.out}: {exported.written:,} {what}")
    for reason, count in exported.left_out.items():
        print(f"  left out: {count:,} {reason}")


def _places(arguments: argparse.Namespace) -> Sequence[Place]:
    if arguments.city is not None:
        from geo.pack.folder import read_manifest, read_places

        read_manifest(arguments.city)
        return read_places(arguments.city)
    from geo.places.store import Register

    with Register.open(arguments.register, create=False) as register:
        return [entry.place for entry in register.all()]
