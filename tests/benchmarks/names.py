"""The search of names: how long it takes, how large the index is, and what it adds to a build."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

from geo.city import City
from geo.coords import LonLat
from geo.finding.name_index import write_names
from geo.finding.pinyin import readings
from geo.finding.spelling import key, units
from geo.pack import folder
from tests.benchmarks.table import Row

QUERIES_EACH = 250


def rows(pack: Path) -> Iterator[Row]:
    """Measure on a pack, one figure after the other."""
    city = City.open(pack)
    names = folder.read_names(pack)
    begin = time.perf_counter()
    city.search("望京")
    first_ms = (time.perf_counter() - begin) * 1000
    yield Row("names: the first question", f"{first_ms:.0f} ms", f"{len(city.places):,} places are indexed in memory")
    begin = time.perf_counter()
    city.with_places(city.places, "later").search("望京")
    yield Row("names: the first after the places changed", f"{(time.perf_counter() - begin) * 1000:.0f} ms")
    questions = queries([name.name for name in names])
    near = LonLat(city.bbox.centre.lon + 0.05, city.bbox.centre.lat)
    taken = {kind: [_timed(city, text) for text in texts] for kind, texts in questions.items()}
    every = [seconds for of_kind in taken.values() for seconds in of_kind]
    yield Row("names: a question", _ms(every), f"{len(every):,} mixed ones, {len(names):,} names")
    for kind, seconds in taken.items():
        yield Row(f"names: {kind}", _ms(seconds), f"{len(seconds)} questions")
    mixed = [text for texts in questions.values() for text in texts]
    yield Row("names: a question near a point", _ms([_timed(city, text, near) for text in mixed]))
    size = (pack / folder.NAMES).stat().st_size
    yield Row("names: size of the index", f"{size / 1e6:.1f} MB", f"{len(names):,} names")
    with tempfile.TemporaryDirectory() as out:
        begin = time.perf_counter()
        write_names(Path(out) / "names", names, city.bbox.centre, [place.name for place in city.places])
        yield Row("names: time that the index adds to a build", f"{time.perf_counter() - begin:.1f} s", "one run")


def queries(names: list[str]) -> dict[str, list[str]]:
    """Return what people type, drawn from names: seeded, as many of each sort."""
    rng = Random(2026)
    chinese = [name for name in names if name and "一" <= name[0] <= "鿿" and len(key(name)) > 1]
    drawn = [rng.choice(chinese) for _ in range(QUERIES_EACH * 8)]
    spoken = [["".join(part) for part in _syllables(name)] for name in drawn]
    each = iter(range(0, len(drawn), QUERIES_EACH))

    def some(begin: int) -> range:
        return range(begin, begin + QUERIES_EACH)

    return {
        "1 to 6 characters of a name": [_stretch(drawn[i], rng, 6) for i in some(next(each))],
        "two characters": [_stretch(drawn[i], rng, 2) for i in some(next(each))],
        "the beginning of a name": [drawn[i][: rng.randint(1, 4)] for i in some(next(each))],
        "pinyin": ["".join(spoken[i]) for i in some(next(each))],
        "the beginning of pinyin": ["".join(spoken[i])[: rng.randint(1, 8)] for i in some(next(each))],
        "initials": ["".join(part[0] for part in spoken[i])[:5] for i in some(next(each))],
        "house numbers": [f"{drawn[i]}{rng.randint(1, 200)}号" for i in some(next(each))],
        "nonsense": ["".join(rng.choices("qxzvwj望京*\"'() 9号", k=rng.randint(1, 12))) for _ in range(QUERIES_EACH)],
    }


def _syllables(name: str) -> list[str]:
    return [syllable for part in units(name) for syllable in (readings(part)[0] if part > "一" else (part,))]


def _stretch(name: str, rng: Random, longest: int) -> str:
    begin = rng.randrange(len(name))
    return name[begin : begin + rng.randint(1, longest)]


def _timed(city: City, text: str, near: LonLat | None = None) -> float:
    begin = time.perf_counter()
    city.search(text, near=near)
    return time.perf_counter() - begin


def _ms(seconds: list[float]) -> str:
    p95 = statistics.quantiles(seconds, n=20)[-1]
    return f"{statistics.median(seconds) * 1000:.2f} ms (p95 {p95 * 1000:.2f})"
