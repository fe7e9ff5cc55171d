"""The districts of a city that pockets are made of: what they are called in an address, and their boxes."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

import shapely
from shapely.geometry.base import BaseGeometry

from geo.city import City
from geo.coords import BBox
from geo.errors import NotFoundError
from geo.finding.pinyin import readings
from geo.finding.spelling import units

#: What a city without districts is called.
WHOLE: Final = "city"
#: The last character of a district's name says that it is one.
_KIND: Final = re.compile("[区县市旗]$")


class District(NamedTuple):
    """A part of the city.

    Attributes
    ----------
    area
        What it is called in an address: lower-case letters, digits and hyphens.
    name, name_en
        What people call it.
    bbox
        Around its subdistricts, as far as the map goes; degrees.
    shape
        Its subdistricts, coarse, degrees.
    """

    area: str
    name: str
    name_en: str | None
    bbox: BBox
    shape: BaseGeometry


def districts(city: City) -> tuple[District, ...]:
    """Return the districts that have streets on the map, in order of their names; without any, the whole city."""
    outlines: dict[str, list[BaseGeometry]] = {}
    for area, outline in zip(city.areas, city.outlines, strict=True):
        if area.district is not None and outline is not None:
            outlines.setdefault(area.district, []).append(outline)
    found: dict[str, District] = {}
    for name in sorted(outlines):
        shape = shapely.intersection(shapely.box(*city.bbox), shapely.union_all(outlines[name]))
        if shape.is_empty or not shape.area:
            continue
        spelled = _spelled(name)
        slug = _free("-".join(units(spelled)) or "district", found)
        found[slug] = District(slug, name, spelled.title() or None, BBox(*shape.bounds), shape)
    if not found:
        whole = shapely.box(*city.bbox)
        return (District(WHOLE, city.manifest.name, city.manifest.name_en, city.bbox, whole),)
    return tuple(found.values())


def district(city: City, area: str) -> District:
    """Return the district of an address.

    Raises
    ------
    NotFoundError
        There is none.
    """
    known = districts(city)
    for each in known:
        if each.area == area:
            return each
    raise NotFoundError(f"no district {area[:60]!r}; there are {', '.join(each.area for each in known)}")


def _spelled(name: str) -> str:
    """Return a name in Latin letters, without the word for district."""
    own = _KIND.sub("", name) or name
    parts = []
    for word in re.findall(r"[㐀-鿿]+|[^㐀-鿿]+", own):
        ways = readings(word) if re.match("[㐀-鿿]", word) else ()
        parts.append("".join(ways[0]) if ways else word)
    return " ".join(part.strip() for part in parts if part.strip())


def _free(slug: str, taken: dict[str, District]) -> str:
    slug = re.sub("[^a-z0-9-]+", "", slug.lower()) or "district"
    free, number = slug, 2
    while free in taken:
        free, number = f"{slug}-{number}", number + 1
    return free
