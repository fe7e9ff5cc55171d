"""While it is hot or cold: relief first, unknown never promoted, and the nearest not lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from itertools import pairwise

import pytest

from geo.choosing.wanted import Wanted
from geo.city import City
from geo.coords import LonLat
from geo.finding.asking import NearestQuery
from geo.finding.relief import Relieved
from geo.places.hours import CHINA
from geo.places.model import Place, Service

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=CHINA)
HERE = LonLat(116.4108, 39.9229)
EVERYWHERE = tuple(LonLat(116.40 + 0.006 * x, 39.91 + 0.008 * y) for x in range(4) for y in range(4))


def ids(found: Relieved) -> list[str]:
    return [result.place.id for result in found.answer.results]


@pytest.mark.parametrize("kit", ["air_conditioner", "heating"])
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, "as most ask"),
        ({"when": NOON}, "hours are told"),
        ({"when": NOON.replace(hour=23)}, "most are closed"),
        ({"when": NOON, "open": "arrival"}, "only what is open"),
        ({"when": NOON, "k": 1}, "one alone"),
        ({"cutoff_s": 200.0, "when": NOON}, "next to nothing is near"),
        ({"wanted": Wanted(services=("rest_stop",)), "mode": "ebike", "k": 3}, "more is asked for"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_holds_wherever_one_asks(sample_city: City, kit: str, change: dict[str, object], reason: str) -> None:
    """Relief first, each group in order, the plain answer whole within it, and nobody nearer with relief left out."""
    seen: set[bool | None] = set()
    for origin in EVERYWHERE:
        query = replace(NearestQuery(origin, paths=False), **change)  # type: ignore[arg-type]
        plain, found = sample_city.nearest(query), sample_city.nearest_relieved(query, kit)  # type: ignore[arg-type]
        results = found.answer.results
        first = sum(relief is True for relief in found.relief)
        assert [relief is True for relief in found.relief] == [True] * first + [False] * (len(results) - first)
        for group in (results[:first], results[first:]):
            assert all((a.travel_s, a.place.id) < (b.travel_s, b.place.id) for a, b in pairwise(group))
        assert [results[at].place.id for at in found.nearest] == [result.place.id for result in plain.results]
        assert len(set(ids(found))) == len(results) <= 2 * query.k
        assert found.answer.passed_over == plain.passed_over
        for result, relief in zip(results, found.relief, strict=True):
            assert relief is expected(result.place, kit, closed=bool(result.state and result.state.kind == "closed"))
        everyone = sample_city.nearest(replace(query, k=1000, passed=0)).results
        helping = [
            r.place.id for r in everyone if expected(r.place, kit, closed=bool(r.state and r.state.kind == "closed"))
        ]
        assert ids(found)[:first] == helping[: query.k], "as many as there are, the nearest of them"
        seen |= set(found.relief)
    if reason == "hours are told":
        assert seen == {True, False, None}, "or this would prove little"


def expected(place: Place, kit: str, *, closed: bool) -> bool | None:
    """What the words say: no, or closed, is no; yes is yes; silence is neither."""
    said = place.amenities.get(kit)  # type: ignore[call-overload]
    return False if said == "no" or closed else True if said == "yes" else None


def place(place_id: str, lon: float, said: str | None, hours: str | None = "24/7") -> Place:
    return Place(
        id=place_id, name=place_id, position=LonLat(lon, 39.9229), accuracy="exact", source="test",
        services=(Service("rest_stop", hours=hours),), amenities={} if said is None else {"air_conditioner": said},  # type: ignore[dict-item]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("places", "order", "relief", "reason"),
    [
        ([("a", None), ("b", "yes")], "ba", [True, None], "unknown is not yes"),
        ([("a", "no"), ("b", None), ("c", "yes")], "cab", [True, False, None], "no and unknown stay in their order"),
        ([("a", "yes"), ("b", "yes")], "ab", [True, True], "the nearer first"),
        ([("a", None), ("b", "no")], "ab", [None, False], "nobody has it: the plain order"),
    ],
)  # fmt: skip
def test_small_worlds(
    sample_city: City, places: list[tuple[str, str | None]], order: str, relief: list[bool | None], reason: str
) -> None:
    city = sample_city.with_places([place(n, 116.4109 + 0.001 * at, said) for at, (n, said) in enumerate(places)], "x")
    found = city.nearest_relieved(NearestQuery(HERE, when=NOON), "air_conditioner")
    assert "".join(ids(found)) == order, reason
    assert list(found.relief) == relief, reason


@pytest.mark.parametrize(
    ("hours", "order", "relief", "reason"),
    [
        ("Mo-Su 00:00-06:00", "nh", [None, False], "a closed door cools nobody"),
        (None, "hn", [True, None], "hours that nobody knows are not closed"),
        ("Mo-Su 12:00-12:10", "hn", [True, None], "open for a little while"),
    ],
)
def test_hours_count(sample_city: City, hours: str | None, order: str, relief: list[bool | None], reason: str) -> None:
    places = [place("n", 116.4109, None), place("h", 116.4119, "yes", hours)]
    city = sample_city.with_places(places, "x")
    found = city.nearest_relieved(NearestQuery(HERE, when=NOON), "air_conditioner")
    assert "".join(ids(found)) == order, reason
    assert list(found.relief) == relief, reason


def test_with_more_than_k_the_nearest_of_both_are_told(sample_city: City) -> None:
    places = [place(f"n{at}", 116.4108 + 0.0002 * at, None) for at in range(4)]
    places += [place(f"r{at}", 116.4138 + 0.0002 * at, "yes") for at in range(4)]
    found = sample_city.with_places(places, "x").nearest_relieved(NearestQuery(HERE, k=2), "air_conditioner")
    assert ids(found) == ["r0", "r1", "n0", "n1"]
    assert found.nearest == (2, 3)
