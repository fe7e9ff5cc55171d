"""The planner's desk of one process: what is worth keeping from question to question, its jobs, its scenarios."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from pathlib import Path
from threading import Lock
from typing import Any, Final, TypeVar

from geo.city import City
from geo.coverage.asking import CoverageQuery
from geo.coverage.demand import Demand
from geo.coverage.planner import Coverage, Planner
from geo.coverage.scenario import Scenario
from geo.coverage.whatif import WhatIf
from webmap.geojson import areas_collection
from webmap.jobs import Jobs
from webmap.shelf import Shelf
from webmap.site import StoredJson

#: So many answers, questions kept ready for edits, and scenarios' cities are kept.
_COVERAGES: Final = 16
_WHAT_IFS: Final = 4
_PLANNERS: Final = 4

_T = TypeVar("_T")


class Desk:
    """What a planner's questions leave on the desk. Threads may share it.

    Parameters
    ----------
    folder
        Where jobs and scenarios lie, shared by the server's processes.
    """

    def __init__(self, folder: Path) -> None:
        self.jobs = Jobs(folder / "jobs")
        self.shelf = Shelf(folder / "scenarios")
        self._coverages = Latest(_COVERAGES)
        self._what_ifs = Latest(_WHAT_IFS)
        self._planners = Latest(_PLANNERS)
        self._outlines = Latest(1)

    def planner(self, city: City, scenario: Scenario | None) -> Planner:
        """Return who answers for a city, as it is or as a scenario has it."""
        if scenario is None or not scenario.edits:
            return city.planner
        key = (city.manifest.version, scenario.key)
        return self._planners.get(key, lambda: city.planner_in(scenario))

    def outlines(self, city: City) -> StoredJson:
        """Return how the subdistricts run."""
        return self._outlines.get(city.manifest.version, lambda: StoredJson(areas_collection(city)))

    def coverage(self, city: City, query: CoverageQuery, scenario: Scenario | None) -> Coverage:
        """Return who is within reach."""
        key = (city.manifest.version, query, scenario and scenario.key)
        return self._coverages.get(key, lambda: self.planner(city, scenario).coverage(query))

    def what_if(self, city: City, query: CoverageQuery, scenario: Scenario | None) -> tuple[WhatIf, Demand]:
        """Return a question kept ready for edits, and whom it counts."""
        key = (city.manifest.version, query, scenario and scenario.key)
        planner = self.planner(city, scenario)
        return self._what_ifs.get(key, lambda: (planner.what_if(query), planner.who(query)))


class Latest:
    """The latest answers, made when first asked for; two threads that ask at once may both make one."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], _T]) -> _T:
        """Return what is kept under a key, or make it."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                kept: _T = self._kept[key]
                return kept
        made = make()
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
        return made
