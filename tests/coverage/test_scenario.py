"""Scenarios: the same wherever they are read, told apart by their edits alone, and every way to write one wrongly."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.coords import LonLat
from geo.coverage.scenario import (
    MAX_EDITS,
    MAX_NAME,
    Add,
    Close,
    CloseStreet,
    Edit,
    Move,
    Scenario,
    SetHours,
    edited,
    planned,
)
from geo.errors import NotFoundError, ParameterError
from geo.places.model import AMENITIES, SERVICES, Place, Service
from tests.strategies import HOURS

positions = st.builds(
    lambda lon, lat: LonLat(lon / 1e7, lat / 1e7),
    st.integers(-1_800_000_000, 1_800_000_000),
    st.integers(-900_000_000, 900_000_000),
)
texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=40).filter(
    lambda text: text.strip() == text
)
hours = st.none() | st.sampled_from(list(HOURS))
edits: st.SearchStrategy[Edit] = st.one_of(
    st.builds(
        lambda name, at, kinds, when, kit, number: Add(
            planned(name, at, kinds, hours=when, amenities=kit, number=number)
        ),
        texts,
        positions,
        st.lists(st.sampled_from(SERVICES), min_size=1, max_size=4, unique=True),
        hours,
        st.lists(st.sampled_from(AMENITIES), max_size=3, unique=True),
        st.integers(1, 999),
    ),
    st.builds(Move, texts, positions),
    st.builds(Close, texts),
    st.builds(SetHours, texts, hours, st.none() | st.sampled_from(SERVICES)),
    st.builds(CloseStreet, positions),
)
scenarios = st.builds(
    lambda name, own: Scenario(name, tuple(own)), st.text(max_size=MAX_NAME), st.lists(edits, max_size=6)
)


@given(scenarios)
def test_what_is_written_is_read_back(scenario: Scenario) -> None:
    through = json.loads(json.dumps(scenario.to_json(), ensure_ascii=False))

    assert Scenario.from_json(through) == scenario
    assert Scenario.from_json(through).key == scenario.key


@given(scenarios, st.text(max_size=10))
def test_the_key_is_of_the_edits_alone(scenario: Scenario, name: str) -> None:
    assert replace(scenario, name=name).key == scenario.key
    assert len(scenario.key) == 16 and set(scenario.key) <= set("0123456789abcdef")
    if scenario.edits:
        assert replace(scenario, edits=scenario.edits[:-1]).key != scenario.key


def test_order_counts_and_a_hair_of_a_degree_does() -> None:
    one, other = Close("a"), Close("b")
    assert Scenario("", (one, other)).key != Scenario("", (other, one)).key
    here, beside = LonLat(116.4, 39.9), LonLat(116.4000001, 39.9)
    assert Scenario("", (Move("a", here),)).key != Scenario("", (Move("a", beside),)).key


def test_a_key_outlives_the_process() -> None:
    """Hashes of texts differ from process to process; keys must not."""
    code = (
        "from geo.coverage.scenario import *; from geo.coords import LonLat;"
        "print(Scenario('x', (Close('a'), Move('b', LonLat(116.4, 39.9)), SetHours('c', None))).key)"
    )
    keys = {
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    }
    assert keys == {Scenario("y", (Close("a"), Move("b", LonLat(116.4, 39.9)), SetHours("c", None))).key + "\n"}


# --- what edits do ---


def place(place_id: str, **what: Any) -> Place:
    offered = (Service("rest_stop", "24/7"), Service("haircut", "Fr 14:00-16:00", season="Jun-Aug"))
    return replace(Place(place_id, "驿站", LonLat(116.4, 39.9), "exact", offered, "test"), **what)


def test_edits_hold_one_after_the_other() -> None:
    there = [place("b"), place("a")]
    at, then = LonLat(116.41, 39.91), LonLat(116.42, 39.92)
    new = planned("新", at, ("rest_stop",))
    scenario = Scenario("", (Add(new), Move(new.id, then), Close("a"), SetHours("b", "Mo-Fr 08:00-18:00", "rest_stop")))

    now = {one.id: one for one in scenario.applied(there)}

    assert [one.id for one in scenario.applied(there)] == ["a", "b", new.id]
    assert now[new.id].position == then
    assert now["a"].status == "retired", "it is still told of"
    assert [s.hours for s in now["b"].services] == ["Mo-Fr 08:00-18:00", "Fr 14:00-16:00"]
    assert [one.id for one in there] == ["b", "a"] and there[1].status == "open", "nothing is done to what is given"


def test_other_hours_are_for_all_services_unless_one_is_named() -> None:
    both = edited(place("a"), SetHours("a", None))
    assert [(s.hours, s.season) for s in both.services] == [(None, None), (None, None)]
    one = edited(place("a"), SetHours("a", "24/7", "haircut"))
    assert [(s.hours, s.season) for s in one.services] == [("24/7", None), ("24/7", None)]


def test_closed_streets_are_told() -> None:
    at = LonLat(116.41, 39.91)
    scenario = Scenario("", (CloseStreet(at), Close("a")))
    assert scenario.closed_streets == (at,)


@pytest.mark.parametrize("edit", [Close("x"), Move("x", LonLat(116.4, 39.9)), SetHours("x", None)])
def test_an_edit_of_nobody_is_refused(edit: Edit) -> None:
    with pytest.raises(NotFoundError, match="no place 'x'"):
        Scenario("", (edit,)).applied([place("a")])


# --- every way to write one wrongly ---

HERE = {"lon": 116.4, "lat": 39.9}
NEW = {"edit": "add", "id": "planned-1", "name": "新", "services": [{"kind": "rest_stop", "hours": "24/7"}], **HERE}
DEEP: list[Any] = []
for _ in range(50):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ([], "must be a table with name, edits"),
        (None, "must be a table"),
        ({"nam": "x"}, "'nam' is not known; known are name, edits"),
        ({"name": 5}, "name must be a text"),
        ({"name": "x" * (MAX_NAME + 1)}, "at most 80 characters"),
        ({"edits": {}}, "edits must be a list"),
        ({"edits": [{"edit": "close", "id": "a"}] * (MAX_EDITS + 1)}, "201 edits; at most 200"),
        ({"edits": ["close"]}, "edit 1: 'None' is no kind"),
        ({"edits": [{}]}, "known are add, move, close, hours, close_street"),
        ({"edits": [{"edit": ["close"], "id": "a"}]}, "is no kind of edit"),
        ({"edits": [{"edit": "explode", "id": "a"}]}, "'explode' is no kind of edit"),
        ({"edits": [{"edit": "close", "id": "a"}, {"edit": "close"}]}, "edit 2 \\(close\\): id must be a text"),
        ({"edits": [{"edit": "close", "id": ""}]}, "id must be a text of 1 to"),
        ({"edits": [{"edit": "close", "id": 7}]}, "id must be a text"),
        ({"edits": [{"edit": "close", "id": "x" * 5000}]}, "id must be a text of 1 to"),
        ({"edits": [{"edit": "close", "id": "a", "why": "x"}]}, "'why' is not known"),
        ({"edits": [{"edit": "move", "id": "a"}]}, "lon='None' must be degrees"),
        ({"edits": [{"edit": "move", "id": "a", "lon": "116.4", "lat": 39.9}]}, "lon='116.4' must be degrees"),
        ({"edits": [{"edit": "move", "id": "a", "lon": True, "lat": 39.9}]}, "lon='True' must be degrees"),
        ({"edits": [{"edit": "move", "id": "a", "lon": 116.4, "lat": 90.5}]}, "lat='90.5' must be degrees between -90"),
        ({"edits": [{"edit": "move", "id": "a", "lon": float("nan"), "lat": 39.9}]}, "lon='nan' must be degrees"),
        ({"edits": [{"edit": "move", "id": "a", "lon": float("inf"), "lat": 39.9}]}, "lon='inf' must be degrees"),
        ({"edits": [{"edit": "close_street", "lat": 39.9}]}, "lon='None' must be degrees"),
        ({"edits": [{"edit": "hours", "id": "a", "hours": 7}]}, "hours must be a text such as"),
        ({"edits": [{"edit": "hours", "id": "a", "hours": "when the boss is in"}]}, "edit 1 \\(hours\\)"),
        ({"edits": [{"edit": "hours", "id": "a", "hours": "24/7", "service": "teleport"}]}, "'teleport' is no service"),
        ({"edits": [{"edit": "hours", "id": "a", "service": ["haircut"]}]}, "is no service"),
        ({"edits": [{**NEW, "id": "osm-1"}]}, "must begin with planned-"),
        ({"edits": [{**NEW, "services": []}]}, "services must name at least one"),
        ({"edits": [{**NEW, "services": "rest_stop"}]}, "services must name at least one"),
        ({"edits": [{**NEW, "services": ["rest_stop"]}]}, "service must be a table with kind, hours"),
        ({"edits": [{**NEW, "services": [{"kind": "teleport"}]}]}, "teleport"),
        ({"edits": [{**NEW, "services": [{"kind": None}]}]}, "edit 1 \\(add\\)"),
        ({"edits": [{**NEW, "services": [{"kind": ["rest_stop"]}]}]}, "edit 1 \\(add\\)"),
        ({"edits": [{**NEW, "services": [{"kind": "rest_stop", "hours": "25:99"}]}]}, "edit 1 \\(add\\)"),
        ({"edits": [{**NEW, "amenities": ["microwave"]}]}, "amenities must be a table"),
        ({"edits": [{**NEW, "amenities": {"microwave": "maybe"}}]}, "edit 1 \\(add\\)"),
        ({"edits": [{**NEW, "amenities": {"teleport": "yes"}}]}, "teleport"),
        ({"edits": [{**NEW, "amenities": {"microwave": ["yes"]}}]}, "edit 1 \\(add\\)"),
        ({"edits": [{**NEW, "name": ""}]}, "name must be a text of 1 to"),
        ({"edits": DEEP}, "is no kind of edit"),
    ],
)  # fmt: skip
def test_what_is_no_scenario_is_refused_by_name(values: object, told: str) -> None:
    with pytest.raises(ParameterError, match=told):
        Scenario.from_json(values)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["name", "edits", "edit", "id", "lon", "lat", "hours", "services", "kind"]),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_whatever_is_sent_is_read_or_refused(values: object) -> None:
    for sent in (
        values,
        {"name": "", "edits": [values]},
        {"edits": [{**NEW, "services": values}]},
        {"edits": [{**NEW, "amenities": values}]},
    ):
        try:
            Scenario.from_json(sent)
        except ParameterError:
            continue


def test_the_order_of_a_table_is_nothing_to_the_key() -> None:
    at = LonLat(116.4, 39.9)
    one = Scenario("", (Add(planned("x", at, ("rest_stop",), amenities=("microwave", "socket"))),))
    other = Scenario("", (Add(planned("x", at, ("rest_stop",), amenities=("socket", "microwave"))),))
    assert one.key == other.key
