"""``docs/web-quality.md`` out of ``docs/web-quality.json``: figures beside goals, also where a goal is missed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from tests.quality.visiting import DOWN_KBPS, LATENCY_MS, SLOWER, UP_KBPS

_DOCS: Final = Path(__file__).parents[2] / "docs"
RESULTS: Final = _DOCS / "web-quality.json"
PAGE: Final = _DOCS / "web-quality.md"
_YES: Final = {True: "yes", False: "**no**"}
KINDS: Final = ("page", "styles", "scripts", "data", "tiles", "other")

#: What was promised: how it is called, the goal, its unit. What is measured is looked up by `measured`.
GOALS: Final = (
    ("first load of `/`", 150, "kB"),
    ("a shared link with its answer", 150, "kB"),
    ("`/` can be used, {places} places", 2000, "ms"),
    ("frames while the map is dragged, {pins} pins: 95 % within a frame of 16.7 ms and its stamp", 16.8, "ms"),
    ("what axe finds, all pages", 0, ""),
)


_INTRODUCTION: Final = """\
# The pages in figures

`make web-quality` measures them anew and writes this page (`CITY=folder` adds a city of your own, `LIGHTHOUSE=1` asks
Lighthouse as well). The real server (`yizhan serve`) answers a real Chromium on the same machine; figures come from the
DevTools protocol.
"""
_WEIGHT: Final = """\
A first visit with nothing in the cache, on a phone's screen: bytes on the wire with the headers of answers, kB of
1,000 bytes. What a page loads by itself within 6.5 s after it came to rest is in it; what the service worker stores
comes from the browser's cache.
"""
_SPEED: Final = f"""\
{DOWN_KBPS / 1000} Mbps down, {UP_KBPS} kbps up, {LATENCY_MS} ms for each request, a processor slowed {SLOWER} times:
Lighthouse's figures for slow 4G and a middling phone; nothing in the cache. *Can be used*: a press on the map is heard
and no long task is in its way. *Blocking*: what tasks took beyond 50 ms after the first paint. *Answer*: from the press
to the first card; of a shared link, from its opening.
"""
_DRAGGING: Final = """\
{pins:,} places, dragged for {pan_s} s, one move a frame; intervals between frames, of a browser that draws without a
graphics card. *Dropped*: later than one and a half frames of 60 a second.
"""
_SPEEDS: Final = (
    ("first paint", "first_paint_ms"), ("largest paint", "largest_paint_ms"), ("can be used", "interactive_ms"),
    ("longest task", "longest_ms"), ("blocking", "blocking_ms"), ("answer", "answer_ms"),
)  # fmt: skip
_PANS: Final = (
    ("median", "median_ms", "{} ms"), ("p95", "p95_ms", "{} ms"), ("over 16.7 ms", "late_share", "{:.1%}"),
    ("dropped", "dropped_share", "{:.1%}"), ("script in a second", "script_ms_per_s", "{} ms"),
    ("layout in a second", "layout_ms_per_s", "{} ms"), ("nodes", "nodes", "{:,}"),
)  # fmt: skip


def render(results: dict[str, Any]) -> str:
    """Return the page."""
    lines = [_INTRODUCTION, _circumstances(results), ""]
    if results.get("remark"):
        lines += [f"**{results['remark']}**", ""]
    lines += ["## Goals", "", *table(["what", "goal", "measured", "met"], goal_rows(results)), ""]
    lines += ["## Weight", "", _WEIGHT]
    for city in results["weights"]:
        rows = [weight_row(row) for row in city["pages"]]
        lines += [f"### {city['city']}, {city['places']:,} places", ""]
        lines += [*table(["page", *KINDS, "in all", "requests"], rows), ""]
    lines += ["## Speed", "", _SPEED]
    lines += [
        *table(["page", "places", *(name for name, _ in _SPEEDS), "long tasks", "nodes"], speed_rows(results)),
        "",
    ]
    lines += ["## Dragging the map", "", _DRAGGING.format(pins=results["pins"], pan_s=results["pan_s"])]
    lines += [*table(["screen", "processor", "frames", *(name for name, _, _ in _PANS)], pan_rows(results)), ""]
    lines += ["## Accessibility", "", "Rules of axe that a page breaks, light / dark.", ""]
    lines += [*table(["page", *(f"{size}, {lang}" for size, lang in axe_columns(results))], axe_rows(results)), ""]
    if results.get("lighthouse"):
        rows = [[f"`{row['path']}`", *map(str, row["scores"].values())] for row in results["lighthouse"]]
        lines += ["## Lighthouse", "", *table(["page", *results["lighthouse"][0]["scores"]], rows), ""]
    return "\n".join(lines)


def _circumstances(results: dict[str, Any]) -> str:
    machine = results["machine"]
    facts = f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gb']} GB, {machine['system']}"
    versions = ", ".join(f"{name} {told}" for name, told in results["versions"].items())
    return f"{results['date']} · {facts}, Python {machine['python']} · {versions}"


def speed_rows(results: dict[str, Any]) -> list[list[str]]:
    """Return how soon the pages are there."""
    return [
        [f"`{row['path']}`", f"{row['places']:,}", *(f"{row[key]:,} ms" for _, key in _SPEEDS),
         str(row["long_tasks"]), f"{row['nodes']:,}"]
        for row in results["speeds"]
    ]  # fmt: skip


def pan_rows(results: dict[str, Any]) -> list[list[str]]:
    """Return the frames of dragging."""
    return [
        [row["size"], "as it is" if row["slower"] == 1 else f"slowed {row['slower']} times", str(row["frames"]),
         *(form.format(row[key]) for _, key, form in _PANS)]
        for row in results["pans"]
    ]  # fmt: skip


def table(head: list[str], rows: Iterable[list[str]]) -> list[str]:
    """Return a table in Markdown."""
    return [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)]


def weight_row(row: dict[str, Any]) -> list[str]:
    """Return a page's row, kB by kind."""
    parts = [f"{row['kinds'].get(kind, 0) / 1000:.1f}" for kind in KINDS]
    return [f"`{row['path']}`", *parts, f"**{row['bytes'] / 1000:.1f}**", str(row["requests"])]


def measured(results: dict[str, Any]) -> list[float | None]:
    """Return what was measured of each goal, in its order; None: not measured."""
    pages = {row["path"]: row["bytes"] / 1000 for row in results["weights"][0]["pages"]} if results["weights"] else {}
    shared = [weight for path, weight in pages.items() if "lon=" in path]
    speeds = [row["interactive_ms"] for row in results["speeds"] if row["path"] == "/"]
    pans = [row["p95_ms"] for row in results["pans"] if row["slower"] == 1]
    found = [count for row in results["axe"] for count in row["found"]]
    largest = (max(values, default=None) for values in (shared, speeds, pans))
    return [pages.get("/"), *largest, sum(found) if found else None]


def goal_rows(results: dict[str, Any]) -> list[list[str]]:
    """Return goals beside what was measured."""
    places = max((row["places"] for row in results["speeds"] if row["path"] == "/"), default=0)
    rows = []
    for (what, goal, unit), found in zip(GOALS, measured(results), strict=True):
        told = what.format(places=f"{places:,}", pins=f"{results['pins']:,}")
        if found is None:
            rows.append([told, f"≤ {goal:,} {unit}".strip(), "not measured", ""])
            continue
        shown = round(found, 1)
        rows.append([told, f"≤ {goal:,} {unit}".strip(), f"{shown:,g} {unit}".strip(), _YES[shown <= goal]])
    return rows


def axe_columns(results: dict[str, Any]) -> list[tuple[str, str]]:
    """Return sizes and languages, in their order."""
    return list(dict.fromkeys((row["size"], row["lang"]) for row in results["axe"]))


def axe_rows(results: dict[str, Any]) -> list[list[str]]:
    """Return what axe found, a row for each page."""
    columns = axe_columns(results)
    found = {(row["path"], row["size"], row["lang"]): row for row in results["axe"]}
    paths = list(dict.fromkeys(row["path"] for row in results["axe"]))
    return [[f"`{path}`", *(_said(found.get((path, *column))) for column in columns)] for path in paths]


def _said(row: dict[str, Any] | None) -> str:
    if row is None:
        return ""
    names = f" ({', '.join(row['rules'])})" if row["rules"] else ""
    return " / ".join(str(count) for count in row["found"]) + names


def write(results: dict[str, Any], results_file: Path = RESULTS, page: Path = PAGE) -> None:
    """Write both files."""
    results_file.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    page.write_text(render(results), encoding="utf-8")


if __name__ == "__main__":
    write(json.loads(RESULTS.read_text(encoding="utf-8")))
