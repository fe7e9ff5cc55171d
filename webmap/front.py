"""The question that is asked most, answered in front of Flask, which would spend as long on it as the search itself.

Only what is written plainly and goes well is answered here. All else, errors included, is Flask's, which has the same
view of the question; so there is one set of errors and headers.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from flask import Flask, Response
from flask_compress import flask_compress as packing

from webmap.api import nearest_answer
from webmap.params import plain_nearest_query
from webmap.site import Site

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_NEAREST: Final = "/api/v1/nearest"


class Front:
    """A WSGI application in front of a Flask one.

    Parameters
    ----------
    app
        The site, with all that it adds to its answers.
    """

    def __init__(self, app: Flask) -> None:
        self.behind = app.wsgi_app
        self._app = app
        self._site: Site = app.extensions["yizhan"]
        self._encodings = tuple(app.config["COMPRESS_ALGORITHM"])
        self._packed_from = app.config["COMPRESS_MIN_SIZE"]
        with app.test_request_context(_NEAREST):
            plain = app.process_response(Response(mimetype="application/json"))
        self._headers = [header for header in plain.headers if header[0] != "Content-Length"]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        if environ["PATH_INFO"] != _NEAREST or environ["REQUEST_METHOD"] != "GET":
            return self.behind(environ, start_response)
        try:
            asked = plain_nearest_query(environ["QUERY_STRING"], self._site.now())
            body = None if asked is None else nearest_answer(self._site, asked[0], heeds=asked[1])
        except Exception:  # whatever is wrong, Flask finds it too, and says it in its way
            body = None
        if body is None:
            return self.behind(environ, start_response)
        headers = self._headers.copy()
        encoding = packing._choose_algorithm(self._encodings, environ.get("HTTP_ACCEPT_ENCODING", ""))
        if encoding is not None and len(body) >= self._packed_from:
            body = packing._compress_data(self._app, body, encoding)
            headers.append(("Content-Encoding", encoding))
        headers.append(("Content-Length", str(len(body))))
        start_response("200 OK", headers)
        return [body]
