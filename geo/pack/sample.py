"""The sample city: hand-written tables of Dongcheng -> OpenStreetMap XML and places.

Its positions are illustrative. The XML goes through the same reader and builder as a real extract.
"""

from __future__ import annotations

import csv
import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Final, cast

import numpy as np
import shapely
from shapely import LineString, Point

from geo.coords import E7, LonLat, metres_per_degree
from geo.errors import PackError
from geo.osm.extract import Provenance
from geo.osm.files import read_file
from geo.pack.build import build_pack
from geo.pack.folder import Manifest
from geo.places.model import Access, Accuracy, AmenityKind, Place, Service, ServiceKind, YesNo

NAME: Final = "东城区（示例）"
NAME_EN: Final = "Dongcheng (sample)"
#: A street's end within this distance of another street joins it.
_JOIN_M: Final = 12.0
#: Spots that OpenStreetMap calls shops; all others are amenities.
_SHOPS: Final = frozenset({"convenience", "supermarket"})
_MIDDLE = LonLat(116.41, 39.92)
_PROVENANCE = Provenance(
    name="yizhan sample city",
    licence="CC0-1.0",
    url="https://creativecommons.org/publicdomain/zero/1.0/",
    attribution="示例城市 · positions are illustrative",
    origin="data/dongcheng",
)


def build_sample(out: Path, when: datetime) -> Manifest:
    """Build the sample city's pack."""
    tables = sample_folder()
    with TemporaryDirectory(prefix="yizhan-sample-") as temporary:
        xml = Path(temporary) / "dongcheng.osm"
        names = ("streets", "subdistricts", "spots")
        xml.write_bytes(osm_xml(*(_rows(tables / f"{name}.csv") for name in names)))
        extract = read_file(xml, provenance=_PROVENANCE)
    return build_pack(
        extract,
        out,
        name=NAME,
        name_en=NAME_EN,
        when=when,
        population=tables / "residents.csv",
        places=places(_rows(tables / "stations.csv")),
        sample=True,
    )


def sample_folder() -> Path:
    """Return the folder of the sample's tables: in a checkout, or inside the installed package.

    Raises
    ------
    PackError
        Neither is there.
    """
    installed = Path(str(files("geo"))) / "dongcheng"
    checkout = Path(__file__).parents[2] / "data" / "dongcheng"
    for folder in (checkout, installed):
        if (folder / "streets.csv").is_file():
            return folder
    raise PackError(f"{installed}: the sample city's tables are missing; install yizhan again")


def places(rows: Iterable[Mapping[str, str]]) -> list[Place]:
    """Read the sample's stations."""
    return [_place(row) for row in rows]


def osm_xml(
    streets: Iterable[Mapping[str, str]],
    subdistricts: Iterable[Mapping[str, str]],
    spots: Iterable[Mapping[str, str]] = (),
) -> bytes:
    """Write streets, noded where they cross, subdistricts and spots as OpenStreetMap XML."""
    root = ET.Element("osm", version="0.6", generator="yizhan sample")
    nodes: dict[tuple[int, int], int] = {}
    node_tags: dict[int, dict[str, str]] = {}
    ways: list[tuple[list[int], dict[str, str]]] = []

    def node(point: tuple[float, float]) -> int:
        key = (round(point[0] * E7), round(point[1] * E7))
        return nodes.setdefault(key, len(nodes) + 1)

    streets = list(streets)
    for row, line in zip(streets, noded([_points(row["polyline"]) for row in streets]), strict=True):
        tags = {"highway": row["class"], "name": row["name"], "name:en": row["name_en"], "oneway": row["oneway"]}
        ways.append(([node(point) for point in line], tags))
    for row, ring, level in _boundaries(list(subdistricts)):
        tags = {"boundary": "administrative", "admin_level": level, "name": row["name"], "name:en": row["name_en"]}
        ways.append(([node(point) for point in ring], tags))
    for row in spots:
        key = "shop" if row["kind"] in _SHOPS else "amenity"
        node_tags[node((float(row["lon"]), float(row["lat"])))] = {key: row["kind"], "name": row["name"]}

    for (lon, lat), number in nodes.items():
        at = {"id": str(number), "lon": f"{lon / E7:.7f}", "lat": f"{lat / E7:.7f}", "version": "1"}
        _tagged(ET.SubElement(root, "node", at), node_tags.get(number, {}))
    for number, (refs, tags) in enumerate(ways, 1):
        way = ET.SubElement(root, "way", id=str(number), version="1")
        for ref in refs:
            ET.SubElement(way, "nd", ref=str(ref))
        _tagged(way, tags)
    return cast(bytes, ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _tagged(thing: ET.Element, tags: Mapping[str, str]) -> None:
    for key, value in tags.items():
        if value:
            ET.SubElement(thing, "tag", k=key, v=value)


def noded(lines: list[list[tuple[float, float]]]) -> list[list[tuple[float, float]]]:
    """Put a common point into lines wherever two cross or one ends within 12 m of another.

    Parameters
    ----------
    lines
        Points in degrees.

    Returns
    -------
    list
        The same lines with further points, all bends kept.
    """
    scale = np.array(metres_per_degree(_MIDDLE.lat))
    metric = [LineString((np.array(line) - _MIDDLE) * scale) for line in lines]
    tree = shapely.STRtree(metric)
    extra: dict[int, list[tuple[float, tuple[float, float]]]] = defaultdict(list)

    def meet(number: int, point: Point, at: tuple[float, float]) -> None:
        extra[number].append((metric[number].project(point), at))

    for i, line in enumerate(metric):
        for j in tree.query(line, predicate="dwithin", distance=_JOIN_M).tolist():
            if j == i:
                continue
            for end in (0, -1):
                point = Point(line.coords[end])
                if metric[j].distance(point) <= _JOIN_M:
                    meet(j, point, lines[i][end])
            if j > i:
                for point in _crossings(line, metric[j]):
                    lon, lat = np.array(point.coords[0]) / scale + _MIDDLE
                    for number in (i, j):
                        meet(number, point, (float(lon), float(lat)))
    return [_with_points(line, metric[i], extra[i]) for i, line in enumerate(lines)]


def _crossings(one: LineString, other: LineString) -> list[Point]:
    """Points where two lines cross, without those at an end of either: ends are joined as they are."""
    crossing = one.intersection(other)
    points = [part for part in shapely.get_parts(crossing) if part.geom_type == "Point"]
    ends = shapely.MultiPoint([one.coords[0], one.coords[-1], other.coords[0], other.coords[-1]])
    return [point for point in points if ends.distance(point) > _JOIN_M]


def _with_points(
    line: list[tuple[float, float]], metric: LineString, extra: list[tuple[float, tuple[float, float]]]
) -> list[tuple[float, float]]:
    """Insert points at their measures; a bend or end nearer than the joining distance to one gives way to it."""
    bends = [(metric.project(Point(xy)), at) for xy, at in zip(metric.coords, line, strict=True)]
    kept = [bend for bend in bends[1:-1] if all(abs(bend[0] - measure) > 1.0 for measure, _ in extra)]
    ends = [bends[0], bends[-1]]
    return [point for _, point in sorted([*ends, *kept, *extra], key=lambda entry: entry[0])]


def _boundaries(rows: list[Mapping[str, str]]) -> Iterable[tuple[Mapping[str, str], list[tuple[float, float]], str]]:
    """Yield the subdistricts' rings, and the outline of each district."""
    by_district = defaultdict(list)
    for row in rows:
        ring = _points(row["ring"])
        by_district[row["district"]].append(shapely.Polygon(ring))
        yield row, [*ring, ring[0]], "8"
    for district, polygons in by_district.items():
        outline = shapely.union_all(polygons)
        for part in shapely.get_parts(outline):
            names = {"name": district, "name_en": "Dongcheng District" if district == "东城区" else ""}
            yield names, list(part.exterior.coords), "6"


def _place(row: Mapping[str, str]) -> Place:
    hours = dict(part.split("=", 1) for part in row["hours"].split(";;") if part)
    there: dict[str, YesNo] = dict.fromkeys(_words(row["amenities"]), "yes")
    there |= dict.fromkeys(_words(row["no_amenities"]), "no")
    return Place(
        id=row["id"],
        name=row["name"],
        name_en=row["name_en"] or None,
        position=LonLat(float(row["lon"]), float(row["lat"])),
        accuracy=cast(Accuracy, row["accuracy"]),
        services=tuple(
            Service(cast(ServiceKind, kind), hours.get(kind) or hours.get("*")) for kind in _words(row["services"])
        ),
        amenities=MappingProxyType(cast(Mapping[AmenityKind, YesNo], there)),
        address=row["address"] or None,
        district="东城区",
        subdistrict=row["subdistrict"] or None,
        community=row["community"] or None,
        access=cast(Access, row["access"]) if row["access"] else None,
        host=row["host"] or None,
        phone=row["phone"] or None,
        note=row["note"] or None,
        source=row["source"],
    )


def _words(text: str) -> list[str]:
    return [word for word in text.split(";") if word]


def _points(text: str) -> list[tuple[float, float]]:
    return [(float(lon), float(lat)) for lon, lat in (pair.split() for pair in text.split(";"))]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
