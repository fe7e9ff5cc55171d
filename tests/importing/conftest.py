"""The real city's words, read once."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from geo.importing.clues import CityWords
from geo.osm.extract import Extract
from geo.pack.build import build_pack


@pytest.fixture(scope="session")
def real_pack(real_extract: Extract, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the real city's pack, built for these tests."""
    out = tmp_path_factory.mktemp("real") / "beijing"
    build_pack(real_extract, out, name="北京", when=datetime(2026, 11, 22, tzinfo=UTC))
    return out


@pytest.fixture(scope="session")
def real_words(real_pack: Path) -> CityWords:
    """Return what the real city's names mean."""
    return CityWords.read(real_pack)
