"""Reading tiles, against the ``pmtiles`` package's own writer and reader."""

from __future__ import annotations

import gzip
import itertools
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from pmtiles import reader, writer
from pmtiles.tile import Compression, TileType, zxy_to_tileid

from geo.errors import PackError
from geo.pack.tiles import TileFile

ZOOM_9, ZOOM_10 = (9, 421, 193), (10, 843, 387)
#: The package's own ways in and out, which it does not annotate.
WRITER: Any = writer.Writer
READER: Any = reader.Reader
IN_MEMORY: Any = reader.MemorySource

SEA = gzip.compress(b"sea", mtime=0)


def write(
    path: Path, tiles: dict[tuple[int, int, int], bytes], *, kind: TileType = TileType.MVT,
    compression: Compression = Compression.GZIP,
) -> Path:  # fmt: skip
    with path.open("wb") as file:
        pmtiles = WRITER(file)
        for (z, x, y), data in sorted(tiles.items(), key=lambda item: zxy_to_tileid(*item[0])):
            pmtiles.write_tile(zxy_to_tileid(z, x, y), data)
        pmtiles.finalize({"tile_type": kind, "tile_compression": compression}, {})
    return path


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return write(tmp_path / "small.pmtiles", {ZOOM_9: b"nine", ZOOM_10: b"ten"})


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """So many tiles of odd sizes that the directory is split into leaves; some neighbours are equal."""
    chance = random.Random(7)
    tiles = {
        (13, x, y): SEA if chance.random() < 0.3 else chance.randbytes(chance.randrange(1, 60))
        for x, y in itertools.product(range(6700, 6830), range(3050, 3170))
    }
    return write(tmp_path_factory.mktemp("tiles") / "many.pmtiles", tiles)


@pytest.fixture
def many_open(many: Path) -> Iterator[TileFile]:
    with TileFile(many) as tiles:
        yield tiles


def test_gives_a_tile_as_stored(small: Path) -> None:
    with TileFile(small) as tiles:
        assert tiles.tile(*ZOOM_9) == b"nine"
        assert tiles.tile(*ZOOM_10) == b"ten"
        assert (tiles.min_zoom, tiles.max_zoom, len(tiles), tiles.largest_bytes) == (9, 10, 2, 4)


@pytest.mark.parametrize(
    ("z", "x", "y"),
    [
        pytest.param(9, 421, 194, id="nothing drawn there"),
        pytest.param(8, 210, 96, id="above the first zoom"),
        pytest.param(11, 1686, 774, id="below the last zoom"),
        pytest.param(9, 512, 193, id="column past the world's edge"),
        pytest.param(9, 421, 512, id="row past the world's edge"),
        pytest.param(9, -1, 193, id="negative column"),
        pytest.param(9, 421, -1, id="negative row"),
        pytest.param(-1, 0, 0, id="negative zoom"),
        pytest.param(99, 0, 0, id="zoom beyond the format"),
        pytest.param(9, 1 << 80, 0, id="column beyond 64 bits"),
    ],
)
def test_gives_none_where_there_is_no_tile(small: Path, z: int, x: int, y: int) -> None:
    with TileFile(small) as tiles:
        assert tiles.tile(z, x, y) is None


def test_agrees_with_the_package_on_every_tile(many: Path, many_open: TileFile) -> None:
    peer = READER(IN_MEMORY(many.read_bytes()))
    header = peer.header()
    assert header["leaf_directory_length"] > 0, "the directory must be split for this test to say anything"
    assert len(many_open) == header["addressed_tiles_count"]
    for x, y in itertools.product(range(6695, 6835, 7), range(3045, 3175, 7)):
        assert many_open.tile(13, x, y) == peer.get(13, x, y)


def test_threads_read_what_one_reads(many_open: TileFile) -> None:
    asked = [(13, x, y) for x in range(6695, 6835, 3) for y in range(3045, 3175, 3)]
    alone = [many_open.tile(*tile) for tile in asked]
    with ThreadPoolExecutor(8) as pool:
        rounds = list(pool.map(lambda _: [many_open.tile(*tile) for tile in asked], range(8)))
    assert rounds == [alone] * 8


@pytest.mark.parametrize("kept", [0, 1, 100, 127, 140, -1])
def test_refuses_a_file_cut_off(small: Path, kept: int) -> None:
    small.write_bytes(small.read_bytes()[:kept])
    with pytest.raises(PackError, match="build the city pack again"):
        TileFile(small)


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.9, 0.999])
def test_refuses_a_large_file_cut_off(many: Path, tmp_path: Path, kept: float) -> None:
    whole = many.read_bytes()
    cut = tmp_path / "cut.pmtiles"
    cut.write_bytes(whole[: int(len(whole) * kept)])
    with pytest.raises(PackError, match="build the city pack again"):
        TileFile(cut)


def test_refuses_every_damaged_directory_with_one_error(small: Path) -> None:
    whole = bytearray(small.read_bytes())
    for position in range(len(whole)):
        damaged = bytearray(whole)
        damaged[position] ^= 0xFF
        small.write_bytes(damaged)
        try:
            with TileFile(small) as tiles:
                tiles.tile(*ZOOM_9)
        except PackError:
            continue


def test_refuses_what_is_no_tile_file(tmp_path: Path) -> None:
    other = tmp_path / "base.pmtiles"
    other.write_bytes(b"\x89PNG" + bytes(500))
    with pytest.raises(PackError, match="not a whole file of vector tiles"):
        TileFile(other)


@pytest.mark.parametrize(
    ("kind", "compression"), [(TileType.PNG, Compression.NONE), (TileType.MVT, Compression.BROTLI)]
)
def test_refuses_tiles_of_another_kind(tmp_path: Path, kind: TileType, compression: Compression) -> None:
    path = write(tmp_path / "other.pmtiles", {ZOOM_9: b"nine"}, kind=kind, compression=compression)
    with pytest.raises(PackError, match="gzip-compressed vector tiles"):
        TileFile(path)


def test_refuses_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(PackError, match=r"base\.pmtiles"):
        TileFile(tmp_path / "base.pmtiles")


def test_refuses_directories_that_point_at_themselves(many: Path, tmp_path: Path) -> None:
    whole = bytearray(many.read_bytes())
    whole[40:48] = whole[8:16]  # leaf directories begin where the root does
    looping = tmp_path / "looping.pmtiles"
    looping.write_bytes(whole)
    with pytest.raises(PackError):
        TileFile(looping)


def test_asking_after_closing_is_an_error_of_the_pack(small: Path) -> None:
    tiles = TileFile(small)
    tiles.close()
    tiles.close()
    with pytest.raises(PackError, match="closed"):
        tiles.tile(*ZOOM_9)


def test_replacing_the_file_leaves_an_open_one_as_it_was(small: Path, tmp_path: Path) -> None:
    with TileFile(small) as tiles:
        write(tmp_path / "new.pmtiles", {ZOOM_9: b"other"}).replace(small)
        assert tiles.tile(*ZOOM_9) == b"nine"
