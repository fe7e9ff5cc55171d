"""The addresses that make the site an app: `/sw.js`, the manifest, and the words of what happens offline."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final

from flask import Blueprint, Flask, Response, current_app, request, url_for

from webmap.assets import Assets
from webmap.i18n import LANGUAGES, language
from webmap.offline.shell import Shell, shell_of, worker_script
from webmap.offline.words import app_words, offline_words
from webmap.site import Edition, site

offline = Blueprint("offline", __name__)

_FOR_GOOD: Final = "public, max-age=31536000, immutable"
_KEPT: Final = "yizhan-shell"
#: Endpoints of the pages that are there without a network.
_PAGES: Final = ("pages.finder", "pages.about")
#: Where features that are loaded late have their words: ``/words/<feature>.json?lang=zh&v=<version of the files>``.
_WORDS: Final = "/words/"
_PINE: Final = "#0d2f2b"


@offline.get("/sw.js")
def worker() -> Response:
    """Return the service worker; from the root, so that it may look after all pages."""
    response = Response(worker_script(_shell()), mimetype="text/javascript")
    return _looked_at_again(response)


@offline.get("/manifest.webmanifest")
def manifest() -> Response:
    """Tell how the site is installed: one app, whichever language it was installed in."""
    city, lang = site().city_summary(), language()
    english = lang == "en"
    name = city["name_en"] if english and city["name_en"] else city["name"]
    words = app_words()
    values = {
        "id": url_for("pages.finder"),
        "name": f"{words['name']} {name}",
        "short_name": words["name"],
        "description": words["description"],
        "lang": "en" if english else "zh-CN",
        "dir": "ltr",
        "start_url": url_for("pages.finder", lang="en" if english else None),
        "scope": url_for("pages.finder"),
        "display": "standalone",
        "background_color": _PINE,
        "theme_color": _PINE,
        "categories": ["navigation", "utilities"],
        "icons": [
            *(_icon(f"icons/icon-{px}.png", px, "any") for px in (192, 512)),
            *(_icon(f"icons/maskable-{px}.png", px, "maskable") for px in (192, 512)),
        ],
    }
    response = Response(json.dumps(values, ensure_ascii=False), mimetype="application/manifest+json")
    return _looked_at_again(response)


@offline.get("/words/offline.json")
def words() -> Response:
    """Return the words of the scripts below ``js/offline``; ``v`` is the version of these scripts."""
    response = Response(json.dumps(offline_words(), ensure_ascii=False), mimetype="application/json")
    current = request.args.get("v") == _assets(current_app).version
    response.headers["Cache-Control"] = _FOR_GOOD if current else "no-store"
    return response


def _icon(filename: str, px: int, purpose: str) -> dict[str, Any]:
    return {
        "src": url_for("static", filename=filename),
        "sizes": f"{px}x{px}",
        "type": "image/png",
        "purpose": purpose,
    }


def _looked_at_again(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-cache"
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:16], weak=True)  # the same however it is packed
    response.make_conditional(request)
    return response


def _shell() -> Shell:
    """Return the shell of the city as it is, made once per edition: browsers ask at every visit."""
    edition = site().edition()
    kept: tuple[Edition, Shell] | None = current_app.extensions.get(_KEPT)
    if kept is None or kept[0] is not edition:
        kept = current_app.extensions[_KEPT] = (edition, make_shell(current_app))
    return kept[1]


def make_shell(app: Flask) -> Shell:
    """Return the shell of a site's pages as they are answered now, in all languages."""
    assets = _assets(app)
    with app.test_request_context():
        asked = [None if lang == LANGUAGES[0] else lang for lang in LANGUAGES]
        pages = [url_for(endpoint, lang=lang) for endpoint in _PAGES for lang in asked]
    late = [rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith(_WORDS)]
    extras = [f"{path}?lang={lang}&v={assets.version}" for path in late for lang in LANGUAGES]
    return shell_of(
        assets.version,
        {name: asset.plain for name, asset in assets.files.items()},
        {path: _answered(app, path).decode() for path in pages},
        {path: _answered(app, path) for path in extras},
    )


def _answered(app: Flask, path: str) -> bytes:
    # A context of its own, or it would speak the language of the request that is being answered.
    with app.app_context(), app.test_request_context(path):
        return app.full_dispatch_request().get_data()


def _assets(app: Flask) -> Assets:
    kept: Assets = app.extensions["yizhan-assets"]
    return kept
