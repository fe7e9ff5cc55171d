"""The finder of a city -> a folder of plain files: pages, scripts, districts, a map, and how to host it."""

from __future__ import annotations

import gzip
import hashlib
import json
import posixpath
import re
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

import shapely
from flask import Flask, render_template

from geo.city import City
from geo.coords import BBox
from geo.errors import NotFoundError
from geo.live import LiveCity
from geo.places.hours import CHINA
from geo.places.model import place_to_json
from geo.pocket import files, naming
from geo.pocket.districts import District, districts
from geo.pocket.making import covered, make, summary
from geo.pocket.map_tiles import columns_and_rows
from geo.pocket.schedules import DAYS
from webmap import create_app
from webmap.assets import Assets
from webmap.filed.readme import readme
from webmap.filed.rewriting import as_file, root_of
from webmap.filed.words import filed_words
from webmap.geojson import city_summary
from webmap.going_words import going_words
from webmap.i18n import LANGUAGES
from webmap.maps import city_map
from webmap.modes import TYPES
from webmap.pins import pins
from webmap.settings import Settings
from webmap.words import page_words

#: By this file a folder is known to be such a site.
INDEX: Final = "data/index.json"
FORMAT: Final = 1
#: The map goes so far beyond the streets, metres.
_MAP_M: Final = 1500.0
#: Scripts that ask a server.
_SERVED: Final = (
    "js/offline/", "js/tell/", "js/plan", "js/embed", "js/poster", "js/week", "js/go/along", "js/go/favourites",
)  # fmt: skip
_STYLES: Final = ("css/yizhan.css", "css/modes.css", "css/going.css", "css/filed.css")
_RELATIVE: Final = re.compile(r"""["'](\.{1,2}/[\w./-]+\.(?:js|css))["']""")
_ADDRESSED: Final = re.compile(r"""/static/[0-9a-f]+/([\w./-]+)""")


class Written(NamedTuple):
    """What is in a folder: how many files, how many bytes, and the districts with their sizes."""

    files: int
    bytes: int
    pockets: tuple[tuple[str, int], ...]


def write_site(live: LiveCity, folder: Path, when: datetime, areas: Collection[str] = ()) -> Written:
    """Write a site.

    Parameters
    ----------
    live
        The city, as it is now.
    folder
        Empty.
    when
        The time of writing, aware: hours are reckoned from that day on.
    areas
        Districts to write, as addresses call them; none named: all.

    Raises
    ------
    NotFoundError
        There is no such district.
    """
    city = live.current
    chosen = _chosen(city, areas)
    app = create_app(live, Settings(state=folder / ".state"), now=lambda: when)  # asked for its pages, never served
    told = _within(city, chosen) if areas else city
    index = _data(told, city, chosen, folder, when)
    _base_map(city, folder)
    pages = _pages(app, told, folder, index, when)
    _assets(app.extensions["yizhan-assets"], folder, pages)
    text = readme(city, when, when.astimezone(CHINA) + timedelta(days=DAYS))
    (folder / "README.txt").write_text(text, encoding="utf-8")
    own = [path for path in folder.rglob("*") if path.is_file()]
    sizes = tuple((each["area"], each["bytes"]) for each in index["pockets"])
    return Written(len(own), sum(path.stat().st_size for path in own), sizes)


def _chosen(city: City, areas: Collection[str]) -> list[District]:
    known = {each.area: each for each in districts(city)}
    for area in areas:
        if area not in known:
            raise NotFoundError(f"no district {area[:60]!r}; there are {', '.join(known)}")
    return [each for area, each in known.items() if not areas or area in areas]


def _within(city: City, chosen: Sequence[District]) -> City:
    """Return the city with the places of some districts alone."""
    boxes = [covered(city, each) for each in chosen]
    return city.with_places([p for p in city.places if any(box.contains(p.position) for box in boxes)], "part")


def _data(told: City, city: City, chosen: Sequence[District], folder: Path, when: datetime) -> dict[str, Any]:
    """Write what the scripts fetch, and the index that names it."""
    pockets = []
    for each in chosen:
        body, facts = make(city, each, when), summary(city, each, when)
        url = f"pockets/{each.area}/{facts['version']}.pocket"
        _write(folder / url, body)
        pockets.append({**facts, "bytes": len(body), "url": url})
    everywhere = BBox(-180, -90, 180, 90)
    names = naming.names_in(city.names.names(), told.places, everywhere, city.bbox.centre)
    places = [place_to_json(place) for place in told.places]
    index = {
        "site": FORMAT,
        "made": when.astimezone(CHINA).isoformat(timespec="seconds"),
        "city": {"name": city.manifest.name, "name_en": city.manifest.name_en, "bbox": list(city.bbox)},
        "pockets": pockets,
        "names": _named(folder, "names", "pocket", files.pack(naming.written(names, city.names.reading))),
        "places": _named(folder, "places", "json", _json(places)),
        "pins": {lang: _named(folder, f"pins-{lang}", "json", _json(pins(told, lang))) for lang in LANGUAGES},
    }
    _write(folder / INDEX, _json(index))
    return index


def _base_map(city: City, folder: Path) -> None:
    """Write every tile of the map's box; where nothing is drawn, a tile without anything."""
    if city.tile_zooms is None:
        return
    shape = shapely.box(*city.bbox.grown(_MAP_M))
    for z in range(city.tile_zooms[0], city.tile_zooms[1] + 1):
        for x, y in columns_and_rows(shape, z):
            kept = city.tile(z, x, y)
            _write(folder / f"base/{z}/{x}/{y}.mvt", b"" if kept is None else gzip.decompress(kept))


def _pages(app: Flask, city: City, folder: Path, index: dict[str, Any], when: datetime) -> list[str]:
    """Write the pages in all languages; return them as a server would have given them."""
    until = when.astimezone(CHINA) + timedelta(days=DAYS - 1)
    app.context_processor(lambda: {"alone": True})
    given = []
    for lang in LANGUAGES:
        home = "en/" if lang == "en" else ""
        facts = _facts(city, root_of(f"{home}index.html"))
        for path, name in (("/", "index.html"), ("/about", "about.html")):
            with app.test_request_context(path, query_string={"lang": lang} if home else None):
                if name == "index.html":
                    html = render_template(
                        "filed/finder.html", city=facts, lang=lang, words=page_words(),
                        shell=city_map(facts, lang=lang), start=None,
                        filed={"root": root_of(f"{home}{name}"), "words": filed_words()},
                    )  # fmt: skip
                    sheet = render_template("modes.html", types=TYPES, lang=lang)
                    _write(folder / f"{home}modes.html", sheet.encode())
                    _write(folder / f"{home}words/going.json", _json({"words": going_words(), "posters": False}))
                else:
                    html = render_template(
                        "filed/about.html", city=facts, lang=lang, pockets=index["pockets"], places=len(city.places),
                        made=f"{when.astimezone(CHINA):%Y-%m-%d}", until=f"{until:%Y-%m-%d}",
                    )  # fmt: skip
            _write(folder / f"{home}{name}", as_file(html, f"{home}{name}").encode())
            given.append(html)
    return given


def _facts(city: City, root: str) -> dict[str, Any]:
    """Return what the pages know of the city, its map among the files."""
    facts = city_summary(city)
    if facts["base_map"]:
        west, south, east, north = city.bbox.grown(_MAP_M)
        tiles = {"tiles": f"{root}/base/{{z}}/{{x}}/{{y}}.mvt", "bounds": [[south, west], [north, east]]}
        facts["base_map"] = {**facts["base_map"], **tiles}
    return facts


def _assets(assets: Assets, folder: Path, pages: Sequence[str]) -> None:
    """Write the files that the pages need, and what these need in turn."""
    ahead = [name for page in pages for name in _ADDRESSED.findall(page)]
    ahead += [*_STYLES, "js/early.js", "js/site/filed.js"]
    vendors = {"/".join(name.split("/")[:2]) for name in ahead if name.startswith("vendor/")}
    ahead += [name for name in assets.files if "/".join(name.split("/")[:2]) in vendors]
    taken: set[str] = set()
    while ahead:
        name = ahead.pop()
        if name in taken or name not in assets.files:
            continue
        taken.add(name)
        body = assets.files[name].plain
        _write(folder / "static" / assets.version / name, body)
        if name.endswith(".js") and not name.startswith("vendor/"):
            beside = posixpath.dirname(name)
            found = (posixpath.normpath(posixpath.join(beside, path)) for path in _RELATIVE.findall(body.decode()))
            ahead += [path for path in found if not path.startswith(_SERVED)]


def _named(folder: Path, name: str, kind: str, body: bytes) -> str:
    """Write a file that is called by what is in it; return how."""
    path = f"data/{name}-{hashlib.sha256(body).hexdigest()[:12]}.{kind}"
    _write(folder / path, body)
    return path


def _write(path: Path, body: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)


def _json(values: Any) -> bytes:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()
