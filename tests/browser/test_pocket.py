"""A browser answers from a pocket what the city answers, to the second and the centimetre."""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from shapely import box

from geo.city import City
from geo.coords import BBox
from geo.pocket.districts import District, district, districts
from geo.pocket.files import pack, unpack
from geo.pocket.making import MOST_BYTES, covered, make
from tests.browser.conftest import serving
from tests.pocket.asking import NOON, Question, crowded, differences, of_the_city, questions

pytestmark = pytest.mark.browser

#: A quarter of the sample city: streets lead out of it.
CORNER = BBox(116.395, 39.86, 116.41, 39.875)
OPEN = """async ([file, script]) => {
  const { openPocket } = await import(script);
  const bytes = Uint8Array.from(atob(file), (character) => character.charCodeAt(0));
  const began = performance.now();
  try {
    window.pocket = await openPocket(bytes.buffer);
  } catch (error) {
    return { code: error.code, name: error.name };
  }
  return { ms: performance.now() - began };
}"""
ASK = """([asked, now]) => asked.map((question) => {
  const began = performance.now();
  let answer;
  try {
    answer = pocket.nearest(new URLSearchParams(question), now);
  } catch (error) {
    if (!error.code) throw error;
    answer = { problem: error.code };
  }
  return { answer, ms: performance.now() - began };
})"""


@pytest.fixture(scope="module")
def page(browser: Browser, sample_city: City) -> Iterator[Page]:
    """Return a page of a site that serves our scripts; it is asked nothing else."""
    with serving(sample_city) as url:
        page = browser.new_page()
        page.goto(f"{url}/healthz")
        yield page
        page.close()


@pytest.fixture(scope="module")
def city(sample_city: City) -> City:
    """Return the sample city with random places of all kinds among its own."""
    return crowded(sample_city)


def opened(page: Page, file: bytes) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(OPEN, [base64.b64encode(file).decode(), "/static/x/js/pocket/pocket.js"])
    return found


def agreed(question: Question, want: dict[str, Any], got: dict[str, Any]) -> str:
    """Check an answer as far as it is said to be certain; return how far that is: certain, partly, not or refused."""
    if "problem" in want or "problem" in got:
        assert want == got, question
        return "refused"
    limit_s = got.pop("offline")["certain_s"]
    if limit_s is None:
        if got.get("nearest_straight", "") is None:  # one that the pocket does not have might be nearer
            want.pop("nearest_straight"), got.pop("nearest_straight")
        assert differences(want, got) == [], question
        return "certain"
    # times are told to a tenth of a second
    near = [[r for r in each["results"] if r["travel_s"] < limit_s - 0.1] for each in (want, got)]
    assert differences(near[0], near[1]) == [], question
    return "partly" if near[0] else "not"


def asked_of(page: Page, asked: list[Question]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = page.evaluate(ASK, [asked, NOON.timestamp() * 1000])
    return rows


def test_500_questions_are_answered_as_the_city_answers_them(page: Page, city: City) -> None:
    """All modes, wishes and times of 14 days; places of all statuses, ties, one-ways, streets of the whole city."""
    only = district(city, "dongcheng")
    assert "ms" in opened(page, make(city, only, NOON))
    asked = questions(covered(city, only), 500, seed=1)
    wanted, seen = of_the_city(city, asked), Counter[str]()
    for question, want, row in zip(asked, wanted, asked_of(page, asked), strict=True):
        got = row["answer"]
        about = got.pop("offline", None)
        assert differences(want, got) == [], question
        if about:
            assert (about["certain_s"], about["expired"]) == (None, False)
            seen.update([question["mode"], "results" if got["results"] else "none"])
            seen.update(failure["condition"] for p in got["passed_over"]["places"] for failure in p["failures"])
            seen.update(result["state"]["kind"] for result in got["results"])
            seen.update(["comment"] if any(r["state"]["comment"] for r in got["results"]) else [])
    reasons = ("status", "service", "amenity", "access", "audience", "accuracy", "open")
    states = ("open", "closing_soon", "closed", "unknown")
    for each in ("walk", "bike", "ebike", "drive", "results", "none", *reasons, *states):
        assert seen[each] >= 5, (each, seen)


def test_at_the_border_it_says_how_far_it_is_certain(page: Page, city: City) -> None:
    """Of a corner of the city: what is certain is the city's, and whoever walks for half an hour is always certain."""
    corner = District("corner", "角", None, CORNER, box(*CORNER))
    assert "ms" in opened(page, make(city, corner, NOON))
    asked = [question | {"k": "50"} for question in questions(covered(city, corner), 200, seed=2)]
    seen = Counter[str]()
    for question, want, row in zip(asked, of_the_city(city, asked), asked_of(page, asked), strict=True):
        limit_s = row["answer"].get("offline", {}).get("certain_s")
        if question["mode"] == "walk" and question["cutoff"] != "1h":
            assert limit_s is None
        seen[agreed(question, want, row["answer"])] += 1
    assert seen["certain"] >= 50
    assert seen["partly"] >= 10


def test_what_it_cannot_answer_it_says(page: Page, sample_city: City) -> None:
    opened(page, make(sample_city, District("corner", "角", None, CORNER, box(*CORNER)), NOON))
    here = {"lon": "116.4", "lat": "39.87"}
    table: list[tuple[Question, str]] = [
        ({"lon": "116.41", "lat": "39.95"}, "outside"),  # in the city, not in the pocket
        ({"lon": "121.5", "lat": "31.2"}, "outside_city"),
        ({"lon": "39.87", "lat": "116.4"}, "swapped_coordinates"),
        (here | {"mode": "fly"}, "unknown_word"),
        (here | {"nonsense": "1"}, "unknown_word"),
        (here | {"cutoff": "5h"}, "bad_parameter"),
        (here | {"k": "0"}, "bad_parameter"),
        (here | {"min_left": "10min"}, "bad_parameter"),
        (here | {"when": "2026-02-30T10:00"}, "bad_parameter"),
        ({"lon": "116.4"}, "bad_parameter"),
    ]
    rows = asked_of(page, [question for question, _ in table])
    assert [row["answer"]["problem"] for row in rows] == [code for _, code in table]


def test_beyond_its_days_hours_are_unknown_not_guessed(page: Page, sample_city: City) -> None:
    opened(page, make(sample_city, district(sample_city, "dongcheng"), NOON))
    here = {"lon": "116.41", "lat": "39.92", "k": "10"}
    last, after, before = (here | {"when": f"2026-{day}"} for day in ("12-06T12:00", "12-07T00:00", "11-22T23:00"))
    answers = [row["answer"] for row in asked_of(page, [last, after, before, after | {"open": "arrival"}])]
    kinds = [{result["state"]["kind"] for result in answer["results"]} for answer in answers]
    assert "open" in kinds[0]
    assert kinds[1] == kinds[2] == {"unknown"}
    assert [answer["offline"]["expired"] for answer in answers] == [False, True, True, True]
    assert answers[3]["results"] == []
    failures = [failure for place in answers[3]["passed_over"]["places"] for failure in place["failures"]]
    assert all(failure["found"] is None for failure in failures if failure["condition"] == "open")


def test_half_a_file_is_never_taken_for_one(page: Page, sample_city: City) -> None:
    file = make(sample_city, district(sample_city, "dongcheng"), NOON)
    sections = unpack(file)
    broken = [file[:cut] for cut in (0, 7, 19, 100, len(file) // 2, len(file) - 1)]
    broken += [file[:500] + b"?" + file[501:], b"YZPOCKET" + b"\2" + file[9:], file + b"x"]
    broken += [pack({name: body for name, body in sections.items() if name != gone}) for gone in ("meta", "shapes")]
    broken += [pack({**sections, "edges": sections["edges"][:-9]})]
    for number, each in enumerate(broken):
        assert opened(page, each) == {"code": "damaged", "name": "PocketError"}, number


def test_names_places_and_tiles(page: Page, sample_city: City) -> None:
    only = district(sample_city, "dongcheng")
    opened(page, make(sample_city, only, NOON))
    for text in ("东四", "dongsi", "ds", "四", "ＤＯＮＧＳＩ", "tiananmen", "x", "zzz", "Water", "東四"):
        found = page.evaluate("(text) => pocket.search(text, 8)", text)
        want = sample_city.search(text, 8)
        assert [(n["name"], n["lon"], n["lat"], n["place_id"]) for n in found["results"]] == [
            (n.name, n.position.lon, n.position.lat, n.place_id) for n in want if n.kind != "address"
        ], text
    zoom = (sample_city.tile_zooms or (0, 0))[1]
    assert page.evaluate("pocket.tile(3, 0, 0)") is None
    row = page.evaluate("(id) => pocket.place(id).name", sample_city.places[0].id)
    assert row == sample_city.places[0].name
    features = page.evaluate("pocket.places().features.map(({ id }) => id)")
    assert features == [place.id for place in sample_city.places]
    assert page.evaluate("pocket.meta.tiles.max_zoom") == zoom


@pytest.mark.real
def test_districts_of_beijing_fit_and_agree(page: Page, real_city: City) -> None:
    """The district of most streets, the oldest and the smallest: at most 2 MB, and 240 random questions agree."""
    told = []
    known = {each.area: each for each in districts(real_city)}
    for each in (known["chaoyang"], known["dongcheng"], known["mentougou"]):
        file = make(real_city, each, NOON)
        assert len(file) <= MOST_BYTES
        open_ms = opened(page, file)["ms"]
        told.append(f"{each.area} {len(file):,} bytes, opened in {open_ms:.0f} ms")
        asked = questions(covered(real_city, each), 80, seed=3)
        rows, seen = asked_of(page, asked), Counter[str]()
        for question, want, row in zip(asked, of_the_city(real_city, asked), rows, strict=True):
            seen[agreed(question, want, row["answer"])] += 1
        ms = sorted(row["ms"] for row in rows)
        told.append(f"  of 80 {dict(seen)}; median {ms[40]:.1f} ms, p95 {ms[76]:.1f} ms")
        assert seen["certain"] >= 40  # at least half of them can be compared
    print(json.dumps(told, ensure_ascii=False, indent=1))
