"""Whether a request that writes comes from our own page, or from a program: not from another site's page."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Request
from werkzeug.exceptions import Forbidden

from webmap.site import Site


def check_origin(request: Request, here: Site) -> None:
    """Refuse what the page of another site sent.

    Browsers say where a request that writes comes from; a frame of ours in somebody's page is ours. Programs that are
    no browser say nothing, and no page can make them write. That bodies are JSON keeps out plain forms besides.

    Raises
    ------
    Forbidden
        It comes from elsewhere.
    """
    origin = request.headers.get("Origin")
    # hosts are compared and not schemes: who ends TLS in front of us speaks http to us
    own = {request.host, urlsplit(here.settings.url or "").netloc} - {""}
    foreign = origin is not None and urlsplit(origin).netloc not in own
    if foreign or request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site"):
        raise Forbidden("this can be written from the site's own pages only, or by a program without an Origin")
