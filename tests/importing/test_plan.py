"""Every row ends in one outcome, the totals add up, and the same list twice changes nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.importing.merging import RULES, Rule
from geo.importing.plan import OUTCOMES, Plan
from geo.places.checking import faults
from geo.places.entries import Entry
from geo.places.model import Fact, Place, Service
from tests.importing.lists import DONGSI, HEADER, XIDAN, entries, plan


def outcomes(done: Plan) -> list[str]:
    return [row.outcome for row in done.rows]


def known(**changes: object) -> Entry:
    """Return the place of the first row, as another source knows it."""
    (write,) = plan(HEADER, DONGSI).writes
    return Entry(replace(write.place, source="survey", **changes), 7)  # type: ignore[arg-type]


def test_a_new_list() -> None:
    done = plan(HEADER, DONGSI, XIDAN, ("合计", "2"), ("东四仓库", "x"))

    assert outcomes(done) == ["new", "new", "rejected", "needs_human"]
    assert done.totals() == {"new": 2, "changed": 0, "same": 0, "needs_human": 1, "rejected": 1}
    assert [write.expected_version for write in done.writes] == [None, None]
    assert done.waits


def test_the_same_list_again_is_all_same() -> None:
    first = plan(HEADER, DONGSI, XIDAN)
    again = plan(HEADER, DONGSI, XIDAN, known=entries(first))

    assert outcomes(again) == ["same", "same"]
    assert again.writes == () and not again.waits


def test_a_list_corrects_what_itself_said_without_asking() -> None:
    corrected = (*DONGSI[:7], "64099999")
    done = plan(HEADER, corrected, known=entries(plan(HEADER, DONGSI)))

    assert outcomes(done) == ["changed"]
    (write,) = done.writes
    assert (write.place.phone, write.expected_version) == ("64099999", 1)
    assert write.place.facts == {}


def test_what_was_unknown_is_filled_in_and_says_from_where() -> None:
    done = plan(HEADER, DONGSI, known=[known(phone=None, amenities={"toilet": "no"})])

    (write,) = done.writes
    assert outcomes(done) == ["changed"]
    assert (write.place.phone, write.place.source, write.expected_version) == ("64012345", "survey", 7)
    assert write.place.amenities == {"toilet": "no", "microwave": "yes"}
    assert write.place.facts == {"phone": Fact("list.csv"), "amenities.microwave": Fact("list.csv")}


CONTRADICTIONS = {
    "phone": {"phone": "65555555"},
    "services.rest_stop.hours": {"services": (Service("rest_stop", "Mo-Fr 08:00-12:00"),)},
    "amenities.microwave": {"amenities": {"microwave": "no"}},
    "address": {"address": "别处"},
}


@pytest.mark.parametrize(("field", "changes"), CONTRADICTIONS.items(), ids=list(CONTRADICTIONS))
@pytest.mark.parametrize(
    ("rule", "outcome", "code"),
    [("ask", "needs_human", "conflict"), ("keep", "same", "kept"), ("take", "changed", "taken")],
)
def test_where_both_say_something_else_the_rule_decides(
    field: str, changes: dict[str, object], rule: Rule, outcome: str, code: str
) -> None:
    done = plan(HEADER, DONGSI, known=[known(**changes)], rule=rule)

    assert outcomes(done) == [outcome]
    assert [(problem.code, problem.field) for problem in done.rows[0].problems] == [(code, field)]
    assert len(done.writes) == (rule == "take")


def test_a_position_far_off_contradicts_and_a_more_exact_one_stays() -> None:
    here = known().place.position
    far = here._replace(lat=here.lat + 0.01)

    assert outcomes(plan(HEADER, DONGSI, known=[known(position=far)])) == ["needs_human"]
    assert outcomes(plan(HEADER, DONGSI, known=[known(position=far, accuracy="exact")])) == ["same"]
    (write,) = plan(HEADER, DONGSI, known=[known(position=far, accuracy="street")]).writes
    assert (write.place.position, write.place.accuracy) == (here, "building")


def test_the_status_is_not_touched_by_a_list_that_says_none() -> None:
    assert outcomes(plan(HEADER, DONGSI, known=[known(status="paused")])) == ["same"]
    assert outcomes(plan((*HEADER, "状态"), (*DONGSI, "正常"), known=[known(status="paused")])) == ["needs_human"]


#: One door, two names: the same place. One door, two branches: perhaps.
FENGCHEN = ("北京丰辰加油站暖心驿站", "北京市海淀区杏石口路3号平房", "116.4174", "39.9246", "暖心驿站", "", "", "")
SAME = {"name": "北京丰辰加油站工会职工之家", "address": "海淀区杏石口路3号"}
BRANCH = ("超市发暖心驿站（学院路店）", "成府路13号", "116.4174", "39.9246", "暖心驿站", "", "", "")
OTHER_BRANCH = {"name": "超市发暖心驿站（超市发罗森学院路店）", "address": "成府路13号"}


def test_a_place_known_under_another_name_is_found_and_keeps_its_name() -> None:
    other = known(id="d4", services=(Service("water_point"),), phone=None, **SAME)
    done = plan(HEADER, FENGCHEN, known=[other])

    assert outcomes(done) == ["changed"]
    assert [problem.code for problem in done.rows[0].problems] == ["found_as"]
    assert "same name 丰辰加油站" in done.rows[0].problems[0].say("en")
    (write,) = done.writes
    assert (write.place.id, write.place.name, write.place.address) == ("d4", *SAME.values())
    assert [service.kind for service in write.place.services] == ["water_point", "rest_stop"]


def test_two_rows_about_one_place_are_one_place_with_two_services() -> None:
    point = ("东四饮水点", *DONGSI[1:4], "免费饮水点", "", "热水", "64012345")
    done = plan(HEADER, ("东四暖心驿站", *DONGSI[1:]), point)

    assert outcomes(done) == ["new", "changed"]
    (write,) = done.writes
    assert [service.kind for service in write.place.services] == ["rest_stop", "water_point"]
    assert outcomes(plan(HEADER, DONGSI, point, known=entries(done))) == ["same", "same"]


def test_what_may_be_the_same_is_left_to_a_human() -> None:
    done = plan(HEADER, BRANCH, known=[known(id="d4", phone=None, **OTHER_BRANCH)])

    assert outcomes(done) == ["needs_human"]
    assert [problem.code for problem in done.rows[0].problems] == ["maybe_same"]
    assert done.writes == ()


def test_what_may_be_an_earlier_row_names_that_row() -> None:
    done = plan(HEADER, (*OTHER_BRANCH.values(), *BRANCH[2:]), BRANCH)

    assert outcomes(done) == ["new", "needs_human"]
    assert done.rows[1].problems[0].say("en").startswith("perhaps that of row 2: ")


TEXTS = st.one_of(
    st.text(max_size=12),
    st.sampled_from([*HEADER, *DONGSI, *XIDAN, "", "无", "合计", "116.4", "39.9", "0", "24小时", "=1+1", "\ufffd"]),
)
ROWS = st.lists(st.lists(TEXTS, min_size=len(HEADER), max_size=len(HEADER)), min_size=1, max_size=8)


@settings(max_examples=150, deadline=None)
@given(ROWS, st.sampled_from(RULES))
def test_any_table_ends_in_a_plan_whose_totals_add_up(rows: list[list[str]], rule: Rule) -> None:
    done = plan(HEADER, *rows, rule=rule)

    filled = [row for row in rows if any(row)]
    assert [row.row for row in done.rows] == [number for number, row in enumerate(rows, 2) if any(row)]
    assert sum(done.totals().values()) == len(done.rows) == len(filled)
    assert {row.outcome for row in done.rows} <= set(OUTCOMES)
    for row in done.rows:
        assert (row.outcome in {"needs_human", "rejected"}) == any(p.weight != "note" for p in row.problems)
    ids = [write.place.id for write in done.writes]
    assert len(ids) == len(set(ids)) == len({row.place.id for row in done.rows if row.outcome == "new" and row.place})
    assert [faults(write.place) for write in done.writes] == [()] * len(ids)


@settings(max_examples=100, deadline=None)
@given(ROWS)
def test_any_table_twice_writes_nothing_the_second_time(rows: list[list[str]]) -> None:
    first = plan(HEADER, *rows)
    again = plan(HEADER, *rows, known=entries(first))

    assert again.writes == ()
    assert {row.outcome for row in again.rows} <= {"same", "needs_human", "rejected"}


@settings(max_examples=50, deadline=None)
@given(ROWS, st.sampled_from(RULES))
def test_what_is_known_is_never_lost(rows: list[list[str]], rule: Rule) -> None:
    """An import adds and corrects; it takes no service, no amenity and no fact away."""
    before = known()
    for write in plan(HEADER, DONGSI, *rows, known=[before], rule=rule).writes:
        if write.place.id == before.place.id:
            assert _told(before.place) <= _told(write.place)


def _told(place: Place) -> set[str]:
    fields = {name for name in ("name", "address", "phone") if getattr(place, name)}
    return fields | {service.kind for service in place.services} | set(place.amenities)
