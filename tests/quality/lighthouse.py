"""Lighthouse's opinion, where npm can install it: four scores of a page, measured as its command does by default."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Final

_PACKAGE: Final = "lighthouse@13"
_CATEGORIES: Final = ("performance", "accessibility", "best-practices", "seo")
_SECONDS: Final = 120


def scores(url: str, paths: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return the scores of pages, of 100; nothing without npm."""
    npm, chromium = shutil.which("npm"), shutil.which("chromium")
    if npm is None:
        return []
    rows = []
    with tempfile.TemporaryDirectory(prefix="yizhan-lighthouse-") as folder:
        subprocess.run([npm, "install", "--silent", "--no-audit", "--no-fund", _PACKAGE], cwd=folder, check=True)
        for path in paths:
            out = Path(folder) / "report.json"
            command = [
                str(Path(folder) / "node_modules" / ".bin" / "lighthouse"), url + path,
                "--quiet", "--output=json", f"--output-path={out}", f"--only-categories={','.join(_CATEGORIES)}",
                "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
            ]  # fmt: skip
            env = os.environ | ({"CHROME_PATH": chromium} if chromium else {})
            subprocess.run(command, cwd=folder, check=True, env=env, timeout=_SECONDS)
            told = json.loads(out.read_text(encoding="utf-8"))
            rows.append({
                "path": path,
                "lighthouse": told["lighthouseVersion"],
                "scores": {name: round(100 * (told["categories"][name]["score"] or 0)) for name in _CATEGORIES},
            })  # fmt: skip
    return rows
