"""Which printed posters no longer say what is true, by district, with a link to print each anew."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path
from threading import Lock
from typing import Any, Final
from urllib.parse import urlencode

from flask import Blueprint, Flask, Response, current_app

from geo.city import City
from geo.errors import NotFoundError, ParameterError
from geo.posters.facts import places_in
from geo.posters.stale import INDEX, Print, Stale, read_index, stale
from webmap.i18n import language
from webmap.pages import page
from webmap.posters.stale_words import change_words
from webmap.site import site

stale_posters = Blueprint("stale_posters", __name__)

#: Folder below the site's state that ``yizhan poster --area … --out`` prints to: its list is what the page shows.
FOLDER: Final = "posters"
#: More are not compared: it would take longer than a reader waits.
MAX_PRINTS: Final = 5000
_EXTENSION: Final = "yizhan-stale-posters"


class Compared:
    """Prints compared with the city, once for each version of either."""

    def __init__(self) -> None:
        self._key: tuple[object, ...] | None = None
        self._found: tuple[tuple[Print, ...], tuple[Stale, ...]] = ((), ())
        self._lock = Lock()

    def look(self, city: City, folder: Path, url: str | None) -> tuple[tuple[Print, ...], tuple[Stale, ...]] | None:
        """Return the prints of a folder and which of them are stale; None if there is no list.

        Raises
        ------
        ParameterError
            The list is not as it was written.
        """
        try:
            body = (folder / INDEX).read_bytes()
        except OSError:
            return None
        key = city.manifest.version, url, hashlib.sha256(body).digest()
        with self._lock:
            if self._key != key:
                prints = read_index(folder)
                self._found = prints, tuple(stale(city, prints[:MAX_PRINTS], url))
                self._key = key
            return self._found


def init_stale_posters(app: Flask) -> None:
    """Let the site tell which posters are stale."""
    app.extensions[_EXTENSION] = Compared()
    app.register_blueprint(stale_posters)


@stale_posters.get("/posters")
def posters() -> Response:
    """Show the page."""
    here, lang = site(), language()
    compared: Compared = current_app.extensions[_EXTENSION]
    folder, broken, found = here.settings.state / FOLDER, False, None
    city = here.city
    try:
        found = compared.look(city, folder, here.settings.url)
    except ParameterError as error:
        logging.getLogger(__name__).warning("the list of posters cannot be read: %s", error)
        broken = True
    prints, old = found or ((), ())
    return page(
        "posters.html",
        city=here.city_summary(),
        lang=lang,
        broken=broken,
        listed=found is not None,
        count=len(prints),
        unlooked=max(0, len(prints) - MAX_PRINTS),
        stale_count=len(old),
        districts=by_district(city, old, lang),
        can_print=here.settings.url is not None,
        folder=f"data/state/{FOLDER}",
        example=_an_area(city),
    )


def by_district(city: City, found: tuple[Stale, ...], lang: str) -> list[dict[str, Any]]:
    """Return stale prints by district, those without one last; within it by subdistrict and place."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for each in found:
        row = _row(city, each, lang)
        groups.setdefault(row["district"] or "", []).append(row)
    return [
        {"name": name or None, "rows": sorted(rows, key=lambda row: (row["subdistrict"] or "~", row["id"]))}
        for name, rows in sorted(groups.items(), key=lambda group: (group[0] == "", group[0]))
    ]


def _row(city: City, each: Stale, lang: str) -> dict[str, Any]:
    printed = each.print
    try:
        place = city.place(printed.place)
    except NotFoundError:
        place = None
    english = place is not None and lang == "en" and place.name_en
    return {
        "id": printed.place,
        "name": place.name_en if place is not None and english else printed.name,
        "district": None if place is None else place.district,
        "subdistrict": None if place is None else place.subdistrict,
        "printed": printed.printed.isoformat(),
        "changes": [words.en if lang == "en" else words.zh for words in map(change_words, each.changes)],
        "anew": "/poster?" + urlencode({"place": printed.place}) if place and place.status == "open" else None,
    }


def _an_area(city: City) -> str:
    names = sorted({place.subdistrict for place in city.places if place.subdistrict})
    return next((name for name in names if places_in(city, name)), "NAME")
