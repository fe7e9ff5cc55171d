"""Siting on the planner's page: the question, what is behind its fold, and one more place."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.planning import FEW, Start, answer, settled

pytestmark = pytest.mark.browser

HOSTS = """名称,经度,纬度,费用,座位
甲,116.4172,39.9262,30000,20
乙,116.41,39.91,20000,10
"丙, 丙",abc,39.91,20000,10
丁,116.415,39.935,50000,30
戊,39.93,116.4,1,1
己,116.42,39.90,便宜,5
外,117.9,39.9,100,5
"""


def test_siting_runs_to_its_end_and_goes_into_a_scenario(visit: Start) -> None:
    here = visit("desktop")
    page = settled(here.open(f"/plan?{FEW}&tab=sites"))
    page.fill("#sites-form [name=p]", "2")
    page.click("#sites-run")
    expect(page.locator(".status")).to_have_attribute("data-status", "optimal", timeout=60_000)
    expect(page.locator(".site")).to_have_count(2)
    expect(page.locator(".site-pin")).to_have_count(2)
    expect(page).to_have_url(re.compile("job="))
    job = re.search(r"job=([0-9a-f]{24})", page.url)
    assert job
    found = answer(page, f"/api/v1/jobs/{job[1]}")["result"]
    expect(page.locator(".site__gain").first).to_have_text(f"+{round(found['sites'][0]['gain']):,}")
    page.click("text=放进方案试一试")
    expect(page.locator(".plan-pin")).to_have_count(2)
    expect(page.locator(".effect__exact")).to_contain_text(f"新增 {round(found['effect']['gained']):,} 人")
    assert here.went_well()


def test_siting_can_be_stopped(visit: Start) -> None:
    here = visit("desktop")
    page = settled(here.open("/plan?tab=sites"))
    # the work itself may be over before a hand is at the button, so here the server is said to be still at it
    state = {"state": "running", "progress": {"step": "proof", "objective": 1, "bound": None}}
    page.route("**/api/v1/siting*", lambda route: route.fulfill(status=202, json={"job": "a" * 24}))
    asked: list[str] = []

    def job(route: Any) -> None:
        asked.append(route.request.method)
        if route.request.method == "DELETE":
            state.update(state="cancelled")
        route.fulfill(json={"id": "a" * 24, "kind": "siting", **state})

    page.route("**/api/v1/jobs/*", job)
    page.click("#sites-run")
    expect(page.locator("#sites-progress")).to_have_text("正在找好的选址…")
    page.click("#sites-cancel")
    expect(page.locator("#sites-result")).to_have_text("已停止。")
    assert "DELETE" in asked
    expect(page.locator("#sites-run")).to_be_enabled()
    assert here.went_well()


def table(text: str, encoding: str = "utf-8") -> Any:
    return {"name": "hosts.csv", "mimeType": "text/csv", "buffer": text.encode(encoding)}


def test_a_list_of_hosts_is_checked_row_by_row(visit: Start) -> None:
    here = visit("desktop")
    page = settled(here.open(f"/plan?{FEW}&tab=sites"))
    page.click("#sites-more summary")
    page.set_input_files("#sites-file", table(HOSTS, "gb18030"))
    expect(page.locator(".table__sum")).to_have_text("hosts.csv：3 处可以用。")
    rows = page.locator(".table__rows li").all_inner_texts()
    assert [row.split("“")[0].split("：") for row in rows] == [
        ["第 4 行", "经度"], ["第 6 行", "纬度"], ["第 7 行", "费用"],
    ]  # fmt: skip
    expect(page.locator("#sites-told")).to_contain_text("1 处不在路边或不在这座城市，没有算进来：外")
    expect(page.locator("#map-key")).to_contain_text("可以放（3 处）")
    expect(page.locator("[name=p]")).to_have_value("3")
    page.click("#sites-drop")
    expect(page.locator("#sites-told")).to_be_empty()
    expect(page.locator("[name=budget]")).to_be_disabled()
    assert here.went_well()


def test_tables_that_cannot_be_used_are_refused(visit: Start) -> None:
    page = settled(visit("desktop").open(f"/plan?{FEW}&tab=sites"))
    page.click("#sites-more summary")
    page.set_input_files("#sites-file", table("名称,经度,纬度\n" + "x" * 1_000_000))
    expect(page.locator("#sites-told .notice")).to_contain_text("最多 1 MB")
    page.set_input_files("#sites-file", table("名称,地址\n甲,东四\n"))
    expect(page.locator("#sites-told .notice")).to_contain_text("lon")
    expect(page.locator("#sites-drop")).to_be_hidden()


def test_a_budget_and_years_are_the_interface_s(visit: Start) -> None:
    here = visit("desktop")
    page = settled(here.open(f"/plan?{FEW}&tab=sites"))
    page.click("#sites-more summary")
    page.set_input_files("#sites-file", table(HOSTS))
    page.fill("[name=budget]", "60000")
    with page.expect_request("**/api/v1/siting?*") as asked:
        page.click("#sites-run")
    sent: Any = asked.value.post_data_json
    assert (sent["budget"], sent["p"], sent["candidates"]["csv"].count("\n")) == (60000, 3, 4)
    expect(page.locator("[data-figure=price]")).to_be_visible(timeout=60_000)
    assert int(re.sub(r"\D", "", page.locator("[data-figure=price]").inner_text())) <= 60000
    for _ in range(2):
        page.click("#sites-year")
    for at, amount in enumerate(("1", "2")):
        page.locator(".year input").nth(at).fill(amount)
    page.select_option("[name=from]", "last")
    with page.expect_response("**/api/v1/siting?*") as started:
        page.click("#sites-run")
    sent = started.value.request.post_data_json
    assert sent["phases"] == [{"year": 2027, "p": 1}, {"year": 2028, "p": 3}]
    assert sent["phases_from"] == "last"
    expect(page.locator(".years tbody tr")).to_have_count(2, timeout=60_000)
    years = answer(page, f"/api/v1/jobs/{started.value.json()['job']}")["result"]["years"]
    assert page.locator(".years tbody td:nth-child(2)").all_inner_texts() == [str(len(y["sites"])) for y in years]
    assert here.went_well()


def test_a_candidate_on_the_map_is_kept_forbidden_and_set_free(visit: Start) -> None:
    here = visit("desktop")
    page = here.page
    hosts = page.request.get(f"{here.url}/api/v1/candidates?hosts=bank").json()["candidates"]
    one = next(host for host in hosts if host["on_street"])
    settled(here.open(f"/plan?{FEW}&tab=sites&at={one['lat']},{one['lon']},17"))
    page.click("#sites-more summary")
    kinds = page.locator("[name=host]:checked").evaluate_all("boxes => boxes.map((box) => box.value)")
    for kind in set(kinds) - {"bank"}:
        page.uncheck(f"[name=host][value={kind}]")
    page.click("#sites-show")
    expect(page.locator("#map-key")).to_contain_text(f"可以放（{sum(host['on_street'] for host in hosts)} 处）")
    page.locator("#map .leaflet-container, #map .folium-map").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#sites-card h3")).to_have_text(one["name"])
    page.click("#sites-card button:has-text('一定要')")
    expect(page).to_have_url(re.compile(f"must={one['id']}"))
    expect(page.locator("#sites-wishes li[data-wish=must]")).to_contain_text(one["name"])
    page.click("#sites-card button:has-text('不要')")
    expect(page).to_have_url(re.compile(f"never={one['id']}"))
    with page.expect_request("**/api/v1/siting?*") as asked:
        page.click("#sites-run")
    sent: Any = asked.value.post_data_json
    assert (sent["forced"], sent["forbidden"]) == ([], [one["id"]])
    page.click("#sites-wishes .edit__remove")
    expect(page.locator("#sites-wishes li")).to_have_count(0)
    page.click("#map-key .map-key__off")
    expect(page.locator("#map-key")).to_be_hidden()
    expect(page.locator("#sites-show")).to_have_attribute("aria-pressed", "false")
    assert here.went_well()


def test_every_crossing_is_coloured_by_what_it_would_gain(visit: Start) -> None:
    here = visit("desktop")
    page = settled(here.open(f"/plan?{FEW}&tab=sites"))
    page.click("#surface-run")
    expect(page.locator("[data-list=surface] li").first).to_be_visible(timeout=60_000)
    expect(page).to_have_url(re.compile("surface="))
    job = re.search(r"surface=([0-9a-f]{24})", page.url)
    assert job
    best = answer(page, f"/api/v1/jobs/{job[1]}")["result"]["features"]
    gains = [f"+{round(each['properties']['gain']):,}" for each in best[:10]]
    assert page.locator("[data-list=surface] .ranked__value").all_inner_texts() == gains
    assert painted(page) > 0
    page.click("#map-key .map-key__off")
    assert painted(page) == 0
    page.select_option("#question [name=cutoff]", "10")
    settled(page)
    expect(page.locator("#surface-told")).to_contain_text("问题变了")
    expect(page).not_to_have_url(re.compile("surface="))
    assert here.went_well()


def painted(page: Any) -> int:
    """Return how many pixels of what is laid over the streets have a colour."""
    script = """(() => {
      const { width, height } = document.querySelectorAll(".plan-canvas")[1];
      const copy = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
      copy.drawImage(document.querySelectorAll(".plan-canvas")[1], 0, 0);
      return copy.getImageData(0, 0, width, height).data.filter((value, at) => at % 4 === 3 && value).length;
    })()"""
    return int(page.evaluate(script))
