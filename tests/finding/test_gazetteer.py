"""The search of names, beside one that looks at every name."""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.city import City
from geo.coords import LonLat
from geo.errors import PackError
from geo.finding.gazetteer import KINDS, Gazetteer, Name, NameKind
from geo.finding.name_index import NameIndex, write_names
from geo.finding.spelling import MAX_QUERY
from geo.places.model import Place, Service

CENTRE = LonLat(116.4, 39.9)


def at(steps: int) -> LonLat:
    """A point so many steps of about 85 m east of the centre."""
    return LonLat(round(116.4 + steps / 1000, 6), 39.9)


def entry(name: str, kind: NameKind = "poi", steps: int = 0, **more: object) -> Name:
    return Name(name, None, kind, None, at(steps), **more)  # type: ignore[arg-type]


def gazetteer(*names: Name) -> Gazetteer:
    return Gazetteer([NameIndex.of_names(names, CENTRE)], CENTRE)


def found(text: str, *names: Name, limit: int = 8, near: LonLat | None = None) -> list[str]:
    return [name.name for name in gazetteer(*names).search(text, limit, near)]


# --- the oracle: every name is looked at, and taken apart by hand ---

PINYIN = {
    "望": "wang", "王": "wang", "京": "jing", "井": "jing", "东": "dong", "四": "si", "门": "men", "南": "nan",
    "小": "xiao", "安": "an", "定": "ding", "西": "xi",
}  # fmt: skip
PARTS = (*PINYIN, "soho", "an", "b", "12", "4")


class Drawn(NamedTuple):
    """A name as a row of characters, words and numbers; where, in steps from the centre."""

    parts: tuple[str, ...]
    kind: NameKind
    steps: int
    also: tuple[str, ...] = ()

    def entry(self) -> Name:
        place_id = f"id-{self.kind}-{self.steps}-{'/'.join(self.parts)}" if self.kind == "place" else None
        also = (" ".join(self.also),) if self.also else ()
        return Name(" ".join(self.parts), None, self.kind, None, at(self.steps), place_id, also)


def alike(typed: str, parts: tuple[str, ...]) -> int:
    """0 is it, 1 begins, 2 and 3 the same of the initials, 4 holds from a part on, 5 the same of the initials; 9 no."""
    rows = [(list(parts), 0, 1, 4)]
    if any(part in PINYIN for part in parts):
        spoken = [PINYIN.get(part, part) for part in parts]
        rows += [(spoken, 0, 1, 4), ([part if part.isdigit() else part[0] for part in spoken], 2, 3, 5)]
    likenesses = [9]
    for row, same, begins, holds in rows:
        texts = ["".join(row[first:]) for first in range(len(row))]
        likenesses += [same] * (texts[0] == typed) + [begins] * texts[0].startswith(typed)
        likenesses += [holds] * any(text.startswith(typed) for text in texts[1:])
    return min(likenesses)


def by_looking_at_all(typed: str, drawn: list[Drawn], limit: int, from_steps: float) -> list[Name]:
    ranked = []
    for one in drawn:
        likeness = min(alike(typed, one.parts), alike(typed, one.also) if one.also else 9)
        if likeness < 9:
            length = len("".join(one.parts))
            order = (likeness, list(KINDS).index(one.kind), length, abs(one.steps - from_steps), one.entry().name)
            ranked.append((order, one))
    places = {(one.parts, one.steps) for _, one in ranked if one.kind == "place"}
    singles = [one.entry() for _, one in sorted(ranked) if one.kind != "poi" or (one.parts, one.steps) not in places]
    return singles[:limit]


names_drawn = st.lists(
    st.builds(
        Drawn,
        st.lists(st.sampled_from(PARTS), min_size=1, max_size=4).map(tuple),
        st.sampled_from([kind for kind in KINDS if kind != "address"]),
        st.integers(0, 9),
        st.just(()) | st.lists(st.sampled_from(PARTS), min_size=1, max_size=3).map(tuple),
    ),
    max_size=25,
    unique_by=lambda one: (one.parts, one.kind, one.steps),
)


def _typed_after(drawn: list[Drawn]) -> st.SearchStrategy[str]:
    """Text that is likely to be found: a stretch of a name, in characters, pinyin or initials."""
    some = st.sampled_from([one.parts for one in drawn]) if drawn else st.just(("望", "京"))
    spellings: list[Callable[[str], str]] = [
        str,
        lambda part: PINYIN.get(part, part),
        lambda part: PINYIN.get(part, part)[0],
    ]
    near_it = st.builds(
        lambda parts, spelt, begin, length: "".join(map(spelt, parts[begin:]))[:length],
        some,
        st.sampled_from(spellings),
        st.integers(0, 3),
        st.integers(1, 12),
    )
    return near_it | st.text("wangjo12 四京", min_size=1, max_size=4)


@settings(deadline=None, max_examples=150)
@given(names_drawn, st.data(), st.integers(1, 6), st.none() | st.integers(0, 9))
def test_the_answer_is_that_of_looking_at_every_name(
    drawn: list[Drawn], data: st.DataObject, limit: int, near: int | None
) -> None:
    """Names of the pack from a file and places of the day from memory are one list."""
    typed = data.draw(_typed_after(drawn))
    point = None if near is None else LonLat(at(near).lon + 0.0003, 39.9)
    with tempfile.TemporaryDirectory() as folder:
        write_names(Path(folder) / "n", [one.entry() for one in drawn if one.kind != "place"], CENTRE)
        live = NameIndex.of_names([one.entry() for one in drawn if one.kind == "place"], CENTRE)
        answer = Gazetteer([NameIndex.of_file(Path(folder) / "n"), live], CENTRE).search(typed, limit, point)

    # Names found by house number are another matter: see below.
    wanted = by_looking_at_all(typed.replace(" ", ""), drawn, limit, 0 if near is None else near + 0.3)
    assert [name for name in answer if name.exact] == (wanted if typed.strip() else [])


# --- what is typed ---

TYPED = [
    ("望京", "望京", "two characters"),
    ("wangjing", "望京", "pinyin"),
    ("wang jing", "望京", "in syllables"),
    ("Wang Jing", "望京", "in capitals"),
    ("wàngjīng", "望京", "with tones"),
    ("ｗａｎｇｊｉｎｇ", "望京", "full-width letters"),
    ("wangjin", "望京", "still typing"),
    ("wj", "望京", "initials"),
    ("WJ", "望京", "initials in capitals"),
    ("dsst", "东四四条", "initials of four"),
    ("四条", "东四四条", "the end of a name"),
    ("sitiao", "东四四条", "the end in pinyin"),
    ("st", "东四四条", "the end in initials"),
    ("東四四條", "东四四条", "traditional characters"),
    ("簋街", "东直门内大街", "what people call it"),
    ("guijie", "东直门内大街", "the same in pinyin"),
    ("gj", "东直门内大街", "and in initials"),
    ("dashilan", "大栅栏", "one reading"),
    ("dazhalan", "大栅栏", "and the other"),
    ("lvdao", "绿岛", "v for ü"),
    ("lüdao", "绿岛", "ü itself"),
    ("798ysq", "798艺术区", "numbers stay in initials"),
    ("艺术区（798）", None, "brackets are not looked at, the order is"),
    ("（798）艺术区", "798艺术区", "brackets are not looked at"),
    ("chapel", "Chapel Road", "a word"),
    ("road", "Chapel Road", "a later word"),
    ("apel", None, "but not from the middle of one"),
    ("angjing", None, "nor of a syllable"),
    ("zhaoyang", None, "a reading that nobody uses"),
]
KNOWN = (
    entry("望京", "station"), entry("东四四条", "street", 1), entry("大栅栏", "area", 2), entry("绿岛", "poi", 3),
    entry("东直门内大街", "street", 4, also=("簋街",)), entry("798艺术区", "poi", 5), entry("Chapel Road", "street", 6),
    entry("朝阳", "area", 7),
)  # fmt: skip


@pytest.mark.parametrize(("typed", "name", "why"), TYPED, ids=[why for *_, why in TYPED])
def test_names_are_found_as_people_type_them(typed: str, name: str | None, why: str) -> None:
    assert found(typed, *KNOWN)[:1] == ([] if name is None else [name]), why


HOSTILE = [
    '"', '""', "'", "*", "(", ")", "()", "-", "^", ":", "+", "{", "}", "%", "_", "\\", "'; DROP TABLE name; --",
    "望京*", "望京 OR 东四", "NEAR(望京 东四)", "望京 AND", "NOT 望京", "tokens:望京", "^望京", '"望京',
    '望京" OR "东四',
    "望京\x00", "\x00", "a" * 61, "望" * 500, "e\u0301" * 40, "1" * 60, "号" * 60, "9" * 60 + "号",
    "望京" + "1" * 40 + "号",
    "12号", "-12号", "甲号", "😀", "望😀京", "\ud800", "望\udfff京", "\u202e望京", "\u200b", " \t\n", "０",
    "①", "ﷺ", "İ", "𠮷野家",
]  # fmt: skip


@pytest.mark.parametrize("typed", HOSTILE, ids=range(len(HOSTILE)))
def test_signs_mean_nothing_and_nothing_raises(typed: str) -> None:
    for name in gazetteer(*KNOWN).search(typed):
        assert any(char in typed for char in "望京东四"), "found by its letters, or not at all"
        assert name.name in {"望京", "东四四条"}


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=()), max_size=80), st.integers(-1, 30))
def test_any_text_is_a_question(typed: str, limit: int) -> None:
    answer = gazetteer(*KNOWN).search(typed, limit)

    assert len(answer) <= max(0, limit)


def test_a_name_in_traditional_characters_is_found_by_simplified_ones() -> None:
    assert found("朝阳洞", entry("朝陽洞")) == found("chaoyangdong", entry("朝陽洞")) == ["朝陽洞"]


def test_words_of_the_search_language_are_words() -> None:
    assert found("near", entry("Near OR NOT AND"), entry("other")) == ["Near OR NOT AND"]
    assert found("OR NOT", entry("Near OR NOT AND"), entry("other")) == ["Near OR NOT AND"]


def test_a_cut_name_is_not_taken_for_a_whole_one() -> None:
    whole, longer = "长" * MAX_QUERY, "长" * (MAX_QUERY + 5)

    assert found(whole, entry(longer, "area"), entry(whole, "poi")) == [whole, longer]


@pytest.mark.parametrize("name", ["\ud800望京", "望\x00京", '望"京', "望京 OR"], ids=["half", "NUL", "quote", "OR"])
def test_a_hostile_name_can_be_kept_and_found(name: str) -> None:
    (answer,) = gazetteer(entry(name), entry("别处")).search("望京"[:1])

    assert "京" in answer.name


# --- ranking ---


def test_exact_comes_before_beginning_before_holding() -> None:
    names = [entry("小望京", "area"), entry("望京街", "area"), entry("望京", "poi")]

    assert found("望京", *names) == ["望京", "望京街", "小望京"]


def test_letters_are_pinyin_rather_than_initials() -> None:
    """``ma`` is the beginning of 马甸 before it is the initials of 民安."""
    assert found("ma", entry("民安", "area"), entry("马甸", "poi")) == ["马甸", "民安"]


def test_kinds_then_length_then_nearness_decide() -> None:
    names = [
        entry("望京三", "poi", 1), entry("望京二", "poi", 0), entry("望京", "poi"), entry("望京长名", "street"),
        entry("望京长长名", "area"), entry("望京站", "station"),
    ]  # fmt: skip

    assert found("望", *names) == ["望京长长名", "望京站", "望京长名", "望京", "望京二", "望京三"]
    assert found("望", *names, near=at(5))[-2:] == ["望京三", "望京二"]


def test_the_nearest_of_many_equal_names_is_found_even_if_the_centre_is_far() -> None:
    shops = [entry("面馆", "poi", steps) for steps in range(300)]

    answer = gazetteer(*shops).search("面馆", 2, at(250))

    assert sorted(name.position for name in answer)[0] in {at(249), at(250)}
    assert answer[0].position == at(250)


def test_a_thing_that_is_a_place_too_comes_once() -> None:
    place = entry("公厕", "place", 0, place_id="x")

    answer = gazetteer(place, entry("公厕", "poi", 0), entry("公厕", "poi", 3)).search("公厕")

    assert [(name.kind, name.position) for name in answer] == [("place", at(0)), ("poi", at(3))]


# --- house numbers ---

STREETS = (
    entry("朝阳门南小街", "street", 0), entry("南小街", "street", 1), entry("东四四条", "street", 2),
    entry("朝阳门南小街12号", "address", 3, address="朝阳门南小街12号"),
    entry("茶庄", "poi", 4, address="东四四条甲8号院"),
    entry("工会服务站", "place", 5, address="北京市东城区东四四条10号2层"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "name", "exact", "why"),
    [
        ("朝阳门南小街 12 号", "朝阳门南小街12号", True, "known"),
        ("朝阳门南小街１２号", "朝阳门南小街12号", True, "full-width"),
        ("北京市东城区朝阳门南小街12号院3号楼2层", "朝阳门南小街12号", True, "with what lies around and inside"),
        ("朝阳门南小街12", "朝阳门南小街12号", True, "the word for number still to be typed"),
        ("东四四条甲8号", "茶庄", True, "what stands there is known by name"),
        ("东四四条10号", "工会服务站", True, "a place's own address"),
        ("朝阳门南小街 14 号", "朝阳门南小街", False, "the street, and not 12"),
        ("朝阳门南小街甲12号", "朝阳门南小街", False, "another door than 12"),
        ("朝阳门街道朝阳门南小街99号", "朝阳门南小街", False, "with the subdistrict"),
        ("朝内南小街7号", "南小街", False, "no such street, but one is the end of it"),
        ("chaoyangmennanxiaojie 14号", "朝阳门南小街", False, "in pinyin"),
    ],
    ids=lambda value: value if isinstance(value, str) and not value.isascii() else None,
)
def test_house_numbers_are_found_or_said_to_be_unknown(typed: str, name: str, exact: bool, why: str) -> None:
    answer = gazetteer(*STREETS).search(typed)

    assert (answer[0].name, answer[0].exact) == (name, exact), why
    assert answer[0].position == next(known.position for known in STREETS if known.name == name)


def test_addresses_do_not_fill_the_list_of_a_street_s_name() -> None:
    doors = [entry(f"长街{n}号", "address", n, address=f"长街{n}号") for n in range(1, 50)]

    assert found("长街", entry("长街", "street"), *doors) == ["长街"]


def test_a_name_with_a_number_is_no_address() -> None:
    names = (entry("地坛公园2号门", "poi"), entry("798艺术区"))

    assert [(n.name, n.exact) for n in gazetteer(*names).search("地坛公园2号门")] == [("地坛公园2号门", True)]
    assert [(n.name, n.exact) for n in gazetteer(*names).search("798")] == [("798艺术区", True)]


# --- files, threads, processes ---


@pytest.fixture
def file(tmp_path: Path) -> Path:
    write_names(tmp_path / "names", KNOWN, CENTRE)
    return tmp_path / "names"


def test_the_file_is_only_read(file: Path) -> None:
    before = file.read_bytes()
    NameIndex.of_file(file).search("望京", 8)

    assert file.read_bytes() == before
    assert os.listdir(file.parent) == ["names"], "nothing beside it"


def test_two_builds_give_the_same_file(file: Path, tmp_path: Path) -> None:
    """The version of a pack is a hash of its content."""
    write_names(tmp_path / "again", KNOWN[::-1], CENTRE)

    assert file.read_bytes() == (tmp_path / "again").read_bytes()


@pytest.mark.parametrize("damage", ["missing", "empty", "no database", "cut off", "another database"])
def test_a_damaged_file_is_said_to_be_so(file: Path, damage: str) -> None:
    whole = file.read_bytes()
    file.unlink()
    if damage == "another database":
        sqlite3.connect(file).execute("CREATE TABLE x (y)").connection.close()
    elif damage != "missing":
        file.write_bytes({"empty": b"", "no database": b"x" * 5000, "cut off": whole[: len(whole) // 2]}[damage])

    with pytest.raises(PackError, match="build the pack again"):
        gazetteer_of(file).search("望京")


def gazetteer_of(file: Path) -> Gazetteer:
    return Gazetteer([NameIndex.of_file(file)], CENTRE)


def test_threads_share_it(file: Path) -> None:
    shared = gazetteer_of(file)
    typed = [text for text, name, _ in TYPED if name] * 20
    alone = [shared.search(text) for text in typed]

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(gazetteer_of(file).search, typed)) == alone


def test_a_forked_process_opens_its_own(file: Path) -> None:
    """SQLite does not let a process use what its parent opened."""
    opened: list[int] = []

    def open_database() -> sqlite3.Connection:
        opened.append(os.getpid())
        return sqlite3.connect(file, check_same_thread=False)

    index = NameIndex(open_database)
    index.search("望京", 8)
    context = multiprocessing.get_context("fork")
    there, here = context.Pipe()

    def ask() -> None:
        there.send(([hit.name.name for hit in index.search("wj", 8)], opened == [os.getppid(), os.getpid()]))

    process = context.Process(target=ask)
    process.start()
    answer = here.recv() if here.poll(20) else None
    process.join(20)

    assert answer == (["望京"], True)


# --- a city ---


def test_a_city_finds_the_places_of_the_day(sample_city: City) -> None:
    new = Place("new", "暖心小站测试", at(0), "exact", (Service("rest_stop"),), source="x", address="无名路5号")
    later = sample_city.with_places([*sample_city.places, new], "1")

    assert [name.place_id for name in later.search("nxxzcs")] == ["new"]
    assert [name.place_id for name in later.search("无名路5号")] == ["new"]
    assert sample_city.search("nxxzcs") == ()


def test_a_place_s_context_says_where_without_saying_it_twice(sample_city: City) -> None:
    place = Place(
        "a",
        "某站",
        at(0),
        "exact",
        (),
        source="x",
        address="东城区东四四条1号",
        district="东城区",
        subdistrict="东四街道",
    )
    (name,) = sample_city.with_places([place], "1").search("某站")

    assert name.context == "东四街道 东城区东四四条1号"
