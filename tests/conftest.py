"""What the tests share: the sample and the real city, each built once in a run, and the real extract, where it is."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings

from geo.city import City
from geo.cli import main
from geo.osm.extract import Extract
from geo.osm.files import read_file
from geo.pack.sample import build_sample
from geo.streets.from_osm import build_network
from geo.streets.network import StreetNetwork
from geo.streets.profiles import Mode
from tests.oracles import RawStreets, RideAndPark

# The same examples in every worker and on every machine, and no limits of time that a busy one would miss.
# To look for new examples: pytest --hypothesis-profile=default
settings.load_profile("ci")

RealStreets = Callable[[Mode], RawStreets | RideAndPark]
BuiltOnce = Callable[[str, Callable[[Path], object]], Path]

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
def real_streets(real_extract: Extract) -> RealStreets:
    """Return a function that gives the oracle of a mode: the real extract's raw streets. Each is made once."""

    @cache
    def riding() -> RideAndPark:
        return RideAndPark(real_extract.ways)

    @cache
    def raw(mode: Mode) -> RawStreets | RideAndPark:
        if mode == "walk":
            return riding().walk
        return riding() if mode == "ebike" else RawStreets(real_extract.ways, mode)

    return raw


@pytest.fixture(scope="session")
def real_network(request: pytest.FixtureRequest, built_once: BuiltOnce, real_extract_path: Path) -> StreetNetwork:
    """Return the real extract's streets; who builds them reads the extract, the others need not."""
    assert real_extract_path.is_file()

    def build(out: Path) -> None:
        begun = out.with_suffix(".begun")
        build_network(request.getfixturevalue("real_extract"))[0].save(begun)
        begun.rename(out)

    return StreetNetwork.load(built_once("streets", build))


@pytest.fixture(scope="session")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> BuiltOnce:
    """Return a function that gives a folder that one of the workers builds, and the others wait for.

    ``built_once("city", build)`` calls ``build(path)``, which makes the folder whole or not at all, as packs are made.
    Nobody may write to it: who must, copies it.
    """
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "built-once"
    shared.mkdir(exist_ok=True)

    def built(name: str, build: Callable[[Path], object]) -> Path:
        out = shared / name
        # the lock of a worker that dies is let go by the kernel
        with (shared / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not out.exists():
                build(out)
        return out

    return built


@pytest.fixture(scope="session")
def sample_pack(built_once: BuiltOnce) -> Path:
    """Return the folder of the sample city's pack."""
    return built_once("dongcheng", lambda out: build_sample(out, WHEN))


@pytest.fixture(scope="session")
def real_pack(real_extract_path: Path, built_once: BuiltOnce) -> Path:
    """Return the folder of the real city's pack, built as one builds it, with residents."""
    residents = real_data() / "beijing" / "population_by_subdistrict.csv"

    def build(out: Path) -> None:
        words = ["build", "--osm", real_extract_path, "--out", out, "--name", "北京", "--population", residents]
        assert main([str(word) for word in words]) == 0

    return built_once("beijing", build)


@pytest.fixture(scope="session")
def real_city(real_pack: Path) -> City:
    """Return the real city, opened."""
    return City.open(real_pack)


@pytest.fixture(scope="session")
def sample_city(sample_pack: Path) -> City:
    """Return the sample city, opened."""
    return City.open(sample_pack)
