"""A planner's layer in a frame: how many people of each subdistrict have a place within reach, coloured and told."""

from __future__ import annotations

import math
from bisect import bisect_right
from datetime import datetime
from typing import Final, NamedTuple

from geo.city import City
from geo.coverage.asking import CoverageQuery, read_coverage
from geo.coverage.planner import Coverage
from geo.places.hours import CHINA
from webmap.embed.options import EmbedOptions

#: Where one colour ends and the next begins, shares.
BOUNDS: Final = (0.5, 0.8, 0.95)
#: Outlines below this size on the picture's side carry no label, pixels.
LABEL_PX: Final = 44


class AreaShare(NamedTuple):
    """A subdistrict: its number among the city's areas, its names, the share within reach, and which colour that is."""

    number: int
    name: str
    name_en: str | None
    share: float
    step: int

    @property
    def percent(self) -> str:
        """The share, cut: only who leaves nobody out has 100 %."""
        return f"{math.floor(self.share * 100 + 1e-9)}%"


def layer_query(options: EmbedOptions, city: City, now: datetime) -> CoverageQuery:
    """Return what the layer asks: residents where they are known, else streets; at its hour of today, or whenever.

    At an hour a place counts if it is certainly open then; without one, whatever its hours.
    """
    at = ""
    if options.hour is not None:
        at = f"{now.astimezone(CHINA):%Y-%m-%d}T{options.hour:02d}:00"
    return read_coverage(
        service=options.services,
        cutoff=f"{options.reach}min",
        open="any" if options.hour is None else "certainly",
        when=at,
        layer="residents" if any(area.residents for area in city.areas) else "street_length",
        now=now,
    )


def area_shares(city: City, coverage: Coverage) -> tuple[AreaShare, ...]:
    """Return the subdistricts where anybody is counted."""
    found = []
    for number, area in enumerate(city.areas):
        all_ = int(coverage.weight[:, number].sum())
        if all_:
            share = int(coverage.weight[0, number]) / all_
            found.append(AreaShare(number, area.name, area.name_en, share, bisect_right(BOUNDS, share)))
    return tuple(found)
