"""Why not the nearer one, what is not known, at another time, and with an e-bike to park: asked in a real browser."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from geo.city import City
from geo.coords import LonLat
from geo.places.model import Place, Service
from tests.browser.conftest import SIZES, Visit, serving
from tests.browser.test_accessibility import SCHEMES, violations
from webmap import create_app

pytestmark = pytest.mark.browser

Start = Callable[..., Visit]
HERE = "lon=116.4108&lat=39.9229"
REST = f"/?{HERE}&service=rest_stop"
OPEN = f"{REST}&open=arrival"


def rest_stop(id: str, name: str, lon: float, lat: float, hours: str | None = "24/7", **known: Any) -> Place:
    known = {"accuracy": "exact", **known}
    return Place(id, name, LonLat(lon, lat), services=(Service("rest_stop", hours),), source="t", **known)


#: Around the crossing that all questions start from, at noon on a Monday; each fails something of its own.
PLACES = (
    rest_stop("x-lunch", "午休驿站", 116.4111, 39.9232, hours="Mo-Su 12:09-20:00"),
    rest_stop("x-brief", "快关驿站", 116.4120, 39.9230, hours="Mo-Su 08:00-12:08"),
    rest_stop("x-silent", "没写时间的驿站", 116.4109, 39.9219, hours=None),
    rest_stop("x-paused", "停业驿站", 116.4115, 39.9226, status="paused"),
    rest_stop("x-face", "刷脸驿站，名字很长很长，占两三行也不会碍事的那一种", 116.4103, 39.9224, access="face"),
    rest_stop("x-couriers", "骑手驿站", 116.4119, 39.9226, audience=("couriers", "drivers"), access="walk_in"),
    rest_stop("x-street", "路段驿站", 116.4106, 39.9236, accuracy="street"),
    rest_stop("x-cold", "没有微波炉的驿站", 116.4122, 39.9227, amenities={"microwave": "no"}),
    rest_stop("x-warm", "有微波炉的驿站", 116.4098, 39.9226, amenities={"microwave": "yes"}),
)


@pytest.fixture(scope="module")
def site_url(sample_city: City) -> Iterator[str]:
    """Serve the sample city with places that fail one condition each."""
    with serving(sample_city.with_places([*sample_city.places, *PLACES], "wishes")) as url:
        yield url


def unfold(page: Page) -> Locator:
    """Press the line beneath the list, and return the lines of the places."""
    page.locator(".passed summary").first.click()
    return page.locator(".passed__fold").first.locator(".passed__row")


def answer(page: Page, here: Visit, path: str, **more: str) -> Any:
    """Return the API's answer to the question in an address."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()} | {"k": "10", "passed": "50"}
    return page.request.get(f"{here.url}/api/v1/nearest", params={**query, **more}).json()


@pytest.mark.parametrize("size", SIZES)
def test_one_line_opens_the_nearer_places_that_were_passed_over(visit: Start, size: str) -> None:
    here = visit(size)
    page = here.open(OPEN)
    truth = answer(page, here, OPEN)["passed_over"]["places"]
    offering = [place for place in truth if all(f["condition"] != "service" for f in place["failures"])]
    assert 3 <= len(offering) < len(truth), "some offer it and are passed over, and some do not offer it"
    line = page.locator(".passed summary").first
    expect(line).to_have_text(f"有 {len(offering)} 处更近，为什么没选？")
    expect(page.locator(".passed__row").first).not_to_be_visible()
    expect(page.locator("#status")).to_contain_text(f"有 {len(offering)} 处没选上")
    rows = unfold(page)
    expect(rows).to_have_count(len(offering))
    assert rows.locator(".passed__name").all_inner_texts() == [place["name"] for place in offering]
    shown = [int(text) for text in rows.locator(".passed__time b").all_inner_texts()]
    assert shown == [max(1, math.ceil(place["travel_s"] / 60)) for place in offering]
    assert here.went_well()


def test_places_without_the_service_are_told_in_one_line_that_opens_too(visit: Start) -> None:
    here = visit("phone")
    page = here.open(OPEN)
    truth = answer(page, here, OPEN)["passed_over"]["places"]
    others = [place["name"] for place in truth if any(f["condition"] == "service" for f in place["failures"])]
    line = page.locator(".passed__fold--other summary")
    expect(line).to_have_text(f"另有 {len(others)} 处更近的地方不提供暖心驿站")
    line.click()
    assert page.locator(".passed__fold--other .passed__name").all_inner_texts() == others
    assert here.went_well()


@pytest.mark.parametrize(
    ("wish", "name", "chinese", "english"),
    [
        (
            "open=arrival",
            "午休驿站",
            r"到达时没开门，到后 [89] 分钟开门",
            r"closed when you get there, opens [89] min after",
        ),
        ("open=arrival", "快关驿站", r"到后 [56] 分钟就关门", r"closes [56] min after you arrive"),
        ("open=arrival", "没写时间的驿站", "不知道到时开不开门", "not known whether it is open then"),
        ("", "停业驿站", "暂停开放", "closed for the time being"),
        ("amenity=microwave", "没有微波炉的驿站", "没有微波炉", "No Microwave"),
        ("amenity=microwave", "午休驿站", "不知道有没有微波炉", "Microwave not known"),
        ("access=walk_in", PLACES[4].name, "只能刷脸进", "only by face scan"),
        ("access=walk_in", "午休驿站", "不知道怎么进", "Way in not known"),
        ("audience=drivers&accuracy=exact", "路段驿站", "位置只到路段", "Position only to the street"),
    ],
)
def test_each_condition_is_told_in_words(visit: Start, wish: str, name: str, chinese: str, english: str) -> None:
    here = visit("phone")
    for lang, words in (("zh", chinese), ("en", english)):
        page = here.open(f"{REST}&{wish}&lang={lang}")
        unfold(page)
        expect(page.locator(".passed__row", has_text=name)).to_contain_text(re.compile(words))
    assert here.went_well()


def test_who_a_place_is_for_is_told_to_the_others(sample_city: City, visit: Start) -> None:
    # Somebody else must be meant somewhere, or nobody could say that they are one of them.
    guards = rest_stop("x-guards", "保安驿站", 116.4110, 39.9240, audience=("guards",))
    city = sample_city.with_places([*sample_city.places, *PLACES, guards], "guards")
    here = visit("phone")
    with serving(city) as url:
        here.page.unroute_all()
        here.page.context.unroute_all()
        here.page.goto(f"{url}{REST}&audience=guards")
        unfold(here.page)
        expect(here.page.locator(".passed__row", has_text="骑手驿站")).to_contain_text("只给快递外卖员、司机")


def test_how_long_after_the_arrival_it_opens_is_counted_from_one_s_own_arrival(visit: Start) -> None:
    here = visit("phone")
    page = here.open(OPEN)
    lunch = next(place for place in answer(page, here, OPEN)["passed_over"]["places"] if place["id"] == "x-lunch")
    arrival = datetime.fromisoformat(lunch["arrival"])
    wait = math.ceil((arrival.replace(hour=12, minute=9, second=0, microsecond=0) - arrival).total_seconds() / 60)
    unfold(page)
    expect(page.locator(".passed__row", has_text="午休驿站")).to_contain_text(f"到后 {wait} 分钟开门")


def test_a_closed_place_may_be_shown_anyway_and_put_away_again(visit: Start) -> None:
    here = visit("phone")
    page = here.open(OPEN)
    before, pins = page.url, page.locator(".pin").count()
    unfold(page)
    row = page.locator(".passed__item[data-id=x-lunch]")
    expect(row.get_by_role("button")).to_contain_text("还是看看")
    row.get_by_role("button").click()
    shown = row.locator(".card")
    expect(shown).to_contain_text("午休驿站")
    expect(shown.locator(".open")).to_have_attribute("data-state", "closed")
    expect(shown.get_by_role("button", name="导航到午休驿站")).to_be_visible()
    expect(page.locator(".pin.is-selected")).to_have_text(re.compile(r"\+"))
    expect(page.locator("#status")).to_contain_text("午休驿站")
    assert page.url == before, "the question stays what it was"
    row.locator(".passed__row").click()
    expect(shown).to_have_count(0)
    expect(page.locator(".pin")).to_have_count(pins)
    assert page.evaluate("document.activeElement.className") == "passed__row"
    assert here.went_well()


def test_what_is_paused_cannot_be_chosen_after_all(visit: Start) -> None:
    page = visit("phone").open(REST)
    unfold(page)
    row = page.locator(".passed__item[data-id=x-paused]")
    expect(row).not_to_contain_text("还是看看")
    row.get_by_role("button").click()
    expect(row.locator(".card")).to_have_count(0)


def test_a_line_that_is_pointed_at_or_focused_has_a_hollow_pin(visit: Start) -> None:
    here = visit("desktop")
    page = here.open(OPEN)
    rows = unfold(page)
    expect(page.locator(".hollow")).to_have_count(0)
    rows.first.hover()
    expect(page.locator(".hollow")).to_be_visible()
    page.locator(".ask").hover()
    expect(page.locator(".hollow")).to_have_count(0)
    page.locator(".passed summary").first.focus()
    page.keyboard.press("Tab")
    expect(rows.first).to_be_focused()
    expect(page.locator(".hollow")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator(".passed__item .card")).to_be_visible()
    expect(rows.first).to_be_focused()
    assert here.went_well()


def test_more_than_is_listed_is_counted_and_can_be_listed(visit: Start) -> None:
    here = visit("desktop")
    path = f"/?{HERE}&service=haircut&cutoff=60min"
    page = here.open(path)
    truth = answer(page, here, path)["passed_over"]
    assert truth["count"] > 50 == len(truth["places"])
    more = page.locator(".passed__more")
    expect(more).to_contain_text(str(truth["count"] - 50))
    more.click()
    expect(page.locator(".passed__item")).to_have_count(truth["count"])
    expect(more).to_have_count(0)
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    assert here.went_well()


def test_where_all_are_closed_that_is_what_is_said(visit: Start) -> None:
    here = visit("phone")
    path = f"/?{HERE}&service=haircut&open=arrival"
    page = here.open(path)
    places = answer(page, here, path, passed="all")["passed_over"]["places"]
    barbers = [place for place in places if [f["condition"] for f in place["failures"]] == ["open"]]
    assert len(barbers) >= 2
    assert {f["found"] for place in barbers for f in place["failures"]} == {"closed"}
    expect(page.locator(".message__text")).to_have_text(f"附近有 {len(barbers)} 处，但你到的时候都关着。")
    expect(page.locator("#status")).to_contain_text(f"附近有 {len(barbers)} 处")
    rows = page.locator(".passed__fold").first.locator(".passed__row")
    expect(rows.first).to_be_visible()
    expect(rows.first).to_contain_text("开门")  # and when it opens
    page.get_by_role("button", name="关着的也看").click()
    expect(page.locator("#card-1")).to_be_visible()
    assert "open=" not in page.url
    assert page.evaluate("document.activeElement.id") == "results", "the focus is not lost with the button"
    assert here.went_well()


def test_reasons_of_different_kinds_are_counted(visit: Start) -> None:
    here = visit("phone")
    path = f"{REST}&amenity=microwave&access=key&cutoff=2min"
    page = here.open(path)
    first = [place["failures"][0] for place in answer(page, here, path)["passed_over"]["places"]]
    unknown = sum(f["condition"] == "amenity" and f["found"] is None for f in first)
    assert unknown > 1
    expect(page.locator(".message__text")).to_contain_text(f"{unknown} 处不知道有没有微波炉")
    expect(page.locator(".message__text")).to_contain_text("1 处暂停开放")  # whatever else it fails
    expect(page.locator(".message__text")).to_contain_text("处另有原因")  # a fourth reason is not spelt out


def test_amenities_that_nobody_knows_of_can_be_let_pass(visit: Start) -> None:
    here = visit("phone")
    page = here.open(f"{REST}&amenity=microwave")
    expect(page.locator("#card-1")).to_contain_text("有微波炉的驿站")
    page.locator("#more").click()
    page.get_by_role("checkbox", name="不知道有没有的也看").check()
    expect(page.locator(".card__name", has_text="午休驿站")).to_be_visible()
    assert page.locator(".card__name", has_text="没有微波炉的驿站").count() == 0
    assert "amenity_or_unknown=microwave" in page.url
    assert page.evaluate("document.activeElement.name") == "or_unknown"
    assert here.went_well()


def test_another_time_is_chosen_is_shown_plainly_and_now_is_one_tap_away(visit: Start) -> None:
    here = visit("phone")
    page = here.open(OPEN)
    expect(page.locator("#when-bar")).not_to_be_visible()
    page.locator("#more").click()
    page.get_by_label("什么时候出发").fill("2026-11-24T22:30")
    bar = page.locator("#when-bar")
    expect(bar).to_contain_text("11月24日周二 22:30 出发")
    assert "when=2026-11-24T22:30" in page.url
    unfold(page)
    expect(page.locator(".passed__row", has_text="午休驿站")).to_contain_text("明天 12:09 开门")
    page.locator("#more").click()
    expect(bar).to_be_visible()  # though the fold is shut
    page.get_by_role("button", name="回到现在").click()
    expect(bar).not_to_be_visible()
    assert "when=" not in page.url
    assert page.evaluate("document.activeElement.id") == "more"
    expect(page.locator("#when")).to_have_value("")
    assert here.went_well()


def test_back_does_not_step_through_the_pieces_of_a_time(visit: Start) -> None:
    page = visit("phone").open(OPEN)
    page.locator("#more").click()
    for time in ("2026-11-24T22:30", "2026-11-24T22:45", "2026-11-25T22:45"):
        page.locator("#when").fill(time)
        expect(page.locator("#card-1")).to_be_visible()
    page.go_back()
    expect(page.locator("#when-bar")).not_to_be_visible()
    assert urlsplit(page.url).query == urlsplit(OPEN).query


def test_how_long_it_must_stay_open_is_asked_only_where_it_matters(visit: Start) -> None:
    here = visit("phone")
    page = here.open(REST)
    page.locator("#more").click()
    expect(page.locator("#left")).not_to_be_visible()
    page.locator(".chip", has_text="到时开着").click()
    page.locator("#left .chip", has_text="60 分钟").click()
    assert "open=arrival&min_left=60min" in page.url
    page.get_by_role("checkbox", name="不知道几点开门的也看").check()
    expect(page.locator(".card__name", has_text="没写时间的驿站")).to_be_visible()
    assert "open=arrival_or_unknown" in page.url
    page.locator(".chip", has_text="到时开着").click()
    expect(page.locator("#card-1")).to_be_visible()
    assert "min_left" not in page.url
    assert here.went_well()


FULL = (
    f"{HERE}&mode=bike&service=rest_stop&amenity_or_unknown=microwave,socket&access=walk_in,unknown&audience=couriers"
    "&accuracy=street&open=arrival_or_unknown&min_left=30min&when=2026-11-24T18:00&cutoff=15min"
)


def test_a_shared_link_restores_the_whole_question(visit: Start) -> None:
    here = visit("phone")
    asked: list[str] = []
    here.page.on("request", lambda request: asked.append(request.url) if "/nearest" in request.url else None)
    page = here.open(f"/?{FULL}")
    expect(page.locator("#card-1, .message").first).to_be_visible()
    (url,) = asked
    query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    wanted = {name: values[0] for name, values in parse_qs(FULL).items()}
    assert query == wanted | {"k": "10", "passed": "50", "advisory": "heed"}
    page.locator("#more").click()
    form = page.evaluate("[...new FormData(document.getElementById('filters'))].map(([name, value]) => [name, value])")
    assert sorted(map(tuple, form)) == sorted(
        [
            ("mode", "bike"), ("service", "rest_stop"), ("amenity", "microwave"), ("amenity", "socket"),
            ("or_unknown", "yes"), ("access", "walk_in"), ("access", "unknown"), ("audience", "couriers"),
            ("accuracy", "street"), ("open", "arrival"), ("hours_unknown", "yes"), ("min_left", "30"),
            ("when", "2026-11-24T18:00"), ("cutoff", "15"),
        ]
    )  # fmt: skip
    expect(page.locator("#more-count")).to_have_text("10")
    english = page.get_by_role("link", name="English").get_attribute("href") or ""
    assert parse_qs(urlsplit(english).query) == parse_qs(f"{FULL}&lang=en")
    assert here.went_well()


@pytest.mark.parametrize(
    ("word", "kept"),
    [
        ("audience=astronauts", None),
        ("access=window", None),
        ("accuracy=perfect", None),
        ("open=sometimes", None),
        ("when=tomorrow", None),
        ("when=2026-02-30T10:00", None),  # no such day
        ("when=1", None),  # what browsers take for a year
        ("when=2026-11-24T10:00Z", "2026-11-24T18:00"),  # another clock, told in China's
        ("when=2026-11-24T18:00:30%2B08:00", "2026-11-24T18:00"),
    ],
)
def test_words_that_make_no_sense_are_left_out(visit: Start, word: str, kept: str | None) -> None:
    here = visit("phone")
    page = here.open(f"{REST}&{word}")
    expect(page.locator("#card-1")).to_be_visible()
    assert page.locator("#when").input_value() == (kept or "")
    assert here.went_well()


def test_an_e_bike_is_parked_and_the_rest_is_walked(visit: Start) -> None:
    here = visit("phone")
    path = f"{REST}&mode=ebike&amenity=microwave"
    page = here.open(path)
    results = answer(page, here, path)["results"]
    on_foot = {result["place"]["name"]: result["on_foot_m"] for result in results}
    name = "景山街道社区活动中心暖心驿站（示例）"  # in a pedestrian street
    assert on_foot[name] > 100
    card = page.locator(".card", has_text=name)
    expect(card.locator(".card__park")).to_have_text(f"停车后步行 {round(on_foot[name], -1):.0f} 米")
    for near, walked in on_foot.items():
        told = page.locator(".card").filter(has=page.get_by_role("button", name=near, exact=True))
        expect(told.locator(".card__park")).to_have_count(int(walked > 30))
    card.get_by_role("button", name=name, exact=True).click()
    expect(page.locator(".parking")).to_have_count(1)
    expect(page.locator("path.way-foot").first).to_be_attached()
    at_the_door = next(near for near, walked in on_foot.items() if walked <= 30)
    page.get_by_role("button", name=at_the_door, exact=True).click()
    expect(page.locator(".parking")).to_have_count(0)
    assert here.went_well()


def test_services_that_are_not_open_with_the_place_say_so(visit: Start) -> None:
    here = visit("phone")
    path = "/?lon=116.407&lat=39.9267"
    page = here.open(path)
    results = answer(page, here, path)["results"]
    for result in results:
        others = sum(state["kind"] != result["state"]["kind"] for state in result["states"])
        expect(page.locator(f"#card-{result['rank']} .fact__state")).to_have_count(others)
    assert any(len({state["kind"] for state in result["states"]}) > 1 for result in results)


def test_a_filter_is_there_only_if_the_city_has_values_for_it(sample_city: City) -> None:
    page = create_app(sample_city).test_client().get("/").get_data(as_text=True)
    summary = json.loads(page.split('id="city">')[1].split("</script>")[0])
    assert (summary["audiences"], summary["accuracies"]) == ([], ["illustrative"])
    assert 'name="access"' in page
    assert 'name="audience"' not in page
    assert 'name="accuracy"' not in page


STATES: dict[str, tuple[str, str]] = {
    "passed over": (OPEN, ".passed summary"),
    "nothing open": (f"/?{HERE}&service=haircut&open=arrival", ".passed summary"),
    "every filter": (f"/?{FULL}", "#more"),
}


@pytest.mark.parametrize(
    ("state", "size"), [("passed over", "phone"), ("nothing open", "desktop"), ("every filter", "phone")]
)
def test_new_states_are_accessible(visit: Start, state: str, size: str) -> None:
    path, opener = STATES[state]
    lang = "en" if size == "desktop" else "zh"
    page = visit(size, color_scheme=SCHEMES[size][0], bypass_csp=True).open(f"{path}&lang={lang}")
    expect(page.locator("#card-1, .message").first).to_be_visible()
    if opener == "#more" or not page.locator(".passed__row").first.is_visible():
        page.locator(opener).first.click()
    if state == "passed over":
        page.locator(".passed__item[data-id=x-lunch] button").click()
        expect(page.locator(".passed__item .card")).to_be_visible()
    assert violations(page, size) == []
    small = page.evaluate(
        """[...document.querySelectorAll('button, summary, .chip, .switch, .moment__input, .card a.button')]
        .filter(e => e.offsetParent).map(e => [e.textContent.trim(), e.getBoundingClientRect()])
        .filter(([, r]) => r.height < 43.5 && r.width > 0).map(([t, r]) => `${t} ${r.height}`)"""
    )
    assert small == []
    for width in (195, 320, SIZES[size]["width"]):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, "nothing sticks out"
