"""What one running site holds: its city, its settings, and the bytes that are made once per version of the data."""

from __future__ import annotations

import gzip
import hashlib
import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from threading import Event, Thread
from typing import Any, Final

import brotli
from flask import current_app

from geo.answers import Answers
from geo.city import City
from geo.live import LiveCity
from webmap.base_maps import Provider, with_provider
from webmap.geojson import city_summary, places_collection
from webmap.heeding import Heeded
from webmap.i18n import LANGUAGES
from webmap.pins import pins
from webmap.settings import Settings

#: How old the places may be, seconds.
_FRESH_S: Final = 1.0


class StoredJson:
    """A JSON answer made once: gzipped, with its entity tag; as brotli, too, when first asked for."""

    def __init__(self, values: Any) -> None:
        plain = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()
        self.gzipped = gzip.compress(plain, mtime=0)
        self.etag = hashlib.sha256(plain).hexdigest()[:16]

    @cached_property
    def brotli(self) -> bytes:
        """As brotli."""
        return bytes(brotli.compress(gzip.decompress(self.gzipped), quality=11))


@dataclass(frozen=True)
class Edition:
    """A city and what is told of it: everything that changes together."""

    city: City
    summary: dict[str, Any]
    places: StoredJson
    pins: Mapping[str, StoredJson]
    answers: Answers


class Site:
    """The application's state: the current edition, looked after as requests come."""

    def __init__(self, live: LiveCity, settings: Settings, now: Callable[[], datetime]) -> None:
        self.settings = settings
        self.now = now
        self.heeded = Heeded(settings.state)
        self._live = live
        self._looked = time.monotonic()
        self._followed = False
        self._edition = _edition(live.current, settings.base_map)

    def edition(self) -> Edition:
        """Return the current edition; a register that cannot be read leaves the last one standing."""
        if not self._followed and time.monotonic() - self._looked > _FRESH_S:
            self._looked = time.monotonic()
            self._renew()
        return self._edition

    def follow(self) -> Event:
        """Look after the edition from a thread of its own, so that no request waits for a new one.

        Returns
        -------
        Event
            Set it to stop the thread.
        """
        self._followed, stop = True, Event()
        Thread(target=self._follow, args=(stop,), name="follows the register", daemon=True).start()
        return stop

    def _follow(self, stop: Event) -> None:
        self._edition.city.quicken()
        while not stop.wait(_FRESH_S):
            if self._renew():
                self._edition.city.quicken()

    def _renew(self) -> bool:
        """Make a new edition if the places have changed; return whether it did."""
        try:
            city = self._live.refresh()
        except Exception:  # whatever is wrong with the register, the site stands, and looks again
            logging.getLogger(__name__).exception("the register cannot be read; the last places stay")
            return False
        if city is self._edition.city:
            return False
        self._edition = _edition(city, self.settings.base_map)
        return True

    @property
    def city(self) -> City:
        """The city as it is now."""
        return self.edition().city

    def city_summary(self) -> dict[str, Any]:
        """Return what ``/api/v1/city`` says."""
        return self.edition().summary


def _edition(city: City, provider: Provider | None) -> Edition:
    return Edition(
        city,
        with_provider(city_summary(city), provider),
        StoredJson(places_collection(city)),
        {lang: StoredJson(pins(city, lang)) for lang in LANGUAGES},
        Answers(city),
    )


def site() -> Site:
    """Return the site that the current request belongs to."""
    here: Site = current_app.extensions["yizhan"]
    return here
