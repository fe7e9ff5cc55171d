"""Providers of the base map: named clearly or refused at the start; their tiles bounded, and their key nowhere."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from geo.city import City
from geo.cli import main
from geo.coords import BBox
from geo.errors import ParameterError
from webmap import create_app, tile_proxy
from webmap.base_maps import Provider, read_key, read_provider
from webmap.settings import Settings
from webmap.tile_proxy import FetchError, TileProxy

KEY = "0123456789abcdef0123456789abcdef"
TEMPLATE = "https://tiles.example.cn/{z}/{x}/{y}.png?key={key}"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 100
BEIJING = BBox(116.3, 39.8, 116.5, 40.0)


def provider() -> Provider:
    found = read_provider(TEMPLATE, key=KEY, attribution="© Example")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("name", "given", "why"),
    [
        ("tianditu", {}, "needs a key"),
        ("tianditu", {"key": "short"}, "8 to 128 letters"),
        ("tianditu", {"key": KEY, "datum": "gcj02"}, "is in wgs84"),
        (TEMPLATE, {"key": KEY}, "--base-map-attribution"),
        (TEMPLATE, {"attribution": "© Example"}, "needs a key"),
        (TEMPLATE, {"key": KEY, "attribution": " "}, "give 1 to 300"),
        (TEMPLATE, {"key": KEY, "attribution": "©", "datum": "bd09"}, "wgs84 or gcj02"),
        ("amap", {"key": KEY, "attribution": "©"}, "neither own"),
        ("https://tiles.example.cn/{z}/{x}.png", {"attribution": "©"}, "neither own"),  # no row
        ("https://{x}.example.cn/{z}/{x}/{y}", {"attribution": "©"}, "neither own"),  # a host is no matter of tiles
        ("https://tiles.example.cn/{z}/{x}/{y}/{secret}", {"attribution": "©"}, "neither own"),
        ("https://tiles.example.cn/{z}/{x}/{y}}", {"attribution": "©"}, "neither own"),
        ("file:///etc/{z}/{x}/{y}", {"attribution": "©"}, "neither own"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_the_remedy(name: str, given: dict[str, str], why: str) -> None:
    with pytest.raises(ParameterError, match=why):
        read_provider(name, **given)


def test_a_key_is_in_no_text_of_ours(caplog: pytest.LogCaptureFixture) -> None:
    assert KEY not in repr(provider()) + repr(Settings(base_map=provider())) + json.dumps(provider().told())
    with pytest.raises(ParameterError) as refused:
        read_provider("tianditu", key=KEY + "!")
    assert KEY not in str(refused.value)


def test_tianditu_is_asked_as_its_own_manual_says() -> None:
    found = read_provider("tianditu", key=KEY)
    assert found is not None
    address = found.address("cva", 12, 3372, 1552)
    assert address.startswith("https://t0.tianditu.gov.cn/cva_w/wmts?")
    for part in ("TILEMATRIX=12", "TILEROW=1552", "TILECOL=3372", "LAYER=cva", f"tk={KEY}"):
        assert part in address.split("?")[1].split("&")


def test_a_key_is_read_from_the_first_line(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"{KEY}\nof the federation\n")
    assert read_key(tmp_path / "key") == KEY
    for wrong in (tmp_path / "none", tmp_path):
        with pytest.raises(ParameterError, match="cannot be read"):
            read_key(wrong)


def test_without_a_key_the_command_says_so_and_ends(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("YIZHAN_BASE_MAP_KEY", raising=False)
    assert main(["serve", "--base-map", "tianditu"]) == 2
    assert "tianditu' needs a key" in capsys.readouterr().err


class Fake:
    """A provider that counts, answers as told, and a clock that stands."""

    def __init__(self, *answers: bytes | None) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []
        self.now = 0.0

    def fetch(self, url: str) -> bytes:
        self.asked.append(url)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer is None:
            raise FetchError("status 403")
        return answer

    def proxy(self) -> TileProxy:
        return TileProxy(provider(), BEIJING, self.fetch, lambda: self.now)


@pytest.mark.parametrize(
    ("number", "allowed"),
    [
        (("map", 12, 3373, 1552), True),  # 116.45 E, 39.9 N
        (("map", 12, 3300, 1552), False),  # another city
        (("map", 12, 3373, 1500), False),
        (("map", 19, 431_800, 198_700), False),  # a level that the provider has not
        (("map", 0, 0, 0), False),
        (("img", 12, 3373, 1552), False),  # a layer that is not ours
        (("map", 12, 10**30, 1552), False),
    ],
)
def test_only_tiles_of_the_city_are_fetched(number: tuple[str, int, int, int], allowed: bool) -> None:
    assert Fake(PNG).proxy().allows(*number) is allowed


def test_a_tile_is_kept_for_a_while_and_no_more_than_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = Fake(PNG)
    proxy = fake.proxy()
    for _ in range(3):
        assert proxy.tile("map", 12, 3373, 1552).mimetype == "image/png"
    assert len(fake.asked) == 1, "kept"
    assert KEY in fake.asked[0]
    fake.now = 3601.0
    proxy.tile("map", 12, 3373, 1552)
    assert len(fake.asked) == 2, "kept for an hour only"
    monkeypatch.setattr(tile_proxy, "_KEEP", 3 * len(PNG))
    for x in range(5):
        proxy.tile("map", 12, x, 0)
    proxy.tile("map", 12, 4, 0)
    assert len(fake.asked) == 7, "the newest is still there"
    proxy.tile("map", 12, 3373, 1552)
    assert len(fake.asked) == 8, "the oldest is not"


def test_a_provider_that_fails_is_left_alone_for_a_while(caplog: pytest.LogCaptureFixture) -> None:
    fake = Fake(None)
    proxy = fake.proxy()
    with caplog.at_level(logging.WARNING):
        for x in range(10):
            with pytest.raises(FetchError):
                proxy.tile("map", 12, x, 0)
    assert len(fake.asked) == 3
    assert "status 403" in caplog.text
    assert KEY not in caplog.text
    fake.answers, fake.now = [PNG], 31.0
    assert proxy.tile("map", 12, 0, 0).body == PNG


@pytest.mark.parametrize(
    "body",
    [b'{"code":301012,"msg":"..."}', b"<html>", b"", b"RIFF....WAVE", PNG + b"\0" * 600_000],
    ids=["a refusal with status 200", "a page", "nothing", "a sound", "too much"],
)
def test_what_is_no_picture_is_not_handed_on(body: bytes) -> None:
    with pytest.raises(FetchError):
        Fake(body).proxy().tile("map", 12, 0, 0)


def client_of(city: City, monkeypatch: pytest.MonkeyPatch, fake: Fake) -> FlaskClient:
    monkeypatch.setattr(tile_proxy.TileProxy.__init__, "__defaults__", (fake.fetch, lambda: fake.now))
    return create_app(city, Settings(base_map=provider())).test_client()


def test_pages_know_where_tiles_are_and_never_the_key(sample_city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_of(sample_city, monkeypatch, Fake(PNG))
    for path in ("/", "/plan", "/embed", "/api/v1/city", "/?lang=en"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "/tiles/map/" in answer.text
        assert "Example" in answer.text
        assert KEY not in answer.text
        assert "tiles.example.cn" not in answer.text + str(answer.headers)
    x, y = 3373, 1552
    tile = client.get(f"/tiles/map/12/{x}/{y}")
    assert (tile.status_code, tile.mimetype, tile.data) == (200, "image/png", PNG)
    assert tile.headers["Cache-Control"].startswith("private")
    assert client.get("/tiles/map/12/1/1").status_code == 404


def test_a_failure_is_no_answer_to_be_kept(sample_city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = client_of(sample_city, monkeypatch, Fake(None)).get("/tiles/map/12/3373/1552")
    assert answer.status_code == 503
    assert answer.headers["Cache-Control"] == "no-store"


def test_without_a_provider_there_are_no_such_tiles(sample_city: City) -> None:
    client = create_app(sample_city).test_client()
    assert client.get("/tiles/map/12/3373/1552").status_code == 404
    assert "provider" not in json.loads(client.get("/api/v1/city").text)["base_map"]


def test_the_still_picture_names_our_own_sources_only(sample_city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = client_of(sample_city, monkeypatch, Fake(PNG)).get("/embed/map.svg").text
    assert "Example" not in picture
    assert any(source["attribution"] in picture for source in sample_city.manifest.sources if "attribution" in source)
