"""Whole numbers as few bytes: small ones take one, seven bits to a byte, the lowest first (LEB128)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_MOST_BYTES = 9


def varints(values: NDArray[Any]) -> bytes:
    """Write whole numbers from 0 on; what follows is told by the highest bit of a byte.

    Examples
    --------
    >>> varints(np.array([1, 127, 128, 300])).hex()
    '017f8001ac02'
    """
    numbers = np.asarray(values, dtype=np.int64).ravel()
    if (numbers < 0).any():
        raise ValueError("numbers below 0 are written with zigzag()")
    size = np.ones(len(numbers), dtype=np.int64)
    for more in range(1, _MOST_BYTES):
        size += numbers >= 1 << (7 * more)
    begin = np.cumsum(size) - size
    out = np.empty(int(size.sum()), dtype=np.uint8)
    for nth in range(int(size.max(initial=0))):
        has = size > nth
        out[begin[has] + nth] = (numbers[has] >> (7 * nth)) & 0x7F | np.where(size[has] > nth + 1, 0x80, 0)
    return out.tobytes()


def zigzag(values: NDArray[Any]) -> NDArray[np.int64]:
    """Fold numbers of both signs so that small ones stay small: 0, -1, 1, -2 become 0, 1, 2, 3.

    Examples
    --------
    >>> zigzag(np.array([0, -1, 1, -2])).tolist()
    [0, 1, 2, 3]
    """
    numbers = np.asarray(values, dtype=np.int64)
    return np.asarray((numbers << 1) ^ (numbers >> 63))
