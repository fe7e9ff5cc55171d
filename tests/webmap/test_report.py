"""The printable page: every figure that of the interface, both languages, hostile names, and exactly one sheet."""

from __future__ import annotations

import re
from datetime import datetime
from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient

from geo.city import City
from geo.coverage.scenario import Close, Scenario
from geo.places.hours import CHINA
from webmap import create_app
from webmap.settings import Settings

ASKED = "service=rest_stop&cutoff=5min&open=certainly&when=2026-11-23T20:00"
MONDAY = datetime(2026, 11, 23, 12, 0, tzinfo=CHINA)


@pytest.fixture(scope="module")
def client(sample_city: City, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    settings = Settings(state=tmp_path_factory.mktemp("state"))
    return create_app(sample_city, settings, now=lambda: MONDAY).test_client()


def page_of(client: FlaskClient, number: int, asked: str = ASKED) -> str:
    response = client.get(f"/plan/report/{number}?{asked}")
    assert response.status_code == 200, response.text
    assert response.headers["Cache-Control"] == "private, no-cache"
    return response.text


class Reader(HTMLParser):
    """Takes out exact figures, bars, tags and attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.data: list[float] = []
        self.rows: list[list[float]] = []
        self.bars: dict[str, float] = {}
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.opened: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = dict(attrs)
        self.tags.add(tag)
        self.attributes |= set(own)
        if tag == "tr":
            self.rows.append([])
        if tag == "data":
            self.rows[-1].append(float(own["value"] or "nan"))
        if tag == "rect" and (own.get("class") or "").startswith("s-"):
            self.bars[(own["class"] or "")[2:]] = float(own["width"] or 0)


@pytest.mark.parametrize("layer", ["residents", "street_length", "pickups"])
def test_figures_are_those_of_the_interface(client: FlaskClient, sample_city: City, layer: str) -> None:
    asked = f"{ASKED}&layer={layer}"
    values = client.get(f"/api/v1/coverage?{asked}").get_json()
    gaps = client.get(f"/api/v1/gaps?{asked}&limit=500").get_json()["features"]
    for number in range(0, len(sample_city.areas), 4):
        area = values["areas"][number]
        text = page_of(client, number, asked)
        rows = [row for row in Reader(text).rows if row]
        states = rows[: len(values["states"]) + 2]
        assert [row[0] for row in states] == [
            *(area[state] for state in values["states"]), area["total"], area["circle"],
        ]  # fmt: skip
        assert states[-2][1] == values["total"]["total"]
        own = [gap["properties"] for gap in gaps if gap["properties"]["area"] == number][:5]
        assert [row[0] for row in rows[len(states) :]] == [gap["weight"] for gap in own]
        if area["total"]:
            assert f"{100 * area['covered'] / area['total']:.1f} %" in text
            bars = Reader(text).bars
            assert bars == {
                state: pytest.approx(1000 * area[state] / area["total"], abs=0.01)
                for state in values["states"]
                if area[state]
            }
        for name in ("median_s", "ninth_decile_s", "worst_decile_s"):
            assert f"<td>{values['equity'][name] / 60:.1f}</td>" in text


def test_each_hour_stands_as_the_interface_tells_it(client: FlaskClient, sample_city: City) -> None:
    number = 3
    text = page_of(client, number)
    for name, opened in (("sure", "certainly"), ("maybe", "perhaps")):
        week = client.get(
            f"/api/v1/coverage/week?service=rest_stop&cutoff=5min&open={opened}&week=2026-11-23"
        ).get_json()
        area = next(one for one in week["areas"] if one["number"] == number)
        drawn = re.findall(rf'<rect class="{name}" x="(\d+)" y="([\d.]+)" width="35" height="([\d.]+)"/>', text)
        at = {((int(x) - 122) // 37, int(float(y) // 26)): float(height) for x, y, height in drawn}
        for hour, covered in enumerate(area["covered"]):
            height = at.get((hour % 24, hour // 24), 0.0)
            assert height == pytest.approx(22 * covered / area["total"], abs=0.051)
        assert at


def test_what_is_not_certain_is_said_in_both_languages(client: FlaskClient) -> None:
    chinese, english = page_of(client, 3), page_of(client, 3, f"{ASKED}&lang=en")
    assert 'lang="zh-CN"' in chinese and 'lang="en"' in english
    for part in ("示例城市", "仅为示意", "没有人核实过", "开放时间没人知道"):
        assert part in chinese
    for part in ("A sample city", "only illustrative", "unverified", "hours of 4 are unknown"):
        assert part in english
    words = re.sub(r"<[^>]*>", " ", english.split("<h1>")[1])
    own_words = ("状态", "覆盖", "分钟", "周一", "全市", "所问")
    assert not [word for word in own_words if word in words]


def test_a_scenario_is_said_to_be_one(client: FlaskClient, sample_city: City) -> None:
    stops = [place.id for place in sample_city.places if place.offers("rest_stop")]
    scenario = Scenario("全部关闭", tuple(Close(one) for one in stops[:3]))
    key = client.post("/api/v1/scenarios", json=scenario.to_json()).get_json()["key"]
    text = page_of(client, 3, f"{ASKED}&scenario={key}")
    assert "方案：全部关闭" in text
    assert "这是设想的方案（3 项改动）" in text


def test_a_provisional_year_is_said(client: FlaskClient) -> None:
    assert "节假日是暂定的" in page_of(client, 3, "open=certainly&when=2028-01-05T12:00")
    assert "节假日是暂定的" not in page_of(client, 3)


def test_the_page_needs_no_script_and_no_other_host(client: FlaskClient) -> None:
    text = page_of(client, 3)
    reader = Reader(text)
    assert not reader.tags & {"script", "iframe", "img", "object", "embed", "style"}
    assert "style" not in reader.attributes
    assert not [name for name in reader.attributes if name.startswith("on")]
    assert not re.findall(r'(?:href|src)="(?!/static/)', text)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/plan/report/17", 404),
        ("/plan/report/99999999999999999999", 404),
        ("/plan/report/-1", 404),
        ("/plan/report/x", 404),
        ("/plan/report/0?week=monday", 400),
        ("/plan/report/0?cutoff=0min", 400),
        ("/plan/report/0?why=1", 400),
        ("/plan/report/0?scenario=0123456789abcdef", 404),
    ],
)
def test_pages_of_nothing_are_refused(client: FlaskClient, path: str, status: int) -> None:
    response = client.get(path, headers={"Accept": "application/json"})
    assert response.status_code == status
    assert response.mimetype == "application/problem+json"


# --- on paper ---
