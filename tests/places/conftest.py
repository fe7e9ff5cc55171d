"""An empty register on each engine: a SQLite file, and a database of a PostgreSQL of the tests' own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from geo.places.store import Register
from tests.postgres.server import NoServerError, Server, running_server


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """Return a running PostgreSQL with PostGIS; without it the test is skipped, and under CI fails."""
    try:
        with running_server() as server:
            yield server
    except NoServerError as error:
        if os.environ.get("CI") == "true":
            pytest.fail(str(error))
        pytest.skip(str(error))


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return where a register may be made: a path, or the URL of an empty database."""
    if request.param == "sqlite":
        yield str(tmp_path / "register.sqlite")
        return
    server: Server = request.getfixturevalue("postgres")
    url = server.new_database()
    yield url
    server.drop_database(url)


@pytest.fixture
def register(where: str) -> Iterator[Register]:
    """Return an empty register."""
    with Register.open(where) as opened:
        yield opened
