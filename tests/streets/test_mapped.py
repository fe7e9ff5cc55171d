"""Arrays that stay in their files are read again after they were let go."""

from __future__ import annotations

import mmap
import re
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from geo.streets.mapped import let_go, mapped


def read_kb(path: Path) -> int:
    """How much of a mapped file this process holds, as Linux counts it."""
    held, ours = 0, False
    for line in Path("/proc/self/smaps").read_text(encoding="utf-8").splitlines():
        if re.match(r"[0-9a-f]+-[0-9a-f]+ ", line):
            ours = line.endswith(str(path))
        elif ours and line.startswith("Rss:"):
            held += int(line.split()[1])
    return held


@pytest.fixture
def saved(tmp_path: Path) -> tuple[Path, NDArray[np.int32]]:
    numbers = np.arange(1_000_000, dtype=np.int32)
    np.save(tmp_path / "numbers.npy", numbers)
    return tmp_path / "numbers.npy", numbers


@pytest.mark.skipif(not hasattr(mmap, "MADV_DONTNEED"), reason="this system does not take pages back")
def test_what_was_read_is_let_go_and_read_again(saved: tuple[Path, NDArray[np.int32]]) -> None:
    path, numbers = saved
    array = mapped(path)
    assert np.array_equal(array, numbers)
    before = read_kb(path)
    assert before >= 3900, "all of it was read"
    assert let_go([array]) == path.stat().st_size
    assert read_kb(path) < before // 10
    assert np.array_equal(array, numbers)


def test_parts_and_turned_views_are_let_go_with_their_file(saved: tuple[Path, NDArray[np.int32]]) -> None:
    path, numbers = saved
    part = mapped(path)[10:20].reshape(2, 5).T
    let_go([part])
    assert np.array_equal(part, numbers[10:20].reshape(2, 5).T)


def test_arrays_of_one_s_own_stay(saved: tuple[Path, NDArray[np.int32]]) -> None:
    own = np.arange(5)
    assert let_go([own, own[1:], mapped(saved[0]).copy()]) == 0
    assert own.tolist() == [0, 1, 2, 3, 4]


def test_nobody_writes_in_a_file(saved: tuple[Path, NDArray[np.int32]]) -> None:
    with pytest.raises(ValueError, match="read-only"):
        mapped(saved[0])[0] = 1
