"""What a clerk says about a list is said once and kept in a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.errors import ListRefusedError
from geo.importing.columns import find_columns
from geo.importing.mapping import ListMapping, read_map_options, read_mapping, write_mapping
from tests.importing.lists import DONGSI, HEADER, table


def test_it_reads_what_it_wrote(tmp_path: Path) -> None:
    mapping = ListMapping(
        {"name": ("站点名称",), "note": ("a", "#9"), "phone": ()}, "gcj02", "rest_stop", {"之家": "library"}
    )
    write_mapping(tmp_path / "m.toml", mapping)

    assert read_mapping(tmp_path / "m.toml") == mapping


def test_the_columns_found_are_kept_and_found_again(tmp_path: Path) -> None:
    found = find_columns(table(HEADER, DONGSI))
    write_mapping(tmp_path / "m.toml", ListMapping(columns={"phone": ()}).with_columns(found))
    again = find_columns(table(HEADER, DONGSI), given=read_mapping(tmp_path / "m.toml").columns)

    assert {**again.of_field} == {name: numbers for name, numbers in found.of_field.items() if name != "phone"}


def test_the_command_line_counts_before_the_file() -> None:
    merged = read_map_options(["name=甲"]).over(ListMapping({"name": ("乙",), "phone": ("丙",)}, "bd09"))

    assert merged == ListMapping({"name": ("甲",), "phone": ("丙",)}, "bd09")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("columns = 1", r"\[columns\]"),
        ("datum = 'wgs72'", "datum = 'wgs72': wgs84, gcj02, bd09"),
        ("kind = 'bar'", "kind = 'bar': service_station"),
        ("[kinds]\n'之家' = 'bar'", "之家 = 'bar'"),
        ("[columns]\nname = 3", r"columns\.name"),
        ("colums = 1", "colums: datum, kind, columns, kinds"),
        ("[", "mapping file"),
        (b"\xff", "mapping file"),
        (None, "No such file"),
    ],
)
def test_a_file_that_says_something_else_is_refused(tmp_path: Path, content: str | bytes | None, said: str) -> None:
    if content is not None:
        (tmp_path / "m.toml").write_bytes(content if isinstance(content, bytes) else content.encode())

    with pytest.raises(ListRefusedError, match=said):
        read_mapping(tmp_path / "m.toml")


def test_an_option_without_a_column_is_refused() -> None:
    with pytest.raises(ListRefusedError, match="must be FIELD=COLUMN"):
        read_map_options(["name"])
