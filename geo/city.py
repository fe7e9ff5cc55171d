"""A built city, opened once and only read: the facade that the web and the command line use."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.choosing.conditions import Conditions
from geo.choosing.openness import Openings
from geo.coords import BBox, LonLat, distance_m
from geo.coverage.demand import Demand, from_points
from geo.coverage.layers import Layers
from geo.coverage.pieces import Area, Pieces
from geo.coverage.planner import Planner
from geo.coverage.point_table import PointTable, read_points
from geo.coverage.profiles import ALWAYS, Profile, profile_of, read_profiles
from geo.coverage.scenario import Scenario
from geo.coverage.service_area import ServiceArea, reached_from, service_areas
from geo.coverage.spots import Spot
from geo.coverage.straight import Ground
from geo.coverage.whatif import street_at
from geo.errors import NotFoundError, OutsideCityError, PackError, SwappedCoordinatesError
from geo.finding.along import Journey, Wayside
from geo.finding.asking import AlongQuery, NearestQuery
from geo.finding.gazetteer import Gazetteer, Name, name_of
from geo.finding.index import PlaceIndex
from geo.finding.name_index import NameIndex
from geo.finding.nearest import Answer, Finder
from geo.finding.relief import Relieved, relieved
from geo.pack import folder
from geo.pack.folder import Manifest
from geo.pack.tiles import TileFile
from geo.places.calendar import Calendar
from geo.places.hours import State
from geo.places.model import AmenityKind, Place
from geo.places.runs import clock_us
from geo.streets.graphs import Direction
from geo.streets.hierarchy import Hierarchy
from geo.streets.in_view import DrawnStreets, streets_in
from geo.streets.mapped import let_go
from geo.streets.network import StreetNetwork, arrays_of
from geo.streets.paths import Workspaces
from geo.streets.profiles import MODES, Mode
from geo.streets.snapping import MAX_SNAP_M, snap

#: Who asks most.
LABELLED: Final[Mode] = "walk"


@dataclass(frozen=True)
class StraightLine:
    """The nearest place as the crow flies: its number in the city, and how far it is, in metres."""

    number: int
    place: Place
    straight_m: float


class City:
    """One city pack in memory; never changes, so threads may share it.

    Parameters
    ----------
    manifest, network, places, names, tiles
        The pack's parts. Places are ordered by id.
    calendar
        Holidays that opening hours depend on.
    hierarchies
        Of the streets of some modes, or none: answers are the same, only later.
    layers
        Areas and demand; None: the city has none.

    Examples
    --------
    >>> from pathlib import Path
    >>> City.open(Path("no/such/folder"))
    Traceback (most recent call last):
    geo.errors.PackError: no/such/folder: no city pack there (no city.toml); make one with yizhan build
    """

    def __init__(
        self,
        manifest: Manifest,
        network: StreetNetwork,
        places: tuple[Place, ...],
        names: NameIndex,
        tiles: TileFile | None,
        calendar: Calendar,
        hierarchies: Mapping[Mode, Hierarchy] = MappingProxyType({}),
        layers: Layers | None = None,
    ) -> None:
        self.manifest = manifest
        self.network = network
        self.places = places
        self._names = names
        self._tiles = tiles
        self.calendar = calendar
        self._hierarchies = hierarchies
        self._layers = layers or Layers(None, network)
        self.bbox = BBox(*manifest.bbox)
        self._number = {place.id: number for number, place in enumerate(places)}
        self._conditions = Conditions(places)
        self._openings = Openings(places, calendar)
        self._spaces = Workspaces()
        self._finders: dict[Mode, Finder] = {}
        self._waysides: dict[Mode, Wayside] = {}
        self._lock = Lock()
        self._quick = False

    @classmethod
    def open(cls, path: Path, calendar: Calendar | None = None) -> City:
        """Open a city pack.

        Parameters
        ----------
        path
            Its folder.
        calendar
            Holidays that opening hours depend on; None: the packaged ones.

        Raises
        ------
        PackError
            The folder is no city pack or is damaged.
        """
        manifest = folder.read_manifest(path)
        try:
            network = StreetNetwork.load(path / folder.STREETS)
            hierarchies = {mode: Hierarchy.load(path / folder.STREETS, f"{mode}.way.") for mode in MODES}
        except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
            raise PackError(f"{path / folder.STREETS}: missing or damaged ({error}); build the pack again") from error
        tiles = TileFile(path / folder.BASE_MAP) if (path / folder.BASE_MAP).is_file() else None
        places = folder.read_places(path)
        names = NameIndex.of_file(path / folder.NAMES)
        layers = Layers(path / folder.DEMAND, network)
        return cls(manifest, network, places, names, tiles, calendar or Calendar.packaged(), hierarchies, layers)

    @cached_property
    def planner(self) -> Planner:
        """Who has no place near enough, when and why."""
        return self._planner(self.places, None)

    def planner_in(self, scenario: Scenario) -> Planner:
        """Return the same as :attr:`planner` of the city as a scenario has it.

        Raises
        ------
        NotFoundError
            The scenario is about a place that is not there.
        OffNetworkError
            No street is near where one is to be closed.
        """
        closed = np.zeros(self.network.edge_count, dtype=bool)
        for position in scenario.closed_streets:
            closed[street_at(self.network, position)] = True
        return self._planner(scenario.applied(self.places), closed if closed.any() else None)

    def _planner(self, places: tuple[Place, ...], closed: NDArray[np.bool_] | None) -> Planner:
        known = (
            (self._conditions, self._openings)
            if places is self.places
            else (Conditions(places), Openings(places, self.calendar))
        )
        return Planner(self.network, places, *known, self.calendar, self._layers, self._ground, closed)

    def service_areas(
        self, point: LonLat, mode: Mode, cutoffs_s: Sequence[float], direction: Direction = "to_facility"
    ) -> tuple[ServiceArea, ...]:
        """Return outlines of what is within several travel times of a point, the shortest first.

        Raises
        ------
        OutsideCityError, SwappedCoordinatesError, OffNetworkError
            The point is not where anybody could go.
        """
        self._check_inside(point)
        position = snap(self.network, mode, point, to_stay=direction == "to_facility")
        within = reached_from(self.network, mode, position, cutoffs_s, direction)
        return service_areas(self.network, self.planner.ways(mode).counted, within)

    @cached_property
    def _ground(self) -> Ground:
        return Ground(self.network, self.bbox.centre)

    def with_places(self, places: Iterable[Place], version: str) -> City:
        """Return this city with other places; streets, names and base map are shared.

        Parameters
        ----------
        places
            All of them; those of the pack may be among them.
        version
            What tells these places from others, for caches.
        """
        manifest = replace(self.manifest, version=f"{self.manifest.version}-{version}")
        ordered = tuple(sorted(places, key=lambda place: place.id))
        return City(
            manifest, self.network, ordered, self._names, self._tiles, self.calendar, self._hierarchies, self._layers
        )

    @property
    def pieces(self) -> Pieces:
        """The streets, cut at the borders of the subdistricts."""
        return self._layers.pieces

    @property
    def areas(self) -> tuple[Area, ...]:
        """The subdistricts; what lies in one bears its number."""
        return self._layers.areas

    @property
    def outlines(self) -> tuple[BaseGeometry | None, ...]:
        """How the subdistricts run, by number, coarse; None: unknown, or off the map."""
        return self._layers.outlines

    @property
    def hosts(self) -> tuple[Spot, ...]:
        """What the map knows that could take in a place."""
        return self._layers.hosts

    @cached_property
    def profiles(self) -> Mapping[str, Profile]:
        """Who is there at which hour of the week, by name; as packaged."""
        return read_profiles()

    def demand(self, name: str, mode: Mode = "walk", profile: str | Profile = ALWAYS) -> Demand:
        """Return a layer of demand, one of :data:`~geo.coverage.layers.LAYERS`; it is made once.

        Parameters
        ----------
        name
            Which layer.
        mode
            Whose streets count.
        profile
            How much of it is there at each hour, or the name of a packaged profile.

        Raises
        ------
        UnknownWordError
            There is no such layer or profile.
        """
        return self._layers.demand(name, mode, self._profile(profile))

    def demand_from(self, table: Path | PointTable, mode: Mode = "walk", profile: str | Profile = ALWAYS) -> Demand:
        """Return the demand of somebody's table of weighted points; see :func:`~geo.coverage.point_table.read_points`.

        Raises
        ------
        ParameterError, SwappedCoordinatesError
            The table cannot be used as it is.
        """
        points = read_points(table) if isinstance(table, Path) else table
        name = Path(points.source).stem
        return from_points(points, self.pieces, self.network, mode, self._profile(profile), name=name)

    def _profile(self, profile: str | Profile) -> Profile:
        return profile if isinstance(profile, Profile) else profile_of(self.profiles, profile)

    def nearest(self, query: NearestQuery) -> Answer:
        """Return the k nearest places by travel time.

        Raises
        ------
        OutsideCityError, SwappedCoordinatesError, OffNetworkError
            The origin is not where anybody could start.
        """
        self._check_inside(query.origin)
        return self._finder(query.mode).nearest(query)

    def nearest_relieved(self, query: NearestQuery, kit: AmenityKind) -> Relieved:
        """Return the k nearest places and, before them, the nearest that certainly have what helps in heat or cold.

        Raises
        ------
        OutsideCityError, SwappedCoordinatesError, OffNetworkError
            The origin is not where anybody could start.
        """
        return relieved(self.nearest, query, kit)

    def along(self, query: AlongQuery) -> Journey | None:
        """Return the places beside a way that cost the least detour; None if there is no way.

        Raises
        ------
        OutsideCityError, SwappedCoordinatesError, OffNetworkError
            One of the points is not where anybody could go.
        """
        for point in (query.origin, *query.via, query.destination):
            self._check_inside(point)
        return self._wayside(query.mode).along(query)

    def nearest_straight(self, query: NearestQuery) -> StraightLine | None:
        """Return the nearest place that passes the query's filter as the crow flies, whatever the streets say."""
        passes = self._conditions.passing(query.wanted)
        number = self._index.nearest_straight(query.origin, passes)
        if number is None:
            return None
        place = self.places[number]
        return StraightLine(number, place, distance_m(query.origin, place.position))

    def place(self, place_id: str) -> Place:
        """Return a place by its id.

        Raises
        ------
        NotFoundError
            There is none.
        """
        number = self._number.get(place_id)
        if number is None:
            raise NotFoundError(
                f"no place {place_id[:60]!r} in {self.manifest.name}; see the list of places for its ids"
            )
        return self.places[number]

    def state_at(self, place_id: str, when: datetime) -> State:
        """Return what holds at a place at an instant, aware: the best of its services.

        Raises
        ------
        NotFoundError
            There is no such place.
        """
        return self._openings.best(self._number[self.place(place_id).id], clock_us(when))

    def search(self, text: str, limit: int = 8, near: LonLat | None = None) -> tuple[Name, ...]:
        """Return the names that fit a text best; of equal ones the nearest to a point, or to the middle of the city."""
        return self._gazetteer.search(text, limit, near)

    @property
    def names(self) -> NameIndex:
        """The names of the pack; those of places that came later are not among them."""
        return self._names

    def streets_in(self, box: BBox) -> DrawnStreets:
        """Return the streets of a box, to be drawn."""
        return streets_in(self.network, box)

    def tile(self, z: int, x: int, y: int) -> bytes | None:
        """Return a gzipped vector tile of the base map, or None where there is nothing."""
        return None if self._tiles is None else self._tiles.tile(z, x, y)

    @property
    def tile_zooms(self) -> tuple[int, int] | None:
        """Lowest and highest zoom of the base map; None without one."""
        return None if self._tiles is None else (self._tiles.min_zoom, self._tiles.max_zoom)

    def offered(self) -> Mapping[str, tuple[str, ...]]:
        """Return the words that occur: kinds of service and of amenity (yes), the most frequent first, and the rest."""
        known = self._conditions
        return {
            "services": known.services,
            "amenities": known.amenities,
            "accesses": known.accesses,
            "audiences": known.audiences,
            "accuracies": known.accuracies,
        }

    def warm(self) -> None:
        """Load what the first questions need, so that none of them waits."""
        for mode in MODES:
            self._finder(mode).warm()
            self._wayside(mode).warm()
        self.search(self.manifest.name)

    def quicken(self) -> None:
        """Make most questions a look-up, once; see :meth:`~geo.finding.nearest.Finder.quicken`.

        It takes a second or two in a large city; meanwhile questions are answered as before. It looks at every street,
        which hardly any question does: what it read is let go.
        """
        if self._quick:
            return
        for mode in MODES:
            self._finder(mode).quicken(self._hierarchies.get(mode), labels=mode == LABELLED)
            self._finder(mode).warm()
        self._quick = True
        self.let_go()

    def let_go(self) -> None:
        """Take what was read of the pack out of this process; it is read again as it is asked for."""
        self._spaces.let_go()
        let_go(itertools.chain(arrays_of(self.network).values(), *self._hierarchies.values()))

    def _finder(self, mode: Mode) -> Finder:
        with self._lock:
            if mode not in self._finders:
                self._finders[mode] = Finder(
                    self.network, mode, self.places, self._conditions, self._openings, self._spaces
                )
            return self._finders[mode]

    def _wayside(self, mode: Mode) -> Wayside:
        with self._lock:
            if mode not in self._waysides:
                self._waysides[mode] = Wayside(self.network, mode, self.places, self._conditions, self._openings)
            return self._waysides[mode]

    @cached_property
    def _index(self) -> PlaceIndex:
        return PlaceIndex(self.places)

    @cached_property
    def _gazetteer(self) -> Gazetteer:
        own = NameIndex.of_names([name_of(place) for place in self.places], self.bbox.centre, self._names.tokens)
        return Gazetteer([self._names, own], self.bbox.centre)

    def _check_inside(self, point: LonLat) -> None:
        if self.bbox.contains(point):  # as nearly always
            return
        box = self.bbox.grown(MAX_SNAP_M)
        if box.contains(point):
            return
        city = f"{self.manifest.name} (lon {box.west:.3f} to {box.east:.3f}, lat {box.south:.3f} to {box.north:.3f})"
        if box.contains(LonLat(point.lat, point.lon)):
            raise SwappedCoordinatesError(
                f"lon={point.lon:g}, lat={point.lat:g} lies outside {city}; exchanged they lie inside: give the "
                f"longitude first, lon={point.lat:g}, lat={point.lon:g}",
                parameter="lon",
            )
        raise OutsideCityError(
            f"lon={point.lon:g}, lat={point.lat:g} lies outside {city}; choose a point in the city", parameter="lon"
        )
