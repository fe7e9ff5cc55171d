"""Visits with a real browser, measured through the DevTools protocol: bytes, first paints, long tasks, frames."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any, Final

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page

from tests.browser.conftest import SIZES

#: Lighthouse's "slow 4G" and its mid-range phone. The latency is of each request, as the protocol has it.
DOWN_KBPS: Final = 1600
UP_KBPS: Final = 750
LATENCY_MS: Final = 150
SLOWER: Final = 4
#: What loads by itself after the page has come to rest belongs to its weight, too.
_LATE_MS: Final = 6500
_BLOCKING_MS: Final = 50
#: A frame that comes later than one and a half of 60 a second is one that was dropped.
FRAME_MS: Final = 1000 / 60

#: Marks, in the page, when the finder listens, when an answer is seen, and which tasks were long.
_WATCH: Final = """
window.watched = { tasks: [], paint: 0, largest: 0, wired: 0, answered: 0 };
const tasks = (list) => list.getEntries().forEach((each) => watched.tasks.push([each.startTime, each.duration]));
new PerformanceObserver(tasks).observe({ type: "longtask", buffered: true });
new PerformanceObserver((list) => (watched.largest = list.getEntries().at(-1).startTime))
  .observe({ type: "largest-contentful-paint", buffered: true });
new PerformanceObserver((list) => list.getEntries().forEach(({ name, startTime }) => {
  if (name === "first-contentful-paint") watched.paint = startTime;
})).observe({ type: "paint", buffered: true });
(function look() {
  const listens = document.querySelector(".leaflet-container[role=application]");
  if (!watched.wired && listens) watched.wired = performance.now();
  if (!watched.answered && document.getElementById("card-1")) watched.answered = performance.now();
  if (!watched.answered) requestAnimationFrame(look);
})();
"""
_NODES: Final = "document.querySelectorAll('*').length"
_DRAWN: Final = "() => document.querySelector('canvas.crowd')?.width > 0"
_DRAG: Final = """
async (ms) => {
  const box = document.querySelector(".leaflet-container");
  const pane = box.querySelector(".leaflet-map-pane");
  const { left, top, width, height } = box.getBoundingClientRect();
  const [x, y] = [left + width / 2, top + height / 2];
  const event = (type, dx, dy) => new MouseEvent(type, { bubbles: true, button: 0, clientX: x + dx, clientY: y + dy });
  const say = (target, ...told) => target.dispatchEvent(event(...told));
  const stamps = [];
  say(pane, "mousedown", 0, 0);
  const begun = performance.now();
  await new Promise((done) => {
    const step = (now) => {
      stamps.push(now);
      if (now - begun > ms) return done();
      const at = (now - begun) / 1000;
      say(document, "mousemove", 140 * Math.sin(at * 2), 90 * Math.sin(at * 3));
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  });
  say(document, "mouseup", 0, 0);
  return stamps;
}
"""


@contextmanager
def visiting(browser: Browser, size: str, *, slow: bool = False, **options: Any) -> Iterator[tuple[Page, CDPSession]]:
    """Open a page without anything in its cache, as a phone on slow 4G if `slow`."""
    phone = size == "phone"
    context = browser.new_context(viewport=SIZES[size], is_mobile=phone, has_touch=phone, **options)
    context.set_default_timeout(60_000)
    try:
        yield _prepared(context, slow)
    finally:
        context.close()


def _prepared(context: BrowserContext, slow: bool) -> tuple[Page, CDPSession]:
    page = context.new_page()
    page.add_init_script(_WATCH)
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    if slow:
        session.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": LATENCY_MS,
                "downloadThroughput": DOWN_KBPS * 1000 / 8,
                "uploadThroughput": UP_KBPS * 1000 / 8,
            },
        )
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return page, session


def weight(browser: Browser, url: str, path: str, size: str = "phone") -> dict[str, Any]:
    """Return what a first visit of a page takes: bytes on the wire, headers of answers included, by kind; requests."""
    seen: dict[str, tuple[str, str]] = {}
    taken: dict[str, int] = {}
    with visiting(browser, size) as (page, session):
        session.on(
            "Network.responseReceived", lambda e: seen.update({e["requestId"]: (e["response"]["url"], e["type"])})
        )
        session.on("Network.loadingFinished", lambda e: taken.update({e["requestId"]: int(e["encodedDataLength"])}))
        page.goto(url + path)
        page.wait_for_load_state("networkidle")
        if "lon=" in path:
            page.wait_for_selector("#card-1")
        page.wait_for_timeout(_LATE_MS)
    kinds: Counter[str] = Counter()
    requests = 0
    for number, (address, kind) in seen.items():
        if address.startswith(url) and taken.get(number):
            kinds[_kind(address, kind)] += taken[number]
            requests += 1
    return {"path": path, "bytes": kinds.total(), "requests": requests, "kinds": dict(sorted(kinds.items()))}


def _answer(event: dict[str, Any]) -> tuple[str, str]:
    return event["response"]["url"], event["type"]


def _kind(address: str, kind: str) -> str:
    if "/base/" in address:
        return "tiles"
    return {"Document": "page", "Script": "scripts", "Stylesheet": "styles", "Fetch": "data"}.get(kind, "other")


def speed(browser: Browser, url: str, path: str) -> dict[str, Any]:
    """Return how a slow phone on slow 4G gets a page: paints, when it listens, long tasks, the first answer; ms."""
    with visiting(browser, "phone", slow=True, service_workers="block") as (page, _):
        page.goto(url + path, wait_until="commit")
        page.wait_for_function("() => watched.wired > 0")
        if "lon=" not in path:
            page.wait_for_function(_DRAWN)
            page.wait_for_timeout(500)
        loaded = _figures(page)
        asked = page.evaluate("performance.now()")
        if "lon=" not in path:
            # The keyboard's way to ask for the middle of the map: no dot can be in the way.
            page.locator(".leaflet-container").press("Enter")
        page.wait_for_function("() => watched.answered > 0")
        answered = page.evaluate("watched.answered")
        page.wait_for_timeout(500)
        nodes = page.evaluate(_NODES)
    return loaded | {
        "path": path,
        "answer_ms": round(answered if "lon=" in path else answered - asked),
        "nodes": nodes,
    }


def _figures(page: Page) -> dict[str, Any]:
    seen = page.evaluate("watched")
    wired, paint = seen["wired"], seen["paint"]
    # A press is answered as soon as somebody listens and no long task is in the way.
    busy = [start + length for start, length in seen["tasks"] if start <= wired <= start + length]
    return {
        "first_paint_ms": round(paint),
        "largest_paint_ms": round(seen["largest"]),
        "interactive_ms": round(max([wired, *busy])),
        "long_tasks": len(seen["tasks"]),
        "longest_ms": round(max([length for _, length in seen["tasks"]], default=0)),
        "blocking_ms": round(sum(length - _BLOCKING_MS for start, length in seen["tasks"] if start >= paint)),
    }


def panning(browser: Browser, url: str, size: str, slower: int, seconds: float) -> dict[str, Any]:
    """Return the frames of a map that is dragged about: intervals between them, ms, and how many were dropped."""
    with visiting(browser, size, service_workers="block") as (page, session):
        page.goto(url + "/")
        page.wait_for_function(_DRAWN)
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(500)
        session.send("Emulation.setCPUThrottlingRate", {"rate": slower})
        session.send("Performance.enable")
        before = _work(session)
        stamps = page.evaluate(_DRAG, seconds * 1000)
        after = _work(session)
        nodes = page.evaluate(_NODES)
    apart = sorted(later - earlier for earlier, later in pairwise(stamps[1:]))
    return {
        "size": size,
        "slower": slower,
        "frames": len(apart),
        "median_ms": round(apart[len(apart) // 2], 2),
        "p95_ms": round(apart[math.ceil(0.95 * len(apart)) - 1], 2),
        "late_share": round(sum(each > FRAME_MS + 0.05 for each in apart) / len(apart), 4),
        "dropped_share": round(sum(each > 1.5 * FRAME_MS for each in apart) / len(apart), 4),
        "script_ms_per_s": round((after["ScriptDuration"] - before["ScriptDuration"]) * 1000 / seconds, 1),
        "layout_ms_per_s": round((after["LayoutDuration"] - before["LayoutDuration"]) * 1000 / seconds, 1),
        "nodes": nodes,
    }


def _work(session: CDPSession) -> dict[str, float]:
    return {item["name"]: item["value"] for item in session.send("Performance.getMetrics")["metrics"]}
