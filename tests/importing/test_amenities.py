"""People's words for the kit: what is there, what is not, and what nobody can tell."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.importing.amenities import amenities_of_word, read_amenities
from geo.importing.amenity_words import OTHERS, WORDS
from geo.importing.kinds import services_of
from geo.places.model import AMENITIES, SERVICES


def test_all_amenities_have_words_and_there_are_enough_of_them() -> None:
    assert set(WORDS) == set(AMENITIES)
    assert len({word for words in WORDS.values() for word in words.split() if not word.isascii()}) >= 160
    assert not {word for words in WORDS.values() for word in words.split()} & set(OTHERS.split())


@pytest.mark.parametrize(("kind", "words"), WORDS.items(), ids=list(WORDS))
def test_every_word_means_its_amenity_alone_and_dressed(kind: str, words: str) -> None:
    for word in words.split():
        assert kind in amenities_of_word(word), word
        for text in (word, f"免费{word}", f"{word}等", f"提供{word}服务", f"{word}（免费）", f"有{word}"):
            assert read_amenities(text).amenities.get(kind) == "yes", text
        assert read_amenities(f"{word}：无").amenities.get(kind) == "no", word
        if not word.isascii():
            assert read_amenities(f"没有{word}").amenities.get(kind) == "no", word


@pytest.mark.parametrize(
    ("text", "yes", "no"),
    [
        ("微波炉、饮水机、充电", "microwave water socket", ""),
        ("微波炉;饮水机；充电,座椅，空调", "microwave water socket seats air_conditioner", ""),
        ("微波炉 饮水机  充电", "microwave water socket", ""),
        ("微波炉\n饮水机/充电", "microwave water socket", ""),
        ("雨衣雨伞", "umbrella", ""),
        ("医药箱饮水", "medicine water", ""),
        ("热\\冷水", "hot_water water", ""),
        ("冷热水饮水机", "hot_water water", ""),
        ("微波炉2台、座椅（10把）、充电宝×3", "microwave seats socket", ""),
        (
            "饮水、热饭、休息、手机充电、医药箱、备用雨伞、打气筒等；",
            "water microwave seats socket medicine umbrella tyre_pump",
            "",
        ),
        ("24小时热水", "hot_water", ""),
        ("免费饮用水(冰柜矿泉水)", "water", ""),
        ("体重体脂血压", "health_check", ""),
        ("WI-FI", "wifi", ""),
        ("ＡＥＤ", "aed", ""),
        ("无线网络", "wifi", ""),
        ("无障碍卫生间", "toilet", ""),
        ("无卫生间", "", "toilet"),
        ("没有微波炉；有饮水机", "water", "microwave"),
        ("暂无充电，提供热水", "hot_water", "socket"),
        ("微波炉(无)，饮水机(有)", "water", "microwave"),
        ("微波炉:×;空调:√", "air_conditioner", "microwave"),
        ("饮水机坏了", "", "water"),
        ("厕所暂停使用", "", "toilet"),
        ("无微波炉、有饮水机", "water", "microwave"),
        ("no microwave; wifi", "wifi", "microwave"),
        ("", "", ""),
        ("无", "", ""),
    ],
)
def test_lists(text: str, yes: str, no: str) -> None:
    read = read_amenities(text)

    assert {kind for kind, answer in read.amenities.items() if answer == "yes"} == set(yes.split())
    assert {kind for kind, answer in read.amenities.items() if answer == "no"} == set(no.split())
    assert (read.unknown, read.unclear) == ((), ())


@pytest.mark.parametrize(
    ("text", "unclear"),
    [("无微波炉、饮水机", ("饮水机",)), ("没有空调/暖气", ("暖气",)), ("微波炉；无微波炉", ("microwave",))],
)
def test_what_may_be_meant_either_way_stays_unknown(text: str, unclear: tuple[str, ...]) -> None:
    read = read_amenities(text)

    assert read.unclear == unclear
    assert "yes" not in read.amenities.values()


def test_words_that_are_not_known_are_kept() -> None:
    read = read_amenities("麻将桌、微波炉、自动售水机、洗衣机、智能门禁")

    assert read.amenities == {"microwave": "yes"}
    assert read.unknown == ("麻将桌", "自动售水机", "智能门禁"), "water that is sold is no free water"
    assert read.others == ("洗衣机",)


@given(st.text(max_size=100))
def test_no_text_breaks_it(text: str) -> None:
    assert set(read_amenities(text).amenities) <= set(AMENITIES)


@pytest.mark.parametrize("unit", ["免费", "无", "微波炉", "等", "(", "、", "可以提供", "微"])
def test_it_takes_no_long_time(unit: str) -> None:
    begun = time.process_time()
    read_amenities(unit * (10_000 // len(unit)))
    assert time.process_time() - begun < 2


@pytest.mark.parametrize(
    ("text", "services"),
    [
        ("暖心驿站", "rest_stop"), ("爱心驿站(加油站)", "rest_stop"), ("户外劳动者服务站点", "rest_stop"),
        ("小哥驿站", "rest_stop"),
        ("工会驿站", "rest_stop"), ("司机之家", "rest_stop"), ("户外职工爱心接力站", "rest_stop"),
        ("公厕驿站", "rest_stop"),
        ("街道工会服务站", "service_station"), ("免费饮水点", "water_point"), ("直饮水", "water_point"),
        ("免费理发", "haircut"), ("理发店", "haircut"), ("服务日活动", "pop_up"), ("流动驿站", "pop_up"),
        ("合作商户", "benefit"), ("优惠食堂", "benefit"), ("公厕", "public_toilet"), ("人防纳凉点", "shelter"),
        ("避寒场所", "shelter"), ("职工书屋", "library"), ("党群服务中心", "community_centre"),
        ("rest_stop", "rest_stop"),
        ("Rest Stop", "rest_stop"), ("暖心驿站、免费饮水点", "rest_stop water_point"),
        ("工会驿站（某某职工之家）", "rest_stop"),
    ],
)  # fmt: skip
def test_kinds(text: str, services: str) -> None:
    assert services_of(text) == (tuple(services.split()), [])


@pytest.mark.parametrize(
    "text", ["母婴关爱室", "职工之家", "三方工作站", "健康驿站", "调解中心", "集体协商工作室", "仓库"]
)
def test_kinds_that_a_human_must_name(text: str) -> None:
    assert services_of(text) == ((), [text])
    assert services_of(text, {text: "rest_stop"}) == (("rest_stop",), [])


def test_all_services_can_be_named() -> None:
    for kind in SERVICES:
        assert services_of(kind) == ((kind,), [])
