"""The site as servers of WSGI want it: ``webmap.wsgi:make``, told by the environment what to serve."""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from flask import Flask

from geo.errors import YizhanError
from geo.live import LiveCity
from geo.posters.links import read_site_url
from webmap import create_app
from webmap.base_maps import OWN, read_provider
from webmap.embed.origins import read_origins
from webmap.settings import Settings
from webmap.site import site

#: Folder of the city pack; path or URL of a register; folder of imported notices of holidays; folder of jobs and
#: scenarios; the site's public address.
CITY: Final = "YIZHAN_CITY"
REGISTER: Final = "YIZHAN_REGISTER"
CALENDAR: Final = "YIZHAN_CALENDAR"
STATE: Final = "YIZHAN_STATE"
#: Origins that may show ``/embed``, with blanks between.
EMBED_ON: Final = "YIZHAN_EMBED_ON"
URL: Final = "YIZHAN_URL"
#: Who draws the base map: a name or the template of an address; its key, its datum, and what it wants to be said.
BASE_MAP: Final = "YIZHAN_BASE_MAP"
BASE_MAP_KEY: Final = "YIZHAN_BASE_MAP_KEY"
BASE_MAP_DATUM: Final = "YIZHAN_BASE_MAP_DATUM"
BASE_MAP_ATTRIBUTION: Final = "YIZHAN_BASE_MAP_ATTRIBUTION"
#: Folder in which every process of ``yizhan serve`` leaves a file when it is ready, with the city's name, or when it
#: cannot be, with the reason; the file's suffix tells which.
STATUS: Final = "YIZHAN_STATUS"
READY: Final = ".ready"
FAILED: Final = ".failed"


def make(app: Flask | None = None) -> Flask:
    """Return the site that the environment describes, ready for its first question.

    Parameters
    ----------
    app
        What :func:`make_app` made before this process was forked; None: it is made here.

    Raises
    ------
    YizhanError
        It cannot be served.
    """
    status = os.environ.get(STATUS)
    try:
        if app is None:
            app = make_app(open_city())
            app.extensions["yizhan-assets"].compress()
        _begin(app)
    except YizhanError as error:
        if status is None:
            raise
        _leave(status, FAILED, str(error))
        raise SystemExit(2) from None
    except Exception as error:
        if status is not None:
            _leave(status, FAILED, f"{type(error).__name__}: {error}")
        raise
    if status is not None:
        with app.app_context():
            _leave(status, READY, site().city.manifest.name)
        threading.Thread(target=_end_with, args=(os.getppid(),), name="ends with its parent", daemon=True).start()
    return app


def open_city() -> LiveCity:
    """Open the city that the environment describes, and load what its first questions need.

    Raises
    ------
    PackError, RegisterError
        The pack or the register is not there or cannot be read.
    """
    settings = _settings()
    live = LiveCity.open(Path(os.environ[CITY]), settings.register, settings.calendar)
    live.current.warm()
    return live


def make_app(live: LiveCity) -> Flask:
    """Make the site of a city as the environment describes it; a process that forks may hand it on."""
    return create_app(live, _settings())


def _begin(app: Flask) -> None:
    """Begin what every process must begin for itself."""
    with app.app_context():
        here = site()
    with ThreadPoolExecutor(1) as apart:
        # Each process has a database of names of its own. Another thread takes new memory for it, where this one would
        # fill the gaps between what all processes share, and so write on much of that.
        apart.submit(here.city.search, here.city.manifest.name).result()
    here.follow()


def _settings() -> Settings:
    return Settings(
        register=os.environ.get(REGISTER) or None,
        calendar=Path(os.environ.get(CALENDAR, Settings.calendar)),
        state=Path(os.environ.get(STATE, Settings.state)),
        embedders=read_origins(os.environ.get(EMBED_ON, "").split()),
        url=read_site_url(url) if (url := os.environ.get(URL)) else None,
        base_map=read_provider(
            os.environ.get(BASE_MAP) or OWN,
            key=os.environ.get(BASE_MAP_KEY, ""),
            datum=os.environ.get(BASE_MAP_DATUM) or None,
            attribution=os.environ.get(BASE_MAP_ATTRIBUTION) or None,
        ),
    )


def _leave(folder: str, suffix: str, text: str) -> None:
    """Write a file that is there whole or not at all."""
    path = Path(folder, f"{os.getpid()}{suffix}")
    path.with_suffix(".begun").write_text(text, encoding="utf-8")
    path.with_suffix(".begun").rename(path)


def _end_with(parent: int) -> None:
    """End this process when the one that started it is gone, however that came about."""
    while os.getppid() == parent:
        time.sleep(1.0)
    os._exit(1)
