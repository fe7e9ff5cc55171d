"""Pairs of numbers that may be written in another way than longitude and latitude in decimal degrees."""

from __future__ import annotations

from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

#: As they stand; latitude first; ``116.2345`` for 116°23.45'; the same for 116°23'45".
Notation = Literal["degrees", "swapped", "degrees_minutes", "degrees_minutes_seconds"]
NOTATIONS: Final[tuple[Notation, ...]] = get_args(Notation)

_SMALL: Final = 1e-7


def read_as(notation: Notation, pairs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the longitudes and latitudes that pairs mean in a notation.

    Parameters
    ----------
    pairs
        Numbers as written, shape (n, 2).

    Returns
    -------
    numpy.ndarray
        Degrees, shape (n, 2); NaN where a number cannot be of that notation (60 minutes or more).

    Examples
    --------
    >>> read_as("swapped", np.array([[39.9, 116.4]])).tolist()
    [[116.4, 39.9]]
    >>> read_as("degrees_minutes", np.array([[116.2345, 39.543]])).round(4).tolist()
    [[116.3908, 39.905]]
    >>> read_as("degrees_minutes_seconds", np.array([[116.2345, 39.5475]])).round(4).tolist()
    [[116.3958, nan]]
    """
    if notation == "degrees":
        return pairs.copy()
    if notation == "swapped":
        return pairs[:, ::-1].copy()
    whole = np.floor(pairs + _SMALL)
    minutes = (pairs - whole) * 100.0
    if notation == "degrees_minutes":
        return np.where(minutes < 60.0, whole + minutes / 60.0, np.nan)
    whole_minutes = np.floor(minutes + _SMALL * 100.0)
    seconds = (minutes - whole_minutes) * 100.0
    valid = (whole_minutes < 60.0) & (seconds < 60.0)
    return np.where(valid, whole + whole_minutes / 60.0 + seconds / 3600.0, np.nan)


def is_rounded(pairs: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which pairs have no more than two decimals in both numbers: a place within a kilometre.

    Examples
    --------
    >>> is_rounded(np.array([[116.4, 39.91], [116.4, 39.912]])).tolist()
    [True, False]
    """
    hundredths = pairs * 100.0
    return np.asarray((np.abs(hundredths - np.round(hundredths)) < 1e-6).all(axis=1), dtype=np.bool_)
