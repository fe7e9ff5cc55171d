"""A row's cells become a draft of a place, and what is wrong with them is said."""

from __future__ import annotations

import pytest

from geo.importing.problems import SAYINGS, Problem, heaviest
from geo.importing.table import CellWarning
from geo.places.model import Service, ServiceKind
from tests.importing.lists import DONGSI, HEADER, XIDAN, drafts


def one(**cells: str) -> dict[str, object]:
    """Return the facts of one row, whose cells are given by their columns."""
    (draft,) = drafts(tuple(cells), tuple(cells.values()))
    return dict(draft.facts)


def codes(header: tuple[str, ...], *rows: tuple[str, ...]) -> list[list[str]]:
    return [[problem.code for problem in draft.problems] for draft in drafts(header, *rows)]


def test_a_whole_row() -> None:
    (draft,) = drafts(HEADER, DONGSI)

    assert draft.problems == ()
    assert (draft.row, draft.words) == (2, "东四暖心驿站")
    assert draft.point is not None and draft.point[:3] == (116.4174, 39.9246, 4)
    assert draft.facts["services"] == (Service("rest_stop", "24/7"),)
    assert draft.facts["amenities"] == {"microwave": "yes"}
    assert draft.facts["phone"] == "64012345"
    assert draft.facts["source"] == "list.csv"


def test_all_other_columns() -> None:
    facts = one(
        名称="东四站", 地址="东四1号", 区="东城区", 街道="东四街道", 社区="豆瓣社区", 类型="暖心驿站",
        主办单位="某公司", 楼层="1层", 层级="街道", 进入方式="扫码", 服务对象="快递员", 座位数="12", 面积="60㎡",
        状态="暂停", 是否临街="是", 网址="https://a.cn/x", 核对日期="2026年3月5日", 备注="后门进", 英文名="Dongsi",
    )  # fmt: skip

    assert facts | {
        "district": "东城区", "subdistrict": "东四街道", "community": "豆瓣社区", "host": "某公司", "floor": "1层",
        "tier": "subdistrict", "access": "scan", "audience": ("couriers",), "capacity_seats": 12, "area_m2": 60.0,
        "status": "paused", "street_facing": "yes", "source_url": "https://a.cn/x", "checked": "2026-03-05",
        "note": "后门进", "name_en": "Dongsi",
    } == facts  # fmt: skip


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "public listing", "https://a b"])
def test_only_web_addresses_become_links(link: str) -> None:
    facts = one(名称="a", 地址="b", 类型="驿站", 网址=link)

    assert facts["source_url"] is None
    assert facts["note"] == f"来源：{link}"


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (("", "", "116.4", "39.9", "驿站"), "nameless"),
        (HEADER, "header_again"),
        (("合计", "", "3"), "summary"),
        (("共 302 个", ""), "summary"),
        (("备注：以上为", "", ""), "summary"),
        (DONGSI, "repeated"),
    ],
)
def test_rows_that_are_rejected(row: tuple[str, ...], code: str) -> None:
    found = codes(HEADER, DONGSI, row)

    assert found == [[], [code]]
    assert SAYINGS[code].weight == "reject"


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (("", "东四北大街1号", "", "", "暖心驿站"), "no_name"),
        (("东四\ufffd\ufffd站", "东四", "", "", "暖心驿站"), "garbled"),
        (("锟斤拷", "东四", "", "", "暖心驿站"), "garbled"),
        (("东" * 201, "东四", "", "", "暖心驿站"), "too_long"),
        (("东四站", "东四", "", "", "母婴关爱室"), "unknown_kind"),
        (("东四仓库", "东四", "", "", ""), "no_kind"),
        (("东四站", "东四", "", "", "暖心驿站", "", "地址变更暂停服务"), "maybe_closed"),
    ],
)
def test_rows_that_need_a_human(row: tuple[str, ...], code: str) -> None:
    (found,) = codes(HEADER, row)

    assert code in found
    assert heaviest(Problem(each) for each in found) == "human"


@pytest.mark.parametrize(
    ("row", "code", "field"),
    [
        (("东四站", "x", "", "", "驿站", "看心情"), "hours_unknown", "hours"),
        (("东四站", "x", "", "", "驿站", "", "麻将桌"), "amenity_unknown", "amenities"),
        (("东四站", "x", "", "", "驿站", "", "无微波炉、热水"), "amenity_unclear", "amenities"),
        (("东四站", "x", "", "", "驿站", "", "", "问门卫"), "phone_odd", "phone"),
        (("东四站", "x", "116.4", "", "驿站"), "coordinate_half", "position"),
        (("东四站", "x", "东", "西", "驿站"), "coordinate_odd", "position"),
        (("东四站", "x", "416.4", "39.9", "驿站"), "coordinate_odd", "position"),
        (("东四站", "x", "0", "0", "驿站"), "coordinate_zero", "position"),
    ],
)
def test_what_is_told_though_the_row_is_imported(row: tuple[str, ...], code: str, field: str) -> None:
    (draft,) = drafts(HEADER, row)

    assert [(problem.code, problem.field, problem.weight) for problem in draft.problems] == [(code, field, "note")]


def test_hours_that_are_not_understood_are_kept_as_words() -> None:
    (draft,) = drafts(HEADER, ("东四站", "x", "", "", "驿站", "看心情"))

    assert draft.facts["services"] == (Service("rest_stop", None, note="看心情"),)


@pytest.mark.parametrize(
    ("hours", "always", "expression", "problem"),
    [
        ("24小时", "是", "24/7", []),
        ("", "1", "24/7", []),
        ("", "0", None, []),
        ("工作日9-17点", "否", "Mo-Fr 09:00-17:00", []),
        ("工作日9-17点", "是", None, ["hours_differ"]),
        ("看心情", "是", None, ["hours_unknown"]),
    ],
)
def test_the_flag_of_24_hours(hours: str, always: str, expression: str | None, problem: list[str]) -> None:
    header = ("名称", "地址", "类型", "开放时间", "是否24小时")
    (draft,) = drafts(header, ("a", "b", "驿站", hours, always))

    assert draft.facts["services"][0].hours == expression
    assert [found.code for found in draft.problems] == problem


def test_columns_of_single_amenities() -> None:
    facts = one(名称="a", 地址="b", 类型="驿站", 微波炉="有", 饮水机="×", 座椅="3", 充电="0", 空调="", 厕所="看情况")

    assert facts["amenities"] == {"microwave": "yes", "water": "no", "seats": "yes", "socket": "no"}


def test_a_barber_among_the_kit_is_a_service_of_its_own_hours() -> None:
    (draft,) = drafts(HEADER, ("东四站", "x", "", "", "驿站", "24小时", "微波炉、免费理发"))

    assert draft.facts["services"] == (Service("rest_stop", "24/7"), Service("haircut"))


def test_a_formula_in_a_cell_that_is_used_needs_a_human() -> None:
    warnings = [CellWarning(2, 1, "formula"), CellWarning(2, 9, "formula")]
    (draft,) = drafts((*HEADER, "序"), (*DONGSI, "=A1"), warnings=warnings)

    assert [(problem.code, problem.field) for problem in draft.problems] == [("formula", "name")]


def test_ids_are_stable_and_the_lists_own_where_it_has_any() -> None:
    header = ("站点编号", *HEADER)
    given, counted, counted_too = drafts(header, ("D4-01", *DONGSI), ("1", *XIDAN), ("2", *XIDAN))

    assert given.facts["id"] == "D4-01"
    assert counted.facts["id"].startswith("list-"), "a running number is no id: it changes with the list"
    assert [problem.code for problem in counted_too.problems] == ["same_id"]
    spelt = ("东四 暖心驿站", "东四北大街１号。", *DONGSI[2:])
    assert drafts(HEADER, spelt)[0].facts["id"] == drafts(HEADER, DONGSI)[0].facts["id"]


def test_the_kind_is_the_rows_then_the_clerks_then_the_names() -> None:
    def kinds(row: tuple[str, ...], kind: ServiceKind | None = None, **words: ServiceKind) -> list[str]:
        (draft,) = drafts(HEADER, row, kind=kind, kinds=words)
        return [service.kind for service in draft.facts["services"]]

    assert kinds(("东四驿站", "x", "", "", "免费饮水点"), "library") == ["water_point"]
    assert kinds(("东四驿站", "x", "", "", ""), "library") == ["library"]
    assert kinds(("东四驿站", "x", "", "", "职工之家"), 职工之家="rest_stop") == ["rest_stop"]
    assert kinds(("东四驿站", "x", "", "", "")) == ["rest_stop"]
    assert kinds(("东四驿站", "x", "", "", "仓库")) == [], "a word that is not known is not overruled by the name"


@pytest.mark.parametrize("code", SAYINGS)
def test_every_problem_can_be_said(code: str) -> None:
    problem = Problem(code, "{x}\n=1", "7", "amenities.toilet")

    assert any("\u4e00" <= c <= "\u9fff" for c in problem.say("zh"))
    assert problem.say("en").isprintable() and problem.say("zh").isprintable()
