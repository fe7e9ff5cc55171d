"""The server as a process: it says where it listens, answers, and stops when told."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from webmap.serving import address_of

#: Longest wait for a process, seconds.
PATIENCE_S = 60


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


@pytest.fixture
def server(sample_pack: Path) -> Iterator[Server]:
    running = Server(sample_pack, "--port", "0")
    yield running
    if running.process.poll() is None:
        running.stop(signal.SIGKILL)


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


def test_ctrl_c_stops_it_without_a_traceback(server: Server) -> None:
    code, said = server.stop(signal.SIGINT)

    assert code in {0, 130}
    assert "Traceback" not in said and said.count("\n") <= 1


def test_it_listens_on_this_machine_only(server: Server) -> None:
    port = int(server.address.rsplit(":", 1)[1])

    with socket.socket() as elsewhere:
        elsewhere.bind(("127.0.0.2", port))  # fails if every address were taken


@pytest.mark.parametrize(
    ("server", "address"),
    [
        (SimpleNamespace(effective_host="127.0.0.1", effective_port="80"), "http://127.0.0.1:80"),
        (SimpleNamespace(effective_host="::1", effective_port="80"), "http://[::1]:80"),
        (SimpleNamespace(effective_listen=[("::1", 80), ("127.0.0.1", 80)]), "http://[::1]:80"),
    ],
    ids=["IPv4", "IPv6", "localhost, which may be both"],
)
def test_the_address_is_one_that_a_browser_takes(server: SimpleNamespace, address: str) -> None:
    assert address_of(server) == address


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
