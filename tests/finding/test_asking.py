"""The strict reader: what is understood, what is refused and with which words, and that nothing else ever happens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from geo.choosing.wanted import ACCESS_WORDS, Wanted
from geo.coords import LonLat
from geo.errors import InputError, ParameterError, SwappedCoordinatesError, UnknownWordError
from geo.finding.asking import OPENNESSES, AlongQuery, NearestQuery, Openness
from geo.finding.reading import read_along, read_query
from geo.places.hours import CHINA
from geo.places.model import ACCURACIES, AMENITIES, AUDIENCES, SERVICES
from geo.streets.profiles import MODES

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=CHINA)
HERE, THERE = LonLat(116.41, 39.92), LonLat(116.42, 39.95)


def ask(**words: Any) -> NearestQuery:
    return read_query(**{"lon": "116.41", "lat": "39.92", "now": NOON, **words})


def ask_along(**words: Any) -> AlongQuery:
    return read_along(**{"origin": "116.41,39.92", "destination": "116.42,39.95", "now": NOON, **words})


# --- what is understood ---


def test_without_words_nothing_is_asked_of_a_place() -> None:
    assert ask() == NearestQuery(HERE, when=NOON)
    assert ask_along() == AlongQuery(HERE, THERE, when=NOON)
    assert ask().wanted == ask_along().wanted == Wanted()
    assert (ask().min_left_s, ask().paths, ask().passed, ask().cutoff_s) == (900.0, True, 20, 1800.0)
    assert (ask_along().detour_s, ask_along().stay_s, ask_along().until) == (600.0, 0.0, None)


@pytest.mark.parametrize("reader", [ask, ask_along])
@pytest.mark.parametrize(
    ("words", "wanted", "why"),
    [
        ({"amenity_or_unknown": ["toilet"]}, Wanted(amenities_or_unknown=("toilet",)), "one"),
        ({"amenity_or_unknown": ["toilet,wifi", "wifi"]}, Wanted(amenities_or_unknown=("toilet", "wifi")), "listed"),
        ({"amenity_or_unknown": ["wifi,toilet"]}, Wanted(amenities_or_unknown=("toilet", "wifi")), "another order"),
        (
            {"amenity": ["toilet"], "amenity_or_unknown": ["wifi"]},
            Wanted(amenities=("toilet",), amenities_or_unknown=("wifi",)),
            "certainly one, perhaps the other",
        ),
        ({"access": ["walk_in,ask_guard", "unknown"]}, Wanted(access=("walk_in", "ask_guard", "unknown")), "any of"),
        ({"audience": "couriers"}, Wanted(audience="couriers"), "who"),
        ({"accuracy": "building"}, Wanted(accuracy="building"), "how exact"),
    ],
)
def test_what_is_wanted(reader: Callable[..., Any], words: dict[str, Any], wanted: Wanted, why: str) -> None:
    assert reader(**words).wanted == wanted, why


@pytest.mark.parametrize(
    ("text", "seconds", "why"),
    [
        ("0min", 0.0, "open on arrival is enough"),
        ("0s", 0.0, "the same"),
        ("15min", 900.0, "what holds without the word"),
        ("1.5h", 5400.0, "a fraction"),
        ("24h", 86400.0, "the limit is inside"),
        ("1440min", 86400.0, "the same"),
    ],
)
def test_how_long_it_stays_open(text: str, seconds: float, why: str) -> None:
    assert ask(open="arrival", min_left=text).min_left_s == seconds, why
    assert ask_along(open="arrival_or_unknown", min_left=text).min_left_s == seconds, why


@pytest.mark.parametrize(("text", "count"), [("0", 0), ("20", 20), ("1000", 1000), ("all", None)])
def test_how_many_passed_over_are_listed(text: str, count: int | None) -> None:
    assert ask(passed=text).passed == count


@pytest.mark.parametrize("reader", [ask, ask_along])
def test_ways_need_not_be_drawn(reader: Callable[..., Any]) -> None:
    assert (reader(paths="yes").paths, reader(paths="no").paths) == (True, False)


def test_a_time_of_ones_own_comes_before_now() -> None:
    assert ask(when="2027-01-01T08:00", open="arrival").when == datetime(2027, 1, 1, 8, tzinfo=CHINA)
    assert ask_along(when="2027-01-01T00:00Z").when == datetime(2027, 1, 1, 8, tzinfo=CHINA)


def test_a_break_on_the_way() -> None:
    query = ask_along(
        via=["116.40,39.93", "116.41,39.94"], detour="2h", stay="20min", until="2026-11-23T13:00", open="arrival"
    )
    assert query.via == (LonLat(116.40, 39.93), LonLat(116.41, 39.94))
    assert (query.detour_s, query.stay_s, query.until) == (7200.0, 1200.0, NOON + timedelta(hours=1))
    assert ask_along(detour="0min").detour_s == 0.0, "only what lies on the way itself"


@pytest.mark.parametrize(
    ("words", "seconds", "why"),
    [
        ({}, 900.0, "a quarter of an hour, as everywhere"),
        ({"stay": "20min"}, 1200.0, "the whole break"),
        ({"stay": "5min"}, 900.0, "a short break still wants a quarter of an hour"),
        ({"stay": "5min", "min_left": "0min"}, 300.0, "the break alone"),
        ({"stay": "5min", "min_left": "1h"}, 3600.0, "the longer of the two"),
    ],
)
def test_a_place_must_be_open_for_the_break(words: dict[str, Any], seconds: float, why: str) -> None:
    assert ask_along(open="arrival", **words).open_for_s == seconds, why


@pytest.mark.parametrize("until", ["2026-11-23T12:20", "2026-11-23T04:20Z"])
def test_a_break_may_take_all_the_time_there_is(until: str) -> None:
    assert ask_along(stay="20min", until=until).stay_s == 1200.0


# --- what is refused ---

BOTH = [
    # words, error, parameter, what the message must say: value, limit, remedy; for both readers
    ({"amenity_or_unknown": ["microwav"]}, UnknownWordError, "amenity_or_unknown",
     ["amenity_or_unknown='microwav'", "did you mean microwave?"]),
    ({"amenity_or_unknown": ["wifi,"]}, UnknownWordError, "amenity_or_unknown", ["=''", "known are water, hot_water"]),
    ({"amenity_or_unknown": ["wifi", "toilet"], "amenity": ["toilet"]}, ParameterError, "amenity_or_unknown",
     ["amenity_or_unknown=toilet contradicts amenity=toilet", "certainly be there", "name it in one of the two"]),
    ({"access": ["walkin"]}, UnknownWordError, "access", ["access='walkin'", "did you mean walk_in?"]),
    ({"access": ["no"]}, UnknownWordError, "access", ["access='no'", "known are walk_in, ask_guard, scan, face, key",
                                                      "unknown"]),
    ({"access": [""]}, UnknownWordError, "access", ["access=''", "known are walk_in"]),
    ({"audience": "courier"}, UnknownWordError, "audience", ["audience='courier'", "did you mean couriers?"]),
    ({"audience": "couriers,drivers"}, UnknownWordError, "audience", ["audience='couriers,drivers'"]),
    ({"audience": ""}, UnknownWordError, "audience", ["audience=''", "known are couriers, sanitation"]),
    ({"audience": "everybody"}, UnknownWordError, "audience", ["'everybody'", "known are couriers, sanitation"]),
    ({"accuracy": "Building"}, UnknownWordError, "accuracy", ["accuracy='Building'", "did you mean building?"]),
    ({"accuracy": "10m"}, UnknownWordError, "accuracy", ["'10m'", "known are exact, building, street"]),
    ({"accuracy": ""}, UnknownWordError, "accuracy", ["accuracy=''", "known are exact"]),
    ({"open": "arrival", "min_left": "15"}, ParameterError, "min_left", ["min_left='15'", "15min, 900s or 0.5h"]),
    ({"open": "arrival", "min_left": ""}, ParameterError, "min_left", ["min_left=''", "15min, 900s or 0.5h"]),
    ({"open": "arrival", "min_left": "-1min"}, ParameterError, "min_left", ["min_left='-1min'", "15min"]),
    ({"open": "arrival", "min_left": "25h"}, ParameterError, "min_left", ["min_left=25h", "0min or more and at most "
                                                                          "24h"]),
    ({"open": "arrival", "min_left": "86400.001s"}, ParameterError, "min_left", ["min_left=86400.001s", "at most 24h"]),
    ({"min_left": "30min"}, ParameterError, "min_left", ["min_left=30min", "open=any", "add open=arrival",
                                                         "leave min_left out"]),
    ({"min_left": "30min", "open": "any"}, ParameterError, "min_left", ["asks for nothing while open=any"]),
    ({"open": "arrival", "now": None}, ParameterError, "when", ["open=arrival needs the time of setting out",
                                                               "when=2026-10-01T14:00"]),
    ({"paths": "true"}, UnknownWordError, "paths", ["paths='true'", "known are yes, no"]),
    ({"paths": ""}, UnknownWordError, "paths", ["paths=''", "known are yes, no"]),
]  # fmt: skip
NEAREST = [
    ({"passed": "1001"}, ParameterError, "passed", ["passed='1001'", "all or a whole number from 0 to 1000"]),
    ({"passed": "-1"}, ParameterError, "passed", ["passed='-1'", "all or a whole number from 0 to 1000"]),
    ({"passed": "ALL"}, ParameterError, "passed", ["passed='ALL'", "all or a whole number"]),
    ({"passed": ""}, ParameterError, "passed", ["passed=''", "all or a whole number"]),
    ({"passed": "２"}, ParameterError, "passed", ["passed='２'", "all or a whole number"]),
]
ALONG = [
    ({"origin": "116.41"}, ParameterError, "from", ["from='116.41'", "lon,lat", "from=116.41,39.92"]),
    ({"origin": ""}, ParameterError, "from", ["from=''", "lon,lat"]),
    ({"origin": "116.41,39.92,1"}, ParameterError, "from", ["from='116.41,39.92,1'", "lon,lat"]),
    ({"origin": "nan,39.92"}, ParameterError, "from", ["from='nan' is not a number", "116.41"]),
    ({"destination": "116.41, 39.92"}, ParameterError, "to", ["to=' 39.92' is not a number"]),
    ({"destination": "200,39.92"}, ParameterError, "to", ["to=200", "between -180 and 180"]),
    ({"destination": "116.41,-100"}, ParameterError, "to", ["to=-100", "between -90 and 90"]),
    ({"destination": "39.92,116.41"}, SwappedCoordinatesError, "to",
     ["to=39.92,116.41", "give the longitude first, to=116.41,39.92"]),
    ({"via": ["116.41,39.92", "116.41"]}, ParameterError, "via", ["via='116.41'", "lon,lat"]),
    ({"via": ["39.92,116.41"]}, SwappedCoordinatesError, "via", ["via=116.41,39.92"]),
    ({"via": ["116.41,39.92"] * 9}, ParameterError, "via", ["given 9 times", "at most 8"]),
    ({"detour": "121min"}, ParameterError, "detour", ["detour=121min", "0min or more and at most 2h"]),
    ({"detour": "500m "}, ParameterError, "detour", ["detour='500m '", "15min, 900s or 0.5h"]),
    ({"stay": "25h"}, ParameterError, "stay", ["stay=25h", "at most 24h"]),
    ({"stay": "a while"}, ParameterError, "stay", ["stay='a while'", "15min, 900s or 0.5h"]),
    ({"until": ""}, ParameterError, "until", ["until=''", "from 2000 to 2100", "write 2026-10-01T14:00"]),
    ({"until": "13:00"}, ParameterError, "until", ["until='13:00'", "write 2026-10-01T14:00"]),
    ({"until": "2026-11-23T12:00"}, ParameterError, "until", ["until=2026-11-23T12:00+08:00",
     "after when=2026-11-23T12:00+08:00", "give a later time"]),
    ({"until": "2026-11-23T04:00Z"}, ParameterError, "until", ["after when=2026-11-23T04:00+00:00"]),
    ({"until": "2026-11-23T13:00", "when": "2026-11-23T14:00"}, ParameterError, "until", ["after when=2026-11-23T14"]),
    ({"until": "2026-11-23T13:00", "now": None}, ParameterError, "when", ["until=2026-11-23T13:00", "give it, e.g."]),
    ({"until": "2026-11-23T12:20", "stay": "21min"}, ParameterError, "stay",
     ["stay=21min is longer than the 20 min", "stay less long or give a later time"]),
]  # fmt: skip
REFUSED = [(reader, *row) for reader in (ask, ask_along) for row in BOTH]
REFUSED += [(ask, *row) for row in NEAREST] + [(ask_along, *row) for row in ALONG]


@pytest.mark.parametrize(("reader", "words", "error", "parameter", "said"), REFUSED)
def test_what_is_refused_is_told_what_is_wrong(
    reader: Callable[..., Any], words: dict[str, Any], error: type[InputError], parameter: str, said: list[str]
) -> None:
    with pytest.raises(error) as refused:
        reader(**words)
    assert refused.value.parameter == parameter
    assert [part for part in said if part not in str(refused.value)] == [], str(refused.value)


def test_a_library_user_is_told_too_that_open_needs_a_time() -> None:
    with pytest.raises(ParameterError, match="needs the time of setting out"):
        NearestQuery(HERE, open="arrival")
    with pytest.raises(ParameterError, match="must be after"):
        AlongQuery(HERE, THERE, when=NOON, until=NOON)


# --- nothing else ever happens ---

KNOWN = [*SERVICES, *AMENITIES, *ACCESS_WORDS, *AUDIENCES, *ACCURACIES, *OPENNESSES, *MODES, "yes", "no", "all"]
strangers = (
    st.text(st.characters(), max_size=60)
    | st.sampled_from(KNOWN)
    | st.from_regex(r"-?\d{0,7}(\.\d{0,4})?\s?(s|min|h|m)?", fullmatch=True)
    | st.from_regex(r"\d{4}-\d\d-\d\dT\d\d:\d\d(Z|[+-]\d\d:\d\d)?", fullmatch=True)
    | st.from_regex(r"-?\d{1,4}(\.\d{1,9})?,-?\d{1,4}(\.\d{1,9})?", fullmatch=True)
)
lists = st.lists(strangers, max_size=10)
WANTED_WORDS: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(("service", "amenity", "amenity_or_unknown", "access"), lists),
    **dict.fromkeys(("audience", "accuracy", "k", "mode", "open", "min_left", "when", "paths"), strangers),
}


@given(st.fixed_dictionaries({}, optional={**WANTED_WORDS, "lon": strangers, "lat": strangers, "cutoff": strangers,
                                           "passed": strangers}))  # fmt: skip
@example({"when": "2026-10-01T14:00\ud800"})
@example({"k": "9" * 60})
def test_any_words_are_a_question_or_refused_by_name(words: dict[str, Any]) -> None:
    try:
        query = ask(**words)
    except InputError as refused:
        assert refused.parameter in {*words, "when"}
        assert "\n" not in str(refused)
        return
    assert 1 <= query.k <= 50 and 0 < query.cutoff_s <= 14400 and 0 <= query.min_left_s <= 86400
    assert query.passed is None or 0 <= query.passed <= 1000
    assert query.when is not None and query.when.tzinfo is not None


@given(
    st.fixed_dictionaries(
        {},
        optional={**WANTED_WORDS, **dict.fromkeys(("origin", "destination", "detour", "stay", "until"), strangers),
                  "via": lists},
    )
)  # fmt: skip
def test_any_words_are_a_question_along_a_way_or_refused_by_name(words: dict[str, Any]) -> None:
    named = {{"origin": "from", "destination": "to"}.get(name, name) for name in words}
    try:
        query = ask_along(**words)
    except InputError as refused:
        assert refused.parameter in {*named, "when"}
        assert "\n" not in str(refused)
        return
    assert 0 <= query.detour_s <= 7200 and 0 <= query.stay_s <= 86400 and len(query.via) <= 8
    assert query.when is not None and (query.until is None or query.until > query.when)


# --- what is written is read back ---

degrees = st.integers(-900_000_000, 900_000_000).map(lambda e7: e7 / 1e7)
points = st.builds(LonLat, degrees, degrees)
times = st.datetimes(datetime(2001, 1, 1), datetime(2099, 1, 1), timezones=st.sampled_from([CHINA, UTC]))  # noqa: DTZ001


def many(*words: str) -> st.SearchStrategy[tuple[str, ...]]:
    """Some of the words, in their order."""
    return st.sets(st.sampled_from(words), max_size=4).map(lambda some: tuple(word for word in words if word in some))


@st.composite
def wishes(draw: st.DrawFn) -> Wanted:
    certain = draw(many(*AMENITIES))
    perhaps = tuple(kind for kind in draw(many(*AMENITIES)) if kind not in certain)
    return Wanted(
        draw(many(*SERVICES)),  # type: ignore[arg-type]
        certain,  # type: ignore[arg-type]
        perhaps,  # type: ignore[arg-type]
        draw(many(*ACCESS_WORDS)),  # type: ignore[arg-type]
        draw(st.none() | st.sampled_from(AUDIENCES)),
        draw(st.none() | st.sampled_from(ACCURACIES)),
    )


def in_words(query: NearestQuery | AlongQuery) -> dict[str, Any]:
    """Write what both questions have in common."""
    wanted, words = query.wanted, dict[str, Any]()
    for name in ("service", "amenity", "access"):
        words[name] = getattr(wanted, {"service": "services", "amenity": "amenities"}.get(name, name))
    words["amenity_or_unknown"] = [",".join(wanted.amenities_or_unknown)] if wanted.amenities_or_unknown else []
    words |= {"audience": wanted.audience, "accuracy": wanted.accuracy, "k": str(query.k), "mode": query.mode}
    words |= {"open": query.open, "paths": "yes" if query.paths else "no"}
    words["when"] = query.when.isoformat() if query.when else ""
    if query.open != "any":
        words["min_left"] = f"{query.min_left_s:.0f}s"
    return words


def written(point: LonLat) -> str:
    return f"{point.lon:.7f},{point.lat:.7f}"


in_common: dict[str, st.SearchStrategy[Any]] = {
    "k": st.integers(1, 50),
    "mode": st.sampled_from(MODES),
    "wanted": wishes(),
    "when": times,
    "paths": st.booleans(),
}
openness: st.SearchStrategy[tuple[Openness, float]] = st.just(("any", 900.0)) | st.tuples(
    st.sampled_from(OPENNESSES[1:]), st.integers(0, 86400).map(float)
)


@given(points, openness, st.data())
def test_a_question_written_in_words_is_read_back(
    origin: LonLat, opening: tuple[Openness, float], data: st.DataObject
) -> None:
    query = data.draw(
        st.builds(
            NearestQuery,
            st.just(origin),
            open=st.just(opening[0]),
            min_left_s=st.just(opening[1]),
            cutoff_s=st.integers(1, 14400).map(float),
            passed=st.none() | st.integers(0, 1000),
            **in_common,
        )
    )
    lon, lat = written(origin).split(",")
    words = in_words(query) | {"lon": lon, "lat": lat, "cutoff": f"{query.cutoff_s:.0f}s"}
    assert read_query(**words, passed="all" if query.passed is None else str(query.passed)) == query


@given(st.lists(points, min_size=2, max_size=10), openness, st.integers(0, 86400), st.data())
def test_a_question_along_a_way_written_in_words_is_read_back(
    way: list[LonLat], opening: tuple[Openness, float], stay_s: int, data: st.DataObject
) -> None:
    query = data.draw(
        st.builds(
            AlongQuery,
            st.just(way[0]),
            st.just(way[-1]),
            st.just(tuple(way[1:-1])),
            open=st.just(opening[0]),
            min_left_s=st.just(opening[1]),
            detour_s=st.integers(0, 7200).map(float),
            stay_s=st.just(float(stay_s)),
            **in_common,
        )
    )
    words = in_words(query) | {"detour": f"{query.detour_s:.0f}s"}
    words |= {"origin": written(way[0]), "destination": written(way[-1]), "via": [written(p) for p in way[1:-1]]}
    assert read_along(**words, stay=f"{stay_s}s") == query
