"""The site of the pack that YIZHAN_BENCH_PACK names, for servers that are given an application; and an empty one."""

from __future__ import annotations

import os

from flask import Flask, Response

import webmap.wsgi


def make() -> Flask:
    """Open the pack and get ready, as the processes of ``yizhan serve`` do."""
    os.environ |= {webmap.wsgi.CITY: os.environ["YIZHAN_BENCH_PACK"], webmap.wsgi.CALENDAR: os.devnull}
    return webmap.wsgi.make()


def make_empty() -> Flask:
    """Return an application that answers every path with an empty object: what Flask itself costs."""
    app = Flask("empty", static_folder=None)

    @app.get("/<path:_path>")
    def answer(_path: str) -> Response:
        return Response("{}", mimetype="application/json")

    return app


def __getattr__(name: str) -> Flask:
    """Make ``application`` when a server asks for it: which one is said by the environment, since no server says."""
    if name != "application":
        raise AttributeError(name)
    made = make_empty() if os.environ["YIZHAN_BENCH_PACK"] == "empty" else make()
    globals()[name] = made
    return made
