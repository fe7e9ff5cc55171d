"""``make bench``: ours beside the peers on the same questions; writes docs/benchmarks.json and docs/benchmarks.md.

Times are medians on whatever machine this is; nothing here passes or fails. A run that leaves something out, because it
was told to or because the real extract is not here, prints its page and leaves the published one alone.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

import numpy as np

from geo.city import City
from geo.osm.files import read_file
from tests.benchmarks import compare, engines, house, load, planning, report, siting, synthetic
from tests.benchmarks.along import rows as along_rows
from tests.benchmarks.goals import goals
from tests.benchmarks.graph import CUTOFF_S, K, questions
from tests.benchmarks.hours import rows as hours_rows
from tests.benchmarks.names import rows as names_rows
from tests.benchmarks.surface import rows as surface_rows
from tests.benchmarks.table import Row

PARTS: Final = ("house", "served", "compare", "hours", "names", "along", "siting", "surface", "planning")
CITIES: Final = ("district", "real", "city")
_LIBRARIES: Final = (
    "numpy", "numba", "scipy", "networkx", "networkit", "rustworkx", "igraph", "osrm-bindings", "pyvalhalla", "flask",
    "waitress", "gunicorn", "granian",
)  # fmt: skip
#: Measured of the real city's pack, or of the last one's.
_OF_PACK: Final = (
    ("names", "names", names_rows),
    ("along", "along a way", along_rows),
    ("surface", "where the next place should go", surface_rows),
)
_ROOT: Final = Path(__file__).parents[2]
_REAL_PLACES: Final = 500
_NEW_PLACES: Final = 20

Results = dict[str, Any]


def main() -> None:
    """Measure what is asked for, and write or print it."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.run", description=__doc__)
    parser.add_argument("--only", default=",".join(PARTS), help=f"parts, of {', '.join(PARTS)}")
    parser.add_argument("--cities", default=",".join(CITIES), help=f"of {', '.join(CITIES)}")
    parser.add_argument("--quick", action="store_true", help="the small city alone, a second of load")
    parser.add_argument("--date", default=datetime.now(UTC).date().isoformat(), help="of the run, for the page")
    parser.add_argument(
        "--update", action="store_true", help="put the served part, measured anew, into the published results"
    )
    asked = parser.parse_args()
    parts, cities = _words(parser, asked.only, PARTS), _words(parser, asked.cities, CITIES)
    if asked.quick:
        cities = ["district"]
    results = measure(parts, cities, asked.date, seconds=1 if asked.quick else load.SECONDS)
    if asked.update:
        report.write(updated(json.loads(report.RESULTS.read_text(encoding="utf-8")), results))
        print(f"{report.RESULTS}, {report.PAGE}")
    elif parts == list(PARTS) and list(results["cities"]) == list(CITIES):
        report.write(results)
        print(f"{report.RESULTS}, {report.PAGE}")
    else:
        with tempfile.TemporaryDirectory(prefix="yizhan-bench-") as folder:
            report.write(results, Path(folder) / "benchmarks.json", Path(folder) / "benchmarks.md")
            print((Path(folder) / "benchmarks.md").read_text(encoding="utf-8"))


def updated(old: Results, new: Results) -> Results:
    """Return published results with what another run on the same machine has measured anew: lines of the house, the
    served part, and the goals that these tell.

    Raises
    ------
    ValueError
        It was another machine, or other libraries, or nothing was measured.
    """
    if (old["machine"], old["versions"]) != (new["machine"], new["versions"]):
        raise ValueError("the published results are of another machine or other libraries: measure everything")
    if new["served"] is None and not new["house"] and not new["compared"]:
        raise ValueError("nothing was measured that can be put among published results")
    again = {(line["question"], line["city"]) for line in new["compared"]}
    compared = [line for line in old["compared"] if (line["question"], line["city"]) not in again]
    measured = {goal["what"]: goal for goal in new["goals"] if goal["measured"] is not None}
    house = {name: list(lines) for name, lines in old["house"].items()}
    for name, lines in new["house"].items():
        anew = {line["what"]: line for line in lines}
        kept = house.setdefault(name, [])
        house[name] = [anew.pop(line["what"], line) for line in kept] + list(anew.values())
    return old | {
        "date": new["date"],
        "compared": sorted(compared + new["compared"], key=lambda line: list(old["cities"]).index(line["city"])),
        "house": house,
        "served": new["served"] or old["served"],
        "goals": [measured.get(goal["what"], goal) for goal in old["goals"]],
    }


def _words(parser: argparse.ArgumentParser, text: str, known: tuple[str, ...]) -> list[str]:
    words = [word for word in text.split(",") if word]
    unknown = [word for word in words if word not in known]
    if unknown:
        parser.error(f"{', '.join(unknown)}: not known; known are {', '.join(known)}")
    return [word for word in known if word in words]


def measure(parts: list[str], cities: list[str], date: str, seconds: int) -> Results:
    """Measure the parts in the cities, the larger ones last."""
    results: Results = {
        "format": 1,
        "date": date,
        "machine": machine(),
        "versions": versions(),
        "asked": {"k": K, "cutoff_s": CUTOFF_S, "metres": CUTOFF_S * 4.8 / 3.6, "block": compare.BLOCK},
        "cities": {},
        "compared": [],
        "house": {},
        "served": None,
        "goals": [],
    }
    facts: dict[str, float | None] = {}
    planned: list[Results] = []
    once = "real" if "real" in cities else cities[-1]
    for name in cities:
        _say(f"{name}: building")
        for city, origins, new, pbf, pack, what, built in _opened(name, parts):
            asked = questions(city, origins, new)
            results["cities"][name] = compare.facts(city, asked) | {"what": what}
            here = city.places[0].position
            lines = [*built]
            if "house" in parts:
                _say(f"{name}: opening and starting")
                for row, median_s in (*house.opening(pack, here), *house.serving(pack, here)):
                    lines.append(row)
                    facts[f"{name}: {row.what}"] = median_s
                lines += house.whole_answers(city, origins[:100])
            for part, what_for, rows in _OF_PACK:
                where = {once, cities[-1]} if part == "surface" else {once}
                if part in parts and name in where:
                    _say(f"{name}: {what_for}")
                    lines += rows(pack)
            if lines:
                results["house"][name] = [row._asdict() for row in lines]
            if "served" in parts and name == cities[-1]:
                _say(f"{name}: served")
                results["served"] = served(name, city, pack, seconds)
            if "planning" in parts:
                _say(f"{name}: planners' questions")
                planned += planning.lines(name, city, asked, pack)
            if "compare" in parts:
                _say(f"{name}: beside the peers")
                results["compared"] += compare.all_questions(name, city, asked, pbf)
        gc.collect()
    if "hours" in parts:
        _say("hours")
        results["house"]["hours"] = [row._asdict() for row in hours_rows()]
    results["planning"] = planning.section(planned, date) if planned else None
    if "siting" in parts:
        _say("siting")
        results["siting"] = siting.measured(quick=list(results["cities"]) == ["district"])
    results["goals"] = goals(results, facts) if "city" in cities else []
    return results


def _opened(name: str, parts: list[str]) -> Iterator[tuple[City, Any, Any, Path | None, Path, str, list[Row]]]:
    """Yield a city once: itself, origins, further places, the engines' file, its pack, what it is, how it was built."""
    if name != "real":
        made = synthetic.cached_pack(name)
        extract = synthetic.make_extract(synthetic.SIDES[name])
        rng = np.random.default_rng(synthetic.SEED)
        folder = synthetic.cache_folder() / f"{made.pack.name}-engines"
        folder.mkdir(exist_ok=True)
        pbf = folder / "city.osm.pbf"
        if "compare" in parts and not pbf.is_file():
            engines.write_pbf(extract, pbf)
        row = Row(
            "make the city and build its pack",
            f"{made.figures['made_s'] + made.figures['built_s']:.1f} s",
            f"without a base map, when it was last built; {made.figures['counts']['names']:,} names",
        )
        points = synthetic.beside_streets(extract.ways, compare.QUESTIONS + _NEW_PLACES, rng)
        what = f"synthetic, from seed {synthetic.SEED}"
        yield City.open(made.pack), points[_NEW_PLACES:], points[:_NEW_PLACES], pbf, made.pack, what, [row]
        return
    extract_file = (
        Path(os.environ.get("YIZHAN_REAL_DATA", _ROOT.parent / "shared" / "data")) / "beijing" / "beijing.osm.pbf"
    )
    if not extract_file.is_file():
        _say(f"real: left out, no extract at {extract_file}; set YIZHAN_REAL_DATA")
        return
    with tempfile.TemporaryDirectory(prefix="yizhan-bench-") as work:
        pack = Path(work) / "city"
        row = house.build(extract_file, pack, "real")
        pbf = Path(work) / "city.osm.pbf"
        shutil.copyfile(extract_file, pbf)
        whole = City.open(pack)
        rng = np.random.default_rng(synthetic.SEED)
        drawn = sorted(rng.choice(len(whole.places), min(_REAL_PLACES, len(whole.places)), replace=False).tolist())
        city = whole.with_places([whole.places[i] for i in drawn], "bench")
        vintage = read_file(extract_file).provenance.vintage or "of unknown date"
        what = f"central Beijing, an OpenStreetMap extract ({vintage}); a drawn part of its places"
        origins = house.middle_points(city, compare.QUESTIONS, 2026)
        yield city, origins, house.middle_points(city, _NEW_PLACES, 2027), pbf, pack, what, [row]


def served(name: str, city: City, pack: Path, seconds: int) -> Results:
    """Measure the servers on one city, and say what bounds them."""
    extract = synthetic.make_extract(synthetic.SIDES[name]) if name in synthetic.SIDES else None
    rng = np.random.default_rng(synthetic.SEED + 1)
    count = load.QUESTIONS * 5 // 4
    points = (
        house.middle_points(city, count, 2028)
        if extract is None
        else synthetic.beside_streets(extract.ways, count, rng)
    )
    city.let_go()  # see where memory is measured
    of_pack = City.open(pack)
    paths = load.questions(of_pack, points)
    engine = load.engine_alone(of_pack, paths)
    servers = list(load.served(pack, paths, of_pack, seconds))
    tool = subprocess.run(["wrk", "--version"], check=False, capture_output=True, text=True).stdout if _wrk() else ""
    return {
        "city": name,
        "tool": f"wrk {match[0]}" if (match := re.search(r"\d+\.\d+\.\d+", tool)) else "wrk",
        "connections": load.CONNECTIONS,
        "seconds": seconds,
        "questions": len(paths),
        "mix": load.MIX,
        "engine": engine,
        "servers": servers,
        "bound": _bound(engine, servers),
    }


def _bound(engine: Results, servers: list[Results]) -> str:
    """Say what bounds the best server, from the engine's own time and from the empty answer's."""
    there = [line for line in servers if line["status"] == "measured"]
    if not any(not line["floor"] for line in there) or not any(line["floor"] for line in there):
        return ""
    best = max((line for line in there if not line["floor"]), key=lambda line: line["per_s"])
    floor = max((line for line in there if line["floor"]), key=lambda line: line["per_s"])
    alone = 1000 / engine["mean_ms"]
    larger = "the engine and the writing of answers" if alone < floor["per_s"] else "Flask and the server"
    return (
        f"One core of the bare engine makes {alone:,.0f} answers a second; the best server makes {best['per_s']:,.0f}, "
        f"an empty Flask answer {floor['per_s']:,.0f}: {larger} bound it."
    )


def machine() -> Results:
    """Return what this machine is, without its name."""
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.is_file():
        names = re.findall(r"^model name\s*:\s*(.+)$", info.read_text(encoding="utf-8"), re.MULTILINE)
        cpu = names[0] if names else cpu
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "cores": os.cpu_count(),
        "cpu": cpu,
        "memory_gb": round(memory, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


def versions() -> dict[str, str]:
    """Return the versions of what takes part."""
    known = {}
    for name in _LIBRARIES:
        try:
            known[name] = version(name)
        except PackageNotFoundError:
            known[name] = "not installed"
    return known


def _wrk() -> bool:
    return shutil.which("wrk") is not None


def _say(what: str) -> None:
    print(f"… {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
