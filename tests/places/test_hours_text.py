"""People's own words of opening hours: tables that people wrote, the real texts, and what nobody would write."""

from __future__ import annotations

import csv
import hashlib
import os
import time
from datetime import datetime
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.places.calendar import Calendar
from geo.places.hours import CHINA, Hours
from geo.places.hours_clock import Said, interval
from geo.places.hours_text import MAX_TEXT, Understanding, understand
from geo.places.hours_vocabulary import WORDS
from geo.places.hours_words import Clock, split
from tests.conftest import real_data

HERE = Path(__file__).parent
CALENDAR = Calendar.packaged()
#: A year with its neighbours' ends, so that what began in the old year is seen.
BEGIN, END = datetime(2025, 12, 20, tzinfo=CHINA), datetime(2027, 1, 10, tzinfo=CHINA)


class Case(NamedTuple):
    """A text and what a person read in it: an expression that means the same, or ``unknown``."""

    text: str
    expected: str
    reason: str


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def meaning(expression: str) -> list[tuple[datetime, datetime, str]]:
    """What an expression says, minute by minute of a year with holidays, comments apart."""
    said: list[tuple[datetime, datetime, str]] = []
    for start, end, kind, _ in Hours.parse(expression).intervals(BEGIN, END, CALENDAR):
        if said and said[-1][2] == kind:
            said[-1] = (said[-1][0], end, kind)
        else:
            said.append((start, end, kind))
    return said


def is_right(understood: Understanding, expected: str) -> bool:
    if expected == "unknown" or understood.expression is None:
        return understood.expression is None and expected == "unknown"
    return meaning(understood.expression) == meaning(expected)


SYNTHETIC = [Case(row["text"], row["expected"], row["reason"]) for row in table(HERE / "hours_synthetic.tsv")]


@pytest.mark.parametrize("case", SYNTHETIC, ids=lambda case: case.text)
def test_synthetic_texts(case: Case) -> None:
    understood = understand(case.text)

    assert is_right(understood, case.expected), f"{understood.expression}, {understood.notes}: {case.reason}"
    assert bool(understood.notes) == (understood.expression is None), "a reason for each unknown one"


def test_the_synthetic_table_is_of_use() -> None:
    assert len(SYNTHETIC) >= 120
    assert len({case.text for case in SYNTHETIC}) == len(SYNTHETIC)


# --- the real texts ---


@pytest.fixture(scope="module")
def real_cases() -> list[Case]:
    """The 190 texts with what a person read in them; the table names a text by its line and hash."""
    path = real_data() / "stations" / "hours_texts.tsv"
    if not path.is_file():
        message = f"no real texts at {path}; set YIZHAN_REAL_DATA to the folder that holds stations/hours_texts.tsv"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    lines = path.read_text(encoding="utf-8").split("\n")
    cases = []
    for row in table(HERE / "hours_expected.tsv"):
        text = lines[int(row["line"]) - 1].split("\t")[2]
        assert hashlib.sha256(text.encode()).hexdigest()[:12] == row["sha256"], f"line {row['line']} is another text"
        cases.append(Case(text, row["expected"], row["reason"]))
    assert len(cases) == sum("\t" in line for line in lines) - 1, "a text is missing in the table"
    return cases


def test_no_real_text_is_silently_wrong(real_cases: list[Case]) -> None:
    """One that a person could not compute must be unknown; one that was computed must mean what the person read."""
    wrong = [
        f"{case.text}: {understood.expression}, expected {case.expected} ({case.reason})"
        for case in real_cases
        if (understood := understand(case.text)).expression is not None and not is_right(understood, case.expected)
    ]

    assert wrong == []


def test_at_least_95_percent_of_the_computable_real_texts_are_right(real_cases: list[Case]) -> None:
    computable = [case for case in real_cases if case.expected != "unknown"]
    missed = [case.text for case in computable if not is_right(understand(case.text), case.expected)]

    assert len(computable) == 163
    assert len(missed) <= 0.05 * len(computable), missed


@pytest.mark.parametrize(
    ("file", "column"),
    [
        ("other_cities_published.csv", "hours_text"),
        ("beijing_published.csv", "hours_text"),
        ("zhengzhou_82.csv", "open_hours"),
    ],
)
def test_other_real_lists_are_survived(file: str, column: str, real_cases: list[Case]) -> None:
    with (real_data() / "stations" / file).open(encoding="utf-8-sig", newline="") as rows:
        texts = {row[column] for row in csv.DictReader(rows)} - {""}

    for text in texts:
        assert_sound(text)


# --- what was understood, word by word ---


def test_words_cover_the_text() -> None:
    understood = understand("周一至周五8:30-11:3013:30-16:30，节假日休息（看门大爷除外）")

    assert understood.expression is None
    assert [(understood.text[w.begin : w.end], w.kind, w.meaning) for w in understood.words] == [
        ("周一至周五", "days", "Mo-Fr"),
        ("8:30", "clock", "08:30"),
        ("-", "range", "-"),
        ("11:30", "clock", "11:30"),
        ("13:30", "clock", "13:30"),
        ("-", "range", "-"),
        ("16:30", "clock", "16:30"),
        ("，", "stop", ""),
        ("节假日", "holidays", "PH"),
        ("休息", "closed", "off"),
        ("（", "bracket", ""),
        ("看门大爷", "unknown", ""),
        ("除外", "except", "except"),
        ("）", "bracket", ""),
    ]
    assert "看门大爷" in understood.notes[0]


@pytest.mark.parametrize(
    ("text", "comment"),
    [
        ("9:00-17:00（最晚入馆16:30）", "最晚入馆16:30"),
        ("9:00-17:00，雨天不开放", "雨天不开放"),
        ("下午1点至晚上8点（志愿者值守）", "志愿者值守"),
        ("一层8:00-22:00", "一层"),
        ("夏季9:00-18:00", "夏"),
    ],
)
def test_words_that_go_with_the_hours_are_kept(text: str, comment: str) -> None:
    expression = understand(text).expression

    assert expression is not None
    assert Hours.parse(expression).state(datetime(2026, 11, 23, 15, tzinfo=CHINA), CALENDAR).comment == comment


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("全天开放", "24 小时"),
        ("工作日9:00-17:00", "调休上班日"),
        ("6月至9月 10:00-20:00", "其余日期没有写"),
        ("夏季9:00-18:00，冬季9:00-17:00", "季节"),
        ("9:00-17:00，节假日休息", "是否包括周末"),
        ("周三至周日9:00-17:00，周一闭馆", "周二"),
        ("9:00-17:00，以现场公告为准", "公告"),
        ("9:00-17:00，1月1日闭馆", "每年"),
    ],
)
def test_assumptions_are_said(text: str, words: str) -> None:
    assert any(words in assumption for assumption in understand(text).assumptions)


def test_certain_texts_assume_nothing() -> None:
    assert understand("周一至周五 8:30-11:00,13:30-17:00，法定节假日休息").assumptions == ()


# --- the clock ---


def test_an_afternoon_never_begins_before_the_morning_ends() -> None:
    for hour in range(1, 12):
        begin, end = Said(Clock(hour * 60, sure=False)), Said(Clock(hour * 60 + 45, sure=False))
        span = interval(begin, end, after=12 * 60)
        assert span is None or span[0] >= 12 * 60


@pytest.mark.parametrize("begin", range(24))
@pytest.mark.parametrize("end", range(25))
def test_the_24_hour_clock_is_never_changed(begin: int, end: int) -> None:
    """With leading zeros, an interval is what stands there, or over midnight, or unknown."""
    span = interval(Said(Clock(begin * 60, sure=True)), Said(Clock(end * 60, sure=True)))

    assert span is None or span == (begin * 60, end * 60 + (1440 if end <= begin else 0))


# --- what nobody would write ---


def assert_sound(text: str) -> None:
    """Whatever comes in: words that are the text, and an expression that can be evaluated, or a reason."""
    understood = understand(text)
    assert "".join(text[word.begin : word.end] for word in understood.words) == text
    if understood.expression is None:
        assert understood.notes
    else:
        hours = Hours.parse(understood.expression)
        assert hours.state(datetime(2026, 10, 1, 10, tzinfo=CHINA), CALENDAR).kind
        assert not any(word.kind == "unknown" for word in understood.words)


ALPHABET = [
    *sorted({word.replace("\xa0", " ") for _, _, words in WORDS for word in words.split(" ")}),
    "周一", "周二至周五", "周六、日", "每周五", "每月第二个星期二", "每月12日", "8:30", "11:30", "13:30", "17:00",
    "9点", "10点半", "1:30", "4:30", "22:00", "6:00", "24:00", "5月1日", "9月30日", "6-9月", "2026年3月2日", "一层",
    "2-4层", "以现场为准", "雨天除外", "最晚入馆16:30", "驿站", "1", "x", "🚻", "İ", *" ，；（）-—至:\n\0\u200b",
]  # fmt: skip


def test_30_000_random_texts_of_hour_words() -> None:
    """None raises, none gives an expression that cannot be evaluated, and some are understood."""
    random = Random(5)
    understood = 0
    for _ in range(30_000):
        text = "".join(random.choice(ALPHABET) for _ in range(random.randint(1, 9)))
        assert_sound(text)
        understood += understand(text).expression is not None
    assert understood > 100


PIECES = [
    "周一至周五",
    "周六",
    "工作日",
    "节假日",
    "9:00-12:00",
    "13:30-17:00",
    "上午",
    "闭馆",
    "（",
    "）",
    "，",
    "夏季",
    "5月-9月",
]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), min_size=2, max_size=10).map("".join) | st.text(max_size=60))
def test_any_text_is_survived(text: str) -> None:
    assert_sound(text)


@pytest.mark.parametrize(
    "text",
    [
        *(text * 500_000 for text in ("99", "周一", "((", "\0\0", "8:30-", "İ")),
        *(text * (MAX_TEXT // len(text)) for text in (
            "周一、", "8:30-9:30", "（", "一", " ", "1", "-", "凭", "以为准", "至", "每月1、", "周一,周", "一层、",
        )),
        "", " ", "\ud800",
    ],
    ids=lambda text: f"{text[:6]!a} x {len(text)}",
)  # fmt: skip
def test_hostile_texts_take_no_time(text: str) -> None:
    begin = time.process_time()
    assert_sound(text)

    assert time.process_time() - begin < 1


def test_words_know_their_places_whatever_the_letters() -> None:
    """Small letters of some capitals are longer: places must not shift."""
    for text in ("İ周一9:00-17:00", "ǅ 周一", "ﬃ９：００"):
        assert "".join(word.text for word in split(text)) == text
