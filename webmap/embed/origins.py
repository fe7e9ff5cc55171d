"""Which sites may show ours in a frame: origins, read strictly."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from geo.choosing.words import shown
from geo.errors import ParameterError

#: More would make the header that names them too long for some servers in between.
MAX_ORIGINS: Final = 50
_USUAL_PORTS: Final = {"http": 80, "https": 443}
_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ORIGIN: Final = re.compile(
    rf"(?P<scheme>https?)://(?P<any>\*\.)?(?P<host>{_LABEL}(?:\.{_LABEL})*|\[[0-9a-f:]{{2,39}}\])(?::(?P<port>\d{{1,5}}))?",
    re.ASCII,
)


def read_origin(text: str) -> str:
    """Return an origin as browsers write it: scheme and host in small letters, the port only if it is not the usual.

    ``https://*.example.org`` stands for every host below ``example.org``, not for itself.

    Raises
    ------
    ParameterError
        It is none: it has a path, is a bare host, holds a star elsewhere or anything else.

    Examples
    --------
    >>> read_origin("https://Dongsi.example.org:443"), read_origin("http://127.0.0.1:8080")
    ('https://dongsi.example.org', 'http://127.0.0.1:8080')
    """
    match = _ORIGIN.fullmatch(text.lower()) if len(text) <= 300 and text.isascii() else None
    port = int(match["port"]) if match and match["port"] else None
    if (
        match is None
        or (port is not None and not 0 < port < 65536)
        or (match["any"] and not _may_be_any(match["host"]))
    ):
        raise ParameterError(
            f"{shown(text)} is no origin; write scheme and host, and the port if it is not the usual, nothing behind "
            "it, e.g. https://www.example.org or https://*.example.org (a Chinese domain in its xn-- form)",
            parameter="embed_on",
        )
    usual = port is None or port == _USUAL_PORTS[match["scheme"]]
    return f"{match['scheme']}://{match['any'] or ''}{match['host']}{'' if usual else f':{port}'}"


def read_origins(texts: Iterable[str]) -> tuple[str, ...]:
    """Return several origins, each once, in their order.

    Raises
    ------
    ParameterError
        One is none, or there are too many.
    """
    origins = tuple(dict.fromkeys(read_origin(text) for text in texts))
    if len(origins) > MAX_ORIGINS:
        raise ParameterError(
            f"{len(origins)} origins are too many; give at most {MAX_ORIGINS}; https://*.example.org stands for many",
            parameter="embed_on",
        )
    return origins


def _may_be_any(host: str) -> bool:
    """Tell whether a star may stand before a host: below a name of two parts, never below ``org`` or an address."""
    return "." in host and not host.startswith("[") and not host.replace(".", "").isdigit()
