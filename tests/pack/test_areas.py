"""Areas, their residents, and what lies in which."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import shapely

from geo.coords import LonLat
from geo.errors import ParameterError
from geo.osm.extract import Feature
from geo.pack.areas import areas_of, at, containing, located, with_population
from geo.places.model import Place
from tests.pack.small import FEATURES, area, extract, thing
from tests.pack.small import at as blocks


def place_at(x: float, y: float, district: str | None = None, subdistrict: str | None = None) -> Place:
    return Place(
        id="p",
        name="p",
        position=LonLat(*blocks(x, y)),
        accuracy="exact",
        services=(),
        source="test",
        district=district,
        subdistrict=subdistrict,
    )


# --- areas ---


def test_areas_are_the_named_districts_and_subdistricts() -> None:
    areas = areas_of(extract())

    assert areas[["id", "name", "level", "district"]].to_numpy().tolist() == [
        ["r1", "东城区", "district", "东城区"],
        ["r2", "东四街道", "subdistrict", "东城区"],
        ["r3", "朝阳门街道", "subdistrict", "东城区"],
    ]
    assert areas.crs == "EPSG:4326"


@pytest.mark.parametrize(
    ("feature", "reason"),
    [
        (area("r9", 4, "北京市", 0, 0, 9, 9), "a province"),
        (area("r9", 10, "礼士社区", 0, 0, 9, 9), "a community"),
        (Feature("r9", {"boundary": "administrative", "admin_level": "8"}, shapely.box(0, 0, 1, 1)), "no name"),
        (Feature("r9", {"boundary": "administrative", "name": "x"}, shapely.box(0, 0, 1, 1)), "no level"),
        (
            Feature(
                "w9",
                {"boundary": "administrative", "admin_level": "8", "name": "x"},
                shapely.LineString([(0, 0), (1, 1)]),
            ),
            "a line: a border, not an area",
        ),
        (
            Feature("r9", {"boundary": "postal_code", "admin_level": "8", "name": "x"}, shapely.box(0, 0, 1, 1)),
            "another kind of boundary",
        ),
    ],
)
def test_what_is_no_area_is_left_out(feature: Feature, reason: str) -> None:
    assert len(areas_of(extract(features=[feature]))) == 0, reason


def test_a_subdistrict_knows_the_district_that_it_lies_in() -> None:
    west, east = area("r1", 6, "西城区", -4, 0, 4, 8), area("r2", 6, "东城区", 0, 0, 4, 8)
    inside = [area("r3", 8, "什刹海街道", -3, 1, 2, 2), area("r4", 8, "东四街道", 1, 1, 2, 2)]
    outside = area("r5", 8, "望京街道", 20, 1, 2, 2)

    areas = areas_of(extract(features=[*inside, west, outside, east])).set_index("name")

    assert areas["district"].to_dict() == {
        "西城区": "西城区", "东城区": "东城区", "什刹海街道": "西城区", "东四街道": "东城区", "望京街道": None,
    }  # fmt: skip


def test_parts_of_one_name_in_one_district_are_one_area() -> None:
    district = area("r1", 6, "平谷区", 0, 0, 8, 8)
    parts = [area("w1", 8, "兴谷街道", 1, 1, 1, 1), area("w2", 8, "兴谷街道", 4, 4, 1, 1)]
    namesakes = [area("w3", 8, "城关镇", 20, 1, 1, 1), area("w4", 8, "城关镇", 40, 1, 1, 1)]

    areas = areas_of(extract(features=[district, *parts, *namesakes]))

    assert sorted(areas["name"]) == sorted(["平谷区", "兴谷街道", "城关镇", "城关镇"])
    joined = areas.set_index("name").loc["兴谷街道"]
    assert joined.geometry.area == pytest.approx(sum(part.geometry.area for part in parts))


def test_residents_of_parts_are_added_up(tmp_path: Path) -> None:
    table = tmp_path / "population.csv"
    table.write_text(HEAD + "东城区,东四街道,1\n东城区,东四街道,2\n", encoding="utf-8")

    areas, unmatched = with_population(areas_of(extract()), table)

    assert areas.set_index("name").loc["东四街道", "population"] == 3
    assert unmatched == 0


def test_the_order_does_not_follow_the_extract() -> None:
    assert areas_of(extract(features=FEATURES)).equals(areas_of(extract(features=FEATURES[::-1])))


def test_a_city_without_areas_has_none() -> None:
    areas = areas_of(extract(features=()))

    assert len(areas) == 0
    assert {"id", "name", "name_en", "level", "district", "geometry"} == set(areas.columns)


# --- what lies in which ---


def test_points_are_answered_in_their_order() -> None:
    areas = areas_of(extract())
    points = at([shapely.Point(blocks(*xy)) for xy in ((0, 7), (50, 50), (0, 0), (0, 8))])

    assert containing(points, areas, "subdistrict").tolist() == ["朝阳门街道", None, "东四街道", "朝阳门街道"]
    assert containing(points, areas, "district").tolist() == ["东城区", None, "东城区", "东城区"]


def test_where_areas_overlap_a_point_has_one_answer() -> None:
    areas = areas_of(extract(features=[area("r1", 8, "甲", 0, 0, 4, 4), area("r2", 8, "乙", 1, 1, 4, 4)]))
    points = at([shapely.Point(blocks(2, 2))] * 3)

    answers = containing(points, areas, "subdistrict").tolist()

    assert len(answers) == 3 and len(set(answers)) == 1 and answers[0] in {"甲", "乙"}


def test_a_point_on_a_shared_border_lies_in_the_first_of_them() -> None:
    """Subdistricts meet along streets: what stands in the middle of one must not lie nowhere."""
    points = at([shapely.Point(blocks(x, 3)) for x in (0, 4, 8)])

    for features in (FEATURES, FEATURES[::-1]):
        areas = areas_of(extract(features=features))
        assert containing(points, areas, "subdistrict").tolist() == ["东四街道"] * 3


def test_without_areas_nothing_lies_anywhere() -> None:
    assert containing(at([shapely.Point(0, 0)]), areas_of(extract(features=())), "district").tolist() == [None]


def test_places_are_told_where_they_lie() -> None:
    inside, outside = located([place_at(0, 0), place_at(99, 99)], areas_of(extract()))

    assert (inside.district, inside.subdistrict) == ("东城区", "东四街道")
    assert (outside.district, outside.subdistrict) == (None, None)


def test_a_place_that_names_its_area_keeps_it() -> None:
    """A list says where a station belongs; its position may be a street off."""
    (named,) = located([place_at(0, 0, district="西城区", subdistrict="金融街街道")], areas_of(extract()))

    assert (named.district, named.subdistrict) == ("西城区", "金融街街道")


def test_no_places_need_no_areas() -> None:
    assert located([], areas_of(extract())) == []


# --- residents ---


def table(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "population.csv"
    path.write_bytes(text.encode(encoding))
    return path


def residents(tmp_path: Path, text: str, encoding: str = "utf-8") -> tuple[dict[str, int | None], int]:
    areas, unmatched = with_population(areas_of(extract()), table(tmp_path, text, encoding))
    values = {name: None if pd.isna(n) else int(n) for name, n in zip(areas["name"], areas["population"], strict=True)}
    return values, unmatched


HEAD = "district,subdistrict,population\n"


@pytest.mark.parametrize(
    ("text", "values", "unmatched"),
    [
        pytest.param("东城区,东四街道,29219\n东城区,朝阳门街道,0\n", (29219, 0), 0, id="all there; nobody is a number"),
        pytest.param("东城区,东四街道,29219\n", (29219, None), 0, id="a subdistrict that the table lacks"),
        pytest.param("东城区,东四街道,1\n东城区,景山街道,2\n", (1, None), 1, id="a row that the city lacks"),
        pytest.param("西城区,东四街道,1\n", (None, None), 1, id="the same name in another district"),
        pytest.param("东城区,东城区,1\n", (None, None), 1, id="a district is no subdistrict"),
        pytest.param("", (None, None), 0, id="no rows"),
    ],
)
def test_residents_are_joined_by_district_and_name(
    tmp_path: Path, text: str, values: tuple[int | None, int | None], unmatched: int
) -> None:
    found, left_over = residents(tmp_path, HEAD + text)

    assert (found["东四街道"], found["朝阳门街道"]) == values
    assert found["东城区"] is None
    assert left_over == unmatched


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"], ids=["plain", "as Excel saves it"])
def test_columns_may_stand_in_any_order(tmp_path: Path, encoding: str) -> None:
    found, _ = residents(tmp_path, "subdistrict,population,district,area_km2\n东四街道,7,东城区,1.5\n", encoding)

    assert found["东四街道"] == 7


def test_joining_does_not_change_the_areas_given(tmp_path: Path) -> None:
    areas = areas_of(extract())

    with_population(areas, table(tmp_path, HEAD))

    assert "population" not in areas.columns


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            "district,name,population\n", "no column subdistrict; the table needs district, subdistrict", id="column"
        ),
        pytest.param("", "no column district, population, subdistrict", id="an empty file"),
        pytest.param(HEAD + "东城区,东四街道,12.5\n", "东四街道: population '12.5' is not a whole", id="a fraction"),
        pytest.param(HEAD + "东城区,东四街道,-1\n", "'-1' is not a whole number", id="fewer than nobody"),
        pytest.param(HEAD + "东城区,东四街道,约三万\n", "'约三万' is not a whole number", id="words"),
        pytest.param(HEAD + "东城区,东四街道,２９\n", "'２９' is not a whole number", id="full-width digits"),
        pytest.param(HEAD + '东城区,东四街道,"29,219"\n', "'29,219' is not a whole number", id="thousands"),
        pytest.param(HEAD + "东城区,东四街道,\n", "'' is not a whole number", id="nothing"),
        pytest.param(HEAD + "东城区,东四街道\n", "'' is not a whole number", id="a short row"),
        pytest.param(HEAD + "东城区,东四街道," + "9" * 30 + "\n", "is not a whole number", id="more than can be"),
    ],
)
def test_a_bad_table_is_refused_with_the_row(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ParameterError) as caught:
        residents(tmp_path, text)

    assert message in str(caught.value) and str(caught.value).startswith("population.csv: ")
    assert caught.value.parameter == "population"
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [None, (HEAD + "东城区,东四街道,1\n").encode("gb18030"), b"PK\x03\x04\x00\x00 an Excel file", b"a\x00b,c\n"],
    ids=["missing", "GB 18030", "an Excel file", "NUL"],
)
def test_what_is_no_csv_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "population.csv"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(ParameterError, match=r"^population\.csv: (cannot be read as CSV in UTF-8|no column)"):
        with_population(areas_of(extract()), path)


def test_things_of_other_kinds_do_not_become_areas() -> None:
    assert len(areas_of(extract(features=[thing("n1", 0, 0, place="suburb", name="东四")]))) == 0
