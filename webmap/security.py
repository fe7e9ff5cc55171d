"""Response headers that keep a page to its own host and its own scripts."""

from __future__ import annotations

import secrets

from flask import Flask, Response, g, request

_POLICY = (
    "default-src 'none'; "
    # 'self' beside the nonce: older WebKit does not hand a module's nonce on to the modules that it imports
    "script-src 'self'{nonce}; "
    "style-src 'self'{nonce}; "
    "img-src 'self' data: blob:; "
    "connect-src 'self'; "
    "font-src 'self'; "
    "manifest-src 'self'; "
    "worker-src 'self'; "
    "base-uri 'none'; "
    "form-action 'self'; "
    "frame-ancestors 'self'"
)


#: What holds for pages without scripts of their own, and for pictures that can be opened as a page.
_WITHOUT_NONCE = _POLICY.format(nonce="")
#: What no browser shows as a page: scripts, styles, data, tiles. A page loads dozens of them, so they carry what means
#: something for them and no more; the policy is that of a worker that one of our scripts becomes.
_PARTS = frozenset({
    "application/json", "application/problem+json", "application/geo+json", "application/vnd.mapbox-vector-tile",
    "text/javascript", "application/javascript", "text/css", "image/png", "image/jpeg", "image/webp",
    "image/svg+xml", "application/octet-stream",
})  # fmt: skip
#: Of these not even that: nothing opens them but a page that has a policy of its own. A worker's script is not among
#: them, since it comes from an address of its own.
_SILENT = frozenset({"text/javascript", "application/javascript", "text/css", "application/vnd.mapbox-vector-tile"})
_OF_A_PART = "default-src 'self'; frame-ancestors 'self'"
_OF_FILES = ("static", "api.tile")
_ALWAYS = (("X-Content-Type-Options", "nosniff"),)
_OF_A_PAGE = (("Referrer-Policy", "same-origin"), ("Permissions-Policy", "geolocation=(self)"))


def init_security(app: Flask) -> None:
    """Give every response of `app` its security headers.

    Templates read the nonce of the request with ``csp_nonce()``.

    Parameters
    ----------
    app
        The application to protect.
    """
    app.after_request(_add_headers)
    app.add_template_global(csp_nonce)


def csp_nonce() -> str:
    """Return the nonce of this request, made when first asked for.

    Returns
    -------
    str
        16 random bytes as URL-safe text.
    """
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def csp_allow(directive: str, *sources: str) -> None:
    """Widen one directive of the policy, for the answer to this request alone.

    Parameters
    ----------
    directive
        Its name; if the policy has none yet, it is added.
    sources
        Origins or keywords, checked before.
    """
    g.setdefault("csp_allowed", {})[directive] = sources


def _add_headers(response: Response) -> Response:
    part = (response.mimetype in _PARTS or response.status_code == 204) and "csp_nonce" not in g
    policy = _OF_A_PART if part else _WITHOUT_NONCE
    if "csp_nonce" in g:
        policy = _POLICY.format(nonce=f" 'nonce-{csp_nonce()}'")
    for directive, sources in g.get("csp_allowed", {}).items():
        policy = _widened(policy, directive, sources)
    silent = response.mimetype in _SILENT and request.endpoint in _OF_FILES
    for name, value in (("Content-Security-Policy", policy), *_ALWAYS, *(() if part else _OF_A_PAGE)):
        if not (silent and value is policy):
            response.headers.add_header(name, value)
    return response


def _widened(policy: str, directive: str, sources: tuple[str, ...]) -> str:
    known = dict(each.partition(" ")[::2] for each in policy.split("; "))
    known[directive] = " ".join([*known.get(directive, "").split(), *sources])
    return "; ".join(f"{name} {allowed}" for name, allowed in known.items())
