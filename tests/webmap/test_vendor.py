"""Vendored files are the published ones, each with its licence."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

import webmap

VENDOR = Path(webmap.__file__).parent / "static" / "vendor"
_ROW = re.compile(
    r"^\| (?P<package>\S+) \| (?P<version>\S+) \| .+? \| `(?P<file>\S+)` \| `(?P<sha256>[0-9a-f]{64})` \|$", re.M
)
ROWS = [match.groupdict() for match in _ROW.finditer((VENDOR / "README.md").read_text("utf-8"))]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["file"])
def test_a_file_has_the_sum_in_the_table(row: dict[str, str]) -> None:
    assert hashlib.sha256((VENDOR / row["file"]).read_bytes()).hexdigest() == row["sha256"]


def test_every_file_is_in_the_table() -> None:
    files = {path.relative_to(VENDOR).as_posix() for path in VENDOR.rglob("*") if path.is_file()}
    unlisted = {name for name in files if name != "README.md" and not Path(name).name.startswith("LICENSE")}
    assert unlisted == {row["file"] for row in ROWS}


def test_every_package_keeps_its_licence() -> None:
    folders = {path for path in VENDOR.iterdir() if path.is_dir()}
    assert {row["package"] for row in ROWS} == {folder.name for folder in folders}
    assert all((folder / "LICENSE").stat().st_size > 500 for folder in folders)


def test_what_a_style_sheet_names_is_there() -> None:
    for sheet in VENDOR.rglob("*.css"):
        for name in re.findall(r"url\((?!#)[\"']?([^)\"']+)", sheet.read_text("utf-8")):
            assert (sheet.parent / name).is_file(), f"{sheet.name} names {name}"
