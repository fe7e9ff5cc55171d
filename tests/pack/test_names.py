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


def test_a_name_comes_once_in_each_neighbourhood() -> None:
    """A street of many pieces through two subdistricts; two things of one name in one of them."""
    pieces: list[Street] = [
        ({"highway": kind, "name": "东四南大街"}, [(0, 1.5 * y), (0, 1.5 * y + 1.5)])
        for y, kind in enumerate(["primary", "secondary", "tertiary", "residential", "service"])
    ]
    twins = [thing("n1", 1, 1, amenity="bank", name="银行"), thing("n2", 2, 1, amenity="bank", name="银行")]

    found = names(pieces, [*FEATURES[:3], *twins])

    streets = [name for name in found if name.kind == "street"]
    assert sorted(str(name.context) for name in streets) == ["东城区 东四街道", "东城区 朝阳门街道"]
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
