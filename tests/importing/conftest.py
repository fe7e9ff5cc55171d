"""The real city's words, read once."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.importing.clues import CityWords


@pytest.fixture(scope="session")
def real_words(real_pack: Path) -> CityWords:
    """Return what the real city's names mean."""
    return CityWords.read(real_pack)
