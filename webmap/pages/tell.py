"""The words of what the finder loads late: telling what one found, and warnings of heat and cold."""

from __future__ import annotations

import json
from typing import Final

from flask import Blueprint, Response, request

from webmap.tell_words import tell_words

tell = Blueprint("tell", __name__)

_FOR_A_DAY: Final = "public, max-age=86400"


@tell.get("/words/tell.json")
def words() -> Response:
    """Return the words; an address that names a version of our files may be kept for a day."""
    body = json.dumps(tell_words(), ensure_ascii=False, separators=(",", ":"))
    response = Response(body, mimetype="application/json")
    response.headers["Cache-Control"] = _FOR_A_DAY if request.args.get("v") else "no-cache"
    return response
