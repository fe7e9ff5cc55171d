"""The base map of a city pack: an extract -> one PMTiles file of vector tiles. The only door to tippecanoe."""

from __future__ import annotations

import errno
import importlib.util
import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import shapely

from geo.coords import BBox
from geo.errors import PackError
from geo.osm.extract import Extract
from geo.pack.labels import labels
from geo.pack.layers import MAX_ZOOM, MIN_ZOOM, Shape, shapes
from geo.pack.tiles import TileFile

_PROGRAM = "tippecanoe"
_RESULT = "base.pmtiles"

#: The map ends this far beyond the outermost street.
_MARGIN_M = 500.0

_OPTIONS = (
    f"--output={_RESULT}",
    f"--minimum-zoom={MIN_ZOOM}",
    f"--maximum-zoom={MAX_ZOOM}",
    "--read-parallel",
    "--drop-rate=1",  # each shape says itself from which zoom it is drawn; none is dropped at random
    "--no-feature-limit",
    "--no-tile-size-limit",
    "--no-tile-stats",
    "--no-simplification-of-shared-nodes",  # streets stay joined at their junctions
    "--simplification=4",  # half a pixel as drawn
    "--simplification-at-maximum-zoom=1",  # these tiles are enlarged for closer views
)


@dataclass(frozen=True)
class TileSummary:
    """What was built.

    Attributes
    ----------
    shapes
        Number of shapes given to each layer.
    tiles
        Number of tiles.
    size_bytes, largest_tile_bytes
        Of the file, and of its largest tile, compressed.
    """

    shapes: Mapping[str, int]
    tiles: int
    size_bytes: int
    largest_tile_bytes: int


def build_tiles(extract: Extract, out: Path, *, name: str) -> TileSummary:
    """Build the vector tiles of an extract.

    Parameters
    ----------
    extract
        Streets and features; the map is cut off a little beyond the streets.
    out
        The PMTiles file to write or replace. It appears whole or not at all.
    name
        Name of the map, kept in the file.

    Raises
    ------
    PackError
        tippecanoe is missing or failed, the disk is full, or there is nothing to draw.
    """
    program = _find_program()
    try:
        with tempfile.TemporaryDirectory(prefix=".tiles-", dir=out.parent) as folder:
            work = Path(folder)
            counts = _write_layers(itertools.chain(shapes(extract), labels(extract)), work)
            if not counts:
                raise PackError(f"{out.name}: nothing to draw; the extract has neither streets nor areas in use")
            _run(program, work, sorted(counts), bbox=extract.bbox, name=name, credit=extract.provenance.attribution)
            summary = _summarise(work / _RESULT, counts)
            (work / _RESULT).replace(out)
    except PackError:
        raise
    except OSError as error:
        if error.errno == errno.ENOSPC:  # whoever builds the pack says where it was to go
            raise
        raise PackError(
            f"{out}: the base map cannot be written ({error}); check the folder and the free space"
        ) from error
    return summary


def can_build() -> bool:
    """Tell whether this machine has the program that makes tiles; it does not exist for every system."""
    try:
        _find_program()
    except PackError:
        return False
    return True


def _find_program() -> Path:
    """Return the program that the installed package brings, else the one on the path."""
    spec = importlib.util.find_spec(_PROGRAM)
    inside = [Path(folder) / "bin" / _PROGRAM for folder in (spec and spec.submodule_search_locations) or ()]
    on_path = shutil.which(_PROGRAM)
    for program in [*inside, *([Path(on_path)] if on_path else [])]:
        if os.access(program, os.X_OK):
            return program
    raise PackError(
        f"{_PROGRAM}: not installed, so the base map cannot be built; run 'pip install {_PROGRAM}' (Linux and macOS)"
    )


def _write_layers(drawn: Iterable[Shape], folder: Path) -> Counter[str]:
    """Write one file of GeoJSON lines per layer; return how many lines each has."""
    counts: Counter[str] = Counter()
    with ExitStack() as stack:
        files: dict[str, TextIO] = {}
        for shape in drawn:
            if shape.layer not in files:
                files[shape.layer] = stack.enter_context((folder / _file_of(shape.layer)).open("w", encoding="utf-8"))
            files[shape.layer].write(_line(shape))
            counts[shape.layer] += 1
    return counts


def _file_of(layer: str) -> str:
    return f"{layer}.geojsonl"


def _line(shape: Shape) -> str:
    attributes = json.dumps(shape.attributes, ensure_ascii=False)
    return (
        f'{{"type":"Feature","tippecanoe":{{"minzoom":{shape.min_zoom}}},'
        f'"properties":{attributes},"geometry":{shapely.to_geojson(shape.geometry)}}}\n'
    )


def _run(program: Path, folder: Path, layers: list[str], *, bbox: BBox, name: str, credit: str) -> None:
    """Run tippecanoe inside the folder; its progress is shown to whoever watches.

    The command is kept in the file, so it must be the same for the same extract everywhere: no path of this
    machine, and no ``--quiet`` that comes and goes with the terminal.
    """
    command = [
        _PROGRAM,
        *_OPTIONS,
        f"--name={name}",
        f"--attribution={credit}",
        f"--clip-bounding-box={','.join(map(str, bbox.grown(_MARGIN_M)))}",
        *(f"--named-layer={layer}:{_file_of(layer)}" for layer in layers),
    ]
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and every word is made here
            command, executable=program, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=None if _watched() else subprocess.PIPE, check=False,
        )  # fmt: skip
    except OSError as error:
        raise PackError(f"{program}: cannot be run ({error.strerror}); install {_PROGRAM} for this machine") from error
    if done.returncode:
        reason = _reason(done.returncode, done.stderr)
        raise PackError(f"{_PROGRAM} failed ({reason}); check the free space and memory, then build again")


def _watched() -> bool:
    return sys.stderr.isatty()


def _reason(code: int, said: bytes | None) -> str:
    """Return the program's last words, unless it was not let speak them."""
    if code < 0:
        return f"killed by signal {-code}"
    lines = (said or b"").decode(errors="replace").splitlines()
    return next((line.strip() for line in reversed(lines) if line.strip()), f"exit code {code}")


def _summarise(path: Path, counts: Mapping[str, int]) -> TileSummary:
    with TileFile(path) as tiles:
        return TileSummary(
            shapes=dict(counts),
            tiles=len(tiles),
            size_bytes=path.stat().st_size,
            largest_tile_bytes=tiles.largest_bytes,
        )
