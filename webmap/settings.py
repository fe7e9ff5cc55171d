"""Settings of the site: frozen, given at the start, each with a default and a help text."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from webmap.base_maps import Provider


@dataclass(frozen=True)
class Settings:
    """How the site is served.

    Attributes
    ----------
    host
        Address to listen on; the default is this machine only.
    port
        0 for any free one.
    register
        Register of places beside those of the pack, a path or a URL; None: none.
    calendar
        Folder of imported notices of public holidays; it need not exist.
    state
        Folder of what visitors leave: jobs and scenarios; made when first needed.
    workers
        Processes that answer, each with a city of its own on the shared, memory-mapped pack.
    threads
        Requests that each of them works on at the same time.
    embedders
        Origins whose pages may show ``/embed`` in a frame, as :func:`webmap.embed.origins.read_origins` gives them; our
        own pages always may, and no other page of ours may be framed by anybody else.
    url
        The site's public address, which the codes of posters lead to; None: no posters are made.
    base_map
        Who draws the streets under the places, as :func:`webmap.base_maps.read_provider` gives it; None: we do.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    register: str | None = None
    calendar: Path = Path("data/calendar")
    state: Path = Path("data/state")
    workers: int = min(2, os.cpu_count() or 1)
    threads: int = 2
    url: str | None = None
    embedders: tuple[str, ...] = ()
    base_map: Provider | None = None
