"""Runs the site: granian in front (HTTP in Rust), some processes behind it that share the city's memory."""

from __future__ import annotations

import multiprocessing
import os
import socket
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from flask import Flask
from granian import Granian
from granian.constants import Interfaces
from granian.server.common import AbstractServer

from geo.coverage.warming import build_village, warm_in
from geo.errors import ParameterError, YizhanError
from geo.live import LiveCity
from geo.streets.compiled import mark_of_kernels, put_away
from webmap import wsgi
from webmap.assets import compressed
from webmap.base_maps import OWN, Provider
from webmap.memory import give_back
from webmap.settings import Settings
from webmap.tile_proxy import AT_ONCE

#: A process that was told to end and has not is ended after so long, seconds: a signal that another thread receives
#: does not wake the one that waits for it.
_STOP_S: Final = 5
#: How often the processes are looked after until they are ready, seconds.
_LOOK_S: Final = 0.02

_T = TypeVar("_T")


def serve(path: Path, settings: Settings) -> None:
    """Serve a city pack until the process is told to stop.

    Everything that a first question needs is loaded before the address is printed.

    Raises
    ------
    PackError, RegisterError
        The folder is no city pack; the register is none.
    ParameterError
        The address cannot be listened on.
    """
    host, port = free_address(settings.host, settings.port)
    with tempfile.TemporaryDirectory(prefix="yizhan-") as status:
        os.environ |= {
            wsgi.CITY: str(path.resolve()),
            wsgi.REGISTER: settings.register or "",
            wsgi.CALENDAR: str(settings.calendar.resolve()),
            wsgi.STATE: str(settings.state.resolve()),
            wsgi.URL: settings.url or "",
            wsgi.EMBED_ON: " ".join(settings.embedders),
            wsgi.STATUS: status,
            **_base_map(settings.base_map),
        }
        app = _make_once() if multiprocessing.get_start_method() == "fork" else None
        server = Granian(
            "webmap.wsgi:make",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            factory=True,
            workers=settings.workers,
            # whoever waits for a provider of pictures keeps nobody else waiting
            blocking_threads=settings.threads + (AT_ONCE if settings.base_map else 0),
            respawn_failed_workers=True,
            workers_kill_timeout=_STOP_S,
            log_enabled=False,
        )
        failures: list[str] = []
        watched = (server, Path(status), settings.workers, (host, port), failures)
        look = threading.Thread(target=_look_after, args=watched)
        look.daemon = True
        look.start()
        try:
            server.serve(target_loader=partial(wsgi.make, app), wrap_loader=False)
        except SystemExit:
            if not failures:
                raise
        if failures:
            raise YizhanError(failures[0])


def _base_map(provider: Provider | None) -> dict[str, str]:
    if provider is None:
        return {wsgi.BASE_MAP: OWN}
    return {
        wsgi.BASE_MAP: provider.name,
        wsgi.BASE_MAP_KEY: provider.key,
        wsgi.BASE_MAP_DATUM: provider.datum,
        wsgi.BASE_MAP_ATTRIBUTION: provider.attribution,
    }


def _make_once() -> Flask:
    """Make the site for all processes: what is read and reckoned before they fork is in memory once.

    A compiler leaves 140 MB behind. Where kernels may have to be compiled, a process that ends goes first.
    """
    mark = mark_of_kernels()
    if not mark.exists():
        first = multiprocessing.get_context("fork").Process(target=_try)
        first.start()
        first.join()
    live, app = _prepared(siting=False)
    with suppress(OSError):  # without it the next start is as long as this one
        mark.touch()
    live.let_go()
    give_back()
    return app


def _prepared(*, siting: bool) -> tuple[LiveCity, Flask]:
    with tempfile.TemporaryDirectory(prefix="yizhan-village-") as folder:
        scripts = _apart(compressed)
        live = wsgi.open_city()
        put_away()  # at once, so that what comes takes its room
        village = _apart(build_village, Path(folder))
        app = wsgi.make_app(live)
        live.current.quicken()
        put_away()
        village()
        warm_in(Path(folder), siting=siting)
        app.extensions["yizhan-assets"].take(scripts())
    return live, app


def _try() -> None:
    with suppress(YizhanError):  # whoever comes after meets it, too, and says so
        _prepared(siting=True)


def _apart(work: Callable[..., _T], *arguments: object) -> Callable[[], _T]:
    """Begin something in a process that ends, and with it all that it has taken.

    Returns
    -------
    callable
        Waits for the result and returns it. A process that fails says why on stderr.
    """
    forking = multiprocessing.get_context("fork")
    ours, theirs = forking.Pipe(duplex=False)
    process = forking.Process(target=lambda: theirs.send(work(*arguments)), daemon=True)  # nobody may want its result
    process.start()
    theirs.close()

    def result() -> _T:
        try:
            value: _T = ours.recv()
        except EOFError:
            raise YizhanError("a process that prepares the server failed; it has said why") from None
        finally:
            process.join()
        return value

    return result


def _look_after(
    server: AbstractServer[Any],
    status: Path,
    workers: int,
    listening: tuple[str, int],
    failures: list[str],
) -> None:
    """Wait until all processes are ready and say so, or stop them all if one cannot be."""
    while True:
        for failed in status.glob(f"*{wsgi.FAILED}"):
            failures.append(failed.read_text(encoding="utf-8"))
            server.signal_handler_interrupt()  # type: ignore[no-untyped-call]
            return
        ready = list(status.glob(f"*{wsgi.READY}"))
        if len(ready) >= workers and _listens(listening):
            said = ready[0].read_text(encoding="utf-8")
            print(f"{said}: {address_of(*listening)}  (Ctrl-C stops)", flush=True)
            return
        time.sleep(_LOOK_S)


def _listens(address: tuple[str, int]) -> bool:
    """Tell whether a connection is taken; a process is ready a moment before it listens."""
    host, port = address
    try:
        with socket.create_connection(("127.0.0.1" if host == "0.0.0.0" else host, port), timeout=1.0):  # noqa: S104
            return True
    except OSError:
        return False


def free_address(host: str, port: int) -> tuple[str, int]:
    """Return an address that can be listened on; port 0 becomes a free one.

    Raises
    ------
    ParameterError
        There is none.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except socket.gaierror as error:
        raise ParameterError(
            f"{host}: no address of this machine; choose another --host, e.g. 127.0.0.1", parameter="host"
        ) from error
    family, kind, _, _, address = found[0]
    with socket.socket(family, kind) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(address)
            trial.listen(1)
        except OSError as error:
            raise ParameterError(
                f"{host}:{port} cannot be listened on ({error.strerror}); choose another --port", parameter="port"
            ) from error
        return str(trial.getsockname()[0]), int(trial.getsockname()[1])


def address_of(host: str, port: int) -> str:
    """Return an address as a browser wants it.

    Examples
    --------
    >>> address_of("::1", 80)
    'http://[::1]:80'
    """
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
