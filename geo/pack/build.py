"""An extract -> a city pack: streets, areas, places, names, base map, and what is known of their origin."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
from shapely.geometry.base import BaseGeometry
from tqdm import tqdm

from geo.choosing.conditions import Conditions
from geo.choosing.openness import Openings
from geo.coords import BBox
from geo.coverage.layers import EATERIES_FILE, HOSTS_FILE
from geo.coverage.pieces import NOWHERE, Area
from geo.coverage.spots import save_spots
from geo.coverage.warming import warm as warm_planner
from geo.errors import ParameterError
from geo.finding.along import Wayside
from geo.finding.name_index import write_names
from geo.finding.nearest import Finder
from geo.osm.extract import Extract
from geo.pack import folder
from geo.pack.areas import areas_of, located, subdistricts, with_population
from geo.pack.basemap import build_tiles, can_build
from geo.pack.hosts import MOST, eateries_of, hosts_of
from geo.pack.names import names_of
from geo.pack.pieces import cut
from geo.places.calendar import Calendar
from geo.places.from_osm import places_from_osm
from geo.places.model import Place
from geo.streets.from_osm import build_network
from geo.streets.hierarchy import Hierarchy, make_hierarchy
from geo.streets.network import StreetNetwork
from geo.streets.profiles import MODES, Mode
from geo.streets.snapping import snap_many

#: A place this near to a named street lies beside it.
_BESIDE_M: Final = 60.0


def build_pack(
    extract: Extract,
    out: Path,
    *,
    name: str,
    when: datetime,
    name_en: str | None = None,
    population: Path | None = None,
    places: Sequence[Place] = (),
    sample: bool = False,
) -> folder.Manifest:
    """Build a city pack.

    Parameters
    ----------
    extract
        Streets and features.
    out
        Folder of the pack; an older pack there is replaced at the end, all at once.
    name, name_en
        The city.
    when
        Time of building, aware.
    population
        Table of residents (``district, subdistrict, population``), joined to the subdistricts.
    places
        Further places beside those of the extract.
    sample
        Whether positions are illustrative throughout.

    Raises
    ------
    EmptyExtractError
        The extract has no usable street.
    PackError
        ``out`` cannot be written; nothing is left behind.
    """
    with folder.new_pack(out) as building:
        manifest = _write(extract, building, name, when, name_en, population, places, sample)
        folder.write_manifest(building, manifest)
    return manifest


def _write(
    extract: Extract,
    building: Path,
    name: str,
    when: datetime,
    name_en: str | None,
    population: Path | None,
    places: Sequence[Place],
    sample: bool,
) -> folder.Manifest:
    dropped = dict(extract.dropped)
    with _steps(6 + len(MODES)) as step:
        step("streets")
        network, lost = build_network(extract)
        dropped.update(lost)
        network.save(building / folder.STREETS)
        hierarchies = {}
        for mode in MODES:
            step(f"hierarchy of streets, {mode}")
            hierarchies[mode] = make_hierarchy(network.arcs[mode])
            hierarchies[mode].save(building / folder.STREETS, f"{mode}.way.")

        step("areas")
        areas = areas_of(extract)
        if population is not None:
            areas, unmatched = with_population(areas, population)
            dropped["rows of the population table without a subdistrict"] = unmatched
        (building / folder.AREAS).write_text(areas.to_json(drop_id=True, ensure_ascii=False), encoding="utf-8")

        step("demand")
        demand = _write_demand(
            building / folder.DEMAND, extract, network, *subdistricts(areas, network.bbox()), dropped
        )

        step("places")
        known = sorted(located([*places, *places_from_osm(extract)], areas), key=lambda place: place.id)
        known = _with_streets(known, network)
        _refuse_doubles(known)
        folder.write_places(building, known)
        unreachable = _prove(network, hierarchies, known)

        step("names")
        names = names_of(extract, areas, network)
        centre = BBox(*network.bbox()).centre
        write_names(building / folder.NAMES, names, centre, read_too=[place.name for place in known])

        step("base map")
        tiles = 0
        if can_build():
            tiles = build_tiles(extract, building / folder.BASE_MAP, name=name).tiles
        else:
            dropped["base map: tippecanoe is not installed here"] = 1

    return folder.Manifest(
        name=name,
        name_en=name_en,
        sample=sample,
        built=when.isoformat(timespec="seconds"),
        version=folder.content_version(building),
        bbox=network.bbox(),
        sources=_sources(extract, population, sample),
        counts={
            "streets_km": round(network.length_km, 1),
            "nodes": network.node_count,
            "edges": network.edge_count,
            "districts": int((areas["level"] == "district").sum()),
            "subdistricts": int((areas["level"] == "subdistrict").sum()),
            **demand,
            "places": len(known),
            "names": len(names),
            "tiles": tiles,
            **{f"places_out_of_reach_{mode}": count for mode, count in unreachable.items()},
        },
        dropped={reason: count for reason, count in dropped.items() if count},
    )


def _write_demand(
    out: Path,
    extract: Extract,
    network: StreetNetwork,
    areas: tuple[Area, ...],
    shapes: Sequence[BaseGeometry],
    dropped: dict[str, int],
) -> dict[str, int]:
    """Write the streets cut at borders, and the spots; return how many there are."""
    pieces = cut(network, shapes)
    pieces.save(out, areas)
    eateries, hosts = eateries_of(extract), hosts_of(extract)
    save_spots(out / EATERIES_FILE, eateries.spots)
    save_spots(out / HOSTS_FILE, hosts.spots)
    dropped[f"eateries beyond {MOST:,}"] = eateries.left_out
    dropped[f"hosts beyond {MOST:,}"] = hosts.left_out
    return {
        "pieces": len(pieces.edge),
        "pieces_in_no_subdistrict": int((pieces.area == NOWHERE).sum()),
        "residents": sum(area.residents or 0 for area in areas),
        "eateries": len(eateries.spots),
        "hosts": len(hosts.spots),
    }


def _refuse_doubles(places: Sequence[Place]) -> None:
    for one, other in pairwise(places):
        if one.id == other.id:
            raise ParameterError(f"two places have the id {one.id!r} ({one.name}, {other.name}); give each its own")


def _with_streets(places: Sequence[Place], network: StreetNetwork) -> list[Place]:
    """Say beside which street a place without an address lies, so that nameless ones can be told apart."""
    lonlat = np.array([place.position for place in places], dtype=np.float64).reshape(-1, 2)
    edges = snap_many(network, "walk", lonlat, max_m=_BESIDE_M).edge.tolist()
    names = [network.names[network.edge_name[edge]] if edge >= 0 else "" for edge in edges]
    return [
        replace(place, address=f"{name}旁") if name and not place.address else place
        for place, name in zip(places, names, strict=True)
    ]


def _prove(network: StreetNetwork, hierarchies: Mapping[Mode, Hierarchy], places: Sequence[Place]) -> dict[str, int]:
    """Try every mode's finder and count the places that stand on no street of its main network.

    It also compiles the kernels, so that no server has to.
    """
    unreachable: dict[str, int] = {}
    conditions, openings = Conditions(places), Openings(places, Calendar.packaged())
    for mode in MODES:
        finder = Finder(network, mode, places, conditions, openings)
        unreachable[mode] = int((~finder.reachable).sum())
        finder.warm()
        finder.quicken(hierarchies[mode])
        finder.warm()
        Wayside(network, mode, places, conditions, openings).warm()
    warm_planner()
    return unreachable


def _sources(extract: Extract, population: Path | None, sample: bool) -> tuple[dict[str, str], ...]:
    known = {key: value for key, value in asdict(extract.provenance).items() if value is not None}
    known.setdefault("vintage", "unknown: the data carries no dates")
    sources = [known]
    if population is not None:
        licence = extract.provenance.licence if sample else "as its publisher says"
        sources.append({"name": "Residents by subdistrict", "origin": population.name, "licence": licence})
    return tuple(sources)


@contextmanager
def _steps(count: int) -> Iterator[Callable[[str], None]]:
    with tqdm(total=count, unit=" steps", disable=None) as bar:

        def step(what: str) -> None:
            bar.set_description(what)
            bar.update()

        yield step
