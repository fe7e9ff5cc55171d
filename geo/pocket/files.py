"""A pocket's file: named sections, each compressed and with a checksum, so that half a file is never taken for one.

All numbers are little-endian. The file begins with :data:`MAGIC`, the number of its format (uint32), the number of its
sections (uint32) and a CRC-32 of the table (uint32). The table has a row for each section: its name (8 bytes of ASCII,
filled up with spaces), where it begins, how long it is as stored and as unpacked, and a CRC-32 of it as stored (uint32
each). Sections follow in the order of the table, without gaps, to the end of the file; each is a gzip stream.
"""

from __future__ import annotations

import gzip
import struct
import zlib
from collections.abc import Mapping
from typing import Final

from geo.errors import InterchangeError

MAGIC: Final = b"YZPOCKET"
#: Another number is another format: readers refuse it.
FORMAT: Final = 1

_HEAD: Final = struct.Struct("<8sIII")
_ROW: Final = struct.Struct("<8sIIII")
#: More is no pocket.
_MAX_SECTIONS: Final = 64


def pack(sections: Mapping[str, bytes]) -> bytes:
    """Return a file of named sections; equal sections make equal bytes.

    Parameters
    ----------
    sections
        By name, at most 8 characters of ASCII.

    Examples
    --------
    >>> unpack(pack({"meta": b"{}", "shape": b""}))
    {'meta': b'{}', 'shape': b''}
    """
    stored = {name: gzip.compress(body, compresslevel=9, mtime=0) for name, body in sections.items()}
    at, rows = _HEAD.size + _ROW.size * len(stored), []
    for name, body in stored.items():
        rows.append(_ROW.pack(name.encode("ascii").ljust(8), at, len(body), len(sections[name]), zlib.crc32(body)))
        at += len(body)
    table = b"".join(rows)
    return b"".join([_HEAD.pack(MAGIC, FORMAT, len(rows), zlib.crc32(table)), table, *stored.values()])


def unpack(data: bytes, only: str | None = None) -> dict[str, bytes]:
    """Return the sections of a file that :func:`pack` made.

    Parameters
    ----------
    data
        The whole file.
    only
        Just this one is wanted; the others are compared with their checksums all the same.

    Raises
    ------
    InterchangeError
        It is another file, of another format, cut off or damaged.
    """
    if len(data) < _HEAD.size or not data.startswith(MAGIC):
        raise InterchangeError("no pocket: its first bytes are others; fetch the file again")
    _, number, count, checksum = _HEAD.unpack_from(data)
    if number != FORMAT:
        raise InterchangeError(f"a pocket of format {number}, not {FORMAT}; fetch a newer one, or update the page")
    table = data[_HEAD.size : _HEAD.size + _ROW.size * count]
    if count > _MAX_SECTIONS or len(table) < _ROW.size * count or zlib.crc32(table) != checksum:
        raise _damaged("its table")
    sections, end = {}, _HEAD.size + len(table)
    for tag, at, stored, size, checksum in _ROW.iter_unpack(table):
        name = tag.decode("ascii").rstrip()
        body = data[at : at + stored]
        if at != end or len(body) < stored or zlib.crc32(body) != checksum:
            raise _damaged(f"the section {name}")
        end = at + stored
        if only not in (None, name):
            continue
        try:
            sections[name] = gzip.decompress(body)
        except (OSError, EOFError, zlib.error) as error:
            raise _damaged(f"the section {name}") from error
        if len(sections[name]) != size:
            raise _damaged(f"the section {name}")
    if end != len(data):
        raise _damaged("its end")
    return sections


def _damaged(what: str) -> InterchangeError:
    return InterchangeError(f"a pocket that is cut off or damaged ({what}); fetch the file again")
