"""Addresses, made up for these tests in the ways people write them, and what each says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.importing.addresses import parse, road_key

#: text | district | subdistrict | roads, name and number | sites | building
TABLE = """
# road and number
梧桐路12号 | | | 梧桐路 12 | |
梧桐路１２号 | | | 梧桐路 12 | |
梧桐路12号院3号楼 | | | 梧桐路 12 | | 3
梧桐路甲12号 | | | 梧桐路 甲12 | |
梧桐路12号甲 | | | 梧桐路 12 | |
梧桐路12-3号 | | | 梧桐路 12-3 | |
梧桐路12号-3 | | | 梧桐路 12 | |
银杏大街128号 | | | 银杏大街 128 | |
银杏东大街1号 | | | 银杏东大街 1 | |
北银杏胡同7号 | | | 北银杏胡同 7 | |
柳树巷3号 | | | 柳树巷 3 | |
东柳三条15号 | | | 东柳三条 15 | |
石桥大道200号 | | | 石桥大道 200 | |
学府七街9号 | | | 学府7街 9 | |
学府7街9号 | | | 学府7街 9 | |
梧桐路 12 号 | | | 梧桐路 12 | |
梧桐路辅路12号 | | | 梧桐路 12 | |
梧桐路 | | | 梧桐路 | |
梧桐路35弄 | | | 梧桐路 35 | |
梧桐路十二号 | | | 梧桐路 12 | |
西四环南路甲1号 | | | 西四环南路 甲1 | |
# with what lies around it
北京市海淀区梧桐路12号 | 海淀区 | | 梧桐路 12 | |
北京海淀区梧桐路12号 | 海淀区 | | 梧桐路 12 | |
海淀区梧桐路12号 | 海淀区 | | 梧桐路 12 | |
北京市海淀区青松街道梧桐路12号 | 海淀区 | 青松街道 | 梧桐路 12 | |
海淀区青松街道办事处梧桐路12号 | 海淀区 | 青松街道 | 梧桐路 12 | |
青松镇梧桐路12号 | | 青松镇 | 梧桐路 12 | |
房山区青松乡梧桐路12号 | 房山区 | 青松乡 | 梧桐路 12 | |
朝阳区青松地区梧桐路12号 | 朝阳区 | 青松地区 | 梧桐路 12 | |
北京市密云县青松镇梧桐路12号 | 密云县 | 青松镇 | 梧桐路 12 | |
河北省白云市青松区梧桐路12号 | 青松区 | | 梧桐路 12 | |
中国北京市海淀区梧桐路12号 | 海淀区 | | 梧桐路 12 | |
北京市海淀区梧桐路12号 邮编100080 | 海淀区 | | 梧桐路 12 | |
北京市海淀区梧桐路12号（邮政编码：100080） | 海淀区 | | 梧桐路 12 | |
北京市　海淀区　梧桐路12号 | 海淀区 | | 梧桐路 12 | |
青松镇域内 白云汽车服务有限公司 | | 青松镇 | | 白云汽车服务有限公司 |
# buildings and sites at a road
梧桐路12号白云大厦A座5层 | | | 梧桐路 12 | 白云大厦 | a
梧桐路12号白云大厦Ｂ座 | | | 梧桐路 12 | 白云大厦 | b
梧桐路12号白云大厦五层502室 | | | 梧桐路 12 | 白云大厦 |
梧桐路12号白云大厦1-3层 | | | 梧桐路 12 | 白云大厦 |
梧桐路12号院白云大厦地下一层 | | | 梧桐路 12 | 白云大厦 |
梧桐路12号（白云大厦） | | | 梧桐路 12 | 白云大厦 |
梧桐路白云大厦 | | | 梧桐路 | 白云大厦 |
梧桐路12号白云大厦南侧 | | | 梧桐路 12 | 白云大厦 |
梧桐路12号白云大厦对面 | | | 梧桐路 12 | 白云大厦 |
梧桐路12号白云科技园C栋3层 | | | 梧桐路 12 | 白云科技园 | c
白云大厦A座1层 | | | | 白云大厦 | a
白云大厦 | | | | 白云大厦 |
海淀区白云大厦十层 | 海淀区 | | | 白云大厦 |
白云大厦门前 | | | | 白云大厦 |
白云大厦底商 | | | | 白云大厦 |
白云中学北门 | | | | 白云中学 |
白云地铁站B口 | | | | 白云地铁站 |
# estates
白云小区3号楼 | | | | 白云小区 | 3
白云小区三号楼2单元101 | | | | 白云小区 | 3
白云家园5区12号楼 | | | | 白云家园 | 12
白云嘉园四区1号楼1层102-10 | | | | 白云嘉园 | 1
白云东里15楼 | | | | 白云东里 | 15
白云西里甲7号楼 | | | | 白云西里 | 甲7
北京市海淀区白云小区8号楼7单元103 | 海淀区 | | | 白云小区 | 8
海淀区青松街道白云小区13号楼底商 | 海淀区 | 青松街道 | | 白云小区 | 13
梧桐路8号白云小区2号楼 | | | 梧桐路 8 | 白云小区 | 2
梧桐路西里9号楼 | | | | 梧桐路西里 | 9
梧桐路社区 | | | | 梧桐路社区 |
# communities and villages
青松街道白云社区居委会 | | 青松街道 | | 白云社区 |
海淀区白云社区居民委员会 | 海淀区 | | | 白云社区 |
白云社区党群服务中心 | | | | 白云社区 |
青松镇白云村村委会 | | 青松镇 | | 白云村 |
青松镇白云村村民委员会院内 | | 青松镇 | | 白云村 |
白云村366号 | | | | 白云村 |
# crossings
梧桐路与银杏街交叉口 | | | X 梧桐路 / 银杏街 | |
梧桐路与银杏街交叉口东北角 | | | X 梧桐路 / 银杏街 | |
梧桐路和银杏街的交叉路口 | | | X 梧桐路 / 银杏街 | |
梧桐路、银杏街路口 | | | X 梧桐路 / 银杏街 | |
梧桐路银杏街交汇处 | | | X 梧桐路 / 银杏街 | |
海淀区梧桐路与银杏街交叉口向北300米 | 海淀区 | | X 梧桐路 / 银杏街 | |
梧桐路及银杏胡同交叉口西南侧 | | | X 梧桐路 / 银杏胡同 | |
梧桐路路口 | | | X 梧桐路 | |
梧桐路与银杏街 | | | 梧桐路 / 银杏街 | |
# nothing to hold on to
分散在各处 | | | | 分散在各处 |
12号楼 | | | | | 12
"""


def rows() -> list[tuple[str, ...]]:
    lines = [line for line in TABLE.splitlines() if line and not line.startswith("#")]
    return [tuple(cell.strip() for cell in line.split("|")) for line in lines]


@pytest.mark.parametrize(
    ("text", "district", "subdistrict", "roads", "sites", "building"), rows(), ids=lambda cell: str(cell) or "-"
)
def test_an_address_is_taken_apart(
    text: str, district: str, subdistrict: str, roads: str, sites: str, building: str
) -> None:
    found = parse(text)
    said = " / ".join(f"{road.name} {road.number}".strip() for road in found.roads)
    assert (found.district, found.subdistrict) == (district, subdistrict)
    assert ("X " if found.crossing else "") + said == roads
    assert "、".join(found.sites) == sites
    assert found.building == building


def test_the_table_is_long_enough() -> None:
    assert len(rows()) >= 80


@pytest.mark.parametrize(
    ("text", "city"), [("北京市海淀区梧桐路", "北京市"), ("郑州市中原区梧桐路", "郑州市"), ("梧桐路", "")]
)
def test_the_city_is_named(text: str, city: str) -> None:
    assert parse(text).city == city


@pytest.mark.parametrize(
    ("text", "community"),
    [("海淀区白云社区居委会", "白云"), ("青松镇白云村村委会", "白云村"), ("白云大厦", ""), ("白云小区3号楼", "")],
)
def test_a_community_is_named(text: str, community: str) -> None:
    assert parse(text).community == community


@pytest.mark.parametrize(
    ("text", "side", "beside"),
    [
        ("梧桐路与银杏街交叉口东北角", "东北", True),
        ("梧桐路与银杏街交叉口向北300米", "北", True),
        ("白云大厦南侧", "南", True),
        ("白云大厦对面", "", True),
        ("白云大厦5层", "", False),
    ],
)
def test_beside_is_told(text: str, side: str, beside: bool) -> None:
    assert (parse(text).side, parse(text).beside) == (side, beside)


@pytest.mark.parametrize("text", ["", None, "   ", "（）", "12", "，、。"])
def test_nothing_says_nothing(text: str | None) -> None:
    found = parse(text)
    assert (found.roads, found.sites, found.district, found.crossing) == ((), (), "", False)


@given(st.text(max_size=80))
def test_no_text_is_too_odd(text: str) -> None:
    parse(text)


@given(st.text("北京市海淀区街道镇乡路号院楼层座大厦与交叉口东西南北1２三a（）、", max_size=60))
def test_no_address_is_too_odd(text: str) -> None:
    found = parse(text)
    assert all(road_key(road.name) == road.name for road in found.roads)


@pytest.mark.parametrize("kilobytes", [1, 20])
def test_long_texts_take_no_time(kilobytes: int) -> None:
    parse("北京市海淀区" * 57 * kilobytes)
    parse("路" * 333 * kilobytes)
    parse("东" * 333 * kilobytes)
