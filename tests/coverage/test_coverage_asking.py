"""A planner's question in words: what is understood, and what is refused and how."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from geo.choosing.wanted import Wanted
from geo.coverage.asking import CoverageQuery, read_coverage
from geo.errors import ParameterError, UnknownWordError
from geo.places.hours import CHINA

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
THEN = datetime(2026, 10, 1, 14, 0, tzinfo=CHINA)


def test_what_nobody_says() -> None:
    query = read_coverage()
    assert query == CoverageQuery()
    assert (query.mode, query.cutoff_s, query.cutoff, query.when, query.open) == ("walk", 900.0, 9_000_000, None, "any")
    assert (query.min_left_s, query.layer, query.wanted) == (900.0, "residents", Wanted())


def test_every_word_is_read() -> None:
    query = read_coverage(
        mode="ebike",
        service=["rest_stop,haircut"],
        amenity=["water"],
        amenity_or_unknown=["socket"],
        access=["walk_in", "unknown"],
        audience="couriers",
        accuracy="street",
        cutoff="7.5min",
        open="perhaps",
        min_left="0min",
        when="2026-10-01T14:00",
        layer="pickups",
        now=NOW,
    )
    wanted = Wanted(("rest_stop", "haircut"), ("water",), ("socket",), ("walk_in", "unknown"), "couriers", "street")
    assert query == CoverageQuery(wanted, "ebike", 450.0, THEN, "perhaps", 0.0, "pickups")
    assert query.cutoff == 4_500_000


@pytest.mark.parametrize(
    ("words", "when", "why"),
    [
        ({}, NOW, "the time of asking"),
        ({"when": "2026-10-01T14:00"}, THEN, "China's clock"),
        ({"when": "2026-10-01T06:00+00:00"}, THEN, "another clock, the same moment"),
    ],
)
def test_the_moment(words: dict[str, str], when: datetime, why: str) -> None:
    assert read_coverage(open="certainly", now=NOW, **words).when == when, why


@pytest.mark.parametrize(
    ("words", "value", "limit", "remedy"),
    [
        ({"cutoff": "0min"}, "cutoff=0min", "more than 0", "at most 4h"),
        ({"cutoff": "0"}, "'0'", "not a length of time", "write 15min"),
        ({"cutoff": "-5"}, "'-5'", "not a length of time", "write 15min"),
        ({"cutoff": "-5min"}, "'-5min'", "not a length of time", "write 15min"),
        ({"cutoff": "abc"}, "'abc'", "not a length of time", "write 15min"),
        ({"cutoff": "nan"}, "'nan'", "not a length of time", "write 15min"),
        ({"cutoff": "5h"}, "cutoff=5h", "at most 4h", "at most 4h"),
        ({"cutoff": "1e3min"}, "'1e3min'", "not a length of time", "write 15min"),
        ({"cutoff": "9" * 99}, "99…'", "not a length of time", "write 15min"),
        ({"min_left": "25h"}, "min_left=25h", "at most 24h", "at most 24h"),
        ({"min_left": "soon"}, "'soon'", "not a length of time", "write 15min"),
        ({"open": "certainly"}, "open=certainly", "needs a moment", "when=2026-10-01T14:00"),
        ({"open": "perhaps"}, "open=perhaps", "needs a moment", "when=2026-10-01T14:00"),
        ({"open": "maybe"}, "'maybe'", "known are any, certainly, perhaps", "known are"),
        ({"open": "certain"}, "'certain'", "not known", "did you mean certainly?"),
        ({"when": "tomorrow"}, "'tomorrow'", "not a time from 2000 to 2100", "write 2026-10-01T14:00"),
        ({"when": "1999-10-01T14:00"}, "'1999-10-01T14:00'", "from 2000 to 2100", "write 2026-10-01T14:00"),
        ({"layer": "dogs"}, "'dogs'", "known are residents, street_length, pickups", "known are"),
        ({"layer": "resident"}, "'resident'", "not known", "did you mean residents?"),
        ({"mode": "fly"}, "'fly'", "known are walk, bike, ebike, drive", "known are"),
        ({"service": ["restop"]}, "'restop'", "not known", "did you mean rest_stop?"),
        ({"amenity": ["water"], "amenity_or_unknown": ["water"]}, "amenity_or_unknown=water",
         "contradicts amenity=water", "name it in one"),
        ({"access": ["window"]}, "'window'", "known are", "walk_in"),
        ({"audience": "dogs"}, "'dogs'", "known are", "couriers"),
        ({"accuracy": "fuzzy"}, "'fuzzy'", "known are", "exact"),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_refused_says_what_limit_and_remedy(words: dict[str, Any], value: str, limit: str, remedy: str) -> None:
    with pytest.raises((ParameterError, UnknownWordError)) as caught:
        read_coverage(**words)
    message = str(caught.value)
    assert all(part in message for part in (value, limit, remedy)), message
    assert caught.value.parameter == ("when" if words.get("open") in ("certainly", "perhaps") else [*words][-1])
    assert len(message) < 250


@pytest.mark.parametrize("cutoff_s", [0.0, -5.0, 14_401.0, float("nan"), float("inf")])
def test_a_value_that_no_word_says_is_refused_too(cutoff_s: float) -> None:
    with pytest.raises(ParameterError, match=r"more than nothing and at most 4h; e\.g\. cutoff=15min"):
        CoverageQuery(cutoff_s=cutoff_s)


@pytest.mark.parametrize(
    ("cutoff", "ticks", "why"),
    [
        ("4h", 144_000_000, "the most is included"),
        ("0.001s", 10, "the least that can be written"),
        ("90s", 900_000, ""),
    ],
)
def test_the_cutoff_in_ticks(cutoff: str, ticks: int, why: str) -> None:
    assert read_coverage(cutoff=cutoff).cutoff == ticks, why
