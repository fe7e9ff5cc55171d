"""Where a poster's code leads: the site's public address, given by its keeper, and a place in it.

The address never comes from a request: whoever can forge a ``Host`` header would have his own host printed.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, urlsplit

from geo.choosing.words import shown
from geo.errors import ParameterError

#: A longer address makes a code too fine for a cheap phone.
MAX_LENGTH: Final = 120
_HOST: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\]", re.ASCII)
_PATH: Final = re.compile(r"(?:/[A-Za-z0-9._~-]+)*", re.ASCII)
_EXAMPLE: Final = "https://yizhan.example.cn"


def read_site_url(text: str) -> str:
    """Read the public address of the site.

    Parameters
    ----------
    text
        ``http`` or ``https``, host, perhaps a port and a path; nothing else.

    Returns
    -------
    str
        Without a slash at the end.

    Raises
    ------
    ParameterError
        It is another address, or none.

    Examples
    --------
    >>> read_site_url("https://yizhan.example.cn/")
    'https://yizhan.example.cn'
    """
    try:
        parts = urlsplit(text) if text.isascii() and text.isprintable() and len(text) <= MAX_LENGTH else None
        port = "" if parts is None or parts.port is None else f":{parts.port}"
    except ValueError:
        parts, port = None, ""
    host = "" if parts is None else parts.netloc.removesuffix(port) if port else parts.netloc
    path = "" if parts is None else parts.path.rstrip("/")
    sound = (
        parts is not None
        and parts.scheme in {"http", "https"}
        and _HOST.fullmatch(host) is not None
        and _PATH.fullmatch(path) is not None
        and not {".", ".."} & set(path.split("/"))
        and not re.search(r"[?#\s]", text)
    )
    if parts is None or not sound:
        raise ParameterError(
            f"url={shown(text)} is no public address of a site; write one of at most {MAX_LENGTH} characters such as "
            f"{_EXAMPLE}",
            parameter="url",
        )
    return f"{parts.scheme}://{host}{port}{path}"


def landing(place_id: str) -> str:
    """Return the path, in a site, of the finder that starts at a place.

    Ids that a browser would take for a way through folders go into the query.

    Examples
    --------
    >>> landing("ss-dongsi"), landing("a/../b")
    ('/at/ss-dongsi', '/at?place=a%2F..%2Fb')
    """
    plain = "/" not in place_id and place_id not in {".", ".."}
    return f"/at/{quote(place_id, safe='')}" if plain else f"/at?place={quote(place_id, safe='')}"
