"""The real extract: it builds, its totals stay, it answers, and the sample city resembles it."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import numpy as np
import pytest

from geo.city import City
from geo.coords import LonLat
from geo.errors import OffNetworkError
from geo.finding.asking import NearestQuery
from geo.osm.extract import Extract
from geo.streets.profiles import MODES
from tests.conftest import RealStreets
from tests.finding.test_questions import Questions, Town, draw_days, origins_of
from tests.sample_against_real import overall, shares
from tests.strategies import random_places

pytestmark = pytest.mark.real


def test_residents_add_up_to_the_table(real_pack: Path) -> None:
    areas = json.loads((real_pack / "areas.geojson").read_text(encoding="utf-8"))["features"]
    assert sum(area["properties"]["population"] or 0 for area in areas) == 21_893_102


def test_every_mode_answers_from_everywhere_in_the_core(real_city: City) -> None:
    rng = np.random.default_rng(5)
    for mode in MODES:
        asked = answered = 0
        for lon, lat in rng.uniform([116.33, 39.86], [116.46, 39.98], (60, 2)).tolist():
            try:
                found = real_city.nearest(NearestQuery(LonLat(lon, lat), mode=mode, cutoff_s=3600.0))
            except OffNetworkError:
                continue
            asked += 1
            answered += bool(found.results)
            assert all(r.network_m >= r.straight_m - 0.1 for r in found.results)
        assert answered >= 0.95 * asked > 0


def test_places_of_openstreetmap_are_unverified_and_have_a_source(real_city: City) -> None:
    places = real_city.places
    assert len(places) > 1000
    assert {place.source for place in places} == {"OpenStreetMap"}
    assert not any(place.verified for place in places)


def test_the_sample_s_streets_lie_near_the_real_ones(real_extract: Extract) -> None:
    found = shares(real_extract)
    assert len(found) >= 100
    assert overall(found) >= 0.9


@pytest.mark.parametrize(
    ("typed", "name", "kind", "why"),
    [
        ("望京", "望京", "station", "two characters"),
        ("wangjing", "望京", "station", "pinyin"),
        ("wj", "望京", "station", "initials: 望京 is the best known of those that have them"),
        ("东四四条", "东四四条", "street", "the map has its pinyin in brackets behind it"),
        ("簋街", "东直门内大街", "street", "what people call it"),
        ("朝阳门南小街 12 号", "朝阳门南小街", "street", "no house numbers in the extract: the street, and it says so"),
        ("朝阳门", "朝阳门", "station", "not a street of it in every neighbourhood"),
        ("chaoyangmen", "朝阳门", "station", "cháo"),
        ("大栅栏", "大栅栏", "poi", "characters"),
        ("dashilan", "大栅栏", "poi", "as it is read on the spot"),
        ("shichahai", "什刹海", "station", "shí chà"),
        ("changchunjie", "长椿街", "station", "cháng"),
        ("shilipu", "十里堡", "station", "pù"),
        ("dsst", "东四十条", "station", "and 东四四条 and 东四三条 after it"),
    ],
)
def test_names_are_found_as_people_type_them(real_city: City, typed: str, name: str, kind: str, why: str) -> None:
    found = real_city.search(typed)

    assert (found[0].name, found[0].kind) == (name, kind), why
    assert found[0].exact == ("号" not in typed)
    streets = [(one.name, one.context) for one in found if one.kind == "street"]
    assert len(set(streets)) == len(streets)


def test_every_district_and_subdistrict_is_found_by_its_name(real_city: City, real_pack: Path) -> None:
    areas = json.loads((real_pack / "areas.geojson").read_text(encoding="utf-8"))["features"]
    names = {area["properties"]["name"] for area in areas}

    assert len(names) > 300
    assert {name for name in names if (name, "area") not in {(n.name, n.kind) for n in real_city.search(name)}} == set()


def test_1_000_questions_equal_brute_force(real_extract: Extract, real_streets: RealStreets) -> None:
    """As ``tests/finding/test_questions.py`` has it in random towns: 250 questions by each mode among 400 places."""
    rng, questions = np.random.default_rng(20261123), Questions(Random(20261123), (120, 400, 900))
    west_south, east_north = [116.36, 39.88], [116.46, 39.96]
    town = Town(real_extract, random_places(1, rng.uniform(west_south, east_north, (400, 2))), real_streets)
    for mode in MODES:
        origins = origins_of(town.network, mode, rng.uniform(west_south, east_north, (120, 2)))
        days = [day for _ in range(10) for day in draw_days(questions.random)]
        questions.ask(town, mode, origins[:51], days)
    questions.check_seen(least=1000)
