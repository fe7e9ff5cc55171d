"""What the tests share: the sample city, built once, and the real extract, where it is."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from geo.city import City
from geo.osm.extract import Extract
from geo.osm.files import read_file
from geo.pack.sample import build_sample

WHEN = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
_ROOT = Path(__file__).parents[1]


def real_data() -> Path:
    """Return the folder of real data; it need not exist."""
    return Path(os.environ.get("YIZHAN_REAL_DATA", _ROOT.parent / "shared" / "data"))


@pytest.fixture(scope="session")
def real_extract_path() -> Path:
    """Return the real extract; without it the test is skipped, and under CI fails."""
    path = real_data() / "beijing" / "beijing.osm.pbf"
    if not path.is_file():
        message = f"no real extract at {path}; set YIZHAN_REAL_DATA to the folder that holds beijing/beijing.osm.pbf"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return path


@pytest.fixture(scope="session")
def real_extract(real_extract_path: Path) -> Extract:
    """Return the real extract, read."""
    return read_file(real_extract_path)


@pytest.fixture(scope="session")
def sample_pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the sample city's pack."""
    out = tmp_path_factory.mktemp("packs") / "dongcheng"
    build_sample(out, WHEN)
    return out


@pytest.fixture(scope="session")
def sample_city(sample_pack: Path) -> City:
    """Return the sample city, opened."""
    return City.open(sample_pack)
