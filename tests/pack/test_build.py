"""From an extract to a pack: what is in it, what is said of it, and that a failure leaves nothing."""

from __future__ import annotations

import errno
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import geopandas
import numpy as np
import pytest

from geo.city import City
from geo.coords import LonLat
from geo.errors import EmptyExtractError, PackError, ParameterError
from geo.finding.asking import NearestQuery
from geo.pack import folder
from geo.pack.build import build_pack
from geo.pack.folder import Manifest
from geo.places.model import Place, Service
from geo.streets.profiles import MODES
from tests.conftest import WHEN
from tests.pack.small import FEATURES, at, extract, thing

STATION = Place(
    id="ss-dongsi",
    name="东四街道工会服务站",
    position=LonLat(*at(4, 4)),
    accuracy="exact",
    services=(Service("rest_stop"),),
    source="test",
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Manifest]:
    out = tmp_path_factory.mktemp("built") / "small"
    table = out.parent / "population.csv"
    table.write_text("district,subdistrict,population\n东城区,东四街道,29219\n东城区,景山街道,1\n", encoding="utf-8")
    made = replace(extract(), dropped={"way nodes that the file does not hold": 2})
    manifest = build_pack(made, out, name="东四", name_en="Dongsi", when=WHEN, population=table, places=[STATION])
    return out, manifest


# --- what is in it ---


def test_the_pack_holds_what_its_manifest_says(built: tuple[Path, Manifest]) -> None:
    out, manifest = built

    assert folder.read_manifest(out) == manifest
    city = City.open(out)
    assert manifest.counts["places"] == len(city.places) == 2
    assert manifest.counts["edges"] == city.network.edge_count == 3
    assert manifest.counts["nodes"] == city.network.node_count == 4
    assert manifest.counts["streets_km"] == round(city.network.length_km, 1) == 1.6
    assert (manifest.counts["districts"], manifest.counts["subdistricts"]) == (1, 2)
    assert manifest.counts["pieces"] == len(city.pieces.edge) == 4, "one of three edges crosses the border"
    assert (manifest.counts["pieces_in_no_subdistrict"], manifest.counts["residents"]) == (0, 29219)
    assert (manifest.counts["hosts"], manifest.counts["eateries"]) == (len(city.hosts), 0) == (2, 0)
    assert manifest.counts["names"] == len(folder.read_names(out)) == 7
    assert manifest.bbox == pytest.approx((*at(0, 0), *at(8, 8)), abs=1e-7)


def test_the_pack_answers(built: tuple[Path, Manifest]) -> None:
    answer = City.open(built[0]).nearest(NearestQuery(LonLat(*at(8, 4)), k=2))

    assert [result.place.id for result in answer.results] == ["ss-dongsi", "osm-n1"]


def test_places_of_both_sources_know_where_they_lie(built: tuple[Path, Manifest]) -> None:
    toilet, station = folder.read_places(built[0])

    assert (toilet.id, toilet.district, toilet.subdistrict) == ("osm-n1", "东城区", "东四街道")
    assert (station.id, station.district, station.subdistrict) == ("ss-dongsi", "东城区", "朝阳门街道")


def test_residents_are_in_the_areas(built: tuple[Path, Manifest]) -> None:
    areas = geopandas.read_file(built[0] / folder.AREAS).set_index("name")

    assert areas.loc["东四街道", "population"] == 29219
    assert np.isnan(areas.loc["朝阳门街道", "population"])


def test_the_manifest_says_what_was_left_out(built: tuple[Path, Manifest]) -> None:
    assert dict(built[1].dropped) == {
        "way nodes that the file does not hold": 2,
        "rows of the population table without a subdistrict": 1,
    }


def test_the_manifest_says_where_it_comes_from(built: tuple[Path, Manifest]) -> None:
    streets, residents = built[1].sources

    assert (streets["name"], streets["licence"]) == ("OpenStreetMap", "ODbL-1.0")
    assert streets["vintage"] == "unknown: the data carries no dates"
    assert residents["origin"] == "population.csv"
    assert (built[1].built, built[1].name, built[1].name_en) == ("2026-11-22T12:00:00+00:00", "东四", "Dongsi")
    assert not built[1].sample


def test_places_that_cannot_be_reached_are_counted(tmp_path: Path) -> None:
    """Up steps one walks, having parked an e-bike, and no car comes; far from any street, nobody."""
    footway = [({"highway": "residential"}, [(0.0, 0.0), (0.0, 8.0)]), ({"highway": "steps"}, [(0.0, 8.0), (8.0, 8.0)])]
    far = thing("n8", 50, 50, amenity="toilets")
    high = thing("n9", 8, 8, amenity="toilets")

    manifest = build_pack(extract(footway, [far, high]), tmp_path / "x", name="x", when=WHEN)

    out_of_reach = {mode: manifest.counts[f"places_out_of_reach_{mode}"] for mode in MODES}
    assert out_of_reach == {"walk": 1, "bike": 2, "ebike": 1, "drive": 2}


def test_a_city_without_places_and_areas_is_a_city(tmp_path: Path) -> None:
    manifest = build_pack(extract(features=()), tmp_path / "x", name="x", when=WHEN)

    assert (manifest.counts["places"], manifest.counts["districts"], manifest.counts["names"]) == (0, 0, 2)
    assert City.open(tmp_path / "x").nearest(NearestQuery(LonLat(*at(0, 0)))).results == ()


# --- the version ---


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> str:
    return build_pack(extract(), tmp_path_factory.mktemp("v") / "x", name="x", when=WHEN).version


def test_the_version_does_not_change_with_the_time(tmp_path: Path, version: str) -> None:
    later = build_pack(extract(), tmp_path / "y", name="x", when=WHEN + timedelta(days=400))

    assert later.version == version
    assert later.built == "2027-12-27T12:00:00+00:00"


def test_the_version_changes_with_a_place(tmp_path: Path, version: str) -> None:
    features = [*FEATURES[:3], thing("n1", 1, 1, amenity="toilets", opening_hours="24/7"), *FEATURES[4:]]

    assert build_pack(extract(features=features), tmp_path / "x", name="x", when=WHEN).version != version


def test_the_version_changes_with_the_name(tmp_path: Path, version: str) -> None:
    assert build_pack(extract(), tmp_path / "x", name="y", when=WHEN).version != version


# --- failures ---


def test_an_extract_that_nobody_may_use_leaves_nothing(tmp_path: Path) -> None:
    private = extract([({"highway": "residential", "access": "private"}, [(0, 0), (0, 8)])])

    with pytest.raises(EmptyExtractError, match="no street in it that anybody may walk, ride or drive"):
        build_pack(private, tmp_path / "x", name="x", when=WHEN)

    assert list(tmp_path.iterdir()) == []


def test_a_bad_population_table_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"no-such\.csv: cannot be read"):
        build_pack(extract(), tmp_path / "x", name="x", when=WHEN, population=Path("no-such.csv"))

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("writing", ["np.save", "Path.write_text"])
def test_a_disk_that_runs_full_leaves_the_old_pack(
    built: tuple[Path, Manifest], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writing: str
) -> None:
    out = tmp_path / "x"
    build_pack(extract(), out, name="old", when=WHEN)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(*{"np.save": (np, "save"), "Path.write_text": (Path, "write_text")}[writing], full)
        with pytest.raises(PackError, match="the disk is full"):
            build_pack(extract(), out, name="new", when=WHEN)

    assert [path.name for path in tmp_path.iterdir()] == ["x"]
    assert City.open(out).manifest.name == "old"


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 64 kilobytes; only root may make one."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(tmp_path)]
    try:
        refused = subprocess.run(mount, capture_output=True, check=False).returncode
    except OSError:
        refused = 1
    if refused:
        pytest.skip("no file system can be mounted here")
    yield tmp_path
    subprocess.run(["umount", str(tmp_path)], check=True)


def test_a_disk_that_is_too_small_is_said_to_be_full(tiny_disk: Path) -> None:
    with pytest.raises(PackError, match="x: the disk is full; free some space"):
        build_pack(extract(), tiny_disk / "x", name="x", when=WHEN)

    assert list(tiny_disk.iterdir()) == []


def test_two_places_of_one_id_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="two places have the id 'ss-dongsi'"):
        build_pack(extract(), tmp_path / "city", name="x", when=WHEN, places=[STATION, STATION])

    assert list(tmp_path.iterdir()) == []


def test_without_the_tile_program_the_city_has_no_base_map_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geo.pack.build.can_build", lambda: False)

    manifest = build_pack(extract(), tmp_path / "city", name="x", when=WHEN)

    assert "base map: tippecanoe is not installed here" in manifest.dropped
    assert City.open(tmp_path / "city").tile_zooms is None
