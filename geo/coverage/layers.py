"""The layers of demand of a city: what its pack holds, and what is made of it when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Final, TypeVar

from shapely.geometry.base import BaseGeometry

from geo.coords import BBox
from geo.coverage.area_outlines import read_outlines
from geo.coverage.demand import Demand, pickups, residents, street_length
from geo.coverage.pieces import Area, Pieces, load_areas, whole_edges
from geo.coverage.profiles import ALWAYS, Profile
from geo.coverage.spots import Spot, load_spots
from geo.errors import PackError, UnknownWordError
from geo.streets.network import StreetNetwork
from geo.streets.profiles import Mode

#: The layers that every city has.
LAYERS: Final = ("residents", "street_length", "pickups")
EATERIES_FILE: Final = "eateries.json"
HOSTS_FILE: Final = "hosts.json"
#: Beside the folder: the pack's own areas.
AREAS_FILE: Final = "areas.geojson"

_T = TypeVar("_T")


class Layers:
    """The folder ``demand`` of a city pack; its files are read, and layers made, when they are first asked for.

    Parameters
    ----------
    folder
        The folder; None: whole streets, no areas, no spots.
    network
        The streets that its pieces are parts of.
    """

    def __init__(self, folder: Path | None, network: StreetNetwork) -> None:
        self._folder = folder
        self._network = network
        self._made: dict[tuple[str, Mode], Demand] = {}
        self._lock = Lock()

    @cached_property
    def pieces(self) -> Pieces:
        """The streets, cut at the borders of the areas."""
        return whole_edges(self._network) if self._folder is None else self._read(Pieces.load, self._folder)

    @cached_property
    def areas(self) -> tuple[Area, ...]:
        """The subdistricts, in the order of their numbers."""
        return () if self._folder is None else self._read(load_areas, self._folder)

    @cached_property
    def outlines(self) -> tuple[BaseGeometry | None, ...]:
        """The outlines of the areas, in their order, coarse; None: unknown, or without a street of the map."""
        if self._folder is None:
            return ()
        around = BBox(*self._network.bbox())
        return self._read(lambda path: read_outlines(path, self.areas, around), self._folder.parent / AREAS_FILE)

    @cached_property
    def eateries(self) -> tuple[Spot, ...]:
        """Where couriers fetch what they carry, ordered by id."""
        return self._spots(EATERIES_FILE)

    @cached_property
    def hosts(self) -> tuple[Spot, ...]:
        """What could take in a place, ordered by id."""
        return self._spots(HOSTS_FILE)

    def demand(self, name: str, mode: Mode = "walk", profile: Profile = ALWAYS) -> Demand:
        """Return a layer; it is made once for a mode.

        Parameters
        ----------
        name
            One of :data:`LAYERS`.
        mode
            Whose streets count; residents live along streets for walking, whatever the mode.
        profile
            How much of it is there at each hour.

        Raises
        ------
        UnknownWordError
            There is no such layer.
        """
        if name not in LAYERS:
            raise UnknownWordError(
                f"no layer of demand {name[:60]!r}; there are {', '.join(LAYERS)}", parameter="demand"
            )
        with self._lock:
            if (name, mode) not in self._made:
                self._made[name, mode] = self._make(name, mode)
            return self._made[name, mode].on(profile)

    def _make(self, name: str, mode: Mode) -> Demand:
        if name == "residents":
            return residents(self.pieces, self.areas, self._network)
        if name == "street_length":
            return street_length(self.pieces, self._network, mode)
        return pickups(self.eateries, self.pieces, self._network, mode)

    def _spots(self, file: str) -> tuple[Spot, ...]:
        return () if self._folder is None else self._read(load_spots, self._folder / file)

    def _read(self, read: Callable[[Path], _T], path: Path) -> _T:
        try:
            return read(path)
        except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
            raise PackError(f"{path}: missing or damaged ({error}); build the pack again") from error
