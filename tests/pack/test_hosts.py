"""Eateries and possible hosts out of an extract."""

from __future__ import annotations

from pathlib import Path

import pytest
import shapely

from geo.coverage.spots import EATERIES, HOSTS, Spot, load_spots, save_spots
from geo.osm.extract import Feature
from geo.pack import hosts as hosts_module
from geo.pack.hosts import eateries_of, hosts_of
from tests.pack.small import STREETS, at, extract, thing

SHOPS = {"convenience", "supermarket"}


def tags_of(kind: str) -> dict[str, str]:
    return {"shop" if kind in SHOPS else "amenity": kind}


@pytest.mark.parametrize("kind", HOSTS)
def test_what_could_take_in_a_place(kind: str) -> None:
    made = extract(features=[thing("n7", 3, 6, **tags_of(kind), name="东四")])

    assert hosts_of(made).spots == (Spot("n7", kind, "东四", *at(3, 6)),)
    assert eateries_of(made).spots == ()


@pytest.mark.parametrize("kind", EATERIES)
def test_where_couriers_fetch_what_they_carry(kind: str) -> None:
    made = extract(features=[thing("n7", 3, 6, **tags_of(kind))])

    assert eateries_of(made).spots == (Spot("n7", kind, None, *at(3, 6)),)
    assert hosts_of(made).spots == ()


@pytest.mark.parametrize(
    ("tags", "why"),
    [
        ({"amenity": "school"}, "strangers may not enter"),
        ({"amenity": "toilets", "access": "private"}, "strangers may not enter"),
        ({"amenity": "library", "access": "members"}, "strangers may not enter"),
        ({"shop": "clothes"}, "no shop that people go to every day"),
        ({"building": "bank"}, "a building that was one, perhaps"),
        ({"office": "bank"}, "no counter"),
        ({"name": "bank"}, "a name"),
    ],
)
def test_what_is_no_host(tags: dict[str, str], why: str) -> None:
    assert hosts_of(extract(features=[thing("n7", 3, 6, **tags)])).spots == (), why


def test_an_area_is_a_point_that_lies_in_it_and_order_is_by_id() -> None:
    horseshoe = shapely.box(*at(0, 0), *at(3, 3)) - shapely.box(*at(1, 0), *at(2, 2))
    area = Feature("w2", {"amenity": "bank"}, horseshoe)
    found = hosts_of(extract(features=[thing("w9", 3, 6, amenity="bank"), area])).spots

    assert [spot.id for spot in found] == ["w2", "w9"]
    assert horseshoe.contains(shapely.Point(found[0].lon, found[0].lat))


def test_long_names_are_cut_and_blank_ones_are_none() -> None:
    made = extract(
        features=[thing("n1", 1, 1, amenity="bank", name="行" * 500), thing("n2", 1, 1, amenity="bank", name=" ")]
    )

    assert [spot.name for spot in hosts_of(made).spots] == ["行" * 200, None]


def test_too_many_are_left_out_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hosts_module, "MOST", 2)
    made = extract(STREETS, [thing(f"n{i}", 1, 1, amenity="bank") for i in range(5)])

    found = hosts_of(made)
    assert ([spot.id for spot in found.spots], found.left_out) == (["n0", "n1"], 3)


def test_what_is_saved_is_what_is_opened(tmp_path: Path) -> None:
    spots = (Spot("n1", "bank", "工行“东四”\n", 116.41, 39.92), Spot("n2", "toilets", None, 116.0, 39.0))
    for some in (spots, ()):
        save_spots(tmp_path / "spots.json", some)
        assert load_spots(tmp_path / "spots.json") == some
