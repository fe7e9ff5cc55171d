"""Response headers that keep a page to its own host and its own scripts."""

from __future__ import annotations

import secrets

from flask import Flask, Response, g

_POLICY = (
    "default-src 'none'; "
    # 'self' beside the nonce: older WebKit does not hand a module's nonce on to the modules that it imports
    "script-src 'self' 'nonce-{nonce}'; "
    "style-src 'self' 'nonce-{nonce}'; "
    "img-src 'self' data: blob:; "
    "connect-src 'self'; "
    "font-src 'self'; "
    "manifest-src 'self'; "
    "base-uri 'none'; "
    "form-action 'self'; "
    "frame-ancestors 'self'"
)


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


def _add_headers(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = _POLICY.format(nonce=csp_nonce())
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "geolocation=(self)"
    return response
