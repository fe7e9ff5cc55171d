"""How evenly a good is spread over people: mean, quantiles, the worst-off tenth, the Gini coefficient; all by weight.

Weights are whole numbers (see the demand layers), so that whether half of the people are within a time is decided
exactly. Nothing is interpolated between people: a quantile is a value that somebody has.

References
----------
The quantile is definition 1 of R. J. Hyndman and Y. Fan, "Sample quantiles in statistical packages", The American
Statistician 50 (1996), by weight. C. Gini, "Variabilità e mutabilità" (1912), by the curve of M. O. Lorenz, "Methods of
measuring the concentration of wealth", Publications of the American Statistical Association 9 (1905); by weight as in
R. I. Lerman and S. Yitzhaki, "Improving the accuracy of estimates of Gini coefficients", Journal of Econometrics 42
(1989).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.errors import ParameterError
from geo.streets.network import NO_WAY, TICKS_PER_S

#: The worst-off share that is looked at by itself.
WORST_SHARE: Final = 0.1
#: Shares are meant as they are written: 0.1 is a tenth, not the float next to it.
_FINEST_SHARE: Final = 1_000_000


class TravelEquity(NamedTuple):
    """How travel time is spread over people.

    Without a cap the figures are of those who can get anywhere at all, and are None where nobody can. They must be read
    together with ``unreached``: a closure that cuts the worst-off off makes them look better. To compare two states of
    a city, give a cap: then all people count in both.

    Attributes
    ----------
    weight
        Of all, in the layer's unit.
    unreached
        Weight of those who cannot get to any place.
    capped
        Weight of those who count with the cap, because they need longer or cannot get there.
    mean_s, median_s, ninth_decile_s
        Seconds; half and nine tenths of the weight need at most these.
    worst_decile_s
        Mean of the worst-off tenth of the weight.
    gini
        0: all need the same time; towards 1: few need nearly all of the time.
    """

    weight: int
    unreached: int
    capped: int
    mean_s: float | None
    median_s: float | None
    ninth_decile_s: float | None
    worst_decile_s: float | None
    gini: float | None


def travel_equity(cost: NDArray[np.int32], weight: NDArray[np.int64], *, cap: int | None = None) -> TravelEquity:
    """Tell how travel time is spread over people.

    Parameters
    ----------
    cost
        To the nearest place, ticks, ``NO_WAY`` where there is none, int32 (n,).
    weight
        Of each row, at least 0, int64 (n,).
    cap
        Ticks; whoever needs longer, or cannot get there, counts as needing so long: all figures are then of everybody,
        and none is larger than the truth. None: those who cannot get there are left out.

    Raises
    ------
    ParameterError
        Weights are negative or not as many as times, or the cap is negative.
    """
    if cap is not None and cap < 0:
        raise ParameterError(f"a cap of {cap} ticks: it must be at least 0", parameter="cap")
    _check(cost, weight)
    no_way = cost == NO_WAY
    total, unreached, capped = int(weight.sum()), int(weight[no_way].sum()), 0
    if cap is None:
        cost, weight = cost[~no_way], weight[~no_way]
    else:
        capped = int(weight[cost > cap].sum())
        cost = np.minimum(cost, cap)
    if not weight.any():
        return TravelEquity(total, unreached, capped, None, None, None, None, None)
    seconds = cost / TICKS_PER_S
    median_s, ninth_s = quantiles(seconds, weight, (0.5, 0.9)).tolist()
    return TravelEquity(
        total, unreached, capped, mean(seconds, weight), median_s, ninth_s, worst_mean(seconds, weight),
        gini(seconds, weight),
    )  # fmt: skip


def mean(values: NDArray[Any], weight: NDArray[np.int64]) -> float:
    """Return the mean by weight.

    Examples
    --------
    >>> mean(np.array([60.0, 300.0]), np.array([3, 1]))
    120.0
    """
    _check(values, weight, some=True)
    return float(np.average(values, weights=weight))


def quantiles(values: NDArray[Any], weight: NDArray[np.int64], shares: Sequence[float]) -> NDArray[np.float64]:
    """Return, for each share, the least value that so much of the weight has or is below.

    Parameters
    ----------
    shares
        Above 0, at most 1; 0.5 for the median. Taken as they are written, to six digits.

    Examples
    --------
    >>> quantiles(np.array([60.0, 120.0, 300.0]), np.array([5, 4, 1]), (0.5, 0.9, 0.91))
    array([ 60., 120., 300.])
    """
    _check(values, weight, some=True)
    order = np.argsort(values, kind="stable")
    below = np.cumsum(weight[order])
    needed = [_part(share, int(below[-1])) for share in shares]
    return np.asarray(values[order][np.searchsorted(below, [-(-part // 1) for part in needed])], dtype=np.float64)


def worst_mean(values: NDArray[Any], weight: NDArray[np.int64], share: float = WORST_SHARE) -> float:
    """Return the mean of the largest values, of exactly so much of the weight: the last row may count in part.

    Parameters
    ----------
    share
        Above 0, at most 1.

    Examples
    --------
    Of 15 people 1.5 are the worst-off tenth: the one who needs 300 s, and half of one who needs 120 s.

    >>> worst_mean(np.array([60.0, 120.0, 300.0]), np.array([10, 4, 1]))
    240.0
    """
    _check(values, weight, some=True)
    order = np.argsort(values, kind="stable")[::-1]
    upto = np.cumsum(weight[order])
    part = float(_part(share, int(upto[-1])))
    taken = np.clip(part - (upto - weight[order]), 0, weight[order])
    return float(np.sum(taken * values[order]) / part)


def gini(values: NDArray[Any], weight: NDArray[np.int64]) -> float:
    """Return the Gini coefficient by weight: half the mean difference between two people, by the mean.

    0 where all have the same, also where all have nothing; one person of n who has everything makes it 1 - 1/n.

    Raises
    ------
    ParameterError
        A value is negative: the coefficient means nothing then.

    Examples
    --------
    >>> round(gini(np.array([0.0, 1.0]), np.array([3, 1])), 12)
    0.75
    """
    people, good = lorenz(values, weight)
    return float(max(0.0, 1 - np.sum((good[1:] + good[:-1]) * np.diff(people))))


def lorenz(values: NDArray[Any], weight: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the Lorenz curve: the share of the people, least first, and the share of the good that they have.

    Returns
    -------
    people, good
        From 0 to 1, float64 (n + 1,). Where all have nothing, both are the same.
    """
    _check(values, weight, some=True)
    if values.min() < 0:
        raise ParameterError(f"{values.min():g}: a good of which somebody has less than nothing has no such curve")
    order = np.argsort(values, kind="stable")
    people = np.concatenate([[0], np.cumsum(weight[order])])
    good = np.concatenate([[0.0], np.cumsum(weight[order] * values[order])])
    share = people / people[-1]
    return share, good / good[-1] if good[-1] > 0 else share


def _part(share: float, total: int) -> Fraction:
    """Return a share of the weight, exactly."""
    if not 0 < share <= 1:
        raise ParameterError(f"a share of {share:g}: it must be above 0 and at most 1", parameter="share")
    return Fraction(share).limit_denominator(_FINEST_SHARE) * total


def _check(values: NDArray[Any], weight: NDArray[np.int64], *, some: bool = False) -> None:
    if values.shape != weight.shape or values.ndim != 1:
        raise ParameterError(f"{len(values)} values and {len(weight)} weights: give one weight per value")
    if (weight < 0).any() or (some and not weight.any()):
        raise ParameterError("weights must be at least 0, and not all of them 0")
    if not np.isfinite(values[weight > 0]).all():
        raise ParameterError("a value that somebody has is not a number, or infinite: leave it out or cap it")
