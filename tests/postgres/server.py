"""A PostgreSQL with PostGIS of the tests' own: in a temporary folder, on a free port, gone afterwards."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import sqlalchemy as sa

#: initdb refuses root.
_USER = "postgres" if os.geteuid() == 0 else None
#: Tests that are killed stop nothing: the kernel does it for them.
_DIES_WITH_US = ("setpriv", "--pdeathsig", "INT") if shutil.which("setpriv") else ()
_TEMPLATE = "yizhan_template"
_START_S = 30


class NoServerError(Exception):
    """PostgreSQL or PostGIS is not installed, or does not start."""


class Server:
    """A running server; each database that it makes is empty but for PostGIS."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._made = 0

    def url(self, database: str) -> str:
        """Return a database's URL."""
        return f"postgresql://tests@127.0.0.1:{self._port}/{database}"

    def new_database(self) -> str:
        """Make a database, return its URL."""
        self._made += 1
        name = f"register_{self._made}"
        self.run("template1", f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE} STRATEGY file_copy")
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Remove a database, whoever is connected to it."""
        self.run("template1", f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")

    def data_folder(self) -> Path:
        """Return where its data lie, which tells it from a server that somebody else runs."""
        return Path(str(self.run("template1", "SHOW data_directory")))

    def run(self, database: str, statement: str) -> object:
        """Run a statement outside of a transaction; return the first value of its answer, if it has one."""
        engine = sa.create_engine(self.url(database).replace("postgresql", "postgresql+pg8000"), poolclass=sa.NullPool)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            answer = connection.exec_driver_sql(statement)
            value = answer.scalar() if answer.returns_rows else None
        engine.dispose()
        return value


@contextmanager
def running_server() -> Iterator[Server]:
    """Start a server, and stop it by its own process id.

    Raises
    ------
    NoServerError
        It is not installed, or does not start.
    """
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not programs:
        raise NoServerError("no PostgreSQL: run sh tests/postgres/install.sh as root")
    folder = Path(tempfile.mkdtemp(prefix="yizhan-postgres-"))
    try:
        if _USER is not None:
            shutil.chown(folder, _USER)
        data = _make(programs[-1].parent, folder)
        server, process = _start(programs[-1].parent, folder, data)
        try:
            server.run("template1", f"CREATE DATABASE {_TEMPLATE}")
            server.run(_TEMPLATE, "CREATE EXTENSION postgis")
            yield server
        finally:
            _stop(process)
    finally:
        shutil.rmtree(folder)


def _make(programs: Path, folder: Path) -> Path:
    data = folder / "data"
    made = subprocess.run(
        [programs / "initdb", "--pgdata", data, "--username=tests", "--auth=trust", "--encoding=UTF8", "--locale=C",
         "--no-sync"],
        user=_USER, group=_USER, extra_groups=None if _USER is None else [], cwd="/", capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    if made.returncode:
        raise NoServerError(f"initdb: {made.stderr.strip()}")
    return data


def _start(programs: Path, folder: Path, data: Path, attempts: int = 3) -> tuple[Server, subprocess.Popen[bytes]]:
    """Start a server on a free port; on another one if somebody has taken it meanwhile, as tests beside these may."""
    port = _free_port()
    process = _launch(programs, folder, data, port)
    server = Server(port)
    try:
        _wait(server, process, data, folder / "log")
    except BaseException as error:
        _stop(process)
        if isinstance(error, NoServerError) and attempts > 1:
            return _start(programs, folder, data, attempts - 1)
        raise
    return server, process


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGINT)  # "fast": it does not wait for clients
    process.wait(_START_S)


def _launch(programs: Path, folder: Path, data: Path, port: int) -> subprocess.Popen[bytes]:
    settings = {
        "listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": folder, "fsync": "off",
        "shared_buffers": "32MB", "max_connections": 30, "timezone": "Asia/Shanghai",
    }  # fmt: skip
    options = [f"--{name}={value}" for name, value in settings.items()]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [*_DIES_WITH_US, programs / "postgres", "-D", data, *options],
            user=_USER, group=_USER, extra_groups=None if _USER is None else [], cwd="/", stdout=log, stderr=log,
        )  # fmt: skip


def _wait(server: Server, process: subprocess.Popen[bytes], data: Path, log: Path) -> None:
    end = time.monotonic() + _START_S
    while True:
        ended, ours = process.poll() is not None, False
        with suppress(sa.exc.SQLAlchemyError):
            ours = server.data_folder() == data
        if ours and not ended:
            return
        if ended or time.monotonic() > end:
            raise NoServerError(f"PostgreSQL did not start: {log.read_text()[-500:]}")
        time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
