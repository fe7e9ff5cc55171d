"""A city made from a seed, of any size: a perturbed grid with arterials, one-way streets, a river, islands and alleys.

It is made as an extract of OpenStreetMap and packed by the project's own builder, so that everything that opens a pack
opens it. The grid's pitch and the share of streets that are missing give about 200 junctions to the square kilometre
and 1.3 edges to the junction, as in central Beijing.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple, cast
from unittest.mock import patch

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.coords import E7, LonLat, metres_per_degree
from geo.osm.extract import Extract, Feature, Provenance, Ways, bbox_of
from geo.pack import folder
from geo.pack.build import build_pack
from geo.places.model import (
    ACCESSES,
    ACCURACIES,
    AMENITIES,
    AUDIENCES,
    AmenityKind,
    Place,
    Service,
    ServiceKind,
    YesNo,
)

SEED: Final = 2026
PLACES: Final = 500
#: Junctions along one side of the grid, by the size's name; chosen for about 900, 30,000 and 500,000 nodes.
SIDES: Final = {"tiny": 26, "district": 165, "city": 673}
NAMES: Final = {"tiny": "小样城", "district": "万里区", "city": "百万城"}

PITCH_M: Final = 80.0
_CENTRE: Final = LonLat(116.4, 39.9)
_BUILT: Final = datetime(2026, 11, 22, tzinfo=UTC)
_ROOT: Final = Path(__file__).parents[2]
_SOURCE: Final = Provenance("yizhan synthetic city", "CC0-1.0", "about:blank", "made from a seed", "tests.benchmarks")

#: What a stretch of a minor street is, and how often.
_MINOR: Final = (
    (0.38, {"highway": "residential"}),
    (0.14, {"highway": "residential", "oneway": "yes"}),
    (0.04, {"highway": "residential", "oneway": "-1"}),
    (0.05, {"highway": "residential", "oneway": "yes", "oneway:bicycle": "no"}),
    (0.07, {"highway": "living_street"}),
    (0.13, {"highway": "service"}),
    (0.10, {"highway": "footway"}),
    (0.04, {"highway": "path"}),
    (0.03, {"highway": "pedestrian", "bicycle": "no"}),
    (0.01, {"highway": "steps"}),
    (0.01, {"highway": "footway", "oneway:foot": "yes"}),
)
#: What stands between the river's two banks is carried by the large streets alone.
_TRUNK, _PRIMARY, _SECONDARY, _TERTIARY = 11, 12, 13, 14
_LARGE: Final = (
    {"highway": "trunk"},
    {"highway": "primary"},
    {"highway": "secondary"},
    {"highway": "tertiary"},
)
_ALLEYS: Final = (
    {"highway": "service"},
    {"highway": "footway"},
    {"highway": "path"},
    {"highway": "residential"},
    {"highway": "service", "access": "private"},
    {"highway": "footway", "bicycle": "no"},
)
_BARRIERS: Final = ({"barrier": "gate", "access": "private"}, {"barrier": "bollard"}, {"barrier": "gate"})
_MINOR_KEPT, _LARGE_KEPT, _ALLEY_SHARE, _BEND_SHARE = 0.58, 0.985, 0.26, 0.4
_MINOR_BLOCK, _LARGE_BLOCK = 12, 48

_SIGNS: Final = (
    "安宝北长春大德东方丰福光广国海和红花华黄吉建金景静康乐立丽龙梅"
    "美明南宁平清泉仁荣瑞山胜石顺泰天文西祥新兴秀阳永玉园月云珍正中竹"
)
_HOURS: Final = (
    None,
    "24/7",
    "Mo-Fr 08:30-17:30",
    "Mo-Fr 09:00-12:00,13:30-18:00",
    "Mo-Su 07:00-21:00",
    "Mo-Sa 10:00-20:00",
    "Mo-Fr 09:00-17:30; PH off",
    "Tu-Su 09:00-16:30",
    "Mo-Su 18:00-02:00",
    "Mo-Su 04:00-10:00",
    "Mo-Fr 11:00-14:00,17:00-20:00",
    "Mo-Su 00:00-24:00; PH 09:00-17:00",
)
_SERVICES: Final[tuple[tuple[ServiceKind, ...], ...]] = (
    ("rest_stop",),
    ("rest_stop", "water_point"),
    ("service_station", "rest_stop", "water_point"),
    ("service_station", "rest_stop", "haircut"),
    ("water_point",),
    ("public_toilet",),
    ("shelter",),
)


class Streets(NamedTuple):
    """Edges in order of travel along their ways: where each is drawn, and which way it is part of."""

    tail: NDArray[np.int64]
    head: NDArray[np.int64]
    way: NDArray[np.int64]
    #: Per way, its number among the distinct sets of tags and names.
    looks: NDArray[np.int64]


class Made(NamedTuple):
    """A built pack, and what its making took."""

    pack: Path
    figures: dict[str, Any]


def cached_pack(size: str, seed: int = SEED) -> Made:
    """Return the pack of a size, built unless an equal one lies in the cache.

    The cache is the folder ``YIZHAN_BENCH_CACHE`` or one among the temporary files. A pack is known by the source of
    this module and of everything that writes packs, the seed, and the format; older ones of the size are removed.
    """
    home = cache_folder()
    out = home / f"{size}-{_recipe(size, seed)}"
    said = home / f"{out.name}.json"
    if not (out.is_dir() and said.is_file()):
        for older in home.glob(f"{size}-*"):
            shutil.rmtree(older) if older.is_dir() else older.unlink()
        begin = time.perf_counter()
        extract = make_extract(SIDES[size], seed)
        made_s = time.perf_counter() - begin
        manifest = build(extract, out, NAMES[size], seed)
        figures = {
            "made_s": made_s,
            "built_s": time.perf_counter() - begin - made_s,
            "counts": dict(manifest.counts),
        }
        said.write_text(json.dumps(figures), encoding="utf-8")
    return Made(out, json.loads(said.read_text(encoding="utf-8")))


def cache_folder() -> Path:
    """Return the folder of built packs; it is made if need be."""
    home = Path(os.environ.get("YIZHAN_BENCH_CACHE") or Path(tempfile.gettempdir()) / "yizhan-bench")
    home.mkdir(parents=True, exist_ok=True)
    return home


def build(extract: Extract, out: Path, name: str, seed: int = SEED, places: int = PLACES) -> folder.Manifest:
    """Build a pack with places and without a base map: nobody looks at this city, and drawing it takes minutes."""
    with patch("geo.pack.build.can_build", return_value=False):
        return build_pack(extract, out, name=name, when=_BUILT, places=make_places(extract, places, seed), sample=True)


def make_extract(side: int, seed: int = SEED) -> Extract:
    """Return a city of ``side`` times ``side`` crossings, before streets are left out and alleys put in."""
    rng = np.random.default_rng([seed, side])
    number = np.arange(side * side).reshape(side, side)
    per_degree = np.array(metres_per_degree(_CENTRE.lat))
    row, column = np.divmod(number.ravel(), side)
    metres = (np.column_stack([column, row]) - side / 2 + rng.uniform(-0.3, 0.3, (side * side, 2))) * PITCH_M
    island = _islands(side, rng)
    # the river runs along one column; horizontal streets cross it on bridges
    across = _grid_streets(number, island, rng, river=side // 3)
    along = _grid_streets(number.T, island.T, rng, river=None)
    looks = np.concatenate([across.looks, along.looks])
    alley_from = np.flatnonzero(rng.random(side * side) < _ALLEY_SHARE)
    turn = rng.uniform(0, 2 * np.pi, len(alley_from))
    ends = metres[alley_from] + np.column_stack([np.cos(turn), np.sin(turn)]) * rng.uniform(15, 45, (len(turn), 1))
    streets = Streets(
        tail=np.concatenate([across.tail, along.tail, alley_from]),
        head=np.concatenate([across.head, along.head, side * side + np.arange(len(alley_from))]),
        way=np.concatenate([across.way, len(across.looks) + along.way, len(looks) + np.arange(len(alley_from))]),
        looks=looks,
    )
    alley_kind = rng.integers(len(_ALLEYS), size=len(alley_from))
    tags = [*_tags(looks), *(_ALLEYS[kind] for kind in alley_kind.tolist())]
    metres = np.concatenate([metres, ends])
    at = rng.choice(len(metres), size=len(metres) // 400, replace=False)
    barriers = {int(node) + 1: _BARRIERS[i % len(_BARRIERS)] for i, node in enumerate(at)}
    ways = _drawn(streets, metres, per_degree, tuple(tags), barriers, rng)
    return Extract(_SOURCE, ways, _areas(side, per_degree), bbox_of(ways))


def make_places(extract: Extract, count: int, seed: int = SEED) -> list[Place]:
    """Return places beside streets that everybody may walk."""
    rng = np.random.default_rng([seed, count])
    return [
        _place(number, LonLat(lon, lat), rng)
        for number, (lon, lat) in enumerate(beside_streets(extract.ways, count, rng).tolist())
    ]


def beside_streets(ways: Ways, count: int, rng: np.random.Generator, off_m: float = 12.0) -> NDArray[np.float64]:
    """Return points beside streets, degrees, shape (count, 2): all over the city, never on a private way or a trunk."""
    open_ = np.array([tags["highway"] != "trunk" and "access" not in tags for tags in ways.tags])
    of_way = np.repeat(np.arange(len(ways)), np.diff(ways.start))
    first = np.flatnonzero((of_way[:-1] == of_way[1:]) & open_[of_way[:-1]])
    picked, share = rng.choice(first, count), rng.random((count, 1))
    points = (ways.lonlat_e7[picked] * (1 - share) + ways.lonlat_e7[picked + 1] * share) / E7
    points += rng.normal(0, off_m, (count, 2)) / np.array(metres_per_degree(_CENTRE.lat))
    return cast("NDArray[np.float64]", np.round(points, 6))


def _recipe(size: str, seed: int) -> str:
    """Short hash over whatever a pack depends on."""
    drawn = {
        "basemap.py",
        "labels.py",
        "layers.py",
        "sample.py",
        "tiles.py",
    }  # streets and places do not depend on these
    writers = [path for path in (_ROOT / "geo" / "pack").glob("*.py") if path.name not in drawn]
    writers += [Path(__file__), *(_ROOT / "geo" / "osm").glob("*.py")]
    writers += [_ROOT / "geo" / "places" / "model.py"]
    names = ("arcs", "folding", "from_osm", "network", "profiles", "snapping")
    writers += [_ROOT / "geo" / "streets" / f"{name}.py" for name in names]
    digest = hashlib.sha256(f"{size} {SIDES[size]} {seed} {PLACES} {folder.FORMAT}".encode())
    for path in sorted(writers):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _islands(side: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return, per crossing, the island that it lies on; streets join only what lies on the same one (0: the city)."""
    island = np.zeros((side, side), dtype=np.int64)
    for number in range(1, 3 + side // 80):
        height, width = rng.integers(3, max(4, side // 20), 2)
        row, column = rng.integers(0, side - height), rng.integers(0, side - width)
        island[row : row + height, column : column + width] = number
    return island


def _grid_streets(
    number: NDArray[np.int64], island: NDArray[np.int64], rng: np.random.Generator, river: int | None
) -> Streets:
    """Return the streets along the first axis' lines: ``number[i]`` are the crossings of line i, in order."""
    lines, points = number.shape
    line = np.arange(lines)
    size = np.zeros(lines, dtype=np.int64)  # 0: minor
    for every, offset, large in ((6, 3, _TERTIARY), (12, 6, _SECONDARY), (24, 0, _PRIMARY), (96, 48, _TRUNK)):
        size[line % every == offset] = large
    kept = rng.random((lines, points - 1)) < np.where(size > 0, _LARGE_KEPT, _MINOR_KEPT)[:, None]
    kept &= island[:, 1:] == island[:, :-1]
    if river is not None:
        kept[:, river] &= (size == _PRIMARY) | (size == _SECONDARY)
    # a street keeps its kind and name for a block, whatever is missing of it
    long = np.where(size > 0, _LARGE_BLOCK, _MINOR_BLOCK)
    block = (np.arange(points - 1)[None, :] + rng.integers(0, _LARGE_BLOCK, (lines, 1))) // long[:, None]
    block = np.cumsum(np.diff(block, axis=1, prepend=-1).ravel() != 0).reshape(block.shape) - 1
    minor = rng.choice(len(_MINOR), size=block.max() + 1, p=[share for share, _ in _MINOR])
    name = np.where(rng.random(len(minor)) < 0.5, rng.integers(1, 4 * len(_SIGNS) ** 2, len(minor)), 0)
    line_of = np.zeros(len(minor), dtype=np.int64)
    line_of[block.ravel()] = np.repeat(line, points - 1)
    kind = np.where(size[line_of] > 0, size[line_of], minor)
    name = np.where(size[line_of] > 0, 1 + line_of * 7919 % (4 * len(_SIGNS) ** 2 - 1), name)

    begins = kept.copy()
    begins[:, 1:] &= ~kept[:, :-1] | (block[:, 1:] != block[:, :-1])
    way = np.cumsum(begins.ravel())[kept.ravel()] - 1
    first = block[begins]
    return Streets(number[:, :-1][kept], number[:, 1:][kept], way, kind[first] * 4 * len(_SIGNS) ** 2 + name[first])


def _tags(looks: NDArray[np.int64]) -> list[dict[str, str]]:
    """Return each way's tags; ways that look alike share them."""
    distinct, which = np.unique(looks, return_inverse=True)
    kinds = [tags for _, tags in _MINOR] + list(_LARGE)
    made = []
    for look in distinct.tolist():
        kind, name = divmod(look, 4 * len(_SIGNS) ** 2)
        rest, suffix = divmod(name, 4)
        one, other = divmod(rest, len(_SIGNS))
        words = {"name": f"{_SIGNS[one]}{_SIGNS[other]}{'路街巷道'[suffix]}"} if name else {}
        made.append(kinds[kind] | words)
    return [made[i] for i in which.tolist()]


def _drawn(
    streets: Streets,
    metres: NDArray[np.float64],
    per_degree: NDArray[np.float64],
    tags: tuple[dict[str, str], ...],
    barriers: dict[int, dict[str, str]],
    rng: np.random.Generator,
) -> Ways:
    """Return the ways as lists of nodes; some edges get a bend, a node of its own."""
    edges = len(streets.tail)
    bent = np.flatnonzero(rng.random(edges) < _BEND_SHARE)
    middle = (metres[streets.tail[bent]] + metres[streets.head[bent]]) / 2 + rng.normal(0, 5, (len(bent), 2))
    positions = np.concatenate([metres, middle])
    last = np.ones(edges, dtype=bool)
    last[:-1] = streets.way[1:] != streets.way[:-1]
    count = np.ones(edges, dtype=np.int64) + last
    count[bent] += 1
    end = np.cumsum(count)
    nodes = np.empty(end[-1], dtype=np.int64)
    nodes[end - count] = streets.tail
    nodes[(end - count)[bent] + 1] = len(metres) + np.arange(len(bent))
    nodes[end[last] - 1] = streets.head[last]
    start = np.concatenate([[0], end[last]])
    e7 = np.rint((positions[nodes] / per_degree + np.array(_CENTRE)) * E7).astype(np.int32)
    return Ways(np.arange(1, len(start)), start, nodes + 1, e7, tags, barriers)


def _areas(side: int, per_degree: NDArray[np.float64]) -> tuple[Feature, ...]:
    """Return districts of about 12 km, and subdistricts of a fifth of that, as squares side by side."""
    districts = max(1, side // 150)
    features: list[Feature] = []
    for level, number in (("6", districts), ("8", 5 * districts)):
        edges = np.linspace(-side / 2 - 2, side / 2 + 2, number + 1) * PITCH_M
        for i in range(number):
            for j in range(number):
                x, y = edges[[i, i + 1]] / per_degree[0], edges[[j, j + 1]] / per_degree[1]
                box = shapely.box(_CENTRE.lon + x[0], _CENTRE.lat + y[0], _CENTRE.lon + x[1], _CENTRE.lat + y[1])
                name = f"{_SIGNS[i]}{_SIGNS[j]}{'区' if level == '6' else '街道'}"
                tags = {"boundary": "administrative", "admin_level": level, "name": name}
                features.append(Feature(f"r{len(features) + 1}", tags, box))
    return tuple(features)


def _place(number: int, position: LonLat, rng: np.random.Generator) -> Place:
    kinds = _SERVICES[int(rng.integers(len(_SERVICES)))]
    drawn = rng.random(len(AMENITIES))
    amenities: dict[AmenityKind, YesNo] = {
        kind: "yes" if share < 0.45 else "no"
        for kind, share in zip(AMENITIES, drawn.tolist(), strict=True)
        if share < 0.6
    }
    audience = (AUDIENCES[int(rng.integers(len(AUDIENCES)))],) if rng.random() < 0.1 else ()
    return Place(
        id=f"syn-{number:03}",
        name=f"{_SIGNS[number % len(_SIGNS)]}{_SIGNS[number // len(_SIGNS) % len(_SIGNS)]}驿站",
        position=position,
        accuracy=ACCURACIES[int(rng.choice(4, p=[0.4, 0.3, 0.2, 0.1]))],
        services=tuple(Service(kind, _HOURS[int(rng.integers(len(_HOURS)))]) for kind in kinds),
        source="made from a seed",
        amenities=MappingProxyType(amenities),
        access=ACCESSES[int(rng.integers(len(ACCESSES)))] if rng.random() < 0.7 else None,
        audience=audience,
        phone="12351" if rng.random() < 0.3 else None,
    )
