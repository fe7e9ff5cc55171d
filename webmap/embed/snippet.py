"""What a web editor pastes, and the addresses in it."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from flask import render_template
from werkzeug.datastructures import MultiDict

from geo.choosing.words import shown
from geo.city import City
from geo.coords import LonLat
from geo.errors import InputError, NotFoundError
from geo.places.model import SERVICES
from webmap.embed.options import EmbedOptions, read_options
from webmap.embed.words import frame_title
from webmap.i18n import LANGUAGES

HEIGHT_PX: Final = 640
WIDTH_PX: Final = 640
MIN_HEIGHT_PX: Final = 240
MAX_HEIGHT_PX: Final = 2000
_MAX_ADDRESS: Final = 2000


def address(options: EmbedOptions) -> str:
    """Return the address of a frame, below the site's own; a comma and a slash in it need no escape."""
    query = urlencode(options.query(), safe=",/")
    return f"/embed?{query}" if query else "/embed"


def snippet(base: str, options: EmbedOptions, height: int, max_width: int | None = None) -> str:
    """Return the lines to paste.

    Parameters
    ----------
    base
        The site's address, without a slash at the end.
    options
        How the frame looks.
    height, max_width
        Pixels; the width is that of the page around it, and no more than ``max_width``.
    """
    values: dict[str, Any] = {
        "src": base + address(options),
        "script": f"{base}/embed.js",
        "title": frame_title(options.lang),
    }
    return render_template("embed_snippet.html", **values, height=height, max_width=max_width).strip()


def options_of(url: str, bases: tuple[str, ...], city: City) -> EmbedOptions:
    """Return how a frame would show one of our addresses: `/embed`, or the finder's with what it can take over.

    Raises
    ------
    NotFoundError
        The address is not one of these.
    ParameterError, UnknownWordError, OutsideCityError
        It is a frame's, but its options are wrong.
    """
    base = next((base for base in bases if url == base or url.startswith((f"{base}/", f"{base}?"))), None)
    if base is None or len(url) > _MAX_ADDRESS:
        raise NotFoundError(f"url={shown(url)} is not an address of this site; give that of its map or of a frame")
    path, _, query = url[len(base) :].partition("#")[0].partition("?")
    args = MultiDict(parse_qsl(query, keep_blank_values=True))
    if path == "/embed":
        return read_options(args, city)
    if path in ("", "/"):
        return _of_finder(args, city)
    raise NotFoundError(f"url={shown(url)} cannot be embedded; give the address of the map or of a frame")


def _of_finder(args: MultiDict[str, str], city: City) -> EmbedOptions:
    """Take over what a frame knows of the finder's address, which is as lenient as the finder itself."""
    asked = {word for words in args.getlist("service") for word in words.split(",")}
    lang = args.get("lang", LANGUAGES[0])
    center: LonLat | None = None
    try:
        place = read_options(MultiDict({"center": f"{args.get('lon', '')},{args.get('lat', '')}"}), city)
        center = place.center
    except InputError:
        center = None
    return EmbedOptions(
        center=center,
        services=tuple(kind for kind in SERVICES if kind in asked),
        lang=lang if lang in LANGUAGES else LANGUAGES[0],
    )
