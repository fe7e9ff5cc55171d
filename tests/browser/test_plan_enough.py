"""Whether it is enough, on the planner's page: times, seats, places that close, each with its layer and legend."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from geo.city import City
from geo.pack import folder
from tests.browser.conftest import serving
from tests.browser.planning import FEW, Start, answer, settled

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def seated_url(sample_pack: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the sample city, some of whose places have seats on record."""
    pack = tmp_path_factory.mktemp("seats") / "city"
    shutil.copytree(sample_pack, pack)
    places = folder.read_places(pack)
    folder.write_places(pack, [replace(p, capacity_seats=12 if p.position.lat < 39.92 else None) for p in places])
    with serving(City.open(pack)) as url:
        yield url


def minutes(page: Page, name: str) -> str:
    return page.locator(f"#enough-equity [data-figure={name}]").inner_text()


def test_times_are_the_interface_s(visit: Start) -> None:
    here = visit("desktop")
    page = settled(here.open(f"/plan?{FEW}&tab=enough"))
    equity = answer(page, f"/api/v1/coverage?{FEW}")["equity"]
    for name in ("median_s", "mean_s", "ninth_decile_s", "worst_decile_s"):
        assert minutes(page, name) == f"{equity[name] / 60:.1f} 分钟", name
    assert minutes(page, "gini") == f"{equity['gini']:.2f}"
    over = page.locator(".scale__row.is-over").count()
    assert over == sum(equity[name] > 300 for name in ("median_s", "mean_s", "ninth_decile_s", "worst_decile_s"))
    assert here.went_well()


def test_who_loses_when_a_place_closes_is_listed_and_laid_over_the_map(visit: Start) -> None:
    here = visit("desktop")
    page = settled(here.open(f"/plan?{FEW}&tab=enough"))
    places = answer(page, f"/api/v1/coverage/backup?{FEW}")["places"]
    losing = [place for place in places if place["weight"] > 0]
    values = page.locator("[data-list=backup] .ranked__value")
    expect(values).to_have_count(min(20, len(losing)))
    assert values.all_inner_texts() == [shown(place["weight"]) for place in losing[:20]]
    expect(page.locator("#map-key[data-layer=backup]")).to_contain_text(shown(losing[0]["weight"]))
    expect(page.locator("[data-map=backup]")).to_have_attribute("aria-pressed", "true")
    page.click("#map-key .map-key__off")
    expect(page.locator("#map-key")).to_be_hidden()
    expect(page.locator("[data-map=backup]")).to_have_attribute("aria-pressed", "false")
    page.click("[data-map=backup]")
    expect(page.locator("#map-key")).to_be_visible()
    page.click("#tab-areas")
    expect(page.locator("#map-key")).to_be_hidden()
    assert here.went_well()


def test_seats_nobody_knows_are_not_called_none(visit: Start) -> None:
    page = settled(visit("desktop").open(f"/plan?{FEW}&tab=enough"))
    expect(page.locator("#enough-seats")).to_contain_text("都没有登记座位数")
    page.click("[data-map=seats]")
    expect(page.locator("#map-key")).to_be_hidden()


def test_seats_are_the_interface_s_and_fill_the_map(visit: Start, seated_url: str) -> None:
    page = visit("desktop").page
    page.context.unroute_all()
    page.goto(f"{seated_url}/plan?tab=enough&map=seats&decay=steps", timeout=60_000)
    settled(page)
    told = answer(page, "/api/v1/coverage/seats?decay=steps")
    areas = sorted(
        (area for area in told["areas"] if area["number"] >= 0), key=lambda a: (a["seats_per_1000"], -a["total"])
    )
    rows = page.locator("[data-list=seats] .ranked__name")
    expect(rows).to_have_count(8)
    names = [row.inner_text() for row in page.locator("[data-list=seats] .ranked__name bdi").all()]
    assert names == [area["name"] for area in areas[:8]]
    expect(page.locator(".seats__sentence")).to_contain_text(f"{told['places']} 处共有 {told['seats']:,} 个座位")
    expect(page.locator("#enough-seats")).to_contain_text(f"另有 {told['places_without_known_seats']} 处没有登记")
    key = page.locator("#map-key[data-layer=seats]")
    expect(key.locator("li")).to_have_count(6)
    expect(key).to_contain_text("三圈")
    page.select_option("#enough-decay", "alike")
    expect(page).not_to_have_url(re.compile("decay="))
    expect(key).to_contain_text("一样")


def test_english_names_are_shown_where_the_city_has_them(visit: Start) -> None:
    here = visit("desktop")
    page = settled(here.open(f"/plan?{FEW}&lang=en&area=1&tab=gaps"))
    area = answer(page, f"/api/v1/coverage?{FEW}")["areas"][1]
    assert area["district_en"]
    expect(page.locator(".gap__area").first).to_contain_text(area["district_en"])
    page.click("#tab-areas")
    expect(page.locator("#area h2")).to_have_text(f"{area['name_en']} {area['district_en']}")
    assert here.went_well()


def shown(weight: float) -> str:
    """Return an amount of people as the page shows it in Chinese."""
    return f"{weight / 1e4:.{0 if weight >= 1e6 else 1}f} 万" if weight >= 1e5 else f"{round(weight):,}"
