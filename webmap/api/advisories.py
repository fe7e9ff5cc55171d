"""The advisory that is in force, for pages and programs."""

from __future__ import annotations

import json

from flask import Blueprint, Response, request

from webmap.params import check_names
from webmap.site import site

advisories = Blueprint("advisories", __name__)


@advisories.get("/api/v1/advisories")
def in_force() -> Response:
    """List what is in force now: one at most."""
    check_names(request.args, ())
    here = site()
    advisory = here.heeded.in_force(here.now())
    body = json.dumps({"advisories": [] if advisory is None else [advisory.to_json()]}, ensure_ascii=False)
    return Response(body, mimetype="application/json", headers={"Cache-Control": "no-cache"})
