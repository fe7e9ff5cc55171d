"""Compiles kernels to machine code. The only door to numba.

Compiled code is kept on disk beside the module (or where ``NUMBA_CACHE_DIR`` says), so that a server compiles
nothing: ``yizhan build`` has done it.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeVar

import numba
from llvmlite import binding

_P = ParamSpec("_P")
_R = TypeVar("_R")

#: All kernels of the modules that are loaded.
_KERNELS: Final[list[Any]] = []


def compiled(kernel: Callable[_P, _R]) -> Callable[_P, _R]:
    """Compile a function of numpy arrays and numbers; it runs without the interpreter's lock."""
    _KERNELS.append(numba.njit(cache=True, nogil=True, boundscheck=False)(kernel))
    made: Callable[_P, _R] = _KERNELS[-1]
    return made


def mark_of_kernels() -> Path:
    """Return where to leave a file that tells, by being there, that what the loaded kernels are asked for is compiled.

    It lies beside the compiled code, and its name depends on all that this depends on: the sources, as numba looks at
    them, numba itself, and the processor.
    """
    sources = sorted({kernel.py_func.__code__.co_filename for kernel in _KERNELS})
    about = [sys.version, numba.__version__, binding.get_host_cpu_name(), binding.get_host_cpu_features().flatten()]
    about += [f"{source} {(stat := os.stat(source)).st_mtime_ns} {stat.st_size}" for source in sources]
    name = hashlib.sha256("\n".join(about).encode()).hexdigest()[:16]
    return Path(_KERNELS[0].stats.cache_path, f"compiled-{name}.mark")


def put_away() -> None:
    """Put away what of the loaded kernels only the compiler wants, in case it is called once more: 25 MB of a server.

    With the machine code of a kernel numba loads LLVM's own view of it, to build it into other kernels. It is kept as
    the bytes that it is read from, a seventh, and read if it is asked for. This is no part of numba's interface: with a
    version that keeps nothing under that name nothing is lost.
    """
    libraries = [overload.library for kernel in _KERNELS for overload in kernel.overloads.values()]
    for library in libraries:
        module = getattr(library, "_shared_module", None)
        if module is not None:
            library._get_module_for_linking = partial(_taken_out, library, module.as_bitcode())
            library._shared_module = None


def _taken_out(library: Any, bitcode: bytes) -> Any:
    if library._shared_module is None:
        library._shared_module = binding.parse_bitcode(bitcode)
    return library._shared_module
