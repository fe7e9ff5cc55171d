"""Was it as shown? Two taps; in a tunnel kept on the phone, and sent once when there is a network again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Request, expect

from geo.city import City
from geo.places.reports import FILE, Report, Reports
from tests.browser.conftest import NOON, SIZES, Visit, serving
from webmap.settings import Settings

pytestmark = pytest.mark.browser

Start = Callable[..., Visit]
DONGSI = "/?lon=116.4108&lat=39.9229"
PATH = "**/api/v1/reports"
#: The time to take a report back, and a little more, milliseconds.
UNDO = 5200
NO_STORAGE = """
    Object.defineProperty(window, "localStorage", { get() { throw new DOMException("denied", "SecurityError"); } });
"""


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("state")


@pytest.fixture(scope="module")
def site_url(sample_city: City, state: Path) -> Iterator[str]:
    with serving(sample_city, Settings(state=state)) as url:
        yield url


@pytest.fixture
def new(state: Path) -> Callable[[], list[Report]]:
    """Return a function that gives the reports that have come since."""
    before = {kept.report.id for kept in Reports(state / FILE).all()}
    return lambda: [kept.report for kept in Reports(state / FILE).all() if kept.report.id not in before]


def opened(here: Visit, page: Page | None = None, path: str = DONGSI, script: str = "") -> Page:
    """Open the finder in a window whose clock the test winds, and wait until one can tell."""
    page = page or here.page
    if script:
        page.add_init_script(script)
    page.clock.install(time=NOON)
    page.goto(here.url + path)
    return page


def card(page: Page) -> Locator:
    return page.locator("#card-1 .tell")


def tell(page: Page, what: str) -> None:
    """Two taps."""
    card(page).locator(".tell__ask").tap()
    card(page).get_by_role("button", name=what).tap()


def posts(page: Page) -> list[str]:
    """Return a list that the ids of reports that leave the phone are added to."""
    sent: list[str] = []

    def note(request: Request) -> None:
        if request.method == "POST":
            sent.append(request.post_data_json["id"])  # type: ignore[index]

    page.on("request", note)
    return sent


@pytest.mark.parametrize(
    ("lang", "ask", "locked", "thanks", "received"),
    [
        ("zh", "到了吗？和说的一样吗？", "锁着门", "谢谢", "已收到"),
        ("en", "Been there? Was it as shown?", "Locked", "thank you", "Received"),
    ],
)
def test_two_taps_tell_it(
    visit: Start, new: Callable[[], list[Report]], lang: str, ask: str, locked: str, thanks: str, received: str
) -> None:
    here = visit("phone", service_workers="block")
    page = opened(here, path=f"{DONGSI}&lang={lang}")
    sent = posts(page)
    expect(card(page)).to_have_text(ask)
    card(page).locator(".tell__ask").tap()
    choices = card(page).locator(".tell__choice")
    expect(choices).to_have_count(4)
    for at in range(4):
        box = choices.nth(at).bounding_box()
        assert box is not None and box["height"] >= 60 and box["width"] >= 60
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES["phone"]["width"], "nothing sticks out"
    choices.nth(1).tap()
    expect(card(page)).to_contain_text(thanks)
    expect(card(page).get_by_role("button")).to_be_focused()
    assert (sent, new()) == ([], []), "it can still be taken back"
    page.clock.fast_forward(UNDO)
    expect(card(page)).to_contain_text(received)
    (report,) = new()
    shown = page.request.get(f"{here.url}/api/v1/nearest?lon=116.4108&lat=39.9229&k=1").json()["results"][0]["place"]
    assert (report.place, report.what, report.text, report.where) == (shown["id"], "locked", None, None)
    assert sent == [report.id]
    assert abs((report.seen_at - NOON).total_seconds()) < 60
    assert here.foreign == [] and page.evaluate("Object.keys(localStorage).filter(k => k.includes('report'))") == []


def test_it_can_be_taken_back(visit: Start, new: Callable[[], list[Report]]) -> None:
    page = opened(visit("phone", service_workers="block"))
    sent = posts(page)
    tell(page, "没有水")
    page.get_by_role("button", name="撤销").tap()
    expect(card(page).locator(".tell__ask")).to_be_focused()
    page.clock.fast_forward(60_000)
    page.wait_for_timeout(200)
    assert (sent, new()) == ([], [])


def test_in_airplane_mode_it_waits_and_is_sent_once(visit: Start, new: Callable[[], list[Report]]) -> None:
    here = visit("phone", service_workers="block")
    page = opened(here)
    expect(card(page)).to_be_visible()
    here.page.context.set_offline(True)
    tell(page, "位置不对")
    page.clock.fast_forward(UNDO)
    expect(card(page)).to_contain_text("已存在这台手机上")
    expect(page.locator(".tell-bar")).to_contain_text("有 1 条反馈等着发出")
    assert new() == []
    page.context.set_offline(False)
    expect(card(page)).to_contain_text("已收到")
    expect(page.locator(".tell-bar")).to_be_empty()
    page.clock.fast_forward(3_600_000)
    assert [report.what for report in new()] == ["wrong_position"]


def test_what_waits_outlives_the_page_and_two_windows_send_it_once(
    visit: Start, new: Callable[[], list[Report]]
) -> None:
    here = visit("phone", service_workers="block")
    page, context = opened(here), here.page.context
    expect(card(page)).to_be_visible()
    page.route(PATH, lambda route: route.fulfill(status=503, body="somebody who stands before a server that is away"))
    tell(page, "一样")
    page.clock.fast_forward(UNDO)
    expect(page.locator(".tell-bar")).to_contain_text("有 1 条")
    context.set_offline(True)
    page.close()
    context.set_offline(False)
    windows = [context.new_page() for _ in range(2)]
    sent = [posts(window) for window in windows]
    for window in windows:
        opened(here, window, "/")  # nothing is asked there: what waits is a reason of its own to load what sends it
    for window in windows:
        expect(window.locator(".tell-bar")).to_be_attached()
        waited = 0
        while window.evaluate("Object.keys(localStorage).some((key) => key.startsWith('yizhan.report.'))"):
            assert (waited := waited + 1) < 400, "it is never sent"
            window.clock.fast_forward(UNDO)
            window.wait_for_timeout(50)
    assert [report.what for report in new()] == ["as_shown"]
    # a window may not yet see what the other has just removed: what is sent again bears the same id, and is kept once
    assert len(set(sent[0] + sent[1])) == 1


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [(404, "not_found", "这个服务点已经撤了"), (400, "bad_parameter", "bad_parameter")],
)
def test_a_refusal_is_told_and_not_repeated(visit: Start, status: int, code: str, words: str) -> None:
    page = opened(visit("phone", service_workers="block"))
    sent = posts(page)
    page.route(PATH, lambda route: route.fulfill(status=status, body=json.dumps({"code": code})))
    tell(page, "锁着门")
    page.clock.fast_forward(UNDO)
    expect(card(page)).to_contain_text(words)
    expect(page.locator(".tell-bar [role=alert]")).to_contain_text(words)
    page.clock.fast_forward(3_600_000)
    assert len(sent) == 1
    page.get_by_role("button", name="知道了").tap()
    expect(page.locator(".tell-bar")).to_be_empty()


def test_where_nothing_may_be_kept_it_says_so_and_sends_all_the_same(
    visit: Start, new: Callable[[], list[Report]]
) -> None:
    page = opened(visit("phone", service_workers="block"), script=NO_STORAGE)
    expect(card(page)).to_be_visible()
    page.context.set_offline(True)
    tell(page, "锁着门")
    page.clock.fast_forward(UNDO)
    expect(card(page)).to_contain_text("关掉页面就没了")
    page.context.set_offline(False)
    expect(card(page)).to_contain_text("已收到")
    assert len(new()) == 1


@pytest.mark.parametrize("agrees", [True, False])
def test_words_and_a_rough_position_for_who_agrees(visit: Start, new: Callable[[], list[Report]], agrees: bool) -> None:
    options: dict[str, Any] = {"permissions": ["geolocation"], "service_workers": "block"}
    here = visit("phone", geolocation={"longitude": 116.410823, "latitude": 39.922949}, **options)
    page = opened(here)
    card(page).locator(".tell__ask").tap()
    if agrees:
        card(page).locator(".tell__near").tap()
        expect(card(page)).to_contain_text("会附上大概位置")
    page.get_by_role("button", name="别的事").tap()
    words = "<b>换了锁</b>" + "长" * 300
    card(page).locator(".tell__text").fill(words)
    card(page).get_by_role("button", name="发出").tap()
    page.clock.fast_forward(UNDO)
    expect(card(page)).to_contain_text("已收到")
    (report,) = new()
    assert report.text == words[:200]
    assert report.where == ((116.411, 39.923) if agrees else None)
