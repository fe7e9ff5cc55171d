"""The addresses of embedding: `/embed` and its picture, the page that writes the snippet, `/embed.js`, `/oembed`."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any, Final

from flask import Blueprint, Response, make_response, render_template, request
from werkzeug.datastructures import MultiDict

from geo.choosing.words import read_count
from geo.coverage.planner import Coverage
from geo.errors import InputError, ParameterError
from geo.places.hours import CHINA
from webmap.api.planning import desk
from webmap.embed import snippet as paste
from webmap.embed.layer import BOUNDS, area_shares, layer_query
from webmap.embed.listing import listing
from webmap.embed.mercator import MAX_ZOOM, MIN_ZOOM
from webmap.embed.options import MAX_REACH_MIN, NAMES, REACH_MIN, THEMES, EmbedOptions, read_options, view_for
from webmap.embed.picture import HEIGHT_PX, WIDTH_PX, outlined, picture
from webmap.embed.themes import sheet
from webmap.embed.words import frame_title, layer_words, picture_words
from webmap.errors import problem_values, wants_page
from webmap.i18n import LANGUAGES, language
from webmap.maps import city_map
from webmap.modes import TYPES
from webmap.pages import page
from webmap.params import check_names
from webmap.security import csp_allow
from webmap.site import Site, site
from webmap.words import page_words

embedding = Blueprint("embed", __name__)

_SCRIPT: Final = Path(__file__).parents[1] / "static" / "embed.js"
_FOR_GOOD: Final = "public, max-age=31536000, immutable"
#: Fields of the form that no frame knows.
_OF_THE_FORM: Final = frozenset({"lang", "language", "height"})


@embedding.get("/embed")
def frame() -> Response:
    """Show the finder in somebody's page, if that is allowed to."""
    here = site()
    csp_allow("frame-ancestors", *here.settings.embedders)
    try:
        options = read_options(request.args, here.city)
    except InputError as error:
        return _problem(error)
    view, city = view_for(options, here.city), here.city_summary()
    shell = city_map(city | {"center": list(view.center)}, lang=options.lang, zoom=view.zoom)
    layer = _layer(here, options)
    told = {"embedders": here.settings.embedders, "services": options.services, "layer": layer}
    return page(
        "embed.html",
        city=city,
        lang=options.lang,
        words=page_words(),
        shell=shell,
        embed=options,
        told=told,
        layer=layer,
        found=listing(here, options, view),
        heeded=_heeded(here),
        picture_px=(WIDTH_PX, HEIGHT_PX),
        pictures={theme: _picture_query(options, theme) for theme in ("light", "dark")},
        **_theme(options.theme),
    )


@embedding.get("/embed/map.svg")
def still() -> Response:
    """Draw the map of a frame as a picture; its numbers are those of the list in the page."""
    here = site()
    options = read_options(request.args, here.city)
    view = view_for(options, here.city)
    found = {result["place"]["id"]: None for result in listing(here, options, view)}
    places = {place.id: place for place in here.city.places}
    others = [place.position for place in places.values() if place.id not in found and options.covers(place)]
    values = picture(here.city, view, others, [places[number].position for number in found])
    words = picture_words(len(values["dots"]) + len(values["numbers"]))
    coverage = _coverage(here, options)
    shares = area_shares(here.city, coverage) if coverage else ()
    sources = [source["attribution"] for source in here.city.manifest.sources if "attribution" in source]
    svg = render_template(
        "embed_map.svg",
        **values,
        **words,
        shares=outlined(here.city, view, shares),
        lang=options.lang,
        dark=options.theme == "dark",
        strong=options.theme == "contrast",
        sources=list(dict.fromkeys(sources)),
    )
    response = Response(svg, mimetype="image/svg+xml")
    response.headers["Cache-Control"] = "public, max-age=60"
    return response


@embedding.get("/embed/<any(light,dark):theme>.css")
def style(theme: str) -> Response:
    """Return the style sheet of a frame that is told its theme."""
    css, version = sheet(theme)
    response = Response(css, mimetype="text/css")
    response.headers["Cache-Control"] = _FOR_GOOD if request.args.get("v") == version else "no-cache"
    return response


@embedding.get("/embed.js")
def script() -> Response:
    """Return the script for the page around a frame; its address never changes, so it is kept for an hour only."""
    body, tag = _script()
    response = Response(body, mimetype="text/javascript")
    response.set_etag(tag, weak=True)
    response.headers["Cache-Control"] = "public, max-age=3600"
    response.make_conditional(request)
    return response


@embedding.get("/embed/builder")
def builder() -> Response:
    """Show the page that writes the snippet, with the frame beside it."""
    here, lang = site(), language()
    csp_allow("frame-src", "'self'")
    given = {name: values for name, values in request.args.lists() if any(values)}
    height, options, problem = paste.HEIGHT_PX, EmbedOptions(lang=lang), None
    try:
        check_names(
            request.args,
            (*_OF_THE_FORM, *(name for name in NAMES if name != "lang")),
        )
        height = _height(request.args)
        asked = MultiDict(
            (name, value) for name, values in given.items() for value in values if name not in _OF_THE_FORM
        )
        asked["lang"] = request.args.get("language") or lang
        if "layer" not in asked:  # a form sends these fields whether or not they are of use
            asked.poplist("hour")
            asked.poplist("reach")
        options = read_options(asked, here.city)
    except InputError as error:
        problem = str(error)
    areas: dict[str, list[str]] = {}
    for area, shape in zip(here.city.areas, here.city.outlines, strict=True):
        if shape is not None:
            areas.setdefault(area.district or "", []).append(area.name)
    response = page(
        "embed_builder.html",
        city=here.city_summary(),
        lang=lang,
        words=page_words(),
        options=options,
        height=height,
        heights=(paste.MIN_HEIGHT_PX, paste.MAX_HEIGHT_PX),
        zooms=(MIN_ZOOM, MAX_ZOOM),
        themes=THEMES,
        types=TYPES,
        reaches=(REACH_MIN, MAX_REACH_MIN),
        languages=LANGUAGES,
        areas=areas,
        problem=problem,
        embedders=here.settings.embedders,
        address=paste.address(options),
        base=_base(),
        snippet=paste.snippet(_base(), options, height),
    )
    response.status_code = 200 if problem is None else 400
    return response


@embedding.get("/oembed")
def oembed() -> Response:
    """Tell other sites' editors how to embed one of our addresses (oembed.com, type ``rich``).

    What consumers add of their own is passed over, as their protocol has it.
    """
    wanted = request.args.get("format", "json")
    if wanted != "json":
        problem = {
            "status": 501,
            "title": "Not implemented",
            "detail": "only format=json is written",
            "code": "not_implemented",
        }
        return Response(json.dumps(problem), status=501, mimetype="application/problem+json")
    if "url" not in request.args:
        raise ParameterError("url is missing; give the address of the map or of a frame", parameter="url")
    here = site()
    options = paste.options_of(request.args["url"], (_base(), request.url_root.rstrip("/")), here.city)
    limits = {
        name: read_count(name, request.args[name], 1, 9999)
        for name in ("maxwidth", "maxheight")
        if name in request.args
    }
    height = min(_height(request.args), limits.get("maxheight", paste.MAX_HEIGHT_PX))
    facts = here.city_summary()
    name = facts["name_en"] if options.lang == "en" and facts["name_en"] else facts["name"]
    values = {
        "version": "1.0",
        "type": "rich",
        "provider_name": f"驿站 {name}",
        "provider_url": f"{_base()}/",
        "title": frame_title(options.lang),
        "width": min(paste.WIDTH_PX, limits.get("maxwidth", paste.WIDTH_PX)),
        "height": height,
        "html": paste.snippet(_base(), options, height, limits.get("maxwidth")),
    }
    response = Response(json.dumps(values, ensure_ascii=False), mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"  # the address in it may be that of the request
    return response


def _problem(error: InputError) -> Response:
    """Tell whoever pasted the snippet what is wrong with it, where the map would be."""
    if not wants_page():
        raise error
    values = problem_values(error)
    html = render_template("embed_problem.html", detail=values["detail"], lang=language())
    response = make_response(html, values["status"])
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _coverage(here: Site, options: EmbedOptions) -> Coverage | None:
    if not options.layer:
        return None
    return desk().coverage(here.city, layer_query(options, here.city, here.now()), None)


def _layer(here: Site, options: EmbedOptions) -> dict[str, Any] | None:
    """Return what the page and its script must know of the layer."""
    coverage = _coverage(here, options)
    if coverage is None:
        return None
    areas = [
        {"number": each.number, "name": each.name, "name_en": each.name_en, "step": each.step, "percent": each.percent}
        for each in area_shares(here.city, coverage)
    ]
    return {
        "areas": areas,
        "version": here.city.manifest.version,
        "words": layer_words(options, coverage.demand.name == "residents", BOUNDS),
    }


def _heeded(here: Site) -> dict[str, str] | None:
    advisory = here.heeded.in_force(here.now())
    if advisory is None:
        return None
    return {"kind": advisory.kind, "time": f"{advisory.until.astimezone(CHINA):%m-%d %H:%M}"}


def _theme(theme: str) -> dict[str, Any]:
    if theme == "auto":
        return {}
    scheme = "dark" if theme == "dark" else "light"
    return {"theme": scheme, "theme_version": sheet(scheme)[1]}


def _picture_query(options: EmbedOptions, theme: str) -> dict[str, str]:
    return options.query() | {"theme": theme if options.theme == "auto" else options.theme}


def _height(args: MultiDict[str, str]) -> int:
    text = args.get("height")
    return read_count("height", text, paste.MIN_HEIGHT_PX, paste.MAX_HEIGHT_PX) if text else paste.HEIGHT_PX


def _base() -> str:
    """Return the site's public address; if its keeper gave none, the one it was asked by."""
    return site().settings.url or request.url_root.rstrip("/")


@cache
def _script() -> tuple[bytes, str]:
    body = _SCRIPT.read_bytes()
    return body, hashlib.sha256(body).hexdigest()[:16]
