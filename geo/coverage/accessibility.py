"""How much of what places offer is left for each person, when all who can reach a place share it: the 2SFCA family.

First each place's supply is divided by the demand that reaches it; then each row of demand adds up the ratios of the
places that it reaches. Both steps weigh a pair by a *decay* of its travel time: 1 for all within the cutoff in the
method of 2003, less for who comes from farther in that of 2009. All supply that anybody reaches is given out, and no
more: access times demand, summed, is the supply of the places that are reached.

References
----------
W. Luo and F. Wang, "Measures of spatial accessibility to health care in a GIS environment: synthesis and a case study
in the Chicago region", Environment and Planning B 30 (2003); W. Luo and Y. Qi, "An enhanced two-step floating catchment
area (E2SFCA) method for measuring spatial accessibility to primary care physicians", Health & Place 15 (2009).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.coverage.pairs import Reach
from geo.errors import ParameterError
from geo.streets.network import TICKS_PER_S

#: From travel times, ticks, to weights of at least 0, of the same shape.
Decay = Callable[[NDArray[np.int32]], NDArray[np.float64]]

_MINUTE: Final = 60 * TICKS_PER_S


class Accessibility(NamedTuple):
    """What is left for whom.

    Attributes
    ----------
    ratio
        Supply of each place per unit of the demand that reaches it, float64 (n_places,); NaN where nobody does.
    access
        Supply per unit of demand of each row, float64 (n_demand,); 0 where no place with supply is reached.
    """

    ratio: NDArray[np.float64]
    access: NDArray[np.float64]


def alike(cost: NDArray[np.int32]) -> NDArray[np.float64]:
    """Weigh all within the cutoff alike: 2SFCA of Luo and Wang."""
    return np.ones(len(cost))


def steps(zones: Sequence[tuple[float, float]]) -> Decay:
    """Weigh by zones of travel time, each up to so many minutes, inclusive: E2SFCA; beyond the last, 0.

    Parameters
    ----------
    zones
        Minutes and weight of each, minutes ascending.

    Raises
    ------
    ParameterError
        They do not ascend, or a weight is negative or not a number.

    Examples
    --------
    >>> decay = steps([(10, 1.0), (20, 0.68), (30, 0.22)])  # the weights of Luo and Qi
    >>> decay(np.array([0, 10, 20, 25, 31]) * 60 * TICKS_PER_S)
    array([1.  , 1.  , 0.68, 0.22, 0.  ])
    """
    ends = np.array([minutes * _MINUTE for minutes, _ in zones])
    weights = np.array([*(weight for _, weight in zones), 0.0])
    if (
        len(zones) == 0
        or not (np.diff(ends, prepend=-np.inf) > 0).all()
        or not (np.isfinite(weights) & (weights >= 0)).all()
    ):
        raise ParameterError(
            f"zones {list(zones)}: give at least one (minutes, weight), minutes ascending, weights of at least 0",
            parameter="decay",
        )
    return lambda cost: np.asarray(weights[np.searchsorted(ends, cost, side="left")])


def gaussian(sigma_min: float) -> Decay:
    """Weigh by a Gauss curve of travel time: 1 at the door, 0.61 at ``sigma_min`` minutes, 0.14 at twice that.

    Raises
    ------
    ParameterError
        It is not above 0.

    Examples
    --------
    >>> gaussian(20)(np.array([0, 20, 40]) * 60 * TICKS_PER_S)
    array([1.        , 0.60653066, 0.13533528])
    """
    if not 0 < sigma_min < np.inf:
        raise ParameterError(f"sigma of {sigma_min:g} min: it must be above 0", parameter="decay")
    return lambda cost: np.exp(-((cost / (sigma_min * _MINUTE)) ** 2) / 2)


def two_step(reach: Reach, supply: NDArray[Any], demand: NDArray[Any], decay: Decay = alike) -> Accessibility:
    """Share out what places offer among those who reach them.

    Parameters
    ----------
    reach
        Who reaches which place, within the cutoff.
    supply
        Of each place, such as seats, at least 0, shape (n_places,).
    demand
        Weight of each row, such as workers, at least 0, shape (n_demand,).
    decay
        What a pair weighs.

    Raises
    ------
    ParameterError
        An array is not as long as it must be, or holds what is negative or not a number.

    Examples
    --------
    One seat for eight people, one for four, and one of them reaches both:

    >>> seven, three = np.arange(7), np.arange(8, 11)
    >>> pairs = np.concatenate([seven, [7], [7], three]).astype(np.int32)
    >>> reach = Reach(np.array([0, 8, 12]), pairs, np.zeros(12, np.int32), 11)
    >>> found = two_step(reach, np.ones(2), np.ones(11))
    >>> found.ratio, found.access[[0, 7, 8]]
    (array([0.125, 0.25 ]), array([0.125, 0.375, 0.25 ]))
    """
    offered, asked = _checked("supply", supply, reach.place_count), _checked("demand", demand, reach.demand_count)
    place, weight = reach.place, decay(reach.cost)
    load = np.bincount(place, weight * asked[reach.demand], reach.place_count)
    ratio = np.full(reach.place_count, np.nan)
    np.divide(offered, load, out=ratio, where=load > 0)
    given = np.where(load > 0, ratio, 0.0)
    access = np.bincount(reach.demand, weight * given[place], reach.demand_count)
    return Accessibility(ratio, np.asarray(access, dtype=np.float64))


def _checked(name: str, values: NDArray[Any], count: int) -> NDArray[np.float64]:
    numbers = np.asarray(values, dtype=np.float64)
    if numbers.shape != (count,):
        raise ParameterError(f"{name} of shape {numbers.shape}: give {count} numbers, one each", parameter=name)
    if not (np.isfinite(numbers) & (numbers >= 0)).all():
        raise ParameterError(f"{name} holds a number that is below 0 or none at all: give finite ones", parameter=name)
    return numbers
