"""What makes the site an app: the worker, its list of files, the manifest, the words."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

import webmap
from geo.city import City
from webmap import create_app
from webmap.i18n import init_i18n
from webmap.offline.shell import closure, shell_of
from webmap.offline.words import offline_words

SCRIPTS = Path(webmap.__file__).parent / "static" / "js" / "offline"


@pytest.fixture(scope="module")
def app(sample_city: City) -> Flask:
    return create_app(sample_city)


@pytest.fixture(scope="module")
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="module")
def shell(client: FlaskClient) -> dict[str, Any]:
    line = client.get("/sw.js").text.splitlines()[0]
    found = re.fullmatch(r"const SHELL = (\{.*\});", line)
    assert found is not None
    values: dict[str, Any] = json.loads(found[1])
    return values


def test_the_worker_is_looked_at_again_and_may_look_after_the_whole_site(client: FlaskClient) -> None:
    response = client.get("/sw.js")
    assert response.mimetype == "text/javascript"
    assert response.headers["Cache-Control"] == "no-cache"
    assert not re.search(r"https?:|\*|unsafe", response.headers["Content-Security-Policy"])
    assert client.get("/sw.js", headers={"If-None-Match": response.headers["ETag"]}).status_code == 304
    assert (SCRIPTS / "worker.js").read_text("utf-8") in response.text, "the source, with its comments"


def test_pages_may_have_our_worker_and_manifest_and_no_others(client: FlaskClient) -> None:
    policy = client.get("/").headers["Content-Security-Policy"].split("; ")
    assert {"worker-src 'self'", "manifest-src 'self'"} <= set(policy)


def test_every_file_of_the_shell_is_what_its_digest_says(client: FlaskClient, shell: dict[str, Any]) -> None:
    for path, integrity in shell["files"]:
        response = client.get(path)
        assert response.status_code == 200, path
        assert integrity == "sha256-" + base64.b64encode(hashlib.sha256(response.data).digest()).decode(), path
        assert shell["static"] in path


def test_what_the_pages_name_is_in_the_shell(client: FlaskClient, shell: dict[str, Any]) -> None:
    assert shell["pages"] == ["/", "/?lang=en", "/about", "/about?lang=en"]
    kept = {path for path, _ in shell["files"]}
    for path in shell["pages"]:
        html = client.get(path).text
        assert f"/static/{shell['static']}/" in html
        named = set(re.findall(r'(?:src|href)="(/static/[^"]+\.(?:js|css))"', html))
        assert named
        assert named <= kept
    late = {f"/static/{shell['static']}/js/offline/start.js", f"/static/{shell['static']}/css/offline.css"}
    assert late <= kept, "what is imported later"
    assert f"/words/offline.json?lang=en&v={shell['static']}" in kept
    assert not [path for path in kept if "/api/" in path or "/plan" in path]


def test_the_version_is_of_all_that_is_kept() -> None:
    def version(page: str = '<i nonce="1" src="/static/v/a.js">', script: bytes = b"1", words: bytes = b"{}") -> str:
        return shell_of("v", {"a.js": script}, {"/": page}, {"/words": words}).version

    assert version() == version(page='<i nonce="2" src="/static/v/a.js">'), "a nonce is no other version"
    others = {version(page='<b nonce="1" src="/static/v/a.js">'), version(script=b"2"), version(words=b"[]")}
    assert len(others | {version()}) == 4


def test_scripts_bring_what_they_import_now_and_later() -> None:
    files = {
        "js/a.js": b'import "./b.js"; import("./late/c.js");',
        "js/b.js": b'import { a } from "./a.js";',  # a circle ends
        "js/late/c.js": b'new URL("../../css/c.css", import.meta.url); import("./gone.js")',
        "css/c.css": b"",
        "js/other.js": b"",
    }
    assert closure(["js/a.js"], files) == {"js/a.js", "js/b.js", "js/late/c.js", "css/c.css"}


@pytest.mark.parametrize(("query", "name", "start"), [("", "驿站", "/"), ("?lang=en", "Yizhan", "/?lang=en")])
def test_the_manifest_is_one_app_in_two_languages(client: FlaskClient, query: str, name: str, start: str) -> None:
    response = client.get(f"/manifest.webmanifest{query}")
    assert response.mimetype == "application/manifest+json"
    manifest = json.loads(response.text)
    assert manifest["id"] == manifest["scope"] == "/"
    assert manifest["start_url"] == start
    assert manifest["name"].startswith(name)
    assert {(icon["sizes"], icon["purpose"]) for icon in manifest["icons"]} == {
        (size, purpose) for size in ("192x192", "512x512") for purpose in ("any", "maskable")
    }
    for icon in manifest["icons"]:
        png = client.get(icon["src"]).data
        assert png.startswith(b"\x89PNG")
        # width and height stand in the first chunk of a PNG
        assert f"{int.from_bytes(png[16:20])}x{int.from_bytes(png[20:24])}" == icon["sizes"]


def test_the_words_are_kept_with_the_version_that_they_belong_to(client: FlaskClient, shell: dict[str, Any]) -> None:
    own = client.get(f"/words/offline.json?lang=en&v={shell['static']}")
    assert "immutable" in own.headers["Cache-Control"]
    assert client.get("/words/offline.json?v=other").headers["Cache-Control"] == "no-store"
    assert "Offline" in json.loads(own.text)["offline"]


def test_scripts_say_only_words_that_exist_and_all_of_them() -> None:
    app = Flask("webmap", root_path=str(Path(webmap.__file__).parent))
    init_i18n(app)
    with app.test_request_context("/"):
        words = offline_words()
    text = "".join(path.read_text("utf-8") for path in SCRIPTS.glob("*.js"))
    named = set(re.findall(r'"(\w+)"', text)) | {key + "_hint" for key in words}
    assert set(re.findall(r'\bsay\("(\w+)"', text)) <= words.keys()
    assert words.keys() - {"and"} <= named, "no word is left over"


def test_only_the_finder_registers_the_worker(client: FlaskClient) -> None:
    assert "later.offline.js" in client.get("/").text
    for path in ("/embed", "/plan", "/about"):
        response = client.get(path)
        assert response.status_code == 200
        assert not re.search(r"offline(/start)?\.js", response.text), path
