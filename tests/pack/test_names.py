"""The names that an extract holds."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
import shapely

from geo.finding.gazetteer import Name
from geo.osm.extract import Feature
from geo.pack.areas import areas_of
from geo.pack.names import names_of
from geo.streets.from_osm import build_network
from tests.pack.small import FEATURES, STREETS, Street, area, at, extract, thing


def names(streets: Iterable[Street] = STREETS, features: Iterable[Feature] = FEATURES) -> list[Name]:
    made = extract(streets, features)
    network, _ = build_network(made)
    return names_of(made, areas_of(made), network)


def test_areas_stations_streets_and_things_have_names() -> None:
    found = {(name.name, name.kind): name for name in names()}

    assert set(found) == {
        ("东城区", "area"), ("东四街道", "area"), ("朝阳门街道", "area"), ("东四", "station"), ("银行", "poi"),
        ("东四南大街", "street"), ("礼士胡同", "street"),
    }  # fmt: skip
    assert found["东四", "station"].name_en == "Dongsi"
    assert found["银行", "poi"].position == pytest.approx(at(3, 6))


def test_the_context_says_where_but_not_the_name_again() -> None:
    contexts = {name.name: name.context for name in names()}

    assert contexts["东四"] == "东城区 朝阳门街道"
    assert contexts["东四街道"] == "东城区"
    assert contexts["东城区"] in {"东四街道", "朝阳门街道", None}


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"place": "suburb"}, "area"),
        ({"place": "suburb", "railway": "station"}, "area"),
        ({"boundary": "administrative", "admin_level": "6"}, "area"),
        ({"boundary": "administrative", "admin_level": "4"}, None),
        ({"railway": "station"}, "station"),
        ({"railway": "halt"}, "station"),
        ({"public_transport": "station"}, "station"),
        ({"railway": "rail"}, None),
        ({"amenity": "bank"}, "poi"),
        ({"shop": "tea"}, "poi"),
        ({"tourism": "museum"}, "poi"),
        ({"leisure": "park"}, "poi"),
        ({"building": "yes"}, "poi"),
        ({"natural": "water"}, "poi"),
        ({"landuse": "grass"}, None),
    ],
    ids=str,
)
def test_each_thing_is_of_one_kind(tags: dict[str, str], kind: str | None) -> None:
    found = [name.kind for name in names(features=[Feature("n1", {"name": "某处", **tags}, shapely.Point(at(0, 0)))])]

    assert [k for k in found if k != "street"] == ([] if kind is None else [kind])


def test_what_has_no_name_is_not_found() -> None:
    streets: list[Street] = [({"highway": "residential"}, [(0, 0), (0, 4)])]

    assert names(streets, [thing("n1", 0, 0, amenity="toilets"), thing("n2", 0, 0, amenity="bank", name="")]) == []


def test_a_street_comes_once_and_a_thing_once_in_each_neighbourhood() -> None:
    """A street of many pieces through two subdistricts; two things of one name in one of them."""
    pieces: list[Street] = [
        ({"highway": kind, "name": "东四南大街"}, [(0, 1.5 * y), (0, 1.5 * y + 1.5)])
        for y, kind in enumerate(["primary", "secondary", "tertiary", "residential", "service"])
    ]
    twins = [thing("n1", 1, 1, amenity="bank", name="银行"), thing("n2", 2, 1, amenity="bank", name="银行")]

    found = names(pieces, [*FEATURES[:3], *twins])

    (street,) = [name for name in found if name.kind == "street"]
    assert street.position == pytest.approx(at(0, 3.75), abs=1e-6), "the middle of what lies from 0 to 7.5"
    assert [name.name for name in found].count("银行") == 1


def test_one_name_may_be_of_two_kinds() -> None:
    features = [thing("n1", 1, 1, railway="station", name="东四"), thing("n2", 1, 1, place="suburb", name="东四")]

    assert {name.kind for name in names(features=features) if name.name == "东四"} == {"station", "area"}


def test_a_streets_name_stands_on_its_longest_stretch() -> None:
    streets: list[Street] = [
        ({"highway": "residential", "name": "长街"}, [(0, 0), (0, 1)]),
        ({"highway": "primary", "name": "长街"}, [(0, 1), (0, 9)]),
    ]

    (street,) = names(streets, ())

    assert street.position == pytest.approx(at(0, 5), abs=1e-6)


def test_streets_of_one_name_far_from_each_other_are_two() -> None:
    """The second begins 1.1 km behind the end of the first; a third only 0.6 km behind the second."""
    streets: list[Street] = [
        ({"highway": "residential", "name": "西街"}, [(0, begin), (0, begin + 1)]) for begin in (0, 11.5, 18)
    ]

    found = names(streets, ())

    middles = sorted(name.position.lat for name in found)
    assert len(found) == 2
    assert middles[0] == pytest.approx(at(0, 0.5)[1], abs=1e-6)


def test_a_station_of_several_lines_comes_once() -> None:
    stops = [thing(f"n{n}", n, 1, railway="station", name="东四") for n in range(3)]
    far = thing("n9", 40, 1, railway="station", name="东四")

    assert len([name for name in names(features=[*stops, far]) if name.kind == "station"]) == 2


@pytest.mark.parametrize(
    ("written", "name", "english"),
    [
        ("东四四条 (Dongsi 4 Tiao)", "东四四条", "Dongsi 4 Tiao"),
        ("朝阳门北小街 (Chaoyangmen Nei Bei Xiaojie", "朝阳门北小街", "Chaoyangmen Nei Bei Xiaojie"),
        ("双营路（shuāngyíng lù）", "双营路", "shuāngyíng lù"),
        ("王府井大街 Wang Fu Jing", "王府井大街", "Wang Fu Jing"),
        ("二环 (西)", "二环 (西)", None),
        ("A5号路", "A5号路", None),
        ("798路", "798路", None),
        ("Di Tan Lu", "Di Tan Lu", None),
    ],
    ids=["brackets", "cut off", "full-width", "no brackets", "Chinese in brackets", "letter first", "number", "Latin"],
)
def test_a_latin_name_behind_the_chinese_one_is_its_english_name(written: str, name: str, english: str | None) -> None:
    (found,) = names([({"highway": "residential", "name": written}, [(0, 0), (0, 4)])], ())

    assert (found.name, found.name_en) == (name, english)


def test_a_shop_s_branch_in_brackets_is_no_name_of_it() -> None:
    (found,) = [n for n in names(features=[thing("n1", 1, 1, shop="tea", name="茶庄 (Beijing)")]) if n.kind == "poi"]

    assert (found.name, found.name_en) == ("茶庄 (Beijing)", None)


def test_further_names_come_from_tags_and_from_what_people_say() -> None:
    tags = {
        "highway": "residential",
        "name": "东直门内大街",
        "alt_name": "某街; 又一街",
        "old_name": "旧街",
        "name:en": "Inner",
    }
    more = thing("n1", 1, 1, shop="tea", name="茶庄", short_name="茶")

    found = {name.name: name for name in names([(tags, [(0, 0), (0, 4)])], [more])}

    assert found["东直门内大街"].also == ("某街", "又一街", "旧街", "簋街", "东内大街")
    assert found["东直门内大街"].name_en == "Inner"
    assert found["茶庄"].also == ("茶",)


def test_house_numbers_are_kept_with_what_stands_there_or_by_themselves() -> None:
    door = {"addr:street": "礼士胡同", "addr:housenumber": "12"}
    features = [
        thing("n1", 1, 1, shop="tea", name="茶庄", **door),
        thing("n2", 2, 4, building="yes", **{**door, "addr:housenumber": "甲14号"}),
        thing("n3", 2, 4, building="yes", **{"addr:housenumber": "16"}),
        thing("n4", 2, 4, building="yes", **{"addr:street": "礼士胡同"}),
    ]

    found = [(name.name, name.kind, name.address) for name in names((STREETS[0],), features) if name.kind != "street"]

    assert found == [("礼士胡同甲14号", "address", "礼士胡同甲14号"), ("茶庄", "poi", "礼士胡同12号")]


def test_the_point_of_an_area_lies_inside() -> None:
    (found,) = [name for name in names(features=[area("r1", 8, "东四街道", 0, 0, 4, 4)]) if name.kind == "area"]

    assert shapely.box(*at(0, 0), *at(4, 4)).contains(shapely.Point(found.position))


def test_long_names_are_cut() -> None:
    streets: list[Street] = [({"highway": "residential", "name": "长" * 500}, [(0, 0), (0, 1)])]

    found = names(streets, [thing("n1", 0, 0, shop="tea", name="茶" * 500, **{"name:en": "t" * 500})])

    assert {len(name.name) for name in found} == {120}
    assert {len(name.name_en) for name in found if name.name_en} == {120}


def test_names_come_in_one_order() -> None:
    found = names(STREETS, FEATURES)

    assert found == names(STREETS, FEATURES[::-1])
    assert [name.name for name in found] == sorted(name.name for name in found)
