"""The site of the pack that YIZHAN_BENCH_PACK names, for servers that are given an application; and an empty one."""

from __future__ import annotations

import os
from pathlib import Path

from flask import Flask, Response

from geo.live import LiveCity
from webmap import create_app


def make() -> Flask:
    """Open the pack and get ready, as ``yizhan serve`` does before it listens."""
    live = LiveCity.open(Path(os.environ["YIZHAN_BENCH_PACK"]), None, Path(os.devnull))
    live.current.warm()
    return create_app(live)


def make_empty() -> Flask:
    """Return an application that answers every path with an empty object: what Flask itself costs."""
    app = Flask("empty", static_folder=None)

    @app.get("/<path:_path>")
    def answer(_path: str) -> Response:
        return Response("{}", mimetype="application/json")

    return app


#: Servers of WSGI import a name, and none of them calls it with our words: which one is said by the environment.
application = make_empty() if os.environ.get("YIZHAN_BENCH_PACK") == "empty" else make()
