"""Runs the site."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from types import FrameType

from waitress.server import create_server

from geo.city import City
from geo.errors import ParameterError
from webmap import create_app
from webmap.settings import Settings


def serve(path: Path, settings: Settings) -> None:
    """Serve a city pack until the process is told to stop.

    Everything that a first question needs is loaded before the server listens.

    Raises
    ------
    PackError
        The folder is no city pack.
    ParameterError
        The address cannot be listened on.
    """
    city = City.open(path)
    city.warm()
    app = create_app(city, settings)
    try:
        server = create_server(app, host=settings.host, port=settings.port, threads=settings.threads)
    except OSError as error:
        raise ParameterError(
            f"{settings.host}:{settings.port} cannot be listened on ({error.strerror}); choose another --port",
            parameter="port",
        ) from error
    signal.signal(signal.SIGTERM, _stop)
    print(f"{city.manifest.name}: http://{server.effective_host}:{server.effective_port}  (Ctrl-C stops)", flush=True)
    try:
        server.run()
    finally:
        server.close()


def _stop(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)
