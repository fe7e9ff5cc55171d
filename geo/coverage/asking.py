"""The planner's question: which streets and people are within reach of which places, at what time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, get_args

from geo.choosing.wanted import ANYTHING, Wanted, read_wanted
from geo.choosing.words import read_duration, read_time, read_word
from geo.errors import ParameterError
from geo.streets.network import TICKS_PER_S
from geo.streets.profiles import MODES, Mode

#: Whether hours matter: not at all; certainly open; or that, or hours that nobody knows.
Opened = Literal["any", "certainly", "perhaps"]
#: Who or what is counted.
Layer = Literal["residents", "street_length", "pickups"]
OPENED: Final[tuple[Opened, ...]] = get_args(Opened)
LAYERS: Final[tuple[Layer, ...]] = get_args(Layer)

DEFAULT_CUTOFF: Final = "15min"
MAX_CUTOFF_S: Final = 4 * 3600.0
_MAX_LEFT_S: Final = 24 * 3600.0


@dataclass(frozen=True)
class CoverageQuery:
    """Which places count, how far they reach, and whom.

    Attributes
    ----------
    wanted
        What a place must have, whatever the time.
    mode
        How one travels.
    cutoff_s
        Longest travel time, seconds, inclusive.
    when
        The moment, aware; None if hours do not matter.
    open
        ``any``: hours do not matter; ``certainly``: open at that moment, with at least ``min_left_s`` left;
        ``perhaps``: that, or hours that nobody knows. The last two need ``when``.
    min_left_s
        How long a place must stay open after that moment, seconds.
    layer
        Who or what is counted.

    Raises
    ------
    ParameterError
        ``open`` asks for a time that ``when`` does not give, or the cutoff is not more than nothing.
    """

    wanted: Wanted = ANYTHING
    mode: Mode = "walk"
    cutoff_s: float = 900.0
    when: datetime | None = None
    open: Opened = "any"
    min_left_s: float = 900.0
    layer: Layer = "residents"

    def __post_init__(self) -> None:
        if not 0 < self.cutoff_s <= MAX_CUTOFF_S:
            raise ParameterError(
                f"cutoff={self.cutoff_s:g}s must be more than nothing and at most {MAX_CUTOFF_S / 3600:g}h; e.g. "
                f"cutoff={DEFAULT_CUTOFF}",
                parameter="cutoff",
            )
        if self.open != "any" and self.when is None:
            raise ParameterError(
                f"open={self.open} needs a moment; give it, e.g. when=2026-10-01T14:00", parameter="when"
            )

    @property
    def cutoff(self) -> int:
        """The cutoff in ticks."""
        return round(self.cutoff_s * TICKS_PER_S)


def read_coverage(
    *,
    mode: str = "walk",
    service: Iterable[str] = (),
    amenity: Iterable[str] = (),
    amenity_or_unknown: Iterable[str] = (),
    access: Iterable[str] = (),
    audience: str | None = None,
    accuracy: str | None = None,
    cutoff: str = DEFAULT_CUTOFF,
    open: str = "any",  # the word that people write
    min_left: str = "15min",
    when: str = "",
    layer: str = "residents",
    now: datetime | None = None,
) -> CoverageQuery:
    """Read a question from words.

    Parameters
    ----------
    now
        The time of asking, aware; ``when`` may name another.

    Raises
    ------
    ParameterError, UnknownWordError
        Naming the parameter, the value, the limit and the remedy.

    Examples
    --------
    >>> query = read_coverage(cutoff="10min", service=["rest_stop"], layer="street_length")
    >>> query.cutoff_s, query.wanted.services, query.layer
    (600.0, ('rest_stop',), 'street_length')
    """
    return CoverageQuery(
        wanted=read_wanted(service, amenity, amenity_or_unknown, access, audience, accuracy),
        mode=read_word("mode", mode, MODES),
        cutoff_s=read_duration("cutoff", cutoff, MAX_CUTOFF_S, zero=False),
        when=read_time("when", when) if when else now,
        open=read_word("open", open, OPENED),
        min_left_s=read_duration("min_left", min_left, _MAX_LEFT_S),
        layer=read_word("layer", layer, LAYERS),
    )
