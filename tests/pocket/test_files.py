"""A pocket's file comes back as it was written, and not at all if anything of it is missing or changed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import InterchangeError
from geo.pocket.files import FORMAT, MAGIC, pack, unpack

SECTIONS = {"meta": b'{"area":"dongcheng"}', "shapes": bytes(range(256)) * 20, "ticks": b"", "tiles": b"\x1f\x8b" * 99}
HEAD, ROW = 20, 24


@given(st.dictionaries(st.text("abcdefgh", min_size=1, max_size=8), st.binary(max_size=300), max_size=9))
def test_what_is_packed_is_unpacked(sections: dict[str, bytes]) -> None:
    assert unpack(pack(sections)) == sections


def test_equal_sections_make_equal_bytes() -> None:
    assert pack(SECTIONS) == pack(dict(SECTIONS))


def test_one_section_can_be_read_alone() -> None:
    assert unpack(pack(SECTIONS), only="meta") == {"meta": SECTIONS["meta"]}


def cuts(data: bytes) -> dict[str, int]:
    """Return where the parts of a file begin and end, and the middle of each."""
    at, ends = HEAD + ROW * len(SECTIONS), {"nothing": 0, "head": HEAD, "table": HEAD + ROW * len(SECTIONS)}
    for n, name in enumerate(SECTIONS):
        row = data[HEAD + ROW * n : HEAD + ROW * (n + 1)]
        size = int.from_bytes(row[12:16], "little")
        ends[f"middle of {name}"], ends[f"before {name}"] = at + size // 2, at
        at += size
        ends[f"one byte short of {name}"] = at - 1
    assert at == len(data)
    return ends


@pytest.mark.parametrize("where", cuts(pack(SECTIONS)))
def test_a_file_that_is_cut_off_is_refused(where: str) -> None:
    data = pack(SECTIONS)
    with pytest.raises(InterchangeError, match="fetch the file again"):
        unpack(data[: cuts(data)[where]])


def test_a_file_that_goes_on_is_refused() -> None:
    with pytest.raises(InterchangeError, match="its end"):
        unpack(pack(SECTIONS) + b"x")


def test_a_changed_byte_is_noticed_wherever_it_is() -> None:
    data = pack(SECTIONS)
    for at in range(len(data)):
        changed = data[:at] + bytes([data[at] ^ 0x10]) + data[at + 1 :]
        with pytest.raises(InterchangeError):
            unpack(changed)


def test_another_format_is_told_by_its_number() -> None:
    data = bytearray(pack(SECTIONS))
    data[len(MAGIC)] = FORMAT + 1
    with pytest.raises(InterchangeError, match=f"format {FORMAT + 1}, not {FORMAT}"):
        unpack(bytes(data))
