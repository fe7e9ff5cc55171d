"""The planner's page in a real browser, on the sample city."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit
from tests.browser.planning import EVENING, FEW, Start, answer, settled

pytestmark = pytest.mark.browser

#: Looking a page over takes axe seconds: each language, size and scheme once.
LOOKED_AT = {("zh", "desktop"), ("en", "phone")}


def pixels(page: Page) -> str:
    """Return what is drawn of the streets, as text to compare."""
    return str(page.evaluate("document.querySelector('.plan-canvas').toDataURL()"))


def in_a_gap(here: Visit) -> Page:
    """Open the page with its map on the heaviest gap."""
    gap = here.page.request.get(f"{here.url}/api/v1/gaps?{FEW}&limit=1").json()["features"][0]
    lon, lat = gap["geometry"]["coordinates"]
    return settled(here.open(f"/plan?{FEW}&tab=whatif&at={lat},{lon},16"))


def figure(locator: Locator) -> float:
    """Return the number in a text such as ``+1,234 人``."""
    return float(re.sub(r"[^\d.−-]", "", locator.inner_text()).replace("−", "-"))


def test_the_sentence_is_the_interface_s(visit: Start) -> None:
    here = visit("desktop")
    page = settled(here.open(f"/plan?{EVENING}&cutoff=10min&service=rest_stop"))
    total = answer(page, f"/api/v1/coverage?{EVENING}&cutoff=10min&service=rest_stop")["total"]
    assert 0 < total["covered"] < total["total"], "the question must leave something to say"
    expect(page.locator("#headline strong")).to_have_text(f"{100 * total['covered'] / total['total']:.1f}%")
    for word in ("暖心驿站", "10 分钟", "走路"):
        expect(page.locator("#headline")).to_contain_text(word)
    assert here.went_well()


def test_the_table_has_every_subdistrict_and_sorts(visit: Start) -> None:
    page = settled(visit("desktop").open(f"/plan?{EVENING}"))
    areas = [area for area in answer(page, f"/api/v1/coverage?{EVENING}")["areas"] if area["number"] >= 0]
    names = page.locator(".areas__name")
    expect(names).to_have_count(len(areas))
    worst = max(areas, key=lambda area: area["total"] - area["covered"])
    expect(names.first).to_have_text(worst["name"])
    page.click("[data-sort=share]")
    least = min(areas, key=lambda area: area["covered"] / area["total"])
    expect(names.first).to_have_text(least["name"])
    page.fill("#areas-filter", "东四")
    expect(names).to_have_count(sum("东四" in area["name"] for area in areas))


def test_the_keyboard_moves_through_the_week(visit: Start) -> None:
    here = visit("desktop")
    page = settled(here.open(f"/plan?{EVENING}"))
    before, said = pixels(page), page.locator("#headline strong").inner_text()
    page.focus("#week-slider")
    for _ in range(8):
        page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(re.compile(r"when=2026-11-23T12:00"))
    expect(page.locator("#headline strong")).not_to_have_text(said)
    settled(page)
    assert pixels(page) != before
    # only what changes from hour to hour is drawn; it must look as if all had been
    drawn = pixels(page)
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(200)
    assert pixels(page) != drawn
    page.emulate_media(color_scheme="light")
    page.wait_for_timeout(200)
    assert pixels(page) == drawn
    week = answer(page, "/api/v1/coverage/week?open=certainly&week=2026-11-23&when=2026-11-23T00:00")
    share = f"{100 * week['covered'][12] / week['total']:.1f}%"
    expect(page.locator("#headline strong")).to_have_text(share)
    expect(page.locator("#week-slider")).to_have_attribute("aria-valuetext", re.compile(rf"周一.*12:00.*{share}"))
    page.keyboard.press("PageUp")
    expect(page).to_have_url(re.compile(r"when=2026-11-24T12:00"))
    assert here.went_well()


def test_moving_the_slider_brings_hours_into_the_question(visit: Start) -> None:
    page = settled(visit("desktop").open("/plan"))
    page.focus("#week-slider")
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(r"open=certainly.*when=2026-11-23T15:00"))
    expect(page.locator("#hours-note")).to_contain_text(re.compile(r"\d+ 处里有 \d+ 处"))
    page.click("#week-none")
    expect(page).not_to_have_url(re.compile("open="))


def test_a_pin_tells_what_the_interface_tells_wherever_it_is_dragged(visit: Start) -> None:
    here = visit("desktop")
    page = in_a_gap(here)
    page.click("#edits-middle")
    expect(page.locator("[data-figure=gained]")).to_be_visible()
    expect(page).to_have_url(re.compile(r"edits="))
    put = page.url
    pin = page.locator(".plan-pin")
    box = pin.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 17, box["y"] + 15)
    page.mouse.down()
    page.mouse.move(box["x"] - 60, box["y"] - 50, steps=6)
    page.mouse.up()
    expect(page).not_to_have_url(put)
    page.wait_for_load_state("networkidle")
    link = page.url
    sent = page.evaluate(
        "JSON.parse(atob(new URLSearchParams(location.search).get('edits').replaceAll('-', '+').replaceAll('_', '/'))"
        ".replace(/[^\\x00-\\x7f]+/g, 'x'))"
    )
    told = page.request.post(f"{here.url}/api/v1/what-if?{FEW}", data={"name": "", "edits": sent}).json()
    assert told["gained"] > 0
    expect(page.locator(".effect__exact")).to_contain_text(f"新增 {round(told['gained']):,} 人")
    again = settled(visit("desktop").open(link.removeprefix(here.url)))
    expect(again.locator(".plan-pin")).to_have_count(1)
    expect(again.locator(".effect__exact")).to_contain_text(f"新增 {round(told['gained']):,} 人")
    assert here.went_well()


def test_a_pin_moves_by_the_keyboard_and_edits_are_undone(visit: Start) -> None:
    page = in_a_gap(visit("desktop"))
    page.click("#edits-middle")
    expect(page).to_have_url(re.compile("edits="))
    before = page.url
    page.locator(".plan-pin").focus()
    page.keyboard.press("ArrowUp")
    expect(page).not_to_have_url(before)
    assert page.evaluate("document.activeElement.classList.contains('plan-pin')"), "the focus stays on the pin"
    page.click("#edits-clear")
    expect(page.locator(".plan-pin")).to_have_count(0)
    page.click("#edits-undo")
    expect(page.locator(".plan-pin")).to_have_count(1)


def test_a_place_is_closed_and_a_scenario_saved_opened_and_compared(visit: Start) -> None:
    here = visit("desktop")
    page = settled(here.open("/plan?cutoff=5min&tab=whatif&service=rest_stop"))
    page.fill("#search-input", "东四街道")
    page.locator(".search__option").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    if page.locator("#edits-place").is_visible():
        page.click("#edits-place button >> nth=0")
    expect(page.locator(".edit")).to_have_count(1)
    page.fill("#scenario-name", "Plan <b>2027")
    page.click("#scenario-save")
    expect(page).to_have_url(re.compile(r"scenario=[0-9a-f]{16}"))
    page.select_option("#scenario-against", "base")
    expect(page.locator(".versus")).to_contain_text("Plan <b>2027")
    key = re.search(r"scenario=([0-9a-f]{16})", page.url)
    assert key
    told = answer(page, f"/api/v1/scenarios/compare?a=base&b={key[1]}&cutoff=5min&service=rest_stop")
    assert figure(page.locator(".versus [data-figure=b]")) == round(told["b"]["covered"])
    expect(page.locator(".versus__line")).to_have_count(2)
    page.check("#scenario-shown")
    expect(page.locator("#moment")).to_contain_text("按方案“Plan <b>2027”")
    again = settled(visit("desktop").open(page.url.removeprefix(here.url)))
    expect(again.locator("#scenario-name")).to_have_value("Plan <b>2027")
    expect(again.locator(".edit")).to_have_count(1)
    expect(again.locator(".versus")).to_be_visible()
    assert here.went_well()


def test_what_was_found_can_be_taken_along(visit: Start) -> None:
    here = visit("desktop")
    page = settled(here.open(f"/plan?{EVENING}&tab=downloads"))
    links = [link.get_attribute("href") or "" for link in page.locator("#links a").all()]
    assert [re.search(r"coverage\.(\w+)\?", link)[1] for link in links] == ["csv", "xlsx", "geojson", "gpkg"]  # type: ignore[index]
    for link in links:
        assert "open=certainly" in link
        assert "when=2026-11-23T20%3A00" in link
        assert page.request.get(here.url + link).ok, link
    with page.expect_download() as taken:
        page.click("#picture")
    assert taken.value.path().read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert taken.value.path().stat().st_size > 20_000
    assert here.went_well()


def test_a_click_on_the_map_chooses_the_subdistrict(visit: Start) -> None:
    here = visit("desktop")
    page = settled(here.open("/plan"))
    page.wait_for_load_state("networkidle")
    box = page.locator("#map").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator("#area h2")).to_be_visible()
    assert page.evaluate("document.activeElement.classList.contains('area__name')")
    expect(page).to_have_url(re.compile("area="))
    number = re.search(r"area=(\d+)", page.url)
    assert number
    area = next(each for each in answer(page, "/api/v1/coverage")["areas"] if each["number"] == int(number[1]))
    expect(page.locator("#area h2")).to_contain_text(area["name"])
    expect(page.locator("#area")).to_contain_text(f"{100 * area['covered'] / area['total']:.1f}%")
    report = page.locator("#area a").get_attribute("href") or ""
    assert report.startswith(f"/plan/report/{number[1]}?")
    assert here.went_well()


def test_gaps_are_listed_and_shown(visit: Start) -> None:
    here = visit("desktop")
    page = settled(here.open(f"/plan?{FEW}&tab=gaps"))
    told = answer(page, f"/api/v1/gaps?{FEW}&limit=30")
    assert told["features"], "the question must leave gaps"
    expect(page.locator(".gap")).to_have_count(len(told["features"]))
    weight = round(told["features"][0]["properties"]["weight"])
    expect(page.locator(".gap__weight").first).to_have_text(f"{weight:,}")
    before = page.url
    page.locator(".gap").first.click()
    expect(page.locator("#gaps-list li").first).to_have_class("is-chosen")
    expect(page).not_to_have_url(before)
    assert here.went_well()


def test_a_question_that_cannot_be_answered_is_told_in_words(visit: Start) -> None:
    page = visit("desktop").open("/plan?amenity=sauna")
    expect(page.locator("#problem .notice")).to_be_visible()
    page.click("#handed-on-clear")
    expect(page.locator("#problem .notice")).to_have_count(0)
    settled(page)


@pytest.mark.parametrize(("lang", "size"), [("zh", "desktop"), ("en", "phone")])
def test_both_languages_fit_and_axe_finds_nothing(visit: Start, lang: str, size: str) -> None:
    scheme = "dark" if size == "phone" else "light"
    here = visit(size, color_scheme=scheme, bypass_csp=True)
    page = settled(here.open(f"/plan?{EVENING}&lang={lang}&area=1"))
    wrong = []
    for tab in ("areas", "gaps", "enough", "whatif", "sites", "downloads"):
        page.click(f"#tab-{tab}")
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), tab
        if lang == "en":
            # names of streets, districts and places are as the data has them
            text = page.evaluate(
                "[...document.querySelectorAll('#main > :not(.foot), .week')].map((each) => {"
                "const copy = each.cloneNode(true);"
                "copy.querySelectorAll('bdi, small').forEach((name) => name.remove());"
                "return each.checkVisibility() ? copy.textContent : '';}).join('\\n')"
            )
            assert re.findall(r".*[\u4e00-\u9fff].*", text) == [], tab
        if (lang, size) not in LOOKED_AT:
            continue
        wrong += [f"{tab}: {v['id']}: {v['nodes'][0]['target']}" for v in Axe().run(page).response["violations"]]
    assert wrong == []
    assert here.went_well()
