"""The advisory that is set, followed by each process: a look at the file's age at most once a second."""

from __future__ import annotations

import logging
import time
from datetime import datetime
from pathlib import Path
from typing import Final

from geo.errors import RegisterError
from geo.places.advisories import FILE, Advisory, AdvisoryFile

_FRESH_S: Final = 1.0


class Heeded:
    """What is set now.

    Parameters
    ----------
    state
        The folder that the server's processes share.
    """

    def __init__(self, state: Path) -> None:
        self._file = AdvisoryFile(state / FILE)
        self._looked: float | None = None
        self._stamp: tuple[int, int, int] | None = None
        self._set: Advisory | None = None

    def in_force(self, when: datetime) -> Advisory | None:
        """Return the advisory that is in force at a time (aware); one that cannot be read is none."""
        now_s = time.monotonic()
        if self._looked is None or now_s - self._looked > _FRESH_S:
            self._looked = now_s
            self._look()
        advisory = self._set
        return advisory if advisory is not None and advisory.in_force(when) else None

    def _look(self) -> None:
        stamp = self._file.stamp()
        if stamp == self._stamp:
            return
        try:
            self._set = self._file.read()
        except RegisterError as error:
            logging.getLogger(__name__).warning("no advisory is heeded: %s", error)
            self._set = None
        self._stamp = stamp
