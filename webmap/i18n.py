"""Languages of the pages: Chinese, which the sources are written in, and English."""

from __future__ import annotations

from flask import Flask, request
from flask_babel import Babel

LANGUAGES = ("zh", "en")
"""The first is shown unless the query string says otherwise."""


def init_i18n(app: Flask) -> None:
    """Let `app` translate its pages by the ``lang`` of the query string.

    Parameters
    ----------
    app
        The application.
    """
    Babel(app, default_locale=LANGUAGES[0], locale_selector=language)


def language() -> str:
    """Return the language of this request.

    No cookie, session or header is read, so one address is one page for everybody.

    Returns
    -------
    str
        ``"zh"`` or ``"en"``.
    """
    asked = request.args.get("lang", LANGUAGES[0])
    return asked if asked in LANGUAGES else LANGUAGES[0]
