"""Places leave in the formats of others, and come back from three of them without loss.

HSDS, GeoJSON and CSV are read back to exactly the places that were written. XLSX holds the same table as CSV,
GeoPackage the same columns for a map program; iCalendar holds only what recurs. Texts that no such file can hold are
refused: nothing is lost in silence.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Final, Literal, NamedTuple, get_args

from geo.errors import InterchangeError
from geo.places.interchange.feed import write_feed
from geo.places.interchange.geojson import read_geojson, write_geojson
from geo.places.interchange.hsds import read_hsds, write_hsds
from geo.places.interchange.tables import check_texts, read_csv, write_csv
from geo.places.model import Place

Format = Literal["hsds", "geojson", "gpkg", "csv", "xlsx", "ics"]
FORMATS: Final[tuple[Format, ...]] = get_args(Format)


def _workbook(places: Sequence[Place]) -> bytes:
    from geo.places.interchange.workbook import write_workbook  # noqa: PLC0415  # brings openpyxl

    return write_workbook(places)


_WRITERS: Final[dict[str, Callable[[Sequence[Place]], bytes]]] = {
    "hsds": write_hsds,
    "geojson": write_geojson,
    "csv": write_csv,
    "xlsx": _workbook,
}
_READERS: Final[dict[str, Callable[[bytes], tuple[Place, ...]]]] = {
    "hsds": read_hsds,
    "geojson": read_geojson,
    "csv": read_csv,
}


class Exported(NamedTuple):
    """What was written: how many places or events, and what was left out of it, by reason."""

    written: int
    left_out: dict[str, int]


def export(places: Sequence[Place], out: Path, file_format: Format, *, today: date) -> Exported:
    """Write places to a file, whole or not at all.

    Parameters
    ----------
    places
        In the order in which they are to stand in the file.
    out
        Replaced if it is there, once all is written.
    file_format
        ``hsds`` (Open Referral HSDS 3.0, JSON), ``geojson``, ``gpkg``, ``csv``, ``xlsx`` or ``ics``.
    today
        From which day on a calendar begins.

    Raises
    ------
    InterchangeError
        A text or number cannot live in the format, two places have one id, or the disk does not take the file.
    """
    check_texts(places)
    if file_format == "gpkg":
        from geo.places.interchange.geopackage import write_geopackage  # noqa: PLC0415  # brings geopandas, pandas

        with appearing(out) as building:
            write_geopackage(places, building)
        return Exported(len(places), {})
    exported = Exported(len(places), {})
    if file_format == "ics":
        feed = write_feed(places, today)
        content, exported = feed.content, Exported(feed.events, feed.left_out)
    else:
        content = _WRITERS[file_format](places)
    with appearing(out) as building:
        building.write_bytes(content)
    return exported


def read_back(content: bytes, file_format: Literal["hsds", "geojson", "csv"]) -> tuple[Place, ...]:
    """Read what :func:`export` wrote; lists from elsewhere are imported instead.

    Raises
    ------
    InterchangeError
        Something else was written there.
    """
    try:
        return _READERS[file_format](content)
    except InterchangeError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        message = f"this is no {file_format} file as yizhan export writes it ({error}); use yizhan import for others"
        raise InterchangeError(message) from error


@contextmanager
def appearing(out: Path) -> Iterator[Path]:
    """Give a path in a temporary folder beside ``out``; on success the file takes its place, else nothing is left.

    Raises
    ------
    InterchangeError
        The disk does not take it.
    """
    folder = None
    try:
        folder = Path(tempfile.mkdtemp(prefix=f".{out.name}.writing-", dir=out.parent))
        yield folder / out.name
        os.replace(folder / out.name, out)
    except OSError as error:
        message = f"{out}: cannot be written ({error.strerror or error}); choose another --out. Nothing was left behind"
        raise InterchangeError(message) from error
    finally:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
