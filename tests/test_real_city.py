"""The real extract: it builds, its totals stay, it answers, and the sample city resembles it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from geo.city import City
from geo.cli import main
from geo.coords import LonLat
from geo.errors import OffNetworkError
from geo.finding.asking import NearestQuery
from geo.osm.extract import Extract
from geo.streets.profiles import MODES
from tests.conftest import real_data
from tests.sample_against_real import overall, shares

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def pack(real_extract_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("real") / "beijing"
    residents = real_data() / "beijing" / "population_by_subdistrict.csv"
    words = [
        "build",
        "--osm",
        str(real_extract_path),
        "--out",
        str(out),
        "--name",
        "北京",
        "--population",
        str(residents),
    ]
    assert main(words) == 0
    return out


def test_residents_add_up_to_the_table(pack: Path) -> None:
    areas = json.loads((pack / "areas.geojson").read_text(encoding="utf-8"))["features"]
    assert sum(area["properties"]["population"] or 0 for area in areas) == 21_893_102


def test_every_mode_answers_from_everywhere_in_the_core(pack: Path) -> None:
    city = City.open(pack)
    rng = np.random.default_rng(5)
    for mode in MODES:
        asked = answered = 0
        for lon, lat in rng.uniform([116.33, 39.86], [116.46, 39.98], (60, 2)).tolist():
            try:
                found = city.nearest(NearestQuery(LonLat(lon, lat), mode=mode, cutoff_s=3600.0))
            except OffNetworkError:
                continue
            asked += 1
            answered += bool(found.results)
            assert all(r.network_m >= r.straight_m - 0.1 for r in found.results)
        assert answered >= 0.95 * asked > 0


def test_places_of_openstreetmap_are_unverified_and_have_a_source(pack: Path) -> None:
    places = City.open(pack).places
    assert len(places) > 1000
    assert {place.source for place in places} == {"OpenStreetMap"}
    assert not any(place.verified for place in places)


def test_the_sample_s_streets_lie_near_the_real_ones(real_extract: Extract) -> None:
    found = shares(real_extract)
    assert len(found) >= 100
    assert overall(found) >= 0.9
