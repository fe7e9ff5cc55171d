"""What one running site holds: its city, its settings, and the bytes that are made once per version of the data."""

from __future__ import annotations

import gzip
import hashlib
import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Thread
from typing import Any, Final

from flask import current_app

from geo.answers import Answers
from geo.city import City
from geo.errors import YizhanError
from geo.live import LiveCity
from webmap.geojson import city_summary, places_collection
from webmap.settings import Settings

#: How old the places may be, seconds.
_FRESH_S: Final = 1.0


class StoredJson:
    """A JSON answer made once: gzipped, with its entity tag."""

    def __init__(self, values: Any) -> None:
        plain = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()
        self.gzipped = gzip.compress(plain, mtime=0)
        self.etag = hashlib.sha256(plain).hexdigest()[:16]


@dataclass(frozen=True)
class Edition:
    """A city and what is told of it: everything that changes together."""

    city: City
    summary: dict[str, Any]
    places: StoredJson
    answers: Answers


class Site:
    """The application's state: the current edition, looked after as requests come."""

    def __init__(self, live: LiveCity, settings: Settings, now: Callable[[], datetime]) -> None:
        self.settings = settings
        self.now = now
        self._live = live
        self._looked = time.monotonic()
        self._followed = False
        self._edition = _edition(live.current)

    def edition(self) -> Edition:
        """Return the current edition; a register that cannot be read leaves the last one standing."""
        if not self._followed and time.monotonic() - self._looked > _FRESH_S:
            self._looked = time.monotonic()
            self._renew()
        return self._edition

    def follow(self) -> None:
        """Look after the edition from a thread of its own from now on, so that no request waits for a new one."""
        self._followed = True
        Thread(target=self._follow, name="follows the register", daemon=True).start()

    def _follow(self) -> None:
        self._edition.city.quicken()
        while True:
            time.sleep(_FRESH_S)
            if self._renew():
                self._edition.city.quicken()

    def _renew(self) -> bool:
        """Make a new edition if the places have changed; return whether it did."""
        try:
            city = self._live.refresh()
        except YizhanError:
            logging.getLogger(__name__).exception("the register cannot be read; the last places stay")
            return False
        if city is self._edition.city:
            return False
        self._edition = _edition(city)
        return True

    @property
    def city(self) -> City:
        """The city as it is now."""
        return self.edition().city

    def city_summary(self) -> dict[str, Any]:
        """Return what ``/api/v1/city`` says."""
        return self.edition().summary


def _edition(city: City) -> Edition:
    return Edition(city, city_summary(city), StoredJson(places_collection(city)), Answers(city))


def site() -> Site:
    """Return the site that the current request belongs to."""
    here: Site = current_app.extensions["yizhan"]
    return here
