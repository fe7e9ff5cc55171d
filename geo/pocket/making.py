"""A district of a city -> its pocket: one file with streets, places, open hours, names and a map."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any, Final

import shapely

from geo.choosing.wanted import ACCESS_WORDS
from geo.city import City
from geo.coords import BBox
from geo.places.hours import CHINA
from geo.places.model import ACCURACIES, AMENITIES, AUDIENCES, SERVICES
from geo.pocket import facilities, files, naming, network
from geo.pocket.districts import District
from geo.pocket.map_tiles import map_tiles
from geo.pocket.schedules import DAYS, schedules
from geo.streets.profiles import ACCESS_M_PER_S, MODES
from geo.streets.snapping import MAX_SNAP_M

#: A pocket takes at most so many bytes; the map's deepest zooms go first.
MOST_BYTES: Final = 2_000_000
#: Whoever walks from a point that a pocket covers gets the city's own answer up to this travel time, seconds.
COMPLETE_WALK_S: Final = 1800.0
#: A box grown by metres on a plane is this much wider than it need be on the ellipsoid.
_SAFE: Final = 1.01
#: The map goes so far beyond the district, about 1 km.
_MAP_DEG: Final = 0.01


def version_of(city: City, district: District, when: datetime) -> str:
    """Return what tells a pocket from another, without making it: city, places, district, calendar, day and format."""
    day = when.astimezone(CHINA).date()
    dates = (day + timedelta(days=n) for n in range(DAYS + 366))
    holidays = [city.calendar.marked(date) for date in dates]
    text = repr((files.FORMAT, city.manifest.version, district.area, tuple(district.bbox), day.isoformat(), holidays))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def summary(city: City, district: District, when: datetime) -> dict[str, Any]:
    """Return what a pocket's ``meta`` says of it, as far as it is known before it is made."""
    first, made = _first_day(when), when.astimezone(CHINA)
    return {
        "area": district.area,
        "name": district.name,
        "name_en": district.name_en,
        "version": version_of(city, district, when),
        "made": made.isoformat(timespec="seconds"),
        "data_date": city.manifest.built,
        "valid_from": first.isoformat(),
        "valid_until": (first + timedelta(days=DAYS)).isoformat(),
        "bbox": [round(degrees, 6) for degrees in covered(city, district)],
    }


def covered(city: City, district: District) -> BBox:
    """Return the box within which a pocket answers, degrees: the district's, and as far around as one is snapped."""
    west, south, east, north = district.bbox.grown(MAX_SNAP_M)
    around = city.bbox.grown(MAX_SNAP_M)
    return BBox(max(west, around.west), max(south, around.south), min(east, around.east), min(north, around.north))


def make(city: City, district: District, when: datetime, most_bytes: int = MOST_BYTES) -> bytes:
    """Make the pocket of a district.

    Parameters
    ----------
    when
        The time of making, aware; open hours are reckoned from that day on, by China's clock.
    most_bytes
        How many bytes it may take; the map's deepest zooms are left out for it.
    """
    box = covered(city, district)
    around = box.grown(COMPLETE_WALK_S * ACCESS_M_PER_S * _SAFE)
    part = network.cut(city.network, around)
    streets = network.written(city.network, part, network.scale_of(around))
    number, positions = facilities.standing_on(city, part, around)
    places = [city.places[n] for n in number.tolist()]
    opens = schedules(places, _first_day(when).date(), city.calendar)
    names = naming.names_in(city.names.names(), places, box, city.bbox.centre)
    sections = {
        **streets.sections,
        **facilities.written(city, part, number, positions),
        "hours": _json(opens),
        **naming.written(names, city.names.reading),
    }
    complete = BBox(-180, -90, 180, 90) if len(places) == len(city.places) else around
    meta = _meta(city, district, when) | {"streets": streets.meta, "places_bbox": list(complete)}
    room = most_bytes - len(
        files.pack({**sections, "meta": _json({**meta, "tiles": {"min_zoom": 10, "max_zoom": 10}})})
    )
    drawn = district.shape.buffer(_MAP_DEG).intersection(shapely.box(*city.bbox.grown(MAX_SNAP_M)))
    tiles = map_tiles(city.tile, city.tile_zooms, drawn, room)
    meta["tiles"] = tiles.zooms and {"min_zoom": tiles.zooms[0], "max_zoom": tiles.zooms[1]}
    return files.pack({"meta": _json(meta), **sections, **tiles.sections})


def _meta(city: City, district: District, when: datetime) -> dict[str, Any]:
    manifest = city.manifest
    return {
        **summary(city, district, when),
        "format": files.FORMAT,
        "modes": MODES,
        "words": {
            "services": SERVICES,
            "amenities": AMENITIES,
            "accesses": ACCESS_WORDS,
            "audiences": AUDIENCES,
            "accuracies": ACCURACIES,
        },
        "complete_walk_s": COMPLETE_WALK_S,
        "city": {
            "name": manifest.name,
            "name_en": manifest.name_en,
            "version": manifest.version,
            "sample": manifest.sample,
            "bbox": list(city.bbox),
            "center": list(city.bbox.centre),
            "sources": [dict(source) for source in manifest.sources],
        },
    }


def _first_day(when: datetime) -> datetime:
    return when.astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0)


def _json(values: Any) -> bytes:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()
