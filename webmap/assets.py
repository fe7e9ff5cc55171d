"""Our own files for the browser: read once, compressed once, addressed by what is in them.

The address carries a hash over all files as they are served, so a browser keeps them for good and never mixes two
versions; scripts import each other by relative addresses, which stay below the same hash. Our scripts and styles lose
their comments, and what a page needs at once comes in few files (:mod:`webmap.bundles`); vendored scripts are served as
they are, vendored styles without their blanks.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import threading
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import brotli
from flask import Flask, Response, abort, request, url_for
from markupsafe import Markup

from webmap.bundles import Bundles, bundled, taken, without_blanks

_FOLDER: Final = Path(__file__).parent / "static"
_FOR_GOOD: Final = "max-age=31536000, immutable"
_TEXT: Final = frozenset({".css", ".js", ".svg", ".json", ".webmanifest"})
_NOT_OURS: Final = "vendor/"


class Asset:
    """One file: its bytes, media type, and its compressed forms, made when first asked for."""

    def __init__(self, name: str, plain: bytes) -> None:
        self.plain = plain
        self.mimetype = mimetypes.guess_type(name)[0] or "application/octet-stream"
        self.compressible = Path(name).suffix in _TEXT

    @cached_property
    def brotli(self) -> bytes:
        """As brotli, as small as it gets."""
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


class Assets:
    """All files of a folder, as they are served.

    Parameters
    ----------
    folder
        Where they lie.

    Raises
    ------
    ScriptError
        A script of ours cannot be bundled.
    """

    def __init__(self, folder: Path = _FOLDER) -> None:
        plain = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }
        self.bundles = _bundles(plain)
        served = plain | {name: text.encode() for name, text in self.bundles.files.items()}
        served |= {
            name: without_blanks(body.decode()).encode() for name, body in plain.items() if name.endswith(".css")
        }
        self.files: Mapping[str, Asset] = {name: Asset(name, body) for name, body in sorted(served.items())}
        digest = hashlib.sha256()
        for name, asset in self.files.items():
            digest.update(name.encode() + b"\0" + asset.plain)
        self.version = digest.hexdigest()[:12]

    def get(self, version: str, filename: str) -> Response:
        """Answer with a file."""
        asset = self.files.get(filename)
        if asset is None:
            abort(404)
        body, encoding = asset.encoded()
        response = Response(body, mimetype=asset.mimetype)
        if encoding is not None:
            response.headers["Content-Encoding"] = encoding
        if asset.compressible:
            response.vary.add("Accept-Encoding")
        # An address of another version may come from a page of before an update: answer, but do not let it be kept.
        response.headers["Cache-Control"] = _FOR_GOOD if version == self.version else "no-store"
        return response

    def scripts_of(self, page: str) -> tuple[str, ...]:
        """Return the files that hold the modules of a page, or of what is loaded later, for ``url_for``."""
        return self.bundles.of_page[page]

    def taking(self, module: str, names: str) -> Markup:
        """Return the statement that imports names of a module, for a script in a page; names are our own words."""
        address = url_for("static", filename=self.bundles.of_module[module])
        return Markup(taken(module, names, address))  # noqa: S704

    def compressed(self) -> dict[str, bytes]:
        """Return, as brotli, what a first visitor asks for: a second's work."""
        names = {name for names in self.bundles.of_page.values() for name in names} | _first_of(self.files)
        return {name: self.files[name].brotli for name in sorted(names)}

    def take(self, brotli_of: Mapping[str, bytes]) -> None:
        """Take over what :meth:`compressed` returned elsewhere for the same files."""
        for name, packed in brotli_of.items():
            self.files[name].brotli = packed

    def compress(self) -> None:
        """Make the compressed forms in the background, so that the first visitor does not wait for them."""
        threading.Thread(target=self.compressed, name="compresses scripts", daemon=True).start()


def compressed() -> dict[str, bytes]:
    """Return, as brotli, what a first visitor asks for, for :meth:`Assets.take` of another process."""
    return Assets().compressed()


def init_assets(app: Flask, folder: Path = _FOLDER) -> None:
    """Serve the folder's files under ``/static/<hash>/``; ``url_for("static", filename=...)`` knows the hash."""
    assets = Assets(folder)

    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static":
            values.setdefault("version", assets.version)

    app.extensions["yizhan-assets"] = assets
    app.add_url_rule("/static/<version>/<path:filename>", endpoint="static", view_func=assets.get)
    app.url_defaults(add_version)
    app.add_template_global(assets.scripts_of, "scripts_of")
    app.add_template_global(assets.taking, "taking")


def _bundles(plain: Mapping[str, bytes]) -> Bundles:
    return bundled({name: body.decode() for name, body in plain.items() if _ours(name, ".js")})


def _ours(name: str, suffix: str) -> bool:
    return name.endswith(suffix) and not name.startswith(_NOT_OURS)


def _first_of(files: Mapping[str, Asset]) -> set[str]:
    """Return what every page with a map needs beside its bundles."""
    return {name for name in files if name.startswith(_NOT_OURS) and name.endswith((".js", ".css"))} | {
        name for name in files if name == "css/yizhan.css"
    }
