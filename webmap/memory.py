"""What a process gives back before others are forked from it: whatever lies there then is in memory once, for all."""

from __future__ import annotations

import ctypes
import gc
import mmap
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from geo.streets.compiled import put_away

#: Where Linux tells a process of its memory, and a mapping of a file that nobody may write.
_MAPS: Final = "/proc/self/smaps"
_MAPPED: Final = re.compile(r"(?P<begin>[0-9a-f]+)-(?P<end>[0-9a-f]+) r-[x-][ps] \S+ \S+ \S+ +/")
_WRITTEN: Final = "Anonymous:"


def give_back() -> None:
    """Give back what nobody will ask for, and settle the rest so that few pages of it are written on."""
    put_away()
    gc.collect()
    gc.freeze()  # otherwise each process, looking for garbage, would write on what it shares
    libc = ctypes.CDLL(None)
    if hasattr(libc, "malloc_trim"):
        libc.malloc_trim(0)  # between what stays there is room: each process would fill it on pages of its own
    if Path(_MAPS).is_file():
        _give_back_files(libc)


def _give_back_files(libc: ctypes.CDLL) -> None:
    """Take what was read of mapped files out of this process.

    Most of it are libraries: of LLVM alone 60 MB have been touched when all kernels are there. They are read again as
    they are needed, most often from the system's own cache.
    """
    for begin, end in _untouched(Path(_MAPS).read_text()):
        libc.madvise(ctypes.c_void_p(begin), ctypes.c_size_t(end - begin), mmap.MADV_DONTNEED)


def _untouched(smaps: str) -> Iterator[tuple[int, int]]:
    """Yield where files lie of which no page was ever written: a page that was, by the loader, would be lost."""
    found = None
    for line in smaps.splitlines():
        if not line[0].isupper():
            match = _MAPPED.match(line)
            found = None if match is None else (int(match["begin"], 16), int(match["end"], 16))
        elif found is not None and line.startswith(_WRITTEN) and int(line.split()[1]) == 0:
            yield found
