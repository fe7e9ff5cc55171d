"""Columns are recognised by the names that people give them; where two would do, the clerk is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from geo.errors import ListRefusedError
from geo.importing.columns import Columns, find_columns
from geo.importing.geojson import GEOMETRY, LAT, LON
from geo.importing.headers import WHOLE
from geo.importing.table import Row, Table


def table(*rows: Sequence[str]) -> Table:
    return Table("csv", tuple(Row(number, tuple(cells)) for number, cells in enumerate(rows, 1)))


def found(*header: str, row: Sequence[str] | None = None, given: Mapping[str, Sequence[str]] | None = None) -> Columns:
    return find_columns(table(header, row or [f"v{n}" for n in range(len(header))]), given=given)


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("站点名称", "name"), ("驿站名称", "name"), ("名 称", "name"), ("名称*", "name"), ("NAME", "name"),
        ("名称（必填）", "name"), ("Name (required) 格式", "name"), ("工会驿站名称", "name"),
        ("详细地址", "address"), ("Address", "address"), ("具体位置", "address"), ("站点详细地址", "address"),
        ("经度", "lon"), ("lng", "lon"), ("LON", "lon"), ("经度(GCJ-02)", "lon"), ("高德经度", "lon"),
        ("lon_wgs84", "lon"),
        ("百度纬度", "lat"), ("lat", "lat"), ("纬度（WGS84）", "lat"), ("ｌａｔ", "lat"),
        ("经纬度", "lonlat"), ("坐标", "lonlat"), ("坐标（高德）", "lonlat"),
        ("经纬度坐标", "lonlat"), ("lat,lon", "latlon"),
        ("坐标系", "datum"), ("crs", "datum"),
        ("开放时间", "hours"), ("营业时间", "hours"), ("服务时间", "hours"), ("opening_hours", "hours"),
        ("夏季开放时间", "hours"), ("open_hours", "hours"),
        ("是否24小时", "open_24h"), ("is_24h", "open_24h"), ("是否24小时开放", "open_24h"), ("24小时驿站", "open_24h"),
        ("电话", "phone"), ("联系方式", "phone"), ("联系电话", "phone"), ("站点联系电话", "phone"),
        ("设施", "amenities"), ("服务内容", "amenities"), ("功能", "amenities"), ("配套设施设备", "amenities"),
        ("类型", "kind"), ("kind", "kind"), ("站点类别", "kind"),
        ("街道", "subdistrict"), ("所属街道（乡镇）", "subdistrict"), ("街乡", "subdistrict"),
        ("区", "district"), ("district", "district"), ("所属区", "district"), ("district_hint", "district"),
        ("社区", "community"), ("所在社区", "community"), ("备注", "note"), ("建设单位", "host"), ("host_unit", "host"),
        ("面积（平方米）", "area_m2"), ("座位数", "capacity_seats"), ("网址", "source_url"), ("source_date", "checked"),
        ("微波炉", "has.microwave"), ("有无饮水机", "has.water"), ("是否有充电", "has.socket"), ("WiFi", "has.wifi"),
        (LON, "lon"), (LAT, "lat"), (GEOMETRY, "geometry"),
    ],
)  # fmt: skip
def test_a_header_is_recognised(header: str, field: str) -> None:
    columns = found(header, "名称" if field == "address" else "地址")

    assert columns.of_field[field][0] == 0
    assert header not in columns.unused


@pytest.mark.parametrize(
    "header", ["联系人", "负责人", "负责人电话", "身份证号", "站长姓名", "序号", "照片", "in_haidian", ""]
)
def test_what_is_a_persons_or_unknown_is_not_read(header: str) -> None:
    columns = found(header, "名称", "地址")

    assert 0 not in {number for numbers in columns.of_field.values() for number in numbers}
    assert columns.unused == ((header,) if header else ())


def test_every_word_for_a_header_is_said_once() -> None:
    words = [word for words in WHOLE.values() for word in words.split()]

    assert len(words) == len(set(words))


def test_titles_above_the_header_are_passed_over() -> None:
    columns = find_columns(
        table(["2026年暖心驿站一览表"], ["填报单位：东城区", "", "日期"], ["序号", "名称", "地址"], ["1", "东四", "x"])
    )

    assert (columns.header.number, columns.of_field) == (3, {"name": (1,), "address": (2,)})


def test_two_candidates_are_asked_for_with_the_remedy() -> None:
    with pytest.raises(
        ListRefusedError, match=r"“站点名称”\(#1\)、“单位名称”\(#3\) may all be name.*--map name=站点名称"
    ):
        found("站点名称", "地址", "单位名称")


def test_the_remedy_works() -> None:
    assert found("站点名称", "地址", "单位名称", given={"name": ["单位名称"]}).of_field["name"] == (2,)
    assert found("站点名称", "地址", "站点名称", given={"name": ["#3"]}).of_field["name"] == (2,)
    assert "phone" not in found("名称", "电话", given={"phone": []}).of_field


def test_an_empty_or_repeated_column_is_no_candidate() -> None:
    assert found("站点名称", "地址", "单位名称", row=["a", "b", ""]).of_field["name"] == (0,)
    assert found("站点名称", "地址", "单位名称", row=["", "b", "a"]).of_field["name"] == (2,)
    assert found("站点名称", "地址", "单位名称", row=["a", "b", "a"]).of_field["name"] == (0,)


def test_a_whole_name_counts_before_a_part() -> None:
    assert found("上级单位名称全称", "名称", "地址").of_field["name"] == (1,)


def test_several_columns_of_words_are_joined() -> None:
    columns = found("名称", "设施", "服务内容", "备注", "说明")

    assert columns.of_field["amenities"] == (1, 2)
    assert columns.cell(Row(2, ("a", "微波炉", "热水", "x", "")), "amenities") == "微波炉；热水"


@pytest.mark.parametrize(
    ("wanted", "columns", "datum"),
    [(None, (3, 4), "wgs84"), ("gcj02", (1, 2), "gcj02"), ("bd09", (3, 4), "wgs84")],
)
def test_of_coordinates_in_several_datums_the_wanted(wanted: str | None, columns: tuple[int, int], datum: str) -> None:
    header = ["name", "lon_gcj02", "lat_gcj02", "lon_wgs84", "lat_wgs84"]
    found = find_columns(table(header, ["a", "1", "2", "3", "4"]), datum=wanted)  # type: ignore[arg-type]

    assert (*found.of_field["lon"], *found.of_field["lat"]) == columns
    assert found.datum == datum


def test_two_pairs_without_a_word_on_their_datum_are_asked_for() -> None:
    with pytest.raises(ListRefusedError, match="may all be lon"):
        found("名称", "经度", "lng", "纬度", "lat")


def test_a_pair_of_columns_counts_before_one_that_holds_both() -> None:
    assert set(found("名称", "经度", "纬度", "坐标").of_field) == {"name", "lon", "lat"}
    assert set(found("名称", "经度", "纬度", "坐标", given={"lonlat": ["坐标"]}).of_field) == {"name", "lonlat"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"nom": ["名称"]}, "no field 'nom'"),
        ({"name": ["站名"]}, "0 columns are called '站名' in row 1; there are #1 名称、#2 地址"),
        ({"name": ["#9"]}, "0 columns are called '#9'"),
    ],
)
def test_a_mapping_that_names_nothing_is_refused(given: Mapping[str, Sequence[str]], said: str) -> None:
    with pytest.raises(ListRefusedError, match=said):
        found("名称", "地址", given=given)


def test_without_names_and_addresses_there_is_nothing_to_import() -> None:
    with pytest.raises(ListRefusedError, match=r"row 1 reads #1 甲、#2 乙; say --map name=COLUMN"):
        found("甲", "乙")
    with pytest.raises(ListRefusedError, match="there is nothing in the list"):
        find_columns(table())
