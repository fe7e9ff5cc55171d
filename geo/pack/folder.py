"""The city pack as a folder: what lies in it, and how it comes to lie there whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import tomli_w

from geo.errors import PackError
from geo.finding.gazetteer import Name
from geo.finding.name_index import NameIndex
from geo.places.model import Place, place_from_json, place_to_json

FORMAT: Final = 6
MANIFEST: Final = "city.toml"
STREETS: Final = "streets"
PLACES: Final = "places.json"
NAMES: Final = "names.sqlite"
AREAS: Final = "areas.geojson"
BASE_MAP: Final = "base.pmtiles"
DEMAND: Final = "demand"

_Row = TypeVar("_Row")


@dataclass(frozen=True)
class Manifest:
    """What ``city.toml`` says of a pack.

    Attributes
    ----------
    name, name_en
        The city.
    sample
        Whether this is the sample city, whose positions are illustrative.
    built
        When, ISO 8601 with offset.
    version
        Changes whenever anything in the pack does.
    bbox
        Around the streets: west, south, east, north in degrees.
    sources
        One table per source: name, licence, url, attribution, origin, vintage, sha256.
    counts, dropped
        How much is in it, and what was left out, by reason.
    """

    name: str
    name_en: str | None
    sample: bool
    built: str
    version: str
    bbox: tuple[float, float, float, float]
    sources: tuple[Mapping[str, str], ...]
    counts: Mapping[str, int | float]
    dropped: Mapping[str, int]


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write ``city.toml``."""
    values: dict[str, Any] = {
        "format": FORMAT,
        "name": manifest.name,
        "sample": manifest.sample,
        "built": manifest.built,
        "version": manifest.version,
        "bbox": list(manifest.bbox),
        "counts": dict(manifest.counts),
        "dropped": dict(manifest.dropped),
        "sources": [dict(source) for source in manifest.sources],
    }
    if manifest.name_en is not None:
        values["name_en"] = manifest.name_en
    (folder / MANIFEST).write_text(tomli_w.dumps(values), encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """Read ``city.toml``.

    Raises
    ------
    PackError
        The folder is no city pack, or one of another format.
    """
    try:
        values = tomllib.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if values["format"] != FORMAT:
            raise PackError(f"{folder}: a city pack of format {values['format']}, not {FORMAT}; build it again")
        west, south, east, north = values["bbox"]
        return Manifest(
            name=values["name"],
            name_en=values.get("name_en"),
            sample=values["sample"],
            built=values["built"],
            version=values["version"],
            bbox=(west, south, east, north),
            sources=tuple(values["sources"]),
            counts=values["counts"],
            dropped=values["dropped"],
        )
    except FileNotFoundError:
        raise PackError(f"{folder}: no city pack there (no {MANIFEST}); make one with yizhan build") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        if isinstance(error, PackError):
            raise
        raise PackError(f"{folder / MANIFEST}: damaged ({error}); build the pack again") from error


def write_places(folder: Path, places: Sequence[Place]) -> None:
    """Write the places, one a line."""
    _write_lines(folder / PLACES, [place_to_json(place) for place in places])


def read_places(folder: Path) -> tuple[Place, ...]:
    """Read the places, in the order written."""
    return _read_rows(folder / PLACES, place_from_json)


def read_names(folder: Path) -> tuple[Name, ...]:
    """Read the gazetteer's names, ordered by name."""
    return NameIndex.of_file(folder / NAMES).names()


def _write_lines(path: Path, rows: Sequence[Any]) -> None:
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def _read_rows(path: Path, read: Callable[[Any], _Row]) -> tuple[_Row, ...]:
    try:
        return tuple(read(row) for row in json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PackError(f"{path}: missing or damaged ({error}); build the pack again") from error


def content_version(folder: Path) -> str:
    """Short hash over everything in a folder, for cache keys."""
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        digest.update(str(path.relative_to(folder)).encode())
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:12]


@contextmanager
def new_pack(out: Path) -> Iterator[Path]:
    """Give a temporary folder beside ``out`` for a city pack; see :func:`new_folder`."""
    with new_folder(out, MANIFEST, "city pack") as building:
        yield building


@contextmanager
def new_folder(out: Path, known_by: str, what: str, option: str = "--out") -> Iterator[Path]:
    """Give a temporary folder beside ``out``; on success it takes its place, on failure nothing is left.

    Parameters
    ----------
    known_by, what
        The file by which an older one is known that may be replaced, and what it is then.
    option
        By which the folder was named.

    Raises
    ------
    PackError
        ``out`` is something else, or the disk does not take it.
    """
    if out.exists() and not (out / known_by).is_file() and not _is_empty_folder(out):
        raise PackError(f"{out}: is in the way and no {what}; choose another {option}")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        building = Path(tempfile.mkdtemp(prefix=f".{out.name}.building-", dir=out.parent))
    except OSError as error:
        raise _disk_error(out, error) from error
    try:
        yield building
        building.chmod(0o755)
        _swap(building, out)
    except OSError as error:
        if isinstance(error, PackError) or error.errno is None:
            raise
        raise _disk_error(out, error) from error
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _swap(building: Path, out: Path) -> None:
    """Put the new folder in the old one's place; the old one is moved aside first and deleted last."""
    if not out.exists():
        os.replace(building, out)
        return
    aside = Path(tempfile.mkdtemp(prefix=f".{out.name}.old-", dir=out.parent)) / "pack"
    os.replace(out, aside)
    try:
        os.replace(building, out)
    except OSError:
        os.replace(aside, out)
        raise
    finally:
        shutil.rmtree(aside.parent, ignore_errors=True)


def _is_empty_folder(path: Path) -> bool:
    return path.is_dir() and not any(path.iterdir())


def _disk_error(out: Path, error: OSError) -> PackError:
    if error.errno == errno.ENOSPC:
        return PackError(f"{out}: the disk is full; free some space or choose another --out. Nothing was left behind")
    return PackError(f"{out}: cannot be written ({error.strerror or error}); choose another --out")
