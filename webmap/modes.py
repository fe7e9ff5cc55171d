"""How pages look to whoever needs it otherwise: large type, dark, black on white; by address or as chosen."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Flask, Response, render_template, request

from webmap.i18n import language

#: Sizes of the main text in CSS pixels, 18 being the usual one; the four of MIIT's pages for older people.
TYPES: Final = ("18", "22", "26", "30")
#: What an address may say for the first of the large ones.
LARGE: Final = "large"
THEMES: Final = ("light", "dark", "contrast")

modes = Blueprint("modes", __name__)


def init_modes(app: Flask) -> None:
    """Let the templates of `app` say which modes the address asks for, and serve the sheet that offers them.

    Parameters
    ----------
    app
        The application; its templates get ``asked_type`` and ``asked_theme``.
    """
    app.register_blueprint(modes)
    app.context_processor(lambda: {"asked_type": asked_type(), "asked_theme": asked_theme()})


def asked_type() -> str | None:
    """Return the size of type that the address asks for; None if it asks for none, or for one that we have not."""
    asked = request.args.get("type")
    if asked == LARGE:
        return TYPES[1]
    return asked if asked in TYPES else None


def asked_theme() -> str | None:
    """Return the colours that the address asks for; None leaves them to the reader and the system."""
    asked = request.args.get("theme")
    return asked if asked in THEMES else None


@modes.get("/modes")
def sheet() -> Response:
    """Return the sheet on which a reader chooses, as a piece of a page, in the language of the request."""
    response = Response(render_template("modes.html", types=TYPES, lang=language()), mimetype="text/html")
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response
