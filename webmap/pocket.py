"""Districts that fit in a phone, one file each: made when first asked for, kept until something in them changes."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import tempfile
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from threading import Lock
from typing import Any, Final

from flask import Blueprint, Flask, Response, current_app, url_for

from geo.city import City
from geo.errors import InterchangeError, NotFoundError
from geo.places.hours import CHINA
from geo.pocket import files
from geo.pocket.districts import District, districts
from geo.pocket.making import make, summary
from webmap.errors import problem_values
from webmap.site import Site, site

pocket = Blueprint("pocket", __name__)

_FOR_GOOD: Final = "public, max-age=31536000, immutable"
#: Below the folder of what visitors leave.
_FOLDER: Final = "pockets"
#: Pockets that are kept in memory where no file can be written.
_IN_MEMORY: Final = 3


@pocket.get("/pockets.json")
def pockets() -> Response:
    """List the districts that can be taken along; none is made for it."""
    here, kept = site(), _kept()
    return _looked_at_again({"pockets": [kept.told(here, each.area) for each in kept.known(here.city).values()]})


@pocket.get("/pockets/<area>.json")
def facts(area: str) -> Response:
    """Tell of one district, with the size of its file, which is made if it is not there."""
    here, kept = site(), _kept()
    kept.body(here, area)
    return _looked_at_again(kept.told(here, area))


@pocket.get("/pockets/<area>/<version>.pocket")
def body(area: str, version: str) -> Response:
    """Return the file of a district; one of another version is gone, and the current one is named."""
    here, kept = site(), _kept()
    current = kept.told(here, area)
    if version != current["version"]:
        gone = problem_values(NotFoundError(f"{area}: the version {version[:40]!r} is gone; fetch {current['url']}"))
        text = json.dumps({**gone, "current": current}, ensure_ascii=False)
        return Response(text, status=404, mimetype="application/problem+json", headers={"Cache-Control": "no-store"})
    response = Response(kept.body(here, area), mimetype="application/octet-stream")
    response.headers["Cache-Control"] = _FOR_GOOD
    return response


def init_pockets(app: Flask) -> None:
    """Let a site make pockets, and keep them below its folder of state."""
    app.extensions["yizhan-pockets"] = Pockets(app.extensions["yizhan"].settings.state / _FOLDER)
    app.register_blueprint(pocket)


class Pockets:
    """Pockets that were made, as files that all processes of a site share; threads may share it.

    Parameters
    ----------
    folder
        Made when first needed. Where nothing can be written, the last few pockets are kept in memory.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = Lock()
        self._making = Lock()
        self._city: City | None = None
        self._districts: dict[str, District] = {}
        self._summaries: dict[tuple[str, date], dict[str, Any]] = {}
        self._told: dict[str, dict[str, Any]] = {}
        self._memory: dict[str, bytes] = {}

    def known(self, city: City) -> dict[str, District]:
        """Return the districts of a city by what they are called in addresses."""
        with self._lock:
            if city is not self._city:
                self._districts = {each.area: each for each in districts(city)}
                self._city, self._summaries, self._told = city, {}, {}
            return self._districts

    def told(self, here: Site, area: str) -> dict[str, Any]:
        """Return what is said of a pocket; its size is None until it is made.

        Raises
        ------
        NotFoundError
            There is no such district.
        """
        values = self._summary(here.city, area, here.now())
        made = self._told.get(f"{area}-{values['version']}", {"bytes": None})
        url = url_for("pocket.body", area=area, version=values["version"])
        return {**values, **made, "url": url}

    def body(self, here: Site, area: str) -> bytes:
        """Return the current pocket of a district; it is made if no process of the site has made it.

        Raises
        ------
        NotFoundError
            There is no such district.
        """
        city, now = here.city, here.now()
        values = self._summary(city, area, now)
        name = f"{area}-{values['version']}"
        with self._making:  # one at a time: it takes a processor for some seconds
            found = self._read(name)
            if found is None:
                found = make(city, self.known(city)[area], now)
                self._write(area, name, found)
            if name not in self._told:
                meta = json.loads(files.unpack(found, only="meta")["meta"])
                digest = hashlib.sha256(found).hexdigest()
                self._told[name] = {"made": meta["made"], "bytes": len(found), "sha256": digest}
        return found

    def _summary(self, city: City, area: str, now: datetime) -> dict[str, Any]:
        known = self.known(city)
        if area not in known:
            raise NotFoundError(f"no district {area[:60]!r}; /pockets.json lists them")
        day = now.astimezone(CHINA).date()
        with self._lock:
            if (area, day) not in self._summaries:
                self._summaries = {key: value for key, value in self._summaries.items() if key[1] == day}
                self._summaries[area, day] = summary(city, known[area], now)
            return self._summaries[area, day]

    def _read(self, name: str) -> bytes | None:
        if name in self._memory:
            return self._memory[name]
        try:
            found = (self._folder / f"{name}.pocket").read_bytes()
            files.unpack(found, only="meta")
        except (OSError, InterchangeError):  # not there, or damaged: it is made anew
            return None
        return found

    def _write(self, area: str, name: str, made: bytes) -> None:
        """Write a file whole or not at all, and let go of older ones of its district."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            handle, path = tempfile.mkstemp(prefix=f".{name}-", dir=self._folder)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(made)
                os.replace(path, self._folder / f"{name}.pocket")
            except OSError:
                Path(path).unlink(missing_ok=True)
                raise
        except OSError:
            logging.getLogger(__name__).warning("%s: no pocket can be written there; kept in memory", self._folder)
            while len(self._memory) >= _IN_MEMORY:
                self._memory.pop(next(iter(self._memory)))
            self._memory[name] = made
            return
        for older in self._folder.glob(f"{area}-*.pocket"):
            if older.name != f"{name}.pocket" and older.stem.rpartition("-")[0] == area:
                with suppress(OSError):
                    older.unlink()


def _kept() -> Pockets:
    kept: Pockets = current_app.extensions["yizhan-pockets"]
    return kept


def _looked_at_again(values: dict[str, Any]) -> Response:
    response = Response(json.dumps(values, ensure_ascii=False), mimetype="application/json")
    response.headers["Cache-Control"] = "no-cache"
    return response
