"""Headers: a page runs its own scripts and reaches its own host, nothing else."""

from __future__ import annotations

import re

import pytest
from flask import Flask, Response, render_template_string
from flask.testing import FlaskClient

from webmap.security import init_security


@pytest.fixture
def client() -> FlaskClient:
    app = Flask(__name__)
    init_security(app)
    app.add_url_rule("/", "page", lambda: render_template_string("{{ csp_nonce() }} {{ csp_nonce() }}"))
    return app.test_client()


def policy(response_headers: dict[str, str]) -> dict[str, str]:
    directives = response_headers["Content-Security-Policy"].split("; ")
    return {name: sources for name, _, sources in (directive.partition(" ") for directive in directives)}


def test_the_nonce_of_a_page_is_that_of_its_header_and_new_each_time(client: FlaskClient) -> None:
    nonces = set()
    for response in (client.get("/"), client.get("/")):
        first, second = response.text.split()
        assert first == second
        assert policy(dict(response.headers))["script-src"] == f"'self' 'nonce-{first}'"
        nonces.add(first)
    assert len(nonces) == 2


def test_nothing_is_allowed_inline_or_from_elsewhere(client: FlaskClient) -> None:
    header = client.get("/").headers["Content-Security-Policy"]
    assert "unsafe" not in header
    assert not re.search(r"https?:|\*", header)
    assert policy({"Content-Security-Policy": header})["default-src"] == "'none'"


def test_files_of_pages_carry_no_more_than_they_need() -> None:
    app = Flask("test", static_folder=None)
    init_security(app)
    app.add_url_rule("/static/<name>", "static", lambda name: Response("1", mimetype="text/javascript"))
    app.add_url_rule("/sw.js", "worker", lambda: Response("1", mimetype="text/javascript"))
    app.add_url_rule("/data", "data", lambda: Response("{}", mimetype="application/json"))
    script, worker, data = (app.test_client().get(path).headers for path in ("/static/a.js", "/sw.js", "/data"))
    for headers in (script, worker, data):
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "Permissions-Policy" not in headers
    assert "Content-Security-Policy" not in script
    # a worker is under the policy that it comes with, and data must not be framed
    short = "default-src 'self'; frame-ancestors 'self'"
    assert worker["Content-Security-Policy"] == data["Content-Security-Policy"] == short


def test_errors_and_every_other_answer_have_the_headers_too(client: FlaskClient) -> None:
    headers = client.get("/missing").headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Permissions-Policy"] == "geolocation=(self)"
    assert "Content-Security-Policy" in headers
