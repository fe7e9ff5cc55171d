"""Our own files: every one is served, compressed, for good, and nothing else is."""

from __future__ import annotations

import gzip
import hashlib
import re
from pathlib import Path

import brotli
import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient

import webmap
from webmap.assets import init_assets

FOLDER = Path(webmap.__file__).parent / "static"


@pytest.fixture
def app() -> Flask:
    app = Flask("test", static_folder=None)
    init_assets(app)
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def address(app: Flask, filename: str) -> str:
    with app.test_request_context():
        return url_for("static", filename=filename)


FILES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file())


@pytest.mark.parametrize("filename", FILES)
def test_every_file_is_served_and_unpacks_to_the_same(app: Flask, client: FlaskClient, filename: str) -> None:
    url = address(app, filename)
    truth = client.get(url).data
    if not filename.endswith(".css") and (filename.startswith("vendor/") or not filename.endswith(".js")):
        assert truth == (FOLDER / filename).read_bytes(), "what is not ours, and what is no script, is as it is"
    for encoding, unpack in (("gzip", gzip.decompress), ("br", brotli.decompress)):
        response = client.get(url, headers={"Accept-Encoding": encoding})
        packed = response.headers.get("Content-Encoding") == encoding
        assert (unpack(response.data) if packed else response.data) == truth
        assert "immutable" in response.headers["Cache-Control"]


def test_scripts_and_styles_are_compressed(app: Flask, client: FlaskClient) -> None:
    response = client.get(address(app, "js/finder.js"), headers={"Accept-Encoding": "gzip, br"})
    assert response.headers["Content-Encoding"] == "br"
    assert response.headers["Vary"] == "Accept-Encoding"
    assert response.mimetype in {"text/javascript", "application/javascript"}


@pytest.mark.parametrize("name", ["../settings.py", "..%2fsettings.py", "js/../../settings.py", "js", "", "no.js"])
def test_nothing_else_is_served(client: FlaskClient, name: str) -> None:
    assert client.get(f"/static/x/{name}").status_code == 404


def test_an_address_of_another_version_is_answered_but_not_kept(client: FlaskClient) -> None:
    assert client.get("/static/old/js/finder.js").headers["Cache-Control"] == "no-store"


def test_the_version_is_of_the_content(tmp_path: Path) -> None:
    def version(text: str) -> str:
        folder = tmp_path / hashlib.sha256(text.encode()).hexdigest()
        folder.mkdir()
        (folder / "a.js").write_text(text)
        app = Flask("test", static_folder=None)
        init_assets(app, folder)
        match = re.fullmatch(r"/static/(\w+)/a\.js", address(app, "a.js"))
        assert match is not None
        return match[1]

    assert version("one") != version("two")
