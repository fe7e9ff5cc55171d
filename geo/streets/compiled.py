"""Compiles kernels to machine code. The only door to numba.

Compiled code is kept on disk beside the module (or where ``NUMBA_CACHE_DIR`` says), so that a server compiles
nothing: ``yizhan build`` has done it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

import numba

_P = ParamSpec("_P")
_R = TypeVar("_R")


def compiled(kernel: Callable[_P, _R]) -> Callable[_P, _R]:
    """Compile a function of numpy arrays and numbers; it runs without the interpreter's lock."""
    return numba.njit(cache=True, nogil=True, boundscheck=False)(kernel)
