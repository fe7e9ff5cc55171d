"""Kernels on the disk: what marks them, and what is put away of those that are loaded."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from types import ModuleType

import numba
import pytest

from geo.streets.compiled import mark_of_kernels, put_away

KERNEL = """
from geo.streets.compiled import compiled

@compiled
def twice(x):
    return 2 * x
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "kernel_of_a_test.py"
    path.write_text(KERNEL)
    return path


def imported(source: Path) -> ModuleType:
    """Import a module as if for the first time."""
    spec = importlib.util.spec_from_file_location("kernel_of_a_test", source)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_mark_of_kernels_tells_sources_apart(source: Path) -> None:
    imported(source)
    before = mark_of_kernels()

    assert mark_of_kernels() == before, "nothing has changed"
    os.utime(source, ns=(0, 0))  # what numba looks at: it would compile this anew
    assert mark_of_kernels() != before
    assert mark_of_kernels().parent == before.parent


def test_what_is_put_away_can_still_be_built_into_other_kernels(source: Path) -> None:
    """A kernel that was read from the disk has no source any more that another could be compiled with."""
    imported(source).twice(3)
    loaded = imported(source).twice
    loaded(3)
    assert sum(loaded.stats.cache_hits.values()) == 1, "it comes from the disk"
    (overload,) = loaded.overloads.values()
    assert overload.library._shared_module is not None, "what this is all about"

    put_away()
    put_away()  # more than once does no harm

    assert overload.library._shared_module is None
    later = numba.njit(lambda x: loaded(x) + 1)
    assert later(4) == 9
    assert loaded(5) == 10
