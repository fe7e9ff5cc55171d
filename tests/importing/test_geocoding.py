"""Addresses are placed, and never said to be placed more exactly than they are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from geo.coords import distance_m
from geo.importing.clues import CityWords, Community, Where, community_stem
from geo.importing.geocoding import EvidenceKind, Geocoder, Located
from geo.places.model import ACCURACIES, Accuracy
from tests.conftest import real_data
from tests.importing import haidian_report as haidian
from tests.importing.known_lists import Truth
from tests.importing.town import block, in_box, town

#: What each kind of evidence may claim at best.
BEST: dict[EvidenceKind, Accuracy] = {
    "crossing": "street", "building": "building", "site": "street", "road": "street", "quarter": "subdistrict",
    "community": "subdistrict", "subdistrict": "subdistrict",
}  # fmt: skip


@pytest.fixture(scope="module")
def geocoder() -> Geocoder:
    return Geocoder(town())


def found(geocoder: Geocoder, where: Where) -> Located:
    located = geocoder.locate(where).located
    assert located is not None, where
    return located


@pytest.mark.parametrize(
    ("where", "evidence", "accuracy", "x", "y", "within_m"),
    [
        (Where("梧桐路与银杏街交叉口"), "crossing", "street", 6, 5, 15),
        (Where("银杏街和梧桐路的交叉路口东北角"), "crossing", "street", 6, 5, 15),
        (Where("某市甲河区青松街道梧桐路与银杏街交叉口"), "crossing", "street", 6, 5, 15),
        (Where("梧桐路与长虹大道交叉口"), "road", "street", 6, 5, 60),  # they do not meet
        (Where("梧桐路12号"), "road", "street", 6, 5, 60),
        (Where("梧桐路１２号院３号楼"), "road", "street", 6, 5, 60),
        (Where("甲河区青松街道梧桐路12号"), "road", "street", 6, 5, 60),
        (Where("上林六街3号"), "road", "street", 33, 14, 60),
        (Where("上林6街3号"), "road", "street", 33, 14, 60),
        (Where("青松上林六街3号"), "road", "street", 33, 14, 60),  # a place's name before the road's
        (Where("乙山区同名路9号"), "road", "street", 67.5, 2, 60),
        (Where("同名路9号", subdistrict="翠柏街道"), "road", "street", 27.5, 2, 60),
        (Where("同名路9号", district="甲河区"), "road", "street", 27.5, 2, 60),
        (Where("翠柏街道长虹大道9号"), "road", "street", 30, 10, 100),
        (Where("白云大酒楼2层"), "building", "building", 8, 6, 1),
        (Where("梧桐路12号白云大酒楼A座"), "building", "building", 8, 6, 1),
        (Where("梧桐路12号黑土科技楼"), "road", "street", 6, 5, 60),  # the building is elsewhere
        (Where("青松街道黑土科技楼"), "subdistrict", "subdistrict", 9.5, 9.5, 1200),
        (Where("白云大公园西门"), "site", "street", 3, 14, 1),
        (Where("枫桥地铁站B口"), "site", "street", 70, 12, 1),
        (Where("枫桥15号楼"), "quarter", "subdistrict", 70, 12, 1),
        (Where("枫桥新村15号楼"), "quarter", "subdistrict", 70, 12, 1),  # it begins with a quarter's name
        (Where("柳树村村委会"), "quarter", "subdistrict", 50, 15, 1),
        (Where("桃园里社区居委会"), "community", "subdistrict", 30, 9.5, 1200),
        (Where("桃园里8号楼"), "community", "subdistrict", 30, 9.5, 1200),
        (Where("枣园村366号"), "community", "subdistrict", 50, 9.5, 1200),
        (Where("10号楼", community="桃园里"), "community", "subdistrict", 30, 9.5, 1200),
        (Where("翠柏街道"), "subdistrict", "subdistrict", 30, 9.5, 1200),
        (Where("甲河区青松街道"), "subdistrict", "subdistrict", 9.5, 9.5, 1200),
        (Where("", district="乙山区", subdistrict="青松"), "subdistrict", "subdistrict", 50, 9.5, 1200),
        (Where("", name="翠柏街道工会服务站"), "subdistrict", "subdistrict", 30, 9.5, 1200),
        (Where("红枫某路9号"), "subdistrict", "subdistrict", 70, 9.5, 1200),  # an unknown road, a known beginning
        (Where("梧桐路12号", district="乙山区"), "road", "street", 6, 5, 60),  # a column may hold one word for all
    ],
    ids=lambda value: value.address or str(value) if isinstance(value, Where) else "",
)
def test_an_address_is_placed(
    geocoder: Geocoder, where: Where, evidence: str, accuracy: str, x: float, y: float, within_m: float
) -> None:
    located = found(geocoder, where)
    assert (located.evidence, located.accuracy) == (evidence, accuracy)
    assert distance_m(located.position, block(x, y)) <= within_m


@pytest.mark.parametrize(
    ("where", "candidates"),
    [
        (Where(), 0),
        (Where("某市"), 0),
        (Where("甲河区"), 0),  # a district is no position
        (Where("甲河区不存在路3号"), 0),
        (Where("乙山区梧桐路12号"), 0),  # the address names a district that the road does not run in
        (Where("乙山区翠柏街道"), 0),  # it has none of that name
        (Where("工商银行"), 0),  # the map holds one; the city has many
        (Where("一品饺子馆"), 0),  # a chain
        (Where("12号楼"), 0),
        (Where("同名路9号"), 2),
        (Where("", subdistrict="青松"), 2),
    ],
)
def test_what_cannot_be_said_is_not_said(geocoder: Geocoder, where: Where, candidates: int) -> None:
    answer = geocoder.locate(where)
    assert answer.located is None
    assert len(answer.candidates) == candidates


def test_the_address_goes_before_the_column(geocoder: Geocoder) -> None:
    located = found(geocoder, Where("乙山区同名路9号", district="甲河区"))
    assert in_box(located.position, 60, -1, 21, 21)


def test_a_long_road_says_no_more_than_a_subdistrict(geocoder: Geocoder) -> None:
    located = found(geocoder, Where("长虹大道9号"))
    assert (located.evidence, located.accuracy) == ("road", "subdistrict")
    assert located.radius_m > 3000


def test_a_subdistrict_s_middle_lies_in_it_and_its_radius_covers_it(geocoder: Geocoder) -> None:
    located = found(geocoder, Where("翠柏街道"))
    assert in_box(located.position, 20, -1, 20, 21)
    corners = [block(x, y) for x in (20, 40) for y in (-1, 20)]
    assert max(distance_m(located.position, corner) for corner in corners) == pytest.approx(located.radius_m, rel=0.01)


def test_communities_come_from_a_list_alone() -> None:
    assert Geocoder(town(())).locate(Where("桃园里社区居委会")).located is None


def test_a_community_of_two_subdistricts_is_ambiguous() -> None:
    both = (Community("桃园里", "翠柏街道", "甲河区"), Community("桃园里", "红枫街道", "乙山区"))
    geocoder = Geocoder(town(both))
    assert len(geocoder.locate(Where("桃园里社区")).candidates) == 2
    assert found(geocoder, Where("乙山区桃园里社区")).evidence == "community"


@pytest.mark.parametrize(
    ("name", "stem"), [("桃园里第一社区居民委员会", "桃园里第一"), ("社区", "社区"), ("枣园村村委会", "枣园村")]
)
def test_a_community_s_stem(name: str, stem: str) -> None:
    assert community_stem(name) == stem


# --- the real city ---


@pytest.mark.real
def test_the_true_place_lies_within_the_radius(real_words: CityWords, real_pack: Path) -> None:
    """Places drawn from the map, with the road, subdistrict or district that they lie at: what is said holds."""
    truth = Truth(real_words, real_pack, seed=11)
    geocoder = Geocoder(real_words)
    places, where = truth.draw(800)
    held = placed = 0
    for place, said in zip(places, where, strict=True):
        located = geocoder.locate(said).located
        if located is not None:
            placed += 1
            held += distance_m(located.position, place) <= located.radius_m + 200.0
    assert placed >= 0.6 * len(places)
    assert held >= 0.97 * placed


@pytest.mark.real
def test_no_evidence_claims_more_than_it_is(real_words: CityWords) -> None:
    geocoder = Geocoder(real_words)
    for row in haidian.addresses(real_data())[::5]:
        located = geocoder.locate(row.where).located
        if located is not None:
            assert ACCURACIES.index(located.accuracy) >= ACCURACIES.index(BEST[located.evidence])
            assert located.accuracy != "street" or located.radius_m <= 1000


@pytest.mark.real
def test_haidian_s_lists(real_words: CityWords) -> None:
    """Half of the rows and more are placed; a building is right, and a street is nearer than a subdistrict."""
    geocoder = Geocoder(real_words)
    placed = haidian.place(geocoder, haidian.points(real_data()))
    found = haidian.counts(placed)
    assert sum(found.values()) == len(placed)
    assert found["nowhere"] <= 0.4 * len(placed)
    errors = haidian.errors(placed)
    assert errors["building"][1] < 100
    assert errors["street"][1] < 600
    assert np.isfinite(errors["subdistrict"][2])
    assert errors["building"][1] < errors["street"][1] < errors["subdistrict"][1]
