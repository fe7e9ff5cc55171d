"""Embedding without a browser: options, origins, headers, the picture, the list, the snippet and oEmbed."""

from __future__ import annotations

import html
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

import webmap
from geo.city import City
from geo.cli import main
from geo.coords import BBox, LonLat
from geo.errors import ParameterError, YizhanError
from geo.places.model import SERVICES
from tests.webmap.test_api import NOON
from webmap import create_app, wsgi
from webmap.embed.mercator import View, view_of, world_pixels
from webmap.embed.options import THEMES, EmbedOptions, bounds_of, read_options, view_for
from webmap.embed.origins import MAX_ORIGINS, read_origin, read_origins
from webmap.embed.picture import HEIGHT_PX, MAX_CORNERS, WIDTH_PX, picture
from webmap.embed.themes import themed
from webmap.settings import Settings

STATIC = Path(webmap.__file__).parent / "static"
ALLOWED = ("https://www.example.org", "https://*.union.example.org")
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def app(sample_city: City) -> Flask:
    return create_app(sample_city, Settings(embedders=ALLOWED), now=lambda: NOON)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def policy(response: TestResponse) -> dict[str, str]:
    directives = response.headers["Content-Security-Policy"].split("; ")
    return dict(directive.partition(" ")[::2] for directive in directives)


def page(client: FlaskClient, address: str) -> TestResponse:
    return client.get(address, headers={"Accept": "text/html"})


# --- origins ---


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://www.example.org", "https://www.example.org"),
        ("HTTPS://WWW.Example.ORG", "https://www.example.org"),  # as browsers write it, or it would never be equal
        ("https://example.org:443", "https://example.org"),  # likewise
        ("http://example.org:80", "http://example.org"),
        ("http://example.org:443", "http://example.org:443"),  # not the usual port of http
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("https://*.example.org", "https://*.example.org"),
        ("https://xn--fiq228c.example.cn", "https://xn--fiq228c.example.cn"),
    ],
)
def test_an_origin_is_written_as_browsers_do(text: str, origin: str) -> None:
    assert read_origin(text) == origin
    assert read_origin(origin) == origin


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("*", "everybody is nobody's decision"),
        ("https:", "a scheme alone allows every host"),
        ("https://*", "so does a bare star"),
        ("https://*.org", "and a star below a whole top domain"),
        ("https://www.*.org", "a star in the middle means nothing to browsers"),
        ("https://*.*.example.org", "nor do two"),
        ("https://*.127.0.0.1", "nothing is below an address"),
        ("www.example.org", "no scheme: browsers would take ours"),
        ("https://example.org/", "a path is not compared, but looks as if it were"),
        ("https://example.org/page", "likewise"),
        ("https://user@example.org", "a user is no part of an origin"),
        ("https://example.org:0", "no such port"),
        ("https://example.org:99999", "no such port"),
        ("ftp://example.org", "no page comes by it"),
        ("javascript://example.org", "nor by this"),
        ("null", "the origin of sandboxes, which is anybody's"),
        ("'self'", "a word of the policy, not an origin"),
        ("https://a.example; script-src *", "would add a directive of its own"),
        ("https://a.example https://b.example", "would add another origin"),
        ("https://a.example,https://b.example", "would end the header's value"),
        ("https://a.example\r\nX-Evil: 1", "would add a header"),
        ("https://a.example\n", "a line end at the end"),
        ("https://驿站.cn", "browsers say xn--"),
        ("https://-a.example", "no host begins so"),
        ("", "nothing"),
    ],
)
def test_what_is_no_origin_is_refused(text: str, why: str) -> None:
    with pytest.raises(ParameterError, match="is no origin"):
        read_origin(text)


def test_origins_are_told_once_and_not_without_end() -> None:
    assert read_origins(["http://b.example:80", "http://a.example", "http://b.example"]) == (
        "http://b.example",
        "http://a.example",
    )
    with pytest.raises(ParameterError, match=f"at most {MAX_ORIGINS}"):
        read_origins(f"https://a{number}.example" for number in range(MAX_ORIGINS + 1))


def test_a_server_reads_them_from_its_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(wsgi.EMBED_ON, "https://A.example https://*.b.example:8443")
    assert wsgi._settings().embedders == ("https://a.example", "https://*.b.example:8443")
    monkeypatch.setenv(wsgi.EMBED_ON, "https://a.example *")
    with pytest.raises(ParameterError, match="is no origin"):
        wsgi._settings()
    monkeypatch.delenv(wsgi.EMBED_ON)
    assert wsgi._settings().embedders == ()


def test_the_command_hands_them_on(
    sample_pack: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    served: list[Settings] = []
    monkeypatch.setattr("webmap.serving.serve", lambda _, settings: served.append(settings))
    command = ["serve", "--city", str(sample_pack)]
    assert main([*command, "--embed-on", "https://A.example", "--embed-on", "http://b.example:81"]) == 0
    assert main(command) == 0
    assert [settings.embedders for settings in served] == [("https://a.example", "http://b.example:81"), ()]
    assert main([*command, "--embed-on", "b.example"]) != 0
    assert "is no origin" in capsys.readouterr().err
    assert len(served) == 2


# --- who may frame what ---


@pytest.mark.parametrize(
    "address", ["/embed", "/embed?lang=en&theme=dark", "/embed?zom=3"], ids=["map", "options", "mistake"]
)
def test_the_frame_may_be_shown_by_those_of_the_settings_alone(client: FlaskClient, address: str) -> None:
    assert (
        policy(page(client, address))["frame-ancestors"] == "'self' https://www.example.org https://*.union.example.org"
    )


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/about",
        "/plan",
        "/embed/builder",
        "/embed/map.svg",
        "/oembed",
        "/embed.js",
        "/api/v1/city",
        "/embed/",
        "/missing",
    ],
)
def test_all_else_stays_with_ourselves(client: FlaskClient, address: str) -> None:
    assert policy(page(client, address))["frame-ancestors"] == "'self'"


def test_without_settings_nobody_else_shows_the_frame(sample_city: City) -> None:
    client = create_app(sample_city, now=lambda: NOON).test_client()
    assert policy(page(client, "/embed"))["frame-ancestors"] == "'self'"


def test_the_rest_of_the_policy_is_as_everywhere(client: FlaskClient) -> None:
    def others(address: str) -> dict[str, str]:
        of_page = policy(page(client, address))
        return {name: re.sub(r"'nonce-[^']*'", "", of_page[name]) for name in of_page.keys() - {"frame-ancestors"}}

    assert others("/embed") == others("/")
    assert "frame-src" not in others("/")
    assert policy(page(client, "/embed/builder"))["frame-src"] == "'self'"
    assert page(client, "/embed").headers["Permissions-Policy"] == "geolocation=(self)"


def test_a_widened_policy_is_not_the_next_answer_s(client: FlaskClient) -> None:
    page(client, "/embed")
    assert policy(page(client, "/"))["frame-ancestors"] == "'self'"


# --- options ---


def read(city: City, query: dict[str, Any]) -> EmbedOptions:
    return read_options(MultiDict(query), city)


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ({"zom": "12"}, "a slip of the finger"),
        ({"zoom": "9"}, "farther than the map goes"),
        ({"zoom": "20"}, "closer than the map goes"),
        ({"zoom": "1e1"}, "no whole number"),
        ({"zoom": "１２"}, "full-width digits are no digits here"),
        ({"zoom": ["12", "13"]}, "which of them?"),
        ({"center": "116.41"}, "half a position"),
        ({"center": "39.92,116.41"}, "latitude first"),
        ({"center": "nan,nan"}, "no number"),
        ({"center": "121.5,31.2"}, "Shanghai"),
        ({"center": ""}, "nothing"),
        ({"area": "西城区"}, "not of this city"),
        ({"area": "东四街道/东城区"}, "the wrong way round"),
        ({"area": ""}, "nothing"),
        ({"area": "<script>"}, "an attack"),
        ({"service": "reststop"}, "a slip of the finger"),
        ({"service": "rest_stop,"}, "an empty word"),
        ({"lang": "fr"}, "not spoken here"),
        ({"theme": "blue"}, "no theme"),
        ({"list": "no", "search": "0"}, "yes or no"),
        ({"locate": "true"}, "yes or no"),
    ],
)
def test_an_option_that_is_not_understood_is_refused(sample_city: City, query: dict[str, Any], why: str) -> None:
    with pytest.raises(YizhanError) as caught:
        read(sample_city, query)
    assert getattr(caught.value, "parameter", None) in query


options = st.builds(
    EmbedOptions,
    center=st.none() | st.builds(LonLat, st.floats(116.39, 116.43), st.floats(39.86, 39.96)),
    zoom=st.none() | st.integers(10, 19),
    area=st.sampled_from(["", "东四街道", "东城区", "东城区/东四街道", "Dongsi Subdistrict"]),
    services=st.sets(st.sampled_from(SERVICES)).map(lambda kinds: tuple(kind for kind in SERVICES if kind in kinds)),
    lang=st.sampled_from(["zh", "en"]),
    theme=st.sampled_from(THEMES),
    list=st.booleans(),
    search=st.booleans(),
    locate=st.booleans(),
)


@given(options)
def test_the_address_says_what_the_options_say(sample_city: City, asked: EmbedOptions) -> None:
    again = read(sample_city, dict(asked.query()))
    assert (again.center is None) == (asked.center is None)
    if again.center is not None and asked.center is not None:
        assert again.center == pytest.approx(asked.center, abs=1e-7)
    assert {**vars(again), "center": None} == {**vars(asked), "center": None}


def test_a_whole_number_of_degrees_keeps_its_noughts() -> None:
    assert EmbedOptions(center=LonLat(120.0, 40.0)).query() == {"center": "120,40"}


# --- the view ---


def test_an_area_lies_within_what_a_phone_shows_of_it(sample_city: City) -> None:
    for area in sample_city.areas:
        box = bounds_of(sample_city, f"{area.district}/{area.name}")
        view = view_for(EmbedOptions(area=area.name), sample_city)
        seen = view.box(340, 230)
        assert seen.west <= box.west and box.east <= seen.east, area.name
        assert seen.south <= box.south and box.north <= seen.north, area.name
        closer = View(view.center, view.zoom + 1).box(340, 230)
        assert not (
            closer.west <= box.west
            and box.east <= closer.east
            and closer.south <= box.south
            and box.north <= closer.north
        )


def test_a_district_is_all_its_subdistricts(sample_city: City) -> None:
    district = bounds_of(sample_city, "东城区")
    for area in sample_city.areas:
        one = bounds_of(sample_city, area.name)
        assert district.west <= one.west <= one.east <= district.east


def test_what_is_said_goes_before_what_fits(sample_city: City) -> None:
    here = LonLat(116.42, 39.93)
    assert view_for(EmbedOptions(area="东四街道", center=here, zoom=11), sample_city) == View(here, 11)


@given(st.floats(-179, 179), st.floats(-80, 80), st.integers(10, 19))
def test_the_box_of_a_view_has_its_corners_at_the_picture_s(lon: float, lat: float, zoom: int) -> None:
    view = View(LonLat(lon, lat), zoom)
    box = view.box(640, 400)
    corners = view.pixels(np.array([[box.west, box.north], [box.east, box.south]]), 640, 400)
    assert corners == pytest.approx(np.array([[0, 0], [640, 400]]), abs=1e-2)


def test_a_tile_of_the_web_has_its_published_corner() -> None:
    """OpenStreetMap's wiki, "Slippy map tilenames": zoom 2, tile (2, 1) begins at 0 E, 66.513 N."""
    assert world_pixels(np.array([[0.0, 66.51326044311186]]), 2)[0] == pytest.approx([512, 256], abs=1e-6)


def test_a_view_of_a_point_is_close_but_not_the_closest() -> None:
    assert view_of(BBox(116.4, 39.9, 116.4, 39.9)).zoom == 17


# --- the picture ---


@pytest.mark.parametrize("zoom", range(10, 20))
def test_the_picture_is_sound_and_bounded(client: FlaskClient, zoom: int) -> None:
    response = client.get(f"/embed/map.svg?zoom={zoom}")
    assert response.mimetype == "image/svg+xml"
    root = ElementTree.fromstring(response.data)
    assert root.tag == f"{SVG}svg"
    assert root.findtext(f"{SVG}title")
    assert len(response.data) < 150_000
    assert not re.search(rb"<script|\bon\w+=|https?://(?!www\.w3\.org/2000/svg)|javascript:", response.data)


def test_streets_lie_where_the_network_has_them(sample_city: City) -> None:
    """Every corner that is drawn is one of the network's, seen by plain arithmetic, to the pixel."""
    view = View(sample_city.bbox.centre, 14)
    drawn = picture(sample_city, view, [], [])["strokes"]
    corners = set()
    for stroke in drawn:
        for line in stroke.path.split("M")[1:]:
            start, _, moves = line.partition("l")
            at = np.array([int(word) for word in start.split()])
            corners.add(tuple(at.tolist()))
            for step in np.array([int(word) for word in moves.split()]).reshape(-1, 2):
                at = at + step
                corners.add(tuple(at.tolist()))
    truth = set()
    for lon_e7, lat_e7 in sample_city.network.shape_e7.tolist():
        x, y = view.pixels(np.array([[lon_e7 / 1e7, lat_e7 / 1e7]]), WIDTH_PX, HEIGHT_PX)[0]
        truth.add((round(x), round(y)))
    assert len(corners) > 50
    assert corners <= truth
    assert {(x, y) for x, y in truth if 0 < x < WIDTH_PX and 0 < y < HEIGHT_PX} <= corners


def test_streets_are_left_out_before_the_picture_grows(sample_city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    view = View(sample_city.bbox.centre, 14)
    full = {stroke.tier for stroke in picture(sample_city, view, [], [])["strokes"]}
    monkeypatch.setattr("webmap.embed.picture.MAX_CORNERS", 250)
    fewer = {stroke.tier for stroke in picture(sample_city, view, [], [])["strokes"]}
    assert fewer < full
    assert MAX_CORNERS > 250


def test_numbers_are_those_of_the_list(client: FlaskClient) -> None:
    names = listed(client, "/embed?center=116.4108,39.9229&zoom=15")
    svg = ElementTree.fromstring(client.get("/embed/map.svg?center=116.4108,39.9229&zoom=15").data)
    numbers = {int(text.text or 0) for text in svg.iter(f"{SVG}text") if (text.text or "").isdigit()}
    assert numbers
    assert numbers <= set(range(1, len(names) + 1))


def test_a_picture_off_the_streets_has_none(sample_city: City) -> None:
    far = sample_city.streets_in(BBox(10.0, 10.0, 10.1, 10.1))
    assert far.kind == () and len(far.lonlat) == 0 and far.start.tolist() == [0]


def test_every_street_of_a_box_is_found(sample_city: City) -> None:
    network, box = sample_city.network, BBox(116.405, 39.920, 116.415, 39.930)
    found = {tuple(point) for point in np.round(sample_city.streets_in(box).lonlat * 1e7).astype(int).tolist()}
    inside = {
        (lon, lat)
        for lon, lat in network.shape_e7.tolist()
        if box.west <= lon / 1e7 <= box.east and box.south <= lat / 1e7 <= box.north
    }
    assert inside
    assert inside <= found


# --- without scripts ---


class Scriptless(HTMLParser):
    """Reads a page as a browser without scripts does: what stands in noscript is there."""

    def __init__(self) -> None:
        super().__init__()
        self.inside = 0
        self.heading = False
        self.names: list[str] = []
        self.pictures: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside += tag == "noscript"
        self.heading = self.heading or (tag == "h3" and self.inside > 0)
        if tag == "img" and self.inside:
            self.pictures.append(dict(attrs)["src"] or "")

    def handle_endtag(self, tag: str) -> None:
        self.inside -= tag == "noscript"
        self.heading = self.heading and tag != "h3"

    def handle_data(self, data: str) -> None:
        if self.heading:
            self.names.append(data)


def scriptless(client: FlaskClient, address: str) -> Scriptless:
    parser = Scriptless()
    parser.feed(page(client, address).text)
    return parser


def listed(client: FlaskClient, address: str) -> list[str]:
    return scriptless(client, address).names


def test_the_list_is_the_api_s_answer_for_the_middle_of_the_map(client: FlaskClient) -> None:
    query = "lon=116.4108&lat=39.9229&k=12&cutoff=60min&service=rest_stop"
    truth = [result["place"]["name"] for result in client.get(f"/api/v1/nearest?{query}").get_json()["results"]]
    assert listed(client, "/embed?center=116.4108,39.9229&service=rest_stop") == truth
    assert truth


def test_the_list_of_an_area_has_only_what_lies_in_it(client: FlaskClient, sample_city: City) -> None:
    own = {place.name for place in sample_city.places if place.subdistrict == "东四街道"}
    names = listed(client, "/embed?area=东四街道")
    assert names
    assert set(names) <= own


def test_the_picture_of_the_page_has_the_options_of_the_page(client: FlaskClient) -> None:
    (source,) = scriptless(client, "/embed?center=116.41,39.92&zoom=16&service=rest_stop&lang=en").pictures
    assert client.get(source).status_code == 200
    for word in ("center=116.41,39.92", "zoom=16", "service=rest_stop", "lang=en"):
        assert word in source.replace("%2C", ",")


def test_the_middle_of_nowhere_has_no_list_but_a_page(sample_city: City, client: FlaskClient) -> None:
    corner = sample_city.bbox
    response = page(client, f"/embed?center={corner.west:.5f},{corner.south:.5f}")
    assert response.status_code == 200


# --- pages ---


def test_a_mistake_is_said_where_the_map_would_be(client: FlaskClient) -> None:
    response = page(client, "/embed?zom=3&x=<b>")
    assert response.status_code == 400
    assert "zom" in response.text
    assert "<b>" not in response.text
    assert client.get("/embed?zom=3").get_json()["code"] == "unknown_word"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_theme_asks_the_system_no_more(client: FlaskClient, theme: str) -> None:
    text = page(client, f"/embed?theme={theme}").text
    (address,) = [html.unescape(found) for found in re.findall(r'href="(/embed/\w+\.css\?[^"]*)"', text)]
    sheet = client.get(address)
    assert "immutable" in sheet.headers["Cache-Control"]
    assert "prefers-color-scheme" not in sheet.text
    assert f"color-scheme: {theme};" in sheet.text
    assert f'data-theme="{theme}"' in text
    usual = (STATIC / "css" / "yizhan.css").read_text("utf-8")
    assert themed(usual, theme).count("{") == usual.count("{")
    assert "/embed/" not in "".join(re.findall(r'rel="stylesheet" href="([^"]*)"', page(client, "/embed").text))


def test_the_script_for_other_pages_is_small_and_kept_shortly(client: FlaskClient) -> None:
    response = client.get("/embed.js")
    assert response.data == (STATIC / "embed.js").read_bytes()
    assert len(response.data) <= 2048
    assert response.mimetype == "text/javascript"
    assert response.headers["Cache-Control"] == "public, max-age=3600"
    assert client.get("/embed.js", headers={"If-None-Match": response.headers["ETag"]}).status_code == 304


# --- the snippet and oEmbed ---


class Tags(HTMLParser):
    """Collects the tags of a snippet with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: dict[str, dict[str, str | None]] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found[tag] = dict(attrs)


def oembed(client: FlaskClient, **query: str) -> TestResponse:
    return client.get("/oembed", query_string=query)


def test_the_snippet_is_a_frame_that_may_ask_for_the_position_and_a_script(client: FlaskClient) -> None:
    answer = oembed(client, url="http://localhost/embed?lang=en&service=rest_stop,water_point&list=no").get_json()
    tags = Tags(answer["html"]).found
    assert tags.keys() == {"iframe", "script"}
    assert tags["iframe"]["allow"] == "geolocation"
    assert tags["iframe"]["title"] == "Where is the nearest rest stop?"
    assert tags["script"]["src"] == "http://localhost/embed.js"
    address = tags["iframe"]["src"] or ""
    assert address.startswith("http://localhost/embed?")
    assert page(client, address.removeprefix("http://localhost")).status_code == 200
    assert {"version": "1.0", "type": "rich", "width": 640, "height": 640}.items() <= answer.items()


def test_the_finder_s_own_address_can_be_embedded(client: FlaskClient) -> None:
    found = re.search(r'type="application/json\+oembed"[^>]*href="([^"]*)"', page(client, "/?lang=en").text)
    assert found is not None
    answer = client.get(html.unescape(found[1]).removeprefix("http://localhost")).get_json()
    assert "lang=en" in answer["html"]
    shared = oembed(
        client, url="http://localhost/?lon=116.41&lat=39.92&service=rest_stop,nonsense&mode=bike"
    ).get_json()
    source = Tags(shared["html"]).found["iframe"]["src"]
    assert source == "http://localhost/embed?center=116.41,39.92&service=rest_stop"


def test_a_consumer_s_limits_hold(client: FlaskClient) -> None:
    answer = oembed(client, url="http://localhost/embed", maxwidth="300", maxheight="400", dnt="1").get_json()
    assert (answer["width"], answer["height"]) == (300, 400)
    assert "max-width:300px" in answer["html"]


@pytest.mark.parametrize(
    ("query", "status", "why"),
    [
        ({}, 400, "no address"),
        ({"url": "https://evil.example/embed"}, 404, "somebody else's"),
        ({"url": "http://localhost.evil.example/embed"}, 404, "somebody else's, alike at the beginning"),
        ({"url": "http://localhost@evil.example/embed"}, 404, "likewise"),
        ({"url": "//localhost/embed"}, 404, "half an address"),
        ({"url": "javascript:alert(1)"}, 404, "an attack"),
        ({"url": "http://localhost/about"}, 404, "no map"),
        ({"url": "http://localhost/embed?zoom=99"}, 400, "a wrong option"),
        ({"url": "http://localhost/embed?" + "&".join(["a=1"] * 60)}, 400, "too many"),
        ({"url": "http://localhost//[x"}, 404, "what addresses cannot be made of"),
        ({"url": "http://localhost/embed?" + "a" * 3000}, 404, "too long"),
        ({"url": "http://localhost/embed", "maxwidth": "-1"}, 400, "no width"),
        ({"url": "http://localhost/embed", "height": "99999"}, 400, "too high"),
        ({"url": "http://localhost/embed", "format": "xml"}, 501, "as the protocol has it"),
    ],
)
def test_oembed_refuses(client: FlaskClient, query: dict[str, str], status: int, why: str) -> None:
    response = client.get("/oembed", query_string=query, headers={"Accept": "text/html"})
    assert response.status_code == status
    assert response.mimetype == "application/problem+json"


def test_the_public_address_is_the_keeper_s_word_not_the_asker_s(sample_city: City) -> None:
    app = create_app(sample_city, Settings(url="https://yizhan.example.org"), now=lambda: NOON)
    answer = app.test_client().get("/oembed?url=https://yizhan.example.org/embed", headers={"Host": "evil.example"})
    assert "evil" not in json.dumps(answer.get_json())
    assert 'src="https://yizhan.example.org/embed"' in answer.get_json()["html"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_builder_works_without_scripts(client: FlaskClient, lang: str) -> None:
    empty, chosen = "area=&center=&zoom=", "theme=dark&service=rest_stop&service=water_point&search=no&height=500"
    response = page(client, f"/embed/builder?lang={lang}&{empty}&language=en&{chosen}")
    assert response.status_code == 200
    code = re.search(r"<textarea[^>]*>(.*?)</textarea>", response.text, re.S)
    assert code is not None
    frame = Tags(html.unescape(code[1])).found["iframe"]
    assert frame["src"] == "http://localhost/embed?service=rest_stop,water_point&lang=en&theme=dark&search=no"
    assert frame["height"] == "500"
    for origin in ALLOWED:
        assert origin in response.text


@pytest.mark.parametrize(
    "query", ["zoom=99", "x=1", "height=1", "center=</textarea><script>alert(1)</script>", "area=<b>"]
)
def test_the_builder_says_what_is_wrong(client: FlaskClient, query: str) -> None:
    response = page(client, f"/embed/builder?{query}")
    assert response.status_code == 400
    assert "<b>" not in response.text
    assert "alert(1)</script>" not in response.text
    assert re.search(r'id="problem"[^>]*>\s*\S', response.text)
