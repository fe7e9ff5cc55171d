"""The open interface under ``/api/v1``, and the base map's tiles. Session-free; answers are JSON."""

from __future__ import annotations

import gzip
import json
from typing import Any

from flask import Blueprint, Response, request

from geo.choosing.words import read_word
from geo.finding.asking import NearestQuery
from geo.places.model import place_to_json
from webmap.geojson import search_results
from webmap.i18n import LANGUAGES
from webmap.params import along_query, check_names, heeds_advisory, nearest_query, search_query, values_of
from webmap.site import Site, StoredJson, site

api = Blueprint("api", __name__)

#: Tiles carry the pack's version in their address, so they may be kept for good.
_FOR_GOOD = "public, max-age=31536000, immutable"


@api.get("/api/v1/city")
def city() -> Response:
    """Tell what the city is and what it has."""
    return _json(site().city_summary())


@api.get("/api/v1/places")
def places() -> Response:
    """List all places as GeoJSON."""
    return stored(site().edition().places, "application/geo+json")


@api.get("/api/v1/pins")
def pins() -> Response:
    """List all places as columns, for a map that draws them all; see :func:`webmap.pins.pins`."""
    check_names(request.args, ("lang",))
    lang = read_word("lang", values_of(request.args, ("lang",)).get("lang", LANGUAGES[0]), LANGUAGES)
    return stored(site().edition().pins[lang], "application/json")


@api.get("/api/v1/places/<place_id>")
def place(place_id: str) -> Response:
    """Tell all that is known of one place."""
    return _json(place_to_json(site().city.place(place_id)))


@api.get("/api/v1/nearest")
def nearest() -> Response:
    """Answer the sentence that the project exists for; see :mod:`webmap.front`."""
    query = nearest_query(request.args, site().now())
    body = nearest_answer(site(), query, heeds=heeds_advisory(request.args))
    return Response(body, mimetype="application/json")


def nearest_answer(here: Site, query: NearestQuery, *, heeds: bool) -> bytes:
    """Return the answer of a site to a question; ``heeds`` tells whether it heeds an advisory."""
    edition = here.edition()
    if not heeds:
        return edition.answers.nearest(edition.city.nearest(query))
    advisory = here.heeded.in_force(query.when or here.now())
    if advisory is None:
        return edition.answers.unrelieved(edition.city.nearest(query))
    return edition.answers.relieved(edition.city.nearest_relieved(query, advisory.relief), advisory.to_json())


@api.get("/api/v1/along")
def along() -> Response:
    """Find stops on the way from here to there."""
    edition, query = site().edition(), along_query(request.args, site().now())
    return Response(edition.answers.along(query, edition.city.along(query)), mimetype="application/json")


@api.get("/api/v1/search")
def search() -> Response:
    """Find names."""
    text, limit = search_query(request.args)
    return _json(search_results(text, site().city.search(text, limit)))


@api.get("/base/<int:z>/<int:x>/<int:y>.mvt")
def tile(z: int, x: int, y: int) -> Response:
    """Return a vector tile; 204 where there is nothing to draw."""
    kept = site().city.tile(z, x, y)
    if kept is None:
        return Response(status=204, headers={"Cache-Control": _FOR_GOOD})
    response = _gzipped(kept, "application/vnd.mapbox-vector-tile")
    response.headers["Cache-Control"] = _FOR_GOOD
    return response


@api.get("/healthz")
def health() -> Response:
    """Tell that the server answers, and with which data."""
    return _json({"status": "ok", "version": site().city.manifest.version})


def _json(values: Any) -> Response:
    return Response(json.dumps(values, ensure_ascii=False, separators=(",", ":")), mimetype="application/json")


def stored(kept: StoredJson, mimetype: str) -> Response:
    """Return a JSON answer that is kept, with its entity tag."""
    if request.accept_encodings["br"] > 0:
        response = Response(
            kept.brotli, mimetype=mimetype, headers={"Content-Encoding": "br", "Vary": "Accept-Encoding"}
        )
    else:
        response = _gzipped(kept.gzipped, mimetype)
    response.set_etag(kept.etag, weak=True)  # the same however it is packed
    response.headers["Cache-Control"] = "no-cache"
    response.make_conditional(request)
    return response


def _gzipped(body: bytes, mimetype: str) -> Response:
    """Return bytes that are kept gzipped, unpacked only for the rare client that wants them so."""
    packed = request.accept_encodings["gzip"] > 0
    response = Response(body if packed else gzip.decompress(body), mimetype=mimetype)
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    return response
