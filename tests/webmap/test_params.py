"""Query strings: the words of each question, and that whatever is sent is a question or refused by name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Request

from geo.choosing.wanted import Wanted
from geo.coords import LonLat
from geo.errors import InputError, ParameterError, UnknownWordError
from geo.finding.asking import AlongQuery, NearestQuery
from webmap.params import along_query, heeds_advisory, nearest_query, plain_nearest_query

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HERE, THERE = LonLat(116.41, 39.92), LonLat(116.42, 39.95)
WANTED = (
    ("service", "rest_stop,haircut"), ("service", "water_point"), ("amenity", "toilet"), ("amenity_or_unknown", "wifi"),
    ("amenity_or_unknown", "socket,books"), ("access", "walk_in"), ("access", "ask_guard,unknown"),
    ("audience", "couriers"), ("accuracy", "building"),
)  # fmt: skip
EVERYTHING = Wanted(
    ("rest_stop", "water_point", "haircut"),
    ("toilet",),
    ("socket", "wifi", "books"),
    ("walk_in", "ask_guard", "unknown"),
    "couriers",
    "building",
)


def test_every_word_of_nearest() -> None:
    pairs = [("lon", "116.41"), ("lat", "39.92"), ("k", "3"), ("mode", "ebike"), *WANTED, ("cutoff", "15min")]
    pairs += [("open", "arrival"), ("min_left", "30min"), ("when", "2026-11-24T08:00Z"), ("paths", "no")]
    assert nearest_query(MultiDict([*pairs, ("passed", "all")]), NOON) == NearestQuery(
        HERE, 3, "ebike", EVERYTHING, 900.0, NOON + timedelta(hours=20), "arrival", 1800.0, paths=False, passed=None
    )


def test_every_word_of_along() -> None:
    pairs = [("from", "116.41,39.92"), ("to", "116.42,39.95"), ("via", "116.40,39.93"), ("via", "116.41,39.94")]
    pairs += [("k", "3"), ("mode", "ebike"), *WANTED, ("detour", "5min"), ("open", "arrival_or_unknown")]
    pairs += [("min_left", "30min"), ("stay", "20min"), ("when", "2026-11-24T08:00Z"), ("until", "2026-11-24T09:00Z")]
    assert along_query(MultiDict([*pairs, ("paths", "no")]), NOON) == AlongQuery(
        HERE,
        THERE,
        via=(LonLat(116.40, 39.93), LonLat(116.41, 39.94)),
        mode="ebike",
        k=3,
        wanted=EVERYTHING,
        detour_s=300.0,
        when=NOON + timedelta(hours=20),
        open="arrival_or_unknown",
        min_left_s=1800.0,
        stay_s=1200.0,
        until=NOON + timedelta(hours=21),
        paths=False,
    )


FROM, TO = ("from", "116.41,39.92"), ("to", "116.42,39.95")


@pytest.mark.parametrize(
    ("pairs", "error", "parameter", "said"),
    [
        ([], ParameterError, "from", "from is missing; ask with both ends as lon,lat, e.g. from=116.41,39.92&to="),
        ([FROM], ParameterError, "to", "to is missing; ask with both ends as lon,lat"),
        ([FROM, TO, TO], ParameterError, "to", "to is given 2 times; give it once"),
        ([FROM, TO, ("origin", "1,2")], UnknownWordError, "origin", "known are from, to, via"),
        ([FROM, TO, ("cutoff", "15min")], UnknownWordError, "cutoff", "known are from, to, via"),
        ([FROM, TO, ("passed", "3")], UnknownWordError, "passed", "known are from, to, via"),
        ([FROM, TO, ("via", "")], ParameterError, "via", "via='' must be lon,lat in degrees, e.g. via=116.41,39.92"),
        ([FROM, TO, *[("via", "1,2")] * 9], ParameterError, "via", "via is given 9 times; give at most 8"),
        ([FROM, TO, ("detour", "3h")], ParameterError, "detour", "detour=3h is out of range"),
        ([FROM, TO, ("until", "2026-11-23T12:00Z")], ParameterError, "until", "must be after when=2026-11-23T12:00"),
    ],
)
def test_a_wrong_question_along_a_way_is_told_what_is_wrong(
    pairs: list[tuple[str, str]], error: type[InputError], parameter: str, said: str
) -> None:
    with pytest.raises(error) as refused:
        along_query(MultiDict(pairs), NOON)
    assert (refused.value.parameter, said in str(refused.value)) == (parameter, True), str(refused.value)


names = st.sampled_from(
    ["lon", "lat", "k", "mode", "from", "to", "via", "detour", "stay", "until", "passed", "now", *dict(WANTED)]
) | st.text(st.characters(), max_size=50)
values = st.text(st.characters(), max_size=50) | st.sampled_from(["116.41", "39.92", "116.41,39.92", "walk", "5", "no"])


@pytest.mark.parametrize(
    ("reader", "base"),
    [(nearest_query, [("lon", "116.41"), ("lat", "39.92")]), (along_query, [FROM, TO])],
    ids=["nearest", "along"],
)
@given(st.lists(st.tuples(names, values), max_size=6))
def test_whatever_is_sent_is_a_question_or_refused_by_name(
    reader: Callable[..., Any], base: list[tuple[str, str]], pairs: list[tuple[str, str]]
) -> None:
    sent = MultiDict([*base, *pairs])
    try:
        assert reader(sent, NOON).when == NOON
    except InputError as refused:
        assert refused.parameter in {name[:40] for name in sent}


def carefully(query_string: str) -> tuple[NearestQuery, bool] | None:
    """Read as Flask does; None: refused."""
    args = Request({"QUERY_STRING": query_string, "REQUEST_METHOD": "GET"}).args
    try:
        return nearest_query(args, NOON), heeds_advisory(args)
    except InputError:
        return None


def plainly(query_string: str) -> tuple[NearestQuery, bool] | None:
    """Read as the front does, which leaves what is odd, and what is refused, to Flask."""
    try:
        return plain_nearest_query(query_string, NOON)
    except InputError:
        return None


#: Names and values as pages, programs and hostile strangers write them, right, wrong, escaped and cut off.
NAMES = (
    "lon", "lat", "k", "mode", "service", "amenity", "amenity_or_unknown", "access", "audience", "accuracy", "cutoff",
    "open", "min_left", "when", "paths", "passed", "advisory", "Lon", "%6Bx", "from", "", "k ", "%6B",
)  # fmt: skip
VALUES = (
    "116.41", "39.92", "5", "%35", "5%", "%3", "%3A", "%%3A3A", "%253A", "+5", "5+", "walk", "ebike", "rest_stop",
    "rest_stop%2Chaircut", "rest_stop,haircut", "rest%5Fstop", "rest_stop%2chaircut", "socket", "unknown", "couriers",
    "building", "15min", "15+min", "15%20min", "arrival", "2026-11-24T08%3A00Z", "2026-11-24T08:00%2B08:00",
    "2026-11-24T08:00+08:00", "2026-11-24T08%3a00", "no", "all", "heed", "", "=", "a=b", "%FF", "%E4%B8%AD", "\xe4",
    "\xd9\xa5", "%D9%A5", "&", ";k=3", "%26k=3", "\x00", "%00", "5\n", "5#",
)  # fmt: skip
pairs = st.tuples(st.sampled_from(NAMES), st.sampled_from(("=", "=", "=", "=", "", "%3D")), st.sampled_from(VALUES))
texts = st.lists(pairs, max_size=5).map(lambda odd: "&".join("".join(pair) for pair in odd))


@given(st.sampled_from(("lon=116.41&lat=39.92", "lat=39.92&lon=116.41&", "lon=116.41", "")), texts)
def test_what_is_read_plainly_is_what_is_read_with_care(begin: str, rest: str) -> None:
    """Neither is anything refused taken for a question, nor any question for another."""
    query_string = f"{begin}&{rest}" if rest else begin
    plain = plainly(query_string)
    assert plain is None or plain == carefully(query_string)


@given(st.text(alphabet="lonatk=&%+;0123456789abAB.-:,TZ \xe4", max_size=60))
def test_no_text_at_all_is_read_plainly_as_anything_else(text: str) -> None:
    for query_string in (text, f"lon=116.41&lat=39.92&{text}", f"lon=116.41&lat={text}", f"lon=1&lat=2&when={text}"):
        plain = plainly(query_string)
        assert plain is None or plain == carefully(query_string)


@pytest.mark.parametrize(
    ("query_string", "why"),
    [
        ("lon=116.41&lat=39.92", "the least"),
        ("lat=39.92&lon=116.41&k=3&mode=ebike&open=arrival&when=2026-11-24T08%3A00", "a colon as browsers write it"),
        ("lon=116.41&lat=39.92&service=rest_stop%2Chaircut&service=shelter", "lists, and a list in two parts"),
        ("lon=116.41&lat=39.92&when=2026-11-24T08%3a00%2B08:00", "other escapes"),
        ("lon=116.41&lat=39.92&cutoff=15+min&k=%35", "a plus is a space"),
        ("lon=116.41&lat=39.92&advisory=heed&passed=all&paths=no", "advisories"),
    ],
)
def test_what_pages_write_is_read_plainly(query_string: str, why: str) -> None:
    """Else the tests above would compare nothing."""
    assert plainly(query_string) is not None, why
    assert plainly(query_string) == carefully(query_string), why
