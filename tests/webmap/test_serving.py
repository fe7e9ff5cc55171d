"""The server as a process: it says where it listens, answers, and stops when told."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from geo.coords import LonLat
from geo.places.model import Place, Service
from geo.places.store import Register
from webmap import wsgi
from webmap.serving import address_of, free_address

#: Longest wait for a process, seconds.
PATIENCE_S = 60
WHEN = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class Server:
    """A running ``yizhan serve``."""

    def __init__(self, pack: Path, *arguments: str) -> None:
        command = [sys.executable, "-m", "geo.cli", "serve", "--city", str(pack), *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        watch = threading.Timer(PATIENCE_S, self.process.kill)
        watch.start()
        assert self.process.stdout is not None
        self.said = self.process.stdout.readline()
        watch.cancel()

    @property
    def address(self) -> str:
        match = re.search(r"http://[\d.]+:\d+", self.said)
        assert match is not None, self.said
        return match[0]

    def get(self, path: str) -> tuple[int, bytes]:
        with urllib.request.urlopen(self.address + path, timeout=PATIENCE_S) as response:
            return response.status, response.read()

    def stop(self, number: signal.Signals) -> tuple[int, str]:
        """Return the exit code and what stood on stderr."""
        self.process.send_signal(number)
        _, stderr = self.process.communicate(timeout=PATIENCE_S)
        return self.process.returncode, stderr

    def close(self) -> None:
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()


@pytest.fixture
def server(sample_pack: Path) -> Iterator[Server]:
    running = Server(sample_pack, "--port", "0", "--workers", "2")
    yield running
    if running.process.poll() is None:
        running.stop(signal.SIGTERM)
    running.close()


def test_it_says_where_it_listens_answers_and_stops(server: Server) -> None:
    assert server.said.startswith("东城区（示例）: http://127.0.0.1:")
    assert "127.0.0.1:0" not in server.said, "port 0 is a wish, not an address"

    status, body = server.get("/healthz")
    assert (status, json.loads(body)["status"]) == (200, "ok")
    status, body = server.get("/api/v1/nearest?lon=116.41&lat=39.92")
    assert (status, len(json.loads(body)["results"])) == (200, 5)
    status, body = server.get("/")
    assert status == 200 and body.startswith(b"<!doctype html>")

    assert server.stop(signal.SIGTERM) == (0, "")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_its_processes_stop_with_it(server: Server, number: signal.Signals) -> None:
    """Two processes answer; none is left behind, even where the first one could not tell them."""
    children = subprocess.run(
        ["pgrep", "-P", str(server.process.pid)], capture_output=True, text=True, check=True
    ).stdout.split()
    assert len(children) >= 2
    server.stop(number)  # waits until nobody holds its output any more: they are ending, or ended
    patient = time.monotonic() + PATIENCE_S
    while any(lives(child) for child in children) and time.monotonic() < patient:
        time.sleep(0.05)
    assert not [child for child in children if lives(child)]


def test_what_is_registered_later_is_told_by_all_its_processes(sample_pack: Path, tmp_path: Path) -> None:
    """They are forked from one that had read the register, and must not share its connection."""
    where, here = tmp_path / "register.sqlite", LonLat(116.4172, 39.9262)
    place = Place("one", "驿站", here, "exact", (Service("rest_stop"),), "list")
    with Register.open(where) as register:
        with register.edit(who="clerk", when=WHEN, source="list") as edit:
            edit.add(place)
        running = Server(sample_pack, "--port", "0", "--workers", "2", "--register", str(where))
        try:
            assert known(running, "one")
            with register.edit(who="clerk", when=WHEN, source="list") as edit:
                edit.add(replace(place, id="two"))
            end = time.monotonic() + PATIENCE_S
            told = 0
            while told < 20 and time.monotonic() < end:  # whichever process answers
                told = told + 1 if known(running, "two") else 0
                time.sleep(0.05)
            assert told == 20
            assert running.stop(signal.SIGTERM) == (0, "")
        finally:
            running.process.kill()
            running.close()


def known(server: Server, place_id: str) -> bool:
    try:
        return server.get(f"/api/v1/places/{place_id}")[0] == 200
    except urllib.error.HTTPError:
        return False


def lives(pid: str) -> bool:
    """Tell whether a process runs; one that nobody has asked about since it ended does not."""
    try:
        return Path("/proc", pid, "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_ctrl_c_stops_it_without_a_traceback(server: Server) -> None:
    code, said = server.stop(signal.SIGINT)

    assert code in {0, 130}
    assert "Traceback" not in said and said.count("\n") <= 1


def test_it_listens_on_this_machine_only(server: Server) -> None:
    port = int(server.address.rsplit(":", 1)[1])

    with socket.socket() as elsewhere:
        elsewhere.bind(("127.0.0.2", port))  # fails if every address were taken


@pytest.mark.parametrize(
    ("host", "address"),
    [("127.0.0.1", "http://127.0.0.1:80"), ("::1", "http://[::1]:80"), ("0.0.0.0", "http://0.0.0.0:80")],
    ids=["IPv4", "IPv6", "everywhere"],
)
def test_the_address_is_one_that_a_browser_takes(host: str, address: str) -> None:
    assert address_of(host, 80) == address


def test_port_0_becomes_a_free_port() -> None:
    host, port = free_address("localhost", 0)
    assert host in {"127.0.0.1", "::1"}
    assert port > 0


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield int(other.getsockname()[1])


def run(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "geo.cli", "serve", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )


def test_a_port_in_use_is_named_in_one_line(sample_pack: Path, tmp_path: Path, taken_port: int) -> None:
    done = run("--city", str(sample_pack), "--port", str(taken_port), folder=tmp_path)

    assert done.returncode == 2
    assert done.stderr == (
        f"yizhan: 127.0.0.1:{taken_port} cannot be listened on (Address already in use); choose another --port\n"
    )
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("host", "remedy"),
    [("192.0.2.1", "choose another"), ("no-such-host.invalid", "choose another")],
    ids=["not ours", "no host at all"],
)
def test_an_address_that_is_not_ours_is_named_in_one_line(
    sample_pack: Path, tmp_path: Path, host: str, remedy: str
) -> None:
    done = run("--city", str(sample_pack), "--host", host, "--port", "0", folder=tmp_path)

    assert done.returncode == 2
    assert host in done.stderr and remedy in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_folder_that_is_no_pack_is_named_in_one_line(tmp_path: Path) -> None:
    done = run("--city", str(tmp_path), "--port", "0", folder=tmp_path)

    assert done.returncode == 2
    assert done.stderr == f"yizhan: {tmp_path}: no city pack there (no city.toml); make one with yizhan build\n"


def test_a_damaged_pack_is_named_in_one_line(sample_pack: Path, tmp_path: Path) -> None:
    shutil.copytree(sample_pack, tmp_path / "pack")
    (tmp_path / "pack" / "streets" / "node_e7.npy").write_bytes(b"no array")

    done = run("--city", str(tmp_path / "pack"), "--port", "0", folder=tmp_path)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"yizhan: {tmp_path / 'pack' / 'streets'}: missing or damaged")
    assert done.stderr.count("\n") == 1


def test_a_process_that_cannot_open_the_city_leaves_the_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where processes cannot be forked each opens the city itself; the one that started them says why it failed."""
    monkeypatch.setenv(wsgi.CITY, str(tmp_path))
    monkeypatch.setenv(wsgi.STATUS, str(tmp_path))

    with pytest.raises(SystemExit):
        wsgi.make()

    (reason,) = tmp_path.glob(f"*{wsgi.FAILED}")
    assert reason.read_text(encoding="utf-8").startswith(f"{tmp_path}: no city pack there")
