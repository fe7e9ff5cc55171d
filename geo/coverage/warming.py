"""A village on which every part of the planner is tried once, so that no question has to wait for a compiler."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Final

import numpy as np

from geo.choosing.conditions import Conditions
from geo.choosing.openness import Openings
from geo.coords import LonLat
from geo.coverage.asking import LAYERS, CoverageQuery
from geo.coverage.candidates import from_crossings
from geo.coverage.gaps import find_gaps
from geo.coverage.layers import EATERIES_FILE, HOSTS_FILE, Layers
from geo.coverage.next_places import SitingQuery, find_sites, gains
from geo.coverage.pieces import Area, whole_edges
from geo.coverage.planner import Planner
from geo.coverage.point_table import MICRO
from geo.coverage.scenario import Add, Close, CloseStreet, Move, planned
from geo.coverage.service_area import reached_from, service_areas
from geo.coverage.siting.problems import KINDS, Question
from geo.coverage.spots import Spot, save_spots
from geo.coverage.straight import Ground
from geo.places.calendar import Calendar
from geo.places.hours import CHINA
from geo.places.model import Place, Service
from geo.streets.network import StreetNetwork
from geo.streets.profiles import MODES
from geo.streets.snapping import snap

_WEST_E7, _SOUTH_E7, _STEP_E7, _SIDE = 1_164_000_000, 399_000_000, 60_000, 5
_STREETS: Final = "streets"
_DEMAND: Final = "demand"
_WHEN: Final = datetime(2026, 11, 23, 12, 0, tzinfo=CHINA)


def warm() -> None:
    """Build the village, and load, and where need be compile and keep, all that a planner's question may call."""
    with tempfile.TemporaryDirectory(prefix="yizhan-village-") as folder:
        build_village(Path(folder))
        warm_in(Path(folder))


def build_village(folder: Path) -> None:
    """Build streets on a grid, as a city pack keeps them.

    It brings libraries that only building needs: who is to stay small lets another process do it.
    """
    from geo.osm.extract import OPENSTREETMAP, Extract, WayCollector, bbox_of  # noqa: PLC0415
    from geo.streets.from_osm import build_network  # noqa: PLC0415

    collector = WayCollector()
    for row in range(_SIDE):
        for turned in (False, True):
            at = [(column, row) if turned else (row, column) for column in range(_SIDE)]
            e7 = [(_WEST_E7 + x * _STEP_E7, _SOUTH_E7 + y * _STEP_E7) for x, y in at]
            tags = {"highway": "residential", "name": f"{row}{turned}"}
            collector.add(1 + 2 * row + turned, tags, [x * _SIDE + y + 1 for x, y in at], e7)
    ways = collector.finish()
    network, _ = build_network(Extract(OPENSTREETMAP, ways, (), bbox_of(ways)))
    network.save(folder / _STREETS)
    area = np.zeros(network.edge_count, dtype=np.int32)
    whole_edges(network, area).save(folder / _DEMAND, (Area("1", "村", None, None, 1000, 1.0),))
    save_spots(folder / _DEMAND / EATERIES_FILE, [Spot("e", "restaurant", None, 116.401, 39.9001)])
    save_spots(folder / _DEMAND / HOSTS_FILE, [Spot("h", "library", "图书馆", 116.411, 39.9121)])


def warm_in(folder: Path, *, siting: bool = True) -> None:
    """Load, and where need be compile and keep, all that a planner's question may call.

    Parameters
    ----------
    folder
        A village, as :func:`build_village` leaves it.
    siting
        Whether what only siting calls is loaded too: a solver, for questions that nobody waits at.
    """
    planner, network = _opened(folder)
    for mode in MODES:
        for layer in LAYERS:
            query = CoverageQuery(mode=mode, layer=layer, cutoff_s=300.0, when=_WHEN, open="certainly")
            coverage = planner.coverage(query)
        find_gaps(planner, coverage, 3)
        planner.equity(query)
    everyone = CoverageQuery(cutoff_s=300.0)
    planner.week(everyone, date(2026, 11, 23))
    here, there = LonLat(116.4005, 39.9005), LonLat(116.416, 39.916)
    planner.what_if(everyone).effect(
        [Add(planned("a", here, ("rest_stop",))), Move("a", there), Close("b"), CloseStreet(here)]
    )
    gains(planner, everyone)
    position = snap(network, "walk", here)
    service_areas(network, planner.ways("walk").counted, reached_from(network, "walk", position, (120.0, 300.0)))
    if not siting:
        return
    candidates = [replace(one, capacity=100 * MICRO) for one in from_crossings(network)]
    for kind in KINDS:
        question = Question(kind, p=None if kind == "lscp" else 3)
        find_sites(planner, SitingQuery(everyone, question), candidates)


def _opened(folder: Path) -> tuple[Planner, StreetNetwork]:
    network = StreetNetwork.load(folder / _STREETS)
    places = [
        Place(name, name, LonLat(116.4 + at, 39.9 + at), "exact", (Service("rest_stop", "08:00-20:00"),), "none")
        for name, at in (("a", 0.0), ("b", 0.0121))
    ]
    calendar = Calendar.packaged()
    known = Conditions(places), Openings(places, calendar), calendar
    ground = Ground(network, LonLat(116.412, 39.912))
    return Planner(network, places, *known, Layers(folder / _DEMAND, network), ground), network
