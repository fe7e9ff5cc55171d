"""The notebook is run, cell by cell, and says what the interface says; ``import geo`` offers what it needs."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import folium
import geopandas
import pandas
import pytest
from flask.testing import FlaskClient
from pandas.io.formats.style import Styler

import geo
from geo.city import City
from geo.coverage.planner import STATES
from webmap import create_app

NOTEBOOK = Path(__file__).parents[1] / "docs" / "analysis.ipynb"
WORDS = {"service": "rest_stop", "cutoff": "10min", "open": "certainly"}
NOON, NIGHT = {**WORDS, "when": "2026-11-23T12:00"}, {**WORDS, "when": "2026-11-24T02:00"}


def cells(kind: str) -> list[str]:
    document = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    return ["".join(cell["source"]) for cell in document["cells"] if cell["cell_type"] == kind]


class Ran(SimpleNamespace):
    """What each cell shows, by its number, and the names that all of them leave."""

    shown: dict[int, Any]
    names: SimpleNamespace


@pytest.fixture(scope="module")
def ran(sample_pack: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    """Run the notebook where the sample city lies beside its folder, as in a checkout."""
    here = tmp_path_factory.mktemp("checkout")
    shutil.copytree(sample_pack, here / "data" / "packs" / "dongcheng")
    (here / "docs").mkdir()
    names: dict[str, Any] = {}
    shown = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(here / "docs")
        for number, source in enumerate(cells("code"), start=1):
            *steps, last = ast.parse(source).body
            assert isinstance(last, ast.Expr), f"cell {number} shows nothing"
            exec(compile(ast.Module(steps, []), f"cell {number}", "exec"), names)
            shown[number] = eval(compile(ast.Expression(last.value), f"cell {number}", "eval"), names)
        yield Ran(shown=shown, names=SimpleNamespace(**names))


@pytest.fixture(scope="module")
def client(sample_city: City, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("site"))
        return create_app(sample_city).test_client()


def asked(client: FlaskClient, path: str, **words: Any) -> Any:
    answer = client.get(f"/api/v1/{path}?{urlencode(words)}")
    assert answer.status_code == 200, answer.data
    return answer.get_json()


def test_ten_cells_each_told_of_and_none_with_a_stale_answer() -> None:
    document = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    assert [cell["cell_type"] for cell in document["cells"]] == ["markdown", "code"] * 10
    assert len({cell["id"] for cell in document["cells"]}) == 20
    for cell in document["cells"]:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["execution_count"] is None


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (1, geopandas.GeoDataFrame),
        (2, folium.Map),
        (3, Styler),
        (4, folium.Map),
        (5, geopandas.GeoDataFrame),
        (6, geopandas.GeoDataFrame),
        (7, pandas.DataFrame),
        (8, geopandas.GeoDataFrame),
        (9, geopandas.GeoDataFrame),
        (10, folium.Map),
    ],
)
def test_what_a_cell_shows(ran: Ran, number: int, kind: type) -> None:
    shown = ran.shown[number]
    assert isinstance(shown, kind)
    assert len(shown._repr_html_()) > 200  # type: ignore[attr-defined]
    if isinstance(shown, geopandas.GeoDataFrame):
        assert shown.crs.to_epsg() == 4326
        assert len(shown) > 0
        west, south, east, north = shown.total_bounds
        assert 116.3 < west < east < 116.5
        assert 39.8 < south < north < 40.0


def test_noon_and_night_are_those_of_the_interface(ran: Ran, client: FlaskClient) -> None:
    table, noon, night = ran.shown[1], asked(client, "coverage", **NOON), asked(client, "coverage", **NIGHT)
    for column, values in (("before", noon), ("after", night)):
        assert table[column].tolist() == [area["covered"] for area in values["areas"]]
    assert table["number"].tolist() == [area["number"] for area in noon["areas"]]
    assert table["name"].tolist()[:-1] == [area["name"] for area in noon["areas"]][:-1]
    assert (table["change"] - (table["after"] - table["before"])).abs().max() < 1e-9
    assert table["change"].sum() < 0, "at night fewer are covered"
    areas = ran.names.areas
    for state in (*STATES, "total", "circle"):
        assert areas[state].tolist() == [area[state] for area in night["areas"]]
    assert areas.geometry.iloc[-1] is None
    assert areas.geometry.iloc[:-1].notna().all()


def test_reasons_are_those_of_the_interface_and_make_the_total(ran: Ran, client: FlaskClient) -> None:
    total, reasons = asked(client, "coverage", **NIGHT)["total"], ran.names.reasons
    assert dict(zip(reasons["state"], reasons["weight"], strict=True)) == {state: total[state] for state in STATES}
    metres = asked(client, "coverage", **NIGHT, layer="street_length")["total"]
    assert dict(zip(reasons["state"], reasons["length_m"], strict=True)) == {state: metres[state] for state in STATES}
    drawn_m = reasons.to_crs(reasons.estimate_utm_crs()).length
    assert (abs(drawn_m - reasons["length_m"]) <= 0.002 * reasons["length_m"] + 1).all()


def test_the_week_is_that_of_the_interface(ran: Ran, client: FlaskClient) -> None:
    week = asked(client, "coverage/week", **NOON, week="2026-11-23")
    shares = [ran.names.hours.iloc[hour % 24, hour // 24] for hour in range(168)]
    assert shares == pytest.approx([covered / week["total"] for covered in week["covered"]])
    assert len(set(shares)) > 5
    assert ran.names.hours.columns[0] == "一 Mon 11-23"


def test_gaps_are_those_of_the_interface(ran: Ran, client: FlaskClient) -> None:
    features, table = asked(client, "gaps", **NIGHT, limit=20)["features"], ran.names.gaps
    assert len(table) == len(features) == 20
    for column in ("rank", "weight", "length_m", "subdistrict", "travel_s"):
        assert table[column].tolist() == [gap["properties"][column] for gap in features]
    for reason in STATES[1:]:
        assert table[reason].tolist() == [gap["properties"]["reasons"][reason] for gap in features]
    assert table["weight"].is_monotonic_decreasing
    drawn_m = table.to_crs(table.estimate_utm_crs()).length
    assert (abs(drawn_m - table["length_m"]) <= 0.002 * table["length_m"] + 1).all()


def test_what_one_place_changes_is_what_the_interface_says(ran: Ran, client: FlaskClient) -> None:
    edits = geo.Scenario("", (ran.names.one_more,)).to_json()["edits"]
    answer = client.post(f"/api/v1/what-if?{urlencode(NIGHT)}", json={"edits": edits})
    assert answer.status_code == 200, answer.data
    values, table = answer.get_json(), ran.shown[5]
    assert table["change"].tolist() == ["gained", "lost"]
    assert table["weight"].tolist() == [values["gained"], values["lost"]]
    assert table["weight"][0] > 0
    assert table.geometry.iloc[1].is_empty, "nothing is lost, so nothing is drawn"


def test_the_five_are_the_best_and_bring_what_the_scenario_has(ran: Ran) -> None:
    siting, table = ran.names.siting, ran.shown[6]
    assert siting.plan.status == "optimal"
    assert table["rank"].tolist() == [1, 2, 3, 4, 5]
    assert set(table["kind"]) <= set(ran.names.kinds)
    assert table["gain"].is_monotonic_decreasing
    assert table["gain"].sum() == pytest.approx(siting.plan.objective / 1e6 - covered_by_middles(ran))
    compared, night = ran.shown[8], ran.names.night
    assert compared["before"].tolist() == (night.weight[0] / 1e6).tolist()
    assert compared["after"].tolist() == (siting.effect.covered / 1e6).tolist(), "the plan is what was measured for it"
    others = ran.shown[7]
    assert (others["regret"] >= 0).all()
    assert (others["objective"] + others["regret"]).tolist() == pytest.approx(
        [siting.plan.objective / 1e6] * len(others)
    )
    names = set(table["name"])
    for _, other in others.iterrows():
        assert set(other["without"].split("、")) <= names
        assert set(other["instead"].split("、")).isdisjoint(names)


def covered_by_middles(ran: Ran) -> float:
    """How much is covered at night if each piece of street counts whole, judged at its middle."""
    planner, query = ran.names.planner, ran.names.at_night
    from geo.coverage.costs import costs_at
    from geo.coverage.next_places import demand_rows
    from geo.streets.graphs import access_ticks

    rows, weight = demand_rows(planner, planner.who(query))
    counts, ways = planner.counted(query), planner.ways(query.mode)
    field, _ = planner.field(query.mode, query.cutoff, counts)
    access = access_ticks(rows.snap_m)
    cost = costs_at(ways.streets, ways.leaves, field, rows.edge, rows.offset_m, access, counts)
    return float(weight[cost <= query.cutoff].sum()) / 1e6


def test_all_seats_are_shared_out(ran: Ran) -> None:
    """What is left for each, summed over all, is what there is: every place with seats is reached by somebody."""
    table, shared = ran.shown[9], ran.names.shared
    given = (table["seats_per_1000"].fillna(0) * table["total"]).sum() / 1000
    assert given == pytest.approx(shared.seats)
    assert shared.seats == 12 * shared.places > 0


def test_outlines_are_those_of_the_interface(ran: Ran, client: FlaskClient) -> None:
    at = ran.names.chosen[0].position
    features = asked(client, "service-area", lon=at.lon, lat=at.lat, cutoffs="5min,10min,15min")["features"]
    table = ran.names.reach
    assert table["cutoff_s"].tolist() == [feature["properties"]["cutoff_s"] for feature in features] == [900, 600, 300]
    assert table["length_m"].round(1).tolist() == [feature["properties"]["length_m"] for feature in features]
    assert (table["over_claim"] <= 0.01).all()


@pytest.mark.parametrize("number", [2, 4, 10])
def test_maps_ask_nobody_for_anything_and_hold_nobody_s_text(ran: Ran, number: int) -> None:
    page = ran.shown[number].get_root().render()
    assert re.findall(r"""<(?:script|link|img|iframe)[^>]*(?:src|href)=[^>]*>""", page) == []
    assert "L.geoJSON(values" in page
    city = ran.names.city
    names = [place.name for place in city.places] + [area.name for area in city.areas]
    assert [name for name in names if name in page or json.dumps(name)[1:-1] in page] == []


# --- import geo ---


def test_what_geo_offers() -> None:
    assert geo.__all__ == [
        "Add", "AlongQuery", "City", "Close", "CloseStreet", "CoverageQuery", "LonLat", "Move", "NearestQuery",
        "Question", "Scenario", "SetHours", "SitingQuery", "Wanted", "default_city", "find_gaps", "find_sites",
        "frames", "from_hosts", "from_table", "gains", "lapse", "planned", "read_coverage", "seats",
    ]  # fmt: skip
    assert sorted(geo._HOMES) == geo.__all__
    for name in geo.__all__:
        assert getattr(geo, name) is not None
        assert name in dir(geo)
    with pytest.raises(AttributeError, match="no attribute 'Citty'; it has Add, "):
        _ = geo.Citty


def test_import_geo_imports_nothing_else() -> None:
    code = "import sys; before = set(sys.modules); import geo; print(sorted(m for m in set(sys.modules) - before))"
    printed = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    loaded = {name.split(".")[0] for name in ast.literal_eval(printed)}
    assert loaded & {"numpy", "pandas", "geopandas", "numba", "shapely", "flask", "folium"} == set()
    assert "geo.city" not in ast.literal_eval(printed)
