"""The questions: from where, when, and on the way to what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, get_args

from geo.choosing.wanted import ANYTHING, Wanted
from geo.coords import LonLat
from geo.errors import ParameterError
from geo.streets.profiles import Mode

DEFAULT_K: Final = 5
DEFAULT_MIN_LEFT_S: Final = 900.0
DEFAULT_PASSED: Final = 20

Openness = Literal["any", "arrival", "arrival_or_unknown"]
OPENNESSES: Final[tuple[Openness, ...]] = get_args(Openness)


@dataclass(frozen=True)
class NearestQuery:
    """Which places, for whom, from where.

    Attributes
    ----------
    origin
        WGS-84.
    k
        How many places at most.
    mode
        How one travels.
    wanted
        What a place must have, whatever the time.
    cutoff_s
        Longest travel time, seconds, inclusive.
    when
        When one sets out, aware, past or future; None if it does not matter.
    open
        ``any``; ``arrival``: certainly open when one gets there, with at least ``min_left_s`` left;
        ``arrival_or_unknown``: that, or hours that nobody knows. Needs ``when``.
    min_left_s
        How long a place must stay open after the arrival, seconds.
    paths
        Whether the ways are drawn.
    passed
        How many of the places that were passed over a written answer lists, the nearest first; None: all.

    Raises
    ------
    ParameterError
        ``open`` asks for a time that ``when`` does not give.
    """

    origin: LonLat
    k: int = DEFAULT_K
    mode: Mode = "walk"
    wanted: Wanted = ANYTHING
    cutoff_s: float = 1800.0
    when: datetime | None = None
    open: Openness = "any"
    min_left_s: float = DEFAULT_MIN_LEFT_S
    paths: bool = True
    passed: int | None = DEFAULT_PASSED

    def __post_init__(self) -> None:
        _check_time(self.open, self.when)


@dataclass(frozen=True)
class AlongQuery:
    """Which places on the way from here to there, for a break with little detour.

    Attributes
    ----------
    origin, destination
        WGS-84.
    via
        Where the way leads through, in this order.
    mode, k, wanted, when, open, paths
        As in :class:`NearestQuery`.
    detour_s
        The longest travel time that the break may add, seconds, inclusive.
    min_left_s, stay_s
        How long a place must stay open after the arrival at the least, and how long the break lasts, seconds.
    until
        When one must be at the destination, aware; None if it does not matter. Needs ``when``.

    Raises
    ------
    ParameterError
        ``open`` or ``until`` asks for a time that ``when`` does not give, or there is no time for the break.
    """

    origin: LonLat
    destination: LonLat
    via: tuple[LonLat, ...] = ()
    mode: Mode = "walk"
    k: int = DEFAULT_K
    wanted: Wanted = ANYTHING
    detour_s: float = 600.0
    when: datetime | None = None
    open: Openness = "any"
    min_left_s: float = DEFAULT_MIN_LEFT_S
    stay_s: float = 0.0
    until: datetime | None = None
    paths: bool = True

    def __post_init__(self) -> None:
        _check_time(self.open, self.when)
        _check_until(self.when, self.until, self.stay_s)

    @property
    def open_for_s(self) -> float:
        """How long a place must stay open after the arrival, the break included, seconds."""
        return max(self.min_left_s, self.stay_s)


def _check_time(openness: Openness, when: datetime | None) -> None:
    if openness != "any" and when is None:
        raise ParameterError(
            f"open={openness} needs the time of setting out; give it, e.g. when=2026-10-01T14:00", parameter="when"
        )


def _check_until(when: datetime | None, until: datetime | None, stay_s: float) -> None:
    if until is None:
        return
    written = f"until={until.isoformat(timespec='minutes')}"
    if when is None:
        raise ParameterError(
            f"{written} needs the time of setting out; give it, e.g. when=2026-10-01T14:00", parameter="when"
        )
    left_s = (until - when).total_seconds()
    if left_s <= 0:
        setting_out = when.astimezone(until.tzinfo).isoformat(timespec="minutes")
        raise ParameterError(f"{written} must be after when={setting_out}; give a later time", parameter="until")
    if stay_s > left_s:
        raise ParameterError(
            f"stay={stay_s / 60:g}min is longer than the {left_s / 60:.0f} min from when to {written}; stay less long "
            "or give a later time",
            parameter="stay",
        )
