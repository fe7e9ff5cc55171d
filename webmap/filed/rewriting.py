"""A page as a server gives it -> the same page as a file: relative addresses, and its policy in its head."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from typing import Final

from geo.errors import YizhanError

_NONCE: Final = re.compile(r'\s+nonce="[^"]*"')
_STATIC: Final = re.compile(r"""(?<=["'])/static/""")
_ADDRESS: Final = re.compile(r"""(?<=\s)(?P<name>href|src|action|data-late)="(?P<value>/[^"]*)\"""")
_SCRIPT: Final = re.compile(r"<script(?P<told>[^>]*)>(?P<text>.*?)</script>", re.S)
_STYLE: Final = re.compile(r"<style(?P<told>[^>]*)>(?P<text>.*?)</style>", re.S)
_CHARSET: Final = '<meta charset="utf-8">'
#: What an address of the server is called as a file; others a page of files must not have.
PAGES: Final[Mapping[str, str]] = {
    "/": "index.html",
    "/about": "about.html",
    "/?lang=en": "en/index.html",
    "/about?lang=en": "en/about.html",
}
#: A page's policy without a header: it allows its own scripts by what is in them.
_POLICY: Final = (
    "default-src 'none'; script-src 'self'{scripts}; style-src 'self'{styles}; img-src 'self' data: blob:; "
    "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'"
)


class PageError(YizhanError, ValueError):
    """A page leads to something that only a server has."""


def as_file(html: str, name: str) -> str:
    """Return a page as a file.

    Parameters
    ----------
    html
        As a server would give it.
    name
        What the file is called, seen from the folder of the site.

    Raises
    ------
    PageError
        It leads to an address that is no file.

    Examples
    --------
    >>> as_file('<meta charset="utf-8"><a href="/about">', "en/index.html").rpartition(">")[0][-23:]
    '<a href="../about.html"'
    """
    root = root_of(name)

    def relative(match: re.Match[str]) -> str:
        value, _, fragment = match["value"].partition("#")
        if value not in PAGES:
            raise PageError(f"{name}: leads to {value}, which only a server has; leave it out of pages of files")
        return f'{match["name"]}="{_between(name, PAGES[value])}{f"#{fragment}" if fragment else ""}"'

    page = _STATIC.sub(f"{root}/static/", _NONCE.sub("", html))
    page = _ADDRESS.sub(relative, page)
    own = [found["text"] for found in _SCRIPT.finditer(page) if _is_code(found["told"])]
    policy = _POLICY.format(scripts=_digests(own), styles=_digests([found["text"] for found in _STYLE.finditer(page)]))
    if _CHARSET not in page:
        raise PageError(f"{name}: has no {_CHARSET}, behind which its policy goes")
    return page.replace(_CHARSET, f'{_CHARSET}\n  <meta http-equiv="Content-Security-Policy" content="{policy}">', 1)


def root_of(name: str) -> str:
    """Return how the folder of the site is called from one of its files.

    Examples
    --------
    >>> root_of("index.html"), root_of("en/about.html")
    ('.', '..')
    """
    return "/".join([".."] * name.count("/")) or "."


def _between(name: str, other: str) -> str:
    """Return how a file is called from another one."""
    folder, _, own = other.rpartition("/")
    return own if name.rpartition("/")[0] == folder else f"{root_of(name)}/{other}".removeprefix("./")


def _is_code(told: str) -> bool:
    return " src=" not in told and "application/json" not in told


def _digests(texts: list[str]) -> str:
    digests = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in texts)
    return "".join(f" 'sha256-{digest}'" for digest in dict.fromkeys(digests))
