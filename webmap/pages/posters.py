"""Paper: where the code of a poster leads, and the poster itself to print."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, redirect, render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from geo.errors import NotFoundError, ParameterError
from geo.places.hours import CHINA
from geo.posters.facts import Poster, poster_of
from geo.posters.links import landing
from webmap.errors import wants_page
from webmap.i18n import language
from webmap.pages import page
from webmap.posters import words
from webmap.posters.drawing import draw
from webmap.posters.words import Both
from webmap.site import site

posters = Blueprint("posters", __name__)

_GONE: Final = (
    Both("这里已经没有这个服务点", "This place is no longer listed"),
    Both(
        "海报可能旧了，服务点可能已经撤了或换了编号。可以用定位、搜地点或点地图，找最近的驿站。",
        "The poster may be old. You can still find the nearest rest stop: share your position, search, or tap the map.",
    ),
)
_NO_URL: Final = (
    Both("还不能做海报", "Posters cannot be made yet"),
    Both(
        "海报上的二维码要有这个网站的公开网址。请管理员启动时加上 --url，例如：",
        "The code on a poster needs the site's public address. Its keeper gives it at the start, for example:",
    ),
)
_NOT_OPEN: Final = (
    Both("这个服务点现在没有开放", "This place is not in operation"),
    Both("只给正在开放的服务点做海报。", "Posters are made for places in operation only."),
)
_NEEDED: Final = "yizhan serve --url https://yizhan.example.cn"


@posters.get("/at/<path:place_id>")
def at(place_id: str) -> AnyResponse:
    """Open the finder with a place as the origin: no permission, no account."""
    return _land(place_id)


@posters.get("/at")
def at_place() -> AnyResponse:
    """Do the same for an id that is no part of a path."""
    return _land(request.args.get("place", ""))


@posters.get("/poster/<path:place_id>")
def poster(place_id: str) -> Response:
    """Show a place's poster, to print."""
    return _poster(place_id)


@posters.get("/poster")
def poster_place() -> Response:
    """Do the same for an id that is no part of a path."""
    return _poster(request.args.get("place", ""))


@posters.get("/poster.svg")
def poster_svg() -> Response:
    """Return a poster as a drawing."""
    found = _facts(request.args.get("place", ""))
    drawing = draw(found, site().now().astimezone(CHINA).date())
    response = Response('<?xml version="1.0" encoding="UTF-8"?>\n' + drawing, mimetype="image/svg+xml")
    name = quote(f"poster-{found.id}.svg", safe="")
    response.headers["Content-Disposition"] = f"attachment; filename=\"poster.svg\"; filename*=UTF-8''{name}"
    response.headers["Cache-Control"] = "no-cache"
    return response


def _land(place_id: str) -> AnyResponse:
    try:
        place = site().city.place(place_id)
    except NotFoundError:
        if wants_page():
            return _missing(*_GONE)
        raise
    lang = language()
    query = {"lon": f"{place.position.lon:.6f}", "lat": f"{place.position.lat:.6f}", "at": place.id}
    response = redirect(f"{request.script_root}/?" + urlencode(query | ({"lang": lang} if lang != "zh" else {})), 302)
    response.headers["Cache-Control"] = "no-cache"  # the place may move
    return response


def _poster(place_id: str) -> Response:
    try:
        found = _facts(place_id)
    except NotFoundError:
        if not wants_page():
            raise
        return _missing(*_GONE) if site().settings.url else _missing(*_NO_URL, detail=_NEEDED)
    except ParameterError:
        if not wants_page():
            raise
        return _missing(*_NOT_OPEN)
    # what ElementTree wrote is escaped already
    drawing = Markup(draw(found, site().now().astimezone(CHINA).date()))  # noqa: S704
    return page(
        "poster.html",
        poster=found,
        drawing=drawing,
        svg=f"{request.script_root}/poster.svg?" + urlencode({"place": found.id}),
        landing=request.script_root + landing(found.id),
        offers=[
            (offer, words.SERVICES.get(offer.kind, Both(offer.kind, offer.kind)), words.offer_words(*offer[1:]))
            for offer in found.offers
        ],
        others=[(other, words.offer_words(other.hours, other.season)) for other in found.others or ()],
        near=words.NEAR,
    )


def _facts(place_id: str) -> Poster:
    here = site()
    if here.settings.url is None:
        here.city.place(place_id)  # an unknown place is the nearer reason
        raise NotFoundError(f"no poster: the site's public address is not set; its keeper starts it with {_NEEDED}")
    return poster_of(here.city, place_id, here.settings.url)


def _missing(title: Both, remedy: Both, *, detail: str = "") -> Response:
    body = render_template("poster_missing.html", title=title, remedy=remedy, detail=detail)
    return Response(body, status=404, headers={"Cache-Control": "no-cache"})
