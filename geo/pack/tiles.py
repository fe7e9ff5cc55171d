"""Vector tiles out of one PMTiles file, for a server. The only door to the ``pmtiles`` package.

A file holds the tiles of one city, some thousands, and its directory is read once: asking for a tile is
then a binary search and one slice of the memory-mapped file.
"""

from __future__ import annotations

import mmap
import zlib
from pathlib import Path
from types import TracebackType
from typing import Self

from pmtiles.tile import (
    Compression,
    Entry,
    HeaderDict,
    MagicNumberNotFound,
    SpecVersionUnsupported,
    TileType,
    deserialize_directory,
    deserialize_header,
    find_tile,
    zxy_to_tileid,
)

from geo.errors import PackError

_HEADER_BYTES = 127

#: The format allows three levels of directories.
_MAX_DEPTH = 3

_BROKEN = (MagicNumberNotFound, SpecVersionUnsupported, ValueError, EOFError, IndexError, zlib.error, OSError)


class TileFile:
    """The tiles of one PMTiles file, open for reading.

    Any number of threads may ask at once: the directory never changes after opening, and slices of the
    mapped file share no position.

    Parameters
    ----------
    path
        A PMTiles file (version 3) of gzip-compressed vector tiles.

    Attributes
    ----------
    min_zoom, max_zoom
        Zooms of the first and the last tiles.

    Raises
    ------
    PackError
        The file is missing, cut off, or of another kind.
    """

    def __init__(self, path: Path) -> None:
        try:
            with path.open("rb") as file:
                self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:  # an empty file cannot be mapped
            raise PackError(f"{path}: cannot be read as tiles ({error}); build the city pack again") from error
        try:
            header = deserialize_header(self._slice(0, _HEADER_BYTES))
            self._entries = self._read_directory(header, header["root_offset"], header["root_length"], depth=1)
            self._check(header)
        except _BROKEN as error:
            self.close()
            reason = str(error) or type(error).__name__
            raise PackError(
                f"{path}: not a whole file of vector tiles ({reason}); build the city pack again"
            ) from error
        self._path = path
        self._data_offset = header["tile_data_offset"]
        self.min_zoom = header["min_zoom"]
        self.max_zoom = header["max_zoom"]

    def __enter__(self) -> Self:
        """Return the open file; leaving the block closes it."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self.close()

    def __len__(self) -> int:
        """Return the number of tiles."""
        return sum(entry.run_length for entry in self._entries)

    @property
    def largest_bytes(self) -> int:
        """Size of the largest tile, compressed, in bytes."""
        return max((entry.length for entry in self._entries), default=0)

    def tile(self, z: int, x: int, y: int) -> bytes | None:
        """Return a tile as stored: a Mapbox Vector Tile under gzip.

        Parameters
        ----------
        z, x, y
            Zoom, column from the west, row from the north (XYZ).

        Returns
        -------
        bytes or None
            None where nothing is drawn, and for numbers that name no tile.

        Raises
        ------
        PackError
            The file was closed.
        """
        if not self.min_zoom <= z <= self.max_zoom or not (0 <= x < 1 << z and 0 <= y < 1 << z):
            return None
        entry = find_tile(self._entries, zxy_to_tileid(z, x, y))
        if entry is None:
            return None
        try:
            return self._slice(self._data_offset + entry.offset, entry.length)
        except ValueError as error:
            raise PackError(f"{self._path}: the tiles were closed; open the city pack again") from error

    def close(self) -> None:
        """Let go of the file."""
        self._bytes.close()

    def _slice(self, offset: int, length: int) -> bytes:
        return self._bytes[offset : offset + length]

    def _read_directory(self, header: HeaderDict, offset: int, length: int, *, depth: int) -> list[Entry]:
        """Return the entries for tiles, those of nested directories in place of the entries that point there."""
        if depth > _MAX_DEPTH:
            raise ValueError("directories nested too deeply")
        entries: list[Entry] = []
        for entry in deserialize_directory(self._slice(offset, length)):
            if entry.run_length:
                entries.append(entry)
            else:
                start = header["leaf_directory_offset"] + entry.offset
                entries += self._read_directory(header, start, entry.length, depth=depth + 1)
        return entries

    def _check(self, header: HeaderDict) -> None:
        if header["tile_type"] is not TileType.MVT or header["tile_compression"] is not Compression.GZIP:
            raise ValueError("its tiles are not gzip-compressed vector tiles")
        held = len(self._bytes) - header["tile_data_offset"]
        needed = max((entry.offset + entry.length for entry in self._entries), default=0)
        if held < needed:
            raise ValueError(f"{needed - held} bytes are missing at its end")
