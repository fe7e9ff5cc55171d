"""Arrays that stay in their files: processes share them, and what nobody asks for takes no memory."""

from __future__ import annotations

import mmap
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


def mapped(path: Path) -> NDArray[Any]:
    """Open an array that ``numpy.save`` wrote; it is read-only, and read as it is asked for.

    Raises
    ------
    OSError, EOFError, ValueError
        There is no such file, or it holds no array.
    """
    return np.asarray(np.load(path, mmap_mode="r"))


def let_go(arrays: Iterable[NDArray[Any]]) -> int:
    """Take what was read of mapped arrays out of this process, and return how many bytes they span.

    They are read again as they are asked for, most often from the system's own cache. Arrays that are not mapped stay.
    """
    spanned = 0
    for array in arrays:
        base: Any = array
        while isinstance(base, np.ndarray):
            base = base.base
        if isinstance(base, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
            base.madvise(mmap.MADV_DONTNEED)
            spanned += len(base)
    return spanned
