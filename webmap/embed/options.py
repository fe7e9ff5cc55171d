"""What an embedded map is told in its address; strict: an unknown word is refused, not passed over."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final, Literal, get_args

from werkzeug.datastructures import MultiDict

from geo.choosing.words import read_count, read_list, read_pair, read_word, shown
from geo.city import City
from geo.coords import BBox, LonLat
from geo.errors import OutsideCityError, UnknownWordError
from geo.places.model import SERVICES, Place
from webmap.embed.mercator import MAX_ZOOM, MIN_ZOOM, View, view_of
from webmap.i18n import LANGUAGES
from webmap.params import check_names, values_of

Theme = Literal["auto", "light", "dark"]
THEMES: Final[tuple[Theme, ...]] = get_args(Theme)
PARTS: Final = ("list", "search", "locate")
NAMES: Final = ("center", "zoom", "area", "service", "lang", "theme", *PARTS)
_CITY_ZOOM, _POINT_ZOOM = 13, 15


@dataclass(frozen=True)
class EmbedOptions:
    """How a frame looks.

    Attributes
    ----------
    center
        The middle of the map, WGS-84; None: of the area, or of the city.
    zoom
        10 to 19; None: what fits.
    area
        A subdistrict (``东四街道``), a district (``东城区``) or both (``东城区/东四街道``) that the map opens on;
        empty: the city. Whoever asks for the nearest place gets the nearest, on whichever side of a border.
    services
        Kinds of place that are drawn, and asked for at first; none: all.
    lang, theme
        ``auto`` follows the reader's system.
    list, search, locate
        Whether the answers are listed (otherwise one card shows the pin that is chosen), whether names can be looked
        up, and whether one's own position can be used.
    """

    center: LonLat | None = None
    zoom: int | None = None
    area: str = ""
    services: tuple[str, ...] = ()
    lang: str = LANGUAGES[0]
    theme: Theme = "auto"
    list: bool = True
    search: bool = True
    locate: bool = True

    def query(self) -> dict[str, str]:
        """Return the words of an address that says the same; what is usual is left out."""
        words: dict[str, str] = {}
        if self.center is not None:
            words["center"] = f"{_short(self.center.lon)},{_short(self.center.lat)}"
        if self.zoom is not None:
            words["zoom"] = str(self.zoom)
        if self.area:
            words["area"] = self.area
        if self.services:
            words["service"] = ",".join(self.services)
        if self.lang != LANGUAGES[0]:
            words["lang"] = self.lang
        if self.theme != THEMES[0]:
            words["theme"] = self.theme
        return words | {part: "no" for part in PARTS if not getattr(self, part)}

    def covers(self, place: Place) -> bool:
        """Tell whether a place is of the kinds that are shown."""
        return not self.services or any(service.kind in self.services for service in place.services)


def read_options(args: MultiDict[str, str], city: City) -> EmbedOptions:
    """Read the options of a frame.

    Raises
    ------
    ParameterError, UnknownWordError
        One is unknown, given twice or not of its form.
    OutsideCityError, SwappedCoordinatesError
        The map would open where there is no city.
    """
    check_names(args, NAMES)
    words = values_of(args, NAMES)
    values: dict[str, Any] = {
        part: read_word(part, words[part], ("yes", "no")) == "yes" for part in PARTS if part in words
    }
    if "center" in words:
        values["center"] = _inside(city, read_pair("center", words["center"]))
    if "zoom" in words:
        values["zoom"] = read_count("zoom", words["zoom"], MIN_ZOOM, MAX_ZOOM)
    if "area" in words:
        bounds_of(city, words["area"])
        values["area"] = words["area"]
    if "service" in words:
        values["services"] = read_list("service", words["service"], SERVICES)
    if "lang" in words:
        values["lang"] = read_word("lang", words["lang"], LANGUAGES)
    if "theme" in words:
        values["theme"] = read_word("theme", words["theme"], THEMES)
    return EmbedOptions(**values)


def view_for(options: EmbedOptions, city: City) -> View:
    """Return what the map shows at first."""
    if options.area:
        view = view_of(bounds_of(city, options.area))
    else:
        view = View(city.bbox.centre, _CITY_ZOOM if options.center is None else _POINT_ZOOM)
    return View(options.center or view.center, options.zoom or view.zoom)


def bounds_of(city: City, area: str) -> BBox:
    """Return the box of an area, by its name or its district's, in Chinese or English.

    Raises
    ------
    UnknownWordError
        The city has no such area, or nobody knows where it lies.
    """
    district, slash, name = area.rpartition("/")
    boxes = [
        shape.bounds
        for each, shape in zip(city.areas, city.outlines, strict=True)
        if shape is not None
        and (
            (name in (each.name, each.name_en) and district in (each.district, ""))
            or (not slash and name == each.district)
        )
    ]
    if not boxes:
        known = {word for each in city.areas for word in (each.name, each.name_en, each.district) if word}
        near = get_close_matches(name[:40], known, n=1)
        hint = f"did you mean {near[0]}?" if near else "give the name of a subdistrict or district of the map"
        raise UnknownWordError(f"area={shown(area)} is not in {city.manifest.name}; {hint}", parameter="area")
    west, south, east, north = zip(*boxes, strict=True)
    # An area that runs off the map is shown as far as the map goes.
    return BBox(
        max(min(west), city.bbox.west),
        max(min(south), city.bbox.south),
        min(max(east), city.bbox.east),
        min(max(north), city.bbox.north),
    )


def _inside(city: City, point: LonLat) -> LonLat:
    if city.bbox.contains(point):
        return point
    raise OutsideCityError(
        f"center={point.lon:g},{point.lat:g} lies outside {city.manifest.name} (lon {city.bbox.west:.3f} to "
        f"{city.bbox.east:.3f}, lat {city.bbox.south:.3f} to {city.bbox.north:.3f}); choose a point in the city, "
        "longitude first",
        parameter="center",
    )


def _short(degrees: float) -> str:
    """Return degrees to about a centimetre, without a tail of noughts."""
    return f"{degrees:.7f}".rstrip("0").rstrip(".")
