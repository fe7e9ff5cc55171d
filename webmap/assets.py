"""Our own files for the browser: read once, compressed once, addressed by what is in them.

The address carries a hash over all files, so a browser keeps them for good and never mixes two versions; scripts
import each other by relative addresses, which stay below the same hash.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import brotli
from flask import Flask, Response, abort, request

_FOLDER: Final = Path(__file__).parent / "static"
_FOR_GOOD: Final = "public, max-age=31536000, immutable"
_TEXT: Final = frozenset({".css", ".js", ".svg", ".json", ".webmanifest"})


class Asset:
    """One file: its bytes, media type, and its compressed forms, made when first asked for."""

    def __init__(self, path: Path) -> None:
        self.plain = path.read_bytes()
        self.mimetype = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        self.compressible = path.suffix in _TEXT

    @cached_property
    def brotli(self) -> bytes:
        """As brotli."""
        return bytes(brotli.compress(self.plain))

    @cached_property
    def gzip(self) -> bytes:
        """As gzip."""
        return gzip.compress(self.plain, mtime=0)

    def encoded(self) -> tuple[bytes, str | None]:
        """Return the bytes for the current request, and how they are encoded."""
        if self.compressible:
            for encoding in ("br", "gzip"):
                if request.accept_encodings[encoding] > 0:
                    return (self.brotli if encoding == "br" else self.gzip), encoding
        return self.plain, None


def init_assets(app: Flask, folder: Path = _FOLDER) -> None:
    """Serve the folder's files under ``/static/<hash>/``; ``url_for("static", filename=...)`` knows the hash."""
    assets = {path.relative_to(folder).as_posix(): Asset(path) for path in sorted(folder.rglob("*")) if path.is_file()}
    digest = hashlib.sha256()
    for name, asset in assets.items():
        digest.update(name.encode() + b"\0" + asset.plain)
    current = digest.hexdigest()[:12]

    def static(version: str, filename: str) -> Response:
        asset = assets.get(filename)
        if asset is None:
            abort(404)
        body, encoding = asset.encoded()
        response = Response(body, mimetype=asset.mimetype)
        if encoding is not None:
            response.headers["Content-Encoding"] = encoding
        if asset.compressible:
            response.vary.add("Accept-Encoding")
        # An address of another version may come from a page of before an update: answer, but do not let it be kept.
        response.headers["Cache-Control"] = _FOR_GOOD if version == current else "no-store"
        return response

    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static":
            values.setdefault("version", current)

    app.add_url_rule("/static/<version>/<path:filename>", endpoint="static", view_func=static)
    app.url_defaults(add_version)
