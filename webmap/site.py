"""What one running site holds: its city, its settings, and the bytes that never change while it runs."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import current_app

from geo.city import City
from webmap.geojson import city_summary, places_collection
from webmap.settings import Settings


class Site:
    """The application's state; read-only after the start."""

    def __init__(self, city: City, settings: Settings, now: Callable[[], datetime]) -> None:
        self.now = now
        self.city = city
        self.settings = settings
        self._summary = city_summary(city)
        self.places = StoredJson(places_collection(city))

    def city_summary(self) -> dict[str, Any]:
        """Return what ``/api/v1/city`` says."""
        return self._summary


class StoredJson:
    """A JSON answer made once: gzipped, with its entity tag."""

    def __init__(self, values: Any) -> None:
        plain = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()
        self.gzipped = gzip.compress(plain, mtime=0)
        self.etag = hashlib.sha256(plain).hexdigest()[:16]


def site() -> Site:
    """Return the site that the current request belongs to."""
    here: Site = current_app.extensions["yizhan"]
    return here
