"""Finds the nearest place that will let you in, and shows who has none.

Everything that computes lives here; nothing in this package knows of the web. The names below are all that an analysis
needs; each is imported when it is first used, so that ``import geo`` costs nothing.

>>> import geo
>>> geo.CoverageQuery(cutoff_s=600.0).mode
'walk'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from geo import frames
    from geo.choosing.wanted import Wanted
    from geo.city import City
    from geo.cli import default_city
    from geo.coords import LonLat
    from geo.coverage.asking import CoverageQuery, read_coverage
    from geo.coverage.candidates import from_hosts, from_table
    from geo.coverage.comparing import lapse, seats
    from geo.coverage.gaps import find_gaps
    from geo.coverage.next_places import SitingQuery, find_sites, gains
    from geo.coverage.scenario import Add, Close, CloseStreet, Move, Scenario, SetHours, planned
    from geo.coverage.siting.problems import Question
    from geo.finding.asking import AlongQuery, NearestQuery

_HOMES = {
    "Add": "geo.coverage.scenario",
    "AlongQuery": "geo.finding.asking",
    "City": "geo.city",
    "Close": "geo.coverage.scenario",
    "CloseStreet": "geo.coverage.scenario",
    "CoverageQuery": "geo.coverage.asking",
    "LonLat": "geo.coords",
    "Move": "geo.coverage.scenario",
    "NearestQuery": "geo.finding.asking",
    "Question": "geo.coverage.siting.problems",
    "Scenario": "geo.coverage.scenario",
    "SetHours": "geo.coverage.scenario",
    "SitingQuery": "geo.coverage.next_places",
    "Wanted": "geo.choosing.wanted",
    "default_city": "geo.cli",
    "find_gaps": "geo.coverage.gaps",
    "find_sites": "geo.coverage.next_places",
    "frames": "geo.frames",
    "from_hosts": "geo.coverage.candidates",
    "from_table": "geo.coverage.candidates",
    "gains": "geo.coverage.next_places",
    "lapse": "geo.coverage.comparing",
    "planned": "geo.coverage.scenario",
    "read_coverage": "geo.coverage.asking",
    "seats": "geo.coverage.comparing",
}

__all__ = [
    "Add", "AlongQuery", "City", "Close", "CloseStreet", "CoverageQuery", "LonLat", "Move", "NearestQuery", "Question",
    "Scenario", "SetHours", "SitingQuery", "Wanted", "default_city", "find_gaps", "find_sites", "frames", "from_hosts",
    "from_table", "gains", "lapse", "planned", "read_coverage", "seats",
]  # fmt: skip


def __getattr__(name: str) -> object:
    """Import what is asked for (PEP 562)."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'geo' has no attribute {name!r}; it has {', '.join(__all__)}")
    module = import_module(home)
    value: object = module if home == f"geo.{name}" else getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Return what can be asked for."""
    return sorted({*globals(), *__all__})
