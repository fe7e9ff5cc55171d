"""Headers: a page runs its own scripts and reaches its own host, nothing else."""

from __future__ import annotations

import re

import pytest
from flask import Flask, render_template_string
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


def test_errors_and_every_other_answer_have_the_headers_too(client: FlaskClient) -> None:
    headers = client.get("/missing").headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Permissions-Policy"] == "geolocation=(self)"
    assert "Content-Security-Policy" in headers
