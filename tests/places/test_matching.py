"""Duplicates: judged right on pairs of the real lists, on a table of our own, and alike in both directions."""

from __future__ import annotations

import csv
import hashlib
import os
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.coords import LonLat
from geo.places.judging import Match, Sighting, Verdict, compare, judge, traits_of
from geo.places.matching import Matcher
from geo.places.reasons import CODES, POINTS, SENTENCES
from tests.conftest import real_data
from tests.places.strategies import places

HERE = Path(__file__).parent
Row = dict[str, str]


def own_cases() -> list[Row]:
    with (HERE / "match_cases.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def f1(counts: Counter[tuple[str, str]]) -> float:
    """F1 of "same"; a pair that is only maybe the same counts as not found."""
    right = counts["same", "same"]
    wrong = sum(n for (label, verdict), n in counts.items() if (label == "same") != (verdict == "same"))
    return 2 * right / (2 * right + wrong)


# --- our own table ---


@pytest.mark.parametrize("case", own_cases(), ids=lambda case: f"{case['expected']}: {case['why']}")
def test_the_table(case: Row) -> None:
    one = Sighting("a", case["name_a"], case["address_a"] or None)
    other = Sighting("b", case["name_b"], case["address_b"] or None)

    found = compare(one, other)

    assert found.verdict == case["expected"], [str(reason) for reason in found.reasons]
    assert found.reasons


def test_the_table_is_large_enough() -> None:
    assert len(own_cases()) >= 60


# --- position, phone, host ---

TOILET = Sighting("a", "公共厕所", position=LonLat(116.4, 39.9), accuracy="exact")


@pytest.mark.parametrize(
    ("lon", "verdict"), [(116.4, "maybe"), (116.4001, "maybe"), (116.402, "different"), (116.5, "different")]
)
def test_a_generic_name_is_nothing_without_the_position(lon: float, verdict: Verdict) -> None:
    assert compare(TOILET, replace(TOILET, id="b", position=LonLat(lon, 39.9))).verdict == verdict


def test_a_generic_name_with_address_and_position_is_enough() -> None:
    here = replace(TOILET, address="银杏路1号")

    assert compare(here, replace(here, id="b")).verdict == "same"


def test_an_illustrative_position_says_nothing() -> None:
    here = Sighting("a", "槐荫社区", "槐荫路1号", position=LonLat(116.4, 39.9), accuracy="illustrative")

    assert compare(here, replace(here, id="b", position=LonLat(116.5, 39.9))).verdict == "same"


def test_the_same_host_at_the_same_door_is_one_place() -> None:
    station = Sighting("a", "槐荫街道工会服务站", "槐荫路1号", host="槐荫街道总工会")
    barber = Sighting("b", "周五便民理发", "槐荫路1号", host="槐荫街道总工会")

    assert compare(station, barber).verdict == "same"
    assert compare(station, replace(barber, address="银杏路7号")).verdict == "different"


def test_a_place_named_after_the_host_of_the_other() -> None:
    hosted = Sighting("a", "河湾暖心小屋", "河湾路3号", host="北京河湾酒店管理有限公司")

    assert compare(hosted, Sighting("b", "河湾酒店管理有限公司职工之家", "河湾路3号")).verdict == "same"


def test_a_shared_phone_speaks_for_it_but_a_hotline_does_not() -> None:
    one = Sighting("a", "槐荫社区", phone="010-6512 3456".replace(" ", ""))

    assert compare(one, Sighting("b", "槐荫社区", phone="+86 10 65123456".replace(" ", ""))).verdict == "same"
    assert compare(replace(one, phone="12351"), Sighting("b", "槐荫社区", phone="12351")).verdict == "maybe"


def test_two_districts_have_streets_of_one_name() -> None:
    one = Sighting("a", "青禾快餐", "北京市海淀区建设路1号")

    assert compare(one, Sighting("b", "青禾快餐", "北京市丰台区建设路1号")).verdict != "same"


# --- reasons ---


def test_every_reason_has_points_and_sentences() -> None:
    assert set(POINTS) == set(CODES)
    assert all(set(sentences) == set(CODES) for sentences in SENTENCES.values())


def test_reasons_name_what_they_are_about_in_both_languages() -> None:
    found = compare(Sighting("a", "青禾印刷", "青禾路8号3层"), Sighting("b", "青禾印刷", "青禾路8号5层"))

    assert [reason.said("zh") for reason in found.reasons] == [
        "楼层不同：3 / 5", "名称相同：青禾印刷", "门牌相同：青禾路8",
    ]  # fmt: skip


# --- invariants ---

pieces = st.sampled_from(
    ["北京", "海淀区", "槐荫街道", "青禾", "有限公司", "暖心驿站", "(东里店)", "工会服务站", "社区", "路", "8号",
     "3号楼", "5层", "502室", "A座", "对面", "第二", "公厕", "二", "-2", "甲", " ", "（"]
)  # fmt: skip
names = st.lists(pieces, max_size=6).map("".join) | st.text(max_size=12)
sightings = st.builds(
    Sighting,
    id=st.sampled_from("abc"),
    name=names,
    address=st.none() | names,
    district=st.none() | st.sampled_from(["海淀区", "丰台区"]),
    host=st.none() | names,
    phone=st.none() | st.sampled_from(["12351", "65123456", "010-65123456;13800000000"]),
    position=st.none() | st.builds(LonLat, st.floats(116.39, 116.40), st.floats(39.90, 39.91)),
    accuracy=st.sampled_from(["exact", "street", "illustrative"]),
)


def seen(match: Match) -> tuple[object, ...]:
    return match[1:]


@given(sightings, sightings)
@settings(max_examples=500, deadline=None)
def test_a_pair_is_judged_alike_in_both_directions(one: Sighting, other: Sighting) -> None:
    there, back = compare(one, other), compare(other, one)

    assert seen(there) == seen(back)
    assert 0 <= there.score <= 1


@given(sightings)
@settings(max_examples=300, deadline=None)
def test_an_identical_place_is_the_same_if_it_can_be_told_at_all(place: Sighting) -> None:
    found = compare(place, replace(place, id="another"))
    codes = {reason.code for reason in found.reasons}

    assert not {code for code in codes if POINTS[code] < 0}
    if "same_name" in codes and "same_door" in codes:
        assert found.verdict == "same"
    assert compare(place, place).verdict == "same"


@given(places, places)
@settings(max_examples=100, deadline=None)
def test_any_two_places_can_be_compared(one: Sighting, other: Sighting) -> None:
    assert seen(compare(one, other)) == seen(compare(other, one))


@given(st.lists(sightings, max_size=8), sightings)
@settings(max_examples=200, deadline=None)
def test_the_order_of_rows_does_not_matter(known: list[Sighting], asked: Sighting) -> None:
    known = [replace(place, id=f"{place.id}{row}") for row, place in enumerate(known)]
    shuffled = sorted(known, key=lambda place: hashlib.sha256(place.id.encode()).digest())

    assert Matcher(known).match(asked) == Matcher(shuffled).match(asked)


@given(st.lists(sightings, max_size=8), sightings)
@settings(max_examples=200, deadline=None)
def test_what_is_the_same_is_found_among_the_known(known: list[Sighting], asked: Sighting) -> None:
    """Blocking loses no pair of which both the name and the address agree."""
    known = [replace(place, id=f"{place.id}{row}") for row, place in enumerate(known)]
    found = {match.id for match in Matcher(known).match(asked)}
    sure = {
        match.id for match in (compare(asked, place) for place in known)
        if match.verdict == "same" and {"same_name", "same_door"} <= {reason.code for reason in match.reasons}
    }  # fmt: skip

    assert sure <= found


def test_likeness_is_passed_on_within_one_door() -> None:
    """Three spellings of one place: each pair is the same, so the three are one."""
    spellings = [
        Sighting("a", "北京青禾印刷有限公司暖心驿站", "北京市海淀区青禾路8号院"),
        Sighting("b", "青禾印刷职工之家", "青禾路8号"),
        Sighting("c", "青禾印刷股份有限公司工会", "海淀区青禾路八号"),
    ]

    assert {compare(one, other).verdict for one in spellings for other in spellings} == {"same"}


def test_a_large_chain_is_searched_by_its_doors() -> None:
    known = [Sighting(str(n), "青鸟快递有限公司", f"青鸟路{n}号") for n in range(1, 1000)]

    found = Matcher(known).match(Sighting("new", "青鸟快递有限公司", "青鸟路77号"))

    assert [(match.id, match.verdict) for match in found] == [("77", "same")]


def test_two_thousand_against_two_thousand_in_two_seconds() -> None:
    names = [f"{chr(0x4E00 + n % 700)}{chr(0x5200 + n // 3)}贸易有限公司" for n in range(2000)]
    known = [Sighting(str(n), name, f"建设路{n % 400}号{n % 30}层") for n, name in enumerate(names)]  # fmt: skip
    began = time.process_time()
    matcher = Matcher(known)
    found = [matcher.match(replace(place, id=f"new {place.id}")) for place in known]

    assert time.process_time() - began <= 2
    assert [matches[0].id for matches in found] == [place.id for place in known]


# --- the real lists ---


class Pair(NamedTuple):
    """A labelled pair of rows of the real lists, named by file and row alone."""

    label: str
    reason_code: str
    part: str
    one: Sighting
    other: Sighting


@pytest.fixture(scope="module")
def labelled() -> list[Pair]:
    folder = real_data() / "stations"
    if not folder.is_dir():
        message = f"no real lists at {folder}; set YIZHAN_REAL_DATA to the folder that holds stations/"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    with (HERE / "match_pairs.csv").open(encoding="utf-8", newline="") as file:
        pairs = list(csv.DictReader(file))
    files = {name: read_list(folder / name) for row in pairs for name in (row["file_a"], row["file_b"])}
    return [
        Pair(
            row["label"], row["reason_code"], part_of(row),
            *(sighting(files[row[f"file_{s}"]][int(row[f"row_{s}"]) - 1], row[f"sha_{s}"], s) for s in "ab"),
        )
        for row in pairs
    ]  # fmt: skip


def read_list(path: Path) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def part_of(row: Row) -> str:
    """Return the part of the set: two halves of the first draw, split by hash, and the second draw."""
    if row["draw"] == "2":
        return "second"
    return "held out" if int(hashlib.sha256((row["sha_a"] + row["sha_b"]).encode()).hexdigest(), 16) % 2 else "tuned"


def sighting(row: Row, sha: str, id_: str) -> Sighting:
    text = "\x1f".join(value or "" for value in row.values() if not isinstance(value, list))
    assert hashlib.sha256(text.encode()).hexdigest()[:12] == sha, "the row is not the one that was labelled"
    # all lists that have positions have them in GCJ-02, whose offset is the same for neighbours
    lon, lat = row.get("lon_gcj02") or row.get("lng"), row.get("lat_gcj02") or row.get("lat")
    return Sighting(
        id_,
        row["name"] or "",
        row["address"] or None,
        row.get("district") or None,
        row.get("host_unit") or None,
        row.get("phone") or None,
        LonLat(float(lon), float(lat)) if lon and lat else None,
    )


def judged(pairs: list[Pair]) -> Counter[tuple[str, str]]:
    return Counter((pair.label, compare(pair.one, pair.other).verdict) for pair in pairs)


@pytest.mark.parametrize("part", ["tuned", "held out"])
def test_real_pairs_are_judged_right(labelled: list[Pair], part: str) -> None:
    counts = judged([pair for pair in labelled if pair.part == part and pair.label != "unclear"])

    assert sum(counts.values()) >= 150
    assert f1(counts) >= 0.97, counts


def test_real_pairs_drawn_later_are_judged_right(labelled: list[Pair]) -> None:
    """The second draw has few duplicates, so it is judged together with the rest, and by its false alarms."""
    sure = [pair for pair in labelled if pair.label != "unclear"]
    later = judged([pair for pair in sure if pair.part == "second"])

    assert later["different", "same"] <= 1
    assert f1(judged(sure)) >= 0.97


def test_real_pairs_that_are_not_written_alike(labelled: list[Pair]) -> None:
    """Pairs of which name and address are equal to the letter are easy; without them it is harder."""
    hard = [
        pair for pair in labelled if pair.label != "unclear"
        and (pair.one.name, pair.one.address) != (pair.other.name, pair.other.address)
    ]  # fmt: skip

    assert f1(judged(hard)) >= 0.95


def test_few_real_pairs_are_left_to_a_human(labelled: list[Pair]) -> None:
    counts = judged([pair for pair in labelled if pair.label != "unclear"])
    maybe = sum(n for (_, verdict), n in counts.items() if verdict == "maybe")

    assert maybe / sum(counts.values()) < 0.1


def test_a_real_list_against_itself(labelled: list[Pair]) -> None:
    rows = read_list(real_data() / "stations" / "haidian_2003_addresses.csv")
    known = [Sighting(str(n), row["name"] or "", row["address"] or None) for n, row in enumerate(rows)]
    matcher = Matcher(known)

    for place in known[::20]:
        found = {match.id: match.verdict for match in matcher.match(replace(place, id="new"))}
        assert found.get(place.id) == ("same" if place.name else "maybe")


def test_blocking_loses_no_real_duplicate(labelled: list[Pair]) -> None:
    """Some rows are compared with all the others: what is the same was found by its keys."""
    rows = read_list(real_data() / "stations" / "haidian_2003_addresses.csv")
    known = [Sighting(str(n), row["name"] or "", row["address"] or None) for n, row in enumerate(rows)]
    matcher, traits = Matcher(known), [traits_of(place) for place in known]

    for row in range(7, len(known), 50):
        found = {match.id for match in matcher.match(known[row])}
        same = {str(n) for n, other in enumerate(traits) if judge(traits[row], other).verdict == "same"}
        assert same <= found, known[row]
