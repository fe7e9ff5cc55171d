"""Which places count for a question, and which would with ever more remedies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.choosing.conditions import Conditions
from geo.choosing.openness import FAILURES, Openings
from geo.choosing.wanted import Wanted
from geo.coverage.asking import CoverageQuery
from geo.places.runs import clock_us

_UNKNOWN: Final = FAILURES.index("hours_unknown") + 1


def counted_at(
    conditions: Conditions, openings: Openings, query: CoverageQuery, moments: Sequence[datetime]
) -> NDArray[np.bool_]:
    """Return which places count at each of several moments, bool (n_moments, n_places)."""
    passing = conditions.passing(query.wanted)
    if query.open == "any":
        return np.tile(passing, (len(moments), 1))
    failing = openings.failures([clock_us(then) for then in moments], query.min_left_s, query.wanted.services)
    return np.asarray(passing & _lets_in(failing, query))


def counted(conditions: Conditions, openings: Openings, query: CoverageQuery) -> NDArray[np.bool_]:
    """Return which places count at the moment of the question, bool (n_places,)."""
    if query.when is None:
        return conditions.passing(query.wanted)
    return np.asarray(counted_at(conditions, openings, query, [query.when])[0])


def remedies(conditions: Conditions, openings: Openings, query: CoverageQuery) -> list[NDArray[np.bool_]]:
    """Return which places count, and which would with ever more remedies.

    Returns
    -------
    list of bool (n_places,)
        Each within the next: those that count; those that would at another hour; those that might if more were known
        of them (hours, position, kit, way in); all there are, whatever they offer. Places that are planned or paused
        are among the last: the site is found, what is wanted is not there yet. Those given up are left out.
    """
    counts, passing = counted(conditions, openings, query), conditions.passing(query.wanted)
    at_hours = counts
    if query.open != "any" and query.when is not None:
        failing = openings.failures([clock_us(query.when)], query.min_left_s, query.wanted.services)[0]
        at_hours = counts | (passing & (failing != 0) & (failing != _UNKNOWN))
    checked = at_hours | passing | conditions.passing(leniently(query.wanted))
    return [counts, at_hours, checked, checked | conditions.exists]


def leniently(wanted: Wanted) -> Wanted:
    """Return what might be met by a place of which not enough is known.

    Examples
    --------
    >>> leniently(Wanted(amenities=("microwave",), accuracy="exact")).amenities_or_unknown
    ('microwave',)
    """
    return Wanted(
        services=wanted.services,
        amenities_or_unknown=tuple(dict.fromkeys((*wanted.amenities, *wanted.amenities_or_unknown))),
        access=(*wanted.access, "unknown") if wanted.access and "unknown" not in wanted.access else wanted.access,
        audience=wanted.audience,
    )


def _lets_in(failing: NDArray[np.uint8], query: CoverageQuery) -> NDArray[np.bool_]:
    lets = failing == 0
    return np.asarray(lets | (failing == _UNKNOWN) if query.open == "perhaps" else lets)
