"""Cells as people fill them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.importing import cells


@pytest.mark.parametrize(
    ("text", "value", "decimals"),
    [
        ("116.4074", 116.4074, 4), ("116.40", 116.40, 2), (" 116.4074 ", 116.4074, 4), ("１１６．４", 116.4, 1),
        ("116.4074°", 116.4074, 4), ("116.4074°E", 116.4074, 4), ("E116.4074", 116.4074, 4),
        ("东经116.4074", 116.4074, 4),
        ("东经116.4074度", 116.4074, 4), ("lon: 116.4", 116.4, 1), ("-73.9", -73.9, 1), ("−73.9", -73.9, 1),
        ("73.9W", -73.9, 1), ("西经73.9", -73.9, 1), ("南纬12.5", -12.5, 1),
        ("116°24′26.6″", 116.407389, 4), ("116度24分26.6秒", 116.407389, 4), ("东经116度24分26.6秒", 116.407389, 4),
        ("116°24'26.6\"E", 116.407389, 4), ("116 24 26.6", 116.407389, 4), ("116:24:26.6", 116.407389, 4),
        ("116°24.44'", 116.407333, 3), ("116°24’26”", 116.407222, 3), ("39°54′", 39.9, 1),
        ("北纬39°54′15″", 39.904167, 3),
    ],
)  # fmt: skip
def test_degrees(text: str, value: float, decimals: int) -> None:
    read = cells.read_degrees(text)

    assert read is not None
    assert read.value == pytest.approx(value, abs=1e-6)
    assert read.decimals == decimals


@pytest.mark.parametrize(
    "text", ["", "abc", "约116度左右", "116.4,39.9", "1e5", "nan", "inf", "116°61′", "1164074", "1 2 3 4"]
)
def test_no_degrees(text: str) -> None:
    assert cells.read_degrees(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "116.4074,39.9042", "116.4074，39.9042", "116.4074、39.9042", "116.4074 39.9042", "116.4074;39.9042",
        "(116.4074, 39.9042)", "[116.4074,39.9042]", "E116.4074,N39.9042", "东经116.4074 北纬39.9042",
        "东经116.4074，北纬39.9042", "116.4074/39.9042", "经度116.4074，纬度39.9042", "116°24′26.64″,39°54′15.12″",
    ],
)  # fmt: skip
def test_pairs(text: str) -> None:
    pair = cells.read_pair(text)

    assert pair is not None
    assert [angle.value for angle in pair] == pytest.approx([116.4074, 39.9042], abs=1e-6)


@pytest.mark.parametrize("text", ["", "116.4074", "116.4,39.9,50", "东四,西单", "116.4,"])
def test_no_pairs(text: str) -> None:
    assert cells.read_pair(text) is None


@pytest.mark.parametrize(
    ("text", "phones", "rest"),
    [
        ("010-64012345", "010-64012345", ""),
        ("（010）64012345", "010-64012345", ""),
        ("010 6401 2345", "010-64012345", ""),
        ("010—64012345", "010-64012345", ""),
        ("64012345", "64012345", ""),
        ("64012345转801", "64012345转801", ""),
        ("13812345678", "13812345678", ""),
        ("+86 138 1234 5678", "13812345678", ""),
        ("12351", "12351", ""),
        ("400-810-1234", "400-810-1234", ""),
        ("4008101234", "400-810-1234", ""),
        ("0371-67956331;0371-60223349", "0371-67956331；0371-60223349", ""),
        ("电话：64012345 / 64012345", "64012345", ""),
        ("64012345（王师傅）", "64012345", "王师傅"),
        ("见门口", None, "见门口"),
        ("1381234567", None, "1381234567"),
        ("", None, ""),
    ],
)
def test_phones(text: str, phones: str | None, rest: str) -> None:
    assert cells.read_phones(text) == (phones, rest)


@pytest.mark.parametrize(
    ("text", "answer"),
    [("是", "yes"), ("有", "yes"), ("√", "yes"), ("Y", "yes"), ("1", "yes"), ("TRUE", "yes"), ("全天", "yes"),
     ("否", "no"), ("无", "no"), ("×", "no"), ("0", "no"), ("No", "no"), ("", None), ("看情况", None), ("2", None)],
)  # fmt: skip
def test_yes_and_no(text: str, answer: str | None) -> None:
    assert cells.read_yes_no(text) == answer


@pytest.mark.parametrize(
    ("text", "day"),
    [("2026-03-05", "2026-03-05"), ("2026/3/5", "2026-03-05"),
     ("2026年3月5日", "2026-03-05"), ("2026.3.5", "2026-03-05"),
     ("2026-03-05 08:30", "2026-03-05"), ("2026-03", None), ("2026-02-30", None),
     ("去年", None), ("2026-02前后", None)],
)  # fmt: skip
def test_days(text: str, day: str | None) -> None:
    assert cells.read_day(text) == day


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("60", 60),
        ("约60平方米", 60),
        ("12.5㎡", 12.5),
        ("20人", 20),
        ("60余平米", 60),
        ("很大", None),
        ("20-30人", None),
    ],
)
def test_numbers(text: str, number: float | None) -> None:
    assert cells.read_number(text) == number


def test_words_of_a_closed_set() -> None:
    assert [cells.read_tier(text) for text in ("街道", "区级", "乡镇", "国家")] == [
        "subdistrict",
        "district",
        "subdistrict",
        None,
    ]
    assert [cells.read_access(text) for text in ("扫码进入", "人脸识别", "需登记", "自由进出", "?")] == [
        "scan", "face", "ask_guard", "walk_in", None,
    ]  # fmt: skip
    assert [cells.read_status(text) for text in ("正常开放", "暂停开放", "未开放", "已撤销", "?")] == [
        "open", "paused", "planned", "retired", None,
    ]  # fmt: skip
    assert cells.read_audience("快递小哥、环卫工人") == ("couriers", "sanitation")
    assert cells.read_audience("所有户外劳动者") == ()
    assert cells.read_audience("?") is None
    assert [cells.read_datum(text) for text in ("GCJ-02", "火星坐标系", "百度", "EPSG:4326", "?")] == [
        "gcj02", "gcj02", "bd09", "wgs84", None,
    ]  # fmt: skip


@given(st.text(max_size=200))
def test_no_text_breaks_a_reader(text: str) -> None:
    for read in (
        cells.read_degrees, cells.read_pair, cells.read_phones, cells.read_yes_no, cells.read_day, cells.read_number,
        cells.read_tier, cells.read_access, cells.read_status, cells.read_audience, cells.read_datum, cells.says_closed,
        cells.is_garbled,
    ):  # fmt: skip
        read(text)


@pytest.mark.parametrize("unit", ["1 ", "0-", "116°", "无", "1" * 50, " ", "(", "东经", "1."])
def test_readers_take_no_long_time(unit: str) -> None:
    import time

    text = unit * (10_000 // len(unit))
    begun = time.process_time()
    test_no_text_breaks_a_reader.hypothesis.inner_test(text)  # type: ignore[attr-defined]
    assert time.process_time() - begun < 2
