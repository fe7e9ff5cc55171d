"""Runs the site."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from waitress.server import create_server

from geo.errors import ParameterError
from geo.live import LiveCity
from webmap import create_app
from webmap.settings import Settings


def serve(path: Path, settings: Settings) -> None:
    """Serve a city pack until the process is told to stop.

    Everything that a first question needs is loaded before the server listens.

    Raises
    ------
    PackError, RegisterError
        The folder is no city pack; the register is none.
    ParameterError
        The address cannot be listened on.
    """
    live = LiveCity.open(path, settings.register, settings.calendar)
    live.current.warm()
    app = create_app(live, settings)
    try:
        server = create_server(app, host=settings.host, port=settings.port, threads=settings.threads)
    except OSError as error:
        raise ParameterError(
            f"{settings.host}:{settings.port} cannot be listened on ({error.strerror}); choose another --port",
            parameter="port",
        ) from error
    except ValueError as error:  # waitress found no such host
        raise ParameterError(
            f"{settings.host}: no address of this machine; choose another --host, e.g. 127.0.0.1", parameter="host"
        ) from error
    signal.signal(signal.SIGTERM, _stop)
    print(f"{live.current.manifest.name}: {address_of(server)}  (Ctrl-C stops)", flush=True)
    try:
        server.run()
    finally:
        server.close()


def address_of(server: Any) -> str:
    """Return where a waitress server listens, as a browser wants it; of several addresses, the first."""
    if hasattr(server, "effective_listen"):
        host, port = server.effective_listen[0]
    else:
        host, port = server.effective_host, server.effective_port
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _stop(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)
