"""Settings of the site: frozen, given at the start, each with a default and a help text."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


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
    threads
        Requests that are worked on at the same time.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    register: str | None = None
    calendar: Path = Path("data/calendar")
    threads: int = 8
