"""The names that an extract holds: areas, stations, streets, things, house numbers; one entry for each that is one."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import Final

import geopandas
import numpy as np
import shapely

from geo.coords import LonLat, metres_per_degree
from geo.finding.gazetteer import Name, NameKind
from geo.osm.extract import Extract, Feature
from geo.pack.areas import at, containing
from geo.streets.network import StreetNetwork

_THINGS: Final = ("amenity", "shop", "tourism", "leisure", "office", "healthcare", "natural", "waterway", "building")
_MAX_NAME: Final = 120
#: Tags with further names; several are separated by semicolons.
_ALSO: Final = ("alt_name", "loc_name", "short_name", "old_name", "official_name")
#: A Chinese name and the same in Latin letters behind it: 东四四条 (Dongsi 4 Tiao).
_LATIN_BEHIND: Final = re.compile(
    r"^([^(（]*[\u4e00-\u9fff])(?:\s*[(（]|\s+)([^\u4e00-\u9fff]*[^\W\d_]{2}[^\u4e00-\u9fff]*)$"
)
#: Stretches of one name no farther apart than this are one street; stops of one name are one station.
_APART_M: Final = 1000.0


def names_of(extract: Extract, areas: geopandas.GeoDataFrame, network: StreetNetwork) -> list[Name]:
    """Return the names of an extract, ordered by name.

    A street comes once, at its middle, and so does a station; other things once per name, kind, address and
    subdistrict.
    """
    raw = [*_feature_names(extract), *_street_names(extract, network)]
    if not raw:
        return []
    points = at([shapely.Point(name.position) for name in raw])
    districts, subdistricts = containing(points, areas, "district"), containing(points, areas, "subdistrict")
    once: dict[tuple[str, str, object, str | None], Name] = {}
    for name, district, subdistrict in zip(raw, districts, subdistricts, strict=True):
        # a district lies in none of its own parts
        parts = [part for part in (district, subdistrict) if part and name.name not in {part, district}]
        placed = name._replace(context=" ".join(parts) or None)
        where = name.position if name.kind in {"street", "station"} else placed.context
        once.setdefault((name.name, name.kind, where, name.address), placed)
    return sorted(once.values(), key=lambda name: (name.name, name.kind, name.position))


def _feature_names(extract: Extract) -> Iterator[Name]:
    stations: dict[str, list[Name]] = defaultdict(list)
    for feature in extract.features:
        name, kind, address = feature.tags.get("name"), _kind(feature), _address(feature.tags)
        if not (name and kind) and not address:
            continue
        point = feature.geometry.representative_point()
        position = LonLat(round(point.x, 6), round(point.y, 6))
        if not (name and kind):
            yield Name(str(address), None, "address", None, position, address=address)
            continue
        named = _named(name, kind, position, feature.tags)._replace(address=address)
        if kind == "station":
            stations[named.name].append(named)
        else:
            yield named
    for name in sorted(stations):
        same = sorted(stations[name], key=lambda one: (one.name_en is None, one.position))
        for part in _parts([shapely.Point(one.position) for one in same]):
            yield same[part[0]]


def _named(name: str, kind: NameKind, position: LonLat, tags: Mapping[str, str]) -> Name:
    # behind the name of a shop stands its branch, which is no other name
    own, latin = _without_latin(name) if kind != "poi" else (name, None)
    english = (tags.get("name:en") or latin or "")[:_MAX_NAME] or None
    return Name(own[:_MAX_NAME], english, kind, None, position, also=_also(own, [tags]))


def _without_latin(name: str) -> tuple[str, str | None]:
    """Return a Chinese name without the Latin one that stands behind it, and that one."""
    found = _LATIN_BEHIND.match(name)
    return (found[1].strip(), found[2].strip(" )）")) if found else (name, None)


def _also(name: str, tags: Iterable[Mapping[str, str]]) -> tuple[str, ...]:
    """Return further names: those of the tags, and what people call it."""
    tagged = (part.strip()[:_MAX_NAME] for t in tags for tag in _ALSO for part in t.get(tag, "").split(";"))
    return tuple(dict.fromkeys(part for part in [*tagged, *_popular().get(name, ())] if part and part != name))


@cache
def _popular() -> Mapping[str, tuple[str, ...]]:
    """Return the reviewed table of what people call streets and sights that the map knows by their official names."""
    lines = files("geo.finding").joinpath("also_called.tsv").read_text(encoding="utf-8").splitlines()
    table: dict[str, tuple[str, ...]] = {}
    for line in lines[1:]:
        name, also, _ = line.split("\t")
        table[name] = (*table.get(name, ()), also)
    return table


def _kind(feature: Feature) -> NameKind | None:
    tags = feature.tags
    if "place" in tags or (tags.get("boundary") == "administrative" and tags.get("admin_level") in {"6", "8"}):
        return "area"
    if tags.get("railway") in {"station", "halt"} or tags.get("public_transport") == "station":
        return "station"
    return "poi" if any(key in tags for key in _THINGS) else None


def _address(tags: Mapping[str, str]) -> str | None:
    """Return the address that tags tell, as people write it."""
    street, number = tags.get("addr:street", ""), tags.get("addr:housenumber", "")
    if not street or not number:
        return None
    return f"{street}{number}"[:_MAX_NAME] + ("" if number.endswith(("号", "号院", "弄")) else "号")


def _street_names(extract: Extract, network: StreetNetwork) -> Iterator[Name]:
    """Every street once, in the middle of its stretches of one name."""
    tags = _street_tags(extract)
    named = np.flatnonzero(network.edge_name > 0)
    own = {number: _without_latin(network.names[number])[0] for number in np.unique(network.edge_name[named]).tolist()}
    edges = sorted(named.tolist(), key=lambda edge: (own[network.edge_name[edge]], edge))
    for name, group in groupby(edges, lambda edge: own[network.edge_name[edge]]):
        stretches = list(group)
        shapes = [network.shape(edge) for edge in stretches]
        english, also = _english(name, tags[name]), _also(name, tags[name])
        for part in _parts([shapely.LineString(shape) for shape in shapes]):
            position = _middle([shapes[i] for i in part], network.edge_length_m[[stretches[i] for i in part]])
            yield Name(name[:_MAX_NAME], english, "street", None, position, also=also)


def _street_tags(extract: Extract) -> Mapping[str, list[Mapping[str, str]]]:
    """Return the tags of all streets by name."""
    found: dict[str, list[Mapping[str, str]]] = defaultdict(list)
    for tags in extract.ways.tags:
        if "name" in tags:
            found[_without_latin(tags["name"])[0]].append(tags)
    return found


def _english(name: str, tags: Iterable[Mapping[str, str]]) -> str | None:
    """Return the English name that most of a street's ways have; of equals the first in the alphabet."""
    names = Counter(english for t in tags if (english := t.get("name:en") or _without_latin(t["name"])[1]))
    return min(names, key=lambda english: (-names[english], english))[:_MAX_NAME] if names else None


def _parts(shapes: Sequence[shapely.Geometry]) -> list[list[int]]:
    """Return which shapes, in degrees, hang together within :data:`_APART_M`, by their numbers."""
    if len(shapes) == 1:
        return [[0]]
    scale = np.array(metres_per_degree(float(shapely.bounds(shapes[0])[1])))
    metres = shapely.transform(np.array(shapes), lambda lonlat: lonlat * scale)
    wide = shapely.get_parts(shapely.union_all(shapely.buffer(metres, _APART_M / 2, quad_segs=4)))
    which, part = shapely.STRtree(wide).query(metres, predicate="intersects")
    parts: dict[int, list[int]] = defaultdict(list)
    for shape, number in zip(which.tolist(), part.tolist(), strict=True):
        parts[number].append(shape)
    return [sorted(part) for part in sorted(parts.values())]


def _middle(shapes: Sequence[np.ndarray], lengths_m: np.ndarray) -> LonLat:
    """Return the middle of the stretch that lies nearest to the middle of all."""
    middles = np.array([shape[len(shape) // 2] if len(shape) > 2 else shape.mean(axis=0) for shape in shapes])
    centre = np.average(middles, axis=0, weights=lengths_m)
    scale = np.array(metres_per_degree(float(centre[1])))
    apart = np.hypot(*((middles - centre) * scale).T).round(3)
    lon, lat = middles[np.lexsort((middles[:, 1], middles[:, 0], apart))[0]]
    return LonLat(round(float(lon), 6), round(float(lat), 6))
