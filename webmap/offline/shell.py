"""The page's own files as one version, kept by a phone whole or not at all; pure, so that an export can use it too."""

from __future__ import annotations

import base64
import hashlib
import json
import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

_WORKER: Final = Path(__file__).parents[1] / "static" / "js" / "offline" / "worker.js"
#: How scripts name files beside them, imported at once or when first used: ``"./late.js"``, ``"../../css/late.css"``.
_RELATIVE: Final = re.compile(r"""["'](\.{1,2}/[\w./-]+\.(?:js|css))["']""")
_NONCE: Final = re.compile(r"""nonce="[^"]*\"""")


@dataclass(frozen=True, slots=True)
class Shell:
    """All files that the finder needs to start, of one version.

    Attributes
    ----------
    version
        A hash over all that follows and what is in it; it begins with `static`.
    static
        The version of the files below ``/static``, as it stands in their addresses.
    pages
        Paths of the pages, with the query that chooses the language.
    files
        Paths of all else, each with its digest as browsers check it (``sha256-...``).
    """

    version: str
    static: str
    pages: tuple[str, ...]
    files: tuple[tuple[str, str], ...]


def shell_of(
    static: str,
    assets: Mapping[str, bytes],
    pages: Mapping[str, str],
    extras: Mapping[str, bytes],
    root: str = "/static",
) -> Shell:
    """Return the shell of pages: themselves, the files that they name, and those that these name in turn.

    Parameters
    ----------
    static
        The version in the addresses of `assets`.
    assets
        Name below ``<root>/<static>/`` -> bytes.
    pages
        Path -> HTML. What differs between two answers, the nonce, is not looked at.
    extras
        Path -> bytes of what is wanted besides.
    root
        Where the assets are served.

    Examples
    --------
    >>> page = '<script src="/static/v1/a.js" nonce="x"></script>'
    >>> files = {"a.js": b'import "./b.js"', "b.js": b"1", "c.js": b"2"}
    >>> [path for path, _ in shell_of("v1", files, {"/": page}, {}).files]
    ['/static/v1/a.js', '/static/v1/b.js']
    """
    base = f"{root}/{static}/"
    named = [name for html in pages.values() for name in re.findall(re.escape(base) + r"([\w./-]+)", html)]
    files = {base + name: assets[name] for name in closure(named, assets)} | dict(extras)
    digests = tuple((path, _integrity(body)) for path, body in sorted(files.items()))
    whole = hashlib.sha256(json.dumps(digests).encode())
    for path, html in sorted(pages.items()):
        whole.update(f"\0{path}\0{_NONCE.sub('', html)}".encode())
    return Shell(f"{static}-{whole.hexdigest()[:8]}", static, tuple(pages), digests)


def closure(names: Iterable[str], assets: Mapping[str, bytes]) -> set[str]:
    """Return `names` and all files that scripts among them name, as far as they are there."""
    found: set[str] = set()
    waiting = [name for name in names if name in assets]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        if name.endswith(".js"):
            folder = posixpath.dirname(name)
            for other in _RELATIVE.findall(assets[name].decode()):
                # A style is named as its script's own folder sees it, also where that script is part of a bundle.
                aliases = (posixpath.normpath(posixpath.join(folder, other)), other.lstrip("./"))
                waiting.extend(alias for alias in aliases if alias in assets)
    return found


def worker_script(shell: Shell) -> str:
    """Return the worker of a shell: what it is about, in one line, then the source."""
    return f"const SHELL = {json.dumps(asdict(shell))};\n{_WORKER.read_text('utf-8')}"


def _integrity(body: bytes) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(body).digest()).decode()
