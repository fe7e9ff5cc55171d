"""What an embedded map is told in its address; strict: an unknown word is refused, not passed over."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final, Literal, get_args

from werkzeug.datastructures import MultiDict

from geo.choosing.words import read_count, read_list, read_pair, read_word, shown
from geo.city import City
from geo.coords import BBox, LonLat
from geo.errors import OutsideCityError, ParameterError, UnknownWordError
from geo.places.model import SERVICES, Place
from webmap.embed.mercator import MAX_ZOOM, MIN_ZOOM, View, view_of
from webmap.i18n import LANGUAGES
from webmap.modes import LARGE, TYPES
from webmap.params import check_names, values_of

Theme = Literal["auto", "light", "dark", "contrast"]
THEMES: Final[tuple[Theme, ...]] = get_args(Theme)
PARTS: Final = ("list", "search", "locate")
LAYERS: Final = ("areas",)
#: How far the layer's people go on foot, minutes.
REACH_MIN: Final = 15
MAX_REACH_MIN: Final = 60
NAMES: Final = ("center", "zoom", "area", "service", "lang", "theme", "type", "layer", "hour", "reach", *PARTS)
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
        ``auto`` follows the reader's system; ``contrast`` is black on white.
    type
        Size of the main text, as :mod:`webmap.modes` knows it; empty: the usual one, or what the reader has chosen.
    layer
        ``areas``: how many people of each subdistrict have a place of these kinds within reach; empty: none.
    hour, reach
        The layer's hour of the day (0 to 23), when places must certainly be open; None: whatever their hours. How many
        minutes on foot are within reach.
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
    type: str = ""
    layer: str = ""
    hour: int | None = None
    reach: int = REACH_MIN
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
        if self.type:
            words["type"] = self.type
        if self.layer:
            words["layer"] = self.layer
        if self.hour is not None:
            words["hour"] = str(self.hour)
        if self.reach != REACH_MIN:
            words["reach"] = str(self.reach)
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
    if "type" in words:
        asked = read_word("type", words["type"], (LARGE, *TYPES))
        values["type"] = TYPES[1] if asked == LARGE else asked
    if "layer" in words:
        values["layer"] = read_word("layer", words["layer"], LAYERS)
    if "hour" in words:
        values["hour"] = read_count("hour", words["hour"], 0, 23)
    if "reach" in words:
        values["reach"] = read_count("reach", words["reach"], 1, MAX_REACH_MIN)
    for name in ("hour", "reach"):
        if name in words and "layer" not in words:
            raise ParameterError(f"{name}={shown(words[name])} is of a layer; add layer=areas", parameter=name)
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
