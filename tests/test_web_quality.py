"""The page of the pages' figures says what was measured and no more, and where a goal is missed it says so."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from geo.pack import folder
from tests.quality import report
from tests.quality.crowded import crowded

RESULTS: dict[str, Any] = {
    "date": "2026-11-23",
    "remark": "",
    "machine": {"cpu": "a processor", "cores": 2, "memory_gb": 23.5, "system": "Linux", "python": "3.12.1"},
    "versions": {"Chromium": "150.1"},
    "pins": 5000,
    "pan_s": 3,
    "weights": [
        {"city": "one", "places": 233, "pages": [
            {"path": "/", "bytes": 123_456, "requests": 13,
             "kinds": {"page": 11_111, "scripts": 99_876, "tiles": 12_469}},
            {"path": "/?lon=1&lat=2", "bytes": 155_500, "requests": 20, "kinds": {"page": 155_500}},
        ]},
        {"city": "other", "places": 9, "pages": [{"path": "/", "bytes": 999_000, "requests": 1, "kinds": {}}]},
    ],
    "speeds": [{
        "path": "/", "places": 3000, "first_paint_ms": 801, "largest_paint_ms": 902, "interactive_ms": 1777,
        "long_tasks": 3, "longest_ms": 212, "blocking_ms": 333, "answer_ms": 444, "nodes": 555,
    }],
    "pans": [
        {"size": "desktop", "slower": 1, "frames": 180, "median_ms": 16.67, "p95_ms": 16.8, "late_share": 0.031,
         "dropped_share": 0.0, "script_ms_per_s": 21.5, "layout_ms_per_s": 7.5, "nodes": 556},
        {"size": "phone", "slower": 4, "frames": 90, "median_ms": 33.34, "p95_ms": 50.1, "late_share": 0.9,
         "dropped_share": 0.8, "script_ms_per_s": 88.5, "layout_ms_per_s": 9.5, "nodes": 557},
    ],
    "axe": [
        {"path": "/", "size": "phone", "lang": "zh", "found": [0, 0], "rules": []},
        {"path": "/", "size": "phone", "lang": "en", "found": [0, 1], "rules": ["color-contrast"]},
    ],
    "lighthouse": [],
}  # fmt: skip


def test_the_published_page_is_made_of_the_published_results() -> None:
    results = json.loads(report.RESULTS.read_text(encoding="utf-8"))
    assert report.PAGE.read_text(encoding="utf-8") == report.render(results), "run python -m tests.quality.report"


def test_every_figure_is_on_the_page() -> None:
    page = report.render(RESULTS)
    figures = "123.5|11.1|99.9|12.5|801 ms|902 ms|1,777 ms|212 ms|333 ms|444 ms|16.67 ms|3.1%|80.0%|21.5 ms"
    for figure in [*figures.split("|"), "0 / 1 (color-contrast)"]:
        assert figure in page, figure


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("first load of `/`", "| ≤ 150 kB | 123.5 kB | yes |"),
        ("a shared link with its answer", "| ≤ 150 kB | 155.5 kB | **no** |"),
        ("`/` can be used, 3,000 places", "| ≤ 2,000 ms | 1,777 ms | yes |"),
        ("95 % within", "| ≤ 16.8 ms | 16.8 ms | yes |"),  # a frame of 60 a second, stamped to a tenth
        ("what axe finds, all pages", "| ≤ 0 | 1 | **no** |"),
    ],
)
def test_a_goal_is_met_or_said_to_be_missed(what: str, told: str) -> None:
    lines = [line for line in report.render(RESULTS).splitlines() if what in line]
    assert [told in line for line in lines] == [True]


def test_what_was_not_measured_is_said_to_be_so() -> None:
    nothing = RESULTS | {"weights": [], "speeds": [], "pans": [], "axe": []}
    rows = report.goal_rows(nothing)
    assert [row[2:] for row in rows] == [["not measured", ""]] * len(report.GOALS)


def test_goals_are_of_the_sample_city_and_of_an_unslowed_processor() -> None:
    changed = copy.deepcopy(RESULTS)
    changed["weights"][1]["pages"][0]["bytes"] = 1
    changed["pans"][1]["p95_ms"] = 999
    assert report.measured(changed) == report.measured(RESULTS)
    changed["weights"][0]["pages"][0]["bytes"] = 1
    assert report.measured(changed) != report.measured(RESULTS)


def test_a_crowded_city_is_one_city(sample_pack: Path, tmp_path: Path) -> None:
    first, again = (crowded(sample_pack, tmp_path / name, 500) for name in ("a", "b"))
    places = list(folder.read_places(first))
    assert len(places) == 500 == len({place.id for place in places})
    assert places == list(folder.read_places(again))
    own = list(folder.read_places(sample_pack))
    assert places[: len(own)] == own
    box = np.array([place.position for place in own])
    assert all(
        (box.min(axis=0) <= place.position).all() and (place.position <= box.max(axis=0)).all() for place in places
    )
